/* SPDX-License-Identifier: MIT
 *
 * CRC-32C (Castagnoli) of pieces that come in any order: begins with 0 and is
 * not inverted at the end, so that the sum of a whole is the exclusive or of
 * its pieces' sums, each shifted by as many bytes as follow it.
 */
#ifndef HAUL_ENGINE_CRC32C_H
#define HAUL_ENGINE_CRC32C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What it is taken by; each adds up to the same. */
enum crc32c_way {
	CRC32C_BY_TABLE,                /* any processor: 0.3 GB/s */
	CRC32C_BY_FAST,                 /* one with the instruction: 30 */
	CRC32C_BY_WIDE,                 /* and a wide multiplication: 65 */
};

/* Of this processor. */
enum crc32c_way crc32c_best_way(void);
bool crc32c_is_fast(void);              /* not by a table */

/* The sum of what `crc` is the sum of, with those bytes behind it. */
uint32_t crc32c_add(uint32_t crc, const void *bytes, size_t length);

/* The same by a way that this processor has, for a test. */
uint32_t crc32c_add_by(enum crc32c_way, uint32_t crc, const void *bytes,
    size_t length);

/* With so many zero bytes behind it. */
uint32_t crc32c_shift(uint32_t crc, int64_t zeros);

#endif
