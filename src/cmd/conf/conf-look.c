/* SPDX-License-Identifier: MIT
 *
 * See conf.h: [keys] and [colours], of the full screen. What a file says holds
 * from when it is read on, for there is no screen yet. A haul without a screen
 * passes it over.
 */
#include "config.h"

#include "conf-internal.h"

#if defined(HAVE_TUI) && HAVE_TUI

#include <stdlib.h>
#include <string.h>

#include "present/i18n.h"
#include "present/memory.h"
#include "present/nearest.h"
#include "present/text.h"
#include "ui/action.h"
#include "ui/screen/input.h"
#include "ui/screen/look.h"

#define CONF_SHOWN 60

static const char *
conf_shown(char *shown, size_t size, const char *word, size_t length)
{
	text_safe(shown, size, word, length, CONF_SHOWN, 0);
	return shown;
}

/* ---- keys ---- */

static void
conf_refuse_action(struct conf_reader *reader, const char *name)
{
	char shown[TEXT_ROOM(CONF_SHOWN)];
	struct nearest nearest;
	int i;

	nearest_init(&nearest, name, strlen(name));
	for (i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
		nearest_try(&nearest, action_rows[i].name, i);
	conf_shown(shown, sizeof shown, name, strlen(name));
	if (nearest.best >= 0)
		conf_say(reader, memory_format(_("there is no action '%s'; "
		    "did you mean '%s'?"), shown,
		    action_rows[nearest.best].name));
	else
		conf_say(reader, memory_format(_("there is no action '%s'; "
		    "haul-keys(7) lists them."), shown));
}

static void
conf_refuse_key(struct conf_reader *reader, const char *key, size_t length)
{
	const char *meant = action_nearest_key(key, length);
	char shown[TEXT_ROOM(CONF_SHOWN)];

	conf_shown(shown, sizeof shown, key, length);
	if (meant != NULL)
		conf_say(reader, memory_format(_("there is no key '%s'; did "
		    "you mean '%s'?"), shown, meant));
	else
		conf_say(reader, memory_format(_("there is no key '%s'; a key "
		    "is a character, C-a to C-z, F1 to F12, or a name such as "
		    "PgDn."), shown));
}

/* An action of this file that has the key too; NULL: none. */
static const struct conf_value *
conf_key_owner(const struct conf_reader *reader, const char *name,
    uint32_t key)
{
	const struct conf_value *value = reader->conf->values;
	const struct conf_value *end = value + reader->conf->count;
	const char *at;
	size_t length;

	for (; value != NULL && value < end; value++) {
		if (value->section != conf_section_name(reader) ||
		    value->file != reader->file ||
		    strcmp(value->name, name) == 0)
			continue;
		for (at = value->text; *at != '\0'; at += length) {
			at += strspn(at, " ");
			length = strcspn(at, " ");
			if (length > 0 && action_read_key(at, length) == key)
				return value;
		}
	}
	return NULL;
}

/* Whether a key can be one of the action's. */
static bool
conf_check_key(struct conf_reader *reader, const char *name, const char *word,
    size_t length)
{
	uint32_t key = action_read_key(word, length);
	char shown[TEXT_ROOM(CONF_SHOWN)];
	const struct conf_value *owner;

	if (key == INPUT_NO_KEY) {
		conf_refuse_key(reader, word, length);
		return false;
	}
	if (length == 3 && strncmp(word, "C-", 2) == 0 &&
	    strchr("cqsz", word[2]) != NULL) {
		conf_say(reader, memory_format(_("%.*s is the terminal's own "
		    "and cannot be bound."), (int)length, word));
		return false;
	}
	owner = conf_key_owner(reader, name, key);
	if (owner == NULL)
		return true;
	conf_shown(shown, sizeof shown, word, length);
	conf_say(reader, memory_format(_("the key '%s' is that of '%s' "
	    "already."), shown, owner->name));
	return false;
}

void
conf_take_key(struct conf_reader *reader, const char *name, const char *value)
{
	enum action action = action_find(name, strlen(name));
	const char *at;
	size_t length;
	char *keys, *p;
	bool fine = true;

	if (action == ACTION_NONE) {
		conf_refuse_action(reader, name);
		return;
	}
	if (value == NULL) {
		conf_say(reader, memory_format(_("'%s' needs its keys: %s = "
		    "%s."), name, name, action_rows[action].keys));
		return;
	}
	keys = memory_string(value);
	for (p = keys; *p != '\0'; p++)
		if (*p == '\t')
			*p = ' ';
	for (at = keys; *at != '\0' && fine; at += length) {
		at += strspn(at, " ");
		length = strcspn(at, " ");
		fine = length == 0 || conf_check_key(reader, name, at, length);
	}
	if (fine) {
		action_bind(action, keys);
		conf_keep(reader, name, keys, SETTINGS_COUNT);
	}
	free(keys);
}

/* ---- colours ---- */

static void
conf_refuse_style(struct conf_reader *reader, const char *name)
{
	const char *meant = look_nearest(name);
	char shown[TEXT_ROOM(CONF_SHOWN)];

	conf_shown(shown, sizeof shown, name, strlen(name));
	if (meant != NULL)
		conf_say(reader, memory_format(_("there is no '%s' to colour; "
		    "did you mean '%s'?"), shown, meant));
	else
		conf_say(reader, memory_format(_("there is no '%s' to colour; "
		    "haul.conf(5) lists what there is."), shown));
}

static void
conf_refuse_colour(struct conf_reader *reader, const char *word,
    size_t length)
{
	const char *meant = look_nearest_word(word, length);
	char shown[TEXT_ROOM(CONF_SHOWN)];

	conf_shown(shown, sizeof shown, word, length);
	if (meant != NULL && (strlen(meant) != length ||
	    memcmp(meant, word, length) != 0))
		conf_say(reader, memory_format(_("there is no colour '%s'; "
		    "did you mean '%s'?"), shown, meant));
	else
		conf_say(reader, memory_format(_("'%s' is not possible here; "
		    "write one colour (a name, or 0 to 255), or default, and "
		    "bold or underline."), shown));
}

void
conf_take_colour(struct conf_reader *reader, const char *name,
    const char *value)
{
	enum grid_style style = look_find(name);
	const char *wrong;
	size_t length;
	struct look look;

	if (style == STYLE_COUNT) {
		conf_refuse_style(reader, name);
	} else if (value == NULL || *value == '\0') {
		conf_say(reader, memory_format(_("'%s' needs a colour: %s = "
		    "cyan bold."), name, name));
	} else if (!look_read(&look, value, &wrong, &length)) {
		conf_refuse_colour(reader, wrong, length);
	} else {
		look_set(style, &look);
		conf_keep(reader, name, value, SETTINGS_COUNT);
	}
}

#else

void
conf_take_colour(struct conf_reader *reader, const char *name,
    const char *value)
{
	conf_take_key(reader, name, value);
}

void
conf_take_key(struct conf_reader *reader, const char *name, const char *value)
{
	(void)reader;
	(void)name;
	(void)value;
}

#endif
