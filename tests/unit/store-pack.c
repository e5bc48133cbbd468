/* SPDX-License-Identifier: MIT
 *
 * store-pack.c:
 * - URLs and items come back as they were, whatever the last ones were; a pack
 *   that was emptied knows nothing of them
 * - a million URLs of a list are a few bytes each
 * - what is cut or garbage is told as torn, or is something else; nothing is
 *   read beyond it
 */
#include "config.h"

#include "engine/store/store-pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/base/clock.h"

#define TIME_LIMIT_S 60
#define LENGTH(array) (sizeof (array) / sizeof *(array))
#define ROUNDS 20000

static const char *const urls[] = {
	"http://a.example/data/0001.fits", "http://a.example/data/0002.fits",
	"http://a.example/data/0002.fits", "http://a.example/d", "h",
	"ftp://b.example/x", "http://a.example/data/0003.fits",
};

static const struct store_item items[] = {
	{ .seq = 65, .state = STORE_DONE, .flags = STORE_RESUMABLE,
	    .http_status = 200, .attempts = 1, .size = 16384, .got = 16384,
	    .started_ms = 1700000000123, .ended_ms = 1700000000456,
	    .elapsed_ms = 333, .path = "/data/0001.fits", .etag = "\"a-1\"",
	    .last_modified = "Mon, 01 Jan 2024 00:00:00 GMT" },
	{ .seq = 67, .state = STORE_SKIPPED, .size = -1,
	    .path = "/data/0002.fits" },
	{ .seq = 128, .state = STORE_DONE, .flags = STORE_CHECKED,
	    .http_status = 226, .attempts = 70000, .size = INT64_MAX,
	    .got = INT64_MAX - 1, .started_ms = 1600000000000,
	    .ended_ms = 1500000000000, .elapsed_ms = INT64_MAX,
	    .etag = "\"a-2\"", .sums_size = 6,
	    .sums = (const unsigned char *)"\1\24\0\377x" },
	{ .seq = 129, .state = STORE_DONE, .size = 0 },
};

static struct pack pack;
static struct pack_reader reader;

static int
teardown(void **state)
{
	(void)state;
	pack_release(&pack);
	pack_reader_release(&reader);
	return 0;
}

static void
test_added(void **state)
{
	const char *url;
	size_t i, turn;

	(void)state;
	for (turn = 0; turn < 2; turn++) {
		pack_empty(&pack);
		for (i = turn; i < LENGTH(urls); i++)
			pack_add(&pack, 7 + i, urls[i]);
		assert_int_equal(pack.first, 7 + turn);
		assert_int_equal(pack.last, 6 + LENGTH(urls));
		assert_int_equal(pack.count, LENGTH(urls) - turn);
		pack_begin(&reader, pack.bytes, pack.length, pack.first);
		for (i = turn; i < LENGTH(urls); i++) {
			url = pack_next_added(&reader);
			assert_non_null(url);
			assert_string_equal(url, urls[i]);
		}
		assert_null(pack_next_added(&reader));
		assert_false(reader.torn);
	}
}

static void
check_text(const char *have, const char *want)
{
	assert_int_equal(have != NULL, want != NULL);
	if (want != NULL)
		assert_string_equal(have, want);
}

static void
check_item(const struct store_item *have, const struct store_item *want)
{
	struct store_item numbers = *have;

	check_text(have->path, want->path);
	check_text(have->etag, want->etag);
	check_text(have->last_modified, want->last_modified);
	numbers.path = want->path;
	numbers.etag = want->etag;
	numbers.last_modified = want->last_modified;
	assert_int_equal(have->sums_size, want->sums_size);
	if (want->sums_size > 0)
		assert_memory_equal(have->sums, want->sums, want->sums_size);
	numbers.sums = want->sums;
	assert_memory_equal(&numbers, want, sizeof numbers);
}

static void
test_ended(void **state)
{
	struct store_item item;
	size_t i, turn;

	(void)state;
	for (turn = 0; turn < LENGTH(items); turn++) {
		pack_empty(&pack);
		for (i = turn; i < LENGTH(items); i++)
			pack_end(&pack, &items[i]);
		pack_begin(&reader, pack.bytes, pack.length, pack.first);
		for (i = turn; i < LENGTH(items); i++) {
			assert_true(pack_next_ended(&reader, &item));
			check_item(&item, &items[i]);
		}
		assert_false(pack_next_ended(&reader, &item));
		assert_false(reader.torn);
	}
}

static void
test_short(void **state)
{
	char url[128];
	uint64_t i;

	(void)state;
	for (i = 1; i <= 64; i++) {
		snprintf(url, sizeof url, "https://archive.example.org/data/"
		    "2024/05/08/image_%07u.fits", (unsigned)i);
		pack_add(&pack, i, url);
	}
	assert_true(pack.length < 64 * 12);
}

/* Bytes of their own, so that reading beyond them is found. */
static void
read_all(const unsigned char *bytes, size_t length)
{
	unsigned char *tight = malloc(length > 0 ? length : 1);
	struct store_item item;
	const char *url;
	size_t at, n = 0;

	assert_non_null(tight);
	memcpy(tight, bytes, length);
	pack_begin(&reader, tight, length, 1);
	while ((url = pack_next_added(&reader)) != NULL)
		n += strlen(url);
	pack_begin(&reader, tight, length, 1);
	while (pack_next_ended(&reader, &item)) {
		assert_in_range(item.state, 0, STORE_STATES - 1);
		n += item.path != NULL ? strlen(item.path) : 0;
		for (at = 0; at < item.sums_size; at++)
			n += item.sums[at] & 1;
	}
	assert_true(n < 1000000);
	free(tight);
}

static void
test_torn(void **state)
{
	unsigned char *bytes;
	struct store_item item;
	size_t length, i, k;
	unsigned round;

	(void)state;
	for (i = 0; i < LENGTH(items); i++)
		pack_end(&pack, &items[i]);
	length = pack.length;
	for (i = 1; i < length; i++)
		read_all(pack.bytes, i);
	pack_begin(&reader, pack.bytes, length - 1, pack.first);
	while (pack_next_ended(&reader, &item))
		;
	assert_true(reader.torn);
	bytes = malloc(length);
	assert_non_null(bytes);
	for (round = 0; round < ROUNDS; round++) {
		memcpy(bytes, pack.bytes, length);
		for (k = 0; k <= round % 4; k++)
			bytes[clock_random((uint32_t)length)] =
			    (unsigned char)clock_random(256);
		read_all(bytes, length);
	}
	free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_added, teardown),
		cmocka_unit_test_teardown(test_ended, teardown),
		cmocka_unit_test_teardown(test_short, teardown),
		cmocka_unit_test_teardown(test_torn, teardown),
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("store-pack", tests, NULL, NULL);
}
