/* SPDX-License-Identifier: MIT
 *
 * See room.h. Waiting uses up no tries. What a quota leaves is not to be
 * learned beforehand: there only another try tells, so they are rarer.
 */
#include "config.h"

#include "room.h"

#include <errno.h>
#include <stdio.h>

#include "engine/disk/folder.h"
#include "engine/engine.h"
#include "engine/scheduler.h"

#define ROOM_LOOK_MS 3000
#define ROOM_QUOTA_MS 30000
#define ROOM_LEAST (1024 * 1024)        /* to begin or go on with anything */
#define ROOM_AHEAD (64 * 1024 * 1024)   /* to go on with a large file */
#define ROOM_BELIEF_MS 15000            /* until a file has to show that it */
#define ROOM_BELIEF_S (24 * 3600)       /* comes; for so long it is kept room */

bool
room_is_cause(const struct failure *failure)
{
	return failure->cause == HAUL_CAUSE_DISK_FULL &&
	    (failure->sys_errno == ENOSPC || failure->sys_errno == EDQUOT);
}

static int64_t
room_needed(const struct transfer *transfer)
{
	int64_t left = transfer->total - ranges_bytes(&transfer->here);

	if (left < ROOM_LEAST)
		return ROOM_LEAST;
	/* It was not begun because all of it would not fit. */
	return transfer->part.fd < 0 || ranges_bytes(&transfer->here) == 0 ||
	    left < ROOM_AHEAD ? left : ROOM_AHEAD;
}

void
room_wait(struct transfer *transfer, const struct failure *failure)
{
	bool quota = failure->sys_errno == EDQUOT;
	int64_t needed = quota ? 0 : room_needed(transfer);

	if (!quota)
		folder_set_full(transfer->folder, true);
	transfer_extra(transfer)->room_bytes = needed;
	transfer_close(transfer, HAUL_STATE_WAITING);
	transfer->due_ms = engine_now_ms() + (quota ? ROOM_QUOTA_MS :
	    ROOM_LOOK_MS);
	model_set_failure(transfer->engine->model, transfer->id, failure,
	    transfer->final_url ? transfer->final_url : transfer->url,
	    transfer->attempt_bytes, true);
}

bool
room_is_out(struct transfer *transfer)
{
	struct folder *folder = transfer->folder;

	if (folder == NULL || !folder_is_full(folder))
		return false;
	if (folder_room(folder, engine_now_ms()) >= ROOM_LEAST) {
		folder_set_full(folder, false);
		return false;
	}
	/* Not the URL, which may have a password. */
	failure_set_errno(&transfer->failure, ENOSPC,
	    transfer->name ? transfer->name : folder_path(folder));
	return true;
}

/* What a file will still take. A server can tell any size and then let it drip,
 * so after a while no more is believed than what a day would bring. */
static int64_t
room_expected(const struct transfer *transfer, int64_t now_ms)
{
	int64_t left = transfer->total - atomic_load(&transfer->item->got);
	int64_t ms = now_ms - transfer->began_ms, day;

	if (ms < ROOM_BELIEF_MS)
		return left;
	day = transfer->attempt_bytes / (ms / 1000) * ROOM_BELIEF_S;
	return left < day ? left : day;
}

/* What files that are being fetched to that file system will still take, but
 * for one, or NULL. */
static int64_t
room_promised(const struct engine *engine, const struct folder *folder,
    const struct transfer *but)
{
	int64_t bytes = 0, now_ms = engine_now_ms();
	const struct transfer *other;

	for (other = engine->transfers; other; other = other->next)
		if (other != but && other->part.fd >= 0 && other->total > 0 &&
		    folder_device(other->folder) == folder_device(folder))
			bytes += room_expected(other, now_ms);
	return bytes;
}

/* What is free for one more, or for that one. */
static int64_t
room_left(const struct engine *engine, struct folder *folder,
    const struct transfer *but)
{
	int64_t promised = room_promised(engine, folder, but);
	bool fresh = promised > 0 || (but != NULL && but->part.fd >= 0);
	int64_t room = folder_room(folder, fresh ? 0 : engine_now_ms());

	if (room == INT64_MAX || promised <= 0)
		return room;
	return room > promised ? room - promised : 0;
}

bool
room_for(struct transfer *transfer, int64_t bytes, struct failure *failure)
{
	int64_t room = room_left(transfer->engine, transfer->folder,
	    transfer);
	int64_t capacity;

	if (bytes <= room)
		return true;
	failure_set(failure, HAUL_CAUSE_DISK_FULL, NULL);
	/* For what no deletion makes room for it would wait for ever: a server
	 * need only tell such a size. */
	capacity = folder_capacity(transfer->folder);
	failure->sys_errno = bytes > capacity ? EFBIG : ENOSPC;
	if (bytes > capacity)
		room = capacity;
	snprintf(failure->text, sizeof failure->text,
	    bytes > capacity ? "it needs %lld bytes, and the file system "
	    "has %lld in all" : "it needs %lld bytes, and %lld are free for "
	    "it",
	    (long long)bytes, (long long)room);
	return false;
}

bool
room_waits_on(struct engine *engine, haul_id id)
{
	struct item *item = model_item(engine->model, id);
	struct item_extra *extra = item->extra;
	struct model_due due;

	if (extra == NULL || extra->room_bytes == 0)
		return false;
	if (item->state != HAUL_STATE_WAITING || item->folder == NULL ||
	    !folders_wake(engine->folders, item->folder) ||
	    room_left(engine, item->folder, NULL) >= extra->room_bytes) {
		extra->room_bytes = 0;
		return false;
	}
	due = extra->due;
	due.ms = engine_now_ms() + ROOM_LOOK_MS;
	model_set_due(engine->model, id, &due);
	scheduler_delay(engine->scheduler, id, due.ms);
	return true;
}
