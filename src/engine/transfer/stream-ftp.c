/* SPDX-License-Identifier: MIT
 *
 * See stream-internal.h: what is FTP's of a request, and SFTP's, which tells as
 * little. Commands go out in the order in which their replies can be told
 * apart (ftp.c).
 */
#include "config.h"

#include "stream-internal.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/base/alloc.h"
#include "engine/base/clock.h"
#include "engine/base/url.h"
#include "engine/engine.h"
#include "engine/net/host.h"
#include "transfer.h"

#define STREAM_LAST_REPLY_S 3L

/* ---- the request ---- */

/* libcurl would read no further than the size that it was told, and say
 * nothing of what comes behind it. So it is not to ask: we do. It leaves out
 * REST as well then. */
static void
stream_set_ftp_commands(struct stream *stream)
{
	CURL *easy = stream->request->easy;
	char *name = url_ftp_name(stream->url);
	char *line = name ? alloc_format("*SIZE %s", name) : NULL;

	if (line != NULL)
		stream_add_header(stream, line);
	free(line);
	free(name);
	if (stream->ranged) {
		line = alloc_format("REST %lld",
		    (long long)(stream->part.start - stream->overlap));
		stream_add_header(stream, line);
		free(line);
	}
	curl_easy_setopt(easy, CURLOPT_IGNORE_CONTENT_LENGTH, 1L);
	curl_easy_setopt(easy, CURLOPT_PREQUOTE, stream->headers);
}

static void
stream_set_ssh(struct stream *stream)
{
	CURL *easy = stream->request->easy;
	struct engine *engine = stream->transfer->engine;
	const char *key = stream->trusted ?
	    options_text(stream->options, OPTION_KEY) : NULL;

	if (key == NULL || *key == '\0')
		key = engine->ssh_key;
	if (key != NULL)
		curl_easy_setopt(easy, CURLOPT_SSH_PRIVATE_KEYFILE, key);
	/* Without a list libcurl would trust any SSH server. */
	if (!options_number(stream->options, OPTION_INSECURE))
		curl_easy_setopt(easy, CURLOPT_SSH_KNOWNHOSTS,
		    engine->known_hosts ? engine->known_hosts : "/dev/null");
}

void
stream_set_ftp(struct stream *stream)
{
	CURL *easy = stream->request->easy;

	if (url_scheme(stream->url) == URL_SFTP)
		stream_set_ssh(stream);
	else
		stream_set_ftp_commands(stream);
	/* A server may want that the data's connection goes on with the
	 * session of its commands; since 8.12.0 libcurl would take that of
	 * any connection to the same server. */
	if (url_scheme(stream->url) == URL_FTPS)
		net_keep_sessions(stream->request);
	/* The date is the only validator that FTP has. */
	curl_easy_setopt(easy, CURLOPT_FILETIME, 1L);
	if (options_number(stream->options, OPTION_FTP_ACTIVE))
		curl_easy_setopt(easy, CURLOPT_FTPPORT, "-");
	/* A server may not name another address to connect to. */
	curl_easy_setopt(easy, CURLOPT_FTP_SKIP_PASV_IP, 1L);
}

/* Until the data come over TLS, libcurl waits for their connection alone; but
 * it is the control connection that must be heard first, for the server says
 * nothing on the other before it was sent RETR (8.7.0). */
bool
stream_is_deaf(const struct stream *stream)
{
	return stream->ftps && stream->phase == STREAM_ASKED;
}

void
stream_nudge(struct stream *stream)
{
	if (stream_is_deaf(stream))
		net_nudge(stream->transfer->engine->net, stream->request);
}

/* ---- the answer ---- */

/* After FTP's data libcurl waits for the last reply and lets nothing else
 * run, for a minute if need be. What was told is known by then. */
void
stream_on_reply(struct stream *stream, const char *line, size_t length)
{
	if (ftp_take_reply(&stream->replies, line, length))
		curl_easy_setopt(stream->request->easy,
		    CURLOPT_SERVER_RESPONSE_TIMEOUT, STREAM_LAST_REPLY_S);
}

/* An FTP server's replies begin with digits: this is a proxy, which fetches
 * the file for us and tells of it in HTTP. */
void
stream_meet_proxy(struct stream *stream)
{
	stream->http = true;
	curl_easy_setopt(stream->request->easy,
	    CURLOPT_IGNORE_CONTENT_LENGTH, 0L);
}

/* How much is to come, of a server without headers. */
static int64_t
stream_length_told(const struct stream *stream)
{
	int64_t size = stream->replies.size;
	curl_off_t length = -1;

	if (url_scheme(stream->url) == URL_SFTP) {
		curl_easy_getinfo(stream->request->easy,
		    CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
		return length;
	}
	/* Of a file that is shorter by now: less than nothing. */
	if (size >= 0 && stream->ranged)
		size -= stream->part.start - stream->overlap;
	return size;
}

/* FTP tells what it will send in replies, SFTP in those libcurl reads. */
bool
stream_judge_ftp(struct stream *stream)
{
	CURL *easy = stream->request->easy;
	curl_off_t stamp = -1;
	char text[32];

	curl_easy_getinfo(easy, CURLINFO_FILETIME_T, &stamp);
	stream->response.complete = true;
	stream->response.length = stream_length_told(stream);
	stream_note_peer(stream);
	if (stamp >= 0) {
		snprintf(text, sizeof text, "@%lld", (long long)stamp);
		free(stream->response.last_modified);
		stream->response.last_modified = alloc_string(text);
	}
	host_note_setup(stream->host, (double)(clock_monotonic_us() -
	    stream->started_us) / 1e6);
	host_probe_answered(stream->host, stream->transfer->id);
	return answer_judge(stream->transfer, stream);
}

/* ---- the end ---- */

/* A reply of an FTP server ended it: its code is none of HTTP's, 4yz may pass.
 * What it says to a password may be the password. False: something else did. */
bool
stream_refuse_reply(struct stream *stream, CURLcode code, long reply)
{
	const struct ftp_replies *replies = &stream->replies;
	const char *words = code == CURLE_LOGIN_DENIED ? "" : replies->words;
	enum haul_cause cause = failure_cause_of_curl(code);

	if (reply == 0 || reply != replies->refusal ||
	    (cause != HAUL_CAUSE_HTTP && cause != HAUL_CAUSE_BAD_RANGE &&
	    cause != HAUL_CAUSE_SIZE_MISMATCH))
		return false;
	failure_set(&stream->failure, cause == HAUL_CAUSE_HTTP &&
	    reply < 500 ? HAUL_CAUSE_CONNECT : cause, NULL);
	stream->failure.curl_code = code;
	snprintf(stream->failure.text, sizeof stream->failure.text,
	    "FTP %ld%s%s", reply, *words ? " " : "", words);
	return true;
}

/* A file that is gone on with: by what SIZE said of it, or because an SFTP
 * server's ends before the place where it is to go on. */
bool
stream_is_other_size(const struct stream *stream, CURLcode code)
{
	if (url_scheme(stream->url) == URL_SFTP)
		return stream->ranged && code == CURLE_BAD_DOWNLOAD_RESUME;
	return stream->ranged && stream->replies.size >= 0 &&
	    stream->replies.size != stream->transfer->total;
}
