/* SPDX-License-Identifier: MIT
 *
 * What undoes all we did to the terminal stands ready in a static buffer, so
 * that a signal handler can send it: write(2), poll(2) and tcsetattr() are all
 * it takes.
 */
#include "config.h"

#include "term-internal.h"

#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "aside.h"
#include "terminfo.h"

#define TERM_UNDO_SIZE  1024
#define TERM_PANIC_MS   500     /* for a terminal that does not take it */

/* For term_panic(), on any thread: complete before term_taken is set. */
static char term_undo[TERM_UNDO_SIZE];
static size_t term_undo_length;
static struct termios term_shell;
static int term_undo_fd = -1;
static atomic_bool term_taken;

bool
term_undo_learn(struct term *term)
{
	return tcgetattr(fileno(term->out), &term_shell) == 0;
}

/* Appends a sequence without its padding ("$<5>"). */
static void
term_undo_add(const char *text)
{
	while (text != NULL && *text != '\0') {
		if (text[0] == '$' && text[1] == '<') {
			text = strchr(text, '>');
			text = text != NULL ? text + 1 : NULL;
		} else if (term_undo_length < sizeof term_undo) {
			term_undo[term_undo_length++] = *text++;
		} else {
			return;
		}
	}
}

void
term_undo_prepare(struct term *term)
{
	term_undo_length = 0;
	if (term->modes.xterm)
		term_undo_add(MODES_SYNC_OFF);
	if (term->can_mouse)
		term_undo_add(MODES_MOUSE_OFF);
	if (term->can_paste)
		term_undo_add(MODES_PASTE_OFF);
	if (term->modes.progress && term->settings.osc)
		term_undo_add(MODES_PROGRESS_OFF);
	if (term->modes.title && term->settings.title)
		term_undo_add(MODES_TITLE_POP);
	term_undo_add(terminfo_string("sgr0"));
	term_undo_add(terminfo_string("op"));
	term_undo_add(terminfo_string("rmkx"));
	term_undo_add(terminfo_string("cnorm"));
	if (terminfo_string("rmcup") != NULL)
		term_undo_add(terminfo_string("rmcup"));
	else
		term_undo_add("\r\n");
	term_undo_fd = fileno(term->out);
	atomic_store(&term_taken, true);
}

void
term_undo_arm(bool taken)
{
	atomic_store(&term_taken, taken);
}

void
term_undo_modes(struct term *term)
{
	(void)tcsetattr(fileno(term->out), TCSANOW, &term_shell);
}

void
term_unblock(void)
{
	struct termios now;

	/* Clearing IXON starts a stopped tty; TCOON alone does not. */
	if (atomic_load(&term_taken) && tcgetattr(term_undo_fd, &now) == 0) {
		now.c_iflag &= ~(tcflag_t)IXON;
		(void)tcsetattr(term_undo_fd, TCSANOW, &now);
	}
}

void
term_panic(void)
{
	struct pollfd ready = { .events = POLLOUT };
	size_t done = 0;
	ssize_t written;

	if (!atomic_load(&term_taken))
		return;
	term_unblock();
	atomic_store(&term_taken, false);
	ready.fd = term_undo_fd;
	while (done < term_undo_length &&
	    poll(&ready, 1, TERM_PANIC_MS) == 1 &&
	    (ready.revents & POLLOUT) != 0) {
		written = write(term_undo_fd, term_undo + done,
		    term_undo_length - done);
		if (written <= 0)
			break;
		done += (size_t)written;
	}
	(void)tcsetattr(term_undo_fd, TCSANOW, &term_shell);
	aside_panic();
}
