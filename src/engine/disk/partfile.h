/* SPDX-License-Identifier: MIT
 *
 * The file that bytes go to until it is whole: NAME.part with its control
 * record NAME.part.haul and its note NAME.part.haul+, or, for a small file that
 * is not worth resuming, one without a name (O_TMPFILE), of which a crash
 * leaves nothing.
 *
 * Functions return 0 or an errno. Those marked (blocks) belong on a disk
 * thread when the file is large.
 */
#ifndef HAUL_ENGINE_PARTFILE_H
#define HAUL_ENGINE_PARTFILE_H

#include "boot.h"
#include "folder.h"
#include "record.h"

struct partfile {
	struct folder *folder;          /* borrowed */
	char *name;                     /* the final name */
	int fd;                         /* -1: not open */
	bool anonymous;                 /* has no name yet */
	bool recorded;                  /* a record may claim bytes of it */
	bool noted;                     /* a note may be there */
	bool noteless;                  /* none can be written */
	bool unsound;                   /* its data could not be synced: they
	                                   may be lost, though a later sync
	                                   succeeds */
	int note_fd;                    /* -1: we have not written one */
	char boot[BOOT_SIZE];           /* with note_fd */
	char *owner;                    /* URL that its marker tells */
};

void partfile_init(struct partfile *);

/* Closes; what is on the disk stays. */
void partfile_close(struct partfile *);

/* Whether something stands under the name of its part. */
bool partfile_is_there(struct folder *, const char *name);

/* Opens what an earlier run left, and locks it. 0: it is open and *record is
 * its valid record (perhaps a marker), no claim beyond the data; what the
 * note claims is in it if that is of this boot. ENOENT:
 * nothing usable is there. EWOULDBLOCK: another process works on it. *verdict
 * tells why a record was refused. */
int partfile_open_old(struct partfile *, struct folder *, const char *name,
    struct record *, enum record_verdict *verdict);

/* Who works on the part of that name, in words; for EWOULDBLOCK. */
#define PARTFILE_HOLDER_SIZE 64
void partfile_tell_holder(struct folder *, const char *name,
    char text[PARTFILE_HOLDER_SIZE]);

/* Makes an empty one, locked, with a record that claims nothing: whose it is
 * stands on the disk before it does. Of the owner URL and total are used; a
 * user or password in the URL is not written. What is there already under
 * that name is emptied if its record is of that URL; else it may be anybody's
 * and is set aside, and *set_aside tells so. Small ones have no name where
 * the file system allows, and leave alone what is there. EWOULDBLOCK as
 * above. */
int partfile_create(struct partfile *, struct folder *, const char *name,
    bool small, const struct record *owner, bool *set_aside);

/* Empties an open one, whose record then claims nothing: other bytes will
 * come. */
int partfile_restart(struct partfile *);

/* Closes it and puts it aside with its record, as NAME.part.changed, until
 * another object is whole: partfile_finish() removes it. EEXIST: one is there
 * already. */
int partfile_put_aside(struct partfile *);
void partfile_drop_aside(const struct partfile *);

/* Makes the record claim nothing; the bytes stay. */
int partfile_disclaim(struct partfile *);

/* All of length at offset, through EINTR and short writes. */
int partfile_write(const struct partfile *, const char *bytes, size_t length,
    int64_t offset);

/* The same for reading; ENODATA if it ends before. */
int partfile_read(const struct partfile *, char *bytes, size_t length,
    int64_t offset);

/* (blocks) Data to the disk, then the record that claims it, replaced
 * atomically. The record must not claim bytes written after the call. */
int partfile_checkpoint(struct partfile *, const struct record *);

/* Notes what is written, but not synced: enough after a kill, nothing after
 * another boot. As cheap as one more write of data, and no error of the file's
 * if it fails. Takes the record, which must not claim bytes not written yet,
 * for its own: releases it. */
void partfile_note(struct partfile *, struct record *);

/* Removes the note: a record that claims as much is on the disk. */
void partfile_drop_note(struct partfile *);

/* (blocks) Data to the disk. Once that has failed it always does. */
int partfile_sync(struct partfile *);

/* After a sync that failed: nothing counts but what the record claims by
 * now. */
void partfile_distrust(struct partfile *);

/* Gives the whole file its final name, which may differ from the name it was
 * opened by; EEXIST if something stands there and replace is not set. The
 * record goes. */
int partfile_finish(struct partfile *, const char *final_name, bool replace);

/* Removes the record and the note of a file of that URL that has its name: a
 * crash came between its rename and their end. What has a part stays. */
void partfile_sweep(struct folder *, const char *name, const char *url);

/* Removes the part, its record and its note. */
void partfile_discard(struct partfile *);

#endif
