/* SPDX-License-Identifier: MIT
 *
 * Dialogs: what each looks like on 80x24, that each can be drawn on any
 * screen, and that each acts on the ids it was opened for.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ui-fake.h"
#include "ui/acts.h"
#include "ui/dialog/dialog.h"
#include "ui/paste.h"
#include "ui/prompt.h"
#include "ui/undo.h"

/* What stands between the frame's upper and lower edge, blank rows around it
 * left out. */
static const char *
framed(void)
{
	static char text[24 * 400];
	const char *screen = fake_screen(24, 80);
	size_t used = 0, length, indent;

	for (; *screen != '\0'; screen += length + 1) {
		length = strcspn(screen, "\n");
		indent = strspn(screen, " ");
		if (indent < length)
			used += (size_t)snprintf(text + used,
			    sizeof text - used, "%.*s\n",
			    (int)(length - indent), screen + indent);
	}
	return text;
}

static void
add_shows_what_is_wrong_with_a_line(void **state)
{
	(void)state;
	add_open(&fake.ui, "https://archive.example.org/a.fits\n"
	    "https://archive.example.org/b.fits\n"
	    "htp://typo.example.org/c.fits");
	fake_key(INPUT_UP);
	fake_key(INPUT_UP);
	fake_key(INPUT_END);
	assert_string_equal(framed(),
"┌─ Add URLs ───────────────────────────────────────────────────────────┐\n"
"│ URLs, one per line, or a file name prefixed with @   (3 URLs, 1 bad) │\n"
"│ > https://archive.example.org/a.fits                                 │\n"
"│   https://archive.example.org/b.fits                                 │\n"
"│ ! htp://typo.example.org/c.fits         unknown scheme \"htp\"         │\n"
"│                                                                      │\n"
"│ Save in  /data/sun                                                   │\n"
"│ Splits   [default 4]   Start [x] now   Position (o) end ( ) next     │\n"
"│                                                                      │\n"
"│ Enter: new line   Tab: next field   Alt-Enter: add   Esc: cancel     │\n"
"│ [ Add 2 ]   [ Cancel ]                                               │\n"
"└──────────────────────────────────────────────────────────────────────┘\n");
}

static void
sort_menu(void **state)
{
	(void)state;
	sortmenu_open(&fake.ui);
	assert_string_equal(framed(),
	    "┌─ Sort by ──────────────────────┐\n"
	    "│ > q  queue order               │\n"
	    "│   n  name                      │\n"
	    "│   s  size                      │\n"
	    "│   p  progress                  │\n"
	    "│   v  speed                     │\n"
	    "│   e  time left                 │\n"
	    "│   t  state, then queue         │\n"
	    "│   f  finished / failed time    │\n"
	    "│   h  host                      │\n"
	    "│   I  reverse   [ ] reversed    │\n"
	    "└────────────────────────────────┘\n");
	fake_key('I');
	assert_true(fake.reverse);
	fake_key('v');
	assert_int_equal(fake.sort, LIST_SORT_SPEED);
	assert_null(fake.ui.dialog);
}

static void
sort_menu_begins_with_the_present_order(void **state)
{
	(void)state;
	fake.tab = LIST_ACTIVE;
	fake.sort = LIST_SORT_STARTED;
	sortmenu_open(&fake.ui);
	assert_non_null(strstr(framed(), "> b  beginning, oldest first"));
	fake_key('n');
	assert_int_equal(fake.sort, LIST_SORT_NAME);
	sortmenu_open(&fake.ui);
	assert_non_null(strstr(framed(), "> n  name"));
	fake_key('b');
	assert_int_equal(fake.sort, LIST_SORT_STARTED);
	/* It is an order of what runs. */
	fake.tab = LIST_ALL;
	fake.sort = LIST_SORT_HOST;
	sortmenu_open(&fake.ui);
	assert_null(strstr(framed(), "beginning"));
	fake_key('b');
	assert_non_null(fake.ui.dialog);
	assert_int_equal(fake.sort, LIST_SORT_HOST);
}

static void
settings(void **state)
{
	(void)state;
	fake.selected = fake_add(HAUL_STATE_QUEUED, "a.example", 10, 0)->id;
	fake.items[0].path =
	    "/data/sun/hmi_m_45s_2024_05_08_full_disk_magnetogram.tar";
	settings_open(&fake.ui);
	assert_string_equal(framed(),
"┌─ Settings (live) ────────────────────────────────────────────────────┐\n"
"│ > Files at once            8     [- +]    1..10000                   │\n"
"│   Connections per file     4     [- +]    1..256                     │\n"
"│   Connections per host     16    [- +]    0 = no limit               │\n"
"│   Total connections        64    [- +]    0 = no limit               │\n"
"│   Rate limit, all          off   [edit]   e.g. 500K, 20M, off        │\n"
"│   Rate limit, this file    off   [edit]   hmi_m_45s_2024_05_08_full… │\n"
"│   Retries per file         5     [- +]    without progress           │\n"
"│   Retry wait               1s    [edit]   grows, honours Retry-After │\n"
"│   Frame rate               auto                                      │\n"
"│   Colour                   default                                   │\n"
"│   Glyphs                   UTF-8                                     │\n"
"│   Mouse                    [x]                                       │\n"
"│                                                                      │\n"
"│ + - change   Enter edit   u undo   w save   Esc close                │\n"
"└──────────────────────────────────────────────────────────────────────┘\n");
}

static void
settings_hold_at_once_and_say_what_is_wrong(void **state)
{
	char value[32];

	(void)state;
	settings_open(&fake.ui);
	fake_key('+');
	haul_get(NULL, 0, "max-conn", value, sizeof value);
	assert_string_equal(value, "9");
	fake_key('\r');
	fake_key('U' & 0x1f);
	fake_type("99999");
	fake_key('\r');
	assert_non_null(strstr(fake_screen(24, 80), "out of range"));
	fake_key('U' & 0x1f);
	fake_type("12");
	fake_key('\r');
	haul_get(NULL, 0, "max-conn", value, sizeof value);
	assert_string_equal(value, "12");
	fake_key('u');
	fake_key('u');
	haul_get(NULL, 0, "max-conn", value, sizeof value);
	assert_string_equal(value, "8");
}

static void
what_was_changed_can_be_saved(void **state)
{
	(void)state;
	settings_open(&fake.ui);
	fake_key('w');
	assert_int_equal(fake.wishes, 0);
	assert_non_null(strstr(fake.said, "Nothing was changed"));
	fake_key('+');
	fake_key('k');          /* the mouse, the last row */
	fake_key(' ');
	fake_key('w');
	assert_int_equal(fake.wish, UI_WISH_SAVE);
	assert_string_equal(fake.wished, "max-conn = 9\nmouse = no\n");
	/* Back as it was is a change of what was saved. */
	fake_key(' ');
	fake_key('w');
	assert_int_equal(fake.wishes, 2);
	assert_string_equal(fake.wished, "max-conn = 9\nmouse = yes\n");
}

static void
settings_can_be_clicked(void **state)
{
	const char *screen, *row;
	char value[32];
	int line = 0;

	(void)state;
	settings_open(&fake.ui);
	screen = fake_screen(24, 80);
	for (row = screen; strncmp(row, "    │   Connections per file", 30) !=
	    0; row = strchr(row, '\n') + 1)
		line++;
	fake_click(line, 4 + 2 + 33 + 3);
	haul_get(NULL, 0, "max-splits", value, sizeof value);
	assert_string_equal(value, "5");
	fake_click(line, 4 + 2 + 33);
	fake_screen(24, 80);
	fake_click(line, 4 + 2 + 33);
	haul_get(NULL, 0, "max-splits", value, sizeof value);
	assert_string_equal(value, "3");
}

static void
quit_offers_to_finish(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < 20; i++)
		fake_add(i < 8 ? HAUL_STATE_ACTIVE : HAUL_STATE_QUEUED,
		    "a.example", 10, 0);
	fake_fail(HAUL_CAUSE_DNS, 0, "b.example");
	quit_open(&fake.ui);
	assert_string_equal(framed(),
	    "┌─ Quit? ──────────────────────────────────────────────────┐\n"
	    "│ 8 files are active, 12 queued, 1 failed.                 │\n"
	    "│ Partial files are kept; the same command resumes them.   │\n"
	    "│                                                          │\n"
	    "│ > [q] Quit now     [d] Finish the 8 active, then quit    │\n"
	    "│   [Esc] Go back                                          │\n"
	    "└──────────────────────────────────────────────────────────┘\n");
	fake_key(0x1b);
	assert_null(fake.ui.dialog);
	assert_int_equal(fake.wishes, 0);
	fake.recorded = true;
	quit_open(&fake.ui);
	assert_non_null(strstr(framed(), "haul --resume goes on."));
	fake_key('d');
	assert_true(fake.ui.draining);
	assert_int_equal(fake.hold, HAUL_HOLD_NEW);
	quit_open(&fake.ui);
	fake_key('\r');
	assert_int_equal(fake.wish, UI_WISH_QUIT);
}

static void
quit_asks_nothing_without_work(void **state)
{
	(void)state;
	fake_add(HAUL_STATE_DONE, "a.example", 10, 10);
	quit_open(&fake.ui);
	assert_null(fake.ui.dialog);
	assert_int_equal(fake.wishes, 1);
	assert_int_equal(fake.wish, UI_WISH_LEAVE);
}

static void
fail_seven(void)
{
	size_t i;

	for (i = 0; i < 7; i++)
		fake_fail(HAUL_CAUSE_HTTP, 503, "archive.example.org");
	fake_fail(HAUL_CAUSE_HTTP, 503, "other.example");
	/* The same host, but not the same server. */
	snprintf(fake_fail(HAUL_CAUSE_HTTP, 503, "archive.example.org")->url,
	    256, "https://archive.example.org:8443/x");
	for (i = 0; i < 7; i++)
		snprintf(fake.items[i].checksum,
		    sizeof fake.items[i].checksum, "sha256=aa");
	fake.items[0].got_bytes = 3774873;
	fake.items[0].size_bytes = 12687769;
	snprintf(fake.items[0].url, sizeof fake.items[0].url,
	    "https://archive.example.org/aia/aia_20240508_131_0456.fits");
}

static void
edit(void **state)
{
	(void)state;
	fail_seven();
	edit_open(&fake.ui, 1);
	fake_key('U' & 0x1f);
	fake_type("https://mirror3.example.edu/aia/aia_20240508_131_0456.fits");
	assert_string_equal(framed(),
"┌─ Edit and retry ─────────────────────────────────────────────────────┐\n"
"│ Old   https://archive.example.org/aia/aia_20240508_131_0456.fits     │\n"
"│ New > https://mirror3.example.edu/aia/aia_20240508_131_0456.fits     │\n"
"│ Checksum   sha256=aa                                                 │\n"
"│ Login      (user:password)                                           │\n"
"│ [x] Keep the 3.60 MiB already here if size and ETag/sha256 agree     │\n"
"│ [ ] Apply host and login to all 7 failed files of this host          │\n"
"│ Enter: save and retry   Tab: next field   Space: mark   Esc: cancel  │\n"
"└──────────────────────────────────────────────────────────────────────┘\n");
}

static void
edit_retries_its_own_item_though_rows_moved(void **state)
{
	(void)state;
	fail_seven();
	fake.selected = 1;
	edit_open(&fake.ui, 1);
	fake.selected = 5;
	haul_move(NULL, 1, 0);
	fake_key('U' & 0x1f);
	fake_type("https://new.example/x");
	fake_key('\r');
	assert_null(fake.ui.dialog);
	assert_string_equal(fake_find(1)->url, "https://new.example/x");
	assert_true(fake_find(1)->keep);
	assert_int_equal(fake_find(1)->retries, 1);
	assert_int_equal(fake_find(5)->retries, 0);
}

static void
edit_changes_the_host_of_all_it_was_opened_for(void **state)
{
	size_t i, retried = 0;

	(void)state;
	fail_seven();
	edit_open(&fake.ui, 1);
	fake_fail(HAUL_CAUSE_DNS, 0, "archive.example.org");
	fake_find(3)->state = HAUL_STATE_QUEUED;
	fake_key('U' & 0x1f);
	fake_type("http://new.example:8080/x");
	fake_key('\t');
	fake_key('\t');
	fake_key('\t');
	fake_key(' ');
	fake_key('\t');
	fake_key(' ');
	fake_key('\r');
	for (i = 0; i < fake.count; i++)
		retried += fake.items[i].retries;
	assert_int_equal(retried, 6);
	assert_string_equal(fake_find(2)->url,
	    "http://new.example:8080/file2.bin");
	assert_false(fake_find(2)->keep);
	assert_int_equal(fake_find(10)->retries, 0);
	assert_int_equal(fake_find(9)->retries, 0);
	assert_int_equal(fake_find(8)->retries, 0);
}

static void
edit_mends_a_checksum_and_a_login(void **state)
{
	const char *screen;

	(void)state;
	fail_seven();
	edit_open(&fake.ui, 1);
	fake_key('\t');
	fake_key('U' & 0x1f);
	fake_type("sha256=bb md5=cc");
	fake_key('\t');
	fake_type("me:s3cret");
	screen = framed();
	assert_non_null(strstr(screen, "Checksum   sha256=bb md5=cc "));
	assert_non_null(strstr(screen, "Login    > me:****** "));
	assert_null(strstr(screen, "s3cret"));
	fake_key('\r');
	assert_null(fake.ui.dialog);
	assert_string_equal(fake_find(1)->checksum, "sha256=bb\nmd5=cc");
	assert_string_equal(fake_find(1)->login, "me:s3cret");
	assert_string_equal(fake_find(2)->login, "");
	assert_int_equal(fake_find(1)->retries, 1);
	assert_null(strstr(fake.said, "s3cret"));
	assert_true(undo_last(&fake.ui));
	assert_string_equal(fake_find(1)->checksum, "sha256=aa");
	assert_string_equal(fake_find(1)->login, "");
	assert_string_equal(fake.said, "undone: what was edited");
}

static void
edit_logs_in_for_all_of_the_host(void **state)
{
	(void)state;
	fail_seven();
	edit_open(&fake.ui, 1);
	fake_key('\t');
	fake_key('\t');
	fake_type("me:s3cret");
	fake_key('\t');
	fake_key('\t');
	fake_key(' ');
	fake_key('\r');
	assert_string_equal(fake_find(2)->login, "me:s3cret");
	assert_string_equal(fake_find(2)->checksum, "sha256=aa");
	assert_int_equal(fake_find(2)->retries, 1);
	assert_true(undo_last(&fake.ui));
	assert_string_equal(fake_find(2)->login, "");
}

static void
edit_leaves_all_as_it_was_if_a_checksum_is_none(void **state)
{
	(void)state;
	fail_seven();
	edit_open(&fake.ui, 1);
	fake_key('\t');
	fake_key('U' & 0x1f);
	fake_type("nonsense");
	fake_key('\r');
	assert_non_null(strstr(fake_screen(24, 80), "not a checksum"));
	assert_string_equal(fake_find(1)->checksum, "sha256=aa");
	assert_int_equal(fake_find(1)->retries, 0);
	fake_key('U' & 0x1f);
	fake_key('\r');
	assert_null(fake.ui.dialog);
	assert_string_equal(fake_find(1)->checksum, "");
}

static void
edit_says_why_a_url_cannot_be_used(void **state)
{
	(void)state;
	fail_seven();
	edit_open(&fake.ui, 1);
	fake_key('U' & 0x1f);
	fake_type("gopher://x/y");
	fake_key('\r');
	assert_non_null(strstr(fake_screen(24, 80),
	    "unknown scheme \"gopher\""));
	assert_int_equal(fake_find(1)->retries, 0);
}

static bool confirmed, dropped;

static void
confirm_then(struct ui *ui, void *data)
{
	(void)ui;
	(void)data;
	confirmed = true;
}

static void
confirm_drop(void *data)
{
	(void)data;
	dropped = true;
}

static void
ask(void)
{
	confirmed = dropped = false;
	confirm_open(&fake.ui, "Sure?", "Really do it?", "Do it", confirm_then,
	    confirm_drop, NULL);
	fake_screen(24, 80);
}

static void
a_question_is_answered_safely_by_enter(void **state)
{
	(void)state;
	ask();
	fake_key('\r');
	assert_false(confirmed);
	assert_true(dropped);
	ask();
	fake_key(0x1b);
	assert_true(dropped && !confirmed);
	ask();
	fake_key('y');
	assert_true(confirmed && !dropped);
	ask();
	fake_key('\t');
	fake_key('\r');
	assert_true(confirmed && !dropped);
	ask();
	fake_key('x');
	assert_non_null(fake.ui.dialog);
}

static void
help(void **state)
{
	const char *screen;

	(void)state;
	help_open(&fake.ui);
	assert_string_equal(framed(),
"┌─ Help   / search   Esc close ──────────────────────────────────── 20/61 ─┐\n"
"│ MOVE                                 ACT ON SELECTED OR TAGGED ROWS      │\n"
"│ j Down Ctrl-N next                   a Ins      add URLs                 │\n"
"│ k Up Ctrl-P   previous               b          add a list file          │\n"
"│ Ctrl-D        half a page down       p          pause or resume          │\n"
"│ Ctrl-U        half a page up         P          pause or resume all      │\n"
"│ PgDn Ctrl-F   page down              r          retry                    │\n"
"│ PgUp Ctrl-B   page up                R          retry all failed, or the │\n"
"│ g Home        first                             group                    │\n"
"│ G End         last                   e          edit URL and more, retry │\n"
"│ Ctrl-E        scroll, selection      x Del      remove from the queue    │\n"
"│               stays                  X          remove, and delete       │\n"
"│ Ctrl-Y        scroll back                       partial data             │\n"
"│ Left          scroll long names      u          undo the last change     │\n"
"│               back                   Space      tag                      │\n"
"│ Right         scroll long names      U          untag all                │\n"
"│ 0             start of names         *          tag all in view          │\n"
"│ $             end of names           ] F7       sooner in the queue      │\n"
"│ J             next in the list,      [ F8       later in the queue       │\n"
"│               from a pane            y          copy the URL             │\n"
"│ K             previous in the list,  Y          copy the path            │\n"
"└──────────────────────────────────────────────────────────────────────────┘\n"
	);
	fake_key('G');
	screen = fake_screen(24, 80);
	assert_null(strstr(screen, "│ MOVE"));
	fake_key('q');
	assert_null(fake.ui.dialog);
}

static void
full_text_shows_what_is_hidden(void **state)
{
	const char *screen;

	(void)state;
	fake_fail(HAUL_CAUSE_HTTP, 404, "a.example")->path =
	    "/d/evil\033[31mname\u202etxt.exe";
	fulltext_open(&fake.ui, 1);
	screen = fake_screen(24, 80);
	assert_non_null(strstr(screen, "\nevil?[31mname?txt.exe\n"));
	assert_non_null(strstr(screen, "\nevil\\x1b[31mname\\u202etxt.exe\n"));
	assert_non_null(strstr(screen, "has hidden characters"));
	assert_non_null(strstr(screen, "HTTP 404 Not Found"));
	assert_non_null(strstr(screen, "\nhttps://a.example/file1.bin\n"));
}

static const struct grid_area no_area;

static void
filter_line(void **state)
{
	(void)state;
	prompt_open(&fake.ui, PROMPT_FILTER);
	fake_type("131 host:archive");
	assert_string_equal(fake.filter, "131 host:archive");
	grid_resize(&fake.ui.grid, 1, 80);
	prompt_draw(&fake.ui, grid_all(&fake.ui.grid), no_area);
	assert_string_equal(fake_dump(), "filter: 131 host:archive          "
	    "                    41 of 1,204   Esc clears\n");
	fake_key(0x1b);
	assert_null(fake.ui.prompt);
	assert_string_equal(fake.filter, "");
}

static void
prompts_fit_every_width(void **state)
{
	enum prompt_kind kind;
	int columns;

	(void)state;
	for (kind = 0; kind < PROMPT_KINDS; kind++)
		for (columns = 1; columns <= 120; columns++) {
			prompt_open(&fake.ui, kind);
			fake_type("set files=8 and a lot more that is long");
			grid_resize(&fake.ui.grid, 1, columns);
			prompt_draw(&fake.ui, grid_all(&fake.ui.grid), no_area);
			fake_dump();
			prompt_close(&fake.ui);
		}
}

/* A value that is there is typed over; what is wrong is told in full. */
static void
limit_line(void **state)
{
	struct grid_area all;

	(void)state;
	prompt_open(&fake.ui, PROMPT_LIMIT);
	grid_resize(&fake.ui.grid, 2, 80);
	all = grid_all(&fake.ui.grid);
	prompt_draw(&fake.ui, grid_part(all, 0, 0, 1, 80),
	    grid_part(all, 1, 0, 1, 80));
	assert_string_equal(fake_dump(), "rate limit of all: off"
	    "                                          500K, 20M, off\n\n");
	fake_type("x");
	fake_key('\r');
	prompt_draw(&fake.ui, grid_part(all, 0, 0, 1, 80),
	    grid_part(all, 1, 0, 1, 80));
	assert_string_equal(fake_dump(), "rate limit of all: x"
	    "                                            500K, 20M, off\n"
	    "Rate limit, all: 'x' is not a number; it must be from 0 to "
	    "9223372036854775807.\n");
}

static void
a_long_paste_is_offered_as_a_list(void **state)
{
	struct input input = { .kind = INPUT_PASTE };

	(void)state;
	input.paste = malloc(PASTE_FORM + 1);
	memset(input.paste, 'x', PASTE_FORM + 1);
	memcpy(input.paste, "a\rb\r\nc\n\0d", 9);
	input.paste_length = PASTE_FORM;
	assert_false(paste_is_long(&input));
	input.paste_length++;
	assert_true(paste_is_long(&input));
	paste_offer(&fake.ui, &input);
	assert_non_null(strstr(fake_screen(24, 80), "8.00 MiB were pasted"));
	fake_key('\r');
	assert_null(fake.ui.dialog);
	assert_int_equal(fake.wishes, 0);
	paste_offer(&fake.ui, &input);
	fake_key('y');
	assert_int_equal(fake.wish, UI_WISH_TEXT);
	assert_memory_equal(fake.wished, "a\nb\nc\n dxx", 10);
	free(input.paste);
}

static void
open_dialog(int n)
{
	switch (n) {
	case 0:
		add_open(&fake.ui, "https://a/b\nbad\n@list\n世界://x\n\n");
		break;
	case 1:
		settings_open(&fake.ui);
		break;
	case 2:
		quit_open(&fake.ui);
		break;
	case 3:
		edit_open(&fake.ui, 1);
		break;
	case 4:
		sortmenu_open(&fake.ui);
		break;
	case 5:
		fulltext_open(&fake.ui, 1);
		break;
	case 6:
		help_open(&fake.ui);
		break;
	default:
		confirm_open(&fake.ui, "A rather long question?", "A text of "
		    "several words that must be broken somewhere.", "Yes",
		    confirm_then, NULL, NULL);
	}
}

#define DIALOGS 8

/* The same dialog is drawn at every size, one after the other, as a terminal
 * is resized; the dump checks each row's cells. */
static void
every_dialog_survives_every_size(void **state)
{
	static const int widths[] = { 1, 2, 5, 19, 20, 21, 30, 43, 44, 60, 72,
		80, 120, 200 };
	static const int heights[] = { 1, 2, 5, 6, 11, 12, 13, 24, 60 };
	size_t w, h;
	int n;

	(void)state;
	fail_seven();
	fake_add(HAUL_STATE_ACTIVE, "a.example", 10, 5);
	fake.items[0].path = "/d/evil\033[31mname\u202etxt.exe";
	for (n = 0; n < DIALOGS; n++) {
		open_dialog(n);
		for (w = 0; w < sizeof widths / sizeof *widths; w++)
			for (h = 0; h < sizeof heights / sizeof *heights; h++) {
				fake_screen(heights[h], widths[w]);
				fake_key(INPUT_DOWN);
				fake_click(heights[h] / 2, widths[w] / 2);
				if (fake.ui.dialog == NULL)
					open_dialog(n);
			}
		dialog_close_all(&fake.ui);
	}
}

static void
every_dialog_can_be_used_on_20x5(void **state)
{
	int n;

	(void)state;
	fail_seven();
	fake_add(HAUL_STATE_ACTIVE, "a.example", 10, 5);
	for (n = 0; n < DIALOGS; n++) {
		open_dialog(n);
		assert_non_null(fake.ui.dialog);
		fake_screen(5, 20);
		/* Wherever the focus goes, it is on the screen. */
		assert_in_range(fake.ui.grid.cursor_row, 0, 4);
		fake_key('\t');
		fake_screen(5, 20);
		assert_in_range(fake.ui.grid.cursor_row, 0, 4);
		fake_key(0x1b);
		assert_null(fake.ui.dialog);
	}
	/* The last button of a long dialog can be reached. */
	add_open(&fake.ui, "https://a.example/b");
	for (n = 0; n < 5; n++)
		fake_key('\t');
	assert_non_null(strstr(fake_screen(5, 20), "[>Add 1<]"));
	fake_key('\t');
	assert_non_null(strstr(fake_screen(5, 20), "[>Cancel<]"));
	assert_non_null(strstr(fake_screen(5, 20), "[ Add 1 ]"));
}

static void
accessible_dialogs_have_no_frames(void **state)
{
	int n;

	(void)state;
	fail_seven();
	fake_add(HAUL_STATE_ACTIVE, "a.example", 10, 5);
	fake.ui.context.term.accessible = true;
	for (n = 1; n < DIALOGS; n++) {
		open_dialog(n);
		assert_null(strstr(fake_screen(24, 80), "─"));
		assert_null(strstr(fake_screen(24, 80), "│"));
		dialog_close_all(&fake.ui);
	}
}

/* And nowhere else. */
static void
accessible_choices_are_numbered(void **state)
{
	(void)state;
	fake_add(HAUL_STATE_ACTIVE, "a.example", 10, 5);
	sortmenu_open(&fake.ui);
	fake_key('3');
	assert_non_null(fake.ui.dialog);
	assert_non_null(strstr(fake_screen(24, 80), "  s  size"));
	fake.ui.context.term.accessible = true;
	assert_non_null(strstr(fake_screen(24, 80), "\n  3 s  size\n"));
	assert_non_null(strstr(fake_screen(24, 80), "\n  0 I  reverse"));
	fake_key('0');
	assert_true(fake.reverse);
	fake_key('3');
	assert_null(fake.ui.dialog);
	assert_int_equal(fake.sort, LIST_SORT_SIZE);
	settings_open(&fake.ui);
	fake_key('4');
	assert_non_null(strstr(fake_screen(24, 80), "\n> 4 Total"));
	assert_non_null(strstr(fake_screen(24, 80), "\n  Glyphs"));
	fake_key('q');
	quit_open(&fake.ui);
	assert_non_null(strstr(fake_screen(24, 80), "> 1 [q] Quit now"));
	fake_key('4');
	fake_key('3');
	assert_null(fake.ui.dialog);
	assert_int_equal(fake.wishes, 0);
	quit_open(&fake.ui);
	fake_key('1');
	assert_int_equal(fake.wish, UI_WISH_QUIT);
	ask();
	assert_non_null(strstr(fake_screen(24, 80), "[>1 No<]   [ 2 Do it ]"));
	fake_key('2');
	assert_true(confirmed);
}

static void
help_opens_over_a_dialog_and_goes_again(void **state)
{
	(void)state;
	settings_open(&fake.ui);
	fake_key(INPUT_F1);
	assert_non_null(strstr(fake_screen(24, 80), "Help   / search"));
	fake_key(0x1b);
	assert_non_null(strstr(fake_screen(24, 80), "Settings (live)"));
}

static void
ascii_frames_have_no_other_signs(void **state)
{
	const char *screen;
	int n;

	(void)state;
	fake.ui.context.text_flags = TEXT_ASCII;
	fail_seven();
	fake_add(HAUL_STATE_ACTIVE, "a.example", 10, 5);
	for (n = 1; n < DIALOGS; n++) {
		open_dialog(n);
		for (screen = fake_screen(24, 80); *screen != '\0'; screen++)
			assert_true((unsigned char)*screen < 0x80);
		dialog_close_all(&fake.ui);
	}
}

#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(add_shows_what_is_wrong_with_a_line),
		CASE(sort_menu),
		CASE(sort_menu_begins_with_the_present_order),
		CASE(settings),
		CASE(settings_hold_at_once_and_say_what_is_wrong),
		CASE(what_was_changed_can_be_saved),
		CASE(settings_can_be_clicked),
		CASE(quit_offers_to_finish),
		CASE(quit_asks_nothing_without_work),
		CASE(edit),
		CASE(edit_retries_its_own_item_though_rows_moved),
		CASE(edit_changes_the_host_of_all_it_was_opened_for),
		CASE(edit_mends_a_checksum_and_a_login),
		CASE(edit_logs_in_for_all_of_the_host),
		CASE(edit_leaves_all_as_it_was_if_a_checksum_is_none),
		CASE(edit_says_why_a_url_cannot_be_used),
		CASE(a_question_is_answered_safely_by_enter),
		CASE(help),
		CASE(full_text_shows_what_is_hidden),
		CASE(filter_line),
		CASE(limit_line),
		CASE(a_long_paste_is_offered_as_a_list),
		CASE(prompts_fit_every_width),
		CASE(every_dialog_survives_every_size),
		CASE(every_dialog_can_be_used_on_20x5),
		CASE(ascii_frames_have_no_other_signs),
		CASE(accessible_dialogs_have_no_frames),
		CASE(accessible_choices_are_numbered),
		CASE(help_opens_over_a_dialog_and_goes_again),
	};

	alarm(120);
	return cmocka_run_group_tests_name("ui-dialogs", tests, NULL, NULL);
}
