/* SPDX-License-Identifier: MIT
 *
 * Ending ahead what earlier runs have fetched. It needs no request, so it waits
 * neither for its turn nor for its host.
 */
#ifndef HAUL_ENGINE_SKIM_H
#define HAUL_ENGINE_SKIM_H

#include <stdbool.h>

#include "haul.h"

struct engine;

/* Zeroed at first. */
struct skim {
	bool found_old;                 /* a file stood where one would go */
	haul_id peeked;                 /* up to there that was looked for */
	bool asked_past;                /* of the journal */
	haul_id done;                   /* up to there those that earlier runs
	                                   have fetched are ended */
};

/* Looks at some more items, each of them once. Says when to go on; -1: no
 * need. */
int64_t skim_old(struct engine *, int64_t now_ms);

#endif
