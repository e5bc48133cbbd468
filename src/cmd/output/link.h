/* SPDX-License-Identifier: MIT
 *
 * Words on a terminal that lead somewhere (OSC 8). The address stands in an
 * escape sequence, so nothing but printable ASCII is ever part of one.
 */
#ifndef HAUL_CMD_LINK_H
#define HAUL_CMD_LINK_H

#include "cmd/conf/settings.h"

/* Around the words; the first is a format with the address. */
#define LINK_OPEN       "\033]8;;%s\033\\"
#define LINK_CLOSE      "\033]8;;\033\\"

typedef const char *(*link_get_fn)(const char *name);

/* Whether the terminal that the environment tells of is known to take them, or
 * --hyperlinks says so. There has to be one. */
bool link_is_wanted(const struct settings *, link_get_fn);

/* Where a file or directory is, with the name of this machine, for terminals
 * know of others; malloc()ed. NULL if it is not there. */
char *link_of_file(const char *path);

/* A page of the web, malloc()ed; NULL if it is none, is very long, or has what
 * must not be told. */
char *link_of_url(const char *url);

#endif
