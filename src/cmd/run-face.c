/* SPDX-License-Identifier: MIT
 *
 * See run.h: the full screen, from when it is opened to what it wishes. It is
 * opened late, since what is over at once needs none.
 */
#include "config.h"

#include "run-internal.h"

#include <signal.h>
#include <stdlib.h>

#include "face.h"
#include "feed.h"
#include "output.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "resume.h"

#define RUN_FACE_MS     80      /* what is over by then needs no screen */

/* Without URLs there is nothing but the screen to wait for. */
static bool
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

void
run_open_face(struct run *run)
{
	const char *why;
	size_t i;

	run->face_ms = 0;
	if (run->stop_ms != 0)
		return;
	run->face = face_open(&run->context, run_is_interactive(run), &why);
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
}

void
run_await_face(struct run *run)
{
	if (run->kind != SETTINGS_OUTPUT_TUI)
		return;
	run->face_ms = run_now_ms() + RUN_FACE_MS;
	run->early = memory_resize(NULL, RUN_EARLY_MAX, sizeof *run->early);
	if (run_is_interactive(run))
		run_open_face(run);
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
		if (text != NULL)
			(void)feed_append(run->feed, text);
		break;
	case FACE_TEXT:
		feed_append_text(run->feed, text);
		text = NULL;
		break;
	case FACE_HANGUP:
		run_lose_terminal(run);
		break;
	case FACE_SUSPEND:
		run_suspend(run);
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
