/* SPDX-License-Identifier: MIT
 *
 * Options from text. Numbers are read here for all scopes, because the face
 * shows some of the engine's too; whether the engine takes a value is the
 * engine's word alone. Deliberately without strtod(): its decimal point
 * changes with the locale, an option's must not.
 */
#include "config.h"

#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "memory.h"
#include "present/i18n.h"

const struct settings_row settings_rows[SETTINGS_COUNT] = {
#define HAUL_OPTION(id, name, letter, type, min, max, def, scope, env, \
    parfive, arg, help) \
	[SETTINGS_##id] = { name, letter, SETTINGS_TYPE_##type, min, max, \
	    def, SETTINGS_SCOPE_##scope, env, parfive, arg, help },
#include "options.def"
#undef HAUL_OPTION
};

static enum haul_result
settings_complain(struct haul_error *error, enum settings_id id,
    enum haul_complaint complaint, const char *text)
{
	const struct settings_row *row = &settings_rows[id];

	memset(error, 0, sizeof *error);
	error->result = HAUL_EUSAGE;
	error->complaint = complaint;
	error->min = row->min;
	error->max = row->max;
	snprintf(error->option, sizeof error->option, "%s", row->name);
	snprintf(error->value, sizeof error->value, "%s", text);
	if (row->type == SETTINGS_TYPE_CHOICE)
		snprintf(error->expected, sizeof error->expected, "%s",
		    row->arg);
	return HAUL_EUSAGE;
}

struct settings_unit {
	const char *name;
	int64_t factor;
};

static const struct settings_unit settings_size_units[] = {
	{ "", 1 }, { "b", 1 },
	{ "k", 1LL << 10 }, { "kb", 1LL << 10 }, { "kib", 1LL << 10 },
	{ "m", 1LL << 20 }, { "mb", 1LL << 20 }, { "mib", 1LL << 20 },
	{ "g", 1LL << 30 }, { "gb", 1LL << 30 }, { "gib", 1LL << 30 },
	{ "t", 1LL << 40 }, { "tb", 1LL << 40 }, { "tib", 1LL << 40 },
	{ NULL, 0 }
};

static const struct settings_unit settings_duration_units[] = {
	{ "", 1000 }, { "s", 1000 }, { "ms", 1 }, { "m", 60000 },
	{ "h", 3600000 }, { "d", 86400000 }, { NULL, 0 }
};

static const struct settings_unit settings_count_units[] = {
	{ "", 1 }, { NULL, 0 }
};

/* A number with at most three decimals that count, times a unit. What is too
 * big becomes INT64_MAX, which is out of every range. */
static bool
settings_read_number(const char *text, const struct settings_unit *units,
    int64_t *value)
{
	int64_t whole, parts = 0, scale = 1;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	whole = strtoll(text, &end, 10);
	if (*end == '.') {
		for (end++; *end >= '0' && *end <= '9'; end++) {
			if (scale == 1000)
				continue;
			parts = parts * 10 + (*end - '0');
			scale *= 10;
		}
	}
	while (units->name != NULL && strcasecmp(end, units->name) != 0)
		units++;
	if (units->name == NULL || (scale > 1 && units->factor == 1))
		return false;
	parts = (int64_t)((__int128)parts * units->factor / scale);
	if (__builtin_mul_overflow(whole, units->factor, value) ||
	    __builtin_add_overflow(*value, parts, value))
		*value = INT64_MAX;
	return true;
}

static bool
settings_read_switch(const char *text, int64_t *value)
{
	static const char *const words[] = {
		"no", "yes", "false", "true", "0", "1", "off", "on",
	};
	size_t i;

	for (i = 0; i < sizeof words / sizeof *words; i++) {
		if (strcasecmp(text, words[i]) == 0) {
			*value = i % 2;
			return true;
		}
	}
	return false;
}

static bool
settings_read_choice(const char *choices, const char *text, int64_t *value)
{
	size_t length = strlen(text), part;

	for (*value = 0;; (*value)++) {
		part = strcspn(choices, "|");
		if (part == length && strncmp(choices, text, part) == 0)
			return true;
		if (choices[part] == '\0')
			return false;
		choices += part + 1;
	}
}

static enum haul_result
settings_read(enum settings_id id, const char *text, int64_t *value,
    struct haul_error *error)
{
	const struct settings_row *row = &settings_rows[id];
	enum haul_complaint complaint = HAUL_COMPLAINT_NOT_A_NUMBER;
	bool fine = true;

	switch (row->type) {
	case SETTINGS_TYPE_SWITCH:
		complaint = HAUL_COMPLAINT_NOT_A_SWITCH;
		fine = settings_read_switch(text, value);
		break;
	case SETTINGS_TYPE_CHOICE:
		complaint = HAUL_COMPLAINT_NOT_A_CHOICE;
		fine = settings_read_choice(row->arg, text, value);
		break;
	case SETTINGS_TYPE_COUNT:
		fine = settings_read_number(text, settings_count_units, value);
		break;
	case SETTINGS_TYPE_SIZE:
		fine = settings_read_number(text, settings_size_units, value);
		break;
	case SETTINGS_TYPE_DURATION:
		fine = settings_read_number(text, settings_duration_units,
		    value);
		break;
	case SETTINGS_TYPE_TEXT:
	case SETTINGS_TYPE_LIST:
		return HAUL_OK;
	}
	if (!fine)
		return settings_complain(error, id, complaint, text);
	if (row->max > 0 && (*value < row->min || *value > row->max))
		return settings_complain(error, id,
		    HAUL_COMPLAINT_OUT_OF_RANGE, text);
	return HAUL_OK;
}

/* Copies the word that a bare option stands for. */
static void
settings_bare_word(enum settings_id id, char *word, size_t size)
{
	const struct settings_row *row = &settings_rows[id];
	const char *choice = row->arg;
	int64_t i;

	if (row->type != SETTINGS_TYPE_CHOICE) {
		snprintf(word, size, "yes");
		return;
	}
	for (i = 0; i < row->min; i++)
		choice += strcspn(choice, "|") + 1;
	snprintf(word, size, "%.*s", (int)strcspn(choice, "|"), choice);
}

static void
settings_keep(struct settings *settings, enum settings_id id,
    const char *text, int64_t value)
{
	const struct settings_row *row = &settings_rows[id];

	settings->values[id] = value;
	if (row->type == SETTINGS_TYPE_TEXT) {
		free(settings->texts[id]);
		settings->texts[id] = memory_string(text);
	}
	if (id == SETTINGS_INPUT_FILE) {
		settings->lists = memory_resize(settings->lists,
		    settings->list_count + 1, sizeof *settings->lists);
		settings->lists[settings->list_count++] = memory_string(text);
	}
	if (id == SETTINGS_JSON && value != 0)
		settings->values[SETTINGS_OUTPUT] = SETTINGS_OUTPUT_JSON;
}

bool
settings_can_be_bare(enum settings_id id)
{
	const struct settings_row *row = &settings_rows[id];

	return row->type == SETTINGS_TYPE_SWITCH ||
	    (row->type == SETTINGS_TYPE_CHOICE && row->min >= 0);
}

enum haul_result
settings_set(struct settings *settings, enum settings_id id, const char *text,
    struct haul_error *error)
{
	const struct settings_row *row = &settings_rows[id];
	enum haul_result result;
	int64_t value = 0;
	char word[32];

	if (text == NULL && settings_can_be_bare(id)) {
		settings_bare_word(id, word, sizeof word);
		text = word;
	}
	if (text == NULL || (*text == '\0' && row->type != SETTINGS_TYPE_TEXT &&
	    (row->type != SETTINGS_TYPE_LIST || id == SETTINGS_INPUT_FILE)))
		return settings_complain(error, id, HAUL_COMPLAINT_EMPTY, "");
	if (row->scope == SETTINGS_SCOPE_COMMAND) {
		result = settings_read(id, text, &value, error);
		if (result != HAUL_OK)
			return result;
	} else {
		result = haul_options_set(settings->options, row->name, text,
		    error);
		if (result != HAUL_OK)
			return result;
		if (settings_read(id, text, &value, &(struct haul_error){ 0 })
		    != HAUL_OK)
			value = settings->values[id];
	}
	settings_keep(settings, id, text, value);
	return HAUL_OK;
}

void
settings_init(struct settings *settings)
{
	struct haul_error error;
	int id;

	memset(settings, 0, sizeof *settings);
	settings->options = haul_options_new();
	for (id = 0; id < SETTINGS_COUNT; id++)
		if (settings_rows[id].fallback != NULL &&
		    settings_read((enum settings_id)id,
		    settings_rows[id].fallback, &settings->values[id],
		    &error) != HAUL_OK)
			abort();        /* options.def contradicts itself */
}

void
settings_release(struct settings *settings)
{
	size_t i;

	haul_options_free(settings->options);
	for (i = 0; i < SETTINGS_COUNT; i++)
		free(settings->texts[i]);
	for (i = 0; i < settings->list_count; i++)
		free(settings->lists[i]);
	free(settings->lists);
	memset(settings, 0, sizeof *settings);
}

enum settings_id
settings_find(const char *name, size_t length)
{
	int id;

	for (id = 0; id < SETTINGS_COUNT; id++)
		if (strlen(settings_rows[id].name) == length &&
		    memcmp(settings_rows[id].name, name, length) == 0)
			break;
	return (enum settings_id)id;
}
