/* SPDX-License-Identifier: MIT
 *
 * What a host (an origin: scheme, name, port) bears: connections open now, a
 * cap learned from refusals, a time before which it wants no request.
 */
#ifndef HAUL_ENGINE_HOST_H
#define HAUL_ENGINE_HOST_H

#include "haul.h"

struct host;
struct hosts;

struct hosts *hosts_new(void);
void hosts_free(struct hosts *);

/* The user's limit of connections to each; 0: none. */
void hosts_set_max(struct hosts *, unsigned);

/* Whether an origin has a limit of its own instead, and which; asked once for
 * each. */
typedef bool (*hosts_own_fn)(const char *origin, unsigned *max, void *user);
void hosts_on_own(struct hosts *, hosts_own_fn, void *user);

/* Never NULL; made when first asked for. */
struct host *hosts_find(struct hosts *, const char *url);

/* Without a network none takes anything but this machine itself, and the one
 * that was chosen to try with: of those that items wait for, the one chosen
 * longest ago. False: there is none. */
void hosts_set_offline(struct hosts *, bool offline);
bool hosts_choose(struct hosts *, int64_t now_ms);
void hosts_choose_none(struct hosts *);

/* Whether one more request may start now. */
bool host_admits(const struct host *, int64_t now_ms);

/* What an item waits for that the host does not take now: the host's fault,
 * or HAUL_WAIT_TURN. cap: the connections that it may have, or 0. */
enum haul_wait host_wait(const struct host *, int64_t now_ms, unsigned *cap);

bool host_is_near(const struct host *);         /* this machine */
const char *host_origin(const struct host *);   /* borrowed */

/* How many more connections it bears; a large number if nothing is known. */
unsigned host_room(const struct host *);

/* Whether more are open than the user allows: the limit has come since. */
bool host_is_crowded(const struct host *);

void host_enter(struct host *);         /* a connection begins */
void host_leave(struct host *);
unsigned host_live(const struct host *);

/* While the first request for a name resolves it, others wait: each would
 * start a resolver thread of its own (libcurl does not join them). */
void host_resolving(struct host *, bool is_address);
void host_resolved(struct host *);

/* It refused one more while `live` were open: fewer from now on; grows again
 * slowly with each success. */
void host_refused(struct host *, int64_t now_ms);
void host_succeeded(struct host *);

/* Its IPv6 address took a connection and answered nothing: the others are
 * asked from then on, until one of them does no better. */
void host_avoid_v6(struct host *, bool);
bool host_avoids_v6(const struct host *);

/* Successes may be minutes apart: where items wait for a host that is full, one
 * of them asks all the same now and then, more rarely each time it is refused.
 * That is no fault of the item's. */
bool host_may_probe(const struct host *, int64_t now_ms);
int64_t host_probe_ms(const struct host *);     /* when next; 0: no need */
void host_probe(struct host *, haul_id, int64_t now_ms);
bool host_probe_refused(struct host *, haul_id, int64_t now_ms);  /* was it? */
void host_probe_answered(struct host *, haul_id);

/* An item's only request was refused as too many (429, 503) while others ran.
 * One alone may be that file's fault, however often; those of two files within
 * seconds, with hardly a success between them, are a limit. */
void host_was_busy(struct host *, haul_id, int64_t now_ms);

/* No request before then (Retry-After); never shortens. */
void host_block_until(struct host *, int64_t monotonic_ms);
int64_t host_blocked_until(const struct host *);

/* What an earlier run has learned; and what this one has since the last call:
 * each host whose cap has changed. */
void hosts_learn(struct hosts *, const char *origin, unsigned cap,
    int64_t now_ms);
void hosts_each_learned(struct hosts *, void (*fn)(const char *origin,
    unsigned cap, void *), void *user);

/* Seconds from request to first byte, smoothed. */
void host_note_setup(struct host *, double seconds);
double host_setup_s(const struct host *);

/* Items that wait for this host: first those that were begun already (again),
 * which must not wait for a whole queue to pass, then the others; both in the
 * order of coming. */
void host_park(struct host *, haul_id, bool again);
haul_id host_peek_parked(const struct host *);  /* 0: none */
void host_unpark(struct host *);

/* Calls fn for each host with parked items until it says true; that host, or
 * NULL. */
struct host *hosts_each_parked(struct hosts *,
    bool (*fn)(struct host *, void *), void *);

#endif
