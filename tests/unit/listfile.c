/* SPDX-License-Identifier: MIT
 *
 * listfile: comments, blanks, BOM and CRLF, mirrors, options of an item, what
 * an untrusted list may not say, each mistake with its line, and that none of
 * it depends on how the text is cut into pieces.
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

#include "cmd/list/listfile.h"

/* What was given, as text: "LINE url|mirror out=.. dir=.. +options;" and
 * "! sentence;" for a complaint. */
static char got[16384];
static size_t got_length;

static void __attribute__((format(printf, 1, 2)))
note(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	got_length += (size_t)vsnprintf(got + got_length,
	    sizeof got - got_length, format, values);
	va_end(values);
	assert_true(got_length < sizeof got);
}

static bool trusted = true;

static bool
take_item(const struct haul_request *request, size_t line, void *user)
{
	size_t i;

	note("%zu %s", line, request->url);
	for (i = 0; i < request->mirror_count; i++)
		note("|%s", request->mirrors[i]);
	if (request->name != NULL)
		note(" out=%s", request->name);
	if (request->dir != NULL)
		note(" dir=%s", request->dir);
	if (request->options != NULL)
		note(" +options");
	note(";");
	return user == NULL;
}

static bool
take_error(const char *sentence, void *user)
{
	(void)user;
	note("! %s;", sentence);
	return true;
}

/* Feeds the text in pieces of `step` bytes. */
static const char *
read_pieces(const char *text, size_t length, size_t step)
{
	struct listfile *list = listfile_new("L", trusted, take_item,
	    take_error, NULL);
	size_t i;

	got_length = 0;
	*got = '\0';
	for (i = 0; i < length; i += step)
		assert_true(listfile_feed(list, text + i, length - i < step ?
		    length - i : step));
	assert_true(listfile_end(list));
	listfile_free(list);
	return got;
}

static const char *
read_text(const char *text)
{
	return read_pieces(text, strlen(text), strlen(text) + 1);
}

static void
assert_complains(const char *text, const char *where, const char *part)
{
	read_text(text);
	if (strncmp(got, "! ", 2) != 0 || strstr(got, where) == NULL ||
	    strstr(got, part) == NULL)
		fail_msg("'%s' does not tell '%s' of %s", got, part, where);
}

static void
urls_stand_one_a_line(void **state)
{
	(void)state;
	assert_string_equal(read_text("http://a/1\nftp://b/2"),
	    "1 http://a/1;2 ftp://b/2;");
	assert_string_equal(read_text(""), "");
	assert_string_equal(read_text("\n\n \n"), "");
}

static void
comments_blanks_bom_and_crlf_are_no_matter(void **state)
{
	(void)state;
	assert_string_equal(read_text("\xef\xbb\xbf# c\r\n\r\n  http://a/1 "
	    "\t\r\n\t# c\r\nhttp://a/2#f,g?h=i\r\n"),
	    "3 http://a/1;5 http://a/2#f,g?h=i;");
	assert_string_equal(read_text("\xef\xbb\xbfhttp://a/1"),
	    "1 http://a/1;");
}

static void
tabs_part_mirrors(void **state)
{
	(void)state;
	assert_string_equal(read_text("http://a/1\thttp://b/1 \t"
	    "\tftp://c/1\n"), "1 http://a/1|http://b/1|ftp://c/1;");
	assert_complains("http://a/1\tb/1\n", "L:1:", "'b/1'");
}

static void
indented_lines_are_options_of_the_item_before(void **state)
{
	(void)state;
	assert_string_equal(read_text("http://a/1\n out=x/y\n\tdir = /d e\n"
	    "http://a/2\n# between\n\n  header=A: b\n  header=C: d\n"
	    "  max-splits=2\nhttp://a/3\n"),
	    "1 http://a/1 out=x/y dir=/d e;4 http://a/2 +options;"
	    "10 http://a/3;");
	assert_string_equal(read_text("http://a/1\n out=/abs/n\n"),
	    "1 http://a/1 out=n dir=/abs/;");
	assert_string_equal(read_text(" http://a/1?b=c\n  http://a/2\n"),
	    "1 http://a/1?b=c;2 http://a/2;");
}

static void
mistakes_are_told_with_their_line(void **state)
{
	(void)state;
	assert_complains("\n\nexample.org/x\n", "L:3:",
	    "https://example.org/x");
	assert_complains("gopher://x/\n", "L:1:", "scheme");
	assert_complains("http://\n", "L:1:", "'http://'");
	assert_complains("http://a\x01/\n", "L:1:", "URL");
	assert_complains("http://a/1 http://a/2\n", "L:1:", "two URLs");
	assert_complains(" out=x\nhttp://a/1\n", "L:1:", "no URL");
	assert_complains("http://a/1\n nosuch=x\n", "L:2:", "'nosuch'");
	assert_complains("http://a/1\n max-conn=x\n", "L:2:", "'max-conn'");
	assert_complains("http://a/1\n quiet=yes\n", "L:2:", "'quiet'");
	assert_complains("http://a/1\n out=\n", "L:2:", "value is needed");
	assert_complains("http://a/1\n out=../x\n", "L:2:", "'../x'");
	assert_complains("http://a/1\n out=a/..\n", "L:2:", "'a/..'");
	assert_complains("http://a/1\n checksum=sha256=12\n", "L:2:",
	    "64");
	assert_complains("http://a/1\n timeout=soon\n", "L:2:", "'soon'");
}

static void
what_an_untrusted_list_may_not_say_is_refused(void **state)
{
	static const char *const refused[] = {
		"out=/abs/n", "out=.hidden", "out=a/.b/n", "out=.a/n",
		"dir=/", "dir=/abs", "dir=..", "dir=../x", "dir=a/..",
		"dir=a/../../b", "dir=.ssh", "dir=a", "directory=/abs",
		"overwrite=always", "overwrite=yes", "insecure=yes",
		"insecure=1", "cacert=/tmp/ca",
		"proxy=http://p:1", "noproxy=*",
	};
	static const char *const taken[] = {
		"out=n", "out=a/n", "out=a.b/c.d", "out=./n",
		"overwrite=never", "overwrite=unique", "insecure=no",
		"header=A: b", "user=a:b",
	};
	char text[128];
	size_t i;

	(void)state;
	trusted = false;
	for (i = 0; i < sizeof refused / sizeof *refused; i++) {
		snprintf(text, sizeof text, "http://a/1\n %s\n", refused[i]);
		assert_complains(text, "L:2:", "an untrusted list");
		assert_null(strstr(got, "1 http://a/1"));
	}
	for (i = 0; i < sizeof taken / sizeof *taken; i++) {
		snprintf(text, sizeof text, "http://a/1\n %s\n", taken[i]);
		read_text(text);
		if (strncmp(got, "1 http://a/1", 12) != 0)
			fail_msg("%s: %s", taken[i], got);
	}
	trusted = true;
	for (i = 0; i < sizeof refused / sizeof *refused; i++) {
		snprintf(text, sizeof text, "http://a/1\n %s\n", refused[i]);
		read_text(text);
		if (strncmp(got, "1 http://a/1", 12) != 0)
			fail_msg("%s: %s", refused[i], got);
	}
}

static void
slips_of_the_hand_are_explained(void **state)
{
	static const struct {
		const char *text, *where, *part;
	} slips[] = {
		{ "http://a/1 out=x\n", "L:1:", "'out=x' stands behind" },
		{ "http://a/1  # remark\n", "L:1:", "'# remark' stands" },
		{ "\thttp://a/1 sha256=00\n", "L:1:", "indented line" },
		{ "http://a/a b.bin\n", "L:1:", "%20" },
		{ "http://a/1\thttp://b/1 x\n", "L:1:", "'x' stands" },
		{ "http://a/1   ftp://b/1\n", "L:1:", "two URLs" },
		{ "http://a/1\nout=x\n", "L:2:", "'out' must be indented" },
		{ "header = A: b\n", "L:1:", "'header' must be indented" },
		{ "http://a/1\n out\n", "L:2:", "'out' is neither" },
		{ "http://a/1\n  =x\n", "L:2:", "'=x' is neither" },
		{ "  b/1\n", "L:1:", "'b/1' is neither" },
		{ "http://a/1\n out=x\n out=y\n", "L:3:",
		    "'out' was given before" },
		{ "http://a/1\n dir=x\n directory=y\n", "L:3:",
		    "'directory' was given before" },
		{ "http://a/1\n retries=1\n retries=1\n", "L:3:",
		    "'retries' was given before" },
		{ "http://a/1\n chekcsum=md5=0\n", "L:2:",
		    "did you mean 'checksum'?" },
		{ "http://a/1\n checksum=md5=00000000000000000000000000000000"
		    "\n checksum=md5=11111111111111111111111111111111\n",
		    "L:3:", "contradicts" },
		{ "http://a/1\n proxy=htp://p\n", "L:2:", "'htp://p'" },
		{ "http://a/1\rhttp://a/2\r", "L:1:", "URL" },
		{ "\xff\xfeh\n", "L:1:", "scheme" },
		{ "http://a/1\n \x1b[31m\n", "L:2:", "'?[31m'" },
		{ "http://a/1\x0bx\n", "L:1:", "URL" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof slips / sizeof *slips; i++)
		assert_complains(slips[i].text, slips[i].where,
		    slips[i].part);
	/* What each URL was given is its own, and lists append. */
	assert_string_equal(read_text("http://a/1\n out=x\nhttp://a/2\n"
	    " out=y\n header=A: b\n header=A: b\n"),
	    "1 http://a/1 out=x;3 http://a/2 out=y +options;");
}

static void
a_wrong_item_is_left_out_and_the_others_stay(void **state)
{
	(void)state;
	read_text("http://a/1\n nosuch=1\nhttp://a/2\nfoo\nhttp://a/3\n");
	assert_null(strstr(got, "1 http://a/1;"));
	assert_non_null(strstr(got, "3 http://a/2;"));
	assert_non_null(strstr(got, "5 http://a/3;"));
}

static void
nul_bytes_are_refused(void **state)
{
	static const char text[] = "http://a/1\nhttp://a\0/2\nhttp://a/3\n";

	(void)state;
	read_pieces(text, sizeof text - 1, 100);
	assert_non_null(strstr(got, "1 http://a/1;"));
	assert_non_null(strstr(got, "! L:2: the line holds a NUL byte"));
	assert_non_null(strstr(got, "3 http://a/3;"));
}

static void
lines_have_a_greatest_length(void **state)
{
	size_t length = LISTFILE_LINE_MAX;
	char *text = malloc(length + 32);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', length + 32);
	memcpy(text, "http://a/", 9);
	text[length + 1] = '\n';
	memcpy(text + length + 2, "http://b/1\n", 11);
	read_pieces(text, length + 13, 1000);
	assert_non_null(strstr(got, "! L:1: the line is longer than 65536"));
	assert_non_null(strstr(got, "2 http://b/1;"));
	got_length = 0;
	free(text);
}

static void
the_pieces_do_not_matter(void **state)
{
	static const char text[] = "\xef\xbb\xbf# c\r\nhttp://a/1\thttp://b/"
	    "\r\n out=x\r\n header=A: b\r\n\r\nfoo\r\nhttp://a/2\n dir=d";
	char whole[sizeof got];
	size_t step;

	(void)state;
	memcpy(whole, read_pieces(text, sizeof text - 1, sizeof text),
	    sizeof whole);
	assert_non_null(strstr(whole, "http://a/2 dir=d;"));
	for (step = 1; step < sizeof text; step++)
		assert_string_equal(read_pieces(text, sizeof text - 1, step),
		    whole);
}

static void
a_callback_can_end_the_reading(void **state)
{
	static const char text[] = "http://a/1\nhttp://a/2\nhttp://a/3\n";
	struct listfile *list = listfile_new("L", trusted, take_item,
	    take_error, got);

	(void)state;
	got_length = 0;
	assert_false(listfile_feed(list, text, sizeof text - 1));
	assert_string_equal(got, "1 http://a/1;");
	listfile_free(list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(urls_stand_one_a_line),
		cmocka_unit_test(comments_blanks_bom_and_crlf_are_no_matter),
		cmocka_unit_test(tabs_part_mirrors),
		cmocka_unit_test(
		    indented_lines_are_options_of_the_item_before),
		cmocka_unit_test(mistakes_are_told_with_their_line),
		cmocka_unit_test(
		    what_an_untrusted_list_may_not_say_is_refused),
		cmocka_unit_test(slips_of_the_hand_are_explained),
		cmocka_unit_test(a_wrong_item_is_left_out_and_the_others_stay),
		cmocka_unit_test(nul_bytes_are_refused),
		cmocka_unit_test(lines_have_a_greatest_length),
		cmocka_unit_test(the_pieces_do_not_matter),
		cmocka_unit_test(a_callback_can_end_the_reading),
	};

	alarm(10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
