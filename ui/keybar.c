/* SPDX-License-Identifier: MIT
 *
 * Each place has its words in the order in which they stand, with a rank by
 * which they are taken in as long as they fit. First all in their short form;
 * where there is room for more, the longer words.
 */
#include "config.h"

#include "keybar.h"

#include <stdio.h>
#include <string.h>

#include "present/i18n.h"

#define KEYBAR_WORDS    16
#define KEYBAR_KEY      24

struct keybar_word {
	enum action action;
	int rank;               /* 1 is the last to go */
	const char *brief, *full;
};

struct keybar_item {
	enum action action;
	char key[KEYBAR_KEY];
	const char *word;
	int column, columns;
};

static const struct keybar_word keybar_words[KEYBAR_PLACES][KEYBAR_WORDS] = {
	[KEYBAR_LIST] = {
		/* TRANSLATORS: short words without blanks, each behind its
		 * key; the last are left out where a row is full. */
		{ ACTION_HELP, 1, N_("Help"), NULL },
		{ ACTION_ADD, 3, N_("Add"), NULL },
		{ ACTION_FIND, 8, N_("Find"), NULL },
		{ ACTION_FILTER, 6, N_("Filter"), NULL },
		{ ACTION_SORT_MENU, 9, N_("Sort"), NULL },
		{ ACTION_OPEN, 13, N_("Details"), NULL },
		{ ACTION_PAUSE, 4, N_("Pause"), NULL },
		{ ACTION_RETRY, 5, N_("Retry"), NULL },
		{ ACTION_RETRY_ALL, 15, N_("Retry-failed"), NULL },
		{ ACTION_EDIT, 10, N_("Edit"), N_("Edit-URL") },
		{ ACTION_REMOVE, 11, N_("Remove"), NULL },
		{ ACTION_SETTINGS, 7, N_("Set"), N_("Settings") },
		{ ACTION_FOLLOW, 12, N_("Follow"), NULL },
		{ ACTION_LOG, 14, N_("Log"), NULL },
		{ ACTION_QUIT, 2, N_("Quit"), NULL },
	},
	[KEYBAR_FAILED] = {
		{ ACTION_HELP, 1, N_("Help"), NULL },
		{ ACTION_RETRY, 3, N_("Retry"), NULL },
		{ ACTION_RETRY_ALL, 4, N_("Retry-all"), NULL },
		{ ACTION_EDIT, 5, N_("Edit+retry"), NULL },
		{ ACTION_REMOVE, 6, N_("Remove"), NULL },
		{ ACTION_COPY_URL, 8, N_("Copy-URL"), NULL },
		{ ACTION_EXPORT, 7, N_("Export"), NULL },
		{ ACTION_TAB_ALL, 10, N_("All"), NULL },
		{ ACTION_OTHER_PANE, 9, N_("Groups"), NULL },
		{ ACTION_QUIT, 2, N_("Quit"), NULL },
	},
	[KEYBAR_PANE] = {
		{ ACTION_HELP, 1, N_("Help"), NULL },
		{ ACTION_NEXT, 3, N_("Scroll"), NULL },
		{ ACTION_LIST_NEXT, 5, N_("Next-file"), NULL },
		{ ACTION_MAXIMISE, 4, N_("Maximise"), NULL },
		{ ACTION_OTHER_PANE, 6, N_("List"), NULL },
		{ ACTION_PAUSE, 7, N_("Pause"), NULL },
		{ ACTION_RETRY, 8, N_("Retry"), NULL },
		{ ACTION_COPY_URL, 9, N_("Copy-URL"), NULL },
		{ ACTION_FULL_TEXT, 10, N_("Full-text"), NULL },
		{ ACTION_CLOSE, 2, N_("Close"), NULL },
	},
	[KEYBAR_GROUPS] = {
		{ ACTION_HELP, 1, N_("Help"), NULL },
		{ ACTION_OPEN, 3, N_("Only-these"), NULL },
		{ ACTION_RETRY_ALL, 4, N_("Retry-group"), NULL },
		{ ACTION_COLLAPSE, 6, N_("Collapse"), NULL },
		{ ACTION_OTHER_PANE, 5, N_("Next-pane"), NULL },
		{ ACTION_CLOSE, 2, N_("Back"), NULL },
	},
};

static int
keybar_width(const struct keybar_word *word, bool full)
{
	char key[KEYBAR_KEY];

	action_first_key(key, sizeof key, word->action);
	return text_width(key) + text_width(_(full && word->full != NULL ?
	    word->full : word->brief));
}

/* Takes words up to this rank; returns the columns. */
static int
keybar_columns(const struct keybar_word *words, int rank, bool full)
{
	int i, columns = 0;

	for (i = 0; i < KEYBAR_WORDS && words[i].action != ACTION_NONE; i++)
		if (words[i].rank <= rank)
			columns += keybar_width(&words[i], full) + 1;
	return columns > 0 ? columns - 1 : 0;
}

static int
keybar_fill(struct keybar_item *items, enum keybar_place place, int columns)
{
	const struct keybar_word *words = keybar_words[place];
	int i, rank = KEYBAR_WORDS, count = 0, column = 0;
	bool full;

	while (rank > 0 && keybar_columns(words, rank, false) > columns)
		rank--;
	full = keybar_columns(words, rank, true) <= columns;
	for (i = 0; i < KEYBAR_WORDS && words[i].action != ACTION_NONE; i++) {
		struct keybar_item *item = &items[count];

		if (words[i].rank > rank)
			continue;
		item->action = words[i].action;
		action_first_key(item->key, sizeof item->key, item->action);
		item->word = _(full && words[i].full != NULL ?
		    words[i].full : words[i].brief);
		item->column = column;
		item->columns = keybar_width(&words[i], full);
		column += item->columns + 1;
		count++;
	}
	return count;
}

void
keybar_draw(struct grid_area area, enum keybar_place place)
{
	struct keybar_item items[KEYBAR_WORDS];
	int i, used, count = keybar_fill(items, place, area.columns);

	for (i = 0; i < count; i++) {
		used = grid_put(area, 0, items[i].column, -1, items[i].key,
		    STYLE_KEY, GRID_BOLD);
		grid_put(area, 0, items[i].column + used, -1, items[i].word,
		    STYLE_TEXT, 0);
	}
}

enum action
keybar_click(enum keybar_place place, int columns, int column)
{
	struct keybar_item items[KEYBAR_WORDS];
	int i, count = keybar_fill(items, place, columns);

	for (i = 0; i < count; i++)
		if (column >= items[i].column &&
		    column < items[i].column + items[i].columns)
			return items[i].action;
	return ACTION_NONE;
}
