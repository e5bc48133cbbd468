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

#include "model-internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "engine/base/clock.h"
#include "engine/base/options.h"
#include "order.h"

#define MODEL_BLOCK 4096                /* items */
#define MODEL_BLOCKS 65536              /* the table never moves: it is read
                                           without the lock */
#define MODEL_ARENA (1 << 20)           /* bytes */
#define MODEL_WAKE_MS 20
#define MODEL_LARGE (1024 * 1024)       /* a file worth remembering */

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
	model->cursor = 1;
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
	free(extra->facts);
	free(extra->mirrors);
	free(extra->sources);
	free(extra->name);
	free(extra->dir);
	free(extra->final_url);
	free(extra->kept_url);
	free(extra->etag);
	free(extra->last_modified);
	free(extra->sums);
	free(extra->wanted_sums);
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
	for (i = 0; i < model->running_count; i++) {
		free(model->running[i]->live.list);
		free(model->running[i]);
	}
	free(model->running);
	free(model->hosts);
	order_free(model->queue);
	order_free(model->ended);
	free(model->blocks);
	model_batch_release(&model->batch);
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

char *
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
	item->state = request->paused ? HAUL_STATE_PAUSED : HAUL_STATE_QUEUED;
	model_keep_extra(item, request);
	model->per_state[item->state]++;
	atomic_store(&model->count, n + 1);
	model_order_added(model, n + 1);
	model_note_added(model);
	model_touch(model);
	model_unlock(model);
	return n + 1;
}

const char *
model_url(const struct item *item)
{
	const struct item_extra *extra = item->extra;

	if (extra == NULL || extra->next_mirror == 0)
		return item->url;
	return extra->mirrors[extra->next_mirror - 1];
}

void
model_touch(struct model *model)
{
	atomic_fetch_add_explicit(&model->changes, 1, memory_order_relaxed);
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

struct options *
model_ref_options(struct model *model, haul_id id)
{
	struct options *options;

	model_lock(model);
	options = options_ref(model_item(model, id)->options);
	model_unlock(model);
	return options;
}

char *
model_copy_url(struct model *model, haul_id id)
{
	char *url;

	model_lock(model);
	url = alloc_string(model_item(model, id)->url);
	model_unlock(model);
	return url;
}

struct item_extra *
model_extra(struct item *item)
{
	if (item->extra == NULL)
		item->extra = alloc_zero(sizeof *item->extra);
	return item->extra;
}

/* ---- states ---- */

/* What may follow what. What does not run any more goes back to QUEUED, or is
 * PAUSED; REMOVED leads back to what was before. */
static bool
model_move_is_legal(enum haul_state from, enum haul_state to)
{
#define TO(state) (1U << HAUL_STATE_##state)
#define TO_REST (TO(QUEUED) | TO(PAUSED))
	static const unsigned legal[HAUL_STATE_COUNT] = {
		[HAUL_STATE_QUEUED] = TO(CONNECTING) | TO(SKIPPED) |
		    TO(FAILED) | TO(PAUSED) | TO(REMOVED),
		[HAUL_STATE_PAUSED] = TO(QUEUED) | TO(FAILED) | TO(REMOVED),
		[HAUL_STATE_CONNECTING] = TO(ACTIVE) | TO(VERIFYING) |
		    TO(WAITING) | TO(SKIPPED) | TO(FAILED) | TO(DONE) |
		    TO_REST,
		[HAUL_STATE_ACTIVE] = TO(CONNECTING) | TO(VERIFYING) |
		    TO(WAITING) | TO(SKIPPED) | TO(FAILED) | TO(DONE) |
		    TO_REST,
		[HAUL_STATE_VERIFYING] = TO(DONE) | TO(FAILED) | TO(WAITING) |
		    TO(SKIPPED) | TO(CONNECTING) | TO_REST,
		[HAUL_STATE_WAITING] = TO(CONNECTING) | TO(FAILED) |
		    TO(SKIPPED) | TO_REST,
		[HAUL_STATE_FAILED] = TO(QUEUED) | TO(REMOVED),
		[HAUL_STATE_DONE] = TO(REMOVED),
		[HAUL_STATE_SKIPPED] = TO(REMOVED),
		[HAUL_STATE_REMOVED] = TO_REST | TO(DONE) | TO(SKIPPED) |
		    TO(FAILED),
	};
#undef TO_REST
#undef TO

	return (legal[from] >> to & 1) != 0;
}

/* The place of id among the running ones, or where it would stand. */
static size_t
model_running_place(const struct model *model, haul_id id)
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

struct model_running *
model_find_running(const struct model *model, haul_id id)
{
	size_t at = model_running_place(model, id);

	return at < model->running_count && model->running[at]->id == id ?
	    model->running[at] : NULL;
}

static void
model_enter_running(struct model *model, haul_id id)
{
	size_t at = model_running_place(model, id);
	struct model_running *entry = alloc_zero(sizeof *entry);

	entry->id = entry->live.id = id;
	entry->live.wanted = 1;
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
	size_t at = model_running_place(model, id);

	free(model->running[at]->live.list);
	free(model->running[at]);
	model->running_count--;
	memmove(model->running + at, model->running + at + 1,
	    (model->running_count - at) * sizeof *model->running);
}

/* Nobody asks how a small file came once it is done, and a million of them
 * would cost what they hold. */
static void
model_keep_facts(struct model *model, haul_id id)
{
	struct item *item = model_item(model, id);
	const struct model_facts *facts = &model_find_running(model,
	    id)->facts;
	struct item_extra *extra = item->extra;

	if (extra == NULL)
		return;
	free(extra->facts);
	extra->facts = NULL;
	if (item->state == HAUL_STATE_SKIPPED ||
	    (item->state == HAUL_STATE_DONE && item->size < MODEL_LARGE))
		return;
	extra->facts = alloc_zero(sizeof *extra->facts);
	*extra->facts = *facts;
}

/* It runs, but no connection of it does. */
static void
model_still_running(struct model *model, haul_id id)
{
	struct live *live = &model_find_running(model, id)->live;

	live->connections = 0;
	live->speed_bps = 0;
	free(live->list);
	live->list = NULL;
}

int64_t
model_elapsed_ms(const struct item *item)
{
	if (!model_is_running((enum haul_state)item->state))
		return item->elapsed_ms;
	return clock_monotonic_ms() - item->started_ms;
}

/* Time runs while it runs: what waits or is paused grows no older. */
static void
model_keep_time(struct item *item, enum haul_state old, enum haul_state state)
{
	if (!model_is_running(old) && model_is_running(state)) {
		item->started_ms = clock_monotonic_ms() - item->elapsed_ms;
		if (item->begun_at_ms == 0)
			item->begun_at_ms = clock_epoch_ms();
	} else if (model_is_running(old) && !model_is_running(state)) {
		item->elapsed_ms = (uint32_t)(clock_monotonic_ms() -
		    item->started_ms);
	}
	if (model_has_ended(state))
		item->ended_at_ms = clock_epoch_ms();
	if (old == HAUL_STATE_FAILED) {
		item->elapsed_ms = 0;
		item->begun_at_ms = 0;
	}
}

/* (locked) */
static void
model_move_state(struct model *model, haul_id id, enum haul_state state)
{
	struct item *item = model_item(model, id);
	enum haul_state old = (enum haul_state)item->state;

	assert(model_move_is_legal(old, state));
	model->per_state[old]--;
	model->per_state[state]++;
	item->state = (uint8_t)state;
	item->parked = false;
	if (!model_is_running(old) && model_is_running(state))
		model_enter_running(model, id);
	else if (model_is_running(old) && !model_is_running(state)) {
		model_keep_facts(model, id);
		model_leave_running(model, id);
	}
	if (state == HAUL_STATE_CONNECTING &&
	    (old == HAUL_STATE_QUEUED || old == HAUL_STATE_WAITING))
		model_find_running(model, id)->facts = (struct model_facts){
		    .started_ms = clock_epoch_ms(), .connect_ms = -1,
		    .tls_ms = -1, .first_byte_ms = -1 };
	if (state == HAUL_STATE_WAITING || state == HAUL_STATE_VERIFYING)
		model_still_running(model, id);
	if (state != HAUL_STATE_REMOVED && old != HAUL_STATE_REMOVED)
		model_keep_time(item, old, state);
	if (old == HAUL_STATE_FAILED && state == HAUL_STATE_QUEUED)
		item->round = ++model->rounds;
	model_order_changed(model, id, old);
	/* That it runs is not recorded: whoever reads that finds it ended. */
	if (!model_is_running(state) || state == HAUL_STATE_WAITING)
		model_note_change(model, id);
	model_touch(model);
}

void
model_set_state(struct model *model, haul_id id, enum haul_state state)
{
	if (model_item(model, id)->state == state)
		return;
	model_lock(model);
	model_move_state(model, id, state);
	model_unlock(model);
}

/* (locked) Its bytes and size in the totals, or not. */
static void
model_count_item(struct model *model, const struct item *item, int sign)
{
	atomic_fetch_add(&model->got_bytes, sign * atomic_load(&item->got));
	if (item->size >= 0) {
		model->size_bytes += sign * item->size;
		model->sized += (uint64_t)(int64_t)sign;
	}
}

void
model_remove(struct model *model, haul_id id)
{
	struct item *item = model_item(model, id);
	uint8_t was = item->state;

	model_lock(model);
	model_count_item(model, item, -1);
	model_move_state(model, id, HAUL_STATE_REMOVED);
	item->was = was;
	model_unlock(model);
}

void
model_restore(struct model *model, haul_id id)
{
	struct item *item = model_item(model, id);

	model_lock(model);
	model_count_item(model, item, 1);
	model_move_state(model, id, (enum haul_state)item->was);
	model_unlock(model);
}

enum haul_hold
model_hold(const struct model *model)
{
	return model->hold;
}

haul_id
model_next_waiting(struct model *model, haul_id after)
{
	haul_id id = 0;
	size_t i;

	model_lock(model);
	for (i = model_running_place(model, after + 1);
	    i < model->running_count && id == 0; i++)
		if (model_item(model, model->running[i]->id)->state ==
		    HAUL_STATE_WAITING)
			id = model->running[i]->id;
	model_unlock(model);
	return id;
}

void
model_set_hold(struct model *model, enum haul_hold hold)
{
	model_lock(model);
	model->hold = hold;
	model_touch(model);
	model_unlock(model);
}

void
model_set_offline(struct model *model, bool offline, int64_t try_ms)
{
	if (model->offline == offline && model->online_try_ms == try_ms)
		return;
	model_lock(model);
	model->offline = offline;
	model->online_try_ms = try_ms;
	model_touch(model);
	model_unlock(model);
}

/* ---- events ---- */

/* What the item will not be able to tell any more once it has gone on. */
static void
model_fill_event(struct haul_event *event, const struct item *item)
{
	const struct item_extra *extra = item->extra;
	int64_t wait;

	event->attempt = item->attempts;
	event->state = (enum haul_state)item->state;
	if ((event->kind != HAUL_EVENT_RETRY &&
	    event->kind != HAUL_EVENT_FAIL) || extra == NULL ||
	    extra->failure == NULL)
		return;
	event->cause = extra->failure->cause;
	event->http_status = extra->failure->http_status;
	event->offline = event->kind == HAUL_EVENT_RETRY && extra->offline;
	if (event->kind != HAUL_EVENT_RETRY)
		return;
	wait = extra->due.ms - clock_monotonic_ms();
	event->wait_ms = wait > 0 ? wait : 0;
	event->next_try = extra->due.next_try;
	event->tries_max = extra->due.tries_max;
}

/* (locked) */
static void
model_add_event(struct model *model, const struct haul_event *what)
{
	struct haul_event *event;
	size_t i, size;

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
	*event = *what;
	if (event->id != 0)
		model_fill_event(event, model_item(model, event->id));
}

void
model_emit(struct model *model, enum haul_event_kind kind, haul_id id,
    enum haul_note note, bool stopped)
{
	model_lock(model);
	model_add_event(model, &(struct haul_event){ .kind = kind, .id = id,
	    .note = note, .stopped = stopped });
	model_unlock(model);
}

void
model_emit_state(struct model *model, haul_id id, bool ended)
{
	model_lock(model);
	model_add_event(model, &(struct haul_event){
	    .kind = HAUL_EVENT_STATE, .id = id, .ended = ended });
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

bool
model_is_done(struct model *model)
{
	bool done;

	model_lock(model);
	done = model->running_count == 0 &&
	    (model->hold == HAUL_HOLD_NEW ||
	    model->per_state[HAUL_STATE_QUEUED] == 0);
	model_unlock(model);
	return done;
}
