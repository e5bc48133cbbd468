/* SPDX-License-Identifier: MIT
 *
 * See doctor-internal.h: haul itself, the libraries it runs with, the clock.
 */
#include "config.h"

#include "doctor-internal.h"

#include <stdlib.h>
#include <string.h>

#include "present/i18n.h"
#include "present/memory.h"
#include "present/units.h"
#if defined(HAVE_TUI) && HAVE_TUI
#include "ui/screen/terminfo.h"
#endif

#define DOCTOR_DAY_MS (24 * INT64_C(3600000))
#define DOCTOR_YEAR_MS (366 * DOCTOR_DAY_MS)

/* ---- haul ---- */

void
doctor_check_haul(const struct doctor_case *of, struct doctor_finding *finding)
{
	(void)of;
	doctor_say(finding, DOCTOR_OK, memory_string(haul_version()), NULL);
#if !defined(HAVE_TUI) || !HAVE_TUI
	doctor_say(finding, DOCTOR_NOTE, memory_string(_("without the full "
	    "screen")), memory_string(_("This haul was built without it; "
	    "another package may have it.")));
#endif
}

/* ---- libcurl ---- */

static bool
doctor_has_protocol(const struct haul_libraries *libraries, const char *name)
{
	const char *const *protocol = libraries->protocols;

	for (; protocol != NULL && *protocol != NULL; protocol++)
		if (strcmp(*protocol, name) == 0)
			return true;
	return false;
}

/* Without https hardly anything can be fetched. */
static void
doctor_check_protocols(const struct haul_libraries *libraries,
    struct doctor_finding *finding)
{
	static const char *const wanted[] = {
		"http", "https", "ftp", "ftps", "sftp" };
	size_t i;

	for (i = 0; i < sizeof wanted / sizeof *wanted; i++)
		if (doctor_has_protocol(libraries, wanted[i]))
			doctor_say(finding, DOCTOR_OK,
			    memory_string(wanted[i]), NULL);
	for (i = 0; i < sizeof wanted / sizeof *wanted; i++)
		if (!doctor_has_protocol(libraries, wanted[i]))
			doctor_say(finding, i < 2 ? DOCTOR_WRONG :
			    DOCTOR_NOTE, memory_format(_("no %s"), wanted[i]),
			    memory_format(_("%s:// cannot be fetched with "
			    "this libcurl; install one that can."),
			    wanted[i]));
}

void
doctor_check_libcurl(const struct doctor_case *of,
    struct doctor_finding *finding)
{
	const struct haul_libraries *libraries = &of->libraries;
	bool same = strcmp(libraries->curl, libraries->curl_built) == 0;

	doctor_say(finding, DOCTOR_OK, same ? memory_string(libraries->curl) :
	    memory_format(_("%s (built with %s)"), libraries->curl,
	    libraries->curl_built), NULL);
	if (strverscmp(libraries->curl, libraries->curl_built) < 0)
		doctor_say(finding, DOCTOR_NOTE, NULL, memory_string(_("It "
		    "is older than the one haul was built with; look whether "
		    "a second libcurl comes first (LD_LIBRARY_PATH).")));
	if (libraries->tls != NULL)
		doctor_say(finding, DOCTOR_OK, memory_string(libraries->tls),
		    NULL);
	doctor_check_protocols(libraries, finding);
	if (libraries->http2)
		doctor_say(finding, DOCTOR_OK, memory_string("HTTP/2"), NULL);
	if (*libraries->resolver != '\0')
		doctor_say(finding, DOCTOR_OK, memory_format(_("resolver: "
		    "%s"), libraries->resolver), NULL);
	else
		doctor_say(finding, DOCTOR_NOTE, memory_string(_("no resolver "
		    "of its own")), memory_string(_("While a host's name is "
		    "looked up all else stands still; install a libcurl with "
		    "a threaded resolver.")));
}

/* ---- other libraries ---- */

void
doctor_check_libraries(const struct doctor_case *of,
    struct doctor_finding *finding)
{
	const struct haul_libraries *libraries = &of->libraries;

	if (libraries->events_slow)
		doctor_say(finding, DOCTOR_NOTE, NULL, memory_string(_("Many "
		    "connections cost much processor time with this libev; "
		    "install one with epoll.")));
	doctor_say(finding, DOCTOR_OK, memory_string(libraries->events), NULL);
	if (libraries->sqlite == NULL)
		doctor_say(finding, DOCTOR_NOTE, memory_string(_("no "
		    "SQLite")), memory_string(_("This haul was built without "
		    "it: runs are not recorded, and there is no --resume.")));
	else
		doctor_say(finding, libraries->sqlite_threads ? DOCTOR_OK :
		    DOCTOR_WRONG, memory_format("SQLite/%s",
		    libraries->sqlite), libraries->sqlite_threads ? NULL :
		    memory_string(_("This SQLite was built without threads, "
		    "which haul needs; install another.")));
#if defined(HAVE_TUI) && HAVE_TUI
	doctor_say(finding, DOCTOR_OK, memory_string(terminfo_version()),
	    NULL);
#endif
}

/* ---- the clock ---- */

/* Certificates are valid from a day to a day, so that a clock that is years
 * off is one of the commonest reasons why https fails. */
void
doctor_check_clock(const struct doctor_case *of, struct doctor_finding *finding)
{
	char now[UNITS_SIZE];
	bool early = of->now_ms + DOCTOR_DAY_MS < of->built_ms;
	bool late = of->built_ms > 0 &&
	    of->now_ms - of->built_ms > 20 * DOCTOR_YEAR_MS;

	units_date(now, sizeof now, of->now_ms);
	doctor_say(finding, early ? DOCTOR_WRONG : late ? DOCTOR_NOTE :
	    DOCTOR_OK, memory_string(now), NULL);
	if (early)
		doctor_say(finding, DOCTOR_WRONG, NULL, memory_string(_("That "
		    "is before haul was built; set the clock, or https will "
		    "fail.")));
	else if (late)
		doctor_say(finding, DOCTOR_NOTE, NULL, memory_string(_("That "
		    "is long after haul was built; see whether the clock is "
		    "right.")));
}
