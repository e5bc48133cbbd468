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
units_seconds(char *out, size_t size, int64_t ms)
{
	units_decimal(out, size, (double)ms / 1000, 3);
}

/* ---- days ---- */

enum units_order {
	UNITS_YEAR_FIRST,
	UNITS_DAY_FIRST,
	UNITS_MONTH_FIRST
};

/* Of the locale's own way to write a day, "%d.%m.%Y" say, the order and, if it
 * has one, the sign between. The order of who has chosen no locale, "%m/%d/%y",
 * can be three days, and sorts badly: it is not taken. */
static enum units_order
units_day_order(char *sign)
{
	const char *format = nl_langinfo(D_FMT);
	char order[4] = "";
	size_t used = 0;

	*sign = '-';
	while (*format != '\0' && used < 3) {
		if (*format == '%') {
			format += 1 + strspn(format + 1, "-_0EO");
			order[used++] = *format == 'e' ? 'd' : *format;
		} else if (used == 1 && strchr("./-", *format) != NULL) {
			*sign = *format;
		}
		format += *format != '\0';
	}
	if (strcmp(order, "dmY") == 0 || strcmp(order, "dmy") == 0)
		return UNITS_DAY_FIRST;
	if (strcmp(order, "mdY") == 0)
		return UNITS_MONTH_FIRST;
	if (strcmp(order, "Ymd") != 0)
		*sign = '-';
	return UNITS_YEAR_FIRST;
}

static bool
units_local(int64_t epoch_ms, struct tm *parts)
{
	time_t seconds = (time_t)(epoch_ms / 1000);

	return localtime_r(&seconds, parts) != NULL;
}

void
units_day(char *out, size_t size, int64_t epoch_ms)
{
	struct tm parts;
	char sign;
	bool day_first = units_day_order(&sign) == UNITS_DAY_FIRST;

	if (!units_local(epoch_ms, &parts))
		snprintf(out, size, "?");
	else
		snprintf(out, size, "%02d%c%02d", day_first ? parts.tm_mday :
		    parts.tm_mon + 1, sign, day_first ? parts.tm_mon + 1 :
		    parts.tm_mday);
}

void
units_date(char *out, size_t size, int64_t epoch_ms)
{
	char day[UNITS_SIZE], sign;
	struct tm parts;

	if (!units_local(epoch_ms, &parts)) {
		snprintf(out, size, "?");
		return;
	}
	/* Always with all digits of the year: "08.05.24" can be three days. */
	units_day(day, sizeof day, epoch_ms);
	if (units_day_order(&sign) == UNITS_YEAR_FIRST)
		snprintf(out, size, "%04d%c%s %02d:%02d", parts.tm_year + 1900,
		    sign, day, parts.tm_hour, parts.tm_min);
	else
		snprintf(out, size, "%s%c%04d %02d:%02d", day, sign,
		    parts.tm_year + 1900, parts.tm_hour, parts.tm_min);
}

/* ---- counts ---- */

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
