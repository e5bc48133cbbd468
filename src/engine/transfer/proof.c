/* SPDX-License-Identifier: MIT
 *
 * See proof.h. Two kinds of comparison: a request that goes on with kept
 * bytes begins PROOF_BYTES before their end and is compared as it comes, so
 * that each answer brings its own proof, even if no two have the same ETag.
 * And requests of their own (STREAM_PROOF), for the beginning of each kept
 * range, and for an ETag that a further connection met where nothing is
 * before it. FTP's requests compare what they go on with in any case.
 */
#include "config.h"

#include "proof.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/engine.h"
#include "finish.h"

#define PROOF_BYTES (64 * 1024)
#define PROOF_HEADS 16                  /* ranges whose beginning is compared */
#define PROOF_TRIES 8                   /* requests to meet one ETag again */

static void
proof_forget(struct transfer *transfer)
{
	free(transfer->proof.etag);
	transfer->proof.etag = NULL;
}

static bool
proof_same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

bool
proof_may_help(const struct transfer *transfer,
    const struct response *response, int64_t total)
{
	return total > 0 && total == transfer->total && !transfer->moved &&
	    !response->encoded && !transfer->engine->discard &&
	    (proof_same(transfer->last_modified, response->last_modified) ||
	    (response->etag == NULL && response->last_modified == NULL));
}

bool
proof_knows(const struct transfer *transfer, const char *etag)
{
	size_t i;

	for (i = 0; i < transfer->proof.count; i++)
		if (proof_same(transfer->proof.twins[i], etag))
			return true;
	return false;
}

/* Only ranges that are long enough to be compared stay: the others are
 * fetched again. */
static void
proof_prune(struct transfer *transfer)
{
	struct ranges *here = &transfer->here, kept;
	int64_t before = ranges_bytes(here);
	size_t i;

	ranges_init(&kept);
	for (i = 0; i < here->count; i++)
		if (here->list[i].end - here->list[i].start >= PROOF_BYTES)
			ranges_add(&kept, here->list[i].start,
			    here->list[i].end);
	ranges_release(here);
	*here = kept;
	model_count_bytes(transfer->engine->model, transfer->item, 0,
	    ranges_bytes(here) - before);
}

bool
proof_begin(struct transfer *transfer)
{
	if (transfer->proof.wary)
		return false;
	proof_prune(transfer);
	/* A gap at the very beginning has nothing before it to compare. */
	if (transfer->here.count == 0 || transfer->here.list[0].start != 0)
		return false;
	transfer->proof.wary = true;
	transfer->proof.heads = 0;
	return true;
}

void
proof_wonder(struct transfer *transfer, const char *etag)
{
	transfer->proof.wary = true;
	transfer->proof.heads = PROOF_HEADS;
	if (transfer->proof.etag != NULL)
		return;
	if (etag == NULL) {
		transfer->splittable = false;   /* nothing to know it by */
		return;
	}
	transfer->proof.etag = alloc_string(etag);
	transfer->proof.tries = 0;
}

int64_t
proof_overlap(const struct transfer *transfer, enum stream_role role,
    const struct part *part, bool http)
{
	int64_t bytes = PROOF_BYTES;

	if (role == STREAM_PROOF)
		return PROOF_BYTES;
	/* FTP has but a date, and servers that say yes to REST and begin at
	 * the first byte: there what is gone on with is always compared. */
	if (role == STREAM_LOOK || (http && !transfer->proof.wary))
		return 0;
	if (part->start < bytes)
		bytes = http ? 0 : part->start;
	return bytes > 0 && ranges_cover(&transfer->here, part->start - bytes,
	    part->start) ? bytes : 0;
}

bool
proof_is_pending(const struct transfer *transfer)
{
	return transfer->proof.etag != NULL;
}

static bool
proof_runs(const struct transfer *transfer)
{
	const struct stream *stream;

	for (stream = transfer->streams; stream; stream = stream->next)
		if (stream->role == STREAM_PROOF)
			return true;
	return false;
}

/* The end of what is here first, also by running streams. */
static bool
proof_place(const struct transfer *transfer, struct part *part)
{
	struct ranges all;
	int64_t end = 0;
	size_t i;

	ranges_init(&all);
	finish_collect_ranges(transfer, &all);
	for (i = 0; i < all.count && end == 0; i++)
		if (all.list[i].end - all.list[i].start >= PROOF_BYTES)
			end = all.list[i].end;
	ranges_release(&all);
	part->start = part->pos = part->end = end;
	return end > 0;
}

bool
proof_next(struct transfer *transfer, struct part *part)
{
	size_t head = transfer->proof.heads;

	if (!transfer->proof.wary || proof_runs(transfer))
		return false;
	if (head < PROOF_HEADS && head < transfer->here.count) {
		part->start = part->pos = part->end =
		    transfer->here.list[head].start + PROOF_BYTES;
		return true;
	}
	transfer->proof.heads = PROOF_HEADS;
	if (transfer->proof.etag == NULL || transfer->stream_count == 0 ||
	    !proof_place(transfer, part))
		return false;
	if (transfer->proof.tries++ < PROOF_TRIES)
		return true;
	/* That server does not answer again: without it, then. */
	transfer->splittable = false;
	proof_forget(transfer);
	return false;
}

static void
proof_accept(struct transfer *transfer, const char *etag)
{
	if (proof_same(etag, transfer->etag) || proof_knows(transfer, etag))
		return;
	if (etag != NULL && transfer->proof.count < TRANSFER_TWINS)
		transfer->proof.twins[transfer->proof.count++] =
		    alloc_string(etag);
	if (transfer->proof.told)
		return;
	transfer->proof.told = true;
	model_emit(transfer->engine->model, HAUL_EVENT_WARN, transfer->id,
	    HAUL_NOTE_OTHER_ETAG, false);
}

void
proof_done(struct transfer *transfer, const struct stream *stream)
{
	if (transfer->proof.heads < PROOF_HEADS) {
		/* The beginning alone proves little: where it is gone on is
		 * compared as well. */
		transfer->proof.heads++;
		return;
	}
	proof_accept(transfer, stream->response.etag);
	if (proof_knows(transfer, transfer->proof.etag))
		proof_forget(transfer);
}

bool
proof_compare(struct stream *stream, const char *bytes, size_t length,
    int64_t position)
{
	struct haul_range *left = &stream->compare;
	char there[16 * 1024];
	size_t take;

	if (position < left->start) {
		int64_t before = left->start - position;

		if (before >= (int64_t)length)
			return true;
		bytes += before;
		length -= (size_t)before;
	}
	if ((int64_t)length > left->end - left->start)
		length = (size_t)(left->end - left->start);
	for (; length > 0; length -= take) {
		take = length < sizeof there ? length : sizeof there;
		if (partfile_read(&stream->transfer->part, there, take,
		    left->start) != 0 || memcmp(there, bytes, take) != 0)
			return false;
		bytes += take;
		left->start += (int64_t)take;
	}
	if (left->start == left->end && stream->role != STREAM_PROOF &&
	    stream->transfer->proof.wary)
		proof_accept(stream->transfer, stream->response.etag);
	return true;
}

void
proof_release(struct transfer *transfer)
{
	while (transfer->proof.count > 0)
		free(transfer->proof.twins[--transfer->proof.count]);
	proof_forget(transfer);
}
