/* SPDX-License-Identifier: MIT
 *
 * model.c, model-view.c: what calls change, and how the queue is looked at:
 * - a view is counted, windowed and ranked alike, forwards and backwards, in
 *   queue order, by time of ending and of starting; nothing removed is in it
 * - a move changes the order of rows, running ones and what begins next
 * - a removed item is in no total or result, and comes back to its state
 * - on hold what is queued does not keep a run from being done
 * - another URL, and other options, take the place of the old ones
 * - anything that a face could show counts as a change
 */
#include "config.h"

#include "engine/model/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/base/options.h"
#include "items.h"

#define TIME_LIMIT_S 60
#define LENGTH(array) (sizeof (array) / sizeof *(array))

/* ---- views ---- */

static void
expect_view(unsigned states, enum haul_order order, bool reverse,
    const haul_id *ids, size_t count)
{
	struct haul_view view = { states, order, reverse };
	struct haul_row rows[32];
	uint64_t rank;
	size_t first, n, i;

	assert_int_equal(model_view_count(model, &view), count);
	for (first = 0; first <= count; first++) {
		n = model_view_rows(model, &view, first, rows, 3);
		assert_int_equal(n, count - first < 3 ? count - first : 3);
		for (i = 0; i < n; i++)
			assert_int_equal(rows[i].id, ids[first + i]);
	}
	for (i = 0; i < count; i++) {
		assert_true(model_view_rank(model, &view, ids[i], &rank));
		assert_int_equal(rank, i);
	}
}

#define IDS(...) (const haul_id[]){ __VA_ARGS__ }, \
	LENGTH(((haul_id[]){ __VA_ARGS__ }))

static void
test_views(void **state)
{
	struct haul_view failed = { HAUL_IN(HAUL_STATE_FAILED),
	    HAUL_ORDER_QUEUE, false };
	uint64_t rank = 7;

	(void)state;
	items_add_many(8);
	items_move(3, HAUL_STATE_FAILED);
	items_move(5, HAUL_STATE_CONNECTING);
	items_wait_ms(2);
	items_move(1, HAUL_STATE_CONNECTING);
	items_move(7, HAUL_STATE_PAUSED);
	expect_view(HAUL_IN_ALL, HAUL_ORDER_ENDED, false, IDS(3));
	expect_view(HAUL_IN_ALL, HAUL_ORDER_QUEUE, false,
	    IDS(1, 2, 3, 4, 5, 6, 7, 8));
	expect_view(HAUL_IN_ALL, HAUL_ORDER_QUEUE, true,
	    IDS(8, 7, 6, 5, 4, 3, 2, 1));
	expect_view(HAUL_IN(HAUL_STATE_QUEUED), HAUL_ORDER_QUEUE, false,
	    IDS(2, 4, 6, 8));
	model_set_parked(model, 4, true);
	expect_view(HAUL_IN(HAUL_STATE_QUEUED), HAUL_ORDER_QUEUE, false,
	    IDS(2, 4, 6, 8));
	expect_view(HAUL_IN_ACTIVE, HAUL_ORDER_STARTED, false, IDS(5, 1));
	expect_view(HAUL_IN_ALL, HAUL_ORDER_STARTED, true, IDS(1, 5));
	items_move(5, HAUL_STATE_DONE);
	items_move(1, HAUL_STATE_FAILED);
	expect_view(HAUL_IN_ALL, HAUL_ORDER_ENDED, false, IDS(3, 5, 1));
	expect_view(HAUL_IN_ENDED & ~HAUL_IN(HAUL_STATE_DONE),
	    HAUL_ORDER_ENDED, true, IDS(1, 3));
	items_move(3, HAUL_STATE_QUEUED);
	expect_view(HAUL_IN_ALL, HAUL_ORDER_ENDED, false, IDS(5, 1));
	items_move(3, HAUL_STATE_FAILED);
	expect_view(HAUL_IN_ALL, HAUL_ORDER_ENDED, false, IDS(5, 1, 3));
	/* Not in it: where it would stand. */
	assert_false(model_view_rank(model, &failed, 2, &rank));
	assert_int_equal(rank, 1);
	assert_false(model_view_rank(model, &failed, 8, &rank));
	assert_int_equal(rank, 2);
	assert_false(model_view_rank(model, &failed, 9, &rank));
	assert_int_equal(rank, 0);
	assert_int_equal(items_add("http://a.example/9"), 9);
	expect_view(HAUL_IN(HAUL_STATE_QUEUED), HAUL_ORDER_QUEUE, true,
	    IDS(9, 8, 6, 4, 2));
}

static void
test_moves(void **state)
{
	struct haul_row rows[4];

	(void)state;
	items_add_many(6);
	assert_int_equal(model_next_queued(model), 1);
	model_move(model, 5, 2);
	model_move(model, 1, 0);
	model_move(model, 3, 3);
	assert_int_equal(model_next_queued(model), 5);
	expect_view(HAUL_IN_ALL, HAUL_ORDER_QUEUE, false,
	    IDS(5, 2, 3, 4, 6, 1));
	items_move(5, HAUL_STATE_CONNECTING);
	items_move(1, HAUL_STATE_CONNECTING);
	model_move(model, 6, HAUL_FIRST);
	assert_int_equal(model_next_queued(model), 6);
	model_set_parked(model, 6, true);
	assert_int_equal(model_next_queued(model), 2);
	assert_int_equal(model_copy_active(model, rows, 4), 2);
	assert_int_equal(rows[0].id, 5);
	model_move(model, 1, 5);
	assert_int_equal(model_copy_active(model, rows, 4), 2);
	assert_int_equal(rows[0].id, 1);
	assert_int_equal(rows[1].id, 5);
	items_move(5, HAUL_STATE_QUEUED);
	assert_int_equal(model_next_queued(model), 5);
}

/* Before anybody looked at a view, too. */
static void
test_next_queued(void **state)
{
	(void)state;
	assert_int_equal(model_next_queued(model), 0);
	items_add_many(4);
	items_move(1, HAUL_STATE_CONNECTING);
	assert_int_equal(model_next_queued(model), 2);
	model_set_parked(model, 2, true);
	items_move(3, HAUL_STATE_PAUSED);
	assert_int_equal(model_next_queued(model), 4);
	items_move(3, HAUL_STATE_QUEUED);
	assert_int_equal(model_next_queued(model), 3);
	model_set_parked(model, 2, false);
	assert_int_equal(model_next_queued(model), 2);
	items_move(1, HAUL_STATE_QUEUED);
	assert_int_equal(model_next_queued(model), 1);
}

static void
test_removed(void **state)
{
	struct haul_results *results;
	struct haul_item *copy;

	(void)state;
	items_add_many(4);
	model_set_size(model, 1, 100);
	model_count_bytes(model, model_item(model, 1), 30, 30);
	model_set_size(model, 2, 50);
	items_move(2, HAUL_STATE_FAILED);
	items_move(3, HAUL_STATE_PAUSED);
	model_remove(model, 1);
	model_remove(model, 2);
	model_remove(model, 3);
	assert_int_equal(items_totals().files, 1);
	assert_int_equal(items_totals().removed, 3);
	assert_int_equal(items_totals().got_bytes, 0);
	assert_int_equal(items_totals().size_bytes, 0);
	assert_int_equal(items_totals().fetched_bytes, 30);
	expect_view(~0U, HAUL_ORDER_QUEUE, false, IDS(4));
	assert_int_equal(model_next_queued(model), 4);
	results = model_copy_results(model);
	assert_int_equal(results->error_count, 0);
	haul_results_free(results);
	copy = model_copy_item(model, 4);
	assert_int_equal(copy->added_rank, 1);
	haul_item_free(copy);
	copy = model_copy_item(model, 1);
	assert_int_equal(copy->added_rank, 0);
	assert_int_equal(copy->state, HAUL_STATE_REMOVED);
	assert_int_equal(copy->cause, HAUL_CAUSE_CANCELLED);
	haul_item_free(copy);
	model_restore(model, 3);
	model_restore(model, 2);
	model_restore(model, 1);
	assert_int_equal(model_item(model, 1)->state, HAUL_STATE_QUEUED);
	assert_int_equal(model_item(model, 2)->state, HAUL_STATE_FAILED);
	assert_int_equal(model_item(model, 3)->state, HAUL_STATE_PAUSED);
	assert_int_equal(items_totals().size_bytes, 150);
	assert_int_equal(items_totals().got_bytes, 30);
	expect_view(HAUL_IN_ALL, HAUL_ORDER_QUEUE, false, IDS(1, 2, 3, 4));
	expect_view(HAUL_IN_ALL, HAUL_ORDER_ENDED, false, IDS(2));
}

static void
test_done_on_hold(void **state)
{
	(void)state;
	items_add_many(3);
	items_move(1, HAUL_STATE_CONNECTING);
	items_move(3, HAUL_STATE_PAUSED);
	model_set_hold(model, HAUL_HOLD_NEW);
	assert_int_equal(items_totals().hold, HAUL_HOLD_NEW);
	assert_false(model_is_done(model));
	items_move(1, HAUL_STATE_DONE);
	assert_true(model_is_done(model));
	model_set_hold(model, HAUL_HOLD_ALL);
	assert_false(model_is_done(model));
	model_set_hold(model, HAUL_HOLD_NOTHING);
	assert_false(model_is_done(model));
	items_move(2, HAUL_STATE_PAUSED);
	assert_true(model_is_done(model));
}

static void
test_edited(void **state)
{
	struct options *options = options_new(), *found;
	struct haul_item *copy;

	(void)state;
	items_add_many(1);
	model_set_answer(model, 1, "http://f.example/", "\"e\"", "date");
	model_set_url(model, 1, "http://b.example/b", "http://a.example/1");
	copy = model_copy_item(model, 1);
	assert_string_equal(copy->url, "http://b.example/b");
	assert_null(copy->etag);
	assert_null(copy->final_url);
	haul_item_free(copy);
	assert_string_equal(model_item(model, 1)->extra->kept_url,
	    "http://a.example/1");
	assert_false(model_item(model, 1)->extra->from_zero);
	model_set_url(model, 1, "http://b.example/c", NULL);
	assert_null(model_item(model, 1)->extra->kept_url);
	assert_true(model_item(model, 1)->extra->from_zero);
	assert_null(model_ref_options(model, 1));
	model_set_options(model, 1, options);
	found = model_ref_options(model, 1);
	assert_ptr_equal(found, options);
	model_set_options(model, 1, options_new());
	options_unref(found);
}

static void
expect_change(const char *what)
{
	static uint64_t last;
	uint64_t now = items_totals().changes;

	if (now <= last && what != NULL)
		fail_msg("no change: %s", what);
	last = now;
}

static void
test_changes(void **state)
{
	struct live live = { .id = 1, .connections = 2, .speed_bps = 5 };
	struct failure failure;
	uint64_t before;

	(void)state;
	expect_change(NULL);
	items_add_many(2);
	expect_change("added");
	items_move(1, HAUL_STATE_CONNECTING);
	expect_change("state");
	model_set_name(model, 1, folder, "one");
	expect_change("name");
	model_set_size(model, 1, 10);
	expect_change("size");
	model_count_bytes(model, model_item(model, 1), 1, 1);
	expect_change("bytes");
	model_count_bytes(model, model_item(model, 1), 0, -1);
	expect_change("bytes gone");
	model_set_live(model, &live);
	expect_change("live");
	failure_set(&failure, HAUL_CAUSE_HTTP, "no");
	model_set_failure(model, 1, &failure, "http://a.example/", 0, true);
	expect_change("failure");
	model_set_speed(model, 77);
	expect_change("speed");
	model_move(model, 2, 1);
	expect_change("move");
	model_set_hold(model, HAUL_HOLD_NEW);
	expect_change("hold");
	before = items_totals().changes;
	model_set_live(model, &live);
	model_set_speed(model, 77);
	model_set_size(model, 1, 10);
	assert_int_equal(items_totals().changes, before);
}

#define TEST(name, function) \
	{ name, function, items_setup, items_teardown, NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("views are counted, windowed and ranked alike",
		    test_views),
		TEST("a move changes rows and what begins", test_moves),
		TEST("what begins next is first in the queue",
		    test_next_queued),
		TEST("a removed item is nowhere, and comes back",
		    test_removed),
		TEST("on hold the queue keeps nothing going",
		    test_done_on_hold),
		TEST("another URL and other options take their place",
		    test_edited),
		TEST("what a face could show counts as a change",
		    test_changes),
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("model-view", tests, NULL, NULL);
}
