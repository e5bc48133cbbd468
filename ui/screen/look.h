/* SPDX-License-Identifier: MIT
 *
 * How styles look: a colour of the foreground and attributes, by scheme and by
 * what the terminal can. Never a background, never dim or blinking. Pure, but
 * for what look_set() sets.
 */
#ifndef HAUL_UI_LOOK_H
#define HAUL_UI_LOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "grid.h"
#include "term.h"

#define LOOK_DEFAULT (-1)       /* the terminal's own colour */

struct look {
	short colour;           /* LOOK_DEFAULT, or below `colours` */
	unsigned flags;         /* GRID_BOLD, ... that come with the style */
};

/* The style of that name; STYLE_COUNT if there is none, and then the name that
 * was meant, or NULL. */
enum grid_style look_find(const char *name);
const char *look_nearest(const char *name);

/* Reads "red bold", "244", "default underline", "bold": at most one colour.
 * False, and the word that is wrong; what was meant by it, or NULL. */
bool look_read(struct look *, const char *text, const char **wrong,
    size_t *wrong_length);
const char *look_nearest_word(const char *word, size_t length);

/* How a style looks instead, in all schemes but mono, where the terminal has
 * that colour; NULL: as before. To be called before there is a face. */
void look_set(enum grid_style, const struct look *);

/* colours: how many the terminal has; below 8 the scheme is mono. */
struct look look_of(enum term_scheme, int colours, enum grid_style);

#endif
