/* SPDX-License-Identifier: MIT
 *
 * Trying again. The failed ones are gone through in windows of a view, the ids
 * kept, and only then retried: to retry one moves the others up.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acts.h"
#include "batch.h"
#include "message.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/units.h"
#include "ui/dialog/dialog.h"

#define RETRY_WINDOW 64
#define RETRY_KINDS 8                   /* told of those left out */

/* What was left out, by what it failed with. */
struct retry_kind {
	enum haul_cause cause;
	int http_status;
	size_t count;
};

struct retry_batch {
	haul_id *ids;
	size_t count, room;
	size_t skipped;                 /* where it cannot help, or ... */
	size_t asked;                   /* ... a part would go unasked */
	size_t anew;                    /* without the part that is here */
	struct retry_kind kinds[RETRY_KINDS];   /* ... of the first kinds */
	size_t kind_count;
	bool all;                       /* not picked one by one */
	bool whole;                     /* these are all that have failed */
};

/* Whether a person who tries once more may see it succeed, though nothing
 * but time (or the disk) has changed. */
static bool
retry_can_help(enum haul_cause cause, int http_status)
{
	switch (cause) {
	case HAUL_CAUSE_HTTP:
		return haul_cause_can_retry(cause, http_status);
	case HAUL_CAUSE_BAD_URL:
	case HAUL_CAUSE_UNSUPPORTED:
	case HAUL_CAUSE_TOO_MANY_REDIRECTS:
	case HAUL_CAUSE_NAME_CONFLICT:
		return false;
	default:
		return true;
	}
}

bool
retry_is_asked(struct haul *haul, haul_id id, enum haul_cause cause,
    int64_t got_bytes)
{
	char value[32];

	return cause == HAUL_CAUSE_CHANGED && got_bytes > 0 &&
	    haul_get(haul, id, "on-change", value, sizeof value) &&
	    strcmp(value, "restart") != 0;
}

/* Whether it is tried if all are: not if only another URL can help, nor if a
 * part would go that somebody wanted to be asked about. */
static bool
retry_is_sensible(struct haul *haul, const struct retry_wanted *wanted,
    const struct haul_row *row)
{
	bool named = wanted != NULL && !wanted->any_cause;

	return retry_can_help(row->cause, row->http_status) && (named ||
	    !retry_is_asked(haul, row->id, row->cause, row->got_bytes));
}

static bool
retry_is_wanted(const struct retry_wanted *wanted, const struct haul_row *row)
{
	return wanted == NULL ||
	    ((wanted->any_cause || wanted->cause == row->cause) &&
	    (wanted->http_status == 0 ||
	    wanted->http_status == row->http_status) &&
	    (wanted->host == NULL || strcmp(wanted->host, row->host) == 0));
}

static void
retry_take(struct retry_batch *batch, haul_id id)
{
	if (batch->count == batch->room) {
		batch->room = batch->room * 2 + RETRY_WINDOW;
		batch->ids = memory_resize(batch->ids, batch->room,
		    sizeof *batch->ids);
	}
	batch->ids[batch->count++] = id;
}

static void
retry_leave_out(struct retry_batch *batch, const struct haul_row *row)
{
	struct retry_kind *kind = batch->kinds;
	size_t i;

	batch->skipped++;
	batch->asked += row->cause == HAUL_CAUSE_CHANGED;
	for (i = 0; i < batch->kind_count; i++, kind++)
		if (kind->cause == row->cause &&
		    kind->http_status == row->http_status)
			break;
	if (i == RETRY_KINDS)
		return;
	if (i == batch->kind_count) {
		*kind = (struct retry_kind){ row->cause, row->http_status,
		    0 };
		batch->kind_count++;
	}
	kind->count++;
}

static void
retry_collect(struct haul *haul, const struct retry_wanted *wanted,
    struct retry_batch *batch)
{
	const struct haul_view view = { HAUL_IN(HAUL_STATE_FAILED),
	    HAUL_ORDER_QUEUE, false };
	struct haul_row *rows = memory_resize(NULL, RETRY_WINDOW,
	    sizeof *rows);
	uint64_t first = 0;
	size_t i, got;

	memset(batch, 0, sizeof *batch);
	batch->all = true;
	do {
		got = haul_rows(haul, &view, first, rows, RETRY_WINDOW);
		for (i = 0; i < got; i++) {
			if (!retry_is_wanted(wanted, &rows[i]))
				continue;
			if (retry_is_sensible(haul, wanted, &rows[i]))
				retry_take(batch, rows[i].id);
			else
				retry_leave_out(batch, &rows[i]);
		}
		first += got;
	} while (got == RETRY_WINDOW);
	free(rows);
}

/* To press r is the answer: the file as it is now, from its first byte. */
static bool
retry_failed_one(struct haul *haul, const struct haul_row *row, size_t *anew)
{
	bool asked = retry_is_asked(haul, row->id, row->cause,
	    row->got_bytes);
	struct haul_error error;

	if (asked && haul_set_item(haul, row->id, "on-change", "restart",
	    &error) != HAUL_OK)
		return false;
	if (haul_retry(haul, row->id) != HAUL_OK)
		return false;
	*anew += asked;
	return true;
}

static bool
retry_one(struct haul *haul, haul_id id, size_t *anew)
{
	struct haul_row row;

	if (!haul_row(haul, id, &row))
		return false;
	switch (row.state) {
	case HAUL_STATE_FAILED:
		return retry_failed_one(haul, &row, anew);
	case HAUL_STATE_PAUSED:
		return haul_resume(haul, id) == HAUL_OK;
	case HAUL_STATE_WAITING:
		/* Queued anew, it does not wait for its time. */
		return haul_pause(haul, id) == HAUL_OK &&
		    haul_resume(haul, id) == HAUL_OK;
	default:
		return false;
	}
}

static bool
retry_step(struct ui *ui, void *data, size_t index)
{
	struct retry_batch *batch = data;

	return retry_one(ui->haul, batch->ids[index], &batch->anew);
}

static void
retry_sentence(const struct retry_batch *batch, size_t worked, char *text,
    size_t size)
{
	char number[UNITS_SIZE], skipped[UNITS_SIZE], anew[UNITS_SIZE];

	units_count(number, sizeof number, worked);
	units_count(anew, sizeof anew, batch->anew);
	units_count(skipped, sizeof skipped, batch->skipped);
	if (batch->asked > 0 && batch->asked == batch->skipped && worked == 0)
		snprintf(text, size, ngettext("%s file has changed and would "
		    "lose its part (press {retry} on it)", "%s files have "
		    "changed and would lose their parts (tag them and press "
		    "{retry})",
		    batch->asked), skipped);
	else if (batch->skipped > 0 && worked == 0)
		snprintf(text, size, ngettext("a further try cannot help %s "
		    "file (tag it and press {retry})", "a further try cannot "
		    "help %s files (tag them and press {retry})",
		    batch->skipped),
		    skipped);
	else if (batch->skipped > 0)
		snprintf(text, size, ngettext("trying %s file again; %s "
		    "skipped, where that cannot help (tag them and press "
		    "{retry})",
		    "trying %s files again; %s skipped, where that cannot "
		    "help (tag them and press {retry})", worked), number,
		    skipped);
	else if (batch->anew > 0 && batch->anew == worked)
		snprintf(text, size, ngettext("fetching %s file from its "
		    "first byte; its old part gives way", "fetching %s files "
		    "from their first byte; their old parts give way",
		    worked), number);
	else if (batch->anew > 0)
		snprintf(text, size, ngettext("trying %s file again, %s "
		    "from the first byte", "trying %s files again, %s from "
		    "the first byte", worked), number, anew);
	else if (worked > 0)
		snprintf(text, size, ngettext("trying %s file again",
		    "trying %s files again", worked), number);
	else
		snprintf(text, size, "%s",
		    _("nothing of that has failed or waits"));
}

/* Into the log, where it is not covered by the next failure, and says what the
 * ones left out have failed with. */
static void
retry_keep(struct ui *ui, const struct retry_batch *batch, size_t worked)
{
	char text[MESSAGE_SIZE], number[UNITS_SIZE], heading[SENTENCE_SIZE];
	char skipped[UNITS_SIZE], kind[UNITS_SIZE], kinds[MESSAGE_SIZE] = "";
	char one[SENTENCE_SIZE + UNITS_SIZE];
	size_t i;

	units_count(number, sizeof number, worked);
	units_count(skipped, sizeof skipped, batch->skipped);
	for (i = 0; i < batch->kind_count; i++) {
		units_count(kind, sizeof kind, batch->kinds[i].count);
		sentence_heading(heading, sizeof heading,
		    batch->kinds[i].cause, batch->kinds[i].http_status);
		snprintf(one, sizeof one, "%s %s", kind, heading);
		sentence_add(kinds, sizeof kinds, one);
	}
	if (batch->skipped == 0)
		snprintf(text, sizeof text, ngettext("%s tried again",
		    "%s tried again", worked), number);
	else if (*kinds == '\0')
		snprintf(text, sizeof text, ngettext("%s tried again; no use "
		    "for %s", "%s tried again; no use for %s", worked),
		    number, skipped);
	else
		/* TRANSLATORS: two counts of files; a list of causes, such as
		 * "3 HTTP 404 Not Found, 1 wrong checksum" */
		snprintf(text, sizeof text, ngettext("%s tried again; no use "
		    "for %s: %s", "%s tried again; no use for %s: %s",
		    worked), number, skipped, kinds);
	messages_keep(ui->messages, "RTRY", STYLE_RTRY, text);
}

static void
retry_done(struct ui *ui, void *data, size_t worked)
{
	struct retry_batch *batch = data;
	char sentence[MESSAGE_SIZE];
	struct action_text hint;

	if (worked > 0)
		acts_start(ui);
	retry_sentence(batch, worked, sentence, sizeof sentence);
	ui_say(ui, STYLE_TEXT, "%s", action_hint(&hint, sentence));
	if (batch->all)
		retry_keep(ui, batch, worked);
	free(batch->ids);
	free(batch);
}

static void
retry_run(struct ui *ui, void *data)
{
	struct retry_batch *batch = data;
	const struct batch_job job = { batch->count, retry_step, retry_done,
		batch };

	/* One call, not one for each: many at once are put back far sooner. */
	if (batch->whole)
		retry_done(ui, batch, haul_retry_failed(ui->haul));
	else
		batch_run(ui, &job);
}

void
retry_items(struct ui *ui, const haul_id *ids, size_t count)
{
	struct retry_batch *batch = memory_zero(sizeof *batch);

	batch->ids = memory_resize(NULL, count, sizeof *ids);
	memcpy(batch->ids, ids, count * sizeof *ids);
	batch->count = count;
	retry_run(ui, batch);
}

static void
retry_drop(void *data)
{
	struct retry_batch *batch = data;

	free(batch->ids);
	free(batch);
}

void
retry_failed(struct ui *ui, const struct retry_wanted *wanted)
{
	struct retry_batch *batch = memory_zero(sizeof *batch);
	char number[UNITS_SIZE], text[256];

	retry_collect(ui->haul, wanted, batch);
	if (batch->count + batch->skipped == 0) {
		ui_say(ui, STYLE_TEXT, "%s", _("nothing has failed"));
		retry_drop(batch);
		return;
	}
	batch->whole = wanted == NULL && batch->skipped == 0;
	if (batch->count <= ACTS_ASK_FROM) {
		retry_run(ui, batch);
		return;
	}
	units_count(number, sizeof number, batch->count);
	snprintf(text, sizeof text, _("Try %s failed files again?"), number);
	confirm_open(ui, _("Retry all?"), text, _("Retry"), retry_run,
	    retry_drop, batch);
}
