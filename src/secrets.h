/* SPDX-License-Identifier: MIT
 *
 * Query parameters and headers whose values are as good as a password: what
 * the engine does not store (secret.c) and no face shows (text_redact()).
 */
#ifndef HAUL_SECRETS_H
#define HAUL_SECRETS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

static inline bool
secrets_have(const char *name, size_t length)
{
	static const char *const names[] = {
		"signature", "sig", "token", "access_token", "auth", "key",
		"api_key", "apikey", "password", "passwd", "secret", "policy",
		"awsaccesskeyid", "key-pair-id", "x-amz-signature",
		"x-amz-credential", "x-amz-security-token", "x-goog-signature",
		"x-goog-credential", "hdnts", "hdnea",
	};
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (strlen(names[i]) == length &&
		    strncasecmp(names[i], name, length) == 0)
			return true;
	return false;
}

/* Whether a request header is as good as a password: what its name says, for
 * nobody can know what a value is for. */
static inline bool
secrets_have_header(const char *name, size_t length)
{
	static const char *const words[] = {
		"auth", "cookie", "token", "key", "secret", "passw",
		"credential", "signature", "session",
	};
	size_t i, at, word;

	for (i = 0; i < sizeof words / sizeof *words; i++) {
		word = strlen(words[i]);
		for (at = 0; at + word <= length; at++)
			if (strncasecmp(name + at, words[i], word) == 0)
				return true;
	}
	return false;
}

#endif
