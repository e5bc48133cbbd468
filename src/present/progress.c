/* SPDX-License-Identifier: MIT
 *
 * A file's size is known when its first answer has come, so that of a long
 * queue most sizes are not. The time left then supposes that the rest are as
 * large as those begun, which is nearer the truth than to leave them out.
 */
#include "config.h"

#include "progress.h"

#include "units.h"

static int64_t
progress_rest_bytes(const struct haul_totals *totals)
{
	uint64_t begun = totals->done + totals->skipped + totals->active +
	    totals->waiting;
	double rest = (double)(totals->size_bytes - totals->got_bytes);

	if (!totals->size_is_lower_bound)
		return totals->size_bytes - totals->got_bytes;
	if (begun == 0 || totals->size_bytes <= 0)
		return -1;
	if (rest < 0)
		rest = 0;       /* bytes of files whose size is not known */
	/* All that is known is here: what runs may end in a day. */
	if (rest <= 0 && totals->queued == 0 &&
	    totals->active + totals->waiting > 0)
		return -1;
	rest += (double)totals->size_bytes / (double)begun *
	    (double)totals->queued;
	return rest > 9e18 ? INT64_MAX : (int64_t)rest;
}

static void
progress_count(struct progress *progress, const struct haul_totals *totals)
{
	uint64_t here = totals->done + totals->skipped;

	progress->of_files = totals->size_is_lower_bound ||
	    totals->size_bytes <= 0;
	progress->got = progress->of_files ? (int64_t)here :
	    totals->got_bytes;
	progress->whole = progress->of_files ? (int64_t)totals->files :
	    totals->size_bytes;
	if (progress->got > progress->whole)
		progress->got = progress->whole;
	progress->percent = progress->whole > 0 ?
	    units_percent(progress->got, progress->whole) : 0;
	if (progress->percent == 100 && here < totals->files)
		progress->percent = 99;
}

/* Nobody knows how many bytes of the failed ones are missing; their share of
 * the files is near enough for a bar. */
static void
progress_lose(struct progress *progress, const struct haul_totals *totals)
{
	int64_t rest = progress->whole - progress->got;

	progress->lost = totals->files == 0 ? 0 :
	    (int64_t)((__int128)progress->whole * totals->failed /
	    totals->files);
	if (progress->lost == 0 && totals->failed > 0)
		progress->lost = 1;
	if (progress->lost > rest)
		progress->lost = rest;
}

void
progress_of_totals(struct progress *progress, const struct haul_totals *totals)
{
	int64_t rest = progress_rest_bytes(totals);

	progress_count(progress, totals);
	progress_lose(progress, totals);
	progress->rest_ms = rest < 0 ? -1 : units_rest_ms(0, rest,
	    totals->speed_bps);
	/* All is here when the last one is. */
	if (progress->rest_ms >= 0 &&
	    progress->rest_ms < totals->longest_rest_ms)
		progress->rest_ms = totals->longest_rest_ms;
	/* What failed has its size in the sum, though it will not come. */
	progress->rest_is_guess = totals->size_is_lower_bound ||
	    totals->failed > 0;
}
