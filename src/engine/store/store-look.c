/* SPDX-License-Identifier: MIT
 *
 * See store.h: looking at a database without a trace. SQLite makes a log and
 * its index even for who only reads, and leaves them. So where there is no log
 * the file is read as one that nobody changes; where there is one, it is used
 * with what is there. A haul that begins meanwhile could have half a page seen:
 * what is found bad without a log is read once more if one has come.
 */
#include "config.h"

#include "store-internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/base/alloc.h"
#include "engine/base/clock.h"

#define STORE_LOOK_STEPS 10000          /* of SQLite, between two looks at the
                                           clock */
#define STORE_LOOK_BUSY_MS 200

const char *
store_library(const char **built, bool *threads)
{
	*built = SQLITE_VERSION;
	*threads = sqlite3_threadsafe() != 0;
	return sqlite3_libversion();
}

static bool
store_has_log(const char *path)
{
	char *log = alloc_format("%s-wal", path);
	struct stat st;
	bool has = stat(log, &st) == 0 && st.st_size > 0;

	free(log);
	return has;
}

/* The path as the name of a URI: its signs must not be taken for such. */
static char *
store_uri(const char *path, bool has_log)
{
	char *uri, *to;
	const char *rest;

	/* "file://" would begin a host's name. */
	while (path[0] == '/' && path[1] == '/')
		path++;
	/* One more, for snprintf() ends what it writes. */
	uri = alloc_format("file:%*s%s", 3 * (int)strlen(path) + 1, "",
	    has_log ? "?mode=ro" : "?mode=ro&immutable=1");
	to = uri + strlen("file:");
	rest = to + 3 * strlen(path) + 1;
	for (; *path != '\0'; path++)
		if (strchr("%?#", *path) != NULL)
			to += snprintf(to, 4, "%%%02X", (unsigned char)*path);
		else
			*to++ = *path;
	memmove(to, rest, strlen(rest) + 1);
	return uri;
}

struct store_deadline {
	int64_t at_ms;
	bool over;
};

static int
store_is_late(void *user)
{
	struct store_deadline *deadline = user;

	deadline->over = clock_monotonic_ms() >= deadline->at_ms;
	return deadline->over;
}

/* Each row of the statement to fn; what SQLite says of the end. */
static int
store_each_row(sqlite3 *db, const char *sql,
    void (*fn)(sqlite3_stmt *, void *), void *user)
{
	sqlite3_stmt *statement;
	int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);

	if (code != SQLITE_OK)
		return code;
	while ((code = sqlite3_step(statement)) == SQLITE_ROW)
		fn(statement, user);
	sqlite3_finalize(statement);
	return code;
}

static void
store_take_damage(sqlite3_stmt *row, void *user)
{
	struct store_look *look = user;
	const char *text = (const char *)sqlite3_column_text(row, 0);
	char *feed;

	if (text == NULL || strcmp(text, "ok") == 0 || *look->damage != '\0')
		return;
	snprintf(look->damage, sizeof look->damage, "%s", text);
	while ((feed = strchr(look->damage, '\n')) != NULL)
		*feed = ' ';
}

struct store_open_runs {
	void (*fn)(uint64_t run, void *);
	void *user;
};

static void
store_take_open_run(sqlite3_stmt *row, void *user)
{
	const struct store_open_runs *runs = user;

	runs->fn((uint64_t)sqlite3_column_int64(row, 0), runs->user);
}

/* Which form it has. */
static int
store_look_at_form(sqlite3 *db, struct store_look *look,
    enum store_verdict *verdict)
{
	int64_t version = 0, application = 0;
	int code = store_read_number(db, "PRAGMA user_version", &version);

	if (code == SQLITE_ROW)
		code = store_read_number(db, "PRAGMA application_id",
		    &application);
	if (code != SQLITE_ROW)
		return code;
	look->version = (int)version;
	if (application != STORE_APPLICATION || version < 1)
		*verdict = STORE_DAMAGED;
	else if (version > STORE_VERSION)
		*verdict = STORE_NEWER;
	return SQLITE_OK;
}

static int
store_look_through(sqlite3 *db, struct store_look *look,
    struct store_open_runs *runs)
{
	int64_t count = 0;
	int code = store_read_number(db, "SELECT count(*) FROM runs", &count);

	if (code != SQLITE_ROW)
		return code;
	look->runs = (uint64_t)count;
	code = store_each_row(db, "SELECT id FROM runs "
	    "WHERE coalesce(ended, 0) = 0 ORDER BY id", store_take_open_run,
	    runs);
	if (code == SQLITE_DONE)
		code = store_each_row(db, "PRAGMA quick_check(1)",
		    store_take_damage, look);
	return code;
}

static enum store_verdict
store_look_open(sqlite3 *db, struct store_look *look,
    struct store_open_runs *runs)
{
	enum store_verdict verdict = STORE_OK;
	int code = store_look_at_form(db, look, &verdict);

	if (verdict != STORE_OK)
		return verdict;
	if (code == SQLITE_OK)
		code = store_look_through(db, look, runs);
	if (code == SQLITE_DONE || code == SQLITE_INTERRUPT) {
		look->complete = code == SQLITE_DONE;
		return *look->damage != '\0' ? STORE_DAMAGED : STORE_OK;
	}
	snprintf(look->damage, sizeof look->damage, "%s", sqlite3_errmsg(db));
	look->error = store_code_errno(db, code & 0xff);
	return (code & 0xff) == SQLITE_CORRUPT ||
	    (code & 0xff) == SQLITE_NOTADB || (code & 0xff) == SQLITE_ERROR ?
	    STORE_DAMAGED : STORE_FAILED;
}

static enum store_verdict
store_look_once(const char *path, bool has_log, int64_t limit_ms,
    struct store_look *look, struct store_open_runs *runs)
{
	struct store_deadline deadline = {
	    .at_ms = clock_monotonic_ms() + limit_ms };
	enum store_verdict verdict = STORE_FAILED;
	char *uri = store_uri(path, has_log);
	sqlite3 *db = NULL;
	int code;

	memset(look, 0, sizeof *look);
	look->newest = STORE_VERSION;
	code = sqlite3_open_v2(uri, &db, SQLITE_OPEN_READONLY |
	    SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
	if (code == SQLITE_OK) {
		sqlite3_busy_timeout(db, STORE_LOOK_BUSY_MS);
		sqlite3_progress_handler(db, STORE_LOOK_STEPS, store_is_late,
		    &deadline);
		verdict = store_look_open(db, look, runs);
	} else {
		look->error = store_code_errno(db, code & 0xff);
	}
	sqlite3_close(db);
	free(uri);
	return verdict;
}

enum store_verdict
store_look(const char *path, int64_t limit_ms, struct store_look *look,
    void (*fn)(uint64_t run, void *), void *user)
{
	struct store_open_runs runs = { fn, user };
	enum store_verdict verdict;
	struct stat st;
	bool has_log;

	memset(look, 0, sizeof *look);
	if (stat(path, &st) < 0) {
		look->error = errno;
		return errno == ENOENT || errno == ENOTDIR ? STORE_MISSING :
		    STORE_FAILED;
	}
	if (!store_is_private(path))
		return STORE_FOREIGN;
	look->complete = true;
	if (st.st_size == 0)
		return STORE_OK;        /* the next run makes its tables */
	has_log = store_has_log(path);
	verdict = store_look_once(path, has_log, limit_ms, look, &runs);
	if (verdict == STORE_DAMAGED && !has_log && store_has_log(path))
		verdict = store_look_once(path, true, limit_ms, look, &runs);
	return verdict;
}
