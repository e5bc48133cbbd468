/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a control record. A second round puts the right CRC under
 * them: else chance would never get past it. What is read must be consistent,
 * and writing it must give a record that reads the same.
 */
#include "config.h"

#include "engine/disk/record.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CRC_SIZE 13                /* "crc 12345678\n" */

static void
fuzz_require(bool holds)
{
	if (!holds)
		abort();
}

/* CRC-32 as record.h names it, bit by bit: slow, but needs no table. */
static uint32_t
fuzz_crc(const char *bytes, size_t length)
{
	uint32_t crc = 0xffffffff;
	int bit;

	for (; length > 0; bytes++, length--) {
		crc ^= (unsigned char)*bytes;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void
fuzz_check_text(const char *text)
{
	for (; text != NULL && *text != '\0'; text++)
		fuzz_require((unsigned char)*text >= ' ' && *text != 0x7f);
}

static void
fuzz_check_ranges(const struct record *record)
{
	const struct ranges *here = &record->here;
	int64_t end = -1;
	size_t i;

	fuzz_require(record->total > 0 || (record->total == 0 &&
	    record_is_marker(record)));
	for (i = 0; i < here->count; i++) {
		fuzz_require(here->list[i].start > end);
		fuzz_require(here->list[i].end > here->list[i].start);
		end = here->list[i].end;
	}
	fuzz_require(end <= record->total);
}

static bool
fuzz_same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void
fuzz_check_same(const struct record *a, const struct record *b)
{
	fuzz_require(a->total == b->total);
	fuzz_require(fuzz_same_text(a->url, b->url));
	fuzz_require(fuzz_same_text(a->etag, b->etag));
	fuzz_require(fuzz_same_text(a->last_modified, b->last_modified));
	fuzz_require(a->here.count == b->here.count);
	fuzz_require(a->here.count == 0 || memcmp(a->here.list, b->here.list,
	    a->here.count * sizeof *a->here.list) == 0);
}

static void
fuzz_check_round(const struct record *record)
{
	struct record again;
	size_t length;
	char *text = record_encode(record, &length);

	fuzz_require(text != NULL && strlen(text) == length);
	record_init(&again);
	fuzz_require(record_decode(text, length, &again) == RECORD_OK);
	fuzz_check_same(record, &again);
	record_release(&again);
	free(text);
}

static void
fuzz_decode(const char *text, size_t length)
{
	struct record record;
	enum record_verdict verdict;

	record_init(&record);
	verdict = record_decode(text, length, &record);
	fuzz_require((verdict == RECORD_EMPTY) == (length == 0));
	if (verdict == RECORD_OK) {
		fuzz_require(record.url != NULL);
		fuzz_check_text(record.url);
		fuzz_check_text(record.etag);
		fuzz_check_text(record.last_modified);
		fuzz_check_ranges(&record);
		fuzz_check_round(&record);
	}
	record_release(&record);
}

/* The length of the text without the line of the CRC, if one stands last. */
static size_t
fuzz_body_length(const char *text, size_t length)
{
	const char *last;

	if (length < FUZZ_CRC_SIZE)
		return length;
	last = text + length - FUZZ_CRC_SIZE;
	return memcmp(last, "crc ", 4) == 0 ? length - FUZZ_CRC_SIZE : length;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	char *text = calloc(1, size + FUZZ_CRC_SIZE);
	uint32_t crc;
	size_t length;
	int shift;

	fuzz_require(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	fuzz_decode(text, size);
	length = fuzz_body_length(text, size);
	crc = fuzz_crc(text, length);
	memcpy(text + length, "crc ", 4);
	length += 4;
	for (shift = 28; shift >= 0; shift -= 4)
		text[length++] = digits[crc >> shift & 15];
	text[length++] = '\n';
	fuzz_decode(text, length);
	free(text);
	return 0;
}
