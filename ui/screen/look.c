/* SPDX-License-Identifier: MIT
 *
 * The colours. States have the terminal's own eight, which its owner chose
 * for its background; bars and graph, whose shape says it all, have one hue in
 * steps where there are 256. A configuration may choose others.
 */
#include "config.h"

#include "look.h"

#include <stdlib.h>
#include <string.h>

#include "present/nearest.h"

struct look_row {
	const char *name;
	short few, many;        /* of 8 colours, of 256; default scheme */
	short safe;             /* of 256, scheme safe */
	unsigned flags;
};

static const struct look_row look_rows[STYLE_COUNT] = {
#define UI_LOOK(style, name, few, many, safe, flags, help) \
	[STYLE_##style] = { name, few, many, safe, flags },
#include "look.def"
#undef UI_LOOK
};

/* Words of a look besides numbers. */
static const struct look_word {
	const char *name;
	short colour;
	unsigned flags;
} look_words[] = {
	{ "default", LOOK_DEFAULT, 0 }, { "black", 0, 0 }, { "red", 1, 0 },
	{ "green", 2, 0 }, { "yellow", 3, 0 }, { "blue", 4, 0 },
	{ "magenta", 5, 0 }, { "cyan", 6, 0 }, { "white", 7, 0 },
	{ "bright-black", 8, 0 }, { "bright-red", 9, 0 },
	{ "bright-green", 10, 0 }, { "bright-yellow", 11, 0 },
	{ "bright-blue", 12, 0 }, { "bright-magenta", 13, 0 },
	{ "bright-cyan", 14, 0 }, { "bright-white", 15, 0 },
	{ "bold", LOOK_DEFAULT, GRID_BOLD },
	{ "underline", LOOK_DEFAULT, GRID_UNDERLINE },
};

#define LOOK_WORDS (sizeof look_words / sizeof *look_words)

/* By look_set(). */
static struct look look_chosen[STYLE_COUNT];
static bool look_is_chosen[STYLE_COUNT];

/* ---- chosen ones ---- */

enum grid_style
look_find(const char *name)
{
	int style;

	for (style = 0; style < STYLE_COUNT; style++)
		if (strcmp(look_rows[style].name, name) == 0)
			break;
	return (enum grid_style)style;
}

const char *
look_nearest(const char *name)
{
	struct nearest nearest;
	int style;

	nearest_init(&nearest, name, strlen(name));
	for (style = 0; style < STYLE_COUNT; style++)
		nearest_try(&nearest, look_rows[style].name, style);
	return nearest.best < 0 ? NULL : look_rows[nearest.best].name;
}

const char *
look_nearest_word(const char *word, size_t length)
{
	struct nearest nearest;
	size_t i;

	nearest_init(&nearest, word, length);
	for (i = 0; i < LOOK_WORDS; i++)
		nearest_try(&nearest, look_words[i].name, (int)i);
	return nearest.best < 0 ? NULL : look_words[nearest.best].name;
}

/* Reads one word into a look; false: it is none, or a second colour. */
static bool
look_read_word(struct look *look, bool *coloured, const char *word,
    size_t length)
{
	size_t i;

	if (length > 0 && length <= 3 &&
	    strspn(word, "0123456789") >= length) {
		look->colour = (short)strtol(word, NULL, 10);
		if (*coloured || look->colour > 255)
			return false;
		*coloured = true;
		return true;
	}
	for (i = 0; i < LOOK_WORDS; i++)
		if (strlen(look_words[i].name) == length &&
		    memcmp(look_words[i].name, word, length) == 0)
			break;
	if (i == LOOK_WORDS)
		return false;
	look->flags |= look_words[i].flags;
	if (look_words[i].flags != 0)
		return true;
	if (*coloured)
		return false;
	*coloured = true;
	look->colour = look_words[i].colour;
	return true;
}

bool
look_read(struct look *look, const char *text, const char **wrong,
    size_t *wrong_length)
{
	bool coloured = false;
	size_t length;

	*look = (struct look){ LOOK_DEFAULT, 0 };
	for (;; text += length) {
		text += strspn(text, " \t");
		length = strcspn(text, " \t");
		if (length == 0)
			return true;
		if (!look_read_word(look, &coloured, text, length))
			break;
	}
	*wrong = text;
	*wrong_length = length;
	return false;
}

void
look_set(enum grid_style style, const struct look *look)
{
	look_is_chosen[style] = look != NULL;
	if (look != NULL)
		look_chosen[style] = *look;
}

/* ---- what is drawn ---- */

struct look
look_of(enum term_scheme scheme, int colours, enum grid_style style)
{
	const struct look_row *row = &look_rows[style];
	bool chosen = look_is_chosen[style];
	struct look look = { LOOK_DEFAULT, chosen ?
	    look_chosen[style].flags : row->flags };

	if (scheme == TERM_SCHEME_MONO || colours < 8)
		return look;
	if (chosen && look_chosen[style].colour < colours)
		look.colour = look_chosen[style].colour;
	else if (colours < 256)
		/* Blue and orange are not among eight. */
		look.colour = scheme == TERM_SCHEME_SAFE ? LOOK_DEFAULT :
		    row->few;
	else
		look.colour = scheme == TERM_SCHEME_SAFE ? row->safe :
		    row->many;
	return look;
}
