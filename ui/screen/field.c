/* SPDX-License-Identifier: MIT
 *
 * One line of text. The bytes need not be UTF-8 (a file's name is not): a byte
 * that is none counts as a character. What is drawn starts at a cluster that
 * moves only when the cursor would leave the field, so the text does not
 * slide under the eye.
 */
#include "config.h"

#include "field.h"

#include <stdlib.h>
#include <string.h>

#include "present/memory.h"
#include "present/text.h"

void
field_init(struct field *field, const char *text)
{
	memset(field, 0, sizeof *field);
	field_set(field, text);
}

void
field_release(struct field *field)
{
	free(field->text);
	free(field->killed);
	memset(field, 0, sizeof *field);
}

static void
field_reserve(struct field *field, size_t length)
{
	if (length < field->room)
		return;
	field->room = length + length / 2 + 32;
	field->text = memory_resize(field->text, field->room, 1);
}

void
field_set(struct field *field, const char *text)
{
	field->length = field->cursor = field->first = 0;
	field->offered = false;
	field_reserve(field, 0);
	*field->text = '\0';
	field_insert(field, text, strlen(text));
}

void
field_offer(struct field *field, const char *text)
{
	field_set(field, text);
	field->offered = true;
}

const char *
field_text(const struct field *field)
{
	return field->text;
}

/* ---- clusters ---- */

/* Whether the character goes onto the one before it. */
static bool
field_is_mark(const char *bytes, size_t length)
{
	char pair[8] = "x";

	if (length == 0 || length + 1 >= sizeof pair ||
	    (unsigned char)*bytes < 0x80)
		return false;
	memcpy(pair + 1, bytes, length);
	pair[1 + length] = '\0';
	return text_width(pair) == 1;
}

static size_t
field_character(const char *bytes, size_t length)
{
	uint32_t code;
	size_t taken = text_decode(bytes, length, &code);

	return taken > 0 ? taken : 1;
}

static size_t
field_after(const struct field *field, size_t at)
{
	uint32_t code;
	size_t length;

	if (at >= field->length)
		return field->length;
	at += field_character(field->text + at, field->length - at);
	while (at < field->length) {
		length = text_decode(field->text + at, field->length - at,
		    &code);
		if (!field_is_mark(field->text + at, length))
			break;
		at += length;
	}
	return at;
}

static size_t
field_before(const struct field *field, size_t at)
{
	size_t start, back;
	uint32_t code;

	while (at > 0) {
		start = at - 1;
		for (back = 2; back <= 4 && back <= at; back++)
			if (text_decode(field->text + at - back, back,
			    &code) == back) {
				start = at - back;
				break;
			}
		if (!field_is_mark(field->text + start, at - start))
			return start;
		at = start;
	}
	return 0;
}

/* ---- editing ---- */

/* What may not stand in a field: C0, DEL, C1. */
static bool
field_is_control(const char *bytes, size_t length)
{
	unsigned char first = (unsigned char)*bytes;

	return first < 0x20 || first == 0x7f || (length == 2 &&
	    first == 0xc2 && (unsigned char)bytes[1] < 0xa0);
}

static void
field_put(struct field *field, const char *bytes, size_t length)
{
	if (field->length + length > FIELD_LIMIT)
		return;
	field_reserve(field, field->length + length);
	memmove(field->text + field->cursor + length,
	    field->text + field->cursor, field->length - field->cursor + 1);
	memcpy(field->text + field->cursor, bytes, length);
	field->length += length;
	field->cursor += length;
}

void
field_insert(struct field *field, const char *bytes, size_t length)
{
	char *clean = memory_resize(NULL, length + 1, 1);
	size_t at, taken, used = 0;

	for (at = 0; at < length; at += taken) {
		taken = field_character(bytes + at, length - at);
		if (strchr("\t\r\n", bytes[at]) != NULL && bytes[at] != '\0') {
			if (bytes[at] == '\n' && at > 0 &&
			    bytes[at - 1] == '\r')
				continue;
			clean[used++] = ' ';
		} else if (!field_is_control(bytes + at, taken)) {
			memcpy(clean + used, bytes + at, taken);
			used += taken;
		}
	}
	if (used > FIELD_LIMIT - field->length)
		used = FIELD_LIMIT - field->length;
	field_put(field, clean, used);
	free(clean);
}

static void
field_cut(struct field *field, size_t from, size_t to, bool keep)
{
	if (from >= to)
		return;
	if (keep) {
		free(field->killed);
		field->killed = memory_bytes(field->text + from, to - from);
	}
	memmove(field->text + from, field->text + to, field->length - to + 1);
	field->length -= to - from;
	field->cursor = from;
	if (field->first > from)
		field->first = from;
}

/* The start of the word before the cursor; what parts words in URLs and paths
 * counts as an end too. */
static size_t
field_word(const struct field *field)
{
	static const char ends[] = " /?&=.:";
	size_t at = field->cursor;

	while (at > 0 && strchr(ends, field->text[at - 1]) != NULL)
		at--;
	while (at > 0 && strchr(ends, field->text[at - 1]) == NULL)
		at--;
	return at;
}

static void
field_type(struct field *field, uint32_t code)
{
	char bytes[4];
	size_t length;

	if (code < 0x80) {
		bytes[0] = (char)code;
		length = 1;
	} else if (code < 0x800) {
		bytes[0] = (char)(0xc0 | code >> 6);
		bytes[1] = (char)(0x80 | (code & 0x3f));
		length = 2;
	} else if (code < 0x10000) {
		bytes[0] = (char)(0xe0 | code >> 12);
		bytes[1] = (char)(0x80 | (code >> 6 & 0x3f));
		bytes[2] = (char)(0x80 | (code & 0x3f));
		length = 3;
	} else {
		bytes[0] = (char)(0xf0 | code >> 18);
		bytes[1] = (char)(0x80 | (code >> 12 & 0x3f));
		bytes[2] = (char)(0x80 | (code >> 6 & 0x3f));
		bytes[3] = (char)(0x80 | (code & 0x3f));
		length = 4;
	}
	if (!field_is_control(bytes, length))
		field_put(field, bytes, length);
}

#define FIELD_CTRL(letter) ((letter) & 0x1f)

static bool
field_key(struct field *field, uint32_t key)
{
	size_t *cursor = &field->cursor;

	switch (key) {
	case INPUT_LEFT:
	case FIELD_CTRL('b'):
		*cursor = field_before(field, *cursor);
		return true;
	case INPUT_RIGHT:
	case FIELD_CTRL('f'):
		*cursor = field_after(field, *cursor);
		return true;
	case INPUT_HOME:
	case FIELD_CTRL('a'):
		*cursor = 0;
		return true;
	case INPUT_END:
	case FIELD_CTRL('e'):
		*cursor = field->length;
		return true;
	case 0x7f:
	case FIELD_CTRL('h'):
		field_cut(field, field_before(field, *cursor), *cursor, false);
		return true;
	case INPUT_DELETE:
	case FIELD_CTRL('d'):
		field_cut(field, *cursor, field_after(field, *cursor), false);
		return true;
	case FIELD_CTRL('k'):
		field_cut(field, *cursor, field->length, true);
		return true;
	case FIELD_CTRL('u'):
		field_cut(field, 0, *cursor, true);
		return true;
	case FIELD_CTRL('w'):
		field_cut(field, field_word(field), *cursor, true);
		return true;
	case FIELD_CTRL('y'):
		if (field->killed != NULL)
			field_insert(field, field->killed,
			    strlen(field->killed));
		return true;
	default:
		if (key < 0x20 || key > 0x10ffff ||
		    (key >= 0xd800 && key < 0xe000))
			return false;
		field_type(field, key);
		return true;
	}
}

/* Whether it takes the place of a text that is only offered. */
static bool
field_replaces(const struct input *input)
{
	if (input->kind != INPUT_KEY)
		return input->kind == INPUT_PASTE;
	switch (input->key) {
	case INPUT_DELETE:
	case FIELD_CTRL('d'):
	case FIELD_CTRL('h'):
		return true;
	}
	return input->key >= 0x20 && input->key <= 0x10ffff;
}

bool
field_input(struct field *field, const struct input *input)
{
	bool replaced = field->offered && field_replaces(input);

	field->offered = false;
	if (replaced) {
		field_set(field, "");
		if (input->kind == INPUT_KEY && (input->key == 0x7f ||
		    input->key < 0x20 || input->key > 0x10ffff))
			return true;
	}
	if (input->kind == INPUT_PASTE) {
		field_insert(field, input->paste, input->paste_length);
		return true;
	}
	return input->kind == INPUT_KEY && field_key(field, input->key);
}

/* ---- drawing ---- */

static int
field_cells(const struct field *field, size_t from, size_t to, unsigned flags)
{
	size_t room = 2 * TEXT_ROOM(to - from);
	char *shown = memory_resize(NULL, room, 1);
	int cells = text_safe(shown, room, field->text + from, to - from, -1,
	    flags);

	free(shown);
	return cells;
}

/* Moves what is shown so that the cursor is in it, with a cell after it, and
 * no more is hidden than must be. */
static void
field_follow(struct field *field, int width, unsigned flags)
{
	size_t at = field->cursor, before;

	if (field->first > at)
		field->first = at;
	while (at > field->first) {
		before = field_before(field, at);
		if (field_cells(field, before, field->cursor, flags) >= width)
			break;
		at = before;
	}
	field->first = at;
	while (field->first > 0) {
		before = field_before(field, field->first);
		if (field->length - before > TEXT_ROOM(width) ||
		    field_cells(field, before, field->length, flags) >= width)
			break;
		field->first = before;
	}
}

void
field_draw(struct field *field, struct grid_area area, int row, int column,
    int width, bool focus, unsigned flags)
{
	char *shown;
	size_t end, room;

	if (width <= 0)
		return;
	field_follow(field, width, flags);
	end = field->first + text_fit(field->text + field->first, width, NULL);
	room = 2 * TEXT_ROOM(end - field->first);
	shown = memory_resize(NULL, room, 1);
	text_safe(shown, room, field->text + field->first, end - field->first,
	    -1, flags);
	grid_fill(area, row, column, width, " ", STYLE_TEXT,
	    focus ? GRID_UNDERLINE : 0);
	grid_put(area, row, column, width, shown, STYLE_TEXT,
	    field->offered ? GRID_REVERSE : focus ? GRID_UNDERLINE : 0);
	free(shown);
	if (focus)
		grid_cursor(area, row, column + field_cells(field,
		    field->first, field->cursor, flags), true);
}

void
field_click(struct field *field, int cell)
{
	field->offered = false;
	field->cursor = field->first +
	    text_fit(field->text + field->first, cell, NULL);
}

bool
field_is_plain(const char *text)
{
	size_t left = strlen(text), taken;
	uint32_t code;

	for (; left > 0; text += taken, left -= taken) {
		taken = text_decode(text, left, &code);
		if (taken == 0 || text_is_unsafe(code))
			return false;
	}
	return true;
}

/* ---- what was typed before ---- */

void
field_history_release(struct field_history *history)
{
	size_t i;

	for (i = 0; i < history->count; i++)
		free(history->lines[i]);
	free(history->typed);
	memset(history, 0, sizeof *history);
}

void
field_history_add(struct field_history *history, const char *line)
{
	if (*line == '\0' || (history->count > 0 &&
	    strcmp(history->lines[history->count - 1], line) == 0))
		return;
	if (history->count == FIELD_HISTORY_MAX) {
		free(history->lines[0]);
		memmove(history->lines, history->lines + 1,
		    (FIELD_HISTORY_MAX - 1) * sizeof *history->lines);
		history->count--;
	}
	history->lines[history->count++] = memory_string(line);
}

void
field_history_start(struct field_history *history)
{
	free(history->typed);
	history->typed = NULL;
	history->at = history->count;
}

bool
field_history_move(struct field_history *history, struct field *field,
    int step)
{
	if (step < 0 ? history->at == 0 : history->at >= history->count)
		return false;
	if (history->at == history->count) {
		free(history->typed);
		history->typed = memory_string(field->text);
	}
	history->at += (size_t)(ptrdiff_t)step;
	if (history->at < history->count)
		field_set(field, history->lines[history->at]);
	else
		field_set(field, history->typed != NULL ? history->typed :
		    "");
	return true;
}
