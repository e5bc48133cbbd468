/* SPDX-License-Identifier: MIT
 *
 * See hostset.h. There are few of them, and without any nothing is compared.
 */
#include "config.h"

#include "hostset.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "alloc.h"
#include "options.h"
#include "url.h"

#define HOSTSET_NAME 4                  /* worth more than port and scheme */

struct hostset {
	atomic_uint refs;
	struct hostset *next;
	char *pattern;                  /* in lower case */
	struct options *options;
};

/* A pattern, or an origin, in its parts. */
struct hostset_parts {
	const char *scheme, *name, *port;
	size_t scheme_length, name_length;      /* port: up to the end */
};

static void
hostset_split(const char *text, struct hostset_parts *parts)
{
	const char *name = strstr(text, "://"), *end;
	size_t digits;

	parts->scheme = text;
	parts->scheme_length = name != NULL ? (size_t)(name - text) : 0;
	parts->name = name != NULL ? name + 3 : text;
	end = strrchr(parts->name, ':');
	digits = end != NULL ? strspn(end + 1, "0123456789") : 0;
	if (digits == 0 || end[1 + digits] != '\0' ||
	    (*parts->name != '[' && strchr(parts->name, ':') != end))
		end = parts->name + strlen(parts->name);
	parts->name_length = (size_t)(end - parts->name);
	parts->port = *end == ':' ? end + 1 : end;
	/* An address may have its brackets, or not. */
	if (parts->name_length > 2 && *parts->name == '[') {
		parts->name++;
		parts->name_length -= 2;
	}
}

bool
hostset_is_pattern(const char *pattern)
{
	struct hostset_parts parts;
	size_t i;

	hostset_split(pattern, &parts);
	if (parts.scheme_length > 0 && url_scheme(pattern) == URL_OTHER)
		return false;
	for (i = 0; i < parts.name_length; i++)
		if ((unsigned char)parts.name[i] <= ' ' ||
		    strchr("/?#@\"[]", parts.name[i]) != NULL ||
		    (parts.name[i] == '*' && i > 0))
			return false;
	return parts.name_length > 0 && (*parts.name != '*' ||
	    parts.name_length == 1 || (parts.name[1] == '.' &&
	    parts.name_length > 2));
}

struct hostset *
hostset_add(struct hostset *next, const char *pattern, struct options *options)
{
	struct hostset *set = alloc_zero(sizeof *set);
	char *p;

	atomic_init(&set->refs, 1);
	set->next = next;
	set->pattern = alloc_string(pattern);
	for (p = set->pattern; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + 'a' - 'A');
	set->options = options_ref(options);
	return set;
}

struct hostset *
hostset_ref(struct hostset *set)
{
	if (set != NULL)
		atomic_fetch_add(&set->refs, 1);
	return set;
}

void
hostset_unref(struct hostset *set)
{
	struct hostset *next;

	for (; set != NULL && atomic_fetch_sub(&set->refs, 1) == 1;
	    set = next) {
		next = set->next;
		options_unref(set->options);
		free(set->pattern);
		free(set);
	}
}

/* How exactly it fits; 0: not. */
static size_t
hostset_fits(const char *pattern, const struct hostset_parts *origin)
{
	struct hostset_parts parts;
	size_t rest, points;

	hostset_split(pattern, &parts);
	points = (*parts.port != '\0' ? 2U : 0) +
	    (parts.scheme_length > 0 ? 1U : 0);
	if ((parts.scheme_length > 0 &&
	    (parts.scheme_length != origin->scheme_length || memcmp(
	    parts.scheme, origin->scheme, parts.scheme_length) != 0)) ||
	    (*parts.port != '\0' && strcmp(parts.port, origin->port) != 0))
		return 0;
	if (*parts.name != '*')
		return parts.name_length == origin->name_length &&
		    memcmp(parts.name, origin->name, parts.name_length) == 0 ?
		    HOSTSET_NAME * (URL_HOST_MAX + 1) + points : 0;
	/* "*.name" begins to count at its dot. */
	rest = parts.name_length - 1;
	if (origin->name_length <= rest || memcmp(parts.name + 1,
	    origin->name + origin->name_length - rest, rest) != 0)
		return 0;
	return HOSTSET_NAME * parts.name_length + points;
}

const struct options *
hostset_find(const struct hostset *set, const char *url)
{
	const struct options *best = NULL;
	struct hostset_parts parts;
	char origin[URL_HOST_MAX];
	size_t most = 0, points;

	if (set == NULL || !url_origin(url, origin))
		return NULL;
	hostset_split(origin, &parts);
	for (; set != NULL; set = set->next) {
		points = hostset_fits(set->pattern, &parts);
		if (points > most) {
			most = points;
			best = set->options;
		}
	}
	return best;
}
