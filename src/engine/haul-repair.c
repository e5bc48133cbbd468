/* SPDX-License-Identifier: MIT
 *
 * haul_repair_add(): a damaged file's good blocks become a NAME.part whose
 * record claims just them, and the item that is added goes on from there as
 * any other would (doc/verify.md). The file itself is replaced only by what has
 * all the sums that were recorded.
 */
#include "config.h"

#include "haul-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "engine/base/crc32c.h"
#include "engine/base/options.h"
#include "engine/base/secret.h"
#include "engine/disk/partfile.h"
#include "engine/net/response.h"
#include "engine/store/keep.h"
#include "haul-verify.h"

#define REPAIR_PIECE (256 * 1024)

struct repair {
	const struct verify_entry *entry;
	struct folders *folders;
	struct folder *folder;
	char *dir;
	const char *name;               /* last part of the entry's path */
	struct blocks blocks;           /* empty: no sums are recorded */
	struct partfile part;
	struct record record;
};

/* ---- what is lacking ---- */

static enum haul_result
repair_lacks(struct haul_error *error, const char *option, const char *name)
{
	options_complain(error, HAUL_COMPLAINT_SECRET, option, "");
	if (error != NULL) {
		error->result = HAUL_EUSAGE;
		memcpy(error->expected, name, strnlen(name,
		    sizeof error->expected - 1) + 1);
	}
	return HAUL_EUSAGE;
}

/* Secrets are not recorded: those that an option can bring may come again. */
static enum haul_result
repair_check_secrets(struct haul *haul, const struct verify_entry *entry,
    struct haul_error *error)
{
	struct options_pair options = { NULL, haul->options,
	    options_of_host(haul->options, entry->url) };
	char option[64] = "user", name[64] = "";
	bool lacks = false, query;

	query = (entry->flags & STORE_NEEDS_QUERY) != 0;
	pthread_mutex_lock(&haul->lock);
	if (entry->flags & STORE_NEEDS_USER)
		lacks = options_text(options, OPTION_USER) == NULL;
	if (!lacks && entry->needs != NULL)
		lacks = keep_lacks(entry->needs, options, option, name);
	pthread_mutex_unlock(&haul->lock);
	if (query)
		return repair_lacks(error, "", "");
	return lacks ? repair_lacks(error, option, name) : HAUL_OK;
}

/* ---- the part ---- */

/* Reads a block, which must be good still, and writes it. ENODATA: it is not,
 * or the file ends before. */
static int
repair_copy_block(struct repair *repair, const struct partfile *from,
    size_t block, char *piece)
{
	struct haul_range range = blocks_range(&repair->blocks, block);
	int64_t at;
	size_t take;
	uint32_t sum = 0;
	int error = 0;

	for (at = range.start; at < range.end && error == 0;
	    at += (int64_t)take) {
		take = range.end - at < REPAIR_PIECE ?
		    (size_t)(range.end - at) : REPAIR_PIECE;
		error = partfile_read(from, piece, take, at);
		if (error != 0)
			break;
		sum = crc32c_add(sum, piece, take);
		error = partfile_write(&repair->part, piece, take, at);
	}
	return error == 0 && sum != repair->blocks.sums[block] ? ENODATA :
	    error;
}

static int
repair_copy(struct repair *repair, const struct haul_checked *checked)
{
	struct ranges bad = { (struct haul_range *)checked->bad,
	    checked->bad_count, 0 };
	struct partfile from = { .fd = open(checked->path, O_RDONLY |
	    O_CLOEXEC | O_NOCTTY | O_NONBLOCK) };
	char *piece = alloc_array(REPAIR_PIECE, 1);
	struct haul_range range, gap;
	int error = 0;
	size_t i;

	if (from.fd < 0 && errno != ENOENT)
		error = errno;
	for (i = 0; i < repair->blocks.count && error == 0 && from.fd >= 0;
	    i++) {
		range = blocks_range(&repair->blocks, i);
		if (!ranges_first_gap(&bad, range.start, range.end, &gap))
			continue;
		error = repair_copy_block(repair, &from, i, piece);
		if (error == 0)
			ranges_add(&repair->record.here, range.start,
			    range.end);
		/* It has become worse meanwhile. */
		if (error == ENODATA || error == EIO)
			error = 0;
	}
	free(piece);
	if (from.fd >= 0)
		close(from.fd);
	return error;
}

/* Whether an interrupted repair has left the part: that is gone on with. */
static bool
repair_is_begun(struct repair *repair, int *error)
{
	enum record_verdict verdict;
	struct record record;
	bool begun;

	record_init(&record);
	*error = partfile_open_old(&repair->part, repair->folder,
	    repair->name, &record, &verdict);
	begun = *error == 0 && !record_is_marker(&record) &&
	    record_is_of(&record, repair->record.url) &&
	    record.total == repair->record.total && record.sums != NULL &&
	    strcmp(record.sums, repair->record.sums) == 0;
	record_release(&record);
	partfile_close(&repair->part);
	if (*error == ENOENT)
		*error = 0;
	return begun;
}

static void
repair_fill_record(struct repair *repair)
{
	const struct verify_entry *entry = repair->entry;
	struct record *record = &repair->record;

	record->url = secret_free_url(entry->url, NULL);
	record->total = entry->size;
	if (entry->etag != NULL && response_etag_is_strong(entry->etag))
		record->etag = alloc_string(entry->etag);
	record->last_modified = alloc_string(entry->last_modified);
	record->sums = blocks_format(&repair->blocks);
}

/* 0 or an errno. */
static int
repair_make_part(struct repair *repair, const struct haul_checked *checked)
{
	struct record *record = &repair->record;
	bool set_aside;
	int error;

	repair_fill_record(repair);
	if (repair_is_begun(repair, &error) || error != 0)
		return error;
	error = partfile_create(&repair->part, repair->folder, repair->name,
	    false, record, &set_aside);
	if (error == 0 && (record->etag || record->last_modified))
		error = repair_copy(repair, checked);
	if (error == 0)
		error = partfile_checkpoint(&repair->part, record);
	if (error != 0)
		partfile_discard(&repair->part);
	return error;
}

/* ---- the item ---- */

static void
repair_take_options(struct haul_options *to, const char *text)
{
	char name[KEEP_NAME_SIZE], *value;
	struct haul_error ignored;

	for (; keep_next(&text, name, &value); free(value))
		/* What this haul does not know is passed over. */
		if (options_is_of_item(name) &&
		    haul_options_set(to, name, value, &ignored) != HAUL_OK)
			continue;
}

static enum haul_result
repair_request(struct repair *repair, struct haul *haul, haul_id *id,
    struct haul_error *error)
{
	const struct verify_entry *entry = repair->entry;
	char *bare = secret_free_url(entry->url, NULL);
	struct haul_options *options = haul_options_new();
	struct haul_request request = { .url = bare, .name = repair->name,
	    .dir = repair->dir, .options = options };
	enum haul_result result;

	repair_take_options(options, entry->run_options);
	repair_take_options(options, entry->options);
	result = haul_options_set(options, "overwrite", "always", error);
	if (result == HAUL_OK)
		result = haul_options_set(options, "on-change", "fail",
		    error);
	if (result == HAUL_OK)
		result = haul_add(haul, &request, id, error);
	haul_options_free(options);
	free(bare);
	return result;
}

static enum haul_result
repair_fail(struct haul_error *error, int sys_errno)
{
	options_complain(error, HAUL_COMPLAINT_UNREADABLE, "", "");
	if (error != NULL) {
		error->result = sys_errno == EWOULDBLOCK ? HAUL_EBUSY :
		    HAUL_EIO;
		error->sys_errno = sys_errno;
	}
	return sys_errno == EWOULDBLOCK ? HAUL_EBUSY : HAUL_EIO;
}

static void
repair_release(struct repair *repair)
{
	partfile_close(&repair->part);
	record_release(&repair->record);
	blocks_release(&repair->blocks);
	folders_free(repair->folders);
	free(repair->dir);
}

enum haul_result
haul_repair_add(struct haul *haul, const struct haul_checked *checked,
    haul_id *id, struct haul_error *error)
{
	const struct verify_entry *entry =
	    ((const struct verify_told *)checked)->entry;
	struct repair repair = { .entry = entry };
	const char *slash = strrchr(entry->path, '/');
	enum haul_result result;
	int sys_errno = 0;

	if (entry->url == NULL || slash == NULL || slash[1] == '\0' ||
	    (checked->check != HAUL_CHECK_BAD &&
	    checked->check != HAUL_CHECK_CHANGED &&
	    checked->check != HAUL_CHECK_MISSING))
		return haul_fail(error, HAUL_ESTATE);
	result = repair_check_secrets(haul, entry, error);
	if (result != HAUL_OK)
		return result;
	partfile_init(&repair.part);
	record_init(&repair.record);
	repair.dir = alloc_bytes(entry->path, (size_t)(slash - entry->path) +
	    (slash == entry->path));
	repair.name = slash + 1;
	repair.folders = folders_new();
	repair.folder = folders_open(repair.folders, repair.dir);
	if (repair.folder == NULL)
		sys_errno = errno;
	else if (blocks_decode(&repair.blocks, entry->sums, entry->sums_size,
	    entry->size))
		sys_errno = repair_make_part(&repair, checked);
	/* Others may take the lock now: the engine does. */
	partfile_close(&repair.part);
	result = sys_errno != 0 ? repair_fail(error, sys_errno) :
	    repair_request(&repair, haul, id, error);
	repair_release(&repair);
	return result;
}
