/* SPDX-License-Identifier: MIT
 *
 * Where everything stands on a screen of any size, down to one cell. Pure.
 */
#ifndef HAUL_UI_LAYOUT_H
#define HAUL_UI_LAYOUT_H

#include <stdbool.h>

/* A part of the screen; without rows or columns it is not there. */
struct layout_part {
	int top, left, rows, columns;
};

struct layout {
	struct layout_part totals, tabs, graph;
	struct layout_part groups;      /* of the failed tab, see below */
	struct layout_part head;        /* names of the columns */
	struct layout_part list;        /* head is its first row */
	struct layout_part pane;        /* under the list, right of it, or in
	                                   its place */
	struct layout_part status, keys;
	bool pane_right;                /* a column is left free before it */
};

#define LAYOUT_NARROW 20        /* fewer columns: names and percents alone */

/* pane: one is open; maximised: it has the list's room as well. */
void layout_make(struct layout *, int rows, int columns, bool pane,
    bool header_hidden, bool maximised);

/* A pane below the list gives it some of its rows. */
void layout_shrink_pane(struct layout *, int rows);

/* For the failed tab: the graph makes room, and the list's first rows become
 * `groups`, so many of them as are asked for, but the list keeps its head and
 * three rows. Returns how many there are; 0 is asked for to learn the room. */
int layout_make_groups(struct layout *, int rows);

/* Whether a screen of that height has room for the columns' names. */
bool layout_has_head(int rows);

/* The cells of a row of the list. Each is preceded by one blank, but the
 * marks. Zero cells: the column is left out. */
struct layout_columns {
	int width;
	int marks;                      /* 2: selected, tagged; 1: both */
	int glyph, word;                /* of the state */
	int name, bar, percent, received, size, speed, left, connections, try,
	    host;
	int cause, when;                /* of the failed tab's rows */
	bool cut_end;                   /* too narrow to cut in the middle */
};

void layout_columns(struct layout_columns *, int width);
/* The failed tab's: cause, try and time in place of the progress. */
void layout_failed_columns(struct layout_columns *, int width);
/* Makes either of them plain: words in place of signs and bars. */
void layout_plain_columns(struct layout_columns *);

/* The cells of all columns and the blanks before them: always the width. */
int layout_sum(const struct layout_columns *);

#endif
