/* SPDX-License-Identifier: MIT
 *
 * segments: the rules of the bar, one by one, and against a slow count of
 * every B-th of a byte; never wrongly full or empty; monotone as bytes come.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "present/segments.h"

#define CELLS_MAX 24
#define SIZE_BYTES_MAX 80

static char bar_out[SEGMENTS_ROOM(CELLS_MAX)];

static const char *
bar(size_t cells, const struct haul_range *ranges, size_t count, int64_t size,
    unsigned flags)
{
	struct segments_cell parts[CELLS_MAX];

	segments_fill(parts, cells, ranges, count, size);
	segments_text(bar_out, sizeof bar_out, parts, cells, flags);
	return bar_out;
}

static void
each_shape_has_its_glyph(void **state)
{
	static const struct haul_range ranges[] = {
		{ 0, 83 }, { 95, 99 }, { 103, 106 }, { 116, 120 },
	};
	const struct haul_range half = { 0, 5 };

	(void)state;
	assert_string_equal(bar(8, ranges, 4, 160, 0), "████▒▒··");
	assert_string_equal(bar(8, ranges, 4, 160, SEGMENTS_ASCII),
	    "####::..");
	assert_string_equal(bar(16, ranges, 4, 160, SEGMENTS_ASCII),
	    "########-:::....");
	assert_string_equal(bar(4, &half, 1, 8, 0), "██▌·");
	assert_string_equal(bar(4, &half, 1, 8, SEGMENTS_ASCII), "##=.");
}

static void
a_right_edge_is_reversed_where_that_is_possible(void **state)
{
	const struct haul_range range = { 3, 8 };
	struct segments_cell cell;
	bool reverse;

	(void)state;
	segments_fill(&cell, 1, &range, 1, 8);
	assert_int_equal(cell.kind, SEGMENTS_RIGHT);
	assert_string_equal(segments_glyph(&cell, SEGMENTS_REVERSE, &reverse),
	    "▍");
	assert_true(reverse);
	assert_string_equal(segments_glyph(&cell, 0, &reverse), "▒");
	assert_false(reverse);
	assert_string_equal(segments_glyph(&cell, SEGMENTS_REVERSE |
	    SEGMENTS_ASCII, &reverse), ":");
	assert_false(reverse);
}

static void
an_empty_file_is_full_when_done(void **state)
{
	const struct haul_range nothing = { 0, 0 };

	(void)state;
	assert_string_equal(bar(3, NULL, 0, 0, 0), "···");
	assert_string_equal(bar(3, &nothing, 1, 0, 0), "███");
}

static void
one_byte_fills_every_cell(void **state)
{
	const struct haul_range one = { 0, 1 };

	(void)state;
	assert_string_equal(bar(5, NULL, 0, 1, 0), "·····");
	assert_string_equal(bar(5, &one, 1, 1, 0), "█████");
}

static void
huge_files_are_counted_exactly(void **state)
{
	struct haul_range range = { 0, INT64_MAX - 1 };

	(void)state;
	assert_string_equal(bar(3, &range, 1, INT64_MAX, 0), "██▉");
	range.end = 1;
	assert_string_equal(bar(3, &range, 1, INT64_MAX, 0), "▏··");
	range.start = INT64_MAX - 1;
	range.end = INT64_MAX;
	assert_string_equal(bar(3, &range, 1, INT64_MAX, 0), "··░");
}

/* ---- against a count of every B-th of a byte ---- */

static uint32_t
draw(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % below;
}

/* What one cell must be, by looking at each of its `size` B-ths. */
static void
slow_cell(struct segments_cell *cell, const bool *here, size_t cells,
    size_t size, size_t i)
{
	size_t k, got = 0, runs = 0;
	bool before = false, now = false, left, right;

	memset(cell, 0, sizeof *cell);
	for (k = i * size; k < (i + 1) * size; k++) {
		now = here[k / cells];
		got += now;
		runs += now && !before;
		before = now;
	}
	left = here[i * size / cells];
	right = now;
	if (got == 0)
		return;
	if (got == size) {
		cell->kind = SEGMENTS_ALL;
		return;
	}
	cell->kind = runs == 1 && left ? SEGMENTS_LEFT : runs == 1 && right ?
	    SEGMENTS_RIGHT : SEGMENTS_SOME;
	cell->eighths = (unsigned char)(got * 8 / size);
	if (cell->eighths == 0)
		cell->eighths = 1;
	cell->shade = 3 * got <= size ? 1 : 3 * got <= 2 * size ? 2 : 3;
}

static size_t
to_ranges(const bool *here, size_t size, struct haul_range *ranges)
{
	size_t i, count = 0;

	for (i = 0; i < size; i++) {
		if (!here[i])
			continue;
		if (i > 0 && here[i - 1]) {
			ranges[count - 1].end++;
		} else {
			ranges[count].start = (int64_t)i;
			ranges[count++].end = (int64_t)i + 1;
		}
	}
	return count;
}

static void
compare(const bool *here, size_t size, size_t cells)
{
	struct haul_range ranges[SIZE_BYTES_MAX];
	struct segments_cell parts[CELLS_MAX], slow;
	size_t i, count = to_ranges(here, size, ranges);

	segments_fill(parts, cells, ranges, count, (int64_t)size);
	for (i = 0; i < cells; i++) {
		slow_cell(&slow, here, cells, size, i);
		assert_memory_equal(&parts[i], &slow, sizeof slow);
	}
}

static void
bars_agree_with_a_slow_count(void **state)
{
	bool here[SIZE_BYTES_MAX];
	uint32_t seed = 1, thickness;
	size_t i, size, cells;
	int round;

	(void)state;
	for (round = 0; round < 20000; round++) {
		size = 1 + draw(&seed, SIZE_BYTES_MAX);
		cells = 1 + draw(&seed, CELLS_MAX);
		thickness = 1 + draw(&seed, 12);
		for (i = 0; i < size; i++)
			here[i] = i > 0 && draw(&seed, thickness) > 0 ?
			    here[i - 1] : draw(&seed, 2) > 0;
		compare(here, size, cells);
	}
}

static unsigned
filled(const struct segments_cell *cell)
{
	return cell->kind == SEGMENTS_NONE ? 0 : cell->kind == SEGMENTS_ALL ?
	    8 : cell->eighths;
}

static void
bars_grow_as_bytes_come_and_are_full_only_at_the_end(void **state)
{
	struct segments_cell before[CELLS_MAX], after[CELLS_MAX];
	struct haul_range ranges[SIZE_BYTES_MAX];
	bool here[SIZE_BYTES_MAX];
	uint32_t seed = 7;
	size_t i, k, size, cells, empty, full;
	int round;

	(void)state;
	for (round = 0; round < 300; round++) {
		size = 1 + draw(&seed, SIZE_BYTES_MAX);
		cells = 1 + draw(&seed, CELLS_MAX);
		memset(here, 0, sizeof here);
		memset(before, 0, sizeof before);
		for (k = 0; k < size; k++) {
			for (i = draw(&seed, (uint32_t)size); here[i];)
				i = (i + 1) % size;
			here[i] = true;
			segments_fill(after, cells, ranges,
			    to_ranges(here, size, ranges), (int64_t)size);
			for (i = empty = full = 0; i < cells; i++) {
				assert_true(filled(&after[i]) >=
				    filled(&before[i]));
				empty += after[i].kind == SEGMENTS_NONE;
				full += after[i].kind == SEGMENTS_ALL;
			}
			assert_true(empty < cells);
			assert_int_equal(full == cells, k + 1 == size);
			memcpy(before, after, sizeof before);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_shape_has_its_glyph),
		cmocka_unit_test(
		    a_right_edge_is_reversed_where_that_is_possible),
		cmocka_unit_test(an_empty_file_is_full_when_done),
		cmocka_unit_test(one_byte_fills_every_cell),
		cmocka_unit_test(huge_files_are_counted_exactly),
		cmocka_unit_test(bars_agree_with_a_slow_count),
		cmocka_unit_test(
		    bars_grow_as_bytes_come_and_are_full_only_at_the_end),
	};

	alarm(30);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
