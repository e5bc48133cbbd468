/* SPDX-License-Identifier: MIT
 *
 * Files that may be torn: an earlier run, cut off by a crash of the system,
 * gave them their names, perhaps before the disk had their bytes, and they
 * were not recorded as done.
 */
#ifndef HAUL_ENGINE_TORN_H
#define HAUL_ENGINE_TORN_H

#include <stdbool.h>
#include <stdint.h>

#include "store.h"

struct torn;

/* Looks at the newest runs, for one whose system starts are called boot ("" if
 * that cannot be told) since boot_ms; NULL: no such run was cut off, as nearly
 * always. */
struct torn *torn_find(struct store *, const char *boot, int64_t boot_ms);
void torn_free(struct torn *);

/* Whether what was fetched from that URL (without secrets) to that directory,
 * and changed last then (since the epoch), may be such a file. */
bool torn_has(const struct torn *, const char *directory, const char *url,
    int64_t changed_ms);

#endif
