/* SPDX-License-Identifier: MIT
 *
 * What an answer is worth: is it the object that is known, the part that was
 * asked, and what is to be done with its body? The place where FAILURES "wrong
 * bytes, silently" is decided: whatever is not exactly what was asked is not
 * written.
 */
#include "config.h"

#include "transfer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/base/alloc.h"
#include "engine/base/url.h"
#include "engine/disk/folder.h"
#include "engine/engine.h"
#include "engine/net/page.h"
#include "proof.h"
#include "room.h"
#include "split.h"

/* Below this a file is not worth a record, nor a name before it is whole. */
#define ANSWER_SMALL (1024 * 1024)

/* With less here, starting anew costs too little to keep the old bytes. */
#define ANSWER_WORTH_KEEPING (1024 * 1024)

/* More is no file's size; sums of those below do not overflow. */
#define ANSWER_TOTAL_MAX (INT64_C(1) << 52)

static bool
answer_is_http(const struct stream *stream)
{
	return url_scheme(stream->url) <= URL_HTTPS;
}

/* Ends the stream; false for the caller to return. */
static bool
answer_end(struct stream *stream, enum stream_verdict verdict)
{
	stream->phase = STREAM_SPILLING;
	stream->verdict = verdict;
	return false;
}

static bool
answer_fail(struct stream *stream, enum haul_cause cause, const char *text)
{
	failure_set(&stream->failure, cause, text);
	stream->failure.http_status = stream->response.status;
	return answer_end(stream, STREAM_FAILED);
}

/* ---- the object ---- */

void
answer_forget_object(struct transfer *transfer)
{
	struct engine *engine = transfer->engine;

	model_count_bytes(engine->model, transfer->item, 0,
	    -atomic_load(&transfer->item->got));
	ranges_clear(&transfer->here);
	transfer->resumed = 0;
	transfer->moved = transfer->mixed = false;
	transfer->proof.wary = false;
	proof_release(transfer);
	blocks_release(&transfer->blocks);
	transfer->saved_bytes = 0;
	transfer->answered = false;
	transfer->total = -1;
	free(transfer->etag);
	free(transfer->last_modified);
	transfer->etag = transfer->last_modified = NULL;
}

static bool
answer_same_text(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* Whether the validators allow that it is the same object: no pair that can
 * be compared differs. */
static bool
answer_is_same_object(const struct transfer *transfer,
    const struct response *response)
{
	if (transfer->etag != NULL && response->etag != NULL &&
	    strcmp(transfer->etag, response->etag) != 0)
		return false;
	return transfer->last_modified == NULL ||
	    response->last_modified == NULL ||
	    strcmp(transfer->last_modified, response->last_modified) == 0;
}

/* Whether a pair of them agrees. */
static bool
answer_looks_same(const struct transfer *transfer,
    const struct response *response)
{
	return answer_is_same_object(transfer, response) &&
	    (answer_same_text(transfer->etag, response->etag) ||
	    answer_same_text(transfer->last_modified,
	    response->last_modified));
}

/* Whether they prove it: not by a date so young that the file could change
 * again under it. */
static bool
answer_proves_same(const struct transfer *transfer,
    const struct response *response)
{
	if (!answer_is_same_object(transfer, response))
		return false;
	return answer_same_text(transfer->etag, response->etag) ||
	    answer_same_text(transfer_strong_date(transfer),
	    response->last_modified);
}

/* Whether no byte need be compared: a date alone is of some other server,
 * where there was an ETag before. */
static bool
answer_needs_no_proof(const struct transfer *transfer,
    const struct response *response)
{
	return answer_proves_same(transfer, response) &&
	    (transfer_strong_etag(transfer) == NULL || response->etag != NULL);
}

static void
answer_learn_validators(struct transfer *transfer, struct stream *stream)
{
	struct response *response = &stream->response;

	free(transfer->etag);
	free(transfer->last_modified);
	transfer->etag = alloc_string(response->etag);
	transfer->last_modified = alloc_string(response->last_modified);
	transfer->modified_is_strong = !stream->http;
	memcpy(transfer->date, response->date_text, sizeof transfer->date);
}

/* From now on this URL's validators count. */
static void
answer_settle_moved(struct transfer *transfer, struct stream *stream)
{
	if (!transfer->moved)
		return;
	transfer->moved = false;
	transfer->mixed = true;
	answer_learn_validators(transfer, stream);
}

static void
answer_learn_object(struct transfer *transfer, struct stream *stream,
    int64_t total)
{
	transfer->total = total;
	answer_learn_validators(transfer, stream);
	transfer->answered = true;
	model_set_size(transfer->engine->model, transfer->id, total);
	model_set_answer(transfer->engine->model, transfer->id,
	    transfer->final_url, transfer->etag, transfer->last_modified);
}

static void
answer_learn_url(struct transfer *transfer, const struct stream *stream)
{
	if (strcmp(stream->url, transfer->url) != 0 &&
	    !answer_same_text(stream->url, transfer->final_url)) {
		free(transfer->final_url);
		transfer->final_url = alloc_string(stream->url);
	}
}

/* ---- a page instead ---- */

static bool
answer_is_of_other_host(const struct transfer *transfer,
    const struct stream *stream)
{
	char *asked = url_host(transfer->url), *answers;
	bool other = false;

	answers = url_host(stream->url);
	if (asked != NULL && answers != NULL)
		other = strcasecmp(asked, answers) != 0;
	free(asked);
	free(answers);
	return other;
}

/* A page that is not the object: what is known had validators, and it has
 * none at all; or it comes from where another host led, instead of what is
 * no page by its name. */
static bool
answer_is_page(const struct transfer *transfer, const struct stream *stream)
{
	const struct response *response = &stream->response;

	if (response->status != 200 || !page_is_type(response->content_type))
		return false;
	if (transfer->answered && (transfer->etag != NULL ||
	    transfer->last_modified != NULL) && response->etag == NULL &&
	    response->last_modified == NULL)
		return true;
	return !transfer->answered && response->content_disposition == NULL &&
	    page_is_not_named(transfer->url) &&
	    answer_is_of_other_host(transfer, stream);
}

/* ---- digests that the server tells ---- */

static size_t
answer_read_digests(const struct response *response, struct digest *list,
    size_t max, bool *malformed)
{
	size_t n = 0;

	if (response->repr_digest != NULL)
		n += digest_parse_server(response->repr_digest,
		    DIGEST_RFC9530, list + n, max - n, malformed);
	/* Content-Digest is of the body sent: the file only if all came. */
	if (response->content_digest != NULL && response->status == 200)
		n += digest_parse_server(response->content_digest,
		    DIGEST_RFC9530, list + n, max - n, malformed);
	if (response->digest != NULL)
		n += digest_parse_server(response->digest, DIGEST_RFC3230,
		    list + n, max - n, malformed);
	return n;
}

static void
answer_note(struct transfer *transfer, enum haul_note note)
{
	model_emit(transfer->engine->model, HAUL_EVENT_WARN, transfer->id,
	    note, false);
}

/* One digest of the server against the user's. False: they contradict each
 * other. */
static bool
answer_weigh_digest(struct transfer *transfer, const struct digest *theirs,
    bool *known)
{
	size_t i;

	for (i = 0; i < transfer->digest_count; i++) {
		if (strcmp(transfer->digests[i].name, theirs->name) != 0)
			continue;
		*known = true;
		if (!digest_equal(&transfer->digests[i], theirs))
			return false;
	}
	return true;
}

/* False: what will come cannot be what the user wants. */
static bool
answer_take_digests(struct transfer *transfer, const struct response *response)
{
	struct digest list[TRANSFER_DIGESTS];
	bool malformed = false, known = false;
	size_t n, i, best = 0;

	if (transfer->server_digests_known ||
	    !options_has(transfer->options, OPTION_CHECKSUM))
		return true;
	transfer->server_digests_known = true;
	n = answer_read_digests(response, list, TRANSFER_DIGESTS, &malformed);
	if (malformed)
		answer_note(transfer, HAUL_NOTE_BAD_SERVER_DIGEST);
	for (i = 0; i < n; i++) {
		if (!answer_weigh_digest(transfer, &list[i], &known))
			return false;
		if (digest_strength(list[i].name) >
		    digest_strength(list[best].name))
			best = i;
	}
	if (transfer->digest_count > 0) {
		if (n > 0 && !known)
			answer_note(transfer, HAUL_NOTE_OTHER_SERVER_DIGEST);
	} else if (n > 0) {
		*transfer_next_digest(transfer) = list[best];
		transfer->digest_count++;
	} else if (!malformed) {
		answer_note(transfer, HAUL_NOTE_NO_SERVER_DIGEST);
	}
	return true;
}

/* ---- the file ---- */

/* What is here came from another URL: whether the answer proves that it is of
 * the same object. Dates of another host say nothing; a digest that the whole
 * file must have does. */
static bool
answer_proves_moved(const struct transfer *transfer,
    const struct response *response)
{
	return transfer->digest_count > 0 ||
	    (response->etag != NULL && response_etag_is_strong(
	    response->etag) && answer_same_text(transfer->etag,
	    response->etag));
}

static bool
answer_may_split(const struct transfer *transfer, const struct stream *stream,
    int64_t total)
{
	const struct item_extra *extra = transfer->item->extra;
	const struct response *response = &stream->response;

	if (!answer_is_http(stream) || total <= 0 || response->encoded)
		return false;
	if (extra != NULL && extra->plain_only)
		return false;
	if (!response->accepts_ranges && response->status != 206)
		return false;
	return !options_number(transfer->options, OPTION_DISABLE_RANGE) &&
	    !options_number(transfer->options, OPTION_SINGLE_DOWNLOAD);
}

static bool
answer_open_file(struct transfer *transfer, struct stream *stream)
{
	/* A left-over of ours goes when the file that takes its place is
	 * whole. */
	const struct item_extra *extra = transfer->item->extra;
	bool small = transfer->total >= 0 &&
	    transfer->total <= ANSWER_SMALL && !transfer->left_over &&
	    (extra == NULL || !extra->aside);
	struct record owner = { .url = transfer->item->url };
	bool set_aside;
	int error;

	if (transfer->engine->discard)
		return true;
	/* One that is open was emptied: the size that counts now need not be
	 * the one that it was begun with. */
	if (transfer->total > ANSWER_SMALL &&
	    !room_for(transfer, transfer->total, &stream->failure))
		return answer_end(stream, STREAM_FAILED);
	if (transfer->part.fd >= 0)
		return true;
	owner.total = transfer->total > 0 ? transfer->total : 0;
	error = partfile_create(&transfer->part, transfer->folder,
	    transfer->name, small, &owner, &set_aside);
	if (set_aside)
		answer_note(transfer, HAUL_NOTE_SET_ASIDE);
	if (error == 0)
		return true;
	transfer_part_failed(transfer, error, &stream->failure);
	return answer_end(stream, STREAM_FAILED);
}

static void
answer_begin_body(struct transfer *transfer, struct stream *stream,
    int64_t start, int64_t end)
{
	stream->part.start = stream->part.pos = start;
	stream->part.end = end;
	stream->phase = STREAM_TAKING;
	model_set_state(transfer->engine->model, transfer->id,
	    HAUL_STATE_ACTIVE);
}

/* Name, digests and file for an object that begins at its first byte. */
static bool
answer_open_object(struct transfer *transfer, struct stream *stream)
{
	struct response *response = &stream->response;

	if (!answer_take_digests(transfer, response))
		return answer_fail(stream, HAUL_CAUSE_CHECKSUM,
		    "the server announces another digest than the one asked "
		    "for; not fetched");
	transfer->plan = target_settle(transfer, response,
	    transfer->final_url);
	if (transfer->plan != TARGET_FETCH)
		return answer_end(stream, STREAM_NOT_NEEDED);
	return true;
}

/* What is kept cannot be added to: all comes anew. The old bytes stay aside
 * until the new ones are whole. */
static void
answer_start_over(struct transfer *transfer)
{
	bool keep = ranges_bytes(&transfer->here) >= ANSWER_WORTH_KEEPING;

	answer_note(transfer, HAUL_NOTE_RESTARTED);
	answer_forget_object(transfer);
	transfer->save_void = transfer->save.posted;
	transfer->save_again = false;
	if (keep && transfer->part.fd >= 0 && !transfer->save.posted &&
	    transfer_put_aside(transfer))
		return;
	if (transfer->part.fd >= 0 && partfile_restart(&transfer->part) != 0 &&
	    !transfer->save.posted)
		partfile_close(&transfer->part);
}

/* The answer's name may lead to what an earlier run left of this very
 * object: then go on from there instead. */
static bool
answer_prefers_kept(struct transfer *transfer, struct stream *stream,
    int64_t total)
{
	if (transfer->part.fd >= 0 || transfer_open_old(transfer) != 0)
		return false;
	/* Asked for the rest it will show, and spoil nothing. */
	if (answer_is_page(transfer, stream))
		return true;
	if (transfer->total == total &&
	    answer_may_split(transfer, stream, total) &&
	    (transfer->moved ? answer_proves_moved(transfer,
	    &stream->response) : answer_proves_same(transfer,
	    &stream->response)))
		return true;
	answer_start_over(transfer);
	return false;
}

static bool
answer_whole(struct transfer *transfer, struct stream *stream, int64_t total)
{
	struct response *response = &stream->response;
	bool told = transfer->answered;

	if (!stream->http && total > ANSWER_TOTAL_MAX)
		return answer_fail(stream, HAUL_CAUSE_SIZE_MISMATCH,
		    "the size that the server told cannot be believed");
	if ((!response->chunked && response_length_is_bad(response)) ||
	    total > ANSWER_TOTAL_MAX)
		return answer_fail(stream, HAUL_CAUSE_HTTP,
		    "the answer's Content-Length cannot be believed");
	if (response->transfer_coded)
		return answer_fail(stream, HAUL_CAUSE_UNSUPPORTED,
		    "the answer has a Transfer-Encoding other than chunked");
	if (transfer->here.count > 0)
		answer_start_over(transfer);
	answer_learn_url(transfer, stream);
	transfer->total = total;
	if (!answer_open_object(transfer, stream))
		return false;
	transfer->total = -1;
	if (!transfer->engine->discard && answer_prefers_kept(transfer, stream,
	    total))
		return answer_end(stream, STREAM_AGAIN);
	if (response->encoded)
		answer_note(transfer, HAUL_NOTE_ENCODED);
	answer_learn_object(transfer, stream, total);
	transfer->splittable = answer_may_split(transfer, stream, total);
	model_set_resumable(transfer->engine->model, transfer->id,
	    transfer_can_resume(transfer));
	model_set_status(transfer->engine->model, transfer->id,
	    response->status);
	if (!answer_open_file(transfer, stream))
		return false;
	stream->asked_end = total >= 0 ? total : INT64_MAX;
	answer_begin_body(transfer, stream, 0, stream->asked_end);
	if (!told)
		model_emit(transfer->engine->model, HAUL_EVENT_META,
		    transfer->id, HAUL_NOTE_NONE, false);
	return true;
}

/* ---- parts ---- */

enum answer_match {
	ANSWER_FITS, ANSWER_CHANGED, ANSWER_DOUBTED, ANSWER_GARBLED,
};

/* Not the same by its validators: perhaps another server's ETag for the same
 * bytes, which those that it repeats will tell. */
static enum answer_match
answer_weigh_other(const struct transfer *transfer,
    const struct stream *stream)
{
	if (!proof_may_help(transfer, &stream->response, transfer->total))
		return ANSWER_CHANGED;
	return stream->overlap > 0 || proof_knows(transfer,
	    stream->response.etag) ? ANSWER_FITS : ANSWER_DOUBTED;
}

/* Whether a 206 is of the object that is known. */
static enum answer_match
answer_match_object(const struct transfer *transfer,
    const struct stream *stream)
{
	const struct response *response = &stream->response;

	if (response->range_total >= 0 ? response->range_total !=
	    transfer->total : transfer->moved)
		return ANSWER_CHANGED;
	if (transfer->moved)
		return answer_proves_moved(transfer, response) ? ANSWER_FITS :
		    ANSWER_CHANGED;
	if (!answer_is_same_object(transfer, response))
		return answer_weigh_other(transfer, stream);
	/* Where If-Range did not make the server compare, we must. That it did
	 * shows in what it repeats: always in an ETag (answer_is_silent()),
	 * while a date it need not repeat, so that further connections, which
	 * have nothing to compare, believe without. */
	if ((!stream->if_range || stream->role != STREAM_PART) &&
	    (transfer->etag != NULL ||
	    transfer_strong_date(transfer) != NULL) &&
	    !answer_needs_no_proof(transfer, response))
		return answer_weigh_other(transfer, stream);
	return ANSWER_FITS;
}

/* A 206 against the question. */
static enum answer_match
answer_match_part(const struct transfer *transfer, const struct stream *stream)
{
	const struct response *response = &stream->response;
	int64_t least = stream->part.start + (stream->role != STREAM_PROOF);
	enum answer_match match;

	if (!response->has_range || response->encoded ||
	    response->transfer_coded)
		return ANSWER_GARBLED;
	match = answer_match_object(transfer, stream);
	if (match != ANSWER_FITS)
		return match;
	if (response->range_start > stream->part.start - stream->overlap ||
	    response->range_end < least ||
	    response->range_end > stream->asked_end ||
	    response->range_end > transfer->total)
		return ANSWER_GARBLED;
	if (response->length >= 0 && response->length !=
	    response->range_end - response->range_start)
		return ANSWER_GARBLED;
	return ANSWER_FITS;
}

static void
answer_never_split_again(struct transfer *transfer)
{
	transfer->splittable = false;
	transfer_extra(transfer)->plain_only = true;
}

/* 200 where a part was asked. If-Range makes some servers forget ranges
 * (FAILURES 4): ask once without, and compare for ourselves. */
static enum stream_verdict
answer_weigh_200(struct transfer *transfer, const struct stream *stream)
{
	const struct response *response = &stream->response;

	if (response->length >= 0 && response->length != transfer->total)
		return STREAM_FAILED;
	if (!answer_looks_same(transfer, response))
		return STREAM_FAILED;
	if (stream->if_range && !transfer->no_if_range) {
		transfer->no_if_range = true;
		return STREAM_AGAIN;
	}
	return STREAM_NOT_NEEDED;
}

static bool
answer_take_part(struct transfer *transfer, struct stream *stream)
{
	struct response *response = &stream->response;

	stream->skip = stream->part.start - response->range_start;
	stream->compare.start = stream->part.start - stream->overlap;
	stream->compare.end = stream->part.start;
	if (response->range_end < stream->part.end)
		stream->part.end = response->range_end;
	stream->asked_end = response->range_end;
	if (stream->role != STREAM_PROOF && !split_claim(transfer, stream))
		return answer_end(stream, STREAM_SUPERFLUOUS);
	answer_begin_body(transfer, stream, stream->part.start,
	    stream->part.end);
	return true;
}

/* A whole answer instead of a part, of what may be the same under another
 * ETag: If-Range could not know that. */
static bool
answer_is_doubted(const struct transfer *transfer, const struct stream *stream)
{
	const struct response *response = &stream->response;

	return stream->if_range && !response->chunked &&
	    !answer_proves_same(transfer, response) &&
	    !answer_looks_same(transfer, response) &&
	    proof_may_help(transfer, response, response->length);
}

/* Its part stays free for another connection, until the ETag is proven. */
static bool
answer_wonder(struct transfer *transfer, struct stream *stream)
{
	proof_wonder(transfer, stream->response.etag);
	return answer_end(stream, STREAM_SUPERFLUOUS);
}

/* A part without the ETag that was asked for: who knows If-Range repeats it
 * (RFC 9110 15.3.7), so it may be of another file, and has no byte that could
 * be compared. */
static bool
answer_is_silent(const struct transfer *transfer, const struct stream *stream)
{
	return stream->if_range && stream->response.status == 206 &&
	    transfer_strong_etag(transfer) != NULL &&
	    stream->response.etag == NULL;
}

/* One connection then has to bring all that is left, behind bytes of its own
 * that are known. */
static bool
answer_split_no_more(struct transfer *transfer, struct stream *stream)
{
	transfer->splittable = false;
	return answer_end(stream, STREAM_SUPERFLUOUS);
}

static bool
answer_to_part(struct transfer *transfer, struct stream *stream)
{
	enum stream_verdict verdict;

	if (answer_is_silent(transfer, stream))
		return answer_split_no_more(transfer, stream);
	if (answer_is_doubted(transfer, stream))
		return answer_wonder(transfer, stream);
	if (stream->response.status == 206) {
		switch (answer_match_part(transfer, stream)) {
		case ANSWER_FITS:
			return answer_take_part(transfer, stream);
		case ANSWER_DOUBTED:
			return answer_wonder(transfer, stream);
		case ANSWER_CHANGED:
			answer_never_split_again(transfer);
			return answer_fail(stream, HAUL_CAUSE_CHANGED,
			    "while it was being fetched");
		case ANSWER_GARBLED:
			answer_never_split_again(transfer);
			return answer_fail(stream, HAUL_CAUSE_BAD_RANGE,
			    "the server answered another range than asked");
		}
	}
	verdict = answer_weigh_200(transfer, stream);
	if (verdict == STREAM_AGAIN)
		return answer_end(stream, STREAM_AGAIN);
	answer_never_split_again(transfer);
	if (verdict == STREAM_NOT_NEEDED)
		return answer_fail(stream, HAUL_CAUSE_BAD_RANGE,
		    "the server ignored the range");
	return answer_fail(stream, HAUL_CAUSE_CHANGED,
	    "while it was being fetched");
}

/* ---- resuming ---- */

/* What is kept is of no use: all from the start, in one stream. */
static bool
answer_restart(struct transfer *transfer, struct stream *stream)
{
	answer_start_over(transfer);
	return answer_end(stream, STREAM_AGAIN);
}

/* What is kept is of another object: the user says what then. */
static bool
answer_changed(struct transfer *transfer, struct stream *stream)
{
	if (transfer_keeps_changed(transfer))
		return answer_fail(stream, HAUL_CAUSE_CHANGED,
		    "what was fetched of the old one is kept");
	return answer_restart(transfer, stream);
}

static bool
answer_resume_doubted(struct transfer *transfer, struct stream *stream)
{
	return proof_begin(transfer) ? answer_end(stream, STREAM_AGAIN) :
	    answer_changed(transfer, stream);
}

bool
answer_differs(struct transfer *transfer, struct stream *stream)
{
	if (transfer->stream_count == 1)
		return answer_changed(transfer, stream);
	/* Others bring the object that is known: this server's is another
	 * one. */
	proof_release(transfer);
	return answer_split_no_more(transfer, stream);
}

/* A request that only compares. */
static bool
answer_to_proof(struct transfer *transfer, struct stream *stream)
{
	if (stream->response.status == 206 &&
	    answer_match_part(transfer, stream) == ANSWER_FITS)
		return answer_take_part(transfer, stream);
	return answer_differs(transfer, stream);
}

static bool
answer_to_resume(struct transfer *transfer, struct stream *stream)
{
	struct response *response = &stream->response;
	int64_t total = response->chunked ? -1 : response->length;
	enum stream_verdict verdict;

	if (response->status == 206) {
		switch (answer_match_part(transfer, stream)) {
		case ANSWER_FITS:
			answer_learn_url(transfer, stream);
			answer_settle_moved(transfer, stream);
			model_set_answer(transfer->engine->model,
			    transfer->id, transfer->final_url,
			    transfer->etag, transfer->last_modified);
			transfer->splittable = answer_may_split(transfer,
			    stream, transfer->total);
			model_set_resumable(transfer->engine->model,
			    transfer->id, true);
			model_set_status(transfer->engine->model,
			    transfer->id, 206);
			if (!answer_take_digests(transfer, response))
				return answer_fail(stream, HAUL_CAUSE_CHECKSUM,
				    "the server announces another digest than "
				    "the one asked for");
			model_emit(transfer->engine->model, HAUL_EVENT_META,
			    transfer->id, HAUL_NOTE_NONE, false);
			return answer_take_part(transfer, stream);
		case ANSWER_DOUBTED:
			return answer_resume_doubted(transfer, stream);
		case ANSWER_CHANGED:
			return answer_changed(transfer, stream);
		case ANSWER_GARBLED:
			answer_never_split_again(transfer);
			return answer_restart(transfer, stream);
		}
	}
	if (response->status == 416)
		return answer_changed(transfer, stream);
	if (answer_is_doubted(transfer, stream) && proof_begin(transfer))
		return answer_end(stream, STREAM_AGAIN);
	verdict = answer_weigh_200(transfer, stream);
	if (verdict == STREAM_AGAIN)
		return answer_end(stream, STREAM_AGAIN);
	if (verdict == STREAM_FAILED && transfer_keeps_changed(transfer))
		return answer_changed(transfer, stream);
	/* Of what is known to be the same, the size is known as well. */
	if (total < 0 && !response->encoded && !transfer->moved &&
	    answer_proves_same(transfer, response))
		total = transfer->total;
	/* All of it comes again, changed or not: take it. */
	answer_start_over(transfer);
	return answer_whole(transfer, stream, total);
}

static bool
answer_to_ftp_resume(struct transfer *transfer, struct stream *stream)
{
	struct response *response = &stream->response;
	int64_t from = stream->part.start - stream->overlap;

	if (response->length != transfer->total - from ||
	    !(transfer->moved ? answer_proves_moved(transfer, response) :
	    answer_proves_same(transfer, response)))
		return answer_changed(transfer, stream);
	answer_settle_moved(transfer, stream);
	model_set_resumable(transfer->engine->model, transfer->id, true);
	stream->skip = stream->overlap;
	stream->compare = (struct haul_range){ from, stream->part.start };
	answer_begin_body(transfer, stream, stream->part.start,
	    transfer->total);
	model_emit(transfer->engine->model, HAUL_EVENT_META, transfer->id,
	    HAUL_NOTE_NONE, false);
	return true;
}

enum target_plan
answer_to_look(struct transfer *transfer, const struct stream *stream)
{
	if (stream->response.status != 200)
		return TARGET_FETCH;
	if (!answer_take_digests(transfer, &stream->response)) {
		failure_set(&transfer->failure, HAUL_CAUSE_CHECKSUM,
		    "the server announces another digest than the one asked "
		    "for; not fetched");
		return TARGET_FAILED;
	}
	return target_settle(transfer, &stream->response,
	    strcmp(stream->url, transfer->url) ? stream->url : NULL);
}

bool
answer_judge(struct transfer *transfer, struct stream *stream)
{
	struct response *response = &stream->response;

	if (stream->role == STREAM_LOOK) {
		stream->phase = STREAM_SPILLING;
		return true;
	}
	if (!answer_is_http(stream) && stream->role != STREAM_FIRST) {
		answer_never_split_again(transfer);
		return answer_fail(stream, HAUL_CAUSE_BAD_RANGE,
		    "a part was redirected to a server that has no parts");
	}
	if (!stream->http)
		return stream->ranged ?
		    answer_to_ftp_resume(transfer, stream) :
		    answer_whole(transfer, stream, response->length);
	if (answer_is_page(transfer, stream))
		return answer_fail(stream, HAUL_CAUSE_PAGE,
		    "a login of the network, or of the server?");
	if (stream->role == STREAM_PROOF)
		return answer_to_proof(transfer, stream);
	if (stream->role == STREAM_PART)
		return answer_to_part(transfer, stream);
	if (stream->ranged)
		return answer_to_resume(transfer, stream);
	if (response->status != 206)
		return answer_whole(transfer, stream, response->chunked ? -1 :
		    response->length);
	if (!response->has_range || response->range_start != 0 ||
	    response->range_end != response->range_total)
		return answer_fail(stream, HAUL_CAUSE_BAD_RANGE,
		    "the server answered with a part though all was asked");
	return answer_whole(transfer, stream, response->range_total);
}
