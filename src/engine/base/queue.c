/* SPDX-License-Identifier: MIT
 *
 * See queue.h.
 */
#include "config.h"

#include "queue.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"

void
queue_release(struct queue *queue)
{
	free(queue->ids);
	memset(queue, 0, sizeof *queue);
}

static void
queue_grow(struct queue *queue)
{
	size_t size = queue->size ? queue->size * 2 : 16, i;
	haul_id *ids = alloc_array(size, sizeof *ids);

	for (i = 0; i < queue->count; i++)
		ids[i] = queue->ids[(queue->first + i) % queue->size];
	free(queue->ids);
	queue->ids = ids;
	queue->size = size;
	queue->first = 0;
}

void
queue_push(struct queue *queue, haul_id id)
{
	if (queue->count == queue->size)
		queue_grow(queue);
	queue->ids[(queue->first + queue->count++) % queue->size] = id;
}

haul_id
queue_peek(const struct queue *queue)
{
	return queue->count ? queue->ids[queue->first] : 0;
}

haul_id
queue_pop(struct queue *queue)
{
	haul_id id = queue_peek(queue);

	if (id != 0) {
		queue->first = (queue->first + 1) % queue->size;
		queue->count--;
	}
	return id;
}
