/* SPDX-License-Identifier: MIT
 *
 * What is said after a run, on stderr.
 */
#ifndef HAUL_CMD_SUMMARY_H
#define HAUL_CMD_SUMMARY_H

#include "output.h"

struct summary {
	const struct output_context *context;
	const struct output_end *end;
	const haul_id *failed;          /* in the order of failing */
	size_t failed_count;
	bool brief;                     /* failures alone */
	size_t lines_max;               /* of failures; 0: all. Who had a
	                                   screen has seen them */
};

/* Writes counts, bytes and time, then each failure as "URL<tab>sentence", and
 * how to go on. */
void summary_print(const struct summary *);

/* Whether all of the failures are files that other processes are fetching;
 * false if there are none. */
bool summary_is_held(struct haul *, const haul_id *failed, size_t count);

/* Whether all of the failures are a matter of the local storage; false if
 * there are none. */
bool summary_is_storage(struct haul *, const haul_id *failed, size_t count);

#endif
