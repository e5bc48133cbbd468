/* SPDX-License-Identifier: MIT
 *
 * Sorted, disjoint byte ranges in one array. An array, not a tree: a file has
 * about as many ranges as connections, and a stream that goes on where it was
 * only moves the end of one of them.
 */
#include "config.h"

#include "ranges.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"

#define RANGES_FIRST_CAPACITY 4

void
ranges_init(struct ranges *r)
{
	*r = (struct ranges){ 0 };
}

void
ranges_release(struct ranges *r)
{
	free(r->list);
	ranges_init(r);
}

void
ranges_clear(struct ranges *r)
{
	r->count = 0;
}

static void
ranges_reserve(struct ranges *r, size_t count)
{
	size_t capacity = r->capacity ? r->capacity : RANGES_FIRST_CAPACITY;

	if (count <= r->capacity)
		return;
	while (capacity < count)
		capacity *= 2;
	r->list = alloc_resize(r->list, capacity, sizeof *r->list);
	r->capacity = capacity;
}

/* Puts `count` ranges in the place of those from index `from` up to `to`. */
static void
ranges_splice(struct ranges *r, size_t from, size_t to,
    const struct haul_range *with, size_t count)
{
	size_t tail = r->count - to;

	ranges_reserve(r, from + count + tail);
	if (tail > 0)
		memmove(r->list + from + count, r->list + to,
		    tail * sizeof *r->list);
	if (count > 0)
		memcpy(r->list + from, with, count * sizeof *r->list);
	r->count = from + count + tail;
}

void
ranges_copy(struct ranges *to, const struct ranges *from)
{
	if (to != from)
		ranges_splice(to, 0, to->count, from->list, from->count);
}

/* The index of the first range that ends at or after the position: one that
 * only touches it is no harm to those who look for more, and add needs it. */
static size_t
ranges_seek(const struct ranges *r, int64_t position)
{
	size_t low = 0, high = r->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->list[middle].end >= position)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

void
ranges_add(struct ranges *r, int64_t start, int64_t end)
{
	struct haul_range whole = { start, end };
	size_t from, to;

	if (end <= start)
		return;
	from = ranges_seek(r, start);
	for (to = from; to < r->count && r->list[to].start <= end; to++) {
		if (r->list[to].start < whole.start)
			whole.start = r->list[to].start;
		if (r->list[to].end > whole.end)
			whole.end = r->list[to].end;
	}
	ranges_splice(r, from, to, &whole, 1);
}

int64_t
ranges_bytes(const struct ranges *r)
{
	int64_t sum = 0;
	size_t i;

	for (i = 0; i < r->count; i++)
		sum += r->list[i].end - r->list[i].start;
	return sum;
}

bool
ranges_cover(const struct ranges *r, int64_t start, int64_t end)
{
	size_t i;

	if (end <= start)
		return true;
	i = ranges_seek(r, start);
	return i < r->count && r->list[i].start <= start &&
	    end <= r->list[i].end;
}

bool
ranges_first_gap(const struct ranges *r, int64_t from, int64_t limit,
    struct haul_range *gap)
{
	size_t i = ranges_seek(r, from);

	if (i < r->count && r->list[i].start <= from)
		from = r->list[i++].end;
	if (from >= limit)
		return false;
	gap->start = from;
	gap->end = limit;
	if (i < r->count && r->list[i].start < limit)
		gap->end = r->list[i].start;
	return true;
}

bool
ranges_longest_gap(const struct ranges *r, int64_t from, int64_t limit,
    struct haul_range *longest)
{
	struct haul_range gap;
	bool found = false;

	while (ranges_first_gap(r, from, limit, &gap)) {
		if (!found ||
		    gap.end - gap.start > longest->end - longest->start)
			*longest = gap;
		found = true;
		from = gap.end;
	}
	return found;
}

/* The index of the range with the smallest gap after it, where `next` stands
 * after the last one. */
static size_t
ranges_closest(const struct haul_range *list, size_t count,
    const struct haul_range *next)
{
	int64_t smallest = INT64_MAX;
	size_t closest = 0, i;

	for (i = 0; i < count; i++) {
		int64_t start = i + 1 < count ? list[i + 1].start : next->start;

		if (start - list[i].end < smallest) {
			smallest = start - list[i].end;
			closest = i;
		}
	}
	return closest;
}

/* What has been copied always keeps the widest gaps seen so far: each range
 * that finds the list full brings one gap, and the smallest of all goes. */
size_t
ranges_coalesce(const struct ranges *r, struct haul_range *list, size_t max)
{
	size_t count, i;

	assert(max >= 1);
	count = r->count < max ? r->count : max;
	if (count > 0)
		memcpy(list, r->list, count * sizeof *list);
	for (i = count; i < r->count; i++) {
		size_t at = ranges_closest(list, max, &r->list[i]);

		if (at + 1 == max) {
			list[at].end = r->list[i].end;
			continue;
		}
		list[at].end = list[at + 1].end;
		memmove(list + at + 1, list + at + 2,
		    (max - at - 2) * sizeof *list);
		list[max - 1] = r->list[i];
	}
	return count;
}
