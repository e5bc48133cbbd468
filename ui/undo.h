/* SPDX-License-Identifier: MIT
 *
 * The last ten changes, and how each is taken back. An entry is made of steps,
 * which are taken back last first.
 */
#ifndef HAUL_UI_UNDO_H
#define HAUL_UI_UNDO_H

#include "internal.h"

#define UNDO_DEPTH 10
#define UNDO_EDIT_OPTION 1

enum undo_kind {
	UNDO_REMOVE,            /* id */
	UNDO_PAUSE,             /* id; number 1: it was paused by it, else it
	                           was resumed */
	UNDO_HOLD,              /* number: enum haul_hold before */
	UNDO_EDIT,              /* id; text: the URL before, or with number
	                           UNDO_EDIT_OPTION "name=value" before */
	UNDO_MOVE,              /* id; number: what stood behind it, or 0 */
	UNDO_SETTING,           /* id or 0; text: "name=value" before */
};

struct undo_entry;

struct undo *undo_new(struct ui *);
void undo_free(struct undo *);

/* A new entry, to which steps are added; undo_end() keeps it if it has any,
 * and forgets the oldest if there are too many. */
struct undo_entry *undo_begin(struct undo *, enum undo_kind);
void undo_add(struct undo_entry *, haul_id, uint64_t number,
    const char *text);
void undo_end(struct undo *);

/* Takes the newest back and says so, and what of it could be; false if there
 * is none. */
bool undo_last(struct ui *);

/* How many there are. */
size_t undo_count(const struct undo *);

#endif
