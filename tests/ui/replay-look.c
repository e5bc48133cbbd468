/* SPDX-License-Identifier: MIT
 *
 * The replayed engine's whole items and its options.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/options.h"
#include "replay.h"

static char *
replay_copy_text(const char *text)
{
	return text != NULL ? strdup(text) : NULL;
}

static char *
replay_url(const struct replay_item *item)
{
	char *url;

	if (item->extra != NULL && item->extra->url != NULL)
		return strdup(item->extra->url);
	if (asprintf(&url, "https://%s/%s", item->host, item->name) < 0)
		abort();
	return url;
}

static void
replay_copy_history(const struct replay_extra *extra, struct haul_item *copy)
{
	size_t i;

	copy->history = calloc(extra->history_count + 1,
	    sizeof *copy->history);
	copy->history_count = extra->history_count;
	for (i = 0; i < extra->history_count; i++) {
		copy->history[i] = extra->history[i];
		copy->history[i].url =
		    replay_copy_text(extra->history[i].url);
		copy->history[i].message =
		    replay_copy_text(extra->history[i].message);
	}
}

static void
replay_copy_extra(const struct replay_extra *extra, struct haul_item *copy)
{
	copy->final_url = replay_copy_text(extra->final_url);
	copy->message = replay_copy_text(extra->message);
	copy->etag = replay_copy_text(extra->etag);
	copy->last_modified = replay_copy_text(extra->modified);
	copy->server = replay_copy_text(extra->server);
	copy->address = replay_copy_text(extra->address);
	copy->redirects = extra->redirects;
	copy->attempt_started_ms = extra->attempt_ms;
	copy->connect_ms = extra->connect_ms;
	copy->tls_ms = extra->tls_ms;
	copy->first_byte_ms = extra->first_byte_ms;
	copy->http_version = extra->http_version;
	copy->resumed_bytes = extra->resumed_bytes;
	replay_copy_history(extra, copy);
}

static void
replay_copy_item(struct replay *replay, haul_id id, struct haul_item *copy)
{
	const struct replay_item *item = &replay->items[id - 1];

	copy->id = id;
	copy->state = item->state;
	copy->cause = item->cause;
	copy->http_status = item->status;
	copy->size_bytes = item->size;
	copy->got_bytes = item->got;
	copy->wait_ms = item->due_ms > replay_now_ms() ?
	    item->due_ms - replay_now_ms() : 0;
	copy->started_at_ms = item->started_ms;
	copy->ended_at_ms = item->ended_ms;
	if (item->started_ms != 0)
		copy->elapsed_ms = (item->ended_ms != 0 ? item->ended_ms :
		    replay_epoch_ms()) - item->started_ms;
	if (item->state != HAUL_STATE_REMOVED)
		copy->added_rank = 1 + (int64_t)replay_order_rank(
		    &replay->queue, HAUL_IN_ALL,
		    replay_order_slot(&replay->queue, id) - 1);
	copy->attempts = item->attempt;
	copy->connections = item->connections;
	copy->connect_ms = copy->tls_ms = copy->first_byte_ms = -1;
	copy->resumable = item->resumable;
	copy->url = replay_url(item);
	if (item->extra != NULL)
		replay_copy_extra(item->extra, copy);
	if (item->extra != NULL && item->extra->path != NULL)
		copy->path = strdup(item->extra->path);
	else if (asprintf(&copy->path, "/data/%s", item->name) < 0)
		abort();
}

struct haul_item *
haul_item(struct haul *haul, haul_id id)
{
	struct replay *replay = (struct replay *)haul;
	struct haul_item *copy = NULL;

	replay_lock(replay);
	if (replay_item(replay, id) != NULL) {
		copy = calloc(1, sizeof *copy);
		replay_copy_item(replay, id, copy);
	}
	replay_unlock(replay);
	replay_touch(1);
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
	free(copy->server);
	free(copy->address);
	free(copy);
}

/* ---- options: the engine's own ---- */

void
replay_take_options(struct replay *replay, const struct haul_options *options)
{
	replay->options = options_clone(options != NULL ?
	    options_peek(options) : NULL);
	options_fill_defaults(replay->options);
}

enum haul_result
haul_set(struct haul *haul, const char *name, const char *value,
    struct haul_error *error)
{
	struct replay *replay = (struct replay *)haul;
	enum haul_result result;

	replay_lock(replay);
	result = options_set(replay->options, name, value,
	    OPTION_SCOPE_ENGINE | OPTION_SCOPE_ITEM, error);
	if (result == HAUL_OK)
		replay_note_call(replay, "set %s %s", name, value);
	replay->changes++;
	replay_unlock(replay);
	return result;
}

enum haul_result
haul_set_item(struct haul *haul, haul_id id, const char *name,
    const char *value, struct haul_error *error)
{
	struct replay *replay = (struct replay *)haul;
	enum haul_result result = HAUL_ENOENT;
	struct replay_extra *extra;

	replay_lock(replay);
	if (replay_item(replay, id) != NULL) {
		extra = replay_extra(replay_item(replay, id));
		if (extra->options == NULL)
			extra->options = options_new();
		result = options_set(extra->options, name, value,
		    OPTION_SCOPE_ITEM, error);
	}
	if (result == HAUL_OK)
		replay_note_call(replay, "set-item %llu %s %s",
		    (unsigned long long)id, name, value);
	replay->changes++;
	replay_unlock(replay);
	return result;
}

bool
haul_get(struct haul *haul, haul_id id, const char *name, char *text,
    size_t size)
{
	struct replay *replay = (struct replay *)haul;
	struct options_pair pair = { NULL, replay->options, NULL };
	struct replay_item *item;
	bool found;

	replay_lock(replay);
	item = replay_item(replay, id);
	if (item != NULL && item->extra != NULL)
		pair.item = item->extra->options;
	found = options_format(pair, name, text, size);
	replay_unlock(replay);
	replay_touch(0);
	return found;
}
