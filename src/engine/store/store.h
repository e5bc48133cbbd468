/* SPDX-License-Identifier: MIT
 *
 * The queue on the disk: a SQLite database of runs, their items, failed
 * attempts, moves, and what hosts bear. Rows in, rows out; what they mean is
 * journal.c's matter. Nothing here has a thread: one handle, one thread at a
 * time. No other file knows SQLite.
 *
 * Calls answer 0 or a verdict. Strings are borrowed both ways: those handed
 * to a callback are valid during the call.
 */
#ifndef HAUL_ENGINE_STORE_H
#define HAUL_ENGINE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

enum store_verdict {
	STORE_OK = 0,
	STORE_FAILED,                   /* see store_errno() */
	STORE_DAMAGED,                  /* not a database, or a torn one */
	STORE_NEWER,                    /* a newer haul wrote it */
	STORE_MISSING,                  /* there is none, and none was to be
	                                   made */
	STORE_ABSENT,                   /* this haul was built without */
	STORE_FOREIGN,                  /* it is somebody else's, or they could
	                                   write to it */
};

/* Numbers in the database: they stay what they are. */
enum store_state {
	STORE_QUEUED = 0,               /* or running, or waiting */
	STORE_PAUSED = 1,
	STORE_DONE = 2,                 /* and on the disk */
	STORE_SKIPPED = 3,
	STORE_FAILED_ITEM = 4,
	STORE_REMOVED = 5,
	STORE_STATES = 6
};

#define STORE_NEEDS_QUERY 1U            /* the URL's signature is left out */
#define STORE_NEEDS_USER 2U             /* user and password were in it */
#define STORE_NEEDS_OPTION 4U           /* see `needs` */
#define STORE_RESUMABLE 8U
#define STORE_CHECKED 16U               /* a digest agreed */

struct store_run {
	uint64_t id;
	int64_t started_ms;             /* since the epoch, like all times */
	int64_t ended_ms;               /* 0: not, or not in order */
	int64_t pid;                    /* of who works or worked on it */
	const char *boot;               /* the system's start it ran in */
	const char *directory;
	const char *options;            /* "name=value", by line feeds */
	const char *needs;              /* secret ones left out, likewise */
	uint64_t last_seq;              /* of its items; read only */
	uint64_t later;                 /* see store_finish_run(); read only */
};

/* Items have numbers within a run: 1, 2, 3 ... in the order of adding. NULL
 * and 0 are not written; a size that is unknown is -1. */
struct store_item {
	uint64_t run, seq;
	enum store_state state;
	unsigned flags;
	const char *url;                /* without secrets, like all texts */
	const char *mirrors;            /* by line feeds */
	const char *name, *dir;         /* as asked for */
	const char *options, *needs;    /* as in a run */
	const char *path;               /* as chosen */
	const char *kept;               /* the URL that the bytes are of, if
	                                   it was another */
	const char *cause;              /* of a failure: its name */
	int http_status, curl_code, sys_errno;
	const char *message;
	int64_t size, got;
	uint32_t attempts;
	const char *etag, *last_modified;
	int64_t started_ms, ended_ms, elapsed_ms;
	const unsigned char *sums;      /* of its blocks: blocks.h; or NULL */
	size_t sums_size;
};

struct store_attempt {
	uint32_t number;
	int64_t time_ms, got;
	const char *url, *cause, *message;
	int http_status, curl_code, sys_errno;
};

/* `seq` went before `before` (0: to the end) when there were `count` items. */
struct store_move {
	uint64_t seq, before, count;
};

struct store_count {
	uint64_t items[STORE_STATES];
	uint64_t secret;                /* failed for want of a secret */
	int64_t got, size;              /* bytes; of those whose size is
	                                   known */
};

/* Opens the database, or makes it with the directory it is in (private to the
 * user). On failure *store is NULL and *error an errno, or 0. */
enum store_verdict store_open(const char *path, bool create,
    struct store **store, int *error);
void store_close(struct store *);

/* False if somebody has removed or replaced it: what is put goes nowhere. */
bool store_is_there(const struct store *);

/* Puts a damaged one aside as PATH.damaged-N, which is never written or
 * removed. 0 or an errno. */
int store_set_aside(const char *path);

/* Of the last call that said STORE_FAILED: an errno, EIO if unknown. */
int store_errno(const struct store *);

/* All that is put between is written, or nothing. */
enum store_verdict store_begin(struct store *);
enum store_verdict store_commit(struct store *);
void store_rollback(struct store *);

/* id 0: a new one, whose number is put into it. */
enum store_verdict store_put_run(struct store *, struct store_run *);
enum store_verdict store_end_run(struct store *, uint64_t run,
    int64_t ended_ms);

/* What was left of a run was fetched by a later one. It is so until the run is
 * put again. */
enum store_verdict store_finish_run(struct store *, uint64_t run,
    uint64_t later);
enum store_verdict store_put_item(struct store *, const struct store_item *);

/* The same in less time and room, for what is as it was added: a URL, queued.
 * Once for each item, in the order of their numbers. */
enum store_verdict store_put_added(struct store *, uint64_t run, uint64_t seq,
    const char *url);

/* ... and for one of these that is done or skipped now, if nothing but its
 * path, size, times, flags, attempts, HTTP status, ETag and Last-Modified is to
 * be told. Once for each item. What is put of it by store_put_item(), sooner
 * or later, counts for more. */
enum store_verdict store_put_ended(struct store *, const struct store_item *);
enum store_verdict store_put_attempt(struct store *, uint64_t run,
    uint64_t seq, const struct store_attempt *);
enum store_verdict store_put_move(struct store *, uint64_t run,
    const struct store_move *);
enum store_verdict store_put_host(struct store *, const char *origin,
    unsigned cap, int64_t now_ms);

/* Removes a run and all that is of it. */
enum store_verdict store_forget(struct store *, uint64_t run);

/* One run; STORE_MISSING if there is none such. The strings are valid until
 * the next call. */
enum store_verdict store_get_run(struct store *, uint64_t run,
    struct store_run *);

/* Run numbers, the newest first, until fn says false. */
enum store_verdict store_each_run(struct store *,
    bool (*fn)(const struct store_run *, void *), void *user);

/* Of a run that has ended the counts are kept, so that none is read through
 * twice. */
enum store_verdict store_count_run(struct store *, uint64_t run,
    struct store_count *);

/* The items in the order of adding, one after the other: false after the last
 * one. Its texts are valid until the next call. One scan of a handle at a time;
 * meanwhile it may be asked for attempts, nothing else. */
struct store_scan;
struct store_scan *store_scan_begin(struct store *, uint64_t run);
bool store_scan_next(struct store_scan *, struct store_item *);
enum store_verdict store_scan_end(struct store_scan *);

/* The same, by calls. */
enum store_verdict store_each_item(struct store *, uint64_t run,
    void (*fn)(const struct store_item *, void *), void *user);
enum store_verdict store_each_attempt(struct store *, uint64_t run,
    uint64_t seq, void (*fn)(const struct store_attempt *, void *),
    void *user);
enum store_verdict store_each_move(struct store *, uint64_t run,
    void (*fn)(const struct store_move *, void *), void *user);
enum store_verdict store_each_host(struct store *, int64_t since_ms,
    void (*fn)(const char *origin, unsigned cap, void *), void *user);

/* SQLite's version as it runs, as it was built against, and whether more than
 * one thread may be in it; NULL, and NULL in *built: this haul has none. */
const char *store_library(const char **built, bool *threads);

struct store_look {
	int version, newest;            /* of the form */
	bool complete;                  /* all of it was read in time */
	uint64_t runs;
	char damage[128];               /* what is wrong with it, or "" */
	int error;                      /* of STORE_FAILED: an errno */
};

/* Looks through a database without writing to it or making files beside it,
 * for about limit_ms at most. For each run that has not ended fn is called. */
enum store_verdict store_look(const char *path, int64_t limit_ms,
    struct store_look *, void (*fn)(uint64_t run, void *), void *user);

#endif
