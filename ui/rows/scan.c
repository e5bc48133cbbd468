/* SPDX-License-Identifier: MIT
 *
 * The queue may change under a pass: it goes on behind the last item it saw,
 * wherever that stands by then, so nothing is seen twice for a move ahead of
 * it. What was missed is found by the next pass.
 */
#include "config.h"

#include "scan.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "present/memory.h"
#include "present/units.h"

#define SCAN_LAST INT64_MAX             /* the key of what has no value */
#define SCAN_CHUNK 262144               /* bytes of texts allocated at once */
#define SCAN_MILLION INT64_C(1000000)

struct scan_chunk {
	struct scan_chunk *next;
	size_t used;
	char bytes[SCAN_CHUNK];
};

struct scan {
	struct haul *haul;
	const struct scan_plan *plan;
	struct haul_view view;
	bool collects;
	uint64_t next, whole;           /* rank of the next row, rows in all */
	struct scan_entry *entries;
	size_t count, room;
	struct scan_chunk *chunks;
	uint64_t matches[HAUL_STATE_COUNT];
	struct haul_row rows[SCAN_WINDOW];
};

/* ---- the plan ---- */

struct scan_plan *
scan_plan_new(const struct index_job *job, const struct tags *tags)
{
	struct scan_plan *plan = memory_zero(sizeof *plan);
	char why[128];

	plan->job = *job;
	plan->job.filter = memory_string(job->filter);
	plan->filter = filter_new(job->filter, job->si, why, sizeof why);
	if (plan->filter == NULL)
		plan->filter = filter_new("", false, why, sizeof why);
	plan->needs = filter_needs(plan->filter);
	if (plan->needs & FILTER_NEEDS_TAGS)
		tags_copy(&plan->tags, tags);
	return plan;
}

void
scan_plan_free(struct scan_plan *plan)
{
	if (plan == NULL)
		return;
	free((char *)plan->job.filter);
	filter_free(plan->filter);
	tags_release(&plan->tags);
	free(plan);
}

static bool
scan_plan_matches(const struct scan_plan *plan, const struct haul_row *row,
    const char *url)
{
	struct filter_subject subject = { .row = row, .url = url };

	subject.tagged = (plan->needs & FILTER_NEEDS_TAGS) &&
	    tags_has(&plan->tags, row->id);
	return filter_match(plan->filter, &subject);
}

static bool
scan_plan_has_group(const struct scan_plan *plan, const struct haul_row *row)
{
	const struct list_group *group = &plan->job.group;

	return !plan->job.has_group || (row->cause == group->cause &&
	    (row->cause != HAUL_CAUSE_HTTP ||
	    row->http_status == group->http_status) &&
	    strcmp(row->host, group->host) == 0);
}

bool
scan_plan_takes(const struct scan_plan *plan, const struct haul_row *row)
{
	if ((plan->job.states & HAUL_IN(row->state)) == 0 ||
	    !scan_plan_has_group(plan, row))
		return false;
	return (plan->needs & FILTER_NEEDS_URL) ||
	    scan_plan_matches(plan, row, NULL);
}

/* ---- keys ---- */

static int64_t
scan_state_key(enum haul_state state)
{
	static const unsigned char keys[HAUL_STATE_COUNT] = {
		[HAUL_STATE_ACTIVE] = 0, [HAUL_STATE_CONNECTING] = 1,
		[HAUL_STATE_VERIFYING] = 2, [HAUL_STATE_WAITING] = 3,
		[HAUL_STATE_QUEUED] = 4, [HAUL_STATE_PAUSED] = 5,
		[HAUL_STATE_FAILED] = 6, [HAUL_STATE_DONE] = 7,
		[HAUL_STATE_SKIPPED] = 8, [HAUL_STATE_REMOVED] = 9,
	};

	return keys[state];
}

static int64_t
scan_progress(const struct haul_row *row)
{
	if (row->size_bytes <= 0)
		return SCAN_LAST;
	return -(int64_t)((double)row->got_bytes / (double)row->size_bytes *
	    SCAN_MILLION);
}

/* Rising in the order that is looked for first: the largest, the fastest, the
 * soonest, the newest. */
static int64_t
scan_key(const struct haul_row *row, enum list_sort sort)
{
	bool active = (HAUL_IN(row->state) & HAUL_IN_ACTIVE) != 0;
	int64_t value;

	switch (sort) {
	case LIST_SORT_SIZE:
		return row->size_bytes >= 0 ? -row->size_bytes : SCAN_LAST;
	case LIST_SORT_PROGRESS:
		return active ? scan_progress(row) : SCAN_LAST;
	case LIST_SORT_SPEED:
		return active ? -row->speed_bps : SCAN_LAST;
	case LIST_SORT_LEFT:
		value = units_rest_ms(row->got_bytes, row->size_bytes,
		    row->speed_bps);
		return active && value >= 0 ? value : SCAN_LAST;
	case LIST_SORT_STATE:
		return scan_state_key(row->state);
	case LIST_SORT_ENDED:
		return row->ended_ms > 0 ? -row->ended_ms : SCAN_LAST;
	case LIST_SORT_STARTED:
		return active ? -row->elapsed_ms : SCAN_LAST;
	case LIST_SORT_QUEUE:
	case LIST_SORT_NAME:
	case LIST_SORT_HOST:
	case LIST_SORTS:
		break;
	}
	return 0;
}

static const char *
scan_keep_text(struct scan *scan, const char *text)
{
	size_t size = strlen(text) + 1;
	struct scan_chunk *chunk = scan->chunks;
	char *copy;

	if (chunk == NULL || SCAN_CHUNK - chunk->used < size) {
		chunk = memory_resize(NULL, 1, sizeof *chunk);
		chunk->used = 0;
		chunk->next = scan->chunks;
		scan->chunks = chunk;
	}
	copy = memcpy(chunk->bytes + chunk->used, text, size);
	chunk->used += size;
	return copy;
}

/* ---- the pass ---- */

struct scan *
scan_new(struct haul *haul, const struct scan_plan *plan, bool others)
{
	struct scan *scan = memory_zero(sizeof *scan);

	scan->haul = haul;
	scan->plan = plan;
	scan->collects = !others;
	scan->view.states = others ? plan->job.other_states :
	    plan->job.states;
	scan->view.order = HAUL_ORDER_QUEUE;
	scan->view.reverse = plan->job.sort == LIST_SORT_QUEUE &&
	    plan->job.reverse;
	scan->whole = haul_count(haul, &scan->view);
	return scan;
}

void
scan_free(struct scan *scan)
{
	struct scan_chunk *chunk;

	if (scan == NULL)
		return;
	while ((chunk = scan->chunks) != NULL) {
		scan->chunks = chunk->next;
		free(chunk);
	}
	free(scan->entries);
	free(scan);
}

static void
scan_add(struct scan *scan, const struct haul_row *row)
{
	const struct index_job *job = &scan->plan->job;
	struct scan_entry *entry;

	if (scan->count == scan->room) {
		scan->room = scan->room * 2 + 64;
		scan->entries = memory_resize(scan->entries, scan->room,
		    sizeof *entry);
	}
	entry = &scan->entries[scan->count];
	memset(entry, 0, sizeof *entry);
	entry->id = row->id;
	entry->place = scan->count++;
	if (job->sort == LIST_SORT_NAME)
		entry->text = scan_keep_text(scan, row->name);
	else if (job->sort == LIST_SORT_HOST)
		entry->text = scan_keep_text(scan, row->host);
	else
		entry->key = scan_key(row, job->sort);
	if (job->reverse && entry->key != SCAN_LAST)
		entry->key = -entry->key;
}

static void
scan_look(struct scan *scan, const struct haul_row *row)
{
	const struct scan_plan *plan = scan->plan;
	struct haul_item *item = NULL;
	bool matches;

	if (scan->collects && !scan_plan_has_group(plan, row))
		return;
	if (plan->needs & FILTER_NEEDS_URL)
		item = haul_item(scan->haul, row->id);
	matches = scan_plan_matches(plan, row, item != NULL ? item->url :
	    NULL);
	haul_item_free(item);
	if (!matches)
		return;
	scan->matches[row->state]++;
	if (scan->collects)
		scan_add(scan, row);
}

bool
scan_step(struct scan *scan)
{
	size_t i, count = haul_rows(scan->haul, &scan->view, scan->next,
	    scan->rows, SCAN_WINDOW);
	uint64_t rank;

	if (count == 0)
		return false;
	for (i = 0; i < count; i++)
		scan_look(scan, &scan->rows[i]);
	scan->next += count;
	if (count < SCAN_WINDOW)
		return false;
	/* Unless the last one itself was moved far away. */
	if (haul_rank(scan->haul, &scan->view, scan->rows[count - 1].id,
	    &rank) && rank + SCAN_WINDOW >= scan->next &&
	    rank <= scan->next + SCAN_WINDOW)
		scan->next = rank + 1;
	return true;
}

int
scan_percent(const struct scan *scan)
{
	if (scan->whole == 0 || scan->next >= scan->whole)
		return 100;
	return (int)((double)scan->next / (double)scan->whole * 100);
}

size_t
scan_count(const struct scan *scan)
{
	return scan->count;
}

const struct scan_entry *
scan_entries(const struct scan *scan)
{
	return scan->entries;
}

const uint64_t *
scan_matches(const struct scan *scan)
{
	return scan->matches;
}

/* ---- order ---- */

static size_t
scan_digits(const char *text)
{
	return strspn(text, "0123456789");
}

/* Two runs of digits by their value; equal ones by nothing. */
static int
scan_compare_numbers(const char **a, const char **b)
{
	size_t one, other;
	int order;

	*a += strspn(*a, "0");
	*b += strspn(*b, "0");
	one = scan_digits(*a);
	other = scan_digits(*b);
	if (one != other)
		return one < other ? -1 : 1;
	order = strncmp(*a, *b, one);
	*a += one;
	*b += other;
	return order;
}

int
scan_compare_names(const char *a, const char *b)
{
	const char *first = a, *second = b;
	int one, other, order;

	while (*a != '\0' && *b != '\0') {
		if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
			order = scan_compare_numbers(&a, &b);
			if (order != 0)
				return order;
			continue;
		}
		one = tolower((unsigned char)*a++);
		other = tolower((unsigned char)*b++);
		if (one != other)
			return one < other ? -1 : 1;
	}
	if (*a != *b)
		return *a == '\0' ? -1 : 1;
	return strcmp(first, second);
}

static int
scan_compare_places(const struct scan_entry *a, const struct scan_entry *b)
{
	return a->place < b->place ? -1 : a->place > b->place;
}

static int
scan_compare(const void *one, const void *other)
{
	const struct scan_entry *a = one, *b = other;
	int order;

	if (a->text != NULL) {
		order = scan_compare_names(a->text, b->text);
		if (order != 0)
			return order;
	} else if (a->key != b->key) {
		return a->key < b->key ? -1 : 1;
	}
	return scan_compare_places(a, b);
}

/* Names the other way round, equal ones still in order of the queue. */
static int
scan_compare_reverse(const void *one, const void *other)
{
	const struct scan_entry *a = one, *b = other;
	int order = scan_compare_names(b->text, a->text);

	return order != 0 ? order : scan_compare_places(a, b);
}

typedef int (*scan_compare_fn)(const void *, const void *);

static bool
scan_has_same_key(const struct scan_entry *a, const struct scan_entry *b)
{
	if (a->text != NULL)
		return strcmp(a->text, b->text) == 0;
	return a->key == b->key;
}

/* Where each id stands in the entries, plus one; NULL if there is none. */
static uint32_t *
scan_map(const struct scan *scan, haul_id *size)
{
	uint32_t *map;
	size_t i;

	*size = 0;
	for (i = 0; i < scan->count; i++)
		if (scan->entries[i].id >= *size)
			*size = scan->entries[i].id + 1;
	if (*size == 0)
		return NULL;
	map = memory_zero((size_t)*size * sizeof *map);
	for (i = 0; i < scan->count; i++)
		map[scan->entries[i].id] = (uint32_t)i + 1;
	return map;
}

/* Copies those that stood in `before`, in that order, to `kept`, and marks
 * them by an id of 0 where they were; returns how many. */
static size_t
scan_take_kept(struct scan *scan, const struct scan *before, bool keep,
    struct scan_entry *kept)
{
	struct scan_entry *entry;
	haul_id size, id;
	size_t i, count = 0;
	uint32_t *map = scan_map(scan, &size);

	for (i = 0; i < before->count; i++) {
		id = before->entries[i].id;
		if (id >= size || map[id] == 0)
			continue;
		entry = &scan->entries[map[id] - 1];
		if (!keep && !scan_has_same_key(entry, &before->entries[i]))
			continue;
		kept[count++] = *entry;
		entry->id = 0;
		map[id] = 0;
	}
	free(map);
	return count;
}

static size_t
scan_take_fresh(struct scan *scan, struct scan_entry *fresh)
{
	size_t i, count = 0;

	for (i = 0; i < scan->count; i++)
		if (scan->entries[i].id != 0)
			fresh[count++] = scan->entries[i];
	return count;
}

static void
scan_merge(struct scan_entry *out, const struct scan_entry *kept,
    size_t kept_count, const struct scan_entry *fresh, size_t fresh_count,
    scan_compare_fn compare, bool keep)
{
	size_t i = 0, j = 0;

	while (i < kept_count || j < fresh_count)
		if (j == fresh_count || (i < kept_count && (keep ||
		    compare(&kept[i], &fresh[j]) <= 0)))
			*out++ = kept[i++];
		else
			*out++ = fresh[j++];
}

void
scan_sort(struct scan *scan, const struct scan *before, bool keep)
{
	const struct index_job *job = &scan->plan->job;
	scan_compare_fn compare = scan_compare;
	struct scan_entry *both;
	size_t kept, fresh;

	if (job->sort == LIST_SORT_QUEUE || scan->count == 0)
		return;
	if (job->reverse && scan->entries[0].text != NULL)
		compare = scan_compare_reverse;
	if (before == NULL) {
		qsort(scan->entries, scan->count, sizeof *both, compare);
		return;
	}
	both = memory_resize(NULL, scan->count, sizeof *both);
	kept = scan_take_kept(scan, before, keep, both);
	fresh = scan_take_fresh(scan, both + kept);
	qsort(both + kept, fresh, sizeof *both, compare);
	scan_merge(scan->entries, both, kept, both + kept, fresh, compare,
	    keep);
	free(both);
}
