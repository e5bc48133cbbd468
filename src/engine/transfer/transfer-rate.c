/* SPDX-License-Identifier: MIT
 *
 * See transfer.h: the rate limit of one file. The engine's gate closes all
 * sockets; this one lets each stream stop itself with the next bytes that
 * come, and holds it until the debt is paid.
 */
#include "config.h"

#include "transfer.h"

#include "engine/engine.h"

#define TRANSFER_OPENINGS 4             /* of the rate limit, without a byte */
#define TRANSFER_LIMITED_S 0.2          /* the limit held it so lately */

void
transfer_set_rate(struct transfer *transfer)
{
	int64_t rate = options_number(transfer->options,
	    OPTION_LIMIT_RATE_FILE);

	if (rate != transfer->limiter.rate_bps)
		limiter_set(&transfer->limiter, rate,
		    engine_now_s(transfer->engine));
}

bool
transfer_holds_back(const struct transfer *transfer)
{
	return transfer->gated || limiter_is_overdrawn(&transfer->limiter);
}

bool
transfer_is_limited(const struct transfer *transfer)
{
	return engine_is_limited(transfer->engine) ||
	    (transfer->limiter.rate_bps > 0 && transfer->gated_s > 0 &&
	    (transfer->gated || engine_now_s(transfer->engine) -
	    transfer->gated_s < TRANSFER_LIMITED_S));
}

static void
transfer_hold_streams(struct transfer *transfer)
{
	struct stream *stream;

	for (stream = transfer->streams; stream; stream = stream->next)
		net_hold(transfer->engine->net, stream->request,
		    transfer->gated);
}

double
transfer_gate(struct transfer *transfer, double now_s)
{
	double wait;

	if (transfer->limiter.rate_bps == 0 && !transfer->gated)
		return 0;
	wait = limiter_wait_s(&transfer->limiter, now_s);
	if (wait <= 0 && transfer->gated) {
		/* What was paused comes now, and may be too much again. */
		transfer->gated = false;
		transfer->openings++;
		transfer_hold_streams(transfer);
		wait = limiter_wait_s(&transfer->limiter, now_s);
	}
	transfer->gated = wait > 0;
	if (wait <= 0)
		return 0;
	transfer->gated_s = now_s;
	transfer_hold_streams(transfer);
	return wait;
}

unsigned
transfer_openings(const struct transfer *transfer)
{
	return transfer->engine->openings + transfer->openings;
}

bool
transfer_is_held_back(const struct transfer *transfer,
    const struct stream *stream)
{
	return stream->phase == STREAM_TAKING &&
	    transfer_is_limited(transfer) &&
	    transfer_openings(transfer) - stream->heard_opening <
	    TRANSFER_OPENINGS;
}
