/* SPDX-License-Identifier: MIT
 *
 * The command line: verbs and how they may be shortened, names of actions,
 * completion, and what the verbs do.
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

#include "ui-fake.h"
#include "ui/command.h"
#include "ui/pane/pane.h"
#include "ui/prompt.h"
#include "ui/undo.h"

static char why[256];

static bool
run(const char *line)
{
	return command_run(&fake.ui, line, why, sizeof why);
}

static void
value_is(const char *name, const char *wanted)
{
	char value[64];

	haul_get(NULL, 0, name, value, sizeof value);
	assert_string_equal(value, wanted);
}

static void
lines_are_taken_apart(void **state)
{
	static const struct {
		const char *line;
		enum command_verb verb;
		const char *rest;
		enum action action;
	} cases[] = {
		{ "add https://a/b", COMMAND_ADD, "https://a/b", 0 },
		{ " : addfile  x y ", COMMAND_ADDFILE, "x y ", 0 },
		{ ":set files=8 splits=4", COMMAND_SET, "files=8 splits=4",
		    0 },
		{ "q", COMMAND_QUIT, "", 0 },
		{ "lim 5M", COMMAND_LIMIT, "5M", 0 },
		{ "re", COMMAND_NONE, "", 0 },
		{ "ret", COMMAND_RETRY, "", 0 },
		{ "names-left", COMMAND_ACTION, "", ACTION_NAMES_LEFT },
		{ "retry-all", COMMAND_ACTION, "", ACTION_RETRY_ALL },
		{ "pause", COMMAND_PAUSE, "", 0 },
		{ "", COMMAND_NONE, "", 0 },
		{ ":", COMMAND_NONE, "", 0 },
		{ "nonsense", COMMAND_NONE, "", 0 },
	};
	const char *rest;
	enum action action;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(command_parse(cases[i].line, &rest, &action),
		    cases[i].verb);
		assert_string_equal(rest, cases[i].rest);
		assert_int_equal(action, cases[i].action);
	}
}

static void
wanted_failures_are_read(void **state)
{
	char all[] = "failed", one[] = "failed cause:503  host:a.example";
	char dns[] = "cause:dns", bad[] = "failed cause:nonsense";
	char worse[] = "failed now";
	struct retry_wanted wanted;

	(void)state;
	assert_true(command_read_wanted(all, &wanted));
	assert_true(wanted.any_cause);
	assert_null(wanted.host);
	assert_true(command_read_wanted(one, &wanted));
	assert_false(wanted.any_cause);
	assert_int_equal(wanted.http_status, 503);
	assert_string_equal(wanted.host, "a.example");
	assert_true(command_read_wanted(dns, &wanted));
	assert_int_equal(wanted.cause, HAUL_CAUSE_DNS);
	assert_int_equal(wanted.http_status, 0);
	assert_false(command_read_wanted(bad, &wanted));
	assert_false(command_read_wanted(worse, &wanted));
}

static void
only_the_wanted_are_retried(void **state)
{
	(void)state;
	fake_fail(HAUL_CAUSE_HTTP, 503, "a.example");
	fake_fail(HAUL_CAUSE_HTTP, 503, "b.example");
	fake_fail(HAUL_CAUSE_HTTP, 502, "a.example");
	assert_true(run("retry failed cause:503 host:a.example"));
	assert_int_equal(fake_find(1)->state, HAUL_STATE_QUEUED);
	assert_int_equal(fake_find(2)->state, HAUL_STATE_FAILED);
	assert_int_equal(fake_find(3)->state, HAUL_STATE_FAILED);
	fake.selected = 3;
	assert_true(run("retry"));
	assert_int_equal(fake_find(3)->state, HAUL_STATE_QUEUED);
	assert_false(run("retry everything"));
	assert_non_null(strstr(why, "cause:503"));
}

static void
settings_are_set_until_one_is_wrong(void **state)
{
	(void)state;
	assert_true(run(":set files=12 splits=6  host=20 tries=3"));
	value_is("max-conn", "12");
	value_is("max-splits", "6");
	value_is("max-host-conn", "20");
	value_is("retries", "3");
	assert_false(run("set files=13 colour=red splits=9"));
	assert_string_equal(why, "no setting \"colour\"");
	value_is("max-conn", "13");
	value_is("max-splits", "6");
	assert_false(run("set files=0"));
	assert_non_null(strstr(why, "out of range"));
	assert_true(run("limit 5M"));
	value_is("limit-rate", "5M");
	assert_true(run("limit off"));
	value_is("limit-rate", "0");
	assert_false(run("set limit-file=1M"));
	assert_int_equal(undo_count(fake.ui.undo), 7);
}

static void
the_list_is_told(void **state)
{
	(void)state;
	assert_true(run("sort -size"));
	assert_int_equal(fake.sort, LIST_SORT_SIZE);
	assert_true(fake.reverse);
	assert_true(run("sort eta"));
	assert_int_equal(fake.sort, LIST_SORT_LEFT);
	assert_false(fake.reverse);
	assert_false(run("sort colour"));
	assert_false(run("sort beginning"));
	fake.tab = LIST_ACTIVE;
	assert_true(run("sort -beginning"));
	assert_int_equal(fake.sort, LIST_SORT_STARTED);
	assert_true(run("filter 131 host:archive"));
	assert_string_equal(fake.filter, "131 host:archive");
	assert_true(run("tag host:x"));
	assert_string_equal(fake.tagging, "host:x");
	assert_string_equal(fake.filter, "131 host:archive");
	assert_false(run("tag ("));
	assert_true(run("find abc"));
	assert_string_equal(fake.found, "abc");
	fake_add(HAUL_STATE_DONE, "a", 1, 1);
	fake_add(HAUL_STATE_QUEUED, "a", 1, 1);
	fake.tab = LIST_FAILED;
	assert_true(run("goto 2"));
	assert_int_equal(fake.selected, 2);
	assert_int_equal(fake.tab, LIST_ALL);
	assert_false(run("goto 3"));
	assert_false(run("goto x"));
}

static void
the_rest_of_the_verbs(void **state)
{
	(void)state;
	assert_true(run("messages"));
	assert_int_equal(pane_kind(fake.ui.pane), PANE_LOG);
	assert_true(run("addfile ~/list"));
	assert_int_equal(fake.wish, UI_WISH_LIST);
	assert_false(run("addfile"));
	assert_true(run("pause all"));
	assert_int_equal(fake.hold, HAUL_HOLD_ALL);
	assert_true(run("resume all"));
	assert_int_equal(fake.hold, HAUL_HOLD_NOTHING);
	assert_false(run("pause some"));
	assert_true(run("quit now"));
	assert_int_equal(fake.wish, UI_WISH_QUIT);
	assert_false(run("frobnicate"));
	assert_string_equal(why, "no such command");
	assert_true(run("help"));
	assert_non_null(fake.ui.dialog);
}

static void
completion_goes_as_far_as_is_certain(void **state)
{
	static const char *const cases[][2] = {
		{ "mes", "messages " }, { "addf", "addfile " },
		{ "names-", "names-" }, { "goto 5", "goto 5" },
		{ "zzz", "zzz" }, { "find-p", "find-previous " },
		{ "exp", "export" },
	};
	char *longer;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		longer = command_complete(cases[i][0]);
		if (strcmp(cases[i][0], "exp") == 0)
			assert_int_equal(strncmp(longer, "export", 6), 0);
		else
			assert_string_equal(longer, cases[i][1]);
		free(longer);
	}
	command_hint("set ", why, sizeof why);
	assert_non_null(strstr(why, "files="));
	command_hint("na", why, sizeof why);
	assert_non_null(strstr(why, "names-left"));
}

static void
the_line_stays_open_with_what_is_wrong(void **state)
{
	(void)state;
	prompt_open(&fake.ui, PROMPT_COMMAND);
	fake_type("sort colour");
	fake_key('\r');
	assert_non_null(fake.ui.prompt);
	fake_key('U' & 0x1f);
	fake_type("sort name");
	fake_key('\r');
	assert_null(fake.ui.prompt);
	prompt_open(&fake.ui, PROMPT_COMMAND);
	fake_key(INPUT_UP);
	fake_key(INPUT_UP);
	fake_key('\r');
	assert_non_null(fake.ui.prompt);
	fake_key(0x1b);
	assert_null(fake.ui.prompt);
	/* An action may open another prompt. */
	prompt_open(&fake.ui, PROMPT_COMMAND);
	fake_type("limit ");
	fake_key('U' & 0x1f);
	fake_type("add-list");
	fake_key('\r');
	assert_non_null(fake.ui.prompt);
	fake_type("/x/list");
	fake_key('\r');
	assert_string_equal(fake.wished, "/x/list");
}

static void
find_moves_while_typed_and_goes_back(void **state)
{
	(void)state;
	fake.selected = 7;
	prompt_open(&fake.ui, PROMPT_FIND);
	fake_type("ab");
	assert_string_equal(fake.found, "ab");
	fake.selected = 9;
	fake_key(0x1b);
	assert_int_equal(fake.selected, 7);
}

static void
the_limit_is_of_all_or_of_one(void **state)
{
	const struct grid_area none = { 0 };
	struct haul_error error;

	(void)state;
	fake.selected = fake_add(HAUL_STATE_ACTIVE, "a", 9, 1)->id;
	assert_int_equal(haul_set(NULL, "limit-rate-file", "7", &error),
	    HAUL_OK);
	prompt_open(&fake.ui, PROMPT_LIMIT);
	fake_key('\t');
	grid_resize(&fake.ui.grid, 1, 80);
	prompt_draw(&fake.ui, grid_all(&fake.ui.grid), none);
	assert_non_null(strstr(fake_dump(), "rate limit of this file: 7 "));
	fake_key('U' & 0x1f);
	fake_type("3M");
	fake_key('\r');
	assert_null(fake.ui.prompt);
	value_is("limit-rate-file", "3M");
	value_is("limit-rate", "0");
	prompt_open(&fake.ui, PROMPT_LIMIT);
	fake_key('U' & 0x1f);
	fake_type("much");
	fake_key('\r');
	assert_non_null(fake.ui.prompt);
}

#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(lines_are_taken_apart),
		CASE(wanted_failures_are_read),
		CASE(only_the_wanted_are_retried),
		CASE(settings_are_set_until_one_is_wrong),
		CASE(the_list_is_told),
		CASE(the_rest_of_the_verbs),
		CASE(completion_goes_as_far_as_is_certain),
		CASE(the_line_stays_open_with_what_is_wrong),
		CASE(find_moves_while_typed_and_goes_back),
		CASE(the_limit_is_of_all_or_of_one),
	};

	alarm(60);
	return cmocka_run_group_tests_name("ui-command", tests, NULL, NULL);
}
