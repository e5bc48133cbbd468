/* SPDX-License-Identifier: MIT
 *
 * Numbers as a person reads them. Every face shows the same number in the
 * same words. The result is cut to `size`; UNITS_SIZE always suffices.
 */
#ifndef HAUL_PRESENT_UNITS_H
#define HAUL_PRESENT_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UNITS_SIZE 32

/* "0", "999", "9.84M", "12.4G": at most five cells and bytes, three digits, the
 * locale's point; negative is "?". K is 1024, or 1000 with si. */
void units_size(char *out, size_t size, int64_t bytes, bool si);

/* "999 B", "12.4 GiB" or with si "12.4 GB". */
void units_size_long(char *out, size_t size, int64_t bytes, bool si);

/* "9.84M/s", "12.4 MiB/s". */
void units_rate(char *out, size_t size, int64_t bps, bool si);
void units_rate_long(char *out, size_t size, int64_t bps, bool si);

/* Time left, at most five cells: "0:05" "12:34" "1h02m" "3d04h" ">99d";
 * negative is "". */
void units_left(char *out, size_t size, int64_t ms);

/* Time taken: "0.25s" "5.8s" "12m20s" "1h02m" "3d04h". */
void units_taken(char *out, size_t size, int64_t ms);

/* "05-08", here, of milliseconds since the epoch, in five cells; a locale has
 * it in its own order and with its own sign, "08.05". */
void units_day(char *out, size_t size, int64_t epoch_ms);

/* "2024-05-08 14:05" in the same way, "08.05.2024 14:05", in 16 cells. */
void units_date(char *out, size_t size, int64_t epoch_ms);

/* "0.118": seconds to the millisecond. */
void units_seconds(char *out, size_t size, int64_t ms);

/* "1,204", with the separator of the locale, a comma if it has none (a blank
 * where that is its point), a blank if its own is not ASCII: as many bytes as
 * cells. */
void units_count(char *out, size_t size, uint64_t count);

/* Whole percents, cut down; 100 only if all is there. -1 if size < 0. */
int units_percent(int64_t got_bytes, int64_t size_bytes);

/* Milliseconds for the rest at this speed; -1 if it cannot be told. */
int64_t units_rest_ms(int64_t got_bytes, int64_t size_bytes,
    int64_t speed_bps);

#endif
