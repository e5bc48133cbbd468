/* SPDX-License-Identifier: MIT
 *
 * Options as the record of a run keeps them: "name=value" by line feeds, file
 * names as absolute paths, and without what is secret, of which only the names
 * are kept ("user", "proxy", "header NAME").
 */
#ifndef HAUL_ENGINE_KEEP_H
#define HAUL_ENGINE_KEEP_H

#include <stdbool.h>

#include "engine/base/options.h"

/* What was given in the set (may be NULL), but `directory`. malloc()ed, NULL
 * if there is nothing. cwd: where relative names begin. */
void keep_options(const struct options *, const char *cwd, char **text,
    char **needs);

/* A path that means the same from anywhere; malloc()ed. */
char *keep_path(const char *cwd, const char *path);

/* The next option of a text: *text moves on. False: there is none. The value
 * is malloc()ed. */
#define KEEP_NAME_SIZE 64
bool keep_next(const char **text, char name[KEEP_NAME_SIZE], char **value);

/* The first of the needed secrets that the options do not have; false: they
 * have all. option and name ("header", "Authorization") are cut to 64. */
bool keep_lacks(const char *needs, struct options_pair, char option[64],
    char name[64]);

#endif
