/* SPDX-License-Identifier: MIT
 *
 * See sort.h.
 */
#include "config.h"

#include "sort.h"

const char *
sort_name(enum list_sort sort)
{
	static const char *const names[LIST_SORTS] = {
		[LIST_SORT_QUEUE] = "queue", [LIST_SORT_NAME] = "name",
		[LIST_SORT_SIZE] = "size", [LIST_SORT_PROGRESS] = "progress",
		[LIST_SORT_SPEED] = "speed", [LIST_SORT_LEFT] = "eta",
		[LIST_SORT_STATE] = "state", [LIST_SORT_ENDED] = "finished",
		[LIST_SORT_HOST] = "host", [LIST_SORT_STARTED] = "beginning",
	};

	return names[sort];
}
