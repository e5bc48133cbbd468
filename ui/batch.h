/* SPDX-License-Identifier: MIT
 *
 * Work on many items without holding the screen up: each call to the engine
 * waits for its thread, so a hundred thousand of them take seconds. Some are
 * done at once; what is left over goes on between the frames, one batch after
 * the other.
 */
#ifndef HAUL_UI_BATCH_H
#define HAUL_UI_BATCH_H

#include "internal.h"

#define BATCH_SLICE_MS 20

struct batch_job {
	size_t count;
	/* Does the one of that index; whether it took effect. */
	bool (*step)(struct ui *, void *data, size_t index);
	/* Called once, at the end or when it is given up: says how many took
	 * effect, and frees the data. */
	void (*done)(struct ui *, void *data, size_t worked);
	void *data;
};

struct batch;

/* Begins; done() may be called before it returns. */
void batch_run(struct ui *, const struct batch_job *);

/* Goes on for a slice of time; false if nothing was left to do. */
bool batch_step(struct ui *);

/* Gives up what is left of all. */
void batch_cancel(struct ui *);

#endif
