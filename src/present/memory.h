/* SPDX-License-Identifier: MIT
 *
 * Memory for the command and the interface: these end the program with a
 * message if there is none, and so never return NULL.
 */
#ifndef HAUL_PRESENT_MEMORY_H
#define HAUL_PRESENT_MEMORY_H

#include <stddef.h>

void *memory_zero(size_t size);                 /* calloc(1, size) */
void *memory_resize(void *, size_t count, size_t size);
char *memory_string(const char *);              /* NULL stays NULL */
char *memory_bytes(const char *, size_t length); /* with a NUL after it */
char *memory_format(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* Is called before the last words are written: to give a terminal back. */
void memory_before_end(void (*)(void));

#endif
