/* SPDX-License-Identifier: MIT
 *
 * Records for programs. A record is built as an object, written as text, and
 * its text then made safe to be looked at: jansson leaves DEL and Unicode's
 * controls as they are. Where a record would be longer than a line may be, its
 * strings are cut shorter and "cut" says so.
 *
 * While the reader is behind, records of the present (progress, totals) are
 * left out; those of lives are kept until the buffer is full, and then counted
 * into a gap record.
 */
#include "config.h"

#include "json.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <unistr.h>

#include "present/memory.h"
#include "present/progress.h"
#include "present/sentence.h"
#include "present/text.h"
#include "present/units.h"

#define JSON_VERSION            1
#define JSON_SEGMENTS           64
#define JSON_ROWS_MAX           16384
#define JSON_BACKLOG_MAX        65536   /* beyond it the reader is behind */
#define JSON_STRING_MAX         8192    /* bytes of one, at first */
#define JSON_STRING_MIN         64
#define JSON_CHECK_RANGES       1000

struct json {
	const struct output_context *context;
	enum settings_events events;
	int64_t seq;                    /* of the next record */
	int64_t lost, lost_from, lost_to;
	int64_t interval_ms, next_ms;
	bool no_progress;
	struct haul_row *rows;          /* JSON_ROWS_MAX at most */
	size_t row_room;
};

/* How a record is filled; called again with a smaller limit if its line came
 * out too long. */
struct json_record {
	json_t *object;
	size_t limit;                   /* bytes of a string */
	bool cut;
};

typedef void (*json_fill_fn)(struct json *, struct json_record *,
    const void *user);

/* ---- strings ---- */

static char *
json_base64(const char *bytes, size_t length)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	char *out = memory_resize(NULL, (length + 2) / 3 * 4 + 1, 1);
	const unsigned char *in = (const unsigned char *)bytes;
	size_t i, used = 0;
	unsigned group;

	for (i = 0; i < length; i += 3) {
		group = (unsigned)in[i] << 16;
		if (i + 1 < length)
			group |= (unsigned)in[i + 1] << 8;
		if (i + 2 < length)
			group |= in[i + 2];
		out[used++] = digits[group >> 18];
		out[used++] = digits[group >> 12 & 63];
		out[used++] = i + 1 < length ? digits[group >> 6 & 63] : '=';
		out[used++] = i + 2 < length ? digits[group & 63] : '=';
	}
	out[used] = '\0';
	return out;
}

/* A copy with U+FFFD for each byte that is not UTF-8. */
static char *
json_lossy(const char *bytes, size_t length)
{
	char *out = memory_resize(NULL, 3 * length + 1, 1);
	size_t i, taken, used = 0;
	uint32_t code;

	for (i = 0; i < length; i += taken > 0 ? taken : 1) {
		taken = text_decode(bytes + i, length - i, &code);
		memcpy(out + used, taken > 0 ? bytes + i : "\xef\xbf\xbd",
		    taken > 0 ? taken : 3);
		used += taken > 0 ? taken : 3;
	}
	out[used] = '\0';
	return out;
}

static void
json_put_text(struct json_record *record, json_t *object, const char *key,
    const char *text)
{
	char name[64], *lossy, *base64;
	size_t length;

	if (text == NULL) {
		json_object_set_new(object, key, json_null());
		return;
	}
	length = strlen(text);
	if (length > record->limit) {
		record->cut = true;
		for (length = record->limit; length > 0 &&
		    (text[length] & 0xc0) == 0x80; length--)
			;
	}
	if (u8_check((const uint8_t *)text, length) == NULL) {
		json_object_set_new(object, key, json_stringn_nocheck(text,
		    length));
		return;
	}
	lossy = json_lossy(text, length);
	base64 = json_base64(text, length);
	snprintf(name, sizeof name, "%s_b64", key);
	json_object_set_new(object, key, json_string(lossy));
	json_object_set_new(object, name, json_string(base64));
	free(lossy);
	free(base64);
}

/* A URL, without its secrets. */
static void
json_put_url(struct json_record *record, json_t *object, const char *key,
    const char *url)
{
	char *shown;

	if (url == NULL) {
		json_object_set_new(object, key, json_null());
		return;
	}
	shown = text_redacted(url);
	json_put_text(record, object, key, shown);
	free(shown);
}

static void
json_put_number(json_t *object, const char *key, int64_t number)
{
	json_object_set_new(object, key, json_integer(number));
}

/* A number, or null if it is negative: not known. */
static void
json_put_known(json_t *object, const char *key, int64_t number)
{
	json_object_set_new(object, key, number < 0 ? json_null() :
	    json_integer(number));
}

static void
json_put_bool(json_t *object, const char *key, bool value)
{
	json_object_set_new(object, key, json_boolean(value));
}

/* ---- lines ---- */

/* Writes \uXXXX, or the two of a surrogate pair; returns the length. */
static size_t
json_escape(char out[16], uint32_t code)
{
	if (code < 0x10000)
		return (size_t)snprintf(out, 16, "\\u%04x", (unsigned)code);
	code -= 0x10000;
	return (size_t)snprintf(out, 16, "\\u%04x\\u%04x",
	    0xd800 + (unsigned)(code >> 10),
	    0xdc00 + (unsigned)(code & 0x3ff));
}

/* The line with an escape for each character that is better not sent to a
 * terminal. Only strings hold such ones, so the text needs no parsing. */
static char *
json_make_safe(const char *text, size_t *length_out)
{
	size_t length = strlen(text), used = 0, i, taken, put;
	char *out = memory_resize(NULL, 6 * length + 2, 1);
	char escape[16];
	const char *from;
	uint32_t code = 0;

	for (i = 0; i < length; i += taken) {
		taken = text_decode(text + i, length - i, &code);
		from = text + i;
		put = taken;
		if (taken == 0) {
			taken = 1;      /* jansson lets none through */
		} else if (text_is_unsafe(code)) {
			put = json_escape(escape, code);
			from = escape;
		}
		memcpy(out + used, from, put);
		used += put;
	}
	out[used++] = '\n';
	*length_out = used;
	return out;
}

static int64_t
json_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* Builds one record's line, with strings short enough for it to fit. */
static char *
json_build(struct json *json, const char *ev, json_fill_fn fill,
    const void *user, size_t *length)
{
	struct json_record record = { .limit = JSON_STRING_MAX };
	char *text, *line = NULL;

	do {
		free(line);
		line = NULL;
		record.cut = false;
		record.object = json_object();
		json_put_number(record.object, "v", JSON_VERSION);
		json_put_number(record.object, "seq", json->seq);
		json_put_number(record.object, "t", json_now_ms());
		json_object_set_new(record.object, "ev", json_string(ev));
		fill(json, &record, user);
		if (record.cut)
			json_put_bool(record.object, "cut", true);
		text = json_dumps(record.object, JSON_COMPACT);
		json_decref(record.object);
		if (text == NULL)
			return NULL;
		line = json_make_safe(text, length);
		free(text);
		record.limit /= 4;
	} while (*length > JSON_LINE_MAX && record.limit >= JSON_STRING_MIN);
	return line;
}

static void
json_fill_gap(struct json *json, struct json_record *record,
    const void *user)
{
	(void)user;
	json_put_number(record->object, "lost", json->lost);
	json_put_number(record->object, "from_seq", json->lost_from);
	json_put_number(record->object, "to_seq", json->lost_to);
}

static bool
json_put_line(struct json *json, const char *ev, json_fill_fn fill,
    const void *user)
{
	size_t length;
	char *line = json_build(json, ev, fill, user, &length);
	bool fits = line != NULL && writer_put(json->context->out, line,
	    length);

	free(line);
	if (fits)
		json->seq++;
	return fits;
}

/* Writes a record, and before it the gap if some were lost. */
static void
json_emit(struct json *json, const char *ev, json_fill_fn fill,
    const void *user)
{
	bool fits = true;

	if (json->lost > 0) {
		fits = json_put_line(json, "gap", json_fill_gap, NULL);
		if (fits)
			json->lost = 0;
	}
	if (fits && json_put_line(json, ev, fill, user))
		return;
	if (json->lost == 0)
		json->lost_from = json->seq;
	json->lost++;
	json->lost_to = json->seq++;
}

/* Whether records of the present are worth making. */
static bool
json_reader_is_up(struct json *json)
{
	return writer_backlog(json->context->out) < JSON_BACKLOG_MAX;
}

/* ---- records ---- */

static void
json_fill_hello(struct json *json, struct json_record *record,
    const void *user)
{
	const struct settings *settings = json->context->settings;
	const int64_t *values = settings->values;
	const char *dir = settings->texts[SETTINGS_DIRECTORY];
	json_t *object = json_object();

	(void)user;
	json_put_text(record, record->object, "program", "haul");
	json_put_text(record, record->object, "version", haul_version());
	json_put_text(record, record->object, "schema",
	    "haul-json.schema.json");
	json_put_number(record->object, "pid", getpid());
	json_put_text(record, record->object, "dir", dir != NULL ? dir :
	    settings_rows[SETTINGS_DIRECTORY].fallback);
	json_put_number(object, "files", values[SETTINGS_MAX_CONN]);
	json_put_number(object, "splits", values[SETTINGS_MAX_SPLITS]);
	json_put_number(object, "host_conns",
	    values[SETTINGS_MAX_HOST_CONN]);
	json_put_number(object, "conns", values[SETTINGS_MAX_TOTAL_CONN]);
	json_put_number(object, "limit", values[SETTINGS_LIMIT_RATE]);
	json_put_number(object, "tries", values[SETTINGS_RETRIES] + 1);
	json_object_set_new(record->object, "settings", object);
}

struct json_queued {
	haul_id id;
	size_t count;
	const struct haul_request *request;
};

static void
json_fill_batch(struct json *json, struct json_record *record,
    const void *user)
{
	const struct json_queued *queued = user;

	(void)json;
	json_put_number(record->object, "first_id", (int64_t)queued->id);
	json_put_number(record->object, "count", (int64_t)queued->count);
}

static void
json_fill_queued(struct json *json, struct json_record *record,
    const void *user)
{
	const struct json_queued *queued = user;

	(void)json;
	json_put_number(record->object, "id", (int64_t)queued->id);
	json_put_url(record, record->object, "url", queued->request->url);
	json_put_text(record, record->object, "path", queued->request->name);
}

struct json_event {
	const struct haul_event *event;
	const struct haul_item *item;
};

/* The host of a URL, without user and port. */
static char *
json_host(const char *url)
{
	const char *start = strstr(url, "://"), *at;
	size_t length;

	start = start != NULL ? start + 3 : url;
	length = strcspn(start, "/?#");
	at = memrchr(start, '@', length);
	if (at != NULL) {
		length -= (size_t)(at + 1 - start);
		start = at + 1;
	}
	if (*start == '[')
		length = strcspn(start, "]") + 1 < length ?
		    strcspn(start, "]") + 1 : length;
	else
		length = strcspn(start, ":") < length ? strcspn(start, ":") :
		    length;
	return memory_bytes(start, length);
}

static void
json_fill_start(struct json_record *record, const struct json_event *from)
{
	char *host = json_host(from->item->url);

	json_put_number(record->object, "try", from->event->attempt);
	json_put_url(record, record->object, "url", from->item->url);
	json_put_text(record, record->object, "host", host);
	free(host);
}

static void
json_fill_meta(struct json_record *record, const struct haul_item *item)
{
	json_put_known(record->object, "size", item->size_bytes);
	json_put_url(record, record->object, "final_url", item->final_url);
	json_put_text(record, record->object, "name", item->path != NULL ?
	    output_base_name(item->path) : NULL);
	json_put_bool(record->object, "resumable", item->resumable);
	json_put_text(record, record->object, "etag", item->etag);
	json_put_text(record, record->object, "last_modified",
	    item->last_modified);
	json_put_known(record->object, "status", item->http_status > 0 ?
	    item->http_status : -1);
}

static void
json_put_cause(struct json_record *record, json_t *object,
    enum haul_cause cause, int http_status, int curl_code)
{
	json_put_text(record, object, "cause", haul_cause_name(cause));
	json_put_known(object, "code", http_status > 0 ? http_status : -1);
	json_put_known(object, "curl_code", curl_code > 0 ? curl_code : -1);
}

static void
json_put_message(struct json_record *record, const struct haul_item *item)
{
	char sentence[SENTENCE_SIZE];

	sentence_cause(sentence, sizeof sentence, item->cause,
	    item->http_status, item->message, 0);
	json_put_text(record, record->object, "message", sentence);
}

static void
json_fill_retry(struct json_record *record, const struct json_event *from)
{
	const struct haul_item *item = from->item;

	json_put_number(record->object, "try", from->event->attempt);
	json_put_cause(record, record->object, item->cause,
	    item->http_status, item->curl_code);
	json_put_message(record, item);
	json_put_number(record->object, "wait_ms", item->wait_ms);
	json_put_number(record->object, "at", json_now_ms() + item->wait_ms);
	if (from->event->offline)
		json_put_text(record, record->object, "waits_for", "network");
}

static void
json_fill_done(struct json_record *record, const struct haul_item *item)
{
	int64_t fetched = item->got_bytes - item->resumed_bytes;

	json_put_text(record, record->object, "path", item->path);
	json_put_known(record->object, "size", item->size_bytes);
	json_put_number(record->object, "got", item->got_bytes);
	json_put_number(record->object, "resumed_from", item->resumed_bytes);
	json_put_number(record->object, "ms", item->elapsed_ms);
	json_put_known(record->object, "avg", item->elapsed_ms > 0 ?
	    (int64_t)((double)fetched * 1000 / (double)item->elapsed_ms) :
	    -1);
	json_put_bool(record->object, "checksum", item->digest_checked);
}

static json_t *
json_attempts(struct json_record *record, const struct haul_item *item)
{
	json_t *list = json_array(), *object;
	const struct haul_attempt *attempt;
	size_t i;

	for (i = 0; i < item->history_count; i++) {
		attempt = &item->history[i];
		object = json_object();
		json_put_number(object, "t", attempt->time_ms);
		json_put_url(record, object, "url", attempt->url);
		json_put_cause(record, object, attempt->cause,
		    attempt->http_status, attempt->curl_code);
		json_put_text(record, object, "message", attempt->message);
		json_put_number(object, "got", attempt->got_bytes);
		json_array_append_new(list, object);
	}
	return list;
}

static void
json_fill_fail(struct json_record *record, const struct haul_item *item)
{
	json_put_url(record, record->object, "url", item->url);
	json_put_text(record, record->object, "path", item->path);
	json_put_cause(record, record->object, item->cause,
	    item->http_status, item->curl_code);
	json_put_message(record, item);
	json_put_number(record->object, "tries", item->attempts);
	json_put_number(record->object, "kept", item->got_bytes);
	json_object_set_new(record->object, "attempts",
	    json_attempts(record, item));
}

/* A move, an edit or a restoring of what ran leaves it queued. */
static const char *
json_state_name(enum haul_state state)
{
	static const char *const names[HAUL_STATE_COUNT] = {
		[HAUL_STATE_PAUSED] = "paused",
		[HAUL_STATE_REMOVED] = "removed",
		[HAUL_STATE_DONE] = "done", [HAUL_STATE_SKIPPED] = "skipped",
		[HAUL_STATE_FAILED] = "failed",
	};

	return names[state] != NULL ? names[state] : "queued";
}

static void
json_fill_event(struct json *json, struct json_record *record,
    const void *user)
{
	const struct json_event *from = user;

	(void)json;
	json_put_number(record->object, "id", (int64_t)from->event->id);
	switch (from->event->kind) {
	case HAUL_EVENT_START:
		json_fill_start(record, from);
		break;
	case HAUL_EVENT_META:
		json_fill_meta(record, from->item);
		break;
	case HAUL_EVENT_RETRY:
		json_fill_retry(record, from);
		break;
	case HAUL_EVENT_DONE:
		json_fill_done(record, from->item);
		break;
	case HAUL_EVENT_SKIP:
		json_put_text(record, record->object, "path",
		    from->item->path);
		json_put_text(record, record->object, "reason", "exists");
		break;
	case HAUL_EVENT_FAIL:
		json_fill_fail(record, from->item);
		break;
	case HAUL_EVENT_WARN:
		json_put_text(record, record->object, "message",
		    sentence_note(from->event->note));
		json_put_text(record, record->object, "cause",
		    output_note_name(from->event->note));
		break;
	case HAUL_EVENT_STATE:
		json_put_text(record, record->object, "state",
		    json_state_name(from->event->state));
		break;
	case HAUL_EVENT_END:
		break;
	}
}

static void
json_fill_note(struct json *json, struct json_record *record,
    const void *user)
{
	const enum haul_note *note = user;

	(void)json;
	json_put_text(record, record->object, "message", sentence_note(*note));
	json_put_text(record, record->object, "cause",
	    output_note_name(*note));
}

static void
json_fill_progress(struct json *json, struct json_record *record,
    const void *user)
{
	struct haul_range ranges[JSON_SEGMENTS];
	const struct haul_row *row = user;
	json_t *list = json_array(), *pair;
	size_t i, count = haul_segments(json->context->haul, row->id, ranges,
	    JSON_SEGMENTS);

	for (i = 0; i < count; i++) {
		pair = json_array();
		json_array_append_new(pair, json_integer(ranges[i].start));
		json_array_append_new(pair, json_integer(ranges[i].end));
		json_array_append_new(list, pair);
	}
	json_put_number(record->object, "id", (int64_t)row->id);
	json_put_number(record->object, "got", row->got_bytes);
	json_put_known(record->object, "size", row->size_bytes);
	json_put_number(record->object, "speed", row->speed_bps);
	json_put_known(record->object, "eta", units_rest_ms(row->got_bytes,
	    row->size_bytes, row->speed_bps));
	json_put_number(record->object, "conns", row->connections);
	json_object_set_new(record->object, "segs", list);
}

static void
json_fill_totals(struct json *json, struct json_record *record,
    const void *user)
{
	json_t *object = record->object;
	struct haul_totals totals;
	struct progress progress;

	(void)user;
	haul_totals(json->context->haul, &totals);
	progress_of_totals(&progress, &totals);
	json_put_number(object, "files", (int64_t)totals.files);
	json_put_number(object, "done", (int64_t)totals.done);
	json_put_number(object, "failed", (int64_t)totals.failed);
	json_put_number(object, "skipped", (int64_t)totals.skipped);
	json_put_number(object, "active", (int64_t)(totals.active +
	    totals.waiting));
	json_put_number(object, "queued", (int64_t)totals.queued);
	json_put_number(object, "paused", (int64_t)totals.paused);
	json_put_number(object, "got", totals.got_bytes);
	json_put_number(object, "size", totals.size_bytes);
	json_put_bool(object, "size_is_lower_bound",
	    totals.size_is_lower_bound);
	json_put_number(object, "speed", totals.speed_bps);
	json_put_known(object, "eta", progress.rest_ms);
	json_put_number(object, "conns", totals.connections);
	json_put_bool(object, "offline", totals.offline);
}

static void
json_fill_end(struct json *json, struct json_record *record,
    const void *user)
{
	static const char *const reasons[] = {
		[OUTPUT_COMPLETE] = "complete", [OUTPUT_FAILED] = "failed",
		[OUTPUT_STORAGE] = "storage", [OUTPUT_TOO_MANY] = "failed",
		[OUTPUT_STOPPED] = "stopped", [OUTPUT_SIGNAL] = "signal",
	};
	const struct output_end *end = user;

	json_put_text(record, record->object, "reason",
	    reasons[end->reason]);
	json_put_number(record->object, "exit", end->exit_status);
	json_fill_totals(json, record, NULL);
}

/* ---- the output ---- */

static void *
json_start(const struct output_context *context)
{
	const int64_t *values = context->settings->values;
	struct json *json = memory_zero(sizeof *json);

	json->context = context;
	json->events = (enum settings_events)values[SETTINGS_EVENTS];
	json->interval_ms = values[SETTINGS_INTERVAL];
	json->no_progress = values[SETTINGS_NO_PROGRESS] != 0;
	if (json->events != SETTINGS_EVENTS_END)
		json_emit(json, "hello", json_fill_hello, NULL);
	return json;
}

static void
json_stop(void *state)
{
	struct json *json = state;

	free(json->rows);
	free(json);
}

static bool
json_wants_items(const struct json *json)
{
	return json->events == SETTINGS_EVENTS_ALL ||
	    json->events == SETTINGS_EVENTS_ITEMS;
}

static bool
json_wants(void *state, const struct haul_event *event)
{
	return event->kind != HAUL_EVENT_END && json_wants_items(state) &&
	    !output_is_moved(event);
}

static void
json_event(void *state, const struct haul_event *event,
    const struct haul_item *item)
{
	static const char *const names[] = {
		[HAUL_EVENT_START] = "start", [HAUL_EVENT_META] = "meta",
		[HAUL_EVENT_RETRY] = "retry", [HAUL_EVENT_DONE] = "done",
		[HAUL_EVENT_SKIP] = "skip", [HAUL_EVENT_FAIL] = "fail",
		[HAUL_EVENT_WARN] = "warn", [HAUL_EVENT_STATE] = "state",
	};
	struct json_event from = { event, item };

	if (item != NULL && json_wants(state, event))
		json_emit(state, names[event->kind], json_fill_event, &from);
}

static bool
json_note(void *state, enum haul_note note)
{
	struct json *json = state;

	if (json->events != SETTINGS_EVENTS_END)
		json_emit(json, "note", json_fill_note, &note);
	return false;
}

static void
json_queued(void *state, haul_id first, size_t count)
{
	struct json_queued queued = { .id = first, .count = count };
	struct json *json = state;

	if (json->events == SETTINGS_EVENTS_ITEMS)
		json_emit(json, "queued_batch", json_fill_batch, &queued);
}

static void
json_added(void *state, haul_id id, const struct haul_request *request)
{
	struct json_queued queued = { .id = id, .request = request };
	struct json *json = state;

	if (json->events == SETTINGS_EVENTS_ALL)
		json_emit(json, "queued", json_fill_queued, &queued);
}

static void
json_put_progress(struct json *json)
{
	size_t active, i;

	active = haul_active(json->context->haul, json->rows, json->row_room);
	if (active > json->row_room && json->row_room < JSON_ROWS_MAX) {
		json->row_room = active < JSON_ROWS_MAX ? active :
		    JSON_ROWS_MAX;
		json->rows = memory_resize(json->rows, json->row_room,
		    sizeof *json->rows);
		active = haul_active(json->context->haul, json->rows,
		    json->row_room);
	}
	if (active > json->row_room)
		active = json->row_room;
	for (i = 0; i < active && json_reader_is_up(json); i++)
		if (json->rows[i].state != HAUL_STATE_WAITING)
			json_emit(json, "progress", json_fill_progress,
			    &json->rows[i]);
}

static int
json_tick(void *state, int64_t now_ms)
{
	struct json *json = state;

	if (json->no_progress || json->events == SETTINGS_EVENTS_END)
		return -1;
	if (json->next_ms == 0)
		json->next_ms = now_ms + json->interval_ms;
	if (now_ms < json->next_ms)
		return (int)(json->next_ms - now_ms);
	json->next_ms = now_ms + json->interval_ms;
	if (json_wants_items(json))
		json_put_progress(json);
	if (json_reader_is_up(json))
		json_emit(json, "totals", json_fill_totals, NULL);
	return (int)json->interval_ms;
}

static void
json_end(void *state, const struct output_end *end)
{
	json_emit(state, "end", json_fill_end, end);
}

const struct output_ops json_ops = {
	.name = "json", .start = json_start, .stop = json_stop,
	.wants = json_wants, .event = json_event, .queued = json_queued,
	.added = json_added, .note = json_note, .tick = json_tick,
	.end = json_end,
};

/* ---- --verify ---- */

static void
json_fill_check(struct json *json, struct json_record *record,
    const void *user)
{
	const struct haul_checked *from = user;
	json_t *ranges = json_array();
	size_t i, count = from->bad_count;

	(void)json;
	/* Of a line's length: whole files of them would be too many. */
	if (count > JSON_CHECK_RANGES) {
		count = JSON_CHECK_RANGES;
		record->cut = true;
	}
	json_put_text(record, record->object, "path", from->path);
	json_put_url(record, record->object, "url", from->url);
	json_object_set_new(record->object, "check",
	    json_string(haul_check_name(from->check)));
	json_put_known(record->object, "run", from->run > 0 ?
	    (int64_t)from->run : -1);
	json_put_known(record->object, "size", from->size_bytes);
	json_put_known(record->object, "found", from->found_bytes);
	json_put_number(record->object, "blocks", from->blocks);
	for (i = 0; i < count; i++)
		json_array_append_new(ranges, json_pack("[I,I]",
		    (json_int_t)from->bad[i].start,
		    (json_int_t)from->bad[i].end));
	json_object_set_new(record->object, "differs", ranges);
	if (from->digest)
		json_put_bool(record->object, "digest_differs",
		    from->digest_differs);
	if (from->check == HAUL_CHECK_UNREADABLE)
		json_put_number(record->object, "errno", from->sys_errno);
}

char *
json_check_line(int64_t seq, const struct haul_checked *checked,
    size_t *length)
{
	struct json json = { .seq = seq };

	return json_build(&json, "check", json_fill_check, checked, length);
}

struct json_checked {
	const uint64_t *counts;
	uint64_t skipped;
	int64_t read_bytes;
};

static void
json_fill_checked(struct json *json, struct json_record *record,
    const void *user)
{
	const struct json_checked *from = user;
	int check;

	(void)json;
	for (check = 0; check < HAUL_CHECK_COUNT; check++)
		json_put_number(record->object, haul_check_name(
		    (enum haul_check)check), (int64_t)from->counts[check]);
	json_put_number(record->object, "skipped", (int64_t)from->skipped);
	json_put_number(record->object, "read", from->read_bytes);
}

char *
json_checked_line(int64_t seq, const uint64_t counts[HAUL_CHECK_COUNT],
    uint64_t skipped, int64_t read_bytes, size_t *length)
{
	struct json json = { .seq = seq };
	struct json_checked checked = { counts, skipped, read_bytes };

	return json_build(&json, "checked", json_fill_checked, &checked,
	    length);
}

/* ---- --doctor ---- */

struct json_finding {
	const char *check, *state, *found, *advice;
};

static void
json_fill_finding(struct json *json, struct json_record *record,
    const void *user)
{
	const struct json_finding *from = user;

	(void)json;
	json_put_text(record, record->object, "check", from->check);
	json_put_text(record, record->object, "state", from->state);
	json_put_text(record, record->object, "found", from->found);
	json_put_text(record, record->object, "advice", from->advice);
}

char *
json_finding_line(int64_t seq, const char *check, const char *state,
    const char *found, const char *advice, size_t *length)
{
	struct json json = { .seq = seq };
	struct json_finding finding = { check, state, found, advice };

	return json_build(&json, "finding", json_fill_finding, &finding,
	    length);
}

static void
json_fill_diagnosis(struct json *json, struct json_record *record,
    const void *user)
{
	const uint64_t *counts = user;

	(void)json;
	json_put_number(record->object, "ok", (int64_t)counts[0]);
	json_put_number(record->object, "note", (int64_t)counts[1]);
	json_put_number(record->object, "wrong", (int64_t)counts[2]);
}

char *
json_diagnosis_line(int64_t seq, uint64_t ok, uint64_t note, uint64_t wrong,
    size_t *length)
{
	struct json json = { .seq = seq };
	uint64_t counts[] = { ok, note, wrong };

	return json_build(&json, "diagnosis", json_fill_diagnosis, counts,
	    length);
}
