/* SPDX-License-Identifier: MIT
 *
 * Settings into what the interface needs, and its wishes, which come on its
 * thread, into a list for ours.
 */
#include "config.h"

#include "face.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "present/i18n.h"
#include "present/memory.h"
#include "present/text.h"

#if defined(HAVE_TUI) && HAVE_TUI

#include "ui/screen/glyph.h"
#include "ui/screen/modes.h"
#include "ui/ui.h"

/* A wish in the list. */
struct face_entry {
	enum face_wish wish;
	char *text;                     /* or NULL */
};

struct face {
	struct ui *ui;
	int fd;                         /* an eventfd */
	pthread_mutex_t lock;           /* guards what follows */
	struct face_entry *entries;     /* as many as a person may wish for */
	size_t count, room;
};

bool
face_is_possible(const char **why)
{
	return term_is_possible(why);
}

static enum face_wish
face_wish_of(enum ui_wish wish)
{
	switch (wish) {
	case UI_WISH_QUIT:
		return FACE_QUIT;
	case UI_WISH_LEAVE:
		return FACE_LEAVE;
	case UI_WISH_LIST:
		return FACE_LIST;
	case UI_WISH_TEXT:
		return FACE_TEXT;
	case UI_WISH_HANGUP:
		return FACE_HANGUP;
	case UI_WISH_SUSPEND:
		return FACE_SUSPEND;
	case UI_WISH_RESUME:
		return FACE_RESUME;
	case UI_WISH_RESUME_RETRY:
		return FACE_RESUME_RETRY;
	case UI_WISH_FORGET:
		return FACE_FORGET;
	case UI_WISH_SAVE:
		return FACE_SAVE;
	}
	return FACE_NOTHING;
}

static void
face_take_wish(void *user, enum ui_wish wish, const char *text)
{
	struct face *face = user;
	uint64_t one = 1;

	pthread_mutex_lock(&face->lock);
	if (face->count == face->room) {
		face->room = 2 * face->room + 16;
		face->entries = memory_resize(face->entries, face->room,
		    sizeof *face->entries);
	}
	face->entries[face->count++] = (struct face_entry){
	    face_wish_of(wish), memory_string(text) };
	pthread_mutex_unlock(&face->lock);
	if (write(face->fd, &one, sizeof one) < 0)
		abort();                /* an eventfd takes 2^64 of them */
}

/* Without colours where people said so: --color, NO_COLOR. */
static enum term_scheme
face_scheme(const struct settings *settings)
{
	const char *none = getenv("NO_COLOR");

	switch (settings->values[SETTINGS_COLOR]) {
	case SETTINGS_COLOR_NEVER:
		return TERM_SCHEME_MONO;
	case SETTINGS_COLOR_SAFE:
		return TERM_SCHEME_SAFE;
	}
	return none != NULL && *none != '\0' ? TERM_SCHEME_MONO :
	    TERM_SCHEME_DEFAULT;
}

static unsigned
face_flags(const struct output_context *context)
{
	bool wanted = context->settings->values[SETTINGS_UTF8] != 0;

	const char *term = getenv("TERM");

	if ((context->flags & TEXT_ASCII) != 0 || (!wanted &&
	    (term == NULL || modes_is_plain(term) || !glyph_set_fits())))
		return TEXT_ASCII;
	return 0;
}

static void
face_context(struct face *face, const struct output_context *output,
    bool interactive, struct ui_context *context)
{
	const struct settings *settings = output->settings;

	*context = (struct ui_context){
		.haul = output->haul,
		.text_flags = face_flags(output),
		.si = settings->values[SETTINGS_SI] != 0,
		.bell = settings->values[SETTINGS_BELL] != 0,
		.frames_per_s = (int)settings->values[SETTINGS_FPS],
		.sort = (enum list_sort)settings->values[SETTINGS_SORT],
		.reverse = settings->values[SETTINGS_SORT_REVERSE] != 0,
		.interactive = interactive,
		.wish = face_take_wish,
		.user = face,
		.term = {
			.mouse = settings->values[SETTINGS_MOUSE] ==
			    SETTINGS_MOUSE_YES,
			.title = settings->values[SETTINGS_NO_TITLE] == 0,
			.osc = settings->values[SETTINGS_NO_OSC] == 0,
			.accessible =
			    settings->values[SETTINGS_ACCESSIBLE] != 0,
			.scheme = face_scheme(settings),
		},
	};
	context->term.ascii = (context->text_flags & TEXT_ASCII) != 0;
	if (context->term.accessible)
		context->text_flags |= TEXT_PLAIN_CUT;
}

struct face *
face_open(const struct output_context *output, bool interactive,
    const char **why)
{
	struct face *face = memory_zero(sizeof *face);
	struct ui_context context;

	*why = N_("the system refused a descriptor");
	pthread_mutex_init(&face->lock, NULL);
	face->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (face->fd < 0)
		goto fail;
	face_context(face, output, interactive, &context);
	face->ui = ui_start(&context, why);
	if (face->ui != NULL)
		return face;
fail:
	face_close(face);
	return NULL;
}

void
face_close(struct face *face)
{
	if (face == NULL)
		return;
	ui_stop(face->ui);
	while (face->count > 0)
		free(face->entries[--face->count].text);
	free(face->entries);
	if (face->fd >= 0)
		close(face->fd);
	pthread_mutex_destroy(&face->lock);
	free(face);
}

int
face_fd(const struct face *face)
{
	return face != NULL ? face->fd : -1;
}

enum face_wish
face_next(struct face *face, char **text)
{
	enum face_wish wish = FACE_NOTHING;
	uint64_t count;

	*text = NULL;
	pthread_mutex_lock(&face->lock);
	if (face->count > 0) {
		wish = face->entries[0].wish;
		*text = face->entries[0].text;
		face->count--;
		memmove(face->entries, face->entries + 1, face->count *
		    sizeof *face->entries);
	} else if (read(face->fd, &count, sizeof count) < 0) {
		wish = FACE_NOTHING;    /* nobody had written */
	}
	pthread_mutex_unlock(&face->lock);
	return wish;
}

void
face_event(struct face *face, const struct haul_event *event)
{
	ui_event(face->ui, event);
}

void
face_message(struct face *face, const char *sentence)
{
	ui_message(face->ui, sentence);
}

void
face_news(struct face *face, const char *sentence)
{
	ui_news(face->ui, sentence);
}

void
face_offer(struct face *face, const struct haul_store_run *runs, size_t count)
{
	ui_offer(face->ui, runs, count);
}

void
face_interrupt(struct face *face)
{
	ui_interrupt(face->ui);
}

void
face_resize(struct face *face)
{
	ui_resize(face->ui);
}

void
face_loading(struct face *face, bool loading)
{
	ui_loading(face->ui, loading);
}

void
face_suspend(struct face *face)
{
	ui_suspend(face->ui);
}

void
face_continue(struct face *face)
{
	ui_continue(face->ui);
}

void
face_panic(void)
{
	term_panic();
}

#else

bool
face_is_possible(const char **why)
{
	*why = N_("this haul was built without it");
	return false;
}

struct face *
face_open(const struct output_context *output, bool interactive,
    const char **why)
{
	(void)output;
	(void)interactive;
	(void)face_is_possible(why);
	return NULL;
}

void
face_close(struct face *face)
{
	(void)face;
}

int
face_fd(const struct face *face)
{
	(void)face;
	return -1;
}

enum face_wish
face_next(struct face *face, char **text)
{
	(void)face;
	*text = NULL;
	return FACE_NOTHING;
}

void
face_event(struct face *face, const struct haul_event *event)
{
	(void)face;
	(void)event;
}

void
face_message(struct face *face, const char *sentence)
{
	(void)face;
	(void)sentence;
}

void
face_news(struct face *face, const char *sentence)
{
	(void)face;
	(void)sentence;
}

void
face_offer(struct face *face, const struct haul_store_run *runs, size_t count)
{
	(void)face;
	(void)runs;
	(void)count;
}

void
face_interrupt(struct face *face)
{
	(void)face;
}

void
face_resize(struct face *face)
{
	(void)face;
}

void
face_loading(struct face *face, bool loading)
{
	(void)face;
	(void)loading;
}

void
face_suspend(struct face *face)
{
	(void)face;
}

void
face_continue(struct face *face)
{
	(void)face;
}

void
face_panic(void)
{
}

#endif
