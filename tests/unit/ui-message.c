/* SPDX-License-Identifier: MIT
 *
 * message: how long a line is shown, few failures told singly and many as one,
 * the log's words and its end, names made safe.
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
#include "ui/message.h"

#define NOW 50000               /* a whole second */

static struct messages *messages;

static int
setup(void **state)
{
	fake_setup(state);
	messages = fake.ui.messages;
	return 0;
}

static const char *
status(int64_t now_ms)
{
	enum grid_style style;
	const char *text;
	int64_t until;

	return messages_status(messages, now_ms, &text, &style, &until) ?
	    text : NULL;
}

static void
happens(enum haul_event_kind kind, haul_id id, int64_t now_ms)
{
	struct haul_event event = { .kind = kind, .id = id };

	messages_event(messages, &event, now_ms);
}

static void
fails(enum haul_cause cause, int http_status, const char *host, int64_t now_ms)
{
	happens(HAUL_EVENT_FAIL, fake_fail(cause, http_status, host)->id,
	    now_ms);
}

static void
a_line_is_shown_for_five_seconds(void **state)
{
	(void)state;
	assert_null(status(NOW));
	messages_say(messages, STYLE_TEXT, "first", NOW);
	assert_true(messages_are_fresh(messages, NOW + 1999));
	assert_false(messages_are_fresh(messages, NOW + 2000));
	assert_string_equal(status(NOW + 4999), "first");
	messages_say(messages, STYLE_TEXT, "second", NOW + 4999);
	assert_string_equal(status(NOW + 9998), "second");
	assert_null(status(NOW + 9999));
}

static void
few_failures_are_told_singly(void **state)
{
	(void)state;
	/* The frame's totals are those from before. */
	fake.ui.totals.failed = 11;
	fake.failures = 11;
	fails(HAUL_CAUSE_HTTP, 404, "a.example", NOW);
	assert_non_null(strstr(status(NOW), "HTTP 404 Not Found "
	    "(12 failed, press 5)"));
	fails(HAUL_CAUSE_DNS, 0, "b.example", NOW + 1);
	assert_non_null(strstr(status(NOW + 1), "host not found"));
	assert_int_equal(messages_log_count(messages), 2);
}

static void
many_failures_are_one_line_when_their_second_is_over(void **state)
{
	char before[MESSAGE_SIZE];
	int i;

	(void)state;
	for (i = 0; i < 3; i++)
		fails(HAUL_CAUSE_DNS, 0, "a.example", NOW);
	snprintf(before, sizeof before, "%s", status(NOW));
	for (i = 0; i < 20; i++)
		fails(HAUL_CAUSE_HTTP, 503, "b.example", NOW + 500);
	assert_string_equal(status(NOW + 900), before);
	assert_non_null(strstr(status(NOW + 1000), "23 failed in the last "
	    "second, mostly HTTP 503 Service Unavailable from b.example"));
	/* Told once, and then it goes as any other. */
	assert_null(status(NOW + 6001));
	fails(HAUL_CAUSE_DNS, 0, "c.example", NOW + 7000);
	assert_non_null(strstr(status(NOW + 7000), "host not found"));
	assert_int_equal(messages_log_count(messages), 24);
}

static void
of_many_failures_no_cause_is_most_that_is_not(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 4; i++)
		fails(HAUL_CAUSE_HTTP, 400 + i, "a.example", NOW);
	assert_non_null(strstr(status(NOW + 1000), "4 failed in the last "
	    "second, for several causes (press 5)"));
}

static void
the_log_has_a_word_for_each_event(void **state)
{
	static const char *const words[] = { "DONE", "SKIP", "RTRY", "WARN",
	    "FAIL" };
	struct fake_item *item = fake_add(HAUL_STATE_DONE, "a.example", 1024,
	    1024);
	struct message_entry entry;
	size_t i;

	(void)state;
	happens(HAUL_EVENT_START, item->id, NOW);
	happens(HAUL_EVENT_META, item->id, NOW);
	happens(HAUL_EVENT_DONE, item->id, NOW);
	happens(HAUL_EVENT_SKIP, item->id, NOW);
	happens(HAUL_EVENT_RETRY, item->id, NOW);
	happens(HAUL_EVENT_WARN, item->id, NOW);
	happens(HAUL_EVENT_FAIL, item->id, NOW);
	happens(HAUL_EVENT_END, 0, NOW);
	happens(HAUL_EVENT_DONE, 999, NOW);     /* no such item */
	assert_int_equal(messages_log_count(messages), 5);
	for (i = 0; i < 5; i++) {
		assert_true(messages_log(messages, i, &entry));
		assert_string_equal(entry.word, words[i]);
		assert_non_null(strstr(entry.text, "file"));
	}
	assert_false(messages_log(messages, 5, &entry));
}

/* The item itself may run again by the time the event is looked at. */
static void
a_retry_is_told_as_it_was(void **state)
{
	struct fake_item *item = fake_add(HAUL_STATE_ACTIVE, "a.example", 1024,
	    0);
	struct haul_event event = { .kind = HAUL_EVENT_RETRY, .id = item->id,
	    .cause = HAUL_CAUSE_HTTP, .http_status = 503, .next_try = 2,
	    .tries_max = 6, .wait_ms = 4000 };
	struct message_entry entry;

	(void)state;
	messages_event(messages, &event, NOW);
	assert_true(messages_log(messages, 0, &entry));
	assert_non_null(strstr(entry.text, "  try 2 of 6 in 4.0s: HTTP 503 "
	    "Service Unavailable"));
	event.wait_ms = 0;
	event.next_try = 3;
	messages_event(messages, &event, NOW);
	assert_true(messages_log(messages, 1, &entry));
	assert_non_null(strstr(entry.text, "try 3 of 6 at once: "));
	event.offline = true;
	messages_event(messages, &event, NOW);
	assert_true(messages_log(messages, 2, &entry));
	assert_non_null(strstr(entry.text, "  waits for the network: "));
}

static void
among_the_failed_no_hint_leads_there(void **state)
{
	int i;

	(void)state;
	fake.tab = LIST_FAILED;
	fails(HAUL_CAUSE_DNS, 0, "a.example", NOW);
	assert_null(strstr(status(NOW), "press 5"));
	assert_non_null(strstr(status(NOW), "(1 failed)"));
	for (i = 0; i < 4; i++)
		fails(HAUL_CAUSE_HTTP, 400 + i, "a.example", NOW + 2000);
	assert_null(strstr(status(NOW + 3000), "press 5"));
	/* Nor one that has just led there. */
	fake.tab = LIST_ALL;
	fails(HAUL_CAUSE_DNS, 0, "a.example", NOW + 9000);
	assert_non_null(strstr(status(NOW + 9001), "press 5"));
	fake.tab = LIST_FAILED;
	assert_null(status(NOW + 9002));
}

static void
the_log_forgets_the_oldest(void **state)
{
	struct message_entry entry;
	char text[32];
	int i;

	(void)state;
	for (i = 0; i < MESSAGE_LOG_MAX + 7; i++) {
		snprintf(text, sizeof text, "line %d", i);
		messages_keep(messages, "SET", STYLE_TEXT, text);
	}
	assert_int_equal(messages_log_count(messages), MESSAGE_LOG_MAX);
	assert_int_equal(messages_total(messages), MESSAGE_LOG_MAX + 7);
	assert_true(messages_log(messages, 0, &entry));
	assert_string_equal(entry.text, "line 7");
	assert_true(messages_log(messages, MESSAGE_LOG_MAX - 1, &entry));
	assert_string_equal(entry.text, text);
	messages_lost(messages, 1234);
	assert_true(messages_log(messages, MESSAGE_LOG_MAX - 1, &entry));
	assert_non_null(strstr(entry.text, "1,234 events"));
}

static void
a_name_cannot_act_on_the_terminal(void **state)
{
	struct fake_item *item = fake_fail(HAUL_CAUSE_HTTP, 404, "a.example");
	struct message_entry entry;

	(void)state;
	item->path = "/d/evil\033[31mname\u202etxt.exe";
	item->message = "bad\033]0;title\a";
	happens(HAUL_EVENT_FAIL, item->id, NOW);
	assert_true(messages_log(messages, 0, &entry));
	assert_null(strchr(entry.text, '\033'));
	assert_null(strstr(entry.text, "\u202e"));
	assert_null(strchr(status(NOW), '\033'));
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, setup, fake_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_line_is_shown_for_five_seconds),
		TEST(few_failures_are_told_singly),
		TEST(many_failures_are_one_line_when_their_second_is_over),
		TEST(of_many_failures_no_cause_is_most_that_is_not),
		TEST(the_log_has_a_word_for_each_event),
		TEST(a_retry_is_told_as_it_was),
		TEST(among_the_failed_no_hint_leads_there),
		TEST(the_log_forgets_the_oldest),
		TEST(a_name_cannot_act_on_the_terminal),
	};

	alarm(20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
