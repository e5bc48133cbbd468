/* SPDX-License-Identifier: MIT
 *
 * CRC-32C by what x86 processors have for it; for crc32c.c alone.
 */
#ifndef HAUL_ENGINE_CRC32C_X86_H
#define HAUL_ENGINE_CRC32C_X86_H

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define CRC32C_X86 1

/* Needs SSE 4.2 and PCLMULQDQ. */
uint32_t crc32c_fast(uint32_t crc, const unsigned char *bytes,
    size_t length);

/* Twice as fast: needs AVX-512 (F, VL, DQ) and VPCLMULQDQ beside them. Of a
 * multiple of CRC32C_WIDE bytes, one at least. */
#define CRC32C_WIDE 256
uint32_t crc32c_wide(uint32_t crc, const unsigned char *bytes,
    size_t length);

#else
#define CRC32C_X86 0
#endif

#endif
