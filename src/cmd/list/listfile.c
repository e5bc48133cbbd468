/* SPDX-License-Identifier: MIT
 *
 * Lists of URLs. Lines are cut out of what is fed in; only one that is not
 * complete yet, and the item whose options may still follow, are copied. URLs
 * are checked here as well as by the engine, so that a wrong line of an
 * ordinary list is told before anything starts.
 */
#include "config.h"

#include "listfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cmd/conf/settings.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/text.h"
#include "twice.h"

#define LISTFILE_MIRRORS_MAX 256

struct listfile {
	char *name;                     /* fit to be shown */
	bool trusted;
	listfile_item_fn item;
	listfile_error_fn error;
	void *user;
	size_t line;                    /* of the line in hand, from 1 */
	char carry[LISTFILE_LINE_MAX + 1];      /* an incomplete line */
	size_t carried;
	bool overlong;                  /* the rest of the line is dropped */
	bool ended;                     /* a callback said false */

	/* The item whose options may still follow. */
	char url[LISTFILE_LINE_MAX + 1];        /* the mirrors are in it */
	const char *mirrors[LISTFILE_MIRRORS_MAX];
	size_t mirror_count;
	size_t url_line;                /* 0: there is none */
	bool bad;                       /* complained of: leave it out */
	char *out, *dir;
	struct haul_options *options;   /* NULL while it has none */
	uint64_t mark;                  /* of them */
	bool given[SETTINGS_COUNT];     /* settings id i was */
	char shown[TEXT_ROOM(60)];
};

struct listfile *
listfile_new(const char *name, bool trusted, listfile_item_fn item,
    listfile_error_fn error, void *user)
{
	struct listfile *list = memory_zero(sizeof *list);
	size_t room = 4 * strlen(name) + 1;

	list->name = memory_resize(NULL, room, 1);
	text_safe(list->name, room, name, strlen(name), -1, 0);
	list->trusted = trusted;
	list->item = item;
	list->error = error;
	list->user = user;
	return list;
}

static void
listfile_drop_item(struct listfile *list)
{
	free(list->out);
	free(list->dir);
	haul_options_free(list->options);
	list->out = list->dir = NULL;
	list->options = NULL;
	list->mark = 0;
	list->mirror_count = 0;
	memset(list->given, 0, sizeof list->given);
	list->url_line = 0;
	list->bad = false;
}

void
listfile_free(struct listfile *list)
{
	if (list == NULL)
		return;
	listfile_drop_item(list);
	free(list->name);
	free(list);
}

/* ---- complaints ---- */

static void
listfile_tell(struct listfile *list, const char *sentence)
{
	list->bad = true;
	if (!list->error(sentence, list->user))
		list->ended = true;
}

/* A word of the list, fit to be shown; valid until the next call. */
static const char *
listfile_show(struct listfile *list, const char *word)
{
	text_safe(list->shown, sizeof list->shown, word, strlen(word), 60, 0);
	return list->shown;
}

/* Tells "LIST:LINE: " and what was said, which is freed. */
static void
listfile_say(struct listfile *list, char *said)
{
	char *sentence = memory_format("%s:%zu: %s", list->name, list->line,
	    said);

	listfile_tell(list, sentence);
	free(sentence);
	free(said);
}

static void
listfile_complain(struct listfile *list, const struct haul_error *error)
{
	char sentence[SENTENCE_SIZE];
	char *where = memory_format("%s:%zu", list->name, list->line);

	sentence_complaint(sentence, sizeof sentence, where, error, 0);
	listfile_tell(list, sentence);
	free(where);
}

static void
listfile_refuse(struct listfile *list, enum haul_complaint complaint,
    const char *option, const char *value)
{
	struct haul_error error = { .result = HAUL_EUSAGE,
	    .complaint = complaint };

	snprintf(error.option, sizeof error.option, "%s", option);
	snprintf(error.value, sizeof error.value, "%s", value);
	listfile_complain(list, &error);
}

/* ---- URLs ---- */

static bool
listfile_is_plain(const char *url)
{
	const unsigned char *p;

	for (p = (const unsigned char *)url; *p != '\0'; p++)
		if (*p < 0x20 || *p == 0x7f)
			return false;
	return true;
}

/* The length of "scheme://", 0 if it is none that can be fetched. */
static size_t
listfile_scheme(const char *url)
{
	static const char *const schemes[] = {
		"https://", "http://", "ftp://", "ftps://", "sftp://",
	};
	size_t i, length;

	for (i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		length = strlen(schemes[i]);
		if (strncasecmp(url, schemes[i], length) == 0)
			return length;
	}
	return 0;
}

static bool
listfile_check_url(const char *url, struct haul_error *error)
{
	enum haul_complaint complaint = HAUL_COMPLAINT_NONE;
	size_t scheme = listfile_scheme(url), authority;
	const char *host, *at;

	if (scheme == 0) {
		complaint = strstr(url, "://") != NULL ?
		    HAUL_COMPLAINT_BAD_SCHEME : HAUL_COMPLAINT_BAD_URL;
	} else {
		host = url + scheme;
		authority = strcspn(host, "/?#");
		at = memrchr(host, '@', authority);
		if (at != NULL) {
			authority -= (size_t)(at + 1 - host);
			host = at + 1;
		}
		if (authority == 0 || *host == ':' ||
		    memchr(host, ' ', authority) != NULL ||
		    !listfile_is_plain(url))
			complaint = HAUL_COMPLAINT_BAD_URL;
	}
	if (complaint == HAUL_COMPLAINT_NONE)
		return true;
	memset(error, 0, sizeof *error);
	error->result = HAUL_EUSAGE;
	error->complaint = complaint;
	snprintf(error->value, sizeof error->value, "%s", url);
	return false;
}

static void
listfile_take_one_url(struct listfile *list, const char *url)
{
	const char *blank = strchr(url, ' ');
	struct haul_error error;

	/* A second URL, an option or a remark: never a part of this URL, in
	 * which a blank is not possible. */
	if (blank != NULL && listfile_scheme(url) > 0) {
		blank += strspn(blank, " ");
		if (listfile_scheme(blank) > 0)
			listfile_say(list, memory_format(_("two URLs stand on "
			    "one line, the second is '%s'; give each its own, "
			    "or part mirrors of one file by a tab."),
			    listfile_show(list, blank)));
		else
			listfile_say(list, memory_format(_("'%s' stands "
			    "behind the URL; an option goes on an indented "
			    "line of its own below it, and a blank within a "
			    "URL is %%20."), listfile_show(list, blank)));
	} else if (!listfile_check_url(url, &error)) {
		listfile_complain(list, &error);
	} else if (url != list->url) {
		list->mirrors[list->mirror_count++] = url;
	}
}

static char *
listfile_trim(char *text)
{
	size_t length;

	text += strspn(text, " ");
	for (length = strlen(text); length > 0 && text[length - 1] == ' ';)
		text[--length] = '\0';
	return text;
}

static void
listfile_take_url(struct listfile *list, const char *line, size_t length)
{
	char *url = list->url, *tab;

	memcpy(url, line, length);
	url[length] = '\0';
	list->url_line = list->line;
	while (url != NULL && !list->bad) {
		tab = strchr(url, '\t');
		if (tab != NULL)
			*tab++ = '\0';
		url = listfile_trim(url);
		if (url == list->url || (*url != '\0' &&
		    list->mirror_count < LISTFILE_MIRRORS_MAX))
			listfile_take_one_url(list, url);
		url = tab;
	}
}

/* ---- options ---- */

/* The length of an option's name if the line is "name=value", else 0. */
static size_t
listfile_option_name(const char *line)
{
	size_t length, blanks;

	/* Nearly all lines of a long list are URLs. */
	if (strchr(line, '=') == NULL)
		return 0;
	length = strspn(line, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
	blanks = strspn(line + length, " \t");
	return line[length + blanks] == '=' ? length : 0;
}

/* Whether one of the path's components is "..", or begins with a dot and is
 * not ".". */
static bool
listfile_has(const char *path, bool hidden)
{
	size_t length;
	bool up;

	for (;; path += length + 1) {
		length = strcspn(path, "/");
		up = length == 2 && memcmp(path, "..", 2) == 0;
		if (up || (hidden && length > 1 && *path == '.'))
			return true;
		if (path[length] == '\0')
			return false;
	}
}

/* A list that is not trusted stays below the run's directory. */
static bool
listfile_may_write(struct listfile *list, const char *option,
    const char *path)
{
	if (list->trusted)
		return true;
	if (strcmp(option, "dir") == 0)
		listfile_say(list, memory_format(_("an untrusted list has no "
		    "dir; out=%s/NAME is below the directory of the run."),
		    listfile_show(list, path)));
	else if (*path == '/' || listfile_has(path, true))
		listfile_say(list, memory_format(_("out: '%s' is outside the "
		    "directory or hidden; an untrusted list cannot write "
		    "there."), listfile_show(list, path)));
	else
		return true;
	return false;
}

static void
listfile_take_out(struct listfile *list, const char *value)
{
	const char *slash = strrchr(value, '/');
	const char *name = slash != NULL ? slash + 1 : value;

	if (*name == '\0' || strcmp(name, ".") == 0 ||
	    listfile_has(value, false)) {
		listfile_refuse(list, HAUL_COMPLAINT_BAD_NAME, "out", value);
		return;
	}
	if (!listfile_may_write(list, "out", value))
		return;
	free(list->out);
	if (*value == '/') {
		list->out = memory_string(name);
		free(list->dir);
		list->dir = memory_bytes(value, (size_t)(name - value));
	} else {
		list->out = memory_string(value);
	}
}

/* What an option says that an untrusted list may not; or any value of it. A
 * password of netrc goes to whoever is taken for its host. */
static const struct {
	enum settings_id id;
	int64_t number;                 /* -1: any */
} listfile_guarded[] = {
	{ SETTINGS_OVERWRITE, 1 },      /* always */
	{ SETTINGS_INSECURE, 1 },
	{ SETTINGS_CACERT, -1 },
	{ SETTINGS_PROXY, -1 },
	{ SETTINGS_NOPROXY, -1 },
};

static bool
listfile_may_say(struct listfile *list, enum settings_id id,
    const char *value)
{
	struct haul_error error;
	int64_t number;
	size_t i;

	for (i = 0; i < sizeof listfile_guarded / sizeof *listfile_guarded;
	    i++)
		if (listfile_guarded[i].id == id && !list->trusted &&
		    haul_option_read(settings_rows[id].name, value, &number,
		    &error) == HAUL_OK &&
		    (listfile_guarded[i].number == -1 ||
		    listfile_guarded[i].number == number)) {
			listfile_say(list, memory_format(_("%s=%s: an "
			    "untrusted list cannot say that."),
			    settings_rows[id].name,
			    listfile_show(list, value)));
			return false;
		}
	return true;
}

/* The option of a name; "dir" is a short one. */
static enum settings_id
listfile_find(const char *name)
{
	return strcmp(name, "dir") == 0 ? SETTINGS_DIRECTORY :
	    settings_find(name, strlen(name));
}

static void
listfile_refuse_name(struct listfile *list, const char *name)
{
	enum settings_id meant = settings_nearest(name, strlen(name), true);

	if (meant == SETTINGS_COUNT)
		listfile_refuse(list, HAUL_COMPLAINT_UNKNOWN_OPTION, name, "");
	else
		listfile_say(list, memory_format(_("there is no option '%s'; "
		    "did you mean '%s'?"), listfile_show(list, name),
		    settings_rows[meant].name));
}

/* Whether the option may be given (again) for this URL. */
static bool
listfile_may_take(struct listfile *list, enum settings_id id,
    const char *name, const char *value)
{
	if (id == SETTINGS_COUNT) {
		listfile_refuse_name(list, name);
		return false;
	}
	if (id != SETTINGS_OUT &&
	    settings_rows[id].scope != SETTINGS_SCOPE_ITEM) {
		listfile_refuse(list, HAUL_COMPLAINT_WRONG_SCOPE, name, value);
		return false;
	}
	if (list->given[id] &&
	    settings_rows[id].type != SETTINGS_TYPE_LIST) {
		listfile_say(list, memory_format(_("the option '%s' was given "
		    "before for the same URL."), listfile_show(list, name)));
		return false;
	}
	list->given[id] = true;
	return true;
}

static void
listfile_set(struct listfile *list, enum settings_id id, const char *value)
{
	struct haul_error error;

	if (id == SETTINGS_OUT) {
		listfile_take_out(list, value);
		return;
	}
	if (id == SETTINGS_DIRECTORY) {
		if (listfile_may_write(list, "dir", value)) {
			free(list->dir);
			list->dir = memory_string(value);
		}
		return;
	}
	if (!listfile_may_say(list, id, value))
		return;
	if (list->options == NULL)
		list->options = haul_options_new();
	list->mark = twice_mark(list->mark, settings_rows[id].name);
	list->mark = twice_mark(list->mark, value);
	if (haul_options_set(list->options, settings_rows[id].name, value,
	    &error) != HAUL_OK)
		listfile_complain(list, &error);
}

static void
listfile_take_option(struct listfile *list, char *line, size_t name_length)
{
	char *value = strchr(line + name_length, '=') + 1;
	enum settings_id id;

	line[name_length] = '\0';
	value += strspn(value, " \t");
	id = listfile_find(line);
	if (list->url_line == 0)
		listfile_say(list, memory_format(_("the option '%s' belongs "
		    "to no URL; it must follow one."),
		    listfile_show(list, line)));
	else if (*value == '\0')
		listfile_refuse(list, HAUL_COMPLAINT_EMPTY, line, "");
	else if (listfile_may_take(list, id, line, value))
		listfile_set(list, id, value);
}

/* An option that is not indented, or an indented line that is none. Whether
 * there was something to say. */
static bool
listfile_is_slip(struct listfile *list, const char *line, bool indented,
    size_t name_length)
{
	char *name;
	bool slip;

	if (listfile_scheme(line) > 0 || strstr(line, "://") != NULL)
		return false;
	if (indented) {
		listfile_say(list, memory_format(_("'%s' is neither an option "
		    "(NAME=VALUE) of the URL above nor a URL."),
		    listfile_show(list, line)));
		return true;
	}
	name = memory_bytes(line, name_length);
	slip = name_length > 0 && listfile_find(name) != SETTINGS_COUNT;
	if (slip)
		listfile_say(list, memory_format(_("the option '%s' must be "
		    "indented, below the URL it belongs to."),
		    listfile_show(list, name)));
	free(name);
	return slip;
}

uint64_t
listfile_mark(const struct listfile *list)
{
	return list->mark;
}

/* ---- lines ---- */

static void
listfile_give_item(struct listfile *list)
{
	struct haul_request request = {
		.url = list->url, .mirrors = list->mirrors,
		.mirror_count = list->mirror_count, .name = list->out,
		.dir = list->dir, .options = list->options,
	};

	if (list->url_line != 0 && !list->bad && !list->ended &&
	    !list->item(&request, list->url_line, list->user))
		list->ended = true;
	listfile_drop_item(list);
}

bool
listfile_has_item(const struct listfile *list)
{
	return list->url_line != 0 && list->carried == 0 && !list->overlong;
}

void
listfile_give(struct listfile *list)
{
	if (listfile_has_item(list))
		listfile_give_item(list);
}

/* Takes one line without its line feed; it is changed. */
static void
listfile_take_text(struct listfile *list, char *line, size_t length)
{
	size_t blanks, name;

	while (length > 0 && strchr(" \t\r", line[length - 1]) != NULL)
		length--;
	line[length] = '\0';
	blanks = strspn(line, " \t");
	line += blanks;
	length -= blanks;
	if (length == 0 || *line == '#')
		return;
	name = listfile_option_name(line);
	if (blanks > 0 && name > 0) {
		listfile_take_option(list, line, name);
		return;
	}
	if (listfile_is_slip(list, line, blanks > 0, name))
		return;
	listfile_give_item(list);
	if (!list->ended)
		listfile_take_url(list, line, length);
}

static void
listfile_take_line(struct listfile *list)
{
	char *line = list->carry, *sentence = NULL;
	size_t length = list->carried;

	list->line++;
	list->carried = 0;
	if (list->line == 1 && length >= 3 &&
	    memcmp(line, "\xef\xbb\xbf", 3) == 0) {
		line += 3;
		length -= 3;
	}
	if (list->overlong)
		sentence = memory_format(_("%s:%zu: the line is longer than "
		    "%d bytes."), list->name, list->line, LISTFILE_LINE_MAX);
	else if (memchr(line, '\0', length) != NULL)
		sentence = memory_format(_("%s:%zu: the line holds a NUL "
		    "byte; a list must be text in UTF-8."), list->name,
		    list->line);
	list->overlong = false;
	if (sentence == NULL) {
		listfile_take_text(list, line, length);
		return;
	}
	if (*line != ' ' && *line != '\t')
		listfile_give_item(list);
	listfile_tell(list, sentence);
	free(sentence);
}

bool
listfile_feed(struct listfile *list, const char *bytes, size_t length)
{
	const char *feed;
	size_t part, room;

	while (length > 0 && !list->ended) {
		feed = memchr(bytes, '\n', length);
		part = feed != NULL ? (size_t)(feed - bytes) : length;
		room = LISTFILE_LINE_MAX - list->carried;
		if (part > room)
			list->overlong = true;
		memcpy(list->carry + list->carried, bytes,
		    part < room ? part : room);
		list->carried += part < room ? part : room;
		part += feed != NULL;
		bytes += part;
		length -= part;
		if (feed != NULL)
			listfile_take_line(list);
	}
	return !list->ended;
}

bool
listfile_end(struct listfile *list)
{
	if (!list->ended && (list->carried > 0 || list->overlong))
		listfile_take_line(list);
	if (!list->ended)
		listfile_give_item(list);
	return !list->ended;
}
