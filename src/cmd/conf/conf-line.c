/* SPDX-License-Identifier: MIT
 *
 * See conf-line.h. Reading and saving take lines apart by the same code, so
 * that what was saved is what will be read.
 */
#include "config.h"

#include "conf-line.h"

#include <string.h>

#define CONF_NAME \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

static bool
conf_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Takes blanks off both ends. */
static void
conf_trim(const char **text, size_t *length)
{
	while (*length > 0 && conf_is_blank(**text)) {
		(*text)++;
		(*length)--;
	}
	while (*length > 0 && conf_is_blank((*text)[*length - 1]))
		(*length)--;
}

/* The same with the quotes around it; false: there is only one of them. */
static bool
conf_unquote(const char **text, size_t *length)
{
	if (*length == 0 || **text != '"')
		return true;
	if (*length < 2 || (*text)[*length - 1] != '"')
		return false;
	(*text)++;
	*length -= 2;
	return true;
}

static size_t
conf_name_length(const char *text, size_t length)
{
	size_t i;

	for (i = 0; i < length && text[i] != '\0' &&
	    strchr(CONF_NAME, text[i]) != NULL; i++)
		;
	return i;
}

/* Of a line that begins with a bracket. */
static void
conf_read_section(struct conf_line *line, const char *text, size_t length)
{
	line->kind = CONF_BAD;
	if (text[length - 1] != ']')
		return;
	text++;
	length -= 2;
	conf_trim(&text, &length);
	line->name = text;
	line->name_length = conf_name_length(text, length);
	text += line->name_length;
	length -= line->name_length;
	conf_trim(&text, &length);
	if (line->name_length == 0 || (length > 0 && *text != '"') ||
	    !conf_unquote(&text, &length))
		return;
	line->kind = CONF_SECTION;
	if (text > line->name + line->name_length) {
		line->value = text;
		line->value_length = length;
	}
}

static void
conf_read_entry(struct conf_line *line, const char *text, size_t length)
{
	const char *equals = memchr(text, '=', length);

	line->kind = CONF_ENTRY;
	line->name = text;
	line->name_length = equals != NULL ? (size_t)(equals - text) : length;
	conf_trim(&line->name, &line->name_length);
	if (equals == NULL)
		return;
	line->value = equals + 1;
	line->value_length = length - (size_t)(equals + 1 - text);
	conf_trim(&line->value, &line->value_length);
	if (!conf_unquote(&line->value, &line->value_length))
		line->kind = CONF_BAD;
}

bool
conf_next_line(const char **text, const char *end, struct conf_line *line)
{
	const char *feed, *at = *text;
	size_t length;

	memset(line, 0, sizeof *line);
	if (at == end)
		return false;
	feed = memchr(at, '\n', (size_t)(end - at));
	*text = feed != NULL ? feed + 1 : end;
	line->start = at;
	line->size = (size_t)(*text - at);
	length = line->size - (feed != NULL);
	if (length >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0) {
		at += 3;
		length -= 3;
	}
	conf_trim(&at, &length);
	if (length == 0 || *at == '#' || *at == ';')
		line->kind = CONF_EMPTY;
	else if (*at == '[')
		conf_read_section(line, at, length);
	else
		conf_read_entry(line, at, length);
	return true;
}
