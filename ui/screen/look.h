/* SPDX-License-Identifier: MIT
 *
 * How styles look: a colour of the foreground and attributes, by scheme and by
 * what the terminal can. Never a background, never dim or blinking. Pure.
 */
#ifndef HAUL_UI_LOOK_H
#define HAUL_UI_LOOK_H

#include "grid.h"
#include "term.h"

#define LOOK_DEFAULT (-1)       /* the terminal's own colour */

struct look {
	short colour;           /* LOOK_DEFAULT, or below `colours` */
	unsigned flags;         /* GRID_BOLD, ... that come with the style */
};

/* colours: how many the terminal has; below 8 the scheme is mono. */
struct look look_of(enum term_scheme, int colours, enum grid_style);

#endif
