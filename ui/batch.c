/* SPDX-License-Identifier: MIT
 *
 * Batches, first come, first served.
 */
#include "config.h"

#include "batch.h"

#include <stdlib.h>
#include <time.h>

#include "present/i18n.h"
#include "present/memory.h"
#include "present/units.h"

struct batch {
	struct batch_job job;
	size_t at, worked;
	struct batch *next;
};

static int64_t
batch_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

/* The first one's end. */
static void
batch_end(struct ui *ui)
{
	struct batch *batch = ui->batch;

	ui->batch = batch->next;
	batch->job.done(ui, batch->job.data, batch->worked);
	free(batch);
}

bool
batch_step(struct ui *ui)
{
	int64_t until = batch_now_us() + BATCH_SLICE_MS * 1000;
	struct batch *batch;

	if (ui->batch == NULL)
		return false;
	do {
		batch = ui->batch;
		if (batch->at < batch->job.count)
			batch->worked += batch->job.step(ui, batch->job.data,
			    batch->at++);
		if (batch->at >= batch->job.count)
			batch_end(ui);
	} while (ui->batch != NULL && batch_now_us() < until);
	return true;
}

void
batch_run(struct ui *ui, const struct batch_job *job)
{
	struct batch *batch = memory_zero(sizeof *batch), **end = &ui->batch;
	char count[UNITS_SIZE];
	bool first = ui->batch == NULL;

	batch->job = *job;
	while (*end != NULL)
		end = &(*end)->next;
	*end = batch;
	if (first)
		batch_step(ui);
	if (ui->batch == NULL)
		return;
	units_count(count, sizeof count, job->count);
	ui_say(ui, STYLE_TEXT, ngettext("working on %s file...",
	    "working on %s files...", job->count), count);
}

void
batch_cancel(struct ui *ui)
{
	while (ui->batch != NULL)
		batch_end(ui);
}
