/* SPDX-License-Identifier: MIT
 *
 * See retry.h. A URL that failed for good, or as often as is allowed, is not
 * asked again; the others keep their tries. The one tried least comes next, so
 * that a mirror is asked at once, and a pause comes when all had their turn.
 */
#include "config.h"

#include "retry.h"

#include <stdlib.h>

#include "engine/base/alloc.h"
#include "engine/base/clock.h"
#include "engine/engine.h"
#include "engine/net/host.h"
#include "engine/network.h"
#include "room.h"
#include "transfer.h"

/* ---- which URL ---- */

static bool
retry_may_use(const struct item_source *source, int64_t retries)
{
	return !source->given_up && (int64_t)source->tries <= retries;
}

/* The first after the present one that has the fewest tries; the present one
 * is last of those. Their count if none may be used. */
static size_t
retry_least_tried(const struct item_extra *extra, int64_t retries)
{
	size_t count = extra->mirror_count + 1, best = count, step, i;
	const struct item_source *sources = extra->sources;

	for (step = 1; step <= count; step++) {
		i = (extra->next_mirror + step) % count;
		if (retry_may_use(&sources[i], retries) && (best == count ||
		    sources[i].tries < sources[best].tries))
			best = i;
	}
	return best;
}

enum retry_choice
retry_choose(struct item_extra *extra, enum failure_rule rule,
    int64_t retries)
{
	size_t present = extra->next_mirror, next;

	extra->tries++;
	if (extra->mirror_count == 0)
		return rule != FAILURE_NEVER && (int64_t)extra->tries <=
		    retries ? RETRY_AFTER_PAUSE : RETRY_NONE;
	if (extra->sources == NULL)
		extra->sources = alloc_array(extra->mirror_count + 1,
		    sizeof *extra->sources);
	extra->sources[present].tries = extra->tries;
	extra->sources[present].given_up = rule == FAILURE_NEVER;
	next = retry_least_tried(extra, retries);
	if (next > extra->mirror_count)
		return RETRY_NONE;
	extra->next_mirror = (unsigned)next;
	extra->tries = extra->sources[next].tries;
	return extra->tries < extra->sources[present].tries ? RETRY_AT_ONCE :
	    RETRY_AFTER_PAUSE;
}

void
retry_begin_anew(struct item_extra *extra)
{
	extra->tries = 0;
	extra->next_mirror = 0;
	extra->plain_only = extra->excused = false;
	free(extra->sources);
	extra->sources = NULL;
}

/* ---- when ---- */

void
retry_respect_host(struct host *host, const struct failure *failure)
{
	/* A file that is not ready says nothing of others. */
	if (host != NULL && failure->retry_after_ms > 0 &&
	    failure->http_status != FAILURE_NOT_YET)
		host_block_until(host, engine_now_ms() +
		    failure->retry_after_ms);
}

int64_t
retry_deadline_ms(const struct item *item, const struct options_pair *options)
{
	int64_t limit = options_number(*options, OPTION_TOTAL_TIMEOUT);

	return limit > 0 && item->started_ms > 0 ? item->started_ms + limit :
	    0;
}

static int64_t
retry_pause_ms(struct transfer *transfer, const struct failure *failure,
    enum failure_rule rule)
{
	unsigned tries = transfer_extra(transfer)->tries;
	int64_t pause = 0;

	if (rule == FAILURE_LATER || tries > 1)
		pause = failure_backoff_ms(tries, options_number(
		    transfer->options, OPTION_RETRY_DELAY),
		    clock_random(1000));
	return failure->retry_after_ms > pause ? failure->retry_after_ms :
	    pause;
}

/* ---- whether ---- */

/* Bytes that the next attempt will find count as progress, and progress
 * begins the count of tries anew. */
static bool
retry_made_progress(struct transfer *transfer)
{
	struct item_extra *extra = transfer_extra(transfer);
	int64_t bytes = ranges_bytes(&transfer->here);

	/* More than ever before, or a server that changes its file each time
	 * could keep us for ever. */
	if (transfer->gone || !transfer_can_resume(transfer) ||
	    transfer->part.anonymous || bytes <= transfer->resumed ||
	    bytes <= extra->best_bytes)
		return false;
	extra->best_bytes = bytes;
	return true;
}

static void
retry_note_progress(struct transfer *transfer)
{
	if (!retry_made_progress(transfer))
		return;
	transfer_extra(transfer)->tries = 0;
	transfer_extra(transfer)->excused = false;
}

static enum failure_rule
retry_rule(const struct transfer *transfer, const struct failure *failure)
{
	enum failure_rule rule = failure_rule(failure->cause,
	    failure->http_status);

	if (failure->cause == HAUL_CAUSE_CHANGED &&
	    transfer_keeps_changed(transfer))
		return FAILURE_NEVER;   /* the user decides */
	if (failure_is_of_descriptors(failure))
		return FAILURE_LATER;   /* others will close theirs */
	/* A redirect's target may have expired (FAILURES 31): the original
	 * URL is asked again. */
	if (rule == FAILURE_NEVER && failure->cause == HAUL_CAUSE_HTTP &&
	    (transfer->expired || (transfer->final_url != NULL &&
	    transfer->answered && transfer->attempt_bytes > 0)))
		return FAILURE_LATER;
	return rule;
}

/* Nobody's failure while others run that will close theirs: there are to be
 * fewer of them, and no try is used up. */
static bool
retry_lacks_descriptors(struct transfer *transfer,
    const struct failure *failure)
{
	struct engine *engine = transfer->engine;

	if (!failure_is_of_descriptors(failure) || engine->transfer_count < 2)
		return false;
	engine->files_cap = engine->transfer_count - 1;
	return true;
}

/* A host that is there and falls silent may do so each time: where no name
 * service can speak against it, it could have us wait for a network for ever.
 * So that excuse counts once, until more has come. */
static bool
retry_was_excused(const struct transfer *transfer)
{
	const struct item_extra *extra = transfer->item->extra;

	return transfer->far && transfer->reached && extra != NULL &&
	    extra->excused;
}

/* It waits for what is nobody's fault, or for whether it does. */
static bool
retry_is_excused(struct transfer *transfer, const struct failure *failure)
{
	if (room_is_cause(failure)) {
		room_wait(transfer, failure);
		return true;
	}
	retry_note_progress(transfer);
	if (failure_may_be_network(failure) && retry_was_excused(transfer)) {
		transfer->engine->heard_ms = engine_now_ms();
		return false;
	}
	switch (network_judge(transfer->engine->network, transfer, failure)) {
	case NETWORK_WORKS:
		return false;
	case NETWORK_GONE:
		network_wait(transfer, failure);
		return true;
	case NETWORK_DOUBTED:
		transfer->failure = *failure;
		transfer->state = TRANSFER_DOUBTING;
		return true;
	}
	return false;
}

/* WAITING, to be begun when that is due. */
static void
retry_put_back(struct transfer *transfer, const struct failure *failure,
    int64_t due_ms)
{
	transfer_close(transfer, HAUL_STATE_WAITING);
	transfer->due_ms = due_ms;
	model_set_failure(transfer->engine->model, transfer->id, failure,
	    transfer->final_url ? transfer->final_url : transfer->url,
	    transfer->attempt_bytes, true);
}

void
retry_wait_for_host(struct transfer *transfer, const struct failure *failure)
{
	retry_put_back(transfer, failure, engine_now_ms());
}

void
retry_after(struct transfer *transfer, const struct failure *failure)
{
	struct failure why = *failure;
	struct item_extra *extra = transfer_extra(transfer);
	enum failure_rule rule = retry_rule(transfer, &why);
	enum retry_choice choice = RETRY_NONE;
	unsigned present = extra->next_mirror;
	int64_t due_ms = engine_now_ms();

	retry_note_progress(transfer);
	if (why.excused)
		choice = RETRY_AT_ONCE;
	else if (retry_lacks_descriptors(transfer, &why))
		choice = RETRY_AFTER_PAUSE;
	else if (rule != FAILURE_NEVER || failure_is_of_source(why.cause))
		choice = retry_choose(extra, rule, options_number(
		    transfer->options, OPTION_RETRIES));
	if (choice == RETRY_NONE) {
		transfer_fail(transfer, &why);
		return;
	}
	/* Another host keeps the pause that it asked for by itself. */
	if (extra->next_mirror != present)
		why.retry_after_ms = 0;
	if (choice == RETRY_AFTER_PAUSE)
		due_ms += retry_pause_ms(transfer, &why, rule);
	retry_put_back(transfer, failure, due_ms);
}

void
retry_attempt_failed(struct transfer *transfer, const struct failure *failure)
{
	if (!retry_is_excused(transfer, failure))
		retry_after(transfer, failure);
}
