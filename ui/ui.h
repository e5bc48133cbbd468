/* SPDX-License-Identifier: MIT
 *
 * The full-screen face, as the command sees it. It runs a thread of its own,
 * which alone speaks to the terminal and may be blocked by it; the thread of
 * the command keeps signals, lists and the end.
 */
#ifndef HAUL_UI_UI_H
#define HAUL_UI_UI_H

#include "haul.h"
#include "ui/rows/sort.h"
#include "ui/screen/term.h"

/* What the face asks of the command; called on the face's thread, must only
 * pass it on. */
enum ui_wish {
	UI_WISH_QUIT,           /* stop, keep all, leave */
	UI_WISH_LEAVE,          /* nothing is left to do: leave */
	UI_WISH_LIST,           /* read the list file `text` */
	UI_WISH_TEXT,           /* read the list that `text` is */
	UI_WISH_HANGUP,         /* the terminal is gone */
	UI_WISH_SUSPEND,        /* Ctrl-Z typed where it makes no signal */
	UI_WISH_RESUME,         /* go on with run `text` of the store */
	UI_WISH_RESUME_RETRY,   /* ... and retry what has failed in it */
	UI_WISH_FORGET,         /* remove run `text` from the store */
	UI_WISH_SAVE,           /* write options, lines of `text`, to the user's
	                           configuration */
};

struct ui_context {
	struct haul *haul;
	struct term_settings term;
	unsigned text_flags;            /* TEXT_ASCII, or 0 */
	bool si;
	bool bell;
	int frames_per_s;               /* 1..30; 0: by the connection */
	enum list_sort sort;            /* order of all files, ... */
	bool reverse;                   /* ... the other way round */
	bool interactive;               /* begun without URLs: stay when all
	                                   is done */
	void (*wish)(void *user, enum ui_wish, const char *text);
	void *user;
};

struct ui;

/* NULL, and *why (a msgid), if the terminal cannot show it. */
struct ui *ui_start(const struct ui_context *, const char **why);

/* Leaves the screen and ends the thread; if the terminal is stuck, gives up
 * after two seconds and restores what can be restored. */
void ui_stop(struct ui *);

/* From the command's thread; none of them waits. */
void ui_event(struct ui *, const struct haul_event *);
void ui_message(struct ui *, const char *sentence);
void ui_news(struct ui *, const char *sentence);        /* no complaint */
void ui_interrupt(struct ui *);         /* Ctrl-C: as the key q */
void ui_resize(struct ui *);
void ui_loading(struct ui *, bool);     /* a list is still being read */
/* Unfinished runs to go on with, copied; none: not any more. */
void ui_offer(struct ui *, const struct haul_store_run *, size_t count);
/* Gives the terminal back and returns when that is done (bounded); back. */
void ui_suspend(struct ui *);
void ui_continue(struct ui *);

#endif
