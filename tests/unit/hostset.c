/* SPDX-License-Identifier: MIT
 *
 * hostset: which patterns are some, which of them fit a URL and which of those
 * counts, addresses, and that copies of options share them.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/base/hostset.h"
#include "engine/base/options.h"

static void
patterns_are_hosts(void **state)
{
	static const char *const good[] = {
		"example.org", "EXAMPLE.org", "*.example.org", "*", "h:80",
		"https://h", "ftp://*.h:21", "[::1]", "::1", "[::1]:80",
		"localhost",
	}, *const bad[] = {
		"", "a b", "a/", "http://", "http:///x", "gopher://h", "*a",
		"*.", "a.*.b", "**", "u@h", "a#", "a?b", "a\"b", "[::1", ":80",
		"\t",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof good / sizeof *good; i++)
		if (!hostset_is_pattern(good[i]))
			fail_msg("'%s' is refused", good[i]);
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		if (hostset_is_pattern(bad[i]))
			fail_msg("'%s' is taken", bad[i]);
}

/* The user-agent for a URL of a list of patterns, which is each pattern's own
 * text. */
static void
assert_found(const char *url, const char *wanted)
{
	static const char *const patterns[] = {
		"*", "*.org", "*.a.org", "a.org", "a.org:81", "https://a.org",
		"https://a.org:81", "https://*.b.org", "*.b.org:81", "[::1]",
		"127.0.0.1", "A.com",
	};
	struct hostset *set = NULL;
	const struct options *found;
	struct options_pair pair = { NULL, NULL, NULL };
	const char *text;
	size_t i;

	for (i = 0; i < sizeof patterns / sizeof *patterns; i++) {
		struct options *options = options_new();

		assert_int_equal(options_set(options, "user-agent",
		    patterns[i], OPTION_SCOPE_ITEM, NULL), HAUL_OK);
		set = hostset_add(set, patterns[i], options);
		options_unref(options);
	}
	found = hostset_find(set, url);
	assert_non_null(found);
	pair.host = found;
	text = options_text(pair, OPTION_USER_AGENT);
	if (text == NULL || strcmp(text, wanted) != 0)
		fail_msg("%s has '%s', not '%s'", url, text, wanted);
	hostset_unref(set);
}

static void
the_most_exact_pattern_counts(void **state)
{
	(void)state;
	assert_found("http://a.org/x", "a.org");
	assert_found("http://A.ORG/x", "a.org");
	assert_found("http://me:pass@a.org:80/x", "a.org");
	assert_found("http://a.org:81/x", "a.org:81");
	assert_found("https://a.org/x", "https://a.org");
	assert_found("https://a.org:81/x", "https://a.org:81");
	assert_found("http://b.a.org/", "*.a.org");
	assert_found("http://c.b.a.org/", "*.a.org");
	assert_found("http://xa.org/", "*.org");
	assert_found("http://a.org.evil.net/", "*");
	assert_found("http://evil.net/?a.org", "*");
	assert_found("http://a.org@evil.net/", "*");
	assert_found("https://c.b.org/", "https://*.b.org");
	assert_found("http://c.b.org/", "*.org");
	/* A port says more than a scheme. */
	assert_found("https://c.b.org:81/", "*.b.org:81");
	assert_found("http://[::1]:8080/", "[::1]");
	assert_found("ftp://127.0.0.1/", "127.0.0.1");
	assert_found("http://a.com/", "A.com");
}

static void
without_a_pattern_that_fits_there_is_nothing(void **state)
{
	struct options *options = options_new();
	struct hostset *set = hostset_add(NULL, "a.org", options);

	(void)state;
	options_unref(options);
	assert_null(hostset_find(NULL, "http://a.org/"));
	assert_null(hostset_find(set, "http://b.org/"));
	assert_null(hostset_find(set, "nonsense"));
	hostset_unref(set);
}

static void
copies_share_them_and_items_have_the_last_word(void **state)
{
	struct haul_options *all = haul_options_new(), *copy;
	struct haul_options *host = haul_options_new();
	struct haul_options *own = haul_options_new();
	struct haul_request request = { .url = "http://a.org/x" };
	struct haul_error error;
	struct haul *haul;
	char text[64];
	haul_id id, other;

	(void)state;
	assert_int_equal(haul_options_set(all, "retries", "1", NULL), HAUL_OK);
	assert_int_equal(haul_options_set(all, "header", "A: 1", NULL),
	    HAUL_OK);
	assert_int_equal(haul_options_set(host, "retries", "2", NULL),
	    HAUL_OK);
	assert_int_equal(haul_options_set(host, "timeout", "3", NULL),
	    HAUL_OK);
	assert_int_equal(haul_options_set(host, "header", "B: 2", NULL),
	    HAUL_OK);
	assert_int_equal(haul_options_set(host, "max-host-conn", "2", NULL),
	    HAUL_OK);
	assert_int_equal(haul_options_set(own, "retries", "4", NULL), HAUL_OK);
	assert_int_equal(haul_options_for_host(all, "a.org", host, &error),
	    HAUL_OK);
	copy = haul_options_copy(all);
	assert_int_equal(haul_options_set(copy, "max-conn", "9", NULL),
	    HAUL_OK);
	haul_options_free(all);
	haul_options_free(host);
	assert_int_equal(haul_new(copy, &haul, NULL), HAUL_OK);
	haul_options_free(copy);
	assert_int_equal(haul_add(haul, &request, &id, NULL), HAUL_OK);
	request.options = own;
	assert_int_equal(haul_add(haul, &request, &other, NULL), HAUL_OK);
	assert_true(haul_get(haul, id, "retries", text, sizeof text));
	assert_string_equal(text, "2");
	assert_true(haul_get(haul, other, "retries", text, sizeof text));
	assert_string_equal(text, "4");
	assert_true(haul_get(haul, other, "timeout", text, sizeof text));
	assert_string_equal(text, "3");
	assert_true(haul_get(haul, 0, "retries", text, sizeof text));
	assert_string_equal(text, "1");
	assert_true(haul_get(haul, id, "header", text, sizeof text));
	assert_string_equal(text, "A: 1\nB: 2");
	/* A set may be that of a host of its own; valgrind would tell. */
	assert_int_equal(haul_options_for_host(own, "b.org", own, &error),
	    HAUL_OK);
	haul_options_free(own);
	haul_free(haul);
}

static void
what_a_host_cannot_have_is_refused(void **state)
{
	struct haul_options *all = haul_options_new();
	struct haul_options *host = haul_options_new();
	struct haul_error error;

	(void)state;
	assert_int_equal(haul_options_for_host(all, "a b", host, &error),
	    HAUL_EUSAGE);
	assert_int_equal(error.complaint, HAUL_COMPLAINT_BAD_URL);
	assert_int_equal(haul_options_set(host, "max-conn", "2", NULL),
	    HAUL_OK);
	assert_int_equal(haul_options_for_host(all, "a.org", host, &error),
	    HAUL_EUSAGE);
	assert_int_equal(error.complaint, HAUL_COMPLAINT_WRONG_SCOPE);
	assert_string_equal(error.option, "max-conn");
	haul_options_free(all);
	haul_options_free(host);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_are_hosts),
		cmocka_unit_test(the_most_exact_pattern_counts),
		cmocka_unit_test(
		    without_a_pattern_that_fits_there_is_nothing),
		cmocka_unit_test(
		    copies_share_them_and_items_have_the_last_word),
		cmocka_unit_test(what_a_host_cannot_have_is_refused),
	};

	alarm(20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
