/* SPDX-License-Identifier: MIT
 *
 * Items of a model, for the tests of model.c and its parts.
 */
#ifndef HAUL_TESTS_ITEMS_H
#define HAUL_TESTS_ITEMS_H

#include "engine/model/model.h"

/* Of the running test. */
extern struct model *model;
extern struct folder *folder;           /* any: /tmp */

/* cmocka's fixtures: an empty model before each test, nothing after it. */
int items_setup(void **state);
int items_teardown(void **state);

haul_id items_add(const char *url);
void items_add_many(size_t count);      /* http://a.example/1, 2 ... */
void items_move(haul_id, enum haul_state to);
struct haul_totals items_totals(void);

/* For what is told by the clock. */
void items_wait_ms(int ms);

#endif
