/* SPDX-License-Identifier: MIT
 *
 * See link.h. Nobody can ask a terminal whether it takes links, and one that
 * does not may show the sequence. So only those are believed that say who they
 * are.
 */
#include "config.h"

#include "link.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "present/memory.h"
#include "present/text.h"

#define LINK_MAX        2000    /* bytes; terminals cut or drop longer ones */
#define LINK_HOST_SIZE  256

/* ---- terminals ---- */

static bool
link_is_set(link_get_fn get, const char *name)
{
	const char *value = get(name);

	return value != NULL && *value != '\0';
}

static bool
link_begins(const char *text, const char *const *starts)
{
	for (; text != NULL && *starts != NULL; starts++)
		if (strncmp(text, *starts, strlen(*starts)) == 0)
			return true;
	return false;
}

/* "3.4", "3.4a", "next-3.5", "20240203-110809-5046fc22" */
static bool
link_is_from(const char *version, long major, long minor)
{
	char *end;
	long number;

	if (version == NULL)
		return false;
	version += strcspn(version, "0123456789");
	number = strtol(version, &end, 10);
	if (number != major)
		return number > major;
	return *end == '.' && strtol(end + 1, NULL, 10) >= minor;
}

static bool
link_is_number(const char *text, long least)
{
	return text != NULL && strtol(text, NULL, 10) >= least;
}

/* tmux passes them on to terminals that it knows to take them. */
static bool
link_in_tmux(link_get_fn get)
{
	const char *program = get("TERM_PROGRAM");

	return program != NULL && strcmp(program, "tmux") == 0 &&
	    link_is_from(get("TERM_PROGRAM_VERSION"), 3, 4);
}

static bool
link_in_program(link_get_fn get)
{
	static const struct {
		const char *name;
		long major, minor;      /* since when */
	} programs[] = {
		{ "iTerm.app", 3, 1 }, { "WezTerm", 0, 0 }, { "ghostty", 0, 0 },
		{ "vscode", 1, 72 },
	};
	const char *program = get("TERM_PROGRAM");
	size_t i;

	for (i = 0; program != NULL &&
	    i < sizeof programs / sizeof *programs; i++)
		if (strcmp(program, programs[i].name) == 0)
			return programs[i].major == 0 || link_is_from(
			    get("TERM_PROGRAM_VERSION"), programs[i].major,
			    programs[i].minor);
	return false;
}

static bool
link_is_known(link_get_fn get)
{
	static const char *const plain[] = {
		"linux", "dumb", "screen", "vt", NULL
	};
	static const char *const named[] = {
		"foot", "xterm-kitty", "wezterm", "alacritty", "contour",
		"xterm-ghostty", NULL
	};
	const char *term = get("TERM");

	if (link_is_set(get, "TMUX"))
		return link_in_tmux(get);
	if (term == NULL || *term == '\0' || link_begins(term, plain) ||
	    link_is_set(get, "STY"))
		return false;
	/* VTE 0.50.0 falls over them. */
	return link_begins(term, named) || link_in_program(get) ||
	    link_is_number(get("VTE_VERSION"), 5001) ||
	    link_is_number(get("KONSOLE_VERSION"), 201200) ||
	    link_is_set(get, "KITTY_WINDOW_ID") ||
	    link_is_set(get, "WEZTERM_PANE") ||
	    link_is_set(get, "WT_SESSION");
}

bool
link_is_wanted(const struct settings *settings, link_get_fn get)
{
	switch (settings->values[SETTINGS_HYPERLINKS]) {
	case SETTINGS_HYPERLINKS_ALWAYS:
		return true;
	case SETTINGS_HYPERLINKS_NEVER:
		return false;
	}
	return settings->values[SETTINGS_ACCESSIBLE] == 0 &&
	    link_is_known(get);
}

/* ---- addresses ---- */

/* Appends bytes, of which those that are not in `plain` become %XX; NULL:
 * what can be printed stays. Returns the new length. */
static size_t
link_put(char *to, size_t length, const char *text, const char *plain)
{
	static const char digits[] = "0123456789ABCDEF";
	unsigned char byte;

	for (; *text != '\0'; text++) {
		byte = (unsigned char)*text;
		if (plain != NULL ? strchr(plain, *text) != NULL :
		    byte > ' ' && byte < 0x7f) {
			to[length++] = *text;
			continue;
		}
		to[length++] = '%';
		to[length++] = digits[byte >> 4];
		to[length++] = digits[byte & 15];
	}
	to[length] = '\0';
	return length;
}

char *
link_of_file(const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
	char *whole = realpath(path, NULL), *link;
	char host[LINK_HOST_SIZE];
	size_t length = strlen("file://");

	if (whole == NULL)
		return NULL;
	if (gethostname(host, sizeof host) != 0)
		*host = '\0';
	host[sizeof host - 1] = '\0';
	link = memory_resize(NULL, length + 3 * strlen(host) +
	    3 * strlen(whole) + 1, 1);
	memcpy(link, "file://", length);
	length = link_put(link, length, host, plain);
	length = link_put(link, length, whole, plain);
	free(whole);
	if (length <= LINK_MAX)
		return link;
	free(link);
	return NULL;
}

char *
link_of_url(const char *url)
{
	char *redacted, *link;
	bool whole;

	if (strncasecmp(url, "http://", 7) != 0 &&
	    strncasecmp(url, "https://", 8) != 0)
		return NULL;
	redacted = text_redacted(url);
	whole = strcmp(redacted, url) == 0;
	free(redacted);
	if (!whole || strlen(url) > LINK_MAX)
		return NULL;
	link = memory_resize(NULL, 3 * strlen(url) + 1, 1);
	if (link_put(link, 0, url, NULL) <= LINK_MAX)
		return link;
	free(link);
	return NULL;
}
