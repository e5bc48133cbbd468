/* SPDX-License-Identifier: MIT
 *
 * Loaded into haul by LD_PRELOAD: the machine has slept for ten minutes once
 * the file that SLEEP_FILE names is there. As in a real sleep only the clock
 * of the time since booting goes on.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <sys/syscall.h>

#define SLEEP_S 600

int
clock_gettime(clockid_t which, struct timespec *now)
{
	const char *file = getenv("SLEEP_FILE");
	long result = syscall(SYS_clock_gettime, which, now);

	if (result == 0 && which == CLOCK_BOOTTIME && file != NULL &&
	    access(file, F_OK) == 0)
		now->tv_sec += SLEEP_S;
	return (int)result;
}
