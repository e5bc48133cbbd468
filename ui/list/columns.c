/* SPDX-License-Identifier: MIT
 *
 * A row of cells, left to right. Each cell is a text of its own that fits its
 * column; colours only repeat what the words and shapes say.
 */
#include "config.h"

#include "columns.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "present/i18n.h"
#include "present/segments.h"
#include "present/sentence.h"
#include "present/text.h"
#include "present/units.h"

#define COLUMNS_BAR_MAX 32
#define COLUMNS_TEXT_MAX TEXT_ROOM(HAUL_NAME_SIZE)
#define COLUMNS_WHEN_LONG 11    /* cells for a day and a time */
#define COLUMNS_CELL_SIZE 64
#define COLUMNS_EARLY_MS 2000   /* a speed is known by then */
#define COLUMNS_WORD_MAX 8      /* of a state, translated */
#define COLUMNS_NAME_MIN 12     /* that headings leave */

enum columns_kind {
	COLUMNS_NAME,
	COLUMNS_BAR,
	COLUMNS_PERCENT,
	COLUMNS_RECEIVED,
	COLUMNS_SIZE,
	COLUMNS_SPEED,
	COLUMNS_LEFT,
	COLUMNS_CONNECTIONS,
	COLUMNS_CAUSE,
	COLUMNS_TRY,
	COLUMNS_WHEN,
	COLUMNS_HOST,
	COLUMNS_KINDS
};

static const struct columns_title {
	const char *title;
	enum list_sort sort;            /* LIST_SORTS: not sorted by */
	bool left;                      /* aligned */
} columns_titles[COLUMNS_KINDS] = {
	/* TRANSLATORS: heads of narrow columns: up to six cells, ETA five, TRY
	 * three, PROGRESS and CAUSE more. Wide characters take two. */
	[COLUMNS_NAME] = { N_("NAME"), LIST_SORT_NAME, true },
	[COLUMNS_BAR] = { N_("PROGRESS"), LIST_SORT_PROGRESS, true },
	[COLUMNS_PERCENT] = { "%", LIST_SORT_PROGRESS, false },
	[COLUMNS_RECEIVED] = { N_("RECVD"), LIST_SORTS, false },
	[COLUMNS_SIZE] = { N_("SIZE"), LIST_SORT_SIZE, false },
	[COLUMNS_SPEED] = { "/s", LIST_SORT_SPEED, false },
	[COLUMNS_LEFT] = { N_("ETA"), LIST_SORT_LEFT, false },
	[COLUMNS_CONNECTIONS] = { N_("CONN"), LIST_SORTS, false },
	[COLUMNS_CAUSE] = { N_("CAUSE"), LIST_SORTS, true },
	[COLUMNS_TRY] = { N_("TRY"), LIST_SORTS, false },
	[COLUMNS_WHEN] = { N_("WHEN"), LIST_SORT_ENDED, true },
	[COLUMNS_HOST] = { N_("HOST"), LIST_SORT_HOST, true },
};

/* ---- places ---- */

static int *
columns_cells(struct layout_columns *columns, enum columns_kind kind)
{
	int *const cells[COLUMNS_KINDS] = {
		[COLUMNS_NAME] = &columns->name,
		[COLUMNS_BAR] = &columns->bar,
		[COLUMNS_PERCENT] = &columns->percent,
		[COLUMNS_RECEIVED] = &columns->received,
		[COLUMNS_SIZE] = &columns->size,
		[COLUMNS_SPEED] = &columns->speed,
		[COLUMNS_LEFT] = &columns->left,
		[COLUMNS_CONNECTIONS] = &columns->connections,
		[COLUMNS_CAUSE] = &columns->cause,
		[COLUMNS_TRY] = &columns->try,
		[COLUMNS_WHEN] = &columns->when,
		[COLUMNS_HOST] = &columns->host,
	};

	return cells[kind];
}

static int
columns_width(const struct layout_columns *columns, enum columns_kind kind)
{
	struct layout_columns copy = *columns;

	return *columns_cells(&copy, kind);
}

static int
columns_word_at(const struct layout_columns *columns)
{
	return columns->marks + columns->glyph + (columns->glyph > 0);
}

static int
columns_name_at(const struct layout_columns *columns)
{
	int at = columns_word_at(columns) + columns->word;

	return columns->word > 0 ? at + 1 : at;
}

static int
columns_at(const struct layout_columns *columns, enum columns_kind kind)
{
	int at = columns_name_at(columns), i, width;

	for (i = COLUMNS_NAME; i < (int)kind; i++) {
		width = columns_width(columns, (enum columns_kind)i);
		if (width > 0)
			at += width + 1;
	}
	return at;
}

int
columns_fold_at(const struct layout_columns *columns)
{
	return columns->marks;
}

/* ---- translations ---- */

/* Makes a column as wide as its words, if the names can spare it. */
static void
columns_widen(struct layout_columns *columns, int *cells, int wanted)
{
	int more = wanted - *cells;

	if (*cells == 0 || more <= 0 ||
	    columns->name - more < COLUMNS_NAME_MIN)
		return;
	*cells += more;
	columns->name -= more;
}

/* The heading stands over the sign as well. */
static int
columns_state_cells(const struct layout_columns *columns)
{
	return columns_word_at(columns) - columns->marks + columns->word;
}

void
columns_fit(struct layout_columns *columns)
{
	int state = text_width(_("STATE")), i, cells;

	for (i = 0; i < HAUL_STATE_COUNT; i++) {
		cells = text_width(glyph_word((enum haul_state)i));
		columns_widen(columns, &columns->word,
		    cells < COLUMNS_WORD_MAX ? cells : COLUMNS_WORD_MAX);
	}
	columns_widen(columns, &columns->word, columns->word + state -
	    columns_state_cells(columns));
	for (i = COLUMNS_BAR; i < COLUMNS_KINDS; i++) {
		cells = text_width(_(columns_titles[i].title));
		if (i != COLUMNS_BAR || cells <= COLUMNS_BAR_MAX)
			columns_widen(columns, columns_cells(columns,
			    (enum columns_kind)i), cells);
	}
}

/* ---- cells ---- */

static void
columns_put(struct grid_area area, int line,
    const struct layout_columns *columns, enum columns_kind kind,
    const char *text, enum grid_style style, unsigned flags)
{
	int width = columns_width(columns, kind);
	int at = columns_at(columns, kind);

	if (width <= 0)
		return;
	if (columns_titles[kind].left)
		grid_put(area, line, at, width, text, style, flags);
	else
		grid_put_right(area, line, at, width, text, style, flags);
}

static bool
columns_is_whole(const struct haul_row *row)
{
	return row->state == HAUL_STATE_DONE ||
	    row->state == HAUL_STATE_SKIPPED;
}

static bool
columns_runs(const struct haul_row *row)
{
	return (HAUL_IN(row->state) & HAUL_IN_ACTIVE) != 0;
}

/* Not begun: there is nothing to tell but its size. */
static bool
columns_is_blank(const struct haul_row *row)
{
	return row->state == HAUL_STATE_QUEUED && row->got_bytes <= 0;
}

static bool
columns_is_endless(const struct haul_row *row)
{
	return row->size_bytes < 0 && !columns_is_whole(row) &&
	    (row->state == HAUL_STATE_ACTIVE || row->got_bytes > 0);
}

static void
columns_draw_percent(struct grid_area area, int line,
    const struct layout_columns *columns, const struct haul_row *row)
{
	int percent = units_percent(row->got_bytes, row->size_bytes);
	char text[COLUMNS_CELL_SIZE];

	if (columns_is_blank(row))
		return;
	if (columns_is_whole(row))
		percent = 100;
	else if (row->size_bytes < 0 && !columns_is_endless(row))
		percent = 0;
	if (percent < 0)
		snprintf(text, sizeof text, "?");
	else
		snprintf(text, sizeof text, "%d%%", percent);
	columns_put(area, line, columns, COLUMNS_PERCENT, text, STYLE_TEXT, 0);
}

static void
columns_draw_sizes(struct grid_area area, int line,
    const struct layout_columns *columns, const struct columns_look *look,
    const struct haul_row *row)
{
	int64_t size = row->size_bytes;
	char text[UNITS_SIZE];

	if (size < 0 && columns_is_whole(row))
		size = row->got_bytes;
	units_size(text, sizeof text, size, look->si);
	columns_put(area, line, columns, COLUMNS_SIZE, text, STYLE_TEXT, 0);
	if (columns_is_blank(row))
		return;
	units_size(text, sizeof text, row->got_bytes, look->si);
	columns_put(area, line, columns, COLUMNS_RECEIVED, text, STYLE_TEXT,
	    0);
}

/* "in 8s", in six cells. */
static void
columns_wait_text(char *text, size_t size, int64_t wait_ms)
{
	int64_t seconds = (wait_ms + 999) / 1000;

	if (seconds <= 0)
		snprintf(text, size, "%s", _("soon"));
	else if (seconds < 100)
		snprintf(text, size, _("in %ds"), (int)seconds);
	else if (seconds < 5940)
		snprintf(text, size, _("in %dm"), (int)((seconds + 59) / 60));
	else
		snprintf(text, size, _("in %dh"),
		    (int)((seconds + 3599) / 3600));
}

/* What it waits for: a time in six cells, or its host or the network, for
 * which it has the cells of the time left as well, if there are any. */
static void
columns_draw_wait(struct grid_area area, int line,
    const struct layout_columns *columns, const struct haul_row *row)
{
	int at = columns_at(columns, COLUMNS_SPEED), width = columns->speed;
	char time[COLUMNS_CELL_SIZE], text[2 * COLUMNS_CELL_SIZE];
	const char *brief = _("full");
	enum grid_style style = row->state == HAUL_STATE_WAITING ?
	    STYLE_RTRY : STYLE_QUIET;

	columns_wait_text(time, sizeof time, row->wait_ms);
	switch (row->wait) {
	case HAUL_WAIT_HOST_CAP:
	case HAUL_WAIT_HOST_LIMIT:
		snprintf(text, sizeof text, "%s", _("host full"));
		break;
	case HAUL_WAIT_NETWORK:
		snprintf(text, sizeof text, "%s", _("no network"));
		brief = _("no net");
		break;
	case HAUL_WAIT_HOST_PAUSE:
		snprintf(text, sizeof text, _("host %s"), time);
		brief = time;
		break;
	default:
		if (row->state == HAUL_STATE_WAITING)
			columns_put(area, line, columns, COLUMNS_SPEED, time,
			    style, 0);
		return;
	}
	if (columns->left > 0)
		width += 1 + columns->left;
	if (width <= 0)
		return;
	if (text_width(text) > width)
		snprintf(text, sizeof text, "%s", brief);
	grid_put_right(area, line, at, width, text, style, 0);
}

/* Where there is room for more than the cause's own word, and that says
 * little. */
static const char *
columns_cause_word(enum haul_cause cause, int width)
{
	const char *word = cause == HAUL_CAUSE_DNS ? _("unknown host") :
	    cause == HAUL_CAUSE_CONNECT ? _("unreachable") :
	    cause == HAUL_CAUSE_SECRET ? _("needs secret") : NULL;

	return word != NULL && text_width(word) <= width ? word :
	    haul_cause_name(cause);
}

static void
columns_draw_short_cause(struct grid_area area, int line,
    const struct layout_columns *columns, const struct haul_row *row)
{
	int at = columns_at(columns, COLUMNS_SPEED);
	int width = columns->speed;
	char text[COLUMNS_CELL_SIZE];

	if (width <= 0)
		return;
	if (columns->left > 0)
		width += 1 + columns->left;
	if (row->cause != HAUL_CAUSE_HTTP || row->http_status <= 0)
		snprintf(text, sizeof text, "%s",
		    columns_cause_word(row->cause, width));
	else
		snprintf(text, sizeof text, width < 8 ? "%d" : "HTTP %d",
		    row->http_status);
	if (text_width(text) > width)
		text[text_fit(text, width, NULL)] = '\0';
	grid_put_right(area, line, at, width, text, STYLE_FAIL, 0);
}

static void
columns_draw_speed(struct grid_area area, int line,
    const struct layout_columns *columns, const struct columns_look *look,
    const struct haul_row *row)
{
	char text[COLUMNS_CELL_SIZE];

	switch (row->state) {
	case HAUL_STATE_ACTIVE:
		/* Not measured yet is not nothing. */
		if (row->speed_bps == 0 && row->elapsed_ms < COLUMNS_EARLY_MS)
			break;
		units_size(text, sizeof text, row->speed_bps, look->si);
		columns_put(area, line, columns, COLUMNS_SPEED, text,
		    STYLE_TEXT, 0);
		units_left(text, sizeof text, units_rest_ms(row->got_bytes,
		    row->size_bytes, row->speed_bps));
		columns_put(area, line, columns, COLUMNS_LEFT, text,
		    STYLE_TEXT, 0);
		break;
	case HAUL_STATE_QUEUED:
	case HAUL_STATE_WAITING:
		columns_draw_wait(area, line, columns, row);
		break;
	case HAUL_STATE_FAILED:
		columns_draw_short_cause(area, line, columns, row);
		break;
	default:
		break;
	}
}

static void
columns_draw_counts(struct grid_area area, int line,
    const struct layout_columns *columns, const struct haul_row *row)
{
	uint32_t wanted = row->connections_wanted;
	char text[COLUMNS_CELL_SIZE];

	if (wanted < row->connections)
		wanted = row->connections;
	if (wanted == 0)
		wanted = 1;
	snprintf(text, sizeof text, "%u/%u", row->connections, wanted);
	if (columns_runs(row) && row->state != HAUL_STATE_VERIFYING)
		columns_put(area, line, columns, COLUMNS_CONNECTIONS, text,
		    STYLE_TEXT, 0);
	snprintf(text, sizeof text, "%u", row->attempt);
	if (row->attempt > 0)
		columns_put(area, line, columns, COLUMNS_TRY, text,
		    row->attempt > 1 ? STYLE_STRONG : STYLE_TEXT, 0);
}

static void
columns_draw_host(struct grid_area area, int line,
    const struct layout_columns *columns, const struct columns_look *look,
    const struct haul_row *row)
{
	char text[TEXT_ROOM(HAUL_HOST_SIZE)];

	text_safe(text, sizeof text, row->host, strlen(row->host),
	    columns->host, look->text_flags);
	columns_put(area, line, columns, COLUMNS_HOST, text, STYLE_QUIET, 0);
}

static void
columns_draw_failure(struct grid_area area, int line,
    const struct layout_columns *columns, const struct columns_look *look,
    const struct haul_row *row)
{
	time_t ended = (time_t)(row->ended_ms / 1000);
	time_t now = (time_t)(look->epoch_ms / 1000);
	char heading[SENTENCE_SIZE], text[SENTENCE_SIZE], day[UNITS_SIZE];
	struct tm at, today;

	sentence_heading(heading, sizeof heading, row->cause,
	    row->http_status);
	text_safe(text, sizeof text, heading, strlen(heading), columns->cause,
	    look->text_flags | TEXT_CUT_END);
	columns_put(area, line, columns, COLUMNS_CAUSE, text, STYLE_FAIL, 0);
	if (row->ended_ms <= 0 || localtime_r(&ended, &at) == NULL ||
	    localtime_r(&now, &today) == NULL)
		return;
	if (at.tm_year == today.tm_year && at.tm_yday == today.tm_yday)
		*day = '\0';
	else
		units_day(day, sizeof day, row->ended_ms);
	if (*day != '\0' && columns->when < COLUMNS_WHEN_LONG)
		snprintf(text, sizeof text, "%s", day);
	else if (*day != '\0')
		snprintf(text, sizeof text, "%s %02d:%02d", day, at.tm_hour,
		    at.tm_min);
	else
		strftime(text, sizeof text, "%H:%M:%S", &at);
	columns_put(area, line, columns, COLUMNS_WHEN, text, STYLE_TEXT, 0);
}

/* ---- the name ---- */

/* The last bytes of a text of ours, without its first cells. */
static const char *
columns_skip(const char *text, int cells)
{
	return text + text_fit(text, cells, NULL);
}

/* A name that is moved: what is cut away at either end is marked. */
static void
columns_scroll_name(char *text, size_t size, const struct columns_look *look,
    const char *whole, int width)
{
	int rest = text_width(whole) - width;
	int skip = look->scroll < rest ? look->scroll : rest;
	const char *start = columns_skip(whole, skip + 1);
	size_t length;

	if (skip < rest) {
		length = text_fit(start, width - 2, NULL);
		snprintf(text, size, "%s%.*s%s", look->glyphs->ellipsis,
		    (int)length, start, look->glyphs->ellipsis);
	} else {
		snprintf(text, size, "%s%s", look->glyphs->ellipsis, start);
	}
}

static void
columns_name_text(char *text, size_t size, const struct columns_look *look,
    const struct haul_row *row, int width, bool cut_end)
{
	char whole[COLUMNS_TEXT_MAX];
	int cells = text_safe(whole, sizeof whole, row->name,
	    strlen(row->name), -1, look->text_flags);

	if (look->scroll > 0 && cells > width && width > 2)
		columns_scroll_name(text, size, look, whole, width);
	else
		text_safe(text, size, row->name, strlen(row->name), width,
		    look->text_flags | (cut_end ? TEXT_CUT_END : 0));
}

int
columns_name_rest(const struct layout_columns *columns,
    const struct haul_row *row, unsigned text_flags)
{
	char whole[COLUMNS_TEXT_MAX];
	int cells = text_safe(whole, sizeof whole, row->name,
	    strlen(row->name), -1, text_flags);

	return cells > columns->name ? cells - columns->name : 0;
}

static void
columns_draw_name(struct grid_area area, int line,
    const struct layout_columns *columns, const struct columns_look *look,
    const struct columns_row *item)
{
	unsigned flags = item->tagged ? GRID_UNDERLINE : 0;
	int at = columns_name_at(columns);
	char text[COLUMNS_TEXT_MAX];

	columns_name_text(text, sizeof text, look, item->row, columns->name,
	    columns->cut_end);
	grid_put(area, line, at, columns->name, text, STYLE_TEXT, flags);
	if (item->selected)
		grid_mark(area, line, at, columns->name, GRID_REVERSE);
}

/* ---- the bar ---- */

/* Whether any of the ranges has a byte in cell i of so many. */
static bool
columns_is_fresh(const struct columns_row *item, int i, int cells)
{
	__int128 size = item->row->size_bytes;
	__int128 start = (__int128)i * size, end = start + size;
	size_t n;

	for (n = 0; n < item->fresh_count; n++)
		if ((__int128)item->fresh[n].start * cells < end &&
		    (__int128)item->fresh[n].end * cells > start)
			return true;
	return false;
}

static enum grid_style
columns_bar_style(const struct columns_row *item,
    const struct segments_cell *cell, int i, int cells)
{
	if (cell->kind == SEGMENTS_NONE)
		return STYLE_BAR_REST;
	if (columns_is_whole(item->row))
		return STYLE_BAR_DONE;
	if (item->row->state == HAUL_STATE_FAILED)
		return STYLE_BAR_FAIL;
	if (item->row->state == HAUL_STATE_ACTIVE &&
	    columns_is_fresh(item, i, cells))
		return STYLE_BAR_NOW;
	return STYLE_BAR_HERE;
}

static void
columns_fill_bar(struct segments_cell *cells, int count,
    const struct columns_row *item)
{
	const struct haul_row *row = item->row;
	struct haul_range all = { 0, row->got_bytes };
	int64_t size = row->size_bytes;

	if (columns_is_whole(row)) {
		all.end = size = 1;
		segments_fill(cells, (size_t)count, &all, 1, size);
	} else if (item->range_count > 0) {
		segments_fill(cells, (size_t)count, item->ranges,
		    item->range_count, size);
	} else {
		/* One row of bytes: what is told of one that does not run. */
		if (size >= 0 && all.end > size)
			all.end = size;
		segments_fill(cells, (size_t)count, &all,
		    all.end > 0 && size > 0, size);
	}
}

/* As long as there is room for; what does not fit is cut. */
static const char *
columns_endless_words(int cells)
{
	const char *words = _(" size unknown");

	if (text_width(words) > cells)
		words = _("size unknown");
	return text_width(words) > cells ? _(" size ?") : words;
}

static void
columns_draw_bar(struct grid_area area, int line,
    const struct layout_columns *columns, const struct columns_look *look,
    const struct columns_row *item)
{
	unsigned flags = (look->glyphs->ascii ? SEGMENTS_ASCII : 0) |
	    (look->reverse && !item->selected ? SEGMENTS_REVERSE : 0);
	struct segments_cell cells[COLUMNS_BAR_MAX];
	int i, at = columns_at(columns, COLUMNS_BAR), count = columns->bar;
	const char *glyph;
	bool reverse;

	if (columns_is_endless(item->row)) {
		grid_put(area, line, at, count, columns_endless_words(count),
		    STYLE_QUIET, 0);
		return;
	}
	columns_fill_bar(cells, count, item);
	for (i = 0; i < count; i++) {
		glyph = segments_glyph(&cells[i], flags, &reverse);
		grid_put(area, line, at + i, 1, glyph, columns_bar_style(item,
		    &cells[i], i, count), reverse ? GRID_REVERSE : 0);
	}
}

/* ---- the row ---- */

static void
columns_draw_marks(struct grid_area area, int line,
    const struct layout_columns *columns, const struct columns_look *look,
    const struct columns_row *item)
{
	if (item->tagged)
		grid_put(area, line, columns->marks - 1, 1,
		    look->glyphs->tag, STYLE_STRONG, GRID_BOLD);
	if (item->selected)
		grid_put(area, line, 0, 1, look->glyphs->select, STYLE_STRONG,
		    GRID_BOLD);
}

static void
columns_draw_state(struct grid_area area, int line,
    const struct layout_columns *columns, const struct columns_look *look,
    enum haul_state state)
{
	if (columns->glyph > 0)
		grid_put(area, line, columns->marks, columns->glyph,
		    look->glyphs->states[state], glyph_style(state),
		    glyph_flags(state));
	if (columns->word > 0)
		grid_put(area, line, columns_word_at(columns), columns->word,
		    glyph_word(state), glyph_style(state),
		    glyph_flags(state));
}

void
columns_draw_row(struct grid_area area, int line,
    const struct layout_columns *columns, const struct columns_look *look,
    const struct columns_row *item)
{
	const struct haul_row *row = item->row;

	columns_draw_marks(area, line, columns, look, item);
	columns_draw_state(area, line, columns, look, row->state);
	columns_draw_name(area, line, columns, look, item);
	if (columns->bar > 0)
		columns_draw_bar(area, line, columns, look, item);
	columns_draw_percent(area, line, columns, row);
	columns_draw_sizes(area, line, columns, look, row);
	columns_draw_speed(area, line, columns, look, row);
	columns_draw_counts(area, line, columns, row);
	if (columns->cause > 0)
		columns_draw_failure(area, line, columns, look, row);
	if (columns->host > 0)
		columns_draw_host(area, line, columns, look, row);
}

void
columns_draw_head(struct grid_area area, int line,
    const struct layout_columns *columns, enum list_sort sort)
{
	const struct columns_title *title;
	enum grid_style style;
	int i;

	if (columns->word > 0)
		grid_put(area, line, columns->marks,
		    columns_state_cells(columns), _("STATE"), STYLE_QUIET, 0);
	for (i = 0; i < COLUMNS_KINDS; i++) {
		title = &columns_titles[i];
		style = title->sort == sort && sort != LIST_SORTS ?
		    STYLE_STRONG : STYLE_QUIET;
		columns_put(area, line, columns, (enum columns_kind)i,
		    _(title->title), style,
		    style == STYLE_STRONG ? GRID_UNDERLINE : 0);
	}
}

enum list_sort
columns_sort_at(const struct layout_columns *columns, int column)
{
	int i, at, width;

	if (column < columns_name_at(columns) - 1)
		return LIST_SORT_STATE;
	for (i = 0; i < COLUMNS_KINDS; i++) {
		at = columns_at(columns, (enum columns_kind)i);
		width = columns_width(columns, (enum columns_kind)i);
		if (width > 0 && column >= at && column < at + width)
			return columns_titles[i].sort;
	}
	return LIST_SORTS;
}
