/* SPDX-License-Identifier: MIT
 *
 * graph: one sample a second, gaps as nothing; the newest at the right;
 * columns keep their samples as time goes on; heights never exceed the
 * picture and show what is not zero; the ring's end.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ui/graph.h"

#define MEGA (INT64_C(1) << 20)

static struct graph graph;

static int
setup(void **state)
{
	(void)state;
	memset(&graph, 0, sizeof graph);
	return 0;
}

static void
a_sample_is_a_second(void **state)
{
	(void)state;
	assert_int_equal(graph_sample(&graph, 5000, 10), 1);
	assert_int_equal(graph_sample(&graph, 5900, 20), 0);
	assert_int_equal(graph_sample(&graph, 6100, 30), 1);
	assert_int_equal(graph_sample(&graph, 12050, 40), 6);
	assert_int_equal(graph.count, 8);
	assert_int_equal(graph.samples[1], 30);
	assert_int_equal(graph.samples[2], 0);
	assert_int_equal(graph.samples[5], 0);
	assert_int_equal(graph.samples[7], 40);
}

static void
a_clock_that_jumped_is_bounded(void **state)
{
	(void)state;
	graph_sample(&graph, 1, 10);
	assert_true(graph_sample(&graph, INT64_C(1) << 50, 10) <=
	    GRAPH_SAMPLES + 1);
}

static void
the_newest_is_at_the_right(void **state)
{
	int heights[6], i;

	(void)state;
	for (i = 1; i <= 4; i++)
		graph_sample(&graph, i * 1000, i * 4 * MEGA);
	assert_int_equal(graph_heights(&graph, heights, 6, 1, 1), 16 * MEGA);
	assert_int_equal(heights[0], -1);
	assert_int_equal(heights[1], -1);
	assert_int_equal(heights[2], 2);
	assert_int_equal(heights[3], 4);
	assert_int_equal(heights[5], 8);
	graph_heights(&graph, heights, 6, 3, 1);
	assert_int_equal(heights[5], 24);
}

static void
nothing_and_little_are_not_the_same(void **state)
{
	int heights[3];

	(void)state;
	graph_sample(&graph, 1000, 100 * MEGA);
	graph_sample(&graph, 2000, 1);
	graph_sample(&graph, 3000, 0);
	graph_heights(&graph, heights, 3, 1, 1);
	assert_int_equal(heights[1], 1);
	assert_int_equal(heights[2], 0);
}

/* With several samples a column, columns shift as a whole. */
static void
columns_keep_their_samples(void **state)
{
	int before[8], now[8], i;

	(void)state;
	for (i = 0; i < 30; i++)
		graph_sample(&graph, 1000 + i * 1000, (i * 37 % 16 + 1) *
		    MEGA);
	graph_sample(&graph, 31000, 16 * MEGA);
	graph_heights(&graph, before, 8, 3, 4);
	for (i = 31; i < 35; i++)
		graph_sample(&graph, 1000 + i * 1000, 16 * MEGA);
	graph_heights(&graph, now, 8, 3, 4);
	for (i = 0; i < 6; i++)
		assert_int_equal(now[i], before[i + 1]);
}

static void
heights_stay_in_the_picture(void **state)
{
	int heights[100], i, rows;
	uint64_t seed = 7;

	(void)state;
	for (i = 0; i < 5000; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		graph_sample(&graph, 1000 + i * 1000,
		    (int64_t)(seed >> (20 + seed % 40)));
	}
	for (rows = 1; rows <= 3; rows++) {
		graph_heights(&graph, heights, 100, rows, 3600);
		for (i = 0; i < 98; i++)
			assert_int_equal(heights[i], -1);
		graph_heights(&graph, heights, 100, rows, 1);
		for (i = 0; i < 100; i++)
			assert_in_range(heights[i], 0, rows * GRAPH_STEPS);
	}
}

static void
the_top_moves_in_few_steps(void **state)
{
	int64_t peak, top, before = 0;
	int steps = 0;

	(void)state;
	for (peak = 0; peak < 200000; peak++) {
		top = graph_top(peak);
		assert_true(top >= peak && top >= before);
		assert_true(peak < 64 || top <= peak + peak / 8 + 1);
		steps += top != before;
		before = top;
	}
	assert_in_range(steps, 50, 150);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_sample_is_a_second, setup),
		cmocka_unit_test_setup(a_clock_that_jumped_is_bounded, setup),
		cmocka_unit_test_setup(the_newest_is_at_the_right, setup),
		cmocka_unit_test_setup(nothing_and_little_are_not_the_same,
		    setup),
		cmocka_unit_test_setup(columns_keep_their_samples, setup),
		cmocka_unit_test_setup(heights_stay_in_the_picture, setup),
		cmocka_unit_test_setup(the_top_moves_in_few_steps, setup),
	};

	alarm(60);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
