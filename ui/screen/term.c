/* SPDX-License-Identifier: MIT
 *
 * Curses draws, nothing more (term-draw.c). Keys are decoded by decode.c,
 * since curses' own reading would draw when it likes and knows neither pastes
 * nor answers. The tty is never set to O_NONBLOCK: the flag would be the
 * shell's as well, and curses would spin.
 */
#include "config.h"

#include "term-internal.h"

#include <curses.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "aside.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "terminfo.h"

#define TERM_ROWS_MAX   1000
#define TERM_COLUMNS_MAX 2000
#define TERM_READ_SIZE  4096
#define TERM_READ_MS    20      /* of reading without a frame */
#define TERM_ESCAPE_MS  25
#define TERM_ESCAPE_SSH_MS 100
#define TERM_ANSWER_MS  700     /* for answers on their way, before we leave */

/* ---- what the terminal is ---- */

static const char *
term_variable(const char *name)
{
	return getenv(name);
}

static const char *
term_name(void)
{
	const char *name = getenv("TERM");

	return name != NULL ? name : "";
}

static bool
term_is_remote(void)
{
	return getenv("SSH_CONNECTION") != NULL;
}

/* One without a job control of its own always listens. */
static bool
term_is_foreground(int fd)
{
	pid_t group = tcgetpgrp(fd);

	return group < 0 || group == getpgrp();
}

bool
term_is_possible(const char **why)
{
	*why = NULL;
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		*why = N_("input or output is not a terminal");
	else if (*term_name() == '\0')
		*why = N_("TERM is not set");
	else if (strcmp(term_name(), "dumb") == 0)
		*why = N_("the terminal is a dumb one (TERM=dumb)");
	else if (!term_is_foreground(STDIN_FILENO))
		*why = N_("haul runs in the background");
	return *why == NULL;
}

int64_t
term_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* ---- sending without curses ---- */

void
term_send(struct term *term, const char *text)
{
	size_t length = strlen(text);
	ssize_t written;

	while (length > 0 && !term->hung_up) {
		written = write(fileno(term->out), text, length);
		if (written < 0 && errno != EINTR)
			term->hung_up = true;
		if (written > 0) {
			text += written;
			length -= (size_t)written;
			term->cost += (int)written;
		}
	}
}

void
term_ask(struct term *term)
{
	if (!term->pace.on)
		return;
	term_send(term, MODES_WELL_ASK);
	pace_ask(&term->pace, term->cost, term_now_ms());
	term->decode.asking = true;
	term->cost = 0;
}

static void
term_modes_on(struct term *term)
{
	if (term->can_paste)
		term_send(term, MODES_PASTE_ON);
	if (term->can_mouse && term->settings.mouse)
		term_send(term, MODES_MOUSE_ON);
}

static void
term_modes_off(struct term *term)
{
	if (term->can_mouse && term->settings.mouse)
		term_send(term, MODES_MOUSE_OFF);
	if (term->can_paste)
		term_send(term, MODES_PASTE_OFF);
	if (term->progressed)
		term_send(term, MODES_PROGRESS_OFF);
	if (term->titled)
		term_send(term, MODES_TITLE_POP);
	term->titled = term->progressed = false;
}

/* ---- keys ---- */

static void
term_add_keys(struct term *term)
{
	static const struct { const char *name; uint32_t key; } keys[] = {
		{ "kcuu1", INPUT_UP }, { "kcud1", INPUT_DOWN },
		{ "kcub1", INPUT_LEFT }, { "kcuf1", INPUT_RIGHT },
		{ "khome", INPUT_HOME }, { "kend", INPUT_END },
		{ "kpp", INPUT_PAGE_UP }, { "knp", INPUT_PAGE_DOWN },
		{ "kich1", INPUT_INSERT }, { "kdch1", INPUT_DELETE },
		{ "kcbt", INPUT_BACK_TAB }, { "kf15", INPUT_SHIFT_F3 },
		{ "kf1", INPUT_F1 }, { "kf2", INPUT_F1 + 1 },
		{ "kf3", INPUT_F1 + 2 }, { "kf4", INPUT_F1 + 3 },
		{ "kf5", INPUT_F1 + 4 }, { "kf6", INPUT_F1 + 5 },
		{ "kf7", INPUT_F1 + 6 }, { "kf8", INPUT_F1 + 7 },
		{ "kf9", INPUT_F1 + 8 }, { "kf10", INPUT_F1 + 9 },
		{ "kf11", INPUT_F1 + 10 }, { "kf12", INPUT_F1 + 11 },
	};
	const char *sequence;
	size_t i;

	for (i = 0; i < sizeof keys / sizeof *keys; i++) {
		sequence = terminfo_string(keys[i].name);
		if (sequence != NULL)
			decode_add_key(&term->decode, sequence, keys[i].key);
	}
}

static int
term_escape_ms(void)
{
	const char *value = getenv("ESCDELAY");
	long ms = value != NULL ? strtol(value, NULL, 10) : 0;

	if (ms > 0 && ms <= 5000)
		return (int)ms;
	return term_is_remote() ? TERM_ESCAPE_SSH_MS : TERM_ESCAPE_MS;
}

/* ---- opening ---- */

static FILE *
term_open_file(int fd, const char *mode)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	FILE *file = copy >= 0 ? fdopen(copy, mode) : NULL;

	if (file == NULL && copy >= 0)
		close(copy);
	return file;
}

/* Curses installs handlers of its own where there are none; signals are the
 * command's matter. */
static SCREEN *
term_new_screen(struct term *term)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGTSTP, SIGWINCH };
	struct sigaction actions[sizeof numbers / sizeof *numbers];
	SCREEN *screen;
	size_t i;

	for (i = 0; i < sizeof numbers / sizeof *numbers; i++)
		sigaction(numbers[i], NULL, &actions[i]);
	screen = newterm(NULL, term->out, term->in);
	for (i = 0; i < sizeof numbers / sizeof *numbers; i++)
		sigaction(numbers[i], &actions[i], NULL);
	return screen;
}

static void
term_find_capabilities(struct term *term)
{
	modes_of(&term->modes, term_name(), term_variable);
	term->can_mouse = terminfo_string("kmous") != NULL ||
	    term->modes.xterm;
	term->can_paste = terminfo_string("BE") != NULL || term->modes.xterm;
	term->can_reverse = terminfo_string("rev") != NULL &&
	    !terminfo_has_number("xmc");
	term->decode.brackets = term->can_paste;
	if (modes_is_plain(term_name()) && !term->modes.xterm)
		term->can_paste = term->decode.brackets = false;
	/* What a title was can be brought back only by those that keep it. */
	term->settings.title = term->settings.title && term->modes.title;
}

static void
term_start(struct term *term)
{
	(void)cbreak();
	(void)noecho();
	(void)nonl();
	(void)intrflush(stdscr, FALSE);
	(void)keypad(stdscr, TRUE);
	(void)typeahead(-1);
	(void)leaveok(stdscr, FALSE);
	(void)scrollok(stdscr, FALSE);
	term_draw_begin(term);
	term_add_keys(term);
	term_undo_prepare(term);
	(void)doupdate();               /* the alternate screen */
	term_modes_on(term);
	if (term->modes.xterm && term->settings.osc)
		term_send(term, MODES_SYNC_ASK);
	pace_init(&term->pace, term->modes.xterm && term->settings.osc &&
	    term_is_remote());
	term_ask(term);
}

static void
term_release(struct term *term)
{
	if (term->in != NULL)
		fclose(term->in);
	if (term->out != NULL)
		fclose(term->out);
	decode_release(&term->decode);
	grid_release(&term->shown);
	free(term->line);
	free(term);
}

struct term *
term_open(const struct term_settings *settings, const char **why)
{
	struct term *term = memory_zero(sizeof *term);

	term->settings = *settings;
	decode_init(&term->decode, term_escape_ms());
	grid_init(&term->shown, 1, 1);
	*why = N_("the terminal cannot be opened");
	term->in = term_open_file(STDIN_FILENO, "r");
	term->out = term_open_file(STDOUT_FILENO, "w");
	if (term->in == NULL || term->out == NULL ||
	    !term_undo_learn(term))
		goto fail;
	*why = N_("this terminal (TERM) is not known here");
	term->screen = terminfo_knows(fileno(term->out)) ?
	    term_new_screen(term) : NULL;
	if (term->screen == NULL)
		goto fail;
	if (terminfo_string("cup") == NULL) {
		*why = N_("this terminal cannot move its cursor");
		endwin();
		delscreen(term->screen);
		goto fail;
	}
	aside_begin();
	term_find_capabilities(term);
	term_start(term);
	return term;
fail:
	term_release(term);
	return NULL;
}

void
term_close(struct term *term)
{
	if (term == NULL)
		return;
	if (!term->away)
		term_leave(term);
	term_undo_arm(false);
	delscreen(term->screen);
	term_release(term);
	aside_end();
}

/* Answers that come after us would be typed into the shell. */
static void
term_await_answers(struct term *term)
{
	struct pollfd ready = { .fd = fileno(term->in), .events = POLLIN };
	int64_t now = term_now_ms(), until = now + TERM_ANSWER_MS;
	struct input input;

	while (term->pace.on && term->pace.told && term->pace.count > 0 &&
	    now < until && !term->hung_up) {
		(void)poll(&ready, 1, (int)(until - now));
		while (term_read(term, &input))
			free(input.paste);
		now = term_now_ms();
	}
	pace_forget(&term->pace);
}

void
term_leave(struct term *term)
{
	term_unblock();
	term_await_answers(term);
	term_modes_off(term);
	(void)endwin();
	/* An answer on its way would be typed into the shell. */
	if (term->modes.xterm && term->settings.osc &&
	    (!term->decode.sync_told || term->pace.on))
		(void)tcflush(fileno(term->in), TCIFLUSH);
	term_undo_modes(term);
	term_undo_arm(false);
	term->away = true;
}

static void
term_take_again(struct term *term)
{
	(void)reset_prog_mode();
	term_draw_anew(term);
	term_modes_on(term);
}

void
term_return(struct term *term)
{
	/* If nobody has taken it from us, its modes are our own. */
	if (term->away)
		(void)term_undo_learn(term);
	term_undo_arm(true);
	term->away = false;
	/* After endwin() curses enters the alternate screen by itself. */
	term_take_again(term);
}

void
term_redraw(struct term *term)
{
	const char *enter = terminfo_string("smcup");

	if (enter != NULL)
		term_send(term, enter);
	term_take_again(term);
}

/* ---- asking ---- */

int
term_fd(const struct term *term)
{
	return fileno(term->in);
}

static int
term_within(int value, int fallback, int max)
{
	return value < 1 ? fallback : value > max ? max : value;
}

void
term_size(struct term *term, int *rows, int *columns)
{
	struct winsize size = { 0 };

	if (ioctl(fileno(term->out), TIOCGWINSZ, &size) != 0)
		memset(&size, 0, sizeof size);
	*rows = term_within(size.ws_row, 24, TERM_ROWS_MAX);
	*columns = term_within(size.ws_col, 80, TERM_COLUMNS_MAX);
}

bool
term_is_ours(const struct term *term)
{
	return term_is_foreground(fileno(term->in));
}

bool
term_is_ready(struct term *term)
{
	struct pollfd ready = { .fd = fileno(term->out), .events = POLLOUT };

	return poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT) != 0;
}

bool
term_can_reverse(const struct term *term)
{
	return term->can_reverse;
}

/* ---- reading ---- */

/* Brings what has come to the decoder; false if nothing has. */
static bool
term_fill(struct term *term)
{
	struct pollfd ready = { .fd = fileno(term->in), .events = POLLIN };
	char bytes[TERM_READ_SIZE];
	ssize_t length;

	if (term->hung_up || poll(&ready, 1, 0) != 1)
		return false;
	length = read(fileno(term->in), bytes, sizeof bytes);
	if (length > 0) {
		decode_feed(&term->decode, bytes, (size_t)length,
		    term_now_ms());
		return true;
	}
	if (length < 0 && (errno == EINTR || errno == EAGAIN))
		return false;
	/* EIO is also what the background of a shell gets. */
	term->hung_up = length == 0 || term_is_ours(term);
	return false;
}

static void
term_take_answers(struct term *term)
{
	for (; term->decode.answers > 0; term->decode.answers--)
		pace_answer(&term->pace, term_now_ms());
}

bool
term_read(struct term *term, struct input *input)
{
	bool was_hung_up = term->hung_up, done;
	int64_t until_ms = term_now_ms() + TERM_READ_MS;

	do {
		done = decode_next(&term->decode, term_now_ms(), input);
		term_take_answers(term);
		if (done)
			return true;
	} while (term_fill(term) && term_now_ms() < until_ms);
	if (!term->hung_up || was_hung_up)
		return false;
	memset(input, 0, sizeof *input);
	input->kind = INPUT_HANGUP;
	return true;
}

int
term_wait_ms(const struct term *term)
{
	return decode_wait_ms(&term->decode, term_now_ms());
}

/* ---- beside the screen ---- */

void
term_set_mouse(struct term *term, bool on)
{
	if (term->settings.mouse == on)
		return;
	term->settings.mouse = on;
	if (term->can_mouse)
		term_send(term, on ? MODES_MOUSE_ON : MODES_MOUSE_OFF);
}

void
term_title(struct term *term, const char *text)
{
	char sequence[256];

	if (!term->settings.title)
		return;
	if (!term->titled)
		term_send(term, MODES_TITLE_PUSH);
	term->titled = true;
	snprintf(sequence, sizeof sequence, "\033]2;%.200s\a", text);
	term_send(term, sequence);
}

void
term_progress(struct term *term, enum term_progress progress, int percent)
{
	static const int states[] = {
		[TERM_PROGRESS_NONE] = 0, [TERM_PROGRESS_GOING] = 1,
		[TERM_PROGRESS_FAILED] = 2, [TERM_PROGRESS_PAUSED] = 4,
	};
	char sequence[32];

	if (!term->modes.progress || !term->settings.osc)
		return;
	term->progressed = progress != TERM_PROGRESS_NONE;
	snprintf(sequence, sizeof sequence, "\033]9;4;%d;%d\a",
	    states[progress], percent < 0 ? 0 : percent);
	term_send(term, sequence);
}

bool
term_copy(struct term *term, const char *text, size_t length)
{
	char *sequence;

	if (!term->modes.clipboard && terminfo_string("Ms") == NULL)
		return false;
	sequence = modes_copy(text, length);
	if (sequence == NULL)
		return false;
	term_send(term, sequence);
	free(sequence);
	return true;
}

void
term_bell(struct term *term)
{
	if (!term->hung_up && !term->away)
		term_send(term, "\a");
}
