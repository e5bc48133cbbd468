/* SPDX-License-Identifier: MIT
 *
 * What happens to the terminal when the program dies of a fault of its own: it
 * is given back before the system takes its course, in whatever thread that
 * was.
 */
#ifndef HAUL_UI_CRASH_H
#define HAUL_UI_CRASH_H

#include <signal.h>

/* Handlers for the signals of a crash, and for memory that is not there; the
 * calling thread gets a stack of its own for them. */
void crash_begin(void);
void crash_end(void);

/* A stack for the thread that calls, so that even one that has run out of
 * stack gives the terminal back. */
void crash_thread_begin(void);
void crash_thread_end(void);

/* Takes the signals of a crash out of a set: blocked, they would kill at once
 * instead of calling the handler. */
void crash_leave_out(sigset_t *);

#endif
