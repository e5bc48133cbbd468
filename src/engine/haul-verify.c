/* SPDX-License-Identifier: MIT
 *
 * haul_store_verify(): first a list of files from the store, each with its
 * newest record; then a few threads that check one after the other, while the
 * caller's thread tells what they have found.
 */
#include "config.h"

#include "haul-verify.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "engine/base/thread.h"
#include "engine/disk/check.h"
#include "engine/store/keep.h"
#include "journal.h"

#define VERIFY_THREADS_MIN 2
#define VERIFY_THREADS_MAX 4
#define VERIFY_TICK_MS 100

const char *
haul_check_name(enum haul_check check)
{
	static const char *const names[HAUL_CHECK_COUNT] = {
		[HAUL_CHECK_GOOD] = "good",
		[HAUL_CHECK_BAD] = "bad",
		[HAUL_CHECK_CHANGED] = "changed",
		[HAUL_CHECK_MISSING] = "missing",
		[HAUL_CHECK_UNKNOWN] = "unknown",
		[HAUL_CHECK_UNREADABLE] = "unreadable",
	};

	return (unsigned)check < HAUL_CHECK_COUNT ? names[check] : "unknown";
}

/* ---- entries ---- */

static void
haul_verify_release_entry(struct verify_entry *entry)
{
	free(entry->path);
	free(entry->url);
	free(entry->etag);
	free(entry->last_modified);
	free(entry->options);
	free(entry->run_options);
	free(entry->needs);
	free(entry->sums);
	memset(entry, 0, sizeof *entry);
}

static void
haul_verify_fill_digest(struct verify_entry *entry, const char *options)
{
	char name[KEEP_NAME_SIZE], *value;
	size_t hex;

	while (!entry->has_digest && keep_next(&options, name, &value)) {
		entry->has_digest = strcmp(name, "checksum") == 0 &&
		    digest_parse(value, &entry->digest, &hex) ==
		    HAUL_COMPLAINT_NONE;
		free(value);
	}
}

static void
haul_verify_fill(struct verify_entry *entry, const struct store_item *item,
    const struct store_run *run)
{
	char *path = entry->path;

	entry->path = NULL;
	haul_verify_release_entry(entry);
	entry->path = path;
	entry->run = item->run;
	entry->seq = item->seq;
	entry->flags = item->flags;
	entry->size = item->size;
	entry->started_ms = item->started_ms;
	entry->ended_ms = item->ended_ms;
	entry->url = alloc_string(item->url);
	entry->etag = alloc_string(item->etag);
	entry->last_modified = alloc_string(item->last_modified);
	entry->options = alloc_string(item->options);
	entry->run_options = alloc_string(run->options);
	entry->needs = alloc_string(item->needs != NULL ? item->needs :
	    run->needs);
	if (item->sums != NULL)
		entry->sums = (unsigned char *)alloc_bytes(
		    (const char *)item->sums, item->sums_size);
	entry->sums_size = item->sums_size;
	haul_verify_fill_digest(entry, item->options);
	haul_verify_fill_digest(entry, run->options);
}

/* ---- the list ---- */

struct verify_list {
	struct verify_entry *entries;
	size_t count, size;
	uint64_t *runs;                 /* the newest first */
	size_t run_count;
	uint64_t skipped;               /* by the run whose files are added */
};

static int
haul_verify_compare(const void *a, const void *b)
{
	const struct verify_entry *one = a, *two = b;
	int order = strcmp(one->path, two->path);

	/* The newest first. */
	if (order == 0 && one->run != two->run)
		order = one->run < two->run ? 1 : -1;
	if (order == 0 && one->seq != two->seq)
		order = one->seq < two->seq ? 1 : -1;
	return order;
}

static struct verify_entry *
haul_verify_add(struct verify_list *list, const char *path)
{
	if (list->count == list->size) {
		list->size = list->size * 2 + 64;
		list->entries = alloc_resize(list->entries, list->size,
		    sizeof *list->entries);
	}
	memset(&list->entries[list->count], 0, sizeof *list->entries);
	list->entries[list->count].path = alloc_string(path);
	return &list->entries[list->count++];
}

/* By path; of several of one the newest stays. */
static void
haul_verify_sort(struct verify_list *list)
{
	size_t i, kept = 0;

	if (list->count > 0)
		qsort(list->entries, list->count, sizeof *list->entries,
		    haul_verify_compare);
	for (i = 0; i < list->count; i++) {
		if (kept > 0 && strcmp(list->entries[kept - 1].path,
		    list->entries[i].path) == 0)
			haul_verify_release_entry(&list->entries[i]);
		else
			list->entries[kept++] = list->entries[i];
	}
	list->count = kept;
}

static struct verify_entry *
haul_verify_find(const struct verify_list *list, const char *path)
{
	size_t low = 0, high = list->count, middle;
	int order;

	while (low < high) {
		middle = low + (high - low) / 2;
		order = strcmp(path, list->entries[middle].path);
		if (order == 0)
			return &list->entries[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* One spelling: no "//", no "/./". */
static void
haul_verify_tidy_path(char *path)
{
	char *to = path;
	const char *from = path;

	while (*from != '\0') {
		if (from[0] == '/' && from[1] == '/')
			from++;
		else if (from[0] == '/' && from[1] == '.' && from[2] == '/')
			from += 2;
		else
			*to++ = *from++;
	}
	*to = '\0';
}

/* Of one run: adds what it finished, or fills what is in the list. */
static enum store_verdict
haul_verify_scan(struct verify_list *list, struct store *store, uint64_t id,
    bool add)
{
	enum store_verdict verdict;
	struct verify_entry *entry;
	struct store_item item;
	struct store_run run;
	struct store_scan *scan;
	char *path;

	verdict = store_get_run(store, id, &run);
	if (verdict != STORE_OK)
		return verdict;
	scan = store_scan_begin(store, id);
	while (store_scan_next(scan, &item)) {
		if (add && item.state == STORE_SKIPPED)
			list->skipped++;
		if (item.state != STORE_DONE || item.path == NULL)
			continue;
		path = alloc_string(item.path);
		haul_verify_tidy_path(path);
		entry = add ? haul_verify_add(list, path) :
		    haul_verify_find(list, path);
		if (entry != NULL && (add || entry->run < id ||
		    (entry->run == id && entry->seq < item.seq)))
			haul_verify_fill(entry, &item, &run);
		free(path);
	}
	return store_scan_end(scan);
}

static bool
haul_verify_take_run(const struct store_run *run, void *user)
{
	struct verify_list *list = user;

	list->runs = alloc_resize(list->runs, list->run_count + 1,
	    sizeof *list->runs);
	list->runs[list->run_count++] = run->id;
	return true;
}

static void
haul_verify_add_files(struct verify_list *list,
    const struct haul_verify *verify)
{
	char *cwd = getcwd(NULL, 0), *path;
	size_t i;

	for (i = 0; i < verify->file_count; i++) {
		path = keep_path(cwd != NULL ? cwd : "/", verify->files[i]);
		haul_verify_tidy_path(path);
		haul_verify_add(list, path);
		free(path);
	}
	free(cwd);
	haul_verify_sort(list);
}

/* The run's files; run 0: of the newest that has some. */
static enum store_verdict
haul_verify_add_run(struct verify_list *list, struct store *store, uint64_t run)
{
	enum store_verdict verdict = STORE_MISSING;
	size_t i;

	if (run != 0)
		return haul_verify_scan(list, store, run, true);
	for (i = 0; i < list->run_count && list->count == 0; i++) {
		list->skipped = 0;
		verdict = haul_verify_scan(list, store, list->runs[i], true);
		if (verdict != STORE_OK)
			break;
	}
	return list->count == 0 && verdict == STORE_OK ? STORE_MISSING :
	    verdict;
}

static enum store_verdict
haul_verify_gather(struct verify_list *list, struct store *store,
    const struct haul_verify *verify)
{
	enum store_verdict verdict = store_each_run(store, haul_verify_take_run,
	    list);
	uint64_t oldest = 0;
	size_t i;

	if (verify->file_count > 0) {
		haul_verify_add_files(list, verify);
	} else if (verdict == STORE_OK) {
		verdict = haul_verify_add_run(list, store, verify->run);
		oldest = list->count > 0 ? list->entries[0].run : 0;
		haul_verify_sort(list);
	}
	for (i = 0; i < list->run_count && verdict == STORE_OK; i++)
		if (list->runs[i] > oldest)
			verdict = haul_verify_scan(list, store, list->runs[i],
			    false);
	return verdict;
}

/* ---- checking ---- */

struct verify_pool {
	struct verify_entry *entries;
	size_t count;
	atomic_int_least64_t read;
	atomic_bool cancel;

	pthread_mutex_t lock;           /* guards what follows */
	pthread_cond_t found;
	size_t next;                    /* to be checked */
	struct verify_entry *ready;     /* checked, not yet told */
	unsigned running;
};

static void
haul_verify_one(struct verify_pool *pool, struct verify_entry *entry)
{
	struct check_file file = {
		.path = entry->path, .size = entry->url ? entry->size : -1,
		.started_ms = entry->started_ms, .ended_ms = entry->ended_ms,
		.sums = entry->sums, .sums_size = entry->sums_size,
		.digest = entry->has_digest ? &entry->digest : NULL,
	};

	entry->checked = check_run(&file, &entry->result, &pool->read,
	    &pool->cancel);
}

static void *
haul_verify_thread(void *user)
{
	struct verify_pool *pool = user;
	struct verify_entry *entry;

	pthread_mutex_lock(&pool->lock);
	while (pool->next < pool->count && !atomic_load(&pool->cancel)) {
		entry = &pool->entries[pool->next++];
		pthread_mutex_unlock(&pool->lock);
		haul_verify_one(pool, entry);
		pthread_mutex_lock(&pool->lock);
		entry->next = pool->ready;
		pool->ready = entry;
		pthread_cond_signal(&pool->found);
	}
	pool->running--;
	pthread_cond_signal(&pool->found);
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

static void
haul_verify_tell(const struct haul_verify *verify, struct verify_entry *entry)
{
	struct verify_told told = { .entry = entry };
	struct check_result *result = &entry->result;

	if (!entry->checked)
		return;
	told.checked = (struct haul_checked){
		.check = result->check, .sys_errno = result->error,
		.path = entry->path, .url = entry->url, .run = entry->run,
		.id = entry->seq,
		.size_bytes = entry->url ? entry->size : -1,
		.found_bytes = result->size,
		.blocks = entry->sums_size > 2 ?
		    (int64_t)(entry->sums_size - 2) / 4 : 0,
		.bad = result->bad.list, .bad_count = result->bad.count,
		.digest = entry->has_digest,
		.digest_differs = result->digest_differs,
	};
	verify->told(&told.checked, verify->user);
	ranges_release(&result->bad);
}

/* (locked) Waits for something to be told, a tick at most. */
static void
haul_verify_wait(struct verify_pool *pool)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += VERIFY_TICK_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	if (pool->ready == NULL && pool->running > 0)
		pthread_cond_timedwait(&pool->found, &pool->lock, &until);
}

static void
haul_verify_tell_all(struct verify_pool *pool, const struct haul_verify *verify)
{
	struct verify_entry *ready;
	int64_t all = 0;
	bool over = false;
	size_t i;

	for (i = 0; i < pool->count; i++)
		if ((pool->entries[i].sums != NULL ||
		    pool->entries[i].has_digest) && pool->entries[i].size > 0)
			all += pool->entries[i].size;
	while (!over) {
		pthread_mutex_lock(&pool->lock);
		haul_verify_wait(pool);
		ready = pool->ready;
		pool->ready = NULL;
		over = ready == NULL && pool->running == 0;
		pthread_mutex_unlock(&pool->lock);
		for (; ready != NULL; ready = ready->next)
			haul_verify_tell(verify, ready);
		if (verify->tick != NULL &&
		    !verify->tick(atomic_load(&pool->read), all,
		    verify->user))
			atomic_store(&pool->cancel, true);
	}
}

static unsigned
haul_verify_thread_count(size_t files)
{
	long wanted = sysconf(_SC_NPROCESSORS_ONLN);

	if (wanted < VERIFY_THREADS_MIN)
		wanted = VERIFY_THREADS_MIN;
	if (wanted > VERIFY_THREADS_MAX)
		wanted = VERIFY_THREADS_MAX;
	return files < (size_t)wanted ? (unsigned)files : (unsigned)wanted;
}

static enum haul_result
haul_verify_check_all(struct verify_list *list,
    const struct haul_verify *verify)
{
	struct verify_pool pool = { .entries = list->entries,
	    .count = list->count };
	pthread_t threads[VERIFY_THREADS_MAX];
	unsigned wanted = haul_verify_thread_count(list->count), started, i;

	pthread_mutex_init(&pool.lock, NULL);
	pthread_cond_init(&pool.found, NULL);
	pthread_mutex_lock(&pool.lock);
	for (started = 0; started < wanted; started++) {
		if (thread_start(&threads[started], haul_verify_thread,
		    &pool) != 0)
			break;
		pool.running++;
	}
	pthread_mutex_unlock(&pool.lock);
	if (started == 0 && list->count > 0) {
		pool.running = 1;
		haul_verify_thread(&pool);
	}
	haul_verify_tell_all(&pool, verify);
	for (i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	pthread_cond_destroy(&pool.found);
	pthread_mutex_destroy(&pool.lock);
	return atomic_load(&pool.cancel) ? HAUL_ESTOPPED : HAUL_OK;
}

enum haul_result
haul_store_verify(const char *path, const struct haul_verify *verify,
    struct haul_error *error)
{
	struct verify_list list = { .entries = NULL };
	enum store_verdict verdict;
	enum haul_result result;
	struct store *store;
	int sys_errno;
	size_t i;

	verdict = store_open(path, false, &store, &sys_errno);
	result = journal_judge(verdict, sys_errno, path, error);
	if (result != HAUL_OK)
		return result;
	verdict = haul_verify_gather(&list, store, verify);
	result = journal_judge(verdict, store_errno(store), path, error);
	/* Others may write while we read for an hour. */
	store_close(store);
	if (verify->skipped != NULL)
		*verify->skipped = list.skipped;
	if (result == HAUL_OK)
		result = haul_verify_check_all(&list, verify);
	for (i = 0; i < list.count; i++)
		haul_verify_release_entry(&list.entries[i]);
	free(list.entries);
	free(list.runs);
	return result;
}
