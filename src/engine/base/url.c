/* SPDX-License-Identifier: MIT
 *
 * See url.h. Small scans rather than curl_url(): a million URLs pass here
 * before the first request goes out.
 */
#include "config.h"

#include "url.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "alloc.h"

static const struct {
	const char *prefix;
	size_t length;
	const char *port;
} url_schemes[URL_OTHER] = {
	[URL_HTTP] = { "http://", 7, ":80" },
	[URL_HTTPS] = { "https://", 8, ":443" },
	[URL_FTP] = { "ftp://", 6, ":21" },
	[URL_FTPS] = { "ftps://", 7, ":990" },
	[URL_SFTP] = { "sftp://", 7, ":22" },
};

enum url_scheme
url_scheme(const char *url)
{
	int i;

	for (i = 0; i < URL_OTHER; i++)
		if (strncasecmp(url, url_schemes[i].prefix,
		    url_schemes[i].length) == 0)
			return (enum url_scheme)i;
	return URL_OTHER;
}

/* The parts of "scheme://user:password@host:port/path". */
struct url_authority {
	const char *start;              /* after "://" */
	const char *host;               /* after '@' */
	const char *end;                /* first of '/', '?', '#' or the end */
};

static bool
url_find_authority(const char *url, struct url_authority *found)
{
	enum url_scheme scheme = url_scheme(url);
	const char *p;

	if (scheme == URL_OTHER)
		return false;
	found->start = url + url_schemes[scheme].length;
	found->end = found->start + strcspn(found->start, "/?#");
	found->host = found->start;
	for (p = found->start; p < found->end; p++)
		if (*p == '@')
			found->host = p + 1;
	return found->host < found->end && *found->host != ':';
}

/* Whether a part of it decodes to a control byte: an FTP server would take
 * what follows a line break for a command of its own. */
static bool
url_hides_control(const char *start, const char *end)
{
	const char *p;

	for (p = start; p + 2 < end; p++)
		if (strncasecmp(p, "%7f", 3) == 0 || (*p == '%' &&
		    (p[1] == '0' || p[1] == '1') &&
		    isxdigit((unsigned char)p[2])))
			return true;
	return false;
}

/* Where ":port" starts, or the end; a colon inside [IPv6] is not one. */
static const char *
url_port(const struct url_authority *found)
{
	const char *p = found->end;

	while (p > found->host && p[-1] >= '0' && p[-1] <= '9')
		p--;
	if (p > found->host && p[-1] == ':')
		return p - 1;
	return found->end;
}

/* A port that TCP has, and brackets that close. */
static bool
url_authority_is_sane(const struct url_authority *found)
{
	const char *port = url_port(found), *p;
	long number = 0;

	for (p = port + 1; p < found->end; p++) {
		number = number * 10 + (*p - '0');
		if (number > 65535)
			return false;
	}
	if (*found->host == '[')
		return port > found->host && port[-1] == ']';
	return memchr(found->host, ':', (size_t)(port - found->host)) == NULL;
}

enum haul_complaint
url_check(const char *url)
{
	struct url_authority found;
	const unsigned char *p;

	for (p = (const unsigned char *)url; *p; p++)
		if (*p < 0x20 || *p == 0x7f)
			return HAUL_COMPLAINT_BAD_URL;
	if (url_scheme(url) == URL_OTHER)
		return strstr(url, "://") ? HAUL_COMPLAINT_BAD_SCHEME :
		    HAUL_COMPLAINT_BAD_URL;
	if (!url_find_authority(url, &found))
		return HAUL_COMPLAINT_BAD_URL;
	if (memchr(found.host, ' ', (size_t)(found.end - found.host)) ||
	    !url_authority_is_sane(&found) ||
	    url_hides_control(found.start, found.host))
		return HAUL_COMPLAINT_BAD_URL;
	return HAUL_COMPLAINT_NONE;
}

bool
url_origin(const char *url, char origin[URL_HOST_MAX])
{
	struct url_authority found;
	enum url_scheme scheme = url_scheme(url);
	const char *port, *p;
	size_t n = 0;

	if (!url_find_authority(url, &found))
		return false;
	port = url_port(&found);
	if (port - found.host > URL_HOST_MAX - 24)
		return false;
	for (p = url_schemes[scheme].prefix; *p; p++)
		origin[n++] = *p;
	for (p = found.host; p < port; p++)
		origin[n++] = *p >= 'A' && *p <= 'Z' ?
		    (char)(*p + 'a' - 'A') : *p;
	if (port == found.end || port + 1 == found.end)
		port = url_schemes[scheme].port;
	for (p = port; *p && p != found.end && n < URL_HOST_MAX - 1; p++)
		origin[n++] = *p;
	origin[n] = '\0';
	return true;
}

bool
url_same_origin(const char *a, const char *b)
{
	char one[URL_HOST_MAX], other[URL_HOST_MAX];

	return url_origin(a, one) && url_origin(b, other) &&
	    strcmp(one, other) == 0;
}

bool
url_host_is_address(const char *url)
{
	struct url_authority found;
	const char *p, *end;

	if (!url_find_authority(url, &found))
		return false;
	if (*found.host == '[')
		return true;
	end = url_port(&found);
	for (p = found.host; p < end; p++)
		if ((*p < '0' || *p > '9') && *p != '.')
			return false;
	return true;
}

char *
url_host(const char *url)
{
	struct url_authority found;
	const char *end;

	if (!url_find_authority(url, &found))
		return NULL;
	end = url_port(&found);
	if (*found.host == '[' && end > found.host + 1)
		return alloc_bytes(found.host + 1,
		    (size_t)(end - found.host) - 2);
	return alloc_bytes(found.host, (size_t)(end - found.host));
}

bool
url_host_is_loopback(const char *url)
{
	static const char name[] = "localhost";
	struct url_authority found;
	const char *end;
	size_t length;

	if (!url_find_authority(url, &found))
		return false;
	end = url_port(&found);
	length = (size_t)(end - found.host);
	if (strncmp(found.host, "127.", 4) == 0)
		return url_host_is_address(url);
	if (length == 5 && strncmp(found.host, "[::1]", 5) == 0)
		return true;
	if (length > 0 && end[-1] == '.')
		length--;
	if (length < sizeof name - 1)
		return false;
	end = found.host + length - (sizeof name - 1);
	return strncasecmp(end, name, sizeof name - 1) == 0 &&
	    (end == found.host || end[-1] == '.');
}

static bool
url_must_escape(unsigned char c)
{
	return c <= 0x20 || c >= 0x7f || strchr("\"<>\\^`{|}", c) != NULL;
}

char *
url_for_request(const char *url)
{
	static const char hex[] = "0123456789ABCDEF";
	struct url_authority found;
	const char *p, *path;
	size_t n = 0;
	char *out;

	path = url_find_authority(url, &found) ? found.end : url;
	out = alloc_array(strlen(url) * 3 + 1, 1);
	for (p = url; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (p < path || !url_must_escape(c)) {
			out[n++] = *p;
			continue;
		}
		out[n++] = '%';
		out[n++] = hex[c >> 4];
		out[n++] = hex[c & 15];
	}
	return out;
}

static char *
url_decode(const char *text, size_t length)
{
	char *copy = alloc_bytes(text, length), *decoded, *mine;
	int n = 0;

	decoded = curl_easy_unescape(NULL, copy, 0, &n);
	free(copy);
	if (decoded == NULL)
		return NULL;
	mine = alloc_bytes(decoded, (size_t)n);
	curl_free(decoded);
	return mine;
}

void
url_credentials(const char *url, char **user, char **password)
{
	struct url_authority found;
	const char *end, *colon;

	*user = *password = NULL;
	if (!url_find_authority(url, &found) || found.host == found.start)
		return;
	end = found.host - 1;
	colon = memchr(found.start, ':', (size_t)(end - found.start));
	if (colon != NULL)
		*password = url_decode(colon + 1, (size_t)(end - colon - 1));
	*user = url_decode(found.start,
	    (size_t)((colon ? colon : end) - found.start));
}

/* As libcurl reads it: ";type=" may follow the path, and a slash parts it
 * however it is written. */
char *
url_ftp_name(const char *url)
{
	struct url_authority found;
	const char *type, *end, *last;
	char *path, *name;

	if (!url_find_authority(url, &found))
		return NULL;
	end = found.end + strcspn(found.end, "?#");
	type = strstr(found.end, ";type=");
	if (type != NULL && type < end) {
		if (type[6] != '\0' && strchr("aAdD", type[6]) != NULL)
			return NULL;
		end = type;
	}
	if (url_hides_control(found.end, end))
		return NULL;
	path = url_decode(found.end, (size_t)(end - found.end));
	if (path == NULL)
		return NULL;
	last = strrchr(path, '/');
	name = last == NULL || last[1] == '\0' || strcmp(last, "/.") == 0 ||
	    strcmp(last, "/..") == 0 ? NULL : alloc_string(last + 1);
	free(path);
	return name;
}

char *
url_without_secrets(const char *url)
{
	struct url_authority found;
	size_t whole = strcspn(url, "#");

	if (!url_find_authority(url, &found))
		return alloc_bytes(url, whole);
	return alloc_format("%.*s%.*s", (int)(found.start - url), url,
	    (int)(whole - (size_t)(found.host - url)), found.host);
}
