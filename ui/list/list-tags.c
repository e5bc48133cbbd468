/* SPDX-License-Identifier: MIT
 *
 * Tags: put on what matches, a slice a frame, and the items that they mean.
 */
#include "config.h"

#include "list-internal.h"

#include <stdlib.h>

#include "present/i18n.h"
#include "present/memory.h"
#include "present/units.h"
#include "ui/rows/filter.h"
#include "ui/rows/scan.h"

/* A pass through the queue that tags what matches, a slice a frame. */
struct list_tagging {
	struct scan_plan *plan;
	struct scan *scan;
	size_t taken;                   /* of its entries */
	bool going;                     /* rows are left to look at */
};

static void
list_tagging_free(struct list *list)
{
	struct list_tagging *tagging = list->tagging;

	if (tagging == NULL)
		return;
	scan_free(tagging->scan);
	scan_plan_free(tagging->plan);
	free(tagging);
	list->tagging = NULL;
}

static void
list_tagging_step(struct list *list)
{
	struct list_tagging *tagging = list->tagging;
	const struct scan_entry *entries;

	tagging->going = scan_step(tagging->scan);
	entries = scan_entries(tagging->scan);
	for (; tagging->taken < scan_count(tagging->scan); tagging->taken++)
		tags_set(&list->tags, entries[tagging->taken].id, true);
}

static void
list_tagging_end(struct list *list)
{
	size_t count = list->tagging->taken;
	char number[UNITS_SIZE];

	units_count(number, sizeof number, count);
	ui_say(list->ui, STYLE_TEXT, ngettext("%s file tagged",
	    "%s files tagged", count), number);
	list_tagging_free(list);
}

void
list_tag_on(struct list *list)
{
	struct list_tagging *tagging = list->tagging;
	int64_t until_us = list_clock_us() + LIST_SLICE_US;
	size_t seen;

	if (tagging == NULL)
		return;
	for (seen = 0; tagging->going && seen < LIST_SLICE_ROWS &&
	    list_clock_us() < until_us; seen += SCAN_WINDOW)
		list_tagging_step(list);
	if (!tagging->going)
		list_tagging_end(list);
	else
		ui_say(list->ui, STYLE_QUIET, _("tagging: %d%%"),
		    scan_percent(tagging->scan));
}

/* Who acts on the tagged ones means all of them. */
static void
list_tag_to_the_end(struct list *list)
{
	if (list->tagging == NULL)
		return;
	while (list->tagging->going)
		list_tagging_step(list);
	list_tagging_end(list);
}

static void
list_tag_matching(struct list *list, const char *expression)
{
	struct index_job job = { .sort = LIST_SORT_QUEUE,
	    .filter = expression, .si = list->ui->context.si };

	list_tag_to_the_end(list);
	job.states = list_tab_states(list->tab);
	job.has_group = list->tab == LIST_FAILED && list->has_group;
	job.group = list->group;
	list->tagging = memory_zero(sizeof *list->tagging);
	list->tagging->plan = scan_plan_new(&job, &list->tags);
	list->tagging->scan = scan_new(list->ui->haul, list->tagging->plan,
	    false);
	list->tagging->going = true;
	list_tag_on(list);
}

bool
list_tag(struct list *list, const char *expression, char *why, size_t size)
{
	struct filter *filter;

	if (*expression == '\0')
		expression = list->filter;
	filter = filter_new(expression, list->ui->context.si, why, size);
	if (filter == NULL)
		return false;
	filter_free(filter);
	list_tag_matching(list, expression);
	return true;
}

size_t
list_tagged(struct list *list)
{
	list_tag_to_the_end(list);
	return list->tags.count;
}

void
list_untag_all(struct list *list)
{
	list_tagging_free(list);
	tags_release(&list->tags);
}

struct list_target {
	uint64_t rank;
	haul_id id;
};

static int
list_compare_targets(const void *a, const void *b)
{
	const struct list_target *one = a, *other = b;

	return one->rank < other->rank ? -1 : one->rank > other->rank;
}

/* Those that the view has in its order, then the others in the queue's. What
 * has been removed has no place, and loses its tag. */
static size_t
list_rank_targets(struct list *list, struct list_target *targets)
{
	const struct haul_view queue = { .states = HAUL_IN_ALL,
	    .order = HAUL_ORDER_QUEUE };
	uint64_t count = source_count(&list->source), rank;
	size_t used = 0;
	haul_id id;

	for (id = tags_next(&list->tags, 0); id != 0;
	    id = tags_next(&list->tags, id)) {
		if (!source_rank(&list->source, id, &rank)) {
			if (!haul_rank(list->ui->haul, &queue, id, &rank)) {
				tags_set(&list->tags, id, false);
				continue;
			}
			rank += count;
		}
		targets[used].rank = rank;
		targets[used++].id = id;
	}
	return used;
}

size_t
list_targets(struct list *list, haul_id **ids)
{
	haul_id selected = list_selected(list);
	struct list_target *targets;
	size_t i, count;

	*ids = NULL;
	list_tag_to_the_end(list);
	list_refresh(list);
	targets = memory_resize(NULL, list->tags.count + 1, sizeof *targets);
	count = list_rank_targets(list, targets);
	if (count == 0 && selected != 0)
		targets[count++].id = selected;
	qsort(targets, count, sizeof *targets, list_compare_targets);
	if (count > 0)
		*ids = memory_resize(NULL, count, sizeof **ids);
	for (i = 0; i < count; i++)
		(*ids)[i] = targets[i].id;
	free(targets);
	return count;
}
