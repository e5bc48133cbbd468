/* SPDX-License-Identifier: MIT
 *
 * Two decisions, both free of clocks and sockets so that they can be tested
 * by tables: what a connection shall fetch, and how many there shall be.
 *
 * DESIGN: on a fast path one connection fills the engine's thread, and a
 * second one only costs; where the network is the limit, each further one may
 * bring its own rate. The difference shows in the engine's idle time, within
 * milliseconds and without touching the network: an engine that never waits
 * cannot take more bytes. Only where it waits are connections added, four times
 * as many each step, and only as long as the sum grows.
 */
#include "config.h"

#include "parts.h"

/* ---- what to fetch next ---- */

static int64_t
parts_left(const struct parts_runner *runner)
{
	return runner->part.end - runner->part.pos;
}

static double
parts_time_left(const struct parts_runner *runner)
{
	double rate = runner->rate_bps > 1 ? runner->rate_bps : 1;

	return (double)parts_left(runner) / rate;
}

/* All that is here or promised to a runner; the rest is free. */
static bool
parts_free_gap(const struct ranges *here, int64_t total,
    const struct parts_runner *runners, size_t count, struct haul_range *gap)
{
	struct ranges taken;
	size_t i;
	bool found;

	ranges_init(&taken);
	ranges_copy(&taken, here);
	for (i = 0; i < count; i++)
		ranges_add(&taken, runners[i].part.start, runners[i].part.end);
	found = ranges_longest_gap(&taken, 0, total, gap);
	ranges_release(&taken);
	return found;
}

static size_t
parts_last_to_end(const struct parts_runner *runners, size_t count)
{
	size_t i, last = 0;

	for (i = 1; i < count; i++)
		if (parts_time_left(&runners[i]) >
		    parts_time_left(&runners[last]))
			last = i;
	return last;
}

/* How many of the victim's remaining bytes the thief should take so that both
 * end at the same time; the thief loses setup_s first. */
static int64_t
parts_share(const struct parts_runner *victim,
    const struct parts_policy *policy)
{
	double mine = policy->rate_bps > 0 ? policy->rate_bps :
	    victim->rate_bps;
	double sum = mine + victim->rate_bps;
	double left = (double)parts_left(victim);

	if (sum <= 0)
		return parts_left(victim) / 2;
	left -= victim->rate_bps * policy->setup_s;
	return left <= 0 ? 0 : (int64_t)(left * mine / sum);
}

/* Whether a fresh connection would fetch all that is left, setup and all, in
 * less than half the time the victim needs. */
static bool
parts_victim_crawls(const struct parts_runner *victim,
    const struct parts_policy *policy)
{
	double mine;

	if (policy->rate_bps <= 0)
		return false;
	mine = policy->setup_s + (double)parts_left(victim) / policy->rate_bps;
	return parts_time_left(victim) > 2 * mine + 0.05;
}

struct parts_plan
parts_plan(const struct ranges *here, int64_t total,
    const struct parts_runner *runners, size_t count,
    const struct parts_policy *policy)
{
	struct parts_plan plan = { .move = PARTS_NONE };
	const struct parts_runner *victim;
	int64_t share;

	if (parts_free_gap(here, total, runners, count, &plan.range)) {
		plan.move = PARTS_FREE;
		return plan;
	}
	if (count == 0)
		return plan;
	plan.victim = parts_last_to_end(runners, count);
	victim = &runners[plan.victim];
	share = parts_share(victim, policy);
	plan.range.end = victim->part.end;
	if (share >= policy->min_bytes &&
	    parts_left(victim) - share >= policy->min_bytes) {
		plan.range.start = victim->part.end - share;
		plan.move = PARTS_SPLIT;
	} else if (parts_left(victim) > 0 &&
	    parts_victim_crawls(victim, policy)) {
		plan.range.start = victim->part.pos;
		plan.move = PARTS_TAKE_OVER;
	}
	return plan;
}

/* ---- how many connections ---- */

#define SPLITTER_SKIP_S 0.002   /* first bytes come out of buffers: no rate */
#define SPLITTER_WARM_S 0.008   /* then measure this long */
#define SPLITTER_WINDOW_S 0.012 /* shortest window to judge a step by */
#define SPLITTER_DOUBT_S 0.4    /* no gain for so long: it does not help */
#define SPLITTER_CONNECT_S 5.0  /* a step whose connections do not come */
#define SPLITTER_IDLE_MIN 0.25  /* below this share the thread is the limit */
#define SPLITTER_WORTH_S 0.08   /* ends sooner anyway: leave it */
#define SPLITTER_GROWTH 4       /* so many times as many each step */
#define SPLITTER_HOLD_S 1.0
#define SPLITTER_HOLD_MAX_S 30.0
#define SPLITTER_LAME 0.3       /* a connection so much below its siblings
                                   tells nothing of the path's limit */

static void
splitter_mark(struct splitter *s, const struct splitter_view *view)
{
	s->mark_s = view->now_s;
	s->mark_bytes = view->fetched_bytes;
	s->mark_idle_s = view->idle_s;
}

static double
splitter_rate(const struct splitter *s, const struct splitter_view *view)
{
	double span = view->now_s - s->mark_s;

	if (span <= 0)
		return 0;
	return (double)(view->fetched_bytes - s->mark_bytes) / span;
}

static bool
splitter_engine_is_busy(const struct splitter *s,
    const struct splitter_view *view)
{
	double span = view->now_s - s->mark_s;

	return view->idle_s - s->mark_idle_s < span * SPLITTER_IDLE_MIN;
}

static void
splitter_grow(struct splitter *s, const struct splitter_view *view,
    int from, double rate)
{
	s->base_count = from;
	s->base_rate = rate;
	s->target = from * SPLITTER_GROWTH < view->max ?
	    from * SPLITTER_GROWTH : view->max;
	s->phase = s->target > from ? SPLITTER_JUDGE : SPLITTER_FULL;
	s->step_s = view->now_s;
	s->counting = false;
	splitter_mark(s, view);
}

static void
splitter_hold(struct splitter *s, const struct splitter_view *view, int target)
{
	s->target = target;
	s->phase = SPLITTER_HOLD;
	s->step_s = view->now_s;
	s->hold_s = s->hold_s * 2 < SPLITTER_HOLD_MAX_S ? s->hold_s * 2 :
	    SPLITTER_HOLD_MAX_S;
	splitter_mark(s, view);
}

void
splitter_init(struct splitter *s, const struct splitter_view *view)
{
	s->phase = SPLITTER_WARM;
	s->target = s->base_count = 1;
	s->base_rate = 0;
	s->hold_s = SPLITTER_HOLD_S / 2;
	s->step_s = view->now_s;
	s->counting = false;
	splitter_mark(s, view);
}

static void
splitter_warm(struct splitter *s, const struct splitter_view *view)
{
	double rate;

	if (!s->counting) {
		if (view->now_s - s->step_s < SPLITTER_SKIP_S)
			return;
		s->counting = true;
		splitter_mark(s, view);
		return;
	}
	if (view->now_s - s->mark_s < SPLITTER_WARM_S)
		return;
	rate = splitter_rate(s, view);
	if (splitter_engine_is_busy(s, view)) {
		splitter_mark(s, view);
		return;
	}
	if (rate > 0 && (double)view->left_bytes / rate <
	    SPLITTER_WORTH_S + 2 * view->setup_s)
		return;
	splitter_grow(s, view, 1, rate);
}

/* Whether the window shows that the step paid: a quarter of what it would
 * bring if each connection had a rate of its own. A step whose newcomer
 * crawls beside good siblings says nothing against another. */
static bool
splitter_gained(const struct splitter *s, const struct splitter_view *view)
{
	double ideal = (double)s->target / s->base_count - 1;
	double rate = splitter_rate(s, view);

	if (rate >= s->base_rate * (1 + ideal / 4))
		return true;
	return view->slowest_share < SPLITTER_LAME &&
	    rate >= s->base_rate * 0.85;
}

static void
splitter_judge(struct splitter *s, const struct splitter_view *view)
{
	double span = view->now_s - s->mark_s;
	double window = view->setup_s > SPLITTER_WINDOW_S ? view->setup_s :
	    SPLITTER_WINDOW_S;

	if (!s->counting) {
		if (view->now_s - s->step_s > SPLITTER_CONNECT_S)
			splitter_hold(s, view, view->running > 0 ?
			    view->running : 1);
		if (view->running < s->target)
			return;
		s->counting = true;
		splitter_mark(s, view);
		return;
	}
	if (span < window)
		return;
	if (splitter_gained(s, view)) {
		if (!splitter_engine_is_busy(s, view))
			splitter_grow(s, view, s->target,
			    splitter_rate(s, view));
		else if (span > SPLITTER_DOUBT_S)
			splitter_hold(s, view, s->target);
	} else if (span > SPLITTER_DOUBT_S + 2 * view->setup_s) {
		splitter_hold(s, view, s->base_count);
	}
}

static void
splitter_pause(struct splitter *s, const struct splitter_view *view)
{
	double rate = splitter_rate(s, view);

	if (view->now_s - s->step_s < s->hold_s)
		return;
	if (splitter_engine_is_busy(s, view) || s->target >= view->max ||
	    (double)view->left_bytes < rate * 2)
		splitter_hold(s, view, s->target);
	else
		splitter_grow(s, view, s->target, rate);
}

int
splitter_step(struct splitter *s, const struct splitter_view *view)
{
	if (s->target > view->max) {
		s->target = view->max;
		s->phase = SPLITTER_FULL;
	}
	switch (s->phase) {
	case SPLITTER_WARM:
		splitter_warm(s, view);
		break;
	case SPLITTER_JUDGE:
		splitter_judge(s, view);
		break;
	case SPLITTER_HOLD:
		splitter_pause(s, view);
		break;
	case SPLITTER_FULL:
		/* More is allowed than before: see, after a pause. */
		if (s->target < view->max)
			splitter_hold(s, view, s->target);
		break;
	}
	return s->target;
}
