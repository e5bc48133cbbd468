/* SPDX-License-Identifier: MIT
 *
 * Time and chance for the engine: monotonic milliseconds for all that waits,
 * wall time only for what is shown or sent.
 */
#ifndef HAUL_ENGINE_CLOCK_H
#define HAUL_ENGINE_CLOCK_H

#include <stdint.h>

int64_t clock_monotonic_us(void);
int64_t clock_monotonic_ms(void);
int64_t clock_epoch_ms(void);

/* How long the machine has slept since it was started: the monotonic clock
 * stands still then. */
int64_t clock_asleep_ms(void);
/* When the system was started, since the epoch. */
int64_t clock_boot_ms(void);

/* Uniform in [0, limit); not for secrets. */
uint32_t clock_random(uint32_t limit);

#endif
