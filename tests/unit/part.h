/* SPDX-License-Identifier: MIT
 *
 * A part file in a directory of its own, for the tests of partfile.c. What is
 * said to be expected is asserted.
 */
#ifndef HAUL_TESTS_PART_H
#define HAUL_TESTS_PART_H

#include "engine/disk/partfile.h"

#define TOTAL 1000                      /* bytes, of the whole file */

/* Of the running test. */
extern struct folder *folder;           /* the current directory, empty */
extern struct partfile part;            /* closed */
extern bool set_aside;                  /* by the last create() or make_x() */

extern char own_url[];
extern const struct record owner;       /* of own_url, TOTAL bytes */

/* cmocka's fixtures. */
int part_setup(void **state);
int part_teardown(void **state);

/* ---- files ---- */

bool exists(const char *name);          /* links that lead nowhere do */
void put_file(const char *name, const char *bytes, size_t length);
void put_text(const char *name, const char *text);
void expect_file(const char *name, const char *text);
size_t count_entries(void);

/* ---- the part ---- */

void create(const char *name, bool small);
int make_x(void);                       /* errno of making a part "x" */
void put_bytes(const char *text, int64_t offset);

/* A record of own_url, with an ETag, that claims start to end; to be
 * released. checkpoint() saves one. */
void fill_record(struct record *, int64_t start, int64_t end);
void checkpoint(int64_t start, int64_t end);

/* A part "x" with the first ten bytes and their record, closed. */
void leave_part(void);

/* x.part is there, is of own_url, and nothing of it is claimed. */
void expect_marker(int64_t total);

/* What opening the part "x" again comes to. */
void expect_old(int error, enum record_verdict);

#endif
