/* SPDX-License-Identifier: MIT
 *
 * Paths that are typed: completed as far as is certain, then one by one;
 * folders with a slash, hidden names only if asked for, names that no field
 * can hold not at all; what is possible is told, made safe.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "scratch.h"
#include "ui-fake.h"
#include "ui/command.h"
#include "ui/complete.h"
#include "ui/dialog/dialog.h"
#include "ui/prompt.h"

static struct complete complete;
static struct field field;

static void
touch(const char *name)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	fclose(file);
}

static int
setup(void **state)
{
	if (scratch_enter() != 0)
		return -1;
	fake_setup(state);
	memset(&complete, 0, sizeof complete);
	field_init(&field, "");
	assert_int_equal(mkdir("lists", 0700), 0);
	touch("lists/one.txt");
	touch("lists/other.txt");
	touch("lists/.secret");
	touch("lists/nine");
	touch("lists/ninth\n");
	touch("lists/pr\xc3\xa9");
	touch("lists/pr\xc3\xa8");
	touch("long name");
	return 0;
}

static int
teardown(void **state)
{
	complete_release(&complete);
	field_release(&field);
	fake_teardown(state);
	return scratch_leave();
}

/* The text after Tab. */
static const char *
completed(const char *text, size_t start, bool folders)
{
	if (text != NULL)
		field_set(&field, text);
	assert_true(complete_path(&complete, &field, start, folders));
	assert_int_equal(field.cursor, field.length);
	return field_text(&field);
}

static void
what_is_certain_is_completed(void **state)
{
	(void)state;
	assert_string_equal(completed("li", 0, false), "lists/");
	assert_string_equal(completed("lists/on", 0, false), "lists/one.txt");
	assert_string_equal(completed("lists/o", 0, false), "lists/o");
	assert_string_equal(completed("addfile long", 8, false),
	    "addfile long name");
	assert_string_equal(completed("lists/ni", 0, false), "lists/nine");
	assert_string_equal(completed("lists/.", 0, false), "lists/.secret");
	/* No half of a character. */
	assert_string_equal(completed("lists/p", 0, false), "lists/pr");
	field_set(&field, "lists/x");
	assert_false(complete_path(&complete, &field, 0, false));
	assert_string_equal(field_text(&field), "lists/x");
	field_set(&field, "nowhere/x");
	assert_false(complete_path(&complete, &field, 0, false));
}

static void
what_is_possible_is_gone_through(void **state)
{
	char hint[200];

	(void)state;
	assert_string_equal(completed("lists/o", 0, false), "lists/o");
	complete_hint(&complete, &field, hint, sizeof hint, 40, 0);
	assert_string_equal(hint, "one.txt  other.txt");
	complete_hint(&complete, &field, hint, sizeof hint, 14, 0);
	assert_string_equal(hint, "one.txt  +1");
	complete_hint(&complete, &field, hint, sizeof hint, 3, 0);
	assert_string_equal(hint, "+2");
	assert_string_equal(completed(NULL, 0, false), "lists/one.txt");
	assert_string_equal(completed(NULL, 0, false), "lists/other.txt");
	complete_hint(&complete, &field, hint, sizeof hint, 40, 0);
	assert_string_equal(hint, "one.txt  other.txt");
	assert_string_equal(completed(NULL, 0, false), "lists/one.txt");
	/* Something else was typed: it begins anew. */
	assert_string_equal(completed("lists/ot", 0, false),
	    "lists/other.txt");
	complete_hint(&complete, &field, hint, sizeof hint, 40, 0);
	assert_string_equal(hint, "");
}

static void
folders_alone(void **state)
{
	(void)state;
	assert_string_equal(completed("l", 0, false), "l");
	assert_string_equal(completed("l", 0, true), "lists/");
}

static void
the_home_folder(void **state)
{
	char here[4096];

	(void)state;
	assert_non_null(getcwd(here, sizeof here));
	setenv("HOME", here, 1);
	assert_string_equal(completed("~/li", 0, false), "~/lists/");
	assert_string_equal(completed("~", 0, true), "~/lists/");
}

static void
names_are_shown_safely(void **state)
{
	char hint[200];

	(void)state;
	touch("lists/q\xe2\x80\xae" "1");
	touch("lists/q\xff" "2");
	completed("lists/q", 0, false);
	complete_hint(&complete, &field, hint, sizeof hint, 60, 0);
	assert_string_equal(hint, "q?1  q?2");
}

static void
commands_that_take_a_path(void **state)
{
	static const struct {
		const char *line, *path;
	} cases[] = {
		{ "addfile a/b", "a/b" }, { ":addf  a b", "a b" },
		{ "addfile ", "" }, { "export a", "a" },
		{ "export failed a", "a" }, { "addfile", NULL },
		{ "export", NULL }, { "", NULL }, { "filter a", NULL },
		{ "x y", NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *path = command_path(cases[i].line);

		if (cases[i].path == NULL)
			assert_null(path);
		else
			assert_string_equal(path, cases[i].path);
	}
}

static void
tab_in_the_status_line(void **state)
{
	const struct grid_area none = { 0 };

	(void)state;
	prompt_open(&fake.ui, PROMPT_LIST_FILE);
	fake_type("li");
	fake_key('\t');
	fake_type("o");
	fake_key('\t');
	grid_resize(&fake.ui.grid, 1, 80);
	prompt_draw(&fake.ui, grid_all(&fake.ui.grid), none);
	assert_string_equal(fake_dump(), "list file: lists/o"
	    "                                          one.txt  other.txt\n");
	fake_key('\t');
	fake_key('\r');
	assert_int_equal(fake.wish, UI_WISH_LIST);
	assert_string_equal(fake.wished, "lists/one.txt");
	prompt_open(&fake.ui, PROMPT_COMMAND);
	fake_type("addfile lists/ot");
	fake_key('\t');
	fake_key('\r');
	assert_string_equal(fake.wished, "lists/other.txt");
	prompt_open(&fake.ui, PROMPT_LIST_FILE);
	fake_type("x");
	fake_key('\t');
	prompt_draw(&fake.ui, grid_all(&fake.ui.grid), none);
	assert_non_null(strstr(fake_dump(), "no file begins so"));
}

static void
tab_in_the_folder_of_add(void **state)
{
	(void)state;
	add_open(&fake.ui, "https://a/1");
	fake_key('\t');
	/* Nothing was typed: Tab leads on, and back. */
	fake_key('\t');
	fake_key(INPUT_BACK_TAB);
	fake_key('U' & 0x1f);
	fake_type("l");
	fake_key('\t');
	assert_non_null(strstr(fake_screen(24, 80), ">lists/ "));
	fake_key('\t');
	assert_null(strstr(fake_screen(24, 80), ">lists/"));
	assert_non_null(strstr(fake_screen(24, 80), "lists/"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_certain_is_completed),
		CASE(what_is_possible_is_gone_through),
		CASE(folders_alone),
		CASE(the_home_folder),
		CASE(names_are_shown_safely),
		CASE(commands_that_take_a_path),
		CASE(tab_in_the_status_line),
		CASE(tab_in_the_folder_of_add),
	};

	alarm(60);
	return cmocka_run_group_tests_name("ui-complete", tests, NULL, NULL);
}
