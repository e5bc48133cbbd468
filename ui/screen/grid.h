/* SPDX-License-Identifier: MIT
 *
 * The screen as cells in memory. Views draw here; term.c alone carries the
 * difference to the terminal. Nothing outside the grid or an area can be
 * written: what does not fit is cut, a wide character that would straddle the
 * edge becomes a blank. Pure.
 */
#ifndef HAUL_UI_GRID_H
#define HAUL_UI_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "present/text.h"

/* What a cell means; term.c decides how that looks (scheme, colours). Meaning
 * never hangs on the style alone: words and glyphs say it as well. */
enum grid_style {
	STYLE_TEXT,             /* the terminal's own colours */
	STYLE_STRONG,           /* bold */
	STYLE_QUIET,            /* secondary text: own colour, never dim */
	STYLE_RULE,             /* rules and frames */
	STYLE_TITLE,            /* "haul", headings */
	STYLE_KEY,              /* a key in the key bar or help */
	STYLE_WAIT,             /* states, as in TUI.md section 4 */
	STYLE_CONN,
	STYLE_GET,
	STYLE_VRFY,
	STYLE_PAUS,
	STYLE_RTRY,
	STYLE_DONE,
	STYLE_SKIP,
	STYLE_FAIL,
	STYLE_BAR_HERE,         /* bytes that have arrived: calm */
	STYLE_BAR_NOW,          /* where bytes arrive now: bright */
	STYLE_BAR_REST,         /* still to come */
	STYLE_BAR_DONE,
	STYLE_BAR_FAIL,
	STYLE_GRAPH_LOW,        /* the speed graph, from low to high */
	STYLE_GRAPH_MIDDLE,
	STYLE_GRAPH_HIGH,
	STYLE_ERROR,            /* a message that something failed */
	STYLE_MODE,             /* FOLLOW, FILTER, ... */
	STYLE_COUNT
};

#define GRID_REVERSE    1u
#define GRID_BOLD       2u
#define GRID_UNDERLINE  4u

struct grid_cell {
	char text[TEXT_UNIT_SIZE];      /* one cluster, safe; "" for the right
	                                   half of a wide one */
	uint8_t width;                  /* 1 or 2; 0: right half */
	uint8_t style;                  /* enum grid_style */
	uint8_t flags;                  /* GRID_xxx */
};

struct grid {
	int rows, columns;              /* >= 1 each */
	struct grid_cell *cells;        /* row by row */
	int cursor_row, cursor_column;  /* where the cursor rests */
	bool cursor_shown;              /* in text fields, accessible mode */
};

/* A rectangle of a grid that a view may draw in; by value. Zero or negative
 * rows or columns are legal and draw nothing. */
struct grid_area {
	struct grid *grid;
	int top, left, rows, columns;
};

void grid_init(struct grid *, int rows, int columns);
void grid_release(struct grid *);
/* Contents are blank afterwards. */
void grid_resize(struct grid *, int rows, int columns);
void grid_clear(struct grid *);

struct grid_area grid_all(struct grid *);
/* A part of an area, cut to it. */
struct grid_area grid_part(struct grid_area, int top, int left, int rows,
    int columns);

/* Writes text of ours (translations, results of text_safe()) at a place of the
 * area, at most `width` cells of it (negative: up to the area's edge). Returns
 * the cells written. */
int grid_put(struct grid_area, int row, int column, int width,
    const char *text, enum grid_style, unsigned flags);

/* The same up to the area's edge; what is too long ends with an ellipsis, of
 * the kind that the flags for text_safe() ask for. */
int grid_put_cut(struct grid_area, int row, int column, const char *text,
    enum grid_style, unsigned text_flags);

/* As grid_put(), ended at `column + width`: right-aligned, cut at its end. */
void grid_put_right(struct grid_area, int row, int column, int width,
    const char *text, enum grid_style, unsigned flags);

/* printf() into at most 1 KiB, then grid_put(). */
int grid_print(struct grid_area, int row, int column, enum grid_style,
    unsigned flags, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* Fills cells with one glyph of one cell. */
void grid_fill(struct grid_area, int row, int column, int width,
    const char *glyph, enum grid_style, unsigned flags);

/* Adds flags to cells that are there already (selected row, focus). */
void grid_mark(struct grid_area, int row, int column, int width,
    unsigned flags);

void grid_cursor(struct grid_area, int row, int column, bool shown);

#endif
