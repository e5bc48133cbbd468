/* SPDX-License-Identifier: MIT
 *
 * The plain log on stderr: time, a word, key=value. No escape sequence, no
 * carriage return; values are quoted where they hold a blank, a quote or what
 * cannot be seen. What the buffer cannot take while nobody reads is counted,
 * and a GAP line tells how much was lost.
 */
#include "config.h"

#include "log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "present/memory.h"
#include "present/sentence.h"
#include "present/text.h"

#define LOG_TOTAL_MS            10000
#define LOG_TOTAL_SLOW_MS       60000
#define LOG_SLOW_AFTER_MS       600000
#define LOG_STAMP_SIZE          32

struct log {
	const struct output_context *context;
	bool verbose;
	uint64_t lost;                  /* lines, since the last GAP */
	int64_t start_ms;               /* -1 until the first tick */
	int64_t next_ms;                /* of the next TOTAL */
	struct haul_totals last;        /* as the last TOTAL told them */
};

static void *
log_start(const struct output_context *context)
{
	struct log *log = memory_zero(sizeof *log);

	log->context = context;
	log->verbose = context->settings->values[SETTINGS_VERBOSE] != 0;
	log->start_ms = -1;
	return log;
}

static void
log_stop(void *state)
{
	free(state);
}

static void
log_stamp(char *stamp)
{
	struct timespec now;
	struct tm utc;
	size_t length;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	length = strftime(stamp, LOG_STAMP_SIZE, "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(stamp + length, LOG_STAMP_SIZE - length, ".%03ldZ",
	    now.tv_nsec / 1000000);
}

/* " key=value", quoted if need be; nothing for NULL. */
static void
log_text(FILE *line, const char *key, const char *value, unsigned flags)
{
	size_t length, room;
	char *escaped;

	if (value == NULL)
		return;
	length = strlen(value);
	room = text_escape(NULL, 0, value, length, flags) + 1;
	escaped = memory_resize(NULL, room, 1);
	text_escape(escaped, room, value, length, flags);
	if (length == 0 || room != length + 1 || strchr(value, ' ') != NULL)
		fprintf(line, " %s=\"%s\"", key, escaped);
	else
		fprintf(line, " %s=%s", key, escaped);
	free(escaped);
}

static void
log_url(FILE *line, const char *key, const char *url, unsigned flags)
{
	char *shown;

	if (url == NULL)
		return;
	shown = text_redacted(url);
	log_text(line, key, shown, flags);
	free(shown);
}

static void
log_cause(FILE *line, enum haul_cause cause, int http_status)
{
	if (cause == HAUL_CAUSE_HTTP && http_status > 0)
		fprintf(line, " cause=http_%d", http_status);
	else
		fprintf(line, " cause=%s", haul_cause_name(cause));
}

/* Writes a complete line, a GAP first if some were lost. */
static void
log_put(struct log *log, const char *line, size_t length)
{
	char stamp[LOG_STAMP_SIZE];

	if (log->lost > 0) {
		log_stamp(stamp);
		if (!output_print(log->context->err, "%s GAP lost=%" PRIu64
		    "\n", stamp, log->lost)) {
			log->lost++;
			return;
		}
		log->lost = 0;
	}
	if (!writer_put(log->context->err, line, length))
		log->lost++;
}

struct log_line {
	FILE *file;
	char *bytes;
	size_t length;
};

static FILE *
log_open(struct log_line *line, const char *word)
{
	char stamp[LOG_STAMP_SIZE];

	line->file = open_memstream(&line->bytes, &line->length);
	if (line->file == NULL)
		return NULL;
	log_stamp(stamp);
	fprintf(line->file, "%s %s", stamp, word);
	return line->file;
}

static void
log_close(struct log *log, struct log_line *line)
{
	fputc('\n', line->file);
	if (fclose(line->file) == 0)
		log_put(log, line->bytes, line->length);
	else
		log->lost++;
	free(line->bytes);
}

static const char *
log_state_word(enum haul_state state)
{
	switch (state) {
	case HAUL_STATE_PAUSED:
		return "PAUSE";
	case HAUL_STATE_REMOVED:
		return "REMOVE";
	default:
		return "QUEUE";
	}
}

static const char *
log_word(const struct haul_event *event)
{
	switch (event->kind) {
	case HAUL_EVENT_START:
		return "START";
	case HAUL_EVENT_META:
		return "META";
	case HAUL_EVENT_RETRY:
		return "RTRY";
	case HAUL_EVENT_DONE:
		return "DONE";
	case HAUL_EVENT_SKIP:
		return "SKIP";
	case HAUL_EVENT_FAIL:
		return "FAIL";
	case HAUL_EVENT_WARN:
		return "WARN";
	case HAUL_EVENT_STATE:
		return log_state_word(event->state);
	case HAUL_EVENT_END:
		break;
	}
	return "END";
}

static bool
log_wants(void *state, const struct haul_event *event)
{
	struct log *log = state;

	if (event->kind == HAUL_EVENT_END || output_is_moved(event))
		return false;
	return log->verbose || (event->kind != HAUL_EVENT_START &&
	    event->kind != HAUL_EVENT_META);
}

static void
log_print_item(struct log *log, FILE *line, const struct haul_event *event,
    const struct haul_item *item)
{
	unsigned flags = log->context->flags;

	fprintf(line, " id=%" PRIu64 " try=%" PRIu32, event->id,
	    event->attempt);
	if (event->kind == HAUL_EVENT_FAIL || event->kind == HAUL_EVENT_RETRY)
		log_cause(line, item->cause, item->http_status);
	if (event->kind == HAUL_EVENT_RETRY)
		fprintf(line, " wait_ms=%" PRId64 "%s", item->wait_ms,
		    event->offline ? " wait=network" : "");
	if (event->kind == HAUL_EVENT_META && item->size_bytes >= 0)
		fprintf(line, " size=%" PRId64, item->size_bytes);
	if (event->kind != HAUL_EVENT_START && event->kind != HAUL_EVENT_META)
		fprintf(line, " bytes=%" PRId64, item->got_bytes);
	if (event->kind == HAUL_EVENT_DONE)
		fprintf(line, " ms=%" PRId64, item->elapsed_ms);
	if (event->kind == HAUL_EVENT_WARN)
		fprintf(line, " note=%s", output_note_name(event->note));
	log_url(line, "url", item->url, flags);
	log_text(line, "path", item->path, flags);
	if (event->kind == HAUL_EVENT_FAIL || event->kind == HAUL_EVENT_RETRY)
		log_text(line, "message", item->message, flags);
}

static void
log_event(void *state, const struct haul_event *event,
    const struct haul_item *item)
{
	struct log *log = state;
	struct log_line line;

	if (item == NULL || !log_wants(log, event))
		return;
	if (log_open(&line, log_word(event)) == NULL) {
		log->lost++;
		return;
	}
	log_print_item(log, line.file, event, item);
	log_close(log, &line);
}

static bool
log_note(void *state, enum haul_note note)
{
	struct log *log = state;
	struct log_line line;

	if (log_open(&line, "WARN") == NULL) {
		log->lost++;
		return true;
	}
	fprintf(line.file, " note=%s", output_note_name(note));
	log_text(line.file, "message", sentence_note(note),
	    log->context->flags);
	log_close(log, &line);
	return true;
}

static void
log_print_totals(struct log *log, const char *word,
    const struct haul_totals *totals, const struct output_end *end)
{
	static const char *const reasons[] = {
		[OUTPUT_COMPLETE] = "complete", [OUTPUT_FAILED] = "failed",
		[OUTPUT_STORAGE] = "storage", [OUTPUT_TOO_MANY] = "failed",
		[OUTPUT_STOPPED] = "stopped", [OUTPUT_SIGNAL] = "signal",
	};
	struct log_line line;

	if (log_open(&line, word) == NULL) {
		log->lost++;
		return;
	}
	if (end != NULL)
		fprintf(line.file, " reason=%s exit=%d", reasons[end->reason],
		    end->exit_status);
	fprintf(line.file, " files=%" PRIu64 " done=%" PRIu64 " skipped=%"
	    PRIu64 " failed=%" PRIu64 " active=%" PRIu64 " queued=%" PRIu64,
	    totals->files, totals->done, totals->skipped, totals->failed,
	    totals->active + totals->waiting, totals->queued);
	fprintf(line.file, " got=%" PRId64 " size%s=%" PRId64 " speed=%"
	    PRId64 " conns=%" PRIu32 " ms=%" PRId64, totals->got_bytes,
	    totals->size_is_lower_bound ? "_min" : "", totals->size_bytes,
	    totals->speed_bps, totals->connections, totals->elapsed_ms);
	if (totals->offline)
		fputs(" offline=1", line.file);
	log_close(log, &line);
}

static bool
log_has_changed(const struct haul_totals *a, const struct haul_totals *b)
{
	return a->files != b->files || a->done != b->done ||
	    a->skipped != b->skipped || a->failed != b->failed ||
	    a->active != b->active || a->got_bytes != b->got_bytes;
}

static int
log_tick(void *state, int64_t now_ms)
{
	struct log *log = state;
	struct haul_totals totals;
	int64_t pause;

	if (log->start_ms < 0) {
		log->start_ms = now_ms;
		log->next_ms = now_ms + LOG_TOTAL_MS;
	}
	if (now_ms < log->next_ms)
		return (int)(log->next_ms - now_ms);
	haul_totals(log->context->haul, &totals);
	if (log_has_changed(&totals, &log->last))
		log_print_totals(log, "TOTAL", &totals, NULL);
	log->last = totals;
	pause = now_ms - log->start_ms < LOG_SLOW_AFTER_MS ? LOG_TOTAL_MS :
	    LOG_TOTAL_SLOW_MS;
	log->next_ms = now_ms + pause;
	return (int)pause;
}

static void
log_end(void *state, const struct output_end *end)
{
	struct log *log = state;
	struct haul_totals totals;

	haul_totals(log->context->haul, &totals);
	log_print_totals(log, "END", &totals, end);
}

const struct output_ops log_ops = {
	.name = "log", .start = log_start, .stop = log_stop,
	.wants = log_wants, .event = log_event, .tick = log_tick,
	.note = log_note, .end = log_end,
};
