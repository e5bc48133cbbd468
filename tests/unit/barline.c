/* SPDX-License-Identifier: MIT
 *
 * barline, progress and the sentence of waiting: no line is wider than it may
 * be, whatever the width and the numbers; the order in which parts are
 * dropped; what the total's percent counts and its time rests on; why a row
 * waits.
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

#include "cmd/output/barline.h"
#include "present/progress.h"
#include "present/sentence.h"
#include "present/text.h"

#define MIB (INT64_C(1) << 20)

static struct barline line;

static struct barline_style
style_of(int width)
{
	return (struct barline_style){ .width = width };
}

static struct haul_totals
some_totals(void)
{
	return (struct haul_totals){
		.files = 1204, .queued = 698, .active = 8, .done = 486,
		.failed = 12, .got_bytes = 12697 * MIB,
		.size_bytes = 30925 * MIB, .size_is_lower_bound = true,
		.speed_bps = 84 * MIB,
	};
}

static void
assert_total(int width, const struct haul_totals *totals, const char *text)
{
	struct barline_style style = style_of(width);

	barline_total(&line, &style, totals);
	assert_string_equal(line.text, text);
	assert_int_equal(line.length, strlen(text));
}

static void
the_total_drops_its_parts_in_order(void **state)
{
	struct haul_totals totals = some_totals();

	(void)state;
	assert_total(100, &totals, "Total  40% of files "
	    "|███████▎··········| 486/1,204 12 failed 12.4G of ≥30.2G "
	    "84.0M/s ~12:18");
	assert_total(79, &totals, "Total  40% of files |████▊·······| "
	    "486/1,204 12 failed 12.4G 84.0M/s ~12:18");
	assert_total(71, &totals, "Total  40% of files |███▏····| "
	    "486/1,204 12 failed 12.4G 84.0M/s ~12:18");
	assert_total(60, &totals, "Total  40% of files 486/1,204 12 failed "
	    "12.4G 84.0M/s ~12:18");
	assert_total(54, &totals, "Total  40% of files 486/1,204 12 failed "
	    "84.0M/s ~12:18");
	assert_total(47, &totals, "Total  40% of files 486/1,204 12 failed "
	    "84.0M/s");
	assert_total(39, &totals, "Total  40% of files 486/1,204 12 failed");
	assert_total(30, &totals, "Total  40% of files 12 failed");
	assert_total(19, &totals, "Total  40% of files");
	assert_total(14, &totals, "  40% of files");
	assert_total(7, &totals, "  40% o");
	assert_total(0, &totals, "");
}

static void
the_total_says_that_there_is_no_network(void **state)
{
	struct haul_totals totals = some_totals();

	(void)state;
	totals.offline = true;
	totals.speed_bps = 0;
	assert_total(90, &totals, "Total  40% of files |███████▎··········| "
	    "486/1,204 12 failed 12.4G of ≥30.2G no network");
	assert_total(50, &totals, "Total  40% of files 486/1,204 12 failed "
	    "no network");
}

static void
the_total_counts_bytes_once_sizes_are_known(void **state)
{
	struct haul_totals totals = some_totals();

	(void)state;
	totals.size_is_lower_bound = false;
	totals.failed = 0;
	assert_total(90, &totals, "Total  41% |███████▍··········| "
	    "486/1,204 files 12.4G of 30.2G 84.0M/s 3:37");
	totals.files = totals.done = 1;
	assert_total(79, &totals, "Total  41% |███████▍··········| "
	    "1/1 file 12.4G of 30.2G 84.0M/s 3:37");
	totals.got_bytes = totals.size_bytes;
	totals.done = 0;
	assert_total(20, &totals, "Total  99% 0/1 file");
}

/* Pseudo-random, the same each time. */
static uint64_t
any(void)
{
	static uint64_t x = 88172645463325252;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

/* Mostly small, at times enormous. */
static int64_t
any_number(void)
{
	return (int64_t)(any() >> (1 + any() % 62));
}

static struct haul_totals
any_totals(void)
{
	struct haul_totals totals = {
		.done = any() >> any() % 64, .failed = any() % 2000,
		.queued = any() % 3000, .skipped = any() % 20,
		.got_bytes = any_number(), .size_bytes = any_number(),
		.size_is_lower_bound = any() % 2, .speed_bps = any_number(),
	};

	totals.done >>= 3;
	totals.files = totals.done + totals.failed + totals.queued +
	    totals.skipped;
	return totals;
}

static struct haul_row
any_row(void)
{
	static const char *const names[] = {
		"", "a", "some-longish-name-of-a-file.fits",
		"世界地図_2024_高解像度.tif", "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
		"\x1b[31m\xe2\x80\xae\xff\n", "אבג.txt",
	};
	struct haul_row row = {
		.state = HAUL_STATE_CONNECTING + any() % 4,
		.cause = (enum haul_cause)(any() % HAUL_CAUSE_COUNT),
		.http_status = any() % 2 ? 503 : 0,
		.next_try = (uint32_t)any(), .tries_max = any() % 1000,
		.size_bytes = any() % 4 ? any_number() : -1,
		.got_bytes = any_number(), .speed_bps = any_number(),
		.wait_ms = any_number(),
	};

	snprintf(row.name, sizeof row.name, "%s", names[any() % 7]);
	if (row.size_bytes >= 0 && row.got_bytes > row.size_bytes)
		row.got_bytes = row.size_bytes;
	return row;
}

static void
assert_fits(const struct barline_style *style)
{
	const char *p;

	assert_in_range(text_width(line.text), 0, style->width);
	assert_int_equal(line.length, strlen(line.text));
	for (p = line.text; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f ||
		    (style->flags != 0 && (unsigned char)*p > 0x7f))
			fail_msg("'%s' holds %02x", line.text,
			    (unsigned char)*p);
}

static void
no_line_is_wider_than_it_may_be(void **state)
{
	struct barline_style style;
	struct haul_totals totals;
	struct haul_range range;
	struct haul_row row;
	int width, i;

	(void)state;
	for (width = 0; width <= 200; width++) {
		for (i = 0; i < 60; i++) {
			style = style_of(width);
			style.flags = i % 2 ? TEXT_ASCII : 0;
			style.si = i % 3 == 0;
			row = any_row();
			range = (struct haul_range){ 0, row.got_bytes };
			barline_row(&line, &style, &row, &range,
			    row.got_bytes > 0);
			assert_fits(&style);
			totals = any_totals();
			barline_total(&line, &style, &totals);
			assert_fits(&style);
			barline_more(&line, &style, any() >> any() % 64,
			    i % 4 ? any() >> any() % 64 : 0);
			assert_fits(&style);
		}
	}
}

static void
assert_row(int width, const struct haul_row *row, const char *text)
{
	struct barline_style style = style_of(width);
	struct haul_range range = { 0, row->got_bytes };

	barline_row(&line, &style, row, &range, row->got_bytes > 0);
	assert_string_equal(line.text, text);
}

static void
a_row_drops_its_columns_in_order(void **state)
{
	struct haul_row row = {
		.state = HAUL_STATE_ACTIVE, .size_bytes = 8 * MIB,
		.got_bytes = 2 * MIB, .speed_bps = MIB, .name = "n.tar",
	};

	(void)state;
	assert_row(69, &row, "n.tar              25% "
	    "|████▌·············| 2.00M/8.00M 1.00M/s  0:06");
	assert_row(59, &row, "n.tar          25% |███·········| "
	    "2.00M/8.00M 1.00M/s  0:06");
	assert_row(49, &row, "n.tar          25% |██······| 2.00M/8.00M "
	    "1.00M/s");
	assert_row(39, &row, "n.tar            25% |██······| 1.00M/s");
	assert_row(29, &row, "n.tar             25% 1.00M/s");
	assert_row(19, &row, "n.tar           25%");
	row.size_bytes = -1;
	assert_row(69, &row, "n.tar                ?  size unknown       "
	    "     2.00M/? 1.00M/s      ");
	row.size_bytes = row.got_bytes;
	assert_row(19, &row, "n.tar           99%");
	row.state = HAUL_STATE_VERIFYING;
	assert_row(29, &row, "n.tar            100%    VRFY");
}

static void
a_waiting_row_says_why(void **state)
{
	struct haul_row row = {
		.state = HAUL_STATE_WAITING, .size_bytes = 8 * MIB,
		.got_bytes = 2 * MIB, .name = "n.tar", .http_status = 503,
		.cause = HAUL_CAUSE_HTTP, .next_try = 3, .tries_max = 6,
		.wait_ms = 7001,
	};

	(void)state;
	assert_row(69, &row, "n.tar              25%  "
	    "HTTP 503, try 3 of 6 in 8 s");
	assert_row(39, &row, "n.tar            25%  HTTP 503, in 8 s");
	assert_row(29, &row, "n.tar            25%  in 8 s");
	assert_row(19, &row, "n.tar  25%  in 8 s");
	row.wait_ms = 125000;
	row.cause = HAUL_CAUSE_CONNECT;
	row.http_status = 0;
	assert_row(79, &row, "n.tar                        25%  "
	    "connection failed or lost, try 3 of 6 in 2:05");
	row.wait_ms = 0;
	assert_row(29, &row, "n.tar            25%  soon");
	row.wait = HAUL_WAIT_HOST_CAP;
	assert_row(79, &row, "n.tar                        25%  "
	    "connection failed or lost, its host is full");
	row.wait = HAUL_WAIT_NETWORK;
	row.wait_ms = 8000;
	assert_row(79, &row, "n.tar                        25%  "
	    "waiting for the network, tried again in 8 s");
	row.wait_ms = 0;
	assert_row(69, &row, "n.tar              25%  "
	    "waiting for the network, tried again now");
	assert_row(49, &row, "n.tar          25%  waiting for the network");
	assert_row(29, &row, "n.tar            25%  offline");
	row.wait = HAUL_WAIT_NONE;
	row.cause = HAUL_CAUSE_NONE;
	assert_row(79, &row, "n.tar                        25%  soon");
}

static void
the_time_left_supposes_the_rest_as_large_as_what_began(void **state)
{
	struct haul_totals totals = {
		.files = 100, .queued = 90, .active = 5, .done = 5,
		.got_bytes = 6 * MIB, .size_bytes = 10 * MIB,
		.size_is_lower_bound = true, .speed_bps = MIB,
	};
	struct progress progress;

	(void)state;
	progress_of_totals(&progress, &totals);
	assert_true(progress.of_files);
	assert_int_equal(progress.percent, 5);
	assert_int_equal(progress.rest_ms, (4 + 90) * 1000);
	assert_true(progress.rest_is_guess);
	totals.size_is_lower_bound = false;
	progress_of_totals(&progress, &totals);
	assert_false(progress.of_files);
	assert_int_equal(progress.percent, 60);
	assert_int_equal(progress.rest_ms, 4000);
	assert_false(progress.rest_is_guess);
	assert_int_equal(progress.lost, 0);
	totals.failed = 1;
	progress_of_totals(&progress, &totals);
	assert_true(progress.rest_is_guess);
	assert_int_equal(progress.lost, MIB / 10);
	/* One of them is slower than all together. */
	totals.longest_rest_ms = 3999;
	progress_of_totals(&progress, &totals);
	assert_int_equal(progress.rest_ms, 4000);
	totals.longest_rest_ms = 60000;
	progress_of_totals(&progress, &totals);
	assert_int_equal(progress.rest_ms, 60000);
	totals = (struct haul_totals){ .files = 2, .active = 2,
	    .got_bytes = MIB, .size_is_lower_bound = true,
	    .speed_bps = MIB };
	progress_of_totals(&progress, &totals);
	assert_int_equal(progress.rest_ms, -1);
	/* All sizes that are known are here, and one file of none runs. */
	totals = (struct haul_totals){ .files = 3, .active = 1, .done = 2,
	    .got_bytes = 2 * MIB, .size_bytes = 2 * MIB,
	    .size_is_lower_bound = true, .speed_bps = MIB };
	progress_of_totals(&progress, &totals);
	assert_int_equal(progress.rest_ms, -1);
	totals = (struct haul_totals){ .files = 0 };
	progress_of_totals(&progress, &totals);
	assert_int_equal(progress.percent, 0);
}

static void
what_failed_is_not_here(void **state)
{
	struct haul_totals totals = {
		.files = 500, .done = 480, .skipped = 8, .failed = 12,
		.got_bytes = 6 * MIB, .size_bytes = 6 * MIB,
		.size_is_lower_bound = true,
	};
	struct progress progress;

	(void)state;
	progress_of_totals(&progress, &totals);
	assert_int_equal(progress.percent, 97);
	assert_int_equal(progress.got, 488);
	assert_int_equal(progress.lost, 12);
	/* Nor where the sizes of all are known: */
	totals.size_is_lower_bound = false;
	progress_of_totals(&progress, &totals);
	assert_int_equal(progress.percent, 99);
	assert_int_equal(progress.lost, 0);
	totals.size_bytes++;
	progress_of_totals(&progress, &totals);
	assert_int_equal(progress.lost, 1);
	/* What servers say may be as much as can be said. */
	totals = (struct haul_totals){ .files = 2, .failed = 2,
	    .size_bytes = INT64_MAX, .speed_bps = 1 };
	progress_of_totals(&progress, &totals);
	assert_int_equal(progress.lost, INT64_MAX);
	assert_int_equal(progress.rest_ms, INT64_C(1000000000000000));
	totals.size_is_lower_bound = true;
	totals.queued = totals.active = 1;
	progress_of_totals(&progress, &totals);
	assert_int_equal(progress.rest_ms, INT64_C(1000000000000000));
	totals.failed = 0;
	totals.done = 492;
	totals.got_bytes++;
	progress_of_totals(&progress, &totals);
	assert_int_equal(progress.percent, 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_total_drops_its_parts_in_order),
		cmocka_unit_test(the_total_says_that_there_is_no_network),
		cmocka_unit_test(the_total_counts_bytes_once_sizes_are_known),
		cmocka_unit_test(no_line_is_wider_than_it_may_be),
		cmocka_unit_test(a_row_drops_its_columns_in_order),
		cmocka_unit_test(a_waiting_row_says_why),
		cmocka_unit_test(
		    the_time_left_supposes_the_rest_as_large_as_what_began),
		cmocka_unit_test(what_failed_is_not_here),
	};

	alarm(30);
	return cmocka_run_group_tests_name("barline", tests, NULL, NULL);
}
