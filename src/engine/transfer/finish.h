/* SPDX-License-Identifier: MIT
 *
 * A transfer's work on the disk threads: checkpoints while it runs, the
 * digest of a file that stands there, and the last steps (sync, digest,
 * rename).
 */
#ifndef HAUL_ENGINE_FINISH_H
#define HAUL_ENGINE_FINISH_H

#include "transfer.h"

/* Saves what is here now; behind a save that is under way. */
void finish_checkpoint(struct transfer *);

/* Saves if it is time to, and notes what is not saved yet: a tick. */
void finish_tick(struct transfer *);

/* Notes it if that has become much: every turn. */
void finish_turn(struct transfer *);

/* Reads the file that stands under the item's name; ends in KEEP, FETCH or
 * failure. */
void finish_compare(struct transfer *);

/* All bytes are here. */
void finish_file(struct transfer *);

/* What is on the disk, running streams included. */
void finish_collect_ranges(const struct transfer *, struct ranges *);

#endif
