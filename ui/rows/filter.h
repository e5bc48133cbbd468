/* SPDX-License-Identifier: MIT
 *
 * What a person types to see fewer files:
 *
 *   131 host:archive state:failed|retry !ext:log size>1G
 *
 * All terms must hold; a term is one of its alternatives; ! denies what stands
 * behind it. A bare word is looked for in the name. An alternative without a
 * field has that of the one before it. re: makes the rest of its term a
 * regular expression; quotes keep blanks and bars. Case counts only where a
 * capital was typed. Pure.
 */
#ifndef HAUL_UI_FILTER_H
#define HAUL_UI_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "haul.h"

struct filter;

/* What a filter looks at besides the row. */
#define FILTER_NEEDS_URL        1u
#define FILTER_NEEDS_TAGS       2u

struct filter_subject {
	const struct haul_row *row;
	const char *url;                /* NULL: unknown, matches nothing */
	bool tagged;
};

/* NULL if it cannot be read; `why` then is a sentence for the person. Blanks
 * alone are a filter that matches everything. */
struct filter *filter_new(const char *expression, bool si, char *why,
    size_t size);
void filter_free(struct filter *);

bool filter_is_empty(const struct filter *);
unsigned filter_needs(const struct filter *);

/* May be called by several threads at once. */
bool filter_match(const struct filter *, const struct filter_subject *);

/* Whether text is in bytes; capitals count if text has any. */
bool filter_finds(const char *bytes, const char *text);

#endif
