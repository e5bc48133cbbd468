/* SPDX-License-Identifier: MIT
 *
 * Two buffers change places: the callers fill one while the thread writes the
 * other, without the lock. Memory is therefore at most twice the limit, for a
 * moment, and none while nothing is said.
 */
#include "config.h"

#include "writer.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "present/memory.h"

#define WRITER_PUSH_SIZE 65536

struct writer {
	int fd;
	size_t limit;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t filled;          /* for the thread */
	pthread_cond_t drained;         /* for writer_wait() */
	char *bytes;                    /* not yet taken by the thread */
	size_t length, room;
	size_t in_hand;                 /* taken, not yet written */
	bool pushed;                    /* what is there is to be written now */
	bool ending;
	bool ended;                     /* the thread is about to return */
	bool left;                      /* ... and nobody waits for it */
	int error;                      /* errno of the write that failed; no
	                                   other is tried after it */
};

/* Writes all; errno if that fails. */
static int
writer_write(int fd, const char *bytes, size_t length)
{
	struct pollfd waiting = { .fd = fd, .events = POLLOUT };
	ssize_t done;

	while (length > 0) {
		done = write(fd, bytes, length);
		if (done >= 0) {
			bytes += done;
			length -= (size_t)done;
		} else if (errno == EAGAIN) {
			/* The descriptor is shared with a program that made
			 * it so. */
			poll(&waiting, 1, -1);
		} else if (errno != EINTR) {
			return errno;
		}
	}
	return 0;
}

static void
writer_destroy(struct writer *writer)
{
	pthread_cond_destroy(&writer->filled);
	pthread_cond_destroy(&writer->drained);
	pthread_mutex_destroy(&writer->lock);
	free(writer->bytes);
	free(writer);
}

static void *
writer_run(void *user)
{
	struct writer *writer = user;
	char *bytes = NULL, *spare;
	size_t length, room = 0, spare_room;
	bool left;
	int error;

	pthread_mutex_lock(&writer->lock);
	while (!writer->ending) {
		if (writer->length < WRITER_PUSH_SIZE && !writer->pushed) {
			pthread_cond_wait(&writer->filled, &writer->lock);
			continue;
		}
		spare = bytes;
		spare_room = room;
		bytes = writer->bytes;
		room = writer->room;
		length = writer->length;
		writer->bytes = spare;
		writer->room = spare_room;
		writer->length = 0;
		writer->pushed = false;
		writer->in_hand = length;
		pthread_mutex_unlock(&writer->lock);
		error = writer_write(writer->fd, bytes, length);
		pthread_mutex_lock(&writer->lock);
		writer->in_hand = 0;
		writer->error = error;
		if (error != 0)
			writer->length = 0;
		if (writer->length == 0)
			pthread_cond_broadcast(&writer->drained);
	}
	writer->ended = true;
	pthread_cond_broadcast(&writer->drained);
	left = writer->left;
	pthread_mutex_unlock(&writer->lock);
	free(bytes);
	if (left)
		writer_destroy(writer);
	return NULL;
}

struct writer *
writer_new(int fd, size_t limit)
{
	struct writer *writer = memory_zero(sizeof *writer);
	pthread_condattr_t attributes;

	writer->fd = fd;
	writer->limit = limit;
	pthread_mutex_init(&writer->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&writer->filled, &attributes);
	pthread_cond_init(&writer->drained, &attributes);
	pthread_condattr_destroy(&attributes);
	if (pthread_create(&writer->thread, NULL, writer_run, writer) == 0)
		return writer;
	free(writer);
	return NULL;
}

/* The lock is held. Returns when nothing is left to write and, with `end`,
 * the thread has ended; false if the time was over first. */
static bool
writer_await(struct writer *writer, int timeout_ms, bool end)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += timeout_ms / 1000;
	until.tv_nsec += timeout_ms % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	if (writer->length > 0) {
		writer->pushed = true;
		pthread_cond_signal(&writer->filled);
	}
	while (writer->length + writer->in_hand > 0 ||
	    (end && !writer->ended))
		if (pthread_cond_timedwait(&writer->drained, &writer->lock,
		    &until) != 0)
			return false;
	return true;
}

void
writer_free(struct writer *writer)
{
	pthread_t thread;
	bool ended;

	if (writer == NULL)
		return;
	pthread_mutex_lock(&writer->lock);
	writer->ending = true;
	writer->length = 0;
	pthread_cond_signal(&writer->filled);
	ended = writer_await(writer, 20, true);
	writer->left = !ended;
	thread = writer->thread;
	pthread_mutex_unlock(&writer->lock);
	if (!ended) {
		pthread_detach(thread);
		return;
	}
	pthread_join(thread, NULL);
	writer_destroy(writer);
}

/* The lock is held. */
static void
writer_append(struct writer *writer, const char *bytes, size_t length)
{
	size_t room = writer->room > 0 ? writer->room : 4096;

	while (room < writer->length + length)
		room *= 2;
	if (room > writer->room) {
		writer->bytes = memory_resize(writer->bytes, room, 1);
		writer->room = room;
	}
	memcpy(writer->bytes + writer->length, bytes, length);
	writer->length += length;
}

bool
writer_put(struct writer *writer, const char *bytes, size_t length)
{
	size_t held;
	bool fits = true;

	pthread_mutex_lock(&writer->lock);
	held = writer->length + writer->in_hand;
	if (writer->error == 0) {
		fits = length <= writer->limit && held <=
		    writer->limit - length;
		if (fits)
			writer_append(writer, bytes, length);
		if (fits && writer->length >= WRITER_PUSH_SIZE)
			pthread_cond_signal(&writer->filled);
	}
	pthread_mutex_unlock(&writer->lock);
	return fits;
}

void
writer_push(struct writer *writer)
{
	if (writer == NULL)
		return;
	pthread_mutex_lock(&writer->lock);
	if (writer->length > 0) {
		writer->pushed = true;
		pthread_cond_signal(&writer->filled);
	}
	pthread_mutex_unlock(&writer->lock);
}

void
writer_lift_limit(struct writer *writer)
{
	if (writer == NULL)
		return;
	pthread_mutex_lock(&writer->lock);
	writer->limit = SIZE_MAX / 2;
	pthread_mutex_unlock(&writer->lock);
}

size_t
writer_backlog(struct writer *writer)
{
	size_t backlog;

	pthread_mutex_lock(&writer->lock);
	backlog = writer->length + writer->in_hand;
	pthread_mutex_unlock(&writer->lock);
	return backlog;
}

int
writer_error(struct writer *writer)
{
	int error;

	pthread_mutex_lock(&writer->lock);
	error = writer->error;
	pthread_mutex_unlock(&writer->lock);
	return error;
}

bool
writer_wait(struct writer *writer, int timeout_ms)
{
	bool drained;

	pthread_mutex_lock(&writer->lock);
	drained = writer_await(writer, timeout_ms, false);
	pthread_mutex_unlock(&writer->lock);
	return drained;
}
