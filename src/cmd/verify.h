/* SPDX-License-Identifier: MIT
 *
 * --verify: finished files against what the store has of them.
 */
#ifndef HAUL_CMD_VERIFY_H
#define HAUL_CMD_VERIFY_H

#include "arguments.h"

bool verify_is_wanted(const struct settings *);

/* Does it, and returns the exit status. The arguments are paths. */
int verify_command(const struct settings *, const struct arguments *);

#endif
