/* SPDX-License-Identifier: MIT
 *
 * The calls of haul.h that are about the queue on the disk. Those that look
 * into a store open it for themselves: they need no engine.
 */
#include "config.h"

#include "haul-internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "change.h"
#include "engine.h"
#include "engine/base/alloc.h"
#include "engine/base/options.h"
#include "engine/model/model.h"
#include "engine/store/keep.h"
#include "engine/store/runlock.h"
#include "journal.h"

/* ---- opening ---- */

static enum haul_result
haul_store_open(const char *path, struct store **store,
    struct haul_error *error)
{
	enum store_verdict verdict;
	int sys_errno;

	verdict = store_open(path, false, store, &sys_errno);
	return journal_judge(verdict, sys_errno, path, error);
}

/* What was asked of it, first: only then it has an errno. */
static enum haul_result
haul_store_judge(const struct store *store, enum store_verdict verdict,
    const char *path, struct haul_error *error)
{
	return journal_judge(verdict, store_errno(store), path, error);
}

char *
haul_store_path(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	/* A relative one is to be passed over, says its specification. */
	if (state != NULL && *state == '/')
		return alloc_format("%s/haul/queue.db", state);
	if (home != NULL && *home == '/')
		return alloc_format("%s/.local/state/haul/queue.db", home);
	return NULL;
}

bool
haul_store_records(struct haul *haul)
{
	return haul->journal != NULL;
}

/* ---- looking ---- */

struct haul_store_looking {
	const char *path;
	struct haul_store_state *state;
	uint64_t last;                  /* they come by number; twice, if the
	                                   store had to be read again */
};

static void
haul_store_take_open(uint64_t run, void *user)
{
	struct haul_store_looking *looking = user;
	int64_t pid;

	if (run <= looking->last)
		return;
	looking->last = run;
	pid = runlock_holder(looking->path, run);
	if (pid == 0)
		return;
	looking->state->running++;
	looking->state->pid = pid;
}

enum haul_result
haul_store_look(const char *path, int64_t limit_ms,
    struct haul_store_state *state, struct haul_error *error)
{
	struct haul_store_looking looking = {
		.path = path, .state = state,
	};
	char *log = alloc_format("%s-wal", path);
	enum store_verdict verdict;
	struct store_look look;
	struct stat st;

	memset(state, 0, sizeof *state);
	if (stat(path, &st) == 0) {
		state->size_bytes = st.st_size;
		state->mode = (unsigned)st.st_mode & 07777;
	}
	if (stat(log, &st) == 0)
		state->log_bytes = st.st_size;
	free(log);
	verdict = store_look(path, limit_ms, &look, haul_store_take_open,
	    &looking);
	state->version = look.version;
	state->newest = look.newest;
	state->complete = look.complete;
	state->runs = look.runs;
	snprintf(state->damage, sizeof state->damage, "%s", look.damage);
	return journal_judge(verdict, look.error, path, error);
}

/* ---- runs ---- */

/* Statements cannot be nested: the numbers come first. `open`: not of those
 * that a later run has finished. */
struct haul_store_list {
	uint64_t *runs;
	size_t count;
	bool open;
};

static bool
haul_store_take_run(const struct store_run *run, void *user)
{
	struct haul_store_list *list = user;

	if (list->open && run->later != 0)
		return true;
	list->runs = alloc_resize(list->runs, list->count + 1,
	    sizeof *list->runs);
	list->runs[list->count++] = run->id;
	return true;
}

static void
haul_store_sum_up(struct haul_store_run *to, const struct store_count *count)
{
	to->done = count->items[STORE_DONE];
	to->skipped = count->items[STORE_SKIPPED];
	to->paused = count->items[STORE_PAUSED];
	to->lacking = count->secret;
	to->failed = count->items[STORE_FAILED_ITEM] - count->secret;
	to->unfinished = count->items[STORE_QUEUED] + to->paused +
	    to->lacking;
	to->files = to->done + to->skipped + to->failed + to->unfinished;
	to->got_bytes = count->got;
	to->size_bytes = count->size;
}

static enum store_verdict
haul_store_read_run(struct store *store, const char *path, uint64_t id,
    struct haul_store_run *to)
{
	enum store_verdict verdict;
	struct store_count count;
	struct store_run run;

	memset(to, 0, sizeof *to);
	verdict = store_count_run(store, id, &count);
	if (verdict == STORE_OK)
		verdict = store_get_run(store, id, &run);
	if (verdict != STORE_OK)
		return verdict;
	haul_store_sum_up(to, &count);
	to->id = run.id;
	to->started_ms = run.started_ms;
	to->ended_ms = run.ended_ms;
	to->later = run.later;
	to->pid = runlock_holder(path, id);
	if (run.directory != NULL)
		snprintf(to->directory, sizeof to->directory, "%s",
		    run.directory);
	return STORE_OK;
}

static enum store_verdict
haul_store_list_runs(struct store *store, const char *path, bool unfinished,
    struct haul_store_run *runs, size_t max, size_t *count)
{
	struct haul_store_list list = { .open = unfinished };
	enum store_verdict verdict = store_each_run(store,
	    haul_store_take_run, &list);
	size_t i;

	*count = 0;
	for (i = 0; i < list.count && *count < max && verdict == STORE_OK;
	    i++) {
		verdict = haul_store_read_run(store, path, list.runs[i],
		    &runs[*count]);
		if (verdict == STORE_MISSING)   /* forgotten meanwhile */
			verdict = STORE_OK;
		else if (!unfinished || runs[*count].unfinished > 0)
			++*count;
	}
	free(list.runs);
	return verdict;
}

enum haul_result
haul_store_runs(const char *path, bool unfinished, struct haul_store_run *runs,
    size_t max, size_t *count, struct haul_error *error)
{
	struct store *store;
	enum haul_result result = haul_store_open(path, &store, error);

	*count = 0;
	if (result != HAUL_OK)
		return result;
	result = haul_store_judge(store, haul_store_list_runs(store, path,
	    unfinished, runs, max, count), path, error);
	store_close(store);
	return result;
}

static enum haul_result
haul_store_busy(struct haul_error *error, const char *path, int64_t pid)
{
	journal_complain(error, HAUL_EBUSY, path);
	if (error != NULL)
		error->pid = pid > 0 ? pid : 0;
	return HAUL_EBUSY;
}

enum haul_result
haul_store_forget(const char *path, uint64_t run, struct haul_error *error)
{
	struct store *store;
	enum haul_result result = haul_store_open(path, &store, error);
	struct store_run found;
	int64_t pid;
	int lock;

	if (result != HAUL_OK)
		return result;
	result = haul_store_judge(store, store_get_run(store, run, &found),
	    path, error);
	if (result == HAUL_OK) {
		lock = runlock_take(path, run, &pid);
		if (lock < 0 && errno == EWOULDBLOCK)
			result = haul_store_busy(error, path, pid);
		else
			result = haul_store_judge(store, store_forget(store,
			    run), path, error);
		runlock_release(lock, path, run);
	}
	store_close(store);
	return result;
}

/* ---- items ---- */

struct haul_store_reader {
	struct store *store;
	void (*fn)(const struct haul_item *, void *);
	void *user;
	struct haul_attempt *history;
	size_t count, size;
};

static enum haul_cause
haul_store_cause(const char *name)
{
	int cause;

	for (cause = HAUL_CAUSE_NONE + 1; cause < HAUL_CAUSE_COUNT; cause++)
		if (name != NULL && strcmp(name, haul_cause_name(
		    (enum haul_cause)cause)) == 0)
			return (enum haul_cause)cause;
	return HAUL_CAUSE_NONE;
}

static void
haul_store_read_attempt(const struct store_attempt *from, void *user)
{
	struct haul_store_reader *reader = user;
	struct haul_attempt *to;

	if (reader->count == reader->size) {
		reader->size = reader->size * 2 + 16;
		reader->history = alloc_resize(reader->history, reader->size,
		    sizeof *reader->history);
	}
	to = &reader->history[reader->count++];
	memset(to, 0, sizeof *to);
	to->time_ms = from->time_ms;
	to->got_bytes = from->got;
	to->url = alloc_string(from->url ? from->url : "");
	to->message = alloc_string(from->message ? from->message : "");
	to->cause = haul_store_cause(from->cause);
	to->http_status = from->http_status;
	to->curl_code = from->curl_code;
	to->sys_errno = from->sys_errno;
	to->attempt = from->number;
}

static void
haul_store_fill_item(struct haul_item *to, const struct store_item *from)
{
	static const enum haul_state states[STORE_STATES] = {
		[STORE_QUEUED] = HAUL_STATE_QUEUED,
		[STORE_PAUSED] = HAUL_STATE_PAUSED,
		[STORE_DONE] = HAUL_STATE_DONE,
		[STORE_SKIPPED] = HAUL_STATE_SKIPPED,
		[STORE_FAILED_ITEM] = HAUL_STATE_FAILED,
		[STORE_REMOVED] = HAUL_STATE_REMOVED,
	};

	memset(to, 0, sizeof *to);
	to->id = from->seq;
	to->state = states[from->state];
	to->cause = haul_store_cause(from->cause);
	to->http_status = from->http_status;
	to->curl_code = from->curl_code;
	to->sys_errno = from->sys_errno;
	to->size_bytes = from->size;
	to->got_bytes = from->got;
	to->elapsed_ms = from->elapsed_ms;
	to->started_at_ms = from->started_ms;
	to->ended_at_ms = from->ended_ms;
	to->attempts = from->attempts;
	to->resumable = (from->flags & STORE_RESUMABLE) != 0;
	to->digest_checked = (from->flags & STORE_CHECKED) != 0;
	to->connect_ms = to->tls_ms = to->first_byte_ms = -1;
	to->url = (char *)from->url;
	to->path = (char *)from->path;
	to->message = (char *)from->message;
	to->etag = (char *)from->etag;
	to->last_modified = (char *)from->last_modified;
}

static void
haul_store_read_item(const struct store_item *from, void *user)
{
	struct haul_store_reader *reader = user;
	struct haul_item item;
	size_t i;

	if (from->state == STORE_REMOVED)
		return;
	haul_store_fill_item(&item, from);
	reader->count = 0;
	(void)store_each_attempt(reader->store, from->run, from->seq,
	    haul_store_read_attempt, reader);
	item.history = reader->history;
	item.history_count = reader->count;
	reader->fn(&item, reader->user);
	for (i = 0; i < reader->count; i++) {
		free((char *)reader->history[i].url);
		free((char *)reader->history[i].message);
	}
}

enum haul_result
haul_store_items(const char *path, uint64_t run,
    void (*fn)(const struct haul_item *, void *), void *user,
    struct haul_error *error)
{
	struct haul_store_reader reader = { .fn = fn, .user = user };
	enum haul_result result = haul_store_open(path, &reader.store, error);
	struct store_run found;
	enum store_verdict verdict;

	if (result != HAUL_OK)
		return result;
	verdict = store_get_run(reader.store, run, &found);
	if (verdict == STORE_OK)
		verdict = store_each_item(reader.store, run,
		    haul_store_read_item, &reader);
	result = journal_judge(verdict, store_errno(reader.store), path,
	    error);
	store_close(reader.store);
	free(reader.history);
	return result;
}

/* ---- loading ---- */

struct haul_store_search {
	const struct haul_store_choice *choice;
	uint64_t run;
	bool found;
};

static void
haul_store_match_cause(const struct store_item *item, void *user)
{
	struct haul_store_search *search = user;

	search->found |= item->state == STORE_FAILED_ITEM &&
	    haul_store_cause(item->cause) == search->choice->cause;
}

/* Whether the run has something to load. */
static enum store_verdict
haul_store_match(struct store *store, uint64_t run,
    struct haul_store_search *search)
{
	const struct haul_store_choice *choice = search->choice;
	bool failed = (choice->which & HAUL_STORE_FAILED) != 0;
	struct store_count count;
	enum store_verdict verdict = store_count_run(store, run, &count);

	search->found = false;
	if (choice->which & HAUL_STORE_UNFINISHED)
		search->found = count.items[STORE_QUEUED] +
		    count.items[STORE_PAUSED] + count.secret > 0;
	failed &= count.items[STORE_FAILED_ITEM] > 0;
	if (failed && choice->cause == HAUL_CAUSE_NONE)
		search->found = true;
	if (failed && !search->found && verdict == STORE_OK)
		verdict = store_each_item(store, run, haul_store_match_cause,
		    search);
	return verdict;
}

/* The newest run that has something to load; one that somebody works on only
 * if there is no other. */
static enum store_verdict
haul_store_find(struct store *store, const char *path,
    struct haul_store_search *search)
{
	struct haul_store_list list = { .open = true };
	enum store_verdict verdict = store_each_run(store,
	    haul_store_take_run, &list);
	uint64_t busy = 0;
	size_t i;

	for (i = 0; i < list.count && verdict == STORE_OK; i++) {
		verdict = haul_store_match(store, list.runs[i], search);
		if (!search->found)
			continue;
		if (runlock_holder(path, list.runs[i]) == 0)
			break;
		if (busy == 0)
			busy = list.runs[i];
	}
	search->run = i < list.count ? list.runs[i] : busy;
	free(list.runs);
	return verdict == STORE_OK && search->run == 0 ? STORE_MISSING :
	    verdict;
}

/* Options of that run hold where none were given. What is of this process or
 * of the items is left alone. */
static void
haul_store_take_options(struct haul *haul, const char *text)
{
	static const char *const not_these[] = {
		"directory", "store", "fsync", "discard"
	};
	char name[KEEP_NAME_SIZE], *value;
	struct haul_error ignored;
	struct options *before;
	size_t i;

	pthread_mutex_lock(&haul->lock);
	before = options_clone(haul->given);
	pthread_mutex_unlock(&haul->lock);
	for (; keep_next(&text, name, &value); free(value)) {
		bool wanted = !options_is_named(before, name);

		for (i = 0; i < sizeof not_these / sizeof *not_these; i++)
			wanted &= strcmp(name, not_these[i]) != 0;
		/* What this haul does not know is passed over. */
		if (wanted && haul_set(haul, name, value, &ignored) !=
		    HAUL_OK)
			continue;
	}
	options_unref(before);
}

static enum haul_result
haul_store_check_secrets(struct haul *haul, const char *needs,
    struct haul_error *error)
{
	struct options_pair options = { NULL, haul->options, NULL };
	char option[64], name[64];
	bool lacks;

	pthread_mutex_lock(&haul->lock);
	lacks = keep_lacks(needs, options, option, name);
	pthread_mutex_unlock(&haul->lock);
	if (!lacks)
		return HAUL_OK;
	options_complain(error, HAUL_COMPLAINT_SECRET, option, "");
	if (error != NULL)
		snprintf(error->expected, sizeof error->expected, "%s", name);
	return HAUL_EUSAGE;
}

/* The run's row lives as long as its statement: it is copied. */
static void
haul_store_own_run(struct store_run *run)
{
	run->boot = alloc_string(run->boot);
	run->directory = alloc_string(run->directory);
	run->options = alloc_string(run->options);
	run->needs = alloc_string(run->needs);
}

static void
haul_store_release_run(struct store_run *run)
{
	free((char *)run->boot);
	free((char *)run->directory);
	free((char *)run->options);
	free((char *)run->needs);
}

static enum haul_result
haul_store_load_run(struct haul *haul, struct journal_load *load,
    struct haul_error *error)
{
	const char *path = journal_path(haul->journal);
	struct change change = { .kind = CHANGE_LOAD, .load = load };
	enum haul_result result;
	int64_t pid;

	load->lock = runlock_take(path, load->run.id, &pid);
	if (load->lock < 0 && errno == EWOULDBLOCK)
		return haul_store_busy(error, path, pid);
	result = haul_store_check_secrets(haul, load->run.needs, error);
	if (result != HAUL_OK) {
		runlock_release(load->lock, path, load->run.id);
		return result;
	}
	haul_store_take_options(haul, load->run.options);
	result = engine_change(haul->engine, &change);
	if (result == HAUL_ESTATE)
		runlock_release(load->lock, path, load->run.id);
	if (result == HAUL_ESTATE)
		return journal_complain(error, result, path);
	return result == HAUL_OK ? result : journal_judge(STORE_FAILED,
	    store_errno(load->store), path, error);
}

enum haul_result
haul_store_load(struct haul *haul, const struct haul_store_choice *choice,
    struct haul_store_loaded *loaded, struct haul_error *error)
{
	struct journal_load load = { .choice = choice, .loaded = loaded };
	struct haul_store_search search = { .choice = choice,
	    .run = choice->run };
	enum store_verdict verdict = STORE_OK;
	enum haul_result result;
	const char *path;

	memset(loaded, 0, sizeof *loaded);
	if (haul->journal == NULL || model_count(haul->model) > 0)
		return journal_complain(error, HAUL_ESTATE, "");
	path = journal_path(haul->journal);
	result = haul_store_open(path, &load.store, error);
	if (result != HAUL_OK)
		return result;
	if (search.run == 0)
		verdict = haul_store_find(load.store, path, &search);
	if (verdict == STORE_OK)
		verdict = store_get_run(load.store, search.run, &load.run);
	if (verdict == STORE_OK) {
		haul_store_own_run(&load.run);
		loaded->run = load.run.id;
		result = haul_store_load_run(haul, &load, error);
		haul_store_release_run(&load.run);
	} else {
		result = journal_judge(verdict, store_errno(load.store),
		    path, error);
	}
	store_close(load.store);
	return result;
}
