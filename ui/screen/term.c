/* SPDX-License-Identifier: MIT
 *
 * Curses draws, nothing more: it gets whole rows that differ from the last
 * frame, and finds the shortest way to them. Keys are decoded by decode.c,
 * since curses' own reading would draw when it likes and knows neither pastes
 * nor answers. The tty is never set to O_NONBLOCK: the flag would be the
 * shell's as well, and curses would spin.
 *
 * What undoes all we did to the terminal stands ready in a static buffer, so
 * that a signal handler can send it.
 */
#include "config.h"

#include "term.h"

#include <curses.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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
#include "decode.h"
#include "look.h"
#include "modes.h"
#include "pace.h"
#include "present/i18n.h"
#include "present/memory.h"

#define TERM_ROWS_MAX   1000
#define TERM_COLUMNS_MAX 2000
#define TERM_READ_SIZE  4096
#define TERM_READ_MS    20      /* of reading without a frame */
#define TERM_UNDO_SIZE  1024
#define TERM_ESCAPE_MS  25
#define TERM_ESCAPE_SSH_MS 100
#define TERM_PANIC_MS   500     /* for a terminal that does not take it */
#define TERM_ANSWER_MS  700     /* for answers on their way, before we leave */
#define TERM_MOVE_COST  8       /* bytes to get to another cell, about */
#define TERM_LOOK_COST  10      /* and to another look */

struct term {
	struct term_settings settings;
	struct modes modes;
	FILE *in, *out;
	SCREEN *screen;
	struct decode decode;
	struct pace pace;
	int cost;                       /* sent since the last question */
	struct grid shown;              /* what is on the screen */
	int next_row;                   /* where a cut frame goes on */
	bool cut;                       /* rows are left to be shown */
	bool valid;                     /* shown is true */
	bool away;                      /* between leave and return */
	bool hung_up;
	bool can_mouse, can_paste, can_reverse;
	bool titled, progressed;
	int colours;
	int cursor;                     /* curs_set() as it is */
	cchar_t *line;
	attr_t attributes[STYLE_COUNT];
};

/* For term_panic(): complete before term_taken is set. */
static char term_undo[TERM_UNDO_SIZE];
static size_t term_undo_length;
static struct termios term_shell;
static int term_undo_fd = -1;
static volatile sig_atomic_t term_taken;

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

static const char *
term_capability(const char *name)
{
	const char *value = tigetstr(name);

	return value == (const char *)-1 ? NULL : value;
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

static int64_t
term_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* ---- sending without curses ---- */

static void
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

static void
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

/* ---- the way back, ready made ---- */

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

static void
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
	term_undo_add(term_capability("sgr0"));
	term_undo_add(term_capability("op"));
	term_undo_add(term_capability("rmkx"));
	term_undo_add(term_capability("cnorm"));
	if (term_capability("rmcup") != NULL)
		term_undo_add(term_capability("rmcup"));
	else
		term_undo_add("\r\n");
	term_undo_fd = fileno(term->out);
	term_taken = 1;
}

void
term_unblock(void)
{
	struct termios now;

	/* Clearing IXON starts a stopped tty; TCOON alone does not. */
	if (term_taken && tcgetattr(term_undo_fd, &now) == 0) {
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

	if (!term_taken)
		return;
	term_unblock();
	term_taken = 0;
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

/* ---- colours ---- */

/* Pair n + 1 is style n; they are few enough for every terminal. */
static void
term_look(struct term *term)
{
	struct look look;
	int style;

	for (style = 0; style < STYLE_COUNT; style++) {
		look = look_of(term->settings.scheme, term->colours,
		    (enum grid_style)style);
		term->attributes[style] =
		    (look.flags & GRID_BOLD) != 0 ? A_BOLD : A_NORMAL;
		if (term->colours >= 8)
			init_pair((short)(style + 1), look.colour,
			    LOOK_DEFAULT);
	}
	term->valid = false;
}

static void
term_start_colours(struct term *term)
{
	term->colours = 0;
	if (term->settings.scheme == TERM_SCHEME_MONO || !has_colors() ||
	    start_color() == ERR || use_default_colors() == ERR)
		return;
	if (COLORS >= 8 && COLOR_PAIRS > STYLE_COUNT)
		term->colours = COLORS;
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
		sequence = term_capability(keys[i].name);
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
	term->can_mouse = term_capability("kmous") != NULL ||
	    term->modes.xterm;
	term->can_paste = term_capability("BE") != NULL || term->modes.xterm;
	term->can_reverse = term_capability("rev") != NULL &&
	    tigetnum("xmc") < 0;
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
	term->cursor = curs_set(0) == ERR ? -1 : 0;
	term_start_colours(term);
	term_look(term);
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
	    tcgetattr(fileno(term->out), &term_shell) != 0)
		goto fail;
	*why = N_("this terminal (TERM) is not known here");
	term->screen = term_new_screen(term);
	if (term->screen == NULL)
		goto fail;
	if (term_capability("cup") == NULL) {
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
	term_taken = 0;
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
	(void)tcsetattr(fileno(term->out), TCSANOW, &term_shell);
	term_taken = 0;
	term->away = true;
}

static void
term_draw_anew(struct term *term)
{
	(void)reset_prog_mode();
	(void)clearok(curscr, TRUE);
	(void)doupdate();
	term_modes_on(term);
	term->valid = false;
	term->cursor = curs_set(0) == ERR ? -1 : 0;
}

void
term_return(struct term *term)
{
	/* If nobody has taken it from us, its modes are our own. */
	if (term->away)
		(void)tcgetattr(fileno(term->out), &term_shell);
	term_taken = 1;
	term->away = false;
	/* After endwin() curses enters the alternate screen by itself. */
	term_draw_anew(term);
}

void
term_redraw(struct term *term)
{
	const char *enter = term_capability("smcup");

	if (enter != NULL)
		term_send(term, enter);
	term_draw_anew(term);
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

/* ---- drawing ---- */

static attr_t
term_attributes(const struct term *term, const struct grid_cell *cell)
{
	attr_t attributes = term->attributes[cell->style];

	if ((cell->flags & GRID_REVERSE) != 0)
		attributes |= A_REVERSE;
	if ((cell->flags & GRID_BOLD) != 0)
		attributes |= A_BOLD;
	if ((cell->flags & GRID_UNDERLINE) != 0)
		attributes |= A_UNDERLINE;
	return attributes;
}

static void
term_convert(const struct term *term, const struct grid_cell *cell,
    cchar_t *out)
{
	wchar_t wide[CCHARW_MAX + 1];
	const char *at = cell->text;
	size_t length = strlen(at), step, count = 0;
	uint32_t code;

	while (length > 0 && count < CCHARW_MAX) {
		step = text_decode(at, length, &code);
		if (step == 0)
			break;
		wide[count++] = (wchar_t)code;
		at += step;
		length -= step;
	}
	if (count == 0)
		wide[count++] = L' ';
	wide[count] = L'\0';
	(void)setcchar(out, wide, term_attributes(term, cell),
	    (short)(term->colours >= 8 ? cell->style + 1 : 0), NULL);
}

static void
term_show_row(struct term *term, const struct grid_cell *cells, int row,
    int columns)
{
	int column, count = 0;

	for (column = 0; column < columns; column++)
		if (cells[column].width > 0)
			term_convert(term, &cells[column],
			    &term->line[count++]);
	(void)mvadd_wchnstr(row, 0, term->line, count);
}

/* Makes curses and the copy of what is shown as big as the grid. */
static void
term_fit(struct term *term, const struct grid *grid)
{
	if (term->shown.rows == grid->rows &&
	    term->shown.columns == grid->columns && term->line != NULL)
		return;
	grid_resize(&term->shown, grid->rows, grid->columns);
	term->line = memory_resize(term->line, (size_t)grid->columns + 1,
	    sizeof *term->line);
	(void)resizeterm(grid->rows, grid->columns);
	(void)clearok(curscr, TRUE);
	term->valid = false;
}

/* What it takes to make one row of another, about. */
static int
term_row_cost(const struct grid_cell *new, const struct grid_cell *old,
    int columns)
{
	const struct grid_cell *last = NULL;
	int column, cost = 0;

	for (column = 0; column < columns; column++, new++, old++) {
		if (memcmp(new, old, sizeof *new) == 0) {
			last = NULL;
			continue;
		}
		if (last == NULL)
			cost += TERM_MOVE_COST;
		if (last == NULL || last->style != new->style ||
		    last->flags != new->flags)
			cost += TERM_LOOK_COST;
		cost += (int)strlen(new->text);
		last = new;
	}
	return cost;
}

/* Gives curses a row if it differs and may be sent; true if it was given. */
static bool
term_stage_row(struct term *term, const struct grid *grid, int row, int *budget)
{
	size_t width = (size_t)grid->columns, start = (size_t)row * width;
	const struct grid_cell *new = grid->cells + start;
	struct grid_cell *old = term->shown.cells + start;

	if (term->valid && memcmp(new, old, width * sizeof *new) == 0)
		return false;
	if (*budget <= 0) {
		term->cut = true;
		return false;
	}
	if (term->pace.on) {
		int cost = term_row_cost(new, old, grid->columns);

		term->cost += cost;
		*budget -= cost;
	}
	term_show_row(term, new, row, grid->columns);
	memcpy(old, new, width * sizeof *new);
	return true;
}

/* Gives curses the rows that differ; false if none does. On a slow line no
 * more than a second's worth: those first that a key is most likely to have
 * changed, the others in turn. */
static bool
term_stage(struct term *term, const struct grid *grid)
{
	const int first[] = { grid->cursor_row, term->shown.cursor_row,
		grid->rows - 2 };
	int budget = term->valid ? pace_budget(&term->pace) : INT_MAX;
	bool changed = !term->valid;
	size_t i;
	int row, at = 0;

	term->cut = false;
	for (i = 0; i < sizeof first / sizeof *first; i++)
		if (first[i] >= 0 && first[i] < grid->rows &&
		    term_stage_row(term, grid, first[i], &budget))
			changed = true;
	for (row = 0; row < grid->rows; row++) {
		at = (row + term->next_row) % grid->rows;
		if (term_stage_row(term, grid, at, &budget))
			changed = true;
		if (term->cut)
			break;
	}
	term->next_row = term->cut ? at : 0;
	term->valid = true;
	return changed;
}

static bool
term_stage_cursor(struct term *term, const struct grid *grid)
{
	int wanted = grid->cursor_shown ? 1 : 0;
	bool moved = grid->cursor_row != term->shown.cursor_row ||
	    grid->cursor_column != term->shown.cursor_column;

	term->shown.cursor_row = grid->cursor_row;
	term->shown.cursor_column = grid->cursor_column;
	(void)move(grid->cursor_row, grid->cursor_column);
	if (term->cursor < 0 || term->cursor == wanted)
		return moved;
	term->cursor = wanted;
	(void)curs_set(wanted);
	return true;
}

void
term_show(struct term *term, const struct grid *grid)
{
	bool sync = term->decode.sync, changed;

	if (term->hung_up || term->away)
		return;
	term_fit(term, grid);
	changed = term_stage(term, grid);
	changed = term_stage_cursor(term, grid) || changed;
	if (!changed)
		return;
	if (sync)
		term_send(term, MODES_SYNC_ON);
	(void)wnoutrefresh(stdscr);
	(void)doupdate();
	if (sync)
		term_send(term, MODES_SYNC_OFF);
	term_ask(term);
}

bool
term_has_more(const struct term *term)
{
	return term->cut;
}

int
term_pace_ms(struct term *term, bool urgent)
{
	return pace_wait_ms(&term->pace, urgent, term_now_ms());
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
term_set_scheme(struct term *term, enum term_scheme scheme)
{
	term->settings.scheme = scheme;
	term_look(term);
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

	if (!term->modes.clipboard && term_capability("Ms") == NULL)
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
