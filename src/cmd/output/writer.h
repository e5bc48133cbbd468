/* SPDX-License-Identifier: MIT
 *
 * Writes to a descriptor from a thread of its own, so that a full pipe or a
 * stopped terminal never makes the program wait. What cannot be written yet
 * stays in a buffer; what does not fit is refused and the caller decides. A
 * reader that has gone away (EPIPE) is no error: the rest is dropped.
 */
#ifndef HAUL_CMD_WRITER_H
#define HAUL_CMD_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#define WRITER_BUFFER_SIZE ((size_t)16 << 20)

struct writer;

/* NULL if there is no thread for it. The buffer grows as needed, up to the
 * limit; the descriptor stays the caller's. */
struct writer *writer_new(int fd, size_t limit);

/* Ends the thread if it does not hang in a write, and drops what was not
 * written. If it hangs, it is left behind, and frees its memory should it ever
 * come back: the program is about to end. */
void writer_free(struct writer *);

/* Takes all of it or nothing; false if it does not fit. It may be held back
 * until there is more, or until writer_push(): many lines make one write. */
bool writer_put(struct writer *, const char *bytes, size_t length);
void writer_push(struct writer *);              /* NULL does nothing */

/* From now on everything fits: when nothing is left that could be stalled, it
 * is better to take memory than to lose the last words. */
void writer_lift_limit(struct writer *);        /* NULL does nothing */

/* Bytes not written yet. What shows the present only (a bar, a progress
 * record) is worth writing when this is 0, or little. */
size_t writer_backlog(struct writer *);

/* The error that ended the writing: 0 for none, EPIPE where the reader left. */
int writer_error(struct writer *);

/* Waits until all is written, at most so long; false if time was over. */
bool writer_wait(struct writer *, int timeout_ms);

#endif
