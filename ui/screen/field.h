/* SPDX-License-Identifier: MIT
 *
 * One line of text under the cursor. What is typed is kept as bytes; the
 * cursor stands between clusters (a character with its marks), so none is ever
 * split. Control bytes do not get in. Pure, but for drawing into a grid.
 */
#ifndef HAUL_UI_FIELD_H
#define HAUL_UI_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "grid.h"
#include "input.h"

#define FIELD_LIMIT 65536       /* bytes; more is not taken */

struct field {
	char *text;             /* ended by NUL, never NULL once in use */
	size_t length, room;
	size_t cursor;          /* byte offset, between clusters */
	size_t first;           /* of what is shown; follows the cursor */
	char *killed;           /* by Ctrl-K, U, W; Ctrl-Y brings it back */
	bool offered;           /* what is typed first replaces the text */
};

void field_init(struct field *, const char *text);
void field_release(struct field *);

/* The cursor stands at the end afterwards. */
void field_set(struct field *, const char *text);
/* Sets a text that what is typed or pasted replaces, unless another key comes
 * first: for short values. */
void field_offer(struct field *, const char *text);
const char *field_text(const struct field *);

/* Puts bytes at the cursor: tabs and line ends become blanks, other control
 * characters (C0, DEL, C1) are left out. */
void field_insert(struct field *, const char *bytes, size_t length);

/* Takes a key or a paste; false if it is none of a text field's: Enter, Esc,
 * Tab, Up and Down among them. */
bool field_input(struct field *, const struct input *);

/* Draws `width` cells; with focus the cursor is shown there. */
void field_draw(struct field *, struct grid_area, int row, int column,
    int width, bool focus, unsigned text_flags);

/* Puts the cursor where a click at this cell of the drawn field means. */
void field_click(struct field *, int cell);

/* Whether any byte of the text would be replaced if shown. */
bool field_is_plain(const char *text);

/* ---- what was typed before ---- */

#define FIELD_HISTORY_MAX 100

struct field_history {
	char *lines[FIELD_HISTORY_MAX];
	size_t count;
	size_t at;              /* shown now; count is the line being typed */
	char *typed;            /* kept while older ones are looked at */
};

void field_history_release(struct field_history *);
/* Remembers a line, but not twice in a row, nor an empty one. */
void field_history_add(struct field_history *, const char *line);
/* Begins at the newest. */
void field_history_start(struct field_history *);
/* Puts the line before (-1) or after (+1) into the field; false at an end. */
bool field_history_move(struct field_history *, struct field *, int step);

#endif
