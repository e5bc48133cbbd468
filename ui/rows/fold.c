/* SPDX-License-Identifier: MIT
 *
 * A sorted set of ranks that grows as long as it fits, together with a line
 * for each run between them. A run of one item takes the line for itself.
 */
#include "config.h"

#include "fold.h"

#include <string.h>

struct fold_set {
	uint64_t ranks[FOLD_ROWS_MAX];
	size_t count;
	uint64_t total;
	bool compact;
};

static size_t
fold_run_lines(const struct fold_set *set, uint64_t length)
{
	return length > 0 && !set->compact;
}

/* The lines that the set takes. */
static size_t
fold_set_lines(const struct fold_set *set)
{
	uint64_t next = 0;
	size_t i, lines = 0;

	for (i = 0; i < set->count; i++) {
		lines += 1 + fold_run_lines(set, set->ranks[i] - next);
		next = set->ranks[i] + 1;
	}
	return lines + fold_run_lines(set, set->total - next);
}

static size_t
fold_set_place(const struct fold_set *set, uint64_t rank)
{
	size_t low = 0, high = set->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (set->ranks[middle] < rank)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Puts a rank in if that makes no more than so many lines. */
static bool
fold_set_add(struct fold_set *set, uint64_t rank, size_t lines)
{
	size_t at = fold_set_place(set, rank);

	if (rank >= set->total)
		return false;
	if (at < set->count && set->ranks[at] == rank)
		return true;
	if (set->count == FOLD_ROWS_MAX)
		return false;
	memmove(&set->ranks[at + 1], &set->ranks[at],
	    (set->count - at) * sizeof *set->ranks);
	set->ranks[at] = rank;
	set->count++;
	if (fold_set_lines(set) <= lines)
		return true;
	memmove(&set->ranks[at], &set->ranks[at + 1],
	    (set->count - at - 1) * sizeof *set->ranks);
	set->count--;
	return false;
}

static void
fold_add_selected(struct fold_set *set, const struct fold_input *input)
{
	if (input->selected != FOLD_NONE)
		fold_set_add(set, input->selected, (size_t)input->rows);
}

/* All of them; false, and none, if there is no room for all. */
static bool
fold_add_all_active(struct fold_set *set, const struct fold_input *input)
{
	size_t i;

	if (input->active_total > (uint64_t)input->rows)
		return false;
	for (i = 0; i < input->active.count; i++)
		/* One that does not fit now may fit beside a later one. */
		fold_set_add(set, input->active.ranks[i], FOLD_ROWS_MAX * 2);
	if (fold_set_lines(set) <= (size_t)input->rows)
		return true;
	set->count = 0;
	fold_add_selected(set, input);
	return false;
}

/* The first half of the lines from the front, the others from the end. */
static void
fold_add_some_active(struct fold_set *set, const struct fold_input *input)
{
	const struct fold_ranks *active = &input->active;
	size_t rows = (size_t)input->rows, i, front = 0;
	size_t half = input->compact ? rows : rows / 2;

	while (front < active->count && front < half &&
	    fold_set_add(set, active->ranks[front],
	    input->compact ? rows : half + 1))
		front++;
	for (i = active->count; i > front; i--)
		if (!fold_set_add(set, active->ranks[i - 1], rows))
			break;
}

static void
fold_add(struct fold_set *set, const struct fold_ranks *wanted, size_t from,
    size_t end, size_t rows)
{
	size_t i;

	for (i = from; i < end && i < wanted->count; i++)
		fold_set_add(set, wanted->ranks[i], rows);
}

/* Whether an active item stands in a run; those between the first and the
 * last that were told do if there are more than were told. */
static bool
fold_has_active(const struct fold_input *input, uint64_t first, uint64_t end)
{
	const struct fold_ranks *active = &input->active;
	size_t i, half = active->count / 2;

	for (i = 0; i < active->count; i++)
		if (active->ranks[i] >= first && active->ranks[i] < end)
			return true;
	return active->count < input->active_total && half > 0 &&
	    first > active->ranks[half - 1] && end <= active->ranks[half];
}

static size_t
fold_put_run(struct fold_line *lines, size_t max, size_t used,
    const struct fold_input *input, uint64_t first, uint64_t end, bool run)
{
	if (first >= end || used >= max)
		return used;
	if (run && input->compact)
		return used;
	lines[used].first = first;
	lines[used].count = end - first;
	lines[used].folded = end - first > 1;
	lines[used].among_active = fold_has_active(input, first, end);
	return used + 1;
}

size_t
fold_make(struct fold_line *lines, size_t max, const struct fold_input *input)
{
	struct fold_set set = { .count = 0, .total = input->total,
	    .compact = input->compact };
	size_t rows = input->rows > 0 ? (size_t)input->rows : 0;
	size_t i, used = 0;
	uint64_t next = 0;

	if (rows == 0 || input->total == 0)
		return 0;
	fold_add_selected(&set, input);
	if (!fold_add_all_active(&set, input))
		fold_add_some_active(&set, input);
	fold_add(&set, &input->next, 0, FOLD_NEXT, rows);
	fold_add(&set, &input->ended, 0, input->ended.count, rows);
	fold_add(&set, &input->next, FOLD_NEXT, input->next.count, rows);
	fold_add(&set, &input->older, 0, input->older.count, rows);
	for (i = 0; i < set.count; i++) {
		used = fold_put_run(lines, max, used, input, next,
		    set.ranks[i], true);
		used = fold_put_run(lines, max, used, input, set.ranks[i],
		    set.ranks[i] + 1, false);
		next = set.ranks[i] + 1;
	}
	return fold_put_run(lines, max, used, input, next, input->total,
	    true);
}
