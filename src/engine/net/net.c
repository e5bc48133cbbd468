/* SPDX-License-Identifier: MIT
 *
 * curl_multi_socket_action() on libev.
 *
 * DESIGN: one watcher a descriptor, kept in a table by descriptor number
 * because libcurl closes and reopens sockets between callbacks: one whose
 * descriptor is new is set afresh, as epoll has forgotten the old one. Between
 * requests of one connection the watcher stays, so that no system call is
 * needed.
 * HTTP/1.1 only: before 8.14 parallel HTTP/2 streams stall or lie in half a
 * dozen ways, and parts of one file would share one connection anyway.
 */
#include "config.h"

#include "net.h"

#include <errno.h>
#include <ev.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/alloc.h"

#define NET_HEARS_FTPS 0x080700         /* see stream_nudge() */

/* Of 8.16.0, here by number: the libcurl that runs may be newer than the one
 * that was there when this was compiled. An older one refuses it. Before
 * 8.20.0 one bit stands for all, which closes idle connections as well. */
#define NET_NETWORK_CHANGED ((CURLMoption)17)   /* CURLMOPT_... */
#define NET_CLEAR_ALL 1L                        /* CURLMNWC_CLEAR_ALL */
#define NET_CLEAR_DNS 4L                        /* CURLMNWC_CLEAR_DNS */
#define NET_CLEARS_DNS 0x081400                 /* knows the second */
#define NET_READ_SIZE (256 * 1024L)     /* more blocks the loop for long */
#define NET_PIECES_MAX 2000             /* of bodies, in one call of libcurl */
#define NET_SPARE_MAX 64
#define NET_PROTOCOLS "http,https,ftp,ftps,sftp"

struct net_socket {
	ev_io watcher;
	bool opened;                    /* by net_open_socket() */
	bool own;                       /* and its close will be told */
	bool fresh;                     /* the descriptor was opened anew */
	bool wanted;                    /* libcurl waits for it */
	const CURL *user;               /* the last */
	ino_t inode;                    /* as libcurl used it last; 0 none */
};

struct net {
	struct ev_loop *loop;
	CURLM *multi;
	ev_timer timer;
	ev_timer breath;                /* resumes what brought too many */
	unsigned pieces;                /* of bodies, in this call */
	struct net_socket **sockets;    /* by descriptor */
	size_t socket_count;
	struct net_request *first_ended, **last_ended;
	struct net_request *spare[NET_SPARE_MAX];
	size_t spare_count;
	long read_size;
	struct net_request *paused;
	unsigned running, most_running; /* requests */
	bool nudges;                    /* net_nudge() is needed */
	bool gated;
	bool timer_due;                 /* came while the gate was closed */
};

/* ---- libcurl itself ---- */

static pthread_once_t net_once = PTHREAD_ONCE_INIT;

/* Process-wide by libcurl's design; safe to have happened before. */
static void
net_init_library(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

void
net_start_library(void)
{
	pthread_once(&net_once, net_init_library);
}

/* ---- completions ---- */

/* That a name has no address is remembered for half a minute since 8.16.0:
 * when the network is back, or at the next try, it is to be asked again. */
static void
net_forget_names(struct net *net, CURLcode result)
{
	if (result == CURLE_COULDNT_RESOLVE_HOST ||
	    result == CURLE_COULDNT_RESOLVE_PROXY)
		curl_multi_setopt(net->multi, NET_NETWORK_CHANGED,
		    curl_version_info(CURLVERSION_NOW)->version_num >=
		    NET_CLEARS_DNS ? NET_CLEAR_DNS : NET_CLEAR_ALL);
}

static void
net_collect(struct net *net)
{
	struct net_request *request;
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(net->multi, &left)) != NULL) {
		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
		    (char **)&request);
		request->ended = true;
		request->result = message->data.result;
		net_forget_names(net, request->result);
		request->next_ended = NULL;
		*net->last_ended = request;
		net->last_ended = &request->next_ended;
	}
}

static void
net_act(struct net *net, curl_socket_t fd, int events)
{
	int running;

	net->pieces = 0;
	curl_multi_socket_action(net->multi, fd, events, &running);
	net_collect(net);
}

struct net_request *
net_take_ended(struct net *net)
{
	struct net_request *request = net->first_ended;

	if (request != NULL) {
		net->first_ended = request->next_ended;
		if (net->first_ended == NULL)
			net->last_ended = &net->first_ended;
	}
	return request;
}

/* Before it is released: it must not be handed out any more. */
static void
net_forget_ended(struct net *net, const struct net_request *request)
{
	struct net_request **link = &net->first_ended;

	while (*link != NULL && *link != request)
		link = &(*link)->next_ended;
	if (*link == NULL)
		return;
	*link = request->next_ended;
	if (*link == NULL)
		net->last_ended = link;
}

/* ---- sockets ---- */

static void
net_on_socket(struct ev_loop *loop, ev_io *watcher, int revents)
{
	struct net *net = watcher->data;
	struct net_socket *socket = (struct net_socket *)watcher;
	int events = 0;

	if (!socket->wanted) {
		ev_io_stop(loop, watcher);
		return;         /* an idle connection was closed */
	}
	if (net->gated)
		return;         /* was already pending as the gate closed */
	if (revents & EV_READ)
		events |= CURL_CSELECT_IN;
	if (revents & EV_WRITE)
		events |= CURL_CSELECT_OUT;
	net_act(net, watcher->fd, events);
}

static struct net_socket *
net_socket_at(struct net *net, curl_socket_t fd)
{
	size_t i = (size_t)fd, old = net->socket_count;

	if (i >= old) {
		net->socket_count = i * 2 + 16;
		net->sockets = alloc_resize(net->sockets, net->socket_count,
		    sizeof *net->sockets);
		memset(net->sockets + old, 0, (net->socket_count - old) *
		    sizeof *net->sockets);
	}
	if (net->sockets[i] == NULL) {
		net->sockets[i] = alloc_zero(sizeof **net->sockets);
		ev_io_init(&net->sockets[i]->watcher, net_on_socket, fd, 0);
		net->sockets[i]->watcher.data = net;
		net->sockets[i]->fresh = true;
	}
	return net->sockets[i];
}

/* A connection that is kept for the next request is watched on: stopping and
 * starting would cost two rounds through libev, and often a system call. Not
 * others' sockets: they are closed behind our back. */
static void
net_unwatch(struct net *net, struct net_socket *socket)
{
	socket->wanted = false;
	if (socket->own)
		return;
	socket->opened = false;
	ev_io_stop(net->loop, &socket->watcher);
}

static bool
net_watches(const struct net_socket *socket, int events)
{
	return ev_is_active(&socket->watcher) && !socket->fresh &&
	    (socket->watcher.events & (EV_READ | EV_WRITE)) == events;
}

static void
net_watch(struct net *net, struct net_socket *socket, int events)
{
	if (!net->gated && net_watches(socket, events)) {
		socket->wanted = true;
		return;
	}
	ev_io_stop(net->loop, &socket->watcher);
	if (socket->fresh)
		ev_io_set(&socket->watcher, socket->watcher.fd, events);
	else
		ev_io_modify(&socket->watcher, events);
	socket->fresh = false;
	socket->wanted = true;
	if (!net->gated)
		ev_io_start(net->loop, &socket->watcher);
}

/* Before that libcurl closes a socket that we opened without a word; and that
 * of FTP's data, which connects while the control connection is set up. */
static bool
net_is_set_up(CURL *easy)
{
	curl_off_t begun_us = 0;
	char *scheme = NULL;

	curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &begun_us);
	curl_easy_getinfo(easy, CURLINFO_SCHEME, &scheme);
	return begun_us > 0 && scheme != NULL &&
	    strncasecmp(scheme, "http", 4) == 0;
}

static ino_t
net_inode(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode) ? st.st_ino : 0;
}

static int
net_socket_changed(CURL *easy, curl_socket_t fd, int what, void *user,
    void *ignored)
{
	struct net *net = user;
	struct net_socket *socket = net_socket_at(net, fd);

	(void)ignored;
	socket->user = easy;
	if (socket->opened && !socket->own)
		socket->own = net_is_set_up(easy);
	if (!socket->own && what != CURL_POLL_REMOVE)
		socket->inode = net_inode(fd);
	if (what == CURL_POLL_REMOVE) {
		net_unwatch(net, socket);
	} else {
		net_watch(net, socket, (what & CURL_POLL_IN ? EV_READ : 0) |
		    (what & CURL_POLL_OUT ? EV_WRITE : 0));
	}
	return 0;
}

static void
net_take_socket(struct net *net, int fd)
{
	struct net_socket *socket = net_socket_at(net, fd);

	socket->own = false;
	socket->opened = socket->fresh = true;
}

/* libcurl's own sockets are not closed on exec. */
static curl_socket_t
net_open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *addr)
{
	struct net_request *request = user;
	int fd;

	(void)purpose;
	fd = socket(addr->family, addr->socktype | SOCK_CLOEXEC,
	    addr->protocol);
	request->socket_errno = fd < 0 ? errno : 0;
	if (fd >= 0)
		net_take_socket(request->net, fd);
	if (fd >= 0 && request->handler->connecting != NULL)
		request->handler->connecting(request->owner);
	return fd;
}

/* A connection may outlive the request that opened it, so this gets the net
 * and not the request. */
static int
net_close_socket(void *user, curl_socket_t fd)
{
	struct net *net = user;
	struct net_socket *socket = net_socket_at(net, fd);

	ev_io_stop(net->loop, &socket->watcher);
	socket->opened = socket->own = socket->wanted = false;
	socket->fresh = true;
	socket->inode = 0;
	return close(fd);
}

/* ---- timers ---- */

static void
net_on_timer(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct net *net = timer->data;

	(void)revents;
	ev_timer_stop(loop, timer);
	if (net->gated)
		net->timer_due = true;
	else
		net_act(net, CURL_SOCKET_TIMEOUT, 0);
}

static int
net_timer_changed(CURLM *multi, long timeout_ms, void *user)
{
	struct net *net = user;

	(void)multi;
	ev_timer_stop(net->loop, &net->timer);
	net->timer_due = false;
	if (timeout_ms < 0)
		return 0;
	/* Seconds as double: whole ones would turn 1..999 ms into a busy
	 * loop. libev counts from the time the turn began. */
	ev_timer_set(&net->timer, (double)timeout_ms / 1000 +
	    (timeout_ms > 0 ? ev_time() - ev_now(net->loop) : 0), 0);
	ev_timer_start(net->loop, &net->timer);
	return 0;
}

void
net_watchdog(struct net *net)
{
	if (!net->gated)
		net_act(net, CURL_SOCKET_TIMEOUT, 0);
}

/* Between these two calls nothing is paused; after them it looks at once. */
void
net_nudge(struct net *net, struct net_request *request)
{
	if (!net->nudges || net->gated || !request->running ||
	    request->ended || request->paused)
		return;
	curl_easy_pause(request->easy, CURLPAUSE_RECV);
	curl_easy_pause(request->easy, CURLPAUSE_CONT);
}

/* May call the body handler, which may pause again. */
static void
net_resume(struct net_request *request)
{
	request->paused = false;
	curl_easy_pause(request->easy, CURLPAUSE_CONT);
}

/* HTTP/1.1 and FTP only: a paused HTTP/2 stream would stop its siblings. */
static void
net_resume_paused(struct net *net)
{
	struct net_request *list = net->paused, *request;

	net->paused = NULL;
	while ((request = list) != NULL) {
		list = request->next_paused;
		if (request->held) {
			request->next_paused = net->paused;
			net->paused = request;
		} else {
			net_resume(request);
		}
	}
	net_collect(net);
}

static void
net_on_breath(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct net *net = timer->data;

	(void)loop;
	(void)revents;
	net->pieces = 0;
	if (!net->gated)
		net_resume_paused(net);
}

static void
net_forget_paused(struct net *net, const struct net_request *request)
{
	struct net_request **link = &net->paused;

	while (*link != request)
		link = &(*link)->next_paused;
	*link = request->next_paused;
}

void
net_hold(struct net *net, struct net_request *request, bool held)
{
	request->held = held;
	if (held || !request->paused || net->gated)
		return;
	net_forget_paused(net, request);
	net_resume(request);
	net_collect(net);
}

void
net_gate(struct net *net, bool closed)
{
	size_t i;

	if (!closed && net->paused != NULL)
		net_resume_paused(net);
	if (net->gated == closed)
		return;
	net->gated = closed;
	for (i = 0; i < net->socket_count; i++) {
		struct net_socket *socket = net->sockets[i];

		if (socket == NULL || !socket->wanted)
			continue;
		if (closed)
			ev_io_stop(net->loop, &socket->watcher);
		else
			ev_io_start(net->loop, &socket->watcher);
	}
	if (!closed && net->timer_due) {
		net->timer_due = false;
		ev_timer_set(&net->timer, 0, 0);
		ev_timer_start(net->loop, &net->timer);
	}
}

/* Then it is not wanted either, but not idle. */
static bool
net_is_paused(const struct net *net, const struct net_socket *socket)
{
	const struct net_request *request;

	for (request = net->paused; request; request = request->next_paused)
		if (request->easy == socket->user)
			return true;
	return false;
}

/* libcurl looks whether a connection is shut before it uses it again. Others'
 * sockets are left alone, which may not be idle (FTP's). */
void
net_drop_idle(struct net *net)
{
	size_t i;

	for (i = 0; i < net->socket_count; i++) {
		const struct net_socket *socket = net->sockets[i];

		if (socket != NULL && socket->own && !socket->wanted &&
		    !net_is_paused(net, socket))
			shutdown((int)i, SHUT_RDWR);
	}
}

void
net_set_read_size(struct net *net, int64_t bytes)
{
	net->read_size = bytes > 0 ? (long)bytes : NET_READ_SIZE;
}

/* ---- requests ---- */

static size_t
net_on_header(char *bytes, size_t size, size_t count, void *user)
{
	struct net_request *request = user;

	return request->handler->header(request->owner, bytes, size * count);
}

/* In one call libcurl reads up to a hundred buffers. In pieces of 16 KiB that
 * is soon done, in chunks of one byte it takes seconds, in which the engine
 * hears nobody. What is paused comes in large pieces afterwards. */
static bool
net_is_winded(struct net *net)
{
	if (++net->pieces <= NET_PIECES_MAX)
		return false;
	if (!ev_is_active(&net->breath))
		ev_timer_start(net->loop, &net->breath);
	return true;
}

static size_t
net_on_body(char *bytes, size_t size, size_t count, void *user)
{
	struct net_request *request = user;
	size_t taken = net_is_winded(request->net) ? NET_PAUSE :
	    request->handler->body(request->owner, bytes, size * count);

	if (taken == NET_PAUSE && !request->paused) {
		request->paused = true;
		request->next_paused = request->net->paused;
		request->net->paused = request;
	}
	return taken;
}

/* What every request needs, whatever it asks for. */
static void
net_prepare(struct net *net, struct net_request *request)
{
	CURL *easy = request->easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, (char *)request);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, request->error);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, net_on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, request);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, net_on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, request);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, net_open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, request);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, net_close_socket);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, net);
	/* No alarm(), no signal handlers: a library has neither. */
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* Else removing a resolving handle joins its thread and blocks. */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
	    (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, NET_PROTOCOLS);
	/* Headers of a proxy's CONNECT answer are not the file's. */
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, net->read_size);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	/* A pooled connection that has idled for a minute is often dead. */
	curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, 60L);
}

static bool
net_is_warm(const struct net_request *request, const struct net_recipe *recipe)
{
	return recipe->epoch != 0 && request->recipe.epoch == recipe->epoch &&
	    request->recipe.options == recipe->options &&
	    request->recipe.of_host == recipe->of_host &&
	    request->recipe.kind == recipe->kind;
}

static struct net_request *
net_new_request(void)
{
	struct net_request *request = alloc_zero(sizeof *request);

	request->easy = curl_easy_init();
	if (request->easy == NULL) {
		free(request);
		return NULL;
	}
	return request;
}

static void
net_free_request(struct net_request *request)
{
	curl_easy_cleanup(request->easy);
	curl_share_cleanup(request->sessions);
	free(request);
}

/* One thread uses it, so it needs no locks. */
void
net_keep_sessions(struct net_request *request)
{
	if (request->sessions != NULL)
		return;
	request->sessions = curl_share_init();
	if (request->sessions == NULL)
		return;
	curl_share_setopt(request->sessions, CURLSHOPT_SHARE,
	    CURL_LOCK_DATA_SSL_SESSION);
	curl_easy_setopt(request->easy, CURLOPT_SHARE, request->sessions);
}

struct net_request *
net_acquire(struct net *net, const struct net_handler *handler, void *owner,
    const struct net_recipe *recipe)
{
	struct net_request *request;

	if (net->spare_count > 0) {
		request = net->spare[--net->spare_count];
		request->warm = net_is_warm(request, recipe);
		if (!request->warm)
			curl_easy_reset(request->easy);
	} else {
		request = net_new_request();
		if (request == NULL)
			return NULL;
	}
	request->net = net;
	request->handler = handler;
	request->owner = owner;
	request->recipe = *recipe;
	request->running = request->ended = request->paused = false;
	request->held = false;
	request->socket_errno = 0;
	request->error[0] = '\0';
	if (!request->warm)
		net_prepare(net, request);
	return request;
}

/* By itself libcurl keeps four connections for each request that runs now: a
 * lull would close those that the next files need. */
static void
net_count_running(struct net *net)
{
	if (++net->running <= net->most_running)
		return;
	net->most_running = net->running;
	curl_multi_setopt(net->multi, CURLMOPT_MAXCONNECTS,
	    (long)net->most_running * 4);
}

bool
net_start(struct net *net, struct net_request *request)
{
	request->running = curl_multi_add_handle(net->multi, request->easy) ==
	    CURLM_OK;
	if (request->running)
		net_count_running(net);
	return request->running;
}

void
net_release(struct net *net, struct net_request *request)
{
	if (request == NULL)
		return;
	if (request->running) {
		curl_multi_remove_handle(net->multi, request->easy);
		net->running--;
	}
	if (request->ended)
		net_forget_ended(net, request);
	if (request->paused)
		net_forget_paused(net, request);
	if (net->spare_count < NET_SPARE_MAX) {
		net->spare[net->spare_count++] = request;
		return;
	}
	net_free_request(request);
}

/* ---- life ---- */

static void
net_set_multi(struct net *net)
{
	CURLM *multi = net->multi;

	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, net_socket_changed);
	curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, net);
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, net_timer_changed);
	curl_multi_setopt(multi, CURLMOPT_TIMERDATA, net);
	curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
	/* The scheduler keeps within limits; libcurl's own pending list never
	 * times out before 8.8 (a1ec035a). */
	curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, 0L);
}

struct net *
net_new(struct ev_loop *loop)
{
	struct net *net = alloc_zero(sizeof *net);

	net->loop = loop;
	net->read_size = NET_READ_SIZE;
	net->nudges = curl_version_info(CURLVERSION_NOW)->version_num <
	    NET_HEARS_FTPS;
	net->last_ended = &net->first_ended;
	net->multi = curl_multi_init();
	if (net->multi == NULL) {
		free(net);
		return NULL;
	}
	net_set_multi(net);
	ev_timer_init(&net->timer, net_on_timer, 0, 0);
	net->timer.data = net;
	ev_timer_init(&net->breath, net_on_breath, 0, 0);
	net->breath.data = net;
	return net;
}

/* libcurl takes leave of FTP and SSH servers and waits for their answer, two
 * minutes if need be. It has none to wait for of a socket that is shut. The
 * descriptor may be somebody else's by now: the inode tells. */
static void
net_cut_leave(struct net *net)
{
	size_t i;

	for (i = 0; i < net->socket_count; i++) {
		const struct net_socket *socket = net->sockets[i];

		if (socket != NULL && !socket->own && socket->inode != 0 &&
		    net_inode((int)i) == socket->inode)
			shutdown((int)i, SHUT_RDWR);
	}
}

void
net_free(struct net *net)
{
	size_t i;

	if (net == NULL)
		return;
	net_cut_leave(net);
	for (i = 0; i < net->spare_count; i++)
		net_free_request(net->spare[i]);
	curl_multi_cleanup(net->multi);
	ev_timer_stop(net->loop, &net->timer);
	ev_timer_stop(net->loop, &net->breath);
	for (i = 0; i < net->socket_count; i++)
		free(net->sockets[i]);
	free(net->sockets);
	free(net);
}
