/* SPDX-License-Identifier: MIT
 *
 * The rows of one tab in one order: views of the engine, the index, or some of
 * them after each other. Whatever the length of the queue, only what is on
 * the screen is ever asked for.
 */
#ifndef HAUL_UI_SOURCE_H
#define HAUL_UI_SOURCE_H

#include "index.h"

#define SOURCE_PARTS_MAX 10

struct source_part {
	bool is_index;
	struct haul_view view;          /* if it is not */
};

struct source {
	struct haul *haul;
	struct index *index;
	size_t count;
	struct source_part parts[SOURCE_PARTS_MAX];
	bool from_queue;                /* ranks are those of the queue */
};

/* What is wanted of the rows. */
struct source_order {
	unsigned states;                /* of the tab */
	enum list_sort sort;
	bool reverse;
	const char *filter;             /* "": none */
	bool si;
	const struct list_group *group; /* NULL: none */
};

/* Composes the source, tells the index what it needs of it, and lets it work;
 * see index_update() for the last three. Returns what that says. */
bool source_make(struct source *, const struct source_order *,
    const struct tags *, int64_t now_ms, uint64_t changes, bool may_sort);

uint64_t source_count(const struct source *);
size_t source_rows(const struct source *, uint64_t first, struct haul_row *,
    size_t max);
bool source_rank(const struct source *, haul_id, uint64_t *rank);

#endif
