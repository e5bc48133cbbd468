/* SPDX-License-Identifier: MIT
 *
 * A line is made of fields, each of which can be left out; what matters least
 * goes first, until the rest fits. The bar, which can have any length, takes
 * what is left then.
 */
#include "config.h"

#include "header.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graph.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/progress.h"
#include "present/segments.h"
#include "present/text.h"
#include "present/units.h"
#include "ui/list/list.h"
#include "ui/screen/layout.h"

#define HEADER_FIELD_SIZE 64
#define HEADER_WIDE 100         /* columns for the wide form */
#define HEADER_NARROW 60        /* fewer: numbers alone */
#define HEADER_BAR_MIN 8
#define HEADER_BAR_WIDE 10      /* the same in the wide form */
#define HEADER_BAR_ROOMY 16     /* as long as that, or no failures beside it:
                                   the tabs tell them too */
#define HEADER_BAR_MAX 48
#define HEADER_SCALE 12         /* cells beside a graph of several rows */
#define HEADER_NOW 19           /* and of one */
#define HEADER_WINDOW_S 60      /* that a graph shows at least */
#define HEADER_COLUMNS_MAX 1024

struct header_tab_place {
	int left, width;
};

struct header {
	struct ui *ui;
	struct graph graph;
	uint64_t second;                /* the numbers below are of it */
	int64_t speed_bps, rest_ms;
	struct header_tab_place places[LIST_TABS];
};

struct header *
header_new(struct ui *ui)
{
	struct header *header = memory_zero(sizeof *header);

	header->ui = ui;
	header->second = UINT64_MAX;
	return header;
}

void
header_free(struct header *header)
{
	free(header);
}

void
header_sample(struct header *header, int64_t now_ms, int64_t speed_bps)
{
	(void)graph_sample(&header->graph, now_ms, speed_bps);
}

/* ---- totals ---- */

enum header_field {
	HEADER_PERCENT,
	HEADER_COUNT,
	HEADER_FAILED,
	HEADER_BYTES,
	HEADER_SPEED,
	HEADER_LEFT,
	HEADER_SLOTS,
	HEADER_CONNECTIONS,
	HEADER_LIMIT,
	HEADER_FIELDS
};

struct header_line {
	char text[HEADER_FIELDS][HEADER_FIELD_SIZE];    /* "": left out */
	enum grid_style style[HEADER_FIELDS];
	int gap;                        /* blanks between two fields */
};

static void __attribute__((format(printf, 3, 4)))
header_set(struct header_line *line, enum header_field field,
    const char *format, ...)
{
	va_list values;

	va_start(values, format);
	vsnprintf(line->text[field], HEADER_FIELD_SIZE, format, values);
	va_end(values);
}

/* Numbers that people read change once a second. */
static void
header_steady(struct header *header, const struct progress *progress)
{
	const struct ui *ui = header->ui;

	if (header->second == ui->second)
		return;
	header->second = ui->second;
	header->speed_bps = ui->totals.speed_bps;
	header->rest_ms = progress->rest_ms;
}

static uint64_t
header_here(const struct haul_totals *totals)
{
	return totals->done + totals->skipped;
}

static void
header_set_failed(const struct header *header, struct header_line *line)
{
	char failed[UNITS_SIZE];

	if (header->ui->totals.failed == 0)
		return;
	units_count(failed, sizeof failed, header->ui->totals.failed);
	header_set(line, HEADER_FAILED, ngettext("%s failed", "%s failed",
	    header->ui->totals.failed), failed);
}

static void
header_set_bytes(const struct header *header, struct header_line *line)
{
	const struct haul_totals *totals = &header->ui->totals;
	char got[UNITS_SIZE], size[UNITS_SIZE];
	bool si = header->ui->context.si;

	units_size(got, sizeof got, totals->got_bytes, si);
	units_size(size, sizeof size, totals->size_bytes, si);
	if (totals->size_bytes <= 0)
		header_set(line, HEADER_BYTES, "%s", got);
	else
		header_set(line, HEADER_BYTES, _("%s of %s%s"), got,
		    totals->size_is_lower_bound ?
		    ui_glyphs(header->ui)->at_least : "", size);
}

/* When all has ended, that of the whole run, and how long it took. */
static bool
header_is_over(const struct header *header)
{
	const struct haul_totals *totals = &header->ui->totals;

	return !totals->running && totals->elapsed_ms >= 1000 &&
	    totals->fetched_bytes > 0;
}

static void
header_set_speed(const struct header *header, struct header_line *line)
{
	const struct haul_totals *totals = &header->ui->totals;
	bool si = header->ui->context.si;
	char rate[UNITS_SIZE];

	if (!header_is_over(header)) {
		units_rate(rate, sizeof rate, header->speed_bps, si);
		header_set(line, HEADER_SPEED, "%s", rate);
		return;
	}
	units_rate(rate, sizeof rate, (int64_t)((double)totals->fetched_bytes *
	    1000 / (double)totals->elapsed_ms), si);
	header_set(line, HEADER_SPEED, _("%s average"), rate);
}

static void
header_set_left(const struct header *header, struct header_line *line,
    const struct progress *progress, bool narrow)
{
	const char *guess = progress->rest_is_guess ? "~" : "";
	char left[UNITS_SIZE];

	if (header_is_over(header)) {
		units_taken(left, sizeof left, header->ui->totals.elapsed_ms);
		/* TRANSLATORS: the time of all of it: "took 2m05s" */
		header_set(line, HEADER_LEFT, _("took %s"), left);
		return;
	}
	units_left(left, sizeof left, header->rest_ms);
	if (*left == '\0' || !header->ui->totals.running)
		return;
	if (narrow)
		/* TRANSLATORS: "~" or nothing, and a time: "~0:27 left" */
		header_set(line, HEADER_LEFT, _("%s%s left"), guess, left);
	else
		/* TRANSLATORS: "~" or nothing, and a time: "ETA ~0:27" */
		header_set(line, HEADER_LEFT, _("ETA %s%s"), guess, left);
}

/* What is set, beside what it is set to. */
static void
header_set_settings(const struct header *header, struct header_line *line)
{
	const struct haul_totals *totals = &header->ui->totals;
	struct haul *haul = header->ui->haul;
	char value[32];

	if (haul_get(haul, 0, "max-conn", value, sizeof value))
		header_set(line, HEADER_SLOTS, _("slots %" PRIu64 "/%s"),
		    totals->active, value);
	if (haul_get(haul, 0, "max-total-conn", value, sizeof value) &&
	    strcmp(value, "0") != 0 && *value != '\0')
		header_set(line, HEADER_CONNECTIONS, _("conns %u/%s"),
		    totals->connections, value);
	else
		header_set(line, HEADER_CONNECTIONS, _("conns %u"),
		    totals->connections);
	if (haul_get(haul, 0, "limit-rate", value, sizeof value))
		header_set(line, HEADER_LIMIT, _("limit %s"),
		    strcmp(value, "0") == 0 || *value == '\0' ? _("off") :
		    value);
}

/* The percent stands before what it is of. */
static void
header_make_wide(const struct header *header, struct header_line *line,
    const struct progress *progress)
{
	char done[UNITS_SIZE], files[UNITS_SIZE];

	units_count(done, sizeof done, header_here(&header->ui->totals));
	units_count(files, sizeof files, header->ui->totals.files);
	line->gap = 3;
	header_set(line, HEADER_PERCENT, progress->of_files ?
	    _("%d%% of files") : _("%d%% of bytes"), progress->percent);
	header_set(line, HEADER_COUNT, "%s/%s", done, files);
	header_set_failed(header, line);
	header_set_bytes(header, line);
	header_set_speed(header, line);
	header_set_left(header, line, progress, false);
	header_set_settings(header, line);
}

static void
header_make_plain(const struct header *header, struct header_line *line,
    const struct progress *progress)
{
	char done[UNITS_SIZE], files[UNITS_SIZE];

	units_count(done, sizeof done, header_here(&header->ui->totals));
	units_count(files, sizeof files, header->ui->totals.files);
	line->gap = 1;
	header_set(line, HEADER_PERCENT, "%d%%", progress->percent);
	header_set(line, HEADER_COUNT, _("%s/%s files"), done, files);
	header_set_failed(header, line);
	header_set_bytes(header, line);
	header_set_speed(header, line);
	header_set_left(header, line, progress, false);
}

static void
header_make_narrow(const struct header *header, struct header_line *line,
    const struct progress *progress, bool tiny)
{
	const struct haul_totals *totals = &header->ui->totals;
	char done[UNITS_SIZE], files[UNITS_SIZE];

	units_count(done, sizeof done, header_here(totals));
	units_count(files, sizeof files, totals->files);
	line->gap = tiny ? 1 : 2;
	header_set(line, HEADER_PERCENT, "%d%%", progress->percent);
	if (tiny) {
		header_set(line, HEADER_COUNT, "%" PRIu64 "/%" PRIu64,
		    header_here(totals), totals->files);
		return;
	}
	header_set(line, HEADER_COUNT, "%s/%s", done, files);
	header_set_speed(header, line);
	header_set_left(header, line, progress, true);
}

static int
header_line_width(const struct header_line *line)
{
	int i, width = 0;

	for (i = 0; i < HEADER_FIELDS; i++)
		if (line->text[i][0] != '\0')
			width += (width > 0 ? line->gap : 0) +
			    text_width(line->text[i]);
	/* What the percent is of stands near it. */
	if (line->gap == 3 && line->text[HEADER_COUNT][0] != '\0')
		width--;
	return width;
}

static void
header_fit(struct header_line *line, int width)
{
	static const enum header_field order[] = {
		HEADER_FAILED, HEADER_LIMIT, HEADER_CONNECTIONS, HEADER_SLOTS,
		HEADER_BYTES, HEADER_LEFT, HEADER_SPEED, HEADER_COUNT,
	};
	size_t i;

	for (i = 0; i < sizeof order / sizeof *order &&
	    header_line_width(line) > width; i++)
		line->text[order[i]][0] = '\0';
}

static int
header_put_line(struct grid_area area, int column,
    const struct header_line *line)
{
	int i, start = column;

	for (i = 0; i < HEADER_FIELDS; i++) {
		if (line->text[i][0] == '\0')
			continue;
		if (column > start)
			column += line->gap;
		if (i == HEADER_COUNT && line->gap == 3)
			column--;
		column += grid_put(area, 0, column, -1, line->text[i],
		    line->style[i], 0);
	}
	return column;
}

/* What failed stands at the bar's end, in whole cells; the first cell is kept
 * for what is here. */
static int
header_bar_lost(const struct progress *progress, int width)
{
	int left;

	if (progress->lost <= 0)
		return 0;
	left = (int)((double)(progress->whole - progress->lost) * width /
	    (double)progress->whole);
	return width - (left == 0 && progress->got > 0 ? 1 : left);
}

/* Of files or bytes, as the percent is; a bar is never full before all is. */
static void
header_draw_bar(const struct header *header, struct grid_area area,
    int column, int width, const struct progress *progress)
{
	unsigned flags = ui_glyphs(header->ui)->ascii ? SEGMENTS_ASCII : 0;
	struct haul_range got = { 0, progress->got };
	struct segments_cell cells[HEADER_BAR_MAX];
	int64_t whole = progress->whole > 0 ? progress->whole : 1;
	int here = width - header_bar_lost(progress, width), i;

	if (got.end >= whole && progress->percent < 100)
		got.end = whole - 1;
	segments_fill(cells, (size_t)width, &got, got.end > 0, whole);
	for (i = 0; i < here; i++)
		grid_put(area, 0, column + i, 1, segments_glyph(&cells[i],
		    flags, NULL), cells[i].kind == SEGMENTS_NONE ?
		    STYLE_BAR_REST : progress->percent == 100 ?
		    STYLE_BAR_DONE : STYLE_BAR_HERE, 0);
	for (; i < width; i++)
		grid_put(area, 0, column + i, 1,
		    ui_glyphs(header->ui)->bar_lost, STYLE_BAR_FAIL, 0);
}

static void
header_draw_with_bar(const struct header *header, struct grid_area area,
    struct header_line *line, const struct progress *progress)
{
	const char *name = "haul ";
	int spare = line->gap == 3, width;      /* wide: one blank at the end */
	int column = text_width(name);
	bool plain = header->ui->context.term.accessible;

	if (plain) {
		header_fit(line, area.columns - column);
		column = grid_put(area, 0, 0, -1, name, STYLE_TITLE,
		    GRID_BOLD);
		header_put_line(area, column, line);
		return;
	}
	if (header_line_width(line) > area.columns - spare - column - 3 -
	    HEADER_BAR_ROOMY)
		line->text[HEADER_FAILED][0] = '\0';
	header_fit(line, area.columns - spare - column - 3 - (spare > 0 ?
	    HEADER_BAR_WIDE : HEADER_BAR_MIN));
	width = area.columns - spare - column - 3 - header_line_width(line);
	if (width > HEADER_BAR_MAX)
		width = HEADER_BAR_MAX;
	grid_put(area, 0, 0, -1, name, STYLE_TITLE, GRID_BOLD);
	grid_put(area, 0, column++, 1, "[", STYLE_RULE, 0);
	header_draw_bar(header, area, column, width, progress);
	grid_put(area, 0, column + width, 1, "]", STYLE_RULE, 0);
	header_put_line(area, column + width + 2, line);
}

void
header_draw_totals(struct header *header, struct grid_area area)
{
	struct header_line line = { .gap = 1 };
	struct progress progress;

	if (area.rows < 1)
		return;
	progress_of_totals(&progress, &header->ui->totals);
	header_steady(header, &progress);
	line.style[HEADER_PERCENT] = line.style[HEADER_SPEED] = STYLE_STRONG;
	line.style[HEADER_FAILED] = STYLE_FAIL;
	line.style[HEADER_SLOTS] = line.style[HEADER_CONNECTIONS] =
	    line.style[HEADER_LIMIT] = STYLE_QUIET;
	if (area.columns < HEADER_NARROW) {
		header_make_narrow(header, &line, &progress,
		    area.columns < LAYOUT_NARROW);
		header_fit(&line, area.columns);
		header_put_line(area, 0, &line);
		return;
	}
	if (area.columns < HEADER_WIDE)
		header_make_plain(header, &line, &progress);
	else
		header_make_wide(header, &line, &progress);
	header_draw_with_bar(header, area, &line, &progress);
}

void
header_draw_foot(struct header *header, struct grid_area area)
{
	char speed[UNITS_SIZE];
	int column;

	units_rate(speed, sizeof speed, header->speed_bps,
	    header->ui->context.si);
	column = grid_put(area, 0, 0, -1, speed, STYLE_STRONG, 0) + 1;
	column += grid_put(area, 0, column, -1, "?", STYLE_KEY, 0);
	grid_put(area, 0, column, -1, _("help"), STYLE_TEXT, 0);
}

/* ---- tabs ---- */

static const struct header_tab {
	const char *word, *short_word;
} header_tabs[LIST_TABS] = {
	/* TRANSLATORS: the five short words, with numbers, have one row of 40
	 * cells: 15 letters in all, "FAIL" for "fail" among them. */
	[LIST_ALL] = { N_("All"), N_("all") },
	[LIST_ACTIVE] = { N_("Active"), N_("act") },
	[LIST_QUEUED] = { N_("Queued"), N_("q") },
	[LIST_DONE] = { N_("Done"), N_("ok") },
	[LIST_FAILED] = { N_("Failed"), N_("fail") },
};

/* "1 All 1,204", or "all 1204". */
static void
header_tab_text(const struct header *header, int tab, bool brief, char *text,
    size_t size)
{
	uint64_t count = list_tab_count(header->ui->list, (enum list_tab)tab);
	char number[UNITS_SIZE], key[24];

	units_count(number, sizeof number, count);
	action_first_key(key, sizeof key, ACTION_TAB_ALL + (unsigned)tab);
	if (!brief)
		snprintf(text, size, "%s%s%s %s", *key == ':' ? "" : key,
		    *key == ':' ? "" : " ", _(header_tabs[tab].word), number);
	else
		snprintf(text, size, "%s %" PRIu64, tab == LIST_FAILED &&
		    count > 0 ? _("FAIL") : _(header_tabs[tab].short_word),
		    count);
}

/* Draws them, or only measures; each has a blank or a bracket at its sides,
 * which the short form has for the present one alone. */
static int
header_put_tabs(struct header *header, struct grid_area area, bool brief,
    bool draw)
{
	const char *open[2] = { " ", "[" };
	const char *close[2] = { brief ? "" : " ", "]" };
	char text[HEADER_FIELD_SIZE], framed[HEADER_FIELD_SIZE + 2];
	uint64_t failed = list_tab_count(header->ui->list, LIST_FAILED);
	int tab, column = 0, width;
	bool here;

	for (tab = 0; tab < LIST_TABS; tab++) {
		here = tab == (int)list_tab(header->ui->list);
		header_tab_text(header, tab, brief, text, sizeof text);
		snprintf(framed, sizeof framed, "%s%s%s", open[here], text,
		    close[here]);
		width = text_width(framed);
		if (tab > 0 && !brief)
			column++;
		if (draw) {
			header->places[tab].left = column;
			header->places[tab].width = width;
			grid_put(area, 0, column, -1, framed,
			    tab == LIST_FAILED && failed > 0 ? STYLE_FAIL :
			    here ? STYLE_STRONG : STYLE_TEXT, here ||
			    (tab == LIST_FAILED && failed > 0) ? GRID_BOLD :
			    0);
		}
		column += width;
	}
	return column;
}

struct header_modes {
	char words[8][HEADER_FIELD_SIZE];
	char order[HEADER_FIELD_SIZE];  /* and place; "": not told */
	int count;
};

static void
header_add_mode(struct header_modes *modes, const char *word)
{
	snprintf(modes->words[modes->count++], HEADER_FIELD_SIZE, "%s", word);
}

static bool
header_is_disk_full(const struct header *header)
{
	const struct haul_view failed = {
		.states = HAUL_IN(HAUL_STATE_FAILED),
		.order = HAUL_ORDER_ENDED, .reverse = true };
	struct haul_row row;

	return haul_rows(header->ui->haul, &failed, 0, &row, 1) == 1 &&
	    row.cause == HAUL_CAUSE_DISK_FULL;
}

static void
header_find_modes(const struct header *header, struct header_modes *modes)
{
	const struct ui *ui = header->ui;
	char word[HEADER_FIELD_SIZE], value[32];

	modes->count = 0;
	if (header_is_disk_full(header))
		header_add_mode(modes, _("DISK FULL"));
	if (ui->totals.offline)
		header_add_mode(modes, _("OFFLINE"));
	if (ui->totals.hold == HAUL_HOLD_ALL)
		header_add_mode(modes, _("ALL PAUSED"));
	if (ui->draining)
		header_add_mode(modes, _("DRAINING"));
	if (ui->frozen)
		header_add_mode(modes, _("FROZEN"));
	if (haul_get(ui->haul, 0, "limit-rate", value, sizeof value) &&
	    strcmp(value, "0") != 0 && *value != '\0') {
		snprintf(word, sizeof word, _("LIMIT %s"), value);
		header_add_mode(modes, word);
	}
	if (*list_filter_text(ui->list) != '\0')
		header_add_mode(modes, _("FILTER"));
	if (list_follows(ui->list))
		header_add_mode(modes, _("FOLLOW"));
}

/* With room to spare the order is always told, else where it is not that of
 * the queue, which needs no words. */
static void
header_find_order(const struct header *header, struct header_modes *modes,
    bool wide)
{
	char word[HEADER_FIELD_SIZE], *order = modes->order;
	bool reverse;
	enum list_sort sort = list_sort(header->ui->list, &reverse);

	order[0] = '\0';
	list_sort_word(header->ui->list, word, sizeof word);
	if (wide)
		snprintf(order, HEADER_FIELD_SIZE, _("order: %s"), word);
	else if (sort != LIST_SORT_QUEUE || reverse)
		list_sort_brief(header->ui->list, order, HEADER_FIELD_SIZE);
}

static void
header_modes_text(const struct header_modes *modes, const char *gap,
    bool brief, char *text, size_t size)
{
	size_t used = 0, length;
	uint32_t code;
	int i;

	text[0] = '\0';
	for (i = 0; i < modes->count && used < size; i++) {
		length = strlen(modes->words[i]);
		if (brief)
			length = text_decode(modes->words[i], length, &code);
		used += (size_t)snprintf(text + used, size - used, "%s%.*s",
		    used > 0 && !brief ? gap : "", (int)length,
		    modes->words[i]);
	}
	if (!brief && modes->order[0] != '\0' && used < size)
		snprintf(text + used, size - used, "%s%s", used > 0 ? gap :
		    "", modes->order);
}

/* And how far down the screen is, by that or in its place: short of room an
 * order that the tab has of itself goes first, then the place. */
static void
header_find_place(const struct header *header, struct header_modes *modes,
    int room)
{
	char place[HEADER_FIELD_SIZE], text[HEADER_FIELD_SIZE * 4];
	char *order = modes->order;
	int width, gap;

	list_position(header->ui->list, place, sizeof place);
	if (place[0] == '\0')
		return;
	header_modes_text(modes, " ", false, text, sizeof text);
	width = text_width(text) + text_width(place);
	gap = text[0] != '\0' ? 2 : 0;
	if (width + gap <= room)
		snprintf(order + strlen(order), HEADER_FIELD_SIZE -
		    strlen(order), "%s%s", order[0] != '\0' ? "  " : "",
		    place);
	else if (list_sort_is_usual(header->ui->list))
		snprintf(order, HEADER_FIELD_SIZE, "%s", place);
}

static void
header_put_modes(const struct header *header, struct grid_area area,
    int tabs, bool brief_tabs)
{
	int room = area.columns - tabs - 1, width;
	char text[HEADER_FIELD_SIZE * 4];
	struct header_modes modes;

	header_find_modes(header, &modes);
	header_find_order(header, &modes, area.columns >= HEADER_WIDE);
	header_find_place(header, &modes, room);
	header_modes_text(&modes, "  ", false, text, sizeof text);
	if (text_width(text) > room)
		header_modes_text(&modes, " ", false, text, sizeof text);
	if (text_width(text) > room) {
		modes.order[0] = '\0';
		header_modes_text(&modes, " ", false, text, sizeof text);
	}
	/* One letter each, beside tabs that are short themselves. */
	if (brief_tabs && text_width(text) > room) {
		header_modes_text(&modes, "", true, text, sizeof text);
		grid_put(area, 0, tabs + 1, room, text, STYLE_MODE,
		    GRID_BOLD);
		return;
	}
	if (text_width(text) > room)
		grid_put_cut(area, 0, area.columns - room, text, STYLE_MODE,
		    ui_flags(header->ui));
	else
		grid_put_right(area, 0, area.columns - room, room, text,
		    STYLE_MODE, 0);
	/* The order is no mode: it is told, but does not call. */
	width = text_width(modes.order);
	if (width > 0 && width <= room)
		grid_put(area, 0, area.columns - width, width, modes.order,
		    STYLE_QUIET, 0);
}

void
header_draw_tabs(struct header *header, struct grid_area area)
{
	bool brief;
	int width;

	if (area.rows < 1)
		return;
	width = header_put_tabs(header, area, false, false);
	brief = width > area.columns;
	width = header_put_tabs(header, area, brief, true);
	header_put_modes(header, area, width, brief);
}

unsigned
header_click(struct header *header, int column)
{
	const struct header_tab_place *place;
	int tab;

	for (tab = 0; tab < LIST_TABS; tab++) {
		place = &header->places[tab];
		if (column < place->left ||
		    column >= place->left + place->width)
			continue;
		list_show_tab(header->ui->list, (enum list_tab)tab);
		return UI_RELAYOUT;
	}
	return UI_PASS;
}

/* ---- the graph ---- */

static enum grid_style
header_graph_style(int step, int steps)
{
	return step * 3 <= steps ? STYLE_GRAPH_LOW :
	    step * 3 <= steps * 2 ? STYLE_GRAPH_MIDDLE : STYLE_GRAPH_HIGH;
}

/* Row 0 is the highest. In one row the colour says how high; in several the
 * rows have it. */
static void
header_draw_column(const struct header *header, struct grid_area area,
    int column, int height)
{
	const struct glyph_set *set = ui_glyphs(header->ui);
	int row, below, eighths;

	for (row = 0; row < area.rows; row++) {
		below = (area.rows - 1 - row) * GRAPH_STEPS;
		eighths = height - below;
		if (eighths <= 0)
			continue;
		if (eighths > GRAPH_STEPS)
			eighths = GRAPH_STEPS;
		grid_put(area, row, column, 1, set->graph[eighths],
		    header_graph_style(area.rows == 1 ? height : below +
		    GRAPH_STEPS, area.rows * GRAPH_STEPS), 0);
	}
}

static void
header_draw_scale(const struct header *header, struct grid_area area,
    int64_t peak)
{
	char now[UNITS_SIZE], most[UNITS_SIZE], text[UNITS_SIZE * 2];
	bool si = header->ui->context.si;

	units_rate(now, sizeof now, header->speed_bps, si);
	/* What is shown of now is of a second's beginning, maybe another. */
	units_rate(most, sizeof most, peak > header->speed_bps ? peak :
	    header->speed_bps, si);
	if (area.rows == 1) {
		snprintf(text, sizeof text, _("%s pk %s"), now, most);
		grid_put_right(area, 0, area.columns - HEADER_NOW + 1,
		    HEADER_NOW - 1, text, STYLE_QUIET, 0);
		return;
	}
	grid_put_right(area, 0, area.columns - HEADER_SCALE + 1,
	    HEADER_SCALE - 1, most, STYLE_QUIET, 0);
	grid_put_right(area, area.rows - 1, area.columns - HEADER_SCALE + 1,
	    HEADER_SCALE - 1, "0", STYLE_QUIET, 0);
}

void
header_draw_graph(struct header *header, struct grid_area area)
{
	int columns = area.columns -
	    (area.rows == 1 ? HEADER_NOW : HEADER_SCALE);
	int heights[HEADER_COLUMNS_MAX], i;
	int64_t peak;

	if (area.rows < 1 || columns < 1 ||
	    header->ui->context.term.accessible)
		return;
	if (columns > HEADER_COLUMNS_MAX)
		columns = HEADER_COLUMNS_MAX;
	peak = graph_heights(&header->graph, heights, columns, area.rows,
	    HEADER_WINDOW_S / columns);
	for (i = 0; i < columns; i++)
		header_draw_column(header, area, i, heights[i]);
	header_draw_scale(header, area, peak);
}
