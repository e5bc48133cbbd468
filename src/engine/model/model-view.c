/* SPDX-License-Identifier: MIT
 *
 * See model.h: the order of the queue, and views of it. The orders are put up
 * when somebody first asks for a view or moves an item, so that a queue which
 * nobody looks at costs nothing; until then the order is that of the ids.
 */
#include "config.h"

#include "model-internal.h"

#include <stdlib.h>

#include "engine/base/alloc.h"
#include "order.h"

#define VIEW_BLOCK 1024                 /* ids in a block of an order */
#define VIEW_PARKED HAUL_STATE_COUNT    /* class of a QUEUED item that is not
                                           to be begun now */
#define VIEW_QUEUED (HAUL_IN(HAUL_STATE_QUEUED) | HAUL_IN(VIEW_PARKED))

_Static_assert(VIEW_PARKED < ORDER_CLASSES, "one class a state, one more");

static unsigned
model_class(const struct item *item)
{
	return item->state == HAUL_STATE_QUEUED && item->parked ?
	    VIEW_PARKED : item->state;
}

/* The classes of a view's states. */
static unsigned
model_classes(unsigned states)
{
	states &= HAUL_IN_ALL;
	return states & HAUL_IN(HAUL_STATE_QUEUED) ? states | VIEW_QUEUED :
	    states;
}

/* ---- the orders ---- */

static struct order *
model_need_queue(struct model *model)
{
	haul_id id, last = model_count(model);

	if (model->queue != NULL)
		return model->queue;
	model->queue = order_new(VIEW_BLOCK);
	for (id = 1; id <= last; id++)
		order_append(model->queue, id,
		    model_class(model_item(model, id)));
	return model->queue;
}

struct model_time {
	int64_t time_ms;
	haul_id id;
};

static int
model_compare_time(const void *a, const void *b)
{
	const struct model_time *one = a, *other = b;

	if (one->time_ms != other->time_ms)
		return one->time_ms < other->time_ms ? -1 : 1;
	return one->id < other->id ? -1 : one->id > other->id;
}

/* Removed ones stand in it too, to be found again when they are restored. */
static struct order *
model_need_ended(struct model *model)
{
	haul_id id, last = model_count(model);
	struct model_time *list;
	size_t n = 0, i;

	if (model->ended != NULL)
		return model->ended;
	list = alloc_array(last, sizeof *list);
	for (id = 1; id <= last; id++) {
		const struct item *item = model_item(model, id);

		if (!model_has_ended(model_real_state(item)))
			continue;
		list[n].id = id;
		list[n++].time_ms = item->ended_at_ms;
	}
	qsort(list, n, sizeof *list, model_compare_time);
	model->ended = order_new(VIEW_BLOCK);
	for (i = 0; i < n; i++)
		order_append(model->ended, list[i].id,
		    model_item(model, list[i].id)->state);
	free(list);
	return model->ended;
}

void
model_order_added(struct model *model, haul_id id)
{
	if (model->queue != NULL)
		order_append(model->queue, id,
		    model_class(model_item(model, id)));
}

void
model_order_changed(struct model *model, haul_id id, enum haul_state old)
{
	const struct item *item = model_item(model, id);

	if (model->queue != NULL)
		order_set_class(model->queue, id, model_class(item));
	else if (item->state == HAUL_STATE_QUEUED && !item->parked &&
	    id < model->cursor)
		model->cursor = id;
	if (model->ended == NULL)
		return;
	if (order_has(model->ended, id)) {
		if (old == HAUL_STATE_FAILED &&
		    item->state == HAUL_STATE_QUEUED)
			order_remove(model->ended, id);
		else
			order_set_class(model->ended, id, item->state);
	} else if (model_has_ended((enum haul_state)item->state)) {
		order_append(model->ended, id, item->state);
	}
}

uint64_t
model_queue_rank(struct model *model, haul_id id)
{
	if (model_item(model, id)->state == HAUL_STATE_REMOVED)
		return 0;
	if (model->queue == NULL && model->per_state[HAUL_STATE_REMOVED] == 0)
		return id;
	return order_rank(model_need_queue(model), model_classes(HAUL_IN_ALL),
	    id) + 1;
}

/* ---- what begins next ---- */

haul_id
model_next_queued(struct model *model)
{
	haul_id id, last;

	model_lock(model);
	if (model->queue != NULL) {
		id = order_first(model->queue, HAUL_STATE_QUEUED);
		model_unlock(model);
		return id;
	}
	last = model_count(model);
	for (id = model->cursor; id <= last; id++)
		if (model_class(model_item(model, id)) == HAUL_STATE_QUEUED)
			break;
	model->cursor = id;
	model_unlock(model);
	return id <= last ? id : 0;
}

void
model_set_parked(struct model *model, haul_id id, bool parked)
{
	struct item *item = model_item(model, id);

	if (item->parked == parked)
		return;
	model_lock(model);
	item->parked = parked;
	model_order_changed(model, id, (enum haul_state)item->state);
	model_unlock(model);
}

void
model_move(struct model *model, haul_id id, haul_id before)
{
	struct order *queue;

	model_lock(model);
	queue = model_need_queue(model);
	if (before == HAUL_FIRST &&
	    order_window(queue, VIEW_QUEUED, 0, &before, 1) == 0)
		before = id;
	order_move(queue, id, before);
	if (before != id)
		model_note_move(model, id, before);
	model_touch(model);
	model_unlock(model);
}

/* ---- views ---- */

/* The order that a view shows, and the classes of it. The running ones by
 * time are few, and sorted when asked for: NULL. */
static struct order *
model_view_order(struct model *model, const struct haul_view *view,
    unsigned *classes)
{
	*classes = model_classes(view->states);
	if (view->order == HAUL_ORDER_QUEUE)
		return model_need_queue(model);
	if (view->order != HAUL_ORDER_ENDED)
		return NULL;
	*classes &= HAUL_IN_ENDED;
	return model_need_ended(model);
}

/* The ids of running items in those states by time of starting; malloc()ed. */
static haul_id *
model_list_started(struct model *model, unsigned states, size_t *count)
{
	struct model_time *list = alloc_array(model->running_count,
	    sizeof *list);
	haul_id *ids = alloc_array(model->running_count + 1, sizeof *ids);
	size_t i, n = 0;

	for (i = 0; i < model->running_count; i++) {
		haul_id id = model->running[i]->id;
		const struct item *item = model_item(model, id);

		if (!(states >> item->state & 1))
			continue;
		list[n].id = id;
		list[n++].time_ms = item->begun_at_ms;
	}
	qsort(list, n, sizeof *list, model_compare_time);
	for (i = 0; i < n; i++)
		ids[i] = list[i].id;
	free(list);
	*count = n;
	return ids;
}

static uint64_t
model_count_locked(struct model *model, const struct haul_view *view)
{
	unsigned states = view->states & HAUL_IN_ALL;
	uint64_t sum = 0;
	int state;

	if (view->order == HAUL_ORDER_ENDED)
		states &= HAUL_IN_ENDED;
	else if (view->order == HAUL_ORDER_STARTED)
		states &= HAUL_IN_ACTIVE;
	for (state = 0; state < HAUL_STATE_COUNT; state++)
		if (states & HAUL_IN(state))
			sum += model->per_state[state];
	return sum;
}

uint64_t
model_view_count(struct model *model, const struct haul_view *view)
{
	uint64_t count;

	model_lock(model);
	count = model_count_locked(model, view);
	model_unlock(model);
	return count;
}

/* Ids of ranks first.., forwards; how many. */
static size_t
model_view_window(struct model *model, const struct haul_view *view,
    uint64_t first, haul_id *ids, size_t max)
{
	unsigned classes;
	struct order *order = model_view_order(model, view, &classes);
	haul_id *started;
	size_t count, n = 0;

	if (order != NULL)
		return order_window(order, classes, first, ids, max);
	started = model_list_started(model, classes, &count);
	while (n < max && first + n < count) {
		ids[n] = started[first + n];
		n++;
	}
	free(started);
	return n;
}

size_t
model_view_rows(struct model *model, const struct haul_view *view,
    uint64_t first, struct haul_row *rows, size_t max)
{
	uint64_t count, from = first;
	unsigned classes;
	haul_id *ids;
	size_t n, i;

	model_lock(model);
	/* From the first look on, the order of ending is that of the events:
	 * milliseconds could not tell it afterwards. */
	model_view_order(model, view, &classes);
	count = model_count_locked(model, view);
	if (first >= count || max == 0) {
		model_unlock(model);
		return 0;
	}
	if (max > count - first)
		max = (size_t)(count - first);
	if (view->reverse)
		from = count - first - max;
	ids = alloc_array(max, sizeof *ids);
	n = model_view_window(model, view, from, ids, max);
	for (i = 0; i < n; i++)
		model_fill_row(model, ids[view->reverse ? n - 1 - i : i],
		    &rows[i]);
	model_unlock(model);
	free(ids);
	return n;
}

static bool
model_rank_started(struct model *model, unsigned states, haul_id id,
    uint64_t *rank)
{
	size_t count, i;
	haul_id *ids = model_list_started(model, states, &count);

	for (i = 0; i < count && ids[i] != id; i++)
		;
	free(ids);
	*rank = i < count ? i : 0;
	return i < count;
}

static bool
model_rank_locked(struct model *model, const struct haul_view *view,
    haul_id id, uint64_t *rank)
{
	const struct item *item = model_item(model, id);
	unsigned classes;
	struct order *order = model_view_order(model, view, &classes);
	bool found;

	if (order == NULL) {
		found = model_rank_started(model, classes, id, rank);
	} else {
		found = (classes >> model_class(item) & 1) != 0;
		if (found || view->order == HAUL_ORDER_QUEUE)
			*rank = order_rank(order, classes, id);
	}
	if (view->reverse && found)
		*rank = model_count_locked(model, view) - 1 - *rank;
	else if (view->reverse && view->order == HAUL_ORDER_QUEUE)
		*rank = model_count_locked(model, view) - *rank;
	return found;
}

bool
model_view_rank(struct model *model, const struct haul_view *view, haul_id id,
    uint64_t *rank)
{
	bool found = false;

	*rank = 0;
	if (id < 1 || id > model_count(model))
		return false;
	model_lock(model);
	found = model_rank_locked(model, view, id, rank);
	model_unlock(model);
	return found;
}

size_t
model_copy_active(struct model *model, struct haul_row *rows, size_t max)
{
	static const struct haul_view view = { .states = HAUL_IN_ACTIVE };
	haul_id *ids;
	size_t i, count, n;

	model_lock(model);
	count = model->running_count;
	n = max < count ? max : count;
	if (model->queue == NULL) {
		for (i = 0; i < n; i++)
			model_fill_row(model, model->running[i]->id, &rows[i]);
	} else if (n > 0) {
		ids = alloc_array(n, sizeof *ids);
		n = model_view_window(model, &view, 0, ids, n);
		for (i = 0; i < n; i++)
			model_fill_row(model, ids[i], &rows[i]);
		free(ids);
	}
	model_unlock(model);
	return count;
}
