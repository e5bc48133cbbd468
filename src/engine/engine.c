/* SPDX-License-Identifier: MIT
 *
 * The thread: one libev loop. A turn is: commands, network and timers (libev
 * calls us), then, before the loop sleeps again, completions, transitions,
 * scheduler, rate gate, publish (engine_turn, from ev_prepare). Nothing is
 * freed inside its own callback.
 */
#include "config.h"

#include "engine.h"

#include <errno.h>
#include <ev.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "change.h"
#include "engine/base/alloc.h"
#include "engine/base/clock.h"
#include "engine/base/thread.h"
#include "engine/disk/disk.h"
#include "engine/disk/folder.h"
#include "engine/model/model.h"
#include "engine/net/host.h"
#include "engine/net/net.h"
#include "engine/transfer/retry.h"
#include "engine/transfer/room.h"
#include "engine/transfer/transfer.h"
#include "journal.h"
#include "network.h"
#include "scheduler.h"

#define ENGINE_TICK_S 0.1
#define ENGINE_FAST_TICK_S 0.003        /* while a file's connections are
                                           being counted out */
#define ENGINE_LIMITED_S 0.2            /* the limit held us so lately */
#define ENGINE_WATCHDOG_TICKS 10
#define ENGINE_STOPPED_S 1.0    /* no tick for so long: we were stopped */
#define ENGINE_LONG_STOP_S 30.0 /* connections may have died meanwhile */
#define ENGINE_MANY 64                  /* queued files that make listing a
                                           folder worth it */
#define ENGINE_DISK_THREADS 2

enum engine_command_kind {
	ENGINE_START,
	ENGINE_STOP,
	ENGINE_CHANGE,                  /* of an item; the caller waits */
	ENGINE_SET,
	ENGINE_QUIT,
};

struct engine_command {
	struct engine_command *next;
	enum engine_command_kind kind;
	char *name, *value;
	struct change *change;          /* the waiting caller's */
	enum haul_result *answer;
	bool *answered;
};

struct engine_thread {
	struct engine engine;           /* first: watchers' data lead here */
	pthread_t thread;
	ev_async wake;
	ev_prepare prepare;
	ev_check check;
	ev_timer tick, fast_tick;
	ev_timer gate;                  /* the rate limit's debt is paid */
	ev_timer file_gate;             /* or that of a file's own limit */
	ev_timer due;                   /* a delayed item may begin */
	ev_timer publish;
	double slept_s;                 /* when the loop began to wait */
	unsigned ticks, told_ticks;     /* told: when hosts were, last */
	int64_t asleep_ms;              /* in all, as far as it was seen */
	double ticked_s;                /* of the last one, or their start */
	bool started;                   /* haul_start() */
	bool start_again;               /* when the present stop is over */
	bool end_owed;                  /* END has to be told */
	bool quitting;
	int64_t speed_bytes;
	double speed_mark_s, speed_bps;

	pthread_mutex_t lock;           /* of the commands */
	pthread_cond_t answered;
	struct engine_command *commands, **last_command;
};

double
engine_now_s(const struct engine *engine)
{
	(void)engine;
	return (double)clock_monotonic_us() / 1e6;
}

int64_t
engine_now_ms(void)
{
	return clock_monotonic_ms();
}

bool
engine_is_limited(const struct engine *engine)
{
	return engine->limiter.rate_bps > 0 && engine->gated_s > 0 &&
	    (engine->gated || engine_now_s(engine) - engine->gated_s <
	    ENGINE_LIMITED_S);
}

unsigned
engine_room(const struct engine *engine)
{
	if (engine->max_streams == 0)
		return UINT_MAX;
	return engine->stream_count < engine->max_streams ?
	    engine->max_streams - engine->stream_count : 0;
}

void
engine_poke(struct engine *engine)
{
	/* The turn runs before each sleep anyway; this makes sure that the
	 * loop does not sleep first. */
	ev_feed_event(engine->loop, &((struct engine_thread *)engine)->wake,
	    EV_ASYNC);
}

/* ---- the turn ---- */

static void
engine_complete(struct engine *engine)
{
	struct net_request *request;

	while ((request = net_take_ended(engine->net)) != NULL) {
		struct stream *stream = request->owner;

		transfer_stream_ended(stream->transfer, stream,
		    request->result);
	}
}

static void
engine_advance(struct engine *engine)
{
	struct transfer *transfer, *next;

	for (transfer = engine->transfers; transfer; transfer = next) {
		next = transfer->next;
		transfer_advance(transfer);
		transfer_reap(transfer);
	}
}

static unsigned
engine_max_files(const struct engine *engine)
{
	struct options_pair options = { NULL, engine->options, NULL };
	unsigned max = (unsigned)options_number(options, OPTION_MAX_CONN);

	if (options_number(options, OPTION_SINGLE_DOWNLOAD))
		return 1;
	return engine->files_cap > 0 && engine->files_cap < max ?
	    engine->files_cap : max;
}

/* Those whose time is over while they wait for a try or for their host. */
static void
engine_end_late(struct engine *engine, int64_t now_ms)
{
	struct options_pair options = { NULL, engine->options, NULL };
	int64_t deadline;
	haul_id id;

	while ((id = scheduler_take_late(engine->scheduler, now_ms)) != 0) {
		const struct item *item = model_item(engine->model, id);

		options.item = item->options;
		options.host = options_of_host(engine->options, item->url);
		deadline = retry_deadline_ms(item, &options);
		if (item->state == HAUL_STATE_WAITING && deadline > 0 &&
		    deadline <= now_ms)
			change_fail(engine, id, HAUL_CAUSE_TIMEOUT,
			    TRANSFER_LATE_TEXT);
	}
}

static int64_t
engine_sooner(int64_t a_ms, int64_t b_ms)
{
	return a_ms < 0 || (b_ms >= 0 && b_ms < a_ms) ? b_ms : a_ms;
}

/* Starts what may begin; says when to look again, -1: no need. */
static int64_t
engine_begin_files(struct engine_thread *thread, int64_t now_ms)
{
	struct engine *engine = &thread->engine;
	unsigned max = engine->max_files;
	haul_id id;

	while (engine->transfer_count < max && engine_room(engine) > 0 &&
	    (id = scheduler_next(engine->scheduler, now_ms)) != 0) {
		thread->end_owed = true;
		if (room_waits_on(engine, id))
			continue;
		transfer_begin(engine, id);
		network_began(engine->network, id);
		transfer_reap(engine->transfers);
	}
	return engine->transfer_count < max && engine_room(engine) > 0 ?
	    scheduler_next_due_ms(engine->scheduler, now_ms) : -1;
}

static void
engine_schedule(struct engine_thread *thread)
{
	struct engine *engine = &thread->engine;
	int64_t due, now = engine_now_ms();

	engine->max_files = engine_max_files(engine);
	if (!thread->started || engine->stopping)
		return;
	engine_end_late(engine, now);
	if (!engine->many)
		engine->many = model_count(engine->model) > ENGINE_MANY;
	due = skim_old(engine, now);
	due = engine_sooner(due, engine_begin_files(thread, now));
	ev_timer_stop(engine->loop, &thread->due);
	if (due >= 0) {
		ev_timer_set(&thread->due, due > now ? (double)(due - now) /
		    1000 + 0.001 : 0.001, 0);
		ev_timer_start(engine->loop, &thread->due);
	}
}

/* Whether items might begin. */
static bool
engine_is_open(const struct engine_thread *thread)
{
	struct model *model = thread->engine.model;

	return thread->started && !thread->engine.stopping &&
	    model_hold(model) != HAUL_HOLD_ALL && !model_is_done(model);
}

/* Some times a second, and whenever nothing runs: no tick comes then. */
static void
engine_tell_hosts(struct engine_thread *thread)
{
	if (thread->engine.transfer_count > 0 &&
	    thread->told_ticks == thread->ticks)
		return;
	thread->told_ticks = thread->ticks;
	scheduler_tell_hosts(thread->engine.scheduler, engine_now_ms());
}

static void
engine_gate(struct engine_thread *thread)
{
	struct engine *engine = &thread->engine;
	double wait;

	if (engine->limiter.rate_bps == 0 || ev_is_active(&thread->gate))
		return;
	wait = limiter_wait_s(&engine->limiter, engine_now_s(engine));
	if (wait <= 0) {
		/* What was paused comes now, and may be too much again. */
		net_gate(engine->net, false);
		wait = limiter_wait_s(&engine->limiter,
		    engine_now_s(engine));
	}
	if (engine->gated && wait <= 0)
		engine->openings++;     /* and all sockets are looked at */
	engine->gated = wait > 0;
	if (wait <= 0)
		return;
	net_gate(engine->net, true);
	engine->gated_s = engine_now_s(engine);
	ev_timer_set(&thread->gate, wait, 0);
	ev_timer_start(engine->loop, &thread->gate);
}

/* The same for single files. */
static void
engine_gate_files(struct engine_thread *thread)
{
	struct engine *engine = &thread->engine;
	struct transfer *transfer;
	double wait, least = 0;

	for (transfer = engine->transfers; transfer;
	    transfer = transfer->next) {
		wait = transfer_gate(transfer, engine_now_s(engine));
		if (wait > 0 && (least == 0 || wait < least))
			least = wait;
	}
	ev_timer_stop(engine->loop, &thread->file_gate);
	if (least == 0)
		return;
	ev_timer_set(&thread->file_gate, least, 0);
	ev_timer_start(engine->loop, &thread->file_gate);
}

static bool
engine_is_ramping(const struct engine *engine)
{
	const struct transfer *transfer;
	double now = engine_now_s(engine);

	for (transfer = engine->transfers; transfer;
	    transfer = transfer->next)
		if (transfer_is_ramping(transfer, now))
			return true;
	return false;
}

/* Nothing runs: held, paused, or waiting for another try. */
static void
engine_stand_still(struct engine_thread *thread)
{
	struct engine *engine = &thread->engine;

	ev_timer_stop(engine->loop, &thread->tick);
	thread->speed_bps = 0;
	model_set_speed(engine->model, 0);
	model_set_connections(engine->model, 0);
}

/* The machine slept. */
static void
engine_notice_sleep(struct engine_thread *thread)
{
	int64_t asleep = clock_asleep_ms();

	if (asleep - thread->asleep_ms >= (int64_t)(ENGINE_STOPPED_S * 1000))
		network_slept(thread->engine.network);
	thread->asleep_ms = asleep;
}

static void
engine_set_ticks(struct engine_thread *thread)
{
	struct engine *engine = &thread->engine;

	if (engine->transfer_count > 0 && !ev_is_active(&thread->tick)) {
		thread->ticked_s = engine_now_s(engine);
		engine_notice_sleep(thread);
		ev_timer_again(engine->loop, &thread->tick);
	} else if (engine->transfer_count == 0 &&
	    ev_is_active(&thread->tick)) {
		engine_stand_still(thread);
	}
	if (engine_is_ramping(engine)) {
		if (!ev_is_active(&thread->fast_tick))
			ev_timer_again(engine->loop, &thread->fast_tick);
	} else {
		ev_timer_stop(engine->loop, &thread->fast_tick);
	}
}

static bool
engine_is_idle(struct engine_thread *thread)
{
	struct engine *engine = &thread->engine;

	if (engine->transfer_count > 0)
		return false;
	return engine->stopping || model_is_done(engine->model);
}

static void
engine_do_start(struct engine_thread *thread)
{
	struct haul_totals totals;

	model_copy_totals(thread->engine.model, &totals);
	thread->speed_bytes = totals.fetched_bytes;
	thread->speed_mark_s = engine_now_s(&thread->engine);
	thread->speed_bps = 0;
	atomic_store(&thread->engine.hurry, false);
	thread->started = true;
	thread->end_owed = true;
	model_begin_run(thread->engine.model);
}

static void
engine_finish_run(struct engine_thread *thread)
{
	struct engine *engine = &thread->engine;
	bool stopped = engine->stopping;

	thread->end_owed = false;
	engine->stopping = false;
	if (stopped)
		thread->started = false;
	network_rest(engine->network);
	model_set_speed(engine->model, 0);
	model_set_connections(engine->model, 0);
	model_end_run(engine->model);
	model_emit(engine->model, HAUL_EVENT_END, 0, HAUL_NOTE_NONE, stopped);
	if (engine->journal != NULL) {
		journal_note_hosts(engine->journal, engine->hosts);
		journal_hurry(engine->journal);
	}
	if (thread->start_again) {
		thread->start_again = false;
		engine_do_start(thread);
	}
}

static void
engine_publish(struct engine_thread *thread, bool urgent)
{
	struct engine *engine = &thread->engine;
	int again;

	again = model_publish(engine->model, urgent);
	ev_timer_stop(engine->loop, &thread->publish);
	if (again > 0) {
		ev_timer_set(&thread->publish, again / 1000.0, 0);
		ev_timer_start(engine->loop, &thread->publish);
	}
}

static void
engine_turn(struct ev_loop *loop, ev_prepare *prepare, int revents)
{
	struct engine_thread *thread = prepare->data;
	struct engine *engine = &thread->engine;
	bool ended = false;

	(void)revents;
	engine_complete(engine);
	engine_advance(engine);
	network_turn(engine->network, engine_is_open(thread));
	engine_schedule(thread);
	while (thread->end_owed && engine_is_idle(thread)) {
		engine_finish_run(thread);
		ended = true;
		/* Nothing else wakes the loop if it was started again. */
		engine_schedule(thread);
	}
	engine_tell_hosts(thread);
	engine_gate(thread);
	engine_gate_files(thread);
	engine_set_ticks(thread);
	engine_publish(thread, ended);
	if (thread->quitting && engine->transfer_count == 0)
		ev_break(loop, EVBREAK_ALL);
	thread->slept_s = engine_now_s(engine);
}

static void
engine_woke(struct ev_loop *loop, ev_check *check, int revents)
{
	struct engine_thread *thread = check->data;

	(void)loop;
	(void)revents;
	thread->engine.idle_s += engine_now_s(&thread->engine) -
	    thread->slept_s;
}

/* ---- timers ---- */

static void
engine_measure(struct engine_thread *thread)
{
	struct engine *engine = &thread->engine;
	double now = engine_now_s(engine), span = now - thread->speed_mark_s;
	struct haul_totals totals;
	double rate;

	if (span < 0.5)
		return;
	model_copy_totals(engine->model, &totals);
	rate = (double)(totals.fetched_bytes - thread->speed_bytes) / span;
	thread->speed_bps = thread->speed_bps == 0 ? rate :
	    thread->speed_bps * 0.8 + rate * 0.2;
	thread->speed_bytes = totals.fetched_bytes;
	thread->speed_mark_s = now;
	model_set_speed(engine->model, (int64_t)thread->speed_bps);
	model_set_connections(engine->model, engine->stream_count);
	if (engine->journal != NULL)
		journal_note_hosts(engine->journal, engine->hosts);
}

static void
engine_tick_all(struct engine *engine, bool slow)
{
	struct transfer *transfer;
	double now = engine_now_s(engine);

	for (transfer = engine->transfers; transfer;
	    transfer = transfer->next)
		transfer_tick(transfer, now, slow);
}

/* The process was stopped (Ctrl-Z): what did not come meanwhile is nobody's
 * fault. */
static void
engine_forgive_stop(struct engine_thread *thread)
{
	double now = engine_now_s(&thread->engine);
	double gap = now - thread->ticked_s;
	struct transfer *transfer;

	thread->ticked_s = now;
	if (gap < ENGINE_STOPPED_S)
		return;
	for (transfer = thread->engine.transfers; transfer;
	    transfer = transfer->next)
		transfer_forgive(transfer, (int64_t)(gap * 1000));
	if (gap >= ENGINE_LONG_STOP_S)
		network_slept(thread->engine.network);
}

static void
engine_on_tick(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct engine_thread *thread = timer->data;

	(void)loop;
	(void)revents;
	engine_forgive_stop(thread);
	engine_notice_sleep(thread);
	engine_tick_all(&thread->engine, true);
	engine_measure(thread);
	if (++thread->ticks % ENGINE_WATCHDOG_TICKS == 0 &&
	    thread->engine.stream_count > 0)
		net_watchdog(thread->engine.net);
}

static void
engine_on_fast_tick(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct engine_thread *thread = timer->data;

	(void)loop;
	(void)revents;
	engine_tick_all(&thread->engine, false);
}

/* Its turn follows: that is all it is for. */
static void
engine_on_timer(struct ev_loop *loop, ev_timer *timer, int revents)
{
	(void)loop;
	(void)timer;
	(void)revents;
}

/* ---- commands ---- */

static void
engine_do_stop(struct engine_thread *thread)
{
	struct engine *engine = &thread->engine;

	if (!thread->started || engine->stopping)
		return;
	engine->stopping = true;
	atomic_store(&engine->hurry, true);
	thread->end_owed = true;
	change_put_all_back(engine, false);
}

/* hosts_own_fn */
static bool
engine_own_max(const char *origin, unsigned *max, void *user)
{
	const struct engine *engine = user;
	struct options_pair options = { NULL, NULL,
	    options_of_host(engine->options, origin) };

	if (!options_is_given(options.host, OPTION_MAX_HOST_CONN))
		return false;
	*max = (unsigned)options_number(options, OPTION_MAX_HOST_CONN);
	return true;
}

static void
engine_apply_options(struct engine *engine)
{
	struct options_pair options = { NULL, engine->options, NULL };
	int64_t rate = options_number(options, OPTION_LIMIT_RATE);
	struct transfer *transfer;

	engine->epoch++;
	engine->discard = options_number(options, OPTION_DISCARD) != 0;
	if (rate != engine->limiter.rate_bps)
		limiter_set(&engine->limiter, rate, engine_now_s(engine));
	net_set_read_size(engine->net, limiter_read_size(&engine->limiter));
	hosts_set_max(engine->hosts, (unsigned)options_number(options,
	    OPTION_MAX_HOST_CONN));
	engine->max_streams = (unsigned)options_number(options,
	    OPTION_MAX_TOTAL_CONN);
	for (transfer = engine->transfers; transfer;
	    transfer = transfer->next)
		transfer_set_rate(transfer);
	if (rate == 0) {
		engine->gated = false;
		net_gate(engine->net, false);
	}
}

static void
engine_do_set(struct engine *engine, const struct engine_command *command)
{
	if (options_set(engine->options, command->name, command->value,
	    ~0U, NULL) == HAUL_OK)
		engine_apply_options(engine);
}

static void
engine_do(struct engine_thread *thread, struct engine_command *command)
{
	struct engine *engine = &thread->engine;

	switch (command->kind) {
	case ENGINE_START:
		if (engine->stopping)
			thread->start_again = true;
		else
			engine_do_start(thread);
		break;
	case ENGINE_STOP:
		engine_do_stop(thread);
		break;
	case ENGINE_CHANGE:
		*command->answer = change_apply(engine, command->change);
		break;
	case ENGINE_SET:
		engine_do_set(engine, command);
		break;
	case ENGINE_QUIT:
		engine_do_stop(thread);
		thread->end_owed = false;
		engine->stopping = true;
		atomic_store(&engine->hurry, true);
		thread->quitting = true;
		break;
	}
}

static struct engine_command *
engine_take_commands(struct engine_thread *thread)
{
	struct engine_command *list;

	pthread_mutex_lock(&thread->lock);
	list = thread->commands;
	thread->commands = NULL;
	thread->last_command = &thread->commands;
	pthread_mutex_unlock(&thread->lock);
	return list;
}

/* Items may have been added or put back: then an END is owed for them. */
static void
engine_owe_end(struct engine_thread *thread)
{
	if (!thread->started || thread->end_owed ||
	    model_is_done(thread->engine.model))
		return;
	thread->end_owed = true;
	model_begin_run(thread->engine.model);
}

static void
engine_on_wake(struct ev_loop *loop, ev_async *wake, int revents)
{
	struct engine_thread *thread = wake->data;
	struct engine_command *command, *next;

	(void)loop;
	(void)revents;
	engine_owe_end(thread);
	for (command = engine_take_commands(thread); command;
	    command = next) {
		next = command->next;
		engine_do(thread, command);
		if (command->answered != NULL) {
			pthread_mutex_lock(&thread->lock);
			*command->answered = true;
			pthread_cond_broadcast(&thread->answered);
			pthread_mutex_unlock(&thread->lock);
		}
		free(command->name);
		free(command->value);
		free(command);
	}
	engine_owe_end(thread);
}

/* ---- from other threads ---- */

static void
engine_post(struct engine_thread *thread, const struct engine_command *what)
{
	struct engine_command *command = alloc_zero(sizeof *command);

	*command = *what;
	pthread_mutex_lock(&thread->lock);
	*thread->last_command = command;
	thread->last_command = &command->next;
	pthread_mutex_unlock(&thread->lock);
	ev_async_send(thread->engine.loop, &thread->wake);
}

void
engine_start(struct engine_thread *thread)
{
	engine_post(thread, &(struct engine_command){ .kind = ENGINE_START });
}

void
engine_stop(struct engine_thread *thread)
{
	engine_post(thread, &(struct engine_command){ .kind = ENGINE_STOP });
}

void
engine_wake(struct engine_thread *thread)
{
	/* libev makes many of these one. */
	ev_async_send(thread->engine.loop, &thread->wake);
}

enum haul_result
engine_change(struct engine_thread *thread, struct change *change)
{
	enum haul_result answer = HAUL_ESTATE;
	bool answered = false;

	engine_post(thread, &(struct engine_command){ .kind = ENGINE_CHANGE,
	    .change = change, .answer = &answer, .answered = &answered });
	pthread_mutex_lock(&thread->lock);
	while (!answered)
		pthread_cond_wait(&thread->answered, &thread->lock);
	pthread_mutex_unlock(&thread->lock);
	return answer;
}

void
engine_set(struct engine_thread *thread, const char *name, const char *value)
{
	engine_post(thread, &(struct engine_command){ .kind = ENGINE_SET,
	    .name = alloc_string(name), .value = alloc_string(value) });
}

/* ---- life ---- */

static void *
engine_main(void *user)
{
	struct engine_thread *thread = user;

	ev_run(thread->engine.loop, 0);
	return NULL;
}

/* $NETRC or ~/.netrc if it can be read: looked for once, because libcurl
 * would open it for every request. */
static char *
engine_find_home(const char *variable, const char *file)
{
	const char *named = variable ? getenv(variable) : NULL;
	const char *home = getenv("HOME");
	char *path = NULL;

	if (named != NULL && *named)
		path = alloc_string(named);
	else if (home != NULL && *home)
		path = alloc_format("%s/%s", home, file);
	if (path != NULL && access(path, R_OK) == 0)
		return path;
	free(path);
	return NULL;
}

/* libcurl looks for RSA keys alone, whose old signatures are all that libssh2
 * knew before 1.11 and no OpenSSH takes since 8.8. It tries one file, and then
 * an agent's keys. */
static char *
engine_find_key(void)
{
	char *path = engine_find_home(NULL, ".ssh/id_ed25519");

	if (path == NULL)
		path = engine_find_home(NULL, ".ssh/id_ecdsa");
	return path;
}

/* Whether libcurl need not look for a proxy for each request. HTTP_PROXY is
 * taken as other clients do, but not in a CGI, where the client of a web
 * server can set it by a header (CVE-2016-5385). */
static void
engine_find_proxies(struct engine *engine)
{
	static const char *const names[] = {
		"http_proxy", "https_proxy", "HTTPS_PROXY", "ftp_proxy",
		"FTP_PROXY", "all_proxy", "ALL_PROXY", NULL
	};
	const char *upper = getenv("HTTP_PROXY");
	int i;

	engine->no_proxy_set = true;
	for (i = 0; names[i] != NULL; i++)
		if (getenv(names[i]) != NULL)
			engine->no_proxy_set = false;
	if (upper == NULL || *upper == '\0' || getenv("http_proxy") != NULL ||
	    getenv("REQUEST_METHOD") != NULL)
		return;
	engine->http_proxy = alloc_string(upper);
	engine->no_proxy_set = false;
}

static void
engine_init_timer(struct engine_thread *thread, ev_timer *timer,
    void (*fn)(struct ev_loop *, ev_timer *, int), double repeat_s)
{
	ev_timer_init(timer, fn, 0, repeat_s);
	timer->data = thread;
}

static void
engine_init_watchers(struct engine_thread *thread)
{
	struct ev_loop *loop = thread->engine.loop;

	ev_async_init(&thread->wake, engine_on_wake);
	ev_prepare_init(&thread->prepare, engine_turn);
	ev_check_init(&thread->check, engine_woke);
	thread->wake.data = thread->prepare.data = thread->check.data = thread;
	engine_init_timer(thread, &thread->tick, engine_on_tick,
	    ENGINE_TICK_S);
	engine_init_timer(thread, &thread->fast_tick, engine_on_fast_tick,
	    ENGINE_FAST_TICK_S);
	engine_init_timer(thread, &thread->gate, engine_on_timer, 0);
	engine_init_timer(thread, &thread->file_gate, engine_on_timer, 0);
	engine_init_timer(thread, &thread->due, engine_on_timer, 0);
	engine_init_timer(thread, &thread->publish, engine_on_timer, 0);
	ev_async_start(loop, &thread->wake);
	ev_prepare_start(loop, &thread->prepare);
	ev_check_start(loop, &thread->check);
}

static void
engine_release(struct engine_thread *thread)
{
	struct engine *engine = &thread->engine;
	struct engine_command *command;

	disk_free(engine->disk);
	network_free(engine->network);
	net_free(engine->net);
	scheduler_free(engine->scheduler);
	model_set_hosts(engine->model, NULL, 0);
	hosts_free(engine->hosts);
	folders_free(engine->folders);
	alloc_pool_release(&engine->spare_transfers);
	alloc_pool_release(&engine->spare_streams);
	options_unref(engine->options);
	free(engine->netrc);
	free(engine->http_proxy);
	free(engine->known_hosts);
	free(engine->ssh_key);
	while ((command = thread->commands) != NULL) {
		thread->commands = command->next;
		free(command->name);
		free(command->value);
		free(command);
	}
	if (engine->loop != NULL)
		ev_loop_destroy(engine->loop);
	pthread_mutex_destroy(&thread->lock);
	pthread_cond_destroy(&thread->answered);
	free(thread);
}

struct engine_thread *
engine_new(struct options *options, struct model *model,
    struct journal *journal)
{
	struct engine_thread *thread = alloc_zero(sizeof *thread);
	struct engine *engine = &thread->engine;
	int error = ENOMEM;

	pthread_mutex_init(&thread->lock, NULL);
	pthread_cond_init(&thread->answered, NULL);
	thread->last_command = &thread->commands;
	engine->options = options;
	engine->model = model;
	engine->journal = journal;
	engine->loop = ev_loop_new(EVFLAG_NOENV | EVFLAG_NOSIGMASK);
	if (engine->loop == NULL)
		goto fail;
	engine->net = net_new(engine->loop);
	errno = 0;
	engine->disk = disk_new(engine->loop, ENGINE_DISK_THREADS);
	if (engine->net == NULL || engine->disk == NULL) {
		error = errno != 0 ? errno : ENOMEM;
		goto fail;
	}
	engine->hosts = hosts_new();
	hosts_on_own(engine->hosts, engine_own_max, engine);
	if (journal != NULL)
		journal_teach_hosts(journal, engine->hosts);
	engine->folders = folders_new();
	engine->scheduler = scheduler_new(model, engine->hosts);
	engine->network = network_new(engine);
	thread->asleep_ms = clock_asleep_ms();
	engine->netrc = engine_find_home("NETRC", ".netrc");
	engine->known_hosts = engine_find_home(NULL, ".ssh/known_hosts");
	engine->ssh_key = engine_find_key();
	engine_find_proxies(engine);
	engine_apply_options(engine);
	engine_init_watchers(thread);
	error = thread_start(&thread->thread, engine_main, thread);
	if (error == 0)
		return thread;
fail:
	engine_release(thread);
	errno = error;
	return NULL;
}

void
engine_quit(struct engine_thread *thread)
{
	engine_post(thread, &(struct engine_command){ .kind = ENGINE_QUIT });
	pthread_join(thread->thread, NULL);
}

void
engine_free(struct engine_thread *thread)
{
	if (thread != NULL)
		engine_release(thread);
}
