/* SPDX-License-Identifier: MIT
 *
 * Which items are tagged: a bit for each id. Pure.
 */
#ifndef HAUL_UI_TAGS_H
#define HAUL_UI_TAGS_H

#include "haul.h"

struct tags {
	unsigned char *bits;            /* owned */
	size_t size;                    /* bytes of them */
	size_t count;                   /* of tagged ones */
	uint64_t changes;
};

void tags_release(struct tags *);               /* empty afterwards */
void tags_set(struct tags *, haul_id, bool);
bool tags_has(const struct tags *, haul_id);
void tags_copy(struct tags *to, const struct tags *);
/* The next tagged id after this one (0: the first); 0 if there is none. */
haul_id tags_next(const struct tags *, haul_id);

#endif
