/* SPDX-License-Identifier: MIT
 *
 * What stream.c (a request of HTTP, and what is common) and stream-ftp.c (of
 * FTP and SFTP) share.
 */
#ifndef HAUL_ENGINE_STREAM_INTERNAL_H
#define HAUL_ENGINE_STREAM_INTERNAL_H

#include "stream.h"

/* ---- stream.c ---- */

/* One more line for stream->headers; copied. */
void stream_add_header(struct stream *, const char *);

/* Who answers, and how the connection came about. */
void stream_note_peer(struct stream *);

/* ---- stream-ftp.c ---- */

void stream_set_ftp(struct stream *);

/* A line of a reply. */
void stream_on_reply(struct stream *, const char *, size_t);

/* A proxy speaks HTTP where FTP was expected. */
void stream_meet_proxy(struct stream *);

/* What stream_judge() is for HTTP: before the first byte of the data, or in
 * place of it. False: end it now. */
bool stream_judge_ftp(struct stream *);

/* Whether a reply ended it; the failure is set then. */
bool stream_refuse_reply(struct stream *, CURLcode, long reply);

/* Whether SIZE says of a file that is gone on with that it is another. */
bool stream_is_other_size(const struct stream *, CURLcode);

#endif
