/* SPDX-License-Identifier: MIT
 *
 * See store.h and store-internal.h: what comes out of the database.
 */
#include "config.h"

#include "store-internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"

static const char *
store_text(sqlite3_stmt *statement, int at)
{
	return (const char *)sqlite3_column_text(statement, at);
}

/* ---- reading ---- */

static void
store_read_run(sqlite3_stmt *from, struct store_run *run)
{
	memset(run, 0, sizeof *run);
	run->id = (uint64_t)sqlite3_column_int64(from, 0);
	run->started_ms = sqlite3_column_int64(from, 1);
	run->ended_ms = sqlite3_column_int64(from, 2);
	run->pid = sqlite3_column_int64(from, 3);
	run->boot = store_text(from, 4);
	run->directory = store_text(from, 5);
	run->options = store_text(from, 6);
	run->needs = store_text(from, 7);
	run->later = (uint64_t)sqlite3_column_int64(from, 8);
}

static enum store_verdict
store_get_last_seq(struct store *store, struct store_run *run)
{
	sqlite3_stmt *from = store_prepare(store, STORE_CALL_LAST_SEQ);
	int code;

	if (from == NULL)
		return store_step(store, from);
	sqlite3_bind_int64(from, 1, (int64_t)run->id);
	code = sqlite3_step(from);
	if (code == SQLITE_ROW)
		run->last_seq = (uint64_t)sqlite3_column_int64(from, 0);
	sqlite3_reset(from);
	return store_judge(store, code);
}

enum store_verdict
store_get_run(struct store *store, uint64_t run, struct store_run *to)
{
	sqlite3_stmt *from = store_prepare(store, STORE_CALL_GET_RUN);
	int code;

	memset(to, 0, sizeof *to);
	if (from == NULL)
		return store_step(store, from);
	/* Not reset behind it: the strings live until the next call. */
	sqlite3_reset(from);
	sqlite3_bind_int64(from, 1, (int64_t)run);
	code = sqlite3_step(from);
	if (code == SQLITE_DONE)
		return STORE_MISSING;
	if (code != SQLITE_ROW)
		return store_judge(store, code);
	store_read_run(from, to);
	return store_get_last_seq(store, to);
}

enum store_verdict
store_each_run(struct store *store, bool (*fn)(const struct store_run *,
    void *), void *user)
{
	sqlite3_stmt *from = store_prepare(store, STORE_CALL_EACH_RUN);
	struct store_run run;
	int code = SQLITE_DONE;

	if (from == NULL)
		return store_step(store, from);
	while ((code = sqlite3_step(from)) == SQLITE_ROW) {
		store_read_run(from, &run);
		if (!fn(&run, user))
			break;
	}
	sqlite3_reset(from);
	return store_judge(store, code);
}

static void
store_read_item(sqlite3_stmt *from, struct store_item *item)
{
	uint64_t key = (uint64_t)sqlite3_column_int64(from, 0);
	int64_t state = sqlite3_column_int64(from, 1);
	int at = 1;

	memset(item, 0, sizeof *item);
	item->run = key >> STORE_SEQ_BITS;
	item->seq = key & UINT32_MAX;
	item->state = state >= 0 && state < STORE_STATES ?
	    (enum store_state)state : STORE_QUEUED;
	item->flags = (unsigned)sqlite3_column_int64(from, ++at);
	item->url = store_text(from, ++at);
	item->mirrors = store_text(from, ++at);
	item->name = store_text(from, ++at);
	item->dir = store_text(from, ++at);
	item->options = store_text(from, ++at);
	item->needs = store_text(from, ++at);
	item->path = store_text(from, ++at);
	item->kept = store_text(from, ++at);
	item->cause = store_text(from, ++at);
	item->http_status = sqlite3_column_int(from, ++at);
	item->curl_code = sqlite3_column_int(from, ++at);
	item->sys_errno = sqlite3_column_int(from, ++at);
	item->message = store_text(from, ++at);
	at++;
	item->size = sqlite3_column_type(from, at) == SQLITE_NULL ? -1 :
	    sqlite3_column_int64(from, at);
	item->got = sqlite3_column_int64(from, ++at);
	item->attempts = (uint32_t)sqlite3_column_int64(from, ++at);
	item->etag = store_text(from, ++at);
	item->last_modified = store_text(from, ++at);
	item->started_ms = sqlite3_column_int64(from, ++at);
	item->ended_ms = sqlite3_column_int64(from, ++at);
	item->elapsed_ms = sqlite3_column_int64(from, ++at);
	item->sums = sqlite3_column_blob(from, ++at);
	item->sums_size = (size_t)sqlite3_column_bytes(from, at);
}

/* ---- all items of a run ---- */

/* What an item shares a row with others says of it; its texts are places in
 * the scan's text, for that may move. */
struct store_slot {
	struct store_item item;
	size_t path, etag, modified, sums;      /* 0: none */
	bool there;
};

struct store_scan {
	struct store *store;
	uint64_t run;
	int code;                       /* of the last failure */
	bool torn;
	sqlite3_stmt *own, *added, *ended;
	bool own_there, added_there, ended_there;   /* they stand on a row */
	uint64_t own_seq;
	bool own_used;                  /* ... that was told */
	struct pack_reader urls, ends;
	uint64_t seq, left;             /* of the URL; in the row after it */
	const char *url;                /* not yet told; NULL: none */
	uint64_t block;                 /* that the slots hold */
	struct store_slot slots[STORE_BLOCK];
	char *text;
	size_t length, size;
};

static bool
store_scan_step(struct store_scan *scan, sqlite3_stmt *from)
{
	int code = from != NULL ? sqlite3_step(from) : SQLITE_DONE;

	if (code != SQLITE_ROW && code != SQLITE_DONE)
		scan->code = code;
	return code == SQLITE_ROW;
}

/* To the next of the items that have rows of their own. */
static void
store_scan_own(struct store_scan *scan)
{
	scan->own_there = store_scan_step(scan, scan->own);
	scan->own_used = false;
	if (scan->own_there)
		scan->own_seq = (uint64_t)sqlite3_column_int64(scan->own, 0) &
		    UINT32_MAX;
}

static sqlite3_stmt *
store_scan_prepare(struct store_scan *scan, enum store_call call)
{
	sqlite3_stmt *from = store_prepare(scan->store, call);

	if (from != NULL)
		sqlite3_bind_int64(from, 1, (int64_t)scan->run);
	else
		scan->code = sqlite3_errcode(scan->store->db);
	return from;
}

struct store_scan *
store_scan_begin(struct store *store, uint64_t run)
{
	struct store_scan *scan = alloc_zero(sizeof *scan);

	scan->store = store;
	scan->run = run;
	scan->code = SQLITE_OK;
	scan->block = UINT64_MAX;
	scan->own = store_scan_prepare(scan, STORE_CALL_EACH_ITEM);
	scan->added = store_scan_prepare(scan, STORE_CALL_EACH_ADDED);
	scan->ended = store_scan_prepare(scan, STORE_CALL_EACH_ENDED);
	store_scan_own(scan);
	scan->added_there = true;       /* before the first, rather */
	scan->ended_there = store_scan_step(scan, scan->ended);
	return scan;
}

enum store_verdict
store_scan_end(struct store_scan *scan)
{
	enum store_verdict verdict = scan->torn && scan->code == SQLITE_OK ?
	    STORE_DAMAGED : store_judge(scan->store, scan->code);

	sqlite3_reset(scan->own);
	sqlite3_reset(scan->added);
	sqlite3_reset(scan->ended);
	pack_reader_release(&scan->urls);
	pack_reader_release(&scan->ends);
	free(scan->text);
	free(scan);
	return verdict;
}

static void
store_scan_read(struct pack_reader *reader, sqlite3_stmt *from, int at)
{
	const void *bytes = sqlite3_column_blob(from, at);

	pack_begin(reader, bytes != NULL ? bytes : "",
	    (size_t)sqlite3_column_bytes(from, at),
	    (uint64_t)sqlite3_column_int64(from, 0) & UINT32_MAX);
}

/* Goes on to the next URL of those that share rows. */
static void
store_scan_url(struct store_scan *scan)
{
	int64_t count;

	while (scan->url == NULL && scan->code == SQLITE_OK) {
		if (scan->left > 0) {
			scan->left--;
			scan->seq++;
			scan->url = pack_next_added(&scan->urls);
			if (scan->url == NULL)
				scan->left = 0;
			scan->torn |= scan->url == NULL;
			continue;
		}
		scan->added_there = scan->added_there &&
		    store_scan_step(scan, scan->added);
		if (!scan->added_there)
			return;
		store_scan_read(&scan->urls, scan->added, 2);
		scan->seq = scan->urls.last - 1;
		count = sqlite3_column_int64(scan->added, 1);
		scan->left = count > 0 && count <= STORE_BLOCK ?
		    (uint64_t)count : 0;
	}
}

static size_t
store_scan_keep_bytes(struct store_scan *scan, const void *bytes,
    size_t length)
{
	size_t at = scan->length;

	if (length == 0)
		return 0;
	if (at + length > scan->size) {
		scan->size = 2 * (at + length);
		scan->text = alloc_resize(scan->text, scan->size, 1);
	}
	memcpy(scan->text + at, bytes, length);
	scan->length += length;
	return at;
}

static size_t
store_scan_keep(struct store_scan *scan, const char *text)
{
	return store_scan_keep_bytes(scan, text, text != NULL ?
	    strlen(text) + 1 : 0);
}

static void
store_scan_slots(struct store_scan *scan)
{
	struct store_slot *slot;
	struct store_item item;

	store_scan_read(&scan->ends, scan->ended, 1);
	while (pack_next_ended(&scan->ends, &item)) {
		if (store_block(item.seq) != scan->block)
			continue;
		slot = &scan->slots[(item.seq - 1) % STORE_BLOCK];
		slot->item = item;
		slot->path = store_scan_keep(scan, item.path);
		slot->etag = store_scan_keep(scan, item.etag);
		slot->modified = store_scan_keep(scan, item.last_modified);
		slot->sums = store_scan_keep_bytes(scan, item.sums,
		    item.sums_size);
		slot->there = true;
	}
	scan->torn |= scan->ends.torn;
}

/* Reads what ended of a block. */
static void
store_scan_block(struct store_scan *scan, uint64_t block)
{
	uint64_t at;
	size_t i;

	for (i = 0; i < STORE_BLOCK; i++)
		scan->slots[i].there = false;
	scan->length = 1;               /* 0 is no place */
	scan->block = block;
	while (scan->ended_there) {
		at = store_block((uint64_t)sqlite3_column_int64(scan->ended,
		    0) & UINT32_MAX);
		if (at == block)
			store_scan_slots(scan);
		else if (at > block)
			return;
		scan->ended_there = store_scan_step(scan, scan->ended);
	}
}

static void
store_scan_shared(struct store_scan *scan, struct store_item *item)
{
	const struct store_slot *slot;

	if (store_block(scan->seq) != scan->block)
		store_scan_block(scan, store_block(scan->seq));
	slot = &scan->slots[(scan->seq - 1) % STORE_BLOCK];
	if (slot->there) {
		*item = slot->item;
		item->path = slot->path ? scan->text + slot->path : NULL;
		item->etag = slot->etag ? scan->text + slot->etag : NULL;
		item->last_modified = slot->modified ?
		    scan->text + slot->modified : NULL;
		item->sums = slot->sums ? (const unsigned char *)scan->text +
		    slot->sums : NULL;
	} else {
		memset(item, 0, sizeof *item);
		item->size = -1;
	}
	item->run = scan->run;
	item->seq = scan->seq;
	item->url = scan->url;
}

bool
store_scan_next(struct store_scan *scan, struct store_item *item)
{
	for (;;) {
		if (scan->own_used)
			store_scan_own(scan);
		if (scan->url == NULL)
			store_scan_url(scan);
		if (scan->url != NULL && (!scan->own_there ||
		    scan->own_seq > scan->seq)) {
			store_scan_shared(scan, item);
			scan->url = NULL;
			return true;
		}
		if (!scan->own_there)
			return false;
		scan->own_used = true;
		store_read_item(scan->own, item);
		if (item->url == NULL)  /* torn */
			continue;
		if (scan->url != NULL && scan->own_seq == scan->seq)
			scan->url = NULL;
		return true;
	}
}

enum store_verdict
store_each_item(struct store *store, uint64_t run,
    void (*fn)(const struct store_item *, void *), void *user)
{
	struct store_scan *scan = store_scan_begin(store, run);
	struct store_item item;

	while (store_scan_next(scan, &item))
		fn(&item, user);
	return store_scan_end(scan);
}

static void
store_count_item(struct store_count *count, const struct store_item *item)
{
	count->items[item->state]++;
	if (item->state == STORE_REMOVED)
		return;
	count->got = (int64_t)((uint64_t)count->got + (uint64_t)item->got);
	if (item->size > 0)
		count->size = (int64_t)((uint64_t)count->size +
		    (uint64_t)item->size);
	count->secret += item->state == STORE_FAILED_ITEM &&
	    item->cause != NULL && strcmp(item->cause, "secret") == 0;
}

/* ---- counts that are kept ---- */

#define STORE_COUNTS (STORE_STATES + 3)

static void
store_list_count(struct store_count *count, int64_t numbers[STORE_COUNTS],
    bool into)
{
	int i;

	for (i = 0; i < STORE_STATES; i++) {
		if (into)
			count->items[i] = (uint64_t)numbers[i];
		else
			numbers[i] = (int64_t)count->items[i];
	}
	if (into) {
		count->secret = (uint64_t)numbers[i];
		count->got = numbers[i + 1];
		count->size = numbers[i + 2];
	} else {
		numbers[i] = (int64_t)count->secret;
		numbers[i + 1] = count->got;
		numbers[i + 2] = count->size;
	}
}

static bool
store_read_numbers(const char *text, int64_t numbers[STORE_COUNTS])
{
	char *end;
	size_t i;

	for (i = 0; i < STORE_COUNTS && text != NULL; i++) {
		numbers[i] = strtoll(text, &end, 10);
		if (end == text)
			return false;
		text = end;
	}
	return text != NULL && *text == '\0';
}

/* False: none are kept. *ended_ms 0: nor are they to be. */
static bool
store_read_count(struct store *store, uint64_t run, int64_t *ended_ms,
    struct store_count *count)
{
	sqlite3_stmt *from = store_prepare(store, STORE_CALL_GET_COUNTS);
	int64_t numbers[STORE_COUNTS];
	bool kept = false;

	*ended_ms = 0;
	if (from == NULL)
		return false;
	sqlite3_bind_int64(from, 1, (int64_t)run);
	if (sqlite3_step(from) == SQLITE_ROW) {
		*ended_ms = sqlite3_column_int64(from, 0);
		kept = store_read_numbers(store_text(from, 1), numbers);
	}
	sqlite3_reset(from);
	if (kept)
		store_list_count(count, numbers, true);
	return kept;
}

/* It saves time, no more: nobody is waited for. */
static void
store_keep_count(struct store *store, uint64_t run, int64_t ended_ms,
    struct store_count *count)
{
	sqlite3_stmt *to = store_prepare(store, STORE_CALL_PUT_COUNTS);
	int64_t numbers[STORE_COUNTS];
	char text[STORE_COUNTS * 24];
	size_t length = 0, i;

	if (to == NULL)
		return;
	store_list_count(count, numbers, false);
	for (i = 0; i < STORE_COUNTS; i++)
		length += (size_t)snprintf(text + length, sizeof text -
		    length, "%s%" PRId64, i > 0 ? " " : "", numbers[i]);
	sqlite3_bind_int64(to, 1, (int64_t)run);
	sqlite3_bind_int64(to, 2, ended_ms);
	sqlite3_bind_text(to, 3, text, -1, SQLITE_STATIC);
	sqlite3_busy_timeout(store->db, 0);
	(void)store_step(store, to);
	sqlite3_busy_timeout(store->db, STORE_BUSY_MS);
}

enum store_verdict
store_count_run(struct store *store, uint64_t run, struct store_count *count)
{
	struct store_scan *scan;
	struct store_item item;
	enum store_verdict verdict;
	int64_t ended_ms;

	memset(count, 0, sizeof *count);
	if (store_read_count(store, run, &ended_ms, count))
		return STORE_OK;
	scan = store_scan_begin(store, run);
	while (store_scan_next(scan, &item))
		store_count_item(count, &item);
	verdict = store_scan_end(scan);
	if (verdict == STORE_OK && ended_ms != 0)
		store_keep_count(store, run, ended_ms, count);
	return verdict;
}

/* ---- the rest ---- */

/* Calls fn with each row of a statement. */
static enum store_verdict
store_each(struct store *store, enum store_call call, int64_t key,
    void (*fn)(sqlite3_stmt *, void *), void *user)
{
	sqlite3_stmt *from = store_prepare(store, call);
	int code;

	if (from == NULL)
		return store_step(store, from);
	sqlite3_bind_int64(from, 1, key);
	while ((code = sqlite3_step(from)) == SQLITE_ROW)
		fn(from, user);
	sqlite3_reset(from);
	return store_judge(store, code);
}

struct store_reader {
	void (*attempt)(const struct store_attempt *, void *);
	void (*move)(const struct store_move *, void *);
	void (*host)(const char *origin, unsigned cap, void *);
	void *user;
};

static void
store_read_attempt(sqlite3_stmt *from, void *user)
{
	const struct store_reader *reader = user;
	struct store_attempt attempt = {
		.number = (uint32_t)sqlite3_column_int64(from, 0),
		.time_ms = sqlite3_column_int64(from, 1),
		.got = sqlite3_column_int64(from, 2),
		.url = store_text(from, 3),
		.cause = store_text(from, 4),
		.http_status = sqlite3_column_int(from, 5),
		.curl_code = sqlite3_column_int(from, 6),
		.sys_errno = sqlite3_column_int(from, 7),
		.message = store_text(from, 8),
	};

	reader->attempt(&attempt, reader->user);
}

enum store_verdict
store_each_attempt(struct store *store, uint64_t run, uint64_t seq,
    void (*fn)(const struct store_attempt *, void *), void *user)
{
	struct store_reader reader = { .attempt = fn, .user = user };

	return store_each(store, STORE_CALL_EACH_ATTEMPT,
	    store_item_key(run, seq), store_read_attempt, &reader);
}

static void
store_read_move(sqlite3_stmt *from, void *user)
{
	const struct store_reader *reader = user;
	struct store_move move = {
		.seq = (uint64_t)sqlite3_column_int64(from, 0),
		.before = (uint64_t)sqlite3_column_int64(from, 1),
		.count = (uint64_t)sqlite3_column_int64(from, 2),
	};

	reader->move(&move, reader->user);
}

enum store_verdict
store_each_move(struct store *store, uint64_t run,
    void (*fn)(const struct store_move *, void *), void *user)
{
	struct store_reader reader = { .move = fn, .user = user };

	return store_each(store, STORE_CALL_EACH_MOVE, (int64_t)run,
	    store_read_move, &reader);
}

static void
store_read_host(sqlite3_stmt *from, void *user)
{
	const struct store_reader *reader = user;
	int64_t cap = sqlite3_column_int64(from, 1);

	if (store_text(from, 0) != NULL && cap > 0)
		reader->host(store_text(from, 0), (unsigned)cap,
		    reader->user);
}

enum store_verdict
store_each_host(struct store *store, int64_t since_ms,
    void (*fn)(const char *origin, unsigned cap, void *), void *user)
{
	struct store_reader reader = { .host = fn, .user = user };

	return store_each(store, STORE_CALL_EACH_HOST, since_ms,
	    store_read_host, &reader);
}
