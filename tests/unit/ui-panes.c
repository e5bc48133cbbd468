/* SPDX-License-Identifier: MIT
 *
 * Panes: the explanation of a failure, the groups above the list, details, the
 * log; every size; and that help has every action in it.
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

#include <time.h>

#include "ui-fake.h"
#include "ui/acts.h"
#include "ui/dialog/dialog.h"
#include "ui/message.h"
#include "ui/pane/pane.h"

static int
setup(void **state)
{
	setenv("TZ", "UTC", 1);
	tzset();
	fake_setup(state);
	fake.tab = LIST_FAILED;
	return 0;
}

static const char *
pane_screen(int rows, int columns, bool focus)
{
	grid_resize(&fake.ui.grid, rows, columns);
	pane_draw(fake.ui.pane, grid_all(&fake.ui.grid), focus);
	return fake_dump();
}

static const char *
groups_screen(int rows, int columns)
{
	fake.changes++;
	haul_totals(NULL, &fake.ui.totals);
	fake.ui.now_ms += 10000;
	grid_resize(&fake.ui.grid, why_group_rows(fake.ui.pane, rows, 0),
	    columns);
	why_draw_groups(fake.ui.pane, grid_all(&fake.ui.grid));
	return fake_dump();
}

static void
attempt(struct fake_item *item, int64_t started_s, int64_t ended_ms,
    enum haul_cause cause, int http_status, int64_t got_bytes)
{
	struct haul_attempt *attempts = &item->history[item->history_count++];

	memset(attempts, 0, sizeof *attempts);
	attempts->started_ms = started_s * 1000;
	attempts->time_ms = started_s * 1000 + ended_ms;
	attempts->cause = cause;
	attempts->http_status = http_status;
	attempts->got_bytes = got_bytes;
}

static struct fake_item *
fail_often(void)
{
	struct fake_item *item = fake_fail(HAUL_CAUSE_HTTP, 503,
	    "archive.example.org");

	snprintf(item->url, sizeof item->url,
	    "https://archive.example.org/aia/aia_20240508_131_0456.fits");
	item->path = "/data/sun/aia_20240508_131_0456.fits";
	item->size_bytes = 12687769;
	item->got_bytes = 3774873;
	item->attempts = 5;
	attempt(item, 50550, 210, HAUL_CAUSE_HTTP, 503, 3774873);
	attempt(item, 50554, 100, HAUL_CAUSE_HTTP, 503, 0);
	attempt(item, 50560, 30000, HAUL_CAUSE_TIMEOUT, 0, 0);
	attempt(item, 50620, 100, HAUL_CAUSE_HTTP, 503, 0);
	attempt(item, 50680, 100, HAUL_CAUSE_HTTP, 503, 0);
	fake.selected = item->id;
	return item;
}

static void
a_failure_is_explained(void **state)
{
	(void)state;
	fail_often();
	pane_show(fake.ui.pane, PANE_WHY);
	assert_string_equal(pane_screen(10, 80, false),
"── Why: aia_20240508_131_0456.fits ───────────── r retry  "
"e edit  R retry all ──\n"
" Cause    HTTP 503 Service Unavailable\n"
" Advice   Temporary: try again later, or with fewer connections.\n"
" URL      https://archive.example.org/aia/aia_20240508_131_0456.fits\n"
" File     /data/sun/aia_20240508_131_0456.fits\n"
" Kept     3.60 MiB of 12.1 MiB on disk; retry resumes from byte 3,774,873\n"
" Attempts 1 14:02:30 503 after 0.21s +3.60M | 2 14:02:34 503 after 0.10s\n"
"          3 14:03:10 timeout after 30s | 4 14:03:40 503 after 0.10s\n"
"          5 14:04:40 503 after 0.10s | gave up after 5 attempts\n"
"\n");
}

#define HEX64 "0123456789abcdef0123456789abcdef" \
	"0123456789abcdef0123456789abcdef"

/* None of its digits stands alone in a row, but where there is no other way. */
static void
a_digest_is_broken_before_its_digits(void **state)
{
	struct fake_item *item = fake_fail(HAUL_CAUSE_CHECKSUM, 0, "a");

	(void)state;
	item->message = "the digest is sha256=" HEX64 ", wanted sha256=" HEX64;
	fake.selected = item->id;
	pane_show(fake.ui.pane, PANE_WHY);
	assert_non_null(strstr(pane_screen(12, 80, false),
	    " Cause    wrong checksum: the digest is sha256=\n"
	    "          " HEX64 ",\n"
	    "          wanted sha256=\n"
	    "          " HEX64 "\n"));
	assert_non_null(strstr(pane_screen(12, 81, false),
	    " Cause    wrong checksum: the digest is sha256=\n"
	    "          " HEX64 ",\n"
	    "          wanted\n"
	    "          sha256=" HEX64 "\n"));
	assert_non_null(strstr(pane_screen(12, 40, false), "sha256=0123"));
}

static void
what_did_not_take_long_is_not_told(void **state)
{
	struct fake_item *item = fake_fail(HAUL_CAUSE_HTTP, 404, "a");

	(void)state;
	fake.selected = item->id;
	item->attempts = 1;
	attempt(item, 50550, 99, HAUL_CAUSE_HTTP, 404, 0);
	pane_show(fake.ui.pane, PANE_WHY);
	assert_non_null(strstr(pane_screen(12, 80, false),
	    " Attempts 1 14:02:30 404 | not tried again\n"));
	item->http_status = item->history[0].http_status = 503;
	assert_non_null(strstr(pane_screen(12, 80, false),
	    " Attempts 1 14:02:30 503 | gave up after 1 attempt\n"));
}

static void
what_is_kept_is_told_truly(void **state)
{
	struct fake_item *item = fail_often();

	(void)state;
	pane_show(fake.ui.pane, PANE_WHY);
	item->resumable = false;
	assert_non_null(strstr(pane_screen(10, 80, false),
	    "3.60 MiB of 12.1 MiB on disk; a retry starts from the first"));
	item->got_bytes = 0;
	assert_non_null(strstr(pane_screen(10, 80, false),
	    "nothing; a retry starts from the first byte"));
}

static void
advice_names_what_mends_it_here(void **state)
{
	struct fake_item *item = fail_often();

	(void)state;
	pane_show(fake.ui.pane, PANE_WHY);
	item->http_status = 401;
	assert_non_null(strstr(pane_screen(10, 80, false),
	    "Log in: e asks for user and password."));
	item->http_status = 404;
	assert_non_null(strstr(pane_screen(10, 80, false), "e edits the URL"));
	item->cause = HAUL_CAUSE_CHECKSUM;
	assert_non_null(strstr(pane_screen(10, 80, false),
	    "e edits checksum and URL."));
}

static void
hidden_characters_and_secrets(void **state)
{
	struct fake_item *item = fail_often();
	const char *screen;

	(void)state;
	item->path = "/data/evil\033[31mname\u202etxt.exe";
	snprintf(item->url, sizeof item->url,
	    "https://me:secret@a.example/x\033]0;");
	pane_show(fake.ui.pane, PANE_WHY);
	screen = pane_screen(20, 80, false);
	assert_non_null(strstr(screen, "── Why: evil?[31mname?txt.exe ─"));
	assert_non_null(strstr(screen, "name has hidden characters: "
	    "/data/evil\\x1b[31mname\\u202etxt.exe"));
	assert_null(strstr(screen, "secret"));
	assert_null(strchr(screen, 033));
	item->state = HAUL_STATE_QUEUED;
	screen = pane_screen(20, 80, false);
	assert_non_null(strstr(screen, "name has hidden characters: "));
	assert_null(strchr(screen, 033));
}

static void
fail_of_all_kinds(void)
{
	size_t i;

	for (i = 0; i < 7; i++)
		fake_fail(HAUL_CAUSE_HTTP, 503, "archive.example.org");
	for (i = 0; i < 3; i++)
		fake_fail(HAUL_CAUSE_DNS, 0, "old.example.net");
	fake_fail(HAUL_CAUSE_CHECKSUM, 0, "mirror3.example.edu");
	fake_fail(HAUL_CAUSE_DISK_FULL, 0, "mirror3.example.edu");
}

static void
groups_stand_above_the_list(void **state)
{
	(void)state;
	fail_of_all_kinds();
	assert_string_equal(groups_screen(20, 80),
"── 12 failed, by cause ───────────────────────────────────────────"
" c collapse ──\n"
"> 7  HTTP 503 Service Unavailable         archive.example.org\n"
"  3  host not found                       old.example.net\n"
"  1  wrong checksum                       mirror3.example.edu\n"
"  1  no space left on the disk            /data/sun\n");
	assert_int_equal(why_group_rows(fake.ui.pane, 3, 0), 0);
	assert_int_equal(why_group_rows(fake.ui.pane, 7, 0), 3);
	fake.tab = LIST_ALL;
	assert_int_equal(why_group_rows(fake.ui.pane, 20, 0), 0);
}

static void
groups_that_are_not_shown_are_counted(void **state)
{
	size_t i;

	(void)state;
	fail_of_all_kinds();
	for (i = 0; i < 20; i++)
		fake_fail(HAUL_CAUSE_TLS, 0, "new.example");
	assert_non_null(strstr(groups_screen(10, 80),
	    "── 32 failed, by cause ──"));
	assert_int_equal(fake.ui.grid.rows, 4);
	assert_non_null(strstr(fake_dump(), "─ 3/5  c collapse ──\n"));
	fake.ui.focus_pane = true;
	pane_act(fake.ui.pane, ACTION_LAST);
	assert_non_null(strstr(groups_screen(10, 80), "─ 5/5  c collapse ─"));
	assert_null(strstr(groups_screen(20, 80), "5/5"));
	/* The pane's spare rows are theirs, and those of a short list. */
	assert_int_equal(why_group_rows(fake.ui.pane, 10, 0), 4);
	assert_int_equal(why_group_rows(fake.ui.pane, 11, 1), 5);
	assert_int_equal(why_group_rows(fake.ui.pane, 13, 3), 6);
	pane_act(fake.ui.pane, ACTION_FIRST);
	pane_act(fake.ui.pane, ACTION_NEXT);
	pane_act(fake.ui.pane, ACTION_NEXT);
	pane_act(fake.ui.pane, ACTION_OPEN);
	groups_screen(10, 80);
	assert_int_equal(why_group_rows(fake.ui.pane, 10, 0), 6);
}

static void
blank_rows_of_a_failure_are_spare(void **state)
{
	haul_id few;

	(void)state;
	few = fake_fail(HAUL_CAUSE_DNS, 0, "a.example")->id;
	fail_often();
	pane_show(fake.ui.pane, PANE_WHY);
	assert_int_equal(pane_spare(fake.ui.pane, 12, 80), 3);
	assert_int_equal(pane_spare(fake.ui.pane, 8, 80), 0);
	/* A shorter one gives no more, until the pane is opened anew. */
	fake.selected = few;
	assert_int_equal(pane_spare(fake.ui.pane, 12, 80), 3);
	pane_show(fake.ui.pane, PANE_WHY);
	assert_true(pane_spare(fake.ui.pane, 12, 80) > 3);
	pane_show(fake.ui.pane, PANE_LOG);
	assert_int_equal(pane_spare(fake.ui.pane, 12, 80), 0);
}

static void
a_group_is_chosen_narrowed_and_retried(void **state)
{
	size_t i, queued = 0;

	(void)state;
	fail_of_all_kinds();
	groups_screen(20, 80);
	assert_int_equal(pane_act(fake.ui.pane, ACTION_NEXT), UI_PASS);
	fake.ui.focus_pane = true;
	assert_int_equal(pane_act(fake.ui.pane, ACTION_NEXT), UI_REDRAW);
	assert_non_null(strstr(groups_screen(20, 80), "> 3  host not found"));
	pane_act(fake.ui.pane, ACTION_OPEN);
	assert_true(fake.grouped);
	assert_int_equal(fake.group.cause, HAUL_CAUSE_DNS);
	assert_string_equal(fake.group.host, "old.example.net");
	assert_non_null(strstr(groups_screen(20, 80), "= 3  host not found"));
	acts_do(&fake.ui, ACTION_RETRY_ALL);
	for (i = 0; i < fake.count; i++)
		queued += fake.items[i].state == HAUL_STATE_QUEUED;
	assert_int_equal(queued, 3);
	assert_true(pane_act(fake.ui.pane, ACTION_CLOSE) & UI_REDRAW);
	assert_false(fake.grouped);
	assert_int_equal(pane_act(fake.ui.pane, ACTION_CLOSE), UI_PASS);
}

static void
a_group_that_is_gone_is_shown_alone_no_more(void **state)
{
	(void)state;
	fail_of_all_kinds();
	groups_screen(20, 80);
	fake.ui.focus_pane = true;
	pane_act(fake.ui.pane, ACTION_NEXT);
	pane_act(fake.ui.pane, ACTION_OPEN);
	assert_true(fake.grouped);
	groups_screen(20, 80);
	assert_true(fake.grouped);
	acts_do(&fake.ui, ACTION_RETRY_ALL);
	groups_screen(20, 80);
	assert_false(fake.grouped);
}

static void
the_choice_stays_on_its_group(void **state)
{
	(void)state;
	fail_of_all_kinds();
	groups_screen(20, 80);
	fake.ui.focus_pane = true;
	pane_act(fake.ui.pane, ACTION_NEXT);
	fake_fail(HAUL_CAUSE_TLS, 0, "new.example");
	fake_fail(HAUL_CAUSE_TLS, 0, "new.example");
	fake_fail(HAUL_CAUSE_TLS, 0, "new.example");
	fake_fail(HAUL_CAUSE_TLS, 0, "new.example");
	assert_non_null(strstr(groups_screen(20, 80), "> 3  host not found"));
	assert_non_null(strstr(groups_screen(20, 80),
	    "  4  no secure connection"));
	pane_act(fake.ui.pane, ACTION_COLLAPSE);
	assert_int_equal(why_group_rows(fake.ui.pane, 20, 0), 1);
}

static void
details_tell_state_and_parts(void **state)
{
	struct fake_item *item = fake_add(HAUL_STATE_ACTIVE, "jsoc.example",
	    1000, 410);
	const char *screen;

	(void)state;
	fake.tab = LIST_ALL;
	fake.selected = item->id;
	item->path = "/data/sun/hmi.tar";
	item->attempts = 1;
	item->http_status = 206;
	pane_show(fake.ui.pane, PANE_DETAILS);
	screen = pane_screen(14, 120, true);
	assert_non_null(strstr(screen, "── Details: hmi.tar ─"));
	assert_non_null(strstr(screen, " j k scroll  Esc close ──\n"));
	assert_non_null(strstr(screen,
	    " State    GET  410 B of 0.98 KiB (41%)"));
	assert_non_null(strstr(screen,
	    "\n URL      https://jsoc.example/file1.bin\n"));
	assert_non_null(strstr(screen, "\n File     /data/sun/hmi.tar\n"));
	assert_non_null(strstr(screen, "206 Partial Content"));
	assert_non_null(strstr(screen, "\n Segments ██████"));
	assert_non_null(strstr(screen, "   1  0       - 0.98K             410  "
	    "41%      0   192.0.2.7:443 h2"));
	assert_non_null(strstr(screen, "running"));
	/* Paused, it has no attempt, and so no heading for them. */
	item->state = HAUL_STATE_PAUSED;
	assert_null(strstr(pane_screen(14, 120, true), "Attempts"));
}

static const char *
state_line(struct fake_item *item, enum haul_wait wait, uint32_t cap,
    int64_t ms)
{
	item->wait = wait;
	item->wait_cap = cap;
	item->wait_ms = ms;
	return strstr(pane_screen(14, 120, true), " State ");
}

static void
details_tell_what_is_waited_for(void **state)
{
	struct fake_item *item = fake_add(HAUL_STATE_QUEUED, "a.example", -1,
	    0);

	(void)state;
	fake.tab = LIST_ALL;
	fake.selected = item->id;
	pane_show(fake.ui.pane, PANE_DETAILS);
	assert_non_null(strstr(state_line(item, HAUL_WAIT_HOST_CAP, 1, 0),
	    "WAIT  waits for its host, which takes 1 connection at present  "
	    "position "));
	assert_non_null(strstr(state_line(item, HAUL_WAIT_HOST_LIMIT, 2, 0),
	    "WAIT  waits for its host, which may have 2 connections "
	    "(--max-host-conn)"));
	assert_non_null(strstr(state_line(item, HAUL_WAIT_HOST_PAUSE, 0,
	    41500), "WAIT  waits for its host, which wants no request for "
	    "42s"));
	assert_non_null(strstr(state_line(item, HAUL_WAIT_NETWORK, 0, 0),
	    "waits for the network"));
	assert_non_null(strstr(state_line(item, HAUL_WAIT_TURN, 0, 0),
	    "WAIT  waits for its turn  position "));
	item->state = HAUL_STATE_WAITING;
	item->cause = HAUL_CAUSE_HTTP;
	item->http_status = 503;
	assert_non_null(strstr(state_line(item, HAUL_WAIT_TIME, 0, 7900),
	    " in 8 s\n"));
	assert_null(strstr(state_line(item, HAUL_WAIT_HOST_CAP, 1, 0),
	    " in 0 s"));
}

static void
panes_survive_every_size(void **state)
{
	static const enum pane_kind kinds[] = { PANE_DETAILS, PANE_WHY,
		PANE_LOG };
	int rows, columns;
	size_t k, i;

	(void)state;
	fail_often();
	fail_of_all_kinds();
	fake_add(HAUL_STATE_ACTIVE, "a.example", 100, 50);
	for (i = 0; i < 30; i++)
		messages_keep(fake.ui.messages, "FAIL", STYLE_FAIL,
		    "a line of the log that is rather long, so that it must "
		    "be cut on narrow screens");
	for (k = 0; k < sizeof kinds / sizeof *kinds; k++)
		for (rows = 1; rows <= 40; rows += rows < 6 ? 1 : 7)
			for (columns = 1; columns <= 200; columns +=
			    columns < 45 ? 3 : 31) {
				fake.selected = k == 0 ? 14 : 1;
				pane_show(fake.ui.pane, kinds[k]);
				fake.ui.focus_pane = true;
				pane_screen(rows, columns, true);
				pane_act(fake.ui.pane, ACTION_LAST);
				pane_screen(rows, columns, true);
				pane_act(fake.ui.pane, ACTION_PAGE_UP);
				pane_screen(rows, columns, true);
				groups_screen(rows + 4, columns);
			}
}

static void
the_log_stands_still_when_scrolled(void **state)
{
	char line[32];
	int i;

	(void)state;
	for (i = 1; i <= 20; i++) {
		snprintf(line, sizeof line, "line %d.", i);
		messages_keep(fake.ui.messages, "SET", STYLE_TEXT, line);
	}
	pane_show(fake.ui.pane, PANE_LOG);
	fake.ui.focus_pane = true;
	fake.tab = LIST_ALL;
	assert_non_null(strstr(pane_screen(6, 80, true), "── Log ─"));
	assert_non_null(strstr(pane_screen(6, 80, true),
	    "20 lines  Esc close ──"));
	assert_non_null(strstr(pane_screen(6, 80, true), "SET  line 20."));
	assert_null(strstr(pane_screen(6, 80, true), "line 15."));
	pane_act(fake.ui.pane, ACTION_PREVIOUS);
	assert_null(strstr(pane_screen(6, 80, true), "line 20."));
	assert_non_null(strstr(pane_screen(6, 80, true), "line 15."));
	messages_keep(fake.ui.messages, "SET", STYLE_TEXT, "line 21.");
	assert_non_null(strstr(pane_screen(6, 80, true), "line 15."));
	pane_act(fake.ui.pane, ACTION_FIRST);
	assert_non_null(strstr(pane_screen(6, 80, true), "line 1."));
	assert_non_null(strstr(pane_screen(6, 80, true), "line 5."));
	pane_act(fake.ui.pane, ACTION_LAST);
	assert_non_null(strstr(pane_screen(6, 80, true), "line 21."));
}

static void
help_has_every_action(void **state)
{
	enum action action;
	const char *screen;
	char name[32];

	(void)state;
	for (action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
		assert_string_not_equal(action_rows[action].help, "");
		assert_int_not_equal(action_key(action, 0), INPUT_NO_KEY);
	}
	help_open(&fake.ui);
	/* One column: nothing is broken over rows. */
	fake.ui.dialog->width = 69;
	screen = fake_screen(300, 100);
	for (action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
		action_key_name(name, sizeof name, action_key(action, 0));
		assert_non_null(strstr(screen, name));
		assert_non_null(strstr(screen, action_rows[action].help));
	}
}

static void
help_is_searched(void **state)
{
	const char *screen;

	(void)state;
	help_open(&fake.ui);
	fake_screen(24, 80);
	fake_key('/');
	fake_type("RETRY");
	screen = fake_screen(24, 80);
	assert_non_null(strstr(screen, "/RETRY"));
	assert_non_null(strstr(screen, "edit URL and more, retry"));
	assert_null(strstr(screen, "untag all"));
	assert_null(strstr(screen, "MOVE"));
	fake_type("zzz");
	assert_non_null(strstr(fake_screen(24, 80), "nothing of that name"));
	fake_key(0x1b);
	assert_non_null(strstr(fake_screen(24, 80), "MOVE"));
	fake_key(0x1b);
	assert_null(fake.ui.dialog);
}

#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, setup, fake_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_failure_is_explained),
		CASE(a_digest_is_broken_before_its_digits),
		CASE(what_did_not_take_long_is_not_told),
		CASE(what_is_kept_is_told_truly),
		CASE(advice_names_what_mends_it_here),
		CASE(hidden_characters_and_secrets),
		CASE(groups_stand_above_the_list),
		CASE(groups_that_are_not_shown_are_counted),
		CASE(blank_rows_of_a_failure_are_spare),
		CASE(a_group_is_chosen_narrowed_and_retried),
		CASE(a_group_that_is_gone_is_shown_alone_no_more),
		CASE(the_choice_stays_on_its_group),
		CASE(details_tell_state_and_parts),
		CASE(details_tell_what_is_waited_for),
		CASE(panes_survive_every_size),
		CASE(the_log_stands_still_when_scrolled),
		CASE(help_has_every_action),
		CASE(help_is_searched),
	};

	alarm(60);
	return cmocka_run_group_tests_name("ui-panes", tests, NULL, NULL);
}
