/* SPDX-License-Identifier: MIT
 *
 * See model.h: copies for the faces, and results. All is copied under the
 * lock, so that what a face shows belongs together.
 */
#include "config.h"

#include "model-internal.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/clock.h"
#include "engine/base/filename.h"
#include "engine/base/ranges.h"
#include "engine/base/url.h"
#include "engine/disk/folder.h"

/* ---- what an item waits for ---- */

struct model_wait {
	enum haul_wait wait;
	unsigned cap;
	int64_t ms;
};

static const struct model_host *
model_find_host(const struct model *model, const struct item *item)
{
	char origin[URL_HOST_MAX];
	size_t i;

	if (!item->parked || model->host_count == 0 ||
	    !url_origin(model_url(item), origin))
		return NULL;
	for (i = 0; i < model->host_count; i++)
		if (strcmp(model->hosts[i].origin, origin) == 0)
			return &model->hosts[i];
	return NULL;
}

/* Told by its last attempt, or by its host. */
static bool
model_is_cut_off(const struct model *model, const struct item *item,
    const struct model_host *host)
{
	return model->offline && ((host != NULL &&
	    host->wait == HAUL_WAIT_NETWORK) ||
	    (item->state == HAUL_STATE_WAITING && item->extra->offline));
}

static void
model_find_wait(const struct model *model, const struct item *item,
    struct model_wait *wait)
{
	const struct model_host *host = model_find_host(model, item);
	int64_t now = clock_monotonic_ms(), until = 0;

	memset(wait, 0, sizeof *wait);
	if (item->state != HAUL_STATE_QUEUED &&
	    item->state != HAUL_STATE_WAITING)
		return;
	wait->wait = HAUL_WAIT_TURN;
	if (model->hold == HAUL_HOLD_ALL || (model->hold !=
	    HAUL_HOLD_NOTHING && item->state == HAUL_STATE_QUEUED)) {
		wait->wait = HAUL_WAIT_HELD;
	} else if (model_is_cut_off(model, item, host)) {
		wait->wait = HAUL_WAIT_NETWORK;
		until = model->online_try_ms;
	} else if (item->state == HAUL_STATE_WAITING &&
	    item->extra->due.ms > now) {
		wait->wait = HAUL_WAIT_TIME;
		until = item->extra->due.ms;
	} else if (host != NULL) {
		wait->wait = host->wait;
		wait->cap = host->cap;
		until = host->wait == HAUL_WAIT_HOST_PAUSE ? host->until_ms :
		    0;
		/* It is over, and the engine has not said so yet. */
		if ((host->wait == HAUL_WAIT_HOST_PAUSE && until <= now) ||
		    host->wait == HAUL_WAIT_NETWORK)
			wait->wait = HAUL_WAIT_TURN;
	}
	wait->ms = until > now ? until - now : 0;
}

static bool
model_same_hosts(const struct model_host *a, const struct model_host *b,
    size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (a[i].origin != b[i].origin || a[i].wait != b[i].wait ||
		    a[i].cap != b[i].cap || a[i].until_ms != b[i].until_ms)
			return false;
	return true;
}

void
model_set_hosts(struct model *model, struct model_host *list, size_t count)
{
	if (count == model->host_count &&
	    model_same_hosts(list, model->hosts, count)) {
		free(list);
		return;
	}
	model_lock(model);
	free(model->hosts);
	model->hosts = list;
	model->host_count = count;
	model_touch(model);
	model_unlock(model);
}

/* ---- copies for the faces ---- */

static void
model_copy_history(struct haul_item *copy, const struct item_extra *extra)
{
	size_t i;

	copy->history = alloc_array(extra->history_count,
	    sizeof *copy->history);
	copy->history_count = extra->history_count;
	for (i = 0; i < extra->history_count; i++) {
		const struct model_attempt *from = &extra->history[i];
		struct haul_attempt *to = &copy->history[i];

		to->time_ms = from->time_ms;
		to->started_ms = from->started_ms;
		to->connect_ms = from->connect_ms;
		to->tls_ms = from->tls_ms;
		to->first_byte_ms = from->first_byte_ms;
		to->got_bytes = from->got_bytes;
		to->url = alloc_string(from->url);
		to->message = alloc_string(from->failure.text);
		to->cause = from->failure.cause;
		to->http_status = from->failure.http_status;
		to->curl_code = from->failure.curl_code;
		to->sys_errno = from->failure.sys_errno;
		to->attempt = from->number;
	}
}

static void
model_copy_extra(struct haul_item *copy, const struct item_extra *extra)
{
	copy->user = extra->user;
	copy->resumed_bytes = extra->resumed_bytes;
	copy->final_url = alloc_string(extra->final_url);
	copy->etag = alloc_string(extra->etag);
	copy->last_modified = alloc_string(extra->last_modified);
	if (extra->failure != NULL && copy->state != HAUL_STATE_DONE &&
	    copy->state != HAUL_STATE_SKIPPED) {
		copy->cause = extra->failure->cause;
		copy->curl_code = extra->failure->curl_code;
		copy->sys_errno = extra->failure->sys_errno;
		copy->message = alloc_string(extra->failure->text);
	}
	model_copy_history(copy, extra);
}

static void
model_copy_facts(struct haul_item *copy, const struct model_facts *facts)
{
	copy->attempt_started_ms = facts->started_ms;
	copy->connect_ms = facts->connect_ms;
	copy->tls_ms = facts->tls_ms;
	copy->first_byte_ms = facts->first_byte_ms;
	copy->redirects = facts->redirects;
	copy->http_version = facts->http_version;
	if (facts->address[0] != '\0')
		copy->address = alloc_string(facts->address);
	if (facts->server[0] != '\0')
		copy->server = alloc_string(facts->server);
}

static char *
model_path(const struct item *item)
{
	return item->name ? folder_join(item->folder, item->name) : NULL;
}

static struct haul_item *
model_copy_locked(struct model *model, haul_id id)
{
	struct item *item = model_item(model, id);
	struct haul_item *copy = alloc_zero(sizeof *copy);
	const struct model_running *running = model_find_running(model, id);
	struct model_wait wait;

	copy->id = id;
	copy->state = (enum haul_state)item->state;
	copy->added_rank = (int64_t)model_queue_rank(model, id);
	copy->http_status = item->http_status;
	copy->size_bytes = item->size;
	copy->got_bytes = atomic_load(&item->got);
	copy->attempts = item->attempts;
	copy->resumable = item->resumable;
	copy->digest_checked = item->digest_checked;
	copy->url = alloc_string(item->url);
	copy->path = model_path(item);
	copy->elapsed_ms = model_elapsed_ms(item);
	copy->started_at_ms = item->begun_at_ms;
	if (model_has_ended(model_real_state(item)))
		copy->ended_at_ms = item->ended_at_ms;
	copy->connect_ms = copy->tls_ms = copy->first_byte_ms = -1;
	if (running != NULL) {
		copy->connections = running->live.connections;
		model_copy_facts(copy, &running->facts);
	} else if (item->extra != NULL && item->extra->facts != NULL) {
		model_copy_facts(copy, item->extra->facts);
	}
	if (item->extra != NULL)
		model_copy_extra(copy, item->extra);
	model_find_wait(model, item, &wait);
	copy->wait = wait.wait;
	copy->wait_cap = wait.cap;
	copy->wait_ms = wait.ms;
	/* It had no failure of its own before it was removed. */
	if (item->state == HAUL_STATE_REMOVED &&
	    !model_has_ended(model_real_state(item)))
		copy->cause = HAUL_CAUSE_CANCELLED;
	return copy;
}

struct haul_item *
model_copy_item(struct model *model, haul_id id)
{
	struct haul_item *copy;

	if (id < 1 || id > model_count(model))
		return NULL;
	model_lock(model);
	copy = model_copy_locked(model, id);
	model_unlock(model);
	return copy;
}

void
haul_item_free(struct haul_item *copy)
{
	size_t i;

	if (copy == NULL)
		return;
	for (i = 0; i < copy->history_count; i++) {
		free((char *)copy->history[i].url);
		free((char *)copy->history[i].message);
	}
	free(copy->history);
	free(copy->url);
	free(copy->final_url);
	free(copy->path);
	free(copy->message);
	free(copy->etag);
	free(copy->address);
	free(copy->server);
	free(copy->last_modified);
	free(copy);
}

static void
model_cut_name(char *name, const char *from, size_t length)
{
	if (length > HAUL_NAME_SIZE - 1)
		length = HAUL_NAME_SIZE - 1;
	memcpy(name, from, length);
	name[length] = '\0';
}

/* What to call an item: its name, else the one it will most probably get, by
 * request or by URL, else host and path; never what may be secret, a user or a
 * query. */
static void
model_short_name(const struct item *item, char *name)
{
	const char *wanted = item->name, *host, *at, *slash;

	if (wanted == NULL && item->extra != NULL &&
	    item->extra->name != NULL) {
		slash = strrchr(item->extra->name, '/');
		wanted = slash != NULL ? slash + 1 : item->extra->name;
	}
	if (wanted != NULL) {
		model_cut_name(name, wanted, strlen(wanted));
		return;
	}
	if (filename_preview(item->url, name, HAUL_NAME_SIZE))
		return;
	host = strstr(item->url, "://");
	host = host != NULL ? host + 3 : item->url;
	at = memrchr(host, '@', strcspn(host, "/?#"));
	if (at != NULL)
		host = at + 1;
	model_cut_name(name, host, strcspn(host, "?#"));
}

static void
model_copy_host(const char *url, char *host)
{
	const char *start = strstr(url, "://"), *at;
	size_t length;

	start = start != NULL ? start + 3 : url;
	at = memrchr(start, '@', strcspn(start, "/?#"));
	if (at != NULL)
		start = at + 1;
	length = *start == '[' ? strcspn(start, "]") + 1 :
	    strcspn(start, ":/?#");
	if (length > HAUL_HOST_SIZE - 1)
		length = HAUL_HOST_SIZE - 1;
	memcpy(host, start, strnlen(start, length));
}

static void
model_fill_failure(const struct item *item, struct haul_row *row)
{
	const struct item_extra *extra = item->extra;

	if (extra == NULL)
		return;
	if (extra->failure != NULL) {
		row->cause = extra->failure->cause;
		row->http_status = extra->failure->http_status;
	}
	if (row->state != HAUL_STATE_WAITING)
		return;
	row->next_try = extra->due.next_try;
	row->tries_max = extra->due.tries_max;
}

static void
model_fill_wait(const struct model *model, const struct item *item,
    struct haul_row *row)
{
	struct model_wait wait;

	model_find_wait(model, item, &wait);
	row->wait = wait.wait;
	row->wait_cap = wait.cap;
	row->wait_ms = wait.ms;
}

void
model_fill_row(struct model *model, haul_id id, struct haul_row *row)
{
	struct item *item = model_item(model, id);
	const struct model_running *running = model_find_running(model, id);

	memset(row, 0, sizeof *row);
	row->id = id;
	row->state = (enum haul_state)item->state;
	row->http_status = item->http_status;
	row->attempt = item->attempts;
	row->size_bytes = item->size;
	row->got_bytes = atomic_load(&item->got);
	row->elapsed_ms = model_elapsed_ms(item);
	if (model_has_ended(model_real_state(item)))
		row->ended_ms = item->ended_at_ms;
	row->resumable = item->resumable;
	if (running != NULL) {
		row->connections = running->live.connections;
		row->connections_wanted = running->live.wanted;
		row->speed_bps = running->live.speed_bps;
	}
	model_copy_host(item->url, row->host);
	model_short_name(item, row->name);
	if (row->state == HAUL_STATE_WAITING ||
	    row->state == HAUL_STATE_FAILED)
		model_fill_failure(item, row);
	if (row->state == HAUL_STATE_WAITING ||
	    row->state == HAUL_STATE_QUEUED)
		model_fill_wait(model, item, row);
}

bool
model_copy_row(struct model *model, haul_id id, struct haul_row *row)
{
	if (id < 1 || id > model_count(model))
		return false;
	model_lock(model);
	model_fill_row(model, id, row);
	model_unlock(model);
	return true;
}

size_t
model_copy_segments(struct model *model, haul_id id, struct haul_range *list,
    size_t max)
{
	const struct model_running *running;
	size_t n = 0;

	model_lock(model);
	running = model_find_running(model, id);
	/* What the last attempt brought and did not keep is not here. */
	if (running != NULL && max > 0 &&
	    atomic_load(&model_item(model, id)->got) > 0) {
		struct ranges set = {
			.list = (struct haul_range *)running->live.segments,
			.count = running->live.segment_count,
		};

		n = ranges_coalesce(&set, list, max);
	}
	model_unlock(model);
	return n;
}

size_t
model_copy_connections(struct model *model, haul_id id,
    struct haul_connection *list, size_t max)
{
	const struct model_running *running;
	size_t n = 0;

	model_lock(model);
	running = model_find_running(model, id);
	if (running != NULL && running->live.list != NULL) {
		n = running->live.connections;
		if (n > max)
			n = max;
		memcpy(list, running->live.list, n * sizeof *list);
	}
	model_unlock(model);
	return n;
}

static int64_t
model_longest_rest_ms(const struct model *model)
{
	double longest_s = 0;
	size_t i;

	for (i = 0; i < model->running_count; i++) {
		const struct model_running *running = model->running[i];
		const struct item *item = model_item(model, running->id);
		int64_t rest = item->size - atomic_load(&item->got);
		double s;

		if (item->size < 0 || running->live.speed_bps <= 0)
			continue;
		s = (double)rest / (double)running->live.speed_bps;
		if (s > longest_s)
			longest_s = s;
	}
	return longest_s > 1e12 ? INT64_C(1000000000000000) :
	    (int64_t)(longest_s * 1000);
}

void
model_copy_totals(struct model *model, struct haul_totals *totals)
{
	int64_t now = clock_monotonic_ms();

	memset(totals, 0, sizeof *totals);
	model_lock(model);
	totals->files = model_count(model) -
	    model->per_state[HAUL_STATE_REMOVED];
	totals->removed = model->per_state[HAUL_STATE_REMOVED];
	totals->queued = model->per_state[HAUL_STATE_QUEUED];
	totals->paused = model->per_state[HAUL_STATE_PAUSED];
	totals->hold = model->hold;
	totals->running = model->run_started_ms != 0;
	totals->offline = model->offline;
	if (model->online_try_ms > now)
		totals->offline_ms = model->online_try_ms - now;
	totals->active = model->per_state[HAUL_STATE_CONNECTING] +
	    model->per_state[HAUL_STATE_ACTIVE] +
	    model->per_state[HAUL_STATE_VERIFYING];
	totals->waiting = model->per_state[HAUL_STATE_WAITING];
	totals->done = model->per_state[HAUL_STATE_DONE];
	totals->skipped = model->per_state[HAUL_STATE_SKIPPED];
	totals->failed = model->per_state[HAUL_STATE_FAILED];
	totals->connections = model->connections;
	totals->got_bytes = atomic_load(&model->got_bytes);
	totals->fetched_bytes = atomic_load(&model->fetched_bytes);
	totals->changes = atomic_load(&model->changes) +
	    (uint64_t)totals->fetched_bytes;
	totals->size_bytes = model->size_bytes < INT64_MAX ?
	    (int64_t)model->size_bytes : INT64_MAX;
	totals->size_is_lower_bound = model->sized < totals->files ||
	    model->size_bytes > INT64_MAX;
	/* Files of unknown size are as large as what has come of them. */
	if (totals->size_is_lower_bound &&
	    totals->size_bytes < totals->got_bytes)
		totals->size_bytes = totals->got_bytes;
	totals->speed_bps = model->speed_bps;
	totals->longest_rest_ms = model_longest_rest_ms(model);
	totals->elapsed_ms = model->run_elapsed_ms;
	if (model->run_started_ms != 0)
		totals->elapsed_ms += now - model->run_started_ms;
	model_unlock(model);
}

/* ---- results ---- */

struct model_ended {
	haul_id id;
	uint32_t round;
};

static int
model_compare_ended(const void *a, const void *b)
{
	const struct model_ended *one = a, *other = b;

	if (one->round != other->round)
		return one->round < other->round ? -1 : 1;
	return one->id < other->id ? -1 : one->id > other->id;
}

static void
model_add_failure(struct model *model, struct haul_failure *failure,
    haul_id id)
{
	struct haul_item *copy = model_copy_locked(model, id);

	failure->id = id;
	failure->url = copy->url;
	failure->path = copy->path;
	failure->message = copy->message;
	failure->cause = copy->cause;
	failure->http_status = copy->http_status;
	failure->curl_code = copy->curl_code;
	failure->attempts = copy->attempts;
	copy->url = copy->path = copy->message = NULL;
	haul_item_free(copy);
}

static void
model_add_result(struct model *model, struct haul_results *results,
    haul_id id)
{
	const struct item *item = model_item(model, id);

	if (item->state == HAUL_STATE_FAILED) {
		model_add_failure(model,
		    &results->errors[results->error_count++], id);
		return;
	}
	results->paths[results->count] = model_path(item);
	results->urls[results->count++] = alloc_string(item->url);
}

struct haul_results *
model_copy_results(struct model *model)
{
	struct haul_results *results = alloc_zero(sizeof *results);
	struct model_ended *ended;
	size_t n = 0, failed, i;
	haul_id id;

	model_lock(model);
	failed = model->per_state[HAUL_STATE_FAILED];
	ended = alloc_array(model_count(model), sizeof *ended);
	for (id = 1; id <= model_count(model); id++) {
		const struct item *item = model_item(model, id);

		if (!model_has_ended((enum haul_state)item->state))
			continue;
		ended[n].id = id;
		ended[n++].round = item->round;
	}
	qsort(ended, n, sizeof *ended, model_compare_ended);
	results->paths = alloc_array(n - failed, sizeof *results->paths);
	results->urls = alloc_array(n - failed, sizeof *results->urls);
	results->errors = alloc_array(failed, sizeof *results->errors);
	for (i = 0; i < n; i++)
		model_add_result(model, results, ended[i].id);
	model_unlock(model);
	free(ended);
	return results;
}

void
haul_results_free(struct haul_results *results)
{
	size_t i;

	if (results == NULL)
		return;
	for (i = 0; i < results->count; i++) {
		free(results->paths[i]);
		free(results->urls[i]);
	}
	for (i = 0; i < results->error_count; i++) {
		free(results->errors[i].url);
		free(results->errors[i].path);
		free(results->errors[i].message);
	}
	free(results->paths);
	free(results->urls);
	free(results->errors);
	free(results);
}
