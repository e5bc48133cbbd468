/* SPDX-License-Identifier: MIT
 *
 * See reason.h.
 */
#include "config.h"

#include "reason.h"

#include <langinfo.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "i18n.h"

#define REASON_PLACES 2
#define REASON_SIZE 256                 /* of what stands in a place */

/* Each %s stands for what differs. Of two that fit the first counts. */
static const char *const reasons[] = {
	N_("the server announces another digest than the one asked for; not "
	    "fetched"),
	N_("the server announces another digest than the one asked for"),
	N_("a file of that name is there and has another digest; it was not "
	    "touched"),
	N_("what the server sends is not what was recorded; the file was not "
	    "touched"),
	N_("the part file was moved or removed while it was being fetched"),
	N_("the answer's headers are too long"),
	N_("the server sent no proper answer"),
	N_("the connection brought what belongs to another answer"),
	N_("redirected more than 20 times"),
	N_("no free name"),
	N_("libcurl refused the request"),
	N_("more bytes came than the server had told: the file grows, or its "
	    "size was told wrongly"),
	N_("the size that the server told cannot be believed"),
	N_("the answer's Content-Length cannot be believed"),
	N_("the answer has a Transfer-Encoding other than chunked"),
	N_("while it was being fetched"),
	N_("what was fetched of the old one is kept"),
	N_("the server answered another range than asked"),
	N_("the server ignored the range"),
	N_("the server answered with a part though all was asked"),
	N_("a part was redirected to a server that has no parts"),
	N_("a login of the network, or of the server?"),
	N_("redirected to what is not a URL haul may follow"),
	N_("redirected to a server of SSH keys"),
	N_("redirected from an encrypted connection to a plain one"),
	N_("the connection was silent after a sleep"),
	N_("this machine's address of the connection is gone"),
	N_("there was no network in the time for the file"),
	N_("not recorded: signature in the URL"),
	N_("not recorded: user and password in the URL"),
	/* TRANSLATORS: the name of an option. */
	N_("not recorded: %s"),
	N_("another process is fetching this file"),
	/* TRANSLATORS: the number of a process. */
	N_("process %s is fetching this file"),
	/* TRANSLATORS: seconds, "2.0". */
	N_("no byte came for %s s"),
	/* TRANSLATORS: a number. */
	N_("the connection ended %s bytes early"),
	/* TRANSLATORS: two digests, in this order. */
	N_("the digest is %s, wanted %s"),
	/* TRANSLATORS: two numbers of bytes, in this order. */
	N_("it needs %s bytes, and the file system has %s in all"),
	/* TRANSLATORS: two numbers of bytes, in this order. */
	N_("it needs %s bytes, and %s are free for it"),
	/* TRANSLATORS: a file's name. */
	N_("%s: it is a directory, a device, a pipe or a link that leads to no "
	    "file"),
	/* TRANSLATORS: a file's name. */
	N_("%s: it is a symbolic link, which is not followed"),
	/* TRANSLATORS: a file's name. */
	N_("%s: the file there has another name as well (a hard link)"),
};

/* How much stands before the next place, or the end. */
static size_t
reason_literal(const char *reason)
{
	const char *place = strstr(reason, "%s");

	return place != NULL ? (size_t)(place - reason) : strlen(reason);
}

/* Where what follows a place stands in the message; NULL: nowhere. What ends
 * the reason has to end the message. */
static const char *
reason_find(const char *message, const char *literal, size_t length)
{
	size_t left = strlen(message);

	if (literal[length] == '\0')
		return left >= length && strcmp(message + left - length,
		    literal) == 0 ? message + left - length : NULL;
	for (; *message != '\0'; message++)
		if (strncmp(message, literal, length) == 0)
			return message;
	return NULL;
}

/* A number with a point has the locale's sign for it. */
static void
reason_take(char *place, const char *at, size_t length)
{
	const char *sign = nl_langinfo(RADIXCHAR);
	size_t whole = strspn(at, "0123456789");
	bool number = whole > 0 && whole + 1 < length && at[whole] == '.' &&
	    whole + 1 + strspn(at + whole + 1, "0123456789") >= length;

	if (number)
		snprintf(place, REASON_SIZE, "%.*s%s%.*s", (int)whole, at, sign,
		    (int)(length - whole - 1), at + whole + 1);
	else
		snprintf(place, REASON_SIZE, "%.*s", (int)length, at);
}

static bool
reason_fits(const char *reason, const char *message,
    char places[REASON_PLACES][REASON_SIZE])
{
	size_t length = reason_literal(reason), count = 0;
	const char *end;

	if (strncmp(message, reason, length) != 0)
		return false;
	for (message += length, reason += length; *reason != '\0';
	    message = end + length, reason += length) {
		reason += strlen("%s");
		length = reason_literal(reason);
		end = reason_find(message, reason, length);
		if (end == NULL)
			return false;
		reason_take(places[count++], message, (size_t)(end - message));
	}
	return *message == '\0';
}

/* A translation's places are checked by msgfmt; the compiler cannot. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
static void
reason_fill(char *out, size_t size, const char *format,
    char places[REASON_PLACES][REASON_SIZE])
{
	snprintf(out, size, format, places[0], places[1]);
}
#pragma GCC diagnostic pop

void
reason_text(char *out, size_t size, const char *message)
{
	char places[REASON_PLACES][REASON_SIZE] = { "", "" };
	size_t i;

	for (i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (reason_fits(reasons[i], message, places))
			break;
	if (i == sizeof reasons / sizeof *reasons)
		snprintf(out, size, "%s", message);
	else if (strstr(reasons[i], "%s") == NULL)
		snprintf(out, size, "%s", _(reasons[i]));
	else
		reason_fill(out, size, _(reasons[i]), places);
}
