/* SPDX-License-Identifier: MIT
 *
 * model.c:
 * - items are numbered from 1, keep copies of what they were given, stay
 *   where they are, and cost less than 100 bytes beside their URL
 * - states move by the rules; a move against them ends the program
 * - totals count each item once, in its state
 * - sizes add up, and are a lower bound until all are known
 * - the longest rest is that of the running file that takes longest
 * - bytes on the disk and over the network are counted apart
 * - the running ones are listed in queue order, with what they are called;
 *   no user, password or query of the URL among that
 * - arrived parts are those of running items, joined where there are many
 * - a failure is told until the item is done after all; its attempts stay, at
 *   most the last sixteen
 * - a copy owns all it shows, and there is none of an item that is not
 * - results come in the order of requests, retried ones last
 * - events come in order, however many wait
 * - the descriptor wakes once for all that waits, not too often, and at once
 *   if it is urgent
 * - running time counts only while it runs, an item's only while it does
 * - who records changes is woken once for a batch, and once more when it has
 *   become much
 * - a face may look while another thread adds and the engine works
 */
#include "config.h"

#include "engine/model/model.h"

#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/base/clock.h"
#include "engine/base/options.h"
#include "items.h"

#define TIME_LIMIT_S 60
#define LENGTH(array) (sizeof (array) / sizeof *(array))
#define MANY 20000

/* ---- items ---- */

static void
test_add(void **state)
{
	char url[] = "http://a.example/x", mirror[] = "http://b.example/x";
	char name[] = "name", dir[] = "dir";
	const char *mirrors[] = { mirror };
	struct haul_request request = { .url = url, .mirrors = mirrors,
	    .mirror_count = 1, .name = name, .dir = dir, .user = &request };
	struct item *item;

	(void)state;
	assert_int_equal(model_count(model), 0);
	assert_int_equal(model_add(model, &request, options_new()), 1);
	assert_int_equal(items_add("http://c.example/"), 2);
	memset(url, '!', sizeof url - 1);
	memset(mirror, '!', sizeof mirror - 1);
	memset(name, '!', sizeof name - 1);
	memset(dir, '!', sizeof dir - 1);
	item = model_item(model, 1);
	assert_string_equal(item->url, "http://a.example/x");
	assert_string_equal(item->extra->mirrors[0], "http://b.example/x");
	assert_string_equal(item->extra->name, "name");
	assert_string_equal(item->extra->dir, "dir");
	assert_ptr_equal(item->extra->user, &request);
	assert_non_null(item->options);
	assert_int_equal(item->size, -1);
	assert_null(model_item(model, 2)->extra);
	assert_ptr_equal(model_extra(item), item->extra);
	assert_int_equal(model_count(model), 2);
	assert_true(sizeof(struct item) <= 88);
	model_free(NULL);
}

static void
test_many(void **state)
{
	struct item *first;
	char *large;
	haul_id id;

	(void)state;
	items_add_many(1);
	first = model_item(model, 1);
	for (id = 2; id <= MANY; id++)
		assert_int_equal(items_add("http://a.example/y"), id);
	large = calloc(1, 3000001);
	assert_non_null(large);
	memset(large, 'x', 3000000);
	assert_int_equal(items_add(large), MANY + 1);
	assert_int_equal(items_add("http://a.example/z"), MANY + 2);
	assert_ptr_equal(model_item(model, 1), first);
	assert_string_equal(first->url, "http://a.example/1");
	assert_string_equal(model_item(model, MANY)->url,
	    "http://a.example/y");
	assert_string_equal(model_item(model, MANY + 1)->url, large);
	assert_string_equal(model_item(model, MANY + 2)->url,
	    "http://a.example/z");
	free(large);
	assert_int_equal(items_totals().queued, MANY + 2);
}

/* ---- states ---- */

static void
test_states(void **state)
{
	struct haul_totals now;

	(void)state;
	items_add_many(8);
	items_move(1, HAUL_STATE_CONNECTING);
	items_move(2, HAUL_STATE_CONNECTING);
	items_move(2, HAUL_STATE_ACTIVE);
	items_move(2, HAUL_STATE_ACTIVE);
	items_move(3, HAUL_STATE_CONNECTING);
	items_move(3, HAUL_STATE_WAITING);
	items_move(4, HAUL_STATE_CONNECTING);
	items_move(4, HAUL_STATE_VERIFYING);
	items_move(5, HAUL_STATE_SKIPPED);
	items_move(6, HAUL_STATE_FAILED);
	items_move(7, HAUL_STATE_CONNECTING);
	items_move(7, HAUL_STATE_DONE);
	now = items_totals();
	assert_int_equal(now.files, 8);
	assert_int_equal(now.queued, 1);
	assert_int_equal(now.active, 3);
	assert_int_equal(now.waiting, 1);
	assert_int_equal(now.done, 1);
	assert_int_equal(now.skipped, 1);
	assert_int_equal(now.failed, 1);
	assert_false(model_is_done(model));
	items_move(1, HAUL_STATE_FAILED);
	items_move(2, HAUL_STATE_DONE);
	items_move(3, HAUL_STATE_CONNECTING);
	items_move(3, HAUL_STATE_QUEUED);
	items_move(3, HAUL_STATE_SKIPPED);
	items_move(4, HAUL_STATE_DONE);
	assert_false(model_is_done(model));
	items_move(8, HAUL_STATE_SKIPPED);
	assert_true(model_is_done(model));
	assert_int_equal(model_copy_active(model, NULL, 0), 0);
	items_move(6, HAUL_STATE_QUEUED);
	assert_false(model_is_done(model));
	assert_int_equal(items_totals().failed, 1);
}

static const enum haul_state illegal_moves[][2] = {
	{ HAUL_STATE_PAUSED, HAUL_STATE_CONNECTING },
	{ HAUL_STATE_PAUSED, HAUL_STATE_DONE },
	{ HAUL_STATE_ACTIVE, HAUL_STATE_REMOVED },
	{ HAUL_STATE_DONE, HAUL_STATE_PAUSED },
	{ HAUL_STATE_FAILED, HAUL_STATE_PAUSED },
	{ HAUL_STATE_REMOVED, HAUL_STATE_ACTIVE },
	{ HAUL_STATE_QUEUED, HAUL_STATE_DONE },
	{ HAUL_STATE_QUEUED, HAUL_STATE_ACTIVE },
	{ HAUL_STATE_DONE, HAUL_STATE_QUEUED },
	{ HAUL_STATE_DONE, HAUL_STATE_FAILED },
	{ HAUL_STATE_SKIPPED, HAUL_STATE_QUEUED },
	{ HAUL_STATE_FAILED, HAUL_STATE_DONE },
	{ HAUL_STATE_FAILED, HAUL_STATE_CONNECTING },
};

/* In another process, silently: it shall die. */
static void
expect_abort(enum haul_state from, enum haul_state to)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		signal(SIGABRT, SIG_DFL);
		close(STDERR_FILENO);
		model_item(model, 1)->state = (uint8_t)from;
		items_move(1, to);
		_exit(0);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void
test_illegal(void **state)
{
	size_t i;

	(void)state;
	items_add_many(1);
	for (i = 0; i < LENGTH(illegal_moves); i++)
		expect_abort(illegal_moves[i][0], illegal_moves[i][1]);
}

/* ---- sizes and bytes ---- */

static void
test_sizes(void **state)
{
	(void)state;
	assert_false(items_totals().size_is_lower_bound);
	items_add_many(3);
	assert_true(items_totals().size_is_lower_bound);
	assert_int_equal(items_totals().size_bytes, 0);
	model_set_size(model, 1, 100);
	model_set_size(model, 2, 0);
	assert_int_equal(items_totals().size_bytes, 100);
	assert_true(items_totals().size_is_lower_bound);
	model_set_size(model, 3, 50);
	model_set_size(model, 3, 50);
	assert_int_equal(items_totals().size_bytes, 150);
	assert_false(items_totals().size_is_lower_bound);
	model_set_size(model, 1, 70);
	assert_int_equal(items_totals().size_bytes, 120);
	model_set_size(model, 3, -1);
	assert_int_equal(items_totals().size_bytes, 70);
	assert_true(items_totals().size_is_lower_bound);
	model_count_bytes(model, model_item(model, 3), 90, 90);
	assert_int_equal(items_totals().size_bytes, 90);
	/* Servers say what they like. */
	model_set_size(model, 1, INT64_MAX);
	model_set_size(model, 3, INT64_MAX);
	assert_int_equal(items_totals().size_bytes, INT64_MAX);
	assert_true(items_totals().size_is_lower_bound);
	model_set_size(model, 1, 5);
	model_set_size(model, 3, 100);
	assert_int_equal(items_totals().size_bytes, 105);
	assert_false(items_totals().size_is_lower_bound);
}

static void
test_longest_rest(void **state)
{
	struct live live = { .id = 1, .speed_bps = 100 };

	(void)state;
	items_add_many(3);
	model_set_state(model, 1, HAUL_STATE_CONNECTING);
	model_set_state(model, 2, HAUL_STATE_CONNECTING);
	model_set_live(model, &live);
	assert_int_equal(items_totals().longest_rest_ms, 0);
	model_set_size(model, 1, 1000);
	assert_int_equal(items_totals().longest_rest_ms, 10000);
	model_set_size(model, 2, 5000);
	live.id = 2;
	model_set_live(model, &live);
	model_count_bytes(model, model_item(model, 2), 3000, 3000);
	assert_int_equal(items_totals().longest_rest_ms, 20000);
	live.speed_bps = 0;             /* nobody knows */
	model_set_live(model, &live);
	assert_int_equal(items_totals().longest_rest_ms, 10000);
}

static void
test_bytes(void **state)
{
	struct haul_item *copy;

	(void)state;
	items_add_many(2);
	model_count_bytes(model, model_item(model, 1), 1000, 900);
	model_count_bytes(model, model_item(model, 2), 0, 500);
	model_count_bytes(model, model_item(model, 1), 10, -400);
	assert_int_equal(items_totals().got_bytes, 1000);
	assert_int_equal(items_totals().fetched_bytes, 1010);
	copy = model_copy_item(model, 1);
	assert_int_equal(copy->got_bytes, 500);
	haul_item_free(copy);
}

/* ---- rows and parts ---- */

static void
test_active(void **state)
{
	static const haul_id order[] = { 40, 7, 99, 1, 50 };
	static const haul_id sorted[] = { 1, 7, 40, 50, 99 };
	struct live live = { .id = 40, .connections = 3, .speed_bps = 77 };
	struct haul_row rows[200];
	size_t i;

	(void)state;
	items_add_many(100);
	for (i = 0; i < LENGTH(order); i++)
		items_move(order[i], HAUL_STATE_CONNECTING);
	model_set_live(model, &live);
	live.id = 41;                   /* does not run: nothing happens */
	model_set_live(model, &live);
	model_set_size(model, 40, 5000);
	model_count_attempt(model, 40);
	model_count_bytes(model, model_item(model, 40), 9, 9);
	assert_int_equal(model_copy_active(model, rows, 200), 5);
	for (i = 0; i < LENGTH(sorted); i++)
		assert_int_equal(rows[i].id, sorted[i]);
	assert_int_equal(rows[2].connections, 3);
	assert_int_equal(rows[2].speed_bps, 77);
	assert_int_equal(rows[2].size_bytes, 5000);
	assert_int_equal(rows[2].got_bytes, 9);
	assert_int_equal(rows[2].attempt, 1);
	assert_int_equal(rows[3].connections, 0);
	assert_string_equal(rows[2].name, "40");
	memset(rows, 0x55, sizeof rows);
	assert_int_equal(model_copy_active(model, rows, 2), 5);
	assert_int_equal(rows[1].id, 7);
	assert_int_equal(rows[2].id, UINT64_C(0x5555555555555555));
	items_move(7, HAUL_STATE_DONE);
	items_move(99, HAUL_STATE_FAILED);
	assert_int_equal(model_copy_active(model, rows, 200), 3);
	assert_int_equal(rows[1].id, 40);
	assert_int_equal(rows[2].id, 50);
	/* What it showed before has gone with it. */
	items_move(40, HAUL_STATE_QUEUED);
	items_move(40, HAUL_STATE_CONNECTING);
	model_copy_active(model, rows, 200);
	assert_int_equal(rows[1].connections, 0);
}

static const struct {
	const char *url, *name;
} short_names[] = {
	{ "http://a.example/b/c.txt", "c.txt" },
	{ "http://a.example/c.txt?token=SECRET", "c.txt" },
	{ "http://a.example/c.txt#x/y", "c.txt" },
	{ "http://a.example/c@d", "c@d" },
	{ "http://a.example/", "a.example/" },
	{ "http://a.example", "a.example" },
	{ "http://a.example/b/?token=SECRET", "a.example/b/" },
	{ "http://me:SECRET@a.example/b/", "a.example/b/" },
	{ "http://me:SECRET@a.example", "a.example" },
	{ "http://me:SECRET@a.example?x", "a.example" },
	{ "http://me:SE@CRET@a.example/x@y", "x@y" },
	{ "http://a.example/pr%C3%A9lude.flac?x", "pr\u00e9lude.flac" },
	{ "http://a.example/a%2Fb%2e%00txt", "b.txt" },
	{ "http://a.example/x.part", "x.part_" },
	{ "http://a.example/b/%2e%2e", "a.example/b/%2e%2e" },
};

static void
test_short_names(void **state)
{
	struct haul_row rows[LENGTH(short_names)];
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(short_names); i++) {
		assert_int_equal(items_add(short_names[i].url), i + 1);
		items_move(i + 1, HAUL_STATE_CONNECTING);
	}
	model_copy_active(model, rows, LENGTH(rows));
	for (i = 0; i < LENGTH(short_names); i++)
		assert_string_equal(rows[i].name, short_names[i].name);
}

/* The name of a request is the one it gets, without its folders. */
static void
test_wanted_names(void **state)
{
	struct haul_request request = { .url = "http://a.example/b",
	    .name = "day/%41.txt" };
	struct haul_row row;

	(void)state;
	assert_int_equal(model_add(model, &request, NULL), 1);
	assert_true(model_copy_row(model, 1, &row));
	assert_string_equal(row.name, "%41.txt");
}

static void
test_names(void **state)
{
	char large[1000];
	struct haul_item *copy;
	struct haul_row row;

	(void)state;
	items_add_many(1);
	items_move(1, HAUL_STATE_CONNECTING);
	copy = model_copy_item(model, 1);
	assert_null(copy->path);
	haul_item_free(copy);
	model_set_name(model, 1, folder, "one");
	model_set_name(model, 1, folder, "one");
	model_set_name(model, 1, folder, "two");
	copy = model_copy_item(model, 1);
	assert_string_equal(copy->path, "/tmp/two");
	haul_item_free(copy);
	model_copy_active(model, &row, 1);
	assert_string_equal(row.name, "two");
	memset(large, 'x', sizeof large);
	large[sizeof large - 1] = '\0';
	model_set_name(model, 1, folder, large);
	model_copy_active(model, &row, 1);
	assert_int_equal(strlen(row.name), HAUL_NAME_SIZE - 1);
}

static void
test_segments(void **state)
{
	struct live live = { .id = 2, .segment_count = 3, .segments = {
	    { 0, 10 }, { 12, 20 }, { 100, 200 } } };
	struct haul_range list[4];

	(void)state;
	items_add_many(3);
	assert_int_equal(model_copy_segments(model, 2, list, 4), 0);
	items_move(2, HAUL_STATE_CONNECTING);
	assert_int_equal(model_copy_segments(model, 2, list, 4), 0);
	model_set_live(model, &live);
	model_count_bytes(model, model_item(model, 2), 118, 118);
	assert_int_equal(model_copy_segments(model, 2, list, 4), 3);
	assert_int_equal(list[2].start, 100);
	assert_int_equal(list[2].end, 200);
	assert_int_equal(model_copy_segments(model, 2, list, 2), 2);
	assert_int_equal(list[0].start, 0);
	assert_int_equal(list[0].end, 20);
	assert_int_equal(model_copy_segments(model, 2, list, 0), 0);
	assert_int_equal(model_copy_segments(model, 1, list, 4), 0);
	assert_int_equal(model_copy_segments(model, 0, list, 4), 0);
	assert_int_equal(model_copy_segments(model, 9, list, 4), 0);
	items_move(2, HAUL_STATE_WAITING);
	assert_int_equal(model_copy_segments(model, 2, list, 4), 3);
	model_count_bytes(model, model_item(model, 2), 0, -118);
	assert_int_equal(model_copy_segments(model, 2, list, 4), 0);
	items_move(2, HAUL_STATE_CONNECTING);
	items_move(2, HAUL_STATE_DONE);
	assert_int_equal(model_copy_segments(model, 2, list, 4), 0);
}

/* ---- failures and copies ---- */

static void
fail_once(haul_id id, int number)
{
	struct failure failure;
	char text[32], url[64];

	snprintf(text, sizeof text, "try %d", number);
	snprintf(url, sizeof url, "http://b.example/%d", number);
	failure_set(&failure, HAUL_CAUSE_HTTP, text);
	failure.http_status = 500 + number;
	failure.curl_code = number;
	failure.sys_errno = number + 1;
	model_set_failure(model, id, &failure, url, number * 10, true);
}

static void
test_failure(void **state)
{
	struct haul_item *copy;
	int i;

	(void)state;
	items_add_many(1);
	items_move(1, HAUL_STATE_CONNECTING);
	for (i = 1; i <= MODEL_HISTORY + 4; i++)
		fail_once(1, i);
	items_move(1, HAUL_STATE_FAILED);
	copy = model_copy_item(model, 1);
	assert_int_equal(copy->cause, HAUL_CAUSE_HTTP);
	assert_int_equal(copy->curl_code, MODEL_HISTORY + 4);
	assert_int_equal(copy->sys_errno, MODEL_HISTORY + 5);
	assert_string_equal(copy->message, "try 20");
	assert_int_equal(copy->history_count, MODEL_HISTORY);
	assert_string_equal(copy->history[0].message, "try 5");
	assert_string_equal(copy->history[0].url, "http://b.example/5");
	assert_int_equal(copy->history[0].got_bytes, 50);
	assert_int_equal(copy->history[0].http_status, 505);
	assert_string_equal(copy->history[15].message, "try 20");
	assert_true(copy->history[0].time_ms > INT64_C(1500000000000));
	haul_item_free(copy);
	haul_item_free(NULL);
}

static void
test_failure_forgotten(void **state)
{
	struct failure failure;
	struct haul_item *copy;

	(void)state;
	items_add_many(1);
	items_move(1, HAUL_STATE_CONNECTING);
	fail_once(1, 1);
	failure_set(&failure, HAUL_CAUSE_CANCELLED, "cancelled");
	model_set_failure(model, 1, &failure, "http://a.example/", 0, false);
	copy = model_copy_item(model, 1);
	assert_int_equal(copy->cause, HAUL_CAUSE_CANCELLED);
	assert_int_equal(copy->history_count, 1);
	haul_item_free(copy);
	items_move(1, HAUL_STATE_DONE);
	copy = model_copy_item(model, 1);
	assert_int_equal(copy->cause, HAUL_CAUSE_NONE);
	assert_null(copy->message);
	assert_int_equal(copy->history_count, 1);
	haul_item_free(copy);
}

static void
test_copy(void **state)
{
	struct haul_item *copy;
	struct haul_row row;

	(void)state;
	assert_null(model_copy_item(model, 0));
	assert_null(model_copy_item(model, 1));
	items_add_many(1);
	assert_null(model_copy_item(model, 2));
	model_set_answer(model, 1, "http://f.example/", "\"e\"", NULL);
	model_set_answer(model, 1, "http://g.example/", "\"e\"", "date");
	model_set_status(model, 1, 206);
	model_set_resumable(model, 1, true);
	model_set_resumed(model, 1, 123);
	model_set_checked(model, 1);
	model_count_attempt(model, 1);
	model_count_attempt(model, 1);
	items_move(1, HAUL_STATE_CONNECTING);
	items_move(1, HAUL_STATE_WAITING);
	model_set_due(model, 1, &(struct model_due){
	    clock_monotonic_ms() + 60000, 3, 6 });
	assert_int_equal(model_copy_active(model, &row, 1), 1);
	assert_in_range(row.wait_ms, 50000, 60000);
	assert_int_equal(row.next_try, 3);
	assert_int_equal(row.tries_max, 6);
	copy = model_copy_item(model, 1);
	assert_int_equal(copy->id, 1);
	assert_int_equal(copy->state, HAUL_STATE_WAITING);
	assert_in_range(copy->wait_ms, 50000, 60000);
	assert_int_equal(copy->http_status, 206);
	assert_int_equal(copy->size_bytes, -1);
	assert_int_equal(copy->resumed_bytes, 123);
	assert_int_equal(copy->attempts, 2);
	assert_true(copy->resumable);
	assert_true(copy->digest_checked);
	assert_string_equal(copy->url, "http://a.example/1");
	assert_string_equal(copy->final_url, "http://g.example/");
	assert_string_equal(copy->etag, "\"e\"");
	assert_string_equal(copy->last_modified, "date");
	model_set_due(model, 1, &(struct model_due){
	    clock_monotonic_ms() - 5, 4, 6 });
	haul_item_free(copy);
	copy = model_copy_item(model, 1);
	assert_int_equal(copy->wait_ms, 0);
	haul_item_free(copy);
}

static void
test_many_attempts(void **state)
{
	struct haul_item *copy;
	int i;

	(void)state;
	items_add_many(1);
	for (i = 0; i < 70000; i++)
		model_count_attempt(model, 1);
	copy = model_copy_item(model, 1);
	assert_int_equal(copy->attempts, UINT16_MAX);
	haul_item_free(copy);
}

/* ---- results ---- */

static void
finish(haul_id id, enum haul_state as)
{
	char name[32];

	if (as == HAUL_STATE_FAILED)
		fail_once(id, (int)id);
	snprintf(name, sizeof name, "f%d", (int)id);
	model_set_name(model, id, folder, name);
	items_move(id, HAUL_STATE_CONNECTING);
	items_move(id, as);
}

static void
test_results(void **state)
{
	static const char *const paths[] = {
		"/tmp/f2", "/tmp/f4", "/tmp/f5", "/tmp/f3", "/tmp/f1"
	};
	struct haul_results *results;
	size_t i;

	(void)state;
	items_add_many(7);
	finish(5, HAUL_STATE_DONE);
	finish(4, HAUL_STATE_SKIPPED);
	finish(3, HAUL_STATE_FAILED);
	finish(2, HAUL_STATE_DONE);
	finish(1, HAUL_STATE_FAILED);
	finish(6, HAUL_STATE_FAILED);
	results = model_copy_results(model);
	assert_int_equal(results->count, 3);
	assert_int_equal(results->error_count, 3);
	assert_int_equal(results->errors[0].id, 1);
	assert_int_equal(results->errors[1].id, 3);
	assert_int_equal(results->errors[2].id, 6);
	assert_string_equal(results->errors[2].url, "http://a.example/6");
	assert_string_equal(results->errors[2].path, "/tmp/f6");
	assert_string_equal(results->errors[2].message, "try 6");
	assert_int_equal(results->errors[2].cause, HAUL_CAUSE_HTTP);
	haul_results_free(results);
	items_move(3, HAUL_STATE_QUEUED);
	items_move(1, HAUL_STATE_QUEUED);
	finish(1, HAUL_STATE_DONE);
	finish(3, HAUL_STATE_DONE);
	results = model_copy_results(model);
	assert_int_equal(results->count, 5);
	for (i = 0; i < results->count; i++)
		assert_string_equal(results->paths[i], paths[i]);
	assert_string_equal(results->urls[3], "http://a.example/3");
	assert_int_equal(results->error_count, 1);
	haul_results_free(results);
	haul_results_free(NULL);
}

static void
test_no_results(void **state)
{
	struct haul_results *results = model_copy_results(model);

	(void)state;
	assert_int_equal(results->count, 0);
	assert_int_equal(results->error_count, 0);
	haul_results_free(results);
}

/* ---- events ---- */

static bool
is_readable(void)
{
	struct pollfd fd = { .fd = model_fd(model), .events = POLLIN };

	return poll(&fd, 1, 0) == 1;
}

static void
emit(haul_id id)
{
	model_emit(model, HAUL_EVENT_META, id, HAUL_NOTE_NONE, false);
}

static void
test_events(void **state)
{
	struct haul_event event;
	haul_id id, next = 1;

	(void)state;
	items_add_many(3000);
	assert_false(model_take_event(model, &event));
	for (id = 1; id <= 3000; id++) {
		emit(id);
		if (id % 3)
			continue;
		assert_true(model_take_event(model, &event));
		assert_int_equal(event.id, next++);
	}
	while (model_take_event(model, &event))
		assert_int_equal(event.id, next++);
	assert_int_equal(next, 3001);
	model_count_attempt(model, 7);
	model_emit(model, HAUL_EVENT_WARN, 7, HAUL_NOTE_RESTARTED, false);
	model_emit(model, HAUL_EVENT_END, 0, HAUL_NOTE_NONE, true);
	assert_true(model_take_event(model, &event));
	assert_int_equal(event.kind, HAUL_EVENT_WARN);
	assert_int_equal(event.note, HAUL_NOTE_RESTARTED);
	assert_int_equal(event.attempt, 1);
	assert_false(event.stopped);
	assert_true(model_take_event(model, &event));
	assert_int_equal(event.kind, HAUL_EVENT_END);
	assert_int_equal(event.id, 0);
	assert_true(event.stopped);
}

static void
test_wake(void **state)
{
	struct haul_event event;
	int again;

	(void)state;
	items_add_many(1);
	assert_int_equal(model_publish(model, true), 0);
	assert_false(is_readable());
	emit(1);
	assert_false(is_readable());
	assert_int_equal(model_publish(model, false), 0);
	assert_true(is_readable());
	assert_int_equal(model_publish(model, true), 0);
	assert_true(model_take_event(model, &event));
	assert_true(is_readable());     /* it does not know yet */
	assert_false(model_take_event(model, &event));
	assert_false(is_readable());
	emit(1);
	again = model_publish(model, false);
	if (again > 0) {                /* unless this machine dozed */
		assert_in_range(again, 1, 20);
		assert_false(is_readable());
		items_wait_ms(again + 1);
		assert_int_equal(model_publish(model, false), 0);
	}
	assert_true(is_readable());
	while (model_take_event(model, &event))
		;
	emit(1);
	assert_int_equal(model_publish(model, true), 0);
	assert_true(is_readable());
}

/* ---- time ---- */

static void
test_time(void **state)
{
	int64_t elapsed;

	(void)state;
	assert_int_equal(items_totals().elapsed_ms, 0);
	model_begin_run(model);
	model_begin_run(model);
	items_wait_ms(30);
	assert_in_range(items_totals().elapsed_ms, 29, 20000);
	model_end_run(model);
	model_end_run(model);
	elapsed = items_totals().elapsed_ms;
	assert_in_range(elapsed, 29, 20000);
	items_wait_ms(30);
	assert_int_equal(items_totals().elapsed_ms, elapsed);
	model_begin_run(model);
	items_wait_ms(30);
	assert_in_range(items_totals().elapsed_ms, elapsed + 29, 40000);
}

static void
test_item_time(void **state)
{
	struct haul_item *copy;
	int64_t elapsed;

	(void)state;
	items_add_many(2);
	items_wait_ms(30);
	items_move(1, HAUL_STATE_CONNECTING);
	items_wait_ms(30);
	items_move(1, HAUL_STATE_DONE);
	copy = model_copy_item(model, 1);
	elapsed = copy->elapsed_ms;
	haul_item_free(copy);
	assert_in_range(elapsed, 29, 20000);
	items_wait_ms(30);
	copy = model_copy_item(model, 1);
	assert_int_equal(copy->elapsed_ms, elapsed);
	haul_item_free(copy);
	copy = model_copy_item(model, 2);
	assert_int_equal(copy->elapsed_ms, 0);
	haul_item_free(copy);
	items_move(2, HAUL_STATE_FAILED);
	copy = model_copy_item(model, 2);
	assert_in_range(copy->elapsed_ms, 0, 1000);
	haul_item_free(copy);
}

static void
test_paused_time(void **state)
{
	struct haul_row row;

	(void)state;
	items_add_many(1);
	items_move(1, HAUL_STATE_CONNECTING);
	items_wait_ms(30);
	items_move(1, HAUL_STATE_PAUSED);
	items_wait_ms(200);
	assert_true(model_copy_row(model, 1, &row));
	assert_in_range(row.elapsed_ms, 29, 150);
	items_move(1, HAUL_STATE_QUEUED);
	items_move(1, HAUL_STATE_CONNECTING);
	items_wait_ms(30);
	items_move(1, HAUL_STATE_DONE);
	model_copy_row(model, 1, &row);
	assert_in_range(row.elapsed_ms, 59, 199);
	assert_true(row.ended_ms > INT64_C(1500000000000));
	assert_false(model_copy_row(model, 2, &row));
	assert_false(model_copy_row(model, 0, &row));
}

/* ---- several threads ---- */

static void *
adding_thread(void *unused)
{
	int i;

	for (i = 0; i < MANY; i++)
		if (items_add("http://a.example/x") == 0)
			break;
	return unused;
}

static atomic_bool engine_ended;

static void *
engine_thread(void *unused)
{
	haul_id id;

	for (id = 1; id <= MANY; id++) {
		while (model_count(model) < id)
			sched_yield();
		items_move(id, HAUL_STATE_CONNECTING);
		model_set_name(model, id, folder, "name");
		model_set_size(model, id, 10);
		model_count_bytes(model, model_item(model, id), 10, 10);
		items_move(id, HAUL_STATE_DONE);
		model_emit(model, HAUL_EVENT_DONE, id, HAUL_NOTE_NONE, false);
		model_publish(model, false);
	}
	atomic_store(&engine_ended, true);
	return unused;
}

static void
look_at(const struct haul_totals *now)
{
	struct haul_row rows[4];
	struct haul_item *copy;

	assert_true(now->queued + now->active + now->done <= now->files);
	assert_true(model_copy_active(model, rows, 4) <= 1);
	copy = model_copy_item(model, now->done);
	assert_true(now->done == 0 ? copy == NULL :
	    copy->state == HAUL_STATE_DONE);
	haul_item_free(copy);
}

static void
test_threads(void **state)
{
	pthread_t adder, engine;
	struct haul_totals now;
	struct haul_event event;
	haul_id last = 0;
	bool ended;

	(void)state;
	atomic_store(&engine_ended, false);
	assert_int_equal(pthread_create(&adder, NULL, adding_thread, NULL),
	    0);
	assert_int_equal(pthread_create(&engine, NULL, engine_thread, NULL),
	    0);
	do {
		ended = atomic_load(&engine_ended);
		now = items_totals();
		look_at(&now);
		while (model_take_event(model, &event))
			assert_int_equal(event.id, ++last);
	} while (!ended);
	pthread_join(adder, NULL);
	pthread_join(engine, NULL);
	assert_int_equal(last, MANY);
	assert_int_equal(items_totals().done, MANY);
	assert_int_equal(items_totals().got_bytes, 10 * MANY);
	assert_int_equal(items_totals().size_bytes, 10 * MANY);
}

struct wakes {
	unsigned little, much;
};

static void
count_wake(void *user, bool much)
{
	struct wakes *wakes = user;

	if (much)
		wakes->much++;
	else
		wakes->little++;
}

static void
test_batch(void **state)
{
	struct haul_request request = { .url = "http://a.example/x" };
	struct wakes wakes = { 0, 0 };
	struct model_batch batch;
	haul_id id;

	(void)state;
	for (id = 1; id <= MANY; id++)
		model_add(model, &request, NULL);
	model_record(model, count_wake, &wakes);
	for (id = 1; id <= 1000; id++) {
		model_touch_item(model, id);
		model_touch_item(model, id);
	}
	assert_int_equal(wakes.little, 1);
	assert_int_equal(wakes.much, 0);
	for (; id <= MANY; id++)
		model_touch_item(model, id);
	assert_int_equal(wakes.little, 1);
	assert_int_equal(wakes.much, 1);
	model_take_batch(model, &batch);
	assert_int_equal(batch.changed_count, MANY);
	model_batch_release(&batch);
	model_touch_item(model, 1);
	assert_int_equal(wakes.little, 2);
	assert_int_equal(wakes.much, 1);
}

#define TEST(name, function) \
	{ name, function, items_setup, items_teardown, NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("an item keeps copies of what it was given", test_add),
		TEST("many items stay where they are", test_many),
		TEST("totals count each item in its state", test_states),
		TEST("a move against the rules ends the program",
		    test_illegal),
		TEST("sizes add up, a lower bound until all are known",
		    test_sizes),
		TEST("the longest rest is that of the slowest file",
		    test_longest_rest),
		TEST("bytes on disk and fetched are counted apart",
		    test_bytes),
		TEST("the running ones are listed in queue order",
		    test_active),
		TEST("a row without a name shows no secret",
		    test_short_names),
		TEST("a name that was asked for is told before it is known",
		    test_wanted_names),
		TEST("a name is told once known, and cut to a row",
		    test_names),
		TEST("arrived parts are those of running items",
		    test_segments),
		TEST("a failure is told with its last attempts",
		    test_failure),
		TEST("a done item has attempts but no failure",
		    test_failure_forgotten),
		TEST("a copy owns all that is known", test_copy),
		TEST("the count of attempts does not wrap",
		    test_many_attempts),
		TEST("results come in order, retried ones last",
		    test_results),
		TEST("no items: no results", test_no_results),
		TEST("events come in order, however many", test_events),
		TEST("the descriptor wakes once, and not too often",
		    test_wake),
		TEST("running time counts while it runs", test_time),
		TEST("an item's time ends with it", test_item_time),
		TEST("a paused item grows no older", test_paused_time),
		TEST("faces may look while others work", test_threads),
		TEST("who records is woken once, and when it is much",
		    test_batch),
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
