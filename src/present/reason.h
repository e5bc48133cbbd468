/* SPDX-License-Identifier: MIT
 *
 * What the engine says of one failure beyond its cause ("the connection ended
 * 512 bytes early"), for a person. It is recorded and told to programs in
 * English; here it is recognized, and translated with what it names. Pure, but
 * for the locale.
 */
#ifndef HAUL_PRESENT_REASON_H
#define HAUL_PRESENT_REASON_H

#include <stddef.h>

/* In the user's language, if the engine said it; what the system, libcurl or a
 * server said stays as it is. No byte is made safe. */
void reason_text(char *out, size_t size, const char *message);

#endif
