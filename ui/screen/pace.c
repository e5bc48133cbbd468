/* SPDX-License-Identifier: MIT
 *
 * See pace.h. The rate is measured by frames that are large enough to tell
 * something; small ones measure how far away the terminal is.
 */
#include "config.h"

#include "pace.h"

#include <limits.h>
#include <string.h>

#define PACE_FIRST_MS   2000    /* no answer by then: it never answers */
#define PACE_MORE_MS    2000    /* beyond four times what is expected */
#define PACE_MOST_MS    60000
#define PACE_MISSES     3       /* in a row: it answers no more */
#define PACE_LEAST      256     /* of a frame, however slow the line is */

void
pace_init(struct pace *pace, bool on)
{
	memset(pace, 0, sizeof *pace);
	pace->on = on;
}

void
pace_forget(struct pace *pace)
{
	pace->count = 0;
}

static int
pace_outstanding(const struct pace *pace)
{
	int64_t sum = 0;
	size_t i;

	for (i = 0; i < pace->count; i++)
		sum += pace->asked[i].cost;
	return sum < INT_MAX ? (int)sum : INT_MAX;
}

static void
pace_drop_oldest(struct pace *pace)
{
	pace->count--;
	memmove(pace->asked, pace->asked + 1, pace->count *
	    sizeof *pace->asked);
}

void
pace_ask(struct pace *pace, int cost, int64_t now_ms)
{
	if (pace->count == PACE_ASKED)
		pace_drop_oldest(pace);
	pace->asked[pace->count++] = (struct pace_question){ now_ms, cost };
}

static void
pace_measure(struct pace *pace, const struct pace_question *question,
    int64_t now_ms)
{
	int64_t from = question->asked_ms > pace->answered_ms ?
	    question->asked_ms : pace->answered_ms;
	int64_t ms = now_ms > from ? now_ms - from : 1;
	int64_t rate = question->cost * INT64_C(1000) / ms;

	if (rate > INT_MAX / 2)
		rate = INT_MAX / 2;
	if (rate > pace->rate)
		pace->rate = (int)rate;
	else if (question->cost >= pace->rate / 4)
		pace->rate = (int)((pace->rate + rate) / 2);
}

void
pace_answer(struct pace *pace, int64_t now_ms)
{
	pace->missed = 0;
	if (pace->count == 0)
		return;
	/* The first one followed nothing but a few modes. */
	if (pace->told)
		pace_measure(pace, &pace->asked[0], now_ms);
	pace->told = true;
	pace->answered_ms = now_ms;
	pace_drop_oldest(pace);
}

/* How long the oldest answer may take. */
static int64_t
pace_patience(const struct pace *pace)
{
	int64_t ms;

	if (!pace->told)
		return PACE_FIRST_MS;
	if (pace->rate < 1)
		return PACE_MOST_MS;
	ms = PACE_MORE_MS + pace_outstanding(pace) * INT64_C(4000) /
	    pace->rate;
	return ms < PACE_MOST_MS ? ms : PACE_MOST_MS;
}

/* What comes no more is not waited for; returns what the rest may take. */
static int64_t
pace_expire(struct pace *pace, int64_t now_ms)
{
	int64_t rest;

	while (pace->count > 0) {
		rest = pace->asked[0].asked_ms + pace_patience(pace) - now_ms;
		if (rest > 0)
			return rest;
		pace_drop_oldest(pace);
		if (!pace->told || ++pace->missed >= PACE_MISSES) {
			pace->on = false;
			pace->count = 0;
		}
	}
	return 0;
}

int
pace_wait_ms(struct pace *pace, bool urgent, int64_t now_ms)
{
	int64_t rest = pace_expire(pace, now_ms);

	/* Until it has answered once, nothing is held back for it. */
	if (!pace->on || !pace->told)
		return 0;
	if (urgent && pace->rate > 0 &&
	    pace_outstanding(pace) <= pace->rate / 2)
		return 0;
	return (int)rest;
}

int
pace_budget(const struct pace *pace)
{
	if (!pace->on || !pace->told || pace->rate == 0)
		return INT_MAX;
	return pace->rate > PACE_LEAST ? pace->rate : PACE_LEAST;
}
