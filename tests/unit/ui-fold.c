/* SPDX-License-Identifier: MIT
 *
 * fold: whatever goes on in a queue, the lines fit, stand for every item once
 * and in order; all active ones are seen if they fit, else the first and the
 * last; then three queued ones, then those just ended, then more queued ones;
 * a run of one is a row; a few lines have no runs.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ui/rows/fold.h"

#define LINES_MAX 128
#define ITEMS_MAX 400

static struct fold_line lines[LINES_MAX];

/* A queue as a string: d done, e just ended, o ended before,
 * a active, q queued, p paused. */
struct queue {
	uint64_t active[ITEMS_MAX], next[ITEMS_MAX], ended[ITEMS_MAX];
	uint64_t older[ITEMS_MAX];
	struct fold_input input;
};

static void
queue_read(struct queue *queue, const char *text, int rows)
{
	size_t i, active = 0, next = 0, ended = 0, older = 0;

	memset(queue, 0, sizeof *queue);
	for (i = 0; text[i] != '\0'; i++)
		if (text[i] == 'a')
			queue->active[active++] = i;
		else if (text[i] == 'q')
			queue->next[next++] = i;
		else if (text[i] == 'e')
			queue->ended[ended++] = i;
		else if (text[i] == 'o')
			queue->older[older++] = i;
	queue->input.total = i;
	queue->input.rows = rows;
	queue->input.selected = FOLD_NONE;
	queue->input.active = (struct fold_ranks){ queue->active, active };
	queue->input.active_total = active;
	queue->input.next = (struct fold_ranks){ queue->next, next };
	queue->input.ended = (struct fold_ranks){ queue->ended, ended };
	queue->input.older = (struct fold_ranks){ queue->older, older };
}

/* The lines as text: the letter of an item, (n) for a run of n. */
static const char *
folded(const char *text, int rows, uint64_t selected, bool compact)
{
	static char out[1024];
	struct queue queue;
	size_t i, count, used = 0;

	queue_read(&queue, text, rows);
	queue.input.selected = selected;
	queue.input.compact = compact;
	count = fold_make(lines, LINES_MAX, &queue.input);
	out[0] = '\0';
	for (i = 0; i < count; i++)
		if (lines[i].folded)
			used += (size_t)snprintf(out + used,
			    sizeof out - used, "(%d)", (int)lines[i].count);
		else
			used += (size_t)snprintf(out + used,
			    sizeof out - used, "%c", text[lines[i].first]);
	return out;
}

#define assert_folds(text, rows, result)				\
	assert_string_equal(folded(text, rows, FOLD_NONE, false), result)

static void
runs_are_folded(void **state)
{
	(void)state;
	assert_folds("", 5, "");
	assert_folds("ddd", 5, "(3)");
	assert_folds("aaa", 5, "aaa");
	assert_folds("dddaaa", 5, "(3)aaa");
	assert_folds("dddaaaqqqqqq", 5, "(3)aaa(6)");
	assert_folds("dddaaaqqqqqq", 6, "(3)aaaq(5)");
	assert_folds("dddaaaqqqqqq", 8, "(3)aaaqqq(3)");
	assert_folds("dddaadddddda", 8, "(3)aa(6)a");
}

static void
a_run_of_one_is_its_row(void **state)
{
	(void)state;
	assert_folds("daaaq", 5, "daaaq");
	assert_folds("dadada", 6, "dadada");
	assert_folds("aaqqpqq", 7, "aaqqpqq");
	assert_folds("ddaaqqqpqqqqqqqq", 7, "(2)aaqqq(9)");
	assert_folds("ddaaqqqpqqqqqqqq", 9, "(2)aaqqqpq(7)");
}

static void
queued_come_before_ended_and_then_more(void **state)
{
	(void)state;
	/* No room for all: three queued ones, then the ended one, then more. */
	assert_folds("dddeaqqqqqqq", 6, "(4)aqqq(4)");
	assert_folds("dddeaqqqqqqq", 7, "(3)eaqqq(4)");
	assert_folds("dddeaqqqqqqq", 8, "(3)eaqqqq(3)");
	assert_folds("qqqqqqqq", 4, "qqq(5)");
	assert_folds("qqqqqqqq", 6, "qqqqq(3)");
}

static void
older_ones_come_before_empty_lines(void **state)
{
	(void)state;
	assert_folds("oooaaaqqqqqq", 8, "(3)aaaqqq(3)");
	assert_folds("oooaaaqqqqqq", 9, "(3)aaaqqqq(2)");
	assert_folds("oooooooaaaqq", 8, "oo(5)aaaqq");
	assert_folds("oooooooaaaqq", 12, "oooooooaaaqq");
	assert_folds("dooaaaq", 6, "(2)oaaaq");
}

static void
too_many_active_show_both_ends(void **state)
{
	(void)state;
	assert_folds("aaaaaaaaaaaaaaaaaaaa", 7, "aaa(14)aaa");
	assert_folds("dddaaaaaaaaaaaaaaaaaaaaqqq", 8, "(3)aaa(15)aa(3)");
	assert_true(lines[4].among_active);
	assert_false(lines[0].among_active);
	assert_folds("aaaaaaa", 7, "aaaaaaa");
}

static void
the_selected_one_is_never_folded(void **state)
{
	(void)state;
	assert_string_equal(folded("dddddddaaaqqqq", 7, 3, false),
	    "(3)d(3)aaa(4)");
	assert_string_equal(folded("aaaaaaaaaaqqqqqqqq", 6, 14, false),
	    "a(8)a(4)q(3)");
}

static void
few_lines_have_no_runs(void **state)
{
	(void)state;
	assert_string_equal(folded("dddaaaaaaaaqqqq", 7, FOLD_NONE, true),
	    "aaaaaaa");
	assert_string_equal(folded("dddadaqqqq", 4, FOLD_NONE, true), "aaqq");
	assert_string_equal(folded("dddadaqqqq", 1, FOLD_NONE, true), "a");
}

static unsigned
draw(unsigned below)
{
	static uint64_t seed = 11;

	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % below;
}

static size_t
count_shown(const char *text, char letter, size_t count)
{
	size_t i, shown = 0;

	for (i = 0; i < count; i++)
		shown += !lines[i].folded && text[lines[i].first] == letter;
	return shown;
}

static void
lines_stand_for_every_item_once(void **state)
{
	char text[ITEMS_MAX];
	struct queue queue;
	uint64_t next;
	size_t i, n, count, active;
	int round, rows;

	(void)state;
	for (round = 0; round < 20000; round++) {
		n = draw(ITEMS_MAX - 1);
		for (i = 0; i < n; i++)
			text[i] = "ddddddddeaaqqqqqqqqp"[draw(20)];
		text[n] = '\0';
		rows = 1 + (int)draw(60);
		queue_read(&queue, text, rows);
		if (n > 0 && draw(2))
			queue.input.selected = draw((unsigned)n);
		count = fold_make(lines, LINES_MAX, &queue.input);
		assert_true(count <= (size_t)rows);
		for (i = 0, next = 0; i < count; i++) {
			assert_int_equal(lines[i].first, next);
			assert_true(lines[i].folded ? lines[i].count > 1 :
			    lines[i].count == 1);
			assert_false(i > 0 && lines[i].folded &&
			    lines[i - 1].folded);
			next += lines[i].count;
		}
		assert_int_equal(next, n);
		active = queue.input.active.count;
		if (active * 2 + 3 <= (size_t)rows)
			assert_int_equal(count_shown(text, 'a', count),
			    active);
	}
}

/* Of very many active ones only the ends are told. */
static void
ends_of_many_suffice(void **state)
{
	struct queue queue;
	size_t i, count;

	(void)state;
	memset(&queue, 0, sizeof queue);
	for (i = 0; i < 10; i++) {
		queue.active[i] = i;
		queue.active[10 + i] = 990 + i;
	}
	queue.input = (struct fold_input){ .total = 1000, .rows = 10,
		.selected = FOLD_NONE, .active = { queue.active, 20 },
		.active_total = 1000 };
	count = fold_make(lines, LINES_MAX, &queue.input);
	assert_int_equal(count, 10);
	assert_int_equal(lines[4].first, 4);
	assert_true(lines[5].folded && lines[5].among_active);
	assert_int_equal(lines[5].count, 991);
	assert_int_equal(lines[9].first, 999);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_are_folded),
		cmocka_unit_test(a_run_of_one_is_its_row),
		cmocka_unit_test(queued_come_before_ended_and_then_more),
		cmocka_unit_test(older_ones_come_before_empty_lines),
		cmocka_unit_test(too_many_active_show_both_ends),
		cmocka_unit_test(the_selected_one_is_never_folded),
		cmocka_unit_test(few_lines_have_no_runs),
		cmocka_unit_test(lines_stand_for_every_item_once),
		cmocka_unit_test(ends_of_many_suffice),
	};

	alarm(60);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
