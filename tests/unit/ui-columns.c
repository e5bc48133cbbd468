/* SPDX-License-Identifier: MIT
 *
 * columns: a row of each state as text, at the widths of the plan, in UTF-8
 * and ASCII; text alone tells all states, the selected and the tagged row
 * apart; every row has the width of the screen; hostile and wide names; names
 * moved; where bytes arrive; the failed tab's rows; clicks on the head; columns
 * as wide as translations.
 */
#include "config.h"

#include <libintl.h>
#include <locale.h>
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

#include "present/text.h"
#include "ui/list/columns.h"

#define WIDTH_MAX 160
#define MEGA (INT64_C(1) << 20)
#define FITS 12687769

static struct grid grid;
static char line_out[WIDTH_MAX * TEXT_UNIT_SIZE + 1];

static const char *
line_text(int row)
{
	int i, cells = 0;
	size_t used = 0, length;

	for (i = 0; i < grid.columns; i++) {
		const struct grid_cell *cell =
		    &grid.cells[row * grid.columns + i];

		length = strlen(cell->text);
		memcpy(line_out + used, cell->text, length);
		used += length;
		cells += cell->width;
	}
	line_out[used] = '\0';
	assert_int_equal(cells, grid.columns);
	return line_out;
}

static const char *
draw(int width, bool ascii, bool failed, const struct columns_row *item)
{
	struct layout_columns columns;
	struct columns_look look = { .glyphs = glyph_set(ascii),
		.text_flags = ascii ? TEXT_ASCII : 0,
		.epoch_ms = INT64_C(1715177103000) };

	grid_resize(&grid, 1, width);
	if (failed)
		layout_failed_columns(&columns, width);
	else
		layout_columns(&columns, width);
	columns_draw_row(grid_all(&grid), 0, &columns, &look, item);
	return line_text(0);
}

static const struct haul_range four[] = {
	{ 0, 416 * MEGA }, { 819 * MEGA, 1107 * MEGA },
	{ 1638 * MEGA, 1833 * MEGA }, { 2457 * MEGA, 2899 * MEGA },
};

static const struct haul_row rows[] = {
	{ .id = 1, .state = HAUL_STATE_DONE, .size_bytes = FITS,
	    .got_bytes = FITS, .attempt = 1,
	    .name = "aia_20240508_094_0000.fits" },
	{ .id = 2, .state = HAUL_STATE_ACTIVE, .size_bytes = 3276 * MEGA,
	    .got_bytes = 1341 * MEGA, .speed_bps = 32715571, .attempt = 1,
	    .connections = 4, .connections_wanted = 4,
	    .name = "hmi_m_45s_2024_05_08_full_disk_magnetogram.tar" },
	{ .id = 3, .state = HAUL_STATE_WAITING, .size_bytes = FITS,
	    .got_bytes = 3774873, .wait_ms = 7900, .attempt = 3,
	    .cause = HAUL_CAUSE_HTTP, .http_status = 503,
	    .name = "aia_20240508_131_0000.fits" },
	{ .id = 4, .state = HAUL_STATE_VERIFYING, .size_bytes = 2020 * MEGA,
	    .got_bytes = 2020 * MEGA, .attempt = 1,
	    .name = "iris_l2_20240508_raster.tar.gz" },
	{ .id = 5, .state = HAUL_STATE_CONNECTING, .size_bytes = -1,
	    .attempt = 1, .connections = 1, .connections_wanted = 1,
	    .name = "aia_20240508_193_0000.fits" },
	{ .id = 6, .state = HAUL_STATE_ACTIVE, .size_bytes = -1,
	    .got_bytes = 48 * MEGA, .speed_bps = 4613735, .attempt = 1,
	    .connections = 1, .name = "stream.php?id=8812" },
	{ .id = 7, .state = HAUL_STATE_QUEUED, .size_bytes = FITS,
	    .name = "aia_20240508_211_0000.fits" },
	{ .id = 8, .state = HAUL_STATE_PAUSED, .size_bytes = 40960 * MEGA,
	    .got_bytes = 20480 * MEGA, .name = "survey_dr17_part_0007.hdf5" },
	{ .id = 9, .state = HAUL_STATE_FAILED, .size_bytes = FITS,
	    .got_bytes = 3774873, .attempt = 5, .cause = HAUL_CAUSE_HTTP,
	    .http_status = 503, .ended_ms = INT64_C(1715177080000),
	    .host = "archive.example.org",
	    .name = "aia_20240508_131_0456.fits" },
	{ .id = 10, .state = HAUL_STATE_SKIPPED, .size_bytes = FITS,
	    .got_bytes = 0, .name = "aia_20240508_094_0012.fits" },
	{ .id = 11, .state = HAUL_STATE_ACTIVE, .size_bytes = FITS,
	    .got_bytes = FITS - 1, .speed_bps = 1,
	    .name = "evil\033[31mname\xe2\x80\xaetxt.exe" },
};
#define ROWS (sizeof rows / sizeof *rows)

static struct columns_row
item_of(size_t i)
{
	struct columns_row item = { .row = &rows[i] };

	if (rows[i].id == 2) {
		item.ranges = four;
		item.range_count = 4;
	}
	return item;
}

static void
rows_are_those_of_the_plan(void **state)
{
	static const struct {
		size_t row;
		int width;
		bool ascii;
		const char *text;
	} table[] = {
		{ 0, 80, false, "  ✓ DONE aia_20240508_094_0000.fits  "
		    "██████████████████ 100%  12.1M             " },
		{ 1, 80, false, "  ▶ GET  hmi_m_45s_202…gnetogram.tar "
		    "██▎·▒█▏··█▏··▒█▉··  40%  3.20G  31.2M  1:03" },
		{ 1, 80, true, "  d GET  hmi_m_45s_202~gnetogram.tar "
		    "##-.:#-..#-..:#=..  40%  3.20G  31.2M  1:03" },
		{ 2, 80, false, "  ↻ RTRY aia_20240508_131_0000.fits  "
		    "█████▎············  29%  12.1M  in 8s      " },
		{ 3, 80, false, "  ◆ VRFY iris_l2_20240…raster.tar.gz "
		    "██████████████████ 100%  1.97G             " },
		{ 4, 80, false, "  ◌ CONN aia_20240508_193_0000.fits  "
		    "··················   0%      ?             " },
		{ 5, 80, false, "  ▶ GET  stream.php?id=8812          "
		    " size unknown         ?      ?  4.40M      " },
		{ 6, 80, false, "  ○ WAIT aia_20240508_211_0000.fits  "
		    "··················       12.1M             " },
		{ 7, 80, false, "  ‖ PAUS survey_dr17_part_0007.hdf5  "
		    "█████████·········  50%  40.0G             " },
		{ 8, 80, false, "  ✗ FAIL aia_20240508_131_0456.fits  "
		    "█████▎············  29%  12.1M     HTTP 503" },
		{ 9, 80, false, "  − SKIP aia_20240508_094_0012.fits  "
		    "██████████████████ 100%  12.1M             " },
		{ 10, 80, false, "  ▶ GET  evil?[31mname?txt.exe       "
		    "█████████████████▉  99%  12.1M      1  0:01" },
		{ 1, 120, false, "  ▶ GET  hmi_m_45s_2024_05_08_f…_disk_"
		    "magnetogram.tar ███▏··██▏···█▍····███▏··  40%  1.31G"
		    "  3.20G  31.2M  1:03   4/4   1" },
		{ 5, 120, false, "  ▶ GET  stream.php?id=8812           "
		    "                 size unknown               ?  48.0M "
		    "     ?  4.40M         1/1   1" },
		{ 2, 120, false, "  ↻ RTRY aia_20240508_131_0000.fits   "
		    "                ███████▏················  29%  3.60M"
		    "  12.1M  in 8s         0/1   3" },
		{ 4, 120, false, "  ◌ CONN aia_20240508_193_0000.fits   "
		    "                ························   0%      0"
		    "      ?                1/1   1" },
		{ 1, 40, false, "  ▶ hmi_m_4…ram.tar █▏▋·▍·█▏  40%  31.2M" },
		{ 1, 40, true, "  d hmi_m_4~ram.tar #-=.-.#-  40%  31.2M" },
		{ 2, 40, false, "  ↻ aia_202…00.fits ██▍·····  29%  in 8s" },
		{ 3, 40, false, "  ◆ iris_l2….tar.gz ████████ 100%       " },
		{ 5, 40, false, "  ▶ stream.…id=8812  size ?     ?  4.40M" },
		{ 1, 19, false, " hmi_m_45s_20…  40%" },
		{ 1, 20, false, " ▶ hmi_m_…m.tar  40%" },
	};
	struct columns_row item;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof table / sizeof *table; i++) {
		item = item_of(table[i].row);
		assert_string_equal(draw(table[i].width, table[i].ascii,
		    false, &item), table[i].text);
	}
}

static bool
is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text >= 0x80 ||
		    (unsigned char)*text < 0x20)
			return false;
	return true;
}

/* What a person without colours has. */
static void
text_alone_tells_states_apart(void **state)
{
	char seen[16][WIDTH_MAX * 16 + 1];
	struct haul_row row = rows[8];
	struct columns_row item = { .row = &row };
	int width, ascii, one, other, count;

	(void)state;
	for (width = 20; width <= WIDTH_MAX; width++)
		for (ascii = 0; ascii < 2; ascii++) {
			count = 0;
			for (one = 0; one < HAUL_STATE_REMOVED; one++) {
				row.state = (enum haul_state)one;
				snprintf(seen[count++], sizeof seen[0], "%s",
				    draw(width, ascii, false, &item));
			}
			item.selected = true;
			snprintf(seen[count++], sizeof seen[0], "%s",
			    draw(width, ascii, false, &item));
			item.selected = false;
			item.tagged = true;
			snprintf(seen[count++], sizeof seen[0], "%s",
			    draw(width, ascii, false, &item));
			item.tagged = false;
			for (one = 0; one < count; one++)
				for (other = 0; other < one; other++)
					assert_string_not_equal(seen[one],
					    seen[other]);
		}
}

static void
rows_have_the_width_of_the_screen(void **state)
{
	struct columns_row item;
	const char *text;
	int width, how;
	size_t i;

	(void)state;
	for (i = 0; i < ROWS; i++)
		for (width = 1; width <= WIDTH_MAX; width++)
			for (how = 0; how < 8; how++) {
				item = item_of(i);
				item.selected = how & 1;
				text = draw(width, how & 2, how & 4, &item);
				assert_int_equal(text_width(text), width);
				if (how & 2)
					assert_true(is_ascii(text));
				assert_null(strchr(text, '\033'));
			}
}

static void
a_row_says_that_it_waits_for_its_host(void **state)
{
	struct haul_row row = rows[2];
	struct columns_row item = { .row = &row };

	(void)state;
	assert_non_null(strstr(draw(80, false, false, &item), " in 8s      "));
	row.wait = HAUL_WAIT_HOST_CAP;
	row.wait_ms = 0;
	assert_non_null(strstr(draw(80, false, false, &item),
	    "12.1M    host full"));
	assert_non_null(strstr(draw(50, false, false, &item), "   full"));
	row.wait = HAUL_WAIT_HOST_PAUSE;
	row.wait_ms = 41500;
	assert_non_null(strstr(draw(80, false, false, &item),
	    "12.1M  host in 42s"));
	assert_non_null(strstr(draw(50, false, false, &item), " in 42s"));
	row.wait = HAUL_WAIT_NETWORK;
	assert_non_null(strstr(draw(80, false, false, &item),
	    "12.1M   no network"));
	assert_non_null(strstr(draw(50, false, false, &item), " no net"));
	row = rows[6];
	assert_null(strstr(draw(80, false, false, &item), "host"));
	row.wait = HAUL_WAIT_HOST_LIMIT;
	assert_non_null(strstr(draw(80, false, false, &item),
	    "12.1M    host full"));
}

static void
a_cause_is_in_words_where_they_fit(void **state)
{
	struct haul_row row = rows[8];
	struct columns_row item = { .row = &row };

	(void)state;
	row.cause = HAUL_CAUSE_DNS;
	assert_non_null(strstr(draw(80, false, false, &item),
	    " unknown host"));
	assert_non_null(strstr(draw(50, false, false, &item), "    dns"));
	row.cause = HAUL_CAUSE_CONNECT;
	assert_non_null(strstr(draw(80, false, false, &item),
	    " unreachable"));
}

static void
a_speed_not_measured_yet_is_not_nothing(void **state)
{
	struct haul_row row = rows[1];
	struct columns_row item = { .row = &row };

	(void)state;
	row.speed_bps = 0;
	row.elapsed_ms = 5000;
	assert_non_null(strstr(draw(80, false, false, &item), "      0 "));
	row.elapsed_ms = 400;
	assert_null(strstr(draw(80, false, false, &item), " 0 "));
}

static void
wide_names_keep_columns_in_place(void **state)
{
	struct haul_row row = rows[1];
	struct columns_row item = { .row = &row };
	size_t i, length;
	const char *text;

	(void)state;
	for (i = 0; i < 40; i++) {
		length = 0;
		while (length < 3 * i)
			length += (size_t)snprintf(row.name + length,
			    sizeof row.name - length, "%s", length / 3 % 3 ?
			    "世" : "ab́");
		text = draw(80, false, false, &item);
		assert_int_equal(text_width(text), 80);
		assert_non_null(strstr(text, "  40%  3.20G  31.2M  1:03"));
	}
}

static void
names_move(void **state)
{
	struct columns_look look = { .glyphs = glyph_set(false) };
	struct columns_row item = { .row = &rows[1] };
	struct layout_columns columns;
	int rest;

	(void)state;
	grid_resize(&grid, 1, 40);
	layout_columns(&columns, 40);
	rest = columns_name_rest(&columns, &rows[1], 0);
	assert_int_equal(rest, 46 - 15);
	look.scroll = 8;
	columns_draw_row(grid_all(&grid), 0, &columns, &look, &item);
	assert_memory_equal(line_text(0), "  ▶ …_2024_05_08_f…", 23);
	grid_clear(&grid);
	look.scroll = rest;
	columns_draw_row(grid_all(&grid), 0, &columns, &look, &item);
	assert_memory_equal(line_text(0), "  ▶ …agnetogram.tar", 21);
	grid_clear(&grid);
	look.scroll = 1000;
	columns_draw_row(grid_all(&grid), 0, &columns, &look, &item);
	assert_memory_equal(line_text(0), "  ▶ …agnetogram.tar", 21);
	/* Short ones stay. */
	item.row = &rows[0];
	columns.name = 30;
	grid_clear(&grid);
	columns_draw_row(grid_all(&grid), 0, &columns, &look, &item);
	assert_non_null(strstr(line_text(0), "aia_20240508_094_0000.fits "));
}

static void
bars_show_where_bytes_arrive(void **state)
{
	const struct haul_range fresh = { 400 * MEGA, 416 * MEGA };
	struct columns_row item = item_of(1);
	int i, now = 0;

	(void)state;
	item.fresh = &fresh;
	item.fresh_count = 1;
	draw(80, false, false, &item);
	for (i = 37; i < 55; i++)
		if (grid.cells[i].style == STYLE_BAR_NOW) {
			assert_int_equal(i, 39);
			now++;
		}
	assert_int_equal(now, 1);
	assert_int_equal(grid.cells[37].style, STYLE_BAR_HERE);
	assert_int_equal(grid.cells[40].style, STYLE_BAR_REST);
	item = item_of(8);
	draw(80, false, false, &item);
	assert_int_equal(grid.cells[37].style, STYLE_BAR_FAIL);
	item = item_of(0);
	draw(80, false, false, &item);
	assert_int_equal(grid.cells[37].style, STYLE_BAR_DONE);
}

static void
right_edges_are_reversed_unless_selected(void **state)
{
	const struct haul_range edge = { 10, 100 };
	const struct haul_row row = { .state = HAUL_STATE_ACTIVE,
		.size_bytes = 100, .got_bytes = 90, .name = "a" };
	struct columns_look look = { .glyphs = glyph_set(false),
		.reverse = true };
	struct columns_row item = { .row = &row, .ranges = &edge,
		.range_count = 1 };
	struct layout_columns columns;

	(void)state;
	layout_columns(&columns, 80);
	grid_resize(&grid, 1, 80);
	columns_draw_row(grid_all(&grid), 0, &columns, &look, &item);
	assert_int_equal(grid.cells[38].flags, GRID_REVERSE);
	item.selected = true;
	grid_clear(&grid);
	columns_draw_row(grid_all(&grid), 0, &columns, &look, &item);
	assert_int_equal(grid.cells[38].flags, 0);
	assert_int_equal(grid.cells[9].flags, GRID_REVERSE);
	assert_string_equal(grid.cells[0].text, ">");
}

static void
failures_have_columns_of_their_own(void **state)
{
	struct columns_row item = item_of(8);
	struct haul_row row = rows[8];

	(void)state;
	assert_string_equal(draw(80, false, true, &item),
	    "  ✗ FAIL aia_20240508_131_0456.fits  HTTP 503 Service Unavailable "
	    "    5 14:04:40");
	item.selected = true;
	assert_string_equal(draw(80, true, true, &item),
	    "> ! FAIL aia_20240508_131_0456.fits  HTTP 503 Service Unavailable "
	    "    5 14:04:40");
	/* Of another day, the day is told. */
	row.ended_ms -= INT64_C(86400000);
	item = (struct columns_row){ .row = &row };
	assert_non_null(strstr(draw(80, false, true, &item), " 05-07   "));
	assert_non_null(strstr(draw(100, false, true, &item), " 05-07 14:04"));
}

static const char *
head(int width, bool failed)
{
	struct layout_columns columns;

	grid_resize(&grid, 1, width);
	if (failed)
		layout_failed_columns(&columns, width);
	else
		layout_columns(&columns, width);
	columns_draw_head(grid_all(&grid), 0, &columns, LIST_SORT_NAME);
	return line_text(0);
}

static void
heads_stand_above_their_columns(void **state)
{
	struct layout_columns columns;

	(void)state;
	assert_string_equal(head(80, false), "  STATE  NAME             "
	    "           PROGRESS              %   SIZE     /s   ETA");
	assert_string_equal(head(120, false), "  STATE  NAME            "
	    "                             PROGRESS                    %  "
	    "RECVD   SIZE     /s   ETA  CONN TRY");
	assert_string_equal(head(80, true), "  STATE  NAME              "
	    "          CAUSE                          TRY WHEN    ");
	layout_columns(&columns, 80);
	assert_int_equal(columns_sort_at(&columns, 3), LIST_SORT_STATE);
	assert_int_equal(columns_sort_at(&columns, 12), LIST_SORT_NAME);
	assert_int_equal(columns_sort_at(&columns, 40), LIST_SORT_PROGRESS);
	assert_int_equal(columns_sort_at(&columns, 63), LIST_SORT_SIZE);
	assert_int_equal(columns_sort_at(&columns, 70), LIST_SORT_SPEED);
	assert_int_equal(columns_sort_at(&columns, 79), LIST_SORT_LEFT);
	assert_int_equal(columns_sort_at(&columns, 55), LIST_SORTS);
}

#if defined(ENABLE_NLS) && ENABLE_NLS
#undef gettext

static bool translated;

/* Stands before that of the C library, which gettext() may be by a macro. */
char *
dcgettext(const char *domain, const char *text, int category)
{
	static const char *const words[][2] = {
		{ "SIZE", "GRANDEUR" }, { "WAIT", "WAITING" },
		{ "STATE", "CONDITION" }, { "PROGRESS", "\u4e16\u754c" },
	};
	size_t i;

	(void)domain;
	(void)category;
	for (i = 0; translated && i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i][0], text) == 0)
			text = words[i][1];
	return (char *)(uintptr_t)text;
}

char *
gettext(const char *text)
{
	return dcgettext(NULL, text, LC_MESSAGES);
}

static void
columns_are_as_wide_as_translations(void **state)
{
	struct layout_columns columns, before;
	int width;

	(void)state;
	for (width = 1; width <= WIDTH_MAX; width++) {
		layout_columns(&before, width);
		columns = before;
		columns_fit(&columns);
		assert_memory_equal(&columns, &before, sizeof columns);
	}
	translated = true;
	for (width = 1; width <= WIDTH_MAX; width++) {
		layout_columns(&before, width);
		columns = before;
		columns_fit(&columns);
		assert_int_equal(layout_sum(&columns), layout_sum(&before));
		assert_true(columns.name == before.name || columns.name >= 12);
	}
	layout_columns(&columns, 80);
	columns_fit(&columns);
	assert_int_equal(columns.size, 8);
	assert_int_equal(columns.word, 7);      /* the head has sign and word */
	assert_int_equal(columns.bar, 18);
	grid_resize(&grid, 1, 80);
	grid_clear(&grid);
	columns_draw_head(grid_all(&grid), 0, &columns, LIST_SORTS);
	assert_non_null(strstr(line_text(0), "  CONDITION NAME "));
	assert_non_null(strstr(line_text(0), " GRANDEUR "));
	layout_failed_columns(&columns, 40);
	columns_fit(&columns);
	assert_int_equal(layout_sum(&columns), 40);
	translated = false;
}
#endif

static int
teardown(void **state)
{
	(void)state;
	grid_release(&grid);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_those_of_the_plan),
		cmocka_unit_test(text_alone_tells_states_apart),
		cmocka_unit_test(rows_have_the_width_of_the_screen),
		cmocka_unit_test(a_row_says_that_it_waits_for_its_host),
		cmocka_unit_test(a_cause_is_in_words_where_they_fit),
		cmocka_unit_test(a_speed_not_measured_yet_is_not_nothing),
		cmocka_unit_test(wide_names_keep_columns_in_place),
		cmocka_unit_test(names_move),
		cmocka_unit_test(bars_show_where_bytes_arrive),
		cmocka_unit_test(right_edges_are_reversed_unless_selected),
		cmocka_unit_test(failures_have_columns_of_their_own),
		cmocka_unit_test(heads_stand_above_their_columns),
#if defined(ENABLE_NLS) && ENABLE_NLS
		cmocka_unit_test(columns_are_as_wide_as_translations),
#endif
	};

	alarm(60);
	setlocale(LC_ALL, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, teardown);
}
