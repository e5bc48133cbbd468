/* SPDX-License-Identifier: MIT
 *
 * store-look.c:
 * - a database's form, its runs, and those of them that have not ended
 * - one that is too large for the time is told as not looked through, and as
 *   well as far as it was seen
 * - what is in its log counts, and nothing comes to stand beside it
 * - an empty file is fine, none is missing, a directory fails
 */
#include "config.h"

#include "engine/store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "scratch.h"

#define MANY 20000
#define FOREVER_MS 60000

static struct store *store;
static struct store_look look;
static uint64_t open_runs[8];
static size_t open_count;

static int
setup(void **state)
{
	int error;

	(void)state;
	if (scratch_enter() < 0 ||
	    store_open("queue.db", true, &store, &error) != STORE_OK)
		return -1;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	store_close(store);
	store = NULL;
	return scratch_leave();
}

static uint64_t
put_run(void)
{
	struct store_run run = { .started_ms = 1000 };

	assert_int_equal(store_put_run(store, &run), STORE_OK);
	return run.id;
}

static void
put_items(uint64_t run, uint64_t count)
{
	struct store_item item = { .run = run, .size = -1,
	    .url = "https://archive.example.org/" };

	assert_int_equal(store_begin(store), STORE_OK);
	for (item.seq = 1; item.seq <= count; item.seq++)
		assert_int_equal(store_put_item(store, &item), STORE_OK);
	assert_int_equal(store_commit(store), STORE_OK);
}

static void
take_run(uint64_t run, void *user)
{
	(void)user;
	if (open_count < sizeof open_runs / sizeof *open_runs)
		open_runs[open_count++] = run;
}

static enum store_verdict
look_at(const char *path, int64_t limit_ms)
{
	open_count = 0;
	return store_look(path, limit_ms, &look, take_run, NULL);
}

static void
its_runs_are_told(void **state)
{
	uint64_t first, second;

	(void)state;
	first = put_run();
	second = put_run();
	assert_int_equal(store_end_run(store, first, 2000), STORE_OK);
	assert_int_equal(look_at("queue.db", FOREVER_MS), STORE_OK);
	assert_true(look.complete);
	assert_int_equal(look.version, look.newest);
	assert_int_equal(look.runs, 2);
	assert_int_equal(open_count, 1);
	assert_int_equal(open_runs[0], second);
	assert_string_equal(look.damage, "");
}

static void
time_can_be_too_short(void **state)
{
	(void)state;
	put_items(put_run(), MANY);
	assert_int_equal(look_at("queue.db", 0), STORE_OK);
	assert_false(look.complete);
	assert_int_equal(look.runs, 1);
	assert_int_equal(look_at("queue.db", FOREVER_MS), STORE_OK);
	assert_true(look.complete);
}

static void
a_log_counts_and_none_is_made(void **state)
{
	(void)state;
	put_run();
	assert_int_equal(access("queue.db-wal", F_OK), 0);
	assert_int_equal(look_at("queue.db", FOREVER_MS), STORE_OK);
	assert_int_equal(look.runs, 1);
	assert_int_equal(access("queue.db-wal", F_OK), 0);
	store_close(store);
	store = NULL;
	assert_int_not_equal(access("queue.db-wal", F_OK), 0);
	assert_int_equal(look_at("queue.db", FOREVER_MS), STORE_OK);
	assert_int_equal(look.runs, 1);
	assert_int_not_equal(access("queue.db-wal", F_OK), 0);
	assert_int_not_equal(access("queue.db-shm", F_OK), 0);
}

static void
an_empty_file_is_fine_and_none_is_missing(void **state)
{
	FILE *file = fopen("empty.db", "w");

	(void)state;
	assert_non_null(file);
	fclose(file);
	assert_int_equal(look_at("empty.db", FOREVER_MS), STORE_OK);
	assert_int_equal(look.version, 0);
	assert_true(look.complete);
	assert_int_equal(look_at("none.db", FOREVER_MS), STORE_MISSING);
	assert_int_equal(look_at("empty.db/none.db", FOREVER_MS),
	    STORE_MISSING);
	assert_int_equal(mkdir("directory", 0700), 0);
	assert_int_equal(look_at("directory", FOREVER_MS), STORE_FAILED);
	assert_int_not_equal(look.error, 0);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(its_runs_are_told),
		T(time_can_be_too_short),
		T(a_log_counts_and_none_is_made),
		T(an_empty_file_is_fine_and_none_is_missing),
	};

	alarm(60);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
