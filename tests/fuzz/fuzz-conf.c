/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a configuration: reading them ends, whatever it tells is fit to
 * be shown, and a value saved among them is what is read there next time,
 * while every other byte stays.
 */
#include "config.h"

#include "cmd/conf/conf-internal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/conf/conf-line.h"
#include "present/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_require(bool holds)
{
	if (!holds)
		abort();
}

static void
fuzz_tell(const char *sentence, void *user)
{
	(void)user;
	for (; *sentence != '\0'; sentence++)
		fuzz_require((unsigned char)*sentence >= 0x20 &&
		    *sentence != 0x7f);
}

static void
fuzz_read(const char *text, size_t size)
{
	struct settings settings;
	struct conf *conf = conf_new();
	struct conf_reader reader = {
		.conf = conf, .settings = &settings, .path = "F",
		.source = SETTINGS_SOURCE_USER, .open_to_others = true,
		.shown = (char *)(uintptr_t)"F", .tell = fuzz_tell,
	};

	settings_init(&settings);
	conf_take_text(&reader, text, size);
	conf_apply(conf, &settings);
	settings_release(&settings);
	conf_free(conf);
}

/* The last value of the name before the first section. */
static bool
fuzz_has(const char *text, size_t size, const char *name, const char *value)
{
	const char *end = text + size;
	struct conf_line line;
	bool has = false;

	while (conf_next_line(&text, end, &line) &&
	    line.kind != CONF_SECTION)
		if (line.kind == CONF_ENTRY &&
		    line.name_length == strlen(name) &&
		    memcmp(line.name, name, line.name_length) == 0)
			has = line.value != NULL &&
			    line.value_length == strlen(value) &&
			    memcmp(line.value, value, line.value_length) == 0;
	return has;
}

/* What is equal at both ends leaves one place where they differ. */
static void
fuzz_save(const char *text, size_t size)
{
	size_t length = size, head = 0, tail = 0;
	char *changed = conf_change_text(memory_bytes(text, size), &length,
	    "max-conn", "9");

	fuzz_require(fuzz_has(changed, length, "max-conn", "9"));
	while (head < size && head < length && text[head] == changed[head])
		head++;
	while (tail < size - head && tail < length - head &&
	    text[size - 1 - tail] == changed[length - 1 - tail])
		tail++;
	/* Only a value may have gone, never a line. */
	fuzz_require(memchr(text + head, '\n', size - head - tail) == NULL);
	free(changed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_read((const char *)data, size);
	fuzz_save((const char *)data, size);
	return 0;
}
