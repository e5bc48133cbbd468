/* SPDX-License-Identifier: MIT
 *
 * Which bytes the next connection of a file shall fetch, and how many
 * connections a file is worth. Pure: no clock, no I/O.
 */
#ifndef HAUL_ENGINE_PARTS_H
#define HAUL_ENGINE_PARTS_H

#include "engine/base/ranges.h"

/* ---- what to fetch next ---- */

/* The part a running connection works on. */
struct part {
	int64_t start, pos, end;        /* [start, pos) arrived, [pos, end) to
	                                   come; end may be cut by a thief */
};

struct parts_runner {
	struct part part;
	double rate_bps;                /* of late; 0 unknown or standing */
	double silent_s;                /* since its last byte */
};

enum parts_move {
	PARTS_NONE,                     /* nothing worth a connection */
	PARTS_FREE,                     /* range belongs to nobody */
	PARTS_SPLIT,                    /* range is the victim's far end: cut
	                                   the victim at range.start */
	PARTS_TAKE_OVER,                /* range is all that the victim has
	                                   left: end the victim */
};

struct parts_plan {
	enum parts_move move;
	size_t victim;                  /* index of the runner */
	struct haul_range range;
};

struct parts_policy {
	int64_t min_bytes;              /* smallest piece to hand out */
	double setup_s;                 /* until a new request brings bytes */
	double rate_bps;                /* what the new one may reach, 0 if
	                                   it is unknown */
};

/* Chooses for one more (or a newly idle) connection. Free bytes first; else
 * the part that will end last is divided in proportion to what both can do,
 * so that both end together; what a crawling connection has left is taken
 * over whole where that is sooner (FAILURES 32). total is the file's size;
 * here what has arrived. */
struct parts_plan parts_plan(const struct ranges *here, int64_t total,
    const struct parts_runner *, size_t count, const struct parts_policy *);

/* ---- how many connections ---- */

/* The controller of one file: starts with one connection, adds while that
 * raises the file's throughput, gives back what did not help. */
struct splitter {
	enum {
		SPLITTER_WARM,          /* the first connection's first bytes */
		SPLITTER_JUDGE,         /* some were added: did it help? */
		SPLITTER_HOLD,          /* it did not; try again later */
		SPLITTER_FULL,          /* at the limit */
	} phase;
	int target;                     /* connections wanted now */
	int base_count;                 /* before the last step */
	double base_rate;               /* bytes a second, before it */
	double mark_s;                  /* when the present window began */
	int64_t mark_bytes;             /* fetched by then */
	double mark_idle_s;             /* engine's idle time by then */
	double step_s;                  /* when the last step was taken */
	double hold_s;                  /* length of the next pause */
	bool counting;                  /* window runs: all have begun */
};

struct splitter_view {
	double now_s;
	double idle_s;                  /* the engine's, summed up: time it
	                                   waited with nothing to do */
	int64_t fetched_bytes;          /* of this file, by all connections */
	int64_t left_bytes;
	int running;                    /* connections that bring bytes */
	int max;                        /* allowed now, >= 1 */
	double slowest_share;           /* slowest running connection's rate
	                                   over the mean of the others; 1 if
	                                   alone */
	double setup_s;                 /* seen for a request's first byte */
};

void splitter_init(struct splitter *, const struct splitter_view *);

/* How many connections the file shall have now. Call every 5 to 100 ms. */
int splitter_step(struct splitter *, const struct splitter_view *);

#endif
