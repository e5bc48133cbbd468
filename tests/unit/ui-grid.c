/* SPDX-License-Identifier: MIT
 *
 * grid: what does not fit is cut, wide characters are whole or blank, areas
 * hold what is drawn into them, marks keep the text.
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

#include "ui/screen/grid.h"

static struct grid grid;

static int
setup(void **state)
{
	(void)state;
	grid_init(&grid, 3, 8);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	grid_release(&grid);
	return 0;
}

/* A row as text; its cells must add up to the columns. */
static const char *
row(int number)
{
	static char text[256];
	const struct grid_cell *cells = grid.cells + number * grid.columns;
	size_t used = 0;
	int column, width = 0;

	for (column = 0; column < grid.columns; column++) {
		width += cells[column].width;
		used += (size_t)snprintf(text + used, sizeof text - used,
		    "%s", cells[column].text);
		if (cells[column].width == 2)
			assert_int_equal(cells[column + 1].width, 0);
	}
	assert_int_equal(width, grid.columns);
	return text;
}

static void
text_stands_where_it_was_put(void **state)
{
	(void)state;
	assert_int_equal(grid_put(grid_all(&grid), 1, 2, -1, "abc",
	    STYLE_GET, GRID_BOLD), 3);
	assert_string_equal(row(0), "        ");
	assert_string_equal(row(1), "  abc   ");
	assert_int_equal(grid.cells[10].style, STYLE_GET);
	assert_int_equal(grid.cells[10].flags, GRID_BOLD);
	assert_int_equal(grid.cells[9].style, STYLE_TEXT);
}

static void
what_is_cut_can_end_with_an_ellipsis(void **state)
{
	struct grid_area all = grid_all(&grid);

	(void)state;
	assert_int_equal(grid_put_cut(all, 0, 2, "abcdef", STYLE_TEXT, 0), 6);
	assert_string_equal(row(0), "  abcdef");
	assert_int_equal(grid_put_cut(all, 1, 2, "abcdefg", STYLE_TEXT, 0), 6);
	assert_string_equal(row(1), "  abcde\u2026");
	grid_put_cut(all, 2, 2, "abcdefg", STYLE_TEXT, TEXT_ASCII);
	assert_string_equal(row(2), "  abcde~");
}

static void
what_does_not_fit_is_cut(void **state)
{
	struct grid_area all = grid_all(&grid);

	(void)state;
	assert_int_equal(grid_put(all, 0, 5, -1, "abcdef", STYLE_TEXT, 0), 3);
	assert_string_equal(row(0), "     abc");
	grid_put(all, 1, -2, -1, "abcdef", STYLE_TEXT, 0);
	assert_string_equal(row(1), "cdef    ");
	assert_int_equal(grid_put(all, 2, 1, 2, "abc", STYLE_TEXT, 0), 2);
	assert_string_equal(row(2), " ab     ");
	assert_int_equal(grid_put(all, 3, 0, -1, "x", STYLE_TEXT, 0), 0);
	assert_int_equal(grid_put(all, -1, 0, -1, "x", STYLE_TEXT, 0), 0);
	assert_int_equal(grid_put(all, 0, 8, -1, "x", STYLE_TEXT, 0), 0);
	assert_int_equal(grid_put(all, 0, 3, 0, "x", STYLE_TEXT, 0), 0);
	assert_string_equal(row(0), "     abc");
}

static void
wide_characters_are_whole_or_blank(void **state)
{
	struct grid_area all = grid_all(&grid);

	(void)state;
	assert_int_equal(grid_put(all, 0, 0, -1, "\u4e16\u754c", STYLE_TEXT,
	    0), 4);
	assert_string_equal(row(0), "\u4e16\u754c    ");
	/* At the edge: a blank. */
	assert_int_equal(grid_put(all, 1, 7, -1, "\u4e16", STYLE_TEXT, 0), 1);
	assert_string_equal(row(1), "        ");
	grid_put(all, 1, 0, 3, "\u4e16\u754c", STYLE_TEXT, 0);
	assert_string_equal(row(1), "\u4e16      ");
	/* Half drawn over: the other half goes. */
	grid_put(all, 0, 1, -1, "x", STYLE_TEXT, 0);
	assert_string_equal(row(0), " x\u754c    ");
	grid_put(all, 0, 2, -1, "y", STYLE_TEXT, 0);
	assert_string_equal(row(0), " xy     ");
	grid_put(all, 2, 0, -1, "\u4e16\u754c", STYLE_TEXT, 0);
	grid_put(all, 2, 1, -1, "\u754c", STYLE_TEXT, 0);
	assert_string_equal(row(2), " \u754c     ");
}

static void
marks_belong_to_their_letter(void **state)
{
	(void)state;
	assert_int_equal(grid_put(grid_all(&grid), 0, 0, -1, "e\u0301x",
	    STYLE_TEXT, 0), 2);
	assert_string_equal(grid.cells[0].text, "e\u0301");
	assert_string_equal(grid.cells[1].text, "x");
}

static void
nothing_unsafe_gets_into_a_cell(void **state)
{
	(void)state;
	grid_put(grid_all(&grid), 0, 0, -1, "a\033b\u202ec\xff", STYLE_TEXT,
	    0);
	assert_null(strchr(row(0), '\033'));
	assert_null(strstr(row(0), "\u202e"));
	assert_null(strchr(row(0), '\xff'));
	assert_int_equal(row(0)[0], 'a');
}

static void
text_can_end_at_a_column(void **state)
{
	struct grid_area all = grid_all(&grid);

	(void)state;
	grid_put_right(all, 0, 1, 5, "12", STYLE_TEXT, 0);
	assert_string_equal(row(0), "    12  ");
	grid_put_right(all, 1, 1, 5, "1234567", STYLE_TEXT, 0);
	assert_string_equal(row(1), " 12345  ");
	grid_put_right(all, 2, 0, 8, "\u754c", STYLE_TEXT, 0);
	assert_string_equal(row(2), "      \u754c");
}

static void
an_area_holds_what_is_drawn_into_it(void **state)
{
	struct grid_area part = grid_part(grid_all(&grid), 1, 2, 1, 3);
	struct grid_area none;

	(void)state;
	grid_put(part, 0, 0, -1, "abcdef", STYLE_TEXT, 0);
	grid_put(part, 1, 0, -1, "x", STYLE_TEXT, 0);
	grid_fill(part, 0, -5, 6, "-", STYLE_RULE, 0);
	assert_string_equal(row(1), "  -bc   ");
	assert_string_equal(row(2), "        ");
	part = grid_part(grid_all(&grid), -1, 6, 99, 99);
	assert_int_equal(part.top, 0);
	assert_int_equal(part.rows, 3);
	assert_int_equal(part.columns, 2);
	none = grid_part(part, 3, 0, 1, 1);
	assert_int_equal(none.rows, 0);
	grid_put(none, 0, 0, -1, "x", STYLE_TEXT, 0);
	none = grid_part(part, 0, 5, 3, -4);
	assert_int_equal(none.columns, 0);
	grid_fill(none, 0, 0, 9, "x", STYLE_TEXT, 0);
	assert_string_equal(row(0), "        ");
}

static void
a_mark_keeps_the_text(void **state)
{
	struct grid_area all = grid_all(&grid);

	(void)state;
	grid_put(all, 0, 0, -1, "abcd", STYLE_FAIL, GRID_BOLD);
	grid_mark(all, 0, 1, 99, GRID_REVERSE);
	assert_string_equal(row(0), "abcd    ");
	assert_int_equal(grid.cells[0].flags, GRID_BOLD);
	assert_int_equal(grid.cells[1].flags, GRID_BOLD | GRID_REVERSE);
	assert_int_equal(grid.cells[1].style, STYLE_FAIL);
	assert_int_equal(grid.cells[7].flags, GRID_REVERSE);
}

static void
resizing_leaves_a_blank_grid_with_a_cell_at_least(void **state)
{
	(void)state;
	grid_put(grid_all(&grid), 0, 0, -1, "abc", STYLE_TEXT, 0);
	grid_cursor(grid_all(&grid), 2, 7, true);
	grid_resize(&grid, 0, -3);
	assert_int_equal(grid.rows, 1);
	assert_int_equal(grid.columns, 1);
	assert_int_equal(grid.cursor_row, 0);
	assert_false(grid.cursor_shown);
	assert_string_equal(row(0), " ");
	grid_put(grid_all(&grid), 0, 0, -1, "\u754c", STYLE_TEXT, 0);
	assert_string_equal(row(0), " ");
}

static void
the_cursor_stays_in_its_area(void **state)
{
	struct grid_area part = grid_part(grid_all(&grid), 1, 2, 2, 3);

	(void)state;
	grid_cursor(part, 1, 2, true);
	assert_int_equal(grid.cursor_row, 2);
	assert_int_equal(grid.cursor_column, 4);
	grid_cursor(part, 2, 0, false);
	assert_true(grid.cursor_shown);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(text_stands_where_it_was_put,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(
		    what_is_cut_can_end_with_an_ellipsis, setup, teardown),
		cmocka_unit_test_setup_teardown(what_does_not_fit_is_cut,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(
		    wide_characters_are_whole_or_blank, setup, teardown),
		cmocka_unit_test_setup_teardown(marks_belong_to_their_letter,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(
		    nothing_unsafe_gets_into_a_cell, setup, teardown),
		cmocka_unit_test_setup_teardown(text_can_end_at_a_column,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(
		    an_area_holds_what_is_drawn_into_it, setup, teardown),
		cmocka_unit_test_setup_teardown(a_mark_keeps_the_text, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    resizing_leaves_a_blank_grid_with_a_cell_at_least, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(the_cursor_stays_in_its_area,
		    setup, teardown),
	};

	alarm(20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
