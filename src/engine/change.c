/* SPDX-License-Identifier: MIT
 *
 * See change.h. Each call first asks what the item is, or will be once its
 * attempt has ended (change_state); with that the calls are tables of what is
 * possible when. A transfer is only ever closed here, never freed.
 */
#include "config.h"

#include "change.h"

#include <stdlib.h>

#include "engine.h"
#include "engine/base/alloc.h"
#include "engine/base/secret.h"
#include "engine/base/url.h"
#include "engine/disk/folder.h"
#include "engine/transfer/retry.h"
#include "engine/transfer/transfer.h"
#include "journal.h"
#include "network.h"
#include "scheduler.h"

#define CHANGE_IS(state, states) (((states) >> (state) & 1) != 0)

/* Nothing can be changed any more of what is done, or about to be. */
#define CHANGE_OVER (HAUL_IN(HAUL_STATE_DONE) | HAUL_IN(HAUL_STATE_SKIPPED) | \
    HAUL_IN(HAUL_STATE_VERIFYING) | HAUL_IN(HAUL_STATE_REMOVED))

static struct transfer *
change_find(struct engine *engine, haul_id id)
{
	struct transfer *transfer = engine->transfers;

	while (transfer != NULL && transfer->id != id)
		transfer = transfer->next;
	return transfer;
}

/* VERIFYING stands for all whose bytes are here, large or small. */
static enum haul_state
change_state(const struct engine *engine, haul_id id,
    const struct transfer *transfer)
{
	if (transfer == NULL)
		return (enum haul_state)model_item(engine->model, id)->state;
	if (transfer->removing)
		return HAUL_STATE_REMOVED;
	if (transfer->state == TRANSFER_FINISHING)
		return HAUL_STATE_VERIFYING;
	if (transfer->state == TRANSFER_OVER)
		return transfer->next_state;
	return (enum haul_state)transfer->item->state;
}

/* The item shall be QUEUED or PAUSED; its transfer, if it has one, is not one
 * of CHANGE_OVER. */
static void
change_put(struct engine *engine, haul_id id, struct transfer *transfer,
    enum haul_state state)
{
	if (transfer == NULL) {
		model_set_state(engine->model, id, state);
		model_emit_state(engine->model, id, false);
		return;
	}
	if (transfer->state == TRANSFER_OVER) {
		transfer->next_state = state;
	} else {
		transfer_close(transfer, state);
		transfer->put_back = true;
	}
	transfer->asked = true;
}

/* ---- pause, hold ---- */

static enum haul_result
change_pause(struct engine *engine, struct change *change)
{
	struct transfer *transfer = change_find(engine, change->id);
	enum haul_state state = change_state(engine, change->id, transfer);

	if (state == HAUL_STATE_PAUSED)
		return HAUL_OK;
	if (CHANGE_IS(state, CHANGE_OVER | HAUL_IN(HAUL_STATE_FAILED)))
		return HAUL_ESTATE;
	change_put(engine, change->id, transfer, HAUL_STATE_PAUSED);
	return HAUL_OK;
}

static enum haul_result
change_resume(struct engine *engine, struct change *change)
{
	struct transfer *transfer = change_find(engine, change->id);
	enum haul_state state = change_state(engine, change->id, transfer);

	if (CHANGE_IS(state, HAUL_IN_ENDED | HAUL_IN(HAUL_STATE_REMOVED)))
		return HAUL_ESTATE;
	if (state == HAUL_STATE_PAUSED)
		change_put(engine, change->id, transfer, HAUL_STATE_QUEUED);
	scheduler_look_again(engine->scheduler);
	network_is_wanted(engine->network);
	return HAUL_OK;
}

void
change_put_all_back(struct engine *engine, bool told)
{
	struct transfer *transfer;
	enum haul_state state;
	haul_id id = 0;
	bool asked;

	for (transfer = engine->transfers; transfer;
	    transfer = transfer->next) {
		state = change_state(engine, transfer->id, transfer);
		if (state == HAUL_STATE_VERIFYING ||
		    !CHANGE_IS(state, HAUL_IN_ACTIVE))
			continue;
		asked = transfer->asked;
		change_put(engine, transfer->id, transfer, HAUL_STATE_QUEUED);
		transfer->asked = asked || told;
	}
	while ((id = model_next_waiting(engine->model, id)) != 0) {
		if (change_find(engine, id) != NULL)
			continue;
		model_set_state(engine->model, id, HAUL_STATE_QUEUED);
		if (told)
			model_emit_state(engine->model, id, false);
	}
	scheduler_clear(engine->scheduler);
}

static enum haul_result
change_hold(struct engine *engine, struct change *change)
{
	model_set_hold(engine->model, change->hold);
	if (change->hold == HAUL_HOLD_ALL)
		change_put_all_back(engine, true);
	else
		scheduler_look_again(engine->scheduler);
	return HAUL_OK;
}

/* ---- cancel, retry ---- */

void
change_fail(struct engine *engine, haul_id id, enum haul_cause cause,
    const char *text)
{
	struct failure failure;

	failure_set(&failure, cause, text);
	model_set_failure(engine->model, id, &failure,
	    model_item(engine->model, id)->url, 0, false);
	model_set_state(engine->model, id, HAUL_STATE_FAILED);
	model_emit(engine->model, HAUL_EVENT_FAIL, id, HAUL_NOTE_NONE, false);
}

static enum haul_result
change_cancel(struct engine *engine, struct change *change)
{
	struct transfer *transfer = change_find(engine, change->id);
	struct item *item = model_item(engine->model, change->id);
	struct failure failure;

	failure_set(&failure, HAUL_CAUSE_CANCELLED, "cancelled");
	if (transfer != NULL) {
		transfer_cancel(transfer, &failure);
		return HAUL_OK;
	}
	if (item->state != HAUL_STATE_QUEUED &&
	    item->state != HAUL_STATE_PAUSED &&
	    item->state != HAUL_STATE_WAITING)
		return HAUL_OK;
	change_fail(engine, change->id, HAUL_CAUSE_CANCELLED, "cancelled");
	return HAUL_OK;
}

static bool
change_retry_one(struct engine *engine, haul_id id)
{
	struct item *item = model_item(engine->model, id);

	if (item->state != HAUL_STATE_FAILED)
		return false;
	model_lock(engine->model);
	if (item->extra != NULL)
		retry_begin_anew(item->extra);
	model_unlock(engine->model);
	model_set_state(engine->model, id, HAUL_STATE_QUEUED);
	model_emit_state(engine->model, id, false);
	return true;
}

static enum haul_result
change_retry(struct engine *engine, struct change *change)
{
	haul_id id = change->id, last = model_count(engine->model);

	network_is_wanted(engine->network);
	if (id != 0) {
		change->count = change_retry_one(engine, id);
	} else {
		for (id = 1; id <= last; id++)
			change->count += change_retry_one(engine, id);
	}
	scheduler_look_again(engine->scheduler);
	return change->id == 0 || change->count == 1 ? HAUL_OK : HAUL_ESTATE;
}

/* ---- remove, restore, move ---- */

/* What an unfinished file left on the disk, if it is this item's and nobody's
 * by now: the name may have been given to another. */
static void
change_delete_data(struct engine *engine, haul_id id)
{
	struct item *item = model_item(engine->model, id);
	char *url = secret_free_url(item->url, NULL);
	const char *kept = item->extra ? item->extra->kept_url : NULL;
	enum record_verdict verdict;
	struct partfile part;
	struct record record;

	partfile_init(&part);
	record_init(&record);
	if (item->name != NULL &&
	    folder_may_claim(item->folder, item->name, id) &&
	    folders_wake(engine->folders, item->folder) &&
	    partfile_open_old(&part, item->folder, item->name, &record,
	    &verdict) == 0 && (record_is_of(&record, url) ||
	    (kept != NULL && record_is_of(&record, kept))))
		partfile_discard(&part);
	partfile_close(&part);
	record_release(&record);
	free(url);
	if (item->state == HAUL_STATE_REMOVED)
		atomic_store(&item->got, 0);
	else
		model_count_bytes(engine->model, item, 0,
		    -atomic_load(&item->got));
}

static bool
change_is_kept(enum haul_state state)
{
	return state == HAUL_STATE_DONE || state == HAUL_STATE_SKIPPED;
}

/* It has no transfer, or one that is freed next. */
static void
change_remove_now(struct engine *engine, haul_id id)
{
	struct item *item = model_item(engine->model, id);
	enum haul_state was = (enum haul_state)item->state;

	/* Whoever comes next may have its name. */
	if (item->name != NULL && !change_is_kept(was))
		folder_unclaim(item->folder, item->name, id);
	model_remove(engine->model, id);
	model_emit_state(engine->model, id,
	    !CHANGE_IS(was, HAUL_IN_ENDED));
}

static enum haul_result
change_remove(struct engine *engine, struct change *change)
{
	struct transfer *transfer = change_find(engine, change->id);
	struct item *item = model_item(engine->model, change->id);
	enum haul_state state = change_state(engine, change->id, transfer);

	if (transfer != NULL) {
		transfer->delete_data |= change->flag;
		if (CHANGE_IS(state, HAUL_IN_ACTIVE) &&
		    state != HAUL_STATE_VERIFYING)
			change_put(engine, change->id, transfer,
			    HAUL_STATE_QUEUED);
		transfer->removing = true;
		return HAUL_OK;
	}
	if (state == HAUL_STATE_WAITING)
		model_set_state(engine->model, change->id, HAUL_STATE_QUEUED);
	if (change->flag && !change_is_kept((enum haul_state)(state ==
	    HAUL_STATE_REMOVED ? item->was : state)))
		change_delete_data(engine, change->id);
	if (state != HAUL_STATE_REMOVED)
		change_remove_now(engine, change->id);
	return HAUL_OK;
}

static enum haul_result
change_restore(struct engine *engine, struct change *change)
{
	struct transfer *transfer = change_find(engine, change->id);

	if (change_state(engine, change->id, transfer) != HAUL_STATE_REMOVED)
		return HAUL_ESTATE;
	if (transfer != NULL) {
		/* Not removed yet: its end is told by its own event. */
		transfer->removing = transfer->delete_data = false;
		transfer->asked = true;
		return HAUL_OK;
	}
	model_restore(engine->model, change->id);
	scheduler_look_again(engine->scheduler);
	model_emit_state(engine->model, change->id, false);
	return HAUL_OK;
}

static enum haul_result
change_move(struct engine *engine, struct change *change)
{
	struct transfer *transfer = change_find(engine, change->id);

	if (change_state(engine, change->id, transfer) == HAUL_STATE_REMOVED)
		return HAUL_ESTATE;
	model_move(engine->model, change->id, change->before);
	scheduler_look_again(engine->scheduler);
	model_emit_state(engine->model, change->id, false);
	return HAUL_OK;
}

/* ---- edit, set ---- */

/* It has no transfer, or one that is freed next. */
static void
change_url(struct engine *engine, haul_id id, const char *url, bool keep)
{
	struct item *item = model_item(engine->model, id);
	char *old = NULL;

	/* Edited twice: the bytes are still those of the first URL. */
	if (keep && item->extra != NULL && item->extra->kept_url != NULL)
		old = alloc_string(item->extra->kept_url);
	else if (keep)
		old = secret_free_url(item->url, NULL);
	model_set_url(engine->model, id, url, old);
	free(old);
	model_lock(engine->model);
	retry_begin_anew(item->extra);
	model_unlock(engine->model);
	if (!keep) {
		model_count_bytes(engine->model, item, 0,
		    -atomic_load(&item->got));
		model_set_size(engine->model, id, -1);
	}
	/* It waits for its new host now, if for any. */
	model_set_parked(engine->model, id, false);
}

static enum haul_result
change_edit(struct engine *engine, struct change *change)
{
	struct transfer *transfer = change_find(engine, change->id);
	enum haul_state state = change_state(engine, change->id, transfer);
	bool runs = CHANGE_IS(state, HAUL_IN_ACTIVE);

	if (CHANGE_IS(state, CHANGE_OVER))
		return HAUL_ESTATE;
	if (transfer != NULL) {
		free(transfer->new_url);
		transfer->new_url = alloc_string(change->value);
		transfer->keep = change->flag;
		transfer->asked = true;
	} else {
		change_url(engine, change->id, change->value, change->flag);
	}
	if (runs)
		change_put(engine, change->id, transfer, HAUL_STATE_QUEUED);
	else if (transfer == NULL)
		model_emit_state(engine->model, change->id, false);
	return HAUL_OK;
}

static enum haul_result
change_set(struct engine *engine, struct change *change)
{
	struct transfer *transfer = change_find(engine, change->id);
	struct item *item = model_item(engine->model, change->id);
	struct options *options;

	/* A disk thread may be reading the digests. */
	if (CHANGE_IS(change_state(engine, change->id, transfer),
	    CHANGE_OVER) || (transfer != NULL && transfer->work.posted))
		return HAUL_ESTATE;
	options = options_clone(item->options);
	if (options_set(options, change->name, change->value,
	    OPTION_SCOPE_ITEM, NULL) != HAUL_OK) {
		options_unref(options);
		return HAUL_EUSAGE;
	}
	model_set_options(engine->model, change->id, options);
	/* A warm handle is known by its options' address. */
	engine->epoch++;
	if (transfer != NULL)
		transfer_apply_options(transfer);
	return HAUL_OK;
}

/* Something else may have been added meanwhile, or nothing is recorded. */
static enum haul_result
change_load(struct engine *engine, struct change *change)
{
	return engine->journal == NULL ? HAUL_ESTATE :
	    journal_load(engine->journal, engine, change->load);
}

/* ---- all of them ---- */

enum haul_result
change_apply(struct engine *engine, struct change *change)
{
	static enum haul_result (*const calls[CHANGE_COUNT])(struct engine *,
	    struct change *) = {
		[CHANGE_CANCEL] = change_cancel,
		[CHANGE_EDIT] = change_edit,
		[CHANGE_HOLD] = change_hold,
		[CHANGE_LOAD] = change_load,
		[CHANGE_MOVE] = change_move,
		[CHANGE_PAUSE] = change_pause,
		[CHANGE_REMOVE] = change_remove,
		[CHANGE_RESTORE] = change_restore,
		[CHANGE_RESUME] = change_resume,
		[CHANGE_RETRY] = change_retry,
		[CHANGE_SET] = change_set,
	};

	return calls[change->kind](engine, change);
}

void
change_settle(struct transfer *transfer)
{
	struct engine *engine = transfer->engine;
	haul_id id = transfer->id;

	if (transfer->new_url != NULL && !change_is_kept(
	    transfer->next_state))
		change_url(engine, id, transfer->new_url, transfer->keep);
	if (transfer->removing) {
		if (transfer->name != NULL && !change_is_kept(
		    transfer->next_state))
			folder_unclaim(transfer->folder, transfer->name, id);
		/* A retry is no end. */
		if (transfer->next_state == HAUL_STATE_WAITING)
			model_set_state(engine->model, id, HAUL_STATE_QUEUED);
		change_remove_now(engine, id);
	} else if (transfer->asked) {
		model_emit_state(engine->model, id, false);
	}
}
