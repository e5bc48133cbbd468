/* SPDX-License-Identifier: MIT
 *
 * Header lines to facts. Every answer of every file passes through here, so a
 * header that is of no interest costs a look into a table by the length of
 * its name, and nothing is copied that is not kept. Letters are compared as
 * ASCII: the program's locale has no say in a protocol.
 */
#include "config.h"

#include "response.h"

#include <stdlib.h>
#include <string.h>

#define RESPONSE_DAY_S 86400
#define RESPONSE_STRONG_S 60            /* Last-Modified before Date */

/* Bytes of the line at hand; nothing of it is valid after response_line(). */
struct response_text {
	const char *at;
	size_t length;
};

struct response_range {
	int64_t start, end, total;      /* -1: a star */
};

/* What has been found of a date so far; -1 where nothing has. */
struct response_calendar {
	int64_t year;
	int64_t month;                  /* 0 is January */
	int64_t day;                    /* 1 is the first */
	int64_t second;                 /* of the day */
};

struct response_header {
	const char *name;               /* in small letters */
	void (*take)(struct response *, struct response_text);
	size_t slot;                    /* where take is NULL: offset of the
	                                   string that keeps the value */
	bool digest;                    /* lines are joined, and may come as
	                                   trailers */
};

/* ---- text ---------------------------------------------------------------- */

static bool
response_is_space(char c)
{
	return c == ' ' || c == '\t';
}

static bool
response_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char
response_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
response_is_letter(char c)
{
	return response_lower(c) >= 'a' && response_lower(c) <= 'z';
}

static void
response_advance(struct response_text *text, size_t count)
{
	text->at += count;
	text->length -= count;
}

static void
response_skip_space(struct response_text *text)
{
	while (text->length > 0 && response_is_space(*text->at))
		response_advance(text, 1);
}

static struct response_text
response_trim(struct response_text text)
{
	response_skip_space(&text);
	while (text.length > 0 && response_is_space(text.at[text.length - 1]))
		text.length--;
	return text;
}

/* Whether the text begins with the word, whose letters are small. */
static bool
response_begins(struct response_text text, const char *word)
{
	size_t i;

	for (i = 0; word[i] != '\0'; i++) {
		if (i == text.length || response_lower(text.at[i]) != word[i])
			return false;
	}
	return true;
}

static bool
response_is(struct response_text text, const char *word)
{
	return text.length == strlen(word) && response_begins(text, word);
}

/* Passes over white space and then the byte; false if another one stands
 * there. */
static bool
response_skip(struct response_text *text, char byte)
{
	response_skip_space(text);
	if (text->length == 0 || *text->at != byte)
		return false;
	response_advance(text, 1);
	return true;
}

/* Takes the digits that follow, if there are any; INT64_MAX stands for all
 * that is larger. */
static bool
response_number(struct response_text *text, int64_t *number)
{
	int64_t n = 0;
	size_t i = 0;

	response_skip_space(text);
	for (; i < text->length && response_is_digit(text->at[i]); i++) {
		int digit = text->at[i] - '0';

		n = n > (INT64_MAX - digit) / 10 ? INT64_MAX : n * 10 + digit;
	}
	response_advance(text, i);
	*number = n;
	return i > 0;
}

/* Takes the next item of a comma-separated list that is not empty. */
static bool
response_next_item(struct response_text *list, struct response_text *item)
{
	while (list->length > 0) {
		const char *comma = memchr(list->at, ',', list->length);
		size_t length = comma ? (size_t)(comma - list->at) :
		    list->length;

		*item = response_trim((struct response_text){
			list->at, length
		});
		response_advance(list, comma ? length + 1 : length);
		if (item->length > 0)
			return true;
	}
	return false;
}

/* ---- dates --------------------------------------------------------------- */

static int64_t
response_month(struct response_text word)
{
	static const char names[][4] = {
		"jan", "feb", "mar", "apr", "may", "jun",
		"jul", "aug", "sep", "oct", "nov", "dec"
	};
	char name[3];
	int64_t i;

	if (word.length != sizeof name)
		return -1;
	for (i = 0; i < 3; i++)
		name[i] = response_lower(word.at[i]);
	for (i = 0; i < 12; i++) {
		if (memcmp(name, names[i], sizeof name) == 0)
			return i;
	}
	return -1;
}

static bool
response_is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Seconds since the epoch, or -1 if something is missing, does not exist (the
 * 30th of February) or was before 1970. */
static int64_t
response_epoch(const struct response_calendar *c)
{
	static const int before[] = {
		0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365
	};
	int64_t day, last = c->year - 1;

	if (c->year < 1970 || c->month < 0 || c->day < 1 || c->second < 0)
		return -1;
	if (c->day > before[c->month + 1] - before[c->month] +
	    (c->month == 1 && response_is_leap(c->year)))
		return -1;
	/* 477: leap days of the years before 1970. */
	day = (c->year - 1970) * 365 +
	    last / 4 - last / 100 + last / 400 - 477;
	day += before[c->month] + (c->month > 1 && response_is_leap(c->year));
	return (day + c->day - 1) * RESPONSE_DAY_S + c->second;
}

/* A month, the day of the week as the first word, or the zone, which can only
 * be GMT. */
static bool
response_date_word(struct response_text *text, struct response_calendar *c)
{
	struct response_text word = { text->at, 0 };
	int64_t month;

	while (word.length < text->length &&
	    response_is_letter(word.at[word.length]))
		word.length++;
	response_advance(text, word.length);
	month = response_month(word);
	if (month >= 0 && c->month < 0) {
		c->month = month;
		return true;
	}
	if (c->month < 0 && c->day < 0)
		return true;
	return c->second >= 0 &&
	    (response_is(word, "gmt") || response_is(word, "utc"));
}

/* What stands after the hour. */
static bool
response_date_time(struct response_text *text, int64_t hour,
    struct response_calendar *c)
{
	int64_t minute, second;

	if (c->second >= 0 || !response_skip(text, ':') ||
	    !response_number(text, &minute) || !response_skip(text, ':') ||
	    !response_number(text, &second))
		return false;
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	c->second = hour * 3600 + minute * 60 + second;
	return true;
}

/* The time, the day of the month or the year, told apart by what follows and
 * by the number of digits. */
static bool
response_date_number(struct response_text *text, struct response_calendar *c)
{
	const char *start = text->at;
	int64_t number;
	size_t digits;

	if (!response_number(text, &number))
		return false;
	digits = (size_t)(text->at - start);
	if (text->length > 0 && *text->at == ':')
		return response_date_time(text, number, c);
	if (digits <= 2 && c->day < 0) {
		c->day = number;
		return true;
	}
	if ((digits != 2 && digits != 4) || c->year >= 0)
		return false;
	c->year = number;
	if (digits == 2)
		c->year += number < 70 ? 2000 : 1900;
	return true;
}

static bool
response_has_form(struct response_text text, const char *form)
{
	size_t i;

	for (i = 0; i < text.length && form[i] != '\0'; i++) {
		if (form[i] == '0' ? !response_is_digit(text.at[i]) :
		    form[i] == 'x' ? !response_is_letter(text.at[i]) :
		    text.at[i] != form[i])
			return false;
	}
	return i == text.length && form[i] == '\0';
}

static int64_t
response_two_digits(const char *at)
{
	return (at[0] - '0') * 10 + at[1] - '0';
}

/* The form that all servers send, read at once: each file has two. */
static bool
response_read_fixdate(struct response_text text, struct response_calendar *c)
{
	const char *at = text.at;
	int64_t hour, minute, second;

	if (!response_has_form(text, "xxx, 00 xxx 0000 00:00:00 GMT"))
		return false;
	hour = response_two_digits(at + 17);
	minute = response_two_digits(at + 20);
	second = response_two_digits(at + 23);
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	c->day = response_two_digits(at + 5);
	c->month = response_month((struct response_text){ at + 8, 3 });
	c->year = response_two_digits(at + 12) * 100 +
	    response_two_digits(at + 14);
	c->second = hour * 3600 + minute * 60 + second;
	return true;
}

/* Any of the three forms of RFC 9110 5.6.7, read word by word: they differ in
 * the order and in what stands between the words only. */
static int64_t
response_date(struct response_text text)
{
	struct response_calendar c = { -1, -1, -1, -1 };

	if (response_read_fixdate(text, &c))
		return response_epoch(&c);
	while (text.length > 0) {
		bool good = true;

		if (response_is_letter(*text.at))
			good = response_date_word(&text, &c);
		else if (response_is_digit(*text.at))
			good = response_date_number(&text, &c);
		else if (response_is_space(*text.at) ||
		    *text.at == ',' || *text.at == '-')
			response_advance(&text, 1);
		else
			good = false;
		if (!good)
			return -1;
	}
	return response_epoch(&c);
}

/* ---- facts --------------------------------------------------------------- */

/* Once something unreadable or contradictory was told, no later line repairs
 * it: nobody knows which of them the body follows. */
static void
response_take_length(struct response *r, struct response_text value)
{
	struct response_text item;
	int64_t length;

	while (response_next_item(&value, &item)) {
		if (!response_number(&item, &length) || item.length > 0 ||
		    length == INT64_MAX ||
		    (r->length_seen && length != r->length))
			length = -1;
		r->length = length;
		r->length_seen = true;
	}
}

/* The positions before the slash. */
static bool
response_read_positions(struct response_text *text,
    struct response_range *range)
{
	int64_t last;

	if (response_skip(text, '*'))
		return true;
	if (!response_number(text, &range->start) ||
	    !response_skip(text, '-') || !response_number(text, &last))
		return false;
	if (last == INT64_MAX || last < range->start)
		return false;
	range->end = last + 1;
	return true;
}

/* "bytes 0-99/100"; a missing unit, or '=' or ':' after it, is forgiven. */
static bool
response_read_range(struct response_text text, struct response_range *range)
{
	*range = (struct response_range){ -1, -1, -1 };
	if (response_begins(text, "bytes")) {
		response_advance(&text, strlen("bytes"));
		if (!response_skip(&text, '='))
			response_skip(&text, ':');
	}
	if (!response_read_positions(&text, range) ||
	    !response_skip(&text, '/'))
		return false;
	if (response_skip(&text, '*'))
		return text.length == 0 && range->end >= 0;
	return response_number(&text, &range->total) && text.length == 0 &&
	    range->total < INT64_MAX && range->total >= range->end;
}

static void
response_take_range(struct response *r, struct response_text value)
{
	struct response_range range;
	bool good = response_read_range(value, &range);

	if (r->range_seen)
		good = good && r->has_range &&
		    range.start == r->range_start &&
		    range.end == r->range_end &&
		    range.total == r->range_total;
	if (!good)
		range = (struct response_range){ -1, -1, -1 };
	r->range_seen = true;
	r->has_range = good;
	r->range_unsatisfied = good && range.end < 0;
	r->range_start = range.start;
	r->range_end = range.end;
	r->range_total = range.total;
}

static void
response_take_transfer_encoding(struct response *r,
    struct response_text value)
{
	struct response_text item;

	while (response_next_item(&value, &item)) {
		r->chunked = response_is(item, "chunked");
		r->transfer_coded |= !r->chunked &&
		    !response_is(item, "identity");
	}
}

static void
response_take_accept_ranges(struct response *r, struct response_text value)
{
	struct response_text item;

	while (response_next_item(&value, &item))
		r->accepts_ranges |= response_is(item, "bytes");
}

static void
response_take_content_encoding(struct response *r, struct response_text value)
{
	struct response_text item;

	while (response_next_item(&value, &item))
		r->encoded |= !response_is(item, "identity");
}

static void
response_take_date(struct response *r, struct response_text value)
{
	int64_t date;

	/* A good answer's is rarely asked for: an archive's 200,000 dates
	 * need not be read. */
	if (r->status >= 200 && r->status < 300) {
		if (value.length < sizeof r->date_text) {
			memcpy(r->date_text, value.at, value.length);
			r->date_text[value.length] = '\0';
		}
		return;
	}
	date = response_date(value);
	if (date >= 0)
		r->date = date;
}

static void
response_take_retry_after(struct response *r, struct response_text value)
{
	struct response_text rest = value;
	int64_t date = response_date(value), seconds;

	if (date >= 0)
		r->retry_after_date = date;
	else if (response_number(&rest, &seconds) && rest.length == 0)
		r->retry_after_s = seconds;
}

/* For people alone: its beginning will do. */
static void
response_take_server(struct response *r, struct response_text value)
{
	size_t length = value.length < sizeof r->server ? value.length :
	    sizeof r->server - 1;

	if (r->server[0] != '\0')
		return;
	memcpy(r->server, value.at, length);
	r->server[length] = '\0';
}

/* ---- lines --------------------------------------------------------------- */

#define RESPONSE_FACT(name, take) { name, take, 0, false }
#define RESPONSE_STRING(name, field) \
	{ name, NULL, offsetof(struct response, field), false }
#define RESPONSE_DIGEST(name, field) \
	{ name, NULL, offsetof(struct response, field), true }

#define RESPONSE_SAME_LENGTH 3          /* names of one length, at most */

/* By the length of the name. */
static const struct response_header
response_headers[][RESPONSE_SAME_LENGTH] = {
	[4] = {
		RESPONSE_FACT("date", response_take_date),
		RESPONSE_STRING("etag", etag),
	},
	[6] = {
		RESPONSE_FACT("server", response_take_server),
		RESPONSE_DIGEST("digest", digest),
	},
	[11] = {
		RESPONSE_FACT("retry-after", response_take_retry_after),
		RESPONSE_DIGEST("repr-digest", repr_digest),
	},
	[12] = { RESPONSE_STRING("content-type", content_type) },
	[13] = {
		RESPONSE_FACT("accept-ranges", response_take_accept_ranges),
		RESPONSE_FACT("content-range", response_take_range),
		RESPONSE_STRING("last-modified", last_modified),
	},
	[14] = {
		RESPONSE_FACT("content-length", response_take_length),
		RESPONSE_DIGEST("content-digest", content_digest),
	},
	[16] = {
		RESPONSE_FACT("content-encoding",
		    response_take_content_encoding),
	},
	[17] = {
		RESPONSE_FACT("transfer-encoding",
		    response_take_transfer_encoding),
	},
	[19] = { RESPONSE_STRING("content-disposition", content_disposition) },
};

static const struct response_header *
response_find(struct response_text name)
{
	const struct response_header *h;
	size_t i;

	if (name.length >= sizeof response_headers / sizeof *response_headers)
		return NULL;
	h = response_headers[name.length];
	for (i = 0; i < RESPONSE_SAME_LENGTH && h[i].name != NULL; i++) {
		if (response_is(name, h[i].name))
			return &h[i];
	}
	return NULL;
}

/* Plain realloc(): the size is the server's choice. A value that grows too
 * long, has a NUL inside or finds no memory is dropped as a whole, since part
 * of it could mean something else. */
static void
response_append(char **slot, const char *separator,
    struct response_text value)
{
	size_t had = *slot ? strlen(*slot) : 0;
	size_t gap = *slot ? strlen(separator) : 0;
	size_t total = had + gap + value.length;
	char *grown = NULL;

	if (total <= RESPONSE_VALUE_MAX &&
	    memchr(value.at, '\0', value.length) == NULL)
		grown = realloc(*slot, total + 1);
	if (grown == NULL) {
		free(*slot);
		*slot = NULL;
		return;
	}
	memcpy(grown + had, separator, gap);
	memcpy(grown + had + gap, value.at, value.length);
	grown[total] = '\0';
	*slot = grown;
}

static void
response_keep(struct response *r, const struct response_header *h,
    struct response_text value, bool folded)
{
	char **slot = (char **)((char *)r + h->slot);

	if (*slot != NULL && !folded && !h->digest) {
		r->latest = NULL;       /* the first one stands */
		return;
	}
	response_append(slot, folded ? " " : ", ", value);
	if (*slot == NULL)
		r->latest = NULL;
}

/* A folded line of a fact counts as one more line of its kind: right for the
 * lists, and for the others a contradiction that is seen as such. */
static void
response_take(struct response *r, struct response_text value, bool folded)
{
	const struct response_header *h = r->latest;

	value = response_trim(value);
	if (h == NULL || value.length == 0)
		return;
	if (r->complete && !h->digest)
		return;                 /* a trailer */
	if (h->take != NULL)
		h->take(r, value);
	else
		response_keep(r, h, value, folded);
}

static void
response_take_header(struct response *r, struct response_text line)
{
	struct response_text name = line;
	const char *colon = memchr(line.at, ':', line.length);

	r->latest = NULL;
	if (colon == NULL)
		return;
	name.length = (size_t)(colon - line.at);
	response_advance(&line, name.length + 1);
	r->latest = response_find(response_trim(name));
	response_take(r, line, false);
}

/* "HTTP/1.1 206 Partial Content"; HTTP/2 and later have no phrase. */
static void
response_take_status(struct response *r, struct response_text line)
{
	struct response_text phrase;
	int64_t status;

	response_release(r);
	while (line.length > 0 && !response_is_space(*line.at))
		response_advance(&line, 1);
	if (!response_number(&line, &status) || status < 100 || status > 999)
		return;
	if (line.length > 0 && !response_is_space(*line.at))
		return;
	r->status = (int)status;
	phrase = response_trim(line);
	if (phrase.length > 0)
		response_append(&r->reason, "", phrase);
}

/* No other answer can follow, and what looks like one is a trailer: libcurl
 * asks again by itself only for a login. */
static bool
response_is_last(const struct response *r)
{
	return r->complete && r->status != 401 && r->status != 407;
}

void
response_line(struct response *r, const char *line, size_t length)
{
	struct response_text text = { line, length };

	while (text.length > 0 && (text.at[text.length - 1] == '\n' ||
	    text.at[text.length - 1] == '\r'))
		text.length--;
	if (text.length == 0) {
		r->complete = r->status >= 200;
		r->latest = NULL;
	} else if (response_is_space(*text.at)) {
		response_take(r, text, true);
	} else if (response_begins(text, "http/") &&
	    !response_is_last(r)) {
		response_take_status(r, text);
	} else {
		response_take_header(r, text);
	}
}

/* ---- the whole ----------------------------------------------------------- */

void
response_init(struct response *r)
{
	*r = (struct response){
		.length = -1,
		.range_start = -1,
		.range_end = -1,
		.range_total = -1,
		.date = -1,
		.retry_after_date = -1,
		.retry_after_s = -1,
	};
}

void
response_release(struct response *r)
{
	free(r->etag);
	free(r->last_modified);
	free(r->content_type);
	free(r->content_disposition);
	free(r->repr_digest);
	free(r->content_digest);
	free(r->digest);
	free(r->reason);
	response_init(r);
}

/* Deliberately stricter than the grammar in one point: the empty tag "" is
 * allowed, but servers that send it send it for everything. */
bool
response_length_is_bad(const struct response *r)
{
	return r->length_seen && r->length < 0;
}

bool
response_etag_is_strong(const char *etag)
{
	size_t length, i;

	if (etag == NULL || etag[0] != '"')
		return false;
	length = strlen(etag);
	if (length < 3 || etag[length - 1] != '"')
		return false;
	for (i = 1; i < length - 1; i++) {
		unsigned char c = (unsigned char)etag[i];

		if (c <= ' ' || c == '"' || c == 0x7f)
			return false;
	}
	return true;
}

static int64_t
response_date_of(const char *text)
{
	return response_date((struct response_text){ text, strlen(text) });
}

/* The RFC asks for a second, if one clock made both dates; a client cannot
 * know that. */
bool
response_modified_is_strong(const char *modified, const char *date)
{
	int64_t at;

	if (modified == NULL || date[0] == '\0')
		return false;
	at = response_date_of(modified);
	return at >= 0 && response_date_of(date) - at >= RESPONSE_STRONG_S;
}

int64_t
response_retry_after_ms(const struct response *r, int64_t now_s)
{
	int64_t from = r->date >= 0 ? r->date : now_s;
	int64_t until = r->retry_after_date;

	if (r->retry_after_s >= 0)
		return (r->retry_after_s < RESPONSE_DAY_S ?
		    r->retry_after_s : RESPONSE_DAY_S) * 1000;
	if (until < 0 || until <= from)
		return 0;
	/* Compared before it is subtracted: now_s may be anything. */
	if (from < until - RESPONSE_DAY_S)
		return (int64_t)RESPONSE_DAY_S * 1000;
	return (until - from) * 1000;
}
