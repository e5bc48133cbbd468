/* SPDX-License-Identifier: MIT
 *
 * Behaviours covered: sums do not depend on the order, the cuts or the number
 * of connections by which bytes come; what came twice, or not at all, is read
 * back; block sizes, to the largest; the kept form, and what is not one. The
 * CRC itself.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "engine/base/crc32c.h"
#include "engine/disk/blocks.h"

#define TIME_LIMIT_S 60
#define MIB (1024 * 1024)
#define TOTAL (3 * MIB + 12345)
#define RUNS 4

static unsigned char *data;

static uint32_t
random_below(uint32_t limit)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 11) % limit;
}

/* The CRC by its definition, a bit at a time. */
static uint32_t
plain_crc(uint32_t crc, const unsigned char *bytes, size_t length)
{
	int bit;

	for (; length > 0; length--)
		for (crc ^= *bytes++, bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
	return crc;
}

static int
set_up(void **state)
{
	size_t i;

	(void)state;
	data = malloc(TOTAL);
	if (data == NULL)
		return -1;
	for (i = 0; i < TOTAL; i++)
		data[i] = (unsigned char)random_below(256);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	free(data);
	return 0;
}

static void
expect_right(const struct blocks *blocks)
{
	size_t i;

	assert_true(blocks_is_complete(blocks));
	assert_int_equal(blocks->count, 4);
	for (i = 0; i < blocks->count; i++) {
		struct haul_range range = blocks_range(blocks, i);

		assert_int_equal(blocks->sums[i], plain_crc(0, data +
		    range.start, (size_t)(range.end - range.start)));
	}
}

static void
take(struct blocks *blocks, struct blocks_run *run, int64_t from, int64_t to)
{
	blocks_take(blocks, run, (const char *)data + from,
	    (size_t)(to - from), from);
}

static void
test_crc(void **state)
{
	enum crc32c_way way;
	size_t i;

	(void)state;
	/* The check value of the CRC catalogue, inversions undone. */
	assert_int_equal(~plain_crc(UINT32_MAX, (const unsigned char *)
	    "123456789", 9), 0xe3069283u);
	for (i = 0; i < 9000; i += 1 + i / 50)
		for (way = CRC32C_BY_TABLE; way <= crc32c_best_way(); way++)
			assert_int_equal(crc32c_add_by(way, 77, data + 1, i),
			    plain_crc(77, data + 1, i));
	for (i = 0; i < 5000; i += 499)
		assert_int_equal(crc32c_shift(crc32c_add(0, data, i),
		    5000 - (int64_t)i) ^ crc32c_add(0, data + i, 5000 - i),
		    plain_crc(0, data, 5000));
}

/* Several connections, each with a stretch of its own that it brings in
 * pieces of any length, in any order among them. */
static void
one_way(void)
{
	struct blocks blocks = { 0 };
	struct blocks_run runs[RUNS] = { 0 };
	int64_t at[RUNS], ends[RUNS], bytes;
	int left = RUNS, i;

	blocks_begin(&blocks, TOTAL);
	for (i = 0; i < RUNS; i++)
		at[i] = i == 0 ? 0 : ends[i - 1],
		ends[i] = i == RUNS - 1 ? TOTAL :
		    at[i] + random_below((uint32_t)(TOTAL - at[i]));
	while (left > 0) {
		i = (int)random_below(RUNS);
		if (at[i] < 0)
			continue;
		bytes = random_below(200000);
		if (bytes > ends[i] - at[i])
			bytes = ends[i] - at[i];
		take(&blocks, &runs[i], at[i], at[i] + bytes);
		at[i] += bytes;
		if (at[i] < ends[i])
			continue;
		blocks_end_run(&blocks, &runs[i]);
		at[i] = -1;
		left--;
	}
	expect_right(&blocks);
	blocks_release(&blocks);
}

static void
test_any_order(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 60; i++)
		one_way();
}

static FILE *
written(size_t length)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, length, file), length);
	assert_int_equal(fflush(file), 0);
	return file;
}

static void
test_twice_and_never(void **state)
{
	struct blocks blocks = { 0 };
	struct blocks_run run = { 0 }, other = { 0 };
	FILE *file = written(TOTAL);
	atomic_bool cancel = true;

	(void)state;
	blocks_begin(&blocks, TOTAL);
	take(&blocks, &run, 0, 2 * MIB);
	take(&blocks, &other, MIB - 100, MIB + 100);
	blocks_end_run(&blocks, &other);
	take(&blocks, &run, 3 * MIB, TOTAL);
	assert_false(blocks_has(&blocks, 0));
	assert_false(blocks_has(&blocks, 1));
	assert_false(blocks_has(&blocks, 2));
	assert_true(blocks_has(&blocks, 3));
	assert_false(blocks_is_complete(&blocks));
	assert_int_equal(blocks_read_rest(&blocks, fileno(file), &cancel),
	    ECANCELED);
	assert_int_equal(blocks_read_rest(&blocks, fileno(file), NULL), 0);
	expect_right(&blocks);
	blocks_release(&blocks);
	fclose(file);
}

/* A file of one block, by one connection that is cut short after all of it. */
static void
test_small_twice(void **state)
{
	struct blocks blocks = { 0 };
	struct blocks_run run = { 0 }, again = { 0 };
	FILE *file = written(5000);

	(void)state;
	blocks_begin(&blocks, 5000);
	take(&blocks, &run, 0, 1000);
	assert_false(blocks_is_complete(&blocks));
	take(&blocks, &run, 1000, 5000);
	assert_true(blocks_is_complete(&blocks));
	take(&blocks, &again, 0, 700);
	blocks_end_run(&blocks, &again);
	assert_false(blocks_is_complete(&blocks));
	assert_int_equal(blocks_read_rest(&blocks, fileno(file), NULL), 0);
	assert_true(blocks_is_complete(&blocks));
	assert_int_equal(blocks.sums[0], plain_crc(0, data, 5000));
	blocks_begin(&blocks, 5000);
	assert_false(blocks_is_complete(&blocks));
	blocks_release(&blocks);
	fclose(file);
}

/* What came by is not read: a disk that lies is found out later. */
static void
test_not_read(void **state)
{
	struct blocks blocks = { 0 };
	struct blocks_run run = { 0 };
	FILE *file = written(10);

	(void)state;
	blocks_begin(&blocks, TOTAL);
	take(&blocks, &run, 0, TOTAL);
	assert_int_equal(blocks_read_rest(&blocks, fileno(file), NULL), 0);
	expect_right(&blocks);
	blocks_begin(&blocks, TOTAL);
	assert_int_equal(blocks_read_rest(&blocks, fileno(file), NULL), EIO);
	blocks_release(&blocks);
	fclose(file);
}

static void
test_sizes(void **state)
{
	static const struct { int64_t total; int shift; size_t count; } t[] = {
		{ 1, 20, 1 }, { MIB, 20, 1 }, { MIB + 1, 20, 2 },
		{ INT64_C(4096) * MIB, 20, 4096 },
		{ INT64_C(4096) * MIB + 1, 21, 2049 },
		{ INT64_C(1) << 50, 38, 4096 },
	};
	struct blocks blocks = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof *t; i++) {
		blocks_begin(&blocks, t[i].total);
		assert_int_equal(blocks.shift, t[i].shift);
		assert_int_equal(blocks.count, t[i].count);
		assert_int_equal(blocks_range(&blocks, t[i].count - 1).end,
		    t[i].total);
	}
	blocks_release(&blocks);
}

static void
test_kept_form(void **state)
{
	struct blocks blocks = { 0 }, again = { 0 };
	struct blocks_run run = { 0 };
	unsigned char *bytes;
	size_t size;
	char *text;

	(void)state;
	blocks_begin(&blocks, TOTAL);
	take(&blocks, &run, 0, TOTAL);
	bytes = blocks_encode(&blocks, &size);
	text = blocks_format(&blocks);
	assert_int_equal(size, 2 + 4 * 4);
	assert_true(blocks_decode(&again, bytes, size, TOTAL));
	expect_right(&again);
	assert_true(blocks_parse(&again, text, TOTAL));
	expect_right(&again);
	assert_false(blocks_decode(&again, bytes, size, TOTAL + MIB));
	assert_int_equal(again.count, 0);
	assert_false(blocks_decode(&again, bytes, size - 1, TOTAL));
	assert_false(blocks_decode(&again, NULL, 0, TOTAL));
	assert_false(blocks_parse(&again, text + 1, TOTAL));
	text[5] = 'G';
	assert_false(blocks_parse(&again, text, TOTAL));
	bytes[0] = 2;
	assert_false(blocks_decode(&again, bytes, size, TOTAL));
	bytes[0] = 1;
	bytes[1] = 19;
	assert_false(blocks_decode(&again, bytes, size, TOTAL));
	bytes[1] = 63;
	assert_false(blocks_decode(&again, bytes, size, TOTAL));
	free(bytes);
	free(text);
	blocks_release(&blocks);
	blocks_release(&again);
}

/* As the store of somebody else, or a server's length, may have it. */
static void
test_largest(void **state)
{
	unsigned char forged[2 + 2 * 4] = { 1, 62 };
	struct blocks blocks = { 0 };

	(void)state;
	assert_true(blocks_decode(&blocks, forged, sizeof forged, INT64_MAX));
	assert_int_equal(blocks.count, 2);
	assert_int_equal(blocks_range(&blocks, 0).end, INT64_C(1) << 62);
	assert_int_equal(blocks_range(&blocks, 1).start, INT64_C(1) << 62);
	assert_int_equal(blocks_range(&blocks, 1).end, INT64_MAX);
	blocks_begin(&blocks, INT64_MAX);
	assert_int_equal(blocks.count, BLOCKS_MAX);
	assert_int_equal(blocks_range(&blocks, BLOCKS_MAX - 1).end,
	    INT64_MAX);
	blocks_release(&blocks);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "the CRC is CRC-32C, by whatever way it is computed",
		    test_crc, NULL, NULL, NULL },
		{ "bytes in any order over several connections have the "
		    "sums of the file", test_any_order, NULL, NULL, NULL },
		{ "what came twice or never is read back",
		    test_twice_and_never, NULL, NULL, NULL },
		{ "so is a small file of which some came twice",
		    test_small_twice, NULL, NULL, NULL },
		{ "what came by once is not read", test_not_read, NULL, NULL,
		    NULL },
		{ "blocks have 1 MiB, or there are 4096 of them",
		    test_sizes, NULL, NULL, NULL },
		{ "the kept form comes back, and nothing else does",
		    test_kept_form, NULL, NULL, NULL },
		{ "the last block of the largest file ends where it does",
		    test_largest, NULL, NULL, NULL },
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("blocks", tests, set_up,
	    tear_down);
}
