/* SPDX-License-Identifier: MIT
 *
 * See history.h. A run's list leaves out what was fetched: one looks for what
 * was not, and why.
 */
#include "config.h"

#include "history.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/output/output.h"
#include "cmd/run/resume.h"
#include "cmd/run/run.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/text.h"
#include "present/units.h"

#define HISTORY_RUNS_MAX 10000
#define HISTORY_SHORT 20                /* on a terminal: they stay in sight */

bool
history_is_of_all(const char *text)
{
	return strcmp(text, "all") == 0;
}

bool
history_is_wanted(const struct settings *settings)
{
	return settings->texts[SETTINGS_HISTORY] != NULL ||
	    settings->texts[SETTINGS_FORGET] != NULL;
}

static int
history_fail(const struct haul_error *error)
{
	char sentence[SENTENCE_SIZE];

	if (error->result == HAUL_EBUSY) {
		fprintf(stderr, _("haul: that run is being worked on by "
		    "process %" PRId64 ".\n"), error->pid);
		return RUN_EXIT_BUSY;
	}
	sentence_complaint(sentence, sizeof sentence, "--store", error, 0);
	fprintf(stderr, "haul: %s\n", sentence);
	return error->result == HAUL_EUSAGE ? RUN_EXIT_USAGE :
	    RUN_EXIT_STORAGE;
}

/* ---- the list of runs ---- */

static const char *
history_state(const struct haul_store_run *run, char *out, size_t size)
{
	if (run->pid > 0) {
		snprintf(out, size, _("runs (process %" PRId64 ")"),
		    run->pid);
		return out;
	}
	if (run->pid < 0)
		return _("runs");
	if (run->later != 0) {
		snprintf(out, size, _("finished by run %" PRIu64),
		    run->later);
		return out;
	}
	if (run->unfinished > 0)
		return _("unfinished");
	return run->failed > 0 ? _("ended, with failures") : _("complete");
}

static void
history_print_run(const struct settings *settings,
    const struct haul_store_run *run)
{
	char done[UNITS_SIZE], failed[UNITS_SIZE], left[UNITS_SIZE];
	char when[UNITS_SIZE], bytes[UNITS_SIZE], state[64], *dir;

	units_date(when, sizeof when, run->started_ms);
	units_count(done, sizeof done, run->done + run->skipped);
	units_count(failed, sizeof failed, run->failed);
	units_count(left, sizeof left, run->unfinished);
	units_size_long(bytes, sizeof bytes, run->got_bytes,
	    settings->values[SETTINGS_SI] != 0);
	dir = output_safe_text(settings, run->directory);
	printf("%4" PRIu64 "  %-16s %7s %7s %7s %10s  %s  %s\n", run->id,
	    when, done, failed, left, bytes,
	    history_state(run, state, sizeof state), dir);
	free(dir);
}

/* What a short list leaves out. */
static void
history_tell_older(const struct haul_store_run *runs, size_t count)
{
	char older[UNITS_SIZE], open[UNITS_SIZE];
	uint64_t unfinished = 0;
	size_t i;

	for (i = 0; i < count; i++)
		unfinished += runs[i].unfinished > 0 && runs[i].later == 0;
	units_count(older, sizeof older, count);
	units_count(open, sizeof open, unfinished);
	if (unfinished > 0)
		printf(ngettext("%s older run, %s of them unfinished: "
		    "haul --history=all\n", "%s older runs, %s of them "
		    "unfinished: haul --history=all\n", count), older, open);
	else
		printf(ngettext("%s older run: haul --history=all\n",
		    "%s older runs: haul --history=all\n", count), older);
}

/* In cells, not in bytes as printf() counts. */
static void
history_print_head(const char *word, int cells, bool left)
{
	int pad = cells - text_width(word);

	if (pad < 0)
		pad = 0;
	printf("%*s%s%*s", left ? 0 : pad, "", word, left ? pad : 0, "");
}

static void
history_print_heads(void)
{
	history_print_head(_("RUN"), 4, false);
	fputs("  ", stdout);
	history_print_head(_("STARTED"), 16, true);
	history_print_head(_("DONE"), 8, false);
	history_print_head(_("FAILED"), 8, false);
	history_print_head(_("LEFT"), 8, false);
	history_print_head(_("BYTES"), 11, false);
	printf("  %s\n", _("STATE, DIRECTORY"));
}

static int
history_list(const struct settings *settings, const char *path)
{
	struct haul_store_run *runs = memory_resize(NULL, HISTORY_RUNS_MAX,
	    sizeof *runs);
	struct haul_error error = { .result = HAUL_OK };
	bool all = !isatty(STDOUT_FILENO) ||
	    history_is_of_all(settings->texts[SETTINGS_HISTORY]);
	enum haul_result result;
	size_t count, shown, i;

	result = haul_store_runs(path, false, runs, HISTORY_RUNS_MAX, &count,
	    &error);
	/* A line that says "one more" takes the room of that one. */
	shown = all || count <= HISTORY_SHORT + 1 ? count : HISTORY_SHORT;
	if (count == 0 && (result == HAUL_OK || result == HAUL_ENOENT))
		fputs(_("haul: no run is recorded.\n"), stderr);
	if (count > 0)
		history_print_heads();
	for (i = 0; i < shown; i++)
		history_print_run(settings, &runs[i]);
	if (shown < count)
		history_tell_older(&runs[shown], count - shown);
	free(runs);
	return result == HAUL_OK || result == HAUL_ENOENT ? RUN_EXIT_DONE :
	    history_fail(&error);
}

/* ---- one run ---- */

static const char *
history_word(enum haul_state state)
{
	switch (state) {
	case HAUL_STATE_FAILED:
		return _("failed");
	case HAUL_STATE_PAUSED:
		return _("paused");
	default:
		return _("left");
	}
}

static void
history_print_attempt(const struct settings *settings,
    const struct haul_attempt *attempt)
{
	char sentence[SENTENCE_SIZE], when[UNITS_SIZE];
	char bytes[UNITS_SIZE];

	units_date(when, sizeof when, attempt->time_ms);
	units_size_long(bytes, sizeof bytes, attempt->got_bytes,
	    settings->values[SETTINGS_SI] != 0);
	sentence_cause(sentence, sizeof sentence, attempt->cause,
	    attempt->http_status, attempt->message,
	    output_is_ascii(settings) ? TEXT_ASCII : 0);
	/* TRANSLATORS: its number, a day and a time; bytes; a sentence */
	printf(_("\ttry %" PRIu32 ", %s: %s; %s\n"), attempt->attempt, when,
	    bytes, sentence);
}

static void
history_print_item(const struct haul_item *item, void *user)
{
	const struct settings *settings = user;
	char sentence[SENTENCE_SIZE], *url, *redacted;
	size_t i;

	if (item->state == HAUL_STATE_DONE ||
	    item->state == HAUL_STATE_SKIPPED)
		return;
	redacted = text_redacted(item->url);
	url = output_safe_text(settings, redacted);
	*sentence = '\0';
	if (item->cause != HAUL_CAUSE_NONE)
		sentence_cause(sentence, sizeof sentence, item->cause,
		    item->http_status, item->message,
		    output_is_ascii(settings) ? TEXT_ASCII : 0);
	printf("%s\t%s%s%s\n", history_word(item->state), url,
	    *sentence != '\0' ? "\t" : "", sentence);
	for (i = 0; i < item->history_count; i++)
		history_print_attempt(settings, &item->history[i]);
	free(url);
	free(redacted);
}

static int
history_no_run(uint64_t run)
{
	char *sentence = resume_no_run(run);

	fprintf(stderr, "haul: %s\n", sentence);
	free(sentence);
	return RUN_EXIT_USAGE;
}

static int
history_show(const struct settings *settings, const char *path, uint64_t run)
{
	struct haul_error error = { .result = HAUL_OK };
	enum haul_result result = haul_store_items(path, run,
	    history_print_item, (void *)settings, &error);

	if (result == HAUL_ENOENT)
		return history_no_run(run);
	return result == HAUL_OK ? RUN_EXIT_DONE : history_fail(&error);
}

static int
history_forget(const char *path, uint64_t run)
{
	struct haul_error error = { .result = HAUL_OK };
	enum haul_result result = haul_store_forget(path, run, &error);

	if (result == HAUL_ENOENT)
		return history_no_run(run);
	return result == HAUL_OK ? RUN_EXIT_DONE : history_fail(&error);
}

int
history_command(const struct settings *settings)
{
	const char *forget = settings->texts[SETTINGS_FORGET];
	char *path = resume_store(settings);
	uint64_t run;
	int status;

	if (path == NULL) {
		fputs(_("haul: there is no place for a store; name one by "
		    "--store.\n"), stderr);
		return RUN_EXIT_USAGE;
	}
	/* Read before: it is a number, or "" or "all" for the list. */
	(void)resume_read_run(forget != NULL ? forget :
	    settings->texts[SETTINGS_HISTORY], &run);
	if (forget != NULL)
		status = history_forget(path, run);
	else if (run == 0)
		status = history_list(settings, path);
	else
		status = history_show(settings, path, run);
	free(path);
	return status;
}
