/* SPDX-License-Identifier: MIT
 *
 * What must not be written down: users and passwords, signed query values,
 * headers that log in. Pure.
 */
#ifndef HAUL_ENGINE_SECRET_H
#define HAUL_ENGINE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#define SECRET_USER 1U                  /* user or password in a URL */
#define SECRET_QUERY 2U                 /* values in its query, or fragment */

/* The URL with "***" for each secret value, without user, password and
 * fragment: what may be stored and compared. *found, if not NULL, says what
 * was taken out. malloc()ed. */
char *secret_free_url(const char *url, unsigned *found);

/* The same, cheaply, for a URL in which nothing is secret: whether that is
 * so. */
bool secret_is_in_url(const char *url);

/* Whether a request header ("Name: value") is as good as a password: what its
 * name says, for nobody can know what a value is for. */
bool secret_is_header(const char *line);

/* Bytes of the header's name. */
size_t secret_header_name(const char *line);

#endif
