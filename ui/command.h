/* SPDX-License-Identifier: MIT
 *
 * The ":" line: verbs with arguments, and the name of every action.
 */
#ifndef HAUL_UI_COMMAND_H
#define HAUL_UI_COMMAND_H

#include "acts.h"
#include "internal.h"

/* Does what a line says; false, and why (translated, safe), if it cannot. A
 * leading ":" is passed over. */
bool command_run(struct ui *, const char *line, char *why, size_t size);

/* The line with its verb completed as far as that is certain; malloc()ed. */
char *command_complete(const char *line);

/* Where the path of a verb that takes one begins; NULL if none does. */
const char *command_path(const char *line);

/* What could stand there: the verbs that begin so, or the arguments. */
void command_hint(const char *line, char *text, size_t size);

/* The n-th verb with its arguments, ":limit 5M | off"; false after the last.
 * For help. */
bool command_usage(size_t n, char *text, size_t size);

/* ---- parts, for tests ---- */

enum command_verb {
	COMMAND_ADD,
	COMMAND_ADDFILE,
	COMMAND_EXPORT,
	COMMAND_FILTER,
	COMMAND_FIND,
	COMMAND_GOTO,
	COMMAND_LIMIT,
	COMMAND_MESSAGES,
	COMMAND_PAUSE,
	COMMAND_QUIT,
	COMMAND_REDRAW,
	COMMAND_RESUME,
	COMMAND_RETRY,
	COMMAND_SET,
	COMMAND_SORT,
	COMMAND_TAG,
	COMMAND_ACTION,         /* the name of an action; see *action */
	COMMAND_NONE            /* empty, or not known */
};

/* Takes a line apart; *rest points into it, behind the verb and its blanks.
 * A verb may be shortened as far as it is the only one that begins so. */
enum command_verb command_parse(const char *line, const char **rest,
    enum action *);

/* "failed cause:503 host:x": host points into `text`, whose words are ended by
 * NUL. False if a word is not understood. */
bool command_read_wanted(char *text, struct retry_wanted *);

#endif
