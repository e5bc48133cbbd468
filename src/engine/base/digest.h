/* SPDX-License-Identifier: MIT
 *
 * Digests: what the user asks for, what a server tells (RFC 9530, and the
 * older RFC 3230), and computing them through libcrypto.
 */
#ifndef HAUL_ENGINE_DIGEST_H
#define HAUL_ENGINE_DIGEST_H

#include <stdatomic.h>
#include <stddef.h>

#include "haul.h"

#define DIGEST_SIZE_MAX 64
#define DIGEST_NAME_MAX 32

struct digest {
	char name[DIGEST_NAME_MAX];     /* libcrypto's, lower case: "sha256",
	                                   "sha512-256", "md5", "blake2b512" */
	unsigned char bytes[DIGEST_SIZE_MAX];
	size_t size;                    /* of bytes */
};

/* Reads the user's "ALG=HEX" (parfive's spelling): any algorithm libcrypto
 * knows, in any case and with or without dashes (sha256, SHA-256); hex in any
 * case, of just the right length. NONE if it is good, else BAD_CHECKSUM,
 * UNKNOWN_DIGEST or CHECKSUM_LENGTH; then *expected_hex is the right
 * length. */
enum haul_complaint digest_parse(const char *text, struct digest *,
    size_t *expected_hex);

/* Reads a server's field value: style RFC9530 for Repr-Digest and
 * Content-Digest (sha-256=:BASE64:), RFC3230 for Digest (SHA-256=BASE64).
 * Members with an algorithm unknown here are passed over. Returns how many
 * digests were put into list (at most max); *malformed is set if something
 * could not be read. */
enum digest_style { DIGEST_RFC9530, DIGEST_RFC3230 };
size_t digest_parse_server(const char *value, enum digest_style,
    struct digest *list, size_t max, bool *malformed);

/* Orders by what it proves: sha512 over sha256 over ... over md5; 0 for
 * unknown ones. */
int digest_strength(const char *name);

/* The value of Want-Repr-Digest and Want-Content-Digest (RFC 9530 section 4):
 * what libcrypto here can check, the user's algorithm (or NULL) at 10.
 * malloc()ed. */
char *digest_want(const char *user_name);

bool digest_equal(const struct digest *, const struct digest *);

/* "sha256=0a1b...": malloc()ed. */
char *digest_format(const struct digest *);

/* Computes the digest `name` of the first size bytes of fd by pread(2)
 * (the offset stays). May run on any thread; looks at *cancel, which may be
 * NULL, now and then. 0, or an errno: ECANCELED, EIO if the file is shorter,
 * ENOTSUP. */
int digest_of_file(int fd, int64_t size, const char *name,
    const atomic_bool *cancel, struct digest *result);

/* The same of bytes as they come: NULL if there is no such digest. _end() frees
 * it, as does _free(); 0 or an errno. */
struct digest_sum;
struct digest_sum *digest_sum_begin(const char *name);
void digest_sum_add(struct digest_sum *, const void *bytes, size_t length);
int digest_sum_end(struct digest_sum *, struct digest *result);
void digest_sum_free(struct digest_sum *);

#endif
