/* SPDX-License-Identifier: MIT
 *
 * Sums of a file's blocks, taken while its bytes come, in any order and over
 * any number of connections (doc/verify.md). A block whose bytes did not all
 * come by here just once is read back in the end.
 *
 * Blocks have 1 MiB, or the power of two that makes 4096 of them at most.
 */
#ifndef HAUL_ENGINE_BLOCKS_H
#define HAUL_ENGINE_BLOCKS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/ranges.h"

#define BLOCKS_MAX 4096

/* `= {0}` is an empty one: nothing is known yet. Not to be copied. */
struct blocks {
	int64_t total;                  /* bytes of the file; 0: empty */
	int shift;                      /* a block has 1 << shift bytes */
	size_t count;
	uint32_t *sums;                 /* CRC-32C, see crc32c.h; owned, or
	                                   &one */
	uint32_t one;                   /* most files have no more */
	unsigned char *spoiled;         /* owned; one a block, or NULL */
	struct ranges taken;            /* what the sums are of ... */
	bool whole;                     /* ... unless they are of all */
};

/* Bytes that come one behind the other, up to a block's end. */
struct blocks_run {
	int64_t start, end;             /* none if they are the same */
	uint32_t sum;
};

/* Begins with a file of that many bytes (> 0). */
void blocks_begin(struct blocks *, int64_t total);
void blocks_release(struct blocks *);

/* Takes bytes of the file. */
void blocks_take(struct blocks *, struct blocks_run *, const char *bytes,
    size_t length, int64_t offset);

/* The run's bytes are part of the file; it is empty then. */
void blocks_end_run(struct blocks *, struct blocks_run *);

/* The bytes of a block. */
struct haul_range blocks_range(const struct blocks *, size_t block);

/* Whether all of a block has come by; of all blocks. */
bool blocks_has(const struct blocks *, size_t block);
bool blocks_is_complete(const struct blocks *);

/* Sums what has not come by from the file itself. 0, or an errno: ECANCELED,
 * EIO if the file is shorter. */
int blocks_read_rest(struct blocks *, int fd, const atomic_bool *cancel);

/* The bytes that stand in the store and, as hexadecimal digits, in a control
 * record; malloc()ed. Only of a complete one. */
unsigned char *blocks_encode(const struct blocks *, size_t *size);
char *blocks_format(const struct blocks *);

/* Reads them back, for a file of total bytes; false: they are not that. */
bool blocks_decode(struct blocks *, const unsigned char *bytes, size_t size,
    int64_t total);
bool blocks_parse(struct blocks *, const char *text, int64_t total);

#endif
