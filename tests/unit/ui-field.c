/* SPDX-License-Identifier: MIT
 *
 * field: keys and pastes, clusters that are never split, what may not get in,
 * what is shown of a long line, history.
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

#include "ui/screen/field.h"

static struct field field;

static int
setup(void **state)
{
	(void)state;
	field_init(&field, "");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	field_release(&field);
	return 0;
}

static void
key(uint32_t code)
{
	struct input input = { .kind = INPUT_KEY, .key = code };

	assert_true(field_input(&field, &input));
}

static void
text_is(const char *text)
{
	assert_string_equal(field_text(&field), text);
}

static void
letters_go_in_at_the_cursor(void **state)
{
	(void)state;
	key('a');
	key('c');
	key(INPUT_LEFT);
	key('b');
	text_is("abc");
	key(0x754c);
	key(0x1f600);
	text_is("ab\u754c\U0001f600c");
	key(INPUT_HOME);
	key(INPUT_DELETE);
	text_is("b\u754c\U0001f600c");
}

static void
marks_move_and_go_with_their_letter(void **state)
{
	(void)state;
	field_set(&field, "xe\u0301\u0323y");
	key(INPUT_LEFT);
	key(INPUT_LEFT);
	assert_int_equal(field.cursor, 1);
	key(INPUT_RIGHT);
	assert_int_equal(field.cursor, 6);
	key(0x7f);
	text_is("xy");
}

static void
bytes_that_are_no_utf8_are_single(void **state)
{
	(void)state;
	field_set(&field, "a\xff\xfe" "b");
	key(INPUT_LEFT);
	key(0x7f);
	text_is("a\xff" "b");
	key(0x7f);
	text_is("ab");
}

static void
controls_stay_outside(void **state)
{
	const char pasted[] = "a\033[31m\tb\r\nc\x7f\xc2\x9b" "d\0e";

	(void)state;
	field_insert(&field, pasted, sizeof pasted - 1);
	text_is("a[31m b cde");
}

static void
words_and_ends_are_cut_and_brought_back(void **state)
{
	(void)state;
	field_set(&field, "https://a.example/dir/file.txt");
	key('W' & 0x1f);
	text_is("https://a.example/dir/file.");
	key('W' & 0x1f);
	text_is("https://a.example/dir/");
	key('U' & 0x1f);
	text_is("");
	key('Y' & 0x1f);
	text_is("https://a.example/dir/");
	key('A' & 0x1f);
	key('K' & 0x1f);
	text_is("");
}

static void
other_keys_are_not_taken(void **state)
{
	const uint32_t keys[] = { '\r', '\t', 0x1b, INPUT_UP, INPUT_DOWN,
		INPUT_F1, INPUT_ALT_ENTER, INPUT_NO_KEY, 0xd800 };
	struct input input = { .kind = INPUT_KEY };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof keys / sizeof *keys; i++) {
		input.key = keys[i];
		assert_false(field_input(&field, &input));
	}
	text_is("");
}

static void
no_more_than_the_limit_goes_in(void **state)
{
	char *much = malloc(2 * FIELD_LIMIT);

	(void)state;
	memset(much, 'x', 2 * FIELD_LIMIT);
	field_insert(&field, much, 2 * FIELD_LIMIT);
	assert_int_equal(field.length, FIELD_LIMIT);
	key('y');
	assert_int_equal(field.length, FIELD_LIMIT);
	free(much);
}

/* Draws in a grid of one row and returns it; `|` is put at the cursor. */
static const char *
drawn(int width)
{
	static char text[256];
	struct grid grid;
	size_t used = 0;
	int i;

	grid_init(&grid, 1, width);
	field_draw(&field, grid_all(&grid), 0, 0, width, true, 0);
	for (i = 0; i < width; i++) {
		if (i == grid.cursor_column)
			used += (size_t)snprintf(text + used,
			    sizeof text - used, "|");
		used += (size_t)snprintf(text + used, sizeof text - used, "%s",
		    grid.cells[i].text);
	}
	grid_release(&grid);
	return text;
}

static void
the_cursor_is_always_in_sight(void **state)
{
	(void)state;
	field_set(&field, "0123456789");
	assert_string_equal(drawn(5), "6789| ");
	key(INPUT_LEFT);
	assert_string_equal(drawn(5), "678|9 ");
	key(INPUT_HOME);
	assert_string_equal(drawn(5), "|01234");
	key(INPUT_END);
	field_set(&field, "\u4e16\u754c\u5730\u56f3");
	assert_string_equal(drawn(5), "\u5730\u56f3| ");
	assert_string_equal(drawn(20), "\u4e16\u754c\u5730\u56f3"
	    "|            ");
}

static void
what_is_unsafe_is_drawn_as_a_question_mark(void **state)
{
	(void)state;
	field_set(&field, "a\u202e" "b");
	assert_string_equal(drawn(6), "a?b|   ");
	text_is("a\u202e" "b");
	assert_false(field_is_plain(field_text(&field)));
	assert_true(field_is_plain("\u4e16 plain"));
}

static void
history_is_walked_and_keeps_what_was_typed(void **state)
{
	struct field_history history;
	char line[32];
	int i;

	(void)state;
	memset(&history, 0, sizeof history);
	field_history_add(&history, "one");
	field_history_add(&history, "one");
	field_history_add(&history, "");
	field_history_add(&history, "two");
	assert_int_equal(history.count, 2);
	field_history_start(&history);
	field_set(&field, "typed");
	assert_true(field_history_move(&history, &field, -1));
	text_is("two");
	assert_true(field_history_move(&history, &field, -1));
	text_is("one");
	assert_false(field_history_move(&history, &field, -1));
	assert_true(field_history_move(&history, &field, 1));
	assert_true(field_history_move(&history, &field, 1));
	text_is("typed");
	assert_false(field_history_move(&history, &field, 1));
	for (i = 0; i < 3 * FIELD_HISTORY_MAX; i++) {
		snprintf(line, sizeof line, "line %d", i);
		field_history_add(&history, line);
	}
	assert_int_equal(history.count, FIELD_HISTORY_MAX);
	assert_string_equal(history.lines[FIELD_HISTORY_MAX - 1], "line 299");
	field_history_release(&history);
}

static void
what_is_offered_is_typed_over(void **state)
{
	(void)state;
	field_offer(&field, "off");
	key('5');
	key('M');
	text_is("5M");
	field_offer(&field, "2M");
	key(INPUT_END);
	key('B');
	text_is("2MB");
	field_offer(&field, "2M");
	key(0x7f);
	text_is("");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(letters_go_in_at_the_cursor),
		CASE(marks_move_and_go_with_their_letter),
		CASE(bytes_that_are_no_utf8_are_single),
		CASE(controls_stay_outside),
		CASE(words_and_ends_are_cut_and_brought_back),
		CASE(other_keys_are_not_taken),
		CASE(no_more_than_the_limit_goes_in),
		CASE(the_cursor_is_always_in_sight),
		CASE(what_is_unsafe_is_drawn_as_a_question_mark),
		CASE(what_is_offered_is_typed_over),
		CASE(history_is_walked_and_keeps_what_was_typed),
	};

	alarm(60);
	return cmocka_run_group_tests_name("ui-field", tests, NULL, NULL);
}
