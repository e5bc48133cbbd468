/* SPDX-License-Identifier: MIT
 *
 * The tables of signs. No braille, no emoji, nothing of ambiguous use: each
 * sign is in the fonts that terminals come with.
 */
#include "config.h"

#include "glyph.h"

#include <string.h>
#include <wchar.h>

#include "present/i18n.h"

static const struct glyph_set glyph_sets[2] = {
	{
		.ascii = false,
		.states = {
			[HAUL_STATE_QUEUED] = "\u25cb",
			[HAUL_STATE_PAUSED] = "\u2016",
			[HAUL_STATE_CONNECTING] = "\u25cc",
			[HAUL_STATE_ACTIVE] = "\u25b6",
			[HAUL_STATE_VERIFYING] = "\u25c6",
			[HAUL_STATE_WAITING] = "\u21bb",
			[HAUL_STATE_DONE] = "\u2713",
			[HAUL_STATE_SKIPPED] = "\u2212",
			[HAUL_STATE_FAILED] = "\u2717",
			[HAUL_STATE_REMOVED] = " ",
		},
		.fold = "\u22ef", .at_least = "\u2265", .ellipsis = "\u2026",
		.select = ">", .tag = "*", .rule = "\u2500",
		.cross = "\u2502", .bar_rest = "\u00b7",
		.bar_here = "\u2588", .bar_lost = "\u2592",
		.graph = { " ", "\u2581", "\u2582", "\u2583", "\u2584",
		    "\u2585", "\u2586", "\u2587", "\u2588" },
	}, {
		.ascii = true,
		.states = {
			[HAUL_STATE_QUEUED] = ".",
			[HAUL_STATE_PAUSED] = "p",
			[HAUL_STATE_CONNECTING] = "c",
			[HAUL_STATE_ACTIVE] = "d",
			[HAUL_STATE_VERIFYING] = "v",
			[HAUL_STATE_WAITING] = "r",
			[HAUL_STATE_DONE] = "+",
			[HAUL_STATE_SKIPPED] = "-",
			[HAUL_STATE_FAILED] = "!",
			[HAUL_STATE_REMOVED] = " ",
		},
		.fold = "...", .at_least = ">=", .ellipsis = "~",
		.select = ">", .tag = "*", .rule = "-", .cross = "|",
		.bar_rest = ".", .bar_here = "#", .bar_lost = "x",
		.graph = { " ", "_", ".", ",", "-", "=", "+", "*", "#" },
	},
};

struct glyph_state {
	const char *word;
	enum grid_style style;
	unsigned flags;
};

static const struct glyph_state glyph_states[HAUL_STATE_COUNT] = {
	/* TRANSLATORS: states, in capitals if there are any: four cells each,
	 * or names get as many less. Wide characters take two. */
	[HAUL_STATE_QUEUED] = { N_("WAIT"), STYLE_WAIT, 0 },
	[HAUL_STATE_PAUSED] = { N_("PAUS"), STYLE_PAUS, 0 },
	[HAUL_STATE_CONNECTING] = { N_("CONN"), STYLE_CONN, 0 },
	[HAUL_STATE_ACTIVE] = { N_("GET"), STYLE_GET, GRID_BOLD },
	[HAUL_STATE_VERIFYING] = { N_("VRFY"), STYLE_VRFY, 0 },
	[HAUL_STATE_WAITING] = { N_("RTRY"), STYLE_RTRY, GRID_BOLD },
	[HAUL_STATE_DONE] = { N_("DONE"), STYLE_DONE, 0 },
	[HAUL_STATE_SKIPPED] = { N_("SKIP"), STYLE_SKIP, 0 },
	[HAUL_STATE_FAILED] = { N_("FAIL"), STYLE_FAIL,
	    GRID_BOLD | GRID_UNDERLINE },
	[HAUL_STATE_REMOVED] = { "", STYLE_QUIET, 0 },
};

const struct glyph_set *
glyph_set(bool ascii)
{
	return &glyph_sets[ascii];
}

static bool
glyph_is_narrow(const char *sign)
{
	uint32_t code;

	return text_decode(sign, strlen(sign), &code) == 0 ||
	    wcwidth((wchar_t)code) == 1;
}

bool
glyph_set_fits(void)
{
	const struct glyph_set *set = &glyph_sets[0];
	int i;

	for (i = 0; i < HAUL_STATE_COUNT; i++)
		if (!glyph_is_narrow(set->states[i]))
			return false;
	for (i = 0; i < GLYPH_GRAPH_STEPS; i++)
		if (!glyph_is_narrow(set->graph[i]))
			return false;
	return glyph_is_narrow(set->fold) && glyph_is_narrow(set->at_least) &&
	    glyph_is_narrow(set->ellipsis) && glyph_is_narrow(set->rule) &&
	    glyph_is_narrow(set->cross) && glyph_is_narrow(set->bar_rest) &&
	    glyph_is_narrow(set->bar_lost);
}

const char *
glyph_word(enum haul_state state)
{
	const char *word = glyph_states[state].word;

	return *word != '\0' ? _(word) : word;
}

enum grid_style
glyph_style(enum haul_state state)
{
	return glyph_states[state].style;
}

unsigned
glyph_flags(enum haul_state state)
{
	return glyph_states[state].flags;
}
