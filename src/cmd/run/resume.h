/* SPDX-License-Identifier: MIT
 *
 * The store as the command uses it: where it is, and going on with a run that
 * is in it (--resume, --retry-failed).
 */
#ifndef HAUL_CMD_RESUME_H
#define HAUL_CMD_RESUME_H

#include "cmd/arguments.h"
#include "cmd/conf/settings.h"

/* Whether --resume or --retry-failed was given. */
bool resume_is_wanted(const struct settings *);

/* The store's path by --store or by default, malloc()ed; NULL if nothing is to
 * be recorded, or the environment names no place. With --forever it is by
 * default one of the FIFO's own: what goes on by itself is then never a run of
 * somebody else. */
char *resume_store(const struct settings *);

/* Why a run could not be gone on with, or forgotten; malloc()ed. */
char *resume_complain(uint64_t run, const struct haul_error *);

/* The number of a run; false if it is none. "" is 0. */
bool resume_read_run(const char *text, uint64_t *run);

/* The sentence that there is no such run, malloc()ed. */
char *resume_no_run(uint64_t run);

/* The cause of that name; false if there is none. "" is NONE. */
bool resume_read_cause(const char *text, enum haul_cause *cause);

struct resume {
	struct haul_store_loaded loaded;
	bool *used;             /* for each URL argument: it is of that run */
	char *sentence;         /* what to tell of it, or NULL */
};

/* Loads the run into the engine; 0, or the exit status, then the sentence says
 * why. Nothing to go on with is no failure: loaded.run is 0. */
int resume_load(struct resume *, struct haul *, const struct settings *,
    const struct arguments *);

/* The same with one run, that somebody chose; with retry also what has failed
 * in it. */
int resume_go_on(struct resume *, struct haul *, uint64_t run, bool retry);
void resume_release(struct resume *);

#endif
