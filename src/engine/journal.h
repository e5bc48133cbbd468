/* SPDX-License-Identifier: MIT
 *
 * Records an engine's queue as a run in the store, from a thread of its own:
 * what has changed in the model is written in batches, some times a second.
 * Nobody waits for it but journal_close().
 *
 *     model notes what changed --wake--> thread: copies rows, writes them,
 *                                        syncs the file systems of what is
 *                                        done, writes that it is done
 */
#ifndef HAUL_ENGINE_JOURNAL_H
#define HAUL_ENGINE_JOURNAL_H

#include "engine/store/store.h"
#include "haul.h"

struct engine;
struct hosts;
struct journal;
struct model;
struct options;

/* The choices of --fsync. */
enum journal_fsync {
	JOURNAL_FSYNC_BATCH,
	JOURNAL_FSYNC_FILE,
	JOURNAL_FSYNC_NEVER,
};

/* Fills an error (may be NULL) about the store; returns the result. */
enum haul_result journal_complain(struct haul_error *, enum haul_result,
    const char *path);

/* The same from a verdict of store.h. */
enum haul_result journal_judge(enum store_verdict, int sys_errno,
    const char *path, struct haul_error *);

/* Opens the database, makes it if there is none, and puts a damaged one aside
 * (the model is told by a WARN). NULL: *verdict and *error say why. */
struct journal *journal_open(const char *path, struct model *,
    enum journal_fsync, enum store_verdict *verdict, int *error);

/* Starts the thread; 0 or an errno. From now on the run is recorded, once it
 * has an item. */
int journal_start(struct journal *);

/* Writes what is left, ends the run and frees. The model must be there yet,
 * the engine's thread have ended. False if that took longer than ms: then the
 * thread still uses journal and model, and neither may be freed. *recorded:
 * whether all could be written. */
bool journal_close(struct journal *, int ms, bool *recorded);

/* ---- from any thread ---- */

/* The engine's options as they were given, or are set now. */
void journal_set_options(struct journal *, const struct options *);
const char *journal_path(const struct journal *);

/* ---- from the engine's thread ---- */

/* Whether a crash of the system may have left files torn (see torn.h; NULL:
 * no); whether this one may be: what came of that URL in that directory, and
 * changed then. */
bool journal_has_torn(const struct journal *);
bool journal_may_be_torn(const struct journal *, const char *directory,
    const char *url, int64_t changed_ms);

void journal_teach_hosts(struct journal *, struct hosts *);
void journal_note_hosts(struct journal *, struct hosts *);

/* The first batch need not wait for more. */
void journal_hurry(struct journal *);

/* What earlier runs have fetched into this directory: asks that it be read;
 * whether that is done; whether one has fetched this URL to this path (until
 * then none has). */
void journal_ask_past(struct journal *);
bool journal_knows_past(const struct journal *);
bool journal_has_past(const struct journal *);  /* anything */
bool journal_has_fetched(const struct journal *, const char *url,
    const char *path);

/* ---- going on with an earlier run ---- */

struct journal_load {
	const struct haul_store_choice *choice;
	struct haul_store_loaded *loaded;
	struct store *store;            /* a handle of its own */
	struct store_run run;           /* with strings of the caller's */
	int lock;                       /* taken; the journal has it then */
};

/* On the engine's thread, which has no item yet. */
enum haul_result journal_load(struct journal *, struct engine *,
    struct journal_load *);

/* The journal is of that run now: items 1..count of the model are its items
 * of these numbers (taken over). */
void journal_adopt(struct journal *, const struct journal_load *,
    uint32_t *seqs, uint64_t count);
void journal_suspend(struct journal *);

#endif
