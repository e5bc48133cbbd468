/* SPDX-License-Identifier: MIT
 *
 * See order.h. Blocks are numbered (slots) so that an id needs four bytes to
 * know its own, and a block knows its place in the list; only when a block
 * comes or goes are those behind it renumbered. A full block is split in two,
 * except at the end, so that what is only appended to has full blocks.
 */
#include "config.h"

#include "order.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"

struct order_block {
	uint32_t slot;
	uint32_t count;
	size_t at;                      /* its place in the list */
	uint32_t per_class[ORDER_CLASSES];
	uint32_t ids[];
};

struct order {
	size_t block_size;
	struct order_block **list;      /* in order */
	size_t count, size;
	struct order_block **slots;     /* NULL: free */
	uint32_t *free_slots;
	size_t slot_count, free_count;
	uint32_t *home;                 /* by id: its block's slot + 1; 0: not
	                                   in it */
	uint8_t *classes;               /* by id */
	size_t id_room;
	uint64_t per_class[ORDER_CLASSES];
	size_t low[ORDER_CLASSES];      /* none of the class stands in blocks
	                                   before this one */
};

struct order *
order_new(size_t block_size)
{
	struct order *order = alloc_zero(sizeof *order);

	order->block_size = block_size;
	return order;
}

void
order_free(struct order *order)
{
	size_t i;

	if (order == NULL)
		return;
	for (i = 0; i < order->count; i++)
		free(order->list[i]);
	free(order->list);
	free(order->slots);
	free(order->free_slots);
	free(order->home);
	free(order->classes);
	free(order);
}

/* ---- blocks ---- */

static uint32_t
order_take_slot(struct order *order)
{
	if (order->free_count > 0)
		return order->free_slots[--order->free_count];
	order->slots = alloc_resize(order->slots, order->slot_count + 1,
	    sizeof *order->slots);
	order->free_slots = alloc_resize(order->free_slots,
	    order->slot_count + 1, sizeof *order->free_slots);
	return (uint32_t)order->slot_count++;
}

static void
order_renumber(struct order *order, size_t from)
{
	for (; from < order->count; from++)
		order->list[from]->at = from;
}

/* An empty block at that place of the list. */
static struct order_block *
order_add_block(struct order *order, size_t at)
{
	struct order_block *block = alloc_zero(sizeof *block +
	    order->block_size * sizeof *block->ids);

	block->slot = order_take_slot(order);
	order->slots[block->slot] = block;
	if (order->count == order->size) {
		order->size = order->size ? order->size * 2 : 16;
		order->list = alloc_resize(order->list, order->size,
		    sizeof *order->list);
	}
	memmove(order->list + at + 1, order->list + at,
	    (order->count - at) * sizeof *order->list);
	order->list[at] = block;
	order->count++;
	order_renumber(order, at);
	return block;
}

static void
order_drop_block(struct order *order, struct order_block *block)
{
	size_t at = block->at;
	int i;

	order->slots[block->slot] = NULL;
	order->free_slots[order->free_count++] = block->slot;
	order->count--;
	memmove(order->list + at, order->list + at + 1,
	    (order->count - at) * sizeof *order->list);
	order_renumber(order, at);
	for (i = 0; i < ORDER_CLASSES; i++)
		if (order->low[i] > at)
			order->low[i]--;
	free(block);
}

static struct order_block *
order_block_of(const struct order *order, haul_id id)
{
	return order->slots[order->home[id] - 1];
}

static size_t
order_find(const struct order_block *block, haul_id id)
{
	size_t i = 0;

	while (block->ids[i] != id)
		i++;
	return i;
}

static void
order_count_in(struct order *order, struct order_block *block,
    unsigned class_of_it)
{
	block->per_class[class_of_it]++;
	if (block->at < order->low[class_of_it])
		order->low[class_of_it] = block->at;
}

/* The upper half goes to a block of its own behind it. */
static void
order_split(struct order *order, struct order_block *block)
{
	struct order_block *upper = order_add_block(order, block->at + 1);
	size_t half = block->count / 2, i;

	upper->count = block->count - (uint32_t)half;
	memcpy(upper->ids, block->ids + half,
	    upper->count * sizeof *upper->ids);
	block->count = (uint32_t)half;
	for (i = 0; i < upper->count; i++) {
		uint32_t id = upper->ids[i];

		block->per_class[order->classes[id]]--;
		upper->per_class[order->classes[id]]++;
		order->home[id] = upper->slot + 1;
	}
}

/* ---- ids ---- */

static void
order_make_room(struct order *order, haul_id id)
{
	size_t old = order->id_room, room = old ? old : 64;

	assert(id != 0 && id < ORDER_ID_MAX);
	if (id < old)
		return;
	/* Not doubled: for a million that would be megabytes for nothing. */
	while (room <= id)
		room += room / 8 + 64;
	order->home = alloc_resize(order->home, room, sizeof *order->home);
	order->classes = alloc_resize(order->classes, room,
	    sizeof *order->classes);
	memset(order->home + old, 0, (room - old) * sizeof *order->home);
	order->id_room = room;
}

static void
order_insert(struct order *order, struct order_block *block, size_t at,
    haul_id id)
{
	memmove(block->ids + at + 1, block->ids + at,
	    (block->count - at) * sizeof *block->ids);
	block->ids[at] = (uint32_t)id;
	block->count++;
	order->home[id] = block->slot + 1;
	order_count_in(order, block, order->classes[id]);
}

static void
order_insert_last(struct order *order, haul_id id)
{
	struct order_block *last = order->count > 0 ?
	    order->list[order->count - 1] : NULL;

	if (last == NULL || last->count == order->block_size)
		last = order_add_block(order, order->count);
	order_insert(order, last, last->count, id);
}

static void
order_insert_before(struct order *order, haul_id id, haul_id before)
{
	struct order_block *block = order_block_of(order, before);

	if (block->count == order->block_size) {
		order_split(order, block);
		block = order_block_of(order, before);
	}
	order_insert(order, block, order_find(block, before), id);
}

static void
order_take_out(struct order *order, haul_id id)
{
	struct order_block *block = order_block_of(order, id);
	size_t at = order_find(block, id);

	block->per_class[order->classes[id]]--;
	block->count--;
	memmove(block->ids + at, block->ids + at + 1,
	    (block->count - at) * sizeof *block->ids);
	order->home[id] = 0;
	if (block->count == 0)
		order_drop_block(order, block);
}

void
order_append(struct order *order, haul_id id, unsigned class_of_it)
{
	order_make_room(order, id);
	order->classes[id] = (uint8_t)class_of_it;
	order->per_class[class_of_it]++;
	order_insert_last(order, id);
}

void
order_remove(struct order *order, haul_id id)
{
	order->per_class[order->classes[id]]--;
	order_take_out(order, id);
}

bool
order_has(const struct order *order, haul_id id)
{
	return id < order->id_room && order->home[id] != 0;
}

void
order_set_class(struct order *order, haul_id id, unsigned class_of_it)
{
	struct order_block *block = order_block_of(order, id);

	block->per_class[order->classes[id]]--;
	order->per_class[order->classes[id]]--;
	order->classes[id] = (uint8_t)class_of_it;
	order->per_class[class_of_it]++;
	order_count_in(order, block, class_of_it);
}

void
order_move(struct order *order, haul_id id, haul_id before)
{
	if (id == before)
		return;
	order_take_out(order, id);
	if (before != 0)
		order_insert_before(order, id, before);
	else
		order_insert_last(order, id);
}

/* ---- looking ---- */

/* Of counters, the sum of those in the mask. */
static uint64_t
order_sum(const uint32_t *per_class, unsigned classes)
{
	uint64_t sum = 0;

	for (; classes != 0; classes &= classes - 1)
		sum += per_class[__builtin_ctz(classes)];
	return sum;
}

uint64_t
order_count(const struct order *order, unsigned classes)
{
	uint64_t sum = 0;

	for (; classes != 0; classes &= classes - 1)
		sum += order->per_class[__builtin_ctz(classes)];
	return sum;
}

haul_id
order_first(struct order *order, unsigned class_of_it)
{
	size_t *low = &order->low[class_of_it], i = 0;
	const struct order_block *block;

	if (order->per_class[class_of_it] == 0)
		return 0;
	while (order->list[*low]->per_class[class_of_it] == 0)
		++*low;
	block = order->list[*low];
	while (order->classes[block->ids[i]] != class_of_it)
		i++;
	return block->ids[i];
}

size_t
order_window(const struct order *order, unsigned classes, uint64_t first,
    haul_id *ids, size_t max)
{
	const struct order_block *block;
	size_t at, i, n = 0;
	uint64_t inside;

	for (at = 0; at < order->count && n < max; at++) {
		block = order->list[at];
		inside = order_sum(block->per_class, classes);
		if (inside <= first) {
			first -= inside;
			continue;
		}
		for (i = 0; i < block->count && n < max; i++) {
			if (!(classes >> order->classes[block->ids[i]] & 1))
				continue;
			if (first > 0)
				first--;
			else
				ids[n++] = block->ids[i];
		}
	}
	return n;
}

uint64_t
order_rank(const struct order *order, unsigned classes, haul_id id)
{
	const struct order_block *block = order_block_of(order, id);
	uint64_t rank = 0;
	size_t i;

	for (i = 0; i < block->at; i++)
		rank += order_sum(order->list[i]->per_class, classes);
	for (i = 0; block->ids[i] != id; i++)
		rank += classes >> order->classes[block->ids[i]] & 1;
	return rank;
}
