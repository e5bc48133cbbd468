/* SPDX-License-Identifier: MIT
 *
 * Of an item are remembered 32 bits of a hash, and its id. Where they are the
 * same, the item's URL is asked for: of a million a hundred are so by chance.
 * Two of one URL that differ in the rest alone are told apart by these bits.
 */
#include "config.h"

#include "twice.h"

#include <stdlib.h>
#include <string.h>

#include "present/memory.h"

#define TWICE_START UINT64_C(0xcbf29ce484222325)
#define TWICE_SIZE 64           /* of a table at first */

/* Open addressing; 0 is empty. */
struct twice_table {
	uint64_t *slots;
	size_t size, used;              /* size: a power of two, or 0 */
};

struct twice {
	struct twice_table expected;    /* hashes, until twice_begin() */
	struct twice_table often;       /* those that came again */
	struct twice_table items;       /* a hash's upper half, and the id */
	bool choosy;                    /* only of `often` */
	bool living;                    /* what has ended does not count */
	haul_id ended;                  /* that would have, else */
	uint64_t hash;                  /* asked about last */
};

struct twice *
twice_new(void)
{
	return memory_zero(sizeof(struct twice));
}

static void
twice_table_release(struct twice_table *table)
{
	free(table->slots);
	memset(table, 0, sizeof *table);
}

void
twice_free(struct twice *twice)
{
	if (twice == NULL)
		return;
	twice_table_release(&twice->expected);
	twice_table_release(&twice->often);
	twice_table_release(&twice->items);
	free(twice);
}

/* ---- hashes ---- */

static uint64_t
twice_mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

/* The last word alone has a NUL in it, so "a", "b" is not "ab". */
uint64_t
twice_mark(uint64_t mark, const char *text)
{
	size_t left = strlen(text);
	uint64_t word;

	for (; left >= sizeof word; left -= sizeof word) {
		memcpy(&word, text, sizeof word);
		mark = twice_mix(mark, word);
		text += sizeof word;
	}
	word = 0;
	memcpy(&word, text, left);
	return twice_mix(mark, word);
}

/* One that is not given is not the empty one. */
static uint64_t
twice_add(uint64_t hash, const char *text)
{
	return text != NULL ? twice_mark(hash, text) : twice_mix(hash, ~0ULL);
}

/* Neither half is 0. */
static uint64_t
twice_hash(const struct haul_request *request, uint64_t mark)
{
	uint64_t hash = twice_mark(TWICE_START ^ mark, request->url);
	size_t i;

	hash = twice_add(hash, request->name);
	hash = twice_add(hash, request->dir);
	for (i = 0; i < request->mirror_count; i++)
		hash = twice_mark(hash, request->mirrors[i]);
	return hash | UINT64_C(0x100000001);
}

/* ---- tables ---- */

/* The upper half chooses the place, which is all that the items keep. */
static size_t
twice_place(const struct twice_table *table, uint64_t hash)
{
	return (size_t)(hash >> 33) & (table->size - 1);
}

static size_t
twice_next(const struct twice_table *table, size_t at)
{
	return (at + 1) & (table->size - 1);
}

static void
twice_put(struct twice_table *table, uint64_t slot)
{
	size_t at = twice_place(table, slot);

	while (table->slots[at] != 0)
		at = twice_next(table, at);
	table->slots[at] = slot;
}

static void
twice_table_add(struct twice_table *table, uint64_t slot)
{
	struct twice_table old = *table;
	size_t i;

	if ((old.used + 1) * 4 > old.size * 3) {
		table->size = old.size > 0 ? old.size * 2 : TWICE_SIZE;
		table->slots = memory_zero(table->size *
		    sizeof *table->slots);
		for (i = 0; i < old.size; i++)
			if (old.slots[i] != 0)
				twice_put(table, old.slots[i]);
		free(old.slots);
	}
	twice_put(table, slot);
	table->used++;
}

static bool
twice_table_has(const struct twice_table *table, uint64_t hash)
{
	size_t at;

	if (table->size == 0)
		return false;
	for (at = twice_place(table, hash); table->slots[at] != 0;
	    at = twice_next(table, at))
		if (table->slots[at] == hash)
			return true;
	return false;
}

/* ---- what will come ---- */

void
twice_expect(struct twice *twice, const struct haul_request *request,
    uint64_t mark)
{
	uint64_t hash = twice_hash(request, mark);

	if (!twice_table_has(&twice->expected, hash))
		twice_table_add(&twice->expected, hash);
	else if (!twice_table_has(&twice->often, hash))
		twice_table_add(&twice->often, hash);
}

void
twice_begin(struct twice *twice, bool all)
{
	twice_table_release(&twice->expected);
	twice->choosy = all;
}

/* ---- what comes ---- */

void
twice_forget_ended(struct twice *twice)
{
	twice->living = true;
}

haul_id
twice_ended(const struct twice *twice)
{
	return twice->ended;
}

static bool
twice_is_item(struct twice *twice, struct haul *haul, haul_id id,
    const char *url)
{
	struct haul_item *item = haul_item(haul, id);
	bool same = item != NULL && strcmp(item->url, url) == 0;

	if (same && twice->living &&
	    (HAUL_IN(item->state) & HAUL_IN_ENDED) != 0) {
		twice->ended = id;
		same = false;
	}
	haul_item_free(item);
	return same;
}

bool
twice_was(struct twice *twice, struct haul *haul,
    const struct haul_request *request, uint64_t mark)
{
	const struct twice_table *items = &twice->items;
	size_t at;

	twice->hash = 0;
	twice->ended = 0;
	if (twice->choosy && twice->often.used == 0)
		return false;
	twice->hash = twice_hash(request, mark);
	if (items->size == 0)
		return false;
	for (at = twice_place(items, twice->hash); items->slots[at] != 0;
	    at = twice_next(items, at))
		if (items->slots[at] >> 32 == twice->hash >> 32 &&
		    twice_is_item(twice, haul, (uint32_t)items->slots[at],
		    request->url))
			return true;
	return false;
}

void
twice_note(struct twice *twice, haul_id id)
{
	if (twice->hash == 0 || (twice->choosy &&
	    !twice_table_has(&twice->often, twice->hash)))
		return;
	twice_table_add(&twice->items, (twice->hash >> 32 << 32) |
	    (uint32_t)id);
}
