/* SPDX-License-Identifier: MIT
 *
 * One line of the dialog "Add URLs", taken apart: a URL, further URLs of the
 * same bytes, checksums; or "@file", a list file. Pure.
 */
#ifndef HAUL_UI_ADD_LINE_H
#define HAUL_UI_ADD_LINE_H

#include "haul.h"

#define ADD_MIRRORS     16
#define ADD_CHECKSUMS   8
#define ADD_WHY         96

enum add_kind {
	ADD_NOTHING,            /* empty, or a comment (#) */
	ADD_URL,
	ADD_FILE,               /* url is the file's name */
	ADD_BAD,                /* see why */
};

struct add_line {
	enum add_kind kind;
	char *text;                     /* what the strings below are in */
	const char *url;
	const char *mirrors[ADD_MIRRORS];
	size_t mirror_count;
	const char *checksums[ADD_CHECKSUMS];   /* "sha256=9f86..." */
	size_t checksum_count;
	char why[ADD_WHY];              /* a few words, translated, raw */
};

void add_line_parse(struct add_line *, const char *text);
void add_line_release(struct add_line *);

/* Finds URLs that stand in several lines: first[i] is the earliest line with
 * that of line i, which is i where it is none of them or NULL. */
void add_line_find_twice(const char *const *lines, size_t count,
    size_t *first);

/* Few words for what the engine says of it; the value is raw. */
void add_line_complain(char *why, size_t size, const struct haul_error *);

#endif
