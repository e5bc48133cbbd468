/* SPDX-License-Identifier: MIT
 *
 * header: the lines of the plan at 120, 80, 40 and 19 columns; what is left
 * out first; what failed; lower bounds and guesses; modes; how far down a list
 * is; the graph beside its numbers; clicks on tabs; every width.
 */
#include "config.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "present/text.h"
#include "ui-queue.h"
#include "ui/header.h"
#include "ui/list/list.h"

#define GIGA (INT64_C(1) << 30)

static struct header *header;

static int
setup(void **state)
{
	struct haul_totals *totals = &fake.ui.totals;
	haul_id id;

	(void)state;
	fake_start(1204);
	for (id = 1; id <= 498; id++)
		fake_set(id, id <= 486 ? HAUL_STATE_DONE :
		    HAUL_STATE_FAILED);
	for (id = 499; id <= 506; id++)
		fake_set(id, HAUL_STATE_ACTIVE);
	totals->files = 1204;
	totals->done = 486;
	totals->failed = 12;
	totals->active = 7;
	totals->waiting = 1;
	totals->queued = 698;
	totals->got_bytes = (int64_t)(12.4 * GIGA);
	totals->size_bytes = (int64_t)(30.2 * GIGA);
	totals->size_is_lower_bound = true;
	totals->speed_bps = (int64_t)(84.2 * 1048576);
	totals->connections = 22;
	totals->running = true;
	fake.ui.list = list_new(&fake.ui);
	fake.ui.header = header = header_new(&fake.ui);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	header_free(header);
	fake_stop();
	return 0;
}

static const char *
line(int width, void (*draw)(struct header *, struct grid_area))
{
	grid_resize(&fake.ui.grid, 1, width);
	draw(header, grid_all(&fake.ui.grid));
	return fake_line(0);
}

static const char *
list_line(int width)
{
	struct grid_area area;

	/* The tabs tell what the list knows. */
	grid_resize(&fake.ui.grid, 24, width);
	area = grid_all(&fake.ui.grid);
	list_draw(fake.ui.list, area);
	return line(width, header_draw_tabs);
}

static void
totals_are_those_of_the_plan(void **state)
{
	(void)state;
	assert_string_equal(line(80, header_draw_totals),
	    "haul [███████▎·········▒] 40% 486/1,204 files 12.4G of ≥30.2G "
	    "84.2M/s ETA ~12:16");
	assert_string_equal(line(120, header_draw_totals),
	    "haul [████▊······▒] 40% of files  486/1,204   12.4G of ≥30.2G"
	    "   84.2M/s   ETA ~12:16   slots 7/8   conns 22   limit off");
	assert_string_equal(line(40, header_draw_totals),
	    "40%  486/1,204  84.2M/s  ~12:16 left");
	assert_string_equal(line(19, header_draw_totals), "40% 486/1204");
	assert_string_equal(line(19, header_draw_foot), "84.2M/s ?help");
	fake.ui.context.text_flags = TEXT_ASCII;
	assert_string_equal(line(80, header_draw_totals),
	    "haul [######=.........x] 40% 486/1,204 files 12.4G of >=30.2G "
	    "84.2M/s ETA ~12:16");
}

static void
percents_say_what_they_are_of(void **state)
{
	(void)state;
	fake.ui.totals.size_is_lower_bound = false;
	fake.ui.totals.failed = 0;
	fake.ui.totals.queued += 12;
	assert_non_null(strstr(line(120, header_draw_totals),
	    "] 41% of bytes  486/1,204   12.4G of 30.2G   84.2M/s   ETA 3:3"));
}

static void
what_has_ended_tells_its_average(void **state)
{
	struct haul_totals *totals = &fake.ui.totals;

	(void)state;
	totals->running = false;
	totals->queued = totals->active = totals->waiting = 0;
	totals->done = 1192;
	totals->speed_bps = 0;
	totals->fetched_bytes = 10 * GIGA;
	totals->elapsed_ms = 125000;
	assert_non_null(strstr(line(120, header_draw_totals),
	    "   81.9M/s average   took 2m05s"));
	assert_non_null(strstr(line(80, header_draw_totals),
	    " 81.9M/s average took 2m05s"));
	/* Nothing has run yet, or nothing came: */
	totals->elapsed_ms = 0;
	assert_null(strstr(line(120, header_draw_totals), "average"));
}

static void
what_failed_is_told_and_not_counted_as_here(void **state)
{
	struct haul_totals *totals = &fake.ui.totals;
	int i;

	(void)state;
	*totals = (struct haul_totals){ .files = 500, .done = 488,
	    .failed = 12, .got_bytes = GIGA, .size_bytes = GIGA,
	    .size_is_lower_bound = true };
	assert_string_equal(line(80, header_draw_totals), "haul "
	    "[████████████████████████▒] 97% 488/500 files 12 failed 1.00G "
	    "of ≥1.00G 0/s");
	for (i = 6; i < 30; i++)
		assert_int_equal(fake.ui.grid.cells[i].style, STYLE_BAR_HERE);
	assert_int_equal(fake.ui.grid.cells[30].style, STYLE_BAR_FAIL);
	assert_non_null(strstr(line(120, header_draw_totals),
	    "▒] 97% of files  488/500   12 failed   1.00G"));
	assert_null(strstr(line(66, header_draw_totals), "failed"));
	totals->done = 1;
	totals->failed = 499;
	assert_non_null(strstr(line(66, header_draw_totals), "[▏▒▒▒▒"));
	totals->done = 0;
	totals->failed = 500;
	assert_non_null(strstr(line(66, header_draw_totals), "[▒▒▒▒▒"));
	fake.ui.context.text_flags = TEXT_ASCII;
	assert_non_null(strstr(line(66, header_draw_totals), "[xxxxx"));
}

static void
what_matters_least_goes_first(void **state)
{
	(void)state;
	assert_null(strstr(line(112, header_draw_totals), "limit"));
	assert_non_null(strstr(line(112, header_draw_totals), "conns 22"));
	assert_null(strstr(line(101, header_draw_totals), "conns"));
	assert_null(strstr(line(66, header_draw_totals), "12.4G"));
	assert_non_null(strstr(line(66, header_draw_totals), "84.2M/s ETA"));
	assert_null(strstr(line(30, header_draw_totals), "left"));
	assert_non_null(strstr(line(30, header_draw_totals), "84.2M/s"));
	assert_null(strstr(line(20, header_draw_totals), "84.2M/s"));
	assert_string_equal(line(3, header_draw_totals), "40%");
}

static void
tabs_are_those_of_the_plan(void **state)
{
	char why[64];

	(void)state;
	assert_string_equal(list_line(80), "[1 All 1,204]  2 Active 8   "
	    "3 Queued 698   4 Done 486   5 Failed 12       FOLLOW");
	assert_string_equal(list_line(120), "[1 All 1,204]  2 Active 8   "
	    "3 Queued 698   4 Done 486   5 Failed 12                     "
	    "            FOLLOW  order: queue");
	assert_int_equal(fake.ui.grid.cells[105].style, STYLE_MODE);
	assert_int_equal(fake.ui.grid.cells[119].style, STYLE_QUIET);
	assert_string_equal(list_line(40),
	    "[all 1204] act 8 q 698 ok 486 FAIL 12 F");
	list_show_tab(fake.ui.list, LIST_FAILED);
	assert_string_equal(list_line(80), " 1 All 1,204   2 Active 8   "
	    "3 Queued 698   4 Done 486  [5 Failed 12]      newest");
	list_show_tab(fake.ui.list, LIST_ALL);
	assert_true(list_filter(fake.ui.list, "file-13", why, sizeof why));
	assert_non_null(strstr(list_line(80), "[1 All 11]  2 Active 0 "));
	assert_non_null(strstr(list_line(80), "  FILTER"));
}

static void
modes_come_closer_before_they_are_cut(void **state)
{
	(void)state;
	snprintf(fake.limit, sizeof fake.limit, "20M");
	assert_non_null(strstr(list_line(85), "Failed 12  LIMIT 20M FOLLOW"));
	assert_non_null(strstr(list_line(82), "Failed 12  LIMIT 20M FO\u2026"));
	list_set_sort(fake.ui.list, LIST_SORT_SIZE, true);
	assert_non_null(strstr(list_line(90), "LIMIT 20M  -size"));
}

static void
a_list_that_is_longer_says_how_far_down_it_is(void **state)
{
	(void)state;
	/* 23 rows beside the names of the columns, of 1,204. */
	list_act(fake.ui.list, ACTION_FIRST);
	assert_non_null(strstr(list_line(80), "5 Failed 12     23/1,204"));
	assert_non_null(strstr(list_line(120), "  order: queue  23/1,204"));
	list_act(fake.ui.list, ACTION_LAST);
	assert_non_null(strstr(list_line(80), " 1,204/1,204"));
	/* The place is told longer than an order that nobody chose. */
	list_show_tab(fake.ui.list, LIST_DONE);
	assert_non_null(strstr(list_line(80), "5 Failed 12       23/486"));
	assert_non_null(strstr(list_line(90), "  newest  23/486"));
	list_set_sort(fake.ui.list, LIST_SORT_SIZE, true);
	assert_non_null(strstr(list_line(80), "  -size"));
	/* All twelve are on the screen. */
	list_show_tab(fake.ui.list, LIST_FAILED);
	assert_null(strstr(list_line(80), "12/12"));
}

static void
modes_are_words(void **state)
{
	(void)state;
	snprintf(fake.limit, sizeof fake.limit, "20M");
	fake.ui.totals.hold = HAUL_HOLD_ALL;
	fake.ui.frozen = true;
	assert_non_null(strstr(list_line(140),
	    "ALL PAUSED  FROZEN  LIMIT 20M  FOLLOW  order: queue"));
	fake_item(498)->cause = HAUL_CAUSE_DISK_FULL;
	fake_set(498, HAUL_STATE_FAILED);
	fake_item(498)->ended_ms += 5000;
	fake_changed();
	assert_non_null(strstr(list_line(140), "DISK FULL  ALL PAUSED"));
	/* The engine's own word, whatever its rows wait for. */
	assert_null(strstr(list_line(140), "OFFLINE"));
	fake.ui.totals.offline = true;
	assert_non_null(strstr(list_line(140), "DISK FULL  OFFLINE"));
}

static void
clicks_show_tabs(void **state)
{
	(void)state;
	(void)list_line(80);
	assert_int_equal(header_click(header, 17), UI_RELAYOUT);
	assert_int_equal(list_tab(fake.ui.list), LIST_ACTIVE);
	assert_int_equal(header_click(header, 60), UI_RELAYOUT);
	assert_int_equal(list_tab(fake.ui.list), LIST_FAILED);
	assert_int_equal(header_click(header, 78), UI_PASS);
}

static void
the_graph_has_its_numbers(void **state)
{
	const char *text;
	int i;

	(void)state;
	for (i = 0; i < 53; i++)
		header_sample(header, 1000 * (i + 1),
		    (i == 20 ? 101 : 50 + i % 8) * (INT64_C(1) << 20));
	(void)line(80, header_draw_totals);
	text = line(80, header_draw_graph);
	assert_memory_equal(text, "        ▄", 11);
	assert_non_null(strstr(text, "▄  84.2M/s pk 101M/s"));
	assert_int_equal(text_width(text), 80);
	grid_resize(&fake.ui.grid, 3, 120);
	header_draw_graph(header, grid_all(&fake.ui.grid));
	assert_string_equal(fake_line(0) + strlen(fake_line(0)) - 6,
	    "101M/s");
	assert_int_equal(text_width(fake_line(2)), 120);
	assert_memory_equal(fake_line(2) + strlen(fake_line(2)) - 15,
	    "█           0", 15);
	/* The peak is never less than what is shown of now. */
	fake.ui.totals.speed_bps = INT64_C(120) << 20;
	fake.ui.second++;
	(void)line(80, header_draw_totals);
	assert_non_null(strstr(line(80, header_draw_graph),
	    "120M/s pk 120M/s"));
}

static void
every_width_is_kept(void **state)
{
	int width, ascii;

	(void)state;
	for (ascii = 0; ascii < 2; ascii++)
		for (width = 1; width <= 200; width++) {
			fake.ui.context.text_flags = ascii ? TEXT_ASCII : 0;
			assert_in_range(text_width(line(width,
			    header_draw_totals)), 1, width);
			assert_in_range(text_width(list_line(width)), 1,
			    width);
			(void)line(width, header_draw_graph);
		}
	fake.ui.context.term.accessible = true;
	assert_string_equal(line(80, header_draw_totals), "haul 40% "
	    "486/1,204 files 12 failed 12.4G of >=30.2G 84.2M/s ETA ~12:16");
	assert_string_equal(line(80, header_draw_graph), "");
}

int
main(void)
{
#define HEADER_TEST(name)						\
	cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		HEADER_TEST(totals_are_those_of_the_plan),
		HEADER_TEST(percents_say_what_they_are_of),
		HEADER_TEST(what_failed_is_told_and_not_counted_as_here),
		HEADER_TEST(what_has_ended_tells_its_average),
		HEADER_TEST(what_matters_least_goes_first),
		HEADER_TEST(tabs_are_those_of_the_plan),
		HEADER_TEST(a_list_that_is_longer_says_how_far_down_it_is),
		HEADER_TEST(modes_are_words),
		HEADER_TEST(modes_come_closer_before_they_are_cut),
		HEADER_TEST(clicks_show_tabs),
		HEADER_TEST(the_graph_has_its_numbers),
		HEADER_TEST(every_width_is_kept),
	};

	alarm(60);
	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
