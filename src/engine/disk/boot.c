/* SPDX-License-Identifier: MIT
 *
 * See boot.h. The kernel's boot_id changes with each boot; a disk's diskseq
 * when it is pulled out and put back in.
 */
#include "config.h"

#include "boot.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

/* File systems whose last writes may fail out of our sight. */
static bool
boot_is_far(const struct statfs *fs)
{
	static const unsigned long far[] = {
		AFS_FS_MAGIC, AFS_SUPER_MAGIC, CEPH_SUPER_MAGIC,
		CIFS_SUPER_MAGIC, CODA_SUPER_MAGIC, FUSE_SUPER_MAGIC,
		NFS_SUPER_MAGIC, OCFS2_SUPER_MAGIC, SMB2_SUPER_MAGIC,
		SMB_SUPER_MAGIC, V9FS_MAGIC,
	};
	size_t i;

	for (i = 0; i < sizeof far / sizeof *far; i++)
		if ((uint32_t)fs->f_type == far[i])
			return true;
	return false;
}

/* The first word of a file of the kernel's. */
static bool
boot_read(const char *path, char word[BOOT_WORD_SIZE])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	*word = '\0';
	if (fd < 0)
		return false;
	n = read(fd, word, BOOT_WORD_SIZE - 1);
	close(fd);
	if (n <= 0)
		return false;
	word[n] = '\0';
	word[strcspn(word, " \n")] = '\0';
	return *word != '\0';
}

bool
boot_read_id(char id[BOOT_WORD_SIZE])
{
	return boot_read("/proc/sys/kernel/random/boot_id", id);
}

/* Of a partition, its disk's. File systems without a disk of their own, and
 * older kernels, have none. */
static void
boot_read_disk(dev_t dev, char word[BOOT_WORD_SIZE])
{
	char path[80];

	snprintf(path, sizeof path, "/sys/dev/block/%u:%u/diskseq",
	    major(dev), minor(dev));
	if (boot_read(path, word))
		return;
	snprintf(path, sizeof path, "/sys/dev/block/%u:%u/../diskseq",
	    major(dev), minor(dev));
	if (!boot_read(path, word))
		snprintf(word, BOOT_WORD_SIZE, "-");
}

bool
boot_tell(int fd, char text[BOOT_SIZE])
{
	char id[BOOT_WORD_SIZE], disk[BOOT_WORD_SIZE];
	struct statfs fs;
	struct stat st;

	if (fstatfs(fd, &fs) < 0 || boot_is_far(&fs) || fstat(fd, &st) < 0 ||
	    !boot_read_id(id))
		return false;
	boot_read_disk(st.st_dev, disk);
	snprintf(text, BOOT_SIZE, "%s %u:%u %s", id, major(st.st_dev),
	    minor(st.st_dev), disk);
	return true;
}
