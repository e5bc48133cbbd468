/* SPDX-License-Identifier: MIT
 *
 * layout: for every size the parts of the screen tile it, and the columns of a
 * row add up to it; what is dropped as it narrows is dropped in one order; the
 * sizes of the plan; a pane's place; the failed tab's groups.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ui/screen/layout.h"

#define WIDTH_MAX 200
#define HEIGHT_MAX 60

static unsigned char cells[HEIGHT_MAX][WIDTH_MAX];

static void
cover(const struct layout_part *part, int rows, int columns)
{
	int row, column;

	if (part->rows <= 0 || part->columns <= 0)
		return;
	assert_true(part->top >= 0 && part->top + part->rows <= rows);
	assert_true(part->left >= 0 && part->left + part->columns <= columns);
	for (row = part->top; row < part->top + part->rows; row++)
		for (column = part->left; column < part->left +
		    part->columns; column++)
			assert_int_equal(cells[row][column]++, 0);
}

static void
check_tiles(const struct layout *layout, int rows, int columns)
{
	int row, column, bare = 0;

	memset(cells, 0, sizeof cells);
	cover(&layout->totals, rows, columns);
	cover(&layout->tabs, rows, columns);
	cover(&layout->graph, rows, columns);
	cover(&layout->groups, rows, columns);
	cover(&layout->list, rows, columns);
	cover(&layout->pane, rows, columns);
	cover(&layout->status, rows, columns);
	cover(&layout->keys, rows, columns);
	for (row = 0; row < rows; row++)
		for (column = 0; column < columns; column++)
			bare += !cells[row][column];
	assert_int_equal(bare, layout->pane_right ? layout->pane.rows : 0);
	assert_true(layout->head.rows == 0 ||
	    (layout->head.top == layout->list.top &&
	    layout->head.columns == layout->list.columns &&
	    layout->list.rows > 0));
}

static void
every_size_is_tiled(void **state)
{
	struct layout layout;
	int rows, columns, how;
	/* Not all where everything takes its time. */
	const int step = getenv("HAUL_UNIT_ITEMS") != NULL ? 7 : 1;

	(void)state;
	for (rows = 1; rows <= HEIGHT_MAX; rows++)
		for (columns = 1; columns <= WIDTH_MAX; columns += step)
			for (how = 0; how < 8; how++) {
				layout_make(&layout, rows, columns, how & 1,
				    how & 2, how & 4);
				check_tiles(&layout, rows, columns);
				layout_shrink_pane(&layout, how);
				check_tiles(&layout, rows, columns);
				layout_make_groups(&layout, how);
				check_tiles(&layout, rows, columns);
			}
}

static void
a_pane_below_gives_rows_to_the_list(void **state)
{
	struct layout layout;
	struct layout_part pane, list;

	(void)state;
	layout_make(&layout, 24, 80, true, false, false);
	pane = layout.pane;
	list = layout.list;
	layout_shrink_pane(&layout, 2);
	assert_int_equal(layout.pane.rows, pane.rows - 2);
	assert_int_equal(layout.list.rows, list.rows + 2);
	layout_make(&layout, 24, 200, true, false, false);
	pane = layout.pane;
	layout_shrink_pane(&layout, 2);
	assert_int_equal(layout.pane.rows, pane.rows);
}

static void
heights_are_those_of_the_plan(void **state)
{
	static const struct {
		int rows, totals, tabs, graph, head, status, keys;
	} plan[] = {
		{ 60, 1, 1, 3, 1, 1, 1 }, { 36, 1, 1, 3, 1, 1, 1 },
		{ 35, 1, 1, 1, 1, 1, 1 }, { 24, 1, 1, 1, 1, 1, 1 },
		{ 23, 1, 1, 0, 1, 1, 1 }, { 14, 1, 1, 0, 1, 1, 1 },
		{ 13, 1, 1, 0, 0, 0, 1 }, { 10, 1, 1, 0, 0, 0, 1 },
		{ 9, 1, 0, 0, 0, 0, 1 }, { 6, 1, 0, 0, 0, 0, 1 },
		{ 5, 1, 0, 0, 0, 0, 0 }, { 3, 1, 0, 0, 0, 0, 0 },
		{ 2, 1, 0, 0, 0, 0, 0 }, { 1, 0, 0, 0, 0, 0, 0 },
	};
	struct layout layout;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof plan / sizeof *plan; i++) {
		layout_make(&layout, plan[i].rows, 80, false, false, false);
		assert_int_equal(layout.totals.rows, plan[i].totals);
		assert_int_equal(layout.tabs.rows, plan[i].tabs);
		assert_int_equal(layout.graph.rows, plan[i].graph);
		assert_int_equal(layout.head.rows, plan[i].head);
		assert_int_equal(layout.status.rows, plan[i].status);
		assert_int_equal(layout.keys.rows, plan[i].keys);
		assert_int_equal(layout_has_head(plan[i].rows), plan[i].head);
	}
	/* The speed has no room in the first line there. */
	layout_make(&layout, 4, 19, false, false, false);
	assert_int_equal(layout.keys.rows, 1);
	assert_int_equal(layout.list.rows, 2);
}

static void
a_pane_has_its_place(void **state)
{
	struct layout layout;

	(void)state;
	layout_make(&layout, 40, 120, true, false, false);
	assert_int_equal(layout.pane.rows, 16);
	assert_int_equal(layout.list.rows, 17);
	assert_int_equal(layout.pane.top, 22);
	layout_make(&layout, 24, 80, true, false, false);
	assert_int_equal(layout.pane.rows, 9);
	layout_make(&layout, 23, 80, true, false, false);
	assert_int_equal(layout.list.rows, 0);
	assert_int_equal(layout.pane.rows, 19);
	layout_make(&layout, 40, 160, true, false, false);
	assert_true(layout.pane_right);
	assert_int_equal(layout.pane.columns, 80);
	assert_int_equal(layout.list.columns, 79);
	layout_make(&layout, 40, 160, true, false, true);
	assert_int_equal(layout.list.rows, 0);
	assert_int_equal(layout.pane.columns, 160);
	layout_make(&layout, 40, 120, false, true, false);
	assert_int_equal(layout.totals.rows + layout.graph.rows, 0);
	assert_int_equal(layout.head.rows, 1);
}

static void
groups_take_the_graphs_room(void **state)
{
	struct layout layout;

	(void)state;
	layout_make(&layout, 24, 80, true, false, false);
	assert_int_equal(layout_make_groups(&layout, 5), 5);
	assert_int_equal(layout.groups.top, 2);
	assert_int_equal(layout.head.top, 7);
	assert_int_equal(layout.list.rows, 6);
	assert_int_equal(layout.pane.top, 13);
	layout_make(&layout, 24, 80, true, false, false);
	assert_int_equal(layout_make_groups(&layout, 50), 7);
	assert_int_equal(layout.list.rows, 4);
}

static void
columns_add_up_to_the_width(void **state)
{
	struct layout_columns columns;
	int width;

	(void)state;
	for (width = 1; width <= WIDTH_MAX; width++) {
		layout_columns(&columns, width);
		assert_int_equal(layout_sum(&columns), width);
		assert_true(columns.name >= 0);
		assert_true(columns.name > 0 || width == 1);
		layout_plain_columns(&columns);
		assert_int_equal(layout_sum(&columns), width);
		layout_failed_columns(&columns, width);
		assert_int_equal(layout_sum(&columns), width);
		assert_true(columns.name > 0 || width == 1);
		layout_plain_columns(&columns);
		assert_int_equal(layout_sum(&columns), width);
	}
}

static void
names_get_what_the_plan_says(void **state)
{
	static const int rest[][2] = {
		{ 140, 93 }, { 120, 76 }, { 100, 66 }, { 90, 60 }, { 80, 53 },
		{ 70, 48 }, { 60, 42 }, { 50, 36 }, { 40, 25 }, { 30, 15 },
		{ 20, 8 },
	};
	struct layout_columns columns;
	size_t i = 0;
	int width;

	(void)state;
	for (width = WIDTH_MAX; width >= 20; width--) {
		if (width < rest[i][0])
			i++;
		layout_columns(&columns, width);
		assert_int_equal(columns.name, width - rest[i][1]);
	}
}

/* Each step of the order: which one narrows or goes, the others untouched. */
static void
columns_go_in_one_order(void **state)
{
	struct layout_columns now, before;
	char order[64] = "";
	size_t used = 0;
	int width;

	(void)state;
	layout_columns(&before, WIDTH_MAX);
	for (width = WIDTH_MAX - 1; width >= 20; width--) {
		layout_columns(&now, width);
		if (now.host < before.host)
			order[used++] = 'H';
		if (now.try < before.try)
			order[used++] = 'T';
		if (now.connections < before.connections)
			order[used++] = 'C';
		if (now.received < before.received)
			order[used++] = 'R';
		if (now.word < before.word)
			order[used++] = 'w';
		if (now.left < before.left)
			order[used++] = 'E';
		if (now.size < before.size)
			order[used++] = 'S';
		if (now.bar < before.bar)
			order[used++] = 'b';
		if (now.speed < before.speed)
			order[used++] = 'v';
		assert_true(now.percent == before.percent);
		before = now;
	}
	order[used] = '\0';
	assert_string_equal(order, "HTbCRwbESbbv");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_size_is_tiled),
		cmocka_unit_test(a_pane_below_gives_rows_to_the_list),
		cmocka_unit_test(heights_are_those_of_the_plan),
		cmocka_unit_test(a_pane_has_its_place),
		cmocka_unit_test(groups_take_the_graphs_room),
		cmocka_unit_test(columns_add_up_to_the_width),
		cmocka_unit_test(names_get_what_the_plan_says),
		cmocka_unit_test(columns_go_in_one_order),
	};

	alarm(60);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
