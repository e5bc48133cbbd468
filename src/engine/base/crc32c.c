/* SPDX-License-Identifier: MIT
 *
 * See crc32c.h.
 */
#include "config.h"

#include "crc32c.h"

#include "crc32c-hardware.h"

#define CRC32C_POLYNOMIAL UINT32_C(0x82f63b78)
#define CRC32C_ONE UINT32_C(0x80000000)         /* the polynomial 1 */

/* Four bits at a time: nobody sums much where the processor does not help. */
static uint32_t
crc32c_slow(uint32_t crc, const unsigned char *bytes, size_t length)
{
	static const uint32_t table[16] = {
		0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1,
		0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
		0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
		0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
	};

	for (; length > 0; length--, bytes++) {
		crc ^= *bytes;
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return crc;
}

enum crc32c_way
crc32c_best_way(void)
{
#if CRC32C_X86 || CRC32C_ARM
	return crc32c_hardware_way();
#else
	return CRC32C_BY_TABLE;
#endif
}

bool
crc32c_is_fast(void)
{
	return crc32c_best_way() != CRC32C_BY_TABLE;
}

uint32_t
crc32c_add_by(enum crc32c_way way, uint32_t crc, const void *from,
    size_t length)
{
	const unsigned char *bytes = from;
#if CRC32C_X86
	size_t wide = length - length % CRC32C_WIDE;

	if (way == CRC32C_BY_WIDE && wide > 0) {
		crc = crc32c_wide(crc, bytes, wide);
		bytes += wide;
		length -= wide;
	}
#endif
#if CRC32C_X86 || CRC32C_ARM
	if (way != CRC32C_BY_TABLE)
		return crc32c_fast(crc, bytes, length);
#endif
	(void)way;
	return crc32c_slow(crc, bytes, length);
}

uint32_t
crc32c_add(uint32_t crc, const void *bytes, size_t length)
{
	return crc32c_add_by(crc32c_best_way(), crc, bytes, length);
}

static uint32_t
crc32c_multiply(uint32_t a, uint32_t b)
{
	uint32_t product = 0;

	for (; a != 0; a <<= 1) {
		if (a & CRC32C_ONE)
			product ^= b;
		b = b >> 1 ^ (b & 1 ? CRC32C_POLYNOMIAL : 0);
	}
	return product;
}

uint32_t
crc32c_shift(uint32_t crc, int64_t zeros)
{
	uint32_t power = CRC32C_ONE >> 8;       /* x^8 */

	for (; zeros > 0 && crc != 0; zeros >>= 1) {
		if (zeros & 1)
			crc = crc32c_multiply(crc, power);
		power = crc32c_multiply(power, power);
	}
	return crc;
}
