/* SPDX-License-Identifier: MIT
 *
 * One run of the command: from settings to the exit status.
 */
#ifndef HAUL_CMD_RUN_H
#define HAUL_CMD_RUN_H

#include "cmd/arguments.h"
#include "cmd/conf/settings.h"

/* The exit statuses; 128 + n for a signal n. */
enum run_exit {
	RUN_EXIT_DONE = 0,
	RUN_EXIT_FAILED = 1,
	RUN_EXIT_USAGE = 2,
	RUN_EXIT_STOPPED = 3,
	RUN_EXIT_STORAGE = 4,
	RUN_EXIT_BUSY = 5,      /* another haul works on it */
	RUN_EXIT_TOO_MANY = 6,
	RUN_EXIT_INTERNAL = 70,
};

/* Fetches what the settings and arguments ask for and tells about it. Blocks
 * SIGINT, SIGTERM, SIGHUP, SIGWINCH and SIGCONT from here on; to be called
 * before there is a second thread. */
int run_command(const struct settings *, const struct arguments *);

#endif
