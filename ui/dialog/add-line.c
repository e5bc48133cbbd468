/* SPDX-License-Identifier: MIT
 *
 * Words of a line are parted by blanks. The first is the URL; of the others
 * those with "://" are mirrors, those with "=" checksums. Whether the URL can
 * be fetched is the engine's to say.
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

static void
add_line_take_word(struct add_line *line, const char *word)
{
	const char *equals = strchr(word, '=');
	const char *scheme = strstr(word, "://");

	if (line->url == NULL) {
		line->url = word;
	} else if (scheme != NULL && (equals == NULL || scheme < equals)) {
		if (line->mirror_count == ADD_MIRRORS)
			add_line_refuse(line, _("too many mirrors"));
		else
			line->mirrors[line->mirror_count++] = word;
	} else if (equals != NULL && equals > word && equals[1] != '\0') {
		if (line->checksum_count == ADD_CHECKSUMS)
			add_line_refuse(line, _("too many checksums"));
		else
			line->checksums[line->checksum_count++] = word;
	} else {
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
