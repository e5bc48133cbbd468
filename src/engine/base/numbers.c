/* SPDX-License-Identifier: MIT
 *
 * See numbers.h. Of a name is kept which number is next, which one was given
 * back last, and which one each of its items has. Others that were given back
 * are forgotten: looking for them each time is what made a long list of one
 * name slow.
 */
#include "config.h"

#include "numbers.h"

#include <stdlib.h>

#include "alloc.h"
#include "filename.h"

#define NUMBERS_MAX 4000000

enum {
	NUMBERS_NEXT,
	NUMBERS_NEXT_STRICT,
	NUMBERS_BACK,
	NUMBERS_ITEM,           /* and its id */
};

static uint64_t
numbers_key(const char *name, uint64_t what)
{
	uint64_t key = (names_hash(name) ^ what) *
	    UINT64_C(0x9e3779b97f4a7c15);

	key ^= key >> 32;
	return key ? key : 1;
}

void
numbers_release(struct numbers *numbers)
{
	names_release(&numbers->known);
}

static void
numbers_note(struct numbers *numbers, const char *name, uint64_t what,
    uint32_t number)
{
	*names_value(&numbers->known, numbers_key(name, what)) = number;
}

static char *
numbers_try(const char *name, uint32_t number, numbers_free_fn is_free,
    void *user)
{
	char *candidate = filename_numbered(name, number);

	if (is_free(candidate, user))
		return candidate;
	free(candidate);
	return NULL;
}

/* Tries a number that is known, if one is. */
static char *
numbers_again(struct numbers *numbers, const char *name, haul_id id,
    uint64_t what, numbers_free_fn is_free, void *user)
{
	const uint32_t *known = names_find(&numbers->known,
	    numbers_key(name, what));
	uint32_t number = known != NULL ? *known : 0;
	char *chosen = number != 0 ? numbers_try(name, number, is_free,
	    user) : NULL;

	if (chosen != NULL && what == NUMBERS_BACK) {
		numbers_note(numbers, name, NUMBERS_BACK, 0);
		numbers_note(numbers, name, NUMBERS_ITEM + id, number);
	}
	return chosen;
}

static char *
numbers_next(struct numbers *numbers, const char *name, haul_id id,
    bool strict, numbers_free_fn is_free, void *user)
{
	uint64_t what = strict ? NUMBERS_NEXT_STRICT : NUMBERS_NEXT;
	const uint32_t *known = names_find(&numbers->known,
	    numbers_key(name, what));
	uint32_t n = known != NULL ? *known : 1;
	char *chosen = NULL;

	while (n <= NUMBERS_MAX && chosen == NULL)
		chosen = numbers_try(name, n++, is_free, user);
	numbers_note(numbers, name, what, n);
	if (chosen != NULL)
		numbers_note(numbers, name, NUMBERS_ITEM + id, n - 1);
	return chosen;
}

char *
numbers_choose(struct numbers *numbers, const char *name, haul_id id,
    bool strict, numbers_free_fn is_free, void *user)
{
	char *chosen;

	if (is_free(name, user))
		return alloc_string(name);
	chosen = numbers_again(numbers, name, id, NUMBERS_ITEM + id, is_free,
	    user);
	if (chosen == NULL)
		chosen = numbers_again(numbers, name, id, NUMBERS_BACK,
		    is_free, user);
	if (chosen == NULL)
		chosen = numbers_next(numbers, name, id, strict, is_free,
		    user);
	return chosen;
}

/* The last one steps back; any other is remembered. */
static void
numbers_step_back(struct numbers *numbers, const char *name, uint64_t what,
    uint32_t number)
{
	const uint32_t *next = names_find(&numbers->known,
	    numbers_key(name, what));

	if (next != NULL && *next == number + 1)
		numbers_note(numbers, name, what, number);
	else if (next != NULL && *next > number)
		numbers_note(numbers, name, NUMBERS_BACK, number);
}

void
numbers_give_back(struct numbers *numbers, const char *name)
{
	unsigned number;
	char *base = filename_unnumbered(name, &number);

	if (base == NULL)
		return;
	numbers_step_back(numbers, base, NUMBERS_NEXT, number);
	numbers_step_back(numbers, base, NUMBERS_NEXT_STRICT, number);
	free(base);
}
