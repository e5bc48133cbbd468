/* SPDX-License-Identifier: MIT
 *
 * The frame of dialogs. The contents are drawn whole on a sheet, of which the
 * screen shows a part: no dialog needs to know how much room there is.
 */
#include "config.h"

#include "dialog.h"

#include <stdio.h>
#include <string.h>

#include "present/i18n.h"
#include "present/text.h"

#define DIALOG_FRAMED_COLUMNS   44
#define DIALOG_FRAMED_ROWS      12

struct dialog_frame {
	const char *across, *down;
	const char *corners[4];         /* from the top left, clockwise */
};

static const struct dialog_frame dialog_frames[2] = {
	{ "\u2500", "\u2502", { "\u250c", "\u2510", "\u2518", "\u2514" } },
	{ "-", "|", { "+", "+", "+", "+" } },
};

void
dialog_init(struct dialog *dialog, struct ui *ui,
    const struct dialog_ops *ops, const char *title, int width)
{
	memset(dialog, 0, sizeof *dialog);
	dialog->ops = ops;
	dialog->ui = ui;
	dialog->width = width;
	snprintf(dialog->title, sizeof dialog->title, "%s", title);
}

void
dialog_open(struct ui *ui, struct dialog *dialog)
{
	dialog->under = ui->dialog;
	ui->dialog = dialog;
}

void
dialog_close(struct ui *ui)
{
	struct dialog *dialog = ui->dialog;

	if (dialog == NULL)
		return;
	ui->dialog = dialog->under;
	sheet_release(&dialog->sheet);
	dialog->ops->free(dialog);
}

void
dialog_close_all(struct ui *ui)
{
	while (ui->dialog != NULL)
		dialog_close(ui);
}

/* ---- drawing ---- */

/* A rule with the title in it, and where we are if not all is shown. */
static void
dialog_draw_title(const struct dialog *dialog, struct grid_area area,
    const struct dialog_frame *frame, int left)
{
	char position[32];
	int used, width = area.columns - 2 * left;

	grid_fill(area, 0, left, width, dialog->ui->context.term.accessible ?
	    " " : frame->across, STYLE_RULE, 0);
	if (width < 5)
		return;
	grid_put(area, 0, left + 1, 1, " ", STYLE_RULE, 0);
	used = grid_put(area, 0, left + 2, width - 4, dialog->title,
	    STYLE_TITLE, GRID_BOLD);
	grid_put(area, 0, left + 2 + used, 1, " ", STYLE_RULE, 0);
	sheet_position(&dialog->sheet, position, sizeof position);
	if (*position != '\0' && used + 6 + text_width(position) < width)
		grid_print(area, 0, left + width - 3 - text_width(position),
		    STYLE_QUIET, 0, " %s ", position);
}

static void
dialog_draw_sides(struct grid_area area, const struct dialog_frame *frame)
{
	int row, last = area.rows - 1, right = area.columns - 1;

	for (row = 1; row < last; row++) {
		grid_fill(area, row, 0, area.columns, " ", STYLE_TEXT, 0);
		grid_put(area, row, 0, 1, frame->down, STYLE_RULE, 0);
		grid_put(area, row, right, 1, frame->down, STYLE_RULE, 0);
	}
	grid_fill(area, last, 0, area.columns, frame->across, STYLE_RULE, 0);
	grid_put(area, 0, 0, 1, frame->corners[0], STYLE_RULE, 0);
	grid_put(area, 0, right, 1, frame->corners[1], STYLE_RULE, 0);
	grid_put(area, last, right, 1, frame->corners[2], STYLE_RULE, 0);
	grid_put(area, last, 0, 1, frame->corners[3], STYLE_RULE, 0);
}

/* Where the contents go, the frame around it drawn; it has `rows` of them. */
static struct grid_area
dialog_place(const struct dialog *dialog, struct grid_area screen, int rows)
{
	int width = dialog->width < screen.columns ? dialog->width :
	    screen.columns;
	int height = rows + 2 < screen.rows - 2 ? rows + 2 : screen.rows - 2;

	return grid_part(screen, (screen.rows - height) / 2,
	    (screen.columns - width) / 2, height, width);
}

static void
dialog_draw_framed(struct dialog *dialog, struct grid_area screen,
    const struct dialog_frame *frame)
{
	int width = dialog->width < screen.columns ? dialog->width :
	    screen.columns;
	int rows = dialog->ops->rows(dialog, width - 4);
	struct grid_area outer = dialog_place(dialog, screen, rows), inner;

	dialog->ops->draw(dialog, sheet_begin(&dialog->sheet, rows,
	    width - 4));
	dialog_draw_sides(outer, frame);
	inner = grid_part(outer, 1, 2, outer.rows - 2, outer.columns - 4);
	sheet_show(&dialog->sheet, inner, dialog->sheet.grid.cursor_row);
	grid_fill(outer, 0, 1, outer.columns - 2, frame->across, STYLE_RULE,
	    0);
	dialog_draw_title(dialog, outer, frame, 1);
	dialog->top = inner.top - screen.top;
	dialog->left = inner.left - screen.left;
}

static void
dialog_draw_whole(struct dialog *dialog, struct grid_area screen,
    const struct dialog_frame *frame)
{
	int title = screen.rows > 1, row;
	int rows = dialog->ops->rows(dialog, screen.columns);

	dialog->ops->draw(dialog, sheet_begin(&dialog->sheet, rows,
	    screen.columns));
	for (row = 0; row < screen.rows; row++)
		grid_fill(screen, row, 0, screen.columns, " ", STYLE_TEXT, 0);
	sheet_show(&dialog->sheet, grid_part(screen, title, 0,
	    screen.rows - title, screen.columns),
	    dialog->sheet.grid.cursor_row);
	if (title)
		dialog_draw_title(dialog, screen, frame, 0);
	dialog->top = title;
	dialog->left = 0;
}

void
dialog_draw(struct ui *ui, struct grid_area screen)
{
	struct dialog *dialog = ui->dialog;
	const struct dialog_frame *frame;

	if (dialog == NULL || screen.rows < 1 || screen.columns < 1)
		return;
	frame = &dialog_frames[(ui_flags(ui) & TEXT_ASCII) != 0];
	dialog->target_count = 0;
	if (dialog->whole || ui->context.term.accessible ||
	    screen.columns < DIALOG_FRAMED_COLUMNS ||
	    screen.rows < DIALOG_FRAMED_ROWS)
		dialog_draw_whole(dialog, screen, frame);
	else
		dialog_draw_framed(dialog, screen, frame);
}

/* ---- input ---- */

static unsigned
dialog_click(struct dialog *dialog, const struct input *input)
{
	int row = input->row - dialog->top + dialog->sheet.top;
	int column = input->column - dialog->left;
	const struct dialog_target *target;
	size_t i;

	if (input->row < dialog->top || dialog->ops->press == NULL ||
	    input->row - dialog->top >= dialog->sheet.seen)
		return UI_NOTHING;
	for (i = 0; i < dialog->target_count; i++) {
		target = &dialog->targets[i];
		if (row == target->row && column >= target->column &&
		    column < target->column + target->columns)
			return dialog->ops->press(dialog, target->id,
			    column - target->column);
	}
	return UI_NOTHING;
}

static unsigned
dialog_scroll(struct dialog *dialog, int lines)
{
	return sheet_scroll(&dialog->sheet, lines) ? UI_REDRAW : UI_NOTHING;
}

/* What every dialog does with keys that are not its own. */
static unsigned
dialog_key(struct dialog *dialog, uint32_t key)
{
	int page = dialog->sheet.seen > 1 ? dialog->sheet.seen - 1 : 1;

	switch (key) {
	case 0x1b:
		dialog_close(dialog->ui);
		return UI_REDRAW;
	case INPUT_F1:
		help_open(dialog->ui);
		return UI_REDRAW;
	case 'L' & 0x1f:
	case 'Z' & 0x1f:
		return UI_PASS;
	case INPUT_UP:
	case 'k':
		return dialog_scroll(dialog, -1);
	case INPUT_DOWN:
	case 'j':
		return dialog_scroll(dialog, 1);
	case INPUT_PAGE_UP:
	case 'B' & 0x1f:
		return dialog_scroll(dialog, -page);
	case INPUT_PAGE_DOWN:
	case 'F' & 0x1f:
	case ' ':
		return dialog_scroll(dialog, page);
	case INPUT_HOME:
	case 'g':
		return dialog_scroll(dialog, -dialog->sheet.grid.rows);
	case INPUT_END:
	case 'G':
		return dialog_scroll(dialog, dialog->sheet.grid.rows);
	default:
		return UI_NOTHING;
	}
}

unsigned
dialog_input(struct ui *ui, const struct input *input)
{
	struct dialog *dialog = ui->dialog;
	unsigned reaction;

	if (dialog == NULL || input->kind == INPUT_HANGUP)
		return UI_PASS;
	if (input->kind == INPUT_CLICK)
		return dialog_click(dialog, input);
	reaction = dialog->ops->input(dialog, input);
	if (reaction != UI_PASS)
		return reaction;
	if (input->kind == INPUT_WHEEL)
		return dialog_scroll(dialog, input->key == INPUT_UP ? -3 : 3);
	if (input->kind == INPUT_KEY)
		return dialog_key(dialog, input->key);
	return UI_NOTHING;
}

/* ---- parts of dialogs ---- */

void
dialog_target(struct dialog *dialog, int row, int column, int columns, int id)
{
	if (dialog->target_count == DIALOG_TARGETS || columns <= 0)
		return;
	dialog->targets[dialog->target_count++] = (struct dialog_target){
		row, column, columns, id };
}

int
dialog_button(struct dialog *dialog, struct grid_area area, int row,
    int column, int id, const char *label, bool focus)
{
	char text[128];
	int cells;

	snprintf(text, sizeof text, focus ? "[>%s<]" : "[ %s ]", label);
	cells = grid_put(area, row, column, -1, text, STYLE_KEY,
	    focus ? GRID_REVERSE : 0);
	dialog_target(dialog, row, column, cells, id);
	if (focus)
		grid_cursor(area, row, column, false);
	return cells;
}

static int
dialog_mark(struct dialog *dialog, struct grid_area area, int row, int column,
    int id, const char *mark, const char *label, bool focus)
{
	char text[256];
	int cells;

	snprintf(text, sizeof text, "%s %s", mark, label);
	cells = grid_put(area, row, column, -1, text, STYLE_TEXT,
	    focus ? GRID_BOLD : 0);
	dialog_target(dialog, row, column, cells, id);
	if (focus) {
		grid_put(area, row, column - 1, 1, ">", STYLE_STRONG,
		    GRID_BOLD);
		grid_cursor(area, row, column, false);
	}
	return cells;
}

int
dialog_check(struct dialog *dialog, struct grid_area area, int row,
    int column, int id, bool on, const char *label, bool focus)
{
	return dialog_mark(dialog, area, row, column, id, on ? "[x]" : "[ ]",
	    label, focus);
}

int
dialog_choice(struct dialog *dialog, struct grid_area area, int row,
    int column, int id, bool on, const char *label, bool focus)
{
	return dialog_mark(dialog, area, row, column, id, on ? "(o)" : "( )",
	    label, focus);
}

/* ---- choices by number ---- */

const char *
dialog_ordinal(const struct dialog *dialog, int choice)
{
	static const char *const ordinals[] = { "1 ", "2 ", "3 ", "4 ", "5 ",
	    "6 ", "7 ", "8 ", "9 ", "0 " };

	if (!dialog->ui->context.term.accessible || choice < 0 ||
	    (size_t)choice >= sizeof ordinals / sizeof *ordinals)
		return "";
	return ordinals[choice];
}

int
dialog_digit(const struct dialog *dialog, const struct input *input, int count)
{
	int choice;

	if (!dialog->ui->context.term.accessible || input->kind != INPUT_KEY ||
	    input->key < '0' || input->key > '9')
		return -1;
	choice = input->key == '0' ? 9 : (int)input->key - '1';
	return choice < count ? choice : -1;
}
