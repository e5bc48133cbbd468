/* SPDX-License-Identifier: MIT
 *
 * order.c:
 * - what is appended stands in that order, each id in its class
 * - an id moves before another, to the end, and stays when moved to itself
 * - counts, ranks and windows are those of a plain list, whatever was done to
 *   it, for all sets of classes (against a model, with tiny blocks)
 * - the first of a class is the first
 * - what is removed is gone, and may be appended again
 * - a million ids cost some ten bytes each, a window of them well below a
 *   millisecond
 */
#include "config.h"

#include "engine/model/order.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define TIME_LIMIT_S 60
#define IDS 60
#define STEPS 20000
#define CLASSES 5
#define ALL ((1U << ORDER_CLASSES) - 1)
#define MILLION 1000000

static uint64_t seed;

static unsigned
dice(unsigned sides)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % sides;
}

/* ---- a plain list to compare with ---- */

static struct {
	haul_id ids[IDS];
	unsigned classes[IDS + 1];      /* by id */
	size_t count;
} plain;

static size_t
plain_find(haul_id id)
{
	size_t i = 0;

	while (i < plain.count && plain.ids[i] != id)
		i++;
	return i;
}

static void
plain_remove(haul_id id)
{
	size_t at = plain_find(id);

	plain.count--;
	memmove(plain.ids + at, plain.ids + at + 1,
	    (plain.count - at) * sizeof *plain.ids);
}

static void
plain_insert(haul_id id, size_t at)
{
	memmove(plain.ids + at + 1, plain.ids + at,
	    (plain.count - at) * sizeof *plain.ids);
	plain.ids[at] = id;
	plain.count++;
}

static void
compare(struct order *order, unsigned classes)
{
	haul_id found[IDS], wanted[IDS];
	uint64_t first = dice(IDS);
	size_t n = 0, i, max = dice(IDS) + 1, left;

	for (i = 0; i < plain.count; i++) {
		assert_int_equal(order_rank(order, classes, plain.ids[i]), n);
		if (classes >> plain.classes[plain.ids[i]] & 1)
			wanted[n++] = plain.ids[i];
	}
	assert_int_equal(order_count(order, classes), n);
	left = first < n ? n - first : 0;
	if (left > max)
		left = max;
	assert_int_equal(order_window(order, classes, first, found, max),
	    left);
	if (left > 0)
		assert_memory_equal(found, wanted + first,
		    left * sizeof *found);
}

static void
compare_first(struct order *order)
{
	unsigned class_of_it;
	haul_id wanted;
	size_t i;

	for (class_of_it = 0; class_of_it < CLASSES; class_of_it++) {
		for (i = 0, wanted = 0; i < plain.count && wanted == 0; i++)
			if (plain.classes[plain.ids[i]] == class_of_it)
				wanted = plain.ids[i];
		assert_int_equal(order_first(order, class_of_it), wanted);
	}
}

/* ---- tests ---- */

static void
random_step(struct order *order)
{
	haul_id id = dice(IDS) + 1, before;
	bool there = plain_find(id) < plain.count;

	assert_int_equal(order_has(order, id), there);
	if (!there) {
		plain.classes[id] = dice(CLASSES);
		plain_insert(id, plain.count);
		order_append(order, id, plain.classes[id]);
		return;
	}
	switch (dice(8)) {
	case 0:
		plain_remove(id);
		order_remove(order, id);
		break;
	case 1:
	case 2:
	case 3:
		plain.classes[id] = dice(CLASSES);
		order_set_class(order, id, plain.classes[id]);
		break;
	case 4:
		order_move(order, id, 0);
		plain_remove(id);
		plain_insert(id, plain.count);
		break;
	default:
		before = plain.ids[dice((unsigned)plain.count)];
		order_move(order, id, before);
		if (before == id)
			break;
		plain_remove(id);
		plain_insert(id, plain_find(before));
		break;
	}
}

static void
test_random(void **state)
{
	static const size_t sizes[] = { 2, 3, 4, 7, 1024 };
	struct order *order;
	size_t i;
	int step;

	(void)state;
	for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		seed = 20240508 + i;
		memset(&plain, 0, sizeof plain);
		order = order_new(sizes[i]);
		for (step = 0; step < STEPS; step++) {
			random_step(order);
			compare(order, dice(1U << CLASSES));
			compare_first(order);
		}
		order_free(order);
	}
	order_free(NULL);
}

static void
test_plain(void **state)
{
	struct order *order = order_new(4);
	haul_id ids[8];
	haul_id id;

	(void)state;
	assert_false(order_has(order, 3));
	assert_int_equal(order_count(order, ALL), 0);
	assert_int_equal(order_first(order, 0), 0);
	assert_int_equal(order_window(order, ALL, 0, ids, 8), 0);
	for (id = 1; id <= 6; id++)
		order_append(order, id, 0);
	order_move(order, 6, 1);
	order_move(order, 2, 0);
	order_move(order, 3, 3);
	assert_int_equal(order_window(order, ALL, 0, ids, 8), 6);
	assert_memory_equal(ids, ((haul_id[]){ 6, 1, 3, 4, 5, 2 }),
	    6 * sizeof *ids);
	order_remove(order, 4);
	assert_false(order_has(order, 4));
	assert_int_equal(order_window(order, ALL, 2, ids, 2), 2);
	assert_memory_equal(ids, ((haul_id[]){ 3, 5 }), 2 * sizeof *ids);
	assert_int_equal(order_rank(order, ALL, 2), 4);
	order_free(order);
}

static double
cpu_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static size_t
heap_bytes(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static void
test_million(void **state)
{
	size_t before = heap_bytes(), used;
	struct order *order = order_new(1024);
	haul_id ids[60], id;
	double began_s;
	int i;

	(void)state;
	for (id = 1; id <= MILLION; id++)
		order_append(order, id, id % 7 == 0);
	used = heap_bytes() - before;
	/* Without glibc's allocator nothing is known. */
	if (used > 0)
		assert_true(used < MILLION * 12);
	began_s = cpu_s();
	for (i = 0; i < 100; i++) {
		assert_int_equal(order_window(order, 2, MILLION / 7 - 60,
		    ids, 60), 60);
		assert_int_equal(order_rank(order, 2, ids[59]),
		    MILLION / 7 - 1);
	}
	assert_true(cpu_s() - began_s < 0.5);
	for (i = 0; i < 1000; i++)
		order_move(order, MILLION - (haul_id)i, 1);
	assert_int_equal(order_rank(order, 3, 1), 1000);
	assert_int_equal(order_first(order, 0), MILLION);
	order_free(order);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_million),
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
