/* SPDX-License-Identifier: MIT
 *
 * "Settings (live)": what it shows is asked anew in each frame, what is
 * changed holds at once. The limit of one file is that of the item which was
 * selected when the dialog opened.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/text.h"
#include "ui/list/list.h"
#include "ui/live.h"
#include "ui/saving.h"
#include "ui/screen/field.h"

#define SETTINGS_VALUE  27              /* column of values, at least */
#define SETTINGS_VALUE_MAX 36
#define SETTINGS_TOOLS  6               /* cells behind it */
#define SETTINGS_HINT   15
#define SETTINGS_NARROW 56
#define SETTINGS_RATES  6               /* of frames */

/* Rows after those of live_rows. */
enum settings_row {
	SETTINGS_FRAMES = LIVE_COUNT,
	SETTINGS_COLOUR,
	SETTINGS_GLYPHS,
	SETTINGS_MOUSE,
	SETTINGS_ROWS
};

/* Targets: a row, its "-", its "+". */
#define SETTINGS_LESS 100
#define SETTINGS_MORE 200

struct settings {
	struct dialog dialog;
	haul_id id;                     /* "this file", or 0 */
	int row;
	bool editing;
	struct field field;
	char why[SENTENCE_SIZE];
};

static const char *
settings_label(int row)
{
	switch (row) {
	case SETTINGS_FRAMES:
		return _("Frame rate");
	case SETTINGS_COLOUR:
		return _("Colour");
	case SETTINGS_GLYPHS:
		return _("Glyphs");
	case SETTINGS_MOUSE:
		return _("Mouse");
	}
	return _(live_rows[row].label);
}

/* The column of values: beside the widest label. */
static int
settings_value_at(void)
{
	int at = SETTINGS_VALUE, row, width;

	for (row = 0; row < SETTINGS_ROWS; row++) {
		width = text_width(settings_label(row)) + 3;
		if (width > at)
			at = width;
	}
	return at < SETTINGS_VALUE_MAX ? at : SETTINGS_VALUE_MAX;
}

static void
settings_value(const struct settings *settings, int row, char *text,
    size_t size)
{
	static const char *const schemes[] = { N_("default"),
	    N_("colour-blind"), N_("mono") };
	struct ui *ui = settings->dialog.ui;

	switch (row) {
	case SETTINGS_FRAMES:
		if (ui->context.frames_per_s == 0)
			snprintf(text, size, "%s", _("auto"));
		else
			snprintf(text, size, "%d/s", ui->context.frames_per_s);
		return;
	case SETTINGS_COLOUR:
		snprintf(text, size, "%s", _(schemes[ui->context.term.scheme]));
		return;
	case SETTINGS_GLYPHS:
		snprintf(text, size, "%s", ui->context.text_flags &
		    TEXT_ASCII ? "ASCII" : "UTF-8");
		return;
	case SETTINGS_MOUSE:
		snprintf(text, size, "%s", ui->mouse ? "[x]" : "[ ]");
		return;
	}
	live_show(ui, (enum live_setting)row, row == LIVE_LIMIT_FILE ?
	    settings->id : 0, text, size);
}

static void
settings_hint(const struct settings *settings, int row, int width, char *text,
    size_t size)
{
	struct haul_row item;

	if (row == LIVE_LIMIT_FILE && haul_row(settings->dialog.ui->haul,
	    settings->id, &item))
		text_safe(text, size, item.name, strlen(item.name), width,
		    ui_flags(settings->dialog.ui) | TEXT_CUT_END);
	else
		snprintf(text, size, "%s", row < LIVE_COUNT &&
		    *live_rows[row].hint != '\0' ? _(live_rows[row].hint) :
		    "");
}

/* ---- drawing ---- */

static int
settings_draw_keys(struct grid_area area, int row, int columns)
{
	return sheet_wrap(area, row, 0, columns, _("+ - change   Enter edit   "
	    "u undo   w save   Esc close"), STYLE_QUIET, 0);
}

static int
settings_rows(struct dialog *dialog, int columns)
{
	struct settings *settings = (struct settings *)dialog;
	struct grid_area none = { NULL, 0, 0, 0, 0 };

	return SETTINGS_ROWS + 1 + settings_draw_keys(none, 0, columns) +
	    (*settings->why != '\0' ?
	    sheet_wrap(none, 0, 0, columns, settings->why, STYLE_TEXT, 0) :
	    0);
}

static void
settings_draw_tools(struct settings *settings, struct grid_area area, int row,
    int at)
{
	int tools = at + SETTINGS_TOOLS, width = area.columns - at -
	    SETTINGS_HINT;
	char hint[TEXT_ROOM(64)];

	if (row < LIVE_COUNT && live_rows[row].steps) {
		grid_put(area, row, tools, -1, "[- +]", STYLE_KEY, 0);
		dialog_target(&settings->dialog, row, tools, 2,
		    SETTINGS_LESS + row);
		dialog_target(&settings->dialog, row, tools + 3, 2,
		    SETTINGS_MORE + row);
	} else if (row < LIVE_COUNT) {
		grid_put(area, row, tools, SETTINGS_HINT - SETTINGS_TOOLS - 1,
		    _("[edit]"), STYLE_KEY, 0);
	}
	settings_hint(settings, row, width < 64 ? width : 64, hint,
	    sizeof hint);
	grid_put_cut(area, row, at + SETTINGS_HINT, hint, STYLE_QUIET,
	    ui_flags(settings->dialog.ui));
}

static void
settings_draw_row(struct settings *settings, struct grid_area area, int row)
{
	bool here = row == settings->row;
	bool narrow = area.columns < SETTINGS_NARROW;
	int at = narrow ? area.columns - 6 : settings_value_at();
	char value[64], label[96];

	if (here) {
		grid_put(area, row, 0, 1, ">", STYLE_STRONG, GRID_BOLD);
		grid_cursor(area, row, 0, false);
	}
	snprintf(label, sizeof label, "%s%s", dialog_ordinal(&settings->dialog,
	    row), settings_label(row));
	grid_put(area, row, 2, at - 3, label, STYLE_TEXT, here ? GRID_BOLD :
	    0);
	if (here && settings->editing) {
		field_draw(&settings->field, area, row, at, area.columns - at,
		    true, ui_flags(settings->dialog.ui));
		return;
	}
	settings_value(settings, row, value, sizeof value);
	grid_put(area, row, at, narrow || row >= LIVE_COUNT ? -1 :
	    SETTINGS_TOOLS, value, STYLE_STRONG, here ? GRID_BOLD : 0);
	if (!narrow)
		settings_draw_tools(settings, area, row, at);
	dialog_target(&settings->dialog, row, 0, area.columns, row);
}

static void
settings_draw(struct dialog *dialog, struct grid_area area)
{
	struct settings *settings = (struct settings *)dialog;
	int row;

	for (row = 0; row < SETTINGS_ROWS; row++)
		settings_draw_row(settings, area, row);
	if (*settings->why != '\0')
		row += sheet_wrap(area, row, 0, area.columns, settings->why,
		    STYLE_ERROR, 0);
	settings_draw_keys(area, row + 1, area.columns);
}

/* ---- changing ---- */

static void
settings_step_frames(struct ui *ui, int step)
{
	static const int rates[SETTINGS_RATES] = { 0, 1, 4, 10, 20, 30 };
	int i, next = 0;

	for (i = 0; i < SETTINGS_RATES; i++)
		if (rates[i] <= ui->context.frames_per_s)
			next = i;
	next += step;
	if (next >= 0 && next < SETTINGS_RATES)
		ui->context.frames_per_s = rates[next];
}

static void
settings_step(struct settings *settings, int row, int step)
{
	struct ui *ui = settings->dialog.ui;

	switch (row) {
	case SETTINGS_FRAMES:
		settings_step_frames(ui, step);
		return;
	case SETTINGS_COLOUR:
		ui->context.term.scheme = (enum term_scheme)
		    (((int)ui->context.term.scheme + step + 3) % 3);
		term_set_scheme(ui->term, ui->context.term.scheme);
		return;
	case SETTINGS_GLYPHS:
		ui->context.text_flags ^= TEXT_ASCII;
		return;
	case SETTINGS_MOUSE:
		ui->mouse = !ui->mouse;
		term_set_mouse(ui->term, ui->mouse);
		return;
	}
	if (live_rows[row].steps)
		live_step(ui, (enum live_setting)row, 0, step);
}

static unsigned
settings_edit(struct settings *settings)
{
	char value[64];

	if (settings->row >= LIVE_COUNT) {
		settings_step(settings, settings->row, 1);
		return UI_REDRAW;
	}
	if (settings->row == LIVE_LIMIT_FILE && settings->id == 0)
		return UI_NOTHING;
	settings_value(settings, settings->row, value, sizeof value);
	field_offer(&settings->field, value);
	settings->editing = true;
	return UI_REDRAW;
}

static unsigned
settings_save(struct settings *settings)
{
	settings->why[0] = '\0';
	if (live_set(settings->dialog.ui, (enum live_setting)settings->row,
	    settings->row == LIVE_LIMIT_FILE ? settings->id : 0,
	    field_text(&settings->field), settings->why,
	    sizeof settings->why))
		settings->editing = false;
	return UI_REDRAW;
}

/* ---- input ---- */

static unsigned
settings_edit_input(struct settings *settings, const struct input *input)
{
	if (input->kind == INPUT_KEY) {
		if (input->key == '\r' || input->key == '\n')
			return settings_save(settings);
		if (input->key == 0x1b) {
			settings->editing = false;
			settings->why[0] = '\0';
			return UI_REDRAW;
		}
	}
	field_input(&settings->field, input);
	return UI_REDRAW;
}

static unsigned
settings_move(struct settings *settings, int row)
{
	settings->row = (row + SETTINGS_ROWS) % SETTINGS_ROWS;
	return UI_REDRAW;
}

static unsigned
settings_input(struct dialog *dialog, const struct input *input)
{
	struct settings *settings = (struct settings *)dialog;
	int row;

	if (settings->editing)
		return settings_edit_input(settings, input);
	row = dialog_digit(dialog, input, SETTINGS_ROWS);
	if (row >= 0)
		return settings_move(settings, row);
	if (input->kind != INPUT_KEY)
		return UI_PASS;
	switch (input->key) {
	case INPUT_DOWN:
	case 'j':
	case '\t':
		return settings_move(settings, settings->row + 1);
	case INPUT_UP:
	case 'k':
	case INPUT_BACK_TAB:
		return settings_move(settings, settings->row - 1);
	case '+':
	case '=':
	case INPUT_RIGHT:
		settings_step(settings, settings->row, 1);
		return UI_REDRAW;
	case '-':
	case INPUT_LEFT:
		settings_step(settings, settings->row, -1);
		return UI_REDRAW;
	case ' ':
	case '\r':
	case '\n':
		return settings_edit(settings);
	case 'u':
		return ui_act(dialog->ui, ACTION_UNDO) | UI_REDRAW;
	case 'w':
		saving_wish(dialog->ui);
		return UI_REDRAW;
	case 's':
	case 'q':
		dialog_close(dialog->ui);
		return UI_REDRAW;
	}
	return UI_PASS;
}

static unsigned
settings_press(struct dialog *dialog, int target, int cell)
{
	struct settings *settings = (struct settings *)dialog;
	int row = target % SETTINGS_LESS, before = settings->row;

	(void)cell;
	settings->editing = false;
	settings->row = row;
	if (target >= SETTINGS_LESS)
		settings_step(settings, row, target >= SETTINGS_MORE ? 1 : -1);
	else if (row == before || row >= LIVE_COUNT)
		return settings_edit(settings);
	return UI_REDRAW;
}

static void
settings_free(struct dialog *dialog)
{
	struct settings *settings = (struct settings *)dialog;

	field_release(&settings->field);
	free(settings);
}

static const struct dialog_ops settings_ops = {
	settings_rows, settings_draw, settings_input, settings_press,
	settings_free,
};

void
settings_open(struct ui *ui)
{
	struct settings *settings;

	if (ui->dialog != NULL && ui->dialog->ops == &settings_ops)
		return;
	settings = memory_zero(sizeof *settings);
	dialog_init(&settings->dialog, ui, &settings_ops,
	    _("Settings (live)"), DIALOG_WIDTH);
	settings->id = list_selected(ui->list);
	field_init(&settings->field, "");
	dialog_open(ui, &settings->dialog);
}
