/* SPDX-License-Identifier: MIT
 *
 * What an FTP server tells of a file in its replies. Pure.
 */
#ifndef HAUL_ENGINE_FTP_H
#define HAUL_ENGINE_FTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FTP_WORDS_SIZE 160              /* more is cut */

struct ftp_replies {
	int64_t size;                   /* of the file, INT64_MAX if it is too
	                                   large to be true; -1 not told */
	int64_t latest;                 /* number of the latest reply, if that
	                                   was one with a number; else -1 */
	bool rests;                     /* yes was said to REST */
	int refusal;                    /* code of the latest that refused */
	char words[FTP_WORDS_SIZE];     /* and what it said */
};

void ftp_init(struct ftp_replies *);

/* Takes one line, with or without its end. True: the data come now, and size
 * is what the server thinks of it. */
bool ftp_take_reply(struct ftp_replies *, const char *line, size_t length);

#endif
