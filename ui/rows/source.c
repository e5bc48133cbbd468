/* SPDX-License-Identifier: MIT
 *
 * An order that the engine does not know is pieced together from views that it
 * has where that is possible: by state is one view after the other, by time of
 * ending is those that have ended and then the others. What changes by itself
 * (speed, progress, time left) sorts the active rows alone; the others follow.
 */
#include "config.h"

#include "source.h"

#include <string.h>

static void
source_add_view(struct source *source, unsigned states, enum haul_order order,
    bool reverse)
{
	struct source_part *part = &source->parts[source->count];

	if (states == 0)
		return;
	part->is_index = false;
	part->view.states = states;
	part->view.order = order;
	part->view.reverse = reverse;
	source->count++;
}

static void
source_add_index(struct source *source)
{
	source->parts[source->count++].is_index = true;
}

static void
source_add_states(struct source *source, unsigned states, bool reverse)
{
	static const enum haul_state order[] = {
		HAUL_STATE_ACTIVE, HAUL_STATE_CONNECTING,
		HAUL_STATE_VERIFYING, HAUL_STATE_WAITING, HAUL_STATE_QUEUED,
		HAUL_STATE_PAUSED, HAUL_STATE_FAILED, HAUL_STATE_DONE,
		HAUL_STATE_SKIPPED,
	};
	size_t i, count = sizeof order / sizeof *order;

	for (i = 0; i < count; i++)
		source_add_view(source, states &
		    HAUL_IN(order[reverse ? count - 1 - i : i]),
		    HAUL_ORDER_QUEUE, false);
}

/* Those without an end come last, whatever the direction. */
static void
source_add_ended(struct source *source, unsigned states, bool reverse)
{
	source_add_view(source, states & HAUL_IN_ENDED, HAUL_ORDER_ENDED,
	    !reverse);
	source_add_view(source, states & ~HAUL_IN_ENDED, HAUL_ORDER_QUEUE,
	    false);
}

static void
source_add_started(struct source *source, unsigned states, bool reverse)
{
	source_add_view(source, states & HAUL_IN_ACTIVE, HAUL_ORDER_STARTED,
	    reverse);
	source_add_view(source, states & ~HAUL_IN_ACTIVE, HAUL_ORDER_QUEUE,
	    false);
}

/* Which rows the index must bring; 0: none. */
static unsigned
source_index_states(const struct source_order *order)
{
	if (*order->filter != '\0' || order->group != NULL)
		return order->states;
	switch (order->sort) {
	case LIST_SORT_NAME:
	case LIST_SORT_SIZE:
	case LIST_SORT_HOST:
		return order->states;
	case LIST_SORT_PROGRESS:
	case LIST_SORT_SPEED:
	case LIST_SORT_LEFT:
		return order->states & HAUL_IN_ACTIVE;
	default:
		return 0;
	}
}

static void
source_set_job(struct source *source, const struct source_order *order,
    unsigned states, const struct tags *tags)
{
	struct index_job job = { .states = states, .sort = order->sort,
	    .reverse = order->reverse, .filter = order->filter,
	    .si = order->si };

	if (states == 0) {
		index_set_job(source->index, NULL, tags);
		return;
	}
	/* The tabs tell how many match in each of them. */
	if (*order->filter != '\0')
		job.other_states = HAUL_IN_ALL & ~states;
	if (order->group != NULL) {
		job.has_group = true;
		job.group = *order->group;
	}
	index_set_job(source->index, &job, tags);
}

static void
source_compose(struct source *source, const struct source_order *order,
    unsigned indexed)
{
	bool filtered = *order->filter != '\0' || order->group != NULL;

	/* Until they are sorted, the rows stay as they are. */
	if (indexed != 0 && (filtered || index_is_ready(source->index))) {
		source_add_index(source);
		source_add_view(source, order->states & ~indexed,
		    HAUL_ORDER_QUEUE, false);
		return;
	}
	switch (order->sort) {
	case LIST_SORT_STATE:
		source_add_states(source, order->states, order->reverse);
		break;
	case LIST_SORT_ENDED:
		source_add_ended(source, order->states, order->reverse);
		break;
	case LIST_SORT_STARTED:
		source_add_started(source, order->states, order->reverse);
		break;
	case LIST_SORT_QUEUE:
		source_add_view(source, order->states, HAUL_ORDER_QUEUE,
		    order->reverse);
		source->from_queue = !order->reverse;
		break;
	default:
		source_add_view(source, order->states, HAUL_ORDER_QUEUE,
		    false);
	}
}

bool
source_make(struct source *source, const struct source_order *order,
    const struct tags *tags, int64_t now_ms, uint64_t changes, bool may_sort)
{
	unsigned indexed = source_index_states(order);
	bool busy;

	source_set_job(source, order, indexed, tags);
	busy = index_update(source->index, now_ms, changes, may_sort);
	source->count = 0;
	source->from_queue = false;
	source_compose(source, order, indexed);
	return busy;
}

/* ---- reading ---- */

static uint64_t
source_part_count(const struct source *source, const struct source_part *part)
{
	return part->is_index ? index_count(source->index) :
	    haul_count(source->haul, &part->view);
}

uint64_t
source_count(const struct source *source)
{
	uint64_t count = 0;
	size_t i;

	for (i = 0; i < source->count; i++)
		count += source_part_count(source, &source->parts[i]);
	return count;
}

size_t
source_rows(const struct source *source, uint64_t first,
    struct haul_row *rows, size_t max)
{
	const struct source_part *part;
	size_t i, filled = 0;
	uint64_t count;

	for (i = 0; i < source->count && filled < max; i++) {
		part = &source->parts[i];
		if (part->is_index)
			filled += index_rows(source->index, (size_t)first,
			    rows + filled, max - filled);
		else
			filled += haul_rows(source->haul, &part->view, first,
			    rows + filled, max - filled);
		count = source_part_count(source, part);
		first = first > count ? first - count : 0;
	}
	return filled;
}

bool
source_rank(const struct source *source, haul_id id, uint64_t *rank)
{
	const struct source_part *part;
	uint64_t before = 0;
	bool found;
	size_t i;

	for (i = 0; i < source->count; i++) {
		part = &source->parts[i];
		found = part->is_index ? index_rank(source->index, id, rank) :
		    haul_rank(source->haul, &part->view, id, rank);
		if (found) {
			*rank += before;
			return true;
		}
		before += source_part_count(source, part);
	}
	return false;
}
