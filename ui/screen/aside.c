/* SPDX-License-Identifier: MIT
 *
 * A file in memory takes the place of descriptor 2: unlike a pipe it never
 * makes a writer wait and needs no reader.
 */
#include "config.h"

#include "aside.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "present/memory.h"
#include "present/text.h"

#define ASIDE_MAX 65536
#define ASIDE_WORDS 2048

static volatile sig_atomic_t aside_saved = -1;  /* the true stderr */

void
aside_begin(void)
{
	int saved, kept;

	if (!isatty(STDERR_FILENO))
		return;
	saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	kept = memfd_create("haul-stderr", MFD_CLOEXEC);
	if (saved >= 0 && kept >= 0 && dup2(kept, STDERR_FILENO) >= 0)
		aside_saved = saved;
	else if (saved >= 0)
		close(saved);
	if (kept >= 0)
		close(kept);
}

static void
aside_give_back(void)
{
	int saved = aside_saved;

	aside_saved = -1;
	if (saved >= 0) {
		(void)dup2(saved, STDERR_FILENO);
		(void)close(saved);
	}
}

/* Made safe: it may hold what a server said. Line feeds and tabs stay. */
static void
aside_tell(const char *bytes, size_t length)
{
	char *safe = memory_resize(NULL, TEXT_ROOM(length), 1);
	size_t part;
	int cells;

	for (; length > 0; bytes += part, length -= part) {
		for (part = 0; part < length && bytes[part] != '\n'; part++)
			;
		cells = text_safe(safe, TEXT_ROOM(length), bytes, part, -1, 0);
		if (cells > 0 && write(STDERR_FILENO, safe,
		    strlen(safe)) < 0)
			break;
		if (part < length && write(STDERR_FILENO, "\n", 1) < 0)
			break;
		part += part < length;
	}
	free(safe);
}

void
aside_end(void)
{
	char *bytes;
	ssize_t length;
	int kept;

	if (aside_saved < 0)
		return;
	kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	aside_give_back();
	if (kept < 0)
		return;
	bytes = memory_resize(NULL, ASIDE_MAX, 1);
	length = pread(kept, bytes, ASIDE_MAX, 0);
	if (length > 0)
		aside_tell(bytes, (size_t)length);
	free(bytes);
	close(kept);
}

/* The last words may be those of an assertion. Without memory and without
 * text_safe(): what is not plain ASCII is left out of them. */
void
aside_panic(void)
{
	static char words[ASIDE_WORDS];
	ssize_t i, length;
	off_t end;

	if (aside_saved < 0)
		return;
	end = lseek(STDERR_FILENO, 0, SEEK_END);
	length = pread(STDERR_FILENO, words, sizeof words,
	    end > ASIDE_WORDS ? end - ASIDE_WORDS : 0);
	aside_give_back();
	for (i = 0; i < length; i++)
		if ((words[i] < ' ' || words[i] > '~') && words[i] != '\n')
			words[i] = '?';
	if (length > 0 && write(STDERR_FILENO, words, (size_t)length) < 0)
		return;         /* nobody is there to be told */
}
