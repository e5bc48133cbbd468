/* SPDX-License-Identifier: MIT
 *
 * See journal-internal.h. Copying is done under the model's lock and so does
 * as little as it can; what is secret is taken out afterwards.
 */
#include "config.h"

#include "journal-internal.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "engine/base/options.h"
#include "engine/base/secret.h"
#include "engine/disk/folder.h"
#include "engine/store/keep.h"

#define JOURNAL_SUMS 256                /* bytes; more are no matter of a row
                                           that many share */
#define JOURNAL_ROWS 20000              /* of one transaction: others want to
                                           write too */

/* ---- copying ---- */

static char *
journal_keep(struct journal_row *row, char *text)
{
	if (text != NULL && row->text_count < JOURNAL_TEXTS)
		row->texts[row->text_count++] = text;
	return text;
}

/* Nearly all that is copied fits into the row itself. */
static void *
journal_copy_bytes(struct journal_row *row, const void *bytes, size_t size)
{
	char *to = row->room + row->used;

	if (size > sizeof row->room - row->used)
		return journal_keep(row, alloc_bytes(bytes, size));
	memcpy(to, bytes, size);
	row->used += size;
	return to;
}

static char *
journal_copy_text(struct journal_row *row, const char *text)
{
	return text != NULL ? journal_copy_bytes(row, text, strlen(text) + 1) :
	    NULL;
}

static char *
journal_copy_path(struct journal_row *row, const struct item *item)
{
	char *to = row->room + row->used;
	size_t room = sizeof row->room - row->used, size;

	if (item->name == NULL)
		return NULL;
	size = folder_put_path(item->folder, item->name, to, room);
	if (size > room)
		return journal_keep(row, folder_join(item->folder,
		    item->name));
	row->used += size;
	return to;
}

void
journal_release_row(struct journal_row *row)
{
	size_t i;

	for (i = 0; i < row->text_count; i++)
		free(row->texts[i]);
	for (i = 0; i < row->history_count; i++)
		free(row->history[i].url);
	for (i = 0; i < row->mirror_count; i++)
		free(row->mirrors[i]);
	free(row->mirrors);
	free(row->history);
	options_unref(row->options);
}

static enum store_state
journal_state(const struct item *item)
{
	switch ((enum haul_state)item->state) {
	case HAUL_STATE_PAUSED:
		return STORE_PAUSED;
	case HAUL_STATE_DONE:
		return STORE_DONE;
	case HAUL_STATE_SKIPPED:
		return STORE_SKIPPED;
	case HAUL_STATE_FAILED:
		return STORE_FAILED_ITEM;
	case HAUL_STATE_REMOVED:
		return STORE_REMOVED;
	default:
		return STORE_QUEUED;
	}
}

/* (model locked) */
static void
journal_copy_history(struct journal_row *row, const struct item_extra *extra)
{
	size_t i;

	row->history = alloc_array(extra->history_count,
	    sizeof *row->history);
	row->history_count = extra->history_count;
	for (i = 0; i < extra->history_count; i++) {
		row->history[i] = extra->history[i];
		row->history[i].url = alloc_string(extra->history[i].url);
	}
}

/* (model locked) What was asked for. */
static void
journal_copy_wishes(struct journal_row *row, const struct item_extra *extra)
{
	size_t i;

	row->item.name = journal_copy_text(row, extra->name);
	row->item.dir = journal_copy_text(row, extra->dir);
	row->item.kept = journal_copy_text(row, extra->kept_url);
	if (extra->mirror_count == 0)
		return;
	row->mirrors = alloc_array(extra->mirror_count, sizeof *row->mirrors);
	row->mirror_count = extra->mirror_count;
	for (i = 0; i < extra->mirror_count; i++)
		row->mirrors[i] = alloc_string(extra->mirrors[i]);
}

/* (model locked) What came of it. */
static void
journal_copy_facts(struct journal_row *row, const struct item *item)
{
	const struct item_extra *extra = item->extra;

	row->item.state = journal_state(item);
	row->item.size = item->size;
	row->item.got = atomic_load(&item->got);
	row->item.attempts = item->attempts;
	row->item.http_status = item->http_status;
	row->item.started_ms = item->begun_at_ms;
	row->item.elapsed_ms = item->elapsed_ms;
	if (item->state >= HAUL_STATE_DONE && item->state <=
	    HAUL_STATE_FAILED)
		row->item.ended_ms = item->ended_at_ms;
	row->item.flags = (item->resumable ? STORE_RESUMABLE : 0) |
	    (item->digest_checked ? STORE_CHECKED : 0);
	row->item.path = journal_copy_path(row, item);
	if (extra == NULL)
		return;
	row->item.etag = journal_copy_text(row, extra->etag);
	row->item.last_modified = journal_copy_text(row,
	    extra->last_modified);
	if (extra->sums != NULL && row->item.state == STORE_DONE) {
		row->item.sums = journal_copy_bytes(row, extra->sums,
		    extra->sums_size);
		row->item.sums_size = extra->sums_size;
	}
	if (extra->failure != NULL && row->item.state != STORE_DONE &&
	    row->item.state != STORE_SKIPPED)
		row->failure = *extra->failure;
	if (extra->history_count > 0)
		journal_copy_history(row, extra);
}

/* -1: the folder has another path by now. */
static int
journal_open_device(const struct folder *folder)
{
	int fd = open(folder_path(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) < 0 ||
	    st.st_dev != folder_device(folder))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* The file system on which a finished file has to be synced. */
static void
journal_note_device(struct journal *journal, const struct folder *folder)
{
	struct journal_device *device;
	size_t i;

	if (folder == NULL || journal->fsync != JOURNAL_FSYNC_BATCH)
		return;
	if (folder == journal->last_folder) {
		journal->devices[journal->last_device].dirty = true;
		return;
	}
	for (i = 0; i < journal->device_count; i++)
		if (journal->devices[i].number == folder_device(folder))
			break;
	if (i == journal->device_count) {
		journal->devices = alloc_resize(journal->devices, i + 1,
		    sizeof *journal->devices);
		device = &journal->devices[i];
		device->number = folder_device(folder);
		device->fd = journal_open_device(folder);
		journal->device_count++;
	}
	journal->devices[i].dirty = true;
	journal->last_folder = folder;
	journal->last_device = i;
}

bool
journal_is_early(struct journal *journal, haul_id id)
{
	const struct item *item = model_item(journal->model, id);
	const struct folder *folder;
	bool early;

	model_lock(journal->model);
	early = item->state == HAUL_STATE_DONE;
	folder = item->folder;
	model_unlock(journal->model);
	if (early)
		journal_note_device(journal, folder);
	return early;
}

uint64_t
journal_seq(const struct journal *journal, haul_id id)
{
	if (id == 0)
		return 0;
	return id <= journal->seq_count ? journal->seqs[id - 1] :
	    journal->seq_last + id - journal->seq_count;
}

void
journal_copy_row(struct journal *journal, haul_id id, bool synced,
    struct journal_row *row)
{
	const struct item *item = model_item(journal->model, id);
	const struct folder *folder;

	memset(row, 0, offsetof(struct journal_row, failure));
	row->failure.cause = HAUL_CAUSE_NONE;
	row->item.run = journal->run;
	row->item.seq = journal_seq(journal, id);
	row->item.size = -1;
	model_lock(journal->model);
	row->item.url = item->url;      /* in the arena: it stays */
	row->edited = item->edited;
	folder = item->folder;
	row->early = item->state == HAUL_STATE_DONE && !synced;
	if (!row->early)
		journal_copy_facts(row, item);
	if (item->extra != NULL)
		journal_copy_wishes(row, item->extra);
	row->options = options_ref(item->options);
	model_unlock(journal->model);
	if (row->early)
		journal_note_device(journal, folder);
}

/* ---- what of it may be written ---- */

static void
journal_tidy_url(struct journal_row *row)
{
	unsigned found;

	if (!secret_is_in_url(row->item.url))
		return;
	row->item.url = journal_keep(row, secret_free_url(row->item.url,
	    &found));
	if (found & SECRET_USER)
		row->item.flags |= STORE_NEEDS_USER;
	if (found & SECRET_QUERY)
		row->item.flags |= STORE_NEEDS_QUERY;
}

/* A mirror that needs a secret is left out: the others will do. */
static void
journal_tidy_mirrors(struct journal_row *row)
{
	char *all = NULL, *more, *url;
	unsigned found;
	size_t i;

	for (i = 0; i < row->mirror_count; i++) {
		url = secret_free_url(row->mirrors[i], &found);
		if (found == 0) {
			more = alloc_format("%s%s\n", all ? all : "", url);
			free(all);
			all = more;
		}
		free(url);
	}
	row->item.mirrors = journal_keep(row, all);
}

/* Most items have no options of their own, or the same as the last one. */
static void
journal_tidy_options(struct journal *journal, struct journal_row *row)
{
	if (row->options == NULL)
		return;
	if (row->options != journal->last_options) {
		options_unref(journal->last_options);
		free(journal->last_text);
		free(journal->last_needs);
		journal->last_options = options_ref(row->options);
		keep_options(row->options, journal->cwd, &journal->last_text,
		    &journal->last_needs);
	}
	row->item.options = journal->last_text;
	row->item.needs = journal->last_needs;
	if (row->item.needs != NULL)
		row->item.flags |= STORE_NEEDS_OPTION;
}

static void
journal_tidy_paths(const struct journal *journal, struct journal_row *row)
{
	struct options_pair options = { row->options, NULL, NULL };
	const char *dir = row->item.dir;

	if (dir == NULL)
		dir = options_text(options, OPTION_DIRECTORY);
	if (dir == NULL)
		row->item.dir = journal->other_directory;
	else
		row->item.dir = journal_keep(row, keep_path(journal->cwd,
		    dir));
	if (row->item.path != NULL && *row->item.path != '/')
		row->item.path = journal_keep(row, keep_path(journal->cwd,
		    row->item.path));
}

static void
journal_tidy_row(struct journal *journal, struct journal_row *row)
{
	journal_tidy_url(row);
	if (row->mirror_count > 0)
		journal_tidy_mirrors(row);
	journal_tidy_options(journal, row);
	journal_tidy_paths(journal, row);
	if (row->failure.cause == HAUL_CAUSE_NONE)
		return;
	row->item.cause = haul_cause_name(row->failure.cause);
	row->item.http_status = row->failure.http_status;
	row->item.curl_code = row->failure.curl_code;
	row->item.sys_errno = row->failure.sys_errno;
	row->item.message = row->failure.text;
}

static enum store_verdict
journal_put_attempt(struct journal *journal, const struct journal_row *row,
    const struct model_attempt *from)
{
	char *url = secret_free_url(from->url ? from->url : "", NULL);
	struct store_attempt attempt = {
		.number = from->number, .time_ms = from->time_ms,
		.got = from->got_bytes, .url = url,
		.cause = haul_cause_name(from->failure.cause),
		.message = from->failure.text,
		.http_status = from->failure.http_status,
		.curl_code = from->failure.curl_code,
		.sys_errno = from->failure.sys_errno,
	};
	enum store_verdict verdict = store_put_attempt(journal->store,
	    row->item.run, row->item.seq, &attempt);

	free(url);
	return verdict;
}

/* ---- forms ---- */

/* An item that shares rows with others has this form; 0 for the others. */
static uint8_t *
journal_form(struct journal *journal, haul_id id)
{
	size_t size = journal->form_count;

	if (id >= size) {
		size = size * 2 > id ? size * 2 : (size_t)id + 1024;
		journal->forms = alloc_resize(journal->forms, size, 1);
		memset(journal->forms + journal->form_count, 0,
		    size - journal->form_count);
		journal->form_count = size;
	}
	return &journal->forms[id];
}

void
journal_forget_forms(struct journal *journal)
{
	if (journal->form_count > 0)
		memset(journal->forms, 0, journal->form_count);
}

/* Whether nothing is to be told of it but what happened. */
static bool
journal_is_plain(const struct journal_row *row)
{
	const struct store_item *item = &row->item;

	return !row->edited && row->history_count == 0 &&
	    row->mirror_count == 0 && item->name == NULL &&
	    item->dir == NULL && item->options == NULL &&
	    item->needs == NULL && item->kept == NULL &&
	    item->cause == NULL && item->sums_size <= JOURNAL_SUMS &&
	    (item->flags & ~(STORE_RESUMABLE | STORE_CHECKED)) == 0;
}

static bool
journal_is_fresh(const struct store_item *item)
{
	return item->state == STORE_QUEUED && item->path == NULL &&
	    item->size < 0 && item->got == 0 && item->attempts == 0 &&
	    item->started_ms == 0 && item->etag == NULL &&
	    item->last_modified == NULL;
}

/* As it was added, with others; then with others when it has ended; else in a
 * row of its own, and ever after. */
static enum store_verdict
journal_put_form(struct journal *journal, haul_id id,
    const struct store_item *item, bool plain, bool new_one)
{
	uint8_t *form = journal_form(journal, id);
	enum store_verdict verdict = STORE_OK;
	bool ended = item->state == STORE_DONE || item->state ==
	    STORE_SKIPPED;

	if (new_one && plain && (ended || journal_is_fresh(item))) {
		*form = JOURNAL_ADDED;
		verdict = store_put_added(journal->store, item->run,
		    item->seq, item->url);
		if (verdict != STORE_OK || !ended)
			return verdict;
	}
	if (*form == JOURNAL_ADDED && plain && ended)
		verdict = store_put_ended(journal->store, item);
	else
		verdict = store_put_item(journal->store, item);
	*form |= JOURNAL_OWN;
	return verdict;
}

enum store_verdict
journal_put_row(struct journal *journal, haul_id id, struct journal_row *row,
    bool new_one)
{
	enum store_verdict verdict;
	size_t i;

	journal_tidy_row(journal, row);
	verdict = journal_put_form(journal, id, &row->item,
	    journal_is_plain(row), new_one);
	for (i = 0; i < row->history_count && verdict == STORE_OK; i++)
		verdict = journal_put_attempt(journal, row, &row->history[i]);
	if (verdict != STORE_OK || ++journal->rows < JOURNAL_ROWS)
		return verdict;
	journal->rows = 0;
	verdict = store_commit(journal->store);
	return verdict == STORE_OK ? store_begin(journal->store) : verdict;
}
