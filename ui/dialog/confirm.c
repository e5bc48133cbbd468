/* SPDX-License-Identifier: MIT
 *
 * A question with the safe answer chosen beforehand.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "dialog.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/text.h"

#define CONFIRM_WIDTH 60

enum { CONFIRM_NO, CONFIRM_YES };

struct confirm {
	struct dialog dialog;
	char *text, *yes;
	int focus;                      /* CONFIRM_... */
	void (*then)(struct ui *, void *);
	void (*drop)(void *);
	void *data;                     /* NULL once it was handed on */
};

static void
confirm_label(const struct confirm *confirm, int button, char *label,
    size_t size)
{
	snprintf(label, size, "%s%s", dialog_ordinal(&confirm->dialog, button),
	    button == CONFIRM_NO ? _("No") : confirm->yes);
}

/* Whether the answers stand beside each other. */
static bool
confirm_is_wide(const struct confirm *confirm, int columns)
{
	char no[128], yes[128];

	confirm_label(confirm, CONFIRM_NO, no, sizeof no);
	confirm_label(confirm, CONFIRM_YES, yes, sizeof yes);
	return text_width(no) + text_width(yes) + 11 <= columns;
}

static int
confirm_button(struct confirm *confirm, struct grid_area area, int row,
    int column, int button)
{
	char label[128];

	confirm_label(confirm, button, label, sizeof label);
	return dialog_button(&confirm->dialog, area, row, column, button,
	    label, confirm->focus == button);
}

static int
confirm_rows(struct dialog *dialog, int columns)
{
	struct confirm *confirm = (struct confirm *)dialog;
	struct grid_area none = { NULL, 0, 0, 0, 0 };

	return sheet_wrap(none, 0, 0, columns, confirm->text, STYLE_TEXT, 0) +
	    (confirm_is_wide(confirm, columns) ? 2 : 3);
}

static void
confirm_draw(struct dialog *dialog, struct grid_area area)
{
	struct confirm *confirm = (struct confirm *)dialog;
	int row = sheet_wrap(area, 0, 0, area.columns, confirm->text,
	    STYLE_TEXT, 0) + 1;
	int used = confirm_button(confirm, area, row, 0, CONFIRM_NO) + 3;

	if (!confirm_is_wide(confirm, area.columns)) {
		row++;
		used = 0;
	}
	confirm_button(confirm, area, row, used, CONFIRM_YES);
}

static unsigned
confirm_answer(struct confirm *confirm, bool yes)
{
	struct ui *ui = confirm->dialog.ui;
	void (*then)(struct ui *, void *) = confirm->then;
	void *data = confirm->data;

	if (yes)
		confirm->drop = NULL;
	dialog_close(ui);
	if (yes)
		then(ui, data);
	return UI_REDRAW;
}

static unsigned
confirm_press(struct dialog *dialog, int target, int cell)
{
	struct confirm *confirm = (struct confirm *)dialog;

	/* Nothing destructive on one click: the first one chooses. */
	(void)cell;
	if (target == CONFIRM_NO || confirm->focus == target)
		return confirm_answer(confirm, target == CONFIRM_YES);
	confirm->focus = target;
	return UI_REDRAW;
}

static unsigned
confirm_input(struct dialog *dialog, const struct input *input)
{
	struct confirm *confirm = (struct confirm *)dialog;
	int choice = dialog_digit(dialog, input, 2);

	if (choice >= 0)
		return confirm_answer(confirm, choice == CONFIRM_YES);
	if (input->kind != INPUT_KEY)
		return UI_PASS;
	switch (input->key) {
	case 'y':
	case 'Y':
		return confirm_answer(confirm, true);
	case 'n':
	case 'N':
	case 'q':
	case 0x1b:
		return confirm_answer(confirm, false);
	case '\r':
	case '\n':
		return confirm_answer(confirm, confirm->focus == CONFIRM_YES);
	case '\t':
	case INPUT_BACK_TAB:
	case INPUT_LEFT:
	case INPUT_RIGHT:
		confirm->focus = !confirm->focus;
		return UI_REDRAW;
	}
	return UI_PASS;
}

static void
confirm_free(struct dialog *dialog)
{
	struct confirm *confirm = (struct confirm *)dialog;

	if (confirm->drop != NULL)
		confirm->drop(confirm->data);
	free(confirm->text);
	free(confirm->yes);
	free(confirm);
}

static const struct dialog_ops confirm_ops = {
	confirm_rows, confirm_draw, confirm_input, confirm_press,
	confirm_free,
};

void
confirm_open(struct ui *ui, const char *title, const char *text,
    const char *yes, void (*then)(struct ui *, void *),
    void (*drop)(void *), void *data)
{
	struct confirm *confirm = memory_zero(sizeof *confirm);

	dialog_init(&confirm->dialog, ui, &confirm_ops, title, CONFIRM_WIDTH);
	confirm->text = memory_string(text);
	confirm->yes = memory_string(yes);
	confirm->then = then;
	confirm->drop = drop;
	confirm->data = data;
	dialog_open(ui, &confirm->dialog);
}
