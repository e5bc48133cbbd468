/* SPDX-License-Identifier: MIT
 *
 * What transfer.c (the attempt: its beginning, turn and end) and
 * transfer-streams.c (its requests) share.
 */
#ifndef HAUL_ENGINE_TRANSFER_INTERNAL_H
#define HAUL_ENGINE_TRANSFER_INTERNAL_H

#include "transfer.h"

/* ---- transfer.c ---- */

void transfer_emit(struct transfer *, enum haul_event_kind, enum haul_note);

/* Tells START, once. */
void transfer_tell_start(struct transfer *);

/* Whether the size is known and every byte is here. */
bool transfer_is_whole(const struct transfer *);

/* Whether the server refused a range of it: the next request has none. */
bool transfer_is_plain_only(const struct transfer *);

/* The one request that stands alone: a comparison that is due, else all or
 * the first gap. The transfer may be over or FINISHING afterwards. */
void transfer_ask_first(struct transfer *);

/* ---- transfer-streams.c ---- */

/* One more request, for that part; url NULL: the transfer's own. False: the
 * failure is set. */
bool transfer_start_stream(struct transfer *, enum stream_role,
    const struct part *, const char *url, unsigned redirects);

/* Ends all and keeps what they brought. */
void transfer_drop_streams(struct transfer *);

/* Whether one more connection to that host may be opened. */
bool transfer_has_room(const struct transfer *, const char *url);

/* The request that waited for room (transfer->later), if there is some. */
void transfer_try_later(struct transfer *);

#endif
