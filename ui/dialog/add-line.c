/* SPDX-License-Identifier: MIT
 *
 * Words of a line are parted by blanks. The first is the URL; of the others
 * those with "://" are mirrors, those with "=" checksums. A mirror has the
 * same name as the URL: two that do not are rather two files, whose line break
 * was lost. Whether the URL can be fetched is the engine's to say.
 */
#include "config.h"

#include "add-line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "present/i18n.h"
#include "present/memory.h"

static void
add_line_refuse(struct add_line *line, const char *why)
{
	line->kind = ADD_BAD;
	snprintf(line->why, sizeof line->why, "%s", why);
}

/* The last piece of its path; its length, 0 if there is none. */
static size_t
add_line_name(const char *url, const char **name)
{
	const char *path = strstr(url, "://"), *end;

	path = path != NULL ? path + 3 : url;
	path += strcspn(path, "/?#");
	end = path + strcspn(path, "?#");
	for (*name = end; *name > path && (*name)[-1] != '/';)
		(*name)--;
	return (size_t)(end - *name);
}

static bool
add_line_is_mirror(const struct add_line *line, const char *word)
{
	const char *name, *other;
	size_t length = add_line_name(line->url, &name);

	return length > 0 && add_line_name(word, &other) == length &&
	    memcmp(name, other, length) == 0;
}

static void
add_line_take_mirror(struct add_line *line, const char *word)
{
	if (line->kind == ADD_BAD || !add_line_is_mirror(line, word))
		add_line_refuse(line, _("one URL a line"));
	else if (line->mirror_count == ADD_MIRRORS)
		add_line_refuse(line, _("too many mirrors"));
	else
		line->mirrors[line->mirror_count++] = word;
}

static void
add_line_take_word(struct add_line *line, const char *word)
{
	const char *equals = strchr(word, '=');
	const char *scheme = strstr(word, "://");

	if (line->url == NULL) {
		line->url = word;
	} else if (scheme != NULL && (equals == NULL || scheme < equals)) {
		add_line_take_mirror(line, word);
	} else if (equals != NULL && equals > word && equals[1] != '\0') {
		if (line->checksum_count == ADD_CHECKSUMS)
			add_line_refuse(line, _("too many checksums"));
		else
			line->checksums[line->checksum_count++] = word;
	} else if (line->kind != ADD_BAD) {
		snprintf(line->why, sizeof line->why,
		    _("\"%.40s\" is no checksum"), word);
		line->kind = ADD_BAD;
	}
}

void
add_line_parse(struct add_line *line, const char *text)
{
	static const char blanks[] = " \t\r";
	char *word, *end;

	memset(line, 0, sizeof *line);
	line->text = memory_string(text + strspn(text, blanks));
	for (end = strchr(line->text, '\0'); end > line->text &&
	    strchr(blanks, end[-1]) != NULL;)
		*--end = '\0';
	if (*line->text == '\0' || *line->text == '#')
		return;
	if (*line->text == '@') {
		line->kind = ADD_FILE;
		line->url = line->text + 1;
		if (*line->url == '\0')
			add_line_refuse(line, _("no file named"));
		return;
	}
	line->kind = ADD_URL;
	for (word = line->text; *word != '\0'; word = end) {
		end = word + strcspn(word, blanks);
		if (*end != '\0')
			*end++ = '\0';
		end += strspn(end, blanks);
		add_line_take_word(line, word);
	}
}

void
add_line_release(struct add_line *line)
{
	free(line->text);
	memset(line, 0, sizeof *line);
}

/* ---- the same URL in several lines ---- */

static size_t
add_line_url(const char *line, const char **url)
{
	*url = line + strspn(line, " \t\r");
	return strcspn(*url, " \t\r");
}

static uint64_t
add_line_hash(const char *bytes, size_t length)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	size_t i;

	for (i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)bytes[i]) *
		    UINT64_C(0x100000001b3);
	return hash ^ hash >> 32;
}

/* The slot of a line's URL: its own, or that of the same one. A slot has a
 * line's number and 1, or 0. */
static size_t *
add_line_slot(size_t *table, size_t size, const char *const *lines,
    const char *line)
{
	const char *url, *other;
	size_t length = add_line_url(line, &url), at;

	at = (size_t)add_line_hash(url, length) & (size - 1);
	while (table[at] != 0 &&
	    (add_line_url(lines[table[at] - 1], &other) != length ||
	    memcmp(url, other, length) != 0))
		at = (at + 1) & (size - 1);
	return &table[at];
}

void
add_line_find_twice(const char *const *lines, size_t count, size_t *first)
{
	size_t size = 16, i, *table, *slot;

	while (size < 2 * count)
		size *= 2;
	table = memory_zero(size * sizeof *table);
	for (i = 0; i < count; i++) {
		first[i] = i;
		if (lines[i] == NULL)
			continue;
		slot = add_line_slot(table, size, lines, lines[i]);
		if (*slot != 0)
			first[i] = *slot - 1;
		else
			*slot = i + 1;
	}
	free(table);
}

void
add_line_complain(char *why, size_t size, const struct haul_error *error)
{
	const char *end = strstr(error->value, "://");

	switch (error->complaint) {
	case HAUL_COMPLAINT_BAD_SCHEME:
		snprintf(why, size, _("unknown scheme \"%.*s\""),
		    end != NULL && end - error->value < 24 ?
		    (int)(end - error->value) : 24, error->value);
		return;
	case HAUL_COMPLAINT_BAD_URL:
		snprintf(why, size, "%s", end == NULL ?
		    _("no scheme: https://?") : _("not a usable URL"));
		return;
	case HAUL_COMPLAINT_BAD_CHECKSUM:
		snprintf(why, size, "%s", _("not a checksum"));
		return;
	case HAUL_COMPLAINT_UNKNOWN_DIGEST:
		snprintf(why, size, _("unknown checksum \"%.*s\""),
		    (int)strcspn(error->value, "=") < 24 ?
		    (int)strcspn(error->value, "=") : 24, error->value);
		return;
	case HAUL_COMPLAINT_CHECKSUM_LENGTH:
		snprintf(why, size, "%s", _("checksum of the wrong length"));
		return;
	case HAUL_COMPLAINT_BAD_NAME:
		snprintf(why, size, "%s", _("unusable name"));
		return;
	case HAUL_COMPLAINT_OUT_OF_RANGE:
		snprintf(why, size, "%s", _("out of range"));
		return;
	default:
		snprintf(why, size, "%s", _("cannot be used"));
	}
}
