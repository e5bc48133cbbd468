/* SPDX-License-Identifier: MIT
 *
 * response.c:
 * - a fresh answer knows nothing
 * - every kept header is found, whatever the case of its name
 * - names that are merely similar, and lines without a colon, are passed over
 * - odd white space and both line ends are tolerated
 * - a status line forgets what was known; 1xx is not final
 * - odd status lines are no status
 * - only a readable Content-Length counts; contradictions stay
 * - Content-Range in its three forms; anything else is none
 * - Transfer-Encoding, Accept-Ranges and Content-Encoding are lists
 * - the three forms of a date; dates that do not exist are none
 * - Last-Modified is strong if Date is a minute later, else not
 * - Retry-After in seconds and as a date, clamped to a day
 * - repeated digests are joined, of other strings the first one stands
 * - folded lines go on with what they follow
 * - trailers bring digests only
 * - a value too long or with a NUL inside is dropped
 * - strong and weak validators are told apart
 */
#include "config.h"

#include "engine/net/response.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define TIME_LIMIT_S 30
#define DAY_MS 86400000

/* Feeds one line in a block of its own size, so that a sanitizer sees every
 * byte read beyond it. */
static void
feed(struct response *r, const char *line)
{
	size_t length = strlen(line);
	char *copy = malloc(length + 1);

	assert_non_null(copy);
	memcpy(copy, line, length);
	copy = realloc(copy, length ? length : 1);
	assert_non_null(copy);
	response_line(r, copy, length);
	free(copy);
}

/* Feeds text as lines that keep their line ends. */
static void
feed_all(struct response *r, const char *text)
{
	while (*text != '\0') {
		const char *end = strchr(text, '\n');
		size_t length = end ? (size_t)(end - text) + 1 : strlen(text);

		response_line(r, text, length);
		text += length;
	}
}

static void
test_fresh(void **state)
{
	struct response r;

	(void)state;
	response_init(&r);
	assert_int_equal(r.status, 0);
	assert_int_equal(r.length, -1);
	assert_int_equal(r.range_start, -1);
	assert_int_equal(r.range_end, -1);
	assert_int_equal(r.range_total, -1);
	assert_int_equal(r.date, -1);
	assert_int_equal(response_retry_after_ms(&r, 1000), 0);
	assert_false(r.complete || r.chunked || r.accepts_ranges ||
	    r.encoded || r.has_range || r.range_unsatisfied);
	assert_null(r.etag);
	feed(&r, "");
	assert_false(r.complete);
	response_release(&r);
}

static void
test_kept(void **state)
{
	static const char text[] =
	    "HTTP/1.1 206 Partial Content\r\n"
	    "Server: nginx\r\n"
	    "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
	    "content-TYPE: text/plain\r\n"
	    "CONTENT-LENGTH: 100\r\n"
	    "last-modified: Wed, 08 May 2024 00:12:00 GMT\r\n"
	    "eTaG: W/\"abc\"\r\n"
	    "Accept-Ranges: bytes\r\n"
	    "Content-Range: bytes 0-99/1000\r\n"
	    "Content-Disposition: attachment; filename=a\r\n"
	    "Content-Encoding: gzip\r\n"
	    "Transfer-Encoding: chunked\r\n"
	    "Repr-Digest: sha-256=:YQ==:\r\n"
	    "Content-Digest: sha-512=:Yg==:\r\n"
	    "Digest: SHA-256=YQ==\r\n"
	    "Retry-After: 7\r\n"
	    "\r\n";
	struct response r;

	(void)state;
	response_init(&r);
	feed_all(&r, text);
	assert_int_equal(r.status, 206);
	assert_true(r.complete);
	assert_string_equal(r.reason, "Partial Content");
	/* Not read from a good answer: nothing counts from it. */
	assert_int_equal(r.date, -1);
	assert_string_equal(r.content_type, "text/plain");
	assert_int_equal(r.length, 100);
	assert_string_equal(r.last_modified, "Wed, 08 May 2024 00:12:00 GMT");
	assert_string_equal(r.etag, "W/\"abc\"");
	assert_true(r.accepts_ranges && r.has_range);
	assert_int_equal(r.range_total, 1000);
	assert_string_equal(r.content_disposition, "attachment; filename=a");
	assert_true(r.encoded && r.chunked);
	assert_string_equal(r.repr_digest, "sha-256=:YQ==:");
	assert_string_equal(r.content_digest, "sha-512=:Yg==:");
	assert_string_equal(r.digest, "SHA-256=YQ==");
	assert_int_equal(r.retry_after_s, 7);
	response_release(&r);
	assert_null(r.etag);
	assert_int_equal(r.length, -1);
}

static void
test_similar(void **state)
{
	static const char *const lines[] = {
		"Content-Lengt: 5", "Content-Lengthy: 5", "Xontent-Length: 5",
		"Content_Length: 5", "Content-Length 5", "Content-Length",
		": 5", ":", "X", "Content-Length\r: 5",
		"A-name-much-longer-than-any-that-is-in-the-table: 5",
		"Content-Length-Content-Length-Content-Length: 5",
	};
	struct response r;
	size_t i;

	(void)state;
	response_init(&r);
	for (i = 0; i < sizeof lines / sizeof *lines; i++)
		feed(&r, lines[i]);
	assert_int_equal(r.length, -1);
	feed(&r, "Content-Length:5");
	assert_int_equal(r.length, 5);
	response_release(&r);
}

static void
test_white_space(void **state)
{
	struct response r;

	(void)state;
	response_init(&r);
	feed(&r, "HTTP/1.1   200\t OK  \n");
	assert_int_equal(r.status, 200);
	assert_string_equal(r.reason, "OK");
	feed(&r, "Content-Length \t:\t  12 \t\r\n");
	assert_int_equal(r.length, 12);
	feed(&r, "ETag:\"a b\"\n");
	assert_string_equal(r.etag, "\"a b\"");
	feed(&r, "Content-Range:bytes  5 - 9 / 20");
	assert_int_equal(r.range_start, 5);
	assert_int_equal(r.range_end, 10);
	feed(&r, "Content-Type:  \t \r\n");
	assert_null(r.content_type);
	assert_false(r.complete);
	feed(&r, "\n");
	assert_true(r.complete);
	response_release(&r);
}

static void
test_status(void **state)
{
	struct response r;

	(void)state;
	response_init(&r);
	feed_all(&r, "HTTP/1.1 100 Continue\r\nContent-Length: 1\r\n\r\n");
	assert_int_equal(r.status, 100);
	assert_false(r.complete);
	feed_all(&r, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 9\r\n"
	    "ETag: \"x\"\r\nContent-Range: bytes */5\r\n"
	    "Content-Encoding: gzip\r\n\r\n");
	assert_true(r.complete);
	feed(&r, "HTTP/2 200 \r\n");
	assert_int_equal(r.status, 200);
	assert_null(r.reason);
	assert_false(r.complete);
	assert_int_equal(r.length, -1);
	assert_null(r.etag);
	assert_false(r.has_range || r.range_unsatisfied || r.encoded);
	feed(&r, "Content-Length: 10");
	assert_int_equal(r.length, 10);
	response_release(&r);
}

static void
test_odd_status(void **state)
{
	static const char *const lines[] = {
		"HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 abc", "HTTP/1.1 20",
		"HTTP/1.1 2000 OK", "HTTP/1.1 200OK", "HTTP/1.1 -200 OK",
		"HTTP/1.1 99999999999999999999 OK", "HTTP/",
	};
	struct response r;
	size_t i;

	(void)state;
	response_init(&r);
	for (i = 0; i < sizeof lines / sizeof *lines; i++) {
		feed(&r, "HTTP/1.1 200 OK");
		feed(&r, lines[i]);
		assert_int_equal(r.status, 0);
		assert_null(r.reason);
		feed(&r, "");
		assert_false(r.complete);
	}
	response_release(&r);
}

static int64_t
length_of(const char *lines)
{
	struct response r;
	int64_t length;

	response_init(&r);
	feed_all(&r, lines);
	length = r.length;
	response_release(&r);
	return length;
}

static void
test_length(void **state)
{
	static const struct { const char *lines; int64_t length; } cases[] = {
		{ "Content-Length: 0", 0 },
		{ "Content-Length: 007", 7 },
		{ "Content-Length: 9223372036854775806", INT64_MAX - 1 },
		{ "Content-Length: 9223372036854775807", -1 },
		{ "Content-Length: 9223372036854775808", -1 },
		{ "Content-Length: 18446744073709551617", -1 },
		{ "Content-Length: 99999999999999999999999999999999999", -1 },
		{ "Content-Length: -1", -1 },
		{ "Content-Length: +1", -1 },
		{ "Content-Length: 0x10", -1 },
		{ "Content-Length: 1.5", -1 },
		{ "Content-Length: 1 2", -1 },
		{ "Content-Length: ten", -1 },
		{ "Content-Length:", -1 },
		{ "Content-Length: 5, 5", 5 },
		{ "Content-Length: 5,6", -1 },
		{ "Content-Length: 5\nContent-Length: 5", 5 },
		{ "Content-Length: 5\nContent-Length: 6", -1 },
		{ "Content-Length: 5\nContent-Length: 6\nContent-Length: 5",
		    -1 },
		{ "Content-Length: x\nContent-Length: 5", -1 },
		{ "Content-Length: 5\nContent-Length: x", -1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (length_of(cases[i].lines) != cases[i].length)
			fail_msg("%s", cases[i].lines);
	}
}

struct range_case {
	const char *lines;
	bool readable;
	int64_t start, end, total;
};

static void
expect_range(const struct range_case *c)
{
	struct response r;

	response_init(&r);
	feed_all(&r, c->lines);
	if (r.has_range != c->readable || r.range_start != c->start ||
	    r.range_end != c->end || r.range_total != c->total ||
	    r.range_unsatisfied != (c->readable && c->start < 0))
		fail_msg("%s", c->lines);
	response_release(&r);
}

static void
test_range(void **state)
{
	static const struct range_case cases[] = {
		{ "Content-Range: bytes 0-99/100", true, 0, 100, 100 },
		{ "Content-Range: BYTES 10-10/100", true, 10, 11, 100 },
		{ "Content-Range: bytes 0-99/*", true, 0, 100, -1 },
		{ "Content-Range: bytes */100", true, -1, -1, 100 },
		{ "Content-Range: bytes */0", true, -1, -1, 0 },
		{ "Content-Range: bytes=0-99/100", true, 0, 100, 100 },
		{ "Content-Range: bytes: 0-99/100", true, 0, 100, 100 },
		{ "Content-Range: 0-99/100", true, 0, 100, 100 },
		{ "Content-Range: bytes 0-9223372036854775805/*", true,
		    0, INT64_MAX - 1, -1 },
		{ "Content-Range: bytes */*", false, -1, -1, -1 },
		{ "Content-Range: bytes 0-99", false, -1, -1, -1 },
		{ "Content-Range: bytes 0-99/", false, -1, -1, -1 },
		{ "Content-Range: bytes 0-/100", false, -1, -1, -1 },
		{ "Content-Range: bytes -99/100", false, -1, -1, -1 },
		{ "Content-Range: bytes 5-4/100", false, -1, -1, -1 },
		{ "Content-Range: bytes 0-100/100", false, -1, -1, -1 },
		{ "Content-Range: bytes 0-99/100x", false, -1, -1, -1 },
		{ "Content-Range: bytes 0-99/*x", false, -1, -1, -1 },
		{ "Content-Range: items 0-99/100", false, -1, -1, -1 },
		{ "Content-Range: bytes", false, -1, -1, -1 },
		{ "Content-Range: bytes 0-9223372036854775807/*", false,
		    -1, -1, -1 },
		{ "Content-Range: bytes 18446744073709551616-"
		    "18446744073709551617/18446744073709551618", false,
		    -1, -1, -1 },
		{ "Content-Range: bytes 0-9/10\nContent-Range: bytes 0-9/10",
		    true, 0, 10, 10 },
		{ "Content-Range: bytes 0-9/10\nContent-Range: bytes 0-8/10",
		    false, -1, -1, -1 },
		{ "Content-Range: bytes 0-9/10\nContent-Range: bytes */10",
		    false, -1, -1, -1 },
		{ "Content-Range: bytes 0-9/10\nContent-Range: bytes 0-9/*\n"
		    "Content-Range: bytes 0-9/10", false, -1, -1, -1 },
		{ "Content-Range: bytes 0-4/10, bytes 5-9/10", false,
		    -1, -1, -1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++)
		expect_range(&cases[i]);
}

static void
test_lists(void **state)
{
	static const struct {
		const char *lines;
		bool chunked, accepts_ranges, encoded;
	} cases[] = {
		{ "Transfer-Encoding: gzip, Chunked", true, false, false },
		{ "Transfer-Encoding: chunked, gzip", false, false, false },
		{ "Transfer-Encoding: chunked ,", true, false, false },
		{ "Transfer-Encoding: chunkedx", false, false, false },
		{ "Transfer-Encoding: gzip\nTransfer-Encoding: chunked", true,
		    false, false },
		{ "Accept-Ranges: none", false, false, false },
		{ "Accept-Ranges: lines,\tBytes", false, true, false },
		{ "Accept-Ranges: bytesbytesbytes", false, false, false },
		{ "Content-Encoding: identity", false, false, false },
		{ "Content-Encoding: ,", false, false, false },
		{ "Content-Encoding: identity, br", false, false, true },
	};
	struct response r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		response_init(&r);
		feed_all(&r, cases[i].lines);
		if (r.chunked != cases[i].chunked ||
		    r.accepts_ranges != cases[i].accepts_ranges ||
		    r.encoded != cases[i].encoded)
			fail_msg("%s", cases[i].lines);
		response_release(&r);
	}
}

static void
test_dates(void **state)
{
	static const struct { const char *text; int64_t date; } cases[] = {
		{ "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
		{ "Sunday, 06-Nov-94 08:49:37 GMT", 784111777 },
		{ "Sun Nov  6 08:49:37 1994", 784111777 },
		{ "06 nov 1994 08:49:37 utc", 784111777 },
		{ "Sun, 6 NOV 1994 8:49:37", 784111777 },
		{ "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
		{ "Tue, 29 Feb 2000 12:00:00 GMT", 951825600 },
		{ "Wed, 01 Mar 2000 00:00:00 GMT", 951868800 },
		{ "Mon, 29 Feb 2100 00:00:00 GMT", -1 },
		{ "Mon, 01 Mar 2100 00:00:00 GMT", 4107542400 },
		{ "Tue, 19 Jan 2038 03:14:08 GMT", INT64_C(2147483648) },
		{ "Fri, 31 Dec 9999 23:59:59 GMT", INT64_C(253402300799) },
		{ "Sat, 31 Dec 2016 23:59:60 GMT", 1483228800 },
		{ "Wed, 01-Jan-69 00:00:00 GMT", INT64_C(3124224000) },
		{ "Thu, 01-Jan-70 00:00:00 GMT", 0 },
		{ "Wed, 31 Dec 1969 23:59:59 GMT", -1 },
		{ "Sun, 31 Apr 2024 00:00:00 GMT", -1 },
		{ "Sun, 00 Nov 1994 08:49:37 GMT", -1 },
		{ "Sun, 06 Nov 1994 24:00:00 GMT", -1 },
		{ "Sun, 06 Nov 1994 08:60:00 GMT", -1 },
		{ "Sun, 06 Nov 1994 08:49:61 GMT", -1 },
		{ "Sun, 06 Nov 1994 08:49 GMT", -1 },
		{ "Sun, 06 Nov 1994", -1 },
		{ "Sun, 06 Foo 1994 08:49:37 GMT", -1 },
		{ "Sun, 06 Nov 1994 08-49:37 GMT", -1 },
		{ "Sun, 06 1994 08:49:37 GMT", -1 },
		{ "Sun, 06 Nov 08:49:37 GMT", -1 },
		{ "Sun, 06 Nov 19940 08:49:37 GMT", -1 },
		{ "Sun, 06 Nov 1994 08:49:37 +0100", -1 },
		{ "Sun, 06 Nov 1994 08:49:37 PST", -1 },
		{ "Sun, 06 Nov 1994 08:49:37 GMT Nov", -1 },
		{ "1994-11-06T08:49:37Z", -1 },
		{ "99999999999999999999 Nov 1994 08:49:37 GMT", -1 },
		{ "06 Nov 1994 99999999999999999999:49:37 GMT", -1 },
		{ "0", -1 },
		{ "GMT", -1 },
		{ "\xff", -1 },
	};
	struct response r;
	size_t i;
	char line[80];

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		response_init(&r);
		snprintf(line, sizeof line, "Date: %s", cases[i].text);
		feed(&r, line);
		if (r.date != cases[i].date)
			fail_msg("%s: %lld", cases[i].text,
			    (long long)r.date);
		response_release(&r);
	}
}

/* At 08:49:37. */
static bool
is_strong(const char *modified, const char *date, const char *status)
{
	struct response r;
	char line[80];
	bool strong;

	response_init(&r);
	feed(&r, status);
	if (modified != NULL) {
		snprintf(line, sizeof line, "Last-Modified: %s", modified);
		feed(&r, line);
	}
	if (date != NULL) {
		snprintf(line, sizeof line, "Date: %s", date);
		feed(&r, line);
	}
	strong = response_modified_is_strong(r.last_modified, r.date_text);
	response_release(&r);
	return strong;
}

static void
test_strong_date(void **state)
{
	static const char date[] = "Sun, 06 Nov 1994 08:49:37 GMT";
	static const char ok[] = "HTTP/1.1 200 OK";

	(void)state;
	assert_true(is_strong("Sun, 06 Nov 1994 08:48:37 GMT", date, ok));
	assert_true(is_strong("Sun, 06 Nov 1994 08:48:37 GMT", date,
	    "HTTP/1.1 206 Partial Content"));
	assert_true(is_strong("Tue, 06 Nov 1984 08:49:37 GMT", date, ok));
	assert_false(is_strong("Sun, 06 Nov 1994 08:48:38 GMT", date, ok));
	assert_false(is_strong(date, date, ok));
	assert_false(is_strong("Mon, 06 Nov 1995 08:49:37 GMT", date, ok));
	assert_false(is_strong("Tue, 06 Nov 1984 08:49:37 GMT", NULL, ok));
	assert_false(is_strong("Tue, 06 Nov 1984 08:49:37 GMT", "soon", ok));
	assert_false(is_strong("long ago", date, ok));
	assert_false(is_strong(NULL, date, ok));
}

static int64_t
wait_of(const char *lines, int64_t now_s)
{
	struct response r;
	int64_t wait_ms;

	response_init(&r);
	feed_all(&r, lines);
	wait_ms = response_retry_after_ms(&r, now_s);
	response_release(&r);
	return wait_ms;
}

static void
test_retry_after(void **state)
{
	static const char late[] =
	    "Retry-After: Sun, 06 Nov 1994 08:50:37 GMT";
	static const char both[] =
	    "Retry-After: Sun, 06 Nov 1994 08:50:37 GMT\n"
	    "Date: Sun, 06 Nov 1994 08:49:37 GMT";

	(void)state;
	assert_int_equal(wait_of("Retry-After: 120", 0), 120000);
	assert_int_equal(wait_of("Retry-After: 0", 0), 0);
	assert_int_equal(wait_of("Retry-After: -5", 0), 0);
	assert_int_equal(wait_of("Retry-After: soon", 0), 0);
	assert_int_equal(wait_of("Retry-After: 1.5", 0), 0);
	assert_int_equal(wait_of("Retry-After: 86401", 0), DAY_MS);
	assert_int_equal(wait_of("Retry-After: 99999999999999999999", 0),
	    DAY_MS);
	/* The server's clock, not ours, where it is known. */
	assert_int_equal(wait_of(both, 784111777 + 3600), 60000);
	assert_int_equal(wait_of(late, 784111777 + 30), 30000);
	assert_int_equal(wait_of(late, 784111777 + 3600), 0);
	assert_int_equal(wait_of(late, INT64_MIN), DAY_MS);
	assert_int_equal(wait_of(late, INT64_MAX), 0);
	assert_int_equal(wait_of(late, 0), DAY_MS);
}

static void
test_repeated(void **state)
{
	struct response r;

	(void)state;
	response_init(&r);
	feed(&r, "Repr-Digest: sha-256=:YQ==:");
	feed(&r, "ETag: \"a\"");
	feed(&r, "Content-Disposition: inline; filename=good");
	feed(&r, "Repr-Digest: sha-512=:Yg==:");
	feed(&r, "ETag: \"b\"");
	feed(&r, "Content-Disposition: inline; filename=evil");
	assert_string_equal(r.repr_digest, "sha-256=:YQ==:, sha-512=:Yg==:");
	assert_string_equal(r.etag, "\"a\"");
	assert_string_equal(r.content_disposition, "inline; filename=good");
	response_release(&r);
}

static void
test_folded(void **state)
{
	struct response r;

	(void)state;
	response_init(&r);
	feed_all(&r, " nothing to go on with\r\n"
	    "Content-Disposition: attachment;\r\n"
	    "\t filename=a.txt\r\n"
	    "Content-Range:\r\n bytes 0-9/10\r\n"
	    "Transfer-Encoding: gzip,\r\n chunked\r\n"
	    "Content-Length: 1\r\n 0\r\n"
	    "ETag: \"a\"\r\n"
	    "ETag: \"b\"\r\n"
	    " \"c\"\r\n"
	    "Content-Type: text/plain\r\n \t \r\n"
	    "X-Other: 1\r\n more\r\n");
	assert_string_equal(r.content_disposition,
	    "attachment; filename=a.txt");
	assert_true(r.has_range && r.chunked);
	assert_int_equal(r.length, -1);
	assert_string_equal(r.etag, "\"a\"");
	assert_string_equal(r.content_type, "text/plain");
	assert_false(r.complete);
	feed_all(&r, "HTTP/1.1 200 OK\r\n folded\r\n \r\n");
	assert_string_equal(r.reason, "OK");
	assert_false(r.complete);
	response_release(&r);
}

static void
test_trailers(void **state)
{
	struct response r;

	(void)state;
	response_init(&r);
	feed_all(&r, "HTTP/1.1 200 OK\r\nETag: \"a\"\r\n\r\n"
	    "Repr-Digest: sha-256=:YQ==:\r\n"
	    "Content-Length: 7\r\n"
	    "Content-Disposition: attachment;\r\n filename=evil\r\n"
	    "HTTP/1.1 302 Found: not again\r\n"
	    "Content-Range: bytes 0-9/10\r\n\r\n");
	assert_true(r.complete);
	assert_int_equal(r.status, 200);
	assert_string_equal(r.repr_digest, "sha-256=:YQ==:");
	assert_string_equal(r.etag, "\"a\"");
	assert_int_equal(r.length, -1);
	assert_null(r.content_disposition);
	assert_false(r.has_range);
	response_release(&r);
}

/* "ETag: " and so many letters. */
static void
feed_long(struct response *r, const char *name, size_t letters)
{
	size_t before = strlen(name), length = before + letters;
	char *line = malloc(length);

	assert_non_null(line);
	memcpy(line, name, before);
	memset(line + before, 'x', letters);
	response_line(r, line, length);
	free(line);
}

static void
test_bounds(void **state)
{
	static const char nul[] = "Content-Type: text\0/plain";
	struct response r;
	int i;

	(void)state;
	response_init(&r);
	feed_long(&r, "ETag: ", RESPONSE_VALUE_MAX);
	assert_int_equal(strlen(r.etag), RESPONSE_VALUE_MAX);
	feed_long(&r, "Content-Type: ", RESPONSE_VALUE_MAX + 1);
	assert_null(r.content_type);
	feed(&r, " folded");
	assert_null(r.content_type);
	response_line(&r, nul, sizeof nul - 1);
	assert_null(r.content_type);
	for (i = 0; i < 100; i++) {
		feed_long(&r, "Digest: ", 1000);
		assert_true(r.digest == NULL ||
		    strlen(r.digest) <= RESPONSE_VALUE_MAX);
	}
	feed_long(&r, "HTTP/1.1 200 ", RESPONSE_VALUE_MAX + 1);
	assert_int_equal(r.status, 200);
	assert_null(r.reason);
	response_release(&r);
}

static void
test_etag(void **state)
{
	(void)state;
	assert_true(response_etag_is_strong("\"a\""));
	assert_true(response_etag_is_strong("\"5f-\xc3\xa4-gzip\""));
	assert_false(response_etag_is_strong(NULL));
	assert_false(response_etag_is_strong(""));
	assert_false(response_etag_is_strong("\""));
	assert_false(response_etag_is_strong("\"\""));
	assert_false(response_etag_is_strong("W/\"a\""));
	assert_false(response_etag_is_strong("w/\"a\""));
	assert_false(response_etag_is_strong("a"));
	assert_false(response_etag_is_strong("\"a"));
	assert_false(response_etag_is_strong("a\""));
	assert_false(response_etag_is_strong("\"a\"b\""));
	assert_false(response_etag_is_strong("\"a b\""));
	assert_false(response_etag_is_strong("\"a\nb\""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "a fresh answer knows nothing", test_fresh,
		    NULL, NULL, NULL },
		{ "every kept header is found, whatever its case", test_kept,
		    NULL, NULL, NULL },
		{ "similar names are passed over", test_similar,
		    NULL, NULL, NULL },
		{ "odd white space is tolerated", test_white_space,
		    NULL, NULL, NULL },
		{ "a status line forgets what was known", test_status,
		    NULL, NULL, NULL },
		{ "odd status lines are no status", test_odd_status,
		    NULL, NULL, NULL },
		{ "only a readable, undisputed length counts", test_length,
		    NULL, NULL, NULL },
		{ "Content-Range is read in its three forms", test_range,
		    NULL, NULL, NULL },
		{ "encodings and units are lists", test_lists,
		    NULL, NULL, NULL },
		{ "a date is strong a minute before the answer",
		    test_strong_date, NULL, NULL, NULL },
		{ "dates are read in their three forms", test_dates,
		    NULL, NULL, NULL },
		{ "Retry-After is clamped to a day", test_retry_after,
		    NULL, NULL, NULL },
		{ "digests are joined, other strings stand", test_repeated,
		    NULL, NULL, NULL },
		{ "folded lines go on with what they follow", test_folded,
		    NULL, NULL, NULL },
		{ "trailers bring digests only", test_trailers,
		    NULL, NULL, NULL },
		{ "what is kept is bounded", test_bounds, NULL, NULL, NULL },
		{ "only a strong ETag can prove sameness", test_etag,
		    NULL, NULL, NULL },
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("response", tests, NULL, NULL);
}
