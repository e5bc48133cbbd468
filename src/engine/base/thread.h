/* SPDX-License-Identifier: MIT
 *
 * Threads of the engine's own.
 */
#ifndef HAUL_ENGINE_THREAD_H
#define HAUL_ENGINE_THREAD_H

#include <pthread.h>

/* As pthread_create(). The thread takes none of the signals that are sent to
 * the program; those that it causes by a fault of its own reach the program's
 * handler, as they do in any thread. */
int thread_start(pthread_t *, void *(*)(void *), void *user);

#endif
