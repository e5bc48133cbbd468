/* SPDX-License-Identifier: MIT
 *
 * Which items of a long queue are shown when only what is going on matters:
 * runs of others become one line each. It knows ranks in the queue and nothing
 * of items. Pure.
 */
#ifndef HAUL_UI_FOLD_H
#define HAUL_UI_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOLD_NONE UINT64_MAX
#define FOLD_NEXT 3             /* queued ones that come before finished ones */
#define FOLD_ROWS_MAX 1024      /* lines, at most */

struct fold_ranks {
	const uint64_t *ranks;
	size_t count;
};

/* What may be shown, most wanted first. */
struct fold_input {
	uint64_t total;                 /* items in the queue */
	int rows;                       /* lines there are */
	bool compact;                   /* few of them: runs get no line */
	uint64_t selected;              /* or FOLD_NONE; comes before all */
	struct fold_ranks active;       /* rising; of more than `rows` the first
	                                   and the last suffice, so many each */
	uint64_t active_total;
	struct fold_ranks next;         /* the next queued ones */
	struct fold_ranks ended;        /* that have just ended, newest first */
	struct fold_ranks older;        /* and those before them: rather than
	                                   empty lines */
};

/* A line: one item, or a run of items that are folded away (at least two). */
struct fold_line {
	uint64_t first, count;
	bool folded;
	bool among_active;              /* active ones are in the run, or it
	                                   stands for them */
};

/* Chooses; the lines stand for all items (unless compact), each once, in order
 * of the queue. Returns how many there are: never more than input.rows. */
size_t fold_make(struct fold_line *, size_t max, const struct fold_input *);

#endif
