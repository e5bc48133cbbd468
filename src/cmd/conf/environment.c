/* SPDX-License-Identifier: MIT
 *
 * Environment variables. parfive's manual misspells one of its names, and so
 * do the scripts of those who read it: PROGESS is taken for PROGRESS.
 */
#include "config.h"

#include "environment.h"

#include <string.h>
#include <strings.h>

#include "present/sentence.h"

static const struct {
	const char *right, *wrong;
} environment_spellings[] = {
	{ "HAUL_HIDE_PROGRESS", "HAUL_HIDE_PROGESS" },
	{ "PARFIVE_HIDE_PROGRESS", "PARFIVE_HIDE_PROGESS" },
};

/* The value, and in *name the spelling under which it was found. */
static const char *
environment_look(environment_get_fn get, const char **name)
{
	const char *value = get(*name);
	size_t i, n = sizeof environment_spellings /
	    sizeof *environment_spellings;

	for (i = 0; i < n && value == NULL; i++) {
		if (strcmp(environment_spellings[i].right, *name) != 0)
			continue;
		value = get(environment_spellings[i].wrong);
		if (value != NULL)
			*name = environment_spellings[i].wrong;
	}
	return value;
}

/* parfive takes any word for yes; a variable of our own must say what it
 * means. */
static const char *
environment_switch(const char *name, const char *value)
{
	if (*value == '\0')
		return "no";
	if (strncmp(name, "PARFIVE_", 8) != 0 || strcmp(value, "0") == 0 ||
	    strcasecmp(value, "false") == 0 || strcasecmp(value, "no") == 0 ||
	    strcasecmp(value, "off") == 0)
		return value;
	return "yes";
}

static bool
environment_read_one(struct settings *settings, enum settings_id id,
    environment_get_fn get, char *why, size_t why_size)
{
	const struct settings_row *row = &settings_rows[id];
	const char *const names[] = { row->env, row->parfive };
	const char *name = NULL, *value = NULL;
	struct haul_error error;
	size_t i;

	for (i = 0; i < 2 && value == NULL; i++) {
		name = names[i];
		if (name != NULL)
			value = environment_look(get, &name);
	}
	if (value == NULL)
		return true;
	if (row->type == SETTINGS_TYPE_SWITCH)
		value = environment_switch(name, value);
	else if (*value == '\0')
		return true;
	settings_from(settings, SETTINGS_SOURCE_ENVIRONMENT, name);
	if (settings_set(settings, id, value, &error) == HAUL_OK)
		return true;
	sentence_complaint(why, why_size, name, &error, 0);
	return false;
}

bool
environment_read(struct settings *settings, environment_get_fn get, char *why,
    size_t why_size)
{
	int id;

	for (id = 0; id < SETTINGS_COUNT; id++)
		if (!environment_read_one(settings, (enum settings_id)id, get,
		    why, why_size))
			return false;
	return true;
}
