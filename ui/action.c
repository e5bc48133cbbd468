/* SPDX-License-Identifier: MIT
 *
 * The table of actions. Keys are looked up in the table's own text, or in what
 * action_bind() put in its place: a key press is rare, and a second table could
 * disagree with the first.
 */
#include "config.h"

#include "action.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "present/i18n.h"
#include "present/memory.h"
#include "present/nearest.h"
#include "present/text.h"
#include "ui/screen/input.h"

const struct action_row action_rows[ACTION_COUNT] = {
	[ACTION_NONE] = { "", "", ACTION_GROUP_MORE, "" },
#define UI_ACTION(id, name, keys, group, help) \
	[ACTION_##id] = { name, keys, ACTION_GROUP_##group, help },
#include "action.def"
#undef UI_ACTION
};

struct action_key_row {
	const char *name;
	uint32_t key;
};

static const struct action_key_row action_keys[] = {
	{ "Up", INPUT_UP }, { "Down", INPUT_DOWN }, { "Left", INPUT_LEFT },
	{ "Right", INPUT_RIGHT }, { "Home", INPUT_HOME }, { "End", INPUT_END },
	{ "PgUp", INPUT_PAGE_UP }, { "PgDn", INPUT_PAGE_DOWN },
	{ "Ins", INPUT_INSERT }, { "Del", INPUT_DELETE }, { "Tab", '\t' },
	{ "BackTab", INPUT_BACK_TAB }, { "Enter", '\r' }, { "Esc", 27 },
	{ "Space", ' ' }, { "S-F3", INPUT_SHIFT_F3 },
	{ "A-Enter", INPUT_ALT_ENTER }, { "F1", INPUT_F1 },
	{ "F2", INPUT_F1 + 1 }, { "F3", INPUT_F1 + 2 },
	{ "F4", INPUT_F1 + 3 }, { "F5", INPUT_F1 + 4 },
	{ "F6", INPUT_F1 + 5 }, { "F7", INPUT_F1 + 6 },
	{ "F8", INPUT_F1 + 7 }, { "F9", INPUT_F1 + 8 },
	{ "F10", INPUT_F1 + 9 }, { "F11", INPUT_F1 + 10 },
	{ "F12", INPUT_F1 + 11 },
};

#define ACTION_KEYS (sizeof action_keys / sizeof *action_keys)

uint32_t
action_read_key(const char *name, size_t length)
{
	uint32_t code;
	size_t i;

	for (i = 0; i < ACTION_KEYS; i++)
		if (strlen(action_keys[i].name) == length &&
		    memcmp(action_keys[i].name, name, length) == 0)
			return action_keys[i].key;
	if (length == 3 && name[0] == 'C' && name[1] == '-' &&
	    name[2] >= 'a' && name[2] <= 'z')
		return (uint32_t)(name[2] - 'a' + 1);
	if (length > 0 && text_decode(name, length, &code) == length)
		return code;
	return INPUT_NO_KEY;
}

const char *
action_nearest_key(const char *name, size_t length)
{
	struct nearest nearest;
	size_t i;

	nearest_init(&nearest, name, length);
	for (i = 0; i < ACTION_KEYS; i++)
		nearest_try(&nearest, action_keys[i].name, (int)i);
	return nearest.best < 0 ? NULL : action_keys[nearest.best].name;
}

/* Keys instead of the table's; NULL: as there. */
static char *action_bound[ACTION_COUNT];
static bool action_any_bound;

/* The next key's name from *at on; its length, 0 if there is none. */
static size_t
action_next_word(const char **at)
{
	*at += strspn(*at, " ");
	return strcspn(*at, " ");
}

static bool
action_has_key(const char *keys, uint32_t key)
{
	size_t length;

	for (; (length = action_next_word(&keys)) > 0; keys += length)
		if (action_read_key(keys, length) == key)
			return true;
	return false;
}

/* Whether a key of the table was given to another action. */
static bool
action_is_taken(enum action action, uint32_t key)
{
	int i;

	if (!action_any_bound || action_bound[action] != NULL)
		return false;
	for (i = 0; i < ACTION_COUNT; i++)
		if (action_bound[i] != NULL &&
		    action_has_key(action_bound[i], key))
			return true;
	return false;
}

uint32_t
action_key(enum action action, size_t n)
{
	const char *at = action_bound[action] != NULL ? action_bound[action] :
	    action_rows[action].keys;
	uint32_t key;
	size_t length;

	for (; (length = action_next_word(&at)) > 0; at += length) {
		key = action_read_key(at, length);
		if (!action_is_taken(action, key) && n-- == 0)
			return key;
	}
	return INPUT_NO_KEY;
}

/* Takes a key from the action that action_bind() has given it to. */
static void
action_unbind_key(const char *name, size_t name_length)
{
	uint32_t key = action_read_key(name, name_length);
	const char *at;
	char *rest, *old;
	size_t length;
	int i;

	for (i = 0; i < ACTION_COUNT; i++) {
		old = action_bound[i];
		if (old == NULL || !action_has_key(old, key))
			continue;
		rest = memory_string("");
		for (at = old; (length = action_next_word(&at)) > 0;
		    at += length) {
			char *before = rest;

			if (action_read_key(at, length) != key)
				rest = memory_format("%s %.*s", before,
				    (int)length, at);
			if (rest != before)
				free(before);
		}
		action_bound[i] = rest;
		free(old);
	}
}

void
action_bind(enum action action, const char *keys)
{
	const char *at = keys;
	size_t length;

	free(action_bound[action]);
	action_bound[action] = NULL;
	for (; (length = action_next_word(&at)) > 0; at += length)
		action_unbind_key(at, length);
	action_bound[action] = memory_string(keys);
	action_any_bound = true;
}

void
action_bind_as_table(void)
{
	int i;

	for (i = 0; i < ACTION_COUNT; i++) {
		free(action_bound[i]);
		action_bound[i] = NULL;
	}
	action_any_bound = false;
}

const char *
action_hint(struct action_text *hint, const char *text)
{
	size_t used = 0, length;
	enum action action;
	char key[16];

	for (; *text != '\0' && used + 1 < sizeof hint->text; text += length) {
		bool named = *text == '{' && strchr(text, '}') != NULL;

		length = named ? strcspn(text, "}") + 1 :
		    1 + strcspn(text + 1, "{");
		action = named ? action_find(text + 1, length - 2) :
		    ACTION_NONE;
		if (action == ACTION_NONE) {
			used += (size_t)snprintf(hint->text + used,
			    sizeof hint->text - used, "%.*s", (int)length,
			    text);
			continue;
		}
		action_first_key(key, sizeof key, action);
		used += (size_t)snprintf(hint->text + used,
		    sizeof hint->text - used, "%s", key);
	}
	hint->text[used < sizeof hint->text ? used : sizeof hint->text - 1] =
	    '\0';
	return hint->text;
}

enum action
action_of_key(uint32_t key)
{
	uint32_t other;
	size_t n;
	int i;

	for (i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
		for (n = 0; (other = action_key((enum action)i, n)) !=
		    INPUT_NO_KEY; n++)
			if (other == key)
				return (enum action)i;
	return ACTION_NONE;
}

enum action
action_find(const char *name, size_t length)
{
	int i;

	for (i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
		if (strlen(action_rows[i].name) == length &&
		    memcmp(action_rows[i].name, name, length) == 0)
			return (enum action)i;
	return ACTION_NONE;
}

/* Without a key there is the ":" line. */
void
action_first_key(char *out, size_t size, enum action action)
{
	uint32_t key = action_key(action, 0);

	if (key != INPUT_NO_KEY)
		action_key_name(out, size, key);
	else
		snprintf(out, size, ":%s", action_rows[action].name);
}

static size_t
action_encode(char *out, uint32_t code)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	out[0] = (char)(0xe0 | code >> 12);
	out[1] = (char)(0x80 | (code >> 6 & 0x3f));
	out[2] = (char)(0x80 | (code & 0x3f));
	return 3;
}

void
action_key_name(char *out, size_t size, uint32_t key)
{
	char letter[4] = "";
	size_t i;

	for (i = 0; i < ACTION_KEYS; i++)
		if (action_keys[i].key == key)
			break;
	if (key == INPUT_ALT_ENTER)
		snprintf(out, size, "Alt-Enter");
	else if (key == INPUT_BACK_TAB)
		snprintf(out, size, "Shift-Tab");
	else if (key == INPUT_SHIFT_F3)
		snprintf(out, size, "Shift-F3");
	else if (i < ACTION_KEYS)
		snprintf(out, size, "%s", action_keys[i].name);
	else if (key < ' ')
		snprintf(out, size, "Ctrl-%c", (int)key + 'A' - 1);
	else if (key < 0x10000 && action_encode(letter, key) > 0)
		snprintf(out, size, "%s", letter);
	else
		snprintf(out, size, "?");
}
