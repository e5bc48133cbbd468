/* SPDX-License-Identifier: MIT
 *
 * store.c:
 * - what is put comes back: runs, items with all they have, attempts, moves,
 *   hosts; a later row of an item replaces the earlier one
 * - items that share rows come back with all that was put, in order; one's own
 *   row counts for more, whenever it was put; what was not committed is not
 *   there, nor does it come with what is put next
 * - the database and its directory are the user's alone
 * - what was committed survives kill -9, what was not leaves no trace
 * - a damaged, torn, foreign or empty file is told as such and put aside as a
 *   whole; nothing in it ends the program
 * - a database of a newer haul is refused and not touched
 * - one that others own or can write to, or whose directory they can, is not
 *   read; none is made where a dangling link leads
 * - a place that cannot be written is an errno
 * - items are counted by state, bytes summed up; removed ones are no bytes
 * - counts of a run that has ended are kept until it is put again
 * - a run that a later one has finished is so until it is put again
 * - a run that is forgotten leaves nothing, and others alone; its number is
 *   not given again
 * - of an item's attempts the last 64 are kept
 * - hosts are told that are not too old
 * - two processes that write do not lose each other's rows
 * - a million items are written within seconds
 */
#include "config.h"

#include "engine/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/base/alloc.h"
#include "engine/base/clock.h"

#define TIME_LIMIT_S 110
#define LENGTH(array) (sizeof (array) / sizeof *(array))
#define MANY 1000000
#define MANY_MS 20000                   /* with room for slow machines */
#define DAMAGES 400

static char folder[64], path[128];

/* HAUL_UNIT_ITEMS: fewer of them, where everything takes its time. */
static unsigned
how_many(unsigned usual)
{
	const char *given = getenv("HAUL_UNIT_ITEMS");
	unsigned long few = given != NULL ? strtoul(given, NULL, 10) : usual;

	return few < usual ? (unsigned)few : usual;
}

static struct store *store;

static void
open_store(void)
{
	int error;

	assert_int_equal(store_open(path, true, &store, &error), STORE_OK);
}

static int
setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/haul-store.XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/state/haul/queue.db", folder);
	open_store();
	return 0;
}

static int
teardown(void **state)
{
	char *command = alloc_format("chmod -R u+w %s; rm -r %s", folder,
	    folder);

	(void)state;
	store_close(store);
	store = NULL;
	assert_int_equal(system(command), 0);
	free(command);
	return 0;
}

static uint64_t
put_run(void)
{
	struct store_run run = { .started_ms = 1000, .pid = 7, .boot = "b",
	    .directory = "/data", .options = "max-conn=9\n" };

	assert_int_equal(store_put_run(store, &run), STORE_OK);
	return run.id;
}

static void
put_item(uint64_t run, uint64_t seq, enum store_state state, int64_t size)
{
	struct store_item item = { .run = run, .seq = seq, .state = state,
	    .url = "http://a.example/x", .size = size,
	    .got = size > 0 ? size : 0 };

	assert_int_equal(store_put_item(store, &item), STORE_OK);
}

static void
begin(void)
{
	assert_int_equal(store_begin(store), STORE_OK);
}

static void
commit(void)
{
	assert_int_equal(store_commit(store), STORE_OK);
}

static uint64_t
count_items(uint64_t run)
{
	struct store_count count;
	uint64_t sum = 0;
	int i;

	assert_int_equal(store_count_run(store, run, &count), STORE_OK);
	for (i = 0; i < STORE_STATES; i++)
		sum += count.items[i];
	return sum;
}

/* ---- rows ---- */

static void
check_text(const char *a, const char *b)
{
	if (a == NULL)
		assert_null(b);
	else
		assert_string_equal(a, b);
}

static void
check_item(const struct store_item *item, void *user)
{
	const struct store_item *want = user;

	assert_int_equal(item->run, want->run);
	assert_int_equal(item->seq, want->seq);
	assert_int_equal(item->state, want->state);
	assert_int_equal(item->flags, want->flags);
	check_text(item->url, want->url);
	check_text(item->mirrors, want->mirrors);
	check_text(item->name, want->name);
	check_text(item->dir, want->dir);
	check_text(item->options, want->options);
	check_text(item->needs, want->needs);
	check_text(item->path, want->path);
	check_text(item->kept, want->kept);
	check_text(item->cause, want->cause);
	check_text(item->message, want->message);
	check_text(item->etag, want->etag);
	check_text(item->last_modified, want->last_modified);
	assert_int_equal(item->http_status, want->http_status);
	assert_int_equal(item->curl_code, want->curl_code);
	assert_int_equal(item->sys_errno, want->sys_errno);
	assert_int_equal(item->size, want->size);
	assert_int_equal(item->got, want->got);
	assert_int_equal(item->attempts, want->attempts);
	assert_int_equal(item->started_ms, want->started_ms);
	assert_int_equal(item->ended_ms, want->ended_ms);
	assert_int_equal(item->elapsed_ms, want->elapsed_ms);
	assert_int_equal(item->sums_size, want->sums_size);
	if (want->sums_size > 0)
		assert_memory_equal(item->sums, want->sums, want->sums_size);
}

static void
test_items(void **state)
{
	uint64_t run = put_run();
	struct store_item item = { .run = run, .seq = 1, .url = "http://u/",
	    .size = -1 };

	(void)state;
	assert_int_equal(store_put_item(store, &item), STORE_OK);
	assert_int_equal(store_each_item(store, run, check_item, &item),
	    STORE_OK);
	item = (struct store_item){ .run = run, .seq = 1,
	    .state = STORE_FAILED_ITEM, .flags = STORE_NEEDS_OPTION |
	    STORE_RESUMABLE, .url = "http://u/\xff'\";", .mirrors = "a\nb\n",
	    .name = "n", .dir = "/d", .options = "o", .needs = "user\n",
	    .path = "/d/n", .kept = "http://k/", .cause = "http",
	    .http_status = 503, .curl_code = 22, .sys_errno = 5,
	    .message = "m", .size = INT64_C(1) << 42, .got = 12,
	    .attempts = 3, .etag = "\"e\"", .last_modified = "l",
	    .started_ms = 5, .ended_ms = 6, .elapsed_ms = 7,
	    .sums = (const unsigned char *)"\1\0\24", .sums_size = 3 };
	assert_int_equal(store_put_item(store, &item), STORE_OK);
	store_close(store);
	open_store();
	assert_int_equal(store_each_item(store, run, check_item, &item),
	    STORE_OK);
	assert_int_equal(count_items(run), 1);
}

static void
test_kept_counts(void **state)
{
	struct store_run run;
	uint64_t id = put_run();

	(void)state;
	put_item(id, 1, STORE_DONE, 5);
	assert_int_equal(count_items(id), 1);
	put_item(id, 2, STORE_DONE, 5);
	assert_int_equal(count_items(id), 2);
	assert_int_equal(store_end_run(store, id, 3000), STORE_OK);
	assert_int_equal(count_items(id), 2);
	/* Nobody does that; it shows that nothing was read through. */
	put_item(id, 3, STORE_DONE, 5);
	assert_int_equal(count_items(id), 2);
	assert_int_equal(store_finish_run(store, id, 9), STORE_OK);
	assert_int_equal(store_get_run(store, id, &run), STORE_OK);
	assert_int_equal(run.later, 9);
	run = (struct store_run){ .id = id, .started_ms = 1000 };
	assert_int_equal(store_put_run(store, &run), STORE_OK);
	assert_int_equal(count_items(id), 3);
	assert_int_equal(store_get_run(store, id, &run), STORE_OK);
	assert_int_equal(run.later, 0);
}

/* ---- rows that items share ---- */

#define SHARED 300

static void
put_shared(uint64_t run, uint64_t seq)
{
	char url[64];

	snprintf(url, sizeof url, "http://a.example/%u", (unsigned)seq);
	assert_int_equal(store_put_added(store, run, seq, url), STORE_OK);
}

static void
put_ended(uint64_t run, uint64_t seq)
{
	char file[64];
	struct store_item item = { .run = run, .seq = seq,
	    .state = STORE_DONE, .path = file, .size = (int64_t)seq,
	    .got = (int64_t)seq, .attempts = 1, .started_ms = 1000,
	    .ended_ms = 2000 };

	snprintf(file, sizeof file, "/data/%u", (unsigned)seq);
	assert_int_equal(store_put_ended(store, &item), STORE_OK);
}

/* By number: 0 not there, STORE_QUEUED as added. */
struct shared {
	int states[SHARED + 1];
	uint64_t last;
};

static void
take_shared(const struct store_item *item, void *user)
{
	struct shared *shared = user;
	char text[64];

	assert_in_range(item->seq, shared->last + 1, SHARED);
	shared->last = item->seq;
	shared->states[item->seq] = (int)item->state;
	snprintf(text, sizeof text, "http://a.example/%u",
	    (unsigned)item->seq);
	if (strcmp(item->url, "http://a.example/x") != 0)
		assert_string_equal(item->url, text);
	if (item->state != STORE_DONE) {
		assert_null(item->path);
		return;
	}
	snprintf(text, sizeof text, "/data/%u", (unsigned)item->seq);
	assert_string_equal(item->path, text);
	assert_int_equal(item->size, item->seq);
	assert_int_equal(item->ended_ms, 2000);
}

static void
read_shared(uint64_t run, struct shared *shared)
{
	size_t i;

	shared->last = 0;
	for (i = 0; i <= SHARED; i++)
		shared->states[i] = -1;
	assert_int_equal(store_each_item(store, run, take_shared, shared),
	    STORE_OK);
}

static void
test_shared(void **state)
{
	uint64_t run = put_run(), other = put_run(), seq, turn;
	struct shared have;
	struct store_run found;
	struct store_count count;

	(void)state;
	begin();
	for (seq = 1; seq <= 200; seq++) {
		if (seq == 150)
			put_item(run, seq, STORE_PAUSED, -1);
		else
			put_shared(run, seq);
		if (seq % 50 == 0)
			put_shared(other, seq / 50);
	}
	put_item(run, 20, STORE_REMOVED, -1);
	commit();
	assert_int_equal(store_get_run(store, run, &found), STORE_OK);
	assert_int_equal(found.last_seq, 200);
	/* In three turns: rows of one block lie between each other. */
	for (turn = 0; turn < 3; turn++) {
		begin();
		for (seq = turn + 1; seq <= 180; seq += 3)
			if (seq != 150)
				put_ended(run, seq);
		commit();
	}
	begin();
	put_item(run, 30, STORE_REMOVED, -1);
	put_shared(run, 201);
	put_ended(run, 181);
	store_rollback(store);
	begin();
	put_item(run, 40, STORE_REMOVED, -1);
	commit();
	read_shared(run, &have);
	for (seq = 1; seq <= SHARED; seq++)
		assert_int_equal(have.states[seq], seq > 200 ? -1 :
		    seq == 150 ? STORE_PAUSED : seq == 20 || seq == 40 ?
		    STORE_REMOVED : seq > 180 ? STORE_QUEUED : STORE_DONE);
	assert_int_equal(store_count_run(store, run, &count), STORE_OK);
	assert_int_equal(count.items[STORE_DONE], 177);
	assert_int_equal(count.items[STORE_QUEUED], 20);
	assert_int_equal(count.got, 180 * 181 / 2 - 150 - 20 - 40);
	assert_int_equal(count_items(other), 4);
	assert_int_equal(store_forget(store, run), STORE_OK);
	assert_int_equal(count_items(run), 0);
	assert_int_equal(count_items(other), 4);
}

static void
test_runs(void **state)
{
	struct store_run run;
	uint64_t id = put_run(), other = put_run();

	(void)state;
	assert_true(other > id);
	put_item(id, 1, STORE_QUEUED, -1);
	put_item(id, 5, STORE_QUEUED, -1);
	put_item(other, 9, STORE_QUEUED, -1);
	assert_int_equal(store_get_run(store, id, &run), STORE_OK);
	assert_int_equal(run.id, id);
	assert_int_equal(run.started_ms, 1000);
	assert_int_equal(run.ended_ms, 0);
	assert_int_equal(run.pid, 7);
	assert_string_equal(run.directory, "/data");
	assert_string_equal(run.options, "max-conn=9\n");
	assert_null(run.needs);
	assert_int_equal(run.last_seq, 5);
	assert_int_equal(store_end_run(store, id, 2000), STORE_OK);
	assert_int_equal(store_get_run(store, id, &run), STORE_OK);
	assert_int_equal(run.ended_ms, 2000);
	assert_int_equal(store_get_run(store, 99, &run), STORE_MISSING);
}

static void
take_attempt(const struct store_attempt *attempt, void *user)
{
	unsigned *seen = user;

	assert_int_equal(attempt->number, seen[1] + *seen);
	assert_int_equal(attempt->got, attempt->number * 10);
	assert_string_equal(attempt->cause, "dns");
	assert_string_equal(attempt->url, "http://u/");
	++*seen;
}

static void
test_attempts(void **state)
{
	struct store_attempt attempt = { .url = "http://u/", .cause = "dns" };
	uint64_t run = put_run();
	unsigned seen[2] = { 0, 37 };

	(void)state;
	for (attempt.number = 1; attempt.number <= 100; attempt.number++) {
		attempt.got = attempt.number * 10;
		assert_int_equal(store_put_attempt(store, run, 3, &attempt),
		    STORE_OK);
	}
	attempt.number = 100;
	attempt.got = 1000;
	assert_int_equal(store_put_attempt(store, run, 3, &attempt), STORE_OK);
	assert_int_equal(store_each_attempt(store, run, 3, take_attempt, seen),
	    STORE_OK);
	assert_int_equal(seen[0], 64);
	*seen = 0;
	assert_int_equal(store_each_attempt(store, run, 4, take_attempt, seen),
	    STORE_OK);
	assert_int_equal(seen[0], 0);
}

static void
take_move(const struct store_move *move, void *user)
{
	uint64_t *seen = user;

	++*seen;
	assert_int_equal(move->seq, *seen);
	assert_int_equal(move->before, *seen * 2);
	assert_int_equal(move->count, *seen * 3);
}

static void
take_host(const char *origin, unsigned cap, void *user)
{
	assert_string_equal(origin, "http://b.example:80");
	assert_int_equal(cap, 4);
	++*(int *)user;
}

static void
test_moves_and_hosts(void **state)
{
	uint64_t run = put_run(), seen = 0, i;
	int hosts = 0;

	(void)state;
	for (i = 1; i <= 5; i++) {
		struct store_move move = { i, i * 2, i * 3 };

		assert_int_equal(store_put_move(store, run, &move), STORE_OK);
	}
	assert_int_equal(store_each_move(store, run, take_move, &seen),
	    STORE_OK);
	assert_int_equal(seen, 5);
	store_put_host(store, "http://a.example:80", 2, 100);
	store_put_host(store, "http://b.example:80", 3, 150);
	store_put_host(store, "http://b.example:80", 4, 200);
	assert_int_equal(store_each_host(store, 200, take_host, &hosts),
	    STORE_OK);
	assert_int_equal(hosts, 1);
}

static void
test_counts(void **state)
{
	uint64_t run = put_run();
	struct store_count count;
	struct store_item secret = { .run = run, .seq = 9,
	    .state = STORE_FAILED_ITEM, .url = "u", .size = -1,
	    .cause = "secret" };

	(void)state;
	put_item(run, 1, STORE_QUEUED, -1);
	put_item(run, 2, STORE_DONE, 100);
	put_item(run, 3, STORE_DONE, 200);
	put_item(run, 4, STORE_FAILED_ITEM, 50);
	put_item(run, 5, STORE_REMOVED, 1000);
	assert_int_equal(store_put_item(store, &secret), STORE_OK);
	assert_int_equal(store_count_run(store, run, &count), STORE_OK);
	assert_int_equal(count.items[STORE_QUEUED], 1);
	assert_int_equal(count.items[STORE_DONE], 2);
	assert_int_equal(count.items[STORE_FAILED_ITEM], 2);
	assert_int_equal(count.items[STORE_REMOVED], 1);
	assert_int_equal(count.secret, 1);
	assert_int_equal(count.got, 350);
	assert_int_equal(count.size, 350);
}

static void
test_forget(void **state)
{
	struct store_attempt attempt = { .number = 1, .url = "u" };
	struct store_move move = { 1, 2, 3 };
	uint64_t run = put_run(), other = put_run();
	unsigned seen[2] = { 0, 0 };
	uint64_t moves = 0;
	struct store_run found;

	(void)state;
	put_item(run, 1, STORE_DONE, 1);
	put_item(run, UINT32_MAX, STORE_DONE, 1);
	put_item(other, 1, STORE_DONE, 1);
	store_put_attempt(store, other, 1, &attempt);
	store_put_move(store, other, &move);
	assert_int_equal(store_forget(store, other), STORE_OK);
	assert_int_equal(store_get_run(store, other, &found), STORE_MISSING);
	assert_int_equal(count_items(other), 0);
	store_each_attempt(store, other, 1, take_attempt, seen);
	store_each_move(store, other, take_move, &moves);
	assert_int_equal(seen[0] + moves, 0);
	assert_int_equal(count_items(run), 2);
	assert_true(put_run() > other);
}

/* ---- the place ---- */

static void
test_private(void **state)
{
	static const char *const parts[] = { "", "-wal", "-shm" };
	struct stat st;
	char *file;
	size_t i;

	(void)state;
	put_run();
	for (i = 0; i < LENGTH(parts); i++) {
		file = alloc_format("%s%s", path, parts[i]);
		assert_int_equal(stat(file, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
		free(file);
	}
	file = alloc_format("%s/state/haul", folder);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	free(file);
}

static void
test_no_place(void **state)
{
	struct store *none;
	int error;

	(void)state;
	assert_int_equal(store_open("/proc/no/queue.db", true, &none, &error),
	    STORE_FAILED);
	assert_int_not_equal(error, 0);
	assert_null(none);
	assert_int_equal(store_open(folder, true, &none, &error),
	    STORE_FAILED);
	assert_int_equal(error, EISDIR);
	assert_int_equal(store_open("/tmp/haul-no-such.db", false, &none,
	    &error), STORE_MISSING);
}

static void
expect_verdict(enum store_verdict verdict)
{
	struct store *none;
	int error;

	assert_int_equal(store_open(path, true, &none, &error), verdict);
	assert_null(none);
	assert_int_equal(store_open(path, false, &none, &error), verdict);
	assert_null(none);
}

static void
test_of_others(void **state)
{
	char *directory = alloc_format("%s/state/haul", folder);

	(void)state;
	store_close(store);
	assert_int_equal(chmod(path, 0606), 0);
	expect_verdict(STORE_FOREIGN);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(chmod(directory, 01777), 0);
	expect_verdict(STORE_FOREIGN);
	assert_int_equal(chmod(directory, 0770), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 65534, (gid_t)-1), 0);
		expect_verdict(STORE_FOREIGN);
		assert_int_equal(chown(path, 0, (gid_t)-1), 0);
		assert_int_equal(chown(directory, 65534, (gid_t)-1), 0);
		expect_verdict(STORE_FOREIGN);
		assert_int_equal(chown(directory, 0, (gid_t)-1), 0);
	}
	open_store();
	free(directory);
}

static void
test_dangling_link(void **state)
{
	char *there = alloc_format("%s/there", folder);
	struct store *none;
	int error;

	(void)state;
	store_close(store);
	store = NULL;
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink(there, path), 0);
	assert_int_equal(store_open(path, true, &none, &error),
	    STORE_FAILED);
	assert_int_equal(access(there, F_OK), -1);
	assert_int_equal(unlink(path), 0);
	free(there);
}

/* ---- crashes ---- */

static void
wait_killed(pid_t child)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* Kills a child that has committed some items and put some more. */
static void
crash(uint64_t run, uint64_t committed, uint64_t more)
{
	pid_t child = fork();
	uint64_t i;

	if (child == 0) {
		int error;

		if (store_open(path, true, &store, &error) != STORE_OK)
			_exit(1);
		store_begin(store);
		for (i = 1; i <= committed + more; i++) {
			put_item(run, i, STORE_QUEUED, -1);
			if (i == committed) {
				store_commit(store);
				store_begin(store);
			}
		}
		raise(SIGKILL);
		_exit(2);
	}
	assert_true(child > 0);
	wait_killed(child);
}

static void
test_kill(void **state)
{
	static const unsigned more[] = { 0, 1, 100, 30000 };
	uint64_t run;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(more); i++) {
		run = put_run();
		store_close(store);
		crash(run, 500 + i, more[i]);
		open_store();
		assert_int_equal(count_items(run), 500 + i);
	}
}

static void
test_two_writers(void **state)
{
	uint64_t run = put_run(), i;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		int error;

		if (store_open(path, true, &store, &error) != STORE_OK)
			_exit(1);
		for (i = 1; i <= 300; i++)
			put_item(run, i, STORE_QUEUED, -1);
		/* As test_kill: an orderly end would be asked about what it
		 * has inherited. */
		raise(SIGKILL);
	}
	for (i = 301; i <= 600; i++)
		put_item(run, i, STORE_QUEUED, -1);
	wait_killed(child);
	assert_int_equal(count_items(run), 600);
}

/* ---- damage ---- */

static void
write_file(const char *file, const char *bytes, size_t length)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), (ssize_t)length);
	close(fd);
}

static char *
read_whole(const char *file, size_t *length)
{
	struct stat st;
	int fd = open(file, O_RDONLY);
	char *bytes;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	bytes = alloc_array((size_t)st.st_size + 1, 1);
	assert_int_equal(read(fd, bytes, (size_t)st.st_size), st.st_size);
	close(fd);
	*length = (size_t)st.st_size;
	return bytes;
}

static void
test_garbage(void **state)
{
	static const char *const garbage[] = {
		"this is not a database, but long enough to look like one "
		"from afar: ............................................",
		"SQLite format 3",
	};
	char *aside, *bytes;
	size_t i, length;
	int error;

	(void)state;
	for (i = 0; i < LENGTH(garbage); i++) {
		store_close(store);
		write_file(path, garbage[i], strlen(garbage[i]));
		assert_int_equal(store_open(path, true, &store, &error),
		    STORE_DAMAGED);
		assert_int_equal(store_set_aside(path), 0);
		aside = alloc_format("%s.damaged-%zu", path, i + 1);
		bytes = read_whole(aside, &length);
		assert_int_equal(length, strlen(garbage[i]));
		assert_memory_equal(bytes, garbage[i], length);
		free(bytes);
		free(aside);
		open_store();
		put_run();
	}
	/* An empty one is a new one. */
	store_close(store);
	write_file(path, "", 0);
	open_store();
	put_run();
}

/* By SQLite's own format: user_version stands at 60, application_id at 68. */
static void
patch_number(size_t offset, unsigned char last)
{
	size_t length;
	char *bytes;

	/* A closed database has all in its one file. */
	store_close(store);
	store = NULL;
	bytes = read_whole(path, &length);
	bytes[offset + 3] = (char)last;
	write_file(path, bytes, length);
	free(bytes);
}

static void
test_newer_and_foreign(void **state)
{
	struct stat before, after;
	int error;

	(void)state;
	put_run();
	patch_number(60, 77);
	assert_int_equal(stat(path, &before), 0);
	assert_int_equal(store_open(path, true, &store, &error), STORE_NEWER);
	assert_null(store);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_size, after.st_size);
	patch_number(60, 3);
	open_store();
	patch_number(68, 1);
	assert_int_equal(store_open(path, true, &store, &error),
	    STORE_DAMAGED);
}

static void
ignore_item(const struct store_item *item, void *user)
{
	(void)user;
	assert_non_null(item->url);
}

static bool
ignore_run(const struct store_run *run, void *user)
{
	(void)run;
	(void)user;
	return true;
}

/* Everything is tried with it; the verdict is free, the end is not. */
static void
use_damaged(void)
{
	struct store_run run;
	struct store_count count;
	int error, i;

	if (store_open(path, true, &store, &error) != STORE_OK)
		return;
	(void)store_each_run(store, ignore_run, NULL);
	for (i = 1; i <= 2; i++) {
		(void)store_get_run(store, (uint64_t)i, &run);
		(void)store_count_run(store, (uint64_t)i, &count);
		(void)store_each_item(store, (uint64_t)i, ignore_item, NULL);
	}
	if (store_begin(store) == STORE_OK) {
		struct store_item item = { .run = 1, .seq = 77, .url = "u",
		    .size = -1 };

		if (store_put_item(store, &item) != STORE_OK ||
		    store_commit(store) != STORE_OK)
			store_rollback(store);
	}
	store_close(store);
	store = NULL;
}

static void
remove_beside(void)
{
	static const char *const parts[] = { "-wal", "-shm" };
	char *file;
	size_t i;

	for (i = 0; i < LENGTH(parts); i++) {
		file = alloc_format("%s%s", path, parts[i]);
		unlink(file);
		free(file);
	}
}

static void
test_damages(void **state)
{
	unsigned damages = how_many(DAMAGES);
	char *whole, *bytes;
	size_t length, cut;
	uint64_t run = put_run(), i;
	unsigned n, k;

	(void)state;
	begin();
	for (i = 1; i <= 300; i++)
		put_item(run, i, (enum store_state)(i % STORE_STATES), 5);
	for (i = 301; i <= 600; i++)
		put_shared(run, i);
	for (i = 301; i <= 600; i++)
		put_ended(run, i);
	commit();
	store_close(store);
	store = NULL;
	whole = read_whole(path, &length);
	for (n = 0; n < damages; n++) {
		bytes = alloc_bytes(whole, length);
		cut = n % 4 == 0 ? clock_random((uint32_t)length) : length;
		for (k = 0; k < n % 5 * 3; k++)
			bytes[clock_random((uint32_t)length)] =
			    (char)clock_random(256);
		remove_beside();
		write_file(path, bytes, cut);
		use_damaged();
		free(bytes);
	}
	free(whole);
}

/* ---- size ---- */

static void
test_million(void **state)
{
	unsigned many = how_many(MANY);
	struct store_item item = { .size = -1 };
	int64_t began = clock_monotonic_ms(), took;
	struct stat st;
	char url[128];

	(void)state;
	item.run = put_run();
	item.url = url;
	begin();
	for (item.seq = 1; item.seq <= many; item.seq++) {
		snprintf(url, sizeof url, "https://archive.example.org/data/"
		    "2024/05/08/image_%07u.fits", (unsigned)item.seq);
		assert_int_equal(store_put_item(store, &item), STORE_OK);
		if (item.seq % 20000 == 0) {
			commit();
			begin();
		}
	}
	commit();
	took = clock_monotonic_ms() - began;
	assert_int_equal(count_items(item.run), many);
	assert_int_equal(stat(path, &st), 0);
	print_message("# a million items: %lld ms, %lld bytes\n",
	    (long long)took, (long long)st.st_size);
	assert_true(took < MANY_MS);
	assert_true(st.st_size < 200 * (off_t)MANY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_items),
		TEST(test_kept_counts),
		TEST(test_shared),
		TEST(test_runs),
		TEST(test_attempts),
		TEST(test_moves_and_hosts),
		TEST(test_counts),
		TEST(test_forget),
		TEST(test_private),
		TEST(test_no_place),
		TEST(test_kill),
		TEST(test_two_writers),
		TEST(test_garbage),
		TEST(test_newer_and_foreign),
		TEST(test_of_others),
		TEST(test_dangling_link),
		TEST(test_damages),
		TEST(test_million),
#undef TEST
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
