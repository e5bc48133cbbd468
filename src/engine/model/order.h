/* SPDX-License-Identifier: MIT
 *
 * A sequence of ids, each of some class, that can be counted, looked into by
 * rank, and put in another order, at a cost that does not grow with it: ids
 * stand in blocks, each block counts its ids of each class, and each id knows
 * its block. Pure.
 *
 * It costs some ten bytes an id, up to four more after many moves. Sets of
 * classes are bit masks of ORDER_CLASSES bits.
 */
#ifndef HAUL_ENGINE_ORDER_H
#define HAUL_ENGINE_ORDER_H

#include "haul.h"

#define ORDER_CLASSES 16
#define ORDER_ID_MAX UINT32_MAX

struct order;

/* block_size: ids in a block, at least 2. */
struct order *order_new(size_t block_size);
void order_free(struct order *);

/* At the end. The id must not be in it yet. */
void order_append(struct order *, haul_id, unsigned class_of_it);
void order_remove(struct order *, haul_id);
bool order_has(const struct order *, haul_id);

void order_set_class(struct order *, haul_id, unsigned class_of_it);

/* Puts it before another one, 0: at the end. */
void order_move(struct order *, haul_id, haul_id before);

uint64_t order_count(const struct order *, unsigned classes);

/* The first id of that one class, 0 if there is none: cheap as long as ids
 * leave the class from the front. */
haul_id order_first(struct order *, unsigned class_of_it);

/* Copies up to max ids of these classes from that rank on; how many. */
size_t order_window(const struct order *, unsigned classes, uint64_t first,
    haul_id *ids, size_t max);

/* How many of these classes stand before it. */
uint64_t order_rank(const struct order *, unsigned classes, haul_id);

#endif
