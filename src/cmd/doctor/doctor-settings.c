/* SPDX-License-Identifier: MIT
 *
 * See doctor-internal.h: what the system and the user have set.
 */
#include "config.h"

#include "doctor-internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/run/notify.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/nearest.h"
#include "present/units.h"

#define DOCTOR_DESCRIPTORS_OWN 24       /* loop, pipes, store, lock ... */
#define DOCTOR_FILE_SMALL (1024 * INT64_C(1048576))
#define DOCTOR_MEMORY_SMALL (512 * INT64_C(1048576))

/* ---- limits ---- */

/* Connections that there can be, as far as options tell. */
static int64_t
doctor_connections(const struct settings *settings)
{
	const int64_t *values = settings->values;
	int64_t count = values[SETTINGS_MAX_CONN] *
	    values[SETTINGS_MAX_SPLITS];

	if (values[SETTINGS_SINGLE_DOWNLOAD] != 0)
		return 1;
	if (values[SETTINGS_DISABLE_RANGE] != 0)
		count = values[SETTINGS_MAX_CONN];
	if (values[SETTINGS_MAX_TOTAL_CONN] > 0 &&
	    count > values[SETTINGS_MAX_TOTAL_CONN])
		count = values[SETTINGS_MAX_TOTAL_CONN];
	return count;
}

/* A file being fetched has its part and its note open. */
void
doctor_check_descriptors(const struct doctor_case *of,
    struct doctor_finding *finding)
{
	int64_t connections = doctor_connections(of->settings);
	int64_t files = of->settings->values[SETTINGS_MAX_CONN];
	int64_t needed = DOCTOR_DESCRIPTORS_OWN + connections + 2 *
	    (files < connections ? files : connections);
	char limit[UNITS_SIZE], most[UNITS_SIZE], need[UNITS_SIZE];

	units_count(most, sizeof most, (uint64_t)connections);
	units_count(need, sizeof need, (uint64_t)needed);
	if (of->files.rlim_cur == RLIM_INFINITY)
		snprintf(limit, sizeof limit, "%s", _("no limit"));
	else
		units_count(limit, sizeof limit, of->files.rlim_cur);
	doctor_say(finding, DOCTOR_OK, memory_format(ngettext("%s; %s "
	    "connection at most", "%s; %s connections at most",
	    (unsigned long)connections), limit, most), NULL);
	if (of->files.rlim_cur == RLIM_INFINITY ||
	    of->files.rlim_cur >= (rlim_t)needed)
		return;
	doctor_say(finding, of->files.rlim_cur < DOCTOR_DESCRIPTORS_OWN + 3 ?
	    DOCTOR_WRONG : DOCTOR_NOTE, NULL, memory_format(_("That needs %s "
	    "open files; raise the limit (ulimit -n), or take fewer by "
	    "--max-conn and --max-splits."), need));
}

/* False: there is none. */
static bool
doctor_tell_limit(const struct doctor_case *of, rlim_t limit,
    char size[UNITS_SIZE])
{
	units_size_long(size, UNITS_SIZE, limit > INT64_MAX ? INT64_MAX :
	    (int64_t)limit, of->settings->values[SETTINGS_SI] != 0);
	return limit != RLIM_INFINITY;
}

void
doctor_check_limits(const struct doctor_case *of,
    struct doctor_finding *finding)
{
	char size[UNITS_SIZE];
	bool few;

	if (doctor_tell_limit(of, of->file_size.rlim_cur, size)) {
		few = of->file_size.rlim_cur < DOCTOR_FILE_SMALL;
		doctor_say(finding, few ? DOCTOR_NOTE : DOCTOR_OK,
		    memory_format(_("files of %s at most"), size), few ?
		    memory_string(_("Larger ones fail; raise the limit "
		    "(ulimit -f).")) : NULL);
	}
	if (doctor_tell_limit(of, of->memory.rlim_cur, size)) {
		few = of->memory.rlim_cur < DOCTOR_MEMORY_SMALL;
		doctor_say(finding, few ? DOCTOR_NOTE : DOCTOR_OK,
		    memory_format(_("memory of %s at most"), size), few ?
		    memory_string(_("Large queues can need more; raise the "
		    "limit (ulimit -v).")) : NULL);
	}
	if (finding->found == NULL)
		doctor_say(finding, DOCTOR_OK, memory_string(_("none")), NULL);
}

/* ---- configuration ---- */

void
doctor_check_configuration(const struct doctor_case *of,
    struct doctor_finding *finding)
{
	const struct doctor_complaints *complaints = of->complaints;
	const char *path;
	size_t i;

	for (i = 0; (path = conf_file(of->conf, i)) != NULL; i++)
		doctor_say(finding, DOCTOR_OK, memory_string(path), NULL);
	if (i == 0)
		doctor_say(finding, DOCTOR_OK, memory_string(_("no file")),
		    NULL);
	for (i = 0; i < complaints->conf_count; i++)
		doctor_say(finding, complaints->conf_wrong ? DOCTOR_WRONG :
		    DOCTOR_NOTE, NULL, memory_string(complaints->conf[i]));
}

/* ---- environment ---- */

/* A spelling that counts as well, and what the Python package reads. */
static const char *const doctor_others[] = {
	"HAUL_HIDE_PROGESS", "HAUL_LIBRARY" };

static bool
doctor_is_word(const char *word, const char *name, size_t length)
{
	return word != NULL && strlen(word) == length &&
	    strncmp(word, name, length) == 0;
}

static bool
doctor_is_variable(const char *name, size_t length)
{
	size_t i;
	int id;

	for (id = 0; id < SETTINGS_COUNT; id++)
		if (doctor_is_word(settings_rows[id].env, name, length) ||
		    doctor_is_word(settings_rows[id].parfive, name, length))
			return true;
	for (i = 0; i < sizeof doctor_others / sizeof *doctor_others; i++)
		if (doctor_is_word(doctor_others[i], name, length))
			return true;
	return false;
}

/* One that begins as ours do and is none does nothing, and nobody says so. */
static void
doctor_check_unknown(const char *name, size_t length,
    struct doctor_finding *finding)
{
	char *word = memory_bytes(name, length);
	struct nearest nearest;
	int id;

	nearest_init(&nearest, word, length);
	for (id = 0; id < SETTINGS_COUNT; id++)
		if (settings_rows[id].env != NULL)
			nearest_try(&nearest, settings_rows[id].env, id);
	doctor_say(finding, DOCTOR_NOTE, memory_string(word),
	    nearest.best >= 0 ? memory_format(_("haul does not know %s; did "
	    "you mean %s?"), word, settings_rows[nearest.best].env) :
	    memory_format(_("haul does not know %s."), word));
	free(word);
}

void
doctor_check_environment(const struct doctor_case *of,
    struct doctor_finding *finding)
{
	char *const *at;
	size_t length;

	if (of->complaints->environment != NULL)
		doctor_say(finding, DOCTOR_WRONG, NULL,
		    memory_string(of->complaints->environment));
	for (at = of->environ; *at != NULL; at++) {
		length = strcspn(*at, "=");
		if (doctor_is_variable(*at, length))
			doctor_say(finding, DOCTOR_OK, memory_bytes(*at,
			    length), NULL);
		else if (strncmp(*at, "HAUL_", 5) == 0)
			doctor_check_unknown(*at, length, finding);
	}
	if (finding->found == NULL)
		doctor_say(finding, DOCTOR_OK, memory_string(_("nothing of "
		    "haul's is set")), NULL);
}

/* ---- logins ---- */

/* Where the engine looks for users and passwords. */
static char *
doctor_netrc(const struct doctor_case *of)
{
	const char *named = of->get("NETRC"), *home = of->get("HOME");

	if (named != NULL && *named != '\0')
		return memory_string(named);
	return home != NULL && *home != '\0' ? memory_format("%s/.netrc",
	    home) : NULL;
}

void
doctor_check_logins(const struct doctor_case *of,
    struct doctor_finding *finding)
{
	char *path = doctor_netrc(of);
	struct stat st;
	unsigned mode;

	if (path == NULL || stat(path, &st) < 0) {
		doctor_say(finding, DOCTOR_OK, memory_string(_("no "
		    "~/.netrc")), NULL);
	} else {
		mode = (unsigned)st.st_mode & 0777;
		doctor_say(finding, DOCTOR_OK, memory_string(path), NULL);
		if ((mode & 077) != 0)
			doctor_say(finding, DOCTOR_NOTE, memory_format(
			    _("mode %03o"), mode), memory_string(_("Others "
			    "can read the passwords in it; make it yours "
			    "alone (chmod 600).")));
	}
	free(path);
}

/* ---- helpers ---- */

/* Other programs that haul was told to call. */
void
doctor_check_helpers(const struct doctor_case *of,
    struct doctor_finding *finding)
{
	struct notify *notify;

	if (of->settings->values[SETTINGS_NOTIFY] == 0) {
		doctor_say(finding, DOCTOR_OK, memory_string(_("none")), NULL);
		return;
	}
	notify = notify_new();
	if (notify != NULL)
		doctor_say(finding, DOCTOR_OK, memory_string("notify-send"),
		    NULL);
	else
		doctor_say(finding, DOCTOR_NOTE, memory_string(_("no "
		    "notify-send")), memory_string(_("--notify needs it: "
		    "install it (libnotify-bin), or leave that option "
		    "out.")));
	notify_free(notify);
}
