/* SPDX-License-Identifier: MIT
 *
 * retry.c, what it decides without a network:
 * - an item without mirrors has its tries, and none after a final failure
 * - mirrors are asked at once, each once, then all again after a pause
 * - a mirror that fails for good is not asked again, and takes no tries from
 *   the others; nor does one that used its own up
 * - one whose count began anew is preferred
 * - the user's retry begins with the first URL and fresh counts
 * - the time for the whole file counts from the first request
 */
#include "config.h"

#include "engine/transfer/retry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/base/options.h"
#include "engine/model/model.h"

#define TIME_LIMIT_S 60

static struct item_extra extra;

static int
setup(void **state)
{
	(void)state;
	extra = (struct item_extra){ 0 };
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	free(extra.sources);
	return 0;
}

/* The present URL fails; what comes of it, and which URL is next. */
static void
expect(enum failure_rule rule, int64_t retries, enum retry_choice choice,
    unsigned next)
{
	assert_int_equal(retry_choose(&extra, rule, retries), choice);
	assert_int_equal(extra.next_mirror, next);
}

static void
test_alone(void **state)
{
	(void)state;
	expect(FAILURE_LATER, 2, RETRY_AFTER_PAUSE, 0);
	expect(FAILURE_AT_ONCE, 2, RETRY_AFTER_PAUSE, 0);
	assert_int_equal(extra.tries, 2);
	expect(FAILURE_LATER, 2, RETRY_NONE, 0);
	retry_begin_anew(&extra);
	expect(FAILURE_NEVER, 2, RETRY_NONE, 0);
	retry_begin_anew(&extra);
	expect(FAILURE_LATER, 0, RETRY_NONE, 0);
	assert_null(extra.sources);
}

static void
test_round(void **state)
{
	(void)state;
	extra.mirror_count = 2;
	expect(FAILURE_LATER, 1, RETRY_AT_ONCE, 1);
	assert_int_equal(extra.tries, 0);
	expect(FAILURE_LATER, 1, RETRY_AT_ONCE, 2);
	expect(FAILURE_LATER, 1, RETRY_AFTER_PAUSE, 0);
	assert_int_equal(extra.tries, 1);
	expect(FAILURE_LATER, 1, RETRY_AT_ONCE, 1);
	expect(FAILURE_LATER, 1, RETRY_AT_ONCE, 2);
	expect(FAILURE_LATER, 1, RETRY_NONE, 2);
}

static void
test_bad_mirror(void **state)
{
	int i;

	(void)state;
	extra.mirror_count = 2;
	expect(FAILURE_NEVER, 3, RETRY_AT_ONCE, 1);
	expect(FAILURE_NEVER, 3, RETRY_AT_ONCE, 2);
	/* All of its own tries are left to the third. */
	for (i = 0; i < 3; i++)
		expect(FAILURE_LATER, 3, RETRY_AFTER_PAUSE, 2);
	expect(FAILURE_LATER, 3, RETRY_NONE, 2);
	retry_begin_anew(&extra);
	assert_int_equal(extra.next_mirror, 0);
	expect(FAILURE_NEVER, 0, RETRY_AT_ONCE, 1);
	expect(FAILURE_LATER, 0, RETRY_AT_ONCE, 2);
	expect(FAILURE_NEVER, 0, RETRY_NONE, 2);
}

static void
test_progress(void **state)
{
	(void)state;
	extra.mirror_count = 1;
	expect(FAILURE_LATER, 9, RETRY_AT_ONCE, 1);
	expect(FAILURE_LATER, 9, RETRY_AFTER_PAUSE, 0);
	expect(FAILURE_LATER, 9, RETRY_AT_ONCE, 1);
	expect(FAILURE_LATER, 9, RETRY_AFTER_PAUSE, 0);
	extra.tries = 0;                /* it brought something */
	expect(FAILURE_LATER, 9, RETRY_AFTER_PAUSE, 0);
	assert_int_equal(extra.tries, 1);
}

static void
test_deadline(void **state)
{
	struct options *options = options_new();
	struct options_pair pair = { NULL, options, NULL };
	struct item item = { .started_ms = 1000 };

	(void)state;
	assert_int_equal(retry_deadline_ms(&item, &pair), 0);
	assert_int_equal(options_set(options, "total-timeout", "2", ~0U,
	    NULL), HAUL_OK);
	assert_int_equal(retry_deadline_ms(&item, &pair), 3000);
	item.started_ms = 0;
	assert_int_equal(retry_deadline_ms(&item, &pair), 0);
	options_unref(options);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "an item without mirrors has its tries", test_alone,
		    setup, teardown, NULL },
		{ "mirrors are asked in turn, then after a pause", test_round,
		    setup, teardown, NULL },
		{ "a bad mirror takes no tries from the others",
		    test_bad_mirror, setup, teardown, NULL },
		{ "the URL whose count began anew is preferred",
		    test_progress, setup, teardown, NULL },
		{ "the time for the file counts from its first request",
		    test_deadline, setup, teardown, NULL },
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("retry", tests, NULL, NULL);
}
