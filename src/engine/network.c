/* SPDX-License-Identifier: MIT
 *
 * See network.h. The state is the whole engine's: gone, or not. What tells
 * that it is gone, in this order: no interface has an address; there is no
 * way to a host and none to the world either; nothing was heard of any other
 * machine of late, and the name service does not answer. The last takes
 * seconds to learn: until then the item whose attempt failed stands still
 * (TRANSFER_DOUBTING).
 *
 * To try means to let one item begin: nothing else shows that it would work,
 * through whatever proxy or name service it goes.
 */
#include "config.h"

#include "network.h"

#include <ev.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "change.h"
#include "engine.h"
#include "engine/base/alloc.h"
#include "engine/base/url.h"
#include "engine/net/host.h"
#include "engine/net/lookup.h"
#include "engine/net/net.h"
#include "engine/net/route.h"
#include "engine/transfer/retry.h"
#include "engine/transfer/transfer.h"
#include "scheduler.h"

#define NETWORK_NOW_MS 500              /* heard since: it works */
#define NETWORK_LATELY_MS 2000          /* if nothing is for so long, it may
                                           not */
#define NETWORK_OLD_MS 10000            /* heard before: no more to come */
#define NETWORK_ANSWER_MS 5000          /* patience with the name service */
#define NETWORK_AGAIN_MS 500            /* an item, should it flap */
#define NETWORK_PAUSE_MS 1000           /* between tries, doubling */
#define NETWORK_PAUSE_MAX_MS 30000
#define NETWORK_SLEPT_MS 5000           /* to be heard again after a sleep */
#define NETWORK_WENT_MS 5000            /* for an address to come back */
#define NETWORK_HURRY_MS 1000           /* no more often than that */

struct network {
	struct engine *engine;
	struct lookup *lookup;
	int fd;                         /* of route_watch(), or -1 */
	ev_io watch;
	ev_timer timer;                 /* its turn follows */
	int64_t went_ms;                /* an address did; 0: none */
	bool gone;
	bool login;                     /* there is one, and it wants that */
	int64_t gone_ms;                /* since then */
	int64_t back_ms;                /* or it was until then; 0 never */
	haul_id trying;                 /* this item does; 0: none */
	bool in_vain;                   /* it met no network */
	int64_t try_ms, tried_ms;       /* the next and the last try */
	int64_t pause_ms;
	haul_id known;                  /* the last item, when it last hurried
	                                   for new ones */
	bool asking;                    /* the name service */
	bool silent;                    /* it has no answer */
	int64_t asked_ms;
	haul_id late_last;              /* items up to this one wait */
	int64_t late_since_ms;          /* since then; looked at again */
	int64_t late_ms;                /* then */
};

static void network_answered(bool alive, void *);
static void network_hurry(struct network *);
static void network_on_route(struct ev_loop *, ev_io *, int);

/* ---- life ---- */

static void
network_on_timer(struct ev_loop *loop, ev_timer *timer, int revents)
{
	(void)loop;
	(void)timer;
	(void)revents;
}

struct network *
network_new(struct engine *engine)
{
	struct network *network = alloc_zero(sizeof *network);

	network->engine = engine;
	network->lookup = lookup_new(engine->loop, network_answered, network);
	ev_timer_init(&network->timer, network_on_timer, 0, 0);
	network->fd = route_watch();
	ev_io_init(&network->watch, network_on_route, network->fd, EV_READ);
	network->watch.data = network;
	if (network->fd >= 0)
		ev_io_start(engine->loop, &network->watch);
	return network;
}

void
network_free(struct network *network)
{
	if (network == NULL)
		return;
	lookup_free(network->lookup);
	ev_timer_stop(network->engine->loop, &network->timer);
	ev_io_stop(network->engine->loop, &network->watch);
	if (network->fd >= 0)
		close(network->fd);
	free(network);
}

/* ---- gone and back ---- */

bool
network_is_gone(const struct network *network)
{
	return network->gone;
}

static void
network_plan_try(struct network *network, int64_t pause_ms)
{
	network->try_ms = engine_now_ms() + pause_ms;
	model_set_offline(network->engine->model, true, network->try_ms);
}

static void
network_pause(struct network *network)
{
	network_plan_try(network, network->pause_ms);
	if ((network->pause_ms *= 2) > NETWORK_PAUSE_MAX_MS)
		network->pause_ms = NETWORK_PAUSE_MAX_MS;
}

/* From now on, for all that are there. */
static void
network_count_late(struct network *network)
{
	network->late_since_ms = network->late_ms = engine_now_ms();
	network->late_last = model_count(network->engine->model);
}

static void
network_has_gone(struct network *network, bool login)
{
	struct engine *engine = network->engine;
	int64_t now = engine_now_ms();
	bool told = network->gone && network->login == login;

	network->login = login;
	if (!network->gone) {
		network->gone = true;
		network->gone_ms = now;
		network->trying = 0;
		network->known = model_count(engine->model);
		/* One that comes and goes is tried less and less. */
		if (network->back_ms == 0 ||
		    now - network->back_ms > NETWORK_PAUSE_MAX_MS)
			network->pause_ms = NETWORK_PAUSE_MS;
		network_count_late(network);
		hosts_set_offline(engine->hosts, true);
		network_pause(network);
	}
	if (!told)
		model_emit(engine->model, HAUL_EVENT_WARN, 0, login ?
		    HAUL_NOTE_LOGIN : HAUL_NOTE_OFFLINE, false);
}

static void
network_forget(struct network *network)
{
	struct engine *engine = network->engine;

	network->gone = false;
	network->back_ms = engine_now_ms();
	hosts_set_offline(engine->hosts, false);
	model_set_offline(engine->model, false, 0);
}

static void
network_is_back(struct network *network)
{
	struct engine *engine = network->engine;

	network_forget(network);
	scheduler_look_again(engine->scheduler);
	model_emit(engine->model, HAUL_EVENT_WARN, 0, HAUL_NOTE_ONLINE,
	    false);
}

/* ---- judging a failure ---- */

/* It was heard right now, or since it was thought to be gone. */
static bool
network_was_heard(const struct network *network)
{
	int64_t heard = network->engine->heard_ms;

	if (network->gone)
		return heard > network->gone_ms;
	return heard != 0 && engine_now_ms() - heard < NETWORK_NOW_MS;
}

/* Nobody has such a name, by RFC 6761: it takes no answer to know that. */
static bool
network_is_no_name(const char *host)
{
	static const char end[] = ".invalid";
	size_t length = host != NULL ? strlen(host) : 0;

	return length >= sizeof end - 1 && strcasecmp(host + length -
	    (sizeof end - 1), end) == 0;
}

/* Asks whether names can be looked up at all; false: no need, this host's
 * cannot whatever the network. */
static bool
network_ask(struct network *network, const struct transfer *transfer,
    const struct failure *failure)
{
	char *host = url_host(transfer->final_url ? transfer->final_url :
	    transfer->url);
	bool useless = failure->cause == HAUL_CAUSE_DNS &&
	    network_is_no_name(host);

	/* Of a host that was found once the name may be known here. */
	if (!useless)
		lookup_ask(network->lookup, failure->cause == HAUL_CAUSE_DNS ?
		    host : NULL);
	if (!useless && !network->asking) {
		network->asking = true;
		network->silent = false;
		network->asked_ms = engine_now_ms();
	}
	free(host);
	return !useless;
}

enum network_verdict
network_judge(struct network *network, struct transfer *transfer,
    const struct failure *failure)
{
	if (!transfer->far || failure_is_of_descriptors(failure))
		return NETWORK_WORKS;
	if (failure_is_login(failure)) {
		/* Others are answered, or nobody can speak for it: it is this
		 * server's own. */
		if (transfer->sealed || (network->engine->heard_ms >
		    network->gone_ms && engine_now_ms() -
		    network->engine->heard_ms < NETWORK_LATELY_MS))
			return NETWORK_WORKS;
		network_has_gone(network, true);
		return NETWORK_GONE;
	}
	if (failure_is_answer(failure))
		network->engine->heard_ms = engine_now_ms();
	if (!failure_may_be_network(failure))
		return NETWORK_WORKS;
	if (!route_has_address() ||
	    (failure_is_no_route(failure) && !route_leads_out())) {
		network_has_gone(network, false);
		return NETWORK_GONE;
	}
	/* It was asked before there was one. */
	if (!network->gone && transfer->began_ms < network->back_ms)
		return NETWORK_GONE;
	/* A host that is silent while others speak, or from the first on, is
	 * so by itself. */
	if (failure->cause != HAUL_CAUSE_DNS && (network_was_heard(network) ||
	    (!network->gone && network->engine->heard_ms == 0)))
		return NETWORK_WORKS;
	return network_ask(network, transfer, failure) ? NETWORK_DOUBTED :
	    NETWORK_WORKS;
}

void
network_wait(struct transfer *transfer, const struct failure *failure)
{
	struct network *network = transfer->engine->network;

	network->in_vain |= network->trying == transfer->id;
	transfer->offline = true;
	transfer_extra(transfer)->excused |= transfer->reached;
	transfer_close(transfer, HAUL_STATE_WAITING);
	transfer->due_ms = engine_now_ms() + NETWORK_AGAIN_MS;
	model_set_failure(transfer->engine->model, transfer->id, failure,
	    transfer->final_url ? transfer->final_url : transfer->url,
	    transfer->attempt_bytes, !transfer->quiet);
}

/* ---- what the name service and the kernel tell ---- */

static void
network_settle(struct network *network, bool alive)
{
	struct transfer *transfer, *next;
	bool excused = !alive || network->gone;

	network->asking = false;
	if (!alive)
		network_has_gone(network, false);
	else if (network->gone)
		network_is_back(network);
	for (transfer = network->engine->transfers; transfer;
	    transfer = next) {
		next = transfer->next;
		transfer_doubt_is_over(transfer, excused);
	}
}

static void
network_answered(bool alive, void *user)
{
	struct network *network = user;

	if (network->asking && alive)
		network_settle(network, true);
	else
		network->silent = network->asking;
}

/* When its silence is a verdict: not while something may still come over
 * connections that were there before. */
static int64_t
network_verdict_ms(const struct network *network)
{
	int64_t due = network->silent ? network->asked_ms :
	    network->asked_ms + NETWORK_ANSWER_MS;
	int64_t heard = network->engine->heard_ms;

	if (heard != 0 && heard <= network->asked_ms &&
	    due < network->asked_ms + NETWORK_LATELY_MS &&
	    heard + NETWORK_OLD_MS > network->asked_ms)
		due = network->asked_ms + NETWORK_LATELY_MS;
	return due;
}

static void
network_conclude(struct network *network)
{
	if (network->engine->heard_ms > network->asked_ms)
		network_settle(network, true);
	else if (engine_now_ms() >= network_verdict_ms(network))
		network_settle(network, false);
}

static void
network_on_route(struct ev_loop *loop, ev_io *watch, int revents)
{
	struct network *network = watch->data;
	unsigned told = route_read(network->fd);

	(void)loop;
	(void)revents;
	if (told & ROUTE_CAME)
		network_hurry(network);
	if (told & ROUTE_WENT)
		network->went_ms = engine_now_ms();
}

/* ---- connections that may be dead ---- */

static void
network_doubt(struct network *network,
    bool (*is_doubted)(const struct stream *), int64_t patience_ms,
    const char *why)
{
	struct transfer *transfer;

	/* Nobody would see that they are dead before a request goes out. */
	net_drop_idle(network->engine->net);
	for (transfer = network->engine->transfers; transfer;
	    transfer = transfer->next)
		transfer_doubt(transfer, is_doubted, patience_ms, why);
}

static bool
network_doubts_all(const struct stream *stream)
{
	(void)stream;
	return true;
}

void
network_slept(struct network *network)
{
	network_doubt(network, network_doubts_all, NETWORK_SLEPT_MS,
	    "the connection was silent after a sleep");
	network_hurry(network);
}

static bool
network_is_homeless(const struct stream *stream)
{
	char *ip = NULL;

	curl_easy_getinfo(stream->request->easy, CURLINFO_LOCAL_IP, &ip);
	return ip != NULL && *ip != '\0' && !route_is_ours(ip);
}

/* Not at once: it may come back in a moment (DHCP), and then connections are
 * as they were. */
static void
network_miss_addresses(struct network *network)
{
	network->went_ms = 0;
	network_doubt(network, network_is_homeless, 0,
	    "this machine's address of the connection is gone");
}

/* ---- trying ---- */

static void
network_hurry(struct network *network)
{
	int64_t soonest = network->tried_ms + NETWORK_HURRY_MS;
	int64_t now = engine_now_ms();

	/* Should the present try be in vain, the next one comes soon. */
	network->pause_ms = NETWORK_PAUSE_MS;
	if (network->gone && network->trying == 0 &&
	    soonest < network->try_ms)
		network_plan_try(network, soonest > now ? soonest - now : 0);
}

void
network_is_wanted(struct network *network)
{
	network_hurry(network);
	if (network->gone)
		network_count_late(network);
}

static void
network_hurry_for_new(struct network *network)
{
	network->known = model_count(network->engine->model);
	if (network->late_ms == INT64_MAX)
		network->late_ms = engine_now_ms();
	network_hurry(network);
}

void
network_began(struct network *network, haul_id id)
{
	struct engine *engine = network->engine;

	if (!network->gone ||
	    url_host_is_loopback(model_url(model_item(engine->model, id))))
		return;
	network->trying = id;
	network->in_vain = false;
	network->tried_ms = engine_now_ms();
	hosts_choose_none(engine->hosts);
	model_set_offline(engine->model, true, 0);
}

static bool
network_still_tries(const struct network *network)
{
	const struct transfer *transfer;

	for (transfer = network->engine->transfers; transfer;
	    transfer = transfer->next)
		if (transfer->id == network->trying)
			return true;
	return false;
}

static void
network_try(struct network *network)
{
	int64_t now = engine_now_ms();

	if (network->trying != 0) {
		if (network_still_tries(network))
			return;
		network->trying = 0;
		/* It may have needed none. */
		if (network->in_vain)
			network_pause(network);
		else
			network_plan_try(network, 0);
	}
	if (now < network->try_ms)
		return;
	network->tried_ms = now;
	if (hosts_choose(network->engine->hosts, now))
		network_plan_try(network, NETWORK_PAUSE_MS);
	else    /* None waits for a host yet: soon. */
		network_plan_try(network, NETWORK_PAUSE_MS / 10);
}

/* ---- those that have waited for too long ---- */

static bool
network_needs(const struct network *network, haul_id id)
{
	const struct item *item = model_item(network->engine->model, id);

	return item->state == HAUL_STATE_QUEUED &&
	    !url_host_is_loopback(model_url(item));
}

/* Items that never began have no time of their own: what they wait counts
 * from when the network went, or for later ones from when those before them
 * have ended. */
static void
network_end_late(struct network *network)
{
	struct engine *engine = network->engine;
	struct options_pair options = { NULL, engine->options, NULL };
	int64_t now = engine_now_ms(), limit;
	haul_id id;

	network->late_ms = INT64_MAX;
	for (id = 1; id <= network->late_last; id++) {
		if (!network_needs(network, id))
			continue;
		options.item = model_item(engine->model, id)->options;
		options.host = options_of_host(engine->options,
		    model_item(engine->model, id)->url);
		limit = options_number(options, OPTION_TOTAL_TIMEOUT);
		if (limit > 0 && network->late_since_ms + limit <= now)
			change_fail(engine, id, HAUL_CAUSE_TIMEOUT,
			    "there was no network in the time for the file");
		else if (limit > 0 && network->late_since_ms + limit <
		    network->late_ms)
			network->late_ms = network->late_since_ms + limit;
	}
	if (network->late_ms == INT64_MAX &&
	    network->late_last < model_count(engine->model))
		network_count_late(network);
}

/* ---- the turn ---- */

void
network_rest(struct network *network)
{
	if (network->gone)
		network_forget(network);
}

static void
network_set_timer(struct network *network)
{
	struct ev_loop *loop = network->engine->loop;
	int64_t due = INT64_MAX, now = engine_now_ms();

	ev_timer_stop(loop, &network->timer);
	if (network->asking)
		due = network_verdict_ms(network);
	if (network->gone && network->trying == 0 &&
	    network->try_ms < due)
		due = network->try_ms;
	if (network->gone && network->late_ms < due)
		due = network->late_ms;
	if (network->went_ms != 0 && network->went_ms + NETWORK_WENT_MS < due)
		due = network->went_ms + NETWORK_WENT_MS;
	if (due == INT64_MAX)
		return;
	ev_timer_set(&network->timer, due > now ? (double)(due - now) / 1000 +
	    0.001 : 0.001, 0);
	ev_timer_start(loop, &network->timer);
}

void
network_turn(struct network *network, bool waiting)
{
	int64_t now;

	if (!network->gone && !network->asking && network->went_ms == 0)
		return;
	now = engine_now_ms();
	if (network->went_ms != 0 && now >= network->went_ms + NETWORK_WENT_MS)
		network_miss_addresses(network);
	if (network->gone && network_was_heard(network))
		network_is_back(network);
	if (network->asking)
		network_conclude(network);
	if (!waiting)
		network_rest(network);
	if (network->gone) {
		if (network->known < model_count(network->engine->model))
			network_hurry_for_new(network);
		if (now >= network->late_ms)
			network_end_late(network);
		network_try(network);
	}
	network_set_timer(network);
}
