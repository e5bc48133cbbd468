/* SPDX-License-Identifier: MIT
 *
 * See failedlist.h. Whether a file is ours is seen by its first line: only what
 * looks like one of ours is ever replaced, by rename().
 */
#include "config.h"

#include "failedlist.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"
#include "text.h"

#define FAILEDLIST_NAMES 99             /* tried */

/* A spreadsheet would take a name that begins so for a formula: a server can
 * choose it. */
static bool
failedlist_is_formula(const char *bytes)
{
	return *bytes != '\0' && strchr("=+-@", *bytes) != NULL;
}

static void
failedlist_escaped(FILE *file, const char *bytes)
{
	size_t length, room;
	char *escaped;

	if (bytes == NULL)
		return;
	if (failedlist_is_formula(bytes))
		fprintf(file, "\\x%02x", (unsigned char)*bytes++);
	length = strlen(bytes);
	room = 10 * length + 1;
	escaped = memory_resize(NULL, room, 1);
	*escaped = '\0';
	if (length > 0)
		text_escape(escaped, room, bytes, length, 0);
	fputs(escaped, file);
	free(escaped);
}

static void
failedlist_url(FILE *file, const char *url, bool redact)
{
	char *redacted;

	if (!redact) {
		failedlist_escaped(file, url);
		return;
	}
	redacted = text_redacted(url);
	failedlist_escaped(file, redacted);
	free(redacted);
}

static void
failedlist_item(FILE *file, const struct haul_item *item, bool redact)
{
	int code = item->http_status;

	if (item->cause != HAUL_CAUSE_HTTP || code == 0)
		code = item->sys_errno != 0 ? item->sys_errno :
		    item->curl_code;
	fprintf(file, "%s\t%d\t%" PRIu32 "\t", haul_cause_name(item->cause),
	    code, item->attempts);
	failedlist_url(file, item->url, redact);
	fputc('\t', file);
	failedlist_escaped(file, item->path);
	fputc('\n', file);
}

/* Returns how many were written. */
static size_t
failedlist_items(FILE *file, struct haul *haul, const haul_id *ids,
    size_t count, bool redact)
{
	struct haul_item *item;
	size_t i, written = 0;

	for (i = 0; i < count; i++) {
		item = haul_item(haul, ids[i]);
		if (item != NULL && item->state == HAUL_STATE_FAILED) {
			failedlist_item(file, item, redact);
			written++;
		}
		haul_item_free(item);
	}
	return written;
}

/* A cause that there is, and two numbers. */
static bool
failedlist_is_line(const char *line)
{
	size_t length = strcspn(line, "\t");
	const char *name;
	char *end;
	int cause;

	for (cause = HAUL_CAUSE_NONE + 1; cause < HAUL_CAUSE_COUNT; cause++) {
		name = haul_cause_name((enum haul_cause)cause);
		if (strlen(name) == length &&
		    memcmp(name, line, length) == 0)
			break;
	}
	if (cause == HAUL_CAUSE_COUNT || line[length] != '\t')
		return false;
	(void)strtol(line + length + 1, &end, 10);
	if (end == line + length + 1 || *end != '\t')
		return false;
	line = end + 1;
	(void)strtol(line, &end, 10);
	return end != line && *end == '\t';
}

static bool
failedlist_is_ours(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat status;
	char line[128];
	ssize_t got = -1;

	if (fd < 0)
		return false;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	    status.st_uid == geteuid())
		got = read(fd, line, sizeof line - 1);
	close(fd);
	if (got <= 0)
		return false;
	line[got] = '\0';
	return failedlist_is_line(line);
}

/* Only if nothing is there. The first way is not known by every file system,
 * nor is the second. */
static bool
failedlist_move(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	return link(from, to) == 0 && unlink(from) == 0;
}

/* Puts the finished file at its place. */
static bool
failedlist_place(const char *from, const char *to, bool replace)
{
	if (failedlist_move(from, to))
		return true;
	if (errno == EEXIST && replace && failedlist_is_ours(to))
		return rename(from, to) == 0;
	return false;
}

/* Writes it under a name of its own, which is put into `part`; 0 or an
 * errno. */
static int
failedlist_part(struct haul *haul, const haul_id *ids, size_t count,
    bool redact, char *part, size_t *written)
{
	int fd = mkstemp(part), error = 0;
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (file == NULL) {
		error = errno;
		if (fd >= 0) {
			close(fd);
			unlink(part);
		}
		return error;
	}
	*written = failedlist_items(file, haul, ids, count, redact);
	if (ferror(file) || fflush(file) != 0 || fsync(fd) != 0)
		error = errno != 0 ? errno : EIO;
	if (fclose(file) != 0 && error == 0)
		error = errno;
	if (error != 0)
		unlink(part);
	return error;
}

bool
failedlist_write(struct haul *haul, const haul_id *ids, size_t count,
    const char *path, bool redact, size_t *written)
{
	char *part = memory_format("%s.XX" "XXXX", path);
	int error = failedlist_part(haul, ids, count, redact, part, written);

	if (error == 0 && !failedlist_place(part, path, false)) {
		error = errno;
		unlink(part);
	}
	free(part);
	errno = error;
	return error == 0;
}

bool
failedlist_write_here(struct haul *haul, const haul_id *ids, size_t count,
    bool redact, char name[FAILEDLIST_NAME_SIZE], size_t *written)
{
	char part[] = FAILEDLIST_NAME ".XX" "XXXX";
	int error, n;

	snprintf(name, FAILEDLIST_NAME_SIZE, "%s", FAILEDLIST_NAME);
	error = failedlist_part(haul, ids, count, redact, part, written);
	for (n = 2; error == 0 && !failedlist_place(part, name, true); n++) {
		if (errno == EEXIST && n <= FAILEDLIST_NAMES) {
			snprintf(name, FAILEDLIST_NAME_SIZE,
			    "haul-failed-%d.tsv", n);
			continue;
		}
		error = errno;
		unlink(part);
	}
	errno = error;
	return error == 0;
}
