/* SPDX-License-Identifier: MIT
 *
 * What the files of the terminal share: term.c takes it and reads it,
 * term-draw.c draws, term-undo.c keeps the way back. Curses' own types are
 * left to them.
 */
#ifndef HAUL_UI_TERM_INTERNAL_H
#define HAUL_UI_TERM_INTERNAL_H

#include <stdio.h>

#include "decode.h"
#include "modes.h"
#include "pace.h"
#include "term.h"

struct term {
	struct term_settings settings;
	struct modes modes;
	FILE *in, *out;
	struct screen *screen;          /* of curses */
	struct decode decode;
	struct pace pace;
	int cost;                       /* sent since the last question */
	struct grid shown;              /* what is on the screen */
	int next_row;                   /* where a cut frame goes on */
	bool cut;                       /* rows are left to be shown */
	bool valid;                     /* shown is true */
	bool away;                      /* between leave and return */
	bool hung_up;
	bool can_mouse, can_paste, can_reverse;
	bool titled, progressed;
	int colours;
	int cursor;                     /* curs_set() as it is */
	void *line;                     /* cchar_t, of a row */
	unsigned flags[STYLE_COUNT];    /* of the style's look */
};

/* ---- term.c ---- */

int64_t term_now_ms(void);

/* Sends text past curses. */
void term_send(struct term *, const char *text);

/* Asks the terminal how far it is, if it is asked at all (pace.h). */
void term_ask(struct term *);

/* ---- term-draw.c ---- */

/* Finds out which colours there are, and sets all looks up. */
void term_draw_begin(struct term *);

/* What is shown is not known any more: all is drawn with the next frame. */
void term_draw_anew(struct term *);

/* ---- term-undo.c ---- */

/* Learns how the terminal was before us; false if it does not say. */
bool term_undo_learn(struct term *);

/* Makes the way back ready, with all that was switched on. */
void term_undo_prepare(struct term *);

/* Whether the terminal is ours, and so to be given back by a signal. */
void term_undo_arm(bool taken);

/* Sets the modes that were learned. */
void term_undo_modes(struct term *);

#endif
