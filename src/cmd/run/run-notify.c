/* SPDX-License-Identifier: MIT
 *
 * See run.h: that all has ended, told to whoever does not look: a bell, a
 * notification.
 */
#include "config.h"

#include "run-internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/list/feed.h"
#include "cmd/output/output.h"
#include "cmd/output/writer.h"
#include "notify.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/text.h"
#include "present/units.h"

#define RUN_NOTIFY_MS   300     /* it has to be shown before we go */
#define RUN_NOTIFIED    3       /* failures that are named */
#define RUN_NOTIFY_NAME 60      /* cells of a name */
#define RUN_NOTIFY_CAUSE 120

void
run_open_notify(struct run *run)
{
	if (run->settings->values[SETTINGS_NOTIFY] == 0)
		return;
	run->notify = notify_new();
	if (run->notify == NULL)
		run_tell(run, _("--notify: there is no notify-send; no "
		    "notification will be shown."));
}

/* ---- what it says ---- */

static char *
run_notify_title(const struct haul_totals *totals)
{
	uint64_t count = totals->failed > 0 ? totals->failed :
	    totals->done > 0 ? totals->done : totals->skipped;
	char number[UNITS_SIZE];

	units_count(number, sizeof number, count);
	if (totals->failed > 0)
		return memory_format(ngettext("haul: %s file failed",
		    "haul: %s files failed", count), number);
	if (totals->done > 0)
		return memory_format(ngettext("haul: %s file fetched",
		    "haul: %s files fetched", count), number);
	return memory_format(ngettext("haul: %s file was already there",
	    "haul: %s files were already there", count), number);
}

/* "name: cause", from a server in part. */
static char *
run_notify_failure(struct run *run, haul_id id)
{
	char name[TEXT_ROOM(RUN_NOTIFY_NAME)], sentence[SENTENCE_SIZE];
	char cause[TEXT_ROOM(RUN_NOTIFY_CAUSE)], *line, *quoted = NULL;
	struct haul_item *item = haul_item(run->haul, id);
	struct haul_row row;

	if (item != NULL && haul_row(run->haul, id, &row)) {
		text_safe(name, sizeof name, row.name, strlen(row.name),
		    RUN_NOTIFY_NAME, run->context.flags);
		sentence_cause(sentence, sizeof sentence, item->cause,
		    item->http_status, item->message, run->context.flags);
		text_safe(cause, sizeof cause, sentence, strlen(sentence),
		    RUN_NOTIFY_CAUSE, run->context.flags | TEXT_CUT_END);
		line = memory_format("%s: %s", name, cause);
		quoted = notify_quote(line);
		free(line);
	}
	haul_item_free(item);
	return quoted;
}

/* The first of those that have failed; how many are in ids. */
static size_t
run_notify_failed(struct run *run, haul_id ids[RUN_NOTIFIED])
{
	static const struct haul_view view = { HAUL_IN(HAUL_STATE_FAILED),
	    HAUL_ORDER_ENDED, false };
	struct haul_row row;
	size_t count = 0;

	/* Without a screen nobody has asked for an order yet. */
	if (run->face == NULL && run->kind != SETTINGS_OUTPUT_TUI) {
		count = run->failed_count - run->told_failed;
		if (count > RUN_NOTIFIED)
			count = RUN_NOTIFIED;
		if (count > 0)
			memcpy(ids, run->failed + run->told_failed,
			    count * sizeof *ids);
		return count;
	}
	while (count < RUN_NOTIFIED &&
	    haul_rows(run->haul, &view, count, &row, 1) == 1)
		ids[count++] = row.id;
	return count;
}

static char *
run_notify_body(struct run *run, const struct haul_totals *totals)
{
	char *body = NULL, *line, number[UNITS_SIZE];
	haul_id ids[RUN_NOTIFIED];
	size_t length = 0, count = run_notify_failed(run, ids), i;
	FILE *file = open_memstream(&body, &length);

	if (file == NULL)
		return memory_string("");
	units_count(number, sizeof number, totals->done);
	if (totals->failed > 0 && totals->done > 0)
		fprintf(file, ngettext("%s file fetched\n",
		    "%s files fetched\n", totals->done), number);
	for (i = 0; i < count; i++) {
		line = run_notify_failure(run, ids[i]);
		if (line != NULL)
			fprintf(file, "%s\n", line);
		free(line);
	}
	units_count(number, sizeof number, totals->failed - count);
	if (totals->failed > count)
		fprintf(file, ngettext("... and %s more", "... and %s more",
		    totals->failed - count), number);
	fclose(file);
	while (length > 0 && body[length - 1] == '\n')
		body[--length] = '\0';
	return body;
}

static void
run_notify(struct run *run, const struct haul_totals *totals)
{
	char *title = run_notify_title(totals);
	char *body = run_notify_body(run, totals);

	notify_show(run->notify, title, body);
	free(title);
	free(body);
}

/* ---- when ---- */

/* The screen has rung by itself. Data are not to have a bell among them. */
static void
run_ring(struct run *run)
{
	if (run->settings->values[SETTINGS_BELL] == 0 || run->had_face)
		return;
	if (isatty(STDERR_FILENO))
		output_print(run->err, "\a");
	else if (run->out == NULL && isatty(STDOUT_FILENO) &&
	    write(STDOUT_FILENO, "\a", 1) < 0)
		return;         /* nobody is there to hear it */
}

static bool
run_has_ended(const struct run *run, const struct haul_totals *totals)
{
	return !totals->running && totals->files > 0 && totals->queued +
	    totals->active + totals->waiting + totals->paused == 0 &&
	    (run->forever || feed_state(run->feed) == FEED_OVER);
}

/* Each time that there is nothing left to do is an end, of what was not told
 * before. */
static void
run_notice_rest(struct run *run)
{
	struct haul_totals totals, fresh;

	haul_totals(run->haul, &totals);
	fresh = totals;
	fresh.done -= run->told.done;
	fresh.skipped -= run->told.skipped;
	fresh.failed -= run->told.failed;
	if (!run_has_ended(run, &totals) ||
	    fresh.done + fresh.skipped + fresh.failed == 0)
		return;
	run_ring(run);
	if (run->notify != NULL)
		run_notify(run, &fresh);
	run->told = totals;
	run->told_failed = run->failed_count;
}

void
run_notice_end(struct run *run)
{
	struct haul_totals totals;

	if (run->forever)
		run_notice_rest(run);
	if (run->face == NULL || run->notify == NULL)
		return;
	haul_totals(run->haul, &totals);
	if (totals.running)
		run->told_end = false;
	if (run->told_end || !run_has_ended(run, &totals))
		return;
	run->told_end = true;
	run_notify(run, &totals);
}

void
run_tell_end(struct run *run, const struct output_end *end)
{
	struct haul_totals totals;

	haul_totals(run->haul, &totals);
	if (end->reason == OUTPUT_STOPPED || end->reason == OUTPUT_SIGNAL ||
	    totals.files == 0)
		return;
	run_ring(run);
	if (run->notify != NULL && !run->told_end)
		run_notify(run, &totals);
}

void
run_close_notify(struct run *run)
{
	notify_wait(run->notify, RUN_NOTIFY_MS);
	notify_free(run->notify);
	run->notify = NULL;
}
