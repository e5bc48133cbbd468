/* SPDX-License-Identifier: MIT
 *
 * See names.h. Eight bytes for a name of a set, twelve for one of a map, as
 * much again where the table has just grown.
 */
#include "config.h"

#include "names.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"

/* FNV-1a with a final mix. */
uint64_t
names_hash(const char *name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	const unsigned char *p;

	for (p = (const unsigned char *)name; *p; p++)
		hash = (hash ^ *p) * UINT64_C(0x100000001b3);
	hash ^= hash >> 32;
	return hash ? hash : 1;
}

static size_t
names_slot(const struct names *names, uint64_t hash)
{
	size_t i = (size_t)hash & (names->size - 1);

	while (names->keys[i] != 0 && names->keys[i] != hash)
		i = (i + 1) & (names->size - 1);
	return i;
}

static void
names_grow(struct names *names, bool map)
{
	struct names bigger = { .size = names->size ? names->size * 2 : 64 };
	size_t i, slot;

	bigger.keys = alloc_array(bigger.size, sizeof *bigger.keys);
	if (map)
		bigger.values = alloc_array(bigger.size,
		    sizeof *bigger.values);
	for (i = 0; i < names->size; i++) {
		if (names->keys[i] == 0)
			continue;
		slot = names_slot(&bigger, names->keys[i]);
		bigger.keys[slot] = names->keys[i];
		if (map)
			bigger.values[slot] = names->values[i];
		bigger.used++;
	}
	free(names->keys);
	free(names->values);
	*names = bigger;
}

static size_t
names_put(struct names *names, uint64_t hash, bool map)
{
	size_t slot;

	if ((names->used + 1) * 4 > names->size * 3)
		names_grow(names, map);
	slot = names_slot(names, hash);
	if (names->keys[slot] == 0) {
		names->keys[slot] = hash;
		names->used++;
	}
	return slot;
}

void
names_release(struct names *names)
{
	free(names->keys);
	free(names->values);
	memset(names, 0, sizeof *names);
}

void
names_add(struct names *names, uint64_t hash)
{
	names_put(names, hash, false);
}

bool
names_has(const struct names *names, uint64_t hash)
{
	return names->size > 0 &&
	    names->keys[names_slot(names, hash)] != 0;
}

uint32_t *
names_value(struct names *names, uint64_t hash)
{
	size_t slot = names_put(names, hash, true);

	return &names->values[slot];
}

uint32_t *
names_find(const struct names *names, uint64_t hash)
{
	return names_has(names, hash) ?
	    &names->values[names_slot(names, hash)] : NULL;
}
