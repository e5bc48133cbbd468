/* SPDX-License-Identifier: MIT
 *
 * "Edit and retry": URL, checksum and login of the item it was opened for and,
 * if wished, host and login of all failed ones of the same host. Those are
 * counted when the dialog opens, and are the ones it acts on, whatever has
 * failed since. A password is neither shown nor told.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "add-line.h"
#include "dialog.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/text.h"
#include "present/units.h"
#include "ui/acts.h"
#include "ui/live.h"
#include "ui/screen/field.h"
#include "ui/undo.h"

enum edit_focus {
	EDIT_URL,
	EDIT_CHECKSUM,
	EDIT_LOGIN,
	EDIT_FIELDS,                    /* those before it are */
	EDIT_KEEP = EDIT_FIELDS,
	EDIT_HOST,
	EDIT_FOCUS_COUNT
};

#define EDIT_OPTION_SIZE 4096           /* of checksums, or a login */

struct edit {
	struct dialog dialog;
	haul_id id;
	bool failed;
	char *old;
	int64_t got_bytes;
	struct field fields[EDIT_FIELDS];
	char *checksum, *login;         /* before, as haul_get() says */
	bool keep, host;
	haul_id *others;                /* failed ones of the host, it too */
	size_t other_count;
	char why[ADD_WHY];              /* it cannot be saved; or "" */
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
	return focus < EDIT_FIELDS || (focus == EDIT_KEEP ?
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
		snprintf(label, size, _("Apply host and login to all %s failed "
		    "files of this host"), number);
	}
}

/* What stands behind the user's name is drawn as stars: one for each byte, so
 * that the cursor keeps its place. */
static void
edit_draw_login(struct edit *edit, struct grid_area area, int row, int column,
    int width)
{
	struct field *login = &edit->fields[EDIT_LOGIN], shown = *login;
	size_t i = strcspn(login->text, ":");

	shown.text = memory_string(login->text);
	for (i++; i < login->length; i++)
		shown.text[i] = '*';
	field_draw(&shown, area, row, column, width,
	    edit->focus == EDIT_LOGIN, ui_flags(edit->dialog.ui));
	login->first = shown.first;
	free(shown.text);
}

/* What an empty login means. */
static void
edit_draw_hint(const struct edit *edit, struct grid_area area, int row,
    int column)
{
	char name[TEXT_ROOM(24)];

	if (edit->focus == EDIT_LOGIN ||
	    *field_text(&edit->fields[EDIT_LOGIN]) != '\0')
		return;
	text_safe(name, sizeof name, edit->login, strcspn(edit->login, ":"),
	    24, ui_flags(edit->dialog.ui));
	if (*edit->login != '\0')
		grid_print(area, row, column, STYLE_QUIET, 0,
		    _("as before: %s"), name);
	else
		grid_put(area, row, column, -1, _("(user:password)"),
		    STYLE_QUIET, 0);
}

static void
edit_draw_field(struct edit *edit, struct grid_area area, int row,
    enum edit_focus field, const char *label, int column)
{
	int width = area.columns - column;

	if (area.rows == 0)
		return;
	grid_put(area, row, 0, -1, label, STYLE_TEXT, 0);
	if (edit->focus == (int)field)
		grid_put(area, row, column - 2, 1, ">", STYLE_STRONG,
		    GRID_BOLD);
	if (field == EDIT_LOGIN)
		edit_draw_login(edit, area, row, column, width);
	else
		field_draw(&edit->fields[field], area, row, column, width,
		    edit->focus == (int)field, ui_flags(edit->dialog.ui));
	if (field == EDIT_LOGIN)
		edit_draw_hint(edit, area, row, column);
	dialog_target(&edit->dialog, row, column, width, (int)field);
}

static int
edit_fill_fields(struct edit *edit, struct grid_area area, int columns)
{
	const char *labels[EDIT_FIELDS] = { _("New"), _("Checksum"),
	    _("Login") };
	unsigned flags = ui_flags(edit->dialog.ui);
	int at = text_width(_("Old")), below = text_width(labels[1]), row;

	if (text_width(labels[0]) > at)
		at = text_width(labels[0]);
	if (text_width(labels[2]) > below)
		below = text_width(labels[2]);
	at += 3;
	grid_put(area, 0, 0, -1, _("Old"), STYLE_TEXT, 0);
	row = sheet_wrap_safe(area, 0, at, columns - at, edit->old,
	    STYLE_QUIET, flags);
	edit_draw_field(edit, area, row++, EDIT_URL, labels[0], at);
	edit_draw_field(edit, area, row++, EDIT_CHECKSUM, labels[1],
	    below + 3);
	edit_draw_field(edit, area, row++, EDIT_LOGIN, labels[2], below + 3);
	if (*edit->why != '\0')
		row += sheet_wrap_safe(area, row, at, columns - at, edit->why,
		    STYLE_ERROR, flags);
	return row;
}

/* Draws, or without rows only counts. */
static int
edit_fill(struct edit *edit, struct grid_area area, int columns)
{
	int row = edit_fill_fields(edit, area, columns), focus;
	char text[256];
	bool boxes = false;

	for (focus = EDIT_KEEP; focus < EDIT_FOCUS_COUNT; focus++) {
		if (!edit_has(edit, focus))
			continue;
		boxes = true;
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
	snprintf(text, sizeof text, "%s   %s   %s%s%s", edit->failed ?
	    _("Enter: save and retry") : _("Enter: save"),
	    _("Tab: next field"), boxes ? _("Space: mark") : "",
	    boxes ? "   " : "", _("Esc: cancel"));
	return row + sheet_wrap(area, row, 0, columns, text, STYLE_QUIET, 0);
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

static bool
edit_changes(const struct edit *edit, enum edit_focus field)
{
	const char *text = field_text(&edit->fields[field]);

	return field == EDIT_URL ? strcmp(text, edit->old) != 0 :
	    field == EDIT_CHECKSUM ? strcmp(text, edit->checksum) != 0 :
	    *text != '\0';
}

/* A wrong checksum leaves the old ones. */
static enum haul_result
edit_save_options(struct edit *edit, struct haul_error *error)
{
	struct haul *haul = edit->dialog.ui->haul;
	enum haul_result result = HAUL_OK;
	struct haul_error ignored;

	if (edit_changes(edit, EDIT_CHECKSUM)) {
		result = live_set_option(haul, edit->id, "checksum",
		    field_text(&edit->fields[EDIT_CHECKSUM]), error);
		if (result != HAUL_OK)
			(void)live_set_option(haul, edit->id, "checksum",
			    edit->checksum, &ignored);
	}
	if (result == HAUL_OK && edit_changes(edit, EDIT_LOGIN))
		result = live_set_option(haul, edit->id, "user",
		    field_text(&edit->fields[EDIT_LOGIN]), error);
	return result;
}

/* The URL is only looked at before all else is saved, so that either all or
 * nothing is. */
static enum haul_result
edit_save_item(struct edit *edit, struct haul_error *error)
{
	struct haul *haul = edit->dialog.ui->haul;
	const char *url = field_text(&edit->fields[EDIT_URL]);
	const struct haul_request request = { .url = url };
	enum haul_result result = haul_check(haul, &request, error);

	if (result == HAUL_OK)
		result = edit_save_options(edit, error);
	if (result == HAUL_OK && edit_changes(edit, EDIT_URL))
		result = haul_edit(haul, edit->id, url, edit->keep, error);
	return result;
}

static void
edit_note_option(struct undo_entry *entry, haul_id id, const char *name,
    const char *before)
{
	char *text = memory_format("%s=%s", name, before);

	undo_add(entry, id, UNDO_EDIT_OPTION, text);
	free(text);
}

static bool
edit_save_other(struct edit *edit, const struct haul_item *item,
    struct undo_entry *entry)
{
	struct haul *haul = edit->dialog.ui->haul;
	const char *to = field_text(&edit->fields[EDIT_URL]);
	char login[EDIT_OPTION_SIZE], *url;
	struct haul_error error;
	bool saved = true;

	if (edit_changes(edit, EDIT_LOGIN)) {
		(void)haul_get(haul, item->id, "user", login, sizeof login);
		saved = live_set_option(haul, item->id, "user",
		    field_text(&edit->fields[EDIT_LOGIN]), &error) == HAUL_OK;
		if (saved)
			edit_note_option(entry, item->id, "user", login);
	}
	if (!saved || !edit_changes(edit, EDIT_URL))
		return saved;
	url = memory_format("%.*s%s", (int)edit_origin(to), to, item->url +
	    edit_origin(edit->old));
	saved = haul_edit(haul, item->id, url, edit->keep, &error) == HAUL_OK;
	free(url);
	if (saved)
		undo_add(entry, item->id, 0, item->url);
	return saved;
}

/* The same host and login to each of the others; returns how many took it. */
static size_t
edit_save_others(struct edit *edit, struct undo_entry *entry)
{
	struct haul *haul = edit->dialog.ui->haul;
	struct haul_item *item;
	size_t i, done = 0;

	if (!edit_changes(edit, EDIT_URL) && !edit_changes(edit, EDIT_LOGIN))
		return 0;
	for (i = 0; i < edit->other_count; i++) {
		item = edit->others[i] == edit->id ? NULL :
		    haul_item(haul, edit->others[i]);
		if (item != NULL && item->state == HAUL_STATE_FAILED &&
		    edit_is_same_origin(item->url, edit->old) &&
		    edit_save_other(edit, item, entry))
			done += haul_retry(haul, item->id) == HAUL_OK;
		haul_item_free(item);
	}
	return done;
}

static void
edit_tell(struct edit *edit, size_t others)
{
	char count[UNITS_SIZE];

	if (!edit->failed) {
		ui_say(edit->dialog.ui, STYLE_TEXT, "%s", _("changed"));
	} else if (others == 0) {
		ui_say(edit->dialog.ui, STYLE_TEXT, "%s",
		    _("changed; trying again"));
	} else {
		units_count(count, sizeof count, others + 1);
		ui_say(edit->dialog.ui, STYLE_TEXT, ngettext("%s file "
		    "changed; trying again", "%s files changed; trying again",
		    others + 1), count);
	}
}

/* What was before; taken back from the last on. */
static void
edit_note(const struct edit *edit, struct undo_entry *entry)
{
	if (edit_changes(edit, EDIT_CHECKSUM))
		edit_note_option(entry, edit->id, "checksum",
		    edit->checksum);
	if (edit_changes(edit, EDIT_LOGIN))
		edit_note_option(entry, edit->id, "user", edit->login);
	if (edit_changes(edit, EDIT_URL))
		undo_add(entry, edit->id, 0, edit->old);
}

static unsigned
edit_save(struct edit *edit)
{
	struct ui *ui = edit->dialog.ui;
	struct undo_entry *entry;
	struct haul_error error = { .result = HAUL_OK };
	enum haul_result result = edit_save_item(edit, &error);
	size_t others = 0;

	if (result != HAUL_OK) {
		if (result == HAUL_EUSAGE)
			add_line_complain(edit->why, sizeof edit->why, &error);
		else
			snprintf(edit->why, sizeof edit->why, "%s",
			    _("not possible any more"));
		return UI_REDRAW;
	}
	entry = undo_begin(ui->undo, UNDO_EDIT);
	edit_note(edit, entry);
	if (edit->host)
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
	else if (target < EDIT_FIELDS)
		field_click(&edit->fields[target], cell);
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
		if (edit->focus >= EDIT_FIELDS)
			return input->key == ' ' ? edit_press(dialog,
			    edit->focus, 0) : UI_NOTHING;
	}
	/* What is pasted is meant for a field. */
	if (!field_input(&edit->fields[edit->focus < EDIT_FIELDS ?
	    edit->focus : EDIT_URL], input))
		return UI_PASS;
	edit->why[0] = '\0';
	return UI_REDRAW;
}

static void
edit_free(struct dialog *dialog)
{
	struct edit *edit = (struct edit *)dialog;
	int i;

	free(edit->old);
	free(edit->others);
	free(edit->checksum);
	free(edit->login);
	for (i = 0; i < EDIT_FIELDS; i++)
		field_release(&edit->fields[i]);
	free(edit);
}

static const struct dialog_ops edit_ops = {
	edit_rows, edit_draw, edit_input, edit_press, edit_free,
};

/* Entries of a list stand in one line. */
static char *
edit_option(struct ui *ui, haul_id id, const char *name)
{
	char value[EDIT_OPTION_SIZE], *feed;

	(void)haul_get(ui->haul, id, name, value, sizeof value);
	for (feed = value; (feed = strchr(feed, '\n')) != NULL;)
		*feed = ' ';
	return memory_string(value);
}

static void
edit_init_fields(struct edit *edit)
{
	struct ui *ui = edit->dialog.ui;

	edit->checksum = edit_option(ui, edit->id, "checksum");
	edit->login = edit_option(ui, edit->id, "user");
	field_init(&edit->fields[EDIT_URL], edit->old);
	field_init(&edit->fields[EDIT_CHECKSUM], edit->checksum);
	field_init(&edit->fields[EDIT_LOGIN], "");
}

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
	    _("Edit and retry") : _("Edit"), DIALOG_WIDTH);
	edit->old = memory_string(item->url);
	edit->got_bytes = item->got_bytes;
	edit->keep = true;
	edit_init_fields(edit);
	if (edit->failed && haul_row(ui->haul, id, &row))
		edit_find_others(edit, row.host);
	haul_item_free(item);
	dialog_open(ui, &edit->dialog);
}
