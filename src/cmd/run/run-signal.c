/* SPDX-License-Identifier: MIT
 *
 * See run.h: what signals do. They come by a descriptor, one at a time, between
 * two turns of the loop; a second one of those that stop ends the program at
 * once.
 */
#include "config.h"

#include "run-internal.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "cmd/output/face.h"
#include "cmd/output/output.h"
#include "notify.h"
#include "present/i18n.h"

#define RUN_STOP_MS     700     /* the engine's time to stop */
#define RUN_TWICE_MS    2000    /* within which a second Ctrl-C stops */

/* What was ignored when we began (nohup, a shell's background job) stays
 * ignored. */
static bool
run_add_signal(sigset_t *set, int number)
{
	struct sigaction action;

	if (sigaction(number, NULL, &action) != 0 ||
	    action.sa_handler == SIG_IGN)
		return false;
	sigaddset(set, number);
	return true;
}

int
run_open_signals(struct run *run)
{
	sigset_t set;

	sigemptyset(&set);
	run_add_signal(&set, SIGINT);
	run_add_signal(&set, SIGTERM);
	run->nohup = !run_add_signal(&set, SIGHUP);
	if (run->kind == SETTINGS_OUTPUT_TUI) {
		run_add_signal(&set, SIGQUIT);
		run_add_signal(&set, SIGTSTP);
	}
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGCONT);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return -1;
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

void
run_let_interrupt(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

void
run_stop(struct run *run)
{
	struct haul_totals totals;

	if (run->stop_ms == 0) {
		/* The face may have started it anew. */
		haul_totals(run->haul, &totals);
		run->resting = !totals.running;
		haul_stop(run->haul);
		run->stop_ms = run_now_ms() + RUN_STOP_MS;
	}
}

void
run_take_stop(struct run *run, int number)
{
	struct pollfd terminal = { .fd = STDERR_FILENO, .events = POLLOUT };

	if (run->stop_signal != 0) {
		face_panic();
		if (run->kind == SETTINGS_OUTPUT_BAR &&
		    poll(&terminal, 1, 0) == 1 &&
		    write(STDERR_FILENO, "\n", 1) < 0)
			number = SIGHUP;        /* the terminal is gone */
		_exit(128 + number);
	}
	run->stop_signal = number;
	if (run->haul == NULL)
		return;
	if (number == SIGINT)
		run_tell(run, _("stopping; what arrived is kept. Ctrl-C again "
		    "ends at once."));
	run_stop(run);
}

/* With the face, the first Ctrl-C is a question. */
static void
run_take_interrupt(struct run *run)
{
	int64_t now = run_now_ms();
	bool twice = run->interrupt_ms != 0 &&
	    now - run->interrupt_ms <= RUN_TWICE_MS;

	run->interrupt_ms = now;
	if (run->face == NULL || twice || run->stop_signal != 0)
		run_take_stop(run, SIGINT);
	else
		face_interrupt(run->face);
}

void
run_suspend(struct run *run)
{
	static const struct timespec at_once = { 0, 0 };
	sigset_t stop, go_on;

	if (run->face == NULL || run->stop_signal != 0)
		return;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	sigemptyset(&go_on);
	sigaddset(&go_on, SIGCONT);
	face_suspend(run->face);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, NULL);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	(void)sigtimedwait(&go_on, NULL, &at_once);
	face_continue(run->face);
}

static void
run_take_signal(struct run *run, int number)
{
	switch (number) {
	case SIGINT:
		run_take_interrupt(run);
		break;
	case SIGTSTP:
		run_suspend(run);
		break;
	case SIGCHLD:
		notify_reap(run->notify);
		break;
	case SIGWINCH:
	case SIGCONT:
		if (run->output != NULL)
			output_resize(run->output, number == SIGCONT);
		if (run->face != NULL && number == SIGCONT)
			face_continue(run->face);
		if (run->face != NULL)
			face_resize(run->face);
		break;
	default:
		run_take_stop(run, number);
		break;
	}
}

void
run_take_signals(struct run *run)
{
	struct signalfd_siginfo info;

	while (read(run->signal_fd, &info, sizeof info) ==
	    (ssize_t)sizeof info)
		run_take_signal(run, (int)info.ssi_signo);
}
