/* SPDX-License-Identifier: MIT
 *
 * The lines of the bar, for any width: columns are dropped in a fixed order,
 * and no line takes more cells than it may. Pure, but for the locale.
 */
#ifndef HAUL_CMD_BARLINE_H
#define HAUL_CMD_BARLINE_H

#include "haul.h"

#define BARLINE_COLUMNS_MAX     1000
#define BARLINE_SIZE            (BARLINE_COLUMNS_MAX * 4)
#define BARLINE_SEGMENTS        64

struct barline_style {
	int width;                      /* cells, BARLINE_COLUMNS_MAX at most */
	unsigned flags;                 /* TEXT_ASCII, or 0 */
	bool si;
};

struct barline {
	char text[BARLINE_SIZE];        /* ended by NUL; no control bytes */
	size_t length;
};

/* A file at work, with the ranges of it that are here. */
void barline_row(struct barline *, const struct barline_style *,
    const struct haul_row *, const struct haul_range *, size_t count);

/* Says how many more are at work, and how many wait for another try. */
void barline_more(struct barline *, const struct barline_style *,
    size_t active, size_t waiting);

void barline_total(struct barline *, const struct barline_style *,
    const struct haul_totals *);

#endif
