/* SPDX-License-Identifier: MIT
 *
 * Failed items as a file, for people's other programs: a line each of cause,
 * code, tries, URL and path, parted by tabs, in C's escapes; what a
 * spreadsheet would calculate begins with one. It appears whole or not at
 * all, and for its owner alone to read.
 */
#ifndef HAUL_PRESENT_FAILEDLIST_H
#define HAUL_PRESENT_FAILEDLIST_H

#include <stdbool.h>
#include <stddef.h>

#include "haul.h"

#define FAILEDLIST_NAME         "haul-failed.tsv"
#define FAILEDLIST_NAME_SIZE    32

/* Writes those of the items that have failed; a file that is there is left
 * alone (EEXIST). False, and errno, if it could not. `redact`: URLs without
 * what must not be told. */
bool failedlist_write(struct haul *, const haul_id *, size_t count,
    const char *path, bool redact, size_t *written);

/* The same into the present directory, under FAILEDLIST_NAME: in place of an
 * older list of ours; where somebody has another file of that name, as
 * haul-failed-2.tsv and so on. `name` is that it came to. */
bool failedlist_write_here(struct haul *, const haul_id *, size_t count,
    bool redact, char name[FAILEDLIST_NAME_SIZE], size_t *written);

#endif
