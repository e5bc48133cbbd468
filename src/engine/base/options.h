/* SPDX-License-Identifier: MIT
 *
 * Option values of an engine or of one item, by the table in options.def.
 * Sets are shared and copied on write: a million items with the same options
 * hold one set.
 */
#ifndef HAUL_ENGINE_OPTIONS_H
#define HAUL_ENGINE_OPTIONS_H

#include "haul.h"

enum option_id {
#define HAUL_OPTION(ID, name, letter, type, min, max, def, scope, env, \
    parfive, arg, help) OPTION_##ID,
#include "options.def"
#undef HAUL_OPTION
	OPTION_COUNT
};

struct options;         /* a shared set: immutable once it has two owners */

struct options *options_new(void);
struct options *options_ref(struct options *);
void options_unref(struct options *);           /* NULL is fine */

/* A set of its own with the same values; NULL counts as an empty one. */
struct options *options_clone(const struct options *);

/* The shared set inside the public object; borrowed. */
struct options *options_peek(const struct haul_options *);

/* Sets one value; only names of the given scopes are known. */
enum option_scope {
	OPTION_SCOPE_ITEM = 1,
	OPTION_SCOPE_ENGINE = 2,
	OPTION_SCOPE_COMMAND = 4,
};
enum haul_result options_set(struct options *, const char *name,
    const char *value, unsigned scopes, struct haul_error *);

/* Whether only ITEM options were set. If not, *name is one of the others. */
bool options_are_for_item(const struct options *, const char **name);

/* Whether it was set, neither by options_fill_defaults() nor as somebody's
 * default. */
bool options_is_given(const struct options *, enum option_id);
bool options_is_named(const struct options *, const char *name);

/* Sets all that was not given to the table's defaults: done once to an
 * engine's set, so that reading never parses. */
void options_fill_defaults(struct options *);

/* The value for an item: its own set's, else that of its host, else the
 * engine's; 0 or NULL if none has it. Each may be NULL. */
struct options_pair {
	const struct options *item;
	const struct options *engine;
	const struct options *host;     /* of options_of_host() */
};

/* What the engine's options have for the host of a URL, valid as long as they
 * are; NULL: nothing. */
const struct options *options_of_host(const struct options *engine,
    const char *url);

int64_t options_number(struct options_pair, enum option_id);
const char *options_text(struct options_pair, enum option_id);  /* or NULL */

/* The value as options_set() takes it, cut to size; a list's entries by line
 * feeds. False if there is no option of that name. */
bool options_format(struct options_pair, const char *name, char *text,
    size_t size);

/* Calls fn for each entry of a list: the engine's, its host's, the item's. */
void options_each(struct options_pair, enum option_id,
    void (*fn)(const char *, void *), void *);
bool options_has(struct options_pair, enum option_id);

enum options_overwrite { OVERWRITE_NEVER, OVERWRITE_ALWAYS, OVERWRITE_UNIQUE };
enum options_on_change { ON_CHANGE_RESTART, ON_CHANGE_FAIL, ON_CHANGE_ASK };

/* The hooks for an item: its own, else the engine's; NULL if none. */
haul_name_fn options_name_fn(struct options_pair, void **user);
haul_easy_fn options_easy_fn(struct options_pair, void **user);
haul_done_fn options_done_fn(struct options_pair, void **user);

/* Fills an error, or does nothing if it is NULL; returns EUSAGE. */
/* Whether an item may have an option of its own of that name. */
bool options_is_of_item(const char *name);

enum haul_result options_complain(struct haul_error *, enum haul_complaint,
    const char *option, const char *value);

#endif
