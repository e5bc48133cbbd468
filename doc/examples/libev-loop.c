/* SPDX-License-Identifier: MIT
 *
 * haul in a libev loop of the program's own, beside other watchers: a timer
 * that shows the progress, and standard input, where further URLs may come.
 *
 *     libev-loop DIRECTORY URL...
 *
 * Prints "path<TAB>url" for each file, and to stderr ten times a second the
 * progress and "url<TAB>cause<TAB>message" for each failure. Ends with 0 if
 * all went well, 1 if something failed, 2 if it was called wrongly.
 */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <ev.h>
#include <haul.h>

struct libev_loop {
	struct haul *haul;
	const char *dir;
	pthread_t thread;
	ev_io events;                   /* haul has something to say */
	ev_io input;                    /* standard input has */
	ev_timer progress;
	char line[4096];                /* of the input, not yet whole */
	size_t length;
	bool refused;                   /* a URL could not be added */
};

/* Called once for each item that ends, from within haul_next_event() and on
 * the loop's thread. */
static void
libev_loop_done(struct haul *haul, const struct haul_item *item, void *user)
{
	const struct libev_loop *my = user;

	(void)haul;
	assert(pthread_equal(my->thread, pthread_self()));
	if (item->state == HAUL_STATE_FAILED)
		fprintf(stderr, "%s\t%s\t%s\n", item->url,
		    haul_cause_name(item->cause), item->message);
	else
		printf("%s\t%s\n", item->path, item->url);
}

static void
libev_loop_add(struct libev_loop *my, const char *url)
{
	struct haul_request request = { .url = url, .dir = my->dir };
	struct haul_error error = { .result = HAUL_OK };

	if (haul_add(my->haul, &request, NULL, &error) == HAUL_OK)
		return;
	fprintf(stderr, "%s is not right: '%s'\n", error.option, error.value);
	my->refused = true;
}

/* ---- watchers ---- */

static bool
libev_loop_is_idle(struct haul *haul)
{
	struct haul_totals totals;

	haul_totals(haul, &totals);
	return totals.queued + totals.active + totals.waiting == 0;
}

/* Events are taken until there are none: only then is the descriptor quiet
 * again. Something may have been added since END was told; then another will
 * follow. */
static void
libev_loop_on_events(struct ev_loop *loop, ev_io *watcher, int revents)
{
	struct libev_loop *my = watcher->data;
	struct haul_event event;

	(void)revents;
	while (haul_next_event(my->haul, &event))
		if (event.kind == HAUL_EVENT_END &&
		    libev_loop_is_idle(my->haul))
			ev_break(loop, EVBREAK_ALL);
}

static void
libev_loop_take_lines(struct libev_loop *my)
{
	char *end;

	while ((end = memchr(my->line, '\n', my->length)) != NULL) {
		*end++ = '\0';
		libev_loop_add(my, my->line);
		my->length -= (size_t)(end - my->line);
		memmove(my->line, end, my->length);
	}
}

static void
libev_loop_on_input(struct ev_loop *loop, ev_io *watcher, int revents)
{
	struct libev_loop *my = watcher->data;
	ssize_t got = read(watcher->fd, my->line + my->length,
	    sizeof my->line - my->length);

	(void)revents;
	if (got > 0) {
		my->length += (size_t)got;
		libev_loop_take_lines(my);
	} else if (got == 0 || errno != EINTR) {
		ev_io_stop(loop, watcher);
	}
}

/* Reading what the engine knows is cheap and never waits for it. */
static void
libev_loop_on_progress(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct libev_loop *my = timer->data;
	struct haul_totals totals;

	(void)loop;
	(void)revents;
	haul_totals(my->haul, &totals);
	fprintf(stderr, "%" PRIu64 " of %" PRIu64 " files, %" PRId64
	    " bytes, %" PRId64 " a second, %zu running\n",
	    totals.done + totals.skipped, totals.files, totals.got_bytes,
	    totals.speed_bps, haul_active(my->haul, NULL, 0));
}

static void
libev_loop_run(struct libev_loop *my)
{
	struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);

	if (loop == NULL || haul_start(my->haul) != HAUL_OK) {
		my->refused = true;
		return;
	}
	ev_io_init(&my->events, libev_loop_on_events, haul_fd(my->haul),
	    EV_READ);
	ev_io_init(&my->input, libev_loop_on_input, STDIN_FILENO, EV_READ);
	ev_timer_init(&my->progress, libev_loop_on_progress, 0.1, 0.1);
	my->events.data = my->input.data = my->progress.data = my;
	ev_io_start(loop, &my->events);
	ev_io_start(loop, &my->input);
	ev_timer_start(loop, &my->progress);
	ev_run(loop, 0);
	ev_loop_destroy(loop);
}

int
main(int argc, char **argv)
{
	struct libev_loop my = { .thread = pthread_self() };
	struct haul_options *options;
	struct haul_totals totals;
	int i;

	if (argc < 3) {
		fprintf(stderr, "usage: %s DIRECTORY URL...\n", argv[0]);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);       /* libcurl may write to a closed
	                                   socket */
	my.dir = argv[1];
	options = haul_options_new();
	haul_options_on_done(options, libev_loop_done, &my);
	if (haul_new(options, &my.haul, NULL) != HAUL_OK)
		my.refused = true;
	haul_options_free(options);
	for (i = 2; i < argc && !my.refused; i++)
		libev_loop_add(&my, argv[i]);
	if (my.refused) {
		haul_free(my.haul);
		return 2;
	}
	libev_loop_run(&my);
	haul_totals(my.haul, &totals);
	haul_free(my.haul);
	if (my.refused)
		return 2;
	return totals.done + totals.skipped == totals.files ? 0 : 1;
}
