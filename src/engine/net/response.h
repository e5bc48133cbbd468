/* SPDX-License-Identifier: MIT
 *
 * Header lines of an HTTP answer to facts (RFC 9110). Pure. Every byte comes
 * from the server: all that is kept is bounded, and what cannot be read is as
 * if it were not there.
 */
#ifndef HAUL_ENGINE_RESPONSE_H
#define HAUL_ENGINE_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RESPONSE_VALUE_MAX 8192         /* longest header value kept */
#define RESPONSE_DATE_SIZE 32           /* of any form, with its 0 */

struct response_header;

struct response {
	int status;                     /* of the latest status line, or 0 */
	bool complete;                  /* the blank line of a final answer
	                                   (not 1xx) has been seen */
	int64_t length;                 /* Content-Length, -1 if none or
	                                   contradictory */
	bool chunked;                   /* Transfer-Encoding ends in chunked */
	bool transfer_coded;            /* by another coding than chunked: its
	                                   length is not the file's */
	bool accepts_ranges;            /* Accept-Ranges has "bytes" */
	bool encoded;                   /* Content-Encoding is not identity */
	bool has_range;                 /* a readable Content-Range: bytes */
	bool range_unsatisfied;         /* it is "bytes" with a star (416);
	                                   start and end are then -1 */
	int64_t range_start;            /* first byte */
	int64_t range_end;              /* one past the last byte */
	int64_t range_total;            /* -1 for "*" */
	int64_t date;                   /* Date of an answer that is not a
	                                   success, epoch seconds; or -1 */
	char date_text[RESPONSE_DATE_SIZE];     /* of a success, not read
	                                           yet; or "" */
	int64_t retry_after_date;       /* Retry-After as a date, or -1 */
	int64_t retry_after_s;          /* Retry-After in seconds, or -1 */
	char server[48];                /* Server, cut; or "" */
	char *etag;                     /* with its quotes and W/; or NULL */
	char *last_modified;            /* text as sent, or NULL */
	char *content_type;
	char *content_disposition;
	char *repr_digest;              /* RFC 9530; lists joined by ", " */
	char *content_digest;
	char *digest;                   /* RFC 3230, legacy */
	char *reason;                   /* phrase of the status line; or NULL */

	/* For response.c alone. */
	const struct response_header *latest;   /* a folded line goes on with
	                                           it; or NULL */
	bool length_seen;               /* so that a contradiction stays one */
	bool range_seen;
};

/* `= {0}` is not a valid empty response: lengths are -1. */
void response_init(struct response *);
void response_release(struct response *);

/* Takes one header line as libcurl hands it out, with or without its line
 * end. A status line ("HTTP/1.1 206 Partial Content") forgets all that was
 * known before: 1xx and authentication rounds leave nothing behind. The blank
 * line after a final status sets complete; of the trailers that may come after
 * it only the digests are taken. */
void response_line(struct response *, const char *line, size_t length);

/* Whether a Content-Length came that cannot be believed: unreadable, or two
 * that differ (RFC 9110 8.6: the answer is invalid). */
bool response_length_is_bad(const struct response *);

/* Whether the ETag can prove that bytes are the same (strong; RFC 9110
 * 8.8.1). */
bool response_etag_is_strong(const char *etag);

/* Whether Last-Modified (or NULL) can prove it, as far as Date (or "") tells:
 * the file did not change in the minute before the answer (RFC 9110
 * 8.8.2.2). */
bool response_modified_is_strong(const char *modified, const char *date);

/* Milliseconds to wait by Retry-After, 0 if it asks for none; a date counts
 * from the answer's own Date, or from now if there is none; never negative,
 * never over a day. */
int64_t response_retry_after_ms(const struct response *, int64_t now_s);

#endif
