/* SPDX-License-Identifier: MIT
 *
 * The face's own state, shared by its rooms: one struct ui, owned and touched
 * by the face's thread alone (ui.c's inbox, under its lock, excepted).
 *
 * One turn: input -> action -> reaction; then at most one frame. Handlers
 * change state and answer with a reaction; nobody draws from a handler.
 */
#ifndef HAUL_UI_INTERNAL_H
#define HAUL_UI_INTERNAL_H

#include "action.h"
#include "keybar.h"
#include "ui.h"
#include "ui/screen/glyph.h"
#include "ui/screen/grid.h"

/* What a handler wants done; or-ed together. UI_PASS: not mine, ask the
 * next. */
#define UI_NOTHING      0u
#define UI_REDRAW       1u              /* soon: the answer to a key */
#define UI_RELAYOUT     2u
#define UI_PASS         4u

/* The rooms of the screen; each has its own header. */
struct list;            /* list.h: tabs, rows, selection, follow, tags */
struct header;          /* header.h: totals, tabs, speed graph */
struct pane;            /* pane.h: what stands under the list */
struct dialog;          /* dialog.h: what stands above all */
struct prompt;          /* prompt.h: one line of text: find, filter, : */
struct messages;        /* message.h: the status line and the event log */
struct undo;            /* undo.h */
struct batch;           /* batch.h: work on many items, while it lasts */
struct layout;          /* layout.h */
struct ui_inbox;        /* ui.c: what other threads have said */

struct ui {
	struct ui_context context;      /* .haul is the engine */
	struct haul *haul;              /* the same, for short */
	struct term *term;
	struct grid grid;
	struct haul_totals totals;      /* as of this frame */
	int64_t now_ms;                 /* monotonic, as of this turn */
	uint64_t second;                /* grows once a second; numbers that
	                                   people read change with it */

	struct list *list;
	struct header *header;
	struct pane *pane;
	struct dialog *dialog;          /* NULL: none */
	struct prompt *prompt;          /* NULL: none */
	unsigned prompts;               /* opened so far */
	struct messages *messages;
	struct undo *undo;
	struct saving *saving;
	struct batch *batch;            /* NULL: none */

	bool focus_pane;                /* keys go to the pane first */
	bool maximised;                 /* the pane has the list's rows too */
	bool header_hidden;
	bool frozen;
	bool mouse;
	bool touched;                   /* a key was pressed: do not leave by
	                                   yourself */
	bool draining;                  /* leave when nothing runs */
	bool loading;                   /* a list is still being read */

	/* ui.c's own: */
	struct ui_inbox *inbox;
	struct layout *layout;          /* of the last frame */
	unsigned due;                   /* UI_REDRAW, UI_RELAYOUT */
	bool hung_up;                   /* the terminal is gone */
	bool away;                      /* it listens to somebody else */
	bool leaving;                   /* asked to be let go: once */
	uint64_t told_ended;            /* files, as of the last word on it */
	bool why_shown;                 /* the pane came with the failed tab */
	bool pane_before;               /* details were open when it came */
	uint64_t drawn_changes;         /* of totals, as of the last frame */
	uint64_t drawn_second;
	bool drawn_status;              /* a message was in the status line */
	uint64_t told_changes;          /* as of the last title */
	int64_t frame_ms;               /* of the last frame */
	int64_t check_ms;               /* next look for the foreground */
};

/* Runs an action: dialog and prompt have had their chance. In ui-input.c. */
unsigned ui_act(struct ui *, enum action);

/* Which keys the last row shows. In ui-frame.c. */
enum keybar_place ui_keybar_place(const struct ui *);

/* Whether anything is left that would be fetched. */
bool ui_has_work(const struct ui *);

/* Passes a wish on to the command. */
void ui_wish(struct ui *, enum ui_wish, const char *text);

/* ---- between ui.c and its parts ---- */

/* A key, paste, click or turn of the wheel. In ui-input.c. */
unsigned ui_input(struct ui *, const struct input *);

/* Puts the whole screen into the grid. In ui-frame.c. */
void ui_draw(struct ui *);

/* Tells something in the status line, for five seconds. */
void ui_say(struct ui *, enum grid_style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Whether something was told just now that smaller news should not cover. */
bool ui_is_telling(const struct ui *);

/* Text flags and signs of this run. */
unsigned ui_flags(const struct ui *);
const struct glyph_set *ui_glyphs(const struct ui *);

#endif
