/* SPDX-License-Identifier: MIT
 *
 * Chooses the output and passes calls on to it.
 */
#include "config.h"

#include "output.h"

#include <langinfo.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bar.h"
#include "face.h"
#include "json.h"
#include "log.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/text.h"

static const struct output_ops output_none = { .name = "none" };

struct output {
	const struct output_ops *ops;
	struct output_context context;
	void *state;
};

static bool
output_terminal_is_dumb(void)
{
	const char *term = getenv("TERM");

	return term == NULL || *term == '\0' || strcmp(term, "dumb") == 0;
}

/* A person sits there and would have the screen, were it not for TERM: worth a
 * word, unlike a pipe, which says of itself that no screen is wanted. */
static bool
output_lacks_only_term(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
	    output_terminal_is_dumb();
}

enum settings_output
output_choose_plain(void)
{
	if (isatty(STDERR_FILENO) && !output_terminal_is_dumb())
		return SETTINGS_OUTPUT_BAR;
	return SETTINGS_OUTPUT_LOG;
}

/* Where people have asked for less than a screen, none is opened by itself. */
static bool
output_wants_face(const struct settings *settings)
{
	if (settings->values[SETTINGS_HEADLESS] != 0)
		return false;
	return settings->values[SETTINGS_OUTPUT] == SETTINGS_OUTPUT_TUI ||
	    (settings->values[SETTINGS_OUTPUT] == SETTINGS_OUTPUT_AUTO &&
	    settings->values[SETTINGS_NO_FILE_PROGRESS] == 0);
}

enum settings_output
output_choose(const struct settings *settings, const char **why)
{
	enum settings_output wanted =
	    (enum settings_output)settings->values[SETTINGS_OUTPUT];

	*why = NULL;
	if (wanted == SETTINGS_OUTPUT_JSON)
		return wanted;
	if (settings->values[SETTINGS_QUIET] != 0 ||
	    settings->values[SETTINGS_NO_PROGRESS] != 0)
		return SETTINGS_OUTPUT_NONE;
	if (wanted != SETTINGS_OUTPUT_AUTO && wanted != SETTINGS_OUTPUT_TUI)
		return wanted;
	if (output_wants_face(settings) && face_is_possible(why))
		return SETTINGS_OUTPUT_TUI;
	if (wanted != SETTINGS_OUTPUT_TUI && !output_lacks_only_term())
		*why = NULL;
	return output_choose_plain();
}

bool
output_is_ascii(const struct settings *settings)
{
	const char *term = getenv("TERM");

	if (settings->values[SETTINGS_ASCII] == 0 &&
	    settings->values[SETTINGS_UTF8] != 0)
		return false;
	if (settings->values[SETTINGS_ASCII] != 0 ||
	    strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return true;
	/* The console's font has no eighth blocks. */
	return isatty(STDERR_FILENO) && (output_terminal_is_dumb() ||
	    strcmp(term, "linux") == 0 || strncmp(term, "vt", 2) == 0);
}

static const struct output_ops *
output_ops(enum settings_output kind)
{
	switch (kind) {
	case SETTINGS_OUTPUT_BAR:
		return &bar_ops;
	case SETTINGS_OUTPUT_LOG:
		return &log_ops;
	case SETTINGS_OUTPUT_JSON:
		return &json_ops;
	case SETTINGS_OUTPUT_AUTO:
	case SETTINGS_OUTPUT_TUI:
	case SETTINGS_OUTPUT_NONE:
		break;
	}
	return &output_none;
}

struct output *
output_new(enum settings_output kind, const struct output_context *context)
{
	struct output *output = memory_zero(sizeof *output);

	output->ops = output_ops(kind);
	output->context = *context;
	if (output->ops->start != NULL)
		output->state = output->ops->start(&output->context);
	return output;
}

void
output_free(struct output *output)
{
	if (output == NULL)
		return;
	if (output->ops->stop != NULL)
		output->ops->stop(output->state);
	free(output);
}

bool
output_wants(struct output *output, const struct haul_event *event)
{
	return output->ops->wants != NULL &&
	    output->ops->wants(output->state, event);
}

/* The item was copied after the event, and may have failed otherwise since:
 * makes it tell the event's failure. */
static void
output_recall_failure(const struct haul_event *event, struct haul_item *item)
{
	const struct haul_attempt *attempt = NULL;
	size_t i;

	for (i = 0; i < item->history_count; i++)
		if (item->history[i].attempt == event->attempt &&
		    item->history[i].cause == event->cause)
			attempt = &item->history[i];
	if (attempt != NULL || item->cause != event->cause) {
		free(item->message);
		item->message = memory_string(attempt != NULL ?
		    attempt->message : NULL);
		item->curl_code = attempt != NULL ? attempt->curl_code : 0;
	}
	item->cause = event->cause;
	item->http_status = event->http_status;
	item->wait_ms = event->wait_ms;
	item->attempts = event->attempt;
}

void
output_event(struct output *output, const struct haul_event *event,
    struct haul_item *item)
{
	if (output->ops->event == NULL)
		return;
	if (item != NULL && (event->kind == HAUL_EVENT_RETRY ||
	    event->kind == HAUL_EVENT_FAIL))
		output_recall_failure(event, item);
	output->ops->event(output->state, event, item);
}

void
output_queued(struct output *output, haul_id first, size_t count)
{
	if (output->ops->queued != NULL && count > 0)
		output->ops->queued(output->state, first, count);
}

void
output_added(struct output *output, haul_id id,
    const struct haul_request *request)
{
	if (output->ops->added != NULL)
		output->ops->added(output->state, id, request);
}

int
output_tick(struct output *output, int64_t now_ms)
{
	return output->ops->tick != NULL ?
	    output->ops->tick(output->state, now_ms) : -1;
}

void
output_turn_to(struct output *output, struct haul *haul)
{
	output->context.haul = haul;
}

void
output_resize(struct output *output, bool afresh)
{
	if (output->ops->resize != NULL)
		output->ops->resize(output->state, afresh);
}

void
output_end(struct output *output, const struct output_end *end)
{
	if (output->ops->end != NULL)
		output->ops->end(output->state, end);
}

void
output_message(struct output *output, const char *sentence)
{
	if (output->ops->message != NULL)
		output->ops->message(output->state, sentence);
	else
		output_print(output->context.err, "haul: %s\n", sentence);
}

void
output_note(struct output *output, enum haul_note note)
{
	if (output->ops->note == NULL ||
	    !output->ops->note(output->state, note))
		output_message(output, sentence_note(note));
}

bool
output_print(struct writer *writer, const char *format, ...)
{
	va_list values;
	char *text;
	int length;
	bool fits;

	va_start(values, format);
	length = vasprintf(&text, format, values);
	va_end(values);
	if (length < 0)
		return false;
	fits = writer_put(writer, text, (size_t)length);
	free(text);
	return fits;
}

char *
output_safe_text(const struct settings *settings, const char *text)
{
	size_t length = text != NULL ? strlen(text) : 0;
	size_t room = TEXT_ROOM(length) + 1;
	char *safe = memory_resize(NULL, room, 1);

	text_safe(safe, room, text != NULL ? text : "", length, -1,
	    output_is_ascii(settings) ? TEXT_ASCII : 0);
	return safe;
}

const char *
output_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

const char *
output_note_name(enum haul_note note)
{
	switch (note) {
	case HAUL_NOTE_NONE:
		break;
	case HAUL_NOTE_NO_SERVER_DIGEST:
		return "no_server_digest";
	case HAUL_NOTE_BAD_SERVER_DIGEST:
		return "bad_server_digest";
	case HAUL_NOTE_OTHER_SERVER_DIGEST:
		return "other_server_digest";
	case HAUL_NOTE_RESTARTED:
		return "restarted";
	case HAUL_NOTE_FEWER_CONNECTIONS:
		return "fewer_connections";
	case HAUL_NOTE_LENGTH_UNVERIFIED:
		return "length_unverified";
	case HAUL_NOTE_ENCODED:
		return "encoded";
	case HAUL_NOTE_OTHER_ETAG:
		return "other_etag";
	case HAUL_NOTE_SET_ASIDE:
		return "set_aside";
	case HAUL_NOTE_STORE_SET_ASIDE:
		return "store_set_aside";
	case HAUL_NOTE_STORE_FAILED:
		return "store_failed";
	case HAUL_NOTE_OFFLINE:
		return "offline";
	case HAUL_NOTE_LOGIN:
		return "login";
	case HAUL_NOTE_ONLINE:
		return "online";
	}
	return "none";
}

bool
output_is_moved(const struct haul_event *event)
{
	return event->kind == HAUL_EVENT_STATE &&
	    (HAUL_IN(event->state) & HAUL_IN_ACTIVE) != 0;
}
