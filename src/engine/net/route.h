/* SPDX-License-Identifier: MIT
 *
 * What the kernel knows of this machine's networks. Nothing is sent. What it
 * does not tell counts as there.
 */
#ifndef HAUL_ENGINE_ROUTE_H
#define HAUL_ENGINE_ROUTE_H

#include <stdbool.h>

/* Whether an interface that is up has an address by which others could reach
 * us: not the loopback's, not a link-local one. */
bool route_has_address(void);

/* Whether there is a way to the world, by IPv4 or IPv6. */
bool route_leads_out(void);

/* Whether an address, as text, is one of this machine's. */
bool route_is_ours(const char *address);

/* A descriptor that is readable when addresses or routes come and go; -1:
 * there is none. */
int route_watch(void);

/* Reads all that it has to tell: ROUTE_... or'ed. */
#define ROUTE_CAME 1U
#define ROUTE_WENT 2U
unsigned route_read(int fd);

#endif
