/* SPDX-License-Identifier: MIT
 *
 * The command's loop. One poll() waits for the engine's events, signals, list
 * files that are pipes, and the output's next frame. Nothing here may block:
 * writing is the writers' matter, so a signal is always answered at once.
 */
#include "config.h"

#include "run-internal.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/list/feed.h"
#include "cmd/output/face.h"
#include "cmd/output/output.h"
#include "cmd/output/summary.h"
#include "cmd/output/writer.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/text.h"
#include "present/units.h"
#include "repair.h"
#include "resume.h"

#define RUN_EVENTS_MAX  4096    /* of one turn: signals must get theirs */

int64_t
run_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

void
run_tell(struct run *run, const char *sentence)
{
	if (run->face != NULL)
		face_message(run->face, sentence);
	else if (run->output != NULL)
		output_message(run->output, sentence);
	else
		output_print(run->err, "haul: %s\n", sentence);
}

const char *
run_close_engine(struct haul *engine)
{
	return haul_close(engine) == HAUL_OK ? NULL :
	    _("the end of this run could not be recorded: what --resume and "
	    "--history know of it is older.");
}

void
run_tell_news(struct run *run, const char *sentence)
{
	if (run->face != NULL)
		face_news(run->face, sentence);
	else if (run->settings->values[SETTINGS_QUIET] == 0)
		run_tell(run, sentence);
}

static void
run_tell_note(struct run *run, enum haul_note note)
{
	if (run->face == NULL && run->output != NULL)
		output_note(run->output, note);
	else
		run_tell(run, sentence_note(note));
}

static void
run_tell_error(const char *sentence, void *user)
{
	run_tell(user, sentence);
}

/* ---- adding ---- */

static bool
run_was_given(struct run *run, const struct haul_request *request,
    uint64_t mark)
{
	if (run->twice == NULL)
		run->twice = twice_new();
	if (run->forever)
		return run_was_given_forever(run, request, mark);
	return twice_was(run->twice, run->haul, request, mark);
}

/* The last one that was added has *id, which is 0 if it was there before. */
static bool
run_add(struct run *run, const struct haul_request *request, uint64_t mark,
    haul_id *added, struct haul_error *error)
{
	enum haul_result result;
	haul_id id;

	memset(error, 0, sizeof *error);
	*added = 0;
	if (run_was_given(run, request, mark)) {
		run->again++;
		return true;
	}
	result = haul_add(run->haul, request, &id, error);
	error->result = result;
	if (result != HAUL_OK)
		return false;
	*added = id;
	run->given++;
	twice_note(run->twice, id);
	if (run->new_count++ == 0)
		run->first_new = id;
	if (run->output != NULL)
		output_added(run->output, id, request);
	return true;
}

static void
run_expect_item(const struct haul_request *request, uint64_t mark, void *user)
{
	struct run *run = user;

	twice_expect(run->twice, request, mark);
}

static bool
run_take_item(const struct haul_request *request, uint64_t mark,
    struct haul_error *error, void *user)
{
	haul_id id;

	return run_add(user, request, mark, &id, error);
}

/* All lists are read: what was left out is told, once; or, where they have no
 * end, at once. */
static void
run_tell_again(struct run *run)
{
	char count[UNITS_SIZE], *sentence;

	if (feed_state(run->feed) != FEED_OVER && !run->forever)
		return;
	if (!run->forever) {
		twice_free(run->twice);
		run->twice = NULL;
	}
	if (run->again == 0)
		return;
	units_count(count, sizeof count, run->again);
	sentence = memory_format(ngettext("%s URL was given before; it is "
	    "fetched once.", "%s URLs were given before; each is fetched "
	    "once.", run->again), count);
	run_tell_news(run, sentence);
	free(sentence);
	run->again = 0;
}

static void
run_request(const struct run *run, size_t i, struct haul_request *request)
{
	memset(request, 0, sizeof *request);
	request->url = run->arguments->urls[i];
	request->name = run->arguments->out_name;
	request->dir = run->arguments->out_dir;
}

void
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

/* What is wrong with a URL; a list may have been meant by it. */
static void
run_tell_url(struct run *run, size_t i, const struct haul_error *error)
{
	char sentence[SENTENCE_SIZE], value[SENTENCE_SIZE / 2];
	char *where = memory_format(_("URL no. %zu"), i + 1);
	const char *url = run->arguments->urls[i];

	if (error->complaint == HAUL_COMPLAINT_BAD_URL &&
	    strstr(url, "://") == NULL && access(url, R_OK) == 0) {
		text_safe(value, sizeof value, url, strlen(url), -1,
		    run->context.flags);
		snprintf(sentence, sizeof sentence, _("%s: '%s' is a file "
		    "here; a list of URLs is read by --input-file (-i)."),
		    where, value);
	} else
		sentence_complaint(sentence, sizeof sentence, where, error,
		    run->context.flags);
	run_tell(run, sentence);
	free(where);
}

/* Adds the URLs of the command line, telling all that are wrong. */
static bool
run_add_arguments(struct run *run)
{
	struct haul_request request;
	struct haul_error error;
	bool fine = true;
	size_t i;

	run->argument_ids = memory_resize(NULL, run->arguments->url_count + 1,
	    sizeof *run->argument_ids);
	for (i = 0; i < run->arguments->url_count; i++) {
		run_request(run, i, &request);
		run->argument_ids[i] = 0;
		if (run_is_loaded(run, i) || run_add(run, &request, 0,
		    &run->argument_ids[i], &error))
			continue;
		run_tell_url(run, i, &error);
		fine = false;
	}
	return fine;
}

/* The arguments were added before there was an output. */
static void
run_show_arguments(struct run *run)
{
	struct haul_request request;
	size_t i;

	for (i = 0; i < run->arguments->url_count; i++) {
		if (run->argument_ids[i] == 0)
			continue;
		run_request(run, i, &request);
		output_added(run->output, run->argument_ids[i], &request);
	}
	free(run->argument_ids);
	run->argument_ids = NULL;
	output_queued(run->output, run->first_new, run->new_count);
	run->new_count = 0;
	run_tell_again(run);
}

void
run_show_loaded(struct run *run)
{
	struct haul_request request = { .url = NULL };
	struct haul_totals totals;
	struct haul_item *item;
	uint64_t count;
	haul_id id;

	if (run->resume.sentence != NULL)
		run_tell_news(run, run->resume.sentence);
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

void
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
	int64_t now = run_now_ms();

	if (run->stop_ms != 0 || run_is_full(run))
		return;
	run->busy_ms = now;
	feed_step(run->feed, now);
	run_tell_again(run);
	if (run->new_count == 0)
		return;
	output_queued(run->output, run->first_new, run->new_count);
	run->new_count = 0;
	if (run->resting)
		run_start_engine(run);
}

/* ---- events ---- */

void
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
	    (int64_t)(run->past_failed + run->failed_count) >= limit) {
		run->too_many = true;
		run_stop(run);
	}
}

/* The engine has nothing left to do, unless something was added since: it may
 * run again by itself then, and owes another END. */
static void
run_take_end(struct run *run)
{
	struct haul_totals totals;

	haul_totals(run->haul, &totals);
	run->resting = !totals.running;
	run->busy_ms = run_now_ms();
	if (!run->resting || run->stop_ms != 0)
		return;
	if (totals.hold == HAUL_HOLD_NOTHING &&
	    totals.queued + totals.active + totals.waiting > 0)
		run_start_engine(run);
}

void
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
		run_tell_note(run, event->note);
		return;
	}
	run_show_event(run, event);
	if (event->kind == HAUL_EVENT_FAIL) {
		if (run->forever && run->kind == SETTINGS_OUTPUT_NONE)
			summary_tell_failure(&run->context, event->id);
		run_take_failure(run, event->id);
	}
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

/* ---- the loop ---- */

static bool
run_is_to_feed(const struct run *run)
{
	return run->stop_ms == 0 && !run_is_full(run);
}

static int
run_timeout(struct run *run)
{
	int64_t now = run_now_ms();
	int timeout = run_is_idle(run) ? -1 : output_tick(run->output, now);
	int rest = run_is_to_feed(run) ? feed_wait_ms(run->feed, now) : -1;

	if (rest >= 0 && (timeout < 0 || rest < timeout))
		timeout = rest;
	if (run->stop_ms != 0 || run->face_ms != 0) {
		rest = (int)((run->stop_ms != 0 ? run->stop_ms :
		    run->face_ms) - now);
		rest = rest < 0 ? 0 : rest;
		timeout = timeout < 0 || rest < timeout ? rest : timeout;
	}
	return run_is_to_feed(run) && feed_state(run->feed) == FEED_READY ?
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
		{ .fd = run_is_to_feed(run) ? feed_fd(run->feed) : -1,
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
	if (waiting[2].revents != 0 ||
	    feed_state(run->feed) == FEED_READY ||
	    feed_wait_ms(run->feed, run_now_ms()) == 0)
		run_feed(run);
	if (waiting[3].revents != 0)
		run_take_wishes(run);
	run_check_over(run);
	run_notice_end(run);
	run_renew(run);
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
enum haul_result
run_new_engine(struct run *run, struct haul_error *error)
{
	struct haul_options *options =
	    haul_options_copy(run->settings->options);
	char sentence[SENTENCE_SIZE], *store =
	    repair_is_wanted(run->settings) ? NULL :
	    resume_store(run->settings);
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

static bool
run_goes_on(void *user)
{
	struct run *run = user;

	run_take_signals(run);
	return run->stop_signal == 0;
}

/* The arguments are files, of which those that need it are queued. */
static int
run_load_repair(struct run *run)
{
	struct repair repair = { .tell = run_tell_error,
	    .goes_on = run_goes_on, .user = run };
	size_t i, count = run->arguments->url_count;
	int status = repair_load(&repair, run->haul, run->settings,
	    run->arguments);

	run->unrepaired = repair.left;
	run->resume.used = memory_resize(NULL, count + 1,
	    sizeof *run->resume.used);
	for (i = 0; i < count; i++)
		run->resume.used[i] = true;
	return status;
}

static int
run_load(struct run *run)
{
	int status;

	if (repair_is_wanted(run->settings))
		return run_load_repair(run);
	if (run->forever)
		return run_load_forever(run);
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

/* Reads what there is to read before anything starts; false if something is
 * wrong. */
static bool
run_check(struct run *run)
{
	struct haul_request request;
	bool fine, all;
	size_t i;

	run->twice = twice_new();
	for (i = 0; i < run->arguments->url_count; i++) {
		run_request(run, i, &request);
		twice_expect(run->twice, &request, 0);
	}
	fine = feed_check(run->feed, &all);
	twice_begin(run->twice, all);
	return fine;
}

static int
run_all(struct run *run)
{
	int status;

	if (!run_check(run))
		return feed_is_taken(run->feed) ? RUN_EXIT_BUSY :
		    RUN_EXIT_USAGE;
	status = run_open_engine(run);
	if (status != RUN_EXIT_DONE)
		return status;
	run->output = output_new(run->kind, &run->context);
	if (!run_await_face(run)) {
		run_flush(run, run->err);
		return RUN_EXIT_USAGE;
	}
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
		.forever = settings->values[SETTINGS_FOREVER] != 0,
		.name_end = settings->values[SETTINGS_NULL_SEPARATOR] != 0 ?
		    '\0' : '\n',
	};
	int status = RUN_EXIT_INTERNAL;
	const char *untold;

	if (run.kind == SETTINGS_OUTPUT_TUI && (run.forever ||
	    repair_is_wanted(settings)))
		run.kind = output_choose_plain();
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
	run.feed = feed_new(settings->lists, settings->list_count,
	    settings->values[SETTINGS_UNTRUSTED_LISTS] == 0, run_expect_item,
	    run_take_item, run_tell_error, &run);
	if (run.forever)
		feed_stay(run.feed);
	else if (no_face != NULL)
		run_tell_no_face(&run, no_face);
	run_open_notify(&run);
	status = run_all(&run);
	if (run.output == NULL)
		run_flush(&run, run.err);
out:
	face_close(run.face);
	run_close_notify(&run);
	output_free(run.output);
	run_let_interrupt();
	untold = run_close_engine(run.haul);
	if (untold != NULL)
		fprintf(stderr, "haul: %s\n", untold);
	feed_free(run.feed);
	twice_free(run.twice);
	free(run.argument_ids);
	free(run.early);
	resume_release(&run.resume);
	writer_free(run.out);
	writer_free(run.err);
	if (run.signal_fd >= 0)
		close(run.signal_fd);
	free(run.failed);
	return status;
}
