/* SPDX-License-Identifier: MIT
 *
 * How far all files together are: what a percent counts, and when it may be
 * over. Every face and record tells the same. Pure.
 */
#ifndef HAUL_PRESENT_PROGRESS_H
#define HAUL_PRESENT_PROGRESS_H

#include "haul.h"

struct progress {
	bool of_files;          /* files that are here are counted, since not
	                           all sizes are known; else bytes */
	int64_t got, whole;     /* of bytes or files; got <= whole */
	int64_t lost;           /* about so much failed; got + lost <= whole */
	int percent;            /* 100 only when every file is here */
	int64_t rest_ms;        /* -1 if it cannot be told */
	bool rest_is_guess;     /* the time rests on sizes not known yet */
};

void progress_of_totals(struct progress *, const struct haul_totals *);

#endif
