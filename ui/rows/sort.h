/* SPDX-License-Identifier: MIT
 *
 * What rows are put in order by, and one group of the failed ones.
 */
#ifndef HAUL_UI_SORT_H
#define HAUL_UI_SORT_H

#include "haul.h"

/* Those before the last are choices of --sort. */
enum list_sort {
	LIST_SORT_QUEUE,
	LIST_SORT_NAME,
	LIST_SORT_SIZE,
	LIST_SORT_PROGRESS,
	LIST_SORT_SPEED,
	LIST_SORT_LEFT,
	LIST_SORT_STATE,
	LIST_SORT_ENDED,                /* newest first */
	LIST_SORT_HOST,
	LIST_SORT_STARTED,              /* the active tab's own */
	LIST_SORTS
};

/* As --sort and the line `:sort` write it. */
const char *sort_name(enum list_sort);

/* All that failed by the same cause at the same host. */
struct list_group {
	enum haul_cause cause;
	int http_status;                /* HTTP; else 0 */
	char host[HAUL_HOST_SIZE];
};

#endif
