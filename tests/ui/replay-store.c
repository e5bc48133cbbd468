/* SPDX-License-Identifier: MIT
 *
 * The replayed engine's store: runs of which the script tells, to be offered,
 * forgotten and gone on with. Nothing of a replay is recorded.
 */
#include "config.h"

#include "replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t
replay_run_number(json_t *what, const char *key)
{
	return json_integer_value(json_object_get(what, key));
}

void
replay_add_run(struct replay *replay, json_t *what)
{
	const char *dir = json_string_value(json_object_get(what, "dir"));
	struct haul_store_run *run;

	replay->runs = realloc(replay->runs,
	    (replay->run_count + 1) * sizeof *replay->runs);
	run = &replay->runs[replay->run_count++];
	memset(run, 0, sizeof *run);
	run->id = (uint64_t)replay_run_number(what, "run");
	run->unfinished = (uint64_t)replay_run_number(what, "left");
	run->paused = (uint64_t)replay_run_number(what, "paused");
	run->failed = (uint64_t)replay_run_number(what, "failed");
	run->lacking = (uint64_t)replay_run_number(what, "lacking");
	/* Somebody takes it just before us. */
	run->size_bytes = json_is_true(json_object_get(what, "taken")) ? -1 :
	    0;
	run->got_bytes = replay_run_number(what, "got");
	run->pid = replay_run_number(what, "pid");
	run->started_ms = replay_run_number(what, "started");
	run->ended_ms = replay_run_number(what, "ended");
	snprintf(run->directory, sizeof run->directory, "%s",
	    dir != NULL ? dir : "");
}

static enum haul_result
replay_has_no_store(struct haul_error *error)
{
	if (error != NULL)
		*error = (struct haul_error){ .result = HAUL_ENOENT };
	return HAUL_ENOENT;
}

static struct haul_store_run *
replay_find_run(struct replay *replay, uint64_t id)
{
	size_t i;

	for (i = 0; i < replay->run_count; i++)
		if (replay->runs[i].id == id)
			return &replay->runs[i];
	return NULL;
}

char *
haul_store_path(void)
{
	return strdup("/replay/queue.db");
}

bool
haul_store_records(struct haul *haul)
{
	return ((struct replay *)haul)->runs != NULL;
}

enum haul_result
haul_store_runs(const char *path, bool unfinished, struct haul_store_run *runs,
    size_t max, size_t *count, struct haul_error *error)
{
	struct replay *replay = replay_only;

	(void)path;
	(void)error;
	replay_lock(replay);
	replay_note_call(replay, "runs unfinished=%d", unfinished);
	*count = replay->run_count < max ? replay->run_count : max;
	memcpy(runs, replay->runs, *count * sizeof *runs);
	replay_unlock(replay);
	return HAUL_OK;
}

enum haul_result
haul_store_items(const char *path, uint64_t run,
    void (*fn)(const struct haul_item *, void *user), void *user,
    struct haul_error *error)
{
	(void)path;
	(void)run;
	(void)fn;
	(void)user;
	return replay_has_no_store(error);
}

enum haul_result
haul_store_forget(const char *path, uint64_t id, struct haul_error *error)
{
	struct replay *replay = replay_only;
	struct haul_store_run *run;

	(void)path;
	replay_lock(replay);
	replay_note_call(replay, "forget %llu", (unsigned long long)id);
	run = replay_find_run(replay, id);
	if (run != NULL)
		memmove(run, run + 1, (size_t)(replay->runs +
		    --replay->run_count - run) * sizeof *run);
	replay_unlock(replay);
	return run != NULL ? HAUL_OK : replay_has_no_store(error);
}

enum haul_result
haul_store_load(struct haul *haul, const struct haul_store_choice *choice,
    struct haul_store_loaded *loaded, struct haul_error *error)
{
	struct replay *replay = (struct replay *)haul;
	struct haul_store_run *run;
	enum haul_result result = HAUL_OK;
	uint64_t i;
	char *name;

	memset(loaded, 0, sizeof *loaded);
	loaded->run = choice->run;
	replay_lock(replay);
	replay_note_call(replay, "load %llu which=%u",
	    (unsigned long long)choice->run, choice->which);
	run = replay_find_run(replay, choice->run);
	if (run != NULL && run->size_bytes < 0) {
		result = HAUL_EBUSY;
		run->pid = error->pid = 4711;
	}
	for (i = 0; run != NULL && result == HAUL_OK &&
	    i < run->unfinished; i++) {
		if (asprintf(&name, "left_%llu.bin",
		    (unsigned long long)i) < 0)
			abort();
		replay_add_item(replay, name, "archive.example.org",
		    i < run->paused ? HAUL_STATE_PAUSED : HAUL_STATE_QUEUED);
		loaded->queued++;
	}
	replay_unlock(replay);
	return run != NULL ? result : replay_has_no_store(error);
}

enum haul_result
haul_store_verify(const char *path, const struct haul_verify *verify,
    struct haul_error *error)
{
	(void)path;
	(void)verify;
	return replay_has_no_store(error);
}

const char *
haul_check_name(enum haul_check check)
{
	(void)check;
	return "";
}

enum haul_result
haul_repair_add(struct haul *haul, const struct haul_checked *checked,
    haul_id *id, struct haul_error *error)
{
	(void)haul;
	(void)checked;
	(void)id;
	return replay_has_no_store(error);
}

enum haul_result
haul_store_look(const char *path, int64_t limit_ms,
    struct haul_store_state *state, struct haul_error *error)
{
	(void)path;
	(void)limit_ms;
	memset(state, 0, sizeof *state);
	return replay_has_no_store(error);
}

/* ---- --doctor, which no script asks for ---- */

void
haul_libraries(struct haul_libraries *libraries)
{
	memset(libraries, 0, sizeof *libraries);
	libraries->curl = libraries->curl_built = "0";
}

void
haul_certificates(const char *path, int64_t now_ms,
    struct haul_certificates *found)
{
	(void)path;
	(void)now_ms;
	memset(found, 0, sizeof *found);
}

void
haul_try_directory(const char *dir, struct haul_trial *trial)
{
	(void)dir;
	memset(trial, 0, sizeof *trial);
}
