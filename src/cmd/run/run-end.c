/* SPDX-License-Identifier: MIT
 *
 * See run.h: what a run has come to, told and as the exit status.
 */
#include "config.h"

#include "run-internal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd/list/feed.h"
#include "cmd/output/face.h"
#include "cmd/output/link.h"
#include "cmd/output/output.h"
#include "cmd/output/summary.h"
#include "cmd/output/writer.h"
#include "present/i18n.h"

#define RUN_FLUSH_MS    200     /* the readers' time after a stop */
#define RUN_COLUMNS     80      /* of a terminal that does not tell */

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
	} else if (run->failed_count > 0 || run->unrepaired > 0 ||
	    feed_mistakes(run->feed) > 0) {
		end->reason = OUTPUT_FAILED;
		end->exit_status = RUN_EXIT_FAILED;
	} else if (totals.paused > 0) {
		end->reason = OUTPUT_STOPPED;
		end->exit_status = RUN_EXIT_STOPPED;
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

void
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

/* The columns of the terminal where a person reads the last words; 0 if nobody
 * does. After the full screen somebody does, if need be on stdout. */
static int
run_columns(struct run *run, struct output_context *context)
{
	bool screen = run->kind == SETTINGS_OUTPUT_TUI;
	struct winsize size;
	int fd = STDERR_FILENO;

	if (!screen && run->kind != SETTINGS_OUTPUT_BAR)
		return 0;
	if (screen && !isatty(fd) && isatty(STDOUT_FILENO)) {
		if (run->out == NULL)
			run->out = writer_new(STDOUT_FILENO,
			    WRITER_BUFFER_SIZE);
		if (run->out != NULL) {
			fd = STDOUT_FILENO;
			context->err = run->out;
		}
	}
	if (!isatty(fd))
		return 0;
	return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ?
	    size.ws_col : RUN_COLUMNS;
}

static const char *
run_variable(const char *name)
{
	return getenv(name);
}

int
run_finish(struct run *run)
{
	struct output_context context = run->context;
	struct output_end end;
	struct summary summary = {
		.context = &context, .end = &end,
		.brief = run_is_brief(run),
		.interactive = run_is_interactive(run),
		.run = run->resume.loaded.run,
		.past = run->forever ? &run->past : NULL,
	};

	if (run->kind == SETTINGS_OUTPUT_TUI) {
		face_close(run->face);
		run->face = NULL;
		run_count_failed(run);
	}
	summary.columns = run_columns(run, &context);
	summary.links = summary.columns > 0 && link_is_wanted(run->settings,
	    run_variable);
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
	run_tell_end(run, &end);
	run_flush(run, run->err);
	return end.exit_status;
}
