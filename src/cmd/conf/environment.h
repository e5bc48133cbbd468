/* SPDX-License-Identifier: MIT
 *
 * Options from environment variables.
 */
#ifndef HAUL_CMD_ENVIRONMENT_H
#define HAUL_CMD_ENVIRONMENT_H

#include "settings.h"

typedef const char *(*environment_get_fn)(const char *name);

/* Sets what the environment says, as `get` tells it: for each option its
 * HAUL_ variable, else its PARFIVE_ one. A switch is on if its variable is
 * set, unless to "", "0", "false" or "no"; other options take an empty
 * variable as not set. False at the first bad value, with a sentence that
 * names the variable in `why`. */
bool environment_read(struct settings *, environment_get_fn get, char *why,
    size_t why_size);

#endif
