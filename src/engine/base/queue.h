/* SPDX-License-Identifier: MIT
 *
 * A first-in, first-out queue of item ids.
 */
#ifndef HAUL_ENGINE_QUEUE_H
#define HAUL_ENGINE_QUEUE_H

#include "haul.h"

struct queue {
	haul_id *ids;                   /* ring, owned */
	size_t first, count, size;
};

/* `= {0}` is an empty queue. */
void queue_release(struct queue *);
void queue_push(struct queue *, haul_id);
haul_id queue_peek(const struct queue *);       /* 0: empty */
haul_id queue_pop(struct queue *);              /* 0: empty */

#endif
