/* SPDX-License-Identifier: MIT
 *
 * ranges.c:
 * - an empty set has no bytes and covers only the empty range
 * - an empty or backward range changes nothing
 * - neighbours that touch become one range, others stay apart
 * - a range added over several swallows them
 * - only what one range holds is covered
 * - the first gap is cut at both ends of the window
 * - the longest gap is the first of several
 * - positions up to the largest file offset work
 * - a copy is independent, clearing and releasing leave the set usable
 * - joining keeps the widest gaps, and the ends, within any bound
 * - thousands of random changes agree with an array of one flag a byte
 */
#include "config.h"

#include "engine/base/ranges.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define TIME_LIMIT_S 60
#define UNIVERSE 64
#define ROUNDS 20000

static void
expect_list(const struct haul_range *list, size_t count,
    const struct haul_range *wanted, size_t wanted_count)
{
	size_t i;

	assert_int_equal(count, wanted_count);
	for (i = 0; i < count; i++) {
		assert_int_equal(list[i].start, wanted[i].start);
		assert_int_equal(list[i].end, wanted[i].end);
	}
}

#define EXPECT(r, ...) do { \
	const struct haul_range wanted_[] = { __VA_ARGS__ }; \
	expect_list((r)->list, (r)->count, wanted_, \
	    sizeof wanted_ / sizeof *wanted_); \
} while (0)

static void
test_empty(void **state)
{
	struct ranges r = { 0 };
	struct haul_range gap;

	(void)state;
	assert_int_equal(ranges_bytes(&r), 0);
	assert_true(ranges_cover(&r, 5, 5));
	assert_false(ranges_cover(&r, 5, 6));
	assert_true(ranges_first_gap(&r, 3, 9, &gap));
	expect_list(&gap, 1, &(struct haul_range){ 3, 9 }, 1);
	assert_false(ranges_first_gap(&r, 9, 9, &gap));
	assert_false(ranges_longest_gap(&r, 9, 3, &gap));
	assert_int_equal(ranges_coalesce(&r, &gap, 1), 0);
	ranges_release(&r);
}

static void
test_nothing(void **state)
{
	struct ranges r;

	(void)state;
	ranges_init(&r);
	ranges_add(&r, 4, 4);
	ranges_add(&r, 9, 2);
	assert_int_equal(r.count, 0);
	ranges_add(&r, 0, 10);
	ranges_add(&r, 20, 20);
	EXPECT(&r, { 0, 10 });
	ranges_release(&r);
}

static void
test_touch(void **state)
{
	struct ranges r = { 0 };

	(void)state;
	ranges_add(&r, 10, 20);
	ranges_add(&r, 20, 30);
	ranges_add(&r, 5, 10);
	EXPECT(&r, { 5, 30 });
	ranges_add(&r, 31, 32);
	ranges_add(&r, 1, 4);
	EXPECT(&r, { 1, 4 }, { 5, 30 }, { 31, 32 });
	ranges_add(&r, 4, 5);
	EXPECT(&r, { 1, 30 }, { 31, 32 });
	assert_int_equal(ranges_bytes(&r), 30);
	ranges_release(&r);
}

static void
test_swallow(void **state)
{
	struct ranges r = { 0 };
	int64_t i;

	(void)state;
	for (i = 9; i >= 0; i--)
		ranges_add(&r, i * 10, i * 10 + 5);
	assert_int_equal(r.count, 10);
	ranges_add(&r, 12, 83);
	EXPECT(&r, { 0, 5 }, { 10, 85 }, { 90, 95 });
	ranges_add(&r, 20, 30);
	EXPECT(&r, { 0, 5 }, { 10, 85 }, { 90, 95 });
	ranges_release(&r);
}

static void
test_cover(void **state)
{
	struct ranges r = { 0 };

	(void)state;
	ranges_add(&r, 5, 30);
	ranges_add(&r, 70, 90);
	assert_true(ranges_cover(&r, 5, 30));
	assert_false(ranges_cover(&r, 5, 31));
	assert_false(ranges_cover(&r, 4, 30));
	assert_false(ranges_cover(&r, 29, 71));
	ranges_release(&r);
}

static void
test_first_gap(void **state)
{
	struct ranges r = { 0 };
	struct haul_range gap;

	(void)state;
	ranges_add(&r, 10, 20);
	ranges_add(&r, 30, 40);
	assert_true(ranges_first_gap(&r, 0, 100, &gap));
	expect_list(&gap, 1, &(struct haul_range){ 0, 10 }, 1);
	assert_true(ranges_first_gap(&r, 10, 100, &gap));
	expect_list(&gap, 1, &(struct haul_range){ 20, 30 }, 1);
	assert_true(ranges_first_gap(&r, 25, 28, &gap));
	expect_list(&gap, 1, &(struct haul_range){ 25, 28 }, 1);
	assert_true(ranges_first_gap(&r, 39, 41, &gap));
	expect_list(&gap, 1, &(struct haul_range){ 40, 41 }, 1);
	assert_false(ranges_first_gap(&r, 30, 40, &gap));
	assert_false(ranges_first_gap(&r, 35, 38, &gap));
	ranges_release(&r);
}

static void
test_longest_gap(void **state)
{
	struct ranges r = { 0 };
	struct haul_range gap;

	(void)state;
	ranges_add(&r, 5, 10);
	ranges_add(&r, 20, 30);
	ranges_add(&r, 40, 41);
	assert_true(ranges_longest_gap(&r, 0, 50, &gap));
	expect_list(&gap, 1, &(struct haul_range){ 10, 20 }, 1);
	assert_true(ranges_longest_gap(&r, 0, 60, &gap));
	expect_list(&gap, 1, &(struct haul_range){ 41, 60 }, 1);
	assert_true(ranges_longest_gap(&r, 0, 8, &gap));
	expect_list(&gap, 1, &(struct haul_range){ 0, 5 }, 1);
	assert_false(ranges_longest_gap(&r, 20, 30, &gap));
	ranges_release(&r);
}

static void
test_large(void **state)
{
	struct ranges r = { 0 };
	struct haul_range gap;

	(void)state;
	ranges_add(&r, INT64_MAX - 10, INT64_MAX);
	ranges_add(&r, 0, 1);
	ranges_add(&r, INT64_MAX - 20, INT64_MAX - 15);
	assert_true(ranges_longest_gap(&r, 0, INT64_MAX, &gap));
	expect_list(&gap, 1,
	    &(struct haul_range){ 1, INT64_MAX - 20 }, 1);
	ranges_add(&r, 0, INT64_MAX);
	EXPECT(&r, { 0, INT64_MAX });
	assert_int_equal(ranges_bytes(&r), INT64_MAX);
	assert_false(ranges_first_gap(&r, 0, INT64_MAX, &gap));
	ranges_release(&r);
}

static void
test_copy(void **state)
{
	struct ranges a = { 0 }, b = { 0 };

	(void)state;
	ranges_add(&a, 0, 10);
	ranges_add(&a, 20, 30);
	ranges_add(&b, 5, 6);
	ranges_copy(&b, &a);
	ranges_copy(&b, &b);
	ranges_clear(&a);
	EXPECT(&b, { 0, 10 }, { 20, 30 });
	ranges_copy(&b, &a);
	assert_int_equal(b.count, 0);
	ranges_add(&b, 1, 2);
	ranges_clear(&b);
	assert_int_equal(b.count, 0);
	ranges_add(&b, 3, 4);
	EXPECT(&b, { 3, 4 });
	ranges_release(&b);
	assert_null(b.list);
	ranges_add(&b, 7, 8);
	EXPECT(&b, { 7, 8 });
	ranges_release(&b);
	ranges_release(&a);
}

static void
test_coalesce(void **state)
{
	static const struct haul_range three[] = {
		{ 0, 1 }, { 10, 31 }, { 50, 61 }
	};
	static const struct haul_range two[] = { { 0, 31 }, { 50, 61 } };
	struct ranges r = { 0 };
	struct haul_range list[6];

	(void)state;
	ranges_add(&r, 0, 1);           /* a gap of 9 */
	ranges_add(&r, 10, 20);         /* 1 */
	ranges_add(&r, 21, 31);         /* 19 */
	ranges_add(&r, 50, 51);         /* 9 */
	ranges_add(&r, 60, 61);
	assert_int_equal(ranges_coalesce(&r, list, 6), 5);
	expect_list(list, 5, r.list, 5);
	assert_int_equal(ranges_coalesce(&r, list, 2), 2);
	expect_list(list, 2, two, 2);
	ranges_add(&r, 52, 53);
	assert_int_equal(ranges_coalesce(&r, list, 3), 3);
	expect_list(list, 3, three, 3);
	assert_int_equal(ranges_coalesce(&r, list, 1), 1);
	expect_list(list, 1, &(struct haul_range){ 0, 61 }, 1);
	ranges_release(&r);
}

/* ---- against a model: one flag a byte ------------------------------------ */

struct model {
	bool here[UNIVERSE];
};

static unsigned
model_random(uint64_t *seed, unsigned below)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(*seed >> 33) % below;
}

/* The first gap at or after from; the answer is its start or limit. */
static int
model_gap(const struct model *m, int from, int limit, int *end)
{
	while (from < limit && m->here[from])
		from++;
	for (*end = from; *end < limit && !m->here[*end]; )
		++*end;
	return from;
}

static void
model_compare(const struct model *m, const struct ranges *r)
{
	size_t i, count = 0;
	int at, bytes = 0;

	for (at = 0; at < UNIVERSE; at++) {
		bytes += m->here[at];
		count += m->here[at] && (at == 0 || !m->here[at - 1]);
		assert_int_equal(ranges_cover(r, at, at + 1), m->here[at]);
	}
	assert_int_equal(ranges_bytes(r), bytes);
	assert_int_equal(r->count, count);
	for (i = 0; i < r->count; i++) {
		assert_true(r->list[i].start < r->list[i].end);
		assert_true(i == 0 || r->list[i - 1].end < r->list[i].start);
	}
}

static void
model_compare_gaps(const struct model *m, const struct ranges *r, int from,
    int limit)
{
	struct haul_range gap, longest;
	int start, end, at, best = 0, best_start = 0;

	start = model_gap(m, from, limit, &end);
	assert_int_equal(ranges_first_gap(r, from, limit, &gap),
	    start < limit);
	if (start < limit)
		expect_list(&gap, 1, &(struct haul_range){ start, end }, 1);
	assert_int_equal(ranges_cover(r, from, limit), start >= limit);
	for (at = from; at < limit; at = end) {
		start = model_gap(m, at, limit, &end);
		if (end - start > best) {
			best = end - start;
			best_start = start;
		}
	}
	assert_int_equal(ranges_longest_gap(r, from, limit, &longest),
	    best > 0);
	if (best > 0)
		expect_list(&longest, 1, &(struct haul_range){
			best_start, best_start + best
		}, 1);
}

static int64_t
sum_of_gaps(const struct haul_range *list, size_t count)
{
	int64_t sum = 0;
	size_t i;

	for (i = 1; i < count; i++)
		sum += list[i].start - list[i - 1].end;
	return sum;
}

/* The sum of the `count` widest gaps, each counted by how many are wider. */
static int64_t
widest_gaps(const struct ranges *r, size_t count)
{
	size_t widths[UNIVERSE + 1] = { 0 }, i;
	int64_t sum = 0;
	int width;

	for (i = 1; i < r->count; i++)
		widths[r->list[i].start - r->list[i - 1].end]++;
	for (width = UNIVERSE; width > 0; width--) {
		for (; widths[width] > 0 && count > 0; count--) {
			widths[width]--;
			sum += width;
		}
	}
	return sum;
}

static void
model_compare_coalesced(const struct ranges *r, size_t max)
{
	struct haul_range list[UNIVERSE];
	size_t count = ranges_coalesce(r, list, max), i, j = 0;

	assert_int_equal(count, r->count < max ? r->count : max);
	if (count == 0)
		return;
	for (i = 0; i < r->count; i++) {
		while (list[j].end < r->list[i].end)
			j++;
		assert_true(j < count);
		assert_true(list[j].start <= r->list[i].start);
	}
	assert_int_equal(list[0].start, r->list[0].start);
	assert_int_equal(list[count - 1].end, r->list[r->count - 1].end);
	assert_int_equal(sum_of_gaps(list, count), widest_gaps(r, max - 1));
}

static void
test_model(void **state)
{
	struct model m = { { false } };
	struct ranges r = { 0 }, copy = { 0 };
	uint64_t seed = 20240508;
	int round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		int start = (int)model_random(&seed, UNIVERSE + 1);
		int end = start + (int)model_random(&seed, 9);

		if (end > UNIVERSE)
			end = UNIVERSE;
		if (model_random(&seed, 16) == 0) {
			ranges_clear(&r);
			memset(m.here, false, sizeof m.here);
		}
		ranges_add(&r, start, end);
		memset(m.here + start, true, (size_t)(end - start));
		model_compare(&m, &r);
		model_compare_gaps(&m, &r, (int)model_random(&seed, UNIVERSE),
		    (int)model_random(&seed, UNIVERSE + 1));
		model_compare_coalesced(&r, 1 + model_random(&seed, 12));
		if (round % 16 == 0)
			ranges_copy(&copy, &r);
	}
	ranges_release(&copy);
	ranges_release(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "an empty set covers only the empty range", test_empty,
		    NULL, NULL, NULL },
		{ "an empty or backward range changes nothing", test_nothing,
		    NULL, NULL, NULL },
		{ "ranges that touch become one, others stay apart",
		    test_touch, NULL, NULL, NULL },
		{ "a range added over several swallows them", test_swallow,
		    NULL, NULL, NULL },
		{ "covered is what one range holds", test_cover,
		    NULL, NULL, NULL },
		{ "the first gap is cut to the window", test_first_gap,
		    NULL, NULL, NULL },
		{ "the longest gap is the first of several", test_longest_gap,
		    NULL, NULL, NULL },
		{ "positions up to the largest offset work", test_large,
		    NULL, NULL, NULL },
		{ "a copy is independent and a released set usable",
		    test_copy, NULL, NULL, NULL },
		{ "joining keeps the widest gaps", test_coalesce,
		    NULL, NULL, NULL },
		{ "random changes agree with one flag a byte", test_model,
		    NULL, NULL, NULL },
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("ranges", tests, NULL, NULL);
}
