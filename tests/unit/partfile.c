/* SPDX-License-Identifier: MIT
 *
 * partfile.c:
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
 * - the whole file gets its name, also another; the record goes
 * - what stands there is replaced only where that is wished
 * - a file without a name leaves nothing when it is closed, and gets its name
 *   like the others, also where linking by descriptor fails; parts of that
 *   name are left alone, what a crash left on the way is not
 * - links, folders and pipes called NAME.part or NAME.part.haul are not
 *   followed, emptied or waited for; nor is another name of a file
 * - what is not of this URL, or says nothing, is set aside under a free name
 *   with its record, never emptied; if it cannot be, it stays
 * - bytes are written where they belong, and errors are told
 * - discarding takes part and record away
 */
#include "config.h"

#include "engine/partfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "scratch.h"

#define TIME_LIMIT_S 60
#define TOTAL 1000

static struct folders *folders;
static struct folder *folder;
static struct partfile part;

/* Each test has an empty current directory, and it is the folder. */
static int
setup(void **state)
{
	(void)state;
	if (scratch_enter() < 0)
		return -1;
	folders = folders_new();
	folder = folders_open(folders, ".");
	partfile_init(&part);
	return folder == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	(void)state;
	partfile_close(&part);
	folders_free(folders);
	return scratch_leave();
}

/* ---- helpers ---- */

static bool
exists(const char *name)
{
	struct stat st;

	return lstat(name, &st) == 0;
}

static void
put_file(const char *name, const char *bytes, size_t length)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), length);
	close(fd);
}

static void
put_text(const char *name, const char *text)
{
	put_file(name, text, strlen(text));
}

static void
expect_file(const char *name, const char *text)
{
	char bytes[2 * TOTAL] = "";
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	assert_true(fd >= 0);
	n = read(fd, bytes, sizeof bytes - 1);
	close(fd);
	assert_int_equal(n, strlen(text));
	assert_string_equal(bytes, text);
}

static size_t
count_entries(void)
{
	struct dirent *entry;
	DIR *dir = opendir(".");
	size_t n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		n += strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0;
	closedir(dir);
	return n;
}

static char own_url[] = "http://a.example/x";
static const struct record owner = { .url = own_url, .total = TOTAL };
static bool set_aside;

static void
create(const char *name, bool small)
{
	assert_int_equal(partfile_create(&part, folder, name, small, &owner,
	    &set_aside), 0);
	assert_true(part.fd >= 0);
	assert_string_equal(part.name, name);
}

static int
make_x(void)
{
	return partfile_create(&part, folder, "x", false, &owner,
	    &set_aside);
}

static void
put_bytes(const char *text, int64_t offset)
{
	assert_int_equal(partfile_write(&part, text, strlen(text), offset),
	    0);
}

static void
fill_record(struct record *record, int64_t start, int64_t end)
{
	record_init(record);
	record->url = strdup("http://a.example/x");
	record->total = TOTAL;
	record->etag = strdup("\"abc\"");
	ranges_add(&record->here, start, end);
}

static void
checkpoint(int64_t start, int64_t end)
{
	struct record record;

	fill_record(&record, start, end);
	part.recorded = true;
	assert_int_equal(partfile_checkpoint(&part, &record), 0);
	record_release(&record);
}

/* A part "x" with the first ten bytes and their record. */
static void
leave_part(void)
{
	create("x", false);
	put_bytes("0123456789", 0);
	checkpoint(0, 10);
	partfile_close(&part);
}

/* x.part is there, is of own_url, and nothing of it is claimed. */
static void
expect_marker(int64_t total)
{
	enum record_verdict verdict;
	struct record record;

	assert_int_equal(partfile_open_old(&part, folder, "x", &record,
	    &verdict), 0);
	assert_string_equal(record.url, own_url);
	assert_int_equal(record.total, total);
	assert_null(record.etag);
	assert_true(record_is_marker(&record));
	record_release(&record);
	partfile_close(&part);
}

static void
expect_old(int error, enum record_verdict wanted)
{
	enum record_verdict verdict = (enum record_verdict)-1;
	struct record record;

	record_init(&record);
	assert_int_equal(partfile_open_old(&part, folder, "x", &record,
	    &verdict), error);
	assert_int_equal(verdict, wanted);
	assert_int_equal(part.fd >= 0, error == 0);
	record_release(&record);
}

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
	expect_file(part_name, "theirs");
	assert_int_equal(count_entries(), 1);
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
	{ name, function, setup, teardown, NULL }

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
		TEST("what cannot be set aside stays",
		    test_set_aside_too_long),
		TEST("bytes go where they belong, errors are told",
		    test_write),
		TEST("discarding takes part and record away",
		    test_discard),
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("partfile", tests, NULL, NULL);
}
