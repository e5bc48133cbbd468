/* SPDX-License-Identifier: MIT
 *
 * Any bytes as the lines of an answer, handed over as libcurl does: one line
 * a call, in a block of its own size so that a read beyond it is seen. What
 * response.h promises of the facts must hold after each.
 */
#include "config.h"

#include "engine/net/response.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_require(bool holds)
{
	if (!holds)
		abort();
}

static void
fuzz_check_text(const char *text)
{
	if (text == NULL)
		return;
	fuzz_require(text[0] != '\0');
	fuzz_require(strlen(text) <= RESPONSE_VALUE_MAX);
}

static void
fuzz_check_range(const struct response *r)
{
	if (!r->has_range) {
		fuzz_require(!r->range_unsatisfied && r->range_start == -1 &&
		    r->range_end == -1 && r->range_total == -1);
	} else if (r->range_unsatisfied) {
		fuzz_require(r->range_start == -1 && r->range_end == -1 &&
		    r->range_total >= 0);
	} else {
		fuzz_require(r->range_start >= 0 &&
		    r->range_end > r->range_start);
		fuzz_require(r->range_total == -1 ||
		    r->range_total >= r->range_end);
	}
}

static void
fuzz_check(const struct response *r)
{
	int64_t wait_ms = response_retry_after_ms(r, 1715126400);

	fuzz_require(r->status == 0 || (r->status >= 100 && r->status <= 999));
	fuzz_require(!r->complete || r->status >= 200);
	fuzz_require(r->length >= -1 && r->length < INT64_MAX);
	fuzz_require(r->date >= -1 && r->retry_after_date >= -1 &&
	    r->retry_after_s >= -1);
	fuzz_require(wait_ms >= 0 && wait_ms <= 86400000);
	fuzz_check_range(r);
	fuzz_check_text(r->etag);
	fuzz_check_text(r->last_modified);
	fuzz_check_text(r->content_type);
	fuzz_check_text(r->content_disposition);
	fuzz_check_text(r->repr_digest);
	fuzz_check_text(r->content_digest);
	fuzz_check_text(r->digest);
	fuzz_check_text(r->reason);
	if (response_etag_is_strong(r->etag))
		fuzz_require(r->etag[0] == '"');
}

static void
fuzz_feed(struct response *r, const uint8_t *bytes, size_t length)
{
	char *line = malloc(length);

	if (line == NULL)
		return;
	memcpy(line, bytes, length);
	response_line(r, line, length);
	free(line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct response r;

	response_init(&r);
	while (size > 0) {
		const uint8_t *end = memchr(data, '\n', size);
		size_t length = end ? (size_t)(end - data) + 1 : size;

		fuzz_feed(&r, data, length);
		fuzz_check(&r);
		data += length;
		size -= length;
	}
	response_release(&r);
	return 0;
}
