/* SPDX-License-Identifier: MIT
 *
 * The list of failed items as a file. It appears whole or not at all, and only
 * for its owner to read: URLs may have passwords in them.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "acts.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/text.h"
#include "present/units.h"

static void
export_escaped(FILE *file, const char *bytes)
{
	size_t length = bytes == NULL ? 0 : strlen(bytes);
	size_t room = 10 * length + 1;
	char *escaped = memory_resize(NULL, room, 1);

	*escaped = '\0';
	if (length > 0)
		text_escape(escaped, room, bytes, length, 0);
	fputs(escaped, file);
	free(escaped);
}

static void
export_item(FILE *file, const struct haul_item *item)
{
	int code = item->http_status;

	if (item->cause != HAUL_CAUSE_HTTP || code == 0)
		code = item->sys_errno != 0 ? item->sys_errno :
		    item->curl_code;
	fprintf(file, "%s\t%d\t%" PRIu32 "\t", haul_cause_name(item->cause),
	    code, item->attempts);
	export_escaped(file, item->url);
	fputc('\t', file);
	export_escaped(file, item->path);
	fputc('\n', file);
}

/* Returns how many were written. */
static size_t
export_write(struct ui *ui, FILE *file)
{
	struct haul_item *item;
	haul_id *ids;
	size_t count = acts_failed_of_host(ui, NULL, &ids), i, written = 0;

	for (i = 0; i < count; i++) {
		item = haul_item(ui->haul, ids[i]);
		if (item != NULL && item->state == HAUL_STATE_FAILED) {
			export_item(file, item);
			written++;
		}
		haul_item_free(item);
	}
	free(ids);
	return written;
}

/* Puts the finished file at its place. */
static bool
export_place(const char *from, const char *to, bool replace)
{
	if (replace)
		return rename(from, to) == 0;
	return link(from, to) == 0 && unlink(from) == 0;
}

static bool
export_to(struct ui *ui, const char *path, bool replace, size_t *written)
{
	char *part = memory_format("%s.XX" "XXXX", path);
	int fd = mkstemp(part), error = 0;
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (file == NULL) {
		error = errno;
	} else {
		*written = export_write(ui, file);
		if (ferror(file) || fflush(file) != 0 || fsync(fd) != 0)
			error = errno != 0 ? errno : EIO;
		if (fclose(file) != 0 && error == 0)
			error = errno;
		if (error == 0 && !export_place(part, path, replace))
			error = errno;
		if (error != 0)
			unlink(part);
	}
	if (file == NULL && fd >= 0)
		close(fd);
	free(part);
	errno = error;
	return error == 0;
}

bool
export_failed(struct ui *ui, const char *path)
{
	char count[UNITS_SIZE], words[128], shown[TEXT_ROOM(60)];
	const char *name = path == NULL ? EXPORT_NAME : path;
	size_t written = 0;
	bool done = export_to(ui, name, path == NULL, &written);
	const char *why = done ? "" : strerror_r(errno, words, sizeof words);

	text_safe(shown, sizeof shown, name, strlen(name), 60, ui_flags(ui));
	units_count(count, sizeof count, written);
	if (done)
		ui_say(ui, STYLE_TEXT, ngettext("%s failed file written to %s",
		    "%s failed files written to %s", written), count, shown);
	else
		ui_say(ui, STYLE_ERROR, _("%s cannot be written: %s"), shown,
		    why);
	return done;
}
