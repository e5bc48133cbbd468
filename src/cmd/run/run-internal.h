/* SPDX-License-Identifier: MIT
 *
 * One run, for its own files: run.c (adding, events, the loop), run-signal.c,
 * run-face.c, run-forever.c, run-notify.c and run-end.c. All of it is the main
 * thread's.
 */
#ifndef HAUL_CMD_RUN_INTERNAL_H
#define HAUL_CMD_RUN_INTERNAL_H

#include "cmd/list/feed.h"
#include "cmd/list/twice.h"
#include "cmd/output/face.h"
#include "cmd/output/output.h"
#include "resume.h"
#include "run.h"

#define RUN_EARLY_MAX   1024    /* events that are told to it afterwards */

struct run {
	const struct settings *settings;
	const struct arguments *arguments;
	struct haul *haul;
	struct writer *err, *out;       /* out: NULL if stdout has no data */
	struct output *output;          /* NULL before the start */
	struct face *face;              /* NULL: not shown, or not any more */
	struct output_context context;
	struct feed *feed;
	struct resume resume;
	enum settings_output kind;
	int signal_fd;
	bool print_names;
	char name_end;                  /* after a printed path */

	int64_t face_ms;                /* when to open it; 0: not any more */
	struct haul_event *early;       /* of before, RUN_EARLY_MAX */
	size_t early_count;
	bool loading;                   /* as the face was told */
	bool nohup;                     /* SIGHUP was ignored when we began */
	bool had_face;                  /* there was a screen */
	struct notify *notify;          /* NULL: not wanted, or not possible */
	bool told_end;                  /* it has shown what is the end */

	/* --forever */
	bool forever;
	uint64_t given;                 /* items of this engine */
	int64_t busy_ms;                /* when something happened last */
	struct haul_totals past;        /* of engines before, their sums */
	uint64_t past_failed;
	struct haul_totals told;        /* of this engine, in notifications */
	size_t told_failed;             /* of failed[], likewise */
	int64_t interrupt_ms;           /* of the last Ctrl-C; 0 none */

	struct twice *twice;            /* while there are lists to read */
	uint64_t again;                 /* given before, and not added */
	haul_id *argument_ids;          /* 0: not added; until they are shown */
	haul_id first_new;              /* of the items added in this turn */
	size_t new_count;
	haul_id *failed;
	size_t failed_count, failed_room;
	uint64_t unrepaired;            /* --repair: could not be queued */
	bool resting;                   /* the engine has reported its end */
	bool over;
	bool too_many;                  /* --max-failures */
	bool broken;                    /* the engine would not start */
	int stop_signal;                /* that asked for the end, or 0 */
	int64_t stop_ms;                /* when to wait no longer; 0 never */
};

/* ---- run.c ---- */

int64_t run_now_ms(void);               /* monotonic */

/* A sentence for the person: on the screen, or between the lines of the
 * output, or, before there is one, on stderr. */
void run_tell(struct run *, const char *sentence);

/* Ends and frees the engine. What is to be told of it, or NULL. */
const char *run_close_engine(struct haul *);

/* The same, if it is no complaint. */
void run_tell_news(struct run *, const char *sentence);

/* The item counts as failed when it comes to the exit status. */
void run_keep_failed(struct run *, haul_id);

/* Prints the item's path to stdout; nothing if it has none, or is NULL. */
void run_print_name(struct run *, const struct haul_item *);

/* Tells of the items of an earlier run, just loaded; those that had failed by
 * then count as such. */
void run_show_loaded(struct run *);

/* Unless it runs already. */
void run_start_engine(struct run *);

/* On the outputs without a screen. */
void run_show_event(struct run *, const struct haul_event *);

/* ---- run-signal.c ---- */

/* Blocks the signals that the run answers; the descriptor they come by, or
 * -1. */
int run_open_signals(struct run *);
void run_take_signals(struct run *);

/* From here on Ctrl-C ends the program at once: all that it could still lose
 * is that what is done is recorded as done. */
void run_let_interrupt(void);

/* Stops the engine, and waits for it RUN_STOP_MS at most. */
void run_stop(struct run *);

/* As if the signal had come: stops, or, if one had come before, ends the
 * program. */
void run_take_stop(struct run *, int number);

/* Gives the terminal back and lets the system stop us, all threads of us,
 * until somebody wants us to go on. */
void run_suspend(struct run *);

/* ---- run-face.c ---- */

/* Without URLs there is nothing but the screen to wait for. */
bool run_is_interactive(const struct run *);

/* Where a screen is wanted: opens it, at once or when what there is to do takes
 * longer than a moment (face_ms). False if there is nothing to do without it,
 * and it cannot be opened; that was told. */
bool run_await_face(struct run *);

/* Tells the screen, or what stands in for it, what has happened before. */
void run_open_face(struct run *);
void run_tell_no_face(struct run *, const char *why);
void run_show_loading(struct run *);
void run_take_wishes(struct run *);

/* The engine, with a store if there is a place for one. */
enum haul_result run_new_engine(struct run *, struct haul_error *);

/* ---- run-forever.c ---- */

/* What is unfinished of an earlier process is queued; then says what is waited
 * for. The exit status. */
int run_load_forever(struct run *);

/* Whether it is under way, or, where others are, has been fetched just before.
 * Where none is, what is given again is given to a new engine, as if haul had
 * been called again. */
bool run_was_given_forever(struct run *, const struct haul_request *,
    uint64_t mark);

/* Whether no more is to be taken until all that was has ended. */
bool run_is_full(const struct run *);

/* Where nothing is left to do: memory that grew with what has ended is given
 * back, by beginning with a new engine. */
void run_renew(struct run *);

/* Whether the output can sleep until something happens. */
bool run_is_idle(const struct run *);

/* ---- run-notify.c ---- */

void run_open_notify(struct run *);

/* Waits a moment for what is being shown. */
void run_close_notify(struct run *);

/* Where the run goes on when all has ended: on the screen, and with
 * --forever. */
void run_notice_end(struct run *);

/* The bell, before the last words are flushed; a notification, unless it had
 * been shown by then. None for who stopped the run. */
void run_tell_end(struct run *, const struct output_end *);

/* ---- run-end.c ---- */

/* Ends outputs and screen, tells the summary; the exit status. */
int run_finish(struct run *);

/* Lets a writer finish: as long as its reader needs, but after a stop (or
 * with one that comes meanwhile) only for a moment. */
void run_flush(struct run *, struct writer *);

#endif
