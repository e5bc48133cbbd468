/* SPDX-License-Identifier: MIT
 *
 * What haul.c and its kin share.
 */
#ifndef HAUL_ENGINE_HAUL_INTERNAL_H
#define HAUL_ENGINE_HAUL_INTERNAL_H

#include <pthread.h>
#include <string.h>

#include "haul.h"

struct engine_thread;
struct journal;
struct model;
struct options;

struct haul {
	struct model *model;
	struct engine_thread *engine;
	struct journal *journal;        /* NULL: nothing is recorded */
	struct options *options;        /* as the engine has them */
	struct options *given;          /* the same without defaults */
	pthread_mutex_t lock;           /* of the options */
};

/* Fills the error, if there is one, for what is not an argument's fault; the
 * same result. */
static inline enum haul_result
haul_fail(struct haul_error *error, enum haul_result result)
{
	if (error != NULL && result != HAUL_OK) {
		memset(error, 0, sizeof *error);
		error->result = result;
	}
	return result;
}

#endif
