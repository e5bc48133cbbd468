/* SPDX-License-Identifier: MIT
 *
 * What has been given already, by arguments and lists: the same URL with the
 * same mirrors, name, directory and options is wanted once.
 *
 * Lists in files are read twice anyway, so the first reading finds out what is
 * worth remembering in the second, which most often is nothing: a million
 * items cost no memory beside what the engine has. Pipes cost eight to sixteen
 * bytes an item until they end.
 */
#ifndef HAUL_CMD_TWICE_H
#define HAUL_CMD_TWICE_H

#include "haul.h"

struct twice;

/* Remembers everything, but for what twice_expect() has told. */
struct twice *twice_new(void);
void twice_free(struct twice *);

/* This is going to be given. A mark stands for the options, which cannot be
 * looked into: 0 for none. */
void twice_expect(struct twice *, const struct haul_request *, uint64_t mark);

/* With `all`, all that will be given was told; else that is forgotten, and
 * everything is remembered. */
void twice_begin(struct twice *, bool all);

/* From now on only what has not ended was given before; what has is named by
 * twice_ended() then, 0 if there is none. */
void twice_forget_ended(struct twice *);
haul_id twice_ended(const struct twice *);

/* Whether it was noted before. */
bool twice_was(struct twice *, struct haul *, const struct haul_request *,
    uint64_t mark);

/* What twice_was() was last asked about has become this item. */
void twice_note(struct twice *, haul_id);

/* Puts text into such a mark. */
uint64_t twice_mark(uint64_t mark, const char *text);

#endif
