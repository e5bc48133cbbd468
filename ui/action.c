/* SPDX-License-Identifier: MIT
 *
 * The table of actions. Keys are looked up in the table's own text: a key
 * press is rare, and a second table could disagree with the first.
 */
#include "config.h"

#include "action.h"

#include <stdio.h>
#include <string.h>

#include "present/i18n.h"
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

uint32_t
action_key(enum action action, size_t n)
{
	const char *at = action_rows[action].keys;
	size_t length;

	for (; *at != '\0'; at += length) {
		at += strspn(at, " ");
		length = strcspn(at, " ");
		if (length > 0 && n-- == 0)
			return action_read_key(at, length);
	}
	return INPUT_NO_KEY;
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
