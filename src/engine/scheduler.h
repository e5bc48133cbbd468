/* SPDX-License-Identifier: MIT
 *
 * Which item begins next: queue order, items to be tried again when they are
 * due, hosts that want no request now passed over.
 *
 * The queue itself is the model's list of items: the scheduler holds a place
 * in it, and only what is out of order (retries, items that wait for a host)
 * is kept here.
 */
#ifndef HAUL_ENGINE_SCHEDULER_H
#define HAUL_ENGINE_SCHEDULER_H

#include "haul.h"

struct hosts;
struct model;
struct scheduler;

struct scheduler *scheduler_new(struct model *, struct hosts *);
void scheduler_free(struct scheduler *);

/* An item that shall begin again: now, behind those that were first; or not
 * before due_ms (monotonic). */
void scheduler_requeue(struct scheduler *, haul_id);
void scheduler_delay(struct scheduler *, haul_id, int64_t due_ms);

/* An item that waits, to be handed out by scheduler_take_late() once that time
 * has come, whatever has become of it; 0 when there is none. */
void scheduler_limit(struct scheduler *, haul_id, int64_t deadline_ms);
haul_id scheduler_take_late(struct scheduler *, int64_t now_ms);

/* The item that may begin now, 0 if none may. It is the caller's then. */
haul_id scheduler_next(struct scheduler *, int64_t now_ms);

/* When to ask again though nothing else happens (a delay, a host's pause or an
 * item's time ends, or there was too much to look at in one turn); -1: no
 * need. */
int64_t scheduler_next_due_ms(const struct scheduler *, int64_t now_ms);

/* The URL an item would use now: itself or a mirror. */
struct item;
const char *scheduler_url(const struct item *);

/* Hands out all delayed items at once, in order of id; 0 when none is left:
 * for a stop. */
haul_id scheduler_drain_delayed(struct scheduler *);

#endif
