/* SPDX-License-Identifier: MIT
 *
 * environment: HAUL_ before PARFIVE_, what switches a switch on and off, the
 * misspelled names, and a bad value that is told by its variable's name.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cmd/conf/environment.h"

/* Pairs of name and value, ended by NULL. */
static const char *const *variables;
static struct settings settings;
static char why[1024];

static const char *
look(const char *name)
{
	size_t i;

	for (i = 0; variables[i] != NULL; i += 2)
		if (strcmp(variables[i], name) == 0)
			return variables[i + 1];
	return NULL;
}

static bool
read_variables(const char *const *pairs)
{
	settings_release(&settings);
	settings_init(&settings);
	variables = pairs;
	*why = '\0';
	return environment_read(&settings, look, why, sizeof why);
}

static int64_t
switch_of(const char *name, const char *value, enum settings_id id)
{
	const char *const pairs[] = { name, value, NULL };

	assert_true(read_variables(pairs));
	return settings.values[id];
}

static void
an_empty_environment_leaves_the_defaults(void **state)
{
	static const char *const none[] = { NULL };

	(void)state;
	assert_true(read_variables(none));
	assert_int_equal(settings.values[SETTINGS_MAX_CONN], 5);
	assert_int_equal(settings.values[SETTINGS_TIMEOUT], 90000);
	assert_int_equal(settings.values[SETTINGS_NO_PROGRESS], 0);
}

static void
the_own_name_wins_over_that_of_parfive(void **state)
{
	static const char *const both[] = {
		"PARFIVE_TOTAL_TIMEOUT", "7", "HAUL_TOTAL_TIMEOUT", "8",
		"PARFIVE_SOCK_READ_TIMEOUT", "2.5", NULL,
	};

	(void)state;
	assert_true(read_variables(both));
	assert_int_equal(settings.values[SETTINGS_TOTAL_TIMEOUT], 8000);
	assert_int_equal(settings.values[SETTINGS_TIMEOUT], 2500);
}

static void
a_switch_of_parfive_is_on_for_any_other_word(void **state)
{
	(void)state;
	assert_int_equal(switch_of("PARFIVE_SINGLE_DOWNLOAD", "1",
	    SETTINGS_SINGLE_DOWNLOAD), 1);
	assert_int_equal(switch_of("PARFIVE_DISABLE_RANGE", "whatever",
	    SETTINGS_DISABLE_RANGE), 1);
	assert_int_equal(switch_of("HAUL_DEBUG", "", SETTINGS_VERBOSE), 0);
	assert_int_equal(switch_of("HAUL_DEBUG", "0", SETTINGS_VERBOSE), 0);
	assert_int_equal(switch_of("HAUL_DEBUG", "False", SETTINGS_VERBOSE),
	    0);
	assert_int_equal(switch_of("HAUL_DEBUG", "no", SETTINGS_VERBOSE), 0);
	assert_int_equal(switch_of("PARFIVE_DEBUG", "off", SETTINGS_VERBOSE),
	    0);
	assert_int_equal(switch_of("PARFIVE_DEBUG", "00", SETTINGS_VERBOSE),
	    1);
}

static void
the_misspelled_names_work(void **state)
{
	static const char *const off[] = {
		"HAUL_HIDE_PROGESS", "no", "PARFIVE_HIDE_PROGRESS", "1", NULL,
	};

	(void)state;
	assert_int_equal(switch_of("HAUL_HIDE_PROGESS", "1",
	    SETTINGS_NO_PROGRESS), 1);
	assert_int_equal(switch_of("PARFIVE_HIDE_PROGESS", "1",
	    SETTINGS_NO_PROGRESS), 1);
	assert_int_equal(switch_of("PARFIVE_HIDE_PROGRESS", "1",
	    SETTINGS_NO_PROGRESS), 1);
	assert_true(read_variables(off));
	assert_int_equal(settings.values[SETTINGS_NO_PROGRESS], 0);
}

static void
a_bad_value_names_its_variable(void **state)
{
	static const char *const count[] = { "HAUL_MAX_CONN", "many", NULL };
	static const char *const range[] = { "HAUL_MAX_CONN", "0", NULL };
	static const char *const time[] = {
		"PARFIVE_TOTAL_TIMEOUT", "soon", NULL,
	};
	static const char *const choice[] = { "HAUL_OUTPUT", "gui", NULL };

	static const char *const word[] = { "HAUL_SI", "maybe", NULL };

	(void)state;
	assert_false(read_variables(word));
	assert_string_equal(why, "HAUL_SI: 'maybe' is neither 'yes' nor "
	    "'no'.");
	assert_false(read_variables(count));
	assert_non_null(strstr(why, "HAUL_MAX_CONN"));
	assert_non_null(strstr(why, "'many'"));
	assert_false(read_variables(range));
	assert_non_null(strstr(why, "from 1 to 10000"));
	assert_false(read_variables(time));
	assert_non_null(strstr(why, "PARFIVE_TOTAL_TIMEOUT"));
	assert_false(read_variables(choice));
	assert_non_null(strstr(why, "auto, tui, bar, log, json, none"));
}

static void
an_empty_value_is_none(void **state)
{
	(void)state;
	assert_int_equal(switch_of("HAUL_MAX_CONN", "", SETTINGS_MAX_CONN),
	    5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_environment_leaves_the_defaults),
		cmocka_unit_test(the_own_name_wins_over_that_of_parfive),
		cmocka_unit_test(
		    a_switch_of_parfive_is_on_for_any_other_word),
		cmocka_unit_test(the_misspelled_names_work),
		cmocka_unit_test(a_bad_value_names_its_variable),
		cmocka_unit_test(an_empty_value_is_none),
	};
	int failed;

	alarm(10);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	settings_release(&settings);
	return failed;
}
