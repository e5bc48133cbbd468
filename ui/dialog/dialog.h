/* SPDX-License-Identifier: MIT
 *
 * What stands above all else until it is answered: a frame, what is in it, and
 * where the keys go meanwhile. A dialog keeps the ids it was opened for; what
 * happens below it does not change what it acts on.
 *
 * It is drawn anew in each frame, so it survives any change of the screen's
 * size. On less than 44 columns or 12 rows it takes the whole screen and has a
 * title row instead of a frame.
 */
#ifndef HAUL_UI_DIALOG_H
#define HAUL_UI_DIALOG_H

#include "ui/internal.h"
#include "ui/screen/sheet.h"

#define DIALOG_WIDTH    72      /* frame included */
#define DIALOG_TARGETS  96      /* places to click at */

struct dialog_ops {
	/* Rows of the contents, if they have so many columns. */
	int (*rows)(struct dialog *, int columns);
	/* Draws them. Whoever has a row that must stay in sight puts the
	 * cursor there (grid_cursor()). */
	void (*draw)(struct dialog *, struct grid_area);
	/* Keys and pastes. UI_PASS: not mine; then Esc closes, and keys that
	 * move scroll. May close the dialog, which is gone then. */
	unsigned (*input)(struct dialog *, const struct input *);
	/* A place was clicked at; `cell` counts from its first. Or NULL. */
	unsigned (*press)(struct dialog *, int target, int cell);
	/* Frees what is its own, and the dialog. */
	void (*free)(struct dialog *);
};

struct dialog_target {
	int row, column, columns, id;
};

/* The first member of every dialog. */
struct dialog {
	const struct dialog_ops *ops;
	struct ui *ui;
	struct dialog *under;           /* shown again afterwards, or NULL */
	int width;                      /* wanted, frame included */
	bool whole;                     /* no frame, whatever the room: what is
	                                   in it is to be marked and copied */
	char title[128];
	struct sheet sheet;
	int top, left;                  /* of the contents on the screen */
	struct dialog_target targets[DIALOG_TARGETS];
	size_t target_count;
};

/* Prepares the common part; title is a translation. */
void dialog_init(struct dialog *, struct ui *, const struct dialog_ops *,
    const char *title, int width);

void dialog_open(struct ui *, struct dialog *);
/* Closes the topmost one and frees it. */
void dialog_close(struct ui *);
/* Closes all. */
void dialog_close_all(struct ui *);

void dialog_draw(struct ui *, struct grid_area screen);
/* UI_PASS only for keys that no dialog may keep: Ctrl-L and Ctrl-Z, and for
 * the terminal's end. */
unsigned dialog_input(struct ui *, const struct input *);

/* ---- for those who draw one ---- */

/* Makes cells of the contents a place to click at. */
void dialog_target(struct dialog *, int row, int column, int columns, int id);

/* "[ Add ]", with focus "[>Add<]"; returns its cells. */
int dialog_button(struct dialog *, struct grid_area, int row, int column,
    int id, const char *label, bool focus);
/* "[x] label", with focus ">" before it at column - 1; returns its cells. */
int dialog_check(struct dialog *, struct grid_area, int row, int column,
    int id, bool on, const char *label, bool focus);
/* The same with "(o)". */
int dialog_choice(struct dialog *, struct grid_area, int row, int column,
    int id, bool on, const char *label, bool focus);

/* Choices of those who have them read out are numbered, and a digit chooses.
 * "3 " for the choice 2, counted from 0; "" for the eleventh and further ones,
 * and where nobody wants it. */
const char *dialog_ordinal(const struct dialog *, int choice);
/* The choice that a key means, of so many; -1: it is no such digit. */
int dialog_digit(const struct dialog *, const struct input *, int count);

/* ---- the dialogs ---- */

/* pasted may be NULL. If it is open already, what was pasted goes in. */
void add_open(struct ui *, const char *pasted);
void settings_open(struct ui *);
void quit_open(struct ui *);
void edit_open(struct ui *, haul_id);
void sortmenu_open(struct ui *);
void fulltext_open(struct ui *, haul_id);
void help_open(struct ui *);

#define OFFER_RUNS 20                   /* of them are shown */

/* Offers unfinished runs, the newest first; if that is open already, these
 * are what it offers now, and with none it closes. */
void offer_open(struct ui *, const struct haul_store_run *, size_t count);

/* Asks; `then` is called with `data` if the answer is yes, and frees the data;
 * else `drop` (or NULL) does. The default answer is no. text and yes are
 * translations. */
void confirm_open(struct ui *, const char *title, const char *text,
    const char *yes, void (*then)(struct ui *, void *data),
    void (*drop)(void *data), void *data);

#endif
