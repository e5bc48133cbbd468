/* SPDX-License-Identifier: MIT
 *
 * The calls of haul.h: checks what comes in, hands it to the engine's thread,
 * copies out of the model.
 */
#include "config.h"

#include "haul-internal.h"

#include <curl/curl.h>
#include <errno.h>
#include <ev.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "engine.h"
#include "engine/base/alloc.h"
#include "engine/base/filename.h"
#include "engine/base/options.h"
#include "engine/base/url.h"
#include "engine/model/model.h"
#include "engine/net/net.h"
#include "engine/store/store.h"
#include "journal.h"

#define HAUL_CLOSE_MS 10000             /* for a disk to have it all */

/* ---- life ---- */

static enum haul_result
haul_system_failed(struct haul_error *error)
{
	if (error != NULL) {
		memset(error, 0, sizeof *error);
		error->result = HAUL_EIO;
		error->sys_errno = errno;
	}
	return HAUL_EIO;
}

/* A set of its own for the engine: haul_set() changes it later. */
static struct options *
haul_own_options(const struct haul_options *options)
{
	struct options *set = options_clone(options_peek(options));

	options_fill_defaults(set);
	return set;
}

/* Opens the store that the options ask for. */
static enum haul_result
haul_open_journal(struct haul *haul, struct haul_error *error)
{
	struct options_pair options = { NULL, haul->options, NULL };
	const char *path = options_text(options, OPTION_STORE);
	enum store_verdict verdict;
	int sys_errno;

	if (path == NULL)
		return HAUL_OK;
	haul->journal = journal_open(path, haul->model, (enum journal_fsync)
	    options_number(options, OPTION_FSYNC), &verdict, &sys_errno);
	if (haul->journal == NULL)
		return journal_judge(verdict, sys_errno, path, error);
	journal_set_options(haul->journal, haul->given);
	return HAUL_OK;
}

/* After the engine, which reads what hosts bear from the same handle. */
static enum haul_result
haul_start_journal(struct haul *haul, struct haul_error *error)
{
	int sys_errno = haul->journal != NULL ?
	    journal_start(haul->journal) : 0;

	return sys_errno == 0 ? HAUL_OK : journal_judge(STORE_FAILED,
	    sys_errno, journal_path(haul->journal), error);
}

enum haul_result
haul_new(const struct haul_options *options, struct haul **result,
    struct haul_error *error)
{
	struct haul *haul = alloc_zero(sizeof *haul);
	enum haul_result why;

	net_start_library();
	pthread_mutex_init(&haul->lock, NULL);
	*result = NULL;
	haul->model = model_new();
	if (haul->model == NULL) {
		free(haul);
		return haul_system_failed(error);
	}
	haul->options = haul_own_options(options);
	haul->given = options_clone(options_peek(options));
	why = haul_open_journal(haul, error);
	if (why == HAUL_OK) {
		haul->engine = engine_new(haul_own_options(options),
		    haul->model, haul->journal);
		if (haul->engine == NULL)
			why = haul_system_failed(error);
	}
	if (why == HAUL_OK)
		why = haul_start_journal(haul, error);
	if (why == HAUL_OK)
		*result = haul;
	else
		haul_free(haul);
	return why;
}

enum haul_result
haul_close(struct haul *haul)
{
	bool recorded;

	if (haul == NULL)
		return HAUL_OK;
	if (haul->engine != NULL)
		engine_quit(haul->engine);
	/* A disk that does not answer must not hold the program up: then its
	 * thread has all this for as long as there is a program. */
	if (!journal_close(haul->journal, HAUL_CLOSE_MS, &recorded))
		return HAUL_EIO;
	engine_free(haul->engine);
	options_unref(haul->options);
	options_unref(haul->given);
	model_free(haul->model);
	pthread_mutex_destroy(&haul->lock);
	free(haul);
	return recorded ? HAUL_OK : HAUL_EIO;
}

void
haul_free(struct haul *haul)
{
	/* Who calls this does not ask. */
	if (haul_close(haul) != HAUL_OK)
		return;
}

/* ---- the queue ---- */

static enum haul_result
haul_check_url(const char *url, struct haul_error *error)
{
	enum haul_complaint complaint = url == NULL || *url == '\0' ?
	    HAUL_COMPLAINT_EMPTY : url_check(url);

	if (complaint == HAUL_COMPLAINT_NONE)
		return HAUL_OK;
	return options_complain(error, complaint, "url", url ? url : "");
}

static enum haul_result
haul_check_request(const struct haul_request *request,
    struct haul_error *error)
{
	enum haul_result result = haul_check_url(request->url, error);
	const char *name;
	size_t i;

	for (i = 0; result == HAUL_OK && i < request->mirror_count; i++)
		result = haul_check_url(request->mirrors[i], error);
	if (result != HAUL_OK)
		return result;
	if (request->name != NULL && !filename_is_usable(request->name))
		return options_complain(error, HAUL_COMPLAINT_BAD_NAME, "name",
		    request->name);
	if (request->options != NULL && !options_are_for_item(
	    options_peek(request->options), &name))
		return options_complain(error, HAUL_COMPLAINT_WRONG_SCOPE,
		    name, "");
	return HAUL_OK;
}

enum haul_result
haul_check(struct haul *haul, const struct haul_request *request,
    struct haul_error *error)
{
	(void)haul;
	return haul_check_request(request, error);
}

/* A directory of the host's is the item's own from here on, so that it is
 * recorded as such. The sets of hosts do not change. */
static const char *
haul_directory(struct haul *haul, const struct haul_request *request)
{
	struct options_pair options = { NULL, NULL, NULL };

	if (request->dir == NULL && !options_is_given(options_peek(
	    request->options), OPTION_DIRECTORY))
		options.host = options_of_host(haul->given, request->url);
	return options.host != NULL ? options_text(options,
	    OPTION_DIRECTORY) : request->dir;
}

enum haul_result
haul_add(struct haul *haul, const struct haul_request *request, haul_id *id,
    struct haul_error *error)
{
	enum haul_result result = haul_check_request(request, error);
	struct haul_request whole = *request;
	haul_id added;

	if (result != HAUL_OK)
		return result;
	whole.dir = haul_directory(haul, request);
	added = model_add(haul->model, &whole,
	    options_ref(options_peek(request->options)));
	if (added == 0) {
		options_unref(options_peek(request->options));
		return haul_fail(error, HAUL_ENOMEM);
	}
	if (id != NULL)
		*id = added;
	engine_wake(haul->engine);
	return HAUL_OK;
}

enum haul_result
haul_start(struct haul *haul)
{
	engine_start(haul->engine);
	return HAUL_OK;
}

void
haul_stop(struct haul *haul)
{
	engine_stop(haul->engine);
}

static bool
haul_has(struct haul *haul, haul_id id)
{
	return id >= 1 && id <= model_count(haul->model);
}

static enum haul_result
haul_change(struct haul *haul, const struct change *what)
{
	struct change change = *what;

	return haul_has(haul, change.id) ?
	    engine_change(haul->engine, &change) : HAUL_ENOENT;
}

enum haul_result
haul_cancel(struct haul *haul, haul_id id)
{
	return haul_change(haul, &(struct change){ .kind = CHANGE_CANCEL,
	    .id = id });
}

size_t
haul_retry_failed(struct haul *haul)
{
	struct change change = { .kind = CHANGE_RETRY };

	engine_change(haul->engine, &change);
	return change.count;
}

enum haul_result
haul_retry(struct haul *haul, haul_id id)
{
	return haul_change(haul, &(struct change){ .kind = CHANGE_RETRY,
	    .id = id });
}

enum haul_result
haul_pause(struct haul *haul, haul_id id)
{
	return haul_change(haul, &(struct change){ .kind = CHANGE_PAUSE,
	    .id = id });
}

enum haul_result
haul_resume(struct haul *haul, haul_id id)
{
	return haul_change(haul, &(struct change){ .kind = CHANGE_RESUME,
	    .id = id });
}

enum haul_result
haul_hold(struct haul *haul, enum haul_hold hold)
{
	struct change change = { .kind = CHANGE_HOLD, .hold = hold };

	return engine_change(haul->engine, &change);
}

enum haul_result
haul_remove(struct haul *haul, haul_id id, bool delete_data)
{
	return haul_change(haul, &(struct change){ .kind = CHANGE_REMOVE,
	    .id = id, .flag = delete_data });
}

enum haul_result
haul_restore(struct haul *haul, haul_id id)
{
	return haul_change(haul, &(struct change){ .kind = CHANGE_RESTORE,
	    .id = id });
}

enum haul_result
haul_move(struct haul *haul, haul_id id, haul_id before)
{
	if (before != 0 && before != HAUL_FIRST && !haul_has(haul, before))
		return HAUL_ENOENT;
	return haul_change(haul, &(struct change){ .kind = CHANGE_MOVE,
	    .id = id, .before = before });
}

enum haul_result
haul_edit(struct haul *haul, haul_id id, const char *url, bool keep,
    struct haul_error *error)
{
	enum haul_result result = haul_check_url(url, error);

	if (result != HAUL_OK)
		return result;
	return haul_fail(error, haul_change(haul, &(struct change){
	    .kind = CHANGE_EDIT, .id = id, .value = url, .flag = keep }));
}

/* ---- options ---- */

enum haul_result
haul_set(struct haul *haul, const char *name, const char *value,
    struct haul_error *error)
{
	struct options *probe = options_new();
	enum haul_result result = options_set(probe, name, value,
	    OPTION_SCOPE_ENGINE | OPTION_SCOPE_ITEM, error);

	options_unref(probe);
	if (result != HAUL_OK)
		return result;
	pthread_mutex_lock(&haul->lock);
	result = options_set(haul->options, name, value, ~0U, error);
	(void)options_set(haul->given, name, value, ~0U, NULL);
	if (haul->journal != NULL)
		journal_set_options(haul->journal, haul->given);
	/* Under the lock: two callers' values go the same way in both. */
	engine_set(haul->engine, name, value);
	pthread_mutex_unlock(&haul->lock);
	model_touch(haul->model);
	return result;
}

enum haul_result
haul_set_item(struct haul *haul, haul_id id, const char *name,
    const char *value, struct haul_error *error)
{
	struct options *probe = options_new();
	enum haul_result result = options_set(probe, name, value,
	    OPTION_SCOPE_ITEM, error);

	options_unref(probe);
	if (result != HAUL_OK)
		return result;
	return haul_fail(error, haul_change(haul, &(struct change){
	    .kind = CHANGE_SET, .id = id, .name = name, .value = value }));
}

bool
haul_get(struct haul *haul, haul_id id, const char *name, char *text,
    size_t size)
{
	struct options *item = NULL;
	struct options_pair options = { NULL, NULL, NULL };
	char *url = NULL;
	bool found;

	if (size > 0)
		*text = '\0';
	if (id != 0 && !haul_has(haul, id))
		return false;
	if (id != 0)
		item = model_ref_options(haul->model, id);
	if (id != 0)
		url = model_copy_url(haul->model, id);
	pthread_mutex_lock(&haul->lock);
	options.item = item;
	options.engine = haul->options;
	if (url != NULL)
		options.host = options_of_host(haul->options, url);
	found = options_format(options, name, text, size);
	pthread_mutex_unlock(&haul->lock);
	options_unref(item);
	free(url);
	return found;
}

/* ---- events ---- */

int
haul_fd(const struct haul *haul)
{
	return model_fd(haul->model);
}

static void
haul_call_done(struct haul *haul, haul_id id, bool removed)
{
	struct options *own = model_ref_options(haul->model, id);
	struct options_pair options = { own, haul->options, NULL };
	struct haul_item *item;
	haul_done_fn fn;
	void *user;

	fn = options_done_fn(options, &user);
	options_unref(own);
	if (fn == NULL)
		return;
	item = haul_item(haul, id);
	/* Taken back before anybody was told: then it has not ended. */
	if (!removed || item->state == HAUL_STATE_REMOVED)
		fn(haul, item, user);
	haul_item_free(item);
}

bool
haul_next_event(struct haul *haul, struct haul_event *event)
{
	if (!model_take_event(haul->model, event))
		return false;
	if (event->kind == HAUL_EVENT_DONE || event->kind == HAUL_EVENT_SKIP ||
	    event->kind == HAUL_EVENT_FAIL || event->ended)
		haul_call_done(haul, event->id, event->ended);
	return true;
}

static bool
haul_run_is_over(struct haul *haul, bool *stopped)
{
	struct haul_event event;

	while (haul_next_event(haul, &event)) {
		if (event.kind != HAUL_EVENT_END)
			continue;
		*stopped = event.stopped;
		/* Items may have been added since it was told. */
		if (event.stopped || model_is_done(haul->model))
			return true;
	}
	return false;
}

enum haul_result
haul_run(struct haul *haul)
{
	struct pollfd ready = { .fd = haul_fd(haul), .events = POLLIN };
	struct haul_totals totals;
	enum haul_result result;
	bool stopped = false;

	/* An END of an earlier run, told by a stop that came too late. */
	haul_run_is_over(haul, &stopped);
	stopped = false;
	result = haul_start(haul);
	if (result != HAUL_OK)
		return result;
	while (!haul_run_is_over(haul, &stopped))
		if (poll(&ready, 1, -1) < 0 && errno != EINTR)
			return HAUL_EIO;
	if (stopped)
		return HAUL_ESTOPPED;
	haul_totals(haul, &totals);
	return totals.failed > 0 ? HAUL_EFAILED : HAUL_OK;
}

/* ---- looking ---- */

struct haul_item *
haul_item(struct haul *haul, haul_id id)
{
	return model_copy_item(haul->model, id);
}

size_t
haul_active(struct haul *haul, struct haul_row *rows, size_t max)
{
	return model_copy_active(haul->model, rows, max);
}

uint64_t
haul_count(struct haul *haul, const struct haul_view *view)
{
	return model_view_count(haul->model, view);
}

size_t
haul_rows(struct haul *haul, const struct haul_view *view, uint64_t first,
    struct haul_row *rows, size_t max)
{
	return model_view_rows(haul->model, view, first, rows, max);
}

bool
haul_rank(struct haul *haul, const struct haul_view *view, haul_id id,
    uint64_t *rank)
{
	return model_view_rank(haul->model, view, id, rank);
}

bool
haul_row(struct haul *haul, haul_id id, struct haul_row *row)
{
	return model_copy_row(haul->model, id, row);
}

size_t
haul_connections(struct haul *haul, haul_id id, struct haul_connection *list,
    size_t max)
{
	return model_copy_connections(haul->model, id, list, max);
}

size_t
haul_segments(struct haul *haul, haul_id id, struct haul_range *list,
    size_t max)
{
	return model_copy_segments(haul->model, id, list, max);
}

void
haul_totals(struct haul *haul, struct haul_totals *totals)
{
	model_copy_totals(haul->model, totals);
}

struct haul_results *
haul_results(struct haul *haul)
{
	return model_copy_results(haul->model);
}

/* ---- all in one ---- */

enum haul_result
haul_download(const char *const *urls, size_t count, const char *dir,
    struct haul_results **results, struct haul_error *error)
{
	struct haul *haul;
	enum haul_result result = haul_new(NULL, &haul, error);
	size_t i;

	if (results != NULL)
		*results = NULL;
	for (i = 0; result == HAUL_OK && i < count; i++) {
		struct haul_request request = { .url = urls[i], .dir = dir };

		result = haul_add(haul, &request, NULL, error);
	}
	if (result == HAUL_OK) {
		result = haul_run(haul);
		if (results != NULL)
			*results = haul_results(haul);
	}
	haul_free(haul);
	return result;
}

const char *
haul_version(void)
{
	return PACKAGE_VERSION;
}

void
haul_version_libraries(char *text, size_t size)
{
	const char *built, *sqlite;
	bool threads;

	net_start_library();
	sqlite = store_library(&built, &threads);
	snprintf(text, size, "%s libev/%d.%d%s%s", curl_version(),
	    ev_version_major(), ev_version_minor(),
	    sqlite != NULL ? " SQLite/" : "", sqlite != NULL ? sqlite : "");
}
