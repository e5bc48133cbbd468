/* SPDX-License-Identifier: MIT
 *
 * What partfile.c (the file and its names) and partfile-record.c (the record
 * and the note beside it) share.
 */
#ifndef HAUL_ENGINE_PARTFILE_INTERNAL_H
#define HAUL_ENGINE_PARTFILE_INTERNAL_H

#include "partfile.h"

#define PARTFILE_NAME_MAX 256

/* ---- partfile.c ---- */

/* "NAME.part", "NAME.part.haul", ... */
const char *partfile_name(char buffer[PARTFILE_NAME_MAX], const char *name,
    const char *suffix);

/* Where others may make files, one of theirs would keep their hands on what
 * becomes of it. Who owns the directory has them on all that is in it. */
bool partfile_is_own(int fd, struct folder *);

/* Removes what has that suffix to the part's name. */
void partfile_unlink(const struct partfile *, const char *suffix);

/* ---- partfile-record.c ---- */

/* The record of that name; EMPTY: there is none. With OK the caller releases
 * it. */
enum record_verdict partfile_read_record(struct folder *, const char *name,
    struct record *);

/* No claim beyond the data, and no data beyond the file: nothing would cut
 * that off later. */
bool partfile_holds(int fd, const struct record *);

/* Adds what the note claims, if that still counts. */
void partfile_take_note(int fd, struct folder *, const char *name,
    struct record *);

/* Writes the record that claims nothing; EEXIST if one is there. Not synced:
 * a power cut that takes it leaves a part that will be set aside. */
int partfile_mark(struct folder *, const char *name,
    const struct record *marker);

#endif
