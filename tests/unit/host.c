/* SPDX-License-Identifier: MIT
 *
 * host.c:
 * - a host is known by its origin, whatever the rest of the URL
 * - what no origin can be told of is one host of its own
 * - thousands of hosts are told apart
 * - nothing known: as many connections as one likes
 * - a refusal sets the cap to what was open without the refused one, at least
 *   one; a later one only lowers it
 * - being busy once beside others means nothing, twice in short is a refusal
 * - successes raise the cap again, one by one; so does an answer to one that
 *   asked though the host was full: after a while, one at a time, more rarely
 *   each time it is refused, never beyond the user's limit or in a pause
 * - a host may have a limit of its own
 * - the user's limit holds for each host, the lower of it and the cap counts
 * - a pause holds until it ends, is never shortened, and lets the host be
 *   admitted then
 * - while a name is resolved, others wait; an address needs none of that,
 *   nor a name that was resolved before
 * - whoever resolved and ended badly frees the way
 * - the time to a first byte is smoothed
 * - items parked at a host come back in order, and only hosts that have some
 *   are asked
 * - without a network only this machine is, and the one chosen to try with;
 *   they are chosen by turns
 */
#include "config.h"

#include "engine/net/host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define TIME_LIMIT_S 60
#define MANY 5000
#define NOW 1000000

static struct hosts *hosts;
static struct host *host;

static int
setup(void **state)
{
	(void)state;
	hosts = hosts_new();
	host = hosts_find(hosts, "http://a.example/x");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	hosts_free(hosts);
	return 0;
}

static void
enter(unsigned count)
{
	while (count-- > 0)
		host_enter(host);
}

static void
leave(unsigned count)
{
	while (count-- > 0)
		host_leave(host);
}

static void
test_origin(void **state)
{
	(void)state;
	assert_ptr_equal(hosts_find(hosts, "HTTP://u:p@A.EXAMPLE:80/y?z#f"),
	    host);
	assert_ptr_not_equal(hosts_find(hosts, "https://a.example/x"), host);
	assert_ptr_not_equal(hosts_find(hosts, "http://a.example:81/x"),
	    host);
	assert_ptr_not_equal(hosts_find(hosts, "http://b.example/x"), host);
	assert_ptr_equal(hosts_find(hosts, "nonsense"),
	    hosts_find(hosts, "other nonsense"));
	assert_ptr_not_equal(hosts_find(hosts, "nonsense"), host);
	/* One that begins as the last one did. */
	assert_ptr_equal(hosts_find(hosts, "http://a.example/"), host);
	assert_ptr_not_equal(hosts_find(hosts, "http://a.example.org/"),
	    host);
	assert_ptr_equal(hosts_find(hosts, "http://a.example/y"), host);
	assert_ptr_not_equal(hosts_find(hosts, "http://a.example@b/x"), host);
	assert_ptr_equal(hosts_find(hosts, "http://a.example?/@b/"), host);
	hosts_free(NULL);
}

static void
test_many(void **state)
{
	static struct host *all[MANY];
	char url[64];
	int i;

	(void)state;
	for (i = 0; i < MANY; i++) {
		snprintf(url, sizeof url, "http://host%d.example/", i);
		all[i] = hosts_find(hosts, url);
		host_note_setup(all[i], i + 1);
	}
	for (i = 0; i < MANY; i++) {
		snprintf(url, sizeof url, "http://host%d.example/x", i);
		assert_ptr_equal(hosts_find(hosts, url), all[i]);
		assert_true(host_setup_s(all[i]) > i + 0.5 &&
		    host_setup_s(all[i]) < i + 1.5);
	}
}

static void
test_no_cap(void **state)
{
	(void)state;
	assert_true(host_room(host) > 10000);
	enter(1000);
	assert_int_equal(host_live(host), 1000);
	assert_true(host_room(host) > 10000);
	assert_true(host_admits(host, NOW));
	host_succeeded(host);
	assert_true(host_room(host) > 10000);
	leave(1000);
	assert_int_equal(host_live(host), 0);
}

/* hosts_own_fn */
static bool
own_max(const char *origin, unsigned *max, void *user)
{
	(void)user;
	*max = 1;
	return strcmp(origin, "http://own.example:80") == 0;
}

static void
test_own_max(void **state)
{
	struct host *own, *other;
	unsigned cap;

	(void)state;
	hosts_on_own(hosts, own_max, NULL);
	hosts_set_max(hosts, 3);
	own = hosts_find(hosts, "http://own.example/");
	other = hosts_find(hosts, "http://other.example/");
	assert_int_equal(host_room(own), 1);
	assert_int_equal(host_room(other), 3);
	host_enter(own);
	host_enter(own);
	host_enter(other);
	host_enter(other);
	assert_true(host_is_crowded(own));
	assert_false(host_is_crowded(other));
	assert_int_equal(host_wait(own, NOW, &cap), HAUL_WAIT_HOST_LIMIT);
	assert_int_equal(cap, 1);
}

static void
test_max(void **state)
{
	struct host *other = hosts_find(hosts, "http://other.example/");

	(void)state;
	enter(3);
	assert_false(host_is_crowded(host));
	hosts_set_max(hosts, 2);
	assert_int_equal(host_room(host), 0);
	assert_true(host_is_crowded(host));
	assert_int_equal(host_room(other), 2);
	assert_false(host_admits(host, NOW));
	assert_true(host_admits(other, NOW));
	leave(1);
	assert_false(host_is_crowded(host));
	hosts_set_max(hosts, 9);
	assert_int_equal(host_room(host), 7);
	host_refused(host, NOW);        /* cap 1 */
	assert_int_equal(host_room(host), 0);
	hosts_set_max(hosts, 0);
	assert_int_equal(host_room(host), 0);
	assert_false(host_is_crowded(host));
	leave(2);
	assert_int_equal(host_room(host), 1);
}

static void
test_refused(void **state)
{
	(void)state;
	enter(5);
	host_refused(host, NOW);
	leave(1);
	assert_int_equal(host_room(host), 0);
	assert_false(host_admits(host, NOW));
	leave(1);
	assert_int_equal(host_room(host), 1);
	assert_true(host_admits(host, NOW));
	leave(1);
	enter(1);
	host_refused(host, NOW);        /* the third of three */
	leave(1);
	assert_int_equal(host_room(host), 0);
	leave(2);
	assert_int_equal(host_room(host), 2);
	enter(2);
	host_refused(host, NOW);
	leave(2);
	assert_int_equal(host_room(host), 1);
	enter(1);
	host_refused(host, NOW);        /* the only one: one stays allowed */
	leave(1);
	assert_int_equal(host_room(host), 1);
	assert_true(host_admits(host, NOW));
}

/* A refusal that comes late, with more open than the cap allows by now. */
static void
test_late_refusals(void **state)
{
	(void)state;
	enter(8);
	host_refused(host, NOW);
	leave(1);
	host_refused(host, NOW);
	leave(1);
	host_refused(host, NOW);
	leave(1);
	leave(5);
	assert_int_equal(host_room(host), 5);
	enter(20);
	host_refused(host, NOW);
	assert_int_equal(host_room(host), 0);
	leave(20);
	assert_int_equal(host_room(host), 5);
}

static void
test_recovers(void **state)
{
	unsigned room, successes, last = 0;

	(void)state;
	enter(2);
	host_refused(host, NOW);
	leave(2);
	for (room = 1; room < 10; room++) {
		assert_int_equal(host_room(host), room);
		for (successes = 0; host_room(host) == room; successes++)
			host_succeeded(host);
		assert_true(successes > last);
		last = successes;
	}
	enter(10);
	host_refused(host, NOW);
	leave(10);
	assert_int_equal(host_room(host), 9);
}

static void
test_busy(void **state)
{
	(void)state;
	enter(3);
	host_was_busy(host, 1, NOW);
	assert_true(host_room(host) > 10000);
	host_was_busy(host, 2, NOW + 3600000);
	assert_true(host_room(host) > 10000);
	host_was_busy(host, 3, NOW + 3600100);
	assert_true(host_room(host) < 10000);
	leave(3);
	assert_int_equal(host_room(host), 2);
}

/* One file that is always refused says nothing of the host. */
static void
test_busy_file(void **state)
{
	int i;

	(void)state;
	enter(3);
	for (i = 0; i < 10; i++)
		host_was_busy(host, 7, NOW + 100 * i);
	assert_true(host_room(host) > 10000);
	host_was_busy(host, 8, NOW + 1100);
	assert_true(host_room(host) < 10000);
	leave(3);
}

/* Nor do files that are refused now and then among many that are not. */
static void
test_busy_seldom(void **state)
{
	int i, j;

	(void)state;
	enter(8);
	for (i = 1; i <= 50; i++) {
		host_was_busy(host, (haul_id)i, NOW + 20 * i);
		for (j = 0; j < 9; j++)
			host_succeeded(host);
	}
	assert_true(host_room(host) > 10000);
	for (j = 0; j < 2; j++) {
		host_was_busy(host, (haul_id)(100 + j), NOW + 2000);
		host_succeeded(host);
	}
	leave(8);
	assert_int_equal(host_room(host), 7);
}

/* With one connection there is nothing to have fewer of. */
static void
test_busy_alone(void **state)
{
	(void)state;
	enter(1);
	host_was_busy(host, 1, NOW);
	host_was_busy(host, 2, NOW + 100);
	host_was_busy(host, 3, NOW + 200);
	assert_true(host_room(host) > 10000);
	leave(1);
}

static void
test_probe(void **state)
{
	int64_t now = NOW, wait, last = 0;

	(void)state;
	enter(3);
	host_refused(host, now);
	leave(1);
	assert_false(host_may_probe(host, now));
	for (;;) {
		wait = host_probe_ms(host) - now;
		assert_in_range(wait, 1000, 60000);
		now += wait;
		assert_false(host_may_probe(host, now - 1));
		assert_true(host_may_probe(host, now));
		host_probe(host, 7, now);
		assert_false(host_may_probe(host, now));
		if (wait == last)
			break;
		assert_true(wait > last);
		last = wait;
		assert_false(host_probe_refused(host, 8, now));
		assert_true(host_probe_refused(host, 7, now));
		assert_false(host_probe_refused(host, 7, now));
	}
	host_probe_answered(host, 8);
	assert_int_equal(host_room(host), 0);
	enter(1);
	host_probe_answered(host, 7);
	assert_int_equal(host_room(host), 0);
	leave(1);
	assert_int_equal(host_room(host), 1);
	assert_false(host_may_probe(host, now + 60000));
	enter(1);
	now += 60000;
	assert_true(host_may_probe(host, now));
	hosts_set_max(hosts, 3);
	assert_false(host_may_probe(host, now));
	hosts_set_max(hosts, 4);
	assert_true(host_may_probe(host, now));
	host_block_until(host, now + 1);
	assert_false(host_may_probe(host, now));
	leave(3);
}

/* Successes before a refusal say nothing of the cap after it. */
static void
test_refusal_starts_anew(void **state)
{
	unsigned i;

	(void)state;
	enter(5);
	host_refused(host, NOW);
	leave(5);
	for (i = 0; i < 7; i++)
		host_succeeded(host);
	enter(4);
	host_refused(host, NOW);
	leave(4);
	assert_int_equal(host_room(host), 3);
	host_succeeded(host);
	assert_int_equal(host_room(host), 3);
}

static void
test_pause(void **state)
{
	(void)state;
	assert_true(host_admits(host, NOW));
	host_block_until(host, NOW + 500);
	assert_false(host_admits(host, NOW));
	assert_false(host_admits(host, NOW + 499));
	assert_true(host_admits(host, NOW + 500));
	host_block_until(host, NOW + 100);
	assert_int_equal(host_blocked_until(host), NOW + 500);
	host_block_until(host, NOW + 900);
	assert_false(host_admits(host, NOW + 500));
	assert_true(host_room(host) > 0);
}

static void
test_resolving(void **state)
{
	(void)state;
	enter(1);
	host_resolving(host, false);
	assert_false(host_admits(host, NOW));
	host_resolved(host);
	assert_true(host_admits(host, NOW));
	host_resolving(host, false);
	assert_true(host_admits(host, NOW));
	leave(1);
	assert_true(host_admits(host, NOW));
}

static void
test_resolving_address(void **state)
{
	(void)state;
	enter(1);
	host_resolving(host, true);
	assert_true(host_admits(host, NOW));
	leave(1);
}

static void
test_resolving_failed(void **state)
{
	(void)state;
	enter(1);
	host_resolving(host, false);
	leave(1);
	assert_true(host_admits(host, NOW));
	enter(1);
	host_resolving(host, false);
	assert_false(host_admits(host, NOW));
	leave(1);
}

static void
test_setup(void **state)
{
	int i;

	(void)state;
	assert_true(host_setup_s(host) <= 0);
	host_note_setup(host, 0.2);
	assert_true(host_setup_s(host) > 0.19 && host_setup_s(host) < 0.21);
	host_note_setup(host, 2);
	assert_true(host_setup_s(host) > 0.2 && host_setup_s(host) < 1.5);
	for (i = 0; i < 30; i++)
		host_note_setup(host, 0.1);
	assert_true(host_setup_s(host) > 0.09 && host_setup_s(host) < 0.11);
}

static bool
count_host(struct host *seen, void *user)
{
	assert_true(host_peek_parked(seen) != 0);
	++*(int *)user;
	return false;
}

static bool
is_host(struct host *seen, void *user)
{
	return seen == user;
}

static void
test_parked(void **state)
{
	struct host *other = hosts_find(hosts, "http://b.example/");
	int count = 0;
	haul_id id;

	(void)state;
	assert_int_equal(host_peek_parked(host), 0);
	assert_null(hosts_each_parked(hosts, count_host, &count));
	assert_int_equal(count, 0);
	for (id = 1; id <= 100; id++)
		host_park(id % 4 ? host : other, id, false);
	assert_null(hosts_each_parked(hosts, count_host, &count));
	assert_int_equal(count, 2);
	assert_ptr_equal(hosts_each_parked(hosts, is_host, other), other);
	for (id = 4; id <= 100; id += 4) {
		assert_int_equal(host_peek_parked(other), id);
		host_unpark(other);
	}
	assert_null(hosts_each_parked(hosts, is_host, other));
	assert_ptr_equal(hosts_each_parked(hosts, is_host, host), host);
	assert_int_equal(host_peek_parked(host), 1);
	host_park(host, 500, true);
	host_park(host, 400, true);
	assert_int_equal(host_peek_parked(host), 500);
	host_unpark(host);
	assert_int_equal(host_peek_parked(host), 400);
	host_unpark(host);
	assert_int_equal(host_peek_parked(host), 1);
}

static bool
takes(const char *url)
{
	return host_admits(hosts_find(hosts, url), NOW);
}

static void
test_offline(void **state)
{
	struct host *other = hosts_find(hosts, "http://b.example/");
	unsigned cap;

	(void)state;
	assert_false(hosts_choose(hosts, NOW));         /* nobody waits */
	hosts_set_offline(hosts, true);
	assert_false(takes("http://a.example/"));
	assert_int_equal(host_wait(host, NOW, &cap), HAUL_WAIT_NETWORK);
	assert_true(takes("http://localhost:8000/"));
	assert_true(takes("ftp://127.0.0.9/"));
	host_park(hosts_find(hosts, "http://localhost:8000/"), 7, false);
	assert_false(hosts_choose(hosts, NOW));
	/* By turns, and one that wants none itself is left out. */
	host_park(host, 1, false);
	host_park(other, 2, false);
	assert_true(hosts_choose(hosts, NOW));
	assert_true(host_admits(host, NOW) != host_admits(other, NOW));
	cap = host_admits(host, NOW);
	hosts_choose_none(hosts);
	assert_false(host_admits(host, NOW) || host_admits(other, NOW));
	assert_true(hosts_choose(hosts, NOW + 1));
	assert_int_equal(host_admits(other, NOW + 1), cap);
	host_block_until(cap ? host : other, NOW + 5000);
	assert_true(hosts_choose(hosts, NOW + 2));
	assert_int_equal(host_admits(other, NOW + 2), cap);
	hosts_set_offline(hosts, false);
	assert_true(host_admits(cap ? other : host, NOW));
}

#define TEST(name, function) \
	{ name, function, setup, teardown, NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a host is known by its origin", test_origin),
		TEST("thousands of hosts are told apart", test_many),
		TEST("nothing known: no cap", test_no_cap),
		TEST("the user's limit is each host's", test_max),
		TEST("a host may have a limit of its own", test_own_max),
		TEST("a refusal lowers the cap, to one at least",
		    test_refused),
		TEST("late refusals never raise the cap",
		    test_late_refusals),
		TEST("busy twice in short is a refusal", test_busy),
		TEST("busy for one file only is none", test_busy_file),
		TEST("busy now and then is none", test_busy_seldom),
		TEST("busy alone is none", test_busy_alone),
		TEST("successes raise the cap, one by one", test_recovers),
		TEST("a refusal starts the count anew",
		    test_refusal_starts_anew),
		TEST("a full host is asked now and then", test_probe),
		TEST("a pause holds, and is never shortened", test_pause),
		TEST("while a name is resolved others wait",
		    test_resolving),
		TEST("an address needs no resolving",
		    test_resolving_address),
		TEST("a failed look-up frees the way",
		    test_resolving_failed),
		TEST("the time to a first byte is smoothed", test_setup),
		TEST("parked items come back in order", test_parked),
		TEST("without a network one host is tried with at a time",
		    test_offline),
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("host", tests, NULL, NULL);
}
