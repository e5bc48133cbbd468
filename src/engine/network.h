/* SPDX-License-Identifier: MIT
 *
 * Whether there is a network. Without one no item is at fault: those that need
 * it wait, and use up no tries. One at a time tries whether it is back; the
 * first sign of another machine lets all go on. See doc/net.md.
 */
#ifndef HAUL_ENGINE_NETWORK_H
#define HAUL_ENGINE_NETWORK_H

#include "haul.h"

struct engine;
struct failure;
struct network;
struct transfer;

enum network_verdict {
	NETWORK_WORKS,                  /* the failure is the item's own */
	NETWORK_GONE,
	NETWORK_DOUBTED,                /* transfer_doubt_is_over() will be
	                                   called */
};

struct network *network_new(struct engine *);
void network_free(struct network *);

bool network_is_gone(const struct network *);

/* What to think of an attempt's failure; its streams are dropped. */
enum network_verdict network_judge(struct network *, struct transfer *,
    const struct failure *);

/* Ends the attempt; the item waits for the network. */
void network_wait(struct transfer *, const struct failure *);

/* Once a turn, before items are begun. waiting: some might be. */
void network_turn(struct network *, bool waiting);

/* Nothing waits for it any more, so nobody will learn that it is back: what is
 * known is forgotten. */
void network_rest(struct network *);

/* An item has begun. */
void network_began(struct network *, haul_id);

/* The machine has slept, or we were stopped for long: connections may be
 * dead. */
void network_slept(struct network *);

/* A user put items back into the queue: tries at once whether it is back. */
void network_is_wanted(struct network *);

#endif
