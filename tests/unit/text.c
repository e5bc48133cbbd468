/* SPDX-License-Identifier: MIT
 *
 * text: what is replaced, how wide things are, where they are cut, what an
 * escape looks like, what of a URL is not told.
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

#include "present/text.h"

static char text_out[4096];

static const char *
safe(const char *bytes, int width, unsigned flags)
{
	text_safe(text_out, sizeof text_out, bytes, strlen(bytes), width,
	    flags);
	return text_out;
}

static const char *
escaped(const char *bytes, unsigned flags)
{
	size_t length = text_escape(text_out, sizeof text_out, bytes,
	    strlen(bytes), flags);

	assert_int_equal(length, strlen(text_out));
	return text_out;
}

static const char *
redacted(const char *url)
{
	size_t length = text_redact(text_out, sizeof text_out, url);
	char *own = text_redacted(url);

	assert_string_equal(own, text_out);
	free(own);
	assert_int_equal(length, strlen(text_out));
	return text_out;
}

static void
controls_and_bad_bytes_become_question_marks(void **state)
{
	(void)state;
	assert_string_equal(safe("evil\033[31mname\u202etxt.exe", -1, 0),
	    "evil?[31mname?txt.exe");
	assert_string_equal(safe("a\x7f\nb\xc2\x9b" "c", -1, 0), "a??b?c");
	assert_string_equal(safe("\xff\xc0\xaf\xed\xa0\x80", -1, 0),
	    "??????");
	assert_string_equal(safe("cut \xe4\xb8", -1, 0), "cut ??");
}

static void
what_cannot_be_seen_is_unsafe(void **state)
{
	static const uint32_t codes[] = {
		0, 0x1b, 0x7f, 0x80, 0x9b, 0xad, 0x34f, 0x61c, 0x115f, 0x1160,
		0x180e, 0x200b, 0x200d, 0x200e, 0x2028, 0x2029, 0x202a, 0x202e,
		0x2060, 0x2066, 0x2069, 0x3164, 0xe000, 0xfe0f, 0xfeff, 0xffa0,
		0xfff9, 0xffff, 0xd800, 0xe0001, 0xe0041, 0xe0100, 0xf0000,
		0x10ffff,
	};
	static const uint32_t fine[] = {
		' ', 'a', '~', 0xa0, 0xe9, 0x301, 0x5d0, 0x4e16, 0x2588,
		0x1f600,
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof codes / sizeof *codes; i++)
		assert_true(text_is_unsafe(codes[i]));
	for (i = 0; i < sizeof fine / sizeof *fine; i++)
		assert_false(text_is_unsafe(fine[i]));
}

static void
no_unsafe_character_passes(void **state)
{
	char bytes[8], *p;
	uint32_t code, got;
	size_t length, taken;

	(void)state;
	for (code = 1; code < 0x110000; code += code < 0x3000 ? 1 : 37) {
		p = bytes;
		if (code < 0x80) {
			*p++ = (char)code;
		} else if (code < 0x800) {
			*p++ = (char)(0xc0 | code >> 6);
			*p++ = (char)(0x80 | (code & 0x3f));
		} else if (code < 0x10000) {
			*p++ = (char)(0xe0 | code >> 12);
			*p++ = (char)(0x80 | (code >> 6 & 0x3f));
			*p++ = (char)(0x80 | (code & 0x3f));
		} else {
			*p++ = (char)(0xf0 | code >> 18);
			*p++ = (char)(0x80 | (code >> 12 & 0x3f));
			*p++ = (char)(0x80 | (code >> 6 & 0x3f));
			*p++ = (char)(0x80 | (code & 0x3f));
		}
		*p = '\0';
		safe(bytes, -1, 0);
		for (length = 0; text_out[length] != '\0'; length += taken) {
			taken = text_decode(text_out + length,
			    strlen(text_out + length), &got);
			assert_true(taken > 0);
			assert_false(text_is_unsafe(got));
		}
	}
}

/* The row as text. */
static const char *
row(const char *text, int width)
{
	static char out[128];

	snprintf(out, sizeof out, "%.*s", (int)text_row(text, width), text);
	return out;
}

static void
rows_end_at_blanks_or_between_wide_characters(void **state)
{
	(void)state;
	assert_string_equal(row("all of it", 9), "all of it");
	assert_string_equal(row("all of it", 8), "all of");
	assert_string_equal(row("all of it", 6), "all of");
	assert_string_equal(row("all of it", 2), "");
	assert_string_equal(row("see https://a.example/b-c/d", 20), "see");
	assert_string_equal(row("Gr\u00fc\u00dfe an alle", 8),
	    "Gr\u00fc\u00dfe an");
	assert_string_equal(row("\u4e16\u754c\u5730\u56f3", 5),
	    "\u4e16\u754c");
	/* A full stop does not begin a row, nor does a word get parted. */
	assert_string_equal(row("\u4e16\u754c\u3002\u56f3", 5), "\u4e16");
	assert_string_equal(row("\u4e16\u754chaul\u56f3", 7),
	    "\u4e16\u754c");
	assert_string_equal(row("a \u4e16\u754c", 5), "a \u4e16");
}

static void
wide_and_combining_characters_have_their_width(void **state)
{
	(void)state;
	assert_int_equal(text_width("世界"), 4);
	assert_int_equal(text_width("e\u0301x"), 2);
	assert_string_equal(safe("\u0301x", -1, 0), "?x");
	assert_string_equal(safe("e\u0301\u0302\u0303x", -1, 0),
	    "e\u0301\u0302?x");
	assert_string_equal(safe("世界地図_2024.tif", -1, TEXT_ASCII),
	    "????????_2024.tif");
}

static void
long_names_are_cut_in_the_middle(void **state)
{
	(void)state;
	assert_string_equal(safe("hmi_m_45s_2024_full_disk_magnetogram.tar",
	    27, 0), "hmi_m_45s_202…gnetogram.tar");
	assert_string_equal(safe("hmi_m_45s_2024_full_disk_magnetogram.tar",
	    27, TEXT_ASCII), "hmi_m_45s_202~gnetogram.tar");
	assert_string_equal(safe("abcdef", 6, 0), "abcdef");
	assert_string_equal(safe("abcdefg", 6, TEXT_CUT_END), "abcde…");
	assert_string_equal(safe("abc", 1, 0), "…");
	assert_string_equal(safe("abc", 0, 0), "");
}

static void
the_width_is_never_exceeded_and_always_reached_when_padded(void **state)
{
	static const char *const names[] = {
		"", "a", "世界地図高解像度", "a世b界c", "שלום עולם.txt",
		"e\u0301e\u0301e\u0301e\u0301", "\xff\xfe\x01\x02",
		"abcdefghijklmnopqrstuvwxyz",
	};
	size_t i;
	int width, cells;

	(void)state;
	for (i = 0; i < sizeof names / sizeof *names; i++) {
		for (width = 0; width < 40; width++) {
			cells = text_safe(text_out, sizeof text_out, names[i],
			    strlen(names[i]), width, 0);
			assert_in_range(cells, 0, width);
			cells = text_safe(text_out, sizeof text_out, names[i],
			    strlen(names[i]), width, TEXT_PAD);
			assert_int_equal(cells, width);
			assert_int_equal(text_width(text_out), width);
		}
	}
}

static void
right_to_left_runs_are_fenced_by_blanks(void **state)
{
	(void)state;
	assert_string_equal(safe("a\u05d0\u05d1b", -1, 0),
	    "a \u05d0\u05d1 b");
	assert_string_equal(safe("\u05d0 b", -1, 0), "\u05d0 b");
}

static void
a_small_buffer_cuts_at_a_character(void **state)
{
	char small[6];

	(void)state;
	text_safe(small, sizeof small, "世界", 6, -1, 0);
	assert_string_equal(small, "世");
	text_safe(small, 1, "世界", 6, -1, 0);
	assert_string_equal(small, "");
}

static void
escapes_can_be_read_back(void **state)
{
	char small[8];

	(void)state;
	assert_string_equal(escaped("evil\033[31mname\u202etxt", 0),
	    "evil\\x1b[31mname\\u202etxt");
	assert_string_equal(escaped("q\"b\\\n\t\xff", 0),
	    "q\\\"b\\\\\\n\\t\\xff");
	assert_string_equal(escaped("世\U000e0041", 0), "世\\U000e0041");
	assert_string_equal(escaped("世", TEXT_ASCII), "\\u4e16");
	assert_int_equal(text_escape(small, sizeof small, "abc\033d", 5, 0),
	    8);
	assert_string_equal(small, "abc\\x1b");
	assert_int_equal(text_escape(NULL, 0, "\033", 1, 0), 4);
}

static void
secrets_of_a_url_are_hidden(void **state)
{
	char small[12];

	(void)state;
	assert_string_equal(redacted("https://u:p@h/x"), "https://***@h/x");
	assert_string_equal(redacted("https://h/a@b?c=d"),
	    "https://h/a@b?c=d");
	assert_string_equal(redacted("https://h/x?a=1&X-Amz-Signature=abc&b=2"
	    "#f"), "https://h/x?a=1&X-Amz-Signature=***&b=2#f");
	assert_string_equal(redacted("https://h/?sig=&token"),
	    "https://h/?sig=&token");
	assert_string_equal(redacted("plain"), "plain");
	assert_int_equal(text_redact(small, sizeof small, "https://h/long"),
	    14);
	assert_string_equal(small, "https://h/l");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(controls_and_bad_bytes_become_question_marks),
		cmocka_unit_test(what_cannot_be_seen_is_unsafe),
		cmocka_unit_test(no_unsafe_character_passes),
		cmocka_unit_test(
		    rows_end_at_blanks_or_between_wide_characters),
		cmocka_unit_test(
		    wide_and_combining_characters_have_their_width),
		cmocka_unit_test(long_names_are_cut_in_the_middle),
		cmocka_unit_test(
		    the_width_is_never_exceeded_and_always_reached_when_padded),
		cmocka_unit_test(right_to_left_runs_are_fenced_by_blanks),
		cmocka_unit_test(a_small_buffer_cuts_at_a_character),
		cmocka_unit_test(escapes_can_be_read_back),
		cmocka_unit_test(secrets_of_a_url_are_hidden),
	};

	alarm(30);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
