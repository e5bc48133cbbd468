/* SPDX-License-Identifier: MIT
 *
 * Room on the disk: items that find none wait, all of the same directory, and
 * go on when there is some. Trying without room would only cost requests.
 */
#ifndef HAUL_ENGINE_ROOM_H
#define HAUL_ENGINE_ROOM_H

#include "transfer.h"

/* Whether room would mend it. */
bool room_is_cause(const struct failure *);

/* Ends the attempt; the item waits for room. */
void room_wait(struct transfer *, const struct failure *);

/* Before the first request: whether its directory is known to be full still;
 * the failure is set then. */
bool room_is_out(struct transfer *);

/* Before the first byte of a file whose size is known: whether it will fit;
 * else the failure says what is missing. */
bool room_for(struct transfer *, int64_t bytes, struct failure *);

/* A waiting item is due: true if there is no room yet and it waits on. */
bool room_waits_on(struct engine *, haul_id);

#endif
