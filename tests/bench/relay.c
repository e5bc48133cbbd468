/* SPDX-License-Identifier: MIT
 *
 * relay --to HOST:PORT [options]: a TCP relay that makes a fast local server
 * look far away or slow, connection by connection.
 *
 *   --listen HOST:PORT  where to listen (127.0.0.1:0: any free port)
 *   --delay MS          round-trip time; a new connection costs one more, for
 *                       the handshake that the local accept() hides
 *   --rate BYTES        a second towards the client, for each connection
 *   --slow-every N      of every N connections one gets --slow-rate instead:
 *   --slow-at K         the Kth of them (default: the Nth)
 *   --slow-rate BYTES
 *   --seconds N         end after N seconds (default 600)
 *
 * Prints the port it listens on, and at the end, which comes when standard
 * input closes, one line of what it saw. Pacing is exact over time: a wake-up
 * that comes late is made good, but a connection with nothing to send saves
 * up no credit, so short requests in a row are no faster than long ones.
 */
#include "config.h"

#include "floor.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define RELAY_CHUNK 16384
#define RELAY_EVENTS 64
#define RELAY_QUEUE_DELAYED (8 << 20)   /* bytes on the way, each direction */
#define RELAY_QUEUE_PACED (512 << 10)
#define RELAY_BURST_US 50000            /* most a late wake-up makes good */
#define RELAY_STEP_US 5000              /* time's worth of a paced send() */
#define RELAY_NEVER INT64_MAX

struct relay_chunk {
	struct relay_chunk *next;
	int64_t due_us;         /* not to be passed on before */
	size_t start, end;      /* what of data is left */
	char data[RELAY_CHUNK];
};

struct relay_end {
	struct relay_conn *conn;
	int fd;
	uint32_t events;        /* as epoll knows them */
	bool full;              /* the last send() was not taken whole */
};

/* One direction: bytes read from one end on their way to the other. */
struct relay_way {
	struct relay_end *from, *to;
	struct relay_chunk *head, **tail;
	size_t queued_bytes;
	bool ended;             /* `from` will send no more */
	int64_t rate_bps;       /* 0: as it comes */
	int64_t hold_us;        /* delay of a byte */
	int64_t paid_us;        /* time up to which the rate has been used up */
};

struct relay_conn {
	struct relay_conn *next;
	struct relay_end client, server;
	struct relay_way up, down;
	int64_t ready_us;       /* when the handshake would be over */
	bool dead;
};

struct relay {
	int epoll_fd, listen_fd, timer_fd;
	struct floor_url to;
	int64_t delay_us, rate_bps, slow_rate_bps, end_us;
	int64_t slow_every, slow_at;
	struct relay_conn *conns;
	int64_t accepted, slow, down_bytes;
	bool stop;
};

static int64_t
relay_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void
relay_watch(struct relay *relay, int fd, uint32_t events, void *what)
{
	struct epoll_event event = { .events = events, .data.ptr = what };

	if (epoll_ctl(relay->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
		floor_die(errno, "cannot watch descriptor %d", fd);
}

/* ---- a direction --------------------------------------------------------- */

static void
relay_way_init(struct relay_way *way, struct relay_end *from,
    struct relay_end *to, int64_t hold_us)
{
	way->from = from;
	way->to = to;
	way->tail = &way->head;
	way->hold_us = hold_us;
}

static void
relay_way_release(struct relay_way *way)
{
	struct relay_chunk *chunk;

	while ((chunk = way->head) != NULL) {
		way->head = chunk->next;
		free(chunk);
	}
}

static bool
relay_way_has_room(const struct relay_way *way)
{
	size_t most = RELAY_QUEUE_DELAYED;

	if (way->rate_bps > 0 && way->hold_us == 0)
		most = RELAY_QUEUE_PACED;
	return !way->ended && way->queued_bytes < most;
}

static void
relay_way_append(struct relay_way *way, struct relay_chunk *chunk,
    size_t size, int64_t now_us)
{
	int64_t ready_us = way->from->conn->ready_us;

	chunk->next = NULL;
	chunk->start = 0;
	chunk->end = size;
	chunk->due_us = (now_us > ready_us ? now_us : ready_us) + way->hold_us;
	if (way->head == NULL && way->paid_us < chunk->due_us)
		way->paid_us = chunk->due_us;
	*way->tail = chunk;
	way->tail = &chunk->next;
	way->queued_bytes += size;
}

/* Takes in what there is; false if the connection is lost. */
static bool
relay_way_fill(struct relay_way *way, int64_t now_us)
{
	struct relay_chunk *chunk;
	ssize_t got;

	while (relay_way_has_room(way)) {
		chunk = malloc(sizeof(*chunk));
		if (chunk == NULL)
			floor_die(errno, "queue");
		got = recv(way->from->fd, chunk->data, RELAY_CHUNK, 0);
		if (got > 0) {
			relay_way_append(way, chunk, (size_t)got, now_us);
			continue;
		}
		free(chunk);
		if (got < 0)
			return errno == EAGAIN || errno == EINTR;
		way->ended = true;
	}
	return true;
}

/* The least that is worth a send(): never so much that it would have to be
 * saved up for longer than a burst, or a slow connection would stand still. */
static size_t
relay_way_step(const struct relay_way *way)
{
	size_t left = way->head->end - way->head->start;
	int64_t worth = way->rate_bps * RELAY_STEP_US / 1000000 + 1;

	return (int64_t)left > worth ? (size_t)worth : left;
}

/* How much of the rate is unused; the past beyond a burst is forgotten. */
static size_t
relay_way_credit(struct relay_way *way, int64_t now_us)
{
	if (way->paid_us < now_us - RELAY_BURST_US)
		way->paid_us = now_us - RELAY_BURST_US;
	if (way->paid_us >= now_us)
		return 0;
	return (size_t)((now_us - way->paid_us) * way->rate_bps / 1000000);
}

/* How much of the first chunk may go now. */
static size_t
relay_way_allowed(struct relay_way *way, int64_t now_us)
{
	const struct relay_chunk *chunk = way->head;
	size_t size, credit;

	if (chunk == NULL || chunk->due_us > now_us || way->to->full)
		return 0;
	size = chunk->end - chunk->start;
	if (way->rate_bps == 0)
		return size;
	credit = relay_way_credit(way, now_us);
	if (credit < relay_way_step(way))
		return 0;
	return credit < size ? credit : size;
}

static void
relay_way_sent(struct relay_way *way, size_t size)
{
	struct relay_chunk *chunk = way->head;

	if (way->rate_bps > 0)
		way->paid_us += (int64_t)size * 1000000 / way->rate_bps;
	way->queued_bytes -= size;
	chunk->start += size;
	if (chunk->start < chunk->end)
		return;
	way->head = chunk->next;
	if (way->head == NULL)
		way->tail = &way->head;
	free(chunk);
}

/* Passes on what is due; false if the connection is lost. */
static bool
relay_way_drain(struct relay_way *way, int64_t now_us)
{
	size_t size;
	ssize_t sent;

	while ((size = relay_way_allowed(way, now_us)) > 0) {
		sent = send(way->to->fd, way->head->data + way->head->start,
		    size, MSG_NOSIGNAL);
		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		if (sent < (ssize_t)size)
			way->to->full = true;
		if (sent > 0)
			relay_way_sent(way, (size_t)sent);
	}
	return true;
}

/* When there will be something to do without any descriptor's news. */
static int64_t
relay_way_wake_us(const struct relay_way *way)
{
	int64_t due_us, paid_us;

	if (way->head == NULL || way->to->full)
		return RELAY_NEVER;
	due_us = way->head->due_us;
	if (way->rate_bps == 0)
		return due_us;
	paid_us = way->paid_us + 1 +
	    (int64_t)relay_way_step(way) * 1000000 / way->rate_bps;
	return due_us > paid_us ? due_us : paid_us;
}

/* ---- a connection -------------------------------------------------------- */

static void
relay_end_init(struct relay *relay, struct relay_end *end,
    struct relay_conn *conn, int fd)
{
	int on = 1;

	end->conn = conn;
	end->fd = fd;
	end->events = EPOLLIN;
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0 ||
	    fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
		floor_die(errno, "socket options");
	relay_watch(relay, fd, EPOLLIN, end);
}

static int64_t
relay_rate_of_new(struct relay *relay)
{
	relay->accepted++;
	if (relay->slow_every == 0 || relay->accepted % relay->slow_every !=
	    relay->slow_at % relay->slow_every)
		return relay->rate_bps;
	relay->slow++;
	return relay->slow_rate_bps;
}

static void
relay_accept(struct relay *relay, int64_t now_us)
{
	struct relay_conn *conn;
	int fd;

	fd = accept4(relay->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0 && (errno == ECONNABORTED || errno == EINTR))
		return;
	conn = calloc(1, sizeof(*conn));
	if (fd < 0 || conn == NULL)
		floor_die(errno, "accept");
	relay_end_init(relay, &conn->client, conn, fd);
	relay_end_init(relay, &conn->server, conn, floor_connect(&relay->to));
	relay_way_init(&conn->up, &conn->client, &conn->server,
	    relay->delay_us / 2);
	relay_way_init(&conn->down, &conn->server, &conn->client,
	    relay->delay_us - relay->delay_us / 2);
	conn->down.rate_bps = relay_rate_of_new(relay);
	conn->ready_us = now_us + relay->delay_us;
	conn->next = relay->conns;
	relay->conns = conn;
}

static void
relay_end_interest(struct relay *relay, struct relay_end *end,
    const struct relay_way *out, bool full)
{
	struct epoll_event event = { .data.ptr = end };

	event.events = (relay_way_has_room(out) ? (uint32_t)EPOLLIN : 0) |
	    (full ? (uint32_t)EPOLLOUT : 0);
	if (event.events == end->events)
		return;
	end->events = event.events;
	if (epoll_ctl(relay->epoll_fd, EPOLL_CTL_MOD, end->fd, &event) != 0)
		floor_die(errno, "epoll_ctl");
}

/* Moves on what can move; returns when to come back without news. */
static int64_t
relay_conn_pump(struct relay *relay, struct relay_conn *conn, int64_t now_us)
{
	size_t before = conn->down.queued_bytes;
	int64_t up_us, down_us;

	if (!relay_way_drain(&conn->up, now_us) ||
	    !relay_way_drain(&conn->down, now_us))
		conn->dead = true;
	relay->down_bytes += (int64_t)(before - conn->down.queued_bytes);

	/* A client that closes wants nothing more; a server may be heard
	 * out. */
	if (conn->up.ended || (conn->down.ended && conn->down.head == NULL))
		conn->dead = true;
	if (conn->dead)
		return RELAY_NEVER;

	relay_end_interest(relay, &conn->client, &conn->up, conn->client.full);
	relay_end_interest(relay, &conn->server, &conn->down,
	    conn->server.full);
	up_us = relay_way_wake_us(&conn->up);
	down_us = relay_way_wake_us(&conn->down);
	return up_us < down_us ? up_us : down_us;
}

static void
relay_end_event(struct relay_end *end, uint32_t events, int64_t now_us)
{
	struct relay_conn *conn = end->conn;
	struct relay_way *out;

	out = end == &conn->client ? &conn->up : &conn->down;
	if ((events & EPOLLOUT) != 0)
		end->full = false;
	if ((events & EPOLLIN) != 0 && !relay_way_fill(out, now_us))
		conn->dead = true;
	/* A reset, not an end. With no room to read it would be told for ever,
	 * so what is still queued is lost, as a network would lose it. */
	if ((events & (EPOLLHUP | EPOLLERR)) != 0)
		conn->dead = true;
}

static void
relay_conn_free(struct relay_conn *conn)
{
	relay_way_release(&conn->up);
	relay_way_release(&conn->down);
	close(conn->client.fd);
	close(conn->server.fd);
	free(conn);
}

/* ---- the loop ------------------------------------------------------------ */

/* All connections at once: there are a few dozen. */
static int64_t
relay_pump(struct relay *relay, int64_t now_us)
{
	struct relay_conn **link = &relay->conns, *conn;
	int64_t wake_us = relay->end_us, conn_us;

	while ((conn = *link) != NULL) {
		conn_us = relay_conn_pump(relay, conn, now_us);
		if (conn->dead) {
			*link = conn->next;
			relay_conn_free(conn);
			continue;
		}
		if (conn_us < wake_us)
			wake_us = conn_us;
		link = &conn->next;
	}
	return wake_us;
}

static void
relay_set_timer(const struct relay *relay, int64_t wake_us)
{
	struct itimerspec at = {
		.it_value.tv_sec = wake_us / 1000000,
		.it_value.tv_nsec = wake_us % 1000000 * 1000,
	};

	if (timerfd_settime(relay->timer_fd, TFD_TIMER_ABSTIME, &at, NULL) != 0)
		floor_die(errno, "timer");
}

static void
relay_event(struct relay *relay, const struct epoll_event *event,
    int64_t now_us)
{
	char ignored[64];

	if (event->data.ptr == &relay->listen_fd) {
		relay_accept(relay, now_us);
	} else if (event->data.ptr == &relay->timer_fd) {
		if (read(relay->timer_fd, ignored, sizeof(ignored)) < 0 &&
		    errno != EAGAIN)
			floor_die(errno, "timer");
	} else if (event->data.ptr == relay) {
		if (read(STDIN_FILENO, ignored, sizeof(ignored)) <= 0)
			relay->stop = true;
	} else {
		relay_end_event(event->data.ptr, event->events, now_us);
	}
}

static void
relay_run(struct relay *relay)
{
	struct epoll_event events[RELAY_EVENTS];
	int64_t now_us = relay_now_us();
	int count, i;

	while (!relay->stop && now_us < relay->end_us) {
		relay_set_timer(relay, relay_pump(relay, now_us));
		count = epoll_wait(relay->epoll_fd, events, RELAY_EVENTS, -1);
		if (count < 0 && errno != EINTR)
			floor_die(errno, "epoll_wait");
		now_us = relay_now_us();
		for (i = 0; i < count; i++)
			relay_event(relay, &events[i], now_us);
	}
}

static void
relay_listen(struct relay *relay, const char *where)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);
	const char *colon = strrchr(where, ':');
	int on = 1;

	if (colon == NULL || strncmp(where, "127.0.0.1:", 10) != 0)
		floor_die(0, "listens on 127.0.0.1 only, not on %s", where);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons((uint16_t)strtol(colon + 1, NULL, 10));
	relay->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (relay->listen_fd < 0 ||
	    setsockopt(relay->listen_fd, SOL_SOCKET, SO_REUSEADDR, &on,
	    sizeof(on)) != 0 ||
	    bind(relay->listen_fd, (struct sockaddr *)&address, size) != 0 ||
	    listen(relay->listen_fd, 1024) != 0 ||
	    getsockname(relay->listen_fd, (struct sockaddr *)&address,
	    &size) != 0)
		floor_die(errno, "listen on %s", where);
	printf("%u\n", ntohs(address.sin_port));
	fflush(stdout);
}

static int64_t
relay_number(const char *name, const char *text)
{
	char *end;
	int64_t value;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || value < 0)
		floor_die(0, "--%s needs a whole number, not %s", name, text);
	return value;
}

static void
relay_set_to(struct relay *relay, const char *to)
{
	/* Lives as long as the program: the parsed URL points into it. */
	static char url[128];

	snprintf(url, sizeof(url), "tcp://%s/", to);
	floor_url_parse(&relay->to, url, "tcp", "80");
}

static const char *
relay_arguments(struct relay *relay, int argc, char **argv)
{
	static const struct option options[] = {
		{ "listen", required_argument, NULL, 'l' },
		{ "to", required_argument, NULL, 't' },
		{ "delay", required_argument, NULL, 'd' },
		{ "rate", required_argument, NULL, 'r' },
		{ "slow-every", required_argument, NULL, 'e' },
		{ "slow-at", required_argument, NULL, 'a' },
		{ "slow-rate", required_argument, NULL, 's' },
		{ "seconds", required_argument, NULL, 'S' },
		{ NULL, 0, NULL, 0 },
	};
	const char *listen_on = "127.0.0.1:0";
	int64_t seconds = 600, value;
	int letter, which;

	while ((letter = getopt_long(argc, argv, "", options, &which)) != -1) {
		if (letter == '?')
			exit(2);
		value = letter == 'l' || letter == 't' ? 0 :
		    relay_number(options[which].name, optarg);
		switch (letter) {
		case 'l': listen_on = optarg; break;
		case 't': relay_set_to(relay, optarg); break;
		case 'd': relay->delay_us = value * 1000; break;
		case 'r': relay->rate_bps = value; break;
		case 'e': relay->slow_every = value; break;
		case 'a': relay->slow_at = value; break;
		case 's': relay->slow_rate_bps = value; break;
		case 'S': seconds = value; break;
		}
	}
	if (optind != argc || relay->to.path == NULL)
		floor_die(0, "usage: relay --to HOST:PORT [options]");
	relay->end_us = relay_now_us() + seconds * 1000000;
	return listen_on;
}

int
main(int argc, char **argv)
{
	struct relay relay = { 0 };
	struct relay_conn *conn;
	const char *listen_on;

	signal(SIGPIPE, SIG_IGN);
	listen_on = relay_arguments(&relay, argc, argv);
	relay.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	relay.timer_fd = timerfd_create(CLOCK_MONOTONIC,
	    TFD_NONBLOCK | TFD_CLOEXEC);
	if (relay.epoll_fd < 0 || relay.timer_fd < 0)
		floor_die(errno, "epoll and timer");
	relay_watch(&relay, STDIN_FILENO, EPOLLIN, &relay);
	relay_watch(&relay, relay.timer_fd, EPOLLIN, &relay.timer_fd);
	relay_listen(&relay, listen_on);
	relay_watch(&relay, relay.listen_fd, EPOLLIN, &relay.listen_fd);

	relay_run(&relay);
	while ((conn = relay.conns) != NULL) {
		relay.conns = conn->next;
		relay_conn_free(conn);
	}
	printf("%lld connections, %lld slow, %lld bytes to clients\n",
	    (long long)relay.accepted, (long long)relay.slow,
	    (long long)relay.down_bytes);
	return 0;
}
