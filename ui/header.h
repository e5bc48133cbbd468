/* SPDX-License-Identifier: MIT
 *
 * What stands above the list: how far all is, the tabs, the speed of late.
 */
#ifndef HAUL_UI_HEADER_H
#define HAUL_UI_HEADER_H

#include "internal.h"

struct header *header_new(struct ui *);
void header_free(struct header *);

/* The speed of now; to be told once a second. */
void header_sample(struct header *, int64_t now_ms, int64_t speed_bps);

void header_draw_totals(struct header *, struct grid_area);
void header_draw_tabs(struct header *, struct grid_area);
void header_draw_graph(struct header *, struct grid_area);
/* "84.2M/s ?help": the last row of a screen too narrow for more. */
void header_draw_foot(struct header *, struct grid_area);

/* On the tabs. */
unsigned header_click(struct header *, int column);

#endif
