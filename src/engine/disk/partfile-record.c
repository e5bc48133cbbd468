/* SPDX-License-Identifier: MIT
 *
 * What stands beside a part file: the record that claims bytes of it, and the
 * note. See partfile.h.
 */
#include "config.h"

#include "partfile-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/alloc.h"

/* ---- reading ---- */

enum record_verdict
partfile_read_record(struct folder *folder, const char *name,
    struct record *record)
{
	enum record_verdict verdict = RECORD_EMPTY;
	char record_name[PARTFILE_NAME_MAX];
	char *text = NULL;
	struct stat st;
	ssize_t n;
	int fd;

	fd = openat(folder_fd(folder),
	    partfile_name(record_name, name, ".part.haul"),
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT ? RECORD_EMPTY : RECORD_FOREIGN;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_size > RECORD_SIZE_MAX || !partfile_is_own(fd, folder)) {
		verdict = RECORD_FOREIGN;
		goto out;
	}
	text = alloc_array((size_t)st.st_size + 1, 1);
	n = pread(fd, text, (size_t)st.st_size, 0);
	if (n > 0)
		verdict = record_decode(text, (size_t)n, record);
out:
	free(text);
	close(fd);
	return verdict;
}

bool
partfile_holds(int fd, const struct record *record)
{
	const struct ranges *here = &record->here;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return false;
	if (record->total > 0 && st.st_size > record->total)
		return false;
	return record_is_marker(record) ||
	    st.st_size >= here->list[here->count - 1].end;
}

/* Whether all that it claims was written: what was lost on its way to a disk
 * is often a hole. */
static bool
partfile_is_solid(int fd, const struct record *record)
{
	const struct ranges *here = &record->here;
	off_t hole;
	size_t i;

	for (i = 0; i < here->count; i++) {
		hole = lseek(fd, here->list[i].start, SEEK_HOLE);
		if (hole >= 0 && hole < here->list[i].end)
			return false;
	}
	return true;
}

static bool
partfile_read_note(struct folder *folder, const char *name,
    struct record *note)
{
	char page[RECORD_NOTE_SIZE], note_name[PARTFILE_NAME_MAX];
	int fd = openat(folder_fd(folder),
	    partfile_name(note_name, name, ".part.haul+"),
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t n;

	if (fd < 0)
		return false;
	n = partfile_is_own(fd, folder) ? pread(fd, page, sizeof page, 0) : -1;
	close(fd);
	return n > 0 && record_decode(page, strnlen(page, (size_t)n),
	    note) == RECORD_OK;
}

void
partfile_take_note(int fd, struct folder *folder, const char *name,
    struct record *record)
{
	char boot[BOOT_SIZE];
	struct record note;

	record_init(&note);
	if (partfile_read_note(folder, name, &note) && note.boot != NULL &&
	    boot_tell(fd, boot) && strcmp(boot, note.boot) == 0 &&
	    partfile_holds(fd, &note) && partfile_is_solid(fd, &note))
		record_add_note(record, &note);
	record_release(&note);
}

/* ---- the record ---- */

int
partfile_mark(struct folder *folder, const char *name,
    const struct record *marker)
{
	char record_name[PARTFILE_NAME_MAX];
	struct partfile out = { 0 };
	size_t length;
	char *text;
	int error;

	partfile_name(record_name, name, ".part.haul");
	out.fd = openat(folder_fd(folder), record_name,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out.fd < 0)
		return errno;
	text = record_encode(marker, &length);
	error = partfile_write(&out, text, length, 0);
	free(text);
	if (close(out.fd) < 0 && error == 0)
		error = errno;
	if (error != 0)
		unlinkat(folder_fd(folder), record_name, 0);
	return error;
}

int
partfile_disclaim(struct partfile *part)
{
	struct record marker = { .url = part->owner };
	int error = EEXIST, tries;

	if (part->fd < 0 || part->anonymous)
		return 0;
	part->recorded = false;
	partfile_drop_note(part);
	/* A checkpoint under way may put its own there in between. */
	for (tries = 0; error == EEXIST && tries < 2; tries++) {
		partfile_unlink(part, ".part.haul");
		error = partfile_mark(part->folder, part->name, &marker);
	}
	return error;
}

/* Never into what lies there: it could be another name of somebody's file, or
 * a pipe at which the open would wait for ever. */
static int
partfile_open_temporary(int dir, const char *name)
{
	int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
	int fd = openat(dir, name, flags, 0600);

	if (fd < 0 && errno == EEXIST && unlinkat(dir, name, 0) == 0)
		fd = openat(dir, name, flags, 0600);
	return fd;
}

static int
partfile_write_record(const struct partfile *part, const char *temporary,
    const char *text, size_t length)
{
	struct partfile out = { .fd = partfile_open_temporary(
	    folder_fd(part->folder), temporary) };
	int error;

	if (out.fd < 0)
		return errno;
	error = partfile_write(&out, text, length, 0);
	if (error == 0 && fsync(out.fd) < 0)
		error = errno;
	if (close(out.fd) < 0 && error == 0)
		error = errno;
	return error;
}

int
partfile_checkpoint(struct partfile *part, const struct record *record)
{
	char record_name[PARTFILE_NAME_MAX], temporary[PARTFILE_NAME_MAX];
	int dir = folder_fd(part->folder), error;
	size_t length;
	char *text;

	error = partfile_sync(part);
	if (error != 0)
		return error;
	partfile_name(record_name, part->name, ".part.haul");
	partfile_name(temporary, part->name, ".part.haul~");
	text = record_encode(record, &length);
	error = partfile_write_record(part, temporary, text, length);
	free(text);
	if (error == 0 && renameat(dir, temporary, dir, record_name) < 0)
		error = errno;
	if (error == 0 && fsync(dir) < 0 && errno != EINVAL)
		error = errno;
	if (error != 0)
		unlinkat(dir, temporary, 0);
	return error;
}

/* ---- the note ---- */

/* An earlier run's is written over as it stands, if nobody else can have a hand
 * on it: were it replaced, a kill in that moment would find none. */
static int
partfile_open_own_note(int dir, const char *name)
{
	int fd = openat(dir, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_nlink != 1 || st.st_uid != geteuid() ||
	    (st.st_mode & 077) != 0)) {
		close(fd);
		fd = -1;
	}
	return fd >= 0 ? fd : partfile_open_temporary(dir, name);
}

static bool
partfile_open_note(struct partfile *part)
{
	char name[PARTFILE_NAME_MAX];

	if (part->note_fd < 0 && !part->noteless) {
		if (boot_tell(part->fd, part->boot))
			part->note_fd = partfile_open_own_note(
			    folder_fd(part->folder), partfile_name(name,
			    part->name, ".part.haul+"));
		part->noteless = part->note_fd < 0;
		part->noted |= !part->noteless;
	}
	return part->note_fd >= 0;
}

/* Always all of one page, so that no rename is needed: no signal is looked at
 * in the middle of it, and what a kill leaves is the old note or the new. */
void
partfile_note(struct partfile *part, struct record *record)
{
	struct partfile out = { .fd = -1 };
	char page[RECORD_NOTE_SIZE] = "", *text = NULL;
	size_t length = 0;

	if (!part->anonymous && partfile_open_note(part)) {
		free(record->boot);
		record->boot = alloc_string(part->boot);
		text = record_encode(record, &length);
	}
	if (text != NULL && length <= sizeof page) {
		memcpy(page, text, length);
		out.fd = part->note_fd;
		(void)partfile_write(&out, page, sizeof page, 0);
	}
	free(text);
	record_release(record);
}

void
partfile_drop_note(struct partfile *part)
{
	if (part->note_fd >= 0)
		close(part->note_fd);
	part->note_fd = -1;
	if (part->noted)
		partfile_unlink(part, ".part.haul+");
	part->noted = false;
}

void
partfile_distrust(struct partfile *part)
{
	partfile_drop_note(part);
	part->noteless = true;
}
