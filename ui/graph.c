/* SPDX-License-Identifier: MIT
 *
 * Samples are counted for ever, and column n holds samples n * k to n * k + k:
 * a sample never moves from one column to another.
 */
#include "config.h"

#include "graph.h"

#define GRAPH_INTERVAL_MS 1000

static void
graph_put(struct graph *graph, int64_t bps)
{
	graph->samples[graph->count++ % GRAPH_SAMPLES] = bps > 0 ? bps : 0;
}

int
graph_sample(struct graph *graph, int64_t now_ms, int64_t bps)
{
	int made = 0;

	if (graph->next_ms == 0)
		graph->next_ms = now_ms;
	if (now_ms - graph->next_ms > GRAPH_SAMPLES * GRAPH_INTERVAL_MS)
		graph->next_ms = now_ms - GRAPH_SAMPLES * GRAPH_INTERVAL_MS;
	for (; graph->next_ms <= now_ms; made++) {
		/* One that came late makes up for the one that it missed;
		 * where nobody told anything, nothing ran. */
		graph_put(graph, now_ms - graph->next_ms <
		    2 * GRAPH_INTERVAL_MS ? bps : 0);
		graph->next_ms += GRAPH_INTERVAL_MS;
	}
	return made;
}

int64_t
graph_top(int64_t peak_bps)
{
	int64_t step = 1;

	if (peak_bps < 8)
		return 8;
	while (step * 16 <= peak_bps)
		step *= 2;
	return (peak_bps + step - 1) / step * step;
}

/* The mean of column n's samples that are still kept; -1 if none is. */
static int64_t
graph_column(const struct graph *graph, int64_t n, int per_column,
    int64_t *peak)
{
	int64_t first = n * per_column, end = first + per_column, sample;
	int64_t oldest = graph->count > GRAPH_SAMPLES ?
	    (int64_t)(graph->count - GRAPH_SAMPLES) : 0;
	double sum = 0;
	int64_t i;

	if (first < oldest)
		first = oldest;
	if (end > (int64_t)graph->count)
		end = (int64_t)graph->count;
	if (first >= end)
		return -1;
	for (i = first; i < end; i++) {
		sample = graph->samples[i % GRAPH_SAMPLES];
		sum += (double)sample;
		if (sample > *peak)
			*peak = sample;
	}
	return (int64_t)(sum / (double)(end - first));
}

static int
graph_height(int64_t value, int64_t top, int steps)
{
	int height;

	if (value <= 0)
		return (int)value;
	height = (int)((double)value / (double)top * steps + 0.5);
	return height < 1 ? 1 : height > steps ? steps : height;
}

int64_t
graph_heights(const struct graph *graph, int *heights, int columns, int rows,
    int samples_per_column)
{
	int per_column = samples_per_column > 0 ? samples_per_column : 1;
	int64_t last = graph->count == 0 ? 0 :
	    ((int64_t)graph->count - 1) / per_column;
	int64_t peak = 0, unused = 0, top;
	int i;

	for (i = 0; i < columns; i++)
		graph_column(graph, last - i, per_column, &peak);
	top = graph_top(peak);
	for (i = 0; i < columns; i++)
		heights[columns - 1 - i] = graph_height(
		    graph_column(graph, last - i, per_column, &unused), top,
		    rows * GRAPH_STEPS);
	return peak;
}
