/* SPDX-License-Identifier: MIT
 *
 * See saving.h. What came from the command line or the environment, and was
 * left as it is, is meant for this run alone and not saved.
 */
#include "config.h"

#include "saving.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live.h"
#include "list/list.h"
#include "present/i18n.h"
#include "present/memory.h"

#define SAVING_SIZE 64

/* After those of live_rows. */
enum {
	SAVING_FRAMES = LIVE_COUNT,
	SAVING_COLOUR,
	SAVING_GLYPHS,
	SAVING_MOUSE,
	SAVING_SORT,
	SAVING_REVERSE,
	SAVING_COUNT
};

struct saving {
	char values[SAVING_COUNT][SAVING_SIZE]; /* when the screen opened */
	bool wished[SAVING_COUNT];      /* was to be saved: so is what it is
	                                   changed back to, and what could not
	                                   be written */
};

static const char *
saving_name(int setting)
{
	static const char *const names[] = { "fps", "color", "ascii", "mouse",
	    "sort", "sort-reverse" };

	return setting < LIVE_COUNT ? live_rows[setting].option :
	    names[setting - LIVE_COUNT];
}

/* As the option is written. */
static void
saving_value(struct ui *ui, int setting, char *text)
{
	/* By enum term_scheme. */
	static const char *const schemes[] = { "auto", "safe", "never" };
	bool reverse;
	enum list_sort sort = list_sort_of_all(ui->list, &reverse);

	*text = '\0';
	switch (setting) {
	case LIVE_LIMIT_FILE:           /* is one file's */
		break;
	case SAVING_FRAMES:
		snprintf(text, SAVING_SIZE, "%d", ui->context.frames_per_s);
		break;
	case SAVING_COLOUR:
		snprintf(text, SAVING_SIZE, "%s",
		    schemes[ui->context.term.scheme]);
		break;
	case SAVING_GLYPHS:
		snprintf(text, SAVING_SIZE, "%s", ui->context.text_flags &
		    TEXT_ASCII ? "yes" : "no");
		break;
	case SAVING_MOUSE:
		snprintf(text, SAVING_SIZE, "%s", ui->mouse ? "yes" : "no");
		break;
	case SAVING_SORT:
		snprintf(text, SAVING_SIZE, "%s", sort_name(sort));
		break;
	case SAVING_REVERSE:
		snprintf(text, SAVING_SIZE, "%s", reverse ? "yes" : "no");
		break;
	default:
		(void)haul_get(ui->haul, 0, live_rows[setting].option, text,
		    SAVING_SIZE);
	}
}

struct saving *
saving_new(struct ui *ui)
{
	struct saving *saving = memory_zero(sizeof *saving);
	int i;

	for (i = 0; i < SAVING_COUNT; i++)
		saving_value(ui, i, saving->values[i]);
	return saving;
}

void
saving_free(struct saving *saving)
{
	free(saving);
}

void
saving_wish(struct ui *ui)
{
	char changes[SAVING_COUNT * (SAVING_SIZE + 32)] = "";
	char value[SAVING_SIZE];
	size_t used = 0;
	int i;

	for (i = 0; i < SAVING_COUNT; i++) {
		saving_value(ui, i, value);
		if (*value == '\0' || (!ui->saving->wished[i] &&
		    strcmp(value, ui->saving->values[i]) == 0))
			continue;
		ui->saving->wished[i] = true;
		used += (size_t)snprintf(changes + used, sizeof changes - used,
		    "%s = %s\n", saving_name(i), value);
	}
	if (used == 0)
		ui_say(ui, STYLE_TEXT, "%s", _("Nothing was changed here."));
	else
		ui_wish(ui, UI_WISH_SAVE, changes);
}
