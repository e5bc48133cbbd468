/* SPDX-License-Identifier: MIT
 *
 * What the files of doctor.h share: each check is one function, which looks at
 * the case and says what it found.
 */
#ifndef HAUL_CMD_DOCTOR_DOCTOR_INTERNAL_H
#define HAUL_CMD_DOCTOR_DOCTOR_INTERNAL_H

#include <sys/resource.h>

#include "cmd/conf/environment.h"
#include "doctor.h"

enum doctor_state {
	DOCTOR_OK,
	DOCTOR_NOTE,                    /* less is possible, or worth a word */
	DOCTOR_WRONG,
	DOCTOR_STATES
};

struct doctor_finding {
	enum doctor_state state;        /* the worst that was said */
	char *found;                    /* what there is, by commas; or NULL */
	char *advice;                   /* sentences; or NULL */
};

/* What is looked at; a test makes up its own. */
struct doctor_case {
	const struct settings *settings;
	const struct conf *conf;
	const struct doctor_complaints *complaints;
	environment_get_fn get;
	char *const *environ;           /* "NAME=value", ended by NULL */
	struct haul_libraries libraries;
	int64_t now_ms;                 /* since the epoch */
	int64_t built_ms;               /* when haul was made; 0 unknown */
	int64_t limit_ms;               /* for what may take long */
	struct rlimit files, file_size, memory;
	const char *resolver;           /* path of its configuration */
};

/* Adds to what was found and to the advice, each freed; advice NULL: none. What
 * is somebody else's may be in it: it is made safe when it is shown. */
void doctor_say(struct doctor_finding *, enum doctor_state, char *found,
    char *advice);

/* Adds to a list, by commas, what is freed; NULL is nothing. */
void doctor_list(char **list, char *more);
void doctor_release(struct doctor_finding *);

/* strerror(); to be freed. */
char *doctor_words(int error);

/* ---- the checks, in doctor-NAME.c ---- */

typedef void (*doctor_check_fn)(const struct doctor_case *,
    struct doctor_finding *);

/* programs */
void doctor_check_haul(const struct doctor_case *, struct doctor_finding *);
void doctor_check_libcurl(const struct doctor_case *, struct doctor_finding *);
void doctor_check_libraries(const struct doctor_case *,
    struct doctor_finding *);
void doctor_check_clock(const struct doctor_case *, struct doctor_finding *);

/* terminal */
void doctor_check_locale(const struct doctor_case *, struct doctor_finding *);
void doctor_check_terminal(const struct doctor_case *,
    struct doctor_finding *);

/* network */
void doctor_check_certificates(const struct doctor_case *,
    struct doctor_finding *);
void doctor_check_proxies(const struct doctor_case *, struct doctor_finding *);
void doctor_check_names(const struct doctor_case *, struct doctor_finding *);

/* disk */
void doctor_check_directory(const struct doctor_case *,
    struct doctor_finding *);
void doctor_check_state(const struct doctor_case *, struct doctor_finding *);
void doctor_check_store(const struct doctor_case *, struct doctor_finding *);

/* settings */
void doctor_check_descriptors(const struct doctor_case *,
    struct doctor_finding *);
void doctor_check_limits(const struct doctor_case *, struct doctor_finding *);
void doctor_check_configuration(const struct doctor_case *,
    struct doctor_finding *);
void doctor_check_environment(const struct doctor_case *,
    struct doctor_finding *);
void doctor_check_logins(const struct doctor_case *, struct doctor_finding *);
void doctor_check_helpers(const struct doctor_case *,
    struct doctor_finding *);

/* ---- doctor-show.c ---- */

struct doctor_show;

/* To stdout: for a person, or with json for a program. */
struct doctor_show *doctor_show_new(const struct settings *);

/* `name` for programs, `label` (translated) for people; the widest label has
 * so many cells. */
void doctor_show_finding(struct doctor_show *, const char *name,
    const char *label, int label_cells, const struct doctor_finding *);

/* The last words; frees it. */
void doctor_show_end(struct doctor_show *);

#endif
