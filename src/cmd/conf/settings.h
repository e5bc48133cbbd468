/* SPDX-License-Identifier: MIT
 *
 * The table of options as the command sees it, and one run's values of them,
 * set from text: by the configuration, the environment, the arguments. What
 * the engine knows goes into a struct haul_options as well; the rest is the
 * command's own.
 */
#ifndef HAUL_CMD_SETTINGS_H
#define HAUL_CMD_SETTINGS_H

#include "haul.h"

enum settings_id {
#define HAUL_OPTION(id, name, letter, type, min, max, def, scope, env, \
    parfive, arg, help) SETTINGS_##id,
#include "options.def"
#undef HAUL_OPTION
	SETTINGS_COUNT,                 /* also: no such option */
};

enum settings_type {
	SETTINGS_TYPE_SWITCH,
	SETTINGS_TYPE_COUNT,
	SETTINGS_TYPE_SIZE,
	SETTINGS_TYPE_DURATION,
	SETTINGS_TYPE_TEXT,
	SETTINGS_TYPE_CHOICE,
	SETTINGS_TYPE_LIST,
};

enum settings_scope {
	SETTINGS_SCOPE_ENGINE,
	SETTINGS_SCOPE_ITEM,
	SETTINGS_SCOPE_COMMAND,
};

/* One row of options.def, which explains the fields. */
struct settings_row {
	const char *name;
	int letter;
	enum settings_type type;
	int64_t min, max;
	const char *fallback;           /* the default, or NULL */
	enum settings_scope scope;
	const char *env, *parfive;      /* NULL for none */
	const char *arg;
	const char *help;               /* to be translated */
};

extern const struct settings_row settings_rows[SETTINGS_COUNT];

/* In the order of the choices of --output and --events. */
enum settings_output {
	SETTINGS_OUTPUT_AUTO,
	SETTINGS_OUTPUT_TUI,
	SETTINGS_OUTPUT_BAR,
	SETTINGS_OUTPUT_LOG,
	SETTINGS_OUTPUT_JSON,
	SETTINGS_OUTPUT_NONE,
};

enum settings_events {
	SETTINGS_EVENTS_ALL,
	SETTINGS_EVENTS_ITEMS,
	SETTINGS_EVENTS_TOTALS,
	SETTINGS_EVENTS_END,
};

/* Of --color, --hyperlinks and --mouse. */
enum settings_color {
	SETTINGS_COLOR_AUTO,
	SETTINGS_COLOR_NEVER,
	SETTINGS_COLOR_SAFE,
};

enum settings_hyperlinks {
	SETTINGS_HYPERLINKS_AUTO,
	SETTINGS_HYPERLINKS_ALWAYS,
	SETTINGS_HYPERLINKS_NEVER,
};

enum settings_mouse {
	SETTINGS_MOUSE_YES,
	SETTINGS_MOUSE_NO,
};

/* Who says what a value is; who stands later here wins. */
enum settings_source {
	SETTINGS_SOURCE_DEFAULT,
	SETTINGS_SOURCE_SYSTEM,
	SETTINGS_SOURCE_USER,
	SETTINGS_SOURCE_ENVIRONMENT,
	SETTINGS_SOURCE_COMMAND_LINE,
};

/* One value that was set. */
struct settings_entry {
	enum settings_id id;
	enum settings_source source;
	char *text;
	char *where;                    /* "FILE:LINE", a variable; NULL: not
	                                   needed */
};

struct settings {
	struct haul_options *options;   /* for haul_new() */
	int64_t values[SETTINGS_COUNT]; /* switch: 0, 1; else in the type's
	                                   unit; a choice's index */
	char *texts[SETTINGS_COUNT];    /* of type TEXT, else NULL */
	char **lists;                   /* --input-file, in order */
	size_t list_count;
	bool has_digest;                /* --checksum other than 'server' */
	struct settings_entry *entries; /* all that was set, in that order */
	size_t entry_count;
	enum settings_source source;    /* of what is set next */
	char *where;
};

/* All defaults. */
void settings_init(struct settings *);
void settings_release(struct settings *);

/* Sets one option from text; NULL stands for no value, where the option
 * allows that. On failure nothing changed and the error is filled. */
enum haul_result settings_set(struct settings *, enum settings_id,
    const char *text, struct haul_error *) HAUL_MUST_CHECK;

/* Back to its default, because another value says the opposite. For options
 * with a number. */
void settings_reset(struct settings *, enum settings_id,
    const struct settings_entry *because);

/* Who speaks in the calls of settings_set() that follow; to begin with the
 * command line. */
void settings_from(struct settings *, enum settings_source,
    const char *where);

/* What was said last of the option, until the next call that sets one; NULL:
 * nothing. */
const struct settings_entry *settings_last(const struct settings *,
    enum settings_id);

/* The option of exactly this name, or SETTINGS_COUNT. */
enum settings_id settings_find(const char *name, size_t length);

/* The option that was meant by a name that is none, or SETTINGS_COUNT. With
 * `items` only options of one file are thought of. */
enum settings_id settings_nearest(const char *name, size_t length,
    bool items);

/* Whether the option may be given without a value. */
bool settings_can_be_bare(enum settings_id);

#endif
