/* SPDX-License-Identifier: MIT
 *
 * scheduler.c:
 * - items begin in queue order, also those added while it runs
 * - items put back go to their place in the queue, each once; a moved item
 *   begins where it was moved to, also while it waits for a host
 * - a delayed item is due at its time, not before; those due go by time
 * - a mirror's host counts once it is the mirror's turn
 * - a host that wants no request is passed over, others go on; its items
 *   begin in order when it wants again, before later ones of the queue
 * - what is to be tried again there comes before all that has not begun, also
 *   if these came to wait earlier
 * - a host with room for one more gets one more; one that is full is asked
 *   all the same now and then
 * - the next time to ask is that of the first delay or pause to end
 * - a million items of unwilling hosts are looked at in bounded turns, and
 *   those behind them begin without waiting for a pause to end
 * - what was paused, removed or begun anew while it waited for its time or a
 *   host is not begun by its old place
 * - on hold nothing begins, or only further tries
 * - after a stop no delay is left
 * - an item whose time is over is handed out, wherever it waits
 * - what an item waits for is told: its turn, a time, a host's cap, limit,
 *   pause or name, the end of a hold
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

#include "engine/base/clock.h"
#include "engine/model/model.h"
#include "engine/net/host.h"

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

/* Begins it, as the engine does. */
static haul_id
take_next(int64_t now_ms)
{
	haul_id id = scheduler_next(scheduler, now_ms);

	if (id != 0)
		model_set_state(model, id, HAUL_STATE_CONNECTING);
	return id;
}

static void
expect_next(int64_t now_ms, haul_id wanted)
{
	assert_int_equal(take_next(now_ms), wanted);
}

static void
take_all(void)
{
	while (take_next(NOW) != 0)
		;
}

static void
put_back(haul_id id)
{
	model_set_state(model, id, HAUL_STATE_QUEUED);
}

/* A running item's attempt failed. */
static void
delay(haul_id id, int64_t due_ms)
{
	model_set_due(model, id, &(struct model_due){ .ms = due_ms });
	model_set_state(model, id, HAUL_STATE_WAITING);
	scheduler_delay(scheduler, id, due_ms);
}

static void
move(haul_id id, haul_id before)
{
	model_move(model, id, before);
	scheduler_look_again(scheduler);
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
test_put_back(void **state)
{
	(void)state;
	add_many("a", 5);
	take_all();
	put_back(4);
	put_back(2);
	put_back(5);
	expect_next(NOW, 2);
	expect_next(NOW, 4);
	expect_next(NOW, 5);
	expect_next(NOW, 0);
	put_back(1);
	expect_next(NOW, 1);
	put_back(3);
	put_back(1);
	add_many("a", 1);
	expect_next(NOW, 1);
	expect_next(NOW, 3);
	expect_next(NOW, 6);
}

static void
test_move(void **state)
{
	(void)state;
	add_many("a", 6);
	expect_next(NOW, 1);
	move(5, 3);
	move(2, 0);
	move(6, HAUL_FIRST);
	expect_next(NOW, 6);
	expect_next(NOW, 5);
	add_many("a", 1);
	move(7, 7);
	move(1, 7);
	expect_next(NOW, 3);
	put_back(1);
	put_back(5);
	expect_next(NOW, 5);
	expect_next(NOW, 4);
	expect_next(NOW, 2);
	expect_next(NOW, 1);
	expect_next(NOW, 7);
	expect_next(NOW, 0);
}

static void
test_move_parked(void **state)
{
	(void)state;
	add_many("a", 300);
	add_many("b", 1);
	host_block_until(host_of("a"), NOW + 100);
	assert_int_equal(take_next(NOW), 0);
	expect_next(NOW, 301);
	move(300, HAUL_FIRST);
	move(2, 0);
	assert_int_equal(take_next(NOW), 0);
	assert_int_equal(take_next(NOW), 0);
	expect_next(NOW + 100, 300);
	expect_next(NOW + 100, 1);
	expect_next(NOW + 100, 3);
	move(50, 20);
	expect_next(NOW + 100, 4);
}

/* Each is put into the scheduler's lists, changed, and must not be begun from
 * there; nor be lost when it may begin again. */
static void
test_changed(void **state)
{
	(void)state;
	add_many("a", 3);
	add_many("b", 1);
	host_block_until(host_of("a"), NOW + 100);
	expect_next(NOW, 4);
	model_set_state(model, 1, HAUL_STATE_PAUSED);
	model_remove(model, 2);
	expect_next(NOW + 100, 3);
	expect_next(NOW + 100, 0);
	put_back(1);
	model_restore(model, 2);
	expect_next(NOW + 100, 1);
	expect_next(NOW + 100, 2);
	expect_next(NOW + 100, 0);
	/* Waits for its time. */
	delay(1, NOW + 300);
	model_set_state(model, 1, HAUL_STATE_PAUSED);
	expect_next(NOW + 300, 0);
	put_back(1);
	expect_next(NOW + 300, 1);
	delay(1, NOW + 500);
	put_back(1);
	expect_next(NOW + 400, 1);
	delay(1, NOW + 900);
	expect_next(NOW + 500, 0);
	expect_next(NOW + 900, 1);
	expect_next(NOW + 900, 0);
}

/* Parked twice, in two hosts or one: begins once, and where it belongs. */
static void
test_changed_host(void **state)
{
	(void)state;
	add_many("a", 2);
	host_block_until(host_of("a"), NOW + 100);
	host_block_until(host_of("b"), NOW + 200);
	expect_next(NOW, 0);
	model_set_url(model, 1, "http://b.example/y", NULL);
	model_set_parked(model, 1, false);
	expect_next(NOW, 0);
	model_set_state(model, 2, HAUL_STATE_PAUSED);
	put_back(2);
	expect_next(NOW, 0);
	expect_next(NOW + 100, 2);
	expect_next(NOW + 100, 0);
	expect_next(NOW + 200, 1);
	expect_next(NOW + 200, 0);
}

static void
test_hold(void **state)
{
	(void)state;
	add_many("a", 5);
	expect_next(NOW, 1);
	expect_next(NOW, 2);
	host_block_until(host_of("a"), NOW + 10);
	expect_next(NOW, 0);            /* 3, 4, 5 wait for the host */
	delay(1, NOW + 10);
	delay(2, NOW + 20);
	model_set_hold(model, HAUL_HOLD_NEW);
	scheduler_look_again(scheduler);
	expect_next(NOW + 10, 1);
	expect_next(NOW + 10, 0);
	model_set_hold(model, HAUL_HOLD_ALL);
	expect_next(NOW + 20, 0);
	assert_int_equal(scheduler_next_due_ms(scheduler, NOW), -1);
	model_set_hold(model, HAUL_HOLD_NOTHING);
	expect_next(NOW + 20, 2);
	expect_next(NOW + 20, 3);
}

static void
test_delay(void **state)
{
	(void)state;
	add_many("a", 4);
	take_all();
	delay(1, NOW + 300);
	delay(2, NOW + 100);
	delay(3, NOW + 200);
	expect_next(NOW, 0);
	assert_int_equal(scheduler_next_due_ms(scheduler, NOW), NOW + 100);
	expect_next(NOW + 99, 0);
	expect_next(NOW + 100, 2);
	expect_next(NOW + 100, 0);
	assert_int_equal(scheduler_next_due_ms(scheduler, NOW + 100),
	    NOW + 200);
	put_back(4);
	expect_next(NOW + 1000, 3);
	expect_next(NOW + 1000, 1);
	expect_next(NOW + 1000, 4);
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
	take_all();
	for (id = 1; id <= MANY; id++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		due[id] = NOW + 1 + (int64_t)(seed >> 33) % 5000;
		delay(id, due[id]);
	}
	expect_next(NOW, 0);
	for (i = 0; i < MANY; i++) {
		id = take_next(NOW + 10000);
		assert_in_range(id, 1, MANY);
		assert_false(seen[id]);
		seen[id] = true;
		assert_true(due[id] >= last);
		last = due[id];
	}
	expect_next(NOW + 10000, 0);
}

static void
test_clear(void **state)
{
	haul_id id;

	(void)state;
	add_many("a", 50);
	take_all();
	for (id = 1; id <= 50; id++)
		delay(id, NOW + (int64_t)(id * 37 % 50));
	for (id = 0; (id = model_next_waiting(model, id)) != 0;)
		put_back(id);
	scheduler_clear(scheduler);
	assert_int_equal(scheduler_next_due_ms(scheduler, NOW), -1);
	for (id = 1; id <= 50; id++)
		expect_next(NOW, id);
	expect_next(NOW + 1000, 0);
}

static void
test_late(void **state)
{
	(void)state;
	add_many("a", 2);
	expect_next(NOW, 1);
	expect_next(NOW, 2);
	delay(1, NOW + 500);
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
	assert_string_equal(model_url(item), "http://a.example/x");
	host_block_until(host_of("b"), NOW + 100);
	expect_next(NOW, 1);
	item->extra->next_mirror = 1;
	assert_string_equal(model_url(item), "http://b.example/x");
	put_back(1);
	expect_next(NOW, 0);
	expect_next(NOW + 100, 1);
	item->extra->next_mirror = 2;
	assert_string_equal(model_url(item), "http://c.example/x");
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
	host_refused(a, NOW);
	host_leave(a);
	add_many("a", 20);
	expect_next(NOW, 0);
	for (id = 1; id <= 20; id++) {
		host_leave(a);
		expect_next(NOW, id);
		host_enter(a);
		expect_next(NOW, 0);
	}
}

/* Others may run for hours: one more asks. */
static void
test_probe(void **state)
{
	struct host *a = host_of("a");
	int64_t probe;

	(void)state;
	host_enter(a);
	host_enter(a);
	host_refused(a, NOW);
	host_leave(a);
	add_many("a", 5);
	expect_next(NOW, 0);
	probe = scheduler_next_due_ms(scheduler, NOW);
	assert_in_range(probe, NOW + 1, NOW + 60000);
	expect_next(probe - 1, 0);
	expect_next(probe, 1);
	host_enter(a);
	/* One at a time, whatever becomes of it. */
	expect_next(probe + 600000, 0);
	assert_int_equal(scheduler_next_due_ms(scheduler, probe), -1);
	host_leave(a);
	assert_true(host_probe_refused(a, 1, probe));
	assert_true(scheduler_next_due_ms(scheduler, probe) - probe >
	    probe - NOW);
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
	delay(1, NOW + 450);
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
		id = take_next(NOW);
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

/* The whole queue waits for the host by the time the try is due. */
static void
test_again_first(void **state)
{
	(void)state;
	add_many("a", 100);
	expect_next(NOW, 1);
	expect_next(NOW, 2);
	delay(1, NOW + 200);
	delay(2, NOW + 100);
	host_block_until(host_of("a"), NOW + 1000);
	expect_next(NOW, 0);
	expect_next(NOW + 300, 0);
	expect_next(NOW + 1000, 2);
	move(50, HAUL_FIRST);
	expect_next(NOW + 1000, 1);
	expect_next(NOW + 1000, 50);
	expect_next(NOW + 1000, 3);
}

static void
expect_wait(haul_id id, enum haul_wait wanted, unsigned cap)
{
	struct haul_item *item;
	struct haul_row row;

	scheduler_tell_hosts(scheduler, NOW);
	assert_true(model_copy_row(model, id, &row));
	assert_int_equal(row.wait, wanted);
	assert_int_equal(row.wait_cap, cap);
	item = model_copy_item(model, id);
	assert_int_equal(item->wait, wanted);
	assert_int_equal(item->wait_cap, cap);
	if (wanted == HAUL_WAIT_TIME || wanted == HAUL_WAIT_HOST_PAUSE)
		assert_in_range(row.wait_ms, 50000, 60000);
	else
		assert_int_equal(row.wait_ms, 0);
	haul_item_free(item);
}

static void
test_wait(void **state)
{
	int64_t later = clock_monotonic_ms() + 60000;
	struct host *host = host_of("a");
	uint64_t changes;
	struct haul_totals totals;

	(void)state;
	hosts_set_max(hosts, 1);
	add_many("a", 4);
	add("b");
	expect_wait(2, HAUL_WAIT_TURN, 0);
	expect_next(NOW, 1);
	host_enter(host);
	expect_wait(1, HAUL_WAIT_NONE, 0);
	expect_next(NOW, 5);
	expect_next(NOW, 0);
	expect_wait(2, HAUL_WAIT_HOST_LIMIT, 1);
	hosts_set_max(hosts, 0);
	host_refused(host, NOW);
	expect_wait(4, HAUL_WAIT_HOST_CAP, 1);
	host_block_until(host, later);
	expect_wait(4, HAUL_WAIT_HOST_PAUSE, 0);
	/* Told again, it is no news. */
	model_copy_totals(model, &totals);
	changes = totals.changes;
	scheduler_tell_hosts(scheduler, NOW);
	model_copy_totals(model, &totals);
	assert_int_equal(totals.changes, changes);
	model_set_hold(model, HAUL_HOLD_NEW);
	expect_wait(4, HAUL_WAIT_HELD, 0);
	delay(5, later);
	expect_wait(5, HAUL_WAIT_TIME, 0);
	model_set_hold(model, HAUL_HOLD_NOTHING);
	delay(1, 1);
	expect_next(NOW, 0);
	expect_wait(1, HAUL_WAIT_HOST_PAUSE, 0);
	model_set_state(model, 3, HAUL_STATE_PAUSED);
	expect_wait(3, HAUL_WAIT_NONE, 0);
}

static void
test_wait_for_network(void **state)
{
	struct haul_request near = { .url = "http://localhost/x" };
	struct haul_row row;

	(void)state;
	add_many("a", 2);
	assert_int_equal(model_add(model, &near, NULL), 3);
	hosts_set_offline(hosts, true);
	model_set_offline(model, true, 0);
	expect_next(NOW, 3);
	expect_next(NOW, 0);
	expect_wait(2, HAUL_WAIT_NETWORK, 0);
	/* One is tried with, and no more. */
	assert_true(hosts_choose(hosts, NOW));
	expect_next(NOW, 1);
	hosts_choose_none(hosts);
	expect_next(NOW, 0);
	/* It is back, and the engine has not said so yet. */
	hosts_set_offline(hosts, false);
	model_set_offline(model, false, 0);
	assert_true(model_copy_row(model, 2, &row));
	assert_int_equal(row.wait, HAUL_WAIT_TURN);
	scheduler_look_again(scheduler);
	expect_wait(2, HAUL_WAIT_TURN, 0);
	expect_next(NOW, 2);
}

static void
test_wait_for_name(void **state)
{
	(void)state;
	add_many("a", 2);
	expect_next(NOW, 1);
	host_enter(host_of("a"));
	host_resolving(host_of("a"), false);
	expect_next(NOW, 0);
	expect_wait(2, HAUL_WAIT_HOST_NAME, 0);
	/* Some other host's pause is not its. */
	host_resolved(host_of("a"));
	host_block_until(host_of("c"), NOW + 1000);
	expect_wait(2, HAUL_WAIT_TURN, 0);
}

#define TEST(name, function) \
	{ name, function, setup, teardown, NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("items begin in queue order", test_order),
		TEST("items put back go to their places", test_put_back),
		TEST("a moved item begins where it was moved to", test_move),
		TEST("also while it waits for a host", test_move_parked),
		TEST("what was changed meanwhile is begun once", test_changed),
		TEST("an edited item waits for its new host",
		    test_changed_host),
		TEST("on hold nothing begins, or further tries", test_hold),
		TEST("a delayed item is due at its time", test_delay),
		TEST("many delayed items go by time", test_many_delays),
		TEST("an item whose time is over is handed out", test_late),
		TEST("after a stop no delay is left", test_clear),
		TEST("a mirror's host counts at its turn", test_mirror),
		TEST("a blocked host is passed over, then taken up in order",
		    test_blocked),
		TEST("a host with room for one gets one", test_room),
		TEST("a full host is asked now and then", test_probe),
		TEST("a name being resolved holds its items",
		    test_resolving),
		TEST("the next time to ask is the first to end",
		    test_next_due),
		TEST("many parked items hold nothing up", test_many_parked),
		TEST("a further try does not wait for a whole queue",
		    test_again_first),
		TEST("what an item waits for is told", test_wait),
		TEST("also if it is a name", test_wait_for_name),
		TEST("or the network, and all but one wait for that",
		    test_wait_for_network),
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("scheduler", tests, NULL, NULL);
}
