/* SPDX-License-Identifier: MIT
 *
 * partfile.c, from a part's making to its last checkpoint:
 * - a new part stands under NAME.part, locked, and stays when it is closed
 * - a second one to want it is refused, in this process and in another, and
 *   gets it when the first has closed
 * - what a checkpoint says is what is read again; no temporary stays
 * - a record that is torn, foreign, newer, empty, too large or missing, or
 *   claims bytes that the part has not, is refused with its verdict
 * - so is a part that is longer than the whole file
 * - a part made anew never meets a record of an earlier one
 * - whose a part is stands beside it from the first; own left-overs are used
 *   again; restarting forgets bytes and claims; the claims alone may go too
 * - bytes are written where they belong, and errors are told
 * - discarding takes part and record away
 */
#include "config.h"

#include "part.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define TIME_LIMIT_S 60

/* ---- making and locking ---- */

static void
test_create(void **state)
{
	(void)state;
	create("x", false);
	assert_false(part.anonymous);
	assert_true(fcntl(part.fd, F_GETFD) & FD_CLOEXEC);
	put_bytes("abc", 0);
	partfile_close(&part);
	assert_int_equal(part.fd, -1);
	partfile_close(&part);
	expect_file("x.part", "abc");
	assert_int_equal(count_entries(), 2);
}

static void
test_second(void **state)
{
	enum record_verdict verdict;
	struct partfile second;
	struct record record;

	(void)state;
	leave_part();
	expect_old(0, RECORD_OK);
	partfile_init(&second);
	record_init(&record);
	assert_int_equal(partfile_create(&second, folder, "x", false, &owner,
	    &set_aside), EWOULDBLOCK);
	assert_int_equal(partfile_open_old(&second, folder, "x", &record,
	    &verdict), EWOULDBLOCK);
	assert_int_equal(second.fd, -1);
	expect_file("x.part", "0123456789");
	partfile_close(&part);
	assert_int_equal(partfile_open_old(&second, folder, "x", &record,
	    &verdict), 0);
	partfile_close(&second);
	record_release(&record);
}

/* Runs try in another process; its answer is the exit status. */
static int
in_child(int (*try)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(try());
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
create_afresh(void)
{
	struct folders *own = folders_new();
	struct partfile mine;
	int error;

	partfile_init(&mine);
	error = partfile_create(&mine, folders_open(own, "."), "x", false,
	    &owner, &set_aside);
	partfile_close(&mine);
	folders_free(own);
	return error;
}

static void
test_other_process(void **state)
{
	(void)state;
	create("x", false);
	put_bytes("abc", 0);
	assert_int_equal(in_child(create_afresh), EWOULDBLOCK);
	expect_file("x.part", "abc");
	partfile_close(&part);
	assert_int_equal(in_child(create_afresh), 0);
	expect_file("x.part", "");
	expect_marker(0);
}

/* ---- the record ---- */

static void
test_round_trip(void **state)
{
	enum record_verdict verdict;
	struct record record, back;

	(void)state;
	create("x", false);
	put_bytes("abc", 0);
	put_bytes("xyz", 500);
	fill_record(&record, 0, 3);
	ranges_add(&record.here, 500, 503);
	record.last_modified = strdup("Wed, 08 May 2024 00:12:00 GMT");
	assert_int_equal(partfile_checkpoint(&part, &record), 0);
	assert_int_equal(count_entries(), 2);
	partfile_close(&part);
	record_init(&back);
	assert_int_equal(partfile_open_old(&part, folder, "x", &back,
	    &verdict), 0);
	assert_int_equal(verdict, RECORD_OK);
	assert_true(part.recorded);
	assert_string_equal(back.url, record.url);
	assert_string_equal(back.etag, record.etag);
	assert_string_equal(back.last_modified, record.last_modified);
	assert_int_equal(back.total, TOTAL);
	assert_int_equal(back.here.count, 2);
	assert_int_equal(ranges_bytes(&back.here), 6);
	assert_true(ranges_cover(&back.here, 500, 503));
	record_release(&record);
	record_release(&back);
}

static void
test_checkpoint_again(void **state)
{
	struct stat st;

	(void)state;
	create("x", false);
	put_bytes("0123456789", 0);
	checkpoint(0, 5);
	checkpoint(0, 10);
	assert_int_equal(count_entries(), 2);
	assert_int_equal(stat("x.part.haul", &st), 0);
	assert_int_equal(st.st_mode & 077, 0);
	partfile_close(&part);
	expect_old(0, RECORD_OK);
}

static void
test_checkpoint_fails(void **state)
{
	struct record record;

	(void)state;
	leave_part();
	expect_old(0, RECORD_OK);
	/* Its temporary cannot be made: the old record stands. */
	assert_int_equal(mkdir("x.part.haul~", 0777), 0);
	fill_record(&record, 0, 10);
	assert_int_not_equal(partfile_checkpoint(&part, &record), 0);
	record_release(&record);
	partfile_close(&part);
	expect_old(0, RECORD_OK);
}

static void
test_no_part(void **state)
{
	(void)state;
	expect_old(ENOENT, RECORD_EMPTY);
	leave_part();
	assert_int_equal(unlink("x.part"), 0);
	expect_old(ENOENT, RECORD_EMPTY);
	assert_false(exists("x.part"));
}

static void
test_refused_records(void **state)
{
	static char large[RECORD_SIZE_MAX + 1];

	(void)state;
	leave_part();
	put_text("x.part.haul", "");
	expect_old(ENOENT, RECORD_EMPTY);
	put_text("x.part.haul", "something else\n");
	expect_old(ENOENT, RECORD_FOREIGN);
	put_text("x.part.haul", "haul-part 2\nurl http://a/\n");
	expect_old(ENOENT, RECORD_NEWER);
	memset(large, 'x', sizeof large);
	put_file("x.part.haul", large, sizeof large);
	expect_old(ENOENT, RECORD_FOREIGN);
	assert_int_equal(unlink("x.part.haul"), 0);
	expect_old(ENOENT, RECORD_EMPTY);
	expect_file("x.part", "0123456789");
}

static void
test_torn_record(void **state)
{
	struct stat st;
	off_t length;

	(void)state;
	leave_part();
	assert_int_equal(stat("x.part.haul", &st), 0);
	for (length = st.st_size - 1; length > 12; length--) {
		assert_int_equal(truncate("x.part.haul", length), 0);
		expect_old(ENOENT, RECORD_TORN);
	}
	expect_file("x.part", "0123456789");
}

static void
test_claims(void **state)
{
	(void)state;
	create("x", false);
	put_bytes("0123456789", 0);
	checkpoint(0, 11);
	partfile_close(&part);
	expect_old(ENOENT, RECORD_TORN);
	create("x", false);
	put_bytes("0123456789", 100);
	checkpoint(100, 110);
	partfile_close(&part);
	expect_old(0, RECORD_OK);
	partfile_close(&part);
	assert_int_equal(truncate("x.part", 109), 0);
	expect_old(ENOENT, RECORD_TORN);
}

/* Somebody appended: finished like that, the file would be wrong. */
static void
test_too_long(void **state)
{
	(void)state;
	leave_part();
	assert_int_equal(truncate("x.part", TOTAL), 0);
	expect_old(0, RECORD_OK);
	partfile_close(&part);
	assert_int_equal(truncate("x.part", TOTAL + 1), 0);
	expect_old(ENOENT, RECORD_TORN);
}

/* The part was removed or finished, its record was not: what comes now is
 * other bytes, and a crash before their first checkpoint must not bring the
 * old record and the new part together. */
static void
test_stale_record(void **state)
{
	(void)state;
	leave_part();
	assert_int_equal(unlink("x.part"), 0);
	create("x", false);
	assert_false(set_aside);
	put_bytes("new", 500);
	partfile_close(&part);
	expect_marker(TOTAL);
}

static void
test_restart(void **state)
{
	(void)state;
	leave_part();
	expect_old(0, RECORD_OK);
	assert_int_equal(partfile_restart(&part), 0);
	assert_false(part.recorded);
	expect_file("x.part", "");
	put_bytes("new", 0);
	partfile_close(&part);
	expect_marker(0);
}

static void
test_disclaim(void **state)
{
	(void)state;
	assert_int_equal(partfile_disclaim(&part), 0);
	leave_part();
	expect_old(0, RECORD_OK);
	assert_int_equal(partfile_disclaim(&part), 0);
	expect_file("x.part", "0123456789");
	partfile_close(&part);
	expect_marker(0);
	create("x", true);
	if (part.anonymous) {
		assert_int_equal(partfile_disclaim(&part), 0);
		partfile_close(&part);
		expect_marker(0);
	}
}

/* What a crash before the first checkpoint left is used again, for a file of
 * any size, and does not pile up. */
static void
test_own_left_over(void **state)
{
	static const struct record unknown = { .url = own_url };
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_int_equal(partfile_create(&part, folder, "x", false,
		    i == 1 ? &unknown : &owner, &set_aside), 0);
		assert_false(set_aside);
		expect_file("x.part", "");
		put_bytes("0123456789", 0);
		partfile_close(&part);
		expect_marker(i == 0 ? TOTAL : 0);
		put_text("x.part.haul~", "half of a record");
	}
	create("x", false);
	assert_int_equal(count_entries(), 2);
}

/* A user or password stays out of the record, and does not make another file
 * of it. */
static void
test_owner_without_secrets(void **state)
{
	static char url[] = "http://me:secret@a.example/x#there";
	static const struct record with = { .url = url, .total = TOTAL };

	(void)state;
	assert_int_equal(partfile_create(&part, folder, "x", false, &with,
	    &set_aside), 0);
	partfile_close(&part);
	expect_marker(TOTAL);
}

/* ---- bytes ---- */

static void
test_write(void **state)
{
	struct rlimit old, small;
	struct stat st;

	(void)state;
	create("x", false);
	put_bytes("cd", 2);
	put_bytes("ab", 0);
	assert_int_equal(partfile_write(&part, "", 0, 99), 0);
	expect_file("x.part", "abcd");
	assert_int_equal(partfile_sync(&part), 0);
	/* Half of it fits: the rest is an error, not forgotten. */
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 6;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(partfile_write(&part, "efgh", 4, 4), EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(fstat(part.fd, &st), 0);
	assert_int_equal(st.st_size, 6);
	put_bytes("efgh", 4);
	expect_file("x.part", "abcdefgh");
}

static void
test_discard(void **state)
{
	(void)state;
	partfile_discard(&part);
	leave_part();
	expect_old(0, RECORD_OK);
	partfile_discard(&part);
	partfile_close(&part);
	assert_int_equal(count_entries(), 0);
	put_text("x.part", "left over");
	create("x", true);
	if (part.anonymous) {
		partfile_discard(&part);
		expect_file("x.part", "left over");
	}
}

#define TEST(name, function) \
	{ name, function, part_setup, part_teardown, NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a new part stands under its name and stays",
		    test_create),
		TEST("a second one to want it is refused", test_second),
		TEST("another process is refused as well",
		    test_other_process),
		TEST("a checkpoint is read again as it was",
		    test_round_trip),
		TEST("a later checkpoint replaces the earlier",
		    test_checkpoint_again),
		TEST("a checkpoint that fails leaves the last one",
		    test_checkpoint_fails),
		TEST("no part: nothing to go on with", test_no_part),
		TEST("foreign, newer, empty, missing records are refused",
		    test_refused_records),
		TEST("a record cut anywhere is refused", test_torn_record),
		TEST("claims beyond the data are refused", test_claims),
		TEST("a part longer than the file is refused",
		    test_too_long),
		TEST("a new part never meets an old record",
		    test_stale_record),
		TEST("restarting forgets bytes and claims", test_restart),
		TEST("disclaiming keeps the bytes", test_disclaim),
		TEST("own left-overs are used again", test_own_left_over),
		TEST("an owner's password stays out of the record",
		    test_owner_without_secrets),
		TEST("bytes go where they belong, errors are told",
		    test_write),
		TEST("discarding takes part and record away",
		    test_discard),
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("partfile", tests, NULL, NULL);
}
