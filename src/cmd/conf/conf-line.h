/* SPDX-License-Identifier: MIT
 *
 * The lines of a configuration: "NAME = VALUE", "[SECTION]" or
 * "[SECTION "NAME"]", comments that begin with '#' or ';', and empty ones.
 * Blanks around names and values are no matter, nor are CRLF and a byte order
 * mark; a value in double quotes keeps its own. Nothing in a value is special,
 * '#' neither: values are passwords and URLs. Pure.
 */
#ifndef HAUL_CMD_CONF_LINE_H
#define HAUL_CMD_CONF_LINE_H

#include <stdbool.h>
#include <stddef.h>

enum conf_kind {
	CONF_EMPTY,                   /* or a comment */
	CONF_SECTION,                 /* name, and value in its quotes */
	CONF_ENTRY,                   /* value NULL: there is no '=' */
	CONF_BAD,                     /* a bracket or quote is not closed */
};

/* Pointers go into the text. */
struct conf_line {
	enum conf_kind kind;
	const char *start;              /* the whole line, its end included */
	size_t size;
	const char *name, *value;
	size_t name_length, value_length;
};

/* Reads the line at *text, which ends before `end`, and goes on to the next;
 * false: there is none. */
bool conf_next_line(const char **text, const char *end,
    struct conf_line *);

#endif
