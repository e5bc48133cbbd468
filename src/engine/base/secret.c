/* SPDX-License-Identifier: MIT
 *
 * See secret.h. A parameter is known by its name alone; the list is the one
 * by which faces redact what they show.
 */
#include "config.h"

#include "secret.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "alloc.h"
#include "secrets.h"

#define SECRET_MARK "***"

/* One "name=value" up to the next separator: how many bytes of it may be
 * told; *length is all of it. */
static size_t
secret_look(const char *at, size_t *length)
{
	const char *equals;

	*length = strcspn(at, "&;#");
	equals = memchr(at, '=', *length);
	if (equals == NULL || (size_t)(equals - at) + 1 == *length ||
	    !secrets_have(at, (size_t)(equals - at)))
		return *length;
	return (size_t)(equals - at) + 1;
}

/* Where the authority's user ends and its host begins; NULL if it has no
 * user. */
static const char *
secret_find_user(const char *url, const char **start)
{
	const char *authority = strstr(url, "://"), *at;

	if (authority == NULL)
		return NULL;
	*start = authority + 3;
	at = memrchr(*start, '@', strcspn(*start, "/?#"));
	return at != NULL ? at + 1 : NULL;
}

bool
secret_is_in_url(const char *url)
{
	const char *start, *at;
	size_t length;

	if (strpbrk(url, "@?#") == NULL)
		return false;
	at = url + strcspn(url, "?#");
	if (*at == '#' || secret_find_user(url, &start) != NULL)
		return true;
	while (*at == '?' || *at == '&' || *at == ';') {
		at++;
		if (secret_look(at, &length) != length)
			return true;
		at += length;
	}
	return *at == '#';
}

char *
secret_free_url(const char *url, unsigned *found)
{
	/* A parameter has at least four bytes: "***" doubles them at most. */
	char *copy = alloc_array(2 * strlen(url) + sizeof SECRET_MARK, 1);
	const char *start = url, *at = secret_find_user(url, &start);
	size_t n = 0, told, length;
	unsigned out = 0;

	if (at != NULL) {
		n = (size_t)(start - url);
		memcpy(copy, url, n);
		out = SECRET_USER;
	} else {
		at = url;
	}
	length = strcspn(at, "?#");
	memcpy(copy + n, at, length);
	n += length;
	for (at += length; *at == '?' || *at == '&' || *at == ';';
	    at += length) {
		copy[n++] = *at++;
		told = secret_look(at, &length);
		memcpy(copy + n, at, told);
		n += told;
		if (told == length)
			continue;
		memcpy(copy + n, SECRET_MARK, strlen(SECRET_MARK));
		n += strlen(SECRET_MARK);
		out |= SECRET_QUERY;
	}
	copy[n] = '\0';
	if (found != NULL)
		*found = out;
	return copy;
}

size_t
secret_header_name(const char *line)
{
	return strcspn(line, ":; \t");
}

bool
secret_is_header(const char *line)
{
	return secrets_have_header(line, secret_header_name(line));
}
