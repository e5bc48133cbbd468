/* SPDX-License-Identifier: MIT
 *
 * See transfer.h: what the faces see of a running file.
 */
#include "config.h"

#include "transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/clock.h"
#include "engine/base/url.h"
#include "engine/engine.h"
#include "finish.h"
#include "transfer-internal.h"

/* From the attempt's beginning on: redirects and refusals may have been
 * before. */
static int32_t
transfer_time_ms(const struct transfer *transfer, const struct stream *stream,
    int32_t ms)
{
	return ms < 0 ? -1 : ms + (int32_t)(stream->started_us / 1000 -
	    transfer->began_ms);
}

void
transfer_note_peer(struct transfer *transfer, const struct stream *stream)
{
	struct model_facts facts = {
		.connect_ms = transfer_time_ms(transfer, stream,
		    stream->peer.connect_ms),
		.tls_ms = transfer_time_ms(transfer, stream,
		    stream->peer.tls_ms),
		.first_byte_ms = (int32_t)(engine_now_ms() -
		    transfer->began_ms),
		.redirects = (uint16_t)stream->redirects,
		.http_version = stream->peer.http_version,
	};

	stream_address(stream, facts.address, sizeof facts.address);
	snprintf(facts.server, sizeof facts.server, "%s",
	    stream->response.server);
	model_set_facts(transfer->engine->model, transfer->id, &facts);
	transfer_tell_start(transfer);
}

static void
transfer_measure(struct stream_speed *speed, int64_t bytes, double now_s)
{
	double span = now_s - speed->mark_s, rate;

	if (speed->mark_s > 0 && span < 0.5)
		return;
	if (speed->mark_s > 0) {
		rate = (double)(bytes - speed->mark_bytes) / span;
		speed->bps = speed->bps == 0 ? rate :
		    speed->bps * 0.75 + rate * 0.25;
	}
	speed->mark_s = now_s;
	speed->mark_bytes = bytes;
}

static struct haul_connection
transfer_show_stream(const struct stream *stream)
{
	enum url_scheme scheme = url_scheme(stream->url);
	struct haul_connection shown = {
		.start = stream->part.start,
		.end = stream->part.end == INT64_MAX ? -1 : stream->part.end,
		.got_bytes = stream->part.pos - stream->part.start,
		.speed_bps = (int64_t)stream->shown.bps,
		.http_version = stream->peer.http_version,
		.tls = scheme == URL_HTTPS || scheme == URL_FTPS ||
		    scheme == URL_SFTP,
		.receiving = stream->phase == STREAM_TAKING,
	};

	stream_address(stream, shown.address, sizeof shown.address);
	return shown;
}

static int
transfer_compare_shown(const void *a, const void *b)
{
	const struct haul_connection *one = a, *other = b;

	return one->start < other->start ? -1 : one->start > other->start;
}

static struct haul_connection *
transfer_show_streams(const struct transfer *transfer, double now_s)
{
	struct haul_connection *list = alloc_array(transfer->stream_count + 1,
	    sizeof *list);
	struct stream *stream;
	size_t n = 0;

	for (stream = transfer->streams; stream; stream = stream->next) {
		transfer_measure(&stream->shown, stream->fetched, now_s);
		list[n++] = transfer_show_stream(stream);
	}
	qsort(list, n, sizeof *list, transfer_compare_shown);
	return list;
}

/* As many as would be best: no more than its server gives, or than there are
 * parts for. */
static uint32_t
transfer_wanted_streams(const struct transfer *transfer)
{
	uint32_t wanted = (uint32_t)transfer->splitter.target;

	if (transfer->split_began_s == 0 || !transfer->splittable ||
	    wanted < 1)
		return 1;
	if (transfer->used_up)
		wanted = transfer->stream_count;
	return transfer->stream_cap != 0 && transfer->stream_cap < wanted ?
	    transfer->stream_cap : wanted;
}

void
transfer_show(struct transfer *transfer, double now_s)
{
	struct live live = { .id = transfer->id,
	    .connections = transfer->stream_count };
	struct ranges shown;

	transfer_measure(&transfer->speed, transfer->fetched, now_s);
	live.speed_bps = (int64_t)transfer->speed.bps;
	live.wanted = transfer_wanted_streams(transfer);
	ranges_init(&shown);
	finish_collect_ranges(transfer, &shown);
	live.segment_count = ranges_coalesce(&shown, live.segments,
	    MODEL_SEGMENTS);
	ranges_release(&shown);
	live.list = transfer_show_streams(transfer, now_s);
	model_set_live(transfer->engine->model, &live);
	free(live.list);
}
