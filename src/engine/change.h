/* SPDX-License-Identifier: MIT
 *
 * What a user's calls change on items: haul_pause() and its kin, on the
 * engine's thread. An item whose attempt has not ended yet is changed when it
 * has (change_settle).
 */
#ifndef HAUL_ENGINE_CHANGE_H
#define HAUL_ENGINE_CHANGE_H

#include "haul.h"

struct engine;
struct journal_load;
struct transfer;

enum change_kind {
	CHANGE_CANCEL,
	CHANGE_EDIT,
	CHANGE_HOLD,
	CHANGE_LOAD,
	CHANGE_MOVE,
	CHANGE_PAUSE,
	CHANGE_REMOVE,
	CHANGE_RESTORE,
	CHANGE_RESUME,
	CHANGE_RETRY,
	CHANGE_SET,
	CHANGE_COUNT
};

struct change {
	enum change_kind kind;
	haul_id id;                     /* HOLD: 0; RETRY: 0 is all failed */
	haul_id before;                 /* MOVE */
	enum haul_hold hold;
	const char *name, *value;       /* SET; EDIT: value is the URL */
	bool flag;                      /* EDIT: keep; REMOVE: delete data */
	size_t count;                   /* out, RETRY: how many */
	struct journal_load *load;      /* LOAD */
};

/* The item is known to exist. */
enum haul_result change_apply(struct engine *, struct change *);

/* The item has its state, the transfer is about to be freed: does what was
 * asked for meanwhile. */
void change_settle(struct transfer *);

/* Ends an item that has no transfer. */
void change_fail(struct engine *, haul_id, enum haul_cause,
    const char *text);

/* Puts everything that runs or waits back into the queue, but what is all
 * here; told: as a user's act. */
void change_put_all_back(struct engine *, bool told);

#endif
