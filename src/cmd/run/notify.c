/* SPDX-License-Identifier: MIT
 *
 * See notify.h. notify-send is begun by posix_spawn(): no shell, and of a
 * process that may be large and has threads nothing is copied.
 */
#include "config.h"

#include "notify.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "present/memory.h"

#define NOTIFY_PROGRAM  "notify-send"
#define NOTIFY_STEP_MS  5

struct notify {
	char *program;                  /* an absolute path */
	pid_t child;                    /* 0: none */
};

extern char **environ;

/* The program's path, or NULL. */
static char *
notify_find(const char *path)
{
	size_t length;
	char *program;

	for (; path != NULL && *path != '\0'; path += path[length] == ':' ?
	    length + 1 : length) {
		length = strcspn(path, ":");
		if (*path != '/')
			continue;
		program = memory_format("%.*s/" NOTIFY_PROGRAM, (int)length,
		    path);
		if (access(program, X_OK) == 0)
			return program;
		free(program);
	}
	return NULL;
}

struct notify *
notify_new(void)
{
	char *program = notify_find(getenv("PATH"));
	struct notify *notify;

	if (program == NULL)
		return NULL;
	notify = memory_zero(sizeof *notify);
	notify->program = program;
	return notify;
}

void
notify_free(struct notify *notify)
{
	if (notify == NULL)
		return;
	notify_reap(notify);
	free(notify->program);
	free(notify);
}

/* Away from our terminal, its Ctrl-C and what we hold open; with the signals as
 * programs expect them. */
static int
notify_spawn(struct notify *notify, posix_spawn_file_actions_t *actions,
    posix_spawnattr_t *attributes, char *const *words)
{
	sigset_t none, ignored;
	int fd;

	sigemptyset(&none);
	sigemptyset(&ignored);
	sigaddset(&ignored, SIGPIPE);
	sigaddset(&ignored, SIGXFSZ);
	posix_spawnattr_setsigmask(attributes, &none);
	posix_spawnattr_setsigdefault(attributes, &ignored);
	posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID |
	    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		posix_spawn_file_actions_addopen(actions, fd, "/dev/null",
		    O_RDWR, 0);
#if defined(HAVE_POSIX_SPAWN_FILE_ACTIONS_ADDCLOSEFROM_NP)
	posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
#endif
	return posix_spawn(&notify->child, notify->program, actions,
	    attributes, words, environ);
}

bool
notify_show(struct notify *notify, const char *title, const char *body)
{
	char *words[] = { memory_string(NOTIFY_PROGRAM),
	    memory_string("--app-name=haul"), memory_string("--"),
	    memory_string(title), memory_string(body), NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	size_t i;

	notify_reap(notify);
	if (notify->child == 0 &&
	    posix_spawn_file_actions_init(&actions) == 0) {
		if (posix_spawnattr_init(&attributes) == 0) {
			if (notify_spawn(notify, &actions, &attributes,
			    words) != 0)
				notify->child = 0;
			posix_spawnattr_destroy(&attributes);
		}
		posix_spawn_file_actions_destroy(&actions);
	}
	for (i = 0; words[i] != NULL; i++)
		free(words[i]);
	return notify->child != 0;
}

void
notify_reap(struct notify *notify)
{
	pid_t ended;

	if (notify == NULL || notify->child == 0)
		return;
	ended = waitpid(notify->child, NULL, WNOHANG);
	if (ended == notify->child || (ended < 0 && errno == ECHILD))
		notify->child = 0;
}

void
notify_wait(struct notify *notify, int timeout_ms)
{
	static const struct timespec step = { 0, NOTIFY_STEP_MS * 1000000L };

	for (; notify != NULL && timeout_ms > 0; timeout_ms -=
	    NOTIFY_STEP_MS) {
		notify_reap(notify);
		if (notify->child == 0)
			return;
		nanosleep(&step, NULL);
	}
}

/* What a character is written as, NULL for itself. */
static const char *
notify_escape(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '\\':
		return "\\\\";
	default:
		return NULL;
	}
}

char *
notify_quote(const char *text)
{
	char *quoted = memory_resize(NULL, strlen(text) * 5 + 1, 1);
	const char *escape;
	size_t used = 0;

	for (; *text != '\0'; text++) {
		escape = notify_escape(*text);
		if (escape != NULL) {
			memcpy(quoted + used, escape, strlen(escape));
			used += strlen(escape);
		} else {
			quoted[used++] = *text;
		}
	}
	quoted[used] = '\0';
	return quoted;
}
