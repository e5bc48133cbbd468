/* SPDX-License-Identifier: MIT
 *
 * Which item begins next: items to be tried again when they are due, then
 * queue order; hosts that want no request now are passed over.
 *
 * The queue itself is the model's. Kept here is only what is out of order:
 * items that wait for their time or for a host. A call may have changed such
 * an item since, so each is looked at again when its turn comes; what is not
 * to begin any more is dropped then.
 */
#ifndef HAUL_ENGINE_SCHEDULER_H
#define HAUL_ENGINE_SCHEDULER_H

#include "haul.h"

struct hosts;
struct model;
struct scheduler;

struct scheduler *scheduler_new(struct model *, struct hosts *);
void scheduler_free(struct scheduler *);

/* A WAITING item shall begin again, not before due_ms (monotonic; the item's
 * own too). */
void scheduler_delay(struct scheduler *, haul_id, int64_t due_ms);

/* An item that waits, to be handed out by scheduler_take_late() once that time
 * has come, whatever has become of it; 0 when there is none. */
void scheduler_limit(struct scheduler *, haul_id, int64_t deadline_ms);
haul_id scheduler_take_late(struct scheduler *, int64_t now_ms);

/* The order of the queue has changed, or what may begin: items that wait for
 * a host are looked at anew, in queue order. */
void scheduler_look_again(struct scheduler *);

/* No item is WAITING any more, nothing begins: forgets all. */
void scheduler_clear(struct scheduler *);

/* The item that may begin now, 0 if none may. The caller changes its state
 * before the next call. */
haul_id scheduler_next(struct scheduler *, int64_t now_ms);

/* When to ask again though nothing else happens (a delay, a host's pause or an
 * item's time ends, or there was too much to look at in one turn); -1: no
 * need. */
int64_t scheduler_next_due_ms(const struct scheduler *, int64_t now_ms);

/* Tells the model what the hosts are like that items wait for, for those who
 * ask what these wait for. */
void scheduler_tell_hosts(struct scheduler *, int64_t now_ms);

#endif
