/* SPDX-License-Identifier: MIT
 *
 * See store.h. WAL, so that a commit costs no sync and a kill -9 loses none;
 * synchronous=NORMAL, so that a power cut may take the last commits but tears
 * nothing. Items are rows of one integer key, run number and place in it, and
 * every statement is prepared once.
 *
 * A row for each item would cost more than the rest of a small file's record.
 * So what is only added, and what then ended without ado, shares rows: `added`
 * and `ended`. An item's own row counts for more than what these have of it.
 */
#include "config.h"

#include "store-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/alloc.h"

#define STORE_WAL_PAGES "4000"
#define STORE_ASIDE_MAX 1000
#define STORE_ATTEMPTS 64               /* kept of one item */

#define STORE_RUN_COLUMNS "id, started, ended, pid, boot, directory, " \
    "options, needs"
#define STORE_ITEM_FIRST "state, flags, url, mirrors, name, dir, " \
    "options, needs, path, kept, cause, status, curl, errno, message, " \
    "size, got, attempts, etag, modified, started, ended, elapsed"
#define STORE_ITEM_COLUMNS "id, " STORE_ITEM_FIRST ", sums"
#define STORE_OF_RUN "BETWEEN ?1 << 32 AND ?1 << 32 | 4294967295"

static const char *const store_calls[STORE_CALLS] = {
	[STORE_CALL_BEGIN] = "BEGIN IMMEDIATE",
	[STORE_CALL_COMMIT] = "COMMIT",
	[STORE_CALL_ROLLBACK] = "ROLLBACK",
	[STORE_CALL_PUT_RUN] = "INSERT OR REPLACE INTO runs "
	    "(" STORE_RUN_COLUMNS ") VALUES (?,?,?,?,?,?,?,?)",
	[STORE_CALL_END_RUN] = "UPDATE runs SET ended = ?2 WHERE id = ?1",
	[STORE_CALL_FINISH_RUN] = "UPDATE runs SET later = ?2 WHERE id = ?1",
	/* Whoever goes on with a run puts it first, and so takes its end away:
	 * these counts are then of the run as it was. */
	[STORE_CALL_PUT_COUNTS] = "UPDATE runs SET counts = ?3 "
	    "WHERE id = ?1 AND ended = ?2",
	[STORE_CALL_PUT_ITEM] = "INSERT OR REPLACE INTO items "
	    "(" STORE_ITEM_COLUMNS ") VALUES "
	    "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[STORE_CALL_PUT_ATTEMPT] = "INSERT OR REPLACE INTO attempts "
	    "(item, number, time, got, url, cause, status, curl, errno, "
	    "message) VALUES (?,?,?,?,?,?,?,?,?,?)",
	[STORE_CALL_TRIM_ATTEMPTS] = "DELETE FROM attempts "
	    "WHERE item = ? AND number <= ?",
	[STORE_CALL_PUT_ADDED] = "INSERT OR REPLACE INTO added "
	    "(id, urls, count) VALUES (?,?,?)",
	[STORE_CALL_PUT_ENDED] = "INSERT OR REPLACE INTO ended "
	    "(id, items) VALUES (?,?)",
	[STORE_CALL_PUT_MOVE] = "INSERT INTO moves "
	    "(run, n, seq, before, count) VALUES (?1, (SELECT "
	    "coalesce(max(n), 0) + 1 FROM moves WHERE run = ?1), ?2, ?3, ?4)",
	[STORE_CALL_PUT_HOST] = "INSERT OR REPLACE INTO hosts "
	    "(origin, cap, time) VALUES (?,?,?)",
	[STORE_CALL_FORGET_ATTEMPTS] = "DELETE FROM attempts "
	    "WHERE item " STORE_OF_RUN,
	[STORE_CALL_FORGET_MOVES] = "DELETE FROM moves WHERE run = ?",
	[STORE_CALL_FORGET_ADDED] = "DELETE FROM added WHERE id " STORE_OF_RUN,
	[STORE_CALL_FORGET_ENDED] = "DELETE FROM ended WHERE id " STORE_OF_RUN,
	[STORE_CALL_FORGET_ITEMS] = "DELETE FROM items WHERE id " STORE_OF_RUN,
	[STORE_CALL_FORGET_RUN] = "DELETE FROM runs WHERE id = ?",
	[STORE_CALL_GET_RUN] = "SELECT " STORE_RUN_COLUMNS ", later FROM runs "
	    "WHERE id = ?",
	[STORE_CALL_GET_COUNTS] = "SELECT ended, counts FROM runs "
	    "WHERE id = ?",
	[STORE_CALL_EACH_RUN] = "SELECT " STORE_RUN_COLUMNS ", later FROM runs "
	    "ORDER BY id DESC",
	[STORE_CALL_LAST_SEQ] = "SELECT max(seq) FROM ("
	    "SELECT max(id) & 4294967295 AS seq FROM items "
	    "WHERE id " STORE_OF_RUN " UNION ALL "
	    "SELECT (max(id) & 4294967295) + count - 1 FROM added "
	    "WHERE id " STORE_OF_RUN ")",
	[STORE_CALL_EACH_ITEM] = "SELECT " STORE_ITEM_COLUMNS " FROM items "
	    "WHERE id " STORE_OF_RUN " ORDER BY id",
	[STORE_CALL_EACH_ADDED] = "SELECT id, count, urls FROM added "
	    "WHERE id " STORE_OF_RUN " ORDER BY id",
	[STORE_CALL_EACH_ENDED] = "SELECT id, items FROM ended "
	    "WHERE id " STORE_OF_RUN " ORDER BY id",
	[STORE_CALL_EACH_ATTEMPT] = "SELECT number, time, got, url, cause, "
	    "status, curl, errno, message FROM attempts WHERE item = ? "
	    "ORDER BY number",
	[STORE_CALL_EACH_MOVE] = "SELECT seq, before, count FROM moves "
	    "WHERE run = ? ORDER BY n",
	[STORE_CALL_EACH_HOST] = "SELECT origin, cap FROM hosts "
	    "WHERE time >= ?",
};

/* What makes a version of the one before it. */
static const char *const store_schema[STORE_VERSION] = {
    "CREATE TABLE runs (id INTEGER PRIMARY KEY AUTOINCREMENT, started, "
    "ended, pid, boot, directory, options, needs);"
    "CREATE TABLE items (id INTEGER PRIMARY KEY, " STORE_ITEM_FIRST ");"
    "CREATE TABLE attempts (item, number, time, got, url, cause, status, "
    "curl, errno, message, PRIMARY KEY (item, number)) WITHOUT ROWID;"
    "CREATE TABLE moves (run, n, seq, before, count, PRIMARY KEY (run, n)) "
    "WITHOUT ROWID;"
    "CREATE TABLE hosts (origin PRIMARY KEY, cap, time) WITHOUT ROWID;",
    "CREATE TABLE added (id INTEGER PRIMARY KEY, count, urls);"
    "CREATE TABLE ended (id INTEGER PRIMARY KEY, items);"
    "ALTER TABLE runs ADD COLUMN counts;"
    "ALTER TABLE runs ADD COLUMN later;",
    "ALTER TABLE items ADD COLUMN sums;",
};

/* ---- answers ---- */

int
store_code_errno(sqlite3 *db, int code)
{
	int error = db != NULL ? sqlite3_system_errno(db) : 0;

	switch (code & 0xff) {
	case SQLITE_FULL:
		return ENOSPC;
	case SQLITE_READONLY:
		return EROFS;
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return EACCES;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return EBUSY;
	case SQLITE_NOMEM:
		return ENOMEM;
	default:
		return error != 0 ? error : EIO;
	}
}

enum store_verdict
store_judge(struct store *store, int code)
{
	code &= 0xff;
	if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW)
		return STORE_OK;
	store->error = store_code_errno(store->db, code);
	return code == SQLITE_CORRUPT || code == SQLITE_NOTADB ?
	    STORE_DAMAGED : STORE_FAILED;
}

int
store_errno(const struct store *store)
{
	return store->error;
}

/* ---- statements ---- */

sqlite3_stmt *
store_prepare(struct store *store, enum store_call call)
{
	sqlite3_stmt **statement = &store->calls[call];

	if (*statement == NULL && sqlite3_prepare_v3(store->db,
	    store_calls[call], -1, SQLITE_PREPARE_PERSISTENT, statement,
	    NULL) != SQLITE_OK)
		*statement = NULL;
	if (*statement != NULL)
		sqlite3_clear_bindings(*statement);
	return *statement;
}

/* What is not bound is NULL. */
static void
store_bind_text(sqlite3_stmt *statement, int at, const char *text)
{
	if (text != NULL && *text != '\0')
		sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

/* NULL takes a byte less than 0. */
static void
store_bind_number(sqlite3_stmt *statement, int at, int64_t number)
{
	if (number != 0)
		sqlite3_bind_int64(statement, at, number);
}

enum store_verdict
store_step(struct store *store, sqlite3_stmt *statement)
{
	int code;

	if (statement == NULL)
		return store_judge(store, sqlite3_errcode(store->db));
	code = sqlite3_step(statement);
	sqlite3_reset(statement);
	return store_judge(store, code);
}

static enum store_verdict
store_call_with(struct store *store, enum store_call call, int64_t number)
{
	sqlite3_stmt *statement = store_prepare(store, call);

	if (statement != NULL && sqlite3_bind_parameter_count(statement) > 0)
		sqlite3_bind_int64(statement, 1, number);
	return store_step(store, statement);
}

int64_t
store_item_key(uint64_t run, uint64_t seq)
{
	return (int64_t)(run << STORE_SEQ_BITS | seq);
}

/* ---- opening ---- */

/* Makes the directory with its parents, for the user alone. */
static void
store_make_directory(const char *path)
{
	char *copy = alloc_string(path), *slash;

	for (slash = strchr(copy + 1, '/'); slash != NULL;
	    slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		/* What is wrong with it is told when the file is opened. */
		(void)mkdir(copy, 0700);
		*slash = '/';
	}
	free(copy);
}

/* SQLite would make it as the umask allows, and the files beside it as it
 * is. */
static int
store_make_file(const char *path)
{
	int flags = O_RDWR | O_CLOEXEC | O_NOCTTY, fd;

	store_make_directory(path);
	/* Made only where nothing has that name, no dangling link either. */
	fd = open(path, flags);
	if (fd < 0 && errno == ENOENT)
		fd = open(path, flags | O_CREAT | O_EXCL, 0600);
	if (fd < 0 && errno == EEXIST)
		fd = open(path, flags);         /* another haul was faster */
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* Nobody else's to write, and in a directory where nobody else could put
 * another (or a log for SQLite to replay): a queue says what is written
 * where. Root's directories are the system's. */
bool
store_is_private(const char *path)
{
	char *real = realpath(path, NULL), *slash;
	struct stat st;
	bool private;

	if (real == NULL)
		return true;            /* opening it will say why */
	private = stat(real, &st) != 0 || (st.st_uid == geteuid() &&
	    (st.st_mode & S_IWOTH) == 0);
	slash = strrchr(real, '/');
	slash[slash == real] = '\0';
	private = private && (stat(real, &st) != 0 ||
	    ((st.st_uid == geteuid() || st.st_uid == 0) &&
	    (st.st_mode & S_IWOTH) == 0));
	free(real);
	return private;
}

int
store_read_number(sqlite3 *db, const char *sql, int64_t *number)
{
	sqlite3_stmt *statement;
	int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);

	*number = 0;
	if (code != SQLITE_OK)
		return code;
	code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		*number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return code;
}

static int
store_run_sql(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

/* Makes the tables, or those that an earlier version lacked. Within a
 * transaction, for another process may be doing the same. */
static int
store_make_tables(sqlite3 *db)
{
	char sql[96];
	int64_t version;
	int code = store_run_sql(db, "BEGIN IMMEDIATE");

	if (code != SQLITE_OK)
		return code;
	code = store_read_number(db, "PRAGMA user_version", &version);
	if (code == SQLITE_ROW)
		code = SQLITE_OK;
	snprintf(sql, sizeof sql, "PRAGMA application_id = %d; "
	    "PRAGMA user_version = %d", STORE_APPLICATION, STORE_VERSION);
	for (; version >= 0 && version < STORE_VERSION && code == SQLITE_OK;
	    version++)
		code = store_run_sql(db, store_schema[version]);
	if (code == SQLITE_OK && version == STORE_VERSION)
		code = store_run_sql(db, sql);
	if (code == SQLITE_OK)
		return store_run_sql(db, "COMMIT");
	store_run_sql(db, "ROLLBACK");
	return code;
}

/* Foreign tables under our name are not touched either: they are set aside
 * as a whole. */
static enum store_verdict
store_check(struct store *store)
{
	int64_t version, application = 0, tables = 0;
	int code = store_read_number(store->db, "PRAGMA user_version",
	    &version);

	if (code == SQLITE_ROW)
		code = store_read_number(store->db, "PRAGMA application_id",
		    &application);
	if (code == SQLITE_ROW)
		code = store_read_number(store->db,
		    "SELECT count(*) FROM sqlite_master", &tables);
	if (code != SQLITE_ROW)
		return store_judge(store, code);
	if (tables == 0 && version == 0)
		return store_judge(store, store_make_tables(store->db));
	if (application != STORE_APPLICATION || version < 1)
		return STORE_DAMAGED;
	if (version < STORE_VERSION)
		return store_judge(store, store_make_tables(store->db));
	return version > STORE_VERSION ? STORE_NEWER : STORE_OK;
}

static enum store_verdict
store_connect(struct store *store, const char *path)
{
	/* Where WAL is not possible (some network file systems) the usual
	 * journal does. */
	static const char settings[] = "PRAGMA journal_mode = WAL;"
	    "PRAGMA synchronous = NORMAL;"
	    "PRAGMA wal_autocheckpoint = " STORE_WAL_PAGES ";"
		    "PRAGMA trusted_schema = OFF;";
	enum store_verdict verdict;
	int code = sqlite3_open_v2(path, &store->db, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_NOMUTEX, NULL);

	if (store->db != NULL)
		sqlite3_busy_timeout(store->db, STORE_BUSY_MS);
	if (code != SQLITE_OK)
		return store_judge(store, code);
	verdict = store_check(store);
	if (verdict == STORE_OK)
		verdict = store_judge(store, store_run_sql(store->db,
		    settings));
	/* A table that lacks a column is no table of ours. */
	if (verdict == STORE_OK && (
	    store_prepare(store, STORE_CALL_PUT_ITEM) == NULL ||
	    store_prepare(store, STORE_CALL_PUT_RUN) == NULL ||
	    store_prepare(store, STORE_CALL_PUT_ATTEMPT) == NULL ||
	    store_prepare(store, STORE_CALL_PUT_ADDED) == NULL ||
	    store_prepare(store, STORE_CALL_PUT_ENDED) == NULL ||
	    store_prepare(store, STORE_CALL_PUT_MOVE) == NULL ||
	    store_prepare(store, STORE_CALL_PUT_HOST) == NULL))
		verdict = STORE_DAMAGED;
	return verdict;
}

enum store_verdict
store_open(const char *path, bool create, struct store **result, int *error)
{
	struct store *store;
	enum store_verdict verdict;
	struct stat st;

	*result = NULL;
	*error = 0;
	if (create)
		*error = store_make_file(path);
	else if (access(path, F_OK) < 0)
		return STORE_MISSING;
	if (*error != 0)
		return STORE_FAILED;
	if (!store_is_private(path))
		return STORE_FOREIGN;
	store = alloc_zero(sizeof *store);
	store->path = alloc_string(path);
	verdict = store_connect(store, path);
	if (stat(path, &st) == 0) {
		store->device = st.st_dev;
		store->inode = st.st_ino;
	}
	if (verdict == STORE_OK) {
		*result = store;
		return STORE_OK;
	}
	*error = store->error;
	store_close(store);
	return verdict;
}

void
store_close(struct store *store)
{
	int i;

	if (store == NULL)
		return;
	for (i = 0; i < STORE_CALLS; i++)
		sqlite3_finalize(store->calls[i]);
	sqlite3_close(store->db);
	pack_release(&store->added);
	pack_release(&store->ended);
	free(store->path);
	free(store);
}

bool
store_is_there(const struct store *store)
{
	struct stat st;

	return stat(store->path, &st) == 0 && st.st_dev == store->device &&
	    st.st_ino == store->inode;
}

/* The write-ahead log belongs to it: what it holds may be worth something. */
int
store_set_aside(const char *path)
{
	static const char *const parts[] = { "", "-wal", "-shm" };
	char *from, *to;
	int n, i, error = EEXIST;

	for (n = 1; n <= STORE_ASIDE_MAX; n++) {
		to = alloc_format("%s.damaged-%d", path, n);
		error = access(to, F_OK) == 0 ? EEXIST : 0;
		free(to);
		if (error == 0)
			break;
	}
	for (i = 0; i < 3 && error == 0; i++) {
		from = alloc_format("%s%s", path, parts[i]);
		to = alloc_format("%s.damaged-%d%s", path, n, parts[i]);
		if (rename(from, to) < 0 && (i == 0 || errno != ENOENT))
			error = errno;
		free(from);
		free(to);
	}
	return error;
}

/* ---- writing ---- */

enum store_verdict
store_begin(struct store *store)
{
	return store_call_with(store, STORE_CALL_BEGIN, 0);
}

/* Writes what is gathered as a row. */
static enum store_verdict
store_flush(struct store *store, struct pack *pack)
{
	sqlite3_stmt *to;
	enum store_verdict verdict;

	if (pack->count == 0)
		return STORE_OK;
	to = store_prepare(store, pack == &store->added ?
	    STORE_CALL_PUT_ADDED : STORE_CALL_PUT_ENDED);
	if (to != NULL) {
		sqlite3_bind_int64(to, 1, store_item_key(store->run,
		    pack->first));
		sqlite3_bind_blob(to, 2, pack->bytes, (int)pack->length,
		    SQLITE_STATIC);
		if (pack == &store->added)
			sqlite3_bind_int64(to, 3, (int64_t)pack->count);
	}
	verdict = store_step(store, to);
	pack_empty(pack);
	return verdict;
}

static enum store_verdict
store_flush_all(struct store *store)
{
	enum store_verdict verdict = store_flush(store, &store->added);

	return verdict == STORE_OK ? store_flush(store, &store->ended) :
	    verdict;
}

enum store_verdict
store_commit(struct store *store)
{
	enum store_verdict verdict = store_flush_all(store);

	return verdict == STORE_OK ? store_call_with(store,
	    STORE_CALL_COMMIT, 0) : verdict;
}

void
store_rollback(struct store *store)
{
	int error = store->error;

	pack_empty(&store->added);
	pack_empty(&store->ended);
	/* SQLite may have done it by itself. */
	if (!sqlite3_get_autocommit(store->db))
		store_call_with(store, STORE_CALL_ROLLBACK, 0);
	store->error = error;
}

enum store_verdict
store_put_run(struct store *store, struct store_run *run)
{
	sqlite3_stmt *statement = store_prepare(store, STORE_CALL_PUT_RUN);
	enum store_verdict verdict;

	if (statement == NULL)
		return store_step(store, statement);
	store_bind_number(statement, 1, (int64_t)run->id);
	store_bind_number(statement, 2, run->started_ms);
	store_bind_number(statement, 3, run->ended_ms);
	store_bind_number(statement, 4, run->pid);
	store_bind_text(statement, 5, run->boot);
	store_bind_text(statement, 6, run->directory);
	store_bind_text(statement, 7, run->options);
	store_bind_text(statement, 8, run->needs);
	verdict = store_step(store, statement);
	if (verdict == STORE_OK && run->id == 0)
		run->id = (uint64_t)sqlite3_last_insert_rowid(store->db);
	return verdict;
}

static enum store_verdict
store_set_of_run(struct store *store, enum store_call call, uint64_t run,
    int64_t value)
{
	sqlite3_stmt *statement = store_prepare(store, call);

	if (statement != NULL) {
		sqlite3_bind_int64(statement, 1, (int64_t)run);
		sqlite3_bind_int64(statement, 2, value);
	}
	return store_step(store, statement);
}

enum store_verdict
store_end_run(struct store *store, uint64_t run, int64_t ended_ms)
{
	return store_set_of_run(store, STORE_CALL_END_RUN, run, ended_ms);
}

enum store_verdict
store_finish_run(struct store *store, uint64_t run, uint64_t later)
{
	return store_set_of_run(store, STORE_CALL_FINISH_RUN, run,
	    (int64_t)later);
}

enum store_verdict
store_put_item(struct store *store, const struct store_item *item)
{
	sqlite3_stmt *to = store_prepare(store, STORE_CALL_PUT_ITEM);
	int at = 0;

	if (to == NULL)
		return store_step(store, to);
	sqlite3_bind_int64(to, ++at, store_item_key(item->run, item->seq));
	store_bind_number(to, ++at, item->state);
	store_bind_number(to, ++at, item->flags);
	store_bind_text(to, ++at, item->url);
	store_bind_text(to, ++at, item->mirrors);
	store_bind_text(to, ++at, item->name);
	store_bind_text(to, ++at, item->dir);
	store_bind_text(to, ++at, item->options);
	store_bind_text(to, ++at, item->needs);
	store_bind_text(to, ++at, item->path);
	store_bind_text(to, ++at, item->kept);
	store_bind_text(to, ++at, item->cause);
	store_bind_number(to, ++at, item->http_status);
	store_bind_number(to, ++at, item->curl_code);
	store_bind_number(to, ++at, item->sys_errno);
	store_bind_text(to, ++at, item->message);
	++at;
	if (item->size >= 0)
		sqlite3_bind_int64(to, at, item->size);
	store_bind_number(to, ++at, item->got);
	store_bind_number(to, ++at, item->attempts);
	store_bind_text(to, ++at, item->etag);
	store_bind_text(to, ++at, item->last_modified);
	store_bind_number(to, ++at, item->started_ms);
	store_bind_number(to, ++at, item->ended_ms);
	store_bind_number(to, ++at, item->elapsed_ms);
	if (item->sums != NULL)
		sqlite3_bind_blob(to, ++at, item->sums, (int)item->sums_size,
		    SQLITE_STATIC);
	return store_step(store, to);
}

static enum store_verdict
store_gather_for(struct store *store, uint64_t run)
{
	enum store_verdict verdict = STORE_OK;

	if (store->run != run)
		verdict = store_flush_all(store);
	store->run = run;
	return verdict;
}

enum store_verdict
store_put_added(struct store *store, uint64_t run, uint64_t seq,
    const char *url)
{
	struct pack *to = &store->added;
	enum store_verdict verdict = store_gather_for(store, run);

	if (verdict == STORE_OK && (to->count == STORE_BLOCK ||
	    seq != to->last + 1))
		verdict = store_flush(store, to);
	pack_add(to, seq, url);
	return verdict;
}

/* Rows of one block may lie between each other, of two they may not. */
enum store_verdict
store_put_ended(struct store *store, const struct store_item *item)
{
	struct pack *to = &store->ended;
	enum store_verdict verdict = store_gather_for(store, item->run);

	if (verdict == STORE_OK && (item->seq <= to->last ||
	    store_block(item->seq) != store_block(to->first)))
		verdict = store_flush(store, to);
	pack_end(to, item);
	return verdict;
}

static enum store_verdict
store_trim_attempts(struct store *store, int64_t key, uint32_t number)
{
	sqlite3_stmt *statement;

	if (number <= STORE_ATTEMPTS)
		return STORE_OK;
	statement = store_prepare(store, STORE_CALL_TRIM_ATTEMPTS);
	if (statement != NULL) {
		sqlite3_bind_int64(statement, 1, key);
		sqlite3_bind_int64(statement, 2, number - STORE_ATTEMPTS);
	}
	return store_step(store, statement);
}

enum store_verdict
store_put_attempt(struct store *store, uint64_t run, uint64_t seq,
    const struct store_attempt *attempt)
{
	sqlite3_stmt *to = store_prepare(store, STORE_CALL_PUT_ATTEMPT);
	int64_t key = store_item_key(run, seq);
	enum store_verdict verdict;

	if (to == NULL)
		return store_step(store, to);
	sqlite3_bind_int64(to, 1, key);
	sqlite3_bind_int64(to, 2, attempt->number);
	store_bind_number(to, 3, attempt->time_ms);
	store_bind_number(to, 4, attempt->got);
	store_bind_text(to, 5, attempt->url);
	store_bind_text(to, 6, attempt->cause);
	store_bind_number(to, 7, attempt->http_status);
	store_bind_number(to, 8, attempt->curl_code);
	store_bind_number(to, 9, attempt->sys_errno);
	store_bind_text(to, 10, attempt->message);
	verdict = store_step(store, to);
	return verdict != STORE_OK ? verdict :
	    store_trim_attempts(store, key, attempt->number);
}

enum store_verdict
store_put_move(struct store *store, uint64_t run,
    const struct store_move *move)
{
	sqlite3_stmt *to = store_prepare(store, STORE_CALL_PUT_MOVE);

	if (to != NULL) {
		sqlite3_bind_int64(to, 1, (int64_t)run);
		sqlite3_bind_int64(to, 2, (int64_t)move->seq);
		sqlite3_bind_int64(to, 3, (int64_t)move->before);
		sqlite3_bind_int64(to, 4, (int64_t)move->count);
	}
	return store_step(store, to);
}

enum store_verdict
store_put_host(struct store *store, const char *origin, unsigned cap,
    int64_t now_ms)
{
	sqlite3_stmt *to = store_prepare(store, STORE_CALL_PUT_HOST);

	if (to != NULL) {
		sqlite3_bind_text(to, 1, origin, -1, SQLITE_STATIC);
		sqlite3_bind_int64(to, 2, cap);
		sqlite3_bind_int64(to, 3, now_ms);
	}
	return store_step(store, to);
}

enum store_verdict
store_forget(struct store *store, uint64_t run)
{
	enum store_verdict verdict;
	int call;

	/* Who still reads does not wait for others that write. */
	sqlite3_reset(store->calls[STORE_CALL_GET_RUN]);
	verdict = store_begin(store);
	for (call = STORE_CALL_FORGET_ATTEMPTS; verdict == STORE_OK &&
	    call <= STORE_CALL_FORGET_RUN; call++)
		verdict = store_call_with(store, (enum store_call)call,
		    (int64_t)run);
	if (verdict == STORE_OK)
		verdict = store_commit(store);
	if (verdict != STORE_OK)
		store_rollback(store);
	return verdict;
}
