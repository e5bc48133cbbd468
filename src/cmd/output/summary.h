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
	bool interactive;               /* it was begun without URLs: there is
	                                   no same command */
	uint64_t run;                   /* of the store, that was gone on with;
	                                   0: none */
	int columns;                    /* of the terminal; 0: there is none */
	bool links;                     /* it takes them (link.h) */
	const struct haul_totals *past; /* --forever: of engines before, whose
	                                   sums count too; failures have been
	                                   told. Else NULL */
};

/* A failure that is told as it comes: "URL<tab>sentence". */
void summary_tell_failure(const struct output_context *, haul_id);

/* Says what the run has come to and how to go on. For programs and logs:
 * counts, bytes and time, then each failure as "URL<tab>sentence". With
 * columns, for a person at a terminal: a table, some of the failures, and all
 * of them in a file if they are more (failedlist.h). */
void summary_print(const struct summary *);

/* Whether all of the failures are files that other processes are fetching;
 * false if there are none. */
bool summary_is_held(struct haul *, const haul_id *failed, size_t count);

/* Whether all of the failures are a matter of the local storage; false if
 * there are none. */
bool summary_is_storage(struct haul *, const haul_id *failed, size_t count);

#endif
