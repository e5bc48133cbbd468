/* SPDX-License-Identifier: MIT
 *
 * options.c:
 * - every type takes its good values, in each spelling
 * - every type refuses its bad ones, with the complaint that fits, the range
 *   or the choices, and leaves the value as it was
 * - decimals have a point, whatever the locale says
 * - a fraction counts to the unit's resolution, near the largest size too
 * - headers and checksums are looked at when they are said
 * - lists append, and an empty value clears them
 * - an option is known in its scopes only
 * - all defaults of options.def can be parsed, and a given value stays
 * - what is somebody's default holds, but counts as not given
 * - an item's value goes before its engine's, lists add up
 * - hooks of the item go before those of the engine
 * - copies share a set until one of them changes
 * - every option is told in words that set it to the same value again
 * - an error is cut to its fields, and may be left out
 */
#include "config.h"

#include "engine/base/options.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "scratch.h"

#define TIME_LIMIT_S 60
#define LENGTH(array) (sizeof (array) / sizeof *(array))
#define ANY_SCOPE (~0U)
#define K INT64_C(1024)
#define SHA256 "sha256=" \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

#define HAUL_OPTION(ID, name, letter, type, min, max, def, scope, env, \
    parfive, arg, help) \
	{ name, OPTION_##ID, def != NULL, OPTION_SCOPE_##scope },
static const struct {
	const char *name;
	enum option_id id;
	bool has_default;
	unsigned scope;
} table[] = {
#include "options.def"
};
#undef HAUL_OPTION

static enum option_id
id_of(const char *name)
{
	size_t i;

	for (i = 0; i < LENGTH(table); i++)
		if (strcmp(table[i].name, name) == 0)
			return table[i].id;
	fail_msg("no option %s", name);
	return OPTION_COUNT;
}

static int64_t
number_in(const struct options *set, const char *name)
{
	return options_number((struct options_pair){ set, NULL, NULL },
	    id_of(name));
}

static void
give(struct options *set, const char *name, const char *value)
{
	assert_int_equal(options_set(set, name, value, ANY_SCOPE, NULL),
	    HAUL_OK);
}

/* ---- values ---- */

struct good {
	const char *name, *value;
	int64_t number;
};

static void
expect_good(const struct good *cases, size_t count)
{
	struct options *set;
	size_t i;

	for (i = 0; i < count; i++) {
		set = options_new();
		if (options_set(set, cases[i].name, cases[i].value, ANY_SCOPE,
		    NULL) != HAUL_OK || number_in(set, cases[i].name) !=
		    cases[i].number)
			fail_msg("%s=%s is %lld", cases[i].name,
			    cases[i].value, (long long)number_in(set,
			    cases[i].name));
		options_unref(set);
	}
}

static const struct good switches[] = {
	{ "insecure", "yes", 1 }, { "insecure", "TRUE", 1 },
	{ "insecure", "1", 1 }, { "insecure", "On", 1 },
	{ "insecure", "no", 0 }, { "insecure", "False", 0 },
	{ "insecure", "0", 0 }, { "insecure", "off", 0 },
};

static const struct good counts[] = {
	{ "max-conn", "1", 1 }, { "max-conn", "10000", 10000 },
	{ "max-conn", "0007", 7 }, { "retries", "0", 0 },
	{ "retries", "1000000", 1000000 },
};

static const struct good sizes[] = {
	{ "min-split-size", "1024", K }, { "min-split-size", "1k", K },
	{ "min-split-size", "1KiB", K }, { "min-split-size", "2Kb", 2 * K },
	{ "min-split-size", "4096b", 4 * K },
	{ "limit-rate", "0", 0 }, { "limit-rate", "3M", 3 * K * K },
	{ "limit-rate", "1.5M", 3 * K * K / 2 },
	{ "limit-rate", "0.5k", 512 }, { "limit-rate", "1.001k", 1025 },
	{ "limit-rate", "1.0009999k", K },
	{ "limit-rate", "2GB", 2 * K * K * K },
	{ "limit-rate", "1t", K * K * K * K },
	{ "limit-rate", "9223372036854775807", INT64_MAX },
	/* More than can be held with the fraction's digits, less without. */
	{ "limit-rate", "10000.001T", 10000 * K * K * K * K },
};

static const struct good durations[] = {
	{ "timeout", "0", 0 }, { "timeout", "90", 90000 },
	{ "timeout", "1.5", 1500 }, { "timeout", "0.0015", 1 },
	{ "timeout", "250ms", 250 }, { "timeout", "2s", 2000 },
	{ "timeout", "2m", 120000 }, { "timeout", "1.5H", 5400000 },
	{ "timeout", "1d", 86400000 }, { "interval", "50ms", 50 },
	{ "total-timeout", "365d", INT64_C(31536000000) },
};

static const struct good choices[] = {
	{ "overwrite", "never", 0 }, { "overwrite", "always", 1 },
	{ "overwrite", "unique", 2 }, { "output", "none", 5 },
	{ "overwrite", "Unique", 2 }, { "overwrite", "yes", 1 },
	{ "overwrite", "no", 0 }, { "overwrite", "1", 1 },
};

static void
test_good(void **state)
{
	(void)state;
	expect_good(switches, LENGTH(switches));
	expect_good(counts, LENGTH(counts));
	expect_good(sizes, LENGTH(sizes));
	expect_good(durations, LENGTH(durations));
	expect_good(choices, LENGTH(choices));
}

#define BAD(name) HAUL_COMPLAINT_##name

static const struct {
	const char *name, *value;
	enum haul_complaint complaint;
} bad[] = {
	{ "insecure", "", BAD(NOT_A_SWITCH) },
	{ "insecure", "2", BAD(NOT_A_SWITCH) },
	{ "insecure", "yes ", BAD(NOT_A_SWITCH) },
	{ "max-conn", "", BAD(NOT_A_NUMBER) },
	{ "max-conn", "five", BAD(NOT_A_NUMBER) },
	{ "max-conn", "-1", BAD(NOT_A_NUMBER) },
	{ "max-conn", "+1", BAD(NOT_A_NUMBER) },
	{ "max-conn", " 5", BAD(NOT_A_NUMBER) },
	{ "max-conn", "5 ", BAD(NOT_A_NUMBER) },
	{ "max-conn", "5k", BAD(NOT_A_NUMBER) },
	{ "max-conn", "2.5", BAD(NOT_A_NUMBER) },
	{ "max-conn", "0x10", BAD(NOT_A_NUMBER) },
	{ "max-conn", "1e3", BAD(NOT_A_NUMBER) },
	{ "max-conn", "0", BAD(OUT_OF_RANGE) },
	{ "max-conn", "10001", BAD(OUT_OF_RANGE) },
	{ "max-conn", "18446744073709551617", BAD(OUT_OF_RANGE) },
	{ "max-conn", "99999999999999999999999999", BAD(OUT_OF_RANGE) },
	{ "min-split-size", "1023", BAD(OUT_OF_RANGE) },
	{ "min-split-size", "0.999k", BAD(OUT_OF_RANGE) },
	{ "min-split-size", "1.5b", BAD(NOT_A_NUMBER) },
	{ "min-split-size", ".5M", BAD(NOT_A_NUMBER) },
	{ "min-split-size", "1,5M", BAD(NOT_A_NUMBER) },
	{ "min-split-size", "1.5.5M", BAD(NOT_A_NUMBER) },
	{ "min-split-size", "1 M", BAD(NOT_A_NUMBER) },
	{ "min-split-size", "1kk", BAD(NOT_A_NUMBER) },
	{ "min-split-size", "-1M", BAD(NOT_A_NUMBER) },
	{ "timeout", "1.5ms", BAD(NOT_A_NUMBER) },
	{ "timeout", "1w", BAD(NOT_A_NUMBER) },
	{ "timeout", "nan", BAD(NOT_A_NUMBER) },
	{ "timeout", "inf", BAD(NOT_A_NUMBER) },
	{ "timeout", "86400.001", BAD(OUT_OF_RANGE) },
	{ "timeout", "999999999999d", BAD(OUT_OF_RANGE) },
	{ "timeout", "99999999999999999999.5d", BAD(OUT_OF_RANGE) },
	{ "interval", "49ms", BAD(OUT_OF_RANGE) },
	{ "overwrite", "", BAD(NOT_A_CHOICE) },
	{ "output", "yes", BAD(NOT_A_CHOICE) },
	{ "overwrite", "neve", BAD(NOT_A_CHOICE) },
	{ "overwrite", "never|always", BAD(NOT_A_CHOICE) },
	{ "no-such-option", "1", BAD(UNKNOWN_OPTION) },
	{ "", "1", BAD(UNKNOWN_OPTION) },
	{ "Timeout", "1", BAD(UNKNOWN_OPTION) },
};

static void
test_bad(void **state)
{
	struct options *set = options_new();
	struct haul_error error;
	size_t i;

	(void)state;
	options_fill_defaults(set);
	for (i = 0; i < LENGTH(bad); i++) {
		memset(&error, 0x55, sizeof error);
		assert_int_equal(options_set(set, bad[i].name, bad[i].value,
		    ANY_SCOPE, &error), HAUL_EUSAGE);
		if (error.complaint != bad[i].complaint)
			print_error("%s=%s\n", bad[i].name, bad[i].value);
		assert_int_equal(error.complaint, bad[i].complaint);
		assert_int_equal(error.result, HAUL_EUSAGE);
		assert_int_equal(error.sys_errno, 0);
		assert_string_equal(error.option, bad[i].name);
		assert_string_equal(error.value, bad[i].value);
	}
	assert_int_equal(number_in(set, "max-conn"), 5);
	assert_int_equal(number_in(set, "min-split-size"), K * K);
	assert_int_equal(number_in(set, "timeout"), 90000);
	assert_int_equal(number_in(set, "overwrite"), OVERWRITE_NEVER);
	options_unref(set);
}

static void
test_complaint(void **state)
{
	struct options *set = options_new();
	struct haul_error error;

	(void)state;
	assert_int_equal(options_set(set, "timeout", "2d", ANY_SCOPE, &error),
	    HAUL_EUSAGE);
	assert_int_equal(error.min, 0);
	assert_int_equal(error.max, 86400000);
	assert_int_equal(options_set(set, "overwrite", "maybe", ANY_SCOPE,
	    &error), HAUL_EUSAGE);
	assert_string_equal(error.expected, "never|always|unique");
	assert_int_equal(options_set(set, "checksum", "sha256=00", ANY_SCOPE,
	    &error), HAUL_EUSAGE);
	assert_string_equal(error.expected, "64");
	options_unref(set);
}

static bool
has_comma(const char *locale)
{
	char text[8];

	if (setlocale(LC_NUMERIC, locale) == NULL)
		return false;
	snprintf(text, sizeof text, "%.1f", 0.5);
	return strcmp(text, "0,5") == 0;
}

/* Few machines have such a locale ready; most have what it is made of. */
static bool
make_comma(void)
{
	char here[4096];

	return getcwd(here, sizeof here) != NULL &&
	    setenv("LOCPATH", here, 1) == 0 && system("localedef -i de_DE "
	    "-f UTF-8 ./de_DE.UTF-8 >localedef.log 2>&1") != -1 &&
	    has_comma("de_DE.UTF-8");
}

static int
enter(void **state)
{
	(void)state;
	return scratch_enter();
}

static int
leave(void **state)
{
	(void)state;
	unsetenv("LOCPATH");
	return scratch_leave();
}

static void
test_locale(void **state)
{
	static const struct good decimals[] = {
		{ "timeout", "1.5", 1500 }, { "limit-rate", "1.5M", 1572864 },
	};
	struct options *set = options_new();
	bool comma = has_comma("de_DE.utf8") || make_comma();

	(void)state;
	expect_good(decimals, LENGTH(decimals));
	assert_int_equal(options_set(set, "timeout", "1,5", ANY_SCOPE, NULL),
	    HAUL_EUSAGE);
	options_unref(set);
	setlocale(LC_NUMERIC, "C");
	/* Not skip(): cmocka's TAP calls that "not ok". */
	if (!comma)
		print_message("# no locale here has a decimal comma\n");
}

/* ---- headers, checksums, lists ---- */

static const struct {
	const char *name, *value;
	enum haul_complaint complaint;
} entries[] = {
	{ "header", "Accept: text/*", BAD(NONE) },
	{ "header", "X-Empty;", BAD(NONE) },
	{ "header", "X:y", BAD(NONE) },
	{ "header", "X-Gone:", BAD(NONE) },
	{ "header", "no colon", BAD(BAD_HEADER) },
	{ "header", ": value", BAD(BAD_HEADER) },
	{ "header", " X: y", BAD(BAD_HEADER) },
	{ "header", "A B: c", BAD(BAD_HEADER) },
	{ "header", "A\xc3\xa4: c", BAD(BAD_HEADER) },
	{ "header", "X: y\r\nEvil: z", BAD(BAD_HEADER) },
	{ "header", "X: y\nEvil: z", BAD(BAD_HEADER) },
	{ "header", "X: y\r", BAD(BAD_HEADER) },
	{ "checksum", "server", BAD(NONE) },
	{ "checksum", SHA256, BAD(NONE) },
	{ "checksum", "SHA-256=" "E3B0C44298FC1C149AFBF4C8996FB924"
	    "27AE41E4649B934CA495991B7852B855", BAD(NONE) },
	{ "checksum", "md5=d41d8cd98f00b204e9800998ecf8427e", BAD(NONE) },
	{ "checksum", "servers", BAD(BAD_CHECKSUM) },
	{ "checksum", "sha256", BAD(BAD_CHECKSUM) },
	{ "checksum", "sha256=0g", BAD(BAD_CHECKSUM) },
	{ "checksum", "crc99=00", BAD(UNKNOWN_DIGEST) },
	{ "checksum", "sha256=00", BAD(CHECKSUM_LENGTH) },
	/* Beside those above: the same, one of another kind, another one. */
	{ "checksum", "MD5=D41D8CD98F00B204E9800998ECF8427E", BAD(NONE) },
	{ "checksum", "sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709",
	    BAD(NONE) },
	{ "checksum", "md-5=00000000000000000000000000000000",
	    BAD(CONFLICT) },
	{ "checksum", "", BAD(NONE) },
	{ "checksum", "md5=00000000000000000000000000000000", BAD(NONE) },
	{ "proxy", "", BAD(NONE) },
	{ "proxy", "p", BAD(NONE) },
	{ "proxy", "p:1", BAD(NONE) },
	{ "proxy", "p:65535/", BAD(NONE) },
	{ "proxy", "HTTP://p", BAD(NONE) },
	{ "proxy", "https://u:p@w@[fe80::1%25eth0]:8080", BAD(NONE) },
	{ "proxy", "socks4://1.2.3.4", BAD(NONE) },
	{ "proxy", "socks4a://h:1", BAD(NONE) },
	{ "proxy", "socks5://h:1", BAD(NONE) },
	{ "proxy", "socks5h://h:1", BAD(NONE) },
	{ "proxy", "ftp://h:1", BAD(PROXY_SCHEME) },
	{ "proxy", "://h:1", BAD(PROXY_SCHEME) },
	{ "proxy", "socks6://h:1", BAD(PROXY_SCHEME) },
	{ "proxy", "http://", BAD(PROXY_HOST) },
	{ "proxy", "http://u@", BAD(PROXY_HOST) },
	{ "proxy", "http://:80", BAD(PROXY_HOST) },
	{ "proxy", "16", BAD(PROXY_HOST) },
	{ "proxy", "a b", BAD(PROXY_HOST) },
	{ "proxy", "a\nb", BAD(PROXY_HOST) },
	{ "proxy", "[]:80", BAD(PROXY_HOST) },
	{ "proxy", "[::1", BAD(PROXY_HOST) },
	{ "proxy", "[::1]80", BAD(PROXY_HOST) },
	{ "proxy", "p:", BAD(PROXY_PORT) },
	{ "proxy", "p:0", BAD(PROXY_PORT) },
	{ "proxy", "p:-1", BAD(PROXY_PORT) },
	{ "proxy", "p:65536", BAD(PROXY_PORT) },
	{ "proxy", "p:999999999999999999999", BAD(PROXY_PORT) },
	{ "proxy", "p:80x", BAD(PROXY_PORT) },
	{ "proxy", "::1", BAD(PROXY_HOST) },
};

static void
test_read(void **state)
{
	struct haul_error error;
	int64_t number = 7;

	(void)state;
	assert_int_equal(haul_option_read("interval", "1.5", &number, NULL),
	    HAUL_OK);
	assert_int_equal(number, 1500);
	assert_int_equal(haul_option_read("limit-rate", "2k", &number, NULL),
	    HAUL_OK);
	assert_int_equal(number, 2048);
	assert_int_equal(haul_option_read("out", "x", &number, NULL),
	    HAUL_OK);
	assert_int_equal(number, 0);
	assert_int_equal(haul_option_read("interval", "0", &number, &error),
	    HAUL_EUSAGE);
	assert_int_equal(error.complaint, HAUL_COMPLAINT_OUT_OF_RANGE);
	assert_int_equal(error.min, 50);
	assert_int_equal(haul_option_read("nope", "0", &number, &error),
	    HAUL_EUSAGE);
	assert_int_equal(error.complaint, HAUL_COMPLAINT_UNKNOWN_OPTION);
}

static void
test_entries(void **state)
{
	struct options *set = options_new();
	struct haul_error error;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(entries); i++) {
		error.complaint = HAUL_COMPLAINT_NONE;
		assert_int_equal(options_set(set, entries[i].name,
		    entries[i].value, ANY_SCOPE, &error),
		    entries[i].complaint == HAUL_COMPLAINT_NONE ? HAUL_OK :
		    HAUL_EUSAGE);
		if (error.complaint != entries[i].complaint)
			print_error("case %zu\n", i);
		assert_int_equal(error.complaint, entries[i].complaint);
	}
	options_unref(set);
}

static void
join(const char *text, void *user)
{
	size_t length = strlen(user);

	snprintf((char *)user + length, 200 - length, "[%s]", text);
}

static void
expect_list(const struct options *item, const struct options *engine,
    const char *wanted)
{
	struct options_pair pair = { item, engine, NULL };
	char all[200] = "";

	options_each(pair, OPTION_HEADER, join, all);
	assert_string_equal(all, wanted);
	assert_int_equal(options_has(pair, OPTION_HEADER), *wanted != '\0');
}

static void
test_lists(void **state)
{
	struct options *item = options_new(), *engine = options_new();

	(void)state;
	expect_list(NULL, NULL, "");
	expect_list(item, engine, "");
	give(item, "header", "A: 1");
	give(item, "header", "A: 1");
	give(item, "header", "B: 2");
	expect_list(item, NULL, "[A: 1][A: 1][B: 2]");
	give(engine, "header", "C: 3");
	expect_list(item, engine, "[C: 3][A: 1][A: 1][B: 2]");
	assert_int_equal(options_set(item, "header", "bad", ANY_SCOPE, NULL),
	    HAUL_EUSAGE);
	expect_list(item, NULL, "[A: 1][A: 1][B: 2]");
	give(item, "header", "");
	expect_list(item, engine, "[C: 3]");
	give(item, "header", "D: 4");
	expect_list(item, NULL, "[D: 4]");
	options_unref(item);
	options_unref(engine);
}

/* ---- scopes, defaults, reading ---- */

static void
test_scopes(void **state)
{
	struct haul_options *options = haul_options_new();
	struct options *set = options_new();
	struct haul_error error;
	const char *name = NULL;

	(void)state;
	assert_int_equal(options_set(set, "max-conn", "3", OPTION_SCOPE_ITEM,
	    &error), HAUL_EUSAGE);
	assert_int_equal(error.complaint, HAUL_COMPLAINT_WRONG_SCOPE);
	assert_string_equal(error.option, "max-conn");
	give(set, "timeout", "3");
	give(set, "header", "A: 1");
	assert_true(options_are_for_item(set, &name));
	give(set, "max-conn", "3");
	assert_false(options_are_for_item(set, &name));
	assert_string_equal(name, "max-conn");
	assert_int_equal(haul_options_set(options, "max-conn", "3", &error),
	    HAUL_OK);
	assert_int_equal(haul_options_set(options, "timeout", "3", &error),
	    HAUL_OK);
	assert_int_equal(haul_options_set(options, "quiet", "yes", &error),
	    HAUL_EUSAGE);
	assert_int_equal(error.complaint, HAUL_COMPLAINT_WRONG_SCOPE);
	haul_options_free(options);
	options_unref(set);
}

static void
test_defaults(void **state)
{
	struct options *set = options_new();
	struct options_pair pair = { NULL, set, NULL };
	size_t i;

	(void)state;
	give(set, "max-conn", "77");
	give(set, "user-agent", "mine");
	options_fill_defaults(set);
	assert_int_equal(number_in(set, "max-conn"), 77);
	assert_string_equal(options_text(pair, OPTION_USER_AGENT), "mine");
	assert_int_equal(number_in(set, "max-splits"), 5);
	assert_int_equal(number_in(set, "min-split-size"), K * K);
	assert_int_equal(number_in(set, "timeout"), 90000);
	assert_int_equal(number_in(set, "retries"), 5);
	assert_int_equal(number_in(set, "insecure"), 0);
	assert_int_equal(number_in(set, "overwrite"), OVERWRITE_NEVER);
	assert_string_equal(options_text(pair, OPTION_DIRECTORY), "./");
	assert_null(options_text(pair, OPTION_PROXY));
	/* Each default alone is a good value, and names are not given twice. */
	for (i = 0; i < LENGTH(table); i++)
		assert_int_equal(table[i].id, id_of(table[i].name));
	options_fill_defaults(set);
	assert_int_equal(number_in(set, "max-conn"), 77);
	options_unref(set);
}

static void
test_yielding(void **state)
{
	struct haul_options *options = haul_options_new();
	struct options_pair pair;

	(void)state;
	assert_int_equal(haul_options_set(options, "max-conn", "7", NULL),
	    HAUL_OK);
	assert_true(options_is_named(options_peek(options), "max-conn"));
	haul_options_yield(options, "max-conn");
	haul_options_yield(options, "no-such-option");
	pair = (struct options_pair){ NULL, options_peek(options), NULL };
	assert_false(options_is_named(options_peek(options), "max-conn"));
	assert_int_equal(options_number(pair, OPTION_MAX_CONN), 7);
	assert_int_equal(haul_options_set(options, "max-conn", "8", NULL),
	    HAUL_OK);
	assert_true(options_is_named(options_peek(options), "max-conn"));
	haul_options_free(options);
}

static void
test_reading(void **state)
{
	struct options *item = options_new(), *engine = options_new();
	struct options_pair both = { item, engine, NULL };
	struct options_pair none = { NULL, NULL, NULL };

	(void)state;
	options_fill_defaults(engine);
	assert_int_equal(options_number(both, OPTION_TIMEOUT), 90000);
	give(item, "timeout", "0");
	assert_int_equal(options_number(both, OPTION_TIMEOUT), 0);
	assert_int_equal(options_number(none, OPTION_TIMEOUT), 0);
	assert_null(options_text(none, OPTION_PROXY));
	assert_false(options_has(none, OPTION_HEADER));
	give(engine, "proxy", "http://p:1");
	assert_string_equal(options_text(both, OPTION_PROXY), "http://p:1");
	give(item, "proxy", "http://q:2");
	assert_string_equal(options_text(both, OPTION_PROXY), "http://q:2");
	give(item, "proxy", "");
	assert_null(options_text(both, OPTION_PROXY));
	options_unref(item);
	options_unref(engine);
	options_unref(NULL);
	assert_null(options_ref(NULL));
}

/* ---- hooks ---- */

static char *
name_fn(const struct haul_answer *answer, char *why, size_t size, void *user)
{
	(void)answer;
	(void)why;
	(void)size;
	return user;
}

static void
easy_fn(void *easy, void *user)
{
	(void)easy;
	(void)user;
}

static void
done_fn(struct haul *haul, const struct haul_item *item, void *user)
{
	(void)haul;
	(void)item;
	(void)user;
}

static void
test_hooks(void **state)
{
	struct haul_options *item = haul_options_new();
	struct haul_options *engine = haul_options_new();
	struct options_pair pair = { NULL, NULL, NULL };
	int one, other;
	void *user;

	(void)state;
	assert_null(options_name_fn(pair, &user));
	assert_null(options_easy_fn(pair, &user));
	assert_null(options_done_fn(pair, &user));
	haul_options_on_name(engine, name_fn, &one);
	haul_options_on_easy(engine, easy_fn, &one);
	haul_options_on_done(item, done_fn, &other);
	pair.item = options_peek(item);
	pair.engine = options_peek(engine);
	assert_ptr_equal(options_name_fn(pair, &user), name_fn);
	assert_ptr_equal(user, &one);
	assert_ptr_equal(options_easy_fn(pair, &user), easy_fn);
	assert_ptr_equal(user, &one);
	assert_ptr_equal(options_done_fn(pair, &user), done_fn);
	assert_ptr_equal(user, &other);
	haul_options_on_name(item, name_fn, &other);
	assert_ptr_equal(options_name_fn(pair, &user), name_fn);
	assert_ptr_equal(user, &other);
	haul_options_free(item);
	haul_options_free(engine);
	haul_options_free(NULL);
	assert_null(options_peek(NULL));
}

/* ---- sharing ---- */

static void
test_sharing(void **state)
{
	struct haul_options *a = haul_options_new(), *b;
	struct options *kept;
	void *user;

	(void)state;
	assert_int_equal(haul_options_set(a, "timeout", "1", NULL), HAUL_OK);
	assert_int_equal(haul_options_set(a, "proxy", "p", NULL), HAUL_OK);
	assert_int_equal(haul_options_set(a, "header", "A: 1", NULL),
	    HAUL_OK);
	haul_options_on_done(a, done_fn, a);
	b = haul_options_copy(a);
	assert_ptr_equal(options_peek(a), options_peek(b));
	kept = options_ref(options_peek(a));
	assert_int_equal(haul_options_set(b, "timeout", "2", NULL), HAUL_OK);
	assert_int_equal(haul_options_set(b, "header", "B: 2", NULL),
	    HAUL_OK);
	assert_ptr_equal(options_peek(a), kept);
	assert_ptr_not_equal(options_peek(b), kept);
	assert_int_equal(number_in(kept, "timeout"), 1000);
	assert_int_equal(number_in(options_peek(b), "timeout"), 2000);
	expect_list(kept, NULL, "[A: 1]");
	expect_list(options_peek(b), NULL, "[A: 1][B: 2]");
	assert_ptr_equal(options_done_fn((struct options_pair){
	    options_peek(b), NULL, NULL }, &user), done_fn);
	haul_options_on_easy(a, easy_fn, NULL);
	assert_ptr_not_equal(options_peek(a), kept);
	haul_options_free(a);
	haul_options_free(b);
	assert_string_equal(options_text((struct options_pair){ kept, NULL,
	    NULL }, OPTION_PROXY), "p");
	options_unref(kept);
}

static void
test_clone(void **state)
{
	struct options *empty = options_clone(NULL), *copy;
	const char *name;

	(void)state;
	assert_true(options_are_for_item(empty, &name));
	expect_list(empty, NULL, "");
	give(empty, "header", "A: 1");
	give(empty, "user", "me");
	copy = options_clone(empty);
	options_unref(empty);
	expect_list(copy, NULL, "[A: 1]");
	assert_string_equal(options_text((struct options_pair){ copy, NULL,
	    NULL },
	    OPTION_USER), "me");
	options_unref(copy);
}

static void
test_error_text(void **state)
{
	struct options *set = options_new();
	struct haul_error error;
	char text[1000];

	(void)state;
	memset(text, '9', sizeof text);
	text[sizeof text - 1] = '\0';
	assert_int_equal(options_set(set, text, text, ANY_SCOPE, &error),
	    HAUL_EUSAGE);
	assert_int_equal(strlen(error.option), sizeof error.option - 1);
	assert_int_equal(strlen(error.value), sizeof error.value - 1);
	assert_int_equal(options_set(set, "timeout", text, ANY_SCOPE, NULL),
	    HAUL_EUSAGE);
	assert_int_equal(options_set(set, "overwrite", text, ANY_SCOPE, NULL),
	    HAUL_EUSAGE);
	assert_int_equal(options_set(set, "checksum", "md5=0", ANY_SCOPE,
	    NULL), HAUL_EUSAGE);
	options_unref(set);
}

static const struct {
	const char *name, *value, *told;
} told_values[] = {
	{ "max-conn", "007", "7" },
	{ "min-split-size", "1.5M", "1536K" },
	{ "min-split-size", "1025", "1025" },
	{ "limit-rate", "0", "0" },
	{ "limit-rate", "2T", "2T" },
	{ "limit-rate", "4096T", "4096T" },
	{ "timeout", "1.5", "1500ms" },
	{ "timeout", "2m", "120" },
	{ "timeout", "0", "0" },
	{ "overwrite", "unique", "unique" },
	{ "overwrite", "never", "never" },
	{ "insecure", "on", "yes" },
	{ "insecure", "0", "no" },
	{ "user-agent", "a b", "a b" },
	{ "user-agent", "", "" },
};

static void
test_told(void **state)
{
	struct options_pair pair = { NULL, NULL, NULL };
	struct options *set;
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(told_values); i++) {
		set = options_new();
		pair.engine = set;
		assert_int_equal(options_set(set, told_values[i].name,
		    told_values[i].value, ~0U, NULL), HAUL_OK);
		assert_true(options_format(pair, told_values[i].name, text,
		    sizeof text));
		assert_string_equal(text, told_values[i].told);
		assert_true(*text == '\0' || options_set(set,
		    told_values[i].name, text, ~0U, NULL) == HAUL_OK);
		options_unref(set);
	}
	set = options_new();
	pair.engine = set;
	assert_int_equal(options_set(set, "header", "A: 1", ~0U, NULL),
	    HAUL_OK);
	assert_int_equal(options_set(set, "header", "B: 2", ~0U, NULL),
	    HAUL_OK);
	assert_true(options_format(pair, "header", text, sizeof text));
	assert_string_equal(text, "A: 1\nB: 2");
	assert_true(options_format(pair, "header", text, 4));
	assert_string_equal(text, "A: ");
	assert_true(options_format(pair, "header", text, 1));
	assert_string_equal(text, "");
	assert_false(options_format(pair, "quiet", text, sizeof text));
	assert_false(options_format(pair, "nothing", text, sizeof text));
	options_unref(set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "every type takes its good values", test_good,
		    NULL, NULL, NULL },
		{ "every type refuses its bad values", test_bad,
		    NULL, NULL, NULL },
		{ "a complaint tells range, choices or length",
		    test_complaint, NULL, NULL, NULL },
		{ "decimals have a point in every locale", test_locale,
		    enter, leave, NULL },
		{ "the engine reads values for the command too", test_read,
		    NULL, NULL, NULL },
		{ "headers, checksums and proxies are looked at when said",
		    test_entries, NULL, NULL, NULL },
		{ "lists append, and an empty value clears", test_lists,
		    NULL, NULL, NULL },
		{ "an option is known in its scopes only", test_scopes,
		    NULL, NULL, NULL },
		{ "defaults fill what was not given", test_defaults,
		    NULL, NULL, NULL },
		{ "a default of the user's counts as not given", test_yielding,
		    NULL, NULL, NULL },
		{ "an item's value goes before its engine's", test_reading,
		    NULL, NULL, NULL },
		{ "an item's hooks go before its engine's", test_hooks,
		    NULL, NULL, NULL },
		{ "copies share until one changes", test_sharing,
		    NULL, NULL, NULL },
		{ "a clone stands alone", test_clone, NULL, NULL, NULL },
		{ "an option is told as it can be set",
		    test_told, NULL, NULL, NULL },
		{ "an error is cut to its fields or left out",
		    test_error_text, NULL, NULL, NULL },
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
