/* SPDX-License-Identifier: MIT
 *
 * Options from text. The engine reads the values of all, the command's own
 * too: one parser, one set of complaints.
 */
#include "config.h"

#include "settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "present/i18n.h"
#include "present/memory.h"
#include "present/nearest.h"

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

/* Files that are read when a request goes out. A name may also be a PKCS #11
 * address of a token. */
static enum haul_result
settings_check_file(enum settings_id id, const char *text,
    struct haul_error *error)
{
	if ((id != SETTINGS_CACERT && id != SETTINGS_CERT &&
	    id != SETTINGS_KEY) || *text == '\0' ||
	    strncmp(text, "pkcs11:", 7) == 0 || access(text, R_OK) == 0)
		return HAUL_OK;
	settings_complain(error, id, HAUL_COMPLAINT_UNREADABLE, text);
	error->sys_errno = errno;
	return HAUL_EUSAGE;
}

/* Copies the word that a bare option stands for. */
static void
settings_bare_word(enum settings_id id, char *word, size_t size)
{
	const struct settings_row *row = &settings_rows[id];
	const char *choice = row->arg;
	int64_t i;

	if (row->type == SETTINGS_TYPE_TEXT) {
		*word = '\0';
		return;
	}
	if (row->type != SETTINGS_TYPE_CHOICE) {
		snprintf(word, size, "yes");
		return;
	}
	for (i = 0; i < row->min; i++)
		choice += strcspn(choice, "|") + 1;
	snprintf(word, size, "%.*s", (int)strcspn(choice, "|"), choice);
}

/* Who said it, for --show-config. */
static void
settings_note(struct settings *settings, enum settings_id id, const char *text)
{
	struct settings_entry *entry;

	settings->entries = memory_resize(settings->entries,
	    settings->entry_count + 1, sizeof *settings->entries);
	entry = &settings->entries[settings->entry_count++];
	entry->id = id;
	entry->source = settings->source;
	entry->text = memory_string(text);
	entry->where = memory_string(settings->where);
}

static void
settings_take_default(struct settings *settings, enum settings_id id)
{
	const char *fallback = settings_rows[id].fallback;
	struct haul_error error;

	settings->values[id] = 0;
	if (fallback != NULL && haul_option_read(settings_rows[id].name,
	    fallback, &settings->values[id], &error) != HAUL_OK)
		abort();        /* options.def contradicts itself */
}

void
settings_reset(struct settings *settings, enum settings_id id,
    const struct settings_entry *because)
{
	const char *fallback = settings_rows[id].fallback;
	const char *text = fallback != NULL ? fallback : "no";
	struct haul_error error;

	settings_take_default(settings, id);
	if (settings_rows[id].scope != SETTINGS_SCOPE_COMMAND &&
	    haul_options_set(settings->options, settings_rows[id].name, text,
	    &error) != HAUL_OK)
		abort();
	settings_from(settings, because->source, because->where);
	settings_note(settings, id, text);
}

static void
settings_keep(struct settings *settings, enum settings_id id,
    const char *text, int64_t value)
{
	const struct settings_row *row = &settings_rows[id];

	settings->values[id] = value;
	settings_note(settings, id, text);
	if (row->type == SETTINGS_TYPE_TEXT) {
		free(settings->texts[id]);
		settings->texts[id] = memory_string(text);
	}
	if (id == SETTINGS_INPUT_FILE) {
		settings->lists = memory_resize(settings->lists,
		    settings->list_count + 1, sizeof *settings->lists);
		settings->lists[settings->list_count++] = memory_string(text);
	}
	if (id == SETTINGS_CHECKSUM)
		settings->has_digest = *text != '\0' && (settings->has_digest
		    || strcmp(text, "server") != 0);
	if (id == SETTINGS_COLOUR) {
		settings->values[SETTINGS_COLOR] = value;
		settings_note(settings, SETTINGS_COLOR, text);
	}
	if (id == SETTINGS_JSON && value != 0) {
		settings->values[SETTINGS_OUTPUT] = SETTINGS_OUTPUT_JSON;
		settings_note(settings, SETTINGS_OUTPUT, "json");
	} else if (id == SETTINGS_JSON &&
	    settings->values[SETTINGS_OUTPUT] == SETTINGS_OUTPUT_JSON) {
		settings_reset(settings, SETTINGS_OUTPUT, settings_last(
		    settings, id));
	}
}

void
settings_from(struct settings *settings, enum settings_source source,
    const char *where)
{
	char *old = settings->where;

	settings->source = source;
	settings->where = memory_string(where);
	free(old);
}

const struct settings_entry *
settings_last(const struct settings *settings, enum settings_id id)
{
	size_t i;

	for (i = settings->entry_count; i > 0; i--)
		if (settings->entries[i - 1].id == id)
			return &settings->entries[i - 1];
	return NULL;
}

bool
settings_can_be_bare(enum settings_id id)
{
	const struct settings_row *row = &settings_rows[id];

	return row->type == SETTINGS_TYPE_SWITCH ||
	    (row->type == SETTINGS_TYPE_TEXT && row->min == 1) ||
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
	result = haul_option_read(row->name, text, &value, error);
	if (result == HAUL_OK)
		result = settings_check_file(id, text, error);
	if (result == HAUL_OK && row->scope != SETTINGS_SCOPE_COMMAND)
		result = haul_options_set(settings->options, row->name, text,
		    error);
	if (result != HAUL_OK)
		return result;
	if (row->scope != SETTINGS_SCOPE_COMMAND &&
	    settings->source <= SETTINGS_SOURCE_USER)
		haul_options_yield(settings->options, row->name);
	settings_keep(settings, id, text, value);
	return HAUL_OK;
}

void
settings_init(struct settings *settings)
{
	int id;

	memset(settings, 0, sizeof *settings);
	settings->options = haul_options_new();
	settings->source = SETTINGS_SOURCE_COMMAND_LINE;
	for (id = 0; id < SETTINGS_COUNT; id++)
		settings_take_default(settings, (enum settings_id)id);
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
	for (i = 0; i < settings->entry_count; i++) {
		free(settings->entries[i].text);
		free(settings->entries[i].where);
	}
	free(settings->entries);
	free(settings->where);
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

enum settings_id
settings_nearest(const char *name, size_t length, bool items)
{
	struct nearest nearest;
	int id;

	nearest_init(&nearest, name, length);
	for (id = 0; id < SETTINGS_COUNT; id++)
		if (!items || settings_rows[id].scope == SETTINGS_SCOPE_ITEM)
			nearest_try(&nearest, settings_rows[id].name, id);
	return nearest.best < 0 ? SETTINGS_COUNT :
	    (enum settings_id)nearest.best;
}
