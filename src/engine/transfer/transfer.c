/* SPDX-License-Identifier: MIT
 *
 * See transfer.h. Nothing is started, freed or renamed inside a callback of
 * libcurl: callbacks decide and mark, the turn (transfer_advance) and the
 * completions (transfer_stream_ended) act.
 *
 * An attempt that fails ends its transfer; the next one begins as a new
 * transfer from what is on the disk. Trying again in this run, after Ctrl-C
 * and after kill -9 are therefore one and the same path.
 */
#include "config.h"

#include "transfer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/crc32c.h"
#include "engine/base/secret.h"
#include "engine/change.h"
#include "engine/disk/folder.h"
#include "engine/engine.h"
#include "engine/network.h"
#include "engine/scheduler.h"
#include "finish.h"
#include "proof.h"
#include "retry.h"
#include "room.h"
#include "split.h"
#include "transfer-internal.h"

#define TRANSFER_END_MS 90000           /* for the end behind the last byte,
                                           if --timeout sets no limit */
#define TRANSFER_LOOK_MS 10000          /* patience with HEAD: some servers
                                           never answer it */

struct item_extra *
transfer_extra(struct transfer *transfer)
{
	struct model *model = transfer->engine->model;

	if (transfer->item->extra == NULL) {
		model_lock(model);
		model_extra(transfer->item);
		model_unlock(model);
	}
	return transfer->item->extra;
}

const char *
transfer_strong_etag(const struct transfer *transfer)
{
	return response_etag_is_strong(transfer->etag) ? transfer->etag :
	    NULL;
}

const char *
transfer_strong_date(const struct transfer *transfer)
{
	bool is = transfer->modified_is_strong ||
	    response_modified_is_strong(transfer->last_modified,
	    transfer->date);

	return is ? transfer->last_modified : NULL;
}

bool
transfer_can_resume(const struct transfer *transfer)
{
	return transfer->total > 0 && !transfer->engine->discard &&
	    (transfer_strong_etag(transfer) != NULL ||
	    transfer_strong_date(transfer) != NULL);
}

bool
transfer_keeps_sums(const struct transfer *transfer)
{
	return transfer_wanted_sums(transfer) != NULL ||
	    (transfer->engine->journal != NULL && crc32c_is_fast());
}

const char *
transfer_wanted_sums(const struct transfer *transfer)
{
	const struct item_extra *extra = transfer->item->extra;

	return extra != NULL ? extra->wanted_sums : NULL;
}

bool
transfer_keeps_changed(const struct transfer *transfer)
{
	return options_number(transfer->options, OPTION_ON_CHANGE) !=
	    ON_CHANGE_RESTART && ranges_bytes(&transfer->here) > 0;
}

bool
transfer_put_aside(struct transfer *transfer)
{
	if (partfile_put_aside(&transfer->part) != 0)
		return false;
	transfer_extra(transfer)->aside = true;
	return true;
}

void
transfer_emit(struct transfer *transfer, enum haul_event_kind kind,
    enum haul_note note)
{
	model_emit(transfer->engine->model, kind, transfer->id, note, false);
}

void
transfer_tell_start(struct transfer *transfer)
{
	if (!transfer->told)
		transfer_emit(transfer, HAUL_EVENT_START, HAUL_NOTE_NONE);
	transfer->told = true;
}

/* ---- what an earlier attempt left ---- */

static bool
transfer_is_record_of(const struct record *record, const char *url)
{
	char *bare = secret_free_url(url, NULL);
	bool is = record_is_of(record, bare);

	free(bare);
	return is;
}

/* Of one of the URLs that the item has: they are said to be of the same bytes,
 * in whatever order. */
static bool
transfer_is_own_record(const struct transfer *transfer,
    const struct record *record)
{
	const struct item_extra *extra = transfer->item->extra;
	size_t i;

	if (transfer_is_record_of(record, transfer->item->url))
		return true;
	for (i = 0; extra != NULL && i < extra->mirror_count; i++)
		if (transfer_is_record_of(record, extra->mirrors[i]))
			return true;
	return false;
}

/* Of the URL that the item had before an edit. That alone says nothing of the
 * new one's object: a strong ETag or a digest must. */
static bool
transfer_is_kept_record(const struct transfer *transfer,
    const struct record *record)
{
	const struct item_extra *extra = transfer->item->extra;

	return extra != NULL && extra->kept_url != NULL &&
	    record_is_of(record, extra->kept_url) &&
	    (record->etag != NULL || transfer->digest_count > 0);
}

static void
transfer_adopt(struct transfer *transfer, struct record *record)
{
	int64_t bytes = ranges_bytes(&record->here);

	transfer->total = record->total;
	free(transfer->etag);
	free(transfer->last_modified);
	transfer->etag = record->etag;
	transfer->last_modified = record->last_modified;
	transfer->modified_is_strong = true;
	ranges_release(&transfer->here);
	transfer->here = record->here;
	record->etag = record->last_modified = NULL;
	ranges_init(&record->here);
	transfer->resumed = transfer->saved_bytes = bytes;
	transfer->answered = true;
	/* The answer to what is lacking tells of no name. */
	model_set_name(transfer->engine->model, transfer->id,
	    transfer->folder, transfer->name);
	model_count_bytes(transfer->engine->model, transfer->item, 0,
	    bytes - atomic_load(&transfer->item->got));
	model_set_size(transfer->engine->model, transfer->id,
	    transfer->total);
	model_set_resumed(transfer->engine->model, transfer->id, bytes);
}

/* Edited to be fetched anew. */
static bool
transfer_must_restart(const struct transfer *transfer)
{
	return transfer->item->extra != NULL &&
	    transfer->item->extra->from_zero;
}

int
transfer_open_old(struct transfer *transfer)
{
	enum record_verdict verdict;
	struct record record;
	bool own;
	int error;

	if (!partfile_is_there(transfer->folder, transfer->name))
		return ENOENT;
	record_init(&record);
	error = partfile_open_old(&transfer->part, transfer->folder,
	    transfer->name, &record, &verdict);
	own = error == 0 && transfer_is_own_record(transfer, &record);
	if (own && record.sums != NULL) {
		free(transfer_extra(transfer)->wanted_sums);
		transfer_extra(transfer)->wanted_sums = record.sums;
		record.sums = NULL;
	}
	transfer->moved = error == 0 && !own &&
	    transfer_is_kept_record(transfer, &record);
	if ((own || transfer->moved) && !record_is_marker(&record) &&
	    !(own && transfer_must_restart(transfer))) {
		transfer_adopt(transfer, &record);
	} else if (error == 0) {
		/* Ours, but worth nothing, or not ours: partfile_create()
		 * sees to it if its name is needed. */
		transfer->left_over = own;
		transfer->moved = false;
		partfile_close(&transfer->part);
		error = ENOENT;
	}
	record_release(&record);
	return error;
}

bool
transfer_is_whole(const struct transfer *transfer)
{
	return transfer->total >= 0 &&
	    ranges_cover(&transfer->here, 0, transfer->total);
}

/* ---- ends ---- */

void
transfer_close(struct transfer *transfer, enum haul_state next)
{
	if (transfer->state == TRANSFER_OVER)
		return;
	transfer_drop_streams(transfer);
	free(transfer->later.url);
	transfer->later.url = NULL;
	transfer->state = TRANSFER_OVER;
	transfer->next_state = next;
	engine_poke(transfer->engine);
	if (next == HAUL_STATE_DONE || next == HAUL_STATE_SKIPPED ||
	    transfer->part.fd < 0)
		return;
	if (transfer->part.anonymous || transfer->gone ||
	    !transfer_can_resume(transfer) ||
	    ranges_bytes(&transfer->here) == 0)
		transfer->gone = true;
	else if (!transfer->moved)
		finish_checkpoint(transfer);
}

void
transfer_fail(struct transfer *transfer, const struct failure *failure)
{
	struct model *model = transfer->engine->model;

	if (transfer->state == TRANSFER_OVER)
		return;
	/* A repair's part is a copy of what stands there. */
	if (failure->cause == HAUL_CAUSE_CHANGED &&
	    transfer_wanted_sums(transfer) != NULL)
		transfer->gone = true;
	transfer_close(transfer, HAUL_STATE_FAILED);
	model_set_failure(model, transfer->id, failure,
	    transfer->final_url ? transfer->final_url : transfer->url,
	    transfer->attempt_bytes, true);
	model_set_status(model, transfer->id, failure->http_status);
}

void
transfer_cancel(struct transfer *transfer, const struct failure *failure)
{
	if (transfer->state == TRANSFER_OVER &&
	    (transfer->next_state == HAUL_STATE_WAITING ||
	    transfer->next_state == HAUL_STATE_PAUSED ||
	    transfer->next_state == HAUL_STATE_QUEUED)) {
		transfer->next_state = HAUL_STATE_FAILED;
		model_set_failure(transfer->engine->model, transfer->id,
		    failure, transfer->url, 0, false);
	} else if (transfer->state != TRANSFER_FINISHING) {
		transfer_fail(transfer, failure);
	}
}

/* ---- plans ---- */

bool
transfer_is_plain_only(const struct transfer *transfer)
{
	return transfer->item->extra != NULL &&
	    transfer->item->extra->plain_only;
}

/* A comparison that is due; false: none is. */
static bool
transfer_ask_proof(struct transfer *transfer)
{
	struct part part;

	if (!proof_next(transfer, &part))
		return false;
	if (!transfer_start_stream(transfer, STREAM_PROOF, &part, NULL, 0))
		transfer_fail(transfer, &transfer->failure);
	return true;
}

void
transfer_ask_first(struct transfer *transfer)
{
	struct part part = { 0, 0, INT64_MAX };
	struct haul_range gap;

	if (transfer_ask_proof(transfer))
		return;
	if (transfer->answered && !transfer_is_plain_only(transfer)) {
		if (!ranges_first_gap(&transfer->here, 0, transfer->total,
		    &gap)) {
			finish_file(transfer);
			return;
		}
		part.start = part.pos = gap.start;
		part.end = gap.end;
	}
	if (!transfer_start_stream(transfer, STREAM_FIRST, &part, NULL, 0))
		transfer_fail(transfer, &transfer->failure);
}

void
transfer_part_failed(const struct transfer *transfer, int error,
    struct failure *failure)
{
	char holder[PARTFILE_HOLDER_SIZE], name[FAILURE_TEXT_SIZE];
	bool there;

	if (error == EWOULDBLOCK) {
		partfile_tell_holder(transfer->folder, transfer->name, holder);
		failure_set_held(failure, holder);
		return;
	}
	there = partfile_is_there(transfer->folder, transfer->name);
	snprintf(name, sizeof name, "%s%s", transfer->name,
	    there ? ".part" : "");
	failure_set_errno(failure, error, name);
}

static void
transfer_fetch(struct transfer *transfer)
{
	int error;

	transfer->state = TRANSFER_FETCHING;
	if (!transfer->engine->discard && transfer->name != NULL &&
	    transfer->part.fd < 0) {
		error = transfer_open_old(transfer);
		if (error != 0 && error != ENOENT) {
			transfer_part_failed(transfer, error,
			    &transfer->failure);
			transfer_fail(transfer, &transfer->failure);
			return;
		}
	}
	transfer_ask_first(transfer);
}

static void
transfer_look(struct transfer *transfer)
{
	struct part part = { 0, 0, INT64_MAX };

	transfer->state = TRANSFER_LOOKING;
	if (!transfer_start_stream(transfer, STREAM_LOOK, &part, NULL, 0))
		transfer_fail(transfer, &transfer->failure);
}

void
transfer_follow(struct transfer *transfer, enum target_plan plan)
{
	switch (plan) {
	case TARGET_FETCH:
		transfer_fetch(transfer);
		break;
	case TARGET_LOOK:
		transfer_look(transfer);
		break;
	case TARGET_COMPARE:
		transfer->state = TRANSFER_COMPARING;
		finish_compare(transfer);
		break;
	case TARGET_KEEP:
		partfile_sweep(transfer->folder, transfer->name,
		    transfer->item->url);
		transfer_close(transfer, HAUL_STATE_SKIPPED);
		break;
	case TARGET_FAILED:
		transfer_fail(transfer, &transfer->failure);
		break;
	}
}

/* ---- the beginning ---- */

struct digest *
transfer_next_digest(struct transfer *transfer)
{
	/* Most files have none; they would be a third of a transfer. */
	if (transfer->digests == NULL)
		transfer->digests = alloc_array(TRANSFER_DIGESTS,
		    sizeof *transfer->digests);
	return transfer->digest_count < TRANSFER_DIGESTS ?
	    &transfer->digests[transfer->digest_count] : NULL;
}

static void
transfer_take_digest(const char *text, void *user)
{
	struct transfer *transfer = user;
	struct digest *digest = transfer_next_digest(transfer);
	size_t hex;

	if (digest != NULL &&
	    digest_parse(text, digest, &hex) == HAUL_COMPLAINT_NONE)
		transfer->digest_count++;
}

static void
transfer_read_digests(struct transfer *transfer)
{
	transfer->digest_count = 0;
	transfer->server_digests_known = false;
	options_each(transfer->options, OPTION_CHECKSUM, transfer_take_digest,
	    transfer);
}

void
transfer_apply_options(struct transfer *transfer)
{
	transfer->options.item = transfer->item->options;
	transfer_set_rate(transfer);
	if (transfer->state != TRANSFER_OVER)
		transfer_read_digests(transfer);
}

static bool
transfer_is_late(const struct transfer *transfer)
{
	int64_t deadline = retry_deadline_ms(transfer->item,
	    &transfer->options);

	return deadline > 0 && engine_now_ms() >= deadline;
}

static void
transfer_give_up_late(struct transfer *transfer)
{
	failure_set(&transfer->failure, HAUL_CAUSE_TIMEOUT,
	    TRANSFER_LATE_TEXT);
	transfer_fail(transfer, &transfer->failure);
}

static void
transfer_aim(struct transfer *transfer)
{
	enum target_plan plan = target_choose(transfer);

	if ((plan == TARGET_FETCH || plan == TARGET_LOOK) &&
	    room_is_out(transfer))
		room_wait(transfer, &transfer->failure);
	else
		transfer_follow(transfer, plan);
}

void
transfer_begin(struct engine *engine, haul_id id)
{
	struct transfer *transfer = alloc_pool_take(
	    &engine->spare_transfers, sizeof *transfer);
	struct item *item = model_item(engine->model, id);

	transfer->engine = engine;
	transfer->id = id;
	transfer->item = item;
	transfer->options.item = item->options;
	transfer->options.engine = engine->options;
	transfer->url = model_url(item);
	transfer->options.host = options_of_host(engine->options, item->url);
	transfer->total = -1;
	transfer->began_ms = engine_now_ms();
	transfer->speed.mark_s = engine_now_s(engine);
	partfile_init(&transfer->part);
	transfer->next = engine->transfers;
	engine->transfers = transfer;
	engine->transfer_count++;
	model_set_state(engine->model, id, HAUL_STATE_CONNECTING);
	model_count_attempt(engine->model, id);
	transfer->quiet = network_is_gone(engine->network) &&
	    item->extra != NULL && item->extra->offline;
	transfer_read_digests(transfer);
	transfer_set_rate(transfer);
	if (transfer_is_late(transfer))
		transfer_give_up_late(transfer);
	else
		transfer_aim(transfer);
}

/* ---- bytes ---- */

/* Of what came over the network, not of what the disk made of it. */
static void
transfer_sum(struct transfer *transfer, struct stream *stream,
    const char *bytes, size_t length)
{
	struct blocks *blocks = &transfer->blocks;

	if (!transfer_keeps_sums(transfer) || transfer->total <= 0)
		return;
	if (blocks->total != transfer->total)
		blocks_begin(blocks, transfer->total);
	blocks_take(blocks, &stream->run, bytes, length, stream->part.pos);
}

bool
transfer_write(struct transfer *transfer, struct stream *stream,
    const char *bytes, size_t length)
{
	struct part *part = &stream->part;
	int64_t room = part->end - part->pos;
	size_t take = (int64_t)length > room ? (size_t)room : length;
	int error;

	if (take > 0 && !transfer->engine->discard) {
		error = partfile_write(&transfer->part, bytes, take,
		    part->pos);
		if (error != 0) {
			failure_set_errno(&stream->failure, error,
			    transfer->name);
			stream->verdict = STREAM_FAILED;
			return false;
		}
		transfer_sum(transfer, stream, bytes, take);
	}
	part->pos += (int64_t)take;
	stream->fetched += (int64_t)take;
	transfer->fetched += (int64_t)take;
	transfer->attempt_bytes += (int64_t)take;
	model_count_bytes(transfer->engine->model, transfer->item,
	    (int64_t)take, (int64_t)take);
	if (part->pos == part->end && part->end < stream->asked_end) {
		/* Cut by a thief: the rest is not ours any more. */
		stream->verdict = STREAM_REACHED_END;
		engine_poke(transfer->engine);
	}
	if (take == length)
		return true;
	stream->verdict = STREAM_REACHED_END;
	if (part->end == transfer->total &&
	    (part->start == 0 || !stream->http)) {
		/* Which of them the file is nobody knows. */
		failure_set(&stream->failure, HAUL_CAUSE_SIZE_MISMATCH,
		    "more bytes came than the server had told: the file "
		    "grows, or its size was told wrongly");
		stream->verdict = STREAM_FAILED;
		transfer->gone = true;
	}
	return false;
}

/* ---- turn and tick ---- */

void
transfer_doubt_is_over(struct transfer *transfer, bool gone)
{
	struct failure failure = transfer->failure;

	if (transfer->state != TRANSFER_DOUBTING)
		return;
	transfer->state = TRANSFER_FETCHING;
	if (gone)
		network_wait(transfer, &failure);
	else
		retry_after(transfer, &failure);
}

void
transfer_advance(struct transfer *transfer)
{
	struct stream *stream, *next;

	if (transfer->later.url != NULL)
		transfer_try_later(transfer);
	if (transfer->state != TRANSFER_FETCHING)
		return;
	finish_turn(transfer);
	for (stream = transfer->streams; stream; stream = next) {
		next = stream->next;
		if (stream->verdict == STREAM_REACHED_END &&
		    stream_is_whole(stream) && !stream->request->ended) {
			transfer_stream_ended(transfer, stream, CURLE_OK);
			/* The list may have changed in any way. */
			next = transfer->state == TRANSFER_FETCHING ?
			    transfer->streams : NULL;
		}
	}
	if (transfer->state == TRANSFER_FETCHING &&
	    proof_is_pending(transfer) && transfer->stream_count > 0 &&
	    transfer->pause_until_ms <= engine_now_ms() &&
	    transfer_has_room(transfer, transfer->streams->url) &&
	    transfer_ask_proof(transfer))
		return;
	if (transfer->state == TRANSFER_FETCHING &&
	    transfer->stream_count == 0 && transfer->answered &&
	    transfer->later.url == NULL &&
	    transfer_has_room(transfer, transfer->final_url ?
	    transfer->final_url : transfer->url) &&
	    !transfer_is_whole(transfer) &&
	    transfer->pause_until_ms <= engine_now_ms())
		transfer_ask_first(transfer);
}

static bool
transfer_is_stalled(const struct transfer *transfer,
    const struct stream *stream)
{
	int64_t limit = options_number(transfer->options, OPTION_TIMEOUT);

	if (stream->role == STREAM_LOOK &&
	    (limit == 0 || limit > TRANSFER_LOOK_MS))
		limit = TRANSFER_LOOK_MS;
	if (limit == 0 && stream_is_whole(stream))
		limit = TRANSFER_END_MS;
	return limit > 0 && engine_now_ms() - stream->heard_ms > limit;
}

void
transfer_forgive(struct transfer *transfer, int64_t ms)
{
	struct stream *stream;

	for (stream = transfer->streams; stream; stream = stream->next)
		stream->heard_ms += ms;
}

static bool
transfer_is_dead(const struct stream *stream)
{
	return stream_is_doubted(stream) &&
	    engine_now_ms() >= stream->doubt_ends_ms;
}

static void
transfer_set_silence(struct stream *stream)
{
	if (!transfer_is_dead(stream)) {
		failure_set_silence(&stream->failure,
		    engine_now_ms() - stream->heard_ms);
		return;
	}
	failure_set(&stream->failure, HAUL_CAUSE_CONNECT, stream->doubt);
	stream->failure.excused = true;
}

static void
transfer_check_patience(struct transfer *transfer)
{
	struct stream *stream, *next;

	for (stream = transfer->streams; stream; stream = next) {
		next = stream->next;
		if (transfer_is_held_back(transfer, stream))
			stream->heard_ms = engine_now_ms();
		if (!transfer_is_dead(stream) &&
		    !transfer_is_stalled(transfer, stream))
			continue;
		/* Else all is here, and more did not come in all that time;
		 * only the end of it was not told. */
		if (!stream_is_whole(stream)) {
			transfer_set_silence(stream);
			stream->verdict = STREAM_FAILED;
		}
		transfer_stream_ended(transfer, stream, CURLE_OK);
		if (transfer->state != TRANSFER_FETCHING)
			return;
		next = transfer->streams;
	}
	if (transfer_is_late(transfer))
		transfer_give_up_late(transfer);
}

void
transfer_tick(struct transfer *transfer, double now_s, bool slow)
{
	struct stream *stream;

	if (transfer->state == TRANSFER_OVER)
		return;
	for (stream = transfer->streams; stream; stream = stream->next) {
		stream_sample(stream, now_s);
		stream_nudge(stream);
	}
	if (transfer->state == TRANSFER_FETCHING)
		split_tick(transfer, now_s);
	if (!slow)
		return;
	if (transfer->state == TRANSFER_LOOKING ||
	    transfer->state == TRANSFER_FETCHING)
		transfer_check_patience(transfer);
	if (transfer->state == TRANSFER_FETCHING) {
		finish_tick(transfer);
		transfer_show(transfer, now_s);
	}
}

bool
transfer_is_ramping(const struct transfer *transfer, double now_s)
{
	if (transfer->state != TRANSFER_FETCHING)
		return false;
	return split_is_ramping(transfer, now_s) ||
	    (transfer->streams != NULL && stream_is_deaf(transfer->streams));
}

/* ---- reaping ---- */

/* Until it is due, but no longer than --total-timeout. */
static void
transfer_wait(struct transfer *transfer)
{
	struct scheduler *scheduler = transfer->engine->scheduler;
	int64_t deadline = retry_deadline_ms(transfer->item,
	    &transfer->options);

	scheduler_delay(scheduler, transfer->id, transfer->due_ms);
	if (deadline > 0)
		scheduler_limit(scheduler, transfer->id, deadline);
}

/* What stands there is all of the file that anybody will see. */
static void
transfer_count_kept(struct transfer *transfer)
{
	struct model *model = transfer->engine->model;
	int64_t size = folder_file_size(transfer->folder, transfer->name);

	model_set_status(model, transfer->id, 0);
	if (size < 0)
		return;
	model_set_size(model, transfer->id, size);
	model_count_bytes(model, transfer->item, 0, size -
	    atomic_load(&transfer->item->got));
}

static void
transfer_settle_item(struct transfer *transfer)
{
	struct model *model = transfer->engine->model;
	struct item *item = transfer->item;

	if (transfer->gone || (transfer->part.fd < 0 &&
	    transfer->next_state != HAUL_STATE_DONE)) {
		model_count_bytes(model, item, 0, -atomic_load(&item->got));
	}
	/* The map of what is here is the truth, the counter follows it. */
	if (transfer->next_state == HAUL_STATE_DONE && transfer->total >= 0)
		model_count_bytes(model, item, 0, transfer->total -
		    atomic_load(&item->got));
	if (transfer->next_state == HAUL_STATE_SKIPPED)
		transfer_count_kept(transfer);
	if (transfer->next_state == HAUL_STATE_WAITING)
		model_set_due(model, transfer->id, &(struct model_due){
		    .ms = transfer->due_ms,
		    .next_try = transfer_extra(transfer)->tries + 1,
		    .tries_max = (unsigned)options_number(transfer->options,
		    OPTION_RETRIES) + 1 });
	if (item->extra != NULL)
		item->extra->offline = transfer->offline;
	model_set_state(model, transfer->id, transfer->next_state);
	if (transfer->begun && !(transfer->offline && transfer->quiet))
		transfer_tell_start(transfer);
	switch (transfer->next_state) {
	case HAUL_STATE_DONE:
		transfer_emit(transfer, HAUL_EVENT_DONE, HAUL_NOTE_NONE);
		break;
	case HAUL_STATE_SKIPPED:
		transfer_emit(transfer, HAUL_EVENT_SKIP, HAUL_NOTE_NONE);
		break;
	case HAUL_STATE_FAILED:
		transfer_emit(transfer, HAUL_EVENT_FAIL, HAUL_NOTE_NONE);
		break;
	case HAUL_STATE_WAITING:
		if (transfer->offline && transfer->quiet)
			model_forget_attempt(model, transfer->id);
		else
			transfer_emit(transfer, HAUL_EVENT_RETRY,
			    HAUL_NOTE_NONE);
		transfer_wait(transfer);
		break;
	case HAUL_STATE_QUEUED:
	case HAUL_STATE_PAUSED:
		if (transfer->put_back)
			model_forget_attempt(model, transfer->id);
		break;
	default:
		break;
	}
	change_settle(transfer);
}

static void
transfer_clear_disk(struct transfer *transfer)
{
	struct partfile *part = &transfer->part;

	if (transfer->delete_data && part->fd >= 0)
		partfile_drop_aside(part);
	if (part->fd >= 0 && !transfer->moved && transfer->save.error == 0)
		partfile_drop_note(part);
	if (!transfer->gone || part->fd < 0)
		return;
	if (transfer->delete_data || !transfer->changed ||
	    part->anonymous || !transfer_put_aside(transfer))
		partfile_discard(part);
}

bool
transfer_reap(struct transfer *transfer)
{
	struct transfer **link = &transfer->engine->transfers;

	if (transfer->state != TRANSFER_OVER || transfer->save.posted ||
	    transfer->work.posted)
		return false;
	while (*link != transfer)
		link = &(*link)->next;
	*link = transfer->next;
	transfer->engine->transfer_count--;
	if (transfer->delete_data && transfer->next_state !=
	    HAUL_STATE_DONE && transfer->next_state != HAUL_STATE_SKIPPED)
		transfer->gone = true;
	transfer_clear_disk(transfer);
	transfer_settle_item(transfer);
	partfile_close(&transfer->part);
	folder_unref(transfer->folder);
	proof_release(transfer);
	ranges_release(&transfer->here);
	blocks_release(&transfer->blocks);
	record_release(&transfer->save.record);
	free(transfer->work.final_name);
	free(transfer->digests);
	free(transfer->name);
	free(transfer->new_url);
	free(transfer->final_url);
	free(transfer->etag);
	free(transfer->last_modified);
	alloc_pool_give(&transfer->engine->spare_transfers, transfer);
	return true;
}
