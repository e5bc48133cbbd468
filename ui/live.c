/* SPDX-License-Identifier: MIT
 *
 * Settings that hold at once, by table.
 */
#include "config.h"

#include "live.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/text.h"
#include "undo.h"

const struct live_row live_rows[LIVE_COUNT] = {
	[LIVE_FILES] = { "max-conn", "files", N_("Files at once"),
	    "1..10000", true, 1, 10000 },
	[LIVE_SPLITS] = { "max-splits", "splits", N_("Connections per file"),
	    "1..256", true, 1, 256 },
	[LIVE_HOST] = { "max-host-conn", "host", N_("Connections per host"),
	    N_("0 = no limit"), true, 0, 10000 },
	[LIVE_TOTAL] = { "max-total-conn", "total", N_("Total connections"),
	    N_("0 = no limit"), true, 0, 10000 },
	[LIVE_LIMIT] = { "limit-rate", "limit", N_("Rate limit, all"),
	    N_("e.g. 500K, 20M, off"), false, 0, 0 },
	[LIVE_LIMIT_FILE] = { "limit-rate-file", "limit-file",
	    N_("Rate limit, this file"), "", false, 0, 0 },
	[LIVE_TRIES] = { "retries", "tries", N_("Retries per file"),
	    N_("without progress"), true, 0, 1000000 },
	[LIVE_DELAY] = { "retry-delay", "delay", N_("Retry wait"),
	    N_("grows, honours Retry-After"), false, 0, 0 },
};

enum live_setting
live_find(const char *name, size_t length)
{
	enum live_setting setting;
	const struct live_row *row;

	for (setting = 0; setting < LIVE_COUNT; setting++) {
		row = &live_rows[setting];
		if ((strlen(row->verb) == length &&
		    memcmp(row->verb, name, length) == 0) ||
		    (strlen(row->option) == length &&
		    memcmp(row->option, name, length) == 0))
			break;
	}
	return setting;
}

static bool
live_is_rate(enum live_setting setting)
{
	return setting == LIVE_LIMIT || setting == LIVE_LIMIT_FILE;
}

void
live_show(struct ui *ui, enum live_setting setting, haul_id id, char *text,
    size_t size)
{
	char value[64];

	if (setting == LIVE_LIMIT_FILE && id == 0)
		snprintf(text, size, "-");
	else if (!haul_get(ui->haul, id, live_rows[setting].option, value,
	    sizeof value))
		snprintf(text, size, "?");
	else if (live_is_rate(setting) && strcmp(value, "0") == 0)
		snprintf(text, size, "%s", _("off"));
	else if (setting == LIVE_DELAY && strspn(value, "0123456789.") ==
	    strlen(value))
		snprintf(text, size, "%ss", value);
	else
		snprintf(text, size, "%s", value);
}

static char *
live_words(const char *label, const char *value)
{
	/* TRANSLATORS: a setting and its value: "Files at once: 8". */
	return memory_format(_("%s: %s"), label, value);
}

char *
live_described(const char *setting)
{
	size_t length = strcspn(setting, "=");
	enum live_setting found = live_find(setting, length);
	const char *value = setting + length + (setting[length] == '=');

	if (found == LIVE_COUNT)
		return memory_string(setting);
	return live_words(_(live_rows[found].label), live_is_rate(found) &&
	    strcmp(value, "0") == 0 ? _("off") : value);
}

static void
live_tell(struct ui *ui, const char *label, const char *before,
    const char *after)
{
	char line[256], *words = live_words(label, after);

	ui_say(ui, STYLE_TEXT, "%s", words);
	free(words);
	snprintf(line, sizeof line, "%s %s -> %s", label, before, after);
	messages_keep(ui->messages, N_("SET"), STYLE_TEXT, line);
}

enum haul_result
live_set_option(struct haul *haul, haul_id id, const char *name,
    const char *value, struct haul_error *error)
{
	bool is_list = strcmp(name, "checksum") == 0;
	char *words, *word, *rest = NULL;
	enum haul_result result;

	if (!is_list)
		return haul_set_item(haul, id, name, value, error);
	result = haul_set_item(haul, id, name, "", error);
	words = memory_string(value);
	for (word = strtok_r(words, " \n", &rest); word != NULL && result ==
	    HAUL_OK; word = strtok_r(NULL, " \n", &rest))
		result = haul_set_item(haul, id, name, word, error);
	free(words);
	return result;
}

bool
live_set(struct ui *ui, enum live_setting setting, haul_id id,
    const char *value, char *why, size_t size)
{
	const struct live_row *row = &live_rows[setting];
	char before[64], shown[64], *old;
	struct haul_error error = { .result = HAUL_OK };
	enum haul_result result;

	if (live_is_rate(setting) && (strcmp(value, "off") == 0 ||
	    strcmp(value, _("off")) == 0 || *value == '\0'))
		value = "0";
	if (!haul_get(ui->haul, id, row->option, before, sizeof before))
		*before = '\0';
	result = id == 0 ? haul_set(ui->haul, row->option, value, &error) :
	    haul_set_item(ui->haul, id, row->option, value, &error);
	if (result != HAUL_OK) {
		if (result == HAUL_ESTATE || result == HAUL_ENOENT)
			snprintf(why, size, "%s",
			    _("not possible any more"));
		else
			sentence_complaint(why, size, _(row->label), &error,
			    ui_flags(ui));
		return false;
	}
	if (*before != '\0') {
		old = memory_format("%s=%s", row->option, before);
		undo_add(undo_begin(ui->undo, UNDO_SETTING), id, 0, old);
		undo_end(ui->undo);
		free(old);
	}
	live_show(ui, setting, id, shown, sizeof shown);
	live_tell(ui, _(row->label), *before != '\0' ? before : "?", shown);
	return true;
}

void
live_step(struct ui *ui, enum live_setting setting, haul_id id, int step)
{
	const struct live_row *row = &live_rows[setting];
	char value[64], why[SENTENCE_SIZE], *words;
	int64_t number;

	if (!haul_get(ui->haul, id, row->option, value, sizeof value))
		return;
	number = strtoll(value, NULL, 10) + step;
	if (number < row->least || number > row->most) {
		words = live_words(_(row->label), value);
		ui_say(ui, STYLE_TEXT, "%s", words);
		free(words);
		return;
	}
	snprintf(value, sizeof value, "%" PRId64, number);
	if (!live_set(ui, setting, id, value, why, sizeof why))
		ui_say(ui, STYLE_ERROR, "%s", why);
}
