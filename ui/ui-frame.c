/* SPDX-License-Identifier: MIT
 *
 * One frame: the layout is made for the size that the screen has now, and
 * each room draws into its part of the grid.
 */
#include "config.h"

#include <string.h>

#include "header.h"
#include "internal.h"
#include "message.h"
#include "prompt.h"
#include "ui/dialog/dialog.h"
#include "ui/list/list.h"
#include "ui/pane/pane.h"
#include "ui/screen/layout.h"

static struct grid_area
ui_area(struct ui *ui, const struct layout_part *part)
{
	return grid_part(grid_all(&ui->grid), part->top, part->left,
	    part->rows, part->columns);
}

/* Where no file is selected there is nothing to tell of it. */
static bool
ui_has_pane(const struct ui *ui)
{
	enum pane_kind kind = pane_kind(ui->pane);

	return kind == PANE_LOG ||
	    (kind != PANE_NONE && list_selected(ui->list) != 0);
}

/* The failed tab has its groups above the list. */
static void
ui_lay_out(struct ui *ui)
{
	struct layout *layout = ui->layout;
	bool pane = ui_has_pane(ui);
	int rows, spare = 0;

	layout_make(layout, ui->grid.rows, ui->grid.columns, pane,
	    ui->header_hidden, pane && ui->maximised);
	if (list_tab(ui->list) != LIST_FAILED)
		return;
	if (pane && !layout->pane_right && layout->list.rows > 0)
		spare = pane_spare(ui->pane, layout->pane.rows,
		    layout->pane.columns);
	layout_shrink_pane(layout, spare);
	rows = why_group_rows(ui->pane, layout->list.rows, spare);
	(void)layout_make_groups(layout, rows);
}

enum keybar_place
ui_keybar_place(const struct ui *ui)
{
	if (ui->focus_pane)
		return pane_on_groups(ui->pane) ? KEYBAR_GROUPS : KEYBAR_PANE;
	return list_tab(ui->list) == LIST_FAILED ? KEYBAR_FAILED :
	    KEYBAR_LIST;
}

/* The status line; without a row of its own a message takes the key bar's. */
static void
ui_draw_bottom(struct ui *ui)
{
	const struct layout *layout = ui->layout;
	struct grid_area status = ui_area(ui, &layout->status);
	struct grid_area keys = ui_area(ui, &layout->keys), below = keys;
	enum grid_style style;
	const char *text;
	int64_t until;

	if (status.rows == 0) {
		status = keys;
		below.rows = 0;
	}
	if (keys.rows > 0 && keys.columns < LAYOUT_NARROW)
		header_draw_foot(ui->header, keys);
	else if (keys.rows > 0)
		keybar_draw(keys, ui_keybar_place(ui));
	if (ui->prompt != NULL) {
		if (status.rows == 0)
			status = grid_part(grid_all(&ui->grid),
			    ui->grid.rows - 1, 0, 1, ui->grid.columns);
		grid_fill(status, 0, 0, status.columns, " ", STYLE_TEXT, 0);
		prompt_draw(ui, status, below);
	} else if (messages_status(ui->messages, ui->now_ms, &text, &style,
	    &until)) {
		grid_fill(status, 0, 0, status.columns, " ", STYLE_TEXT, 0);
		grid_put_cut(status, 0, 0, text, style, ui_flags(ui));
	}
}

static void
ui_draw_rule(struct ui *ui)
{
	const struct layout_part *pane = &ui->layout->pane;
	int row;

	if (!ui->layout->pane_right)
		return;
	for (row = 0; row < pane->rows; row++)
		grid_put(grid_all(&ui->grid), pane->top + row, pane->left - 1,
		    1, ui_glyphs(ui)->cross, STYLE_RULE, 0);
}

static void
ui_draw_list(struct ui *ui)
{
	grid_clear(&ui->grid);
	ui_lay_out(ui);
	list_draw(ui->list, ui_area(ui, &ui->layout->list));
}

void
ui_draw(struct ui *ui)
{
	const struct layout *layout = ui->layout;
	haul_id selected = list_selected(ui->list);

	/* The list first: it takes up what its index has found, and the tabs
	 * count that. If it has found another one to select, the room for it
	 * depends on whether there is one, and in the failed tab on its
	 * explanation. */
	ui_draw_list(ui);
	if (list_selected(ui->list) != selected &&
	    (list_tab(ui->list) == LIST_FAILED || selected == 0 ||
	    list_selected(ui->list) == 0))
		ui_draw_list(ui);
	header_draw_totals(ui->header, ui_area(ui, &layout->totals));
	header_draw_tabs(ui->header, ui_area(ui, &layout->tabs));
	header_draw_graph(ui->header, ui_area(ui, &layout->graph));
	if (layout->groups.rows > 0)
		why_draw_groups(ui->pane, ui_area(ui, &layout->groups));
	if (ui_has_pane(ui))
		pane_draw(ui->pane, ui_area(ui, &layout->pane),
		    ui->focus_pane);
	ui_draw_rule(ui);
	ui_draw_bottom(ui);
	if (ui->dialog != NULL)
		dialog_draw(ui, grid_all(&ui->grid));
	/* What reads the screen aloud begins where the cursor is. */
	if (ui->context.term.accessible)
		ui->grid.cursor_shown = true;
}
