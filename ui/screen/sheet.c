/* SPDX-License-Identifier: MIT
 *
 * A sheet is a grid of its own. What is carried over keeps to the area, so a
 * screen of one row shows one row of it.
 */
#include "config.h"

#include "sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "present/memory.h"
#include "present/text.h"

#define SHEET_DIGEST    32      /* digits of one, at least */

void
sheet_release(struct sheet *sheet)
{
	if (sheet->grid.cells != NULL)
		grid_release(&sheet->grid);
	memset(sheet, 0, sizeof *sheet);
}

struct grid_area
sheet_begin(struct sheet *sheet, int rows, int columns)
{
	if (rows < 1)
		rows = 1;
	if (columns < 1)
		columns = 1;
	if (sheet->grid.cells == NULL)
		grid_init(&sheet->grid, rows, columns);
	else if (sheet->grid.rows != rows || sheet->grid.columns != columns)
		grid_resize(&sheet->grid, rows, columns);
	grid_clear(&sheet->grid);
	sheet->grid.cursor_shown = false;
	sheet->grid.cursor_row = -1;
	sheet->tail = 0;
	return grid_all(&sheet->grid);
}

static void
sheet_clamp(struct sheet *sheet)
{
	int last = sheet->grid.rows - sheet->seen;

	if (sheet->top > last)
		sheet->top = last;
	if (sheet->top < 0)
		sheet->top = 0;
}

/* Scrolls so that the row is shown, by no more than needed. */
static void
sheet_reveal(struct sheet *sheet, int row)
{
	if (row < sheet->top)
		sheet->top = row;
	else if (sheet->seen > 0 && row >= sheet->top + sheet->seen)
		sheet->top = row - sheet->seen + 1;
	sheet_clamp(sheet);
}

static void
sheet_carry_cursor(const struct sheet *sheet, struct grid_area area)
{
	int row = sheet->grid.cursor_row - sheet->top;

	if (sheet->grid.cursor_row < 0 || row < 0 || row >= sheet->seen)
		return;
	grid_cursor(area, row, sheet->grid.cursor_column < area.columns ?
	    sheet->grid.cursor_column : area.columns - 1,
	    sheet->grid.cursor_shown);
}

void
sheet_show(struct sheet *sheet, struct grid_area area, int keep)
{
	const struct grid_cell *cell;
	int row, column;

	sheet->seen = area.rows < sheet->grid.rows ? area.rows :
	    sheet->grid.rows;
	if (sheet->seen <= 0 || area.columns <= 0)
		return;
	sheet_clamp(sheet);
	if (keep >= 0) {
		sheet_reveal(sheet, keep + sheet->tail);
		sheet_reveal(sheet, keep);
	}
	for (row = 0; row < sheet->seen; row++) {
		cell = sheet->grid.cells + (size_t)(sheet->top + row) *
		    (size_t)sheet->grid.columns;
		for (column = 0; column < sheet->grid.columns; column++)
			if (cell[column].width > 0)
				grid_put(area, row, column, cell[column].width,
				    cell[column].text, cell[column].style,
				    cell[column].flags);
	}
	sheet_carry_cursor(sheet, area);
}

bool
sheet_scroll(struct sheet *sheet, int lines)
{
	int before = sheet->top;

	sheet->top += lines;
	sheet_clamp(sheet);
	return sheet->top != before;
}

void
sheet_position(const struct sheet *sheet, char *text, size_t size)
{
	if (sheet->grid.cells == NULL || sheet->seen >= sheet->grid.rows)
		*text = '\0';
	else
		snprintf(text, size, "%d/%d", sheet->top + sheet->seen,
		    sheet->grid.rows);
}

/* ---- text of several rows ---- */

/* The bytes up to the digits, if a digest (NAME=HEX) begins there that no row
 * has room for as a whole, but for its digits; else 0. */
static size_t
sheet_before_digits(const char *word, int width)
{
	size_t name = strcspn(word, "= \n") + 1, length, digits;

	if (word[name - 1] != '=')
		return 0;
	length = strcspn(word, " \n");
	digits = strspn(word + name, "0123456789abcdefABCDEF");
	return digits >= SHEET_DIGEST && length > (size_t)width &&
	    length - name <= (size_t)width ? name : 0;
}

/* The bytes of the next row, and in *skip what parts it from the one after. */
static size_t
sheet_line(const char *text, int width, size_t *skip)
{
	size_t feed = strcspn(text, "\n"), fits, end, name;
	const char *word;

	fits = text_fit(text, width, NULL);
	if (fits >= feed) {
		*skip = text[feed] == '\n';
		return feed;
	}
	*skip = 0;
	end = text_row(text, width);
	word = text + end + strspn(text + end, " ");
	name = sheet_before_digits(word, width);
	if (name > 0 && (size_t)(word - text) + name <= fits)
		return (size_t)(word - text) + name;
	if (end > 0) {
		*skip = strspn(text + end, " ");
		return end;
	}
	/* A character wider than the row is passed over, or this never ends. */
	if (fits == 0)
		*skip = feed;
	return fits;
}

int
sheet_wrap(struct grid_area area, int row, int column, int width,
    const char *text, enum grid_style style, unsigned flags)
{
	size_t length, skip;
	char *line;
	int rows = 0;

	if (width < 1)
		width = 1;
	do {
		length = sheet_line(text, width, &skip);
		if (row + rows < area.rows) {
			line = memory_bytes(text, length);
			grid_put(area, row + rows, column, width, line, style,
			    flags);
			free(line);
		}
		text += length + skip;
		rows++;
	} while (*text != '\0');
	return rows;
}

int
sheet_wrap_safe(struct grid_area area, int row, int column, int width,
    const char *bytes, enum grid_style style, unsigned text_flags)
{
	size_t length = strlen(bytes), room = 2 * TEXT_ROOM(length);
	char *safe = memory_resize(NULL, room, 1);
	int rows;

	text_safe(safe, room, bytes, length, -1, text_flags);
	rows = sheet_wrap(area, row, column, width, safe, style, 0);
	free(safe);
	return rows;
}
