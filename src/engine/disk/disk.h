/* SPDX-License-Identifier: MIT
 *
 * Threads for file work that blocks: sync, digest, rename of large files. The
 * loop's thread posts jobs; each job's `work` runs on a disk thread, then its
 * `done` on the loop's thread. Jobs of one queue key run in order, one at a
 * time; others run side by side.
 */
#ifndef HAUL_ENGINE_DISK_H
#define HAUL_ENGINE_DISK_H

#include <stdint.h>

struct ev_loop;
struct disk;

/* Embedded in the poster's own structure, which must live until done. */
struct disk_job {
	void (*work)(struct disk_job *);        /* on a disk thread */
	void (*done)(struct disk_job *);        /* on the loop's thread; may
	                                           free what holds the job and
	                                           post others */
	uint64_t key;                           /* order within one key */
	struct disk_job *next;                  /* disk.c's own */
};

/* threads >= 1; they start when the first job comes, with all signals
 * blocked. NULL if there is no memory or no ev_async. */
struct disk *disk_new(struct ev_loop *, unsigned threads);

/* Runs what is posted to its end, calls the done functions, ends the
 * threads. Call on the loop's thread. */
void disk_free(struct disk *);

void disk_post(struct disk *, struct disk_job *);

/* Jobs posted whose done has not been called. */
unsigned disk_pending(const struct disk *);

#endif
