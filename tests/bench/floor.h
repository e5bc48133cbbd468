/* SPDX-License-Identifier: MIT
 *
 * What the floor programs share. A floor is the least a downloader can do for
 * a given job: no library between it and the system, no options, no retries.
 * Whatever goes wrong ends the program with a sentence.
 */
#ifndef FLOOR_H
#define FLOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct floor_url {
	char host[64];          /* a number: nothing is looked up */
	char port[8];
	const char *path;       /* into the text given; never empty */
};

struct floor_head {
	int status;
	int64_t length_bytes;   /* Content-Length, -1 if there is none */
	size_t size;            /* of the head itself, empty line included */
};

/* Reads up to `size` bytes, as read(2); never returns less than 0. */
typedef ssize_t (*floor_read_fn)(void *user, void *buffer, size_t size);

/* Prints "PROGRAM: text" and, if errno_ is not 0, its meaning; exits 1. */
void floor_die(int errno_, const char *format, ...)
    __attribute__((noreturn, format(printf, 2, 3)));

/* Takes SCHEME://HOST[:PORT]/PATH apart; dies unless the scheme is this. */
void floor_url_parse(struct floor_url *, const char *text,
    const char *scheme, const char *default_port);

/* A connected, blocking socket without Nagle's delay. */
int floor_connect(const struct floor_url *);

/* Puts a GET request for the URL into `out`; returns its length. */
size_t floor_request(const struct floor_url *, char *out, size_t size);

/* True if `data` holds a whole response head, then filled in. Dies if it is
 * not one of a 200 with a Content-Length. */
bool floor_head_parse(struct floor_head *, const char *data, size_t size);

/* Writes all of `data` to `fd` at `offset`. */
void floor_pwrite(int fd, const void *data, size_t size, int64_t offset);

/* Creates (or empties) a file for writing. */
int floor_create(const char *path);

/* Reads one response through `read_fn` with a buffer of `buffer_size`, and
 * writes the body to `out_fd`, or nowhere if that is -1. */
void floor_receive(floor_read_fn read_fn, void *user, size_t buffer_size,
    int out_fd);

#endif
