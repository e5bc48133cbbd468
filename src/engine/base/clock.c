/* SPDX-License-Identifier: MIT
 *
 * See clock.h. Randomness comes from the kernel each time: it is needed a few
 * times a second at most (back-off jitter), and keeps no state here.
 */
#include "config.h"

#include "clock.h"

#include <sys/random.h>
#include <time.h>

static int64_t
clock_read_us(clockid_t which)
{
	struct timespec ts;

	clock_gettime(which, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
clock_monotonic_us(void)
{
	return clock_read_us(CLOCK_MONOTONIC);
}

int64_t
clock_monotonic_ms(void)
{
	return clock_read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t
clock_epoch_ms(void)
{
	return clock_read_us(CLOCK_REALTIME) / 1000;
}

int64_t
clock_asleep_ms(void)
{
	return (clock_read_us(CLOCK_BOOTTIME) -
	    clock_read_us(CLOCK_MONOTONIC)) / 1000;
}

int64_t
clock_boot_ms(void)
{
	return (clock_read_us(CLOCK_REALTIME) -
	    clock_read_us(CLOCK_BOOTTIME)) / 1000;
}

uint32_t
clock_random(uint32_t limit)
{
	uint64_t value = 0;

	if (getrandom(&value, sizeof value, 0) != sizeof value)
		value = (uint64_t)clock_monotonic_us();
	return limit ? (uint32_t)(value % limit) : 0;
}
