/* SPDX-License-Identifier: MIT
 *
 * digest.c:
 * - every spelling of an algorithm becomes the one name
 * - a checksum without algorithm, or without hex, is refused as such
 * - an algorithm that libcrypto lacks, or that has no length, is unknown
 * - hex of the wrong length is refused, and the right one told
 * - refusals leave nothing in the thread's queue of OpenSSL errors
 * - RFC 9530's own examples are read, several in one field as well
 * - parameters, blanks, empty members and any case are taken
 * - members of other algorithms and types are passed over
 * - a broken member is told, and does not hide the good ones
 * - base64 is taken only whole, padded and of the right length
 * - the legacy field is read without colons
 * - of two members of one algorithm the last counts; the list's end is kept
 * - no prefix of a field, and no byte in it, reads beyond its end
 * - a stronger algorithm has the greater strength
 * - the wish has the user's algorithm at 10, each algorithm once
 * - digests are equal only in name and bytes; their text can be read again
 * - a file's digest is right over many pieces, for every kind, and its offset
 *   stays
 * - only the first bytes count; an empty file has a digest
 * - a file cut short, a bad descriptor and no such algorithm are told
 * - cancelling ends a long sum soon; there need be no way to cancel
 */
#include "config.h"

#include "engine/base/digest.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>

#include <cmocka.h>

#define TIME_LIMIT_S 60
#define LIST_MAX 4

/* The body of RFC 9530's appendix B, and what it says of it. */
#define HELLO "{\"hello\": \"world\"}\n"
#define HELLO_SHA256 "RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg="
#define HELLO_SHA512 "YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4y" \
    "P+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg=="
#define HELLO_MD5 "UFIauregE76D7gDe0/n0JA=="

#define ZEROS_16 "00000000000000000000000000000000"

static const atomic_bool go_on = false;

/* ---- the user's ---- */

static void
expect_name(const char *spelling, size_t size, const char *name)
{
	struct digest digest;
	char text[256];
	size_t expected;

	snprintf(text, sizeof text, "%s=%0*d", spelling, (int)size * 2, 0);
	assert_int_equal(digest_parse(text, &digest, &expected),
	    HAUL_COMPLAINT_NONE);
	assert_string_equal(digest.name, name);
	assert_int_equal(digest.size, size);
	assert_int_equal(expected, size * 2);
}

static void
test_names(void **state)
{
	(void)state;
	expect_name("sha256", 32, "sha256");
	expect_name("SHA-256", 32, "sha256");
	expect_name("Sha_256", 32, "sha256");
	expect_name("SHA2-256", 32, "sha256");
	expect_name("2.16.840.1.101.3.4.2.1", 32, "sha256");
	expect_name("sha-512", 64, "sha512");
	expect_name("SHA512-256", 32, "sha512-256");
	expect_name("sha512_256", 32, "sha512-256");
	expect_name("SHA-512/256", 32, "sha512-256");
	expect_name("SHA2-512/224", 28, "sha512-224");
	expect_name("sha3-256", 32, "sha3-256");
	expect_name("SHA3_512", 64, "sha3-512");
	expect_name("BLAKE2b512", 64, "blake2b512");
	expect_name("blake2b-512", 64, "blake2b512");
	expect_name("blake2s256", 32, "blake2s256");
	expect_name("MD5", 16, "md5");
	expect_name("md-5", 16, "md5");
	expect_name("SHA1", 20, "sha1");
	expect_name("sha-1", 20, "sha1");
	expect_name("sha", 20, "sha1");
	expect_name("md5_sha1", 36, "md5-sha1");
}

static void
expect_complaint(const char *text, enum haul_complaint complaint,
    size_t expected)
{
	struct digest digest = { .name = "untouched" };
	size_t hex = 4711;

	assert_int_equal(digest_parse(text, &digest, &hex), complaint);
	assert_int_equal(hex, expected);
	assert_string_equal(digest.name, "untouched");
}

static void
test_not_a_checksum(void **state)
{
	(void)state;
	expect_complaint("", HAUL_COMPLAINT_BAD_CHECKSUM, 0);
	expect_complaint("wibble", HAUL_COMPLAINT_BAD_CHECKSUM, 0);
	expect_complaint("=00", HAUL_COMPLAINT_BAD_CHECKSUM, 0);
	expect_complaint("md5=" ZEROS_16 " ", HAUL_COMPLAINT_BAD_CHECKSUM, 32);
	expect_complaint("md5= " ZEROS_16, HAUL_COMPLAINT_BAD_CHECKSUM, 32);
	expect_complaint("md5=" ZEROS_16 "=", HAUL_COMPLAINT_BAD_CHECKSUM, 32);
	expect_complaint("md5=0000000000000000000000000000000g",
	    HAUL_COMPLAINT_BAD_CHECKSUM, 32);
}

static void
test_unknown(void **state)
{
	(void)state;
	expect_complaint("nope=wibble", HAUL_COMPLAINT_UNKNOWN_DIGEST, 0);
	expect_complaint("null=", HAUL_COMPLAINT_UNKNOWN_DIGEST, 0);
	expect_complaint("shake128=" ZEROS_16,
	    HAUL_COMPLAINT_UNKNOWN_DIGEST, 0);
	expect_complaint("--=00", HAUL_COMPLAINT_UNKNOWN_DIGEST, 0);
	expect_complaint(" sha256=00", HAUL_COMPLAINT_UNKNOWN_DIGEST, 0);
	expect_complaint("md5aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=00",
	    HAUL_COMPLAINT_UNKNOWN_DIGEST, 0);
	assert_int_equal(ERR_peek_error(), 0);
}

static void
test_hex_length(void **state)
{
	struct digest digest;
	size_t hex;

	(void)state;
	expect_complaint("md5=", HAUL_COMPLAINT_CHECKSUM_LENGTH, 32);
	expect_complaint("md5=0", HAUL_COMPLAINT_CHECKSUM_LENGTH, 32);
	expect_complaint("md5=" ZEROS_16 "0",
	    HAUL_COMPLAINT_CHECKSUM_LENGTH, 32);
	expect_complaint("sha512=" ZEROS_16,
	    HAUL_COMPLAINT_CHECKSUM_LENGTH, 128);
	assert_int_equal(digest_parse("md5=0123456789abcdefFEDCBA9876543210",
	    &digest, &hex), HAUL_COMPLAINT_NONE);
	assert_memory_equal(digest.bytes, "\x01\x23\x45\x67\x89\xab\xcd\xef"
	    "\xfe\xdc\xba\x98\x76\x54\x32\x10", 16);
}

/* ---- the server's ---- */

/* A copy of the text at the end of its memory: reading beyond is seen. */
static size_t
parse(const char *text, enum digest_style style, struct digest *list,
    size_t max, bool *malformed)
{
	char *copy = strdup(text);
	size_t count;

	assert_non_null(copy);
	*malformed = true;
	count = digest_parse_server(copy, style, list, max, malformed);
	free(copy);
	return count;
}

/* names: the digests of HELLO that must be found, with a blank each. */
static void
expect_digests(const char *text, enum digest_style style, const char *names,
    bool bad)
{
	struct digest list[LIST_MAX];
	char found[LIST_MAX * DIGEST_NAME_MAX] = "";
	bool malformed;
	size_t i, n = 0, count = parse(text, style, list, LIST_MAX,
	    &malformed);

	for (i = 0; i < count; i++) {
		struct digest sum;
		FILE *file = tmpfile();

		n += (size_t)snprintf(found + n, sizeof found - n, "%s ",
		    list[i].name);
		assert_non_null(file);
		fputs(HELLO, file);
		assert_int_equal(fflush(file), 0);
		assert_int_equal(digest_of_file(fileno(file),
		    (int64_t)strlen(HELLO), list[i].name, &go_on, &sum), 0);
		assert_true(digest_equal(&sum, &list[i]));
		fclose(file);
	}
	assert_string_equal(found, names);
	assert_int_equal(malformed, bad);
}

static void
test_rfc9530(void **state)
{
	(void)state;
	expect_digests("sha-256=:" HELLO_SHA256 ":", DIGEST_RFC9530,
	    "sha256 ", false);
	expect_digests("sha-512=:" HELLO_SHA512 ":", DIGEST_RFC9530,
	    "sha512 ", false);
	expect_digests("sha-256=:" HELLO_SHA256 ":, sha-512=:" HELLO_SHA512
	    ":,md5=:" HELLO_MD5 ":", DIGEST_RFC9530, "sha256 sha512 md5 ",
	    false);
	expect_digests("", DIGEST_RFC9530, "", false);
}

static void
test_tolerance(void **state)
{
	(void)state;
	expect_digests(" \tSHA-256=:" HELLO_SHA256 ":;a=b;c=\"x,y\" , "
	    "md5=:" HELLO_MD5 ":; d\t", DIGEST_RFC9530, "sha256 md5 ", false);
	expect_digests(" , md5=:" HELLO_MD5 ":,, ", DIGEST_RFC9530, "md5 ",
	    false);
	expect_digests("sha256=:" HELLO_SHA256 ":", DIGEST_RFC9530,
	    "sha256 ", false);
}

static void
test_passed_over(void **state)
{
	(void)state;
	expect_digests("unixsum=:MjA=:, unixcksum=:MQ==:, adler=:AAAA:, "
	    "crc32c=:AAAAAA==:, md5=:" HELLO_MD5 ":", DIGEST_RFC9530, "md5 ",
	    false);
	expect_digests("a, b;c=1, d=?1, e=12.5, f=tok/en, *g=(1 \"2,3\";x), "
	    "h=\"\\\",\", md5=:" HELLO_MD5 ":", DIGEST_RFC9530, "md5 ", false);
	expect_digests("null=::, shake128=:AAAA:", DIGEST_RFC9530, "", false);
	expect_digests("id-sha-256=" HELLO_SHA256 ",unixsum=30637",
	    DIGEST_RFC3230, "", false);
	expect_digests("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=1",
	    DIGEST_RFC9530, "", false);
}

static void
test_broken_members(void **state)
{
	static const char *const broken[] = {
		"sha-256", "sha-256;a=b", "sha-256=", "sha-256=:", "sha-256=::",
		"sha-256=" HELLO_SHA256,                /* no colons */
		"sha-256=:" HELLO_SHA256,               /* one colon */
		"sha-256=\"" HELLO_SHA256 "\"",
		"sha-256=:" HELLO_SHA256 ":x",
		"sha-256 =:" HELLO_SHA256 ":",
		"sha-256=:44aff4ab2d7c3250525675a08f0cfa959116"
		    "8cffe51791c5f5bbc417c15a6c38:",    /* hex */
		"=:AAAA:", "@=1", "sh\xc3\xa4=1", "\"sha-256\"", "\"",
	};
	char text[512];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof broken / sizeof *broken; i++) {
		expect_digests(broken[i], DIGEST_RFC9530, "", true);
		snprintf(text, sizeof text, "md5=:" HELLO_MD5 ":, %s",
		    broken[i]);
		expect_digests(text, DIGEST_RFC9530, "md5 ", true);
	}
	expect_digests("sha-256=?0, md5=:" HELLO_MD5 ":", DIGEST_RFC9530,
	    "md5 ", true);
}

static void
test_base64(void **state)
{
	static const char *const broken[] = {
		"UFIauregE76D7gDe0/n0JA",               /* no padding */
		"UFIauregE76D7gDe0/n0JA=",
		"UFIauregE76D7gDe0/n0JA===",
		"UFIauregE76D7gDe0/n0JB==",             /* padding bits */
		"UFIauregE76D7gDe0/n0J=A=",
		"UFIauregE76D7gDe0/n0====",
		"UFIa=regE76D7gDe0/n0JA==",
		"UFI=uregE76D7gDe0/n0JAA=",             /* padding within */
		"UFIauregE76D7gDe0_n0JA==",             /* of URLs */
		"UFIa uregE76D7gDe0/n0JA==", " UFIauregE76D7gDe0/n0JA==",
		"UFIauregE76D7gDe0/n0", "UFIauregE76D7gDe0/n0JAA=",
		"UFIauregE76D7gDe0/n0JAAA", "UFIauregE76D7gDe0/n0JA==AAAA",
		"====", "A", "",
	};
	char text[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof broken / sizeof *broken; i++) {
		snprintf(text, sizeof text, "md5=:%s:", broken[i]);
		expect_digests(text, DIGEST_RFC9530, "", true);
	}
	snprintf(text, sizeof text, "md5=:%0240d:", 0);
	expect_digests(text, DIGEST_RFC9530, "", true);
}

static void
test_rfc3230(void **state)
{
	(void)state;
	expect_digests("SHA-256=" HELLO_SHA256 ",MD5=" HELLO_MD5,
	    DIGEST_RFC3230, "sha256 md5 ", false);
	expect_digests("md5=" HELLO_MD5 " , sha-512=" HELLO_SHA512,
	    DIGEST_RFC3230, "md5 sha512 ", false);
	expect_digests("SHA-256=:" HELLO_SHA256 ":,MD5=" HELLO_MD5,
	    DIGEST_RFC3230, "md5 ", true);
	expect_digests("hello", DIGEST_RFC3230, "", true);
	expect_digests("MD5", DIGEST_RFC3230, "", true);
	expect_digests("MD5=50521abaeb7a013be83ee00ded3f9f42",
	    DIGEST_RFC3230, "", true);
}

static void
test_list(void **state)
{
	struct digest list[LIST_MAX];
	bool malformed;

	(void)state;
	expect_digests("md5=:AAAAAAAAAAAAAAAAAAAAAA==:, sha-256=:"
	    HELLO_SHA256 ":, MD5=:" HELLO_MD5 ":", DIGEST_RFC9530,
	    "md5 sha256 ", false);
	memset(list, 0, sizeof list);
	assert_int_equal(parse("md5=:" HELLO_MD5 ":, sha-256=:" HELLO_SHA256
	    ":", DIGEST_RFC9530, list, 1, &malformed), 1);
	assert_string_equal(list[0].name, "md5");
	assert_string_equal(list[1].name, "");
	assert_int_equal(parse("md5=:" HELLO_MD5 ":", DIGEST_RFC9530, list, 0,
	    &malformed), 0);
}

static void
test_hostile_fields(void **state)
{
	static const char field[] = "sha-256=:" HELLO_SHA256 ":;a=\"\\\"\", "
	    "md5=:" HELLO_MD5 ":, x=(1 2)";
	struct digest list[LIST_MAX];
	char text[sizeof field];
	bool malformed;
	size_t i, byte;

	(void)state;
	for (i = 0; i < sizeof field; i++) {
		memcpy(text, field, sizeof field);
		text[i] = '\0';
		parse(text, DIGEST_RFC9530, list, LIST_MAX, &malformed);
		parse(text, DIGEST_RFC3230, list, LIST_MAX, &malformed);
	}
	for (i = 0; i < sizeof field - 1; i++)
		for (byte = 1; byte < 256; byte++) {
			memcpy(text, field, sizeof field);
			text[i] = (char)byte;
			assert_true(parse(text, DIGEST_RFC9530, list, 2,
			    &malformed) <= 2);
		}
}

/* ---- wishes and comparisons ---- */

static void
test_strength(void **state)
{
	static const char *const order[] = {
		"sha512", "sha384", "sha256", "sha224", "sha1", "md5",
	};
	size_t i;

	(void)state;
	for (i = 1; i < sizeof order / sizeof *order; i++)
		assert_true(digest_strength(order[i - 1]) >
		    digest_strength(order[i]));
	assert_true(digest_strength("md5") > 0);
	assert_int_equal(digest_strength("SHA-256"),
	    digest_strength("sha256"));
	assert_int_equal(digest_strength("whirlpool"), 0);
	assert_int_equal(digest_strength("crc32c"), 0);
	assert_int_equal(digest_strength(""), 0);
}

static void
expect_want(const char *user_name, const char *wanted)
{
	char *text = digest_want(user_name);

	assert_string_equal(text, wanted);
	free(text);
}

static void
test_want(void **state)
{
	(void)state;
	expect_want(NULL, "sha-512=9, sha-256=8, sha=2, md5=1");
	expect_want("sha256", "sha-256=10, sha-512=9, sha=2, md5=1");
	expect_want("SHA1", "sha=10, sha-512=9, sha-256=8, md5=1");
	expect_want("sha3-256",
	    "sha3-256=10, sha-512=9, sha-256=8, sha=2, md5=1");
	expect_want("nope\r\nx: y", "sha-512=9, sha-256=8, sha=2, md5=1");
}

static void
test_equal(void **state)
{
	static const char text[] = "md5=0123456789abcdeffedcba9876543210";
	struct digest a, b;
	size_t hex;
	char *again;

	(void)state;
	assert_int_equal(digest_parse(text, &a, &hex), HAUL_COMPLAINT_NONE);
	b = a;
	assert_true(digest_equal(&a, &b));
	b.bytes[15] ^= 1;
	assert_false(digest_equal(&a, &b));
	b = a;
	b.name[2] = '4';
	assert_false(digest_equal(&a, &b));
	b = a;
	b.size--;
	assert_false(digest_equal(&a, &b));
	again = digest_format(&a);
	assert_string_equal(again, text);
	free(again);
}

/* ---- files ---- */

/* More than two of the pieces that digest.c reads. */
#define BIG_SIZE (2 * 1024 * 1024 + 3)

static FILE *
make_big_file(void)
{
	FILE *file = tmpfile();
	int64_t i;

	assert_non_null(file);
	for (i = 0; i < BIG_SIZE; i++)
		putc((int)((i * 7 + (i >> 13)) & 255), file);
	assert_int_equal(fflush(file), 0);
	return file;
}

static void
expect_sum(int fd, int64_t size, const char *name, const char *wanted)
{
	struct digest sum;
	char *text;

	assert_int_equal(digest_of_file(fd, size, name, &go_on, &sum), 0);
	text = digest_format(&sum);
	assert_string_equal(text, wanted);
	free(text);
}

/* Sums by Python's hashlib. */
static void
test_file(void **state)
{
	FILE *file = make_big_file();
	int fd = fileno(file);

	(void)state;
	assert_int_equal(lseek(fd, 17, SEEK_SET), 17);
	expect_sum(fd, BIG_SIZE, "sha256", "sha256=ba02b42cb33e8869295461a878"
	    "7a8e42fcfbfec39d3ab3dd0b3b7a5c161d439d");
	expect_sum(fd, BIG_SIZE, "MD5",
	    "md5=1cd87c02301fe7faac573b14f3fd3d78");
	expect_sum(fd, BIG_SIZE, "blake2b512", "blake2b512=aee832e0012dc6270c"
	    "2bb2cc792d0305d372cf89e5ee2787eaf5ca98f08091fa29b68ae78a5d36b42f"
	    "f9e32e14fb0a3f8154ffc95a74380c54bdabb6ccbdf58c");
	expect_sum(fd, BIG_SIZE, "sha3-256", "sha3-256=0e5be163a8d42cf5951a25"
	    "4a5042e154619ecb2b4d3d32de8ab09f3f2f19838e");
	expect_sum(fd, BIG_SIZE, "sha512-256", "sha512-256=e778bb96e97bedc262"
	    "dc1339333bec35d73917edf8292803ac9ad2b8bc5fb23f");
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 17);
	fclose(file);
}

static void
test_first_bytes(void **state)
{
	FILE *file = tmpfile();

	(void)state;
	assert_non_null(file);
	fputs("abcdef", file);
	assert_int_equal(fflush(file), 0);
	expect_sum(fileno(file), 3, "md5",
	    "md5=900150983cd24fb0d6963f7d28e17f72");
	expect_sum(fileno(file), 3, "sha1",
	    "sha1=a9993e364706816aba3e25717850c26c9cd0d89d");
	expect_sum(fileno(file), 0, "sha256", "sha256=e3b0c44298fc1c149afbf4c"
	    "8996fb92427ae41e4649b934ca495991b7852b855");
	fclose(file);
}

static void
test_file_errors(void **state)
{
	struct digest sum = { .name = "untouched" };
	FILE *file = make_big_file();
	int fd = fileno(file);

	(void)state;
	assert_int_equal(digest_of_file(fd, BIG_SIZE + 1, "md5", &go_on,
	    &sum), EIO);
	assert_int_equal(digest_of_file(-1, 1, "md5", &go_on, &sum), EBADF);
	assert_int_equal(digest_of_file(fd, BIG_SIZE + 1, "md5", NULL, &sum),
	    EIO);
	assert_int_equal(digest_of_file(fd, 1, "nope", &go_on, &sum),
	    ENOTSUP);
	assert_int_equal(digest_of_file(fd, 1, "shake256", &go_on, &sum),
	    ENOTSUP);
	assert_string_equal(sum.name, "untouched");
	fclose(file);
}

static void *
cancel_soon(void *user)
{
	usleep(50 * 1000);
	atomic_store((atomic_bool *)user, true);
	return NULL;
}

/* Too much to be read within the time limit, were it not cancelled. */
static void
test_cancel(void **state)
{
	const int64_t size = (int64_t)1 << 40;
	struct digest sum;
	atomic_bool cancel = false;
	pthread_t thread;
	FILE *file = tmpfile();

	(void)state;
	assert_non_null(file);
	assert_int_equal(ftruncate(fileno(file), size), 0);
	assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &cancel),
	    0);
	assert_int_equal(digest_of_file(fileno(file), size, "md5", &cancel,
	    &sum), ECANCELED);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(digest_of_file(fileno(file), 1, "md5", &cancel,
	    &sum), ECANCELED);
	fclose(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "every spelling becomes the one name", test_names,
		    NULL, NULL, NULL },
		{ "what is not ALG=HEX is refused", test_not_a_checksum,
		    NULL, NULL, NULL },
		{ "an unknown algorithm is told, and leaves no error queued",
		    test_unknown, NULL, NULL, NULL },
		{ "hex has just the right length", test_hex_length,
		    NULL, NULL, NULL },
		{ "the examples of RFC 9530 are read", test_rfc9530,
		    NULL, NULL, NULL },
		{ "parameters, blanks and any case are taken",
		    test_tolerance, NULL, NULL, NULL },
		{ "other algorithms and types are passed over",
		    test_passed_over, NULL, NULL, NULL },
		{ "a broken member does not hide the good ones",
		    test_broken_members, NULL, NULL, NULL },
		{ "base64 is whole, padded and of the right length",
		    test_base64, NULL, NULL, NULL },
		{ "the legacy field is read without colons", test_rfc3230,
		    NULL, NULL, NULL },
		{ "the last of one algorithm counts, the list's end is kept",
		    test_list, NULL, NULL, NULL },
		{ "no hostile field is read beyond its end",
		    test_hostile_fields, NULL, NULL, NULL },
		{ "a stronger algorithm has the greater strength",
		    test_strength, NULL, NULL, NULL },
		{ "the wish has the user's algorithm at 10", test_want,
		    NULL, NULL, NULL },
		{ "digests are equal in name and bytes only", test_equal,
		    NULL, NULL, NULL },
		{ "a file's digest is right over many pieces", test_file,
		    NULL, NULL, NULL },
		{ "only the first bytes count", test_first_bytes,
		    NULL, NULL, NULL },
		{ "a short file and other errors are told", test_file_errors,
		    NULL, NULL, NULL },
		{ "cancelling ends a long sum soon", test_cancel,
		    NULL, NULL, NULL },
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
