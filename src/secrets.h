/* SPDX-License-Identifier: MIT
 *
 * Query parameters whose values are as good as a password: what the engine
 * does not store (secret.c) and no face shows (text_redact()).
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

#endif
