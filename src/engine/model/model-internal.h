/* SPDX-License-Identifier: MIT
 *
 * What model.c (items, states, events), model-facts.c (what the engine learns
 * of them), model-view.c (order, views), model-copy.c (copies for faces,
 * results) and model-record.c (what changed) share. Functions marked (locked)
 * are called with the lock held.
 */
#ifndef HAUL_ENGINE_MODEL_INTERNAL_H
#define HAUL_ENGINE_MODEL_INTERNAL_H

#include "model.h"

struct order;

struct model_arena {
	struct model_arena *next;
	size_t used, size;
	char bytes[];
};

struct model_running {                  /* sorted by id */
	haul_id id;
	struct live live;               /* list is the entry's own */
	struct model_facts facts;
};

struct model {
	pthread_mutex_t lock;
	struct item **blocks;
	size_t block_count;
	_Atomic uint64_t count;
	struct model_arena *arena;

	uint64_t per_state[HAUL_STATE_COUNT];
	struct model_running **running; /* connecting to waiting */
	size_t running_count, running_size;
	__int128 size_bytes;            /* a server may say any size, for each
	                                   file */
	uint64_t sized;                 /* items whose size is known */
	size_t final_bytes;             /* of final URLs that are kept */
	_Atomic int64_t got_bytes, fetched_bytes;
	_Atomic uint64_t changes;       /* without those of fetched_bytes */
	int64_t speed_bps;
	uint32_t connections;
	uint32_t rounds;                /* of retries */
	int64_t run_started_ms;         /* 0: not running */
	int64_t run_elapsed_ms;         /* of earlier runs */
	enum haul_hold hold;
	bool offline;
	int64_t online_try_ms;          /* monotonic: the next; 0: now */
	struct model_host *hosts;       /* that parked items wait for; owned */
	size_t host_count;

	/* model-view.c; NULL until somebody asks */
	struct order *queue;            /* all items, in queue order */
	struct order *ended;            /* those that have ended, by time */
	haul_id cursor;                 /* without `queue`: no item before it
	                                   is to be begun */

	/* model-record.c */
	void (*record_wake)(void *, bool much); /* NULL: nobody records */
	void *record_user;
	bool record_woken;
	haul_id recorded;               /* the last that was in a batch */
	struct model_batch batch;       /* the next one's */
	size_t changed_size, move_size;

	struct haul_event *events;      /* ring */
	size_t event_first, event_count, event_size;
	int fd;
	bool woken;                     /* fd is readable */
	int64_t woken_ms;
};

static inline bool
model_is_running(enum haul_state state)
{
	return state >= HAUL_STATE_CONNECTING && state <= HAUL_STATE_WAITING;
}

static inline bool
model_has_ended(enum haul_state state)
{
	return state >= HAUL_STATE_DONE && state <= HAUL_STATE_FAILED;
}

/* What it is, or was before it was removed. */
static inline enum haul_state
model_real_state(const struct item *item)
{
	return (enum haul_state)(item->state == HAUL_STATE_REMOVED ?
	    item->was : item->state);
}

/* (locked) A copy of the text that stays as long as the model. */
char *model_keep_text(struct model *, const char *text);

/* (locked) The entry of a running item, else NULL. */
struct model_running *model_find_running(const struct model *, haul_id);

/* (locked) From the first request to the end or now, in milliseconds. */
int64_t model_elapsed_ms(const struct item *);

/* (locked) model-view.c: an item was added; its state, or whether it is
 * parked, has changed. */
void model_order_added(struct model *, haul_id);
void model_order_changed(struct model *, haul_id, enum haul_state old);

/* (locked) model-view.c: its place in the queue, from 1; 0 if removed. */
uint64_t model_queue_rank(struct model *, haul_id);

/* (locked) model-record.c: an item is new; what is recorded of it has
 * changed; it was moved. */
void model_note_added(struct model *);
void model_note_change(struct model *, haul_id);
void model_note_move(struct model *, haul_id, haul_id before);

/* (locked) model-copy.c. */
void model_fill_row(struct model *, haul_id, struct haul_row *);

#endif
