/* SPDX-License-Identifier: MIT
 *
 * floor-http URL FILE, floor-http --discard URL: one file over plain HTTP by
 * recv() and pwrite() alone. The floor under any client that copies bytes
 * from a socket to a file, or (--discard) under its network half.
 */
#include "config.h"

#include "floor.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FLOOR_HTTP_BUFFER (256 * 1024)

static ssize_t
floor_http_read(void *user, void *buffer, size_t size)
{
	const int *fd = user;
	ssize_t got;

	do {
		got = recv(*fd, buffer, size, 0);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		floor_die(errno, "recv");
	return got;
}

static void
floor_http_get(const char *text, int out_fd)
{
	struct floor_url url;
	char request[4096];
	size_t length;
	int fd;

	floor_url_parse(&url, text, "http", "80");
	length = floor_request(&url, request, sizeof(request));
	fd = floor_connect(&url);
	if (send(fd, request, length, MSG_NOSIGNAL) != (ssize_t)length)
		floor_die(errno, "send");
	floor_receive(floor_http_read, &fd, FLOOR_HTTP_BUFFER, out_fd);
	close(fd);
}

int
main(int argc, char **argv)
{
	int out_fd;

	if (argc != 3)
		floor_die(0, "usage: floor-http --discard URL | URL FILE");
	if (strcmp(argv[1], "--discard") == 0) {
		floor_http_get(argv[2], -1);
		return 0;
	}
	out_fd = floor_create(argv[2]);
	floor_http_get(argv[1], out_fd);
	if (close(out_fd) != 0)
		floor_die(errno, "%s", argv[2]);
	return 0;
}
