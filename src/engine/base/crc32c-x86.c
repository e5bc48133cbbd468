/* SPDX-License-Identifier: MIT
 *
 * See crc32c-hardware.h. Bits are reflected, as the processor's instructions
 * have them.
 */
#include "config.h"

#include "crc32c-hardware.h"

#if CRC32C_X86
#include <immintrin.h>
#include <string.h>

/* ---- the instruction for this CRC ---- */

/*
 * It answers after three steps but can be asked every step, so three
 * stretches are summed side by side and put together by one carry-less
 * multiplication each.
 */
#define CRC32C_FAST_TARGET __attribute__((target("sse4.2,pclmul")))
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

CRC32C_FAST_TARGET
static uint64_t
crc32c_advance(uint64_t crc, uint32_t by)
{
	__m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128(
	    (long long)crc), _mm_cvtsi32_si128((int)by), 0);

	return _mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(product));
}

CRC32C_FAST_TARGET
uint32_t
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

/* ---- multiplying four times 128 bits at once ---- */

/*
 * What has come so far is kept as 128 bits that have the same remainder, one
 * of each lane of four registers. They are moved on by as many bits as the
 * registers hold and the bytes that stand there added: by x^(n + 32) for the
 * lower half of a lane, x^(n - 32) for the upper one, reflected, and shifted
 * by one since the product of two reflected numbers is one short.
 */
#define CRC32C_WIDE_TARGET \
	__attribute__((target("avx512f,avx512vl,avx512dq,vpclmulqdq," \
	    "pclmul,sse4.2")))

static const uint64_t crc32c_by_2048[2] = {
	UINT64_C(0x0dcb17aa4), UINT64_C(0x0b9e02b86),
};
static const uint64_t crc32c_by_512[2] = {
	UINT64_C(0x0740eef02), UINT64_C(0x09e4addf8),
};
static const uint64_t crc32c_by_128[2] = {
	UINT64_C(0x0f20c0dfe), UINT64_C(0x14cd00bd6),
};

/* a moved on, and the bytes that stand there. */
CRC32C_WIDE_TARGET
static __m512i
crc32c_fold(__m512i a, __m512i by, __m512i bytes)
{
	return _mm512_ternarylogic_epi64(
	    _mm512_clmulepi64_epi128(a, by, 0x00),
	    _mm512_clmulepi64_epi128(a, by, 0x11), bytes, 0x96);
}

CRC32C_WIDE_TARGET
static __m128i
crc32c_fold_lane(__m128i a, __m128i by, __m128i bytes)
{
	return _mm_xor_si128(bytes, _mm_xor_si128(
	    _mm_clmulepi64_si128(a, by, 0x00),
	    _mm_clmulepi64_si128(a, by, 0x11)));
}

CRC32C_WIDE_TARGET
static uint32_t
crc32c_reduce(__m512i a)
{
	__m128i by = _mm_loadu_si128((const void *)crc32c_by_128);
	__m128i lane = _mm512_castsi512_si128(a);
	uint64_t crc;

	lane = crc32c_fold_lane(lane, by, _mm512_extracti64x2_epi64(a, 1));
	lane = crc32c_fold_lane(lane, by, _mm512_extracti64x2_epi64(a, 2));
	lane = crc32c_fold_lane(lane, by, _mm512_extracti64x2_epi64(a, 3));
	crc = _mm_crc32_u64(0, (uint64_t)_mm_extract_epi64(lane, 0));
	return (uint32_t)_mm_crc32_u64(crc,
	    (uint64_t)_mm_extract_epi64(lane, 1));
}

CRC32C_WIDE_TARGET
uint32_t
crc32c_wide(uint32_t crc, const unsigned char *bytes, size_t length)
{
	__m512i by = _mm512_broadcast_i64x2(
	    _mm_loadu_si128((const void *)crc32c_by_2048));
	__m512i a = _mm512_xor_si512(_mm512_loadu_si512(bytes),
	    _mm512_zextsi128_si512(_mm_cvtsi32_si128((int)crc)));
	__m512i b = _mm512_loadu_si512(bytes + 64);
	__m512i c = _mm512_loadu_si512(bytes + 128);
	__m512i d = _mm512_loadu_si512(bytes + 192);

	while ((length -= CRC32C_WIDE) > 0) {
		bytes += CRC32C_WIDE;
		a = crc32c_fold(a, by, _mm512_loadu_si512(bytes));
		b = crc32c_fold(b, by, _mm512_loadu_si512(bytes + 64));
		c = crc32c_fold(c, by, _mm512_loadu_si512(bytes + 128));
		d = crc32c_fold(d, by, _mm512_loadu_si512(bytes + 192));
	}
	by = _mm512_broadcast_i64x2(
	    _mm_loadu_si128((const void *)crc32c_by_512));
	b = crc32c_fold(a, by, b);
	c = crc32c_fold(b, by, c);
	d = crc32c_fold(c, by, d);
	return crc32c_reduce(d);
}

enum crc32c_way
crc32c_hardware_way(void)
{
	if (!__builtin_cpu_supports("sse4.2") ||
	    !__builtin_cpu_supports("pclmul"))
		return CRC32C_BY_TABLE;
	return __builtin_cpu_supports("avx512f") &&
	    __builtin_cpu_supports("avx512vl") &&
	    __builtin_cpu_supports("avx512dq") &&
	    __builtin_cpu_supports("vpclmulqdq") ? CRC32C_BY_WIDE :
	    CRC32C_BY_FAST;
}
#endif
