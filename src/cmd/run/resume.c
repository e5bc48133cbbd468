/* SPDX-License-Identifier: MIT
 *
 * See resume.h. What was queued is queued again; what had failed is listed as
 * failed, so that it is not forgotten, or queued with --retry-failed.
 */
#include "config.h"

#include "resume.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/list/twice.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/units.h"
#include "run.h"

bool
resume_is_wanted(const struct settings *settings)
{
	return settings->texts[SETTINGS_RESUME] != NULL ||
	    settings->texts[SETTINGS_RETRY_FAILED] != NULL;
}

/* Beside the usual one, by what names the FIFO on this machine. */
static char *
resume_forever_store(const char *list)
{
	char *usual = haul_store_path(), *store;
	char *path = realpath(strcmp(list, "-") == 0 ? "/proc/self/fd/0" :
	    list, NULL);

	if (usual == NULL || path == NULL) {
		free(path);
		return usual;
	}
	store = memory_format("%.*s/forever-%016" PRIx64 ".db",
	    (int)(strrchr(usual, '/') - usual), usual, twice_mark(0, path));
	free(path);
	free(usual);
	return store;
}

char *
resume_store(const struct settings *settings)
{
	const char *path = settings->texts[SETTINGS_STORE];

	if (settings->values[SETTINGS_NO_STORE] != 0 ||
	    settings->values[SETTINGS_DISCARD] != 0)
		return NULL;
	if (path != NULL)
		return *path != '\0' ? memory_string(path) : NULL;
	if (settings->values[SETTINGS_FOREVER] != 0 &&
	    settings->list_count > 0)
		return resume_forever_store(
		    settings->lists[settings->list_count - 1]);
	return haul_store_path();
}

bool
resume_read_run(const char *text, uint64_t *run)
{
	char *end;

	*run = 0;
	if (*text == '\0')
		return true;
	if (strspn(text, "0123456789") != strlen(text) || strlen(text) > 15)
		return false;
	*run = strtoull(text, &end, 10);
	return *run != 0;
}

bool
resume_read_cause(const char *text, enum haul_cause *cause)
{
	int i;

	*cause = HAUL_CAUSE_NONE;
	if (*text == '\0')
		return true;
	for (i = HAUL_CAUSE_NONE + 1; i < HAUL_CAUSE_COUNT; i++)
		if (strcmp(haul_cause_name((enum haul_cause)i), text) == 0)
			break;
	*cause = (enum haul_cause)i;
	return i < HAUL_CAUSE_COUNT;
}

/* ---- what to tell ---- */

static void
resume_tell_loaded(struct resume *resume)
{
	const struct haul_store_loaded *loaded = &resume->loaded;
	char left[UNITS_SIZE], done[UNITS_SIZE], failed[UNITS_SIZE];

	units_count(left, sizeof left, loaded->queued + loaded->paused);
	units_count(done, sizeof done, loaded->done);
	units_count(failed, sizeof failed, loaded->failed);
	resume->sentence = memory_format(_("going on with run %" PRIu64 ": "
	    "files to fetch: %s, fetched before: %s, failed before: %s"),
	    loaded->run, left, done, failed);
}

char *
resume_no_run(uint64_t run)
{
	return memory_format(_("there is no run %" PRIu64 "; 'haul --history' "
	    "lists them."), run);
}

static int
resume_tell_nothing(struct resume *resume,
    const struct haul_store_choice *choice)
{
	if (choice->run != 0) {
		resume->sentence = resume_no_run(choice->run);
		return RUN_EXIT_USAGE;
	}
	resume->sentence = memory_string(
	    (choice->which & HAUL_STORE_UNFINISHED) == 0 ?
	    _("nothing is recorded as failed.") :
	    _("nothing is left to go on with."));
	return RUN_EXIT_DONE;
}

char *
resume_complain(uint64_t run, const struct haul_error *error)
{
	char sentence[SENTENCE_SIZE], where[64];

	if (error->result == HAUL_EBUSY)
		return memory_format(_("run %" PRIu64 " is being worked on by "
		    "process %" PRId64 "."), run, error->pid);
	snprintf(where, sizeof where, "--%s", error->option);
	sentence_complaint(sentence, sizeof sentence, where, error, 0);
	return memory_string(sentence);
}

static int
resume_fail(struct resume *resume, const struct haul_error *error)
{
	resume->sentence = resume_complain(resume->loaded.run, error);
	if (error->result == HAUL_EBUSY)
		return RUN_EXIT_BUSY;
	return error->result == HAUL_EUSAGE ? RUN_EXIT_USAGE :
	    RUN_EXIT_STORAGE;
}

/* ---- loading ---- */

static void
resume_choose(struct haul_store_choice *choice,
    const struct settings *settings)
{
	const char *run = settings->texts[SETTINGS_RESUME];
	const char *cause = settings->texts[SETTINGS_RETRY_FAILED];

	/* What has failed was told then. */
	if (settings->values[SETTINGS_FOREVER] != 0)
		choice->which = HAUL_STORE_UNFINISHED;
	/* Both were read before: they are right. */
	if (run != NULL) {
		(void)resume_read_run(run, &choice->run);
		choice->which = HAUL_STORE_UNFINISHED | HAUL_STORE_LISTED;
	}
	if (cause != NULL) {
		(void)resume_read_cause(cause, &choice->cause);
		choice->which |= HAUL_STORE_FAILED;
	}
}

static int
resume_load_choice(struct resume *resume, struct haul *haul,
    const struct haul_store_choice *choice)
{
	struct haul_error error = { .result = HAUL_OK };
	enum haul_result result = haul_store_load(haul, choice,
	    &resume->loaded, &error);

	if (result == HAUL_OK) {
		resume_tell_loaded(resume);
		return RUN_EXIT_DONE;
	}
	if (result == HAUL_ENOENT)
		return resume_tell_nothing(resume, choice);
	if (result == HAUL_ESTATE && !haul_store_records(haul)) {
		resume->sentence = memory_string(_("there is no place for a "
		    "store; name one by --store."));
		return RUN_EXIT_STORAGE;
	}
	error.result = result;
	return resume_fail(resume, &error);
}

/* What failed is not left, which is not what everybody expects. */
static void
resume_tell_failed(struct resume *resume, const struct settings *settings)
{
	char *path = resume_store(settings);
	struct haul_store_run run;
	struct haul_error error;
	size_t count = 0;

	if (path != NULL && haul_store_runs(path, false, &run, 1, &count,
	    &error) == HAUL_OK && count == 1 && run.failed > 0) {
		free(resume->sentence);
		resume->sentence = memory_string(_("nothing is left to go on "
		    "with; 'haul --retry-failed' tries again what failed."));
	}
	free(path);
}

int
resume_load(struct resume *resume, struct haul *haul,
    const struct settings *settings, const struct arguments *arguments)
{
	struct haul_store_choice choice = {
		.urls = (const char *const *)arguments->urls,
		.url_count = arguments->url_count,
	};
	int status;

	memset(resume, 0, sizeof *resume);
	resume->used = memory_resize(NULL, arguments->url_count + 1,
	    sizeof *resume->used);
	memset(resume->used, 0, (arguments->url_count + 1) *
	    sizeof *resume->used);
	choice.used = resume->used;
	resume_choose(&choice, settings);
	status = resume_load_choice(resume, haul, &choice);
	if (status == RUN_EXIT_DONE && resume->loaded.run == 0 &&
	    choice.run == 0 && (choice.which & HAUL_STORE_FAILED) == 0 &&
	    settings->texts[SETTINGS_RESUME] != NULL)
		resume_tell_failed(resume, settings);
	return status;
}

int
resume_go_on(struct resume *resume, struct haul *haul, uint64_t run,
    bool retry)
{
	const struct haul_store_choice choice = {
		.run = run, .which = HAUL_STORE_UNFINISHED |
		    HAUL_STORE_LISTED | (retry ? HAUL_STORE_FAILED : 0),
	};

	resume_release(resume);
	return resume_load_choice(resume, haul, &choice);
}

void
resume_release(struct resume *resume)
{
	free(resume->used);
	free(resume->sentence);
	memset(resume, 0, sizeof *resume);
}
