/* SPDX-License-Identifier: MIT
 *
 * What only the library can show, for the integration tests: nothing but
 * haul.h is used (and libcurl in the hook on its handle). Each subcommand
 * prints facts to stdout, one a line, and ends with 0 if the calls did what
 * their contract says.
 *
 *     api results DIR URL...       paths, urls and errors after haul_run()
 *     api three-ways DIR URL       run, one call, and events give the same
 *     api retry DIR URL...         run, retry the failures, run again
 *     api retry-options DIR HEX URL    a retried item keeps its options
 *     api callback DIR URL...      the done callback of each item
 *     api namefn DIR URL...        names chosen by a function
 *     api namefn-fails DIR URL...  the function fails for URLs with "bad"
 *     api easy DIR URL             a hook on the easy handle
 *     api resolve DIR HOST:PORT:ADDRESS[,ADDRESS...] RETRIES URL
 *                                  as if DNS said so
 *     api empty                    nothing in the queue, nothing to retry
 *     api changed-max-conn DIR URL...  from 1 to 3 before the run
 *     api counts URL...            items in the queue, without a run
 *     api bad-url URL              refused when added
 *     api user-data DIR URL...     a pointer comes back with its item
 *     api thread DIR URL           an engine off the main thread
 *     api stop DIR URL             stopped once the answer is known
 *     api stop-start DIR URL       the same, and started again at once
 *     api waiting DIR URL          cancelled and retried while it waits
 *     api late-events DIR URL      events taken when all is over
 */
#include "config.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "haul.h"

/* Ends the program with a sentence unless a call did what it must. */
#define API_CHECK(condition)						\
	do {								\
		if (!(condition)) {					\
			fprintf(stderr, "api: line %d: %s\n", __LINE__,	\
			    #condition);				\
			exit(1);					\
		}							\
	} while (0)

static void
api_set(struct haul_options *options, const char *name, const char *value)
{
	struct haul_error error;

	if (haul_options_set(options, name, value, &error) != HAUL_OK) {
		fprintf(stderr, "api: %s=%s: complaint %d\n", name, value,
		    (int)error.complaint);
		exit(1);
	}
}

/* Options that make failures quick, and fetch into dir. */
static struct haul_options *
api_options(const char *dir)
{
	struct haul_options *options = haul_options_new();

	API_CHECK(options != NULL);
	if (dir != NULL)
		api_set(options, "directory", dir);
	api_set(options, "retries", "0");
	api_set(options, "retry-delay", "50ms");
	api_set(options, "timeout", "5");
	return options;
}

static struct haul *
api_engine(const struct haul_options *options)
{
	struct haul *haul;

	API_CHECK(haul_new(options, &haul, NULL) == HAUL_OK);
	return haul;
}

static haul_id
api_add(struct haul *haul, const char *url,
    const struct haul_options *options, void *user)
{
	struct haul_request request = {
		.url = url, .options = options, .user = user,
	};
	haul_id id = 0;

	API_CHECK(haul_add(haul, &request, &id, NULL) == HAUL_OK);
	API_CHECK(id != 0);
	return id;
}

static void
api_add_all(struct haul *haul, char **urls)
{
	for (; *urls != NULL; urls++)
		api_add(haul, *urls, NULL, NULL);
}

static void
api_print_results(struct haul *haul)
{
	struct haul_results *results = haul_results(haul);
	size_t i;

	API_CHECK(results != NULL);
	for (i = 0; i < results->count; i++)
		printf("ok\t%s\t%s\n", results->urls[i], results->paths[i]);
	for (i = 0; i < results->error_count; i++)
		printf("error\t%s\t%s\t%s\t%d\t%d\t%u\n",
		    results->errors[i].url,
		    results->errors[i].path != NULL ?
		    results->errors[i].path : "-",
		    haul_cause_name(results->errors[i].cause),
		    results->errors[i].http_status,
		    results->errors[i].curl_code,
		    (unsigned)results->errors[i].attempts);
	haul_results_free(results);
}

static void
api_run_and_print(struct haul *haul)
{
	printf("run\t%d\n", (int)haul_run(haul));
	api_print_results(haul);
}

static int
api_results(char **arguments)
{
	struct haul_options *options = api_options(arguments[0]);
	struct haul *haul = api_engine(options);

	haul_options_free(options);
	api_add_all(haul, arguments + 1);
	api_run_and_print(haul);
	haul_free(haul);
	return 0;
}

/* An engine driven by a loop of the caller's: poll(2). */
static void
api_run_by_events(struct haul *haul)
{
	struct pollfd wait = { .fd = haul_fd(haul), .events = POLLIN };
	struct haul_event event;
	bool ended = false;

	API_CHECK(haul_start(haul) == HAUL_OK);
	while (!ended) {
		API_CHECK(poll(&wait, 1, 20000) > 0);
		while (haul_next_event(haul, &event))
			ended = ended || event.kind == HAUL_EVENT_END;
	}
}

/* dir/1, dir/2 and dir/3 receive the same file by the three ways. */
static int
api_three_ways(char **arguments)
{
	char dir[4096];
	const char *urls[] = { arguments[1] };
	struct haul_results *results;
	struct haul_options *options;
	struct haul *haul;
	int way;

	for (way = 1; way <= 3; way++) {
		snprintf(dir, sizeof dir, "%s/%d", arguments[0], way);
		if (way == 2) {
			API_CHECK(haul_download(urls, 1, dir, &results,
			    NULL) == HAUL_OK);
			printf("ok\t%s\t%s\n", results->urls[0],
			    results->paths[0]);
			haul_results_free(results);
			continue;
		}
		options = api_options(dir);
		haul = api_engine(options);
		haul_options_free(options);
		api_add(haul, arguments[1], NULL, NULL);
		if (way == 1)
			API_CHECK(haul_run(haul) == HAUL_OK);
		else
			api_run_by_events(haul);
		api_print_results(haul);
		haul_free(haul);
	}
	return 0;
}

static int
api_retry(char **arguments)
{
	struct haul_options *options = api_options(arguments[0]);
	struct haul *haul = api_engine(options);

	haul_options_free(options);
	api_add_all(haul, arguments + 1);
	api_run_and_print(haul);
	printf("retry\t%zu\n", haul_retry_failed(haul));
	api_run_and_print(haul);
	haul_free(haul);
	return 0;
}

/* An item with a header, a checksum and overwrite=always of its own fails
 * once; what the second try sends and does must be by the same options. */
static int
api_retry_options(char **arguments)
{
	struct haul_options *options = api_options(arguments[0]);
	struct haul_options *own = haul_options_new();
	struct haul *haul = api_engine(options);
	char checksum[256];

	snprintf(checksum, sizeof checksum, "sha256=%s", arguments[1]);
	api_set(own, "header", "X-Mark: kept");
	api_set(own, "checksum", checksum);
	api_set(own, "overwrite", "always");
	api_add(haul, arguments[2], own, NULL);
	haul_options_free(own);
	haul_options_free(options);
	api_run_and_print(haul);
	printf("retry\t%zu\n", haul_retry_failed(haul));
	api_run_and_print(haul);
	haul_free(haul);
	return 0;
}

static pthread_t api_caller;

static void
api_on_done(struct haul *haul, const struct haul_item *item, void *user)
{
	int *calls = user;

	(void)haul;
	++*calls;
	API_CHECK(pthread_equal(pthread_self(), api_caller));
	printf("callback\t%s\t%s\t%s\n", item->url,
	    item->path != NULL ? item->path : "-",
	    haul_cause_name(item->cause));
}

static int
api_callback(char **arguments)
{
	struct haul_options *options = api_options(arguments[0]);
	struct haul *haul;
	int calls = 0;

	api_caller = pthread_self();
	haul_options_on_done(options, api_on_done, &calls);
	haul = api_engine(options);
	haul_options_free(options);
	api_add_all(haul, arguments + 1);
	api_run_and_print(haul);
	printf("calls\t%d\n", calls);
	haul_free(haul);
	return 0;
}

/* "named-SIZE-N", N counting up; fails where the user pointer says so. */
static char *
api_name(const struct haul_answer *answer, char *why, size_t why_size,
    void *user)
{
	static int count;
	char *name;

	if (user != NULL && strstr(answer->url, user) != NULL) {
		snprintf(why, why_size, "the naming function is unhappy");
		return NULL;
	}
	if (asprintf(&name, "named-%" PRId64 "-%d", answer->size_bytes,
	    ++count) < 0)
		return NULL;
	return name;
}

static int
api_namefn(char **arguments, char *unwanted)
{
	struct haul_options *options = api_options(arguments[0]);
	struct haul_results *results;
	struct haul *haul;
	size_t i;

	haul_options_on_name(options, api_name, unwanted);
	haul = api_engine(options);
	haul_options_free(options);
	api_add_all(haul, arguments + 1);
	api_run_and_print(haul);
	results = haul_results(haul);
	for (i = 0; i < results->error_count; i++)
		printf("why\t%s\n", results->errors[i].message);
	haul_results_free(results);
	haul_free(haul);
	return 0;
}

static void
api_adjust(void *easy, void *user)
{
	int *calls = user;

	++*calls;
	curl_easy_setopt((CURL *)easy, CURLOPT_USERAGENT, "adjusted by a hook");
}

static int
api_easy(char **arguments)
{
	struct haul_options *options = api_options(arguments[0]);
	struct haul *haul;
	int calls = 0;

	haul_options_on_easy(options, api_adjust, &calls);
	haul = api_engine(options);
	haul_options_free(options);
	api_add_all(haul, arguments + 1);
	api_run_and_print(haul);
	printf("calls\t%d\n", calls);
	haul_free(haul);
	return 0;
}

static void
api_say_addresses(void *easy, void *list)
{
	curl_easy_setopt((CURL *)easy, CURLOPT_RESOLVE, list);
}

static int
api_resolve(char **arguments)
{
	struct haul_options *options = api_options(arguments[0]);
	struct curl_slist *list = curl_slist_append(NULL, arguments[1]);
	struct haul *haul;

	api_set(options, "retries", arguments[2]);
	api_set(options, "timeout", "1");
	haul_options_on_easy(options, api_say_addresses, list);
	haul = api_engine(options);
	haul_options_free(options);
	api_add_all(haul, arguments + 3);
	api_run_and_print(haul);
	haul_free(haul);
	curl_slist_free_all(list);
	return 0;
}

static int
api_empty(void)
{
	struct haul *haul = api_engine(NULL);

	api_run_and_print(haul);
	printf("retry\t%zu\n", haul_retry_failed(haul));
	api_run_and_print(haul);
	haul_free(haul);
	haul_free(NULL);
	return 0;
}

static int
api_changed_max_conn(char **arguments)
{
	struct haul_options *options = api_options(arguments[0]);
	struct haul *haul;

	api_set(options, "max-conn", "1");
	haul = api_engine(options);
	haul_options_free(options);
	api_add_all(haul, arguments + 1);
	API_CHECK(haul_set(haul, "max-conn", "3", NULL) == HAUL_OK);
	api_run_and_print(haul);
	haul_free(haul);
	return 0;
}

static int
api_counts(char **urls)
{
	struct haul *haul = api_engine(NULL);
	struct haul_totals totals;

	for (; *urls != NULL; urls++) {
		api_add(haul, *urls, NULL, NULL);
		haul_totals(haul, &totals);
		printf("queued\t%" PRIu64 "\t%" PRIu64 "\n", totals.queued,
		    totals.files);
	}
	haul_free(haul);
	return 0;
}

static int
api_bad_url(char **arguments)
{
	struct haul *haul = api_engine(NULL);
	struct haul_request request = { .url = arguments[0] };
	struct haul_totals totals;
	struct haul_error error = { 0 }, before = { 0 };
	haul_id id;

	printf("check\t%d\n", (int)haul_check(haul, &request, &before));
	printf("checked\t%d\n", (int)before.complaint);
	printf("add\t%d\n", (int)haul_add(haul, &request, &id, &error));
	haul_totals(haul, &totals);
	printf("complaint\t%d\nqueued\t%" PRIu64 "\n", (int)error.complaint,
	    totals.files);
	haul_free(haul);
	return 0;
}

static int
api_user_data(char **arguments)
{
	struct haul_options *options = api_options(arguments[0]);
	struct haul *haul = api_engine(options);
	struct haul_item *item;
	haul_id id;
	char **url;

	haul_options_free(options);
	for (url = arguments + 1; *url != NULL; url++)
		api_add(haul, *url, NULL, url);
	API_CHECK(haul_run(haul) == HAUL_OK);
	for (url = arguments + 1, id = 1; *url != NULL; url++, id++) {
		item = haul_item(haul, id);
		API_CHECK(item != NULL && item->user == url);
		API_CHECK(strcmp(item->url, *url) == 0);
		printf("state\t%d\t%" PRId64 "\n", (int)item->state,
		    item->got_bytes);
		haul_item_free(item);
	}
	API_CHECK(haul_item(haul, id) == NULL);
	haul_free(haul);
	return 0;
}

static void *
api_thread_main(void *arguments)
{
	return (void *)(intptr_t)api_results(arguments);
}

static int
api_thread(char **arguments)
{
	pthread_t thread;
	void *result;

	API_CHECK(pthread_create(&thread, NULL, api_thread_main,
	    arguments) == 0);
	API_CHECK(pthread_join(thread, &result) == 0);
	return (int)(intptr_t)result;
}

static const char *
api_event_name(enum haul_event_kind kind)
{
	static const char *const names[] = {
		[HAUL_EVENT_START] = "start", [HAUL_EVENT_META] = "meta",
		[HAUL_EVENT_RETRY] = "retry", [HAUL_EVENT_DONE] = "done",
		[HAUL_EVENT_SKIP] = "skip", [HAUL_EVENT_FAIL] = "fail",
		[HAUL_EVENT_WARN] = "warn", [HAUL_EVENT_STATE] = "state",
		[HAUL_EVENT_END] = "end",
	};

	return names[kind];
}

/* The next event, printed: kind, attempt, cause, status, stopped. */
static struct haul_event
api_await_event(struct haul *haul)
{
	struct pollfd wait = { .fd = haul_fd(haul), .events = POLLIN };
	struct haul_event event;

	while (!haul_next_event(haul, &event))
		API_CHECK(poll(&wait, 1, 20000) > 0);
	printf("event\t%s\t%u\t%s\t%d\t%d\n", api_event_name(event.kind),
	    (unsigned)event.attempt, haul_cause_name(event.cause),
	    event.http_status, event.stopped);
	return event;
}

/* An engine with the one URL, started. */
static struct haul *
api_start(char **arguments, const char *retry_delay)
{
	struct haul_options *options = api_options(arguments[0]);
	struct haul *haul;

	api_set(options, "retries", "9");
	api_set(options, "retry-delay", retry_delay);
	haul = api_engine(options);
	haul_options_free(options);
	api_add_all(haul, arguments + 1);
	API_CHECK(haul_start(haul) == HAUL_OK);
	return haul;
}

/* Stops once the item's answer is known; the file is not whole by then. */
static int
api_stop(char **arguments)
{
	struct haul *haul = api_start(arguments, "50ms");
	struct haul_event event;

	do {
		event = api_await_event(haul);
		if (event.kind == HAUL_EVENT_META)
			haul_stop(haul);
	} while (event.kind != HAUL_EVENT_END);
	haul_free(haul);
	return 0;
}

static int
api_stop_start(char **arguments)
{
	struct haul *haul = api_start(arguments, "50ms");
	struct haul_event event;
	bool stopped = false;

	do {
		event = api_await_event(haul);
		if (event.kind != HAUL_EVENT_META || stopped)
			continue;
		stopped = true;
		haul_stop(haul);
		API_CHECK(haul_start(haul) == HAUL_OK);
	} while (event.kind != HAUL_EVENT_END || event.stopped);
	api_print_results(haul);
	haul_free(haul);
	return 0;
}

/* Its first attempt fails, and the next is far away. */
static int
api_waiting(char **arguments)
{
	struct haul *haul = api_start(arguments, "60");
	struct haul_event event;

	do {
		event = api_await_event(haul);
		if (event.kind == HAUL_EVENT_RETRY) {
			API_CHECK(haul_retry_failed(haul) == 0);
			API_CHECK(haul_cancel(haul, event.id) == HAUL_OK);
		} else if (event.kind == HAUL_EVENT_FAIL) {
			API_CHECK(haul_retry(haul, event.id) == HAUL_OK);
		}
	} while (event.kind != HAUL_EVENT_DONE);
	event = api_await_event(haul);
	API_CHECK(event.kind == HAUL_EVENT_END);
	api_print_results(haul);
	haul_free(haul);
	return 0;
}

/* Nobody looks until it is over: each event still tells its own failure. */
static int
api_late_events(char **arguments)
{
	struct haul *haul = api_start(arguments, "1ms");
	const struct timespec pause = { 0, 10 * 1000 * 1000 };
	struct haul_totals totals;
	struct haul_event event;
	int looks = 0;

	do {
		nanosleep(&pause, NULL);
		haul_totals(haul, &totals);
		API_CHECK(++looks < 2000);
	} while (totals.done + totals.failed == 0);
	do {
		event = api_await_event(haul);
	} while (event.kind != HAUL_EVENT_END);
	haul_free(haul);
	return 0;
}

static const struct {
	const char *name;
	int least;              /* arguments */
	int (*run)(char **);
} api_commands[] = {
	{ "results", 1, api_results },
	{ "three-ways", 2, api_three_ways },
	{ "retry", 1, api_retry },
	{ "retry-options", 3, api_retry_options },
	{ "callback", 1, api_callback },
	{ "easy", 1, api_easy },
	{ "resolve", 4, api_resolve },
	{ "changed-max-conn", 1, api_changed_max_conn },
	{ "counts", 0, api_counts },
	{ "bad-url", 1, api_bad_url },
	{ "user-data", 1, api_user_data },
	{ "thread", 1, api_thread },
	{ "stop", 2, api_stop },
	{ "stop-start", 2, api_stop_start },
	{ "waiting", 2, api_waiting },
	{ "late-events", 2, api_late_events },
};

int
main(int argc, char **argv)
{
	char bad[] = "bad";
	size_t i;

	signal(SIGPIPE, SIG_IGN);
	if (argc < 2)
		return 2;
	if (strcmp(argv[1], "empty") == 0)
		return api_empty();
	if (argc > 2 && strcmp(argv[1], "namefn") == 0)
		return api_namefn(argv + 2, NULL);
	if (argc > 2 && strcmp(argv[1], "namefn-fails") == 0)
		return api_namefn(argv + 2, bad);
	for (i = 0; i < sizeof api_commands / sizeof *api_commands; i++)
		if (strcmp(argv[1], api_commands[i].name) == 0 &&
		    argc - 2 >= api_commands[i].least)
			return api_commands[i].run(argv + 2);
	fprintf(stderr, "api: see the top of api.c\n");
	return 2;
}
