/* SPDX-License-Identifier: MIT
 *
 * See skim.h.
 */
#include "config.h"

#include "skim.h"

#include "engine.h"
#include "engine/model/model.h"
#include "engine/transfer/transfer.h"
#include "journal.h"

#define SKIM_TURN 256                   /* items that are looked at in a turn */
#define SKIM_PEEK 64                    /* items: is anything there? */
#define SKIM_PAST_MS 10                 /* until what is past may be known */

/* Whether what is past matters: a file stands where one of the first items
 * would go, or where a later one was begun. */
static bool
skim_finds_old(struct engine *engine, haul_id last)
{
	struct skim *skim = &engine->skim;

	while (!skim->found_old && skim->peeked < last &&
	    skim->peeked < SKIM_PEEK)
		skim->found_old = target_is_there(engine, ++skim->peeked);
	return skim->found_old;
}

int64_t
skim_old(struct engine *engine, int64_t now_ms)
{
	struct skim *skim = &engine->skim;
	haul_id last = model_count(engine->model), id;
	int looked;

	/* Of a single one its server is asked as soon. */
	if (engine->journal == NULL || skim->done == last || last == 1 ||
	    model_hold(engine->model) != HAUL_HOLD_NOTHING)
		return -1;
	if (!skim->asked_past && !skim_finds_old(engine, last))
		return -1;
	if (!skim->asked_past)
		journal_ask_past(engine->journal);
	skim->asked_past = true;
	if (!journal_knows_past(engine->journal))
		return now_ms + SKIM_PAST_MS;
	if (!journal_has_past(engine->journal))
		skim->done = last;
	for (looked = 0; skim->done < last && looked < SKIM_TURN; looked++) {
		id = ++skim->done;
		if (model_item(engine->model, id)->state !=
		    HAUL_STATE_QUEUED || !target_is_fetched(engine, id))
			continue;
		model_set_parked(engine->model, id, false);
		transfer_begin(engine, id);
		transfer_reap(engine->transfers);
	}
	return skim->done < last ? now_ms : -1;
}
