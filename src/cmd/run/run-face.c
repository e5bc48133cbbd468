/* SPDX-License-Identifier: MIT
 *
 * See run.h: the full screen, from when it is opened to what it wishes. It is
 * opened late, since what is over at once needs none.
 */
#include "config.h"

#include "run-internal.h"

#include <signal.h>
#include <stdlib.h>

#include "cmd/conf/conf.h"
#include "cmd/list/feed.h"
#include "cmd/output/face.h"
#include "cmd/output/output.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "resume.h"

#define RUN_FACE_MS     80      /* what is over by then needs no screen */
#define RUN_OFFERED     21      /* unfinished runs; the screen shows fewer,
                                   and says that there are more */

bool
run_is_interactive(const struct run *run)
{
	return run->arguments->url_count == 0 &&
	    run->settings->list_count == 0 &&
	    !resume_is_wanted(run->settings);
}

void
run_tell_no_face(struct run *run, const char *why)
{
	char *sentence = memory_format(_("no full screen: %s."), _(why));

	run_tell(run, sentence);
	free(sentence);
}

static void
run_tell_no_url(struct run *run, const char *why)
{
	char sentence[SENTENCE_SIZE];

	arguments_lack_url(sentence, sizeof sentence, why);
	run_tell(run, sentence);
}

/* What was left unfinished can be gone on with, if nothing else is done yet. A
 * store that cannot be read has been complained of. */
static void
run_offer(struct run *run)
{
	char *store = resume_store(run->settings);
	struct haul_store_run *runs;
	struct haul_totals totals;
	struct haul_error ignored;
	size_t count = 0;

	haul_totals(run->haul, &totals);
	if (store == NULL || !haul_store_records(run->haul) ||
	    totals.files > 0) {
		free(store);
		return;
	}
	runs = memory_resize(NULL, RUN_OFFERED, sizeof *runs);
	if (haul_store_runs(store, true, runs, RUN_OFFERED, &count,
	    &ignored) != HAUL_OK)
		count = 0;
	face_offer(run->face, runs, count);
	free(runs);
	free(store);
}

void
run_open_face(struct run *run)
{
	const char *why;
	size_t i;

	run->face_ms = 0;
	if (run->stop_ms != 0)
		return;
	run->face = face_open(&run->context, run_is_interactive(run), &why);
	if (run->face == NULL && run_is_interactive(run)) {
		run_tell_no_url(run, why);
		return;
	}
	run->had_face = run->face != NULL;
	if (run->face == NULL) {
		run_tell_no_face(run, why);
		run->kind = output_choose_plain();
		output_free(run->output);
		run->output = output_new(run->kind, &run->context);
	}
	for (i = 0; i < run->early_count; i++) {
		if (run->face != NULL)
			face_event(run->face, &run->early[i]);
		else
			run_show_event(run, &run->early[i]);
	}
	if (run->face != NULL && run_is_interactive(run))
		run_offer(run);
}

bool
run_await_face(struct run *run)
{
	if (run->kind != SETTINGS_OUTPUT_TUI)
		return true;
	run->face_ms = run_now_ms() + RUN_FACE_MS;
	run->early = memory_resize(NULL, RUN_EARLY_MAX, sizeof *run->early);
	if (!run_is_interactive(run))
		return true;
	run_open_face(run);
	return run->face != NULL;
}

void
run_show_loading(struct run *run)
{
	bool loading = feed_state(run->feed) != FEED_OVER;

	if (run->face == NULL || loading == run->loading)
		return;
	run->loading = loading;
	face_loading(run->face, loading);
}

/* The window was closed. Under nohup we go on without one. */
static void
run_lose_terminal(struct run *run)
{
	face_close(run->face);
	run->face = NULL;
	if (!run->nohup) {
		if (run->stop_signal == 0)
			run_take_stop(run, SIGHUP);
		return;
	}
	run->kind = SETTINGS_OUTPUT_LOG;
	output_free(run->output);
	run->output = output_new(run->kind, &run->context);
}

/* If it cannot be gone on with, the others may. */
static void
run_resume(struct run *run, const char *text, bool retry)
{
	uint64_t id;

	if (text == NULL || !resume_read_run(text, &id) || run->stop_ms != 0)
		return;
	if (resume_go_on(&run->resume, run->haul, id, retry) !=
	    RUN_EXIT_DONE) {
		run_tell(run, run->resume.sentence);
		run_offer(run);
		return;
	}
	run_show_loaded(run);
	run_start_engine(run);
}

static void
run_forget(struct run *run, const char *text)
{
	char *store = resume_store(run->settings), *sentence;
	struct haul_error error = { .result = HAUL_OK };
	enum haul_result result;
	uint64_t id;

	if (store == NULL || text == NULL || !resume_read_run(text, &id)) {
		free(store);
		return;
	}
	result = haul_store_forget(store, id, &error);
	if (result != HAUL_OK && result != HAUL_ENOENT) {
		error.result = result;
		sentence = resume_complain(id, &error);
		run_tell(run, sentence);
		free(sentence);
	}
	free(store);
	run_offer(run);
}

static void
run_save(struct run *run, const char *changes)
{
	char *sentence;

	if (conf_save(run->settings, changes, &sentence))
		run_tell_news(run, sentence);
	else
		run_tell(run, sentence);
	free(sentence);
}

/* Nobody knew of it: what it has is compared from here on. */
static void
run_expect_list(struct run *run)
{
	if (run->twice != NULL)
		twice_begin(run->twice, false);
}

static void
run_take_wish(struct run *run, enum face_wish wish, char *text)
{
	switch (wish) {
	case FACE_QUIT:
		if (run->stop_signal == 0)
			run_take_stop(run, SIGINT);
		break;
	case FACE_LEAVE:
		run->over = true;
		break;
	case FACE_LIST:
		run_expect_list(run);
		if (text != NULL)
			(void)feed_append(run->feed, text);
		break;
	case FACE_TEXT:
		run_expect_list(run);
		feed_append_text(run->feed, text);
		text = NULL;
		break;
	case FACE_HANGUP:
		run_lose_terminal(run);
		break;
	case FACE_SUSPEND:
		run_suspend(run);
		break;
	case FACE_RESUME:
	case FACE_RESUME_RETRY:
		run_resume(run, text, wish == FACE_RESUME_RETRY);
		break;
	case FACE_FORGET:
		run_forget(run, text);
		break;
	case FACE_SAVE:
		run_save(run, text);
		break;
	case FACE_NOTHING:
		break;
	}
	free(text);
}

void
run_take_wishes(struct run *run)
{
	enum face_wish wish;
	char *text;

	while (run->face != NULL &&
	    (wish = face_next(run->face, &text)) != FACE_NOTHING)
		run_take_wish(run, wish, text);
}
