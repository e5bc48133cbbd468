/* SPDX-License-Identifier: MIT
 *
 * What journal.c (the thread, its batches) and journal-row.c (an item as it is
 * written) share.
 */
#ifndef HAUL_ENGINE_JOURNAL_INTERNAL_H
#define HAUL_ENGINE_JOURNAL_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "engine/base/names.h"
#include "engine/disk/boot.h"
#include "engine/model/model.h"
#include "journal.h"

#define JOURNAL_TEXTS 16
#define JOURNAL_ROOM 1024

struct journal_host {
	char *origin;
	unsigned cap;
};

struct journal_device {
	dev_t number;
	int fd;                         /* of a directory on it; -1: none is
	                                   known any more */
	bool dirty;                     /* has files to be synced */
};

/* An item as it is to be written. */
struct journal_row {
	struct store_item item;
	struct options *options;        /* a reference, or NULL */
	struct model_attempt *history;  /* copies */
	size_t history_count;
	char **mirrors;
	size_t mirror_count;
	bool edited;
	bool early;                     /* done, which must not yet be said:
	                                   as it was before it began */
	size_t text_count, used;
	/* Of what follows only as much is set as is said above. */
	struct failure failure;         /* but for its cause */
	char *texts[JOURNAL_TEXTS];     /* freed with it */
	char room[JOURNAL_ROOM];        /* other texts, one behind the other */
};

/* How an item is in the store, for each id: what may share a row. */
#define JOURNAL_ADDED 1U                /* as it was added */
#define JOURNAL_OWN 2U                  /* by a row of its own, or as ended */

struct journal {
	char *path, *cwd;
	struct model *model;
	struct store *store;
	enum journal_fsync fsync;
	char boot[BOOT_WORD_SIZE];
	int64_t started_ms;
	struct torn *torn;              /* or NULL; not changed any more */
	pthread_t thread;

	pthread_mutex_t lock;           /* guards what follows; taken below
	                                   the model's */
	pthread_cond_t wake, closed;
	bool started, pending, hurry, writing, closing, gone;
	bool recorded;                  /* gone, and all is written */
	bool asked;                     /* what is past? */
	char *options, *needs;
	char *directory;                /* the engine's, now */
	bool options_changed;
	struct journal_host *hosts;     /* not yet written */
	size_t host_count;

	/* the thread's, but for journal_adopt() */
	uint64_t run;                   /* 0: not yet in the store */
	int run_lock;                   /* -1: not held */
	char *run_directory;            /* of items that name none */
	char *other_directory;          /* the engine's, if it is another by
	                                   now */
	uint32_t *seqs;                 /* of the first items, loaded */
	uint64_t seq_count, seq_last;
	uint8_t *forms;                 /* by id; after the end: 0 */
	size_t form_count;
	haul_id *done;                  /* to be synced and written */
	size_t done_count, done_size;
	struct journal_device *devices;
	size_t device_count;
	const struct folder *last_folder;
	size_t last_device;
	int64_t sync_not_before_ms;
	struct options *last_options;   /* a reference, and their texts */
	char *last_text, *last_needs;
	size_t rows;                    /* of this transaction */
	bool failing;                   /* told already */
	bool tidied;                    /* old runs are forgotten */
	struct names fetched;           /* by earlier runs, see past_key(); not
	                                   changed any more once it is known */
	atomic_bool knows_past;
};

/* Copies an item, with whatever is secret, under the model's lock. If it is
 * done and nothing was synced since, the row is early, and the file system is
 * noted. */
void journal_copy_row(struct journal *, haul_id, bool synced,
    struct journal_row *);
void journal_release_row(struct journal_row *);

/* Whether its row would be early; if so, the file system is noted. */
bool journal_is_early(struct journal *, haul_id);

/* Frees it of secrets and writes it, with its attempts; from time to time that
 * ends the transaction and begins another. A new one is not yet there. */
enum store_verdict journal_put_row(struct journal *, haul_id,
    struct journal_row *, bool new_one);

/* Nothing is known of how they are in the store. */
void journal_forget_forms(struct journal *);

/* Earlier runs of the same command whose rest this one has fetched. */
void journal_finish_earlier(struct journal *);

/* What earlier runs have fetched into the engine's directory. */
void journal_learn_past(struct journal *, const char *directory);

/* Complete runs, if they are old and there are many. */
void journal_forget_old(struct journal *);

/* The item's number in its run; 0 stays 0. */
uint64_t journal_seq(const struct journal *, haul_id);

#endif
