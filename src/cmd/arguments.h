/* SPDX-License-Identifier: MIT
 *
 * The command line: options into settings, the rest are URLs.
 */
#ifndef HAUL_CMD_ARGUMENTS_H
#define HAUL_CMD_ARGUMENTS_H

#include <stdio.h>

#include "cmd/conf/settings.h"

struct arguments {
	char **urls;            /* the program's own argv, reordered */
	size_t url_count;
	char *out_dir;          /* of --out, if it has folders; else NULL */
	char *out_name;         /* of --out; else NULL */
};

/* Reads argv. False if something is wrong, with a sentence that names the
 * option, the value and what would be right in `why`. --help, --version,
 * --show-config and --doctor are left to the caller, and then no URL is asked
 * for. */
bool arguments_read(struct arguments *, struct settings *, int argc,
    char **argv, char *why, size_t why_size);

/* The options alone, and whether they can be together is not asked. */
bool arguments_scan(struct settings *, int argc, char **argv, char *why,
    size_t why_size);
void arguments_release(struct arguments *);

/* The sentence that there is no URL, and, if not NULL, why no screen either
 * that could be asked for one. */
void arguments_lack_url(char *why, size_t size, const char *no_screen);

/* Prints the help, 80 columns at most, from the table. */
void arguments_help(FILE *);

#endif
