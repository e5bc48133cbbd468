/* SPDX-License-Identifier: MIT
 *
 * See nearest.h. A third of the letters may be wrong: more resembles
 * anything. What only begins like a name, as max-connections does like
 * max-conn, comes behind all that resemble one as a whole; where a further
 * word follows (max-connection-per-server), something else is meant.
 */
#include "config.h"

#include "nearest.h"

#include <stdint.h>
#include <string.h>

#define NEAREST_MAX 32                  /* longer names resemble none */
#define NEAREST_BEGUN 6                 /* shorter ones begin many */

void
nearest_init(struct nearest *nearest, const char *name, size_t length)
{
	nearest->name = name;
	nearest->length = length;
	nearest->least = SIZE_MAX;
	nearest->best = -1;
}

/* How many letters must be put in, left out, replaced or swapped with their
 * neighbour to get from one name to another. */
static size_t
nearest_distance(const char *a, size_t a_length, const char *b,
    size_t b_length)
{
	size_t rows[3][NEAREST_MAX + 1], i, j, best;
	size_t *before = rows[0], *last = rows[1], *now = rows[2], *spare;

	for (j = 0; j <= b_length; j++)
		last[j] = j;
	for (i = 1; i <= a_length; i++) {
		now[0] = i;
		for (j = 1; j <= b_length; j++) {
			best = last[j - 1] + (a[i - 1] != b[j - 1]);
			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			now[j] = best;
		}
		spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[b_length];
}

void
nearest_try(struct nearest *nearest, const char *candidate, int id)
{
	size_t length = strlen(candidate), far = nearest->length / 3 + 1;
	size_t distance;

	if (nearest->length < 2 || nearest->length > NEAREST_MAX ||
	    length > NEAREST_MAX)
		return;
	distance = nearest_distance(nearest->name, nearest->length, candidate,
	    length);
	if (distance >= far) {
		if (length < NEAREST_BEGUN || length > nearest->length ||
		    memchr(nearest->name + length, '-', nearest->length -
		    length) != NULL)
			return;
		distance = nearest_distance(nearest->name, length, candidate,
		    length);
		if (distance > length / 4)
			return;
		distance += far;
	}
	if (distance < nearest->least) {
		nearest->least = distance;
		nearest->best = id;
	}
}
