/* SPDX-License-Identifier: MIT
 *
 * The rooms that ui.c calls: their headers where they are there, else what
 * they will declare. A room that lands drops out of here by itself (make
 * sure that ui.o and missing.o are made anew then).
 */
#ifndef HAUL_UI_MISSING_H
#define HAUL_UI_MISSING_H

#include "internal.h"

#if __has_include("layout.h")
#include "layout.h"
#else
struct layout_part {
	int top, left, rows, columns;
};
struct layout {
	struct layout_part totals, tabs, graph, groups, head, list, pane,
	    status, keys;
	bool pane_right;
};
void layout_make(struct layout *, int rows, int columns, bool pane,
    bool header_hidden, bool maximised);
int layout_make_groups(struct layout *, int rows);
#endif

#if __has_include("list.h")
#include "list.h"
#else
enum list_tab { LIST_ALL, LIST_ACTIVE, LIST_QUEUED, LIST_DONE, LIST_FAILED,
	LIST_TABS };
struct list *list_new(struct ui *);
void list_free(struct list *);
void list_draw(struct list *, struct grid_area);
unsigned list_act(struct list *, enum action);
unsigned list_click(struct list *, int row, int column);
unsigned list_wheel(struct list *, int lines);
haul_id list_selected(struct list *);
enum list_tab list_tab(struct list *);
bool list_filter(struct list *, const char *expression, char *why,
    size_t size);
const char *list_filter_text(struct list *);
#endif

#if __has_include("header.h")
#include "header.h"
#else
struct header *header_new(struct ui *);
void header_free(struct header *);
void header_draw_totals(struct header *, struct grid_area);
void header_draw_tabs(struct header *, struct grid_area);
void header_draw_graph(struct header *, struct grid_area);
void header_sample(struct header *, int64_t now_ms, int64_t speed_bps);
unsigned header_click(struct header *, int column);
#endif

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
