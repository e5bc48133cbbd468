/* SPDX-License-Identifier: MIT
 *
 * A token bucket for all bytes together. Bytes are counted after they came,
 * so the bucket may go into debt; whoever reads must then wait until it is
 * paid. Over time the rate is exact, however large single reads are. Pure:
 * time comes from the caller.
 */
#ifndef HAUL_ENGINE_LIMITER_H
#define HAUL_ENGINE_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

struct limiter {
	int64_t rate_bps;               /* 0: no limit */
	double credit;                  /* bytes; negative is debt */
	double stamp_s;
};

void limiter_set(struct limiter *, int64_t rate_bps, double now_s);
void limiter_spend(struct limiter *, int64_t bytes);

/* Seconds until reading may go on; 0 now. */
double limiter_wait_s(struct limiter *, double now_s);

/* Whether so much debt has come together that even a read under way must
 * stop. */
bool limiter_is_overdrawn(const struct limiter *);

/* How much a single read should ask for, so that debts stay short; 0: no
 * limit is set. */
int64_t limiter_read_size(const struct limiter *);

#endif
