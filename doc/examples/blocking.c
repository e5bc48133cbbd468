/* SPDX-License-Identifier: MIT
 *
 * The plain way: fill the queue, run it, look at what became of it.
 *
 *     blocking DIRECTORY URL [ALGORITHM=HEX] [URL [ALGORITHM=HEX]]...
 *
 * Sorts files into folders by their kind (text/, image/ ...). Prints
 * "path<TAB>url" for each file, and "url<TAB>cause<TAB>message" to stderr for
 * each failure. Ends with 0 if all went well, 1 if something failed, 2 if it
 * was called wrongly.
 */
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <haul.h>

/* Called once for each item that ends, from within haul_run() and on its
 * thread: what it touches needs no lock. */
static void
blocking_done(struct haul *haul, const struct haul_item *item, void *user)
{
	const pthread_t *caller = user;

	(void)haul;
	assert(pthread_equal(*caller, pthread_self()));
	fprintf(stderr, "ended: %s\n", item->url);
}

/* "image/a.png" for a.png. An answer is not to be trusted: only letters are
 * taken of it, and haul's suggestion, which is safe. */
static char *
blocking_name(const struct haul_answer *answer, char *why, size_t why_size,
    void *user)
{
	const char *kind = answer->content_type ? answer->content_type : "";
	size_t letters = strspn(kind, "abcdefghijklmnopqrstuvwxyz");
	size_t size = letters + strlen(answer->suggested_name) + 2;
	char *name = malloc(size);

	(void)user;
	if (name == NULL)
		snprintf(why, why_size, "no memory for a name");
	else
		snprintf(name, size, "%.*s%s%s", (int)letters, kind,
		    letters > 0 ? "/" : "", answer->suggested_name);
	return name;
}

/* Whatever libcurl can do and haul has no option for. It sees redirected
 * requests to other hosts too: no place for secrets. */
static void
blocking_adjust(void *easy, void *user)
{
	(void)user;
	curl_easy_setopt(easy, CURLOPT_COOKIE, "visited=yes");
}

/* The options of one item go before those of the engine. */
static enum haul_result
blocking_add(struct haul *haul, const char *url, const char *checksum,
    struct haul_error *error)
{
	struct haul_options *options = haul_options_new();
	struct haul_request request = { .url = url, .options = options };
	enum haul_result result;

	haul_options_on_name(options, blocking_name, NULL);
	haul_options_on_easy(options, blocking_adjust, NULL);
	result = haul_options_set(options, "header", "X-Example: blocking",
	    error);
	if (result == HAUL_OK && checksum != NULL)
		result = haul_options_set(options, "checksum", checksum,
		    error);
	if (result == HAUL_OK)
		result = haul_add(haul, &request, NULL, error);
	haul_options_free(options);
	return result;
}

/* Runs, and then once more for what another try can help: a 404 would not be
 * found the second time either. */
static enum haul_result
blocking_run(struct haul *haul)
{
	enum haul_result result = haul_run(haul);
	struct haul_results *results = haul_results(haul);
	size_t i, again = 0;

	for (i = 0; i < results->error_count; i++) {
		const struct haul_failure *failure = &results->errors[i];

		if (haul_cause_can_retry(failure->cause, failure->http_status))
			again += haul_retry(haul, failure->id) == HAUL_OK;
	}
	haul_results_free(results);
	return again > 0 ? haul_run(haul) : result;
}

/* A message may hold a server's words: a program that writes to terminals has
 * to make it safe first. */
static void
blocking_report(struct haul *haul)
{
	struct haul_results *results = haul_results(haul);
	size_t i;

	for (i = 0; i < results->count; i++)
		printf("%s\t%s\n", results->paths[i], results->urls[i]);
	for (i = 0; i < results->error_count; i++)
		fprintf(stderr, "%s\t%s\t%s\n", results->errors[i].url,
		    haul_cause_name(results->errors[i].cause),
		    results->errors[i].message);
	haul_results_free(results);
}

/* The engine's options hold for all items that have none of their own. One
 * further try in a run is enough here, because there may be another run. */
static enum haul_result
blocking_open(struct haul **haul, const char *dir, pthread_t *caller,
    struct haul_error *error)
{
	struct haul_options *options = haul_options_new();
	enum haul_result result;

	haul_options_on_done(options, blocking_done, caller);
	result = haul_options_set(options, "directory", dir, error);
	if (result == HAUL_OK)
		result = haul_options_set(options, "retries", "1", error);
	if (result == HAUL_OK)
		result = haul_new(options, haul, error);
	haul_options_free(options);
	return result;
}

int
main(int argc, char **argv)
{
	struct haul_error error = { .result = HAUL_OK };
	pthread_t caller = pthread_self();
	enum haul_result result;
	struct haul *haul = NULL;
	int i;

	if (argc < 3) {
		fprintf(stderr, "usage: %s DIRECTORY URL [ALGORITHM=HEX] "
		    "...\n", argv[0]);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);       /* libcurl may write to a closed
	                                   socket */
	result = blocking_open(&haul, argv[1], &caller, &error);
	for (i = 2; result == HAUL_OK && i < argc; i++) {
		const char *url = argv[i], *checksum = NULL;

		if (i + 1 < argc && strstr(argv[i + 1], "://") == NULL)
			checksum = argv[++i];
		result = blocking_add(haul, url, checksum, &error);
	}
	if (result != HAUL_OK) {
		fprintf(stderr, "%s is not right: '%s'\n", error.option,
		    error.value);
		haul_free(haul);
		return 2;
	}
	result = blocking_run(haul);
	blocking_report(haul);
	haul_free(haul);
	return result == HAUL_OK ? 0 : 1;
}
