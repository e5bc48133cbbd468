/* SPDX-License-Identifier: MIT
 *
 * Cells. What is drawn over one half of a wide character blanks the other
 * half, so a row's cells always add up to its columns.
 */
#include "config.h"

#include "grid.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "present/memory.h"

#define GRID_PRINT_SIZE 1024

void
grid_init(struct grid *grid, int rows, int columns)
{
	memset(grid, 0, sizeof *grid);
	grid_resize(grid, rows, columns);
}

void
grid_release(struct grid *grid)
{
	free(grid->cells);
	memset(grid, 0, sizeof *grid);
}

void
grid_resize(struct grid *grid, int rows, int columns)
{
	grid->rows = rows > 0 ? rows : 1;
	grid->columns = columns > 0 ? columns : 1;
	grid->cells = memory_resize(grid->cells, (size_t)grid->rows *
	    (size_t)grid->columns, sizeof *grid->cells);
	grid_clear(grid);
}

static void
grid_blank(struct grid_cell *cell)
{
	memset(cell, 0, sizeof *cell);
	cell->text[0] = ' ';
	cell->width = 1;
}

void
grid_clear(struct grid *grid)
{
	size_t i, count = (size_t)grid->rows * (size_t)grid->columns;

	for (i = 0; i < count; i++)
		grid_blank(&grid->cells[i]);
	grid->cursor_row = grid->cursor_column = 0;
	grid->cursor_shown = false;
}

struct grid_area
grid_all(struct grid *grid)
{
	return (struct grid_area){ grid, 0, 0, grid->rows, grid->columns };
}

static void
grid_cut(int *start, int *length, int room)
{
	if (*start < 0) {
		*length += *start;
		*start = 0;
	}
	if (*length > room - *start)
		*length = room - *start;
	if (*length < 0)
		*length = 0;
}

struct grid_area
grid_part(struct grid_area area, int top, int left, int rows, int columns)
{
	grid_cut(&top, &rows, area.rows);
	grid_cut(&left, &columns, area.columns);
	return (struct grid_area){ area.grid, area.top + top,
	    area.left + left, rows, columns };
}

/* The first cell of a row of the area; NULL if the row is not in it. */
static struct grid_cell *
grid_row(struct grid_area area, int row)
{
	if (row < 0 || row >= area.rows || area.columns <= 0)
		return NULL;
	return area.grid->cells + (size_t)(area.top + row) *
	    (size_t)area.grid->columns + area.left;
}

/* Frees a cell of what it is a half of. */
static void
grid_take_cell(struct grid_area area, struct grid_cell *cells, int column)
{
	struct grid_cell *cell = &cells[column];
	int absolute = area.left + column;

	if (cell->width == 0 && absolute > 0)
		grid_blank(cell - 1);
	if (cell->width == 2 && absolute + 1 < area.grid->columns)
		grid_blank(cell + 1);
	grid_blank(cell);
}

static bool
grid_is_unsafe(const char *text, size_t length)
{
	size_t step;
	uint32_t code;

	for (; length > 0; text += step, length -= step) {
		step = text_decode(text, length, &code);
		if (step == 0 || text_is_unsafe(code))
			return true;
	}
	return false;
}

/* Puts a cluster of 1 or 2 cells; there is room. */
static void
grid_set(struct grid_area area, struct grid_cell *cells, int column,
    const char *text, size_t length, int width, enum grid_style style,
    unsigned flags)
{
	struct grid_cell *cell = &cells[column];
	int i;

	for (i = 0; i < width; i++) {
		grid_take_cell(area, cells, column + i);
		cell[i].style = (uint8_t)style;
		cell[i].flags = (uint8_t)flags;
	}
	if (length >= sizeof cell->text || grid_is_unsafe(text, length)) {
		cell->text[0] = '?';
		return;
	}
	memcpy(cell->text, text, length);
	cell->text[length] = '\0';
	cell->width = (uint8_t)width;
	if (width == 2) {
		cell[1].text[0] = '\0';
		cell[1].width = 0;
	}
}

/* The bytes and cells of the cluster at the start of a text. */
static size_t
grid_cluster(const char *text, int *cells)
{
	size_t length = text_fit(text, 1, cells);

	if (length == 0)
		length = text_fit(text, 2, cells);
	if (length > 0)
		return length;
	*cells = 1;             /* nothing that can be measured */
	return 1;
}

int
grid_put(struct grid_area area, int row, int column, int width,
    const char *text, enum grid_style style, unsigned flags)
{
	struct grid_cell *cells = grid_row(area, row);
	int start = column, end = area.columns, wide;
	size_t length;

	if (cells == NULL)
		return 0;
	if (width >= 0 && width < area.columns - column)
		end = column + width;
	for (; *text != '\0' && column < end; text += length) {
		length = grid_cluster(text, &wide);
		if (wide == 0)
			continue;
		if (column + wide > end || (column < 0 && column + wide > 0)) {
			if (column >= 0)
				grid_set(area, cells, column, " ", 1, 1,
				    style, flags);
			column++;
			break;
		}
		if (column >= 0)
			grid_set(area, cells, column, text, length, wide,
			    style, flags);
		column += wide;
	}
	return column - start;
}

int
grid_put_cut(struct grid_area area, int row, int column, const char *text,
    enum grid_style style, unsigned text_flags)
{
	int room = area.columns - column;
	char *cut;
	size_t size;

	if (room < 1 || text_width(text) <= room)
		return grid_put(area, row, column, -1, text, style, 0);
	size = TEXT_ROOM(room);
	cut = memory_resize(NULL, size, 1);
	text_safe(cut, size, text, strlen(text), room,
	    text_flags | TEXT_CUT_END);
	room = grid_put(area, row, column, -1, cut, style, 0);
	free(cut);
	return room;
}

void
grid_put_right(struct grid_area area, int row, int column, int width,
    const char *text, enum grid_style style, unsigned flags)
{
	int taken = text_width(text);

	if (taken < width)
		grid_put(area, row, column + width - taken, taken, text,
		    style, flags);
	else
		grid_put(area, row, column, width, text, style, flags);
}

int
grid_print(struct grid_area area, int row, int column, enum grid_style style,
    unsigned flags, const char *format, ...)
{
	char text[GRID_PRINT_SIZE];
	va_list values;

	va_start(values, format);
	vsnprintf(text, sizeof text, format, values);
	va_end(values);
	return grid_put(area, row, column, -1, text, style, flags);
}

void
grid_fill(struct grid_area area, int row, int column, int width,
    const char *glyph, enum grid_style style, unsigned flags)
{
	struct grid_cell *cells = grid_row(area, row);
	size_t length = strlen(glyph);

	if (cells == NULL)
		return;
	grid_cut(&column, &width, area.columns);
	while (width-- > 0)
		grid_set(area, cells, column++, glyph, length, 1, style,
		    flags);
}

void
grid_mark(struct grid_area area, int row, int column, int width,
    unsigned flags)
{
	struct grid_cell *cells = grid_row(area, row);

	if (cells == NULL)
		return;
	for (grid_cut(&column, &width, area.columns); width-- > 0; column++)
		cells[column].flags |= (uint8_t)flags;
}

void
grid_cursor(struct grid_area area, int row, int column, bool shown)
{
	if (row < 0 || row >= area.rows || column < 0 ||
	    column >= area.columns)
		return;
	area.grid->cursor_row = area.top + row;
	area.grid->cursor_column = area.left + column;
	area.grid->cursor_shown = shown;
}
