/* SPDX-License-Identifier: MIT
 *
 * Which of some names was meant by one that is none of them. Pure.
 */
#ifndef HAUL_PRESENT_NEAREST_H
#define HAUL_PRESENT_NEAREST_H

#include <stddef.h>

struct nearest {
	const char *name;               /* what was written; borrowed */
	size_t length;
	size_t least;                   /* how far the nearest yet is */
	int best;                       /* its id, or -1 */
};

void nearest_init(struct nearest *, const char *name, size_t length);

/* Takes one of the names into account. */
void nearest_try(struct nearest *, const char *candidate, int id);

#endif
