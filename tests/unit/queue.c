/* SPDX-License-Identifier: MIT
 *
 * queue.c:
 * - an empty queue has nothing to see or to take
 * - what came first goes first, over any number of growths
 * - a look takes nothing
 * - pushing and popping in turn goes round the ring without growing
 * - growing while the ring is wrapped keeps the order
 * - a released queue is empty and may be used again
 */
#include "config.h"

#include "engine/base/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#define TIME_LIMIT_S 60
#define MANY 100000

static void
test_empty(void **state)
{
	struct queue queue = { 0 };

	(void)state;
	assert_int_equal(queue_peek(&queue), 0);
	assert_int_equal(queue_pop(&queue), 0);
	assert_int_equal(queue_pop(&queue), 0);
	queue_push(&queue, 7);
	assert_int_equal(queue_pop(&queue), 7);
	assert_int_equal(queue_pop(&queue), 0);
	queue_release(&queue);
}

static void
test_order(void **state)
{
	struct queue queue = { 0 };
	haul_id id;

	(void)state;
	for (id = 1; id <= MANY; id++)
		queue_push(&queue, id);
	for (id = 1; id <= MANY; id++) {
		assert_int_equal(queue_peek(&queue), id);
		assert_int_equal(queue_peek(&queue), id);
		assert_int_equal(queue_pop(&queue), id);
	}
	assert_int_equal(queue_peek(&queue), 0);
	queue_release(&queue);
}

static void
test_ring(void **state)
{
	struct queue queue = { 0 };
	size_t size = 0;
	haul_id id;

	(void)state;
	for (id = 1; id <= MANY; id++) {
		queue_push(&queue, id);
		if (id == 5)
			size = queue.size;
		if (id > 5)
			assert_int_equal(queue_pop(&queue), id - 5);
	}
	assert_int_equal(queue.size, size);
	assert_int_equal(queue.count, 5);
	queue_release(&queue);
}

/* The first stands anywhere in the ring when it grows. */
static void
test_wrapped(void **state)
{
	haul_id id, next;
	size_t turn;

	(void)state;
	for (turn = 0; turn < 40; turn++) {
		struct queue queue = { 0 };

		for (id = 1; id <= turn; id++) {
			queue_push(&queue, id);
			assert_int_equal(queue_pop(&queue), id);
		}
		next = id;
		for (; id <= turn + 100; id++)
			queue_push(&queue, id);
		while (next < id)
			assert_int_equal(queue_pop(&queue), next++);
		assert_int_equal(queue_pop(&queue), 0);
		queue_release(&queue);
	}
}

static void
test_release(void **state)
{
	struct queue queue = { 0 };

	(void)state;
	queue_release(&queue);
	queue_push(&queue, 1);
	queue_push(&queue, 2);
	queue_release(&queue);
	assert_null(queue.ids);
	assert_int_equal(queue_pop(&queue), 0);
	queue_push(&queue, 3);
	assert_int_equal(queue_pop(&queue), 3);
	queue_release(&queue);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "an empty queue has nothing to take", test_empty,
		    NULL, NULL, NULL },
		{ "what came first goes first", test_order,
		    NULL, NULL, NULL },
		{ "push and pop in turn need no more room", test_ring,
		    NULL, NULL, NULL },
		{ "growing keeps the order wherever the first stands",
		    test_wrapped, NULL, NULL, NULL },
		{ "a released queue may be used again", test_release,
		    NULL, NULL, NULL },
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
