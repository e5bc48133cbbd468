/* SPDX-License-Identifier: MIT
 *
 * Options that items of some host take, in a list that copies of an engine's
 * options share: what is in it does not change.
 *
 * A pattern is NAME, *.NAME for all below it, or *; a scheme may stand before
 * it (https://NAME), a port behind (NAME:8080). The most exact one counts.
 */
#ifndef HAUL_ENGINE_HOSTSET_H
#define HAUL_ENGINE_HOSTSET_H

#include <stdbool.h>

struct hostset;
struct options;

bool hostset_is_pattern(const char *);

/* A list with one more before those of `next`, which it takes over (NULL:
 * none); refers to the set. */
struct hostset *hostset_add(struct hostset *next, const char *pattern,
    struct options *);
struct hostset *hostset_ref(struct hostset *);
void hostset_unref(struct hostset *);           /* NULL is fine */

/* The options for a URL's host; NULL if there are none. */
const struct options *hostset_find(const struct hostset *, const char *url);

#endif
