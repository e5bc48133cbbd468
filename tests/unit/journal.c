/* SPDX-License-Identifier: MIT
 *
 * journal.c, journal-load.c, haul-store.c, runlock.c, by the calls of haul.h
 * on engines that fetch nothing:
 * - what was added, paused, moved, edited, removed and set survives kill -9,
 *   with options, mirrors, names, directories and order
 * - a second process is told who works on a run; a dead one holds nothing
 * - the newest run is gone on with; one that somebody works on is passed over
 * - what is gone on with is recorded into the same run, again and again
 * - nothing secret is in any file of the store; what needs a secret fails
 *   for want of it, or goes on when it is given
 * - a run whose options held a secret is not loaded without it
 * - a run's options hold where none were given
 * - a damaged store is put aside with a note, a newer one refused; one that
 *   was removed or replaced while in use gets all of the run anew
 * - runs are listed and forgotten; without a store nothing is
 * - a file that had its name before it was recorded as done is done, or after
 *   a crash of the system fetched anew
 * - no part or name of the run's other files is taken
 * - what nothing is recorded of cannot be repaired, and the error says so
 * - a million adds are recorded within seconds
 */
#include "config.h"

#include "haul.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
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
#include "engine/store/store.h"

#define TIME_LIMIT_S 110
#define MANY 1000000
#define MANY_MS 30000                   /* with room for slow machines */

static char folder[64], path[128];

/* HAUL_UNIT_ITEMS: fewer of them, where everything takes its time. */
static unsigned
how_many(unsigned usual)
{
	const char *given = getenv("HAUL_UNIT_ITEMS");
	unsigned long few = given != NULL ? strtoul(given, NULL, 10) : usual;

	return few < usual ? (unsigned)few : usual;
}

static struct haul *haul;

/* Long enough for a batch, which is due after 300 ms. */
static void
pause_ms(unsigned ms)
{
	usleep(1000 * ms * (how_many(MANY) < MANY ? 4 : 1));
}


static int
setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/haul-journal.XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/queue.db", folder);
	return 0;
}

static int
teardown(void **state)
{
	char *command = alloc_format("rm -r %s", folder);

	(void)state;
	haul_free(haul);
	haul = NULL;
	assert_int_equal(system(command), 0);
	free(command);
	return 0;
}

/* An engine on the store, with more options: NAME, VALUE, ..., NULL. */
static void
open_haul(const char *name, ...)
{
	struct haul_options *options = haul_options_new();
	struct haul_error error;
	va_list more;

	assert_int_equal(haul_options_set(options, "store", path, &error),
	    HAUL_OK);
	va_start(more, name);
	for (; name != NULL; name = va_arg(more, const char *))
		assert_int_equal(haul_options_set(options, name,
		    va_arg(more, const char *), &error), HAUL_OK);
	va_end(more);
	assert_int_equal(haul_new(options, &haul, &error), HAUL_OK);
	haul_options_free(options);
}

static void
close_haul(void)
{
	haul_free(haul);
	haul = NULL;
}

static haul_id
add(const char *url)
{
	struct haul_request request = { .url = url };
	haul_id id;

	assert_int_equal(haul_add(haul, &request, &id, NULL), HAUL_OK);
	return id;
}

static enum haul_result
load(uint64_t run, unsigned which, struct haul_store_loaded *loaded,
    struct haul_error *error)
{
	struct haul_store_choice choice = { .run = run, .which = which };

	return haul_store_load(haul, &choice, loaded, error);
}

static uint64_t
load_unfinished(void)
{
	struct haul_store_loaded loaded;

	assert_int_equal(load(0, HAUL_STORE_UNFINISHED, &loaded, NULL),
	    HAUL_OK);
	return loaded.run;
}

/* The URLs in queue order, joined by blanks; malloc()ed. */
static char *
queue(void)
{
	struct haul_view view = { .states = HAUL_IN_ALL };
	struct haul_row rows[64];
	size_t n = haul_rows(haul, &view, 0, rows, 64), i;
	char *all = alloc_string(""), *more;
	struct haul_item *item;

	for (i = 0; i < n; i++) {
		item = haul_item(haul, rows[i].id);
		more = alloc_format("%s%s%s", all, *all ? " " : "",
		    strrchr(item->url, '/') + 1);
		haul_item_free(item);
		free(all);
		all = more;
	}
	return all;
}

static void
check_queue(const char *want)
{
	char *have = queue();

	assert_string_equal(have, want);
	free(have);
}

/* ---- kill -9 ---- */

static pid_t
fork_child(void (*work)(void))
{
	pid_t child = fork();

	if (child == 0) {
		work();
		pause_ms(900);
		raise(SIGKILL);
	}
	assert_true(child > 0);
	return child;
}

static void
run_and_kill(void (*work)(void))
{
	int status;
	pid_t child = fork_child(work);

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void
work_queue(void)
{
	static const char *const mirrors[] = { "http://m.example/1",
	    "http://u:p@m.example/2", "http://m.example/3" };
	struct haul_options *options = haul_options_new();
	struct haul_request request = { .url = "http://a.example/full",
	    .mirrors = mirrors, .mirror_count = 3, .name = "sub/name",
	    .dir = "/data/set", .options = options, .paused = true };
	haul_id a, b, c, d, e;

	open_haul("directory", "down", "max-conn", "17", NULL);
	a = add("http://a.example/a");
	b = add("http://a.example/b");
	c = add("http://a.example/c");
	d = add("http://a.example/d");
	e = add("http://a.example/e");
	if (haul_options_set(options, "max-splits", "3", NULL) != HAUL_OK ||
	    haul_add(haul, &request, NULL, NULL) != HAUL_OK)
		_exit(1);
	pause_ms(600);
	haul_move(haul, d, a);
	haul_move(haul, a, 0);
	haul_pause(haul, b);
	haul_remove(haul, c, false);
	if (haul_edit(haul, e, "http://b.example/other", true, NULL) ||
	    haul_set_item(haul, d, "limit-rate-file", "5K", NULL) ||
	    haul_set(haul, "max-conn", "18", NULL))
		_exit(1);
	add("http://a.example/last");
}

static void
test_kill(void **state)
{
	struct haul_store_run runs[4];
	struct haul_row row;
	char text[256];
	size_t count;

	(void)state;
	run_and_kill(work_queue);
	assert_int_equal(haul_store_runs(path, true, runs, 4, &count, NULL),
	    HAUL_OK);
	assert_int_equal(count, 1);
	assert_int_equal(runs[0].files, 6);
	assert_int_equal(runs[0].unfinished, 6);
	assert_int_equal(runs[0].paused, 2);
	assert_int_equal(runs[0].ended_ms, 0);
	assert_int_equal(runs[0].pid, 0);
	assert_non_null(strstr(runs[0].directory, "/down"));
	open_haul(NULL);
	assert_int_equal(load_unfinished(), runs[0].id);
	check_queue("d b other full a last");
	assert_true(haul_get(haul, 0, "max-conn", text, sizeof text));
	assert_string_equal(text, "18");
	assert_true(haul_row(haul, 2, &row));
	assert_int_equal(row.state, HAUL_STATE_PAUSED);
	assert_true(haul_get(haul, 3, "limit-rate-file", text, sizeof text));
	assert_string_equal(text, "5K");
	assert_true(haul_get(haul, 5, "max-splits", text, sizeof text));
	assert_string_equal(text, "3");
	assert_true(haul_row(haul, 5, &row));
	assert_int_equal(row.state, HAUL_STATE_PAUSED);
	/* Again, now into the same run, and moved once more. */
	haul_move(haul, 1, HAUL_FIRST);
	add("http://a.example/new");
	close_haul();
	open_haul(NULL);
	assert_int_equal(load_unfinished(), runs[0].id);
	check_queue("a d b other full last new");
	close_haul();
	assert_int_equal(haul_store_runs(path, false, runs, 4, &count, NULL),
	    HAUL_OK);
	assert_int_equal(count, 1);
	assert_int_equal(runs[0].files, 7);
	assert_int_not_equal(runs[0].ended_ms, 0);
}

static void
see_mirrors(const struct store_item *item, void *user)
{
	if (item->mirrors == NULL)
		return;
	++*(int *)user;
	assert_string_equal(item->mirrors,
	    "http://m.example/1\nhttp://m.example/3\n");
	assert_string_equal(item->name, "sub/name");
	assert_string_equal(item->dir, "/data/set");
}

static void
test_rows(void **state)
{
	struct store *store;
	int error, seen = 0;

	(void)state;
	run_and_kill(work_queue);
	open_haul(NULL);
	load_unfinished();
	close_haul();
	assert_int_equal(store_open(path, false, &store, &error), STORE_OK);
	assert_int_equal(store_each_item(store, 1, see_mirrors, &seen),
	    STORE_OK);
	assert_int_equal(seen, 1);
	store_close(store);
}

/* ---- who works on it ---- */

static void
work_hold(void)
{
	open_haul(NULL);
	add("http://a.example/held");
	pause_ms(1500);
}

static void
test_locks(void **state)
{
	struct haul_store_loaded loaded;
	struct haul_store_run runs[4];
	struct haul_error error;
	size_t count;
	int status;
	pid_t child;

	(void)state;
	open_haul(NULL);
	add("http://a.example/mine");
	close_haul();
	child = fork_child(work_hold);
	pause_ms(800);
	assert_int_equal(haul_store_runs(path, true, runs, 4, &count, NULL),
	    HAUL_OK);
	assert_int_equal(count, 2);
	assert_int_equal(runs[0].pid, child);
	assert_int_equal(runs[1].pid, 0);
	open_haul(NULL);
	assert_int_equal(load(runs[0].id, HAUL_STORE_UNFINISHED, &loaded,
	    &error), HAUL_EBUSY);
	assert_int_equal(error.pid, child);
	assert_int_equal(haul_store_forget(path, runs[0].id, &error),
	    HAUL_EBUSY);
	assert_int_equal(error.pid, child);
	/* The newest that nobody works on. */
	assert_int_equal(load_unfinished(), runs[1].id);
	assert_int_equal(load(0, HAUL_STORE_UNFINISHED, &loaded, &error),
	    HAUL_ESTATE);
	close_haul();
	assert_int_equal(waitpid(child, &status, 0), child);
	open_haul(NULL);
	assert_int_equal(load_unfinished(), runs[0].id);
	check_queue("held");
	close_haul();
	assert_int_equal(haul_store_forget(path, runs[0].id, NULL), HAUL_OK);
	assert_int_equal(haul_store_forget(path, runs[0].id, NULL),
	    HAUL_ENOENT);
	assert_int_equal(haul_store_runs(path, true, runs, 4, &count, NULL),
	    HAUL_OK);
	assert_int_equal(count, 1);
}

static void
test_nothing(void **state)
{
	struct haul_store_loaded loaded;
	struct haul_store_run runs[4];
	struct haul_error error;
	size_t count = 9;

	(void)state;
	assert_int_equal(haul_store_runs(path, true, runs, 4, &count, &error),
	    HAUL_ENOENT);
	assert_int_equal(count, 0);
	open_haul(NULL);
	assert_true(haul_store_records(haul));
	assert_int_equal(load(0, HAUL_STORE_UNFINISHED, &loaded, &error),
	    HAUL_ENOENT);
	assert_int_equal(load(7, HAUL_STORE_UNFINISHED, &loaded, &error),
	    HAUL_ENOENT);
	close_haul();
	/* An engine that had no item leaves no run. */
	assert_int_equal(haul_store_runs(path, false, runs, 4, &count, NULL),
	    HAUL_OK);
	assert_int_equal(count, 0);
	assert_int_equal(haul_new(NULL, &haul, NULL), HAUL_OK);
	assert_false(haul_store_records(haul));
	assert_int_equal(load(0, HAUL_STORE_UNFINISHED, &loaded, &error),
	    HAUL_ESTATE);
}

/* ---- secrets ---- */

static bool
file_has(const char *file, const char *word)
{
	char *command = alloc_format("grep -qa '%s' '%s'", word, file);
	int status = system(command);

	free(command);
	return status == 0;
}

static void
check_files(const char *word)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	char *file;
	int seen = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (*entry->d_name == '.')
			continue;
		file = alloc_format("%s/%s", folder, entry->d_name);
		assert_false(file_has(file, word));
		free(file);
		seen++;
	}
	closedir(dir);
	assert_true(seen > 0);
}

static void
work_secrets(void)
{
	struct haul_options *options = haul_options_new();
	struct haul_request request = { .url = "http://a.example/own",
	    .options = options };

	open_haul("header", "X-Plain: seen", "referer",
	    "http://u:verysecret@a/", NULL);
	add("http://me:verysecret@a.example/user");
	add("http://a.example/signed?x=1&X-Amz-Signature=verysecret&y=2");
	add("http://a.example/plain");
	if (haul_options_set(options, "user", "me:verysecret", NULL) ||
	    haul_options_set(options, "header", "Cookie: verysecret", NULL) ||
	    haul_add(haul, &request, NULL, NULL))
		_exit(1);
}

static unsigned
failed_for_secret(void)
{
	struct haul_view view = { .states = HAUL_IN(HAUL_STATE_FAILED) };
	struct haul_row rows[8];
	size_t n = haul_rows(haul, &view, 0, rows, 8), i;

	for (i = 0; i < n; i++)
		assert_int_equal(rows[i].cause, HAUL_CAUSE_SECRET);
	return (unsigned)n;
}

static void
test_secrets(void **state)
{
	static const char *const urls[] = { "http://a.example/other?sig=9",
	    "http://a.example/signed?x=1&X-Amz-Signature=again&y=2" };
	bool used[2] = { true, false };
	struct haul_store_choice choice = { .which = HAUL_STORE_UNFINISHED,
	    .urls = urls, .url_count = 2, .used = used };
	struct haul_store_loaded loaded;
	struct haul_item *item;

	(void)state;
	run_and_kill(work_secrets);
	check_files("verysecret");
	open_haul(NULL);
	assert_int_equal(load(0, HAUL_STORE_UNFINISHED, &loaded, NULL),
	    HAUL_OK);
	assert_int_equal(loaded.lacking, 3);
	assert_int_equal(loaded.queued, 1);
	assert_int_equal(failed_for_secret(), 3);
	close_haul();
	check_files("verysecret");
	/* They are still to be fetched. */
	open_haul("user", "me:verysecret", "header", "cookie: x", NULL);
	assert_int_equal(haul_store_load(haul, &choice, &loaded, NULL),
	    HAUL_OK);
	assert_int_equal(loaded.lacking, 0);
	assert_int_equal(loaded.queued, 4);
	assert_false(used[0]);
	assert_true(used[1]);
	item = haul_item(haul, 2);
	assert_string_equal(item->url, urls[1]);
	haul_item_free(item);
	close_haul();
	check_files("verysecret");
	check_files("again");
}

static void
test_run_secrets(void **state)
{
	struct haul_store_loaded loaded;
	struct haul_error error;
	struct haul_totals totals;

	(void)state;
	open_haul("user", "me:verysecret", "header",
	    "Authorization: verysecret", NULL);
	add("http://a.example/a");
	close_haul();
	check_files("verysecret");
	open_haul("user", "me:x", NULL);
	assert_int_equal(load(0, HAUL_STORE_UNFINISHED, &loaded, &error),
	    HAUL_EUSAGE);
	assert_int_equal(error.complaint, HAUL_COMPLAINT_SECRET);
	assert_string_equal(error.option, "header");
	assert_string_equal(error.expected, "Authorization");
	haul_totals(haul, &totals);
	assert_int_equal(totals.files, 0);
	close_haul();
	open_haul("user", "me:x", "header", "authorization: y", NULL);
	load_unfinished();
	check_queue("a");
}

/* ---- states of the store ---- */

static unsigned
count_notes(enum haul_note note)
{
	struct haul_event event;
	unsigned n = 0;

	while (haul_next_event(haul, &event))
		n += event.kind == HAUL_EVENT_WARN && event.note == note &&
		    event.id == 0;
	return n;
}

static void
write_text(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)),
	    (ssize_t)strlen(text));
	close(fd);
}

static void
test_damaged(void **state)
{
	struct haul_store_run runs[2];
	struct haul_error error;
	size_t count;
	char *aside = alloc_format("%s.damaged-1", path);

	(void)state;
	write_text(path, "not a database at all, however long one looks at "
	    "it and wherever one begins; there are pages of it, and pages.");
	assert_int_equal(haul_store_runs(path, false, runs, 2, &count,
	    &error), HAUL_EIO);
	open_haul(NULL);
	assert_int_equal(count_notes(HAUL_NOTE_STORE_SET_ASIDE), 1);
	assert_int_equal(access(aside, F_OK), 0);
	add("http://a.example/a");
	close_haul();
	open_haul(NULL);
	load_unfinished();
	check_queue("a");
	free(aside);
}

static void
remove_store(void)
{
	char *wal = alloc_format("%s-wal", path);

	assert_int_equal(unlink(path), 0);
	unlink(wal);
	free(wal);
}

static void
test_replaced(void **state)
{
	(void)state;
	open_haul(NULL);
	add("http://a.example/a");
	add("http://a.example/b");
	pause_ms(700);
	remove_store();
	write_text(path, "torn by somebody, and long enough for a header, and "
	    "then some more: ................................................."
	    ".............................................................");
	add("http://a.example/c");
	pause_ms(700);
	assert_int_equal(count_notes(HAUL_NOTE_STORE_SET_ASIDE), 1);
	remove_store();
	close_haul();
	open_haul(NULL);
	load_unfinished();
	check_queue("a b c");
}

static void
test_refused(void **state)
{
	struct haul_options *options = haul_options_new();
	struct haul_error error;

	(void)state;
	assert_int_equal(haul_options_set(options, "store",
	    "/proc/none/queue.db", NULL), HAUL_OK);
	assert_int_equal(haul_new(options, &haul, &error), HAUL_EIO);
	assert_string_equal(error.option, "store");
	assert_int_not_equal(error.sys_errno, 0);
	assert_null(haul);
	haul_options_free(options);
}

/* ---- between the rename and the record ---- */

static void
put_landed(const char *boot, const char *name, int64_t size)
{
	char *file = alloc_format("%s/%s", folder, name);
	struct store_run run = { .started_ms = 1, .boot = boot,
	    .directory = folder };
	struct store_item item = { .seq = 1, .url = "http://a.example/x",
	    .path = file, .size = size, .started_ms = 1000, .attempts = 1 };
	struct store *store;
	int error;

	assert_int_equal(store_open(path, true, &store, &error), STORE_OK);
	assert_int_equal(store_put_run(store, &run), STORE_OK);
	item.run = run.id;
	assert_int_equal(store_put_item(store, &item), STORE_OK);
	store_close(store);
	free(file);
}

static void
read_boot(char *boot, size_t size)
{
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "r");

	if (file == NULL || fgets(boot, (int)size, file) == NULL)
		skip();
	boot[strcspn(boot, "\n")] = '\0';
	fclose(file);
}

static void
test_landed(void **state)
{
	struct haul_store_loaded loaded;
	char boot[64], text[64], *file = alloc_format("%s/whole", folder);
	struct haul_store_run runs[4];
	size_t count;

	(void)state;
	read_boot(boot, sizeof boot);
	write_text(file, "12345");
	put_landed(boot, "whole", 5);
	open_haul(NULL);
	assert_int_equal(load(1, HAUL_STORE_UNFINISHED, &loaded, NULL),
	    HAUL_OK);
	assert_int_equal(loaded.queued, 0);
	assert_int_equal(loaded.done, 1);
	close_haul();
	assert_int_equal(haul_store_runs(path, false, runs, 4, &count, NULL),
	    HAUL_OK);
	assert_int_equal(runs[0].done, 1);
	assert_int_equal(runs[0].unfinished, 0);
	/* Another size, a part beside it, another start of the system. */
	put_landed(boot, "whole", 6);
	open_haul(NULL);
	assert_int_equal(load(2, HAUL_STORE_UNFINISHED, &loaded, NULL),
	    HAUL_OK);
	assert_int_equal(loaded.queued, 1);
	assert_true(haul_get(haul, 1, "overwrite", text, sizeof text));
	assert_string_equal(text, "never");
	close_haul();
	put_landed("another", "whole", 5);
	open_haul(NULL);
	assert_int_equal(load(3, HAUL_STORE_UNFINISHED, &loaded, NULL),
	    HAUL_OK);
	assert_int_equal(loaded.queued, 1);
	assert_true(haul_get(haul, 1, "overwrite", text, sizeof text));
	assert_string_equal(text, "always");
	close_haul();
	free(file);
}

/* ---- many ---- */

static void
test_million(void **state)
{
	unsigned many = how_many(MANY);
	struct haul_request request = { .dir = NULL };
	struct haul_store_run run;
	int64_t began, added, closed;
	char url[128];
	size_t count;
	unsigned i;

	(void)state;
	open_haul(NULL);
	request.url = url;
	began = clock_monotonic_ms();
	for (i = 1; i <= many; i++) {
		snprintf(url, sizeof url, "https://archive.example.org/data/"
		    "2024/05/08/image_%07u.fits", i);
		assert_int_equal(haul_add(haul, &request, NULL, NULL),
		    HAUL_OK);
	}
	added = clock_monotonic_ms();
	close_haul();
	closed = clock_monotonic_ms();
	assert_int_equal(haul_store_runs(path, true, &run, 1, &count, NULL),
	    HAUL_OK);
	assert_int_equal(run.unfinished, many);
	print_message("# a million: added in %lld ms, recorded in %lld, "
	    "counted in %lld\n", (long long)(added - began),
	    (long long)(closed - began),
	    (long long)(clock_monotonic_ms() - closed));
	assert_true(closed - began < MANY_MS);
}

static void
repair_nothing(const struct haul_checked *checked, void *user)
{
	struct haul_error error = { .result = HAUL_OK };

	assert_int_equal(checked->check, HAUL_CHECK_UNKNOWN);
	assert_int_equal(haul_repair_add(haul, checked, NULL, &error),
	    HAUL_ESTATE);
	assert_int_equal(error.result, HAUL_ESTATE);
	++*(int *)user;
}

static void
test_repair(void **state)
{
	const char *const files[] = { path };
	int told = 0;
	const struct haul_verify what = { .files = files, .file_count = 1,
	    .told = repair_nothing, .user = &told };

	(void)state;
	open_haul(NULL);
	add("http://h.example/a");
	close_haul();
	open_haul(NULL);
	assert_int_equal(haul_store_verify(path, &what, NULL), HAUL_OK);
	assert_int_equal(told, 1);
	assert_int_equal(haul_count(haul, &(struct haul_view){ HAUL_IN_ALL,
	    HAUL_ORDER_QUEUE, false }), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_kill),
		TEST(test_rows),
		TEST(test_locks),
		TEST(test_nothing),
		TEST(test_secrets),
		TEST(test_run_secrets),
		TEST(test_damaged),
		TEST(test_replaced),
		TEST(test_refused),
		TEST(test_landed),
		TEST(test_repair),
		TEST(test_million),
#undef TEST
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
