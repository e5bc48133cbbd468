/* SPDX-License-Identifier: MIT
 *
 * Two snapshots of each file's ranges, half a second apart; what the present
 * ranges have beyond the older one has just come.
 */
#include "config.h"

#include "arrivals.h"

#include <stdlib.h>
#include <string.h>

#include "present/memory.h"

#define ARRIVALS_AGE_MS 500

void
arrivals_release(struct arrivals *arrivals)
{
	free(arrivals->files);
	memset(arrivals, 0, sizeof *arrivals);
}

void
arrivals_begin(struct arrivals *arrivals)
{
	if (arrivals->files == NULL)
		arrivals->files = memory_zero(ARRIVALS_KEPT *
		    sizeof *arrivals->files);
	arrivals->frame++;
}

/* The file's place, or that of the one that was not seen for longest. */
static struct arrival *
arrivals_place(struct arrivals *arrivals, haul_id id)
{
	struct arrival *place = &arrivals->files[0];
	size_t i;

	for (i = 0; i < ARRIVALS_KEPT; i++) {
		if (arrivals->files[i].id == id)
			return &arrivals->files[i];
		if (arrivals->files[i].frame < place->frame)
			place = &arrivals->files[i];
	}
	memset(place, 0, sizeof *place);
	place->id = id;
	return place;
}

/* What is in `now` and not in `before`; all are sorted and disjoint. Returns
 * how many there are, at most max. */
static size_t
arrivals_difference(struct haul_range *out, size_t max,
    const struct haul_range *now, size_t now_count,
    const struct haul_range *before, size_t before_count)
{
	size_t i, j = 0, count = 0;
	int64_t at, end;

	for (i = 0; i < now_count; i++) {
		for (at = now[i].start; at < now[i].end && count < max;) {
			while (j < before_count && before[j].end <= at)
				j++;
			end = now[i].end;
			if (j < before_count && before[j].start <= at) {
				at = before[j].end;
				continue;
			}
			if (j < before_count && before[j].start < end)
				end = before[j].start;
			out[count].start = at;
			out[count++].end = end;
			at = end;
		}
	}
	return count;
}

static void
arrivals_steady(struct arrival *file, struct haul_row *row, uint64_t second)
{
	/* The first speed is shown as soon as it is known. */
	if (file->second != second + 1 || file->speed_bps == 0) {
		file->second = second + 1;
		file->speed_bps = row->speed_bps;
	}
	row->speed_bps = file->speed_bps;
}

/* What is compared with is never younger than one age, lest nothing be new
 * just after this. */
static void
arrivals_renew(struct arrival *file, int64_t now_ms)
{
	memcpy(file->before, file->middle, sizeof file->middle);
	file->before_count = file->middle_count;
	memcpy(file->middle, file->now, sizeof file->now);
	file->middle_count = file->now_count;
	file->since_ms = now_ms;
}

const struct arrival *
arrivals_look(struct arrivals *arrivals, struct haul *haul,
    struct haul_row *row, int64_t now_ms, uint64_t second)
{
	struct arrival *file = arrivals_place(arrivals, row->id);
	bool known = file->frame != 0;

	file->frame = arrivals->frame;
	arrivals_steady(file, row, second);
	if (known && now_ms - file->since_ms >= ARRIVALS_AGE_MS)
		arrivals_renew(file, now_ms);
	file->now_count = haul_segments(haul, row->id, file->now,
	    ARRIVALS_RANGES);
	if (!known) {
		arrivals_renew(file, now_ms);
		arrivals_renew(file, now_ms);
	}
	file->fresh_count = arrivals_difference(file->fresh, ARRIVALS_RANGES,
	    file->now, file->now_count, file->before, file->before_count);
	return file;
}
