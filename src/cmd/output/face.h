/* SPDX-License-Identifier: MIT
 *
 * The full-screen interface as the command's run sees it: whether it is to be
 * opened, what is told to it, and what it wishes. A haul that was built
 * without it has a face that is never possible.
 */
#ifndef HAUL_CMD_FACE_H
#define HAUL_CMD_FACE_H

#include "output.h"

struct face;

enum face_wish {
	FACE_NOTHING,
	FACE_QUIT,              /* stop, keep all */
	FACE_LEAVE,             /* nothing is left to do */
	FACE_LIST,              /* read a list file */
	FACE_TEXT,              /* read a list that was pasted */
	FACE_HANGUP,            /* the terminal is gone */
	FACE_SUSPEND,
	FACE_RESUME,            /* go on with a run of the store: its number */
	FACE_RESUME_RETRY,      /* ... and with what has failed in it */
	FACE_FORGET,            /* remove it */
	FACE_SAVE,              /* write options to the configuration */
};

/* Whether it can be shown here; else *why is a sentence without its full
 * stop, untranslated. */
bool face_is_possible(const char **why);

/* NULL, and *why, if it cannot. interactive: there was no URL, so that it
 * stays when all is done. */
struct face *face_open(const struct output_context *, bool interactive,
    const char **why);

/* Gives the screen back; bounded. NULL does nothing. */
void face_close(struct face *);

/* Readable when face_next() has a wish; NULL gives -1. */
int face_fd(const struct face *);

/* The next wish; *text, if any, is to be freed. */
enum face_wish face_next(struct face *, char **text);

void face_event(struct face *, const struct haul_event *);
void face_message(struct face *, const char *sentence);
void face_news(struct face *, const char *sentence);    /* no complaint */
/* Unfinished runs, copied: which to go on with? None: nothing to offer. */
void face_offer(struct face *, const struct haul_store_run *, size_t count);
void face_interrupt(struct face *);     /* Ctrl-C */
void face_resize(struct face *);
void face_loading(struct face *, bool);
void face_suspend(struct face *);
void face_continue(struct face *);

/* From anywhere: the terminal is given back at once. */
void face_panic(void);

#endif
