/* SPDX-License-Identifier: MIT
 *
 * See model.h: what of the queue has changed since it was last recorded, and
 * items that a record brings back. A changed item is noted once, however
 * often it changes, and its text is copied only when its batch is written: the
 * engine pays for a bit and a number.
 */
#include "config.h"

#include "model-internal.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"

#define MODEL_BATCH_MUCH 1024           /* what is written at the end would
                                           take longer than a file */

/* ---- noting ---- */

static void
model_wake_recorder(struct model *model)
{
	if (model->record_woken)
		return;
	model->record_woken = true;
	model->record_wake(model->record_user, false);
}

void
model_note_added(struct model *model)
{
	if (model->record_wake != NULL)
		model_wake_recorder(model);
}

void
model_note_change(struct model *model, haul_id id)
{
	struct item *item = model_item(model, id);
	struct model_batch *batch = &model->batch;

	/* What is new is written as it is by then. */
	if (model->record_wake == NULL || item->changed ||
	    id > model->recorded)
		return;
	if (batch->changed_count == model->changed_size) {
		model->changed_size = model->changed_size ?
		    model->changed_size * 2 : 256;
		batch->changed = alloc_resize(batch->changed,
		    model->changed_size, sizeof *batch->changed);
	}
	batch->changed[batch->changed_count++] = id;
	item->changed = true;
	model_wake_recorder(model);
	if (batch->changed_count == MODEL_BATCH_MUCH)
		model->record_wake(model->record_user, true);
}

void
model_note_move(struct model *model, haul_id id, haul_id before)
{
	struct model_batch *batch = &model->batch;

	if (model->record_wake == NULL)
		return;
	if (batch->move_count == model->move_size) {
		model->move_size = model->move_size ? model->move_size * 2 :
		    64;
		batch->moves = alloc_resize(batch->moves, model->move_size,
		    sizeof *batch->moves);
	}
	batch->moves[batch->move_count++] = (struct model_move){ id, before,
	    model_count(model) };
	model_wake_recorder(model);
}

void
model_touch_item(struct model *model, haul_id id)
{
	model_lock(model);
	model_note_change(model, id);
	model_unlock(model);
}

/* ---- batches ---- */

void
model_record(struct model *model, void (*wake)(void *, bool much),
    void *user)
{
	model_lock(model);
	model->record_wake = wake;
	model->record_user = user;
	model->recorded = model_count(model);
	model_unlock(model);
}

void
model_take_batch(struct model *model, struct model_batch *batch)
{
	size_t i;

	model_lock(model);
	*batch = model->batch;
	memset(&model->batch, 0, sizeof model->batch);
	model->changed_size = model->move_size = 0;
	model->record_woken = false;
	batch->first = model->recorded + 1;
	batch->last = model->recorded = model_count(model);
	for (i = 0; i < batch->changed_count; i++)
		model_item(model, batch->changed[i])->changed = false;
	model_unlock(model);
}

void
model_batch_release(struct model_batch *batch)
{
	free(batch->changed);
	free(batch->moves);
	memset(batch, 0, sizeof *batch);
}

void
model_return_batch(struct model *model, struct model_batch *batch)
{
	struct model_batch newer;
	haul_id id;
	size_t i;

	model_lock(model);
	newer = model->batch;
	memset(&model->batch, 0, sizeof model->batch);
	model->changed_size = model->move_size = 0;
	for (i = 0; i < newer.changed_count; i++)
		model_item(model, newer.changed[i])->changed = false;
	for (i = 0; i < batch->changed_count; i++)
		model_note_change(model, batch->changed[i]);
	for (id = batch->first; id <= batch->last; id++)
		model_note_change(model, id);
	for (i = 0; i < newer.changed_count; i++)
		model_note_change(model, newer.changed[i]);
	for (i = 0; i < batch->move_count; i++)
		model_note_move(model, batch->moves[i].id,
		    batch->moves[i].before);
	for (i = 0; i < newer.move_count; i++)
		model_note_move(model, newer.moves[i].id,
		    newer.moves[i].before);
	model_unlock(model);
	model_batch_release(&newer);
	model_batch_release(batch);
}

void
model_record_anew(struct model *model)
{
	size_t i;

	model_lock(model);
	for (i = 0; i < model->batch.changed_count; i++)
		model_item(model, model->batch.changed[i])->changed = false;
	model->batch.changed_count = 0;
	model->recorded = 0;
	model_wake_recorder(model);
	model_unlock(model);
}

/* ---- what comes back ---- */

/* (locked) */
static void
model_set_past(struct model *model, haul_id id, const struct model_past *past)
{
	struct item *item = model_item(model, id);
	struct item_extra *extra;

	item->name = alloc_string(past->name);
	item->folder = past->folder;
	item->begun_at_ms = past->begun_at_ms;
	item->elapsed_ms = (uint32_t)past->elapsed_ms;
	item->attempts = past->attempts < UINT16_MAX ?
	    (uint16_t)past->attempts : UINT16_MAX;
	item->http_status = (uint16_t)past->http_status;
	item->resumable = past->resumable;
	if (past->etag == NULL && past->last_modified == NULL &&
	    past->kept_url == NULL && past->failure == NULL &&
	    past->history_count == 0)
		return;
	extra = model_extra(item);
	extra->etag = alloc_string(past->etag);
	extra->last_modified = alloc_string(past->last_modified);
	extra->kept_url = alloc_string(past->kept_url);
	if (past->failure != NULL) {
		extra->failure = alloc_zero(sizeof *extra->failure);
		*extra->failure = *past->failure;
	}
	extra->history = alloc_array(past->history_count,
	    sizeof *extra->history);
	if (past->history_count > 0)
		memcpy(extra->history, past->history, past->history_count *
		    sizeof *extra->history);
	extra->history_count = past->history_count;
}

haul_id
model_add_past(struct model *model, const struct model_past *past)
{
	struct haul_request request = *past->request;
	struct item *item;
	haul_id id;

	request.paused = past->state == HAUL_STATE_PAUSED;
	id = model_add(model, &request, past->options);
	if (id == 0)
		return 0;
	item = model_item(model, id);
	model_lock(model);
	model_set_past(model, id, past);
	model_unlock(model);
	model_set_size(model, id, past->size);
	model_count_bytes(model, item, 0, past->got);
	if (past->state != HAUL_STATE_DONE && past->state !=
	    HAUL_STATE_FAILED)
		return id;
	if (past->state == HAUL_STATE_DONE)
		model_set_state(model, id, HAUL_STATE_CONNECTING);
	model_set_state(model, id, past->state);
	model_lock(model);
	item->elapsed_ms = (uint32_t)past->elapsed_ms;
	if (past->ended_at_ms != 0)
		item->ended_at_ms = past->ended_at_ms;
	model_unlock(model);
	return id;
}
