/* SPDX-License-Identifier: MIT
 *
 * Safe local names. Everything is decoded first, then cut down to the last
 * component, then cleaned: in any other order an escape could bring back what
 * was taken out.
 */
#include "config.h"

#include "filename.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "alloc.h"

#define FILENAME_SUFFIX_MAX 32          /* bytes of suffixes that a cut keeps */
#define FILENAME_PARTS_MAX 32           /* of a name sent in pieces */

/* Borrowed bytes. */
struct filename_text {
	const char *at;
	size_t length;
};

/* A parameter of a Content-Disposition. */
struct filename_parameter {
	struct filename_text name;
	struct filename_text value;     /* without the quotes */
	bool quoted;
};

/* ---- bytes --------------------------------------------------------------- */

static char
filename_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Whether the bytes are the word, whose letters are small. */
static bool
filename_is(struct filename_text text, const char *word)
{
	size_t i;

	if (strlen(word) != text.length)
		return false;
	for (i = 0; i < text.length; i++) {
		if (filename_lower(text.at[i]) != word[i])
			return false;
	}
	return true;
}

static bool
filename_is_space(char c)
{
	return c == ' ' || c == '\t';
}

static struct filename_text
filename_trim(struct filename_text text)
{
	while (text.length > 0 && filename_is_space(*text.at)) {
		text.at++;
		text.length--;
	}
	while (text.length > 0 && filename_is_space(text.at[text.length - 1]))
		text.length--;
	return text;
}

/* The length of the character that stands first, and its code; 0 if the bytes
 * are not UTF-8 (too long, a surrogate, out of range, cut off). */
static size_t
filename_utf8(const char *bytes, size_t length, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char first = (unsigned char)bytes[0];
	size_t size = first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 :
	    first < 0xf0 ? 3 : first < 0xf8 ? 4 : 0;
	size_t i;

	if (size == 0 || size > length)
		return 0;
	*code = size == 1 ? first : first & (0x7fu >> size);
	for (i = 1; i < size; i++) {
		unsigned char next = (unsigned char)bytes[i];

		if ((next & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (next & 0x3f);
	}
	if (*code < least[size] || *code > 0x10ffff ||
	    (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return size;
}

static bool
filename_is_utf8(const char *bytes, size_t length)
{
	uint32_t code;
	size_t i, size;

	for (i = 0; i < length; i += size) {
		size = filename_utf8(bytes + i, length - i, &code);
		if (size == 0)
			return false;
	}
	return true;
}

static bool
filename_is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/* Characters that show nothing of their own but change how others show:
 * Unicode's category Cf, with the line and paragraph separators. */
static bool
filename_is_format(uint32_t code)
{
	static const struct { uint32_t first, last; } format[] = {
		{ 0xad, 0xad }, { 0x600, 0x605 }, { 0x61c, 0x61c },
		{ 0x6dd, 0x6dd }, { 0x70f, 0x70f }, { 0x890, 0x891 },
		{ 0x8e2, 0x8e2 }, { 0x180e, 0x180e }, { 0x200b, 0x200f },
		{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfeff, 0xfeff },
		{ 0xfff9, 0xfffb }, { 0x110bd, 0x110bd },
		{ 0x110cd, 0x110cd }, { 0x13430, 0x1343f },
		{ 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
		{ 0xe0001, 0xe0001 }, { 0xe0020, 0xe007f },
	};
	size_t i;

	for (i = 0; i < sizeof format / sizeof *format; i++) {
		if (code < format[i].first)
			return false;
		if (code <= format[i].last)
			return true;
	}
	return false;
}

static int
filename_hex(char c)
{
	c = filename_lower(c);
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes percent escapes into out, which has room for as many bytes. What is
 * no escape stays as it is; the answer is whether there was none such. */
static bool
filename_unescape(struct filename_text text, char *out, size_t *length)
{
	bool right = true;
	size_t i, n = 0;

	for (i = 0; i < text.length; i++) {
		char c = text.at[i];
		int high = -1, low = -1;

		if (c == '%' && text.length - i > 2) {
			high = filename_hex(text.at[i + 1]);
			low = filename_hex(text.at[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '%') {
			right = false;
		}
		out[n++] = c;
	}
	*length = n;
	return right;
}

/* ---- one safe component -------------------------------------------------- */

/* Copies what may stand in a name. Where something is taken out after a byte
 * that is not UTF-8, '_' stands in for it: else that byte and what comes next
 * could become the very character that was to go. */
static size_t
filename_clean(const char *bytes, size_t length, char *out)
{
	bool stray = false;
	uint32_t code;
	size_t i, n = 0, size;

	for (i = 0; i < length; i += size) {
		size = filename_utf8(bytes + i, length - i, &code);
		if (size == 0) {
			out[n++] = bytes[i];
			stray = true;
			size = 1;
		} else if (code == '/') {
			out[n++] = '_';
			stray = false;
		} else if (!filename_is_control(code) &&
		    !filename_is_format(code)) {
			memcpy(out + n, bytes + i, size);
			n += size;
			stray = false;
		} else if (stray) {
			out[n++] = '_';
			stray = false;
		}
	}
	return n;
}

/* The length of the suffixes worth keeping, with their dots: no long ones and
 * none with a space, which are rather the end of a sentence. */
static size_t
filename_suffixes(const char *name, size_t length)
{
	size_t at, suffixes = 0;

	for (at = length - 1; at > 0; at--) {
		if (length - at > FILENAME_SUFFIX_MAX || name[at] == ' ')
			break;
		if (name[at] == '.')
			suffixes = length - at;
	}
	return suffixes;
}

/* The nearest place at or before `at` that is not inside a character. */
static size_t
filename_boundary(const char *name, size_t length, size_t at)
{
	uint32_t code;
	size_t back;

	for (back = 1; back <= 3 && back <= at; back++) {
		if (filename_utf8(name + at - back, length - at + back,
		    &code) > back)
			return at - back;
	}
	return at;
}

static size_t
filename_shorten(char *name, size_t length)
{
	size_t suffixes, cut;

	if (length <= FILENAME_LIMIT)
		return length;
	suffixes = filename_suffixes(name, length);
	cut = filename_boundary(name, length, FILENAME_LIMIT - suffixes);
	memmove(name + cut, name + length - suffixes, suffixes);
	return cut + suffixes;
}

static inline bool
filename_cut(const char *name, size_t *length, const char *suffix)
{
	size_t n = strlen(suffix);

	/* The last byte nearly always tells. */
	if (*length < n || (name[*length - 1] | 0x20) != suffix[n - 1] ||
	    strncasecmp(name + *length - n, suffix, n) != 0)
		return false;
	*length -= n;
	return true;
}

/* Of NAME.part.old.12 and the like. */
static void
filename_cut_number(const char *name, size_t *length)
{
	size_t n = *length;

	while (n > 0 && name[n - 1] >= '0' && name[n - 1] <= '9')
		n--;
	if (n > 0 && n < *length && name[n - 1] == '.')
		*length = n - 1;
}

/* Names of haul's own: a server that could give one would write the record
 * that a later run trusts, or have its file taken for a left-over. */
static bool
filename_is_reserved(const char *name, size_t length)
{
	size_t n;

	if (!filename_cut(name, &length, ".haul~") &&
	    !filename_cut(name, &length, ".haul+"))
		filename_cut(name, &length, ".haul");
	n = length;
	filename_cut_number(name, &n);
	if (filename_cut(name, &n, ".old"))
		length = n;
	else if (!filename_cut(name, &length, ".new"))
		filename_cut(name, &length, ".changed");
	return filename_cut(name, &length, ".part");
}

char *
filename_make_safe(const char *bytes, size_t length)
{
	char *name = malloc(length + 2);
	size_t skip = 0;

	if (name == NULL)
		return NULL;
	length = filename_clean(bytes, length, name);
	while (skip < length && strchr(" .-~", name[skip]) != NULL)
		skip++;
	length -= skip;
	memmove(name, name + skip, length);
	while (length > 0 && name[length - 1] == ' ')
		length--;
	length = filename_shorten(name, length);
	while (length > 0 && name[length - 1] == ' ')
		length--;               /* that the cut laid bare */
	name[length] = '\0';
	if (length == 0) {
		free(name);
		return NULL;
	}
	if (filename_is_reserved(name, length)) {
		name[length++] = '_';
		name[length] = '\0';
	}
	return name;
}

/* The last component of what may be a path of any system, made safe. */
static char *
filename_from_path(const char *bytes, size_t length)
{
	size_t start = length;

	while (start > 0 && bytes[start - 1] != '/' &&
	    bytes[start - 1] != '\\')
		start--;
	return filename_make_safe(bytes + start, length - start);
}

/* ---- Content-Disposition ------------------------------------------------- */

/* The length of the quoted string up to its closing quote, or all there is. */
static size_t
filename_quoted_length(const char *text)
{
	size_t i;

	for (i = 0; text[i] != '\0' && text[i] != '"'; i++) {
		if (text[i] == '\\' && text[i + 1] != '\0')
			i++;
	}
	return i;
}

/* Of "attachment filename" only the second word is the name: the semicolon
 * between them is sometimes forgotten. */
static struct filename_text
filename_last_word(struct filename_text text)
{
	size_t start;

	text = filename_trim(text);
	start = text.length;
	while (start > 0 && !filename_is_space(text.at[start - 1]))
		start--;
	return (struct filename_text){ text.at + start, text.length - start };
}

/* Takes what stands before the next ';'. The type comes out as a parameter
 * without a value. */
static bool
filename_next_parameter(const char **cursor, struct filename_parameter *p)
{
	const char *at = *cursor + strspn(*cursor, "; \t");
	size_t length = strcspn(at, "=;");

	if (*at == '\0')
		return false;
	*p = (struct filename_parameter){ 0 };
	p->name = filename_last_word((struct filename_text){ at, length });
	at += length;
	if (*at == '=') {
		at++;
		at += strspn(at, " \t");
		p->quoted = *at == '"';
		if (p->quoted)
			at++;
		length = p->quoted ? filename_quoted_length(at) :
		    strcspn(at, ";");
		p->value = (struct filename_text){ at, length };
		at += length;
	}
	*cursor = at + strcspn(at, ";");
	return true;
}

static bool
filename_find_parameter(const char *value, const char *name,
    struct filename_parameter *p)
{
	while (filename_next_parameter(&value, p)) {
		if (filename_is(p->name, name) && p->value.length > 0)
			return true;
	}
	return false;
}

/* Copies the value as it was meant. Only \" and \\ are escapes: before other
 * bytes a backslash is never an escape in practice, but part of a path. */
static size_t
filename_unquote(const struct filename_parameter *p, char *out)
{
	struct filename_text value = p->value;
	size_t i, n = 0;

	if (!p->quoted)
		value = filename_trim(value);
	for (i = 0; i < value.length; i++) {
		if (p->quoted && value.at[i] == '\\' && i + 1 < value.length &&
		    (value.at[i + 1] == '"' || value.at[i + 1] == '\\'))
			i++;
		out[n++] = value.at[i];
	}
	return n;
}

static char *
filename_from_plain(struct filename_text text)
{
	char *decoded = malloc(text.length + 1), *name;
	size_t length;

	if (decoded == NULL)
		return NULL;
	if (filename_unescape(text, decoded, &length) &&
	    filename_is_utf8(decoded, length))
		name = filename_from_path(decoded, length);
	else
		name = filename_from_path(text.at, text.length);
	free(decoded);
	return name;
}

static char *
filename_from_latin1(const char *bytes, size_t length)
{
	char *utf8 = malloc(length * 2 + 1), *name;
	size_t i, n = 0;

	if (utf8 == NULL)
		return NULL;
	for (i = 0; i < length; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c >= 0x80)
			utf8[n++] = (char)(0xc0 | c >> 6);
		utf8[n++] = (char)(c < 0x80 ? c : 0x80 | (c & 0x3f));
	}
	name = filename_from_path(utf8, n);
	free(utf8);
	return name;
}

static char *
filename_from_charset(struct filename_text charset, const char *bytes,
    size_t length)
{
	if (filename_is(charset, "iso-8859-1"))
		return filename_from_latin1(bytes, length);
	if (!filename_is(charset, "utf-8") && !filename_is(charset, "utf8"))
		return NULL;
	if (!filename_is_utf8(bytes, length))
		return NULL;
	return filename_from_path(bytes, length);
}

/* charset'language'escaped-bytes (RFC 8187). */
static char *
filename_from_extended(struct filename_text text)
{
	const char *end = text.at + text.length;
	const char *first = memchr(text.at, '\'', text.length), *second = NULL;
	struct filename_text charset, escaped;
	char *decoded, *name = NULL;
	size_t length;

	if (first != NULL)
		second = memchr(first + 1, '\'', (size_t)(end - first - 1));
	if (second == NULL)
		return NULL;
	charset.at = text.at;
	charset.length = (size_t)(first - text.at);
	escaped.at = second + 1;
	escaped.length = (size_t)(end - second - 1);
	decoded = malloc(escaped.length + 1);
	if (decoded == NULL)
		return NULL;
	if (filename_unescape(escaped, decoded, &length))
		name = filename_from_charset(filename_trim(charset), decoded,
		    length);
	free(decoded);
	return name;
}

/* A name in pieces, as mail has it (RFC 2231): filename*0, filename*1 ..., or
 * with one more star those that are escaped. Not for HTTP, but seen. Gathers
 * the pieces in out, which has room for them; *extended tells of the first. */
static size_t
filename_join_parts(const char *value, char *out, bool *extended)
{
	struct filename_parameter p;
	size_t length = 0;
	unsigned i;

	for (i = 0; i < FILENAME_PARTS_MAX; i++) {
		char *key = alloc_format("filename*%u*", i);
		bool found = filename_find_parameter(value, key, &p);

		if (i == 0)
			*extended = found;
		if (!found) {
			key[strlen(key) - 1] = '\0';
			found = filename_find_parameter(value, key, &p);
		}
		free(key);
		if (!found)
			break;
		length += filename_unquote(&p, out + length);
	}
	return length;
}

char *
filename_from_disposition(const char *value)
{
	char *scratch = malloc(strlen(value) + 1), *name = NULL;
	struct filename_text text = { scratch, 0 };
	struct filename_parameter p;
	bool extended;

	if (scratch == NULL)
		return NULL;
	if (filename_find_parameter(value, "filename*", &p)) {
		text.length = filename_unquote(&p, scratch);
		name = filename_from_extended(text);
	}
	if (name == NULL && filename_find_parameter(value, "filename", &p)) {
		text.length = filename_unquote(&p, scratch);
		name = filename_from_plain(text);
	}
	if (name == NULL) {
		text.length = filename_join_parts(value, scratch, &extended);
		name = extended ? filename_from_extended(text) :
		    filename_from_plain(text);
	}
	free(scratch);
	return name;
}

/* ---- URLs and types ------------------------------------------------------ */

/* FTP URLs may end in ";type=i", which asks for a mode and is no name. */
static size_t
filename_without_type(const char *url, struct filename_text segment)
{
	static const char mark[] = ";type=";
	size_t length = sizeof mark - 1;
	struct filename_text scheme = { url, 3 }, tail;

	if (segment.length <= length || !filename_is(scheme, "ftp"))
		return segment.length;
	tail.at = segment.at + segment.length - length - 1;
	tail.length = length;
	return filename_is(tail, mark) ? segment.length - length - 1 :
	    segment.length;
}

static struct filename_text
filename_segment(const char *url)
{
	struct filename_text segment = { NULL, 0 };
	const char *path = strstr(url, "://");

	if (path == NULL)
		return segment;
	path += strlen("://");
	path += strcspn(path, "/?#");
	segment.at = path + strcspn(path, "?#");
	while (segment.at > path && segment.at[-1] != '/') {
		segment.at--;
		segment.length++;
	}
	segment.length = filename_without_type(url, segment);
	return segment;
}

static char *
filename_from_segment(struct filename_text segment)
{
	char *decoded = malloc(segment.length + 1), *name;
	size_t length;

	if (decoded == NULL)
		return NULL;
	filename_unescape(segment, decoded, &length);
	name = filename_from_path(decoded, length);
	free(decoded);
	return name;
}

char *
filename_from_url(const char *url)
{
	struct filename_text segment = filename_segment(url);

	return segment.at != NULL ? filename_from_segment(segment) : NULL;
}

/* Whether nothing would be decoded, taken out, cut or added. */
static bool
filename_is_plain(struct filename_text text)
{
	size_t i;

	if (text.length == 0 || text.length > FILENAME_LIMIT ||
	    strchr(".-~", *text.at) != NULL)
		return false;
	for (i = 0; i < text.length; i++)
		if (text.at[i] <= ' ' || text.at[i] > '~' ||
		    text.at[i] == '%' || text.at[i] == '\\')
			return false;
	return !filename_is_reserved(text.at, text.length);
}

bool
filename_preview(const char *url, char *out, size_t size)
{
	struct filename_text segment = filename_segment(url);
	char *name = NULL;

	if (segment.length == 0)
		return false;
	if (!filename_is_plain(segment)) {
		name = filename_from_segment(segment);
		if (name == NULL)
			return false;
		segment = (struct filename_text){ name, strlen(name) };
	}
	if (segment.length > size - 1)
		segment.length = size - 1;
	memcpy(out, segment.at, segment.length);
	out[segment.length] = '\0';
	free(name);
	return true;
}

char *
filename_default(const char *content_type)
{
	static const struct { const char *type, *name; } defaults[] = {
		{ "text/html", "index.html" },
		{ "application/xhtml+xml", "index.xhtml" },
		{ "text/plain", "download.txt" },
		{ "text/csv", "download.csv" },
		{ "text/xml", "download.xml" },
		{ "application/xml", "download.xml" },
		{ "application/json", "download.json" },
		{ "application/pdf", "download.pdf" },
		{ "application/zip", "download.zip" },
		{ "application/gzip", "download.gz" },
		{ "application/x-gzip", "download.gz" },
		{ "application/x-tar", "download.tar" },
		{ "application/fits", "download.fits" },
		{ "image/fits", "download.fits" },
		{ "image/jpeg", "download.jpg" },
		{ "image/png", "download.png" },
	};
	struct filename_text type = { content_type, 0 };
	size_t i;

	if (content_type != NULL)
		type.length = strcspn(content_type, ";,");
	type = filename_trim(type);
	for (i = 0; i < sizeof defaults / sizeof *defaults; i++) {
		if (filename_is(type, defaults[i].type))
			return alloc_string(defaults[i].name);
	}
	return alloc_string("download");
}

/* ---- callers' names ------------------------------------------------------ */

static bool
filename_component_is_usable(struct filename_text text)
{
	uint32_t code;
	size_t i, size;

	if (text.length == 0 || text.length > FILENAME_LIMIT ||
	    filename_is(text, ".") || filename_is(text, ".."))
		return false;
	for (i = 0; i < text.length; i += size ? size : 1) {
		size = filename_utf8(text.at + i, text.length - i, &code);
		if (size > 0 && filename_is_control(code))
			return false;
	}
	return true;
}

/* An absolute name fails by the empty component before its first slash. */
bool
filename_is_usable(const char *name)
{
	struct filename_text component;

	for (;;) {
		component.at = name;
		component.length = strcspn(name, "/");
		if (!filename_component_is_usable(component))
			return false;
		name += component.length;
		if (*name == '\0')
			return true;
		name++;
	}
}

/* Before all suffixes of its last component. A dot in front hides the file
 * and begins none. */
static const char *
filename_number_place(const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *component = slash ? slash + 1 : name;

	component += strspn(component, ".");
	return component + strcspn(component, ".");
}

char *
filename_numbered(const char *name, unsigned n)
{
	const char *at = filename_number_place(name);

	return alloc_format("%.*s.%u%s", (int)(at - name), name, n, at);
}

char *
filename_unnumbered(const char *name, unsigned *n)
{
	const char *number = filename_number_place(name), *end;
	unsigned long long value = 0;

	if (*number == '\0')
		return NULL;
	for (end = number + 1; *end >= '0' && *end <= '9' &&
	    value <= UINT_MAX; end++)
		value = value * 10 + (unsigned)(*end - '0');
	if (number[1] < '1' || number[1] > '9' || value > UINT_MAX ||
	    (*end != '\0' && *end != '.'))
		return NULL;
	*n = (unsigned)value;
	return alloc_format("%.*s%s", (int)(number - name), name, end);
}
