/* SPDX-License-Identifier: MIT
 *
 * See doctor.h: the table of checks, and running them. What asks a disk may
 * hang for good where that is one of a network that is gone, which is just
 * what the person wants to know: so those checks run on a thread that is not
 * waited for longer than there is time.
 */
#include "config.h"

#include "doctor-internal.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cmd/run/run.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/text.h"

#define DOCTOR_LIMIT_MS 1500            /* for all checks; two seconds are
                                           promised */
#define DOCTOR_CHECK_MS 700             /* of them for one */
#define DOCTOR_LEAST_MS 100             /* for one when they are over */
#define DOCTOR_STORE_MS 500             /* for reading the store through */

struct doctor_row {
	const char *name;               /* for programs: stays what it is */
	const char *label;
	doctor_check_fn check;
	bool slow;                      /* it asks a disk */
};

static const struct doctor_row doctor_rows[] = {
	{ "haul", "haul", doctor_check_haul, false },
	{ "libcurl", "libcurl", doctor_check_libcurl, false },
	{ "libraries", N_("libraries"), doctor_check_libraries, false },
	{ "clock", N_("clock"), doctor_check_clock, false },
	{ "locale", N_("locale"), doctor_check_locale, false },
	{ "terminal", N_("terminal"), doctor_check_terminal, false },
	{ "certificates", N_("certificates"), doctor_check_certificates,
	    true },
	{ "proxies", N_("proxies"), doctor_check_proxies, false },
	{ "names", N_("name servers"), doctor_check_names, false },
	{ "directory", N_("directory"), doctor_check_directory, true },
	{ "state", N_("store directory"), doctor_check_state, true },
	{ "store", N_("store"), doctor_check_store, true },
	{ "descriptors", N_("descriptors"), doctor_check_descriptors, false },
	{ "limits", N_("limits"), doctor_check_limits, false },
	{ "configuration", N_("configuration"), doctor_check_configuration,
	    false },
	{ "environment", N_("environment"), doctor_check_environment, false },
	{ "logins", N_("logins"), doctor_check_logins, true },
	{ "helpers", N_("helpers"), doctor_check_helpers, true },
};

#define DOCTOR_ROWS (sizeof doctor_rows / sizeof *doctor_rows)

/* ---- findings ---- */

static char *
doctor_join(char *text, char *more, bool sentences)
{
	char *both;

	if (more == NULL || text == NULL)
		return more != NULL ? more : text;
	both = sentences ? memory_format("%s %s", text, more) :
	    memory_format(_("%s, %s"), text, more);
	free(text);
	free(more);
	return both;
}

void
doctor_list(char **text, char *more)
{
	*text = doctor_join(*text, more, false);
}

void
doctor_say(struct doctor_finding *finding, enum doctor_state state,
    char *found, char *advice)
{
	if (state > finding->state)
		finding->state = state;
	doctor_list(&finding->found, found);
	finding->advice = doctor_join(finding->advice, advice, true);
}

void
doctor_release(struct doctor_finding *finding)
{
	free(finding->found);
	free(finding->advice);
	memset(finding, 0, sizeof *finding);
}

char *
doctor_words(int error)
{
	char words[128];

	return memory_string(strerror_r(error, words, sizeof words));
}

/* ---- complaints ---- */

void
doctor_hear(const char *sentence, void *user)
{
	struct doctor_complaints *complaints = user;

	complaints->conf = memory_resize(complaints->conf,
	    complaints->conf_count + 1, sizeof *complaints->conf);
	complaints->conf[complaints->conf_count++] = memory_string(sentence);
}

void
doctor_complaints_release(struct doctor_complaints *complaints)
{
	size_t i;

	for (i = 0; i < complaints->conf_count; i++)
		free(complaints->conf[i]);
	free(complaints->conf);
	free(complaints->environment);
	memset(complaints, 0, sizeof *complaints);
}

/* ---- the case ---- */

static int64_t
doctor_clock_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static const char *
doctor_variable(const char *name)
{
	return getenv(name);
}

static void
doctor_learn(struct doctor_case *of)
{
	struct stat st;

	of->get = doctor_variable;
	of->environ = environ;
	of->now_ms = doctor_clock_ms(CLOCK_REALTIME);
	/* Packages have the time of their making, which is none of ours. */
	if (stat("/proc/self/exe", &st) == 0)
		of->built_ms = st.st_mtime * INT64_C(1000);
	of->limit_ms = DOCTOR_STORE_MS;
	of->resolver = "/etc/resolv.conf";
	getrlimit(RLIMIT_NOFILE, &of->files);
	getrlimit(RLIMIT_FSIZE, &of->file_size);
	getrlimit(RLIMIT_AS, &of->memory);
	haul_libraries(&of->libraries);
}

/* ---- slow checks ---- */

/* One that is left alone is never freed: its thread looks at it. */
struct doctor_errand {
	const struct doctor_case *of;
	doctor_check_fn check;
	struct doctor_finding finding;
	pthread_mutex_t lock;           /* of what follows */
	pthread_cond_t ended;
	bool has_ended;
};

static void
doctor_errand_free(struct doctor_errand *errand)
{
	doctor_release(&errand->finding);
	pthread_cond_destroy(&errand->ended);
	pthread_mutex_destroy(&errand->lock);
	free(errand);
}

static void *
doctor_errand_main(void *user)
{
	struct doctor_errand *errand = user;

	errand->check(errand->of, &errand->finding);
	pthread_mutex_lock(&errand->lock);
	errand->has_ended = true;
	pthread_cond_signal(&errand->ended);
	pthread_mutex_unlock(&errand->lock);
	return NULL;
}

static struct doctor_errand *
doctor_errand_start(const struct doctor_case *of, doctor_check_fn check)
{
	struct doctor_errand *errand = memory_zero(sizeof *errand);
	pthread_condattr_t clock;
	pthread_t thread;

	errand->of = of;
	errand->check = check;
	pthread_mutex_init(&errand->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&errand->ended, &clock);
	pthread_condattr_destroy(&clock);
	if (pthread_create(&thread, NULL, doctor_errand_main, errand) == 0) {
		pthread_detach(thread);
		return errand;
	}
	doctor_errand_free(errand);
	return NULL;
}

/* Its finding; false: it takes too long. */
static bool
doctor_errand_end(struct doctor_errand *errand, int64_t until_ms,
    struct doctor_finding *finding)
{
	struct timespec until = { until_ms / 1000, until_ms % 1000 * 1000000 };
	bool has_ended;

	pthread_mutex_lock(&errand->lock);
	while (!errand->has_ended && pthread_cond_timedwait(&errand->ended,
	    &errand->lock, &until) != ETIMEDOUT)
		;
	has_ended = errand->has_ended;
	pthread_mutex_unlock(&errand->lock);
	if (!has_ended)
		return false;
	*finding = errand->finding;
	memset(&errand->finding, 0, sizeof errand->finding);
	doctor_errand_free(errand);
	return true;
}

/* Who has had little time is not blamed: others took it. */
static void
doctor_tell_late(struct doctor_finding *finding, bool had_time)
{
	doctor_say(finding, had_time ? DOCTOR_WRONG : DOCTOR_NOTE,
	    memory_string(_("no answer in time")), memory_string(_("The disk "
	    "is very slow or gone; a network file system's server may be out "
	    "of reach.")));
}

/* False: its thread is still at it. */
static bool
doctor_run_slow(const struct doctor_case *of, doctor_check_fn check,
    int64_t end_ms, struct doctor_finding *finding)
{
	int64_t now_ms = doctor_clock_ms(CLOCK_MONOTONIC);
	int64_t until_ms = now_ms + DOCTOR_CHECK_MS;
	struct doctor_errand *errand = doctor_errand_start(of, check);
	bool had_time = until_ms <= end_ms;

	if (errand == NULL) {
		check(of, finding);     /* it takes what it takes */
		return true;
	}
	if (!had_time)
		until_ms = end_ms > now_ms + DOCTOR_LEAST_MS ? end_ms :
		    now_ms + DOCTOR_LEAST_MS;
	if (doctor_errand_end(errand, until_ms, finding))
		return true;
	doctor_tell_late(finding, had_time);
	return false;
}

/* ---- the command ---- */

bool
doctor_is_wanted(const struct settings *settings)
{
	return settings->values[SETTINGS_DOCTOR] != 0;
}

static int
doctor_label_cells(void)
{
	int widest = 0, cells;
	size_t i;

	for (i = 0; i < DOCTOR_ROWS; i++) {
		cells = text_width(_(doctor_rows[i].label));
		if (cells > widest)
			widest = cells;
	}
	return widest;
}

/* *left: a thread still looks at the case. */
static enum doctor_state
doctor_run(const struct doctor_case *of, struct doctor_show *show, bool *left)
{
	int64_t end_ms = doctor_clock_ms(CLOCK_MONOTONIC) + DOCTOR_LIMIT_MS;
	int label_cells = doctor_label_cells();
	enum doctor_state worst = DOCTOR_OK;
	const struct doctor_row *row;

	for (row = doctor_rows; row < doctor_rows + DOCTOR_ROWS; row++) {
		struct doctor_finding finding = { .state = DOCTOR_OK };

		if (!row->slow)
			row->check(of, &finding);
		else if (!doctor_run_slow(of, row->check, end_ms, &finding))
			*left = true;
		doctor_show_finding(show, row->name, _(row->label),
		    label_cells, &finding);
		if (finding.state > worst)
			worst = finding.state;
		doctor_release(&finding);
	}
	return worst;
}

int
doctor_command(const struct settings *settings, const struct conf *conf,
    const struct doctor_complaints *complaints)
{
	struct doctor_case of = { .settings = settings, .conf = conf,
	    .complaints = complaints };
	struct doctor_show *show = doctor_show_new(settings);
	int status = RUN_EXIT_DONE;
	sigset_t ends, before;
	bool left = false;

	/* What a check has made is to be taken away before Ctrl-C counts. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &ends, &before);
	doctor_learn(&of);
	if (doctor_run(&of, show, &left) == DOCTOR_WRONG)
		status = RUN_EXIT_FAILED;
	doctor_show_end(show);
	if (left) {
		(void)fflush(stdout);
		_exit(status);          /* nothing of the case is freed */
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return status;
}
