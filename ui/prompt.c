/* SPDX-License-Identifier: MIT
 *
 * One line of text. Find and filter take effect while they are typed; Esc
 * takes them back. What was typed before is kept in the panes' room, since a
 * prompt is gone when it is closed.
 */
#include "config.h"

#include "prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acts.h"
#include "command.h"
#include "complete.h"
#include "live.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/text.h"
#include "ui/list/list.h"
#include "ui/pane/pane.h"
#include "ui/screen/field.h"

#define PROMPT_FIELD 12         /* cells that a hint leaves, at least */

struct prompt {
	enum prompt_kind kind;
	struct field field;
	haul_id selected;               /* when it was opened */
	bool one;                       /* LIMIT: of that item alone */
	struct complete complete;       /* of the path in it */
	char why[SENTENCE_SIZE];        /* what is wrong, or "" */
};

static struct field_history *
prompt_history(struct ui *ui)
{
	return pane_history(ui->pane, ui->prompt->kind);
}

void
prompt_close(struct ui *ui)
{
	if (ui->prompt == NULL)
		return;
	field_release(&ui->prompt->field);
	complete_release(&ui->prompt->complete);
	free(ui->prompt);
	ui->prompt = NULL;
}

static const char *
prompt_label(const struct prompt *prompt)
{
	switch (prompt->kind) {
	case PROMPT_FIND:
		return _("find: ");
	case PROMPT_FILTER:
		return _("filter: ");
	case PROMPT_LIST_FILE:
		return _("list file: ");
	case PROMPT_LIMIT:
		return prompt->one ? _("rate limit of this file: ") :
		    _("rate limit of all: ");
	case PROMPT_COMMAND:
	case PROMPT_KINDS:
		break;
	}
	return ":";
}

void
prompt_open(struct ui *ui, enum prompt_kind kind)
{
	char value[64] = "";

	prompt_close(ui);
	ui->prompts++;
	ui->prompt = memory_zero(sizeof *ui->prompt);
	ui->prompt->kind = kind;
	ui->prompt->selected = list_selected(ui->list);
	if (kind == PROMPT_LIMIT)
		live_show(ui, LIVE_LIMIT, 0, value, sizeof value);
	field_init(&ui->prompt->field, kind == PROMPT_FILTER ?
	    list_filter_text(ui->list) : "");
	if (kind == PROMPT_LIMIT)
		field_offer(&ui->prompt->field, value);
	field_history_start(prompt_history(ui));
}

/* ---- drawing ---- */

/* "41 of 1,204   Esc clears". */
static void
prompt_matches(struct ui *ui, char *text, size_t size)
{
	char matches[96] = "";

	if (ui->prompt->field.length > 0)
		list_filter_status(ui->list, matches, sizeof matches);
	snprintf(text, size, "%s%s%s", matches, *matches != '\0' ? "   " : "",
	    _("Esc clears"));
}

static const char *
prompt_limit_hint(const struct prompt *prompt)
{
	if (prompt->selected == 0)
		return _("500K, 20M, off");
	return prompt->one ? _("500K, 20M, off   Tab: of all") :
	    _("500K, 20M, off   Tab: of this file");
}

static void
prompt_hint(struct ui *ui, char *text, size_t size, int cells)
{
	struct prompt *prompt = ui->prompt;

	complete_hint(&prompt->complete, &prompt->field, text, size, cells,
	    ui_flags(ui));
	if (*text != '\0')
		return;
	if (prompt->kind == PROMPT_FILTER)
		prompt_matches(ui, text, size);
	else if (prompt->kind == PROMPT_FIND &&
	    list_find_percent(ui->list) >= 0)
		snprintf(text, size, _("looking: %d%%"),
		    list_find_percent(ui->list));
	else if (prompt->kind == PROMPT_COMMAND)
		command_hint(field_text(&prompt->field), text, size);
	else if (prompt->kind == PROMPT_LIMIT)
		snprintf(text, size, "%s", prompt_limit_hint(prompt));
}

/* The cells at the right for a hint of this width. A hint is no use cut; what
 * is wrong is. */
static int
prompt_room(int room, int hint, bool wrong)
{
	if (hint > 0 && hint + 3 <= room - PROMPT_FIELD)
		return hint + 3;
	return wrong ? room / 2 : 0;
}

void
prompt_draw(struct ui *ui, struct grid_area area, struct grid_area below)
{
	struct prompt *prompt = ui->prompt;
	const char *why = prompt != NULL ? prompt->why : "";
	bool wrong = *why != '\0' && below.rows == 0;
	char hint[SENTENCE_SIZE];
	int at, right, width;

	if (prompt == NULL || area.rows < 1)
		return;
	if (*why != '\0' && !wrong) {
		grid_fill(below, 0, 0, below.columns, " ", STYLE_TEXT, 0);
		grid_put_cut(below, 0, 0, why, STYLE_ERROR, ui_flags(ui));
	}
	grid_fill(area, 0, 0, area.columns, " ", STYLE_TEXT, 0);
	at = grid_put(area, 0, 0, area.columns / 2, prompt_label(prompt),
	    STYLE_STRONG, GRID_BOLD);
	prompt_hint(ui, hint, sizeof hint, area.columns / 2);
	right = prompt_room(area.columns - at, text_width(wrong ? why : hint),
	    wrong);
	width = area.columns - at - right > 1 ? area.columns - at - right : 1;
	field_draw(&prompt->field, area, 0, at, width, true, ui_flags(ui));
	if (right > 0)
		grid_put_cut(area, 0, at + width + 1, wrong ? why : hint,
		    wrong ? STYLE_ERROR : STYLE_QUIET, ui_flags(ui));
}

/* ---- what it does ---- */

static void
prompt_changed(struct ui *ui)
{
	struct prompt *prompt = ui->prompt;
	const char *text = field_text(&prompt->field);

	prompt->why[0] = '\0';
	if (prompt->kind == PROMPT_FIND) {
		if (*text == '\0')
			list_select(ui->list, prompt->selected);
		else
			list_find(ui->list, text, 0);
	} else if (prompt->kind == PROMPT_FILTER) {
		list_filter(ui->list, text, prompt->why, sizeof prompt->why);
	}
}

/* Esc: as if it had not been opened. */
static unsigned
prompt_cancel(struct ui *ui)
{
	char why[SENTENCE_SIZE];

	if (ui->prompt->kind == PROMPT_FIND)
		list_select(ui->list, ui->prompt->selected);
	else if (ui->prompt->kind == PROMPT_FILTER)
		list_filter(ui->list, "", why, sizeof why);
	prompt_close(ui);
	return UI_REDRAW;
}

/* False: it stays open, and says why. */
static bool
prompt_finish(struct ui *ui, const char *text)
{
	struct prompt *prompt = ui->prompt;

	switch (prompt->kind) {
	case PROMPT_LIST_FILE:
		if (*text != '\0')
			acts_read_list(ui, text);
		return true;
	case PROMPT_LIMIT:
		return live_set(ui, prompt->one ? LIVE_LIMIT_FILE :
		    LIVE_LIMIT, prompt->one ? prompt->selected : 0, text,
		    prompt->why, sizeof prompt->why);
	case PROMPT_COMMAND:
		return *text == '\0' || command_run(ui, text, prompt->why,
		    sizeof prompt->why);
	case PROMPT_FIND:
		return true;
	case PROMPT_FILTER:
	case PROMPT_KINDS:
		break;
	}
	return *prompt->why == '\0';
}

/* A command may close the prompt and open another one, which stays: they are
 * counted, since it may stand where the first one was freed. */
static unsigned
prompt_accept(struct ui *ui)
{
	unsigned prompts = ui->prompts;
	char *text = memory_string(field_text(&ui->prompt->field));

	field_history_add(prompt_history(ui), text);
	if (prompt_finish(ui, text) && ui->prompts == prompts)
		prompt_close(ui);
	free(text);
	return UI_REDRAW | UI_RELAYOUT;
}

/* Where a path begins in it; false if none does. */
static bool
prompt_path(const struct prompt *prompt, size_t *start)
{
	const char *line = field_text(&prompt->field), *path = line;

	if (prompt->kind == PROMPT_COMMAND)
		path = command_path(line);
	else if (prompt->kind != PROMPT_LIST_FILE)
		path = NULL;
	*start = path != NULL ? (size_t)(path - line) : 0;
	return path != NULL;
}

static void
prompt_complete(struct ui *ui)
{
	struct prompt *prompt = ui->prompt;
	char *longer, value[64];
	size_t start;

	if (prompt_path(prompt, &start)) {
		if (!complete_path(&prompt->complete, &prompt->field, start,
		    false))
			snprintf(prompt->why, sizeof prompt->why, "%s",
			    _("no file begins so"));
		return;
	}
	if (prompt->kind == PROMPT_LIMIT && prompt->selected != 0) {
		prompt->one = !prompt->one;
		live_show(ui, prompt->one ? LIVE_LIMIT_FILE : LIVE_LIMIT,
		    prompt->one ? prompt->selected : 0, value, sizeof value);
		field_offer(&prompt->field, value);
	} else if (prompt->kind == PROMPT_COMMAND) {
		longer = command_complete(field_text(&prompt->field));
		field_set(&prompt->field, longer);
		free(longer);
	}
}

static unsigned
prompt_key(struct ui *ui, const struct input *input)
{
	switch (input->key) {
	case 0x1b:
	case 'G' & 0x1f:
		return prompt_cancel(ui);
	case '\r':
	case '\n':
		return prompt_accept(ui);
	case '\t':
		prompt_complete(ui);
		return UI_REDRAW;
	case INPUT_UP:
	case 'P' & 0x1f:
	case INPUT_DOWN:
	case 'N' & 0x1f:
		if (field_history_move(prompt_history(ui), &ui->prompt->field,
		    input->key == INPUT_UP || input->key == ('P' & 0x1f) ?
		    -1 : 1))
			prompt_changed(ui);
		return UI_REDRAW;
	case 0x7f:
	case 'H' & 0x1f:
		/* Backspace in an empty one closes it, as in editors. */
		if (ui->prompt->field.length == 0)
			return prompt_cancel(ui);
		break;
	case 'L' & 0x1f:
	case 'Z' & 0x1f:
		return UI_PASS;
	}
	if (field_input(&ui->prompt->field, input))
		prompt_changed(ui);
	return UI_REDRAW;
}

unsigned
prompt_input(struct ui *ui, const struct input *input)
{
	if (ui->prompt == NULL)
		return UI_PASS;
	if (input->kind == INPUT_KEY)
		return prompt_key(ui, input);
	if (input->kind != INPUT_PASTE)
		return UI_PASS;
	field_input(&ui->prompt->field, input);
	prompt_changed(ui);
	return UI_REDRAW;
}
