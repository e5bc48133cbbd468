/* SPDX-License-Identifier: MIT
 *
 * The script that the replayed engine plays: a JSON object a line, done at its
 * time ("at", milliseconds after the start; 0 is before the first frame).
 *
 *   {"clock": "virtual" | "real", "epoch": ms}         the first line
 *   {"item": NAME, "count": N, ...}    adds items; %d or %06d in the name;
 *                                      "raw": its bytes in hexadecimal
 *   {"id": ID, ...}                    changes one
 *   {"speed": BPS}                     what the totals say, -1: the sum
 *   {"churn": "finish" | "fail" | "random", "rate": PER_S, "until": ms}
 *   {"run": ID, "left": N, ...}      a run of the store, as the fields of
 *                                      struct haul_store_run; newest first
 *   {"end": true}                      nothing is left to do
 *
 * Fields of items: see script_numbers and script_texts below, and ranges
 * [[start, end], ...], connections [[start, end, got, speed, version, tls,
 * receiving, address], ...], history [{...}, ...].
 */
#include "config.h"

#include "replay.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct script_step {
	int64_t at_ms;
	size_t order;
	json_t *what;
};

struct script_churn {
	char mode;                      /* 'f'inish, 'x' fail, 'r'andom; 0 */
	int64_t rate, until_ms;
	double owed;
};

struct script {
	struct script_step *steps;
	size_t count, next;
	bool is_virtual;
	int64_t epoch_ms, last_ms;
	struct script_churn churn;
	uint64_t random;
};

static const char *const script_states[HAUL_STATE_COUNT] = {
	[HAUL_STATE_QUEUED] = "queued", [HAUL_STATE_PAUSED] = "paused",
	[HAUL_STATE_CONNECTING] = "connecting",
	[HAUL_STATE_ACTIVE] = "active",
	[HAUL_STATE_VERIFYING] = "verifying",
	[HAUL_STATE_WAITING] = "waiting", [HAUL_STATE_DONE] = "done",
	[HAUL_STATE_SKIPPED] = "skipped", [HAUL_STATE_FAILED] = "failed",
	[HAUL_STATE_REMOVED] = "removed",
};

static void __attribute__((noreturn))
script_stop(const char *why, const char *what)
{
	fprintf(stderr, "haul-replay: %s: %s\n", why, what);
	abort();
}

static enum haul_state
script_state(const char *name)
{
	int s;

	for (s = 0; s < HAUL_STATE_COUNT; s++)
		if (strcmp(script_states[s], name) == 0)
			return (enum haul_state)s;
	script_stop("no state", name);
}

static enum haul_cause
script_cause(const char *name)
{
	int c;

	for (c = 0; c < HAUL_CAUSE_COUNT; c++)
		if (strcmp(haul_cause_name((enum haul_cause)c), name) == 0)
			return (enum haul_cause)c;
	script_stop("no cause", name);
}

/* ---- reading ---- */

static int
script_compare(const void *a, const void *b)
{
	const struct script_step *x = a, *y = b;

	if (x->at_ms != y->at_ms)
		return x->at_ms < y->at_ms ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static void
script_add(struct script *script, json_t *what)
{
	const char *clock = json_string_value(json_object_get(what, "clock"));
	json_t *epoch = json_object_get(what, "epoch");

	if (clock != NULL)
		script->is_virtual = strcmp(clock, "virtual") == 0;
	if (epoch != NULL)
		script->epoch_ms = json_integer_value(epoch);
	script->steps = realloc(script->steps,
	    (script->count + 1) * sizeof *script->steps);
	script->steps[script->count] = (struct script_step){
		json_integer_value(json_object_get(what, "at")),
		script->count, what };
	script->count++;
}

struct script *
script_open(const char *path)
{
	struct script *script = calloc(1, sizeof *script);
	FILE *file = fopen(path, "r");
	json_error_t error;
	size_t room = 0;
	char *line = NULL;
	json_t *what;

	if (file == NULL)
		script_stop("cannot be read", path);
	script->random = 88172645463325252;
	while (getline(&line, &room, file) > 0) {
		what = json_loads(line, 0, &error);
		if (what == NULL)
			script_stop(error.text, line);
		script_add(script, what);
	}
	free(line);
	fclose(file);
	qsort(script->steps, script->count, sizeof *script->steps,
	    script_compare);
	return script;
}

void
script_free(struct script *script)
{
	size_t i;

	if (script == NULL)
		return;
	for (i = 0; i < script->count; i++)
		json_decref(script->steps[i].what);
	free(script->steps);
	free(script);
}

bool
script_is_virtual(const struct script *script)
{
	return script->is_virtual;
}

int64_t
script_epoch_ms(const struct script *script)
{
	return script->epoch_ms;
}

/* ---- items ---- */

enum script_type { SCRIPT_INT64, SCRIPT_INT, SCRIPT_U32 };

static const struct script_number {
	const char *name;
	size_t offset;
	enum script_type type;
} script_numbers[] = {
	{ "next_try", offsetof(struct replay_extra, next_try), SCRIPT_U32 },
	{ "tries_max", offsetof(struct replay_extra, tries_max), SCRIPT_U32 },
	{ "redirects", offsetof(struct replay_extra, redirects), SCRIPT_U32 },
	{ "attempt_ms", offsetof(struct replay_extra, attempt_ms),
	    SCRIPT_INT64 },
	{ "connect_ms", offsetof(struct replay_extra, connect_ms),
	    SCRIPT_INT64 },
	{ "tls_ms", offsetof(struct replay_extra, tls_ms), SCRIPT_INT64 },
	{ "first_byte_ms", offsetof(struct replay_extra, first_byte_ms),
	    SCRIPT_INT64 },
	{ "http", offsetof(struct replay_extra, http_version), SCRIPT_INT },
	{ "resumed", offsetof(struct replay_extra, resumed_bytes),
	    SCRIPT_INT64 },
};

static const struct script_text {
	const char *name;
	size_t offset;
} script_texts[] = {
	{ "url", offsetof(struct replay_extra, url) },
	{ "final_url", offsetof(struct replay_extra, final_url) },
	{ "path", offsetof(struct replay_extra, path) },
	{ "message", offsetof(struct replay_extra, message) },
	{ "etag", offsetof(struct replay_extra, etag) },
	{ "modified", offsetof(struct replay_extra, modified) },
	{ "server", offsetof(struct replay_extra, server) },
	{ "address", offsetof(struct replay_extra, address) },
};

static void
script_put_number(void *at, enum script_type type, int64_t value)
{
	if (type == SCRIPT_INT64)
		*(int64_t *)at = value;
	else if (type == SCRIPT_INT)
		*(int *)at = (int)value;
	else
		*(uint32_t *)at = (uint32_t)value;
}

static void
script_put_extra(struct replay_item *item, json_t *what)
{
	size_t i;
	json_t *value;

	for (i = 0; i < sizeof script_numbers / sizeof *script_numbers; i++) {
		value = json_object_get(what, script_numbers[i].name);
		if (value != NULL)
			script_put_number((char *)replay_extra(item) +
			    script_numbers[i].offset, script_numbers[i].type,
			    json_integer_value(value));
	}
	for (i = 0; i < sizeof script_texts / sizeof *script_texts; i++) {
		value = json_object_get(what, script_texts[i].name);
		if (value != NULL)
			replay_set_text((char **)(void *)((char *)
			    replay_extra(item) + script_texts[i].offset),
			    json_string_value(value));
	}
}

static int64_t
script_at(json_t *list, size_t index)
{
	json_t *value = json_array_get(list, index);

	return json_is_true(value) ? 1 : json_integer_value(value);
}

static void
script_put_ranges(struct replay_extra *extra, json_t *list)
{
	json_t *entry;
	size_t i;

	extra->range_count = 0;
	json_array_foreach(list, i, entry) {
		if (i == REPLAY_RANGES)
			break;
		extra->ranges[extra->range_count++] = (struct haul_range){
			script_at(entry, 0), script_at(entry, 1) };
	}
}

static void
script_put_connections(struct replay_extra *extra, json_t *list)
{
	struct haul_connection *connection;
	json_t *entry;
	size_t i;

	extra->connection_count = 0;
	json_array_foreach(list, i, entry) {
		if (i == REPLAY_CONNECTIONS)
			break;
		connection = &extra->connections[extra->connection_count++];
		memset(connection, 0, sizeof *connection);
		connection->start = script_at(entry, 0);
		connection->end = script_at(entry, 1);
		connection->got_bytes = script_at(entry, 2);
		connection->speed_bps = script_at(entry, 3);
		connection->http_version = (int)script_at(entry, 4);
		connection->tls = script_at(entry, 5) != 0;
		connection->receiving = script_at(entry, 6) != 0;
		snprintf(connection->address, sizeof connection->address,
		    "%s", json_string_value(json_array_get(entry, 7)));
	}
}

static int64_t
script_number(json_t *what, const char *name, int64_t otherwise)
{
	json_t *value = json_object_get(what, name);

	return value != NULL ? json_integer_value(value) : otherwise;
}

static char *
script_text(json_t *what, const char *name)
{
	const char *text = json_string_value(json_object_get(what, name));

	return text != NULL ? strdup(text) : NULL;
}

static void
script_put_history(struct replay_extra *extra, json_t *list)
{
	struct haul_attempt *attempt;
	const char *cause;
	json_t *entry;
	size_t i;

	extra->history_count = 0;
	json_array_foreach(list, i, entry) {
		if (i == REPLAY_HISTORY)
			break;
		attempt = &extra->history[extra->history_count++];
		cause = json_string_value(json_object_get(entry, "cause"));
		attempt->time_ms = script_number(entry, "time", 0);
		attempt->started_ms = script_number(entry, "started",
		    attempt->time_ms);
		attempt->connect_ms = script_number(entry, "connect_ms", -1);
		attempt->tls_ms = script_number(entry, "tls_ms", -1);
		attempt->first_byte_ms = script_number(entry,
		    "first_byte_ms", -1);
		attempt->got_bytes = script_number(entry, "got", 0);
		attempt->cause = script_cause(cause != NULL ? cause : "none");
		attempt->http_status = (int)script_number(entry, "status", 0);
		attempt->url = script_text(entry, "url");
		attempt->message = script_text(entry, "message");
	}
}

static void
script_put_lists(struct replay_item *item, json_t *what)
{
	json_t *ranges = json_object_get(what, "ranges"),
	    *connections = json_object_get(what, "connections"),
	    *history = json_object_get(what, "history");

	if (ranges != NULL)
		script_put_ranges(replay_extra(item), ranges);
	if (history != NULL)
		script_put_history(replay_extra(item), history);
	if (connections != NULL) {
		script_put_connections(replay_extra(item), connections);
		item->connections = item->wanted =
		    (uint16_t)json_array_size(connections);
	}
}

static void
script_tell_state(struct replay *replay, haul_id id, enum haul_state state)
{
	static const int kinds[HAUL_STATE_COUNT] = {
		[HAUL_STATE_CONNECTING] = HAUL_EVENT_START + 1,
		[HAUL_STATE_ACTIVE] = HAUL_EVENT_META + 1,
		[HAUL_STATE_WAITING] = HAUL_EVENT_RETRY + 1,
		[HAUL_STATE_DONE] = HAUL_EVENT_DONE + 1,
		[HAUL_STATE_SKIPPED] = HAUL_EVENT_SKIP + 1,
		[HAUL_STATE_FAILED] = HAUL_EVENT_FAIL + 1,
	};

	if (kinds[state] != 0 && replay->running)
		replay_emit(replay, (enum haul_event_kind)(kinds[state] - 1),
		    id);
}

static void
script_pace(struct replay *replay, haul_id id, int64_t pace)
{
	if (replay->items[id - 1].pace == 0) {
		replay->paced = realloc(replay->paced,
		    (replay->paced_count + 1) * sizeof *replay->paced);
		replay->paced[replay->paced_count++] = id;
	}
	replay->items[id - 1].pace = pace;
}

static void
script_put_item(struct replay *replay, haul_id id, json_t *what)
{
	struct replay_item *item = replay_item(replay, id);
	const char *text;

	if (item == NULL)
		script_stop("no item", json_dumps(what, 0));
	text = json_string_value(json_object_get(what, "cause"));
	if (text != NULL)
		item->cause = (uint8_t)script_cause(text);
	item->status = (uint16_t)script_number(what, "status", item->status);
	item->attempt = (uint32_t)script_number(what, "attempt",
	    item->attempt);
	item->connections = (uint16_t)script_number(what, "open",
	    item->connections);
	item->wanted = (uint16_t)script_number(what, "wanted", item->wanted);
	item->due_ms = script_number(what, "wait", -1) >= 0 ?
	    replay_now_ms() + script_number(what, "wait", 0) : item->due_ms;
	item->resumable = script_number(what, "resumable", item->resumable);
	script_put_extra(item, what);
	script_put_lists(item, what);
	if (json_object_get(what, "size") != NULL)
		replay_set_size(replay, item, script_number(what, "size", 0));
	if (json_object_get(what, "got") != NULL)
		replay_set_got(replay, item, script_number(what, "got", 0));
	text = json_string_value(json_object_get(what, "state"));
	if (text != NULL) {
		replay_set_state(replay, id, script_state(text));
		script_tell_state(replay, id, script_state(text));
	}
	if (json_object_get(what, "speed") != NULL)
		replay_set_speed(replay, item,
		    script_number(what, "speed", 0));
	if (json_object_get(what, "pace") != NULL)
		script_pace(replay, id, script_number(what, "pace", 0));
	item->started_ms = script_number(what, "started", item->started_ms);
	item->ended_ms = script_number(what, "ended", item->ended_ms);
	replay->changes++;
}

/* "aia_%06d.fits" and a number: one such place, at most. */
static char *
script_name(const char *pattern, uint64_t number)
{
	const char *at = strchr(pattern, '%');
	char *end, *name;
	long width;

	if (at == NULL)
		return strdup(pattern);
	width = strtol(at + 1, &end, 10);
	if (*end != 'd' || asprintf(&name, "%.*s%0*llu%s",
	    (int)(at - pattern), pattern, (int)width,
	    (unsigned long long)number, end + 1) < 0)
		script_stop("no pattern of a name", pattern);
	return name;
}

static char *
script_bytes(const char *hex)
{
	char pair[3] = "", *bytes = calloc(1, strlen(hex) / 2 + 1);
	size_t i;

	for (i = 0; hex[2 * i] != '\0' && hex[2 * i + 1] != '\0'; i++) {
		memcpy(pair, hex + 2 * i, 2);
		bytes[i] = (char)strtoul(pair, NULL, 16);
	}
	return bytes;
}

static void
script_add_items(struct replay *replay, json_t *what)
{
	const char *name = json_string_value(json_object_get(what, "item"));
	const char *raw = json_string_value(json_object_get(what, "raw"));
	const char *host = json_string_value(json_object_get(what, "host"));
	int64_t count = script_number(what, "count", 1), i;
	haul_id id;

	for (i = 0; i < count; i++) {
		id = replay_add_item(replay, raw != NULL ? script_bytes(raw) :
		    script_name(name, (uint64_t)i),
		    host != NULL ? host : "archive.example.org",
		    HAUL_STATE_QUEUED);
		script_put_item(replay, id, what);
	}
}

/* ---- many changes ---- */

static uint64_t
script_random(struct script *script, uint64_t below)
{
	script->random ^= script->random << 13;
	script->random ^= script->random >> 7;
	script->random ^= script->random << 17;
	return script->random % below;
}

static void
script_go(struct replay *replay, haul_id id, enum haul_state state)
{
	struct replay_item *item = &replay->items[id - 1];

	if (state == HAUL_STATE_DONE && item->size < 0)
		replay_set_size(replay, item, 4096);
	if (state == HAUL_STATE_DONE)
		replay_set_got(replay, item, item->size);
	if (state == HAUL_STATE_FAILED && item->cause == 0) {
		item->cause = HAUL_CAUSE_HTTP;
		item->status = 503;
		item->attempt = 1;
	}
	replay_set_state(replay, id, state);
	script_tell_state(replay, id, state);
}

/* What each state may become, for "random"; a state twice is likelier. */
static void
script_go_random(struct replay *replay, struct script *script)
{
	static const signed char next[HAUL_STATE_COUNT][4] = {
		[HAUL_STATE_QUEUED] = { HAUL_STATE_CONNECTING,
		    HAUL_STATE_CONNECTING, HAUL_STATE_CONNECTING,
		    HAUL_STATE_PAUSED },
		[HAUL_STATE_PAUSED] = { HAUL_STATE_QUEUED, HAUL_STATE_QUEUED,
		    HAUL_STATE_QUEUED, HAUL_STATE_QUEUED },
		[HAUL_STATE_CONNECTING] = { HAUL_STATE_ACTIVE,
		    HAUL_STATE_ACTIVE, HAUL_STATE_FAILED,
		    HAUL_STATE_WAITING },
		[HAUL_STATE_ACTIVE] = { HAUL_STATE_VERIFYING,
		    HAUL_STATE_VERIFYING, HAUL_STATE_FAILED,
		    HAUL_STATE_QUEUED },
		[HAUL_STATE_VERIFYING] = { HAUL_STATE_DONE, HAUL_STATE_DONE,
		    HAUL_STATE_FAILED, HAUL_STATE_DONE },
		[HAUL_STATE_WAITING] = { HAUL_STATE_CONNECTING,
		    HAUL_STATE_CONNECTING, HAUL_STATE_FAILED,
		    HAUL_STATE_PAUSED },
		[HAUL_STATE_DONE] = { -1, -1, -1, -1 },
		[HAUL_STATE_SKIPPED] = { -1, -1, -1, -1 },
		[HAUL_STATE_FAILED] = { HAUL_STATE_QUEUED, -1, -1, -1 },
		[HAUL_STATE_REMOVED] = { -1, -1, -1, -1 },
	};
	haul_id id = 1 + script_random(script, replay->count);
	int to = next[replay->items[id - 1].state][script_random(script, 4)];

	if (to >= 0)
		script_go(replay, id, (enum haul_state)to);
}

static void
script_go_through(struct replay *replay, enum haul_state end)
{
	haul_id id = replay_order_select(&replay->queue,
	    HAUL_IN(HAUL_STATE_QUEUED), 0);

	if (id == 0)
		return;
	script_go(replay, id, HAUL_STATE_CONNECTING);
	script_go(replay, id, HAUL_STATE_ACTIVE);
	script_go(replay, id, end);
}

static void
script_churn(struct replay *replay, struct script *script, int64_t now_ms)
{
	struct script_churn *churn = &script->churn;

	if (churn->mode == 0)
		return;
	churn->owed += (double)churn->rate *
	    (double)(now_ms - script->last_ms) / 1000;
	for (; churn->owed >= 1; churn->owed--) {
		if (churn->mode == 'r')
			script_go_random(replay, script);
		else
			script_go_through(replay, churn->mode == 'f' ?
			    HAUL_STATE_DONE : HAUL_STATE_FAILED);
	}
	if (now_ms >= churn->until_ms)
		churn->mode = 0;
}

static void
script_start_churn(struct script *script, json_t *what, const char *mode)
{
	script->churn = (struct script_churn){
		.mode = strcmp(mode, "fail") == 0 ? 'x' : mode[0],
		.rate = script_number(what, "rate", 1000),
		.until_ms = script_number(what, "until", INT64_MAX),
	};
}

/* ---- playing ---- */

static void
script_do(struct replay *replay, struct script *script, json_t *what)
{
	const char *churn = json_string_value(json_object_get(what, "churn"));

	if (json_object_get(what, "item") != NULL)
		script_add_items(replay, what);
	else if (json_object_get(what, "id") != NULL)
		script_put_item(replay,
		    (haul_id)script_number(what, "id", 0), what);
	else if (json_object_get(what, "run") != NULL)
		replay_add_run(replay, what);
	else if (churn != NULL)
		script_start_churn(script, what, churn);
	else if (json_object_get(what, "speed") != NULL)
		replay->speed_told = script_number(what, "speed", -1);
	if (json_is_true(json_object_get(what, "end"))) {
		replay->running = false;
		replay_emit(replay, HAUL_EVENT_END, 0);
	}
	replay->changes++;
}

static void
script_grow(struct replay *replay, int64_t by_ms)
{
	struct replay_item *item;
	int64_t got;
	size_t i;

	for (i = 0; i < replay->paced_count; i++) {
		item = &replay->items[replay->paced[i] - 1];
		if (item->state != HAUL_STATE_ACTIVE || item->pace == 0)
			continue;
		got = item->got + item->pace * by_ms / 1000;
		if (item->size >= 0 && got >= item->size) {
			script_go(replay, replay->paced[i], HAUL_STATE_DONE);
			continue;
		}
		replay_set_got(replay, item, got);
		replay_set_speed(replay, item, item->pace);
	}
}

void
script_run(struct replay *replay, struct script *script, int64_t now_ms)
{
	if (now_ms > script->last_ms) {
		script_grow(replay, now_ms - script->last_ms);
		script_churn(replay, script, now_ms);
	}
	script->last_ms = now_ms;
	for (; script->next < script->count &&
	    script->steps[script->next].at_ms <= now_ms; script->next++)
		script_do(replay, script, script->steps[script->next].what);
}

bool
script_line(struct replay *replay, const char *line, size_t length)
{
	json_t *what = json_loadb(line, length, 0, NULL);

	if (what == NULL)
		return false;
	script_do(replay, replay->script, what);
	json_decref(what);
	return true;
}
