/* SPDX-License-Identifier: MIT
 *
 * See conf.h: where the files are, and which of them are trusted. A file
 * that others can write could name a proxy, certificates and places to write
 * to; it is refused, and not passed over, since its owner means it to hold.
 */
#include "config.h"

#include "conf-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "present/i18n.h"
#include "present/memory.h"
#include "present/text.h"

#define CONF_NAME "haul/config"
#define CONF_DIRS "/etc/xdg"          /* where $XDG_CONFIG_DIRS is unset */

struct conf *
conf_new(void)
{
	return memory_zero(sizeof(struct conf));
}

void
conf_free(struct conf *conf)
{
	size_t i;

	if (conf == NULL)
		return;
	for (i = 0; i < conf->count; i++) {
		free(conf->values[i].host);
		free(conf->values[i].name);
		free(conf->values[i].text);
		free(conf->values[i].where);
	}
	free(conf->values);
	for (i = 0; i < conf->files; i++)
		free(conf->paths[i]);
	free(conf->paths);
	free(conf);
}

const char *
conf_file(const struct conf *conf, size_t n)
{
	return n < conf->files ? conf->paths[n] : NULL;
}

/* ---- reading a file ---- */

/* A sentence why the file cannot be trusted, or NULL. A group of one's own is
 * the rule on many systems, so its members count as oneself. */
static char *
conf_distrust(const struct stat *status)
{
	if (status->st_uid != geteuid() && status->st_uid != 0)
		return memory_string(_("it belongs to another user, and is "
		    "not read; make it yours (chown), or leave it out by "
		    "--no-config."));
	if ((status->st_mode & S_IWOTH) != 0 ||
	    ((status->st_mode & S_IWGRP) != 0 && status->st_gid != getegid() &&
	    status->st_gid != 0))
		return memory_format(_("others can write it (mode %03o), and "
		    "it is not read; take that right from them (chmod go-w), "
		    "or leave it out by --no-config."),
		    (unsigned)status->st_mode & 0777);
	return NULL;
}

static char *
conf_words(int error)
{
	char words[128];

	return memory_format(_("it cannot be read: %s."),
	    strerror_r(error, words, sizeof words));
}

static char *
conf_read_all(int fd, size_t *size, char **why)
{
	char *text = memory_resize(NULL, CONF_SIZE_MAX + 1, 1);
	ssize_t got;

	*size = 0;
	do {
		got = read(fd, text + *size, CONF_SIZE_MAX + 1 - *size);
		if (got > 0)
			*size += (size_t)got;
	} while ((got > 0 && *size <= CONF_SIZE_MAX) ||
	    (got < 0 && errno == EINTR));
	if (got < 0)
		*why = conf_words(errno);
	else if (*size > CONF_SIZE_MAX)
		*why = memory_string(_("it is longer than 1 MiB."));
	else
		return text;
	free(text);
	return NULL;
}

char *
conf_load(const char *path, size_t *size, bool *open_to_others, char **why)
{
	struct stat status;
	char *text = NULL;
	int fd;

	*why = NULL;
	/* A directory that we may not look into is no place of ours. */
	if (stat(path, &status) != 0) {
		if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)
			*why = conf_words(errno);
		return NULL;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || fstat(fd, &status) != 0)
		*why = conf_words(errno);
	else if (S_ISDIR(status.st_mode))
		*why = conf_words(EISDIR);
	else
		*why = S_ISREG(status.st_mode) ? conf_distrust(&status) :
		    NULL;
	*open_to_others = S_ISREG(status.st_mode) &&
	    (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
	if (*why == NULL)
		text = conf_read_all(fd, size, why);
	if (fd >= 0)
		close(fd);
	return text;
}

/* ---- where files are ---- */

struct conf_reading {
	struct conf *conf;
	struct settings *settings;
	conf_tell_fn tell;
	void *user;
	bool fine;
};

/* needed: it was named, and must be there. */
static void
conf_read_file(struct conf_reading *reading, const char *path,
    enum settings_source source, bool needed)
{
	struct conf_reader reader = {
		.conf = reading->conf, .settings = reading->settings,
		.source = source, .path = path, .tell = reading->tell,
		.user = reading->user,
	};
	size_t size, room = TEXT_ROOM(strlen(path));
	char *text, *why, *sentence;

	text = conf_load(path, &size, &reader.open_to_others, &why);
	if (text == NULL && why == NULL && needed)
		why = conf_words(ENOENT);
	reader.shown = memory_resize(NULL, room, 1);
	text_safe(reader.shown, room, path, strlen(path), -1, 0);
	if (text != NULL)
		conf_take_text(&reader, text, size);
	if (why != NULL) {
		sentence = memory_format("%s: %s", reader.shown, why);
		reading->tell(sentence, reading->user);
		free(sentence);
	}
	reading->fine &= why == NULL && reader.mistakes == 0;
	free(why);
	free(text);
	free(reader.shown);
}

/* The first directory matters most, so it is read last. The specification
 * wants relative ones passed over. */
static void
conf_read_system(struct conf_reading *reading)
{
	const char *dirs = getenv("XDG_CONFIG_DIRS");
	size_t end, start;
	char *path;

	if (dirs == NULL || *dirs == '\0')
		dirs = CONF_DIRS;
	for (end = strlen(dirs);; end = start - 1) {
		for (start = end; start > 0 && dirs[start - 1] != ':'; start--)
			;
		if (dirs[start] == '/' && end > start) {
			path = memory_format("%.*s/%s", (int)(end - start),
			    dirs + start, CONF_NAME);
			conf_read_file(reading, path,
			    SETTINGS_SOURCE_SYSTEM, false);
			free(path);
		}
		if (start == 0)
			return;
	}
}

/* NULL if there is no place for one. */
static char *
conf_user_path(void)
{
	const char *dir = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	if (dir != NULL && *dir == '/')
		return memory_format("%s/%s", dir, CONF_NAME);
	if (home != NULL && *home == '/')
		return memory_format("%s/.config/%s", home, CONF_NAME);
	return NULL;
}

char *
conf_user_file(const struct settings *asked)
{
	const char *named = asked->texts[SETTINGS_CONFIG];

	if (named != NULL && *named != '\0')
		return memory_string(named);
	return asked->values[SETTINGS_NO_CONFIG] == 0 ? conf_user_path() :
	    NULL;
}

bool
conf_read(struct conf *conf, struct settings *settings,
    const struct settings *asked, conf_tell_fn tell, void *user)
{
	struct conf_reading reading = { conf, settings, tell, user, true };
	const char *named = asked->texts[SETTINGS_CONFIG];
	char *path = conf_user_file(asked);

	if (asked->values[SETTINGS_NO_CONFIG] == 0)
		conf_read_system(&reading);
	if (path != NULL)
		conf_read_file(&reading, path, SETTINGS_SOURCE_USER,
		    named != NULL && *named != '\0');
	free(path);
	settings_from(settings, SETTINGS_SOURCE_COMMAND_LINE, NULL);
	return reading.fine;
}
