/* SPDX-License-Identifier: MIT
 *
 * A set of byte positions as sorted, disjoint, non-touching half-open ranges:
 * which bytes of a file are here. Pure: no I/O, no clock.
 */
#ifndef HAUL_ENGINE_RANGES_H
#define HAUL_ENGINE_RANGES_H

#include "haul.h"

struct ranges {
	struct haul_range *list;        /* owned; sorted, none empty */
	size_t count;
	size_t capacity;
};

/* An empty set; `= {0}` is one as well. */
void ranges_init(struct ranges *);
void ranges_release(struct ranges *);
void ranges_copy(struct ranges *to, const struct ranges *from);
void ranges_clear(struct ranges *);

/* Adds [start, end); nothing happens if end <= start. */
void ranges_add(struct ranges *, int64_t start, int64_t end);

/* The bytes in the set. O(count). */
int64_t ranges_bytes(const struct ranges *);

/* Whether all of [start, end) is in the set; true for an empty range. */
bool ranges_cover(const struct ranges *, int64_t start, int64_t end);

/* The first (or the longest, the first of several) stretch of [from, limit)
 * that is not in the set; false if there is none. */
bool ranges_first_gap(const struct ranges *, int64_t from, int64_t limit,
    struct haul_range *);
bool ranges_longest_gap(const struct ranges *, int64_t from, int64_t limit,
    struct haul_range *);

/* Copies the set into at most max (>= 1) ranges; where there are more,
 * neighbours with the smallest gaps between them are joined. Returns how many
 * were copied. */
size_t ranges_coalesce(const struct ranges *, struct haul_range *, size_t max);

#endif
