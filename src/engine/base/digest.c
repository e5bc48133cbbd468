/* SPDX-License-Identifier: MIT
 *
 * Names, server fields and sums. Algorithms have many spellings ("SHA-256",
 * "sha256", "SHA2-256"), and two digests may only be compared under one name:
 * each name is squeezed to its letters and digits and looked up in a table,
 * strongest first; what is not there is asked of libcrypto.
 */
#include "config.h"

#include "digest.h"

#include <assert.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc.h"

#define DIGEST_PIECE (1024 * 1024)      /* read at once, between looks at the
                                           cancel flag */
#define DIGEST_USER_PRIORITY 10         /* highest that RFC 9530 knows */

struct digest_kind {
	const char *name;       /* as in struct digest; libcrypto takes it */
	const char *wire;       /* its key in RFC 9530, NULL if the name */
	const char *alias;      /* libcrypto's first name, NULL likewise */
	int want;               /* priority in Want-*-Digest, 0 not asked */
};

/* Strongest first. Of those in the registry of RFC 9530 the weak ones are
 * asked for as well: they still find a damaged transfer. */
static const struct digest_kind digest_kinds[] = {
	{ "sha512", "sha-512", "sha2-512", 9 },
	{ "sha3-512", NULL, NULL, 0 },
	{ "blake2b512", NULL, NULL, 0 },
	{ "sha384", NULL, "sha2-384", 0 },
	{ "sha3-384", NULL, NULL, 0 },
	{ "sha256", "sha-256", "sha2-256", 8 },
	{ "sha512-256", NULL, "sha2-512/256", 0 },
	{ "sha3-256", NULL, NULL, 0 },
	{ "blake2s256", NULL, NULL, 0 },
	{ "sm3", NULL, NULL, 0 },
	{ "sha224", NULL, "sha2-224", 0 },
	{ "sha512-224", NULL, "sha2-512/224", 0 },
	{ "sha3-224", NULL, NULL, 0 },
	{ "ripemd160", NULL, NULL, 0 },
	{ "md5-sha1", NULL, NULL, 0 },
	{ "sha1", "sha", NULL, 2 },
	{ "md5", NULL, NULL, 1 },
};

#define DIGEST_KINDS (sizeof digest_kinds / sizeof *digest_kinds)

/* ---- names ---- */

static char
digest_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Lower case without what spellings differ in; cut to the size. */
static void
digest_squeeze(const char *name, char squeezed[DIGEST_NAME_MAX])
{
	size_t n = 0;

	for (; *name && n < DIGEST_NAME_MAX - 1; name++)
		if (*name != '-' && *name != '_' && *name != '/')
			squeezed[n++] = digest_lower(*name);
	squeezed[n] = '\0';
}

static bool
digest_spells(const char *name, const char *squeezed)
{
	char own[DIGEST_NAME_MAX];

	if (name == NULL)
		return false;
	digest_squeeze(name, own);
	return strcmp(own, squeezed) == 0;
}

static const struct digest_kind *
digest_kind(const char *name)
{
	char squeezed[DIGEST_NAME_MAX];
	size_t i;

	digest_squeeze(name, squeezed);
	for (i = 0; i < DIGEST_KINDS; i++)
		if (digest_spells(digest_kinds[i].name, squeezed) ||
		    digest_spells(digest_kinds[i].wire, squeezed) ||
		    digest_spells(digest_kinds[i].alias, squeezed))
			return &digest_kinds[i];
	return NULL;
}

/* A failed fetch leaves an entry in this thread's error queue, which libcurl
 * might take for one of its connection's. */
static EVP_MD *
digest_fetch_quietly(const char *name)
{
	EVP_MD *md;

	ERR_set_mark();
	md = EVP_MD_fetch(NULL, name, NULL);
	ERR_pop_to_mark();
	return md;
}

/* Whether it is a digest of one length: SHAKE has any, "NULL" has none. */
static bool
digest_is_usable(const EVP_MD *md)
{
	int size = EVP_MD_get_size(md);

	return size > 0 && size <= DIGEST_SIZE_MAX &&
	    (EVP_MD_get_flags(md) & EVP_MD_FLAG_XOF) == 0;
}

static EVP_MD *
digest_fetch_usable(const char *name)
{
	EVP_MD *md = digest_fetch_quietly(name);

	if (md != NULL && !digest_is_usable(md)) {
		EVP_MD_free(md);
		md = NULL;
	}
	return md;
}

/* For a name outside the table. libcrypto itself ignores case, not dashes. */
static EVP_MD *
digest_fetch_other(const char *name)
{
	char squeezed[DIGEST_NAME_MAX];
	EVP_MD *md = digest_fetch_usable(name);

	if (md != NULL)
		return md;
	digest_squeeze(name, squeezed);
	return digest_fetch_usable(squeezed);
}

static void
digest_copy_name(char to[DIGEST_NAME_MAX], const char *from)
{
	size_t n = 0;

	for (; from[n] && n < DIGEST_NAME_MAX - 1; n++)
		to[n] = digest_lower(from[n]);
	to[n] = '\0';
}

/* The algorithm of any spelling and its one name; NULL if there is none. */
static EVP_MD *
digest_resolve(const char *name, char canonical[DIGEST_NAME_MAX])
{
	const struct digest_kind *kind;
	EVP_MD *md;

	if (*name == '\0' || strlen(name) >= DIGEST_NAME_MAX)
		return NULL;
	kind = digest_kind(name);
	md = kind ? digest_fetch_usable(kind->name) : digest_fetch_other(name);
	if (md == NULL)
		return NULL;
	if (kind == NULL)       /* an OID, say, can still be one of ours */
		kind = digest_kind(EVP_MD_get0_name(md));
	digest_copy_name(canonical,
	    kind ? kind->name : EVP_MD_get0_name(md));
	return md;
}

/* Fills the name and the size; false if there is no such algorithm. */
static bool
digest_identify(const char *name, struct digest *digest)
{
	EVP_MD *md = digest_resolve(name, digest->name);

	if (md == NULL)
		return false;
	digest->size = (size_t)EVP_MD_get_size(md);
	EVP_MD_free(md);
	return true;
}

int
digest_strength(const char *name)
{
	const struct digest_kind *kind = digest_kind(name);

	return kind ? (int)(digest_kinds + DIGEST_KINDS - kind) : 0;
}

bool
digest_equal(const struct digest *a, const struct digest *b)
{
	return a->size == b->size && strcmp(a->name, b->name) == 0 &&
	    memcmp(a->bytes, b->bytes, a->size) == 0;
}

/* ---- the user's ---- */

static int
digest_hex_value(char c)
{
	c = digest_lower(c);
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum haul_complaint
digest_parse(const char *text, struct digest *digest, size_t *expected_hex)
{
	const char *hex = strchr(text, '=');
	struct digest read = { 0 };
	char name[DIGEST_NAME_MAX] = "";
	size_t i, digits;

	*expected_hex = 0;
	if (hex == NULL || hex == text)
		return HAUL_COMPLAINT_BAD_CHECKSUM;
	if ((size_t)(hex - text) < sizeof name)
		memcpy(name, text, (size_t)(hex - text));
	if (!digest_identify(name, &read))
		return HAUL_COMPLAINT_UNKNOWN_DIGEST;
	*expected_hex = 2 * read.size;
	digits = strspn(++hex, "0123456789abcdefABCDEF");
	if (hex[digits] != '\0')
		return HAUL_COMPLAINT_BAD_CHECKSUM;
	if (digits != *expected_hex)
		return HAUL_COMPLAINT_CHECKSUM_LENGTH;
	for (i = 0; i < read.size; i++)
		read.bytes[i] = (unsigned char)
		    (digest_hex_value(hex[2 * i]) << 4 |
		    digest_hex_value(hex[2 * i + 1]));
	*digest = read;
	return HAUL_COMPLAINT_NONE;
}

char *
digest_format(const struct digest *digest)
{
	static const char hex[] = "0123456789abcdef";
	size_t i, n = strlen(digest->name);
	char *text = alloc_array(n + 2 + 2 * digest->size, 1);

	memcpy(text, digest->name, n);
	text[n++] = '=';
	for (i = 0; i < digest->size; i++) {
		text[n++] = hex[digest->bytes[i] >> 4];
		text[n++] = hex[digest->bytes[i] & 15];
	}
	return text;
}

/* ---- the server's ---- */

/* A part of a field value: bytes, not ended by NUL. */
struct digest_text {
	const char *p;
	size_t n;
};

static int
digest_base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* One group of four characters to at most `left` bytes. Returns how many, or
 * 0 if it is not base64, or has padding bits that are not zero. */
static size_t
digest_base64_group(const char *group, unsigned char *bytes, size_t left)
{
	size_t i, count = group[3] != '=' ? 3 : group[2] != '=' ? 2 : 1;
	uint32_t bits = 0;

	for (i = 0; i < 4; i++) {
		int value = i <= count ? digest_base64_value(group[i]) : 0;

		if (value < 0)
			return 0;
		bits = bits << 6 | (uint32_t)value;
	}
	if (count > left || (bits & (0xffffffu >> 8 * count)) != 0)
		return 0;
	for (i = 0; i < count; i++)
		bytes[i] = (unsigned char)(bits >> (16 - 8 * i));
	return count;
}

/* Whether text is the base64 of just digest->size bytes, which are filled. A
 * decoder of our own: libcrypto's takes white space, and counts the padding
 * as bytes. */
static bool
digest_base64(struct digest_text text, struct digest *digest)
{
	size_t i, count, done = 0;

	if (text.n % 4 != 0)
		return false;
	for (i = 0; i < text.n; i += 4) {
		count = digest_base64_group(text.p + i, digest->bytes + done,
		    digest->size - done);
		done += count;
		if (count == 0 || (count < 3 && i + 4 < text.n))
			return false;
	}
	return done == digest->size;
}

/* Takes the ":BASE64:" out of a structured field's item; parameters after it
 * mean nothing here. */
static bool
digest_byte_sequence(struct digest_text *value)
{
	const char *end, *rest;

	if (value->n < 2 || *value->p != ':')
		return false;
	end = memchr(value->p + 1, ':', value->n - 1);
	if (end == NULL)
		return false;
	rest = end + 1;
	while (rest < value->p + value->n && *rest == ' ')
		rest++;
	if (rest < value->p + value->n && *rest != ';')
		return false;
	value->p++;
	value->n = (size_t)(end - value->p);
	return true;
}

/* Cuts the member's name off: it ends at '=', or at ';' where the member is
 * a bare key. False if it has other characters than keys and tokens have. */
static bool
digest_take_name(struct digest_text *member, char name[DIGEST_NAME_MAX])
{
	size_t n = 0;

	name[0] = '\0';
	while (n < member->n && strchr("=;", member->p[n]) == NULL) {
		char c = digest_lower(member->p[n]);

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    strchr("_-.*", c) == NULL)
			return false;
		n++;
	}
	if (n > 0 && n < DIGEST_NAME_MAX) {
		memcpy(name, member->p, n);
		name[n] = '\0';
	}
	member->p += n;
	member->n -= n;
	return n > 0;
}

/* Reads one member. False if it cannot be read; a digest of size 0 stands for
 * one that is passed over. Only the table's algorithms are looked for: a
 * server shall not make libcrypto search for thousands of names. */
static bool
digest_read_member(struct digest_text member, enum digest_style style,
    struct digest *digest)
{
	char name[DIGEST_NAME_MAX];

	digest->size = 0;
	if (!digest_take_name(&member, name))
		return false;
	if (digest_kind(name) == NULL || !digest_identify(name, digest))
		return style == DIGEST_RFC9530 ||
		    (member.n > 0 && *member.p == '=');
	if (member.n == 0 || *member.p != '=')
		return false;
	member.p++;
	member.n--;
	if (style == DIGEST_RFC9530 && !digest_byte_sequence(&member))
		return false;
	return digest_base64(member, digest);
}

/* Cuts the next member off the value, up to a comma that is not inside a
 * quoted string, without the blanks around it. False at the end. */
static bool
digest_next_member(const char **value, struct digest_text *member)
{
	bool quoted = false;
	const char *p = *value + strspn(*value, " \t,");

	member->p = p;
	for (; *p && (quoted || *p != ','); p++) {
		if (quoted && *p == '\\' && p[1])
			p++;
		else if (*p == '"')
			quoted = !quoted;
	}
	*value = p;
	while (p > member->p && strchr(" \t", p[-1]) != NULL)
		p--;
	member->n = (size_t)(p - member->p);
	return member->n > 0;
}

/* Of several with one name the last counts, as in any structured dictionary.
 * Returns how many are in the list then. */
static size_t
digest_put(const struct digest *digest, struct digest *list, size_t count,
    size_t max)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(list[i].name, digest->name) == 0)
			break;
	if (i < max)
		list[i] = *digest;
	return i == count && i < max ? count + 1 : count;
}

size_t
digest_parse_server(const char *value, enum digest_style style,
    struct digest *list, size_t max, bool *malformed)
{
	struct digest_text member;
	size_t count = 0;

	*malformed = false;
	while (digest_next_member(&value, &member)) {
		struct digest digest = { 0 };

		if (!digest_read_member(member, style, &digest))
			*malformed = true;
		else if (digest.size > 0)
			count = digest_put(&digest, list, count, max);
	}
	return count;
}

/* ---- asking the server ---- */

/* Adds "key=priority" to the list, which it frees. */
static char *
digest_want_add(char *list, const char *key, int priority)
{
	char *longer = alloc_format("%s%s%s=%d", list, *list ? ", " : "", key,
	    priority);

	free(list);
	return longer;
}

static const char *
digest_wire_name(const struct digest_kind *kind)
{
	return kind->wire ? kind->wire : kind->name;
}

char *
digest_want(const char *user_name)
{
	const struct digest_kind *kind, *users = NULL;
	struct digest digest;
	char *list = alloc_string("");

	if (user_name != NULL && digest_identify(user_name, &digest)) {
		users = digest_kind(digest.name);
		list = digest_want_add(list,
		    users ? digest_wire_name(users) : digest.name,
		    DIGEST_USER_PRIORITY);
	}
	for (kind = digest_kinds; kind < digest_kinds + DIGEST_KINDS; kind++)
		if (kind->want > 0 && kind != users &&
		    digest_identify(kind->name, &digest))
			list = digest_want_add(list, digest_wire_name(kind),
			    kind->want);
	return list;
}

/* ---- computing ---- */

/* As pread(2), but not ended by a signal; 0 or an errno. */
static int
digest_pread(int fd, void *piece, size_t size, int64_t offset, size_t *got)
{
	ssize_t n;

	do
		n = pread(fd, piece, size, (off_t)offset);
	while (n < 0 && errno == EINTR);
	*got = n > 0 ? (size_t)n : 0;
	return n < 0 ? errno : n == 0 ? EIO : 0;
}

static int
digest_update(EVP_MD_CTX *context, int fd, int64_t size,
    const atomic_bool *cancel)
{
	unsigned char *piece = malloc(DIGEST_PIECE);
	int64_t done = 0;
	int error = piece ? 0 : ENOMEM;

	while (error == 0 && done < size) {
		size_t got, ask = size - done < DIGEST_PIECE ?
		    (size_t)(size - done) : DIGEST_PIECE;

		if (cancel != NULL && atomic_load(cancel)) {
			error = ECANCELED;
			break;
		}
		error = digest_pread(fd, piece, ask, done, &got);
		if (error == 0 && !EVP_DigestUpdate(context, piece, got))
			error = EIO;
		done += (int64_t)got;
	}
	free(piece);
	return error;
}

int
digest_of_file(int fd, int64_t size, const char *name,
    const atomic_bool *cancel, struct digest *result)
{
	struct digest sum = { 0 };
	EVP_MD *md = digest_resolve(name, sum.name);
	EVP_MD_CTX *context = NULL;
	unsigned length = 0;
	int error;

	assert(size >= 0);
	if (md == NULL)
		return ENOTSUP;
	error = ENOMEM;
	context = EVP_MD_CTX_new();
	if (context == NULL || !EVP_DigestInit_ex2(context, md, NULL))
		goto out;
	error = digest_update(context, fd, size, cancel);
	if (error != 0)
		goto out;
	error = EIO;
	if (!EVP_DigestFinal_ex(context, sum.bytes, &length))
		goto out;
	error = 0;
	sum.size = length;
	*result = sum;
out:
	EVP_MD_CTX_free(context);
	EVP_MD_free(md);
	return error;
}

/* ---- as bytes come ---- */

struct digest_sum {
	struct digest digest;
	EVP_MD_CTX *context;
	bool failed;
};

struct digest_sum *
digest_sum_begin(const char *name)
{
	struct digest_sum *sum = alloc_zero(sizeof *sum);
	EVP_MD *md = digest_resolve(name, sum->digest.name);

	if (md != NULL)
		sum->context = EVP_MD_CTX_new();
	if (sum->context == NULL ||
	    !EVP_DigestInit_ex2(sum->context, md, NULL)) {
		digest_sum_free(sum);
		sum = NULL;
	}
	EVP_MD_free(md);
	return sum;
}

void
digest_sum_add(struct digest_sum *sum, const void *bytes, size_t length)
{
	if (!EVP_DigestUpdate(sum->context, bytes, length))
		sum->failed = true;
}

int
digest_sum_end(struct digest_sum *sum, struct digest *result)
{
	unsigned length = 0;
	bool good = !sum->failed && EVP_DigestFinal_ex(sum->context,
	    sum->digest.bytes, &length);

	sum->digest.size = length;
	if (good)
		*result = sum->digest;
	digest_sum_free(sum);
	return good ? 0 : EIO;
}

void
digest_sum_free(struct digest_sum *sum)
{
	if (sum == NULL)
		return;
	EVP_MD_CTX_free(sum->context);
	free(sum);
}
