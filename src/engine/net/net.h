/* SPDX-License-Identifier: MIT
 *
 * The only contact with curl_multi: sockets and timers of libcurl on the
 * engine's loop, running requests, completions. See doc/net.md for the
 * work-arounds kept here.
 */
#ifndef HAUL_ENGINE_NET_H
#define HAUL_ENGINE_NET_H

#include <curl/curl.h>

#include "haul.h"

struct ev_loop;
struct net;

/* Makes libcurl ready, once a process; for whatever calls it first. */
void net_start_library(void);

/* What a body handler returns to have the same bytes again once the gate opens
 * or, if it is held, it is let go. One of both must be done before the loop
 * sleeps. */
#define NET_PAUSE CURL_WRITEFUNC_PAUSE

/* What happens to a request. header and body run inside libcurl: they must
 * not start or release requests; returning less than length ends the request
 * with CURLE_WRITE_ERROR. */
struct net_handler {
	size_t (*header)(void *owner, const char *line, size_t length);
	size_t (*body)(void *owner, const char *bytes, size_t length);
	void (*connecting)(void *owner);        /* its host has an address */
};

/* What a handle was set up for: a spare one of the very same recipe needs
 * nothing but its URL and headers set anew. Zero everywhere: none. */
struct net_recipe {
	const void *options, *of_host;
	unsigned epoch;                 /* >= 1 */
	unsigned kind;
};

struct net_request {
	struct net *net;
	CURL *easy;                     /* owned by net.c */
	const struct net_handler *handler;
	void *owner;
	struct net_recipe recipe;
	bool warm;                      /* is set up by its recipe already */
	bool running;
	bool ended;                     /* result is valid */
	bool paused;                    /* by NET_PAUSE */
	bool held;
	CURLSH *sessions;               /* of its own, or NULL */
	struct net_request *next_paused;
	CURLcode result;
	int socket_errno;               /* why no socket was had, or 0 */
	struct net_request *next_ended;
	char error[CURL_ERROR_SIZE];
};

/* NULL if libcurl or the loop refuse. */
struct net *net_new(struct ev_loop *);
void net_free(struct net *);

/* A request with a clean handle: all that concerns every request is set, the
 * rest (URL, range, ...) is the caller's through request->easy; of a warm one
 * only what its recipe does not fix. */
struct net_request *net_acquire(struct net *, const struct net_handler *,
    void *owner, const struct net_recipe *);

/* Keeps its TLS sessions apart from those of other requests. Before
 * net_start(), and for as long as the handle lives. */
void net_keep_sessions(struct net_request *);

/* Has libcurl look at it though no socket of it that it waits for has anything
 * to say. */
void net_nudge(struct net *, struct net_request *);

/* Lets it run; it will be among net_take_ended() later. False: libcurl
 * refused. */
bool net_start(struct net *, struct net_request *);

/* Ends it if it runs, and gives the handle back. Not from a handler. */
void net_release(struct net *, struct net_request *);

/* The next request that has ended, or NULL. */
struct net_request *net_take_ended(struct net *);

/* Held: what NET_PAUSE stopped goes on when it is let go, and not when the
 * gate opens. */
void net_hold(struct net *, struct net_request *, bool held);

/* Closed: nothing is read from any socket and libcurl's timers wait, so that
 * TCP slows the senders down. */
void net_gate(struct net *, bool closed);

/* Connections that no request uses are not used again. */
void net_drop_idle(struct net *);

/* The most that libcurl shall read at once; 0 is the default. Counts for
 * requests acquired later. */
void net_set_read_size(struct net *, int64_t bytes);

/* Once a second while requests run: libcurl before 8.11.1 can forget to set
 * its timer (curl 4cded6de). */
void net_watchdog(struct net *);

#endif
