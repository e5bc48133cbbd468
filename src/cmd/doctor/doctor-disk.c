/* SPDX-License-Identifier: MIT
 *
 * See doctor-internal.h: the directory that files go to, the one of the store,
 * and the store itself.
 */
#include "config.h"

#include "doctor-internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cmd/run/resume.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/units.h"

#define DOCTOR_ROOM_FEW (100 * INT64_C(1048576))
#define DOCTOR_INODES_FEW 1000
#define DOCTOR_SYNC_SLOW_MS 300
#define DOCTOR_LOG_MANY (256 * INT64_C(1048576))
#define DOCTOR_NAME_BYTES 255           /* that a file's name may have */

/* ---- file systems ---- */

#define DOCTOR_MEMORY 1u                /* gone with the power */
#define DOCTOR_REMOTE 2u
#define DOCTOR_4GIB 4u                  /* no file is larger */

static const struct doctor_disk {
	uint32_t magic;                 /* of statfs(2) */
	unsigned flags;
	const char *name;
} doctor_disks[] = {
	{ 0xef53, 0, "ext4" }, { 0x58465342, 0, "xfs" },
	{ 0x9123683e, 0, "btrfs" }, { 0x2fc12fc1, 0, "zfs" },
	{ 0xf2f52010, 0, "f2fs" }, { 0xca451a4e, 0, "bcachefs" },
	{ 0x794c7630, 0, "overlay" }, { 0xf15f, 0, "ecryptfs" },
	{ 0x01021994, DOCTOR_MEMORY, "tmpfs" },
	{ 0x858458f6, DOCTOR_MEMORY, "ramfs" },
	{ 0x4d44, DOCTOR_4GIB, "vfat" }, { 0x2011bab0, 0, "exfat" },
	{ 0x7366746e, 0, "ntfs3" }, { 0x5346544e, 0, "ntfs" },
	{ 0x65735546, 0, "fuse" }, { 0x6969, DOCTOR_REMOTE, "nfs" },
	{ 0xff534d42, DOCTOR_REMOTE, "cifs" },
	{ 0xfe534d42, DOCTOR_REMOTE, "smb" },
	{ 0x01021997, DOCTOR_REMOTE, "9p" },
	{ 0x00c36400, DOCTOR_REMOTE, "ceph" },
	{ 0x0bd00bd3, DOCTOR_REMOTE, "lustre" },
	{ 0x47504653, DOCTOR_REMOTE, "gpfs" },
	{ 0x19830326, DOCTOR_REMOTE, "beegfs" },
	{ 0x5346414f, DOCTOR_REMOTE, "afs" },
	{ 0x9660, 0, "iso9660" }, { 0x73717368, 0, "squashfs" },
};

static const struct doctor_disk *
doctor_find_disk(uint32_t magic)
{
	size_t i;

	for (i = 0; i < sizeof doctor_disks / sizeof *doctor_disks; i++)
		if (doctor_disks[i].magic == magic)
			return &doctor_disks[i];
	return NULL;
}

/* ---- a place ---- */

/* Where something is to be written. */
struct doctor_place {
	const char *path;               /* a directory, there or not */
	const char *option;             /* by which another one is chosen */
	bool is_state;                  /* of the store */
	bool si;
};

/* The directory itself, or the nearest one above that is there; to be
 * freed. */
static char *
doctor_nearest(const char *path)
{
	char *near = memory_string(path), *slash;
	struct stat st;

	/* What is there and no directory is told as such by the trial. */
	while (stat(near, &st) < 0 && errno == ENOENT) {
		slash = strrchr(near, '/');
		while (slash != NULL && slash > near && slash[1] == '\0') {
			*slash = '\0';
			slash = strrchr(near, '/');
		}
		if (slash == NULL) {
			free(near);
			return memory_string(".");
		}
		slash[slash == near] = '\0';
	}
	return near;
}

/* Of room the check of it tells more: NULL. */
static char *
doctor_advise_place(const struct doctor_place *place, int error)
{
	if (error == ENOSPC)
		return NULL;
	if (error == ENOLCK || error == ENOSYS)
		return memory_format(_("That file system has no locks, which "
		    "haul needs; have it mounted with them (Lustre: -o "
		    "flock), or choose another place by %s."), place->option);
	return memory_format(_("Choose another place by %s, or see to it that "
	    "files can be made there."), place->option);
}

static void
doctor_tell_failed(const struct haul_trial *trial,
    const struct doctor_place *place, struct doctor_finding *finding)
{
	char *words = doctor_words(trial->sys_errno), *found = NULL;

	switch (trial->failed) {
	case HAUL_TRIAL_FINE:
		break;
	case HAUL_TRIAL_OPEN:
		found = memory_format(_("it cannot be opened: %s"), words);
		break;
	case HAUL_TRIAL_CREATE:
		found = memory_format(_("no file can be made: %s"), words);
		break;
	case HAUL_TRIAL_WRITE:
		found = memory_format(_("nothing can be written: %s"), words);
		break;
	case HAUL_TRIAL_NAME:
		found = memory_format(_("no file gets its name: %s"), words);
		break;
	case HAUL_TRIAL_SYNC:
		found = memory_format(_("nothing can be synced: %s"), words);
		break;
	}
	doctor_say(finding, DOCTOR_WRONG, found, doctor_advise_place(place,
	    trial->sys_errno));
	free(words);
}

/* False: nothing more is to be said of it. */
static bool
doctor_check_trial(const char *near, const struct doctor_place *place,
    struct doctor_finding *finding)
{
	struct haul_trial trial;
	char took[UNITS_SIZE];

	haul_try_directory(near, &trial);
	if (trial.failed != HAUL_TRIAL_FINE) {
		doctor_tell_failed(&trial, place, finding);
		return trial.sys_errno == ENOSPC;
	}
	/* Small files then have a name from the first, as large ones do. */
	if (!trial.unnamed)
		doctor_say(finding, DOCTOR_OK, memory_format(_("no %s"),
		    "O_TMPFILE"), NULL);
	if (!trial.locks)
		doctor_say(finding, DOCTOR_NOTE, memory_string(_("no locks")),
		    memory_string(_("Never let two hauls fetch the same "
		    "file there: nothing keeps them apart.")));
	units_taken(took, sizeof took, trial.sync_ms);
	if (trial.sync_ms > DOCTOR_SYNC_SLOW_MS)
		doctor_say(finding, DOCTOR_NOTE, memory_format(_("a sync "
		    "takes %s"), took), memory_string(_("The disk is slow or "
		    "busy; --fsync=never does not wait for it, at the risk of "
		    "a power cut.")));
	return true;
}

static void
doctor_check_kind(const char *near, const struct doctor_place *place,
    struct doctor_finding *finding)
{
	const struct doctor_disk *disk;
	struct statfs st;
	unsigned flags;

	if (statfs(near, &st) < 0)
		return;
	disk = doctor_find_disk((uint32_t)st.f_type);
	flags = disk != NULL ? disk->flags : 0;
	doctor_say(finding, DOCTOR_OK, disk != NULL ? memory_string(disk->name)
	    : memory_format("0x%lx", (unsigned long)st.f_type), NULL);
	if ((flags & DOCTOR_MEMORY) != 0)
		doctor_say(finding, DOCTOR_NOTE, NULL, memory_string(
		    place->is_state ? _("That is memory: after a restart "
		    "haul does not know of earlier runs.") : _("That is "
		    "memory: what is fetched is gone after a restart.")));
	if ((flags & DOCTOR_REMOTE) != 0 && place->is_state)
		doctor_say(finding, DOCTOR_NOTE, NULL, memory_string(_("A "
		    "database on a network file system can be damaged; have "
		    "it on a disk of this machine by --store.")));
	if ((flags & DOCTOR_4GIB) != 0)
		doctor_say(finding, DOCTOR_NOTE, NULL, memory_string(_("No "
		    "file of 4 GiB or more can be there.")));
}

static void
doctor_check_room(const char *near, const struct doctor_place *place,
    struct doctor_finding *finding)
{
	char room[UNITS_SIZE], count[UNITS_SIZE];
	struct statvfs st;
	int64_t free_bytes;

	if (statvfs(near, &st) < 0)
		return;
	free_bytes = (int64_t)st.f_bavail * (int64_t)st.f_frsize;
	units_size_long(room, sizeof room, free_bytes, place->si);
	doctor_say(finding, free_bytes == 0 ? DOCTOR_WRONG : free_bytes <
	    DOCTOR_ROOM_FEW ? DOCTOR_NOTE : DOCTOR_OK, memory_format(
	    _("%s free"), room), free_bytes >= DOCTOR_ROOM_FEW ? NULL :
	    memory_format(_("Make room there, or choose another place by "
	    "%s."), place->option));
	if (st.f_files > 0 && st.f_favail < DOCTOR_INODES_FEW) {
		units_count(count, sizeof count, st.f_favail);
		doctor_say(finding, st.f_favail == 0 ? DOCTOR_WRONG :
		    DOCTOR_NOTE, memory_format(_("room for %s more files"),
		    count), memory_string(_("Remove some small files there: "
		    "their number is limited as well (df -i).")));
	}
	if (st.f_namemax < DOCTOR_NAME_BYTES)
		doctor_say(finding, DOCTOR_NOTE, memory_format(_("names of "
		    "%lu bytes at most"), st.f_namemax), memory_string(
		    _("Files with longer names fail there; give them shorter "
		    "ones by --out.")));
}

static void
doctor_check_place(const struct doctor_place *place,
    struct doctor_finding *finding)
{
	char *near = doctor_nearest(place->path);
	char *real = realpath(near, NULL);

	if (strcmp(near, place->path) == 0 || access(place->path, F_OK) == 0)
		doctor_say(finding, DOCTOR_OK, memory_string(real != NULL ?
		    real : near), NULL);
	else
		doctor_say(finding, DOCTOR_OK, memory_format(_("%s (not there "
		    "yet, will be made)"), place->path), NULL);
	if (doctor_check_trial(near, place, finding)) {
		doctor_check_kind(near, place, finding);
		doctor_check_room(near, place, finding);
	}
	free(real);
	free(near);
}

void
doctor_check_directory(const struct doctor_case *of,
    struct doctor_finding *finding)
{
	const char *path = of->settings->texts[SETTINGS_DIRECTORY];
	const struct doctor_place place = {
		.path = path != NULL && *path != '\0' ? path : ".",
		.option = "--directory",
		.si = of->settings->values[SETTINGS_SI] != 0,
	};

	doctor_check_place(&place, finding);
}

/* ---- the store ---- */

static bool
doctor_lacks_store(const struct doctor_case *of,
    struct doctor_finding *finding)
{
	if (of->libraries.sqlite != NULL &&
	    of->settings->values[SETTINGS_NO_STORE] == 0 &&
	    of->settings->values[SETTINGS_DISCARD] == 0)
		return false;
	doctor_say(finding, DOCTOR_OK, memory_string(_("runs are not "
	    "recorded")), NULL);
	return true;
}

void
doctor_check_state(const struct doctor_case *of,
    struct doctor_finding *finding)
{
	struct doctor_place place = { .option = "--store", .is_state = true,
	    .si = of->settings->values[SETTINGS_SI] != 0 };
	char *path, *slash;

	if (doctor_lacks_store(of, finding))
		return;
	path = resume_store(of->settings);
	if (path == NULL) {
		doctor_say(finding, DOCTOR_WRONG, memory_string(_("there is "
		    "no place for a store")), memory_string(_("Set HOME, or "
		    "name a file by --store.")));
		return;
	}
	slash = strrchr(path, '/');
	if (slash != NULL)
		slash[slash == path] = '\0';
	place.path = slash != NULL ? path : ".";
	doctor_check_place(&place, finding);
	free(path);
}

static void
doctor_tell_store(const struct doctor_case *of,
    const struct haul_store_state *state, struct doctor_finding *finding)
{
	char size[UNITS_SIZE], log[UNITS_SIZE], count[UNITS_SIZE];

	units_size_long(size, sizeof size, state->size_bytes,
	    of->settings->values[SETTINGS_SI] != 0);
	units_size_long(log, sizeof log, state->log_bytes,
	    of->settings->values[SETTINGS_SI] != 0);
	units_count(count, sizeof count, state->runs);
	doctor_say(finding, DOCTOR_OK, memory_string(size), NULL);
	doctor_say(finding, DOCTOR_OK, memory_format(_("version %d"),
	    state->version), NULL);
	doctor_say(finding, DOCTOR_OK, memory_format(ngettext("%s run",
	    "%s runs", (unsigned long)state->runs), count), NULL);
	if (state->running > 0)
		doctor_say(finding, DOCTOR_OK, state->pid > 0 ? memory_format(
		    _("in use by process %" PRId64), state->pid) :
		    memory_string(_("in use")), NULL);
	if (!state->complete)
		doctor_say(finding, DOCTOR_OK, memory_string(_("too large to "
		    "be read whole in the time")), NULL);
	if (state->log_bytes > DOCTOR_LOG_MANY && state->running == 0)
		doctor_say(finding, DOCTOR_NOTE, memory_format(_("log of %s"),
		    log), memory_string(_("A run was killed; the next one "
		    "puts its log in order.")));
	if ((state->mode & 077) != 0)
		doctor_say(finding, DOCTOR_NOTE, memory_format(_("mode %03o"),
		    state->mode), memory_string(_("Others can read what you "
		    "have fetched; make it yours alone (chmod 600).")));
}

static void
doctor_tell_refused(const struct haul_error *error,
    const struct haul_store_state *state, struct doctor_finding *finding)
{
	char sentence[SENTENCE_SIZE];

	if (error->sys_errno == EBADMSG) {
		doctor_say(finding, DOCTOR_WRONG, *state->damage != '\0' ?
		    memory_format(_("damaged: %s"), state->damage) :
		    memory_string(_("damaged, or not haul's")),
		    memory_string(_("The next run puts it aside, as "
		    "NAME.damaged-N, and begins a new one; earlier runs are "
		    "not known any more then.")));
		return;
	}
	sentence_complaint(sentence, sizeof sentence, "--store", error, 0);
	doctor_say(finding, DOCTOR_WRONG, NULL, memory_string(sentence));
}

void
doctor_check_store(const struct doctor_case *of,
    struct doctor_finding *finding)
{
	struct haul_store_state state;
	enum haul_result result;
	struct haul_error error;
	char *path;

	if (doctor_lacks_store(of, finding))
		return;
	path = resume_store(of->settings);
	if (path == NULL)
		return;
	doctor_say(finding, DOCTOR_OK, memory_string(path), NULL);
	result = haul_store_look(path, of->limit_ms, &state, &error);
	if (result == HAUL_OK)
		doctor_tell_store(of, &state, finding);
	else if (result == HAUL_ENOENT)
		doctor_say(finding, DOCTOR_OK, memory_string(_("not there "
		    "yet, will be made")), NULL);
	else
		doctor_tell_refused(&error, &state, finding);
	free(path);
}
