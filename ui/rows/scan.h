/* SPDX-License-Identifier: MIT
 *
 * One pass through the engine's queue: which rows match, in which order. By
 * the interface's thread for short queues, by the index's worker for long
 * ones; nothing here is shared between them.
 */
#ifndef HAUL_UI_SCAN_H
#define HAUL_UI_SCAN_H

#include "filter.h"
#include "index.h"

#define SCAN_WINDOW 256         /* rows a step */

/* What is looked for; fixed once it is made, may be used by both threads. */
struct scan_plan {
	struct index_job job;           /* .filter is owned */
	struct filter *filter;
	unsigned needs;                 /* of the filter */
	struct tags tags;
};

struct scan_plan *scan_plan_new(const struct index_job *, const struct tags *);
void scan_plan_free(struct scan_plan *);

/* Whether a row belongs to those that are wanted, by all that can be told
 * without another call. */
bool scan_plan_takes(const struct scan_plan *, const struct haul_row *);

struct scan_entry {
	haul_id id;
	int64_t key;                    /* rising */
	const char *text;               /* instead of key, or NULL */
	uint64_t place;                 /* in the order of the queue */
};

struct scan;

/* A pass through the rows wanted, or through the others, which are counted
 * only. */
struct scan *scan_new(struct haul *, const struct scan_plan *, bool others);
void scan_free(struct scan *);
/* Looks at the next rows; false if there are none left. */
bool scan_step(struct scan *);
int scan_percent(const struct scan *);
size_t scan_count(const struct scan *);
const struct scan_entry *scan_entries(const struct scan *);
const uint64_t *scan_matches(const struct scan *);      /* by state */

/* Puts the entries in order. What stood in `before` with the same key keeps
 * its order, and only the others are sorted and merged in; with `keep` the
 * order of before stays whatever the keys, and new ones come last. */
void scan_sort(struct scan *, const struct scan *before, bool keep);

/* Names as people order them: numbers by their value, case aside. */
int scan_compare_names(const char *, const char *);

#endif
