/* SPDX-License-Identifier: MIT
 *
 * What terminals can beyond their description, by name and environment, and
 * the sequences for it. Nothing is sent to one that is not known to take it.
 * Pure.
 */
#ifndef HAUL_UI_MODES_H
#define HAUL_UI_MODES_H

#include <stdbool.h>
#include <stddef.h>

#define MODES_COPY_MAX 65536            /* bytes for the clipboard */

#define MODES_MOUSE_ON  "\033[?1000h\033[?1006h"
#define MODES_MOUSE_OFF "\033[?1006l\033[?1000l"
#define MODES_PASTE_ON  "\033[?2004h"
#define MODES_PASTE_OFF "\033[?2004l"
#define MODES_SYNC_ASK  "\033[?2026$p"
#define MODES_WELL_ASK  "\033[5n"        /* answered by CSI 0 n */
#define MODES_SYNC_ON   "\033[?2026h"
#define MODES_SYNC_OFF  "\033[?2026l"
#define MODES_TITLE_PUSH "\033[22;2t"
#define MODES_TITLE_POP "\033[23;2t"
#define MODES_PROGRESS_OFF "\033]9;4;0;\a"

typedef const char *(*modes_get_fn)(const char *name);

struct modes {
	bool xterm;             /* speaks xterm's language */
	bool title;
	bool progress;          /* OSC 9;4 */
	bool clipboard;         /* OSC 52 */
};

/* What is known of the terminal called TERM in this environment. */
void modes_of(struct modes *, const char *term, modes_get_fn);

/* Whether its font lacks the blocks and signs that we draw with. */
bool modes_is_plain(const char *term);

/* Text for the clipboard as OSC 52, malloc()ed and ended by NUL; NULL if it
 * is too long. */
char *modes_copy(const char *text, size_t length);

#endif
