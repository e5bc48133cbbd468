/* SPDX-License-Identifier: MIT
 *
 * Curses draws, nothing more: it gets whole rows that differ from the last
 * frame, and finds the shortest way to them.
 */
#include "config.h"

#include "term-internal.h"

#include <curses.h>

#include <limits.h>
#include <string.h>

#include "look.h"
#include "present/memory.h"
#include "present/text.h"

#define TERM_MOVE_COST  8       /* bytes to get to another cell, about */
#define TERM_LOOK_COST  10      /* and to another look */

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
		term->flags[style] = look.flags;
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

void
term_draw_begin(struct term *term)
{
	term->cursor = curs_set(0) == ERR ? -1 : 0;
	term_start_colours(term);
	term_look(term);
}

void
term_set_scheme(struct term *term, enum term_scheme scheme)
{
	term->settings.scheme = scheme;
	term_look(term);
}

void
term_draw_anew(struct term *term)
{
	(void)clearok(curscr, TRUE);
	(void)doupdate();
	term->valid = false;
	term->cursor = curs_set(0) == ERR ? -1 : 0;
}

/* ---- drawing ---- */

static attr_t
term_attributes(const struct term *term, const struct grid_cell *cell)
{
	unsigned flags = term->flags[cell->style] | cell->flags;
	attr_t attributes = A_NORMAL;

	if ((flags & GRID_REVERSE) != 0)
		attributes |= A_REVERSE;
	if ((flags & GRID_BOLD) != 0)
		attributes |= A_BOLD;
	if ((flags & GRID_UNDERLINE) != 0)
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
	cchar_t *line = term->line;
	int column, count = 0;

	for (column = 0; column < columns; column++)
		if (cells[column].width > 0)
			term_convert(term, &cells[column], &line[count++]);
	(void)mvadd_wchnstr(row, 0, line, count);
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
	    sizeof(cchar_t));
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
