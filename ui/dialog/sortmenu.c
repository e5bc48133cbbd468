/* SPDX-License-Identifier: MIT
 *
 * The menu of sort keys: a letter, or a row and Enter.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "dialog.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/text.h"
#include "ui/list/list.h"

#define SORTMENU_WIDTH 34       /* at least */

static const struct sortmenu_row {
	char letter;
	const char *words;
	enum list_sort sort;
} sortmenu_rows_of[] = {
	{ 'q', N_("queue order"), LIST_SORT_QUEUE },
	{ 'n', N_("name"), LIST_SORT_NAME },
	{ 's', N_("size"), LIST_SORT_SIZE },
	{ 'p', N_("progress"), LIST_SORT_PROGRESS },
	{ 'v', N_("speed"), LIST_SORT_SPEED },
	{ 'e', N_("time left"), LIST_SORT_LEFT },
	{ 't', N_("state, then queue"), LIST_SORT_STATE },
	{ 'f', N_("finished / failed time"), LIST_SORT_ENDED },
	{ 'h', N_("host"), LIST_SORT_HOST },
	{ 'b', N_("beginning, oldest first"), LIST_SORT_STARTED },
};

#define SORTMENU_ROWS \
    ((int)(sizeof sortmenu_rows_of / sizeof *sortmenu_rows_of))

struct sortmenu {
	struct dialog dialog;
	int keys;                       /* rows before "reverse", the last */
	int row;
};

static void
sortmenu_reverse_words(char *words, size_t size, bool reverse)
{
	snprintf(words, size, _("reverse   [%c] reversed"),
	    reverse ? 'x' : ' ');
}

/* With the frame, room for the longest row. */
static int
sortmenu_width(void)
{
	char words[96];
	int row, most, width;

	sortmenu_reverse_words(words, sizeof words, false);
	most = text_width(words);
	for (row = 0; row < SORTMENU_ROWS; row++) {
		width = text_width(_(sortmenu_rows_of[row].words));
		most = width > most ? width : most;
	}
	return most + 9 > SORTMENU_WIDTH ? most + 9 : SORTMENU_WIDTH;
}

static int
sortmenu_rows(struct dialog *dialog, int columns)
{
	(void)columns;
	return ((struct sortmenu *)dialog)->keys + 1;
}

static void
sortmenu_draw_row(struct sortmenu *menu, struct grid_area area, int row,
    char letter, const char *words)
{
	unsigned flags = row == menu->row ? GRID_BOLD : 0;
	int at = 2;

	if (row == menu->row) {
		grid_put(area, row, 0, 1, ">", STYLE_STRONG, GRID_BOLD);
		grid_cursor(area, row, 0, false);
	}
	at += grid_put(area, row, at, -1, dialog_ordinal(&menu->dialog, row),
	    STYLE_KEY, flags);
	grid_print(area, row, at, STYLE_KEY, flags, "%c", letter);
	grid_put(area, row, at + 3, -1, words, STYLE_TEXT, flags);
	dialog_target(&menu->dialog, row, 0, area.columns, row);
}

static void
sortmenu_draw(struct dialog *dialog, struct grid_area area)
{
	struct sortmenu *menu = (struct sortmenu *)dialog;
	bool reverse;
	char words[96];
	int row;

	list_sort(dialog->ui->list, &reverse);
	for (row = 0; row < menu->keys; row++)
		sortmenu_draw_row(menu, area, row,
		    sortmenu_rows_of[row].letter,
		    _(sortmenu_rows_of[row].words));
	sortmenu_reverse_words(words, sizeof words, reverse);
	sortmenu_draw_row(menu, area, row, 'I', words);
}

/* Reversing leaves the menu open: a key may follow. */
static unsigned
sortmenu_choose(struct sortmenu *menu, int row)
{
	struct ui *ui = menu->dialog.ui;
	bool reverse;
	enum list_sort sort = list_sort(ui->list, &reverse);

	menu->row = row;
	if (row == menu->keys) {
		list_set_sort(ui->list, sort, !reverse);
		return UI_REDRAW;
	}
	list_set_sort(ui->list, sortmenu_rows_of[row].sort, reverse);
	dialog_close(ui);
	return UI_REDRAW;
}

static unsigned
sortmenu_press(struct dialog *dialog, int target, int cell)
{
	(void)cell;
	return sortmenu_choose((struct sortmenu *)dialog, target);
}

static unsigned
sortmenu_input(struct dialog *dialog, const struct input *input)
{
	struct sortmenu *menu = (struct sortmenu *)dialog;
	int row = dialog_digit(dialog, input, menu->keys + 1);

	if (row >= 0)
		return sortmenu_choose(menu, row);
	if (input->kind != INPUT_KEY)
		return UI_PASS;
	switch (input->key) {
	case '\r':
	case '\n':
	case ' ':
		return sortmenu_choose(menu, menu->row);
	case INPUT_DOWN:
	case 'j':
		menu->row = (menu->row + 1) % (menu->keys + 1);
		return UI_REDRAW;
	case INPUT_UP:
	case 'k':
		menu->row = (menu->row + menu->keys) % (menu->keys + 1);
		return UI_REDRAW;
	case 'I':
		return sortmenu_choose(menu, menu->keys);
	case '>':
	case '<':
	case INPUT_F1 + 5:
		dialog_close(dialog->ui);
		return UI_REDRAW;
	}
	for (row = 0; row < menu->keys; row++)
		if (input->key == (uint32_t)sortmenu_rows_of[row].letter)
			return sortmenu_choose(menu, row);
	return UI_PASS;
}

static void
sortmenu_free(struct dialog *dialog)
{
	free(dialog);
}

static const struct dialog_ops sortmenu_ops = {
	sortmenu_rows, sortmenu_draw, sortmenu_input, sortmenu_press,
	sortmenu_free,
};

void
sortmenu_open(struct ui *ui)
{
	struct sortmenu *menu = memory_zero(sizeof *menu);
	bool reverse;
	enum list_sort sort = list_sort(ui->list, &reverse);
	int row;

	dialog_init(&menu->dialog, ui, &sortmenu_ops, _("Sort by"),
	    sortmenu_width());
	/* The last is the order of the active ones alone. */
	menu->keys = SORTMENU_ROWS - (list_tab(ui->list) != LIST_ACTIVE);
	for (row = 0; row < menu->keys; row++)
		if (sortmenu_rows_of[row].sort == sort)
			menu->row = row;
	dialog_open(ui, &menu->dialog);
}
