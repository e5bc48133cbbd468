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

/* Spare pieces of one size, for what comes and goes with every file and is too
 * large for malloc() to keep at hand. `= {0}` has none. */
struct alloc_pool {
	void *first;                    /* each begins with the next one */
	unsigned count;
};

void *alloc_pool_take(struct alloc_pool *, size_t size);        /* zeroed */
void alloc_pool_give(struct alloc_pool *, void *);      /* freed or kept */
void alloc_pool_release(struct alloc_pool *);

char *alloc_format(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#endif
