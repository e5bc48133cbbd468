/* SPDX-License-Identifier: MIT
 *
 * What keys and the mouse do to the list.
 */
#include "config.h"

#include "list-internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "present/i18n.h"
#include "present/memory.h"
#include "present/units.h"

#define LIST_NAME_STEP 8        /* cells that Left and Right move names by */
#define LIST_NAME_END (HAUL_NAME_SIZE * 2)
#define LIST_QUIET_MS 3000      /* after a key: rows stay where they are */

static const enum list_sort list_own_sorts[LIST_TABS] = {
	[LIST_ALL] = LIST_SORT_QUEUE, [LIST_ACTIVE] = LIST_SORT_STARTED,
	[LIST_QUEUED] = LIST_SORT_QUEUE, [LIST_DONE] = LIST_SORT_ENDED,
	[LIST_FAILED] = LIST_SORT_ENDED,
};

struct list *
list_new(struct ui *ui)
{
	struct list *list = memory_zero(sizeof *list);
	int i;

	list->ui = ui;
	list->follow = true;
	list->rows = 1;
	list->key_ms = -LIST_QUIET_MS;
	for (i = 0; i < LIST_TABS; i++)
		list->pages[i].sort = list_own_sorts[i];
	list->pages[LIST_ALL].sort = ui->context.sort;
	list->pages[LIST_ALL].reverse = ui->context.reverse;
	list->source.haul = ui->haul;
	list->source.index = index_new(ui->haul);
	return list;
}

void
list_free(struct list *list)
{
	int i;

	if (list == NULL)
		return;
	for (i = 0; i < LIST_TABS; i++)
		free(list->pages[i].shown);
	index_free(list->source.index);
	list_untag_all(list);
	arrivals_release(&list->arrivals);
	free(list->lines);
	free(list->buffer);
	free(list);
}

int64_t
list_epoch_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void
list_refresh(struct list *list)
{
	const struct ui *ui = list->ui;
	const struct list_page *page = list_page(list);
	struct source_order order = { .filter = list->filter,
	    .sort = page->sort, .reverse = page->reverse,
	    .si = ui->context.si };

	order.states = list_tab_states(list->tab);
	if (list->tab == LIST_FAILED && list->has_group)
		order.group = &list->group;
	list->busy = source_make(&list->source, &order, &list->tags,
	    ui->now_ms, ui->totals.changes,
	    ui->now_ms - list->key_ms >= LIST_QUIET_MS);
}

bool
list_is_busy(const struct list *list)
{
	return list->busy || list->unfolded || list->search.running ||
	    list->tagging != NULL;
}

bool
list_has_work(const struct list *list)
{
	return list->tagging != NULL ||
	    (list->search.running && !list->search.missed);
}

bool
list_work(struct list *list)
{
	if (!list_has_work(list))
		return false;
	list_refresh(list);
	list_search_on(list);
	list_tag_on(list);
	return !list_has_work(list);
}

/* ---- tabs ---- */

unsigned
list_tab_states(enum list_tab tab)
{
	static const unsigned states[LIST_TABS] = {
		[LIST_ALL] = HAUL_IN_ALL,
		[LIST_ACTIVE] = HAUL_IN_ACTIVE,
		[LIST_QUEUED] = HAUL_IN(HAUL_STATE_QUEUED) |
		    HAUL_IN(HAUL_STATE_PAUSED),
		[LIST_DONE] = HAUL_IN(HAUL_STATE_DONE) |
		    HAUL_IN(HAUL_STATE_SKIPPED),
		[LIST_FAILED] = HAUL_IN(HAUL_STATE_FAILED),
	};

	return states[tab];
}

enum list_tab
list_tab(struct list *list)
{
	return list->tab;
}

void
list_show_tab(struct list *list, enum list_tab tab)
{
	list->tab = tab;
	list->search.running = false;
}

uint64_t
list_tab_count(struct list *list, enum list_tab tab)
{
	struct haul_view view = { .order = HAUL_ORDER_QUEUE };

	view.states = list_tab_states(tab);
	if (*list->filter != '\0')
		return tab == list->tab ? index_count(list->source.index) :
		    index_matches(list->source.index, view.states);
	return haul_count(list->ui->haul, &view);
}

/* ---- the selection ---- */

haul_id
list_selected(struct list *list)
{
	return list_page(list)->selected;
}

void
list_select(struct list *list, haul_id id)
{
	uint64_t rank, old;
	struct list_page *page = list_page(list);
	int64_t line = list->rows / 2;

	list_refresh(list);
	if (!source_rank(&list->source, id, &rank))
		return;
	/* Where it stands, if it is on the screen. */
	if (!list_follows(list) && list_selected_rank(list, &old) &&
	    rank + (uint64_t)page->line >= old && rank +
	    (uint64_t)page->line < old + (uint64_t)list->rows)
		line = page->line + (int64_t)(rank - old);
	list_go(list, rank, (int)line, false);
}

/* Rows down, or up; the line goes along with the selection (one row) or the
 * screen does (pages). */
static unsigned
list_move(struct list *list, int64_t rows, bool page)
{
	uint64_t rank, count;
	int64_t target;

	list_refresh(list);
	count = source_count(&list->source);
	if (count == 0)
		return UI_NOTHING;
	if (!list_selected_rank(list, &rank))
		rank = 0;
	target = (int64_t)rank + rows;
	if (target < 0)
		target = 0;
	if (target >= (int64_t)count)
		target = (int64_t)count - 1;
	if (page)
		list_go(list, (uint64_t)target, list_page(list)->line, true);
	else
		list_go(list, (uint64_t)target, list_page(list)->line +
		    (int)(target - (int64_t)rank), false);
	return UI_REDRAW;
}

/* The screen moves, the selection stays on its item while that can be seen. */
static unsigned
list_scroll(struct list *list, int lines)
{
	struct list_page *page = list_page(list);
	uint64_t rank, count;
	int64_t top, most;

	list_refresh(list);
	count = source_count(&list->source);
	if (!list_selected_rank(list, &rank))
		return UI_NOTHING;
	most = (int64_t)count - list->rows;
	top = (int64_t)rank - page->line;
	if (most < top)
		most = top;
	top += lines;
	if (top > most)
		top = most;
	if (top < 0)
		top = 0;
	if ((int64_t)rank < top)
		rank = (uint64_t)top;
	else if ((int64_t)rank >= top + list->rows)
		rank = (uint64_t)(top + list->rows - 1);
	list_go(list, rank, (int)((int64_t)rank - top), false);
	return UI_REDRAW;
}

static unsigned
list_toggle_follow(struct list *list)
{
	struct list_page *page = &list->pages[LIST_ALL];
	uint64_t rank;

	if (list_follows(list)) {
		list_refresh(list);
		if (list_selected_rank(list, &rank))
			list_go(list, rank, page->line, false);
		list->follow = false;
		return UI_REDRAW;
	}
	list_show_tab(list, LIST_ALL);
	page->sort = LIST_SORT_QUEUE;
	page->reverse = false;
	list->follow = true;
	/* What was selected before may be folded away again. */
	page->touched = false;
	if (*list->filter != '\0')
		ui_say(list->ui, STYLE_TEXT,
		    _("Follows when the filter is gone (Esc)"));
	return UI_RELAYOUT;
}

/* ---- order ---- */

void
list_set_sort(struct list *list, enum list_sort sort, bool reverse)
{
	struct list_page *page = list_page(list);

	page->sort = sort;
	page->reverse = reverse;
	/* Whoever chooses an order wants to see it now. */
	list->key_ms = list->ui->now_ms - LIST_QUIET_MS;
}

enum list_sort
list_sort(struct list *list, bool *reverse)
{
	if (reverse != NULL)
		*reverse = list_page(list)->reverse;
	return list_page(list)->sort;
}

enum list_sort
list_sort_of_all(struct list *list, bool *reverse)
{
	*reverse = list->pages[LIST_ALL].reverse;
	return list->pages[LIST_ALL].sort;
}

static void
list_sort_text(struct list *list, bool brief, char *out, size_t size)
{
	static const char *const words[LIST_SORTS] = {
		[LIST_SORT_QUEUE] = N_("queue"), [LIST_SORT_NAME] = N_("name"),
		[LIST_SORT_SIZE] = N_("size"),
		[LIST_SORT_PROGRESS] = N_("progress"),
		[LIST_SORT_SPEED] = N_("speed"),
		[LIST_SORT_LEFT] = N_("time left"),
		[LIST_SORT_STATE] = N_("state"),
		[LIST_SORT_ENDED] = N_("newest"),
		[LIST_SORT_HOST] = N_("host"),
		[LIST_SORT_STARTED] = N_("start"),
	};
	const struct list_page *page = list_page(list);

	if (list->busy && !index_is_ready(list->source.index) &&
	    *list->filter == '\0')
		snprintf(out, size, _("sorting %d%%"),
		    index_percent(list->source.index));
	else if (page->sort == LIST_SORT_ENDED && page->reverse)
		snprintf(out, size, "%s", _("oldest"));
	else if (page->reverse)
		snprintf(out, size, brief ? "-%s" : _("%s, reversed"),
		    _(words[page->sort]));
	else
		snprintf(out, size, "%s", _(words[page->sort]));
}

void
list_sort_word(struct list *list, char *out, size_t size)
{
	list_sort_text(list, false, out, size);
}

void
list_sort_brief(struct list *list, char *out, size_t size)
{
	list_sort_text(list, true, out, size);
}

bool
list_sort_is_usual(struct list *list)
{
	const struct list_page *page = list_page(list);

	return page->sort == list_own_sorts[list->tab] && !page->reverse;
}

void
list_position(struct list *list, char *out, size_t size)
{
	uint64_t count = source_count(&list->source);
	char last[UNITS_SIZE], all[UNITS_SIZE];

	*out = '\0';
	if (list_follows(list) || list->line_count == 0 ||
	    list->line_count >= count)
		return;
	units_count(last, sizeof last, list->top + list->line_count);
	units_count(all, sizeof all, count);
	snprintf(out, size, "%s/%s", last, all);
}

/* The keys of the sort menu one after the other, and the tab's own first. */
static unsigned
list_next_sort(struct list *list)
{
	struct list_page *page = list_page(list);
	char word[64];
	enum list_sort sort = page->sort == LIST_SORT_STARTED ?
	    LIST_SORT_QUEUE : page->sort + 1;

	if (sort == LIST_SORT_STARTED)
		sort = list->tab == LIST_ACTIVE ? LIST_SORT_STARTED :
		    LIST_SORT_QUEUE;
	list_set_sort(list, sort, false);
	list_refresh(list);
	list_sort_word(list, word, sizeof word);
	ui_say(list->ui, STYLE_TEXT, _("order: %s"), word);
	return UI_REDRAW;
}

void
list_set_group(struct list *list, const struct list_group *group)
{
	list->has_group = group != NULL;
	if (group != NULL)
		list->group = *group;
}

/* ---- tags ---- */

static unsigned
list_toggle_tag(struct list *list)
{
	haul_id id = list_selected(list);

	if (id == 0)
		return UI_NOTHING;
	tags_set(&list->tags, id, !tags_has(&list->tags, id));
	list_move(list, 1, false);
	return UI_REDRAW;
}

/* ---- names ---- */

static unsigned
list_scroll_names(struct list *list, enum action action)
{
	if (action == ACTION_NAMES_LEFT)
		list->scroll -= LIST_NAME_STEP;
	else if (action == ACTION_NAMES_RIGHT)
		list->scroll += LIST_NAME_STEP;
	else
		list->scroll = action == ACTION_NAMES_END ? LIST_NAME_END : 0;
	if (list->scroll < 0)
		list->scroll = 0;
	return UI_REDRAW;
}

/* ---- keys ---- */

static unsigned
list_act_move(struct list *list, enum action action)
{
	int rows = list->rows, half = rows > 1 ? rows / 2 : 1;

	switch (action) {
	case ACTION_NEXT:
		return list_move(list, 1, false);
	case ACTION_PREVIOUS:
		return list_move(list, -1, false);
	case ACTION_HALF_DOWN:
		return list_move(list, half, true);
	case ACTION_HALF_UP:
		return list_move(list, -half, true);
	case ACTION_PAGE_DOWN:
		return list_move(list, rows, true);
	case ACTION_PAGE_UP:
		return list_move(list, -rows, true);
	case ACTION_FIRST:
		return list_move(list, INT32_MIN, false);
	case ACTION_LAST:
		return list_move(list, INT64_MAX / 2, true);
	case ACTION_SCROLL_DOWN:
		return list_scroll(list, 1);
	case ACTION_SCROLL_UP:
		return list_scroll(list, -1);
	case ACTION_NAMES_LEFT:
	case ACTION_NAMES_RIGHT:
	case ACTION_NAMES_START:
	case ACTION_NAMES_END:
		return list_scroll_names(list, action);
	default:
		return UI_PASS;
	}
}

static unsigned
list_act_tab(struct list *list, enum action action)
{
	unsigned tab = list->tab;

	if (action == ACTION_TAB_NEXT)
		tab = (tab + 1) % LIST_TABS;
	else if (action == ACTION_TAB_PREVIOUS)
		tab = (tab + LIST_TABS - 1) % LIST_TABS;
	else
		tab = (unsigned)(action - ACTION_TAB_ALL);
	list_show_tab(list, (enum list_tab)tab);
	return UI_RELAYOUT;
}

static unsigned
list_act_view(struct list *list, enum action action)
{
	struct list_page *page = list_page(list);
	char why[128];

	switch (action) {
	case ACTION_TAB_ALL:
	case ACTION_TAB_ACTIVE:
	case ACTION_TAB_QUEUED:
	case ACTION_TAB_DONE:
	case ACTION_TAB_FAILED:
	case ACTION_TAB_NEXT:
	case ACTION_TAB_PREVIOUS:
		return list_act_tab(list, action);
	case ACTION_FOLLOW:
		return list_toggle_follow(list);
	case ACTION_FIND_NEXT:
	case ACTION_FIND_PREVIOUS:
		(void)list_find(list, list->search.text,
		    action == ACTION_FIND_NEXT ? 1 : -1);
		return UI_REDRAW;
	case ACTION_SORT_NEXT:
		return list_next_sort(list);
	case ACTION_SORT_REVERSE:
		list_set_sort(list, page->sort, !page->reverse);
		return UI_REDRAW;
	case ACTION_TAG:
		return list_toggle_tag(list);
	case ACTION_TAG_ALL:
		(void)list_tag(list, "", why, sizeof why);
		return UI_REDRAW;
	case ACTION_UNTAG_ALL:
		list_untag_all(list);
		return UI_REDRAW;
	default:
		return UI_PASS;
	}
}

unsigned
list_act(struct list *list, enum action action)
{
	unsigned reaction;

	list->key_ms = list->ui->now_ms;
	/* Whose details are looked at is not folded away. */
	if (action == ACTION_OPEN)
		list_page(list)->touched = true;
	reaction = list_act_move(list, action);
	return reaction & UI_PASS ? list_act_view(list, action) : reaction;
}

/* ---- the mouse ---- */

static unsigned
list_click_head(struct list *list, int column)
{
	const struct list_page *page = list_page(list);
	enum list_sort sort = columns_sort_at(&list->columns, column);

	if (sort == LIST_SORTS)
		return UI_NOTHING;
	list_set_sort(list, sort, sort == page->sort && !page->reverse);
	return UI_REDRAW;
}

unsigned
list_click(struct list *list, int row, int column)
{
	struct list_page *page = list_page(list);
	uint64_t rank;
	haul_id id;

	list->key_ms = list->ui->now_ms;
	if (list->head && row-- == 0)
		return list_click_head(list, column);
	if (row < 0 || (size_t)row >= list->line_count)
		return UI_NOTHING;
	id = list->lines[row].id;
	if (id == 0)
		return UI_NOTHING;
	if (id == page->selected)
		return UI_PASS;
	list_refresh(list);
	if (source_rank(&list->source, id, &rank))
		list_go(list, rank, row, false);
	return UI_REDRAW;
}

unsigned
list_wheel(struct list *list, int lines)
{
	list->key_ms = list->ui->now_ms;
	return list_scroll(list, lines);
}
