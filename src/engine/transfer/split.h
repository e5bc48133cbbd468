/* SPDX-License-Identifier: MIT
 *
 * How a running transfer uses several connections: applies the decisions of
 * parts.c to its streams.
 */
#ifndef HAUL_ENGINE_SPLIT_H
#define HAUL_ENGINE_SPLIT_H

#include "transfer.h"

/* Adds connections while they help, drops what does not. */
void split_tick(struct transfer *, double now_s);

/* A connection that reached rate_bps has ended its part: finds another. */
void split_reuse(struct transfer *, double rate_bps);

/* A part's answer is good: the stream that has worked on these bytes ends
 * where this one begins, which is further on if it was quick. False: nothing
 * is left of the part. Inside libcurl. */
bool split_claim(struct transfer *, struct stream *);

/* Whether split_tick() is wanted every few milliseconds. */
bool split_is_ramping(const struct transfer *, double now_s);

#endif
