/* SPDX-License-Identifier: MIT
 *
 * partfile.c, the note of what was written and not synced:
 * - what it claims counts, alone or beside a record, as long as this boot
 *   lasts, and on this disk
 * - it is one page, only its user may read it, and is written over in place,
 *   by the next run as well
 * - one of another boot, torn, of another object, without a boot, or that
 *   claims what the part has not, does not count; the record does
 * - nor does one that claims a hole, or is another user's
 * - it never meets a part made anew, emptied or of another object
 * - it goes with its part, and when a record says as much; and when data could
 *   not be synced, after which no record claims more
 * - both are swept away from a file that has its name, if they are its own
 * - links, folders and pipes of its name are not written into or read
 * - where there is no telling which boot it is, there is none
 */
#include "config.h"

#include "part.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define TIME_LIMIT_S 60
#define NOTE "x.part.haul+"

static void
note(int64_t start, int64_t end)
{
	struct record record;

	fill_record(&record, start, end);
	partfile_note(&part, &record);
	assert_null(record.url);
}

/* A part "x" with ten bytes, of which the record claims none or some, and the
 * note more: closed, as a kill leaves it. */
static void
leave_note(int64_t claimed, int64_t start, int64_t end)
{
	create("x", false);
	put_bytes("0123456789", 0);
	if (claimed > 0)
		checkpoint(0, claimed);
	note(start, end);
	partfile_close(&part);
}

/* Opening the part "x" again finds so many bytes. */
static void
expect_bytes(int64_t bytes)
{
	enum record_verdict verdict;
	struct record record;

	record_init(&record);
	assert_int_equal(partfile_open_old(&part, folder, "x", &record,
	    &verdict), 0);
	assert_int_equal(ranges_bytes(&record.here), bytes);
	assert_null(record.boot);
	if (bytes > 0) {
		assert_string_equal(record.etag, "\"abc\"");
		assert_int_equal(record.total, TOTAL);
	}
	record_release(&record);
	partfile_close(&part);
}

/* Puts a note there that may differ from those that are written. */
static void
put_note(const char *url, const char *etag, const char *boot)
{
	struct record record;
	size_t length;
	char *text;

	fill_record(&record, 0, 10);
	free(record.url);
	free(record.etag);
	record.url = strdup(url);
	record.etag = etag != NULL ? strdup(etag) : NULL;
	record.boot = boot != NULL ? strdup(boot) : NULL;
	text = record_encode(&record, &length);
	put_file(NOTE, text, length);
	free(text);
	record_release(&record);
}

static void
test_alone(void **state)
{
	struct stat st;

	(void)state;
	leave_note(0, 0, 10);
	assert_int_equal(count_entries(), 3);
	assert_int_equal(stat(NOTE, &st), 0);
	assert_int_equal(st.st_size, RECORD_NOTE_SIZE);
	assert_int_equal(st.st_mode & 077, 0);
	expect_bytes(10);
	expect_bytes(10);
}

static void
test_of_another_user(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();                 /* files can be given to nobody */
	leave_note(4, 6, 10);
	assert_int_equal(chown(NOTE, 4242, 4242), 0);
	expect_bytes(4);
}

static void
test_beside_a_record(void **state)
{
	(void)state;
	leave_note(4, 6, 10);
	expect_bytes(8);
	/* A later checkpoint may claim what the note did not know. */
	expect_old(0, RECORD_OK);
	checkpoint(0, 8);
	partfile_close(&part);
	expect_bytes(10);
}

static void
test_again(void **state)
{
	struct stat first, second;
	struct record record;
	int i;

	(void)state;
	create("x", false);
	put_bytes("0123456789", 0);
	/* A long one, then a short one: nothing of the long one is left. */
	fill_record(&record, 0, 1);
	for (i = 1; i < 5; i++)
		ranges_add(&record.here, 2 * i, 2 * i + 1);
	partfile_note(&part, &record);
	assert_int_equal(stat(NOTE, &first), 0);
	note(0, 10);
	assert_int_equal(stat(NOTE, &second), 0);
	assert_int_equal(first.st_ino, second.st_ino);
	partfile_close(&part);
	expect_bytes(10);
}

/* A kill must not find none, nor another name of it be written into. */
static void
test_next_run(void **state)
{
	struct stat first, second;
	int fd;                         /* so that no other has its inode */

	(void)state;
	leave_note(4, 0, 8);
	fd = open(NOTE, O_RDONLY);
	assert_int_equal(fstat(fd, &first), 0);
	expect_old(0, RECORD_OK);
	note(0, 9);
	partfile_close(&part);
	assert_int_equal(stat(NOTE, &second), 0);
	assert_int_equal(first.st_ino, second.st_ino);
	expect_bytes(9);
	assert_int_equal(link(NOTE, "another name"), 0);
	expect_old(0, RECORD_OK);
	note(0, 10);
	partfile_close(&part);
	assert_int_equal(stat(NOTE, &second), 0);
	assert_int_not_equal(first.st_ino, second.st_ino);
	expect_bytes(10);
	close(fd);
}

static void
test_other_boot(void **state)
{
	char boot[BOOT_SIZE];

	(void)state;
	leave_note(4, 0, 10);
	expect_old(0, RECORD_OK);
	assert_true(boot_tell(part.fd, boot));
	partfile_close(&part);
	put_note(own_url, "\"abc\"", boot);
	expect_bytes(10);
	boot[0] = boot[0] == '0' ? '1' : '0';
	put_note(own_url, "\"abc\"", boot);
	expect_bytes(4);
	put_note(own_url, "\"abc\"", NULL);
	expect_bytes(4);
}

static void
test_other_disk(void **state)
{
	char boot[BOOT_SIZE];

	(void)state;
	leave_note(4, 0, 10);
	expect_old(0, RECORD_OK);
	assert_true(boot_tell(part.fd, boot));
	partfile_close(&part);
	boot[strlen(boot) - 1] ^= 1;
	put_note(own_url, "\"abc\"", boot);
	expect_bytes(4);
}

static void
test_other_object(void **state)
{
	char boot[BOOT_SIZE];

	(void)state;
	leave_note(4, 0, 10);
	expect_old(0, RECORD_OK);
	assert_true(boot_tell(part.fd, boot));
	partfile_close(&part);
	put_note("http://b.example/x", "\"abc\"", boot);
	expect_bytes(4);
	put_note(own_url, "\"other\"", boot);
	expect_bytes(4);
	put_note(own_url, NULL, boot);
	expect_bytes(4);
}

static void
test_torn(void **state)
{
	char page[RECORD_NOTE_SIZE + 1] = "";
	int fd, length;

	(void)state;
	leave_note(4, 0, 10);
	fd = open(NOTE, O_RDWR | O_CLOEXEC);
	assert_int_equal(read(fd, page, sizeof page), RECORD_NOTE_SIZE);
	page[20] ^= 1;
	assert_int_equal(pwrite(fd, page, RECORD_NOTE_SIZE, 0),
	    RECORD_NOTE_SIZE);
	expect_bytes(4);
	page[20] ^= 1;
	assert_int_equal(pwrite(fd, page, RECORD_NOTE_SIZE, 0),
	    RECORD_NOTE_SIZE);
	close(fd);
	expect_bytes(10);
	for (length = (int)strlen(page) - 1; length >= 0; length--) {
		assert_int_equal(truncate(NOTE, length), 0);
		expect_bytes(4);
	}
	put_text(NOTE, "something else\n");
	expect_bytes(4);
}

static void
test_beyond(void **state)
{
	(void)state;
	leave_note(4, 0, 11);
	expect_bytes(4);
}

/* The length was there before the bytes were. */
static void
test_hole(void **state)
{
	(void)state;
	create("x", false);
	put_bytes("0123456789", 0);
	checkpoint(0, 4);
	partfile_close(&part);
	assert_int_equal(truncate("x.part", 0), 0);
	assert_int_equal(truncate("x.part", TOTAL), 0);
	expect_old(0, RECORD_OK);
	note(0, TOTAL);
	partfile_close(&part);
	expect_bytes(4);
}

static void
test_never_with_another_part(void **state)
{
	(void)state;
	leave_note(0, 0, 10);
	assert_int_equal(unlink("x.part"), 0);
	create("x", false);
	put_bytes("another...", 0);
	partfile_close(&part);
	expect_bytes(0);
	/* What is left over is emptied. */
	leave_note(0, 0, 10);
	create("x", false);
	put_bytes("another...", 0);
	partfile_close(&part);
	expect_bytes(0);
	leave_note(0, 0, 10);
	expect_old(0, RECORD_OK);
	assert_int_equal(partfile_restart(&part), 0);
	put_bytes("another...", 0);
	assert_false(exists(NOTE));
	note(0, 3);
	partfile_close(&part);
	expect_bytes(3);
}

static void
test_put_aside(void **state)
{
	(void)state;
	leave_note(4, 0, 10);
	expect_old(0, RECORD_OK);
	assert_int_equal(partfile_put_aside(&part), 0);
	assert_false(exists(NOTE));
	assert_true(exists("x.part.changed"));
}

static void
test_goes_with_its_part(void **state)
{
	(void)state;
	leave_note(4, 0, 10);
	expect_old(0, RECORD_OK);
	partfile_discard(&part);
	assert_int_equal(count_entries(), 0);
	partfile_close(&part);
	leave_note(0, 0, 10);
	expect_old(0, RECORD_OK);
	note(0, 10);
	assert_int_equal(partfile_finish(&part, "x", false), 0);
	partfile_close(&part);
	assert_int_equal(count_entries(), 1);
	expect_file("x", "0123456789");
}

static void
test_drop(void **state)
{
	(void)state;
	leave_note(4, 0, 10);
	expect_old(0, RECORD_OK);
	partfile_drop_note(&part);
	partfile_drop_note(&part);
	assert_false(exists(NOTE));
	partfile_close(&part);
	expect_bytes(4);
}

static void
test_sweep(void **state)
{
	static char secret[] = "http://me:secret@a.example/x#there";

	(void)state;
	partfile_sweep(folder, "x", own_url);
	leave_note(4, 0, 10);
	partfile_sweep(folder, "x", own_url);
	assert_int_equal(count_entries(), 3);
	assert_int_equal(rename("x.part", "x"), 0);
	partfile_sweep(folder, "x", "http://b.example/x");
	partfile_sweep(folder, "y", own_url);
	assert_int_equal(count_entries(), 3);
	partfile_sweep(folder, "x", secret);
	assert_int_equal(count_entries(), 1);
	put_text("x.part.haul", "anybody's");
	partfile_sweep(folder, "x", own_url);
	expect_file("x.part.haul", "anybody's");
	expect_file("x", "0123456789");
}

static void
test_what_lies_there(void **state)
{
	(void)state;
	put_text("victim", "theirs");
	leave_part();
	expect_old(0, RECORD_OK);
	assert_int_equal(symlink("victim", NOTE), 0);
	note(0, 10);
	partfile_close(&part);
	expect_file("victim", "theirs");
	/* A right one, but through a link. */
	assert_int_equal(rename(NOTE, "theirs"), 0);
	expect_old(0, RECORD_OK);
	checkpoint(0, 4);
	partfile_close(&part);
	assert_int_equal(symlink("theirs", NOTE), 0);
	expect_bytes(4);
	assert_int_equal(unlink(NOTE), 0);
	assert_int_equal(mkfifo(NOTE, 0666), 0);
	expect_bytes(4);
	assert_int_equal(unlink(NOTE), 0);
	assert_int_equal(mkdir(NOTE, 0777), 0);
	expect_bytes(4);
	/* It cannot be written then, and nothing else goes wrong. */
	expect_old(0, RECORD_OK);
	note(0, 10);
	assert_true(part.noteless);
	checkpoint(0, 10);
	partfile_close(&part);
	expect_bytes(10);
}

/* As when the disk had an error: a pipe cannot be synced. */
static void
test_failed_sync(void **state)
{
	struct record record;
	int fd, ends[2];

	(void)state;
	create("x", false);
	put_bytes("0123456789", 0);
	checkpoint(0, 4);
	note(0, 10);
	assert_int_equal(pipe(ends), 0);
	fd = part.fd;
	part.fd = ends[0];
	assert_int_not_equal(partfile_sync(&part), 0);
	part.fd = fd;
	fill_record(&record, 0, 10);
	assert_int_equal(partfile_checkpoint(&part, &record), EIO);
	record_release(&record);
	partfile_distrust(&part);
	assert_false(exists(NOTE));
	note(0, 10);
	assert_false(exists(NOTE));
	partfile_close(&part);
	close(ends[0]);
	close(ends[1]);
	expect_bytes(4);
}

static void
test_no_boot(void **state)
{
	char boot[BOOT_SIZE];

	(void)state;
	assert_false(boot_tell(-1, boot));
	create("x", false);
	put_bytes("0123456789", 0);
	part.noteless = true;
	note(0, 10);
	partfile_close(&part);
	assert_int_equal(count_entries(), 2);
	create("x", true);
	if (part.anonymous) {
		note(0, 10);
		assert_false(exists(NOTE));
	}
}

#define TEST(name, function) \
	{ name, function, part_setup, part_teardown, NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("what a note claims counts", test_alone),
		TEST("beside a record, both do", test_beside_a_record),
		TEST("a later one takes its place, whole", test_again),
		TEST("the next run writes it over in place", test_next_run),
		TEST("one of another boot does not count", test_other_boot),
		TEST("nor one of another disk", test_other_disk),
		TEST("nor one of another object", test_other_object),
		TEST("nor a torn one", test_torn),
		TEST("nor one that claims too much", test_beyond),
		TEST("nor one that claims a hole", test_hole),
		TEST("nor one of another user", test_of_another_user),
		TEST("it never meets another part",
		    test_never_with_another_part),
		TEST("it goes when the object changed", test_put_aside),
		TEST("it goes with its part", test_goes_with_its_part),
		TEST("it can go alone", test_drop),
		TEST("after a failed sync nothing more counts",
		    test_failed_sync),
		TEST("a finished file's are swept away", test_sweep),
		TEST("what lies under its name is left alone",
		    test_what_lies_there),
		TEST("without a boot there is none", test_no_boot),
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("partfile-note", tests, NULL, NULL);
}
