/* SPDX-License-Identifier: MIT
 *
 * The replayed engine has no store: nothing of a replay is recorded.
 */
#include "config.h"

#include "replay.h"

static enum haul_result
replay_has_no_store(struct haul_error *error)
{
	if (error != NULL)
		*error = (struct haul_error){ .result = HAUL_ENOENT };
	return HAUL_ENOENT;
}

char *
haul_store_path(void)
{
	return NULL;
}

bool
haul_store_records(struct haul *haul)
{
	(void)haul;
	return false;
}

enum haul_result
haul_store_runs(const char *path, bool unfinished, struct haul_store_run *runs,
    size_t max, size_t *count, struct haul_error *error)
{
	(void)path;
	(void)unfinished;
	(void)runs;
	(void)max;
	*count = 0;
	return replay_has_no_store(error);
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
haul_store_forget(const char *path, uint64_t run, struct haul_error *error)
{
	(void)path;
	(void)run;
	return replay_has_no_store(error);
}

enum haul_result
haul_store_load(struct haul *haul, const struct haul_store_choice *choice,
    struct haul_store_loaded *loaded, struct haul_error *error)
{
	(void)haul;
	(void)choice;
	(void)loaded;
	return replay_has_no_store(error);
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
