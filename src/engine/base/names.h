/* SPDX-License-Identifier: MIT
 *
 * Very many names, known by 64-bit hashes alone: a set of them, or a map to
 * 32-bit values. Nothing is ever taken out. What two names of one hash would
 * lead to is the user's to bear.
 */
#ifndef HAUL_ENGINE_NAMES_H
#define HAUL_ENGINE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed it is empty. */
struct names {
	uint64_t *keys;                 /* open addressing; 0 is empty */
	uint32_t *values;               /* NULL for a set */
	size_t size;                    /* a power of two, or 0 */
	size_t used;
};

void names_release(struct names *);

/* Never 0. */
uint64_t names_hash(const char *name);

/* A set: no map may be used as one. */
void names_add(struct names *, uint64_t hash);
bool names_has(const struct names *, uint64_t hash);

/* A map. names_value() puts a new hash in with 0; the pointer is valid until
 * the next one is put in. names_find() is NULL if it is not there. */
uint32_t *names_value(struct names *, uint64_t hash);
uint32_t *names_find(const struct names *, uint64_t hash);

#endif
