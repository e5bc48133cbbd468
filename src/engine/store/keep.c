/* SPDX-License-Identifier: MIT
 *
 * See keep.h. The text is read back by options_set(), like everything that a
 * user writes: a record that was tampered with can do no more than that.
 */
#include "config.h"

#include "keep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/base/alloc.h"
#include "engine/base/secret.h"

static const char *const keep_names[OPTION_COUNT] = {
#define HAUL_OPTION(ID, name, letter, type, min, max, def, scope, env, \
    parfive, arg, help) [OPTION_##ID] = name,
#include "options.def"
#undef HAUL_OPTION
};

static const char *const keep_types[OPTION_COUNT] = {
#define HAUL_OPTION(ID, name, letter, type, min, max, def, scope, env, \
    parfive, arg, help) [OPTION_##ID] = #type,
#include "options.def"
#undef HAUL_OPTION
};

struct keep_text {
	char *text;
	size_t length, size;
};

static void
keep_put(struct keep_text *to, const char *bytes, size_t length)
{
	if (to->length + length + 1 > to->size) {
		to->size = 2 * (to->length + length + 1);
		to->text = alloc_resize(to->text, to->size, 1);
	}
	memcpy(to->text + to->length, bytes, length);
	to->length += length;
	to->text[to->length] = '\0';
}

static void
keep_put_option(struct keep_text *to, const char *name, const char *value)
{
	keep_put(to, name, strlen(name));
	keep_put(to, "=", 1);
	for (; *value != '\0'; value++) {
		if (*value == '\\')
			keep_put(to, "\\\\", 2);
		else if (*value == '\n')
			keep_put(to, "\\n", 2);
		else
			keep_put(to, value, 1);
	}
	keep_put(to, "\n", 1);
}

char *
keep_path(const char *cwd, const char *path)
{
	size_t head, tail;
	char *whole;

	if (*path == '/' || cwd == NULL)
		return alloc_string(path);
	while (strncmp(path, "./", 2) == 0)
		path += 2 + strspn(path + 2, "/");
	if (*path == '\0' || strcmp(path, ".") == 0)
		return alloc_string(cwd);
	/* One a file: printf would cost a hundredth of a small one. */
	head = strcmp(cwd, "/") == 0 ? 0 : strlen(cwd);
	tail = strlen(path) + 1;
	whole = alloc_array(head + 1 + tail, 1);
	memcpy(whole, cwd, head);
	whole[head] = '/';
	memcpy(whole + head + 1, path, tail);
	return whole;
}

struct keep_sets {
	const char *cwd;
	struct keep_text text, needs;
};

static void
keep_header(const char *line, void *user)
{
	struct keep_sets *to = user;

	if (!secret_is_header(line)) {
		keep_put_option(&to->text, "header", line);
		return;
	}
	keep_put(&to->needs, "header ", 7);
	keep_put(&to->needs, line, secret_header_name(line));
	keep_put(&to->needs, "\n", 1);
}

static void
keep_checksum(const char *line, void *user)
{
	keep_put_option(&((struct keep_sets *)user)->text, "checksum", line);
}

/* A value that is a URL (a proxy may lack the scheme). */
static void
keep_url(struct keep_sets *to, enum option_id id, const char *url)
{
	char *whole = strstr(url, "://") != NULL ? alloc_string(url) :
	    alloc_format("http://%s", url), *bare;
	unsigned found;

	bare = secret_free_url(whole, &found);
	keep_put_option(&to->text, keep_names[id], found ? bare : url);
	if (found && id == OPTION_PROXY)
		keep_put(&to->needs, "proxy\n", 6);
	free(whole);
	free(bare);
}

/* A text, as it is; all else in its shortest form. */
static void
keep_value(struct keep_sets *to, const struct options *set,
    enum option_id id)
{
	struct options_pair options = { set, NULL, NULL };
	bool is_text = strcmp(keep_types[id], "TEXT") == 0;
	const char *text = is_text ? options_text(options, id) : NULL;
	char value[64];

	if (!is_text) {
		options_format(options, keep_names[id], value, sizeof value);
		text = value;
	}
	keep_put_option(&to->text, keep_names[id], text ? text : "");
}

static void
keep_file(struct keep_sets *to, const struct options *set, enum option_id id)
{
	struct options_pair options = { set, NULL, NULL };
	const char *text = options_text(options, id);
	char *path;

	if (text == NULL || strncmp(text, "pkcs11:", 7) == 0) {
		keep_value(to, set, id);
		return;
	}
	path = keep_path(to->cwd, text);
	keep_put_option(&to->text, keep_names[id], path);
	free(path);
}

static void
keep_option(struct keep_sets *to, const struct options *set,
    enum option_id id)
{
	struct options_pair options = { set, NULL, NULL };

	switch (id) {
	case OPTION_DIRECTORY:
	case OPTION_STORE:
		break;
	case OPTION_USER:
		if (options_text(options, id) != NULL)
			keep_put(&to->needs, "user\n", 5);
		break;
	case OPTION_HEADER:
		options_each(options, id, keep_header, to);
		break;
	case OPTION_CHECKSUM:
		options_each(options, id, keep_checksum, to);
		break;
	case OPTION_CACERT:
	case OPTION_CERT:
	case OPTION_KEY:
		keep_file(to, set, id);
		break;
	case OPTION_PROXY:
	case OPTION_REFERER:
		if (options_text(options, id) != NULL)
			keep_url(to, id, options_text(options, id));
		else
			keep_value(to, set, id);
		break;
	default:
		keep_value(to, set, id);
	}
}

void
keep_options(const struct options *set, const char *cwd, char **text,
    char **needs)
{
	struct keep_sets to = { .cwd = cwd };
	int id;

	for (id = 0; id < OPTION_COUNT; id++)
		if (options_is_given(set, (enum option_id)id))
			keep_option(&to, set, (enum option_id)id);
	*text = to.text.text;
	*needs = to.needs.text;
}

/* ---- reading ---- */

bool
keep_next(const char **text, char name[KEEP_NAME_SIZE], char **value)
{
	const char *at = *text, *equals;
	size_t length, n = 0, i;

	if (at == NULL)
		return false;
	for (; *at != '\0'; at += length + (at[length] == '\n')) {
		length = strcspn(at, "\n");
		equals = memchr(at, '=', length);
		if (equals == NULL || equals - at >= KEEP_NAME_SIZE)
			continue;
		memcpy(name, at, (size_t)(equals - at));
		name[equals - at] = '\0';
		*value = alloc_array(length + 1, 1);
		for (i = (size_t)(equals - at) + 1; i < length; i++) {
			bool escaped = at[i] == '\\' && i + 1 < length;

			i += escaped;
			(*value)[n++] = escaped && at[i] == 'n' ? '\n' :
			    at[i];
		}
		*text = at + length + (at[length] == '\n');
		return true;
	}
	*text = at;
	return false;
}

static void
keep_each_line(const char *lines, void (*fn)(const char *line, void *),
    void *user)
{
	size_t length;
	char *line;

	for (; lines != NULL && *lines != '\0';
	    lines += length + (lines[length] == '\n')) {
		length = strcspn(lines, "\n");
		line = alloc_bytes(lines, length);
		if (length > 0)
			fn(line, user);
		free(line);
	}
}

struct keep_search {
	const char *name;
	bool found;
};

static void
keep_compare_header(const char *line, void *user)
{
	struct keep_search *search = user;
	size_t length = strlen(search->name);

	search->found |= secret_header_name(line) == length &&
	    strncasecmp(line, search->name, length) == 0;
}

struct keep_lack {
	struct options_pair options;
	char *option, *name;
	bool lacks;
};

static void
keep_look(const char *line, void *user)
{
	struct keep_lack *lack = user;
	bool header = strncmp(line, "header ", 7) == 0;
	struct keep_search search = { .name = line + 7 };

	if (lack->lacks)
		return;
	if (header)
		options_each(lack->options, OPTION_HEADER,
		    keep_compare_header, &search);
	else if (strcmp(line, "user") == 0)
		search.found = options_text(lack->options, OPTION_USER) !=
		    NULL;
	else
		search.found = strcmp(line, "proxy") == 0 && options_text(
		    lack->options, OPTION_PROXY) != NULL;
	if (search.found)
		return;
	lack->lacks = true;
	snprintf(lack->option, 64, "%s", header ? "header" : line);
	snprintf(lack->name, 64, "%s", header ? search.name : "");
}

bool
keep_lacks(const char *needs, struct options_pair options, char option[64],
    char name[64])
{
	struct keep_lack lack = { options, option, name, false };

	*option = *name = '\0';
	keep_each_line(needs, keep_look, &lack);
	return lack.lacks;
}
