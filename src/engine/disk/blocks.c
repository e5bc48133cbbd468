/* SPDX-License-Identifier: MIT
 *
 * See blocks.h. A CRC is linear: what comes is summed as it comes, one run a
 * connection, and a run's sum is shifted to the end of its block when the run
 * ends. At a block's end, the usual case, there is nothing to shift.
 */
#include "config.h"

#include "blocks.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "engine/base/crc32c.h"

#define BLOCKS_SHIFT_MIN 20
#define BLOCKS_KIND 1                   /* CRC-32C as in crc32c.h */
#define BLOCKS_HEAD 2                   /* bytes: kind, shift */
#define BLOCKS_PIECE (256 * 1024)       /* read at once */

void
blocks_release(struct blocks *blocks)
{
	if (blocks->sums != &blocks->one)
		free(blocks->sums);
	free(blocks->spoiled);
	ranges_release(&blocks->taken);
	*blocks = (struct blocks){ 0 };
}

static void
blocks_lay_out(struct blocks *blocks, int64_t total, int shift)
{
	blocks->total = total;
	blocks->shift = shift;
	blocks->count = (size_t)((total - 1) >> shift) + 1;
	blocks->sums = blocks->count == 1 ? &blocks->one :
	    alloc_zero(blocks->count * sizeof *blocks->sums);
}

void
blocks_begin(struct blocks *blocks, int64_t total)
{
	int shift = BLOCKS_SHIFT_MIN;

	assert(total > 0);
	blocks_release(blocks);
	while ((total - 1) >> shift >= BLOCKS_MAX)
		shift++;
	blocks_lay_out(blocks, total, shift);
}

struct haul_range
blocks_range(const struct blocks *blocks, size_t block)
{
	struct haul_range range;

	range.start = (int64_t)block << blocks->shift;
	/* The last one's end by its shift may be beyond what 63 bits hold. */
	range.end = block + 1 < blocks->count ?
	    (int64_t)(block + 1) << blocks->shift : blocks->total;
	return range;
}

/* ---- as they come ---- */

/* Bytes that came twice are in the sum twice. */
static void
blocks_spoil(struct blocks *blocks, size_t block)
{
	if (blocks->spoiled == NULL)
		blocks->spoiled = alloc_zero(blocks->count);
	blocks->spoiled[block] = 1;
}

/* False if some of them came before. */
static bool
blocks_mark(struct blocks *blocks, int64_t start, int64_t end)
{
	int64_t before;

	if (blocks->whole)
		return false;
	/* A small file needs no list. */
	if (blocks->taken.count == 0 && end - start == blocks->total) {
		blocks->whole = true;
		return true;
	}
	before = ranges_bytes(&blocks->taken);
	ranges_add(&blocks->taken, start, end);
	return ranges_bytes(&blocks->taken) == before + end - start;
}

static bool
blocks_cover(const struct blocks *blocks, int64_t start, int64_t end)
{
	return blocks->whole || ranges_cover(&blocks->taken, start, end);
}

void
blocks_end_run(struct blocks *blocks, struct blocks_run *run)
{
	size_t block = (size_t)(run->start >> blocks->shift);

	if (run->start == run->end || block >= blocks->count) {
		*run = (struct blocks_run){ 0 };
		return;
	}
	if (!blocks_mark(blocks, run->start, run->end))
		blocks_spoil(blocks, block);
	blocks->sums[block] ^= crc32c_shift(run->sum,
	    blocks_range(blocks, block).end - run->end);
	*run = (struct blocks_run){ 0 };
}

void
blocks_take(struct blocks *blocks, struct blocks_run *run, const char *bytes,
    size_t length, int64_t offset)
{
	int64_t room;
	size_t take;

	if (run->end != offset)
		blocks_end_run(blocks, run);
	while (length > 0 && offset < blocks->total) {
		if (run->end == run->start)
			run->start = run->end = offset;
		room = blocks_range(blocks, (size_t)(offset >>
		    blocks->shift)).end - offset;
		take = (int64_t)length < room ? length : (size_t)room;
		run->sum = crc32c_add(run->sum, bytes, take);
		run->end = offset += (int64_t)take;
		bytes += take;
		length -= take;
		if ((int64_t)take == room)
			blocks_end_run(blocks, run);
	}
}

bool
blocks_has(const struct blocks *blocks, size_t block)
{
	struct haul_range range = blocks_range(blocks, block);

	return (blocks->spoiled == NULL || !blocks->spoiled[block]) &&
	    blocks_cover(blocks, range.start, range.end);
}

bool
blocks_is_complete(const struct blocks *blocks)
{
	size_t i;

	if (blocks->spoiled == NULL)
		return blocks_cover(blocks, 0, blocks->total);
	for (i = 0; i < blocks->count; i++)
		if (!blocks_has(blocks, i))
			return false;
	return true;
}

/* ---- from the file ---- */

static int
blocks_read_one(struct blocks *blocks, int fd, size_t block, char *piece)
{
	struct haul_range range = blocks_range(blocks, block);
	uint32_t sum = 0;
	size_t ask;
	ssize_t n;

	while (range.start < range.end) {
		ask = range.end - range.start < BLOCKS_PIECE ?
		    (size_t)(range.end - range.start) : BLOCKS_PIECE;
		n = pread(fd, piece, ask, (off_t)range.start);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : EIO;
		sum = crc32c_add(sum, piece, (size_t)n);
		range.start += n;
	}
	range = blocks_range(blocks, block);
	blocks->sums[block] = sum;
	ranges_add(&blocks->taken, range.start, range.end);
	if (blocks->spoiled != NULL)
		blocks->spoiled[block] = 0;
	return 0;
}

int
blocks_read_rest(struct blocks *blocks, int fd, const atomic_bool *cancel)
{
	char *piece = NULL;
	int error = 0;
	size_t i;

	for (i = 0; i < blocks->count && error == 0; i++) {
		if (blocks_has(blocks, i))
			continue;
		if (cancel != NULL && atomic_load(cancel)) {
			error = ECANCELED;
			break;
		}
		if (piece == NULL)
			piece = alloc_array(BLOCKS_PIECE, 1);
		error = blocks_read_one(blocks, fd, i, piece);
	}
	free(piece);
	return error;
}

/* ---- as they are kept ---- */

unsigned char *
blocks_encode(const struct blocks *blocks, size_t *size)
{
	unsigned char *bytes, *p;
	size_t i;

	*size = BLOCKS_HEAD + 4 * blocks->count;
	bytes = p = alloc_resize(NULL, *size, 1);
	*p++ = BLOCKS_KIND;
	*p++ = (unsigned char)blocks->shift;
	for (i = 0; i < blocks->count; i++) {
		*p++ = (unsigned char)blocks->sums[i];
		*p++ = (unsigned char)(blocks->sums[i] >> 8);
		*p++ = (unsigned char)(blocks->sums[i] >> 16);
		*p++ = (unsigned char)(blocks->sums[i] >> 24);
	}
	return bytes;
}

bool
blocks_decode(struct blocks *blocks, const unsigned char *bytes, size_t size,
    int64_t total)
{
	size_t i;

	blocks_release(blocks);
	if (bytes == NULL || total <= 0 || size < BLOCKS_HEAD + 4 ||
	    bytes[0] != BLOCKS_KIND || bytes[1] < BLOCKS_SHIFT_MIN ||
	    bytes[1] > 62 || (size - BLOCKS_HEAD) % 4 != 0 ||
	    (uint64_t)((total - 1) >> bytes[1]) + 1 !=
	    (size - BLOCKS_HEAD) / 4)
		return false;
	blocks_lay_out(blocks, total, bytes[1]);
	bytes += BLOCKS_HEAD;
	for (i = 0; i < blocks->count; i++, bytes += 4)
		blocks->sums[i] = (uint32_t)bytes[0] |
		    (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
		    (uint32_t)bytes[3] << 24;
	blocks->whole = true;
	return true;
}

char *
blocks_format(const struct blocks *blocks)
{
	static const char hex[] = "0123456789abcdef";
	size_t size, i;
	unsigned char *bytes = blocks_encode(blocks, &size);
	char *text = alloc_array(2 * size + 1, 1);

	for (i = 0; i < size; i++) {
		text[2 * i] = hex[bytes[i] >> 4];
		text[2 * i + 1] = hex[bytes[i] & 15];
	}
	text[2 * size] = '\0';
	free(bytes);
	return text;
}

static int
blocks_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	    c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
blocks_parse(struct blocks *blocks, const char *text, int64_t total)
{
	size_t i, length = strlen(text);
	unsigned char *bytes;
	bool good;

	blocks_release(blocks);
	if (length % 2 != 0 || length > 2 * (BLOCKS_HEAD + 4 * BLOCKS_MAX) ||
	    strspn(text, "0123456789abcdef") != length)
		return false;
	bytes = alloc_array(length / 2 + 1, 1);
	for (i = 0; i < length / 2; i++)
		bytes[i] = (unsigned char)(blocks_digit(text[2 * i]) << 4 |
		    blocks_digit(text[2 * i + 1]));
	good = blocks_decode(blocks, bytes, length / 2, total);
	free(bytes);
	return good;
}
