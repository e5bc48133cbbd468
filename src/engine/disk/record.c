/* SPDX-License-Identifier: MIT
 *
 * The control record as text. The CRC is found from the end and checked
 * before a line is read, so that what is torn is never half believed; the
 * version is looked at before that, because a newer haul may end its records
 * otherwise.
 */
#include "config.h"

#include "record.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"

#define RECORD_MAGIC "haul-part "
#define RECORD_VERSION 1
#define RECORD_CRC_SIZE (sizeof "crc 00000000\n" - 1)
#define RECORD_RANGE_SIZE_MAX 64        /* longest "range" line, generously */

void
record_init(struct record *record)
{
	*record = (struct record){ 0 };
	ranges_init(&record->here);
}

void
record_release(struct record *record)
{
	free(record->url);
	free(record->etag);
	free(record->last_modified);
	free(record->sums);
	free(record->boot);
	ranges_release(&record->here);
	record_init(record);
}

bool
record_is_marker(const struct record *record)
{
	return record->here.count == 0;
}

bool
record_is_of(const struct record *record, const char *url)
{
	return strcmp(record->url, url) == 0;
}

static bool
record_same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* A marker may not know the total, and knows no validator. */
static bool
record_is_of_object(const struct record *record, const struct record *note)
{
	if (!record_is_of(record, note->url) ||
	    (record->total != 0 && record->total != note->total))
		return false;
	return record_is_marker(record) ||
	    (record_same_text(record->etag, note->etag) &&
	    record_same_text(record->last_modified, note->last_modified));
}

bool
record_add_note(struct record *record, const struct record *note)
{
	size_t i;

	if (record_is_marker(note) || !record_is_of_object(record, note))
		return false;
	if (record_is_marker(record)) {
		free(record->etag);
		free(record->last_modified);
		record->etag = alloc_string(note->etag);
		record->last_modified = alloc_string(note->last_modified);
		record->total = note->total;
	}
	for (i = 0; i < note->here.count; i++)
		ranges_add(&record->here, note->here.list[i].start,
		    note->here.list[i].end);
	return true;
}

/* CRC-32 as in zlib, bit by bit: records are short. */
static uint32_t
record_crc(const char *bytes, size_t length)
{
	uint32_t crc = UINT32_MAX;
	size_t i;
	int bit;

	for (i = 0; i < length; i++) {
		crc ^= (unsigned char)bytes[i];
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static bool
record_is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

static bool
record_has_control(const char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (record_is_control(bytes[i]))
			return true;
	return false;
}

/* ---- writing ---- */

struct record_buffer {
	char *bytes;
	size_t length;
	size_t capacity;
};

static void
record_append(struct record_buffer *buffer, const char *bytes, size_t length)
{
	if (buffer->length + length + 1 > buffer->capacity) {
		buffer->capacity = 2 * (buffer->length + length + 1);
		buffer->bytes = alloc_resize(buffer->bytes, buffer->capacity,
		    1);
	}
	memcpy(buffer->bytes + buffer->length, bytes, length);
	buffer->length += length;
	buffer->bytes[buffer->length] = '\0';
}

static void
record_append_line(struct record_buffer *buffer, const char *key,
    const char *value)
{
	assert(strchr(value, '\n') == NULL);
	record_append(buffer, key, strlen(key));
	record_append(buffer, " ", 1);
	record_append(buffer, value, strlen(value));
	record_append(buffer, "\n", 1);
}

/* A validator with control bytes cannot be sent back as it came: without it
 * the next run starts anew, with a changed one it would never match. */
static void
record_append_validator(struct record_buffer *buffer, const char *key,
    const char *value)
{
	if (value != NULL && *value &&
	    !record_has_control(value, strlen(value)))
		record_append_line(buffer, key, value);
}

static void
record_append_url(struct record_buffer *buffer, const char *url)
{
	static const char hex[] = "0123456789ABCDEF";
	char *escaped = alloc_array(3 * strlen(url) + 1, 1), *p = escaped;

	for (; *url; url++) {
		if (!record_is_control(*url)) {
			*p++ = *url;
			continue;
		}
		*p++ = '%';
		*p++ = hex[(unsigned char)*url >> 4];
		*p++ = hex[*url & 15];
	}
	record_append_line(buffer, "url", escaped);
	free(escaped);
}

/* Ranges beyond the size are left out: they are fetched again, where joining
 * them would claim bytes that are not here. */
static void
record_append_ranges(struct record_buffer *buffer, const struct ranges *here,
    size_t size)
{
	char line[RECORD_RANGE_SIZE_MAX];
	size_t i;

	for (i = 0; i < here->count; i++) {
		if (buffer->length + sizeof line + RECORD_CRC_SIZE > size)
			break;
		snprintf(line, sizeof line, "%" PRId64 "-%" PRId64,
		    here->list[i].start, here->list[i].end);
		record_append_line(buffer, "range", line);
	}
}

char *
record_encode(const struct record *record, size_t *length)
{
	struct record_buffer buffer = { 0 };
	char number[32];

	assert(record->url != NULL && *record->url);
	assert(record->total > 0 || record->here.count == 0);
	snprintf(number, sizeof number, RECORD_MAGIC "%d\n", RECORD_VERSION);
	record_append(&buffer, number, strlen(number));
	record_append_url(&buffer, record->url);
	snprintf(number, sizeof number, "%" PRId64, record->total);
	if (record->total > 0)
		record_append_line(&buffer, "total", number);
	record_append_validator(&buffer, "etag", record->etag);
	record_append_validator(&buffer, "last-modified",
	    record->last_modified);
	record_append_validator(&buffer, "sums", record->sums);
	record_append_validator(&buffer, "boot", record->boot);
	record_append_ranges(&buffer, &record->here, record->boot ?
	    RECORD_NOTE_SIZE : RECORD_SIZE_MAX);
	snprintf(number, sizeof number, "%08" PRIx32,
	    record_crc(buffer.bytes, buffer.length));
	record_append_line(&buffer, "crc", number);
	*length = buffer.length;
	return buffer.bytes;
}

/* ---- reading ---- */

/* What is left to read; nothing at or after end is looked at. */
struct record_reader {
	const char *p;
	const char *end;
};

static bool
record_take(struct record_reader *reader, const char *text)
{
	size_t length = strlen(text);

	if ((size_t)(reader->end - reader->p) < length ||
	    memcmp(reader->p, text, length) != 0)
		return false;
	reader->p += length;
	return true;
}

/* One or more decimal digits, at most INT64_MAX. */
static bool
record_take_number(struct record_reader *reader, int64_t *number)
{
	const char *start = reader->p;

	for (*number = 0; reader->p < reader->end; reader->p++) {
		int digit = *reader->p - '0';

		if (digit < 0 || digit > 9)
			break;
		if (*number > (INT64_MAX - digit) / 10)
			return false;
		*number = *number * 10 + digit;
	}
	return reader->p > start;
}

/* Cuts off the next line, which is then read without its end. */
static bool
record_take_line(struct record_reader *reader, struct record_reader *line)
{
	const char *end = NULL;

	if (reader->p < reader->end)
		end = memchr(reader->p, '\n',
		    (size_t)(reader->end - reader->p));
	if (end == NULL)
		return false;
	line->p = reader->p;
	line->end = end;
	reader->p = end + 1;
	return true;
}

/* A value that may come once and is not empty. */
static bool
record_read_text(struct record_reader *line, char **value)
{
	if (*value != NULL || line->p == line->end)
		return false;
	*value = alloc_bytes(line->p, (size_t)(line->end - line->p));
	return true;
}

static bool
record_read_total(struct record_reader *line, int64_t *total)
{
	return *total == 0 && record_take_number(line, total) &&
	    line->p == line->end && *total > 0;
}

static bool
record_read_range(struct record_reader *line, struct ranges *here)
{
	int64_t start, end;

	if (!record_take_number(line, &start) || !record_take(line, "-") ||
	    !record_take_number(line, &end) || line->p != line->end)
		return false;
	if (end <= start)
		return false;
	if (here->count > 0 && start < here->list[here->count - 1].end)
		return false;
	ranges_add(here, start, end);
	return true;
}

static bool
record_read_line(struct record_reader *line, struct record *record)
{
	if (line->p == line->end ||
	    record_has_control(line->p, (size_t)(line->end - line->p)))
		return false;
	if (record_take(line, "url "))
		return record_read_text(line, &record->url);
	if (record_take(line, "total "))
		return record_read_total(line, &record->total);
	if (record_take(line, "etag "))
		return record_read_text(line, &record->etag);
	if (record_take(line, "last-modified "))
		return record_read_text(line, &record->last_modified);
	if (record_take(line, "sums "))
		return record_read_text(line, &record->sums);
	if (record_take(line, "boot "))
		return record_read_text(line, &record->boot);
	if (record_take(line, "range "))
		return record_read_range(line, &record->here);
	return !record_take(line, "crc ");
}

static bool
record_read_lines(struct record_reader *reader, struct record *record)
{
	const struct ranges *here = &record->here;
	struct record_reader line;

	while (record_take_line(reader, &line))
		if (!record_read_line(&line, record))
			return false;
	if (reader->p != reader->end)
		return false;
	if (record->url == NULL)
		return false;
	return here->count == 0 ||
	    here->list[here->count - 1].end <= record->total;
}

/* A file of NULs is what a power cut leaves where the length of a file had
 * reached the disk and its bytes had not. */
static bool
record_is_blank(const struct record_reader *reader)
{
	const char *p = reader->p;

	while (p < reader->end && *p == '\0')
		p++;
	return p == reader->end;
}

/* Takes the first line: OK if what follows is for us to read. */
static enum record_verdict
record_take_version(struct record_reader *reader)
{
	static const char magic[] = RECORD_MAGIC;
	size_t length = (size_t)(reader->end - reader->p);
	struct record_reader line;
	int64_t version;

	if (record_is_blank(reader))
		return RECORD_TORN;
	if (length < sizeof magic - 1)
		return memcmp(reader->p, magic, length) == 0 ? RECORD_TORN :
		    RECORD_FOREIGN;
	if (!record_take(reader, magic))
		return RECORD_FOREIGN;
	if (!record_take_line(reader, &line) ||
	    !record_take_number(&line, &version) || line.p != line.end ||
	    version == 0)
		return RECORD_TORN;
	return version > RECORD_VERSION ? RECORD_NEWER : RECORD_OK;
}

/* Takes the last line off, and compares its CRC with all before it. */
static bool
record_take_crc(struct record_reader *reader, const char *text)
{
	char expected[RECORD_CRC_SIZE + 1];
	size_t length;

	if ((size_t)(reader->end - reader->p) < RECORD_CRC_SIZE)
		return false;
	reader->end -= RECORD_CRC_SIZE;
	length = (size_t)(reader->end - text);
	snprintf(expected, sizeof expected, "crc %08" PRIx32 "\n",
	    record_crc(text, length));
	return memcmp(reader->end, expected, RECORD_CRC_SIZE) == 0;
}

enum record_verdict
record_decode(const char *text, size_t length, struct record *record)
{
	struct record_reader reader = { text, text + length };
	enum record_verdict verdict;
	struct record read;

	if (length == 0)
		return RECORD_EMPTY;
	if (length > RECORD_SIZE_MAX)
		return RECORD_FOREIGN;
	verdict = record_take_version(&reader);
	if (verdict != RECORD_OK)
		return verdict;
	if (!record_take_crc(&reader, text))
		return RECORD_TORN;
	record_init(&read);
	if (!record_read_lines(&reader, &read)) {
		record_release(&read);
		return RECORD_TORN;
	}
	*record = read;
	return RECORD_OK;
}
