/* SPDX-License-Identifier: MIT
 *
 * The command's loop. One poll() waits for the engine's events, signals, list
 * files that are pipes, and the output's next frame. Nothing here may block:
 * writing is the writers' matter, so a signal is always answered at once.
 */
#include "config.h"

#include "run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "face.h"
#include "feed.h"
#include "output.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/text.h"
#include "resume.h"
#include "summary.h"

#define RUN_EVENTS_MAX  4096    /* of one turn: signals must get theirs */
#define RUN_STOP_MS     700     /* the engine's time to stop */
#define RUN_FLUSH_MS    200     /* the readers' time after a stop */
#define RUN_FAILURES_SHOWN 10   /* after the full screen */
#define RUN_FACE_MS     80      /* what is over by then needs no screen */
#define RUN_EARLY_MAX   1024    /* events that are told to it afterwards */
#define RUN_TWICE_MS    2000    /* within which a second Ctrl-C stops */

struct run {
	const struct settings *settings;
	const struct arguments *arguments;
	struct haul *haul;
	struct writer *err, *out;       /* out: NULL if stdout has no data */
	struct output *output;          /* NULL before the start */
	struct face *face;              /* NULL: not shown, or not any more */
	struct output_context context;
	struct feed *feed;
	struct resume resume;
	enum settings_output kind;
	int signal_fd;
	bool print_names;
	char name_end;                  /* after a printed path */

	int64_t face_ms;                /* when to open it; 0: not any more */
	struct haul_event *early;       /* of before, RUN_EARLY_MAX */
	size_t early_count;
	bool loading;                   /* as the face was told */
	bool nohup;                     /* SIGHUP was ignored when we began */
	int64_t interrupt_ms;           /* of the last Ctrl-C; 0 none */

	haul_id first_new;              /* of the items added in this turn */
	size_t new_count;
	haul_id *failed;
	size_t failed_count, failed_room;
	bool resting;                   /* the engine has reported its end */
	bool over;
	bool too_many;                  /* --max-failures */
	bool broken;                    /* the engine would not start */
	int stop_signal;                /* that asked for the end, or 0 */
	int64_t stop_ms;                /* when to wait no longer; 0 never */
};

static int64_t
run_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static void
run_tell(struct run *run, const char *sentence)
{
	if (run->face != NULL)
		face_message(run->face, sentence);
	else if (run->output != NULL)
		output_message(run->output, sentence);
	else
		output_print(run->err, "haul: %s\n", sentence);
}

static void
run_tell_error(const char *sentence, void *user)
{
	run_tell(user, sentence);
}

/* ---- signals ---- */

/* What was ignored when we began (nohup, a shell's background job) stays
 * ignored. */
static bool
run_add_signal(sigset_t *set, int number)
{
	struct sigaction action;

	if (sigaction(number, NULL, &action) != 0 ||
	    action.sa_handler == SIG_IGN)
		return false;
	sigaddset(set, number);
	return true;
}

static int
run_open_signals(struct run *run)
{
	sigset_t set;

	sigemptyset(&set);
	run_add_signal(&set, SIGINT);
	run_add_signal(&set, SIGTERM);
	run->nohup = !run_add_signal(&set, SIGHUP);
	if (run->kind == SETTINGS_OUTPUT_TUI) {
		run_add_signal(&set, SIGQUIT);
		run_add_signal(&set, SIGTSTP);
	}
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGCONT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return -1;
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* From here on Ctrl-C ends the program at once: all that it could still lose
 * is that what is done is recorded as done. */
static void
run_let_interrupt(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void
run_stop(struct run *run)
{
	struct haul_totals totals;

	if (run->stop_ms == 0) {
		/* The face may have started it anew. */
		haul_totals(run->haul, &totals);
		run->resting = !totals.running;
		haul_stop(run->haul);
		run->stop_ms = run_now_ms() + RUN_STOP_MS;
	}
}

static void
run_take_stop(struct run *run, int number)
{
	struct pollfd terminal = { .fd = STDERR_FILENO, .events = POLLOUT };

	if (run->stop_signal != 0) {
		face_panic();
		if (run->kind == SETTINGS_OUTPUT_BAR &&
		    poll(&terminal, 1, 0) == 1 &&
		    write(STDERR_FILENO, "\n", 1) < 0)
			number = SIGHUP;        /* the terminal is gone */
		_exit(128 + number);
	}
	run->stop_signal = number;
	if (run->haul == NULL)
		return;
	if (number == SIGINT)
		run_tell(run, _("stopping; what arrived is kept. Ctrl-C again "
		    "ends at once."));
	run_stop(run);
}

/* With the face, the first Ctrl-C is a question. */
static void
run_take_interrupt(struct run *run)
{
	int64_t now = run_now_ms();
	bool twice = run->interrupt_ms != 0 &&
	    now - run->interrupt_ms <= RUN_TWICE_MS;

	run->interrupt_ms = now;
	if (run->face == NULL || twice || run->stop_signal != 0)
		run_take_stop(run, SIGINT);
	else
		face_interrupt(run->face);
}

/* Gives the terminal back and lets the system stop us, all threads of us,
 * until somebody wants us to go on. */
static void
run_suspend(struct run *run)
{
	static const struct timespec at_once = { 0, 0 };
	sigset_t stop, go_on;

	if (run->face == NULL || run->stop_signal != 0)
		return;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	sigemptyset(&go_on);
	sigaddset(&go_on, SIGCONT);
	face_suspend(run->face);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, NULL);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	(void)sigtimedwait(&go_on, NULL, &at_once);
	face_continue(run->face);
}

static void
run_take_signal(struct run *run, int number)
{
	switch (number) {
	case SIGINT:
		run_take_interrupt(run);
		break;
	case SIGTSTP:
		run_suspend(run);
		break;
	case SIGWINCH:
	case SIGCONT:
		if (run->output != NULL)
			output_resize(run->output, number == SIGCONT);
		if (run->face != NULL && number == SIGCONT)
			face_continue(run->face);
		if (run->face != NULL)
			face_resize(run->face);
		break;
	default:
		run_take_stop(run, number);
		break;
	}
}

static void
run_take_signals(struct run *run)
{
	struct signalfd_siginfo info;

	while (read(run->signal_fd, &info, sizeof info) ==
	    (ssize_t)sizeof info)
		run_take_signal(run, (int)info.ssi_signo);
}

/* ---- adding ---- */

static bool
run_add(const struct haul_request *request, struct haul_error *error,
    void *user)
{
	struct run *run = user;
	enum haul_result result;
	haul_id id;

	memset(error, 0, sizeof *error);
	result = haul_add(run->haul, request, &id, error);
	error->result = result;
	if (result != HAUL_OK)
		return false;
	if (run->new_count++ == 0)
		run->first_new = id;
	if (run->output != NULL)
		output_added(run->output, id, request);
	return true;
}

static void
run_request(const struct run *run, size_t i, struct haul_request *request)
{
	memset(request, 0, sizeof *request);
	request->url = run->arguments->urls[i];
	request->name = run->arguments->out_name;
	request->dir = run->arguments->out_dir;
}

static void
run_keep_failed(struct run *run, haul_id id)
{
	if (run->failed_count == run->failed_room) {
		run->failed_room = run->failed_room * 2 + 16;
		run->failed = memory_resize(run->failed, run->failed_room,
		    sizeof *run->failed);
	}
	run->failed[run->failed_count++] = id;
}

/* Whether a URL is of the run that is gone on with. */
static bool
run_is_loaded(const struct run *run, size_t i)
{
	return run->resume.used != NULL && run->resume.used[i];
}

/* Adds the URLs of the command line, telling all that are wrong. */
static bool
run_add_arguments(struct run *run)
{
	char sentence[SENTENCE_SIZE], *where;
	struct haul_request request;
	struct haul_error error;
	bool fine = true;
	size_t i;

	for (i = 0; i < run->arguments->url_count; i++) {
		run_request(run, i, &request);
		if (run_is_loaded(run, i) || run_add(&request, &error, run))
			continue;
		where = memory_format(_("URL no. %zu"), i + 1);
		sentence_complaint(sentence, sizeof sentence, where, &error,
		    run->context.flags);
		run_tell(run, sentence);
		free(where);
		fine = false;
	}
	return fine;
}

/* The arguments were added before there was an output. */
static void
run_show_arguments(struct run *run)
{
	struct haul_request request;
	haul_id id = run->first_new;
	size_t i;

	for (i = 0; i < run->arguments->url_count; i++) {
		if (run_is_loaded(run, i))
			continue;
		run_request(run, i, &request);
		output_added(run->output, id++, &request);
	}
	output_queued(run->output, run->first_new, run->new_count);
	run->new_count = 0;
}

/* Items of an earlier run, and those that had failed by then. */
static void
run_show_loaded(struct run *run)
{
	struct haul_request request = { .url = NULL };
	struct haul_totals totals;
	struct haul_item *item;
	uint64_t count;
	haul_id id;

	if (run->resume.sentence != NULL)
		run_tell(run, run->resume.sentence);
	haul_totals(run->haul, &totals);
	count = run->new_count > 0 ? run->first_new - 1 : totals.files;
	for (id = 1; id <= count; id++) {
		item = haul_item(run->haul, id);
		if (item == NULL)
			break;
		request.url = item->url;
		output_added(run->output, id, &request);
		if (item->state == HAUL_STATE_FAILED &&
		    item->cause != HAUL_CAUSE_SECRET)
			run_keep_failed(run, id);
		haul_item_free(item);
	}
	if (count > 0)
		output_queued(run->output, 1, (size_t)count);
}

static void
run_start_engine(struct run *run)
{
	enum haul_result result = haul_start(run->haul);

	run->resting = false;
	if (result == HAUL_OK || result == HAUL_ESTATE)
		return;         /* ESTATE: it runs, and has seen the items */
	run_tell(run, _("the engine cannot start: the system refused."));
	run->broken = true;
	run->over = true;
}

static void
run_feed(struct run *run)
{
	if (run->stop_ms != 0)
		return;
	feed_step(run->feed);
	if (run->new_count == 0)
		return;
	output_queued(run->output, run->first_new, run->new_count);
	run->new_count = 0;
	if (run->resting)
		run_start_engine(run);
}

/* ---- events ---- */

static void
run_print_name(struct run *run, const struct haul_item *item)
{
	size_t length, room;
	char *line;

	if (item == NULL || item->path == NULL)
		return;
	length = strlen(item->path);
	room = TEXT_ROOM(length) + 1;
	line = memory_resize(NULL, room, 1);
	if (run->name_end == '\n' && isatty(STDOUT_FILENO))
		text_safe(line, room, item->path, length, -1,
		    run->context.flags);
	else
		memcpy(line, item->path, length + 1);
	length = strlen(line);
	line[length++] = run->name_end;
	writer_put(run->out, line, length);
	free(line);
}

static void
run_take_failure(struct run *run, haul_id id)
{
	int64_t limit = run->settings->values[SETTINGS_MAX_FAILURES];

	run_keep_failed(run, id);
	if (limit > 0 && run->stop_ms == 0 &&
	    (int64_t)run->failed_count >= limit) {
		run->too_many = true;
		run_stop(run);
	}
}

/* The engine has nothing left to do, unless something was added since. */
static void
run_take_end(struct run *run)
{
	struct haul_totals totals;

	run->resting = true;
	if (run->stop_ms != 0)
		return;
	haul_totals(run->haul, &totals);
	if (totals.hold == HAUL_HOLD_NOTHING && !totals.running &&
	    totals.queued + totals.active + totals.waiting > 0)
		run_start_engine(run);
}

/* On the outputs without a screen. */
static void
run_show_event(struct run *run, const struct haul_event *event)
{
	struct haul_item *item = NULL;
	bool name = run->print_names && run->kind != SETTINGS_OUTPUT_TUI &&
	    (event->kind == HAUL_EVENT_DONE ||
	    event->kind == HAUL_EVENT_SKIP);

	if (name || output_wants(run->output, event)) {
		item = haul_item(run->haul, event->id);
		output_event(run->output, event, item);
	}
	if (name)
		run_print_name(run, item);
	haul_item_free(item);
}

static void
run_take_event(struct run *run, const struct haul_event *event)
{
	if (run->face != NULL)
		face_event(run->face, event);
	else if (run->face_ms != 0 && run->early_count < RUN_EARLY_MAX)
		run->early[run->early_count++] = *event;
	if (event->kind == HAUL_EVENT_END) {
		run_take_end(run);
		return;
	}
	if (event->kind == HAUL_EVENT_WARN && event->id == 0) {
		run_tell(run, sentence_note(event->note));
		return;
	}
	run_show_event(run, event);
	if (event->kind == HAUL_EVENT_FAIL)
		run_take_failure(run, event->id);
}

static void
run_take_events(struct run *run)
{
	struct haul_event event;
	int i;

	for (i = 0; i < RUN_EVENTS_MAX &&
	    haul_next_event(run->haul, &event); i++)
		run_take_event(run, &event);
}

/* ---- the face ---- */

/* Without URLs there is nothing but the screen to wait for. */
static bool
run_is_interactive(const struct run *run)
{
	return run->arguments->url_count == 0 &&
	    run->settings->list_count == 0 &&
	    !resume_is_wanted(run->settings);
}

static void
run_tell_no_face(struct run *run, const char *why)
{
	char *sentence = memory_format(_("no full screen: %s."), _(why));

	run_tell(run, sentence);
	free(sentence);
}

/* Tells the screen, or what stands in for it, what has happened before. */
static void
run_open_face(struct run *run)
{
	const char *why;
	size_t i;

	run->face_ms = 0;
	if (run->stop_ms != 0)
		return;
	run->face = face_open(&run->context, run_is_interactive(run), &why);
	if (run->face == NULL) {
		run_tell_no_face(run, why);
		run->kind = output_choose_plain();
		output_free(run->output);
		run->output = output_new(run->kind, &run->context);
	}
	for (i = 0; i < run->early_count; i++) {
		if (run->face != NULL)
			face_event(run->face, &run->early[i]);
		else
			run_show_event(run, &run->early[i]);
	}
}

static void
run_await_face(struct run *run)
{
	if (run->kind != SETTINGS_OUTPUT_TUI)
		return;
	run->face_ms = run_now_ms() + RUN_FACE_MS;
	run->early = memory_resize(NULL, RUN_EARLY_MAX, sizeof *run->early);
	if (run_is_interactive(run))
		run_open_face(run);
}

static void
run_show_loading(struct run *run)
{
	bool loading = feed_state(run->feed) != FEED_OVER;

	if (run->face == NULL || loading == run->loading)
		return;
	run->loading = loading;
	face_loading(run->face, loading);
}

/* The paths of all that is there, once the screen that was in their way is
 * gone. */
static void
run_print_names(struct run *run)
{
	static const struct haul_view view = { HAUL_IN(HAUL_STATE_DONE) |
	    HAUL_IN(HAUL_STATE_SKIPPED), HAUL_ORDER_ENDED, false };
	struct haul_row row;
	struct haul_item *item;
	uint64_t i;

	for (i = 0; haul_rows(run->haul, &view, i, &row, 1) == 1; i++) {
		item = haul_item(run->haul, row.id);
		run_print_name(run, item);
		haul_item_free(item);
	}
}

/* What was retried may be there now, or have failed twice. */
static void
run_count_failed(struct run *run)
{
	static const struct haul_view view = { HAUL_IN(HAUL_STATE_FAILED),
	    HAUL_ORDER_ENDED, false };
	struct haul_row row;
	uint64_t i;

	run->failed_count = 0;
	for (i = 0; haul_rows(run->haul, &view, i, &row, 1) == 1; i++)
		run_keep_failed(run, row.id);
}

/* The window was closed. Under nohup we go on without one. */
static void
run_lose_terminal(struct run *run)
{
	face_close(run->face);
	run->face = NULL;
	if (!run->nohup) {
		if (run->stop_signal == 0)
			run_take_stop(run, SIGHUP);
		return;
	}
	run->kind = SETTINGS_OUTPUT_LOG;
	output_free(run->output);
	run->output = output_new(run->kind, &run->context);
}

static void
run_take_wish(struct run *run, enum face_wish wish, char *text)
{
	switch (wish) {
	case FACE_QUIT:
		if (run->stop_signal == 0)
			run_take_stop(run, SIGINT);
		break;
	case FACE_LEAVE:
		run->over = true;
		break;
	case FACE_LIST:
		if (text != NULL)
			(void)feed_append(run->feed, text);
		break;
	case FACE_HANGUP:
		run_lose_terminal(run);
		break;
	case FACE_SUSPEND:
		run_suspend(run);
		break;
	case FACE_NOTHING:
		break;
	}
	free(text);
}

static void
run_take_wishes(struct run *run)
{
	enum face_wish wish;
	char *text;

	while (run->face != NULL &&
	    (wish = face_next(run->face, &text)) != FACE_NOTHING)
		run_take_wish(run, wish, text);
}

/* ---- the loop ---- */

static int
run_timeout(struct run *run)
{
	int64_t now = run_now_ms();
	int timeout = output_tick(run->output, now), rest;

	if (run->stop_ms != 0 || run->face_ms != 0) {
		rest = (int)((run->stop_ms != 0 ? run->stop_ms :
		    run->face_ms) - now);
		rest = rest < 0 ? 0 : rest;
		timeout = timeout < 0 || rest < timeout ? rest : timeout;
	}
	return run->stop_ms == 0 && feed_state(run->feed) == FEED_READY ?
	    0 : timeout;
}

/* What a turn has said goes out in one piece. */
static void
run_push(struct run *run)
{
	writer_push(run->err);
	writer_push(run->out);
}

/* Where a screen would be opened, failures are a reason to open it at
 * once: they can be retried there. */
static void
run_check_over(struct run *run)
{
	bool done = run->resting && run->face == NULL &&
	    feed_state(run->feed) == FEED_OVER;

	if (done && run->face_ms != 0 && run->stop_ms == 0 &&
	    run->failed_count > 0) {
		run_open_face(run);
		done = run->face == NULL;
	}
	if (done || (run->resting && run->stop_ms != 0) ||
	    (run->stop_ms != 0 && run_now_ms() >= run->stop_ms))
		run->over = true;
}

static void
run_turn(struct run *run)
{
	struct pollfd waiting[4] = {
		{ .fd = run->signal_fd, .events = POLLIN },
		{ .fd = haul_fd(run->haul), .events = POLLIN },
		{ .fd = run->stop_ms == 0 ? feed_fd(run->feed) : -1,
		    .events = POLLIN },
		{ .fd = face_fd(run->face), .events = POLLIN },
	};
	int timeout;

	run_show_loading(run);
	timeout = run_timeout(run);
	run_push(run);
	if (poll(waiting, 4, timeout) < 0)
		return;
	if (waiting[0].revents != 0)
		run_take_signals(run);
	if (waiting[1].revents != 0)
		run_take_events(run);
	if (waiting[2].revents != 0 || feed_state(run->feed) == FEED_READY)
		run_feed(run);
	if (waiting[3].revents != 0)
		run_take_wishes(run);
	run_check_over(run);
}

/* ---- the end ---- */

static void
run_decide_stopped(const struct run *run, struct output_end *end)
{
	end->reason = OUTPUT_STOPPED;
	end->exit_status = RUN_EXIT_STOPPED;
	if (run->stop_signal != SIGINT) {
		end->reason = OUTPUT_SIGNAL;
		end->exit_status = 128 + run->stop_signal;
	}
}

static void
run_decide(const struct run *run, struct output_end *end)
{
	struct haul_totals totals;

	haul_totals(run->haul, &totals);
	end->reason = OUTPUT_COMPLETE;
	end->exit_status = RUN_EXIT_DONE;
	if (run->stop_signal != 0 && (totals.done + totals.skipped <
	    totals.files || feed_state(run->feed) != FEED_OVER)) {
		run_decide_stopped(run, end);
	} else if (run->too_many) {
		end->reason = OUTPUT_TOO_MANY;
		end->exit_status = RUN_EXIT_TOO_MANY;
	} else if (summary_is_storage(run->haul, run->failed,
	    run->failed_count)) {
		end->reason = OUTPUT_STORAGE;
		end->exit_status = RUN_EXIT_STORAGE;
	} else if (summary_is_held(run->haul, run->failed,
	    run->failed_count)) {
		end->reason = OUTPUT_FAILED;
		end->exit_status = RUN_EXIT_BUSY;
	} else if (run->failed_count > 0 || feed_mistakes(run->feed) > 0) {
		end->reason = OUTPUT_FAILED;
		end->exit_status = RUN_EXIT_FAILED;
	}
	if (run->broken)
		end->exit_status = RUN_EXIT_INTERNAL;
}

static bool
run_is_brief(const struct run *run)
{
	return run->kind != SETTINGS_OUTPUT_TUI &&
	    run->kind != SETTINGS_OUTPUT_BAR &&
	    run->kind != SETTINGS_OUTPUT_LOG;
}

/* Lets a writer finish: as long as its reader needs, but after a stop (or
 * with one that comes meanwhile) only for a moment. */
static void
run_flush(struct run *run, struct writer *writer)
{
	int64_t until = 0;

	while (writer != NULL && !writer_wait(writer, 50)) {
		run_take_signals(run);
		if (run->stop_signal == 0)
			continue;
		if (until == 0)
			until = run_now_ms() + RUN_FLUSH_MS;
		if (run_now_ms() >= until)
			return;
	}
}

/* Data that could not be written is a failure of the local storage; a reader
 * that has had enough (EPIPE) is none. */
static int
run_check_data(struct run *run, int exit_status)
{
	int error = run->out != NULL ? writer_error(run->out) : 0;
	char words[128];

	if (error == 0 || error == EPIPE)
		return exit_status;
	output_print(run->err, _("haul: standard output cannot be written: "
	    "%s.\n"), strerror_r(error, words, sizeof words));
	return exit_status == RUN_EXIT_DONE ? RUN_EXIT_STORAGE : exit_status;
}

static int
run_finish(struct run *run)
{
	struct output_end end;
	struct summary summary = {
		.context = &run->context, .end = &end,
		.brief = run_is_brief(run),
	};

	if (run->kind == SETTINGS_OUTPUT_TUI) {
		face_close(run->face);
		run->face = NULL;
		run_count_failed(run);
		summary.lines_max = RUN_FAILURES_SHOWN;
	}
	summary.failed = run->failed;
	summary.failed_count = run->failed_count;
	run_decide(run, &end);
	writer_lift_limit(run->err);
	writer_lift_limit(run->out);
	output_end(run->output, &end);
	if (run->kind == SETTINGS_OUTPUT_TUI && run->print_names)
		run_print_names(run);
	summary_print(&summary);
	run_flush(run, run->out);
	end.exit_status = run_check_data(run, end.exit_status);
	run_flush(run, run->err);
	return end.exit_status;
}

/* ---- the beginning ---- */

static bool
run_open_writers(struct run *run)
{
	run->err = writer_new(STDERR_FILENO, WRITER_BUFFER_SIZE);
	if (run->err == NULL)
		return false;
	if (!run->print_names && run->kind != SETTINGS_OUTPUT_JSON)
		return true;
	run->out = writer_new(STDOUT_FILENO, WRITER_BUFFER_SIZE);
	/* Paths are data, as many as the user has files: none is dropped. */
	if (run->print_names)
		writer_lift_limit(run->out);
	return run->out != NULL;
}

/* The engine, with a store if there is a place for one. Where the user did not
 * ask for one, and there is no such place, the run is not recorded. */
static enum haul_result
run_new_engine(struct run *run, struct haul_error *error)
{
	struct haul_options *options =
	    haul_options_copy(run->settings->options);
	char sentence[SENTENCE_SIZE], *store = resume_store(run->settings);
	enum haul_result result;

	result = haul_options_set(options, "store", store ? store : "", error);
	if (result == HAUL_OK)
		result = haul_new(options, &run->haul, error);
	if (result == HAUL_EIO && strcmp(error->option, "store") == 0 &&
	    error->complaint != HAUL_COMPLAINT_STORE_NEWER &&
	    run->settings->texts[SETTINGS_STORE] == NULL &&
	    !resume_is_wanted(run->settings)) {
		if (error->complaint != HAUL_COMPLAINT_NO_STORE) {
			sentence_complaint(sentence, sizeof sentence,
			    _("this run is not recorded"), error,
			    run->context.flags);
			run_tell(run, sentence);
		}
		result = haul_options_set(options, "store", "", error);
		if (result == HAUL_OK)
			result = haul_new(options, &run->haul, error);
	}
	haul_options_free(options);
	free(store);
	return result;
}

static int
run_load(struct run *run)
{
	int status;

	if (!resume_is_wanted(run->settings))
		return RUN_EXIT_DONE;
	status = resume_load(&run->resume, run->haul, run->settings,
	    run->arguments);
	if (status != RUN_EXIT_DONE)
		run_tell(run, run->resume.sentence);
	return status;
}

/* Makes the engine with all that is known to be right. */
static int
run_open_engine(struct run *run)
{
	char sentence[SENTENCE_SIZE], where[64];
	struct haul_error error = { .result = HAUL_OK };
	int status;

	if (run_new_engine(run, &error) != HAUL_OK) {
		snprintf(where, sizeof where, "--%s", error.option);
		sentence_complaint(sentence, sizeof sentence,
		    *error.option != '\0' ? where : _("the engine"), &error,
		    run->context.flags);
		run_tell(run, sentence);
		return error.result == HAUL_EUSAGE ? RUN_EXIT_USAGE :
		    strcmp(error.option, "store") == 0 ? RUN_EXIT_STORAGE :
		    RUN_EXIT_INTERNAL;
	}
	run->context.haul = run->haul;
	status = run_load(run);
	if (status != RUN_EXIT_DONE)
		return status;
	return run_add_arguments(run) ? RUN_EXIT_DONE : RUN_EXIT_USAGE;
}

static int
run_all(struct run *run)
{
	int status;

	if (!feed_check(run->feed))
		return RUN_EXIT_USAGE;
	status = run_open_engine(run);
	if (status != RUN_EXIT_DONE)
		return status;
	run->output = output_new(run->kind, &run->context);
	run_await_face(run);
	run_show_loaded(run);
	run_show_arguments(run);
	run_start_engine(run);
	while (!run->over) {
		run_turn(run);
		if (run->face_ms == 0 || run_now_ms() < run->face_ms)
			continue;
		run_open_face(run);
		run_check_over(run);
	}
	return run_finish(run);
}

int
run_command(const struct settings *settings, const struct arguments *arguments)
{
	const char *no_face;
	struct run run = {
		.settings = settings, .arguments = arguments,
		.kind = output_choose(settings, &no_face),
		.print_names = settings->values[SETTINGS_PRINT_FILENAMES] != 0,
		.name_end = settings->values[SETTINGS_NULL_SEPARATOR] != 0 ?
		    '\0' : '\n',
	};
	int status = RUN_EXIT_INTERNAL;

	run.signal_fd = run_open_signals(&run);
	if (run.signal_fd < 0 || !run_open_writers(&run)) {
		fputs(_("haul: the system refused a thread or descriptor.\n"),
		    stderr);
		goto out;
	}
	run.context.settings = settings;
	run.context.err = run.err;
	run.context.out = run.out;
	run.context.flags = output_is_ascii(settings) ? TEXT_ASCII : 0;
	run.feed = feed_new(settings->lists, settings->list_count, run_add,
	    run_tell_error, &run);
	if (no_face != NULL)
		run_tell_no_face(&run, no_face);
	status = run_all(&run);
	if (run.output == NULL)
		run_flush(&run, run.err);
out:
	face_close(run.face);
	output_free(run.output);
	run_let_interrupt();
	haul_free(run.haul);
	feed_free(run.feed);
	free(run.early);
	resume_release(&run.resume);
	writer_free(run.out);
	writer_free(run.err);
	if (run.signal_fd >= 0)
		close(run.signal_fd);
	free(run.failed);
	return status;
}
