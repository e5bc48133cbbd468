/* SPDX-License-Identifier: MIT
 *
 * See torn.h. A run was cut off if it never ended in order and another start
 * of the system came after it, be it by a crash or not. What changed after
 * that start is not its doing; nor is, of files of which nothing but their URL
 * is recorded, what changed long after the last thing that is: they have their
 * names for less than a batch and a sync. So a file that somebody else put
 * there is not replaced, unless it was at the very time. Items are known by a
 * hash of directory and URL.
 */
#include "config.h"

#include "torn.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"

#define TORN_LOOKS 64                   /* runs; who never looks again at what
                                           was cut off will not miss it */
#define TORN_RUNS 8                     /* of those, cut off */
#define TORN_ITEMS 200000               /* in 0.1 s or so */
#define TORN_AFTER_MS (10 * 60000)      /* by then a batch is recorded */

/* When a run gave names. */
struct torn_time {
	int64_t from_ms, until_ms;
};

struct torn_item {
	uint64_t hash;
	struct torn_time time;
};

struct torn {
	struct torn_item *items;        /* sorted by hash */
	size_t count, size;
};

struct torn_run {
	uint64_t id;
	struct torn_time time;
	char *directory;
};

/* From the newest run to older ones. */
struct torn_search {
	char *boot;                     /* of the run before */
	int64_t began_ms;               /* that start, or the first run in it */
	int64_t until_ms;               /* of the start after that */
	const char *own_boot;
	struct torn_run runs[TORN_RUNS];
	size_t count, seen;
};

/* ---- runs ---- */

static bool
torn_take_run(const struct store_run *run, void *user)
{
	struct torn_search *search = user;
	const char *boot = run->boot != NULL ? run->boot : "";
	struct torn_run *to = &search->runs[search->count];

	if (strcmp(boot, search->boot) != 0) {
		search->until_ms = search->began_ms;
		free(search->boot);
		search->boot = alloc_string(boot);
	}
	if (strcmp(boot, search->own_boot) != 0) {
		search->began_ms = run->started_ms;
		if (*boot != '\0' && run->ended_ms == 0 && run->later == 0 &&
		    run->directory != NULL) {
			to->id = run->id;
			to->time.from_ms = run->started_ms;
			to->time.until_ms = search->until_ms;
			to->directory = alloc_string(run->directory);
			search->count++;
		}
	}
	return search->count < TORN_RUNS && ++search->seen < TORN_LOOKS;
}

/* ---- items ---- */

static uint64_t
torn_add_text(uint64_t hash, const char *text)
{
	const unsigned char *p;

	for (p = (const unsigned char *)text; *p != '\0'; p++)
		hash = (hash ^ *p) * UINT64_C(0x100000001b3);
	return hash * UINT64_C(0x100000001b3);
}

static uint64_t
torn_hash(const char *directory, const char *url)
{
	return torn_add_text(torn_add_text(UINT64_C(0xcbf29ce484222325),
	    directory), url);
}

static void
torn_put(struct torn *torn, uint64_t hash, struct torn_time time)
{
	if (torn->count == torn->size) {
		torn->size = torn->size > 0 ? 2 * torn->size : 64;
		torn->items = alloc_resize(torn->items, torn->size,
		    sizeof *torn->items);
	}
	torn->items[torn->count++] = (struct torn_item){ hash, time };
}

static void
torn_take_items(struct torn *torn, struct store *store,
    const struct torn_run *run)
{
	struct store_scan *scan = store_scan_begin(store, run->id);
	int64_t last_ms = run->time.from_ms;
	struct torn_time time = run->time;
	struct store_item item;
	size_t i, first = torn->count;

	while (torn->count < TORN_ITEMS && store_scan_next(scan, &item)) {
		if (item.ended_ms > last_ms)
			last_ms = item.ended_ms;
		if (item.state == STORE_DONE || item.state == STORE_SKIPPED)
			continue;
		/* One that is known to run may have ended any time. */
		time.until_ms = item.started_ms != 0 ? run->time.until_ms : 0;
		torn_put(torn, torn_hash(item.dir != NULL ? item.dir :
		    run->directory, item.url), time);
	}
	/* What cannot be read is not known. */
	(void)store_scan_end(scan);
	last_ms += TORN_AFTER_MS;
	for (i = first; i < torn->count; i++)
		if (torn->items[i].time.until_ms == 0)
			torn->items[i].time.until_ms = last_ms <
			    run->time.until_ms ? last_ms :
			    run->time.until_ms;
}

static int
torn_compare(const void *a, const void *b)
{
	const struct torn_item *one = a, *other = b;

	return (one->hash > other->hash) - (one->hash < other->hash);
}

struct torn *
torn_find(struct store *store, const char *boot, int64_t boot_ms)
{
	struct torn_search search = { .boot = alloc_string(boot),
	    .own_boot = boot, .began_ms = boot_ms, .until_ms = boot_ms };
	struct torn *torn = NULL;
	size_t i;

	if (*boot != '\0')
		(void)store_each_run(store, torn_take_run, &search);
	if (search.count > 0)
		torn = alloc_zero(sizeof *torn);
	for (i = 0; i < search.count; i++) {
		torn_take_items(torn, store, &search.runs[i]);
		free(search.runs[i].directory);
	}
	free(search.boot);
	if (torn != NULL && torn->count > 0)
		qsort(torn->items, torn->count, sizeof *torn->items,
		    torn_compare);
	return torn;
}

void
torn_free(struct torn *torn)
{
	if (torn == NULL)
		return;
	free(torn->items);
	free(torn);
}

/* ---- asking ---- */

static size_t
torn_seek(const struct torn *torn, uint64_t hash)
{
	size_t low = 0, high = torn->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (torn->items[middle].hash >= hash)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

bool
torn_has(const struct torn *torn, const char *directory, const char *url,
    int64_t changed_ms)
{
	uint64_t hash = torn_hash(directory, url);
	size_t i;

	for (i = torn_seek(torn, hash); i < torn->count &&
	    torn->items[i].hash == hash; i++)
		if (changed_ms >= torn->items[i].time.from_ms &&
		    changed_ms < torn->items[i].time.until_ms)
			return true;
	return false;
}
