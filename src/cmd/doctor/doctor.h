/* SPDX-License-Identifier: MIT
 *
 * --doctor: looks whether all that haul stands on is in order here, and says
 * what to mend. No network, nothing changed that is not put back, and at most
 * two seconds.
 */
#ifndef HAUL_CMD_DOCTOR_DOCTOR_H
#define HAUL_CMD_DOCTOR_DOCTOR_H

#include "cmd/conf/conf.h"
#include "cmd/conf/settings.h"

/* What was wrong with the settings while they were read, which otherwise ends
 * the program. Begins as all zero. */
struct doctor_complaints {
	char **conf;                    /* sentences about files */
	size_t conf_count;
	bool conf_wrong;                /* not only things worth a word */
	char *environment;              /* a sentence, or NULL */
};

/* A conf_tell_fn; the user pointer is the complaints. */
void doctor_hear(const char *sentence, void *complaints);
void doctor_complaints_release(struct doctor_complaints *);

bool doctor_is_wanted(const struct settings *);

/* Does it, on stdout; the exit status. Before there is a second thread. */
int doctor_command(const struct settings *, const struct conf *,
    const struct doctor_complaints *);

#endif
