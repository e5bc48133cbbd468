/* SPDX-License-Identifier: MIT
 *
 * --doctor's checks, of what no system that can run this has:
 * - a libcurl without https or ftp, an older one, one that waits for names
 * - a libev without epoll, an SQLite without threads, none
 * - a resolver's configuration that names servers, or none, or is missing
 * - no limit of descriptors, and what options make of the number needed
 * - a clock that is nowhere near
 * - several findings of one check: the worst counts
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cmd/doctor/doctor-internal.h"
#include "scratch.h"

static struct settings settings;
static struct doctor_complaints complaints;
static struct doctor_finding finding;
static struct doctor_case of;

static const char *
no_variable(const char *name)
{
	(void)name;
	return NULL;
}

static int
setup(void **state)
{
	static const char *const protocols[] = {
		"dict", "ftp", "ftps", "http", "https", "sftp", NULL };
	static char *const none[] = { NULL };

	(void)state;
	settings_init(&settings);
	of = (struct doctor_case){ .settings = &settings,
	    .complaints = &complaints, .get = no_variable, .environ = none };
	of.libraries = (struct haul_libraries){
		.curl_built = "8.9.0", .curl = "8.10.1", .tls = "OpenSSL/3",
		.protocols = protocols, .resolver = "threads",
		.events = "libev/4.33, epoll", .sqlite = "3.40.1",
		.sqlite_built = "3.40.1", .sqlite_threads = true,
	};
	return scratch_enter();
}

static int
teardown(void **state)
{
	(void)state;
	doctor_release(&finding);
	settings_release(&settings);
	return scratch_leave();
}

/* What the check says is in these; NULL: there is no advice. */
static void
expect(doctor_check_fn check, enum doctor_state state, const char *found,
    const char *advice)
{
	doctor_release(&finding);
	check(&of, &finding);
	assert_int_equal(finding.state, state);
	assert_non_null(finding.found);
	assert_non_null(strstr(finding.found, found));
	if (advice == NULL) {
		assert_null(finding.advice);
		return;
	}
	assert_non_null(finding.advice);
	assert_non_null(strstr(finding.advice, advice));
}

static void
put(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void
set(enum settings_id id, const char *text)
{
	struct haul_error error;

	assert_int_equal(settings_set(&settings, id, text, &error), HAUL_OK);
}

/* ---- libraries ---- */

static void
a_newer_libcurl_is_fine(void **state)
{
	(void)state;
	expect(doctor_check_libcurl, DOCTOR_OK, "8.10.1 (built with 8.9.0), "
	    "OpenSSL/3, http, https, ftp, ftps, sftp, resolver: threads",
	    NULL);
	of.libraries.curl = of.libraries.curl_built;
	expect(doctor_check_libcurl, DOCTOR_OK, "8.9.0, OpenSSL/3", NULL);
	of.libraries.http2 = true;
	expect(doctor_check_libcurl, DOCTOR_OK, "HTTP/2", NULL);
}

static void
an_older_libcurl_is_noted(void **state)
{
	(void)state;
	of.libraries.curl_built = "8.11.0";
	expect(doctor_check_libcurl, DOCTOR_NOTE, "8.10.1", "older");
}

static void
a_libcurl_must_have_https(void **state)
{
	static const char *const some[] = { "http", "ftp", "ftps", NULL };
	static const char *const without_ftp[] = { "http", "https", NULL };

	(void)state;
	of.libraries.protocols = some;
	expect(doctor_check_libcurl, DOCTOR_WRONG, "no https",
	    "https:// cannot be fetched");
	of.libraries.protocols = without_ftp;
	expect(doctor_check_libcurl, DOCTOR_NOTE, "no ftp, no ftps, no sftp",
	    "sftp:// cannot be fetched");
}

static void
a_libcurl_that_waits_for_names_is_noted(void **state)
{
	(void)state;
	of.libraries.resolver[0] = '\0';
	expect(doctor_check_libcurl, DOCTOR_NOTE, "no resolver",
	    "looked up");
}

static void
other_libraries_can_be_less_than_good(void **state)
{
	(void)state;
	expect(doctor_check_libraries, DOCTOR_OK, "libev/4.33, epoll, "
	    "SQLite/3.40.1", NULL);
	of.libraries.events_slow = true;
	expect(doctor_check_libraries, DOCTOR_NOTE, "libev", "epoll");
	of.libraries.sqlite_threads = false;
	expect(doctor_check_libraries, DOCTOR_WRONG, "SQLite",
	    "without threads");
	of.libraries.sqlite = NULL;
	expect(doctor_check_libraries, DOCTOR_NOTE, "no SQLite", "--resume");
	expect(doctor_check_store, DOCTOR_OK, "not recorded", NULL);
}

static void
a_libcurl_without_a_place_of_certificates(void **state)
{
	(void)state;
	expect(doctor_check_certificates, DOCTOR_WRONG, "no place",
	    "--cacert");
	of.libraries.ca_dir = ".";
	expect(doctor_check_certificates, DOCTOR_WRONG, ".: no certificate",
	    "--cacert");
	put("4042bcee.0", "");
	expect(doctor_check_certificates, DOCTOR_OK, ". (1)", NULL);
}

/* ---- the system ---- */

static void
the_resolver_names_its_servers(void **state)
{
	(void)state;
	of.resolver = "resolv.conf";
	expect(doctor_check_names, DOCTOR_NOTE, "resolv.conf: No such file",
	    "this machine alone");
	put("resolv.conf", "# nameserver 10.0.0.1\n"
	    "search example.org\nnameserver\nnameservers 10.0.0.2\n");
	expect(doctor_check_names, DOCTOR_NOTE, "resolv.conf: none",
	    "this machine alone");
	put("resolv.conf", "nameserver 10.0.0.3\n"
	    "nameserver\t::1 # here\nnameserver 10.0.0.4\r\n");
	expect(doctor_check_names, DOCTOR_OK, "10.0.0.3, ::1, 10.0.0.4",
	    NULL);
}

static void
descriptors_are_enough_or_not(void **state)
{
	(void)state;
	of.files.rlim_cur = RLIM_INFINITY;
	expect(doctor_check_descriptors, DOCTOR_OK, "no limit; 25 conn",
	    NULL);
	of.files.rlim_cur = 59;
	expect(doctor_check_descriptors, DOCTOR_OK, "59; 25", NULL);
	of.files.rlim_cur = 58;
	expect(doctor_check_descriptors, DOCTOR_NOTE, "58; 25", "needs 59");
	of.files.rlim_cur = 26;
	expect(doctor_check_descriptors, DOCTOR_WRONG, "26; 25", "needs 59");
	set(SETTINGS_MAX_TOTAL_CONN, "3");
	expect(doctor_check_descriptors, DOCTOR_WRONG, "26; 3", "needs 33");
	set(SETTINGS_DISABLE_RANGE, "yes");
	set(SETTINGS_MAX_TOTAL_CONN, "0");
	expect(doctor_check_descriptors, DOCTOR_WRONG, "26; 5", "needs 39");
	set(SETTINGS_SINGLE_DOWNLOAD, "yes");
	expect(doctor_check_descriptors, DOCTOR_WRONG, "26; 1 connection at",
	    "needs 27");
}

static void
memory_has_a_limit(void **state)
{
	(void)state;
	of.memory.rlim_cur = 1048576;
	of.file_size.rlim_cur = RLIM_INFINITY;
	expect(doctor_check_limits, DOCTOR_NOTE, "memory of 1.00 MiB",
	    "ulimit -v");
	of.memory.rlim_cur = RLIM_INFINITY;
	expect(doctor_check_limits, DOCTOR_OK, "none", NULL);
}

static void
the_clock_is_near_the_building(void **state)
{
	const int64_t day_ms = 86400000;

	(void)state;
	of.now_ms = 20000 * day_ms;
	expect(doctor_check_clock, DOCTOR_OK, "2024-10-0", NULL);
	of.built_ms = of.now_ms + day_ms / 2;
	expect(doctor_check_clock, DOCTOR_OK, "2024-10-0", NULL);
	of.built_ms = of.now_ms + 2 * day_ms;
	expect(doctor_check_clock, DOCTOR_WRONG, "2024-10-0", "set the clock");
	of.built_ms = 1;
	expect(doctor_check_clock, DOCTOR_NOTE, "2024-10-0", "long after");
}

static void
the_worst_counts(void **state)
{
	(void)state;
	doctor_release(&finding);
	doctor_say(&finding, DOCTOR_NOTE, strdup("a"), strdup("A."));
	doctor_say(&finding, DOCTOR_WRONG, NULL, strdup("B."));
	doctor_say(&finding, DOCTOR_OK, strdup("c"), NULL);
	assert_int_equal(finding.state, DOCTOR_WRONG);
	assert_string_equal(finding.found, "a, c");
	assert_string_equal(finding.advice, "A. B.");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_newer_libcurl_is_fine),
		T(an_older_libcurl_is_noted),
		T(a_libcurl_must_have_https),
		T(a_libcurl_that_waits_for_names_is_noted),
		T(other_libraries_can_be_less_than_good),
		T(a_libcurl_without_a_place_of_certificates),
		T(the_resolver_names_its_servers),
		T(descriptors_are_enough_or_not),
		T(memory_has_a_limit),
		T(the_clock_is_near_the_building),
		T(the_worst_counts),
	};

	alarm(60);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
