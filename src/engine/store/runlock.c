/* SPDX-License-Identifier: MIT
 *
 * See runlock.h. The file is removed by its holder; whoever locked it between
 * another's opening and removing looks whether it is still the one of that
 * name, and else begins again.
 */
#include "config.h"

#include "runlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/alloc.h"

static char *
runlock_path(const char *store, uint64_t run)
{
	return alloc_format("%s.run-%llu", store, (unsigned long long)run);
}

static int64_t
runlock_read(int fd)
{
	char text[32];
	ssize_t got = pread(fd, text, sizeof text - 1, 0);

	if (got <= 0)
		return 0;
	text[got] = '\0';
	return strtoll(text, NULL, 10);
}

static bool
runlock_is_current(int fd, const char *path)
{
	struct stat mine, there;

	return fstat(fd, &mine) == 0 && stat(path, &there) == 0 &&
	    mine.st_dev == there.st_dev && mine.st_ino == there.st_ino;
}

static int
runlock_open(const char *path)
{
	int fd;

	for (;;) {
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
		    0600);
		if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0 ||
		    runlock_is_current(fd, path))
			return fd;
		close(fd);
	}
}

int
runlock_take(const char *store, uint64_t run, int64_t *pid)
{
	char *path = runlock_path(store, run), text[32];
	int fd, length;

	*pid = 0;
	fd = runlock_open(path);
	free(path);
	if (fd < 0)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
		*pid = runlock_read(fd);
		close(fd);
		errno = EWOULDBLOCK;
		return -1;
	}
	/* Where nothing can be locked, nobody is shut out. The number is for
	 * people. */
	length = snprintf(text, sizeof text, "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) == 0 &&
	    pwrite(fd, text, (size_t)length, 0) < 0)
		(void)ftruncate(fd, 0);
	return fd;
}

void
runlock_release(int fd, const char *store, uint64_t run)
{
	char *path;

	if (fd < 0)
		return;
	path = runlock_path(store, run);
	if (runlock_is_current(fd, path))
		unlink(path);
	free(path);
	close(fd);
}

int64_t
runlock_holder(const char *store, uint64_t run)
{
	char *path = runlock_path(store, run);
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	int64_t pid = 0;

	free(path);
	if (fd < 0)
		return 0;
	/* Shared: two that ask do not see each other. */
	if (flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
		pid = runlock_read(fd);
		if (pid <= 0)
			pid = -1;
	}
	close(fd);
	return pid;
}
