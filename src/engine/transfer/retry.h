/* SPDX-License-Identifier: MIT
 *
 * Whether a failed attempt is followed by another, when, and of which of the
 * item's URLs: itself and its mirrors, each with a count of tries of its own.
 */
#ifndef HAUL_ENGINE_RETRY_H
#define HAUL_ENGINE_RETRY_H

#include "engine/base/failure.h"

struct host;
struct item;
struct item_extra;
struct options_pair;
struct transfer;

/* No connection of this attempt is left, or none can help; its streams are
 * dropped. Closes it: the item waits for its next attempt, or has failed. */
void retry_attempt_failed(struct transfer *, const struct failure *);

/* The same for a failure that is known not to be the network's. */
void retry_after(struct transfer *, const struct failure *);

/* The same where its host is full: that was one request more than it bears, and
 * no try of the item's. */
void retry_wait_for_host(struct transfer *, const struct failure *);

/* The host asks for a pause: all its files keep it. host may be NULL. */
void retry_respect_host(struct host *, const struct failure *);

/* When --total-timeout is over (monotonic), 0 if it never is. */
int64_t retry_deadline_ms(const struct item *, const struct options_pair *);

/* The user wants it: a fresh count for all URLs, the first one first. */
void retry_begin_anew(struct item_extra *);

enum retry_choice {
	RETRY_NONE,                     /* no URL is left */
	RETRY_AT_ONCE,                  /* another that was tried less often */
	RETRY_AFTER_PAUSE,
};

/* Counts a try of the present URL that failed by that rule, and makes the one
 * with the fewest tries the present one; pure. `retries` is how many further
 * tries each has. */
enum retry_choice retry_choose(struct item_extra *, enum failure_rule,
    int64_t retries);

#endif
