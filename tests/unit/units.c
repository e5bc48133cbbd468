/* SPDX-License-Identifier: MIT
 *
 * units: sizes, rates, times, counts, percents, at the edges where one more
 * byte or second changes the unit; dates; separators of locales.
 */
#include "config.h"

#include <langinfo.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "present/units.h"

static char units_out[UNITS_SIZE];
static char separator[8] = "", point[8] = ".", day[32] = "%m/%d/%y";

/* Stands before that of the C library. */
char *
nl_langinfo(nl_item item)
{
	assert_true(item == THOUSEP || item == RADIXCHAR || item == D_FMT);
	return item == THOUSEP ? separator : item == D_FMT ? day : point;
}

static const char *
size(int64_t bytes, bool si)
{
	units_size(units_out, sizeof units_out, bytes, si);
	return units_out;
}

static const char *
left(int64_t ms)
{
	units_left(units_out, sizeof units_out, ms);
	return units_out;
}

static const char *
taken(int64_t ms)
{
	units_taken(units_out, sizeof units_out, ms);
	return units_out;
}

static void
separate_by(const char *text)
{
	snprintf(separator, sizeof separator, "%s", text);
}

static void
point_by(const char *text)
{
	snprintf(point, sizeof point, "%s", text);
}

static const char *
count(uint64_t number)
{
	units_count(units_out, sizeof units_out, number);
	return units_out;
}

static void
sizes_have_three_digits(void **state)
{
	(void)state;
	assert_string_equal(size(-1, false), "?");
	assert_string_equal(size(0, false), "0");
	assert_string_equal(size(999, false), "999");
	assert_string_equal(size(1000, false), "0.98K");
	assert_string_equal(size(1024, false), "1.00K");
	assert_string_equal(size(1000, true), "1.00K");
	assert_string_equal(size(12687769, false), "12.1M");
	assert_string_equal(size(999 * INT64_C(1024), false), "999K");
	assert_string_equal(size(1000 * INT64_C(1024), false), "0.98M");
	assert_string_equal(size(999949, true), "1.00M");
	assert_string_equal(size(INT64_MAX, false), "8.00E");
	assert_string_equal(size(INT64_MAX, true), "9.22E");
}

static void
sizes_never_exceed_five_cells(void **state)
{
	int64_t bytes;

	(void)state;
	for (bytes = 1; bytes < INT64_MAX / 2; bytes += bytes / 97 + 1) {
		assert_in_range(strlen(size(bytes, false)), 1, 5);
		assert_in_range(strlen(size(bytes, true)), 1, 5);
	}
}

static void
long_sizes_name_their_unit(void **state)
{
	(void)state;
	units_size_long(units_out, sizeof units_out, 5, false);
	assert_string_equal(units_out, "5 B");
	units_size_long(units_out, sizeof units_out, 3 << 20, false);
	assert_string_equal(units_out, "3.00 MiB");
	units_size_long(units_out, sizeof units_out, 3000, true);
	assert_string_equal(units_out, "3.00 kB");
	units_rate(units_out, sizeof units_out, 3 << 20, false);
	assert_string_equal(units_out, "3.00M/s");
	units_rate_long(units_out, sizeof units_out, 3 << 20, false);
	assert_string_equal(units_out, "3.00 MiB/s");
}

static void
times_left_fit_into_five_cells(void **state)
{
	(void)state;
	assert_string_equal(left(-1), "");
	assert_string_equal(left(0), "0:00");
	assert_string_equal(left(1), "0:01");
	assert_string_equal(left(5000), "0:05");
	assert_string_equal(left(754000), "12:34");
	assert_string_equal(left(3599000), "59:59");
	assert_string_equal(left(3599001), "1h00m");
	assert_string_equal(left(3720000), "1h02m");
	assert_string_equal(left(86399000), "23h59m");
	assert_string_equal(left(86400000), "1d00h");
	assert_string_equal(left(273600000), "3d04h");
	assert_string_equal(left(863999000), "9d23h");
	assert_string_equal(left(864000000), "10d");
	assert_string_equal(left(INT64_C(8639999000)), "99d");
	assert_string_equal(left(INT64_C(8640000000)), ">99d");
	assert_string_equal(left(INT64_MAX), ">99d");
}

static void
times_taken_grow_coarser(void **state)
{
	(void)state;
	assert_string_equal(taken(-5), "0.00s");
	assert_string_equal(taken(250), "0.25s");
	assert_string_equal(taken(5800), "5.8s");
	assert_string_equal(taken(9950), "10s");
	assert_string_equal(taken(59499), "59s");
	assert_string_equal(taken(59500), "1m00s");
	assert_string_equal(taken(740000), "12m20s");
	assert_string_equal(taken(3600000), "1h00m");
}

static void
dates_are_those_of_this_place(void **state)
{
	(void)state;
	setenv("TZ", "UTC-2", 1);
	tzset();
	units_date(units_out, sizeof units_out, INT64_C(1715169959999));
	assert_string_equal(units_out, "2024-05-08 14:05");
	units_date(units_out, sizeof units_out, 0);
	assert_string_equal(units_out, "1970-01-01 02:00");
}

/* What locales write, and a day and a date for it. */
static void
days_have_the_order_of_the_locale(void **state)
{
	static const char *const rows[][3] = {
		{ "%m/%d/%y", "05-08", "2024-05-08 14:05" },    /* none */
		{ "%d.%m.%Y", "08.05", "08.05.2024 14:05" },
		{ "%-d.%-m.%Y", "08.05", "08.05.2024 14:05" },
		{ "%d/%m/%y", "08/05", "08/05/2024 14:05" },
		{ "%e.%m.%Y", "08.05", "08.05.2024 14:05" },
		{ "%m/%d/%Y", "05/08", "05/08/2024 14:05" },
		{ "%Y-%m-%d", "05-08", "2024-05-08 14:05" },
		{ "%Y.%m.%d", "05.08", "2024.05.08 14:05" },
		{ "%Y\xe5\xb9\xb4%m\xe6\x9c\x88%d\xe6\x97\xa5", "05-08",
		  "2024-05-08 14:05" },
		{ "%A %d %B", "05-08", "2024-05-08 14:05" },
		{ "%", "05-08", "2024-05-08 14:05" },
		{ "", "05-08", "2024-05-08 14:05" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		snprintf(day, sizeof day, "%s", rows[i][0]);
		units_day(units_out, sizeof units_out, INT64_C(1715169959999));
		assert_string_equal(units_out, rows[i][1]);
		units_date(units_out, sizeof units_out,
		    INT64_C(1715169959999));
		assert_string_equal(units_out, rows[i][2]);
	}
	snprintf(day, sizeof day, "%%m/%%d/%%y");
}

static void
seconds_have_milliseconds(void **state)
{
	(void)state;
	units_seconds(units_out, sizeof units_out, 118);
	assert_string_equal(units_out, "0.118");
	units_seconds(units_out, sizeof units_out, 61002);
	assert_string_equal(units_out, "61.002");
	snprintf(point, sizeof point, ",");
	units_seconds(units_out, sizeof units_out, 2005);
	assert_string_equal(units_out, "2,005");
	snprintf(point, sizeof point, ".");
}

static void
counts_have_separators(void **state)
{
	(void)state;
	assert_string_equal(count(0), "0");
	assert_string_equal(count(999), "999");
	assert_string_equal(count(1204), "1,204");
	assert_string_equal(count(1000000), "1,000,000");
	assert_string_equal(count(UINT64_MAX), "18,446,744,073,709,551,615");
	separate_by(".");
	assert_string_equal(count(1204), "1.204");
	/* No-break spaces, of UTF-8 and of Latin 1, would take more bytes than
	 * cells, or be garbage in UTF-8. */
	separate_by("\xe2\x80\xaf");
	assert_string_equal(count(1000000), "1 000 000");
	separate_by("\xa0");
	assert_string_equal(count(1204), "1 204");
	separate_by("");
	point_by(",");
	assert_string_equal(count(1204), "1 204");
	point_by(".");
}

static void
points_are_the_locales(void **state)
{
	(void)state;
	point_by(",");
	assert_string_equal(size(12687769, false), "12,1M");
	assert_string_equal(size(999, false), "999");
	assert_string_equal(taken(5800), "5,8s");
	assert_string_equal(taken(59499), "59s");
	/* Not in ASCII: as many bytes as cells. */
	point_by("\xd9\xab");
	assert_string_equal(size(12687769, false), "12.1M");
	point_by(".");
}

static void
percents_are_cut_down(void **state)
{
	(void)state;
	assert_int_equal(units_percent(0, 3), 0);
	assert_int_equal(units_percent(2, 3), 66);
	assert_int_equal(units_percent(999, 1000), 99);
	assert_int_equal(units_percent(INT64_MAX - 1, INT64_MAX), 99);
	assert_int_equal(units_percent(3, 3), 100);
	assert_int_equal(units_percent(0, 0), 100);
	assert_int_equal(units_percent(7, -1), -1);
}

static void
the_rest_needs_a_size_and_a_speed(void **state)
{
	(void)state;
	assert_int_equal(units_rest_ms(0, 1000, 100), 10000);
	assert_int_equal(units_rest_ms(0, -1, 100), -1);
	assert_int_equal(units_rest_ms(0, 1000, 0), -1);
	assert_int_equal(units_rest_ms(1000, 1000, 1), 0);
	assert_true(units_rest_ms(0, INT64_MAX, 1) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_have_three_digits),
		cmocka_unit_test(sizes_never_exceed_five_cells),
		cmocka_unit_test(long_sizes_name_their_unit),
		cmocka_unit_test(times_left_fit_into_five_cells),
		cmocka_unit_test(times_taken_grow_coarser),
		cmocka_unit_test(dates_are_those_of_this_place),
		cmocka_unit_test(days_have_the_order_of_the_locale),
		cmocka_unit_test(seconds_have_milliseconds),
		cmocka_unit_test(counts_have_separators),
		cmocka_unit_test(points_are_the_locales),
		cmocka_unit_test(percents_are_cut_down),
		cmocka_unit_test(the_rest_needs_a_size_and_a_speed),
	};

	alarm(10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
