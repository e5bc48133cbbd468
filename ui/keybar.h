/* SPDX-License-Identifier: MIT
 *
 * The last row: the keys that matter where we are, as many as fit.
 */
#ifndef HAUL_UI_KEYBAR_H
#define HAUL_UI_KEYBAR_H

#include "action.h"
#include "ui/screen/grid.h"

enum keybar_place {
	KEYBAR_LIST,
	KEYBAR_FAILED,
	KEYBAR_PANE,
	KEYBAR_GROUPS,
	KEYBAR_PLACES
};

void keybar_draw(struct grid_area, enum keybar_place);

/* What stands at a column; ACTION_NONE if nothing. */
enum action keybar_click(enum keybar_place, int columns, int column);

#endif
