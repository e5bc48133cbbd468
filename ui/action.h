/* SPDX-License-Identifier: MIT
 *
 * What keys do: action.def as an enum and a table, and the keys read from it,
 * or bound by the configuration. Pure, but for what action_bind() sets.
 */
#ifndef HAUL_UI_ACTION_H
#define HAUL_UI_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum action {
	ACTION_NONE,
#define UI_ACTION(id, name, keys, group, help) ACTION_##id,
#include "action.def"
#undef UI_ACTION
	ACTION_COUNT
};

enum action_group {
	ACTION_GROUP_MOVE,
	ACTION_GROUP_VIEW,
	ACTION_GROUP_ACT,
	ACTION_GROUP_SET,
	ACTION_GROUP_MORE,
	ACTION_GROUP_COUNT
};

struct action_row {
	const char *name;
	const char *keys;               /* as in action.def */
	enum action_group group;
	const char *help;               /* to be translated */
};

/* By enum action; the row of ACTION_NONE is empty. */
extern const struct action_row action_rows[ACTION_COUNT];

/* What a key (enum input_key) does; ACTION_NONE if nothing. */
enum action action_of_key(uint32_t key);

/* The action of this name; ACTION_NONE if there is none. */
enum action action_find(const char *name, size_t length);

/* Reads one key's name ("j", "C-n", "PgDn", "F3"); INPUT_NO_KEY if it is
 * none. */
uint32_t action_read_key(const char *name, size_t length);

/* A key's name as help shows it ("Ctrl-N", "PgDn"). */
void action_key_name(char *out, size_t size, uint32_t key);

/* An action's n-th key, from 0; INPUT_NO_KEY after the last. */
uint32_t action_key(enum action, size_t n);

/* Gives an action these keys ("j Down", or "" for none), each of which can be
 * read, instead of those of the table. Other actions lose them. To be called
 * before there is a face; what was bound last wins. */
void action_bind(enum action, const char *keys);
void action_bind_as_table(void);        /* takes it all back */

/* The name of a key that was meant; NULL if none comes near. */
const char *action_nearest_key(const char *name, size_t length);

/* The first key's name for people, or ":NAME" if there is none. */
void action_first_key(char *out, size_t size, enum action);

/* A text of ours with "{NAME}" filled in: the first key of that action. */
struct action_text {
	char text[320];
};
const char *action_hint(struct action_text *, const char *text);

#endif
