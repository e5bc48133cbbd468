/* SPDX-License-Identifier: MIT
 *
 * A target directory: its descriptor, the names that stand in it, and the
 * names that items of this run have claimed. All files are reached through
 * the descriptor and by one component, so that no name leads elsewhere.
 *
 * The names are listed once, when many files come: a batch then needs no
 * system call to learn that a name is free. The listing may be out of date;
 * it only answers "worth looking", and the last word has the rename that
 * refuses to replace.
 */
#ifndef HAUL_ENGINE_FOLDER_H
#define HAUL_ENGINE_FOLDER_H

#include <sys/types.h>

#include "engine/base/numbers.h"
#include "haul.h"

struct folder;
struct folders;         /* all that an engine has open, by path */

struct folders *folders_new(void);
void folders_free(struct folders *);

/* The folder of that path, made with its parents if missing (mode 0777 less
 * umask). NULL with errno set on failure. Lives as long as `folders`, with the
 * names claimed in it; but its descriptor only while it is in use, or until
 * others are opened. */
struct folder *folders_open(struct folders *, const char *path);

/* In use: its descriptor stays. NULL is no matter. */
struct folder *folder_ref(struct folder *);
void folder_unref(struct folder *);

/* Opens again the descriptor of one that is not in use. False: its path leads
 * nowhere any more, or to another directory. */
bool folders_wake(struct folders *, struct folder *);

int folder_fd(const struct folder *);

/* For other threads, at any time. */
dev_t folder_device(const struct folder *);
const char *folder_path(const struct folder *);

/* (blocks) Its names to the disk; 0 or an errno. */
int folder_sync(const struct folder *);

/* Bytes that its file system could hold if it were empty; INT64_MAX if that
 * cannot be learned. */
int64_t folder_capacity(const struct folder *);

/* Bytes that its file system has for us, as of not longer ago than a second
 * (now_ms 0: as of now); INT64_MAX if that cannot be learned. */
int64_t folder_room(struct folder *, int64_t now_ms);

/* Whether somebody found its file system full, and nobody room since. */
bool folder_is_full(const struct folder *);
void folder_set_full(struct folder *, bool full);

/* dir joined with name, as a user would write it; malloc()ed. */
char *folder_join(const struct folder *, const char *name);

/* The same, to where there is room for so many bytes: nothing, if it is too
 * small. Returns how many it takes. */
size_t folder_put_path(const struct folder *, const char *name, char *to,
    size_t room);

/* Many files will come: list the names now, unless there are very many. */
void folder_expect_many(struct folder *);

/* Whether something of that name stands there. */
bool folder_has(struct folder *, const char *name);

/* Whether it is a file, or a link to one: a directory or a device is not what
 * anybody wants to have fetched already. */
bool folder_has_file(const struct folder *, const char *name);
/* When it came, or was changed last (since the epoch); -1 if it is none. */
int64_t folder_file_changed_ms(const struct folder *, const char *name);
/* Its bytes; -1 if it is none. */
int64_t folder_file_size(const struct folder *, const char *name);

/* Something of that name has come to stand there since the listing. */
void folder_note_name(struct folder *, const char *name);

/* Whether the name is free or held by this item; folder_claim() takes it.
 * Claims last as long as the run: a finished file keeps its name. */
bool folder_may_claim(const struct folder *, const char *name, haul_id);
void folder_claim(struct folder *, const char *name, haul_id);
void folder_unclaim(struct folder *, const char *name, haul_id);

/* For names that are taken; folder_unclaim() gives back to them. */
struct numbers *folder_numbers(struct folder *);

/* Whether O_TMPFILE works here; told by who tried and failed. */
bool folder_can_tmpfile(const struct folder *);
void folder_cannot_tmpfile(struct folder *);

/* Whether an unnamed file gets its name through /proc/self/fd, because linkat
 * by descriptor was refused here. */
bool folder_links_by_path(const struct folder *);
void folder_link_by_path(struct folder *);

#endif
