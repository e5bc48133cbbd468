/* SPDX-License-Identifier: MIT
 *
 * One connection of an item: a request, the check of its answer, its bytes to
 * the part file. Owned by a transfer.
 */
#ifndef HAUL_ENGINE_STREAM_H
#define HAUL_ENGINE_STREAM_H

#include "engine/base/failure.h"
#include "engine/base/options.h"
#include "engine/disk/blocks.h"
#include "engine/net/ftp.h"
#include "engine/net/net.h"
#include "engine/net/response.h"
#include "parts.h"

struct host;
struct transfer;

enum stream_role {
	STREAM_LOOK,                    /* HEAD */
	STREAM_FIRST,                   /* its answer decides about the file */
	STREAM_PART,                    /* one more connection for a part */
	STREAM_PROOF,                   /* bytes that are here, to compare */
};

enum stream_phase {
	STREAM_ASKED,                   /* no decision yet */
	STREAM_TAKING,                  /* bytes go to the part file */
	STREAM_SPILLING,                /* the body is of no use */
};

/* Why a stream was ended from inside, where curl only says "write error". */
enum stream_verdict {
	STREAM_GOES_ON,
	STREAM_REACHED_END,             /* of its part: as wanted */
	STREAM_REDIRECTED,
	STREAM_NOT_NEEDED,              /* the item ends or is kept as is */
	STREAM_SUPERFLUOUS,             /* others brought its part already */
	STREAM_AGAIN,                   /* ask again at once, differently */
	STREAM_FAILED,                  /* failure says why */
};

/* A speed that can be read: over some seconds, unlike rate_bps. */
struct stream_speed {
	double mark_s;                  /* of the last look; 0: none yet */
	int64_t mark_bytes;
	double bps;
};

struct stream {
	struct stream *next;
	struct transfer *transfer;
	struct net_request *request;
	struct host *host;
	char *url;                      /* asked now, after redirects */
	struct curl_slist *headers;     /* FTP: the commands before RETR */
	struct response response;
	struct ftp_replies replies;
	struct failure failure;
	enum stream_role role;
	enum stream_phase phase;
	enum stream_verdict verdict;
	unsigned redirects;
	bool far;                       /* on another machine */
	struct options_pair options;    /* of its item, and of the host that it
	                                   asks */
	bool trusted;                   /* the origin that the user named:
	                                   only it gets the user's headers and
	                                   password */
	bool http;                      /* HTTP is spoken: also with a proxy
	                                   that fetches from an FTP server */
	bool ftps;
	bool without_v6;                /* its host's IPv6 is avoided */
	bool ranged;                    /* Range was sent (FTP: REST) */
	bool if_range;                  /* with If-Range */
	struct part part;
	struct blocks_run run;          /* of its bytes, for their sums */
	int64_t asked_end;              /* end of the request's range; the
	                                   part's end may come earlier */
	int64_t skip;                   /* bytes before the part's start that
	                                   the answer repeats */
	int64_t overlap;                /* of those, asked for */
	struct haul_range compare;      /* of those, still to be compared */
	size_t header_bytes, spilled;
	int64_t fetched;                /* body bytes of this request */
	int64_t started_us;
	struct {                        /* once it has been answered */
		char ip[48];            /* "" unknown */
		uint16_t port;
		uint8_t http_version;   /* 10, 11; 0 unknown or FTP */
		int32_t connect_ms, tls_ms;     /* -1 unknown, none */
	} peer;
	const char *doubt;              /* why it may be dead, or NULL */
	int64_t doubted_ms;             /* since then, unless it is heard; */
	int64_t doubt_ends_ms;          /* until then */
	int64_t heard_ms;               /* last byte, header or connection */
	unsigned heard_opening;         /* of the rate limit, last byte */
	int64_t sample_bytes;           /* for rate_bps */
	double sample_s;
	double rate_bps;
	struct stream_speed shown;      /* of `fetched`, for people */
};

/* Asks for the part (end INT64_MAX: all there is). The first part of a file
 * goes without a Range unless start > 0. NULL: libcurl refused. url NULL: the
 * transfer's current one. */
struct stream *stream_start(struct transfer *, enum stream_role,
    const struct part *, const char *url);

/* Whether it is to be nudged, every few milliseconds. */
bool stream_is_deaf(const struct stream *);
void stream_nudge(struct stream *);

/* Ends it in whatever state; frees. */
void stream_free(struct stream *);

/* After the request ended: the part is all there. */
bool stream_is_whole(const struct stream *);

/* Settles what a request ended with: fills verdict and failure. */
void stream_conclude(struct stream *, CURLcode);

/* Whether somebody was there: took a connection made for it, or said
 * anything. */
bool stream_reached_host(const struct stream *);

/* It failed, maybe by the address that it was sent to: other requests of the
 * host will not go there. True: this one had no other, and is to go there. */
bool stream_blame_address(const struct stream *);

/* The absolute URL of a redirect that may be followed, malloc()ed; NULL with
 * failure set if not. */
char *stream_redirect_url(struct stream *);

/* "192.0.2.7:443", "[::1]:80", or "". */
void stream_address(const struct stream *, char *text, size_t size);

/* Whether it is doubted, and has not been heard since. */
bool stream_is_doubted(const struct stream *);

/* Refreshes rate_bps; call some times a second. */
void stream_sample(struct stream *, double now_s);

#endif
