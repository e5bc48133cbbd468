/* SPDX-License-Identifier: MIT
 *
 * What the database of terminals says of ours. Apart from term.c, for curses
 * has a header term.h and a struct term, too.
 */
#ifndef HAUL_UI_TERMINFO_H
#define HAUL_UI_TERMINFO_H

#include <stdbool.h>

/* Whether it has an entry for TERM; leaves nothing behind. */
bool terminfo_knows(int fd);

/* The same; what the entry says of colours (less than 1: none), and whether the
 * cursor can be moved. */
bool terminfo_look(int fd, int *colours, bool *moves);

/* "ncurses 6.4.20221231" */
const char *terminfo_version(void);

/* Of the terminal that curses has opened: a string, or NULL; whether it has
 * that number. */
const char *terminfo_string(const char *name);
bool terminfo_has_number(const char *name);

#endif
