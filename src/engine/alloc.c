/* SPDX-License-Identifier: MIT
 *
 * Allocation that does not fail: see alloc.h. abort() rather than exit():
 * a library may not run the program's exit handlers half-way through.
 */
#include "config.h"

#include "alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
alloc_fail(void)
{
	static const char text[] = "haul: out of memory\n";
	ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);

	(void)ignored;
	abort();
}

void *
alloc_zero(size_t size)
{
	return alloc_array(1, size);
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
