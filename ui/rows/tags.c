/* SPDX-License-Identifier: MIT
 *
 * Ids are dense, so a million of them are 125 KB, whatever is tagged.
 */
#include "config.h"

#include "tags.h"

#include <stdlib.h>
#include <string.h>

#include "present/memory.h"

#define TAGS_STEP 4096          /* bytes that the bits grow by at least */

void
tags_release(struct tags *tags)
{
	uint64_t changes = tags->changes + (tags->count > 0);

	free(tags->bits);
	memset(tags, 0, sizeof *tags);
	tags->changes = changes;
}

static void
tags_need(struct tags *tags, size_t size)
{
	size_t room = size + size / 2 + TAGS_STEP;

	if (size <= tags->size)
		return;
	tags->bits = memory_resize(tags->bits, room, 1);
	memset(tags->bits + tags->size, 0, room - tags->size);
	tags->size = room;
}

bool
tags_has(const struct tags *tags, haul_id id)
{
	return id / 8 < tags->size &&
	    (tags->bits[id / 8] & (1u << id % 8)) != 0;
}

void
tags_set(struct tags *tags, haul_id id, bool tagged)
{
	unsigned char bit = (unsigned char)(1u << id % 8);

	if (tags_has(tags, id) == tagged)
		return;
	tags_need(tags, (size_t)(id / 8) + 1);
	tags->bits[id / 8] = (unsigned char)(tags->bits[id / 8] ^ bit);
	tags->count += tagged ? 1 : (size_t)-1;
	tags->changes++;
}

void
tags_copy(struct tags *to, const struct tags *tags)
{
	tags_release(to);
	to->bits = memory_resize(NULL, tags->size + 1, 1);
	if (tags->size > 0)
		memcpy(to->bits, tags->bits, tags->size);
	to->size = tags->size;
	to->count = tags->count;
	to->changes = tags->changes;
}

haul_id
tags_next(const struct tags *tags, haul_id id)
{
	for (id++; id / 8 < tags->size; id++) {
		if (tags->bits[id / 8] == 0)
			id |= 7;
		else if (tags_has(tags, id))
			return id;
	}
	return 0;
}
