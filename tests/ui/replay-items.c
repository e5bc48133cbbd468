/* SPDX-License-Identifier: MIT
 *
 * The replayed engine's items: their state, the sums over them, and the orders
 * that views are read from.
 */
#include "config.h"

#include "replay.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/options.h"

static void *
replay_grow(void *old, size_t from, size_t to, size_t size)
{
	char *grown = realloc(old, to * size);

	if (grown == NULL)
		abort();
	memset(grown + from * size, 0, (to - from) * size);
	return grown;
}

void
replay_set_text(char **text, const char *value)
{
	free(*text);
	*text = value != NULL ? strdup(value) : NULL;
}

const char *
replay_intern(const char *text)
{
	static char *known[4096];
	static size_t count;
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(known[i], text) == 0)
			return known[i];
	if (count == sizeof known / sizeof *known)
		return known[0];
	return known[count++] = strdup(text);
}

/* ---- orders ---- */

static void
replay_order_add(struct replay_order *order, size_t slot, unsigned state,
    int by)
{
	size_t i;

	for (i = slot + 1; i <= order->room; i += i & -i)
		order->trees[state][i] += (uint32_t)by;
}

static void
replay_order_build(struct replay *replay, struct replay_order *order)
{
	uint32_t *tree;
	size_t i, above;
	int s;

	for (s = 0; s < HAUL_STATE_COUNT; s++)
		memset(order->trees[s], 0, (order->room + 1) * sizeof *tree);
	for (i = 0; i < order->used; i++)
		if (order->slots[i] != 0)
			order->trees[replay->items[order->slots[i] - 1]
			    .state][i + 1]++;
	for (s = 0; s < HAUL_STATE_COUNT; s++) {
		tree = order->trees[s];
		for (i = 1; i <= order->room; i++) {
			above = i + (i & -i);
			if (above <= order->room)
				tree[above] += tree[i];
		}
	}
}

/* Room for one more slot, and for the slots of all ids. */
static void
replay_order_reserve(struct replay *replay, struct replay_order *order)
{
	size_t room = order->room ? order->room * 2 : 1024;
	int s;

	if (order->ids < replay->room) {
		order->slot_of = replay_grow(order->slot_of, order->ids,
		    replay->room, sizeof *order->slot_of);
		order->ids = replay->room;
	}
	if (order->used < order->room)
		return;
	order->slots = replay_grow(order->slots, order->room, room,
	    sizeof *order->slots);
	for (s = 0; s < HAUL_STATE_COUNT; s++)
		order->trees[s] = replay_grow(order->trees[s],
		    order->room ? order->room + 1 : 0, room + 1,
		    sizeof *order->trees[s]);
	order->room = room;
	replay_order_build(replay, order);
}

static void
replay_order_append(struct replay *replay, struct replay_order *order,
    haul_id id)
{
	replay_order_reserve(replay, order);
	order->slots[order->used] = id;
	order->slot_of[id - 1] = (uint32_t)order->used + 1;
	replay_order_add(order, order->used++,
	    replay->items[id - 1].state, 1);
}

size_t
replay_order_slot(const struct replay_order *order, haul_id id)
{
	return id - 1 < order->ids ? order->slot_of[id - 1] : 0;
}

static void
replay_order_take(struct replay *replay, struct replay_order *order,
    haul_id id)
{
	size_t slot = replay_order_slot(order, id);

	if (slot == 0)
		return;
	replay_order_add(order, slot - 1, replay->items[id - 1].state, -1);
	order->slots[slot - 1] = 0;
	order->slot_of[id - 1] = 0;
}

uint64_t
replay_order_count(const struct replay_order *order, unsigned states)
{
	return replay_order_rank(order, states, order->room);
}

uint64_t
replay_order_rank(const struct replay_order *order, unsigned states,
    size_t slot)
{
	uint64_t rank = 0;
	size_t i;
	int s;

	for (s = 0; s < HAUL_STATE_COUNT; s++)
		if (states & HAUL_IN(s) && order->room > 0)
			for (i = slot; i > 0; i &= i - 1)
				rank += order->trees[s][i];
	return rank;
}

haul_id
replay_order_select(const struct replay_order *order, unsigned states,
    uint64_t rank)
{
	size_t at = 0, step;
	uint64_t below;
	int s;

	for (step = order->room; step > 0; step /= 2) {
		below = 0;
		if (at + step > order->room)
			continue;
		for (s = 0; s < HAUL_STATE_COUNT; s++)
			if (states & HAUL_IN(s))
				below += order->trees[s][at + step];
		if (below <= rank) {
			rank -= below;
			at += step;
		}
	}
	return at < order->used ? order->slots[at] : 0;
}

/* Deliberately linear: tests move few items. */
void
replay_move_item(struct replay *replay, haul_id id, haul_id before)
{
	struct replay_order *order = &replay->queue;
	size_t from = replay_order_slot(order, id) - 1, to = order->used, i;

	if (before == HAUL_FIRST)
		before = replay_order_select(order,
		    HAUL_IN(HAUL_STATE_QUEUED), 0);
	if (before != 0)
		to = replay_order_slot(order, before) - 1;
	if (from < to)
		to--;
	if (from < to)
		memmove(order->slots + from, order->slots + from + 1,
		    (to - from) * sizeof *order->slots);
	else
		memmove(order->slots + to + 1, order->slots + to,
		    (from - to) * sizeof *order->slots);
	order->slots[to] = id;
	for (i = 0; i < order->used; i++)
		if (order->slots[i] != 0)
			order->slot_of[order->slots[i] - 1] = (uint32_t)i + 1;
	replay_order_build(replay, order);
	replay->changes++;
}

/* ---- items ---- */

struct replay_item *
replay_item(struct replay *replay, haul_id id)
{
	return id - 1 < replay->count ? &replay->items[id - 1] : NULL;
}

struct replay_extra *
replay_extra(struct replay_item *item)
{
	if (item->extra == NULL) {
		item->extra = calloc(1, sizeof *item->extra);
		item->extra->connect_ms = item->extra->tls_ms =
		    item->extra->first_byte_ms = -1;
	}
	return item->extra;
}

haul_id
replay_add_item(struct replay *replay, char *name, const char *host,
    enum haul_state state)
{
	struct replay_item *item;
	size_t room = replay->room ? replay->room * 2 : 1024;

	if (replay->count == replay->room) {
		replay->items = replay_grow(replay->items, replay->room, room,
		    sizeof *replay->items);
		replay->room = room;
	}
	item = &replay->items[replay->count++];
	item->name = name;
	item->host = replay_intern(host);
	item->size = -1;
	item->resumable = true;
	item->state = HAUL_STATE_QUEUED;
	replay->unknown_sizes++;
	replay->states[HAUL_STATE_QUEUED]++;
	replay_order_append(replay, &replay->queue, replay->count);
	replay_set_state(replay, replay->count, state);
	replay->changes++;
	return replay->count;
}

static void
replay_enter_order(struct replay *replay, struct replay_order *order,
    unsigned states, haul_id id, unsigned from, unsigned to)
{
	size_t slot = replay_order_slot(order, id);

	if (slot != 0 && states & HAUL_IN(to)) {
		replay_order_add(order, slot - 1, from, -1);
		replay_order_add(order, slot - 1, to, 1);
	} else if (slot != 0) {
		replay_order_take(replay, order, id);
	}
}

void
replay_set_state(struct replay *replay, haul_id id, enum haul_state state)
{
	struct replay_item *item = &replay->items[id - 1];
	unsigned from = item->state;

	if (from == state)
		return;
	replay_enter_order(replay, &replay->queue, ~0U, id, from, state);
	replay_enter_order(replay, &replay->ended, HAUL_IN_ENDED, id, from,
	    state);
	replay_enter_order(replay, &replay->started, HAUL_IN_ACTIVE, id, from,
	    state);
	replay->states[from]--;
	replay->states[state]++;
	item->state = (uint8_t)state;
	if (HAUL_IN_ENDED & HAUL_IN(state)) {
		if (item->ended_ms == 0 || !(HAUL_IN_ENDED & HAUL_IN(from)))
			item->ended_ms = replay_epoch_ms();
		if (replay_order_slot(&replay->ended, id) == 0)
			replay_order_append(replay, &replay->ended, id);
	}
	if (HAUL_IN_ACTIVE & HAUL_IN(state)) {
		if (item->started_ms == 0)
			item->started_ms = replay_epoch_ms();
		if (replay_order_slot(&replay->started, id) == 0)
			replay_order_append(replay, &replay->started, id);
	}
	if (state != HAUL_STATE_ACTIVE)
		replay_set_speed(replay, item, 0);
	replay->changes++;
}

void
replay_set_size(struct replay *replay, struct replay_item *item, int64_t size)
{
	if (item->size >= 0)
		replay->size_bytes -= item->size;
	else
		replay->unknown_sizes--;
	item->size = size;
	if (item->size >= 0)
		replay->size_bytes += item->size;
	else
		replay->unknown_sizes++;
	replay->changes++;
}

void
replay_set_got(struct replay *replay, struct replay_item *item, int64_t got)
{
	replay->got_bytes += got - item->got;
	if (got > item->got)
		replay->fetched_bytes += got - item->got;
	item->got = got;
	replay->changes++;
}

void
replay_set_speed(struct replay *replay, struct replay_item *item,
    int64_t speed)
{
	replay->speed_bps += speed - item->speed;
	if (item->speed != speed)
		replay->changes++;
	item->speed = speed;
}

static void
replay_free_extra(struct replay_extra *extra)
{
	size_t i;

	if (extra == NULL)
		return;
	for (i = 0; i < extra->history_count; i++) {
		free((char *)extra->history[i].url);
		free((char *)extra->history[i].message);
	}
	options_unref(extra->options);
	free(extra->url);
	free(extra->final_url);
	free(extra->path);
	free(extra->message);
	free(extra->etag);
	free(extra->modified);
	free(extra->server);
	free(extra->address);
	free(extra);
}

static void
replay_free_order(struct replay_order *order)
{
	int s;

	free(order->slots);
	free(order->slot_of);
	for (s = 0; s < HAUL_STATE_COUNT; s++)
		free(order->trees[s]);
}

void
replay_free_items(struct replay *replay)
{
	size_t i;

	for (i = 0; i < replay->count; i++) {
		free(replay->items[i].name);
		replay_free_extra(replay->items[i].extra);
	}
	free(replay->items);
	free(replay->paced);
	replay_free_order(&replay->queue);
	replay_free_order(&replay->ended);
	replay_free_order(&replay->started);
}
