/* SPDX-License-Identifier: MIT
 *
 * See verify.h. Lines are data and go to stdout, progress and the sum of it
 * all to stderr. An interrupt needs no care: nothing is written.
 */
#include "config.h"

#include "verify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/output/json.h"
#include "cmd/output/output.h"
#include "cmd/run/resume.h"
#include "cmd/run/run.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/units.h"

#define VERIFY_RANGES 4                 /* told in a line */

struct verify {
	const struct settings *settings;
	uint64_t counts[HAUL_CHECK_COUNT];
	uint64_t skipped;               /* by the run, and not checked */
	int64_t read_bytes, seq;
	int percent;                    /* on the terminal; -1: nothing is */
	bool json, progress;
};

bool
verify_is_wanted(const struct settings *settings)
{
	return settings->texts[SETTINGS_VERIFY] != NULL;
}

/* ---- words ---- */

static const char *
verify_word(enum haul_check check)
{
	switch (check) {
	case HAUL_CHECK_GOOD:
		return _("good");
	case HAUL_CHECK_BAD:
		return _("bad");
	case HAUL_CHECK_CHANGED:
		return _("changed");
	case HAUL_CHECK_MISSING:
		return _("missing");
	case HAUL_CHECK_UNREADABLE:
		return _("unreadable");
	default:
		return _("unknown");
	}
}

/* A further field of a file's line. */
static void __attribute__((format(printf, 1, 2)))
verify_say(const char *format, ...)
{
	va_list values;

	putchar('\t');
	va_start(values, format);
	vprintf(format, values);
	va_end(values);
}

static void
verify_print_sizes(const struct haul_checked *checked)
{
	char found[UNITS_SIZE], fetched[UNITS_SIZE];

	if (checked->size_bytes < 0 || checked->found_bytes < 0 ||
	    checked->size_bytes == checked->found_bytes)
		return;
	units_count(found, sizeof found, (uint64_t)checked->found_bytes);
	units_count(fetched, sizeof fetched, (uint64_t)checked->size_bytes);
	/* TRANSLATORS: bytes of a file that is checked: now, and then. */
	verify_say(_("it has %s bytes, %s were fetched"), found, fetched);
}

static void
verify_print_ranges(const struct haul_checked *checked)
{
	size_t i, used = 0, more = checked->bad_count > VERIFY_RANGES ?
	    checked->bad_count - VERIFY_RANGES : 0;
	char ranges[VERIFY_RANGES * 48] = "", number[UNITS_SIZE];

	for (i = 0; i < checked->bad_count && i < VERIFY_RANGES; i++)
		used += (size_t)snprintf(ranges + used, sizeof ranges - used,
		    "%s%" PRId64 "-%" PRId64, i == 0 ? "" : ", ",
		    checked->bad[i].start, checked->bad[i].end);
	units_count(number, sizeof number, more);
	if (more > 0)
		/* TRANSLATORS: "differs at 0-1048576, 3145728-4194304 and 3
		 * more": ranges of bytes, how many further ones. */
		verify_say(ngettext("differs at %s and %s more",
		    "differs at %s and %s more", more), ranges, number);
	else if (checked->bad_count > 0)
		/* TRANSLATORS: "differs at 0-1048576": ranges of bytes. */
		verify_say(_("differs at %s"), ranges);
	else if (checked->digest_differs)
		verify_say("%s", _("its digest is not the one that was "
		    "given"));
}

static void
verify_print_reason(const struct haul_checked *checked)
{
	switch (checked->check) {
	case HAUL_CHECK_UNKNOWN:
		verify_say("%s", checked->url != NULL ?
		    _("no sums were kept of it") :
		    _("there is no record of it"));
		break;
	case HAUL_CHECK_UNREADABLE:
		verify_say("%s", strerror(checked->sys_errno));
		break;
	case HAUL_CHECK_CHANGED:
		verify_say("%s", _("written to since it was fetched"));
		break;
	default:
		break;
	}
}

static void
verify_print(struct verify *verify, const struct haul_checked *checked)
{
	char *path = output_safe_text(verify->settings, checked->path);

	printf("%s\t%s", verify_word(checked->check), path);
	free(path);
	verify_print_reason(checked);
	verify_print_sizes(checked);
	verify_print_ranges(checked);
	putchar('\n');
}

/* ---- while it goes on ---- */

static void
verify_wipe(struct verify *verify)
{
	if (verify->percent < 0)
		return;
	fputs("\r\033[K", stderr);
	verify->percent = -1;
}

static void
verify_told(const struct haul_checked *checked, void *user)
{
	struct verify *verify = user;
	char *line;
	size_t length;

	verify->counts[checked->check]++;
	if (verify->json) {
		line = json_check_line(verify->seq++, checked, &length);
		if (line != NULL)
			fwrite(line, 1, length, stdout);
		free(line);
	} else if (checked->check != HAUL_CHECK_GOOD ||
	    verify->settings->values[SETTINGS_VERBOSE] != 0) {
		verify_wipe(verify);
		verify_print(verify, checked);
	}
}

static bool
verify_tick(int64_t read_bytes, int64_t all_bytes, void *user)
{
	struct verify *verify = user;
	int percent = units_percent(read_bytes, all_bytes);

	verify->read_bytes = read_bytes;
	if (fflush(stdout) != 0 && errno == EPIPE)
		clearerr(stdout);       /* it has had enough: no failure */
	if (!verify->progress || percent == verify->percent || percent < 0)
		return true;
	fputs("\r\033[K", stderr);
	fprintf(stderr, _("checking: %d%%"), percent);
	verify->percent = percent;
	return true;
}

/* ---- the end ---- */

/* How many of a kind, as part of a list. */
static void
verify_count(enum haul_check check, uint64_t count, char *out, size_t size)
{
	char number[UNITS_SIZE];

	units_count(number, sizeof number, count);
	switch (check) {
	case HAUL_CHECK_GOOD:
		snprintf(out, size, ngettext("%s good", "%s good", count),
		    number);
		return;
	case HAUL_CHECK_BAD:
		snprintf(out, size, ngettext("%s bad", "%s bad",
		    count), number);
		return;
	case HAUL_CHECK_CHANGED:
		snprintf(out, size, ngettext("%s changed", "%s changed",
		    count), number);
		return;
	case HAUL_CHECK_MISSING:
		snprintf(out, size, ngettext("%s missing", "%s missing",
		    count), number);
		return;
	case HAUL_CHECK_UNREADABLE:
		snprintf(out, size, ngettext("%s unreadable", "%s unreadable",
		    count), number);
		return;
	default:
		snprintf(out, size, ngettext("%s unknown", "%s unknown",
		    count), number);
	}
}

/* A run of five hundred files that fetched the twelve that were missing would
 * otherwise seem to have had no more. */
static void
verify_tell_skipped(const struct verify *verify)
{
	char count[UNITS_SIZE];

	if (verify->skipped == 0)
		return;
	units_count(count, sizeof count, verify->skipped);
	fprintf(stderr, ngettext("haul: %s more file was there already when "
	    "that run began, and was not checked: --verify FILE... does.\n",
	    "haul: %s more files were there already when that run began, and "
	    "were not checked: --verify FILE... does.\n", verify->skipped),
	    count);
}

static void
verify_sum_up(struct verify *verify)
{
	char bytes[UNITS_SIZE], text[SENTENCE_SIZE] = "", one[64], *line;
	size_t length;
	int check;

	if (verify->json) {
		line = json_checked_line(verify->seq++, verify->counts,
		    verify->skipped, verify->read_bytes, &length);
		if (line != NULL)
			fwrite(line, 1, length, stdout);
		free(line);
		return;
	}
	for (check = 0; check < HAUL_CHECK_COUNT; check++) {
		verify_count((enum haul_check)check, verify->counts[check],
		    one, sizeof one);
		if (verify->counts[check] > 0)
			sentence_add(text, sizeof text, one);
	}
	units_size_long(bytes, sizeof bytes, verify->read_bytes,
	    verify->settings->values[SETTINGS_SI] != 0);
	if (verify->settings->values[SETTINGS_QUIET] == 0) {
		/* TRANSLATORS: "haul: 3 good, 2 missing; 4 MiB read." */
		fprintf(stderr, _("haul: %s; %s read.\n"), *text != '\0' ?
		    text : _("no file"), bytes);
		verify_tell_skipped(verify);
	}
}

static int
verify_fail(const struct haul_error *error, uint64_t run)
{
	char sentence[SENTENCE_SIZE], *no_run;

	if (error->result != HAUL_ENOENT) {
		sentence_complaint(sentence, sizeof sentence, "--store",
		    error, 0);
		fprintf(stderr, "haul: %s\n", sentence);
		return error->result == HAUL_EUSAGE ? RUN_EXIT_USAGE :
		    RUN_EXIT_STORAGE;
	}
	if (run != 0) {
		no_run = resume_no_run(run);
		fprintf(stderr, "haul: %s\n", no_run);
		free(no_run);
	} else {
		fputs(_("haul: no finished file is recorded.\n"), stderr);
	}
	return RUN_EXIT_USAGE;
}

static int
verify_status(const struct verify *verify)
{
	int check;

	for (check = HAUL_CHECK_GOOD + 1; check < HAUL_CHECK_COUNT; check++)
		if (verify->counts[check] > 0)
			return RUN_EXIT_FAILED;
	return RUN_EXIT_DONE;
}

int
verify_command(const struct settings *settings,
    const struct arguments *arguments)
{
	struct verify verify = { .settings = settings, .percent = -1 };
	struct haul_verify what = {
		.files = (const char *const *)arguments->urls,
		.file_count = arguments->url_count,
		.skipped = &verify.skipped,
		.told = verify_told, .tick = verify_tick, .user = &verify,
	};
	struct haul_error error = { .result = HAUL_OK };
	char *path = resume_store(settings);
	enum haul_result result;

	if (path == NULL) {
		fputs(_("haul: there is no place for a store; name one by "
		    "--store.\n"), stderr);
		return RUN_EXIT_USAGE;
	}
	verify.json =
	    settings->values[SETTINGS_OUTPUT] == SETTINGS_OUTPUT_JSON;
	verify.progress = isatty(STDERR_FILENO) &&
	    settings->values[SETTINGS_NO_PROGRESS] == 0 &&
	    settings->values[SETTINGS_QUIET] == 0;
	/* Read before: it is a number, or "" for the last run. */
	(void)resume_read_run(settings->texts[SETTINGS_VERIFY], &what.run);
	result = haul_store_verify(path, &what, &error);
	free(path);
	verify_wipe(&verify);
	if (result != HAUL_OK) {
		error.result = result;
		return verify_fail(&error, what.run);
	}
	verify_sum_up(&verify);
	return verify_status(&verify);
}
