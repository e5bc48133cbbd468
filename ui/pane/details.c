/* SPDX-License-Identifier: MIT
 *
 * The details of one item: what it is, where it comes from and goes to, which
 * parts are here, what each connection does, how each attempt went.
 */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pane-internal.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/segments.h"
#include "present/sentence.h"
#include "present/text.h"
#include "present/units.h"
#include "ui/screen/glyph.h"

#define DETAILS_RANGES          256
#define DETAILS_CONNECTIONS     256
#define DETAILS_BAR_MAX         512

struct details_connections {
	struct haul_connection of[DETAILS_CONNECTIONS];
	size_t count;
};

/* One more field of a line of our own, two blanks behind those before it; what
 * does not fit is left out. */
static void __attribute__((format(printf, 3, 4)))
details_say(char *line, size_t size, const char *format, ...)
{
	size_t used = strlen(line);
	va_list values;

	if (used > 0 && used + 2 < size) {
		memcpy(line + used, "  ", 3);
		used += 2;
	}
	va_start(values, format);
	vsnprintf(line + used, size - used, format, values);
	va_end(values);
}

/* ---- the state ---- */

static void
details_say_bytes(const struct pane *pane, const struct haul_item *item,
    const struct haul_row *row, char *line, size_t size)
{
	bool si = pane->ui->context.si;
	char got[UNITS_SIZE], all[UNITS_SIZE], rate[UNITS_SIZE];
	char left[UNITS_SIZE];

	units_size_long(got, sizeof got, item->got_bytes, si);
	units_size_long(all, sizeof all, item->size_bytes, si);
	if (item->size_bytes >= 0)
		details_say(line, size, _("%s of %s (%d%%)"), got, all,
		    units_percent(item->got_bytes, item->size_bytes));
	else
		details_say(line, size, _("%s, size unknown"), got);
	if (item->state != HAUL_STATE_ACTIVE)
		return;
	units_rate_long(rate, sizeof rate, row->speed_bps, si);
	details_say(line, size, "%s", rate);
	units_left(left, sizeof left, units_rest_ms(item->got_bytes,
	    item->size_bytes, row->speed_bps));
	if (*left != '\0')
		details_say(line, size, _("ETA %s"), left);
}

/* What the state means for this item. */
static void
details_say_meaning(const struct pane *pane, const struct haul_item *item,
    const struct haul_row *row, char *line, size_t size)
{
	char place[UNITS_SIZE], all[UNITS_SIZE], words[SENTENCE_SIZE];

	sentence_wait_for(words, sizeof words, row);
	if (*words != '\0')
		details_say(line, size, "%s", words);
	switch (item->state) {
	case HAUL_STATE_QUEUED:
	case HAUL_STATE_PAUSED:
		units_count(place, sizeof place, (uint64_t)item->added_rank);
		units_count(all, sizeof all, pane->ui->totals.files);
		/* TRANSLATORS: its place in the queue, of how many. */
		details_say(line, size, item->state == HAUL_STATE_PAUSED ?
		    _("by user; position %s of %s") :
		    _("position %s of %s"), place, all);
		return;
	case HAUL_STATE_CONNECTING:
		details_say(line, size, "%s", item->connect_ms < 0 ?
		    _("looking up and connecting") :
		    _("waiting for the first byte"));
		return;
	case HAUL_STATE_WAITING:
		sentence_heading(words, sizeof words, item->cause,
		    item->http_status);
		if (row->wait == HAUL_WAIT_NETWORK) {
			details_say(line, size, "%s", words);
			return;
		}
		if (row->wait == HAUL_WAIT_TIME)
			/* TRANSLATORS: a cause, "try 2 of 6 in 8 s". */
			details_say(line, size, _("%s; try %" PRIu32 " of %"
			    PRIu32 " in %" PRId64 " s"), words, row->next_try,
			    row->tries_max, (row->wait_ms + 999) / 1000);
		else
			details_say(line, size, _("%s; try %" PRIu32 " of %"
			    PRIu32), words, row->next_try, row->tries_max);
		return;
	case HAUL_STATE_DONE:
		details_say(line, size, "%s", item->digest_checked ?
		    _("checksum agreed") : _("complete"));
		return;
	case HAUL_STATE_SKIPPED:
		details_say(line, size, "%s",
		    _("the file was there already"));
		return;
	case HAUL_STATE_VERIFYING:
		details_say(line, size, "%s",
		    _("all is here; checking and writing down"));
		return;
	case HAUL_STATE_ACTIVE:
	case HAUL_STATE_FAILED:
	case HAUL_STATE_REMOVED:
	case HAUL_STATE_COUNT:
		return;
	}
}

static int
details_put_state(const struct pane *pane, const struct haul_item *item,
    const struct haul_row *row, struct grid_area area, int columns)
{
	char line[1024], clock[PANE_CLOCK_SIZE], resumed[UNITS_SIZE];

	snprintf(line, sizeof line, "%s", glyph_word(item->state));
	if (item->state != HAUL_STATE_QUEUED || item->got_bytes > 0)
		details_say_bytes(pane, item, row, line, sizeof line);
	details_say_meaning(pane, item, row, line, sizeof line);
	if (item->started_at_ms > 0) {
		pane_clock(clock, sizeof clock, item->started_at_ms);
		details_say(line, sizeof line, _("started %s"), clock);
	}
	if (item->ended_at_ms > 0) {
		pane_clock(clock, sizeof clock, item->ended_at_ms);
		details_say(line, sizeof line, _("ended %s"), clock);
	}
	if (item->resumed_bytes > 0 &&
	    item->resumed_bytes <= item->got_bytes) {
		units_size_long(resumed, sizeof resumed, item->resumed_bytes,
		    pane->ui->context.si);
		/* TRANSLATORS: so many bytes an earlier run had fetched. */
		details_say(line, sizeof line, _("%s from before"),
		    resumed);
	}
	return pane_put(area, 0, columns, _("State"), line);
}

/* ---- where from and where to ---- */

/* A header's value as part of a line of ours. */
static void
details_say_header(const struct pane *pane, char *line, size_t size,
    const char *name, const char *value)
{
	char safe[TEXT_ROOM(80)];

	if (value == NULL)
		return;
	text_safe(safe, sizeof safe, value, strlen(value), 80,
	    ui_flags(pane->ui));
	details_say(line, size, "%s%s", name, safe);
}

static void
details_say_protocol(const struct haul_item *item, char *line, size_t size)
{
	const char *status = sentence_status(item->http_status);

	if (item->http_version >= 20)
		details_say(line, size, "HTTP/%d", item->http_version / 10);
	else if (item->http_version > 0)
		details_say(line, size, "HTTP/%d.%d", item->http_version / 10,
		    item->http_version % 10);
	else
		details_say(line, size, "%.*s",
		    (int)strcspn(item->url, ":"), item->url);
	if (item->http_status > 0)
		details_say(line, size, "%d%s%s", item->http_status,
		    status != NULL ? " " : "", status != NULL ? status : "");
}

static int
details_put_server(const struct pane *pane, const struct haul_item *item,
    struct grid_area area, int row, int columns)
{
	char line[2048] = "";

	if (item->http_version == 0 && item->server == NULL &&
	    item->http_status == 0 && item->address == NULL)
		return 0;
	details_say_protocol(item, line, sizeof line);
	details_say_header(pane, line, sizeof line, "", item->server);
	details_say(line, sizeof line, "%s", item->resumable ?
	    _("ranges yes") : _("ranges no"));
	details_say_header(pane, line, sizeof line, "ETag ", item->etag);
	details_say_header(pane, line, sizeof line, "Last-Modified ",
	    item->last_modified);
	details_say_header(pane, line, sizeof line, "", item->address);
	return pane_put(area, row, columns, _("Server"), line);
}

static int
details_put_places(const struct pane *pane, const struct haul_item *item,
    struct grid_area area, int row, int columns)
{
	int first = row;
	char redirects[64];

	row += pane_put_url(pane, area, row, columns, "URL", item->url);
	if (item->final_url != NULL)
		row += pane_put_url(pane, area, row, columns, _("Final"),
		    item->final_url);
	if (item->redirects > 0) {
		snprintf(redirects, sizeof redirects, ngettext("%" PRIu32
		    " redirect", "%" PRIu32 " redirects", item->redirects),
		    item->redirects);
		row += pane_put(area, row, columns, "", redirects);
	}
	if (item->path != NULL) {
		row += pane_put_safe(pane, area, row, columns, _("File"),
		    item->path);
		row += pane_put_hidden(pane, area, row, columns, item->path);
	}
	return row - first;
}

/* ---- what is here ---- */

/* Whether a connection receives within the bytes of a cell. */
static bool
details_is_head(const struct details_connections *connections,
    int64_t size_bytes, int cell, int cells)
{
	int64_t from = (int64_t)((double)size_bytes * cell / cells);
	int64_t to = (int64_t)((double)size_bytes * (cell + 1) / cells);
	int64_t head;
	size_t i;

	for (i = 0; i < connections->count; i++) {
		head = connections->of[i].start + connections->of[i].got_bytes;
		if (connections->of[i].receiving && head >= from && head < to)
			return true;
	}
	return false;
}

static void
details_draw_cells(const struct pane *pane, const struct haul_item *item,
    const struct details_connections *connections, struct grid_area area,
    int row, const struct segments_cell *cells, int count)
{
	bool ascii = (ui_flags(pane->ui) & TEXT_ASCII) != 0;
	unsigned flags = ascii ? SEGMENTS_ASCII :
	    pane->ui->term != NULL && term_can_reverse(pane->ui->term) ?
	    SEGMENTS_REVERSE : 0;
	enum grid_style style;
	const char *glyph;
	bool reverse, head;
	int i, left = pane_label();

	for (i = 0; i < count; i++) {
		reverse = false;
		glyph = segments_glyph(&cells[i], flags,
		    flags & SEGMENTS_REVERSE ? &reverse : NULL);
		head = details_is_head(connections, item->size_bytes, i,
		    count);
		style = head ? STYLE_BAR_NOW : cells[i].kind ==
		    SEGMENTS_NONE ? STYLE_BAR_REST : STYLE_BAR_HERE;
		grid_put(area, row, left + i, 1, glyph, style,
		    reverse ? GRID_REVERSE : 0);
		if (head)
			grid_put(area, row + 1, left + i, 1, "^",
			    STYLE_BAR_NOW, 0);
	}
}

/* The bar, and under it where connections are. */
static int
details_put_bar(const struct pane *pane, const struct haul_item *item,
    const struct details_connections *connections, struct grid_area area,
    int row, int columns)
{
	int count = columns - pane_label() - 1;
	struct haul_range *ranges;
	struct segments_cell *cells;
	size_t range_count;

	if (item->size_bytes <= 0 || count < 4 ||
	    columns < PANE_NARROW)
		return 0;
	if (count > DETAILS_BAR_MAX)
		count = DETAILS_BAR_MAX;
	if (area.rows > 0) {
		ranges = memory_resize(NULL, DETAILS_RANGES, sizeof *ranges);
		cells = memory_resize(NULL, (size_t)count, sizeof *cells);
		range_count = haul_segments(pane->ui->haul, item->id, ranges,
		    DETAILS_RANGES);
		if (range_count == 0 && item->got_bytes > 0)
			ranges[range_count++] = (struct haul_range){ 0,
			    item->got_bytes };
		segments_fill(cells, (size_t)count, ranges, range_count,
		    item->size_bytes);
		grid_put(area, row, 1, -1, _("Segments"), STYLE_QUIET, 0);
		details_draw_cells(pane, item, connections, area, row, cells,
		    count);
		free(cells);
		free(ranges);
	}
	return 1 + (connections->count > 0);
}

/* ---- connections ---- */

static void
details_draw_connection(const struct pane *pane, struct grid_area area,
    int row, size_t number, const struct haul_connection *connection)
{
	bool si = pane->ui->context.si;
	char from[UNITS_SIZE], to[UNITS_SIZE], got[UNITS_SIZE];
	char rate[UNITS_SIZE], place[96];
	const char *version = connection->http_version >= 20 ? " h2" :
	    connection->http_version > 0 ? " h1" : "";
	int percent;

	units_size(from, sizeof from, connection->start, si);
	units_size(to, sizeof to, connection->end, si);
	units_size(got, sizeof got, connection->got_bytes, si);
	units_size(rate, sizeof rate, connection->speed_bps, si);
	percent = units_percent(connection->got_bytes, connection->end < 0 ?
	    -1 : connection->end - connection->start);
	grid_print(area, row, 0, STYLE_TEXT, 0, "%4zu  %-7s - %-9s %11s",
	    number, from, to, got);
	if (percent >= 0)
		grid_print(area, row, 38, STYLE_TEXT, 0, "%3d%%", percent);
	grid_print(area, row, 42, STYLE_TEXT, 0, "%7s", rate);
	snprintf(place, sizeof place, "%s%s", *connection->address != '\0' ?
	    connection->address : "-", version);
	grid_put(area, row, 52, 27, place, STYLE_TEXT, 0);
	grid_put(area, row, 80, -1, glyph_word(connection->receiving ?
	    HAUL_STATE_ACTIVE : HAUL_STATE_CONNECTING),
	    connection->receiving ? STYLE_GET : STYLE_CONN, 0);
}

static int
details_put_connections(const struct pane *pane,
    const struct details_connections *connections, struct grid_area area,
    int row)
{
	size_t i;

	if (connections->count == 0)
		return 0;
	grid_put(area, row, 3, -1, "#", STYLE_QUIET, 0);
	grid_put(area, row, 6, -1, _("RANGE"), STYLE_QUIET, 0);
	grid_put_right(area, row, 26, 10, _("GOT"), STYLE_QUIET, 0);
	grid_put_right(area, row, 38, 4, "%", STYLE_QUIET, 0);
	grid_put_right(area, row, 42, 7, "/s", STYLE_QUIET, 0);
	grid_put(area, row, 52, 27, _("CONNECTION"), STYLE_QUIET, 0);
	grid_put(area, row, 80, -1, _("STATE"), STYLE_QUIET, 0);
	for (i = 0; i < connections->count && area.rows > 0; i++)
		details_draw_connection(pane, area, row + 1 + (int)i, i + 1,
		    &connections->of[i]);
	return 1 + (int)connections->count;
}

/* ---- attempts ---- */

struct details_attempt {
	uint32_t number;
	int64_t started_ms, connect_ms, tls_ms, first_byte_ms;
	const char *outcome;            /* a translation, or safe */
};

static int
details_put_attempt(const struct haul_item *item, struct grid_area area,
    int row, int columns, const struct details_attempt *attempt)
{
	char line[SENTENCE_SIZE + 256], clock[PANE_CLOCK_SIZE];
	char seconds[UNITS_SIZE];
	int64_t after = attempt->started_ms - item->started_at_ms;

	pane_clock(clock, sizeof clock, attempt->started_ms);
	units_seconds(seconds, sizeof seconds, after < 0 ? 0 : after);
	snprintf(line, sizeof line, "%s  +%s", clock, seconds);
	if (attempt->connect_ms >= 0)
		details_say(line, sizeof line, _("CONNECT %" PRId64 " ms"),
		    attempt->connect_ms);
	if (attempt->tls_ms >= 0)
		details_say(line, sizeof line, _("TLS %" PRId64 " ms"),
		    attempt->tls_ms);
	if (attempt->first_byte_ms >= 0)
		details_say(line, sizeof line, _("first byte %" PRId64
		    " ms"), attempt->first_byte_ms);
	details_say(line, sizeof line, "%s", attempt->outcome);
	grid_print(area, row, 0, STYLE_TEXT, 0, "%4" PRIu32,
	    attempt->number);
	return sheet_wrap(area, row, 6, columns - 6, line, STYLE_TEXT, 0);
}

static void
details_outcome(const struct haul_item *item, char *out, size_t size)
{
	const char *status = sentence_status(item->http_status);

	if (item->http_status > 0)
		snprintf(out, size, "%d%s%s", item->http_status,
		    status != NULL ? " " : "", status != NULL ? status : "");
	else
		*out = '\0';
	details_say(out, size, "%s", item->state == HAUL_STATE_DONE ?
	    _("done") : _("running"));
}

static int
details_put_attempts(const struct pane *pane, const struct haul_item *item,
    struct grid_area area, int row, int columns)
{
	const struct haul_attempt *past = item->history;
	bool goes_on = (HAUL_IN(item->state) & HAUL_IN_ACTIVE) != 0 &&
	    item->state != HAUL_STATE_WAITING;
	struct details_attempt attempt;
	char outcome[SENTENCE_SIZE];
	bool last;
	int first = row;
	size_t i;

	/* Of one that is done, the engine may not know the last any more. */
	last = (goes_on || item->state == HAUL_STATE_DONE) &&
	    item->attempt_started_ms > 0;
	if (item->history_count == 0 && !last)
		return 0;
	grid_put(area, row++, 1, -1, _("Attempts"), STYLE_QUIET, 0);
	for (i = 0; i < item->history_count; i++, past++) {
		sentence_cause(outcome, sizeof outcome, past->cause,
		    past->http_status, past->message, ui_flags(pane->ui));
		attempt = (struct details_attempt){ item->attempts -
		    (uint32_t)(item->history_count - 1 - i) - goes_on,
		    past->started_ms, past->connect_ms, past->tls_ms,
		    past->first_byte_ms, outcome };
		row += details_put_attempt(item, area, row, columns,
		    &attempt);
	}
	if (last) {
		details_outcome(item, outcome, sizeof outcome);
		attempt = (struct details_attempt){ item->attempts,
		    item->attempt_started_ms, item->connect_ms, item->tls_ms,
		    item->first_byte_ms, outcome };
		row += details_put_attempt(item, area, row, columns,
		    &attempt);
	}
	return row - first;
}

int
details_fill(struct pane *pane, const struct haul_item *item,
    struct grid_area area, int columns)
{
	struct details_connections *connections =
	    memory_zero(sizeof *connections);
	struct haul_row row;
	int at = 0;

	if (!haul_row(pane->ui->haul, item->id, &row))
		memset(&row, 0, sizeof row);
	if (HAUL_IN(item->state) & HAUL_IN_ACTIVE)
		connections->count = haul_connections(pane->ui->haul,
		    item->id, connections->of, DETAILS_CONNECTIONS);
	at += details_put_state(pane, item, &row, area, columns);
	at += details_put_places(pane, item, area, at, columns);
	at += details_put_server(pane, item, area, at, columns);
	at += details_put_bar(pane, item, connections, area, at, columns);
	at += details_put_connections(pane, connections, area, at);
	at += details_put_attempts(pane, item, area, at, columns);
	free(connections);
	return at;
}
