/* SPDX-License-Identifier: MIT
 *
 * See conf.h: [host "NAME"] sections, the options of files from one host. What
 * the environment or the command line says holds for all hosts.
 */
#include "config.h"

#include "conf-internal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "present/i18n.h"
#include "present/memory.h"
#include "present/text.h"

#define CONF_SHOWN 60

bool
conf_begin_host(struct conf_reader *reader)
{
	struct haul_options *probe = haul_options_new();
	struct haul_error error;
	char shown[TEXT_ROOM(CONF_SHOWN)];
	bool fine = haul_options_for_host(probe, reader->host, probe,
	    &error) == HAUL_OK;

	haul_options_free(probe);
	if (fine)
		return true;
	text_safe(shown, sizeof shown, reader->host, strlen(reader->host),
	    CONF_SHOWN, 0);
	conf_say(reader, memory_format(_("'%s' is not a host: write "
	    "\"example.org\", \"*.example.org\" for all below it, or "
	    "\"https://example.org:8443\"."), shown));
	return false;
}

static bool
conf_is_of_host(enum settings_id id)
{
	static const char *const names[] = {
#define CONF_HOST(name) name,
#include "conf.def"
	};
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], settings_rows[id].name) == 0)
			return true;
	return settings_rows[id].scope == SETTINGS_SCOPE_ITEM;
}

void
conf_take_host(struct conf_reader *reader, const char *name,
    const char *value)
{
	enum settings_id id = conf_option(reader, name, value);
	struct settings probe;
	struct haul_error error;
	char *text;

	if (id == SETTINGS_COUNT)
		return;
	if (!conf_is_of_host(id)) {
		conf_say(reader, memory_format(_("'%s' is for all hosts "
		    "together; it stands before the first section."), name));
		return;
	}
	text = value != NULL ? conf_expand(id, value) :
	    memory_string(settings_rows[id].type == SETTINGS_TYPE_SWITCH ||
	    settings_rows[id].type == SETTINGS_TYPE_CHOICE ? "yes" : "");
	settings_init(&probe);
	if (settings_set(&probe, id, text, &error) != HAUL_OK) {
		conf_complain(reader, &error);
	} else {
		conf_keep(reader, name, text, id);
		conf_warn(reader, id, text);
	}
	settings_release(&probe);
	free(text);
}

/* Whether environment or command line have said a header of that name. */
static bool
conf_has_header(const struct settings *settings, const char *line)
{
	size_t i, length = strcspn(line, ":;");
	const struct settings_entry *entry;

	for (i = 0; i < settings->entry_count; i++) {
		entry = &settings->entries[i];
		if (entry->id == SETTINGS_HEADER &&
		    entry->source >= SETTINGS_SOURCE_ENVIRONMENT &&
		    strcspn(entry->text, ":;") == length &&
		    strncasecmp(entry->text, line, length) == 0)
			return true;
	}
	return false;
}

static bool
conf_holds(const struct settings *settings, const struct conf_value *value)
{
	const struct settings_entry *last = settings_last(settings, value->id);

	if (value->id == SETTINGS_HEADER)
		return !conf_has_header(settings, value->text);
	return last == NULL || last->source < SETTINGS_SOURCE_ENVIRONMENT;
}

/* All values of the host of value `first`, which is the first one of it. */
static void
conf_apply_host(const struct conf *conf, size_t first,
    struct settings *settings)
{
	struct haul_options *options = haul_options_new();
	const char *host = conf->values[first].host;
	const struct conf_value *value;
	struct haul_error error;
	size_t i;

	for (i = first; i < conf->count; i++) {
		value = &conf->values[i];
		if (value->host == NULL || strcasecmp(value->host, host) != 0 ||
		    !conf_holds(settings, value))
			continue;
		if (haul_options_set(options, value->name, value->text,
		    &error) != HAUL_OK)
			abort();        /* it was right when it was read */
	}
	if (haul_options_for_host(settings->options, host, options,
	    &error) != HAUL_OK)
		abort();
	haul_options_free(options);
}

void
conf_apply(const struct conf *conf, struct settings *settings)
{
	size_t i, j;

	for (i = 0; i < conf->count; i++) {
		if (conf->values[i].host == NULL)
			continue;
		for (j = 0; j < i; j++)
			if (conf->values[j].host != NULL &&
			    strcasecmp(conf->values[j].host,
			    conf->values[i].host) == 0)
				break;
		if (j == i)
			conf_apply_host(conf, i, settings);
	}
}
