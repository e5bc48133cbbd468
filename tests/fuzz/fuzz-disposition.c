/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a Content-Disposition, as a URL's path and as a name. What
 * comes out must be one safe component, which making safe again and a
 * caller's own check leave alone.
 */
#include "config.h"

#include "engine/base/filename.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_require(bool holds)
{
	if (!holds)
		abort();
}

static void
fuzz_check_numbered(const char *name)
{
	char *numbered = filename_numbered(name, 12);

	fuzz_require(strlen(numbered) == strlen(name) + 3);
	fuzz_require(strstr(numbered, ".12") != NULL);
	free(numbered);
}

/* Takes the name. */
static void
fuzz_check(char *name)
{
	size_t length, i;
	char *again;

	if (name == NULL)
		return;
	length = strlen(name);
	fuzz_require(length > 0 && length <= FILENAME_LIMIT);
	fuzz_require(strchr(".-~ ", name[0]) == NULL);
	for (i = 0; i < length; i++) {
		unsigned char c = (unsigned char)name[i];

		fuzz_require(c >= ' ' && c != 0x7f && c != '/');
	}
	fuzz_require(filename_is_usable(name));
	again = filename_make_safe(name, length);
	fuzz_require(again != NULL && strcmp(again, name) == 0);
	free(again);
	fuzz_check_numbered(name);
	free(name);
}

/* The bytes up to the first NUL, after a prefix, as a string of its own. */
static char *
fuzz_string(const char *prefix, const uint8_t *data, size_t size)
{
	size_t before = strlen(prefix);
	char *text = malloc(before + size + 1);

	fuzz_require(text != NULL);
	memcpy(text, prefix, before);
	if (size > 0)
		memcpy(text + before, data, size);
	text[before + size] = '\0';
	return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *value = fuzz_string("", data, size);
	char *url = fuzz_string("ftp://host/", data, size);
	char *bytes = fuzz_string("", data, size);

	fuzz_check(filename_from_disposition(value));
	fuzz_check(filename_from_url(url));
	fuzz_check(filename_from_url(value));
	fuzz_check(filename_make_safe(bytes, size));
	fuzz_check(filename_default(value));
	if (filename_is_usable(value))
		fuzz_require(value[0] != '/' && strstr(value, "//") == NULL &&
		    strstr(value, "/../") == NULL);
	free(bytes);
	free(url);
	free(value);
	return 0;
}
