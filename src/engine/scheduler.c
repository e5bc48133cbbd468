/* SPDX-License-Identifier: MIT
 *
 * See scheduler.h.
 */
#include "config.h"

#include "scheduler.h"

#include <stdlib.h>

#include "engine/base/alloc.h"
#include "engine/base/queue.h"
#include "engine/model/model.h"
#include "engine/net/host.h"

/* Looks at so many items of unwilling hosts in one turn, then lets the loop
 * run: a million of them must not stop it. */
#define SCHEDULER_PARK_MAX 256

struct scheduler_due {
	int64_t ms;
	haul_id id;
};

struct scheduler_heap {
	struct scheduler_due *list;     /* earliest first */
	size_t count, size;
};

struct scheduler {
	struct model *model;
	struct hosts *hosts;
	size_t parked;                  /* in all hosts together */
	bool more;                      /* the last look ended at its bound */
	struct queue again;             /* WAITING and due */
	struct scheduler_heap delays;   /* WAITING */
	struct scheduler_heap limits;   /* when those that wait must end */
};

struct scheduler *
scheduler_new(struct model *model, struct hosts *hosts)
{
	struct scheduler *scheduler = alloc_zero(sizeof *scheduler);

	scheduler->model = model;
	scheduler->hosts = hosts;
	return scheduler;
}

void
scheduler_free(struct scheduler *scheduler)
{
	if (scheduler == NULL)
		return;
	queue_release(&scheduler->again);
	free(scheduler->delays.list);
	free(scheduler->limits.list);
	free(scheduler);
}

/* ---- heaps of times ---- */

static void
scheduler_swap(struct scheduler_due *a, struct scheduler_due *b)
{
	struct scheduler_due c = *a;

	*a = *b;
	*b = c;
}

static void
scheduler_push(struct scheduler_heap *heap, haul_id id, int64_t ms)
{
	struct scheduler_due *list;
	size_t i = heap->count;

	if (i == heap->size) {
		heap->size = i ? i * 2 : 16;
		heap->list = alloc_resize(heap->list, heap->size,
		    sizeof *heap->list);
	}
	list = heap->list;
	list[i].ms = ms;
	list[i].id = id;
	heap->count++;
	for (; i > 0 && list[i].ms < list[(i - 1) / 2].ms; i = (i - 1) / 2)
		scheduler_swap(&list[i], &list[(i - 1) / 2]);
}

static haul_id
scheduler_pop(struct scheduler_heap *heap)
{
	struct scheduler_due *list = heap->list;
	haul_id id = list[0].id;
	size_t i = 0, child, n = --heap->count;

	list[0] = list[n];
	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n && list[child + 1].ms < list[child].ms)
			child++;
		if (list[i].ms <= list[child].ms)
			break;
		scheduler_swap(&list[i], &list[child]);
		i = child;
	}
	return id;
}

static bool
scheduler_has_due(const struct scheduler_heap *heap, int64_t now_ms)
{
	return heap->count > 0 && heap->list[0].ms <= now_ms;
}

void
scheduler_delay(struct scheduler *scheduler, haul_id id, int64_t due_ms)
{
	scheduler_push(&scheduler->delays, id, due_ms);
}

void
scheduler_limit(struct scheduler *scheduler, haul_id id, int64_t deadline_ms)
{
	scheduler_push(&scheduler->limits, id, deadline_ms);
}

haul_id
scheduler_take_late(struct scheduler *scheduler, int64_t now_ms)
{
	return scheduler_has_due(&scheduler->limits, now_ms) ?
	    scheduler_pop(&scheduler->limits) : 0;
}

/* ---- choosing ---- */

/* Still to be tried again, and not only later: it may have been paused and
 * begun anew since it was put here. */
static bool
scheduler_is_due(const struct scheduler *scheduler, haul_id id,
    int64_t now_ms)
{
	const struct item *item = model_item(scheduler->model, id);

	return item->state == HAUL_STATE_WAITING && !item->parked &&
	    item->extra->due.ms <= now_ms;
}

/* Whether it still waits for this host, and not for that of another URL. */
static bool
scheduler_is_parked(const struct scheduler *scheduler,
    const struct host *host, haul_id id)
{
	const struct item *item = model_item(scheduler->model, id);

	return item->parked && (item->state == HAUL_STATE_QUEUED ||
	    item->state == HAUL_STATE_WAITING) &&
	    hosts_find(scheduler->hosts, model_url(item)) == host;
}

/* Whether the item's host takes it; else it waits there. */
static bool
scheduler_admits(struct scheduler *scheduler, haul_id id, int64_t now_ms)
{
	struct item *item = model_item(scheduler->model, id);
	struct host *host = hosts_find(scheduler->hosts, model_url(item));

	if (host_admits(host, now_ms) && host_peek_parked(host) == 0)
		return true;
	host_park(host, id, item->state == HAUL_STATE_WAITING);
	model_set_parked(scheduler->model, id, true);
	scheduler->parked++;
	return false;
}

static haul_id
scheduler_unpark(struct scheduler *scheduler, struct host *host)
{
	haul_id id = host_peek_parked(host);

	host_unpark(host);
	scheduler->parked--;
	return id;
}

struct scheduler_look {
	struct scheduler *scheduler;
	int64_t now_ms;
};

static bool
scheduler_host_is_ready(struct host *host, void *user)
{
	struct scheduler_look *look = user;
	haul_id id;

	while ((id = host_peek_parked(host)) != 0 &&
	    !scheduler_is_parked(look->scheduler, host, id))
		scheduler_unpark(look->scheduler, host);
	return id != 0 && (host_admits(host, look->now_ms) ||
	    host_may_probe(host, look->now_ms));
}

static haul_id
scheduler_take_parked(struct scheduler *scheduler, int64_t now_ms)
{
	struct scheduler_look look = { scheduler, now_ms };
	struct host *host;
	haul_id id;

	if (scheduler->parked == 0)
		return 0;
	host = hosts_each_parked(scheduler->hosts, scheduler_host_is_ready,
	    &look);
	if (host == NULL)
		return 0;
	id = scheduler_unpark(scheduler, host);
	model_set_parked(scheduler->model, id, false);
	if (!host_admits(host, now_ms))
		host_probe(host, id, now_ms);
	return id;
}

static bool
scheduler_keep_waiting(struct host *host, void *user)
{
	struct scheduler *scheduler = user;
	struct queue kept = { 0 };
	haul_id id;

	while ((id = host_peek_parked(host)) != 0) {
		if (scheduler_is_parked(scheduler, host, id) &&
		    model_item(scheduler->model, id)->state ==
		    HAUL_STATE_WAITING) {
			queue_push(&kept, id);
			host_unpark(host);
			continue;
		}
		scheduler_unpark(scheduler, host);
		model_set_parked(scheduler->model, id, false);
	}
	while ((id = queue_pop(&kept)) != 0)
		host_park(host, id, true);
	queue_release(&kept);
	return false;
}

void
scheduler_look_again(struct scheduler *scheduler)
{
	hosts_each_parked(scheduler->hosts, scheduler_keep_waiting,
	    scheduler);
}

void
scheduler_clear(struct scheduler *scheduler)
{
	scheduler->delays.count = scheduler->limits.count = 0;
	while (queue_pop(&scheduler->again) != 0)
		;
	scheduler_look_again(scheduler);
}

/* Due again, or next in the queue. */
static haul_id
scheduler_take(struct scheduler *scheduler, int64_t now_ms)
{
	haul_id id;

	while ((id = queue_pop(&scheduler->again)) != 0)
		if (scheduler_is_due(scheduler, id, now_ms))
			return id;
	if (model_hold(scheduler->model) != HAUL_HOLD_NOTHING)
		return 0;
	return model_next_queued(scheduler->model);
}

haul_id
scheduler_next(struct scheduler *scheduler, int64_t now_ms)
{
	haul_id id;
	int looked;

	scheduler->more = false;
	if (model_hold(scheduler->model) == HAUL_HOLD_ALL)
		return 0;
	while (scheduler_has_due(&scheduler->delays, now_ms))
		queue_push(&scheduler->again,
		    scheduler_pop(&scheduler->delays));
	id = scheduler_take_parked(scheduler, now_ms);
	for (looked = 0; id == 0 && looked < SCHEDULER_PARK_MAX; looked++) {
		id = scheduler_take(scheduler, now_ms);
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

	if (until <= wake->now_ms)
		until = host_probe_ms(host);
	if (until > wake->now_ms && (wake->due_ms < 0 ||
	    until < wake->due_ms))
		wake->due_ms = until;
	return false;
}

int64_t
scheduler_next_due_ms(const struct scheduler *scheduler, int64_t now_ms)
{
	struct scheduler_wake wake = { now_ms, -1 };

	if (model_hold(scheduler->model) == HAUL_HOLD_ALL)
		return -1;
	if (scheduler->more)
		return now_ms;
	if (scheduler->delays.count > 0)
		wake.due_ms = scheduler->delays.list[0].ms;
	if (scheduler->limits.count > 0 && (wake.due_ms < 0 ||
	    scheduler->limits.list[0].ms < wake.due_ms))
		wake.due_ms = scheduler->limits.list[0].ms;
	if (scheduler->parked > 0)
		hosts_each_parked(scheduler->hosts, scheduler_note_pause,
		    &wake);
	return wake.due_ms;
}

struct scheduler_tale {
	int64_t now_ms;
	struct model_host *list;
	size_t count, size;
};

static bool
scheduler_note_host(struct host *host, void *user)
{
	struct scheduler_tale *tale = user;
	struct model_host *note;

	if (tale->count == tale->size) {
		tale->size = tale->size ? tale->size * 2 : 8;
		tale->list = alloc_resize(tale->list, tale->size,
		    sizeof *tale->list);
	}
	note = &tale->list[tale->count++];
	note->origin = host_origin(host);
	note->wait = host_wait(host, tale->now_ms, &note->cap);
	note->until_ms = host_blocked_until(host);
	return false;
}

void
scheduler_tell_hosts(struct scheduler *scheduler, int64_t now_ms)
{
	struct scheduler_tale tale = { .now_ms = now_ms };

	if (scheduler->parked > 0)
		hosts_each_parked(scheduler->hosts, scheduler_note_host,
		    &tale);
	model_set_hosts(scheduler->model, tale.list, tale.count);
}
