/* SPDX-License-Identifier: MIT
 *
 * See finish.h. A small file is renamed on the spot: the two system calls
 * cost less than a thread's wake-up. A large one is synced, checked and
 * renamed on a disk thread, in order with its checkpoints (one queue key an
 * item).
 */
#include "config.h"

#include "finish.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "engine/base/secret.h"
#include "engine/base/url.h"
#include "engine/disk/folder.h"
#include "engine/engine.h"
#include "engine/journal.h"
#include "retry.h"
#include "room.h"

#define FINISH_SAVE_BYTES (8 * 1024 * 1024)
#define FINISH_SAVE_MS 1000             /* after so long, however little */
#define FINISH_SAVE_MIN_MS 100          /* not more often */
#define FINISH_NOTE_MS 100              /* a file that takes no longer has no
                                           note; then one a tick */
#define FINISH_NOTE_BYTES (2 * 1024 * 1024)     /* or sooner: some us each */

static struct transfer_job *
finish_job(struct disk_job *job)
{
	return (struct transfer_job *)job;      /* its first member */
}

static void
finish_post(struct transfer *transfer, struct transfer_job *job,
    void (*work)(struct disk_job *), void (*done)(struct disk_job *))
{
	job->transfer = transfer;
	job->posted = true;
	job->error = 0;
	job->job.key = transfer->id;
	job->job.work = work;
	job->job.done = done;
	disk_post(transfer->engine->disk, &job->job);
}

/* ---- checkpoints ---- */

void
finish_collect_ranges(const struct transfer *transfer, struct ranges *all)
{
	const struct stream *stream;

	ranges_copy(all, &transfer->here);
	for (stream = transfer->streams; stream; stream = stream->next)
		if (stream->phase == STREAM_TAKING)
			ranges_add(all, stream->part.start, stream->part.pos);
}

static void
finish_save_work(struct disk_job *disk_job)
{
	struct transfer_job *job = finish_job(disk_job);

	job->error = partfile_checkpoint(&job->transfer->part, &job->record);
}

static void
finish_disk_failed(struct transfer *transfer, const struct failure *failure)
{
	if (room_is_cause(failure))
		room_wait(transfer, failure);
	else if (failure_is_of_descriptors(failure))
		retry_attempt_failed(transfer, failure);
	else
		transfer_fail(transfer, failure);
}

static void
finish_save_done(struct disk_job *disk_job)
{
	struct transfer_job *job = finish_job(disk_job);
	struct transfer *transfer = job->transfer;
	struct failure failure;

	job->posted = false;
	if (transfer->part.unsound)
		partfile_distrust(&transfer->part);
	if (transfer->save_void) {
		/* The object was given up while its record was written. Its
		 * end removes the record; it must not come back. */
		transfer->save_void = false;
		job->error = 0;
		if (transfer->state == TRANSFER_FETCHING)
			job->error = partfile_disclaim(&transfer->part);
	}
	if (job->error != 0 && transfer->state == TRANSFER_FETCHING) {
		failure_set_errno(&failure, job->error, transfer->name);
		finish_disk_failed(transfer, &failure);
	}
	if (transfer->save_again && !transfer->gone)
		finish_checkpoint(transfer);
	transfer->save_again = false;
	engine_poke(transfer->engine);
}

/* All that is here by now. */
static void
finish_fill_record(const struct transfer *transfer, struct record *record)
{
	record_init(record);
	finish_collect_ranges(transfer, &record->here);
	record->url = secret_free_url(transfer->item->url, NULL);
	record->total = transfer->total;
	record->etag = alloc_string(transfer_strong_etag(transfer));
	record->last_modified = alloc_string(transfer_strong_date(transfer));
}

static bool
finish_can_claim(const struct transfer *transfer)
{
	return transfer->part.fd >= 0 && !transfer->part.anonymous &&
	    transfer_can_resume(transfer);
}

static void
finish_note(struct transfer *transfer)
{
	struct record record;

	if (transfer->attempt_bytes == transfer->noted_bytes)
		return;
	finish_fill_record(transfer, &record);
	partfile_note(&transfer->part, &record);
	transfer->noted_bytes = transfer->attempt_bytes;
}

void
finish_turn(struct transfer *transfer)
{
	if (transfer->attempt_bytes - transfer->noted_bytes >=
	    FINISH_NOTE_BYTES && finish_can_claim(transfer) &&
	    engine_now_ms() - transfer->began_ms >= FINISH_NOTE_MS)
		finish_note(transfer);
}

void
finish_checkpoint(struct transfer *transfer)
{
	struct record *record = &transfer->save.record;

	if (transfer->part.fd < 0)
		return;
	if (transfer->save.posted) {
		transfer->save_again = true;
		return;
	}
	finish_note(transfer);
	record_release(record);
	finish_fill_record(transfer, record);
	record->sums = alloc_string(transfer_wanted_sums(transfer));
	transfer->saved_bytes = ranges_bytes(&record->here);
	transfer->saved_ms = engine_now_ms();
	transfer->part.recorded = true;
	finish_post(transfer, &transfer->save, finish_save_work,
	    finish_save_done);
}

void
finish_tick(struct transfer *transfer)
{
	int64_t now = engine_now_ms(), bytes;

	if (!finish_can_claim(transfer))
		return;
	if (now - transfer->began_ms >= FINISH_NOTE_MS)
		finish_note(transfer);
	if (transfer->save.posted)
		return;
	if (transfer->saved_ms == 0)
		transfer->saved_ms = transfer->began_ms;
	if (now - transfer->saved_ms < FINISH_SAVE_MIN_MS)
		return;
	bytes = transfer->resumed + transfer->attempt_bytes -
	    transfer->saved_bytes;
	if (bytes >= FINISH_SAVE_BYTES ||
	    (bytes > 0 && now - transfer->saved_ms >= FINISH_SAVE_MS))
		finish_checkpoint(transfer);
}

/* ---- digests ---- */

/* Compares the first size bytes of fd with all wanted digests. */
static void
finish_check_digests(struct transfer_job *job, int fd, int64_t size)
{
	struct transfer *transfer = job->transfer;
	struct digest found;
	char *text;
	size_t i;

	for (i = 0; i < transfer->digest_count && job->error == 0; i++) {
		job->error = digest_of_file(fd, size,
		    transfer->digests[i].name,
		    &transfer->engine->hurry, &found);
		if (job->error != 0 ||
		    digest_equal(&found, &transfer->digests[i]))
			continue;
		job->mismatch = true;
		text = digest_format(&found);
		snprintf(job->found, sizeof job->found, "%s", text);
		free(text);
		return;
	}
}

/* ---- a file that stands there ---- */

static void
finish_compare_work(struct disk_job *disk_job)
{
	struct transfer_job *job = finish_job(disk_job);
	struct transfer *transfer = job->transfer;
	struct stat st;
	int fd;

	fd = openat(folder_fd(transfer->folder), transfer->name,
	    O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0) {
		job->error = errno;
	} else if (!S_ISREG(st.st_mode)) {
		job->error = EISDIR;
	} else {
		finish_check_digests(job, fd, st.st_size);
	}
	if (fd >= 0)
		close(fd);
}

static void
finish_compare_done(struct disk_job *disk_job)
{
	struct transfer_job *job = finish_job(disk_job);
	struct transfer *transfer = job->transfer;

	job->posted = false;
	transfer->compared = true;
	engine_poke(transfer->engine);
	if (transfer->state != TRANSFER_COMPARING)
		return;
	if (job->error == 0 && !job->mismatch) {
		model_set_checked(transfer->engine->model, transfer->id);
		transfer_follow(transfer, TARGET_KEEP);
	} else if (transfer->overwrite == OVERWRITE_NEVER) {
		if (job->error != 0)
			failure_set_errno(&transfer->failure, job->error,
			    transfer->name);
		else
			failure_set(&transfer->failure, HAUL_CAUSE_CHECKSUM,
			    "a file of that name is there and has another "
			    "digest; it was not touched");
		transfer_follow(transfer, TARGET_FAILED);
	} else {
		transfer_follow(transfer, TARGET_FETCH);
	}
}

void
finish_compare(struct transfer *transfer)
{
	struct transfer_job *job = &transfer->work;

	job->mismatch = false;
	finish_post(transfer, job, finish_compare_work, finish_compare_done);
}

/* ---- the end of a fetch ---- */

/* A repaired file must be what it was; it keeps mode and time. */
static void
finish_check_sums(struct transfer_job *job)
{
	struct partfile *part = &job->transfer->part;
	const struct blocks *have = &job->transfer->blocks;
	struct blocks want = { 0 };
	struct stat st;

	job->sums_differ = job->mismatch = !blocks_parse(&want,
	    job->wanted_sums, job->size) || want.shift != have->shift ||
	    memcmp(want.sums, have->sums, want.count *
	    sizeof *want.sums) != 0;
	blocks_release(&want);
	if (job->mismatch || !job->replace || fstatat(folder_fd(part->folder),
	    job->final_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(st.st_mode))
		return;
	/* Where that is refused its contents are right all the same. No
	 * set-user-ID bit: the sums do not hold out against forgery. */
	(void)fchmod(part->fd, st.st_mode & 0777);
	(void)futimens(part->fd, (struct timespec[]){ st.st_atim,
	    st.st_mtim });
}

static void
finish_file_work(struct disk_job *disk_job)
{
	struct transfer_job *job = finish_job(disk_job);
	struct partfile *part = &job->transfer->part;

	if (job->sync)
		job->error = partfile_sync(part);
	if (job->error == 0)
		finish_check_digests(job, part->fd, job->size);
	if (job->error == 0 && !job->mismatch && job->read_back)
		job->error = blocks_read_rest(&job->transfer->blocks,
		    part->fd, &job->transfer->engine->hurry);
	if (job->error == 0 && !job->mismatch && job->wanted_sums != NULL)
		finish_check_sums(job);
	if (job->error == 0 && !job->mismatch)
		job->error = partfile_finish(part, job->final_name,
		    job->replace);
	if (job->error == 0 && !job->mismatch && job->sync_folder)
		job->error = folder_sync(part->folder);
}

/* What came in an earlier run, twice, or with no size told was not summed on
 * its way. True: it is to be read back. */
static bool
finish_lacks_sums(struct transfer *transfer)
{
	struct blocks *blocks = &transfer->blocks;

	if (!transfer_keeps_sums(transfer) || transfer->total <= 0)
		return false;
	if (blocks->total != transfer->total)
		blocks_begin(blocks, transfer->total);
	return !blocks_is_complete(blocks);
}

static void
finish_keep_sums(struct transfer *transfer)
{
	unsigned char *sums;
	size_t size;

	if (!transfer_keeps_sums(transfer) || transfer->total <= 0)
		return;
	sums = blocks_encode(&transfer->blocks, &size);
	model_set_sums(transfer->engine->model, transfer->id, sums, size);
}

/* Something of that name appeared since it was chosen. */
static void
finish_name_taken(struct transfer *transfer)
{
	folder_note_name(transfer->folder, transfer->name);
	if (transfer->overwrite == OVERWRITE_UNIQUE &&
	    target_renumber(transfer)) {
		finish_file(transfer);
		return;
	}
	transfer->gone = true;
	transfer_close(transfer, HAUL_STATE_SKIPPED);
}

static void
finish_mismatch(struct transfer *transfer, const struct transfer_job *job)
{
	char *wanted;

	if (job->sums_differ) {
		failure_set(&transfer->failure, HAUL_CAUSE_CHANGED,
		    "what the server sends is not what was recorded; the file "
		    "was not touched");
		transfer_fail(transfer, &transfer->failure);
		return;
	}
	if (transfer->mixed) {
		/* What was kept from another URL is not of this file. */
		model_emit(transfer->engine->model, HAUL_EVENT_WARN,
		    transfer->id, HAUL_NOTE_RESTARTED, false);
		transfer->gone = true;
		transfer_close(transfer, HAUL_STATE_QUEUED);
		return;
	}
	wanted = digest_format(&transfer->digests[0]);
	failure_set(&transfer->failure, HAUL_CAUSE_CHECKSUM, NULL);
	snprintf(transfer->failure.text, sizeof transfer->failure.text,
	    "the digest is %s, wanted %s", job->found, wanted);
	free(wanted);
	/* The next attempt, at a mirror if there is one, must not find these
	 * bytes and trust them. */
	transfer->gone = true;
	retry_attempt_failed(transfer, &transfer->failure);
}

static void
finish_settle(struct transfer *transfer, const struct transfer_job *job)
{
	if (job->mismatch) {
		finish_mismatch(transfer, job);
	} else if (job->error == ECANCELED) {
		transfer_close(transfer, HAUL_STATE_QUEUED);
	} else if (job->error == EEXIST) {
		finish_name_taken(transfer);
	} else if (job->error != 0) {
		if (transfer->part.unsound)
			partfile_distrust(&transfer->part);
		failure_set_errno(&transfer->failure, job->error,
		    transfer->name);
		if (job->error == ESTALE)
			failure_set(&transfer->failure, HAUL_CAUSE_WRITE,
			    "the part file was moved or removed while it was "
			    "being fetched");
		finish_disk_failed(transfer, &transfer->failure);
	} else {
		if (transfer->digest_count > 0)
			model_set_checked(transfer->engine->model,
			    transfer->id);
		finish_keep_sums(transfer);
		transfer_close(transfer, HAUL_STATE_DONE);
	}
}

static void
finish_file_done(struct disk_job *disk_job)
{
	struct transfer_job *job = finish_job(disk_job);

	job->posted = false;
	engine_poke(job->transfer->engine);
	finish_settle(job->transfer, job);
}

void
finish_file(struct transfer *transfer)
{
	struct transfer_job *job = &transfer->work;
	enum journal_fsync fsync = (enum journal_fsync)options_number(
	    transfer->options, OPTION_FSYNC);

	transfer->state = TRANSFER_FINISHING;
	if (transfer->engine->discard) {
		transfer_close(transfer, HAUL_STATE_DONE);
		return;
	}
	free(job->final_name);
	job->final_name = alloc_string(transfer->name);
	job->replace = transfer->overwrite == OVERWRITE_ALWAYS;
	/* Otherwise what is done is synced by the journal, many at once. */
	job->sync_folder = fsync == JOURNAL_FSYNC_FILE;
	job->sync = fsync == JOURNAL_FSYNC_FILE ||
	    (fsync != JOURNAL_FSYNC_NEVER && transfer->part.recorded);
	job->size = transfer->total;
	job->mismatch = false;
	job->error = 0;
	job->read_back = finish_lacks_sums(transfer);
	job->sums_differ = false;
	job->wanted_sums = transfer_wanted_sums(transfer);
	if (!job->sync && !job->read_back && job->wanted_sums == NULL &&
	    transfer->digest_count == 0 && !transfer->save.posted) {
		job->error = partfile_finish(&transfer->part,
		    job->final_name, job->replace);
		finish_settle(transfer, job);
		return;
	}
	model_set_state(transfer->engine->model, transfer->id,
	    HAUL_STATE_VERIFYING);
	finish_post(transfer, job, finish_file_work, finish_file_done);
}
