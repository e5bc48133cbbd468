/* SPDX-License-Identifier: MIT
 *
 * What a frame shows. A list without folds is held at the selected item: its
 * rank and its line say where the screen begins. When it has gone, the row
 * that came onto its line is selected, as far as that row was on the screen.
 */
#include "config.h"

#include "list-internal.h"

#include <stdlib.h>
#include <string.h>

#include "present/i18n.h"
#include "present/memory.h"
#include "present/text.h"

#define LIST_ENDED_MS 5000      /* so long a finished file stays unfolded */
#define LIST_NAME_CELLS 40      /* of a name in the status line */

static const struct haul_view list_queue = { .states = HAUL_IN_ALL,
	.order = HAUL_ORDER_QUEUE };

static bool
list_can_follow(const struct list *list)
{
	const struct list_page *page = &list->pages[LIST_ALL];

	return list->tab == LIST_ALL && page->sort == LIST_SORT_QUEUE &&
	    !page->reverse && *list->filter == '\0';
}

bool
list_follows(struct list *list)
{
	return list->follow && list_can_follow(list);
}

bool
list_selected_rank(struct list *list, uint64_t *rank)
{
	haul_id id = list_page(list)->selected;

	return id != 0 && source_rank(&list->source, id, rank);
}

/* ---- lines ---- */

static void
list_need(struct list *list)
{
	size_t room = (size_t)list->rows * 2;

	if (room <= list->buffer_room)
		return;
	list->buffer = memory_resize(list->buffer, room,
	    sizeof *list->buffer);
	list->lines = memory_resize(list->lines, room, sizeof *list->lines);
	list->buffer_room = room;
}

static void
list_add_row(struct list *list, size_t row)
{
	struct list_line *line = &list->lines[list->line_count++];

	memset(line, 0, sizeof *line);
	line->id = list->buffer[row].id;
	line->row = row;
}

/* What the next frame needs to find its way. */
static void
list_remember(struct list *list)
{
	struct list_page *page = list_page(list);
	size_t i;

	page->shown = memory_resize(page->shown, list->buffer_room,
	    sizeof *page->shown);
	page->shown_count = list->line_count;
	for (i = 0; i < list->line_count; i++)
		page->shown[i] = list->lines[i].id;
}

/* ---- a flat list ---- */

static void
list_fill_flat(struct list *list, uint64_t top)
{
	size_t i, count = source_rows(&list->source, top, list->buffer,
	    (size_t)list->rows);

	list->line_count = 0;
	for (i = 0; i < count; i++)
		list_add_row(list, i);
}

static haul_id
list_id_at(struct list *list, uint64_t rank)
{
	struct haul_row *row = list->buffer;

	return source_rows(&list->source, rank, row, 1) == 1 ? row->id : 0;
}

void
list_go(struct list *list, uint64_t rank, int line, bool fill)
{
	struct list_page *page = list_page(list);
	uint64_t count = source_count(&list->source), rows, top;

	list_need(list);
	page->loose = !fill && (page->loose || list_follows(list));
	list->follow = false;
	page->touched = true;
	if (count == 0)
		return;
	if (rank >= count)
		rank = count - 1;
	if (line >= list->rows)
		line = list->rows - 1;
	if (line < 0)
		line = 0;
	rows = (uint64_t)list->rows;
	top = rank > (uint64_t)line ? rank - (uint64_t)line : 0;
	if (fill && top + rows > count)
		top = count > rows ? count - rows : 0;
	page->selected = list_id_at(list, rank);
	page->line = (int)(rank - top);
}

/* The rows after it come up to its line; else the one before it stays. */
static bool
list_take_neighbour(struct list *list, struct list_page *page)
{
	size_t at = page->line > 0 ? (size_t)page->line : 0, i;
	uint64_t rank;

	for (i = at + 1; i < page->shown_count; i++)
		if (page->shown[i] != 0 && source_rank(&list->source,
		    page->shown[i], &rank)) {
			page->selected = page->shown[i];
			return true;
		}
	for (i = at < page->shown_count ? at : page->shown_count; i > 0; i--)
		if (page->shown[i - 1] != 0 && source_rank(&list->source,
		    page->shown[i - 1], &rank)) {
			page->selected = page->shown[i - 1];
			page->line = (int)i - 1;
			return true;
		}
	return false;
}

static const char *
list_tab_word(enum haul_state state)
{
	unsigned in = HAUL_IN(state);

	return in & list_tab_states(LIST_ACTIVE) ? _("Active") :
	    in & list_tab_states(LIST_QUEUED) ? _("Queued") :
	    in & list_tab_states(LIST_DONE) ? _("Done") : _("Failed");
}

static void
list_tell_gone(struct list *list, haul_id id)
{
	char name[TEXT_ROOM(LIST_NAME_CELLS)];
	struct haul_row row;

	/* Often it went because of a key, whose answer says more. */
	if (ui_is_telling(list->ui) ||
	    !haul_row(list->ui->haul, id, &row) ||
	    row.state == HAUL_STATE_REMOVED)
		return;
	text_safe(name, sizeof name, row.name, strlen(row.name),
	    LIST_NAME_CELLS, ui_flags(list->ui));
	if (list_tab_states(list->tab) & HAUL_IN(row.state))
		ui_say(list->ui, STYLE_TEXT,
		    _("%s does not match any more"), name);
	else
		ui_say(list->ui, STYLE_TEXT, _("%s moved to %s"), name,
		    list_tab_word(row.state));
}

/* Its row has left the tab, or there was none yet. */
static void
list_reselect(struct list *list, struct list_page *page, uint64_t count)
{
	haul_id gone = page->selected;
	uint64_t rank = page->line > 0 ? (uint64_t)page->line : 0;

	if (count == 0) {
		page->selected = 0;
		page->line = 0;
	} else if (gone == 0 || !list_take_neighbour(list, page)) {
		page->selected = list_id_at(list, rank < count ? rank :
		    count - 1);
	}
	if (gone != 0 && page->touched)
		list_tell_gone(list, gone);
}

/* The selected row stays on its line, unless that would hide rows above while
 * there is room below. Where folds have just gone that is as it should be. */
static uint64_t
list_top(const struct list *list, struct list_page *page, uint64_t rank,
    uint64_t count)
{
	uint64_t rows = (uint64_t)list->rows, top;

	if (page->line >= list->rows)
		page->line = list->rows - 1;
	if (page->line < 0)
		page->line = 0;
	top = rank > (uint64_t)page->line ? rank - (uint64_t)page->line : 0;
	if (top + rows > count && !page->loose)
		top = count > rows ? count - rows : 0;
	if (rank >= top)
		page->line = (int)(rank - top);
	return top;
}

static void
list_settle_flat(struct list *list)
{
	struct list_page *page = list_page(list);
	uint64_t count = source_count(&list->source), rank = 0;

	if (!list_selected_rank(list, &rank)) {
		list_reselect(list, page, count);
		if (!list_selected_rank(list, &rank))
			rank = 0;
	}
	list->top = list_top(list, page, rank, count);
	list_fill_flat(list, list->top);
}

/* ---- a folded list ---- */

struct list_ranks {
	uint64_t active[FOLD_ROWS_MAX], next[FOLD_ROWS_MAX],
	    ended[FOLD_ROWS_MAX], older[FOLD_ROWS_MAX];
	struct fold_input input;
};

/* Ranks in the queue of a view's rows; those that `age_ms` allows. */
static size_t
list_rank_rows(struct list *list, const struct haul_view *view,
    uint64_t first, size_t max, int64_t since_ms, uint64_t *ranks)
{
	struct haul *haul = list->ui->haul;
	size_t i, count, used = 0;

	if (max > list->buffer_room)
		max = list->buffer_room;
	count = haul_rows(haul, view, first, list->buffer, max);
	for (i = 0; i < count; i++) {
		if (since_ms > 0 && list->buffer[i].ended_ms < since_ms)
			break;
		if (haul_rank(haul, &list_queue, list->buffer[i].id,
		    &ranks[used]))
			used++;
	}
	return used;
}

static void
list_rank_active(struct list *list, struct list_ranks *ranks, size_t rows)
{
	const struct haul_view view = { .states = HAUL_IN_ACTIVE,
	    .order = HAUL_ORDER_QUEUE };
	struct fold_input *input = &ranks->input;
	uint64_t total = haul_count(list->ui->haul, &view);
	size_t used;

	used = list_rank_rows(list, &view, 0, rows, 0, ranks->active);
	if (total > rows)
		used += list_rank_rows(list, &view, total - rows > rows ?
		    total - rows : rows, rows, 0, ranks->active + used);
	input->active = (struct fold_ranks){ ranks->active, used };
	input->active_total = total > rows ? total : used;
}

/* No more than there may be lines for. */
static void
list_rank_next(struct list *list, struct list_ranks *ranks, size_t rows)
{
	const struct haul_view queued = {
	    .states = HAUL_IN(HAUL_STATE_QUEUED), .order = HAUL_ORDER_QUEUE };
	uint64_t active = ranks->input.active_total;
	size_t room = active < rows ? rows - (size_t)active : 0, used;

	used = list_rank_rows(list, &queued, 0, room < FOLD_NEXT ? FOLD_NEXT :
	    room, 0, ranks->next);
	ranks->input.next = (struct fold_ranks){ ranks->next, used };
}

/* Mostly the newest is too old already. */
static void
list_rank_ended(struct list *list, struct list_ranks *ranks, size_t rows)
{
	const struct haul_view ended = { .states = HAUL_IN_ENDED,
	    .order = HAUL_ORDER_ENDED, .reverse = true };
	int64_t since_ms = list_epoch_ms() - LIST_ENDED_MS;
	struct fold_input *input = &ranks->input;
	size_t used;

	used = list_rank_rows(list, &ended, 0, 1, since_ms, ranks->ended);
	if (used > 0)
		used = list_rank_rows(list, &ended, 0, rows, since_ms,
		    ranks->ended);
	input->ended = (struct fold_ranks){ ranks->ended, used };
	list->unfolded = used > 0;
	if (input->active.count + input->next.count < rows && used < rows) {
		used = list_rank_rows(list, &ended, used, rows - used, 0,
		    ranks->older);
		input->older = (struct fold_ranks){ ranks->older, used };
	}
}

static size_t
list_choose(struct list *list, struct fold_line *lines, size_t max)
{
	struct list_ranks *ranks = memory_zero(sizeof *ranks);
	struct list_page *page = list_page(list);
	size_t rows = (size_t)list->rows, count;

	if (rows > FOLD_ROWS_MAX / 2)
		rows = FOLD_ROWS_MAX / 2;
	ranks->input.total = haul_count(list->ui->haul, &list_queue);
	ranks->input.rows = (int)rows;
	ranks->input.compact = !list->head;
	if (!page->touched || !haul_rank(list->ui->haul, &list_queue,
	    page->selected, &ranks->input.selected))
		ranks->input.selected = FOLD_NONE;
	list_rank_active(list, ranks, rows);
	list_rank_next(list, ranks, rows);
	list_rank_ended(list, ranks, rows);
	count = fold_make(lines, max, &ranks->input);
	free(ranks);
	return count;
}

static void
list_add_run(struct list *list, const struct fold_line *fold)
{
	struct list_line *line = &list->lines[list->line_count++];

	memset(line, 0, sizeof *line);
	line->first = fold->first;
	line->count = fold->count;
	line->among_active = fold->among_active;
}

/* Rows that stand one after the other are asked for at once. */
static void
list_fill_fold(struct list *list, const struct fold_line *lines, size_t count)
{
	size_t i, j, k, got, used = 0;

	list->line_count = 0;
	for (i = 0; i < count; i = j) {
		j = i + 1;
		if (lines[i].folded) {
			list_add_run(list, &lines[i]);
			continue;
		}
		while (j < count && !lines[j].folded &&
		    lines[j].first == lines[j - 1].first + 1)
			j++;
		got = haul_rows(list->ui->haul, &list_queue, lines[i].first,
		    list->buffer + used, j - i);
		for (k = 0; k < got; k++)
			list_add_row(list, used + k);
		used += got;
	}
}

static bool
list_is_active_line(const struct list *list, size_t i)
{
	return list->lines[i].id != 0 && (HAUL_IN(list->buffer[
	    list->lines[i].row].state) & HAUL_IN_ACTIVE) != 0;
}

/* Where the selection goes if its row is folded away: to the row that is on
 * its line now, or the next one. */
static size_t
list_pick_line(const struct list *list, const struct list_page *page)
{
	size_t i, at = page->line > 0 ? (size_t)page->line : 0;

	for (i = page->selected == 0 ? 0 : at; i < list->line_count; i++)
		if (list->lines[i].id != 0)
			return i;
	for (i = list->line_count; i > 0; i--)
		if (list->lines[i - 1].id != 0)
			return i - 1;
	return 0;
}

/* At the beginning, when nobody has selected anything, the first file that
 * runs is selected, as soon as one does. */
static size_t
list_first_active(const struct list *list, struct list_page *page,
    size_t otherwise)
{
	size_t i;

	for (i = 0; i < list->line_count; i++)
		if (list_is_active_line(list, i)) {
			page->settled = true;
			return i;
		}
	return otherwise;
}

static void
list_settle_fold(struct list *list)
{
	struct list_page *page = list_page(list);
	struct fold_line *lines = memory_resize(NULL, list->buffer_room,
	    sizeof *lines);
	size_t i, count = list_choose(list, lines, list->buffer_room);

	list_fill_fold(list, lines, count);
	free(lines);
	for (i = 0; i < list->line_count; i++)
		if (list->lines[i].id == page->selected && page->selected != 0)
			break;
	if (i == list->line_count)
		i = list_pick_line(list, page);
	if (!page->touched && !page->settled)
		i = list_first_active(list, page, i);
	page->selected = i < list->line_count ? list->lines[i].id : 0;
	page->line = (int)i;
}

void
list_settle(struct list *list)
{
	list_need(list);
	list->unfolded = false;
	if (list_follows(list))
		list_settle_fold(list);
	else
		list_settle_flat(list);
	list_remember(list);
}
