/* SPDX-License-Identifier: MIT
 *
 * One item's life from its first request to its end: one state, one function
 * that moves it. Owned by the engine; owns its streams and its part file.
 *
 *     LOOKING ---------> COMPARING --> (kept as it is)
 *        |                   |
 *        +------> FETCHING <-+
 *                    |
 *     (retry later)<-+-> FINISHING --> done, failed
 */
#ifndef HAUL_ENGINE_TRANSFER_H
#define HAUL_ENGINE_TRANSFER_H

#include "engine/base/digest.h"
#include "engine/base/options.h"
#include "engine/disk/blocks.h"
#include "engine/disk/disk.h"
#include "engine/disk/partfile.h"
#include "engine/model/model.h"
#include "engine/net/limiter.h"
#include "parts.h"
#include "stream.h"

struct engine;

#define TRANSFER_DIGESTS 8
#define TRANSFER_TWINS 8                /* ETags proven to be of one object */
#define TRANSFER_LATE_TEXT "the time for the whole file is over"

enum transfer_state {
	TRANSFER_NEW,
	TRANSFER_LOOKING,               /* HEAD: what would its name be? */
	TRANSFER_COMPARING,             /* digest of a file that is there */
	TRANSFER_FETCHING,
	TRANSFER_DOUBTING,              /* is its failure the network's? */
	TRANSFER_FINISHING,             /* sync, digest, rename */
	TRANSFER_OVER,                  /* freed when nothing holds it */
};

enum target_plan {
	TARGET_FETCH,
	TARGET_LOOK,                    /* HEAD may tell another name */
	TARGET_COMPARE,                 /* digest of what stands there */
	TARGET_KEEP,                    /* what stands there is it */
	TARGET_FAILED,                  /* transfer->failure */
};

/* Work on a disk thread; belongs to it until done. */
struct transfer_job {
	struct disk_job job;
	struct transfer *transfer;
	bool posted;
	int error;                      /* errno */
	struct record record;           /* checkpoint: what to claim */
	int fd;                         /* compare: the file to read */
	int64_t size;
	char *final_name;               /* finish */
	bool sync, sync_folder, replace;
	bool read_back;                 /* finish: sums are to be completed */
	const char *wanted_sums;        /* and to be these, unless NULL */
	bool sums_differ;
	bool mismatch;                  /* a digest differed */
	char found[160];                /* its value, as text */
};

struct transfer {
	struct transfer *next;
	struct engine *engine;
	haul_id id;
	struct item *item;
	struct options_pair options;
	enum transfer_state state;
	const char *url;                /* the item's or a mirror's */
	char *final_url;                /* where redirects led, or NULL */

	/* target.c */
	struct folder *folder;
	char *name;                     /* claimed, or NULL yet */
	bool name_is_final;             /* the answer cannot change it */
	bool compared;                  /* what stands there is not it */
	enum options_overwrite overwrite;

	/* the object */
	int64_t total;                  /* -1 unknown */
	char *etag, *last_modified;     /* as its answers have them */
	bool modified_is_strong;        /* it can prove sameness; if not set,
	                                   Date beside it may still say so */
	char date[RESPONSE_DATE_SIZE];  /* Date, or ""; not read before it
	                                   matters */
	bool answered;                  /* total and validators are set */
	bool splittable;
	bool no_if_range;               /* If-Range made it answer 200 */
	bool moved;                     /* what is here came from another URL
	                                   (haul_edit), not proven yet to be
	                                   of this one's object */
	bool mixed;                     /* ... and only the digest will tell */
	struct {                        /* proof.c */
		bool wary;              /* its ETags differ by server */
		bool told;
		size_t heads;           /* ranges whose beginning is compared */
		char *twins[TRANSFER_TWINS];    /* proven ETags */
		size_t count;
		char *etag;             /* to be proven, or NULL */
		unsigned tries;
	} proof;
	struct ranges here;             /* on the disk, without what running
	                                   streams have added */
	int64_t resumed;                /* bytes found at the start */

	/* connections */
	struct stream *streams;
	unsigned stream_count;
	struct splitter splitter;
	double split_began_s;           /* 0: not yet */
	bool used_up;                   /* no part is left that is worth one
	                                   more connection */
	unsigned stream_cap;            /* learned for this file; 0 none */
	int64_t fetched;                /* body bytes of all its streams */
	int64_t pause_until_ms;         /* no new connection before */
	unsigned mishaps;               /* streams lost since one ended well */
	struct limiter limiter;         /* --limit-rate-file */
	bool gated;                     /* it holds us now */
	double gated_s;                 /* when it last did */
	unsigned openings;              /* how often it let us go on */
	struct {                        /* a redirect to a host that is full */
		char *url;              /* NULL: none */
		enum stream_role role;
		struct part part;
		unsigned redirects;
	} later;

	/* the file */
	struct partfile part;
	bool left_over;                 /* NAME.part is ours, of no use */
	struct transfer_job save, work; /* checkpoint; compare or finish */
	bool save_void;                 /* the present save claims bytes that
	                                   are gone */
	bool save_again;                /* when the present save is done */
	int64_t saved_bytes, saved_ms;  /* at the last checkpoint */
	int64_t noted_bytes;            /* of attempt_bytes, at the last note */
	struct blocks blocks;           /* sums of what came */
	struct digest *digests;         /* TRANSFER_DIGESTS, or NULL */
	size_t digest_count;
	bool server_digests_known;

	/* this attempt */
	int64_t began_ms;
	int64_t attempt_bytes;          /* brought by this attempt */
	struct stream_speed speed;      /* of `fetched` */
	enum haul_state next_state;     /* OVER: what the item becomes */
	int64_t due_ms;                 /* and when, if WAITING */
	struct failure failure;
	enum target_plan plan;          /* what an answer led to; carried out
	                                   when its stream has ended */
	bool fresh;                     /* the next request opens a connection
	                                   of its own */
	bool expired;                   /* a redirect's target refused: ask
	                                   the original URL again */
	bool begun;                     /* a request went out */
	bool told;                      /* START was */
	bool quiet;                     /* tells nothing until it is answered:
	                                   tries whether the network is back */
	bool offline;                   /* ends to wait for the network */
	bool far;                       /* the failure came from another
	                                   machine, or the way there */
	bool reached;                   /* that machine was: it took a
	                                   connection, or spoke */
	bool sealed;                    /* nobody else could have spoken */

	/* change.c: asked by calls, done once it is over */
	bool asked;                     /* tell the item's state */
	bool put_back;                  /* a call ended the attempt: it is no
	                                   try that counts */
	bool removing, delete_data;
	char *new_url;                  /* or NULL */
	bool keep;                      /* with it: what came may count */

	bool changed;                   /* with gone: the object did; what the
	                                   disk holds stays aside */
	bool gone;                      /* what the disk holds of it is not
	                                   worth keeping */
};

/* Begins the item: the transfer is in the engine's list until it is over. */
void transfer_begin(struct engine *, haul_id);

/* Starts what is due, ends what has reached its end: once a turn. */
void transfer_advance(struct transfer *);

/* Patience, rates, the number of connections, checkpoints: some times a
 * second; every few milliseconds while transfer_is_ramping(). */
void transfer_tick(struct transfer *, double now_s, bool slow);

/* Nothing was heard for so long because we did not listen. */
void transfer_forgive(struct transfer *, int64_t ms);

/* Those of its connections may be dead: they have so long to show that they
 * are not, or others take their places, which uses up no try. But not if that
 * would cost what has come. */
void transfer_doubt(struct transfer *,
    bool (*is_doubted)(const struct stream *), int64_t patience_ms,
    const char *why);

/* Whether the network has gone is known now. */
void transfer_doubt_is_over(struct transfer *, bool gone);

/* A request of it ended. */
void transfer_stream_ended(struct transfer *, struct stream *, CURLcode);

/* Ends it with that failure. */
void transfer_fail(struct transfer *, const struct failure *);

/* Ends it by the user's wish, also while it is between two attempts; not once
 * all its bytes are here. */
void transfer_cancel(struct transfer *, const struct failure *);

/* Its own rate limit: takes the option's value; opens or closes the gate and
 * says after how many seconds to look again, 0: no need. */
void transfer_set_rate(struct transfer *);
double transfer_gate(struct transfer *, double now_s);

/* Whether it lets no byte through now; whether a rate limit, and not the
 * network, sets its speed. */
bool transfer_holds_back(const struct transfer *);
bool transfer_is_limited(const struct transfer *);

/* Bytes that a rate limit holds back are not missing; those that do not come
 * when it lets us go on, time after time, are. How often it has. */
bool transfer_is_held_back(const struct transfer *, const struct stream *);
unsigned transfer_openings(const struct transfer *);

/* Tells the faces what they draw of it: some times a second. */
void transfer_show(struct transfer *, double now_s);

/* Frees it if it is over and no disk job holds it; true if it was freed. */
bool transfer_reap(struct transfer *);

/* Whether it needs ticks every few milliseconds. */
bool transfer_is_ramping(const struct transfer *, double now_s);

/* ---- asked by streams, inside libcurl ---- */

/* A good status has come: 200-206. Decides what the body is worth; sets the
 * stream's part, phase and verdict. False: end the stream now. */
bool answer_judge(struct transfer *, struct stream *);

/* Bytes for the part file, at stream->part.pos. False: the stream's verdict
 * says why not. */
bool transfer_write(struct transfer *, struct stream *, const char *,
    size_t);

/* The first stream of an attempt was answered. */
void transfer_note_peer(struct transfer *, const struct stream *);

/* ---- answer.c: an answer against what is known of the object ---- */

/* Restarts the object: nothing that is here counts any more. */
void answer_forget_object(struct transfer *);

/* What HEAD's answer leads to. */
enum target_plan answer_to_look(struct transfer *, const struct stream *);

/* Bytes that an answer repeated are not those that are here. False, as
 * answer_judge(). */
bool answer_differs(struct transfer *, struct stream *);

/* ---- transfer.c, for the others ---- */

/* Whether sums of its blocks are taken. */
bool transfer_keeps_sums(const struct transfer *);

/* Those that it must have, for it is being repaired; or NULL. */
const char *transfer_wanted_sums(const struct transfer *);

/* Whether the user wants what is here kept when the object changed. */
bool transfer_keeps_changed(const struct transfer *);

/* Puts the part of an object that changed aside; false: it could not. */
bool transfer_put_aside(struct transfer *);

/* Opens what an earlier attempt left under transfer->name; 0, ENOENT or an
 * errno. */
int transfer_open_old(struct transfer *);

/* Says why NAME.part cannot be had; if somebody holds it, who. */
void transfer_part_failed(const struct transfer *, int error,
    struct failure *);
bool transfer_can_resume(const struct transfer *);

/* What proves that an object is the same, fit for If-Range and the record;
 * or NULL. */
const char *transfer_strong_etag(const struct transfer *);
const char *transfer_strong_date(const struct transfer *);
struct item_extra *transfer_extra(struct transfer *);

/* Room for one more digest behind the digest_count ones; NULL if there are
 * enough. */
struct digest *transfer_next_digest(struct transfer *);

/* One more connection, for that range; false: the failure is set. */
bool transfer_add_part(struct transfer *, const struct haul_range *);

/* Ends a stream and keeps what it brought. */
void transfer_drop_stream(struct transfer *, struct stream *);

/* Does what target.c found right. */
void transfer_follow(struct transfer *, enum target_plan);

/* The item has other options now. */
void transfer_apply_options(struct transfer *);

/* It is over; the item becomes `next` once no disk job holds it. */
void transfer_close(struct transfer *, enum haul_state next);

/* ---- target.c: names, and files that are there already ---- */

/* Before the first request. */
enum target_plan target_choose(struct transfer *);

/* Whether a file is there by the name that the item has without an answer. */
bool target_is_there(const struct engine *, haul_id);

/* Whether the item's file is there and an earlier run has fetched it: it would
 * be kept, and nobody need be asked. */
bool target_is_fetched(struct engine *, haul_id);

/* With an answer (of HEAD or GET): the final name. */
enum target_plan target_settle(struct transfer *, const struct response *,
    const char *final_url);

/* The next number, after a rename found the name taken (unique). */
bool target_renumber(struct transfer *);

#endif
