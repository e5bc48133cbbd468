/* SPDX-License-Identifier: MIT
 *
 * A question with the safe answer chosen beforehand.
 */
#include "config.h"

#include <stdlib.h>

#include "dialog.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/text.h"

#define CONFIRM_WIDTH 60

enum confirm_button { CONFIRM_NO, CONFIRM_YES };

struct confirm {
	struct dialog dialog;
	char *text, *yes;
	int focus;                      /* enum confirm_button */
	void (*then)(struct ui *, void *);
	void (*drop)(void *);
	void *data;                     /* NULL once it was handed on */
};

/* Whether the answers stand beside each other. */
static bool
confirm_is_wide(const struct confirm *confirm, int columns)
{
	return text_width(_("No")) + text_width(confirm->yes) + 11 <= columns;
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
	int used = dialog_button(dialog, area, row, 0, CONFIRM_NO, _("No"),
	    confirm->focus == CONFIRM_NO) + 3;

	if (!confirm_is_wide(confirm, area.columns)) {
		row++;
		used = 0;
	}
	dialog_button(dialog, area, row, used, CONFIRM_YES, confirm->yes,
	    confirm->focus == CONFIRM_YES);
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
