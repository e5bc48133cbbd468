/* SPDX-License-Identifier: MIT
 *
 * What the floor programs share; see floor.h.
 */
#include "config.h"

#include "floor.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

void
floor_die(int errno_, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	if (errno_ != 0)
		fprintf(stderr, ": %s", strerror(errno_));
	fputc('\n', stderr);
	exit(1);
}

static void
floor_copy(char *out, size_t size, const char *text, size_t length)
{
	if (length == 0 || length >= size)
		floor_die(0, "host or port empty or too long");
	memcpy(out, text, length);
	out[length] = '\0';
}

void
floor_url_parse(struct floor_url *url, const char *text, const char *scheme,
    const char *default_port)
{
	size_t scheme_length = strlen(scheme), host_length;
	const char *host, *colon;

	if (strncmp(text, scheme, scheme_length) != 0 ||
	    strncmp(text + scheme_length, "://", 3) != 0)
		floor_die(0, "not a %s URL: %s", scheme, text);
	host = text + scheme_length + 3;
	url->path = strchr(host, '/');
	if (url->path == NULL)
		floor_die(0, "no path in %s", text);

	host_length = (size_t)(url->path - host);
	colon = memchr(host, ':', host_length);
	if (colon == NULL) {
		floor_copy(url->port, sizeof(url->port), default_port,
		    strlen(default_port));
	} else {
		floor_copy(url->port, sizeof(url->port), colon + 1,
		    (size_t)(url->path - colon - 1));
		host_length = (size_t)(colon - host);
	}
	floor_copy(url->host, sizeof(url->host), host, host_length);
}

int
floor_connect(const struct floor_url *url)
{
	struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
	};
	struct addrinfo *address;
	int fd, error, on = 1;

	error = getaddrinfo(url->host, url->port, &hints, &address);
	if (error != 0)
		floor_die(0, "%s port %s: %s", url->host, url->port,
		    gai_strerror(error));
	fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		floor_die(errno, "socket");
	if (connect(fd, address->ai_addr, address->ai_addrlen) != 0)
		floor_die(errno, "connect to %s port %s", url->host, url->port);
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0)
		floor_die(errno, "TCP_NODELAY");
	freeaddrinfo(address);
	return fd;
}

size_t
floor_request(const struct floor_url *url, char *out, size_t size)
{
	int length;

	length = snprintf(out, size,
	    "GET %s HTTP/1.1\r\nHost: %s:%s\r\nAccept: */*\r\n\r\n",
	    url->path, url->host, url->port);
	if (length < 0 || (size_t)length >= size)
		floor_die(0, "path too long: %s", url->path);
	return (size_t)length;
}

static void
floor_head_line(struct floor_head *head, const char *line, size_t length)
{
	static const char name[] = "Content-Length:";
	char *end;

	if (length < sizeof(name) ||
	    strncasecmp(line, name, sizeof(name) - 1) != 0)
		return;
	errno = 0;
	head->length_bytes = strtoll(line + sizeof(name) - 1, &end, 10);
	if (errno != 0 || *end != '\r' || head->length_bytes < 0)
		floor_die(0, "bad Content-Length");
}

bool
floor_head_parse(struct floor_head *head, const char *data, size_t size)
{
	const char *end, *line, *next;

	end = memmem(data, size, "\r\n\r\n", 4);
	if (end == NULL)
		return false;
	head->size = (size_t)(end - data) + 4;
	head->length_bytes = -1;
	head->status = 0;
	if (head->size > 12 && strncmp(data, "HTTP/1.", 7) == 0)
		head->status = (int)strtol(data + 9, NULL, 10);

	for (line = data; line < end; line = next + 2) {
		next = memmem(line, (size_t)(end - line) + 2, "\r\n", 2);
		floor_head_line(head, line, (size_t)(next - line));
	}
	if (head->status != 200 || head->length_bytes < 0)
		floor_die(0, "need a 200 with a length, got status %d",
		    head->status);
	return true;
}

void
floor_pwrite(int fd, const void *data, size_t size, int64_t offset)
{
	const char *from = data;
	ssize_t written;

	while (size > 0) {
		written = pwrite(fd, from, size, offset);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			floor_die(errno, "pwrite");
		from += written;
		offset += written;
		size -= (size_t)written;
	}
}

int
floor_create(const char *path)
{
	int fd;

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		floor_die(errno, "%s", path);
	return fd;
}

static size_t
floor_read_some(floor_read_fn read_fn, void *user, char *buffer, size_t size)
{
	ssize_t got = read_fn(user, buffer, size);

	if (got == 0)
		floor_die(0, "the server closed too early");
	return (size_t)got;
}

void
floor_receive(floor_read_fn read_fn, void *user, size_t buffer_size,
    int out_fd)
{
	struct floor_head head;
	char *buffer, *body;
	size_t filled = 0;
	int64_t offset = 0;

	buffer = malloc(buffer_size);
	if (buffer == NULL)
		floor_die(errno, "buffer");
	do {
		if (filled == buffer_size)
			floor_die(0, "response head too long");
		filled += floor_read_some(read_fn, user, buffer + filled,
		    buffer_size - filled);
	} while (!floor_head_parse(&head, buffer, filled));

	body = buffer + head.size;
	filled -= head.size;
	for (;;) {
		if (out_fd >= 0)
			floor_pwrite(out_fd, body, filled, offset);
		offset += (int64_t)filled;
		if (offset >= head.length_bytes)
			break;
		body = buffer;
		filled = floor_read_some(read_fn, user, buffer, buffer_size);
	}
	if (offset > head.length_bytes)
		floor_die(0, "the server sent too much");
	free(buffer);
}
