/* SPDX-License-Identifier: MIT
 *
 * What comes from the person at the terminal: keys, pastes, the mouse.
 */
#ifndef HAUL_UI_INPUT_H
#define HAUL_UI_INPUT_H

#include <stddef.h>
#include <stdint.h>

/* A key is a Unicode character (controls included: 1 is Ctrl-A, 9 Tab, 13
 * Enter, 27 Esc, 127 Backspace) or one of these. */
enum input_key {
	INPUT_UP = 0x110000,
	INPUT_DOWN,
	INPUT_LEFT,
	INPUT_RIGHT,
	INPUT_HOME,
	INPUT_END,
	INPUT_PAGE_UP,
	INPUT_PAGE_DOWN,
	INPUT_INSERT,
	INPUT_DELETE,
	INPUT_BACK_TAB,
	INPUT_ALT_ENTER,
	INPUT_SHIFT_F3,
	INPUT_F1 = 0x110100,            /* F1 + n - 1 is Fn, up to F12 */
	INPUT_NO_KEY = 0x1fffff,
};

enum input_kind {
	INPUT_KEY,
	INPUT_PASTE,                    /* bracketed, or recognised as one */
	INPUT_CLICK,                    /* left button pressed */
	INPUT_WHEEL,                    /* key is INPUT_UP or INPUT_DOWN */
	INPUT_HANGUP,                   /* the terminal is gone */
};

struct input {
	enum input_kind kind;
	uint32_t key;
	int row, column;                /* CLICK, WHEEL; from 0 */
	char *paste;                    /* PASTE: raw bytes, ended by NUL; the
	                                   receiver of the input frees it */
	size_t paste_length;
};

#endif
