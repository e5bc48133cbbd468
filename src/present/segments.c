/* SPDX-License-Identifier: MIT
 *
 * The segment bar. Cell i of B stands for [i*S/B, (i+1)*S/B) of S bytes. All
 * is counted in B-ths of a byte, where those edges are whole numbers: nothing
 * is rounded before the very last step, also where a byte is wider than a
 * cell. The products need more than 64 bits.
 */
#include "config.h"

#include "segments.h"

#include <string.h>

/* What one cell holds. */
struct segments_count {
	__int128 got;      /* covered, in B-ths of a byte */
	size_t intervals;
	bool left, right;       /* an interval touches that edge */
};

static __int128
segments_least(__int128 a, __int128 b)
{
	return a < b ? a : b;
}

static __int128
segments_most(__int128 a, __int128 b)
{
	return a > b ? a : b;
}

static void
segments_classify(struct segments_cell *cell,
    const struct segments_count *count, __int128 width)
{
	__int128 eighths = count->got * 8 / width;

	memset(cell, 0, sizeof *cell);
	if (count->got == 0) {
		cell->kind = SEGMENTS_NONE;
		return;
	}
	if (count->got == width) {
		cell->kind = SEGMENTS_ALL;
		return;
	}
	cell->eighths = (unsigned char)segments_least(segments_most(eighths,
	    1), 7);
	cell->shade = count->got * 3 <= width ? 1 :
	    count->got * 3 <= width * 2 ? 2 : 3;
	if (count->intervals == 1 && count->left)
		cell->kind = SEGMENTS_LEFT;
	else if (count->intervals == 1 && count->right)
		cell->kind = SEGMENTS_RIGHT;
	else
		cell->kind = SEGMENTS_SOME;
}

/* Counts what lies within [start, end); *next is the first interval that may
 * reach into it and is moved on for the following cell. */
static void
segments_count_cell(struct segments_count *count, __int128 start,
    __int128 end, __int128 scale, const struct haul_range *ranges,
    size_t range_count, size_t *next)
{
	__int128 from, to;
	size_t i;

	memset(count, 0, sizeof *count);
	while (*next < range_count && ranges[*next].end * scale <= start)
		(*next)++;
	for (i = *next; i < range_count; i++) {
		from = segments_most(ranges[i].start * scale, start);
		to = segments_least(ranges[i].end * scale, end);
		if (from >= end)
			break;
		if (from >= to)
			continue;
		count->got += to - from;
		count->intervals++;
		count->left = count->left || from == start;
		count->right = count->right || to == end;
	}
}

void
segments_fill(struct segments_cell *cells, size_t cell_count,
    const struct haul_range *ranges, size_t range_count, int64_t size_bytes)
{
	__int128 scale = (__int128)cell_count, width = size_bytes;
	struct segments_count count;
	size_t i, next = 0;

	memset(cells, 0, cell_count * sizeof *cells);
	if (size_bytes <= 0) {
		for (i = 0; i < cell_count && range_count > 0; i++)
			cells[i].kind = SEGMENTS_ALL;
		return;
	}
	for (i = 0; i < cell_count; i++) {
		segments_count_cell(&count, (__int128)i * width,
		    (__int128)(i + 1) * width, scale, ranges,
		    range_count, &next);
		segments_classify(&cells[i], &count, width);
	}
}

static const char *
segments_ascii(const struct segments_cell *cell)
{
	switch ((enum segments_kind)cell->kind) {
	case SEGMENTS_NONE:
		return ".";
	case SEGMENTS_ALL:
		return "#";
	case SEGMENTS_LEFT:
		return cell->eighths <= 3 ? "-" : "=";
	case SEGMENTS_RIGHT:
	case SEGMENTS_SOME:
		break;
	}
	return ":";
}

const char *
segments_glyph(const struct segments_cell *cell, unsigned flags, bool *reverse)
{
	static const char *const blocks[] = {
		"\xc2\xb7", "\xe2\x96\x8f", "\xe2\x96\x8e", "\xe2\x96\x8d",
		"\xe2\x96\x8c", "\xe2\x96\x8b", "\xe2\x96\x8a", "\xe2\x96\x89",
		"\xe2\x96\x88",
	};
	static const char *const shades[] = {
		"\xe2\x96\x91", "\xe2\x96\x91", "\xe2\x96\x92", "\xe2\x96\x93",
	};
	bool can_reverse = (flags & SEGMENTS_REVERSE) &&
	    !(flags & SEGMENTS_ASCII);

	if (reverse != NULL)
		*reverse = can_reverse && cell->kind == SEGMENTS_RIGHT;
	if (flags & SEGMENTS_ASCII)
		return segments_ascii(cell);
	if (cell->kind == SEGMENTS_NONE)
		return blocks[0];
	if (cell->kind == SEGMENTS_ALL)
		return blocks[8];
	if (cell->kind == SEGMENTS_LEFT)
		return blocks[cell->eighths];
	if (cell->kind == SEGMENTS_RIGHT && can_reverse)
		return blocks[8 - cell->eighths];
	return shades[cell->shade];
}

void
segments_text(char *out, size_t size, const struct segments_cell *cells,
    size_t cell_count, unsigned flags)
{
	size_t i, length, used = 0;
	const char *glyph;

	for (i = 0; i < cell_count; i++) {
		glyph = segments_glyph(&cells[i], flags & SEGMENTS_ASCII,
		    NULL);
		length = strlen(glyph);
		if (used + length >= size)
			break;
		memcpy(out + used, glyph, length);
		used += length;
	}
	if (size > 0)
		out[used] = '\0';
}
