/* SPDX-License-Identifier: MIT
 *
 * Settings that hold at once: read, changed by a text or a step, and to be
 * undone. Names are the options'; for people they have others ("files").
 */
#ifndef HAUL_UI_LIVE_H
#define HAUL_UI_LIVE_H

#include "internal.h"

enum live_setting {
	LIVE_FILES,
	LIVE_SPLITS,
	LIVE_HOST,
	LIVE_TOTAL,
	LIVE_LIMIT,
	LIVE_LIMIT_FILE,        /* of one item */
	LIVE_TRIES,
	LIVE_DELAY,
	LIVE_COUNT
};

struct live_row {
	const char *option;     /* of the engine */
	const char *verb;       /* in ":set files=8" */
	const char *label;      /* to be translated */
	const char *hint;       /* range, or examples; to be translated */
	bool steps;             /* + and - change it */
	int64_t least, most;    /* of one that steps */
};

extern const struct live_row live_rows[LIVE_COUNT];

/* The setting of that verb or option, or LIVE_COUNT. */
enum live_setting live_find(const char *name, size_t length);

/* The value as a person reads it: "8", "off", "20M"; "?" if unknown. */
void live_show(struct ui *, enum live_setting, haul_id, char *, size_t);

/* "Connections per file: 5" of "max-splits=5", to be freed. */
char *live_described(const char *setting);

/* Sets it from what a person wrote ("off" too), to be undone; says so in the
 * status line. False, and why (translated, safe), if that is not possible. */
bool live_set(struct ui *, enum live_setting, haul_id, const char *value,
    char *why, size_t size);

/* One more or less; at a limit it says so. */
void live_step(struct ui *, enum live_setting, haul_id, int step);

/* Gives an option of an item its value. A list's entries are parted by blanks
 * or line feeds, and take the place of those it had. */
enum haul_result live_set_option(struct haul *, haul_id, const char *name,
    const char *value, struct haul_error *);

#endif
