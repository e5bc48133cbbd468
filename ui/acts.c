/* SPDX-License-Identifier: MIT
 *
 * Actions on items, by a table: what needs no more than a call or the opening
 * of a dialog stands here.
 */
#include "config.h"

#include "acts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "live.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/text.h"
#include "present/units.h"
#include "prompt.h"
#include "ui/dialog/dialog.h"
#include "ui/list/list.h"
#include "ui/pane/pane.h"
#include "ui/screen/field.h"
#include "undo.h"

#define ACTS_WINDOW 64

static const struct haul_view acts_all = { HAUL_IN_ALL, HAUL_ORDER_QUEUE,
	false };
static const struct haul_view acts_waiting = {
	HAUL_IN(HAUL_STATE_QUEUED) | HAUL_IN(HAUL_STATE_PAUSED),
	HAUL_ORDER_QUEUE, false };

/* ---- the engine as a whole ---- */

void
acts_start(struct ui *ui)
{
	struct haul_totals totals;

	haul_totals(ui->haul, &totals);
	if (!totals.running && haul_start(ui->haul) != HAUL_OK)
		ui_say(ui, STYLE_ERROR, "%s", _("the engine cannot start"));
}

void
acts_drain(struct ui *ui, bool on)
{
	if (haul_hold(ui->haul, on ? HAUL_HOLD_NEW : HAUL_HOLD_NOTHING) !=
	    HAUL_OK)
		return;
	ui->draining = on;
	ui_say(ui, STYLE_TEXT, "%s", on ?
	    _("finishing what is active, then quitting; D takes it back") :
	    _("going on with the queue"));
}

void
acts_hold(struct ui *ui, bool on)
{
	struct haul_totals totals;

	haul_totals(ui->haul, &totals);
	if (haul_hold(ui->haul, on ? HAUL_HOLD_ALL : HAUL_HOLD_NOTHING) !=
	    HAUL_OK)
		return;
	ui->draining = false;
	undo_add(undo_begin(ui->undo, UNDO_HOLD), 0, totals.hold, NULL);
	undo_end(ui->undo);
	if (!on)
		acts_start(ui);
	ui_say(ui, STYLE_TEXT, "%s", on ? _("all paused; P goes on") :
	    _("going on"));
}

static void
acts_toggle_hold(struct ui *ui)
{
	struct haul_totals totals;

	haul_totals(ui->haul, &totals);
	acts_hold(ui, totals.hold != HAUL_HOLD_ALL);
}

void
acts_read_list(struct ui *ui, const char *path)
{
	char *whole = acts_path(path);

	ui_wish(ui, UI_WISH_LIST, whole);
	free(whole);
}

char *
acts_path(const char *typed)
{
	const char *home = getenv("HOME");

	if (typed[0] == '~' && (typed[1] == '/' || typed[1] == '\0') &&
	    home != NULL)
		return memory_format("%s%s", home, typed + 1);
	return memory_string(typed);
}

size_t
acts_failed_of_host(struct ui *ui, const char *host, haul_id **out)
{
	const struct haul_view view = { HAUL_IN(HAUL_STATE_FAILED),
	    HAUL_ORDER_QUEUE, false };
	struct haul_row *rows = memory_resize(NULL, ACTS_WINDOW,
	    sizeof *rows);
	haul_id *ids = NULL;
	size_t count = 0, room = 0, got, i;
	uint64_t first = 0;

	do {
		got = haul_rows(ui->haul, &view, first, rows, ACTS_WINDOW);
		if (count + got > room) {
			room = 2 * room + ACTS_WINDOW;
			ids = memory_resize(ids, room, sizeof *ids);
		}
		for (i = 0; i < got; i++)
			if (host == NULL || strcmp(rows[i].host, host) == 0)
				ids[count++] = rows[i].id;
		first += got;
	} while (got == ACTS_WINDOW);
	free(rows);
	*out = ids;
	return count;
}

/* ---- pause ---- */

/* A file's name, or "12 files", to say what something was done to. */
static void
acts_name(struct ui *ui, const haul_id *ids, size_t count, char *text,
    size_t size)
{
	char number[UNITS_SIZE];
	struct haul_row row;

	if (count == 1 && haul_row(ui->haul, ids[0], &row)) {
		text_safe(text, size, row.name, strlen(row.name), 40,
		    ui_flags(ui));
		return;
	}
	units_count(number, sizeof number, count);
	snprintf(text, size, ngettext("%s file", "%s files", count), number);
}

/* Items and what is done to them; a batch's data. */
struct acts_batch {
	haul_id *ids;
	size_t count;
	bool pause;                     /* or resume */
	bool data;                      /* removed, with what has arrived */
	char name[TEXT_ROOM(40)];       /* "x.bin", or "12 files" */
};

static struct acts_batch *
acts_batch_new(const haul_id *ids, size_t count)
{
	struct acts_batch *batch = memory_zero(sizeof *batch);

	batch->ids = memory_resize(NULL, count, sizeof *ids);
	memcpy(batch->ids, ids, count * sizeof *ids);
	batch->count = count;
	return batch;
}

static void
acts_batch_free(void *data)
{
	struct acts_batch *batch = data;

	free(batch->ids);
	free(batch);
}

static bool
acts_pause_step(struct ui *ui, void *data, size_t index)
{
	struct acts_batch *batch = data;

	return (batch->pause ? haul_pause(ui->haul, batch->ids[index]) :
	    haul_resume(ui->haul, batch->ids[index])) == HAUL_OK;
}

static void
acts_pause_done(struct ui *ui, void *data, size_t worked)
{
	struct acts_batch *batch = data;

	if (worked == 0) {
		ui_say(ui, STYLE_TEXT, "%s", _("nothing of that can be "
		    "paused or resumed"));
	} else {
		if (!batch->pause)
			acts_start(ui);
		if (worked > 1)
			acts_name(ui, batch->ids, worked, batch->name,
			    sizeof batch->name);
		ui_say(ui, STYLE_TEXT, batch->pause ? _("paused: %s") :
		    _("resumed: %s"), batch->name);
	}
	acts_batch_free(batch);
}

/* Only those that will change are counted and can be undone. */
void
acts_pause(struct ui *ui, const haul_id *ids, size_t count, bool pause)
{
	struct acts_batch *batch = acts_batch_new(ids, count);
	struct undo_entry *entry = undo_begin(ui->undo, UNDO_PAUSE);
	struct batch_job job = { 0, acts_pause_step, acts_pause_done, batch };
	struct haul_row row;
	size_t i;

	batch->pause = pause;
	for (i = 0; i < count; i++) {
		if (!haul_row(ui->haul, ids[i], &row) ||
		    (row.state == HAUL_STATE_PAUSED) == pause ||
		    (HAUL_IN(row.state) & HAUL_IN_ENDED))
			continue;
		batch->ids[job.count++] = ids[i];
		undo_add(entry, ids[i], pause, NULL);
	}
	undo_end(ui->undo);
	acts_name(ui, batch->ids, job.count, batch->name,
	    sizeof batch->name);
	batch_run(ui, &job);
}

/* If any goes on, all are paused; else all go on. */
static void
acts_toggle_pause(struct ui *ui, const haul_id *ids, size_t count)
{
	struct haul_row row;
	bool pause = false;
	size_t i;

	for (i = 0; i < count && !pause; i++)
		pause = haul_row(ui->haul, ids[i], &row) &&
		    row.state != HAUL_STATE_PAUSED &&
		    !(HAUL_IN(row.state) & HAUL_IN_ENDED);
	acts_pause(ui, ids, count, pause);
}

/* ---- remove ---- */

static bool
acts_remove_step(struct ui *ui, void *data, size_t index)
{
	struct acts_batch *batch = data;

	return haul_remove(ui->haul, batch->ids[index], batch->data) ==
	    HAUL_OK;
}

static void
acts_remove_done(struct ui *ui, void *data, size_t worked)
{
	struct acts_batch *batch = data;

	if (worked > 0)
		ui_say(ui, STYLE_TEXT, _("removed: %s (u brings back)"),
		    batch->name);
	acts_batch_free(batch);
}

static void
acts_remove(struct ui *ui, void *data)
{
	struct acts_batch *batch = data;
	struct undo_entry *entry = undo_begin(ui->undo, UNDO_REMOVE);
	const struct batch_job job = { batch->count, acts_remove_step,
		acts_remove_done, batch };
	size_t i;

	for (i = 0; i < batch->count; i++)
		undo_add(entry, batch->ids[i], 0, NULL);
	undo_end(ui->undo);
	acts_name(ui, batch->ids, batch->count, batch->name,
	    sizeof batch->name);
	batch_run(ui, &job);
}

static void
acts_ask_removal(struct ui *ui, const haul_id *ids, size_t count)
{
	struct acts_batch *batch = acts_batch_new(ids, count);
	char name[TEXT_ROOM(40)], text[1024];

	batch->data = true;
	acts_name(ui, ids, count, name, sizeof name);
	snprintf(text, sizeof text, _("Remove %s from the queue and delete "
	    "what has arrived of it? Finished files stay."), name);
	confirm_open(ui, _("Delete partial data?"), text, _("Delete"),
	    acts_remove, acts_batch_free, batch);
}

/* ---- move ---- */

struct acts_ranked {
	uint64_t rank;
	haul_id id;
};

static int
acts_compare(const void *a, const void *b)
{
	const struct acts_ranked *left = a, *right = b;

	return left->rank < right->rank ? -1 : left->rank > right->rank;
}

/* Those that still wait for their turn, in order of the queue. */
static size_t
acts_rank(struct haul *haul, const haul_id *ids, size_t count,
    struct acts_ranked *ranked)
{
	size_t i, kept = 0;

	for (i = 0; i < count; i++) {
		ranked[kept].id = ids[i];
		kept += haul_rank(haul, &acts_waiting, ids[i],
		    &ranked[kept].rank);
	}
	qsort(ranked, kept, sizeof *ranked, acts_compare);
	return kept;
}

static haul_id
acts_at(struct haul *haul, const struct haul_view *view, uint64_t rank)
{
	struct haul_row row;

	return haul_rows(haul, view, rank, &row, 1) == 1 ? row.id : 0;
}

/* Puts them as a block before another one (0: at the end). */
static void
acts_move_block(struct ui *ui, const struct acts_ranked *ranked, size_t count,
    haul_id before)
{
	struct undo_entry *entry = undo_begin(ui->undo, UNDO_MOVE);
	uint64_t rank;
	haul_id behind;
	size_t i;

	for (i = 0; i < count; i++) {
		behind = haul_rank(ui->haul, &acts_all, ranked[i].id, &rank) ?
		    acts_at(ui->haul, &acts_all, rank + 1) : 0;
		if (haul_move(ui->haul, ranked[i].id, before) == HAUL_OK)
			undo_add(entry, ranked[i].id, behind, NULL);
	}
	undo_end(ui->undo);
}

static void
acts_move(struct ui *ui, const haul_id *ids, size_t count, bool sooner)
{
	struct acts_ranked *ranked = memory_resize(NULL, count,
	    sizeof *ranked);
	size_t kept = acts_rank(ui->haul, ids, count, ranked), i;
	uint64_t edge, total = haul_count(ui->haul, &acts_waiting);

	if (kept == 0) {
		ui_say(ui, STYLE_TEXT, "%s",
		    _("only what still waits can be moved"));
	} else if (sooner) {
		/* A block that is first already may still have gaps. */
		for (i = 0, edge = 0; i < kept && ranked[i].rank == i; i++)
			;
		edge = ranked[0].rank > 0 ? ranked[0].rank - 1 : i;
		if (i < kept)
			acts_move_block(ui, ranked + (ranked[0].rank > 0 ? 0 :
			    i), kept - (ranked[0].rank > 0 ? 0 : i),
			    acts_at(ui->haul, &acts_waiting, edge));
	} else if (ranked[kept - 1].rank + 1 < total) {
		acts_move_block(ui, ranked, kept, acts_at(ui->haul,
		    &acts_waiting, ranked[kept - 1].rank + 2));
	} else {
		acts_move_block(ui, ranked, kept, 0);
	}
	free(ranked);
}

/* ---- copy ---- */

/* Text for a clipboard, from where it may go into a shell: what has hidden
 * characters is escaped. */
static char *
acts_copyable(const char *text)
{
	size_t room = 10 * strlen(text) + 1;
	char *escaped;

	if (field_is_plain(text))
		return memory_string(text);
	escaped = memory_resize(NULL, room, 1);
	text_escape(escaped, room, text, strlen(text), 0);
	return escaped;
}

static void
acts_copy(struct ui *ui, const haul_id *ids, size_t count, bool path)
{
	char *all = memory_string(""), *piece, *longer;
	struct haul_item *item;
	const char *text;
	size_t i;

	for (i = 0; i < count && strlen(all) <= 65536; i++) {
		item = haul_item(ui->haul, ids[i]);
		text = item == NULL ? NULL : path ? item->path : item->url;
		if (text != NULL) {
			piece = acts_copyable(text);
			longer = memory_format("%s%s%s", all,
			    *all != '\0' ? "\n" : "", piece);
			free(piece);
			free(all);
			all = longer;
		}
		haul_item_free(item);
	}
	if (*all == '\0')
		ui_say(ui, STYLE_TEXT, "%s", _("nothing to copy yet"));
	else if (term_copy(ui->term, all, strlen(all)))
		ui_say(ui, STYLE_TEXT, "%s",
		    _("sent to the terminal's clipboard (OSC 52)"));
	else
		ui_say(ui, STYLE_ERROR, "%s", _("no clipboard here, or too "
		    "long for it; w shows the full text"));
	free(all);
}

/* ---- the table ---- */

/* Actions on targets; false if it is none. */
static bool
acts_on(struct ui *ui, enum action action, const haul_id *ids, size_t count)
{
	switch (action) {
	case ACTION_PAUSE:
		acts_toggle_pause(ui, ids, count);
		return true;
	case ACTION_RETRY:
		retry_items(ui, ids, count);
		return true;
	case ACTION_REMOVE:
		acts_remove(ui, acts_batch_new(ids, count));
		return true;
	case ACTION_REMOVE_DATA:
		acts_ask_removal(ui, ids, count);
		return true;
	case ACTION_SOONER:
	case ACTION_LATER:
		acts_move(ui, ids, count, action == ACTION_SOONER);
		return true;
	case ACTION_COPY_URL:
	case ACTION_COPY_PATH:
		acts_copy(ui, ids, count, action == ACTION_COPY_PATH);
		return true;
	default:
		return false;
	}
}

static bool
acts_on_targets(struct ui *ui, enum action action)
{
	haul_id *ids = NULL;
	size_t count;
	bool known = true;

	switch (action) {
	case ACTION_PAUSE:
	case ACTION_RETRY:
	case ACTION_REMOVE:
	case ACTION_REMOVE_DATA:
	case ACTION_SOONER:
	case ACTION_LATER:
	case ACTION_COPY_URL:
	case ACTION_COPY_PATH:
		count = list_targets(ui->list, &ids);
		if (count == 0)
			ui_say(ui, STYLE_TEXT, "%s", _("nothing is selected"));
		else
			known = acts_on(ui, action, ids, count);
		free(ids);
		return known;
	default:
		return false;
	}
}

/* "R": the tagged ones whatever their causes, else the group the list or the
 * pane stands on, else all. */
static void
acts_retry_all(struct ui *ui)
{
	struct retry_wanted wanted;
	haul_id *ids = NULL;
	size_t count;

	if (list_tagged(ui->list) > 0) {
		count = list_targets(ui->list, &ids);
		retry_items(ui, ids, count);
		free(ids);
	} else {
		retry_failed(ui, pane_wanted(ui->pane, &wanted) ? &wanted :
		    NULL);
	}
}

static bool
acts_open(struct ui *ui, enum action action)
{
	switch (action) {
	case ACTION_ADD:
		add_open(ui, NULL);
		return true;
	case ACTION_ADD_LIST:
		prompt_open(ui, PROMPT_LIST_FILE);
		return true;
	case ACTION_EDIT:
		edit_open(ui, list_selected(ui->list));
		return true;
	case ACTION_LIMIT:
		prompt_open(ui, PROMPT_LIMIT);
		return true;
	case ACTION_FIND:
		prompt_open(ui, PROMPT_FIND);
		return true;
	case ACTION_FILTER:
		prompt_open(ui, PROMPT_FILTER);
		return true;
	case ACTION_COMMAND:
		prompt_open(ui, PROMPT_COMMAND);
		return true;
	case ACTION_SORT_MENU:
		sortmenu_open(ui);
		return true;
	case ACTION_SETTINGS:
		settings_open(ui);
		return true;
	case ACTION_FULL_TEXT:
		fulltext_open(ui, list_selected(ui->list));
		return true;
	case ACTION_HELP:
		help_open(ui);
		return true;
	default:
		return false;
	}
}

static bool
acts_run(struct ui *ui, enum action action)
{
	switch (action) {
	case ACTION_PAUSE_ALL:
		acts_toggle_hold(ui);
		return true;
	case ACTION_RETRY_ALL:
		acts_retry_all(ui);
		return true;
	case ACTION_UNDO:
		undo_last(ui);
		return true;
	case ACTION_EXPORT:
		export_failed(ui, NULL);
		return true;
	case ACTION_FILES_MORE:
	case ACTION_FILES_FEWER:
		live_step(ui, LIVE_FILES, 0, action == ACTION_FILES_MORE ? 1 :
		    -1);
		return true;
	case ACTION_SPLITS_MORE:
	case ACTION_SPLITS_FEWER:
		live_step(ui, LIVE_SPLITS, 0, action == ACTION_SPLITS_MORE ?
		    1 : -1);
		return true;
	case ACTION_DRAIN:
		acts_drain(ui, !ui->draining);
		return true;
	default:
		return false;
	}
}

unsigned
acts_do(struct ui *ui, enum action action)
{
	return acts_on_targets(ui, action) || acts_open(ui, action) ||
	    acts_run(ui, action) ? UI_REDRAW : UI_PASS;
}
