/* SPDX-License-Identifier: MIT
 *
 * See conf.h: options written into a file that its owner writes by hand.
 * Every line that is not one of theirs stays as it is, byte for byte. The file
 * is replaced at once, so that a full disk or a crash leaves the old one.
 */
#include "config.h"

#include "conf-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf-line.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/text.h"

/* ---- the text ---- */

/* The part before the first section. */
struct conf_top {
	const char *last;               /* the value of the last entry of the
	                                   name, or NULL */
	size_t last_length;
	const char *behind;             /* where a new entry goes */
};

static void
conf_find_top(const char *text, size_t size, const char *name,
    struct conf_top *top)
{
	const char *at = text, *end = text + size, *block = text;
	struct conf_line line;
	bool any = false;

	memset(top, 0, sizeof *top);
	while (conf_next_line(&at, end, &line)) {
		if (line.kind == CONF_SECTION) {
			/* A comment right above it is the section's. */
			if (!any)
				top->behind = block;
			return;
		}
		if (line.kind == CONF_EMPTY && memchr(line.start, '#',
		    line.size) == NULL && memchr(line.start, ';',
		    line.size) == NULL)
			block = at;
		if (line.kind != CONF_ENTRY)
			continue;
		block = at;
		any = true;
		top->behind = at;
		if (line.name_length == strlen(name) &&
		    memcmp(line.name, name, line.name_length) == 0) {
			top->last = line.value != NULL ? line.value :
			    line.name + line.name_length;
			top->last_length = line.value_length;
		}
	}
	if (!any)
		top->behind = end;
}

/* The text with `length` bytes at `at` replaced; frees the old one. */
static char *
conf_splice(char *text, size_t *size, size_t at, size_t length,
    const char *by)
{
	size_t more = strlen(by);
	char *whole = memory_resize(NULL, *size - length + more + 1, 1);

	memcpy(whole, text, at);
	memcpy(whole + at, by, more);
	memcpy(whole + at + more, text + at + length, *size - at - length);
	*size += more - length;
	whole[*size] = '\0';
	free(text);
	return whole;
}

char *
conf_change_text(char *text, size_t *size, const char *name,
    const char *value)
{
	struct conf_top top;
	char *entry;
	size_t at;

	conf_find_top(text, *size, name, &top);
	if (top.last != NULL) {
		at = (size_t)(top.last - text);
		/* A switch that stood alone gets a value. */
		entry = top.last_length > 0 || (at > 0 &&
		    strchr("= \t", text[at - 1]) != NULL) ?
		    memory_string(value) : memory_format(" = %s", value);
		text = conf_splice(text, size, at, top.last_length, entry);
		free(entry);
		return text;
	}
	at = (size_t)(top.behind - text);
	entry = memory_format("%s%s = %s\n%s", at > 0 && text[at - 1] != '\n' ?
	    "\n" : "", name, value, at < *size && text[at] != '\n' &&
	    text[at] != '\r' && (at == 0 || text[at - 1] == '\n') &&
	    (text[at] == '[' || text[at] == '#' || text[at] == ';') ?
	    "\n" : "");
	text = conf_splice(text, size, at, 0, entry);
	free(entry);
	return text;
}

/* ---- the file ---- */

/* Makes the directories of a path; those that the specification asks for are
 * their owner's alone. */
static void
conf_make_directories(const char *path)
{
	char *part = memory_string(path), *slash;

	for (slash = strchr(part + 1, '/'); slash != NULL;
	    slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(part, 0700);        /* open() will tell */
		*slash = '/';
	}
	free(part);
}

static char *
conf_directory(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return memory_string(".");
	return slash == path ? memory_string("/") :
	    memory_bytes(path, (size_t)(slash - path));
}

static bool
conf_write_all(int fd, const char *text, size_t size)
{
	ssize_t done;

	for (; size > 0; text += done, size -= (size_t)done) {
		done = write(fd, text, size);
		if (done < 0 && errno == EINTR)
			done = 0;
		if (done < 0)
			return false;
	}
	return fsync(fd) == 0;
}

/* The new file has the rights of the old one, but none for a group that it
 * cannot be given. */
static bool
conf_take_mode(int fd, const struct stat *old)
{
	mode_t mode = old->st_mode & 0777;
	struct stat now;

	if (fstat(fd, &now) != 0)
		return false;
	if (now.st_gid != old->st_gid &&
	    fchown(fd, (uid_t)-1, old->st_gid) != 0)
		mode &= ~(mode_t)S_IRWXG;
	return fchmod(fd, mode) == 0;
}

/* Writes beside the file and renames; errno tells what went wrong. */
static bool
conf_replace(const char *path, const char *text, size_t size)
{
	char *temporary = memory_format("%s.XXXXXX", path);
	char *directory = conf_directory(path);
	struct stat old;
	bool fine = false;
	int error, fd = mkostemp(temporary, O_CLOEXEC), folder;

	if (fd < 0)
		goto out;
	fine = (stat(path, &old) != 0 || conf_take_mode(fd, &old)) &&
	    conf_write_all(fd, text, size);
	error = errno;
	if (close(fd) != 0 && fine) {
		error = errno;
		fine = false;
	}
	if (fine && rename(temporary, path) != 0) {
		error = errno;
		fine = false;
	}
	if (!fine) {
		unlink(temporary);
		errno = error;
		goto out;
	}
	/* If that fails, a crash may bring the old one back whole. */
	folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder >= 0) {
		(void)fsync(folder);
		close(folder);
	}
out:
	error = errno;
	free(directory);
	free(temporary);
	errno = error;
	return fine;
}

/* Where a path leads to; itself if nothing is there yet. NULL: a link that
 * leads nowhere. */
static char *
conf_real_path(const char *path)
{
	char *real = realpath(path, NULL);
	struct stat status;

	if (real != NULL || lstat(path, &status) == 0)
		return real;
	return memory_string(path);
}

static char *
conf_save_changes(const char *path, const char *changes)
{
	const char *at = changes, *end = changes + strlen(changes);
	char *why, *text, *name, *value, words[128];
	struct conf_line line;
	struct stat status;
	size_t size = 0;
	bool open_to_others;

	if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
		return memory_string(_("it is no regular file."));
	text = conf_load(path, &size, &open_to_others, &why);
	if (why != NULL)
		return why;
	if (text == NULL)
		text = memory_string("");
	while (conf_next_line(&at, end, &line)) {
		name = memory_bytes(line.name, line.name_length);
		value = memory_bytes(line.value, line.value_length);
		text = conf_change_text(text, &size, name, value);
		free(name);
		free(value);
	}
	conf_make_directories(path);
	if (!conf_replace(path, text, size))
		why = memory_format(_("it cannot be written: %s."),
		    strerror_r(errno, words, sizeof words));
	free(text);
	return why;
}

/* Short, with "~/" where that is so: it stands in one line of a screen. */
static char *
conf_shown_path(const char *path)
{
	const char *home = getenv("HOME");
	size_t length = home != NULL ? strlen(home) : 0;
	size_t room = TEXT_ROOM(strlen(path) + 1);
	char *shown = memory_resize(NULL, room, 1), *whole;

	if (length > 1 && strncmp(path, home, length) == 0 &&
	    path[length] == '/')
		whole = memory_format("~%s", path + length);
	else
		whole = memory_string(path);
	text_safe(shown, room, whole, strlen(whole), -1, 0);
	free(whole);
	return shown;
}

bool
conf_save(const struct settings *settings, const char *changes,
    char **sentence)
{
	char *path = conf_user_file(settings), *real, *why, *shown;
	bool fine;

	if (path == NULL) {
		*sentence = memory_string(_("Not saved: no configuration is "
		    "in use (--no-config)."));
		return false;
	}
	real = conf_real_path(path);
	why = real != NULL ? conf_save_changes(real, changes) :
	    memory_string(_("it is a link that leads nowhere."));
	fine = why == NULL;
	shown = conf_shown_path(path);
	*sentence = fine ? memory_format(_("Saved in %s."), shown) :
	    memory_format(_("Not saved: %s (%s)"), why, shown);
	free(shown);
	free(real);
	free(path);
	free(why);
	return fine;
}
