/* SPDX-License-Identifier: MIT
 *
 * A directory for one test: empty, the current one, and gone afterwards.
 */
#ifndef HAUL_TESTS_SCRATCH_H
#define HAUL_TESTS_SCRATCH_H

/* 0, or -1 as cmocka wants it from a fixture. */
int scratch_enter(void);
int scratch_leave(void);

#endif
