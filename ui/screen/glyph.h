/* SPDX-License-Identifier: MIT
 *
 * The signs that things are drawn with, in UTF-8 and in ASCII, and what a
 * state is called and looks like. Pure.
 */
#ifndef HAUL_UI_GLYPH_H
#define HAUL_UI_GLYPH_H

#include "haul.h"

#include "grid.h"

#define GLYPH_GRAPH_STEPS 9     /* nothing, then one to eight eighths */

/* All but fold and at_least are one cell wide. */
struct glyph_set {
	bool ascii;
	const char *states[HAUL_STATE_COUNT];   /* by enum haul_state */
	const char *fold;               /* rows that are folded away */
	const char *at_least;           /* before a lower bound */
	const char *ellipsis;           /* where text was cut */
	const char *select;             /* the selected row */
	const char *tag;                /* a tagged row */
	const char *rule;
	const char *cross;              /* between texts of one line */
	const char *bar_rest;           /* of a bar: nothing here */
	const char *bar_here;           /* all here */
	const char *bar_lost;           /* will not come */
	const char *graph[GLYPH_GRAPH_STEPS];
};

/* UTF-8 or ASCII. */
const struct glyph_set *glyph_set(bool ascii);

/* Whether every sign of the UTF-8 set has the width in this locale that it is
 * drawn with; there are fonts and locales where they are wide. */
bool glyph_set_fits(void);

/* The state's word, four cells or a few more, translated. */
const char *glyph_word(enum haul_state);

enum grid_style glyph_style(enum haul_state);

/* GRID_BOLD, GRID_UNDERLINE: what tells it apart without colours as well. */
unsigned glyph_flags(enum haul_state);

#endif
