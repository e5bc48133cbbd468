/* SPDX-License-Identifier: MIT
 *
 * All of a row in full, plain and over the whole screen, so that the
 * terminal's own marking and copying works on it: the way out where there is
 * no clipboard. What had to be replaced is shown a second time in C escapes.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "dialog.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/text.h"
#include "ui/screen/field.h"

struct fulltext {
	struct dialog dialog;
	haul_id id;
};

/* Writes a heading and what it is about; returns the row after it. */
static int
fulltext_put(struct grid_area area, int row, int columns, const char *heading,
    const char *bytes, unsigned flags)
{
	size_t room;
	char *escaped;

	if (bytes == NULL || *bytes == '\0')
		return row;
	grid_put(area, row++, 0, -1, heading, STYLE_TITLE, GRID_BOLD);
	row += sheet_wrap_safe(area, row, 0, columns, bytes, STYLE_TEXT,
	    flags);
	if (!field_is_plain(bytes)) {
		room = 10 * strlen(bytes) + 1;
		escaped = memory_resize(NULL, room, 1);
		text_escape(escaped, room, bytes, strlen(bytes), flags);
		row += sheet_wrap(area, row, 0, columns,
		    _("has hidden characters; exactly it is:"), STYLE_ERROR,
		    0);
		row += sheet_wrap(area, row, 0, columns, escaped, STYLE_TEXT,
		    0);
		free(escaped);
	}
	return row + 1;
}

static int
fulltext_fill(struct fulltext *fulltext, struct grid_area area, int columns)
{
	unsigned flags = ui_flags(fulltext->dialog.ui);
	struct haul_item *item = haul_item(fulltext->dialog.ui->haul,
	    fulltext->id);
	char sentence[SENTENCE_SIZE];
	struct haul_row shown;
	int row = 0;

	if (item == NULL || !haul_row(fulltext->dialog.ui->haul,
	    fulltext->id, &shown)) {
		haul_item_free(item);
		return 1;
	}
	row = fulltext_put(area, row, columns, _("Name"), shown.name, flags);
	row = fulltext_put(area, row, columns, _("URL"), item->url, flags);
	row = fulltext_put(area, row, columns, _("Final URL"),
	    item->final_url, flags);
	row = fulltext_put(area, row, columns, _("File"), item->path, flags);
	if (item->cause != HAUL_CAUSE_NONE) {
		sentence_cause(sentence, sizeof sentence, item->cause,
		    item->http_status, item->message, flags);
		row = fulltext_put(area, row, columns, _("Error"), sentence,
		    flags);
		/* Where they say more, or had to be tamed. */
		if (item->message != NULL &&
		    strstr(sentence, item->message) == NULL)
			row = fulltext_put(area, row, columns,
			    _("Words of the library or the system"),
			    item->message, flags);
	}
	row = fulltext_put(area, row, columns, "ETag", item->etag, flags);
	haul_item_free(item);
	return row;
}

static int
fulltext_rows(struct dialog *dialog, int columns)
{
	struct grid_area none = { NULL, 0, 0, 0, 0 };

	return fulltext_fill((struct fulltext *)dialog, none, columns);
}

static void
fulltext_draw(struct dialog *dialog, struct grid_area area)
{
	fulltext_fill((struct fulltext *)dialog, area, area.columns);
}

static unsigned
fulltext_input(struct dialog *dialog, const struct input *input)
{
	if (input->kind == INPUT_KEY && (input->key == 'w' ||
	    input->key == 'q' || input->key == '\r')) {
		dialog_close(dialog->ui);
		return UI_REDRAW;
	}
	return UI_PASS;
}

static void
fulltext_free(struct dialog *dialog)
{
	free(dialog);
}

static const struct dialog_ops fulltext_ops = {
	fulltext_rows, fulltext_draw, fulltext_input, NULL, fulltext_free,
};

void
fulltext_open(struct ui *ui, haul_id id)
{
	struct fulltext *fulltext;

	if (id == 0)
		return;
	fulltext = memory_zero(sizeof *fulltext);
	dialog_init(&fulltext->dialog, ui, &fulltext_ops,
	    _("Full text   Esc close"), DIALOG_WIDTH);
	fulltext->dialog.whole = true;
	fulltext->id = id;
	dialog_open(ui, &fulltext->dialog);
}
