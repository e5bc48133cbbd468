/* SPDX-License-Identifier: MIT
 *
 * A drawing that may be taller than the place where it is shown: dialogs and
 * panes draw it whole, and a part of it is carried to the screen. Pure.
 */
#ifndef HAUL_UI_SHEET_H
#define HAUL_UI_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "grid.h"

struct sheet {
	struct grid grid;       /* no cells: never drawn */
	int top;                /* the first row shown */
	int tail;               /* rows below the one that must be shown which
	                           are wanted too; for one drawing */
	int seen;               /* rows shown at last */
};

void sheet_release(struct sheet *);

/* A blank sheet to draw on; rows and columns below 1 count as 1. */
struct grid_area sheet_begin(struct sheet *, int rows, int columns);

/* Carries rows to the area, as many as it has; `keep` (or -1) is a row that
 * must be among them. The cursor comes along if it stands in a shown row. */
void sheet_show(struct sheet *, struct grid_area, int keep);

/* False if it is at that end already. */
bool sheet_scroll(struct sheet *, int lines);

/* "3/12", the last row shown of all; "" if all are. */
void sheet_position(const struct sheet *, char *text, size_t size);

/* Writes text of ours over as many rows as it needs, broken between words, or
 * within one that is too long; line feeds break as well. Returns the rows. An
 * area without rows only measures. */
int sheet_wrap(struct grid_area, int row, int column, int width,
    const char *text, enum grid_style, unsigned flags);

/* What comes from elsewhere: made safe, then the same. */
int sheet_wrap_safe(struct grid_area, int row, int column, int width,
    const char *bytes, enum grid_style, unsigned text_flags);

#endif
