/* SPDX-License-Identifier: MIT
 *
 * url.c:
 * - schemes are told apart in any case, and others are named as such
 * - what can be fetched passes, what cannot is refused with its complaint
 * - bytes that could break a request or a terminal are refused, also where
 *   they hide in a user or password
 * - an origin has scheme, host and port, in lower case, without a user
 * - a port that is the scheme's own changes no origin, another one does
 * - IPv6 addresses keep their colons
 * - the user's part ends at the last '@' of the authority, not in the path
 * - two origins are the same only if all three agree
 * - an absurdly long host has no origin
 * - addresses are told from names, this machine from others
 * - the URL for a request is escaped once, and only where it must be
 * - user and password are decoded
 * - secrets and fragments go, the rest stays
 * - an FTP server is asked for the last part of a path, decoded
 */
#include "config.h"

#include "engine/base/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define TIME_LIMIT_S 60
#define LENGTH(array) (sizeof (array) / sizeof *(array))

static void
test_scheme(void **state)
{
	static const struct {
		const char *url;
		enum url_scheme scheme;
	} cases[] = {
		{ "http://a/", URL_HTTP },
		{ "HTTPS://a/", URL_HTTPS },
		{ "Ftp://a/", URL_FTP },
		{ "fTPs://a/", URL_FTPS },
		{ "sftp://a/", URL_SFTP },
		{ "file:///etc/passwd", URL_OTHER },
		{ "httpx://a/", URL_OTHER },
		{ "http:/a", URL_OTHER },
		{ " http://a/", URL_OTHER },
		{ "a.example/b", URL_OTHER },
		{ "", URL_OTHER },
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++)
		assert_int_equal(url_scheme(cases[i].url), cases[i].scheme);
}

static const struct {
	const char *url;
	enum haul_complaint complaint;
} checks[] = {
	{ "http://a.example/b?c#d", HAUL_COMPLAINT_NONE },
	{ "https://a.example", HAUL_COMPLAINT_NONE },
	{ "http://[::1]:8080/b", HAUL_COMPLAINT_NONE },
	{ "ftp://user:p%40ss@a.example/b", HAUL_COMPLAINT_NONE },
	{ "http://a.example/a b", HAUL_COMPLAINT_NONE },
	{ "http://a.example/\xc3\xa4", HAUL_COMPLAINT_NONE },
	{ "http://\xc3\xa4.example/", HAUL_COMPLAINT_NONE },
	{ "http://a.example/%0d%0a", HAUL_COMPLAINT_NONE },
	{ "", HAUL_COMPLAINT_BAD_URL },
	{ "a.example/b", HAUL_COMPLAINT_BAD_URL },
	{ "http://", HAUL_COMPLAINT_BAD_URL },
	{ "http:///b", HAUL_COMPLAINT_BAD_URL },
	{ "http://?b", HAUL_COMPLAINT_BAD_URL },
	{ "http://:80/", HAUL_COMPLAINT_BAD_URL },
	{ "http://user@/b", HAUL_COMPLAINT_BAD_URL },
	{ "http://user@:80/b", HAUL_COMPLAINT_BAD_URL },
	{ "http://a b/c", HAUL_COMPLAINT_BAD_URL },
	{ "http://a:65535/", HAUL_COMPLAINT_NONE },
	{ "http://a:/", HAUL_COMPLAINT_NONE },
	{ "http://a:65536/", HAUL_COMPLAINT_BAD_URL },
	{ "http://a:99999999999999999999/", HAUL_COMPLAINT_BAD_URL },
	{ "http://a:http/", HAUL_COMPLAINT_BAD_URL },
	{ "http://a:-1/", HAUL_COMPLAINT_BAD_URL },
	{ "http://[::1", HAUL_COMPLAINT_BAD_URL },
	{ "http://[::1:80/", HAUL_COMPLAINT_BAD_URL },
	{ "http://[::1]x/", HAUL_COMPLAINT_BAD_URL },
	{ "http://fe80::1/", HAUL_COMPLAINT_BAD_URL },
	{ "http://a.example/b\nc", HAUL_COMPLAINT_BAD_URL },
	{ "http://a.example/\x1b[2J", HAUL_COMPLAINT_BAD_URL },
	{ "http://a.example/\x7f", HAUL_COMPLAINT_BAD_URL },
	{ "http://a\t.example/", HAUL_COMPLAINT_BAD_URL },
	{ "file:///etc/passwd", HAUL_COMPLAINT_BAD_SCHEME },
	{ "gopher://a/", HAUL_COMPLAINT_BAD_SCHEME },
	{ "javascript://a/", HAUL_COMPLAINT_BAD_SCHEME },
	/* These would become commands of their own to an FTP server. */
	{ "ftp://me%0d%0aDELE%20x:p@a.example/", HAUL_COMPLAINT_BAD_URL },
	{ "ftp://me:p%0Aq@a.example/", HAUL_COMPLAINT_BAD_URL },
	{ "ftp://me%00:p@a.example/", HAUL_COMPLAINT_BAD_URL },
	{ "http://me:p%7f@a.example/", HAUL_COMPLAINT_BAD_URL },
	{ "ftp://me%20you:p%zz%2@a.example/", HAUL_COMPLAINT_NONE },
};

static void
test_check(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(checks); i++) {
		if (url_check(checks[i].url) != checks[i].complaint)
			print_error("case %zu\n", i);
		assert_int_equal(url_check(checks[i].url),
		    checks[i].complaint);
	}
}

static const struct {
	const char *url, *origin;       /* NULL: it has none */
} origins[] = {
	{ "http://a.example/b", "http://a.example:80" },
	{ "HTTP://A.Example", "http://a.example:80" },
	{ "https://a.example?q", "https://a.example:443" },
	{ "ftp://a.example#f", "ftp://a.example:21" },
	{ "ftps://a.example/", "ftps://a.example:990" },
	{ "sftp://a.example/", "sftp://a.example:22" },
	{ "http://a.example:80/", "http://a.example:80" },
	{ "http://a.example:/", "http://a.example:80" },
	{ "http://a.example:", "http://a.example:80" },
	{ "http://a.example:8080", "http://a.example:8080" },
	{ "https://a.example:80/", "https://a.example:80" },
	{ "http://[::1]/", "http://[::1]:80" },
	{ "http://[FE80::1]:81/x", "http://[fe80::1]:81" },
	{ "http://u:p@[::1]:81", "http://[::1]:81" },
	{ "http://me:se@cret@a.example/", "http://a.example:80" },
	{ "http://a.example@evil.example/", "http://evil.example:80" },
	{ "http://a.example/@evil.example/", "http://a.example:80" },
	{ "http://a.example?@evil.example/", "http://a.example:80" },
	{ "http://a.example#@evil.example/", "http://a.example:80" },
	{ "http://u:80@a.example:81/", "http://a.example:81" },
	{ "http://10.0.0.1:1/", "http://10.0.0.1:1" },
	{ "http://1/", "http://1:80" },
	{ "http:///", NULL },
	{ "http://u@/", NULL },
	{ "file:///x", NULL },
	{ "nonsense", NULL },
};

static void
test_origin(void **state)
{
	char origin[URL_HOST_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(origins); i++) {
		assert_int_equal(url_origin(origins[i].url, origin),
		    origins[i].origin != NULL);
		if (origins[i].origin != NULL)
			assert_string_equal(origin, origins[i].origin);
	}
}

static void
test_same_origin(void **state)
{
	(void)state;
	assert_true(url_same_origin("http://a/x", "HTTP://u:p@A:80?y"));
	assert_true(url_same_origin("https://[::1]/", "https://[::1]:443"));
	assert_false(url_same_origin("http://a/", "https://a/"));
	assert_false(url_same_origin("http://a/", "https://a:80/"));
	assert_false(url_same_origin("http://a/", "http://a:81/"));
	assert_false(url_same_origin("http://a/", "http://a.b/"));
	assert_false(url_same_origin("http://a/", "http://b@c/"));
	assert_false(url_same_origin("http://a@b/", "http://a@c/"));
	assert_false(url_same_origin("file:///a", "file:///a"));
	assert_false(url_same_origin("http:///a", "http:///a"));
}

/* Every length round the limit, with a canary behind the buffer's end. */
static void
test_long_host(void **state)
{
	struct {
		char origin[URL_HOST_MAX];
		char canary[8];
	} out;
	char url[1000];
	size_t length, told = 0;

	(void)state;
	memset(out.canary, 'c', sizeof out.canary);
	for (length = 1; length < 900; length++) {
		memcpy(url, "https://", 8);
		memset(url + 8, 'a', length);
		memcpy(url + 8 + length, ":65535/", 8);
		if (url_origin(url, out.origin)) {
			told = length;
			assert_int_equal(strlen(out.origin), length + 14);
		} else {
			assert_false(url_same_origin(url, url));
		}
	}
	assert_true(told >= 253 && told < URL_HOST_MAX);
	memset(url + 9, '0', 900);
	url[9] = ':';
	url[900] = '\0';
	(void)url_origin(url, out.origin);
	assert_non_null(memchr(out.origin, '\0', sizeof out.origin));
	assert_memory_equal(out.canary, "cccccccc", 8);
}

static void
test_address(void **state)
{
	(void)state;
	assert_true(url_host_is_address("http://127.0.0.1/"));
	assert_true(url_host_is_address("http://127.0.0.1:80/x.y"));
	assert_true(url_host_is_address("ftp://u:p@10.1.2.3"));
	assert_true(url_host_is_address("http://[::1]/"));
	assert_true(url_host_is_address("http://[fe80::1]:1/"));
	assert_false(url_host_is_address("http://localhost/"));
	assert_false(url_host_is_address("http://a.example:80/"));
	assert_false(url_host_is_address("http://1.2.3.4.example/"));
	assert_false(url_host_is_address("http://1.2.3.4@a.example/"));
	assert_false(url_host_is_address("nonsense"));
}

static const struct {
	const char *url, *sent;
} requests[] = {
	{ "http://a/b", "http://a/b" },
	{ "http://a", "http://a" },
	{ "http://a/b c", "http://a/b%20c" },
	{ "http://a/b%20c", "http://a/b%20c" },
	{ "http://a/b%2520c", "http://a/b%2520c" },
	{ "http://a/100%", "http://a/100%" },
	{ "http://a/b+c", "http://a/b+c" },
	{ "http://a/\xc3\xa4?\xc3\xb6=1", "http://a/%C3%A4?%C3%B6=1" },
	{ "http://a/\xe4", "http://a/%E4" },
	{ "http://a?q=\"x\"", "http://a?q=%22x%22" },
	{ "http://a/<b>{c}|d\\e^f`", "http://a/%3Cb%3E%7Bc%7D%7Cd%5Ce%5Ef%60" },
	{ "http://a/b;c=d,e&f=g:h@i!j$k'(l)*[m]~-._",
	    "http://a/b;c=d,e&f=g:h@i!j$k'(l)*[m]~-._" },
	{ "http://u:p^w@a/b", "http://u:p^w@a/b" },
	{ "http://\xc3\xa4.example/\xc3\xa4",
	    "http://\xc3\xa4.example/%C3%A4" },
	{ "http://a/\x01\x7f", "http://a/%01%7F" },
	{ "a b", "a%20b" },
};

static void
test_request(void **state)
{
	char *sent, *again;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(requests); i++) {
		sent = url_for_request(requests[i].url);
		assert_string_equal(sent, requests[i].sent);
		again = url_for_request(sent);
		assert_string_equal(again, sent);
		free(again);
		free(sent);
	}
}

static const struct {
	const char *url, *user, *password;
} logins[] = {
	{ "http://a/", NULL, NULL },
	{ "http://a/u:p@b", NULL, NULL },
	{ "http://a?u:p@b", NULL, NULL },
	{ "http://u@a/", "u", NULL },
	{ "http://u:@a/", "u", "" },
	{ "http://:p@a/", "", "p" },
	{ "http://u:p@a/", "u", "p" },
	{ "http://u:p:q@a/", "u", "p:q" },
	{ "http://u:p@q@a/", "u", "p@q" },
	{ "http://me%40home:a%3ab%25%2Fc@a/", "me@home", "a:b%/c" },
	{ "http://u:%C3%A4@a/", "u", "\xc3\xa4" },
	{ "http://u:%zz%4@a/", "u", "%zz%4" },
	{ "http://u+v:p@a/", "u+v", "p" },
	{ "http://@a/", "", NULL },
	{ "mailto:u:p@a", NULL, NULL },
};

static void
expect_text(const char *text, const char *wanted)
{
	if (wanted == NULL)
		assert_null(text);
	else
		assert_string_equal(text, wanted);
}

static void
test_credentials(void **state)
{
	char *user, *password;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(logins); i++) {
		url_credentials(logins[i].url, &user, &password);
		expect_text(user, logins[i].user);
		expect_text(password, logins[i].password);
		free(user);
		free(password);
	}
}

static const struct {
	const char *url, *bare;
} secrets[] = {
	{ "http://a/b?c", "http://a/b?c" },
	{ "http://a/b?c#d", "http://a/b?c" },
	{ "http://u:p@a/b#c@d", "http://a/b" },
	{ "http://u:p@q@a:81", "http://a:81" },
	{ "http://u:p@[::1]/", "http://[::1]/" },
	{ "http://a/x@y", "http://a/x@y" },
	{ "http://u:p@a#f", "http://a" },
	{ "HTTP://U@A/B", "HTTP://A/B" },
	{ "other:thing#x", "other:thing" },
};

static void
test_secrets(void **state)
{
	char *bare;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(secrets); i++) {
		bare = url_without_secrets(secrets[i].url);
		assert_string_equal(bare, secrets[i].bare);
		free(bare);
	}
}

static const struct {
	const char *url, *name;
} ftp_names[] = {
	{ "ftp://a/b", "b" },
	{ "ftp://u:p@a:21/b/c%20d", "c d" },
	{ "ftp://a/b c", "b c" },
	{ "ftp://a/b%2Fc", "c" },
	{ "ftp://a//b", "b" },
	{ "ftp://a/%252e", "%2e" },
	{ "ftp://a/b%zz", "b%zz" },
	{ "ftp://a/b?c/d", "b" },
	{ "ftp://a/b#c;type=a", "b" },
	{ "ftp://a/b;type=i", "b" },
	{ "ftp://a/b;type=", "b" },
	{ "ftp://a/b;type=a", NULL },
	{ "ftp://a/b;type=A", NULL },
	{ "ftp://a/b;type=d", NULL },
	{ "ftp://a/b;TYPE=a", "b;TYPE=a" },
	{ "ftp://a/b/", NULL },
	{ "ftp://a/b/..", NULL },
	{ "ftp://a/b/.", NULL },
	{ "ftp://a/b%0d%0aDELE%20c", NULL },
	{ "ftp://a/b%00", NULL },
	{ "ftp://a/", NULL },
	{ "ftp://a", NULL },
	{ "ftp://", NULL },
};

static void
test_ftp_names(void **state)
{
	char *name;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(ftp_names); i++) {
		name = url_ftp_name(ftp_names[i].url);
		if (ftp_names[i].name == NULL)
			assert_null(name);
		else
			assert_string_equal(name, ftp_names[i].name);
		free(name);
	}
}

static void
expect_host(const char *url, const char *wanted)
{
	char *host = url_host(url);

	assert_string_equal(host, wanted);
	free(host);
}

static void
test_host(void **state)
{
	(void)state;
	expect_host("http://u:p@a.example:80/x", "a.example");
	expect_host("ftp://[::1]:21/x", "::1");
	expect_host("https://A.example?x", "A.example");
	assert_null(url_host("nonsense"));
}

static void
test_loopback(void **state)
{
	(void)state;
	assert_true(url_host_is_loopback("http://localhost/"));
	assert_true(url_host_is_loopback("http://u@LocalHost.:80/"));
	assert_true(url_host_is_loopback("https://a.localhost/"));
	assert_true(url_host_is_loopback("http://127.0.0.1:8000/x"));
	assert_true(url_host_is_loopback("http://127.9.9.9"));
	assert_true(url_host_is_loopback("ftp://[::1]/"));
	assert_false(url_host_is_loopback("http://notlocalhost/"));
	assert_false(url_host_is_loopback("http://localhost.example/"));
	assert_false(url_host_is_loopback("http://127.0.0.1.example/"));
	assert_false(url_host_is_loopback("http://127.0.0.1@a.example/"));
	assert_false(url_host_is_loopback("http://[::12]/"));
	assert_false(url_host_is_loopback("http://host/"));
	assert_false(url_host_is_loopback("nonsense"));
}

/* Nothing that could come may read or write outside (the sanitizers see). */
static void
test_any_bytes(void **state)
{
	static const char alphabet[] = "hftps:/@?#[]%0a.\x01\xff ";
	char url[40], origin[URL_HOST_MAX], *user, *password;
	uint64_t seed = 20240508;
	int round, i, length;

	(void)state;
	for (round = 0; round < 50000; round++) {
		memcpy(url, "http://", 7);
		length = 7 + round % 30;
		for (i = round % 5 ? 7 : 0; i < length; i++) {
			seed = seed * 6364136223846793005u + 1;
			url[i] = alphabet[(seed >> 33) % (sizeof alphabet - 1)];
		}
		url[length] = '\0';
		if (url_check(url) == HAUL_COMPLAINT_NONE)
			assert_true(url_origin(url, origin));
		(void)url_host_is_address(url);
		(void)url_host_is_loopback(url);
		free(url_host(url));
		url_credentials(url, &user, &password);
		free(user);
		free(password);
		free(url_for_request(url));
		free(url_without_secrets(url));
		free(url_ftp_name(url));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "schemes are told apart in any case", test_scheme,
		    NULL, NULL, NULL },
		{ "what cannot be fetched is refused", test_check,
		    NULL, NULL, NULL },
		{ "an origin has scheme, host and port", test_origin,
		    NULL, NULL, NULL },
		{ "origins are the same if all three agree",
		    test_same_origin, NULL, NULL, NULL },
		{ "an absurdly long host has no origin", test_long_host,
		    NULL, NULL, NULL },
		{ "addresses are told from names", test_address,
		    NULL, NULL, NULL },
		{ "a host has no port and no brackets", test_host,
		    NULL, NULL, NULL },
		{ "this machine is known by name and address", test_loopback,
		    NULL, NULL, NULL },
		{ "a request's URL is escaped once", test_request,
		    NULL, NULL, NULL },
		{ "user and password are decoded", test_credentials,
		    NULL, NULL, NULL },
		{ "secrets and fragments go", test_secrets,
		    NULL, NULL, NULL },
		{ "an FTP server is asked for a name", test_ftp_names,
		    NULL, NULL, NULL },
		{ "any bytes may come", test_any_bytes, NULL, NULL, NULL },
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("url", tests, NULL, NULL);
}
