/* SPDX-License-Identifier: MIT
 *
 * A few threads, one queue. A thread takes the first job whose key no other
 * thread works on: a running key holds its later jobs back, and lets those
 * behind them pass. What has run comes back through one list and an ev_async.
 *
 * No wake-up is needed when a job ends: it sets at most one job free, and the
 * thread that ran it looks into the queue next.
 */
#include "config.h"

#include "disk.h"

#include <assert.h>
#include <ev.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/base/thread.h"

struct disk_list {
	struct disk_job *first, *last;
};

struct disk_thread {
	struct disk *disk;
	pthread_t id;
	bool busy;
	uint64_t key;                   /* of its job, while busy */
};

struct disk {
	struct ev_loop *loop;
	ev_async async;                 /* something is in finished */
	unsigned pending;               /* loop's thread only */
	unsigned thread_count;          /* running; fixed after the first job */
	unsigned thread_max;

	pthread_mutex_t lock;           /* guards all below */
	pthread_cond_t queue_filled;    /* or ending was set */
	pthread_cond_t job_finished;
	struct disk_list queue;
	struct disk_list finished;
	bool ending;
	struct disk_thread threads[];   /* thread_max */
};

static void
disk_list_put(struct disk_list *list, struct disk_job *job)
{
	job->next = NULL;
	if (list->first == NULL)
		list->first = job;
	else
		list->last->next = job;
	list->last = job;
}

/* ---- on a disk thread ---- */

static bool
disk_key_runs(const struct disk *disk, uint64_t key)
{
	unsigned i;

	for (i = 0; i < disk->thread_max; i++)
		if (disk->threads[i].busy && disk->threads[i].key == key)
			return true;
	return false;
}

/* Takes the first job that may run out of the queue, or NULL. */
static struct disk_job *
disk_take(struct disk *disk)
{
	struct disk_job **link = &disk->queue.first, *before = NULL, *job;

	while ((job = *link) != NULL && disk_key_runs(disk, job->key)) {
		before = job;
		link = &job->next;
	}
	if (job == NULL)
		return NULL;
	*link = job->next;
	if (disk->queue.last == job)
		disk->queue.last = before;
	return job;
}

/* Called and returns with the lock held; not while the job works. */
static void
disk_run(struct disk_thread *thread, struct disk_job *job)
{
	struct disk *disk = thread->disk;

	thread->key = job->key;
	thread->busy = true;
	pthread_mutex_unlock(&disk->lock);
	job->work(job);
	pthread_mutex_lock(&disk->lock);
	thread->busy = false;
	disk_list_put(&disk->finished, job);
	pthread_cond_signal(&disk->job_finished);
	ev_async_send(disk->loop, &disk->async);
}

static void *
disk_thread_main(void *user)
{
	struct disk_thread *thread = user;
	struct disk *disk = thread->disk;
	struct disk_job *job;

	pthread_mutex_lock(&disk->lock);
	for (;;) {
		job = disk_take(disk);
		if (job != NULL)
			disk_run(thread, job);
		else if (disk->ending)
			break;
		else
			pthread_cond_wait(&disk->queue_filled, &disk->lock);
	}
	pthread_mutex_unlock(&disk->lock);
	return NULL;
}

/* ---- on the loop's thread ---- */

/* Calls done for all that has finished up to now. Jobs that these post, and
 * that finish meanwhile, have a turn of their own. */
static void
disk_drain(struct disk *disk)
{
	struct disk_job *job, *next;

	pthread_mutex_lock(&disk->lock);
	job = disk->finished.first;
	disk->finished = (struct disk_list){ 0 };
	pthread_mutex_unlock(&disk->lock);
	for (; job != NULL; job = next) {
		next = job->next;       /* done may free or post the job */
		disk->pending--;
		job->done(job);
	}
}

static void
disk_wake(struct ev_loop *loop, ev_async *async, int events)
{
	(void)loop;
	(void)events;
	disk_drain(async->data);
}

/* libev ends the program if it finds no descriptors for its async pipe, so
 * this is asked before. */
static bool
disk_has_descriptors(void)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return false;
	close(fds[0]);
	close(fds[1]);
	return true;
}

static bool
disk_init_locks(struct disk *disk)
{
	if (pthread_mutex_init(&disk->lock, NULL) != 0)
		return false;
	if (pthread_cond_init(&disk->queue_filled, NULL) != 0)
		goto fail_queue;
	if (pthread_cond_init(&disk->job_finished, NULL) != 0)
		goto fail_finished;
	return true;

fail_finished:
	pthread_cond_destroy(&disk->queue_filled);
fail_queue:
	pthread_mutex_destroy(&disk->lock);
	return false;
}

struct disk *
disk_new(struct ev_loop *loop, unsigned threads)
{
	struct disk *disk;

	assert(threads >= 1);
	if (!disk_has_descriptors())
		return NULL;
	disk = calloc(1, sizeof *disk + threads * sizeof *disk->threads);
	if (disk == NULL)
		return NULL;
	if (!disk_init_locks(disk)) {
		free(disk);
		return NULL;
	}
	disk->loop = loop;
	disk->thread_max = threads;
	ev_async_init(&disk->async, disk_wake);
	disk->async.data = disk;
	ev_async_start(loop, &disk->async);
	return disk;
}

/* Fewer threads than wanted will do. */
static void
disk_start_threads(struct disk *disk)
{
	while (disk->thread_count < disk->thread_max) {
		struct disk_thread *thread =
		    &disk->threads[disk->thread_count];

		thread->disk = disk;
		if (thread_start(&thread->id, disk_thread_main, thread) != 0)
			break;
		disk->thread_count++;
	}
}

void
disk_post(struct disk *disk, struct disk_job *job)
{
	assert(job->work != NULL && job->done != NULL);
	disk->pending++;
	if (disk->thread_count == 0)
		disk_start_threads(disk);
	pthread_mutex_lock(&disk->lock);
	if (disk->thread_count > 0) {
		disk_list_put(&disk->queue, job);
		pthread_cond_signal(&disk->queue_filled);
	} else {
		/* No thread is to be had: late is better than never. The
		 * queue is empty, so the order is kept. */
		disk->threads[0].disk = disk;
		disk_run(&disk->threads[0], job);
	}
	pthread_mutex_unlock(&disk->lock);
}

unsigned
disk_pending(const struct disk *disk)
{
	return disk->pending;
}

static void
disk_await_finished(struct disk *disk)
{
	pthread_mutex_lock(&disk->lock);
	while (disk->finished.first == NULL)
		pthread_cond_wait(&disk->job_finished, &disk->lock);
	pthread_mutex_unlock(&disk->lock);
}

void
disk_free(struct disk *disk)
{
	unsigned i;

	if (disk == NULL)
		return;
	while (disk_pending(disk) > 0) {
		disk_await_finished(disk);
		disk_drain(disk);
	}
	pthread_mutex_lock(&disk->lock);
	disk->ending = true;
	pthread_cond_broadcast(&disk->queue_filled);
	pthread_mutex_unlock(&disk->lock);
	for (i = 0; i < disk->thread_count; i++)
		pthread_join(disk->threads[i].id, NULL);
	ev_async_stop(disk->loop, &disk->async);
	pthread_cond_destroy(&disk->job_finished);
	pthread_cond_destroy(&disk->queue_filled);
	pthread_mutex_destroy(&disk->lock);
	free(disk);
}
