/* SPDX-License-Identifier: MIT
 *
 * The calls of haul.h about what haul stands on: libraries, certificates, a
 * directory. A trial goes the way that every file goes, by partfile.c, since
 * what another way can do says nothing of it. It syncs only a file that has no
 * name any more: whoever does not wait for the end leaves nothing behind.
 */
#include "config.h"

#include <curl/curl.h>
#include <dirent.h>
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "engine/base/clock.h"
#include "engine/disk/partfile.h"
#include "engine/net/net.h"
#include "engine/store/store.h"
#include "haul-internal.h"

/* ---- libraries ---- */

static const char *
haul_backend_name(unsigned backend)
{
	switch (backend) {
	case EVBACKEND_SELECT:
		return "select";
	case EVBACKEND_POLL:
		return "poll";
	case EVBACKEND_EPOLL:
		return "epoll";
	case EVBACKEND_KQUEUE:
		return "kqueue";
	case EVBACKEND_DEVPOLL:
		return "devpoll";
	case EVBACKEND_PORT:
		return "port";
	default:
		return "?";
	}
}

/* The one that a loop of ours gets here, which may be less than libev was
 * built for. */
static void
haul_learn_events(struct haul_libraries *libraries)
{
	struct ev_loop *loop = ev_loop_new(EVFLAG_NOENV | EVFLAG_NOSIGMASK);
	unsigned backend = 0;

	if (loop != NULL) {
		backend = ev_backend(loop);
		ev_loop_destroy(loop);
	}
	snprintf(libraries->events, sizeof libraries->events,
	    "libev/%d.%d, %s", ev_version_major(), ev_version_minor(),
	    haul_backend_name(backend));
	libraries->events_slow = backend == EVBACKEND_SELECT ||
	    backend == EVBACKEND_POLL;
}

/* A libcurl that was given no place of its own leaves the choice to OpenSSL,
 * which asks the environment. */
static void
haul_learn_authorities(struct haul_libraries *libraries,
    const curl_version_info_data *curl)
{
	const char *file, *dir;

	if (curl->age >= CURLVERSION_SEVENTH) {
		libraries->ca_file = curl->cainfo;
		libraries->ca_dir = curl->capath;
	}
	if (libraries->ca_file != NULL || libraries->ca_dir != NULL ||
	    curl->ssl_version == NULL ||
	    strstr(curl->ssl_version, "OpenSSL") == NULL)
		return;
	file = getenv(X509_get_default_cert_file_env());
	dir = getenv(X509_get_default_cert_dir_env());
	libraries->ca_file = file != NULL ? file :
	    X509_get_default_cert_file();
	libraries->ca_dir = dir != NULL ? dir : X509_get_default_cert_dir();
}

void
haul_libraries(struct haul_libraries *libraries)
{
	const curl_version_info_data *curl;

	memset(libraries, 0, sizeof *libraries);
	net_start_library();
	curl = curl_version_info(CURLVERSION_NOW);
	libraries->curl_built = LIBCURL_VERSION;
	libraries->curl = curl->version;
	libraries->tls = curl->ssl_version;
	libraries->protocols = curl->protocols;
	libraries->http2 = (curl->features & CURL_VERSION_HTTP2) != 0;
	if (curl->ares != NULL)
		snprintf(libraries->resolver, sizeof libraries->resolver,
		    "c-ares/%s", curl->ares);
	else if ((curl->features & CURL_VERSION_ASYNCHDNS) != 0)
		snprintf(libraries->resolver, sizeof libraries->resolver,
		    "threads");
	haul_learn_authorities(libraries, curl);
	haul_learn_events(libraries);
	libraries->sqlite = store_library(&libraries->sqlite_built,
	    &libraries->sqlite_threads);
}

/* ---- certificates ---- */

/* A name by which OpenSSL finds one in a directory: "4042bcee.0". */
static bool
haul_is_hash_name(const char *name)
{
	size_t digits = strspn(name, "0123456789abcdef");

	return digits == 8 && name[8] == '.' && name[9] != '\0' &&
	    strspn(name + 9, "0123456789") == strlen(name + 9);
}

static void
haul_count_hashes(int fd, struct haul_certificates *found)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;

	if (dir == NULL) {
		found->sys_errno = errno;
		close(fd);
		return;
	}
	while ((entry = readdir(dir)) != NULL)
		found->count += haul_is_hash_name(entry->d_name);
	closedir(dir);
}

static void
haul_weigh_certificate(const unsigned char *bytes, long length, time_t now,
    struct haul_certificates *found)
{
	X509 *certificate = d2i_X509(NULL, &bytes, length);

	found->count++;
	if (certificate == NULL)
		found->broken++;
	else if (X509_cmp_time(X509_get0_notAfter(certificate), &now) <= 0)
		found->expired++;
	else if (X509_cmp_time(X509_get0_notBefore(certificate), &now) > 0)
		found->early++;
	X509_free(certificate);
}

static bool
haul_is_certificate(const char *name)
{
	return strcmp(name, PEM_STRING_X509) == 0 ||
	    strcmp(name, PEM_STRING_X509_OLD) == 0 ||
	    strcmp(name, PEM_STRING_X509_TRUSTED) == 0;
}

/* What OpenSSL cannot take apart between two marks ends its reading, and
 * libcurl's likewise. */
static void
haul_read_pem(int fd, time_t now, struct haul_certificates *found)
{
	FILE *file = fdopen(fd, "r");
	char *name, *header;
	unsigned char *bytes;
	long length;

	if (file == NULL) {
		found->sys_errno = errno;
		close(fd);
		return;
	}
	while (PEM_read(file, &name, &header, &bytes, &length) == 1) {
		if (haul_is_certificate(name))
			haul_weigh_certificate(bytes, length, now, found);
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_free(bytes);
	}
	if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
		found->count++;
		found->broken++;
	}
	ERR_clear_error();
	if (ferror(file))
		found->sys_errno = EIO;
	fclose(file);
}

void
haul_certificates(const char *path, int64_t now_ms,
    struct haul_certificates *found)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	memset(found, 0, sizeof *found);
	if (fd < 0 || fstat(fd, &st) < 0)
		found->sys_errno = errno;
	if (fd < 0)
		return;
	if (found->sys_errno == 0 && S_ISDIR(st.st_mode)) {
		haul_count_hashes(fd, found);
	} else if (found->sys_errno == 0 && S_ISREG(st.st_mode)) {
		haul_read_pem(fd, (time_t)(now_ms / 1000), found);
	} else {
		if (found->sys_errno == 0)
			found->sys_errno = EINVAL;
		close(fd);
	}
}

/* ---- a directory ---- */

#define HAUL_TRIAL_SIZE 4096

static bool
haul_trial_failed(struct haul_trial *trial, enum haul_trial_step step,
    int error)
{
	if (error == 0)
		return false;
	trial->failed = step;
	trial->sys_errno = error;
	return true;
}

/* Whether what the part file's descriptor holds keeps another one out. */
static bool
haul_trial_locks(const struct partfile *part)
{
	char *name = alloc_format("%s.part", part->name);
	int fd = openat(folder_fd(part->folder), name, O_RDWR | O_CLOEXEC |
	    O_NOFOLLOW | O_NOCTTY);
	bool locks = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0 &&
	    errno == EWOULDBLOCK;

	if (fd >= 0)
		close(fd);
	free(name);
	return locks;
}

/* One whose name is taken away again before it is synced. */
static void
haul_trial_sync(struct haul_trial *trial, struct partfile *part)
{
	int64_t start_ms = clock_monotonic_ms();

	haul_trial_failed(trial, HAUL_TRIAL_SYNC, partfile_sync(part));
	trial->sync_ms = clock_monotonic_ms() - start_ms;
}

/* Whatever a trial may have left that failed half-way. */
static void
haul_trial_sweep(struct folder *folder, const char *name)
{
	static const char *const ends[] = {
		"", ".part", ".part.haul", ".part.haul+", ".part.haul~" };
	char *left;
	size_t i;

	for (i = 0; i < sizeof ends / sizeof *ends; i++) {
		left = alloc_format("%s%s", name, ends[i]);
		unlinkat(folder_fd(folder), left, 0);
		free(left);
	}
}

static void
haul_trial_run(struct haul_trial *trial, struct folder *folder,
    const char *name)
{
	static const char bytes[HAUL_TRIAL_SIZE];
	char url[] = "http://localhost/";
	struct record record = { .url = url, .total = 2 * HAUL_TRIAL_SIZE };
	struct record note;
	struct partfile part;
	bool set_aside;

	partfile_init(&part);
	if (haul_trial_failed(trial, HAUL_TRIAL_CREATE, partfile_create(&part,
	    folder, name, false, &record, &set_aside))) {
		haul_trial_sweep(folder, name);
		return;
	}
	trial->locks = haul_trial_locks(&part);
	if (!haul_trial_failed(trial, HAUL_TRIAL_WRITE, partfile_write(&part,
	    bytes, sizeof bytes, 0))) {
		record_init(&note);
		note.url = alloc_string(url);
		note.total = record.total;
		partfile_note(&part, &note);
		haul_trial_failed(trial, HAUL_TRIAL_NAME,
		    partfile_finish(&part, name, false));
	}
	haul_trial_sweep(folder, name);
	if (trial->failed == HAUL_TRIAL_FINE)
		haul_trial_sync(trial, &part);
	partfile_close(&part);
}

static void
haul_trial_unnamed(struct haul_trial *trial, struct folder *folder)
{
	int fd = openat(folder_fd(folder), ".", O_TMPFILE | O_RDWR | O_CLOEXEC,
	    0600);

	trial->unnamed = fd >= 0;
	if (fd >= 0)
		close(fd);
}

void
haul_try_directory(const char *dir, struct haul_trial *trial)
{
	struct folders *folders = folders_new();
	struct folder *folder = NULL;
	char *name = alloc_format(".haul-trial-%ld", (long)getpid());
	struct stat st;

	memset(trial, 0, sizeof *trial);
	/* What is not there would be made. */
	if (stat(dir, &st) == 0 && !S_ISDIR(st.st_mode))
		errno = ENOTDIR;
	else if (stat(dir, &st) == 0)
		folder = folders_open(folders, dir);
	if (folder == NULL) {
		haul_trial_failed(trial, HAUL_TRIAL_OPEN, errno);
	} else {
		folder_ref(folder);
		haul_trial_unnamed(trial, folder);
		haul_trial_run(trial, folder, name);
		folder_unref(folder);
	}
	free(name);
	folders_free(folders);
}
