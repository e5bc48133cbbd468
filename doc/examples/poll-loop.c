/* SPDX-License-Identifier: MIT
 *
 * haul in a poll() loop that has other things to do: here a timer, whose
 * descriptor stands for any other of the program's.
 *
 *     poll-loop DIRECTORY URL...
 *
 * Prints "path<TAB>url" for each file, and to stderr ten times a second the
 * progress and "url<TAB>cause<TAB>message" for each failure. Ends with 0 if
 * all went well, 1 if something failed, 2 if it was called wrongly.
 */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <haul.h>

#define POLL_LOOP_ROWS 5        /* running files shown, at most */

/* Called once for each item that ends, from within haul_next_event() and on
 * the loop's thread. */
static void
poll_loop_done(struct haul *haul, const struct haul_item *item, void *user)
{
	const pthread_t *loop = user;

	(void)haul;
	assert(pthread_equal(*loop, pthread_self()));
	if (item->state == HAUL_STATE_FAILED)
		fprintf(stderr, "%s\t%s\t%s\n", item->url,
		    haul_cause_name(item->cause), item->message);
	else
		printf("%s\t%s\n", item->path, item->url);
}

/* Reading what the engine knows is cheap and never waits for it. */
static void
poll_loop_show(struct haul *haul)
{
	struct haul_row rows[POLL_LOOP_ROWS];
	struct haul_totals totals;
	size_t n = haul_active(haul, rows, POLL_LOOP_ROWS), i;

	haul_totals(haul, &totals);
	fprintf(stderr, "%" PRIu64 " of %" PRIu64 " files, %" PRId64
	    " bytes, %" PRId64 " a second;", totals.done + totals.skipped,
	    totals.files, totals.got_bytes, totals.speed_bps);
	for (i = 0; i < n && i < POLL_LOOP_ROWS; i++)
		fprintf(stderr, " #%" PRIu64 " %" PRId64 "/%" PRId64,
		    rows[i].id, rows[i].got_bytes, rows[i].size_bytes);
	fputc('\n', stderr);
}

/* False when nothing is left to do. Events are taken until there are none:
 * only then is the descriptor quiet again. */
static bool
poll_loop_take_events(struct haul *haul)
{
	struct haul_event event;
	bool going = true;

	while (haul_next_event(haul, &event))
		if (event.kind == HAUL_EVENT_END)
			going = false;
	return going;
}

static void
poll_loop_run(struct haul *haul, int timer)
{
	struct pollfd waiting[2] = {
		{ .fd = haul_fd(haul), .events = POLLIN },
		{ .fd = timer, .events = POLLIN },
	};
	bool going = true;
	uint64_t ticks;

	while (going) {
		if (poll(waiting, 2, -1) < 0) {
			if (errno == EINTR)
				continue;
			perror("poll");
			return;
		}
		if (waiting[1].revents != 0 &&
		    read(timer, &ticks, sizeof ticks) == sizeof ticks)
			poll_loop_show(haul);
		if (waiting[0].revents != 0)
			going = poll_loop_take_events(haul);
	}
}

/* An engine with the URLs in its queue; NULL if an argument is wrong. */
static struct haul *
poll_loop_open(pthread_t *loop, char **arguments)
{
	struct haul_options *options = haul_options_new();
	struct haul_error error = { .result = HAUL_OK };
	struct haul_request request = { .dir = arguments[0] };
	struct haul *haul;

	haul_options_on_done(options, poll_loop_done, loop);
	if (haul_new(options, &haul, &error) != HAUL_OK)
		goto fail;
	while ((request.url = *++arguments) != NULL)
		if (haul_add(haul, &request, NULL, &error) != HAUL_OK)
			goto fail;
	haul_options_free(options);
	return haul;
fail:
	fprintf(stderr, "%s is not right: '%s'\n", error.option, error.value);
	haul_options_free(options);
	haul_free(haul);
	return NULL;
}

int
main(int argc, char **argv)
{
	static const struct itimerspec tenth = {
		.it_interval.tv_nsec = 100000000,
		.it_value.tv_nsec = 100000000,
	};
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	pthread_t loop = pthread_self();
	struct haul_totals totals;
	struct haul *haul;

	if (argc < 3) {
		fprintf(stderr, "usage: %s DIRECTORY URL...\n", argv[0]);
		return 2;
	}
	if (timer < 0 || timerfd_settime(timer, 0, &tenth, NULL) != 0) {
		perror("timerfd");
		return 1;
	}
	signal(SIGPIPE, SIG_IGN);       /* libcurl may write to a closed
	                                   socket */
	haul = poll_loop_open(&loop, argv + 1);
	if (haul == NULL)
		return 2;
	if (haul_start(haul) == HAUL_OK)
		poll_loop_run(haul, timer);
	haul_totals(haul, &totals);
	haul_free(haul);
	close(timer);
	return totals.done + totals.skipped == totals.files ? 0 : 1;
}
