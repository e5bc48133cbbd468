/* SPDX-License-Identifier: MIT
 *
 * A notification on the desktop, by notify-send if it is installed. Whoever
 * shows it may be slow, or not be there at all: nothing here waits for that
 * longer than it is told to, and nobody learns how it went.
 */
#ifndef HAUL_CMD_NOTIFY_H
#define HAUL_CMD_NOTIFY_H

#include <stdbool.h>

struct notify;

/* NULL: there is no notify-send in PATH. Directories that are relative do not
 * count: what was fetched into one must not be run. */
struct notify *notify_new(void);

/* One that is still being shown is left to itself. NULL does nothing. */
void notify_free(struct notify *);

/* Begins to show it: the title as it is, the body as markup (notify_quote()).
 * False if the last one is still under way, or the system refused. */
bool notify_show(struct notify *, const char *title, const char *body);

/* To be called when a child has ended (SIGCHLD). NULL does nothing. */
void notify_reap(struct notify *);

/* Waits until it is shown, at most so long. NULL does nothing. */
void notify_wait(struct notify *, int timeout_ms);

/* A text, fit to be seen (text.h), as a body means it and nothing else:
 * without markup, and without the C escapes that notify-send looks for.
 * malloc()ed. */
char *notify_quote(const char *text);

#endif
