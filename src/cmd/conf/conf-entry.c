/* SPDX-License-Identifier: MIT
 *
 * See conf.h: what each line of a file means, section by section. All that
 * is wrong in a file is told at once, up to a number nobody mends in one go.
 */
#include "config.h"

#include "conf-internal.h"

#include <stdlib.h>
#include <string.h>

#include "conf-line.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/nearest.h"
#include "present/sentence.h"
#include "present/text.h"
#include "secrets.h"

#define CONF_MISTAKES_MAX 20
#define CONF_SHOWN 60

struct conf_section {
	const char *name;
	bool has_host;                  /* a host in quotes is part of it */
	/* Takes an entry; value NULL: there was no '='. */
	void (*take)(struct conf_reader *, const char *name,
	    const char *value);
};

/* ---- complaints ---- */

void
conf_say(struct conf_reader *reader, char *said)
{
	char *sentence = memory_format("%s:%zu: %s", reader->shown,
	    reader->line, said);

	if (reader->mistakes++ < CONF_MISTAKES_MAX)
		reader->tell(sentence, reader->user);
	if (reader->mistakes == CONF_MISTAKES_MAX + 1)
		reader->tell(_("Further mistakes are not shown."),
		    reader->user);
	free(sentence);
	free(said);
}

/* A word of the file, fit to be shown. */
struct conf_shown {
	char text[TEXT_ROOM(CONF_SHOWN)];
};

static const char *
conf_shown(struct conf_shown *shown, const char *word)
{
	text_safe(shown->text, sizeof shown->text, word, strlen(word),
	    CONF_SHOWN, 0);
	return shown->text;
}

/* A line as far as it is no value that may be secret: complaints end in logs
 * and in reports. */
static const char *
conf_shown_line(struct conf_shown *shown, const char *line)
{
	size_t length, blanks;
	enum settings_id id;
	char *start;

	line += strspn(line, " \t");
	length = strcspn(line, " \t=:");
	id = settings_find(line, length);
	blanks = strspn(line + length, " \t=:");
	if (*line == '[' || line[length + blanks] == '\0' ||
	    (id != SETTINGS_COUNT && id != SETTINGS_USER &&
	    id != SETTINGS_HEADER && id != SETTINGS_PROXY))
		return conf_shown(shown, line);
	start = memory_format("%.*s...", (int)(length + blanks), line);
	conf_shown(shown, start);
	free(start);
	return shown->text;
}

void
conf_complain(struct conf_reader *reader, const struct haul_error *error)
{
	char sentence[SENTENCE_SIZE];
	char *where = memory_format("%s:%zu", reader->shown, reader->line);

	sentence_complaint(sentence, sizeof sentence, where, error, 0);
	if (reader->mistakes++ < CONF_MISTAKES_MAX)
		reader->tell(sentence, reader->user);
	free(where);
}

/* ---- options ---- */

bool
conf_is_never(enum settings_id id)
{
	static const char *const names[] = {
#define CONF_NEVER(name) name,
#include "conf.def"
	};
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], settings_rows[id].name) == 0)
			return true;
	return false;
}

static void
conf_refuse_name(struct conf_reader *reader, const char *name)
{
	struct nearest nearest;
	struct conf_shown shown;
	int id;

	nearest_init(&nearest, name, strlen(name));
	for (id = 0; id < SETTINGS_COUNT; id++)
		if (!conf_is_never((enum settings_id)id))
			nearest_try(&nearest, settings_rows[id].name, id);
	if (nearest.best >= 0)
		conf_say(reader, memory_format(_("there is no option '%s'; "
		    "did you mean '%s'?"), conf_shown(&shown, name),
		    settings_rows[nearest.best].name));
	else
		conf_say(reader, memory_format(_("there is no option "
		    "'%s'."), conf_shown(&shown, name)));
}

/* No shell has looked at it. */
char *
conf_expand(enum settings_id id, const char *value)
{
	const char *arg = settings_rows[id].arg, *home = getenv("HOME");

	if (value == NULL)
		return NULL;
	if (arg != NULL && home != NULL && value[0] == '~' &&
	    (value[1] == '/' || value[1] == '\0') &&
	    (strcmp(arg, "FILE") == 0 || strcmp(arg, "DIR") == 0))
		return memory_format("%s%s", home, value + 1);
	return memory_string(value);
}

bool
conf_is_secret(enum settings_id id, const char *text)
{
	switch (id) {
	case SETTINGS_USER:
		return *text != '\0';
	case SETTINGS_HEADER:
		return secrets_have_header(text, strcspn(text, ":; \t"));
	case SETTINGS_PROXY:
		return strchr(text, '@') != NULL;
	default:
		return false;
	}
}

/* Told once a file; it is no mistake, for whoever set its mode may know who
 * the others are. */
void
conf_warn(struct conf_reader *reader, enum settings_id id, const char *text)
{
	char *sentence;

	if (!reader->open_to_others || text == NULL ||
	    !conf_is_secret(id, text))
		return;
	sentence = memory_format(_("%s:%zu: '%s' has a secret, and others can "
	    "read this file; make it yours alone (chmod 600)."),
	    reader->shown, reader->line, settings_rows[id].name);
	reader->tell(sentence, reader->user);
	reader->open_to_others = false;
	free(sentence);
}

enum settings_id
conf_option(struct conf_reader *reader, const char *name, const char *value)
{
	enum settings_id id = settings_find(name, strlen(name));
	struct conf_shown shown;

	if (value == NULL && (id == SETTINGS_COUNT ||
	    !settings_can_be_bare(id))) {
		conf_say(reader, memory_format(_("'%s' is neither "
		    "NAME = VALUE nor [SECTION]."),
		    conf_shown_line(&shown, name)));
	} else if (id == SETTINGS_COUNT) {
		conf_refuse_name(reader, name);
	} else if (conf_is_never(id)) {
		conf_say(reader, memory_format(_("'%s' is for the command "
		    "line alone."), name));
	} else if (settings_rows[id].type != SETTINGS_TYPE_LIST &&
	    reader->given[id] != 0) {
		conf_say(reader, memory_format(_("the option '%s' was given "
		    "before, in line %zu."), name, reader->given[id]));
	} else {
		reader->given[id] = reader->line;
		return id;
	}
	return SETTINGS_COUNT;
}

char *
conf_where(const struct conf_reader *reader)
{
	return memory_format("%s:%zu", reader->path, reader->line);
}

static void
conf_take_option(struct conf_reader *reader, const char *name,
    const char *value)
{
	enum settings_id id = conf_option(reader, name, value);
	struct haul_error error;
	char *where, *text;

	if (id == SETTINGS_COUNT)
		return;
	text = conf_expand(id, value);
	where = conf_where(reader);
	settings_from(reader->settings, reader->source, where);
	if (settings_set(reader->settings, id, text, &error) != HAUL_OK)
		conf_complain(reader, &error);
	else
		conf_warn(reader, id, text);
	free(where);
	free(text);
}

const char *
conf_section_name(const struct conf_reader *reader)
{
	return reader->section->name;
}

void
conf_keep(struct conf_reader *reader, const char *name, const char *text,
    enum settings_id id)
{
	struct conf *conf = reader->conf;
	struct conf_value *value;

	conf->values = memory_resize(conf->values, conf->count + 1,
	    sizeof *conf->values);
	value = &conf->values[conf->count++];
	value->section = reader->section->name;
	value->host = memory_string(reader->host);
	value->id = id;
	value->source = reader->source;
	value->file = reader->file;
	value->name = memory_string(name);
	value->text = memory_string(text);
	value->where = conf_where(reader);
}

/* ---- sections ---- */

static const struct conf_section conf_sections[] = {
	{ "", false, conf_take_option },        /* before the first */
	{ "host", true, conf_take_host },
	{ "keys", false, conf_take_key },
	{ "colours", false, conf_take_colour },
};

#define CONF_SECTIONS (sizeof conf_sections / sizeof *conf_sections)

static void
conf_refuse_section(struct conf_reader *reader, const char *name)
{
	struct nearest nearest;
	struct conf_shown shown;
	size_t i;

	nearest_init(&nearest, name, strlen(name));
	for (i = 1; i < CONF_SECTIONS; i++)
		nearest_try(&nearest, conf_sections[i].name, (int)i);
	if (nearest.best >= 0)
		conf_say(reader, memory_format(_("there is no section "
		    "[%s]; did you mean [%s]?"), conf_shown(&shown, name),
		    conf_sections[nearest.best].name));
	else
		conf_say(reader, memory_format(_("there is no section "
		    "[%s]."), conf_shown(&shown, name)));
}

/* What stands in a section that is none is passed over: one mistake is
 * enough. */
static void
conf_begin_section(struct conf_reader *reader, const char *name,
    const char *host)
{
	size_t i;

	free(reader->host);
	reader->host = memory_string(host);
	reader->section = NULL;
	memset(reader->given, 0, sizeof reader->given);
	for (i = 1; i < CONF_SECTIONS; i++)
		if (strcmp(conf_sections[i].name, name) == 0 ||
		    (strcmp(conf_sections[i].name, "colours") == 0 &&
		    strcmp(name, "colors") == 0))
			break;
	if (i == CONF_SECTIONS)
		conf_refuse_section(reader, name);
	else if (conf_sections[i].has_host && host == NULL)
		conf_say(reader, memory_format(_("[%s] needs a host's name "
		    "in quotes: [%s \"example.org\"]."), name, name));
	else if (!conf_sections[i].has_host && host != NULL)
		conf_say(reader, memory_format(_("[%s] takes no name in "
		    "quotes."), name));
	else if (!conf_sections[i].has_host || conf_begin_host(reader))
		reader->section = &conf_sections[i];
}

static void
conf_take_line(struct conf_reader *reader, const struct conf_line *line)
{
	char *name, *value, *whole;
	struct conf_shown shown;

	if (line->kind == CONF_EMPTY)
		return;
	if (memchr(line->start, '\0', line->size) != NULL) {
		conf_say(reader, memory_string(_("the line holds a NUL "
		    "byte; a configuration must be text.")));
		return;
	}
	if (line->kind == CONF_BAD) {
		whole = memory_bytes(line->start, line->size);
		whole[strcspn(whole, "\r\n")] = '\0';
		if (strchr(whole, '[') == whole + strspn(whole, " \t"))
			reader->section = NULL;
		conf_say(reader, memory_format(_("a bracket or a quote is "
		    "not closed in '%s'."), conf_shown_line(&shown, whole)));
		free(whole);
		return;
	}
	name = memory_bytes(line->name, line->name_length);
	value = line->value != NULL ? memory_bytes(line->value,
	    line->value_length) : NULL;
	if (line->kind == CONF_SECTION)
		conf_begin_section(reader, name, value);
	else if (reader->section != NULL)
		reader->section->take(reader, name, value);
	free(name);
	free(value);
}

void
conf_take_text(struct conf_reader *reader, const char *text, size_t size)
{
	const char *end = text + size;
	struct conf *conf = reader->conf;
	struct conf_line line;

	reader->section = &conf_sections[0];
	conf->paths = memory_resize(conf->paths, conf->files + 1,
	    sizeof *conf->paths);
	conf->paths[conf->files] = memory_string(reader->path);
	reader->file = ++conf->files;
	while (conf_next_line(&text, end, &line)) {
		reader->line++;
		conf_take_line(reader, &line);
	}
	free(reader->host);
	reader->host = NULL;
}
