/* SPDX-License-Identifier: MIT
 *
 * See split.h.
 */
#include "config.h"

#include "split.h"

#include <limits.h>
#include <stdlib.h>

#include "engine/base/alloc.h"
#include "engine/base/clock.h"
#include "engine/engine.h"
#include "engine/net/host.h"
#include "proof.h"

#define SPLIT_STEAL_MIN (64 * 1024)     /* smallest piece to steal */
#define SPLIT_RUNNERS_MAX 256           /* --max-splits' own maximum */
#define SPLIT_RAMP_S 0.5                /* watch a young file closely */

static int64_t
split_left(const struct transfer *transfer)
{
	const struct stream *stream;
	int64_t left = transfer->total - ranges_bytes(&transfer->here);

	for (stream = transfer->streams; stream; stream = stream->next)
		if (stream->phase == STREAM_TAKING)
			left -= stream->part.pos - stream->part.start;
	return left;
}

/* Where a stream will end once those that have asked for its far end get it:
 * until then it is not cut, so that a refusal costs nothing. */
static int64_t
split_end_of(const struct transfer *transfer, const struct stream *stream)
{
	int64_t end = stream->part.end;
	const struct stream *other;

	for (other = transfer->streams; other; other = other->next)
		if (other != stream && other->phase == STREAM_ASKED &&
		    other->role == STREAM_PART &&
		    other->part.start >= stream->part.start &&
		    other->part.start < end)
			end = other->part.start;
	return end > stream->part.pos ? end : stream->part.pos;
}

/* Parts as parts.c wants them. A stream that has just begun is taken to be as
 * good as the others. */
static size_t
split_list_runners(const struct transfer *transfer,
    struct parts_runner *runners)
{
	const struct stream *list[SPLIT_RUNNERS_MAX];
	double sum = 0, mean;
	size_t n = 0, known = 0, i;
	struct stream *stream;

	for (stream = transfer->streams; stream && n < SPLIT_RUNNERS_MAX;
	    stream = stream->next) {
		runners[n].part = stream->part;
		runners[n].part.end = split_end_of(transfer, stream);
		runners[n].rate_bps = stream->rate_bps;
		list[n++] = stream;
		if (stream->rate_bps > 0) {
			sum += stream->rate_bps;
			known++;
		}
	}
	mean = known > 0 ? sum / (double)known : 1;
	for (i = 0; i < n; i++)
		if (runners[i].rate_bps <= 0 && clock_monotonic_us() -
		    list[i]->started_us < 2000000)
			runners[i].rate_bps = mean;
	return n;
}

static double
split_setup_s(const struct transfer *transfer)
{
	return transfer->streams ? host_setup_s(transfer->streams->host) : 0;
}

/* Starts one more connection where parts.c says; false if there is nothing
 * worth it. */
static bool
split_add(struct transfer *transfer, int64_t min_bytes, double rate_bps)
{
	struct parts_runner runners[SPLIT_RUNNERS_MAX];
	struct parts_policy policy = {
		.min_bytes = min_bytes,
		.setup_s = split_setup_s(transfer),
		.rate_bps = rate_bps,
	};
	size_t n = split_list_runners(transfer, runners);
	struct parts_plan plan = parts_plan(&transfer->here, transfer->total,
	    runners, n, &policy);

	return plan.move != PARTS_NONE &&
	    transfer_add_part(transfer, &plan.range);
}

bool
split_claim(struct transfer *transfer, struct stream *stream)
{
	struct part *part = &stream->part;
	struct haul_range gap;
	struct stream *other;

	/* What a lost stream brought meanwhile is here already. */
	if (!ranges_first_gap(&transfer->here, part->start, part->end, &gap))
		return false;
	stream->skip += gap.start - part->start;
	part->start = part->pos = gap.start;
	part->end = gap.end;
	for (other = transfer->streams; other; other = other->next) {
		if (other == stream || other->part.start > part->start ||
		    other->part.end <= part->start)
			continue;
		if (other->part.pos > part->start) {
			/* It went on while the answer was under way. */
			if (other->part.pos >= part->end)
				return false;
			stream->skip += other->part.pos - part->start;
			part->start = part->pos = other->part.pos;
		}
		other->part.end = part->start;
		if (other->phase == STREAM_TAKING &&
		    other->part.pos == other->part.end) {
			other->verdict = STREAM_REACHED_END;
			engine_poke(transfer->engine);
		}
	}
	return true;
}

/* Connections that files which have not begun shall have. */
static unsigned
split_reserve(const struct engine *engine)
{
	if (engine->max_streams == 0 ||
	    engine->transfer_count >= engine->max_files ||
	    model_next_queued(engine->model) == 0)
		return 0;
	return engine->max_files - engine->transfer_count;
}

static bool
split_may_add(const struct transfer *transfer)
{
	const struct host *host;

	if (!transfer->splittable || transfer->total <= 0 ||
	    proof_is_pending(transfer) ||
	    transfer->pause_until_ms > engine_now_ms())
		return false;
	if (transfer->stream_cap != 0 &&
	    transfer->stream_count >= transfer->stream_cap)
		return false;
	host = transfer->streams ? transfer->streams->host : NULL;
	/* A file that waits for the host only comes before more parts of
	 * others. */
	if (host == NULL)
		return true;
	if (engine_room(transfer->engine) <= split_reserve(transfer->engine))
		return false;
	return host_admits(host, engine_now_ms()) &&
	    (host_peek_parked(host) == 0 ||
	    transfer->engine->transfer_count >= transfer->engine->max_files);
}

void
split_reuse(struct transfer *transfer, double rate_bps)
{
	double setup_s = split_setup_s(transfer);
	int64_t min_bytes = (int64_t)(rate_bps * setup_s);

	if (transfer->streams == NULL)
		return;         /* the turn asks for what is missing */
	if (!split_may_add(transfer))
		return;
	split_add(transfer, min_bytes > SPLIT_STEAL_MIN ? min_bytes :
	    SPLIT_STEAL_MIN, rate_bps);
}

static unsigned
split_max(const struct transfer *transfer)
{
	unsigned max = (unsigned)options_number(transfer->options,
	    OPTION_MAX_SPLITS);
	unsigned room = transfer->stream_count;
	unsigned free = engine_room(transfer->engine);

	if (transfer->streams != NULL &&
	    host_room(transfer->streams->host) < free)
		free = host_room(transfer->streams->host);
	room = free < UINT_MAX - room ? room + free : UINT_MAX;
	if (transfer->stream_cap != 0 && transfer->stream_cap < max)
		max = transfer->stream_cap;
	if (room < max)
		max = room;
	return max > 0 ? max : 1;
}

static struct splitter_view
split_view(const struct transfer *transfer, double now_s)
{
	struct splitter_view view = {
		.now_s = now_s,
		.idle_s = transfer->engine->idle_s,
		.fetched_bytes = transfer->fetched,
		.left_bytes = split_left(transfer),
		.max = (int)split_max(transfer),
		.slowest_share = 1,
		.setup_s = split_setup_s(transfer),
	};
	const struct stream *stream;
	double sum = 0, slowest = -1;

	for (stream = transfer->streams; stream; stream = stream->next) {
		if (stream->fetched == 0)
			continue;
		view.running++;
		sum += stream->rate_bps;
		if (slowest < 0 || stream->rate_bps < slowest)
			slowest = stream->rate_bps;
	}
	if (view.running > 1 && sum > slowest)
		view.slowest_share = slowest * (view.running - 1) /
		    (sum - slowest);
	return view;
}

/* The newest connection goes: it did not raise the sum. */
static bool
split_give_up_newest(struct transfer *transfer)
{
	struct stream *stream = transfer->streams;

	if (stream == NULL || stream->role != STREAM_PART ||
	    stream->next == NULL)
		return false;
	transfer_drop_stream(transfer, stream);
	return true;
}

/* The user allows fewer than there are. */
static bool
split_is_crowded(const struct transfer *transfer)
{
	const struct engine *engine = transfer->engine;

	return (engine->max_streams != 0 &&
	    engine->stream_count > engine->max_streams) ||
	    (int64_t)transfer->stream_count > options_number(
	    transfer->options, OPTION_MAX_SPLITS) ||
	    host_is_crowded(transfer->streams->host);
}

/* A file waits for this host, and nothing but a connection of another keeps
 * it: its first one brings more than our second. */
static bool
split_is_waited_for(const struct transfer *transfer)
{
	const struct engine *engine = transfer->engine;
	const struct host *host = transfer->streams->host;

	return host_peek_parked(host) != 0 && host_room(host) == 0 &&
	    host_blocked_until(host) <= engine_now_ms() &&
	    engine->transfer_count < engine->max_files;
}

void
split_tick(struct transfer *transfer, double now_s)
{
	struct splitter_view view;
	int64_t min_bytes = options_number(transfer->options,
	    OPTION_MIN_SPLIT_SIZE);
	int target;

	while (transfer->stream_count > 1 && split_is_crowded(transfer))
		if (!split_give_up_newest(transfer))
			break;
	if (transfer->stream_count > 1 && split_is_waited_for(transfer))
		split_give_up_newest(transfer);
	if (!transfer->splittable || transfer->streams == NULL ||
	    transfer_is_limited(transfer))
		return;
	view = split_view(transfer, now_s);
	if (view.running == 0)
		return;
	if (transfer->split_began_s == 0) {
		transfer->split_began_s = now_s;
		splitter_init(&transfer->splitter, &view);
	}
	target = splitter_step(&transfer->splitter, &view);
	transfer->used_up = false;
	while ((int)transfer->stream_count < target && !transfer->used_up &&
	    split_may_add(transfer))
		transfer->used_up = !split_add(transfer, min_bytes, 0);
	if ((int)transfer->stream_count > target &&
	    transfer->splitter.phase == SPLITTER_HOLD)
		split_give_up_newest(transfer);
}

bool
split_is_ramping(const struct transfer *transfer, double now_s)
{
	if (!transfer->splittable || transfer_is_limited(transfer))
		return false;
	if (transfer->split_began_s == 0)
		return true;
	return transfer->splitter.phase == SPLITTER_JUDGE ||
	    (transfer->splitter.phase == SPLITTER_WARM &&
	    now_s - transfer->split_began_s < SPLIT_RAMP_S);
}
