/* SPDX-License-Identifier: MIT
 *
 * The pane's fields, for its kinds: details.c, why.c and logpane.c.
 */
#ifndef HAUL_UI_PANE_INTERNAL_H
#define HAUL_UI_PANE_INTERNAL_H

#include "pane.h"
#include "ui/rows/groups.h"
#include "ui/screen/sheet.h"

#define PANE_NARROW 40          /* fewer: values stand below their labels */

struct pane {
	struct ui *ui;
	enum pane_kind kind;
	haul_id shown;                  /* whose details the sheet has */
	struct sheet sheet;
	int needed, needed_columns;     /* the most rows that a failure took
	                                   on so many columns; 0: none yet */
	struct field_history histories[PROMPT_KINDS];

	struct groups *groups;
	struct groups_row group;        /* chosen; by kind, not by place */
	size_t group_top;               /* the first shown */
	bool collapsed;                 /* their heading alone is shown */
	bool in_groups;                 /* the focus is on them */
	bool narrowed;                  /* the list shows the group alone */

	uint64_t log_end;               /* messages_total() of the last line
	                                   shown; 0: of the newest */
	int log_rows;                   /* seen at last */
};

/* The column of values: beside the widest label, as it is translated. */
int pane_label(void);

/* A value under its label, over several rows if need be; returns its rows.
 * The value is ours or safe. An area without rows only measures. */
int pane_put(struct grid_area, int row, int columns, const char *label,
    const char *value);
/* The same for what comes from elsewhere. */
int pane_put_safe(const struct pane *, struct grid_area, int row, int columns,
    const char *label, const char *bytes);
/* The same for a URL: what must not be told is left out. */
int pane_put_url(const struct pane *, struct grid_area, int row, int columns,
    const char *label, const char *url);
/* If the path's bytes had to be replaced: says so, and shows them exactly. */
int pane_put_hidden(const struct pane *, struct grid_area, int row,
    int columns, const char *path);

/* "14:05:02", of the local time. */
#define PANE_CLOCK_SIZE 16
void pane_clock(char *out, size_t size, int64_t epoch_ms);

/* The rule line over a pane or the groups: title left, words right. */
void pane_rule(const struct pane *, struct grid_area, const char *title,
    const char *words, bool focus);

/* Draw an item and return the rows; an area without rows only measures. */
int details_fill(struct pane *, const struct haul_item *, struct grid_area,
    int columns);
int why_fill(struct pane *, const struct haul_item *, struct grid_area,
    int columns);

void logpane_draw(struct pane *, struct grid_area);
unsigned logpane_scroll(struct pane *, int lines);

/* why.c: keys while the groups have the focus; UI_PASS: none of them. */
unsigned why_act_groups(struct pane *, enum action);
/* Shows the whole list again; false if it was not narrowed. */
bool why_widen(struct pane *);

#endif
