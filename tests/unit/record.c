/* SPDX-License-Identifier: MIT
 *
 * record.c:
 * - a record is the text that the header shows, with zlib's CRC
 * - what was written is read again, with and without validators and ranges
 * - control bytes are escaped in the URL, and drop a validator
 * - nothing, foreign files, newer versions are told apart from torn ones
 * - a file of NULs is torn
 * - no beginning of a record is believed
 * - no record with a bit turned is believed
 * - bytes after the last line are not believed, even with a CRC of their own
 * - a right CRC does not make wrong lines right
 * - lines of unknown keys are passed over
 * - ranges outside [0, total), empty, backward, unsorted, overlapping ones and
 *   numbers too large are refused; those that touch become one
 * - a refused record leaves what it should fill untouched
 * - more ranges than a record holds are left out, never joined
 * - a note says its boot, and fits a page
 * - what a note claims is added to the record of the same object, and to a
 *   marker with its validators; of another object nothing is
 * - the largest record is read quickly, a larger one is not ours
 * - random bytes and random changes neither crash nor read beyond the end
 */
#include "config.h"

#include "engine/disk/record.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define TIME_LIMIT_S 60
#define ROUNDS 20000
#define CRC_SIZE 13

#define EXAMPLE \
	"haul-part 1\n" \
	"url https://example.org/a.fits\n" \
	"total 12345678\n" \
	"etag \"abc\"\n" \
	"last-modified Wed, 08 May 2024 00:12:00 GMT\n" \
	"range 0-4194304\n" \
	"range 8388608-9000000\n" \
	"crc 28657f10\n"

/* The start of a good record, for lines to be added to. */
#define START "haul-part 1\nurl http://h/a\ntotal 100\n"

static uint32_t
crc_of(const char *bytes, size_t length)
{
	uint32_t crc = 0xffffffff;

	while (length-- > 0) {
		uint32_t low = (crc ^ (unsigned char)*bytes++) & 0xff;
		int bit;

		for (bit = 0; bit < 8; bit++)
			low = low & 1 ? 0xedb88320 ^ low >> 1 : low >> 1;
		crc = crc >> 8 ^ low;
	}
	return crc ^ 0xffffffff;
}

/* Decodes a copy at the end of its memory: reading beyond is seen. */
static enum record_verdict
decode(const char *text, size_t length, struct record *record)
{
	char *copy = malloc(length ? length : 1);
	enum record_verdict verdict;

	assert_non_null(copy);
	if (length > 0)
		memcpy(copy, text, length);
	verdict = record_decode(copy, length, record);
	free(copy);
	return verdict;
}

/* The verdict, all that was read being thrown away. Refused records must
 * leave no trace. */
static enum record_verdict
judge(const char *text, size_t length)
{
	static char mark[] = "untouched";
	struct record record = { .url = mark, .total = 4711 };
	enum record_verdict verdict = decode(text, length, &record);

	if (verdict == RECORD_OK) {
		record_release(&record);
	} else {
		assert_ptr_equal(record.url, mark);
		assert_int_equal(record.total, 4711);
		assert_null(record.etag);
		assert_null(record.last_modified);
		assert_int_equal(record.here.count, 0);
	}
	return verdict;
}

/* Seals the lines with their right CRC, then judges them. */
static enum record_verdict
judge_lines(const char *lines, size_t length)
{
	char *text = malloc(length + CRC_SIZE + 1);
	enum record_verdict verdict;

	assert_non_null(text);
	memcpy(text, lines, length);
	snprintf(text + length, CRC_SIZE + 1, "crc %08" PRIx32 "\n",
	    crc_of(lines, length));
	verdict = judge(text, length + CRC_SIZE);
	free(text);
	return verdict;
}

#define JUDGE(literal) judge_lines(literal, sizeof literal - 1)

/* ---- writing ---- */

static void
test_example(void **state)
{
	struct record record;
	size_t length;
	char *text;

	(void)state;
	record_init(&record);
	record.url = strdup("https://example.org/a.fits");
	record.total = 12345678;
	record.etag = strdup("\"abc\"");
	record.last_modified = strdup("Wed, 08 May 2024 00:12:00 GMT");
	ranges_add(&record.here, 8388608, 9000000);
	ranges_add(&record.here, 0, 4194304);
	text = record_encode(&record, &length);
	assert_string_equal(text, EXAMPLE);
	assert_int_equal(length, strlen(EXAMPLE));
	free(text);
	record_release(&record);
	assert_null(record.url);
	record_release(&record);
}

static void
test_again(void **state)
{
	struct record record;

	(void)state;
	record_init(&record);
	assert_int_equal(decode(EXAMPLE, strlen(EXAMPLE), &record),
	    RECORD_OK);
	assert_string_equal(record.url, "https://example.org/a.fits");
	assert_int_equal(record.total, 12345678);
	assert_string_equal(record.etag, "\"abc\"");
	assert_string_equal(record.last_modified,
	    "Wed, 08 May 2024 00:12:00 GMT");
	assert_int_equal(record.here.count, 2);
	assert_int_equal(record.here.list[0].start, 0);
	assert_int_equal(record.here.list[0].end, 4194304);
	assert_int_equal(record.here.list[1].start, 8388608);
	assert_int_equal(record.here.list[1].end, 9000000);
	record_release(&record);
}

/* Writes the record and reads it into *again. */
static void
write_and_read(const struct record *record, struct record *again)
{
	size_t length;
	char *text = record_encode(record, &length);

	record_init(again);
	assert_int_equal(strlen(text), length);
	assert_int_equal(decode(text, length, again), RECORD_OK);
	free(text);
}

static void
test_sums(void **state)
{
	char url[] = "http://h/a", sums[] = "0114deadbeef";
	struct record record = { .url = url, .total = 5, .sums = sums };
	struct record again;

	(void)state;
	write_and_read(&record, &again);
	assert_string_equal(again.sums, sums);
	assert_true(record_is_marker(&again));
	record_release(&again);
	assert_null(again.sums);
	record.sums = NULL;
	write_and_read(&record, &again);
	assert_null(again.sums);
	record_release(&again);
}

static void
test_bare(void **state)
{
	char url[] = "ftp://h/a b\xc3\xa4%41";
	struct record record = { .url = url, .total = INT64_MAX }, again;

	(void)state;
	write_and_read(&record, &again);
	assert_string_equal(again.url, url);
	assert_int_equal(again.total, INT64_MAX);
	assert_null(again.etag);
	assert_null(again.last_modified);
	assert_int_equal(again.here.count, 0);
	record_release(&again);
	ranges_add(&record.here, 0, INT64_MAX);
	write_and_read(&record, &again);
	assert_true(ranges_cover(&again.here, 0, INT64_MAX));
	ranges_release(&record.here);
	record_release(&again);
}

/* Whose it is, and no more: what stands beside a part from its first byte. */
static void
test_marker(void **state)
{
	static const char lines[] = "haul-part 1\nurl http://h/a\n";
	char url[] = "http://h/a", expected[64], *text;
	struct record record = { .url = url }, again;
	size_t length;

	(void)state;
	snprintf(expected, sizeof expected, "%scrc %08" PRIx32 "\n", lines,
	    crc_of(lines, strlen(lines)));
	text = record_encode(&record, &length);
	assert_string_equal(text, expected);
	free(text);
	write_and_read(&record, &again);
	assert_true(record_is_marker(&again));
	assert_true(record_is_of(&again, "http://h/a"));
	assert_false(record_is_of(&again, "http://h/"));
	assert_int_equal(again.total, 0);
	record_release(&again);
	record.total = 7;
	write_and_read(&record, &again);
	assert_true(record_is_marker(&again));
	assert_int_equal(again.total, 7);
	record_release(&again);
	ranges_add(&record.here, 0, 7);
	assert_false(record_is_marker(&record));
	ranges_release(&record.here);
}

static void
test_control_bytes(void **state)
{
	char url[] = "http://h/\n\r\t\x01\x1f\x7f z";
	char etag[] = "\"a\nrange 0-100\"";
	char last_modified[] = "Wed\t";
	char empty[] = "";
	struct record record = { .url = url, .total = 100, .etag = etag,
	    .last_modified = last_modified }, again;

	(void)state;
	write_and_read(&record, &again);
	assert_string_equal(again.url, "http://h/%0A%0D%09%01%1F%7F z");
	assert_null(again.etag);
	assert_null(again.last_modified);
	assert_int_equal(again.here.count, 0);
	record_release(&again);
	record.etag = record.last_modified = empty;
	write_and_read(&record, &again);
	assert_null(again.etag);
	record_release(&again);
}

static void
test_too_many_ranges(void **state)
{
	char url[] = "http://h/a";
	struct record record = { .url = url, .total = 1000000000 }, again;
	int64_t i;

	(void)state;
	for (i = 0; i < 100000; i++)
		ranges_add(&record.here, i * 1000, i * 1000 + 1);
	write_and_read(&record, &again);
	assert_in_range(again.here.count, 1024 * 1024 / 64, 99999);
	assert_memory_equal(again.here.list, record.here.list,
	    again.here.count * sizeof *again.here.list);
	record_release(&again);
	ranges_release(&record.here);
}

/* ---- notes ---- */

static void
test_note(void **state)
{
	char url[] = "http://h/a", boot[] = "1234-abcd 8:1 7";
	struct record note = { .url = url, .total = 1000000000,
	    .boot = boot }, again;
	size_t length;
	int64_t i;
	char *text;

	(void)state;
	for (i = 0; i < 1000; i++)
		ranges_add(&note.here, i * 1000, i * 1000 + 1);
	text = record_encode(&note, &length);
	assert_in_range(length, RECORD_NOTE_SIZE / 2, RECORD_NOTE_SIZE);
	free(text);
	write_and_read(&note, &again);
	assert_string_equal(again.boot, boot);
	assert_in_range(again.here.count, 50, 999);
	assert_memory_equal(again.here.list, note.here.list,
	    again.here.count * sizeof *again.here.list);
	record_release(&again);
	assert_null(again.boot);
	ranges_release(&note.here);
	assert_int_equal(JUDGE(START "boot a\nboot a\n"), RECORD_TORN);
}

/* A record of that, and the note of http://h/a, 100 bytes, validators "e" and
 * none, 10-20: whether it is added. */
static bool
adds(const char *url, int64_t total, const char *etag, const char *date,
    int64_t end)
{
	char note_url[] = "http://h/a", note_etag[] = "\"e\"";
	struct record note = { .url = note_url, .total = 100,
	    .etag = note_etag }, record;
	bool added;

	record_init(&record);
	record.url = strdup(url);
	record.total = total;
	record.etag = etag ? strdup(etag) : NULL;
	record.last_modified = date ? strdup(date) : NULL;
	ranges_add(&record.here, 0, end);
	ranges_add(&note.here, 10, 20);
	added = record_add_note(&record, &note);
	assert_int_equal(ranges_bytes(&record.here), end + (added ? 10 : 0));
	if (added) {
		assert_int_equal(record.total, 100);
		assert_string_equal(record.etag, "\"e\"");
	}
	ranges_clear(&note.here);
	assert_false(record_add_note(&record, &note));
	ranges_release(&note.here);
	record_release(&record);
	return added;
}

static void
test_add_note(void **state)
{
	(void)state;
	assert_true(adds("http://h/a", 100, "\"e\"", NULL, 5));
	assert_true(adds("http://h/a", 100, NULL, NULL, 0));
	assert_true(adds("http://h/a", 0, NULL, NULL, 0));
	assert_false(adds("http://h/b", 100, "\"e\"", NULL, 5));
	assert_false(adds("http://h/b", 0, NULL, NULL, 0));
	assert_false(adds("http://h/a", 101, "\"e\"", NULL, 5));
	assert_false(adds("http://h/a", 101, NULL, NULL, 0));
	assert_false(adds("http://h/a", 100, "\"f\"", NULL, 5));
	assert_false(adds("http://h/a", 100, NULL, NULL, 5));
	assert_false(adds("http://h/a", 100, "\"e\"", "Wed", 5));
}

/* ---- reading ---- */

static void
test_verdicts(void **state)
{
	static const char zeros[4096];

	(void)state;
	assert_int_equal(judge("", 0), RECORD_EMPTY);
	assert_int_equal(judge("\x7f" "ELF", 4), RECORD_FOREIGN);
	assert_int_equal(judge("\0ELF", 4), RECORD_FOREIGN);
	assert_int_equal(judge("haul-party\n", 11), RECORD_FOREIGN);
	assert_int_equal(judge("haul-part\n1\n", 12), RECORD_FOREIGN);
	assert_int_equal(judge("x", 1), RECORD_FOREIGN);
	assert_int_equal(judge("haul-part 2\n", 12), RECORD_NEWER);
	assert_int_equal(judge("haul-part 10\nanything", 21), RECORD_NEWER);
	assert_int_equal(judge("haul-part 2", 11), RECORD_TORN);
	assert_int_equal(judge("haul-part 0\n", 12), RECORD_TORN);
	assert_int_equal(judge("haul-part \n", 11), RECORD_TORN);
	assert_int_equal(judge("haul-part 2x\n", 13), RECORD_TORN);
	assert_int_equal(judge("haul-part -2\n", 13), RECORD_TORN);
	assert_int_equal(judge("haul-part 99999999999999999999\n", 31),
	    RECORD_TORN);
	assert_int_equal(judge(zeros, 1), RECORD_TORN);
	assert_int_equal(judge(zeros, sizeof zeros), RECORD_TORN);
}

static void
test_beginnings(void **state)
{
	size_t i;

	(void)state;
	for (i = 1; i < strlen(EXAMPLE); i++)
		assert_int_equal(judge(EXAMPLE, i), RECORD_TORN);
	assert_int_equal(judge(EXAMPLE, i), RECORD_OK);
}

static void
test_bits(void **state)
{
	char text[] = EXAMPLE;
	size_t i;

	(void)state;
	for (i = 0; i < 8 * (sizeof text - 1); i++) {
		text[i / 8] ^= (char)(1 << i % 8);
		assert_int_not_equal(judge(text, sizeof text - 1), RECORD_OK);
		text[i / 8] ^= (char)(1 << i % 8);
	}
}

static void
test_after_the_end(void **state)
{
	static const char text[] = EXAMPLE "\0" EXAMPLE;
	size_t length = strlen(EXAMPLE);

	(void)state;
	assert_int_equal(judge(text, length + 1), RECORD_TORN);
	assert_int_equal(judge(text, sizeof text - 1), RECORD_TORN);
	assert_int_equal(judge(EXAMPLE "\n", length + 1), RECORD_TORN);
	assert_int_equal(judge(EXAMPLE EXAMPLE, 2 * length), RECORD_TORN);
	assert_int_equal(JUDGE(EXAMPLE), RECORD_TORN);
	assert_int_equal(JUDGE(EXAMPLE "range 9000001-9000002\n"),
	    RECORD_TORN);
}

static void
test_wrong_lines(void **state)
{
	(void)state;
	assert_int_equal(JUDGE(START), RECORD_OK);
	assert_int_equal(JUDGE("haul-part 0\nurl u\ntotal 1\n"),
	    RECORD_TORN);
	assert_int_equal(JUDGE("haul-part 1\n"), RECORD_TORN);
	assert_int_equal(JUDGE("haul-part 1\nurl u\n"), RECORD_OK);
	assert_int_equal(JUDGE("haul-part 1\nurl u\nrange 0-1\n"),
	    RECORD_TORN);
	assert_int_equal(JUDGE("haul-part 1\ntotal 1\n"), RECORD_TORN);
	assert_int_equal(JUDGE("haul-part 1\nurl \ntotal 1\n"), RECORD_TORN);
	assert_int_equal(JUDGE("haul-part 1\nurl u\ntotal 0\n"), RECORD_TORN);
	assert_int_equal(JUDGE("haul-part 1\nurl u\ntotal -1\n"),
	    RECORD_TORN);
	assert_int_equal(JUDGE("haul-part 1\nurl u\ntotal 1x\n"),
	    RECORD_TORN);
	assert_int_equal(JUDGE("haul-part 1\nurl u\ntotal \n"), RECORD_TORN);
	assert_int_equal(JUDGE(START "url u\n"), RECORD_TORN);
	assert_int_equal(JUDGE(START "total 100\n"), RECORD_TORN);
	assert_int_equal(JUDGE(START "etag \"a\"\netag \"a\"\n"),
	    RECORD_TORN);
	assert_int_equal(JUDGE(START "last-modified a\nlast-modified a\n"),
	    RECORD_TORN);
	assert_int_equal(JUDGE(START "etag \n"), RECORD_TORN);
	assert_int_equal(JUDGE(START "\n"), RECORD_TORN);
	assert_int_equal(JUDGE(START "etag \"a\0b\"\n"), RECORD_TORN);
	assert_int_equal(JUDGE(START "etag \"a\"\r\n"), RECORD_TORN);
	assert_int_equal(JUDGE(START "x \x7f\n"), RECORD_TORN);
	assert_int_equal(JUDGE(START "crc 00000000\n"), RECORD_TORN);
	assert_int_equal(JUDGE(START "no line end"), RECORD_TORN);
}

static void
test_unknown_keys(void **state)
{
	struct record record;
	char text[256];
	static const char lines[] = START "sealed\nrange-kind x y\n"
	    "urls 3\nnote \xc3\xa4\nrange 1-2\n";

	(void)state;
	snprintf(text, sizeof text, "%scrc %08" PRIx32 "\n", lines,
	    crc_of(lines, strlen(lines)));
	record_init(&record);
	assert_int_equal(decode(text, strlen(text), &record), RECORD_OK);
	assert_string_equal(record.url, "http://h/a");
	assert_int_equal(record.here.count, 1);
	record_release(&record);
}

static void
test_wrong_ranges(void **state)
{
	(void)state;
	assert_int_equal(JUDGE(START "range 0-100\n"), RECORD_OK);
	assert_int_equal(JUDGE("haul-part 1\nrange 0-100\nurl u\n"
	    "total 100\n"), RECORD_OK);
	assert_int_equal(JUDGE("haul-part 1\nrange 0-100\nurl u\n"
	    "total 99\n"), RECORD_TORN);
	assert_int_equal(JUDGE(START "range 0-101\n"), RECORD_TORN);
	assert_int_equal(JUDGE(START "range 100-101\n"), RECORD_TORN);
	assert_int_equal(JUDGE(START "range -1-5\n"), RECORD_TORN);
	assert_int_equal(JUDGE(START "range 5-5\n"), RECORD_TORN);
	assert_int_equal(JUDGE(START "range 5-4\n"), RECORD_TORN);
	assert_int_equal(JUDGE(START "range 5\n"), RECORD_TORN);
	assert_int_equal(JUDGE(START "range 5-\n"), RECORD_TORN);
	assert_int_equal(JUDGE(START "range -5\n"), RECORD_TORN);
	assert_int_equal(JUDGE(START "range 1-5 \n"), RECORD_TORN);
	assert_int_equal(JUDGE(START "range  1-5\n"), RECORD_TORN);
	assert_int_equal(JUDGE(START "range 1-+5\n"), RECORD_TORN);
	assert_int_equal(JUDGE(START "range 0x1-5\n"), RECORD_TORN);
	assert_int_equal(JUDGE(START "range 10-20\nrange 0-5\n"),
	    RECORD_TORN);
	assert_int_equal(JUDGE(START "range 10-20\nrange 19-30\n"),
	    RECORD_TORN);
	assert_int_equal(JUDGE(START "range 10-20\nrange 10-20\n"),
	    RECORD_TORN);
	assert_int_equal(JUDGE(START "range 10-20\nrange 20-30\n"),
	    RECORD_OK);
	assert_int_equal(JUDGE(START "range 0-9223372036854775808\n"),
	    RECORD_TORN);
	assert_int_equal(JUDGE(START "range 0-18446744073709551621\n"),
	    RECORD_TORN);
}

/* As many ranges as fit, and then a byte more. */
static void
test_largest(void **state)
{
	static const char start[] = "haul-part 1\nurl u\ntotal 9999999\n";
	char *text = malloc(RECORD_SIZE_MAX + 32);
	size_t length = strlen(start);
	int i;

	(void)state;
	assert_non_null(text);
	memcpy(text, start, length);
	for (i = 1; length < RECORD_SIZE_MAX - CRC_SIZE - 40; i += 2)
		length += (size_t)snprintf(text + length, 32, "range %d-%d\n",
		    i, i + 1);
	while (length < RECORD_SIZE_MAX - CRC_SIZE - 1)
		text[length++] = 'x';
	text[length++] = '\n';
	assert_int_equal(length + CRC_SIZE, RECORD_SIZE_MAX);
	assert_int_equal(judge_lines(text, length), RECORD_OK);
	text[length - 1] = 'x';
	text[length++] = '\n';
	assert_int_equal(judge_lines(text, length), RECORD_FOREIGN);
	free(text);
}

static unsigned
random_below(unsigned *seed, unsigned limit)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 8) % limit;
}

/* Changes some bytes, or swaps some for those of another place. */
static void
disturb(char *text, size_t length, unsigned *seed)
{
	static const char likely[] = "\n -0123456789\0crangeulto";
	unsigned n = 1 + random_below(seed, 4);

	while (n-- > 0) {
		size_t at = random_below(seed, (unsigned)length);

		text[at] = random_below(seed, 2) ?
		    likely[random_below(seed, sizeof likely)] :
		    (char)random_below(seed, 256);
	}
}

static void
test_random(void **state)
{
	static const char lines[] = START "etag \"a\"\nlast-modified b\n"
	    "range 1-5\nrange 10-20\nrange 30-100\n";
	char text[sizeof lines];
	unsigned seed = 1;
	int round;
	size_t i;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		size_t length = 1 + random_below(&seed, sizeof lines - 1);

		memcpy(text, lines, sizeof lines);
		disturb(text, sizeof lines - 1, &seed);
		judge_lines(text, length);
		judge(text, length);
		for (i = 0; i < length; i++)
			text[i] = (char)random_below(&seed, 256);
		assert_int_not_equal(judge(text, length), RECORD_OK);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "a record is the text that the header shows",
		    test_example, NULL, NULL, NULL },
		{ "what was written is read again", test_again,
		    NULL, NULL, NULL },
		{ "sums of a file that is repaired are kept", test_sums,
		    NULL, NULL, NULL },
		{ "validators and ranges may be missing", test_bare,
		    NULL, NULL, NULL },
		{ "a marker tells its owner and claims nothing", test_marker,
		    NULL, NULL, NULL },
		{ "control bytes are escaped in the URL, drop a validator",
		    test_control_bytes, NULL, NULL, NULL },
		{ "ranges beyond a record's size are left out, not joined",
		    test_too_many_ranges, NULL, NULL, NULL },
		{ "a note says its boot and fits a page", test_note,
		    NULL, NULL, NULL },
		{ "a note is added to the record of its object",
		    test_add_note, NULL, NULL, NULL },
		{ "empty, foreign, newer and torn are told apart",
		    test_verdicts, NULL, NULL, NULL },
		{ "no beginning of a record is believed", test_beginnings,
		    NULL, NULL, NULL },
		{ "no record with a bit turned is believed", test_bits,
		    NULL, NULL, NULL },
		{ "bytes after the last line are not believed",
		    test_after_the_end, NULL, NULL, NULL },
		{ "a right CRC does not make wrong lines right",
		    test_wrong_lines, NULL, NULL, NULL },
		{ "lines of unknown keys are passed over",
		    test_unknown_keys, NULL, NULL, NULL },
		{ "ranges are sorted, disjoint and within the total",
		    test_wrong_ranges, NULL, NULL, NULL },
		{ "the largest record is read, a larger one is not ours",
		    test_largest, NULL, NULL, NULL },
		{ "random bytes and changes do no harm", test_random,
		    NULL, NULL, NULL },
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
