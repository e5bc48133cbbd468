/* SPDX-License-Identifier: MIT
 *
 * One finished file against what was recorded of it (doc/verify.md). Blocks;
 * runs on any thread.
 */
#ifndef HAUL_ENGINE_CHECK_H
#define HAUL_ENGINE_CHECK_H

#include <stdatomic.h>

#include "blocks.h"
#include "engine/base/digest.h"

/* What was recorded. */
struct check_file {
	const char *path;
	int64_t size;                   /* -1 unknown */
	int64_t started_ms, ended_ms;   /* of its fetching */
	const unsigned char *sums;      /* or NULL */
	size_t sums_size;
	const struct digest *digest;    /* or NULL */
};

struct check_result {
	enum haul_check check;
	int64_t size;                   /* now; -1 not there */
	struct ranges bad;              /* blocks that differ, joined */
	bool digest_differs;
	int error;                      /* errno of UNREADABLE */
};

/* Adds what it reads to *read. False: cancelled, and there is no result;
 * else the ranges are to be released. */
bool check_run(const struct check_file *, struct check_result *,
    atomic_int_least64_t *read, const atomic_bool *cancel);

#endif
