/* SPDX-License-Identifier: MIT
 *
 * floor-files CONNECTIONS DIRECTORY LIST: many small files over some kept
 * connections, one thread, epoll; for each file one request, recv, open,
 * pwrite and close, and nothing else. LIST holds one http URL a line, all of
 * one server; a file is named by the URL's last segment.
 */
#include "config.h"

#include "floor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define FLOOR_FILES_BUFFER (64 * 1024)
#define FLOOR_FILES_EVENTS 64

struct floor_files_conn {
	int fd;
	int out_fd;             /* -1 until the head is in */
	int64_t offset, length; /* of the body: written so far, and whole */
	size_t filled;          /* of buffer, while the head is awaited */
	const char *url;
	char buffer[FLOOR_FILES_BUFFER];
};

struct floor_files {
	int epoll_fd;
	int directory_fd;
	char *next;             /* the list, from the first URL not asked for */
	size_t active;          /* conns with a request under way */
};

static char *
floor_files_load(const char *path)
{
	size_t size = 0, space = 1 << 16, got;
	char *text;
	FILE *file;

	file = fopen(path, "re");
	text = malloc(space);
	if (file == NULL || text == NULL)
		floor_die(errno, "%s", path);
	while ((got = fread(text + size, 1, space - size - 1, file)) > 0) {
		size += got;
		if (size + 1 == space)
			text = realloc(text, space *= 2);
		if (text == NULL)
			floor_die(errno, "%s", path);
	}
	if (ferror(file))
		floor_die(errno, "%s", path);
	fclose(file);
	text[size] = '\0';
	return text;
}

static const char *
floor_files_next_url(struct floor_files *files)
{
	const char *url = files->next;
	char *end;

	if (*url == '\0')
		return NULL;
	end = strchr(url, '\n');
	if (end == NULL) {
		files->next += strlen(url);
	} else {
		*end = '\0';
		files->next = end + 1;
	}
	return url;
}

/* Asks for the next URL; without one the connection has done its work. */
static void
floor_files_ask(struct floor_files *files, struct floor_files_conn *conn)
{
	struct floor_url url;
	char request[4096];
	size_t length;

	conn->url = floor_files_next_url(files);
	if (conn->url == NULL) {
		close(conn->fd);
		conn->fd = -1;
		return;
	}
	files->active++;
	conn->out_fd = -1;
	conn->offset = 0;
	conn->filled = 0;
	floor_url_parse(&url, conn->url, "http", "80");
	length = floor_request(&url, request, sizeof(request));
	if (send(conn->fd, request, length, MSG_NOSIGNAL) != (ssize_t)length)
		floor_die(errno, "send");
}

static void
floor_files_conn_open(struct floor_files *files, struct floor_files_conn *conn,
    const char *url_text)
{
	struct floor_url url;
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = conn };

	floor_url_parse(&url, url_text, "http", "80");
	conn->fd = floor_connect(&url);
	if (fcntl(conn->fd, F_SETFL, O_NONBLOCK) != 0 ||
	    epoll_ctl(files->epoll_fd, EPOLL_CTL_ADD, conn->fd, &event) != 0)
		floor_die(errno, "epoll");
}

static void
floor_files_store(struct floor_files_conn *conn, const char *body, size_t size)
{
	floor_pwrite(conn->out_fd, body, size, conn->offset);
	conn->offset += (int64_t)size;
	conn->filled = 0;
}

/* True once the head is in; what came with it of the body is written. */
static bool
floor_files_head(struct floor_files *files, struct floor_files_conn *conn)
{
	struct floor_head head;

	if (!floor_head_parse(&head, conn->buffer, conn->filled)) {
		if (conn->filled == sizeof(conn->buffer))
			floor_die(0, "response head too long");
		return false;
	}
	conn->length = head.length_bytes;
	conn->out_fd = openat(files->directory_fd,
	    strrchr(conn->url, '/') + 1,
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (conn->out_fd < 0)
		floor_die(errno, "%s", conn->url);
	floor_files_store(conn, conn->buffer + head.size,
	    conn->filled - head.size);
	return true;
}

static void
floor_files_readable(struct floor_files *files, struct floor_files_conn *conn)
{
	ssize_t got;

	got = recv(conn->fd, conn->buffer + conn->filled,
	    sizeof(conn->buffer) - conn->filled, 0);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0)
		floor_die(got < 0 ? errno : 0, "connection lost");
	conn->filled += (size_t)got;
	if (conn->out_fd >= 0)
		floor_files_store(conn, conn->buffer, conn->filled);
	else if (!floor_files_head(files, conn))
		return;
	if (conn->offset < conn->length)
		return;
	if (conn->offset > conn->length)
		floor_die(0, "the server sent too much");
	if (close(conn->out_fd) != 0)
		floor_die(errno, "close");
	files->active--;
	floor_files_ask(files, conn);
}

static void
floor_files_loop(struct floor_files *files)
{
	struct epoll_event events[FLOOR_FILES_EVENTS];
	int count, i;

	while (files->active > 0) {
		count = epoll_wait(files->epoll_fd, events,
		    FLOOR_FILES_EVENTS, -1);
		if (count < 0 && errno != EINTR)
			floor_die(errno, "epoll_wait");
		for (i = 0; i < count; i++)
			floor_files_readable(files, events[i].data.ptr);
	}
}

int
main(int argc, char **argv)
{
	struct floor_files files = { 0 };
	struct floor_files_conn *conns;
	long connections, i;
	char *list, first[4096];

	connections = argc == 4 ? strtol(argv[1], NULL, 10) : 0;
	if (connections < 1 || connections > 10000)
		floor_die(0, "usage: floor-files CONNECTIONS DIRECTORY LIST");
	files.next = list = floor_files_load(argv[3]);
	if (strcspn(list, "\n") >= sizeof(first))
		floor_die(0, "URL too long");
	snprintf(first, sizeof(first), "%.*s", (int)strcspn(list, "\n"), list);
	files.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	files.directory_fd = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	conns = calloc((size_t)connections, sizeof(*conns));
	if (files.epoll_fd < 0 || files.directory_fd < 0 || conns == NULL)
		floor_die(errno, "%s", argv[2]);
	for (i = 0; i < connections && *files.next != '\0'; i++) {
		floor_files_conn_open(&files, &conns[i], first);
		floor_files_ask(&files, &conns[i]);
	}
	floor_files_loop(&files);
	free(conns);
	free(list);
	return 0;
}
