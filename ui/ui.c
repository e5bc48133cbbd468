/* SPDX-License-Identifier: MIT
 *
 * The face's thread: waits for keys, for what others have said and for the
 * next frame. It alone may be blocked by the terminal; nobody waits for it but
 * those who want it to leave, and they give up after a while.
 *
 * Frames: at once for a key (but at most 30 a second), else as often as is
 * wanted and only if something has changed. A terminal that takes nothing now
 * gets no frame; the next one shows what is true then.
 */
#include "config.h"

#include "ui.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "batch.h"
#include "header.h"
#include "internal.h"
#include "message.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/progress.h"
#include "prompt.h"
#include "saving.h"
#include "ui/dialog/dialog.h"
#include "ui/list/list.h"
#include "ui/pane/pane.h"
#include "ui/screen/crash.h"
#include "ui/screen/layout.h"
#include "undo.h"

#define UI_EVENTS       1024    /* kept for the thread; more are counted */
#define UI_MESSAGES     16
#define UI_KEY_FRAME_MS 33
#define UI_FPS          10
#define UI_FPS_REMOTE   4
#define UI_ACCESSIBLE_MS 2000
#define UI_CHECK_MS     1000    /* between looks for the foreground */
#define UI_OPEN_MS      1000    /* before we go on without knowing */
#define UI_NUDGE_MS     300     /* before a stopped terminal is started */
#define UI_LEAVE_MS     2000    /* before it is given up */

enum ui_call {
	UI_CALL_STOP = 1,
	UI_CALL_SUSPEND = 2,
	UI_CALL_CONTINUE = 4,
	UI_CALL_INTERRUPT = 8,
	UI_CALL_RESIZE = 16,
	UI_CALL_LOADING = 32,
	UI_CALL_LOADED = 64,
	UI_CALL_OFFER = 128,
};

struct ui_message {
	char *text;
	bool news;                      /* and no complaint */
};

/* What other threads have said. The lock is held for the copying alone. */
struct ui_inbox {
	pthread_mutex_t lock;
	pthread_cond_t answered;        /* CLOCK_MONOTONIC */
	pthread_t thread;
	int wake_fd;                    /* an eventfd */
	bool woken;
	unsigned calls;                 /* enum ui_call */
	bool tried, failed, away, ended; /* answers of the thread */
	const char *why;
	struct haul_event events[UI_EVENTS];
	size_t event_count;
	uint64_t lost;                  /* events that did not fit */
	struct ui_message messages[UI_MESSAGES];
	size_t message_count;
	struct haul_store_run *runs;    /* UI_CALL_OFFER: these */
	size_t run_count;
};

static int64_t
ui_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

unsigned
ui_flags(const struct ui *ui)
{
	return ui->context.text_flags;
}

const struct glyph_set *
ui_glyphs(const struct ui *ui)
{
	return glyph_set((ui->context.text_flags & TEXT_ASCII) != 0 ||
	    ui->context.term.accessible);
}

void
ui_say(struct ui *ui, enum grid_style style, const char *format, ...)
{
	char text[MESSAGE_SIZE];
	va_list values;

	va_start(values, format);
	vsnprintf(text, sizeof text, format, values);
	va_end(values);
	messages_say(ui->messages, style, text, ui->now_ms);
	ui->due |= UI_REDRAW;
}

bool
ui_is_telling(const struct ui *ui)
{
	return messages_are_fresh(ui->messages, ui->now_ms);
}

void
ui_wish(struct ui *ui, enum ui_wish wish, const char *text)
{
	ui->context.wish(ui->context.user, wish, text);
}

/* ---- from other threads ---- */

static void
ui_wake(struct ui_inbox *inbox)
{
	uint64_t one = 1;

	if (inbox->woken)
		return;
	inbox->woken = true;
	if (write(inbox->wake_fd, &one, sizeof one) < 0)
		inbox->woken = false;   /* cannot be; the next one tries */
}

static void
ui_call(struct ui *ui, unsigned calls)
{
	struct ui_inbox *inbox = ui->inbox;

	pthread_mutex_lock(&inbox->lock);
	inbox->calls |= calls;
	ui_wake(inbox);
	pthread_mutex_unlock(&inbox->lock);
}

void
ui_event(struct ui *ui, const struct haul_event *event)
{
	struct ui_inbox *inbox = ui->inbox;

	pthread_mutex_lock(&inbox->lock);
	if (inbox->event_count < UI_EVENTS)
		inbox->events[inbox->event_count++] = *event;
	else
		inbox->lost++;
	if (event->kind == HAUL_EVENT_END)
		ui_wake(inbox);
	pthread_mutex_unlock(&inbox->lock);
}

static void
ui_put_message(struct ui_inbox *inbox, const char *sentence, bool news)
{
	pthread_mutex_lock(&inbox->lock);
	if (inbox->message_count < UI_MESSAGES)
		inbox->messages[inbox->message_count++] =
		    (struct ui_message){ memory_string(sentence), news };
	ui_wake(inbox);
	pthread_mutex_unlock(&inbox->lock);
}

void
ui_message(struct ui *ui, const char *sentence)
{
	ui_put_message(ui->inbox, sentence, false);
}

void
ui_news(struct ui *ui, const char *sentence)
{
	ui_put_message(ui->inbox, sentence, true);
}

void
ui_interrupt(struct ui *ui)
{
	ui_call(ui, UI_CALL_INTERRUPT);
}

void
ui_resize(struct ui *ui)
{
	ui_call(ui, UI_CALL_RESIZE);
}

void
ui_loading(struct ui *ui, bool loading)
{
	ui_call(ui, loading ? UI_CALL_LOADING : UI_CALL_LOADED);
}

void
ui_offer(struct ui *ui, const struct haul_store_run *runs, size_t count)
{
	struct ui_inbox *inbox = ui->inbox;
	struct haul_store_run *copy = memory_resize(NULL, count, sizeof *runs);

	memcpy(copy, runs, count * sizeof *runs);
	pthread_mutex_lock(&inbox->lock);
	free(inbox->runs);
	inbox->runs = copy;
	inbox->run_count = count;
	inbox->calls |= UI_CALL_OFFER;
	ui_wake(inbox);
	pthread_mutex_unlock(&inbox->lock);
}

/* Waits until an answer is true, at most until then. */
static bool
ui_await(struct ui_inbox *inbox, const bool *answer, int64_t until_ms)
{
	struct timespec until = { until_ms / 1000,
	    (long)(until_ms % 1000) * 1000000 };
	int error = 0;

	while (!*answer && error != ETIMEDOUT)
		error = pthread_cond_timedwait(&inbox->answered, &inbox->lock,
		    &until);
	return *answer;
}

/* The same, and helps a thread that Ctrl-S holds up. */
static bool
ui_await_leaving(struct ui_inbox *inbox, const bool *answer)
{
	int64_t now = ui_now_ms();

	if (ui_await(inbox, answer, now + UI_NUDGE_MS))
		return true;
	term_unblock();
	return ui_await(inbox, answer, now + UI_LEAVE_MS);
}

void
ui_suspend(struct ui *ui)
{
	struct ui_inbox *inbox = ui->inbox;

	pthread_mutex_lock(&inbox->lock);
	/* The thread may not yet have come back from the last time. */
	inbox->away = false;
	inbox->calls &= ~(unsigned)UI_CALL_CONTINUE;
	inbox->calls |= UI_CALL_SUSPEND;
	ui_wake(inbox);
	if (!ui_await_leaving(inbox, &inbox->away))
		term_panic();
	pthread_mutex_unlock(&inbox->lock);
}

void
ui_continue(struct ui *ui)
{
	ui_call(ui, UI_CALL_CONTINUE);
}

/* ---- the inbox, emptied ---- */

/* What was taken out of it in one go. */
struct ui_mail {
	unsigned calls;
	struct haul_event *events;
	size_t event_count;
	uint64_t lost;
	struct ui_message messages[UI_MESSAGES];
	size_t message_count;
	struct haul_store_run *runs;
	size_t run_count;
};

static void
ui_take_mail(struct ui_inbox *inbox, struct ui_mail *mail)
{
	uint64_t count;

	memset(mail, 0, sizeof *mail);
	pthread_mutex_lock(&inbox->lock);
	if (inbox->woken && read(inbox->wake_fd, &count, sizeof count) > 0)
		inbox->woken = false;
	mail->calls = inbox->calls;
	mail->lost = inbox->lost;
	mail->event_count = inbox->event_count;
	mail->message_count = inbox->message_count;
	if (mail->event_count > 0) {
		mail->events = memory_resize(NULL, mail->event_count,
		    sizeof *mail->events);
		memcpy(mail->events, inbox->events, mail->event_count *
		    sizeof *mail->events);
	}
	memcpy(mail->messages, inbox->messages, sizeof mail->messages);
	mail->runs = inbox->runs;
	mail->run_count = inbox->run_count;
	inbox->runs = NULL;
	inbox->calls = 0;
	inbox->lost = 0;
	inbox->event_count = inbox->message_count = 0;
	pthread_mutex_unlock(&inbox->lock);
}

static void
ui_answer(struct ui_inbox *inbox, bool *answer, bool value)
{
	pthread_mutex_lock(&inbox->lock);
	*answer = value;
	pthread_cond_broadcast(&inbox->answered);
	pthread_mutex_unlock(&inbox->lock);
}

static void
ui_go_away(struct ui *ui)
{
	if (!ui->away)
		term_leave(ui->term);
	ui->away = true;
	ui->check_ms = INT64_MAX;       /* until we are told to go on */
	ui_answer(ui->inbox, &ui->inbox->away, true);
}

/* Takes the terminal again if it is ours; else looks again in a second. */
static void
ui_come_back(struct ui *ui)
{
	ui->check_ms = ui->now_ms + UI_CHECK_MS;
	if (!term_is_ours(ui->term)) {
		/* Somebody stopped us without a word: what is on the screen
		 * is another's now. */
		ui->away = true;
		return;
	}
	term_return(ui->term);
	ui->away = false;
	ui->due |= UI_RELAYOUT;
	ui_answer(ui->inbox, &ui->inbox->away, false);
}

static void
ui_take_calls(struct ui *ui, unsigned calls)
{
	if ((calls & UI_CALL_LOADING) != 0)
		ui->loading = true;
	if ((calls & UI_CALL_LOADED) != 0)
		ui->loading = false;
	if ((calls & UI_CALL_SUSPEND) != 0)
		ui_go_away(ui);
	if ((calls & UI_CALL_CONTINUE) != 0)
		ui_come_back(ui);
	if ((calls & (UI_CALL_RESIZE | UI_CALL_LOADING | UI_CALL_LOADED)) != 0)
		ui->due |= UI_RELAYOUT;
	if ((calls & UI_CALL_INTERRUPT) != 0) {
		dialog_close_all(ui);
		ui->touched = true;
		ui->due |= UI_REDRAW | ui_act(ui, ACTION_QUIT);
	}
}

static void
ui_take_message(struct ui *ui, const struct ui_message *message)
{
	enum grid_style style = message->news ? STYLE_TEXT : STYLE_ERROR;

	ui_say(ui, style, "%s", message->text);
	messages_keep(ui->messages, message->news ? N_("RUN") : N_("WARN"),
	    style, message->text);
}

/* False when it is time to go. */
static bool
ui_take_inbox(struct ui *ui)
{
	struct ui_mail mail;
	size_t i;

	ui_take_mail(ui->inbox, &mail);
	if (mail.event_count > 0)
		haul_totals(ui->haul, &ui->totals);
	for (i = 0; i < mail.event_count; i++)
		messages_event(ui->messages, &mail.events[i], ui->now_ms);
	if (mail.lost > 0)
		messages_lost(ui->messages, mail.lost);
	for (i = 0; i < mail.message_count; i++) {
		ui_take_message(ui, &mail.messages[i]);
		free(mail.messages[i].text);
	}
	if ((mail.calls & UI_CALL_OFFER) != 0) {
		offer_open(ui, mail.runs, mail.run_count);
		ui->due |= UI_REDRAW;
	}
	free(mail.runs);
	free(mail.events);
	ui_take_calls(ui, mail.calls);
	return (mail.calls & UI_CALL_STOP) == 0;
}

/* ---- input ---- */

static void
ui_read(struct ui *ui)
{
	struct input input;

	while (!ui->away && !ui->hung_up && term_read(ui->term, &input)) {
		ui->now_ms = ui_now_ms();
		ui->due |= ui_input(ui, &input);
		free(input.paste);
	}
}

/* ---- once a second ---- */

static void
ui_tell_terminal(struct ui *ui)
{
	const struct haul_totals *totals = &ui->totals;
	enum term_progress kind = TERM_PROGRESS_GOING;
	struct progress progress;
	char title[128];

	progress_of_totals(&progress, totals);
	if (totals->hold == HAUL_HOLD_ALL)
		kind = TERM_PROGRESS_PAUSED;
	if (!totals->running)
		kind = totals->failed > 0 ? TERM_PROGRESS_FAILED :
		    TERM_PROGRESS_NONE;
	snprintf(title, sizeof title, _("haul %d%% %llu active %llu failed"),
	    progress.percent, (unsigned long long)(totals->active +
	    totals->waiting), (unsigned long long)totals->failed);
	term_title(ui->term, title);
	term_progress(ui->term, kind, progress.percent);
}

/* All has ended: told once each time. */
static void
ui_tell_end(struct ui *ui)
{
	const struct haul_totals *totals = &ui->totals;
	uint64_t ended = totals->done + totals->skipped + totals->failed;

	if (ended <= ui->told_ended)
		return;
	ui->told_ended = ended;
	if (ui->context.bell)
		term_bell(ui->term);
	ui_say(ui, STYLE_STRONG, "%s", totals->failed > 0 ?
	    _("All has ended, but some failed: 5 tells why, R retries them, "
	    "q quits.") :
	    _("All files are there. q quits."));
}

/* All is there and nobody has touched a key: then nobody wants to look. */
static void
ui_consider_leaving(struct ui *ui)
{
	const struct haul_totals *totals = &ui->totals;

	if (totals->running)
		ui->told_ended = 0;
	if (totals->running || ui->loading || ui->leaving)
		return;
	if (ui->draining && totals->active + totals->waiting == 0) {
		ui->leaving = true;
		ui_wish(ui, ui_has_work(ui) ? UI_WISH_QUIT : UI_WISH_LEAVE,
		    NULL);
		return;
	}
	if (ui_has_work(ui) || totals->files == 0)
		return;
	ui_tell_end(ui);
	if (!ui->touched && !ui->context.interactive && totals->failed == 0) {
		ui->leaving = true;
		ui_wish(ui, UI_WISH_LEAVE, NULL);
	}
}

static void
ui_tick(struct ui *ui)
{
	uint64_t second = (uint64_t)ui->now_ms / 1000;

	if (ui->away && ui->now_ms >= ui->check_ms)
		ui_come_back(ui);
	if (batch_step(ui) || list_work(ui->list))
		ui->due |= UI_REDRAW;
	haul_totals(ui->haul, &ui->totals);
	ui_consider_leaving(ui);
	if (second == ui->second)
		return;
	ui->second = second;
	if (ui->totals.running || ui->totals.speed_bps > 0)
		header_sample(ui->header, ui->now_ms, ui->totals.speed_bps);
	if (!ui->away && !ui->hung_up && ui->totals.changes !=
	    ui->told_changes && term_is_ready(ui->term) &&
	    term_pace_ms(ui->term, false) == 0) {
		ui->told_changes = ui->totals.changes;
		ui_tell_terminal(ui);
	}
}

/* ---- frames ---- */

static int
ui_frame_ms(const struct ui *ui)
{
	int frames = ui->context.frames_per_s;

	if (ui->context.term.accessible)
		return UI_ACCESSIBLE_MS;
	if (frames < 1)
		frames = getenv("SSH_CONNECTION") != NULL ? UI_FPS_REMOTE :
		    UI_FPS;
	return 1000 / frames;
}

/* Whether the model or the passing of time has something new to show. */
static bool
ui_has_news(struct ui *ui)
{
	enum grid_style style;
	const char *text;
	int64_t until = INT64_MAX;
	bool said = messages_status(ui->messages, ui->now_ms, &text, &style,
	    &until);

	if (said != ui->drawn_status || term_has_more(ui->term))
		return true;
	if (ui->frozen)
		return false;
	return ui->totals.changes != ui->drawn_changes ||
	    list_is_busy(ui->list) || pane_is_busy(ui->pane) ||
	    (ui->second != ui->drawn_second && (ui->totals.running ||
	    ui->totals.waiting > 0 || ui->loading));
}

/* When the next frame is to come, in ms from now; -1: there is no need. */
static int
ui_frame_wait(struct ui *ui)
{
	int64_t rest, pace;

	if (ui->away || ui->hung_up)
		return -1;
	if (ui->due != 0)
		rest = ui->frame_ms + UI_KEY_FRAME_MS - ui->now_ms;
	else if (ui_has_news(ui))
		rest = ui->frame_ms + ui_frame_ms(ui) - ui->now_ms;
	else
		return -1;
	pace = term_pace_ms(ui->term, ui->due != 0);
	if (pace > rest)
		rest = pace;
	return rest > 0 ? (int)rest : 0;
}

static void
ui_frame(struct ui *ui)
{
	enum grid_style style;
	int rows, columns;
	const char *text;
	int64_t until;

	term_size(ui->term, &rows, &columns);
	if (rows != ui->grid.rows || columns != ui->grid.columns)
		grid_resize(&ui->grid, rows, columns);
	ui_draw(ui);
	ui->drawn_status = messages_status(ui->messages, ui->now_ms, &text,
	    &style, &until);
	ui->drawn_changes = ui->totals.changes;
	ui->drawn_second = ui->second;
	ui->frame_ms = ui->now_ms;
	ui->due = 0;
	term_show(ui->term, &ui->grid);
}

/* ---- the loop ---- */

static int
ui_sooner(int a, int b)
{
	return a < 0 ? b : b < 0 || a < b ? a : b;
}

/* Until the next second, or sooner if a frame or an Esc is due. While a list
 * runs, numbers change without a word, so they are looked at. */
static int
ui_timeout(struct ui *ui, bool blocked)
{
	int timeout = 1000 - (int)(ui->now_ms % 1000);

	if (ui->batch != NULL || list_has_work(ui->list))
		return 0;
	if (!ui->away && !ui->hung_up)
		timeout = ui_sooner(timeout, term_wait_ms(ui->term));
	if (ui->totals.running && !ui->away && !ui->hung_up)
		timeout = ui_sooner(timeout, ui_frame_ms(ui));
	if (!blocked)
		timeout = ui_sooner(timeout, ui_frame_wait(ui));
	return timeout;
}

/* A frame that the terminal does not take now is due when it does. */
static void
ui_turn(struct ui *ui)
{
	struct pollfd waiting[2] = {
		{ .fd = ui->inbox->wake_fd, .events = POLLIN },
		{ .fd = ui->away || ui->hung_up ? -1 : term_fd(ui->term),
		    .events = POLLIN },
	};
	bool blocked = false;

	if (ui_frame_wait(ui) == 0) {
		blocked = !term_is_ready(ui->term);
		if (!blocked)
			ui_frame(ui);
	}
	if (blocked)
		waiting[1].events |= POLLOUT;
	(void)poll(waiting, 2, ui_timeout(ui, blocked));
	ui->now_ms = ui_now_ms();
}

static void
ui_loop(struct ui *ui)
{
	while (ui_take_inbox(ui)) {
		ui_read(ui);
		ui_tick(ui);
		ui_turn(ui);
	}
}

static void
ui_open_rooms(struct ui *ui)
{
	int rows, columns;

	ui->now_ms = ui_now_ms();
	term_size(ui->term, &rows, &columns);
	grid_init(&ui->grid, rows, columns);
	haul_totals(ui->haul, &ui->totals);
	ui->layout = memory_zero(sizeof *ui->layout);
	ui->messages = messages_new(ui);
	ui->undo = undo_new(ui);
	ui->list = list_new(ui);
	ui->header = header_new(ui);
	ui->pane = pane_new(ui);
	ui->mouse = ui->context.term.mouse;
	ui->saving = saving_new(ui);
	ui->frame_ms = ui->now_ms - 1000;
	ui->due = UI_RELAYOUT;
}

static void
ui_close_rooms(struct ui *ui)
{
	batch_cancel(ui);
	dialog_close_all(ui);
	if (ui->prompt != NULL)
		prompt_close(ui);
	pane_free(ui->pane);
	header_free(ui->header);
	list_free(ui->list);
	saving_free(ui->saving);
	undo_free(ui->undo);
	messages_free(ui->messages);
	free(ui->layout);
	grid_release(&ui->grid);
}

/* True if nobody waits for this answer any more. */
static bool
ui_answer_opening(struct ui_inbox *inbox, bool opened)
{
	bool late;

	pthread_mutex_lock(&inbox->lock);
	late = inbox->tried;
	inbox->failed = !opened && !late;
	inbox->tried = true;
	pthread_cond_broadcast(&inbox->answered);
	pthread_mutex_unlock(&inbox->lock);
	return late;
}

static void *
ui_thread(void *user)
{
	struct ui *ui = user;
	struct ui_inbox *inbox = ui->inbox;
	bool late;

	crash_thread_begin();
	ui->term = term_open(&ui->context.term, &inbox->why);
	late = ui_answer_opening(inbox, ui->term != NULL);
	if (ui->term != NULL) {
		ui_open_rooms(ui);
		ui_loop(ui);
		term_close(ui->term);
		ui_close_rooms(ui);
	} else if (late) {
		ui_wish(ui, UI_WISH_HANGUP, NULL);
	}
	crash_thread_end();
	ui_answer(inbox, &inbox->ended, true);
	return NULL;
}

/* ---- beginning and end ---- */

static struct ui_inbox *
ui_inbox_new(void)
{
	struct ui_inbox *inbox = memory_zero(sizeof *inbox);
	pthread_condattr_t attributes;

	inbox->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (inbox->wake_fd < 0) {
		free(inbox);
		return NULL;
	}
	pthread_mutex_init(&inbox->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&inbox->answered, &attributes);
	pthread_condattr_destroy(&attributes);
	return inbox;
}

static void
ui_free(struct ui *ui)
{
	struct ui_inbox *inbox = ui->inbox;

	if (inbox != NULL) {
		while (inbox->message_count > 0)
			free(inbox->messages[--inbox->message_count].text);
		free(inbox->runs);
		pthread_cond_destroy(&inbox->answered);
		pthread_mutex_destroy(&inbox->lock);
		close(inbox->wake_fd);
		free(inbox);
	}
	free(ui);
}

/* All signals are the command's, but those of a crash. */
static bool
ui_start_thread(struct ui *ui)
{
	sigset_t all, before;
	bool started;

	sigfillset(&all);
	crash_leave_out(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	started = pthread_create(&ui->inbox->thread, NULL, ui_thread, ui) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

/* A stopped terminal (Ctrl-S) may keep the thread for as long as it likes;
 * then we go on, and see. */
static bool
ui_await_opening(struct ui_inbox *inbox, const char **why)
{
	bool failed;

	pthread_mutex_lock(&inbox->lock);
	if (!ui_await(inbox, &inbox->tried, ui_now_ms() + UI_OPEN_MS))
		inbox->tried = true;
	failed = inbox->failed;
	*why = inbox->why;
	pthread_mutex_unlock(&inbox->lock);
	return !failed;
}

struct ui *
ui_start(const struct ui_context *context, const char **why)
{
	struct ui *ui = memory_zero(sizeof *ui);
	bool opened = false;

	*why = N_("the system refused a thread or descriptor");
	ui->context = *context;
	ui->haul = context->haul;
	ui->inbox = ui_inbox_new();
	if (ui->inbox == NULL)
		goto out;
	crash_begin();
	if (!ui_start_thread(ui))
		goto out;
	opened = ui_await_opening(ui->inbox, why);
	if (!opened)
		pthread_join(ui->inbox->thread, NULL);
out:
	if (opened)
		return ui;
	crash_end();
	ui_free(ui);
	return NULL;
}

void
ui_stop(struct ui *ui)
{
	struct ui_inbox *inbox;
	bool ended;

	if (ui == NULL)
		return;
	inbox = ui->inbox;
	ui_call(ui, UI_CALL_STOP);
	pthread_mutex_lock(&inbox->lock);
	ended = ui_await_leaving(inbox, &inbox->ended);
	pthread_mutex_unlock(&inbox->lock);
	crash_end();
	if (ended) {
		pthread_join(inbox->thread, NULL);
		ui_free(ui);
		return;
	}
	/* It hangs in a write. It and its memory are left behind: the program
	 * is about to end. Should the terminal take something after all, the
	 * thread ends there, and does not go on without an engine. */
	term_panic();
	(void)pthread_cancel(inbox->thread);
	pthread_detach(inbox->thread);
}
