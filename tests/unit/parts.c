/* SPDX-License-Identifier: MIT
 *
 * parts.c, what to fetch next:
 * - bytes that belong to nobody go first, the longest stretch of them
 * - with nothing free, the part that ends last is divided so that both
 *   connections end together, the new one's first wait included
 * - what a crawling connection has left is taken over whole
 * - where neither side would get the smallest piece, nothing is done
 * - at random: a plan never touches what is here, what another connection
 *   has, or what it leaves to its victim
 * parts.c, how many connections (networks of simulated time):
 * - each connection limited: as many as allowed within a tenth of a second
 * - one bottleneck for all: back to one, tried again ever more rarely
 * - a busy engine: stays at one
 * - one newcomer crawls beside good ones: grows all the same
 * - a file that ends soon is left alone
 * - fewer allowed in the middle: at once; more again: taken up later
 * - connections that never come are not waited for
 */
#include "config.h"

#include "engine/transfer/parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define TIME_LIMIT_S 60
#define LENGTH(array) (sizeof (array) / sizeof *(array))
#define MB INT64_C(1000000)
#define ROUNDS 30000
#define RUNNERS 6

/* ---- what to fetch next: by hand ---- */

struct plan_case {
	const char *what;
	struct haul_range here[3];      /* until an empty one */
	int64_t total;
	struct parts_runner runners[4];
	size_t count;
	struct parts_policy policy;
	struct parts_plan plan;
};

#define RUNNER(start, pos, end, rate) { { start, pos, end }, rate, 0 }

static const struct plan_case plan_cases[] = {
	{ "nothing is here and nobody runs",
	    { { 0, 0 } }, 100, { { { 0, 0, 0 }, 0, 0 } }, 0,
	    { 10, 0, 0 }, { PARTS_FREE, 0, { 0, 100 } } },
	{ "all is here",
	    { { 0, 100 } }, 100, { { { 0, 0, 0 }, 0, 0 } }, 0,
	    { 10, 0, 0 }, { PARTS_NONE, 0, { 0, 0 } } },
	{ "the longest free stretch goes first",
	    { { 0, 10 }, { 30, 40 } }, 100, { RUNNER(70, 75, 80, 1) }, 1,
	    { 10, 0, 0 }, { PARTS_FREE, 0, { 40, 70 } } },
	{ "free bytes go first, however few",
	    { { 0, 10 } }, 1000, { RUNNER(11, 11, 1000, 1) }, 1,
	    { 100, 0, 0 }, { PARTS_FREE, 0, { 10, 11 } } },
	{ "what arrived at a runner is not free",
	    { { 0, 0 } }, 100, { RUNNER(0, 90, 100, 1) }, 1,
	    { 10, 0, 0 }, { PARTS_NONE, 0, { 0, 0 } } },
	{ "alike connections take half each",
	    { { 0, 0 } }, 1000, { RUNNER(0, 200, 1000, 50) }, 1,
	    { 10, 0, 0 }, { PARTS_SPLIT, 0, { 600, 1000 } } },
	{ "no rate is known: half",
	    { { 0, 0 } }, 1000, { RUNNER(0, 0, 1000, 0) }, 1,
	    { 10, 0, 0 }, { PARTS_SPLIT, 0, { 500, 1000 } } },
	{ "one three times as fast takes three quarters",
	    { { 0, 0 } }, 1000, { RUNNER(0, 200, 1000, 50) }, 1,
	    { 10, 0, 150 }, { PARTS_SPLIT, 0, { 400, 1000 } } },
	{ "what arrives while it connects stays the victim's",
	    { { 0, 0 } }, 1000, { RUNNER(0, 200, 1000, 50) }, 1,
	    { 10, 4, 50 }, { PARTS_SPLIT, 0, { 700, 1000 } } },
	{ "the one that ends last is divided, not the one with most left",
	    { { 0, 0 } }, 1000,
	    { RUNNER(0, 0, 600, 600), RUNNER(600, 800, 1000, 20) }, 2,
	    { 10, 0, 20 }, { PARTS_SPLIT, 1, { 900, 1000 } } },
	{ "a piece too small is not taken",
	    { { 0, 0 } }, 1000, { RUNNER(0, 981, 1000, 50) }, 1,
	    { 10, 0, 0 }, { PARTS_NONE, 0, { 0, 0 } } },
	{ "a piece just large enough is",
	    { { 0, 0 } }, 1000, { RUNNER(0, 980, 1000, 50) }, 1,
	    { 10, 0, 0 }, { PARTS_SPLIT, 0, { 990, 1000 } } },
	{ "the victim keeps the smallest piece",
	    { { 0, 0 } }, 1000, { RUNNER(0, 980, 1000, 50) }, 1,
	    { 10, 0, 100 }, { PARTS_NONE, 0, { 0, 0 } } },
	{ "it would end before the new one has begun",
	    { { 0, 0 } }, 1000, { RUNNER(0, 500, 1000, 500) }, 1,
	    { 10, 2, 500 }, { PARTS_NONE, 0, { 0, 0 } } },
	{ "a crawler loses all it has left",
	    { { 0, 0 } }, 1000, { RUNNER(0, 900, 1000, 5) }, 1,
	    { 10, 1, 1000 }, { PARTS_TAKE_OVER, 0, { 900, 1000 } } },
	{ "so does one that stands",
	    { { 0, 0 } }, 1000, { RUNNER(0, 995, 1000, 0) }, 1,
	    { 10, 1, 1000 }, { PARTS_TAKE_OVER, 0, { 995, 1000 } } },
	{ "it is left alone if that is hardly sooner",
	    { { 0, 0 } }, 1000, { RUNNER(0, 900, 1000, 50) }, 1,
	    { 60, 1, 1000 }, { PARTS_NONE, 0, { 0, 0 } } },
	{ "a crawler that has ended has nothing to take",
	    { { 0, 0 } }, 1000, { RUNNER(0, 1000, 1000, 0) }, 1,
	    { 10, 0, 1000 }, { PARTS_NONE, 0, { 0, 0 } } },
	{ "no rate of one's own: nobody is called a crawler",
	    { { 0, 0 } }, 1000, { RUNNER(0, 995, 1000, 0) }, 1,
	    { 10, 1, 0 }, { PARTS_NONE, 0, { 0, 0 } } },
	{ "the largest file there can be",
	    { { 0, 0 } }, INT64_MAX, { RUNNER(0, 0, INT64_MAX, 1e12) }, 1,
	    { MB, 0, 0 }, { PARTS_SPLIT, 0, { INT64_MAX / 2, INT64_MAX } } },
};

static void
check_plan(const struct plan_case *c)
{
	struct ranges here = { 0 };
	struct parts_plan plan;
	size_t i;

	for (i = 0; i < LENGTH(c->here); i++)
		ranges_add(&here, c->here[i].start, c->here[i].end);
	plan = parts_plan(&here, c->total, c->runners, c->count, &c->policy);
	ranges_release(&here);
	if (plan.move != c->plan.move)
		fail_msg("%s: move %d", c->what, plan.move);
	if (plan.move == PARTS_NONE)
		return;
	if (plan.range.end != c->plan.range.end ||
	    plan.range.start != c->plan.range.start)
		fail_msg("%s: %lld-%lld", c->what,
		    (long long)plan.range.start, (long long)plan.range.end);
	if (plan.move != PARTS_FREE)
		assert_int_equal(plan.victim, c->plan.victim);
}

static void
test_plan(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(plan_cases); i++)
		check_plan(&plan_cases[i]);
}

/* The thief of any rate, any setup: both sides end at the same time. */
static void
test_end_together(void **state)
{
	static const double rates[] = { 1e5, 5e5, 2e6, 1e7 };
	struct parts_policy policy = { .min_bytes = 1000 };
	struct ranges here = { 0 };
	struct parts_plan plan;
	double victim_s, thief_s;
	size_t i, j, setup;

	(void)state;
	for (i = 0; i < LENGTH(rates); i++)
	for (j = 0; j < LENGTH(rates); j++)
	for (setup = 0; setup < 3; setup++) {
		struct parts_runner runner = RUNNER(0, MB, 101 * MB, rates[i]);

		policy.rate_bps = rates[j];
		policy.setup_s = (double)setup * 0.2;
		plan = parts_plan(&here, 101 * MB, &runner, 1, &policy);
		assert_int_equal(plan.move, PARTS_SPLIT);
		victim_s = (double)(plan.range.start - MB) / rates[i];
		thief_s = policy.setup_s +
		    (double)(plan.range.end - plan.range.start) / rates[j];
		assert_true(victim_s / thief_s > 0.97 &&
		    victim_s / thief_s < 1.03);
	}
}

/* ---- what to fetch next: at random ---- */

static int64_t
random_below(uint64_t *seed, int64_t limit)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (int64_t)(*seed >> 33) % limit;
}

/* A file of disjoint stretches: here, a runner's, or free. */
static int64_t
random_file(uint64_t *seed, struct ranges *here, struct parts_runner *runners,
    size_t *count)
{
	int64_t at = 0, length, pieces = 1 + random_below(seed, 10);

	*count = 0;
	while (pieces-- > 0) {
		int64_t kind = random_below(seed, 3);

		length = 1 + random_below(seed, 400);
		if (kind == 0) {
			ranges_add(here, at, at + length);
		} else if (kind == 1 && *count < RUNNERS) {
			runners[(*count)++] = (struct parts_runner){
				{ at, at + random_below(seed, length + 1),
				    at + length },
				random_below(seed, 3) ? (double)random_below(
				    seed, 1000) : 0, 0
			};
		}
		at += length;
	}
	return at;
}

static void
check_random_plan(const struct parts_plan *plan, const struct ranges *here,
    int64_t total, const struct parts_runner *runners, size_t count,
    int64_t min_bytes)
{
	const struct haul_range *range = &plan->range;
	struct ranges taken = { 0 };
	int64_t before, length = range->end - range->start;
	size_t i;

	assert_true(range->start >= 0 && length > 0 && range->end <= total);
	ranges_copy(&taken, here);
	for (i = 0; i < count; i++) {
		const struct part *part = &runners[i].part;

		if (plan->move != PARTS_FREE && plan->victim == i) {
			assert_true(range->start >= part->pos);
			assert_int_equal(range->end, part->end);
			if (plan->move == PARTS_SPLIT) {
				assert_true(range->start - part->pos >=
				    min_bytes);
				assert_true(length >= min_bytes);
			}
			ranges_add(&taken, part->start, range->start);
		} else {
			ranges_add(&taken, part->start, part->end);
		}
	}
	before = ranges_bytes(&taken);
	ranges_add(&taken, range->start, range->end);
	assert_int_equal(ranges_bytes(&taken), before + length);
	ranges_release(&taken);
}

static void
test_random_plans(void **state)
{
	struct parts_runner runners[RUNNERS];
	uint64_t seed = 20240508;
	size_t count, moves[4] = { 0 };
	int64_t total;
	int round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		struct ranges here = { 0 };
		struct parts_policy policy;
		struct parts_plan plan;

		total = random_file(&seed, &here, runners, &count);
		policy.min_bytes = 1 + random_below(&seed, 100);
		policy.rate_bps = (double)random_below(&seed, 3) *
		    (double)random_below(&seed, 2000);
		policy.setup_s = (double)random_below(&seed, 30) / 10;
		/* Half of them with nothing free: there the hard choices
		 * are. */
		if (round % 2) {
			struct ranges taken = { 0 };
			struct haul_range gap = { 0, 0 };

			for (size_t i = 0; i < count; i++)
				ranges_add(&taken, runners[i].part.start,
				    runners[i].part.end);
			ranges_clear(&here);
			while (ranges_first_gap(&taken, gap.end, total, &gap))
				ranges_add(&here, gap.start, gap.end);
			ranges_release(&taken);
		}
		plan = parts_plan(&here, total, runners, count, &policy);
		moves[plan.move]++;
		if (plan.move != PARTS_NONE)
			check_random_plan(&plan, &here, total, runners, count,
			    policy.min_bytes);
		ranges_release(&here);
	}
	for (round = PARTS_NONE; round <= PARTS_TAKE_OVER; round++)
		assert_in_range(moves[round], ROUNDS / 100, ROUNDS);
}

/* ---- how many connections: networks of simulated time ---- */

#define TICK_S 0.003
#define NET_MAX 64

struct net {
	double each_bps;        /* what one connection can have; 0: no limit */
	double path_bps;        /* what all can have; 0: no limit */
	double setup_s;         /* from wish to first byte */
	double busy_share;      /* of the time, the engine does not wait */
	int crawler;            /* this one (from 1) brings nearly nothing */
	int most;               /* more never come; 0: all do */

	struct splitter splitter;
	struct splitter_view view;
	double born_s[NET_MAX]; /* when it was wished for */
	int wanted;
	double fetched;
	double more_than_one_s; /* time spent above one connection */
	int changes;            /* of the wanted number */
};

static void
net_begin(struct net *net, int max, int64_t bytes)
{
	net->view = (struct splitter_view){
		.now_s = 1000, .left_bytes = bytes, .running = 1, .max = max,
		.slowest_share = 1, .setup_s = net->setup_s,
	};
	net->wanted = 1;
	net->born_s[0] = net->view.now_s - net->setup_s;
	splitter_init(&net->splitter, &net->view);
}

/* Who is there, what they bring in one tick, and how alike they are. */
static double
net_flow(struct net *net)
{
	double each = net->each_bps > 0 ? net->each_bps : 1e9;
	int i, running = 0;
	bool lame = false;

	for (i = 0; i < net->wanted && (net->most == 0 || i < net->most); i++)
		if (net->view.now_s - net->born_s[i] >= net->setup_s) {
			running++;
			lame = lame || i + 1 == net->crawler;
		}
	net->view.running = running;
	if (net->path_bps > 0 && each * running > net->path_bps)
		each = net->path_bps / running;
	net->view.slowest_share = lame && running > 1 ? 0.01 : 1;
	return lame ? each * (running - 0.99) : each * running;
}

static void
net_tick(struct net *net)
{
	double flow = net_flow(net);
	int target, i;

	net->fetched += flow * TICK_S;
	net->view.now_s += TICK_S;
	net->view.idle_s += TICK_S * (1 - net->busy_share);
	net->view.left_bytes -= (int64_t)(flow * TICK_S);
	net->view.fetched_bytes = (int64_t)net->fetched;
	if (net->wanted > 1)
		net->more_than_one_s += TICK_S;
	target = splitter_step(&net->splitter, &net->view);
	assert_in_range(target, 1, net->view.max);
	net->changes += target != net->wanted;
	for (i = net->wanted; i < target; i++)
		net->born_s[i] = net->view.now_s;
	net->wanted = target;
}

static void
net_run(struct net *net, double seconds)
{
	double end_s = net->view.now_s + seconds;

	while (net->view.now_s < end_s)
		net_tick(net);
}

/* Seconds until so many are wanted, or more than limit_s. */
static double
net_time_to(struct net *net, int wanted, double limit_s)
{
	double began_s = net->view.now_s;

	while (net->wanted != wanted &&
	    net->view.now_s - began_s <= limit_s)
		net_tick(net);
	return net->view.now_s - began_s;
}

static void
test_each_limited(void **state)
{
	static const int maxima[] = { 2, 3, 5, 16, 64 };
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(maxima); i++) {
		struct net net = { .each_bps = 5e6, .setup_s = 0.001 };

		net_begin(&net, maxima[i], 1000 * MB);
		assert_true(net_time_to(&net, maxima[i], 1) < 0.1);
		net_run(&net, 5);
		assert_int_equal(net.wanted, maxima[i]);
	}
}

/* A long way off: as many round trips as there are steps, and no more. */
static void
test_far_away(void **state)
{
	struct net net = { .each_bps = 5e6, .setup_s = 0.2 };

	(void)state;
	net_begin(&net, 5, 1000 * MB);
	assert_true(net_time_to(&net, 5, 3) < 0.6);
	net_run(&net, 20);
	assert_int_equal(net.wanted, 5);
}

static void
test_bottleneck(void **state)
{
	struct net net = { .path_bps = 10e6, .setup_s = 0.01 };

	(void)state;
	net_begin(&net, 5, 100000 * MB);
	net_run(&net, 1);
	assert_int_equal(net.wanted, 1);
	assert_in_range(net.changes, 2, 2);
	net.more_than_one_s = 0;
	net.changes = 0;
	net_run(&net, 120);
	/* Pauses of 1, 2, 4 ... 30 s: some eight tries in two minutes. */
	assert_in_range(net.changes, 6, 24);
	assert_true(net.more_than_one_s < 120 * 0.05);
	assert_int_equal(net.wanted, 1);
}

/* Two of them fill the path: it stays near what helps. */
static void
test_two_fill_the_path(void **state)
{
	struct net net = { .each_bps = 5e6, .path_bps = 20e6,
	    .setup_s = 0.01 };

	(void)state;
	net_begin(&net, 16, 100000 * MB);
	net_run(&net, 2);
	assert_in_range(net.wanted, 4, 16);
	net_run(&net, 60);
	assert_true(net.fetched > 0.95 * 62 * 20e6);
	assert_true(net.changes < 30);
}

static void
test_busy(void **state)
{
	struct net net = { .each_bps = 1e9, .busy_share = 1 };

	(void)state;
	net_begin(&net, 16, 1000000 * MB);
	net_run(&net, 30);
	assert_int_equal(net.wanted, 1);
	assert_int_equal(net.changes, 0);
	/* It has time again: now it is the network. */
	net.busy_share = 0;
	net.each_bps = 5e6;
	assert_true(net_time_to(&net, 16, 2) < 0.5);
}

static void
test_crawler(void **state)
{
	int which;

	(void)state;
	for (which = 2; which <= 5; which++) {
		struct net net = { .each_bps = 1e6, .setup_s = 0.05,
		    .crawler = which };

		net_begin(&net, 16, 100 * MB);
		assert_true(net_time_to(&net, 16, 3) < 1);
		net_run(&net, 3);
		assert_int_equal(net.wanted, 16);
	}
}

/* The only newcomer crawls: that says nothing against another. */
static void
test_lone_crawler(void **state)
{
	struct net net = { .each_bps = 1e6, .setup_s = 0.05, .crawler = 2 };

	(void)state;
	net_begin(&net, 2, 100 * MB);
	net_run(&net, 1);
	assert_int_equal(net.wanted, 2);
	net_run(&net, 10);
	assert_int_equal(net.wanted, 2);
}

static void
test_ends_soon(void **state)
{
	struct net net = { .each_bps = 20e6, .setup_s = 0.05 };

	(void)state;
	net_begin(&net, 16, 2 * MB);
	net_run(&net, 0.1);
	assert_int_equal(net.wanted, 1);
}

static void
test_lowered(void **state)
{
	struct net net = { .each_bps = 5e6, .setup_s = 0.01 };

	(void)state;
	net_begin(&net, 16, 100000 * MB);
	net_run(&net, 1);
	assert_int_equal(net.wanted, 16);
	net.view.max = 3;
	net_tick(&net);
	assert_int_equal(net.wanted, 3);
	net_run(&net, 30);
	assert_int_equal(net.wanted, 3);
	net.view.max = 1;
	net_tick(&net);
	assert_int_equal(net.wanted, 1);
}

/* In the middle of a step, and before the first. */
static void
test_lowered_while_judging(void **state)
{
	int ticks, i;

	(void)state;
	for (ticks = 0; ticks < 40; ticks++) {
		struct net net = { .each_bps = 5e6, .setup_s = 0.02 };

		net_begin(&net, 64, 100000 * MB);
		for (i = 0; i < ticks; i++)
			net_tick(&net);
		net.view.max = 2;
		net_run(&net, 0.5);
		assert_int_equal(net.wanted, 2);
	}
}

/* What a host bears is learned anew, and other files end: a file that was
 * held to one connection must not stay there for good. */
static void
test_raised(void **state)
{
	struct net net = { .each_bps = 5e6, .setup_s = 0.01 };

	(void)state;
	net_begin(&net, 1, 100000 * MB);
	net_run(&net, 5);
	assert_int_equal(net.wanted, 1);
	net.view.max = 5;
	assert_true(net_time_to(&net, 5, 60) < 5);
	net.view.max = 2;
	net_run(&net, 5);
	assert_int_equal(net.wanted, 2);
	net.view.max = 5;
	assert_true(net_time_to(&net, 5, 60) < 10);
}

static void
test_never_come(void **state)
{
	struct net net = { .each_bps = 5e6, .setup_s = 0.01, .most = 3 };

	(void)state;
	net_begin(&net, 16, 100000 * MB);
	net_run(&net, 1);
	assert_int_equal(net.wanted, 4);
	net_run(&net, 4.5);
	assert_int_equal(net.wanted, 3);
	assert_int_equal(net.view.running, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "what to fetch next, by hand", test_plan,
		    NULL, NULL, NULL },
		{ "both sides of a split end together", test_end_together,
		    NULL, NULL, NULL },
		{ "a plan never touches what is another's",
		    test_random_plans, NULL, NULL, NULL },
		{ "limited connections: as many as allowed, at once",
		    test_each_limited, NULL, NULL, NULL },
		{ "far away it takes few round trips", test_far_away,
		    NULL, NULL, NULL },
		{ "one bottleneck: back to one, tried ever more rarely",
		    test_bottleneck, NULL, NULL, NULL },
		{ "a path filled by some stays filled",
		    test_two_fill_the_path, NULL, NULL, NULL },
		{ "a busy engine stays at one", test_busy,
		    NULL, NULL, NULL },
		{ "one crawler among newcomers holds nothing up",
		    test_crawler, NULL, NULL, NULL },
		{ "a lone crawler is no verdict", test_lone_crawler,
		    NULL, NULL, NULL },
		{ "a file that ends soon is left alone", test_ends_soon,
		    NULL, NULL, NULL },
		{ "fewer allowed: fewer at once", test_lowered,
		    NULL, NULL, NULL },
		{ "fewer allowed in the middle of a step",
		    test_lowered_while_judging, NULL, NULL, NULL },
		{ "more allowed again: taken up again", test_raised,
		    NULL, NULL, NULL },
		{ "connections that never come are given up",
		    test_never_come, NULL, NULL, NULL },
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("parts", tests, NULL, NULL);
}
