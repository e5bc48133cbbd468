/* SPDX-License-Identifier: MIT
 *
 * The handler calls only what may be called in one: write(2), tcsetattr() and
 * the like (term_panic()), no memory, no stdio, no lock. It runs once: the
 * default action is back in place when it begins.
 */
#include "config.h"

#include "crash.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "present/memory.h"
#include "term.h"

#define CRASH_STACK 65536

static const int crash_signals[] = {
	SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS,
};

#define CRASH_SIGNALS (sizeof crash_signals / sizeof *crash_signals)

static struct sigaction crash_before[CRASH_SIGNALS];
static bool crash_ready;
static _Thread_local void *crash_stack;

/* Not translated: there is nothing left to trust. */
static const char crash_words[] = "\nhaul: crashed; the terminal was given "
    "back. What has arrived is kept: the same\ncommand goes on with it. "
    "Please report this.\n";

static void
crash_handle(int number)
{
	term_panic();
	if (write(STDERR_FILENO, crash_words, sizeof crash_words - 1) < 0)
		_exit(128 + number);
	/* SA_RESETHAND has brought the default action back. */
	raise(number);
}

void
crash_leave_out(sigset_t *set)
{
	size_t i;

	for (i = 0; i < CRASH_SIGNALS; i++)
		sigdelset(set, crash_signals[i]);
}

void
crash_thread_begin(void)
{
	stack_t stack = { .ss_size = CRASH_STACK };

	crash_stack = memory_zero(CRASH_STACK);
	stack.ss_sp = crash_stack;
	(void)sigaltstack(&stack, NULL);
}

void
crash_thread_end(void)
{
	stack_t stack = { .ss_flags = SS_DISABLE };

	(void)sigaltstack(&stack, NULL);
	free(crash_stack);
	crash_stack = NULL;
}

void
crash_begin(void)
{
	struct sigaction action;
	size_t i;

	crash_thread_begin();
	memset(&action, 0, sizeof action);
	action.sa_handler = crash_handle;
	action.sa_flags = SA_ONSTACK | (int)SA_RESETHAND | SA_NODEFER;
	sigfillset(&action.sa_mask);
	crash_leave_out(&action.sa_mask);
	for (i = 0; i < CRASH_SIGNALS; i++)
		(void)sigaction(crash_signals[i], &action, &crash_before[i]);
	memory_before_end(term_panic);
	crash_ready = true;
}

void
crash_end(void)
{
	size_t i;

	if (!crash_ready)
		return;
	crash_ready = false;
	for (i = 0; i < CRASH_SIGNALS; i++)
		(void)sigaction(crash_signals[i], &crash_before[i], NULL);
	memory_before_end(NULL);
	crash_thread_end();
}
