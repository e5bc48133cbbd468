/* SPDX-License-Identifier: MIT
 *
 * See ftp.h. The replies come without the commands that they answer, and two
 * of these have the same code: MDTM's and SIZE's. SIZE is the last command
 * before RETR, or before the REST that precedes it.
 */
#include "config.h"

#include "ftp.h"

#include <string.h>

#define FTP_NUMBER_REPLY 213
#define FTP_REST_REPLY 350

void
ftp_init(struct ftp_replies *replies)
{
	replies->size = replies->latest = -1;
	replies->rests = false;
	replies->refusal = 0;
	replies->words[0] = '\0';
}

static bool
ftp_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The code of a reply's last line; 0 of others. */
static int
ftp_code(const char *line, size_t length)
{
	if (length < 4 || line[3] != ' ' || !ftp_is_digit(line[0]) ||
	    !ftp_is_digit(line[1]) || !ftp_is_digit(line[2]))
		return 0;
	return (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';
}

/* The number that ends before `end`; -1: there is none. */
static int64_t
ftp_number_before(const char *line, const char *end)
{
	const char *p = end;
	int64_t number = 0;

	while (p > line && ftp_is_digit(p[-1]))
		p--;
	if (p == end)
		return -1;
	for (; p < end; p++) {
		if (number > (INT64_MAX - 9) / 10)
			return INT64_MAX;
		number = number * 10 + (*p - '0');
	}
	return number;
}

/* SIZE's: some put words before the number. */
static int64_t
ftp_last_number(const char *line, size_t length)
{
	return ftp_number_before(line + 4, line + length);
}

/* Of "150 Opening connection for name (1234 bytes)." */
static int64_t
ftp_bytes_announced(const char *line, size_t length)
{
	static const char word[] = " bytes";
	const size_t size = sizeof word - 1;
	size_t at;

	for (at = length; at-- > 4;) {
		const char *end = line + at, *start = end;

		if (length - at < size || memcmp(end, word, size) != 0)
			continue;
		while (start > line + 4 && ftp_is_digit(start[-1]))
			start--;
		if (start < end && start > line && start[-1] == '(')
			return ftp_number_before(start, end);
	}
	return -1;
}

static size_t
ftp_trim(const char *line, size_t length)
{
	while (length > 4 && (line[length - 1] == '\n' ||
	    line[length - 1] == '\r' || line[length - 1] == ' '))
		length--;
	return length;
}

static void
ftp_keep_refusal(struct ftp_replies *replies, int code, const char *line,
    size_t length)
{
	size_t take = length - 4 < sizeof replies->words - 1 ? length - 4 :
	    sizeof replies->words - 1;

	replies->refusal = code;
	memcpy(replies->words, line + 4, take);
	replies->words[take] = '\0';
}

bool
ftp_take_reply(struct ftp_replies *replies, const char *line, size_t length)
{
	int code = ftp_code(line, length);
	bool begins = code == 125 || code == 150;

	if (code == 0)
		return false;
	length = ftp_trim(line, length);
	if (code >= 400)
		ftp_keep_refusal(replies, code, line, length);
	if ((begins || code == FTP_REST_REPLY) && replies->latest >= 0)
		replies->size = replies->latest;
	replies->latest = code == FTP_NUMBER_REPLY ?
	    ftp_last_number(line, length) : -1;
	if (code == FTP_REST_REPLY)
		replies->rests = true;
	/* Some say 0 of every file, or nothing, and tell it here. */
	if (begins && replies->size <= 0 && !replies->rests) {
		int64_t told = ftp_bytes_announced(line, length);

		if (told >= 0)
			replies->size = told;
	}
	return begins;
}
