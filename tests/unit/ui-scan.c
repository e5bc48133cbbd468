/* SPDX-License-Identifier: MIT
 *
 * scan: names in the order that people expect; an order merged from an older
 * one is the same as one made anew, for all keys, whatever has changed; kept
 * orders stay; a queue that changes under a pass.
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

#include "ui-queue.h"
#include "ui/rows/scan.h"

static const struct tags no_tags;

static unsigned
any(unsigned below)
{
	static uint64_t seed = 9;

	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % below;
}

static void
names_are_ordered_as_people_do(void **state)
{
	static const char *const names[] = {
		"", "1", "2", "10", "010", "a", "A1", "a2", "a2b", "a10",
		"a10.b2", "a10.b11", "b", "part 9", "part 10",
	};
	int i, j, count = sizeof names / sizeof *names;
	int order;

	(void)state;
	for (i = 0; i < count; i++)
		for (j = 0; j < count; j++) {
			order = scan_compare_names(names[i], names[j]);
			/* Of equal ones any, but always the same. */
			if (strcmp(names[i], "10") == 0 &&
			    strcmp(names[j], "010") == 0)
				assert_int_not_equal(order, 0);
			else if (strcmp(names[i], "010") != 0 ||
			    strcmp(names[j], "10") != 0)
				assert_int_equal((order > 0) - (order < 0),
				    (i > j) - (i < j));
		}
}

static struct scan *
pass(const struct scan_plan *plan)
{
	struct scan *scan = scan_new((struct haul *)&fake, plan, false);

	while (scan_step(scan))
		;
	return scan;
}

static void
change_some(void)
{
	struct fake_item *item;
	int i;

	for (i = 0; i < 40; i++) {
		item = fake_item(1 + any((unsigned)fake.count));
		item->size_bytes = any(50);
		item->speed_bps = any(1000);
		item->state = (enum haul_state)any(HAUL_STATE_COUNT);
		item->elapsed_ms = any(1000);
		item->ended_ms = any(3) ? (int64_t)any(1000) + 1 : 0;
		snprintf(item->name, sizeof item->name, "n%u", any(300));
	}
	fake_changed();
}

static void
merged_is_as_good_as_new(void **state)
{
	struct scan *before = NULL, *merged, *made;
	struct index_job job = { .states = HAUL_IN_ALL, .filter = "" };
	struct scan_plan *plan;
	int sort, round;
	size_t i;

	(void)state;
	fake_start(3000);
	for (sort = 1; sort < LIST_SORTS * 2; sort++) {
		job.sort = (enum list_sort)(sort / 2);
		job.reverse = sort & 1;
		plan = scan_plan_new(&job, &no_tags);
		for (round = 0; round < 8; round++) {
			change_some();
			merged = pass(plan);
			made = pass(plan);
			scan_sort(merged, before, false);
			scan_sort(made, NULL, false);
			assert_int_equal(scan_count(merged),
			    scan_count(made));
			for (i = 0; i < scan_count(made); i++)
				assert_int_equal(scan_entries(merged)[i].id,
				    scan_entries(made)[i].id);
			scan_free(made);
			scan_free(before);
			before = merged;
		}
		scan_free(before);
		before = NULL;
		scan_plan_free(plan);
	}
	fake_stop();
}

static void
a_kept_order_stays(void **state)
{
	struct index_job job = { .states = HAUL_IN_ACTIVE, .filter = "",
		.sort = LIST_SORT_SPEED };
	struct scan_plan *plan = scan_plan_new(&job, &no_tags);
	struct scan *first, *second;
	haul_id id;

	(void)state;
	fake_start(20);
	for (id = 1; id <= 3; id++) {
		fake_set(id, HAUL_STATE_ACTIVE);
		fake_item(id)->speed_bps = (int64_t)id;
	}
	first = pass(plan);
	scan_sort(first, NULL, false);
	assert_int_equal(scan_entries(first)[0].id, 3);
	fake_item(1)->speed_bps = 100;
	fake_set(2, HAUL_STATE_DONE);
	fake_item(7)->speed_bps = 1000;
	fake_set(7, HAUL_STATE_ACTIVE);
	second = pass(plan);
	scan_sort(second, first, true);
	assert_int_equal(scan_count(second), 3);
	assert_int_equal(scan_entries(second)[0].id, 3);
	assert_int_equal(scan_entries(second)[1].id, 1);
	assert_int_equal(scan_entries(second)[2].id, 7);
	scan_free(first);
	scan_free(second);
	scan_plan_free(plan);
	fake_stop();
}

/* Items are seen once, though others move about and go. */
static void
a_moving_queue_is_seen_once(void **state)
{
	struct index_job job = { .states = HAUL_IN_ALL, .filter = "" };
	struct scan_plan *plan = scan_plan_new(&job, &no_tags);
	static unsigned char seen[5001];
	struct scan *scan;
	size_t i, missed = 0;

	(void)state;
	fake_start(5000);
	scan = scan_new((struct haul *)&fake, plan, false);
	while (scan_step(scan)) {
		assert_in_range(scan_percent(scan), 0, 100);
		fake_move(4990, 10);
		fake_set(1 + any(5000), HAUL_STATE_REMOVED);
		fake_move(20 + any(100), 4000);
	}
	for (i = 0; i < scan_count(scan); i++)
		seen[scan_entries(scan)[i].id]++;
	for (i = 1; i <= 5000; i++) {
		/* But those that were themselves moved over its place. */
		missed += seen[i] == 0;
		assert_true(seen[i] <= 1 || (i >= 20 && i < 120));
	}
	assert_true(missed < 45);
	scan_free(scan);
	scan_plan_free(plan);
	fake_stop();
}

static void
urls_and_others_are_counted(void **state)
{
	struct index_job job = { .states = HAUL_IN(HAUL_STATE_QUEUED),
		.other_states = HAUL_IN(HAUL_STATE_DONE),
		.filter = "url:host1.example/file-2" };
	struct scan_plan *plan = scan_plan_new(&job, &no_tags);
	struct scan *scan;

	(void)state;
	fake_start(30);
	fake_set(23, HAUL_STATE_DONE);
	scan = pass(plan);
	assert_int_equal(scan_count(scan), 4);
	scan_free(scan);
	scan = scan_new((struct haul *)&fake, plan, true);
	while (scan_step(scan))
		;
	assert_int_equal(scan_count(scan), 0);
	assert_int_equal(scan_matches(scan)[HAUL_STATE_DONE], 1);
	scan_free(scan);
	scan_plan_free(plan);
	fake_stop();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_ordered_as_people_do),
		cmocka_unit_test(merged_is_as_good_as_new),
		cmocka_unit_test(a_kept_order_stays),
		cmocka_unit_test(a_moving_queue_is_seen_once),
		cmocka_unit_test(urls_and_others_are_counted),
	};

	alarm(60);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
