/* SPDX-License-Identifier: MIT
 *
 * What store.c (opening, writing), store-read.c and store-look.c share. No
 * others know SQLite.
 */
#ifndef HAUL_ENGINE_STORE_INTERNAL_H
#define HAUL_ENGINE_STORE_INTERNAL_H

#include <sqlite3.h>
#include <sys/types.h>

#include "store-pack.h"
#include "store.h"

#define STORE_VERSION 3
#define STORE_APPLICATION 0x6861756c    /* "haul" */
#define STORE_BUSY_MS 10000             /* others write in small portions */
#define STORE_SEQ_BITS 32
#define STORE_BLOCK 64                  /* items that share a row at most */

enum store_call {
	STORE_CALL_BEGIN,
	STORE_CALL_COMMIT,
	STORE_CALL_ROLLBACK,
	STORE_CALL_PUT_RUN,
	STORE_CALL_END_RUN,
	STORE_CALL_FINISH_RUN,
	STORE_CALL_PUT_COUNTS,
	STORE_CALL_PUT_ITEM,
	STORE_CALL_PUT_ATTEMPT,
	STORE_CALL_TRIM_ATTEMPTS,
	STORE_CALL_PUT_ADDED,
	STORE_CALL_PUT_ENDED,
	STORE_CALL_PUT_MOVE,
	STORE_CALL_PUT_HOST,
	STORE_CALL_FORGET_ATTEMPTS,
	STORE_CALL_FORGET_MOVES,
	STORE_CALL_FORGET_ADDED,
	STORE_CALL_FORGET_ENDED,
	STORE_CALL_FORGET_ITEMS,
	STORE_CALL_FORGET_RUN,
	STORE_CALL_GET_RUN,
	STORE_CALL_GET_COUNTS,
	STORE_CALL_EACH_RUN,
	STORE_CALL_LAST_SEQ,
	STORE_CALL_EACH_ITEM,
	STORE_CALL_EACH_ADDED,
	STORE_CALL_EACH_ENDED,
	STORE_CALL_EACH_ATTEMPT,
	STORE_CALL_EACH_MOVE,
	STORE_CALL_EACH_HOST,
	STORE_CALLS
};

struct store {
	sqlite3 *db;
	sqlite3_stmt *calls[STORE_CALLS];
	int error;
	char *path;
	dev_t device;                   /* of the file at its opening */
	ino_t inode;
	uint64_t run;                   /* of what is gathered for a row */
	struct pack added, ended;
};

/* Of a code of SQLite. */
enum store_verdict store_judge(struct store *, int code);

/* NULL: see sqlite3_errcode(). */
sqlite3_stmt *store_prepare(struct store *, enum store_call);

/* Runs a statement that yields nothing; NULL is a failure. */
enum store_verdict store_step(struct store *, sqlite3_stmt *);

/* Whether nobody else could write to it, or put another in its place. */
bool store_is_private(const char *path);

/* An errno for SQLite's code. */
int store_code_errno(sqlite3 *, int code);

/* The one number that a statement yields; SQLITE_ROW if it did. */
int store_read_number(sqlite3 *db, const char *sql, int64_t *number);

/* The first key of an item's rows: run number and place in the run. */
int64_t store_item_key(uint64_t run, uint64_t seq);

static inline uint64_t
store_block(uint64_t seq)
{
	return (seq - 1) / STORE_BLOCK;
}

#endif
