/* SPDX-License-Identifier: MIT
 *
 * The state that the engine and the faces share: the items of the queue, the
 * totals, and the events not yet taken.
 *
 * Only the engine thread changes an item; callers' threads add items, copy
 * out and take events. Whatever a caller's thread may read changes under the
 * lock; byte counters are atomics. The lock is never held across a system
 * call but the one that wakes a face.
 */
#ifndef HAUL_ENGINE_MODEL_H
#define HAUL_ENGINE_MODEL_H

#include <pthread.h>
#include <stdatomic.h>

#include "engine/base/failure.h"
#include "haul.h"

struct folder;
struct options;

#define MODEL_SEGMENTS 64
#define MODEL_HISTORY 16

/* What the latest attempt met. */
struct model_facts {
	int64_t started_ms;             /* since the epoch; 0 not yet */
	int32_t connect_ms, tls_ms, first_byte_ms;      /* -1 unknown */
	uint16_t redirects;
	uint8_t http_version;           /* 10, 11, 20; 0 unknown */
	char address[HAUL_ADDRESS_SIZE];        /* or "" */
	char server[48];                /* or "" */
};

struct model_attempt {
	int64_t time_ms;
	int64_t started_ms;
	int32_t connect_ms, tls_ms, first_byte_ms;
	int64_t got_bytes;
	char *url;
	struct failure failure;
	uint32_t number;                /* 1 for the first */
};

/* When a waiting item goes on, and which of how many tries that will be. */
struct model_due {
	int64_t ms;                     /* monotonic */
	unsigned next_try, tries_max;
};

/* One of the URLs of an item that has mirrors. */
struct item_source {
	unsigned tries;                 /* without progress, so far */
	bool given_up;                  /* the same request ends the same */
};

/* What only some items have. */
struct item_extra {
	char **mirrors;
	size_t mirror_count;
	char *name;                     /* the caller's, or NULL */
	char *dir;                      /* the caller's, or NULL */
	void *user;
	char *final_url, *etag, *last_modified;
	struct failure *failure;        /* the last, or NULL */
	struct model_facts *facts;      /* of an item that does not run; of
	                                   small ones that are done, NULL */
	struct model_attempt *history;  /* failed ones, oldest first */
	size_t history_count;           /* at most MODEL_HISTORY */
	int64_t resumed_bytes;
	int64_t best_bytes;             /* the most an attempt left behind */
	unsigned tries;                 /* of the present URL, without
	                                   progress, so far */
	unsigned next_mirror;           /* the present URL; 0: the URL itself */
	struct item_source *sources;    /* of URL and mirrors, or NULL yet */
	char *kept_url;                 /* edited: what came from there may
	                                   count, if more than it proves the
	                                   same */
	bool from_zero;                 /* edited: nothing here counts */
	bool plain_only;                /* no Range any more: it was ignored,
	                                   garbled, or the file changed */
	bool aside;                     /* NAME.part.changed is there: goes
	                                   when the file is whole */
	bool offline;                   /* WAITING for the network, as was
	                                   told */
	bool excused;                   /* a silence of its host was taken for
	                                   the network's, and no more has come
	                                   since */
	int64_t room_bytes;             /* WAITING for so much free space; 0:
	                                   not for that */
	unsigned char *sums;            /* of a finished file's blocks, as the
	                                   store keeps them; or NULL */
	size_t sums_size;
	char *wanted_sums;              /* what they must be, as a control
	                                   record has them; or NULL */
	struct model_due due;           /* WAITING */
};

/* One file of the queue; kept for the run, so it is small. */
struct item {
	char *url;                      /* in the model's arena */
	struct options *options;        /* owned reference, or NULL */
	struct item_extra *extra;       /* or NULL */
	struct folder *folder;          /* borrowed; NULL until named */
	char *name;                     /* final name in folder, or NULL */
	_Atomic int64_t got;            /* bytes on the disk */
	int64_t size;                   /* -1 unknown */
	int64_t begun_at_ms;            /* since the epoch; 0 not yet */
	union {
		int64_t started_ms;     /* running: monotonic, less pauses */
		int64_t ended_at_ms;    /* ended: since the epoch */
	};
	uint32_t elapsed_ms;            /* while it does not run */
	uint32_t round;                 /* 0, then one more each retry */
	uint16_t attempts;
	uint16_t http_status;
	uint8_t state;                  /* enum haul_state */
	uint8_t was;                    /* REMOVED: the state before */
	bool resumable : 1;
	bool digest_checked : 1;
	bool parked : 1;                /* QUEUED or WAITING, and in the list
	                                   of a host that wants none now */
	bool changed : 1;               /* since it was last recorded */
	bool edited : 1;                /* has another URL than it came with */
};

/* A running item as the faces see it; refreshed some times a second. */
struct live {
	haul_id id;
	uint32_t connections, wanted;
	struct haul_connection *list;   /* of them, by place; borrowed */
	int64_t speed_bps;
	struct haul_range segments[MODEL_SEGMENTS];
	size_t segment_count;
};

/* A host that items wait for. */
struct model_host {
	const char *origin;             /* as url_origin() writes it; lives as
	                                   long as it is set */
	enum haul_wait wait;
	unsigned cap;
	int64_t until_ms;               /* HOST_PAUSE: monotonic */
};

struct model;

struct model *model_new(void);          /* NULL: no descriptor, errno */
void model_free(struct model *);

void model_lock(struct model *);
void model_unlock(struct model *);

/* ---- from any thread ---- */

/* Adds an item; the strings are copied. Takes over the options reference; 0 if
 * there is no room for more items. */
haul_id model_add(struct model *, const struct haul_request *,
    struct options *);
uint64_t model_count(const struct model *);
int model_fd(const struct model *);
struct options *model_ref_options(struct model *, haul_id);
char *model_copy_url(struct model *, haul_id);  /* to be freed */
bool model_take_event(struct model *, struct haul_event *);
void model_touch(struct model *);               /* something has changed */

/* As the calls of haul.h of these names: owned by the caller, NULL or false
 * if there is no such item. */
struct haul_item *model_copy_item(struct model *, haul_id);
bool model_copy_row(struct model *, haul_id, struct haul_row *);
size_t model_copy_active(struct model *, struct haul_row *, size_t max);
size_t model_copy_segments(struct model *, haul_id, struct haul_range *,
    size_t max);
size_t model_copy_connections(struct model *, haul_id,
    struct haul_connection *, size_t max);
void model_copy_totals(struct model *, struct haul_totals *);
struct haul_results *model_copy_results(struct model *);

/* Views, as haul.h describes them. */
uint64_t model_view_count(struct model *, const struct haul_view *);
size_t model_view_rows(struct model *, const struct haul_view *,
    uint64_t first, struct haul_row *, size_t max);
bool model_view_rank(struct model *, const struct haul_view *, haul_id,
    uint64_t *rank);

/* ---- from the engine's thread ---- */

/* Never NULL for 1 <= id <= count; stays where it is. */
struct item *model_item(const struct model *, haul_id);
struct item_extra *model_extra(struct item *);

/* The URL it would use now: its own or a mirror. */
const char *model_url(const struct item *);

/* Moves an item from state to state: the one place where that happens. It
 * keeps the counts, the list of running items, and asserts that the move is
 * legal. */
void model_set_state(struct model *, haul_id, enum haul_state);

/* Takes it out of totals, views and results, and back to what it was. It must
 * not run. */
void model_remove(struct model *, haul_id);
void model_restore(struct model *, haul_id);

/* Puts it before another in the queue; 0: at the end; HAUL_FIRST: before all
 * that are queued. */
void model_move(struct model *, haul_id, haul_id before);

/* The next item to begin: the first in queue order that is QUEUED and not
 * parked; 0 if there is none. */
haul_id model_next_queued(struct model *);
void model_set_parked(struct model *, haul_id, bool);

/* The hosts of parked items, all of them; takes the list over. */
void model_set_hosts(struct model *, struct model_host *, size_t count);
/* Whether there is no network, and when it is tried next (monotonic; 0: it is
 * being tried). */
void model_set_offline(struct model *, bool offline, int64_t try_ms);
void model_set_hold(struct model *, enum haul_hold);
enum haul_hold model_hold(const struct model *);

/* The first running item behind `after` that is WAITING; 0 if none is. */
haul_id model_next_waiting(struct model *, haul_id after);

/* Another URL. keep_url, or NULL: what arrived from that URL (without secrets)
 * may be gone on with; else nothing that is here counts. */
void model_set_url(struct model *, haul_id, const char *url,
    const char *keep_url);

/* Takes over the reference. */
void model_set_options(struct model *, haul_id, struct options *);

/* What it is called, and where (borrowed); NULL: not known (any more). */
void model_set_name(struct model *, haul_id, struct folder *,
    const char *name);
void model_set_size(struct model *, haul_id, int64_t size);     /* or -1 */

/* The last failure. in_history: it ended an attempt, which asked for url and
 * brought got_bytes, and is told among the item's attempts from now on. */
void model_set_failure(struct model *, haul_id, const struct failure *,
    const char *url, int64_t got_bytes, bool in_history);

/* Of the answer; NULL: it had none, or final_url is the item's. What is longer
 * than any server needs is cut (the URL) or left out. */
void model_set_answer(struct model *, haul_id, const char *final_url,
    const char *etag, const char *last_modified);

/* One more attempt begins; what its answer's status is (0: none); whether what
 * came could be resumed; how much of it was found at the start; a digest was
 * compared and agreed. */
void model_count_attempt(struct model *, haul_id);
void model_forget_attempt(struct model *, haul_id);     /* it was none */
void model_set_status(struct model *, haul_id, int http_status);
void model_set_resumable(struct model *, haul_id, bool);
void model_set_resumed(struct model *, haul_id, int64_t bytes);
void model_set_checked(struct model *, haul_id);

/* Sums of its blocks, taken over; they are recorded with its end. */
void model_set_sums(struct model *, haul_id, unsigned char *sums, size_t);

void model_set_due(struct model *, haul_id, const struct model_due *);

/* Bytes that came over the network (fetched), and bytes that are newly (or,
 * negative, no longer) on the disk. */
void model_count_bytes(struct model *, struct item *, int64_t fetched,
    int64_t got);

void model_set_live(struct model *, const struct live *);

/* Of the present attempt; its time of starting is known already. */
void model_set_facts(struct model *, haul_id, const struct model_facts *);
void model_set_speed(struct model *, int64_t speed_bps);
void model_set_connections(struct model *, uint32_t);

/* A run begins: time counts from now until model_end_run(). */
void model_begin_run(struct model *);
void model_end_run(struct model *);

void model_emit(struct model *, enum haul_event_kind, haul_id,
    enum haul_note, bool stopped);

/* Wakes the faces if events wait and they were not woken already. Returns
 * milliseconds after which to call again because it was too soon, or 0. */
int model_publish(struct model *, bool urgent);

/* The item's state was changed by a call; ended: by its removal. */
void model_emit_state(struct model *, haul_id, bool ended);

/* Whether every item has ended, or may not begin now. */
bool model_is_done(struct model *);

/* ---- for whoever records the queue (journal.c) ---- */

struct model_move {
	haul_id id, before;             /* before 0: to the end */
	uint64_t count;                 /* of items, then */
};

/* What has changed since the last batch: new items first..last, others, and
 * moves in their order. */
struct model_batch {
	haul_id first, last;            /* first > last: none are new */
	haul_id *changed;
	size_t changed_count;
	struct model_move *moves;
	size_t move_count;
};

/* From now on changes are noted; wake is called with the lock held when there
 * is something for a batch, once until that is taken, and once more when it is
 * much. Items that are there count as recorded. */
void model_record(struct model *, void (*wake)(void *, bool much),
    void *user);
void model_take_batch(struct model *, struct model_batch *);
void model_batch_release(struct model_batch *);

/* The record of an item is not true any more. */
void model_touch_item(struct model *, haul_id);

/* The batch could not be written: all of it will be in the next one; or
 * everything, because what holds the earlier ones is lost. */
void model_return_batch(struct model *, struct model_batch *);
void model_record_anew(struct model *);

/* An item that an earlier run left, as it was then. */
struct model_past {
	const struct haul_request *request;
	struct options *options;        /* a reference, taken over */
	enum haul_state state;          /* QUEUED, PAUSED, DONE or FAILED */
	struct folder *folder;          /* with name, or NULL */
	const char *name;
	int64_t size, got;
	int64_t begun_at_ms, ended_at_ms, elapsed_ms;
	uint32_t attempts;
	int http_status;
	bool resumable;
	const char *etag, *last_modified;
	const char *kept_url;           /* as in item_extra */
	const struct failure *failure;  /* or NULL */
	struct model_attempt *history;  /* its strings are taken over */
	size_t history_count;
};

/* From the engine's thread. */
haul_id model_add_past(struct model *, const struct model_past *);

#endif
