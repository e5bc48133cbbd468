/* SPDX-License-Identifier: MIT
 *
 * A directory is read when it is asked for, by the face's thread: what makes
 * that slow makes the shell slow as well. It is not read without end.
 */
#include "config.h"

#include "complete.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "acts.h"
#include "present/memory.h"
#include "present/text.h"

#define COMPLETE_READ   100000  /* names of a directory that are looked at */
#define COMPLETE_KEPT   1000    /* of those that fit */
#define COMPLETE_NAME   24      /* cells of one in a hint */

void
complete_release(struct complete *complete)
{
	while (complete->count > 0)
		free(complete->names[--complete->count]);
	free(complete->names);
	free(complete->head);
	free(complete->text);
	memset(complete, 0, sizeof *complete);
}

bool
complete_holds(const struct complete *complete, const struct field *field)
{
	return complete->text != NULL &&
	    strcmp(complete->text, field_text(field)) == 0;
}

/* ---- what is there ---- */

static bool
complete_is_folder(DIR *dir, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK)
		return entry->d_type == DT_DIR;
	return fstatat(dirfd(dir), entry->d_name, &st, 0) == 0 &&
	    S_ISDIR(st.st_mode);
}

/* A field takes no control characters, so a name with them cannot stand in
 * one. */
static bool
complete_can_be_typed(const char *name)
{
	struct field field;
	bool same;

	field_init(&field, name);
	same = strcmp(field_text(&field), name) == 0;
	field_release(&field);
	return same;
}

static bool
complete_is_wanted(const struct dirent *entry, const char *piece)
{
	const char *name = entry->d_name;

	if (strncmp(name, piece, strlen(piece)) != 0 ||
	    strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	return (*name != '.' || *piece == '.') && complete_can_be_typed(name);
}

/* The length of what both begin with, without half a character. */
static size_t
complete_common(const char *a, const char *b, size_t length)
{
	size_t common = 0;

	while (common < length && a[common] == b[common])
		common++;
	while (common > 0 && ((unsigned char)a[common] & 0xc0) == 0x80)
		common--;
	return common;
}

static int
complete_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Keeps a name; *common is the length of what all begin with. */
static void
complete_take(struct complete *complete, char *name, size_t *common)
{
	size_t count = complete->count;

	if (count == 0)
		*common = strlen(name);
	else
		*common = complete_common(complete->names[0], name, *common);
	if (count == COMPLETE_KEPT) {
		complete->more++;
		free(name);
		return;
	}
	if ((count & (count - 1)) == 0)
		complete->names = memory_resize(complete->names,
		    count > 0 ? 2 * count : 1, sizeof *complete->names);
	complete->names[complete->count++] = name;
}

/* What in a directory begins with the piece. */
static void
complete_read(struct complete *complete, const char *path, const char *piece,
    bool folders, size_t *common)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	bool folder;
	size_t n;

	*common = 0;
	for (n = 0; dir != NULL && n < COMPLETE_READ &&
	    (entry = readdir(dir)) != NULL; n++) {
		if (!complete_is_wanted(entry, piece))
			continue;
		folder = complete_is_folder(dir, entry);
		if (folder || !folders)
			complete_take(complete, memory_format("%s%s",
			    entry->d_name, folder ? "/" : ""), common);
	}
	if (dir != NULL)
		closedir(dir);
	if (complete->count > 1)
		qsort(complete->names, complete->count,
		    sizeof *complete->names, complete_compare);
}

/* ---- what comes of it ---- */

static void
complete_set(struct complete *complete, struct field *field, const char *name,
    size_t length)
{
	free(complete->text);
	complete->text = memory_format("%s%.*s", complete->head, (int)length,
	    name);
	field_set(field, complete->text);
}

static void
complete_next(struct complete *complete, struct field *field)
{
	const char *name = complete->names[complete->at];

	complete->at = (complete->at + 1) % complete->count;
	complete_set(complete, field, name, strlen(name));
}

bool
complete_path(struct complete *complete, struct field *field, size_t start,
    bool folders)
{
	const char *text = field_text(field), *path, *slash;
	char *piece, *typed, *where;
	size_t common, length;

	if (complete->count > 1 && complete_holds(complete, field)) {
		complete_next(complete, field);
		return true;
	}
	complete_release(complete);
	path = text + (start < strlen(text) ? start : strlen(text));
	/* "~" is a folder without a name of its own to look for. */
	slash = strcmp(path, "~") == 0 ? path : strrchr(path, '/');
	length = slash != NULL ? (size_t)(slash + 1 - text) :
	    (size_t)(path - text);
	complete->head = memory_format("%.*s%s", (int)length, text,
	    slash == path && *path == '~' ? "/" : "");
	piece = memory_string(text + length);
	typed = memory_format("%s", complete->head + (path - text));
	where = acts_path(*typed != '\0' ? typed : ".");
	complete_read(complete, where, piece, folders, &common);
	if (complete->count > 0)
		complete_set(complete, field, complete->names[0], common);
	free(where);
	free(typed);
	free(piece);
	return complete->count > 0;
}

void
complete_hint(const struct complete *complete, const struct field *field,
    char *text, size_t size, int cells, unsigned flags)
{
	char name[TEXT_ROOM(COMPLETE_NAME)], rest[32];
	size_t i, used = 0, left;
	int width = 0, one;

	*text = '\0';
	if (complete->count < 2 || !complete_holds(complete, field))
		return;
	for (i = 0; i < complete->count; i++) {
		const char *next = complete->names[(complete->at + i) %
		    complete->count];

		one = text_safe(name, sizeof name, next, strlen(next),
		    COMPLETE_NAME, flags);
		left = complete->count - i + complete->more;
		snprintf(rest, sizeof rest, "+%zu", left);
		if (width + one + 2 + (left > 1 ? text_width(rest) : 0) >
		    cells || used + strlen(name) + sizeof rest + 2 > size) {
			snprintf(text + used, size - used, "%s", rest);
			return;
		}
		used += (size_t)snprintf(text + used, size - used, "%s%s",
		    name, left > 1 ? "  " : "");
		width += one + 2;
	}
}
