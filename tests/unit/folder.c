/* SPDX-License-Identifier: MIT
 *
 * folder.c:
 * - a path is opened with its missing parents made, under the umask
 * - what cannot be opened or made is told by errno
 * - two spellings of one directory are one folder, another is another
 * - the descriptor stays with the directory when that is moved
 * - a name is joined to the path as a user would write it
 * - what stands there is seen, links that lead nowhere too
 * - a listing knows the names that were there, and never tells of what has
 *   gone since; a name told of later is known too
 * - a claim keeps a name from other items of that folder until given back
 * - thousands of claims, half of them given back, hold together
 * - of thousands of folders few are open, those in use among them, and all keep
 *   their claims; one whose path leads to another directory is another
 * - that O_TMPFILE or linking by descriptor does not work is remembered
 */
#include "config.h"

#include "engine/disk/folder.h"

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

#include "scratch.h"

#define TIME_LIMIT_S 60
#define MANY 20000

static struct folders *folders;

/* Each test has an empty current directory. */
static int
setup(void **state)
{
	(void)state;
	if (scratch_enter() < 0)
		return -1;
	folders = folders_new();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	folders_free(folders);
	return scratch_leave();
}

static void
make_file(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	assert_true(fd >= 0);
	close(fd);
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode;
}

static void
test_open(void **state)
{
	mode_t old = umask(027);
	struct folder *folder = folders_open(folders, "a/b//c/");

	(void)state;
	umask(old);
	assert_non_null(folder);
	assert_int_equal(mode_of("a") & 0777, 0750);
	assert_int_equal(mode_of("a/b/c") & 0777, 0750);
	assert_int_equal(mkdirat(folder_fd(folder), "d", 0777), 0);
	assert_true(S_ISDIR(mode_of("a/b/c/d")));
	assert_true(fcntl(folder_fd(folder), F_GETFD) & FD_CLOEXEC);
	assert_non_null(folders_open(folders, "./x/../y"));
	assert_true(S_ISDIR(mode_of("y")));
	assert_non_null(folders_open(folders, "/"));
	assert_non_null(folders_open(folders, "."));
}

static void
expect_refused(const char *path, int error)
{
	errno = 0;
	assert_null(folders_open(folders, path));
	assert_int_equal(errno, error);
}

static void
test_refused(void **state)
{
	char *longer;

	(void)state;
	make_file("file");
	assert_int_equal(symlink("loop", "loop"), 0);
	expect_refused("file", ENOTDIR);
	expect_refused("file/a", ENOTDIR);
	expect_refused("new/../file/a/b", ENOTDIR);
	expect_refused("loop/a", ELOOP);
	expect_refused("/proc/none/a", ENOENT);
	longer = calloc(1, 301);
	assert_non_null(longer);
	memset(longer, 'x', 300);
	expect_refused(longer, ENAMETOOLONG);
	free(longer);
	folders_free(NULL);
}

static void
test_same(void **state)
{
	struct folder *folder = folders_open(folders, "a");
	char *path = realpath("a", NULL);

	(void)state;
	assert_int_equal(symlink("a", "link"), 0);
	assert_non_null(path);
	assert_ptr_equal(folders_open(folders, "a"), folder);
	assert_ptr_equal(folders_open(folders, "a/"), folder);
	assert_ptr_equal(folders_open(folders, "./a"), folder);
	assert_ptr_equal(folders_open(folders, "link"), folder);
	assert_ptr_equal(folders_open(folders, path), folder);
	assert_ptr_not_equal(folders_open(folders, "b"), folder);
	assert_ptr_not_equal(folders_open(folders, "."), folder);
	assert_ptr_equal(folders_open(folders, ""),
	    folders_open(folders, "./"));
	assert_ptr_equal(folders_open(folders, "a"), folder);
	free(path);
}

static void
test_moved(void **state)
{
	struct folder *folder = folders_open(folders, "a");

	(void)state;
	assert_int_equal(rename("a", "b"), 0);
	assert_int_equal(mkdirat(folder_fd(folder), "new", 0777), 0);
	assert_true(S_ISDIR(mode_of("b/new")));
}

static void
expect_join(const char *path, const char *name, const char *wanted)
{
	char *joined = folder_join(folders_open(folders, path), name);

	assert_string_equal(joined, wanted);
	free(joined);
}

static void
test_join(void **state)
{
	(void)state;
	expect_join("./", "x", "x");
	expect_join("a/", "x", "a/x");
	expect_join("a/b", "x y", "a/b/x y");
	expect_join("/", "x", "/x");
	expect_join("c//", "x", "c/x");
}

static void
expect_has(struct folder *folder)
{
	assert_true(folder_has(folder, "file"));
	assert_true(folder_has(folder, "dir"));
	assert_true(folder_has(folder, "nowhere"));
	assert_false(folder_has(folder, "fil"));
	assert_false(folder_has(folder, "file2"));
	assert_false(folder_has(folder, "File"));
}

static void
test_has(void **state)
{
	struct folder *folder = folders_open(folders, ".");

	(void)state;
	make_file("file");
	assert_int_equal(mkdir("dir", 0777), 0);
	assert_int_equal(symlink("missing", "nowhere"), 0);
	expect_has(folder);
	folder_expect_many(folder);
	folder_expect_many(folder);
	expect_has(folder);
	unlink("file");
	assert_false(folder_has(folder, "file"));
	make_file("file");
	expect_has(folder);
}

static void
test_note(void **state)
{
	struct folder *folder = folders_open(folders, ".");

	(void)state;
	folder_note_name(folder, "before");
	folder_expect_many(folder);
	assert_false(folder_has(folder, "before"));
	make_file("later");
	folder_note_name(folder, "later");
	assert_true(folder_has(folder, "later"));
	folder_note_name(folder, "told wrongly");
	assert_false(folder_has(folder, "told wrongly"));
}

static void
test_empty_listing(void **state)
{
	struct folder *folder = folders_open(folders, "empty");

	(void)state;
	folder_expect_many(folder);
	assert_false(folder_has(folder, "x"));
	assert_true(folder_has(folder, "."));
}

static void
test_large_listing(void **state)
{
	struct folder *folder = folders_open(folders, ".");
	char name[32];
	int i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "file-%d", i);
		make_file(name);
	}
	folder_expect_many(folder);
	for (i = 0; i < 2000; i++) {
		snprintf(name, sizeof name, "file-%d", i);
		assert_int_equal(folder_has(folder, name), i < 1000);
	}
}

static void
test_claim(void **state)
{
	struct folder *a = folders_open(folders, "a");
	struct folder *b = folders_open(folders, "b");

	(void)state;
	assert_true(folder_may_claim(a, "x", 1));
	folder_unclaim(a, "x", 1);
	folder_claim(a, "x", 1);
	assert_true(folder_may_claim(a, "x", 1));
	assert_false(folder_may_claim(a, "x", 2));
	assert_true(folder_may_claim(a, "y", 2));
	assert_true(folder_may_claim(b, "x", 2));
	assert_false(folder_has(a, "x"));
	folder_unclaim(a, "x", 2);      /* not its own */
	assert_false(folder_may_claim(a, "x", 2));
	folder_unclaim(a, "x", 1);
	assert_true(folder_may_claim(a, "x", 2));
	folder_claim(a, "x", 2);
	assert_false(folder_may_claim(a, "x", 1));
	folder_unclaim(a, "never claimed", 2);
	assert_true(folder_may_claim(a, "never claimed", 3));
}

static void
test_many_claims(void **state)
{
	struct folder *folder = folders_open(folders, ".");
	char name[32];
	haul_id id;

	(void)state;
	for (id = 1; id <= MANY; id++) {
		snprintf(name, sizeof name, "name.%d", (int)id);
		assert_true(folder_may_claim(folder, name, id));
		folder_claim(folder, name, id);
		if (id % 2)
			folder_unclaim(folder, name, id);
	}
	for (id = 1; id <= MANY; id++) {
		snprintf(name, sizeof name, "name.%d", (int)id);
		assert_true(folder_may_claim(folder, name, id));
		assert_int_equal(folder_may_claim(folder, name, MANY + 1),
		    id % 2);
	}
}

static void
test_tmpfile(void **state)
{
	struct folder *a = folders_open(folders, "a");
	struct folder *b = folders_open(folders, "b");
	bool could = folder_can_tmpfile(b);

	(void)state;
	folder_cannot_tmpfile(a);
	assert_false(folder_can_tmpfile(a));
	assert_false(folder_can_tmpfile(folders_open(folders, "a")));
	assert_int_equal(folder_can_tmpfile(b), could);
	assert_false(folder_links_by_path(a));
	folder_link_by_path(a);
	assert_true(folder_links_by_path(a));
	assert_false(folder_links_by_path(b));
}

#define TEST(name, function) \
	{ name, function, setup, teardown, NULL }

static unsigned
count_open(void)
{
	unsigned count = 0;
	int fd;

	for (fd = 3; fd < 4000; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void
test_many_folders(void **state)
{
	struct folder *used = folder_ref(folders_open(folders, "used"));
	unsigned before = count_open();
	struct folder *folder;
	char path[16];
	int i;

	(void)state;
	for (i = 0; i < 2000; i++) {
		snprintf(path, sizeof path, "d%d", i);
		folder = folders_open(folders, path);
		assert_non_null(folder);
		folder_claim(folder, "name", (haul_id)i + 1);
	}
	assert_true(count_open() < before + 100);
	assert_int_equal(mkdirat(folder_fd(used), "below", 0777), 0);
	assert_true(S_ISDIR(mode_of("used/below")));
	for (i = 0; i < 2000; i++) {
		snprintf(path, sizeof path, "./d%d", i);
		folder = folders_open(folders, path);
		assert_false(folder_may_claim(folder, "name", 9999));
		assert_true(folder_may_claim(folder, "name", (haul_id)i + 1));
		assert_int_equal(mkdirat(folder_fd(folder), "x", 0777), 0);
	}
	folder_unref(used);
}

static void
test_replaced_while_closed(void **state)
{
	struct folder *folder = folders_open(folders, "a"), *other;
	char path[16];
	int i;

	(void)state;
	folder_claim(folder, "name", 1);
	for (i = 0; i < 200; i++) {
		snprintf(path, sizeof path, "d%d", i);
		assert_non_null(folders_open(folders, path));
	}
	assert_true(folders_wake(folders, folder));
	assert_true(folder_fd(folder) >= 0);
	for (i = 200; i < 400; i++) {
		snprintf(path, sizeof path, "d%d", i);
		assert_non_null(folders_open(folders, path));
	}
	assert_int_equal(mkdir("b", 0777), 0);
	assert_int_equal(rename("a", "c"), 0);
	assert_int_equal(symlink("b", "a"), 0);
	assert_false(folders_wake(folders, folder));
	other = folders_open(folders, "a");
	assert_ptr_not_equal(other, folder);
	assert_true(folder_may_claim(other, "name", 2));
	assert_ptr_equal(folders_open(folders, "c"), folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a path is opened, missing parents made", test_open),
		TEST("what cannot be opened is told", test_refused),
		TEST("two spellings are one folder", test_same),
		TEST("the descriptor stays with the directory", test_moved),
		TEST("a name is joined as a user writes it", test_join),
		TEST("what stands there is seen, listed or not", test_has),
		TEST("a name told of after the listing is known", test_note),
		TEST("an empty folder's listing is empty",
		    test_empty_listing),
		TEST("a large listing knows all its names",
		    test_large_listing),
		TEST("a claim keeps a name from others", test_claim),
		TEST("thousands of claims hold together",
		    test_many_claims),
		TEST("of thousands of folders few are open",
		    test_many_folders),
		TEST("one replaced while it was closed is another",
		    test_replaced_while_closed),
		TEST("what does not work is remembered by folder",
		    test_tmpfile),
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("folder", tests, NULL, NULL);
}
