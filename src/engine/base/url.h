/* SPDX-License-Identifier: MIT
 *
 * URLs as far as the engine must look into them. Pure.
 */
#ifndef HAUL_ENGINE_URL_H
#define HAUL_ENGINE_URL_H

#include "haul.h"

#define URL_HOST_MAX 320                /* "https://" + host + ":65535" */

enum url_scheme {
	URL_HTTP,
	URL_HTTPS,
	URL_FTP,
	URL_FTPS,
	URL_SFTP,
	URL_OTHER,
};

enum url_scheme url_scheme(const char *url);

/* Whether it can be fetched at all: a known scheme, a host, no control bytes,
 * and none percent-escaped in user or password. NONE, BAD_URL or
 * BAD_SCHEME. */
enum haul_complaint url_check(const char *url);

/* "scheme://host:port" in lower case, without user: the origin (RFC 6454) and
 * the key under which a host is known. False if there is no host or it is
 * absurdly long. */
bool url_origin(const char *url, char origin[URL_HOST_MAX]);
bool url_same_origin(const char *a, const char *b);

/* Whether the host is an address, not a name that must be resolved. */
bool url_host_is_address(const char *url);

/* Whether it is this machine by its name (localhost and below) or address. */
bool url_host_is_loopback(const char *url);

/* The host alone, without brackets; malloc()ed, NULL if there is none. */
char *url_host(const char *url);

/* Copies the URL fit to be sent: the bytes a URL may not hold (blank,
 * quotes, non-ASCII in path and query, ...) percent-escaped, nothing decoded
 * or escaped twice (parfive eb4438b). malloc()ed. */
char *url_for_request(const char *url);

/* user and password of the URL, percent-decoded, malloc()ed; NULL if it has
 * none (password also alone). */
void url_credentials(const char *url, char **user, char **password);

/* The name that an FTP server is asked for, percent-decoded, malloc()ed; NULL
 * if the URL is of a directory, or to be fetched as text. */
char *url_ftp_name(const char *url);

/* The URL without user, password and fragment: what may be stored and
 * compared. malloc()ed. */
char *url_without_secrets(const char *url);

#endif
