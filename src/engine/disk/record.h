/* SPDX-License-Identifier: MIT
 *
 * The control record NAME.part.haul as text: which bytes of NAME.part are on
 * the disk, and of what object they are. Pure;
 * partfile-record.c does the I/O.
 *
 *     haul-part 1
 *     url https://example.org/a.fits
 *     total 12345678
 *     etag "abc"
 *     last-modified Wed, 08 May 2024 00:12:00 GMT
 *     sums 0114...
 *     range 0-4194304
 *     range 8388608-9000000
 *     crc 1a2b3c4d
 *
 * Ranges are half-open. The last line is the CRC-32 (IEEE 802.3, as in zlib)
 * of all bytes before it. Values hold no control bytes (percent-escaped in
 * the URL, dropped records otherwise); unknown keys are passed over; another
 * version number means a newer haul wrote it.
 *
 * A marker is a record without ranges, and perhaps without a total: it says
 * whose NAME.part is, and claims nothing of it.
 *
 * A note is a record with a line "boot ID": its bytes were written, and not
 * synced, while that was the boot. It leaves out what a page has no room for.
 */
#ifndef HAUL_ENGINE_RECORD_H
#define HAUL_ENGINE_RECORD_H

#include "engine/base/ranges.h"

#define RECORD_SIZE_MAX (1024 * 1024)   /* a larger one is not ours */
#define RECORD_NOTE_SIZE 4096

struct record {
	char *url;                      /* as requested; no user, password */
	int64_t total;                  /* bytes; 0 unknown: no ranges then */
	char *etag;                     /* strong only, or NULL */
	char *last_modified;            /* or NULL */
	char *sums;                     /* of a file that is being repaired:
	                                   what its blocks must have
	                                   (blocks.h); or NULL */
	char *boot;                     /* of a note (boot.h), or NULL */
	struct ranges here;             /* within [0, total) */
};

enum record_verdict {
	RECORD_OK,
	RECORD_EMPTY,                   /* no bytes at all */
	RECORD_FOREIGN,                 /* not a haul record */
	RECORD_NEWER,                   /* of a version not known here */
	RECORD_TORN,                    /* CRC or syntax wrong, cut short */
};

/* Whether it only says whose the part is. */
bool record_is_marker(const struct record *);

/* Whether it is of that URL, which has no secrets in it. */
bool record_is_of(const struct record *, const char *url);

/* Adds what the note claims; false if it is not of the same object. A marker
 * takes the note's validators. */
bool record_add_note(struct record *, const struct record *note);

void record_init(struct record *);
void record_release(struct record *);

/* malloc()ed text, *length without the final NUL. */
char *record_encode(const struct record *, size_t *length);

/* Fills *record only if the answer is RECORD_OK. Any bytes may come. */
enum record_verdict record_decode(const char *text, size_t length,
    struct record *);

#endif
