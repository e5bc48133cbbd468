/* SPDX-License-Identifier: MIT
 *
 * Failures counted by cause and host. They are gone through in the order of
 * their ending, so that what fails meanwhile comes last and moves no rank;
 * what is retried meanwhile does, which the next time through mends.
 */
#include "config.h"

#include "groups.h"

#include <stdlib.h>
#include <string.h>

#include "present/memory.h"

#define GROUPS_PAUSE_MS 1000            /* between two times through */

struct groups_table {
	struct groups_row rows[GROUPS_MAX];
	size_t count;
};

struct groups {
	struct haul *haul;
	struct groups_table shown, coming;
	uint64_t next;                  /* the rank to go on from */
	bool running;
	bool complete;                  /* once through, at least */
	size_t last;                    /* the row that counted last */
	uint64_t changes, failed;       /* when it was begun */
	int64_t next_ms;                /* not to be begun before */
	struct haul_row window[GROUPS_WINDOW];
};

struct groups *
groups_new(struct haul *haul)
{
	struct groups *groups = memory_zero(sizeof *groups);

	groups->haul = haul;
	return groups;
}

void
groups_free(struct groups *groups)
{
	free(groups);
}

/* What a failed item counts as; count and sample are not set. */
static void
groups_kind(struct groups_row *kind, const struct haul_row *row)
{
	memset(kind, 0, sizeof *kind);
	kind->cause = row->cause;
	if (row->cause == HAUL_CAUSE_HTTP)
		kind->http_status = row->http_status;
	if (row->cause != HAUL_CAUSE_DISK_FULL &&
	    row->cause != HAUL_CAUSE_DISK_PERM &&
	    row->cause != HAUL_CAUSE_WRITE &&
	    row->cause != HAUL_CAUSE_NAME_CONFLICT)
		memcpy(kind->host, row->host, sizeof kind->host);
}

static bool
groups_same(const struct groups_row *a, const struct groups_row *b)
{
	return a->cause == b->cause && a->http_status == b->http_status &&
	    strcmp(a->host, b->host) == 0;
}

static size_t
groups_index(const struct groups_table *table, const struct groups_row *kind)
{
	size_t i;

	for (i = 0; i < table->count; i++)
		if (groups_same(&table->rows[i], kind))
			break;
	return i;
}

/* Failures of one kind mostly come together, so the row that counted last is
 * asked first. */
static void
groups_take(struct groups *groups, const struct haul_row *row)
{
	struct groups_table *table = &groups->coming;
	struct groups_row kind;

	groups_kind(&kind, row);
	if (groups->last >= table->count ||
	    !groups_same(&table->rows[groups->last], &kind))
		groups->last = groups_index(table, &kind);
	if (groups->last == GROUPS_MAX)
		groups->last--;
	if (groups->last == table->count) {
		kind.sample = row->id;
		table->rows[table->count++] = kind;
	}
	table->rows[groups->last].count++;
}

static int
groups_compare(const void *a, const void *b)
{
	const struct groups_row *left = a, *right = b;

	if (left->count != right->count)
		return left->count < right->count ? 1 : -1;
	/* Equal ones keep their places from one time to the next. */
	if (left->cause != right->cause)
		return left->cause < right->cause ? -1 : 1;
	if (left->http_status != right->http_status)
		return left->http_status < right->http_status ? -1 : 1;
	return strcmp(left->host, right->host);
}

static void
groups_publish(struct groups *groups)
{
	groups->shown = groups->coming;
	qsort(groups->shown.rows, groups->shown.count,
	    sizeof *groups->shown.rows, groups_compare);
}

static void
groups_scan(struct groups *groups, int64_t now_ms)
{
	const struct haul_view view = { HAUL_IN(HAUL_STATE_FAILED),
	    HAUL_ORDER_ENDED, false };
	size_t seen, got, i;

	for (seen = 0; seen < GROUPS_SLICE; seen += got) {
		got = haul_rows(groups->haul, &view, groups->next,
		    groups->window, GROUPS_WINDOW);
		for (i = 0; i < got; i++)
			groups_take(groups, &groups->window[i]);
		groups->next += got;
		if (got < GROUPS_WINDOW) {
			groups->running = false;
			groups->complete = true;
			groups->next_ms = now_ms + GROUPS_PAUSE_MS +
			    (int64_t)(groups->next / 20);
			break;
		}
	}
	/* The first time, the counts may be seen growing. */
	if (!groups->running || !groups->complete)
		groups_publish(groups);
}

bool
groups_update(struct groups *groups, const struct haul_totals *totals,
    int64_t now_ms)
{
	if (!groups->running) {
		if (groups->changes == totals->changes ||
		    (groups->failed == totals->failed &&
		    now_ms < groups->next_ms))
			return false;
		groups->changes = totals->changes;
		groups->failed = totals->failed;
		groups->coming.count = 0;
		groups->next = 0;
		groups->running = true;
	}
	groups_scan(groups, now_ms);
	return groups->running;
}

bool
groups_is_behind(const struct groups *groups,
    const struct haul_totals *totals)
{
	return groups->running || groups->changes != totals->changes;
}

size_t
groups_count(const struct groups *groups)
{
	return groups->shown.count;
}

const struct groups_row *
groups_row(const struct groups *groups, size_t n)
{
	return n < groups->shown.count ? &groups->shown.rows[n] : NULL;
}

size_t
groups_find(const struct groups *groups, const struct groups_row *kind)
{
	return groups_index(&groups->shown, kind);
}
