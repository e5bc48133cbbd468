/* SPDX-License-Identifier: MIT
 *
 * Time as the program under test sees it, the line to the harness, and what a
 * frame costs.
 *
 * The program is linked with --wrap, so that its clock_gettime(), time(),
 * poll(), ppoll() and pthread_cond_timedwait() come here, and so do term_open()
 * and term_show(), which are the face's alone. With a virtual clock no time
 * passes but by the harness's command `step`, and that is answered when all
 * threads that wait in poll() have seen the new time and have nothing left to
 * do: what is on the screen then is certain. Nothing of this needs a hook in
 * the product.
 *
 * The harness listens on the abstract socket HAUL_REPLAY_LINE, speaks a line a
 * command, and gets a line of answer for each:
 *
 *   step MS        lets time pass (0: waits until all is quiet)
 *   do LINE        a line of script, now
 *   run            lets time pass by itself from now on
 *   stats          JSON: frames, cost of the last and the dearest; and resets
 *   calls          JSON: what was asked of the engine since the last time
 *   states         JSON: ids in their order in the queue, and their states
 */
#include "config.h"

#include "replay.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define REPLAY_TICK_MS 50       /* of virtual time */
#define REPLAY_REAL_TICK_MS 10
#define REPLAY_START_MS 1000000 /* monotonic time at the start */
#define REPLAY_WAITERS 64
#define REPLAY_FDS 16
#define REPLAY_PATIENCE_MS 5000 /* for threads that do not come to rest */

int __real_clock_gettime(clockid_t, struct timespec *);
int __real_poll(struct pollfd *, nfds_t, int);
int __wrap_clock_gettime(clockid_t, struct timespec *);
int __wrap_poll(struct pollfd *, nfds_t, int);
int __wrap_ppoll(struct pollfd *, nfds_t, const struct timespec *,
    const sigset_t *);
time_t __wrap_time(time_t *);
int __real_pthread_cond_timedwait(pthread_cond_t *, pthread_mutex_t *,
    const struct timespec *);
int __wrap_pthread_cond_timedwait(pthread_cond_t *, pthread_mutex_t *,
    const struct timespec *);
struct grid;
struct term;
struct term_settings;
struct term *__real_term_open(const struct term_settings *, const char **);
struct term *__wrap_term_open(const struct term_settings *, const char **);
void __real_term_show(struct term *, const struct grid *);
void __wrap_term_show(struct term *, const struct grid *);

/* A thread that waits in poll(). */
struct replay_waiter {
	bool used, resting;
	uint64_t seen;                  /* the tick it rests at */
	int wake_fd;
	struct pollfd fds[REPLAY_FDS];  /* what it waits for, while it rests */
	nfds_t fd_count;
};

struct replay_cost {
	uint64_t items, calls;
};

static struct replay_time {
	pthread_mutex_t lock;
	pthread_cond_t rested;
	bool is_virtual, ended;
	int64_t now_ms, epoch_ms;       /* now: of the virtual clock */
	int64_t start_ns;               /* of the real one */
	uint64_t tick;
	struct replay_waiter waiters[REPLAY_WAITERS];
	pthread_t thread;
	int line_fd, stop_fd;
	char line[65536];
	size_t line_length;

	uint64_t frames;                /* under lock, as all here */
	struct replay_cost this_frame, last_frame, dearest;
	int64_t face_cpu_us;            /* at its last frame */
} replay_time = {
	.lock = PTHREAD_MUTEX_INITIALIZER, .rested = PTHREAD_COND_INITIALIZER,
	.line_fd = -1, .stop_fd = -1,
};

static _Thread_local struct replay_waiter *replay_waiter;
static _Thread_local bool replay_is_face;
static pthread_key_t replay_waiter_key;

static int64_t
replay_real_ns(clockid_t clock)
{
	struct timespec now;

	__real_clock_gettime(clock, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

int64_t
replay_now_ms(void)
{
	int64_t now;

	if (!replay_time.is_virtual)
		return (replay_real_ns(CLOCK_MONOTONIC) -
		    replay_time.start_ns) / 1000000;
	pthread_mutex_lock(&replay_time.lock);
	now = replay_time.now_ms;
	pthread_mutex_unlock(&replay_time.lock);
	return now;
}

int64_t
replay_epoch_ms(void)
{
	if (replay_time.epoch_ms == 0)
		return replay_real_ns(CLOCK_REALTIME) / 1000000;
	return replay_time.epoch_ms + replay_now_ms();
}

/* ---- the program's clocks ---- */

int
__wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
	int64_t ms;

	if (clock == CLOCK_REALTIME && replay_time.epoch_ms != 0)
		ms = replay_epoch_ms();
	else if (clock == CLOCK_MONOTONIC && replay_time.start_ns != 0)
		ms = REPLAY_START_MS + replay_now_ms();
	else
		return __real_clock_gettime(clock, now);
	now->tv_sec = ms / 1000;
	now->tv_nsec = ms % 1000 * 1000000;
	return 0;
}

/* The system's clock has to end this wait; which one it is, its size tells. */
int
__wrap_pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
    const struct timespec *until)
{
	clockid_t clock = until->tv_sec > 1000000000 ? CLOCK_REALTIME :
	    CLOCK_MONOTONIC;
	struct timespec now;
	int64_t ns;

	__wrap_clock_gettime(clock, &now);
	ns = (until->tv_sec - now.tv_sec) * INT64_C(1000000000) +
	    until->tv_nsec - now.tv_nsec;
	ns = replay_real_ns(clock) + (ns > 0 ? ns : 0);
	now.tv_sec = ns / 1000000000;
	now.tv_nsec = ns % 1000000000;
	return __real_pthread_cond_timedwait(cond, mutex, &now);
}

time_t
__wrap_time(time_t *out)
{
	time_t now = (time_t)(replay_epoch_ms() / 1000);

	if (out != NULL)
		*out = now;
	return now;
}

/* ---- waiting ---- */

static void
replay_release_waiter(void *value)
{
	struct replay_waiter *waiter = value;

	pthread_mutex_lock(&replay_time.lock);
	close(waiter->wake_fd);
	waiter->used = false;
	pthread_cond_signal(&replay_time.rested);
	pthread_mutex_unlock(&replay_time.lock);
}

static struct replay_waiter *
replay_get_waiter(void)
{
	int i;

	if (replay_waiter != NULL)
		return replay_waiter;
	pthread_mutex_lock(&replay_time.lock);
	for (i = 0; i < REPLAY_WAITERS && replay_waiter == NULL; i++)
		if (!replay_time.waiters[i].used)
			replay_waiter = &replay_time.waiters[i];
	if (replay_waiter == NULL)
		abort();
	memset(replay_waiter, 0, sizeof *replay_waiter);
	replay_waiter->used = true;
	replay_waiter->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_unlock(&replay_time.lock);
	pthread_setspecific(replay_waiter_key, replay_waiter);
	return replay_waiter;
}

/* Rests until something is ready or a tick comes. Returns as poll() does, but
 * for 0 when it was the tick. */
static int
replay_rest(struct replay_waiter *waiter, struct pollfd *fds, nfds_t count,
    uint64_t tick)
{
	struct pollfd all[REPLAY_FDS + 1];
	uint64_t ticks;
	int ready;

	memcpy(all, fds, count * sizeof *all);
	all[count] = (struct pollfd){ .fd = waiter->wake_fd,
	    .events = POLLIN };
	pthread_mutex_lock(&replay_time.lock);
	memcpy(waiter->fds, fds, count * sizeof *fds);
	waiter->fd_count = count;
	waiter->seen = tick;
	waiter->resting = true;
	pthread_cond_signal(&replay_time.rested);
	pthread_mutex_unlock(&replay_time.lock);
	ready = __real_poll(all, count + 1, -1);
	pthread_mutex_lock(&replay_time.lock);
	waiter->resting = false;
	pthread_mutex_unlock(&replay_time.lock);
	if (ready < 0)
		return ready;
	if (all[count].revents != 0) {
		ready--;
		if (read(waiter->wake_fd, &ticks, sizeof ticks) < 0) {
			/* Another tick's reading took it. */
		}
	}
	memcpy(fds, all, count * sizeof *fds);
	return ready;
}

static void
replay_read_clock(uint64_t *tick, int64_t *now_ms, bool *is_virtual)
{
	pthread_mutex_lock(&replay_time.lock);
	*tick = replay_time.tick;
	*now_ms = replay_time.now_ms;
	*is_virtual = replay_time.is_virtual;
	pthread_mutex_unlock(&replay_time.lock);
}

int
__wrap_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	int64_t now_ms, until_ms = INT64_MAX;
	struct replay_waiter *waiter;
	bool is_virtual;
	uint64_t tick;
	int ready;

	replay_read_clock(&tick, &now_ms, &is_virtual);
	if (!is_virtual || timeout_ms == 0 || count > REPLAY_FDS)
		return __real_poll(fds, count, timeout_ms);
	if (timeout_ms > 0)
		until_ms = now_ms + timeout_ms;
	waiter = replay_get_waiter();
	for (;;) {
		replay_read_clock(&tick, &now_ms, &is_virtual);
		ready = __real_poll(fds, count, 0);
		if (ready != 0 || now_ms >= until_ms)
			return ready;
		if (!is_virtual)
			return __real_poll(fds, count, until_ms == INT64_MAX ?
			    -1 : (int)(until_ms - now_ms));
		ready = replay_rest(waiter, fds, count, tick);
		if (ready != 0)
			return ready;
	}
}

int
__wrap_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
    const sigset_t *set)
{
	if (set != NULL)
		abort();        /* not written for that */
	return __wrap_poll(fds, count, timeout == NULL ? -1 :
	    (int)(timeout->tv_sec * 1000 +
	    (timeout->tv_nsec + 999999) / 1000000));
}

/* ---- what frames cost ---- */

void
replay_touch(size_t items)
{
	if (!replay_is_face)
		return;
	pthread_mutex_lock(&replay_time.lock);
	replay_time.this_frame.items += items;
	replay_time.this_frame.calls++;
	pthread_mutex_unlock(&replay_time.lock);
}

struct term *
__wrap_term_open(const struct term_settings *settings, const char **why)
{
	replay_is_face = true;
	return __real_term_open(settings, why);
}

void
__wrap_term_show(struct term *term, const struct grid *grid)
{
	struct replay_time *time = &replay_time;
	struct replay_cost *frame = &time->this_frame;

	replay_is_face = true;
	__real_term_show(term, grid);
	pthread_mutex_lock(&time->lock);
	time->frames++;
	time->last_frame = *frame;
	if (frame->items > time->dearest.items)
		time->dearest.items = frame->items;
	if (frame->calls > time->dearest.calls)
		time->dearest.calls = frame->calls;
	*frame = (struct replay_cost){ 0, 0 };
	time->face_cpu_us = replay_real_ns(CLOCK_THREAD_CPUTIME_ID) / 1000;
	pthread_mutex_unlock(&time->lock);
}

/* ---- the harness ---- */

/* Whether a resting thread has something to do that it has not seen. */
static bool
replay_waiter_is_quiet(const struct replay_waiter *waiter)
{
	struct pollfd fds[REPLAY_FDS];

	if (!waiter->resting || waiter->seen != replay_time.tick)
		return false;
	memcpy(fds, waiter->fds, waiter->fd_count * sizeof *fds);
	return __real_poll(fds, waiter->fd_count, 0) == 0;
}

static bool
replay_is_quiet(void)
{
	int i;

	for (i = 0; i < REPLAY_WAITERS; i++)
		if (replay_time.waiters[i].used &&
		    !replay_waiter_is_quiet(&replay_time.waiters[i]))
			return false;
	return true;
}

/* Waits, lock held, for all to rest; false if they do not. A thread that is
 * awake says when it rests, but one that was woken this moment may still look
 * as if it did: hence the second look. */
static bool
replay_wait_for_rest(void)
{
	struct timespec until;
	int64_t end = replay_real_ns(CLOCK_REALTIME) +
	    REPLAY_PATIENCE_MS * INT64_C(1000000), now;

	while (!replay_is_quiet() && !replay_time.ended) {
		now = replay_real_ns(CLOCK_REALTIME);
		if (now >= end)
			return false;
		now += 2000000;
		until.tv_sec = now / 1000000000;
		until.tv_nsec = now % 1000000000;
		__real_pthread_cond_timedwait(&replay_time.rested,
		    &replay_time.lock, &until);
	}
	return true;
}

static void
replay_wake_all(void)
{
	uint64_t one = 1;
	int i;

	for (i = 0; i < REPLAY_WAITERS; i++)
		if (replay_time.waiters[i].used &&
		    write(replay_time.waiters[i].wake_fd, &one,
		    sizeof one) < 0)
			abort();
}

static bool
replay_tick(struct replay *replay, int64_t by_ms)
{
	bool quiet;

	pthread_mutex_lock(&replay_time.lock);
	replay_time.now_ms += by_ms;
	pthread_mutex_unlock(&replay_time.lock);
	if (by_ms > 0) {
		replay_lock(replay);
		script_run(replay, replay->script, replay_now_ms());
		replay_unlock(replay);
	}
	pthread_mutex_lock(&replay_time.lock);
	replay_time.tick++;
	replay_wake_all();
	quiet = replay_wait_for_rest();
	pthread_mutex_unlock(&replay_time.lock);
	return quiet;
}

static void
replay_answer(const char *text)
{
	size_t length = strlen(text);
	ssize_t done;

	for (; length > 0; text += done, length -= (size_t)done) {
		done = write(replay_time.line_fd, text, length);
		if (done < 0)
			return;
	}
	if (write(replay_time.line_fd, "\n", 1) < 0)
		return;
}

static void
replay_do_step(struct replay *replay, const char *words)
{
	int64_t left = strtoll(words, NULL, 10), by;
	bool quiet = replay_tick(replay, 0);

	for (; left > 0; left -= by) {
		by = left < REPLAY_TICK_MS ? left : REPLAY_TICK_MS;
		quiet = replay_tick(replay, by);
	}
	replay_answer(quiet ? "ok" : "restless");
}

static void
replay_do_stats(void)
{
	struct replay_time *time = &replay_time;
	char text[512];

	pthread_mutex_lock(&time->lock);
	snprintf(text, sizeof text, "{\"frames\": %llu, \"items\": %llu, "
	    "\"calls\": %llu, \"items_max\": %llu, \"calls_max\": %llu, "
	    "\"cpu_us\": %lld, \"now_ms\": %lld}",
	    (unsigned long long)time->frames,
	    (unsigned long long)time->last_frame.items,
	    (unsigned long long)time->last_frame.calls,
	    (unsigned long long)time->dearest.items,
	    (unsigned long long)time->dearest.calls,
	    (long long)time->face_cpu_us, (long long)time->now_ms);
	time->dearest = (struct replay_cost){ 0, 0 };
	pthread_mutex_unlock(&time->lock);
	replay_answer(text);
}

static void
replay_do_calls(struct replay *replay)
{
	json_t *list = json_array();
	char *line, *rest, *text;

	replay_lock(replay);
	rest = replay->calls;
	while (rest != NULL && *rest != '\0') {
		line = strsep(&rest, "\n");
		json_array_append_new(list, json_string(line));
	}
	free(replay->calls);
	replay->calls = NULL;
	replay->calls_length = 0;
	replay_unlock(replay);
	text = json_dumps(list, 0);
	replay_answer(text);
	free(text);
	json_decref(list);
}

static void
replay_do_states(struct replay *replay)
{
	json_t *list = json_array();
	size_t i;
	char *text;

	replay_lock(replay);
	for (i = 0; i < replay->queue.used; i++)
		json_array_append_new(list, json_pack("[I, i]",
		    (json_int_t)replay->queue.slots[i],
		    (int)replay->items[replay->queue.slots[i] - 1].state));
	replay_unlock(replay);
	text = json_dumps(list, JSON_COMPACT);
	replay_answer(text);
	free(text);
	json_decref(list);
}

/* From now on as it comes: the end of a run has time-outs of its own. */
static void
replay_do_run(void)
{
	pthread_mutex_lock(&replay_time.lock);
	replay_time.start_ns = replay_real_ns(CLOCK_MONOTONIC) -
	    replay_time.now_ms * 1000000;
	replay_time.is_virtual = false;
	replay_time.tick++;
	replay_wake_all();
	pthread_mutex_unlock(&replay_time.lock);
	replay_answer("ok");
}

static void
replay_do_line(struct replay *replay, char *line)
{
	size_t word = strcspn(line, " ");
	const char *rest = line + word + (line[word] == ' ');
	bool good;

	line[word] = '\0';
	if (strcmp(line, "step") == 0) {
		replay_do_step(replay, rest);
	} else if (strcmp(line, "do") == 0) {
		replay_lock(replay);
		good = script_line(replay, rest, strlen(rest));
		replay_unlock(replay);
		replay_answer(good ? "ok" : "bad");
	} else if (strcmp(line, "run") == 0) {
		replay_do_run();
	} else if (strcmp(line, "stats") == 0) {
		replay_do_stats();
	} else if (strcmp(line, "calls") == 0) {
		replay_do_calls(replay);
	} else if (strcmp(line, "states") == 0) {
		replay_do_states(replay);
	} else {
		replay_answer("bad");
	}
}

static void
replay_read_lines(struct replay *replay)
{
	struct replay_time *time = &replay_time;
	ssize_t got = read(time->line_fd, time->line + time->line_length,
	    sizeof time->line - time->line_length - 1);
	char *end;
	size_t used;

	if (got <= 0) {
		time->line_fd = -1;     /* the harness is gone */
		return;
	}
	time->line_length += (size_t)got;
	for (;;) {
		end = memchr(time->line, '\n', time->line_length);
		if (end == NULL)
			return;
		*end = '\0';
		used = (size_t)(end - time->line) + 1;
		replay_do_line(replay, time->line);
		time->line_length -= used;
		memmove(time->line, time->line + used, time->line_length);
	}
}

static void *
replay_time_run(void *user)
{
	struct replay *replay = user;
	struct pollfd fds[2];
	int timeout;

	for (;;) {
		fds[0] = (struct pollfd){ .fd = replay_time.line_fd,
		    .events = POLLIN };
		fds[1] = (struct pollfd){ .fd = replay_time.stop_fd,
		    .events = POLLIN };
		timeout = replay_time.is_virtual ? -1 : REPLAY_REAL_TICK_MS;
		if (__real_poll(fds, 2, timeout) < 0 && errno != EINTR)
			abort();
		if (fds[1].revents != 0)
			return NULL;
		if (fds[0].revents != 0)
			replay_read_lines(replay);
		if (replay_time.is_virtual)
			continue;
		replay_lock(replay);
		script_run(replay, replay->script, replay_now_ms());
		replay_unlock(replay);
	}
}

static int
replay_connect(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(name);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || length >= sizeof address.sun_path)
		abort();
	memcpy(address.sun_path + 1, name, length);
	if (connect(fd, (struct sockaddr *)&address, (socklen_t)(length + 1 +
	    offsetof(struct sockaddr_un, sun_path))) != 0)
		abort();
	return fd;
}

void
replay_time_start(struct replay *replay)
{
	const char *line = getenv("HAUL_REPLAY_LINE");
	sigset_t all, before;

	replay_time.line_fd = line != NULL ? replay_connect(line) : -1;
	replay_time.stop_fd = eventfd(0, EFD_CLOEXEC);
	replay_time.is_virtual = script_is_virtual(replay->script);
	replay_time.epoch_ms = script_epoch_ms(replay->script);
	replay_time.start_ns = replay_real_ns(CLOCK_MONOTONIC);
	pthread_key_create(&replay_waiter_key, replay_release_waiter);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&replay_time.thread, NULL, replay_time_run,
	    replay) != 0)
		abort();
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void
replay_time_stop(void)
{
	uint64_t one = 1;

	/* Who waits for all to rest need not wait for those that are gone. */
	pthread_mutex_lock(&replay_time.lock);
	replay_time.ended = true;
	pthread_cond_broadcast(&replay_time.rested);
	pthread_mutex_unlock(&replay_time.lock);
	if (write(replay_time.stop_fd, &one, sizeof one) < 0)
		abort();
	pthread_join(replay_time.thread, NULL);
	close(replay_time.stop_fd);
}
