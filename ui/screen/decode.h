/* SPDX-License-Identifier: MIT
 *
 * What a terminal sends, as keys, clicks and pastes. Bytes are pushed in as
 * they come, cut anywhere; what could be the start of a longer sequence waits
 * for the rest for a while. Pure: the time is told.
 */
#ifndef HAUL_UI_DECODE_H
#define HAUL_UI_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "input.h"

#define DECODE_PASTE_MAX ((size_t)64 << 20)     /* bytes; the rest is dropped */

enum decode_paste {
	DECODE_PASTE_NONE,
	DECODE_PASTE_BRACKETED,
	DECODE_PASTE_LOOSE,     /* recognised by its look; ends by silence */
};

struct decode {
	char *bytes;            /* not decoded yet */
	size_t length, room;
	int64_t since_ms;       /* when the last of them came */
	int escape_ms;          /* how long a lone Esc waits */
	bool brackets;          /* the terminal marks pastes: do not guess */

	enum decode_paste pasting;
	char *paste;
	size_t paste_length, paste_room;

	struct decode_key *keys; /* sequences of this terminal */
	size_t key_count;

	bool sync_told;         /* it answered whether it has synchronised */
	bool sync;              /* output, and whether it has */

	bool asking;            /* answers to CSI 5 n are on their way */
	unsigned answers;       /* that came; for the caller to take */
	size_t cut;             /* so much of one came, and was given up */
	int64_t cut_ms;
};

void decode_init(struct decode *, int escape_ms);
void decode_release(struct decode *);

/* A key as this terminal's description has it; begins with Esc. */
void decode_add_key(struct decode *, const char *sequence, uint32_t key);

void decode_feed(struct decode *, const char *bytes, size_t length,
    int64_t now_ms);

/* The next input; false if none is complete. */
bool decode_next(struct decode *, int64_t now_ms, struct input *);

/* When to ask decode_next() again though nothing came: in ms; -1 never. */
int decode_wait_ms(const struct decode *, int64_t now_ms);

#endif
