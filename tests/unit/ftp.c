/* SPDX-License-Identifier: MIT
 *
 * ftp.c:
 * - the number before RETR's or REST's reply is the size, MDTM's is not
 * - the number is the last of its line; too many digits are too much
 * - what a server says when the data begin counts where SIZE told nothing
 * - lines that are no replies change nothing
 * - what the latest refusal said is kept, cut to its room
 */
#include "config.h"

#include "engine/net/ftp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define TIME_LIMIT_S 10
#define LENGTH(list) (sizeof(list) / sizeof *(list))
#define MDTM "213 20200101000000\r\n", "229 Go (|||5|)\r\n"
#define TYPE "200 Binary\r\n"

static const struct {
	const char *lines[8];
	int64_t size;
} talks[] = {
	{ { MDTM, TYPE, "213 5000\r\n", "150 Comes\r\n" }, 5000 },
	{ { MDTM, "213 5000", "150 Comes" }, 5000 },
	{ { MDTM, TYPE, "213 5000\r\n", "350 There\r\n", "125 Comes\r\n" },
	    5000 },
	{ { MDTM, TYPE, "500 What?\r\n", "150 Comes\r\n" }, -1 },
	{ { MDTM, TYPE, "550 No\r\n", "350 There\r\n", "150 Comes\r\n" }, -1 },
	{ { "213 20200101000000\r\n", "200 Active\r\n", TYPE,
	    "550 No\r\n", "150 Comes\r\n" }, -1 },
	{ { "550 No date\r\n", "229 Go (|||5|)\r\n", "213 7\r\n",
	    "150 Comes\r\n" }, 7 },
	{ { "213-Size\r\n", "213 of x 12 is 34\r\n", "150 Comes\r\n" }, 34 },
	{ { "213 0\r\n", "150 Comes\r\n" }, 0 },
	{ { "213 large\r\n", "150 Comes\r\n" }, -1 },
	{ { "213 \r\n", "150 Comes\r\n" }, -1 },
	{ { "213 -5\r\n", "150 Comes\r\n" }, 5 },
	{ { "213 9223372036854775799\r\n", "150 \r\n" },
	    INT64_C(9223372036854775799) },
	{ { "213 9223372036854775808\r\n", "150 \r\n" }, INT64_MAX },
	{ { "213 99999999999999999999999999\r\n", "150 \r\n" }, INT64_MAX },
	/* told when the data begin */
	{ { "500 What?\r\n", "150 Here is x (1234 bytes).\r\n" }, 1234 },
	{ { "213 0\r\n", "150 Here is (9 bytes) x (1234 bytes)\r\n" }, 1234 },
	{ { "213 5\r\n", "150 Here is x (1234 bytes).\r\n" }, 5 },
	{ { "500 What?\r\n", "350 There\r\n", "150 x (1234 bytes)\r\n" }, -1 },
	{ { "500 What?\r\n", "150 1234 bytes\r\n" }, -1 },
	{ { "500 What?\r\n", "150 x ( bytes)\r\n" }, -1 },
	{ { "500 What?\r\n", "150 x (12.5 bytes)\r\n" }, -1 },
	{ { "500 What?\r\n", "150 bytes\r\n" }, -1 },
	/* no replies */
	{ { "213 5\r\n", "\r\n", "15", "150-wait\r\n", "1500 x\r\n",
	    "x50 y\r\n", "150 Comes\r\n" }, 5 },
};

static void
test_sizes(void **state)
{
	struct ftp_replies replies;
	size_t i, line;
	bool begins;

	(void)state;
	for (i = 0; i < LENGTH(talks); i++) {
		ftp_init(&replies);
		begins = false;
		for (line = 0; line < LENGTH(talks[i].lines) &&
		    talks[i].lines[line] != NULL; line++) {
			assert_false(begins);
			begins = ftp_take_reply(&replies, talks[i].lines[line],
			    strlen(talks[i].lines[line]));
		}
		assert_true(begins);
		if (replies.size != talks[i].size)
			print_message("# talk %zu\n", i);
		assert_int_equal(replies.size, talks[i].size);
	}
}

static void
test_refusals(void **state)
{
	char line[400] = "553 ";
	struct ftp_replies replies;

	(void)state;
	ftp_init(&replies);
	assert_int_equal(replies.refusal, 0);
	ftp_take_reply(&replies, "550 No such file\r\n", 18);
	ftp_take_reply(&replies, "226 Done\r\n", 10);
	assert_int_equal(replies.refusal, 550);
	assert_string_equal(replies.words, "No such file");
	ftp_take_reply(&replies, "500 \r\n", 6);
	assert_int_equal(replies.refusal, 500);
	assert_string_equal(replies.words, "");
	memset(line + 4, 'x', sizeof line - 4);
	ftp_take_reply(&replies, line, sizeof line);
	assert_int_equal(strlen(replies.words), FTP_WORDS_SIZE - 1);
}

/* Bytes outside a line are not looked at (the sanitizers see). */
static void
test_any_bytes(void **state)
{
	static const char alphabet[] = "0125 3-(bytes)\r\n\xff";
	struct ftp_replies replies;
	char *line;
	uint64_t seed = 20240508;
	size_t length, i;
	int round;

	(void)state;
	ftp_init(&replies);
	for (round = 0; round < 100000; round++) {
		length = (size_t)round % 24;
		line = malloc(length + 1);
		assert_non_null(line);
		for (i = 0; i < length; i++) {
			seed = seed * 6364136223846793005u + 1;
			line[i] = alphabet[(seed >> 33) %
			    (sizeof alphabet - 1)];
		}
		if (round % 3 == 0 && length > 4)
			memcpy(line, round % 2 ? "150 " : "213 ", 4);
		line = realloc(line, length ? length : 1);
		(void)ftp_take_reply(&replies, line, length);
		free(line);
		assert_true(replies.size >= -1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "a size is what stands before the data", test_sizes,
		    NULL, NULL, NULL },
		{ "what refused is kept", test_refusals,
		    NULL, NULL, NULL },
		{ "any bytes may come", test_any_bytes, NULL, NULL, NULL },
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("ftp", tests, NULL, NULL);
}
