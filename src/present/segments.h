/* SPDX-License-Identifier: MIT
 *
 * The bar that shows which parts of a file are here, in eighths of a cell.
 * Pure.
 */
#ifndef HAUL_PRESENT_SEGMENTS_H
#define HAUL_PRESENT_SEGMENTS_H

#include "haul.h"

#define SEGMENTS_ASCII          1u
#define SEGMENTS_REVERSE        2u      /* the caller can draw reversed */

#define SEGMENTS_GLYPH_SIZE     3       /* bytes of the longest glyph */
#define SEGMENTS_ROOM(cells) ((size_t)(cells) * SEGMENTS_GLYPH_SIZE + 1)

enum segments_kind {
	SEGMENTS_NONE,          /* no byte of the cell is here */
	SEGMENTS_ALL,
	SEGMENTS_LEFT,          /* one interval, from the cell's left edge */
	SEGMENTS_RIGHT,         /* one interval, up to its right edge */
	SEGMENTS_SOME,          /* anything else */
};

struct segments_cell {
	unsigned char kind;     /* enum segments_kind */
	unsigned char eighths;  /* 1..7 for LEFT and RIGHT */
	unsigned char shade;    /* 1 to a third, 2 to two thirds, 3 above */
};

/* Fills cells from the intervals, which are sorted, disjoint, not touching
 * and within [0, size). A bar is full only if all bytes are here and empty
 * only if none is. A size of 0 gives an empty bar unless there is an
 * interval: pass [0, 0) for an empty file that is done. */
void segments_fill(struct segments_cell *, size_t cell_count,
    const struct haul_range *, size_t range_count, int64_t size_bytes);

/* The glyph of a cell; *reverse (only with SEGMENTS_REVERSE, else NULL) tells
 * whether it is to be drawn reversed. */
const char *segments_glyph(const struct segments_cell *, unsigned flags,
    bool *reverse);

/* The whole bar as text without attributes; out has SEGMENTS_ROOM(cells). */
void segments_text(char *out, size_t size, const struct segments_cell *,
    size_t cell_count, unsigned flags);

#endif
