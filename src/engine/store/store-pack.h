/* SPDX-License-Identifier: MIT
 *
 * Many items in few bytes, for most of a queue is alike: numbers take as many
 * bytes as they need, and of a text only what differs from the last one is
 * written. Pure; what is read may be torn.
 *
 *     added:  URL, URL, ...
 *     ended:  steps from number to number, each with what store_item has of a
 *             file that was fetched or skipped without ado; beside its flags
 *             stands whether sums of its blocks follow
 */
#ifndef HAUL_ENGINE_STORE_PACK_H
#define HAUL_ENGINE_STORE_PACK_H

#include <stdbool.h>
#include <stddef.h>

#include "store.h"

enum pack_kind {
	PACK_URL,
	PACK_PATH,
	PACK_ETAG,
	PACK_MODIFIED,
	PACK_KINDS
};

/* The text that the next one of its kind is compared with. */
struct pack_text {
	char *text;
	size_t length, size;
};

/* All zero: empty. */
struct pack {
	unsigned char *bytes;
	size_t length, size;
	size_t count;                   /* of items */
	uint64_t first, last;           /* their numbers */
	int64_t last_ms;
	struct pack_text texts[PACK_KINDS];
};

struct pack_reader {
	const unsigned char *at, *end;
	bool torn;                      /* it was not what it should be */
	uint64_t last;
	int64_t last_ms;
	struct pack_text texts[PACK_KINDS];
};

void pack_add(struct pack *, uint64_t seq, const char *url);
void pack_end(struct pack *, const struct store_item *);
void pack_empty(struct pack *);         /* for the next ones */
void pack_release(struct pack *);

/* The bytes are borrowed; a reader may be begun again. */
void pack_begin(struct pack_reader *, const void *bytes, size_t length,
    uint64_t first);

/* The next URL, valid until the next call; NULL: no more, or torn. */
const char *pack_next_added(struct pack_reader *);

/* The next item without run and URL; its texts are valid until the next call.
 * False: no more, or torn. */
bool pack_next_ended(struct pack_reader *, struct store_item *);
void pack_reader_release(struct pack_reader *);

#endif
