/* SPDX-License-Identifier: MIT
 *
 * "Add URLs": lines of URLs, each checked as it stands, and how they are to be
 * added. Lines that cannot be used stay in the dialog when the others have
 * been added, so that a slip of the hand costs nothing.
 */
#include "config.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "add-line.h"
#include "dialog.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/text.h"
#include "present/units.h"
#include "ui/acts.h"
#include "ui/complete.h"
#include "ui/screen/field.h"

#define ADD_ROWS_MIN    3
#define ADD_ROWS_MAX    8
#define ADD_WHY_COLUMN  40              /* of a row that has so many */
#define ADD_NARROW      52              /* things stand under each other */
#define ADD_TINY        30              /* and even choices do */

enum add_focus {
	ADD_FOCUS_LINES,
	ADD_FOCUS_DIR,
	ADD_FOCUS_SPLITS,
	ADD_FOCUS_START,
	ADD_FOCUS_PLACE,
	ADD_FOCUS_ADD,
	ADD_FOCUS_CANCEL,
	ADD_FOCUS_COUNT,
	/* Targets beyond the focus. */
	ADD_PLACE_NEXT,
	ADD_LINE_0,                     /* and the lines shown */
};

struct add_entry {
	struct field field;
	enum add_kind kind;
	size_t twice;                   /* the number of the line that has its
	                                   URL already, or 0 */
	char why[ADD_WHY];
};

struct add {
	struct dialog dialog;
	struct add_entry *entries;
	size_t count, room;             /* count is at least 1 */
	size_t line;                    /* where the cursor is */
	size_t top;                     /* of those shown */
	size_t urls, bad, files;        /* counts of the entries' kinds */
	size_t twice;
	bool changed;                   /* since what is twice was looked for */
	struct field dir, splits;
	struct complete complete;       /* of dir */
	bool typed;                     /* into dir, and not completed since */
	char splits_default[16];
	bool now, next;
	int focus;
};

/* ---- checks ---- */

static enum haul_result
add_options(struct add *add, const struct add_line *line,
    struct haul_options **out, struct haul_error *error)
{
	const char *splits = field_text(&add->splits);
	enum haul_result result = HAUL_OK;
	size_t i;

	*out = NULL;
	if (*splits == '\0' && line->checksum_count == 0)
		return HAUL_OK;
	*out = haul_options_new();
	if (*out == NULL)
		return HAUL_ENOMEM;
	if (*splits != '\0')
		result = haul_options_set(*out, "max-splits", splits, error);
	for (i = 0; i < line->checksum_count && result == HAUL_OK; i++)
		result = haul_options_set(*out, "checksum",
		    line->checksums[i], error);
	return result;
}

/* Checks, or with an id adds, what a line names. */
static enum haul_result
add_try(struct add *add, const struct add_line *line, haul_id *id,
    struct haul_error *error)
{
	struct haul_request request = {
		.url = line->url, .mirrors = line->mirrors,
		.mirror_count = line->mirror_count, .paused = !add->now,
	};
	struct haul_options *options;
	enum haul_result result;
	char *dir;

	memset(error, 0, sizeof *error);
	result = add_options(add, line, &options, error);
	if (result == HAUL_OK) {
		dir = acts_path(field_text(&add->dir));
		request.dir = *dir != '\0' ? dir : NULL;
		request.options = options;
		result = id == NULL ?
		    haul_check(add->dialog.ui->haul, &request, error) :
		    haul_add(add->dialog.ui->haul, &request, id, error);
		free(dir);
	}
	haul_options_free(options);
	return result;
}

static void
add_count(struct add *add, enum add_kind kind, size_t step)
{
	if (kind == ADD_URL)
		add->urls += step;
	else if (kind == ADD_FILE)
		add->files += step;
	else if (kind == ADD_BAD)
		add->bad += step;
}

static void
add_check(struct add *add, struct add_entry *entry)
{
	struct add_line line;
	struct haul_error error;

	add->changed = true;
	add_count(add, entry->kind, (size_t)-1);
	add_line_parse(&line, field_text(&entry->field));
	snprintf(entry->why, sizeof entry->why, "%s", line.why);
	if (line.kind == ADD_URL &&
	    add_try(add, &line, NULL, &error) != HAUL_OK) {
		line.kind = ADD_BAD;
		add_line_complain(entry->why, sizeof entry->why, &error);
	}
	entry->kind = line.kind;
	add_count(add, entry->kind, 1);
	add_line_release(&line);
}

/* A URL that stands there already is marked, and not added again. */
static void
add_find_twice(struct add *add)
{
	const char **lines;
	size_t *first, i;

	if (!add->changed)
		return;
	lines = memory_resize(NULL, add->count, sizeof *lines);
	first = memory_resize(NULL, add->count, sizeof *first);
	for (i = 0; i < add->count; i++)
		lines[i] = add->entries[i].kind != ADD_URL ? NULL :
		    field_text(&add->entries[i].field);
	add_line_find_twice(lines, add->count, first);
	add->twice = 0;
	for (i = 0; i < add->count; i++) {
		add->entries[i].twice = first[i] != i ? first[i] + 1 : 0;
		add->twice += first[i] != i;
	}
	add->changed = false;
	free(first);
	free(lines);
}

/* ---- lines ---- */

static struct add_entry *
add_entry(struct add *add)
{
	return &add->entries[add->line];
}

static void
add_insert_line(struct add *add, size_t at, const char *text)
{
	if (add->count == add->room) {
		add->room = add->room * 2 + 16;
		add->entries = memory_resize(add->entries, add->room,
		    sizeof *add->entries);
	}
	memmove(add->entries + at + 1, add->entries + at,
	    (add->count - at) * sizeof *add->entries);
	memset(&add->entries[at], 0, sizeof *add->entries);
	field_init(&add->entries[at].field, text);
	add->count++;
}

static void
add_delete_line(struct add *add, size_t at)
{
	add_count(add, add->entries[at].kind, (size_t)-1);
	field_release(&add->entries[at].field);
	add->count--;
	memmove(add->entries + at, add->entries + at + 1,
	    (add->count - at) * sizeof *add->entries);
}

/* Makes two lines of the one under the cursor. */
static void
add_break(struct add *add)
{
	struct field *field = &add_entry(add)->field;
	char *rest = memory_string(field->text + field->cursor);
	char *head = memory_bytes(field->text, field->cursor);

	field_set(field, head);
	add_check(add, add_entry(add));
	add_insert_line(add, ++add->line, rest);
	add_entry(add)->field.cursor = 0;
	add_check(add, add_entry(add));
	free(head);
	free(rest);
}

/* Puts the next line at the end of this one. */
static void
add_join(struct add *add)
{
	struct field *field = &add_entry(add)->field;
	size_t cursor = field->length;
	const char *rest;

	if (add->line + 1 >= add->count)
		return;
	rest = field_text(&add->entries[add->line + 1].field);
	field->cursor = field->length;
	field_insert(field, rest, strlen(rest));
	field->cursor = cursor;
	add_delete_line(add, add->line + 1);
	add_check(add, add_entry(add));
}

/* Puts text of many lines at the cursor; each is checked once. */
static void
add_paste(struct add *add, const char *text, size_t length)
{
	struct field *field = &add_entry(add)->field;
	char *rest = memory_string(field->text + field->cursor);
	char *head = memory_bytes(field->text, field->cursor);
	const char *end = text + length, *stop;

	field_set(field, head);
	for (;;) {
		for (stop = text; stop < end && *stop != '\n' &&
		    *stop != '\r'; stop++)
			;
		field_insert(&add_entry(add)->field, text,
		    (size_t)(stop - text));
		if (stop == end)
			break;
		add_check(add, add_entry(add));
		text = stop + (*stop == '\r' && stop + 1 < end &&
		    stop[1] == '\n' ? 2 : 1);
		add_insert_line(add, ++add->line, "");
	}
	field = &add_entry(add)->field;
	length = field->length;
	field_insert(field, rest, strlen(rest));
	field->cursor = length;
	add_check(add, add_entry(add));
	free(head);
	free(rest);
}

/* ---- adding ---- */

/* Returns whether the line was good. */
static bool
add_take(struct add *add, struct add_entry *entry, haul_id *id)
{
	struct ui *ui = add->dialog.ui;
	struct haul_error error;
	struct add_line line;
	bool good = false;

	*id = 0;
	add_line_parse(&line, field_text(&entry->field));
	if (line.kind == ADD_FILE) {
		acts_read_list(ui, line.url);
		good = true;
	} else if (line.kind == ADD_URL) {
		good = add_try(add, &line, id, &error) == HAUL_OK;
		if (!good)
			add_line_complain(entry->why, sizeof entry->why,
			    &error);
	} else if (line.kind == ADD_NOTHING) {
		good = true;
	}
	add_line_release(&line);
	return good;
}

static void
add_tell(struct add *add, size_t added)
{
	char count[UNITS_SIZE];

	units_count(count, sizeof count, added);
	if (add->bad > 0)
		ui_say(add->dialog.ui, STYLE_ERROR, ngettext("%s added; the "
		    "line left needs a correction", "%s added; the lines "
		    "left need a correction", add->bad), count);
	else if (added > 0)
		ui_say(add->dialog.ui, STYLE_TEXT, ngettext("%s URL added",
		    "%s URLs added", added), count);
}

/* Adds what can be; what cannot stays in the dialog. */
static void
add_take_all(struct add *add)
{
	struct haul *haul = add->dialog.ui->haul;
	haul_id *ids = memory_resize(NULL, add->count, sizeof *ids), id;
	size_t i, kept = 0, added = 0;

	add_find_twice(add);
	for (i = 0; i < add->count; i++) {
		if (add->entries[i].twice != 0) {
			field_release(&add->entries[i].field);
		} else if (add->entries[i].kind != ADD_BAD &&
		    add_take(add, &add->entries[i], &id)) {
			if (id != 0)
				ids[added++] = id;
			field_release(&add->entries[i].field);
		} else {
			add->entries[i].kind = ADD_BAD;
			add->entries[kept++] = add->entries[i];
		}
	}
	add->count = add->bad = kept;
	add->urls = add->files = 0;
	add->changed = true;
	for (i = added; add->next && i-- > 0;)
		if (haul_move(haul, ids[i], HAUL_FIRST) != HAUL_OK)
			break;
	if (add->now && added > 0)
		acts_start(add->dialog.ui);
	add_tell(add, added);
	free(ids);
}

static unsigned
add_finish(struct add *add)
{
	if (add->urls + add->files == 0 && add->bad > 0) {
		add->focus = ADD_FOCUS_LINES;
		return UI_REDRAW;
	}
	add_take_all(add);
	if (add->count == 0) {
		dialog_close(add->dialog.ui);
		return UI_REDRAW;
	}
	add->line = add->top = 0;
	add->focus = ADD_FOCUS_LINES;
	return UI_REDRAW;
}

/* ---- drawing ---- */

static int
add_lines_shown(const struct add *add)
{
	if (add->count <= ADD_ROWS_MIN)
		return ADD_ROWS_MIN;
	return add->count < ADD_ROWS_MAX ? (int)add->count : ADD_ROWS_MAX;
}

/* What the keys do, over as many rows as it needs; an area without rows only
 * measures. */
static int
add_draw_keys(struct grid_area area, int row, int columns)
{
	return sheet_wrap(area, row, 0, columns, columns < ADD_NARROW ?
	    _("Tab: next  Alt-Enter: add  Esc: none") :
	    _("Enter: new line   Tab: next field   Alt-Enter: add   "
	    "Esc: cancel"), STYLE_QUIET, 0);
}

static int
add_rows(struct dialog *dialog, int columns)
{
	struct add *add = (struct add *)dialog;
	struct grid_area none = { NULL, 0, 0, 0, 0 };

	return add_lines_shown(add) + add_draw_keys(none, 0, columns) +
	    (columns < ADD_TINY ? 11 : columns < ADD_NARROW ? 9 : 6);
}

static void
add_draw_heading(const struct add *add, struct grid_area area)
{
	const char *words = area.columns < ADD_NARROW ?
	    _("A URL a line, or @ and a file's name") :
	    _("URLs, one per line, or a file name prefixed with @");
	char counts[192], urls[160], more[48];

	if (add->urls + add->bad + add->files == 0) {
		grid_put(area, 0, 0, -1, words, STYLE_TEXT, 0);
		return;
	}
	snprintf(urls, sizeof urls, ngettext("%zu URL", "%zu URLs",
	    add->urls + add->bad), add->urls + add->bad);
	/* TRANSLATORS: of the URLs in a form, so many are not usable. */
	snprintf(more, sizeof more, ngettext("%zu bad", "%zu bad", add->bad),
	    add->bad);
	if (add->bad > 0)
		sentence_add(urls, sizeof urls, more);
	/* TRANSLATORS: of the URLs in a form, so many were given before. */
	snprintf(more, sizeof more, ngettext("%zu twice", "%zu twice",
	    add->twice), add->twice);
	if (add->twice > 0)
		sentence_add(urls, sizeof urls, more);
	snprintf(counts, sizeof counts, "(%s)", urls);
	if (text_width(words) + 1 + text_width(counts) <= area.columns)
		grid_put(area, 0, 0, -1, words, STYLE_TEXT, 0);
	grid_put_right(area, 0, 0, area.columns, counts,
	    add->bad > 0 ? STYLE_ERROR : STYLE_TEXT, 0);
}

/* What is wrong with a line, or "". */
static void
add_say_why(const struct add_entry *entry, char *why, size_t size)
{
	*why = '\0';
	if (entry->kind == ADD_BAD)
		snprintf(why, size, "%s", entry->why);
	else if (entry->twice != 0)
		snprintf(why, size, _("there already: line %zu"),
		    entry->twice);
}

/* A line and, if it is bad and there is room, why. */
static void
add_draw_line(struct add *add, struct grid_area area, int row, size_t index)
{
	struct add_entry *entry = &add->entries[index];
	bool here = index == add->line && add->focus == ADD_FOCUS_LINES;
	enum grid_style style = entry->kind == ADD_BAD ? STYLE_ERROR :
	    STYLE_QUIET;
	char text[TEXT_ROOM(512)], why[ADD_WHY];
	bool told;
	int width;
	unsigned flags = ui_flags(add->dialog.ui);

	add_say_why(entry, why, sizeof why);
	told = *why != '\0' && area.columns >= ADD_NARROW;
	width = told ? ADD_WHY_COLUMN - 3 : area.columns - 2;

	if (here)
		grid_put(area, row, 0, 1, ">", STYLE_STRONG, GRID_BOLD);
	if (*why != '\0')
		grid_put(area, row, here, 1, entry->kind == ADD_BAD ? "!" :
		    "=", style, GRID_BOLD);
	if (here) {
		field_draw(&entry->field, area, row, 2, width, true, flags);
	} else {
		text_safe(text, sizeof text, entry->field.text,
		    entry->field.length, width < 512 ? width : 512, flags);
		grid_put(area, row, 2, width, text, STYLE_TEXT, 0);
	}
	if (told) {
		text_safe(text, sizeof text, why, strlen(why), -1, flags);
		grid_put_cut(area, row, ADD_WHY_COLUMN, text, style, flags);
	}
	dialog_target(&add->dialog, row, 0, area.columns, ADD_LINE_0 + row);
}

static void
add_draw_lines(struct add *add, struct grid_area area)
{
	size_t shown = (size_t)add_lines_shown(add), i;

	if (add->line < add->top)
		add->top = add->line;
	if (add->line >= add->top + shown)
		add->top = add->line - shown + 1;
	for (i = 0; i < shown && add->top + i < add->count; i++)
		add_draw_line(add, area, 1 + (int)i, add->top + i);
}

/* A label and the field after it; ">" stands before a field that has the
 * focus. Returns the column after it. */
static int
add_draw_field(struct add *add, struct grid_area area, int row, int column,
    const char *label, struct field *field, int width, int id)
{
	bool focus = add->focus == id;
	int at = column + text_width(label) + 2;

	grid_put(area, row, column, -1, label, STYLE_TEXT, 0);
	if (focus)
		grid_put(area, row, at - 1, 1, ">", STYLE_STRONG, GRID_BOLD);
	field_draw(field, area, row, at, width < 0 ? area.columns - at :
	    width, focus, ui_flags(add->dialog.ui));
	dialog_target(&add->dialog, row, column, width < 0 ? area.columns :
	    at - column + width, id);
	return at + (width < 0 ? 0 : width);
}

static int
add_draw_splits(struct add *add, struct grid_area area, int row)
{
	char shown[64];
	int at = text_width(_("Splits")) + 2;

	if (add->focus == ADD_FOCUS_SPLITS || add->splits.length > 0)
		return add_draw_field(add, area, row, 0, _("Splits"),
		    &add->splits, 11, ADD_FOCUS_SPLITS);
	grid_put(area, row, 0, -1, _("Splits"), STYLE_TEXT, 0);
	snprintf(shown, sizeof shown, _("[default %s]"), add->splits_default);
	at = 9 > at ? 9 : at;
	at += grid_put(area, row, at, -1, shown, STYLE_TEXT, 0);
	dialog_target(&add->dialog, row, 0, at, ADD_FOCUS_SPLITS);
	return at;
}

static int
add_draw_start(struct add *add, struct grid_area area, int row, int column)
{
	column += grid_put(area, row, column, -1, _("Start"), STYLE_TEXT, 0);
	return column + 1 + dialog_check(&add->dialog, area, row, column + 1,
	    ADD_FOCUS_START, add->now, _("now"),
	    add->focus == ADD_FOCUS_START);
}

/* Returns the row after it. */
static int
add_draw_place(struct add *add, struct grid_area area, int row, int column)
{
	bool focus = add->focus == ADD_FOCUS_PLACE;
	int first = column;

	column += grid_put(area, row, column, -1, _("Position"), STYLE_TEXT,
	    0) + 1;
	column += dialog_choice(&add->dialog, area, row, column,
	    ADD_FOCUS_PLACE, !add->next, _("end"), focus && !add->next) + 1;
	if (area.columns < ADD_TINY) {
		row++;
		column = first + 1;
	}
	dialog_choice(&add->dialog, area, row, column, ADD_PLACE_NEXT,
	    add->next, _("next"), focus && add->next);
	return row + 1;
}

static void
add_draw_buttons(struct add *add, struct grid_area area, int row)
{
	char label[48];
	int column;

	snprintf(label, sizeof label, _("Add %zu"), add->urls - add->twice +
	    add->files);
	column = dialog_button(&add->dialog, area, row, 0, ADD_FOCUS_ADD,
	    label, add->focus == ADD_FOCUS_ADD);
	if (area.columns < ADD_TINY) {
		row++;
		column = -3;
	}
	dialog_button(&add->dialog, area, row, column + 3, ADD_FOCUS_CANCEL,
	    _("Cancel"), add->focus == ADD_FOCUS_CANCEL);
}

static void
add_draw(struct dialog *dialog, struct grid_area area)
{
	struct add *add = (struct add *)dialog;
	bool narrow = area.columns < ADD_NARROW;
	int row = add_lines_shown(add) + 1, column;
	char why[ADD_WHY], hint[512];

	add_find_twice(add);
	add_say_why(add_entry(add), why, sizeof why);
	add_draw_heading(add, area);
	add_draw_lines(add, area);
	if (narrow && *why != '\0')
		sheet_wrap_safe(grid_part(area, row, 0, 1, area.columns), 0,
		    0, area.columns, why, add_entry(add)->kind == ADD_BAD ?
		    STYLE_ERROR : STYLE_QUIET, ui_flags(dialog->ui));
	row++;
	add_draw_field(add, area, row++, 0, _("Save in"), &add->dir, -1,
	    ADD_FOCUS_DIR);
	column = add_draw_splits(add, area, row) + 3;
	if (narrow) {
		row++;
		column = 0;
	}
	column = add_draw_start(add, area, row, column) + 3;
	if (narrow) {
		row++;
		column = 0;
	}
	row = add_draw_place(add, area, row, column);
	if (!narrow)
		row++;
	complete_hint(&add->complete, &add->dir, hint, sizeof hint,
	    area.columns, ui_flags(dialog->ui));
	if (add->focus == ADD_FOCUS_DIR && *hint != '\0')
		grid_put(area, row++, 0, -1, hint, STYLE_QUIET, 0);
	else
		row += add_draw_keys(area, row, area.columns);
	add_draw_buttons(add, area, row);
}

/* ---- input ---- */

static unsigned
add_line_key(struct add *add, const struct input *input)
{
	struct field *field = &add_entry(add)->field;

	switch (input->key) {
	case '\r':
	case '\n':
		if (field->length == 0 && add->line + 1 == add->count &&
		    add->count > 1)
			add->focus = ADD_FOCUS_ADD;
		else
			add_break(add);
		return UI_REDRAW;
	case INPUT_UP:
		if (add->line > 0)
			add->line--;
		return UI_REDRAW;
	case INPUT_DOWN:
		if (add->line + 1 < add->count)
			add->line++;
		else
			add->focus = ADD_FOCUS_DIR;
		return UI_REDRAW;
	case INPUT_PAGE_UP:
		add->line -= add->line < ADD_ROWS_MAX ? add->line :
		    ADD_ROWS_MAX;
		return UI_REDRAW;
	case INPUT_PAGE_DOWN:
		add->line += add->count - 1 - add->line < ADD_ROWS_MAX ?
		    add->count - 1 - add->line : ADD_ROWS_MAX;
		return UI_REDRAW;
	case 0x7f:
	case 'H' & 0x1f:
		if (field->cursor == 0 && add->line > 0) {
			add->line--;
			add_join(add);
			return UI_REDRAW;
		}
		break;
	case INPUT_DELETE:
		if (field->cursor == field->length) {
			add_join(add);
			return UI_REDRAW;
		}
		break;
	}
	if (!field_input(field, input))
		return UI_PASS;
	add_check(add, add_entry(add));
	return UI_REDRAW;
}

/* What was chosen holds for all lines, so they are checked again. */
static void
add_check_all(struct add *add)
{
	size_t i;

	for (i = 0; i < add->count; i++)
		add_check(add, &add->entries[i]);
}

static unsigned
add_press_focus(struct add *add)
{
	switch (add->focus) {
	case ADD_FOCUS_START:
		add->now = !add->now;
		break;
	case ADD_FOCUS_PLACE:
		add->next = !add->next;
		break;
	case ADD_FOCUS_ADD:
		return add_finish(add);
	case ADD_FOCUS_CANCEL:
		dialog_close(add->dialog.ui);
		break;
	}
	return UI_REDRAW;
}

static unsigned
add_field_key(struct add *add, const struct input *input)
{
	struct field *field = add->focus == ADD_FOCUS_DIR ? &add->dir :
	    add->focus == ADD_FOCUS_SPLITS ? &add->splits : NULL;

	switch (input->key) {
	case INPUT_DOWN:
		add->focus = (add->focus + 1) % ADD_FOCUS_COUNT;
		return UI_REDRAW;
	case INPUT_UP:
		add->focus--;
		return UI_REDRAW;
	case '\r':
	case '\n':
		if (field == NULL)
			return add_press_focus(add);
		add->focus++;
		return UI_REDRAW;
	}
	if (field == NULL) {
		if (input->key == ' ' || input->key == INPUT_LEFT ||
		    input->key == INPUT_RIGHT)
			return add->focus < ADD_FOCUS_ADD ||
			    input->key == ' ' ? add_press_focus(add) :
			    UI_REDRAW;
		return UI_NOTHING;
	}
	if (!field_input(field, input))
		return UI_PASS;
	add->typed = field == &add->dir;
	add_check_all(add);
	return UI_REDRAW;
}

/* Tab completes what was typed into the folder; where that is done, as
 * everywhere else, it leads on. */
static bool
add_complete(struct add *add)
{
	bool going_on = add->complete.count > 1 &&
	    complete_holds(&add->complete, &add->dir);

	if (add->focus != ADD_FOCUS_DIR || (!add->typed && !going_on) ||
	    !complete_path(&add->complete, &add->dir, 0, true))
		return false;
	add->typed = false;
	add_check_all(add);
	return true;
}

static unsigned
add_input(struct dialog *dialog, const struct input *input)
{
	struct add *add = (struct add *)dialog;

	if (input->kind == INPUT_PASTE) {
		add->focus = ADD_FOCUS_LINES;
		add_paste(add, input->paste, input->paste_length);
		return UI_REDRAW;
	}
	if (input->kind != INPUT_KEY)
		return UI_PASS;
	switch (input->key) {
	case 0x1b:
		return UI_PASS;
	case '\t':
		if (!add_complete(add))
			add->focus = (add->focus + 1) % ADD_FOCUS_COUNT;
		return UI_REDRAW;
	case INPUT_BACK_TAB:
		add->focus = (add->focus + ADD_FOCUS_COUNT - 1) %
		    ADD_FOCUS_COUNT;
		return UI_REDRAW;
	case INPUT_ALT_ENTER:
		return add_finish(add);
	}
	return add->focus == ADD_FOCUS_LINES ? add_line_key(add, input) :
	    add_field_key(add, input);
}

static unsigned
add_press(struct dialog *dialog, int target, int cell)
{
	struct add *add = (struct add *)dialog;
	size_t line;

	if (target > ADD_LINE_0) {
		line = add->top + (size_t)(target - ADD_LINE_0 - 1);
		add->focus = ADD_FOCUS_LINES;
		if (line < add->count)
			add->line = line;
		field_click(&add_entry(add)->field, cell - 2);
		return UI_REDRAW;
	}
	if (target == ADD_PLACE_NEXT || target == ADD_FOCUS_PLACE) {
		add->focus = ADD_FOCUS_PLACE;
		add->next = target == ADD_PLACE_NEXT;
		return UI_REDRAW;
	}
	add->focus = target;
	return add_press_focus(add);
}

static void
add_free(struct dialog *dialog)
{
	struct add *add = (struct add *)dialog;

	while (add->count > 0)
		add_delete_line(add, add->count - 1);
	free(add->entries);
	field_release(&add->dir);
	field_release(&add->splits);
	complete_release(&add->complete);
	free(add);
}

static const struct dialog_ops add_ops = {
	add_rows, add_draw, add_input, add_press, add_free,
};

void
add_open(struct ui *ui, const char *pasted)
{
	struct add *add;
	char dir[PATH_MAX];

	if (ui->dialog != NULL && ui->dialog->ops == &add_ops) {
		add = (struct add *)ui->dialog;
	} else {
		add = memory_zero(sizeof *add);
		dialog_init(&add->dialog, ui, &add_ops, _("Add URLs"),
		    DIALOG_WIDTH);
		if (!haul_get(ui->haul, 0, "directory", dir, sizeof dir))
			*dir = '\0';
		field_init(&add->dir, dir);
		field_init(&add->splits, "");
		if (!haul_get(ui->haul, 0, "max-splits", add->splits_default,
		    sizeof add->splits_default))
			add->splits_default[0] = '\0';
		add->now = true;
		add_insert_line(add, 0, "");
		dialog_open(ui, &add->dialog);
	}
	if (pasted != NULL)
		add_paste(add, pasted, strlen(pasted));
}
