/* SPDX-License-Identifier: MIT
 *
 * Numbers as a person reads them. Three digits tell enough, and a unit is
 * left at 1000, not at 1024, so that a number never takes a fourth.
 */
#include "config.h"

#include "units.h"

#include <inttypes.h>
#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* A sign of the locale in one cell and one byte, whatever the charset and
 * --ascii. Not by localeconv(), which several threads cannot call. */
static char
units_sign(nl_item item, char if_none, char otherwise)
{
	const char *sign = nl_langinfo(item);

	if (*sign == '\0')
		return if_none;
	return sign[1] == '\0' && *sign > ' ' && *sign < 0x7f ? *sign :
	    otherwise;
}

/* With the locale's point, which printf() may write in several bytes. */
static void
units_decimal(char *out, size_t size, double value, int decimals)
{
	char digits[64], *point;

	snprintf(digits, sizeof digits, "%.*f", decimals, value);
	point = digits + strspn(digits, "0123456789");
	if (*point == '\0')
		snprintf(out, size, "%s", digits);
	else
		snprintf(out, size, "%.*s%c%s", (int)(point - digits), digits,
		    units_sign(RADIXCHAR, '.', '.'),
		    point + strcspn(point, "0123456789"));
}

/* The number and, through *prefix, its letter, or 0 for bare bytes. */
static void
units_scale(char *out, size_t size, int64_t bytes, bool si, char *prefix)
{
	static const char prefixes[] = "KMGTPE";
	double base = si ? 1000 : 1024, value = (double)bytes;
	size_t i = 0;

	*prefix = '\0';
	if (bytes < 1000) {
		snprintf(out, size, "%" PRId64, bytes);
		return;
	}
	value /= base;
	while (value >= 999.5 && i < sizeof prefixes - 2) {
		value /= base;
		i++;
	}
	*prefix = prefixes[i];
	units_decimal(out, size, value, value < 9.995 ? 2 : value < 99.95 ? 1 :
	    0);
}

void
units_size(char *out, size_t size, int64_t bytes, bool si)
{
	char number[UNITS_SIZE], prefix;

	if (bytes < 0) {
		snprintf(out, size, "?");
		return;
	}
	units_scale(number, sizeof number, bytes, si, &prefix);
	if (prefix == '\0')
		snprintf(out, size, "%s", number);
	else
		snprintf(out, size, "%s%c", number, prefix);
}

void
units_size_long(char *out, size_t size, int64_t bytes, bool si)
{
	char number[UNITS_SIZE], prefix;

	if (bytes < 0) {
		snprintf(out, size, "?");
		return;
	}
	units_scale(number, sizeof number, bytes, si, &prefix);
	if (prefix == '\0')
		snprintf(out, size, "%s B", number);
	else if (si)
		snprintf(out, size, "%s %cB", number,
		    prefix == 'K' ? 'k' : prefix);
	else
		snprintf(out, size, "%s %ciB", number, prefix);
}

void
units_rate(char *out, size_t size, int64_t bps, bool si)
{
	char number[UNITS_SIZE];

	units_size(number, sizeof number, bps, si);
	snprintf(out, size, "%s/s", number);
}

void
units_rate_long(char *out, size_t size, int64_t bps, bool si)
{
	char number[UNITS_SIZE];

	units_size_long(number, sizeof number, bps, si);
	snprintf(out, size, "%s/s", number);
}

/* From an hour on: "1h02m", "3d04h", "12d". */
static void
units_long_time(char *out, size_t size, int64_t seconds)
{
	int64_t minutes = seconds / 60, hours = minutes / 60;

	if (hours < 24)
		snprintf(out, size, "%" PRId64 "h%02" PRId64 "m", hours,
		    minutes % 60);
	else if (hours < 240)
		snprintf(out, size, "%" PRId64 "d%02" PRId64 "h", hours / 24,
		    hours % 24);
	else
		snprintf(out, size, "%" PRId64 "d", hours / 24);
}

void
units_left(char *out, size_t size, int64_t ms)
{
	/* Rounded up: what still takes time is not "0:00". */
	int64_t seconds = ms / 1000 + (ms % 1000 > 0);

	if (ms < 0)
		snprintf(out, size, "%s", "");
	else if (seconds >= 100 * INT64_C(86400))
		snprintf(out, size, ">99d");
	else if (seconds >= 3600)
		units_long_time(out, size, seconds);
	else
		snprintf(out, size, "%" PRId64 ":%02" PRId64, seconds / 60,
		    seconds % 60);
}

void
units_taken(char *out, size_t size, int64_t ms)
{
	char number[UNITS_SIZE];

	if (ms < 0)
		ms = 0;
	if (ms < 9950) {
		units_decimal(number, sizeof number, (double)ms / 1000,
		    ms < 1000 ? 2 : 1);
		snprintf(out, size, "%ss", number);
	} else if (ms < 59500) {
		snprintf(out, size, "%" PRId64 "s", (ms + 500) / 1000);
	} else if (ms < 3600 * 1000) {
		snprintf(out, size, "%" PRId64 "m%02" PRId64 "s",
		    (ms + 500) / 60000, (ms + 500) / 1000 % 60);
	} else {
		units_long_time(out, size, ms / 1000);
	}
}

void
units_date(char *out, size_t size, int64_t epoch_ms)
{
	time_t seconds = (time_t)(epoch_ms / 1000);
	struct tm parts;

	if (localtime_r(&seconds, &parts) == NULL ||
	    strftime(out, size, "%Y-%m-%d %H:%M", &parts) == 0)
		snprintf(out, size, "?");
}

void
units_count(char *out, size_t size, uint64_t count)
{
	/* What is beyond ASCII is a kind of blank in nearly all locales; none
	 * is the point as well. */
	const char separator[] = { units_sign(THOUSEP, units_sign(RADIXCHAR,
	    '.', '.') == ',' ? ' ' : ',', ' '), '\0' };
	char digits[UNITS_SIZE];
	size_t i, length, used = 0;
	int written;

	length = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, count);
	for (i = 0; i < length && used < size; i++) {
		written = snprintf(out + used, size - used, "%s%c",
		    i > 0 && (length - i) % 3 == 0 ? separator : "",
		    digits[i]);
		used += (size_t)written;
	}
}

int
units_percent(int64_t got_bytes, int64_t size_bytes)
{
	if (size_bytes < 0)
		return -1;
	if (got_bytes >= size_bytes)
		return 100;
	if (got_bytes <= 0)
		return 0;
	return (int)((__int128)got_bytes * 100 / size_bytes);
}

int64_t
units_rest_ms(int64_t got_bytes, int64_t size_bytes, int64_t speed_bps)
{
	double ms;

	if (size_bytes < 0 || speed_bps <= 0)
		return -1;
	if (got_bytes >= size_bytes)
		return 0;
	ms = (double)(size_bytes - got_bytes) / (double)speed_bps * 1000;
	return ms > 1e15 ? INT64_C(1000000000000000) : (int64_t)ms;
}
