/* SPDX-License-Identifier: MIT
 *
 * Looking for a name, a slice at a time; the filter.
 */
#include "config.h"

#include "list-internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "present/i18n.h"
#include "present/memory.h"
#include "present/text.h"
#include "present/units.h"
#include "ui/rows/filter.h"

#define LIST_WINDOW 128

/* ---- find ---- */

int64_t
list_clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* The window of ranks to look at: from next on, or down to it. */
static size_t
list_search_window(const struct list_search *search, uint64_t count,
    uint64_t *first)
{
	uint64_t size = LIST_WINDOW;

	if (search->direction > 0) {
		*first = search->next;
		if (size > count - search->next)
			size = count - search->next;
	} else {
		if (size > search->next + 1)
			size = search->next + 1;
		*first = search->next + 1 - size;
	}
	if (size > search->rest)
		size = search->rest;
	if (search->direction < 0)
		*first = search->next + 1 - size;
	return (size_t)size;
}

static void
list_search_advance(struct list_search *search, uint64_t count, size_t seen)
{
	search->rest -= seen;
	if (search->direction > 0) {
		search->next += seen;
		if (search->next >= count) {
			search->next = 0;
			search->wrapped = true;
		}
	} else if (search->next < seen) {
		search->next = count - 1;
		search->wrapped = true;
	} else {
		search->next -= seen;
	}
}

/* Looks through a window; true if *rank is it. */
static bool
list_search_rows(struct list *list, const struct haul_row *rows, size_t count,
    uint64_t first, uint64_t *rank)
{
	const struct list_search *search = &list->search;
	size_t i, at;

	for (i = 0; i < count; i++) {
		at = search->direction > 0 ? i : count - 1 - i;
		if (filter_finds(rows[at].name, search->text)) {
			*rank = first + at;
			return true;
		}
	}
	return false;
}

static void
list_search_found(struct list *list, uint64_t rank)
{
	struct list_search *search = &list->search;
	struct list_page *page = list_page(list);
	uint64_t old = 0;
	int line = page->line;

	search->running = false;
	/* On the screen it is gone to; from afar it comes to the middle. */
	if (list_selected_rank(list, &old) && rank + (uint64_t)line >= old &&
	    rank + (uint64_t)line < old + (uint64_t)list->rows)
		line = (int)((int64_t)line + (int64_t)(rank - old));
	else
		line = list->rows / 2;
	list_go(list, rank, line, false);
	if (search->wrapped)
		ui_say(list->ui, STYLE_TEXT, _("wrapped"));
}

static void
list_search_missed(struct list *list)
{
	char safe[TEXT_ROOM(LIST_FIND_SIZE)];

	list->search.running = false;
	text_safe(safe, sizeof safe, list->search.text,
	    strlen(list->search.text), 40, ui_flags(list->ui));
	ui_say(list->ui, STYLE_ERROR, _("No name here has %s in it"), safe);
}

/* Rows are still being found, or put in order. */
static bool
list_is_growing(const struct list *list)
{
	return list->busy && !index_is_ready(list->source.index);
}

/* From the selected one once around. */
static void
list_search_begin(struct list *list)
{
	struct list_search *search = &list->search;
	uint64_t count = source_count(&list->source), rank = 0;

	if (!list_selected_rank(list, &rank))
		rank = 0;
	search->rest = search->whole = count;
	search->next = rank;
	search->wrapped = search->missed = false;
	if (search->beyond && count > 0)
		list_search_advance(search, count, 1);
	search->rest = count;
}

int
list_find_percent(struct list *list)
{
	const struct list_search *search = &list->search;

	if (!search->running)
		return -1;
	if (search->missed)
		return index_percent(list->source.index);
	return search->whole == 0 ? 100 : (int)((double)(search->whole -
	    search->rest) / (double)search->whole * 100);
}

static void
list_search_tell(struct list *list)
{
	const struct list_search *search = &list->search;
	char safe[TEXT_ROOM(40)];

	text_safe(safe, sizeof safe, search->text, strlen(search->text), 40,
	    ui_flags(list->ui));
	ui_say(list->ui, STYLE_QUIET, _("looking for %s: %d%%"), safe,
	    list_find_percent(list));
}

/* A slice; true if it was found in it. */
static bool
list_search_slice(struct list *list)
{
	struct list_search *search = &list->search;
	struct haul_row *rows = memory_resize(NULL, LIST_WINDOW,
	    sizeof *rows);
	int64_t until_us = list_clock_us() + LIST_SLICE_US;
	uint64_t count = source_count(&list->source), first, rank = 0;
	size_t size, got, seen = 0;
	bool found = false;

	if (search->missed && !list_is_growing(list))
		list_search_begin(list);
	while (!found && search->rest > 0 && search->next < count &&
	    seen < LIST_SLICE_ROWS && list_clock_us() < until_us) {
		size = list_search_window(search, count, &first);
		got = source_rows(&list->source, first, rows, size);
		found = list_search_rows(list, rows, got, first, &rank);
		if (!found)
			list_search_advance(search, count, size);
		seen += size;
	}
	free(rows);
	search->missed = !found && (search->rest == 0 ||
	    search->next >= count);
	if (found)
		list_search_found(list, rank);
	else if (search->missed && !list_is_growing(list))
		list_search_missed(list);
	else
		list_search_tell(list);
	return found;
}

void
list_search_on(struct list *list)
{
	if (list->search.running)
		(void)list_search_slice(list);
}

bool
list_find(struct list *list, const char *text, int direction)
{
	struct list_search *search = &list->search;

	if (text != search->text)
		snprintf(search->text, sizeof search->text, "%s", text);
	search->running = false;
	if (*search->text == '\0')
		return false;
	list->key_ms = list->ui->now_ms;
	list_refresh(list);
	search->direction = direction < 0 ? -1 : 1;
	search->beyond = direction != 0;
	search->running = true;
	list_search_begin(list);
	return list_search_slice(list);
}

/* ---- filter ---- */

bool
list_filter(struct list *list, const char *expression, char *why, size_t size)
{
	struct filter *filter;
	bool empty;

	if (strlen(expression) >= sizeof list->filter) {
		snprintf(why, size, "%s", _("the filter is too long"));
		return false;
	}
	filter = filter_new(expression, list->ui->context.si, why, size);
	if (filter == NULL)
		return false;
	empty = filter_is_empty(filter);
	filter_free(filter);
	snprintf(list->filter, sizeof list->filter, "%s",
	    empty ? "" : expression);
	list->search.running = false;
	list_page(list)->loose = false;
	return true;
}

const char *
list_filter_text(struct list *list)
{
	return list->filter;
}

void
list_filter_status(struct list *list, char *out, size_t size)
{
	struct haul_view all = { .order = HAUL_ORDER_QUEUE };
	char some[UNITS_SIZE], whole[UNITS_SIZE];
	int percent;

	all.states = list_tab_states(list->tab);
	list_refresh(list);
	units_count(some, sizeof some, list_tab_count(list, list->tab));
	units_count(whole, sizeof whole, haul_count(list->ui->haul, &all));
	percent = index_percent(list->source.index);
	if (*list->filter != '\0' && percent < 100)
		snprintf(out, size, _("%s of %s (scanning %d%%)"), some, whole,
		    percent);
	else
		snprintf(out, size, _("%s of %s"), some, whole);
}
