/* SPDX-License-Identifier: MIT
 *
 * See crc32c.h. Bits are reflected, as the processor's instruction has them.
 * That instruction answers after three steps but can be asked every step, so
 * three stretches are summed side by side and put together by one carry-less
 * multiplication each.
 */
#include "config.h"

#include "crc32c.h"

#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define CRC32C_X86 1
#else
#define CRC32C_X86 0
#endif

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

#if CRC32C_X86
#define CRC32C_LANE 1024
/* x to the powers 8 * LANE - 33 and 16 * LANE - 33. */
#define CRC32C_SHIFT_1 UINT32_C(0x170076fa)
#define CRC32C_SHIFT_2 UINT32_C(0xa51b6135)

static uint64_t
crc32c_word(const unsigned char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof word);
	return word;
}

__attribute__((target("sse4.2,pclmul")))
static uint64_t
crc32c_advance(uint64_t crc, uint32_t by)
{
	__m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128(
	    (long long)crc), _mm_cvtsi32_si128((int)by), 0);

	return _mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(product));
}

__attribute__((target("sse4.2,pclmul")))
static uint32_t
crc32c_fast(uint32_t crc, const unsigned char *bytes, size_t length)
{
	uint64_t a = crc, b, c;
	size_t i;

	for (; length >= 3 * CRC32C_LANE; length -= 3 * CRC32C_LANE) {
		b = c = 0;
#pragma GCC unroll 16
		for (i = 0; i < CRC32C_LANE; i += 8) {
			a = _mm_crc32_u64(a, crc32c_word(bytes + i));
			b = _mm_crc32_u64(b, crc32c_word(bytes +
			    CRC32C_LANE + i));
			c = _mm_crc32_u64(c, crc32c_word(bytes +
			    2 * CRC32C_LANE + i));
		}
		a = crc32c_advance(a, CRC32C_SHIFT_2) ^
		    crc32c_advance(b, CRC32C_SHIFT_1) ^ c;
		bytes += 3 * CRC32C_LANE;
	}
#pragma GCC unroll 16
	for (; length >= 8; length -= 8, bytes += 8)
		a = _mm_crc32_u64(a, crc32c_word(bytes));
	for (; length > 0; length--)
		a = _mm_crc32_u8((uint32_t)a, *bytes++);
	return (uint32_t)a;
}
#endif

bool
crc32c_is_fast(void)
{
#if CRC32C_X86
	return __builtin_cpu_supports("sse4.2") &&
	    __builtin_cpu_supports("pclmul");
#else
	return false;
#endif
}

uint32_t
crc32c_add(uint32_t crc, const void *bytes, size_t length)
{
#if CRC32C_X86
	if (crc32c_is_fast())
		return crc32c_fast(crc, bytes, length);
#endif
	return crc32c_slow(crc, bytes, length);
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
