/* SPDX-License-Identifier: MIT
 *
 * haul in the main loop of GLib, and so of GTK: a source for its descriptor
 * beside the program's own, here a timeout that shows the progress.
 *
 *     glib-loop DIRECTORY URL...
 *
 * Prints "path<TAB>url" for each file, and to stderr ten times a second the
 * progress and "url<TAB>cause<TAB>message" for each failure. Ends with 0 if
 * all went well, 1 if something failed, 2 if it was called wrongly.
 */
#include <assert.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include <glib-unix.h>
#include <haul.h>

struct glib_loop {
	struct haul *haul;
	GMainLoop *loop;
	GThread *thread;
};

/* Called once for each item that ends, from within haul_next_event() and on
 * the loop's thread: it may touch widgets. */
static void
glib_loop_done(struct haul *haul, const struct haul_item *item, void *user)
{
	const struct glib_loop *my = user;

	(void)haul;
	assert(my->thread == g_thread_self());
	if (item->state == HAUL_STATE_FAILED)
		fprintf(stderr, "%s\t%s\t%s\n", item->url,
		    haul_cause_name(item->cause), item->message);
	else
		printf("%s\t%s\n", item->path, item->url);
}

/* Events are taken until there are none: only then is the descriptor quiet
 * again. */
static gboolean
glib_loop_on_events(gint fd, GIOCondition condition, gpointer user)
{
	struct glib_loop *my = user;
	struct haul_event event;

	(void)fd;
	(void)condition;
	while (haul_next_event(my->haul, &event))
		if (event.kind == HAUL_EVENT_END)
			g_main_loop_quit(my->loop);
	return G_SOURCE_CONTINUE;
}

/* Reading what the engine knows is cheap and never waits for it. */
static gboolean
glib_loop_on_progress(gpointer user)
{
	const struct glib_loop *my = user;
	struct haul_totals totals;

	haul_totals(my->haul, &totals);
	fprintf(stderr, "%" PRIu64 " of %" PRIu64 " files, %" PRId64
	    " bytes, %" PRId64 " a second\n", totals.done + totals.skipped,
	    totals.files, totals.got_bytes, totals.speed_bps);
	return G_SOURCE_CONTINUE;
}

static void
glib_loop_run(struct glib_loop *my)
{
	guint events = g_unix_fd_add(haul_fd(my->haul), G_IO_IN,
	    glib_loop_on_events, my);
	guint progress = g_timeout_add(100, glib_loop_on_progress, my);

	if (haul_start(my->haul) == HAUL_OK)
		g_main_loop_run(my->loop);
	g_source_remove(events);
	g_source_remove(progress);
}

/* False if an argument is wrong. */
static bool
glib_loop_open(struct glib_loop *my, char **arguments)
{
	struct haul_options *options = haul_options_new();
	struct haul_error error = { .result = HAUL_OK };
	struct haul_request request = { .dir = arguments[0] };
	enum haul_result result;

	haul_options_on_done(options, glib_loop_done, my);
	result = haul_new(options, &my->haul, &error);
	haul_options_free(options);
	while (result == HAUL_OK && (request.url = *++arguments) != NULL)
		result = haul_add(my->haul, &request, NULL, &error);
	if (result != HAUL_OK)
		fprintf(stderr, "%s is not right: '%s'\n", error.option,
		    error.value);
	return result == HAUL_OK;
}

int
main(int argc, char **argv)
{
	struct glib_loop my = { .thread = g_thread_self() };
	struct haul_totals totals = { .files = 0 };
	bool opened;

	if (argc < 3) {
		fprintf(stderr, "usage: %s DIRECTORY URL...\n", argv[0]);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);       /* libcurl may write to a closed
	                                   socket */
	my.loop = g_main_loop_new(NULL, FALSE);
	opened = glib_loop_open(&my, argv + 1);
	if (opened) {
		glib_loop_run(&my);
		haul_totals(my.haul, &totals);
	}
	haul_free(my.haul);
	g_main_loop_unref(my.loop);
	if (!opened)
		return 2;
	return totals.done + totals.skipped == totals.files ? 0 : 1;
}
