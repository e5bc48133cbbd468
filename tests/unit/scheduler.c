/* SPDX-License-Identifier: MIT
 *
 * scheduler.c:
 * - items begin in queue order, also those added while it runs
 * - items put back go in the order of putting, each once
 * - a delayed item is due at its time, not before; those due go by time
 * - a mirror's host counts once it is the mirror's turn
 * - a host that wants no request is passed over, others go on; its items
 *   begin in order when it wants again, before later ones of the queue
 * - a host with room for one more gets one more
 * - the next time to ask is that of the first delay or pause to end
 * - a million items of unwilling hosts are looked at in bounded turns, and
 *   those behind them begin without waiting for a pause to end
 * - a stop gets every delayed item back
 * - an item whose time is over is handed out, wherever it waits
 */
#include "config.h"

#include "engine/scheduler.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/host.h"
#include "engine/model.h"

#define TIME_LIMIT_S 60
#define NOW 1000000
#define MANY 20000

static struct model *model;
static struct hosts *hosts;
static struct scheduler *scheduler;

static int
setup(void **state)
{
	(void)state;
	model = model_new();
	if (model == NULL)
		return -1;
	hosts = hosts_new();
	scheduler = scheduler_new(model, hosts);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	scheduler_free(scheduler);
	hosts_free(hosts);
	model_free(model);
	return 0;
}

static haul_id
add(const char *host)
{
	char url[64];
	struct haul_request request = { .url = url };

	snprintf(url, sizeof url, "http://%s.example/x", host);
	return model_add(model, &request, NULL);
}

static void
add_many(const char *host, int count)
{
	while (count-- > 0)
		assert_int_not_equal(add(host), 0);
}

static struct host *
host_of(const char *name)
{
	char url[64];

	snprintf(url, sizeof url, "http://%s.example/", name);
	return hosts_find(hosts, url);
}

static void
expect_next(int64_t now_ms, haul_id wanted)
{
	assert_int_equal(scheduler_next(scheduler, now_ms), wanted);
}

static void
test_order(void **state)
{
	haul_id id;

	(void)state;
	expect_next(NOW, 0);
	assert_int_equal(scheduler_next_due_ms(scheduler, NOW), -1);
	add_many("a", 3);
	add_many("b", 2);
	for (id = 1; id <= 5; id++)
		expect_next(NOW, id);
	expect_next(NOW, 0);
	add_many("a", 1);
	expect_next(NOW, 6);
	expect_next(NOW, 0);
	scheduler_free(NULL);
}

static void
test_requeue(void **state)
{
	(void)state;
	add_many("a", 5);
	expect_next(NOW, 1);
	expect_next(NOW, 2);
	expect_next(NOW, 3);
	expect_next(NOW, 4);
	expect_next(NOW, 5);
	scheduler_requeue(scheduler, 4);
	scheduler_requeue(scheduler, 2);
	scheduler_requeue(scheduler, 5);
	expect_next(NOW, 4);
	expect_next(NOW, 2);
	expect_next(NOW, 5);
	expect_next(NOW, 0);
}

static void
test_delay(void **state)
{
	(void)state;
	add_many("a", 4);
	while (scheduler_next(scheduler, NOW) != 0)
		;
	scheduler_delay(scheduler, 1, NOW + 300);
	scheduler_delay(scheduler, 2, NOW + 100);
	scheduler_delay(scheduler, 3, NOW + 200);
	expect_next(NOW, 0);
	assert_int_equal(scheduler_next_due_ms(scheduler, NOW), NOW + 100);
	expect_next(NOW + 99, 0);
	expect_next(NOW + 100, 2);
	expect_next(NOW + 100, 0);
	assert_int_equal(scheduler_next_due_ms(scheduler, NOW + 100),
	    NOW + 200);
	scheduler_requeue(scheduler, 4);
	expect_next(NOW + 1000, 4);
	expect_next(NOW + 1000, 3);
	expect_next(NOW + 1000, 1);
	expect_next(NOW + 1000, 0);
	assert_int_equal(scheduler_next_due_ms(scheduler, NOW + 1000), -1);
}

/* The heap, with many items at random times, some of them alike. */
static void
test_many_delays(void **state)
{
	static int64_t due[MANY + 1];
	static bool seen[MANY + 1];
	uint64_t seed = 20240508;
	int64_t last = 0;
	haul_id id;
	int i;

	(void)state;
	add_many("a", MANY);
	while (scheduler_next(scheduler, NOW) != 0)
		;
	for (id = 1; id <= MANY; id++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		due[id] = NOW + 1 + (int64_t)(seed >> 33) % 5000;
		scheduler_delay(scheduler, id, due[id]);
	}
	expect_next(NOW, 0);
	for (i = 0; i < MANY; i++) {
		id = scheduler_next(scheduler, NOW + 10000);
		assert_in_range(id, 1, MANY);
		assert_false(seen[id]);
		seen[id] = true;
		assert_true(due[id] >= last);
		last = due[id];
	}
	expect_next(NOW + 10000, 0);
}

static void
test_drain(void **state)
{
	bool seen[51] = { false };
	haul_id id;
	int n = 0;

	(void)state;
	add_many("a", 50);
	while (scheduler_next(scheduler, NOW) != 0)
		;
	for (id = 1; id <= 50; id++)
		scheduler_delay(scheduler, id, NOW + (int64_t)(id * 37 % 50));
	while ((id = scheduler_drain_delayed(scheduler)) != 0) {
		assert_in_range(id, 1, 50);
		assert_false(seen[id]);
		seen[id] = true;
		n++;
	}
	assert_int_equal(n, 50);
	assert_int_equal(scheduler_next_due_ms(scheduler, NOW), -1);
	expect_next(NOW + 1000, 0);
}

static void
test_late(void **state)
{
	(void)state;
	add_many("a", 2);
	expect_next(NOW, 1);
	expect_next(NOW, 2);
	scheduler_delay(scheduler, 1, NOW + 500);
	scheduler_limit(scheduler, 1, NOW + 100);
	scheduler_limit(scheduler, 2, NOW + 50);
	assert_int_equal(scheduler_next_due_ms(scheduler, NOW), NOW + 50);
	assert_int_equal(scheduler_take_late(scheduler, NOW + 49), 0);
	assert_int_equal(scheduler_take_late(scheduler, NOW + 50), 2);
	assert_int_equal(scheduler_take_late(scheduler, NOW + 50), 0);
	assert_int_equal(scheduler_next_due_ms(scheduler, NOW), NOW + 100);
	assert_int_equal(scheduler_take_late(scheduler, NOW + 200), 1);
	assert_int_equal(scheduler_next_due_ms(scheduler, NOW), NOW + 500);
}

static void
test_mirror(void **state)
{
	static const char *const mirrors[] = {
		"http://b.example/x", "http://c.example/x"
	};
	struct haul_request request = { .url = "http://a.example/x",
	    .mirrors = mirrors, .mirror_count = 2 };
	struct item *item;

	(void)state;
	assert_int_equal(model_add(model, &request, NULL), 1);
	item = model_item(model, 1);
	assert_string_equal(scheduler_url(item), "http://a.example/x");
	host_block_until(host_of("b"), NOW + 100);
	expect_next(NOW, 1);
	item->extra->next_mirror = 1;
	assert_string_equal(scheduler_url(item), "http://b.example/x");
	scheduler_requeue(scheduler, 1);
	expect_next(NOW, 0);
	expect_next(NOW + 100, 1);
	item->extra->next_mirror = 2;
	assert_string_equal(scheduler_url(item), "http://c.example/x");
}

static void
test_blocked(void **state)
{
	(void)state;
	host_block_until(host_of("a"), NOW + 1000);
	add("a");                       /* 1 */
	add("b");                       /* 2 */
	add("a");                       /* 3 */
	add("a");                       /* 4 */
	add("b");                       /* 5 */
	expect_next(NOW, 2);
	expect_next(NOW, 5);
	expect_next(NOW, 0);
	assert_int_equal(scheduler_next_due_ms(scheduler, NOW), NOW + 1000);
	add("b");                       /* 6 */
	add("a");                       /* 7 */
	expect_next(NOW + 999, 6);
	add("b");                       /* 8 */
	expect_next(NOW + 1000, 1);
	expect_next(NOW + 1000, 3);
	expect_next(NOW + 1000, 4);
	expect_next(NOW + 1000, 7);
	expect_next(NOW + 1000, 8);
	expect_next(NOW + 1000, 0);
	assert_int_equal(scheduler_next_due_ms(scheduler, NOW + 1000), -1);
}

/* One more at a time, in order, as the host has room. */
static void
test_room(void **state)
{
	struct host *a = host_of("a");
	haul_id id;

	(void)state;
	host_enter(a);
	host_enter(a);
	host_refused(a);
	host_leave(a);
	add_many("a", 20);
	expect_next(NOW, 0);
	for (id = 1; id <= 20; id++) {
		host_leave(a);
		expect_next(NOW, id);
		host_enter(a);
		expect_next(NOW, 0);
	}
	/* Room comes by another's end: no time to wake at. */
	assert_int_equal(scheduler_next_due_ms(scheduler, NOW), -1);
}

static void
test_resolving(void **state)
{
	struct host *a = host_of("a");

	(void)state;
	add_many("a", 3);
	expect_next(NOW, 1);
	host_enter(a);
	host_resolving(a, false);
	expect_next(NOW, 0);
	host_resolved(a);
	expect_next(NOW, 2);
	expect_next(NOW, 3);
}

static void
test_next_due(void **state)
{
	(void)state;
	add_many("c", 1);
	expect_next(NOW, 1);
	host_block_until(host_of("a"), NOW + 500);
	host_block_until(host_of("b"), NOW + 400);
	host_block_until(host_of("unused"), NOW + 10);
	add_many("a", 1);
	expect_next(NOW, 0);
	assert_int_equal(scheduler_next_due_ms(scheduler, NOW), NOW + 500);
	add_many("b", 1);
	expect_next(NOW, 0);
	assert_int_equal(scheduler_next_due_ms(scheduler, NOW), NOW + 400);
	scheduler_delay(scheduler, 1, NOW + 450);
	assert_int_equal(scheduler_next_due_ms(scheduler, NOW), NOW + 400);
	expect_next(NOW + 400, 3);
	assert_int_equal(scheduler_next_due_ms(scheduler, NOW + 400),
	    NOW + 450);
	expect_next(NOW + 450, 1);
	assert_int_equal(scheduler_next_due_ms(scheduler, NOW + 450),
	    NOW + 500);
}

static double
cpu_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* Asks as the engine does: again at once only if it is told to. */
static void
test_many_parked(void **state)
{
	double began_s, longest_s = 0;
	haul_id id = 0;
	int turns;

	(void)state;
	host_block_until(host_of("a"), NOW + 60000);
	add_many("a", 10 * MANY);
	add("b");
	for (turns = 0; id == 0; turns++) {
		began_s = cpu_s();
		id = scheduler_next(scheduler, NOW);
		if (cpu_s() - began_s > longest_s)
			longest_s = cpu_s() - began_s;
		if (id == 0)
			assert_int_equal(scheduler_next_due_ms(scheduler,
			    NOW), NOW);
	}
	assert_int_equal(id, 10 * MANY + 1);
	assert_true(turns > 10);
	assert_true(longest_s < 0.1);
	expect_next(NOW, 0);
	assert_int_equal(scheduler_next_due_ms(scheduler, NOW), NOW + 60000);
	for (id = 1; id <= 10 * MANY; id++)
		expect_next(NOW + 60000, id);
	expect_next(NOW + 60000, 0);
	assert_int_equal(scheduler_next_due_ms(scheduler, NOW + 60000), -1);
}

#define TEST(name, function) \
	{ name, function, setup, teardown, NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("items begin in queue order", test_order),
		TEST("items put back go in that order", test_requeue),
		TEST("a delayed item is due at its time", test_delay),
		TEST("many delayed items go by time", test_many_delays),
		TEST("a stop gets every delayed item back", test_drain),
		TEST("an item whose time is over is handed out", test_late),
		TEST("a mirror's host counts at its turn", test_mirror),
		TEST("a blocked host is passed over, then taken up in order",
		    test_blocked),
		TEST("a host with room for one gets one", test_room),
		TEST("a name being resolved holds its items",
		    test_resolving),
		TEST("the next time to ask is the first to end",
		    test_next_due),
		TEST("many parked items hold nothing up", test_many_parked),
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("scheduler", tests, NULL, NULL);
}
