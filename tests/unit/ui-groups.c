/* SPDX-License-Identifier: MIT
 *
 * Groups of failures: what counts together, that one update looks at few items
 * however many have failed, when counting begins anew.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ui-fake.h"
#include "ui/rows/groups.h"

static struct groups *groups;

static int
setup(void **state)
{
	fake_setup(state);
	groups = groups_new(NULL);
	return 0;
}

static int
teardown(void **state)
{
	groups_free(groups);
	return fake_teardown(state);
}

/* One update at that time, something having changed. */
static bool
update(int64_t now_ms)
{
	fake.changes++;
	haul_totals(NULL, &fake.ui.totals);
	return groups_update(groups, &fake.ui.totals, now_ms);
}

static void
group_is(size_t n, enum haul_cause cause, const char *host, uint64_t count)
{
	const struct groups_row *row = groups_row(groups, n);

	assert_non_null(row);
	assert_int_equal(row->cause, cause);
	assert_string_equal(row->host, host);
	assert_int_equal(row->count, count);
}

static void
cause_status_and_host_make_a_group(void **state)
{
	(void)state;
	fake_fail(HAUL_CAUSE_DNS, 0, "b.example");
	fake_fail(HAUL_CAUSE_HTTP, 503, "a.example");
	fake_fail(HAUL_CAUSE_HTTP, 503, "a.example");
	fake_fail(HAUL_CAUSE_HTTP, 404, "a.example");
	fake_fail(HAUL_CAUSE_HTTP, 503, "b.example");
	fake_fail(HAUL_CAUSE_HTTP, 503, "a.example");
	/* The last status of another cause does not part them, nor does the
	 * host where the disk is to blame. */
	fake_fail(HAUL_CAUSE_DNS, 200, "b.example");
	fake_fail(HAUL_CAUSE_DISK_FULL, 200, "a.example");
	fake_fail(HAUL_CAUSE_DISK_FULL, 206, "b.example");
	assert_false(update(0));
	assert_int_equal(groups_count(groups), 5);
	group_is(0, HAUL_CAUSE_HTTP, "a.example", 3);
	assert_int_equal(groups_row(groups, 0)->http_status, 503);
	assert_int_equal(groups_row(groups, 0)->sample, 2);
	group_is(1, HAUL_CAUSE_DNS, "b.example", 2);
	group_is(2, HAUL_CAUSE_DISK_FULL, "", 2);
	group_is(3, HAUL_CAUSE_HTTP, "a.example", 1);
	group_is(4, HAUL_CAUSE_HTTP, "b.example", 1);
	assert_null(groups_row(groups, 5));
}

static void
an_update_looks_at_few_of_many(void **state)
{
	size_t updates = 0;

	(void)state;
	fake.failures = 100000;
	fake.changes++;
	haul_totals(NULL, &fake.ui.totals);
	do {
		fake.rows_asked = 0;
		updates++;
	} while (groups_update(groups, &fake.ui.totals, 0) &&
	    fake.rows_asked <= GROUPS_SLICE);
	assert_in_range(fake.rows_asked, 0, GROUPS_SLICE);
	assert_in_range(updates, 100000 / GROUPS_SLICE,
	    100000 / GROUPS_SLICE + 2);
	/* n % 3 and n % 4: six kinds, all different. */
	assert_int_equal(groups_count(groups), 6);
	assert_int_equal(groups_row(groups, 0)->count, 25000);
}

static void
nothing_is_done_if_nothing_changed(void **state)
{
	(void)state;
	fake.failures = 10;
	update(0);
	fake.rows_asked = 0;
	assert_false(groups_is_behind(groups, &fake.ui.totals));
	assert_false(groups_update(groups, &fake.ui.totals, 100000));
	assert_int_equal(fake.rows_asked, 0);
}

static void
a_change_of_bytes_alone_waits_its_time(void **state)
{
	(void)state;
	fake.failures = 10;
	update(0);
	fake.rows_asked = 0;
	update(100);
	assert_int_equal(fake.rows_asked, 0);
	assert_true(groups_is_behind(groups, &fake.ui.totals));
	update(5000);
	assert_int_equal(fake.rows_asked, 10);
	fake.failures = 11;
	update(5001);
	assert_int_equal(fake.rows_asked, 21);
}

static void
old_counts_stand_until_the_new_ones_are_whole(void **state)
{
	(void)state;
	fake.failures = 10000;
	while (update(0))
		;
	assert_int_equal(groups_row(groups, 0)->count, 2500);
	fake.failures = 20000;
	assert_true(update(0));
	assert_true(groups_is_behind(groups, &fake.ui.totals));
	assert_int_equal(groups_row(groups, 0)->count, 2500);
	while (update(0))
		;
	assert_int_equal(groups_row(groups, 0)->count, 5000);
	fake.failures = 0;
	assert_false(update(0));
	assert_int_equal(groups_count(groups), 0);
}

static void
a_group_is_found_by_its_kind(void **state)
{
	struct groups_row kind;

	(void)state;
	fake_fail(HAUL_CAUSE_DNS, 0, "b.example");
	update(0);
	kind = *groups_row(groups, 0);
	fake_fail(HAUL_CAUSE_TLS, 0, "c.example");
	fake_fail(HAUL_CAUSE_TLS, 0, "c.example");
	update(5000);
	assert_int_equal(groups_find(groups, &kind), 1);
	kind.cause = HAUL_CAUSE_STALL;
	assert_int_equal(groups_find(groups, &kind), groups_count(groups));
}

static void
kinds_beyond_the_most_count_as_the_last(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < FAKE_ITEMS; i++)
		fake_fail(HAUL_CAUSE_HTTP, 400 + (int)i, "a.example");
	assert_false(update(0));
	assert_int_equal(groups_count(groups), FAKE_ITEMS);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(cause_status_and_host_make_a_group),
		CASE(an_update_looks_at_few_of_many),
		CASE(nothing_is_done_if_nothing_changed),
		CASE(a_change_of_bytes_alone_waits_its_time),
		CASE(old_counts_stand_until_the_new_ones_are_whole),
		CASE(a_group_is_found_by_its_kind),
		CASE(kinds_beyond_the_most_count_as_the_last),
	};

	alarm(60);
	return cmocka_run_group_tests_name("ui-groups", tests, NULL, NULL);
}
