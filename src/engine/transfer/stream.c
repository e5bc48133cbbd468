/* SPDX-License-Identifier: MIT
 *
 * See stream.h. No byte of an answer reaches the file before its final
 * status, its Content-Range and its validators were compared with what was
 * asked; bodies of refusals are swallowed up to a small size, which keeps the
 * connection, and cut off beyond.
 *
 * Redirects are followed here and not by libcurl: each hop is checked, counts
 * for its real host, and headers that may hold secrets go to the first origin
 * only.
 */
#include "config.h"

#include "stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/base/alloc.h"
#include "engine/base/clock.h"
#include "engine/base/url.h"
#include "engine/engine.h"
#include "engine/net/host.h"
#include "proof.h"
#include "stream-internal.h"
#include "transfer.h"

#define STREAM_HEADERS_MAX (512 * 1024)
#define STREAM_SPILL_MAX (64 * 1024)
#define STREAM_REDIRECTS_MAX 20
#define STREAM_TOO_LARGE 100            /* CURLE_TOO_LARGE, of 8.6.0 */

static const struct net_handler stream_handler;

/* ---- the request ---- */

void
stream_add_header(struct stream *stream, const char *line)
{
	stream->headers = curl_slist_append(stream->headers, line);
}

static void
stream_add_user_header(const char *line, void *stream)
{
	stream_add_header(stream, line);
}

static void
stream_add_digest_wish(struct stream *stream)
{
	struct transfer *transfer = stream->transfer;
	char *want, *line;

	want = digest_want(transfer->digest_count > 0 ?
	    transfer->digests[0].name : NULL);
	line = alloc_format("Want-Repr-Digest: %s", want);
	stream_add_header(stream, line);
	free(line);
	line = alloc_format("Want-Content-Digest: %s", want);
	stream_add_header(stream, line);
	free(line);
	free(want);
}

/* The validator, so that a changed object answers 200 with all of it instead
 * of 206 with a part of another (RFC 9110 13.1.5; weak ones must not be
 * sent). */
static void
stream_add_if_range(struct stream *stream)
{
	struct transfer *transfer = stream->transfer;
	const char *validator = transfer_strong_etag(transfer);
	char *line;

	if (transfer->no_if_range || transfer->proof.wary ||
	    (transfer->moved && transfer->digest_count > 0))
		return;
	if (validator == NULL && !transfer->moved)
		validator = transfer_strong_date(transfer);
	/* A control byte would end the header and begin another. */
	if (validator == NULL || strpbrk(validator, "\r\n\t\v\f") != NULL)
		return;
	line = alloc_format("If-Range: %s", validator);
	stream_add_header(stream, line);
	free(line);
	stream->if_range = true;
}

static void
stream_set_headers(struct stream *stream)
{
	struct options_pair options = stream->options;

	/* An encoded answer has other bytes, sizes and ranges. */
	stream_add_header(stream, "Accept-Encoding: identity");
	if (stream->trusted)
		options_each(options, OPTION_HEADER, stream_add_user_header,
		    stream);
	if (stream->role <= STREAM_FIRST &&
	    options_has(options, OPTION_CHECKSUM))
		stream_add_digest_wish(stream);
	if (stream->ranged)
		stream_add_if_range(stream);
	curl_easy_setopt(stream->request->easy, CURLOPT_HTTPHEADER,
	    stream->headers);
}

static void
stream_set_http(struct stream *stream)
{
	CURL *easy = stream->request->easy;
	struct options_pair options = stream->options;
	const char *text;

	text = options_text(options, OPTION_USER_AGENT);
	curl_easy_setopt(easy, CURLOPT_USERAGENT,
	    text ? text : "haul/" PACKAGE_VERSION);
	text = options_text(options, OPTION_REFERER);
	if (text != NULL && stream->trusted)
		curl_easy_setopt(easy, CURLOPT_REFERER, text);
	if (stream->role == STREAM_LOOK)
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
}

static void
stream_set_range(struct stream *stream)
{
	CURL *easy = stream->request->easy;
	int64_t start = stream->part.start - stream->overlap;
	char text[64];

	if (!stream->ranged)
		return;
	if (!stream->http) {
		if (url_scheme(stream->url) == URL_SFTP)
			curl_easy_setopt(easy, CURLOPT_RESUME_FROM_LARGE,
			    (curl_off_t)start);
		return;
	}
	if (stream->asked_end == INT64_MAX)
		snprintf(text, sizeof text, "%lld-", (long long)start);
	else
		snprintf(text, sizeof text, "%lld-%lld", (long long)start,
		    (long long)stream->asked_end - 1);
	curl_easy_setopt(easy, CURLOPT_RANGE, text);
}

/* Who redirects us, or sits on the way of a plain connection, is not to have
 * the password of another host sent in the clear by naming it. */
static bool
stream_may_use_netrc(const struct stream *stream)
{
	enum url_scheme scheme = url_scheme(stream->url);
	char *host, *first;
	bool same;

	if (scheme != URL_HTTP && scheme != URL_FTP)
		return true;
	host = url_host(stream->url);
	first = url_host(stream->transfer->url);
	same = host != NULL && first != NULL && strcasecmp(host, first) == 0;
	free(host);
	free(first);
	return same;
}

static void
stream_set_credentials(struct stream *stream)
{
	CURL *easy = stream->request->easy;
	const char *text = options_text(stream->options,
	    OPTION_USER);
	char *user = NULL, *password = NULL;

	if (stream->transfer->engine->netrc != NULL &&
	    stream_may_use_netrc(stream)) {
		curl_easy_setopt(easy, CURLOPT_NETRC,
		    (long)CURL_NETRC_OPTIONAL);
		curl_easy_setopt(easy, CURLOPT_NETRC_FILE,
		    stream->transfer->engine->netrc);
	}
	if (strchr(stream->transfer->url, '@') != NULL &&
	    url_same_origin(stream->url, stream->transfer->url))
		url_credentials(stream->transfer->url, &user, &password);
	if (user != NULL) {
		curl_easy_setopt(easy, CURLOPT_USERNAME, user);
		curl_easy_setopt(easy, CURLOPT_PASSWORD,
		    password ? password : "");
	} else if (text != NULL && stream->trusted) {
		curl_easy_setopt(easy, CURLOPT_USERPWD, text);
	}
	free(user);
	free(password);
}

static void
stream_set_text(struct stream *stream, CURLoption option, enum option_id id)
{
	const char *text = options_text(stream->options, id);

	if (text != NULL)
		curl_easy_setopt(stream->request->easy, option, text);
}

/* Not one of libcurl's own variables. */
static const char *
stream_proxy(const struct stream *stream)
{
	const struct engine *engine = stream->transfer->engine;
	const char *proxy = options_text(stream->options,
	    OPTION_PROXY);

	if (proxy == NULL && engine->http_proxy != NULL &&
	    url_scheme(stream->url) == URL_HTTP)
		proxy = engine->http_proxy;
	return proxy;
}

/* Whether another machine is asked: the host's, or the proxy's. */
static bool
stream_is_far(const struct stream *stream)
{
	const char *proxy = stream_proxy(stream), *host;
	char *url;
	bool near;

	if (host_is_near(stream->host))
		return false;
	if (proxy == NULL || *proxy == '\0')
		return true;
	host = strstr(proxy, "://");
	url = alloc_format("http://%s", host != NULL ? host + 3 : proxy);
	near = url_host_is_loopback(url);
	free(url);
	return !near;
}

static void
stream_set_proxy(struct stream *stream)
{
	const struct engine *engine = stream->transfer->engine;
	const char *proxy = stream_proxy(stream);

	if (proxy == NULL && engine->no_proxy_set) {
		/* Neither need libcurl look for exceptions, each time. */
		proxy = "";
		curl_easy_setopt(stream->request->easy, CURLOPT_NOPROXY, "");
	}
	if (proxy != NULL)
		curl_easy_setopt(stream->request->easy, CURLOPT_PROXY, proxy);
}

static void
stream_set_network(struct stream *stream)
{
	CURL *easy = stream->request->easy;
	struct options_pair options = stream->options;
	int64_t wait_ms = options_number(options, OPTION_CONNECT_TIMEOUT);

	if (wait_ms > 0)
		curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
		    (long)wait_ms);
	if (options_number(options, OPTION_IPV4))
		curl_easy_setopt(easy, CURLOPT_IPRESOLVE,
		    (long)CURL_IPRESOLVE_V4);
	else if (options_number(options, OPTION_IPV6))
		curl_easy_setopt(easy, CURLOPT_IPRESOLVE,
		    (long)CURL_IPRESOLVE_V6);
	else if (stream->without_v6)
		curl_easy_setopt(easy, CURLOPT_IPRESOLVE,
		    (long)CURL_IPRESOLVE_V4);
	stream_set_proxy(stream);
	stream_set_text(stream, CURLOPT_NOPROXY, OPTION_NOPROXY);
	stream_set_text(stream, CURLOPT_CAINFO, OPTION_CACERT);
	if (stream->trusted) {
		stream_set_text(stream, CURLOPT_SSLCERT, OPTION_CERT);
		stream_set_text(stream, CURLOPT_SSLKEY, OPTION_KEY);
	}
	if (options_number(options, OPTION_INSECURE)) {
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	}
}

static void
stream_set_url(struct stream *stream)
{
	const char *source = stream->url;
	char *plain = NULL, *fit;

	if (strchr(source, '@') != NULL)
		source = plain = url_without_secrets(source);
	fit = url_for_request(source);
	curl_easy_setopt(stream->request->easy, CURLOPT_URL, fit);
	free(fit);
	free(plain);
}

/* Only the plain first request of a file is like others: the one of which an
 * archive has 200,000. */
static struct net_recipe
stream_recipe(const struct stream *stream, bool adjusted)
{
	struct transfer *transfer = stream->transfer;
	struct net_recipe recipe = { NULL, NULL, 0, 0 };

	if (stream->role != STREAM_FIRST || stream->ranged ||
	    transfer->fresh || stream->without_v6 ||
	    !stream->trusted || !stream->http || adjusted ||
	    strchr(stream->url, '@') != NULL ||
	    strchr(transfer->url, '@') != NULL)
		return recipe;
	recipe.options = transfer->item->options;
	recipe.of_host = transfer->options.host;
	recipe.epoch = transfer->engine->epoch;
	recipe.kind = url_scheme(stream->url);
	return recipe;
}

static void
stream_set_up(struct stream *stream)
{
	if (stream->http)
		stream_set_http(stream);
	else
		stream_set_ftp(stream);
	stream_set_range(stream);
	stream_set_credentials(stream);
	stream_set_network(stream);
}

static bool
stream_send(struct stream *stream)
{
	struct engine *engine = stream->transfer->engine;
	haul_easy_fn adjust;
	int64_t read_size = limiter_read_size(&stream->transfer->limiter);
	struct net_recipe recipe;
	void *user;

	adjust = options_easy_fn(stream->transfer->options, &user);
	recipe = stream_recipe(stream, adjust != NULL || read_size > 0);
	stream->request = net_acquire(engine->net, &stream_handler, stream,
	    &recipe);
	if (stream->request == NULL)
		return false;
	stream_set_url(stream);
	if (stream->http)
		stream_set_headers(stream);
	if (!stream->request->warm)
		stream_set_up(stream);
	if (stream->transfer->fresh)
		curl_easy_setopt(stream->request->easy,
		    CURLOPT_FRESH_CONNECT, 1L);
	stream->transfer->fresh = false;
	if (read_size > 0)
		curl_easy_setopt(stream->request->easy, CURLOPT_BUFFERSIZE,
		    (long)read_size);
	if (adjust != NULL)
		adjust(stream->request->easy, user);
	stream->started_us = clock_monotonic_us();
	stream->heard_ms = stream->started_us / 1000;
	stream->heard_opening = transfer_openings(stream->transfer);
	host_resolving(stream->host, url_host_is_address(stream->url));
	return net_start(engine->net, stream->request);
}

struct stream *
stream_start(struct transfer *transfer, enum stream_role role,
    const struct part *part, const char *url)
{
	struct stream *stream = alloc_pool_take(
	    &transfer->engine->spare_streams, sizeof *stream);

	if (url == NULL)
		url = transfer->final_url != NULL ? transfer->final_url :
		    transfer->url;
	stream->transfer = transfer;
	stream->role = role;
	stream->part = *part;
	stream->asked_end = part->end;
	stream->overlap = proof_overlap(transfer, role, part,
	    url_scheme(url) <= URL_HTTPS);
	stream->ranged = role >= STREAM_PART || part->start > 0 ||
	    (role == STREAM_FIRST && part->end != INT64_MAX &&
	    part->end != transfer->total);
	stream->url = alloc_string(url);
	stream->http = url_scheme(url) <= URL_HTTPS;
	stream->ftps = url_scheme(url) == URL_FTPS;
	stream->trusted = url == transfer->item->url ||
	    url_same_origin(url, transfer->item->url);
	stream->options = transfer->options;
	if (!stream->trusted)
		stream->options.host = options_of_host(
		    transfer->engine->options, url);
	stream->host = hosts_find(transfer->engine->hosts, url);
	stream->without_v6 = host_avoids_v6(stream->host);
	stream->far = stream_is_far(stream);
	host_enter(stream->host);
	transfer->engine->stream_count++;
	response_init(&stream->response);
	ftp_init(&stream->replies);
	if (stream_send(stream))
		return stream;
	stream_free(stream);
	return NULL;
}

void
stream_free(struct stream *stream)
{
	if (stream == NULL)
		return;
	net_release(stream->transfer->engine->net, stream->request);
	host_leave(stream->host);
	stream->transfer->engine->stream_count--;
	response_release(&stream->response);
	curl_slist_free_all(stream->headers);
	free(stream->url);
	alloc_pool_give(&stream->transfer->engine->spare_streams, stream);
}

/* ---- the answer ---- */

static void
stream_end_as(struct stream *stream, enum stream_verdict verdict)
{
	stream->phase = STREAM_SPILLING;
	if (stream->verdict == STREAM_GOES_ON)
		stream->verdict = verdict;
}

static void
stream_refuse_status(struct stream *stream)
{
	struct response *response = &stream->response;
	const char *reason = response->reason ? response->reason : "";

	failure_set(&stream->failure, HAUL_CAUSE_HTTP, NULL);
	snprintf(stream->failure.text, sizeof stream->failure.text,
	    "HTTP %d%s%s", response->status, *reason ? " " : "", reason);
	stream->failure.http_status = response->status;
	/* What is refused for good has no later, and says nothing of the
	 * host's other files. */
	if (failure_rule(HAUL_CAUSE_HTTP, response->status) != FAILURE_NEVER)
		stream->failure.retry_after_ms = response_retry_after_ms(
		    response, clock_epoch_ms() / 1000);
	stream_end_as(stream, STREAM_FAILED);
}

static int32_t
stream_time_ms(const struct stream *stream, CURLINFO info)
{
	curl_off_t us = 0;

	curl_easy_getinfo(stream->request->easy, info, &us);
	return us > 0 ? (int32_t)(us / 1000) : -1;
}

/* Who answers, and how the connection came about. */
void
stream_note_peer(struct stream *stream)
{
	CURL *easy = stream->request->easy;
	long version = 0, port = 0;
	char *ip = NULL;

	curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &ip);
	curl_easy_getinfo(easy, CURLINFO_PRIMARY_PORT, &port);
	if (ip != NULL && strlen(ip) < sizeof stream->peer.ip)
		memcpy(stream->peer.ip, ip, strlen(ip) + 1);
	stream->peer.port = (uint16_t)port;
	if (stream->http)
		curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
	stream->peer.http_version = version == CURL_HTTP_VERSION_1_0 ? 10 :
	    version == CURL_HTTP_VERSION_1_1 ? 11 :
	    version == CURL_HTTP_VERSION_2_0 ? 20 : 0;
	stream->peer.connect_ms = stream_time_ms(stream,
	    CURLINFO_CONNECT_TIME_T);
	stream->peer.tls_ms = stream_time_ms(stream,
	    CURLINFO_APPCONNECT_TIME_T);
	if (stream->role <= STREAM_FIRST)
		transfer_note_peer(stream->transfer, stream);
}

/* Once for each small file, which would notice a printf(). */
void
stream_address(const struct stream *stream, char *text, size_t size)
{
	const char *ip = stream->peer.ip;
	size_t length = strlen(ip);
	bool v6 = strchr(ip, ':') != NULL;
	unsigned port = stream->peer.port;
	char digits[5];
	int n = 0;

	*text = '\0';
	if (length == 0 || size < length + sizeof "[]:65535")
		return;
	if (v6)
		*text++ = '[';
	memcpy(text, ip, length);
	text += length;
	if (v6)
		*text++ = ']';
	*text++ = ':';
	do {
		digits[n++] = (char)('0' + port % 10);
		port /= 10;
	} while (port != 0);
	while (n > 0)
		*text++ = digits[--n];
	*text = '\0';
}

/* The headers of a final answer are complete. False: end it now. */
static bool
stream_judge(struct stream *stream)
{
	int status = stream->response.status;

	/* Over a proxy's kept connection no socket was opened for it. */
	host_resolved(stream->host);
	stream_note_peer(stream);
	if (status >= 300 && status < 400 && status != 304) {
		stream_end_as(stream, STREAM_REDIRECTED);
		return true;
	}
	host_note_setup(stream->host, (double)(clock_monotonic_us() -
	    stream->started_us) / 1e6);
	if (status == 416 && stream->role == STREAM_FIRST && stream->ranged)
		return answer_judge(stream->transfer, stream);
	if (failure_is_no_file(status)) {
		stream_refuse_status(stream);
		return true;
	}
	host_probe_answered(stream->host, stream->transfer->id);
	return answer_judge(stream->transfer, stream);
}

static void
stream_note_heard(struct stream *stream)
{
	stream->heard_ms = engine_now_ms();
	/* That is not the host's answer, but one of those on the way. */
	if (stream->far && stream->response.status != FAILURE_LOGIN)
		stream->transfer->engine->heard_ms = stream->heard_ms;
}

static size_t
stream_on_header(void *owner, const char *line, size_t length)
{
	struct stream *stream = owner;
	bool was_complete = stream->response.complete;

	stream->header_bytes += length;
	if (stream->header_bytes > STREAM_HEADERS_MAX) {
		failure_set(&stream->failure, HAUL_CAUSE_HTTP,
		    "the answer's headers are too long");
		stream_end_as(stream, STREAM_FAILED);
		return 0;
	}
	if (!stream->http && length > 5 && memcmp(line, "HTTP/", 5) == 0)
		stream_meet_proxy(stream);
	if (!stream->http) {
		if (stream->far)
			stream->transfer->engine->heard_ms = engine_now_ms();
		stream_on_reply(stream, line, length);
		return length;
	}
	response_line(&stream->response, line, length);
	/* What comes after the body of a chunked answer are trailers. */
	if (was_complete || !stream->response.complete)
		return length;
	stream_note_heard(stream);
	return stream_judge(stream) ? length : 0;
}

static size_t
stream_on_body(void *owner, const char *bytes, size_t length)
{
	struct stream *stream = owner;
	size_t whole = length;

	/* The body of a refusal does not keep it alive. */
	if (stream->phase != STREAM_SPILLING)
		stream_note_heard(stream);
	stream->heard_opening = transfer_openings(stream->transfer);
	/* libcurl reads up to a hundred times in a row while there is
	 * something to read: far more than a small rate allows. */
	if (limiter_is_overdrawn(&stream->transfer->engine->limiter) ||
	    transfer_holds_back(stream->transfer))
		return NET_PAUSE;
	limiter_spend(&stream->transfer->engine->limiter, (int64_t)length);
	limiter_spend(&stream->transfer->limiter, (int64_t)length);
	if (!stream->response.complete && !stream->http &&
	    !stream_judge_ftp(stream))
		return 0;
	if (stream->phase != STREAM_TAKING) {
		stream->spilled += length;
		return stream->spilled <= STREAM_SPILL_MAX ? whole : 0;
	}
	if (stream->skip > 0) {
		size_t over = (int64_t)length < stream->skip ? length :
		    (size_t)stream->skip;

		if (stream->overlap > 0 && !proof_compare(stream, bytes, over,
		    stream->part.start - stream->skip)) {
			answer_differs(stream->transfer, stream);
			return 0;
		}
		stream->skip -= (int64_t)over;
		bytes += over;
		length -= over;
	}
	if (length == 0)
		return whole;
	return transfer_write(stream->transfer, stream, bytes, length) ?
	    whole : 0;
}

static void
stream_on_connecting(void *owner)
{
	struct stream *stream = owner;

	stream->heard_ms = engine_now_ms();
	host_resolved(stream->host);
	engine_poke(stream->transfer->engine);
}

static const struct net_handler stream_handler = {
	.header = stream_on_header,
	.body = stream_on_body,
	.connecting = stream_on_connecting,
};

/* ---- the end ---- */

bool
stream_is_whole(const struct stream *stream)
{
	/* A request that only compares has no bytes of its own: it is whole
	 * when what it repeats has passed. */
	return stream->phase == STREAM_TAKING && stream->skip == 0 &&
	    stream->part.pos == stream->part.end;
}

static bool
stream_used_again(const struct stream *stream)
{
	long opened = 1;

	return curl_easy_getinfo(stream->request->easy, CURLINFO_NUM_CONNECTS,
	    &opened) == CURLE_OK && opened == 0;
}

/* What came was no HTTP, on a connection that had served before: it may be
 * the rest of the answer before, a body that HEAD should not have brought. A
 * new connection will show. */
static bool
stream_got_leftovers(const struct stream *stream, CURLcode code)
{
	return (code == CURLE_UNSUPPORTED_PROTOCOL ||
	    code == CURLE_WEIRD_SERVER_REPLY) && stream_used_again(stream);
}

/* The server closed the connection just as we used it again: that says
 * nothing of the file. libcurl tries again by itself, but not after each kind
 * of end, and no more than five times in a handle's life. */
static bool
stream_came_too_late(const struct stream *stream, CURLcode code)
{
	return stream->http && stream->header_bytes == 0 &&
	    (code == CURLE_GOT_NOTHING || code == CURLE_SEND_ERROR ||
	    code == CURLE_RECV_ERROR) && stream_used_again(stream);
}

bool
stream_is_doubted(const struct stream *stream)
{
	return stream->doubt != NULL && stream->heard_ms <= stream->doubted_ms;
}

static void
stream_tell_short(struct stream *stream)
{
	snprintf(stream->failure.text, sizeof stream->failure.text,
	    "the connection ended %lld bytes early",
	    (long long)(stream->skip + stream->part.end - stream->part.pos));
}

static void
stream_conclude_error(struct stream *stream, CURLcode code)
{
	long os_errno = 0, status = 0;

	curl_easy_getinfo(stream->request->easy, CURLINFO_OS_ERRNO, &os_errno);
	curl_easy_getinfo(stream->request->easy, CURLINFO_RESPONSE_CODE,
	    &status);
	if (stream->request->socket_errno != 0)
		os_errno = stream->request->socket_errno;
	if (stream_came_too_late(stream, code)) {
		stream->transfer->fresh = true;
		stream->verdict = STREAM_AGAIN;
		return;
	}
	stream->verdict = STREAM_FAILED;
	if ((code == CURLE_OUT_OF_MEMORY || (int)code == STREAM_TOO_LARGE) &&
	    !stream->response.complete) {
		/* How libcurl says that a header line passes its limit. */
		failure_set(&stream->failure, HAUL_CAUSE_HTTP,
		    "the answer's headers are too long");
		return;
	}
	if (code == CURLE_WRITE_ERROR && stream->phase == STREAM_ASKED) {
		/* Ours, of a body that no final status stands before. */
		failure_set(&stream->failure, HAUL_CAUSE_HTTP,
		    "the server sent no proper answer");
		return;
	}
	if (stream_got_leftovers(stream, code)) {
		failure_set(&stream->failure, HAUL_CAUSE_CONNECT,
		    "the connection brought what belongs to another answer");
		return;
	}
	/* What it says of a trailer that is none, old and new. */
	if ((code == CURLE_BAD_FUNCTION_ARGUMENT ||
	    code == CURLE_WEIRD_SERVER_REPLY) && stream->response.chunked &&
	    stream->response.complete)
		code = CURLE_RECV_ERROR;
	/* What it says of an SSH server with which no keys can be had. */
	if (code == CURLE_FAILED_INIT && url_scheme(stream->url) == URL_SFTP)
		code = CURLE_SSH;
	if (stream->http || !stream_refuse_reply(stream, code, status))
		failure_set_curl(&stream->failure, code, os_errno,
		    stream->http ? status : 0, stream->request->error);
	if (code == CURLE_PARTIAL_FILE && stream->http &&
	    stream->phase == STREAM_TAKING && stream->part.end < INT64_MAX)
		stream_tell_short(stream);
	stream->failure.excused = stream_is_doubted(stream);
}

static void
stream_conclude_short(struct stream *stream)
{
	failure_set(&stream->failure, HAUL_CAUSE_SIZE_MISMATCH, NULL);
	stream_tell_short(stream);
	stream->failure.http_status = stream->response.status;
	stream->verdict = STREAM_FAILED;
}

void
stream_conclude(struct stream *stream, CURLcode code)
{
	if (stream->verdict != STREAM_GOES_ON)
		return;
	/* An empty FTP file brings no body and so no judgement, nor does one
	 * that has become too short to go on with. */
	if (!stream->http && !stream->response.complete &&
	    (code == CURLE_OK || stream_is_other_size(stream, code)) &&
	    !stream_judge_ftp(stream))
		return;
	if (code != CURLE_OK && !stream_is_whole(stream)) {
		stream_conclude_error(stream, code);
	} else if (stream->phase == STREAM_ASKED &&
	    stream->role != STREAM_LOOK) {
		failure_set(&stream->failure, HAUL_CAUSE_HTTP,
		    "the server sent no proper answer");
		stream->verdict = STREAM_FAILED;
	} else if (stream->phase == STREAM_TAKING &&
	    stream->part.end == INT64_MAX) {
		stream->part.end = stream->part.pos;
	} else if (stream->phase == STREAM_TAKING && !stream_is_whole(stream)) {
		stream_conclude_short(stream);
	}
}

bool
stream_reached_host(const struct stream *stream)
{
	return stream->header_bytes > 0 || stream->fetched > 0 ||
	    stream_time_ms(stream, CURLINFO_CONNECT_TIME_T) >= 0;
}

/* libcurl tries the other address beside one that takes no connection; of one
 * that takes it and then is silent (large packets are lost on the way, say)
 * it knows nothing. */
bool
stream_blame_address(const struct stream *stream)
{
	enum haul_cause cause = stream->failure.cause;
	char *ip = NULL;

	if (stream->header_bytes > 0 || stream->failure.excused)
		return false;
	if (stream->without_v6 && (cause == HAUL_CAUSE_DNS ||
	    cause == HAUL_CAUSE_CONNECT)) {
		host_avoid_v6(stream->host, false);
		return true;
	}
	if (cause != HAUL_CAUSE_STALL && cause != HAUL_CAUSE_TIMEOUT &&
	    cause != HAUL_CAUSE_CONNECT)
		return false;
	curl_easy_getinfo(stream->request->easy, CURLINFO_PRIMARY_IP, &ip);
	if (ip != NULL && strchr(ip, ':') != NULL)
		host_avoid_v6(stream->host, true);
	return false;
}

static const char *
stream_redirect_fault(const struct stream *stream, const char *to)
{
	enum url_scheme scheme = url_scheme(to), from = url_scheme(stream->url);
	bool was_safe = from == URL_HTTPS || from == URL_FTPS ||
	    from == URL_SFTP;

	if (url_check(to) != HAUL_COMPLAINT_NONE)
		return "redirected to what is not a URL haul may follow";
	/* There the user's keys would speak for whoever sent us. */
	if (scheme == URL_SFTP && from != URL_SFTP)
		return "redirected to a server of SSH keys";
	if (was_safe && (scheme == URL_HTTP || scheme == URL_FTP))
		return "redirected from an encrypted connection to a plain "
		    "one";
	return NULL;
}

/* Where it leads, or NULL. libcurl says so only of an answer that came to its
 * end; but the body is of no use, may be long, and may be cut off. */
static char *
stream_location(const struct stream *stream)
{
	CURL *easy = stream->request->easy;
	struct curl_header *header;
	char *to = NULL, *copy = NULL;
	CURLU *url;

	curl_easy_getinfo(easy, CURLINFO_REDIRECT_URL, &to);
	if (to != NULL)
		return alloc_string(to);
	if (curl_easy_header(easy, "Location", 0, CURLH_HEADER, -1,
	    &header) != CURLHE_OK)
		return NULL;
	url = curl_url();
	if (url != NULL && curl_url_set(url, CURLUPART_URL, stream->url,
	    CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
	    curl_url_set(url, CURLUPART_URL, header->value,
	    CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE) == CURLUE_OK &&
	    curl_url_get(url, CURLUPART_URL, &to, 0) == CURLUE_OK) {
		copy = alloc_string(to);
		curl_free(to);
	}
	curl_url_cleanup(url);
	return copy;
}

char *
stream_redirect_url(struct stream *stream)
{
	char *to = stream_location(stream);
	const char *fault;

	if (to == NULL) {
		stream_refuse_status(stream);
		stream->verdict = STREAM_FAILED;
		return NULL;
	}
	fault = stream_redirect_fault(stream, to);
	if (fault == NULL && stream->redirects < STREAM_REDIRECTS_MAX)
		return to;
	free(to);
	failure_set(&stream->failure, fault ? HAUL_CAUSE_UNSUPPORTED :
	    HAUL_CAUSE_TOO_MANY_REDIRECTS, fault ? fault :
	    "redirected more than 20 times");
	stream->failure.http_status = stream->response.status;
	stream->verdict = STREAM_FAILED;
	return NULL;
}

void
stream_sample(struct stream *stream, double now_s)
{
	double span = now_s - stream->sample_s;
	double rate;

	if (stream->sample_s == 0) {
		stream->sample_s = now_s;
		stream->sample_bytes = stream->fetched;
		return;
	}
	if (span < 0.05)
		return;
	rate = (double)(stream->fetched - stream->sample_bytes) / span;
	stream->rate_bps = stream->rate_bps == 0 ? rate :
	    stream->rate_bps * 0.6 + rate * 0.4;
	stream->sample_s = now_s;
	stream->sample_bytes = stream->fetched;
}
