/* SPDX-License-Identifier: MIT
 *
 * Failures counted by cause and host. Each update looks at a bounded number
 * of items, however many have failed: the counts shown are those of the last
 * time through, and the next time begins when something has changed.
 */
#ifndef HAUL_UI_GROUPS_H
#define HAUL_UI_GROUPS_H

#include "haul.h"

#define GROUPS_MAX      256     /* more kinds count as the last */
#define GROUPS_SLICE    2048    /* items looked at in one update */
#define GROUPS_WINDOW   128     /* rows copied at a time */

struct groups_row {
	enum haul_cause cause;
	int http_status;                /* of cause HTTP, else 0 */
	char host[HAUL_HOST_SIZE];      /* "" if the cause is the disk's */
	uint64_t count;
	haul_id sample;                 /* one of them */
};

struct groups;

struct groups *groups_new(struct haul *);
void groups_free(struct groups *);

/* Goes on counting; false if it has nothing more to do for now. */
bool groups_update(struct groups *, const struct haul_totals *,
    int64_t now_ms);

/* Whether the counts are not yet those of these totals: more updates are
 * wanted, though nothing may change meanwhile. */
bool groups_is_behind(const struct groups *, const struct haul_totals *);

/* The groups of the last time through, the largest first. */
size_t groups_count(const struct groups *);
const struct groups_row *groups_row(const struct groups *, size_t n);

/* The group of the same kind: its index, or groups_count(). */
size_t groups_find(const struct groups *, const struct groups_row *);

#endif
