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

/* Whether this processor has it: some 30 GB/s then, else a hundredth. */
bool crc32c_is_fast(void);

/* The sum of what `crc` is the sum of, with those bytes behind it. */
uint32_t crc32c_add(uint32_t crc, const void *bytes, size_t length);

/* With so many zero bytes behind it. */
uint32_t crc32c_shift(uint32_t crc, int64_t zeros);

#endif
