/* SPDX-License-Identifier: MIT
 *
 * The summary. Failures are looked up one by one by their ids: the engine's
 * list of results would copy all that went well too. Those that a stop ended
 * are not failures but the rest of the work.
 */
#include "config.h"

#include "summary-internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/text.h"
#include "present/units.h"

#define SUMMARY_GROUP_FROM 10   /* failures, from which on they are counted
                                   by kind first */

bool
summary_is_cancelled(const struct haul_item *item)
{
	return item->cause == HAUL_CAUSE_CANCELLED;
}

/* Whether it is true of all of them, and there are any. */
static bool
summary_holds(struct haul *haul, const haul_id *failed, size_t count,
    bool (*is)(const struct haul_item *))
{
	struct haul_item *item;
	bool holds = count > 0;
	size_t i;

	for (i = 0; i < count && holds; i++) {
		item = haul_item(haul, failed[i]);
		holds = item != NULL && is(item);
		haul_item_free(item);
	}
	return holds;
}

static bool
summary_item_is_held(const struct haul_item *item)
{
	return item->sys_errno == EWOULDBLOCK &&
	    item->cause == HAUL_CAUSE_NAME_CONFLICT;
}

static bool
summary_item_is_storage(const struct haul_item *item)
{
	return item->cause == HAUL_CAUSE_DISK_FULL ||
	    item->cause == HAUL_CAUSE_DISK_PERM ||
	    item->cause == HAUL_CAUSE_WRITE;
}

bool
summary_is_held(struct haul *haul, const haul_id *failed, size_t count)
{
	return summary_holds(haul, failed, count, summary_item_is_held);
}

bool
summary_is_storage(struct haul *haul, const haul_id *failed, size_t count)
{
	return summary_holds(haul, failed, count, summary_item_is_storage);
}

/* ---- groups ---- */

static void
summary_count(struct summary_group *groups, size_t *group_count,
    const struct haul_item *item)
{
	int status = item->cause == HAUL_CAUSE_HTTP ? item->http_status : 0;
	const char *advice = sentence_item_advice(item);
	size_t i;

	for (i = 0; i < *group_count; i++)
		if (groups[i].cause == item->cause &&
		    groups[i].http_status == status)
			break;
	if (i == SUMMARY_GROUPS_MAX)
		i--;    /* an invention of the server; it counts as the last */
	if (i == *group_count) {
		groups[i].cause = item->cause;
		groups[i].http_status = status;
		groups[i].count = 0;
		groups[i].advice = advice;
		(*group_count)++;
	}
	groups[i].count++;
	/* Of several kinds, what holds for all of them. */
	if (groups[i].advice != advice)
		groups[i].advice = sentence_advice(groups[i].cause,
		    groups[i].http_status);
}

static int
summary_compare(const void *a, const void *b)
{
	const struct summary_group *left = a, *right = b;

	return left->count < right->count ? 1 : left->count > right->count ?
	    -1 : 0;
}

size_t
summary_group(const struct summary *summary, struct summary_group *groups)
{
	struct haul_item *item;
	size_t i, group_count = 0;

	for (i = 0; i < summary->failed_count; i++) {
		item = haul_item(summary->context->haul, summary->failed[i]);
		if (item != NULL && !summary_is_cancelled(item))
			summary_count(groups, &group_count, item);
		haul_item_free(item);
	}
	qsort(groups, group_count, sizeof *groups, summary_compare);
	return group_count;
}

static void
summary_print_group(const struct summary *summary, const char *lead,
    const struct summary_group *group)
{
	char text[2 * SENTENCE_SIZE];

	sentence_help(text, sizeof text, group->cause, group->http_status,
	    group->advice);
	output_print(summary->context->err, "%s%s\n", lead, text);
}

static void
summary_print_groups(const struct summary *summary,
    const struct summary_group *groups, size_t group_count)
{
	char lead[UNITS_SIZE + 8], count[UNITS_SIZE];
	size_t i;

	for (i = 0; i < group_count; i++) {
		units_count(count, sizeof count, groups[i].count);
		snprintf(lead, sizeof lead, "  %6s  ", count);
		summary_print_group(summary, lead, &groups[i]);
	}
}

/* What helps where trying again does not, and how many of the failures
 * trying again can help. */
static uint64_t
summary_print_advice(const struct summary *summary,
    const struct summary_group *groups, size_t group_count, bool told)
{
	uint64_t count = 0;
	size_t i;

	for (i = 0; i < group_count; i++) {
		if (haul_cause_can_retry(groups[i].cause,
		    groups[i].http_status))
			count += groups[i].count;
		else if (!told)
			summary_print_group(summary, "haul: ", &groups[i]);
	}
	return count;
}

/* ---- lines ---- */

static void
summary_print_failure(const struct output_context *context,
    const struct haul_item *item)
{
	char *redacted = text_redacted(item->url);
	char *shown = output_safe_text(context->settings, redacted);
	char sentence[SENTENCE_SIZE];

	sentence_cause(sentence, sizeof sentence, item->cause,
	    item->http_status, item->message, context->flags);
	output_print(context->err, "%s\t%s\n", shown, sentence);
	free(redacted);
	free(shown);
}

void
summary_tell_failure(const struct output_context *context, haul_id id)
{
	struct haul_item *item = haul_item(context->haul, id);

	if (item != NULL && !summary_is_cancelled(item))
		summary_print_failure(context, item);
	haul_item_free(item);
}

static void
summary_print_failures(const struct summary *summary)
{
	size_t i;

	for (i = 0; i < summary->failed_count; i++)
		summary_tell_failure(summary->context, summary->failed[i]);
}

void
summary_print_counts(const struct summary *summary,
    const struct haul_totals *totals, const char *link)
{
	bool si = summary->context->settings->values[SETTINGS_SI] != 0;
	struct writer *err = summary->context->err;
	char files[UNITS_SIZE], bytes[UNITS_SIZE], taken[UNITS_SIZE];
	char rate[UNITS_SIZE], skipped[UNITS_SIZE];
	int64_t ms = totals->elapsed_ms > 0 ? totals->elapsed_ms : 1;
	char *line;

	units_count(files, sizeof files, totals->done);
	units_count(skipped, sizeof skipped, totals->skipped);
	units_size_long(bytes, sizeof bytes, totals->fetched_bytes, si);
	units_taken(taken, sizeof taken, ms);
	units_rate_long(rate, sizeof rate, (int64_t)
	    ((double)totals->fetched_bytes * 1000 / (double)ms), si);
	line = memory_format(ngettext("haul: %s file fetched, %s in %s (%s)\n",
	    "haul: %s files fetched, %s in %s (%s)\n", totals->done), files,
	    bytes, taken, rate);
	if (link != NULL)
		output_print(err, LINK_OPEN "%.*s" LINK_CLOSE "\n", link,
		    (int)strcspn(line, "\n"), line);
	else
		output_print(err, "%s", line);
	free(line);
	if (totals->skipped > 0)
		output_print(err, ngettext("haul: %s file was already there\n",
		    "haul: %s files were already there\n", totals->skipped),
		    skipped);
}

/* A word of a command line, quoted if a shell would see more in it. */
static char *
summary_quote(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,.@%/";
	size_t length = strlen(word), used = 0;
	char *quoted;

	if (*word != '\0' && strspn(word, plain) == length)
		return memory_string(word);
	quoted = memory_resize(NULL, 4 * length + 3, 1);
	quoted[used++] = '\'';
	for (; *word != '\0'; word++) {
		if (*word == '\'') {
			memcpy(quoted + used, "'\\'", 3);
			used += 3;
		}
		quoted[used++] = *word;
	}
	quoted[used++] = '\'';
	quoted[used] = '\0';
	return quoted;
}

void
summary_print_command(const struct summary *summary, const char *lead,
    const char *options)
{
	const char *store =
	    summary->context->settings->texts[SETTINGS_STORE];
	char *quoted = store != NULL ? summary_quote(store) : NULL;
	size_t room = quoted != NULL ? TEXT_ROOM(strlen(quoted)) + 1 : 1;
	char *shown = memory_resize(NULL, room, 1);

	*shown = '\0';
	if (quoted != NULL)
		text_safe(shown, room, quoted, strlen(quoted), -1,
		    summary->context->flags);
	output_print(summary->context->err, "%s haul %s%s%s\n", lead,
	    options, quoted != NULL ? " --store=" : "", shown);
	free(shown);
	free(quoted);
}

static void
summary_print_retry(const struct summary *summary, uint64_t temporary,
    uint64_t failed)
{
	char count[UNITS_SIZE];

	if (temporary == 0)
		return;
	units_count(count, sizeof count, temporary);
	if (temporary < failed)
		output_print(summary->context->err, ngettext("haul: for %s of "
		    "them it may help to try again; what arrived is kept.\n",
		    "haul: for %s of them it may help to try again; what "
		    "arrived is kept.\n", temporary), count);
	summary_print_command(summary, _("Retry: "), "--retry-failed");
}

static void
summary_print_again(const struct summary *summary, uint64_t temporary,
    uint64_t failed)
{
	struct writer *err = summary->context->err;
	char count[UNITS_SIZE];

	units_count(count, sizeof count, temporary);
	if (haul_store_records(summary->context->haul))
		summary_print_retry(summary, temporary, failed);
	else if (temporary == failed)
		output_print(err, "%s\n", _("haul: run the same command again "
		    "to try the rest once more; what arrived is kept."));
	else if (temporary > 0)
		output_print(err, ngettext("haul: for %s of them it may help "
		    "to run the same command again; what arrived is kept.\n",
		    "haul: for %s of them it may help to run the same command "
		    "again; what arrived is kept.\n", temporary), count);
}

static void
summary_print_failed(const struct summary *summary, uint64_t failed)
{
	struct summary_group groups[SUMMARY_GROUPS_MAX];
	struct writer *err = summary->context->err;
	size_t group_count = summary_group(summary, groups);
	char count[UNITS_SIZE];
	bool many = failed > SUMMARY_GROUP_FROM;
	uint64_t temporary;

	units_count(count, sizeof count, failed);
	output_print(err, ngettext("haul: %s file failed:\n",
	    "haul: %s files failed:\n", failed), count);
	if (many)
		summary_print_groups(summary, groups, group_count);
	summary_print_failures(summary);
	temporary = summary_print_advice(summary, groups, group_count, many);
	if (summary->end->reason == OUTPUT_COMPLETE ||
	    summary->end->reason == OUTPUT_FAILED ||
	    summary->end->reason == OUTPUT_STORAGE)
		summary_print_again(summary, temporary, failed);
}

/* What a stop has left undone. */
static void
summary_print_left(const struct summary *summary, uint64_t left)
{
	struct writer *err = summary->context->err;
	struct haul_totals totals;
	char count[UNITS_SIZE];

	units_count(count, sizeof count, left);
	switch (summary->end->reason) {
	case OUTPUT_TOO_MANY:
		output_print(err, "%s\n", _("haul: stopped: too many files "
		    "failed (--max-failures)."));
		if (left == 0)
			return;
		break;
	case OUTPUT_STOPPED:
	case OUTPUT_SIGNAL:
		break;
	case OUTPUT_COMPLETE:
	case OUTPUT_FAILED:
	case OUTPUT_STORAGE:
		return;
	}
	haul_totals(summary->context->haul, &totals);
	if (left == 0) {
		output_print(err, "%s\n", _("haul: stopped."));
	} else if (left == totals.paused) {
		output_print(err, ngettext("haul: %s paused file is left: "
		    "resume it in the full screen.\n", "haul: %s paused files "
		    "are left: resume them in the full screen.\n", left),
		    count);
	} else if (haul_store_records(summary->context->haul) &&
	    summary->past == NULL) {
		output_print(err, ngettext("haul: stopped; %s file is left.\n",
		    "haul: stopped; %s files are left.\n", left), count);
		summary_print_command(summary, _("Resume:"), "--resume");
	} else {
		output_print(err, ngettext("haul: stopped; %s file is left. "
		    "Run the same command again to go on.\n", "haul: stopped; "
		    "%s files are left. Run the same command again to go "
		    "on.\n", left), count);
	}
}

/* Of all engines. */
static void
summary_print_forever(const struct summary *summary)
{
	const struct haul_totals *past = summary->past;
	struct haul_totals totals;

	haul_totals(summary->context->haul, &totals);
	totals.done += past->done;
	totals.skipped += past->skipped;
	totals.fetched_bytes += past->fetched_bytes;
	totals.elapsed_ms += past->elapsed_ms;
	if (!summary->brief)
		summary_print_counts(summary, &totals, NULL);
	summary_print_left(summary, totals.queued + totals.active +
	    totals.waiting + totals.paused);
}

void
summary_print(const struct summary *summary)
{
	struct haul_totals totals;

	if (summary->past != NULL) {
		summary_print_forever(summary);
		return;
	}
	if (summary->columns > 0) {
		summary_print_person(summary);
		return;
	}
	haul_totals(summary->context->haul, &totals);
	if (!summary->brief)
		summary_print_counts(summary, &totals, NULL);
	if (!summary->brief && totals.failed > 0)
		summary_print_failed(summary, totals.failed);
	else
		summary_print_failures(summary);
	summary_print_left(summary, totals.files - totals.done -
	    totals.skipped - totals.failed);
}
