/* SPDX-License-Identifier: MIT
 *
 * Causes as a table: name, and what may be done. libcurl's codes are put into
 * groups, because versions disagree about single ones (7.88 to 8.7 report the
 * same lost connection by three codes).
 */
#include "config.h"

#include "failure.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FAILURE_BACKOFF_CAP_MS 60000

static const struct {
	const char *name;
	enum failure_rule rule;
} failure_causes[HAUL_CAUSE_COUNT] = {
	[HAUL_CAUSE_NONE] = { "none", FAILURE_NEVER },
	[HAUL_CAUSE_DNS] = { "dns", FAILURE_LATER },
	[HAUL_CAUSE_CONNECT] = { "connect", FAILURE_LATER },
	[HAUL_CAUSE_TLS] = { "tls", FAILURE_NEVER },
	[HAUL_CAUSE_TIMEOUT] = { "timeout", FAILURE_LATER },
	[HAUL_CAUSE_STALL] = { "stall", FAILURE_AT_ONCE },
	[HAUL_CAUSE_HTTP] = { "http", FAILURE_NEVER },
	[HAUL_CAUSE_TOO_MANY_REDIRECTS] = { "too_many_redirects",
	    FAILURE_NEVER },
	[HAUL_CAUSE_BAD_RANGE] = { "bad_range", FAILURE_LATER },
	[HAUL_CAUSE_SIZE_MISMATCH] = { "size_mismatch", FAILURE_LATER },
	[HAUL_CAUSE_CHANGED] = { "changed", FAILURE_AT_ONCE },
	[HAUL_CAUSE_CHECKSUM] = { "checksum", FAILURE_NEVER },
	[HAUL_CAUSE_DISK_FULL] = { "disk_full", FAILURE_NEVER },
	[HAUL_CAUSE_DISK_PERM] = { "disk_perm", FAILURE_NEVER },
	[HAUL_CAUSE_NAME_CONFLICT] = { "name_conflict", FAILURE_NEVER },
	[HAUL_CAUSE_WRITE] = { "write", FAILURE_NEVER },
	[HAUL_CAUSE_BAD_URL] = { "bad_url", FAILURE_NEVER },
	[HAUL_CAUSE_UNSUPPORTED] = { "unsupported", FAILURE_NEVER },
	[HAUL_CAUSE_CANCELLED] = { "cancelled", FAILURE_NEVER },
	[HAUL_CAUSE_INTERNAL] = { "internal", FAILURE_NEVER },
	[HAUL_CAUSE_SECRET] = { "secret", FAILURE_NEVER },
	[HAUL_CAUSE_PAGE] = { "page", FAILURE_LATER },
};

static const struct {
	int curl_code;
	enum haul_cause cause;
} failure_curl_codes[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, HAUL_CAUSE_DNS },
	{ CURLE_COULDNT_RESOLVE_PROXY, HAUL_CAUSE_DNS },
	{ CURLE_COULDNT_CONNECT, HAUL_CAUSE_CONNECT },
	{ CURLE_OPERATION_TIMEDOUT, HAUL_CAUSE_TIMEOUT },
	{ CURLE_FTP_ACCEPT_TIMEOUT, HAUL_CAUSE_TIMEOUT },
	{ CURLE_SSL_CONNECT_ERROR, HAUL_CAUSE_TLS },
	{ CURLE_PEER_FAILED_VERIFICATION, HAUL_CAUSE_TLS },
	{ CURLE_SSL_CERTPROBLEM, HAUL_CAUSE_TLS },
	{ CURLE_SSL_CIPHER, HAUL_CAUSE_TLS },
	{ CURLE_SSL_CACERT_BADFILE, HAUL_CAUSE_TLS },
	{ CURLE_SSL_CRL_BADFILE, HAUL_CAUSE_TLS },
	{ CURLE_SSL_ISSUER_ERROR, HAUL_CAUSE_TLS },
	{ CURLE_SSL_PINNEDPUBKEYNOTMATCH, HAUL_CAUSE_TLS },
	{ CURLE_SSL_INVALIDCERTSTATUS, HAUL_CAUSE_TLS },
	{ CURLE_SSL_CLIENTCERT, HAUL_CAUSE_TLS },
	{ CURLE_SSL_ENGINE_NOTFOUND, HAUL_CAUSE_TLS },
	{ CURLE_USE_SSL_FAILED, HAUL_CAUSE_TLS },
	{ CURLE_SSH, HAUL_CAUSE_CONNECT },
	{ CURLE_GOT_NOTHING, HAUL_CAUSE_CONNECT },
	{ CURLE_SEND_ERROR, HAUL_CAUSE_CONNECT },
	{ CURLE_RECV_ERROR, HAUL_CAUSE_CONNECT },
	{ CURLE_PROXY, HAUL_CAUSE_CONNECT },
	{ CURLE_INTERFACE_FAILED, HAUL_CAUSE_CONNECT },
	{ CURLE_FTP_ACCEPT_FAILED, HAUL_CAUSE_CONNECT },
	{ CURLE_FTP_CANT_GET_HOST, HAUL_CAUSE_CONNECT },
	{ CURLE_FTP_PORT_FAILED, HAUL_CAUSE_CONNECT },
	{ CURLE_FTP_WEIRD_PASS_REPLY, HAUL_CAUSE_CONNECT },
	{ CURLE_FTP_WEIRD_PASV_REPLY, HAUL_CAUSE_CONNECT },
	{ CURLE_FTP_WEIRD_227_FORMAT, HAUL_CAUSE_CONNECT },
	{ CURLE_FTP_WEIRD_SERVER_REPLY, HAUL_CAUSE_HTTP },
	{ CURLE_WEIRD_SERVER_REPLY, HAUL_CAUSE_HTTP },
	{ CURLE_HTTP2, HAUL_CAUSE_CONNECT },
	{ CURLE_HTTP2_STREAM, HAUL_CAUSE_CONNECT },
	{ CURLE_PARTIAL_FILE, HAUL_CAUSE_SIZE_MISMATCH },
	{ CURLE_BAD_DOWNLOAD_RESUME, HAUL_CAUSE_BAD_RANGE },
	{ CURLE_RANGE_ERROR, HAUL_CAUSE_BAD_RANGE },
	{ CURLE_FTP_COULDNT_USE_REST, HAUL_CAUSE_BAD_RANGE },
	{ CURLE_QUOTE_ERROR, HAUL_CAUSE_BAD_RANGE },    /* of our REST */
	{ CURLE_REMOTE_FILE_NOT_FOUND, HAUL_CAUSE_HTTP },
	{ CURLE_REMOTE_ACCESS_DENIED, HAUL_CAUSE_HTTP },
	{ CURLE_LOGIN_DENIED, HAUL_CAUSE_HTTP },
	{ CURLE_FTP_COULDNT_RETR_FILE, HAUL_CAUSE_HTTP },
	{ CURLE_FTP_COULDNT_SET_TYPE, HAUL_CAUSE_HTTP },
	{ CURLE_HTTP_RETURNED_ERROR, HAUL_CAUSE_HTTP },
	{ CURLE_TOO_MANY_REDIRECTS, HAUL_CAUSE_TOO_MANY_REDIRECTS },
	{ CURLE_UNSUPPORTED_PROTOCOL, HAUL_CAUSE_UNSUPPORTED },
	{ CURLE_BAD_CONTENT_ENCODING, HAUL_CAUSE_UNSUPPORTED },
	{ CURLE_URL_MALFORMAT, HAUL_CAUSE_BAD_URL },
};

const char *
haul_cause_name(enum haul_cause cause)
{
	if ((unsigned)cause >= HAUL_CAUSE_COUNT)
		return "internal";
	return failure_causes[cause].name;
}

bool
haul_cause_can_retry(enum haul_cause cause, int http_status)
{
	return failure_rule(cause, http_status) != FAILURE_NEVER;
}

void
failure_set(struct failure *failure, enum haul_cause cause, const char *text)
{
	memset(failure, 0, sizeof *failure);
	failure->cause = cause;
	if (text != NULL)
		snprintf(failure->text, sizeof failure->text, "%s", text);
}

static enum haul_cause
failure_cause_of_errno(int sys_errno)
{
	switch (sys_errno) {
	case ENOSPC:
	case EDQUOT:
		return HAUL_CAUSE_DISK_FULL;
	case EACCES:
	case EPERM:
	case EROFS:
		return HAUL_CAUSE_DISK_PERM;
	case EEXIST:
	case EISDIR:
	case ENOTDIR:
	case ENAMETOOLONG:
	case ELOOP:
	case EMLINK:
	case EWOULDBLOCK:
		return HAUL_CAUSE_NAME_CONFLICT;
	default:
		return HAUL_CAUSE_WRITE;
	}
}

void
failure_set_silence(struct failure *failure, int64_t ms)
{
	failure_set(failure, HAUL_CAUSE_STALL, NULL);
	snprintf(failure->text, sizeof failure->text, "no byte came for "
	    "%lld.%d s", (long long)(ms / 1000), (int)(ms % 1000 / 100));
}

/* What the system's own words say badly. Where a file is needed, any other
 * thing is told as EISDIR. */
static const char *
failure_words(int sys_errno)
{
	switch (sys_errno) {
	case EISDIR:
		return "it is a directory, a device, a pipe or a link that "
		    "leads to no file";
	case ELOOP:
		return "it is a symbolic link, which is not followed";
	case EMLINK:
		return "the file there has another name as well (a hard link)";
	default:
		return NULL;
	}
}

void
failure_set_errno(struct failure *failure, int sys_errno, const char *what)
{
	const char *text = failure_words(sys_errno);
	char words[128];

	failure_set(failure, failure_cause_of_errno(sys_errno), NULL);
	failure->sys_errno = sys_errno;
	if (text == NULL)
		text = strerror_r(sys_errno, words, sizeof words);
	snprintf(failure->text, sizeof failure->text, "%s: %s", what, text);
}

void
failure_set_held(struct failure *failure, const char *holder)
{
	failure_set(failure, failure_cause_of_errno(EWOULDBLOCK), holder);
	failure->sys_errno = EWOULDBLOCK;
}

void
failure_set_curl(struct failure *failure, int curl_code, long os_errno,
    long http_status, const char *text)
{
	if (text == NULL || *text == '\0')
		text = curl_easy_strerror((CURLcode)curl_code);
	failure_set(failure, failure_cause_of_curl(curl_code), text);
	failure->curl_code = curl_code;
	failure->sys_errno = (int)os_errno;
	failure->http_status = (int)http_status;
}

enum haul_cause
failure_cause_of_curl(int curl_code)
{
	size_t i, n = sizeof failure_curl_codes / sizeof *failure_curl_codes;

	for (i = 0; i < n; i++)
		if (failure_curl_codes[i].curl_code == curl_code)
			return failure_curl_codes[i].cause;
	return HAUL_CAUSE_INTERNAL;
}

bool
failure_is_no_file(int status)
{
	return status < 200 || status > 299 || status == FAILURE_NOT_YET ||
	    status == 204 || status == 205;
}

/* 202, 408, 421, 425, 429 and all of 5xx pass; 501 and 505 say "never"; the
 * rest of 4xx is the request's own fault. */
static enum failure_rule
failure_status_rule(int status)
{
	if (status == FAILURE_NOT_YET)
		return FAILURE_LATER;
	if (status == 501 || status == 505)
		return FAILURE_NEVER;
	if (status == 408 || status == 421 || status == 425 || status == 429)
		return FAILURE_LATER;
	return status >= 500 && status <= 599 ? FAILURE_LATER : FAILURE_NEVER;
}

enum failure_rule
failure_rule(enum haul_cause cause, int http_status)
{
	if ((unsigned)cause >= HAUL_CAUSE_COUNT)
		return FAILURE_NEVER;
	if (cause == HAUL_CAUSE_HTTP)
		return failure_status_rule(http_status);
	return failure_causes[cause].rule;
}

bool
failure_is_of_source(enum haul_cause cause)
{
	switch (cause) {
	case HAUL_CAUSE_DISK_FULL:
	case HAUL_CAUSE_DISK_PERM:
	case HAUL_CAUSE_NAME_CONFLICT:
	case HAUL_CAUSE_WRITE:
	case HAUL_CAUSE_CANCELLED:
	case HAUL_CAUSE_INTERNAL:
	case HAUL_CAUSE_SECRET:
		return false;
	default:
		return true;
	}
}

bool
failure_is_of_descriptors(const struct failure *failure)
{
	return failure->sys_errno == EMFILE || failure->sys_errno == ENFILE;
}

bool
failure_is_refusal(const struct failure *failure)
{
	if (failure->cause == HAUL_CAUSE_CONNECT)
		return !failure_is_of_descriptors(failure);
	return failure->cause == HAUL_CAUSE_HTTP &&
	    (failure->http_status == 403 || failure->http_status == 421 ||
	    failure->http_status == 429 || failure->http_status == 503 ||
	    failure->http_status == 509);
}

bool
failure_is_no_route(const struct failure *failure)
{
	if (failure->cause != HAUL_CAUSE_CONNECT)
		return false;
	switch (failure->sys_errno) {
	case ENETUNREACH:
	case ENETDOWN:
	case EHOSTUNREACH:
	case EHOSTDOWN:
	case EADDRNOTAVAIL:
		return true;
	default:
		return false;
	}
}

bool
failure_may_be_network(const struct failure *failure)
{
	switch (failure->cause) {
	case HAUL_CAUSE_DNS:
	case HAUL_CAUSE_STALL:
	case HAUL_CAUSE_TIMEOUT:
		return true;
	case HAUL_CAUSE_CONNECT:
		return failure_is_no_route(failure) ||
		    failure->sys_errno == ETIMEDOUT ||
		    failure->sys_errno == ECONNABORTED;
	default:
		return false;
	}
}

bool
failure_is_login(const struct failure *failure)
{
	return failure->cause == HAUL_CAUSE_HTTP &&
	    failure->http_status == FAILURE_LOGIN;
}

bool
failure_is_answer(const struct failure *failure)
{
	switch (failure->cause) {
	case HAUL_CAUSE_CONNECT:
		return failure->sys_errno == ECONNREFUSED ||
		    failure->sys_errno == ECONNRESET ||
		    failure->sys_errno == EPIPE;
	case HAUL_CAUSE_TLS:
	case HAUL_CAUSE_HTTP:
		return !failure_is_login(failure);
	default:
		return false;
	}
}

int64_t
failure_backoff_ms(unsigned tries, int64_t base_ms, uint32_t random)
{
	int64_t cap = base_ms > FAILURE_BACKOFF_CAP_MS ? base_ms :
	    FAILURE_BACKOFF_CAP_MS;
	int64_t pause = base_ms;

	while (tries > 1 && pause < cap) {
		pause *= 2;
		tries--;
	}
	if (pause > cap)
		pause = cap;
	return pause / 2 + pause / 2 * (int64_t)random / 1000;
}
