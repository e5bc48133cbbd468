/* SPDX-License-Identifier: MIT
 *
 * --history and --forget: what the store tells of earlier runs.
 */
#ifndef HAUL_CMD_HISTORY_H
#define HAUL_CMD_HISTORY_H

#include "cmd/conf/settings.h"

/* Whether one of them was given. */
bool history_is_wanted(const struct settings *);

/* Whether --history's value asks for all runs. */
bool history_is_of_all(const char *text);

/* Does it, on stdout; the exit status. */
int history_command(const struct settings *);

#endif
