/* SPDX-License-Identifier: MIT
 *
 * Replays the corpus of a fuzz target where libFuzzer is not linked: each
 * file of tests/fuzz/corpus/NAME is one TAP test that passes by not crashing.
 * NAME is the program's without "fuzz-". A directory or files named on the
 * command line are replayed instead, to look into a finding.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes in a block of just their size, so that a sanitizer or valgrind
 * sees a read beyond them. NULL if the file cannot be read. */
static uint8_t *
main_read(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes = NULL;
	struct stat st;

	if (file == NULL)
		return NULL;
	if (fstat(fileno(file), &st) == 0 && S_ISREG(st.st_mode)) {
		*size = (size_t)st.st_size;
		bytes = malloc(*size ? *size : 1);
	}
	if (bytes != NULL && fread(bytes, 1, *size, file) != *size) {
		free(bytes);
		bytes = NULL;
	}
	fclose(file);
	return bytes;
}

static int
main_replay(int number, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t size = 0;
	uint8_t *bytes = main_read(path, &size);

	if (bytes != NULL)
		LLVMFuzzerTestOneInput(bytes, size);
	printf("%s %d - %s\n", bytes ? "ok" : "not ok", number,
	    slash ? slash + 1 : path);
	fflush(stdout);
	free(bytes);
	return bytes == NULL;
}

static int
main_is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int
main_replay_corpus(const char *directory)
{
	struct dirent **entries;
	int count = scandir(directory, &entries, main_is_visible, alphasort);
	int failures = 0;
	char *path;

	if (count <= 0) {
		printf("Bail out! no corpus in %s: %s\n", directory,
		    count ? strerror(errno) : "it is empty");
		return 1;
	}
	for (int i = 0; i < count; i++) {
		if (asprintf(&path, "%s/%s", directory,
		    entries[i]->d_name) < 0)
			abort();
		failures += main_replay(i + 1, path);
		free(path);
		free(entries[i]);
	}
	free(entries);
	printf("1..%d\n", count);
	return failures;
}

static int
main_replay_files(char **paths, int count)
{
	int failures = 0;

	for (int i = 0; i < count; i++)
		failures += main_replay(i + 1, paths[i]);
	printf("1..%d\n", count);
	return failures;
}

static int
main_is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int
main(int argc, char **argv)
{
	const char *srcdir = getenv("HAUL_SRCDIR");
	const char *name = strrchr(argv[0], '/');
	char *directory;
	int failures;

	if (argc == 2 && main_is_directory(argv[1]))
		return main_replay_corpus(argv[1]) != 0;
	if (argc > 1)
		return main_replay_files(argv + 1, argc - 1) != 0;
	name = name ? name + 1 : argv[0];
	if (strncmp(name, "fuzz-", 5) == 0)
		name += 5;
	if (asprintf(&directory, "%s/tests/fuzz/corpus/%s",
	    srcdir ? srcdir : ".", name) < 0)
		abort();
	failures = main_replay_corpus(directory);
	free(directory);
	return failures != 0;
}
