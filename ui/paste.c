/* SPDX-License-Identifier: MIT
 *
 * The text stays in memory, where decode.h bounds it, and the command's thread
 * reads it by and by: URLs may have passwords, and belong in no file.
 */
#include "config.h"

#include "paste.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "present/i18n.h"
#include "present/memory.h"
#include "present/units.h"
#include "ui/dialog/dialog.h"
#include "ui/screen/decode.h"

static bool
paste_has_lines(const char *bytes, size_t length, size_t most)
{
	size_t i, lines = 0;

	for (i = 0; i < length && lines <= most; i++)
		lines += bytes[i] == '\r' || bytes[i] == '\n';
	return lines > most;
}

bool
paste_is_long(const struct input *input)
{
	return input->kind == INPUT_PASTE &&
	    (input->paste_length > PASTE_FORM || paste_has_lines(input->paste,
	    input->paste_length, PASTE_LINES));
}

/* Terminals send Return for the end of a line, which a list does not have. */
static char *
paste_lines(const char *bytes, size_t length)
{
	char *text = memory_bytes(bytes, length);
	size_t i, n = 0;

	for (i = 0; i < length; i++) {
		if (bytes[i] == '\r' && i + 1 < length && bytes[i + 1] == '\n')
			continue;
		text[n++] = bytes[i] == '\r' ? '\n' : bytes[i] == '\0' ? ' ' :
		    bytes[i];
	}
	text[n] = '\0';
	return text;
}

/* What was cut may have been cut in a line, which would be another one. */
static void
paste_drop_last(char *text)
{
	char *feed = strrchr(text, '\n');

	if (feed != NULL)
		feed[1] = '\0';
}

static void
paste_read(struct ui *ui, void *data)
{
	ui_wish(ui, UI_WISH_TEXT, data);
	free(data);
}

void
paste_offer(struct ui *ui, const struct input *input)
{
	char *text = paste_lines(input->paste, input->paste_length);
	bool cut = input->paste_length == DECODE_PASTE_MAX;
	char size[UNITS_SIZE], words[512];

	if (cut)
		paste_drop_last(text);
	units_size_long(size, sizeof size, (int64_t)input->paste_length,
	    ui->context.si);
	snprintf(words, sizeof words, cut ? _("More than %s were pasted; the "
	    "rest is missing. Read the lines that are here as a list of "
	    "URLs?") : _("%s were pasted, too much for a form. Read it as a "
	    "list of URLs, one a line?"), size);
	confirm_open(ui, _("Read as a list?"), words, _("Read"), paste_read,
	    free, text);
}
