/* SPDX-License-Identifier: MIT
 *
 * Text from elsewhere, made fit to be shown. Nothing a server, a file system
 * or a list file says may reach a terminal or a log by another way. Pure.
 */
#ifndef HAUL_PRESENT_TEXT_H
#define HAUL_PRESENT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_ASCII      1u      /* '?' for each cell that is not ASCII */
#define TEXT_PAD        2u      /* blanks up to the width */
#define TEXT_CUT_END    4u      /* too long: cut the end, not the middle */
#define TEXT_PLAIN_CUT  32u     /* what is cut is marked by ASCII */

#define TEXT_UNIT_SIZE  16      /* a character with its marks, at most */

/* Bytes that text_safe() may need for so many cells, NUL included. */
#define TEXT_ROOM(cells) ((size_t)(cells) * TEXT_UNIT_SIZE + 1)

/* Copies bytes as at most `width` cells (negative: no limit), ended by NUL.
 * What is not valid UTF-8, cannot be seen, or acts on a terminal becomes '?';
 * runs of right-to-left letters are fenced by blanks, so that they cannot
 * reorder their neighbours. What is too long is cut in the middle (its ending
 * tells the file's kind), marked by an ellipsis. Stops before a character for
 * which `size` does not suffice. Returns the cells used. */
int text_safe(char *out, size_t size, const char *bytes, size_t length,
    int width, unsigned flags);

/* Cells of a text of our own, a translation say. */
int text_width(const char *text);

/* Bytes of the longest start of a text of ours that fits into `width` cells;
 * *cells, if not NULL, is what it takes. */
size_t text_fit(const char *text, int width, int *cells);

/* Bytes of the longest start of it that fits and can stand in a row of its
 * own: what follows is the end, a blank, or one of two wide characters that
 * may be parted, for what is written without blanks. 0 if there is none. */
size_t text_row(const char *text, int width);

/* Whether a character cannot be seen or does something to a terminal:
 * controls, formats (direction, joiners, tags), separators, private and
 * unassigned ones, fillers. */
bool text_is_unsafe(uint32_t code);

/* Reads one character, strictly. Returns its length in bytes, or 0 if what
 * stands there is not UTF-8. length must not be 0. */
size_t text_decode(const char *bytes, size_t length, uint32_t *code);

/* Copies bytes so that they can be read back exactly: C escapes for quotes,
 * backslash and all that text_safe() would replace; with TEXT_ASCII for all
 * that is not ASCII. Returns the length of the whole, without NUL, which is
 * cut before an escape for which `size` does not suffice. */
size_t text_escape(char *out, size_t size, const char *bytes, size_t length,
    unsigned flags);

/* Copies a URL without what must not be told: user and password, and the
 * values of signing parameters ("***" stands for each). Returns the length of
 * the whole, without NUL; cut if `size` does not suffice. */
size_t text_redact(char *out, size_t size, const char *url);

/* The same, whole, in memory that the caller frees. */
char *text_redacted(const char *url);

#endif
