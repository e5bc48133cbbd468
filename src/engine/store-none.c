/* SPDX-License-Identifier: MIT
 *
 * For haul without a store (./configure --without-store): opening says so, and
 * the rest is never called, for it would need what was opened.
 */
#include "config.h"

#include "store.h"

#include <errno.h>

enum store_verdict
store_open(const char *path, bool create, struct store **store, int *error)
{
	(void)path;
	(void)create;
	*store = NULL;
	*error = 0;
	return STORE_ABSENT;
}

void
store_close(struct store *store)
{
	(void)store;
}

bool
store_is_there(const struct store *store)
{
	(void)store;
	return false;
}

int
store_set_aside(const char *path)
{
	(void)path;
	return ENOSYS;
}

int
store_errno(const struct store *store)
{
	(void)store;
	return ENOSYS;
}

enum store_verdict
store_begin(struct store *store)
{
	(void)store;
	return STORE_ABSENT;
}

enum store_verdict
store_commit(struct store *store)
{
	(void)store;
	return STORE_ABSENT;
}

void
store_rollback(struct store *store)
{
	(void)store;
}

enum store_verdict
store_put_run(struct store *store, struct store_run *run)
{
	(void)store;
	(void)run;
	return STORE_ABSENT;
}

enum store_verdict
store_end_run(struct store *store, uint64_t run, int64_t ended_ms)
{
	(void)store;
	(void)run;
	(void)ended_ms;
	return STORE_ABSENT;
}

enum store_verdict
store_finish_run(struct store *store, uint64_t run, uint64_t later)
{
	(void)store;
	(void)run;
	(void)later;
	return STORE_ABSENT;
}

enum store_verdict
store_put_item(struct store *store, const struct store_item *item)
{
	(void)store;
	(void)item;
	return STORE_ABSENT;
}

enum store_verdict
store_put_added(struct store *store, uint64_t run, uint64_t seq,
    const char *url)
{
	(void)store;
	(void)run;
	(void)seq;
	(void)url;
	return STORE_ABSENT;
}

enum store_verdict
store_put_ended(struct store *store, const struct store_item *item)
{
	(void)store;
	(void)item;
	return STORE_ABSENT;
}

enum store_verdict
store_put_attempt(struct store *store, uint64_t run, uint64_t seq, const
    struct store_attempt *attempt)
{
	(void)store;
	(void)run;
	(void)seq;
	(void)attempt;
	return STORE_ABSENT;
}

enum store_verdict
store_put_move(struct store *store, uint64_t run, const struct store_move
    *move)
{
	(void)store;
	(void)run;
	(void)move;
	return STORE_ABSENT;
}

enum store_verdict
store_put_host(struct store *store, const char *origin, unsigned cap,
    int64_t now_ms)
{
	(void)store;
	(void)origin;
	(void)cap;
	(void)now_ms;
	return STORE_ABSENT;
}

enum store_verdict
store_forget(struct store *store, uint64_t run)
{
	(void)store;
	(void)run;
	return STORE_ABSENT;
}

enum store_verdict
store_get_run(struct store *store, uint64_t run, struct store_run *to)
{
	(void)store;
	(void)run;
	(void)to;
	return STORE_ABSENT;
}

enum store_verdict
store_each_run(struct store *store, bool (*fn)(const struct store_run *,
    void *), void *user)
{
	(void)store;
	(void)fn;
	(void)user;
	return STORE_ABSENT;
}

enum store_verdict
store_count_run(struct store *store, uint64_t run, struct store_count
    *count)
{
	(void)store;
	(void)run;
	(void)count;
	return STORE_ABSENT;
}

enum store_verdict
store_each_item(struct store *store, uint64_t run, void (*fn)(const struct
    store_item *, void *), void *user)
{
	(void)store;
	(void)run;
	(void)fn;
	(void)user;
	return STORE_ABSENT;
}

enum store_verdict
store_each_attempt(struct store *store, uint64_t run, uint64_t seq, void
    (*fn)(const struct store_attempt *, void *), void *user)
{
	(void)store;
	(void)run;
	(void)seq;
	(void)fn;
	(void)user;
	return STORE_ABSENT;
}

enum store_verdict
store_each_move(struct store *store, uint64_t run, void (*fn)(const struct
    store_move *, void *), void *user)
{
	(void)store;
	(void)run;
	(void)fn;
	(void)user;
	return STORE_ABSENT;
}

enum store_verdict
store_each_host(struct store *store, int64_t since_ms, void (*fn)(const char
    *origin, unsigned cap, void *), void *user)
{
	(void)store;
	(void)since_ms;
	(void)fn;
	(void)user;
	return STORE_ABSENT;
}
