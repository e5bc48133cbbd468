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
conf_print_entry(FILE *file, const struct settings_entry *entry)
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
	conf_print(file, settings_rows[entry->id].name, value, remark);
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
		conf_print_entry(file, &none);
	for (i = first; i < settings->entry_count; i++) {
		entry = &settings->entries[i];
		if (entry->id == id && (i == first || is_list))
			conf_print_entry(file, entry);
	}
}

/* Options that say what to do have no value worth telling. */
static bool
conf_is_told(enum settings_id id)
{
	static const char *const never[] = {
#define CONF_NEVER(name) name,
#include "conf.def"
	};
	size_t i;

	for (i = 0; i < sizeof never / sizeof *never; i++)
		if (strcmp(never[i], settings_rows[id].name) == 0)
			return false;
	/* Each stands for another, which is told. */
	return id != SETTINGS_COLOUR && id != SETTINGS_JSON;
}

void
conf_show(const struct conf *conf, const struct settings *settings,
    FILE *file)
{
	int id;

	(void)conf;
	for (id = 0; id < SETTINGS_COUNT; id++)
		if (conf_is_told((enum settings_id)id))
			conf_show_option(settings, (enum settings_id)id,
			    file);
}
