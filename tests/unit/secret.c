/* SPDX-License-Identifier: MIT
 *
 * secret.c, keep.c:
 * - users, passwords, signed query values and fragments of a URL are taken
 *   out, the rest stays byte for byte
 * - a URL without any of that is known as such
 * - headers that log in are told by their names
 * - options come back as they were; file names mean the same from anywhere
 * - of secret options the names alone are kept, and it is known when one of
 *   them is lacking
 * - values with line feeds, backslashes and equals signs survive
 */
#include "config.h"

#include "engine/base/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/store/keep.h"

#define TIME_LIMIT_S 60
#define LENGTH(array) (sizeof (array) / sizeof *(array))

static void
test_urls(void **state)
{
	static const struct {
		const char *url, *bare;
		unsigned found;
	} urls[] = {
		{ "http://a/b", "http://a/b", 0 },
		{ "http://a/b?c=d&e=f", "http://a/b?c=d&e=f", 0 },
		{ "http://u:p@a/b", "http://a/b", SECRET_USER },
		{ "ftp://u@a/b", "ftp://a/b", SECRET_USER },
		{ "http://u:p@x@a/b@c", "http://a/b@c", SECRET_USER },
		{ "http://a/@b", "http://a/@b", 0 },
		{ "http://a/b?token=x", "http://a/b?token=***", SECRET_QUERY },
		{ "http://a/b?x=1&X-Amz-Signature=q%2F&y=2",
		    "http://a/b?x=1&X-Amz-Signature=***&y=2", SECRET_QUERY },
		{ "http://a/?sig=1;key=2", "http://a/?sig=***;key=***",
		    SECRET_QUERY },
		{ "http://a/?token=", "http://a/?token=", 0 },
		{ "http://a/?tokens=1", "http://a/?tokens=1", 0 },
		{ "http://a/?token", "http://a/?token", 0 },
		{ "http://u:p@a/?sig=1", "http://a/?sig=***",
		    SECRET_USER | SECRET_QUERY },
		{ "http://a/b#access_token=1", "http://a/b", 0 },
		{ "http://a?sig=1#x", "http://a?sig=***", SECRET_QUERY },
		{ "", "", 0 },
		{ "?sig=1?x", "?sig=***", SECRET_QUERY },
	};
	unsigned found;
	char *bare;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(urls); i++) {
		bare = secret_free_url(urls[i].url, &found);
		assert_string_equal(bare, urls[i].bare);
		assert_int_equal(found, urls[i].found);
		assert_int_equal(secret_is_in_url(urls[i].url),
		    strcmp(urls[i].url, bare) != 0);
		free(bare);
	}
}

static void
test_headers(void **state)
{
	static const char *const secret[] = {
		"Authorization: Basic eDp5", "cookie: a=b", "Cookie;",
		"X-Api-Key: 1", "X-Token: 1234", "Proxy-Authorization: x",
		"PRIVATE-TOKEN:x", "X-Session-Id: 1", "X-Amz-Security-Token:",
	};
	static const char *const plain[] = {
		"Accept: */*", "Range-Unit: token", "X-Name: Authorization",
		"", ": auth",
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(secret); i++)
		assert_true(secret_is_header(secret[i]));
	for (i = 0; i < LENGTH(plain); i++)
		assert_false(secret_is_header(plain[i]));
}

/* ---- options ---- */

static struct options *set;

static int
setup(void **state)
{
	(void)state;
	set = options_new();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	options_unref(set);
	return 0;
}

static void
give(const char *name, const char *value)
{
	assert_int_equal(options_set(set, name, value, ~0U, NULL), HAUL_OK);
}

static void
test_keep(void **state)
{
	struct options *back = options_new();
	struct options_pair pair = { back, NULL, NULL };
	char name[KEEP_NAME_SIZE], *value, *text, *needs;
	const char *rest;
	unsigned n = 0;

	(void)state;
	give("max-conn", "17");
	give("timeout", "1500ms");
	give("min-split-size", "3M");
	give("overwrite", "unique");
	give("user-agent", "a=b\\n\nc\\");
	give("cacert", "ca.pem");
	give("header", "X-A: 1");
	give("header", "X-B: 2");
	give("directory", "elsewhere");
	keep_options(set, "/work", &text, &needs);
	assert_null(needs);
	for (rest = text; keep_next(&rest, name, &value); n++) {
		assert_int_equal(options_set(back, name, value, ~0U, NULL),
		    HAUL_OK);
		free(value);
	}
	assert_int_equal(n, 8);
	assert_int_equal(options_number(pair, OPTION_MAX_CONN), 17);
	assert_int_equal(options_number(pair, OPTION_TIMEOUT), 1500);
	assert_int_equal(options_number(pair, OPTION_MIN_SPLIT_SIZE),
	    3 << 20);
	assert_int_equal(options_number(pair, OPTION_OVERWRITE),
	    OVERWRITE_UNIQUE);
	assert_string_equal(options_text(pair, OPTION_USER_AGENT),
	    "a=b\\n\nc\\");
	assert_string_equal(options_text(pair, OPTION_CACERT),
	    "/work/ca.pem");
	assert_null(options_text(pair, OPTION_DIRECTORY));
	free(text);
	options_unref(back);
	rest = "nonsense\n\n=x\nmax-conn=3";
	assert_true(keep_next(&rest, name, &value));
	free(value);
	assert_true(keep_next(&rest, name, &value));
	assert_string_equal(value, "3");
	free(value);
	assert_false(keep_next(&rest, name, &value));
	rest = NULL;
	assert_false(keep_next(&rest, name, &value));
}

static void
test_secrets(void **state)
{
	struct options_pair none = { NULL, NULL, NULL };
	struct options_pair all = { NULL, set, NULL };
	char *text, *needs, option[64], name[64];

	(void)state;
	give("user", "me:verysecret");
	give("header", "Authorization: verysecret");
	give("header", "Accept: x");
	give("proxy", "http://me:verysecret@proxy:3128");
	give("referer", "http://a/?sig=verysecret");
	keep_options(set, "/", &text, &needs);
	assert_null(strstr(text, "verysecret"));
	assert_null(strstr(text, "me:"));
	assert_non_null(strstr(text, "proxy=http://proxy:3128\n"));
	assert_non_null(strstr(text, "header=Accept: x\n"));
	assert_non_null(strstr(needs, "user\n"));
	assert_non_null(strstr(needs, "header Authorization\n"));
	assert_non_null(strstr(needs, "proxy\n"));
	assert_false(keep_lacks(needs, all, option, name));
	assert_true(keep_lacks("header authorization\n", none, option, name));
	assert_string_equal(option, "header");
	assert_string_equal(name, "authorization");
	assert_false(keep_lacks("header authorization\n", all, option, name));
	assert_true(keep_lacks("header X-Auth\n", all, option, name));
	assert_true(keep_lacks(needs, none, option, name));
	assert_false(keep_lacks(NULL, none, option, name));
	free(text);
	free(needs);
}

static void
test_paths(void **state)
{
	static const char *const paths[][3] = {
		{ "/w", "./", "/w" }, { "/w", ".", "/w" },
		{ "/w", "a/b", "/w/a/b" }, { "/w", "./a", "/w/a" },
		{ "/", "a", "/a" }, { "/w", "/x", "/x" }, { "/w", "", "/w" },
		{ "/w", ".//a", "/w/a" }, { "/w", "../a", "/w/../a" },
	};
	char *path;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(paths); i++) {
		path = keep_path(paths[i][0], paths[i][1]);
		assert_string_equal(path, paths[i][2]);
		free(path);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_headers),
		cmocka_unit_test_setup_teardown(test_keep, setup, teardown),
		cmocka_unit_test_setup_teardown(test_secrets, setup, teardown),
		cmocka_unit_test(test_paths),
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
