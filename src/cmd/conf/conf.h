/* SPDX-License-Identifier: MIT
 *
 * Configuration files: the system's, haul/config in the directories of
 * $XDG_CONFIG_DIRS (or /etc/xdg), and the user's, in $XDG_CONFIG_HOME (or
 * ~/.config), as the XDG base directory specification has it. What they say
 * holds before the environment and the command line are read; a nearer file
 * wins over one that is further away.
 */
#ifndef HAUL_CMD_CONF_H
#define HAUL_CMD_CONF_H

#include <stdio.h>

#include "settings.h"

struct conf;

/* Takes a sentence, which names file and line. */
typedef void (*conf_tell_fn)(const char *sentence, void *user);

struct conf *conf_new(void);
void conf_free(struct conf *);

/* Reads all files, as `asked` (the environment and the command line alone)
 * wants it: --config, --no-config. False if anything in them is wrong; all of
 * it was told then. */
bool conf_read(struct conf *, struct settings *,
    const struct settings *asked, conf_tell_fn, void *user);

/* The path of a file that was read, the n-th from 0; NULL: there were fewer. */
const char *conf_file(const struct conf *, size_t n);

/* When environment and command line are read: gives the options of hosts to
 * those of the engine, where neither says otherwise. */
void conf_apply(const struct conf *, struct settings *);

/* Writes options, "NAME = VALUE" in lines, to the user's file, of which all
 * else stays as it is; makes it if there is none. Whether that went well, and a
 * sentence about it, which is to be freed. */
bool conf_save(const struct settings *, const char *changes, char **sentence);

/* Prints every option with its value and who has said so, and what stands in
 * sections; as a configuration could have it, but secrets. */
void conf_show(const struct conf *, const struct settings *, FILE *);

#endif
