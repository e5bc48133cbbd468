/* SPDX-License-Identifier: MIT
 *
 * The colours. States have the terminal's own eight, which its owner chose
 * for its background; bars and graph, whose shape says it all, have one hue in
 * steps where there are 256.
 */
#include "config.h"

#include "look.h"

struct look_row {
	short few, many;        /* of 8 colours, of 256; default scheme */
	short safe;             /* of 256, scheme safe: blue or orange */
	unsigned flags;
};

#define LOOK_BLUE       33
#define LOOK_ORANGE     208
#define LOOK_GREY       244

enum {
	LOOK_NONE = LOOK_DEFAULT,
	LOOK_RED = 1,
	LOOK_GREEN = 2,
	LOOK_MAGENTA = 5,
	LOOK_CYAN = 6,
};

static const struct look_row look_rows[STYLE_COUNT] = {
	[STYLE_TEXT] = { LOOK_NONE, LOOK_NONE, LOOK_NONE, 0 },
	[STYLE_STRONG] = { LOOK_NONE, LOOK_NONE, LOOK_NONE, GRID_BOLD },
	[STYLE_QUIET] = { LOOK_NONE, LOOK_GREY, LOOK_GREY, 0 },
	[STYLE_RULE] = { LOOK_NONE, LOOK_GREY, LOOK_GREY, 0 },
	[STYLE_TITLE] = { LOOK_CYAN, 32, 32, GRID_BOLD },
	[STYLE_KEY] = { LOOK_CYAN, 32, 32, GRID_BOLD },
	[STYLE_WAIT] = { LOOK_NONE, LOOK_NONE, LOOK_NONE, 0 },
	[STYLE_CONN] = { LOOK_CYAN, LOOK_CYAN, LOOK_BLUE, 0 },
	[STYLE_GET] = { LOOK_CYAN, LOOK_CYAN, LOOK_BLUE, GRID_BOLD },
	[STYLE_VRFY] = { LOOK_CYAN, LOOK_CYAN, LOOK_BLUE, 0 },
	[STYLE_PAUS] = { LOOK_MAGENTA, LOOK_MAGENTA, LOOK_ORANGE, 0 },
	[STYLE_RTRY] = { LOOK_MAGENTA, LOOK_MAGENTA, LOOK_ORANGE, GRID_BOLD },
	[STYLE_DONE] = { LOOK_GREEN, LOOK_GREEN, LOOK_BLUE, 0 },
	[STYLE_SKIP] = { LOOK_GREEN, LOOK_GREEN, LOOK_BLUE, 0 },
	[STYLE_FAIL] = { LOOK_RED, LOOK_RED, LOOK_ORANGE, GRID_BOLD },
	[STYLE_BAR_HERE] = { LOOK_CYAN, 67, 67, 0 },
	[STYLE_BAR_NOW] = { LOOK_CYAN, 39, LOOK_BLUE, 0 },
	[STYLE_BAR_REST] = { LOOK_NONE, LOOK_GREY, LOOK_GREY, 0 },
	[STYLE_BAR_DONE] = { LOOK_GREEN, 65, 67, 0 },
	[STYLE_BAR_FAIL] = { LOOK_RED, 131, LOOK_ORANGE, 0 },
	[STYLE_GRAPH_LOW] = { LOOK_CYAN, 67, 67, 0 },
	[STYLE_GRAPH_MIDDLE] = { LOOK_CYAN, 74, 74, 0 },
	[STYLE_GRAPH_HIGH] = { LOOK_CYAN, 39, LOOK_BLUE, 0 },
	[STYLE_ERROR] = { LOOK_RED, LOOK_RED, LOOK_ORANGE, GRID_BOLD },
	[STYLE_MODE] = { LOOK_CYAN, 32, 32, GRID_BOLD },
};

struct look
look_of(enum term_scheme scheme, int colours, enum grid_style style)
{
	const struct look_row *row = &look_rows[style];
	struct look look = { LOOK_DEFAULT, row->flags };

	if (scheme == TERM_SCHEME_MONO || colours < 8)
		return look;
	if (colours < 256)
		/* Blue and orange are not among eight. */
		look.colour = scheme == TERM_SCHEME_SAFE ? LOOK_DEFAULT :
		    row->few;
	else
		look.colour = scheme == TERM_SCHEME_SAFE ? row->safe :
		    row->many;
	return look;
}
