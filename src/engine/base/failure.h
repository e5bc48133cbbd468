/* SPDX-License-Identifier: MIT
 *
 * Why something failed, and whether trying again can help. Pure.
 */
#ifndef HAUL_ENGINE_FAILURE_H
#define HAUL_ENGINE_FAILURE_H

#include "haul.h"

#define FAILURE_TEXT_SIZE 256
#define FAILURE_LOGIN 511               /* HTTP: the network wants one */
#define FAILURE_NOT_YET 202             /* it is being made, or brought from a
                                           tape: what comes is not the file */

struct failure {
	enum haul_cause cause;          /* NONE: nothing failed */
	int http_status;
	int curl_code;
	int sys_errno;
	int64_t retry_after_ms;         /* asked by the server, 0 none */
	bool excused;                   /* uses up no try: nobody's fault */
	char text[FAILURE_TEXT_SIZE];   /* curl's or the system's words */
};

enum failure_rule {
	FAILURE_NEVER,                  /* the same request ends the same */
	FAILURE_AT_ONCE,                /* another answer is likely now */
	FAILURE_LATER,                  /* after a growing pause */
};

void failure_set(struct failure *, enum haul_cause, const char *text);
void failure_set_errno(struct failure *, int sys_errno, const char *what);
/* Another process has the file; holder says so. */
void failure_set_held(struct failure *, const char *holder);
/* No byte has come for so long. */
void failure_set_silence(struct failure *, int64_t ms);

/* From a transfer's CURLcode; os_errno is CURLINFO_OS_ERRNO, text curl's
 * error buffer or NULL; http_status the last seen (or FTP reply), 0 if
 * none. */
void failure_set_curl(struct failure *, int curl_code, long os_errno,
    long http_status, const char *text);

enum haul_cause failure_cause_of_curl(int curl_code);

/* Whether the answer's body is not the file: all but 2xx, and of these what
 * says that there is nothing, or nothing yet. */
bool failure_is_no_file(int http_status);

enum failure_rule failure_rule(enum haul_cause, int http_status);

/* Whether another URL of the same bytes may do better: not if the disk, the
 * name or the user is the cause. */
bool failure_is_of_source(enum haul_cause);

/* Whether no descriptor was left. */
bool failure_is_of_descriptors(const struct failure *);

/* Whether the answer to one more connection means "too many of them"
 * (FAILURES 29): the file goes on with fewer. */
bool failure_is_refusal(const struct failure *);

/* Whether the machine's network may be the cause, and not the host; whether
 * there was no way to the host; whether it took a machine that answered. */
bool failure_may_be_network(const struct failure *);
bool failure_is_no_route(const struct failure *);
bool failure_is_answer(const struct failure *);

/* Whether a network wants a login before it lets through (RFC 6585 6). */
bool failure_is_login(const struct failure *);

/* The pause before try number `tries` (1: the first further one): exponential
 * from base, capped at a minute or base if that is longer, with jitter over
 * its upper half so that nothing retries in step. random is uniform in
 * [0, 1000). */
int64_t failure_backoff_ms(unsigned tries, int64_t base_ms, uint32_t random);

#endif
