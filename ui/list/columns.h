/* SPDX-License-Identifier: MIT
 *
 * One row of the list: its cells, and the words above them. Pure, but for the
 * locale and the time zone.
 */
#ifndef HAUL_UI_COLUMNS_H
#define HAUL_UI_COLUMNS_H

#include "ui/rows/sort.h"
#include "ui/screen/glyph.h"
#include "ui/screen/layout.h"

/* How this run draws. */
struct columns_look {
	const struct glyph_set *glyphs;
	unsigned text_flags;            /* for text_safe() */
	bool reverse;                   /* cells can be drawn reversed */
	bool si;
	int scroll;                     /* cells that long names are moved by */
	int64_t epoch_ms;               /* now */
};

struct columns_row {
	const struct haul_row *row;
	const struct haul_range *ranges;        /* that are here, if it runs */
	size_t range_count;
	const struct haul_range *fresh;         /* that arrived just now */
	size_t fresh_count;
	bool selected, tagged;
};

/* Makes columns as wide as what stands in them in the user's language: the
 * names of the columns and the words of the states. */
void columns_fit(struct layout_columns *);

void columns_draw_row(struct grid_area, int line,
    const struct layout_columns *, const struct columns_look *,
    const struct columns_row *);

/* The names of the columns; the one that rows are sorted by stands out. */
void columns_draw_head(struct grid_area, int line,
    const struct layout_columns *, enum list_sort);

/* Where the text of a folded run begins. */
int columns_fold_at(const struct layout_columns *);

/* What a click on the name of a column sorts by; LIST_SORTS: nothing. */
enum list_sort columns_sort_at(const struct layout_columns *, int column);

/* By how many cells the name is longer than its column. */
int columns_name_rest(const struct layout_columns *, const struct haul_row *,
    unsigned text_flags);

#endif
