/* SPDX-License-Identifier: MIT
 *
 * arguments: parfive's options, values with and without '=', abbreviations,
 * what is refused and in which words, --out, options against variables that say
 * the opposite, the width of --help.
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

#include "cmd/arguments.h"

#define URL "http://h/x"

static struct settings settings;
static struct arguments arguments;
static char why[1024];
static char *words[32];

/* Reads a command line: words, ended by NULL. */
static bool
read_words(const char *first, ...)
{
	const char *word = first;
	va_list more;
	int count = 0;

	arguments_release(&arguments);
	settings_release(&settings);
	settings_init(&settings);
	*why = '\0';
	words[count++] = (char *)(uintptr_t)"haul";
	va_start(more, first);
	for (; word != NULL; word = va_arg(more, const char *))
		words[count++] = (char *)(uintptr_t)word;
	va_end(more);
	words[count] = NULL;
	return arguments_read(&arguments, &settings, count, words, why,
	    sizeof why);
}

static void
assert_says(const char *part)
{
	if (strstr(why, part) == NULL)
		fail_msg("'%s' does not say '%s'", why, part);
}

static void
a_url_alone_has_the_defaults(void **state)
{
	(void)state;
	assert_true(read_words(URL, NULL));
	assert_int_equal(arguments.url_count, 1);
	assert_string_equal(arguments.urls[0], URL);
	assert_int_equal(settings.values[SETTINGS_MAX_CONN], 5);
	assert_int_equal(settings.values[SETTINGS_MAX_SPLITS], 5);
	assert_int_equal(settings.values[SETTINGS_OVERWRITE], 0);
	assert_null(arguments.out_name);
}

static void
the_options_of_parfive_are_understood(void **state)
{
	(void)state;
	assert_true(read_words("--max-conn", "7", "--max-splits=3",
	    "--directory", "d", "--overwrite", "--no-progress",
	    "--no-file-progress", "--print-filenames", "--verbose", URL,
	    "http://h/y", NULL));
	assert_int_equal(settings.values[SETTINGS_MAX_CONN], 7);
	assert_int_equal(settings.values[SETTINGS_MAX_SPLITS], 3);
	assert_string_equal(settings.texts[SETTINGS_DIRECTORY], "d");
	assert_int_equal(settings.values[SETTINGS_OVERWRITE], 1);
	assert_int_equal(settings.values[SETTINGS_NO_PROGRESS], 1);
	assert_int_equal(settings.values[SETTINGS_NO_FILE_PROGRESS], 1);
	assert_int_equal(settings.values[SETTINGS_PRINT_FILENAMES], 1);
	assert_int_equal(settings.values[SETTINGS_VERBOSE], 1);
	assert_int_equal(arguments.url_count, 2);
}

static void
overwrite_takes_its_value_by_equals_only(void **state)
{
	(void)state;
	assert_true(read_words("--overwrite=unique", URL, NULL));
	assert_int_equal(settings.values[SETTINGS_OVERWRITE], 2);
	assert_true(read_words("--overwrite", URL, NULL));
	assert_int_equal(settings.values[SETTINGS_OVERWRITE], 1);
	assert_int_equal(arguments.url_count, 1);
	assert_false(read_words("--overwrite=maybe", URL, NULL));
	assert_says("--overwrite: 'maybe'");
	assert_says("never, always, unique");
}

static void
long_options_may_be_abbreviated(void **state)
{
	(void)state;
	assert_true(read_words("--no-p", "--max-c", "9", URL, NULL));
	assert_int_equal(settings.values[SETTINGS_NO_PROGRESS], 1);
	assert_int_equal(settings.values[SETTINGS_MAX_CONN], 9);
	assert_false(read_words("--max", "3", URL, NULL));
	assert_says("ambiguous");
	assert_says("--max-conn, --max-splits, --max-host-conn, "
	    "--max-total-conn, --max-failures");
}

static void
a_switch_can_be_taken_back(void **state)
{
	(void)state;
	assert_true(read_words("--quiet", "--quiet=no", URL, NULL));
	assert_int_equal(settings.values[SETTINGS_QUIET], 0);
	assert_false(read_words("--quiet=perhaps", URL, NULL));
	assert_says("--quiet: 'perhaps'");
}

static void
letters_and_two_dashes_work(void **state)
{
	(void)state;
	assert_true(read_words("-qn4", "-s", "2", "--", "-strange", NULL));
	assert_int_equal(settings.values[SETTINGS_QUIET], 1);
	assert_int_equal(settings.values[SETTINGS_MAX_CONN], 4);
	assert_int_equal(settings.values[SETTINGS_MAX_SPLITS], 2);
	assert_int_equal(arguments.url_count, 1);
	assert_string_equal(arguments.urls[0], "-strange");
}

static void
wrong_values_are_told_with_what_would_be_right(void **state)
{
	(void)state;
	assert_false(read_words("-n", "abc", URL, NULL));
	assert_says("-n: 'abc'");
	assert_says("from 1 to 10000");
	assert_false(read_words("--max-conn=0", URL, NULL));
	assert_says("--max-conn: '0'");
	assert_false(read_words("--max-conn=99999999999999999999", URL,
	    NULL));
	assert_says("out of range");
	assert_false(read_words("--interval=1ms", "--json", URL, NULL));
	assert_says("from 50ms to 3600s");
	assert_false(read_words("--limit-rate=fast", URL, NULL));
	assert_says("K, M, G or T");
	assert_false(read_words("--output=gui", URL, NULL));
	assert_says("auto, tui, bar, log, json, none");
	assert_false(read_words("-H", "no colon", URL, NULL));
	assert_says("'Name: value'");
	assert_false(read_words("--checksum=wibble", URL, NULL));
	assert_says("wibble");
}

static void
unknown_options_and_missing_values_are_told(void **state)
{
	(void)state;
	assert_false(read_words("--bogus=3", URL, NULL));
	assert_says("'--bogus=3'");
	assert_false(read_words("-Q", URL, NULL));
	assert_says("'-Q'");
	/* Habits from curl, wget and aria2. */
	assert_false(read_words("-c", URL, NULL));
	assert_says("'-c': haul goes on where it was by itself");
	assert_false(read_words("-P", "dir", URL, NULL));
	assert_says("'-P'; did you mean --directory?");
	assert_false(read_words("--max-connections=3", URL, NULL));
	assert_says("'--max-connections=3'; did you mean --max-conn?");
	assert_false(read_words("--max-konections=3", URL, NULL));
	assert_says("'--max-konections=3'; did you mean --max-conn?");
	assert_false(read_words("--max-connection-per-server=3", URL, NULL));
	assert_says("'--max-connection-per-server=3'.");
	assert_false(read_words(URL, "--max-conn", NULL));
	assert_says("--max-conn: a value is needed");
	assert_false(read_words(URL, "-n", NULL));
	assert_says("-n: a value is needed");
	assert_false(read_words("--\033[31m", URL, NULL));
	assert_null(strchr(why, '\033'));
}

static void
nothing_to_fetch_is_an_error_but_for_help(void **state)
{
	(void)state;
	assert_false(read_words(NULL));
	assert_says("No URL");
	assert_true(read_words("--help", NULL));
	assert_true(read_words("--version", NULL));
	assert_true(read_words("-i", "list", NULL));
	assert_string_equal(settings.lists[0], "list");
}

static void
out_is_split_into_directory_and_name(void **state)
{
	(void)state;
	assert_true(read_words("-o", "n", URL, NULL));
	assert_string_equal(arguments.out_name, "n");
	assert_null(arguments.out_dir);
	assert_true(read_words("-o", "/a/b/n", URL, NULL));
	assert_string_equal(arguments.out_name, "n");
	assert_string_equal(arguments.out_dir, "/a/b/");
	assert_true(read_words("-o", "../n", URL, NULL));
	assert_string_equal(arguments.out_dir, "../");
	assert_true(read_words("-o", "b/n", "-d", "D", URL, NULL));
	assert_string_equal(arguments.out_dir, "D/b/");
}

static void
out_needs_one_url_and_a_file(void **state)
{
	(void)state;
	assert_false(read_words("-o", "n", URL, URL, NULL));
	assert_says("--out");
	assert_false(read_words("-o", "n", URL, "-i", "list", NULL));
	assert_says("--out");
	assert_false(read_words("-o", "-", URL, NULL));
	assert_says("standard output");
	assert_false(read_words("-o", "dir/", URL, NULL));
	assert_says("'dir/'");
	assert_false(read_words("-o", "..", URL, NULL));
	assert_says("--directory");
}

static void
outputs_that_cannot_be_are_refused(void **state)
{
	(void)state;
	assert_true(read_words("--json", URL, NULL));
	assert_int_equal(settings.values[SETTINGS_OUTPUT],
	    SETTINGS_OUTPUT_JSON);
	assert_false(read_words("--json", "--print-filenames", URL, NULL));
	assert_says("standard output");
	/* Whether there is a screen is found out later, and told. */
	assert_true(read_words("--output=tui", URL, NULL));
	assert_false(read_words("--color=pink", URL, NULL));
	assert_says("auto, never, safe");
	assert_true(read_words("--colour=safe", URL, NULL));
	assert_int_equal(settings.values[SETTINGS_COLOR],
	    SETTINGS_COLOR_SAFE);
	assert_false(read_words("--fps=31", URL, NULL));
	assert_says("--fps: '31'");
}

/* Reads a command line of one option and a URL after a variable has set `id` to
 * `value`. */
static bool
read_after(enum settings_id id, const char *value, const char *option)
{
	struct haul_error error;
	char *line[] = { (char *)(uintptr_t)"haul", (char *)(uintptr_t)option,
	    (char *)(uintptr_t)URL, NULL };

	arguments_release(&arguments);
	settings_release(&settings);
	settings_init(&settings);
	*why = '\0';
	settings_from(&settings, SETTINGS_SOURCE_ENVIRONMENT, "X");
	assert_int_equal(settings_set(&settings, id, value, &error), HAUL_OK);
	return arguments_read(&arguments, &settings, 3, line, why,
	    sizeof why);
}

static void
an_option_wins_over_a_variable_that_says_the_opposite(void **state)
{
	static const struct {
		enum settings_id id;
		const char *value;
		const char *option;
		int64_t then;
	} rows[] = {
		{ SETTINGS_NO_STORE, "yes", "--store=f", 0 },
		{ SETTINGS_NO_STORE, "yes", "--no-store=no", 0 },
		{ SETTINGS_NO_STORE, "yes", "--resume", 0 },
		{ SETTINGS_NO_STORE, "yes", "--retry-failed", 0 },
		{ SETTINGS_NO_STORE, "yes", "--history", 0 },
		{ SETTINGS_NO_STORE, "yes", "--forget=3", 0 },
		{ SETTINGS_NO_STORE, "yes", "--verify", 0 },
		{ SETTINGS_NO_STORE, "yes", "--repair", 0 },
		{ SETTINGS_NO_STORE, "yes", "--quiet", 1 },
		{ SETTINGS_NO_PROGRESS, "yes", "--output=bar", 0 },
		{ SETTINGS_NO_PROGRESS, "yes", "--output=log", 0 },
		{ SETTINGS_NO_PROGRESS, "yes", "--output=tui", 0 },
		/* It says what JSON is without, too. */
		{ SETTINGS_NO_PROGRESS, "yes", "--output=json", 1 },
		{ SETTINGS_NO_PROGRESS, "yes", "--output=auto", 1 },
		{ SETTINGS_HEADLESS, "yes", "--output=tui", 0 },
		{ SETTINGS_HEADLESS, "yes", "--output=auto", 1 },
		{ SETTINGS_ASCII, "yes", "--utf8", 0 },
		{ SETTINGS_ASCII, "yes", "--utf8=no", 1 },
		{ SETTINGS_OUTPUT, "json", "--json=no", SETTINGS_OUTPUT_AUTO },
		{ SETTINGS_OUTPUT, "log", "--json=no", SETTINGS_OUTPUT_LOG },
		{ SETTINGS_OUTPUT, "tui", "--no-file-progress",
		    SETTINGS_OUTPUT_AUTO },
		{ SETTINGS_OUTPUT, "log", "--no-file-progress",
		    SETTINGS_OUTPUT_LOG },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_true(read_after(rows[i].id, rows[i].value,
		    rows[i].option));
		if (settings.values[rows[i].id] != rows[i].then)
			fail_msg("%s after --%s=%s: %d", rows[i].option,
			    settings_rows[rows[i].id].name, rows[i].value,
			    (int)settings.values[rows[i].id]);
	}
}

static void
of_opposites_on_one_line_the_later_wins(void **state)
{
	(void)state;
	assert_true(read_words("--no-store", "--store=f", URL, NULL));
	assert_int_equal(settings.values[SETTINGS_NO_STORE], 0);
	assert_true(read_words("--store=f", "--no-store", URL, NULL));
	assert_int_equal(settings.values[SETTINGS_NO_STORE], 1);
	assert_true(read_words("--utf8", "--ascii", URL, NULL));
	assert_int_equal(settings.values[SETTINGS_ASCII], 1);
	assert_true(read_words("--json", "--json=no", URL, NULL));
	assert_int_equal(settings.values[SETTINGS_OUTPUT],
	    SETTINGS_OUTPUT_AUTO);
	/* What makes no sense in either order is told. */
	assert_false(read_words("--no-store", "--resume", NULL));
	assert_says("leave --no-store");
}

static void
help_fits_into_eighty_columns(void **state)
{
	char *text = NULL, *line, *end;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);
	int id;

	(void)state;
	assert_non_null(file);
	arguments_help(file);
	assert_int_equal(fclose(file), 0);
	for (id = 0; id < SETTINGS_COUNT; id++)
		assert_non_null(strstr(text, settings_rows[id].name));
	for (line = text; *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		assert_non_null(end);
		assert_in_range(end - line, 0, 80);
	}
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_url_alone_has_the_defaults),
		cmocka_unit_test(the_options_of_parfive_are_understood),
		cmocka_unit_test(overwrite_takes_its_value_by_equals_only),
		cmocka_unit_test(long_options_may_be_abbreviated),
		cmocka_unit_test(a_switch_can_be_taken_back),
		cmocka_unit_test(letters_and_two_dashes_work),
		cmocka_unit_test(
		    wrong_values_are_told_with_what_would_be_right),
		cmocka_unit_test(unknown_options_and_missing_values_are_told),
		cmocka_unit_test(nothing_to_fetch_is_an_error_but_for_help),
		cmocka_unit_test(out_is_split_into_directory_and_name),
		cmocka_unit_test(out_needs_one_url_and_a_file),
		cmocka_unit_test(outputs_that_cannot_be_are_refused),
		cmocka_unit_test(
		    an_option_wins_over_a_variable_that_says_the_opposite),
		cmocka_unit_test(of_opposites_on_one_line_the_later_wins),
		cmocka_unit_test(help_fits_into_eighty_columns),
	};
	int failed;

	alarm(10);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	arguments_release(&arguments);
	settings_release(&settings);
	return failed;
}
