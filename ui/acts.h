/* SPDX-License-Identifier: MIT
 *
 * What is done to items: to the tagged ones, else to the selected one. Ids are
 * taken when the key is pressed; a question keeps those it was asked for.
 */
#ifndef HAUL_UI_ACTS_H
#define HAUL_UI_ACTS_H

#include "internal.h"

#define ACTS_ASK_FROM 1000      /* "R" over more than so many asks first */

/* UI_PASS if the action is not about items or what is opened for them. */
unsigned acts_do(struct ui *, enum action);

/* Starts an engine that rests; nothing if it runs. */
void acts_start(struct ui *);

/* Nothing new begins any more, and we leave when nothing runs; or not. */
void acts_drain(struct ui *, bool on);

/* Pauses all, or lets all go on. */
void acts_hold(struct ui *, bool on);

/* Has a list file read. */
void acts_read_list(struct ui *, const char *path);

/* A path as typed, "~/" filled in; malloc()ed. */
char *acts_path(const char *typed);

/* Pauses (or resumes) these and says so; to be undone. */
void acts_pause(struct ui *, const haul_id *, size_t count, bool pause);

/* The ids of all failed items of a host (NULL: of all), malloc()ed. */
size_t acts_failed_of_host(struct ui *, const char *host, haul_id **);

/* ---- retry.c ---- */

/* Which failed ones are meant; what is 0 or NULL is not asked for. */
struct retry_wanted {
	enum haul_cause cause;
	bool any_cause;
	int http_status;                /* 0: any */
	const char *host;               /* NULL: any */
};

/* Tries these again, whatever their causes; paused ones are resumed, waiting
 * ones begin now. */
/* Whether its file changed on the server, and what becomes of the part that is
 * here is for a person to say (--on-change). */
bool retry_is_asked(struct haul *, haul_id, enum haul_cause,
    int64_t got_bytes);

void retry_items(struct ui *, const haul_id *, size_t count);

/* Tries all failed ones that are wanted (NULL: all) again, but those where it
 * cannot help, and says how many that were. Asks before more than
 * ACTS_ASK_FROM. */
void retry_failed(struct ui *, const struct retry_wanted *);

/* ---- export.c ---- */

/* Writes the failed ones: cause, code, tries, URL, path, parted by tabs; with
 * path NULL as failedlist_write_here() does. No file but a list of ours is
 * replaced. Says how it went. */
bool export_failed(struct ui *, const char *path);

#endif
