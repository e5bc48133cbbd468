/* SPDX-License-Identifier: MIT
 *
 * One line of text in the place of the status line: find, filter, the command
 * line, a list file's name, a rate.
 */
#ifndef HAUL_UI_PROMPT_H
#define HAUL_UI_PROMPT_H

#include "internal.h"

enum prompt_kind {
	PROMPT_FIND,
	PROMPT_FILTER,
	PROMPT_COMMAND,
	PROMPT_LIST_FILE,
	PROMPT_LIMIT,
	PROMPT_KINDS
};

/* What an open one held is given up. */
void prompt_open(struct ui *, enum prompt_kind);
void prompt_close(struct ui *);

/* Draws it into a line. What is wrong with its text is told in full in the one
 * below; where there is none (no rows), in half of its own. */
void prompt_draw(struct ui *, struct grid_area, struct grid_area below);

/* Keys and pastes while it is open; the rest is UI_PASS. */
unsigned prompt_input(struct ui *, const struct input *);

#endif
