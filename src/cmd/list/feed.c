/* SPDX-License-Identifier: MIT
 *
 * Lists to items. Reading never waits: a pipe is only read after poll() said
 * so, and a FIFO is opened without its writer.
 *
 * A FIFO that stays is opened once to be locked and never read by that
 * descriptor: there is always a reader, so that no writer is refused and no
 * byte lost. The one that is read is opened anew at each end, since poll()
 * would tell of the old end for ever.
 */
#include "config.h"

#include "feed.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "listfile.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/text.h"

#define FEED_PORTION            65536
#define FEED_MISTAKES_MAX       20      /* told by the first reading */
#define FEED_OPTIONS_MS         100     /* in which an item's options have to
                                           follow, where nothing else does */

struct feed_list {
	const char *name;               /* as given */
	char *copy;                     /* of it, if it is ours */
	char *text;                     /* instead of a file, or NULL */
	size_t length, at;              /* of it; what was read */
	int fd;
	bool regular;
	off_t start;                    /* where reading begins */
};

struct feed {
	struct feed_list *lists;
	size_t count, current;
	struct listfile *reader;        /* of the current list, or NULL */
	bool trusted;
	feed_expect_fn expect;
	feed_add_fn add;
	feed_error_fn error;
	void *user;
	size_t mistakes;
	bool stays;                     /* the last list does */
	bool taken;                     /* another process reads it */
	bool open_to_others;            /* they can write to it */
	int lock_fd;                    /* of it; or -1 */
	bool more;                      /* of it there may be more at once */
	int64_t give_ms;                /* when to wait no more for an item's
	                                   options; 0: there is none */
	char bytes[FEED_PORTION];
};

struct feed *
feed_new(char *const *names, size_t count, bool trusted,
    feed_expect_fn expect, feed_add_fn add, feed_error_fn error, void *user)
{
	struct feed *feed = memory_zero(sizeof *feed);
	size_t i;

	feed->lists = memory_resize(NULL, count, sizeof *feed->lists);
	feed->count = count;
	feed->trusted = trusted;
	feed->expect = expect;
	feed->add = add;
	feed->error = error;
	feed->user = user;
	feed->lock_fd = -1;
	for (i = 0; i < count; i++) {
		memset(&feed->lists[i], 0, sizeof feed->lists[i]);
		feed->lists[i].name = names[i];
		feed->lists[i].fd = -1;
	}
	return feed;
}

static void
feed_close(struct feed_list *list)
{
	if (list->fd > STDERR_FILENO)
		close(list->fd);
	list->fd = -1;
	free(list->text);
	list->text = NULL;
}

void
feed_free(struct feed *feed)
{
	size_t i;

	if (feed == NULL)
		return;
	listfile_free(feed->reader);
	for (i = 0; i < feed->count; i++) {
		feed_close(&feed->lists[i]);
		free(feed->lists[i].copy);
	}
	free(feed->lists);
	if (feed->lock_fd >= 0)
		close(feed->lock_fd);
	free(feed);
}

void
feed_stay(struct feed *feed)
{
	feed->stays = true;
}

bool
feed_is_taken(const struct feed *feed)
{
	return feed->taken;
}

/* Whether the list of that index is the one that stays. */
static bool
feed_stays(const struct feed *feed, size_t i)
{
	return feed->stays && i + 1 == feed->count;
}

/* What was pasted may come from anywhere. */
static struct listfile *
feed_reader(struct feed *feed, const struct feed_list *list,
    listfile_item_fn item, listfile_error_fn error)
{
	bool trusted = feed->trusted && list->text == NULL &&
	    !(feed->open_to_others &&
	    feed_stays(feed, (size_t)(list - feed->lists)));

	return listfile_new(list->name, trusted, item, error, feed);
}

static void
feed_tell(struct feed *feed, const char *sentence)
{
	feed->mistakes++;
	feed->error(sentence, feed->user);
}

static void
feed_tell_errno(struct feed *feed, const struct feed_list *list, int error)
{
	char words[128], name[512], *sentence;

	text_safe(name, sizeof name, list->name, strlen(list->name), -1, 0);
	/* What was asked for on the screen was no option. */
	sentence = memory_format(list->copy != NULL ?
	    _("'%s' cannot be read: %s.") :
	    _("--input-file: '%s' cannot be read: %s."), name,
	    strerror_r(error, words, sizeof words));
	feed_tell(feed, sentence);
	free(sentence);
}

static bool
feed_open(struct feed *feed, struct feed_list *list)
{
	struct stat status;

	if (strcmp(list->name, "-") == 0)
		list->fd = STDIN_FILENO;
	else
		list->fd = open(list->name, O_RDONLY | O_CLOEXEC |
		    O_NONBLOCK);
	if (list->fd < 0 || fstat(list->fd, &status) != 0) {
		feed_tell_errno(feed, list, errno);
		return false;
	}
	if (S_ISDIR(status.st_mode)) {
		feed_tell_errno(feed, list, EISDIR);
		return false;
	}
	list->start = lseek(list->fd, 0, SEEK_CUR);
	list->regular = S_ISREG(status.st_mode) && list->start >= 0;
	return true;
}

/* ---- a FIFO that stays ---- */

static void
feed_refuse_fifo(struct feed *feed, const struct feed_list *list)
{
	char name[512], *sentence;

	text_safe(name, sizeof name, list->name, strlen(list->name), -1, 0);
	sentence = memory_format(feed->taken ?
	    _("--forever: another process reads '%s'.") :
	    _("--forever: '%s' is no FIFO; mkfifo makes one."), name);
	feed_tell(feed, sentence);
	free(sentence);
}

/* A pipe between two programs has no name by which another writer could come;
 * standard input may be a FIFO that a shell has opened. */
static bool
feed_is_fifo(int fd)
{
	struct statfs where;
	struct stat status;

	return fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode) &&
	    (fstatfs(fd, &where) != 0 || where.f_type != PIPEFS_MAGIC);
}

/* A group of one's own counts as oneself, as it does with configurations. */
static bool
feed_others_write(int fd)
{
	struct stat status;

	if (fstat(fd, &status) != 0)
		return true;
	if (status.st_uid != geteuid() && status.st_uid != 0)
		return true;
	return (status.st_mode & S_IWOTH) != 0 ||
	    ((status.st_mode & S_IWGRP) != 0 && status.st_gid != getegid() &&
	    status.st_gid != 0);
}

/* In a directory of all users it may even be another's, who was first. */
static void
feed_tell_others(struct feed *feed, const struct feed_list *list)
{
	char name[512], *sentence;

	text_safe(name, sizeof name, list->name, strlen(list->name), -1, 0);
	sentence = memory_format(_("--forever: others can write to '%s', so "
	    "it is read as an untrusted list (--untrusted-lists)."), name);
	feed->error(sentence, feed->user);
	free(sentence);
}

/* Opens what is to be read anew, whatever has become of its name. */
static int
feed_open_again(const struct feed *feed)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/self/fd/%d", feed->lock_fd);
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

static bool
feed_open_fifo(struct feed *feed, struct feed_list *list)
{
	const char *path = strcmp(list->name, "-") == 0 ?
	    "/proc/self/fd/0" : list->name;

	feed->lock_fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK |
	    O_NOCTTY);
	if (feed->lock_fd >= 0 && !feed_is_fifo(feed->lock_fd)) {
		feed_refuse_fifo(feed, list);
		return false;
	}
	if (feed->lock_fd >= 0 && flock(feed->lock_fd, LOCK_EX | LOCK_NB) ==
	    0)
		list->fd = feed_open_again(feed);
	if (list->fd >= 0) {
		feed->open_to_others = feed_others_write(feed->lock_fd);
		if (feed->open_to_others && feed->trusted)
			feed_tell_others(feed, list);
		return true;
	}
	feed->taken = feed->lock_fd >= 0 && errno == EWOULDBLOCK;
	if (feed->taken)
		feed_refuse_fifo(feed, list);
	else
		feed_tell_errno(feed, list, errno);
	return false;
}

/* Its writer has gone, and another one may come. */
static void
feed_renew(struct feed *feed, struct feed_list *list)
{
	int fd = feed_open_again(feed);

	listfile_end(feed->reader);
	listfile_free(feed->reader);
	feed->reader = NULL;
	feed->more = false;
	feed->give_ms = 0;
	if (fd < 0) {
		feed_tell_errno(feed, list, errno);
		feed_close(list);
		feed->current++;
		return;
	}
	close(list->fd);
	list->fd = fd;
}

/* There is nothing to read at present, and the writer is still there. An item's
 * options would stand close behind it. */
static void
feed_rest(struct feed *feed, int64_t now_ms)
{
	feed->more = false;
	if (!listfile_has_item(feed->reader)) {
		feed->give_ms = 0;
	} else if (feed->give_ms == 0) {
		feed->give_ms = now_ms + FEED_OPTIONS_MS;
	} else if (now_ms >= feed->give_ms) {
		listfile_give(feed->reader);
		feed->give_ms = 0;
	}
}

int
feed_wait_ms(const struct feed *feed, int64_t now_ms)
{
	if (feed->give_ms == 0)
		return -1;
	return feed->give_ms > now_ms ? (int)(feed->give_ms - now_ms) : 0;
}

/* One more, which counts only when its count does. */
static struct feed_list *
feed_new_list(struct feed *feed, const char *name)
{
	struct feed_list *list;

	feed->lists = memory_resize(feed->lists, feed->count + 1,
	    sizeof *feed->lists);
	list = &feed->lists[feed->count];
	memset(list, 0, sizeof *list);
	list->name = list->copy = memory_string(name);
	list->fd = -1;
	return list;
}

void
feed_append_text(struct feed *feed, char *text)
{
	struct feed_list *list = feed_new_list(feed, _("paste"));

	list->text = text;
	list->length = strlen(text);
	list->regular = true;
	feed->count++;
}

bool
feed_append(struct feed *feed, const char *name)
{
	struct feed_list *list = feed_new_list(feed, name);

	if (feed_open(feed, list)) {
		feed->count++;
		return true;
	}
	feed_close(list);
	free(list->copy);
	return false;
}

/* ---- the first reading ---- */

static bool
feed_expect(const struct haul_request *request, size_t line, void *user)
{
	struct feed *feed = user;

	(void)line;
	feed->expect(request, listfile_mark(feed->reader), feed->user);
	return true;
}

static bool
feed_count_mistake(const char *sentence, void *user)
{
	struct feed *feed = user;

	feed_tell(feed, sentence);
	if (feed->mistakes < FEED_MISTAKES_MAX)
		return true;
	feed->error(_("Further mistakes are not shown."), feed->user);
	return false;
}

static void
feed_check_list(struct feed *feed, struct feed_list *list)
{
	struct listfile *reader = feed_reader(feed, list, feed_expect,
	    feed_count_mistake);
	bool going = true;
	ssize_t got;

	feed->reader = reader;
	do {
		got = read(list->fd, feed->bytes, sizeof feed->bytes);
		if (got > 0)
			going = listfile_feed(reader, feed->bytes,
			    (size_t)got);
	} while (going && (got > 0 || (got < 0 && errno == EINTR)));
	if (got < 0 || lseek(list->fd, list->start, SEEK_SET) < 0)
		feed_tell_errno(feed, list, errno);
	else if (going)
		listfile_end(reader);
	listfile_free(reader);
	feed->reader = NULL;
}

bool
feed_check(struct feed *feed, bool *all)
{
	size_t i;

	*all = true;
	for (i = 0; i < feed->count; i++) {
		if (feed_stays(feed, i))
			(void)feed_open_fifo(feed, &feed->lists[i]);
		else if (feed_open(feed, &feed->lists[i]) &&
		    feed->lists[i].regular &&
		    feed->mistakes < FEED_MISTAKES_MAX)
			feed_check_list(feed, &feed->lists[i]);
		*all &= feed->lists[i].regular;
	}
	return feed->mistakes == 0;
}

/* ---- adding ---- */

static bool
feed_add(const struct haul_request *request, size_t line, void *user)
{
	struct feed *feed = user;
	const char *list = feed->lists[feed->current].name;
	char sentence[SENTENCE_SIZE], name[512], *where;
	struct haul_error error;

	if (feed->add(request, listfile_mark(feed->reader), &error,
	    feed->user))
		return true;
	text_safe(name, sizeof name, list, strlen(list), -1, 0);
	where = memory_format("%s:%zu", name, line);
	sentence_complaint(sentence, sizeof sentence, where, &error, 0);
	feed_tell(feed, sentence);
	free(where);
	return true;
}

static bool
feed_note_mistake(const char *sentence, void *user)
{
	feed_tell(user, sentence);
	return true;
}

enum feed_state
feed_state(const struct feed *feed)
{
	if (feed->current == feed->count)
		return FEED_OVER;
	return feed->lists[feed->current].regular || feed->more ?
	    FEED_READY : FEED_WAITING;
}

int
feed_fd(const struct feed *feed)
{
	return feed_state(feed) == FEED_WAITING ?
	    feed->lists[feed->current].fd : -1;
}

static void
feed_finish_list(struct feed *feed)
{
	listfile_end(feed->reader);
	listfile_free(feed->reader);
	feed->reader = NULL;
	feed_close(&feed->lists[feed->current]);
	feed->current++;
}

/* The next portion, as read() would bring it. */
static ssize_t
feed_read(struct feed *feed, struct feed_list *list)
{
	size_t length = list->length - list->at;

	if (list->text == NULL)
		return read(list->fd, feed->bytes, sizeof feed->bytes);
	if (length > sizeof feed->bytes)
		length = sizeof feed->bytes;
	memcpy(feed->bytes, list->text + list->at, length);
	list->at += length;
	return (ssize_t)length;
}

void
feed_step(struct feed *feed, int64_t now_ms)
{
	bool stays = feed_stays(feed, feed->current);
	struct feed_list *list;
	ssize_t got;

	if (feed_state(feed) == FEED_OVER)
		return;
	list = &feed->lists[feed->current];
	if (feed->reader == NULL)
		feed->reader = feed_reader(feed, list, feed_add,
		    feed_note_mistake);
	got = feed_read(feed, list);
	if (got > 0) {
		listfile_feed(feed->reader, feed->bytes, (size_t)got);
		feed->more = stays;
		feed->give_ms = 0;
		return;
	}
	if (got < 0 && stays && errno == EAGAIN)
		feed_rest(feed, now_ms);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (got < 0)
		feed_tell_errno(feed, list, errno);
	if (stays)
		feed_renew(feed, list);
	else
		feed_finish_list(feed);
}

size_t
feed_mistakes(const struct feed *feed)
{
	return feed->mistakes;
}
