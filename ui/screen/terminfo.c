/* SPDX-License-Identifier: MIT
 *
 * See terminfo.h.
 */
#include "config.h"

#include "terminfo.h"

#include <curses.h>
#include <term.h>

/* newterm() would say so as well, and leak what it had made by then. */
bool
terminfo_knows(int fd)
{
	int why;

	if (setupterm(NULL, fd, &why) != OK)
		return false;
	(void)del_curterm(cur_term);
	return true;
}

bool
terminfo_look(int fd, int *colours, bool *moves)
{
	int why;

	if (setupterm(NULL, fd, &why) != OK)
		return false;
	*colours = tigetnum("colors");
	*moves = terminfo_string("cup") != NULL;
	(void)del_curterm(cur_term);
	return true;
}

const char *
terminfo_version(void)
{
	return curses_version();
}

const char *
terminfo_string(const char *name)
{
	const char *value = tigetstr(name);

	return value == (const char *)-1 ? NULL : value;
}

bool
terminfo_has_number(const char *name)
{
	return tigetnum(name) >= 0;
}
