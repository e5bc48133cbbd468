/* SPDX-License-Identifier: MIT
 *
 * Which run of the kernel this is, and of which disk. What a killed program
 * had written is still there if both are the same: the kernel has it, synced
 * or not.
 */
#ifndef HAUL_ENGINE_BOOT_H
#define HAUL_ENGINE_BOOT_H

#include <stdbool.h>

#define BOOT_WORD_SIZE 40               /* a UUID is the longest */
#define BOOT_SIZE 96

/* The kernel's name for this boot; false, and empty, if it cannot be told. */
bool boot_read_id(char id[BOOT_WORD_SIZE]);

/* In words without control bytes, for the file system of that descriptor.
 * False: it cannot be told, or that system is not this kernel's alone (over a
 * network, FUSE): then an error that nobody was left to see may have lost
 * what was written. */
bool boot_tell(int fd, char text[BOOT_SIZE]);

#endif
