/* SPDX-License-Identifier: MIT
 *
 * The rooms that ui.c calls: their headers where they are there, else what
 * they will declare. A room that lands drops out of here by itself (make
 * sure that ui.o and missing.o are made anew then).
 */
#ifndef HAUL_UI_MISSING_H
#define HAUL_UI_MISSING_H

#include "header.h"
#include "internal.h"
#include "layout.h"
#include "list.h"

#if __has_include("pane.h")
#include "pane.h"
#else
enum pane_kind { PANE_NONE, PANE_DETAILS, PANE_WHY, PANE_LOG };
struct pane *pane_new(struct ui *);
void pane_free(struct pane *);
void pane_show(struct pane *, enum pane_kind);
enum pane_kind pane_kind(const struct pane *);
void pane_draw(struct pane *, struct grid_area, bool focus);
unsigned pane_act(struct pane *, enum action);
unsigned pane_wheel(struct pane *, int lines);
unsigned pane_click(struct pane *, int row, int column);
int why_group_rows(struct pane *, int room);
void why_draw_groups(struct pane *, struct grid_area);
#endif

#if __has_include("dialog.h")
#include "dialog.h"
#else
void dialog_draw(struct ui *, struct grid_area);
unsigned dialog_input(struct ui *, const struct input *);
void dialog_close_all(struct ui *);
void add_open(struct ui *, const char *pasted);
void settings_open(struct ui *);
void quit_open(struct ui *);
void edit_open(struct ui *, haul_id);
void sortmenu_open(struct ui *);
void fulltext_open(struct ui *, haul_id);
void help_open(struct ui *);
#endif

#if __has_include("prompt.h")
#include "prompt.h"
#else
enum prompt_kind { PROMPT_FIND, PROMPT_FILTER, PROMPT_COMMAND,
	PROMPT_LIST_FILE, PROMPT_LIMIT };
void prompt_open(struct ui *, enum prompt_kind);
void prompt_draw(struct ui *, struct grid_area);
unsigned prompt_input(struct ui *, const struct input *);
void prompt_close(struct ui *);
#endif

#if __has_include("acts.h")
#include "acts.h"
#else
unsigned acts_do(struct ui *, enum action);
#endif

#if __has_include("undo.h")
#include "undo.h"
#else
struct undo *undo_new(struct ui *);
void undo_free(struct undo *);
bool undo_last(struct ui *);
#endif

#endif
