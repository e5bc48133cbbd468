/* SPDX-License-Identifier: MIT
 *
 * What a file will be called, and what to do if that name is taken: by
 * another item of this run (then number it: no two items share a target), or
 * by a file that stands there (then by --overwrite).
 *
 * The URL's own name is claimed before the request, in queue order, so that
 * the same list gives the same names each time; an answer may change it.
 */
#include "config.h"

#include "transfer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/base/alloc.h"
#include "engine/base/clock.h"
#include "engine/base/filename.h"
#include "engine/base/url.h"
#include "engine/disk/folder.h"
#include "engine/engine.h"
#include "engine/journal.h"

/* ---- claiming ---- */

/* Whether what stands there is in the way. */
static bool
target_is_strict(const struct transfer *transfer)
{
	return transfer->overwrite == OVERWRITE_UNIQUE &&
	    !transfer->engine->discard;
}

static bool
target_is_free(const char *name, void *user)
{
	struct transfer *transfer = user;

	return folder_may_claim(transfer->folder, name, transfer->id) &&
	    !(target_is_strict(transfer) &&
	    folder_has(transfer->folder, name));
}

static void
target_take(struct transfer *transfer, char *name)
{
	if (transfer->name != NULL)
		folder_unclaim(transfer->folder, transfer->name, transfer->id);
	free(transfer->name);
	transfer->name = name;
	folder_claim(transfer->folder, name, transfer->id);
}

/* It is known for good: results and faces may have it. */
static void
target_publish(struct transfer *transfer)
{
	transfer->name_is_final = true;
	model_set_name(transfer->engine->model, transfer->id,
	    transfer->folder, transfer->name);
}

/* Claims name, or a numbered form of it that is free. */
static bool
target_claim(struct transfer *transfer, const char *name)
{
	char *chosen = numbers_choose(folder_numbers(transfer->folder), name,
	    transfer->id, target_is_strict(transfer), target_is_free,
	    transfer);

	if (chosen != NULL)
		target_take(transfer, chosen);
	else
		failure_set(&transfer->failure, HAUL_CAUSE_NAME_CONFLICT,
		    "no free name");
	return chosen != NULL;
}

bool
target_renumber(struct transfer *transfer)
{
	char *name = alloc_string(transfer->name);
	bool found = target_claim(transfer, name);

	free(name);
	if (found)
		target_publish(transfer);
	return found;
}

/* ---- the folder ---- */

static const char *
target_dir(const struct item *item, struct options_pair options)
{
	const struct item_extra *extra = item->extra;
	const char *dir = extra != NULL && extra->dir != NULL ? extra->dir :
	    options_text(options, OPTION_DIRECTORY);

	return dir != NULL ? dir : ".";
}

/* Opens the item's directory, or the one below it that a name with folders
 * leads to; *last is the name's last component. */
static bool
target_open_folder(struct transfer *transfer, const char *name,
    const char **last)
{
	struct engine *engine = transfer->engine;
	const char *dir = target_dir(transfer->item, transfer->options);
	const char *slash = name ? strrchr(name, '/') : NULL;
	char *below = NULL;

	*last = name;
	if (slash != NULL) {
		below = alloc_format("%s/%.*s", dir, (int)(slash - name),
		    name);
		*last = slash + 1;
	}
	folder_unref(transfer->folder);
	transfer->folder = folder_ref(folders_open(engine->folders,
	    below ? below : dir));
	if (transfer->folder == NULL)
		failure_set_errno(&transfer->failure, errno,
		    below ? below : dir);
	free(below);
	if (transfer->folder != NULL && engine->many)
		folder_expect_many(transfer->folder);
	return transfer->folder != NULL;
}

/* ---- what stands there ---- */

static bool
target_has_user_digest(const struct transfer *transfer)
{
	return transfer->digest_count > 0;
}

static bool
target_is_of_cut_off_run(const struct transfer *transfer, int64_t changed_ms)
{
	const struct item_extra *extra = transfer->item->extra;
	const char *dir = extra != NULL && extra->dir != NULL ? extra->dir :
	    options_text(transfer->options, OPTION_DIRECTORY);

	return journal_may_be_torn(transfer->engine->journal,
	    dir != NULL ? dir : ".", transfer->item->url, changed_ms);
}

/* It may be ours, of a run that a crash of the system cut off before the disk
 * had its bytes: what got a name then and was not recorded as done. */
static bool
target_may_be_torn(const struct transfer *transfer)
{
	const struct engine *engine = transfer->engine;
	bool loaded = engine->torn_from_ms > 0 &&
	    transfer->id <= engine->torn_last;
	int64_t changed_ms;

	if (!loaded && !journal_has_torn(engine->journal))
		return false;
	changed_ms = folder_file_changed_ms(transfer->folder, transfer->name);
	if (loaded && changed_ms >= engine->torn_from_ms &&
	    changed_ms < clock_boot_ms())
		return true;
	return changed_ms >= 0 &&
	    target_is_of_cut_off_run(transfer, changed_ms);
}

/* The name is known for good: is a file of that name in the way, or is it
 * what is wanted? */
static enum target_plan
target_weigh(struct transfer *transfer)
{
	if (transfer->engine->discard ||
	    !folder_has(transfer->folder, transfer->name))
		return TARGET_FETCH;
	if (target_has_user_digest(transfer) && !transfer->compared)
		return TARGET_COMPARE;
	if (transfer->overwrite == OVERWRITE_NEVER &&
	    target_may_be_torn(transfer))
		transfer->overwrite = OVERWRITE_ALWAYS;
	if (transfer->overwrite != OVERWRITE_NEVER)
		return TARGET_FETCH;
	if (folder_has_file(transfer->folder, transfer->name))
		return TARGET_KEEP;
	failure_set_errno(&transfer->failure, EISDIR, transfer->name);
	return TARGET_FAILED;
}

static bool
target_wants_digest(const struct transfer *transfer)
{
	return options_has(transfer->options, OPTION_CHECKSUM);
}

/* ---- what an earlier run has fetched ---- */

/* Whether the answer is not needed for what stands there: it would be kept
 * whatever it is. */
static bool
target_is_plain(const struct engine *engine, haul_id id,
    struct options_pair options)
{
	return !engine->discard &&
	    options_number(options, OPTION_OVERWRITE) == OVERWRITE_NEVER &&
	    !options_has(options, OPTION_CHECKSUM) &&
	    (engine->torn_from_ms == 0 || id > engine->torn_last);
}

/* The path it would have if its answer told no other name; malloc()ed, NULL if
 * only that tells. */
static char *
target_path(const struct item *item, struct options_pair options)
{
	const char *dir = target_dir(item, options);
	size_t length = strlen(dir);
	char *name, *path;
	void *user;

	if (item->extra != NULL && item->extra->name != NULL)
		name = alloc_string(item->extra->name);
	else if (options_name_fn(options, &user))
		return NULL;
	else
		name = filename_from_url(item->url);
	if (name == NULL)
		return NULL;
	while (length > 1 && dir[length - 1] == '/')
		length--;
	path = alloc_format("%.*s/%s", (int)length, dir, name);
	free(name);
	return path;
}

/* By its path: a folder that is opened would be made. */
static bool
target_stands(struct engine *engine, const char *path, haul_id id)
{
	const char *name = strrchr(path, '/') + 1;
	struct folder *folder;
	struct stat st;
	char *dir;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	dir = alloc_bytes(path, (size_t)(name - path));
	folder = folders_open(engine->folders, dir);
	free(dir);
	return folder != NULL && folder_may_claim(folder, name, id);
}

bool
target_is_there(const struct engine *engine, haul_id id)
{
	const struct item *item = model_item(engine->model, id);
	struct options_pair options = { item->options, engine->options,
	    options_of_host(engine->options, item->url) };
	char *path = target_path(item, options);
	struct stat st;
	bool there = path != NULL && stat(path, &st) == 0 &&
	    S_ISREG(st.st_mode);

	free(path);
	return there;
}

bool
target_is_fetched(struct engine *engine, haul_id id)
{
	const struct item *item = model_item(engine->model, id);
	struct options_pair options = { item->options, engine->options,
	    options_of_host(engine->options, item->url) };
	char *path;
	bool fetched;

	if (engine->journal == NULL || !journal_has_past(engine->journal) ||
	    !target_is_plain(engine, id, options))
		return false;
	path = target_path(item, options);
	fetched = path != NULL &&
	    journal_has_fetched(engine->journal, item->url, path) &&
	    target_stands(engine, path, id);
	free(path);
	return fetched;
}

/* ---- before the request ---- */

enum target_plan
target_choose(struct transfer *transfer)
{
	const struct item_extra *extra = transfer->item->extra;
	const char *wanted = extra ? extra->name : NULL, *last;
	bool http = url_scheme(transfer->url) <= URL_HTTPS;
	char *name;
	bool ok;
	void *user;

	transfer->overwrite = (enum options_overwrite)options_number(
	    transfer->options, OPTION_OVERWRITE);
	if (!target_open_folder(transfer, wanted, &last))
		return TARGET_FAILED;
	if (wanted == NULL && options_name_fn(transfer->options, &user))
		return TARGET_FETCH;    /* it decides, with the answer */
	name = wanted ? alloc_string(last) :
	    filename_from_url(transfer->item->url);
	if (name == NULL && !http)
		name = filename_default(NULL);
	if (name == NULL)
		return TARGET_FETCH;
	ok = transfer->item->name != NULL &&
	    transfer->item->folder == transfer->folder ?
	    target_claim(transfer, transfer->item->name) :
	    target_claim(transfer, name);
	free(name);
	if (!ok)
		return TARGET_FAILED;
	if (wanted != NULL || !http)
		target_publish(transfer);
	if (transfer->engine->discard ||
	    !folder_has(transfer->folder, transfer->name) ||
	    (transfer->overwrite == OVERWRITE_ALWAYS &&
	    !target_wants_digest(transfer)))
		return TARGET_FETCH;
	transfer->engine->skim.found_old = true;
	if (!transfer->name_is_final &&
	    target_is_fetched(transfer->engine, transfer->id))
		target_publish(transfer);
	if (!transfer->name_is_final || (http &&
	    target_wants_digest(transfer) &&
	    !target_has_user_digest(transfer)))
		return TARGET_LOOK;
	return target_weigh(transfer);
}

/* ---- with an answer ---- */

/* What haul itself would call it. */
static char *
target_suggest(const struct transfer *transfer,
    const struct response *response, const char *final_url)
{
	char *name = NULL;

	if (response->content_disposition != NULL)
		name = filename_from_disposition(
		    response->content_disposition);
	if (name == NULL)
		name = filename_from_url(transfer->item->url);
	if (name == NULL && final_url != NULL)
		name = filename_from_url(final_url);
	if (name == NULL)
		name = filename_default(response->content_type);
	return name;
}

static char *
target_ask_caller(struct transfer *transfer, haul_name_fn fn, void *user,
    const struct response *response, const char *final_url)
{
	char *suggested = target_suggest(transfer, response, final_url);
	char why[FAILURE_TEXT_SIZE] = "", *name;
	struct haul_answer answer = {
		.url = transfer->item->url,
		.final_url = final_url ? final_url : transfer->url,
		.content_type = response->content_type,
		.content_disposition = response->content_disposition,
		.suggested_name = suggested,
		.size_bytes = transfer->total,
		.http_status = response->status,
		.etag = response->etag,
		.last_modified = response->last_modified,
	};

	name = fn(&answer, why, sizeof why, user);
	free(suggested);
	if (name == NULL)
		failure_set(&transfer->failure, HAUL_CAUSE_NAME_CONFLICT,
		    *why ? why : "the naming function gave no name");
	else if (!filename_is_usable(name)) {
		failure_set(&transfer->failure, HAUL_CAUSE_NAME_CONFLICT,
		    "the naming function gave a name outside the directory");
		free(name);
		name = NULL;
	}
	return name;
}

enum target_plan
target_settle(struct transfer *transfer, const struct response *response,
    const char *final_url)
{
	haul_name_fn fn;
	const char *last;
	void *user;
	char *name;
	bool ok;

	if (transfer->name_is_final)
		return target_weigh(transfer);
	fn = options_name_fn(transfer->options, &user);
	if (fn != NULL) {
		name = target_ask_caller(transfer, fn, user, response,
		    final_url);
		if (name == NULL || !target_open_folder(transfer, name, &last))
			goto failed;
	} else {
		last = name = target_suggest(transfer, response, final_url);
	}
	/* The claim made for the URL's name stands if the answer has no
	 * other: it may have been numbered. */
	ok = response->content_disposition == NULL && fn == NULL &&
	    transfer->name != NULL ? true : target_claim(transfer, last);
	if (!ok)
		goto failed;
	free(name);
	target_publish(transfer);
	return target_weigh(transfer);
failed:
	free(name);
	return TARGET_FAILED;
}
