/* SPDX-License-Identifier: MIT
 *
 * filename.c:
 * - Content-Disposition: tokens, quoted strings, escapes, odd white space
 * - filename* wins if its charset and its escapes are right
 * - names in pieces are put together
 * - folders of any system, also behind escapes, are dropped
 * - the last segment of a URL's path, decoded once
 * - what is shown of a URL before its turn is the name it will give
 * - a default by Content-Type
 * - a safe name has no control, format or leading special characters
 * - taking characters out never makes new ones
 * - a long name is cut between characters and keeps its sane suffixes
 * - a caller's name stays inside its directory
 * - the number goes before all suffixes of the last component, and is found
 *   there again; what is no number is not
 */
#include "config.h"

#include "engine/base/filename.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define TIME_LIMIT_S 30

struct name_case {
	const char *given;
	const char *name;               /* or NULL */
};

/* Takes the name. */
static void
expect_name(const char *given, char *name, const char *wanted)
{
	bool same = name && wanted ? strcmp(name, wanted) == 0 :
	    name == wanted;

	if (!same)
		fail_msg("<%s> gives <%s>, not <%s>", given,
		    name ? name : "nothing", wanted ? wanted : "nothing");
	free(name);
}

static void
expect_dispositions(const struct name_case *cases, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		expect_name(cases[i].given,
		    filename_from_disposition(cases[i].given), cases[i].name);
}

#define EXPECT_DISPOSITIONS(cases) \
	expect_dispositions(cases, sizeof (cases) / sizeof *(cases))

static void
test_plain(void **state)
{
	static const struct name_case cases[] = {
		{ "attachment; filename=a.txt", "a.txt" },
		{ "attachment; filename=\"a b.txt\"", "a b.txt" },
		{ "ATTACHMENT;FILENAME=\"a\"", "a" },
		{ "attachment; filename = \"a\" ;", "a" },
		{ "attachment;\tfilename=a.txt \t;", "a.txt" },
		{ "attachment; ; ;;filename=a", "a" },
		{ "filename=a", "a" },
		{ "attachment filename=a", "a" },
		{ "inline; size=5; filename=a; x=\"; filename=b\"", "a" },
		{ "inline; x=\"; filename=b\"; filename=a", "a" },
		{ "inline; filename=a; filename=b", "a" },
		{ "inline; filename=\"\"; filename=b", "b" },
		{ "inline; filename=a;b", "a" },
		{ "inline; filename=a b.txt", "a b.txt" },
		{ "inline; filename=\"a;b=c.txt\"", "a;b=c.txt" },
		{ "inline; filename=\"a\\\"b\\\"c\"", "a\"b\"c" },
		{ "inline; filename=\"open", "open" },
		{ "inline; filename=\"", NULL },
		{ "inline; filename=\"a\\", NULL },
		{ "inline; filename=", NULL },
		{ "inline; filename", NULL },
		{ "inline; afilename=b", NULL },
		{ "inline; filename2=b", NULL },
		{ "attachment", NULL },
		{ "=;=;==", NULL },
		{ "", NULL },
		{ "inline; filename=a%20b.txt", "a b.txt" },
		{ "inline; filename=\"%E2%82%AC.txt\"", "\xe2\x82\xac.txt" },
		{ "inline; filename=100%.txt", "100%.txt" },
		{ "inline; filename=a%2", "a%2" },
		{ "inline; filename=a%zz%20", "a%zz%20" },
		{ "inline; filename=%E4.txt", "%E4.txt" },
		{ "inline; filename=a%2520b", "a%20b" },
		{ "inline; filename=\"\xe2\x82\xac.txt\"",
		    "\xe2\x82\xac.txt" },
		{ "inline; filename=\"\xe4.txt\"", "\xe4.txt" },
		{ "inline; filename=\"\xe4%20.txt\"", "\xe4%20.txt" },
	};

	(void)state;
	EXPECT_DISPOSITIONS(cases);
}

static void
test_extended(void **state)
{
	static const struct name_case cases[] = {
		{ "a; filename*=UTF-8''%e2%82%ac%20rates",
		    "\xe2\x82\xac rates" },
		{ "a; filename=b; filename*=utf-8'en'c", "c" },
		{ "a; filename*=UTF-8''c; filename=b", "c" },
		{ "a; filename*=iso-8859-1''%A3%20rates",
		    "\xc2\xa3 rates" },
		{ "a; filename*=ISO-8859-1''%80%ff", "\xc3\xbf" },
		{ "a; filename*=\"UTF-8''a%22b\"", "a\"b" },
		{ "a; filename* = UTF-8''a", "a" },
		{ "a; filename*=UTF-8''a'b", "a'b" },
		{ "a; filename*=UTF-8''%2541", "%41" },
		{ "a; filename*=UTF-8''%E4; filename=b", "b" },
		{ "a; filename*=UTF-8''%zz; filename=b", "b" },
		{ "a; filename*=UTF-8''%4; filename=b", "b" },
		{ "a; filename*=KOI8-R''%C1; filename=b", "b" },
		{ "a; filename*=''c; filename=b", "b" },
		{ "a; filename*=UTF-8'c; filename=b", "b" },
		{ "a; filename*=c; filename=b", "b" },
		{ "a; filename*=UTF-8''; filename=b", "b" },
		{ "a; filename*=UTF-8''..; filename=b", "b" },
		{ "a; filename*=UTF-8''%ed%a0%80; filename=b", "b" },
		{ "a; filename*=UTF-8''%c0%af; filename=b", "b" },
		{ "a; filename*=UTF-8''%f4%90%80%80; filename=b", "b" },
		{ "a; filename*=c", NULL },
		{ "a; filename*=0000000; filename=a%2", "a%2" },
	};

	(void)state;
	EXPECT_DISPOSITIONS(cases);
}

static void
test_parts(void **state)
{
	static const struct name_case cases[] = {
		{ "a; filename*0=\"one \"; filename*1=two.txt",
		    "one two.txt" },
		{ "a; filename*1=two; filename*0=one", "onetwo" },
		{ "a; filename*0*=UTF-8''%e2%82; filename*1*=%ac; "
		    "filename*2=.txt", "\xe2\x82\xac.txt" },
		{ "a; filename*0=x; filename*2=z", "x" },
		{ "a; filename*1=y", NULL },
		{ "a; filename*0=x; filename=b", "b" },
		{ "a; filename*0=..; filename*1=/; filename*2=x", "x" },
	};

	(void)state;
	EXPECT_DISPOSITIONS(cases);
}

static void
test_folders(void **state)
{
	static const struct name_case cases[] = {
		{ "a; filename=\"../../etc/passwd\"", "passwd" },
		{ "a; filename=\"..\\..\\evil\"", "evil" },
		{ "a; filename=\"..\\\\..\\\\evil\"", "evil" },
		{ "a; filename=\"C:\\temp\\new.txt\"", "new.txt" },
		{ "a; filename=..\\..\\evil", "evil" },
		{ "a; filename=\"/etc/cron.d/x\"", "x" },
		{ "a; filename=\"%2e%2e%2fevil\"", "evil" },
		{ "a; filename=\"%2e%2e%5cevil\"", "evil" },
		{ "a; filename*=UTF-8''..%2f..%2fevil", "evil" },
		{ "a; filename=\"dir/\"", NULL },
		{ "a; filename=\"..\"", NULL },
		{ "a; filename=\".\"", NULL },
		{ "a; filename=\"/\"", NULL },
		{ "a; filename=\"a/..\"", NULL },
		{ "a; filename=\"%00\"", NULL },
		{ "a; filename=\"a%00b%0a%1b%7f\"", "ab" },
		{ "a; filename=\".bashrc\"", "bashrc" },
		{ "a; filename=\"-rf\"", "rf" },
		{ "a; filename=\"~/.ssh\"", "ssh" },
	};

	(void)state;
	EXPECT_DISPOSITIONS(cases);
}

static void
test_url(void **state)
{
	static const struct name_case cases[] = {
		{ "http://h/a.txt", "a.txt" },
		{ "http://h/d/a.txt?b=/c#/e", "a.txt" },
		{ "http://h/a.txt#x/y?z", "a.txt" },
		{ "http://h/a%20b+c.txt", "a b+c.txt" },
		{ "http://h/a%2520b", "a%20b" },
		{ "http://h/a%zz%4", "a%zz%4" },
		{ "http://h/%e2%82%ac", "\xe2\x82\xac" },
		{ "http://h/%e4", "\xe4" },
		{ "http://h/%2e%2e%2fevil", "evil" },
		{ "http://h/..%5cevil", "evil" },
		{ "http://h/a%2f", NULL },
		{ "http://h/a%00b", "ab" },
		{ "http://u:p@h:80/x.fits.gz", "x.fits.gz" },
		{ "http://h", NULL },
		{ "http://h/", NULL },
		{ "http://h/dir/", NULL },
		{ "http://h/dir/..", NULL },
		{ "http://h/%2e%2e", NULL },
		{ "http://h?a/b", NULL },
		{ "http://h#a/b", NULL },
		{ "ftp://h/a.bin;type=i", "a.bin" },
		{ "FTPS://h/a.bin;TYPE=A", "a.bin" },
		{ "ftp://h/;type=i", NULL },
		{ "http://h/a.bin;type=i", "a.bin;type=i" },
		{ "no-url", NULL },
		{ "", NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++)
		expect_name(cases[i].given,
		    filename_from_url(cases[i].given), cases[i].name);
}

/* Each byte in each place where one counts. */
static void
test_preview(void **state)
{
	static const struct { const char *before, *after; } forms[] = {
		{ "http://a/", "" }, { "http://a/", "b" },
		{ "http://a/a", "b" }, { "http://a/a", "" },
		{ "ftp://a/a;type=", "" }, { "http://a/%", "1" },
		{ "http://a/b.part", "" },
	};
	char url[64], out[16], *name;
	size_t i;
	int c;

	(void)state;
	for (i = 0; i < sizeof forms / sizeof *forms; i++)
		for (c = 1; c < 256; c++) {
			snprintf(url, sizeof url, "%s%c%s", forms[i].before,
			    c, forms[i].after);
			name = filename_from_url(url);
			if (!filename_preview(url, out, sizeof out))
				*out = '\0';
			assert_string_equal(out, name != NULL ? name : "");
			free(name);
		}
	assert_true(filename_preview("http://a/abcdef", out, 4));
	assert_string_equal(out, "abc");
	assert_true(filename_preview("http://a/%61bcdef", out, 4));
	assert_string_equal(out, "abc");
	assert_false(filename_preview("http://a/?b", out, sizeof out));
}

static void
test_default(void **state)
{
	static const struct name_case cases[] = {
		{ "text/html", "index.html" },
		{ "Text/HTML; charset=utf-8", "index.html" },
		{ " application/pdf ;", "download.pdf" },
		{ "image/fits", "download.fits" },
		{ "text/htmlx", "download" },
		{ "application/octet-stream", "download" },
		{ "", "download" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++)
		expect_name(cases[i].given,
		    filename_default(cases[i].given), cases[i].name);
	expect_name("no type", filename_default(NULL), "download");
}

static void
test_safe(void **state)
{
	static const struct name_case cases[] = {
		{ "plain", "plain" },
		{ "a.b.", "a.b." },
		{ "  two words  ", "two words" },
		{ " .-~ .-~x-~.", "x-~." },
		{ "a/b", "a_b" },
		{ "a\001\002\t\r\n\033[31mb\177", "a[31mb" },
		{ "a\xc2\x80\xc2\x9f" "b\xc2\xa0", "ab\xc2\xa0" },
		{ "a\xe2\x80\xae" "fdp.exe", "afdp.exe" },
		{ "a\xe2\x80\xa8\xe2\x81\xa6\xef\xbb\xbf\xc2\xad" "b", "ab" },
		{ "a\xf3\xa0\x80\xa0" "b", "ab" },
		{ "\xe2\x80\x8b.hidden", "hidden" },
		{ "gr\xfc\xdf.txt", "gr\xfc\xdf.txt" },
		{ "\x80\x9b", "\x80\x9b" },
		{ "\xed\xa0\x80", "\xed\xa0\x80" },
		{ "...", NULL },
		{ " ", NULL },
		{ "\n", NULL },
		{ "", NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++)
		expect_name(cases[i].given, filename_make_safe(cases[i].given,
		    strlen(cases[i].given)), cases[i].name);
	expect_name("a NUL", filename_make_safe("a\0b", 3), "ab");
	expect_name("not all", filename_make_safe("abc", 2), "ab");
}

/* What is left on both sides of what was taken out would be an override of
 * the writing direction (e2 80 ae). */
static void
test_no_new_characters(void **state)
{
	static const char *const cases[] = {
		"a\xe2\001\x80\xae" "b", "a\xe2\x80\001\xae" "b",
		"a\xe2\xe2\x80\xae\x80\xae" "b",
		"a\xe2\001\x80\001\xae" "b",
		"a\xe2\xc2\x85\x80\xae" "b",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *name = filename_make_safe(cases[i], strlen(cases[i]));

		assert_non_null(name);
		assert_null(strstr(name, "\xe2\x80\xae"));
		free(name);
	}
}

/* head, then so many times the fill, then tail; made safe. */
static char *
safe_long(const char *head, const char *fill, size_t times, const char *tail)
{
	size_t length = strlen(fill), n = strlen(head), i;
	char *text = malloc(n + length * times + strlen(tail) + 1), *name;

	assert_non_null(text);
	memcpy(text, head, n);
	for (i = 0; i < times; i++, n += length)
		memcpy(text + n, fill, length);
	memcpy(text + n, tail, strlen(tail));
	name = filename_make_safe(text, n + strlen(tail));
	free(text);
	assert_non_null(name);
	return name;
}

static void
expect_long(char *name, size_t length, const char *tail)
{
	assert_int_equal(strlen(name), length);
	assert_string_equal(name + length - strlen(tail), tail);
	free(name);
}

static void
test_long(void **state)
{
	(void)state;
	expect_long(safe_long("", "x", 230, ""), 230, "x");
	expect_long(safe_long("", "x", 231, ""), 230, "x");
	expect_long(safe_long("", "x", 223, ".fits.gz"), 230, "x.fits.gz");
	expect_long(safe_long("a.", "x", 300, ".fits.gz"), 230, "x.fits.gz");
	/* 32 bytes of suffix are kept, 33 are not. */
	expect_long(safe_long("", "x", 300,
	    ".2345678901234567890123456789.gz"), 230,
	    "x.2345678901234567890123456789.gz");
	expect_long(safe_long("", "x", 300,
	    ".23456789012345678901234567890.gz"), 230, "x.gz");
	expect_long(safe_long("a.", "x", 300, ""), 230, "x");
	expect_long(safe_long("", "x", 300, ". The end"), 230, "x");
	expect_long(safe_long("", "x", 300, " v. 1.gz"), 230, "x.gz");
	/* Three bytes each: 227 / 3 and 230 / 3 leave some over. */
	expect_long(safe_long("", "\xe2\x82\xac", 100, ".gz"), 228,
	    "\xe2\x82\xac.gz");
	expect_long(safe_long("", "\xe2\x82\xac", 100, ""), 228,
	    "\xe2\x82\xac");
	expect_long(safe_long("a", "\xf0\x9f\x98\x80", 100, ""), 229,
	    "\xf0\x9f\x98\x80");
	/* Not UTF-8: there is no boundary to look for. */
	expect_long(safe_long("", "\xff", 300, ".gz"), 230, "\xff.gz");
	expect_long(safe_long("", "\x80", 300, ""), 230, "\x80");
	/* The cut leaves no space at the end. */
	expect_long(safe_long("x", " ", 300, "y"), 1, "x");
}

static void
test_usable(void **state)
{
	static const char *const good[] = {
		"a", "a/b/c.txt", ".hidden", "-a", "...", "a b", "..a/b..",
		"back\\slash", "\xe4", "\xc3\xa4",
	};
	static const char *const bad[] = {
		"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/..",
		"a/../b", "a/./b", "./a", "a\nb", "a/\033", "a\177",
		"a\xc2\x85",
	};
	char name[FILENAME_LIMIT * 2 + 3];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof good / sizeof *good; i++) {
		if (!filename_is_usable(good[i]))
			fail_msg("<%s> is not usable", good[i]);
	}
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (filename_is_usable(bad[i]))
			fail_msg("<%s> is usable", bad[i]);
	}
	memset(name, 'x', sizeof name);
	name[FILENAME_LIMIT] = '/';
	name[FILENAME_LIMIT * 2 + 1] = '\0';
	assert_true(filename_is_usable(name));
	name[FILENAME_LIMIT * 2 + 1] = 'x';
	name[FILENAME_LIMIT * 2 + 2] = '\0';
	assert_false(filename_is_usable(name));
}

static void
test_numbered(void **state)
{
	static const struct name_case cases[] = {
		{ "data", "data.7" },
		{ "testing123.fits", "testing123.7.fits" },
		{ "a.fits.gz", "a.7.fits.gz" },
		{ "v1.2/data", "v1.2/data.7" },
		{ "v1.2/a.fits.gz", "v1.2/a.7.fits.gz" },
		{ ".hidden", ".hidden.7" },
		{ "d/.hidden.gz", "d/.hidden.7.gz" },
		{ "\xe4.gz", "\xe4.7.gz" },
		{ "a.7.b", "a.7.7.b" },
	};
	size_t i;
	unsigned n;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		expect_name(cases[i].given,
		    filename_numbered(cases[i].given, 7), cases[i].name);
		expect_name(cases[i].name,
		    filename_unnumbered(cases[i].name, &n), cases[i].given);
		assert_int_equal(n, 7);
	}
	expect_name("the largest", filename_numbered("a.b", 4294967295u),
	    "a.4294967295.b");
	expect_name("and back", filename_unnumbered("a.4294967295.b", &n),
	    "a.b");
	assert_int_equal(n, 4294967295u);
}

static void
test_not_numbered(void **state)
{
	static const char *const names[] = {
		"", "data", "a.b", ".7", "a..b", "a.7b", "a.b.7", "a.0.b",
		"a.07.b", "a.4294967296.b", "a.99999999999999999999999",
		"v.7/data",
	};
	size_t i;
	unsigned n;

	(void)state;
	for (i = 0; i < sizeof names / sizeof *names; i++)
		expect_name(names[i], filename_unnumbered(names[i], &n), NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "a plain filename is read leniently", test_plain,
		    NULL, NULL, NULL },
		{ "filename* wins if it is right", test_extended,
		    NULL, NULL, NULL },
		{ "a name in pieces is put together", test_parts,
		    NULL, NULL, NULL },
		{ "folders are dropped, also behind escapes", test_folders,
		    NULL, NULL, NULL },
		{ "a URL's last segment is decoded once", test_url,
		    NULL, NULL, NULL },
		{ "what is shown before is the name it will give",
		    test_preview, NULL, NULL, NULL },
		{ "the default name goes by Content-Type", test_default,
		    NULL, NULL, NULL },
		{ "a safe name shows what it is", test_safe,
		    NULL, NULL, NULL },
		{ "taking characters out makes no new ones",
		    test_no_new_characters, NULL, NULL, NULL },
		{ "a long name keeps its suffixes", test_long,
		    NULL, NULL, NULL },
		{ "a usable name stays inside its directory", test_usable,
		    NULL, NULL, NULL },
		{ "the number goes before all suffixes", test_numbered,
		    NULL, NULL, NULL },
		{ "what is no number is not taken for one",
		    test_not_numbered, NULL, NULL, NULL },
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("filename", tests, NULL, NULL);
}
