/* SPDX-License-Identifier: MIT
 *
 * The engine's thread and what it owns: engine -> transfers -> streams. All
 * of it belongs to that thread; other threads reach it through the calls
 * below "from any thread".
 */
#ifndef HAUL_ENGINE_ENGINE_H
#define HAUL_ENGINE_ENGINE_H

#include <stdatomic.h>

#include "engine/base/alloc.h"
#include "engine/base/options.h"
#include "engine/net/limiter.h"
#include "skim.h"

struct change;
struct disk;
struct ev_loop;
struct folders;
struct hosts;
struct journal;
struct model;
struct net;
struct network;
struct scheduler;
struct transfer;

struct engine {
	struct ev_loop *loop;
	struct model *model;
	struct options *options;        /* defaults filled in */
	struct net *net;
	struct network *network;
	struct disk *disk;
	struct folders *folders;
	struct hosts *hosts;
	struct journal *journal;        /* borrowed, or NULL */
	struct scheduler *scheduler;
	struct limiter limiter;
	struct transfer *transfers;     /* running ones */
	struct alloc_pool spare_transfers, spare_streams;
	unsigned transfer_count;
	unsigned max_files;             /* --max-conn, as of this turn */
	unsigned files_cap;             /* for more there are too few
	                                   descriptors; 0: not known */
	unsigned stream_count;
	unsigned max_streams;           /* --max-total-conn; 0: no limit */
	int64_t heard_ms;               /* when another machine last was; 0
	                                   never (monotonic) */
	double idle_s;                  /* time spent waiting, summed up */
	bool gated;                     /* the rate limit holds us now */
	double gated_s;                 /* when the rate limit last held us */
	unsigned openings;              /* how often it let us go on */
	char *netrc;                    /* path, NULL if there is none */
	char *known_hosts;              /* of ssh, NULL if there is none */
	char *ssh_key;                  /* the same; libcurl's own then */
	unsigned epoch;                 /* of the options: grows with a
	                                   change; >= 1 */
	char *http_proxy;               /* of HTTP_PROXY: libcurl reads only
	                                   the lower-case name */
	bool no_proxy_set;              /* no variable names a proxy */
	bool discard;
	bool stopping;
	struct skim skim;               /* of what earlier runs fetched */
	atomic_bool hurry;              /* stopping: digests under way end */
	bool many;                      /* so many files that folders are
	                                   listed */
	int64_t torn_from_ms;           /* since then and before this start of
	                                   the system files of loaded items got
	                                   names, perhaps without their bytes;
	                                   0: none did */
	haul_id torn_last;              /* the last of those items */
};

struct engine_thread;   /* the loop's watchers and the thread; engine.c */

/* NULL with errno set if the system has no thread or descriptor for us. Takes
 * over the options reference. The thread runs, with nothing to do. journal may
 * be NULL. */
struct engine_thread *engine_new(struct options *, struct model *,
    struct journal *);

/* Stops, and waits for the thread; what the journal needs is there yet. */
void engine_quit(struct engine_thread *);
void engine_free(struct engine_thread *);

/* ---- from any thread ---- */

void engine_start(struct engine_thread *);
void engine_stop(struct engine_thread *);
void engine_wake(struct engine_thread *);       /* items were added */

/* The change is made by the engine's thread: waits for it. */
enum haul_result engine_change(struct engine_thread *, struct change *);

/* Sets a live option, checked before by the caller. */
void engine_set(struct engine_thread *, const char *name, const char *value);

/* ---- from the engine's thread ---- */

/* Loop time, seconds and milliseconds (monotonic). */
double engine_now_s(const struct engine *);
int64_t engine_now_ms(void);

/* Whether the rate limit, and not the network, sets the speed now. */
bool engine_is_limited(const struct engine *);

/* How many more connections may be open; a large number without a limit. */
unsigned engine_room(const struct engine *);

/* The turn shall look at all transfers again, soon. */
void engine_poke(struct engine *);

#endif
