/* SPDX-License-Identifier: MIT
 *
 * Sequences are read by their grammar (ECMA-48), so one that nobody knows is
 * left out whole instead of being taken for keys. A paste is never taken for
 * keys either: one that the terminal does not mark is recognised by its look.
 */
#include "config.h"

#include "decode.h"

#include <stdlib.h>
#include <string.h>

#include "present/memory.h"
#include "present/text.h"

#define DECODE_ESC      27
#define DECODE_PARAMS   8
#define DECODE_STRING_MAX 4096  /* of an answer that is passed over */
#define DECODE_LOOSE_MIN 17     /* printable bytes at once: nobody types so */
#define DECODE_LOOSE_MS 60
#define DECODE_REST_MS  500     /* for the rest of a sequence that began */
#define DECODE_CUT_MS   5000    /* for the rest of an answer, given up before */

static const char decode_answer[] = "\033[0n";

struct decode_key {
	char *sequence;
	size_t length;
	uint32_t key;
};

/* ESC [ params intermediates final */
struct decode_csi {
	int params[DECODE_PARAMS];
	int count;
	char private, intermediate, final;
	size_t length;          /* of the whole; 0: not complete */
};

void
decode_init(struct decode *decode, int escape_ms)
{
	memset(decode, 0, sizeof *decode);
	decode->escape_ms = escape_ms;
}

void
decode_release(struct decode *decode)
{
	size_t i;

	for (i = 0; i < decode->key_count; i++)
		free(decode->keys[i].sequence);
	free(decode->keys);
	free(decode->bytes);
	free(decode->paste);
	memset(decode, 0, sizeof *decode);
}

void
decode_add_key(struct decode *decode, const char *sequence, uint32_t key)
{
	struct decode_key *row;

	if (sequence[0] != DECODE_ESC || sequence[1] == '\0')
		return;
	decode->keys = memory_resize(decode->keys, decode->key_count + 1,
	    sizeof *decode->keys);
	row = &decode->keys[decode->key_count++];
	row->sequence = memory_string(sequence);
	row->length = strlen(sequence);
	row->key = key;
}

/* ---- pastes ---- */

static void
decode_paste_put(struct decode *decode, const char *bytes, size_t length)
{
	if (length > DECODE_PASTE_MAX - decode->paste_length)
		length = DECODE_PASTE_MAX - decode->paste_length;
	if (decode->paste_length + length >= decode->paste_room) {
		decode->paste_room = 2 * (decode->paste_length + length) + 256;
		decode->paste = memory_resize(decode->paste,
		    decode->paste_room, 1);
	}
	memcpy(decode->paste + decode->paste_length, bytes, length);
	decode->paste_length += length;
}

static void
decode_paste_take(struct decode *decode, struct input *input)
{
	decode_paste_put(decode, "", 0);
	decode->paste[decode->paste_length] = '\0';
	input->kind = INPUT_PASTE;
	input->paste = decode->paste;
	input->paste_length = decode->paste_length;
	decode->paste = NULL;
	decode->paste_length = decode->paste_room = 0;
	decode->pasting = DECODE_PASTE_NONE;
}

static bool
decode_looks_pasted(const char *bytes, size_t length)
{
	size_t i, printable = 0;

	if (length < 4 || memcmp(bytes, "http", 4) != 0)
		return false;
	for (i = 0; i < length; i++) {
		if ((unsigned char)bytes[i] >= ' ' && bytes[i] != 127)
			printable++;
		else if (strchr("\r\n\t", bytes[i]) == NULL)
			return false;
	}
	return printable >= DECODE_LOOSE_MIN;
}

void
decode_feed(struct decode *decode, const char *bytes, size_t length,
    int64_t now_ms)
{
	bool late = now_ms - decode->since_ms > DECODE_LOOSE_MS;

	decode->since_ms = now_ms;
	if (decode->pasting == DECODE_PASTE_LOOSE && !late) {
		decode_paste_put(decode, bytes, length);
		return;
	}
	if (decode->pasting == DECODE_PASTE_NONE && !decode->brackets &&
	    decode->length == 0 && decode_looks_pasted(bytes, length)) {
		decode->pasting = DECODE_PASTE_LOOSE;
		decode_paste_put(decode, bytes, length);
		return;
	}
	if (decode->length + length > decode->room) {
		decode->room = 2 * (decode->length + length);
		decode->bytes = memory_resize(decode->bytes, decode->room, 1);
	}
	memcpy(decode->bytes + decode->length, bytes, length);
	decode->length += length;
}

static void
decode_drop(struct decode *decode, size_t length)
{
	decode->length -= length;
	memmove(decode->bytes, decode->bytes + length, decode->length);
}

/* Moves what is pasted over; true when its end has come. */
static bool
decode_paste_step(struct decode *decode)
{
	static const char end[] = "\033[201~";
	size_t keep = sizeof end - 2;
	char *at = decode->length == 0 ? NULL : memmem(decode->bytes,
	    decode->length, end, sizeof end - 1);

	if (at != NULL) {
		decode_paste_put(decode, decode->bytes,
		    (size_t)(at - decode->bytes));
		decode_drop(decode, (size_t)(at - decode->bytes) +
		    sizeof end - 1);
		return true;
	}
	/* The end may be cut in two. */
	if (decode->length > keep) {
		decode_paste_put(decode, decode->bytes, decode->length - keep);
		decode_drop(decode, decode->length - keep);
	}
	return false;
}

/* ---- sequences ---- */

static bool
decode_key(struct input *input, uint32_t key)
{
	if (key == INPUT_NO_KEY)
		return false;
	input->kind = INPUT_KEY;
	input->key = key;
	return true;
}

static uint32_t
decode_tilde(int number, int modifier)
{
	static const uint32_t keys[] = {
		[1] = INPUT_HOME, [2] = INPUT_INSERT, [3] = INPUT_DELETE,
		[4] = INPUT_END, [5] = INPUT_PAGE_UP, [6] = INPUT_PAGE_DOWN,
		[7] = INPUT_HOME, [8] = INPUT_END, [11] = INPUT_F1,
		[12] = INPUT_F1 + 1, [13] = INPUT_F1 + 2,
		[14] = INPUT_F1 + 3, [15] = INPUT_F1 + 4,
		[17] = INPUT_F1 + 5, [18] = INPUT_F1 + 6,
		[19] = INPUT_F1 + 7, [20] = INPUT_F1 + 8,
		[21] = INPUT_F1 + 9, [23] = INPUT_F1 + 10,
		[24] = INPUT_F1 + 11, [25] = INPUT_SHIFT_F3,
	};

	if (number == 13 && modifier == 2)
		return INPUT_SHIFT_F3;
	if (number < 0 || number >= (int)(sizeof keys / sizeof *keys) ||
	    keys[number] == 0)
		return INPUT_NO_KEY;
	return keys[number];
}

/* The last letter of ESC [ x and ESC O x. */
static uint32_t
decode_letter(char letter, int modifier)
{
	switch (letter) {
	case 'A':
		return INPUT_UP;
	case 'B':
		return INPUT_DOWN;
	case 'C':
		return INPUT_RIGHT;
	case 'D':
		return INPUT_LEFT;
	case 'F':
		return INPUT_END;
	case 'H':
		return INPUT_HOME;
	case 'M':
		return '\r';            /* keypad */
	case 'P':
	case 'Q':
	case 'S':
		return INPUT_F1 + (uint32_t)(letter - 'P');
	case 'R':
		return modifier == 2 ? INPUT_SHIFT_F3 : INPUT_F1 + 2;
	case 'Z':
		return INPUT_BACK_TAB;
	}
	return INPUT_NO_KEY;
}

/* ESC O and a letter of the keypad. */
static uint32_t
decode_keypad(char letter)
{
	static const char marks[] = "*+,-./0123456789";

	if (letter >= 'j' && letter <= 'y')
		return (unsigned char)marks[letter - 'j'];
	return letter == 'X' ? '=' : decode_letter(letter, 1);
}

/* Button as reported, place from 1. Motion, releases, other buttons: no. */
static bool
decode_mouse(struct input *input, int button, int column, int row)
{
	if (row < 1 || column < 1 || (button & 32) != 0)
		return false;
	input->row = row - 1;
	input->column = column - 1;
	switch (button & ~(4 | 8 | 16)) {
	case 0:
		input->kind = INPUT_CLICK;
		return true;
	case 64:
	case 65:
		input->kind = INPUT_WHEEL;
		input->key = (button & 1) != 0 ? INPUT_DOWN : INPUT_UP;
		return true;
	}
	return false;
}

static void
decode_csi_number(struct decode_csi *csi, char digit)
{
	int *param = &csi->params[csi->count - 1];

	if (*param < 100000)
		*param = *param * 10 + (digit - '0');
}

/* Reads from behind ESC [ on; csi->length stays 0 if more is to come. */
static void
decode_csi_read(struct decode_csi *csi, const char *bytes, size_t length)
{
	size_t i = 2;

	memset(csi, 0, sizeof *csi);
	csi->count = 1;
	if (i < length && bytes[i] >= '<' && bytes[i] <= '?')
		csi->private = bytes[i++];
	for (; i < length; i++) {
		if (bytes[i] >= '0' && bytes[i] <= '9') {
			decode_csi_number(csi, bytes[i]);
		} else if (bytes[i] == ';') {
			if (csi->count < DECODE_PARAMS)
				csi->count++;
		} else if (bytes[i] >= ' ' && bytes[i] <= '/') {
			csi->intermediate = bytes[i];
		} else {
			csi->final = bytes[i];
			csi->length = i + 1;
			return;
		}
	}
}

static bool
decode_csi_private(struct decode *decode, const struct decode_csi *csi,
    struct input *input)
{
	if (csi->private == '<' && csi->final == 'M')
		return decode_mouse(input, csi->params[0], csi->params[1],
		    csi->params[2]);
	if (csi->private == '?' && csi->intermediate == '$' &&
	    csi->final == 'y' && csi->params[0] == 2026) {
		decode->sync_told = true;
		decode->sync = csi->params[1] >= 1 && csi->params[1] <= 3;
	}
	return false;
}

static bool
decode_csi_plain(struct decode *decode, const struct decode_csi *csi,
    struct input *input)
{
	if (csi->final == '~' && csi->params[0] == 200) {
		decode->pasting = DECODE_PASTE_BRACKETED;
		return false;
	}
	if (csi->final == '~' && csi->params[0] == 27 && csi->count == 3)
		return decode_key(input, csi->params[2] == 13 &&
		    csi->params[1] == 3 ? INPUT_ALT_ENTER : INPUT_NO_KEY);
	if (csi->final == 'u')
		return decode_key(input, csi->params[0] != 13 ? INPUT_NO_KEY :
		    csi->params[1] == 3 ? INPUT_ALT_ENTER : '\r');
	if (csi->final == '~')
		return decode_key(input, decode_tilde(csi->params[0],
		    csi->params[1]));
	if (csi->final == 'R' && csi->params[0] != 1)
		return false;           /* where the cursor is */
	if (csi->final == 'n') {
		decode->answers++;      /* well or not: it has come so far */
		return false;
	}
	return decode_key(input, decode_letter(csi->final, csi->params[1]));
}

/* Returns the bytes taken; 0: more is to come. *done: input was filled. */
static size_t
decode_csi(struct decode *decode, struct input *input, bool *done)
{
	const char *bytes = decode->bytes;
	struct decode_csi csi;

	/* The Linux console's F1 to F5; and a mouse of old. */
	if (decode->length >= 3 && bytes[2] == '[') {
		if (decode->length < 4)
			return 0;
		*done = bytes[3] >= 'A' && bytes[3] <= 'E' && decode_key(input,
		    INPUT_F1 + (uint32_t)(bytes[3] - 'A'));
		return 4;
	}
	if (decode->length >= 3 && bytes[2] == 'M') {
		if (decode->length < 6)
			return 0;
		*done = decode_mouse(input, (unsigned char)bytes[3] - 32,
		    (unsigned char)bytes[4] - 32,
		    (unsigned char)bytes[5] - 32);
		return 6;
	}
	decode_csi_read(&csi, bytes, decode->length);
	if (csi.length == 0)
		return 0;
	if ((unsigned char)csi.final < '@' || csi.final == 127)
		return csi.length - 1;  /* broken off by something else */
	*done = csi.private != '\0' ?
	    decode_csi_private(decode, &csi, input) :
	    decode_csi_plain(decode, &csi, input);
	return csi.length;
}

/* ESC P, ], X, ^ or _ up to ESC \ or BEL: an answer that nobody asked for. */
static size_t
decode_string(const struct decode *decode)
{
	size_t i;

	for (i = 2; i < decode->length; i++) {
		if (decode->bytes[i] == 7)
			return i + 1;
		if (decode->bytes[i] == DECODE_ESC)
			return i + 1 == decode->length ? 0 :
			    decode->bytes[i + 1] == '\\' ? i + 2 : i;
	}
	return decode->length > DECODE_STRING_MAX ? decode->length : 0;
}

static size_t
decode_known(const struct decode *decode, struct input *input)
{
	const struct decode_key *row;
	size_t i;

	for (i = 0; i < decode->key_count; i++) {
		row = &decode->keys[i];
		if (row->length <= decode->length && memcmp(row->sequence,
		    decode->bytes, row->length) == 0 &&
		    decode_key(input, row->key))
			return row->length;
	}
	return 0;
}

static size_t
decode_escape(struct decode *decode, struct input *input, bool *done)
{
	size_t length = decode_known(decode, input);

	if (length > 0) {
		*done = true;
		return length;
	}
	if (decode->length == 1)
		return 0;
	switch (decode->bytes[1]) {
	case '[':
		return decode_csi(decode, input, done);
	case 'O':
		if (decode->length < 3)
			return 0;
		*done = decode_key(input, decode_keypad(decode->bytes[2]));
		return 3;
	case 'P':
	case ']':
	case '_':
	case '^':
		return decode_string(decode);
	case '\r':
	case '\n':
		*done = decode_key(input, INPUT_ALT_ENTER);
		return 2;
	}
	*done = decode_key(input, DECODE_ESC);
	return 1;
}

/* A character; 0 if it is cut off. */
static size_t
decode_character(const struct decode *decode, struct input *input, bool *done)
{
	uint32_t code = (unsigned char)decode->bytes[0];
	size_t length;

	if (code < 0x80) {
		*done = code != 0 && decode_key(input, code == '\n' ? '\r' :
		    code == '\b' ? 127 : code);
		return 1;
	}
	length = text_decode(decode->bytes, decode->length, &code);
	if (length > 0) {
		*done = decode_key(input, code);
		return length;
	}
	return decode->length < 4 && (decode->length == 1 ||
	    ((unsigned char)decode->bytes[1] & 0xc0) == 0x80) ? 0 : 1;
}

static int64_t
decode_deadline(const struct decode *decode)
{
	if (decode->pasting == DECODE_PASTE_LOOSE)
		return decode->since_ms + DECODE_LOOSE_MS;
	if (decode->length == 1 && decode->bytes[0] == DECODE_ESC)
		return decode->since_ms + decode->escape_ms;
	return decode->since_ms + DECODE_REST_MS;
}

/* The rest has not come: a lone Esc is the key, anything else is dropped. */
static bool
decode_give_up(struct decode *decode, int64_t now_ms, struct input *input)
{
	bool lone = decode->length == 1 && decode->bytes[0] == DECODE_ESC;

	if (decode->asking && decode->length < sizeof decode_answer - 1 &&
	    memcmp(decode->bytes, decode_answer, decode->length) == 0) {
		decode->cut = decode->length;
		decode->cut_ms = now_ms;
	}
	decode->length = 0;
	return lone && decode_key(input, DECODE_ESC);
}

/* The rest of an answer whose beginning was given up is no key either. True
 * if it may be on its way. */
static bool
decode_skip_cut(struct decode *decode, int64_t now_ms)
{
	const char *rest = decode_answer + decode->cut;
	size_t length = strlen(rest);

	if (decode->cut == 0 || decode->length == 0)
		return false;
	if (now_ms >= decode->cut_ms + DECODE_CUT_MS || memcmp(decode->bytes,
	    rest, decode->length < length ? decode->length : length) != 0) {
		decode->cut = 0;
		return false;
	}
	if (decode->length < length) {
		if (now_ms < decode->since_ms + DECODE_REST_MS)
			return true;
		decode->cut = 0;        /* it was typed */
		return false;
	}
	decode_drop(decode, length);
	decode->cut = 0;
	decode->answers++;
	return false;
}

bool
decode_next(struct decode *decode, int64_t now_ms, struct input *input)
{
	bool done = false;
	size_t length;

	memset(input, 0, sizeof *input);
	if (decode->pasting == DECODE_PASTE_LOOSE) {
		if (now_ms < decode_deadline(decode))
			return false;
		decode_paste_take(decode, input);
		return true;
	}
	if (decode->pasting == DECODE_PASTE_NONE &&
	    decode_skip_cut(decode, now_ms))
		return false;
	while (!done && decode->length > 0) {
		if (decode->pasting == DECODE_PASTE_BRACKETED) {
			if (!decode_paste_step(decode))
				return false;
			decode_paste_take(decode, input);
			return true;
		}
		length = decode->bytes[0] == DECODE_ESC ?
		    decode_escape(decode, input, &done) :
		    decode_character(decode, input, &done);
		if (length == 0) {
			if (now_ms < decode_deadline(decode))
				return false;
			return decode_give_up(decode, now_ms, input);
		}
		decode_drop(decode, length);
	}
	return done;
}

int
decode_wait_ms(const struct decode *decode, int64_t now_ms)
{
	int64_t rest;

	if (decode->pasting == DECODE_PASTE_BRACKETED ||
	    (decode->pasting == DECODE_PASTE_NONE && decode->length == 0))
		return -1;
	rest = decode_deadline(decode) - now_ms;
	return rest > 0 ? (int)rest : 0;
}
