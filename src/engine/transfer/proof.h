/* SPDX-License-Identifier: MIT
 *
 * Sameness by overlap. A file that several servers hand out has another ETag
 * on each, though size, date and bytes are the same. Then bytes that are here
 * are fetched once more and compared; only an answer that repeated them
 * rightly, or whose ETag such an answer had, may go on with them.
 */
#ifndef HAUL_ENGINE_PROOF_H
#define HAUL_ENGINE_PROOF_H

#include "transfer.h"

/* The answer differs by its ETag alone, size and date agree; or it has
 * neither ETag nor date, and the size agrees. */
bool proof_may_help(const struct transfer *, const struct response *,
    int64_t total);

/* Whether that ETag was proven to be of these bytes. */
bool proof_knows(const struct transfer *, const char *etag);

/* An answer to resume left a doubt: from now on requests overlap with what is
 * here. False: too little is here to be compared. */
bool proof_begin(struct transfer *);

/* A further connection's answer left one: its ETag has to be proven. */
void proof_wonder(struct transfer *, const char *etag);

/* Bytes before the part that its request shall repeat; 0: none. */
int64_t proof_overlap(const struct transfer *, enum stream_role,
    const struct part *, bool http);

/* Whether a part waits for a proof: no further connections now. */
bool proof_is_pending(const struct transfer *);

/* Where the next comparison is to be asked for, as an empty part at its end;
 * false: none is due. */
bool proof_next(struct transfer *, struct part *);

/* A comparison ended well. */
void proof_done(struct transfer *, const struct stream *);

/* Repeated bytes against the part file's, from that position on. False: they
 * differ, or cannot be read. */
bool proof_compare(struct stream *, const char *bytes, size_t length,
    int64_t position);

void proof_release(struct transfer *);

#endif
