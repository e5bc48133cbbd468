/* SPDX-License-Identifier: MIT
 *
 * See run.h: a run that takes what is written to a FIFO, for weeks. An engine
 * keeps what is to be known of each of its items, so none serves for ever:
 * whenever nothing is left to do, a new one takes its place, and the store has
 * one run more.
 */
#include "config.h"

#include "run-internal.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/list/feed.h"
#include "cmd/list/twice.h"
#include "cmd/output/output.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/text.h"
#include "resume.h"

#define RUN_RENEW_ITEMS 1000    /* not worth it before */
#define RUN_ITEMS_MAX   50000   /* of one engine, which then has to rest */
#define RUN_IDLE_MS     2000    /* what has ended can be seen by then */

static void
run_tell_forever(struct run *run)
{
	char *store = resume_store(run->settings), *name, *shown, *sentence;

	name = output_safe_text(run->settings,
	    run->settings->lists[run->settings->list_count - 1]);
	shown = output_safe_text(run->settings, store);
	if (haul_store_records(run->haul) && store != NULL)
		sentence = memory_format(_("waiting for URLs from '%s'; they "
		    "are recorded in '%s'."), name, shown);
	else
		sentence = memory_format(_("waiting for URLs from '%s'."),
		    name);
	run_tell_news(run, sentence);
	free(sentence);
	free(shown);
	free(name);
	free(store);
}

int
run_load_forever(struct run *run)
{
	struct haul_totals totals;
	int status = RUN_EXIT_DONE;

	if (run->settings->values[SETTINGS_QUIET] == 0)
		run_tell_forever(run);
	if (haul_store_records(run->haul))
		status = resume_load(&run->resume, run->haul, run->settings,
		    run->arguments);
	if (status != RUN_EXIT_DONE)
		run_tell(run, run->resume.sentence);
	if (run->resume.loaded.run == 0) {
		free(run->resume.sentence);
		run->resume.sentence = NULL;
	}
	haul_totals(run->haul, &totals);
	run->given = totals.files;
	return status;
}

bool
run_is_full(const struct run *run)
{
	return run->forever && run->given >= RUN_ITEMS_MAX &&
	    run->kind != SETTINGS_OUTPUT_JSON;
}

bool
run_is_idle(const struct run *run)
{
	return run->forever && run->resting && run->stop_ms == 0 &&
	    run_now_ms() - run->busy_ms > RUN_IDLE_MS;
}

static void
run_keep_sums(struct run *run, struct haul *haul)
{
	struct haul_totals totals;

	haul_totals(haul, &totals);
	run->past.done += totals.done;
	run->past.skipped += totals.skipped;
	run->past.fetched_bytes += totals.fetched_bytes;
	run->past.elapsed_ms += totals.elapsed_ms;
	run->past_failed += run->failed_count;
	run->failed_count = run->told_failed = 0;
	memset(&run->told, 0, sizeof run->told);
}

/* Ids of items begin anew: for a program that reads them (--json) the engine
 * stays the same. So it does, for a while, if there cannot be another. */
static void
run_change_engine(struct run *run)
{
	struct haul_error error = { .result = HAUL_OK };
	struct haul *old = run->haul;
	char sentence[SENTENCE_SIZE];
	const char *untold;

	/* It may have ended, and more have come, in one turn. */
	run_notice_end(run);
	run->given = 0;
	if (run_new_engine(run, &error) != HAUL_OK) {
		sentence_complaint(sentence, sizeof sentence, _("the engine"),
		    &error, run->context.flags);
		run_tell(run, sentence);
		run->haul = old;
		return;
	}
	run_keep_sums(run, old);
	run->context.haul = run->haul;
	output_turn_to(run->output, run->haul);
	untold = run_close_engine(old);
	if (untold != NULL)
		run_tell(run, untold);
	twice_free(run->twice);
	run->twice = twice_new();
#if defined(__GLIBC__)
	malloc_trim(0);
#endif
	run_start_engine(run);
}

static bool
run_can_change(const struct run *run)
{
	return run->resting && !run->over && run->stop_ms == 0 &&
	    run->new_count == 0 && run->output != NULL &&
	    run->kind != SETTINGS_OUTPUT_JSON;
}

void
run_renew(struct run *run)
{
	if (run->forever && run->given >= RUN_RENEW_ITEMS &&
	    run_can_change(run))
		run_change_engine(run);
}

/* ---- what is given again ---- */

/* Whether the item's file is where it was put. */
static bool
run_is_there(const struct run *run, haul_id id)
{
	struct haul_item *item = haul_item(run->haul, id);
	bool there = item != NULL && item->state != HAUL_STATE_FAILED &&
	    item->path != NULL && access(item->path, F_OK) == 0;

	haul_item_free(item);
	return there;
}

bool
run_was_given_forever(struct run *run, const struct haul_request *request,
    uint64_t mark)
{
	bool was;

	twice_forget_ended(run->twice);
	was = twice_was(run->twice, run->haul, request, mark);
	if (was || twice_ended(run->twice) == 0)
		return was;
	if (!run_can_change(run))
		return run_is_there(run, twice_ended(run->twice));
	run_change_engine(run);
	return twice_was(run->twice, run->haul, request, mark);
}
