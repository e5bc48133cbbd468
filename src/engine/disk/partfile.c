/* SPDX-License-Identifier: MIT
 *
 * See partfile.h. Order is everything here: a marker comes before the file it
 * marks, an old record goes before new data comes, data is synced before the
 * record that claims it, and the final name is last.
 */
#include "config.h"

#include "partfile-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "engine/base/secret.h"

#define PARTFILE_ASIDE_MAX 10000        /* numbers tried for a free name */

const char *
partfile_name(char buffer[PARTFILE_NAME_MAX], const char *name,
    const char *suffix)
{
	size_t length = strnlen(name, PARTFILE_NAME_MAX - 1);
	size_t room = PARTFILE_NAME_MAX - 1 - length;
	size_t more = strnlen(suffix, room);

	memcpy(buffer, name, length);
	memcpy(buffer + length, suffix, more);
	buffer[length + more] = '\0';
	return buffer;
}

void
partfile_init(struct partfile *part)
{
	memset(part, 0, sizeof *part);
	part->fd = part->note_fd = -1;
}

void
partfile_close(struct partfile *part)
{
	if (part->fd >= 0)
		close(part->fd);
	if (part->note_fd >= 0)
		close(part->note_fd);
	free(part->name);
	free(part->owner);
	partfile_init(part);
}

void
partfile_unlink(const struct partfile *part, const char *suffix)
{
	char name[PARTFILE_NAME_MAX];

	unlinkat(folder_fd(part->folder),
	    partfile_name(name, part->name, suffix), 0);
}

/* ---- opening ---- */

bool
partfile_is_there(struct folder *folder, const char *name)
{
	char part_name[PARTFILE_NAME_MAX];

	return folder_has(folder, partfile_name(part_name, name, ".part"));
}

/* The process that holds an flock on the file, by the system's list of locks;
 * 0 if that does not tell (some file systems have device numbers of their
 * own). */
static long
partfile_find_holder(const struct stat *part)
{
	char line[256], key[96];
	long pid = 0;
	FILE *locks = fopen("/proc/locks", "re");

	if (locks == NULL)
		return 0;
	snprintf(key, sizeof key, " %02x:%02x:%llu ", major(part->st_dev),
	    minor(part->st_dev), (unsigned long long)part->st_ino);
	while (pid <= 0 && fgets(line, sizeof line, locks) != NULL) {
		const char *at = strstr(line, "FLOCK"), *end;

		/* "1: FLOCK  ADVISORY  WRITE 4269 fe:00:1095 0 EOF" */
		end = at != NULL ? strstr(at, key) : NULL;
		if (end == NULL)
			continue;
		while (end > at && end[-1] >= '0' && end[-1] <= '9')
			end--;
		pid = strtol(end, NULL, 10);
	}
	fclose(locks);
	return pid;
}

void
partfile_tell_holder(struct folder *folder, const char *name,
    char text[PARTFILE_HOLDER_SIZE])
{
	char part_name[PARTFILE_NAME_MAX];
	struct stat st;
	long pid = 0;

	partfile_name(part_name, name, ".part");
	if (fstatat(folder_fd(folder), part_name, &st,
	    AT_SYMLINK_NOFOLLOW) == 0)
		pid = partfile_find_holder(&st);
	if (pid > 0)
		snprintf(text, PARTFILE_HOLDER_SIZE,
		    "process %ld is fetching this file", pid);
	else
		snprintf(text, PARTFILE_HOLDER_SIZE,
		    "another process is fetching this file");
}

/* Locks fd and makes sure that it is still the file under that name: between
 * open and lock another process may have finished and renamed it. */
static int
partfile_lock(int fd, int dir, const char *part_name)
{
	struct stat mine, there;

	if (fstat(fd, &mine) < 0)
		return errno;
	if (!S_ISREG(mine.st_mode))
		return EISDIR;
	/* Another name for a finished file: a crash between link and unlink
	 * where the file system cannot rename without replacing. */
	if (mine.st_nlink != 1)
		return EMLINK;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno;
	if (fstatat(dir, part_name, &there, AT_SYMLINK_NOFOLLOW) < 0)
		return errno;
	return mine.st_ino == there.st_ino && mine.st_dev == there.st_dev ?
	    0 : EWOULDBLOCK;
}

static int
partfile_open_named(struct folder *folder, const char *name, int flags,
    int *fd)
{
	char part_name[PARTFILE_NAME_MAX];
	int error;

	partfile_name(part_name, name, ".part");
	*fd = openat(folder_fd(folder), part_name,
	    O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | flags, 0666);
	if (*fd < 0)
		return errno;
	error = partfile_lock(*fd, folder_fd(folder), part_name);
	if (error != 0) {
		close(*fd);
		*fd = -1;
	}
	return error;
}

bool
partfile_is_own(int fd, struct folder *folder)
{
	struct stat file, dir;

	return fstat(fd, &file) == 0 && (file.st_uid == geteuid() ||
	    (fstat(folder_fd(folder), &dir) == 0 &&
	    file.st_uid == dir.st_uid));
}

static void
partfile_take(struct partfile *part, struct folder *folder, const char *name,
    int fd)
{
	partfile_close(part);
	part->folder = folder;
	part->name = alloc_string(name);
	part->fd = fd;
}

int
partfile_open_old(struct partfile *part, struct folder *folder,
    const char *name, struct record *record, enum record_verdict *verdict)
{
	int fd, error;

	*verdict = RECORD_EMPTY;
	error = partfile_open_named(folder, name, 0, &fd);
	if (error != 0)
		return error;
	*verdict = partfile_is_own(fd, folder) ?
	    partfile_read_record(folder, name, record) : RECORD_FOREIGN;
	if (*verdict == RECORD_OK && !partfile_holds(fd, record)) {
		record_release(record);
		*verdict = RECORD_TORN;
	}
	if (*verdict != RECORD_OK) {
		close(fd);
		return ENOENT;
	}
	partfile_take_note(fd, folder, name, record);
	partfile_take(part, folder, name, fd);
	part->owner = alloc_string(record->url);
	part->recorded = part->noted = true;
	return 0;
}

static int
partfile_open_anonymous(struct folder *folder, int *fd)
{
	if (!folder_can_tmpfile(folder))
		return EOPNOTSUPP;
	*fd = openat(folder_fd(folder), ".", O_TMPFILE | O_RDWR | O_CLOEXEC,
	    0666);
	if (*fd >= 0)
		return 0;
	if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL &&
	    errno != ENOENT)
		return errno;
	folder_cannot_tmpfile(folder);
	return EOPNOTSUPP;
}

static void
partfile_note_name(const struct partfile *part, const char *suffix)
{
	char name[PARTFILE_NAME_MAX];

	folder_note_name(part->folder, partfile_name(name, part->name,
	    suffix));
}

/* Where the file system has no RENAME_NOREPLACE: link refuses as well. */
static int
partfile_rename_fresh(int dir, const char *from, const char *to)
{
	if (renameat2(dir, from, dir, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return errno;
	if (linkat(dir, from, dir, to, 0) == 0) {
		unlinkat(dir, from, 0);
		return 0;
	}
	if (errno != EPERM && errno != EOPNOTSUPP)
		return errno;
	if (faccessat(dir, to, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return EEXIST;
	return renameat(dir, from, dir, to) < 0 ? errno : 0;
}

/* ---- what is there and not ours ---- */

/* Both names of the number's place, 0 the one without a number. */
static int
partfile_name_aside(const char *name, int number,
    char part[PARTFILE_NAME_MAX], char record[PARTFILE_NAME_MAX])
{
	char digits[16] = "";
	int n;

	if (number > 0)
		snprintf(digits, sizeof digits, ".%d", number);
	snprintf(part, PARTFILE_NAME_MAX, "%s.part.old%s", name, digits);
	n = snprintf(record, PARTFILE_NAME_MAX, "%s.part.old%s.haul", name,
	    digits);
	/* One that was cut could be anything. */
	return n < PARTFILE_NAME_MAX ? 0 : ENAMETOOLONG;
}

/* Puts NAME.part and its record, or either, under names that are free. The
 * record goes first: if the part then cannot, it is still not ours. */
static int
partfile_set_aside(struct folder *folder, const char *name)
{
	char from[PARTFILE_NAME_MAX], to[PARTFILE_NAME_MAX];
	char record_from[PARTFILE_NAME_MAX], record_to[PARTFILE_NAME_MAX];
	int dir = folder_fd(folder), number, error = EEXIST;

	partfile_name(from, name, ".part");
	partfile_name(record_from, name, ".part.haul");
	for (number = 0; error == EEXIST && number < PARTFILE_ASIDE_MAX;
	    number++) {
		error = partfile_name_aside(name, number, to, record_to);
		if (error == 0 && faccessat(dir, to, F_OK,
		    AT_SYMLINK_NOFOLLOW) == 0)
			error = EEXIST;
		if (error == 0)
			error = partfile_rename_fresh(dir, record_from,
			    record_to);
		if (error == 0 || error == ENOENT)
			error = partfile_rename_fresh(dir, from, to);
	}
	return error == ENOENT ? 0 : error;
}

/* ---- of an object that changed ---- */

int
partfile_put_aside(struct partfile *part)
{
	char from[PARTFILE_NAME_MAX], to[PARTFILE_NAME_MAX];
	int dir = folder_fd(part->folder), error;

	if (strlen(part->name) + strlen(".part.changed.haul") >=
	    PARTFILE_NAME_MAX)
		return ENAMETOOLONG;
	partfile_drop_note(part);
	error = partfile_rename_fresh(dir, partfile_name(from, part->name,
	    ".part.haul"), partfile_name(to, part->name,
	    ".part.changed.haul"));
	if (error == 0)
		error = partfile_rename_fresh(dir, partfile_name(from,
		    part->name, ".part"), partfile_name(to, part->name,
		    ".part.changed"));
	if (error == 0)
		partfile_close(part);
	return error;
}

void
partfile_drop_aside(const struct partfile *part)
{
	char name[PARTFILE_NAME_MAX];

	/* Only with its record is it ours. */
	if (unlinkat(folder_fd(part->folder), partfile_name(name, part->name,
	    ".part.changed.haul"), 0) == 0)
		partfile_unlink(part, ".part.changed");
}

/* ---- making one ---- */

int
partfile_restart(struct partfile *part)
{
	int error = partfile_disclaim(part);

	return ftruncate(part->fd, 0) < 0 ? errno : error;
}

/* Writes the marker where no NAME.part is: a record left alone is ours to
 * remove if it was ours, and a note must not meet the new part. */
static int
partfile_mark_fresh(struct folder *folder, const char *name,
    const struct record *marker, bool *set_aside)
{
	char record_name[PARTFILE_NAME_MAX];
	enum record_verdict verdict;
	struct record orphan;
	int error;

	partfile_name(record_name, name, ".part.haul+");
	unlinkat(folder_fd(folder), record_name, 0);
	error = partfile_mark(folder, name, marker);
	if (error != EEXIST)
		return error;
	record_init(&orphan);
	verdict = partfile_read_record(folder, name, &orphan);
	record_release(&orphan);
	if (verdict == RECORD_OK || verdict == RECORD_TORN) {
		partfile_name(record_name, name, ".part.haul");
		unlinkat(folder_fd(folder), record_name, 0);
	} else {
		error = partfile_set_aside(folder, name);
		*set_aside = error == 0;
		if (error != 0)
			return error;
	}
	return partfile_mark(folder, name, marker);
}

/* Opens the NAME.part that is there if it is of that URL. ENOENT: nothing is
 * there, or not any more. */
static int
partfile_open_left_over(struct folder *folder, const char *name,
    const char *url, int *fd, bool *set_aside)
{
	struct record record;
	int error = partfile_open_named(folder, name, 0, fd);
	bool own;

	if (error != 0)
		return error;
	record_init(&record);
	own = partfile_is_own(*fd, folder) &&
	    partfile_read_record(folder, name, &record) == RECORD_OK &&
	    partfile_holds(*fd, &record) && record_is_of(&record, url);
	record_release(&record);
	if (own)
		return 0;
	error = partfile_set_aside(folder, name);
	*set_aside = error == 0;
	close(*fd);
	return error != 0 ? error : ENOENT;
}

/* Makes NAME.part where none is. */
static int
partfile_create_fresh(struct folder *folder, const char *name,
    const struct record *marker, int *fd, bool *set_aside)
{
	char left[PARTFILE_NAME_MAX];
	int error;

	error = partfile_mark_fresh(folder, name, marker, set_aside);
	if (error != 0)
		return error;
	error = partfile_open_named(folder, name, O_CREAT | O_EXCL, fd);
	if (error == EEXIST)
		return EWOULDBLOCK;     /* another process was faster */
	if (error != 0)
		unlinkat(folder_fd(folder), partfile_name(left, name,
		    ".part.haul"), 0);
	/* It was made, but cannot be locked, by nobody here. */
	if (error == ENOLCK || error == ENOSYS)
		unlinkat(folder_fd(folder), partfile_name(left, name,
		    ".part"), 0);
	return error;
}

static int
partfile_create_named(struct partfile *part, struct folder *folder,
    const char *name, const struct record *owner, bool *set_aside)
{
	struct record marker = { .total = owner->total };
	bool left_over;
	int error, fd;

	marker.url = secret_free_url(owner->url, NULL);
	error = partfile_open_left_over(folder, name, marker.url, &fd,
	    set_aside);
	left_over = error == 0;
	if (error == ENOENT)
		error = partfile_create_fresh(folder, name, &marker, &fd,
		    set_aside);
	if (error != 0) {
		free(marker.url);
		return error;
	}
	partfile_take(part, folder, name, fd);
	part->owner = marker.url;
	partfile_note_name(part, ".part");
	if (!left_over)
		return 0;
	part->noted = true;
	partfile_unlink(part, ".part.haul~");
	return partfile_restart(part);
}

int
partfile_create(struct partfile *part, struct folder *folder,
    const char *name, bool small, const struct record *owner,
    bool *set_aside)
{
	int error, fd = -1;

	*set_aside = false;
	if (small) {
		error = partfile_open_anonymous(folder, &fd);
		if (error == 0) {
			partfile_take(part, folder, name, fd);
			part->anonymous = true;
		}
		if (error != EOPNOTSUPP)
			return error;
	}
	return partfile_create_named(part, folder, name, owner, set_aside);
}

/* ---- bytes ---- */

int
partfile_write(const struct partfile *part, const char *bytes, size_t length,
    int64_t offset)
{
	ssize_t n;

	while (length > 0) {
		n = pwrite(part->fd, bytes, length, offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (n == 0)
			return EIO;
		bytes += n;
		length -= (size_t)n;
		offset += n;
	}
	return 0;
}

int
partfile_read(const struct partfile *part, char *bytes, size_t length,
    int64_t offset)
{
	ssize_t n;

	while (length > 0) {
		n = pread(part->fd, bytes, length, offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (n == 0)
			return ENODATA;
		bytes += n;
		length -= (size_t)n;
		offset += n;
	}
	return 0;
}

int
partfile_sync(struct partfile *part)
{
	/* The kernel tells of an error once, and takes what it could not write
	 * for written then. */
	if (part->unsound)
		return EIO;
	while (fdatasync(part->fd) < 0) {
		if (errno == EINTR)
			continue;
		part->unsound = true;
		return errno;
	}
	return 0;
}

/* ---- the end ---- */

/* By the descriptor itself where the kernel lets us (as root, or from Linux
 * 6.10 on): a fifth of a small file's cost is the walk through /proc. */
static int
partfile_link(const struct partfile *part, const char *to)
{
	int dir = folder_fd(part->folder);
	char source[64];

	if (!folder_links_by_path(part->folder)) {
		if (linkat(part->fd, "", dir, to, AT_EMPTY_PATH) == 0)
			return 0;
		if (errno != ENOENT && errno != EPERM && errno != EINVAL)
			return errno;
		folder_link_by_path(part->folder);
	}
	snprintf(source, sizeof source, "/proc/self/fd/%d", part->fd);
	return linkat(AT_FDCWD, source, dir, to, AT_SYMLINK_FOLLOW) < 0 ?
	    errno : 0;
}

static int
partfile_name_anonymous(const struct partfile *part, const char *to,
    bool replace)
{
	char temporary[PARTFILE_NAME_MAX];
	int dir = folder_fd(part->folder), error;

	error = partfile_link(part, to);
	if (error != EEXIST || !replace)
		return error;
	partfile_name(temporary, to, ".part.new");
	error = partfile_link(part, temporary);
	if (error == EEXIST) {
		/* A crash left it; nothing else has such names. */
		unlinkat(dir, temporary, 0);
		error = partfile_link(part, temporary);
	}
	/* EEXIST would mean that the file itself is there. */
	if (error != 0)
		return error == EEXIST ? EISDIR : error;
	if (renameat(dir, temporary, dir, to) == 0)
		return 0;
	error = errno;
	unlinkat(dir, temporary, 0);
	return error;
}

/* Whether the file that we wrote still has its name. */
static bool
partfile_is_named(int fd, int dir, const char *name)
{
	struct stat mine, there;

	return fstat(fd, &mine) == 0 &&
	    fstatat(dir, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	    mine.st_ino == there.st_ino && mine.st_dev == there.st_dev;
}

int
partfile_finish(struct partfile *part, const char *final_name, bool replace)
{
	char from[PARTFILE_NAME_MAX];
	int dir = folder_fd(part->folder), error;

	if (part->anonymous)
		return partfile_name_anonymous(part, final_name, replace);
	partfile_name(from, part->name, ".part");
	if (!partfile_is_named(part->fd, dir, from))
		return ESTALE;
	if (replace)
		error = renameat(dir, from, dir, final_name) < 0 ? errno : 0;
	else
		error = partfile_rename_fresh(dir, from, final_name);
	if (error != 0)
		return error;
	/* The record last: by it partfile_sweep() knows what to do. */
	partfile_drop_note(part);
	if (part->recorded)
		partfile_unlink(part, ".part.haul~");
	partfile_unlink(part, ".part.haul");
	partfile_drop_aside(part);
	return 0;
}

void
partfile_sweep(struct folder *folder, const char *name, const char *url)
{
	static const char *const suffixes[] = {
		".part.haul+", ".part.haul~", ".part.haul" };
	char left[PARTFILE_NAME_MAX], *plain;
	struct record record;
	size_t i;

	if (!folder_has(folder, partfile_name(left, name, ".part.haul")) ||
	    partfile_is_there(folder, name))
		return;
	plain = secret_free_url(url, NULL);
	record_init(&record);
	if (partfile_read_record(folder, name, &record) == RECORD_OK &&
	    record_is_of(&record, plain))
		for (i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
			unlinkat(folder_fd(folder), partfile_name(left, name,
			    suffixes[i]), 0);
	record_release(&record);
	free(plain);
}

void
partfile_discard(struct partfile *part)
{
	if (part->fd < 0 || part->anonymous)
		return;
	partfile_drop_note(part);
	partfile_unlink(part, ".part");
	partfile_unlink(part, ".part.haul");
	partfile_unlink(part, ".part.haul~");
}
