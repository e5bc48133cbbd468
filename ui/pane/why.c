/* SPDX-License-Identifier: MIT
 *
 * Why things failed: the groups of causes above the list, and the explanation
 * of one failure under it.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pane-internal.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/text.h"
#include "present/units.h"
#include "ui/list/list.h"

#define WHY_GROUPS_SHOWN        8
#define WHY_HOST_COLUMN         42      /* of 80 */
#define WHY_WIDE                60      /* room for all words of the rule */
#define WHY_WORTH_MS            100     /* telling how long it took */

/* ---- the groups ---- */

static size_t
why_chosen(const struct pane *pane)
{
	size_t at = groups_find(pane->groups, &pane->group);

	return at < groups_count(pane->groups) ? at : 0;
}

/* Rows of groups that are shown, of so much room for groups and list: a third
 * and the spare ones, or what the list does not need. */
static int
why_shown(const struct pane *pane, int room, int spare)
{
	size_t count = groups_count(pane->groups);
	uint64_t files = pane->narrowed ? pane->group.count :
	    pane->ui->totals.failed;
	int most = (room - spare) / 3 + spare;

	if (pane->collapsed || room / 3 < 1)
		return 0;
	/* But for the rule and the columns' names. */
	if (files < (uint64_t)room && room - 2 - (int)files > most)
		most = room - 2 - (int)files;
	if (most > WHY_GROUPS_SHOWN)
		most = WHY_GROUPS_SHOWN;
	return count < (size_t)most ? (int)count : most;
}

int
why_group_rows(struct pane *pane, int room, int spare)
{
	if (list_tab(pane->ui->list) != LIST_FAILED)
		return 0;
	/* When the last of a group that is shown alone is gone, so is it. */
	if (!groups_update(pane->groups, &pane->ui->totals,
	    pane->ui->now_ms) && groups_find(pane->groups, &pane->group) ==
	    groups_count(pane->groups))
		why_widen(pane);
	if (pane->ui->totals.failed == 0 || room < 4)
		return 0;
	return 1 + why_shown(pane, room, spare);
}

/* The host, or for failures of the disk the directory. */
static void
why_place(const struct pane *pane, const struct groups_row *group,
    char *out, size_t size, int width)
{
	char directory[1024] = "";
	const char *place = group->host;

	if (*place == '\0' && haul_get(pane->ui->haul, group->sample,
	    "directory", directory, sizeof directory))
		place = directory;
	text_safe(out, size, place, strlen(place), width, ui_flags(pane->ui));
}

static void
why_draw_group(const struct pane *pane, struct grid_area area, int row,
    const struct groups_row *group, int digits, bool chosen)
{
	int host = area.columns * WHY_HOST_COLUMN / 80;
	int heading_at = 2 + digits + 2, width;
	char count[UNITS_SIZE], text[TEXT_ROOM(200)], heading[TEXT_ROOM(200)];
	unsigned flags = chosen && pane_on_groups(pane) ? GRID_REVERSE :
	    chosen ? GRID_BOLD : 0;

	if (area.columns < 40 || host <= heading_at + 8)
		host = area.columns;
	if (chosen)
		grid_put(area, row, 0, 1, pane->narrowed ? "=" : ">",
		    STYLE_STRONG, GRID_BOLD);
	units_count(count, sizeof count, group->count);
	grid_put(area, row, 2, -1, count, STYLE_STRONG, GRID_BOLD);
	sentence_heading(text, sizeof text, group->cause, group->http_status);
	text_safe(heading, sizeof heading, text, strlen(text),
	    host - heading_at - 1, ui_flags(pane->ui) | TEXT_CUT_END);
	grid_put(area, row, heading_at, -1, heading, STYLE_TEXT, flags);
	width = area.columns - host < 200 ? area.columns - host : 200;
	if (width <= 0)
		return;
	why_place(pane, group, text, sizeof text, width);
	grid_put(area, row, host, width, text, STYLE_TEXT, flags);
}

/* Which groups are shown: so that the chosen one is. */
static void
why_settle_groups(struct pane *pane, size_t shown)
{
	size_t count = groups_count(pane->groups), chosen = why_chosen(pane);

	if (count > 0 && pane->group.count == 0)
		pane->group = *groups_row(pane->groups, chosen);
	if (chosen < pane->group_top)
		pane->group_top = chosen;
	if (shown > 0 && chosen >= pane->group_top + shown)
		pane->group_top = chosen - shown + 1;
	if (pane->group_top + shown > count)
		pane->group_top = count > shown ? count - shown : 0;
}

/* How many failed; the last group shown of all, if some are not. */
static void
why_draw_rule(struct pane *pane, struct grid_area area, size_t shown)
{
	size_t count = groups_count(pane->groups);
	char number[UNITS_SIZE], title[128], words[128] = "";
	struct action_text hint;
	const char *key = action_hint(&hint, pane->collapsed ?
	    _("{collapse} expand") : pane->narrowed ?
	    _("{close} shows all") : _("{collapse} collapse"));

	units_count(number, sizeof number, pane->ui->totals.failed);
	snprintf(title, sizeof title, pane->narrowed ?
	    ngettext("%s failed, one group shown", "%s failed, one group "
	    "shown", pane->ui->totals.failed) :
	    ngettext("%s failed, by cause", "%s failed, by cause",
	    pane->ui->totals.failed), number);
	if (shown > 0 && shown < count)
		snprintf(words, sizeof words, "%zu/%zu",
		    pane->group_top + shown, count);
	if (words[0] == '\0' || area.columns >= WHY_WIDE)
		snprintf(words + strlen(words), sizeof words - strlen(words),
		    "%s%s", words[0] != '\0' ? "  " : "", key);
	pane_rule(pane, area, title, words, pane_on_groups(pane));
}

void
why_draw_groups(struct pane *pane, struct grid_area area)
{
	size_t count = groups_count(pane->groups), chosen, i;
	size_t shown = area.rows > 1 ? (size_t)area.rows - 1 : 0;
	char number[UNITS_SIZE];
	const struct groups_row *group;
	int digits;

	if (area.rows < 1)
		return;
	why_settle_groups(pane, shown);
	why_draw_rule(pane, area, shown);
	if (count == 0)
		return;
	chosen = why_chosen(pane);
	units_count(number, sizeof number,
	    groups_row(pane->groups, 0)->count);
	digits = text_width(number);
	for (i = 0; i < shown; i++) {
		group = groups_row(pane->groups, pane->group_top + i);
		if (group != NULL)
			why_draw_group(pane, area, 1 + (int)i, group, digits,
			    pane->group_top + i == chosen);
	}
}

/* ---- choosing one ---- */

static void
why_narrow(struct pane *pane)
{
	struct list_group wanted;

	memset(&wanted, 0, sizeof wanted);
	wanted.cause = pane->group.cause;
	wanted.http_status = pane->group.http_status;
	snprintf(wanted.host, sizeof wanted.host, "%s", pane->group.host);
	list_set_group(pane->ui->list, &wanted);
	pane->narrowed = true;
}

bool
why_widen(struct pane *pane)
{
	if (!pane->narrowed)
		return false;
	list_set_group(pane->ui->list, NULL);
	pane->narrowed = false;
	return true;
}

static unsigned
why_choose(struct pane *pane, size_t at)
{
	const struct groups_row *group = groups_row(pane->groups, at);

	if (group == NULL)
		return UI_NOTHING;
	pane->group = *group;
	if (pane->narrowed)
		why_narrow(pane);
	return UI_REDRAW;
}

unsigned
why_act_groups(struct pane *pane, enum action action)
{
	size_t chosen = why_chosen(pane), count = groups_count(pane->groups);

	if (count == 0 || pane->collapsed)
		return UI_PASS;
	switch (action) {
	case ACTION_NEXT:
		return why_choose(pane, chosen + 1);
	case ACTION_PREVIOUS:
		return why_choose(pane, chosen > 0 ? chosen - 1 : 0);
	case ACTION_FIRST:
	case ACTION_PAGE_UP:
		return why_choose(pane, 0);
	case ACTION_LAST:
	case ACTION_PAGE_DOWN:
		return why_choose(pane, count - 1);
	case ACTION_OPEN:
		if (!why_widen(pane))
			why_narrow(pane);
		return UI_REDRAW | UI_RELAYOUT;
	default:
		return UI_PASS;
	}
}

unsigned
why_click_groups(struct pane *pane, int row, int column)
{
	size_t at = pane->group_top + (size_t)(row > 0 ? row - 1 : 0);

	(void)column;
	pane->ui->focus_pane = true;
	pane->in_groups = true;
	if (row == 0)
		return pane_act(pane, ACTION_COLLAPSE);
	if (at == why_chosen(pane))
		return why_act_groups(pane, ACTION_OPEN);
	return why_choose(pane, at);
}

/* There is nothing to scroll but by choosing another one. */
unsigned
why_wheel_groups(struct pane *pane, int lines)
{
	return why_act_groups(pane, lines < 0 ? ACTION_PREVIOUS :
	    ACTION_NEXT);
}

/* ---- one failure ---- */

/* What is on the disk, and where a retry goes on. */
static void
why_kept(const struct pane *pane, const struct haul_item *item, char *out,
    size_t size)
{
	bool si = pane->ui->context.si;
	struct haul_range ranges[2];
	char got[UNITS_SIZE], all[UNITS_SIZE], from[UNITS_SIZE];
	char here[3 * UNITS_SIZE];
	size_t count = haul_segments(pane->ui->haul, item->id, ranges, 2);
	int64_t at = count == 0 ? item->got_bytes : ranges[0].start > 0 ? 0 :
	    ranges[0].end;

	if (item->got_bytes <= 0) {
		snprintf(out, size, "%s",
		    _("nothing; a retry starts from the first byte"));
		return;
	}
	units_size_long(got, sizeof got, item->got_bytes, si);
	units_size_long(all, sizeof all, item->size_bytes, si);
	units_count(from, sizeof from, (uint64_t)at);
	if (item->size_bytes >= 0)
		/* TRANSLATORS: "1.2 MiB of 3.4 MiB": what is here, of what. */
		snprintf(here, sizeof here, _("%s of %s"), got, all);
	else
		snprintf(here, sizeof here, "%s", got);
	if (!item->resumable || item->cause == HAUL_CAUSE_CHANGED)
		snprintf(out, size, _("%s on disk; a retry starts from the "
		    "first byte"), here);
	else if (count > 1)
		/* TRANSLATORS: bytes that are here; a place in the file. */
		snprintf(out, size, _("%s on disk; retry fetches the gaps, "
		    "from byte %s on"), here, from);
	else
		/* TRANSLATORS: bytes that are here; a place in the file. */
		snprintf(out, size, _("%s on disk; retry resumes from byte "
		    "%s"), here, from);
}

/* One attempt in few words: "2 14:02:34 503 +1.20M". */
static void
why_attempt(const struct pane *pane, const struct haul_attempt *attempt,
    uint32_t number, char *out, size_t size)
{
	char clock[PANE_CLOCK_SIZE], got[UNITS_SIZE], what[64];
	char taken[UNITS_SIZE], told[192];
	int64_t ms = attempt->time_ms - attempt->started_ms;

	pane_clock(clock, sizeof clock, attempt->time_ms);
	if (attempt->cause == HAUL_CAUSE_HTTP && attempt->http_status > 0)
		snprintf(what, sizeof what, "%d", attempt->http_status);
	else
		snprintf(what, sizeof what, "%s",
		    haul_cause_name(attempt->cause));
	units_taken(taken, sizeof taken, ms);
	units_size(got, sizeof got, attempt->got_bytes, pane->ui->context.si);
	if (attempt->started_ms > 0 && ms >= WHY_WORTH_MS)
		/* TRANSLATORS: "503 after 2.1s": what happened, after how
		 * long. */
		snprintf(told, sizeof told, _("%s after %s"), what, taken);
	else
		snprintf(told, sizeof told, "%s", what);
	snprintf(out, size, "%" PRIu32 " %s %s%s%s", number, clock, told,
	    attempt->got_bytes > 0 ? " +" : "", attempt->got_bytes > 0 ?
	    got : "");
}

static bool
why_is_asked(const struct pane *pane, const struct haul_item *item)
{
	return retry_is_asked(pane->ui->haul, item->id, item->cause,
	    item->got_bytes);
}

/* How it came to an end: by the count, or at once. */
static void
why_end(const struct pane *pane, const struct haul_item *item, char *out,
    size_t size)
{
	if (!why_is_asked(pane, item) &&
	    haul_cause_can_retry(item->cause, item->http_status))
		snprintf(out, size, ngettext("gave up after %" PRIu32
		    " attempt", "gave up after %" PRIu32 " attempts",
		    item->attempts), item->attempts);
	else
		snprintf(out, size, "%s", _("not tried again"));
}

/* As many attempts in a row as fit, parted by bars. */
static int
why_put_attempts(const struct pane *pane, const struct haul_item *item,
    struct grid_area area, int row, int columns)
{
	int left = columns < PANE_NARROW ? 2 : pane_label(), at = left;
	int first = row, width;
	char text[288];
	size_t i;

	if (item->history_count == 0)
		return 0;
	grid_put(area, row, 1, -1, _("Attempts"), STYLE_QUIET, 0);
	if (left == 2)
		row++;
	for (i = 0; i <= item->history_count; i++) {
		if (i < item->history_count)
			why_attempt(pane, &item->history[i], item->attempts -
			    (uint32_t)(item->history_count - 1 - i), text,
			    sizeof text);
		else
			why_end(pane, item, text, sizeof text);
		width = text_width(text);
		if (at > left && at + 3 + width > columns) {
			row++;
			at = left;
		}
		if (at > left) {
			grid_put(area, row, at, -1, " | ", STYLE_QUIET, 0);
			at += 3;
		}
		grid_put(area, row, at, -1, text, STYLE_TEXT, 0);
		at += width;
	}
	return row + 1 - first;
}

/* What can be done about it here, without another command. */
static const char *
why_advice(const struct pane *pane, const struct haul_item *item)
{
	if (why_is_asked(pane, item))
		return _("{retry} fetches the file as it is now, from its "
		    "first byte; {remove} gives up and keeps the old part.");
	if (item->cause == HAUL_CAUSE_CHECKSUM)
		return _("The file is not the one expected; {edit} edits "
		    "checksum and URL.");
	if (item->cause == HAUL_CAUSE_SECRET || (item->cause ==
	    HAUL_CAUSE_HTTP && item->http_status == 401))
		return _("Log in: {edit} asks for user and password.");
	if (item->cause == HAUL_CAUSE_HTTP && item->http_status == 403)
		return _("Log in ({edit} asks for user and password), or "
		    "ask for access.");
	if (item->cause == HAUL_CAUSE_HTTP && (item->http_status == 404 ||
	    item->http_status == 410))
		return _("The file is not there. {edit} edits the URL.");
	return sentence_item_advice(item);
}

int
why_fill(struct pane *pane, const struct haul_item *item,
    struct grid_area area, int columns)
{
	char text[SENTENCE_SIZE];
	struct action_text hint;
	int row = 0;

	sentence_cause(text, sizeof text, item->cause, item->http_status,
	    item->message, ui_flags(pane->ui));
	row += pane_put(area, row, columns, _("Cause"), text);
	row += pane_put(area, row, columns, _("Advice"),
	    action_hint(&hint, why_advice(pane, item)));
	row += pane_put_url(pane, area, row, columns, "URL", item->url);
	if (item->final_url != NULL)
		row += pane_put_url(pane, area, row, columns, _("Final"),
		    item->final_url);
	if (item->path != NULL) {
		row += pane_put_safe(pane, area, row, columns, _("File"),
		    item->path);
		row += pane_put_hidden(pane, area, row, columns, item->path);
	}
	why_kept(pane, item, text, sizeof text);
	row += pane_put(area, row, columns, _("Kept"), text);
	return row + why_put_attempts(pane, item, area, row, columns);
}
