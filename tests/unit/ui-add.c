/* SPDX-License-Identifier: MIT
 *
 * Adding: how a line is taken apart, what is checked while it is typed, what
 * is added, and that a line that cannot be used is not lost.
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
#include "ui/dialog/add-line.h"
#include "ui/dialog/dialog.h"

static void
a_line_is_a_url_mirrors_and_checksums(void **state)
{
	struct add_line line;

	(void)state;
	add_line_parse(&line, "  https://a/b?c=d\thttp://m/b?x=y  "
	    "sha256=9f86 md5=12\r");
	assert_int_equal(line.kind, ADD_URL);
	assert_string_equal(line.url, "https://a/b?c=d");
	assert_int_equal(line.mirror_count, 1);
	assert_string_equal(line.mirrors[0], "http://m/b?x=y");
	assert_int_equal(line.checksum_count, 2);
	assert_string_equal(line.checksums[0], "sha256=9f86");
	assert_string_equal(line.checksums[1], "md5=12");
	add_line_release(&line);
}

static void
lines_of_other_kinds(void **state)
{
	static const struct {
		const char *text;
		enum add_kind kind;
		const char *url;
	} cases[] = {
		{ "", ADD_NOTHING, NULL },
		{ " \t ", ADD_NOTHING, NULL },
		{ "# https://a/b", ADD_NOTHING, NULL },
		{ "@list of files.txt ", ADD_FILE, "list of files.txt" },
		{ "@", ADD_BAD, "" },
		{ "https://a/b c", ADD_BAD, "https://a/b" },
		{ "https://a/b =c", ADD_BAD, "https://a/b" },
		{ "https://a/b sha256=", ADD_BAD, "https://a/b" },
	};
	struct add_line line;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		add_line_parse(&line, cases[i].text);
		assert_int_equal(line.kind, cases[i].kind);
		if (cases[i].url == NULL)
			assert_null(line.url);
		else
			assert_string_equal(line.url, cases[i].url);
		assert_int_equal(*line.why != '\0', line.kind == ADD_BAD);
		add_line_release(&line);
	}
}

/* Two files whose line break was lost are no mirrors of each other. */
static void
several_urls_on_a_line(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "https://a/1 https://b/1", "" },
		{ "https://a/d/1?x https://b/e/1#y", "" },
		{ "https://a/1 https://a/2", "one URL a line" },
		{ "https://a/1 https://a/", "one URL a line" },
		{ "https://a/ https://b/", "one URL a line" },
		{ "https://a/1 nonsense https://a/1", "one URL a line" },
		{ "https://a/1 https://a/2 nonsense", "one URL a line" },
		{ "https://a/1 nonsense", "\"nonsense\" is no checksum" },
	};
	struct add_line line;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		add_line_parse(&line, cases[i].text);
		assert_string_equal(line.why, cases[i].why);
		assert_int_equal(line.kind, *cases[i].why != '\0' ? ADD_BAD :
		    ADD_URL);
		add_line_release(&line);
	}
}

static void
a_url_that_is_there_twice_is_found(void **state)
{
	static const char *const lines[] = { "https://a/1", NULL,
	    " https://a/1 sha256=00", "https://a/12", "https://a/12\t",
	    NULL, "https://a/1" };
	static const size_t wanted[] = { 0, 1, 0, 3, 3, 5, 0 };
	size_t first[7], i;

	(void)state;
	add_line_find_twice(lines, 7, first);
	for (i = 0; i < 7; i++)
		assert_int_equal(first[i], wanted[i]);
}

static void
a_url_that_is_there_twice_is_marked_and_added_once(void **state)
{
	const char *screen;

	(void)state;
	add_open(&fake.ui, "https://a/1\nhttps://a/2\nhttps://a/1");
	screen = fake_screen(24, 80);
	assert_non_null(strstr(screen, "(3 URLs, 1 twice)"));
	assert_non_null(strstr(screen, "=https://a/1"));
	assert_non_null(strstr(screen, "there already: line 1"));
	assert_non_null(strstr(screen, "[ Add 2 ]"));
	assert_non_null(strstr(fake_screen(24, 40), "there already: line 1"));
	/* The cursor is in that line; it becomes another. */
	fake_type("3");
	assert_null(strstr(fake_screen(24, 80), "twice"));
	fake_key(0x7f);
	fake_key(INPUT_ALT_ENTER);
	assert_null(fake.ui.dialog);
	assert_int_equal(fake.count, 2);
}

static void
too_many_words_are_refused(void **state)
{
	char text[1024] = "https://a/b";
	struct add_line line;
	size_t i, used = strlen(text);

	(void)state;
	for (i = 0; i <= ADD_MIRRORS; i++)
		used += (size_t)snprintf(text + used, sizeof text - used,
		    " http://m%zu/b", i);
	add_line_parse(&line, text);
	assert_int_equal(line.kind, ADD_BAD);
	add_line_release(&line);
}

static void
complaints_are_short(void **state)
{
	struct haul_error error = { .complaint =
	    HAUL_COMPLAINT_CHECKSUM_LENGTH };
	char why[ADD_WHY];

	(void)state;
	for (error.complaint = HAUL_COMPLAINT_NONE; error.complaint <=
	    HAUL_COMPLAINT_EMPTY; error.complaint++) {
		memset(error.value, 'x', sizeof error.value - 1);
		add_line_complain(why, sizeof why, &error);
		assert_in_range(strlen(why), 1, 60);
	}
}

static void
what_is_good_is_added_and_what_is_bad_stays(void **state)
{
	(void)state;
	fake.running = false;
	add_open(&fake.ui, "https://a/1\nhtp://b/2\n\nhttps://c/3\n@more.txt");
	fake_key(INPUT_ALT_ENTER);
	assert_int_equal(fake.count, 2);
	assert_string_equal(fake.items[0].url, "https://a/1");
	assert_string_equal(fake.items[1].url, "https://c/3");
	assert_int_equal(fake.items[0].state, HAUL_STATE_QUEUED);
	assert_int_equal(fake.wish, UI_WISH_LIST);
	assert_string_equal(fake.wished, "more.txt");
	assert_int_equal(fake.starts, 1);
	assert_non_null(fake.ui.dialog);
	assert_non_null(strstr(fake_screen(24, 80), "htp://b/2"));
	assert_null(strstr(fake_screen(24, 80), "https://a/1"));
	/* Mended, it is added too. */
	fake_key(INPUT_HOME);
	fake_key(INPUT_DELETE);
	fake_key(INPUT_DELETE);
	fake_key(INPUT_DELETE);
	fake_type("http");
	fake_key(INPUT_ALT_ENTER);
	assert_null(fake.ui.dialog);
	assert_int_equal(fake.count, 3);
	assert_string_equal(fake.items[2].url, "http://b/2");
}

static void
next_keeps_their_order_before_all_others(void **state)
{
	(void)state;
	fake_add(HAUL_STATE_QUEUED, "old.example", 1, 0);
	add_open(&fake.ui, "https://a/1\nhttps://a/2\nhttps://a/3");
	fake_key('\t');
	fake_key('\t');
	fake_key('\t');
	fake_key(' ');                  /* start: not now */
	fake_key('\t');
	fake_key(' ');                  /* position: next */
	fake_key(INPUT_ALT_ENTER);
	assert_int_equal(fake.count, 4);
	assert_string_equal(fake.items[0].url, "https://a/1");
	assert_string_equal(fake.items[1].url, "https://a/2");
	assert_string_equal(fake.items[2].url, "https://a/3");
	assert_string_equal(fake.items[3].host, "old.example");
	assert_int_equal(fake.items[0].state, HAUL_STATE_PAUSED);
	assert_int_equal(fake.starts, 0);
}

static void
a_paste_goes_in_at_the_cursor(void **state)
{
	(void)state;
	add_open(&fake.ui, NULL);
	fake_type("https://a/XY");
	fake_key(INPUT_LEFT);
	fake_paste("1\r\nhttps://b/2\rhttps://c/3-");
	fake_key(INPUT_ALT_ENTER);
	assert_int_equal(fake.count, 3);
	assert_string_equal(fake.items[0].url, "https://a/X1");
	assert_string_equal(fake.items[1].url, "https://b/2");
	assert_string_equal(fake.items[2].url, "https://c/3-Y");
}

static void
a_paste_into_the_open_dialog_adds_lines(void **state)
{
	struct dialog *first;

	(void)state;
	add_open(&fake.ui, "https://a/1\n");
	first = fake.ui.dialog;
	add_open(&fake.ui, "https://a/2\n");
	assert_ptr_equal(fake.ui.dialog, first);
	assert_non_null(strstr(fake_screen(24, 80), "(2 URLs)"));
}

static void
lines_are_broken_and_joined(void **state)
{
	(void)state;
	add_open(&fake.ui, "https://a/12");
	fake_key(INPUT_LEFT);
	fake_key('\r');
	assert_non_null(strstr(fake_screen(24, 80), "(2 URLs, 1 bad)"));
	fake_key(0x7f);
	assert_non_null(strstr(fake_screen(24, 80), "https://a/12"));
	assert_non_null(strstr(fake_screen(24, 80), "(1 URL)"));
	fake_key(INPUT_END);
	fake_key('\r');
	fake_key('\r');
	assert_non_null(strstr(fake_screen(24, 80), "[>Add 1<]"));
	fake_key('\r');
	assert_int_equal(fake.count, 1);
	assert_null(fake.ui.dialog);
}

static void
nothing_is_added_by_escape(void **state)
{
	(void)state;
	add_open(&fake.ui, "https://a/1");
	fake_key(0x1b);
	assert_null(fake.ui.dialog);
	assert_int_equal(fake.count, 0);
}

static void
a_large_paste_is_taken(void **state)
{
	enum { LINES = 50000 };
	char *text = malloc(LINES * 32);
	size_t used = 0, i;

	(void)state;
	for (i = 0; i < LINES; i++)
		used += (size_t)snprintf(text + used, 32,
		    "https://a.example/%zu\n", i);
	add_open(&fake.ui, text);
	assert_non_null(strstr(fake_screen(24, 80), "(50000 URLs)"));
	free(text);
}

#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_line_is_a_url_mirrors_and_checksums),
		CASE(lines_of_other_kinds),
		CASE(several_urls_on_a_line),
		CASE(a_url_that_is_there_twice_is_found),
		CASE(a_url_that_is_there_twice_is_marked_and_added_once),
		CASE(too_many_words_are_refused),
		CASE(complaints_are_short),
		CASE(what_is_good_is_added_and_what_is_bad_stays),
		CASE(next_keeps_their_order_before_all_others),
		CASE(a_paste_goes_in_at_the_cursor),
		CASE(a_paste_into_the_open_dialog_adds_lines),
		CASE(lines_are_broken_and_joined),
		CASE(nothing_is_added_by_escape),
		CASE(a_large_paste_is_taken),
	};

	alarm(60);
	return cmocka_run_group_tests_name("ui-add", tests, NULL, NULL);
}
