/* SPDX-License-Identifier: MIT
 *
 * CRC-32C by what processors have for it; for crc32c.c alone.
 */
#ifndef HAUL_ENGINE_CRC32C_HARDWARE_H
#define HAUL_ENGINE_CRC32C_HARDWARE_H

#include <stddef.h>
#include <stdint.h>

#include "crc32c.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define CRC32C_X86 1
#else
#define CRC32C_X86 0
#endif

#if defined(__aarch64__) && defined(__linux__) && defined(__GNUC__)
#define CRC32C_ARM 1
#else
#define CRC32C_ARM 0
#endif

#if CRC32C_X86 || CRC32C_ARM
/* The best way of this processor. */
enum crc32c_way crc32c_hardware_way(void);

uint32_t crc32c_fast(uint32_t crc, const unsigned char *bytes,
    size_t length);
#endif

#if CRC32C_X86
/* Of a multiple of CRC32C_WIDE bytes, one at least. */
#define CRC32C_WIDE 256
uint32_t crc32c_wide(uint32_t crc, const unsigned char *bytes,
    size_t length);
#endif

#endif
