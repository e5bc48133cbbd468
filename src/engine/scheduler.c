/* SPDX-License-Identifier: MIT
 *
 * See scheduler.h.
 */
#include "config.h"

#include "scheduler.h"

#include <stdlib.h>

#include "alloc.h"
#include "host.h"
#include "model.h"
#include "queue.h"

/* Looks at so many items of unwilling hosts in one turn, then lets the loop
 * run: a million of them must not stop it. */
#define SCHEDULER_PARK_MAX 256

struct scheduler_delay {
	int64_t due_ms;
	haul_id id;
};

struct scheduler {
	struct model *model;
	struct hosts *hosts;
	haul_id cursor;                 /* the next item never looked at */
	size_t parked;                  /* in all hosts together */
	bool more;                      /* the last look ended at its bound */
	struct queue again;             /* due */
	struct scheduler_delay *heap;   /* earliest first */
	size_t heap_count, heap_size;
};

struct scheduler *
scheduler_new(struct model *model, struct hosts *hosts)
{
	struct scheduler *scheduler = alloc_zero(sizeof *scheduler);

	scheduler->model = model;
	scheduler->hosts = hosts;
	scheduler->cursor = 1;
	return scheduler;
}

void
scheduler_free(struct scheduler *scheduler)
{
	if (scheduler == NULL)
		return;
	queue_release(&scheduler->again);
	free(scheduler->heap);
	free(scheduler);
}

void
scheduler_requeue(struct scheduler *scheduler, haul_id id)
{
	queue_push(&scheduler->again, id);
}

/* ---- the heap of delays ---- */

static void
scheduler_swap(struct scheduler_delay *a, struct scheduler_delay *b)
{
	struct scheduler_delay c = *a;

	*a = *b;
	*b = c;
}

void
scheduler_delay(struct scheduler *scheduler, haul_id id, int64_t due_ms)
{
	struct scheduler_delay *heap;
	size_t i = scheduler->heap_count;

	if (i == scheduler->heap_size) {
		scheduler->heap_size = i ? i * 2 : 16;
		scheduler->heap = alloc_resize(scheduler->heap,
		    scheduler->heap_size, sizeof *scheduler->heap);
	}
	heap = scheduler->heap;
	heap[i].due_ms = due_ms;
	heap[i].id = id;
	scheduler->heap_count++;
	for (; i > 0 && heap[i].due_ms < heap[(i - 1) / 2].due_ms;
	    i = (i - 1) / 2)
		scheduler_swap(&heap[i], &heap[(i - 1) / 2]);
}

static haul_id
scheduler_pop_delay(struct scheduler *scheduler)
{
	struct scheduler_delay *heap = scheduler->heap;
	haul_id id = heap[0].id;
	size_t i = 0, child, n = --scheduler->heap_count;

	heap[0] = heap[n];
	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n &&
		    heap[child + 1].due_ms < heap[child].due_ms)
			child++;
		if (heap[i].due_ms <= heap[child].due_ms)
			break;
		scheduler_swap(&heap[i], &heap[child]);
		i = child;
	}
	return id;
}

haul_id
scheduler_drain_delayed(struct scheduler *scheduler)
{
	return scheduler->heap_count > 0 ? scheduler_pop_delay(scheduler) : 0;
}

/* ---- choosing ---- */

const char *
scheduler_url(const struct item *item)
{
	const struct item_extra *extra = item->extra;

	if (extra == NULL || extra->next_mirror == 0)
		return item->url;
	return extra->mirrors[extra->next_mirror - 1];
}

/* Whether the item's host takes it; else it waits there. */
static bool
scheduler_admits(struct scheduler *scheduler, haul_id id, int64_t now_ms)
{
	struct item *item = model_item(scheduler->model, id);
	struct host *host = hosts_find(scheduler->hosts, scheduler_url(item));

	if (host_admits(host, now_ms) && host_peek_parked(host) == 0)
		return true;
	host_park(host, id);
	scheduler->parked++;
	return false;
}

static bool
scheduler_host_is_ready(struct host *host, void *now_ms)
{
	return host_admits(host, *(int64_t *)now_ms);
}

static haul_id
scheduler_take_parked(struct scheduler *scheduler, int64_t now_ms)
{
	struct host *host;
	haul_id id;

	if (scheduler->parked == 0)
		return 0;
	host = hosts_each_parked(scheduler->hosts, scheduler_host_is_ready,
	    &now_ms);
	if (host == NULL)
		return 0;
	id = host_peek_parked(host);
	host_unpark(host);
	scheduler->parked--;
	return id;
}

haul_id
scheduler_next(struct scheduler *scheduler, int64_t now_ms)
{
	haul_id id;
	int looked;

	scheduler->more = false;
	while (scheduler->heap_count > 0 &&
	    scheduler->heap[0].due_ms <= now_ms)
		queue_push(&scheduler->again, scheduler_pop_delay(scheduler));
	id = scheduler_take_parked(scheduler, now_ms);
	for (looked = 0; id == 0 && looked < SCHEDULER_PARK_MAX; looked++) {
		id = queue_pop(&scheduler->again);
		if (id == 0 && scheduler->cursor <=
		    model_count(scheduler->model))
			id = scheduler->cursor++;
		if (id == 0)
			return 0;
		if (!scheduler_admits(scheduler, id, now_ms))
			id = 0;
	}
	scheduler->more = id == 0;
	return id;
}

struct scheduler_wake {
	int64_t now_ms, due_ms;
};

static bool
scheduler_note_pause(struct host *host, void *user)
{
	struct scheduler_wake *wake = user;
	int64_t until = host_blocked_until(host);

	if (until > wake->now_ms && (wake->due_ms < 0 ||
	    until < wake->due_ms))
		wake->due_ms = until;
	return false;
}

int64_t
scheduler_next_due_ms(const struct scheduler *scheduler, int64_t now_ms)
{
	struct scheduler_wake wake = { now_ms, -1 };

	if (scheduler->more)
		return now_ms;
	if (scheduler->heap_count > 0)
		wake.due_ms = scheduler->heap[0].due_ms;
	if (scheduler->parked > 0)
		hosts_each_parked(scheduler->hosts, scheduler_note_pause,
		    &wake);
	return wake.due_ms;
}
