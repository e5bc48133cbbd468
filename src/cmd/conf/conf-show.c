/* SPDX-License-Identifier: MIT
 *
 * See conf.h: --show-config. Who has said a value stands behind it as a
 * remark, in a column of its own.
 */
#include "config.h"

#include "conf-internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "present/i18n.h"
#include "present/memory.h"
#include "present/text.h"

#define CONF_COLUMN 40                /* of the remark */

/* The value as it may be seen: what is secret is left out. To be freed. */
static char *
conf_visible(enum settings_id id, const char *text)
{
	size_t room = 2 * strlen(text) + 32, length;
	char *shown;

	if (!conf_is_secret(id, text))
		return memory_string(text);
	if (id == SETTINGS_PROXY) {
		shown = memory_resize(NULL, room, 1);
		if (strstr(text, "://") != NULL) {
			text_redact(shown, room, text);
			return shown;
		}
		snprintf(shown, room, "***%s", strrchr(text, '@'));
		return shown;
	}
	length = strcspn(text, ":;");
	return memory_format("%.*s:%s***", (int)length, text,
	    id == SETTINGS_HEADER ? " " : "");
}

static void
conf_print(FILE *file, const char *name, const char *value,
    const char *remark)
{
	size_t room = TEXT_ROOM(strlen(value)), more = TEXT_ROOM(
	    strlen(remark));
	char *shown = memory_resize(NULL, room, 1);
	char *safe = memory_resize(NULL, more, 1);
	int columns;

	text_safe(shown, room, value, strlen(value), -1, 0);
	text_safe(safe, more, remark, strlen(remark), -1, 0);
	columns = fprintf(file, "%s =%s%s", name, *shown != '\0' ? " " : "",
	    shown) - (int)strlen(shown) + text_width(shown);
	fprintf(file, "%*s# %s\n", columns < CONF_COLUMN ?
	    CONF_COLUMN - columns : 1, "", safe);
	free(shown);
	free(safe);
}

static void
conf_print_entry(FILE *file, const char *name,
    const struct settings_entry *entry)
{
	char *value = conf_visible(entry->id, entry->text), *remark = NULL;

	switch (entry->source) {
	case SETTINGS_SOURCE_DEFAULT:
		remark = memory_string(_("default"));
		break;
	case SETTINGS_SOURCE_SYSTEM:
		remark = memory_format(_("system file %s"), entry->where);
		break;
	case SETTINGS_SOURCE_USER:
		remark = memory_format(_("user file %s"), entry->where);
		break;
	case SETTINGS_SOURCE_ENVIRONMENT:
		remark = memory_format(_("environment %s"), entry->where);
		break;
	case SETTINGS_SOURCE_COMMAND_LINE:
		remark = memory_string(_("command line"));
		break;
	}
	conf_print(file, name, value, remark);
	free(value);
	free(remark);
}

/* The last entry of an option, or of a list all since it was emptied. */
static void
conf_show_option(const struct settings *settings, enum settings_id id,
    FILE *file)
{
	const char *fallback = settings_rows[id].fallback;
	bool is_list = settings_rows[id].type == SETTINGS_TYPE_LIST;
	struct settings_entry none = { .id = id,
	    .text = (char *)(uintptr_t)(fallback != NULL ? fallback :
	    settings_rows[id].type == SETTINGS_TYPE_SWITCH ? "no" : "") };
	const struct settings_entry *entry;
	size_t i, first = settings->entry_count;

	for (i = 0; i < settings->entry_count; i++) {
		entry = &settings->entries[i];
		if (entry->id == id && (!is_list || *entry->text == '\0' ||
		    first == settings->entry_count))
			first = i;
	}
	if (first == settings->entry_count)
		conf_print_entry(file, settings_rows[id].name, &none);
	for (i = first; i < settings->entry_count; i++) {
		entry = &settings->entries[i];
		if (entry->id == id && (i == first || is_list))
			conf_print_entry(file, settings_rows[id].name, entry);
	}
}

/* Options that say what to do have no value worth telling, and two stand for
 * another, which is told. */
static bool
conf_is_told(enum settings_id id)
{
	return !conf_is_never(id) && id != SETTINGS_COLOUR &&
	    id != SETTINGS_JSON;
}

static bool
conf_is_same_section(const struct conf_value *a, const struct conf_value *b)
{
	return a->section == b->section && (a->host == NULL ||
	    strcasecmp(a->host, b->host) == 0);
}

/* Whether a later one of the same name takes its place. */
static bool
conf_is_replaced(const struct conf *conf, size_t i)
{
	const struct conf_value *value = &conf->values[i], *later;

	for (later = value + 1; later < conf->values + conf->count; later++)
		if (conf_is_same_section(value, later) &&
		    strcmp(value->name, later->name) == 0 &&
		    (value->id == SETTINGS_COUNT ||
		    settings_rows[value->id].type != SETTINGS_TYPE_LIST ||
		    *later->text == '\0'))
			return true;
	return false;
}

static void
conf_show_value(const struct conf_value *value, FILE *file)
{
	struct settings_entry entry = { .id = value->id,
	    .source = value->source, .text = value->text,
	    .where = value->where };

	conf_print_entry(file, value->name, &entry);
}

/* The section of value `first`, which is the first one of it. */
static void
conf_show_section(const struct conf *conf, size_t first, FILE *file)
{
	const struct conf_value *value = &conf->values[first];
	char shown[TEXT_ROOM(CONF_COLUMN)];
	size_t i;

	if (value->host == NULL) {
		fprintf(file, "\n[%s]\n", value->section);
	} else {
		text_safe(shown, sizeof shown, value->host,
		    strlen(value->host), CONF_COLUMN, 0);
		fprintf(file, "\n[%s \"%s\"]\n", value->section, shown);
	}
	for (i = first; i < conf->count; i++)
		if (conf_is_same_section(value, &conf->values[i]) &&
		    !conf_is_replaced(conf, i))
			conf_show_value(&conf->values[i], file);
}

void
conf_show(const struct conf *conf, const struct settings *settings,
    FILE *file)
{
	size_t i, j;
	int id;

	for (id = 0; id < SETTINGS_COUNT; id++)
		if (conf_is_told((enum settings_id)id))
			conf_show_option(settings, (enum settings_id)id,
			    file);
	for (i = 0; i < conf->count; i++) {
		for (j = 0; j < i; j++)
			if (conf_is_same_section(&conf->values[j],
			    &conf->values[i]))
				break;
		if (j == i)
			conf_show_section(conf, i, file);
	}
}
