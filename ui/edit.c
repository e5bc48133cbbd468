/* SPDX-License-Identifier: MIT
 *
 * "Edit URL and retry", for the item it was opened for and, if wished, for all
 * failed ones of the same host. Those are counted when the dialog opens, and
 * are the ones it acts on, whatever has failed since.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acts.h"
#include "add-line.h"
#include "dialog.h"
#include "field.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/text.h"
#include "present/units.h"
#include "undo.h"

enum edit_focus { EDIT_URL, EDIT_KEEP, EDIT_HOST, EDIT_FOCUS_COUNT };

struct edit {
	struct dialog dialog;
	haul_id id;
	bool failed;
	char *old;
	int64_t got_bytes;
	struct field url;
	bool keep, host;
	haul_id *others;                /* failed ones of the host, it too */
	size_t other_count;
	char why[ADD_WHY];              /* the URL cannot be used; or "" */
	int focus;
};

/* Where scheme, host and port of a URL end. */
static size_t
edit_origin(const char *url)
{
	const char *scheme = strstr(url, "://");

	return scheme == NULL ? 0 : (size_t)(scheme + 3 - url) +
	    strcspn(scheme + 3, "/?#");
}

static bool
edit_is_same_origin(const char *a, const char *b)
{
	size_t length = edit_origin(a);

	return edit_origin(b) == length && strncmp(a, b, length) == 0;
}

/* Rows know the host alone; another port of it is another server. */
static void
edit_find_others(struct edit *edit, const char *host)
{
	struct ui *ui = edit->dialog.ui;
	size_t i, count = acts_failed_of_host(ui, host, &edit->others);
	struct haul_item *item;

	for (i = 0; i < count; i++) {
		item = haul_item(ui->haul, edit->others[i]);
		if (item != NULL && edit_is_same_origin(item->url, edit->old))
			edit->others[edit->other_count++] = edit->others[i];
		haul_item_free(item);
	}
}

static bool
edit_has(const struct edit *edit, int focus)
{
	return focus == EDIT_URL || (focus == EDIT_KEEP ?
	    edit->got_bytes > 0 : edit->other_count > 1);
}

/* ---- drawing ---- */

static void
edit_label(const struct edit *edit, int focus, char *label, size_t size)
{
	char number[UNITS_SIZE];

	if (focus == EDIT_KEEP) {
		units_size_long(number, sizeof number, edit->got_bytes,
		    edit->dialog.ui->context.si);
		snprintf(label, size, _("Keep the %s already here if size and "
		    "ETag/sha256 agree"), number);
	} else {
		units_count(number, sizeof number, edit->other_count);
		snprintf(label, size, _("Apply the same host change to all %s "
		    "failed files of this host"), number);
	}
}

/* Draws, or without rows only counts. */
static int
edit_fill(struct edit *edit, struct grid_area area, int columns)
{
	unsigned flags = ui_flags(edit->dialog.ui);
	int label = text_width(_("Old")), row = 0, focus;
	char text[256];

	if (text_width(_("New")) > label)
		label = text_width(_("New"));
	label += 3;
	grid_put(area, row, 0, -1, _("Old"), STYLE_TEXT, 0);
	row += sheet_wrap_safe(area, row, label, columns - label, edit->old,
	    STYLE_QUIET, flags);
	if (area.rows > 0) {
		grid_put(area, row, 0, -1, _("New"), STYLE_TEXT, 0);
		if (edit->focus == EDIT_URL)
			grid_put(area, row, label - 2, 1, ">", STYLE_STRONG,
			    GRID_BOLD);
		field_draw(&edit->url, area, row, label, columns - label,
		    edit->focus == EDIT_URL, flags);
		dialog_target(&edit->dialog, row, label, columns - label,
		    EDIT_URL);
	}
	row++;
	if (*edit->why != '\0')
		row += sheet_wrap_safe(area, row, label, columns - label,
		    edit->why, STYLE_ERROR, flags);
	for (focus = EDIT_KEEP; focus < EDIT_FOCUS_COUNT; focus++) {
		if (!edit_has(edit, focus))
			continue;
		edit_label(edit, focus, text, sizeof text);
		if (area.rows > 0) {
			dialog_check(&edit->dialog, area, row, 0, focus,
			    focus == EDIT_KEEP ? edit->keep : edit->host, "",
			    false);
			if (edit->focus == focus) {
				grid_put(area, row, 3, 1, ">", STYLE_STRONG,
				    GRID_BOLD);
				grid_cursor(area, row, 3, false);
			}
		}
		row += sheet_wrap(area, row, 4, columns - 4, text, STYLE_TEXT,
		    0);
	}
	return row + sheet_wrap(area, row, 0, columns, edit->failed ?
	    _("Enter: save and retry    Esc: cancel") :
	    _("Enter: save    Esc: cancel"), STYLE_QUIET, 0);
}

static int
edit_rows(struct dialog *dialog, int columns)
{
	struct grid_area none = { NULL, 0, 0, 0, 0 };

	return edit_fill((struct edit *)dialog, none, columns);
}

static void
edit_draw(struct dialog *dialog, struct grid_area area)
{
	edit_fill((struct edit *)dialog, area, area.columns);
}

/* ---- saving ---- */

/* The same change of host to each of the others; returns how many took it. */
static size_t
edit_save_others(struct edit *edit, struct undo_entry *entry)
{
	struct ui *ui = edit->dialog.ui;
	const char *to = field_text(&edit->url);
	size_t i, done = 0, from = edit_origin(edit->old);
	struct haul_item *item;
	struct haul_error error;
	char *url;

	for (i = 0; i < edit->other_count; i++) {
		item = edit->others[i] == edit->id ? NULL :
		    haul_item(ui->haul, edit->others[i]);
		if (item != NULL && item->state == HAUL_STATE_FAILED &&
		    edit_is_same_origin(item->url, edit->old)) {
			url = memory_format("%.*s%s", (int)edit_origin(to),
			    to, item->url + from);
			if (haul_edit(ui->haul, item->id, url, edit->keep,
			    &error) == HAUL_OK) {
				undo_add(entry, item->id, 0, item->url);
				done += haul_retry(ui->haul, item->id) ==
				    HAUL_OK;
			}
			free(url);
		}
		haul_item_free(item);
	}
	return done;
}

static void
edit_tell(struct edit *edit, size_t others)
{
	char count[UNITS_SIZE];

	if (!edit->failed) {
		ui_say(edit->dialog.ui, STYLE_TEXT, "%s", _("URL changed"));
	} else if (others == 0) {
		ui_say(edit->dialog.ui, STYLE_TEXT, "%s",
		    _("URL changed; trying again"));
	} else {
		units_count(count, sizeof count, others + 1);
		ui_say(edit->dialog.ui, STYLE_TEXT, ngettext("%s URL changed; "
		    "trying again", "%s URLs changed; trying again",
		    others + 1), count);
	}
}

static unsigned
edit_save(struct edit *edit)
{
	struct ui *ui = edit->dialog.ui;
	const char *url = field_text(&edit->url);
	bool same = strcmp(url, edit->old) == 0;
	struct undo_entry *entry;
	struct haul_error error = { .result = HAUL_OK };
	enum haul_result result;
	size_t others = 0;

	result = same ? HAUL_OK : haul_edit(ui->haul, edit->id, url,
	    edit->keep, &error);
	if (result != HAUL_OK) {
		if (result == HAUL_EUSAGE)
			add_line_complain(edit->why, sizeof edit->why, &error);
		else
			snprintf(edit->why, sizeof edit->why, "%s",
			    _("not possible any more"));
		return UI_REDRAW;
	}
	entry = undo_begin(ui->undo, UNDO_EDIT);
	if (!same)
		undo_add(entry, edit->id, 0, edit->old);
	if (edit->host && !same)
		others = edit_save_others(edit, entry);
	undo_end(ui->undo);
	if (edit->failed && (haul_retry(ui->haul, edit->id) == HAUL_OK ||
	    others > 0))
		acts_start(ui);
	edit_tell(edit, others);
	dialog_close(ui);
	return UI_REDRAW;
}

/* ---- input ---- */

static unsigned
edit_step(struct edit *edit, int step)
{
	do
		edit->focus = (edit->focus + step + EDIT_FOCUS_COUNT) %
		    EDIT_FOCUS_COUNT;
	while (!edit_has(edit, edit->focus));
	return UI_REDRAW;
}

static unsigned
edit_press(struct dialog *dialog, int target, int cell)
{
	struct edit *edit = (struct edit *)dialog;

	edit->focus = target;
	if (target == EDIT_KEEP)
		edit->keep = !edit->keep;
	else if (target == EDIT_HOST)
		edit->host = !edit->host;
	else
		field_click(&edit->url, cell);
	return UI_REDRAW;
}

static unsigned
edit_input(struct dialog *dialog, const struct input *input)
{
	struct edit *edit = (struct edit *)dialog;

	if (input->kind == INPUT_KEY) {
		switch (input->key) {
		case '\r':
		case '\n':
		case INPUT_ALT_ENTER:
			return edit_save(edit);
		case '\t':
		case INPUT_DOWN:
			return edit_step(edit, 1);
		case INPUT_BACK_TAB:
		case INPUT_UP:
			return edit_step(edit, -1);
		case 0x1b:
			return UI_PASS;
		}
		if (edit->focus != EDIT_URL)
			return input->key == ' ' ? edit_press(dialog,
			    edit->focus, 0) : UI_NOTHING;
	}
	if (!field_input(&edit->url, input))
		return UI_PASS;
	edit->why[0] = '\0';
	return UI_REDRAW;
}

static void
edit_free(struct dialog *dialog)
{
	struct edit *edit = (struct edit *)dialog;

	free(edit->old);
	free(edit->others);
	field_release(&edit->url);
	free(edit);
}

static const struct dialog_ops edit_ops = {
	edit_rows, edit_draw, edit_input, edit_press, edit_free,
};

void
edit_open(struct ui *ui, haul_id id)
{
	struct haul_item *item = id == 0 ? NULL : haul_item(ui->haul, id);
	struct haul_row row;
	struct edit *edit;

	if (item == NULL)
		return;
	if (item->state == HAUL_STATE_DONE ||
	    item->state == HAUL_STATE_SKIPPED) {
		ui_say(ui, STYLE_TEXT, "%s", _("it is here already"));
		haul_item_free(item);
		return;
	}
	edit = memory_zero(sizeof *edit);
	edit->id = id;
	edit->failed = item->state == HAUL_STATE_FAILED;
	dialog_init(&edit->dialog, ui, &edit_ops, edit->failed ?
	    _("Edit URL and retry") : _("Edit URL"), DIALOG_WIDTH);
	edit->old = memory_string(item->url);
	edit->got_bytes = item->got_bytes;
	edit->keep = true;
	field_init(&edit->url, item->url);
	if (edit->failed && haul_row(ui->haul, id, &row))
		edit_find_others(edit, row.host);
	haul_item_free(item);
	dialog_open(ui, &edit->dialog);
}
