/* SPDX-License-Identifier: MIT
 *
 * Settings that were changed on the screen, to be written to the user's
 * configuration by the command.
 */
#ifndef HAUL_UI_SAVING_H
#define HAUL_UI_SAVING_H

#include "internal.h"

struct saving;

/* Notes what the settings are; what differs from that later was changed. */
struct saving *saving_new(struct ui *);
void saving_free(struct saving *);

/* Asks the command to save what was changed since; says so if nothing was. */
void saving_wish(struct ui *);

#endif
