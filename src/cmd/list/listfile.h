/* SPDX-License-Identifier: MIT
 *
 * Lists of URLs. One item a line; further URLs of the same bytes may follow
 * on it, each after a tab (at most 256 are kept). Options of the item follow
 * on indented lines, name=value: out, dir, and every option that one file can
 * have; header and checksum may be repeated. Empty lines and those that begin
 * with '#' are comments. CRLF, a byte order mark and blanks around a line are
 * no matter.
 *
 * The text is pushed in as it comes, so a list may be a pipe that never ends.
 * Memory does not grow with the list.
 */
#ifndef HAUL_CMD_LISTFILE_H
#define HAUL_CMD_LISTFILE_H

#include "haul.h"

#define LISTFILE_LINE_MAX 65536

struct listfile;

/* Takes one item; the strings are valid during the call. `line` is where its
 * URL stands. False ends the reading. */
typedef bool (*listfile_item_fn)(const struct haul_request *, size_t line,
    void *user);

/* Takes a complaint, a whole sentence that begins with "NAME:LINE:". The item
 * it belongs to is left out. False ends the reading. */
typedef bool (*listfile_error_fn)(const char *sentence, void *user);

/* A list may be another's work. One that is not `trusted` writes below the
 * directory of the run, to no hidden name, replaces nothing there, and does not
 * say how servers are proved or by which proxy they are reached. */
struct listfile *listfile_new(const char *name, bool trusted,
    listfile_item_fn, listfile_error_fn, void *user);
void listfile_free(struct listfile *);

/* False once a callback said false; no further call is made then. An item is
 * given when its last line is known: at the next one's URL, or the end. */
bool listfile_feed(struct listfile *, const char *bytes, size_t length);
bool listfile_end(struct listfile *);

/* Whether an item is in hand that lacks nothing but what may follow, and gives
 * it, for nothing more is to be expected. */
bool listfile_has_item(const struct listfile *);
void listfile_give(struct listfile *);

/* In the call that takes an item: a mark of its options (twice.h). */
uint64_t listfile_mark(const struct listfile *);

#endif
