/* SPDX-License-Identifier: MIT
 *
 * See folder.h. Names are kept as 64-bit hashes: eight bytes for a name that
 * stands in the directory, twelve for one that is claimed. A chance collision
 * costs a look at the directory, or a number in a name; never a byte.
 */
#include "config.h"

#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "alloc.h"

#define FOLDER_LIST_MAX 262144          /* names worth listing */

/* Open addressing, no deletion but by value 0; key 0 is an empty slot. */
struct folder_table {
	uint64_t *keys;
	uint32_t *values;               /* NULL for a plain set */
	size_t size;                    /* a power of two, or 0 */
	size_t used;
};

struct folder {
	struct folder *next;
	char *path;
	int fd;
	dev_t device;                   /* two spellings of one directory */
	ino_t inode;                    /* are one folder */
	bool listed;                    /* names is complete as of then */
	bool tried_list;
	bool no_tmpfile;
	bool link_by_path;
	struct folder_table names;
	struct folder_table claims;     /* value: item's id, 0 given back */
	bool full;                      /* for who begins */
	int64_t room, room_ms;          /* free bytes, and when; 0 never */
};

struct folders {
	struct folder *list;
};

/* ---- hashing ---- */

/* FNV-1a with a final mix; never 0. */
static uint64_t
folder_hash(const char *name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	const unsigned char *p;

	for (p = (const unsigned char *)name; *p; p++)
		hash = (hash ^ *p) * UINT64_C(0x100000001b3);
	hash ^= hash >> 32;
	return hash ? hash : 1;
}

static size_t
folder_slot(const struct folder_table *table, uint64_t key)
{
	size_t i = (size_t)key & (table->size - 1);

	while (table->keys[i] != 0 && table->keys[i] != key)
		i = (i + 1) & (table->size - 1);
	return i;
}

static void
folder_table_grow(struct folder_table *table, bool with_values)
{
	struct folder_table bigger = { .size = table->size ?
	    table->size * 2 : 64 };
	size_t i, slot;

	bigger.keys = alloc_array(bigger.size, sizeof *bigger.keys);
	if (with_values)
		bigger.values = alloc_array(bigger.size,
		    sizeof *bigger.values);
	for (i = 0; i < table->size; i++) {
		if (table->keys[i] == 0)
			continue;
		slot = folder_slot(&bigger, table->keys[i]);
		bigger.keys[slot] = table->keys[i];
		if (with_values)
			bigger.values[slot] = table->values[i];
		bigger.used++;
	}
	free(table->keys);
	free(table->values);
	*table = bigger;
}

static size_t
folder_table_put(struct folder_table *table, uint64_t key, bool with_values)
{
	size_t slot;

	if ((table->used + 1) * 4 > table->size * 3)
		folder_table_grow(table, with_values);
	slot = folder_slot(table, key);
	if (table->keys[slot] == 0) {
		table->keys[slot] = key;
		table->used++;
	}
	return slot;
}

static void
folder_table_release(struct folder_table *table)
{
	free(table->keys);
	free(table->values);
	memset(table, 0, sizeof *table);
}

/* ---- opening ---- */

/* Opens path, making what is missing of it. */
static int
folder_open_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char *copy, *slash;

	if (fd >= 0 || errno != ENOENT)
		return fd;
	copy = alloc_string(path);
	for (slash = copy + 1; *slash; slash++) {
		if (*slash != '/')
			continue;
		*slash = '\0';
		if (mkdir(copy, 0777) < 0 && errno != EEXIST)
			break;
		*slash = '/';
	}
	if (*slash == '\0' && mkdir(copy, 0777) < 0 && errno != EEXIST) {
		free(copy);
		return -1;
	}
	free(copy);
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* "./" and "a//" are "." and "a"; "/" stays. */
static char *
folder_tidy(const char *path)
{
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	return length ? alloc_bytes(path, length) : alloc_string(".");
}

struct folders *
folders_new(void)
{
	return alloc_zero(sizeof(struct folders));
}

void
folders_free(struct folders *folders)
{
	struct folder *folder, *next;

	if (folders == NULL)
		return;
	for (folder = folders->list; folder; folder = next) {
		next = folder->next;
		close(folder->fd);
		free(folder->path);
		folder_table_release(&folder->names);
		folder_table_release(&folder->claims);
		free(folder);
	}
	free(folders);
}

struct folder *
folders_open(struct folders *folders, const char *path)
{
	struct folder *folder, **link;
	char *tidy = folder_tidy(path);
	struct stat st;
	int fd;

	/* The one used last is first: a run has few, mostly one. */
	for (link = &folders->list; (folder = *link); link = &folder->next) {
		if (strcmp(folder->path, tidy) != 0)
			continue;
		*link = folder->next;
		folder->next = folders->list;
		folders->list = folder;
		free(tidy);
		return folder;
	}
	fd = folder_open_path(tidy);
	if (fd < 0) {
		free(tidy);
		return NULL;
	}
	if (fstat(fd, &st) < 0)
		memset(&st, 0, sizeof st);
	for (folder = folders->list; folder; folder = folder->next)
		if (folder->device == st.st_dev &&
		    folder->inode == st.st_ino) {
			close(fd);
			free(tidy);
			return folder;
		}
	folder = alloc_zero(sizeof *folder);
	folder->path = tidy;
	folder->fd = fd;
	folder->device = st.st_dev;
	folder->inode = st.st_ino;
	folder->no_tmpfile = access("/proc/self/fd", X_OK) < 0;
	folder->next = folders->list;
	folders->list = folder;
	return folder;
}

int
folder_fd(const struct folder *folder)
{
	return folder->fd;
}

int
folder_sync(const struct folder *folder)
{
	while (fsync(folder->fd) < 0)
		if (errno != EINTR)
			/* Some file systems have nothing to sync there. */
			return errno == EINVAL ? 0 : errno;
	return 0;
}

int64_t
folder_capacity(const struct folder *folder)
{
	struct statvfs fs;

	if (fstatvfs(folder->fd, &fs) < 0 || fs.f_blocks == 0)
		return INT64_MAX;
	return (int64_t)fs.f_blocks * (int64_t)fs.f_frsize;
}

int64_t
folder_room(struct folder *folder, int64_t now_ms)
{
	struct statvfs fs;

	if (folder->room_ms != 0 && now_ms - folder->room_ms <= 1000)
		return folder->room;
	folder->room = INT64_MAX;
	folder->room_ms = now_ms;
	if (fstatvfs(folder->fd, &fs) < 0 || fs.f_blocks == 0)
		return folder->room;
	folder->room = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
	/* Where files are counted, there may be none left. */
	if (fs.f_files > 0 && fs.f_favail == 0)
		folder->room = 0;
	return folder->room;
}

bool
folder_is_full(const struct folder *folder)
{
	return folder->full;
}

void
folder_set_full(struct folder *folder, bool full)
{
	folder->full = full;
	folder->room_ms = 0;
}

char *
folder_join(const struct folder *folder, const char *name)
{
	size_t length = strlen(folder->path), more = strlen(name) + 1;
	char *path;

	if (strcmp(folder->path, ".") == 0)
		return alloc_string(name);
	if (strcmp(folder->path, "/") == 0)
		length = 0;
	/* For each file: printf() would cost more than all of its record. */
	path = alloc_resize(NULL, length + 1 + more, 1);
	memcpy(path, folder->path, length);
	path[length] = '/';
	memcpy(path + length + 1, name, more);
	return path;
}

/* ---- names that stand there ---- */

void
folder_expect_many(struct folder *folder)
{
	struct dirent *entry;
	DIR *dir;
	int fd;

	if (folder->tried_list)
		return;
	folder->tried_list = true;
	fd = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd >= 0 ? fdopendir(fd) : NULL;
	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	errno = 0;
	while ((entry = readdir(dir)) != NULL) {
		folder_table_put(&folder->names, folder_hash(entry->d_name),
		    false);
		if (folder->names.used > FOLDER_LIST_MAX)
			break;
	}
	folder->listed = entry == NULL && errno == 0;
	if (!folder->listed)
		folder_table_release(&folder->names);
	closedir(dir);
}

bool
folder_has(struct folder *folder, const char *name)
{
	struct stat st;

	if (folder->listed) {
		uint64_t key = folder_hash(name);

		if (folder->names.size == 0 ||
		    folder->names.keys[folder_slot(&folder->names, key)] == 0)
			return false;
	}
	return fstatat(folder->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

int64_t
folder_file_size(const struct folder *folder, const char *name)
{
	struct stat st;

	return fstatat(folder->fd, name, &st, 0) == 0 &&
	    S_ISREG(st.st_mode) ? (int64_t)st.st_size : -1;
}

bool
folder_has_file(const struct folder *folder, const char *name)
{
	return folder_file_size(folder, name) >= 0;
}

void
folder_note_name(struct folder *folder, const char *name)
{
	if (folder->listed)
		folder_table_put(&folder->names, folder_hash(name), false);
}

/* ---- claims ---- */

bool
folder_may_claim(const struct folder *folder, const char *name, haul_id id)
{
	size_t slot;

	if (folder->claims.size == 0)
		return true;
	slot = folder_slot(&folder->claims, folder_hash(name));
	return folder->claims.keys[slot] == 0 ||
	    folder->claims.values[slot] == 0 ||
	    folder->claims.values[slot] == (uint32_t)id;
}

void
folder_claim(struct folder *folder, const char *name, haul_id id)
{
	size_t slot = folder_table_put(&folder->claims, folder_hash(name),
	    true);

	folder->claims.values[slot] = (uint32_t)id;
}

void
folder_unclaim(struct folder *folder, const char *name, haul_id id)
{
	if (folder->claims.size > 0 && folder_may_claim(folder, name, id)) {
		size_t slot = folder_slot(&folder->claims, folder_hash(name));

		if (folder->claims.keys[slot] != 0)
			folder->claims.values[slot] = 0;
	}
}

bool
folder_can_tmpfile(const struct folder *folder)
{
	return !folder->no_tmpfile;
}

void
folder_cannot_tmpfile(struct folder *folder)
{
	folder->no_tmpfile = true;
}

bool
folder_links_by_path(const struct folder *folder)
{
	return folder->link_by_path;
}

void
folder_link_by_path(struct folder *folder)
{
	folder->link_by_path = true;
}
