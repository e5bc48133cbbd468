/* SPDX-License-Identifier: MIT
 *
 * libhaul: many files, in parallel, each in parallel parts, whole or not at
 * all.
 *
 * An engine (struct haul) runs one thread of its own. Every call below may be
 * made from any thread; calls on one engine are serialised inside. No call
 * blocks on the network or the disk, except haul_run() (by purpose),
 * haul_free() (for as long as a stop takes: well under a second, with a store
 * also until the disk has what is done) and the calls named haul_store_... or
 * below "what haul stands on".
 *
 * Nothing here touches signals, the locale, stdio or global state. libcurl may
 * write to a closed socket: the program should ignore SIGPIPE.
 *
 * Strings are UTF-8 or plain bytes, ended by NUL. A pointer handed in is
 * copied; a pointer handed out is the caller's only where the text says so.
 * What ends in _free() takes NULL, too, and does nothing then. In C++ the
 * types that share a name with a call (haul_item ...) want "struct" or "enum"
 * before it.
 *
 * Without memory for its own records haul ends the program (abort());
 * HAUL_ENOMEM is for what others determine the size of. So what is made here
 * and cannot fail otherwise is never NULL.
 *
 * All calls are there since 0.1.0; a later one says since when.
 */
#ifndef HAUL_H
#define HAUL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HAUL_VERSION_MAJOR 0
#define HAUL_VERSION_MINOR 1
#define HAUL_VERSION_PATCH 0

#if defined(__GNUC__)
#define HAUL_MUST_CHECK __attribute__((warn_unused_result))
#else
#define HAUL_MUST_CHECK
#endif

struct haul;            /* an engine with its queue; opaque */
struct haul_options;    /* a set of option values; opaque */

/* An item of the queue: 1, 2, 3 ... in the order of adding; 0 is none. */
typedef uint64_t haul_id;

/* What a call answers. */
enum haul_result {
	HAUL_OK = 0,
	HAUL_EUSAGE,    /* an argument is wrong; struct haul_error says which */
	HAUL_ENOMEM,    /* no memory */
	HAUL_EIO,       /* the system refused (thread, descriptor, file) */
	HAUL_ENOENT,    /* no such item */
	HAUL_ESTATE,    /* not possible in the present state */
	HAUL_EFAILED,   /* haul_run(): ended, and at least one item failed */
	HAUL_ESTOPPED,  /* haul_run(): ended by haul_stop() */
	HAUL_EBUSY,     /* another process works on it; haul_error.pid */
};

/* What is wrong with an argument. The sentence for a person is the face's
 * matter: the engine speaks no human language. */
enum haul_complaint {
	HAUL_COMPLAINT_NONE = 0,
	HAUL_COMPLAINT_UNKNOWN_OPTION,  /* no option of that name */
	HAUL_COMPLAINT_NOT_A_NUMBER,
	HAUL_COMPLAINT_OUT_OF_RANGE,    /* see min, max */
	HAUL_COMPLAINT_NOT_A_CHOICE,    /* see expected: "a|b|c" */
	HAUL_COMPLAINT_NOT_A_SWITCH,    /* neither yes/no, true/false, 1/0 */
	HAUL_COMPLAINT_BAD_HEADER,      /* not "Name: value", or a line break */
	HAUL_COMPLAINT_BAD_CHECKSUM,    /* not "algorithm=hex" */
	HAUL_COMPLAINT_UNKNOWN_DIGEST,  /* libcrypto has no such algorithm */
	HAUL_COMPLAINT_CHECKSUM_LENGTH, /* hex of the wrong length */
	HAUL_COMPLAINT_BAD_URL,         /* cannot be read as a URL */
	HAUL_COMPLAINT_BAD_SCHEME,      /* not http, https, ftp, ftps, sftp */
	HAUL_COMPLAINT_BAD_NAME,        /* a name that leaves the directory */
	HAUL_COMPLAINT_WRONG_SCOPE,     /* not an option of one item */
	HAUL_COMPLAINT_EMPTY,           /* a value is needed */
	HAUL_COMPLAINT_PROXY_SCHEME,    /* of a proxy: not known */
	HAUL_COMPLAINT_PROXY_HOST,      /* of a proxy: missing or garbled */
	HAUL_COMPLAINT_PROXY_PORT,      /* of a proxy: not 1 to 65535 */
	HAUL_COMPLAINT_CONFLICT,        /* two digests of one algorithm;
	                                   expected: the first, cut */
	HAUL_COMPLAINT_UNREADABLE,      /* a file; see sys_errno */
	HAUL_COMPLAINT_STORE_NEWER,     /* a newer haul wrote the store */
	HAUL_COMPLAINT_NO_STORE,        /* haul was built without it */
	HAUL_COMPLAINT_SECRET,          /* option (of the name `expected`, a
	                                   header's) was used by that run, is
	                                   not stored, and was not given */
	HAUL_COMPLAINT_STORE_FOREIGN,   /* others than the user can write to
	                                   the store: it is not read */
};

/* Filled on failure by the calls that take one; may be NULL. */
struct haul_error {
	enum haul_result result;
	enum haul_complaint complaint;
	int64_t min, max;       /* for OUT_OF_RANGE, in the option's unit */
	int sys_errno;          /* for EIO, else 0 */
	int64_t pid;            /* for EBUSY; 0 unknown */
	char option[32];        /* name of the option, or "" */
	char value[256];        /* the offending text, cut */
	char expected[64];      /* the choices, or the digest's hex length */
};

/* ---- options -------------------------------------------------------------
 *
 * Options have the names of the command line without the dashes ("max-conn",
 * "timeout"): haul(1) lists them with unit, range and default. The same set
 * serves an engine (all scopes) and one item (scope ITEM, which haul-list(5)
 * tells): what an item does not set, it takes from its engine. What is changed
 * in a set after it was used concerns later uses alone. One thread at a time
 * may touch a set.
 */

/* A set in which no option is set, or one with all that another has, its
 * functions too. The caller frees it, whenever it likes: who was given the set
 * keeps what it needs. */
struct haul_options *haul_options_new(void);
struct haul_options *haul_options_copy(const struct haul_options *);
void haul_options_free(struct haul_options *);

/* Sets one option from text. Lists ("header", "checksum") append; an empty
 * value clears them. Sizes take K, M, G, T (1024), durations seconds or
 * a number with ms, s, m, h. */
enum haul_result haul_options_set(struct haul_options *, const char *name,
    const char *value, struct haul_error *) HAUL_MUST_CHECK;

/* What items of a host take that they have not themselves; for an engine's
 * set. The host is "example.org", or "*.example.org" for all below it, or "*",
 * after a scheme ("https://example.org") or before a port if only that is
 * meant; of several that fit the most exact counts. EUSAGE: it is none
 * (BAD_URL), or there are options that neither one file has nor
 * "max-host-conn" is. Users, headers and the like go to the host itself, not
 * to where it redirects to or to mirrors. */
enum haul_result haul_options_for_host(struct haul_options *,
    const char *host, const struct haul_options *of_host,
    struct haul_error *) HAUL_MUST_CHECK;

/* What was set of that name counts as a default from here on, as those of the
 * engine do: it is not recorded, and gives way to what a run was begun with
 * that is gone on with. Names that are none, or not set, do nothing. */
void haul_options_yield(struct haul_options *, const char *name);

/* Reads what haul_options_set() would set, and sets nothing: a switch is 0 or
 * 1, a choice its place in the list, the rest is in the option's unit, text
 * and lists are 0. Knows the command's own options too. */
enum haul_result haul_option_read(const char *name, const char *value,
    int64_t *number, struct haul_error *) HAUL_MUST_CHECK;

/* What is known of an answer when a name is to be chosen. Strings are valid
 * during the call only, "" or NULL where unknown, and come from the server:
 * treat them as hostile. */
struct haul_answer {
	const char *url;                /* as requested */
	const char *final_url;          /* after redirects */
	const char *content_type;
	const char *content_disposition;
	const char *suggested_name;     /* what haul would take; safe */
	int64_t size_bytes;             /* -1 if not told */
	int http_status;                /* 0 for FTP */
	const char *etag;               /* with its quotes and W/ */
	const char *last_modified;      /* as sent */
};

/* Chooses a file's name. Runs on the engine thread: must not block, must not
 * call haul_*. Returns a malloc()ed name, relative to the item's directory
 * (haul frees it), or NULL to fail the item with the text put into `why`. */
typedef char *(*haul_name_fn)(const struct haul_answer *, char *why,
    size_t why_size, void *user);

/* Adjusts a connection's CURL easy handle (passed as void * so that this
 * header needs no curl.h) after haul has set it up and before it starts. Runs
 * on the engine thread, once for each request of the item: must not block,
 * must not call haul_*, and must leave alone URL, RANGE, callbacks and
 * private data. */
typedef void (*haul_easy_fn)(void *easy, void *user);

struct haul_item;

/* Called exactly once for each item that ends (done, kept, failed, cancelled,
 * or removed before it had ended) from within haul_run() or
 * haul_next_event(), on the thread that called it. It may call haul_add() and
 * haul_stop(). A retried or restored item that ends again calls it again. */
typedef void (*haul_done_fn)(struct haul *, const struct haul_item *,
    void *user);

/* Sets one of the three functions, and what it gets as `user`; NULL: none. Of
 * an engine and an item that both have one the item's is called. */
void haul_options_on_name(struct haul_options *, haul_name_fn, void *user);
void haul_options_on_easy(struct haul_options *, haul_easy_fn, void *user);
void haul_options_on_done(struct haul_options *, haul_done_fn, void *user);

/* ---- an engine and its queue -------------------------------------------- */

/* Makes an engine; options may be NULL for the defaults. Nothing runs yet. The
 * engine is NULL if it fails (EIO). */
enum haul_result haul_new(const struct haul_options *, struct haul **,
    struct haul_error *) HAUL_MUST_CHECK;

/* Stops what runs (as haul_stop), waits for the thread, frees all; events not
 * taken are lost. No other call may be under way, nor a callback. */
void haul_free(struct haul *);

/* The same, and tells whether the store has all that happened (EIO: it has
 * not; another program may use it, or its disk be full). */
enum haul_result haul_close(struct haul *) HAUL_MUST_CHECK;

struct haul_request {
	const char *url;                /* http, https, ftp, ftps, sftp */
	const char *const *mirrors;     /* further URLs of the same bytes */
	size_t mirror_count;
	const char *name;               /* or NULL: chosen from the answer;
	                                   may have folders, never leaves dir */
	const char *dir;                /* or NULL: option "directory" */
	const struct haul_options *options; /* of this item, or NULL */
	void *user;                     /* comes back in struct haul_item */
	bool paused;                    /* waits for haul_resume() */
};

/* Puts an item at the queue's end; it may start at once if the engine runs.
 * A URL that cannot be fetched at all is refused here (EUSAGE) and is not
 * queued. The id may go to NULL. */
enum haul_result haul_add(struct haul *, const struct haul_request *,
    haul_id *, struct haul_error *) HAUL_MUST_CHECK;

/* What haul_add() would say, without adding: to tell a person while it is
 * being typed. */
enum haul_result haul_check(struct haul *, const struct haul_request *,
    struct haul_error *) HAUL_MUST_CHECK;

/* Runs the queue on the engine thread and returns when every item has ended:
 * OK (also for an empty queue), EFAILED or ESTOPPED. Callbacks run on the
 * calling thread. May be called again after more haul_add() or
 * haul_retry_failed(). It takes all events itself. */
enum haul_result haul_run(struct haul *) HAUL_MUST_CHECK;

/* The same for a program with a loop of its own: start, then whenever
 * haul_fd() is readable call haul_next_event() until it says false. Returns at
 * once; OK, also if it runs. */
enum haul_result haul_start(struct haul *) HAUL_MUST_CHECK;

/* Ends all transfers, keeps what has arrived for a later run, and reports
 * HAUL_EVENT_END. Returns at once. What had not ended is QUEUED (or PAUSED)
 * then, and goes on with the next haul_start() or haul_run(). */
void haul_stop(struct haul *);

/* Ends one item (FAILED, cause CANCELLED); what could be resumed of it stays.
 * OK, and nothing happens, if it has ended or all its bytes are here. */
enum haul_result haul_cancel(struct haul *, haul_id);

/* Puts failed items back into the queue, at their places, with all their
 * options; they go on from the bytes they kept and start with a fresh count of
 * tries. What has begun before stands before what has not, so that they are
 * next if the engine runs. Results of a retried item stand after all others.
 * Returns how many there were; haul_retry() says ESTATE if it has not
 * failed. */
size_t haul_retry_failed(struct haul *);
enum haul_result haul_retry(struct haul *, haul_id);

/* Changes an option of the engine while it runs ("max-conn", "max-splits",
 * "limit-rate" ...); what concerns requests holds for those that begin
 * later. Fewer connections than are open: those beyond end, but one of each
 * running file. */
enum haul_result haul_set(struct haul *, const char *name, const char *value,
    struct haul_error *) HAUL_MUST_CHECK;

/* The same for one item and options of scope ITEM; a list's entry is added to
 * the item's own, which "" empties. A running item takes up what does not
 * concern its requests at once ("max-splits", "limit-rate-file", "timeout",
 * "checksum"). ESTATE if it is done, removed, or all its bytes are here. */
enum haul_result haul_set_item(struct haul *, haul_id, const char *name,
    const char *value, struct haul_error *) HAUL_MUST_CHECK;

/* The value that an option has now, as haul_set() would take it ("5", "20M",
 * "never", "yes"; a list's entries by line feeds): the engine's, or with an id
 * what holds for that item. Cut to size. False, and "": no such option or no
 * such item. */
bool haul_get(struct haul *, haul_id id_or_0, const char *name, char *text,
    size_t size);

/* ---- changing the queue --------------------------------------------------
 *
 * Each call may come in every state, running engine or not; it waits for the
 * engine's thread to have done it (not for the network or the disk), or says
 * ENOENT (no such item) or ESTATE (not possible now). What it changed is told
 * by HAUL_EVENT_STATE, but the end of an item by its own event. A connection
 * that a call ends is gone when its item's state has changed: an item whose
 * data is still being written down keeps its state until that is done. None
 * of these calls starts an engine that was not started.
 */

/* Pauses an item: a running one ends its connections; what arrived stays and
 * is gone on with. ESTATE if it has ended, or all its bytes are here.
 * haul_resume() puts it back to QUEUED at its place in the queue. Paused items
 * do not keep a run from ending. Pausing a paused item, or resuming one that
 * is queued or runs, is OK and does nothing. */
enum haul_result haul_pause(struct haul *, haul_id);
enum haul_result haul_resume(struct haul *, haul_id);

/* What may start and run, over all items; costs nothing per queued item and
 * changes no state but that of running ones. Totals tell it. */
enum haul_hold {
	HAUL_HOLD_NOTHING,
	HAUL_HOLD_NEW,          /* what runs goes on, tries included; nothing
	                           else begins; END when none runs */
	HAUL_HOLD_ALL,          /* what runs or waits is put back to QUEUED,
	                           its bytes kept; no END while something is
	                           queued */
};
enum haul_result haul_hold(struct haul *, enum haul_hold);

/* Takes an item out of the queue, in whatever state: a running one is ended
 * first, one whose bytes are all here ends as usual and is removed then. It
 * is in no view, total or result any more. What arrived of an unfinished file
 * stays on the disk (a later run goes on with it), unless delete_data, which
 * removes NAME.part and its record, never a finished file. An item that had
 * not ended gets its done callback (state REMOVED, cause CANCELLED) with the
 * event STATE. Removing a removed one is OK (and may delete its data yet). */
enum haul_result haul_remove(struct haul *, haul_id, bool delete_data);

/* Takes a removal back: the item is what it was, at the same place; one that
 * ran or waited is queued. ESTATE if it is not removed. */
enum haul_result haul_restore(struct haul *, haul_id);

/* Puts an item before another in the queue (0: at its end). This is the order
 * of starting and of HAUL_ORDER_QUEUE, not of haul_results(). Moving an item
 * before itself does nothing. HAUL_FIRST: before all that are queued. */
#define HAUL_FIRST UINT64_MAX
enum haul_result haul_move(struct haul *, haul_id, haul_id before);

/* Gives an item another URL of the same file, for one that has expired or
 * moved. A queued, paused or failed one stays that (retry a failed one); a
 * running or waiting one begins anew; its count of tries starts anew. With
 * keep, the bytes that are here are gone on with if the new answer has the
 * size and the strong ETag that they had, or the size while a checksum is
 * given; else the file starts from 0 (note RESTARTED). Without keep it starts
 * from 0, and what there was is set aside as NAME.part.old; but if the new URL
 * is the old one, secrets aside, it is overwritten. ESTATE if it is done or
 * removed, or all its bytes are here; EUSAGE if the URL cannot be fetched. */
enum haul_result haul_edit(struct haul *, haul_id, const char *url, bool keep,
    struct haul_error *) HAUL_MUST_CHECK;

/* ---- failures ---------------------------------------------------------- */

/* Why an item, or an attempt, failed. Stable: names in haul_cause_name(). */
enum haul_cause {
	HAUL_CAUSE_NONE = 0,
	HAUL_CAUSE_DNS,                 /* the host's name has no address */
	HAUL_CAUSE_CONNECT,             /* refused, reset, lost, no route */
	HAUL_CAUSE_TLS,                 /* certificate or handshake */
	HAUL_CAUSE_TIMEOUT,             /* connect-timeout, total-timeout */
	HAUL_CAUSE_STALL,               /* timeout without a byte */
	HAUL_CAUSE_HTTP,                /* a status that is not success; FTP
	                                   refusals too */
	HAUL_CAUSE_TOO_MANY_REDIRECTS,
	HAUL_CAUSE_BAD_RANGE,           /* answered another part than asked */
	HAUL_CAUSE_SIZE_MISMATCH,       /* fewer or more bytes than told */
	HAUL_CAUSE_CHANGED,             /* the file changed on the server */
	HAUL_CAUSE_CHECKSUM,
	HAUL_CAUSE_DISK_FULL,           /* ENOSPC, EDQUOT: waits for room */
	HAUL_CAUSE_DISK_PERM,           /* EACCES, EPERM, EROFS */
	HAUL_CAUSE_NAME_CONFLICT,       /* no usable name, or held by another */
	HAUL_CAUSE_WRITE,               /* another error of the file system */
	HAUL_CAUSE_BAD_URL,
	HAUL_CAUSE_UNSUPPORTED,         /* scheme, redirect or encoding */
	HAUL_CAUSE_CANCELLED,
	HAUL_CAUSE_INTERNAL,
	HAUL_CAUSE_SECRET,              /* of an earlier run, that is not
	                                   stored: give it again */
	HAUL_CAUSE_PAGE,                /* a web page came instead of it: of a
	                                   network's login, or the server's */
	HAUL_CAUSE_COUNT
};

/* "dns", "connect", ... ; never NULL. */
const char *haul_cause_name(enum haul_cause);

/* Whether trying again, unchanged, can help. */
bool haul_cause_can_retry(enum haul_cause, int http_status);

/* ---- events ------------------------------------------------------------- */

enum haul_state {
	HAUL_STATE_QUEUED,
	HAUL_STATE_PAUSED,      /* by haul_pause() */
	HAUL_STATE_CONNECTING,  /* a request is out, no answer yet */
	HAUL_STATE_ACTIVE,      /* bytes arrive */
	HAUL_STATE_VERIFYING,   /* digest, sync and rename */
	HAUL_STATE_WAITING,     /* for its next attempt */
	HAUL_STATE_DONE,
	HAUL_STATE_SKIPPED,
	HAUL_STATE_FAILED,
	HAUL_STATE_REMOVED,     /* by haul_remove() */
	HAUL_STATE_COUNT
};

enum haul_event_kind {
	HAUL_EVENT_START,       /* an attempt's first request goes out */
	HAUL_EVENT_META,        /* its answer is known: size, name; again if
	                           the file changed meanwhile */
	HAUL_EVENT_RETRY,       /* an attempt failed, another will come */
	HAUL_EVENT_DONE,        /* whole and checked under its final name */
	HAUL_EVENT_SKIP,        /* not fetched: the file is there already */
	HAUL_EVENT_FAIL,        /* gave up */
	HAUL_EVENT_WARN,        /* worth telling; see note */
	HAUL_EVENT_STATE,       /* a call paused, resumed, queued, removed,
	                           restored, moved or edited it: see state */
	HAUL_EVENT_END,         /* nothing is left to do, or stopped */
};

/* Remarks of HAUL_EVENT_WARN. */
enum haul_note {
	HAUL_NOTE_NONE = 0,
	HAUL_NOTE_NO_SERVER_DIGEST,     /* --checksum server, none was sent */
	HAUL_NOTE_BAD_SERVER_DIGEST,    /* sent, but unreadable */
	HAUL_NOTE_OTHER_SERVER_DIGEST,  /* of another algorithm than asked */
	HAUL_NOTE_RESTARTED,            /* kept bytes could not be used */
	HAUL_NOTE_FEWER_CONNECTIONS,    /* the host refused one more */
	HAUL_NOTE_LENGTH_UNVERIFIED,    /* the server told no length */
	HAUL_NOTE_ENCODED,              /* it has a Content-Encoding though
	                                   asked not to; kept as it was sent */
	HAUL_NOTE_OTHER_ETAG,           /* the ETag differs by server or by
	                                   answer; proven the same by bytes */
	HAUL_NOTE_SET_ASIDE,            /* NAME.part cannot be told to be this
	                                   file's; it is NAME.part.old or
	                                   .old.N now */
	HAUL_NOTE_STORE_SET_ASIDE,      /* of no item: the store was damaged; it
	                                   is STORE.damaged-N now */
	HAUL_NOTE_STORE_FAILED,         /* of no item: the queue cannot be
	                                   recorded (now); it is tried again */
	HAUL_NOTE_OFFLINE,              /* of no item: there is no network; what
	                                   needs it waits (totals.offline) */
	HAUL_NOTE_LOGIN,                /* the same: there is one that wants a
	                                   login first (HTTP 511) */
	HAUL_NOTE_ONLINE,               /* of no item: it is back */
};

struct haul_event {
	enum haul_event_kind kind;
	enum haul_note note;
	haul_id id;             /* 0 for END, and notes of no item */
	uint32_t attempt;       /* 1 for the first */
	enum haul_cause cause;  /* RETRY, FAIL: of that attempt; the item may
	                           have another by the time it is looked at */
	int http_status;        /* RETRY, FAIL: or 0 */
	int64_t wait_ms;        /* RETRY: from then on */
	uint32_t next_try, tries_max;   /* RETRY: which of how many comes */
	bool offline;           /* RETRY: it waits for the network */
	enum haul_state state;  /* STATE: what it is by that call */
	bool ended;             /* STATE: removed before it had ended */
	bool stopped;           /* END: by haul_stop() */
};

/* A descriptor (the engine's, do not close or read) that is readable while
 * events wait. Under load it wakes at most some 50 times a second. */
int haul_fd(const struct haul *);

/* Takes the next event, having run the item's done callback; false if none
 * waits. Only then is the descriptor quiet again. Events of one item come in
 * order. */
bool haul_next_event(struct haul *, struct haul_event *);

/* ---- looking ------------------------------------------------------------ */

/* One attempt that failed. */
struct haul_attempt {
	int64_t time_ms;                /* since the epoch, when it ended */
	int64_t started_ms;             /* and when it began */
	int64_t connect_ms;             /* from its first request on until the
	                                   connection stood, -1 unknown */
	int64_t tls_ms;                 /* ... was encrypted; -1 none */
	int64_t first_byte_ms;          /* ... the answer came; -1 none */
	int64_t got_bytes;              /* that this attempt brought */
	const char *url;                /* as asked, after redirects */
	const char *message;            /* curl's or the system's words */
	enum haul_cause cause;
	int http_status;                /* last status seen, or 0 */
	int curl_code;                  /* CURLcode, or 0 */
	int sys_errno;
	uint32_t attempt;               /* its number, as in events */
};

/* What an item that is QUEUED or WAITING waits for. */
enum haul_wait {
	HAUL_WAIT_NONE,         /* it does not */
	HAUL_WAIT_TURN,         /* others come first */
	HAUL_WAIT_HELD,         /* haul_hold() */
	HAUL_WAIT_TIME,         /* the time of its next try */
	HAUL_WAIT_HOST_CAP,     /* its host has refused more connections than
	                           it has now */
	HAUL_WAIT_HOST_LIMIT,   /* it has as many as "max-host-conn" allows */
	HAUL_WAIT_HOST_PAUSE,   /* it wants no request for a time */
	HAUL_WAIT_HOST_NAME,    /* its address is being looked up */
	HAUL_WAIT_NETWORK,      /* there is none: totals.offline */
};

/* A copy of all that is known of an item; owns its strings. */
struct haul_item {
	haul_id id;
	enum haul_state state;
	enum haul_cause cause;          /* of a failure, or of the last try */
	int http_status;                /* last seen, 0 if none or FTP */
	int curl_code;                  /* CURLcode of the failure, or 0 */
	int sys_errno;
	int64_t size_bytes;             /* -1 unknown */
	int64_t got_bytes;              /* on disk */
	int64_t resumed_bytes;          /* of them, from an earlier run */
	int64_t wait_ms;                /* WAIT_TIME, _HOST_PAUSE, _NETWORK:
	                                   so long */
	enum haul_wait wait;
	uint32_t wait_cap;              /* WAIT_HOST_CAP, _HOST_LIMIT: so many
	                                   connections */
	int64_t elapsed_ms;             /* from first request to end or now */
	int64_t started_at_ms;          /* since the epoch; 0 not yet */
	int64_t ended_at_ms;            /* since the epoch; 0 not yet */
	int64_t added_rank;             /* place in the queue, 1 is the first;
	                                   0 if it is removed */
	uint32_t attempts;              /* requests' rounds made so far, but
	                                   those that a pause or stop ended */
	uint32_t connections;           /* now */
	uint32_t redirects;             /* of the last attempt's first answer,
	                                   as the following: */
	int64_t attempt_started_ms;     /* since the epoch; 0 not yet */
	int64_t connect_ms;             /* as in struct haul_attempt */
	int64_t tls_ms;
	int64_t first_byte_ms;
	int http_version;               /* 10, 11, 20; 0 unknown or FTP */
	char *address;                  /* "192.0.2.7:443", NULL unknown */
	char *server;                   /* Server header: hostile; or NULL */
	bool resumable;
	bool digest_checked;            /* a digest was compared and agreed */
	char *url;                      /* as requested */
	char *final_url;                /* after redirects, or of a mirror; NULL
	                                   if it is the same; a very long one
	                                   is cut, and ends with "..." */
	char *path;                     /* target, NULL while unknown */
	char *message;                  /* curl's or the system's words */
	char *etag;                     /* NULL if none */
	char *last_modified;
	struct haul_attempt *history;   /* failed attempts, oldest first */
	size_t history_count;           /* at most the last 16 */
	void *user;
};

/* NULL if there is no such item. The caller frees with haul_item_free(). */
struct haul_item *haul_item(struct haul *, haul_id);
void haul_item_free(struct haul_item *);

#define HAUL_NAME_SIZE 256

#define HAUL_HOST_SIZE 64

/* An item for drawing: fixed size, cheap to copy. */
struct haul_row {
	haul_id id;
	enum haul_state state;
	enum haul_cause cause;          /* WAITING, FAILED: why */
	int http_status;                /* last seen, 0 if none or FTP */
	uint32_t next_try, tries_max;   /* WAITING: it will be try number
	                                   next_try of tries_max; counted from
	                                   the last progress */
	uint32_t attempt;
	uint32_t connections;
	uint32_t connections_wanted;    /* running: as many as would be best */
	int64_t size_bytes;             /* -1 unknown */
	int64_t got_bytes;
	int64_t speed_bps;              /* bytes a second, over some seconds */
	int64_t wait_ms;                /* WAIT_TIME, _HOST_PAUSE, _NETWORK:
	                                   so long */
	enum haul_wait wait;
	uint32_t wait_cap;              /* WAIT_HOST_CAP, _HOST_LIMIT: so many
	                                   connections */
	int64_t elapsed_ms;             /* from first request to end or now */
	int64_t ended_ms;               /* since the epoch; 0 not yet */
	bool resumable;
	char host[HAUL_HOST_SIZE];      /* of the URL, cut; no port */
	char name[HAUL_NAME_SIZE];      /* raw bytes: make it safe to show */
};

/* Copies up to max running or waiting items in queue order; returns how many
 * there are in all. Rows may be NULL if max is 0. */
size_t haul_active(struct haul *, struct haul_row *, size_t max);

/* Views: items in some of the states, in an order, of which a face asks for
 * the rows that are on its screen. No call's cost grows with the queue: the
 * first one of a kind puts an index up (some milliseconds for 100,000 items),
 * which is kept up to date from then on. */

#define HAUL_IN(state) (1U << (state))
#define HAUL_IN_ACTIVE (HAUL_IN(HAUL_STATE_CONNECTING) |		\
    HAUL_IN(HAUL_STATE_ACTIVE) | HAUL_IN(HAUL_STATE_VERIFYING) |	\
    HAUL_IN(HAUL_STATE_WAITING))
#define HAUL_IN_ENDED (HAUL_IN(HAUL_STATE_DONE) |			\
    HAUL_IN(HAUL_STATE_SKIPPED) | HAUL_IN(HAUL_STATE_FAILED))
#define HAUL_IN_ALL (HAUL_IN(HAUL_STATE_REMOVED) - 1)

enum haul_order {
	HAUL_ORDER_QUEUE,
	HAUL_ORDER_ENDED,       /* by time of ending; only DONE, SKIPPED and
	                           FAILED items are in it */
	HAUL_ORDER_STARTED,     /* by time of starting; only running and
	                           waiting items are in it */
};

struct haul_view {
	unsigned states;                /* HAUL_IN() ... or'ed; REMOVED is
	                                   never in a view */
	enum haul_order order;
	bool reverse;                   /* the last first */
};

/* How many items are in it. */
uint64_t haul_count(struct haul *, const struct haul_view *);

/* Copies up to max rows from rank `first` on (0 is the first); returns how
 * many were copied. */
size_t haul_rows(struct haul *, const struct haul_view *, uint64_t first,
    struct haul_row *, size_t max);

/* The rank of an item in the view. False if it is not in it: then *rank is
 * that of the next one behind its place (in order of the queue; else 0). */
bool haul_rank(struct haul *, const struct haul_view *, haul_id,
    uint64_t *rank);

/* One row; false if there is no such item. */
bool haul_row(struct haul *, haul_id, struct haul_row *);

#define HAUL_ADDRESS_SIZE 64

/* One connection of a running item. */
struct haul_connection {
	int64_t start, end;             /* of its part, half-open; end -1
	                                   unknown */
	int64_t got_bytes;              /* of that part, so far */
	int64_t speed_bps;
	int http_version;               /* 10, 11, 20; 0 unknown or FTP */
	bool tls;
	bool receiving;                 /* its answer was accepted */
	char address[HAUL_ADDRESS_SIZE]; /* "192.0.2.7:443", "[::1]:80"; ""
	                                   while it connects */
};

/* Copies up to max of its connections, by their parts; returns how many. They
 * are some tenths of a second old. */
size_t haul_connections(struct haul *, haul_id, struct haul_connection *,
    size_t max);

/* A half-open range of bytes [start, end). */
struct haul_range {
	int64_t start, end;
};

/* Copies the parts of a running item that have arrived, sorted and disjoint,
 * joined where there are more than max; returns how many were copied. */
size_t haul_segments(struct haul *, haul_id, struct haul_range *, size_t max);

/* Of all items together. */
struct haul_totals {
	uint64_t files;                 /* all that were added, less removed */
	uint64_t queued;                /* not running, but to be fetched */
	uint64_t paused;
	uint64_t active;                /* connecting, active, verifying */
	uint64_t waiting;               /* for another try */
	uint64_t done, skipped, failed;
	uint64_t removed;               /* not among files */
	uint64_t changes;               /* grows when anything has changed
	                                   that a face could show */
	enum haul_hold hold;
	bool running;                   /* between haul_start() and END */
	bool offline;                   /* there is no network: items wait for
	                                   it (HAUL_WAIT_NETWORK), which uses
	                                   up no tries, and one is tried with
	                                   now and then. "total-timeout" ends
	                                   their waiting */
	int64_t offline_ms;             /* until the next such try, or 0 */
	uint32_t connections;
	int64_t got_bytes;              /* of all items, on disk */
	int64_t size_bytes;             /* of all items whose size is known;
	                                   never less than got_bytes */
	bool size_is_lower_bound;       /* some sizes are not known, or the sum
	                                   is beyond INT64_MAX */
	int64_t fetched_bytes;          /* over the network in this run */
	int64_t speed_bps;              /* over the last seconds */
	int64_t elapsed_ms;             /* of running time */
	int64_t longest_rest_ms;        /* the longest that a running file would
	                                   still take at its speed; or 0 */
};

/* Fills it in; costs the same however many items there are. */
void haul_totals(struct haul *, struct haul_totals *);

/* ---- the queue on the disk ----------------------------------------------
 *
 * An engine with the option "store" (a database's path) records its queue as
 * a run: what was added, how it stands and ended, failed attempts, order,
 * options. A run that ended in whatever way, kill -9 included, can be gone on
 * with. What changed is on its way within a third of a second; nobody waits
 * for it but haul_free(). With "fsync" batch, a file is recorded as done when
 * the disk has it. Users, passwords, signed query values and headers that log
 * in are not stored: what needs one asks for it (HAUL_CAUSE_SECRET).
 *
 * Hooks, user pointers and functions are not recorded.
 *
 * The calls with a path wait for the disk and call what they are given on the
 * calling thread. A store that cannot be used is EIO with option "store".
 */

/* Where the command keeps its store: $XDG_STATE_HOME/haul/queue.db, or below
 * ~/.local/state. malloc()ed; NULL if the environment names no place. */
char *haul_store_path(void);

struct haul_store_run {
	uint64_t id;                    /* a later run has a greater one */
	int64_t started_ms;             /* since the epoch */
	int64_t ended_ms;               /* of its last process; 0: it runs, or
	                                   died */
	int64_t pid;                    /* of who works on it now; 0 nobody,
	                                   -1 unknown */
	uint64_t files;                 /* all but removed ones */
	uint64_t done, skipped, failed;
	uint64_t unfinished;            /* to be fetched, paused ones too */
	uint64_t paused;
	uint64_t lacking;               /* of unfinished: for want of a
	                                   secret */
	uint64_t later;                 /* the run of the same command that has
	                                   fetched what was left; 0: none */
	int64_t got_bytes;
	int64_t size_bytes;             /* of those whose size is known */
	char directory[512];            /* cut */
};

/* Copies up to max runs, the newest first; *count says how many. With
 * `unfinished` only those that have unfinished items, which no later run of the
 * same command has fetched. ENOENT: no store. */
enum haul_result haul_store_runs(const char *path, bool unfinished,
    struct haul_store_run *, size_t max, size_t *count, struct haul_error *);

/* Calls fn for each item of a run, with its attempts, in the order of adding.
 * The item is not the callee's; ids are those of the run. States are QUEUED,
 * PAUSED or such in which an item has ended. */
enum haul_result haul_store_items(const char *path, uint64_t run,
    void (*fn)(const struct haul_item *, void *user), void *user,
    struct haul_error *);

/* Removes a run; EBUSY while a process works on it. Files stay. */
enum haul_result haul_store_forget(const char *path, uint64_t run,
    struct haul_error *);

#define HAUL_STORE_UNFINISHED 1U        /* what is to be fetched */
#define HAUL_STORE_FAILED 2U            /* what has failed, queued again */
#define HAUL_STORE_LISTED 4U            /* what else has failed, as FAILED, so
                                           that it can be seen and retried */

struct haul_store_choice {
	uint64_t run;                   /* 0: the newest that nobody works on
	                                   and that has something to load */
	unsigned which;                 /* HAUL_STORE_... or'ed */
	enum haul_cause cause;          /* FAILED: of this cause; NONE: all */
	const char *const *urls;        /* with secrets, for items of the same
	                                   URL without; or NULL */
	size_t url_count;
	bool *used;                     /* out, one for each of urls; or
	                                   NULL */
};

struct haul_store_loaded {
	uint64_t run;
	uint64_t queued, paused, failed;        /* items that are there now */
	uint64_t lacking;               /* ... FAILED now, for want of a
	                                   secret */
	uint64_t done;                  /* of the run, not loaded */
};

/* Goes on with a run of the engine's store: adds its items with all that they
 * had, and records into that run from now on. Options of that run hold where
 * haul_new() was given none; items keep their directories. The engine must
 * have no item yet (ESTATE), and a store (ESTATE). ENOENT: no such run, or
 * with run 0 none that has something to load. EBUSY: another process works on
 * it. EUSAGE with COMPLAINT_SECRET: nothing was loaded. */
enum haul_result haul_store_load(struct haul *,
    const struct haul_store_choice *, struct haul_store_loaded *,
    struct haul_error *) HAUL_MUST_CHECK;

/* Finished files against what was recorded of them: a digest that was given
 * for it, and sums of its blocks, taken while it was fetched. */
enum haul_check {
	HAUL_CHECK_GOOD,
	HAUL_CHECK_BAD,                 /* it differs, and nobody has written
	                                   to it since, says its time */
	HAUL_CHECK_CHANGED,             /* it differs; perhaps by intent */
	HAUL_CHECK_MISSING,             /* it is not there */
	HAUL_CHECK_UNKNOWN,             /* nothing is recorded to check it by */
	HAUL_CHECK_UNREADABLE,          /* see sys_errno */
	HAUL_CHECK_COUNT
};

/* "good", "bad" ...; never NULL. */
const char *haul_check_name(enum haul_check);

struct haul_checked {
	enum haul_check check;
	int sys_errno;
	const char *path;
	const char *url;                /* NULL if there is no record of it */
	uint64_t run;                   /* that fetched it */
	haul_id id;                     /* its number there */
	int64_t size_bytes;             /* as recorded; -1 unknown */
	int64_t found_bytes;            /* as it is; -1 not there */
	int64_t blocks;                 /* that sums are recorded of */
	const struct haul_range *bad;   /* differing blocks, joined, within
	                                   size_bytes */
	size_t bad_count;
	bool digest;                    /* one was given for it ... */
	bool digest_differs;            /* ... and is not the file's */
};

/* What to check, and who is told. Both functions are called on the calling
 * thread. */
struct haul_verify {
	const char *const *files;       /* paths; of several records of one
	                                   the newest counts */
	size_t file_count;              /* 0: all finished files of a run */
	uint64_t run;                   /* 0: the newest with such files */
	uint64_t *skipped;              /* NULL, or gets how many files that run
	                                   found there already: they are not
	                                   checked. Before told() is called */
	void (*told)(const struct haul_checked *, void *user);
	bool (*tick)(int64_t read_bytes, int64_t all_bytes, void *user);
	                                /* some times a second; false ends it
	                                   (ESTOPPED). May be NULL */
	void *user;
};

/* Reads the files, several at once, and tells of each in no particular order.
 * OK, also if some are not good. ENOENT: no store, or no such run. */
enum haul_result haul_store_verify(const char *path,
    const struct haul_verify *, struct haul_error *);

/* Called by told(): queues a file that is BAD, CHANGED or MISSING to be made
 * what it was. Its good blocks are copied to a NAME.part, the rest is fetched,
 * and it is replaced once all has the sums that were recorded; until then, and
 * if that fails, it stays as it is. If the server has another file by now the
 * item fails (CHANGED). Blocks while it copies. The id may go to NULL. ESTATE:
 * no such file, or nothing is known of it. EUSAGE with COMPLAINT_SECRET: its
 * URL or an option had a secret; option "" is a signature in the URL, which
 * nothing can bring back. EBUSY: another process works on it. EIO. */
enum haul_result haul_repair_add(struct haul *, const struct haul_checked *,
    haul_id *, struct haul_error *) HAUL_MUST_CHECK;

/* Whether what happens now is recorded. */
bool haul_store_records(struct haul *);

/* ---- results ------------------------------------------------------------ */

struct haul_failure {
	haul_id id;
	char *url;
	char *path;                     /* NULL if no name was known */
	char *message;
	enum haul_cause cause;
	int http_status;
	int curl_code;
	uint32_t attempts;
};

/* What has ended so far: paths[i] was fetched for urls[i] (or was there
 * already), in the order of the requests, retried ones last; errors
 * likewise. */
struct haul_results {
	size_t count;
	char **paths;
	char **urls;
	size_t error_count;
	struct haul_failure *errors;
};

/* A copy, which the caller frees; it holds all strings. Costs as much as there
 * are items: to be called at an end. */
struct haul_results *haul_results(struct haul *);
void haul_results_free(struct haul_results *);

/* Fetches the URLs into dir (NULL: the current one) and waits: the whole
 * library in one call. Answers as haul_run() does; EUSAGE, if one of the URLs
 * is wrong: then nothing is fetched. The results, if asked for, are the
 * caller's, and NULL if nothing was fetched. */
enum haul_result haul_download(const char *const *urls, size_t count,
    const char *dir, struct haul_results **, struct haul_error *)
    HAUL_MUST_CHECK;

/* ---- what haul stands on --------------------------------------------------
 *
 * For whoever looks why haul does not work somewhere. None of these calls uses
 * the network; those with a path wait for the disk.
 */

struct haul_libraries {
	const char *curl_built, *curl;  /* "7.88.1" */
	const char *tls;                /* "OpenSSL/3.0.17" */
	const char *const *protocols;   /* of libcurl; NULL ends them */
	char resolver[40];              /* "threads", "c-ares/1.18.1"; "": all
	                                   waits while a name is looked up */
	bool http2;                     /* libcurl could; haul does not */
	const char *ca_file, *ca_dir;   /* trusted without --cacert */
	char events[40];                /* "libev/4.33, epoll" */
	bool events_slow;               /* it looks at every socket each time */
	const char *sqlite_built, *sqlite;
	bool sqlite_threads;            /* it may be used by more than one */
};

/* The libraries as haul was built with them and as it runs with them. Texts
 * are static; NULL: there is none. */
void haul_libraries(struct haul_libraries *);

struct haul_certificates {
	int sys_errno;                  /* why it cannot be read, or 0 */
	uint64_t count;                 /* in all */
	uint64_t broken;                /* of those: that cannot be parsed */
	uint64_t expired, early;        /* ... not valid any more, or yet */
};

/* What a file of certificates (PEM) holds, or a directory of such, named by
 * their hashes; at this time since the epoch. */
void haul_certificates(const char *path, int64_t now_ms,
    struct haul_certificates *);

enum haul_trial_step {
	HAUL_TRIAL_FINE,                /* nothing failed */
	HAUL_TRIAL_OPEN,                /* opening the directory did */
	HAUL_TRIAL_CREATE,              /* making NAME.part and its record */
	HAUL_TRIAL_WRITE,
	HAUL_TRIAL_NAME,                /* giving it its name */
	HAUL_TRIAL_SYNC,                /* bringing it to the disk */
};

struct haul_trial {
	enum haul_trial_step failed;
	int sys_errno;                  /* why */
	bool unnamed;                   /* files can be without a name first */
	bool locks;                     /* two processes keep apart */
	int64_t sync_ms;                /* it took so long */
};

/* Whether files can be fetched into a directory that is there: one is made,
 * with all that stands beside it until it is whole, is given its name, and is
 * removed. */
void haul_try_directory(const char *dir, struct haul_trial *);

struct haul_store_state {
	int version, newest;            /* its form; the last that we know */
	int64_t size_bytes, log_bytes;  /* log: not yet in its place */
	unsigned mode;                  /* rights: 0600 */
	bool complete;                  /* there was time to read all of it */
	uint64_t runs;
	uint64_t running;               /* of them: by processes that live */
	int64_t pid;                    /* one of those; -1 unknown */
	char damage[128];               /* what SQLite says is wrong, or "" */
};

/* A store, looked at without changing it, for limit_ms at most. Answers as
 * haul_store_runs() does, and the state is filled as far as it goes. */
enum haul_result haul_store_look(const char *path, int64_t limit_ms,
    struct haul_store_state *, struct haul_error *);

/* ---- version ------------------------------------------------------------ */

/* "0.1.0"; static. And a line naming the libraries below haul, cut to size
 * (512 is enough). */
const char *haul_version(void);
void haul_version_libraries(char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
