/* SPDX-License-Identifier: MIT
 *
 * partfile.c, where names are at stake:
 * - the whole file gets its name, also another; the record goes
 * - what stands there is replaced only where that is wished
 * - a file without a name leaves nothing when it is closed, and gets its name
 *   like the others, also where linking by descriptor fails; parts of that
 *   name are left alone, what a crash left on the way is not
 * - links, folders and pipes called NAME.part or NAME.part.haul are not
 *   followed, emptied or waited for; nor is another name of a file
 * - what is not of this URL, or says nothing, is set aside under a free name
 *   with its record, never emptied; if it cannot be, it stays
 * - what belongs to another user is not ours, whatever its record says, unless
 *   the directory is theirs as well
 */
#include "config.h"

#include "part.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define TIME_LIMIT_S 60

/* ---- the end ---- */

static void
test_finish(void **state)
{
	(void)state;
	leave_part();
	put_text("x.part.haul~", "a crash left it");
	expect_old(0, RECORD_OK);
	assert_int_equal(partfile_finish(&part, "y", false), 0);
	partfile_close(&part);
	expect_file("y", "0123456789");
	assert_int_equal(count_entries(), 1);
}

static void
test_finish_existing(void **state)
{
	(void)state;
	put_text("x", "old");
	leave_part();
	expect_old(0, RECORD_OK);
	assert_int_equal(partfile_finish(&part, "x", false), EEXIST);
	expect_file("x", "old");
	expect_file("x.part", "0123456789");
	assert_true(exists("x.part.haul"));
	assert_int_equal(partfile_finish(&part, "x", true), 0);
	expect_file("x", "0123456789");
	assert_int_equal(count_entries(), 1);
}

/* A link that leads nowhere is something as well. */
static void
test_finish_onto_link(void **state)
{
	bool small;

	(void)state;
	assert_int_equal(symlink("missing", "x"), 0);
	for (small = false;; small = true) {
		create("x", small);
		put_bytes("new", 0);
		assert_int_equal(partfile_finish(&part, "x", false), EEXIST);
		assert_int_equal(partfile_finish(&part, "x", true), 0);
		partfile_close(&part);
		expect_file("x", "new");
		assert_false(exists("missing"));
		if (small)
			break;
		assert_int_equal(unlink("x"), 0);
		assert_int_equal(symlink("missing", "x"), 0);
	}
}

static void
test_finish_onto_folder(void **state)
{
	(void)state;
	assert_int_equal(mkdir("x", 0777), 0);
	create("x", false);
	assert_int_equal(partfile_finish(&part, "x", false), EEXIST);
	assert_int_equal(partfile_finish(&part, "x", true), EISDIR);
	assert_true(exists("x.part"));
	create("z", true);
	assert_int_equal(mkdir("z", 0777), 0);
	assert_int_equal(partfile_finish(&part, "z", true), EISDIR);
}

/* ---- files without a name ---- */

static void
test_small(void **state)
{
	size_t while_open;

	(void)state;
	create("x", true);
	put_bytes("abc", 0);
	while_open = count_entries();
	/* Not every file system has them: then it has its name. */
	assert_int_equal(while_open, part.anonymous ? 0 : 1);
	if (!part.anonymous)
		print_message("# no O_TMPFILE here\n");
	partfile_close(&part);
	assert_int_equal(count_entries(), while_open);
}

static void
test_small_finish(void **state)
{
	(void)state;
	create("x", true);
	put_bytes("abc", 0);
	assert_int_equal(partfile_finish(&part, "y", false), 0);
	partfile_close(&part);
	expect_file("y", "abc");
	assert_int_equal(count_entries(), 1);
	create("y", true);
	put_bytes("new", 0);
	assert_int_equal(partfile_finish(&part, "y", false), EEXIST);
	expect_file("y", "abc");
	assert_int_equal(partfile_finish(&part, "y", true), 0);
	partfile_close(&part);
	expect_file("y", "new");
	assert_int_equal(count_entries(), 1);
}

static void
test_small_without_tmpfile(void **state)
{
	(void)state;
	folder_cannot_tmpfile(folder);
	create("x", true);
	assert_false(part.anonymous);
	assert_true(exists("x.part"));
	put_bytes("abc", 0);
	assert_int_equal(partfile_finish(&part, "x", false), 0);
	expect_file("x", "abc");
}

static void
test_small_by_path(void **state)
{
	(void)state;
	folder_link_by_path(folder);
	put_text("x", "old");
	create("x", true);
	put_bytes("new", 0);
	assert_int_equal(partfile_finish(&part, "x", false), EEXIST);
	assert_int_equal(partfile_finish(&part, "x", true), 0);
	partfile_close(&part);
	expect_file("x", "new");
	create("y", true);
	put_bytes("abc", 0);
	assert_int_equal(partfile_finish(&part, "y", false), 0);
	expect_file("y", "abc");
}

/* To replace a file, the new one needs a name for a moment. */
static void
test_small_beside_others(void **state)
{
	(void)state;
	put_text("x", "old");
	leave_part();
	create("x", true);
	if (!part.anonymous)
		return;
	put_bytes("new", 0);
	assert_int_equal(partfile_finish(&part, "x", true), 0);
	partfile_close(&part);
	expect_file("x", "new");
	assert_int_equal(count_entries(), 3);
	expect_old(0, RECORD_OK);
}

static void
test_small_after_crash(void **state)
{
	(void)state;
	put_text("x", "old");
	put_text("x.part.new", "left over");
	create("x", true);
	put_bytes("new", 0);
	assert_int_equal(partfile_finish(&part, "x", true), 0);
	partfile_close(&part);
	expect_file("x", "new");
}

/* ---- what else may stand there ---- */

static void
test_link(void **state)
{
	(void)state;
	put_text("victim", "precious");
	assert_int_equal(symlink("victim", "x.part"), 0);
	assert_int_equal(make_x(), ELOOP);
	expect_old(ELOOP, RECORD_EMPTY);
	expect_file("victim", "precious");
	assert_int_equal(unlink("x.part"), 0);
	assert_int_equal(symlink("missing", "x.part"), 0);
	assert_int_equal(make_x(), ELOOP);
	assert_false(exists("missing"));
}

static void
test_record_link(void **state)
{
	(void)state;
	leave_part();
	assert_int_equal(rename("x.part.haul", "theirs"), 0);
	assert_int_equal(symlink("theirs", "x.part.haul"), 0);
	expect_old(ENOENT, RECORD_FOREIGN);
	create("x", false);
	assert_true(set_aside);
	put_bytes("abc", 0);
	put_text("victim", "precious");
	assert_int_equal(unlink("x.part.haul"), 0);
	assert_int_equal(symlink("victim", "x.part.haul"), 0);
	checkpoint(0, 3);
	expect_file("victim", "precious");
	assert_int_equal(symlink("victim", "x.part.haul~"), 0);
	checkpoint(0, 3);
	assert_int_equal(link("victim", "x.part.haul~"), 0);
	checkpoint(0, 3);
	expect_file("victim", "precious");
	assert_int_equal(mkfifo("x.part.haul~", 0666), 0);
	checkpoint(0, 3);
}

/* A finished file's second name: emptying it would empty the file. */
static void
test_hard_link(void **state)
{
	(void)state;
	put_text("x", "precious");
	assert_int_equal(link("x", "x.part"), 0);
	assert_int_not_equal(make_x(), 0);
	expect_old(EMLINK, RECORD_EMPTY);
	expect_file("x", "precious");
}

static void
test_not_a_file(void **state)
{
	(void)state;
	assert_int_equal(mkfifo("x.part", 0666), 0);
	assert_int_not_equal(make_x(), 0);
	expect_old(EISDIR, RECORD_EMPTY);
	assert_int_equal(unlink("x.part"), 0);
	assert_int_equal(mkdir("x.part", 0777), 0);
	assert_int_equal(make_x(), EISDIR);
	expect_old(EISDIR, RECORD_EMPTY);
	assert_int_equal(rmdir("x.part"), 0);
	leave_part();
	assert_int_equal(unlink("x.part.haul"), 0);
	assert_int_equal(mkfifo("x.part.haul", 0666), 0);
	expect_old(ENOENT, RECORD_FOREIGN);
	assert_int_equal(part.fd, -1);
}

/* Nothing says that it is ours: it keeps its bytes, and so do all that were
 * set aside before. */
static void
test_set_aside(void **state)
{
	static const char *const theirs[] = { "another program's", "", "more" };
	size_t i;

	(void)state;
	put_text("x.part.old.1", "earlier");
	for (i = 0; i < 3; i++) {
		put_text("x.part", theirs[i]);
		create("x", false);
		assert_true(set_aside);
		expect_file("x.part", "");
		partfile_discard(&part);
		partfile_close(&part);
	}
	assert_int_equal(count_entries(), 4);
	expect_file("x.part.old", theirs[0]);
	expect_file("x.part.old.1", "earlier");
	expect_file("x.part.old.2", theirs[1]);
	expect_file("x.part.old.3", theirs[2]);
	put_text("x.part", "theirs");
	create("x", true);              /* needs no NAME.part */
	assert_int_equal(set_aside, !part.anonymous);
}

/* Another URL's, a torn one, one of another program or of a newer haul. */
static void
test_of_another_user(void **state)
{
	static const char *const names[] = { "x.part", "x.part.haul" };
	size_t i;

	(void)state;
	if (geteuid() != 0)
		skip();                 /* files can be given to nobody */
	for (i = 0; i < 2; i++) {
		leave_part();
		assert_int_equal(chown(names[i], 4242, 4242), 0);
		expect_old(ENOENT, RECORD_FOREIGN);
		expect_file("x.part", "0123456789");
		create("x", false);
		assert_true(set_aside);
		expect_file("x.part", "");
		partfile_discard(&part);
		partfile_close(&part);
	}
	leave_part();
	for (i = 0; i < 2; i++)
		assert_int_equal(chown(names[i], 4242, 4242), 0);
	assert_int_equal(chown(".", 4242, 4242), 0);
	expect_old(0, RECORD_OK);
}

static void
test_set_aside_with_record(void **state)
{
	static char other_url[] = "http://a.example/y";
	static const struct record other = { .url = other_url,
	    .total = TOTAL };
	static const char *const records[] = { "", "something else\n",
	    "haul-part 2\nurl http://a.example/x\n", "haul-part 1\nurl" };
	char name[32];
	size_t i;

	(void)state;
	leave_part();
	assert_int_equal(partfile_create(&part, folder, "x", false, &other,
	    &set_aside), 0);
	assert_true(set_aside);
	partfile_close(&part);
	expect_file("x.part.old", "0123456789");
	assert_true(exists("x.part.old.haul"));
	for (i = 0; i < 4; i++) {
		put_text("x.part", "theirs");
		put_text("x.part.haul", records[i]);
		create("x", false);
		assert_true(set_aside);
		partfile_close(&part);
		expect_marker(TOTAL);
		snprintf(name, sizeof name, "x.part.old.%zu", i + 1);
		expect_file(name, "theirs");
		snprintf(name, sizeof name, "x.part.old.%zu.haul", i + 1);
		expect_file(name, records[i]);
	}
	/* A record alone is removed only if it is one. */
	assert_int_equal(unlink("x.part"), 0);
	put_text("x.part.haul", "not a record");
	create("x", false);
	expect_file("x.part.old.5.haul", "not a record");
}

/* Its new name would be too long: better no file than somebody's lost. */
static void
test_set_aside_too_long(void **state)
{
	char name[245], part_name[256];

	(void)state;
	memset(name, 'n', 244);
	name[244] = '\0';
	snprintf(part_name, sizeof part_name, "%s.part", name);
	put_text(part_name, "theirs");
	assert_int_equal(partfile_create(&part, folder, name, false, &owner,
	    &set_aside), ENAMETOOLONG);
	assert_false(set_aside);
	expect_file(part_name, "theirs");
	assert_int_equal(count_entries(), 1);
}

#define TEST(name, function) \
	{ name, function, part_setup, part_teardown, NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("the whole file gets its name, the record goes",
		    test_finish),
		TEST("what stands there is replaced only if wished",
		    test_finish_existing),
		TEST("a link that leads nowhere stands there too",
		    test_finish_onto_link),
		TEST("a folder is never replaced",
		    test_finish_onto_folder),
		TEST("a small file leaves nothing when closed",
		    test_small),
		TEST("a small file gets its name", test_small_finish),
		TEST("a small file where O_TMPFILE fails has a name",
		    test_small_without_tmpfile),
		TEST("a small file is linked by path if need be",
		    test_small_by_path),
		TEST("a small file replaces beside another's part",
		    test_small_beside_others),
		TEST("a small file replaces after a crash",
		    test_small_after_crash),
		TEST("a link called NAME.part is not followed", test_link),
		TEST("nor is one called NAME.part.haul", test_record_link),
		TEST("nor is a file emptied that has another name",
		    test_hard_link),
		TEST("pipes and folders are no parts", test_not_a_file),
		TEST("a part without a record is set aside, numbered",
		    test_set_aside),
		TEST("so is one with a record that is not its",
		    test_set_aside_with_record),
		TEST("one of another user is set aside with its record",
		    test_of_another_user),
		TEST("what cannot be set aside stays",
		    test_set_aside_too_long),
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("partfile-names", tests, NULL, NULL);
}
