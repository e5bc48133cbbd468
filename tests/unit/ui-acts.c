/* SPDX-License-Identifier: MIT
 *
 * Acts: on tagged ids though rows have moved, what undo takes back and how far,
 * retries that leave out what they cannot help, questions, copies, exports.
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

#include <sys/stat.h>

#include "ui-fake.h"
#include "ui/acts.h"
#include "ui/batch.h"
#include "ui/dialog/dialog.h"
#include "ui/live.h"
#include "ui/message.h"
#include "ui/pane/pane.h"
#include "ui/undo.h"

static int
setup(void **state)
{
	size_t i;

	fake_setup(state);
	for (i = 0; i < 6; i++)
		fake_add(HAUL_STATE_QUEUED, "a.example", 100, 0);
	return 0;
}

static enum haul_state
state_of(haul_id id)
{
	return fake_find(id)->state;
}

static void
tag(haul_id first, haul_id second)
{
	fake.tagged[0] = first;
	fake.tagged[1] = second;
	fake.tagged_count = 2;
}

static void
order_is(const char *wanted)
{
	char order[FAKE_ITEMS + 1];
	size_t i;

	for (i = 0; i < fake.count; i++)
		order[i] = (char)('0' + fake.items[i].id);
	order[i] = '\0';
	assert_string_equal(order, wanted);
}

static void
the_tagged_are_meant_wherever_they_stand(void **state)
{
	(void)state;
	fake.selected = 1;
	tag(3, 5);
	haul_move(NULL, 3, 0);
	haul_move(NULL, 1, 0);
	acts_do(&fake.ui, ACTION_REMOVE);
	assert_int_equal(state_of(3), HAUL_STATE_REMOVED);
	assert_int_equal(state_of(5), HAUL_STATE_REMOVED);
	assert_int_equal(state_of(1), HAUL_STATE_QUEUED);
	assert_non_null(strstr(fake.said, "2 files"));
	assert_true(undo_last(&fake.ui));
	assert_int_equal(state_of(3), HAUL_STATE_QUEUED);
	assert_int_equal(state_of(5), HAUL_STATE_QUEUED);
	assert_int_equal(fake.selected, 3);
}

static void
a_question_keeps_its_ids(void **state)
{
	(void)state;
	fake.selected = 2;
	acts_do(&fake.ui, ACTION_REMOVE_DATA);
	assert_int_equal(state_of(2), HAUL_STATE_QUEUED);
	fake.selected = 4;
	haul_move(NULL, 2, 0);
	fake_key('y');
	assert_int_equal(state_of(2), HAUL_STATE_REMOVED);
	assert_true(fake_find(2)->data_deleted);
	assert_int_equal(state_of(4), HAUL_STATE_QUEUED);
	fake.selected = 5;
	acts_do(&fake.ui, ACTION_REMOVE_DATA);
	fake_key('\r');
	assert_int_equal(state_of(5), HAUL_STATE_QUEUED);
}

static void
pause_makes_all_alike_and_is_undone(void **state)
{
	(void)state;
	fake_find(3)->state = HAUL_STATE_PAUSED;
	tag(2, 3);
	acts_do(&fake.ui, ACTION_PAUSE);
	assert_int_equal(state_of(2), HAUL_STATE_PAUSED);
	assert_int_equal(state_of(3), HAUL_STATE_PAUSED);
	undo_last(&fake.ui);
	assert_int_equal(state_of(2), HAUL_STATE_QUEUED);
	assert_int_equal(state_of(3), HAUL_STATE_PAUSED);
	fake_find(2)->state = HAUL_STATE_PAUSED;
	fake.running = false;
	acts_do(&fake.ui, ACTION_PAUSE);
	assert_int_equal(state_of(2), HAUL_STATE_QUEUED);
	assert_int_equal(state_of(3), HAUL_STATE_QUEUED);
	assert_int_equal(fake.starts, 1);
}

static void
all_are_held_and_go_on(void **state)
{
	(void)state;
	acts_do(&fake.ui, ACTION_PAUSE_ALL);
	assert_int_equal(fake.hold, HAUL_HOLD_ALL);
	acts_do(&fake.ui, ACTION_PAUSE_ALL);
	assert_int_equal(fake.hold, HAUL_HOLD_NOTHING);
	undo_last(&fake.ui);
	assert_int_equal(fake.hold, HAUL_HOLD_ALL);
	undo_last(&fake.ui);
	assert_int_equal(fake.hold, HAUL_HOLD_NOTHING);
}

static void
blocks_move_and_come_back(void **state)
{
	(void)state;
	tag(3, 5);
	acts_do(&fake.ui, ACTION_SOONER);
	order_is("135246");
	undo_last(&fake.ui);
	order_is("123456");
	acts_do(&fake.ui, ACTION_LATER);
	order_is("124635");
	undo_last(&fake.ui);
	order_is("123456");
	tag(1, 3);
	acts_do(&fake.ui, ACTION_SOONER);
	order_is("132456");
	tag(5, 6);
	acts_do(&fake.ui, ACTION_LATER);
	order_is("132456");
	fake.tagged_count = 0;
	fake.selected = 2;
	acts_do(&fake.ui, ACTION_LATER);
	order_is("134256");
}

static void
only_what_waits_is_moved(void **state)
{
	(void)state;
	fake_find(2)->state = HAUL_STATE_DONE;
	fake.selected = 2;
	acts_do(&fake.ui, ACTION_SOONER);
	order_is("123456");
	fake.selected = 3;
	acts_do(&fake.ui, ACTION_SOONER);
	order_is("312456");
}

static void
undo_goes_ten_deep(void **state)
{
	char value[32];
	int i;

	(void)state;
	for (i = 0; i < 15; i++)
		acts_do(&fake.ui, ACTION_FILES_MORE);
	haul_get(NULL, 0, "max-conn", value, sizeof value);
	assert_string_equal(value, "23");
	assert_int_equal(undo_count(fake.ui.undo), UNDO_DEPTH);
	for (i = 0; i < UNDO_DEPTH; i++)
		assert_true(undo_last(&fake.ui));
	haul_get(NULL, 0, "max-conn", value, sizeof value);
	assert_string_equal(value, "13");
	assert_false(undo_last(&fake.ui));
}

static void
undo_passes_over_what_is_gone(void **state)
{
	(void)state;
	tag(2, 3);
	acts_do(&fake.ui, ACTION_REMOVE);
	haul_restore(NULL, 2);
	assert_true(undo_last(&fake.ui));
	assert_int_equal(state_of(3), HAUL_STATE_QUEUED);
	acts_do(&fake.ui, ACTION_REMOVE);
	haul_restore(NULL, 2);
	haul_restore(NULL, 3);
	assert_true(undo_last(&fake.ui));
	assert_string_equal(fake.said, "cannot be undone any more");
	assert_false(undo_last(&fake.ui));
}

static void
changed_settings_are_logged(void **state)
{
	struct message_entry entry;

	(void)state;
	acts_do(&fake.ui, ACTION_FILES_MORE);
	assert_true(messages_log(fake.ui.messages, 0, &entry));
	assert_string_equal(entry.word, "SET");
	assert_string_equal(entry.text, "Files at once 8 -> 9");
}

static void
settings_stop_at_their_limits(void **state)
{
	char why[256];

	(void)state;
	assert_true(live_set(&fake.ui, LIVE_SPLITS, 0, "1", why, sizeof why));
	acts_do(&fake.ui, ACTION_SPLITS_FEWER);
	live_show(&fake.ui, LIVE_SPLITS, 0, why, sizeof why);
	assert_string_equal(why, "1");
	assert_false(live_set(&fake.ui, LIVE_FILES, 0, "many", why,
	    sizeof why));
	assert_non_null(strstr(why, "not a number"));
	assert_true(live_set(&fake.ui, LIVE_LIMIT, 0, "20M", why,
	    sizeof why));
	assert_true(live_set(&fake.ui, LIVE_LIMIT, 0, "off", why,
	    sizeof why));
	live_show(&fake.ui, LIVE_LIMIT, 0, why, sizeof why);
	assert_string_equal(why, "off");
	undo_last(&fake.ui);
	live_show(&fake.ui, LIVE_LIMIT, 0, why, sizeof why);
	assert_string_equal(why, "20M");
}

static void
fail_some(void)
{
	fake_fail(HAUL_CAUSE_HTTP, 503, "a.example");   /* 7 */
	fake_fail(HAUL_CAUSE_HTTP, 404, "a.example");   /* 8 */
	fake_fail(HAUL_CAUSE_DNS, 0, "b.example");      /* 9 */
	fake_fail(HAUL_CAUSE_BAD_URL, 0, "b.example");  /* 10 */
	fake_fail(HAUL_CAUSE_DISK_FULL, 0, "a.example"); /* 11 */
}

static void
retry_all_leaves_out_what_it_cannot_help(void **state)
{
	(void)state;
	fail_some();
	fake.running = false;
	acts_do(&fake.ui, ACTION_RETRY_ALL);
	assert_int_equal(state_of(7), HAUL_STATE_QUEUED);
	assert_int_equal(state_of(8), HAUL_STATE_FAILED);
	assert_int_equal(state_of(9), HAUL_STATE_QUEUED);
	assert_int_equal(state_of(10), HAUL_STATE_FAILED);
	assert_int_equal(state_of(11), HAUL_STATE_QUEUED);
	assert_non_null(strstr(fake.said, "3 files"));
	assert_non_null(strstr(fake.said, "2 skipped"));
	assert_int_equal(fake.starts, 1);
}

/* The newest line of the log. */
static const char *
logged(void)
{
	static char line[600];
	struct message_entry entry;
	size_t count = messages_log_count(fake.ui.messages);

	assert_true(messages_log(fake.ui.messages, count - 1, &entry));
	snprintf(line, sizeof line, "%s %s", entry.word, entry.text);
	return line;
}

static void
what_is_left_out_stands_in_the_log(void **state)
{
	int i;

	(void)state;
	fail_some();
	fake_fail(HAUL_CAUSE_HTTP, 404, "b.example");   /* 12 */
	acts_do(&fake.ui, ACTION_RETRY_ALL);
	assert_string_equal(logged(), "RTRY 3 tried again; no use for 3: "
	    "2 HTTP 404 Not Found, 1 not a usable URL");
	/* Now nothing else is left. */
	acts_do(&fake.ui, ACTION_RETRY_ALL);
	assert_string_equal(fake.said, "a further try cannot help 3 files "
	    "(tag them and press r)");
	assert_non_null(strstr(logged(), "0 tried again; no use for 3: "));
	/* More kinds than are told, and than fit, are no harm. */
	for (i = 0; i < 20; i++)
		fake_fail(HAUL_CAUSE_HTTP, 404 + i, "c.example");
	acts_do(&fake.ui, ACTION_RETRY_ALL);
	assert_non_null(strstr(logged(), "3 HTTP 404"));
	assert_null(strstr(logged(), "HTTP 422"));
}

static void
set_choice(struct fake_item *item, const char *choice)
{
	snprintf(item->on_change, sizeof item->on_change, "%s", choice);
}

/* Only who presses r, or names that cause, has said that the part may go. */
static void
what_changed_is_fetched_anew_if_that_is_said(void **state)
{
	struct fake_item *asked = fake_fail(HAUL_CAUSE_CHANGED, 0, "a");
	struct fake_item *not_asked = fake_fail(HAUL_CAUSE_CHANGED, 0, "a");
	struct fake_item *nothing_here = fake_fail(HAUL_CAUSE_CHANGED, 0, "a");
	const struct retry_wanted changed = { .cause = HAUL_CAUSE_CHANGED };

	(void)state;
	asked->got_bytes = not_asked->got_bytes = 10;
	set_choice(asked, "ask");
	set_choice(not_asked, "restart");
	set_choice(nothing_here, "fail");
	acts_do(&fake.ui, ACTION_RETRY_ALL);
	assert_int_equal(asked->state, HAUL_STATE_FAILED);
	assert_int_equal(not_asked->state, HAUL_STATE_QUEUED);
	assert_int_equal(nothing_here->state, HAUL_STATE_QUEUED);
	assert_non_null(strstr(fake.said, "2 files again; 1 skipped"));
	fake.selected = asked->id;
	acts_do(&fake.ui, ACTION_RETRY);
	assert_int_equal(asked->state, HAUL_STATE_QUEUED);
	assert_string_equal(asked->on_change, "restart");
	assert_string_equal(nothing_here->on_change, "fail");
	assert_non_null(strstr(fake.said, "from its first byte"));
	asked->state = HAUL_STATE_FAILED;
	set_choice(asked, "fail");
	retry_failed(&fake.ui, &changed);
	assert_int_equal(asked->state, HAUL_STATE_QUEUED);
	assert_string_equal(asked->on_change, "restart");
}

static void
the_tagged_are_retried_whatever_their_cause(void **state)
{
	(void)state;
	fail_some();
	tag(8, 10);
	acts_do(&fake.ui, ACTION_RETRY_ALL);
	assert_int_equal(state_of(8), HAUL_STATE_QUEUED);
	assert_int_equal(state_of(10), HAUL_STATE_QUEUED);
	assert_int_equal(state_of(7), HAUL_STATE_FAILED);
}

static void
retry_does_what_the_state_needs(void **state)
{
	(void)state;
	fail_some();
	fake_find(2)->state = HAUL_STATE_WAITING;
	fake_find(3)->state = HAUL_STATE_PAUSED;
	fake.selected = 8;
	acts_do(&fake.ui, ACTION_RETRY);
	assert_int_equal(state_of(8), HAUL_STATE_QUEUED);
	tag(2, 3);
	acts_do(&fake.ui, ACTION_RETRY);
	assert_int_equal(state_of(2), HAUL_STATE_QUEUED);
	assert_int_equal(state_of(3), HAUL_STATE_QUEUED);
}

static void
more_than_a_thousand_are_asked_for(void **state)
{
	(void)state;
	fake.failures = 1500;
	acts_do(&fake.ui, ACTION_RETRY_ALL);
	assert_non_null(fake.ui.dialog);
	assert_non_null(strstr(fake_screen(24, 80), "Try 1,500 failed"));
	fake.said[0] = '\0';
	fake_key(0x1b);
	assert_string_equal(fake.said, "");
	acts_do(&fake.ui, ACTION_RETRY_ALL);
	fake_key('y');
	assert_non_null(strstr(fake.said, "1,500 files"));
	fake.failures = 1000;
	acts_do(&fake.ui, ACTION_RETRY_ALL);
	assert_null(fake.ui.dialog);
}

static size_t slow_steps, slow_worked, slow_done;

static bool
slow_step(struct ui *ui, void *data, size_t index)
{
	(void)ui;
	(void)data;
	usleep(BATCH_SLICE_MS * 100);
	slow_steps++;
	return index % 2 == 0;
}

static void
slow_end(struct ui *ui, void *data, size_t worked)
{
	(void)ui;
	(void)data;
	slow_worked = worked;
	slow_done++;
}

static void
long_work_is_done_in_slices(void **state)
{
	const struct batch_job job = { 100, slow_step, slow_end, NULL };
	size_t turns = 0;

	(void)state;
	slow_steps = slow_done = 0;
	batch_run(&fake.ui, &job);
	assert_in_range(slow_steps, 1, 20);
	assert_int_equal(slow_done, 0);
	assert_string_equal(fake.said, "working on 100 files...");
	/* A second one waits for the first. */
	batch_run(&fake.ui, &job);
	while (batch_step(&fake.ui))
		turns++;
	assert_in_range(turns, 10, 200);
	assert_int_equal(slow_steps, 200);
	assert_int_equal(slow_done, 2);
	assert_int_equal(slow_worked, 50);
	batch_run(&fake.ui, &job);
	batch_cancel(&fake.ui);
	assert_int_equal(slow_done, 3);
	assert_false(batch_step(&fake.ui));
}

static void
copies_say_where_they_went(void **state)
{
	(void)state;
	fake.selected = 1;
	acts_do(&fake.ui, ACTION_COPY_URL);
	assert_string_equal(fake.copied, "https://a.example/file1.bin");
	assert_non_null(strstr(fake.said, "w shows the full text"));
	fake.clipboard = true;
	tag(1, 2);
	acts_do(&fake.ui, ACTION_COPY_URL);
	assert_string_equal(fake.copied, "https://a.example/file1.bin\n"
	    "https://a.example/file2.bin");
	assert_string_equal(fake.said,
	    "sent to the terminal's clipboard (OSC 52)");
	fake_find(3)->path = "/d/x\n; rm";
	fake.tagged_count = 0;
	fake.selected = 3;
	acts_do(&fake.ui, ACTION_COPY_PATH);
	assert_string_equal(fake.copied, "/d/x\\n; rm");
	fake.selected = 4;
	acts_do(&fake.ui, ACTION_COPY_PATH);
	assert_string_equal(fake.said, "nothing to copy yet");
}

static void
read_file(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	text[fread(text, 1, size - 1, file)] = '\0';
	fclose(file);
}

static void
failures_are_exported(void **state)
{
	char text[1024], dir[] = "/tmp/haul-test-XX" "XXXX";
	struct stat info;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	fake_fail(HAUL_CAUSE_HTTP, 404, "a.example")->path = "/d/a\tb";
	fake_fail(HAUL_CAUSE_DNS, 0, "b.example")->attempts = 3;
	acts_do(&fake.ui, ACTION_EXPORT);
	read_file("haul-failed.tsv", text, sizeof text);
	assert_string_equal(text,
	    "http\t404\t1\thttps://a.example/file7.bin\t/d/a\\tb\n"
	    "dns\t0\t3\thttps://b.example/file8.bin\t\n");
	assert_non_null(strstr(fake.said, "2 failed files written"));
	assert_int_equal(stat("haul-failed.tsv", &info), 0);
	assert_int_equal(info.st_mode & 077, 0);
	/* A list of ours is replaced, another file is not. */
	assert_true(export_failed(&fake.ui, NULL));
	assert_false(export_failed(&fake.ui, "haul-failed.tsv"));
	assert_int_equal(truncate("haul-failed.tsv", 3), 0);
	assert_true(export_failed(&fake.ui, NULL));
	assert_non_null(strstr(fake.said, "haul-failed-2.tsv"));
	assert_int_equal(stat("haul-failed.tsv", &info), 0);
	assert_int_equal(info.st_size, 3);
	assert_int_equal(unlink("haul-failed-2.tsv"), 0);
	assert_false(export_failed(&fake.ui, "no/such/place"));
	assert_non_null(strstr(fake.said, "cannot be written"));
	assert_int_equal(unlink("haul-failed.tsv"), 0);
	/* Without failures there is nothing to write. */
	fake_find(7)->state = fake_find(8)->state = HAUL_STATE_QUEUED;
	assert_false(export_failed(&fake.ui, NULL));
	assert_string_equal(fake.said, "nothing has failed");
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(dir), 0);
}

static void
other_actions_are_not_taken(void **state)
{
	(void)state;
	assert_int_equal(acts_do(&fake.ui, ACTION_NEXT), UI_PASS);
	assert_int_equal(acts_do(&fake.ui, ACTION_TAG), UI_PASS);
	assert_int_equal(acts_do(&fake.ui, ACTION_QUIT), UI_PASS);
	/* Without a selection nothing happens, and it is said. */
	fake.selected = 0;
	assert_int_equal(acts_do(&fake.ui, ACTION_REMOVE), UI_REDRAW);
	assert_string_equal(fake.said, "nothing is selected");
}

#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, setup, fake_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_tagged_are_meant_wherever_they_stand),
		CASE(a_question_keeps_its_ids),
		CASE(pause_makes_all_alike_and_is_undone),
		CASE(all_are_held_and_go_on),
		CASE(blocks_move_and_come_back),
		CASE(only_what_waits_is_moved),
		CASE(undo_goes_ten_deep),
		CASE(undo_passes_over_what_is_gone),
		CASE(changed_settings_are_logged),
		CASE(settings_stop_at_their_limits),
		CASE(retry_all_leaves_out_what_it_cannot_help),
		CASE(what_changed_is_fetched_anew_if_that_is_said),
		CASE(what_is_left_out_stands_in_the_log),
		CASE(the_tagged_are_retried_whatever_their_cause),
		CASE(retry_does_what_the_state_needs),
		CASE(more_than_a_thousand_are_asked_for),
		CASE(long_work_is_done_in_slices),
		CASE(copies_say_where_they_went),
		CASE(failures_are_exported),
		CASE(other_actions_are_not_taken),
	};

	alarm(60);
	return cmocka_run_group_tests_name("ui-acts", tests, NULL, NULL);
}
