/* SPDX-License-Identifier: MIT
 *
 * Text is taken apart into units: a character with at most two combining
 * marks, or a blank of our own. Each unit has a width in cells and is copied
 * whole or not at all, so neither a cut nor a full buffer can split one. What
 * may be seen is decided by Unicode's properties, not by iswprint(), which in
 * glibc is true for direction marks, joiners and tags.
 */
#include "config.h"

#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <unilbrk.h>
#include <unistr.h>
#include <uniwidth.h>

#include "memory.h"
#include "secrets.h"

#define TEXT_MARKS_MAX 2

/* No fences: the text is ours, or has them already. */
#define TEXT_UNFENCED 0x8000u

struct text_unit {
	char bytes[TEXT_UNIT_SIZE];
	size_t length;
	int cells;
};

struct text_cursor {
	const char *at, *end;
	unsigned flags;
	bool started;           /* a unit was given */
	bool spaced;            /* the last one was a blank */
	bool right_to_left;     /* the last one was a right-to-left letter */
};

/* Where text_safe() and its kin put their result; always ended by NUL. */
struct text_sink {
	char *out;
	size_t size, length;
	bool full;
};

size_t
text_decode(const char *bytes, size_t length, uint32_t *code)
{
	ucs4_t character;
	int taken;

	if ((unsigned char)*bytes < 0x80) {
		*code = (unsigned char)*bytes;
		return 1;
	}
	taken = u8_mbtoucr(&character, (const uint8_t *)bytes, length);
	if (taken <= 0)
		return 0;
	*code = character;
	return (size_t)taken;
}

bool
text_is_unsafe(uint32_t code)
{
	if (code < 0x80)
		return code < 0x20 || code == 0x7f;
	if (uc_is_general_category_withtable(code, UC_CATEGORY_MASK_Cc |
	    UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Cs | UC_CATEGORY_MASK_Co |
	    UC_CATEGORY_MASK_Cn | UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp))
		return true;
	if (uc_is_property_default_ignorable_code_point(code))
		return true;
	return uc_width(code, "UTF-8") < 0;
}

static bool
text_is_right_to_left(uint32_t code)
{
	int class;

	if (code < 0x590)
		return false;
	class = uc_bidi_class(code);
	return class == UC_BIDI_R || class == UC_BIDI_AL;
}

/* A safe character that takes no cell of its own. */
static bool
text_is_mark(uint32_t code)
{
	return code >= 0x300 && uc_width(code, "UTF-8") == 0 &&
	    !text_is_unsafe(code);
}

static void
text_cursor_start(struct text_cursor *cursor, const char *bytes,
    size_t length, unsigned flags)
{
	memset(cursor, 0, sizeof *cursor);
	cursor->at = bytes;
	cursor->end = bytes + length;
	cursor->flags = flags;
}

static void
text_unit_fill(struct text_unit *unit, char c, int cells)
{
	memset(unit->bytes, c, (size_t)cells);
	unit->length = (size_t)cells;
	unit->cells = cells;
}

/* Takes the marks that follow a base; what is beyond the second stays and
 * will be shown as '?'. */
static void
text_take_marks(struct text_cursor *cursor, struct text_unit *unit)
{
	uint32_t code;
	size_t length;
	int marks;

	for (marks = 0; marks < TEXT_MARKS_MAX; marks++) {
		if (cursor->at >= cursor->end ||
		    (unsigned char)*cursor->at < 0x80)
			return;
		length = text_decode(cursor->at,
		    (size_t)(cursor->end - cursor->at), &code);
		if (length == 0 || !text_is_mark(code))
			return;
		if (!(cursor->flags & TEXT_ASCII)) {
			memcpy(unit->bytes + unit->length, cursor->at, length);
			unit->length += length;
		}
		cursor->at += length;
	}
}

/* Gives the next unit; false at the end. */
static bool
text_next(struct text_cursor *cursor, struct text_unit *unit)
{
	uint32_t code = 0;
	size_t length;
	bool safe, right_to_left;
	int cells;

	if (cursor->at >= cursor->end)
		return false;
	length = text_decode(cursor->at, (size_t)(cursor->end - cursor->at),
	    &code);
	safe = length > 0 && !text_is_unsafe(code);
	right_to_left = safe &&
	    !(cursor->flags & (TEXT_ASCII | TEXT_UNFENCED)) &&
	    text_is_right_to_left(code);
	if (right_to_left != cursor->right_to_left) {
		cursor->right_to_left = right_to_left;
		if (cursor->started && !cursor->spaced && code != ' ') {
			cursor->spaced = true;
			text_unit_fill(unit, ' ', 1);
			return true;
		}
	}
	cells = !safe ? 0 : code < 0x80 ? 1 : uc_width(code, "UTF-8");
	if (cells <= 0) {
		text_unit_fill(unit, '?', 1);
	} else if (code >= 0x80 && (cursor->flags & TEXT_ASCII)) {
		text_unit_fill(unit, '?', cells);
	} else {
		memcpy(unit->bytes, cursor->at, length);
		unit->length = length;
		unit->cells = cells;
	}
	cursor->at += length > 0 ? length : 1;
	cursor->started = true;
	cursor->spaced = code == ' ';
	text_take_marks(cursor, unit);
	return true;
}

static void
text_sink_start(struct text_sink *sink, char *out, size_t size)
{
	sink->out = out;
	sink->size = size;
	sink->length = 0;
	sink->full = size == 0;
	if (size > 0)
		*out = '\0';
}

/* All or nothing; after the first thing that had no room nothing fits. */
static bool
text_sink_put(struct text_sink *sink, const char *bytes, size_t length)
{
	if (sink->full || length >= sink->size - sink->length) {
		sink->full = true;
		return false;
	}
	memcpy(sink->out + sink->length, bytes, length);
	sink->length += length;
	sink->out[sink->length] = '\0';
	return true;
}

static int
text_measure(const char *bytes, size_t length, unsigned flags)
{
	struct text_cursor cursor;
	struct text_unit unit;
	int cells = 0;

	text_cursor_start(&cursor, bytes, length, flags);
	while (text_next(&cursor, &unit))
		cells += unit.cells;
	return cells;
}

int
text_width(const char *text)
{
	return text_measure(text, strlen(text), TEXT_UNFENCED);
}

size_t
text_fit(const char *text, int width, int *cells)
{
	struct text_cursor cursor;
	struct text_unit unit;
	const char *end = text;
	int used = 0;

	text_cursor_start(&cursor, text, strlen(text), TEXT_UNFENCED);
	while (text_next(&cursor, &unit) && used + unit.cells <= width) {
		used += unit.cells;
		end = cursor.at;
	}
	if (cells != NULL)
		*cells = used;
	return (size_t)(end - text);
}

static bool
text_is_wide(const char *text, size_t at)
{
	uint32_t code;

	while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
		at--;
	return text_decode(text + at, strlen(text + at), &code) > 0 &&
	    uc_width(code, "UTF-8") == 2;
}

/* The last place up to `most` where Unicode parts two characters, one of them
 * wide; what else it would part (a URL at its slashes) stays whole. */
static size_t
text_row_wide(const char *text, size_t least, size_t most)
{
	size_t length = strlen(text), i;
	char *breaks = memory_resize(NULL, length, 1);

	u8_possible_linebreaks((const uint8_t *)text, length, "UTF-8", breaks);
	for (i = most; i > least; i--)
		if (breaks[i] == UC_BREAK_POSSIBLE &&
		    (text_is_wide(text, i) || text_is_wide(text, i - 1)))
			break;
	free(breaks);
	return i > least ? i : 0;
}

size_t
text_row(const char *text, int width)
{
	size_t fits = text_fit(text, width, NULL), blank = fits, wide;

	if (text[fits] == '\0')
		return fits;
	while (blank > 0 && text[blank] != ' ')
		blank--;
	wide = text_row_wide(text, blank, fits);
	return wide > 0 ? wide : blank;
}

/* Puts units until `width` cells are taken; returns those taken. */
static int
text_put_cells(struct text_sink *sink, struct text_cursor *cursor, int width)
{
	struct text_cursor before = *cursor;
	struct text_unit unit;
	int used = 0;

	while (text_next(cursor, &unit)) {
		if (used + unit.cells > width ||
		    !text_sink_put(sink, unit.bytes, unit.length)) {
			*cursor = before;
			break;
		}
		used += unit.cells;
		before = *cursor;
	}
	return used;
}

/* Puts head, ellipsis and tail of a text that has `total` cells, more than
 * the width, which is at least 1. */
static int
text_put_cut(struct text_sink *sink, struct text_cursor *cursor, int total,
    int width, unsigned flags)
{
	const char *ellipsis = flags & (TEXT_ASCII | TEXT_PLAIN_CUT) ? "~" :
	    "\xe2\x80\xa6";
	int tail = flags & TEXT_CUT_END ? 0 : (width - 1) / 2;
	struct text_unit unit;
	int used, passed;

	passed = text_put_cells(sink, cursor, width - 1 - tail);
	used = passed;
	if (text_sink_put(sink, ellipsis, strlen(ellipsis)))
		used++;
	while (passed < total - tail && text_next(cursor, &unit))
		passed += unit.cells;
	return used + text_put_cells(sink, cursor, tail);
}

int
text_safe(char *out, size_t size, const char *bytes, size_t length,
    int width, unsigned flags)
{
	struct text_sink sink;
	struct text_cursor cursor;
	int total = text_measure(bytes, length, flags);
	int used = 0;

	text_sink_start(&sink, out, size);
	text_cursor_start(&cursor, bytes, length, flags);
	if (width < 0 || total <= width)
		used = text_put_cells(&sink, &cursor, total);
	else if (width > 0)
		used = text_put_cut(&sink, &cursor, total, width, flags);
	while ((flags & TEXT_PAD) && used < width &&
	    text_sink_put(&sink, " ", 1))
		used++;
	return used;
}

/* Writes one character's escape, or the character; returns its length. */
static size_t
text_escape_one(char *piece, size_t size, const char *at, size_t length,
    uint32_t code, bool as_escape)
{
	int written;

	if (length == 0)
		written = snprintf(piece, size, "\\x%02x",
		    (unsigned char)*at);
	else if (code == '"' || code == '\\')
		written = snprintf(piece, size, "\\%c", (int)code);
	else if (code == '\n' || code == '\t' || code == '\r')
		written = snprintf(piece, size, "\\%c",
		    code == '\n' ? 'n' : code == '\t' ? 't' : 'r');
	else if (!as_escape)
		written = snprintf(piece, size, "%.*s", (int)length, at);
	else if (code < 0x80)
		written = snprintf(piece, size, "\\x%02x", (unsigned)code);
	else if (code < 0x10000)
		written = snprintf(piece, size, "\\u%04x", (unsigned)code);
	else
		written = snprintf(piece, size, "\\U%08x", (unsigned)code);
	return (size_t)written;
}

size_t
text_escape(char *out, size_t size, const char *bytes, size_t length,
    unsigned flags)
{
	const char *at = bytes, *end = bytes + length;
	struct text_sink sink;
	char piece[16];
	size_t taken, got, total = 0;
	int marks = TEXT_MARKS_MAX;
	uint32_t code = 0;
	bool mark;

	text_sink_start(&sink, out, size);
	for (; at < end; at += taken > 0 ? taken : 1) {
		taken = text_decode(at, (size_t)(end - at), &code);
		mark = taken > 0 && text_is_mark(code);
		marks = mark ? marks + 1 : 0;
		got = text_escape_one(piece, sizeof piece, at, taken, code,
		    text_is_unsafe(code) || marks > TEXT_MARKS_MAX ||
		    (code >= 0x80 && (flags & TEXT_ASCII)));
		text_sink_put(&sink, piece, got);
		total += got;
	}
	return total;
}

struct text_count {
	struct text_sink sink;
	size_t total;
};

static void
text_count_put(struct text_count *count, const char *bytes, size_t length)
{
	size_t room = count->sink.full ? 0 :
	    count->sink.size - count->sink.length - 1;

	count->total += length;
	text_sink_put(&count->sink, bytes, length < room ? length : room);
}

/* Copies "name=value" up to the next separator; returns what is after it. */
static const char *
text_redact_parameter(struct text_count *count, const char *at)
{
	size_t length = strcspn(at, "&;#");
	const char *equals = memchr(at, '=', length);
	size_t name = equals != NULL ? (size_t)(equals - at) : 0;

	if (equals != NULL && name + 1 < length && secrets_have(at, name)) {
		text_count_put(count, at, name + 1);
		text_count_put(count, "***", 3);
	} else {
		text_count_put(count, at, length);
	}
	return at + length;
}

size_t
text_redact(char *out, size_t size, const char *url)
{
	const char *authority = strstr(url, "://");
	const char *at = url, *mark;
	struct text_count count = { .total = 0 };
	size_t length;

	text_sink_start(&count.sink, out, size);
	if (authority != NULL) {
		authority += 3;
		mark = memrchr(authority, '@', strcspn(authority, "/?#"));
		if (mark != NULL) {
			text_count_put(&count, at, (size_t)(authority - at));
			text_count_put(&count, "***", 3);
			at = mark;
		}
	}
	length = strcspn(at, "?");
	text_count_put(&count, at, length);
	for (at += length; *at == '?' || *at == '&' || *at == ';';) {
		text_count_put(&count, at, 1);
		at = text_redact_parameter(&count, at + 1);
	}
	text_count_put(&count, at, strlen(at));
	return count.total;
}

char *
text_redacted(const char *url)
{
	size_t room = text_redact(NULL, 0, url) + 1;
	char *out = memory_resize(NULL, room, 1);

	text_redact(out, room, url);
	return out;
}
