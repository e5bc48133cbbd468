/* SPDX-License-Identifier: MIT
 *
 * The list's insides, for its own files alone: what a frame shows
 * (list-rows.c), drawing it (list-draw.c), looking for names (list-find.c),
 * tags (list-tags.c), and what keys do (list.c).
 */
#ifndef HAUL_UI_LIST_INTERNAL_H
#define HAUL_UI_LIST_INTERNAL_H

#include "columns.h"
#include "list.h"
#include "ui/rows/arrivals.h"
#include "ui/rows/fold.h"
#include "ui/rows/source.h"

#define LIST_FIND_SIZE 256
#define LIST_SLICE_ROWS 20000   /* looked at in one frame, at most */
#define LIST_SLICE_US 4000

/* A line of the screen. */
struct list_line {
	haul_id id;                     /* 0: a folded run */
	size_t row;                     /* in list.buffer */
	uint64_t first, count;          /* ranks of the run */
	bool among_active;
};

/* What each tab remembers. */
struct list_page {
	haul_id selected;               /* 0: none yet */
	int line;                       /* of the screen, where it stands */
	bool touched;                   /* a person selected it */
	bool settled;                   /* or it was the first to be active */
	bool loose;                     /* lines below may be empty: it was
	                                   unfolded in place */
	enum list_sort sort;
	bool reverse;
	haul_id *shown;                 /* of the last frame, by line; owned */
	size_t shown_count;
};

struct list_search {
	char text[LIST_FIND_SIZE];      /* of the last one */
	int direction;                  /* +1, -1 */
	bool beyond;                    /* the selected one does not count */
	uint64_t next, rest;            /* rank to look at; ranks not seen */
	uint64_t whole;                 /* ranks to be seen in all */
	bool running, wrapped;
	bool missed;                    /* in what is there so far: once more
	                                   when all rows are there */
};

struct list {
	struct ui *ui;
	struct list_page pages[LIST_TABS];
	enum list_tab tab;
	bool follow;                    /* wanted, where it is possible */
	struct source source;
	struct tags tags;
	char filter[LIST_FILTER_SIZE];
	bool has_group;
	struct list_group group;
	struct list_search search;
	struct list_tagging *tagging;   /* NULL: none */
	bool busy;
	bool unfolded;                  /* rows that will be folded in a few
	                                   seconds are shown */
	int64_t key_ms;                 /* of the last key */

	/* of the last frame: */
	int rows;                       /* lines for rows, >= 1 */
	bool head;
	struct layout_columns columns;
	int scroll, scroll_max;         /* of names */
	struct list_line *lines;
	size_t line_count;
	uint64_t top;                   /* rank of the first, without folds */
	struct haul_row *buffer;        /* two screens of rows */
	size_t buffer_room;
	struct arrivals arrivals;
};

static inline struct list_page *
list_page(struct list *list)
{
	return &list->pages[list->tab];
}

/* ---- list.c ---- */

void list_refresh(struct list *);       /* the source, as of now */
int64_t list_epoch_ms(void);

/* ---- list-rows.c ---- */

/* Decides what stands on each line, and where the selection is. */
void list_settle(struct list *);
/* Selects the item of this rank, on that line as far as the list's ends
 * allow; with `fill` no line stays empty below if one above could be seen.
 * Follow ends. */
void list_go(struct list *, uint64_t rank, int line, bool fill);
/* The selected one's rank; false if there is none. */
bool list_selected_rank(struct list *, uint64_t *rank);

/* ---- list-find.c ---- */

void list_search_on(struct list *);     /* a slice of it */
int64_t list_clock_us(void);

/* ---- list-tags.c ---- */

void list_tag_on(struct list *);        /* a slice of it */

#endif
