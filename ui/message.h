/* SPDX-License-Identifier: MIT
 *
 * What is told in passing: the status line, which says one thing for some
 * seconds, and the log, which keeps the last thousands. A storm of failures
 * becomes one line a second, never a queue.
 */
#ifndef HAUL_UI_MESSAGE_H
#define HAUL_UI_MESSAGE_H

#include <time.h>

#include "haul.h"

#include "ui/screen/grid.h"

#define MESSAGE_SIZE    512             /* bytes of one, cut at a character */
#define MESSAGE_LOG_MAX 5000            /* lines kept */

struct ui;
struct messages;

struct message_entry {
	time_t at;
	char word[8];                   /* "DONE", "SET": ASCII, as in the
	                                   plain log; to be translated */
	enum grid_style style;          /* of the word */
	const char *text;               /* safe; valid until the next is kept */
};

struct messages *messages_new(struct ui *);
void messages_free(struct messages *);

/* An event of the engine: into the log, and a failure into the status line. */
void messages_event(struct messages *, const struct haul_event *,
    int64_t now_ms);

/* Into the status line alone; text is a translation or safe. */
void messages_say(struct messages *, enum grid_style, const char *text,
    int64_t now_ms);

/* Into the log alone; the word is to be translated when it is shown. */
void messages_keep(struct messages *, const char *word, enum grid_style,
    const char *text);

/* Into the log: so many events could not be told. */
void messages_lost(struct messages *, uint64_t count);

/* Whether what it says cannot have been read yet. */
bool messages_are_fresh(const struct messages *, int64_t now_ms);

/* What the status line says now; false if nothing. *until_ms is when that
 * changes by itself. */
bool messages_status(struct messages *, int64_t now_ms, const char **text,
    enum grid_style *, int64_t *until_ms);

/* Lines kept, and the n-th of them from the oldest; false if there is none.
 * Their number grows for ever in messages_total(). */
size_t messages_log_count(const struct messages *);
bool messages_log(const struct messages *, size_t n, struct message_entry *);
uint64_t messages_total(const struct messages *);

#endif
