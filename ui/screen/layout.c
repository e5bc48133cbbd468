/* SPDX-License-Identifier: MIT
 *
 * Sizes as two tables: what a screen of so many rows has, and what a row of so
 * many cells has. The list takes what is left; so does the name.
 */
#include "config.h"

#include "layout.h"

#include <string.h>

/* ---- rows ---- */

#define LAYOUT_PANE_BELOW 24    /* rows from which a pane stands below */
#define LAYOUT_PANE_RIGHT 160   /* columns from which it stands beside */
#define LAYOUT_PANE_MIN 8
#define LAYOUT_LIST_MIN 12      /* rows of all else while a pane is open */
#define LAYOUT_GROUPS_KEEP 4    /* the list's head and three rows */

struct layout_rows {
	int from;                       /* rows of the screen */
	int totals, tabs, graph, head, status, keys;
};

static const struct layout_rows layout_rows[] = {
	{ 36, 1, 1, 3, 1, 1, 1 },
	{ 24, 1, 1, 1, 1, 1, 1 },
	{ 14, 1, 1, 0, 1, 1, 1 },
	{ 10, 1, 1, 0, 0, 0, 1 },
	{ 6, 1, 0, 0, 0, 0, 1 },
	{ 2, 1, 0, 0, 0, 0, 0 },
	{ 0, 0, 0, 0, 0, 0, 0 },
};

static const struct layout_rows *
layout_rows_for(int rows)
{
	const struct layout_rows *row = layout_rows;

	while (rows < row->from && row->from > 0)
		row++;
	return row;
}

bool
layout_has_head(int rows)
{
	return layout_rows_for(rows)->head > 0;
}

/* Takes rows off the top of the room that is left. */
static struct layout_part
layout_take(struct layout_part *room, int rows)
{
	struct layout_part part = *room;

	part.rows = rows;
	room->top += rows;
	room->rows -= rows;
	return part;
}

static struct layout_part
layout_take_bottom(struct layout_part *room, int rows)
{
	struct layout_part part = *room;

	room->rows -= rows;
	part.top = room->top + room->rows;
	part.rows = rows;
	return part;
}

static void
layout_place_pane(struct layout *layout, int rows, int columns,
    bool maximised)
{
	int height = rows * 2 / 5;

	if (maximised || rows < LAYOUT_PANE_BELOW) {
		layout->pane = layout->list;
		layout->list.rows = 0;
	} else if (columns >= LAYOUT_PANE_RIGHT) {
		layout->pane = layout->list;
		layout->pane.columns = columns / 2;
		layout->pane.left = columns - layout->pane.columns;
		layout->list.columns = layout->pane.left - 1;
		layout->pane_right = true;
	} else {
		if (height < LAYOUT_PANE_MIN)
			height = LAYOUT_PANE_MIN;
		if (height > rows - LAYOUT_LIST_MIN)
			height = rows - LAYOUT_LIST_MIN;
		layout->pane = layout_take_bottom(&layout->list, height);
	}
}

/* The head is the first row of the list, if there is a list. */
static void
layout_place_head(struct layout *layout, int rows)
{
	layout->head = layout->list;
	if (layout->head.rows > rows)
		layout->head.rows = rows;
}

void
layout_make(struct layout *layout, int rows, int columns, bool pane,
    bool header_hidden, bool maximised)
{
	const struct layout_rows *row = layout_rows_for(rows);
	struct layout_part room = { 0, 0, rows, columns };
	int keys = row->keys;

	memset(layout, 0, sizeof *layout);
	/* Too narrow for the speed in the first line: it gets one below. */
	if (columns < LAYOUT_NARROW && rows >= 4)
		keys = 1;
	layout->totals = layout_take(&room, header_hidden ? 0 : row->totals);
	layout->tabs = layout_take(&room, row->tabs);
	layout->graph = layout_take(&room, header_hidden ? 0 : row->graph);
	layout->keys = layout_take_bottom(&room, keys);
	layout->status = layout_take_bottom(&room, row->status);
	layout->list = room;
	if (pane)
		layout_place_pane(layout, rows, columns, maximised);
	layout_place_head(layout, row->head);
}

void
layout_shrink_pane(struct layout *layout, int rows)
{
	if (layout->pane_right || layout->list.rows == 0 || rows < 0)
		return;
	if (rows > layout->pane.rows - 1)
		rows = layout->pane.rows > 1 ? layout->pane.rows - 1 : 0;
	layout->pane.top += rows;
	layout->pane.rows -= rows;
	layout->list.rows += rows;
}

int
layout_make_groups(struct layout *layout, int rows)
{
	struct layout_part room = layout->list;
	int head = layout->head.rows, graph = layout->graph.rows;

	if (layout->list.rows == 0)
		return 0;
	room.top -= graph;
	room.rows += graph;
	/* What stands beside the list goes up with it. */
	if (layout->pane_right) {
		layout->pane.top -= graph;
		layout->pane.rows += graph;
	}
	layout->graph.rows = 0;
	if (rows > room.rows - LAYOUT_GROUPS_KEEP)
		rows = room.rows - LAYOUT_GROUPS_KEEP;
	if (rows < 0)
		rows = 0;
	layout->groups = layout_take(&room, rows);
	layout->list = room;
	layout_place_head(layout, head);
	return rows;
}

/* ---- columns ---- */

struct layout_width {
	int from;                       /* cells of the row */
	struct layout_columns columns;  /* name: 0, it gets the rest */
};

static const struct layout_width layout_widths[] = {
	{ 140, { .marks = 2, .glyph = 1, .word = 4, .bar = 24, .percent = 4,
	    .received = 6, .size = 6, .speed = 6, .left = 5,
	    .connections = 5, .try = 3, .host = 16 } },
	{ 120, { .marks = 2, .glyph = 1, .word = 4, .bar = 24, .percent = 4,
	    .received = 6, .size = 6, .speed = 6, .left = 5,
	    .connections = 5, .try = 3 } },
	{ 100, { .marks = 2, .glyph = 1, .word = 4, .bar = 18, .percent = 4,
	    .received = 6, .size = 6, .speed = 6, .left = 5,
	    .connections = 5 } },
	{ 90, { .marks = 2, .glyph = 1, .word = 4, .bar = 18, .percent = 4,
	    .received = 6, .size = 6, .speed = 6, .left = 5 } },
	{ 80, { .marks = 2, .glyph = 1, .word = 4, .bar = 18, .percent = 4,
	    .size = 6, .speed = 6, .left = 5 } },
	{ 70, { .marks = 2, .glyph = 1, .bar = 18, .percent = 4, .size = 6,
	    .speed = 6, .left = 5 } },
	{ 60, { .marks = 2, .glyph = 1, .bar = 12, .percent = 4, .size = 6,
	    .speed = 6, .left = 5 } },
	{ 50, { .marks = 2, .glyph = 1, .bar = 12, .percent = 4, .size = 6,
	    .speed = 6 } },
	{ 40, { .marks = 2, .glyph = 1, .bar = 8, .percent = 4,
	    .speed = 6 } },
	{ 30, { .marks = 1, .glyph = 1, .percent = 4, .speed = 6 } },
	{ 20, { .marks = 1, .glyph = 1, .percent = 4 } },
	{ 8, { .marks = 1, .percent = 4, .cut_end = true } },
	{ 0, { .marks = 1, .cut_end = true } },
};

static const struct layout_width layout_failed_widths[] = {
	{ 140, { .marks = 2, .glyph = 1, .word = 4, .cause = 40, .try = 5,
	    .when = 11, .host = 24 } },
	{ 100, { .marks = 2, .glyph = 1, .word = 4, .cause = 40, .try = 5,
	    .when = 11 } },
	{ 80, { .marks = 2, .glyph = 1, .word = 4, .cause = 28, .try = 5,
	    .when = 8 } },
	{ 70, { .marks = 2, .glyph = 1, .cause = 24, .try = 5,
	    .when = 8 } },
	{ 50, { .marks = 2, .glyph = 1, .cause = 23, .try = 3 } },
	{ 40, { .marks = 2, .glyph = 1, .cause = 16 } },
	{ 30, { .marks = 1, .glyph = 1, .cause = 12 } },
	{ 20, { .marks = 1, .glyph = 1, .cause = 8 } },
	{ 0, { .marks = 1, .cut_end = true } },
};

static int
layout_cell(int cells)
{
	return cells > 0 ? cells + 1 : 0;
}

static int
layout_state(const struct layout_columns *c)
{
	return c->glyph + c->word + (c->glyph > 0 && c->word > 0);
}

int
layout_sum(const struct layout_columns *c)
{
	int sum = c->marks + layout_state(c);

	/* Names follow the marks at once where there is no state. */
	sum += sum > c->marks ? layout_cell(c->name) : c->name;
	sum += layout_cell(c->bar) + layout_cell(c->percent) +
	    layout_cell(c->received) + layout_cell(c->size) +
	    layout_cell(c->speed) + layout_cell(c->left) +
	    layout_cell(c->connections) + layout_cell(c->try) +
	    layout_cell(c->host);
	return sum + layout_cell(c->cause) + layout_cell(c->when);
}

static void
layout_find_width(struct layout_columns *columns,
    const struct layout_width *row, int width)
{
	while (width < row->from)
		row++;
	*columns = row->columns;
	columns->width = width;
	columns->name = width - layout_sum(columns);
	if (layout_state(columns) > 0)
		columns->name--;
}

void
layout_columns(struct layout_columns *columns, int width)
{
	layout_find_width(columns, layout_widths, width < 1 ? 1 : width);
}

void
layout_failed_columns(struct layout_columns *columns, int width)
{
	layout_find_width(columns, layout_failed_widths,
	    width < 1 ? 1 : width);
}

void
layout_plain_columns(struct layout_columns *columns)
{
	int width = columns->width;

	if (columns->glyph == 0)
		return;
	columns->glyph = columns->bar = 0;
	columns->word = 5;      /* as wide as its heading: it is all there is */
	columns->name = 0;
	columns->name = width - layout_sum(columns) - 1;
}
