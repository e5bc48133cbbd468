/* SPDX-License-Identifier: MIT
 *
 * list: the selection is an item and stays on its line whatever the queue
 * does, in each tab and order; where it goes when its row leaves, and that it
 * is told; follow shows all that is active and counts the rest; moving unfolds
 * in place; pages, ends and scrolling; tabs keep their own; a million items
 * cost what a hundred do; any size can be drawn.
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
	/* Fewer where everything takes its time. */
	const int rounds = getenv("HAUL_UNIT_ITEMS") != NULL ? 60 : 1200;

	(void)state;
	begin(300);
	for (i = 0; i < sizeof sorts / sizeof *sorts; i++) {
		list_set_sort(list, sorts[i], i & 1);
		fake_draw();
		fake_act(ACTION_PAGE_DOWN);
		fake_act(ACTION_PAGE_DOWN);
		fake_act(ACTION_NEXT);
		id = list_selected(list);
		line = fake_selected_line();
		for (round = 0; round < rounds; round++) {
			other = 1 + fake_any(300);
			fake_item(other)->speed_bps = fake_any(100000);
			fake_item(other)->got_bytes = fake_any(1000000);
			fake_set(other, (enum haul_state)
			    fake_any(HAUL_STATE_REMOVED));
			fake_pass(fake_any(900));
			fake_draw();
			assert_int_equal(list_selected(list), id);
			/* At the list's beginning it may have to move up. */
			assert_true(fake_selected_line() == line ||
			    (fake_selected_line() >= 0 && fake_selected_line() <
			    line && list->pages[0].line < line));
			line = fake_selected_line();
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
	fake_draw();
	fake_act(ACTION_PAGE_DOWN);
	fake_act(ACTION_NEXT);
	line = fake_selected_line();
	next = list->lines[line + 1].id;
	fake_set(list_selected(list), HAUL_STATE_ACTIVE);
	fake_draw();
	assert_int_equal(list_selected(list), next);
	assert_int_equal(fake_selected_line(), line);
	assert_string_equal(fake.said, "file-20.dat moved to Active");
	/* Those around it may go at the same time. */
	next = list->lines[line + 3].id;
	fake_set(list->lines[line + 1].id, HAUL_STATE_DONE);
	fake_set(list->lines[line + 2].id, HAUL_STATE_DONE);
	fake_set(list->lines[line - 1].id, HAUL_STATE_DONE);
	fake_set(list_selected(list), HAUL_STATE_DONE);
	fake_draw();
	assert_int_equal(list_selected(list), next);
	assert_int_equal(fake_selected_line(), line);
	assert_string_equal(fake.said, "file-21.dat moved to Done");
	/* Of the last one it is the one before. */
	fake_act(ACTION_LAST);
	next = list->lines[FAKE_ROWS - 2].id;
	fake_set(list_selected(list), HAUL_STATE_FAILED);
	fake_draw();
	assert_int_equal(list_selected(list), next);
	assert_string_equal(fake.said, "file-100.dat moved to Failed");
	/* What was told a moment ago is not covered by that. */
	fake.telling = true;
	fake_set(list_selected(list), HAUL_STATE_FAILED);
	fake_draw();
	assert_string_equal(fake.said, "file-100.dat moved to Failed");
	fake.telling = false;
}

static void
what_nobody_selected_goes_quietly(void **state)
{
	(void)state;
	begin(10);
	fake_set(3, HAUL_STATE_ACTIVE);
	fake_set(5, HAUL_STATE_ACTIVE);
	list_show_tab(list, LIST_ACTIVE);
	fake_draw();
	assert_int_equal(list_selected(list), 3);
	fake_set(3, HAUL_STATE_DONE);
	fake_draw();
	assert_int_equal(list_selected(list), 5);
	assert_string_equal(fake.said, "");
	fake_set(5, HAUL_STATE_DONE);
	fake_draw();
	assert_int_equal(list_selected(list), 0);
	assert_string_equal(fake_line(5), "  Nothing is being fetched.");
}

static void
tabs_keep_their_own(void **state)
{
	haul_id all, queued;

	(void)state;
	begin(200);
	fake_draw();
	fake_act(ACTION_PAGE_DOWN);
	all = list_selected(list);
	fake_act(ACTION_TAB_QUEUED);
	fake_act(ACTION_LAST);
	queued = list_selected(list);
	fake_act(ACTION_TAB_PREVIOUS);
	assert_int_equal(list_tab(list), LIST_ACTIVE);
	assert_int_equal(list_selected(list), 0);
	fake_act(ACTION_TAB_PREVIOUS);
	assert_int_equal(list_selected(list), all);
	fake_act(ACTION_TAB_QUEUED);
	assert_int_equal(list_selected(list), queued);
	assert_int_equal(fake_selected_line(), FAKE_ROWS - 1);
	fake_act(ACTION_TAB_FAILED);
	fake_act(ACTION_TAB_NEXT);
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
	fake_draw();
	assert_string_equal(fake_line(4), "  ⋯ 484 done, 12 failed above");
	assert_non_null(strstr(fake_line(5), "✓ DONE file-497.dat "));
	assert_int_equal(list_selected(list), 499);
	assert_int_equal(fake_selected_line(), 3);
	assert_non_null(strstr(fake_line(17), "‖ PAUS file-509.dat "));
	assert_string_equal(fake_line(21), "  ⋯ 692 more queued");
	assert_true(list_follows(list));
	/* What is done is folded after a while. */
	fake_item(497)->ended_ms = fake_item(498)->ended_ms = 2000;
	fake_changed();
	fake_draw();
	assert_string_equal(fake_line(4), "  ⋯ 486 done, 12 failed above");
	assert_non_null(strstr(fake_line(5), "▶ GET  file-499.dat"));
	/* In ASCII. */
	fake.ui.context.text_flags = TEXT_ASCII;
	fake_draw();
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
			fake_set(1 + fake_any(5000), fake_any(8) < 3 ?
			    HAUL_STATE_DONE : HAUL_STATE_QUEUED);
		for (id = 1, active = 0; id <= 5000; id++) {
			if (HAUL_IN(fake_item(id)->state) & HAUL_IN_ACTIVE)
				fake_set(id, HAUL_STATE_DONE);
			if (fake_any(1200) == 0 && active < 8) {
				fake_set(id, (enum haul_state)
				    (HAUL_STATE_CONNECTING + fake_any(4)));
				active++;
			}
			fake_item(id)->ended_ms -= 10000;
		}
		fake_changed();
		fake_draw();
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
		assert_true(list->line_count <= FAKE_ROWS);
		assert_true(active == 0 || fake_selected_line() >= 0);
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
			fake_set(id, fake_any(100) == 0 ? HAUL_STATE_ACTIVE :
			    (enum haul_state)((const int[]){
			    HAUL_STATE_DONE, HAUL_STATE_QUEUED,
			    HAUL_STATE_PAUSED, HAUL_STATE_FAILED,
			    HAUL_STATE_SKIPPED })[fake_any(5)]);
			fake_item(id)->ended_ms = 1;
		}
		fake_changed();
		fake_draw();
		sum = rows = 0;
		for (row = 4; row < 4 + FAKE_ROWS; row++) {
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
		fake_set(301 + fake_any(650), HAUL_STATE_ACTIVE);
		fake_draw();
		assert_true(list_follows(list));
		before = list_selected(list);
		line = fake_selected_line();
		fake_act(round & 1 ? ACTION_NEXT : ACTION_PREVIOUS);
		assert_false(list_follows(list));
		if (round & 1 && line < FAKE_ROWS - 1) {
			assert_int_equal(list->lines[line].id, before);
			assert_int_equal(fake_selected_line(), line + 1);
			assert_int_equal(list_selected(list), before + 1);
		}
		fake_act(ACTION_FOLLOW);
		assert_true(list_follows(list));
	}
	/* F itself leaves everything where it is. */
	before = list_selected(list);
	line = fake_selected_line();
	fake_act(ACTION_FOLLOW);
	assert_false(list_follows(list));
	assert_int_equal(list_selected(list), before);
	assert_int_equal(fake_selected_line(), line);
	/* From elsewhere it comes back to the first tab. */
	fake_act(ACTION_TAB_DONE);
	fake_act(ACTION_FOLLOW);
	assert_int_equal(list_tab(list), LIST_ALL);
	assert_true(list_follows(list));
}

/* Even where the queue ends, and there is nothing to put below. */
static void
unfolding_at_the_end_moves_nothing(void **state)
{
	haul_id id;
	int line;

	(void)state;
	begin(200);
	for (id = 1; id <= 197; id++)
		fake_set(id, HAUL_STATE_PAUSED);
	for (; id <= 200; id++)
		fake_set(id, HAUL_STATE_ACTIVE);
	fake_draw();
	line = fake_selected_line();
	assert_int_equal(line, 1);
	fake_act(ACTION_NEXT);
	assert_int_equal(fake_selected_line(), line + 1);
	assert_string_equal(fake_name_at(line), "file-198.dat");
	fake_draw();
	assert_int_equal(fake_selected_line(), line + 1);
	/* A page fills the screen again. */
	fake_act(ACTION_PAGE_DOWN);
	assert_string_equal(fake_name_at(FAKE_ROWS - 1), "file-200.dat");
}

/* Rows above are not hidden while there is room. */
static void
a_list_that_shrinks_is_shown_whole(void **state)
{
	haul_id id;

	(void)state;
	begin(100);
	for (id = 1; id <= 60; id++)
		fake_set(id, HAUL_STATE_ACTIVE);
	list_show_tab(list, LIST_ACTIVE);
	fake_draw();
	fake_act(ACTION_LAST);
	for (id = 1; id <= 50; id++)
		fake_set(id, HAUL_STATE_DONE);
	fake_draw();
	assert_int_equal(list->line_count, 10);
	assert_int_equal(list_selected(list), 60);
	assert_int_equal(fake_selected_line(), 9);
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
	fake_draw();
	for (i = 0; list->lines[i].id != 310; i++)
		assert_true(i < list->line_count);
	id = list->lines[i].id;
	assert_int_equal(list_click(list, (int)i + 1, 5), UI_REDRAW);
	fake_draw();
	assert_int_equal(list_selected(list), id);
	assert_int_equal(fake_selected_line(), (int)i);
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
	fake_draw();
	fake_act(ACTION_FIRST);
	assert_int_equal(list_selected(list), 1);
	fake_act(ACTION_PAGE_DOWN);
	assert_int_equal(list_selected(list), 1 + FAKE_ROWS);
	assert_int_equal(fake_selected_line(), 0);
	fake_act(ACTION_HALF_UP);
	assert_int_equal(list_selected(list), 1 + FAKE_ROWS / 2);
	fake_act(ACTION_LAST);
	assert_int_equal(list_selected(list), 100);
	assert_int_equal(fake_selected_line(), FAKE_ROWS - 1);
	assert_string_equal(fake_name_at(0), "file-83.dat");
	fake_act(ACTION_PAGE_DOWN);
	assert_int_equal(list_selected(list), 100);
	fake_act(ACTION_PREVIOUS);
	assert_int_equal(fake_selected_line(), FAKE_ROWS - 2);
	fake_act(ACTION_SCROLL_UP);
	assert_int_equal(list_selected(list), 99);
	assert_int_equal(fake_selected_line(), FAKE_ROWS - 1);
	fake_act(ACTION_SCROLL_UP);
	assert_int_equal(list_selected(list), 98);
	list_wheel(list, 50);
	fake_draw();
	assert_string_equal(fake_name_at(FAKE_ROWS - 1), "file-100.dat");
	assert_int_equal(list_selected(list), 98);
	fake_act(ACTION_FIRST);
	fake_act(ACTION_PREVIOUS);
	assert_int_equal(list_selected(list), 1);
	assert_int_equal(fake_selected_line(), 0);
}

static void
moving_an_item_leaves_it_selected(void **state)
{
	(void)state;
	begin(100);
	list_show_tab(list, LIST_QUEUED);
	fake_draw();
	fake_act(ACTION_PAGE_DOWN);
	fake_act(ACTION_NEXT);
	fake_move(list_selected(list), 50);
	fake_draw();
	assert_int_equal(list_selected(list), 20);
	assert_int_equal(fake_selected_line(), 1);
	assert_string_equal(fake_name_at(0), "file-51.dat");
}

static void
names_scroll_no_further_than_they_are(void **state)
{
	int i;

	(void)state;
	begin(3);
	snprintf(fake_item(2)->name, sizeof fake_item(2)->name,
	    "a-name-that-is-longer-than-its-column.x");
	fake_draw();
	for (i = 0; i < 9; i++)
		fake_act(ACTION_NAMES_RIGHT);
	assert_non_null(strstr(fake_line(5), "…s-longer-than-its-column.x "));
	fake_act(ACTION_NAMES_LEFT);
	assert_non_null(strstr(fake_line(5), "…"));
	fake_act(ACTION_NAMES_START);
	assert_non_null(strstr(fake_line(5), "a-name-that"));
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
				fake_act(ACTION_NEXT);
			else if (how == 2)
				fake_act(ACTION_LAST);
			else if (how == 3)
				fake_act(ACTION_TAB_QUEUED);
			fake_draw();
			fake.rows = fake.calls = 0;
			fake_draw();
			rows[i][how] = fake.rows;
			calls[i][how] = fake.calls;
			assert_true(fake.rows <= FAKE_ROWS + 64 + 64);
		}
		if (i == 0)
			fake_stop();
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
		fake_draw();
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
		LIST_TEST(unfolding_at_the_end_moves_nothing),
		LIST_TEST(a_list_that_shrinks_is_shown_whole),
		LIST_TEST(a_click_unfolds_in_place),
		LIST_TEST(few_lines_do_not_fold),
		LIST_TEST(pages_and_ends),
		LIST_TEST(moving_an_item_leaves_it_selected),
		LIST_TEST(names_scroll_no_further_than_they_are),
		LIST_TEST(a_million_cost_what_a_hundred_do),
		LIST_TEST(any_size_can_be_drawn),
		LIST_TEST(empty_tabs_say_what_would_be_here),
	};

	alarm(120);
	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
