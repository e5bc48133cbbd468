/* SPDX-License-Identifier: MIT
 *
 * For haul without a store (./configure --without-store): opening says so, and
 * the rest is never called, for it would need what was opened.
 */
#include "config.h"

#include "store.h"

#include <errno.h>

#pragma GCC diagnostic ignored "-Wunused-parameter"

enum store_verdict
store_open(const char *path, bool create, struct store **store, int *error)
{
	*store = NULL;
	*error = 0;
	return STORE_ABSENT;
}

/* Takes the parameters as they stand in store.h. */
#define STORE_NONE(type, name, parameters, answer) \
	type \
	name parameters \
	{ \
		return answer; \
	}

void
store_close(struct store *store)
{
}

STORE_NONE(bool, store_is_there, (const struct store *store), false)
STORE_NONE(int, store_set_aside, (const char *path), ENOSYS)
STORE_NONE(int, store_errno, (const struct store *store), ENOSYS)
STORE_NONE(enum store_verdict, store_begin, (struct store *store),
    STORE_ABSENT)
STORE_NONE(enum store_verdict, store_commit, (struct store *store),
    STORE_ABSENT)

void
store_rollback(struct store *store)
{
}

STORE_NONE(enum store_verdict, store_put_run, (struct store *store,
    struct store_run *run), STORE_ABSENT)
STORE_NONE(enum store_verdict, store_end_run, (struct store *store,
    uint64_t run, int64_t ended_ms), STORE_ABSENT)
STORE_NONE(enum store_verdict, store_finish_run, (struct store *store,
    uint64_t run, uint64_t later), STORE_ABSENT)
STORE_NONE(enum store_verdict, store_put_item, (struct store *store,
    const struct store_item *item), STORE_ABSENT)
STORE_NONE(enum store_verdict, store_put_added, (struct store *store,
    uint64_t run, uint64_t seq, const char *url), STORE_ABSENT)
STORE_NONE(enum store_verdict, store_put_ended, (struct store *store,
    const struct store_item *item), STORE_ABSENT)
STORE_NONE(enum store_verdict, store_put_attempt, (struct store *store,
    uint64_t run, uint64_t seq, const struct store_attempt *attempt),
    STORE_ABSENT)
STORE_NONE(enum store_verdict, store_put_move, (struct store *store,
    uint64_t run, const struct store_move *move), STORE_ABSENT)
STORE_NONE(enum store_verdict, store_put_host, (struct store *store,
    const char *origin, unsigned cap, int64_t now_ms), STORE_ABSENT)
STORE_NONE(enum store_verdict, store_forget, (struct store *store,
    uint64_t run), STORE_ABSENT)
STORE_NONE(enum store_verdict, store_get_run, (struct store *store,
    uint64_t run, struct store_run *to), STORE_ABSENT)
STORE_NONE(enum store_verdict, store_each_run, (struct store *store,
    bool (*fn)(const struct store_run *, void *), void *user), STORE_ABSENT)
STORE_NONE(enum store_verdict, store_count_run, (struct store *store,
    uint64_t run, struct store_count *count), STORE_ABSENT)
STORE_NONE(struct store_scan *, store_scan_begin, (struct store *store,
    uint64_t run), NULL)
STORE_NONE(bool, store_scan_next, (struct store_scan *scan,
    struct store_item *item), false)
STORE_NONE(enum store_verdict, store_scan_end, (struct store_scan *scan),
    STORE_ABSENT)
STORE_NONE(enum store_verdict, store_each_item, (struct store *store,
    uint64_t run, void (*fn)(const struct store_item *, void *), void *user),
    STORE_ABSENT)
STORE_NONE(enum store_verdict, store_each_attempt, (struct store *store,
    uint64_t run, uint64_t seq, void (*fn)(const struct store_attempt *,
    void *), void *user), STORE_ABSENT)
STORE_NONE(enum store_verdict, store_each_move, (struct store *store,
    uint64_t run, void (*fn)(const struct store_move *, void *), void *user),
    STORE_ABSENT)
STORE_NONE(enum store_verdict, store_each_host, (struct store *store,
    int64_t since_ms, void (*fn)(const char *origin, unsigned cap, void *),
    void *user), STORE_ABSENT)

const char *
store_library(const char **built, bool *threads)
{
	*built = NULL;
	*threads = false;
	return NULL;
}

STORE_NONE(enum store_verdict, store_look, (const char *path,
    int64_t limit_ms, struct store_look *look,
    void (*fn)(uint64_t run, void *), void *user), STORE_ABSENT)
