/* SPDX-License-Identifier: MIT
 *
 * Pastes that are too long for a line or a form: they are offered to be read
 * as a list file is, which nobody waits for.
 */
#ifndef HAUL_UI_PASTE_H
#define HAUL_UI_PASTE_H

#include "internal.h"

#define PASTE_FORM      ((size_t)8 << 20)       /* bytes; more is too long */
#define PASTE_LINES     100000          /* a form has a field for each */

bool paste_is_long(const struct input *);

/* Asks; the paste is copied. */
void paste_offer(struct ui *, const struct input *);

#endif
