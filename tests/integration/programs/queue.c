/* SPDX-License-Identifier: MIT
 *
 * The calls that change a queue, for the integration tests: nothing but
 * haul.h is used. The options of the engine are the arguments (NAME=VALUE);
 * what to do is read from stdin, one call a line, its words separated by
 * blanks. Each line's answer is printed as "WORD RESULT ...", each event as
 * "event KIND ID STATE"; the done callback as "done ID STATE CAUSE".
 *
 *     add URL [paused|NAME=VALUE...]      start       stop     hold N
 *     pause|resume|restore|retry|cancel ID            remove ID [data]
 *     move ID BEFORE|first                edit ID keep|new URL
 *     set NAME VALUE      setitem ID NAME [VALUE]     get ID NAME
 *     until ID STATE      bytes ID N      end         sleep MS
 *     row ID   time ID   item ID   totals   connections ID   results
 *     view STATES ORDER [reverse]    rank ID STATES ORDER    parts ID
 *     random SEED CALLS           that many calls at random, see below
 */
#include "config.h"

#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "haul.h"

#define QUEUE_WORDS 8
#define QUEUE_PATIENCE_MS 20000
#define QUEUE_ITEMS 1000

#define QUEUE_CHECK(condition)						\
	do {								\
		if (!(condition)) {					\
			fprintf(stderr, "queue: line %d: %s\n",		\
			    __LINE__, #condition);			\
			exit(1);					\
		}							\
	} while (0)

static const char *const queue_states[HAUL_STATE_COUNT] = {
	"queued", "paused", "connecting", "active", "verifying", "waiting",
	"done", "skipped", "failed", "removed"
};
static const char *const queue_kinds[] = {
	"start", "meta", "retry", "done", "skip", "fail", "warn", "state",
	"end"
};

static struct haul *haul;
static bool ended;
static bool quiet;
/* Done callbacks owed for each item: one an end, none twice. */
static int owed[QUEUE_ITEMS + 1];

static int64_t
queue_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int
queue_state(const char *name)
{
	int i;

	for (i = 0; i < HAUL_STATE_COUNT; i++)
		if (strcmp(queue_states[i], name) == 0)
			return i;
	QUEUE_CHECK(!"a state of that name");
	return -1;
}

/* "queued,failed", or "all". */
static unsigned
queue_mask(char *names)
{
	unsigned mask = 0;
	char *name, *rest = names;

	if (strcmp(names, "all") == 0)
		return HAUL_IN_ALL;
	while ((name = strsep(&rest, ",")) != NULL)
		mask |= HAUL_IN(queue_state(name));
	return mask;
}

static struct haul_view
queue_view(char **words)
{
	struct haul_view view = { .states = queue_mask(words[0]) };

	if (words[1] != NULL && strcmp(words[1], "ended") == 0)
		view.order = HAUL_ORDER_ENDED;
	else if (words[1] != NULL && strcmp(words[1], "started") == 0)
		view.order = HAUL_ORDER_STARTED;
	view.reverse = words[1] != NULL && words[2] != NULL;
	return view;
}

/* ---- events ---- */

static void
queue_on_done(struct haul *engine, const struct haul_item *item, void *user)
{
	(void)engine;
	(void)user;
	owed[item->id]--;
	if (!quiet)
		printf("done %" PRIu64 " %s %s\n", item->id,
		    queue_states[item->state], haul_cause_name(item->cause));
}

static void
queue_take_events(int wait_ms)
{
	struct pollfd ready = { .fd = haul_fd(haul), .events = POLLIN };
	struct haul_event event;

	poll(&ready, 1, wait_ms);
	while (haul_next_event(haul, &event)) {
		if (event.kind == HAUL_EVENT_END)
			ended = true;
		else if (event.kind == HAUL_EVENT_DONE ||
		    event.kind == HAUL_EVENT_SKIP ||
		    event.kind == HAUL_EVENT_FAIL)
			owed[event.id]++;
		if (!quiet)
			printf("event %s %" PRIu64 " %s %d\n",
			    queue_kinds[event.kind], event.id,
			    queue_states[event.state], (int)event.note);
	}
}

/* ---- waiting ---- */

static bool
queue_is_in(haul_id id, int state)
{
	struct haul_row row;

	return haul_row(haul, id, &row) && (int)row.state == state;
}

static bool
queue_has_bytes(haul_id id, int bytes)
{
	struct haul_row row;

	return haul_row(haul, id, &row) && row.got_bytes >= bytes;
}

static bool
queue_has_ended(haul_id id, int unused)
{
	(void)id;
	(void)unused;
	return ended;
}

static void
queue_wait(bool (*is_so)(haul_id, int), haul_id id, int value)
{
	int64_t until = queue_now_ms() + QUEUE_PATIENCE_MS;

	while (!is_so(id, value)) {
		if (queue_now_ms() > until) {
			struct haul_row row = { 0 };

			haul_row(haul, id, &row);
			fprintf(stderr, "queue: waited in vain for %" PRIu64
			    " %d: it is %s with %" PRId64 " bytes\n", id,
			    value, queue_states[row.state], row.got_bytes);
			exit(1);
		}
		queue_take_events(5);
	}
}

/* ---- looking ---- */

static void
queue_print_row(haul_id id)
{
	struct haul_row row;

	if (!haul_row(haul, id, &row)) {
		puts("row none");
		return;
	}
	printf("row %" PRIu64 " %s %s %d %" PRId64 " %" PRId64 " %u %u %s "
	    "%s\n", row.id, queue_states[row.state],
	    haul_cause_name(row.cause), row.http_status, row.got_bytes,
	    row.size_bytes, row.connections, row.connections_wanted,
	    row.host, row.name);
}

static void
queue_print_item(haul_id id)
{
	struct haul_item *item = haul_item(haul, id);

	QUEUE_CHECK(item != NULL);
	printf("item rank=%" PRId64 " began=%d ended=%d server=%s http=%d "
	    "address=%s redirects=%u connect=%" PRId64 " tls=%" PRId64
	    " first=%" PRId64 " url=%s history=%zu tries=%u\n",
	    item->added_rank,
	    item->started_at_ms > 0, item->ended_at_ms > 0,
	    item->server ? item->server : "-", item->http_version,
	    item->address ? item->address : "-", item->redirects,
	    item->connect_ms, item->tls_ms, item->first_byte_ms, item->url,
	    item->history_count, item->attempts);
	if (item->history_count > 0)
		printf("attempt %d %" PRId64 " %" PRId64 " %" PRId64
		    " %" PRId64 "\n", item->history[0].started_ms > 0,
		    item->history[0].time_ms - item->history[0].started_ms,
		    item->history[0].connect_ms, item->history[0].tls_ms,
		    item->history[0].first_byte_ms);
	haul_item_free(item);
}

static void
queue_print_totals(void)
{
	struct haul_totals now;

	haul_totals(haul, &now);
	printf("totals files=%" PRIu64 " queued=%" PRIu64 " paused=%" PRIu64
	    " active=%" PRIu64 " waiting=%" PRIu64 " done=%" PRIu64
	    " skipped=%" PRIu64 " failed=%" PRIu64 " removed=%" PRIu64
	    " got=%" PRId64 " size=%" PRId64 " hold=%d running=%d conns=%u\n",
	    now.files, now.queued, now.paused, now.active, now.waiting,
	    now.done, now.skipped, now.failed, now.removed, now.got_bytes,
	    now.size_bytes, (int)now.hold, now.running, now.connections);
}

static void
queue_print_view(char **words)
{
	struct haul_view view = queue_view(words);
	struct haul_row *rows = calloc(QUEUE_ITEMS, sizeof *rows);
	size_t n, i;

	QUEUE_CHECK(rows != NULL);
	n = haul_rows(haul, &view, 0, rows, QUEUE_ITEMS);
	QUEUE_CHECK(n == haul_count(haul, &view));
	printf("view");
	for (i = 0; i < n; i++)
		printf(" %" PRIu64, rows[i].id);
	putchar('\n');
	free(rows);
}

static void
queue_print_connections(haul_id id)
{
	struct haul_connection list[16];
	size_t n = haul_connections(haul, id, list, 16), i;

	printf("connections %zu\n", n);
	for (i = 0; i < n; i++)
		printf("connection %" PRId64 " %" PRId64 " %" PRId64 " %d %d "
		    "%d %s %" PRId64 "\n", list[i].start, list[i].end,
		    list[i].got_bytes, list[i].http_version, list[i].tls,
		    list[i].receiving, list[i].address, list[i].speed_bps);
}

static void
queue_print_results(void)
{
	struct haul_results *results = haul_results(haul);
	size_t i;

	for (i = 0; i < results->count; i++)
		printf("ok %s %s\n", results->urls[i], results->paths[i]);
	for (i = 0; i < results->error_count; i++)
		printf("error %" PRIu64 " %s\n", results->errors[i].id,
		    haul_cause_name(results->errors[i].cause));
	haul_results_free(results);
}

/* ---- at random ---- */

static uint64_t seed;

static unsigned
queue_dice(unsigned sides)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % sides;
}

static atomic_bool looking;

/* Another thread that looks at everything meanwhile. */
static void *
queue_look(void *unused)
{
	static const enum haul_order orders[] = { HAUL_ORDER_QUEUE,
	    HAUL_ORDER_ENDED, HAUL_ORDER_STARTED };
	struct haul_connection connections[8];
	struct haul_range parts[8];
	struct haul_row rows[8];
	struct haul_totals now;
	struct haul_item *item;
	uint64_t rank, last = 0;
	int i;

	while (atomic_load(&looking)) {
		for (i = 0; i < 3; i++) {
			struct haul_view view = { HAUL_IN_ALL, orders[i],
			    i == 1 };
			size_t n = haul_rows(haul, &view, 0, rows, 8);

			if (n > 0) {
				haul_rank(haul, &view, rows[0].id, &rank);
				haul_segments(haul, rows[0].id, parts, 8);
				haul_connections(haul, rows[0].id,
				    connections, 8);
				item = haul_item(haul, rows[0].id);
				haul_item_free(item);
			}
		}
		haul_active(haul, rows, 8);
		haul_totals(haul, &now);
		QUEUE_CHECK(now.changes >= last);
		last = now.changes;
		poll(NULL, 0, 1);
	}
	return unused;
}

/* What must hold at any time, whatever was called. */
static void
queue_check_all(void)
{
	struct haul_view all = { HAUL_IN_ALL, HAUL_ORDER_QUEUE, false };
	static struct haul_row rows[QUEUE_ITEMS];
	static bool seen[QUEUE_ITEMS + 1];
	struct haul_totals now;
	size_t n, i;

	haul_totals(haul, &now);
	QUEUE_CHECK(now.files == now.queued + now.paused + now.active +
	    now.waiting + now.done + now.skipped + now.failed);
	QUEUE_CHECK(now.got_bytes >= 0 && now.size_bytes >= 0);
	n = haul_rows(haul, &all, 0, rows, QUEUE_ITEMS);
	QUEUE_CHECK(n == now.files);
	memset(seen, 0, sizeof seen);
	for (i = 0; i < n; i++) {
		QUEUE_CHECK(rows[i].id >= 1 && rows[i].id <= QUEUE_ITEMS);
		QUEUE_CHECK(!seen[rows[i].id]);
		seen[rows[i].id] = true;
		QUEUE_CHECK(rows[i].got_bytes >= 0);
		QUEUE_CHECK(rows[i].size_bytes < 0 ||
		    rows[i].got_bytes <= rows[i].size_bytes);
	}
}

static void
queue_call_at_random(haul_id count, const char *other_url)
{
	static const char *const conns[] = { "1", "2", "3", "8" };
	static const char *const rates[] = { "0", "200K", "1M" };
	haul_id id = queue_dice((unsigned)count + 2);   /* 0 and one beyond */
	haul_id other = queue_dice((unsigned)count + 2);
	struct haul_error error;
	enum haul_result r = HAUL_OK;

	switch (queue_dice(20)) {
	case 0:
	case 1:
		r = haul_pause(haul, id);
		break;
	case 2:
	case 3:
	case 4:
		r = haul_resume(haul, id);
		break;
	case 5:
		r = haul_remove(haul, id, queue_dice(2));
		break;
	case 6:
	case 7:
		r = haul_restore(haul, id);
		break;
	case 8:
	case 9:
		r = haul_move(haul, id, queue_dice(4) ? other : HAUL_FIRST);
		break;
	case 10:
		r = haul_hold(haul, (enum haul_hold)queue_dice(3));
		break;
	case 11:
		r = haul_hold(haul, HAUL_HOLD_NOTHING);
		break;
	case 12:
		r = haul_cancel(haul, id);
		break;
	case 13:
	case 14:
		r = haul_retry(haul, id);
		break;
	case 15:
		haul_retry_failed(haul);
		break;
	case 16:
		r = haul_edit(haul, id, other_url, queue_dice(2), &error);
		break;
	case 17:
		r = haul_set(haul, queue_dice(2) ? "max-conn" : "max-host-conn",
		    conns[queue_dice(4)], NULL);
		break;
	case 18:
		r = haul_set_item(haul, id, queue_dice(2) ? "max-splits" :
		    "limit-rate-file", rates[queue_dice(3)], NULL);
		break;
	default:
		if (queue_dice(8) == 0)
			haul_stop(haul);
		QUEUE_CHECK(haul_start(haul) == HAUL_OK);
		break;
	}
	QUEUE_CHECK(r == HAUL_OK || r == HAUL_ESTATE || r == HAUL_ENOENT ||
	    r == HAUL_EUSAGE);
	QUEUE_CHECK(r != HAUL_ENOENT || id == 0 || id > count ||
	    other > count);
}

/* Brings every item to its end, whatever was done to it. */
static void
queue_finish_all(haul_id count)
{
	int64_t until = queue_now_ms() + 3 * QUEUE_PATIENCE_MS;
	struct haul_totals now;
	haul_id id;

	QUEUE_CHECK(haul_hold(haul, HAUL_HOLD_NOTHING) == HAUL_OK);
	QUEUE_CHECK(haul_set(haul, "max-conn", "8", NULL) == HAUL_OK);
	do {
		QUEUE_CHECK(queue_now_ms() < until);
		for (id = 1; id <= count; id++) {
			haul_restore(haul, id);
			haul_resume(haul, id);
			if (haul_set_item(haul, id, "limit-rate-file", "0",
			    NULL) == HAUL_OK)
				haul_retry(haul, id);
		}
		QUEUE_CHECK(haul_start(haul) == HAUL_OK);
		queue_take_events(20);
		haul_totals(haul, &now);
	} while (now.done + now.skipped < count);
	queue_take_events(50);
}

/* The last item's URL is what others are edited to be: it serves all. */
static void
queue_random(int calls)
{
	struct haul_totals now;
	struct haul_item *last;
	pthread_t thread;
	haul_id id;
	int i;

	quiet = true;
	haul_totals(haul, &now);
	last = haul_item(haul, now.files);
	atomic_store(&looking, true);
	QUEUE_CHECK(pthread_create(&thread, NULL, queue_look, NULL) == 0);
	QUEUE_CHECK(haul_start(haul) == HAUL_OK);
	for (i = 0; i < calls; i++) {
		queue_call_at_random(now.files, last->url);
		queue_take_events(queue_dice(10) == 0 ? 5 : 0);
		queue_check_all();
	}
	queue_finish_all(now.files);
	atomic_store(&looking, false);
	pthread_join(thread, NULL);
	queue_check_all();
	for (id = 1; id <= now.files; id++) {
		struct haul_item *item = haul_item(haul, id);

		QUEUE_CHECK(owed[id] <= 0);     /* removals owe, too */
		printf("file %s %s\n", item->url, item->path);
		haul_item_free(item);
	}
	haul_item_free(last);
}

/* ---- the script ---- */

static void
queue_set_all(struct haul_options *options, char **words)
{
	char *value;

	for (; *words != NULL; words++) {
		value = strchr(*words, '=');
		QUEUE_CHECK(value != NULL);
		*value++ = '\0';
		QUEUE_CHECK(haul_options_set(options, *words, value, NULL) ==
		    HAUL_OK);
	}
}

static void
queue_add(char **words)
{
	struct haul_options *options = NULL;
	struct haul_request request = { .url = words[0] };
	haul_id id = 0;

	words++;
	if (*words != NULL && strcmp(*words, "paused") == 0) {
		request.paused = true;
		words++;
	}
	if (*words != NULL) {
		options = haul_options_new();
		queue_set_all(options, words);
	}
	request.options = options;
	QUEUE_CHECK(haul_add(haul, &request, &id, NULL) == HAUL_OK);
	QUEUE_CHECK(id <= QUEUE_ITEMS);
	haul_options_free(options);
}

/* Calls that answer with a result; -1: it is none of them. */
static int
queue_call(const char *call, char **words)
{
	haul_id id = words[0] ? strtoull(words[0], NULL, 10) : 0;
	struct haul_error error = { 0 };

	if (strcmp(call, "pause") == 0)
		return (int)haul_pause(haul, id);
	if (strcmp(call, "resume") == 0)
		return (int)haul_resume(haul, id);
	if (strcmp(call, "restore") == 0)
		return (int)haul_restore(haul, id);
	if (strcmp(call, "retry") == 0)
		return (int)haul_retry(haul, id);
	if (strcmp(call, "cancel") == 0)
		return (int)haul_cancel(haul, id);
	if (strcmp(call, "hold") == 0)
		return (int)haul_hold(haul, (enum haul_hold)id);
	if (strcmp(call, "remove") == 0)
		return (int)haul_remove(haul, id, words[1] != NULL);
	if (strcmp(call, "move") == 0)
		return (int)haul_move(haul, id, strcmp(words[1], "first") ?
		    strtoull(words[1], NULL, 10) : HAUL_FIRST);
	if (strcmp(call, "edit") == 0)
		return (int)haul_edit(haul, id, words[2],
		    strcmp(words[1], "keep") == 0, &error);
	if (strcmp(call, "set") == 0)
		return (int)haul_set(haul, words[0], words[1], &error);
	if (strcmp(call, "setitem") == 0)
		return (int)haul_set_item(haul, id, words[1],
		    words[2] != NULL ? words[2] : "", &error);
	return -1;
}

static void
queue_print_rank(char **words)
{
	struct haul_view view = queue_view(words + 1);
	uint64_t rank;
	bool found = haul_rank(haul, &view, strtoull(words[0], NULL, 10),
	    &rank);

	printf("rank %d %" PRIu64 "\n", found, rank);
}

static void
queue_look_at(const char *call, char **words)
{
	haul_id id = words[0] ? strtoull(words[0], NULL, 10) : 0;
	char text[256];

	if (strcmp(call, "row") == 0) {
		queue_print_row(id);
	} else if (strcmp(call, "item") == 0) {
		queue_print_item(id);
	} else if (strcmp(call, "totals") == 0) {
		queue_print_totals();
	} else if (strcmp(call, "view") == 0) {
		queue_print_view(words);
	} else if (strcmp(call, "rank") == 0) {
		queue_print_rank(words);
	} else if (strcmp(call, "time") == 0) {
		struct haul_row row;

		QUEUE_CHECK(haul_row(haul, id, &row));
		printf("time %" PRIu64 " %.3f\n", id, (double)row.elapsed_ms /
		    1000);
	} else if (strcmp(call, "connections") == 0) {
		queue_print_connections(id);
	} else if (strcmp(call, "results") == 0) {
		queue_print_results();
	} else if (strcmp(call, "get") == 0) {
		bool found = haul_get(haul, id, words[1], text, sizeof text);

		printf("get %d %s\n", found, text);
	} else {
		fprintf(stderr, "queue: %s?\n", call);
		exit(2);
	}
}

static void
queue_do(const char *call, char **words)
{
	haul_id id = words[0] ? strtoull(words[0], NULL, 10) : 0;
	int answer = queue_call(call, words);

	if (answer >= 0) {
		printf("%s %d\n", call, answer);
	} else if (strcmp(call, "add") == 0) {
		queue_add(words);
	} else if (strcmp(call, "start") == 0) {
		ended = false;
		QUEUE_CHECK(haul_start(haul) == HAUL_OK);
	} else if (strcmp(call, "stop") == 0) {
		haul_stop(haul);
	} else if (strcmp(call, "until") == 0) {
		queue_wait(queue_is_in, id, queue_state(words[1]));
	} else if (strcmp(call, "bytes") == 0) {
		queue_wait(queue_has_bytes, id,
		    (int)strtol(words[1], NULL, 10));
	} else if (strcmp(call, "end") == 0) {
		queue_wait(queue_has_ended, 0, 0);
		ended = false;
	} else if (strcmp(call, "sleep") == 0) {
		int64_t until = queue_now_ms() + (int64_t)id;

		while (queue_now_ms() < until)
			queue_take_events((int)(until - queue_now_ms()));
	} else if (strcmp(call, "random") == 0) {
		seed = id;
		queue_random((int)strtol(words[1], NULL, 10));
	} else {
		queue_look_at(call, words);
	}
}

int
main(int argc, char **argv)
{
	struct haul_options *options = haul_options_new();
	char *words[QUEUE_WORDS + 1], *rest, line[4096];
	int n;

	(void)argc;
	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, NULL, _IOLBF, 0);
	queue_set_all(options, argv + 1);
	haul_options_on_done(options, queue_on_done, NULL);
	QUEUE_CHECK(haul_new(options, &haul, NULL) == HAUL_OK);
	haul_options_free(options);
	while (fgets(line, sizeof line, stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		memset(words, 0, sizeof words);
		for (rest = line, n = 0; rest != NULL && n < QUEUE_WORDS; n++)
			words[n] = strsep(&rest, " ");
		if (*words[0] != '\0')
			queue_do(words[0], words + 1);
	}
	queue_take_events(50);
	haul_free(haul);
	return 0;
}
