/* SPDX-License-Identifier: MIT
 *
 * look: those of a configuration, read and in force; colours by scheme and
 * terminal, none where none is wanted, never a yellow or a blue of eight.
 * modes: which terminal gets what; the clipboard.
 * glyph: every sign is one cell, every state has a word and a sign of its own.
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

#include "ui/screen/glyph.h"
#include "ui/screen/look.h"
#include "ui/screen/modes.h"

static void
few_colours_are_those_that_can_be_read_anywhere(void **state)
{
	struct look look;
	int style;

	(void)state;
	for (style = 0; style < STYLE_COUNT; style++) {
		look = look_of(TERM_SCHEME_DEFAULT, 8, style);
		assert_true(look.colour == LOOK_DEFAULT || look.colour == 1 ||
		    look.colour == 2 || look.colour == 5 || look.colour == 6);
		look = look_of(TERM_SCHEME_DEFAULT, 256, style);
		assert_in_range(look.colour + 1, 0, 256);
	}
	assert_int_equal(look_of(TERM_SCHEME_DEFAULT, 256, STYLE_TEXT).colour,
	    LOOK_DEFAULT);
	assert_int_equal(look_of(TERM_SCHEME_DEFAULT, 8, STYLE_FAIL).colour,
	    1);
}

static void
mono_has_no_colour_but_keeps_attributes(void **state)
{
	int style;

	(void)state;
	for (style = 0; style < STYLE_COUNT; style++) {
		assert_int_equal(look_of(TERM_SCHEME_MONO, 256, style).colour,
		    LOOK_DEFAULT);
		assert_int_equal(look_of(TERM_SCHEME_DEFAULT, 2, style).colour,
		    LOOK_DEFAULT);
		assert_int_equal(look_of(TERM_SCHEME_SAFE, 8, style).colour,
		    LOOK_DEFAULT);
	}
	assert_true((look_of(TERM_SCHEME_MONO, 0, STYLE_FAIL).flags &
	    GRID_BOLD) != 0);
}

static void
the_safe_scheme_is_blue_and_orange(void **state)
{
	(void)state;
	assert_int_equal(look_of(TERM_SCHEME_SAFE, 256, STYLE_DONE).colour,
	    33);
	assert_int_equal(look_of(TERM_SCHEME_SAFE, 256, STYLE_FAIL).colour,
	    208);
}

static struct look
read_look(const char *text)
{
	struct look look;
	const char *wrong;
	size_t length;

	if (!look_read(&look, text, &wrong, &length))
		fail_msg("'%s' in '%s'", wrong, text);
	return look;
}

static void
assert_wrong(const char *text, const char *word)
{
	struct look look;
	const char *wrong;
	size_t length;

	assert_false(look_read(&look, text, &wrong, &length));
	assert_int_equal(length, strlen(word));
	assert_memory_equal(wrong, word, length);
}

static void
looks_are_read(void **state)
{
	(void)state;
	assert_int_equal(read_look("red").colour, 1);
	assert_int_equal(read_look("red").flags, 0);
	assert_int_equal(read_look("bright-white bold").colour, 15);
	assert_int_equal(read_look("bright-white bold").flags, GRID_BOLD);
	assert_int_equal(read_look("bold 255").colour, 255);
	assert_int_equal(read_look("0").colour, 0);
	assert_int_equal(read_look("default").colour, LOOK_DEFAULT);
	assert_int_equal(read_look("bold underline").flags, GRID_BOLD |
	    GRID_UNDERLINE);
	assert_int_equal(read_look("bold").colour, LOOK_DEFAULT);
	assert_wrong("256", "256");
	assert_wrong("red gren", "gren");
	assert_wrong("red green", "green");
	assert_wrong("1 2 bold", "2");
	assert_wrong("-1", "-1");
	assert_string_equal(look_nearest_word("gren", 4), "green");
	assert_null(look_nearest_word("zzz", 3));
}

static void
a_chosen_look_holds_where_it_can(void **state)
{
	struct look look = { 200, GRID_UNDERLINE }, found;

	(void)state;
	assert_int_equal(look_find("fail"), STYLE_FAIL);
	assert_int_equal(look_find("bar-now"), STYLE_BAR_NOW);
	assert_int_equal(look_find("nothing"), STYLE_COUNT);
	assert_string_equal(look_nearest("bar-nwo"), "bar-now");
	look_set(STYLE_FAIL, &look);
	found = look_of(TERM_SCHEME_DEFAULT, 256, STYLE_FAIL);
	assert_int_equal(found.colour, 200);
	assert_int_equal(found.flags, GRID_UNDERLINE);
	assert_int_equal(look_of(TERM_SCHEME_SAFE, 256, STYLE_FAIL).colour,
	    200);
	/* Eight colours have no 200. */
	found = look_of(TERM_SCHEME_DEFAULT, 8, STYLE_FAIL);
	assert_int_equal(found.colour, 1);
	assert_int_equal(found.flags, GRID_UNDERLINE);
	found = look_of(TERM_SCHEME_MONO, 256, STYLE_FAIL);
	assert_int_equal(found.colour, LOOK_DEFAULT);
	assert_int_equal(look_of(TERM_SCHEME_DEFAULT, 256,
	    STYLE_ERROR).colour, 1);
	look_set(STYLE_FAIL, NULL);
	assert_int_equal(look_of(TERM_SCHEME_DEFAULT, 256, STYLE_FAIL).colour,
	    1);
}

static const char *variable_name, *variable_value;

static const char *
variable(const char *name)
{
	return variable_name != NULL && strcmp(name, variable_name) == 0 ?
	    variable_value : NULL;
}

static struct modes
modes(const char *term, const char *name, const char *value)
{
	struct modes found;

	variable_name = name;
	variable_value = value;
	modes_of(&found, term, variable);
	return found;
}

static void
terminals_get_only_what_they_are_known_to_take(void **state)
{
	(void)state;
	assert_true(modes("xterm-256color", NULL, NULL).title);
	assert_true(modes("xterm-256color", NULL, NULL).clipboard);
	assert_false(modes("xterm-256color", NULL, NULL).progress);
	assert_true(modes("xterm-256color", "VTE_VERSION", "7900").progress);
	assert_false(modes("xterm-256color", "VTE_VERSION", "7600").progress);
	assert_true(modes("xterm-256color", "TERM_PROGRAM", "ghostty")
	    .progress);
	assert_false(modes("xterm-kitty", "KITTY_WINDOW_ID", "1").progress);
	assert_false(modes("tmux-256color", "VTE_VERSION", "7900").progress);
	assert_false(modes("screen", NULL, NULL).title);
	assert_false(modes("screen", NULL, NULL).clipboard);
	assert_true(modes("screen", "TMUX", "/tmp/x,1,0").clipboard);
	assert_false(modes("linux", NULL, NULL).xterm);
	assert_false(modes("vt100", NULL, NULL).title);
	assert_false(modes("", NULL, NULL).xterm);
	assert_true(modes_is_plain("linux"));
	assert_true(modes_is_plain("vt220"));
	assert_false(modes_is_plain("linux-m"));
	assert_false(modes_is_plain("xterm"));
}

static void
the_clipboard_gets_base64(void **state)
{
	char *text, *big = calloc(1, MODES_COPY_MAX + 1);

	(void)state;
	text = modes_copy("https", 5);
	assert_string_equal(text, "\033]52;c;aHR0cHM=\a");
	free(text);
	text = modes_copy("", 0);
	assert_string_equal(text, "\033]52;c;\a");
	free(text);
	text = modes_copy("\xff\xfe\xfd\x00", 4);
	assert_string_equal(text, "\033]52;c;//79AA==\a");
	free(text);
	assert_null(modes_copy(big, MODES_COPY_MAX + 1));
	text = modes_copy(big, MODES_COPY_MAX);
	assert_non_null(text);
	free(text);
	free(big);
}

static void
every_sign_has_one_cell_and_every_state_its_own(void **state)
{
	const struct glyph_set *set;
	int ascii, i, j;

	(void)state;
	for (ascii = 0; ascii < 2; ascii++) {
		set = glyph_set(ascii != 0);
		for (i = 0; i < HAUL_STATE_REMOVED; i++) {
			assert_int_equal(text_width(set->states[i]), 1);
			for (j = 0; j < i; j++) {
				assert_string_not_equal(set->states[i],
				    set->states[j]);
				assert_string_not_equal(glyph_word(i),
				    glyph_word(j));
			}
			assert_true(text_width(glyph_word(i)) <= 4);
		}
		for (i = 0; i < GLYPH_GRAPH_STEPS; i++)
			assert_int_equal(text_width(set->graph[i]), 1);
		assert_int_equal(text_width(set->ellipsis), 1);
		assert_int_equal(text_width(set->rule), 1);
		assert_int_equal(text_width(set->bar_here), 1);
		assert_int_equal(text_width(set->bar_rest), 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks_are_read),
		cmocka_unit_test(a_chosen_look_holds_where_it_can),
		cmocka_unit_test(
		    few_colours_are_those_that_can_be_read_anywhere),
		cmocka_unit_test(mono_has_no_colour_but_keeps_attributes),
		cmocka_unit_test(the_safe_scheme_is_blue_and_orange),
		cmocka_unit_test(
		    terminals_get_only_what_they_are_known_to_take),
		cmocka_unit_test(the_clipboard_gets_base64),
		cmocka_unit_test(
		    every_sign_has_one_cell_and_every_state_its_own),
	};

	alarm(20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
