/* SPDX-License-Identifier: MIT
 *
 * decode: keys of many terminals, sequences cut anywhere, a lone Esc, the
 * mouse, pastes that are marked and those that are not, what nobody asked for.
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

#include "ui/screen/decode.h"

static struct decode decode;
static int64_t now;

static int
setup(void **state)
{
	(void)state;
	decode_init(&decode, 25);
	decode.brackets = true;
	now = 1000;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	decode_release(&decode);
	return 0;
}

static void
feed(const char *text)
{
	decode_feed(&decode, text, strlen(text), now);
}

static uint32_t
next_key(void)
{
	struct input input;

	if (!decode_next(&decode, now, &input))
		return INPUT_NO_KEY;
	assert_int_equal(input.kind, INPUT_KEY);
	return input.key;
}

/* The one key of these bytes, fed whole and then byte by byte. */
static uint32_t
key_of(const char *text)
{
	uint32_t key, again = INPUT_NO_KEY;
	const char *at;

	feed(text);
	key = next_key();
	assert_int_equal(next_key(), INPUT_NO_KEY);
	for (at = text; *at != '\0'; at++) {
		assert_int_equal(again, INPUT_NO_KEY);
		decode_feed(&decode, at, 1, now);
		again = next_key();
	}
	assert_int_equal(again, key);
	assert_int_equal(decode.length, 0);
	return key;
}

static void
keys_of_many_terminals(void **state)
{
	static const struct { const char *bytes; uint32_t key; } keys[] = {
		{ "j", 'j' }, { "\r", '\r' }, { "\n", '\r' }, { "\b", 127 },
		{ "\x7f", 127 }, { "\x01", 1 }, { "\u00e9", 0xe9 },
		{ "\u4e16", 0x4e16 }, { "\U0001f600", 0x1f600 },
		{ "\033[A", INPUT_UP }, { "\033OA", INPUT_UP },
		{ "\033[1;5B", INPUT_DOWN }, { "\033[Z", INPUT_BACK_TAB },
		{ "\033[1~", INPUT_HOME }, { "\033[7~", INPUT_HOME },
		{ "\033[H", INPUT_HOME }, { "\033OF", INPUT_END },
		{ "\033[5~", INPUT_PAGE_UP }, { "\033[6~", INPUT_PAGE_DOWN },
		{ "\033[2~", INPUT_INSERT }, { "\033[3~", INPUT_DELETE },
		{ "\033OP", INPUT_F1 }, { "\033[11~", INPUT_F1 },
		{ "\033[[A", INPUT_F1 }, { "\033[[E", INPUT_F1 + 4 },
		{ "\033OS", INPUT_F1 + 3 }, { "\033[15~", INPUT_F1 + 4 },
		{ "\033[21~", INPUT_F1 + 9 }, { "\033[24~", INPUT_F1 + 11 },
		{ "\033[1;2R", INPUT_SHIFT_F3 },
		{ "\033[13;2~", INPUT_SHIFT_F3 },
		{ "\033OR", INPUT_F1 + 2 }, { "\033OM", '\r' },
		{ "\033Ok", '+' }, { "\033Op", '0' },
		{ "\033\r", INPUT_ALT_ENTER },
		{ "\033[13;3u", INPUT_ALT_ENTER },
		{ "\033[27;3;13~", INPUT_ALT_ENTER },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof keys / sizeof *keys; i++)
		assert_int_equal(key_of(keys[i].bytes), keys[i].key);
}

static void
a_terminal_s_own_keys_come_first(void **state)
{
	(void)state;
	decode_add_key(&decode, "\033Ot", INPUT_UP);
	assert_int_equal(key_of("\033Ot"), INPUT_UP);
	decode_add_key(&decode, "x", INPUT_DOWN);       /* no sequence */
	assert_int_equal(key_of("x"), 'x');
}

static void
a_lone_esc_is_a_key_after_a_while(void **state)
{
	(void)state;
	feed("\033");
	assert_int_equal(next_key(), INPUT_NO_KEY);
	assert_int_equal(decode_wait_ms(&decode, now), 25);
	now += 25;
	assert_int_equal(next_key(), 27);
	assert_int_equal(decode_wait_ms(&decode, now), -1);
	feed("\033q");
	assert_int_equal(next_key(), 27);
	assert_int_equal(next_key(), 'q');
	/* What began and does not go on is no key. */
	feed("\033[1;");
	now += 600;
	assert_int_equal(next_key(), INPUT_NO_KEY);
	feed("j");
	assert_int_equal(next_key(), 'j');
}

static void
unknown_sequences_are_left_out_whole(void **state)
{
	static const char *const unknown[] = {
		"\033[99~", "\033[?1;2c", "\033[5;3R", "\033]0;title\a",
		"\033]52;c;eA==\033\\", "\033Pdata\033\\", "\033[I",
		"\033[99;2;3;4;5;6;7;8;9;10~", "\033[999999999999~",
		"\033[M", "\033[0n", "\033Oz", "\xff", "\xc3", "\033[<0;5;5m",
		"\033[<35;5;5M", "\033[<0;0;0M",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof unknown / sizeof *unknown; i++) {
		feed(unknown[i]);
		assert_int_equal(next_key(), INPUT_NO_KEY);
		now += 600;
		assert_int_equal(next_key(), INPUT_NO_KEY);
		feed("j");
		assert_int_equal(next_key(), 'j');
	}
}

static void
the_mouse_tells_where_it_is(void **state)
{
	struct input input;

	(void)state;
	feed("\033[<0;300;20M\033[<0;300;20m\033[<64;1;1M\033[<65;2;3M"
	    "\033[M #$");
	assert_true(decode_next(&decode, now, &input));
	assert_int_equal(input.kind, INPUT_CLICK);
	assert_int_equal(input.row, 19);
	assert_int_equal(input.column, 299);
	assert_true(decode_next(&decode, now, &input));
	assert_int_equal(input.kind, INPUT_WHEEL);
	assert_int_equal(input.key, INPUT_UP);
	assert_true(decode_next(&decode, now, &input));
	assert_int_equal(input.key, INPUT_DOWN);
	assert_int_equal(input.row, 2);
	assert_true(decode_next(&decode, now, &input));
	assert_int_equal(input.kind, INPUT_CLICK);
	assert_int_equal(input.row, 3);
	assert_int_equal(input.column, 2);
	assert_false(decode_next(&decode, now, &input));
}

static void
a_marked_paste_is_one_input(void **state)
{
	static const char text[] = "\033[200~https://a/\rx\033[31m\n\t"
	    "\033[201~j";
	struct input input;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof text - 2; i++) {
		decode_feed(&decode, text + i, 1, now);
		if (i < sizeof text - 3)
			assert_false(decode_next(&decode, now, &input));
		now += 1000;            /* it may take as long as it likes */
	}
	assert_true(decode_next(&decode, now, &input));
	assert_int_equal(input.kind, INPUT_PASTE);
	assert_string_equal(input.paste, "https://a/\rx\033[31m\n\t");
	assert_int_equal(input.paste_length, strlen(input.paste));
	free(input.paste);
	feed("j");
	assert_int_equal(next_key(), 'j');
	feed("\033[200~\033[201~k");
	assert_true(decode_next(&decode, now, &input));
	assert_string_equal(input.paste, "");
	free(input.paste);
	assert_int_equal(next_key(), 'k');
}

static void
a_paste_has_an_end(void **state)
{
	size_t portion = 1 << 20, i;
	char *bytes = malloc(portion);
	struct input input;

	(void)state;
	memset(bytes, 'x', portion);
	feed("\033[200~");
	for (i = 0; i < (DECODE_PASTE_MAX >> 20) + 2; i++) {
		assert_false(decode_next(&decode, now, &input));
		decode_feed(&decode, bytes, portion, now);
	}
	feed("\033[201~q");
	assert_true(decode_next(&decode, now, &input));
	assert_int_equal(input.paste_length, DECODE_PASTE_MAX);
	free(input.paste);
	assert_int_equal(next_key(), 'q');
	free(bytes);
}

static void
a_paste_without_marks_is_known_by_its_look(void **state)
{
	struct input input;

	(void)state;
	decode.brackets = false;
	feed("https://example.org/x\rhttps://exa");
	assert_false(decode_next(&decode, now, &input));
	now += 20;
	feed("mple.org/q");
	assert_false(decode_next(&decode, now, &input));
	assert_int_equal(decode_wait_ms(&decode, now), 60);
	now += 61;
	assert_true(decode_next(&decode, now, &input));
	assert_int_equal(input.kind, INPUT_PASTE);
	assert_string_equal(input.paste, "https://example.org/x\r"
	    "https://example.org/q");
	free(input.paste);
	feed("http://a.b");             /* short enough to be typed */
	assert_int_equal(next_key(), 'h');
	decode.length = 0;
	decode.brackets = true;
	feed("https://example.org/typed-ahead");
	assert_int_equal(next_key(), 'h');
}

/* The answer to CSI 5 n, cut at each place and late, never is a key. */
static void
an_answer_is_no_key_wherever_it_is_cut(void **state)
{
	static const char answer[] = "\033[0n";
	char part[8];
	size_t cut;

	(void)state;
	decode.asking = true;
	feed("j\033[0nk");
	assert_int_equal(next_key(), 'j');
	assert_int_equal(next_key(), 'k');
	assert_int_equal(decode.answers, 1);
	for (cut = 1; cut < sizeof answer - 1; cut++) {
		snprintf(part, sizeof part, "%.*s", (int)cut, answer);
		feed(part);
		assert_int_equal(next_key(), INPUT_NO_KEY);
		now += 900;
		/* That an Esc alone is one cannot be helped. */
		assert_int_equal(next_key(), cut == 1 ? 27 : INPUT_NO_KEY);
		snprintf(part, sizeof part, "%sj", answer + cut);
		feed(part);
		assert_int_equal(next_key(), 'j');
		assert_int_equal(next_key(), INPUT_NO_KEY);
		assert_int_equal(decode.answers, 1 + cut);
	}
	/* What is typed behind an Esc is typed. */
	feed("\033");
	now += 900;
	assert_int_equal(next_key(), 27);
	feed("[");
	assert_int_equal(next_key(), INPUT_NO_KEY);
	now += 900;
	assert_int_equal(next_key(), '[');
	feed("0n");
	assert_int_equal(next_key(), '0');
	assert_int_equal(next_key(), 'n');
	assert_int_equal(decode.answers, 4);
}

static void
an_answer_about_synchronised_output_is_kept(void **state)
{
	(void)state;
	feed("\033[?2026;2$y");
	assert_int_equal(next_key(), INPUT_NO_KEY);
	assert_true(decode.sync_told);
	assert_true(decode.sync);
	feed("\033[?2026;0$y");
	assert_int_equal(next_key(), INPUT_NO_KEY);
	assert_false(decode.sync);
}

/* Whatever comes, it ends, and no key is made up of a sequence's inside. */
static void
noise_does_no_harm(void **state)
{
	static const char alphabet[] = "\033[]O<?;0123456789~ABMmRuy$P\\\a"
	    "\x80\xe4jk";
	struct input input;
	unsigned seed = 1;
	char bytes[64];
	size_t i, n;

	(void)state;
	for (n = 0; n < 20000; n++) {
		for (i = 0; i < sizeof bytes; i++) {
			seed = seed * 1103515245U + 12345U;
			bytes[i] = alphabet[seed >> 16 & 31];
		}
		decode_feed(&decode, bytes, sizeof bytes, now);
		while (decode_next(&decode, now, &input)) {
			assert_true(input.row >= 0 && input.column >= 0);
			free(input.paste);
		}
		now += 700;
	}
	assert_true(decode.length < 8192);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keys_of_many_terminals),
		TEST(a_terminal_s_own_keys_come_first),
		TEST(a_lone_esc_is_a_key_after_a_while),
		TEST(unknown_sequences_are_left_out_whole),
		TEST(the_mouse_tells_where_it_is),
		TEST(a_marked_paste_is_one_input),
		TEST(a_paste_has_an_end),
		TEST(a_paste_without_marks_is_known_by_its_look),
		TEST(an_answer_is_no_key_wherever_it_is_cut),
		TEST(an_answer_about_synchronised_output_is_kept),
		TEST(noise_does_no_harm),
	};

	alarm(20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
