/* SPDX-License-Identifier: MIT
 *
 * Help, made from the table of actions: what is not in the table has no key,
 * and what is in it stands here. "/" narrows it down.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dialog.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/text.h"
#include "ui/command.h"
#include "ui/screen/field.h"

#define HELP_WIDTH      76
#define HELP_KEYS       16              /* cells of the keys' column */
#define HELP_TWO        70              /* contents with two columns of rows */
#define HELP_COMMANDS   24              /* room for the ":" line's verbs */
#define HELP_ROWS \
    (ACTION_COUNT + 2 * ACTION_GROUP_COUNT + 8 + HELP_COMMANDS)

struct help_row {
	char keys[64];                  /* "": a heading, or blank */
	const char *words;              /* NULL: blank */
	bool line;                      /* words are no heading, all the same */
};

struct help {
	struct dialog dialog;
	struct help_row rows[HELP_ROWS];
	size_t count;
	char usages[HELP_COMMANDS][96]; /* of the ":" line */
	size_t second;                  /* the first row of the right column */
	struct field search;
	bool searching;                 /* keys go to the field */
};

static const char *const help_groups[ACTION_GROUP_COUNT] = {
	[ACTION_GROUP_MOVE] = N_("MOVE"),
	[ACTION_GROUP_VIEW] = N_("VIEW"),
	[ACTION_GROUP_ACT] = N_("ACT ON SELECTED OR TAGGED ROWS"),
	[ACTION_GROUP_SET] = N_("SET"),
	[ACTION_GROUP_MORE] = N_("MORE"),
};

/* What no action of the table stands for. */
static const struct {
	const char *keys, *words;
} help_others[] = {
	{ "Ctrl-C", N_("as q; twice: quit now") },
	{ "Ctrl-Z", N_("suspend; fg brings it back") },
	{ "Shift-drag", N_("mark text, as without haul") },
};

static void
help_keys(char *out, size_t size, enum action action)
{
	char name[32];
	size_t n, used = 0;
	uint32_t key;

	action_first_key(out, size, action);
	for (n = 0; (key = action_key(action, n)) != INPUT_NO_KEY; n++) {
		action_key_name(name, sizeof name, key);
		if (used + strlen(name) + 2 > size)
			return;
		used += (size_t)snprintf(out + used, size - used, "%s%s",
		    n > 0 ? " " : "", name);
	}
}

static bool
help_has(const char *text, const char *wanted)
{
	return strcasestr(text, wanted) != NULL;
}

static void
help_add(struct help *help, const char *keys, const char *words)
{
	struct help_row *row = &help->rows[help->count++];

	snprintf(row->keys, sizeof row->keys, "%s", keys);
	row->words = words;
	row->line = false;
}

/* The ":" line's verbs, under a heading of their own. */
static void
help_add_commands(struct help *help)
{
	const char *wanted = field_text(&help->search);
	size_t n, before = help->count;

	help_add(help, "", NULL);
	help_add(help, "", _("COMMANDS"));
	for (n = 0; n < HELP_COMMANDS && command_usage(n, help->usages[n],
	    sizeof help->usages[n]); n++)
		if (help_has(help->usages[n], wanted)) {
			help_add(help, "", help->usages[n]);
			help->rows[help->count - 1].line = true;
		}
	if (help->count == before + 2)
		help->count = before;
}

/* The group's rows that hold what is searched for; its heading if any do. */
static void
help_add_group(struct help *help, enum action_group group)
{
	const char *wanted = field_text(&help->search);
	size_t before = help->count, i;
	enum action action;
	char keys[64];

	if (before > 0)
		help_add(help, "", NULL);
	help_add(help, "", _(help_groups[group]));
	for (action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
		help_keys(keys, sizeof keys, action);
		if (action_rows[action].group == group &&
		    (help_has(keys, wanted) ||
		    help_has(_(action_rows[action].help), wanted) ||
		    help_has(action_rows[action].name, wanted)))
			help_add(help, keys, _(action_rows[action].help));
	}
	for (i = 0; group == ACTION_GROUP_MORE &&
	    i < sizeof help_others / sizeof *help_others; i++)
		if (help_has(help_others[i].keys, wanted) ||
		    help_has(_(help_others[i].words), wanted))
			help_add(help, help_others[i].keys,
			    _(help_others[i].words));
	if (help->count == before + 1 + (before > 0))
		help->count = before;
}

static void
help_fill(struct help *help)
{
	/* So that two columns are about equally long. */
	static const enum action_group order[ACTION_GROUP_COUNT] = {
		ACTION_GROUP_MOVE, ACTION_GROUP_VIEW, ACTION_GROUP_SET,
		ACTION_GROUP_ACT, ACTION_GROUP_MORE,
	};
	size_t i;

	help->count = 0;
	help->second = 0;
	for (i = 0; i < ACTION_GROUP_COUNT; i++) {
		if (order[i] == ACTION_GROUP_ACT)
			help->second = help->count;
		help_add_group(help, order[i]);
	}
	help_add_commands(help);
	/* The right column begins with a heading, not with a blank. */
	if (help->second > 0 && help->second < help->count &&
	    help->rows[help->second].words == NULL)
		help->second++;
}

static bool
help_is_wide(const struct help *help, int columns)
{
	return columns >= HELP_TWO && help->second > 0 &&
	    help->second < help->count;
}

/* Cells for the keys of the rows: what the longest take, if there is room. */
static int
help_keys_width(const struct help *help, size_t from, size_t to, int width)
{
	int most = 0, cells;

	for (; from < to; from++) {
		cells = text_width(help->rows[from].keys);
		if (cells > most)
			most = cells;
	}
	if (most > HELP_KEYS)
		most = HELP_KEYS;
	return most + 1 > width / 2 ? width / 2 : most + 1;
}

/* Draws a row, whose words may take several; an area without rows only
 * measures. */
static int
help_draw_row(struct grid_area area, int row, int column, int width, int keys,
    const struct help_row *entry)
{
	int used;

	if (entry->words == NULL)
		return 1;
	if (*entry->keys == '\0')
		return sheet_wrap(area, row, column, width, entry->words,
		    entry->line ? STYLE_KEY : STYLE_TITLE,
		    entry->line ? 0 : GRID_BOLD);
	used = text_width(entry->keys) + 1;
	grid_put(area, row, column, width, entry->keys, STYLE_KEY, 0);
	if (used < keys || used > width / 2 + 4)
		used = keys;
	return sheet_wrap(area, row, column + used, width - used,
	    entry->words, STYLE_TEXT, 0);
}

/* Draws rows under each other; returns how many of the screen's they took. */
static int
help_draw_column(const struct help *help, struct grid_area area, int row,
    int column, int width, size_t from, size_t to)
{
	int keys = help_keys_width(help, from, to, width), first = row;

	for (; from < to; from++)
		row += help_draw_row(area, row, column, width, keys,
		    &help->rows[from]);
	return row - first;
}

static int
help_draw_rows(const struct help *help, struct grid_area area, int first,
    int columns)
{
	int half = columns / 2, left, right;

	if (!help_is_wide(help, columns))
		return help_draw_column(help, area, first, 0, columns, 0,
		    help->count);
	left = help_draw_column(help, area, first, 0, half - 1, 0,
	    help->second);
	right = help_draw_column(help, area, first, half + 1,
	    columns - half - 1, help->second, help->count);
	return left > right ? left : right;
}

static int
help_rows(struct dialog *dialog, int columns)
{
	struct help *help = (struct help *)dialog;
	struct grid_area none = { NULL, 0, 0, 0, 0 };
	bool field = help->searching || help->search.length > 0;
	int rows = help_draw_rows(help, none, 0, columns);

	return (rows > 0 ? rows : 1) + field;
}

static void
help_draw(struct dialog *dialog, struct grid_area area)
{
	struct help *help = (struct help *)dialog;
	bool field = help->searching || help->search.length > 0;
	int label;

	help_draw_rows(help, area, field, area.columns);
	if (field) {
		label = grid_put(area, 0, 0, -1, "/", STYLE_KEY, GRID_BOLD);
		field_draw(&help->search, area, 0, label, area.columns -
		    label, help->searching, ui_flags(dialog->ui));
	}
	if (help->count == 0)
		grid_put(area, field, 0, -1, _("nothing of that name"),
		    STYLE_QUIET, 0);
}

static unsigned
help_input(struct dialog *dialog, const struct input *input)
{
	struct help *help = (struct help *)dialog;

	if (input->kind != INPUT_KEY)
		return UI_PASS;
	if (help->searching) {
		if (input->key == 0x1b) {
			field_set(&help->search, "");
			help->searching = false;
		} else if (input->key == '\r' || input->key == '\n') {
			help->searching = false;
		} else if (!field_input(&help->search, input)) {
			return UI_PASS;
		}
		help_fill(help);
		dialog->sheet.top = 0;
		return UI_REDRAW;
	}
	switch (input->key) {
	case '/':
	case INPUT_F1 + 2:
		help->searching = true;
		dialog->sheet.top = 0;
		return UI_REDRAW;
	case '?':
	case 'h':
	case 'q':
	case INPUT_F1:
		dialog_close(dialog->ui);
		return UI_REDRAW;
	}
	return UI_PASS;
}

static void
help_free(struct dialog *dialog)
{
	struct help *help = (struct help *)dialog;

	field_release(&help->search);
	free(help);
}

static const struct dialog_ops help_ops = {
	help_rows, help_draw, help_input, NULL, help_free,
};

void
help_open(struct ui *ui)
{
	struct help *help;

	if (ui->dialog != NULL && ui->dialog->ops == &help_ops)
		return;
	help = memory_zero(sizeof *help);
	dialog_init(&help->dialog, ui, &help_ops,
	    _("Help   / search   Esc close"), HELP_WIDTH);
	field_init(&help->search, "");
	help_fill(help);
	dialog_open(ui, &help->dialog);
}
