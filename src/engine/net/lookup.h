/* SPDX-License-Identifier: MIT
 *
 * Whether the system's name service answers at all: libcurl has one code for
 * "there is no such name" and for "nobody answered". Asked in a thread of its
 * own, because it may take half a minute.
 */
#ifndef HAUL_ENGINE_LOOKUP_H
#define HAUL_ENGINE_LOOKUP_H

#include <stdbool.h>

struct ev_loop;
struct lookup;

/* Calls answered() from the loop for each question that was not taken back.
 * NULL: there is no memory. */
struct lookup *lookup_new(struct ev_loop *, void (*answered)(bool alive,
    void *user), void *user);

/* A question that is still out goes on, and nobody waits for it. */
void lookup_free(struct lookup *);

/* Asks; host is a name that could not be found, or NULL for none. While an
 * earlier question is out, that one's answer counts. */
void lookup_ask(struct lookup *, const char *host);

#endif
