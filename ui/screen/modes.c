/* SPDX-License-Identifier: MIT
 *
 * Terminals by name. Terminfo knows little of what came after the nineties,
 * so families are told by the beginning of TERM.
 */
#include "config.h"

#include "modes.h"

#include <stdlib.h>
#include <string.h>

#include "present/memory.h"

static bool
modes_begins(const char *text, const char *const *starts)
{
	for (; *starts != NULL; starts++)
		if (strncmp(text, *starts, strlen(*starts)) == 0)
			return true;
	return false;
}

static bool
modes_is_xterm(const char *term)
{
	static const char *const starts[] = {
		"xterm", "tmux", "rxvt", "alacritty", "foot", "kitty",
		"wezterm", "ghostty", "gnome", "vte", "konsole", "st-",
		"contour", "mintty", "iterm", NULL
	};

	return modes_begins(term, starts) || strcmp(term, "st") == 0;
}

bool
modes_is_plain(const char *term)
{
	static const char *const starts[] = { "vt", "dumb", NULL };

	return strcmp(term, "linux") == 0 || modes_begins(term, starts);
}

static bool
modes_is_set(modes_get_fn get, const char *name)
{
	const char *value = get(name);

	return value != NULL && *value != '\0';
}

/* Old kittys show OSC 9 as a notification, so only those are believed that
 * say who they are. */
static bool
modes_has_progress(const char *term, modes_get_fn get)
{
	static const char *const programs[] = {
		"ghostty", "WezTerm", "iTerm.app", NULL
	};
	static const char *const multiplexers[] = { "tmux", "screen", NULL };
	const char *program = get("TERM_PROGRAM");
	const char *vte = get("VTE_VERSION");

	if (modes_is_set(get, "TMUX") || modes_is_set(get, "STY") ||
	    modes_begins(term, multiplexers))
		return false;
	return modes_is_set(get, "WT_SESSION") ||
	    modes_is_set(get, "ConEmuANSI") ||
	    modes_is_set(get, "KONSOLE_VERSION") ||
	    (program != NULL && modes_begins(program, programs)) ||
	    (vte != NULL && strtol(vte, NULL, 10) >= 7900);
}

void
modes_of(struct modes *modes, const char *term, modes_get_fn get)
{
	modes->xterm = modes_is_xterm(term);
	modes->title = modes->xterm;
	modes->progress = modes_has_progress(term, get);
	modes->clipboard = modes->xterm || modes_is_set(get, "TMUX");
}

/* Three bytes (fewer at the end) as four digits. */
static void
modes_encode(char *out, const unsigned char *bytes, size_t length)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned bits = (unsigned)bytes[0] << 16;

	if (length > 1)
		bits |= (unsigned)bytes[1] << 8;
	if (length > 2)
		bits |= bytes[2];
	out[0] = digits[bits >> 18 & 63];
	out[1] = digits[bits >> 12 & 63];
	out[2] = length > 1 ? digits[bits >> 6 & 63] : '=';
	out[3] = length > 2 ? digits[bits & 63] : '=';
}

char *
modes_copy(const char *text, size_t length)
{
	static const char start[] = "\033]52;c;";
	size_t i, at = sizeof start - 1;
	char *out;

	if (length > MODES_COPY_MAX)
		return NULL;
	out = memory_resize(NULL, at + (length + 2) / 3 * 4 + 2, 1);
	memcpy(out, start, at);
	for (i = 0; i < length; i += 3, at += 4)
		modes_encode(out + at, (const unsigned char *)text + i,
		    length - i);
	out[at++] = '\a';
	out[at] = '\0';
	return out;
}
