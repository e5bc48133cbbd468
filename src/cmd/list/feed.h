/* SPDX-License-Identifier: MIT
 *
 * Brings the items of list files to the engine, a portion at a time, so that
 * a million of them do not hold up the first. A list in a regular file is read
 * twice: once to find its mistakes before anything starts, and once to add its
 * items. A pipe is read as it comes.
 */
#ifndef HAUL_CMD_FEED_H
#define HAUL_CMD_FEED_H

#include "haul.h"

struct feed;

enum feed_state {
	FEED_READY,             /* call feed_step() when there is time */
	FEED_WAITING,           /* call it when feed_fd() is readable */
	FEED_OVER,
};

/* Takes an item with a mark of its options (twice.h); false with the error
 * filled if it is refused. */
typedef bool (*feed_add_fn)(const struct haul_request *, uint64_t mark,
    struct haul_error *, void *user);
/* Is told of an item that will come. */
typedef void (*feed_expect_fn)(const struct haul_request *, uint64_t mark,
    void *user);
typedef void (*feed_error_fn)(const char *sentence, void *user);

/* The names are borrowed; "-" is standard input. `trusted`: see listfile.h. */
struct feed *feed_new(char *const *names, size_t count, bool trusted,
    feed_expect_fn, feed_add_fn, feed_error_fn, void *user);
void feed_free(struct feed *);

/* The last list has to be a FIFO, and never ends: when its writer has gone, the
 * next one's lines are read, as a list of their own. A line that was not ended
 * by then is one. To be called before feed_check(). */
void feed_stay(struct feed *);

/* Whether that could not be because another process reads the FIFO. */
bool feed_is_taken(const struct feed *);

/* Puts one more list (its name is copied) at the end, also when all others
 * are over. False, and it was told, if it cannot be read. */
bool feed_append(struct feed *, const char *name);

/* Puts a list that is in memory at the end; takes the text. */
void feed_append_text(struct feed *, char *text);

/* Opens all lists, and reads those in regular files for their mistakes; each
 * is told, up to a limit. Whether there were none. `all`: whether all items
 * were seen, and told to the feed_expect_fn. */
bool feed_check(struct feed *, bool *all);

enum feed_state feed_state(const struct feed *);
int feed_fd(const struct feed *);

/* When feed_step() is to be called though nothing may have come, in ms from
 * now; -1: there is no need. */
int feed_wait_ms(const struct feed *, int64_t now_ms);

/* Reads and adds one portion. A wrong line is told and left out. */
void feed_step(struct feed *, int64_t now_ms);

/* How many mistakes were told. */
size_t feed_mistakes(const struct feed *);

#endif
