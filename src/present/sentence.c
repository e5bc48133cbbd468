/* SPDX-License-Identifier: MIT
 *
 * Sentences by table: a cause has one with and one without the words of the
 * library or system, since in many languages the two differ by more than an
 * ending. The names of HTTP's statuses are protocol, not language, and stay
 * untranslated.
 */
#include "config.h"

#include "sentence.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "i18n.h"
#include "reason.h"
#include "secrets.h"
#include "text.h"
#include "units.h"

struct sentence_row {
	const char *plain;
	const char *with_message;       /* holds one %s */
	const char *advice;
};

static const struct sentence_row sentence_causes[HAUL_CAUSE_COUNT] = {
	[HAUL_CAUSE_NONE] = { N_("no error"), N_("no error (%s)"),
	    N_("Nothing needs to be done.") },
	[HAUL_CAUSE_DNS] = { N_("host not found"), N_("host not found: %s"),
	    N_("Check the host's name and your connection.") },
	[HAUL_CAUSE_CONNECT] = { N_("connection failed or lost"),
	    N_("connection failed or lost: %s"),
	    N_("Check host and port. Often temporary: try again later, or "
	    "with fewer connections.") },
	[HAUL_CAUSE_TLS] = { N_("no secure connection"),
	    N_("no secure connection: %s"),
	    N_("The server cannot prove who it is. If you trust it, give its "
	    "certificate by --cacert.") },
	[HAUL_CAUSE_TIMEOUT] = { N_("time limit exceeded"),
	    N_("time limit exceeded: %s"),
	    N_("Try again later, or raise --connect-timeout or "
	    "--total-timeout.") },
	[HAUL_CAUSE_STALL] = { N_("no more bytes arrived"),
	    N_("no more bytes arrived: %s"),
	    N_("Try again later, or raise --timeout.") },
	[HAUL_CAUSE_HTTP] = { N_("refused by the server"),
	    N_("refused by the server: %s"),
	    N_("Check the URL, and whether you must log in (--user).") },
	[HAUL_CAUSE_TOO_MANY_REDIRECTS] = { N_("too many redirects"),
	    N_("too many redirects: %s"),
	    N_("The server sends us in circles. Check the URL.") },
	[HAUL_CAUSE_BAD_RANGE] = {
	    N_("the server sent another part than asked"),
	    N_("the server sent another part than asked: %s"),
	    N_("Try with --disable-range.") },
	[HAUL_CAUSE_SIZE_MISMATCH] = { N_("the file's size is wrong"),
	    N_("the file's size is wrong: %s"),
	    N_("Try again; what arrived is kept.") },
	[HAUL_CAUSE_CHANGED] = { N_("the file changed on the server"),
	    N_("the file changed on the server: %s"),
	    N_("Try again with --on-change=restart: it is fetched from its "
	    "start.") },
	[HAUL_CAUSE_CHECKSUM] = { N_("wrong checksum"),
	    N_("wrong checksum: %s"),
	    N_("The file is not the one expected. Check the checksum and "
	    "the source.") },
	[HAUL_CAUSE_DISK_FULL] = { N_("no space left on the disk"),
	    N_("no space left on the disk: %s"),
	    N_("Make space: it goes on by itself, or run the same command "
	    "again.") },
	[HAUL_CAUSE_DISK_PERM] = { N_("not allowed to write the file"),
	    N_("not allowed to write the file: %s"),
	    N_("Check the directory's permissions, or choose another by "
	    "--directory.") },
	[HAUL_CAUSE_NAME_CONFLICT] = {
	    N_("the file's name cannot be used"),
	    N_("the file's name cannot be used: %s"),
	    N_("Choose another name or directory.") },
	[HAUL_CAUSE_WRITE] = { N_("the file cannot be written"),
	    N_("the file cannot be written: %s"),
	    N_("Check the disk and the file system; some, as FAT, hold "
	    "no file over 4 GiB.") },
	[HAUL_CAUSE_BAD_URL] = { N_("not a usable URL"),
	    N_("not a usable URL: %s"), N_("Check the URL.") },
	[HAUL_CAUSE_UNSUPPORTED] = {
	    N_("the server wants what haul cannot do"),
	    N_("the server wants what haul cannot do: %s"),
	    N_("Look for another URL of the same file.") },
	[HAUL_CAUSE_CANCELLED] = { N_("cancelled"), N_("cancelled: %s"),
	    N_("Run the same command again to go on.") },
	[HAUL_CAUSE_INTERNAL] = { N_("internal error"),
	    N_("internal error: %s"),
	    N_("This is a defect of haul: please report it.") },
	[HAUL_CAUSE_SECRET] = { N_("a secret is needed that was not recorded"),
	    N_("a secret is needed that was %s"),
	    N_("Give it again: haul --resume, with the whole URL, or with "
	    "--user or --header.") },
	[HAUL_CAUSE_PAGE] = { N_("a web page came instead of the file"),
	    N_("a web page came instead of the file: %s"),
	    N_("Open the URL in a browser: the network or the server may want "
	    "a login. What is here of the file is kept.") },
};

static const struct {
	int status;
	const char *name;
} sentence_statuses[] = {
	{ 200, "OK" }, { 202, "Accepted" }, { 204, "No Content" },
	{ 205, "Reset Content" }, { 206, "Partial Content" },
	{ 300, "Multiple Choices" }, { 301, "Moved Permanently" },
	{ 302, "Found" }, { 303, "See Other" }, { 304, "Not Modified" },
	{ 307, "Temporary Redirect" }, { 308, "Permanent Redirect" },
	{ 400, "Bad Request" }, { 401, "Unauthorized" },
	{ 402, "Payment Required" }, { 403, "Forbidden" },
	{ 404, "Not Found" }, { 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" }, { 407, "Proxy Authentication Required" },
	{ 408, "Request Timeout" }, { 409, "Conflict" }, { 410, "Gone" },
	{ 412, "Precondition Failed" }, { 414, "URI Too Long" },
	{ 416, "Range Not Satisfiable" }, { 418, "I'm a teapot" },
	{ 421, "Misdirected Request" }, { 423, "Locked" },
	{ 425, "Too Early" }, { 426, "Upgrade Required" },
	{ 428, "Precondition Required" }, { 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 451, "Unavailable For Legal Reasons" },
	{ 500, "Internal Server Error" }, { 501, "Not Implemented" },
	{ 502, "Bad Gateway" }, { 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" }, { 505, "HTTP Version Not Supported" },
	{ 507, "Insufficient Storage" },
	{ 509, "Bandwidth Limit Exceeded" },
	{ 511, "Network Authentication Required" },
};

enum sentence_type {
	SENTENCE_TYPE_SWITCH, SENTENCE_TYPE_COUNT, SENTENCE_TYPE_SIZE,
	SENTENCE_TYPE_DURATION, SENTENCE_TYPE_TEXT, SENTENCE_TYPE_CHOICE,
	SENTENCE_TYPE_LIST,
};

static const struct sentence_option {
	const char *name;
	enum sentence_type type;
	int64_t min, max;
} sentence_options[] = {
#define HAUL_OPTION(id, name, letter, type, min, max, def, scope, env, \
    parfive, arg, help) { name, SENTENCE_TYPE_##type, min, max },
#include "options.def"
#undef HAUL_OPTION
};

static const struct sentence_row *
sentence_row(enum haul_cause cause)
{
	if ((unsigned)cause >= HAUL_CAUSE_COUNT)
		cause = HAUL_CAUSE_INTERNAL;
	return &sentence_causes[cause];
}

const char *
sentence_status(int http_status)
{
	size_t i;

	for (i = 0; i < sizeof sentence_statuses / sizeof *sentence_statuses;
	    i++)
		if (sentence_statuses[i].status == http_status)
			return sentence_statuses[i].name;
	return NULL;
}

void
sentence_heading(char *out, size_t size, enum haul_cause cause,
    int http_status)
{
	const char *name = sentence_status(http_status);

	if (cause != HAUL_CAUSE_HTTP || http_status <= 0)
		snprintf(out, size, "%s", _(sentence_row(cause)->plain));
	else if (name != NULL)
		snprintf(out, size, "HTTP %d %s", http_status, name);
	else
		snprintf(out, size, "HTTP %d", http_status);
}

/* A translation's one %s is checked by msgfmt; the compiler cannot. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void
sentence_fill(char *out, size_t size, const char *format, const char *words)
{
	snprintf(out, size, format, words);
}
#pragma GCC diagnostic pop

void
sentence_add(char *out, size_t size, const char *more)
{
	char before[SENTENCE_SIZE];

	if (*out == '\0') {
		snprintf(out, size, "%s", more);
		return;
	}
	snprintf(before, sizeof before, "%s", out);
	/* TRANSLATORS: two things that are told in a row: the comma between. */
	snprintf(out, size, _("%s, %s"), before, more);
}

void
sentence_cause(char *out, size_t size, enum haul_cause cause, int http_status,
    const char *message, unsigned flags)
{
	char words[SENTENCE_SIZE / 2], reason[SENTENCE_SIZE / 2];

	if (message == NULL || *message == '\0' ||
	    (cause == HAUL_CAUSE_HTTP && http_status > 0)) {
		sentence_heading(out, size, cause, http_status);
		return;
	}
	reason_text(reason, sizeof reason, message);
	text_safe(words, sizeof words, reason, strlen(reason), -1, flags);
	sentence_fill(out, size, _(sentence_row(cause)->with_message), words);
}

/* A row that is due waits for its host, or for room. */
static bool
sentence_is_full(const struct haul_row *row)
{
	return row->wait == HAUL_WAIT_HOST_CAP ||
	    row->wait == HAUL_WAIT_HOST_LIMIT;
}

/* "8 s", "2:05" */
static void
sentence_left(char *out, size_t size, int64_t ms)
{
	if (ms <= 59000)
		snprintf(out, size, _("%d s"), (int)((ms + 999) / 1000));
	else
		units_left(out, size, ms);
}

/* "in 8 s", "in 2:05" */
static void
sentence_when(char *out, size_t size, const struct haul_row *row)
{
	char left[UNITS_SIZE];

	sentence_left(left, sizeof left, row->wait_ms);
	if (sentence_is_full(row))
		snprintf(out, size, "%s", _("its host is full"));
	else if (row->wait_ms <= 0)
		snprintf(out, size, "%s", _("soon"));
	else
		/* TRANSLATORS: a time from now: "in 8 s", "in 2:05" */
		snprintf(out, size, _("in %s"), left);
}

/* "HTTP 503, try 3 of 6 in 8 s" */
static void
sentence_try(char *out, size_t size, const struct haul_row *row,
    const char *why)
{
	unsigned next = row->next_try, most = row->tries_max;
	char left[UNITS_SIZE];

	sentence_left(left, sizeof left, row->wait_ms);
	if (sentence_is_full(row))
		snprintf(out, size, _("%s, try %u of %u when its host has "
		    "room"), why, next, most);
	else if (row->wait_ms <= 0)
		snprintf(out, size, _("%s, try %u of %u soon"), why, next,
		    most);
	else
		/* TRANSLATORS: a cause; two numbers; a time, "8 s", "2:05" */
		snprintf(out, size, _("%s, try %u of %u in %s"), why, next,
		    most, left);
}

/* No try of its own will come: one item tries for all. */
static void
sentence_wait_network(char *out, size_t size, const struct haul_row *row,
    int width)
{
	bool login = row->cause == HAUL_CAUSE_HTTP && row->http_status == 511;
	char left[UNITS_SIZE];

	sentence_left(left, sizeof left, row->wait_ms);
	if (row->wait_ms > 0)
		snprintf(out, size, login ?
		    _("the network wants a login, tried again in %s") :
		    _("waiting for the network, tried again in %s"), left);
	else
		snprintf(out, size, "%s", login ?
		    _("the network wants a login, tried again now") :
		    _("waiting for the network, tried again now"));
	if (text_width(out) > width)
		snprintf(out, size, "%s", _("waiting for the network"));
	if (text_width(out) > width)
		snprintf(out, size, "%s", _("offline"));
	out[text_fit(out, width > 0 ? width : 0, NULL)] = '\0';
}

void
sentence_wait(char *out, size_t size, const struct haul_row *row, int width)
{
	char why[128], when[64];
	int step;

	if (row->wait == HAUL_WAIT_NETWORK) {
		sentence_wait_network(out, size, row, width);
		return;
	}
	if (row->cause == HAUL_CAUSE_HTTP && row->http_status > 0)
		snprintf(why, sizeof why, "HTTP %d", row->http_status);
	else
		sentence_heading(why, sizeof why, row->cause, 0);
	sentence_when(when, sizeof when, row);
	for (step = row->cause == HAUL_CAUSE_NONE ? 2 : 0; step < 3; step++) {
		if (step == 0)
			sentence_try(out, size, row, why);
		else
			snprintf(out, size, step == 1 ? "%s, %s" : "%.0s%s",
			    why, when);
		if (text_width(out) <= width)
			return;
	}
	out[text_fit(out, width > 0 ? width : 0, NULL)] = '\0';
}

void
sentence_wait_for(char *out, size_t size, const struct haul_row *row)
{
	char left[UNITS_SIZE];

	units_taken(left, sizeof left, (row->wait_ms + 999) / 1000 * 1000);
	*out = '\0';
	switch (row->wait) {
	case HAUL_WAIT_HOST_CAP:
		snprintf(out, size, ngettext("waits for its host, which "
		    "takes %u connection at present", "waits for its host, "
		    "which takes %u connections at present", row->wait_cap),
		    (unsigned)row->wait_cap);
		return;
	case HAUL_WAIT_HOST_LIMIT:
		snprintf(out, size, ngettext("waits for its host, which may "
		    "have %u connection (--max-host-conn)", "waits for its "
		    "host, which may have %u connections (--max-host-conn)",
		    row->wait_cap), (unsigned)row->wait_cap);
		return;
	case HAUL_WAIT_HOST_PAUSE:
		snprintf(out, size, _("waits for its host, which wants no "
		    "request for %s"), left);
		return;
	case HAUL_WAIT_HOST_NAME:
		snprintf(out, size, "%s", _("waits for its host's address"));
		return;
	case HAUL_WAIT_NETWORK:
		snprintf(out, size, "%s", _("waits for the network"));
		return;
	case HAUL_WAIT_HELD:
		snprintf(out, size, "%s", _("nothing is begun at present"));
		return;
	case HAUL_WAIT_TURN:
		snprintf(out, size, "%s", _("waits for its turn"));
		return;
	case HAUL_WAIT_NONE:
	case HAUL_WAIT_TIME:
		return;
	}
}

const char *
sentence_advice(enum haul_cause cause, int http_status)
{
	if (cause != HAUL_CAUSE_HTTP)
		return _(sentence_row(cause)->advice);
	if (http_status == 511)
		return _("Log in to the network with a browser: it goes on "
		    "by itself then.");
	if (http_status == 401 || http_status == 403)
		return _("Log in by --user, or ask for access.");
	if (http_status == 202)
		return _("The server has yet to prepare the file: try again "
		    "later.");
	if (http_status == 204 || http_status == 205 || http_status == 404 ||
	    http_status == 410 || http_status == 451)
		return _("The file is not there. Check the URL.");
	if (http_status == 429)
		return _("The server asks for fewer requests: lower "
		    "--max-conn and --max-splits.");
	if (haul_cause_can_retry(cause, http_status))
		return _("Temporary: try again later, or with fewer "
		    "connections.");
	return _(sentence_row(cause)->advice);
}

/* libcurl's own numbers, which it keeps: haul.h hands them on as they are. */
enum {
	SENTENCE_CURL_TLS_CONNECT = 35, SENTENCE_CURL_LOGIN_DENIED = 67,
	SENTENCE_CURL_NO_SUCH_FILE = 78,
};

const char *
sentence_item_advice(const struct haul_item *item)
{
	bool ssh = item->url != NULL &&
	    strncasecmp(item->url, "sftp:", strlen("sftp:")) == 0;
	bool refused = item->cause == HAUL_CAUSE_HTTP && item->http_status == 0;

	if (item->cause == HAUL_CAUSE_TLS && ssh)
		return _("Log in once by ssh, so that the host is in "
		    "~/.ssh/known_hosts.");
	if (item->cause == HAUL_CAUSE_TLS &&
	    item->curl_code == SENTENCE_CURL_TLS_CONNECT)
		return _("Perhaps no TLS is spoken at that port: check scheme "
		    "and port of the URL.");
	if (refused && ssh && item->curl_code == SENTENCE_CURL_LOGIN_DENIED)
		return _("Log in with a key (--key), those of an agent, or a "
		    "password (--user).");
	if (refused && item->curl_code == SENTENCE_CURL_NO_SUCH_FILE)
		return sentence_advice(item->cause, 404);
	return sentence_advice(item->cause, item->http_status);
}

void
sentence_help(char *out, size_t size, enum haul_cause cause, int http_status,
    const char *advice)
{
	char heading[SENTENCE_SIZE];

	sentence_heading(heading, sizeof heading, cause, http_status);
	/* TRANSLATORS: a cause, as a sentence; sentences of what to do. */
	snprintf(out, size, _("%s. %s"), heading, advice);
}

const char *
sentence_note(enum haul_note note)
{
	switch (note) {
	case HAUL_NOTE_NONE:
		break;
	case HAUL_NOTE_NO_SERVER_DIGEST:
		return _("the server sent no checksum; nothing was compared");
	case HAUL_NOTE_BAD_SERVER_DIGEST:
		return _("the server's checksum is unreadable; nothing was "
		    "compared");
	case HAUL_NOTE_OTHER_SERVER_DIGEST:
		return _("the server's checksum is of another kind; nothing "
		    "was compared");
	case HAUL_NOTE_RESTARTED:
		return _("the bytes kept could not be used; starting again "
		    "from the first");
	case HAUL_NOTE_FEWER_CONNECTIONS:
		return _("the server refused one more connection; going on "
		    "with fewer");
	case HAUL_NOTE_LENGTH_UNVERIFIED:
		return _("the server told no length; it could not be "
		    "verified");
	case HAUL_NOTE_ENCODED:
		return _("the server sent it encoded (Content-Encoding), "
		    "though asked not to; kept as it was sent");
	case HAUL_NOTE_OTHER_ETAG:
		return _("its ETag is not always the same; bytes were "
		    "compared, and it is the same file: going on");
	case HAUL_NOTE_SET_ASIDE:
		return _("a part file of that name was set aside as "
		    ".part.old: its record is missing, damaged, of a newer "
		    "haul, or not of this file");
	case HAUL_NOTE_STORE_SET_ASIDE:
		return _("the record of earlier runs is damaged; it was set "
		    "aside as queue.db.damaged-N, and a new one was begun");
	case HAUL_NOTE_STORE_FAILED:
		return _("the run cannot be recorded now (no space, or no "
		    "permission?); it is tried again");
	case HAUL_NOTE_OFFLINE:
		return _("there is no network; what needs it waits, and goes "
		    "on by itself");
	case HAUL_NOTE_LOGIN:
		return _("the network wants a login first, with a browser; "
		    "what needs it waits, and goes on by itself");
	case HAUL_NOTE_ONLINE:
		return _("the network is back; going on");
	}
	return _("nothing worth telling");
}

static const struct sentence_option *
sentence_option(const char *name)
{
	static const struct sentence_option unknown = {
		"", SENTENCE_TYPE_COUNT, 0, INT64_MAX
	};
	size_t i;

	for (i = 0; i < sizeof sentence_options / sizeof *sentence_options;
	    i++)
		if (strcmp(sentence_options[i].name, name) == 0)
			return &sentence_options[i];
	return &unknown;
}

/* A limit in the option's unit, as a user would write it. */
static void
sentence_limit(char *out, size_t size, enum sentence_type type, int64_t limit)
{
	if (type == SENTENCE_TYPE_SIZE)
		units_size(out, size, limit, false);
	else if (type != SENTENCE_TYPE_DURATION)
		snprintf(out, size, "%" PRId64, limit);
	else if (limit % 1000 == 0)
		snprintf(out, size, "%" PRId64 "s", limit / 1000);
	else
		snprintf(out, size, "%" PRId64 "ms", limit);
}

static void
sentence_number(char *out, size_t size, const char *where,
    const struct haul_error *error, const char *value)
{
	const struct sentence_option *option = sentence_option(error->option);

	if (option->type == SENTENCE_TYPE_SIZE)
		snprintf(out, size, _("%s: '%s' is not a size; write bytes, "
		    "or a number such as 1.5M (K, M, G or T)."), where, value);
	else if (option->type == SENTENCE_TYPE_DURATION)
		snprintf(out, size, _("%s: '%s' is not a time; write seconds, "
		    "or a number with ms, s, m or h."), where, value);
	else
		snprintf(out, size, _("%s: '%s' is not a number; it must be "
		    "from %" PRId64 " to %" PRId64 "."), where, value,
		    option->min, option->max);
}

static void
sentence_range(char *out, size_t size, const char *where,
    const struct haul_error *error, const char *value)
{
	enum sentence_type type = sentence_option(error->option)->type;
	char least[UNITS_SIZE], most[UNITS_SIZE];

	sentence_limit(least, sizeof least, type, error->min);
	sentence_limit(most, sizeof most, type, error->max);
	if (error->max == INT64_MAX)
		snprintf(out, size, _("%s: '%s' is out of range; it must be "
		    "%s or more."), where, value, least);
	else
		snprintf(out, size, _("%s: '%s' is out of range; it must be "
		    "from %s to %s."), where, value, least, most);
}

/* "a|b|c" as "a, b, c". */
static void
sentence_choices(char *out, size_t size, const char *choices)
{
	size_t used = 0;

	for (; *choices != '\0' && used + 3 < size; choices++) {
		out[used++] = *choices == '|' ? ',' : *choices;
		if (*choices == '|')
			out[used++] = ' ';
	}
	out[used] = '\0';
}

static void
sentence_url(char *out, size_t size, const char *where, const char *value,
    bool bad_scheme)
{
	if (*value == '\0')
		snprintf(out, size, _("%s: an empty URL."), where);
	else if (strstr(value, "://") == NULL)
		snprintf(out, size, _("%s: '%s' has no scheme; did you mean "
		    "'https://%s'?"), where, value, value);
	else if (bad_scheme)
		snprintf(out, size, _("%s: the scheme of '%s' is not known; "
		    "http, https, ftp, ftps and sftp are."), where, value);
	else
		snprintf(out, size, _("%s: '%s' cannot be read as a URL."),
		    where, value);
}

static void
sentence_checksum(char *out, size_t size, const char *where,
    const struct haul_error *error, const char *value)
{
	if (error->complaint == HAUL_COMPLAINT_UNKNOWN_DIGEST)
		snprintf(out, size, _("%s: the checksum algorithm of '%s' is "
		    "not known; use sha256 or another one of the openssl "
		    "library."), where, value);
	else if (error->complaint == HAUL_COMPLAINT_CHECKSUM_LENGTH &&
	    *error->expected != '\0')
		snprintf(out, size, _("%s: the checksum '%s' has the wrong "
		    "length; its algorithm has %s hexadecimal digits."),
		    where, value, error->expected);
	else if (error->complaint == HAUL_COMPLAINT_CHECKSUM_LENGTH)
		snprintf(out, size, _("%s: the checksum '%s' has the wrong "
		    "length."), where, value);
	else
		snprintf(out, size, _("%s: '%s' is not a checksum; write "
		    "ALGORITHM=HEX, such as sha256=9f86..., or 'server'."),
		    where, value);
}

static void
sentence_proxy(char *out, size_t size, const char *where,
    enum haul_complaint complaint, const char *value)
{
	if (complaint == HAUL_COMPLAINT_PROXY_SCHEME)
		snprintf(out, size, _("%s: the scheme of the proxy '%s' is "
		    "not known; http, https, socks4, socks4a, socks5 and "
		    "socks5h are."), where, value);
	else if (complaint == HAUL_COMPLAINT_PROXY_PORT)
		snprintf(out, size, _("%s: the port of the proxy '%s' is not "
		    "a number from 1 to 65535."), where, value);
	else
		snprintf(out, size, _("%s: the proxy '%s' has no host that "
		    "could be used; write SCHEME://HOST:PORT."), where,
		    value);
}

/* Without what is as good as a password. */
static void
sentence_header(char *out, size_t size, const char *where, const char *value)
{
	size_t length = strcspn(value, ":; \t");
	char name[64];

	if (value[length] != '\0' && secrets_have_header(value, length)) {
		snprintf(name, sizeof name, "%.*s ...", length < 32 ?
		    (int)length : 32, value);
		value = name;
	}
	snprintf(out, size, _("%s: '%s' is not a header; write 'Name: value', "
	    "in one line."), where, value);
}

static void
sentence_usage(char *out, size_t size, const char *where,
    const struct haul_error *error, const char *value)
{
	char choices[2 * sizeof error->expected];

	switch (error->complaint) {
	case HAUL_COMPLAINT_UNKNOWN_OPTION:
		snprintf(out, size, _("%s: there is no option '%s'."), where,
		    error->option);
		return;
	case HAUL_COMPLAINT_NOT_A_NUMBER:
		sentence_number(out, size, where, error, value);
		return;
	case HAUL_COMPLAINT_OUT_OF_RANGE:
		sentence_range(out, size, where, error, value);
		return;
	case HAUL_COMPLAINT_NOT_A_CHOICE:
		sentence_choices(choices, sizeof choices, error->expected);
		snprintf(out, size, _("%s: '%s' is not possible; choose one "
		    "of: %s."), where, value, choices);
		return;
	case HAUL_COMPLAINT_NOT_A_SWITCH:
		snprintf(out, size, _("%s: '%s' is neither 'yes' nor 'no'."),
		    where, value);
		return;
	case HAUL_COMPLAINT_BAD_HEADER:
		sentence_header(out, size, where, value);
		return;
	case HAUL_COMPLAINT_BAD_NAME:
		snprintf(out, size, _("%s: the name '%s' leaves the "
		    "directory or is not usable; choose the directory by "
		    "'directory'."), where, value);
		return;
	case HAUL_COMPLAINT_WRONG_SCOPE:
		snprintf(out, size, _("%s: '%s' cannot be set for one file; "
		    "it is an option of the whole run."), where,
		    error->option);
		return;
	case HAUL_COMPLAINT_EMPTY:
		snprintf(out, size, _("%s: a value is needed."), where);
		return;
	case HAUL_COMPLAINT_CONFLICT:
		snprintf(out, size, _("%s: '%s' contradicts '%s', which was "
		    "given before; a file has one digest of a kind."), where,
		    value, error->expected);
		return;
	case HAUL_COMPLAINT_STORE_NEWER:
		snprintf(out, size, _("%s: '%s' was written by a newer haul; "
		    "use that, another --store, or --no-store."), where,
		    value);
		return;
	case HAUL_COMPLAINT_STORE_FOREIGN:
		snprintf(out, size, _("%s: '%s' is not used: it or its "
		    "directory belongs to somebody else, or all may write to "
		    "it; mend that, or use another --store or --no-store."),
		    where, value);
		return;
	case HAUL_COMPLAINT_NO_STORE:
		snprintf(out, size, _("%s: this haul was built without the "
		    "store of runs."), where);
		return;
	case HAUL_COMPLAINT_SECRET:
		snprintf(out, size, _("%s: that run was begun with --%s%s%s, "
		    "whose value is secret and was not recorded; give it "
		    "again."), where, error->option,
		    *error->expected != '\0' ? " " : "", error->expected);
		return;
	case HAUL_COMPLAINT_UNREADABLE:
		if (error->sys_errno == EBADMSG) {
			snprintf(out, size, _("%s: '%s' is damaged; the next "
			    "run that is begun sets it aside."), where, value);
			return;
		}
		snprintf(out, size, _("%s: '%s' cannot be read: %s."), where,
		    value, strerror_r(error->sys_errno, choices,
		    sizeof choices));
		return;
	default:
		snprintf(out, size, _("%s: '%s' cannot be used."), where,
		    value);
	}
}

static void
sentence_system(char *out, size_t size, const char *where,
    const struct haul_error *error)
{
	char words[128];

	if (error->result == HAUL_ENOMEM)
		snprintf(out, size, _("%s: out of memory."), where);
	else if (error->sys_errno != 0)
		snprintf(out, size, _("%s: the system refused: %s."), where,
		    strerror_r(error->sys_errno, words, sizeof words));
	else
		snprintf(out, size, _("%s: the system refused."), where);
}

void
sentence_complaint(char *out, size_t size, const char *where,
    const struct haul_error *error, unsigned flags)
{
	char value[sizeof error->value * 2], redacted[sizeof value];

	text_redact(redacted, sizeof redacted, error->value);
	text_safe(value, sizeof value, redacted, strlen(redacted), -1, flags);
	switch (error->complaint) {
	case HAUL_COMPLAINT_NONE:
		sentence_system(out, size, where, error);
		return;
	case HAUL_COMPLAINT_BAD_URL:
	case HAUL_COMPLAINT_BAD_SCHEME:
		sentence_url(out, size, where, value, error->complaint ==
		    HAUL_COMPLAINT_BAD_SCHEME);
		return;
	case HAUL_COMPLAINT_PROXY_SCHEME:
	case HAUL_COMPLAINT_PROXY_HOST:
	case HAUL_COMPLAINT_PROXY_PORT:
		sentence_proxy(out, size, where, error->complaint, value);
		return;
	case HAUL_COMPLAINT_BAD_CHECKSUM:
	case HAUL_COMPLAINT_UNKNOWN_DIGEST:
	case HAUL_COMPLAINT_CHECKSUM_LENGTH:
		sentence_checksum(out, size, where, error, value);
		return;
	default:
		sentence_usage(out, size, where, error, value);
	}
}
