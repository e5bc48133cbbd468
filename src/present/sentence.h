/* SPDX-License-Identifier: MIT
 *
 * What the engine says in codes, as sentences for a person: causes and
 * advice, complaints about arguments, notes. Translated; every sentence is one
 * text, none is glued together. Flags are those of text_safe(): TEXT_ASCII for
 * what came from elsewhere. Pure, but for the locale.
 */
#ifndef HAUL_PRESENT_SENTENCE_H
#define HAUL_PRESENT_SENTENCE_H

#include "haul.h"

#define SENTENCE_SIZE 768

/* "2 failed" behind "5 files left": "5 files left, 2 failed"; up to
 * SENTENCE_SIZE. The first of a list has nothing before it. */
void sentence_add(char *out, size_t size, const char *more);

/* "HTTP 404 Not Found", "No connection: Connection refused". The message is
 * the engine's, or NULL. */
void sentence_cause(char *out, size_t size, enum haul_cause, int http_status,
    const char *message, unsigned flags);

/* The same without the message, to count equal ones under one heading. */
void sentence_heading(char *out, size_t size, enum haul_cause,
    int http_status);

/* What a row that is queued or waits for another try waits for, if not for a
 * time: "waits for its host, which takes 2 connections at present"; else "". */
void sentence_wait_for(char *out, size_t size, const struct haul_row *);

/* Why a waiting row waits, and for what, in the words for which so many cells
 * suffice: "HTTP 503, try 3 of 6 in 8 s", "HTTP 503, in 8 s", "in 8 s". */
void sentence_wait(char *out, size_t size, const struct haul_row *,
    int width);

/* What a person can do about it. */
const char *sentence_advice(enum haul_cause, int http_status);

/* The same, of an item that failed: by its protocol and its CURLcode, too. The
 * text stays, so that pointers can be compared. */
const char *sentence_item_advice(const struct haul_item *);

/* The heading of a cause and what to do about it: "HTTP 404 Not Found. The file
 * is not there. Check the URL." */
void sentence_help(char *out, size_t size, enum haul_cause, int http_status,
    const char *advice);

/* What is wrong with an argument. `where` says how the user named it:
 * "--max-conn", "HAUL_MAX_CONN", "list.txt:12". */
void sentence_complaint(char *out, size_t size, const char *where,
    const struct haul_error *, unsigned flags);

const char *sentence_note(enum haul_note);

/* "Not Found"; NULL if the status has no name. */
const char *sentence_status(int http_status);

#endif
