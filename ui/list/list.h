/* SPDX-License-Identifier: MIT
 *
 * The list of files: five tabs of one queue, each with its own selection,
 * scroll and order. What is selected is an item, never a place: whatever the
 * queue does, the selection stays on it and on its line of the screen. In the
 * first tab, following, runs of files that nothing happens to are folded.
 */
#ifndef HAUL_UI_LIST_H
#define HAUL_UI_LIST_H

#include "ui/internal.h"
#include "ui/rows/sort.h"

#define LIST_FILTER_SIZE 512

enum list_tab {
	LIST_ALL,
	LIST_ACTIVE,
	LIST_QUEUED,
	LIST_DONE,
	LIST_FAILED,
	LIST_TABS
};

struct list *list_new(struct ui *);
void list_free(struct list *);

/* The head, if the layout has one, and the rows. */
void list_draw(struct list *, struct grid_area);

/* It works on something long: more comes without a change of the engine. */
bool list_is_busy(const struct list *);

/* Movement, tabs, follow, tags, order; UI_PASS if it is not the list's. */
unsigned list_act(struct list *, enum action);
/* UI_PASS: on the row that was selected before. */
unsigned list_click(struct list *, int row, int column);
unsigned list_wheel(struct list *, int lines);

/* ---- what is selected ---- */

haul_id list_selected(struct list *);           /* 0: none */
/* The tagged ones in the order of the view, else the selected one; malloc()ed,
 * NULL if none. Returns how many. */
size_t list_targets(struct list *, haul_id **ids);
size_t list_tagged(struct list *);
void list_untag_all(struct list *);
/* Tags all rows of the tab that match; "": those in view. In a long list it
 * goes on, and says how it ended. False, and a sentence: it cannot be read. */
bool list_tag(struct list *, const char *expression, char *why, size_t size);
/* Shows an item, if this tab has it. */
void list_select(struct list *, haul_id);

/* ---- what is shown ---- */

enum list_tab list_tab(struct list *);
void list_show_tab(struct list *, enum list_tab);
/* States of a tab, as HAUL_IN(). */
unsigned list_tab_states(enum list_tab);
/* How many files it has, or with a filter, how many match. */
uint64_t list_tab_count(struct list *, enum list_tab);

/* Empty: all. False, and a sentence: it cannot be read; the old one stays. */
bool list_filter(struct list *, const char *expression, char *why,
    size_t size);
const char *list_filter_text(struct list *);
/* "41 of 1,204", "41 of 1,204 (scanning 34%)". */
void list_filter_status(struct list *, char *out, size_t size);

/* The next row whose name has the text: +1 behind the selected one, -1 before
 * it, 0 from it on. True if it was found at once; in a long list the search
 * goes on, and says how it ended. */
bool list_find(struct list *, const char *text, int direction);

void list_set_sort(struct list *, enum list_sort, bool reverse);
enum list_sort list_sort(struct list *, bool *reverse);
/* That of all files, whichever tab is shown. */
enum list_sort list_sort_of_all(struct list *, bool *reverse);
/* The order in a word or two, translated: "queue", "newest", "sorting 43%". */
void list_sort_word(struct list *, char *out, size_t size);
/* The same where room is scarce: "-name" for a reversed one. */
void list_sort_brief(struct list *, char *out, size_t size);
/* Whether it is the one that this tab begins with. */
bool list_sort_is_usual(struct list *);

/* "6/12", the last row on the screen of all; "" if all are, or where folds
 * tell what is not. */
void list_position(struct list *, char *out, size_t size);

/* Whether rows are folded now. */
bool list_follows(struct list *);

/* How far it has come; -1: nothing is looked for. */
int list_find_percent(struct list *);

/* Whether it looks for something, or tags, and need not wait for the next
 * frame; goes on with that for a few milliseconds: true if that ended it. */
bool list_has_work(const struct list *);
bool list_work(struct list *);

/* Shows one group of the failed tab alone; NULL: all. */
void list_set_group(struct list *, const struct list_group *);

#endif
