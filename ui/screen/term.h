/* SPDX-License-Identifier: MIT
 *
 * The terminal: nothing else speaks to curses and writes to the tty.
 * All calls but term_panic() are made from the interface's thread.
 */
#ifndef HAUL_UI_TERM_H
#define HAUL_UI_TERM_H

#include "grid.h"
#include "input.h"

enum term_scheme { TERM_SCHEME_DEFAULT, TERM_SCHEME_SAFE /* colour-blind */,
	TERM_SCHEME_MONO };

struct term_settings {
	bool ascii;
	bool mouse;
	bool title;                     /* numbers in the window's title */
	bool osc;                       /* progress and questions by escape
	                                   sequences that few terminals know */
	bool accessible;
	enum term_scheme scheme;
};

struct term;

/* Whether a full screen is possible at all; else *why is a sentence of ours
 * (untranslated msgid). Opens nothing. */
bool term_is_possible(const char **why);

/* Takes the terminal over: alternate screen, cbreak, no echo; ISIG and IXON
 * stay as they are. NULL and *why if it cannot. */
struct term *term_open(const struct term_settings *, const char **why);

/* Gives it back in the state found, flushed or not within a bounded time. */
void term_close(struct term *);

/* Ctrl-Z and back; between them nothing is read or written. */
void term_leave(struct term *);
void term_return(struct term *);

int term_fd(const struct term *);       /* to poll for input */
void term_size(struct term *, int *rows, int *columns); /* asks the tty */

/* The next input, if any has come; waits for nothing. */
bool term_read(struct term *, struct input *);

/* When to call term_read() again though nothing came: in ms; -1 never. */
int term_wait_ms(const struct term *);

/* Whether the terminal listens to us: not while we run in the background of
 * a shell, and then nothing may be read or written. */
bool term_is_ours(const struct term *);

/* Whether the terminal takes a frame now: a stopped one (Ctrl-S) does not, and
 * the frame is to be tried again when term_fd() is POLLOUT. */
bool term_is_ready(struct term *);

/* Carries what differs from the last frame to the terminal. May block for as
 * long as the terminal is stopped in the middle of it. */
void term_show(struct term *, const struct grid *);

/* Over a slow line a frame is cut, and the next one goes on with it. */
bool term_has_more(const struct term *);

/* How long the next frame should wait for the terminal to draw the last, in
 * ms; an answer may come sooner. urgent: it answers a key. */
int term_pace_ms(struct term *, bool urgent);

/* Everything is drawn anew, modes and alternate screen included. */
void term_redraw(struct term *);

bool term_can_reverse(const struct term *);
void term_set_mouse(struct term *, bool on);
void term_set_scheme(struct term *, enum term_scheme);

/* Numbers only, at most once a second. percent -1: none. */
enum term_progress { TERM_PROGRESS_NONE, TERM_PROGRESS_GOING,
	TERM_PROGRESS_FAILED, TERM_PROGRESS_PAUSED };
void term_title(struct term *, const char *text);
void term_progress(struct term *, enum term_progress, int percent);

/* Sends text to the terminal's clipboard (OSC 52); false if it has none that
 * we know of, or the text is longer than 64 KiB. */
bool term_copy(struct term *, const char *text, size_t length);

void term_bell(struct term *);

/* From any thread and from a signal handler: wakes a terminal that Ctrl-S has
 * stopped, and with it whoever is blocked by it. Nothing if it is not taken. */
void term_unblock(void);

/* From any thread and from a signal handler: restores the terminal with
 * write(2) and tcsetattr() alone. Nothing if it is not taken. */
void term_panic(void);

#endif
