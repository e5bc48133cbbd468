/* SPDX-License-Identifier: MIT
 *
 * See journal.h: an earlier run's items come back into the model, on the
 * engine's thread, before anything runs. They keep what they had: bytes,
 * name, options, attempts, place in the queue. Names of what is not loaded
 * stay claimed, so that no file gets the name of one that the run had fetched.
 */
#include "config.h"

#include "journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "change.h"
#include "engine.h"
#include "engine/base/alloc.h"
#include "engine/base/options.h"
#include "engine/base/secret.h"
#include "engine/disk/boot.h"
#include "engine/disk/folder.h"
#include "engine/disk/partfile.h"
#include "engine/model/model.h"
#include "engine/model/order.h"
#include "engine/store/keep.h"

#define LOAD_ORDER_BLOCK 1024
#define LOAD_FOREIGN UINT32_MAX         /* claims a name for no item */

/* Why an item cannot be asked for: what of it was not written down. */
struct load_lack {
	haul_id id;
	char *text;
};

/* A URL that was given again, with its secrets. */
struct load_url {
	char *bare;
	size_t at;
};

struct load {
	struct engine *engine;
	struct journal_load *what;
	const struct haul_store_choice *choice;
	char boot[BOOT_WORD_SIZE];
	bool same_boot;
	struct load_url *urls;          /* sorted */
	uint32_t *seqs;                 /* of the items, by id */
	size_t count, size;
	haul_id *changed;               /* not as the store has them */
	size_t changed_count;
	struct load_lack *lacks;
	size_t lack_count;
	struct order *order;            /* of all numbers, if any was moved */
	uint64_t last;                  /* ... appended so far */
	char *last_dir;                 /* and its folder, or NULL */
	struct folder *last_folder;
	char *last_text;                /* options, and their set */
	struct options *last_options;
	struct model_attempt *history;  /* of the item that is read */
	size_t history_count;
};

/* ---- what to load ---- */

static bool
load_is_secret(const struct store_item *item)
{
	return item->cause != NULL && strcmp(item->cause,
	    haul_cause_name(HAUL_CAUSE_SECRET)) == 0;
}

/* What the item becomes; false: it is not loaded. */
static bool
load_wants(const struct load *load, const struct store_item *item,
    enum haul_state *state)
{
	unsigned which = load->choice->which;
	bool of_cause = load->choice->cause == HAUL_CAUSE_NONE ||
	    (item->cause != NULL && strcmp(item->cause,
	    haul_cause_name(load->choice->cause)) == 0);

	*state = HAUL_STATE_QUEUED;
	if (item->state == STORE_PAUSED)
		*state = HAUL_STATE_PAUSED;
	if (item->state == STORE_QUEUED || item->state == STORE_PAUSED ||
	    (item->state == STORE_FAILED_ITEM && load_is_secret(item)))
		return (which & HAUL_STORE_UNFINISHED) != 0 ||
		    (load_is_secret(item) && which & HAUL_STORE_FAILED &&
		    of_cause);
	if (item->state != STORE_FAILED_ITEM)
		return false;
	if (which & HAUL_STORE_FAILED && of_cause)
		return true;
	*state = HAUL_STATE_FAILED;
	return (which & HAUL_STORE_LISTED) != 0;
}

/* ---- names ---- */

/* The folder of a path and the name in it; NULL if it is not there (any
 * more). Folders are made when something is fetched into them. */
static struct folder *
load_folder(struct load *load, const char *path, const char **name)
{
	const char *slash = path != NULL ? strrchr(path, '/') : NULL;
	struct stat st;
	char *dir;

	*name = NULL;
	if (slash == NULL || slash[1] == '\0')
		return NULL;
	dir = alloc_bytes(path, slash == path ? 1 : (size_t)(slash - path));
	if (load->last_dir == NULL || strcmp(load->last_dir, dir) != 0) {
		free(load->last_dir);
		load->last_dir = alloc_string(dir);
		load->last_folder = stat(dir, &st) == 0 &&
		    S_ISDIR(st.st_mode) ?
		    folders_open(load->engine->folders, dir) : NULL;
	}
	free(dir);
	if (load->last_folder != NULL)
		*name = slash + 1;
	return load->last_folder;
}

/* Between the rename of a whole file and the note that it is done, an end can
 * come: then the file stands there, and its part does not. */
static bool
load_has_landed(const struct store_item *item)
{
	struct stat st;
	char *part;
	bool landed;

	if (item->state != STORE_QUEUED || item->path == NULL ||
	    item->size < 0 || item->kept != NULL)
		return false;
	part = alloc_format("%s.part", item->path);
	landed = stat(part, &st) < 0 && stat(item->path, &st) == 0 &&
	    S_ISREG(st.st_mode) && st.st_size == item->size &&
	    item->started_ms > 0 &&
	    st.st_ctime >= item->started_ms / 1000;
	free(part);
	return landed;
}

/* ---- options and secrets ---- */

/* The item's own set, a reference, or NULL. */
static struct options *
load_options(struct load *load, const char *text)
{
	char name[KEEP_NAME_SIZE], *value;
	const char *rest = text;

	if (text == NULL)
		return NULL;
	if (load->last_text != NULL && strcmp(load->last_text, text) == 0)
		return options_ref(load->last_options);
	options_unref(load->last_options);
	free(load->last_text);
	load->last_text = alloc_string(text);
	load->last_options = options_new();
	while (keep_next(&rest, name, &value)) {
		/* What this haul does not know (any more) is passed over. */
		(void)options_set(load->last_options, name, value,
		    OPTION_SCOPE_ITEM, NULL);
		free(value);
	}
	return options_ref(load->last_options);
}

static int
load_compare_urls(const void *a, const void *b)
{
	return strcmp(((const struct load_url *)a)->bare,
	    ((const struct load_url *)b)->bare);
}

static void
load_sort_urls(struct load *load)
{
	const struct haul_store_choice *choice = load->choice;
	size_t i;

	load->urls = alloc_array(choice->url_count + 1, sizeof *load->urls);
	for (i = 0; i < choice->url_count; i++) {
		load->urls[i].bare = secret_free_url(choice->urls[i], NULL);
		load->urls[i].at = i;
		if (choice->used != NULL)
			choice->used[i] = false;
	}
	qsort(load->urls, choice->url_count, sizeof *load->urls,
	    load_compare_urls);
}

/* The URL as it was given again, or NULL. */
static const char *
load_find_url(const struct load *load, const char *bare)
{
	struct load_url key = { .bare = (char *)bare }, *found;

	found = bsearch(&key, load->urls, load->choice->url_count,
	    sizeof *load->urls, load_compare_urls);
	if (found == NULL)
		return NULL;
	if (load->choice->used != NULL)
		load->choice->used[found->at] = true;
	return load->choice->urls[found->at];
}

/* What is lacking to ask for the item, in words; NULL: nothing. */
static char *
load_lack_of(const struct load *load, const struct store_item *item,
    const char *given)
{
	struct options_pair options = { NULL, load->engine->options,
	    options_of_host(load->engine->options, item->url) };
	char option[64], name[64];

	if (given == NULL && item->flags & STORE_NEEDS_QUERY)
		return alloc_string("signature in the URL");
	if (given == NULL && item->flags & STORE_NEEDS_USER &&
	    options_text(options, OPTION_USER) == NULL)
		return alloc_string("user and password in the URL");
	if (item->flags & STORE_NEEDS_OPTION && keep_lacks(item->needs,
	    options, option, name))
		return alloc_format("option %s%s%s", option,
		    *name != '\0' ? " " : "", name);
	return NULL;
}

/* ---- one item ---- */

static enum haul_cause
load_cause(const char *name)
{
	int cause;

	for (cause = HAUL_CAUSE_NONE + 1; cause < HAUL_CAUSE_COUNT; cause++)
		if (name != NULL && strcmp(name, haul_cause_name(
		    (enum haul_cause)cause)) == 0)
			return (enum haul_cause)cause;
	return HAUL_CAUSE_INTERNAL;
}

static void
load_attempt(const struct store_attempt *from, void *user)
{
	struct load *load = user;
	struct model_attempt *to;

	/* The last ones are told. */
	if (load->history_count == MODEL_HISTORY) {
		free(load->history[0].url);
		memmove(load->history, load->history + 1,
		    (MODEL_HISTORY - 1) * sizeof *load->history);
		load->history_count--;
	}
	to = &load->history[load->history_count++];
	memset(to, 0, sizeof *to);
	to->number = from->number;
	to->time_ms = from->time_ms;
	to->got_bytes = from->got;
	to->url = alloc_string(from->url ? from->url : "");
	failure_set(&to->failure, load_cause(from->cause), from->message);
	to->failure.http_status = from->http_status;
	to->failure.curl_code = from->curl_code;
	to->failure.sys_errno = from->sys_errno;
}

static char **
load_split(const char *lines, size_t *count)
{
	char **list = NULL;
	size_t length;

	*count = 0;
	for (; lines != NULL && *lines != '\0';
	    lines += length + (lines[length] == '\n')) {
		length = strcspn(lines, "\n");
		list = alloc_resize(list, *count + 1, sizeof *list);
		list[(*count)++] = alloc_bytes(lines, length);
	}
	return list;
}

static void
load_note(struct load *load, const struct store_item *item, haul_id id,
    bool changed, char *lack)
{
	if (load->count == load->size) {
		load->size = load->size ? load->size * 2 : 1024;
		load->seqs = alloc_resize(load->seqs, load->size,
		    sizeof *load->seqs);
		load->changed = alloc_resize(load->changed, load->size,
		    sizeof *load->changed);
	}
	load->seqs[load->count++] = (uint32_t)item->seq;
	if (changed)
		load->changed[load->changed_count++] = id;
	if (lack == NULL)
		return;
	load->lacks = alloc_resize(load->lacks, load->lack_count + 1,
	    sizeof *load->lacks);
	load->lacks[load->lack_count].id = id;
	load->lacks[load->lack_count++].text = lack;
}

static void
load_fill(struct load *load, const struct store_item *item,
    struct model_past *past, struct failure *failure)
{
	past->size = item->size;
	past->got = item->got;
	past->begun_at_ms = item->started_ms;
	past->ended_at_ms = item->ended_ms;
	past->elapsed_ms = item->elapsed_ms;
	past->attempts = item->attempts;
	past->http_status = item->http_status;
	past->resumable = (item->flags & STORE_RESUMABLE) != 0;
	past->etag = item->etag;
	past->last_modified = item->last_modified;
	past->kept_url = item->kept;
	past->folder = load_folder(load, item->path, &past->name);
	load->history_count = 0;
	if (item->attempts > 0)
		(void)store_each_attempt(load->what->store, item->run,
		    item->seq, load_attempt, load);
	past->history = load->history;
	past->history_count = load->history_count;
	if (past->state != HAUL_STATE_FAILED)
		return;
	failure_set(failure, load_cause(item->cause), item->message);
	failure->http_status = item->http_status;
	failure->curl_code = item->curl_code;
	failure->sys_errno = item->sys_errno;
	past->failure = failure;
}

/* Its name was ours once; after a crash of the system nobody knows whether
 * what stands there is whole. */
static void
load_distrust(struct model_past *past)
{
	struct options *own = options_clone(past->options);

	options_unref(past->options);
	(void)options_set(own, "overwrite", "always", OPTION_SCOPE_ITEM, NULL);
	past->options = own;
}

static void
load_add(struct load *load, const struct store_item *item,
    enum haul_state state)
{
	const char *given = load_find_url(load, item->url);
	struct haul_request request = {
		.url = given ? given : item->url, .name = item->name,
		.dir = item->dir ? item->dir : load->what->run.directory,
	};
	struct model_past past = { .request = &request, .state = state };
	struct failure failure;
	char **mirrors = load_split(item->mirrors, &request.mirror_count);
	char *lack = state == HAUL_STATE_FAILED ? NULL :
	    load_lack_of(load, item, given), *bare = NULL;
	bool landed = load_has_landed(item), lacking;
	haul_id id;
	size_t i;

	request.mirrors = (const char *const *)mirrors;
	if (given == NULL && item->flags & STORE_NEEDS_USER)
		request.url = bare = secret_free_url(item->url, NULL);
	past.options = load_options(load, item->options);
	if (landed && load->same_boot)
		past.state = HAUL_STATE_DONE;
	else if (landed)
		load_distrust(&past);
	load_fill(load, item, &past, &failure);
	if (landed && past.folder != NULL)
		partfile_sweep(past.folder, past.name, item->url);
	if (past.state == HAUL_STATE_DONE) {
		past.got = past.size;
		free(lack);
		lack = NULL;
	}
	lacking = lack != NULL;
	id = model_add_past(load->engine->model, &past);
	for (i = 0; i < request.mirror_count; i++)
		free(mirrors[i]);
	free(mirrors);
	free(bare);
	if (past.folder != NULL)
		folder_claim(past.folder, past.name, id);
	load_note(load, item, id, past.state == HAUL_STATE_DONE ||
	    item->state == (state == HAUL_STATE_FAILED ? STORE_QUEUED :
	    STORE_FAILED_ITEM), lack);
	load->what->loaded->queued += past.state == HAUL_STATE_QUEUED &&
	    !lacking;
	load->what->loaded->paused += past.state == HAUL_STATE_PAUSED &&
	    !lacking;
	load->what->loaded->lacking += lacking;
	load->what->loaded->failed += past.state == HAUL_STATE_FAILED;
	load->what->loaded->done += past.state == HAUL_STATE_DONE;
}

static void
load_item(const struct store_item *item, void *user)
{
	struct load *load = user;
	struct folder *folder;
	enum haul_state state;
	const char *name;

	if (load_wants(load, item, &state)) {
		load_add(load, item, state);
		return;
	}
	load->what->loaded->done += item->state == STORE_DONE ||
	    item->state == STORE_SKIPPED;
	if (item->path == NULL || item->state == STORE_REMOVED)
		return;
	folder = load_folder(load, item->path, &name);
	if (folder != NULL)
		folder_claim(folder, name, LOAD_FOREIGN);
}

/* ---- order ---- */

static void
load_append(struct load *load, uint64_t until)
{
	while (load->last < until)
		order_append(load->order, ++load->last, 0);
}

static void
load_move(const struct store_move *move, void *user)
{
	struct load *load = user;

	if (load->order == NULL)
		load->order = order_new(LOAD_ORDER_BLOCK);
	load_append(load, move->count);
	if (move->seq >= 1 && move->seq <= load->last &&
	    move->before <= load->last)
		order_move(load->order, move->seq, move->before);
}

/* Puts the loaded items into the order that the moves left. */
static void
load_reorder(struct load *load)
{
	uint64_t rank = 0;
	haul_id window[256], id;
	uint32_t *ids;
	size_t n, i;

	if (load->order == NULL)
		return;
	load_append(load, load->what->run.last_seq);
	ids = alloc_array(load->last + 1, sizeof *ids);
	for (i = 0; i < load->count; i++)
		if (load->seqs[i] <= load->last)
			ids[load->seqs[i]] = (uint32_t)i + 1;
	while ((n = order_window(load->order, 1, rank, window, 256)) > 0) {
		rank += n;
		for (i = 0; i < n; i++) {
			id = ids[window[i]];
			if (id != 0)
				model_move(load->engine->model, id, 0);
		}
	}
	free(ids);
}

/* ---- all ---- */

static void
load_release(struct load *load)
{
	size_t i;

	for (i = 0; i < load->choice->url_count; i++)
		free(load->urls[i].bare);
	for (i = 0; i < load->lack_count; i++)
		free(load->lacks[i].text);
	free(load->urls);
	free(load->lacks);
	free(load->changed);
	free(load->history);
	free(load->last_dir);
	free(load->last_text);
	options_unref(load->last_options);
	order_free(load->order);
}

/* What is not as it was: to be recorded, or told. */
static void
load_settle(struct load *load)
{
	char text[FAILURE_TEXT_SIZE];
	size_t i;

	for (i = 0; i < load->changed_count; i++)
		model_touch_item(load->engine->model, load->changed[i]);
	for (i = 0; i < load->lack_count; i++) {
		snprintf(text, sizeof text, "not recorded: %s",
		    load->lacks[i].text);
		change_fail(load->engine, load->lacks[i].id,
		    HAUL_CAUSE_SECRET, text);
	}
}

enum haul_result
journal_load(struct journal *journal, struct engine *engine,
    struct journal_load *what)
{
	struct load load = {
		.engine = engine, .what = what, .choice = what->choice,
	};
	enum store_verdict verdict;

	if (model_count(engine->model) > 0)
		return HAUL_ESTATE;
	load.same_boot = boot_read_id(load.boot) && what->run.boot != NULL &&
	    strcmp(load.boot, what->run.boot) == 0;
	load.history = alloc_array(MODEL_HISTORY, sizeof *load.history);
	load_sort_urls(&load);
	journal_suspend(journal);
	verdict = store_each_move(what->store, what->run.id, load_move, &load);
	if (verdict == STORE_OK)
		verdict = store_each_item(what->store, what->run.id, load_item,
		    &load);
	load_reorder(&load);
	if (what->run.boot != NULL && *load.boot != '\0' && !load.same_boot &&
	    what->run.ended_ms == 0) {
		engine->torn_from_ms = what->run.started_ms;
		engine->torn_last = model_count(engine->model);
	}
	/* What could be read is there, and belongs to that run. */
	journal_adopt(journal, what, load.seqs, load.count);
	load_settle(&load);
	load_release(&load);
	return verdict == STORE_OK ? HAUL_OK : HAUL_EIO;
}
