/* SPDX-License-Identifier: MIT
 *
 * A face of one's own: what runs, one line each, below it what all comes to,
 * drawn anew ten times a second; p pauses and resumes all, r retries what has
 * failed, q leaves. It draws where stderr is a terminal.
 *
 *     face DIRECTORY URL...
 *
 * At the end it prints "path<TAB>url" for each file, and to stderr
 * "url<TAB>cause<TAB>message" for each failure. Ends with 0 if all went well,
 * 1 if something failed or was left, 2 if it was called wrongly.
 */
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include <haul.h>

#define FACE_ROWS 10            /* running files shown, at most */
#define FACE_BAR 20

static const char *const face_states[HAUL_STATE_COUNT] = {
	[HAUL_STATE_CONNECTING] = "connects", [HAUL_STATE_ACTIVE] = "",
	[HAUL_STATE_VERIFYING] = "is checked", [HAUL_STATE_WAITING] = "waits",
};

/* A server may have chosen the name: nothing in it may move the cursor. */
static void
face_draw_row(const struct haul_row *row)
{
	int filled = row->size_bytes > 0 ?
	    (int)(FACE_BAR * row->got_bytes / row->size_bytes) : 0;
	const char *c;

	fputc('[', stderr);
	for (int i = 0; i < FACE_BAR; i++)
		fputc(i < filled ? '#' : '.', stderr);
	fprintf(stderr, "] %6" PRId64 " KiB/s ", row->speed_bps / 1024);
	for (c = row->name; *c != '\0' && c < row->name + 40; c++)
		fputc(*c >= ' ' && *c <= '~' ? *c : '?', stderr);
	fprintf(stderr, " %s\033[K\n", face_states[row->state] != NULL ?
	    face_states[row->state] : "");
}

/* Returns how many lines it drew, to go up before the next time. */
static int
face_draw(struct haul *haul, int lines)
{
	struct haul_row rows[FACE_ROWS];
	struct haul_totals totals;
	size_t running = haul_active(haul, rows, FACE_ROWS), i;

	haul_totals(haul, &totals);
	if (lines > 0)
		fprintf(stderr, "\033[%dA\033[J", lines);
	for (i = 0; i < running && i < FACE_ROWS; i++)
		face_draw_row(&rows[i]);
	fprintf(stderr, "%" PRIu64 " of %" PRIu64 " files, %" PRIu64
	    " failed, %" PRId64 " MiB%s; p pause, r retry, q quit\033[K\n",
	    totals.done + totals.skipped, totals.files, totals.failed,
	    totals.got_bytes >> 20, totals.hold ? ", paused" : "");
	return (int)i + 1;
}

static void
face_key(struct haul *haul, char key)
{
	struct haul_totals totals;

	haul_totals(haul, &totals);
	if (key == 'p' && haul_hold(haul, totals.hold ? HAUL_HOLD_NOTHING :
	    HAUL_HOLD_ALL) != HAUL_OK)
		fputc('\a', stderr);
	if (key == 'r')
		haul_retry_failed(haul);
	if (key == 'q')
		haul_stop(haul);
}

static void
face_run(struct haul *haul, bool draws)
{
	struct pollfd waiting[2] = {
		{ .fd = haul_fd(haul), .events = POLLIN },
		{ .fd = draws ? STDIN_FILENO : -1, .events = POLLIN },
	};
	struct haul_event event = { .kind = HAUL_EVENT_START };
	int lines = 0;
	char key;

	while (event.kind != HAUL_EVENT_END) {
		poll(waiting, 2, 100);
		if (waiting[1].revents != 0 &&
		    read(STDIN_FILENO, &key, 1) == 1)
			face_key(haul, key);
		while (haul_next_event(haul, &event) &&
		    event.kind != HAUL_EVENT_END)
			;
		if (draws)
			lines = face_draw(haul, lines);
	}
}

/* Keys come at once and are not shown. False: there is no terminal. */
static bool
face_terminal(struct termios *before)
{
	struct termios raw;

	if (!isatty(STDERR_FILENO) || tcgetattr(STDIN_FILENO, before) != 0)
		return false;
	raw = *before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	return tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

static bool
face_report(struct haul *haul, size_t files)
{
	struct haul_results *results = haul_results(haul);
	bool all = results->count == files;
	size_t i;

	for (i = 0; i < results->count; i++)
		printf("%s\t%s\n", results->paths[i], results->urls[i]);
	for (i = 0; i < results->error_count; i++)
		fprintf(stderr, "%s\t%s\t%s\n", results->errors[i].url,
		    haul_cause_name(results->errors[i].cause),
		    results->errors[i].message);
	haul_results_free(results);
	return all;
}

int
main(int argc, char **argv)
{
	struct haul_error error = { .result = HAUL_OK };
	struct haul *haul = NULL;
	struct termios before;
	bool draws, all;
	int i;

	signal(SIGPIPE, SIG_IGN);       /* libcurl may write to a closed
	                                   socket */
	if (argc < 3 || haul_new(NULL, &haul, &error) != HAUL_OK) {
		fprintf(stderr, "usage: %s DIRECTORY URL...\n", argv[0]);
		return 2;
	}
	for (i = 2; i < argc; i++) {
		struct haul_request request = { .url = argv[i],
		    .dir = argv[1] };

		if (haul_add(haul, &request, NULL, &error) == HAUL_OK)
			continue;
		fprintf(stderr, "%s is not right: '%s'\n", error.option,
		    error.value);
		haul_free(haul);
		return 2;
	}
	draws = face_terminal(&before);
	if (haul_start(haul) == HAUL_OK)
		face_run(haul, draws);
	if (draws)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	all = face_report(haul, (size_t)argc - 2);
	haul_free(haul);
	return all ? 0 : 1;
}
