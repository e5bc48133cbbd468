/* SPDX-License-Identifier: MIT
 *
 * Which number a file gets whose name is taken. Many URLs may want one name:
 * what was found taken is not asked for again. Pure.
 */
#ifndef HAUL_ENGINE_NUMBERS_H
#define HAUL_ENGINE_NUMBERS_H

#include "haul.h"
#include "names.h"

/* Zeroed there are none. */
struct numbers {
	struct names known;
};

/* Whether a name can be had. */
typedef bool (*numbers_free_fn)(const char *name, void *user);

void numbers_release(struct numbers *);

/* The name itself, the numbered form that the item had before, one that was
 * given back, or the next one that is free; malloc()ed. NULL: there is none.
 * `strict`: is_free() refuses more names than it does without. */
char *numbers_choose(struct numbers *, const char *name, haul_id,
    bool strict, numbers_free_fn is_free, void *user);

/* A name that is_free() has refused can be had again. */
void numbers_give_back(struct numbers *, const char *name);

#endif
