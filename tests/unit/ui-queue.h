/* SPDX-License-Identifier: MIT
 *
 * An engine for the interface's unit tests: items in memory, whose states a
 * test sets as it likes. It counts what is asked of it.
 */
#ifndef HAUL_TESTS_UI_QUEUE_H
#define HAUL_TESTS_UI_QUEUE_H

#include "ui/internal.h"

struct fake_item {
	char name[48];
	char host[24];
	enum haul_state state;
	enum haul_cause cause;
	int http_status;
	int64_t size_bytes, got_bytes, speed_bps, ended_ms, elapsed_ms;
	size_t place;                   /* in the queue */
};

struct fake {
	size_t count;
	struct fake_item *items;        /* by id - 1 */
	haul_id *queue;                 /* by place */
	uint64_t rows, calls;           /* copied, and made, so far */
	char said[256];                 /* by ui_say(), last */
	bool telling;                   /* and it is not to be covered */
	char limit[16];
	struct ui ui;
};

extern struct fake fake;

/* So many queued items, named file-1, file-2 ... */
void fake_start(size_t count);
void fake_stop(void);
struct fake_item *fake_item(haul_id);
void fake_set(haul_id, enum haul_state);
void fake_move(haul_id, size_t place);
/* Items or their order were changed by hand. */
void fake_changed(void);
/* One that matters for nothing but the time. */
void fake_pass(int64_t ms);
int64_t fake_epoch_ms(void);

/* A row of the ui's grid as text, without blanks at its end; its cells must
 * add up. Valid until the next. */
const char *fake_line(int row);

/* ---- a list of it, of FAKE_ROWS lines below its head ---- */

#define FAKE_TOP 4              /* row of its first line */
#define FAKE_ROWS 18

void fake_begin(size_t count);
void fake_draw(void);
void fake_act(enum action);             /* and draws */
int fake_selected_line(void);           /* of the one marked; -1 none */
const char *fake_name_at(int line);     /* "": a fold */
unsigned fake_any(unsigned below);

#endif
