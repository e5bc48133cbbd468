/* SPDX-License-Identifier: MIT
 *
 * See route.h. The way out is asked for by connecting a UDP socket, which only
 * looks up the route: to addresses of a root server, that nobody has at home.
 */
#include "config.h"

#include "route.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROUTE_OUT_V4 "198.41.0.4"
#define ROUTE_OUT_V6 "2001:503:ba3e::2:30"
#define ROUTE_PORT 53
#define ROUTE_GROUPS (RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | \
    RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE)

union route_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* ---- addresses ---- */

static bool
route_is_useful(const struct ifaddrs *entry)
{
	const unsigned up = IFF_UP | IFF_RUNNING;
	union route_address address;

	if (entry->ifa_addr == NULL || (entry->ifa_flags & up) != up ||
	    entry->ifa_flags & IFF_LOOPBACK)
		return false;
	if (entry->ifa_addr->sa_family == AF_INET) {
		memcpy(&address.v4, entry->ifa_addr, sizeof address.v4);
		return ntohl(address.v4.sin_addr.s_addr) >> 16 != 0xa9fe;
	}
	if (entry->ifa_addr->sa_family != AF_INET6)
		return false;
	memcpy(&address.v6, entry->ifa_addr, sizeof address.v6);
	return !IN6_IS_ADDR_LINKLOCAL(&address.v6.sin6_addr);
}

bool
route_has_address(void)
{
	struct ifaddrs *list, *entry;
	bool found = false;

	if (getifaddrs(&list) != 0)
		return true;
	for (entry = list; entry != NULL && !found; entry = entry->ifa_next)
		found = route_is_useful(entry);
	freeifaddrs(list);
	return found;
}

static bool
route_parse(const char *text, union route_address *address)
{
	memset(address, 0, sizeof *address);
	address->any.sa_family = AF_INET;
	if (inet_pton(AF_INET, text, &address->v4.sin_addr) == 1)
		return true;
	address->any.sa_family = AF_INET6;
	return inet_pton(AF_INET6, text, &address->v6.sin6_addr) == 1;
}

static bool
route_is_same(const struct sockaddr *one, const union route_address *other)
{
	union route_address address;

	if (one == NULL || one->sa_family != other->any.sa_family)
		return false;
	if (one->sa_family == AF_INET) {
		memcpy(&address.v4, one, sizeof address.v4);
		return address.v4.sin_addr.s_addr ==
		    other->v4.sin_addr.s_addr;
	}
	memcpy(&address.v6, one, sizeof address.v6);
	return memcmp(&address.v6.sin6_addr, &other->v6.sin6_addr,
	    sizeof address.v6.sin6_addr) == 0;
}

bool
route_is_ours(const char *text)
{
	struct ifaddrs *list, *entry;
	union route_address address;
	bool found = false;

	if (!route_parse(text, &address) || getifaddrs(&list) != 0)
		return true;
	for (entry = list; entry != NULL && !found; entry = entry->ifa_next)
		found = route_is_same(entry->ifa_addr, &address);
	freeifaddrs(list);
	return found;
}

/* ---- the way out ---- */

static bool
route_leads_to(const char *text)
{
	union route_address address;
	bool leads;
	int fd;

	route_parse(text, &address);
	fd = socket(address.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno != EAFNOSUPPORT;
	/* The port has its place in both. */
	address.v4.sin_port = htons(ROUTE_PORT);
	leads = connect(fd, &address.any, address.any.sa_family == AF_INET ?
	    sizeof address.v4 : sizeof address.v6) == 0;
	close(fd);
	return leads;
}

bool
route_leads_out(void)
{
	return route_leads_to(ROUTE_OUT_V4) || route_leads_to(ROUTE_OUT_V6);
}

/* ---- what comes and goes ---- */

int
route_watch(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK,
	    .nl_groups = ROUTE_GROUPS };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    NETLINK_ROUTE);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&address,
	    sizeof address) != 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static unsigned
route_read_messages(const struct nlmsghdr *message, unsigned length)
{
	unsigned told = 0;

	for (; NLMSG_OK(message, length);
	    message = NLMSG_NEXT(message, length)) {
		if (message->nlmsg_type == RTM_NEWADDR ||
		    message->nlmsg_type == RTM_NEWROUTE)
			told |= ROUTE_CAME;
		else if (message->nlmsg_type == RTM_DELADDR)
			told |= ROUTE_WENT;
	}
	return told;
}

unsigned
route_read(int fd)
{
	union {
		struct nlmsghdr first;
		char bytes[8192];
	} buffer;
	struct sockaddr_nl from;
	socklen_t size;
	unsigned told = 0;
	ssize_t got;

	for (;;) {
		size = sizeof from;
		got = recvfrom(fd, &buffer, sizeof buffer, 0,
		    (struct sockaddr *)&from, &size);
		if (got < 0 && errno == ENOBUFS)
			told = ROUTE_CAME | ROUTE_WENT;         /* too much */
		else if (got <= 0)
			return told;
		/* Anybody may write to this socket; the kernel is 0. */
		else if (from.nl_pid == 0)
			told |= route_read_messages(&buffer.first,
			    (unsigned)got);
	}
}
