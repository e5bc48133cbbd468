/* SPDX-License-Identifier: MIT
 *
 * See summary.h: the last words at a terminal. No row is wider than the screen;
 * the commands are, if need be, for they are to be copied whole. What costs a
 * walk over all items is left out where they are very many: nobody waits for
 * the prompt to learn it.
 */
#include "config.h"

#include "summary-internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link.h"
#include "present/failedlist.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/text.h"
#include "present/units.h"

#define PERSON_FAILURES 10              /* shown */
#define PERSON_ADVICE   3               /* kinds that are told what helps */
#define PERSON_WINDOW   256
#define PERSON_COUNTED  200000          /* items, at most, for sums */
#define PERSON_TIMED    20000           /* ... for the hosts' rates */
#define PERSON_HOSTS    64
#define PERSON_HOST_BYTES (1 << 20)     /* less says nothing of a rate */
#define PERSON_URL      16              /* cells, or it is left out */
#define PERSON_ROW      1024
#define PERSON_WORDS    16              /* cells that make a row of text */
#define PERSON_LINKED   1000            /* items, at most, to find where they
                                           are */
#define PERSON_INDENT   11              /* what a row of the table says of a
                                           number stands so far behind its
                                           label */

struct person_sum {
	uint64_t count, partial;        /* partial: something of it is here */
	int64_t bytes;
};

struct person_host {
	char name[HAUL_HOST_SIZE];
	uint64_t files;
	int64_t bytes, ms;              /* of its files, one after another */
};

struct person {
	const struct summary *summary;
	struct haul *haul;
	struct writer *out;
	unsigned flags;                 /* of text_safe() */
	bool si;
	int columns;                    /* the last one stays empty */
	int label;                      /* cells of the table's first column */
	struct haul_totals totals;
	uint64_t left, failed;
	struct summary_group groups[SUMMARY_GROUPS_MAX];
	size_t group_count;
	char *files;                    /* link to what is done, or NULL */
};

/* ---- rows ---- */

/* How much of it stands in a row of so many cells: whole words, or all that
 * fits of a longer one. */
static size_t
person_row_length(const char *text, int cells)
{
	size_t length = text_row(text, cells), fits;

	if (length > strspn(text, " "))
		return length;
	fits = text_fit(text, cells, NULL);
	return fits > 0 ? fits : strlen(text);
}

/* One row, whose words lead somewhere, if there is a link. */
static void
person_put(const struct person *person, int before, const char *text,
    size_t length, const char *link)
{
	size_t blanks = strspn(text, " ");

	if (link == NULL || blanks >= length)
		output_print(person->out, "%*s%.*s\n", before, "",
		    (int)length, text);
	else
		output_print(person->out, "%*s%.*s" LINK_OPEN "%.*s" LINK_CLOSE
		    "\n", before, "", (int)blanks, text, link,
		    (int)(length - blanks), text + blanks);
}

/* Text over as many rows as it needs, those after the first indented. */
static void
person_lead(const struct person *person, int indent, const char *text,
    const char *link)
{
	int before = 0;
	size_t length;

	if (person->columns - indent < PERSON_WORDS)
		indent = 0;
	do {
		length = person_row_length(text, person->columns - before);
		person_put(person, before, text, length, link);
		text += length;
		text += strspn(text, " ");
		before = indent;
	} while (*text != '\0');
}

static void
person_say(const struct person *person, int indent, const char *text)
{
	person_lead(person, indent, text, NULL);
}

static void __attribute__((format(printf, 3, 4)))
person_print(const struct person *person, int indent, const char *format, ...)
{
	char text[PERSON_ROW];
	va_list values;

	va_start(values, format);
	vsnprintf(text, sizeof text, format, values);
	va_end(values);
	person_say(person, indent, text);
}

/* ---- sums ---- */

/* Of all items in some states; false if they are too many. */
static bool
person_sum(const struct person *person, unsigned states,
    struct person_sum *sum)
{
	const struct haul_view view = { states, HAUL_ORDER_QUEUE, false };
	struct haul_row *rows;
	size_t got, i;

	memset(sum, 0, sizeof *sum);
	if (haul_count(person->haul, &view) > PERSON_COUNTED)
		return false;
	rows = memory_resize(NULL, PERSON_WINDOW, sizeof *rows);
	do {
		got = haul_rows(person->haul, &view, sum->count, rows,
		    PERSON_WINDOW);
		for (i = 0; i < got; i++) {
			sum->partial += rows[i].got_bytes > 0;
			sum->bytes += rows[i].got_bytes;
		}
		sum->count += got;
	} while (got == PERSON_WINDOW);
	free(rows);
	return true;
}

static struct person_host *
person_host(struct person_host *hosts, size_t *count, const char *name)
{
	size_t i;

	for (i = 0; i < *count; i++)
		if (strcmp(hosts[i].name, name) == 0)
			return &hosts[i];
	if (i == PERSON_HOSTS)
		return NULL;
	memset(&hosts[i], 0, sizeof hosts[i]);
	memcpy(hosts[i].name, name, sizeof hosts[i].name);
	(*count)++;
	return &hosts[i];
}

/* What an item has brought in this run counts, not what was there. */
static bool
person_time(const struct person *person, const struct haul_row *row,
    struct person_host *hosts, size_t *count)
{
	struct haul_item *item = haul_item(person->haul, row->id);
	struct person_host *host;

	if (item == NULL)
		return true;
	host = person_host(hosts, count, row->host);
	if (host != NULL) {
		host->files++;
		host->bytes += item->got_bytes - item->resumed_bytes;
		host->ms += item->elapsed_ms;
	}
	haul_item_free(item);
	return host != NULL;
}

/* Returns how many hosts there are; 0 if it was not found out. */
static size_t
person_times(const struct person *person, struct person_host *hosts)
{
	static const struct haul_view view = { HAUL_IN(HAUL_STATE_DONE),
	    HAUL_ORDER_QUEUE, false };
	struct haul_row *rows;
	uint64_t first = 0;
	size_t got, i, count = 0;
	bool few = person->totals.done <= PERSON_TIMED;

	rows = memory_resize(NULL, PERSON_WINDOW, sizeof *rows);
	do {
		got = few ? haul_rows(person->haul, &view, first, rows,
		    PERSON_WINDOW) : 0;
		for (i = 0; i < got && few; i++)
			few = person_time(person, &rows[i], hosts, &count);
		first += got;
	} while (got == PERSON_WINDOW && few);
	free(rows);
	return few ? count : 0;
}

static double
person_rate(const struct person_host *host)
{
	return (double)host->bytes * 1000 / (double)(host->ms > 0 ?
	    host->ms : 1);
}

/* ---- the table ---- */

static void
person_row_to(const struct person *person, const char *label,
    const char *text, const char *link)
{
	char row[PERSON_ROW];

	snprintf(row, sizeof row, "  %s%*s  %s", label, person->label -
	    text_width(label), "", text);
	person_lead(person, person->label + PERSON_INDENT + 2, row, link);
}

static void
person_row(const struct person *person, const char *label, const char *text)
{
	person_row_to(person, label, text, NULL);
}

/* Before what a row says: how many. */
static void
person_count(char *text, size_t size, uint64_t count)
{
	char number[UNITS_SIZE];

	units_count(number, sizeof number, count);
	snprintf(text, size, "%6s", number);
}

static void __attribute__((format(printf, 3, 4)))
person_append(char *text, size_t size, const char *format, ...)
{
	size_t used = strlen(text);
	va_list values;

	va_start(values, format);
	vsnprintf(text + used, size - used, format, values);
	va_end(values);
}

static void
person_tell_done(const struct person *person, int64_t bytes)
{
	char text[PERSON_ROW], words[UNITS_SIZE];

	person_count(text, sizeof text, person->totals.done);
	units_size_long(words, sizeof words, bytes, person->si);
	if (bytes >= 0)
		person_append(text, sizeof text, "   %s", words);
	person_row_to(person, _("done"), text, person->files);
	if (person->totals.skipped == 0)
		return;
	person_count(text, sizeof text, person->totals.skipped);
	person_append(text, sizeof text, "   %s", _("were there already"));
	person_row(person, _("skipped"), text);
}

/* "12   7 HTTP 503, 3 host not found", as many kinds as fit, one at least. */
static void
person_tell_failed(const struct person *person)
{
	int room = person->columns - person->label - 4;
	char text[PERSON_ROW], kind[SENTENCE_SIZE + UNITS_SIZE];
	char heading[SENTENCE_SIZE], number[UNITS_SIZE];
	char words[PERSON_ROW] = "";
	size_t i;
	int cells;

	person_count(text, sizeof text, person->failed);
	cells = 3 + text_width(text);
	for (i = 0; i < person->group_count; i++) {
		sentence_heading(heading, sizeof heading,
		    person->groups[i].cause, person->groups[i].http_status);
		units_count(number, sizeof number, person->groups[i].count);
		snprintf(kind, sizeof kind, "%s %s", number, heading);
		if (i > 0 && cells + text_width(words) + text_width(kind) + 7 >
		    room) {
			sentence_add(words, sizeof words, "...");
			break;
		}
		sentence_add(words, sizeof words, kind);
	}
	if (*words != '\0')
		person_append(text, sizeof text, "   %s", words);
	person_row(person, _("failed"), text);
}

static void
person_tell_left(const struct person *person, const struct person_sum *sum,
    bool counted)
{
	char text[PERSON_ROW], number[UNITS_SIZE], bytes[UNITS_SIZE];
	char words[PERSON_ROW] = "", paused[64];

	person_count(text, sizeof text, person->left);
	units_count(number, sizeof number, sum->partial);
	units_size_long(bytes, sizeof bytes, sum->bytes, person->si);
	if (counted && sum->partial > 0)
		/* TRANSLATORS: so many files have begun, so many bytes of
		 * them are kept: "2 partial (1.21 MiB kept)". */
		snprintf(words, sizeof words, ngettext("%s partial (%s kept)",
		    "%s partial (%s kept)", sum->partial), number, bytes);
	units_count(number, sizeof number, person->totals.paused);
	snprintf(paused, sizeof paused, ngettext("%s paused", "%s paused",
	    person->totals.paused), number);
	if (person->totals.paused > 0)
		sentence_add(words, sizeof words, paused);
	if (*words != '\0')
		person_append(text, sizeof text, "   %s", words);
	person_row(person, _("left"), text);
}

/* Among hosts of which enough has come to tell. */
static void
person_tell_slowest(const struct person *person)
{
	struct person_host *hosts = memory_resize(NULL, PERSON_HOSTS,
	    sizeof *hosts), *slowest = NULL;
	size_t count = person_times(person, hosts), i, known = 0;
	char rate[UNITS_SIZE], files[UNITS_SIZE], host[TEXT_ROOM(40)];

	for (i = 0; i < count; i++) {
		if (hosts[i].bytes < PERSON_HOST_BYTES)
			continue;
		known++;
		if (slowest == NULL ||
		    person_rate(&hosts[i]) < person_rate(slowest))
			slowest = &hosts[i];
	}
	if (known > 1) {
		units_rate_long(rate, sizeof rate,
		    (int64_t)person_rate(slowest), person->si);
		units_count(files, sizeof files, slowest->files);
		text_safe(host, sizeof host, slowest->name,
		    strlen(slowest->name), 40, person->flags);
		person_print(person, 4, ngettext("  slowest host: %s, %s (%s "
		    "file)", "  slowest host: %s, %s a file (%s files)",
		    slowest->files), host, rate, files);
	}
	free(hosts);
}

static void
person_tell_table(struct person *person)
{
	const char *const labels[] = { _("done"), _("skipped"), _("failed"),
	    _("left") };
	struct person_sum others, left;
	bool counted = person_sum(person, HAUL_IN(HAUL_STATE_FAILED) |
	    HAUL_IN(HAUL_STATE_SKIPPED), &others);
	size_t i;

	counted &= person_sum(person, HAUL_IN_ALL & ~HAUL_IN_ENDED, &left);
	for (i = 0; i < sizeof labels / sizeof *labels; i++)
		if (text_width(labels[i]) > person->label)
			person->label = text_width(labels[i]);
	if (person->totals.done + person->totals.skipped > 0)
		person_tell_done(person, counted ? person->totals.got_bytes -
		    others.bytes - left.bytes : -1);
	if (person->failed > 0)
		person_tell_failed(person);
	if (person->left > 0)
		person_tell_left(person, &left, counted);
	person_tell_slowest(person);
}

/* ---- the failures ---- */

static void
person_cut(const struct person *person, char *out, size_t size,
    const char *bytes, int cells, unsigned flags)
{
	text_safe(out, size, bytes, strlen(bytes), cells > 1 ? cells : 1,
	    person->flags | flags);
}

/* A part of a row, which may lead somewhere. */
static char *
person_link(const char *text, const char *link)
{
	return link != NULL && *text != '\0' ?
	    memory_format(LINK_OPEN "%s" LINK_CLOSE, link, text) :
	    memory_string(text);
}

/* "  NAME  CAUSE  URL", the URL as far as it fits; where there is none, the
 * name leads to it. */
static void
person_tell_failure(const struct person *person,
    const struct haul_item *item)
{
	int name_cells = person->columns / 3, used, url_cells;
	char name[TEXT_ROOM(80)], cause[TEXT_ROOM(80)], url[TEXT_ROOM(200)];
	char sentence[SENTENCE_SIZE], *redacted, *link, *first, *last;
	struct haul_row row;

	if (!haul_row(person->haul, item->id, &row))
		return;
	sentence_cause(sentence, sizeof sentence, item->cause,
	    item->http_status, item->message, person->flags);
	person_cut(person, name, sizeof name, row.name,
	    name_cells < 80 ? name_cells : 80, 0);
	used = 4 + text_width(name);
	person_cut(person, cause, sizeof cause, sentence,
	    person->columns - used < 80 ? person->columns - used : 80,
	    TEXT_CUT_END);
	used += text_width(cause) + 2;
	redacted = text_redacted(item->url);
	url_cells = person->columns - used;
	if (url_cells > 200)
		url_cells = 200;
	*url = '\0';
	if (url_cells >= PERSON_URL)
		person_cut(person, url, sizeof url, redacted, url_cells,
		    TEXT_CUT_END);
	free(redacted);
	link = person->summary->links ? link_of_url(item->url) : NULL;
	first = person_link(name, *url == '\0' ? link : NULL);
	last = person_link(url, link);
	output_print(person->out, "  %s  %s%s%s\n", first, cause,
	    *url != '\0' ? "  " : "", last);
	free(first);
	free(last);
	free(link);
}

/* Those that are not shown: in a file, or why there is none. */
static void
person_tell_more(const struct person *person, uint64_t more)
{
	char name[FAILEDLIST_NAME_SIZE], count[UNITS_SIZE], words[128];
	char *text, *link;
	size_t written;

	units_count(count, sizeof count, more);
	if (failedlist_write_here(person->haul, person->summary->failed,
	    person->summary->failed_count, true, name, &written)) {
		text = memory_format(ngettext("  ... %s more; all of them "
		    "in ./%s", "  ... %s more; all of them in ./%s", more),
		    count, name);
		link = person->summary->links ? link_of_file(name) : NULL;
		person_lead(person, 6, text, link);
		free(link);
		free(text);
		return;
	}
	person_print(person, 6, ngettext("  ... %s more (%s cannot be "
	    "written: %s)", "  ... %s more (%s cannot be written: %s)", more),
	    count, name, strerror_r(errno, words, sizeof words));
}

static void
person_tell_failures(const struct person *person)
{
	const struct summary *summary = person->summary;
	struct haul_item *item;
	uint64_t shown = 0;
	size_t i;

	person_say(person, 0, _("Failed files:"));
	for (i = 0; i < summary->failed_count && shown < PERSON_FAILURES;
	    i++) {
		item = haul_item(person->haul, summary->failed[i]);
		if (item != NULL && !summary_is_cancelled(item)) {
			person_tell_failure(person, item);
			shown++;
		}
		haul_item_free(item);
	}
	if (person->failed > shown)
		person_tell_more(person, person->failed - shown);
}

/* ---- what to do next ---- */

/* What helps where a further try does not; how many a try may help. */
static uint64_t
person_tell_advice(const struct person *person)
{
	const struct summary_group *group = person->groups;
	char text[2 * SENTENCE_SIZE];
	uint64_t temporary = 0;
	size_t i, told = 0;

	for (i = 0; i < person->group_count; i++, group++) {
		if (haul_cause_can_retry(group->cause, group->http_status)) {
			temporary += group->count;
			continue;
		}
		if (told++ == PERSON_ADVICE)
			continue;
		sentence_help(text, sizeof text, group->cause,
		    group->http_status, group->advice);
		person_print(person, 2, "%s", text);
	}
	return temporary;
}

/* "Resume:  haul --resume": the newest run that is unfinished is ours, unless
 * an older one was gone on with. */
static void
person_tell_command(const struct person *person, const char *label,
    bool retry)
{
	int width = text_width(_("Resume:")), other = text_width(_("Retry:"));
	char lead[128], options[128] = "";

	width = width > other ? width : other;
	snprintf(lead, sizeof lead, "%s%*s", label, width + 1 -
	    text_width(label), "");
	if (person->summary->run != 0)
		person_append(options, sizeof options, "--resume=%" PRIu64,
		    person->summary->run);
	else if (!retry)
		person_append(options, sizeof options, "--resume");
	if (retry)
		person_append(options, sizeof options, "%s--retry-failed",
		    *options != '\0' ? " " : "");
	summary_print_command(person->summary, lead, options);
}

static void
person_tell_next(const struct person *person, uint64_t temporary)
{
	const struct settings *settings = person->summary->context->settings;

	if (person->left + temporary == 0)
		return;
	if (haul_store_records(person->haul)) {
		if (person->left > 0)
			person_tell_command(person, _("Resume:"), false);
		if (temporary > 0)
			person_tell_command(person, _("Retry:"), true);
		if (settings->texts[SETTINGS_USER] != NULL)
			person_say(person, 0, _("(and --user, which is not "
			    "recorded)"));
		return;
	}
	person_say(person, 0, person->summary->interactive ?
	    _("This run is not recorded: add the rest again to go on; what "
	    "arrived is kept.") : _("This run is not recorded: the same "
	    "command goes on with the rest; what arrived is kept."));
}

/* ---- all ---- */

/* Whether a path up to its end, or NULL if it has no directory, is what the
 * first one was. */
static bool
person_is_same(char **first, const char *path, const char *end)
{
	char *next = end != NULL ? memory_bytes(path, (size_t)(end - path) +
	    (end == path)) : memory_string(".");
	bool same = *first == NULL || strcmp(*first, next) == 0;

	if (*first == NULL)
		*first = next;
	else
		free(next);
	return same;
}

/* Where what is done has been put: the file, or the directory of all, as far as
 * they are looked at. */
static char *
person_find_files(const struct person *person)
{
	bool one = person->totals.done == 1, same = true;
	char *where = NULL, *link;
	struct haul_item *item;
	const char *slash;
	haul_id id;

	for (id = 1; id <= PERSON_LINKED && same; id++) {
		item = haul_item(person->haul, id);
		if (item != NULL && item->state == HAUL_STATE_DONE &&
		    item->path != NULL) {
			slash = one ? item->path + strlen(item->path) :
			    strrchr(item->path, '/');
			same = person_is_same(&where, item->path, slash);
		}
		haul_item_free(item);
	}
	link = same && where != NULL ? link_of_file(where) : NULL;
	free(where);
	return link;
}

static void
person_tell_end(const struct person *person)
{
	const struct haul_totals *totals = &person->totals;
	int64_t ms = totals->elapsed_ms > 0 ? totals->elapsed_ms : 1;
	char taken[UNITS_SIZE], bytes[UNITS_SIZE], rate[UNITS_SIZE];

	units_taken(taken, sizeof taken, ms);
	units_size_long(bytes, sizeof bytes, totals->fetched_bytes,
	    person->si);
	units_rate_long(rate, sizeof rate, (int64_t)
	    ((double)totals->fetched_bytes * 1000 / (double)ms), person->si);
	switch (person->summary->end->reason) {
	case OUTPUT_STOPPED:
		/* All the others are there: nobody stopped it. */
		if (totals->paused == person->left) {
			person_print(person, 2, _("haul: ended after %s, %s "
			    "at %s average"), taken, bytes, rate);
			break;
		}
		person_print(person, 2, _("haul: stopped by user after %s, %s "
		    "at %s average"), taken, bytes, rate);
		break;
	case OUTPUT_SIGNAL:
		person_print(person, 2, _("haul: stopped by a signal after "
		    "%s, %s at %s average"), taken, bytes, rate);
		break;
	case OUTPUT_TOO_MANY:
		person_print(person, 2, _("haul: stopped by --max-failures "
		    "after %s, %s at %s average"), taken, bytes, rate);
		break;
	case OUTPUT_COMPLETE:
	case OUTPUT_FAILED:
	case OUTPUT_STORAGE:
		person_print(person, 2, _("haul: ended after %s, %s at %s "
		    "average"), taken, bytes, rate);
		break;
	}
}

void
summary_print_person(const struct summary *summary)
{
	struct person person = {
		.summary = summary, .haul = summary->context->haul,
		.out = summary->context->err,
		.flags = summary->context->flags,
		.si = summary->context->settings->values[SETTINGS_SI] != 0,
		.columns = summary->columns > 1 ? summary->columns - 1 : 1,
	};
	uint64_t temporary;
	size_t i;

	haul_totals(person.haul, &person.totals);
	if (person.totals.files == 0)
		return;
	person.group_count = summary_group(summary, person.groups);
	for (i = 0; i < person.group_count; i++)
		person.failed += person.groups[i].count;
	person.left = person.totals.files - person.totals.done -
	    person.totals.skipped - person.failed;
	if (summary->links && person.totals.done > 0)
		person.files = person_find_files(&person);
	if (person.left + person.failed == 0) {
		summary_print_counts(summary, &person.totals, person.files);
		free(person.files);
		return;
	}
	person_tell_end(&person);
	person_tell_table(&person);
	if (person.failed > 0)
		person_tell_failures(&person);
	temporary = person_tell_advice(&person);
	person_tell_next(&person, temporary);
	free(person.files);
}
