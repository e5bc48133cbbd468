/* SPDX-License-Identifier: MIT
 *
 * Memory that is there or the program is not. The last words are written
 * without stdio, which may want memory itself.
 */
#include "config.h"

#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void (*memory_end)(void);

void
memory_before_end(void (*end)(void))
{
	memory_end = end;
}

static void *
memory_checked(void *memory)
{
	static const char words[] = "haul: out of memory\n";

	if (memory == NULL) {
		if (memory_end != NULL)
			memory_end();
		if (write(STDERR_FILENO, words, sizeof words - 1) < 0)
			abort();
		_exit(70);
	}
	return memory;
}

void *
memory_zero(size_t size)
{
	return memory_checked(calloc(1, size > 0 ? size : 1));
}

void *
memory_resize(void *memory, size_t count, size_t size)
{
	if (count == 0)
		count = 1;
	return memory_checked(reallocarray(memory, count, size));
}

char *
memory_string(const char *text)
{
	return text == NULL ? NULL : memory_checked(strdup(text));
}

char *
memory_bytes(const char *bytes, size_t length)
{
	char *copy = memory_resize(NULL, length + 1, 1);

	memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}

char *
memory_format(const char *format, ...)
{
	va_list values;
	char *text;

	va_start(values, format);
	if (vasprintf(&text, format, values) < 0)
		text = NULL;
	va_end(values);
	return memory_checked(text);
}
