/* SPDX-License-Identifier: MIT
 *
 * list: the selection is an item and stays on its line whatever the queue
 * does, in each tab and order; where it goes when its row leaves, and that it
 * is told; follow shows all that is active and counts the rest; moving unfolds
 * in place; pages, ends and scrolling; tabs keep their own; find goes round
 * and in slices; filters, orders, groups and tags; a million items cost what
 * a hundred do; any size can be drawn.
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
#include "ui/list-internal.h"

#define ROWS 18                 /* of a list of 19 lines, with its head */

static struct list *list;

static void
begin(size_t count)
{
	fake_start(count);
	list = fake.ui.list = list_new(&fake.ui);
}

static int
teardown(void **state)
{
	(void)state;
	list_free(list);
	fake_stop();
	list = NULL;
	return 0;
}

static void
draw(void)
{
	struct grid_area area = grid_part(grid_all(&fake.ui.grid), 3, 0,
	    ROWS + 1, fake.ui.grid.columns);

	grid_clear(&fake.ui.grid);
	list_draw(list, area);
}

/* The line of the list where a row is marked as selected; -1: none. */
static int
selected_line(void)
{
	int row, line = -1;

	for (row = 0; row < ROWS; row++)
		if (fake_line(4 + row)[0] == '>') {
			assert_int_equal(line, -1);
			line = row;
		}
	return line;
}

static const char *
name_at(int line)
{
	static char name[64];
	haul_id id;

	assert_true((size_t)line < list->line_count);
	id = list->lines[line].id;
	snprintf(name, sizeof name, "%s", id != 0 ? fake_item(id)->name :
	    "fold");
	return name;
}

static void
act(enum action action)
{
	assert_int_equal(list_act(list, action) & UI_PASS, 0);
	draw();
}

static unsigned
any(unsigned below)
{
	static uint64_t seed = 5;

	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % below;
}

/* ---- staying ---- */

static void
the_selection_stays_in_every_order(void **state)
{
	static const enum list_sort sorts[] = { LIST_SORT_QUEUE,
		LIST_SORT_NAME, LIST_SORT_SIZE, LIST_SORT_PROGRESS,
		LIST_SORT_SPEED, LIST_SORT_LEFT, LIST_SORT_STATE,
		LIST_SORT_ENDED, LIST_SORT_HOST };
	size_t i;
	haul_id id, other;
	int round, line;

	(void)state;
	begin(300);
	for (i = 0; i < sizeof sorts / sizeof *sorts; i++) {
		list_set_sort(list, sorts[i], i & 1);
		draw();
		act(ACTION_PAGE_DOWN);
		act(ACTION_PAGE_DOWN);
		act(ACTION_NEXT);
		id = list_selected(list);
		line = selected_line();
		for (round = 0; round < 1200; round++) {
			other = 1 + any(300);
			fake_item(other)->speed_bps = any(100000);
			fake_item(other)->got_bytes = any(1000000);
			fake_set(other, (enum haul_state)
			    any(HAUL_STATE_REMOVED));
			fake_pass(any(900));
			draw();
			assert_int_equal(list_selected(list), id);
			/* At the list's beginning it may have to move up. */
			assert_true(selected_line() == line ||
			    (selected_line() >= 0 && selected_line() <
			    line && list->pages[0].line < line));
			line = selected_line();
		}
	}
}

static void
a_row_that_leaves_hands_its_line_on(void **state)
{
	haul_id next;
	int line;

	(void)state;
	begin(100);
	list_show_tab(list, LIST_QUEUED);
	draw();
	act(ACTION_PAGE_DOWN);
	act(ACTION_NEXT);
	line = selected_line();
	next = list->lines[line + 1].id;
	fake_set(list_selected(list), HAUL_STATE_ACTIVE);
	draw();
	assert_int_equal(list_selected(list), next);
	assert_int_equal(selected_line(), line);
	assert_string_equal(fake.said, "file-20.dat moved to Active");
	/* Those around it may go at the same time. */
	next = list->lines[line + 3].id;
	fake_set(list->lines[line + 1].id, HAUL_STATE_DONE);
	fake_set(list->lines[line + 2].id, HAUL_STATE_DONE);
	fake_set(list->lines[line - 1].id, HAUL_STATE_DONE);
	fake_set(list_selected(list), HAUL_STATE_DONE);
	draw();
	assert_int_equal(list_selected(list), next);
	assert_int_equal(selected_line(), line);
	assert_string_equal(fake.said, "file-21.dat moved to Done");
	/* Of the last one it is the one before. */
	act(ACTION_LAST);
	next = list->lines[ROWS - 2].id;
	fake_set(list_selected(list), HAUL_STATE_FAILED);
	draw();
	assert_int_equal(list_selected(list), next);
	assert_string_equal(fake.said, "file-100.dat moved to Failed");
}

static void
what_nobody_selected_goes_quietly(void **state)
{
	(void)state;
	begin(10);
	fake_set(3, HAUL_STATE_ACTIVE);
	fake_set(5, HAUL_STATE_ACTIVE);
	list_show_tab(list, LIST_ACTIVE);
	draw();
	assert_int_equal(list_selected(list), 3);
	fake_set(3, HAUL_STATE_DONE);
	draw();
	assert_int_equal(list_selected(list), 5);
	assert_string_equal(fake.said, "");
	fake_set(5, HAUL_STATE_DONE);
	draw();
	assert_int_equal(list_selected(list), 0);
	assert_string_equal(fake_line(5), "  Nothing is being fetched.");
}

static void
tabs_keep_their_own(void **state)
{
	haul_id all, queued;

	(void)state;
	begin(200);
	draw();
	act(ACTION_PAGE_DOWN);
	all = list_selected(list);
	act(ACTION_TAB_QUEUED);
	act(ACTION_LAST);
	queued = list_selected(list);
	act(ACTION_TAB_PREVIOUS);
	assert_int_equal(list_tab(list), LIST_ACTIVE);
	assert_int_equal(list_selected(list), 0);
	act(ACTION_TAB_PREVIOUS);
	assert_int_equal(list_selected(list), all);
	act(ACTION_TAB_QUEUED);
	assert_int_equal(list_selected(list), queued);
	assert_int_equal(selected_line(), ROWS - 1);
	act(ACTION_TAB_FAILED);
	act(ACTION_TAB_NEXT);
	assert_int_equal(list_tab(list), LIST_ALL);
}

/* ---- follow ---- */

static void
follow_is_that_of_the_plan(void **state)
{
	haul_id id;

	(void)state;
	begin(1204);
	for (id = 1; id <= 496; id++) {
		fake_set(id, id % 40 == 0 ? HAUL_STATE_FAILED :
		    HAUL_STATE_DONE);
		fake_item(id)->ended_ms = 1000;
	}
	fake_set(497, HAUL_STATE_DONE);
	fake_set(498, HAUL_STATE_DONE);
	for (id = 499; id <= 506; id++)
		fake_set(id, HAUL_STATE_ACTIVE);
	fake_set(509, HAUL_STATE_PAUSED);
	draw();
	assert_string_equal(fake_line(4), "  ⋯ 484 done, 12 failed above");
	assert_non_null(strstr(fake_line(5), "✓ DONE file-497.dat "));
	assert_int_equal(list_selected(list), 499);
	assert_int_equal(selected_line(), 3);
	assert_non_null(strstr(fake_line(17), "‖ PAUS file-509.dat "));
	assert_string_equal(fake_line(21), "  ⋯ 692 more queued");
	assert_true(list_follows(list));
	/* What is done is folded after a while. */
	fake_item(497)->ended_ms = fake_item(498)->ended_ms = 2000;
	fake_changed();
	draw();
	assert_string_equal(fake_line(4), "  ⋯ 486 done, 12 failed above");
	assert_non_null(strstr(fake_line(5), "▶ GET  file-499.dat"));
	/* In ASCII. */
	fake.ui.context.text_flags = TEXT_ASCII;
	draw();
	assert_string_equal(fake_line(4), "  ... 486 done, 12 failed above");
}

static void
follow_shows_all_that_is_active(void **state)
{
	uint64_t sum;
	size_t i, active, shown;
	haul_id id;
	int round;

	(void)state;
	begin(5000);
	for (round = 0; round < 300; round++) {
		for (i = 0; i < 20; i++)
			fake_set(1 + any(5000), (enum haul_state)any(8) < 3 ?
			    HAUL_STATE_DONE : HAUL_STATE_QUEUED);
		for (id = 1, active = 0; id <= 5000; id++) {
			if (HAUL_IN(fake_item(id)->state) & HAUL_IN_ACTIVE)
				fake_set(id, HAUL_STATE_DONE);
			if (any(1200) == 0 && active < 8) {
				fake_set(id, (enum haul_state)
				    (HAUL_STATE_CONNECTING + any(4)));
				active++;
			}
			fake_item(id)->ended_ms -= 10000;
		}
		fake_changed();
		draw();
		for (i = 0, sum = 0, shown = 0; i < list->line_count; i++) {
			sum += list->lines[i].id != 0 ? 1 :
			    list->lines[i].count;
			if (list->lines[i].id != 0)
				shown += (HAUL_IN(fake_item(list->
				    lines[i].id)->state) &
				    HAUL_IN_ACTIVE) != 0;
		}
		assert_int_equal(sum, 5000);
		assert_int_equal(shown, active);
		assert_true(list->line_count <= ROWS);
		assert_true(active == 0 || selected_line() >= 0);
	}
}

/* The numbers of all folds and the rows are all files. */
static void
follow_counts_what_it_folds(void **state)
{
	unsigned long sum, rows, number;
	char *at, *end, text[256];
	int round, row;
	haul_id id;

	(void)state;
	begin(900);
	for (round = 0; round < 60; round++) {
		for (id = 1; id <= 900; id++) {
			fake_set(id, any(100) == 0 ? HAUL_STATE_ACTIVE :
			    (enum haul_state)((const int[]){
			    HAUL_STATE_DONE, HAUL_STATE_QUEUED,
			    HAUL_STATE_PAUSED, HAUL_STATE_FAILED,
			    HAUL_STATE_SKIPPED })[any(5)]);
			fake_item(id)->ended_ms = 1;
		}
		fake_changed();
		draw();
		sum = rows = 0;
		for (row = 4; row < 4 + ROWS; row++) {
			snprintf(text, sizeof text, "%s", fake_line(row));
			if (strstr(text, "⋯") == NULL) {
				rows += text[0] != '\0';
				continue;
			}
			for (at = text; *at != '\0'; at = end) {
				number = strtoul(at, &end, 10);
				sum += number;
				if (end == at)
					end++;
			}
		}
		assert_int_equal(sum + rows, 900);
	}
}

static void
moving_unfolds_in_place(void **state)
{
	haul_id id, before;
	int line, round;

	(void)state;
	begin(1000);
	for (id = 1; id <= 300; id++) {
		fake_set(id, HAUL_STATE_DONE);
		fake_item(id)->ended_ms = 1;
	}
	for (round = 0; round < 30; round++) {
		fake_set(301 + any(650), HAUL_STATE_ACTIVE);
		draw();
		assert_true(list_follows(list));
		before = list_selected(list);
		line = selected_line();
		act(round & 1 ? ACTION_NEXT : ACTION_PREVIOUS);
		assert_false(list_follows(list));
		if (round & 1 && line < ROWS - 1) {
			assert_int_equal(list->lines[line].id, before);
			assert_int_equal(selected_line(), line + 1);
			assert_int_equal(list_selected(list), before + 1);
		}
		act(ACTION_FOLLOW);
		assert_true(list_follows(list));
	}
	/* F itself leaves everything where it is. */
	before = list_selected(list);
	line = selected_line();
	act(ACTION_FOLLOW);
	assert_false(list_follows(list));
	assert_int_equal(list_selected(list), before);
	assert_int_equal(selected_line(), line);
	/* From elsewhere it comes back to the first tab. */
	act(ACTION_TAB_DONE);
	act(ACTION_FOLLOW);
	assert_int_equal(list_tab(list), LIST_ALL);
	assert_true(list_follows(list));
}

static void
a_click_unfolds_in_place(void **state)
{
	haul_id id;
	size_t i;

	(void)state;
	begin(1000);
	for (i = 10; i < 1000; i += 150)
		fake_set(i, HAUL_STATE_ACTIVE);
	draw();
	for (i = 0; list->lines[i].id != 310; i++)
		assert_true(i < list->line_count);
	id = list->lines[i].id;
	assert_int_equal(list_click(list, (int)i + 1, 5), UI_REDRAW);
	draw();
	assert_int_equal(list_selected(list), id);
	assert_int_equal(selected_line(), (int)i);
	/* Once more is for the details; below the rows for nothing. */
	assert_true(list_click(list, (int)i + 1, 5) & UI_PASS);
	assert_int_equal(list_click(list, 500, 5), UI_NOTHING);
}

static void
few_lines_do_not_fold(void **state)
{
	haul_id id;

	(void)state;
	begin(500);
	grid_resize(&fake.ui.grid, 10, 40);
	for (id = 100; id < 108; id++)
		fake_set(id, HAUL_STATE_ACTIVE);
	list_draw(list, grid_part(grid_all(&fake.ui.grid), 2, 0, 7, 40));
	assert_memory_equal(fake_line(2), "> ▶ file-100.dat", 18);
	assert_memory_equal(fake_line(8), "  ▶ file-106.dat", 18);
}

/* ---- moving ---- */

static void
pages_and_ends(void **state)
{
	(void)state;
	begin(100);
	draw();
	act(ACTION_FIRST);
	assert_int_equal(list_selected(list), 1);
	act(ACTION_PAGE_DOWN);
	assert_int_equal(list_selected(list), 1 + ROWS);
	assert_int_equal(selected_line(), 0);
	act(ACTION_HALF_UP);
	assert_int_equal(list_selected(list), 1 + ROWS / 2);
	act(ACTION_LAST);
	assert_int_equal(list_selected(list), 100);
	assert_int_equal(selected_line(), ROWS - 1);
	assert_string_equal(name_at(0), "file-83.dat");
	act(ACTION_PAGE_DOWN);
	assert_int_equal(list_selected(list), 100);
	act(ACTION_PREVIOUS);
	assert_int_equal(selected_line(), ROWS - 2);
	act(ACTION_SCROLL_UP);
	assert_int_equal(list_selected(list), 99);
	assert_int_equal(selected_line(), ROWS - 1);
	act(ACTION_SCROLL_UP);
	assert_int_equal(list_selected(list), 98);
	list_wheel(list, 50);
	draw();
	assert_string_equal(name_at(ROWS - 1), "file-100.dat");
	assert_int_equal(list_selected(list), 98);
	act(ACTION_FIRST);
	act(ACTION_PREVIOUS);
	assert_int_equal(list_selected(list), 1);
	assert_int_equal(selected_line(), 0);
}

static void
moving_an_item_leaves_it_selected(void **state)
{
	(void)state;
	begin(100);
	list_show_tab(list, LIST_QUEUED);
	draw();
	act(ACTION_PAGE_DOWN);
	act(ACTION_NEXT);
	fake_move(list_selected(list), 50);
	draw();
	assert_int_equal(list_selected(list), 20);
	assert_int_equal(selected_line(), 1);
	assert_string_equal(name_at(0), "file-51.dat");
}

static void
names_scroll_no_further_than_they_are(void **state)
{
	int i;

	(void)state;
	begin(3);
	snprintf(fake_item(2)->name, sizeof fake_item(2)->name,
	    "a-name-that-is-longer-than-its-column.x");
	draw();
	for (i = 0; i < 9; i++)
		act(ACTION_NAMES_RIGHT);
	assert_non_null(strstr(fake_line(5), "…s-longer-than-its-column.x "));
	act(ACTION_NAMES_LEFT);
	assert_non_null(strstr(fake_line(5), "…"));
	act(ACTION_NAMES_START);
	assert_non_null(strstr(fake_line(5), "a-name-that"));
}

/* ---- find ---- */

static void
find_goes_round(void **state)
{
	(void)state;
	begin(500);
	draw();
	assert_true(list_find(list, "e-42", 0));
	draw();
	assert_int_equal(list_selected(list), 42);
	act(ACTION_FIND_NEXT);
	assert_int_equal(list_selected(list), 420);
	assert_string_equal(fake.said, "");
	act(ACTION_FIND_PREVIOUS);
	assert_int_equal(list_selected(list), 42);
	act(ACTION_FIND_PREVIOUS);
	assert_int_equal(list_selected(list), 429);
	assert_string_equal(fake.said, "wrapped");
	act(ACTION_FIND_NEXT);
	assert_int_equal(list_selected(list), 42);
	assert_false(list_find(list, "FILE", 1));
	assert_string_equal(fake.said, "No name here has FILE in it");
	assert_int_equal(list_selected(list), 42);
	assert_false(list_find(list, "", 1));
	/* From the selected one on: it may be that one. */
	assert_true(list_find(list, "file-4", 0));
	assert_int_equal(list_selected(list), 42);
	/* What can be seen is gone to without moving the screen. */
	draw();
	act(ACTION_NEXT);
	assert_true(list_find(list, "file-45", 1));
	draw();
	assert_string_equal(name_at(selected_line() - 3), "file-42.dat");
}

static void
find_goes_on_in_slices(void **state)
{
	int frames;

	(void)state;
	begin(200000);
	draw();
	if (!list_find(list, "file-199999.", 1))
		assert_true(list_is_busy(list));
	for (frames = 0; list_is_busy(list) && frames < 10000; frames++)
		draw();
	assert_int_equal(list_selected(list), 199999);
	assert_true(frames >= 200000 / 20000 - 1);
}

static void
find_in_nothing(void **state)
{
	(void)state;
	begin(0);
	draw();
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
	draw();
	assert_false(list_filter(list, "re:(", why, sizeof why));
	assert_string_equal(list_filter_text(list), "");
	assert_true(list_filter(list, "13", why, sizeof why));
	draw();
	assert_false(list_follows(list));
	assert_int_equal(list_tab_count(list, LIST_ALL), 20);
	assert_int_equal(list_tab_count(list, LIST_DONE), 1);
	assert_int_equal(list_tab_count(list, LIST_FAILED), 1);
	assert_int_equal(list_tab_count(list, LIST_QUEUED), 18);
	list_filter_status(list, why, sizeof why);
	assert_string_equal(why, "20 of 1,000");
	assert_string_equal(name_at(1), "file-113.dat");
	/* Tabs share it. */
	act(ACTION_TAB_FAILED);
	assert_int_equal(list->line_count, 1);
	assert_int_equal(list_selected(list), 313);
	assert_int_equal(list_tab_count(list, LIST_ALL), 20);
	/* What no longer matches leaves. */
	act(ACTION_TAB_ALL);
	assert_true(list_filter(list, "13 state:queued", why, sizeof why));
	draw();
	assert_int_equal(list->line_count, 18);
	act(ACTION_NEXT);
	fake_set(list_selected(list), HAUL_STATE_ACTIVE);
	draw();
	assert_int_equal(list->line_count, 17);
	assert_non_null(strstr(fake.said, " does not match any more"));
	assert_true(list_filter(list, "zzz", why, sizeof why));
	draw();
	assert_string_equal(fake_line(5), "  Nothing here matches zzz");
	assert_true(list_filter(list, " ", why, sizeof why));
	draw();
	assert_int_equal(list_tab_count(list, LIST_ALL), 1000);
}

static void
wait_for_it(void)
{
	int i;

	for (i = 0; i < 10000; i++) {
		draw();
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
	draw();
	assert_true(list_filter(list, "0131", text, sizeof text));
	draw();
	wait_for_it();
	list_filter_status(list, text, sizeof text);
	assert_string_equal(text, "24 of 150,000");
	assert_int_equal(list_tab_count(list, LIST_DONE), 1);
	act(ACTION_FIRST);
	act(ACTION_NEXT);
	id = list_selected(list);
	/* It stays while passes are made anew. */
	fake_set(7, HAUL_STATE_ACTIVE);
	fake_pass(100000);
	wait_for_it();
	assert_int_equal(list_selected(list), id);
	/* In its tab, what leaves is gone at once. */
	act(ACTION_TAB_QUEUED);
	wait_for_it();
	assert_int_equal(list->line_count, ROWS);
	act(ACTION_FIRST);
	fake_set(list_selected(list), HAUL_STATE_ACTIVE);
	draw();
	assert_int_equal(list_tab_count(list, LIST_QUEUED), 22);
	/* Another filter before the last one is done. */
	assert_true(list_filter(list, "9", text, sizeof text));
	draw();
	assert_true(list_filter(list, "file-77777.", text, sizeof text));
	draw();
	wait_for_it();
	assert_int_equal(list->line_count, 1);
}

static void
tags_are_filtered_by(void **state)
{
	char why[64];

	(void)state;
	begin(50);
	draw();
	act(ACTION_FIRST);
	act(ACTION_TAG);
	act(ACTION_NEXT);
	act(ACTION_TAG);
	assert_true(list_filter(list, "tag:", why, sizeof why));
	draw();
	assert_int_equal(list->line_count, 2);
	act(ACTION_UNTAG_ALL);
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
	draw();
	list_set_sort(list, LIST_SORT_NAME, false);
	draw();
	act(ACTION_FIRST);
	assert_string_equal(name_at(0), "part1");
	assert_string_equal(name_at(1), "part2");
	assert_string_equal(name_at(9), "part10");
	list_set_sort(list, LIST_SORT_NAME, true);
	draw();
	act(ACTION_FIRST);
	assert_string_equal(name_at(0), "part30");
	list_set_sort(list, LIST_SORT_SIZE, false);
	draw();
	act(ACTION_FIRST);
	assert_int_equal(fake_item(list_selected(list))->size_bytes, 30);
	act(ACTION_LAST);
	assert_int_equal(list_selected(list), 5);
	list_set_sort(list, LIST_SORT_SPEED, false);
	draw();
	act(ACTION_FIRST);
	assert_int_equal(list_selected(list), 9);
	act(ACTION_NEXT);
	assert_int_equal(list_selected(list), 4);
	act(ACTION_NEXT);
	assert_int_equal(list_selected(list), 1);
	list_set_sort(list, LIST_SORT_STATE, true);
	draw();
	act(ACTION_LAST);
	assert_int_equal(list_selected(list), 9);
	list_set_sort(list, LIST_SORT_QUEUE, true);
	draw();
	act(ACTION_FIRST);
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
	draw();
	list_set_sort(list, LIST_SORT_SPEED, false);
	draw();
	act(ACTION_FIRST);
	assert_string_equal(name_at(0), "file-10.dat");
	fake_item(20)->speed_bps = 50;
	fake_changed();
	fake_pass(2000);
	draw();
	assert_string_equal(name_at(0), "file-10.dat");
	/* One that begins comes behind them meanwhile. */
	fake_item(30)->speed_bps = 90;
	fake_set(30, HAUL_STATE_ACTIVE);
	draw();
	assert_string_equal(name_at(2), "file-30.dat");
	fake_pass(1500);
	draw();
	act(ACTION_FIRST);
	assert_string_equal(name_at(0), "file-30.dat");
	assert_string_equal(name_at(1), "file-20.dat");
	fake_pass(4000);
	fake_changed();
	draw();
	fake_item(20)->speed_bps = 500;
	fake_changed();
	fake_pass(900);
	draw();
	assert_true(source_rank(&list->source, 20, &rank));
	assert_int_equal(rank, 1);
	fake_pass(200);
	draw();
	assert_true(source_rank(&list->source, 20, &rank));
	assert_int_equal(rank, 0);
	/* The selected one has stayed where it was. */
	assert_string_equal(name_at(0), "file-30.dat");
	assert_int_equal(list_selected(list), 30);
	assert_int_equal(list_click(list, 0, 70), UI_REDRAW);
	draw();
	act(ACTION_FIRST);
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
	draw();
	assert_int_equal(list_selected(list), 1);
	fake_set(5, HAUL_STATE_CONNECTING);
	draw();
	assert_int_equal(list_selected(list), 5);
	fake_set(2, HAUL_STATE_CONNECTING);
	draw();
	assert_int_equal(list_selected(list), 5);
	fake_set(5, HAUL_STATE_DONE);
	draw();
	assert_int_equal(list_selected(list), 5);
	/* Once it is folded away, the row on its line. */
	for (id = 1; id <= 60; id++) {
		fake_set(id, HAUL_STATE_DONE);
		fake_item(id)->ended_ms = 1;
	}
	fake_changed();
	draw();
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
	draw();
	act(ACTION_FIRST);
	list_set_sort(list, LIST_SORT_SIZE, false);
	draw();
	/* Until it is done all stays as it was. */
	list_sort_word(list, word, sizeof word);
	if (list_is_busy(list)) {
		assert_non_null(strstr(word, "sorting "));
		assert_string_equal(name_at(0), "file-1.dat");
	}
	wait_for_it();
	act(ACTION_FIRST);
	assert_int_equal(list_selected(list), 60000);
	list_sort_word(list, word, sizeof word);
	assert_string_equal(word, "size");
	/* One that has grown is merged in. */
	fake_item(777)->size_bytes = INT64_C(1) << 40;
	fake_set(777, HAUL_STATE_ACTIVE);
	fake_pass(100000);
	wait_for_it();
	act(ACTION_FIRST);
	assert_int_equal(list_selected(list), 777);
	act(ACTION_NEXT);
	assert_int_equal(list_selected(list), 60000);
	/* Every item is there once. */
	act(ACTION_TAG_ALL);
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
	draw();
	assert_string_equal(name_at(0), "file-30.dat");
	list_set_group(list, &group);
	draw();
	/* Odd ones of every third. */
	assert_int_equal(list->line_count, 5);
	assert_string_equal(name_at(0), "file-29.dat");
	assert_int_equal(list_tab_count(list, LIST_FAILED), 30);
	list_set_group(list, NULL);
	draw();
	assert_int_equal(list->line_count, ROWS);
}

static void
targets_come_in_the_views_order(void **state)
{
	haul_id *ids;

	(void)state;
	begin(50);
	draw();
	act(ACTION_FIRST);
	assert_int_equal(list_targets(list, &ids), 1);
	assert_int_equal(ids[0], 1);
	free(ids);
	act(ACTION_TAG);
	assert_int_equal(list_selected(list), 2);
	act(ACTION_NEXT);
	act(ACTION_TAG);
	assert_int_equal(list_tagged(list), 2);
	assert_memory_equal(fake_line(4), " *○ WAIT file-1.dat", 20);
	list_set_sort(list, LIST_SORT_QUEUE, true);
	draw();
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
	act(ACTION_UNTAG_ALL);
	act(ACTION_TAG_ALL);
	assert_int_equal(list_tagged(list), 49);
}

/* ---- cost and size ---- */

static void
a_million_cost_what_a_hundred_do(void **state)
{
	static const size_t sizes[] = { 200, 1000000 };
	uint64_t rows[2][4], calls[2][4];
	size_t i, how;
	haul_id id;

	(void)state;
	for (i = 0; i < 2; i++) {
		begin(sizes[i]);
		for (id = 40; id < 104; id++)
			fake_set(id, HAUL_STATE_ACTIVE);
		for (how = 0; how < 4; how++) {
			if (how == 1)
				act(ACTION_NEXT);
			else if (how == 2)
				act(ACTION_LAST);
			else if (how == 3)
				act(ACTION_TAB_QUEUED);
			draw();
			fake.rows = fake.calls = 0;
			draw();
			rows[i][how] = fake.rows;
			calls[i][how] = fake.calls;
			assert_true(fake.rows <= ROWS * 6 + 64);
		}
		if (i == 0)
			teardown(NULL);
	}
	assert_memory_equal(rows[0], rows[1], sizeof rows[0]);
	assert_memory_equal(calls[0], calls[1], sizeof calls[0]);
}

static void
any_size_can_be_drawn(void **state)
{
	int width, height, tab;
	haul_id id;

	(void)state;
	begin(300);
	for (id = 1; id < 300; id += 2)
		fake_set(id, (enum haul_state)(id % HAUL_STATE_REMOVED));
	for (height = 1; height <= 60; height += height < 16 ? 1 : 11)
		for (width = 1; width <= 200; width += width < 24 ? 1 : 13)
			for (tab = 0; tab < LIST_TABS; tab++) {
				grid_resize(&fake.ui.grid, height, width);
				list_show_tab(list, (enum list_tab)tab);
				list_draw(list, grid_all(&fake.ui.grid));
				(void)list_act(list, tab & 1 ?
				    ACTION_PAGE_DOWN : ACTION_NEXT);
				list_draw(list, grid_all(&fake.ui.grid));
				for (id = 0; id < (haul_id)height; id++)
					fake_line((int)id);
				assert_true(list_selected(list) != 0);
			}
}

static void
empty_tabs_say_what_would_be_here(void **state)
{
	char seen[LIST_TABS][128];
	int tab, other;

	(void)state;
	begin(0);
	for (tab = 0; tab < LIST_TABS; tab++) {
		list_show_tab(list, (enum list_tab)tab);
		draw();
		snprintf(seen[tab], sizeof seen[tab], "%s", fake_line(6));
		assert_true(strlen(seen[tab]) > 20);
		for (other = 0; other < tab; other++)
			assert_string_not_equal(seen[tab], seen[other]);
	}
}

int
main(void)
{
#define LIST_TEST(name) cmocka_unit_test_teardown(name, teardown)
	const struct CMUnitTest tests[] = {
		LIST_TEST(the_selection_stays_in_every_order),
		LIST_TEST(a_row_that_leaves_hands_its_line_on),
		LIST_TEST(what_nobody_selected_goes_quietly),
		LIST_TEST(tabs_keep_their_own),
		LIST_TEST(follow_is_that_of_the_plan),
		LIST_TEST(follow_shows_all_that_is_active),
		LIST_TEST(follow_counts_what_it_folds),
		LIST_TEST(moving_unfolds_in_place),
		LIST_TEST(a_click_unfolds_in_place),
		LIST_TEST(few_lines_do_not_fold),
		LIST_TEST(pages_and_ends),
		LIST_TEST(moving_an_item_leaves_it_selected),
		LIST_TEST(names_scroll_no_further_than_they_are),
		LIST_TEST(find_goes_round),
		LIST_TEST(find_goes_on_in_slices),
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
		LIST_TEST(a_million_cost_what_a_hundred_do),
		LIST_TEST(any_size_can_be_drawn),
		LIST_TEST(empty_tabs_say_what_would_be_here),
	};

	alarm(120);
	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
