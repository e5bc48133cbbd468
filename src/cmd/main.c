/* SPDX-License-Identifier: MIT
 *
 * The haul command: makes the process ready, reads the environment and the
 * arguments, and runs.
 */
#include "config.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "arguments.h"
#include "environment.h"
#include "history.h"
#include "present/i18n.h"
#include "present/sentence.h"
#include "run.h"
#include "verify.h"

static void
main_prepare_locale(void)
{
	setlocale(LC_ALL, "");
#if defined(ENABLE_NLS) && ENABLE_NLS
	bindtextdomain(PACKAGE, LOCALEDIR);
	textdomain(PACKAGE);
#endif
}

/* A reader that goes away must not end the downloads, and many connections
 * need many descriptors. */
static void
main_prepare_process(void)
{
	struct rlimit files;

	signal(SIGPIPE, SIG_IGN);
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

static int
main_close_stdout(void)
{
	if (fflush(stdout) == 0)
		return RUN_EXIT_DONE;
	perror("haul");
	return RUN_EXIT_STORAGE;
}

static int
main_run(struct settings *settings, struct arguments *arguments)
{
	char libraries[256];

	if (settings->values[SETTINGS_HELP] != 0) {
		arguments_help(stdout);
		return main_close_stdout();
	}
	if (settings->values[SETTINGS_VERSION] != 0) {
		haul_version_libraries(libraries, sizeof libraries);
		printf("haul %s\n%s\n", haul_version(), libraries);
		return main_close_stdout();
	}
	if (history_is_wanted(settings))
		return history_command(settings);
	if (verify_is_wanted(settings))
		return verify_command(settings, arguments);
	return run_command(settings, arguments);
}

int
main(int argc, char **argv)
{
	struct arguments arguments = { .urls = NULL };
	struct settings settings;
	char why[SENTENCE_SIZE];
	int status;

	main_prepare_locale();
	main_prepare_process();
	settings_init(&settings);
	if (environment_read(&settings, main_variable, why, sizeof why) &&
	    arguments_read(&arguments, &settings, argc, argv, why,
	    sizeof why))
		status = main_run(&settings, &arguments);
	else
		status = main_usage(why);
	arguments_release(&arguments);
	settings_release(&settings);
	return status;
}
