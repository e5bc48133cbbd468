/* SPDX-License-Identifier: MIT
 *
 * The status line shows the newest text for five seconds. Failures are told
 * one by one as long as there are few; of a second that had more, one line
 * tells how many there were and what most of them were.
 */
#include "config.h"

#include "message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/units.h"
#include "ui/list/list.h"
#include "ui/screen/glyph.h"

#define MESSAGE_SHOWN_MS 5000
#define MESSAGE_FRESH_MS 2000   /* cannot have been read before */
#define MESSAGE_AT_ONCE_MS 5    /* "in 0.00s" */
#define MESSAGE_BURST   3       /* failures a second that are told singly */
#define MESSAGE_KINDS   8       /* of failures of one second that are told
                                   apart */
#define MESSAGE_NAME    48      /* cells of a file's name in the log */

struct message_line {
	time_t at;
	char word[8];
	enum grid_style style;
	char *text;
};

struct message_kind {
	enum haul_cause cause;
	int http_status;
	char host[HAUL_HOST_SIZE];
	uint64_t count;
};

/* The failures of one second. */
struct message_burst {
	int64_t second;
	uint64_t count;
	bool ended;                     /* and what it brought is told */
	bool storm;                     /* more than are told singly */
	bool after_storm;               /* the second before was one */
	struct message_kind kinds[MESSAGE_KINDS];
	size_t kind_count;
};

struct messages {
	struct ui *ui;
	char status[MESSAGE_SIZE];
	enum grid_style style;
	int64_t until_ms;
	bool of_failures;               /* where they stand it is not needed */
	struct message_burst burst;
	uint64_t failed_before;         /* when the last burst ended */
	struct message_line *lines;     /* a ring */
	size_t first, count;
	uint64_t total;
};

struct messages *
messages_new(struct ui *ui)
{
	struct messages *messages = memory_zero(sizeof *messages);

	messages->ui = ui;
	messages->lines = memory_zero(MESSAGE_LOG_MAX *
	    sizeof *messages->lines);
	return messages;
}

void
messages_free(struct messages *messages)
{
	size_t i;

	if (messages == NULL)
		return;
	for (i = 0; i < MESSAGE_LOG_MAX; i++)
		free(messages->lines[i].text);
	free(messages->lines);
	free(messages);
}

/* ---- the log ---- */

void
messages_keep(struct messages *messages, const char *word,
    enum grid_style style, const char *text)
{
	struct message_line *line;

	if (messages->count < MESSAGE_LOG_MAX)
		messages->count++;
	else
		messages->first = (messages->first + 1) % MESSAGE_LOG_MAX;
	line = &messages->lines[(messages->first + messages->count - 1) %
	    MESSAGE_LOG_MAX];
	free(line->text);
	line->text = memory_string(text);
	line->at = time(NULL);
	line->style = style;
	snprintf(line->word, sizeof line->word, "%s", word);
	messages->total++;
}

size_t
messages_log_count(const struct messages *messages)
{
	return messages->count;
}

uint64_t
messages_total(const struct messages *messages)
{
	return messages->total;
}

bool
messages_log(const struct messages *messages, size_t n,
    struct message_entry *entry)
{
	const struct message_line *line;

	if (n >= messages->count)
		return false;
	line = &messages->lines[(messages->first + n) % MESSAGE_LOG_MAX];
	entry->at = line->at;
	memcpy(entry->word, line->word, sizeof entry->word);
	entry->style = line->style;
	entry->text = line->text;
	return true;
}

void
messages_lost(struct messages *messages, uint64_t count)
{
	char number[UNITS_SIZE], text[128];

	units_count(number, sizeof number, count);
	snprintf(text, sizeof text, ngettext("%s event came too fast to be "
	    "told", "%s events came too fast to be told", count), number);
	messages_keep(messages, "...", STYLE_QUIET, text);
}

/* ---- the status line ---- */

void
messages_say(struct messages *messages, enum grid_style style,
    const char *text, int64_t now_ms)
{
	size_t length = strlen(text);

	if (length >= sizeof messages->status)
		length = text_fit(text, MESSAGE_SIZE / TEXT_UNIT_SIZE, NULL);
	memcpy(messages->status, text, length);
	messages->status[length] = '\0';
	messages->style = style;
	messages->until_ms = now_ms + MESSAGE_SHOWN_MS;
	messages->of_failures = false;
}

static bool
messages_is_at_failed(const struct messages *messages)
{
	return list_tab(messages->ui->list) == LIST_FAILED;
}

/* Who goes to where the failed ones are needs no "press 5" there. */
static void
messages_say_failed(struct messages *messages, const char *text,
    int64_t now_ms)
{
	messages_say(messages, STYLE_ERROR, text, now_ms);
	messages->of_failures = !messages_is_at_failed(messages);
}

bool
messages_are_fresh(const struct messages *messages, int64_t now_ms)
{
	return now_ms < messages->until_ms - MESSAGE_SHOWN_MS +
	    MESSAGE_FRESH_MS;
}

/* Tells what a second brought, once it is over. */
static void
messages_end_burst(struct messages *messages, int64_t now_ms)
{
	struct message_burst *burst = &messages->burst;
	const struct message_kind *most = &burst->kinds[0];
	uint64_t failed = messages->ui->totals.failed;
	char heading[SENTENCE_SIZE], number[UNITS_SIZE], text[MESSAGE_SIZE];
	char host[TEXT_ROOM(40)], key[24];
	uint64_t seen = burst->count;
	size_t i;

	if (burst->ended || now_ms / 1000 == burst->second)
		return;
	burst->ended = true;
	burst->storm = burst->count > MESSAGE_BURST;
	/* Events may have been lost; what the engine counts was not. */
	if (burst->storm && failed > messages->failed_before + burst->count)
		burst->count = failed - messages->failed_before;
	messages->failed_before = failed;
	if (!burst->storm)
		return;
	for (i = 1; i < burst->kind_count; i++)
		if (burst->kinds[i].count > most->count)
			most = &burst->kinds[i];
	sentence_heading(heading, sizeof heading, most->cause,
	    most->http_status);
	text_safe(host, sizeof host, most->host, strlen(most->host), 40,
	    ui_flags(messages->ui));
	units_count(number, sizeof number, burst->count);
	action_first_key(key, sizeof key, ACTION_TAB_FAILED);
	if (most->count * 2 > seen)
		snprintf(text, sizeof text, _("%s failed in the last second, "
		    "mostly %s from %s"), number, heading, host);
	else if (messages_is_at_failed(messages))
		snprintf(text, sizeof text, _("%s failed in the last second, "
		    "for several causes"), number);
	else
		snprintf(text, sizeof text, _("%s failed in the last second, "
		    "for several causes (press %s)"), number, key);
	messages_say_failed(messages, text, now_ms);
}

bool
messages_status(struct messages *messages, int64_t now_ms, const char **text,
    enum grid_style *style, int64_t *until_ms)
{
	messages_end_burst(messages, now_ms);
	if (now_ms >= messages->until_ms || (messages->of_failures &&
	    messages_is_at_failed(messages)))
		return false;
	*text = messages->status;
	*style = messages->style;
	*until_ms = messages->until_ms;
	return true;
}

/* ---- events ---- */

static void
messages_name(const struct messages *messages, const struct haul_row *row,
    char *name, size_t size)
{
	text_safe(name, size, row->name, strlen(row->name), MESSAGE_NAME,
	    ui_flags(messages->ui));
}

static void
messages_count_kind(struct message_burst *burst, const struct haul_row *row)
{
	struct message_kind *kind;
	size_t i;

	for (i = 0; i < burst->kind_count; i++) {
		kind = &burst->kinds[i];
		if (kind->cause == row->cause &&
		    kind->http_status == row->http_status &&
		    strcmp(kind->host, row->host) == 0)
			break;
	}
	if (i == MESSAGE_KINDS)
		return;
	kind = &burst->kinds[i];
	if (i == burst->kind_count) {
		burst->kind_count++;
		kind->cause = row->cause;
		kind->http_status = row->http_status;
		kind->count = 0;
		memcpy(kind->host, row->host, sizeof kind->host);
	}
	kind->count++;
}

/* Whether this failure is among the few of its second, which does not follow a
 * second of many: what that brought is to be read. */
static bool
messages_count_failure(struct messages *messages, const struct haul_row *row,
    int64_t now_ms)
{
	struct message_burst *burst = &messages->burst;
	bool storm;

	messages_end_burst(messages, now_ms);
	if (burst->second != now_ms / 1000) {
		storm = burst->storm && burst->second == now_ms / 1000 - 1;
		memset(burst, 0, sizeof *burst);
		burst->second = now_ms / 1000;
		burst->after_storm = storm;
	}
	messages_count_kind(burst, row);
	return ++burst->count <= MESSAGE_BURST && !burst->after_storm;
}

/* The cause with the words of the system; a copy of the whole item is asked
 * for, so not for each of thousands. */
static void
messages_cause(const struct messages *messages, const struct haul_row *row,
    bool whole, char *text, size_t size)
{
	struct haul_item *item = whole ?
	    haul_item(messages->ui->haul, row->id) : NULL;

	sentence_cause(text, size, row->cause, row->http_status,
	    item != NULL ? item->message : NULL, ui_flags(messages->ui));
	haul_item_free(item);
}

static void
messages_fail(struct messages *messages, const struct haul_row *row,
    int64_t now_ms)
{
	bool single = messages_count_failure(messages, row, now_ms);
	char name[TEXT_ROOM(MESSAGE_NAME)], cause[SENTENCE_SIZE];
	char key[24];
	char text[SENTENCE_SIZE + sizeof name + 64], number[UNITS_SIZE];
	struct haul_totals totals;

	messages_name(messages, row, name, sizeof name);
	messages_cause(messages, row, single, cause, sizeof cause);
	snprintf(text, sizeof text, "%s  %s", name, cause);
	messages_keep(messages, "FAIL", STYLE_FAIL, text);
	if (!single)
		return;
	sentence_heading(cause, sizeof cause, row->cause, row->http_status);
	/* Those of the frame do not have this one yet. */
	haul_totals(messages->ui->haul, &totals);
	units_count(number, sizeof number, totals.failed);
	action_first_key(key, sizeof key, ACTION_TAB_FAILED);
	if (messages_is_at_failed(messages))
		snprintf(text, sizeof text, _("! FAIL %s: %s (%s failed)"),
		    name, cause, number);
	else
		snprintf(text, sizeof text,
		    _("! FAIL %s: %s (%s failed, press %s)"), name, cause,
		    number, key);
	messages_say_failed(messages, text, now_ms);
}

static void
messages_done(struct messages *messages, const struct haul_row *row)
{
	bool si = messages->ui->context.si;
	char name[TEXT_ROOM(MESSAGE_NAME)], text[sizeof name + 128];
	char bytes[UNITS_SIZE], taken[UNITS_SIZE], rate[UNITS_SIZE];
	int64_t ms = row->elapsed_ms > 0 ? row->elapsed_ms : 1;

	messages_name(messages, row, name, sizeof name);
	units_size_long(bytes, sizeof bytes, row->got_bytes, si);
	units_taken(taken, sizeof taken, ms);
	units_rate_long(rate, sizeof rate, (int64_t)((double)row->got_bytes *
	    1000 / (double)ms), si);
	snprintf(text, sizeof text, _("%s  %s in %s (%s)"), name, bytes,
	    taken, rate);
	messages_keep(messages, "DONE", STYLE_DONE, text);
}

/* By the event: the item may have gone on since. */
static void
messages_retry(struct messages *messages, const struct haul_row *row,
    const struct haul_event *event)
{
	char name[TEXT_ROOM(MESSAGE_NAME)], cause[SENTENCE_SIZE];
	char text[SENTENCE_SIZE + sizeof name + 128], wait[UNITS_SIZE];

	messages_name(messages, row, name, sizeof name);
	if (row->cause == event->cause)
		messages_cause(messages, row, true, cause, sizeof cause);
	else
		sentence_heading(cause, sizeof cause, event->cause,
		    event->http_status);
	units_taken(wait, sizeof wait, event->wait_ms);
	/* The cause may be cut: servers and libraries are wordy. */
	if (event->offline)
		snprintf(text, sizeof text, _("%s  waits for the network: %s"),
		    name, cause);
	else if (event->wait_ms < MESSAGE_AT_ONCE_MS)
		snprintf(text, sizeof text, _("%s  try %u of %u at once: %s"),
		    name, event->next_try, event->tries_max, cause);
	else
		snprintf(text, sizeof text, _("%s  try %u of %u in %s: %s"),
		    name, event->next_try, event->tries_max, wait, cause);
	messages_keep(messages, "RTRY", STYLE_RTRY, text);
}

/* A name and a sentence, or the name alone. */
static void
messages_note(struct messages *messages, const char *word,
    enum grid_style style, const struct haul_row *row, const char *sentence)
{
	char name[TEXT_ROOM(MESSAGE_NAME)];
	char text[sizeof name + SENTENCE_SIZE + 8];

	messages_name(messages, row, name, sizeof name);
	snprintf(text, sizeof text, "%s%s%s", name,
	    *sentence != '\0' ? "  " : "", sentence);
	messages_keep(messages, word, style, text);
}

static void
messages_state(struct messages *messages, const struct haul_row *row,
    enum haul_state state)
{
	if (state == HAUL_STATE_PAUSED)
		messages_note(messages, "PAUS", STYLE_PAUS, row, "");
	else if (state == HAUL_STATE_REMOVED)
		/* TRANSLATORS: "removed" in four cells, at the head of a line
		 * of the log; as SET (a setting), RUN (of the whole run) and
		 * WARN (a warning). */
		messages_note(messages, N_("GONE"), STYLE_QUIET, row,
		    _("removed from the queue"));
}

void
messages_event(struct messages *messages, const struct haul_event *event,
    int64_t now_ms)
{
	struct haul_row row;

	if (event->kind == HAUL_EVENT_START ||
	    event->kind == HAUL_EVENT_META || event->kind == HAUL_EVENT_END ||
	    !haul_row(messages->ui->haul, event->id, &row))
		return;
	switch (event->kind) {
	case HAUL_EVENT_FAIL:
		messages_fail(messages, &row, now_ms);
		break;
	case HAUL_EVENT_DONE:
		messages_done(messages, &row);
		break;
	case HAUL_EVENT_SKIP:
		messages_note(messages, "SKIP", STYLE_SKIP, &row,
		    _("is there already"));
		break;
	case HAUL_EVENT_RETRY:
		messages_retry(messages, &row, event);
		break;
	case HAUL_EVENT_WARN:
		messages_note(messages, N_("WARN"), STYLE_MODE, &row,
		    sentence_note(event->note));
		break;
	case HAUL_EVENT_STATE:
		messages_state(messages, &row, event->state);
		break;
	case HAUL_EVENT_START:
	case HAUL_EVENT_META:
	case HAUL_EVENT_END:
		break;
	}
}
