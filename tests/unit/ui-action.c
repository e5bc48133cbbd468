/* SPDX-License-Identifier: MIT
 *
 * action: every key of the table can be read and is bound once; names are
 * unique; what keys are called, and those that were promised; keys that are
 * bound otherwise, and hints that follow them. keybar: the
 * words that matter most stay, and what is clicked is what stands there.
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

#include "ui/action.h"
#include "ui/keybar.h"
#include "ui/screen/input.h"

static void
every_key_is_read_and_bound_once(void **state)
{
	uint32_t key;
	size_t n, keys = 0;
	int i;

	(void)state;
	for (i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
		assert_int_not_equal(action_key((enum action)i, 0),
		    INPUT_NO_KEY);
		for (n = 0; n < 8; n++) {
			key = action_key((enum action)i, n);
			if (key == INPUT_NO_KEY)
				break;
			keys++;
			/* The first that has it must be this one. */
			assert_int_equal(action_of_key(key), i);
		}
		/* As many as the table has words. */
		for (const char *at = action_rows[i].keys; *at != '\0'; n--) {
			at += strspn(at, " ");
			at += strcspn(at, " ");
		}
		assert_int_equal(n, 0);
	}
	assert_true(keys > ACTION_COUNT);
}

static void
names_are_unique_and_found(void **state)
{
	int i;

	(void)state;
	for (i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
		const char *name = action_rows[i].name;

		assert_int_equal(action_find(name, strlen(name)), i);
		assert_true(*action_rows[i].help != '\0');
	}
	assert_int_equal(action_find("nex", 3), ACTION_NONE);
	assert_int_equal(action_find("", 0), ACTION_NONE);
}

/* As htop, tig and people's fingers have them: each is a promise. */
static void
keys_that_were_promised(void **state)
{
	static const struct {
		const char *keys, *action;
	} promised[] = {
		{ "j Down C-n", "next" }, { "k Up C-p", "previous" },
		{ "C-d", "half-down" }, { "C-u", "half-up" },
		{ "PgDn C-f", "page-down" }, { "PgUp C-b", "page-up" },
		{ "g Home", "first" }, { "G End", "last" },
		{ "C-e", "scroll-down" }, { "C-y", "scroll-up" },
		{ "Left", "names-left" }, { "Right", "names-right" },
		{ "0", "names-start" }, { "$", "names-end" },
		{ "J", "list-next" }, { "K", "list-previous" },
		{ "Enter", "open" }, { "Esc", "close" }, { "q", "quit" },
		{ "C-w", "other-pane" }, { "O", "maximise" },
		{ "Tab", "next-view" }, { "BackTab", "previous-view" },
		{ "1", "all" }, { "2", "active" }, { "3", "queued" },
		{ "4", "done" }, { "5", "failed" }, { "F", "follow" },
		{ "/ F3", "find" }, { "n", "find-next" },
		{ "N S-F3", "find-previous" }, { "\\ f F4", "filter" },
		{ "> < F6", "sort" }, { "i", "sort-next" },
		{ "I", "sort-reverse" }, { "Space", "tag" },
		{ "U", "untag-all" }, { "*", "tag-all" }, { "a", "add" },
		{ "b", "add-list" }, { "p", "pause" }, { "P", "pause-all" },
		{ "r", "retry" }, { "R", "retry-all" }, { "e", "edit" },
		{ "x Del", "remove" }, { "X", "remove-data" }, { "u", "undo" },
		{ "] F7", "sooner" }, { "[ F8", "later" },
		{ "+", "files-more" }, { "-", "files-fewer" },
		{ "}", "splits-more" }, { "{", "splits-fewer" },
		{ "T", "limit" }, { "s S F2 o", "settings" }, { "l", "log" },
		{ "w", "full-text" }, { "y", "copy-url" },
		{ "Y", "copy-path" }, { "E", "export" }, { "Z", "freeze" },
		{ "#", "header" }, { "m", "mouse" }, { ":", "command" },
		{ "? h F1", "help" }, { "D", "drain" }, { "Q", "quit-now" },
		{ "C-l", "redraw" }, { "F10", "quit" },
	};
	size_t i, length;
	const char *key;

	(void)state;
	for (i = 0; i < sizeof promised / sizeof *promised; i++)
		for (key = promised[i].keys; *key != '\0';
		    key += length + (key[length] == ' ')) {
			length = strcspn(key, " ");
			assert_string_equal(action_rows[action_of_key(
			    action_read_key(key, length))].name,
			    promised[i].action);
		}
}

static void
keys_can_be_given_to_other_actions(void **state)
{
	struct action_text hint;
	char name[24];

	(void)state;
	action_bind(ACTION_PAUSE, "x F5");
	assert_int_equal(action_of_key('x'), ACTION_PAUSE);
	assert_int_equal(action_of_key(INPUT_F1 + 4), ACTION_PAUSE);
	assert_int_equal(action_of_key('p'), ACTION_NONE);
	/* What is left of the table's keys of the one that had it. */
	assert_int_equal(action_key(ACTION_REMOVE, 0), INPUT_DELETE);
	assert_int_equal(action_key(ACTION_REMOVE, 1), INPUT_NO_KEY);
	/* What is bound last wins. */
	action_bind(ACTION_REMOVE, "p F5");
	assert_int_equal(action_of_key(INPUT_F1 + 4), ACTION_REMOVE);
	assert_int_equal(action_key(ACTION_PAUSE, 0), 'x');
	assert_int_equal(action_key(ACTION_PAUSE, 1), INPUT_NO_KEY);
	action_bind(ACTION_EDIT, "");
	assert_int_equal(action_key(ACTION_EDIT, 0), INPUT_NO_KEY);
	action_first_key(name, sizeof name, ACTION_EDIT);
	assert_string_equal(name, ":edit");
	assert_string_equal(action_hint(&hint, "{pause}, {edit} and {no} {"),
	    "x, :edit and {no} {");
	action_bind_as_table();
	assert_string_equal(action_hint(&hint, "{pause}{edit}"), "pe");
	assert_int_equal(action_of_key('x'), ACTION_REMOVE);
	assert_string_equal(action_nearest_key("PgDwn", 5), "PgDn");
	assert_null(action_nearest_key("Zz", 2));
}

static uint32_t
read_key(const char *name)
{
	return action_read_key(name, strlen(name));
}

static void
keys_are_read_by_name(void **state)
{
	(void)state;
	assert_int_equal(read_key("j"), 'j');
	assert_int_equal(read_key("C-n"), 14);
	assert_int_equal(read_key("PgDn"), INPUT_PAGE_DOWN);
	assert_int_equal(read_key("F10"), INPUT_F1 + 9);
	assert_int_equal(read_key("S-F3"), INPUT_SHIFT_F3);
	assert_int_equal(read_key("Space"), ' ');
	assert_int_equal(read_key("\u00e9"), 0xe9);
	assert_int_equal(read_key("Nope"), INPUT_NO_KEY);
	assert_int_equal(read_key(""), INPUT_NO_KEY);
	assert_int_equal(action_of_key('t'), ACTION_NONE);
	assert_int_equal(action_of_key(19), ACTION_NONE);       /* Ctrl-S */
}

static void
names_of_keys_are_for_people(void **state)
{
	char name[16];

	(void)state;
	action_key_name(name, sizeof name, 14);
	assert_string_equal(name, "Ctrl-N");
	action_key_name(name, sizeof name, INPUT_PAGE_UP);
	assert_string_equal(name, "PgUp");
	action_key_name(name, sizeof name, INPUT_BACK_TAB);
	assert_string_equal(name, "Shift-Tab");
	action_key_name(name, sizeof name, '?');
	assert_string_equal(name, "?");
	action_key_name(name, sizeof name, 0xe9);
	assert_string_equal(name, "\u00e9");
	action_key_name(name, sizeof name, INPUT_F1 + 11);
	assert_string_equal(name, "F12");
}

static const char *
bar(enum keybar_place place, int columns)
{
	static char text[1024];
	struct grid grid;
	size_t used = 0;
	int i;

	grid_init(&grid, 1, columns);
	keybar_draw(grid_all(&grid), place);
	for (i = 0; i < columns; i++)
		used += (size_t)snprintf(text + used, sizeof text - used,
		    "%s", grid.cells[i].text);
	while (used > 0 && text[used - 1] == ' ')
		text[--used] = '\0';
	grid_release(&grid);
	return text;
}

static void
the_bar_fits_and_keeps_what_matters(void **state)
{
	int columns;

	(void)state;
	assert_string_equal(bar(KEYBAR_LIST, 80), "?Help aAdd /Find \\Filter "
	    ">Sort pPause rRetry eEdit xRemove sSet FFollow qQuit");
	assert_string_equal(bar(KEYBAR_LIST, 40),
	    "?Help aAdd \\Filter pPause rRetry qQuit");
	assert_string_equal(bar(KEYBAR_LIST, 120), "?Help aAdd /Find "
	    "\\Filter >Sort EnterDetails pPause rRetry RRetry-failed "
	    "eEdit-URL xRemove sSettings FFollow lLog qQuit");
	assert_string_equal(bar(KEYBAR_FAILED, 80), "?Help rRetry RRetry-all "
	    "eEdit+retry xRemove yCopy-URL EExport Ctrl-WGroups qQuit");
	assert_string_equal(bar(KEYBAR_GROUPS, 80), "?Help EnterOnly-these "
	    "RRetry-group cCollapse Ctrl-WNext-pane EscBack");
	assert_string_equal(bar(KEYBAR_LIST, 5), "?Help");
	assert_string_equal(bar(KEYBAR_LIST, 4), "");
	for (columns = 1; columns < 200; columns++)
		assert_true((int)strlen(bar(KEYBAR_PANE, columns)) <= columns);
}

static void
a_click_means_the_word_that_stands_there(void **state)
{
	(void)state;
	assert_int_equal(keybar_click(KEYBAR_LIST, 80, 0), ACTION_HELP);
	assert_int_equal(keybar_click(KEYBAR_LIST, 80, 4), ACTION_HELP);
	assert_int_equal(keybar_click(KEYBAR_LIST, 80, 5), ACTION_NONE);
	assert_int_equal(keybar_click(KEYBAR_LIST, 80, 6), ACTION_ADD);
	assert_int_equal(keybar_click(KEYBAR_LIST, 40, 11), ACTION_FILTER);
	assert_int_equal(keybar_click(KEYBAR_LIST, 80, 79), ACTION_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_is_read_and_bound_once),
		cmocka_unit_test(names_are_unique_and_found),
		cmocka_unit_test(keys_can_be_given_to_other_actions),
		cmocka_unit_test(keys_are_read_by_name),
		cmocka_unit_test(keys_that_were_promised),
		cmocka_unit_test(names_of_keys_are_for_people),
		cmocka_unit_test(the_bar_fits_and_keeps_what_matters),
		cmocka_unit_test(a_click_means_the_word_that_stands_there),
	};

	alarm(20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
