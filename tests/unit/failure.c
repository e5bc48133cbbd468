/* SPDX-License-Identifier: MIT
 *
 * failure.c:
 * - every cause has a name of its own; what is no cause is "internal"
 * - libcurl's codes are put under the right cause, unknown ones "internal"
 * - errors of the system are put under the right cause
 * - each cause has its rule, and a status decides for itself
 * - setting a failure clears what it held, and cuts long text
 * - where libcurl has no words, its general ones are taken
 * - a refused connection is told from other failures
 * - what may be the network's fault is told from what a host does
 * - what another URL may mend is told from what it cannot
 * - pauses double, stay within their half, and end at the cap
 */
#include "config.h"

#include "engine/base/failure.h"

#include <curl/curl.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define TIME_LIMIT_S 60
#define LENGTH(array) (sizeof (array) / sizeof *(array))
#define CAUSE(name) HAUL_CAUSE_##name

static void
test_names(void **state)
{
	int i, j;

	(void)state;
	for (i = 0; i < HAUL_CAUSE_COUNT; i++) {
		assert_true(*haul_cause_name((enum haul_cause)i));
		for (j = 0; j < i; j++)
			assert_string_not_equal(
			    haul_cause_name((enum haul_cause)i),
			    haul_cause_name((enum haul_cause)j));
	}
	assert_string_equal(haul_cause_name(HAUL_CAUSE_DISK_FULL),
	    "disk_full");
	assert_string_equal(haul_cause_name(HAUL_CAUSE_COUNT), "internal");
	assert_string_equal(haul_cause_name((enum haul_cause)-1), "internal");
	assert_false(haul_cause_can_retry(HAUL_CAUSE_COUNT, 503));
	assert_false(haul_cause_can_retry((enum haul_cause)-1, 503));
}

static void
test_curl(void **state)
{
	static const struct {
		CURLcode code;
		enum haul_cause cause;
	} cases[] = {
		{ CURLE_COULDNT_RESOLVE_HOST, CAUSE(DNS) },
		{ CURLE_COULDNT_CONNECT, CAUSE(CONNECT) },
		{ CURLE_RECV_ERROR, CAUSE(CONNECT) },
		{ CURLE_SEND_ERROR, CAUSE(CONNECT) },
		{ CURLE_GOT_NOTHING, CAUSE(CONNECT) },
		{ CURLE_HTTP2_STREAM, CAUSE(CONNECT) },
		{ CURLE_OPERATION_TIMEDOUT, CAUSE(TIMEOUT) },
		{ CURLE_PEER_FAILED_VERIFICATION, CAUSE(TLS) },
		{ CURLE_SSL_CONNECT_ERROR, CAUSE(TLS) },
		{ CURLE_PARTIAL_FILE, CAUSE(SIZE_MISMATCH) },
		{ CURLE_RANGE_ERROR, CAUSE(BAD_RANGE) },
		{ CURLE_REMOTE_FILE_NOT_FOUND, CAUSE(HTTP) },
		{ CURLE_LOGIN_DENIED, CAUSE(HTTP) },
		{ CURLE_TOO_MANY_REDIRECTS, CAUSE(TOO_MANY_REDIRECTS) },
		{ CURLE_UNSUPPORTED_PROTOCOL, CAUSE(UNSUPPORTED) },
		{ CURLE_URL_MALFORMAT, CAUSE(BAD_URL) },
		{ CURLE_FAILED_INIT, CAUSE(INTERNAL) },
		{ CURL_LAST, CAUSE(INTERNAL) },
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++)
		assert_int_equal(failure_cause_of_curl((int)cases[i].code),
		    cases[i].cause);
	assert_int_equal(failure_cause_of_curl(-1), CAUSE(INTERNAL));
}

static void
test_errno(void **state)
{
	static const struct {
		int sys_errno;
		enum haul_cause cause;
	} cases[] = {
		{ ENOSPC, CAUSE(DISK_FULL) }, { EDQUOT, CAUSE(DISK_FULL) },
		{ EFBIG, CAUSE(WRITE) }, { EACCES, CAUSE(DISK_PERM) },
		{ EPERM, CAUSE(DISK_PERM) }, { EROFS, CAUSE(DISK_PERM) },
		{ EEXIST, CAUSE(NAME_CONFLICT) },
		{ EISDIR, CAUSE(NAME_CONFLICT) },
		{ ELOOP, CAUSE(NAME_CONFLICT) },
		{ ENAMETOOLONG, CAUSE(NAME_CONFLICT) },
		{ EWOULDBLOCK, CAUSE(NAME_CONFLICT) },
		{ EIO, CAUSE(WRITE) }, { ENOENT, CAUSE(WRITE) },
		{ 0, CAUSE(WRITE) },
	};
	struct failure failure;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		failure_set_errno(&failure, cases[i].sys_errno, "a/b");
		assert_int_equal(failure.cause, cases[i].cause);
		assert_int_equal(failure.sys_errno, cases[i].sys_errno);
		assert_int_equal(strncmp(failure.text, "a/b: ", 5), 0);
		assert_true(strlen(failure.text) > 5);
	}
}

static void
test_rules(void **state)
{
	static const struct {
		enum haul_cause cause;
		int status;
		enum failure_rule rule;
	} cases[] = {
		{ CAUSE(DNS), 0, FAILURE_LATER },
		{ CAUSE(CONNECT), 0, FAILURE_LATER },
		{ CAUSE(TIMEOUT), 0, FAILURE_LATER },
		{ CAUSE(STALL), 0, FAILURE_AT_ONCE },
		{ CAUSE(CHANGED), 0, FAILURE_AT_ONCE },
		{ CAUSE(SIZE_MISMATCH), 200, FAILURE_LATER },
		{ CAUSE(TLS), 0, FAILURE_NEVER },
		{ CAUSE(CHECKSUM), 200, FAILURE_NEVER },
		{ CAUSE(DISK_FULL), 0, FAILURE_NEVER },
		{ CAUSE(CANCELLED), 503, FAILURE_NEVER },
		{ CAUSE(NONE), 0, FAILURE_NEVER },
		{ CAUSE(HTTP), 0, FAILURE_NEVER },
		{ CAUSE(HTTP), 400, FAILURE_NEVER },
		{ CAUSE(HTTP), 401, FAILURE_NEVER },
		{ CAUSE(HTTP), 403, FAILURE_NEVER },
		{ CAUSE(HTTP), 404, FAILURE_NEVER },
		{ CAUSE(HTTP), 408, FAILURE_LATER },
		{ CAUSE(HTTP), 410, FAILURE_NEVER },
		{ CAUSE(HTTP), 425, FAILURE_LATER },
		{ CAUSE(HTTP), 429, FAILURE_LATER },
		{ CAUSE(HTTP), 451, FAILURE_NEVER },
		{ CAUSE(HTTP), 500, FAILURE_LATER },
		{ CAUSE(HTTP), 501, FAILURE_NEVER },
		{ CAUSE(HTTP), 502, FAILURE_LATER },
		{ CAUSE(HTTP), 503, FAILURE_LATER },
		{ CAUSE(HTTP), 505, FAILURE_NEVER },
		{ CAUSE(HTTP), 522, FAILURE_LATER },
		{ CAUSE(HTTP), 599, FAILURE_LATER },
		{ CAUSE(HTTP), 600, FAILURE_NEVER },
		{ CAUSE(HTTP), 999, FAILURE_NEVER },
		{ CAUSE(HTTP), 421, FAILURE_LATER },
		{ CAUSE(HTTP), 426, FAILURE_NEVER },
		{ CAUSE(HTTP), 530, FAILURE_LATER },
		{ CAUSE(HTTP), 202, FAILURE_LATER },
		{ CAUSE(HTTP), 204, FAILURE_NEVER },
		{ CAUSE(HTTP), 205, FAILURE_NEVER },
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		if (failure_rule(cases[i].cause, cases[i].status) !=
		    cases[i].rule)
			print_error("case %zu\n", i);
		assert_int_equal(failure_rule(cases[i].cause,
		    cases[i].status), cases[i].rule);
		assert_int_equal(haul_cause_can_retry(cases[i].cause,
		    cases[i].status), cases[i].rule != FAILURE_NEVER);
	}
}

static void
test_set(void **state)
{
	struct failure failure;
	char text[1000];

	(void)state;
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	memset(&failure, 0x55, sizeof failure);
	failure_set(&failure, HAUL_CAUSE_STALL, NULL);
	assert_int_equal(failure.cause, HAUL_CAUSE_STALL);
	assert_string_equal(failure.text, "");
	assert_int_equal(failure.http_status, 0);
	assert_int_equal(failure.curl_code, 0);
	assert_int_equal(failure.sys_errno, 0);
	assert_int_equal(failure.retry_after_ms, 0);
	failure_set(&failure, HAUL_CAUSE_HTTP, text);
	assert_int_equal(strlen(failure.text), FAILURE_TEXT_SIZE - 1);
	failure_set(&failure, HAUL_CAUSE_HTTP, "%s%n");
	assert_string_equal(failure.text, "%s%n");
	failure_set_errno(&failure, ENOSPC, text);
	assert_int_equal(strlen(failure.text), FAILURE_TEXT_SIZE - 1);
}

static void
test_set_curl(void **state)
{
	struct failure failure;

	(void)state;
	failure_set_curl(&failure, CURLE_COULDNT_CONNECT, ECONNREFUSED, 0,
	    "it said no");
	assert_int_equal(failure.cause, HAUL_CAUSE_CONNECT);
	assert_int_equal(failure.curl_code, CURLE_COULDNT_CONNECT);
	assert_int_equal(failure.sys_errno, ECONNREFUSED);
	assert_string_equal(failure.text, "it said no");
	failure_set_curl(&failure, CURLE_RECV_ERROR, 0, 206, NULL);
	assert_int_equal(failure.http_status, 206);
	assert_string_equal(failure.text,
	    curl_easy_strerror(CURLE_RECV_ERROR));
	failure_set_curl(&failure, CURLE_RECV_ERROR, 0, 0, "");
	assert_true(*failure.text);
	failure_set_silence(&failure, 5120);
	assert_int_equal(failure.cause, HAUL_CAUSE_STALL);
	assert_string_equal(failure.text, "no byte came for 5.1 s");
}

static void
test_refusal(void **state)
{
	static const int refusals[] = { 403, 421, 429, 503, 509 };
	static const int others[] = { 0, 200, 404, 416, 500, 502 };
	struct failure failure;
	size_t i;

	(void)state;
	failure_set(&failure, HAUL_CAUSE_HTTP, NULL);
	for (i = 0; i < LENGTH(refusals); i++) {
		failure.http_status = refusals[i];
		assert_true(failure_is_refusal(&failure));
	}
	for (i = 0; i < LENGTH(others); i++) {
		failure.http_status = others[i];
		assert_false(failure_is_refusal(&failure));
	}
	failure_set(&failure, HAUL_CAUSE_CONNECT, NULL);
	assert_true(failure_is_refusal(&failure));
	failure.sys_errno = EMFILE;             /* ours, not the server's */
	assert_false(failure_is_refusal(&failure));
	failure_set(&failure, HAUL_CAUSE_BAD_RANGE, NULL);
	failure.http_status = 503;
	assert_false(failure_is_refusal(&failure));
}

static void
test_source(void **state)
{
	(void)state;
	assert_true(failure_is_of_source(HAUL_CAUSE_HTTP));
	assert_true(failure_is_of_source(HAUL_CAUSE_TLS));
	assert_true(failure_is_of_source(HAUL_CAUSE_CHECKSUM));
	assert_true(failure_is_of_source(HAUL_CAUSE_UNSUPPORTED));
	assert_false(failure_is_of_source(HAUL_CAUSE_DISK_FULL));
	assert_false(failure_is_of_source(HAUL_CAUSE_NAME_CONFLICT));
	assert_false(failure_is_of_source(HAUL_CAUSE_CANCELLED));
}

static void
expect_pause(unsigned tries, int64_t base_ms, int64_t most_ms)
{
	int64_t least = failure_backoff_ms(tries, base_ms, 0);
	int64_t most = failure_backoff_ms(tries, base_ms, 999);
	int64_t middle = failure_backoff_ms(tries, base_ms, 500);

	assert_int_equal(least, most_ms / 2);
	assert_true(most <= most_ms);
	assert_true(most >= most_ms - most_ms / 100 - 1);
	assert_true(middle >= least && middle <= most);
}

static void
test_backoff(void **state)
{
	(void)state;
	expect_pause(1, 1000, 1000);
	expect_pause(2, 1000, 2000);
	expect_pause(3, 1000, 4000);
	expect_pause(6, 1000, 32000);
	expect_pause(7, 1000, 60000);
	expect_pause(1000000, 1000, 60000);
	expect_pause(0, 1000, 1000);
	expect_pause(1, 3600000, 3600000);
	expect_pause(9, 3600000, 3600000);
	expect_pause(5, 0, 0);
	expect_pause(UINT32_MAX, 1, 60000);
}

static void
expect_network(enum haul_cause cause, int sys_errno, bool may_be, bool no_route,
    bool answer)
{
	struct failure failure = { .cause = cause, .sys_errno = sys_errno };

	assert_int_equal(failure_may_be_network(&failure), may_be);
	assert_int_equal(failure_is_no_route(&failure), no_route);
	assert_int_equal(failure_is_answer(&failure), answer);
}

static void
test_network(void **state)
{
	(void)state;
	expect_network(HAUL_CAUSE_DNS, 0, true, false, false);
	expect_network(HAUL_CAUSE_STALL, 0, true, false, false);
	expect_network(HAUL_CAUSE_TIMEOUT, 0, true, false, false);
	expect_network(HAUL_CAUSE_CONNECT, ENETUNREACH, true, true, false);
	expect_network(HAUL_CAUSE_CONNECT, EHOSTUNREACH, true, true, false);
	expect_network(HAUL_CAUSE_CONNECT, ETIMEDOUT, true, false, false);
	expect_network(HAUL_CAUSE_CONNECT, ECONNREFUSED, false, false, true);
	expect_network(HAUL_CAUSE_CONNECT, ECONNRESET, false, false, true);
	expect_network(HAUL_CAUSE_CONNECT, 0, false, false, false);
	expect_network(HAUL_CAUSE_HTTP, 0, false, false, true);
	assert_true(failure_is_login(&(struct failure){
	    .cause = HAUL_CAUSE_HTTP, .http_status = 511 }));
	assert_false(failure_is_login(&(struct failure){
	    .cause = HAUL_CAUSE_HTTP, .http_status = 503 }));
	expect_network(HAUL_CAUSE_DISK_FULL, ENETUNREACH, false, false,
	    false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "every cause has a name of its own", test_names,
		    NULL, NULL, NULL },
		{ "libcurl's codes have their causes", test_curl,
		    NULL, NULL, NULL },
		{ "the system's errors have their causes", test_errno,
		    NULL, NULL, NULL },
		{ "each cause and status has its rule", test_rules,
		    NULL, NULL, NULL },
		{ "setting clears, and cuts long text", test_set,
		    NULL, NULL, NULL },
		{ "libcurl's general words stand in", test_set_curl,
		    NULL, NULL, NULL },
		{ "a refusal is told from other failures", test_refusal,
		    NULL, NULL, NULL },
		{ "a mirror may mend what the source is to blame for",
		    test_source, NULL, NULL, NULL },
		{ "a failure of the network is told from a host's",
		    test_network, NULL, NULL, NULL },
		{ "pauses double up to the cap", test_backoff,
		    NULL, NULL, NULL },
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("failure", tests, NULL, NULL);
}
