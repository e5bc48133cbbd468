/* SPDX-License-Identifier: MIT
 *
 * See folder.h. Names are kept as hashes (names.h). A chance collision costs a
 * look at the directory, or a number in a name; never a byte.
 *
 * A list may name a directory for each file: of those that nothing uses only
 * the latest stay open. A path that then leads to another directory is
 * another folder.
 */
#include "config.h"

#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "engine/base/names.h"

#define FOLDER_LIST_MAX 262144          /* names worth listing */
#define FOLDERS_OPEN_MAX 64             /* beside those in use */

struct folder {
	struct folder *opened_before;   /* among those that are open */
	char *path;
	int fd;                         /* -1: not open now */
	unsigned users;
	dev_t device;                   /* two spellings of one directory */
	ino_t inode;                    /* are one folder */
	bool listed;                    /* names is complete as of then */
	bool tried_list;
	bool no_tmpfile;
	bool link_by_path;
	struct names names;
	struct names claims;            /* value: item's id, 0 given back */
	struct numbers numbers;         /* of names that many want */
	struct folder_disk *disk;       /* that it is on */
	int64_t room, room_ms;          /* free bytes, and when; 0 never */
};

/* A file system. Free bytes are each folder's own: quotas of directories tell
 * others. */
struct folder_disk {
	struct folder_disk *next;
	dev_t device;
	bool full;                      /* for who begins */
};

struct folders {
	struct folder **list;
	size_t count;
	struct folder *latest;          /* of folders_open() */
	struct folder *opened;          /* the last that was */
	unsigned open_count;
	struct folder_disk *disks;
	struct names paths, places;     /* values: index in list, and 1 */
};

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
	struct folder_disk *disk;
	struct folder *folder;
	size_t i;

	if (folders == NULL)
		return;
	while ((disk = folders->disks) != NULL) {
		folders->disks = disk->next;
		free(disk);
	}
	for (i = 0; i < folders->count; i++) {
		folder = folders->list[i];
		if (folder->fd >= 0)
			close(folder->fd);
		free(folder->path);
		names_release(&folder->names);
		names_release(&folder->claims);
		numbers_release(&folder->numbers);
		free(folder);
	}
	names_release(&folders->paths);
	names_release(&folders->places);
	free(folders->list);
	free(folders);
}

/* Closes the oldest that nothing uses, if too many are open. */
static void
folders_close_idle(struct folders *folders, const struct folder *but)
{
	struct folder **link, **idle = NULL, *folder;

	if (folders->open_count <= FOLDERS_OPEN_MAX)
		return;
	for (link = &folders->opened; *link; link = &(*link)->opened_before)
		if ((*link)->users == 0 && *link != but)
			idle = link;
	if (idle == NULL)
		return;
	folder = *idle;
	*idle = folder->opened_before;
	folders->open_count--;
	close(folder->fd);
	folder->fd = -1;
}

static struct folder *
folders_take_fd(struct folders *folders, struct folder *folder, int fd)
{
	if (folder->fd >= 0) {
		close(fd);
		return folder;
	}
	folder->fd = fd;
	folder->opened_before = folders->opened;
	folders->opened = folder;
	folders->open_count++;
	folders_close_idle(folders, folder);
	return folder;
}

static struct folder *
folders_find(const struct folders *folders, const struct names *by,
    uint64_t hash)
{
	const uint32_t *place = names_find(by, hash);

	return place != NULL ? folders->list[*place - 1] : NULL;
}

static struct folder *
folders_find_path(const struct folders *folders, const char *path)
{
	struct folder *folder = folders->latest;

	if (folder != NULL && strcmp(folder->path, path) == 0)
		return folder;
	folder = folders_find(folders, &folders->paths, names_hash(path));
	return folder != NULL && strcmp(folder->path, path) == 0 ? folder :
	    NULL;
}

static uint64_t
folders_hash_place(dev_t device, ino_t inode)
{
	char text[64];

	snprintf(text, sizeof text, "%llu:%llu", (unsigned long long)device,
	    (unsigned long long)inode);
	return names_hash(text);
}

static bool
folder_is_at(const struct folder *folder, const struct stat *st)
{
	return folder->device == st->st_dev && folder->inode == st->st_ino;
}

static struct folder_disk *
folders_find_disk(struct folders *folders, dev_t device)
{
	struct folder_disk *disk;

	for (disk = folders->disks; disk != NULL; disk = disk->next)
		if (disk->device == device)
			return disk;
	disk = alloc_zero(sizeof *disk);
	disk->device = device;
	disk->next = folders->disks;
	folders->disks = disk;
	return disk;
}

/* Takes the path. */
static struct folder *
folders_new_folder(struct folders *folders, char *path, const struct stat *st)
{
	struct folder *folder = alloc_zero(sizeof *folder);

	folder->path = path;
	folder->fd = -1;
	folder->device = st->st_dev;
	folder->inode = st->st_ino;
	folder->disk = folders_find_disk(folders, st->st_dev);
	folder->no_tmpfile = access("/proc/self/fd", X_OK) < 0;
	if ((folders->count & (folders->count - 1)) == 0)
		folders->list = alloc_resize(folders->list,
		    folders->count * 2 + 1, sizeof(struct folder *));
	folders->list[folders->count++] = folder;
	*names_value(&folders->paths, names_hash(path)) =
	    (uint32_t)folders->count;
	*names_value(&folders->places, folders_hash_place(st->st_dev,
	    st->st_ino)) = (uint32_t)folders->count;
	return folder;
}

struct folder *
folders_open(struct folders *folders, const char *path)
{
	char *tidy = folder_tidy(path);
	struct folder *folder = folders_find_path(folders, tidy);
	struct stat st;
	int fd;

	if (folder != NULL && folder->fd >= 0) {
		folders->latest = folder;
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
	if (folder == NULL || !folder_is_at(folder, &st))
		folder = folders_find(folders, &folders->places,
		    folders_hash_place(st.st_dev, st.st_ino));
	if (folder == NULL || !folder_is_at(folder, &st))
		folder = folders_new_folder(folders, tidy, &st);
	else
		free(tidy);
	folders->latest = folder;
	return folders_take_fd(folders, folder, fd);
}

struct folder *
folder_ref(struct folder *folder)
{
	if (folder != NULL)
		folder->users++;
	return folder;
}

void
folder_unref(struct folder *folder)
{
	if (folder != NULL)
		folder->users--;
}

bool
folders_wake(struct folders *folders, struct folder *folder)
{
	struct stat st;
	int fd;

	if (folder->fd >= 0)
		return true;
	fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) < 0 || !folder_is_at(folder, &st)) {
		close(fd);
		return false;
	}
	folders_take_fd(folders, folder, fd);
	return true;
}

dev_t
folder_device(const struct folder *folder)
{
	return folder->device;
}

const char *
folder_path(const struct folder *folder)
{
	return folder->path;
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

	if (now_ms != 0 && folder->room_ms != 0 &&
	    now_ms - folder->room_ms <= 1000)
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
	return folder->disk->full;
}

void
folder_set_full(struct folder *folder, bool full)
{
	folder->disk->full = full;
	folder->room_ms = 0;
}

size_t
folder_put_path(const struct folder *folder, const char *name, char *to,
    size_t room)
{
	size_t length = strlen(folder->path), more = strlen(name) + 1;

	if (strcmp(folder->path, ".") == 0)
		length = 0;
	else if (strcmp(folder->path, "/") == 0)
		length = 1;
	else
		length++;
	if (length + more > room)
		return length + more;
	/* For each file: printf() would cost more than all of its record. */
	memcpy(to, folder->path, length);
	if (length > 0)
		to[length - 1] = '/';
	memcpy(to + length, name, more);
	return length + more;
}

char *
folder_join(const struct folder *folder, const char *name)
{
	size_t size = folder_put_path(folder, name, NULL, 0);
	char *path = alloc_resize(NULL, size, 1);

	folder_put_path(folder, name, path, size);
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
		names_add(&folder->names, names_hash(entry->d_name));
		if (folder->names.used > FOLDER_LIST_MAX)
			break;
	}
	folder->listed = entry == NULL && errno == 0;
	if (!folder->listed)
		names_release(&folder->names);
	closedir(dir);
}

bool
folder_has(struct folder *folder, const char *name)
{
	struct stat st;

	if (folder->listed && !names_has(&folder->names, names_hash(name)))
		return false;
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

int64_t
folder_file_changed_ms(const struct folder *folder, const char *name)
{
	struct stat st;

	if (fstatat(folder->fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISREG(st.st_mode))
		return -1;
	return (int64_t)st.st_ctim.tv_sec * 1000 +
	    st.st_ctim.tv_nsec / 1000000;
}

void
folder_note_name(struct folder *folder, const char *name)
{
	if (folder->listed)
		names_add(&folder->names, names_hash(name));
}

/* ---- claims ---- */

bool
folder_may_claim(const struct folder *folder, const char *name, haul_id id)
{
	const uint32_t *holder = names_find(&folder->claims,
	    names_hash(name));

	return holder == NULL || *holder == 0 || *holder == (uint32_t)id;
}

void
folder_claim(struct folder *folder, const char *name, haul_id id)
{
	*names_value(&folder->claims, names_hash(name)) = (uint32_t)id;
}

void
folder_unclaim(struct folder *folder, const char *name, haul_id id)
{
	uint32_t *holder = names_find(&folder->claims, names_hash(name));

	if (holder == NULL || *holder != (uint32_t)id)
		return;
	*holder = 0;
	numbers_give_back(&folder->numbers, name);
}

struct numbers *
folder_numbers(struct folder *folder)
{
	return &folder->numbers;
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
