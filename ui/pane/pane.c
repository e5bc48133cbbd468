/* SPDX-License-Identifier: MIT
 *
 * The pane: which kind stands there, its rule line, and its part of a sheet
 * that may be taller.
 */
#include "config.h"

#include "pane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pane-internal.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/text.h"
#include "present/units.h"
#include "ui/list/list.h"
#include "ui/message.h"

struct pane *
pane_new(struct ui *ui)
{
	struct pane *pane = memory_zero(sizeof *pane);

	pane->ui = ui;
	pane->groups = groups_new(ui->haul);
	return pane;
}

void
pane_free(struct pane *pane)
{
	size_t i;

	if (pane == NULL)
		return;
	for (i = 0; i < PROMPT_KINDS; i++)
		field_history_release(&pane->histories[i]);
	groups_free(pane->groups);
	sheet_release(&pane->sheet);
	free(pane);
}

struct field_history *
pane_history(struct pane *pane, enum prompt_kind kind)
{
	return &pane->histories[kind];
}

static bool
pane_is_failed_view(const struct pane *pane)
{
	return list_tab(pane->ui->list) == LIST_FAILED;
}

void
pane_show(struct pane *pane, enum pane_kind kind)
{
	pane->kind = kind;
	pane->sheet.top = 0;
	pane->needed = 0;
	pane->log_end = 0;
	pane->in_groups = false;
}

enum pane_kind
pane_kind(const struct pane *pane)
{
	return pane->kind;
}

bool
pane_is_busy(const struct pane *pane)
{
	return pane_is_failed_view(pane) &&
	    groups_is_behind(pane->groups, &pane->ui->totals);
}

bool
pane_on_groups(const struct pane *pane)
{
	return pane->ui->focus_pane && pane_is_failed_view(pane) &&
	    (pane->in_groups || pane->kind == PANE_NONE);
}

void
pane_focus_groups(struct pane *pane, bool focus)
{
	pane->in_groups = focus;
}

bool
pane_wanted(const struct pane *pane, struct retry_wanted *wanted)
{
	if (!pane_is_failed_view(pane) ||
	    (!pane_on_groups(pane) && !pane->narrowed))
		return false;
	memset(wanted, 0, sizeof *wanted);
	wanted->cause = pane->group.cause;
	wanted->http_status = pane->group.http_status;
	wanted->host = *pane->group.host != '\0' ? pane->group.host : NULL;
	return true;
}

/* ---- parts of the kinds ---- */

#define PANE_LABEL_MIN 10
#define PANE_LABEL_MAX 16

int
pane_label(void)
{
	static const char *const labels[] = { N_("State"), N_("Final"),
	    N_("File"), N_("Server"), N_("Segments"), N_("Attempts"),
	    N_("Cause"), N_("Advice"), N_("Kept") };
	int at = PANE_LABEL_MIN, width;
	size_t i;

	for (i = 0; i < sizeof labels / sizeof *labels; i++) {
		width = text_width(_(labels[i])) + 2;
		if (width > at)
			at = width < PANE_LABEL_MAX ? width : PANE_LABEL_MAX;
	}
	return at;
}

int
pane_put(struct grid_area area, int row, int columns, const char *label,
    const char *value)
{
	int at = columns < PANE_NARROW ? 2 : pane_label(), first = 0;

	if (columns < PANE_NARROW && *label != '\0')
		first = 1;
	grid_put(area, row, 1, at > 2 ? at - 2 : columns - 1, label,
	    STYLE_QUIET, 0);
	return first + sheet_wrap(area, row + first, at, columns - at, value,
	    STYLE_TEXT, 0);
}

int
pane_put_safe(const struct pane *pane, struct grid_area area, int row,
    int columns, const char *label, const char *bytes)
{
	size_t length = strlen(bytes), room = 2 * TEXT_ROOM(length);
	char *safe = memory_resize(NULL, room, 1);
	int rows;

	text_safe(safe, room, bytes, length, -1, ui_flags(pane->ui));
	rows = pane_put(area, row, columns, label, safe);
	free(safe);
	return rows;
}

int
pane_put_url(const struct pane *pane, struct grid_area area, int row,
    int columns, const char *label, const char *url)
{
	char *redacted = text_redacted(url);
	int rows = pane_put_safe(pane, area, row, columns, label, redacted);

	free(redacted);
	return rows;
}

int
pane_put_hidden(const struct pane *pane, struct grid_area area, int row,
    int columns, const char *path)
{
	size_t room = 10 * strlen(path) + 1;
	char *escaped, *text;
	int rows;

	if (field_is_plain(path))
		return 0;
	escaped = memory_resize(NULL, room, 1);
	text_escape(escaped, room, path, strlen(path), ui_flags(pane->ui));
	text = memory_format(_("name has hidden characters: %s"), escaped);
	rows = pane_put(area, row, columns, "", text);
	free(text);
	free(escaped);
	return rows;
}

void
pane_clock(char *out, size_t size, int64_t epoch_ms)
{
	time_t seconds = (time_t)(epoch_ms / 1000);
	struct tm local;

	if (epoch_ms <= 0 || localtime_r(&seconds, &local) == NULL ||
	    strftime(out, size, "%H:%M:%S", &local) == 0)
		snprintf(out, size, "--:--:--");
}

void
pane_rule(const struct pane *pane, struct grid_area area, const char *title,
    const char *words, bool focus)
{
	const char *rule = pane->ui->context.term.accessible ? " " :
	    ui_flags(pane->ui) & TEXT_ASCII ? "-" : "\u2500";
	unsigned flags = focus ? GRID_BOLD : 0;
	int room = area.columns - 7, wide = text_width(words), at;
	char shown[TEXT_ROOM(256)];

	grid_fill(area, 0, 0, area.columns, rule, STYLE_RULE, flags);
	if (room < 4)
		return;
	if (room - wide - 4 < 16)
		wide = 0;
	if (wide > 0) {
		at = area.columns - wide - 4;
		grid_print(area, 0, at, STYLE_QUIET, 0, " %s ", words);
		room = at - 5;
	}
	text_safe(shown, sizeof shown, title, strlen(title),
	    room < 256 ? room : 256, ui_flags(pane->ui));
	grid_print(area, 0, 2, STYLE_TITLE, flags, " %s ", shown);
}

/* ---- drawing ---- */

static void
pane_draw_item(struct pane *pane, struct grid_area area, bool focus,
    struct haul_item *item)
{
	struct grid_area none = { NULL, 0, 0, 0, 0 };
	struct grid_area body = grid_part(area, 1, 0, area.rows - 1,
	    area.columns);
	bool failed = item->state == HAUL_STATE_FAILED;
	int (*fill)(struct pane *, const struct haul_item *,
	    struct grid_area, int) = failed ? why_fill : details_fill;
	struct action_text hint;
	struct haul_row row;
	char safe[TEXT_ROOM(200)], title[TEXT_ROOM(200) + 32];
	int rows;

	if (!haul_row(pane->ui->haul, item->id, &row))
		row.name[0] = '\0';
	text_safe(safe, sizeof safe, row.name, strlen(row.name), 200,
	    ui_flags(pane->ui));
	snprintf(title, sizeof title, failed ? _("Why: %s") :
	    _("Details: %s"), safe);
	pane_rule(pane, area, title, action_hint(&hint, failed ?
	    _("{retry} retry  {edit} edit  {retry-all} retry all") : focus ?
	    _("{next} {previous} scroll  {close} close") :
	    _("{open} focus  {close} close")), focus);
	if (pane->shown != item->id)
		pane->sheet.top = 0;
	pane->shown = item->id;
	rows = fill(pane, item, none, area.columns);
	fill(pane, item, sheet_begin(&pane->sheet, rows, area.columns),
	    area.columns);
	sheet_show(&pane->sheet, body, -1);
}

int
pane_spare(struct pane *pane, int rows, int columns)
{
	struct grid_area none = { NULL, 0, 0, 0, 0 };
	struct haul_item *item;
	int needed = 0;

	if (pane_kind(pane) == PANE_LOG)
		return 0;
	if (columns != pane->needed_columns)
		pane->needed = 0;
	pane->needed_columns = columns;
	item = haul_item(pane->ui->haul, list_selected(pane->ui->list));
	if (item != NULL && item->state == HAUL_STATE_FAILED)
		needed = 1 + why_fill(pane, item, none, columns);
	haul_item_free(item);
	if (needed > pane->needed)
		pane->needed = needed;
	return pane->needed > 0 && pane->needed < rows ? rows - pane->needed :
	    0;
}

void
pane_draw(struct pane *pane, struct grid_area area, bool focus)
{
	struct action_text hint;
	struct haul_item *item;

	if (area.rows < 1 || area.columns < 1)
		return;
	focus = focus && !pane_on_groups(pane);
	if (pane_kind(pane) == PANE_LOG) {
		logpane_draw(pane, area);
		return;
	}
	item = haul_item(pane->ui->haul, list_selected(pane->ui->list));
	if (item != NULL)
		pane_draw_item(pane, area, focus, item);
	else
		pane_rule(pane, area, _("Details"), action_hint(&hint,
		    _("{close} close")), focus);
	haul_item_free(item);
}

/* ---- input ---- */

static unsigned
pane_scroll(struct pane *pane, int lines)
{
	if (pane_kind(pane) == PANE_LOG)
		return logpane_scroll(pane, lines);
	sheet_scroll(&pane->sheet, lines);
	return UI_REDRAW;
}

static int
pane_page(const struct pane *pane)
{
	int seen = pane_kind(pane) == PANE_LOG ? pane->log_rows :
	    pane->sheet.seen;

	return seen > 1 ? seen - 1 : 1;
}

/* From the groups above the list the focus goes on to the pane below it. */
static unsigned
pane_other(struct pane *pane)
{
	if (!pane_on_groups(pane) || pane->kind == PANE_NONE)
		return UI_PASS;
	pane->in_groups = false;
	return UI_REDRAW;
}

static unsigned
pane_act_focused(struct pane *pane, enum action action)
{
	switch (action) {
	case ACTION_NEXT:
	case ACTION_SCROLL_DOWN:
		return pane_scroll(pane, 1);
	case ACTION_PREVIOUS:
	case ACTION_SCROLL_UP:
		return pane_scroll(pane, -1);
	case ACTION_PAGE_DOWN:
		return pane_scroll(pane, pane_page(pane));
	case ACTION_PAGE_UP:
		return pane_scroll(pane, -pane_page(pane));
	case ACTION_HALF_DOWN:
		return pane_scroll(pane, (pane_page(pane) + 1) / 2);
	case ACTION_HALF_UP:
		return pane_scroll(pane, -(pane_page(pane) + 1) / 2);
	case ACTION_FIRST:
		return pane_scroll(pane, -1000000);
	case ACTION_LAST:
		return pane_scroll(pane, 1000000);
	case ACTION_LIST_NEXT:
		return list_act(pane->ui->list, ACTION_NEXT);
	case ACTION_LIST_PREVIOUS:
		return list_act(pane->ui->list, ACTION_PREVIOUS);
	default:
		return UI_PASS;
	}
}

unsigned
pane_act(struct pane *pane, enum action action)
{
	unsigned reaction;

	switch (action) {
	case ACTION_CLOSE:
		return pane_is_failed_view(pane) && why_widen(pane) ?
		    UI_REDRAW | UI_RELAYOUT : UI_PASS;
	case ACTION_OTHER_PANE:
		return pane_other(pane);
	case ACTION_COLLAPSE:
		if (!pane_is_failed_view(pane))
			return UI_PASS;
		pane->collapsed = !pane->collapsed;
		return UI_REDRAW | UI_RELAYOUT;
	default:
		break;
	}
	if (!pane->ui->focus_pane)
		return UI_PASS;
	if (pane_on_groups(pane)) {
		reaction = why_act_groups(pane, action);
		if (reaction != UI_PASS)
			return reaction;
	}
	return pane_kind(pane) == PANE_NONE ? UI_PASS :
	    pane_act_focused(pane, action);
}

unsigned
pane_wheel(struct pane *pane, int lines)
{
	return pane_scroll(pane, lines);
}

unsigned
pane_click(struct pane *pane, int row, int column)
{
	(void)row;
	(void)column;
	pane->in_groups = false;
	return UI_REDRAW;
}
