/* SPDX-License-Identifier: MIT
 *
 * See store-pack.h. A number is written seven bits a byte, the low ones first;
 * the eighth says that more follow.
 */
#include "config.h"

#include "store-pack.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"

#define PACK_NUMBER 10                  /* bytes at most */
#define PACK_SUMS (UINT64_C(1) << 32)   /* beside the flags: sums follow */

/* ---- writing ---- */

static void
pack_grow(struct pack *pack, size_t more)
{
	pack->size = 2 * (pack->length + more);
	pack->bytes = alloc_resize(pack->bytes, pack->size, 1);
}

static inline void
pack_room(struct pack *pack, size_t more)
{
	if (pack->length + more > pack->size)
		pack_grow(pack, more);
}

static inline void
pack_number(struct pack *pack, uint64_t number)
{
	unsigned char *to;

	pack_room(pack, PACK_NUMBER);
	to = pack->bytes + pack->length;
	for (; number >= 0x80; number >>= 7)
		*to++ = (unsigned char)(number | 0x80);
	*to++ = (unsigned char)number;
	pack->length = (size_t)(to - pack->bytes);
}

/* Small ones of either sign are short. */
static void
pack_signed(struct pack *pack, int64_t number)
{
	pack_number(pack, (uint64_t)number << 1 ^ (uint64_t)(number >> 63));
}

static size_t
pack_shared(const char *a, const char *b, size_t most)
{
	size_t n = 0;

	while (n + 8 <= most && memcmp(a + n, b + n, 8) == 0)
		n += 8;
	while (n < most && a[n] == b[n])
		n++;
	return n;
}

/* Makes the last text what the next one is: its first bytes are so already. */
static void
pack_follow(struct pack_text *last, size_t shared, const void *rest,
    size_t length)
{
	if (shared + length + 1 > last->size) {
		last->size = 2 * (shared + length + 1);
		last->text = alloc_resize(last->text, last->size, 1);
	}
	memcpy(last->text + shared, rest, length);
	last->length = shared + length;
	last->text[last->length] = '\0';
}

static void
pack_text(struct pack *pack, enum pack_kind kind, const char *text)
{
	struct pack_text *last = &pack->texts[kind];
	size_t length = text != NULL ? strlen(text) : 0, shared;

	if (text == NULL)
		text = "";
	shared = pack_shared(text, last->text, length < last->length ?
	    length : last->length);
	length -= shared;
	pack_number(pack, shared);
	pack_number(pack, length);
	pack_room(pack, length);
	memcpy(pack->bytes + pack->length, text + shared, length);
	pack->length += length;
	pack_follow(last, shared, text + shared, length);
}

static void
pack_count(struct pack *pack, uint64_t seq)
{
	if (pack->count++ == 0)
		pack->first = seq;
	pack->last = seq;
}

void
pack_add(struct pack *pack, uint64_t seq, const char *url)
{
	pack_count(pack, seq);
	pack_text(pack, PACK_URL, url);
}

static void
pack_sums(struct pack *pack, const unsigned char *sums, size_t size)
{
	pack_number(pack, size);
	pack_room(pack, size);
	memcpy(pack->bytes + pack->length, sums, size);
	pack->length += size;
}

void
pack_end(struct pack *pack, const struct store_item *item)
{
	pack_number(pack, pack->count > 0 ? item->seq - pack->last : 0);
	pack_count(pack, item->seq);
	pack_number(pack, (uint64_t)item->state);
	pack_number(pack, item->flags | (item->sums != NULL ? PACK_SUMS : 0));
	pack_number(pack, (uint64_t)item->http_status);
	pack_number(pack, item->attempts);
	pack_signed(pack, item->size);
	pack_signed(pack, item->got - item->size);
	pack_signed(pack, item->started_ms - pack->last_ms);
	pack_signed(pack, item->ended_ms - item->started_ms);
	pack_signed(pack, item->elapsed_ms);
	pack_text(pack, PACK_PATH, item->path);
	pack_text(pack, PACK_ETAG, item->etag);
	pack_text(pack, PACK_MODIFIED, item->last_modified);
	if (item->sums != NULL)
		pack_sums(pack, item->sums, item->sums_size);
	pack->last_ms = item->started_ms;
}

void
pack_empty(struct pack *pack)
{
	int i;

	pack->length = pack->count = 0;
	pack->last_ms = 0;
	for (i = 0; i < PACK_KINDS; i++)
		pack->texts[i].length = 0;
}

static void
pack_release_texts(struct pack_text texts[PACK_KINDS])
{
	int i;

	for (i = 0; i < PACK_KINDS; i++)
		free(texts[i].text);
}

void
pack_release(struct pack *pack)
{
	pack_release_texts(pack->texts);
	free(pack->bytes);
	memset(pack, 0, sizeof *pack);
}

/* ---- reading ---- */

void
pack_begin(struct pack_reader *reader, const void *bytes, size_t length,
    uint64_t first)
{
	int i;

	reader->at = bytes;
	reader->end = reader->at + length;
	reader->torn = false;
	reader->last = first;
	reader->last_ms = 0;
	for (i = 0; i < PACK_KINDS; i++)
		reader->texts[i].length = 0;
}

static uint64_t
pack_get_number(struct pack_reader *reader)
{
	uint64_t number = 0;
	int shift;

	for (shift = 0; shift < 64 && reader->at < reader->end; shift += 7) {
		number |= (uint64_t)(*reader->at & 0x7f) << shift;
		if ((*reader->at++ & 0x80) == 0)
			return number;
	}
	reader->torn = true;
	return 0;
}

static int64_t
pack_get_signed(struct pack_reader *reader)
{
	uint64_t number = pack_get_number(reader);

	return (int64_t)(number >> 1 ^ (0 - (number & 1)));
}

/* Sums of what is torn may be anything, but must not overflow. */
static int64_t
pack_sum(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

/* "" if it is torn. */
static const char *
pack_get_text(struct pack_reader *reader, enum pack_kind kind)
{
	struct pack_text *last = &reader->texts[kind];
	uint64_t shared = pack_get_number(reader);
	uint64_t length = pack_get_number(reader);

	reader->torn |= shared > last->length ||
	    length > (uint64_t)(reader->end - reader->at);
	if (reader->torn)
		return "";
	pack_follow(last, (size_t)shared, reader->at, (size_t)length);
	reader->at += length;
	return last->text;
}

const char *
pack_next_added(struct pack_reader *reader)
{
	const char *url;

	if (reader->torn || reader->at >= reader->end)
		return NULL;
	url = pack_get_text(reader, PACK_URL);
	return reader->torn ? NULL : url;
}

static const char *
pack_get_maybe(struct pack_reader *reader, enum pack_kind kind)
{
	const char *text = pack_get_text(reader, kind);

	return *text != '\0' ? text : NULL;
}

static void
pack_get_sums(struct pack_reader *reader, struct store_item *item)
{
	uint64_t size = pack_get_number(reader);

	reader->torn |= size > (uint64_t)(reader->end - reader->at);
	if (reader->torn)
		return;
	item->sums = reader->at;
	item->sums_size = (size_t)size;
	reader->at += size;
}

bool
pack_next_ended(struct pack_reader *reader, struct store_item *item)
{
	uint64_t state, flags;

	if (reader->torn || reader->at >= reader->end)
		return false;
	memset(item, 0, sizeof *item);
	item->seq = reader->last += pack_get_number(reader);
	state = pack_get_number(reader);
	reader->torn |= state >= STORE_STATES;
	item->state = state < STORE_STATES ? (enum store_state)state :
	    STORE_QUEUED;
	flags = pack_get_number(reader);
	item->flags = (unsigned)flags;
	item->http_status = (int)(pack_get_number(reader) & 0xffff);
	item->attempts = (uint32_t)pack_get_number(reader);
	item->size = pack_get_signed(reader);
	item->got = pack_sum(item->size, pack_get_signed(reader));
	item->started_ms = pack_sum(reader->last_ms, pack_get_signed(reader));
	item->ended_ms = pack_sum(item->started_ms, pack_get_signed(reader));
	item->elapsed_ms = pack_get_signed(reader);
	item->path = pack_get_maybe(reader, PACK_PATH);
	item->etag = pack_get_maybe(reader, PACK_ETAG);
	item->last_modified = pack_get_maybe(reader, PACK_MODIFIED);
	if (flags & PACK_SUMS)
		pack_get_sums(reader, item);
	reader->last_ms = item->started_ms;
	return !reader->torn;
}

void
pack_reader_release(struct pack_reader *reader)
{
	pack_release_texts(reader->texts);
	memset(reader, 0, sizeof *reader);
}
