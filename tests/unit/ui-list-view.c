/* SPDX-License-Identifier: MIT
 *
 * list, what it shows: find goes round and in slices; filters, and those of
 * long lists; orders, and that they hold still; groups; tags and targets.
 */
#include "config.h"

#include <locale.h>
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
#include "ui/list/list-internal.h"

static struct list *list;

static void
begin(size_t count)
{
	fake_begin(count);
	list = fake.ui.list;
}

static int
teardown(void **state)
{
	(void)state;
	fake_stop();
	return 0;
}

/* ---- find ---- */

static void
find_goes_round(void **state)
{
	(void)state;
	begin(500);
	fake_draw();
	assert_true(list_find(list, "e-42", 0));
	fake_draw();
	assert_int_equal(list_selected(list), 42);
	fake_act(ACTION_FIND_NEXT);
	assert_int_equal(list_selected(list), 420);
	assert_string_equal(fake.said, "");
	fake_act(ACTION_FIND_PREVIOUS);
	assert_int_equal(list_selected(list), 42);
	fake_act(ACTION_FIND_PREVIOUS);
	assert_int_equal(list_selected(list), 429);
	assert_string_equal(fake.said, "wrapped");
	fake_act(ACTION_FIND_NEXT);
	assert_int_equal(list_selected(list), 42);
	assert_false(list_find(list, "FILE", 1));
	assert_string_equal(fake.said, "No name here has FILE in it");
	assert_int_equal(list_selected(list), 42);
	assert_false(list_find(list, "", 1));
	/* From the selected one on: it may be that one. */
	assert_true(list_find(list, "file-4", 0));
	assert_int_equal(list_selected(list), 42);
	/* What can be seen is gone to without moving the screen. */
	fake_draw();
	fake_act(ACTION_NEXT);
	assert_true(list_find(list, "file-45", 1));
	fake_draw();
	assert_string_equal(fake_name_at(fake_selected_line() - 3),
	    "file-42.dat");
}

static void
find_goes_on_in_slices(void **state)
{
	int frames;

	(void)state;
	begin(200000);
	fake_draw();
	if (!list_find(list, "file-199999.", 1))
		assert_true(list_is_busy(list));
	for (frames = 0; list_is_busy(list) && frames < 10000; frames++)
		fake_draw();
	assert_int_equal(list_selected(list), 199999);
	assert_true(frames >= 200000 / 20000 - 1);
}

/* Not only through the rows that the filter has found by then. */
static void
find_looks_at_all_that_a_filter_will_find(void **state)
{
	char why[128];
	int frames;

	(void)state;
	begin(200000);
	fake_draw();
	assert_true(list_filter(list, "9.dat", why, sizeof why));
	assert_false(list_find(list, "file-199999.", 1));
	assert_true(list_is_busy(list));
	for (frames = 0; list_selected(list) != 199999 && frames < 20000;
	    frames++) {
		usleep(1000);
		fake_draw();
	}
	assert_int_equal(list_selected(list), 199999);
	assert_true(list_filter(list, "8.dat", why, sizeof why));
	assert_false(list_find(list, "file-199999.", 1));
	for (frames = 0; list->search.running && frames < 20000; frames++) {
		usleep(1000);
		fake_draw();
	}
	assert_string_equal(fake.said,
	    "No name here has file-199999. in it");
}

static void
tags_go_on_in_slices(void **state)
{
	char why[128];
	haul_id *ids;
	int frames;

	(void)state;
	begin(300000);
	fake_draw();
	assert_false(list_tag(list, "size>x", why, sizeof why));
	assert_true(list_tag(list, "7.dat", why, sizeof why));
	assert_non_null(strstr(fake.said, "tagging: "));
	assert_true(list_is_busy(list));
	for (frames = 0; list_is_busy(list) && frames < 10000; frames++)
		fake_draw();
	assert_true(frames >= 300000 / 20000 - 1);
	assert_string_equal(fake.said, "30,000 files tagged");
	assert_int_equal(list_tagged(list), 30000);
	assert_true(tags_has(&list->tags, 299997));
	assert_string_equal(list_filter_text(list), "");
	/* What acts on them waits for all of them. */
	list_untag_all(list);
	assert_true(list_tag(list, "7.dat", why, sizeof why));
	assert_int_equal(list_targets(list, &ids), 30000);
	free(ids);
	/* And taking them off ends it. */
	assert_true(list_tag(list, "", why, sizeof why));
	list_untag_all(list);
	fake_draw();
	assert_int_equal(list_tagged(list), 0);
}

static void
find_in_nothing(void **state)
{
	(void)state;
	begin(0);
	fake_draw();
	assert_false(list_find(list, "x", 1));
	assert_false(list_find(list, "x", -1));
	assert_false(list_is_busy(list));
}

/* ---- filters, orders, groups, tags ---- */

static void
filter_shows_what_matches(void **state)
{
	char why[128];

	(void)state;
	begin(1000);
	fake_set(131, HAUL_STATE_DONE);
	fake_set(313, HAUL_STATE_FAILED);
	fake_draw();
	assert_false(list_filter(list, "re:(", why, sizeof why));
	assert_string_equal(list_filter_text(list), "");
	assert_true(list_filter(list, "13", why, sizeof why));
	fake_draw();
	assert_false(list_follows(list));
	assert_int_equal(list_tab_count(list, LIST_ALL), 20);
	assert_int_equal(list_tab_count(list, LIST_DONE), 1);
	assert_int_equal(list_tab_count(list, LIST_FAILED), 1);
	assert_int_equal(list_tab_count(list, LIST_QUEUED), 18);
	list_filter_status(list, why, sizeof why);
	assert_string_equal(why, "20 of 1,000");
	assert_string_equal(fake_name_at(1), "file-113.dat");
	/* Tabs share it. */
	fake_act(ACTION_TAB_FAILED);
	assert_int_equal(list->line_count, 1);
	assert_int_equal(list_selected(list), 313);
	assert_int_equal(list_tab_count(list, LIST_ALL), 20);
	/* What no longer matches leaves. */
	fake_act(ACTION_TAB_ALL);
	assert_true(list_filter(list, "13 state:queued", why, sizeof why));
	fake_draw();
	assert_int_equal(list->line_count, 18);
	fake_act(ACTION_NEXT);
	fake_set(list_selected(list), HAUL_STATE_ACTIVE);
	fake_draw();
	assert_int_equal(list->line_count, 17);
	assert_non_null(strstr(fake.said, " does not match any more"));
	assert_true(list_filter(list, "zzz", why, sizeof why));
	fake_draw();
	assert_string_equal(fake_line(5), "  Nothing here matches zzz");
	assert_true(list_filter(list, " ", why, sizeof why));
	fake_draw();
	assert_int_equal(list_tab_count(list, LIST_ALL), 1000);
}

static void
wait_for_it(void)
{
	int i;

	for (i = 0; i < 10000; i++) {
		fake_draw();
		if (!list_is_busy(list))
			return;
		usleep(1000);
		fake_pass(1);
	}
	fail_msg("busy for ever");
}

static void
long_lists_are_filtered_aside(void **state)
{
	char text[128];
	haul_id id;

	(void)state;
	begin(150000);
	fake_set(100131, HAUL_STATE_DONE);
	fake_draw();
	assert_true(list_filter(list, "0131", text, sizeof text));
	fake_draw();
	wait_for_it();
	list_filter_status(list, text, sizeof text);
	assert_string_equal(text, "24 of 150,000");
	assert_int_equal(list_tab_count(list, LIST_DONE), 1);
	fake_act(ACTION_FIRST);
	fake_act(ACTION_NEXT);
	id = list_selected(list);
	/* It stays while passes are made anew. */
	fake_set(7, HAUL_STATE_ACTIVE);
	fake_pass(100000);
	wait_for_it();
	assert_int_equal(list_selected(list), id);
	/* In its tab, what leaves is gone at once. */
	fake_act(ACTION_TAB_QUEUED);
	wait_for_it();
	assert_int_equal(list->line_count, FAKE_ROWS);
	fake_act(ACTION_FIRST);
	fake_set(list_selected(list), HAUL_STATE_ACTIVE);
	fake_draw();
	assert_int_equal(list_tab_count(list, LIST_QUEUED), 22);
	/* Another filter before the last one is done. */
	assert_true(list_filter(list, "9", text, sizeof text));
	fake_draw();
	assert_true(list_filter(list, "file-77777.", text, sizeof text));
	fake_draw();
	wait_for_it();
	assert_int_equal(list->line_count, 1);
}

static void
tags_are_filtered_by(void **state)
{
	char why[64];

	(void)state;
	begin(50);
	fake_draw();
	fake_act(ACTION_FIRST);
	fake_act(ACTION_TAG);
	fake_act(ACTION_NEXT);
	fake_act(ACTION_TAG);
	assert_true(list_filter(list, "tag:", why, sizeof why));
	fake_draw();
	assert_int_equal(list->line_count, 2);
	fake_act(ACTION_UNTAG_ALL);
	assert_int_equal(list->line_count, 0);
}

static void
orders_are_as_asked(void **state)
{
	haul_id id;

	(void)state;
	begin(30);
	for (id = 1; id <= 30; id++) {
		fake_item(id)->size_bytes = (int64_t)(id * 7 % 31);
		snprintf(fake_item(id)->name, 48, "part%d", (int)(31 - id));
	}
	fake_item(5)->size_bytes = -1;
	fake_set(9, HAUL_STATE_ACTIVE);
	fake_set(4, HAUL_STATE_ACTIVE);
	fake_item(9)->speed_bps = 50;
	fake_item(4)->speed_bps = 20;
	fake_draw();
	list_set_sort(list, LIST_SORT_NAME, false);
	fake_draw();
	fake_act(ACTION_FIRST);
	assert_string_equal(fake_name_at(0), "part1");
	assert_string_equal(fake_name_at(1), "part2");
	assert_string_equal(fake_name_at(9), "part10");
	list_set_sort(list, LIST_SORT_NAME, true);
	fake_draw();
	fake_act(ACTION_FIRST);
	assert_string_equal(fake_name_at(0), "part30");
	list_set_sort(list, LIST_SORT_SIZE, false);
	fake_draw();
	fake_act(ACTION_FIRST);
	assert_int_equal(fake_item(list_selected(list))->size_bytes, 30);
	fake_act(ACTION_LAST);
	assert_int_equal(list_selected(list), 5);
	list_set_sort(list, LIST_SORT_SPEED, false);
	fake_draw();
	fake_act(ACTION_FIRST);
	assert_int_equal(list_selected(list), 9);
	fake_act(ACTION_NEXT);
	assert_int_equal(list_selected(list), 4);
	fake_act(ACTION_NEXT);
	assert_int_equal(list_selected(list), 1);
	list_set_sort(list, LIST_SORT_STATE, true);
	fake_draw();
	fake_act(ACTION_LAST);
	assert_int_equal(list_selected(list), 9);
	list_set_sort(list, LIST_SORT_QUEUE, true);
	fake_draw();
	fake_act(ACTION_FIRST);
	assert_int_equal(list_selected(list), 30);
}

/* Not under the fingers, and not more than once a second. */
static void
speeds_wait_for_a_quiet_moment(void **state)
{
	uint64_t rank;

	(void)state;
	begin(40);
	fake_set(10, HAUL_STATE_ACTIVE);
	fake_set(20, HAUL_STATE_ACTIVE);
	fake_item(10)->speed_bps = 9;
	fake_item(20)->speed_bps = 5;
	fake_draw();
	list_set_sort(list, LIST_SORT_SPEED, false);
	fake_draw();
	fake_act(ACTION_FIRST);
	assert_string_equal(fake_name_at(0), "file-10.dat");
	fake_item(20)->speed_bps = 50;
	fake_changed();
	fake_pass(2000);
	fake_draw();
	assert_string_equal(fake_name_at(0), "file-10.dat");
	/* One that begins comes behind them meanwhile. */
	fake_item(30)->speed_bps = 90;
	fake_set(30, HAUL_STATE_ACTIVE);
	fake_draw();
	assert_string_equal(fake_name_at(2), "file-30.dat");
	fake_pass(1500);
	fake_draw();
	fake_act(ACTION_FIRST);
	assert_string_equal(fake_name_at(0), "file-30.dat");
	assert_string_equal(fake_name_at(1), "file-20.dat");
	fake_pass(4000);
	fake_changed();
	fake_draw();
	fake_item(20)->speed_bps = 500;
	fake_changed();
	fake_pass(900);
	fake_draw();
	assert_true(source_rank(&list->source, 20, &rank));
	assert_int_equal(rank, 1);
	fake_pass(200);
	fake_draw();
	assert_true(source_rank(&list->source, 20, &rank));
	assert_int_equal(rank, 0);
	/* The selected one has stayed where it was. */
	assert_string_equal(fake_name_at(0), "file-30.dat");
	assert_int_equal(list_selected(list), 30);
	assert_int_equal(list_click(list, 0, 70), UI_REDRAW);
	fake_draw();
	fake_act(ACTION_FIRST);
	assert_int_equal(fake_item(list_selected(list))->speed_bps, 9);
}

static void
the_first_to_run_is_selected(void **state)
{
	haul_id id;

	(void)state;
	begin(100);
	for (id = 8; id <= 60; id++)
		fake_set(id, HAUL_STATE_PAUSED);
	fake_draw();
	assert_int_equal(list_selected(list), 1);
	fake_set(5, HAUL_STATE_CONNECTING);
	fake_draw();
	assert_int_equal(list_selected(list), 5);
	fake_set(2, HAUL_STATE_CONNECTING);
	fake_draw();
	assert_int_equal(list_selected(list), 5);
	fake_set(5, HAUL_STATE_DONE);
	fake_draw();
	assert_int_equal(list_selected(list), 5);
	/* Once it is folded away, the row on its line. */
	for (id = 1; id <= 60; id++) {
		fake_set(id, HAUL_STATE_DONE);
		fake_item(id)->ended_ms = 1;
	}
	fake_changed();
	fake_draw();
	assert_int_equal(list->lines[0].count, 60);
	assert_int_equal(list_selected(list), list->lines[list->
	    pages[0].line].id);
	assert_true(list_selected(list) > 60);
}

static void
long_lists_are_sorted_aside(void **state)
{
	char word[64];
	haul_id id;

	(void)state;
	begin(60000);
	fake_draw();
	fake_act(ACTION_FIRST);
	list_set_sort(list, LIST_SORT_SIZE, false);
	fake_draw();
	/* Until it is done all stays as it was. */
	list_sort_word(list, word, sizeof word);
	if (list_is_busy(list)) {
		assert_non_null(strstr(word, "sorting "));
		assert_string_equal(fake_name_at(0), "file-1.dat");
	}
	wait_for_it();
	fake_act(ACTION_FIRST);
	assert_int_equal(list_selected(list), 60000);
	list_sort_word(list, word, sizeof word);
	assert_string_equal(word, "size");
	/* One that has grown is merged in. */
	fake_item(777)->size_bytes = INT64_C(1) << 40;
	fake_set(777, HAUL_STATE_ACTIVE);
	fake_pass(100000);
	wait_for_it();
	fake_act(ACTION_FIRST);
	assert_int_equal(list_selected(list), 777);
	fake_act(ACTION_NEXT);
	assert_int_equal(list_selected(list), 60000);
	/* Every item is there once. */
	fake_act(ACTION_TAG_ALL);
	assert_int_equal(list_tagged(list), 60000);
	for (id = 1; id <= 60000; id++)
		assert_true(tags_has(&list->tags, id));
}

static void
groups_show_their_own(void **state)
{
	struct list_group group = { .cause = HAUL_CAUSE_HTTP,
		.http_status = 503, .host = "host1.example" };
	haul_id id;

	(void)state;
	begin(60);
	for (id = 1; id <= 30; id++) {
		fake_item(id)->cause = id % 2 ? HAUL_CAUSE_HTTP :
		    HAUL_CAUSE_DNS;
		fake_item(id)->http_status = id % 2 ? 503 : 0;
		fake_set(id, HAUL_STATE_FAILED);
		fake_item(id)->ended_ms = (int64_t)id * 1000;
	}
	fake_changed();
	list_show_tab(list, LIST_FAILED);
	fake_draw();
	assert_string_equal(fake_name_at(0), "file-30.dat");
	list_set_group(list, &group);
	fake_draw();
	/* Odd ones of every third. */
	assert_int_equal(list->line_count, 5);
	assert_string_equal(fake_name_at(0), "file-29.dat");
	assert_int_equal(list_tab_count(list, LIST_FAILED), 30);
	list_set_group(list, NULL);
	fake_draw();
	assert_int_equal(list->line_count, FAKE_ROWS);
}

static void
targets_come_in_the_views_order(void **state)
{
	haul_id *ids;

	(void)state;
	begin(50);
	fake_draw();
	fake_act(ACTION_FIRST);
	assert_int_equal(list_targets(list, &ids), 1);
	assert_int_equal(ids[0], 1);
	free(ids);
	fake_act(ACTION_TAG);
	assert_int_equal(list_selected(list), 2);
	fake_act(ACTION_NEXT);
	fake_act(ACTION_TAG);
	assert_int_equal(list_tagged(list), 2);
	assert_memory_equal(fake_line(4), " *○ WAIT file-1.dat", 20);
	list_set_sort(list, LIST_SORT_QUEUE, true);
	fake_draw();
	assert_int_equal(list_targets(list, &ids), 2);
	assert_int_equal(ids[0], 3);
	assert_int_equal(ids[1], 1);
	free(ids);
	/* What is removed has no tag. */
	fake_set(3, HAUL_STATE_REMOVED);
	assert_int_equal(list_targets(list, &ids), 1);
	assert_int_equal(ids[0], 1);
	assert_int_equal(list_tagged(list), 1);
	free(ids);
	fake_act(ACTION_UNTAG_ALL);
	fake_act(ACTION_TAG_ALL);
	assert_int_equal(list_tagged(list), 49);
}

int
main(void)
{
#define LIST_TEST(name) cmocka_unit_test_teardown(name, teardown)
	const struct CMUnitTest tests[] = {
		LIST_TEST(find_goes_round),
		LIST_TEST(find_goes_on_in_slices),
		LIST_TEST(find_looks_at_all_that_a_filter_will_find),
		LIST_TEST(tags_go_on_in_slices),
		LIST_TEST(find_in_nothing),
		LIST_TEST(filter_shows_what_matches),
		LIST_TEST(long_lists_are_filtered_aside),
		LIST_TEST(tags_are_filtered_by),
		LIST_TEST(orders_are_as_asked),
		LIST_TEST(speeds_wait_for_a_quiet_moment),
		LIST_TEST(the_first_to_run_is_selected),
		LIST_TEST(long_lists_are_sorted_aside),
		LIST_TEST(groups_show_their_own),
		LIST_TEST(targets_come_in_the_views_order),
	};

	alarm(120);
	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
