/* SPDX-License-Identifier: MIT
 *
 * The worker gets a task (a plan, and which half of it), and leaves a result;
 * both are handed over under the lock, and nothing else is shared. A plan that
 * is no longer wanted is given up at the next window of rows, a result of it
 * is thrown away.
 */
#include "config.h"

#include "index.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "present/memory.h"
#include "scan.h"

#define INDEX_NICE 10
#define INDEX_AGAIN_MS 500      /* before a pass is made anew, at least */
#define INDEX_AGAIN_TIMES 10    /* of the time that the last one took */
#define INDEX_SORT_MS 1000      /* between two orders of what changes */
#define INDEX_NEVER UINT64_MAX  /* a count of changes that never comes */

/* What is known of one half of the plan: the rows wanted, or the others. */
struct index_half {
	bool ready;
	uint64_t changes;               /* of the engine, when it was made */
	int64_t again_ms;               /* not to be made anew before */
	uint64_t matches[HAUL_STATE_COUNT];
};

/* A task and its result. */
struct index_task {
	struct scan_plan *plan;         /* the index's, while it wants it */
	struct scan *before;            /* the same */
	bool others, keep;
	uint64_t changes;
	int64_t started_ms;
	struct scan *scan;              /* the result; the worker's until it
	                                   is done */
};

struct index {
	struct haul *haul;
	struct scan_plan *plan;         /* NULL: nothing is wanted */
	struct index_half rows, others;
	haul_id *ids;                   /* in order */
	size_t count, room;
	uint32_t *places;               /* by id, where it stood, plus one */
	haul_id places_size;
	size_t dropped;                 /* ids since then */
	struct scan *last;              /* the last pass for rows */
	bool was_sorted;                /* by keys as they were at that time */
	int64_t sorted_ms;              /* when that was */

	pthread_t worker;
	bool has_worker;
	pthread_mutex_t lock;           /* of all below */
	pthread_cond_t wake;
	struct index_task task;
	bool working;                   /* the interface gave it a task */
	bool done, give_up, quits;
	int percent;
	haul_id *found;                 /* of a first pass, as they come */
	size_t found_count, found_room;
	bool gathers;                   /* found is wanted */
};

/* ---- the worker ---- */

static void
index_worker_tell(struct index *index, const struct scan *scan, size_t *told)
{
	const struct scan_entry *entries = scan_entries(scan);
	size_t count = scan_count(scan);

	index->percent = scan_percent(scan);
	if (!index->gathers)
		return;
	if (count > index->found_room) {
		index->found_room = count * 2;
		index->found = memory_resize(index->found, index->found_room,
		    sizeof *index->found);
	}
	for (; *told < count; (*told)++)
		index->found[index->found_count++] = entries[*told].id;
}

/* One pass; false if it was given up. */
static bool
index_worker_pass(struct index *index, struct scan *scan)
{
	size_t told = 0;
	bool more = true, wanted = true;

	while (more && wanted) {
		more = scan_step(scan);
		pthread_mutex_lock(&index->lock);
		index_worker_tell(index, scan, &told);
		wanted = !index->give_up;
		pthread_mutex_unlock(&index->lock);
	}
	return wanted;
}

static void
index_worker_begin(void)
{
	setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), INDEX_NICE);
}

static void *
index_worker(void *argument)
{
	struct index *index = argument;
	struct index_task *task = &index->task;

	index_worker_begin();
	pthread_mutex_lock(&index->lock);
	for (;;) {
		while (!index->quits && (!index->working || index->done))
			pthread_cond_wait(&index->wake, &index->lock);
		if (index->quits)
			break;
		/* Nobody else touches the task while it is not done. */
		pthread_mutex_unlock(&index->lock);
		task->scan = scan_new(index->haul, task->plan, task->others);
		if (index_worker_pass(index, task->scan) && !task->others)
			scan_sort(task->scan, task->before, task->keep);
		pthread_mutex_lock(&index->lock);
		index->done = true;
	}
	pthread_mutex_unlock(&index->lock);
	return NULL;
}

/* The worker takes the signals that this thread takes: of the face's, those of
 * a crash alone. */
static void
index_worker_start(struct index *index)
{
	if (!index->has_worker)
		index->has_worker = pthread_create(&index->worker, NULL,
		    index_worker, index) == 0;
}

/* ---- beginning and end ---- */

struct index *
index_new(struct haul *haul)
{
	struct index *index = memory_zero(sizeof *index);

	index->haul = haul;
	pthread_mutex_init(&index->lock, NULL);
	pthread_cond_init(&index->wake, NULL);
	return index;
}

static void
index_forget(struct index *index)
{
	memset(&index->rows, 0, sizeof index->rows);
	memset(&index->others, 0, sizeof index->others);
	index->rows.changes = index->others.changes = INDEX_NEVER;
	index->count = index->dropped = index->found_count = 0;
	index->was_sorted = false;
	free(index->places);
	index->places = NULL;
	index->places_size = 0;
	scan_free(index->last);
	index->last = NULL;
}

/* Of a task whose plan is not wanted any more. */
static void
index_forget_task(struct index *index)
{
	struct index_task *task = &index->task;

	if (task->plan != index->plan) {
		scan_plan_free(task->plan);
		scan_free(task->before);
	}
	scan_free(task->scan);
	memset(task, 0, sizeof *task);
}

void
index_free(struct index *index)
{
	if (index == NULL)
		return;
	pthread_mutex_lock(&index->lock);
	index->quits = index->give_up = true;
	pthread_cond_signal(&index->wake);
	pthread_mutex_unlock(&index->lock);
	if (index->has_worker)
		pthread_join(index->worker, NULL);
	index_forget_task(index);
	index_forget(index);
	scan_plan_free(index->plan);
	free(index->ids);
	free(index->found);
	pthread_cond_destroy(&index->wake);
	pthread_mutex_destroy(&index->lock);
	free(index);
}

static bool
index_has_same_job(const struct index *index, const struct index_job *job,
    const struct tags *tags)
{
	const struct index_job *old = &index->plan->job;

	return job->states == old->states &&
	    job->other_states == old->other_states &&
	    job->sort == old->sort && job->reverse == old->reverse &&
	    job->si == old->si && strcmp(job->filter, old->filter) == 0 &&
	    job->has_group == old->has_group && (!job->has_group ||
	    memcmp(&job->group, &old->group, sizeof job->group) == 0) &&
	    (!(index->plan->needs & FILTER_NEEDS_TAGS) ||
	    tags->changes == index->plan->tags.changes);
}

/* While the worker is at it, a plan and the last pass are its own: they are
 * left to it, and it is told to give up. */
static void
index_leave_plan(struct index *index)
{
	bool left;

	pthread_mutex_lock(&index->lock);
	left = index->working && index->task.plan == index->plan;
	if (left) {
		index->give_up = true;
		index->gathers = false;
	}
	pthread_mutex_unlock(&index->lock);
	if (!left)
		scan_plan_free(index->plan);
	else if (index->task.before != NULL)
		index->last = NULL;
	index->plan = NULL;
}

void
index_set_job(struct index *index, const struct index_job *job,
    const struct tags *tags)
{
	if (index->plan == NULL && job == NULL)
		return;
	if (index->plan != NULL && job != NULL &&
	    index_has_same_job(index, job, tags))
		return;
	if (index->plan != NULL)
		index_leave_plan(index);
	index_forget(index);
	if (job != NULL)
		index->plan = scan_plan_new(job, tags);
}

/* ---- results ---- */

static void
index_map_places(struct index *index)
{
	haul_id size = 0;
	size_t i;

	free(index->places);
	index->places = NULL;
	index->places_size = 0;
	index->dropped = 0;
	if (index->count <= INDEX_AT_ONCE)
		return;
	for (i = 0; i < index->count; i++)
		if (index->ids[i] >= size)
			size = index->ids[i] + 1;
	index->places = memory_zero((size_t)size * sizeof *index->places);
	index->places_size = size;
	for (i = 0; i < index->count; i++)
		index->places[index->ids[i]] = (uint32_t)i + 1;
}

static void
index_need(struct index *index, size_t count)
{
	if (count <= index->room)
		return;
	index->room = count + count / 2;
	index->ids = memory_resize(index->ids, index->room,
	    sizeof *index->ids);
}

/* Takes a finished pass over. */
static void
index_take(struct index *index, struct scan *scan, bool others,
    uint64_t changes)
{
	struct index_half *half = others ? &index->others : &index->rows;
	const struct scan_entry *entries = scan_entries(scan);
	size_t i, count = scan_count(scan);

	half->ready = true;
	half->changes = changes;
	memcpy(half->matches, scan_matches(scan), sizeof half->matches);
	if (others) {
		scan_free(scan);
		return;
	}
	index_need(index, count);
	for (i = 0; i < count; i++)
		index->ids[i] = entries[i].id;
	index->count = count;
	index_map_places(index);
	scan_free(index->last);
	index->last = scan;
}

static bool
index_is_volatile(const struct index *index)
{
	enum list_sort sort = index->plan->job.sort;

	return sort == LIST_SORT_PROGRESS || sort == LIST_SORT_SPEED ||
	    sort == LIST_SORT_LEFT;
}

static bool
index_is_due(const struct index *index, const struct index_half *half,
    int64_t now_ms, uint64_t changes, bool may_sort)
{
	if (!half->ready)
		return true;
	if (half == &index->rows && may_sort && index_is_volatile(index) &&
	    !index->was_sorted)
		return true;
	return half->changes != changes && now_ms >= half->again_ms;
}

/* Here and now. */
static void
index_make(struct index *index, bool others, int64_t now_ms,
    uint64_t changes, bool may_sort)
{
	struct scan *scan = scan_new(index->haul, index->plan, others);
	bool keep = index->last != NULL && index_is_volatile(index) &&
	    !may_sort;

	while (scan_step(scan))
		;
	if (!others) {
		scan_sort(scan, keep ? index->last : NULL, keep);
		index->was_sorted = !keep;
		if (!keep)
			index->sorted_ms = now_ms;
	}
	index_take(index, scan, others, changes);
}

static void
index_order(struct index *index, bool others, int64_t now_ms,
    uint64_t changes, bool may_sort)
{
	index_worker_start(index);
	if (!index->has_worker) {
		index_make(index, others, now_ms, changes, may_sort);
		return;
	}
	pthread_mutex_lock(&index->lock);
	index->task = (struct index_task){ .plan = index->plan,
	    .others = others, .changes = changes, .started_ms = now_ms,
	    .before = others ? NULL : index->last,
	    .keep = index->last != NULL && index_is_volatile(index) &&
	    !may_sort };
	if (!others)
		index->was_sorted = !index->task.keep;
	if (!others && !index->task.keep)
		index->sorted_ms = now_ms;
	index->working = true;
	index->done = index->give_up = false;
	index->found_count = 0;
	index->percent = 0;
	index->gathers = !others && !index->rows.ready;
	pthread_cond_signal(&index->wake);
	pthread_mutex_unlock(&index->lock);
}

/* What the worker has brought so far. */
static void
index_collect(struct index *index, int64_t now_ms)
{
	struct index_task *task = &index->task;
	struct index_half *half = task->others ? &index->others :
	    &index->rows;
	bool done;

	if (!index->working)
		return;
	pthread_mutex_lock(&index->lock);
	done = index->done;
	index->working = !done;
	if (!done && index->gathers) {
		index_need(index, index->found_count);
		if (index->found_count > index->count)
			memcpy(index->ids + index->count, index->found +
			    index->count, (index->found_count - index->count) *
			    sizeof *index->ids);
		index->count = index->found_count;
	}
	pthread_mutex_unlock(&index->lock);
	if (!done)
		return;
	if (task->plan == index->plan) {
		half->again_ms = now_ms + INDEX_AGAIN_MS + INDEX_AGAIN_TIMES *
		    (now_ms - task->started_ms);
		index_take(index, task->scan, task->others, task->changes);
		memset(task, 0, sizeof *task);
	} else {
		index_forget_task(index);
	}
}

static void
index_update_half(struct index *index, bool others, int64_t now_ms,
    uint64_t changes, bool may_sort)
{
	struct haul_view view = { .order = HAUL_ORDER_QUEUE };
	struct index_half *half = others ? &index->others : &index->rows;

	view.states = others ? index->plan->job.other_states :
	    index->plan->job.states;
	if (view.states == 0 || (index->working &&
	    index->task.plan == index->plan && index->task.others == others) ||
	    !index_is_due(index, half, now_ms, changes, may_sort))
		return;
	if (!(index->plan->needs & FILTER_NEEDS_URL) &&
	    haul_count(index->haul, &view) <= INDEX_AT_ONCE)
		index_make(index, others, now_ms, changes, may_sort);
	else if (!index->working)
		index_order(index, others, now_ms, changes, may_sort);
}

bool
index_update(struct index *index, int64_t now_ms, uint64_t changes,
    bool may_sort)
{
	index_collect(index, now_ms);
	if (index->plan == NULL)
		return false;
	may_sort = may_sort && now_ms - index->sorted_ms >= INDEX_SORT_MS;
	index_update_half(index, false, now_ms, changes, may_sort);
	index_update_half(index, true, now_ms, changes, may_sort);
	return index->working;
}

/* ---- reading ---- */

bool
index_is_ready(const struct index *index)
{
	return index->rows.ready;
}

int
index_percent(const struct index *index)
{
	struct index *mutable = (struct index *)index;
	int percent;

	if (index->rows.ready)
		return 100;
	pthread_mutex_lock(&mutable->lock);
	percent = index->percent;
	pthread_mutex_unlock(&mutable->lock);
	/* Seen is not yet put in order. */
	return percent < 100 ? percent : 99;
}

size_t
index_count(const struct index *index)
{
	return index->count;
}

bool
index_rank(const struct index *index, haul_id id, uint64_t *rank)
{
	size_t i, end = index->count, first = 0;

	if (index->places != NULL) {
		if (id >= index->places_size || index->places[id] == 0)
			return false;
		/* It may have come forward since. */
		end = index->places[id];
		first = end > index->dropped + 1 ? end - index->dropped - 1 :
		    0;
		if (end > index->count)
			end = index->count;
	}
	for (i = end; i > first; i--)
		if (index->ids[i - 1] == id) {
			*rank = i - 1;
			return true;
		}
	return false;
}

static void
index_drop(struct index *index, size_t at)
{
	memmove(index->ids + at, index->ids + at + 1,
	    (index->count - at - 1) * sizeof *index->ids);
	index->count--;
	index->dropped++;
}

size_t
index_rows(struct index *index, size_t first, struct haul_row *rows,
    size_t max)
{
	size_t filled = 0;

	/* What a first pass finds is still to be appended to: not dropped. */
	while (filled < max && first + filled < index->count) {
		if (haul_row(index->haul, index->ids[first + filled],
		    &rows[filled]) && scan_plan_takes(index->plan,
		    &rows[filled]))
			filled++;
		else if (index->rows.ready)
			index_drop(index, first + filled);
		else
			first++;
	}
	return filled;
}

uint64_t
index_matches(const struct index *index, unsigned states)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < HAUL_STATE_COUNT; i++)
		if (states & HAUL_IN(i))
			sum += index->rows.matches[i] +
			    index->others.matches[i];
	return sum;
}
