/* SPDX-License-Identifier: MIT
 *
 * Paths that are typed: Tab completes them as far as that is certain, then
 * goes through what is possible.
 */
#ifndef HAUL_UI_COMPLETE_H
#define HAUL_UI_COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/screen/field.h"

/* What was found last; all zero at first. */
struct complete {
	char *head;             /* what stands before the names */
	char **names;           /* sorted, folders with a slash */
	size_t count, at;
	size_t more;            /* beyond those kept */
	char *text;             /* what the field was set to */
};

/* Completes the path that begins at byte `start` of the field; `folders`: of
 * folders alone. False if nothing begins so. */
bool complete_path(struct complete *, struct field *, size_t start,
    bool folders);
void complete_release(struct complete *);

/* Whether the field still has what was put there. */
bool complete_holds(const struct complete *, const struct field *);

/* What is possible, made safe, if it is more than one: names beginning with
 * the next one, as many as fit into so many cells. Else "". */
void complete_hint(const struct complete *, const struct field *, char *text,
    size_t size, int cells, unsigned text_flags);

#endif
