/* SPDX-License-Identifier: MIT
 *
 * Which process works on a run: flock(2) on a file beside the database, with
 * the process's number in it. A process that dies, in whatever way, holds
 * nothing any more.
 */
#ifndef HAUL_ENGINE_RUNLOCK_H
#define HAUL_ENGINE_RUNLOCK_H

#include <stdint.h>

/* The descriptor that holds it; -1: errno, EWOULDBLOCK if another process has
 * it, whose number (or 0) is in *pid. */
int runlock_take(const char *store, uint64_t run, int64_t *pid);

/* Gives it up and removes the file. -1 is fine. */
void runlock_release(int fd, const char *store, uint64_t run);

/* Who holds it now; 0: nobody; -1: somebody of an unknown number. */
int64_t runlock_holder(const char *store, uint64_t run);

#endif
