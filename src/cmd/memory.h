/* SPDX-License-Identifier: MIT
 *
 * The command's memory: these end the program with a message if there is
 * none, and so never return NULL.
 */
#ifndef HAUL_CMD_MEMORY_H
#define HAUL_CMD_MEMORY_H

#include <stddef.h>

void *memory_zero(size_t size);                 /* calloc(1, size) */
void *memory_resize(void *, size_t count, size_t size);
char *memory_string(const char *);              /* NULL stays NULL */
char *memory_bytes(const char *, size_t length); /* with a NUL after it */
char *memory_format(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#endif
