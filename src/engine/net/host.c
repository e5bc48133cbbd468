/* SPDX-License-Identifier: MIT
 *
 * See host.h. The cap goes down by what was refused and up by one after
 * twice as many successes as it allows: it finds the number a host bears, and
 * finds it again when that changes.
 */
#include "config.h"

#include "host.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/queue.h"
#include "engine/base/url.h"

#define HOST_TABLE 256                  /* chains; a power of two */
#define HOST_ROOM_MAX 1000000
#define HOST_BUSY_MS 5000
#define HOST_PROBE_MS 5000              /* from a refusal to asking again */
#define HOST_PROBE_MOST_MS 20000

struct host {
	struct host *next;              /* in its chain */
	const struct hosts *all;        /* it is one of them */
	char *origin;
	unsigned live;
	unsigned cap;                   /* 0: none learned */
	unsigned successes;             /* since the cap last changed */
	bool learned;                   /* it has changed, and nobody was told
	                                   yet */
	int64_t blocked_until_ms;
	int64_t busy_ms;                /* when it last was; 0 never */
	haul_id busy_id;                /* for which item */
	unsigned good;                  /* successes since then */
	int64_t probe_ms, probe_wait_ms;
	haul_id probe_id;               /* asks beyond the cap; 0: none does */
	bool resolving, resolved;
	bool avoids_v6;
	bool near;                      /* this machine */
	unsigned own_max;               /* instead of the limit of all */
	bool has_own_max;
	int64_t chosen_ms;              /* when it last was; 0 never */
	double setup_s;
	struct queue again;             /* parked items that were begun */
	struct queue parked;            /* and those that were not */
};

struct hosts {
	unsigned max;                   /* connections to each; 0: no limit */
	hosts_own_fn own;               /* or NULL */
	void *own_user;
	bool offline;
	struct host *chosen;            /* or NULL */
	struct host *chains[HOST_TABLE];
	struct host *last;              /* found last, by a URL that began so */
	char last_start[URL_HOST_MAX];
	size_t last_length;             /* 0: not known */
};

/* What nobody listens to costs a flag. */
static void
host_set_cap(struct host *host, unsigned cap)
{
	host->learned |= cap != host->cap;
	host->cap = cap;
}

struct hosts *
hosts_new(void)
{
	return alloc_zero(sizeof(struct hosts));
}

void
hosts_free(struct hosts *hosts)
{
	struct host *host, *next;
	int i;

	if (hosts == NULL)
		return;
	for (i = 0; i < HOST_TABLE; i++)
		for (host = hosts->chains[i]; host; host = next) {
			next = host->next;
			queue_release(&host->again);
			queue_release(&host->parked);
			free(host->origin);
			free(host);
		}
	free(hosts);
}

void
hosts_set_max(struct hosts *hosts, unsigned max)
{
	hosts->max = max;
}

void
hosts_on_own(struct hosts *hosts, hosts_own_fn own, void *user)
{
	hosts->own = own;
	hosts->own_user = user;
}

/* What the user allows it; 0: no limit. */
static unsigned
host_max(const struct host *host)
{
	return host->has_own_max ? host->own_max : host->all->max;
}

static unsigned
host_chain(const char *origin)
{
	unsigned hash = 5381;

	while (*origin)
		hash = hash * 33 + (unsigned char)*origin++;
	return (hash ^ hash >> 16) & (HOST_TABLE - 1);
}

/* Most URLs begin like the one before. */
static struct host *
hosts_find_last(const struct hosts *hosts, const char *url)
{
	size_t length = hosts->last_length;

	return length > 0 && strncmp(url, hosts->last_start, length) == 0 &&
	    url[length] == '/' ? hosts->last : NULL;
}

static struct host *
hosts_remember(struct hosts *hosts, const char *url, struct host *host)
{
	const char *start = strstr(url, "://"), *end;
	size_t length = 0;

	if (start != NULL && (end = strpbrk(start + 3, "/?#")) != NULL)
		length = (size_t)(end - url);
	if (length >= sizeof hosts->last_start)
		length = 0;
	memcpy(hosts->last_start, url, length);
	hosts->last_length = length;
	hosts->last = host;
	return host;
}

struct host *
hosts_find(struct hosts *hosts, const char *url)
{
	char origin[URL_HOST_MAX];
	struct host *host = hosts_find_last(hosts, url), **chain;

	if (host != NULL)
		return host;
	if (!url_origin(url, origin))
		origin[0] = '\0';
	chain = &hosts->chains[host_chain(origin)];
	for (host = *chain; host != NULL; host = host->next)
		if (strcmp(host->origin, origin) == 0)
			return hosts_remember(hosts, url, host);
	host = alloc_zero(sizeof *host);
	host->origin = alloc_string(origin);
	host->all = hosts;
	host->near = url_host_is_loopback(url);
	host->has_own_max = hosts->own != NULL &&
	    hosts->own(origin, &host->own_max, hosts->own_user);
	host->next = *chain;
	*chain = host;
	return hosts_remember(hosts, url, host);
}

/* If there is a network. */
static bool
host_is_willing(const struct host *host, int64_t now_ms)
{
	return host->blocked_until_ms <= now_ms && !host->resolving &&
	    host_room(host) > 0;
}

static bool
host_is_cut_off(const struct host *host)
{
	return host->all->offline && !host->near && host->all->chosen != host;
}

bool
host_admits(const struct host *host, int64_t now_ms)
{
	return !host_is_cut_off(host) && host_is_willing(host, now_ms);
}

/* What it may have; 0: nobody knows a limit. */
static unsigned
host_cap(const struct host *host)
{
	unsigned cap = host->cap, max = host_max(host);

	return cap == 0 || (max != 0 && max < cap) ? max : cap;
}

enum haul_wait
host_wait(const struct host *host, int64_t now_ms, unsigned *cap)
{
	*cap = 0;
	if (host_is_cut_off(host))
		return HAUL_WAIT_NETWORK;
	if (host->blocked_until_ms > now_ms)
		return HAUL_WAIT_HOST_PAUSE;
	if (host_room(host) == 0) {
		*cap = host_cap(host);
		return *cap == host->cap ? HAUL_WAIT_HOST_CAP :
		    HAUL_WAIT_HOST_LIMIT;
	}
	return host->resolving ? HAUL_WAIT_HOST_NAME : HAUL_WAIT_TURN;
}

bool
host_is_near(const struct host *host)
{
	return host->near;
}

const char *
host_origin(const struct host *host)
{
	return host->origin;
}

unsigned
host_room(const struct host *host)
{
	unsigned cap = host_cap(host);

	if (cap == 0)
		return HOST_ROOM_MAX;
	return host->live < cap ? cap - host->live : 0;
}

bool
host_is_crowded(const struct host *host)
{
	return host_max(host) != 0 && host->live > host_max(host);
}

void
host_enter(struct host *host)
{
	host->live++;
}

void
host_leave(struct host *host)
{
	host->live--;
	/* Whoever was resolving has ended, well or not. */
	host->resolving = false;
}

unsigned
host_live(const struct host *host)
{
	return host->live;
}

void
host_resolving(struct host *host, bool is_address)
{
	if (!host->resolved && !is_address)
		host->resolving = true;
}

void
host_resolved(struct host *host)
{
	host->resolving = false;
	host->resolved = true;
}

static void
host_wait_to_probe(struct host *host, int64_t wait_ms, int64_t now_ms)
{
	host->probe_wait_ms = wait_ms;
	host->probe_ms = now_ms + wait_ms;
}

void
host_refused(struct host *host, int64_t now_ms)
{
	unsigned others = host->live > 1 ? host->live - 1 : 1;

	if (host->cap == 0 || others < host->cap)
		host_set_cap(host, others);
	host->successes = 0;
	host_wait_to_probe(host, HOST_PROBE_MS, now_ms);
}

/* Full by what was learned, and nobody asks beyond that yet. */
static bool
host_is_full(const struct host *host)
{
	unsigned max = host_max(host);

	return host->cap != 0 && host->live == host->cap &&
	    (max == 0 || host->live < max);
}

bool
host_may_probe(const struct host *host, int64_t now_ms)
{
	return host_is_full(host) && !host_is_cut_off(host) &&
	    !host->resolving &&
	    host->blocked_until_ms <= now_ms && host->probe_ms <= now_ms;
}

int64_t
host_probe_ms(const struct host *host)
{
	return host_is_full(host) ? host->probe_ms : 0;
}

void
host_probe(struct host *host, haul_id id, int64_t now_ms)
{
	host->probe_id = id;
	host->probe_ms = now_ms + host->probe_wait_ms;
}

bool
host_probe_refused(struct host *host, haul_id id, int64_t now_ms)
{
	int64_t wait = host->probe_wait_ms * 3 / 2;

	if (id == 0 || host->probe_id != id)
		return false;
	host->probe_id = 0;
	host_wait_to_probe(host, wait < HOST_PROBE_MOST_MS ? wait :
	    HOST_PROBE_MOST_MS, now_ms);
	return true;
}

void
host_probe_answered(struct host *host, haul_id id)
{
	if (id == 0 || host->probe_id != id)
		return;
	host->probe_id = 0;
	host->probe_wait_ms = HOST_PROBE_MS;
	if (host->cap != 0)
		host_set_cap(host, host->cap + 1);
}

void
host_avoid_v6(struct host *host, bool avoid)
{
	host->avoids_v6 = avoid;
}

bool
host_avoids_v6(const struct host *host)
{
	return host->avoids_v6;
}

void
host_was_busy(struct host *host, haul_id id, int64_t now_ms)
{
	if (host->busy_id == id)
		return;
	/* A limit refuses about as often as it lets pass, because the next
	 * request comes at once. Rarer ones are the files' own fault. */
	if (host->live > 1 && host->busy_ms != 0 &&
	    now_ms - host->busy_ms < HOST_BUSY_MS &&
	    host->good <= host->live)
		host_refused(host, now_ms);
	host->busy_ms = now_ms;
	host->busy_id = id;
	host->good = 0;
}

void
host_succeeded(struct host *host)
{
	host->good++;
	if (host->cap == 0 || ++host->successes < 2 * host->cap)
		return;
	host_set_cap(host, host->cap + 1);
	host->successes = 0;
}

void
hosts_learn(struct hosts *hosts, const char *origin, unsigned cap,
    int64_t now_ms)
{
	struct host *host = hosts_find(hosts, origin);

	host->cap = cap;
	host_wait_to_probe(host, HOST_PROBE_MS, now_ms);
}

void
hosts_each_learned(struct hosts *hosts, void (*fn)(const char *origin,
    unsigned cap, void *), void *user)
{
	struct host *host;
	int i;

	for (i = 0; i < HOST_TABLE; i++)
		for (host = hosts->chains[i]; host; host = host->next) {
			if (!host->learned)
				continue;
			host->learned = false;
			fn(host->origin, host->cap, user);
		}
}

void
host_block_until(struct host *host, int64_t monotonic_ms)
{
	if (monotonic_ms > host->blocked_until_ms)
		host->blocked_until_ms = monotonic_ms;
}

int64_t
host_blocked_until(const struct host *host)
{
	return host->blocked_until_ms;
}

void
host_note_setup(struct host *host, double seconds)
{
	host->setup_s = host->setup_s > 0 ?
	    host->setup_s * 0.7 + seconds * 0.3 : seconds;
}

double
host_setup_s(const struct host *host)
{
	return host->setup_s;
}

void
host_park(struct host *host, haul_id id, bool again)
{
	queue_push(again ? &host->again : &host->parked, id);
}

haul_id
host_peek_parked(const struct host *host)
{
	haul_id id = queue_peek(&host->again);

	return id != 0 ? id : queue_peek(&host->parked);
}

void
host_unpark(struct host *host)
{
	if (queue_pop(&host->again) == 0)
		queue_pop(&host->parked);
}

/* Few hosts are known in a run; all chains are looked at only while items
 * wait for a host, a few times a second. */
struct host *
hosts_each_parked(struct hosts *hosts, bool (*fn)(struct host *, void *),
    void *user)
{
	struct host *host;
	int i;

	for (i = 0; i < HOST_TABLE; i++)
		for (host = hosts->chains[i]; host; host = host->next)
			if (host_peek_parked(host) != 0 && fn(host, user))
				return host;
	return NULL;
}

/* ---- without a network ---- */

void
hosts_set_offline(struct hosts *hosts, bool offline)
{
	hosts->offline = offline;
	hosts->chosen = NULL;
}

struct hosts_choice {
	int64_t now_ms;
	struct host *best;
};

static bool
hosts_compare(struct host *host, void *user)
{
	struct hosts_choice *choice = user;

	if (!host->near && host_is_willing(host, choice->now_ms) &&
	    (choice->best == NULL ||
	    host->chosen_ms < choice->best->chosen_ms))
		choice->best = host;
	return false;
}

bool
hosts_choose(struct hosts *hosts, int64_t now_ms)
{
	struct hosts_choice choice = { now_ms, NULL };

	hosts_each_parked(hosts, hosts_compare, &choice);
	if (choice.best != NULL)
		choice.best->chosen_ms = now_ms;
	hosts->chosen = choice.best;
	return choice.best != NULL;
}

void
hosts_choose_none(struct hosts *hosts)
{
	hosts->chosen = NULL;
}
