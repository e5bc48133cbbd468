/* SPDX-License-Identifier: MIT
 *
 * --repair: finds what --verify would find, and queues what of it can be made
 * good. What cannot is told, and counted.
 */
#ifndef HAUL_CMD_REPAIR_H
#define HAUL_CMD_REPAIR_H

#include "cmd/arguments.h"

struct repair {
	uint64_t good, queued;
	uint64_t left;                  /* not good, and not queued */
	void (*tell)(const char *sentence, void *user);
	bool (*goes_on)(void *user);    /* asked some times a second */
	void *user;

	/* repair.c's own */
	struct haul *haul;
	const struct settings *settings;
};

bool repair_is_wanted(const struct settings *);

/* Fills the engine's queue; 0 or the exit status. The arguments are paths. */
int repair_load(struct repair *, struct haul *, const struct settings *,
    const struct arguments *);

#endif
