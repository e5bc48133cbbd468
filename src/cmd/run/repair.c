/* SPDX-License-Identifier: MIT
 *
 * See repair.h. The engine of a repair has no store: what is made good is as
 * it was recorded.
 */
#include "config.h"

#include "repair.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/output/output.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/units.h"
#include "resume.h"
#include "run.h"

#define REPAIR_ALWAYS 1                 /* of --overwrite, in options.def */

bool
repair_is_wanted(const struct settings *settings)
{
	return settings->texts[SETTINGS_REPAIR] != NULL;
}

/* ---- words ---- */

/* "PATH: SENTENCE", and it stays as it is. */
static void
repair_leave(struct repair *repair, const char *path, const char *sentence)
{
	char *shown = output_safe_text(repair->settings, path);
	char *line = memory_format("%s: %s", shown, sentence);

	repair->tell(line, repair->user);
	repair->left++;
	free(line);
	free(shown);
}

static void
repair_leave_error(struct repair *repair, const char *path,
    const struct haul_error *error)
{
	char sentence[SENTENCE_SIZE], words[128];

	if (error->complaint == HAUL_COMPLAINT_SECRET &&
	    *error->option == '\0')
		snprintf(sentence, sizeof sentence, "%s", _("its URL had a "
		    "signature, which is not recorded; fetch it by its whole "
		    "URL, with --overwrite=always."));
	else if (error->complaint == HAUL_COMPLAINT_SECRET)
		snprintf(sentence, sizeof sentence, _("it was fetched with "
		    "--%s%s%s, whose value is secret and was not recorded; "
		    "give it again."), error->option,
		    *error->expected != '\0' ? " " : "", error->expected);
	else if (error->result == HAUL_EBUSY)
		snprintf(sentence, sizeof sentence, "%s", _("another process "
		    "is fetching it."));
	else
		snprintf(sentence, sizeof sentence, _("cannot be repaired: "
		    "%s."), strerror_r(error->sys_errno, words,
		    sizeof words));
	repair_leave(repair, path, sentence);
}

static void
repair_sum_up(struct repair *repair)
{
	char good[UNITS_SIZE], queued[UNITS_SIZE], left[UNITS_SIZE], *line;

	if (repair->settings->values[SETTINGS_QUIET] != 0)
		return;
	units_count(good, sizeof good, repair->good);
	units_count(queued, sizeof queued, repair->queued);
	units_count(left, sizeof left, repair->left);
	line = memory_format(_("files that are good: %s, to be repaired: %s, "
	    "left as they are: %s"), good, queued, left);
	repair->tell(line, repair->user);
	free(line);
}

/* ---- what is found ---- */

static void
repair_queue(struct repair *repair, const struct haul_checked *checked)
{
	struct haul_error error;
	enum haul_result result;

	memset(&error, 0, sizeof error);
	result = haul_repair_add(repair->haul, checked, NULL, &error);
	if (result == HAUL_OK) {
		repair->queued++;
		return;
	}
	error.result = result;
	if (result == HAUL_ESTATE)
		repair_leave(repair, checked->path, _("nothing is recorded to "
		    "repair it by."));
	else
		repair_leave_error(repair, checked->path, &error);
}

static void
repair_told(const struct haul_checked *checked, void *user)
{
	struct repair *repair = user;
	char words[128];

	switch (checked->check) {
	case HAUL_CHECK_GOOD:
		repair->good++;
		break;
	case HAUL_CHECK_UNREADABLE:
		repair_leave(repair, checked->path,
		    strerror_r(checked->sys_errno, words, sizeof words));
		break;
	case HAUL_CHECK_UNKNOWN:
		repair_leave(repair, checked->path, _("nothing is recorded to "
		    "repair it by."));
		break;
	case HAUL_CHECK_CHANGED:
		if (repair->settings->values[SETTINGS_OVERWRITE] !=
		    REPAIR_ALWAYS) {
			repair_leave(repair, checked->path, _("it was written "
			    "to since it was fetched; --overwrite=always "
			    "makes it what it was."));
			break;
		}
		/* fallthrough */
	default:
		repair_queue(repair, checked);
		break;
	}
}

static bool
repair_tick(int64_t read_bytes, int64_t all_bytes, void *user)
{
	struct repair *repair = user;

	(void)read_bytes;
	(void)all_bytes;
	return repair->goes_on(repair->user);
}

static int
repair_fail(struct repair *repair, struct haul_error *error, uint64_t run)
{
	char sentence[SENTENCE_SIZE], *no_run = NULL;

	if (error->result == HAUL_ESTOPPED)
		return RUN_EXIT_DONE;   /* the run knows why */
	if (error->result != HAUL_ENOENT)
		sentence_complaint(sentence, sizeof sentence, "--store",
		    error, 0);
	else if (run != 0)
		no_run = resume_no_run(run);
	else
		snprintf(sentence, sizeof sentence, "%s", _("no finished file "
		    "is recorded."));
	repair->tell(no_run != NULL ? no_run : sentence, repair->user);
	free(no_run);
	return error->result == HAUL_ENOENT || error->result == HAUL_EUSAGE ?
	    RUN_EXIT_USAGE : RUN_EXIT_STORAGE;
}

int
repair_load(struct repair *repair, struct haul *haul,
    const struct settings *settings, const struct arguments *arguments)
{
	struct haul_verify what = {
		.files = (const char *const *)arguments->urls,
		.file_count = arguments->url_count,
		.told = repair_told, .tick = repair_tick, .user = repair,
	};
	struct haul_error error;
	char *path = resume_store(settings);

	memset(&error, 0, sizeof error);
	repair->haul = haul;
	repair->settings = settings;
	if (path == NULL) {
		repair->tell(_("there is no place for a store; name one by "
		    "--store."), repair->user);
		return RUN_EXIT_USAGE;
	}
	/* Read before: it is a number, or "" for the last run. */
	(void)resume_read_run(settings->texts[SETTINGS_REPAIR], &what.run);
	error.result = haul_store_verify(path, &what, &error);
	free(path);
	if (error.result != HAUL_OK)
		return repair_fail(repair, &error, what.run);
	repair_sum_up(repair);
	return RUN_EXIT_DONE;
}
