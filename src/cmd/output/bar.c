/* SPDX-License-Identifier: MIT
 *
 * A block of lines at the cursor: drawn, and drawn over. The cursor rests at
 * the start of the block's last line, so that the "^C" of a terminal's echo
 * stays within it. A frame is one write, and is composed only when the one
 * before has left the buffer: on a stopped or slow terminal frames are left
 * out, not queued, and what scrolls above them stays bounded.
 */
#include "config.h"

#include "bar.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "barline.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/text.h"
#include "present/units.h"

#define BAR_FRAME_MS            200
#define BAR_FRAME_SSH_MS        1000
#define BAR_ROWS_MAX            16
#define BAR_FILES_MAX           256     /* looked at, to choose rows from */
#define BAR_EVENTS_MAX          3       /* lines a second above the block */
#define BAR_FAILURES_ONLY       1       /* of them, kept for failures */
#define BAR_NEWS_SIZE           65536   /* bytes of them while stopped */

struct bar {
	const struct output_context *context;
	struct barline_style style;     /* of a line of the block */
	bool verbose, total_only;
	int frame_ms;
	int64_t next_ms;                /* of the next frame */
	int rows;                       /* of the terminal */
	int drawn;                      /* lines of the block on the screen */
	struct haul_row files[BAR_FILES_MAX];
	int cells[BAR_ROWS_MAX + 1];    /* of each of them */
	bool reflows;                   /* the terminal, when it gets narrower,
	                                   breaks lines that stand on it */
	bool shown;                     /* the block is on the screen */
	char *last;                     /* the frame that drew it */
	size_t last_length;

	/* Lines to scroll above the block at the next frame. */
	char news[BAR_NEWS_SIZE];
	size_t news_length;
	int news_count;                 /* in this second */
	int64_t news_second;
	uint64_t news_dropped;
};

static void
bar_measure(struct bar *bar)
{
	struct winsize size;

	bar->style.width = 79;
	bar->rows = 24;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0)
		return;
	/* The last column stays empty: what stands there makes some terminals
	 * begin a line of their own. */
	if (size.ws_col > 0)
		bar->style.width = size.ws_col - 1;
	if (size.ws_row > 0)
		bar->rows = size.ws_row;
	if (bar->style.width > BARLINE_COLUMNS_MAX)
		bar->style.width = BARLINE_COLUMNS_MAX;
}

/* There is no way to ask; where it is not known, the block is taken to stand as
 * it was drawn, and too little is wiped rather than another's lines. */
static bool
bar_terminal_reflows(void)
{
	static const char *const variables[] = {
		"TMUX", "VTE_VERSION", "KITTY_WINDOW_ID", "WEZTERM_PANE",
		"ALACRITTY_WINDOW_ID", "KONSOLE_VERSION", "WT_SESSION",
		"GHOSTTY_RESOURCES_DIR", "ITERM_SESSION_ID",
	};
	size_t i;

	if (getenv("STY") != NULL && getenv("TMUX") == NULL)
		return false;           /* GNU screen, in whatever terminal */
	for (i = 0; i < sizeof variables / sizeof *variables; i++)
		if (getenv(variables[i]) != NULL)
			return true;
	return false;
}

static void *
bar_start(const struct output_context *context)
{
	struct bar *bar = memory_zero(sizeof *bar);
	const int64_t *values = context->settings->values;

	bar->context = context;
	bar->verbose = values[SETTINGS_VERBOSE] != 0;
	bar->total_only = values[SETTINGS_NO_FILE_PROGRESS] != 0;
	bar->style.si = values[SETTINGS_SI] != 0;
	bar->style.flags = context->flags;
	bar->reflows = bar_terminal_reflows();
	bar->frame_ms = getenv("SSH_CONNECTION") != NULL ? BAR_FRAME_SSH_MS :
	    BAR_FRAME_MS;
	bar_measure(bar);
	return bar;
}

static void
bar_stop(void *state)
{
	struct bar *bar = state;

	free(bar->last);
	free(bar);
}

/* ---- what scrolls above ---- */

static void __attribute__((format(printf, 2, 3)))
bar_news(struct bar *bar, const char *format, ...)
{
	size_t room = sizeof bar->news - bar->news_length;
	va_list values;
	int length;

	va_start(values, format);
	length = vsnprintf(bar->news + bar->news_length, room, format,
	    values);
	va_end(values);
	if (length >= 0 && (size_t)length < room)
		bar->news_length += (size_t)length;
	else
		bar->news_dropped++;
}

static int64_t
bar_second(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* Whether one more line may be told in this second, of which there may be
 * `most`. */
static bool
bar_may_tell(struct bar *bar, int most)
{
	int64_t second = bar_second();

	if (second != bar->news_second) {
		bar->news_second = second;
		bar->news_count = 0;
	}
	if (bar->news_count < most) {
		bar->news_count++;
		return true;
	}
	bar->news_dropped++;
	return false;
}

static const char *
bar_word(enum haul_event_kind kind)
{
	switch (kind) {
	case HAUL_EVENT_START:
		return _("GET");
	case HAUL_EVENT_RETRY:
		return _("RTRY");
	case HAUL_EVENT_DONE:
		return _("DONE");
	case HAUL_EVENT_SKIP:
		return _("SKIP");
	case HAUL_EVENT_FAIL:
		return _("FAIL");
	case HAUL_EVENT_WARN:
		return _("WARN");
	case HAUL_EVENT_META:
	case HAUL_EVENT_STATE:
	case HAUL_EVENT_END:
		break;
	}
	return "";
}

static bool
bar_wants(void *state, const struct haul_event *event)
{
	struct bar *bar = state;

	if (event->kind == HAUL_EVENT_FAIL)
		return bar_may_tell(bar, BAR_EVENTS_MAX);
	if (*bar_word(event->kind) == '\0' ||
	    (!bar->verbose && event->kind != HAUL_EVENT_WARN))
		return false;
	return bar_may_tell(bar, BAR_EVENTS_MAX - BAR_FAILURES_ONLY);
}

/* What to say of an item beside its name; "" for nothing. */
static void
bar_remark(struct bar *bar, char *out, size_t size,
    const struct haul_event *event, const struct haul_item *item)
{
	char bytes[UNITS_SIZE], taken[UNITS_SIZE];

	*out = '\0';
	switch (event->kind) {
	case HAUL_EVENT_FAIL:
	case HAUL_EVENT_RETRY:
		sentence_cause(out, size, item->cause, item->http_status,
		    item->message, bar->context->flags);
		break;
	case HAUL_EVENT_DONE:
		units_size_long(bytes, sizeof bytes, item->got_bytes,
		    bar->style.si);
		units_taken(taken, sizeof taken, item->elapsed_ms);
		snprintf(out, size, _("%s in %s"), bytes, taken);
		break;
	case HAUL_EVENT_WARN:
		snprintf(out, size, "%s", sentence_note(event->note));
		break;
	default:
		break;
	}
}

static void
bar_event(void *state, const struct haul_event *event,
    const struct haul_item *item)
{
	struct bar *bar = state;
	char remark[SENTENCE_SIZE], shown[TEXT_ROOM(200)], stamp[16];
	const char *name, *word;
	struct tm local;
	time_t now;
	int pad;

	if (item == NULL)
		return;
	name = output_base_name(item->path != NULL ? item->path : item->url);
	text_safe(shown, sizeof shown, name, strlen(name), 60,
	    bar->context->flags);
	bar_remark(bar, remark, sizeof remark, event, item);
	now = time(NULL);
	localtime_r(&now, &local);
	strftime(stamp, sizeof stamp, "%H:%M:%S", &local);
	word = bar_word(event->kind);
	pad = 4 - text_width(word);
	bar_news(bar, "%s %s%*s %s%s%s\n", stamp, word, pad > 0 ? pad : 0, "",
	    shown, *remark != '\0' ? "  " : "", remark);
}

static void
bar_message(void *state, const char *sentence)
{
	struct bar *bar = state;

	bar_news(bar, "haul: %s\n", sentence);
	bar->next_ms = 0;
}

/* ---- frames ---- */

/* To the start of the block that is on the screen. */
static void
bar_go_up(struct bar *bar, FILE *frame)
{
	int columns = bar->style.width + 1, rows = 0, i;

	for (i = 0; bar->shown && i < bar->drawn - 1; i++)
		rows += bar->reflows && bar->cells[i] > columns ?
		    (bar->cells[i] + columns - 1) / columns : 1;
	if (rows > 0)
		fprintf(frame, "\033[%dA", rows);
}

/* Events too many for their second are told as a number, once it is over. */
static bool
bar_tells_dropped(const struct bar *bar, bool last)
{
	return bar->news_dropped > 0 &&
	    (last || bar_second() != bar->news_second);
}

/* The block is wiped first: a line as wide as the screen would lose its last
 * cell if it wiped behind itself. */
static void
bar_put_news(struct bar *bar, FILE *frame, bool last)
{
	char dropped[UNITS_SIZE];
	bool number = bar_tells_dropped(bar, last);

	if (bar->news_length == 0 && !number)
		return;
	fputs("\033[J", frame);
	fwrite(bar->news, 1, bar->news_length, frame);
	bar->news_length = 0;
	if (!number)
		return;
	units_count(dropped, sizeof dropped, bar->news_dropped);
	fprintf(frame, ngettext("%s more event, not shown here\n",
	    "%s more events, not shown here\n", bar->news_dropped), dropped);
	bar->news_dropped = 0;
}

static void
bar_put_line(struct bar *bar, FILE *frame, const struct barline *line)
{
	if (bar->drawn > 0)
		fputc('\n', frame);
	bar->cells[bar->drawn++] = text_width(line->text);
	fprintf(frame, "%s\033[K", line->text);
}

/* How many rows of files the block has room for. */
static size_t
bar_room(const struct bar *bar)
{
	if (bar->total_only || bar->rows <= 3)
		return 0;
	return bar->rows - 3 < BAR_ROWS_MAX ? (size_t)bar->rows - 3 :
	    BAR_ROWS_MAX;
}

static void
bar_put_row(struct bar *bar, FILE *frame, const struct haul_row *row)
{
	struct haul_range ranges[BARLINE_SEGMENTS];
	struct barline line;
	size_t count = haul_segments(bar->context->haul, row->id, ranges,
	    BARLINE_SEGMENTS);

	barline_row(&line, &bar->style, row, ranges, count);
	bar_put_line(bar, frame, &line);
}

static size_t
bar_count_waiting(const struct haul_row *rows, size_t count)
{
	size_t i, waiting = 0;

	for (i = 0; i < count; i++)
		waiting += rows[i].state == HAUL_STATE_WAITING;
	return waiting;
}

/* Draws so many rows of files at work and so many that wait, in the order of
 * the queue. */
static void
bar_put_some(struct bar *bar, FILE *frame, size_t active, size_t waiting)
{
	const struct haul_row *row = bar->files;
	size_t *left;

	for (; active + waiting > 0; row++) {
		left = row->state == HAUL_STATE_WAITING ? &waiting : &active;
		if (*left == 0)
			continue;
		(*left)--;
		bar_put_row(bar, frame, row);
	}
}

/* Where there is no room for all, those at work go before those that wait. */
static void
bar_put_rows(struct bar *bar, FILE *frame, const struct haul_totals *totals)
{
	struct barline line;
	size_t room = bar_room(bar), all, count, waiting, active;

	if (room == 0)
		return;
	all = haul_active(bar->context->haul, bar->files, BAR_FILES_MAX);
	count = all < BAR_FILES_MAX ? all : BAR_FILES_MAX;
	if (all > room)
		room--;         /* for the line that tells of the rest */
	waiting = bar_count_waiting(bar->files, count);
	active = count - waiting < room ? count - waiting : room;
	if (waiting > room - active)
		waiting = room - active;
	bar_put_some(bar, frame, active, waiting);
	if (active + waiting == all)
		return;
	barline_more(&line, &bar->style,
	    totals->active > active ? totals->active - active : 0,
	    totals->waiting > waiting ? totals->waiting - waiting : 0);
	bar_put_line(bar, frame, &line);
}

/* In the background of a shell the screen is another's. */
static bool
bar_may_draw(void)
{
	pid_t group = tcgetpgrp(STDERR_FILENO);

	return group < 0 || group == getpgrp();
}

static void
bar_draw_block(struct bar *bar, FILE *frame)
{
	struct haul_totals totals;
	struct barline line;

	haul_totals(bar->context->haul, &totals);
	bar_put_rows(bar, frame, &totals);
	barline_total(&line, &bar->style, &totals);
	bar_put_line(bar, frame, &line);
}

/* Sends a frame, unless it would draw what stands there already. */
static void
bar_send(struct bar *bar, char *bytes, size_t length)
{
	if (bar->last_length == length && bar->last != NULL &&
	    memcmp(bar->last, bytes, length) == 0) {
		free(bytes);
		return;
	}
	writer_put(bar->context->err, bytes, length);
	writer_push(bar->context->err);
	free(bar->last);
	bar->last = bytes;
	bar->last_length = length;
}

/* Without the block only the news is left on the screen. */
static void
bar_put_frame(struct bar *bar, bool block)
{
	bool was_shown = bar->shown;
	char *bytes = NULL;
	size_t length = 0;
	FILE *frame = open_memstream(&bytes, &length);

	if (frame == NULL)
		return;
	fputc('\r', frame);
	bar_go_up(bar, frame);
	bar_put_news(bar, frame, !block);
	bar->drawn = 0;
	if (block)
		bar_draw_block(bar, frame);
	if (was_shown || block)
		fputs("\033[J\r", frame);
	bar->shown = block;
	if (fclose(frame) == 0)
		bar_send(bar, bytes, length);
	else
		free(bytes);
}

static int
bar_tick(void *state, int64_t now_ms)
{
	struct bar *bar = state;

	if (now_ms < bar->next_ms)
		return (int)(bar->next_ms - now_ms);
	bar->next_ms = now_ms + bar->frame_ms;
	if (writer_backlog(bar->context->err) == 0 && bar_may_draw())
		bar_put_frame(bar, true);
	return bar->frame_ms;
}

static void
bar_resize(void *state, bool afresh)
{
	struct bar *bar = state;

	bar_measure(bar);
	if (afresh)
		bar->shown = false;
	bar->last_length = 0;
	bar->next_ms = 0;
}

static void
bar_end(void *state, const struct output_end *end)
{
	(void)end;
	bar_put_frame(state, false);
}

const struct output_ops bar_ops = {
	.name = "bar", .start = bar_start, .stop = bar_stop,
	.wants = bar_wants, .event = bar_event, .tick = bar_tick,
	.message = bar_message, .resize = bar_resize, .end = bar_end,
};
