/* SPDX-License-Identifier: MIT
 *
 * A fault's signal that is blocked would end the program without its handler:
 * a terminal would not be given back.
 */
#include "config.h"

#include "thread.h"

#include <signal.h>

static const int thread_faults[] = {
	SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP,
};

int
thread_start(pthread_t *thread, void *(*run)(void *), void *user)
{
	sigset_t blocked, before;
	size_t i;
	int error;

	sigfillset(&blocked);
	for (i = 0; i < sizeof thread_faults / sizeof *thread_faults; i++)
		sigdelset(&blocked, thread_faults[i]);
	pthread_sigmask(SIG_SETMASK, &blocked, &before);
	error = pthread_create(thread, NULL, run, user);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}
