/* SPDX-License-Identifier: MIT
 *
 * The list's lines into the grid.
 */
#include "config.h"

#include "list-internal.h"

#include <stdio.h>
#include <string.h>

#include "present/i18n.h"
#include "present/sentence.h"
#include "present/text.h"
#include "present/units.h"
#include "ui/screen/sheet.h"

#define LIST_RUN_SIZE 256

/* ---- folded runs ---- */

/* What is counted of a run, in the order in which it is told. */
enum list_class {
	LIST_CLASS_ACTIVE,
	LIST_CLASS_DONE,
	LIST_CLASS_SKIPPED,
	LIST_CLASS_FAILED,
	LIST_CLASS_PAUSED,
	LIST_CLASS_QUEUED,
	LIST_CLASSES
};

static const unsigned list_class_states[LIST_CLASSES] = {
	HAUL_IN_ACTIVE, HAUL_IN(HAUL_STATE_DONE), HAUL_IN(HAUL_STATE_SKIPPED),
	HAUL_IN(HAUL_STATE_FAILED), HAUL_IN(HAUL_STATE_PAUSED),
	HAUL_IN(HAUL_STATE_QUEUED),
};

static void
list_class_text(char *text, size_t size, enum list_class class,
    uint64_t count)
{
	char number[UNITS_SIZE];

	units_count(number, sizeof number, count);
	switch (class) {
	case LIST_CLASS_ACTIVE:
		snprintf(text, size, ngettext("%s active", "%s active", count),
		    number);
		return;
	case LIST_CLASS_DONE:
		snprintf(text, size, ngettext("%s done", "%s done", count),
		    number);
		return;
	case LIST_CLASS_SKIPPED:
		snprintf(text, size, ngettext("%s skipped", "%s skipped",
		    count), number);
		return;
	case LIST_CLASS_FAILED:
		snprintf(text, size, ngettext("%s failed", "%s failed", count),
		    number);
		return;
	case LIST_CLASS_PAUSED:
		snprintf(text, size, ngettext("%s paused", "%s paused", count),
		    number);
		return;
	case LIST_CLASS_QUEUED:
	case LIST_CLASSES:
		snprintf(text, size, ngettext("%s queued", "%s queued", count),
		    number);
		return;
	}
}

/* How many of a class stand before a line that is an item, or in all. */
static uint64_t
list_count_before(struct list *list, enum list_class class, size_t line)
{
	struct haul_view view = { .states = list_class_states[class],
	    .order = HAUL_ORDER_QUEUE };
	uint64_t rank;

	if (line >= list->line_count)
		return haul_count(list->ui->haul, &view);
	(void)haul_rank(list->ui->haul, &view, list->lines[line].id, &rank);
	return rank;
}

/* The same behind a line, that line left out. */
static uint64_t
list_count_through(struct list *list, enum list_class class, size_t line)
{
	unsigned in = HAUL_IN(list->buffer[list->lines[line].row].state);

	return list_count_before(list, class, line) +
	    ((list_class_states[class] & in) != 0);
}

static void
list_count_run(struct list *list, size_t line,
    uint64_t counts[LIST_CLASSES])
{
	uint64_t before, end;
	int i;

	for (i = 0; i < LIST_CLASSES; i++) {
		end = list_count_before(list, (enum list_class)i, line + 1);
		before = line == 0 ? 0 : list_count_through(list,
		    (enum list_class)i, line - 1);
		counts[i] = end > before ? end - before : 0;
	}
}

static void
list_run_counts_text(const uint64_t counts[LIST_CLASSES], bool among_active,
    char *text, size_t size)
{
	char number[UNITS_SIZE], piece[64];
	int i;

	text[0] = '\0';
	for (i = 0; i < LIST_CLASSES; i++) {
		if (counts[i] == 0)
			continue;
		units_count(number, sizeof number, counts[i]);
		if (i == LIST_CLASS_ACTIVE && among_active)
			snprintf(piece, sizeof piece, ngettext("%s more "
			    "active", "%s more active", counts[i]), number);
		else
			list_class_text(piece, sizeof piece,
			    (enum list_class)i, counts[i]);
		sentence_add(text, size, piece);
	}
}

/* "694 more queued" at the end, "40 more active" between them, "484 done, 12
 * failed above" at the beginning. */
static void
list_run_text(struct list *list, size_t line, char *text, size_t size)
{
	uint64_t counts[LIST_CLASSES];
	char number[UNITS_SIZE], all[LIST_RUN_SIZE];

	list_count_run(list, line, counts);
	if (line + 1 == list->line_count &&
	    counts[LIST_CLASS_QUEUED] == list->lines[line].count) {
		units_count(number, sizeof number, counts[LIST_CLASS_QUEUED]);
		snprintf(text, size, ngettext("%s more queued",
		    "%s more queued", counts[LIST_CLASS_QUEUED]), number);
		return;
	}
	list_run_counts_text(counts, list->lines[line].among_active, all,
	    sizeof all);
	if (list->lines[line].among_active)
		snprintf(text, size, "%s", all);
	else if (line == 0)
		/* TRANSLATORS: "484 done, 12 failed above" */
		snprintf(text, size, _("%s above"), all);
	else if (line + 1 == list->line_count)
		/* TRANSLATORS: "484 done, 12 failed below" */
		snprintf(text, size, _("%s below"), all);
	else
		snprintf(text, size, "%s", all);
}

static void
list_draw_run(struct list *list, struct grid_area area, int at, size_t line)
{
	const char *fold = ui_glyphs(list->ui)->fold;
	char text[LIST_RUN_SIZE];
	int column = columns_fold_at(&list->columns);

	list_run_text(list, line, text, sizeof text);
	column += grid_put(area, at, column, -1, fold, STYLE_QUIET, 0) + 1;
	grid_put(area, at, column, -1, text, STYLE_QUIET, 0);
}

/* ---- rows ---- */

static void
list_look(struct list *list, struct columns_look *look)
{
	const struct ui *ui = list->ui;

	look->glyphs = ui_glyphs(ui);
	look->text_flags = ui_flags(ui);
	look->reverse = ui->term != NULL && term_can_reverse(ui->term);
	look->si = ui->context.si;
	look->scroll = list->scroll;
	look->epoch_ms = list_epoch_ms();
}

static void
list_draw_line(struct list *list, struct grid_area area, int at, size_t line,
    const struct columns_look *look)
{
	struct haul_row *row = &list->buffer[list->lines[line].row];
	struct columns_row item = { .row = row };
	const struct arrival *arrival;
	int rest;

	if (HAUL_IN(row->state) & HAUL_IN_ACTIVE) {
		arrival = arrivals_look(&list->arrivals, list->ui->haul, row,
		    list->ui->now_ms, list->ui->second);
		item.ranges = arrival->now;
		item.range_count = arrival->now_count;
		item.fresh = arrival->fresh;
		item.fresh_count = arrival->fresh_count;
	}
	item.selected = row->id == list_page(list)->selected;
	item.tagged = tags_has(&list->tags, row->id);
	columns_draw_row(area, at, &list->columns, look, &item);
	if (item.selected)
		grid_cursor(area, at, 0, list->ui->context.term.accessible);
	rest = columns_name_rest(&list->columns, row, look->text_flags);
	if (rest > list->scroll_max)
		list->scroll_max = rest;
}

static void
list_draw_lines(struct list *list, struct grid_area area)
{
	struct columns_look look;
	size_t i;

	list_look(list, &look);
	list->scroll_max = 0;
	arrivals_begin(&list->arrivals);
	for (i = 0; i < list->line_count; i++)
		if (list->lines[i].id == 0)
			list_draw_run(list, area, (int)i, i);
		else
			list_draw_line(list, area, (int)i, i, &look);
	/* The end of the longest is as far as there is to go. */
	if (list->scroll > list->scroll_max)
		list->scroll = list->scroll_max;
}

/* ---- nothing to show ---- */

struct list_words {
	const char *what, *more;
};

static struct list_words
list_empty_words(const struct list *list)
{
	static const struct list_words words[LIST_TABS] = {
		[LIST_ALL] = { N_("No files yet."),
		    N_("{add} adds URLs, {add-list} adds a list of them; or "
		    "paste some here.") },
		[LIST_ACTIVE] = { N_("Nothing is being fetched."),
		    N_("Files stand here from their first request to their "
		    "end, the longest running first.") },
		[LIST_QUEUED] = { N_("Nothing waits."),
		    N_("Files stand here until it is their turn, and those "
		    "that were paused.") },
		[LIST_DONE] = { N_("Nothing is finished yet."),
		    N_("Files stand here when they are whole, the newest "
		    "first.") },
		[LIST_FAILED] = { N_("Nothing has failed."),
		    N_("Files stand here with the cause and what helps; "
		    "{retry} tries again.") },
	};

	if (list->tab == LIST_ALL && list->ui->loading)
		return (struct list_words){ N_("Reading the list."), "" };
	return words[list->tab];
}

static void
list_draw_empty(struct list *list, struct grid_area area)
{
	struct list_words words = list_empty_words(list);
	struct action_text hint;
	char safe[TEXT_ROOM(LIST_FIND_SIZE)];
	int row = area.rows > 4 ? 1 : 0, column = area.columns < 40 ? 0 : 2;

	if (*list->filter == '\0' || list->busy) {
		grid_put(area, row, column, -1, list->busy ?
		    _("Looking for them.") : _(words.what), STYLE_TEXT, 0);
		if (*words.more != '\0' && !list->busy)
			sheet_wrap(area, row + 1, column, area.columns -
			    column, action_hint(&hint, _(words.more)),
			    STYLE_QUIET, 0);
		return;
	}
	text_safe(safe, sizeof safe, list->filter, strlen(list->filter),
	    area.columns / 2, ui_flags(list->ui));
	grid_print(area, row, column, STYLE_TEXT, 0,
	    _("Nothing here matches %s"), safe);
	grid_put(area, row + 1, column, -1,
	    action_hint(&hint, _("{close} shows all files again.")),
	    STYLE_QUIET, 0);
}

void
list_draw(struct list *list, struct grid_area area)
{
	enum list_sort sort = list_page(list)->sort;

	list->head = area.rows > 1 && layout_has_head(area.grid->rows);
	list->rows = list->head ? area.rows - 1 : area.rows;
	if (list->rows < 1)
		list->rows = 1;
	if (list->tab == LIST_FAILED)
		layout_failed_columns(&list->columns, area.columns);
	else
		layout_columns(&list->columns, area.columns);
	if (list->ui->context.term.accessible)
		layout_plain_columns(&list->columns);
	columns_fit(&list->columns);
	list_refresh(list);
	list_search_on(list);
	list_tag_on(list);
	list_settle(list);
	if (area.rows < 1)
		return;
	if (list->head) {
		columns_draw_head(area, 0, &list->columns,
		    sort == LIST_SORT_QUEUE ? LIST_SORTS : sort);
		area = grid_part(area, 1, 0, list->rows, area.columns);
	}
	if (list->line_count == 0)
		list_draw_empty(list, area);
	list_draw_lines(list, area);
}
