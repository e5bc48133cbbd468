/* SPDX-License-Identifier: MIT
 *
 * See scratch.h.
 */
#include "config.h"

#include "scratch.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char root[64];

int
scratch_enter(void)
{
	snprintf(root, sizeof root, "/tmp/haul-unit-XXXXXX");
	return mkdtemp(root) == NULL ? -1 : chdir(root);
}

static int
scratch_remove(const char *path, const struct stat *st, int type,
    struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

int
scratch_leave(void)
{
	if (chdir("/") < 0)
		return -1;
	return nftw(root, scratch_remove, 16, FTW_DEPTH | FTW_PHYS);
}
