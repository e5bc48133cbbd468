/* SPDX-License-Identifier: MIT
 *
 * Empty rooms, until the real ones are there; see missing.h.
 */
#include "config.h"

#include "missing.h"

#include <string.h>

/* A translation unit needs a declaration of its own. */
extern const int missing_none;
const int missing_none = 0;

#if !__has_include("pane.h")
struct pane *
pane_new(struct ui *ui)
{
	(void)ui;
	return NULL;
}

void
pane_free(struct pane *pane)
{
	(void)pane;
}

void
pane_show(struct pane *pane, enum pane_kind kind)
{
	(void)pane;
	(void)kind;
}

enum pane_kind
pane_kind(const struct pane *pane)
{
	(void)pane;
	return PANE_NONE;
}

void
pane_draw(struct pane *pane, struct grid_area area, bool focus)
{
	(void)pane;
	(void)area;
	(void)focus;
}

unsigned
pane_act(struct pane *pane, enum action action)
{
	(void)pane;
	(void)action;
	return UI_PASS;
}

unsigned
pane_wheel(struct pane *pane, int lines)
{
	(void)pane;
	(void)lines;
	return UI_PASS;
}

unsigned
pane_click(struct pane *pane, int row, int column)
{
	(void)pane;
	(void)row;
	(void)column;
	return UI_PASS;
}

int
why_group_rows(struct pane *pane, int room)
{
	(void)pane;
	(void)room;
	return 0;
}

void
why_draw_groups(struct pane *pane, struct grid_area area)
{
	(void)pane;
	(void)area;
}
#endif

#if !__has_include("dialog.h")
void
dialog_draw(struct ui *ui, struct grid_area area)
{
	(void)ui;
	(void)area;
}

unsigned
dialog_input(struct ui *ui, const struct input *input)
{
	(void)ui;
	(void)input;
	return UI_PASS;
}

void
dialog_close_all(struct ui *ui)
{
	(void)ui;
}

void
add_open(struct ui *ui, const char *pasted)
{
	(void)ui;
	(void)pasted;
}

void
settings_open(struct ui *ui)
{
	(void)ui;
}

void
quit_open(struct ui *ui)
{
	ui->context.wish(ui->context.user, UI_WISH_QUIT, NULL);
}

void
edit_open(struct ui *ui, haul_id id)
{
	(void)ui;
	(void)id;
}

void
sortmenu_open(struct ui *ui)
{
	(void)ui;
}

void
fulltext_open(struct ui *ui, haul_id id)
{
	(void)ui;
	(void)id;
}

void
help_open(struct ui *ui)
{
	(void)ui;
}
#endif

#if !__has_include("prompt.h")
void
prompt_open(struct ui *ui, enum prompt_kind kind)
{
	(void)ui;
	(void)kind;
}

void
prompt_draw(struct ui *ui, struct grid_area area)
{
	(void)ui;
	(void)area;
}

unsigned
prompt_input(struct ui *ui, const struct input *input)
{
	(void)ui;
	(void)input;
	return UI_PASS;
}

void
prompt_close(struct ui *ui)
{
	(void)ui;
}
#endif

#if !__has_include("acts.h")
unsigned
acts_do(struct ui *ui, enum action action)
{
	(void)ui;
	(void)action;
	return UI_PASS;
}
#endif

#if !__has_include("undo.h")
struct undo *
undo_new(struct ui *ui)
{
	(void)ui;
	return NULL;
}

void
undo_free(struct undo *undo)
{
	(void)undo;
}

bool
undo_last(struct ui *ui)
{
	(void)ui;
	return false;
}
#endif
