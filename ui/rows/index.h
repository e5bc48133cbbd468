/* SPDX-License-Identifier: MIT
 *
 * Rows that the engine has no view of: those that match a filter, or in an
 * order of which it knows nothing. A short queue is gone through at once, with
 * each frame; a long one by a worker of low priority, whose results come as
 * they are found and are made anew, now and then, while the queue changes.
 *
 * All calls are the interface's thread's.
 */
#ifndef HAUL_UI_INDEX_H
#define HAUL_UI_INDEX_H

#include "sort.h"
#include "tags.h"

#define INDEX_AT_ONCE 2000      /* rows that are gone through in a frame */

struct index;

struct index_job {
	unsigned states;                /* of which rows are wanted */
	unsigned other_states;          /* and of which only their number is */
	enum list_sort sort;
	bool reverse;
	const char *filter;             /* copied; "": none. Must be valid. */
	bool si;                        /* how the filter reads sizes */
	bool has_group;
	struct list_group group;
};

struct index *index_new(struct haul *);
void index_free(struct index *);

/* What is wanted from now on; the same as before changes nothing. NULL: no
 * rows are wanted. Tags are copied if the filter asks for them. */
void index_set_job(struct index *, const struct index_job *,
    const struct tags *);

/* To be called once before a frame. may_sort: orders that change by themselves
 * (speed, progress, time left) may do so now. True: it works on, and there
 * will be more to show soon. */
bool index_update(struct index *, int64_t now_ms, uint64_t changes,
    bool may_sort);

/* Whether the rows are all there, in their order. If not, what is there is in
 * order of the queue. */
bool index_is_ready(const struct index *);
int index_percent(const struct index *);

size_t index_count(const struct index *);
/* Rows from the first-th on, as they are now; what does not belong any more
 * is left out, and dropped. */
size_t index_rows(struct index *, size_t first, struct haul_row *, size_t max);
bool index_rank(const struct index *, haul_id, uint64_t *rank);

/* How many match in these states, of all that were asked for. */
uint64_t index_matches(const struct index *, unsigned states);

#endif
