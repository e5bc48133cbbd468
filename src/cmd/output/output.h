/* SPDX-License-Identifier: MIT
 *
 * How a run is shown: the bar, the log, JSON or nothing, behind one set of
 * calls. All are made from the thread that runs the command, and none of them
 * waits for whoever reads.
 */
#ifndef HAUL_CMD_OUTPUT_H
#define HAUL_CMD_OUTPUT_H

#include "cmd/conf/settings.h"
#include "writer.h"

/* Why a run ended. */
enum output_reason {
	OUTPUT_COMPLETE,        /* every file is there */
	OUTPUT_FAILED,          /* all have ended, some failed */
	OUTPUT_STORAGE,         /* all that failed did so for want of space or
	                           permission */
	OUTPUT_TOO_MANY,        /* --max-failures */
	OUTPUT_STOPPED,         /* SIGINT */
	OUTPUT_SIGNAL,          /* SIGTERM, SIGHUP */
};

struct output_end {
	enum output_reason reason;
	int exit_status;
};

/* What every output needs; borrowed, valid until output_free(). */
struct output_context {
	struct haul *haul;
	const struct settings *settings;
	struct writer *err;             /* stderr: for persons */
	struct writer *out;             /* stdout: for data; NULL if unused */
	unsigned flags;                 /* TEXT_ASCII, or 0 */
};

/* One kind of output. Those that are NULL are not wanted. */
struct output_ops {
	const char *name;
	void *(*start)(const struct output_context *);
	void (*stop)(void *);

	/* Whether event() wants the item of this event: a copy costs. */
	bool (*wants)(void *, const struct haul_event *);
	void (*event)(void *, const struct haul_event *,
	    const struct haul_item *);

	/* Items were added: the first one's id and how many; and each one. */
	void (*queued)(void *, haul_id first, size_t count);
	void (*added)(void *, haul_id, const struct haul_request *);

	/* Time has passed: draws what is due and returns when to call again,
	 * in ms from now; -1 for never. */
	int (*tick)(void *, int64_t now_ms);

	void (*message)(void *, const char *sentence);

	/* A note of no item; false: people shall have it as a message too. */
	bool (*note)(void *, enum haul_note);

	/* The terminal's size changed; afresh: what stands on it is no longer
	 * ours. */
	void (*resize)(void *, bool afresh);
	void (*end)(void *, const struct output_end *);
};

struct output;

/* Which output the settings and the descriptors ask for: TUI only if the full
 * screen is possible. If it is not, but was asked for or would be but for TERM,
 * *why tells (else NULL), as face_is_possible() does. */
enum settings_output output_choose(const struct settings *,
    const char **why);

/* The one for persons without the full screen: BAR or LOG. */
enum settings_output output_choose_plain(void);

/* Whether text must be ASCII: by option, locale or terminal. */
bool output_is_ascii(const struct settings *);

struct output *output_new(enum settings_output,
    const struct output_context *);
void output_free(struct output *);

bool output_wants(struct output *, const struct haul_event *);

/* The item's copy is made to tell what the event is about. */
void output_event(struct output *, const struct haul_event *,
    struct haul_item *);
void output_queued(struct output *, haul_id first, size_t count);
void output_added(struct output *, haul_id, const struct haul_request *);
int output_tick(struct output *, int64_t now_ms);

/* From now on it shows another engine. */
void output_turn_to(struct output *, struct haul *);
void output_resize(struct output *, bool afresh);
void output_end(struct output *, const struct output_end *);

/* Tells a person something, beside the progress: "haul: SENTENCE". */
void output_message(struct output *, const char *sentence);
void output_note(struct output *, enum haul_note);

/* Appends formatted text to the writer, whole or not at all. */
bool output_print(struct writer *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The stable name of a note, for machines. */
const char *output_note_name(enum haul_note);

/* A text of anybody's, any length, as it may be shown; malloc()ed. NULL: "". */
char *output_safe_text(const struct settings *, const char *text);

/* A STATE event of an item that runs on, moved or restored: nothing to tell. */
bool output_is_moved(const struct haul_event *);

/* The last part of a path, for showing; the path itself if it ends in '/'. */
const char *output_base_name(const char *path);

#endif
