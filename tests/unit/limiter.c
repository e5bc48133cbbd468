/* SPDX-License-Identifier: MIT
 *
 * limiter.c:
 * - without a limit there is nothing to wait for, whatever was spent
 * - a debt is waited for, and paid by then
 * - over ten seconds the rate is exact, for reads of every size
 * - time without reading saves up no more than a short burst
 * - a read larger than a second's worth is made good by waiting
 * - the limit may change, rise, fall and go in the middle
 * - only a debt of some length stops a read that is under way
 * - the size of a read follows the rate within bounds
 */
#include "config.h"

#include "engine/net/limiter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#define TIME_LIMIT_S 60
#define MB 1000000

static void
expect_between(double value, double low, double high)
{
	if (value < low || value > high)
		print_error("%g is not within %g and %g\n", value, low, high);
	assert_true(value >= low && value <= high);
}

/* Reads as fast as the limiter lets, from now_s until end_s. */
static double
bytes_a_second(struct limiter *limiter, double now_s, double end_s,
    int64_t read_size)
{
	double began_s = now_s, wait;
	int64_t bytes = 0;

	while (now_s < end_s) {
		wait = limiter_wait_s(limiter, now_s);
		if (wait > 0) {
			now_s += wait;
			continue;
		}
		limiter_spend(limiter, read_size);
		bytes += read_size;
		now_s += 1e-6;
	}
	return (double)bytes / (now_s - began_s);
}

static void
test_no_limit(void **state)
{
	struct limiter limiter;

	(void)state;
	limiter_set(&limiter, 0, 100);
	assert_true(limiter_wait_s(&limiter, 100) <= 0);
	limiter_spend(&limiter, INT64_MAX);
	limiter_spend(&limiter, INT64_MAX);
	assert_true(limiter_wait_s(&limiter, 100) <= 0);
	assert_int_equal(limiter_read_size(&limiter), 0);
}

static void
test_debt(void **state)
{
	struct limiter limiter;
	double wait;

	(void)state;
	limiter_set(&limiter, MB, 5);
	limiter_wait_s(&limiter, 5.04);
	limiter_spend(&limiter, MB / 2);
	wait = limiter_wait_s(&limiter, 5.04);
	expect_between(wait, 0.46, 0.55);
	assert_true(limiter_wait_s(&limiter, 5.04 + wait / 2) > 0);
	assert_true(limiter_wait_s(&limiter, 5.04 + wait + 1e-6) <= 0);
}

static void
test_exact(void **state)
{
	static const int64_t sizes[] = {
		1000, 16384, 65536, 300000, MB, 3 * MB
	};
	struct limiter limiter;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		limiter_set(&limiter, 10 * MB, 50);
		expect_between(bytes_a_second(&limiter, 50, 60, sizes[i]),
		    9.7 * MB, 10.3 * MB);
	}
	limiter_set(&limiter, 1000, 50);
	expect_between(bytes_a_second(&limiter, 50, 60, 1024), 890, 1110);
}

static void
test_burst(void **state)
{
	struct limiter limiter;
	int64_t bytes = 0;

	(void)state;
	limiter_set(&limiter, 10 * MB, 0);
	while (limiter_wait_s(&limiter, 3600) <= 0) {
		limiter_spend(&limiter, 1000);
		bytes += 1000;
	}
	assert_in_range(bytes, 1, MB);
}

static void
test_large_read(void **state)
{
	struct limiter limiter;

	(void)state;
	limiter_set(&limiter, MB, 0);
	limiter_wait_s(&limiter, 1);
	limiter_spend(&limiter, 20 * MB);
	expect_between(limiter_wait_s(&limiter, 1), 19.9, 20.1);
	expect_between(limiter_wait_s(&limiter, 11), 9.9, 10.1);
}

static void
test_change(void **state)
{
	struct limiter limiter;

	(void)state;
	limiter_set(&limiter, MB, 0);
	expect_between(bytes_a_second(&limiter, 0, 5, 4096),
	    0.97 * MB, 1.03 * MB);
	limiter_set(&limiter, 20 * MB, 6);
	expect_between(bytes_a_second(&limiter, 6, 11, 4096),
	    19.4 * MB, 20.6 * MB);
	limiter_set(&limiter, 2 * MB, 12);
	expect_between(bytes_a_second(&limiter, 12, 17, 4096),
	    1.94 * MB, 2.06 * MB);
	limiter_spend(&limiter, 100 * MB);
	limiter_set(&limiter, 0, 18);
	assert_true(limiter_wait_s(&limiter, 18) <= 0);
}

static void
test_overdrawn(void **state)
{
	struct limiter limiter;

	(void)state;
	limiter_set(&limiter, MB, 0);
	assert_false(limiter_is_overdrawn(&limiter));
	limiter_spend(&limiter, MB / 1000);
	assert_false(limiter_is_overdrawn(&limiter));
	limiter_spend(&limiter, MB / 2);
	assert_true(limiter_is_overdrawn(&limiter));
	limiter_wait_s(&limiter, 1);
	assert_false(limiter_is_overdrawn(&limiter));
	limiter_set(&limiter, 0, 1);
	limiter_spend(&limiter, INT64_MAX);
	assert_false(limiter_is_overdrawn(&limiter));
}

static void
test_read_size(void **state)
{
	struct limiter limiter;
	int64_t size, first, last = 0, rate;

	(void)state;
	limiter_set(&limiter, 1, 0);
	first = limiter_read_size(&limiter);
	for (rate = 1; rate < INT64_MAX / 4; rate *= 4) {
		limiter_set(&limiter, rate, 0);
		size = limiter_read_size(&limiter);
		assert_in_range(size, 512, 65536);
		assert_true(size >= last);
		/* Not a tenth of a second's worth, once that is much. */
		assert_true(size == first || size <= rate / 10);
		last = size;
	}
	assert_true(last > first);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "without a limit nothing waits", test_no_limit,
		    NULL, NULL, NULL },
		{ "a debt is waited for", test_debt, NULL, NULL, NULL },
		{ "over ten seconds the rate is exact", test_exact,
		    NULL, NULL, NULL },
		{ "an idle hour saves up only a short burst", test_burst,
		    NULL, NULL, NULL },
		{ "a very large read is made good", test_large_read,
		    NULL, NULL, NULL },
		{ "the limit may change in the middle", test_change,
		    NULL, NULL, NULL },
		{ "only a debt of some length stops a read", test_overdrawn,
		    NULL, NULL, NULL },
		{ "the size of a read follows the rate", test_read_size,
		    NULL, NULL, NULL },
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("limiter", tests, NULL, NULL);
}
