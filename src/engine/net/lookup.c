/* SPDX-License-Identifier: MIT
 *
 * See lookup.h. That a name does not exist is an answer. What else it may be
 * (the name's own servers, or ours) the root tells, which every service that
 * works knows.
 */
#include "config.h"

#include "lookup.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <ev.h>
#include <netdb.h>
#include <pthread.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "engine/base/alloc.h"
#include "engine/base/thread.h"

/* Of the asker and the thread; the last one frees it. */
struct lookup_question {
	pthread_mutex_t lock;           /* guards what follows */
	struct lookup *lookup;          /* NULL: nobody wants to know */
	bool answered, alive;
	char *host;                     /* the thread's; or NULL */
};

struct lookup {
	struct ev_loop *loop;
	ev_async async;
	struct lookup_question *question;       /* or NULL */
	void (*answered)(bool alive, void *user);
	void *user;
};

/* ---- on the thread ---- */

static bool
lookup_root_answers(void)
{
#ifdef HAVE_RES_QUERY
	unsigned char answer[NS_PACKETSZ];

	errno = 0;
	return res_query(".", ns_c_in, ns_t_ns, answer, sizeof answer) >= 0 ||
	    h_errno == HOST_NOT_FOUND || h_errno == NO_DATA ||
	    errno == EMFILE || errno == ENFILE;
#else
	return false;
#endif
}

static bool
lookup_answers(const char *host)
{
	struct addrinfo wanted = { .ai_socktype = SOCK_STREAM }, *found = NULL;
	int error;

	if (host == NULL)
		return lookup_root_answers();
	error = getaddrinfo(host, NULL, &wanted, &found);
	if (error == 0)
		freeaddrinfo(found);
	if (error == EAI_AGAIN || error == EAI_SYSTEM || error == EAI_FAIL)
		return lookup_root_answers();
	return true;
}

static void
lookup_drop(struct lookup_question *question)
{
	pthread_mutex_destroy(&question->lock);
	free(question->host);
	free(question);
}

static void *
lookup_run(void *user)
{
	struct lookup_question *question = user;
	bool alive = lookup_answers(question->host), wanted;

	pthread_mutex_lock(&question->lock);
	question->alive = alive;
	question->answered = true;
	wanted = question->lookup != NULL;
	if (wanted)
		ev_async_send(question->lookup->loop,
		    &question->lookup->async);
	pthread_mutex_unlock(&question->lock);
	if (!wanted)
		lookup_drop(question);
	return NULL;
}

/* ---- on the loop's ---- */

static void
lookup_on_answer(struct ev_loop *loop, ev_async *async, int revents)
{
	struct lookup *lookup = async->data;
	struct lookup_question *question = lookup->question;
	bool alive;

	(void)loop;
	(void)revents;
	if (question == NULL)
		return;
	/* The thread may still hold the lock with which it woke us. */
	pthread_mutex_lock(&question->lock);
	alive = question->alive;
	pthread_mutex_unlock(&question->lock);
	lookup->question = NULL;
	lookup_drop(question);
	lookup->answered(alive, lookup->user);
}

struct lookup *
lookup_new(struct ev_loop *loop, void (*answered)(bool alive, void *user),
    void *user)
{
	struct lookup *lookup = alloc_zero(sizeof *lookup);

	lookup->loop = loop;
	lookup->answered = answered;
	lookup->user = user;
	ev_async_init(&lookup->async, lookup_on_answer);
	lookup->async.data = lookup;
	ev_async_start(loop, &lookup->async);
	return lookup;
}

void
lookup_free(struct lookup *lookup)
{
	struct lookup_question *question;
	bool answered;

	if (lookup == NULL)
		return;
	question = lookup->question;
	if (question != NULL) {
		pthread_mutex_lock(&question->lock);
		question->lookup = NULL;
		answered = question->answered;
		pthread_mutex_unlock(&question->lock);
		if (answered)
			lookup_drop(question);
	}
	ev_async_stop(lookup->loop, &lookup->async);
	free(lookup);
}

void
lookup_ask(struct lookup *lookup, const char *host)
{
	struct lookup_question *question;
	pthread_t thread;

	if (lookup->question != NULL)
		return;
	question = alloc_zero(sizeof *question);
	pthread_mutex_init(&question->lock, NULL);
	question->lookup = lookup;
	question->host = alloc_string(host);
	if (thread_start(&thread, lookup_run, question) != 0) {
		lookup_drop(question);
		return;
	}
	pthread_detach(thread);
	lookup->question = question;
}
