/* SPDX-License-Identifier: MIT
 *
 * See limiter.h.
 */
#include "config.h"

#include "limiter.h"

#define LIMITER_BURST_S 0.05    /* credit that may be saved up */
#define LIMITER_SLICE_S 0.02    /* what a waiter waits for beyond the debt:
                                   fewer, fuller turns */

static void
limiter_earn(struct limiter *limiter, double now_s)
{
	double cap = (double)limiter->rate_bps * LIMITER_BURST_S;

	limiter->credit += (now_s - limiter->stamp_s) *
	    (double)limiter->rate_bps;
	limiter->stamp_s = now_s;
	if (limiter->credit > cap)
		limiter->credit = cap;
}

void
limiter_set(struct limiter *limiter, int64_t rate_bps, double now_s)
{
	limiter->rate_bps = rate_bps;
	limiter->credit = 0;
	limiter->stamp_s = now_s;
}

void
limiter_spend(struct limiter *limiter, int64_t bytes)
{
	if (limiter->rate_bps > 0)
		limiter->credit -= (double)bytes;
}

double
limiter_wait_s(struct limiter *limiter, double now_s)
{
	if (limiter->rate_bps == 0)
		return 0;
	limiter_earn(limiter, now_s);
	if (limiter->credit > 0)
		return 0;
	return LIMITER_SLICE_S - limiter->credit / (double)limiter->rate_bps;
}

bool
limiter_is_overdrawn(const struct limiter *limiter)
{
	return limiter->rate_bps > 0 && limiter->credit <
	    -(double)limiter->rate_bps * LIMITER_SLICE_S;
}

int64_t
limiter_read_size(const struct limiter *limiter)
{
	int64_t size = limiter->rate_bps / 64;

	if (limiter->rate_bps == 0)
		return 0;
	if (size < 1024)
		return 1024;
	return size > 16384 ? 16384 : size;
}
