/* SPDX-License-Identifier: MIT
 *
 * Loaded into haul by LD_PRELOAD: writes down what is done to one directory,
 * with the data, so that cut.py can say what a power cut would have left.
 *
 *     POWERCUT_DIR    the directory
 *     POWERCUT_LOG    where to write; appended to
 *     POWERCUT_AT     kill ourselves before that operation, from 1 on
 *     POWERCUT_BOOT   a file to read in the place of the kernel's boot_id:
 *                     after a power cut that is another; the system was
 *                     started when it was written
 *
 * A line an operation; W is followed by its bytes:
 *
 *     C ino name      made (or emptied by O_TRUNC)   O ino   made, no name
 *     W ino off len   written                        T ino len   cut
 *     L ino name      linked    R from to  renamed   U name  removed
 *     B n ino         a sync begins; D: the directory's; F: the file system's
 *     S n             it has ended
 *
 * Operations are written down once they are done, a sync also before: what
 * was written in between is not promised by it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SHIM_FDS 4096
#define SHIM_BOOT "/proc/sys/kernel/random/boot_id"

static struct {
	ino_t ino;                      /* 0: not one of ours */
	int is_dir;
} shim_fds[SHIM_FDS];

static pthread_mutex_t shim_lock = PTHREAD_MUTEX_INITIALIZER;
static struct stat shim_dir;
static int shim_log = -1;
static long shim_count, shim_at;
static unsigned shim_syncs;

#define REAL(name) shim_real(#name)

static void *
shim_real(const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	if (found == NULL)
		abort();
	return found;
}

__attribute__((constructor)) static void
shim_begin(void)
{
	int (*real_open)(const char *, int, ...) = REAL(open);
	const char *dir = getenv("POWERCUT_DIR"), *log = getenv("POWERCUT_LOG");
	const char *at = getenv("POWERCUT_AT");

	if (dir == NULL || log == NULL || stat(dir, &shim_dir) < 0)
		return;
	shim_log = real_open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
	    0600);
	shim_at = at ? strtol(at, NULL, 10) : 0;
}

static void
shim_put(const char *bytes, size_t length)
{
	ssize_t (*real_write)(int, const void *, size_t) = REAL(write);
	ssize_t n;

	while (length > 0 && (n = real_write(shim_log, bytes, length)) > 0) {
		bytes += n;
		length -= (size_t)n;
	}
}

/* The lock is held from here to shim_leave(), over the operation itself: the
 * order in the log is the order in which things were done. */
static void
shim_enter(void)
{
	pthread_mutex_lock(&shim_lock);
	if (++shim_count == shim_at)
		kill(getpid(), SIGKILL);
}

static void
shim_leave(void)
{
	int saved = errno;

	pthread_mutex_unlock(&shim_lock);
	errno = saved;
}

__attribute__((format(printf, 1, 2))) static void
shim_note(const char *format, ...)
{
	int saved = errno;
	char line[1200];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	shim_put(line, strlen(line));
	errno = saved;
}

static int
shim_is_dir(int fd)
{
	return shim_log >= 0 && fd >= 0 && fd < SHIM_FDS &&
	    shim_fds[fd].is_dir;
}

static ino_t
shim_file(int fd)
{
	return shim_log >= 0 && fd >= 0 && fd < SHIM_FDS &&
	    !shim_fds[fd].is_dir ? shim_fds[fd].ino : 0;
}

/* ---- opening ---- */

static void
shim_opened(int fd, int below, const char *name, int flags)
{
	struct stat st;

	if (fd < 0 || fd >= SHIM_FDS || fstat(fd, &st) < 0)
		return;
	shim_fds[fd].ino = 0;
	shim_fds[fd].is_dir = S_ISDIR(st.st_mode) &&
	    st.st_ino == shim_dir.st_ino && st.st_dev == shim_dir.st_dev;
	if (!S_ISREG(st.st_mode) || !below)
		return;
	shim_fds[fd].ino = st.st_ino;
	if ((flags & O_TMPFILE) == O_TMPFILE)
		shim_note("O %lu\n", (unsigned long)st.st_ino);
	else if ((flags & (O_CREAT | O_TRUNC)) != 0 && st.st_size == 0)
		shim_note("C %lu %s\n", (unsigned long)st.st_ino, name);
}

static int
shim_open(const char *symbol, int dir, const char *name, int flags,
    mode_t mode)
{
	int (*real)(int, const char *, int, ...) = REAL(openat);
	int below = shim_is_dir(dir), fd;

	(void)symbol;
	if (strcmp(name, SHIM_BOOT) == 0 && getenv("POWERCUT_BOOT") != NULL)
		name = getenv("POWERCUT_BOOT");
	if (shim_log < 0)
		return real(dir, name, flags, mode);
	if (below && (flags & (O_CREAT | O_TRUNC | __O_TMPFILE)) != 0) {
		shim_enter();
		fd = real(dir, name, flags, mode);
		shim_opened(fd, below, name, flags);
		shim_leave();
		return fd;
	}
	fd = real(dir, name, flags, mode);
	shim_opened(fd, below, name, 0);
	return fd;
}

#define SHIM_MODE(flags, mode) do { \
	va_list args; \
	if ((flags & (O_CREAT | __O_TMPFILE)) != 0) { \
		va_start(args, flags); \
		mode = va_arg(args, mode_t); \
		va_end(args); \
	} } while (0)

int
openat(int dir, const char *name, int flags, ...)
{
	mode_t mode = 0;

	SHIM_MODE(flags, mode);
	return shim_open("openat", dir, name, flags, mode);
}

int
openat64(int dir, const char *name, int flags, ...)
{
	mode_t mode = 0;

	SHIM_MODE(flags, mode);
	return shim_open("openat64", dir, name, flags, mode);
}

int
open(const char *name, int flags, ...)
{
	mode_t mode = 0;

	SHIM_MODE(flags, mode);
	return shim_open("open", AT_FDCWD, name, flags, mode);
}

int
open64(const char *name, int flags, ...)
{
	mode_t mode = 0;

	SHIM_MODE(flags, mode);
	return shim_open("open64", AT_FDCWD, name, flags, mode);
}

int __openat_2(int, const char *, int);
int __openat64_2(int, const char *, int);
int __open_2(const char *, int);
int __open64_2(const char *, int);

int
__openat_2(int dir, const char *name, int flags)
{
	return shim_open("openat", dir, name, flags, 0);
}

int
__openat64_2(int dir, const char *name, int flags)
{
	return shim_open("openat64", dir, name, flags, 0);
}

int
__open_2(const char *name, int flags)
{
	return shim_open("open", AT_FDCWD, name, flags, 0);
}

int
__open64_2(const char *name, int flags)
{
	return shim_open("open64", AT_FDCWD, name, flags, 0);
}

int
close(int fd)
{
	int (*real)(int) = REAL(close);

	if (fd >= 0 && fd < SHIM_FDS) {
		shim_fds[fd].ino = 0;
		shim_fds[fd].is_dir = 0;
	}
	return real(fd);
}

/* ---- data ---- */

static ssize_t
shim_pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
	ssize_t (*real)(int, const void *, size_t, off_t) = REAL(pwrite);
	ino_t ino = shim_file(fd);
	ssize_t n;

	if (ino == 0)
		return real(fd, bytes, length, offset);
	shim_enter();
	n = real(fd, bytes, length, offset);
	if (n > 0) {
		shim_note("W %lu %lld %zd\n", (unsigned long)ino,
		    (long long)offset, n);
		shim_put(bytes, (size_t)n);
	}
	shim_leave();
	return n;
}

ssize_t
pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
	return shim_pwrite(fd, bytes, length, offset);
}

ssize_t
pwrite64(int fd, const void *bytes, size_t length, off64_t offset)
{
	return shim_pwrite(fd, bytes, length, offset);
}

ssize_t
write(int fd, const void *bytes, size_t length)
{
	ssize_t (*real)(int, const void *, size_t) = REAL(write);

	if (shim_file(fd) != 0)
		abort();        /* haul always says where; learn it first */
	return real(fd, bytes, length);
}

static int
shim_ftruncate(int fd, off_t length)
{
	int (*real)(int, off_t) = REAL(ftruncate);
	ino_t ino = shim_file(fd);
	int result;

	if (ino == 0)
		return real(fd, length);
	shim_enter();
	result = real(fd, length);
	if (result == 0)
		shim_note("T %lu %lld\n", (unsigned long)ino,
		    (long long)length);
	shim_leave();
	return result;
}

int
ftruncate(int fd, off_t length)
{
	return shim_ftruncate(fd, length);
}

int
ftruncate64(int fd, off64_t length)
{
	return shim_ftruncate(fd, length);
}

/* ---- names ---- */

static int
shim_rename(int from_dir, const char *from, int to_dir, const char *to,
    unsigned flags)
{
	int (*real)(int, const char *, int, const char *, unsigned) =
	    REAL(renameat2);
	int result;

	if (!shim_is_dir(from_dir) || !shim_is_dir(to_dir))
		return real(from_dir, from, to_dir, to, flags);
	shim_enter();
	result = real(from_dir, from, to_dir, to, flags);
	if (result == 0)
		shim_note("R %s %s\n", from, to);
	shim_leave();
	return result;
}

int
renameat2(int from_dir, const char *from, int to_dir, const char *to,
    unsigned flags)
{
	return shim_rename(from_dir, from, to_dir, to, flags);
}

int
renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	return shim_rename(from_dir, from, to_dir, to, 0);
}

int
linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
	int (*real)(int, const char *, int, const char *, int) = REAL(linkat);
	struct stat st;
	int result;

	if (!shim_is_dir(to_dir))
		return real(from_dir, from, to_dir, to, flags);
	shim_enter();
	result = real(from_dir, from, to_dir, to, flags);
	if (result == 0 && fstatat(to_dir, to, &st, AT_SYMLINK_NOFOLLOW) == 0)
		shim_note("L %lu %s\n", (unsigned long)st.st_ino, to);
	shim_leave();
	return result;
}

int
unlinkat(int dir, const char *name, int flags)
{
	int (*real)(int, const char *, int) = REAL(unlinkat);
	int result;

	if (!shim_is_dir(dir))
		return real(dir, name, flags);
	shim_enter();
	result = real(dir, name, flags);
	if (result == 0)
		shim_note("U %s\n", name);
	shim_leave();
	return result;
}

/* ---- syncs ---- */

static int
shim_sync(const char *symbol, int fd)
{
	int (*real)(int) = shim_real(symbol);
	ino_t ino = shim_file(fd);
	unsigned number;
	int result;

	if (ino == 0 && !shim_is_dir(fd))
		return real(fd);
	shim_enter();
	number = ++shim_syncs;
	if (strcmp(symbol, "syncfs") == 0)
		shim_note("F %u\n", number);
	else if (ino == 0)
		shim_note("D %u\n", number);
	else
		shim_note("B %u %lu\n", number, (unsigned long)ino);
	shim_leave();
	result = real(fd);
	shim_enter();
	if (result == 0)
		shim_note("S %u\n", number);
	shim_leave();
	return result;
}

int
fsync(int fd)
{
	return shim_sync("fsync", fd);
}

int
fdatasync(int fd)
{
	return shim_sync("fdatasync", fd);
}

int
syncfs(int fd)
{
	return shim_sync("syncfs", fd);
}

int
clock_gettime(clockid_t clock, struct timespec *now)
{
	int (*real)(clockid_t, struct timespec *) = REAL(clock_gettime);
	const char *boot = getenv("POWERCUT_BOOT");
	struct stat st;

	if (clock != CLOCK_BOOTTIME || boot == NULL || stat(boot, &st) != 0)
		return real(clock, now);
	if (real(CLOCK_REALTIME, now) != 0)
		return -1;
	now->tv_sec -= st.st_mtim.tv_sec;
	now->tv_nsec -= st.st_mtim.tv_nsec;
	if (now->tv_nsec < 0) {
		now->tv_sec--;
		now->tv_nsec += 1000000000;
	}
	return 0;
}
