/* SPDX-License-Identifier: MIT
 *
 * Standard error while the screen is ours: what libraries write there would
 * be painted over it, so it is kept in memory and told afterwards.
 */
#ifndef HAUL_UI_ASIDE_H
#define HAUL_UI_ASIDE_H

/* Puts stderr aside if it is a terminal; nothing if that is not possible. */
void aside_begin(void);

/* Gives it back and writes what was kept, the first 64 KiB of it. */
void aside_end(void);

/* From a signal handler: gives it back, and writes the last 2 KiB of what was
 * kept. */
void aside_panic(void);

#endif
