/* SPDX-License-Identifier: MIT
 *
 * A block of lines at the cursor: drawn, and drawn over. The cursor rests at
 * the end of the block's last line. A frame is one write, and is composed only
 * when the one before has left the buffer: on a stopped or slow terminal
 * frames are left out, not queued, and what scrolls above them stays bounded.
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

#include "memory.h"
#include "present/i18n.h"
#include "present/segments.h"
#include "present/sentence.h"
#include "present/text.h"
#include "present/units.h"

#define BAR_FRAME_MS            200
#define BAR_FRAME_SSH_MS        1000
#define BAR_ROWS_MAX            16
#define BAR_COLUMNS_MAX         1000
#define BAR_LINE_SIZE           (BAR_COLUMNS_MAX * 4)
#define BAR_EVENTS_MAX          3       /* lines a second above the block */
#define BAR_NEWS_SIZE           65536   /* bytes of them while stopped */

struct bar {
	const struct output_context *context;
	bool verbose, total_only, si;
	int frame_ms;
	int64_t next_ms;                /* of the next frame */
	int columns, rows;              /* of the terminal */
	int drawn;                      /* lines of the block on the screen */
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

/* A line in the making. */
struct bar_line {
	char text[BAR_LINE_SIZE];
	size_t length;
};

/* Which columns a width has room for; TUI's order of dropping. */
struct bar_layout {
	int name, bar;                  /* cells; bar 0: none */
	bool size, speed, left;
};

static void
bar_measure(struct bar *bar)
{
	struct winsize size;

	bar->columns = 80;
	bar->rows = 24;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0)
		return;
	if (size.ws_col > 0)
		bar->columns = size.ws_col;
	if (size.ws_row > 0)
		bar->rows = size.ws_row;
	if (bar->columns > BAR_COLUMNS_MAX)
		bar->columns = BAR_COLUMNS_MAX;
}

static void *
bar_start(const struct output_context *context)
{
	struct bar *bar = memory_zero(sizeof *bar);
	const int64_t *values = context->settings->values;

	bar->context = context;
	bar->verbose = values[SETTINGS_VERBOSE] != 0;
	bar->total_only = values[SETTINGS_NO_FILE_PROGRESS] != 0;
	bar->si = values[SETTINGS_SI] != 0;
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

/* Whether one more line may be told in this second. */
static bool
bar_may_tell(struct bar *bar)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec != bar->news_second) {
		bar->news_second = now.tv_sec;
		bar->news_count = 0;
	}
	if (bar->news_count < BAR_EVENTS_MAX) {
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
		return "GET ";
	case HAUL_EVENT_RETRY:
		return "RTRY";
	case HAUL_EVENT_DONE:
		return "DONE";
	case HAUL_EVENT_SKIP:
		return "SKIP";
	case HAUL_EVENT_FAIL:
		return "FAIL";
	case HAUL_EVENT_WARN:
		return "WARN";
	case HAUL_EVENT_META:
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
		return bar_may_tell(bar);
	if (!bar->verbose || *bar_word(event->kind) == '\0')
		return false;
	return bar_may_tell(bar);
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
		units_size_long(bytes, sizeof bytes, item->got_bytes, bar->si);
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
	const char *name;
	struct tm local;
	time_t now;

	if (item == NULL)
		return;
	name = output_base_name(item->path != NULL ? item->path : item->url);
	text_safe(shown, sizeof shown, name, strlen(name), 60,
	    bar->context->flags);
	bar_remark(bar, remark, sizeof remark, event, item);
	now = time(NULL);
	localtime_r(&now, &local);
	strftime(stamp, sizeof stamp, "%H:%M:%S", &local);
	bar_news(bar, "%s %s %s%s%s\n", stamp, bar_word(event->kind), shown,
	    *remark != '\0' ? "  " : "", remark);
}

static void
bar_message(void *state, const char *sentence)
{
	struct bar *bar = state;

	bar_news(bar, "haul: %s\n", sentence);
	bar->next_ms = 0;
}

/* ---- lines of the block ---- */

static void
bar_begin(struct bar_line *line)
{
	line->text[0] = '\0';
	line->length = 0;
}

/* Appends; what does not fit is left out whole. */
static void __attribute__((format(printf, 2, 3)))
bar_add(struct bar_line *line, const char *format, ...)
{
	size_t room = sizeof line->text - line->length;
	va_list values;
	int length;

	va_start(values, format);
	length = vsnprintf(line->text + line->length, room, format, values);
	va_end(values);
	if (length >= 0 && (size_t)length < room)
		line->length += (size_t)length;
	else
		line->text[line->length] = '\0';
}

/* " |███····|" of `cells` cells inside. */
static void
bar_add_bar(struct bar *bar, struct bar_line *line, int cells,
    const struct haul_range *ranges, size_t count, int64_t size)
{
	struct segments_cell parts[32];
	char text[SEGMENTS_ROOM(32)];

	if (cells <= 0)
		return;
	segments_fill(parts, (size_t)cells, ranges, count, size);
	segments_text(text, sizeof text, parts, (size_t)cells,
	    bar->context->flags != 0 ? SEGMENTS_ASCII : 0);
	bar_add(line, " |%s|", text);
}

/* Columns beside the name: blank, 4 of percents; blank and 2 + bar; blank and
 * 11 of sizes; blank and 7 of speed; blank and 5 of time left. */
static void
bar_lay_out(int width, struct bar_layout *layout)
{
	layout->bar = width >= 69 ? 18 : width >= 59 ? 12 : width >= 39 ? 8 :
	    0;
	layout->left = width >= 54;
	layout->size = width >= 49;
	layout->speed = width >= 29;
	layout->name = width - 5 - (layout->bar > 0 ? layout->bar + 3 : 0) -
	    (layout->size ? 12 : 0) - (layout->speed ? 8 : 0) -
	    (layout->left ? 6 : 0);
	if (layout->name < 0)
		layout->name = 0;
}

static void
bar_add_sizes(struct bar *bar, struct bar_line *line,
    const struct haul_row *row)
{
	char got[UNITS_SIZE], size[UNITS_SIZE], both[2 * UNITS_SIZE];

	units_size(got, sizeof got, row->got_bytes, bar->si);
	units_size(size, sizeof size, row->size_bytes, bar->si);
	snprintf(both, sizeof both, "%s/%s", got, size);
	bar_add(line, " %11s", both);
}

/* The speed, or what the row does instead of getting bytes. */
static void
bar_add_speed(struct bar *bar, struct bar_line *line,
    const struct haul_row *row)
{
	char speed[UNITS_SIZE];

	switch (row->state) {
	case HAUL_STATE_WAITING:
		snprintf(speed, sizeof speed, "RTRY");
		break;
	case HAUL_STATE_CONNECTING:
		snprintf(speed, sizeof speed, "CONN");
		break;
	case HAUL_STATE_VERIFYING:
		snprintf(speed, sizeof speed, "VRFY");
		break;
	default:
		units_rate(speed, sizeof speed, row->speed_bps, bar->si);
		break;
	}
	bar_add(line, " %7.7s", speed);
}

static void
bar_add_percent(struct bar_line *line, int percent)
{
	if (percent < 0)
		bar_add(line, "    ?");
	else
		bar_add(line, " %3d%%", percent);
}

static void
bar_draw_row(struct bar *bar, struct bar_line *line,
    const struct haul_row *row)
{
	struct haul_range ranges[64];
	struct bar_layout layout;
	char name[TEXT_ROOM(BAR_COLUMNS_MAX)], left[UNITS_SIZE];
	size_t count;
	int percent;

	bar_lay_out(bar->columns - 1, &layout);
	text_safe(name, sizeof name, row->name, strlen(row->name),
	    layout.name, bar->context->flags | TEXT_PAD);
	bar_add(line, "%s", name);
	percent = units_percent(row->got_bytes, row->size_bytes);
	if (percent == 100 && row->state != HAUL_STATE_VERIFYING)
		percent = 99;
	bar_add_percent(line, percent);
	if (row->size_bytes >= 0) {
		count = haul_segments(bar->context->haul, row->id, ranges,
		    sizeof ranges / sizeof *ranges);
		bar_add_bar(bar, line, layout.bar, ranges, count,
		    row->size_bytes);
	} else if (layout.bar > 0) {
		text_safe(name, sizeof name, _("size unknown"),
		    strlen(_("size unknown")), layout.bar + 1, TEXT_PAD |
		    TEXT_CUT_END);
		bar_add(line, "  %s", name);
	}
	if (layout.size)
		bar_add_sizes(bar, line, row);
	if (layout.speed)
		bar_add_speed(bar, line, row);
	if (layout.left) {
		units_left(left, sizeof left,
		    row->state == HAUL_STATE_WAITING ? row->wait_ms :
		    units_rest_ms(row->got_bytes, row->size_bytes,
		    row->speed_bps));
		bar_add(line, " %5s", left);
	}
}

/* By bytes if all sizes are known, else by files. */
static int
bar_total_range(const struct haul_totals *totals, struct haul_range *range,
    int64_t *whole)
{
	uint64_t ended = totals->done + totals->skipped + totals->failed;

	range->start = 0;
	if (!totals->size_is_lower_bound && totals->size_bytes > 0) {
		range->end = totals->got_bytes;
		*whole = totals->size_bytes;
	} else {
		range->end = (int64_t)ended;
		*whole = (int64_t)totals->files;
	}
	if (range->end > *whole)
		range->end = *whole;
	return *whole > 0 ? units_percent(range->end, *whole) : 0;
}

static void
bar_draw_total(struct bar *bar, struct bar_line *line,
    const struct haul_totals *totals)
{
	char ended[UNITS_SIZE], files[UNITS_SIZE], failed[UNITS_SIZE];
	char got[UNITS_SIZE], speed[UNITS_SIZE], left[UNITS_SIZE];
	struct haul_range range;
	int64_t whole, rest;
	int percent = bar_total_range(totals, &range, &whole);

	units_count(ended, sizeof ended, totals->done + totals->skipped);
	units_count(files, sizeof files, totals->files);
	units_count(failed, sizeof failed, totals->failed);
	units_size(got, sizeof got, totals->got_bytes, bar->si);
	units_rate(speed, sizeof speed, totals->speed_bps, bar->si);
	rest = units_rest_ms(totals->got_bytes, totals->size_bytes,
	    totals->speed_bps);
	units_left(left, sizeof left, rest);
	bar_add(line, "%s", _("Total"));
	bar_add_percent(line, percent);
	bar_add_bar(bar, line, bar->columns >= 60 ? 18 : bar->columns >= 44 ?
	    8 : 0, &range, range.end > 0, whole);
	bar_add(line, " ");
	bar_add(line, ngettext("%s/%s file", "%s/%s files", totals->files),
	    ended, files);
	if (totals->failed > 0) {
		bar_add(line, " ");
		bar_add(line, ngettext("%s failed", "%s failed",
		    totals->failed), failed);
	}
	bar_add(line, " %s %s", got, speed);
	if (rest > 0)
		bar_add(line, " %s%s", totals->size_is_lower_bound ||
		    totals->queued > 0 ? "~" : "", left);
}

/* ---- frames ---- */

/* To the start of the block that is on the screen. */
static void
bar_go_up(struct bar *bar, FILE *frame)
{
	if (!bar->shown)
		return;
	fputc('\r', frame);
	if (bar->drawn > 1)
		fprintf(frame, "\033[%dA", bar->drawn - 1);
}

static void
bar_put_news(struct bar *bar, FILE *frame)
{
	const char *at = bar->news, *end;
	char dropped[UNITS_SIZE];

	bar->news[bar->news_length] = '\0';
	for (; *at != '\0'; at = end + 1) {
		end = strchrnul(at, '\n');
		fprintf(frame, "%.*s\033[K\n", (int)(end - at), at);
		if (*end == '\0')
			break;
	}
	if (bar->news_dropped > 0) {
		units_count(dropped, sizeof dropped, bar->news_dropped);
		fprintf(frame, ngettext("%s more event, not shown here",
		    "%s more events, not shown here", bar->news_dropped),
		    dropped);
		fputs("\033[K\n", frame);
	}
	bar->news_length = 0;
	bar->news_dropped = 0;
}

static void
bar_put_line(struct bar *bar, FILE *frame, const struct bar_line *line,
    bool first)
{
	size_t length = text_fit(line->text, bar->columns - 1, NULL);

	if (!first)
		fputc('\n', frame);
	fprintf(frame, "%.*s\033[K", (int)length, line->text);
	bar->drawn++;
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
bar_put_rows(struct bar *bar, FILE *frame)
{
	struct haul_row rows[BAR_ROWS_MAX];
	struct bar_line line;
	size_t room = bar_room(bar), active, i, shown;
	char more[UNITS_SIZE];

	active = room > 0 ? haul_active(bar->context->haul, rows, room) : 0;
	shown = active <= room ? active : room - 1;
	for (i = 0; i < shown; i++) {
		bar_begin(&line);
		bar_draw_row(bar, &line, &rows[i]);
		bar_put_line(bar, frame, &line, bar->drawn == 0);
	}
	if (shown == active)
		return;
	bar_begin(&line);
	units_count(more, sizeof more, active - shown);
	bar_add(&line, ngettext("... %s more active", "... %s more active",
	    active - shown), more);
	bar_put_line(bar, frame, &line, bar->drawn == 0);
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
	struct bar_line line;

	bar_put_rows(bar, frame);
	haul_totals(bar->context->haul, &totals);
	bar_begin(&line);
	bar_draw_total(bar, &line, &totals);
	bar_put_line(bar, frame, &line, bar->drawn == 0);
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
	bar_go_up(bar, frame);
	bar_put_news(bar, frame);
	bar->drawn = 0;
	if (block)
		bar_draw_block(bar, frame);
	if (was_shown || block)
		fputs("\033[J", frame);
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
