/* SPDX-License-Identifier: MIT
 *
 * reason: what the engine says is taken apart and put together again, with the
 * locale's sign in its numbers; what others say is left alone.
 */
#include "config.h"

#include <langinfo.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "present/reason.h"

#define TIME_LIMIT_S 60

static const char *point = ".";

/* Stands before that of the C library. */
char *
nl_langinfo(nl_item item)
{
	assert_int_equal(item, RADIXCHAR);
	return (char *)point;
}

static const char *
reason(const char *message)
{
	static char text[384];

	reason_text(text, sizeof text, message);
	return text;
}

static void
test_all_comes_back(void **state)
{
	static const char *const messages[] = {
		"", "x", "redirected more than 20 times",
		"no byte came for 12.5 s", "no byte came for", "no byte",
		"the connection ended 1 bytes early",
		"the connection ended 1 bytes early and more",
		"the digest is aa, wanted bb", "the digest is , wanted ",
		"it needs 5 bytes, and the file system has 4 in all",
		"it needs 5 bytes, and 4 are free for it",
		"process 77 is fetching this file",
		"a: b: it is a symbolic link, which is not followed",
		"HTTP 404 Not Found", "%s%n%d", "process %s is fetching this",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof messages / sizeof *messages; i++)
		assert_string_equal(reason(messages[i]), messages[i]);
}

static void
test_numbers(void **state)
{
	(void)state;
	point = ",";
	assert_string_equal(reason("no byte came for 12.5 s"),
	    "no byte came for 12,5 s");
	assert_string_equal(reason("no byte came for 1.2.3 s"),
	    "no byte came for 1.2.3 s");
	assert_string_equal(reason("no byte came for .5 s"),
	    "no byte came for .5 s");
	/* Not what the engine says. */
	assert_string_equal(reason("version 1.1 s"), "version 1.1 s");
	point = ".";
}

static void
test_long_ones(void **state)
{
	char message[2000], text[384];

	(void)state;
	memset(message, 'x', sizeof message);
	memcpy(message, "process ", 8);
	snprintf(message + 1900, sizeof message - 1900,
	    " is fetching this file");
	reason_text(text, sizeof text, message);
	assert_memory_equal(text, "process xxx", 11);
	assert_true(strlen(text) < sizeof text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_comes_back),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_long_ones),
	};

	alarm(TIME_LIMIT_S);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
