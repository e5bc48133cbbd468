/* SPDX-License-Identifier: MIT
 *
 * Begun without URLs: which of the runs that were left unfinished to go on
 * with, if any. Nothing is lost by leaving it. What is shown is what the store
 * said; after each answer that did not lead anywhere the command says it anew.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/text.h"
#include "present/units.h"

#define OFFER_INDENT    5       /* of what stands under a run's first row */
#define OFFER_TEXT_SIZE 512

enum offer_act {
	OFFER_GO,
	OFFER_RETRY,
	OFFER_FORGET,
	OFFER_ACTS,
	OFFER_ROW               /* + the number of a run's row: choose it */
};

struct offer {
	struct dialog dialog;
	struct haul_store_run *runs;
	size_t count;
	bool more;                      /* there are older ones */
	size_t choice;                  /* count: start empty */
};

/* What a question to forget a run keeps. */
struct offer_forget {
	uint64_t run;
};

/* ---- what is told of a run ---- */

/* How it came to its end. */
static void
offer_tell_end(const struct haul_store_run *run, char *text, size_t size)
{
	char began[UNITS_SIZE], ended[UNITS_SIZE];
	size_t day = sizeof "YYYY-MM-DD";

	if (run->pid > 0) {
		snprintf(text, size, _("process %" PRId64 " is working on it"),
		    run->pid);
		return;
	}
	if (run->pid < 0 || run->ended_ms == 0) {
		snprintf(text, size, "%s", run->pid < 0 ?
		    _("another process is working on it") : _("cut off"));
		return;
	}
	units_date(began, sizeof began, run->started_ms);
	units_date(ended, sizeof ended, run->ended_ms);
	/* Without the day if that is in the row above. */
	/* TRANSLATORS: a time, "14:05", or a day and a time */
	snprintf(text, size, _("stopped %s"), strlen(ended) > day &&
	    strncmp(began, ended, day) == 0 ? ended + day : ended);
}

static void
offer_tell_left(const struct haul_store_run *run, char *text, size_t size)
{
	char left[UNITS_SIZE], paused[UNITS_SIZE];

	units_count(left, sizeof left, run->unfinished);
	units_count(paused, sizeof paused, run->paused);
	if (run->paused > 0)
		/* TRANSLATORS: "5 files left (1 paused)" */
		snprintf(text, size, ngettext("%s file left (%s paused)",
		    "%s files left (%s paused)", run->unfinished), left,
		    paused);
	else
		snprintf(text, size, ngettext("%s file left", "%s files left",
		    run->unfinished), left);
}

/* How many files are left, what has arrived, how it ended. */
static void
offer_text(const struct offer *offer, const struct haul_store_run *run,
    char *text, size_t size)
{
	char number[UNITS_SIZE], more[OFFER_TEXT_SIZE];

	offer_tell_left(run, text, size);
	units_count(number, sizeof number, run->failed);
	snprintf(more, sizeof more, ngettext("%s failed", "%s failed",
	    run->failed), number);
	if (run->failed > 0)
		sentence_add(text, size, more);
	units_count(number, sizeof number, run->lacking);
	snprintf(more, sizeof more, ngettext("%s needs its login again",
	    "%s need their logins again", run->lacking), number);
	if (run->lacking > 0)
		sentence_add(text, size, more);
	units_size_long(number, sizeof number, run->got_bytes,
	    offer->dialog.ui->context.si);
	/* TRANSLATORS: so many bytes have arrived: "41.3 MiB here". */
	snprintf(more, sizeof more, _("%s here"), number);
	if (run->got_bytes > 0)
		sentence_add(text, size, more);
	offer_tell_end(run, more, sizeof more);
	sentence_add(text, size, more);
}

static bool
offer_is_free(const struct offer *offer, size_t choice)
{
	return choice < offer->count && offer->runs[choice].pid == 0;
}

static bool
offer_has(const struct offer *offer, enum offer_act act)
{
	return offer_is_free(offer, offer->choice) && (act != OFFER_RETRY ||
	    offer->runs[offer->choice].failed > 0);
}

/* ---- drawing; an area without rows only measures ---- */

static int
offer_draw_acts(struct offer *offer, struct grid_area area, int row,
    int columns)
{
	const char *const labels[OFFER_ACTS] = {
		_("[Enter] Go on"), _("[r] Go on, and retry the failed"),
		_("[x] Forget"),
	};
	int act, at = OFFER_INDENT, first = row, width;

	for (act = 0; act < OFFER_ACTS; act++) {
		if (!offer_has(offer, (enum offer_act)act))
			continue;
		width = text_width(labels[act]);
		if (at > OFFER_INDENT && at + width > columns) {
			row++;
			at = OFFER_INDENT;
		}
		if (area.rows > 0) {
			grid_put(area, row, at, -1, labels[act], STYLE_KEY, 0);
			dialog_target(&offer->dialog, row, at, width, act);
		}
		at += width + 3;
	}
	return at > OFFER_INDENT ? row + 1 - first : 0;
}

/* Rows where a click chooses. */
static void
offer_target(struct offer *offer, struct grid_area area, int row, int end,
    size_t choice)
{
	for (; row < end && area.rows > 0; row++)
		dialog_target(&offer->dialog, row, 0, area.columns,
		    OFFER_ROW + (int)choice);
}

/* The mark of the chosen row. */
static void
offer_draw_mark(struct offer *offer, struct grid_area area, int row,
    size_t choice)
{
	if (choice != offer->choice)
		return;
	grid_put(area, row, 0, 1, ">", STYLE_STRONG, GRID_BOLD);
	grid_cursor(area, row, 0, false);
}

static void
offer_draw_head(struct offer *offer, struct grid_area area, int row, size_t i)
{
	const struct haul_store_run *run = &offer->runs[i];
	unsigned flags = i == offer->choice ? GRID_BOLD : 0;
	char when[UNITS_SIZE], dir[TEXT_ROOM(sizeof run->directory)];
	int at;

	offer_draw_mark(offer, area, row, i);
	units_date(when, sizeof when, run->started_ms);
	grid_print(area, row, 2, STYLE_KEY, flags, "%zu", i + 1);
	at = OFFER_INDENT + grid_put(area, row, OFFER_INDENT, -1, when,
	    STYLE_TEXT, flags) + 2;
	if (at >= area.columns)
		return;
	text_safe(dir, sizeof dir, run->directory, strlen(run->directory),
	    area.columns - at, ui_flags(offer->dialog.ui));
	grid_put(area, row, at, -1, dir, STYLE_TEXT, flags);
}

/* Its rows: when and where; what is left of it; what can be done. */
static int
offer_draw_run(struct offer *offer, struct grid_area area, int row,
    int columns, size_t i)
{
	int first = row;
	char text[OFFER_TEXT_SIZE];

	if (area.rows > 0)
		offer_draw_head(offer, area, row, i);
	row++;
	offer_text(offer, &offer->runs[i], text, sizeof text);
	row += sheet_wrap(area, row, OFFER_INDENT, columns - OFFER_INDENT,
	    text, i == offer->choice ? STYLE_TEXT : STYLE_QUIET, 0);
	offer_target(offer, area, first, row, i);
	if (i != offer->choice)
		return row - first;
	row += offer_draw_acts(offer, area, row, columns);
	offer->dialog.sheet.tail = row - first - 1;
	return row - first;
}

static int
offer_draw_all(struct offer *offer, struct grid_area area, int columns)
{
	int row;
	size_t i;

	row = sheet_wrap(area, 0, 0, columns, _("These were left before all "
	    "was there. Go on with one?"), STYLE_TEXT, 0) + 1;
	for (i = 0; i < offer->count; i++)
		row += offer_draw_run(offer, area, row, columns, i);
	if (offer->more)
		row += sheet_wrap(area, row, OFFER_INDENT, columns -
		    OFFER_INDENT, _("Older ones: haul --history"),
		    STYLE_QUIET, 0);
	row++;
	if (area.rows > 0) {
		grid_put(area, row, 2, 1, "e", STYLE_KEY, 0);
		offer_draw_mark(offer, area, row, offer->count);
		offer_target(offer, area, row, row + 1, offer->count);
	}
	return row + sheet_wrap(area, row, OFFER_INDENT, columns -
	    OFFER_INDENT, _("Start empty; these stay as they are"),
	    STYLE_TEXT, offer->choice == offer->count ? GRID_BOLD : 0);
}

static int
offer_rows(struct dialog *dialog, int columns)
{
	struct grid_area none = { NULL, 0, 0, 0, 0 };

	return offer_draw_all((struct offer *)dialog, none, columns);
}

static void
offer_draw(struct dialog *dialog, struct grid_area area)
{
	offer_draw_all((struct offer *)dialog, area, area.columns);
}

/* ---- answers ---- */

static void
offer_then_forget(struct ui *ui, void *data)
{
	struct offer_forget *forget = data;
	char id[32];

	snprintf(id, sizeof id, "%" PRIu64, forget->run);
	ui_wish(ui, UI_WISH_FORGET, id);
	free(forget);
}

static void
offer_ask_forget(struct offer *offer)
{
	const struct haul_store_run *run = &offer->runs[offer->choice];
	struct offer_forget *forget = memory_zero(sizeof *forget);
	char number[UNITS_SIZE], text[256];

	forget->run = run->id;
	units_count(number, sizeof number, run->unfinished);
	snprintf(text, sizeof text, ngettext("Forget that %s file is left? "
	    "What has arrived stays on the disk.", "Forget that %s files are "
	    "left? What has arrived stays on the disk.", run->unfinished),
	    number);
	confirm_open(offer->dialog.ui, _("Forget this run?"), text,
	    _("Forget"), offer_then_forget, free, forget);
}

static void
offer_start_empty(struct offer *offer)
{
	struct ui *ui = offer->dialog.ui;

	dialog_close(ui);
	ui_say(ui, STYLE_TEXT, "%s",
	    _("haul --resume goes on with what was left"));
}

static void
offer_go_on(struct offer *offer, enum ui_wish wish)
{
	const struct haul_store_run *run = &offer->runs[offer->choice];
	struct ui *ui = offer->dialog.ui;
	char id[32];

	snprintf(id, sizeof id, "%" PRIu64, run->id);
	dialog_close(ui);
	ui_say(ui, STYLE_TEXT, _("reading run %s ..."), id);
	ui_wish(ui, wish, id);
}

static unsigned
offer_do(struct offer *offer, enum offer_act act)
{
	if (offer->choice == offer->count && act == OFFER_GO)
		offer_start_empty(offer);
	else if (!offer_has(offer, act))
		return UI_NOTHING;
	else if (act == OFFER_FORGET)
		offer_ask_forget(offer);
	else
		offer_go_on(offer, act == OFFER_GO ? UI_WISH_RESUME :
		    UI_WISH_RESUME_RETRY);
	return UI_REDRAW;
}

static unsigned
offer_choose(struct offer *offer, size_t choice)
{
	offer->choice = choice;
	return UI_REDRAW;
}

/* A click chooses a row; one on what is chosen already goes on. */
static unsigned
offer_press(struct dialog *dialog, int target, int cell)
{
	struct offer *offer = (struct offer *)dialog;
	size_t choice;

	(void)cell;
	if (target < OFFER_ACTS)
		return offer_do(offer, (enum offer_act)target);
	choice = (size_t)(target - OFFER_ROW);
	if (choice == offer->choice)
		return offer_do(offer, OFFER_GO);
	return offer_choose(offer, choice);
}

static unsigned
offer_input(struct dialog *dialog, const struct input *input)
{
	struct offer *offer = (struct offer *)dialog;
	size_t rows = offer->count + 1;

	if (input->kind != INPUT_KEY)
		return UI_PASS;
	if (input->key >= '1' && input->key <= '9')
		return input->key - '1' < offer->count ?
		    offer_choose(offer, input->key - '1') : UI_NOTHING;
	switch (input->key) {
	case INPUT_DOWN:
	case '\t':
	case 'j':
		return offer_choose(offer, (offer->choice + 1) % rows);
	case INPUT_UP:
	case INPUT_BACK_TAB:
	case 'k':
		return offer_choose(offer, (offer->choice + rows - 1) % rows);
	case '\r':
	case '\n':
		return offer_do(offer, OFFER_GO);
	case 'r':
		return offer_do(offer, OFFER_RETRY);
	case 'x':
		return offer_do(offer, OFFER_FORGET);
	case 'e':
	case 'n':
	case 'q':
	case 0x1b:
		offer_start_empty(offer);
		return UI_REDRAW;
	}
	return UI_PASS;
}

static void
offer_free(struct dialog *dialog)
{
	struct offer *offer = (struct offer *)dialog;

	free(offer->runs);
	free(offer);
}

static const struct dialog_ops offer_ops = {
	offer_rows, offer_draw, offer_input, offer_press, offer_free,
};

/* ---- opening ---- */

/* The same run stays chosen; at first the newest that is free. */
static void
offer_fill(struct offer *offer, const struct haul_store_run *runs,
    size_t count)
{
	uint64_t chosen = offer->choice < offer->count ?
	    offer->runs[offer->choice].id : 0;
	size_t i;

	offer->more = count > OFFER_RUNS;
	offer->count = offer->more ? OFFER_RUNS : count;
	offer->runs = memory_resize(offer->runs, offer->count,
	    sizeof *offer->runs);
	memcpy(offer->runs, runs, offer->count * sizeof *offer->runs);
	for (i = 0; i < offer->count && offer->runs[i].id != chosen; i++)
		continue;
	if (i == offer->count)
		for (i = 0; i < offer->count && !offer_is_free(offer, i); i++)
			continue;
	offer->choice = i;
}

void
offer_open(struct ui *ui, const struct haul_store_run *runs, size_t count)
{
	struct dialog *dialog = ui->dialog;
	struct offer *offer;

	while (dialog != NULL && dialog->ops != &offer_ops)
		dialog = dialog->under;
	if (dialog != NULL) {
		offer_fill((struct offer *)dialog, runs, count);
		if (count == 0 && dialog == ui->dialog)
			dialog_close(ui);
		return;
	}
	/* Somebody who has begun to do something else is not disturbed. */
	if (count == 0 || ui->dialog != NULL || ui->prompt != NULL)
		return;
	offer = memory_zero(sizeof *offer);
	dialog_init(&offer->dialog, ui, &offer_ops, _("Unfinished runs"),
	    DIALOG_WIDTH);
	offer_fill(offer, runs, count);
	dialog_open(ui, &offer->dialog);
}
