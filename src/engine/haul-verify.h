/* SPDX-License-Identifier: MIT
 *
 * What haul_store_verify() knows of a file, for whoever repairs it.
 */
#ifndef HAUL_ENGINE_HAUL_VERIFY_H
#define HAUL_ENGINE_HAUL_VERIFY_H

#include "engine/disk/check.h"
#include "engine/store/store.h"

/* A file and its newest record; without one url is NULL. Owns its texts. */
struct verify_entry {
	struct verify_entry *next;      /* of those to be told */
	char *path;
	uint64_t run, seq;
	unsigned flags;                 /* STORE_... */
	int64_t size, started_ms, ended_ms;
	char *url, *etag, *last_modified;
	char *options, *run_options, *needs;
	unsigned char *sums;
	size_t sums_size;
	struct digest digest;
	bool has_digest, checked;
	struct check_result result;
};

/* What haul_verify's told() gets stands in one of these. */
struct verify_told {
	struct haul_checked checked;
	const struct verify_entry *entry;
};

#endif
