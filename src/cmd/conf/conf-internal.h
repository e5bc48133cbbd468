/* SPDX-License-Identifier: MIT
 *
 * What the files of conf.h share.
 */
#ifndef HAUL_CMD_CONF_INTERNAL_H
#define HAUL_CMD_CONF_INTERNAL_H

#include "conf.h"

#define CONF_SIZE_MAX 1048576         /* of a file */

/* One entry of a section. */
struct conf_value {
	const char *section;
	char *host;                     /* in the section's quotes, or NULL */
	enum settings_id id;            /* of a [host] section */
	char *name, *text, *where;      /* text: the value */
	enum settings_source source;
	unsigned file;                  /* which of those read, from 1 */
};

struct conf {
	struct conf_value *values;      /* a later one of the same name wins */
	size_t count;
	unsigned files;                 /* that were read */
	char **paths;                   /* of those */
};

/* A file while it is read. */
struct conf_reader {
	struct conf *conf;
	struct settings *settings;
	enum settings_source source;
	const char *path;
	unsigned file;
	char *shown;                    /* the path, fit to be shown */
	size_t line;
	const struct conf_section *section;   /* NULL: to be passed over */
	char *host;                     /* of the section, or NULL */
	size_t given[SETTINGS_COUNT];   /* in this section: at which line */
	bool open_to_others;            /* they can read it */
	conf_tell_fn tell;
	void *user;
	size_t mistakes;
};

/* ---- conf.c ---- */

/* The whole text of a file that is fit to be one; NULL, and *why (to be
 * freed; NULL: it is not there), if not. */
char *conf_load(const char *path, size_t *size, bool *open_to_others,
    char **why);

/* The path of the user's file, there or not; NULL: none is wanted, or there is
 * no place for one. To be freed. */
char *conf_user_file(const struct settings *asked);

/* ---- conf-save.c ---- */

/* Gives an option a value in a text, which is freed; the new one, to be
 * freed. */
char *conf_change_text(char *text, size_t *size, const char *name,
    const char *value);

/* ---- conf-entry.c ---- */

/* Takes a whole file's text in. */
void conf_take_text(struct conf_reader *, const char *text, size_t size);

/* Whether a configuration can have the option at all. */
bool conf_is_never(enum settings_id);

/* "FILE:LINE" of the line in hand; to be freed. */
char *conf_where(const struct conf_reader *);

/* Tells "FILE:LINE: " and what was said, which is freed. */
void conf_say(struct conf_reader *, char *said);
void conf_complain(struct conf_reader *, const struct haul_error *);

/* The option of that name, if it may stand here; else SETTINGS_COUNT, and it
 * was told why. */
enum settings_id conf_option(struct conf_reader *, const char *name,
    const char *value);

/* The value as it holds ("~/" filled in); to be freed, NULL stays NULL. */
char *conf_expand(enum settings_id, const char *value);

/* Tells of a secret that others can read. */
void conf_warn(struct conf_reader *, enum settings_id, const char *text);

const char *conf_section_name(const struct conf_reader *);

/* Keeps an entry of the section in hand; the text is the value. */
void conf_keep(struct conf_reader *, const char *name, const char *text,
    enum settings_id);

/* ---- conf-host.c ---- */

/* Begins a [host] section; false: that is no host. */
bool conf_begin_host(struct conf_reader *);
void conf_take_host(struct conf_reader *, const char *name,
    const char *value);

/* ---- conf-look.c ---- */

void conf_take_key(struct conf_reader *, const char *name, const char *value);
void conf_take_colour(struct conf_reader *, const char *name,
    const char *value);

/* Whether the value is as good as a password. */
bool conf_is_secret(enum settings_id, const char *text);

#endif
