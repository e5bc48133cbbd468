/* SPDX-License-Identifier: MIT
 *
 * An engine, a list and a terminal for tests of the interface: they hold what
 * a test puts in and note what is done to it.
 */
#ifndef HAUL_TESTS_UI_FAKE_H
#define HAUL_TESTS_UI_FAKE_H

#include "haul.h"
#include "ui/internal.h"
#include "ui/list/list.h"

#define FAKE_ITEMS      64
#define FAKE_TEXT       2048

struct fake_item {
	haul_id id;
	enum haul_state state, before;  /* before: it was removed */
	enum haul_cause cause;
	int http_status;
	const char *host;
	char url[256];
	const char *path;
	const char *message;
	const char *etag;
	char checksum[128], login[64], on_change[16];
	enum haul_wait wait;
	uint32_t wait_cap;
	int64_t wait_ms;
	int64_t size_bytes, got_bytes;
	uint32_t attempts;
	struct haul_attempt history[8];
	size_t history_count;
	bool resumable;
	bool data_deleted;
	unsigned retries;               /* haul_retry() calls */
	bool keep;                      /* of the last haul_edit() */
};

/* Everything is public: tests set and read it. In the queue's order. */
extern struct fake {
	struct ui ui;
	struct fake_item items[FAKE_ITEMS];
	size_t count;
	uint64_t failures;              /* that many more, made up by number;
	                                   their ids are from 1000000 on */
	size_t rows_asked;              /* rows copied by haul_rows() */
	uint64_t changes;               /* of the totals */
	bool running;
	unsigned starts;
	enum haul_hold hold;
	bool recorded;                  /* there is a store */
	haul_id selected;
	haul_id tagged[FAKE_ITEMS];
	size_t tagged_count;
	enum list_tab tab;
	enum list_sort sort;
	bool reverse;
	char filter[256], found[256], tagging[256];
	struct list_group group;
	bool grouped;
	enum action last_act;           /* that the list was asked for */
	char said[FAKE_TEXT];           /* the last message */
	enum ui_wish wish;
	unsigned wishes;
	char wished[256];
	char copied[FAKE_TEXT];
	bool clipboard;                 /* there is one */
} fake;

/* cmocka's fixtures: all is empty but settings, and the screen has 24 rows of
 * 80 cells. */
int fake_setup(void **state);
int fake_teardown(void **state);

/* Adds an item "fileN.bin" of https://HOST/. */
struct fake_item *fake_add(enum haul_state, const char *host,
    int64_t size_bytes, int64_t got_bytes);
struct fake_item *fake_fail(enum haul_cause, int http_status,
    const char *host);
struct fake_item *fake_find(haul_id);

/* A key, text typed, a paste: to the open dialog, else the prompt. */
unsigned fake_key(uint32_t key);
void fake_type(const char *text);
unsigned fake_paste(const char *text);
unsigned fake_click(int row, int column);

/* Draws the open dialog alone on a blank screen of this size; the text of the
 * screen, rows ended by line feeds, blanks at their ends left out. Fails if a
 * row does not add up to its columns. */
const char *fake_screen(int rows, int columns);
/* The same of the grid as it is. */
const char *fake_dump(void);

#endif
