/* SPDX-License-Identifier: MIT
 *
 * See crc32c-hardware.h: the instruction of 64-bit ARM, which all but the first
 * of them have. It answers in two steps, so one stretch after the other is fast
 * enough.
 */
#include "config.h"

#include "crc32c-hardware.h"

#if CRC32C_ARM
#include <asm/hwcap.h>
#include <string.h>
#include <sys/auxv.h>

/* Written out, for gcc and clang name it differently. */
static uint32_t
crc32c_add_word(uint32_t crc, uint64_t word)
{
	__asm__(".arch_extension crc\n\tcrc32cx %w0, %w0, %x1"
	    : "+r"(crc) : "r"(word));
	return crc;
}

static uint32_t
crc32c_add_byte(uint32_t crc, unsigned char byte)
{
	__asm__(".arch_extension crc\n\tcrc32cb %w0, %w0, %w1"
	    : "+r"(crc) : "r"((uint32_t)byte));
	return crc;
}

uint32_t
crc32c_fast(uint32_t crc, const unsigned char *bytes, size_t length)
{
	uint64_t word;

	for (; length >= sizeof word; length -= sizeof word) {
		memcpy(&word, bytes, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		word = __builtin_bswap64(word);
#endif
		crc = crc32c_add_word(crc, word);
		bytes += sizeof word;
	}
	for (; length > 0; length--)
		crc = crc32c_add_byte(crc, *bytes++);
	return crc;
}

enum crc32c_way
crc32c_hardware_way(void)
{
	return getauxval(AT_HWCAP) & HWCAP_CRC32 ? CRC32C_BY_FAST :
	    CRC32C_BY_TABLE;
}
#endif
