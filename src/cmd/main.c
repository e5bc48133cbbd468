/* SPDX-License-Identifier: MIT
 *
 * The haul command: makes the process ready, reads configuration, environment
 * and arguments, and runs. The last two are read first without the files,
 * since they say which files there are.
 */
#include "config.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "arguments.h"
#include "cmd/conf/conf.h"
#include "cmd/conf/environment.h"
#include "cmd/doctor/doctor.h"
#include "cmd/run/run.h"
#include "history.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "verify.h"
#if defined(HAVE_TUI) && HAVE_TUI
#include "ui/screen/terminfo.h"
#endif

static void
main_prepare_locale(void)
{
	setlocale(LC_ALL, "");
#if defined(ENABLE_NLS) && ENABLE_NLS
	bindtextdomain(PACKAGE, LOCALEDIR);
	textdomain(PACKAGE);
#endif
}

/* Neither a reader that goes away nor a limit of files' size must end the
 * downloads, and many connections need many descriptors. */
static void
main_prepare_process(void)
{
	struct rlimit files;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return;
	files.rlim_cur = files.rlim_max;
	/* Where that is refused the old limit will have to do. */
	(void)setrlimit(RLIMIT_NOFILE, &files);
}

static int
main_usage(const char *why)
{
	fprintf(stderr, "haul: %s\n", why);
	fputs(_("Try 'haul --help' for more.\n"), stderr);
	return RUN_EXIT_USAGE;
}

static const char *
main_variable(const char *name)
{
	return getenv(name);
}

/* A reader that has had enough (head) is no failure. */
static int
main_close_stdout(void)
{
	char words[128];

	errno = 0;
	if ((fflush(stdout) == 0 && !ferror(stdout)) || errno == EPIPE)
		return RUN_EXIT_DONE;
	fprintf(stderr, _("haul: standard output cannot be written: %s.\n"),
	    strerror_r(errno != 0 ? errno : EIO, words, sizeof words));
	return RUN_EXIT_STORAGE;
}

static int
main_end(int status)
{
	int closed = main_close_stdout();

	return status == RUN_EXIT_DONE ? closed : status;
}

/* Curses and translations write in the locale's encoding. Before there is a
 * thread: they all read it. */
static void
main_speak_utf8(void)
{
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		(void)setlocale(LC_CTYPE, "C.UTF-8");
}

/* The same of translations where all else is drawn in ASCII; letters that have
 * none there take like ones. English is better than a script of question
 * marks. */
static void
main_speak_ascii(void)
{
#if defined(ENABLE_NLS) && ENABLE_NLS
	bind_textdomain_codeset(PACKAGE, "ASCII");
	if (strchr(_("Help"), '?') != NULL)
		(void)setlocale(LC_MESSAGES, "C");
#endif
}

static void
main_print_version(void)
{
	char libraries[512];

	haul_version_libraries(libraries, sizeof libraries);
	printf("haul %s\n%s", haul_version(), libraries);
#if defined(HAVE_TUI) && HAVE_TUI
	printf(" %s", terminfo_version());
#endif
	putchar('\n');
}

static int
main_run(struct settings *settings, struct arguments *arguments,
    const struct conf *conf, const struct doctor_complaints *complaints)
{
	if (settings->values[SETTINGS_UTF8] != 0)
		main_speak_utf8();
	if (settings->values[SETTINGS_ASCII] != 0 ||
	    strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		main_speak_ascii();
	if (settings->values[SETTINGS_HELP] != 0) {
		arguments_help(stdout);
		return main_close_stdout();
	}
	if (settings->values[SETTINGS_VERSION] != 0) {
		main_print_version();
		return main_close_stdout();
	}
	if (settings->values[SETTINGS_SHOW_CONFIG] != 0) {
		conf_show(conf, settings, stdout);
		return main_close_stdout();
	}
	if (doctor_is_wanted(settings))
		return main_end(doctor_command(settings, conf, complaints));
	if (history_is_wanted(settings))
		return main_end(history_command(settings));
	if (verify_is_wanted(settings))
		return main_end(verify_command(settings, arguments));
	return run_command(settings, arguments);
}

static void
main_tell(const char *sentence, void *user)
{
	(void)user;
	fprintf(stderr, "haul: %s\n", sentence);
}

/* The files that environment and arguments, which are right, ask for. Help is
 * to be had with wrong ones too, and whatever is wrong --doctor tells among the
 * rest of what it finds. */
static bool
main_configure(struct conf *conf, struct settings *settings, int argc,
    char **argv, struct doctor_complaints *complaints)
{
	char why[SENTENCE_SIZE];
	struct settings asked;
	bool fine = true, right, examined;

	settings_init(&asked);
	right = environment_read(&asked, main_variable, why, sizeof why);
	if (arguments_scan(&asked, argc, argv, why, sizeof why) &&
	    asked.values[SETTINGS_HELP] == 0 &&
	    asked.values[SETTINGS_VERSION] == 0) {
		examined = doctor_is_wanted(&asked);
		if (right || examined)
			fine = conf_read(conf, settings, &asked, examined ?
			    doctor_hear : main_tell, complaints);
		complaints->conf_wrong = !fine;
		fine |= examined;
	}
	settings_release(&asked);
	return fine;
}

/* The same for the environment and the arguments themselves. */
static bool
main_read(struct settings *settings, struct arguments *arguments, int argc,
    char **argv, struct doctor_complaints *complaints, char *why, size_t size)
{
	char other[SENTENCE_SIZE];

	if (environment_read(settings, main_variable, why, size))
		return arguments_read(arguments, settings, argc, argv, why,
		    size);
	complaints->environment = memory_string(why);
	return arguments_read(arguments, settings, argc, argv, other,
	    sizeof other) && doctor_is_wanted(settings);
}

int
main(int argc, char **argv)
{
	struct arguments arguments = { .urls = NULL };
	struct doctor_complaints complaints = { .conf = NULL };
	struct conf *conf = conf_new();
	struct settings settings;
	char why[SENTENCE_SIZE];
	int status;

	main_prepare_locale();
	main_prepare_process();
	settings_init(&settings);
	if (!main_configure(conf, &settings, argc, argv, &complaints)) {
		status = RUN_EXIT_USAGE;
	} else if (main_read(&settings, &arguments, argc, argv, &complaints,
	    why, sizeof why)) {
		conf_apply(conf, &settings);
		status = main_run(&settings, &arguments, conf, &complaints);
	} else {
		status = main_usage(why);
	}
	doctor_complaints_release(&complaints);
	arguments_release(&arguments);
	settings_release(&settings);
	conf_free(conf);
	return status;
}
