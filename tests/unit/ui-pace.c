/* SPDX-License-Identifier: MIT
 *
 * pace: a terminal that never answers is sent all; one that answers gets the
 * next frame after its answer, and no more at once than a second's worth; a
 * key waits less; an answer that is lost holds nothing up for good.
 */
#include "config.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ui/screen/pace.h"

static struct pace pace;

/* Has answered once, and drawn a frame of so much in so many ms. */
static int64_t
measured(int cost, int64_t ms)
{
	pace_init(&pace, true);
	pace_ask(&pace, 50, 0);
	pace_answer(&pace, 20);
	pace_ask(&pace, cost, 100);
	pace_answer(&pace, 100 + ms);
	return 100 + ms;
}

static void
what_is_off_never_waits(void **state)
{
	(void)state;
	pace_init(&pace, false);
	assert_int_equal(pace_wait_ms(&pace, false, 0), 0);
	assert_int_equal(pace_budget(&pace), INT_MAX);
}

static void
one_that_never_answers_is_sent_all(void **state)
{
	(void)state;
	pace_init(&pace, true);
	pace_ask(&pace, 50, 0);
	pace_ask(&pace, 4000, 10);
	assert_int_equal(pace_wait_ms(&pace, false, 100), 0);
	assert_int_equal(pace_budget(&pace), INT_MAX);
	assert_true(pace.on);
	assert_int_equal(pace_wait_ms(&pace, false, 2000), 0);
	assert_false(pace.on);
	/* Whatever comes now. */
	pace_answer(&pace, 2100);
	assert_int_equal(pace_wait_ms(&pace, false, 2200), 0);
	assert_false(pace.on);
}

static void
a_frame_waits_for_the_answer_to_the_last(void **state)
{
	int64_t now = measured(3000, 100);

	(void)state;
	assert_int_equal(pace_wait_ms(&pace, false, now), 0);
	pace_ask(&pace, 800, now);
	assert_true(pace_wait_ms(&pace, false, now + 1) > 1000);
	pace_answer(&pace, now + 40);
	assert_int_equal(pace_wait_ms(&pace, false, now + 40), 0);
}

static void
a_frame_is_a_seconds_worth(void **state)
{
	(void)state;
	measured(3000, 10000);
	assert_int_equal(pace_budget(&pace), 300);
	measured(3000, 100);
	assert_int_equal(pace_budget(&pace), 30000);
	measured(100, 10000);
	assert_int_equal(pace_budget(&pace), 256);
}

static void
a_key_waits_for_half_a_second_at_most(void **state)
{
	int64_t now = measured(3000, 10000);

	(void)state;
	pace_ask(&pace, 150, now);
	assert_int_equal(pace_wait_ms(&pace, true, now), 0);
	assert_true(pace_wait_ms(&pace, false, now) > 0);
	pace_ask(&pace, 150, now);
	assert_true(pace_wait_ms(&pace, true, now) > 0);
	pace_answer(&pace, now + 500);
	assert_int_equal(pace_wait_ms(&pace, true, now + 500), 0);
}

static void
small_frames_do_not_make_a_far_terminal_a_slow_one(void **state)
{
	int64_t now = measured(3000, 300);
	int i;

	(void)state;
	for (i = 0; i < 20; i++, now += 1000) {
		pace_ask(&pace, 40, now);
		pace_answer(&pace, now + 300);
	}
	assert_int_equal(pace_budget(&pace), 10000);
}

static void
a_line_that_becomes_slow_is_noticed(void **state)
{
	int64_t now = measured(3000, 100);
	int i;

	(void)state;
	for (i = 0; i < 12; i++) {
		pace_ask(&pace, pace_budget(&pace), now);
		now += pace_budget(&pace) * INT64_C(1000) / 300;
		pace_answer(&pace, now);
	}
	assert_in_range(pace_budget(&pace), 256, 320);
}

static void
answers_that_are_lost_end_it(void **state)
{
	int64_t now = measured(3000, 100);
	int i, wait;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_true(pace.on);
		pace_ask(&pace, 100, now);
		wait = pace_wait_ms(&pace, false, now);
		assert_in_range(wait, 2000, 3000);
		now += wait;
		assert_int_equal(pace_wait_ms(&pace, false, now), 0);
	}
	assert_false(pace.on);
}

static void
more_questions_than_are_kept(void **state)
{
	int i;

	(void)state;
	measured(3000, 100);
	for (i = 0; i < 3 * PACE_ASKED; i++)
		pace_ask(&pace, 10, 500);
	for (i = 0; i < 3 * PACE_ASKED; i++)
		pace_answer(&pace, 600);
	assert_int_equal(pace_wait_ms(&pace, false, 600), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_off_never_waits),
		cmocka_unit_test(one_that_never_answers_is_sent_all),
		cmocka_unit_test(a_frame_waits_for_the_answer_to_the_last),
		cmocka_unit_test(a_frame_is_a_seconds_worth),
		cmocka_unit_test(a_key_waits_for_half_a_second_at_most),
		cmocka_unit_test(
		    small_frames_do_not_make_a_far_terminal_a_slow_one),
		cmocka_unit_test(a_line_that_becomes_slow_is_noticed),
		cmocka_unit_test(answers_that_are_lost_end_it),
		cmocka_unit_test(more_questions_than_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
