/* SPDX-License-Identifier: MIT
 *
 * page.c:
 * - a page is known by its type, whatever parameters come with it
 * - what a URL names by its last suffix is told from a page, if nobody gives
 *   pages such a suffix; host, query and fragment do not count
 */
#include "config.h"

#include "engine/net/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#define TIME_LIMIT_S 30

static void
test_type(void **state)
{
	(void)state;
	assert_true(page_is_type("text/html"));
	assert_true(page_is_type("Text/HTML; charset=utf-8"));
	assert_true(page_is_type("text/html;charset=utf-8"));
	assert_true(page_is_type("application/xhtml+xml"));
	assert_false(page_is_type(NULL));
	assert_false(page_is_type(""));
	assert_false(page_is_type("text/htmlx"));
	assert_false(page_is_type("text/plain"));
	assert_false(page_is_type("application/octet-stream"));
}

static void
test_name(void **state)
{
	(void)state;
	assert_true(page_is_not_named("http://a.example/b/c.fits"));
	assert_true(page_is_not_named("http://a.example/b/c.tar.GZ?x=y.html"));
	assert_true(page_is_not_named("ftp://a/c.7z#top.html"));
	assert_true(page_is_not_named("http://a.html/c.html.zip"));
	assert_false(page_is_not_named("http://a.zip"));
	assert_false(page_is_not_named("http://a.zip/"));
	assert_false(page_is_not_named("http://a.example/b.zip/c"));
	assert_false(page_is_not_named("http://a.example/zip"));
	assert_false(page_is_not_named("http://a.example/c.html"));
	assert_false(page_is_not_named("http://a.example/c.php?f=a.zip"));
	assert_false(page_is_not_named("http://a.example/c."));
	assert_false(page_is_not_named("http://a.example/release-1.2"));
	assert_false(page_is_not_named("http://a.example/c.zi"));
	assert_false(page_is_not_named("http://a.example/c.gz zip"));
	assert_false(page_is_not_named("http://a.example/c.suffix-too-long"));
	assert_false(page_is_not_named("nonsense"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "a page is known by its type", test_type, NULL, NULL, NULL },
		{ "what is no page by its name is told", test_name,
		    NULL, NULL, NULL },
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
