/* SPDX-License-Identifier: MIT
 *
 * filter: what expressions match, and which cannot be read: terms,
 * alternatives, denial, each field, sizes, quotes, regular expressions, case.
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

#include "ui/rows/filter.h"

static const struct haul_row sample = {
	.id = 7, .state = HAUL_STATE_FAILED, .cause = HAUL_CAUSE_HTTP,
	.http_status = 503, .size_bytes = 12687769,
	.name = "aia_20240508_131_0456.fits.tar.gz",
	.host = "archive.example.org",
};

static bool
matches_row(const char *expression, const struct haul_row *row, bool tagged)
{
	struct filter_subject subject = { .row = row, .tagged = tagged,
		.url = "https://user@archive.example.org/x/a?b=C" };
	char why[128] = "";
	struct filter *filter = filter_new(expression, false, why,
	    sizeof why);
	bool matches;

	if (filter == NULL)
		fail_msg("%s: %s", expression, why);
	matches = filter_match(filter, &subject);
	filter_free(filter);
	return matches;
}

static void
each_expression_means_one_thing(void **state)
{
	static const struct {
		const char *expression;
		bool matches;
	} table[] = {
		{ "", true }, { "   ", true }, { "131", true },
		{ "132", false }, { "131 0456", true },
		{ "131 0457", false }, { "132|131", true },
		{ "132|133", false }, { "!132", true }, { "!131", false },
		{ "!!131", true }, { "!132|131", true },
		{ "!131|!132", true }, { "!131|132", false }, { "!", true },
		{ "AIA", false }, { "aia", true }, { "name:131", true },
		{ "host:archive", true }, { "host:131", false },
		{ "host:zz|archive", true }, { "131 host:archive", true },
		{ "host:zz|name:131", true }, { "host:zz|yy", false },
		{ "state:failed", true }, { "state:fail", true },
		{ "state:FAILED", true }, { "state:done", false },
		{ "state:failed|retry", true }, { "state:queued|done", false },
		{ "!state:done", true }, { "state:active", false },
		{ "131 host:archive state:failed|retry", true },
		{ "size>1M", true }, { "size>12M", true },
		{ "size>13M", false }, { "size<13M", true },
		{ "size>=12687769", true }, { "size<=12687768", false },
		{ "size=12687769", true }, { "size>1G|<1K", false },
		{ "size>1G|size<20M", true }, { "size>1.5MiB", true },
		{ "size>12.1M", false }, { "size>12,05M", true },
		{ "size>.01G", true },
		{ "!size>1G", true }, { "SIZE>1", true },
		{ "ext:gz", true }, { "ext:tar.gz", true },
		{ "ext:.GZ", true }, { "ext:tar", false }, { "ext:z", false },
		{ "ext:zip|gz", true }, { "tag:", false },
		{ "tag:yes", false }, { "tag:no", true }, { "!tag:", true },
		{ "cause:503", true }, { "cause:http", true },
		{ "cause:http_503", true }, { "cause:dns", false },
		{ "cause:dns|50", true }, { "url:b=C", true },
		{ "url:b=c", true }, { "url:B=C", false },
		{ "url:nowhere", false }, { "re:^aia.*_04", true },
		{ "re:^AIA", false }, { "re:131|x", true },
		{ "re:x|y", false }, { "!re:^b", true },
		{ "host:re:^arch.*org$", true }, { "host:re:^rch", false },
		{ "\"131 0\"", false }, { "\"a|b\"|131", true },
		{ "other:131", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof table / sizeof *table; i++)
		if (matches_row(table[i].expression, &sample, false) !=
		    table[i].matches)
			fail_msg("%s", table[i].expression);
}

static void
what_cannot_be_read_says_why(void **state)
{
	static const char *const bad[] = {
		"size>", "size>x", "size>1Q", "size>-1", "size>nan",
		"size>inf", "size>0x1", "size>1.5.5M", "size>.",
		"size>99999999999999999999",
		"state:xyz", "re:(", "host:re:[", "a re:*(",
	};
	struct filter *filter;
	char why[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		why[0] = '\0';
		filter = filter_new(bad[i], false, why, sizeof why);
		if (filter != NULL)
			fail_msg("%s", bad[i]);
		assert_true(why[0] != '\0');
	}
}

static void
rows_without_a_value_do_not_match(void **state)
{
	struct haul_row row = { .size_bytes = -1, .name = "readme" };

	(void)state;
	assert_false(matches_row("size>0", &row, false));
	assert_false(matches_row("size<1", &row, false));
	assert_false(matches_row("cause:h", &row, false));
	assert_false(matches_row("ext:readme", &row, false));
	assert_true(matches_row("ext:", &row, false));
	assert_true(matches_row("tag:", &row, true));
	assert_true(matches_row("state:wait", &row, false));
}

static void
thousands_are_1000_with_si(void **state)
{
	struct haul_row row = { .size_bytes = 1010 };
	struct filter_subject subject = { .row = &row };
	struct filter *filter;
	char why[64];
	int si;

	(void)state;
	for (si = 0; si < 2; si++) {
		filter = filter_new("size>1K", si, why, sizeof why);
		assert_non_null(filter);
		assert_int_equal(filter_match(filter, &subject), si);
		filter_free(filter);
	}
}

static void
needs_are_known(void **state)
{
	char why[64];
	struct filter *filter = filter_new("a url:b !tag:", false, why,
	    sizeof why);

	(void)state;
	assert_int_equal(filter_needs(filter), FILTER_NEEDS_URL |
	    FILTER_NEEDS_TAGS);
	filter_free(filter);
	filter = filter_new(" \t ", false, why, sizeof why);
	assert_true(filter_is_empty(filter));
	filter_free(filter);
}

static void
too_much_is_refused(void **state)
{
	char text[4096], why[64];
	size_t i;

	(void)state;
	memset(text, 'a', sizeof text);
	text[sizeof text - 1] = '\0';
	assert_null(filter_new(text, false, why, sizeof why));
	for (i = 0; i + 1 < sizeof text; i += 2)
		text[i] = ' ';
	assert_null(filter_new(text, false, why, sizeof why));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_expression_means_one_thing),
		cmocka_unit_test(what_cannot_be_read_says_why),
		cmocka_unit_test(rows_without_a_value_do_not_match),
		cmocka_unit_test(thousands_are_1000_with_si),
		cmocka_unit_test(needs_are_known),
		cmocka_unit_test(too_much_is_refused),
	};

	alarm(60);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
