/* SPDX-License-Identifier: MIT
 *
 * See model.h. Items live in blocks that never move, their URLs in an arena:
 * a million queued items cost their text and some ninety bytes each.
 *
 * Events are a plain queue; the descriptor that wakes a face is written at
 * most once per WAKE_MS and only if the face has taken all it was woken for,
 * so that ten thousand files a second do not cost ten thousand wake-ups.
 */
#include "config.h"

#include "model.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "alloc.h"
#include "clock.h"
#include "folder.h"
#include "options.h"
#include "ranges.h"

#define MODEL_BLOCK 4096                /* items */
#define MODEL_BLOCKS 65536              /* the table never moves: it is read
                                           without the lock */
#define MODEL_ARENA (1 << 20)           /* bytes */
#define MODEL_WAKE_MS 20

struct model_arena {
	struct model_arena *next;
	size_t used, size;
	char bytes[];
};

struct model_running {                  /* sorted by id */
	haul_id id;
	struct live live;
};

struct model {
	pthread_mutex_t lock;
	struct item **blocks;
	size_t block_count;
	_Atomic uint64_t count;
	struct model_arena *arena;

	uint64_t per_state[HAUL_STATE_FAILED + 1];
	struct model_running **running; /* connecting to waiting */
	size_t running_count, running_size;
	int64_t size_bytes;
	uint64_t sized;                 /* items whose size is known */
	_Atomic int64_t got_bytes, fetched_bytes;
	int64_t speed_bps;
	uint32_t connections;
	uint32_t rounds;                /* of retries */
	int64_t run_started_ms;         /* 0: not running */
	int64_t run_elapsed_ms;         /* of earlier runs */

	struct haul_event *events;      /* ring */
	size_t event_first, event_count, event_size;
	int fd;
	bool woken;                     /* fd is readable */
	int64_t woken_ms;
};

struct model *
model_new(void)
{
	struct model *model = alloc_zero(sizeof *model);

	model->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (model->fd < 0) {
		free(model);
		return NULL;
	}
	model->blocks = alloc_array(MODEL_BLOCKS, sizeof *model->blocks);
	pthread_mutex_init(&model->lock, NULL);
	return model;
}

static void
model_free_extra(struct item_extra *extra)
{
	size_t i;

	if (extra == NULL)
		return;
	for (i = 0; i < extra->mirror_count; i++)
		free(extra->mirrors[i]);
	for (i = 0; i < extra->history_count; i++)
		free(extra->history[i].url);
	free(extra->history);
	free(extra->failure);
	free(extra->mirrors);
	free(extra->name);
	free(extra->dir);
	free(extra->final_url);
	free(extra->etag);
	free(extra->last_modified);
	free(extra);
}

void
model_free(struct model *model)
{
	struct model_arena *arena;
	haul_id id;
	size_t i;

	if (model == NULL)
		return;
	for (id = 1; id <= model_count(model); id++) {
		struct item *item = model_item(model, id);

		model_free_extra(item->extra);
		options_unref(item->options);
		free(item->name);
	}
	for (i = 0; i < model->block_count; i++)
		free(model->blocks[i]);
	while ((arena = model->arena) != NULL) {
		model->arena = arena->next;
		free(arena);
	}
	for (i = 0; i < model->running_count; i++)
		free(model->running[i]);
	free(model->running);
	free(model->blocks);
	free(model->events);
	close(model->fd);
	pthread_mutex_destroy(&model->lock);
	free(model);
}

void
model_lock(struct model *model)
{
	pthread_mutex_lock(&model->lock);
}

void
model_unlock(struct model *model)
{
	pthread_mutex_unlock(&model->lock);
}

/* ---- items ---- */

static char *
model_keep_text(struct model *model, const char *text)
{
	size_t length = strlen(text) + 1;
	struct model_arena *arena = model->arena;
	char *kept;

	if (arena == NULL || arena->size - arena->used < length) {
		size_t size = length > MODEL_ARENA ? length : MODEL_ARENA;

		arena = alloc_array(1, sizeof *arena + size);
		arena->size = size;
		arena->next = model->arena;
		model->arena = arena;
	}
	kept = arena->bytes + arena->used;
	memcpy(kept, text, length);
	arena->used += length;
	return kept;
}

static void
model_keep_extra(struct item *item, const struct haul_request *request)
{
	struct item_extra *extra;
	size_t i;

	if (request->mirror_count == 0 && request->name == NULL &&
	    request->dir == NULL && request->user == NULL)
		return;
	extra = model_extra(item);
	extra->name = alloc_string(request->name);
	extra->dir = alloc_string(request->dir);
	extra->user = request->user;
	extra->mirrors = alloc_array(request->mirror_count,
	    sizeof *extra->mirrors);
	for (i = 0; i < request->mirror_count; i++)
		extra->mirrors[i] = alloc_string(request->mirrors[i]);
	extra->mirror_count = request->mirror_count;
}

haul_id
model_add(struct model *model, const struct haul_request *request,
    struct options *options)
{
	struct item *item;
	uint64_t n;

	model_lock(model);
	n = atomic_load(&model->count);
	if (n / MODEL_BLOCK >= MODEL_BLOCKS) {
		model_unlock(model);
		return 0;
	}
	if (n / MODEL_BLOCK == model->block_count)
		model->blocks[model->block_count++] =
		    alloc_array(MODEL_BLOCK, sizeof **model->blocks);
	item = &model->blocks[n / MODEL_BLOCK][n % MODEL_BLOCK];
	item->url = model_keep_text(model, request->url);
	item->options = options;
	item->size = -1;
	item->state = HAUL_STATE_QUEUED;
	model_keep_extra(item, request);
	model->per_state[HAUL_STATE_QUEUED]++;
	atomic_store(&model->count, n + 1);
	model_unlock(model);
	return n + 1;
}

uint64_t
model_count(const struct model *model)
{
	return atomic_load(&model->count);
}

struct item *
model_item(const struct model *model, haul_id id)
{
	assert(id >= 1 && id <= model_count(model));
	return &model->blocks[(id - 1) / MODEL_BLOCK][(id - 1) % MODEL_BLOCK];
}

struct item_extra *
model_extra(struct item *item)
{
	if (item->extra == NULL)
		item->extra = alloc_zero(sizeof *item->extra);
	return item->extra;
}

/* ---- states ---- */

static bool
model_is_running(enum haul_state state)
{
	return state >= HAUL_STATE_CONNECTING && state <= HAUL_STATE_WAITING;
}

/* What may follow what. A failed or stopped item goes back to QUEUED. */
static bool
model_move_is_legal(enum haul_state from, enum haul_state to)
{
	static const unsigned legal[] = {
#define TO(state) (1U << HAUL_STATE_##state)
		[HAUL_STATE_QUEUED] = TO(CONNECTING) | TO(SKIPPED) |
		    TO(FAILED),
		[HAUL_STATE_CONNECTING] = TO(ACTIVE) | TO(VERIFYING) |
		    TO(WAITING) | TO(SKIPPED) | TO(FAILED) | TO(QUEUED) |
		    TO(DONE),
		[HAUL_STATE_ACTIVE] = TO(CONNECTING) | TO(VERIFYING) |
		    TO(WAITING) | TO(SKIPPED) | TO(FAILED) | TO(QUEUED) |
		    TO(DONE),
		[HAUL_STATE_VERIFYING] = TO(DONE) | TO(FAILED) | TO(WAITING) |
		    TO(SKIPPED) | TO(QUEUED) | TO(CONNECTING),
		[HAUL_STATE_WAITING] = TO(CONNECTING) | TO(FAILED) |
		    TO(QUEUED) | TO(SKIPPED),
		[HAUL_STATE_FAILED] = TO(QUEUED),
		[HAUL_STATE_DONE] = 0,
		[HAUL_STATE_SKIPPED] = 0,
#undef TO
	};

	return (legal[from] >> to & 1) != 0;
}

/* The place of id among the running ones, or where it would stand. */
static size_t
model_find_running(const struct model *model, haul_id id)
{
	size_t low = 0, high = model->running_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (model->running[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
model_enter_running(struct model *model, haul_id id)
{
	size_t at = model_find_running(model, id);
	struct model_running *entry = alloc_zero(sizeof *entry);

	entry->id = entry->live.id = id;
	if (model->running_count == model->running_size) {
		model->running_size = model->running_size ?
		    model->running_size * 2 : 16;
		model->running = alloc_resize(model->running,
		    model->running_size, sizeof *model->running);
	}
	memmove(model->running + at + 1, model->running + at,
	    (model->running_count - at) * sizeof *model->running);
	model->running[at] = entry;
	model->running_count++;
}

static void
model_leave_running(struct model *model, haul_id id)
{
	size_t at = model_find_running(model, id);

	free(model->running[at]);
	model->running_count--;
	memmove(model->running + at, model->running + at + 1,
	    (model->running_count - at) * sizeof *model->running);
}

/* It runs, but no connection of it does. */
static void
model_still_running(struct model *model, haul_id id)
{
	size_t at = model_find_running(model, id);

	model->running[at]->live.connections = 0;
	model->running[at]->live.speed_bps = 0;
}

void
model_set_state(struct model *model, haul_id id, enum haul_state state)
{
	struct item *item = model_item(model, id);
	enum haul_state old = (enum haul_state)item->state;

	if (old == state)
		return;
	assert(model_move_is_legal(old, state));
	model_lock(model);
	model->per_state[old]--;
	model->per_state[state]++;
	item->state = (uint8_t)state;
	if (!model_is_running(old) && model_is_running(state))
		model_enter_running(model, id);
	else if (model_is_running(old) && !model_is_running(state))
		model_leave_running(model, id);
	if (state == HAUL_STATE_WAITING || state == HAUL_STATE_VERIFYING)
		model_still_running(model, id);
	if (old == HAUL_STATE_QUEUED && item->started_ms == 0)
		item->started_ms = clock_monotonic_ms();
	if (old == HAUL_STATE_FAILED)
		item->round = ++model->rounds;
	if (state >= HAUL_STATE_DONE)
		item->elapsed_ms = (uint32_t)(clock_monotonic_ms() -
		    item->started_ms);
	model_unlock(model);
}

/* ---- facts ---- */

void
model_set_name(struct model *model, haul_id id, struct folder *folder,
    const char *name)
{
	struct item *item = model_item(model, id);

	if (item->name != NULL && name != NULL && item->folder == folder &&
	    strcmp(item->name, name) == 0)
		return;
	model_lock(model);
	free(item->name);
	item->name = alloc_string(name);
	item->folder = folder;
	model_unlock(model);
}

void
model_set_size(struct model *model, haul_id id, int64_t size)
{
	struct item *item = model_item(model, id);

	if (item->size == size)
		return;
	model_lock(model);
	if (item->counted_size) {
		model->size_bytes -= item->size;
		model->sized--;
	}
	item->size = size;
	item->counted_size = size >= 0;
	if (size >= 0) {
		model->size_bytes += size;
		model->sized++;
	}
	model_unlock(model);
}

static void
model_keep_attempt(struct item_extra *extra, const struct failure *failure,
    const char *url, int64_t got_bytes)
{
	struct model_attempt *attempt;

	if (extra->history_count == MODEL_HISTORY) {
		free(extra->history[0].url);
		memmove(extra->history, extra->history + 1,
		    (MODEL_HISTORY - 1) * sizeof *extra->history);
		extra->history_count--;
	}
	extra->history = alloc_resize(extra->history,
	    extra->history_count + 1, sizeof *extra->history);
	attempt = &extra->history[extra->history_count++];
	attempt->time_ms = clock_epoch_ms();
	attempt->got_bytes = got_bytes;
	attempt->url = alloc_string(url);
	attempt->failure = *failure;
}

void
model_set_failure(struct model *model, haul_id id,
    const struct failure *failure, const char *url, int64_t got_bytes,
    bool in_history)
{
	struct item *item = model_item(model, id);
	struct item_extra *extra;

	model_lock(model);
	extra = model_extra(item);
	if (extra->failure == NULL)
		extra->failure = alloc_zero(sizeof *extra->failure);
	*extra->failure = *failure;
	if (in_history)
		model_keep_attempt(extra, failure, url, got_bytes);
	model_unlock(model);
}

static void
model_replace_text(char **text, const char *new_text)
{
	free(*text);
	*text = alloc_string(new_text);
}

void
model_set_answer(struct model *model, haul_id id, const char *final_url,
    const char *etag, const char *last_modified)
{
	struct item_extra *extra;

	model_lock(model);
	extra = model_extra(model_item(model, id));
	model_replace_text(&extra->final_url, final_url);
	model_replace_text(&extra->etag, etag);
	model_replace_text(&extra->last_modified, last_modified);
	model_unlock(model);
}

void
model_count_attempt(struct model *model, haul_id id)
{
	struct item *item = model_item(model, id);

	model_lock(model);
	if (item->attempts < UINT16_MAX)
		item->attempts++;
	model_unlock(model);
}

void
model_set_status(struct model *model, haul_id id, int http_status)
{
	model_lock(model);
	model_item(model, id)->http_status = (uint16_t)http_status;
	model_unlock(model);
}

void
model_set_resumable(struct model *model, haul_id id, bool resumable)
{
	model_lock(model);
	model_item(model, id)->resumable = resumable;
	model_unlock(model);
}

void
model_set_resumed(struct model *model, haul_id id, int64_t bytes)
{
	model_lock(model);
	model_extra(model_item(model, id))->resumed_bytes = bytes;
	model_unlock(model);
}

void
model_set_checked(struct model *model, haul_id id)
{
	model_lock(model);
	model_item(model, id)->digest_checked = true;
	model_unlock(model);
}

void
model_set_due(struct model *model, haul_id id, const struct model_due *due)
{
	model_lock(model);
	model_extra(model_item(model, id))->due = *due;
	model_unlock(model);
}

void
model_count_bytes(struct model *model, struct item *item, int64_t fetched,
    int64_t got)
{
	atomic_fetch_add_explicit(&item->got, got, memory_order_relaxed);
	atomic_fetch_add_explicit(&model->got_bytes, got,
	    memory_order_relaxed);
	atomic_fetch_add_explicit(&model->fetched_bytes, fetched,
	    memory_order_relaxed);
}

void
model_set_live(struct model *model, const struct live *live)
{
	size_t at;

	model_lock(model);
	at = model_find_running(model, live->id);
	if (at < model->running_count && model->running[at]->id == live->id)
		model->running[at]->live = *live;
	model_unlock(model);
}

void
model_set_speed(struct model *model, int64_t speed_bps)
{
	model_lock(model);
	model->speed_bps = speed_bps;
	model_unlock(model);
}

void
model_set_connections(struct model *model, uint32_t connections)
{
	model_lock(model);
	model->connections = connections;
	model_unlock(model);
}

void
model_begin_run(struct model *model)
{
	model_lock(model);
	if (model->run_started_ms == 0)
		model->run_started_ms = clock_monotonic_ms();
	model_unlock(model);
}

void
model_end_run(struct model *model)
{
	model_lock(model);
	if (model->run_started_ms != 0)
		model->run_elapsed_ms += clock_monotonic_ms() -
		    model->run_started_ms;
	model->run_started_ms = 0;
	model_unlock(model);
}

/* ---- events ---- */

void
model_emit(struct model *model, enum haul_event_kind kind, haul_id id,
    enum haul_note note, bool stopped)
{
	struct haul_event *event;
	size_t i, size;

	model_lock(model);
	if (model->event_count == model->event_size) {
		size = model->event_size ? model->event_size * 2 : 256;
		event = alloc_array(size, sizeof *event);
		for (i = 0; i < model->event_count; i++)
			event[i] = model->events[(model->event_first + i) %
			    model->event_size];
		free(model->events);
		model->events = event;
		model->event_first = 0;
		model->event_size = size;
	}
	event = &model->events[(model->event_first + model->event_count++) %
	    model->event_size];
	event->kind = kind;
	event->id = id;
	event->note = note;
	event->stopped = stopped;
	event->attempt = id ? model_item(model, id)->attempts : 0;
	model_unlock(model);
}

int
model_publish(struct model *model, bool urgent)
{
	static const uint64_t one = 1;
	int64_t wait = 0, now;

	model_lock(model);
	if (model->event_count > 0 && !model->woken) {
		now = clock_monotonic_ms();
		if (!urgent)
			wait = model->woken_ms + MODEL_WAKE_MS - now;
		if (wait <= 0) {
			/* Under the lock, or a face could clear woken between
			 * the flag and the write, and wake for ever. */
			model->woken = write(model->fd, &one, sizeof one) ==
			    sizeof one;
			model->woken_ms = now;
			wait = 0;
		}
	}
	model_unlock(model);
	return (int)wait;
}

bool
model_take_event(struct model *model, struct haul_event *event)
{
	uint64_t ignored;
	bool found;

	model_lock(model);
	found = model->event_count > 0;
	if (found) {
		*event = model->events[model->event_first];
		model->event_first = (model->event_first + 1) %
		    model->event_size;
		model->event_count--;
	} else if (model->woken) {
		model->woken = false;
		if (read(model->fd, &ignored, sizeof ignored) < 0)
			ignored = 0;    /* it was not readable: as wanted */
	}
	model_unlock(model);
	return found;
}

int
model_fd(const struct model *model)
{
	return model->fd;
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
		to->got_bytes = from->got_bytes;
		to->url = alloc_string(from->url);
		to->message = alloc_string(from->failure.text);
		to->cause = from->failure.cause;
		to->http_status = from->failure.http_status;
		to->curl_code = from->failure.curl_code;
		to->sys_errno = from->failure.sys_errno;
	}
}

static void
model_copy_extra(struct haul_item *copy, const struct item_extra *extra)
{
	int64_t wait = extra->due.ms - clock_monotonic_ms();

	copy->user = extra->user;
	copy->resumed_bytes = extra->resumed_bytes;
	copy->final_url = alloc_string(extra->final_url);
	copy->etag = alloc_string(extra->etag);
	copy->last_modified = alloc_string(extra->last_modified);
	if (copy->state == HAUL_STATE_WAITING && wait > 0)
		copy->wait_ms = wait;
	if (extra->failure != NULL && copy->state != HAUL_STATE_DONE &&
	    copy->state != HAUL_STATE_SKIPPED) {
		copy->cause = extra->failure->cause;
		copy->curl_code = extra->failure->curl_code;
		copy->sys_errno = extra->failure->sys_errno;
		copy->message = alloc_string(extra->failure->text);
	}
	model_copy_history(copy, extra);
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
	size_t at = model_find_running(model, id);

	copy->id = id;
	copy->state = (enum haul_state)item->state;
	copy->http_status = item->http_status;
	copy->size_bytes = item->size;
	copy->got_bytes = atomic_load(&item->got);
	copy->attempts = item->attempts;
	copy->resumable = item->resumable;
	copy->digest_checked = item->digest_checked;
	copy->url = alloc_string(item->url);
	copy->path = model_path(item);
	if (item->state >= HAUL_STATE_DONE)
		copy->elapsed_ms = item->elapsed_ms;
	else if (item->started_ms != 0)
		copy->elapsed_ms = clock_monotonic_ms() - item->started_ms;
	if (at < model->running_count && model->running[at]->id == id)
		copy->connections = model->running[at]->live.connections;
	if (item->extra != NULL)
		model_copy_extra(copy, item->extra);
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
	free(copy->last_modified);
	free(copy);
}

/* What to call an item: its name, else the last piece of its URL's path, else
 * host and path; never what may be secret, a user or a query. Not ended by
 * NUL: the answer is the length. */
static size_t
model_short_name(const struct item *item, const char **name)
{
	const char *host, *at, *slash, *end;

	if (item->name != NULL) {
		*name = item->name;
		return strlen(item->name);
	}
	host = strstr(item->url, "://");
	host = host != NULL ? host + 3 : item->url;
	at = memrchr(host, '@', strcspn(host, "/?#"));
	if (at != NULL)
		host = at + 1;
	end = host + strcspn(host, "?#");
	slash = memrchr(host, '/', (size_t)(end - host));
	*name = slash != NULL && slash + 1 < end ? slash + 1 : host;
	return (size_t)(end - *name);
}

static void
model_copy_row(struct model *model, const struct model_running *running,
    struct haul_row *row)
{
	struct item *item = model_item(model, running->id);
	const char *name;
	size_t length = model_short_name(item, &name);

	if (length > HAUL_NAME_SIZE - 1)
		length = HAUL_NAME_SIZE - 1;
	memset(row, 0, sizeof *row);
	row->id = running->id;
	row->state = (enum haul_state)item->state;
	row->attempt = item->attempts;
	row->connections = running->live.connections;
	row->size_bytes = item->size;
	row->got_bytes = atomic_load(&item->got);
	row->speed_bps = running->live.speed_bps;
	memcpy(row->name, name, length);
	if (row->state == HAUL_STATE_WAITING && item->extra != NULL) {
		if (item->extra->failure != NULL) {
			row->cause = item->extra->failure->cause;
			row->http_status = item->extra->failure->http_status;
		}
		row->next_try = item->extra->due.next_try;
		row->tries_max = item->extra->due.tries_max;
		row->wait_ms = item->extra->due.ms - clock_monotonic_ms();
		if (row->wait_ms < 0)
			row->wait_ms = 0;
	}
}

size_t
model_copy_active(struct model *model, struct haul_row *rows, size_t max)
{
	size_t i, count;

	model_lock(model);
	count = model->running_count;
	for (i = 0; i < count && i < max; i++)
		model_copy_row(model, model->running[i], &rows[i]);
	model_unlock(model);
	return count;
}

size_t
model_copy_segments(struct model *model, haul_id id, struct haul_range *list,
    size_t max)
{
	size_t at, n = 0;

	model_lock(model);
	at = model_find_running(model, id);
	if (at < model->running_count && model->running[at]->id == id) {
		const struct live *live = &model->running[at]->live;
		struct ranges set = {
			.list = (struct haul_range *)live->segments,
			.count = live->segment_count,
		};

		n = max > 0 ? ranges_coalesce(&set, list, max) : 0;
	}
	model_unlock(model);
	return n;
}

void
model_copy_totals(struct model *model, struct haul_totals *totals)
{
	memset(totals, 0, sizeof *totals);
	model_lock(model);
	totals->files = model_count(model);
	totals->queued = model->per_state[HAUL_STATE_QUEUED];
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
	totals->size_bytes = model->size_bytes;
	totals->size_is_lower_bound = model->sized < totals->files;
	totals->speed_bps = model->speed_bps;
	totals->elapsed_ms = model->run_elapsed_ms;
	if (model->run_started_ms != 0)
		totals->elapsed_ms += clock_monotonic_ms() -
		    model->run_started_ms;
	model_unlock(model);
}

bool
model_is_done(struct model *model)
{
	bool done;

	model_lock(model);
	done = model->per_state[HAUL_STATE_QUEUED] == 0 &&
	    model->running_count == 0;
	model_unlock(model);
	return done;
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

		if (item->state < HAUL_STATE_DONE)
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
