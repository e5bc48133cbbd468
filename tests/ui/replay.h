/* SPDX-License-Identifier: MIT
 *
 * The replayed engine's insides, for its own files alone: haul.h played from
 * a script (replay.c; whole items and options replay-look.c), the items and
 * their views (replay-items.c), the script (replay-script.c), and time, the
 * line to the harness and the counting of what a frame costs (replay-time.c).
 */
#ifndef HAUL_TESTS_UI_REPLAY_H
#define HAUL_TESTS_UI_REPLAY_H

#include <jansson.h>
#include <pthread.h>

#include "haul.h"

#define REPLAY_RANGES 64
#define REPLAY_CONNECTIONS 64
#define REPLAY_HISTORY 16

/* What only items have that the script tells more of. */
struct replay_extra {
	char *url, *final_url, *path, *message, *etag, *modified;
	char *server, *address;
	struct haul_range ranges[REPLAY_RANGES];
	size_t range_count;
	struct haul_connection connections[REPLAY_CONNECTIONS];
	size_t connection_count;
	struct haul_attempt history[REPLAY_HISTORY];    /* owns its strings */
	size_t history_count;
	uint32_t next_try, tries_max, redirects;
	int64_t attempt_ms;             /* began; epoch */
	int64_t connect_ms, tls_ms, first_byte_ms;
	int http_version;
	int64_t resumed_bytes;
	enum haul_state state_before;   /* REMOVED: what it was */
	struct options *options;        /* of this item, or NULL */
};

struct replay_item {
	char *name;                     /* owned */
	const char *host;               /* interned */
	struct replay_extra *extra;     /* or NULL */
	int64_t size, got, speed, pace; /* pace: bytes a second it grows by */
	int64_t started_ms, ended_ms;   /* epoch, 0 not yet */
	int64_t due_ms;                 /* WAITING; in replay_now_ms() */
	uint32_t attempt;
	uint16_t connections, wanted;
	uint16_t status;
	uint8_t state, cause;
	bool resumable;
};

/* Items in an order: a slot each, and for every state a tree of counts over
 * the slots (Fenwick's), so that ranks cost a logarithm. */
struct replay_order {
	haul_id *slots;                 /* 0: empty */
	uint32_t *slot_of;              /* by id; 0: not in it; else slot + 1 */
	uint32_t *trees[HAUL_STATE_COUNT];
	size_t used, room;              /* room: a power of two */
	size_t ids;                     /* room of slot_of */
};

struct replay {
	pthread_mutex_t lock;
	struct replay_item *items;      /* by id - 1 */
	size_t count, room;
	struct replay_order queue, ended, started;
	uint64_t states[HAUL_STATE_COUNT];
	int64_t got_bytes, size_bytes, speed_bps, fetched_bytes;
	int64_t speed_told;             /* by the script; -1: the sum */
	uint64_t unknown_sizes;
	uint64_t changes;
	haul_id *paced;                 /* grow by themselves */
	size_t paced_count;
	enum haul_hold hold;
	bool running;
	int event_fd;
	struct haul_event *events;      /* a ring */
	size_t event_first, event_count, event_room;
	struct script *script;
	struct options *options;
	struct haul_store_run *runs;    /* of the store, the newest first */
	size_t run_count;
	char *calls;                    /* what the face asked for, by lines */
	size_t calls_length;
};

/* ---- replay.c ---- */

extern struct replay *replay_only;      /* the one engine, or NULL */
void replay_lock(struct replay *);
void replay_unlock(struct replay *);
void replay_note_call(struct replay *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void replay_emit(struct replay *, enum haul_event_kind, haul_id);

/* ---- replay-look.c ---- */

void replay_take_options(struct replay *, const struct haul_options *);

/* ---- replay-items.c; all under the lock ---- */

haul_id replay_add_item(struct replay *, char *name, const char *host,
    enum haul_state);
struct replay_item *replay_item(struct replay *, haul_id);      /* or NULL */
struct replay_extra *replay_extra(struct replay_item *);
void replay_set_state(struct replay *, haul_id, enum haul_state);
void replay_set_size(struct replay *, struct replay_item *, int64_t);
void replay_set_got(struct replay *, struct replay_item *, int64_t);
void replay_set_speed(struct replay *, struct replay_item *, int64_t);
void replay_set_text(char **, const char *);
void replay_move_item(struct replay *, haul_id, haul_id before);
const char *replay_intern(const char *);
uint64_t replay_order_count(const struct replay_order *, unsigned states);
uint64_t replay_order_rank(const struct replay_order *, unsigned states,
    size_t slot);
haul_id replay_order_select(const struct replay_order *, unsigned states,
    uint64_t rank);
/* 0 if it is not in this order. */
size_t replay_order_slot(const struct replay_order *, haul_id);
void replay_free_items(struct replay *);

/* ---- replay-script.c; all under the lock ---- */

struct script *script_open(const char *path);
void script_free(struct script *);
/* Does all that is due. */
void script_run(struct replay *, struct script *, int64_t now_ms);
/* One line of a script, now; false if it is none. */
bool script_line(struct replay *, const char *line, size_t length);
bool script_is_virtual(const struct script *);
int64_t script_epoch_ms(const struct script *);

/* ---- replay-store.c ---- */

void replay_add_run(struct replay *, json_t *what);

/* ---- replay-time.c ---- */

void replay_time_start(struct replay *);
void replay_time_stop(void);
int64_t replay_now_ms(void);            /* since the start */
int64_t replay_epoch_ms(void);
/* A call of the face, and the items of which it wants to know something new:
 * a rank, or more of an item whose row it has, is none. */
void replay_touch(size_t items);

#endif
