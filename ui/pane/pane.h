/* SPDX-License-Identifier: MIT
 *
 * What stands under the list (or beside it, or in its place): the selected
 * item's details, why it failed, or the event log. In the view of failed items
 * also the groups of causes above the list.
 */
#ifndef HAUL_UI_PANE_H
#define HAUL_UI_PANE_H

#include "ui/acts.h"
#include "ui/internal.h"
#include "ui/prompt.h"
#include "ui/screen/field.h"

enum pane_kind { PANE_NONE, PANE_DETAILS, PANE_WHY, PANE_LOG };

struct pane *pane_new(struct ui *);
void pane_free(struct pane *);

/* DETAILS and WHY are the same place: what is shown follows the selection. */
void pane_show(struct pane *, enum pane_kind);

enum pane_kind pane_kind(const struct pane *);

/* It counts something long: more comes without a change of the engine. */
bool pane_is_busy(const struct pane *);

void pane_draw(struct pane *, struct grid_area, bool focus);

/* Of so many rows, those that the explanation of a failure leaves blank. None
 * that it has needed since it was opened, so that the pane does not change its
 * size with each step through the list. */
int pane_spare(struct pane *, int rows, int columns);

/* Keys while the pane has the focus; COLLAPSE also without. UI_PASS: not the
 * pane's. */
unsigned pane_act(struct pane *, enum action);
unsigned pane_wheel(struct pane *, int lines);
unsigned pane_click(struct pane *, int row, int column);

/* Whether keys go to the groups of failures; where they go with the focus on
 * "the pane". */
bool pane_on_groups(const struct pane *);
void pane_focus_groups(struct pane *, bool focus);

/* The group of failures that the list is narrowed to, or on which the focus
 * stands; false if there is none. `wanted` points into the pane. */
bool pane_wanted(const struct pane *, struct retry_wanted *);

/* What was typed into prompts of that kind. */
struct field_history *pane_history(struct pane *, enum prompt_kind);

/* ---- why.c: the groups above the list of failed items ---- */

/* Rows wanted of `room`, the pane's `spare` ones included; 0 outside that
 * view, or if nothing has failed. */
int why_group_rows(struct pane *, int room, int spare);
void why_draw_groups(struct pane *, struct grid_area);
/* A click in them, in their own coordinates. */
unsigned why_click_groups(struct pane *, int row, int column);
unsigned why_wheel_groups(struct pane *, int lines);

#endif
