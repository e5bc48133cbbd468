/* SPDX-License-Identifier: MIT
 *
 * Leaving while there is work. To quit is the answer chosen beforehand: all
 * that has arrived is kept, so nothing is lost by it.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/text.h"
#include "present/units.h"
#include "ui/acts.h"

#define QUIT_WIDTH 60

enum quit_button { QUIT_NOW, QUIT_DRAIN, QUIT_BACK, QUIT_COUNT };

struct quit {
	struct dialog dialog;
	int focus;
};

static uint64_t
quit_running(const struct ui *ui)
{
	return ui->totals.active + ui->totals.waiting;
}

/* What is left, in one sentence, and what becomes of it. The same command
 * would not know what was added and edited meanwhile. */
static void
quit_text(const struct ui *ui, char *text, size_t size)
{
	char running[UNITS_SIZE], queued[UNITS_SIZE], failed[UNITS_SIZE];
	int used;

	units_count(running, sizeof running, quit_running(ui));
	units_count(queued, sizeof queued, ui->totals.queued +
	    ui->totals.paused);
	units_count(failed, sizeof failed, ui->totals.failed);
	used = snprintf(text, size, ngettext("%s file is active, %s queued, %s "
	    "failed.", "%s files are active, %s queued, %s failed.",
	    quit_running(ui)), running, queued, failed);
	if (used > 0 && (size_t)used < size)
		snprintf(text + used, size - (size_t)used, "\n%s",
		    haul_store_records(ui->haul) ?
		    _("Partial files and queue are kept; haul --resume "
		    "goes on.") :
		    _("Partial files are kept; the same command resumes "
		    "them."));
}

static void
quit_words(const struct ui *ui, int button, char *label, size_t size)
{
	char running[UNITS_SIZE];

	units_count(running, sizeof running, quit_running(ui));
	if (button == QUIT_NOW)
		snprintf(label, size, "[q] %s", _("Quit now"));
	else if (button == QUIT_BACK)
		snprintf(label, size, "[Esc] %s", _("Go back"));
	else if (ui->draining)
		snprintf(label, size, "[d] %s",
		    _("Do not wait: go on with the queue"));
	else
		snprintf(label, size, ngettext("[d] Finish the %s active, "
		    "then quit", "[d] Finish the %s active, then quit",
		    quit_running(ui)), running);
}

static void
quit_label(const struct quit *quit, int button, char *label, size_t size)
{
	const char *number = dialog_ordinal(&quit->dialog, button);
	size_t used = strlen(number);

	snprintf(label, size, "%s", number);
	quit_words(quit->dialog.ui, button, label + used, size - used);
}

/* Draws the answers from a row on, or only counts their rows. */
static int
quit_draw_buttons(struct quit *quit, struct grid_area area, int row,
    int columns)
{
	char label[128];
	int button, at = 0, first = row;

	for (button = 0; button < QUIT_COUNT; button++) {
		quit_label(quit, button, label, sizeof label);
		if (at > 0 && (at + 4 + text_width(label) > columns ||
		    button == QUIT_BACK)) {
			row++;
			at = 0;
		}
		if (at > 0)
			at += 3;
		if (area.rows > 0 && quit->focus == button) {
			grid_put(area, row, at, 1, ">", STYLE_STRONG,
			    GRID_BOLD);
			grid_cursor(area, row, at, false);
		}
		if (area.rows > 0) {
			grid_put(area, row, at + 2, -1, label, STYLE_KEY,
			    quit->focus == button ? GRID_BOLD : 0);
			dialog_target(&quit->dialog, row, at,
			    2 + text_width(label), button);
		}
		at += 2 + text_width(label);
	}
	return row + 1 - first;
}

static int
quit_rows(struct dialog *dialog, int columns)
{
	struct grid_area none = { NULL, 0, 0, 0, 0 };
	char text[512];

	quit_text(dialog->ui, text, sizeof text);
	return sheet_wrap(none, 0, 0, columns, text, STYLE_TEXT, 0) + 1 +
	    quit_draw_buttons((struct quit *)dialog, none, 0, columns);
}

static void
quit_draw(struct dialog *dialog, struct grid_area area)
{
	char text[512];
	int row;

	quit_text(dialog->ui, text, sizeof text);
	row = sheet_wrap(area, 0, 0, area.columns, text, STYLE_TEXT, 0) + 1;
	quit_draw_buttons((struct quit *)dialog, area, row, area.columns);
}

static unsigned
quit_answer(struct quit *quit, int button)
{
	struct ui *ui = quit->dialog.ui;

	dialog_close(ui);
	if (button == QUIT_NOW)
		ui_wish(ui, UI_WISH_QUIT, NULL);
	else if (button == QUIT_DRAIN)
		acts_drain(ui, !ui->draining);
	return UI_REDRAW;
}

static unsigned
quit_press(struct dialog *dialog, int target, int cell)
{
	struct quit *quit = (struct quit *)dialog;

	(void)cell;
	if (quit->focus == target || target == QUIT_BACK)
		return quit_answer(quit, target);
	quit->focus = target;
	return UI_REDRAW;
}

static unsigned
quit_input(struct dialog *dialog, const struct input *input)
{
	struct quit *quit = (struct quit *)dialog;
	int choice = dialog_digit(dialog, input, QUIT_COUNT);

	if (choice >= 0)
		return quit_answer(quit, choice);
	if (input->kind != INPUT_KEY)
		return UI_PASS;
	switch (input->key) {
	case 'q':
	case 'Q':
	case 'y':
		return quit_answer(quit, QUIT_NOW);
	case 'd':
	case 'D':
		return quit_answer(quit, QUIT_DRAIN);
	case 'n':
	case 0x1b:
		return quit_answer(quit, QUIT_BACK);
	case '\r':
	case '\n':
		return quit_answer(quit, quit->focus);
	case '\t':
	case INPUT_RIGHT:
	case INPUT_DOWN:
		quit->focus = (quit->focus + 1) % QUIT_COUNT;
		return UI_REDRAW;
	case INPUT_BACK_TAB:
	case INPUT_LEFT:
	case INPUT_UP:
		quit->focus = (quit->focus + QUIT_COUNT - 1) % QUIT_COUNT;
		return UI_REDRAW;
	}
	return UI_PASS;
}

static void
quit_free(struct dialog *dialog)
{
	free(dialog);
}

static const struct dialog_ops quit_ops = {
	quit_rows, quit_draw, quit_input, quit_press, quit_free,
};

void
quit_open(struct ui *ui)
{
	struct quit *quit;

	haul_totals(ui->haul, &ui->totals);
	if (quit_running(ui) + ui->totals.queued + ui->totals.paused == 0) {
		ui_wish(ui, UI_WISH_LEAVE, NULL);
		return;
	}
	if (ui->dialog != NULL && ui->dialog->ops == &quit_ops)
		return;
	quit = memory_zero(sizeof *quit);
	dialog_init(&quit->dialog, ui, &quit_ops, _("Quit?"), QUIT_WIDTH);
	dialog_open(ui, &quit->dialog);
}
