/* SPDX-License-Identifier: MIT
 *
 * Where bytes of the files on the screen arrived within the last second, and
 * numbers that stand still for as long, so that they can be read. It remembers
 * what is drawn, and nothing else.
 */
#ifndef HAUL_UI_ARRIVALS_H
#define HAUL_UI_ARRIVALS_H

#include "haul.h"

#define ARRIVALS_RANGES 64
#define ARRIVALS_KEPT 256       /* files that are remembered */

struct arrival {
	haul_id id;                     /* 0: free */
	uint64_t frame;                 /* when it was last asked for */
	int64_t since_ms;               /* when `middle` was taken */
	struct haul_range before[ARRIVALS_RANGES], middle[ARRIVALS_RANGES];
	struct haul_range now[ARRIVALS_RANGES], fresh[ARRIVALS_RANGES];
	size_t before_count, middle_count, now_count, fresh_count;
	uint64_t second;
	int64_t speed_bps;              /* as of that second */
};

struct arrivals {
	struct arrival *files;          /* ARRIVALS_KEPT, owned */
	uint64_t frame;
};

void arrivals_release(struct arrivals *);

/* A new frame begins: who is not asked for in it may be forgotten. */
void arrivals_begin(struct arrivals *);

/* The ranges of a running file, as they are and as they came; valid until the
 * next call for another file. Its speed in the row is made to be that of the
 * beginning of this second. */
const struct arrival *arrivals_look(struct arrivals *, struct haul *,
    struct haul_row *, int64_t now_ms, uint64_t second);

#endif
