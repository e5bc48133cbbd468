/* SPDX-License-Identifier: MIT
 *
 * See check.h. What counts is what the disk has: pages in memory are dropped
 * before they are read, as far as they are not in use, and what was read is
 * dropped again, for others' files are better use of memory.
 */
#include "config.h"

#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "engine/base/crc32c.h"

#define CHECK_PIECE (256 * 1024)
#define CHECK_DROP (16 * 1024 * 1024)   /* read, then dropped */
#define CHECK_SLACK_MS 2000             /* between clocks of file systems and
                                           ours */

struct check {
	const struct check_file *file;
	struct check_result *result;
	atomic_int_least64_t *read;
	const atomic_bool *cancel;
	struct blocks blocks;
	struct digest_sum *sum;         /* or NULL */
	char *piece;
	int fd;
	int64_t at, dropped;
};

static void
check_drop(struct check *check)
{
	if (check->at - check->dropped < CHECK_DROP)
		return;
	(void)posix_fadvise(check->fd, check->dropped, check->at -
	    check->dropped, POSIX_FADV_DONTNEED);
	check->dropped = check->at;
}

/* Reads up to `end`, which may be beyond the file's, and sums. 0 or an
 * errno. */
static int
check_read(struct check *check, int64_t end, uint32_t *sum)
{
	size_t ask;
	ssize_t n;

	*sum = 0;
	while (check->at < end) {
		if (atomic_load(check->cancel))
			return ECANCELED;
		ask = end - check->at < CHECK_PIECE ?
		    (size_t)(end - check->at) : CHECK_PIECE;
		n = pread(check->fd, check->piece, ask, (off_t)check->at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : 0;
		if (check->blocks.count > 0)
			*sum = crc32c_add(*sum, check->piece, (size_t)n);
		if (check->sum != NULL)
			digest_sum_add(check->sum, check->piece, (size_t)n);
		check->at += n;
		atomic_fetch_add(check->read, n);
		check_drop(check);
	}
	return 0;
}

static int
check_blocks(struct check *check)
{
	struct blocks *blocks = &check->blocks;
	struct haul_range range;
	uint32_t sum;
	int error;
	size_t i;

	for (i = 0; i < blocks->count; i++) {
		range = blocks_range(blocks, i);
		error = check_read(check, range.end, &sum);
		/* A disk that cannot read a block has lost it. */
		if (error != 0 && error != EIO)
			return error;
		if (error != 0 || check->at < range.end ||
		    sum != blocks->sums[i])
			ranges_add(&check->result->bad, range.start,
			    range.end);
		check->at = range.end;
	}
	return 0;
}

static int
check_digest(struct check *check)
{
	struct digest found;
	uint32_t sum;
	int error = 0;

	if (check->blocks.count == 0)
		error = check_read(check, check->file->size, &sum);
	if (check->sum == NULL || error != 0)
		return error;
	error = digest_sum_end(check->sum, &found);
	check->sum = NULL;
	if (error == 0)
		check->result->digest_differs = !digest_equal(&found,
		    check->file->digest);
	return error;
}

/* Whether it was written last while it was fetched. */
static bool
check_is_untouched(const struct check_file *file, const struct stat *st)
{
	int64_t ms = st->st_mtim.tv_sec * INT64_C(1000) +
	    st->st_mtim.tv_nsec / 1000000;

	return ms >= file->started_ms - CHECK_SLACK_MS &&
	    ms <= file->ended_ms + CHECK_SLACK_MS;
}

static void
check_judge(struct check *check, const struct stat *st)
{
	const struct check_file *file = check->file;
	struct check_result *result = check->result;

	if (result->bad.count == 0 && !result->digest_differs &&
	    (file->size < 0 || file->size == st->st_size))
		result->check = check->blocks.count > 0 || file->digest ||
		    file->size == 0 ? HAUL_CHECK_GOOD : HAUL_CHECK_UNKNOWN;
	else
		result->check = check_is_untouched(file, st) ?
		    HAUL_CHECK_BAD : HAUL_CHECK_CHANGED;
}

static int
check_contents(struct check *check)
{
	const struct check_file *file = check->file;
	int error = 0;

	(void)posix_fadvise(check->fd, 0, 0, POSIX_FADV_DONTNEED);
	(void)posix_fadvise(check->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	(void)blocks_decode(&check->blocks, file->sums, file->sums_size,
	    file->size);
	if (file->digest != NULL)
		check->sum = digest_sum_begin(file->digest->name);
	if (check->blocks.count == 0 && check->sum == NULL)
		return 0;
	check->piece = alloc_array(CHECK_PIECE, 1);
	error = check_blocks(check);
	return error != 0 ? error : check_digest(check);
}

static int
check_open(struct check *check, struct stat *st)
{
	check->fd = open(check->file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY |
	    O_NONBLOCK);
	if (check->fd < 0 || fstat(check->fd, st) < 0)
		return errno;
	if (!S_ISREG(st->st_mode))
		return S_ISDIR(st->st_mode) ? EISDIR : EINVAL;
	check->result->size = st->st_size;
	return 0;
}

bool
check_run(const struct check_file *file, struct check_result *result,
    atomic_int_least64_t *read, const atomic_bool *cancel)
{
	struct check check = { .file = file, .result = result, .read = read,
	    .cancel = cancel, .fd = -1 };
	struct stat st;
	int error;

	memset(result, 0, sizeof *result);
	result->size = -1;
	error = check_open(&check, &st);
	if (error == 0)
		error = check_contents(&check);
	if (error == 0)
		check_judge(&check, &st);
	else if (error == ENOENT || error == ENOTDIR)
		result->check = HAUL_CHECK_MISSING;
	else
		result->check = HAUL_CHECK_UNREADABLE;
	result->error = error;
	if (check.fd >= 0)
		close(check.fd);
	digest_sum_free(check.sum);
	blocks_release(&check.blocks);
	free(check.piece);
	if (error == ECANCELED)
		ranges_release(&result->bad);
	return error != ECANCELED;
}
