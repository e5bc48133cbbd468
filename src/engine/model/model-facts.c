/* SPDX-License-Identifier: MIT
 *
 * See model.h: what the engine learns of an item and of the run, put down for
 * others to see. Most of these are a line between two of the lock; they stay
 * apart, because each has a type of its own and callers that know one fact.
 */
#include "config.h"

#include "model-internal.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/clock.h"
#include "engine/base/options.h"

#define MODEL_FINAL_MAX 4096            /* bytes of a final URL */
#define MODEL_FINAL_ALL_MAX (64u << 20) /* of all of them */
#define MODEL_FINAL_CUT 200
#define MODEL_ETAG_MAX 1024
#define MODEL_DATE_MAX 128

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
	model_note_change(model, id);
	model_touch(model);
	model_unlock(model);
}

void
model_set_size(struct model *model, haul_id id, int64_t size)
{
	struct item *item = model_item(model, id);

	if (item->size == size)
		return;
	model_lock(model);
	if (item->size >= 0) {
		model->size_bytes -= item->size;
		model->sized--;
	}
	item->size = size;
	model_note_change(model, id);
	model_touch(model);
	if (size >= 0) {
		model->size_bytes += size;
		model->sized++;
	}
	model_unlock(model);
}

static void
model_keep_attempt(struct item_extra *extra, const struct failure *failure,
    const char *url, int64_t got_bytes, uint32_t number,
    const struct model_facts *facts)
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
	attempt->number = number;
	attempt->started_ms = facts->started_ms;
	attempt->connect_ms = facts->connect_ms;
	attempt->tls_ms = facts->tls_ms;
	attempt->first_byte_ms = facts->first_byte_ms;
}

void
model_set_failure(struct model *model, haul_id id,
    const struct failure *failure, const char *url, int64_t got_bytes,
    bool in_history)
{
	static const struct model_facts unknown = { .connect_ms = -1,
	    .tls_ms = -1, .first_byte_ms = -1 };
	struct item *item = model_item(model, id);
	const struct model_running *running;
	struct item_extra *extra;

	model_lock(model);
	running = model_find_running(model, id);
	extra = model_extra(item);
	if (extra->failure == NULL)
		extra->failure = alloc_zero(sizeof *extra->failure);
	*extra->failure = *failure;
	model_note_change(model, id);
	model_touch(model);
	if (in_history)
		model_keep_attempt(extra, failure, url, got_bytes,
		    item->attempts, running ? &running->facts : &unknown);
	model_unlock(model);
}

static void
model_replace_text(char **text, const char *new_text)
{
	free(*text);
	*text = alloc_string(new_text);
}

/* Whither a redirect leads may be half a megabyte long, for each of very many
 * files. What is too long, or more than all together may have, is cut. */
static void
model_replace_final_url(struct model *model, char **text, const char *url)
{
	size_t length = url != NULL ? strlen(url) : 0;

	model->final_bytes -= *text != NULL ? strlen(*text) : 0;
	if (length > MODEL_FINAL_MAX ||
	    (length > MODEL_FINAL_CUT &&
	    model->final_bytes + length > MODEL_FINAL_ALL_MAX)) {
		free(*text);
		*text = alloc_format("%.*s...", MODEL_FINAL_CUT, url);
	} else {
		model_replace_text(text, url);
	}
	model->final_bytes += *text != NULL ? strlen(*text) : 0;
}

static const char *
model_no_longer_than(const char *text, size_t most)
{
	return text != NULL && strlen(text) <= most ? text : NULL;
}

void
model_set_answer(struct model *model, haul_id id, const char *final_url,
    const char *etag, const char *last_modified)
{
	struct item_extra *extra;

	model_lock(model);
	extra = model_extra(model_item(model, id));
	if (final_url == NULL && extra->next_mirror > 0)
		final_url = model_url(model_item(model, id));
	model_replace_final_url(model, &extra->final_url, final_url);
	model_replace_text(&extra->etag, model_no_longer_than(etag,
	    MODEL_ETAG_MAX));
	model_replace_text(&extra->last_modified, model_no_longer_than(
	    last_modified, MODEL_DATE_MAX));
	model_touch(model);
	model_unlock(model);
}

void
model_set_sums(struct model *model, haul_id id, unsigned char *sums,
    size_t size)
{
	struct item_extra *extra;

	model_lock(model);
	extra = model_extra(model_item(model, id));
	free(extra->sums);
	extra->sums = sums;
	extra->sums_size = size;
	model_unlock(model);
}

void
model_set_url(struct model *model, haul_id id, const char *url,
    const char *keep_url)
{
	struct item *item = model_item(model, id);
	struct item_extra *extra;

	model_lock(model);
	extra = model_extra(item);
	item->url = model_keep_text(model, url);
	item->edited = true;
	model_replace_text(&extra->kept_url, keep_url);
	extra->from_zero = keep_url == NULL;
	model_replace_final_url(model, &extra->final_url, NULL);
	model_replace_text(&extra->etag, NULL);
	model_replace_text(&extra->last_modified, NULL);
	extra->best_bytes = 0;
	model_note_change(model, id);
	model_touch(model);
	model_unlock(model);
}

void
model_set_options(struct model *model, haul_id id, struct options *options)
{
	struct item *item = model_item(model, id);
	struct options *old;

	model_lock(model);
	old = item->options;
	item->options = options;
	model_note_change(model, id);
	model_touch(model);
	model_unlock(model);
	options_unref(old);
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
model_forget_attempt(struct model *model, haul_id id)
{
	struct item *item = model_item(model, id);

	model_lock(model);
	if (item->attempts > 0 && item->attempts < UINT16_MAX)
		item->attempts--;
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
	if (fetched == 0)
		model_touch(model);
}

void
model_set_live(struct model *model, const struct live *live)
{
	struct model_running *running;
	struct haul_connection *list;

	model_lock(model);
	running = model_find_running(model, live->id);
	if (running != NULL) {
		if (running->live.speed_bps != live->speed_bps ||
		    running->live.connections != live->connections)
			model_touch(model);
		list = running->live.list;
		if (live->list != NULL) {
			list = alloc_resize(list, live->connections + 1,
			    sizeof *list);
			memcpy(list, live->list, live->connections *
			    sizeof *list);
		}
		running->live = *live;
		running->live.list = list;
	}
	model_unlock(model);
}

void
model_set_facts(struct model *model, haul_id id,
    const struct model_facts *facts)
{
	struct model_running *running;
	int64_t started_ms;

	model_lock(model);
	running = model_find_running(model, id);
	if (running != NULL) {
		started_ms = running->facts.started_ms;
		running->facts = *facts;
		running->facts.started_ms = started_ms;
		model_touch(model);
	}
	model_unlock(model);
}

/* ---- of the run ---- */

void
model_set_speed(struct model *model, int64_t speed_bps)
{
	model_lock(model);
	if (model->speed_bps != speed_bps)
		model_touch(model);
	model->speed_bps = speed_bps;
	model_unlock(model);
}

void
model_set_connections(struct model *model, uint32_t connections)
{
	model_lock(model);
	if (model->connections != connections)
		model_touch(model);
	model->connections = connections;
	model_unlock(model);
}

void
model_begin_run(struct model *model)
{
	model_lock(model);
	if (model->run_started_ms == 0)
		model->run_started_ms = clock_monotonic_ms();
	model_touch(model);
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
	model_touch(model);
	model_unlock(model);
}
