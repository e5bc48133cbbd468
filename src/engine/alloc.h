/* SPDX-License-Identifier: MIT
 *
 * Memory whose size is ours to decide: these end the program with a message
 * if there is none, and so never return NULL. Sizes that a server chooses go
 * through plain malloc() and HAUL_ENOMEM.
 */
#ifndef HAUL_ENGINE_ALLOC_H
#define HAUL_ENGINE_ALLOC_H

#include <stddef.h>

void *alloc_zero(size_t size);                  /* calloc(1, size) */
void *alloc_array(size_t count, size_t size);   /* zeroed */
void *alloc_resize(void *, size_t count, size_t size);
char *alloc_string(const char *);               /* NULL stays NULL */
char *alloc_bytes(const char *, size_t length); /* with a NUL after it */
char *alloc_format(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#endif
