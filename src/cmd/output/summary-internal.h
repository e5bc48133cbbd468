/* SPDX-License-Identifier: MIT
 *
 * The summary's two forms, for its own files: summary.c (programs and logs),
 * summary-person.c (a person at a terminal), and what both need.
 */
#ifndef HAUL_CMD_SUMMARY_INTERNAL_H
#define HAUL_CMD_SUMMARY_INTERNAL_H

#include "summary.h"

#define SUMMARY_GROUPS_MAX 64

struct summary_group {
	enum haul_cause cause;
	int http_status;
	uint64_t count;
	const char *advice;
};

/* Ended by a stop: not a failure but the rest of the work. */
bool summary_is_cancelled(const struct haul_item *);

/* Counts all failures by kind, the most frequent first; returns how many
 * kinds there are, SUMMARY_GROUPS_MAX at most. */
size_t summary_group(const struct summary *, struct summary_group *);

/* "haul: 3 files fetched, 12.4 MiB in 2.1s (5.9 MiB/s)", which leads to where
 * the link says, if it is not NULL; and how many were there. */
void summary_print_counts(const struct summary *, const struct haul_totals *,
    const char *link);

/* "LEAD haul OPTIONS", with the store if it is not the usual one. */
void summary_print_command(const struct summary *, const char *lead,
    const char *options);

void summary_print_person(const struct summary *);

#endif
