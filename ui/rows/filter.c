/* SPDX-License-Identifier: MIT
 *
 * An expression is a flat array of alternatives; each knows whether a new term
 * begins with it. Matching is one pass without memory.
 */
#include "config.h"

#include "filter.h"

#include <ctype.h>
#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "present/i18n.h"
#include "present/memory.h"

#define FILTER_TESTS_MAX 64
#define FILTER_TEXT_MAX 256

enum filter_field {
	FILTER_NAME,
	FILTER_HOST,
	FILTER_STATE,
	FILTER_SIZE,
	FILTER_EXT,
	FILTER_TAG,
	FILTER_CAUSE,
	FILTER_URL,
};

struct filter_test {
	enum filter_field field;
	bool begins;                    /* a term; else one more alternative */
	bool not;
	bool is_regex, has_capitals;
	char compare;                   /* SIZE: '<' '>' '=', 'l' <=, 'g' >= */
	unsigned states;                /* STATE */
	int64_t size_bytes;
	char text[FILTER_TEXT_MAX];
	regex_t regex;
};

struct filter {
	size_t count;
	struct filter_test tests[FILTER_TESTS_MAX];
};

static const struct filter_name {
	const char *name;
	enum filter_field field;
} filter_names[] = {
	{ "name", FILTER_NAME }, { "host", FILTER_HOST },
	{ "state", FILTER_STATE }, { "ext", FILTER_EXT },
	{ "tag", FILTER_TAG }, { "cause", FILTER_CAUSE },
	{ "url", FILTER_URL },
};

/* Those shown as well as those that people would say. */
static const struct filter_state {
	const char *word;
	unsigned states;
} filter_states[] = {
	{ "queued", HAUL_IN(HAUL_STATE_QUEUED) },
	{ "wait", HAUL_IN(HAUL_STATE_QUEUED) },
	{ "paused", HAUL_IN(HAUL_STATE_PAUSED) },
	{ "connecting", HAUL_IN(HAUL_STATE_CONNECTING) },
	{ "get", HAUL_IN(HAUL_STATE_ACTIVE) },
	{ "downloading", HAUL_IN(HAUL_STATE_ACTIVE) },
	{ "active", HAUL_IN_ACTIVE },
	{ "verifying", HAUL_IN(HAUL_STATE_VERIFYING) },
	{ "vrfy", HAUL_IN(HAUL_STATE_VERIFYING) },
	{ "retrying", HAUL_IN(HAUL_STATE_WAITING) },
	{ "rtry", HAUL_IN(HAUL_STATE_WAITING) },
	{ "done", HAUL_IN(HAUL_STATE_DONE) },
	{ "skipped", HAUL_IN(HAUL_STATE_SKIPPED) },
	{ "failed", HAUL_IN(HAUL_STATE_FAILED) },
};

/* ---- reading ---- */

struct filter_reader {
	const char *at;
	bool si;
	char *why;
	size_t why_size;
};

static bool __attribute__((format(printf, 2, 3)))
filter_refuse(struct filter_reader *reader, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	vsnprintf(reader->why, reader->why_size, format, values);
	va_end(values);
	return false;
}

static bool
filter_has_capitals(const char *text)
{
	for (; *text != '\0'; text++)
		if (isupper((unsigned char)*text))
			return true;
	return false;
}

/* "host:" and the like; moves on behind it. */
static bool
filter_read_field(struct filter_reader *reader, enum filter_field *field)
{
	size_t i, length = strcspn(reader->at, ": \t|<>=\"");
	const char *after = reader->at + length;

	if (length == 4 && strncasecmp(reader->at, "size", 4) == 0 &&
	    *after != '\0' && strchr("<>=", *after) != NULL) {
		*field = FILTER_SIZE;
		reader->at = after;
		return true;
	}
	if (*after != ':')
		return false;
	for (i = 0; i < sizeof filter_names / sizeof *filter_names; i++)
		if (strlen(filter_names[i].name) == length &&
		    strncasecmp(filter_names[i].name, reader->at,
		    length) == 0) {
			*field = filter_names[i].field;
			reader->at = after + 1;
			return true;
		}
	return false;
}

/* The value up to a blank or, unless it is a regular expression, a bar. */
static bool
filter_read_text(struct filter_reader *reader, struct filter_test *test)
{
	bool quoted = false;
	size_t used = 0;

	for (; *reader->at != '\0'; reader->at++) {
		if (*reader->at == '"') {
			quoted = !quoted;
			continue;
		}
		if (!quoted && (isblank((unsigned char)*reader->at) ||
		    (*reader->at == '|' && !test->is_regex)))
			break;
		if (used + 1 == sizeof test->text)
			return filter_refuse(reader,
			    _("a term is too long"));
		test->text[used++] = *reader->at;
	}
	test->text[used] = '\0';
	test->has_capitals = filter_has_capitals(test->text);
	return true;
}

static bool
filter_read_compare(struct filter_reader *reader, struct filter_test *test)
{
	test->compare = *reader->at++;
	if (*reader->at == '=') {
		reader->at++;
		test->compare = test->compare == '<' ? 'l' :
		    test->compare == '>' ? 'g' : '=';
	}
	return true;
}

/* Decimals with a point, as options take them, or with a comma, as sizes are
 * shown in some locales; -1 if there is no number. */
static double
filter_read_number(const char *text, const char **end)
{
	double value = 0, place = 1;

	if (!isdigit((unsigned char)text[*text == '.' || *text == ',']))
		return -1;
	for (; isdigit((unsigned char)*text); text++)
		value = value * 10 + (*text - '0');
	if ((*text == '.' || *text == ',') && isdigit((unsigned char)text[1]))
		for (text++; isdigit((unsigned char)*text); text++) {
			place /= 10;
			value += (*text - '0') * place;
		}
	*end = text;
	return value;
}

static bool
filter_make_size(struct filter_reader *reader, struct filter_test *test)
{
	static const char prefixes[] = "kmgtpe";
	double value, base = reader->si ? 1000 : 1024;
	const char *found, *end;

	value = filter_read_number(test->text, &end);
	if (value < 0)
		return filter_refuse(reader, _("'%s' is no size"), test->text);
	if (*end != '\0' && (found = strchr(prefixes,
	    tolower((unsigned char)*end))) != NULL) {
		for (; found >= prefixes; found--)
			value *= base;
		end++;
	}
	if (strcasecmp(end, "b") == 0 || strcasecmp(end, "ib") == 0)
		end = strchr(end, '\0');
	if (*end != '\0' || value > 9e18)
		return filter_refuse(reader, _("'%s' is no size"), test->text);
	test->size_bytes = (int64_t)value;
	return true;
}

static bool
filter_make_state(struct filter_reader *reader, struct filter_test *test)
{
	size_t i, length = strlen(test->text);

	for (i = 0; i < sizeof filter_states / sizeof *filter_states; i++)
		if (strncasecmp(filter_states[i].word, test->text,
		    length) == 0)
			test->states |= filter_states[i].states;
	if (test->states == 0)
		return filter_refuse(reader, _("'%s' is no state"),
		    test->text);
	return true;
}

static bool
filter_make_regex(struct filter_reader *reader, struct filter_test *test)
{
	int flags = REG_EXTENDED | REG_NOSUB |
	    (test->has_capitals ? 0 : REG_ICASE);
	char words[128];
	int code = regcomp(&test->regex, test->text, flags);

	if (code == 0)
		return true;
	regerror(code, &test->regex, words, sizeof words);
	test->is_regex = false;
	return filter_refuse(reader, "re:%s: %s", test->text, words);
}

static bool
filter_make(struct filter_reader *reader, struct filter_test *test)
{
	switch (test->field) {
	case FILTER_SIZE:
		return filter_make_size(reader, test);
	case FILTER_STATE:
		return filter_make_state(reader, test);
	case FILTER_TAG:
		if (strcasecmp(test->text, "no") == 0)
			test->not = !test->not;
		return true;
	case FILTER_NAME:
	case FILTER_HOST:
	case FILTER_EXT:
	case FILTER_CAUSE:
	case FILTER_URL:
		break;
	}
	/* "!" alone is the beginning of a term, not the end of all rows. */
	if (test->text[0] == '\0' && test->field != FILTER_EXT)
		test->not = false;
	return !test->is_regex || filter_make_regex(reader, test);
}

/* One alternative. The field is that of the one before it, or its own. */
static bool
filter_read_test(struct filter_reader *reader, struct filter_test *test,
    const struct filter_test *before)
{
	memset(test, 0, sizeof *test);
	test->begins = before == NULL;
	test->field = before != NULL ? before->field : FILTER_NAME;
	test->compare = before != NULL ? before->compare : '\0';
	while (*reader->at == '!') {
		test->not = !test->not;
		reader->at++;
	}
	filter_read_field(reader, &test->field);
	if (test->field == FILTER_SIZE && *reader->at != '\0' &&
	    strchr("<>=", *reader->at) != NULL)
		filter_read_compare(reader, test);
	if (strncasecmp(reader->at, "re:", 3) == 0) {
		reader->at += 3;
		test->is_regex = true;
	}
	return filter_read_text(reader, test) && filter_make(reader, test);
}

static bool
filter_read(struct filter *filter, struct filter_reader *reader)
{
	struct filter_test *before = NULL, *test;

	for (;;) {
		if (before == NULL)
			while (isblank((unsigned char)*reader->at))
				reader->at++;
		if (before == NULL && *reader->at == '\0')
			return true;
		if (filter->count == FILTER_TESTS_MAX)
			return filter_refuse(reader, _("too many terms"));
		test = &filter->tests[filter->count];
		if (!filter_read_test(reader, test, before))
			return false;
		filter->count++;
		before = NULL;
		if (*reader->at == '|') {
			reader->at++;
			before = test;
		}
	}
}

struct filter *
filter_new(const char *expression, bool si, char *why, size_t size)
{
	struct filter *filter = memory_zero(sizeof *filter);
	struct filter_reader reader = { expression, si, why, size };

	if (filter_read(filter, &reader))
		return filter;
	filter_free(filter);
	return NULL;
}

void
filter_free(struct filter *filter)
{
	size_t i;

	if (filter == NULL)
		return;
	for (i = 0; i < filter->count; i++)
		if (filter->tests[i].is_regex)
			regfree(&filter->tests[i].regex);
	free(filter);
}

bool
filter_is_empty(const struct filter *filter)
{
	return filter->count == 0;
}

unsigned
filter_needs(const struct filter *filter)
{
	unsigned needs = 0;
	size_t i;

	for (i = 0; i < filter->count; i++)
		if (filter->tests[i].field == FILTER_URL)
			needs |= FILTER_NEEDS_URL;
		else if (filter->tests[i].field == FILTER_TAG)
			needs |= FILTER_NEEDS_TAGS;
	return needs;
}

/* ---- matching ---- */

bool
filter_finds(const char *bytes, const char *text)
{
	return (filter_has_capitals(text) ? strstr(bytes, text) :
	    strcasestr(bytes, text)) != NULL;
}

static bool
filter_match_text(const struct filter_test *test, const char *bytes)
{
	if (bytes == NULL)
		return false;
	if (test->is_regex)
		return regexec(&test->regex, bytes, 0, NULL, 0) == 0;
	return (test->has_capitals ? strstr(bytes, test->text) :
	    strcasestr(bytes, test->text)) != NULL;
}

/* "gz" and "tar.gz" are both what a.tar.gz ends with. */
static bool
filter_match_ext(const struct filter_test *test, const char *name)
{
	const char *wanted = test->text + (*test->text == '.');
	size_t length = strlen(name), room = strlen(wanted);
	const char *dot = strrchr(name, '.');

	if (test->is_regex)
		return filter_match_text(test, dot != NULL ? dot + 1 : "");
	if (room == 0)
		return dot == NULL;
	return length > room && name[length - room - 1] == '.' &&
	    strcasecmp(name + length - room, wanted) == 0;
}

static bool
filter_match_cause(const struct filter_test *test, const struct haul_row *row)
{
	char text[64];

	if (row->cause == HAUL_CAUSE_NONE)
		return false;
	if (row->cause == HAUL_CAUSE_HTTP && row->http_status > 0)
		snprintf(text, sizeof text, "%s_%d",
		    haul_cause_name(row->cause), row->http_status);
	else
		snprintf(text, sizeof text, "%s",
		    haul_cause_name(row->cause));
	return filter_match_text(test, text);
}

static bool
filter_match_size(const struct filter_test *test, int64_t size)
{
	if (size < 0)
		return false;
	switch (test->compare) {
	case '<':
		return size < test->size_bytes;
	case '>':
		return size > test->size_bytes;
	case 'l':
		return size <= test->size_bytes;
	case 'g':
		return size >= test->size_bytes;
	default:
		return size == test->size_bytes;
	}
}

static bool
filter_match_test(const struct filter_test *test,
    const struct filter_subject *subject)
{
	const struct haul_row *row = subject->row;

	switch (test->field) {
	case FILTER_NAME:
		return filter_match_text(test, row->name);
	case FILTER_HOST:
		return filter_match_text(test, row->host);
	case FILTER_STATE:
		return (test->states & HAUL_IN(row->state)) != 0;
	case FILTER_SIZE:
		return filter_match_size(test, row->size_bytes);
	case FILTER_EXT:
		return filter_match_ext(test, row->name);
	case FILTER_TAG:
		return subject->tagged;
	case FILTER_CAUSE:
		return filter_match_cause(test, row);
	case FILTER_URL:
		return filter_match_text(test, subject->url);
	}
	return false;
}

bool
filter_match(const struct filter *filter, const struct filter_subject *subject)
{
	bool holds = true;
	size_t i;

	for (i = 0; i < filter->count; i++) {
		const struct filter_test *test = &filter->tests[i];

		if (test->begins && !holds)
			return false;
		if (test->begins)
			holds = false;
		if (!holds)
			holds = filter_match_test(test, subject) != test->not;
	}
	return holds;
}
