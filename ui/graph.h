/* SPDX-License-Identifier: MIT
 *
 * The speed of the last hour, one sample a second, and its picture. Pure.
 */
#ifndef HAUL_UI_GRAPH_H
#define HAUL_UI_GRAPH_H

#include <stddef.h>
#include <stdint.h>

#define GRAPH_SAMPLES 3600
#define GRAPH_STEPS 8           /* of one cell */

struct graph {
	int64_t samples[GRAPH_SAMPLES]; /* a ring, bytes a second */
	uint64_t count;                 /* ever put in */
	int64_t next_ms;                /* of the next sample; 0: the first */
};

/* Tells the speed of now. Seconds without a call count as nothing. Returns how
 * many samples that made. */
int graph_sample(struct graph *, int64_t now_ms, int64_t bps);

/* The picture: a height for each of `columns` columns, the newest at the
 * right, in eighths of a cell from 0 to rows * GRAPH_STEPS; -1 where there is
 * no sample yet. A column is the mean of so many samples, and always of the
 * same ones, so that the picture moves but does not change. What is not zero
 * is at least 1 high. Returns the highest sample in it. */
int64_t graph_heights(const struct graph *, int *heights, int columns,
    int rows, int samples_per_column);

/* The speed that the picture's top stands for: a little more than the peak, in
 * few steps, so that it does not change with each sample. */
int64_t graph_top(int64_t peak_bps);

#endif
