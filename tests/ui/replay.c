/* SPDX-License-Identifier: MIT
 *
 * haul.h played from a script: the command and its faces run on it as they run
 * on the engine, but nothing is fetched, time passes when the harness says so,
 * and a million items are there at once. Linked before the engine's archive,
 * of which only the options and the names of causes are then taken.
 *
 * What a face asks for changes the states as the engine would change them, but
 * nothing starts by itself; every such call is noted for the harness.
 */
#include "config.h"

#include "replay.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "engine/base/options.h"

struct replay *replay_only;

/* haul.h's handle is the replay itself. */
static struct replay *
replay_of(struct haul *haul)
{
	return (struct replay *)haul;
}

void
replay_lock(struct replay *replay)
{
	pthread_mutex_lock(&replay->lock);
}

void
replay_unlock(struct replay *replay)
{
	pthread_mutex_unlock(&replay->lock);
}

void
replay_note_call(struct replay *replay, const char *format, ...)
{
	va_list values;
	char *line;
	int length;

	va_start(values, format);
	length = vasprintf(&line, format, values);
	va_end(values);
	if (length < 0)
		abort();
	replay->calls = realloc(replay->calls,
	    replay->calls_length + (size_t)length + 2);
	memcpy(replay->calls + replay->calls_length, line, (size_t)length);
	replay->calls_length += (size_t)length;
	replay->calls[replay->calls_length++] = '\n';
	replay->calls[replay->calls_length] = '\0';
	free(line);
}

void
replay_emit(struct replay *replay, enum haul_event_kind kind, haul_id id)
{
	struct haul_event *event, *grown;
	uint64_t one = 1;
	size_t room, i;

	if (replay->event_count == replay->event_room) {
		room = replay->event_room * 2 + 64;
		grown = calloc(room, sizeof *grown);
		for (i = 0; i < replay->event_count; i++)
			grown[i] = replay->events[(replay->event_first + i) %
			    replay->event_room];
		free(replay->events);
		replay->events = grown;
		replay->event_first = 0;
		replay->event_room = room;
	}
	event = &replay->events[(replay->event_first +
	    replay->event_count++) % replay->event_room];
	memset(event, 0, sizeof *event);
	event->kind = kind;
	event->id = id;
	if (id != 0) {
		event->attempt = replay->items[id - 1].attempt;
		event->state = replay->items[id - 1].state;
		event->cause = replay->items[id - 1].cause;
		event->http_status = replay->items[id - 1].status;
		event->wait_ms = replay->items[id - 1].due_ms -
		    replay_now_ms();
		if (replay->items[id - 1].extra != NULL) {
			event->next_try =
			    replay->items[id - 1].extra->next_try;
			event->tries_max =
			    replay->items[id - 1].extra->tries_max;
		}
	}
	if (write(replay->event_fd, &one, sizeof one) < 0)
		abort();
}

/* ---- the engine ---- */

enum haul_result
haul_new(const struct haul_options *options, struct haul **result,
    struct haul_error *error)
{
	struct replay *replay = calloc(1, sizeof *replay);
	const char *path = getenv("HAUL_REPLAY");

	(void)error;
	if (replay == NULL || path == NULL) {
		free(replay);
		fputs("haul-replay: HAUL_REPLAY names no script\n", stderr);
		return HAUL_EIO;
	}
	pthread_mutex_init(&replay->lock, NULL);
	replay->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	replay->speed_told = -1;
	replay->script = script_open(path);
	replay_take_options(replay, options);
	replay_only = replay;
	replay_time_start(replay);
	replay_lock(replay);
	script_run(replay, replay->script, 0);
	replay_unlock(replay);
	*result = (struct haul *)replay;
	return HAUL_OK;
}

enum haul_result
haul_close(struct haul *haul)
{
	haul_free(haul);
	return HAUL_OK;
}

void
haul_free(struct haul *haul)
{
	struct replay *replay = replay_of(haul);

	if (replay == NULL)
		return;
	replay_time_stop();
	script_free(replay->script);
	options_unref(replay->options);
	replay_free_items(replay);
	free(replay->events);
	free(replay->runs);
	free(replay->calls);
	close(replay->event_fd);
	pthread_mutex_destroy(&replay->lock);
	replay_only = NULL;
	free(replay);
}

enum haul_result
haul_start(struct haul *haul)
{
	struct replay *replay = replay_of(haul);

	replay_lock(replay);
	replay->running = true;
	replay->changes++;
	replay_unlock(replay);
	return HAUL_OK;
}

void
haul_stop(struct haul *haul)
{
	struct replay *replay = replay_of(haul);

	replay_lock(replay);
	replay_note_call(replay, "stop");
	replay->running = false;
	replay_emit(replay, HAUL_EVENT_END, 0);
	replay->events[(replay->event_first + replay->event_count - 1) %
	    replay->event_room].stopped = true;
	replay_unlock(replay);
}

int
haul_fd(const struct haul *haul)
{
	return ((const struct replay *)haul)->event_fd;
}

bool
haul_next_event(struct haul *haul, struct haul_event *event)
{
	struct replay *replay = replay_of(haul);
	uint64_t count;
	bool any;

	replay_lock(replay);
	any = replay->event_count > 0;
	if (any) {
		*event = replay->events[replay->event_first];
		replay->event_first = (replay->event_first + 1) %
		    replay->event_room;
		replay->event_count--;
	} else if (read(replay->event_fd, &count, sizeof count) < 0) {
		/* It was empty already. */
	}
	replay_unlock(replay);
	return any;
}

static char *
replay_url_name(const char *url)
{
	const char *slash = strrchr(url, '/');

	return strdup(slash != NULL && slash[1] != '\0' ? slash + 1 : url);
}

static void
replay_url_host(const char *url, char *host, size_t size)
{
	const char *start = strstr(url, "://");

	start = start != NULL ? start + 3 : url;
	snprintf(host, size, "%.*s", (int)strcspn(start, ":/"), start);
}

static bool
replay_url_is_bad(const char *url, struct haul_error *error)
{
	bool scheme = strncmp(url, "http://", 7) == 0 ||
	    strncmp(url, "https://", 8) == 0 || strncmp(url, "ftp://", 6) == 0;

	if (scheme)
		return false;
	if (error != NULL) {
		memset(error, 0, sizeof *error);
		error->result = HAUL_EUSAGE;
		error->complaint = HAUL_COMPLAINT_BAD_SCHEME;
		snprintf(error->value, sizeof error->value, "%s", url);
	}
	return true;
}

enum haul_result
haul_check(struct haul *haul, const struct haul_request *request,
    struct haul_error *error)
{
	(void)haul;
	return replay_url_is_bad(request->url, error) ? HAUL_EUSAGE : HAUL_OK;
}

enum haul_result
haul_add(struct haul *haul, const struct haul_request *request, haul_id *id,
    struct haul_error *error)
{
	struct replay *replay = replay_of(haul);
	char host[HAUL_HOST_SIZE];
	haul_id added;

	if (replay_url_is_bad(request->url, error))
		return HAUL_EUSAGE;
	replay_url_host(request->url, host, sizeof host);
	replay_lock(replay);
	added = replay_add_item(replay, request->name != NULL ?
	    strdup(request->name) : replay_url_name(request->url), host,
	    request->paused ? HAUL_STATE_PAUSED : HAUL_STATE_QUEUED);
	replay_set_text(&replay_extra(replay_item(replay, added))->url,
	    request->url);
	replay_note_call(replay, "add %s dir=%s paused=%d", request->url,
	    request->dir != NULL ? request->dir : "", request->paused);
	replay_unlock(replay);
	if (id != NULL)
		*id = added;
	return HAUL_OK;
}

/* ---- changing the queue ---- */

static enum haul_result
replay_change(struct replay *replay, haul_id id, unsigned from,
    enum haul_state to)
{
	struct replay_item *item = replay_item(replay, id);

	if (item == NULL)
		return HAUL_ENOENT;
	if (!(HAUL_IN(item->state) & from))
		return HAUL_ESTATE;
	if (item->state == to)
		return HAUL_OK;
	replay_set_state(replay, id, to);
	replay_emit(replay, HAUL_EVENT_STATE, id);
	return HAUL_OK;
}

#define REPLAY_UNENDED (HAUL_IN_ACTIVE | HAUL_IN(HAUL_STATE_QUEUED) | \
    HAUL_IN(HAUL_STATE_PAUSED))

enum haul_result
haul_pause(struct haul *haul, haul_id id)
{
	struct replay *replay = replay_of(haul);
	enum haul_result result;

	replay_lock(replay);
	replay_note_call(replay, "pause %llu", (unsigned long long)id);
	result = replay_change(replay, id, REPLAY_UNENDED, HAUL_STATE_PAUSED);
	replay_unlock(replay);
	return result;
}

enum haul_result
haul_resume(struct haul *haul, haul_id id)
{
	struct replay *replay = replay_of(haul);
	enum haul_result result;

	replay_lock(replay);
	replay_note_call(replay, "resume %llu", (unsigned long long)id);
	result = replay_change(replay, id, HAUL_IN(HAUL_STATE_PAUSED),
	    HAUL_STATE_QUEUED);
	replay_unlock(replay);
	return result;
}

enum haul_result
haul_hold(struct haul *haul, enum haul_hold hold)
{
	struct replay *replay = replay_of(haul);

	replay_lock(replay);
	replay_note_call(replay, "hold %d", (int)hold);
	replay->hold = hold;
	replay->changes++;
	replay_unlock(replay);
	return HAUL_OK;
}

enum haul_result
haul_cancel(struct haul *haul, haul_id id)
{
	(void)haul;
	(void)id;
	return HAUL_ESTATE;
}

enum haul_result
haul_retry(struct haul *haul, haul_id id)
{
	struct replay *replay = replay_of(haul);
	enum haul_result result;

	replay_lock(replay);
	replay_note_call(replay, "retry %llu", (unsigned long long)id);
	result = replay_change(replay, id, HAUL_IN(HAUL_STATE_FAILED),
	    HAUL_STATE_QUEUED);
	replay_unlock(replay);
	return result;
}

size_t
haul_retry_failed(struct haul *haul)
{
	struct replay *replay = replay_of(haul);
	size_t count = 0;
	haul_id id;

	replay_lock(replay);
	replay_note_call(replay, "retry-failed");
	for (id = 1; id <= replay->count; id++)
		count += replay_change(replay, id,
		    HAUL_IN(HAUL_STATE_FAILED), HAUL_STATE_QUEUED) == HAUL_OK;
	replay_unlock(replay);
	return count;
}

enum haul_result
haul_remove(struct haul *haul, haul_id id, bool delete_data)
{
	struct replay *replay = replay_of(haul);
	struct replay_item *item;
	enum haul_result result;

	replay_lock(replay);
	replay_note_call(replay, "remove %llu data=%d", (unsigned long long)id,
	    delete_data);
	item = replay_item(replay, id);
	if (item != NULL && item->state != HAUL_STATE_REMOVED)
		replay_extra(item)->state_before = item->state;
	result = replay_change(replay, id, ~0U, HAUL_STATE_REMOVED);
	replay_unlock(replay);
	return result;
}

enum haul_result
haul_restore(struct haul *haul, haul_id id)
{
	struct replay *replay = replay_of(haul);
	struct replay_item *item;
	enum haul_result result = HAUL_ENOENT;
	enum haul_state before;

	replay_lock(replay);
	replay_note_call(replay, "restore %llu", (unsigned long long)id);
	item = replay_item(replay, id);
	if (item != NULL) {
		before = replay_extra(item)->state_before;
		if (HAUL_IN(before) & HAUL_IN_ACTIVE)
			before = HAUL_STATE_QUEUED;
		result = replay_change(replay, id,
		    HAUL_IN(HAUL_STATE_REMOVED), before);
	}
	replay_unlock(replay);
	return result;
}

enum haul_result
haul_move(struct haul *haul, haul_id id, haul_id before)
{
	struct replay *replay = replay_of(haul);
	enum haul_result result = HAUL_ENOENT;

	replay_lock(replay);
	replay_note_call(replay, "move %llu %lld", (unsigned long long)id,
	    (long long)before);
	if (replay_item(replay, id) != NULL && (before == 0 ||
	    before == HAUL_FIRST || replay_item(replay, before) != NULL)) {
		if (id != before)
			replay_move_item(replay, id, before);
		replay_emit(replay, HAUL_EVENT_STATE, id);
		result = HAUL_OK;
	}
	replay_unlock(replay);
	return result;
}

enum haul_result
haul_edit(struct haul *haul, haul_id id, const char *url, bool keep,
    struct haul_error *error)
{
	struct replay *replay = replay_of(haul);
	struct replay_item *item;
	char host[HAUL_HOST_SIZE];

	if (replay_url_is_bad(url, error))
		return HAUL_EUSAGE;
	replay_lock(replay);
	replay_note_call(replay, "edit %llu %s keep=%d",
	    (unsigned long long)id, url, keep);
	item = replay_item(replay, id);
	if (item != NULL) {
		replay_url_host(url, host, sizeof host);
		item->host = replay_intern(host);
		replay_set_text(&replay_extra(item)->url, url);
		replay->changes++;
		replay_emit(replay, HAUL_EVENT_STATE, id);
	}
	replay_unlock(replay);
	return item != NULL ? HAUL_OK : HAUL_ENOENT;
}

/* ---- looking ---- */

static int64_t
replay_elapsed_ms(const struct replay_item *item)
{
	if (item->started_ms == 0)
		return 0;
	return (item->ended_ms != 0 ? item->ended_ms : replay_epoch_ms()) -
	    item->started_ms;
}

static void
replay_copy_row(struct replay *replay, haul_id id, struct haul_row *row)
{
	const struct replay_item *item = &replay->items[id - 1];

	memset(row, 0, sizeof *row);
	row->id = id;
	row->state = item->state;
	row->cause = item->cause;
	row->http_status = item->status;
	row->attempt = item->attempt;
	row->connections = item->connections;
	row->connections_wanted = item->wanted;
	row->size_bytes = item->size;
	row->got_bytes = item->got;
	row->speed_bps = item->speed;
	row->wait_ms = item->state == HAUL_STATE_WAITING &&
	    item->due_ms > replay_now_ms() ?
	    item->due_ms - replay_now_ms() : 0;
	row->wait = row->wait_ms > 0 ? HAUL_WAIT_TIME : HAUL_WAIT_NONE;
	row->elapsed_ms = replay_elapsed_ms(item);
	row->ended_ms = item->ended_ms;
	row->resumable = item->resumable;
	if (item->extra != NULL) {
		row->next_try = item->extra->next_try;
		row->tries_max = item->extra->tries_max;
	}
	snprintf(row->host, sizeof row->host, "%s", item->host);
	snprintf(row->name, sizeof row->name, "%s", item->name);
}

static const struct replay_order *
replay_view_order(const struct replay *replay, const struct haul_view *view)
{
	if (view->order == HAUL_ORDER_ENDED)
		return &replay->ended;
	return view->order == HAUL_ORDER_STARTED ? &replay->started :
	    &replay->queue;
}

static unsigned
replay_view_states(const struct haul_view *view)
{
	return view->states & HAUL_IN_ALL;
}

uint64_t
haul_count(struct haul *haul, const struct haul_view *view)
{
	struct replay *replay = replay_of(haul);
	uint64_t count;

	replay_lock(replay);
	count = replay_order_count(replay_view_order(replay, view),
	    replay_view_states(view));
	replay_unlock(replay);
	replay_touch(0);
	return count;
}

size_t
haul_rows(struct haul *haul, const struct haul_view *view, uint64_t first,
    struct haul_row *rows, size_t max)
{
	struct replay *replay = replay_of(haul);
	const struct replay_order *order = replay_view_order(replay, view);
	unsigned states = replay_view_states(view);
	uint64_t total, rank;
	size_t n;

	replay_lock(replay);
	total = replay_order_count(order, states);
	for (n = 0; n < max && first + n < total; n++) {
		rank = view->reverse ? total - 1 - first - n : first + n;
		replay_copy_row(replay, replay_order_select(order, states,
		    rank), &rows[n]);
	}
	replay_unlock(replay);
	replay_touch(n);
	return n;
}

bool
haul_rank(struct haul *haul, const struct haul_view *view, haul_id id,
    uint64_t *rank)
{
	struct replay *replay = replay_of(haul);
	const struct replay_order *order = replay_view_order(replay, view);
	unsigned states = replay_view_states(view);
	bool inside = false;
	size_t slot;

	*rank = 0;
	replay_lock(replay);
	slot = replay_order_slot(order, id);
	if (slot != 0) {
		inside = (states & HAUL_IN(replay->items[id - 1].state)) != 0;
		*rank = replay_order_rank(order, states, slot - 1);
		if (view->reverse)
			*rank = replay_order_count(order, states) - *rank -
			    inside;
	}
	replay_unlock(replay);
	replay_touch(0);
	return inside;
}

bool
haul_row(struct haul *haul, haul_id id, struct haul_row *row)
{
	struct replay *replay = replay_of(haul);
	bool there;

	replay_lock(replay);
	there = replay_item(replay, id) != NULL;
	if (there)
		replay_copy_row(replay, id, row);
	replay_unlock(replay);
	replay_touch(1);
	return there;
}

size_t
haul_active(struct haul *haul, struct haul_row *rows, size_t max)
{
	struct haul_view view = { .states = HAUL_IN_ACTIVE };

	haul_rows(haul, &view, 0, rows, max);
	return haul_count(haul, &view);
}

size_t
haul_connections(struct haul *haul, haul_id id, struct haul_connection *list,
    size_t max)
{
	struct replay *replay = replay_of(haul);
	struct replay_item *item;
	size_t count = 0;

	replay_lock(replay);
	item = replay_item(replay, id);
	if (item != NULL && item->extra != NULL &&
	    HAUL_IN(item->state) & HAUL_IN_ACTIVE) {
		count = item->extra->connection_count;
		count = count < max ? count : max;
		memcpy(list, item->extra->connections, count * sizeof *list);
	}
	replay_unlock(replay);
	replay_touch(0);
	return count;
}

size_t
haul_segments(struct haul *haul, haul_id id, struct haul_range *list,
    size_t max)
{
	struct replay *replay = replay_of(haul);
	struct replay_item *item;
	size_t count = 0;

	replay_lock(replay);
	item = replay_item(replay, id);
	if (item != NULL && item->extra != NULL &&
	    item->extra->range_count > 0) {
		count = item->extra->range_count;
		count = count < max ? count : max;
		memcpy(list, item->extra->ranges, count * sizeof *list);
	} else if (item != NULL && item->got > 0 && max > 0) {
		list[0] = (struct haul_range){ 0, item->got };
		count = 1;
	}
	replay_unlock(replay);
	replay_touch(0);
	return count;
}

/* Of those that run, which are few but in tests of many. */
static void
replay_sum_active(struct replay *replay, struct haul_totals *totals)
{
	uint64_t count = replay_order_count(&replay->started, HAUL_IN_ACTIVE);
	const struct replay_item *item;
	int64_t rest;
	uint64_t i;

	for (i = 0; i < count && i < 1000; i++) {
		item = &replay->items[replay_order_select(&replay->started,
		    HAUL_IN_ACTIVE, i) - 1];
		totals->connections += item->connections;
		if (item->speed <= 0)
			continue;
		rest = (item->size - item->got) * 1000 / item->speed;
		if (rest > totals->longest_rest_ms)
			totals->longest_rest_ms = rest;
	}
}

void
haul_totals(struct haul *haul, struct haul_totals *totals)
{
	struct replay *replay = replay_of(haul);
	const uint64_t *states = replay->states;

	memset(totals, 0, sizeof *totals);
	replay_lock(replay);
	totals->removed = states[HAUL_STATE_REMOVED];
	totals->files = replay->count - totals->removed;
	totals->queued = states[HAUL_STATE_QUEUED];
	totals->paused = states[HAUL_STATE_PAUSED];
	totals->active = states[HAUL_STATE_CONNECTING] +
	    states[HAUL_STATE_ACTIVE] + states[HAUL_STATE_VERIFYING];
	totals->waiting = states[HAUL_STATE_WAITING];
	totals->done = states[HAUL_STATE_DONE];
	totals->skipped = states[HAUL_STATE_SKIPPED];
	totals->failed = states[HAUL_STATE_FAILED];
	totals->changes = replay->changes;
	totals->hold = replay->hold;
	totals->running = replay->running;
	replay_sum_active(replay, totals);
	totals->got_bytes = replay->got_bytes;
	totals->size_bytes = replay->size_bytes;
	totals->size_is_lower_bound = replay->unknown_sizes > 0;
	totals->fetched_bytes = replay->fetched_bytes;
	totals->speed_bps = replay->speed_told >= 0 ? replay->speed_told :
	    replay->speed_bps;
	totals->elapsed_ms = replay_now_ms();
	replay_unlock(replay);
	replay_touch(0);
}

const char *
haul_version(void)
{
	return "0.0.0";
}

void
haul_version_libraries(char *text, size_t size)
{
	snprintf(text, size, "replay");
}
