/* SPDX-License-Identifier: MIT
 *
 * See transfer.h: the requests of one item. How they begin, what becomes of
 * the attempt when one of them has ended, and when another is to follow.
 */
#include "config.h"

#include "transfer.h"

#include <stdlib.h>

#include "engine/base/alloc.h"
#include "engine/base/url.h"
#include "engine/engine.h"
#include "engine/net/host.h"
#include "finish.h"
#include "proof.h"
#include "retry.h"
#include "split.h"
#include "transfer-internal.h"

#define TRANSFER_PAUSE_MS 100           /* after a lost connection, doubling */

/* ---- they begin and are dropped ---- */

bool
transfer_start_stream(struct transfer *transfer, enum stream_role role,
    const struct part *part, const char *url, unsigned redirects)
{
	struct stream *stream = stream_start(transfer, role, part, url);

	if (stream == NULL) {
		failure_set(&transfer->failure, HAUL_CAUSE_INTERNAL,
		    "libcurl refused the request");
		return false;
	}
	stream->redirects = redirects;
	stream->next = transfer->streams;
	transfer->streams = stream;
	transfer->stream_count++;
	transfer->begun = true;
	if (!transfer->quiet)
		transfer_tell_start(transfer);
	return true;
}

bool
transfer_add_part(struct transfer *transfer, const struct haul_range *range)
{
	struct part part = { range->start, range->start, range->end };

	return transfer_start_stream(transfer, STREAM_PART, &part, NULL, 0);
}

void
transfer_drop_stream(struct transfer *transfer, struct stream *stream)
{
	struct stream **link = &transfer->streams;

	while (*link != stream)
		link = &(*link)->next;
	*link = stream->next;
	transfer->stream_count--;
	if (stream->phase == STREAM_TAKING) {
		ranges_add(&transfer->here, stream->part.start,
		    stream->part.pos);
		if (transfer->blocks.total > 0)
			blocks_end_run(&transfer->blocks, &stream->run);
	}
	stream_free(stream);
}

void
transfer_drop_streams(struct transfer *transfer)
{
	while (transfer->streams != NULL)
		transfer_drop_stream(transfer, transfer->streams);
}

/* ---- one follows another ---- */

bool
transfer_has_room(const struct transfer *transfer, const char *url)
{
	return engine_room(transfer->engine) > 0 &&
	    host_room(hosts_find(transfer->engine->hosts, url)) > 0;
}

/* The scheduler knows the host of a URL, and not where that leads to: the
 * target may have as many connections as it may. A part's work is done by
 * others then. */
static void
transfer_put_off(struct transfer *transfer, enum stream_role role,
    const struct part *part, const char *url, unsigned redirects)
{
	if (role == STREAM_PART)
		return;
	transfer->later.url = alloc_string(url);
	transfer->later.role = role;
	transfer->later.part = *part;
	transfer->later.redirects = redirects;
}

void
transfer_try_later(struct transfer *transfer)
{
	char *url = transfer->later.url;

	if (!transfer_has_room(transfer, url))
		return;
	transfer->later.url = NULL;
	if (!transfer_start_stream(transfer, transfer->later.role,
	    &transfer->later.part, url, transfer->later.redirects))
		transfer_fail(transfer, &transfer->failure);
	free(url);
}

static void
transfer_ask_again(struct transfer *transfer, struct stream *stream,
    char *url)
{
	struct part part = stream->part;
	enum stream_role role = stream->role;
	unsigned redirects = url ? stream->redirects + 1 : 0;

	transfer_drop_stream(transfer, stream);
	if (role != STREAM_LOOK && url == NULL &&
	    transfer->streams == NULL)
		transfer_ask_first(transfer);
	else if (url != NULL && !transfer_has_room(transfer, url))
		transfer_put_off(transfer, role, &part, url, redirects);
	else if (!transfer_start_stream(transfer, role, &part, url,
	    redirects))
		transfer_fail(transfer, &transfer->failure);
	free(url);
}

/* ---- one may be dead ---- */

void
transfer_doubt(struct transfer *transfer,
    bool (*is_doubted)(const struct stream *), int64_t patience_ms,
    const char *why)
{
	struct stream *stream;

	for (stream = transfer->streams; stream; stream = stream->next) {
		if (!stream->far || !is_doubted(stream) ||
		    (transfer->fetched > 0 && !transfer_can_resume(transfer)))
			continue;
		stream->doubt = why;
		stream->doubted_ms = engine_now_ms();
		stream->doubt_ends_ms = stream->doubted_ms + patience_ms;
	}
}

/* ---- one has ended ---- */

static unsigned
transfer_count_taking(const struct transfer *transfer,
    const struct stream *but)
{
	const struct stream *stream;
	unsigned n = 0;

	for (stream = transfer->streams; stream; stream = stream->next)
		n += stream != but && stream->phase == STREAM_TAKING &&
		    stream->verdict == STREAM_GOES_ON;
	return n;
}

/* Others still bring bytes: the file goes on with fewer. */
static void
transfer_lost_one(struct transfer *transfer, struct stream *stream,
    unsigned others)
{
	struct failure *failure = &stream->failure;

	if (stream->fetched == 0 && failure_is_refusal(failure) &&
	    !failure->excused) {
		host_refused(stream->host, engine_now_ms());
		retry_respect_host(stream->host, failure);
		if (transfer->stream_cap == 0)
			transfer_emit(transfer, HAUL_EVENT_WARN,
			    HAUL_NOTE_FEWER_CONNECTIONS);
		transfer->stream_cap = others;
	}
	if (failure->cause == HAUL_CAUSE_HTTP && transfer->final_url != NULL) {
		/* The redirect's target may have expired. */
		free(transfer->final_url);
		transfer->final_url = NULL;
	}
	if (transfer->mishaps < 7)
		transfer->mishaps++;
	transfer->pause_until_ms = engine_now_ms() +
	    (TRANSFER_PAUSE_MS << transfer->mishaps);
	transfer_drop_stream(transfer, stream);
}

static bool
transfer_is_fatal(const struct failure *failure)
{
	switch (failure->cause) {
	case HAUL_CAUSE_DISK_FULL:
	case HAUL_CAUSE_DISK_PERM:
	case HAUL_CAUSE_NAME_CONFLICT:
	case HAUL_CAUSE_WRITE:
	case HAUL_CAUSE_CHECKSUM:
	case HAUL_CAUSE_CHANGED:
		return true;
	default:
		return false;
	}
}

/* Whether the refusal may be meant for the range and not for the file. Not if
 * a redirect's target may have expired, and not if it may pass. */
static bool
transfer_range_is_refused(const struct transfer *transfer,
    const struct stream *stream)
{
	int status = stream->failure.http_status;

	if (stream->failure.curl_code == CURLE_QUOTE_ERROR)
		return !transfer_is_plain_only(transfer);   /* FTP's REST */
	if (!stream->ranged || stream->failure.cause != HAUL_CAUSE_HTTP ||
	    transfer->final_url != NULL ||
	    url_scheme(stream->url) > URL_HTTPS ||
	    transfer_is_plain_only(transfer))
		return false;
	return status == 400 || status == 403 || status == 404 ||
	    status == 412 || status == 416 || status == 501;
}

/* Whether its only request was but to find out if the host takes one more. */
static bool
transfer_is_one_too_many(struct transfer *transfer, struct stream *stream)
{
	const struct failure *failure = &stream->failure;

	/* What is forbidden stays so. */
	if (stream->fetched > 0 || !failure_is_refusal(failure) ||
	    failure->http_status == 403)
		return false;
	if (host_probe_refused(stream->host, transfer->id, engine_now_ms()))
		return true;
	if (failure->http_status == 503 || failure->http_status == 429)
		host_was_busy(stream->host, transfer->id, engine_now_ms());
	return false;
}

static void
transfer_stream_failed(struct transfer *transfer, struct stream *stream)
{
	struct failure failure = stream->failure;
	unsigned others = transfer_count_taking(transfer, stream);
	bool once_more = stream_blame_address(stream);

	if (stream->role == STREAM_LOOK) {
		/* HEAD is a hint: GET has the last word. */
		transfer_drop_stream(transfer, stream);
		transfer_follow(transfer, TARGET_FETCH);
		return;
	}
	if (others > 0 && !transfer_is_fatal(&failure)) {
		transfer_lost_one(transfer, stream, others);
		return;
	}
	if (once_more) {
		transfer_ask_again(transfer, stream, NULL);
		return;
	}
	retry_respect_host(stream->host, &failure);
	if (transfer_is_one_too_many(transfer, stream)) {
		transfer_drop_streams(transfer);
		retry_wait_for_host(transfer, &failure);
		return;
	}
	/* Once: the second time it may be the range that is refused. */
	transfer->expired = stream->ranged && stream->redirects > 0 &&
	    transfer_extra(transfer)->tries <= 1;
	if (!transfer->expired && transfer_range_is_refused(transfer, stream)) {
		/* It may be the range that it refuses (FAILURES 41): what is
		 * kept stays until a whole answer has come. */
		transfer_extra(transfer)->plain_only = true;
		transfer_ask_again(transfer, stream, NULL);
		return;
	}
	transfer->far = stream->far;
	transfer->reached = stream_reached_host(stream);
	transfer->sealed = url_scheme(stream->url) == URL_HTTPS;
	transfer_drop_streams(transfer);
	if (failure.cause == HAUL_CAUSE_CHANGED &&
	    !transfer_keeps_changed(transfer)) {
		answer_forget_object(transfer);
		transfer->gone = transfer->changed = true;
	}
	retry_attempt_failed(transfer, &failure);
}

static void
transfer_part_is_here(struct transfer *transfer, struct stream *stream)
{
	/* A cut connection is lost: what comes next is another one, of which
	 * nothing is known. */
	double rate = stream->verdict == STREAM_REACHED_END ? 0 :
	    stream->rate_bps;

	transfer->mishaps = 0;
	host_succeeded(stream->host);
	if (transfer->total < 0 && stream->role == STREAM_FIRST) {
		transfer->total = stream->part.end;
		model_set_size(transfer->engine->model, transfer->id,
		    transfer->total);
		if (!stream->response.chunked)
			transfer_emit(transfer, HAUL_EVENT_WARN,
			    HAUL_NOTE_LENGTH_UNVERIFIED);
	}
	if (stream->role == STREAM_PROOF)
		proof_done(transfer, stream);
	transfer_drop_stream(transfer, stream);
	if (!transfer_is_whole(transfer)) {
		split_reuse(transfer, rate);
		return;
	}
	/* Some may still ask for what has come in the meantime. */
	transfer_drop_streams(transfer);
	finish_file(transfer);
}

void
transfer_stream_ended(struct transfer *transfer, struct stream *stream,
    CURLcode code)
{
	enum target_plan plan;
	char *url;

	stream_conclude(stream, code);
	if (stream->verdict == STREAM_REDIRECTED) {
		url = stream_redirect_url(stream);
		if (url != NULL) {
			transfer_ask_again(transfer, stream, url);
			return;
		}
	}
	switch (stream->verdict) {
	case STREAM_AGAIN:
		transfer_ask_again(transfer, stream, NULL);
		break;
	case STREAM_SUPERFLUOUS:
		transfer_drop_stream(transfer, stream);
		break;
	case STREAM_NOT_NEEDED:
		plan = transfer->plan;
		transfer_drop_stream(transfer, stream);
		transfer_follow(transfer, plan);
		break;
	case STREAM_FAILED:
		transfer_stream_failed(transfer, stream);
		break;
	default:
		if (stream->role != STREAM_LOOK) {
			transfer_part_is_here(transfer, stream);
			break;
		}
		plan = answer_to_look(transfer, stream);
		transfer_drop_stream(transfer, stream);
		transfer_follow(transfer, plan);
		break;
	}
}
