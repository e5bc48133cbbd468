/* SPDX-License-Identifier: MIT
 *
 * See journal.h: earlier runs. What they have fetched need not be asked for
 * again. One whose rest a later run of the same command has fetched is marked
 * as finished by that; what is complete and old is forgotten some day. All by
 * the journal's thread.
 */
#include "config.h"

#include "journal-internal.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/clock.h"
#include "engine/base/secret.h"
#include "engine/store/keep.h"
#include "engine/store/runlock.h"

#define PAST_LOOKS 8                    /* earlier runs of one command */
#define PAST_LEARNS 32                  /* and of one directory */
#define PAST_LEARN_MS 200               /* this run's own batches wait */
#define PAST_KEPT 100                   /* the newest ones, whatever they are */
#define PAST_DAYS 90
#define PAST_FORGET_MS 50               /* of one process: it has other work */

/* Numbers of runs; statements cannot be nested. */
struct past {
	uint64_t *runs;
	size_t count;
	const struct store_run *own;    /* the same command? */
	int64_t before_ms;              /* or ended before that? */
	size_t seen;
};

static void
past_take(struct past *past, uint64_t run)
{
	past->runs = alloc_resize(past->runs, past->count + 1,
	    sizeof *past->runs);
	past->runs[past->count++] = run;
}

/* ---- what was fetched later ---- */

static bool
past_is_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

static bool
past_take_same(const struct store_run *run, void *user)
{
	struct past *past = user;

	if (run->id < past->own->id && run->later == 0 &&
	    past_is_text(run->directory, past->own->directory) &&
	    past_is_text(run->options, past->own->options) &&
	    past_is_text(run->needs, past->own->needs))
		past_take(past, run->id);
	return past->count < PAST_LOOKS;
}

static bool
past_has_ended(const struct store_item *item)
{
	return item->state == STORE_DONE || item->state == STORE_SKIPPED;
}

/* Both runs have that directory, for items that name none. */
static bool
past_is_covered(const struct store_item *old, const struct store_item *new,
    const char *directory)
{
	return old->seq == new->seq && past_is_text(old->url, new->url) &&
	    past_is_text(old->mirrors, new->mirrors) &&
	    past_is_text(old->name, new->name) &&
	    past_is_text(old->dir != NULL ? old->dir : directory,
	    new->dir != NULL ? new->dir : directory) &&
	    past_is_text(old->options, new->options) &&
	    (past_has_ended(old) || past_has_ended(new) ||
	    old->state == STORE_REMOVED);
}

/* Whether the later run began with the same items, in the same order, and has
 * fetched all that the earlier one has not. `other` is a handle of its own. */
static bool
past_is_finished(struct journal *journal, uint64_t run, struct store *other)
{
	struct store_scan *old = store_scan_begin(journal->store, run);
	struct store_scan *new = store_scan_begin(other, journal->run);
	struct store_item left, right;
	bool covered = true, any = false;

	while (covered && store_scan_next(old, &left)) {
		covered = store_scan_next(new, &right) &&
		    past_is_covered(&left, &right, journal->run_directory);
		any = true;
	}
	covered &= store_scan_end(old) == STORE_OK;
	covered &= store_scan_end(new) == STORE_OK;
	return covered && any;
}

static bool
past_lacks_something(struct store *store, uint64_t run)
{
	struct store_count count;

	return store_count_run(store, run, &count) == STORE_OK &&
	    count.items[STORE_QUEUED] + count.items[STORE_PAUSED] +
	    count.items[STORE_FAILED_ITEM] > 0;
}

static void
past_finish(struct journal *journal, struct store *other, uint64_t run)
{
	int64_t holder;
	int lock;

	if (!past_lacks_something(journal->store, run))
		return;
	lock = runlock_take(journal->path, run, &holder);
	/* Else somebody works on it, or nobody can tell. */
	if (lock >= 0 && past_is_finished(journal, run, other))
		(void)store_finish_run(journal->store, run, journal->run);
	runlock_release(lock, journal->path, run);
}

void
journal_finish_earlier(struct journal *journal)
{
	struct store_run own = { .id = journal->run,
	    .directory = journal->run_directory, .options = journal->options,
	    .needs = journal->needs };
	struct past past = { .own = &own };
	struct store *other;
	int error;
	size_t i;

	if (store_each_run(journal->store, past_take_same, &past) ==
	    STORE_OK && past.count > 0 && store_open(journal->path, false,
	    &other, &error) == STORE_OK) {
		for (i = 0; i < past.count; i++)
			past_finish(journal, other, past.runs[i]);
		store_close(other);
	}
	free(past.runs);
}

/* ---- what was fetched sooner ---- */

/* The set has a hash for each: what is the same in all of this is there. */
static uint64_t
past_key(const char *url, const char *path)
{
	char *text = alloc_format("%s\n%s", url, path);
	uint64_t key = names_hash(text);

	free(text);
	return key;
}

static bool
past_take_near(const struct store_run *run, void *user)
{
	struct past *past = user;

	if (run->id != past->own->id &&
	    past_is_text(run->directory, past->own->directory))
		past_take(past, run->id);
	return past->count < PAST_LEARNS;
}

static void
past_learn(struct journal *journal, uint64_t run, int64_t until_ms)
{
	struct store_scan *scan = store_scan_begin(journal->store, run);
	struct store_item item;

	while (store_scan_next(scan, &item) &&
	    clock_monotonic_ms() < until_ms)
		if (past_has_ended(&item) && item.path != NULL)
			names_add(&journal->fetched, past_key(item.url,
			    item.path));
	(void)store_scan_end(scan);
}

void
journal_learn_past(struct journal *journal, const char *directory)
{
	struct store_run own = { .id = journal->run, .directory = directory };
	struct past past = { .own = &own };
	int64_t until_ms = clock_monotonic_ms() + PAST_LEARN_MS;
	size_t i;

	if (store_each_run(journal->store, past_take_near, &past) == STORE_OK)
		for (i = 0; i < past.count; i++)
			past_learn(journal, past.runs[i], until_ms);
	free(past.runs);
}

bool
journal_has_fetched(const struct journal *journal, const char *url,
    const char *path)
{
	char *bare, *whole;
	bool fetched;

	if (!journal_has_past(journal))
		return false;
	bare = secret_free_url(url, NULL);
	whole = keep_path(journal->cwd, path);
	fetched = names_has(&journal->fetched, past_key(bare, whole));
	free(whole);
	free(bare);
	return fetched;
}

/* ---- what is forgotten ---- */

static bool
past_take_old(const struct store_run *run, void *user)
{
	struct past *past = user;

	if (past->seen++ >= PAST_KEPT && run->ended_ms != 0 &&
	    run->ended_ms < past->before_ms)
		past_take(past, run->id);
	return true;
}

static void
past_forget(struct journal *journal, uint64_t run)
{
	int64_t holder;
	int lock;

	if (past_lacks_something(journal->store, run))
		return;
	lock = runlock_take(journal->path, run, &holder);
	if (lock >= 0)
		(void)store_forget(journal->store, run);
	runlock_release(lock, journal->path, run);
}

void
journal_forget_old(struct journal *journal)
{
	struct past past = { .before_ms = clock_epoch_ms() -
	    PAST_DAYS * INT64_C(86400000) };
	int64_t until = clock_monotonic_ms() + PAST_FORGET_MS;
	size_t i;

	/* The oldest first: they come last. */
	if (store_each_run(journal->store, past_take_old, &past) == STORE_OK)
		for (i = past.count; i > 0 && clock_monotonic_ms() < until;
		    i--)
			past_forget(journal, past.runs[i - 1]);
	free(past.runs);
}
