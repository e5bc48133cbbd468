/* SPDX-License-Identifier: MIT
 *
 * See journal.h. A batch is what the model noted since the last one. Each row
 * is copied under the model's lock, freed of secrets and written without it.
 * What is DONE is written last, after one syncfs(2) for each file system that
 * has such files; what cannot be written stays noted for the next batch.
 */
#include "config.h"

#include "journal-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "engine/base/clock.h"
#include "engine/base/options.h"
#include "engine/base/secret.h"
#include "engine/base/thread.h"
#include "engine/model/model.h"
#include "engine/net/host.h"
#include "engine/store/keep.h"
#include "engine/store/runlock.h"
#include "engine/store/torn.h"

#define JOURNAL_BATCH_MS 300
#define JOURNAL_RETRY_MS 2000           /* after a failure */
#define JOURNAL_SYNC_SHARE 10           /* a slow sync comes seldom: of ten
                                           parts of time it has one */
#define JOURNAL_HOST_DAYS 7
#define JOURNAL_NEAR 64

/* ---- errors ---- */

enum haul_result
journal_complain(struct haul_error *error, enum haul_result result,
    const char *path)
{
	if (error == NULL)
		return result;
	memset(error, 0, sizeof *error);
	error->result = result;
	snprintf(error->option, sizeof error->option, "store");
	snprintf(error->value, sizeof error->value, "%s", path);
	return result;
}

enum haul_result
journal_judge(enum store_verdict verdict, int sys_errno, const char *path,
    struct haul_error *error)
{
	enum haul_complaint complaint = HAUL_COMPLAINT_UNREADABLE;
	enum haul_result result = HAUL_EIO;

	switch (verdict) {
	case STORE_OK:
		return HAUL_OK;
	case STORE_MISSING:
		result = HAUL_ENOENT;
		complaint = HAUL_COMPLAINT_NONE;
		break;
	case STORE_NEWER:
		complaint = HAUL_COMPLAINT_STORE_NEWER;
		break;
	case STORE_ABSENT:
		complaint = HAUL_COMPLAINT_NO_STORE;
		break;
	case STORE_FOREIGN:
		complaint = HAUL_COMPLAINT_STORE_FOREIGN;
		break;
	case STORE_DAMAGED:
		sys_errno = EBADMSG;
		break;
	case STORE_FAILED:
		break;
	}
	journal_complain(error, result, path);
	if (error != NULL) {
		error->complaint = complaint;
		error->sys_errno = sys_errno;
	}
	return result;
}

/* ---- life ---- */

static enum store_verdict
journal_open_store(struct journal *journal, int *error)
{
	enum store_verdict verdict = store_open(journal->path, true,
	    &journal->store, error);

	if (verdict != STORE_DAMAGED)
		return verdict;
	*error = store_set_aside(journal->path);
	if (*error != 0)
		return STORE_FAILED;
	model_emit(journal->model, HAUL_EVENT_WARN, 0,
	    HAUL_NOTE_STORE_SET_ASIDE, false);
	return store_open(journal->path, true, &journal->store, error);
}

static void
journal_free(struct journal *journal)
{
	size_t i;

	store_close(journal->store);
	torn_free(journal->torn);
	runlock_release(journal->run_lock, journal->path, journal->run);
	for (i = 0; i < journal->device_count; i++)
		if (journal->devices[i].fd >= 0)
			close(journal->devices[i].fd);
	for (i = 0; i < journal->host_count; i++)
		free(journal->hosts[i].origin);
	options_unref(journal->last_options);
	pthread_cond_destroy(&journal->closed);
	pthread_cond_destroy(&journal->wake);
	pthread_mutex_destroy(&journal->lock);
	free(journal->hosts);
	free(journal->devices);
	free(journal->done);
	free(journal->forms);
	names_release(&journal->fetched);
	free(journal->seqs);
	free(journal->options);
	free(journal->needs);
	free(journal->directory);
	free(journal->run_directory);
	free(journal->other_directory);
	free(journal->last_text);
	free(journal->last_needs);
	free(journal->path);
	free(journal->cwd);
	free(journal);
}

static void
journal_init_locks(struct journal *journal)
{
	pthread_condattr_t monotonic;

	pthread_mutex_init(&journal->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&journal->wake, &monotonic);
	pthread_cond_init(&journal->closed, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

struct journal *
journal_open(const char *path, struct model *model, enum journal_fsync fsync,
    enum store_verdict *verdict, int *error)
{
	struct journal *journal = alloc_zero(sizeof *journal);
	char *cwd = getcwd(NULL, 0);

	journal_init_locks(journal);
	journal->cwd = alloc_string(cwd != NULL ? cwd : "/");
	free(cwd);
	journal->path = keep_path(journal->cwd, path);
	journal->model = model;
	journal->fsync = fsync;
	journal->run_lock = -1;
	journal->started_ms = clock_epoch_ms();
	(void)boot_read_id(journal->boot);
	*verdict = journal_open_store(journal, error);
	if (*verdict == STORE_OK) {
		journal->torn = torn_find(journal->store, journal->boot,
		    clock_boot_ms());
		return journal;
	}
	journal_free(journal);
	return NULL;
}

const char *
journal_path(const struct journal *journal)
{
	return journal->path;
}

/* From the model, with its lock held. */
static void
journal_wake(void *user, bool much)
{
	struct journal *journal = user;

	pthread_mutex_lock(&journal->lock);
	journal->pending = true;
	journal->hurry |= much;
	pthread_cond_signal(&journal->wake);
	pthread_mutex_unlock(&journal->lock);
}

void
journal_hurry(struct journal *journal)
{
	pthread_mutex_lock(&journal->lock);
	journal->hurry = true;
	pthread_cond_signal(&journal->wake);
	pthread_mutex_unlock(&journal->lock);
}

void
journal_ask_past(struct journal *journal)
{
	pthread_mutex_lock(&journal->lock);
	journal->asked = true;
	pthread_cond_signal(&journal->wake);
	pthread_mutex_unlock(&journal->lock);
}

bool
journal_knows_past(const struct journal *journal)
{
	return atomic_load(&journal->knows_past);
}

bool
journal_has_past(const struct journal *journal)
{
	return journal_knows_past(journal) && journal->fetched.used > 0;
}

void
journal_set_options(struct journal *journal, const struct options *set)
{
	struct options_pair options = { set, NULL, NULL };
	const char *directory = options_text(options, OPTION_DIRECTORY);

	pthread_mutex_lock(&journal->lock);
	free(journal->options);
	free(journal->needs);
	free(journal->directory);
	keep_options(set, journal->cwd, &journal->options, &journal->needs);
	journal->directory = keep_path(journal->cwd,
	    directory != NULL ? directory : ".");
	journal->options_changed = journal->pending = true;
	pthread_cond_signal(&journal->wake);
	pthread_mutex_unlock(&journal->lock);
}

/* ---- a crash before this start of the system ---- */

bool
journal_has_torn(const struct journal *journal)
{
	return journal != NULL && journal->torn != NULL;
}

bool
journal_may_be_torn(const struct journal *journal, const char *directory,
    const char *url, int64_t changed_ms)
{
	char *dir, *plain;
	bool torn;

	if (!journal_has_torn(journal))
		return false;
	dir = keep_path(journal->cwd, directory);
	plain = secret_free_url(url, NULL);
	torn = torn_has(journal->torn, dir, plain, changed_ms);
	free(plain);
	free(dir);
	return torn;
}

/* ---- hosts ---- */

static void
journal_teach_host(const char *origin, unsigned cap, void *user)
{
	hosts_learn(user, origin, cap, clock_monotonic_ms());
}

void
journal_teach_hosts(struct journal *journal, struct hosts *hosts)
{
	/* What cannot be read will be learned again. */
	(void)store_each_host(journal->store, journal->started_ms -
	    JOURNAL_HOST_DAYS * INT64_C(86400000), journal_teach_host, hosts);
}

static void
journal_note_host(const char *origin, unsigned cap, void *user)
{
	struct journal *journal = user;
	size_t i;

	for (i = 0; i < journal->host_count; i++)
		if (strcmp(journal->hosts[i].origin, origin) == 0)
			break;
	if (i == journal->host_count) {
		journal->hosts = alloc_resize(journal->hosts, i + 1,
		    sizeof *journal->hosts);
		journal->hosts[i].origin = alloc_string(origin);
		journal->host_count++;
	}
	journal->hosts[i].cap = cap;
	journal->pending = true;
}

void
journal_note_hosts(struct journal *journal, struct hosts *hosts)
{
	pthread_mutex_lock(&journal->lock);
	hosts_each_learned(hosts, journal_note_host, journal);
	if (journal->pending)
		pthread_cond_signal(&journal->wake);
	pthread_mutex_unlock(&journal->lock);
}

static enum store_verdict
journal_write_hosts(struct journal *journal)
{
	enum store_verdict verdict = STORE_OK;
	struct journal_host *hosts;
	size_t count, i;

	pthread_mutex_lock(&journal->lock);
	hosts = journal->hosts;
	count = journal->host_count;
	journal->hosts = NULL;
	journal->host_count = 0;
	pthread_mutex_unlock(&journal->lock);
	for (i = 0; i < count; i++) {
		if (verdict == STORE_OK)
			verdict = store_put_host(journal->store,
			    hosts[i].origin, hosts[i].cap, clock_epoch_ms());
		free(hosts[i].origin);
	}
	free(hosts);
	return verdict;
}

/* ---- a batch ---- */

/* Neighbours share rows, and files end nearly in the order of their numbers:
 * each is put to its place, or near it. */
static void
journal_defer(struct journal *journal, haul_id id)
{
	size_t at = journal->done_count, first;

	if (at == journal->done_size) {
		journal->done_size = at > 0 ? at * 2 : 256;
		journal->done = alloc_resize(journal->done,
		    journal->done_size, sizeof *journal->done);
	}
	first = at > JOURNAL_NEAR ? at - JOURNAL_NEAR : 0;
	for (; at > first && journal->done[at - 1] > id; at--)
		journal->done[at] = journal->done[at - 1];
	journal->done[at] = id;
	journal->done_count++;
}

static enum store_verdict
journal_put_item(struct journal *journal, haul_id id, bool new_one)
{
	bool synced = journal->fsync != JOURNAL_FSYNC_BATCH;
	enum store_verdict verdict = STORE_OK;
	struct journal_row row;

	/* Nothing of it is written but what is copied in journal_put_done(). */
	if (!new_one && !synced && journal_is_early(journal, id)) {
		journal_defer(journal, id);
		return STORE_OK;
	}
	journal_copy_row(journal, id, synced, &row);
	if (row.early)
		journal_defer(journal, id);
	/* A new one must be there, or it would be lost meanwhile. */
	if (!row.early || new_one)
		verdict = journal_put_row(journal, id, &row, new_one);
	journal_release_row(&row);
	return verdict;
}

static enum store_verdict
journal_put_moves(struct journal *journal, const struct model_batch *batch)
{
	enum store_verdict verdict = STORE_OK;
	size_t i;

	for (i = 0; i < batch->move_count && verdict == STORE_OK; i++) {
		const struct model_move *from = &batch->moves[i];
		struct store_move move = {
			.seq = journal_seq(journal, from->id),
			.before = journal_seq(journal, from->before),
			.count = from->count <= journal->seq_count ?
			    journal->seq_last : journal_seq(journal,
			    from->count),
		};

		verdict = store_put_move(journal->store, journal->run, &move);
	}
	return verdict;
}

/* Copies what others may change; no lock is held while the disk works, for
 * who waits for this one may hold the model's. True if it is to be written. */
static bool
journal_copy_run(struct journal *journal, struct store_run *run)
{
	const char *now;
	bool wanted;

	pthread_mutex_lock(&journal->lock);
	now = journal->directory;
	wanted = journal->run == 0 || journal->options_changed;
	journal->options_changed = false;
	if (wanted) {
		if (journal->run_directory == NULL)
			journal->run_directory = alloc_string(now);
		free(journal->other_directory);
		journal->other_directory = strcmp(now,
		    journal->run_directory) == 0 ? NULL : alloc_string(now);
		run->options = alloc_string(journal->options);
		run->needs = alloc_string(journal->needs);
	}
	pthread_mutex_unlock(&journal->lock);
	run->directory = journal->run_directory;
	return wanted;
}

/* The run's own row, when it is new or its options have changed. */
static enum store_verdict
journal_put_run(struct journal *journal)
{
	struct store_run run = {
		.id = journal->run, .started_ms = journal->started_ms,
		.pid = getpid(), .boot = journal->boot,
	};
	enum store_verdict verdict;
	int64_t holder;

	if (!journal_copy_run(journal, &run))
		return STORE_OK;
	verdict = store_put_run(journal->store, &run);
	free((char *)run.options);
	free((char *)run.needs);
	if (verdict != STORE_OK)
		return verdict;
	journal->run = run.id;
	/* Before others can see it: the number is new. */
	if (journal->run_lock < 0)
		journal->run_lock = runlock_take(journal->path, run.id,
		    &holder);
	return STORE_OK;
}

static enum store_verdict
journal_put_batch(struct journal *journal, const struct model_batch *batch)
{
	enum store_verdict verdict = store_begin(journal->store);
	haul_id id;
	size_t i;

	journal->rows = 0;
	if (verdict == STORE_OK)
		verdict = journal_write_hosts(journal);
	if (verdict == STORE_OK && batch->last > 0)
		verdict = journal_put_run(journal);
	for (id = batch->first; id <= batch->last && verdict == STORE_OK;
	    id++)
		verdict = journal_put_item(journal, id, true);
	for (i = 0; i < batch->changed_count && verdict == STORE_OK; i++)
		verdict = journal_put_item(journal, batch->changed[i], false);
	if (verdict == STORE_OK)
		verdict = journal_put_moves(journal, batch);
	if (verdict == STORE_OK)
		verdict = store_commit(journal->store);
	if (verdict != STORE_OK)
		store_rollback(journal->store);
	return verdict;
}

/* ---- what is done ---- */

static void
journal_sync(struct journal *journal)
{
	int64_t began = clock_monotonic_ms(), now;
	size_t i;

	for (i = 0; i < journal->device_count; i++) {
		if (!journal->devices[i].dirty)
			continue;
		/* An error is the files' own: whoever reads them meets it. */
		if (journal->devices[i].fd >= 0)
			(void)syncfs(journal->devices[i].fd);
		else
			sync();
		journal->devices[i].dirty = false;
	}
	now = clock_monotonic_ms();
	journal->sync_not_before_ms = now + (now - began) *
	    JOURNAL_SYNC_SHARE;
}

static enum store_verdict
journal_put_done(struct journal *journal)
{
	enum store_verdict verdict = store_begin(journal->store);
	struct journal_row row;
	size_t i;

	journal->rows = 0;
	for (i = 0; i < journal->done_count && verdict == STORE_OK; i++) {
		journal_copy_row(journal, journal->done[i], true, &row);
		verdict = journal_put_row(journal, journal->done[i], &row,
		    false);
		journal_release_row(&row);
	}
	if (verdict == STORE_OK)
		verdict = store_commit(journal->store);
	if (verdict == STORE_OK)
		journal->done_count = 0;
	else
		store_rollback(journal->store);
	return verdict;
}

/* ---- failures ---- */

/* A damaged one is put aside and all that this run has is written anew. */
static void
journal_begin_anew(struct journal *journal)
{
	int error;

	store_close(journal->store);
	journal->store = NULL;
	if (journal_open_store(journal, &error) != STORE_OK)
		return;
	pthread_mutex_lock(&journal->lock);
	journal->options_changed = true;
	pthread_mutex_unlock(&journal->lock);
	journal->done_count = 0;
	journal_forget_forms(journal);
	model_record_anew(journal->model);
}

static void
journal_fail(struct journal *journal, enum store_verdict verdict)
{
	if (verdict == STORE_DAMAGED) {
		store_close(journal->store);
		journal->store = NULL;
		if (store_set_aside(journal->path) == 0)
			model_emit(journal->model, HAUL_EVENT_WARN, 0,
			    HAUL_NOTE_STORE_SET_ASIDE, false);
	}
	if (journal->failing)
		return;
	journal->failing = true;
	model_emit(journal->model, HAUL_EVENT_WARN, 0,
	    HAUL_NOTE_STORE_FAILED, false);
}

/* Writes all that is noted; false if not all of it could be. */
static bool
journal_write(struct journal *journal, bool last)
{
	struct model_batch batch;
	uint64_t run = journal->run;
	enum store_verdict verdict;

	if (journal->store == NULL || !store_is_there(journal->store))
		journal_begin_anew(journal);
	if (journal->store == NULL)
		return false;
	model_take_batch(journal->model, &batch);
	verdict = journal_put_batch(journal, &batch);
	if (verdict != STORE_OK) {
		if (run == 0) {
			runlock_release(journal->run_lock, journal->path,
			    journal->run);
			journal->run_lock = -1;
			journal->run = 0;
		}
		pthread_mutex_lock(&journal->lock);
		journal->options_changed = true;
		pthread_mutex_unlock(&journal->lock);
		/* They come again as changed, not as new. */
		journal_forget_forms(journal);
		model_return_batch(journal->model, &batch);
	} else if (journal->done_count > 0 && (last ||
	    clock_monotonic_ms() >= journal->sync_not_before_ms)) {
		journal_sync(journal);
		verdict = journal_put_done(journal);
	}
	model_batch_release(&batch);
	if (verdict == STORE_OK)
		journal->failing = false;
	else
		journal_fail(journal, verdict);
	return verdict == STORE_OK;
}

/* ---- the thread ---- */

static void
journal_deadline(struct timespec *until, int64_t ms)
{
	clock_gettime(CLOCK_MONOTONIC, until);
	until->tv_sec += (time_t)(ms / 1000);
	until->tv_nsec += (long)(ms % 1000) * 1000000;
	if (until->tv_nsec >= 1000000000) {
		until->tv_nsec -= 1000000000;
		until->tv_sec++;
	}
}

/* (locked) Until that much time has passed, or it is urgent. */
static void
journal_pause(struct journal *journal, int64_t ms)
{
	struct timespec until;

	journal_deadline(&until, ms);
	while (!journal->closing && !journal->hurry && !journal->asked)
		if (pthread_cond_timedwait(&journal->wake, &journal->lock,
		    &until) == ETIMEDOUT)
			return;
}

/* (locked) Until there is something to do: how long may that be gathered? */
static void
journal_wait(struct journal *journal, bool written)
{
	int64_t rest;

	if (!written) {
		journal->hurry = false;         /* it would be in vain */
		journal_pause(journal, JOURNAL_RETRY_MS);
		return;
	}
	while (!journal->pending && !journal->closing && !journal->asked) {
		if (journal->done_count == 0) {
			pthread_cond_wait(&journal->wake, &journal->lock);
			continue;
		}
		rest = journal->sync_not_before_ms - clock_monotonic_ms();
		journal_pause(journal, rest > 1 ? rest : 1);
		return;
	}
	journal_pause(journal, JOURNAL_BATCH_MS);
}

/* What is to be done with other runs, and at the end of this one; false: that
 * is not recorded. */
static bool
journal_look_around(struct journal *journal, bool last)
{
	if (journal->run == 0)
		return true;
	if (!journal->tidied)
		journal_forget_old(journal);
	journal->tidied = true;
	if (!last)
		return true;
	if (store_end_run(journal->store, journal->run,
	    clock_epoch_ms()) != STORE_OK)
		return false;
	journal_finish_earlier(journal);
	return true;
}

/* (locked, but not meanwhile) */
static void
journal_look_back(struct journal *journal)
{
	char *directory = alloc_string(journal->directory);

	journal->asked = false;
	pthread_mutex_unlock(&journal->lock);
	if (journal->store != NULL)
		journal_learn_past(journal, directory);
	atomic_store(&journal->knows_past, true);
	free(directory);
	pthread_mutex_lock(&journal->lock);
}

static void *
journal_main(void *user)
{
	struct journal *journal = user;
	bool written = true, last = false;

	pthread_mutex_lock(&journal->lock);
	while (!last) {
		journal_wait(journal, written);
		if (journal->asked && !journal->closing) {
			journal_look_back(journal);
			continue;
		}
		last = journal->closing;
		journal->pending = journal->hurry = false;
		journal->writing = true;
		pthread_mutex_unlock(&journal->lock);
		written = journal_write(journal, last);
		if (last && !written)
			written = journal_write(journal, last);
		if (written)
			written = journal_look_around(journal, last);
		pthread_mutex_lock(&journal->lock);
		journal->writing = false;
		pthread_cond_broadcast(&journal->closed);
	}
	journal->gone = true;
	journal->recorded = written;
	pthread_cond_signal(&journal->closed);
	pthread_mutex_unlock(&journal->lock);
	return NULL;
}

int
journal_start(struct journal *journal)
{
	int error = thread_start(&journal->thread, journal_main, journal);

	journal->started = error == 0;
	if (error == 0)
		model_record(journal->model, journal_wake, journal);
	return error;
}

bool
journal_close(struct journal *journal, int ms, bool *recorded)
{
	struct timespec until;
	bool gone = true;

	*recorded = true;
	if (journal == NULL)
		return true;
	if (journal->started) {
		journal_deadline(&until, ms);
		pthread_mutex_lock(&journal->lock);
		journal->closing = true;
		pthread_cond_signal(&journal->wake);
		while (!journal->gone)
			if (pthread_cond_timedwait(&journal->closed,
			    &journal->lock, &until) == ETIMEDOUT)
				break;
		gone = journal->gone;
		*recorded = journal->recorded;
		pthread_mutex_unlock(&journal->lock);
		if (!gone) {
			pthread_detach(journal->thread);
			return false;
		}
		pthread_join(journal->thread, NULL);
	}
	journal_free(journal);
	return true;
}

/* ---- an earlier run ---- */

void
journal_suspend(struct journal *journal)
{
	model_record(journal->model, NULL, NULL);
}

void
journal_adopt(struct journal *journal, const struct journal_load *load,
    uint32_t *seqs, uint64_t count)
{
	pthread_mutex_lock(&journal->lock);
	while (journal->writing)
		pthread_cond_wait(&journal->closed, &journal->lock);
	journal->run = load->run.id;
	journal->run_lock = load->lock;
	journal->started_ms = load->run.started_ms;
	journal->seqs = seqs;
	journal->seq_count = count;
	journal->seq_last = load->run.last_seq;
	free(journal->run_directory);
	journal->run_directory = alloc_string(load->run.directory);
	journal->options_changed = journal->pending = true;
	pthread_mutex_unlock(&journal->lock);
	model_record(journal->model, journal_wake, journal);
}
