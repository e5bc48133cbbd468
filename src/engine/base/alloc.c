/* SPDX-License-Identifier: MIT
 *
 * Allocation that does not fail: see alloc.h. abort() rather than exit():
 * a library may not run the program's exit handlers half-way through.
 */
#include "config.h"

#include "alloc.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ALLOC_SMALL 1024
#define ALLOC_POOL_MAX 64

static void
alloc_fail(void)
{
	static const char text[] = "haul: out of memory\n";
	ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);

	(void)ignored;
	abort();
}

/* glibc's calloc() passes by what the thread has at hand (before 2.41), and so
 * costs ten times as much for what is small. */
void *
alloc_zero(size_t size)
{
	if (size > ALLOC_SMALL)
		return alloc_array(1, size);
	return memset(alloc_resize(NULL, size, 1), 0, size);
}

void *
alloc_array(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (p == NULL)
		alloc_fail();
	return p;
}

void *
alloc_resize(void *old, size_t count, size_t size)
{
	void *p;

	if (size != 0 && count > SIZE_MAX / size)
		alloc_fail();
	size *= count;
	p = realloc(old, size > 0 ? size : 1);
	if (p == NULL)
		alloc_fail();
	return p;
}

void *
alloc_pool_take(struct alloc_pool *pool, size_t size)
{
	void *piece = pool->first;

	if (piece == NULL)
		return alloc_zero(size);
	memcpy(&pool->first, piece, sizeof pool->first);
	pool->count--;
	return memset(piece, 0, size);
}

static bool
alloc_pool_has_room(const struct alloc_pool *pool)
{
#ifdef __SANITIZE_ADDRESS__             /* it shall see what is used late */
	(void)pool;
	return false;
#else
	return pool->count < ALLOC_POOL_MAX;
#endif
}

void
alloc_pool_give(struct alloc_pool *pool, void *piece)
{
	if (piece == NULL || !alloc_pool_has_room(pool)) {
		free(piece);
		return;
	}
	memcpy(piece, &pool->first, sizeof pool->first);
	pool->first = piece;
	pool->count++;
}

void
alloc_pool_release(struct alloc_pool *pool)
{
	void *piece;

	while ((piece = pool->first) != NULL) {
		memcpy(&pool->first, piece, sizeof pool->first);
		free(piece);
	}
	pool->count = 0;
}

char *
alloc_string(const char *text)
{
	return text ? alloc_bytes(text, strlen(text)) : NULL;
}

char *
alloc_bytes(const char *bytes, size_t length)
{
	char *p = malloc(length + 1);

	if (p == NULL)
		alloc_fail();
	if (length)
		memcpy(p, bytes, length);
	p[length] = '\0';
	return p;
}

char *
alloc_format(const char *format, ...)
{
	va_list ap;
	char *text;
	int n;

	va_start(ap, format);
	n = vasprintf(&text, format, ap);
	va_end(ap);
	if (n < 0)
		alloc_fail();
	return text;
}
