/* SPDX-License-Identifier: MIT
 *
 * twice.c:
 * - what was noted is found again, whatever was asked in between
 * - another URL, name, directory, mirror or option makes it another thing
 * - of very many URLs none is taken for another, though some share 32 bits
 * - of what was told before only that is kept which comes again
 * - where pieces of a mark end is part of it
 */
#include "config.h"

#include "cmd/list/twice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define TIME_LIMIT_S 60
#define MANY 300000             /* ten of which share 32 bits, about */

static struct haul *haul;
static struct twice *twice;

static int
setup(void **state)
{
	(void)state;
	if (haul_new(NULL, &haul, NULL) != HAUL_OK)
		return -1;
	twice = twice_new();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	twice_free(twice);
	twice_free(NULL);
	haul_free(haul);
	return 0;
}

/* As the command does; returns whether it was given before. */
static bool
give(const struct haul_request *request, uint64_t mark)
{
	haul_id id;

	if (twice_was(twice, haul, request, mark))
		return true;
	assert_int_equal(haul_add(haul, request, &id, NULL), HAUL_OK);
	twice_note(twice, id);
	return false;
}

static bool
give_url(const char *url)
{
	struct haul_request request = { .url = url };

	return give(&request, 0);
}

static void
test_again(void **state)
{
	(void)state;
	assert_false(give_url("http://host/a"));
	assert_false(give_url("http://host/b"));
	assert_true(give_url("http://host/a"));
	assert_true(give_url("http://host/b"));
	assert_false(give_url("http://host/"));
	assert_true(give_url("http://host/a"));
}

static void
test_other(void **state)
{
	const char *mirrors[] = { "http://one/a", "http://two/a" };
	struct haul_request requests[] = {
		{ .url = "http://host/a" },
		{ .url = "http://host/A" },
		{ .url = "http://host/a", .name = "x" },
		{ .url = "http://host/a", .name = "y" },
		{ .url = "http://host/a", .dir = "x" },
		{ .url = "http://host/a", .dir = "" },
		{ .url = "http://host/a", .name = "x", .dir = "x" },
		{ .url = "http://host/a", .mirrors = mirrors,
		    .mirror_count = 1 },
		{ .url = "http://host/a", .mirrors = mirrors,
		    .mirror_count = 2 },
	};
	size_t i, round, count = sizeof requests / sizeof *requests;

	(void)state;
	for (round = 0; round < 2; round++)
		for (i = 0; i < count; i++) {
			assert_int_equal(give(&requests[i], 0), round);
			assert_int_equal(give(&requests[i], 1), round);
			assert_int_equal(give(&requests[i],
			    twice_mark(1, "x")), round);
		}
}

static void
test_many(void **state)
{
	/* Fewer of them, where everything takes its time. */
	unsigned i, many = getenv("HAUL_UNIT_ITEMS") ? 1000 : MANY;
	char url[64];

	(void)state;
	for (i = 0; i < many; i++) {
		snprintf(url, sizeof url, "http://host/get.php?id=%u", i);
		if (give_url(url))
			fail_msg("%s is none of those before", url);
	}
	for (i = 0; i < many; i += 7) {
		snprintf(url, sizeof url, "http://host/get.php?id=%u", i);
		assert_true(give_url(url));
	}
}

/* Of what was told before only that is remembered which comes again. */
static void
test_expected(void **state)
{
	struct haul_request requests[] = {
		{ .url = "http://host/a" },
		{ .url = "http://host/b" },
		{ .url = "http://host/b", .name = "x" },
		{ .url = "http://host/a" },
		{ .url = "http://host/b", .name = "x" },
		{ .url = "http://host/a" },
	};
	size_t i, count = sizeof requests / sizeof *requests;

	(void)state;
	for (i = 0; i < count; i++)
		twice_expect(twice, &requests[i], 0);
	twice_begin(twice, true);
	for (i = 0; i < count; i++)
		assert_int_equal(give(&requests[i], 0), i >= 3);
	assert_false(give(&requests[1], 0));    /* was told once */
}

/* Where not all was told, the telling was for nothing. */
static void
test_unexpected(void **state)
{
	struct haul_request request = { .url = "http://host/a" };

	(void)state;
	twice_expect(twice, &request, 0);
	twice_begin(twice, false);
	assert_false(give(&request, 0));
	assert_true(give(&request, 0));
	assert_false(give_url("http://host/b"));
	assert_true(give_url("http://host/b"));
}

static void
test_mark(void **state)
{
	(void)state;
	assert_true(twice_mark(twice_mark(0, "a"), "b") !=
	    twice_mark(0, "ab"));
	assert_true(twice_mark(twice_mark(0, "ab"), "c") !=
	    twice_mark(twice_mark(0, "a"), "bc"));
}

#define TEST(name, function) \
	{ name, function, setup, teardown, NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("what was given is known again", test_again),
		TEST("what differs in anything is another", test_other),
		TEST("of very many none is taken for another", test_many),
		TEST("of what was told only that is kept which comes again",
		    test_expected),
		TEST("if not all was told, all is kept", test_unexpected),
		TEST("a mark knows where its pieces end", test_mark),
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("twice", tests, NULL, NULL);
}
