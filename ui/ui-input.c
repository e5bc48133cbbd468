/* SPDX-License-Identifier: MIT
 *
 * Where input goes: a dialog first, then the prompt, the focused pane, the
 * actions of the screen as a whole, those on items, and last the list.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "acts.h"
#include "header.h"
#include "internal.h"
#include "message.h"
#include "paste.h"
#include "present/i18n.h"
#include "prompt.h"
#include "ui/dialog/dialog.h"
#include "ui/list/list.h"
#include "ui/pane/pane.h"
#include "ui/screen/layout.h"

#define UI_KEY_SUSPEND  26      /* Ctrl-Z where it makes no signal */
#define UI_WHEEL_LINES  3
#define UI_WHY_ROWS     24      /* from so many on the explanation is open */

bool
ui_has_work(const struct ui *ui)
{
	return ui->totals.queued + ui->totals.active + ui->totals.waiting +
	    ui->totals.paused > 0 || ui->loading;
}

/* ---- panes ---- */

static unsigned
ui_close_pane(struct ui *ui)
{
	pane_show(ui->pane, PANE_NONE);
	ui->focus_pane = ui->maximised = false;
	return UI_RELAYOUT;
}

static unsigned
ui_open(struct ui *ui)
{
	bool failed = list_tab(ui->list) == LIST_FAILED;
	unsigned reaction = list_act(ui->list, ACTION_OPEN);

	if ((reaction & UI_PASS) == 0)
		return reaction;
	if (pane_kind(ui->pane) == PANE_NONE ||
	    pane_kind(ui->pane) == PANE_LOG)
		pane_show(ui->pane, failed ? PANE_WHY : PANE_DETAILS);
	else
		ui->focus_pane = true;
	pane_focus_groups(ui->pane, false);
	return UI_RELAYOUT;
}

/* One step back; UI_PASS if there is nothing to go back from. */
static unsigned
ui_step_back(struct ui *ui)
{
	char why[64];
	unsigned reaction;

	if (ui->maximised || ui->focus_pane) {
		ui->maximised = ui->focus_pane = false;
		return UI_RELAYOUT;
	}
	if (pane_kind(ui->pane) != PANE_NONE && !ui->why_shown)
		return ui_close_pane(ui);
	reaction = list_act(ui->list, ACTION_CLOSE);
	if ((reaction & UI_PASS) == 0)
		return reaction;
	if (*list_filter_text(ui->list) != '\0' &&
	    list_filter(ui->list, "", why, sizeof why))
		return UI_RELAYOUT;
	return UI_PASS;
}

static unsigned
ui_close(struct ui *ui)
{
	unsigned reaction = ui_step_back(ui);

	if ((reaction & UI_PASS) != 0 && ui->why_shown) {
		ui->why_shown = false;
		return ui_close_pane(ui);
	}
	return reaction & UI_PASS ? UI_NOTHING : reaction;
}

static unsigned
ui_quit(struct ui *ui)
{
	unsigned reaction = ui_step_back(ui);

	if ((reaction & UI_PASS) == 0)
		return reaction;
	if (ui_has_work(ui))
		quit_open(ui);
	else
		ui_wish(ui, UI_WISH_LEAVE, NULL);
	return UI_REDRAW;
}

static unsigned
ui_quit_now(struct ui *ui)
{
	ui_wish(ui, ui_has_work(ui) ? UI_WISH_QUIT : UI_WISH_LEAVE, NULL);
	return UI_REDRAW;
}

/* From the list to the groups above it, then to the pane below, and back. */
static unsigned
ui_other_pane(struct ui *ui)
{
	bool groups = ui->layout->groups.rows > 1;

	ui->focus_pane = !ui->focus_pane &&
	    (pane_kind(ui->pane) != PANE_NONE || groups);
	pane_focus_groups(ui->pane, ui->focus_pane && groups);
	return UI_RELAYOUT;
}

static unsigned
ui_maximise(struct ui *ui)
{
	ui->maximised = !ui->maximised && pane_kind(ui->pane) != PANE_NONE;
	ui->focus_pane = ui->focus_pane || ui->maximised;
	if (ui->maximised)
		pane_focus_groups(ui->pane, false);
	return UI_RELAYOUT;
}

static unsigned
ui_log(struct ui *ui)
{
	if (pane_kind(ui->pane) == PANE_LOG)
		return ui_close_pane(ui);
	pane_show(ui->pane, PANE_LOG);
	ui->why_shown = false;
	return UI_RELAYOUT;
}

/* The failed tab comes with its explanation where there is room for it. */
static void
ui_follow_tab(struct ui *ui, enum list_tab before)
{
	enum list_tab now = list_tab(ui->list);
	enum pane_kind kind = pane_kind(ui->pane);

	if (now == before)
		return;
	if (now == LIST_FAILED && (kind == PANE_DETAILS ||
	    (kind == PANE_NONE && ui->grid.rows >= UI_WHY_ROWS))) {
		ui->pane_before = kind == PANE_DETAILS;
		ui->why_shown = !ui->pane_before;
		pane_show(ui->pane, PANE_WHY);
	} else if (before == LIST_FAILED && kind == PANE_WHY) {
		ui->why_shown = false;
		pane_show(ui->pane, ui->pane_before ? PANE_DETAILS :
		    PANE_NONE);
		ui->pane_before = false;
	}
	if (pane_kind(ui->pane) == PANE_NONE)
		ui->focus_pane = ui->maximised = false;
}

/* ---- the screen as a whole ---- */

static unsigned
ui_freeze(struct ui *ui)
{
	struct action_text hint;

	ui->frozen = !ui->frozen;
	ui_say(ui, STYLE_TEXT, "%s", ui->frozen ? action_hint(&hint,
	    _("The display stands still, downloads go on; {freeze} again.")) :
	    _("The display moves again."));
	return UI_REDRAW;
}

static unsigned
ui_header(struct ui *ui)
{
	ui->header_hidden = !ui->header_hidden;
	return UI_RELAYOUT;
}

static unsigned
ui_mouse(struct ui *ui)
{
	ui->mouse = !ui->mouse;
	term_set_mouse(ui->term, ui->mouse);
	ui_say(ui, STYLE_TEXT, "%s", ui->mouse ? _("The mouse is on.") :
	    _("The mouse is off: the terminal's own selection works."));
	return UI_REDRAW;
}

static unsigned
ui_redraw(struct ui *ui)
{
	term_redraw(ui->term);
	return UI_RELAYOUT;
}

struct ui_handler {
	enum action action;
	unsigned (*act)(struct ui *);
};

static const struct ui_handler ui_handlers[] = {
	{ ACTION_OPEN, ui_open },
	{ ACTION_CLOSE, ui_close },
	{ ACTION_QUIT, ui_quit },
	{ ACTION_QUIT_NOW, ui_quit_now },
	{ ACTION_OTHER_PANE, ui_other_pane },
	{ ACTION_MAXIMISE, ui_maximise },
	{ ACTION_LOG, ui_log },
	{ ACTION_FREEZE, ui_freeze },
	{ ACTION_HEADER, ui_header },
	{ ACTION_MOUSE, ui_mouse },
	{ ACTION_REDRAW, ui_redraw },
};

static unsigned
ui_act_own(struct ui *ui, enum action action)
{
	size_t i;

	for (i = 0; i < sizeof ui_handlers / sizeof *ui_handlers; i++)
		if (ui_handlers[i].action == action)
			return ui_handlers[i].act(ui);
	return UI_PASS;
}

/* From a pane, J and K move in the list. */
static enum action
ui_list_action(enum action action)
{
	return action == ACTION_LIST_NEXT ? ACTION_NEXT :
	    action == ACTION_LIST_PREVIOUS ? ACTION_PREVIOUS : action;
}

static unsigned
ui_act_chain(struct ui *ui, enum action action)
{
	unsigned reaction = UI_PASS;

	if (ui->focus_pane)
		reaction = pane_act(ui->pane, action);
	if ((reaction & UI_PASS) != 0)
		reaction = ui_act_own(ui, action);
	if ((reaction & UI_PASS) != 0)
		reaction = acts_do(ui, action);
	if ((reaction & UI_PASS) != 0)
		reaction = list_act(ui->list, ui_list_action(action));
	if ((reaction & UI_PASS) != 0)
		reaction = pane_act(ui->pane, action);
	return reaction;
}

unsigned
ui_act(struct ui *ui, enum action action)
{
	enum list_tab before = list_tab(ui->list);
	unsigned reaction = ui_act_chain(ui, action);

	ui_follow_tab(ui, before);
	if (list_tab(ui->list) != before)
		reaction |= UI_RELAYOUT;
	return reaction & ~UI_PASS;
}

/* ---- the mouse ---- */

static bool
ui_is_in(const struct layout_part *part, const struct input *input)
{
	return input->row >= part->top &&
	    input->row < part->top + part->rows &&
	    input->column >= part->left &&
	    input->column < part->left + part->columns;
}

static unsigned
ui_click_list(struct ui *ui, int row, int column)
{
	haul_id before = list_selected(ui->list);
	unsigned reaction = list_click(ui->list, row, column);

	ui->focus_pane = false;
	/* On the selected row: its details. */
	if ((reaction & UI_PASS) != 0 && before != 0 &&
	    before == list_selected(ui->list))
		return ui_act(ui, ACTION_OPEN);
	return reaction | UI_REDRAW;
}

static unsigned
ui_click(struct ui *ui, const struct input *input)
{
	const struct layout *layout = ui->layout;
	enum list_tab before = list_tab(ui->list);
	enum action action = ACTION_NONE;
	unsigned reaction = UI_NOTHING;

	if (ui_is_in(&layout->keys, input))
		action = keybar_click(ui_keybar_place(ui), layout->keys.columns,
		    input->column);
	else if (ui_is_in(&layout->tabs, input))
		reaction = header_click(ui->header, input->column);
	else if (ui_is_in(&layout->groups, input))
		reaction = why_click_groups(ui->pane, input->row -
		    layout->groups.top, input->column - layout->groups.left);
	else if (ui_is_in(&layout->list, input))
		reaction = ui_click_list(ui, input->row - layout->list.top,
		    input->column - layout->list.left);
	else if (ui_is_in(&layout->pane, input)) {
		ui->focus_pane = pane_kind(ui->pane) != PANE_NONE;
		reaction = UI_REDRAW | pane_click(ui->pane, input->row -
		    layout->pane.top, input->column - layout->pane.left);
	}
	if (action != ACTION_NONE)
		return ui_act(ui, action);
	ui_follow_tab(ui, before);
	return reaction & ~UI_PASS;
}

static unsigned
ui_wheel(struct ui *ui, const struct input *input)
{
	int lines = input->key == INPUT_UP ? -UI_WHEEL_LINES : UI_WHEEL_LINES;

	if (ui_is_in(&ui->layout->groups, input))
		return why_wheel_groups(ui->pane, lines) & ~UI_PASS;
	if (ui_is_in(&ui->layout->pane, input) &&
	    pane_kind(ui->pane) != PANE_NONE)
		return pane_wheel(ui->pane, lines) & ~UI_PASS;
	return list_wheel(ui->list, lines) & ~UI_PASS;
}

/* ---- all input ---- */

static unsigned
ui_hang_up(struct ui *ui)
{
	ui->hung_up = true;
	ui_wish(ui, UI_WISH_HANGUP, NULL);
	return UI_NOTHING;
}

/* Keys that mean something in htop, tig or Surge, and here nothing. */
struct ui_hint {
	uint32_t key;
	const char *text;
};

static const struct ui_hint ui_hints[] = {
	{ 't', N_("t is not bound here: {tag} tags a file, {limit} sets a "
	    "limit.") },
	{ 'd', N_("d is not bound: {remove} removes, {open} shows "
	    "details, {drain} finishes and quits.") },
	{ INPUT_F1 + 4, N_("F5 is not bound here: {retry} retries, {failed} "
	    "shows what failed.") },
	{ INPUT_F1 + 8, N_("F9 is not bound here: {remove} removes a file "
	    "from the queue.") },
};

static unsigned
ui_hint(struct ui *ui, uint32_t key)
{
	struct action_text hint;
	size_t i;

	for (i = 0; i < sizeof ui_hints / sizeof *ui_hints; i++)
		if (ui_hints[i].key == key)
			ui_say(ui, STYLE_QUIET, "%s", action_hint(&hint,
			    _(ui_hints[i].text)));
	return UI_NOTHING;
}

static unsigned
ui_paste(struct ui *ui, const struct input *input)
{
	add_open(ui, input->paste);
	return UI_REDRAW;
}

static unsigned
ui_key(struct ui *ui, uint32_t key)
{
	enum action action = action_of_key(key);

	if (key == UI_KEY_SUSPEND) {
		ui_wish(ui, UI_WISH_SUSPEND, NULL);
		return UI_NOTHING;
	}
	return action != ACTION_NONE ? ui_act(ui, action) : ui_hint(ui, key);
}

unsigned
ui_input(struct ui *ui, const struct input *input)
{
	unsigned reaction = UI_PASS;

	if (input->kind == INPUT_HANGUP)
		return ui_hang_up(ui);
	ui->touched = true;
	if (paste_is_long(input)) {
		paste_offer(ui, input);
		return UI_REDRAW;
	}
	if (ui->dialog != NULL)
		reaction = dialog_input(ui, input);
	else if (ui->prompt != NULL)
		reaction = prompt_input(ui, input);
	if ((reaction & UI_PASS) == 0)
		return reaction;
	switch (input->kind) {
	case INPUT_KEY:
		return ui_key(ui, input->key);
	case INPUT_PASTE:
		return ui_paste(ui, input);
	case INPUT_CLICK:
		return ui_click(ui, input);
	case INPUT_WHEEL:
		return ui_wheel(ui, input);
	case INPUT_HANGUP:
		break;
	}
	return UI_NOTHING;
}
