/* SPDX-License-Identifier: MIT
 *
 * A row's columns have fixed cells, so that they stand below each other. The
 * total's parts are as wide as they are: it is composed with less and less
 * until it fits.
 */
#include "config.h"

#include "barline.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "present/i18n.h"
#include "present/progress.h"
#include "present/segments.h"
#include "present/sentence.h"
#include "present/text.h"
#include "present/units.h"

#define BARLINE_CELLS_MAX       18      /* of a bar */
#define BARLINE_WAIT_CELLS      9       /* blanks and "in 59 s", at least */

/* Which columns a width has room for. */
struct barline_layout {
	int name, bar;                  /* cells; bar 0: none */
	bool size, speed, left;
};

/* What the total shows beside the percent. */
struct barline_parts {
	int bar;
	bool label, counts, failed, got, size, speed, left;
};

static void
barline_begin(struct barline *line)
{
	line->text[0] = '\0';
	line->length = 0;
}

/* Appends; what does not fit is left out whole. */
static void __attribute__((format(printf, 2, 3)))
barline_add(struct barline *line, const char *format, ...)
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

/* Cuts what is too wide all the same: a screen of a few cells. */
static void
barline_cut(struct barline *line, const struct barline_style *style)
{
	line->length = text_fit(line->text, style->width, NULL);
	line->text[line->length] = '\0';
}

/* " |███····|" of `cells` cells inside. */
static void
barline_add_bar(struct barline *line, const struct barline_style *style,
    int cells, const struct haul_range *ranges, size_t count, int64_t size)
{
	struct segments_cell parts[BARLINE_CELLS_MAX];
	char text[SEGMENTS_ROOM(BARLINE_CELLS_MAX)];

	if (cells <= 0)
		return;
	segments_fill(parts, (size_t)cells, ranges, count, size);
	segments_text(text, sizeof text, parts, (size_t)cells,
	    style->flags != 0 ? SEGMENTS_ASCII : 0);
	barline_add(line, " |%s|", text);
}

static void
barline_add_percent(struct barline *line, int percent)
{
	if (percent < 0)
		barline_add(line, "    ?");
	else
		barline_add(line, " %3d%%", percent);
}

/* ---- a row ---- */

/* Columns beside the name: blank, 4 of percents; blank and 2 + bar; blank and
 * 11 of sizes; blank and 7 of speed; blank and 5 of time left. */
static void
barline_lay_out(int width, struct barline_layout *layout)
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
barline_add_name(struct barline *line, const struct barline_style *style,
    const struct haul_row *row, int cells)
{
	char name[TEXT_ROOM(BARLINE_COLUMNS_MAX)];
	int percent = units_percent(row->got_bytes, row->size_bytes);

	text_safe(name, sizeof name, row->name, strlen(row->name), cells,
	    style->flags | TEXT_PAD);
	barline_add(line, "%s", name);
	if (percent == 100 && row->state != HAUL_STATE_VERIFYING)
		percent = 99;
	barline_add_percent(line, percent);
}

static void
barline_add_segments(struct barline *line, const struct barline_style *style,
    const struct haul_row *row, const struct haul_range *ranges, size_t count,
    int cells)
{
	char words[TEXT_ROOM(BARLINE_CELLS_MAX + 1)];
	const char *unknown = _("size unknown");

	if (cells == 0)
		return;
	if (row->size_bytes >= 0) {
		barline_add_bar(line, style, cells, ranges, count,
		    row->size_bytes);
		return;
	}
	text_safe(words, sizeof words, unknown, strlen(unknown), cells + 1,
	    TEXT_PAD | TEXT_CUT_END | style->flags);
	barline_add(line, "  %s", words);
}

static void
barline_add_sizes(struct barline *line, const struct barline_style *style,
    const struct haul_row *row)
{
	char got[UNITS_SIZE], size[UNITS_SIZE], both[2 * UNITS_SIZE];

	units_size(got, sizeof got, row->got_bytes, style->si);
	units_size(size, sizeof size, row->size_bytes, style->si);
	snprintf(both, sizeof both, "%s/%s", got, size);
	barline_add(line, " %11s", both);
}

/* The speed, or what the row does instead of getting bytes. */
static void
barline_add_speed(struct barline *line, const struct barline_style *style,
    const struct haul_row *row)
{
	char speed[UNITS_SIZE];

	if (row->state == HAUL_STATE_CONNECTING)
		snprintf(speed, sizeof speed, "CONN");
	else if (row->state == HAUL_STATE_VERIFYING)
		snprintf(speed, sizeof speed, "VRFY");
	else
		units_rate(speed, sizeof speed, row->speed_bps, style->si);
	barline_add(line, " %7.7s", speed);
}

/* A row that waits has no use for its columns: it says why, and for what. */
static void
barline_wait(struct barline *line, const struct barline_style *style,
    const struct haul_row *row, int name)
{
	char words[SENTENCE_SIZE];
	int rest = style->width - 5 - name;

	if (rest < BARLINE_WAIT_CELLS && name > BARLINE_WAIT_CELLS) {
		name -= BARLINE_WAIT_CELLS - rest;
		rest = BARLINE_WAIT_CELLS;
	}
	barline_add_name(line, style, row, name);
	sentence_wait(words, sizeof words, row, rest - 2);
	barline_add(line, "  %s", words);
}

void
barline_row(struct barline *line, const struct barline_style *style,
    const struct haul_row *row, const struct haul_range *ranges, size_t count)
{
	struct barline_layout layout;
	char left[UNITS_SIZE];

	barline_begin(line);
	barline_lay_out(style->width, &layout);
	if (row->state == HAUL_STATE_WAITING) {
		barline_wait(line, style, row, layout.name);
		barline_cut(line, style);
		return;
	}
	barline_add_name(line, style, row, layout.name);
	barline_add_segments(line, style, row, ranges, count, layout.bar);
	if (layout.size)
		barline_add_sizes(line, style, row);
	if (layout.speed)
		barline_add_speed(line, style, row);
	if (layout.left) {
		units_left(left, sizeof left, units_rest_ms(row->got_bytes,
		    row->size_bytes, row->speed_bps));
		barline_add(line, " %5s", left);
	}
	barline_cut(line, style);
}

void
barline_more(struct barline *line, const struct barline_style *style,
    size_t active, size_t waiting)
{
	char at_work[UNITS_SIZE], idle[UNITS_SIZE];

	barline_begin(line);
	units_count(at_work, sizeof at_work, active);
	units_count(idle, sizeof idle, waiting);
	if (waiting == 0)
		barline_add(line, ngettext("... %s more active",
		    "... %s more active", active), at_work);
	else if (active == 0)
		barline_add(line, ngettext("... %s more waiting",
		    "... %s more waiting", waiting), idle);
	else
		barline_add(line, _("... %s more active, %s waiting"),
		    at_work, idle);
	barline_cut(line, style);
}

/* ---- the total ---- */

static void
barline_add_counts(struct barline *line, const struct haul_totals *totals,
    bool of_files)
{
	char ended[UNITS_SIZE], files[UNITS_SIZE];

	units_count(ended, sizeof ended, totals->done + totals->skipped);
	units_count(files, sizeof files, totals->files);
	barline_add(line, " ");
	if (of_files)
		barline_add(line, "%s/%s", ended, files);
	else
		barline_add(line, ngettext("%s/%s file", "%s/%s files",
		    totals->files), ended, files);
}

static void
barline_add_failed(struct barline *line, const struct haul_totals *totals)
{
	char failed[UNITS_SIZE];

	units_count(failed, sizeof failed, totals->failed);
	barline_add(line, " ");
	barline_add(line, ngettext("%s failed", "%s failed", totals->failed),
	    failed);
}

/* "12.4G", "12.4G of ≥30.2G" */
static void
barline_add_bytes(struct barline *line, const struct barline_style *style,
    const struct haul_totals *totals, bool with_size)
{
	const char *least = !totals->size_is_lower_bound ? "" :
	    style->flags != 0 ? ">=" : "≥";
	char got[UNITS_SIZE], size[UNITS_SIZE];

	units_size(got, sizeof got, totals->got_bytes, style->si);
	units_size(size, sizeof size, totals->size_bytes, style->si);
	barline_add(line, " ");
	if (with_size && totals->size_bytes > 0)
		barline_add(line, _("%s of %s%s"), got, least, size);
	else
		barline_add(line, "%s", got);
}

static void
barline_add_label(struct barline *line, const struct progress *progress,
    bool label)
{
	if (label)
		barline_add(line, "%s", _("Total"));
	barline_add_percent(line, progress->percent);
	if (progress->of_files)
		barline_add(line, " %s", _("of files"));
}

static void
barline_compose_total(struct barline *line, const struct barline_style *style,
    const struct haul_totals *totals, const struct barline_parts *parts)
{
	struct progress progress;
	struct haul_range range = { 0, 0 };
	char speed[UNITS_SIZE], left[UNITS_SIZE];

	progress_of_totals(&progress, totals);
	range.end = progress.got;
	units_rate(speed, sizeof speed, totals->speed_bps, style->si);
	units_left(left, sizeof left, progress.rest_ms);
	barline_begin(line);
	barline_add_label(line, &progress, parts->label);
	barline_add_bar(line, style, parts->bar, &range, range.end > 0,
	    progress.whole);
	if (parts->counts)
		barline_add_counts(line, totals, progress.of_files);
	if (parts->failed && totals->failed > 0)
		barline_add_failed(line, totals);
	if (parts->got)
		barline_add_bytes(line, style, totals, parts->size);
	if (parts->speed && totals->offline)
		barline_add(line, " %s", _("no network"));
	else if (parts->speed)
		barline_add(line, " %s", speed);
	if (parts->left && progress.rest_ms > 0)
		barline_add(line, " %s%s", progress.rest_is_guess ? "~" : "",
		    left);
}

void
barline_total(struct barline *line, const struct barline_style *style,
    const struct haul_totals *totals)
{
	/* In the order of dropping; the percent, and what it counts, stay. */
	static const struct barline_parts steps[] = {
		{ 18, true, true, true, true, true, true, true },
		{ 18, true, true, true, true, false, true, true },
		{ 12, true, true, true, true, false, true, true },
		{ 8, true, true, true, true, false, true, true },
		{ 0, true, true, true, true, false, true, true },
		{ 0, true, true, true, false, false, true, true },
		{ 0, true, true, true, false, false, true, false },
		{ 0, true, true, true, false, false, false, false },
		{ 0, true, false, true, false, false, false, false },
		{ 0, true, false, false, false, false, false, false },
		{ 0, false, false, false, false, false, false, false },
	};
	size_t i;

	for (i = 0; i < sizeof steps / sizeof *steps; i++) {
		barline_compose_total(line, style, totals, &steps[i]);
		if (text_width(line->text) <= style->width)
			return;
	}
	barline_cut(line, style);
}
