/* SPDX-License-Identifier: MIT
 *
 * See part.h.
 */
#include "config.h"

#include "part.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "scratch.h"

struct folder *folder;
struct partfile part;
bool set_aside;
char own_url[] = "http://a.example/x";
const struct record owner = { .url = own_url, .total = TOTAL };

static struct folders *folders;

int
part_setup(void **state)
{
	(void)state;
	if (scratch_enter() < 0)
		return -1;
	folders = folders_new();
	folder = folders_open(folders, ".");
	partfile_init(&part);
	return folder == NULL ? -1 : 0;
}

int
part_teardown(void **state)
{
	(void)state;
	partfile_close(&part);
	folders_free(folders);
	return scratch_leave();
}

/* ---- files ---- */

bool
exists(const char *name)
{
	struct stat st;

	return lstat(name, &st) == 0;
}

void
put_file(const char *name, const char *bytes, size_t length)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), length);
	close(fd);
}

void
put_text(const char *name, const char *text)
{
	put_file(name, text, strlen(text));
}

void
expect_file(const char *name, const char *text)
{
	char bytes[2 * TOTAL] = "";
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	assert_true(fd >= 0);
	n = read(fd, bytes, sizeof bytes - 1);
	close(fd);
	assert_int_equal(n, strlen(text));
	assert_string_equal(bytes, text);
}

size_t
count_entries(void)
{
	struct dirent *entry;
	DIR *dir = opendir(".");
	size_t n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		n += strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0;
	closedir(dir);
	return n;
}

/* ---- the part ---- */

void
create(const char *name, bool small)
{
	assert_int_equal(partfile_create(&part, folder, name, small, &owner,
	    &set_aside), 0);
	assert_true(part.fd >= 0);
	assert_string_equal(part.name, name);
}

int
make_x(void)
{
	return partfile_create(&part, folder, "x", false, &owner,
	    &set_aside);
}

void
put_bytes(const char *text, int64_t offset)
{
	assert_int_equal(partfile_write(&part, text, strlen(text), offset),
	    0);
}

void
fill_record(struct record *record, int64_t start, int64_t end)
{
	record_init(record);
	record->url = strdup("http://a.example/x");
	record->total = TOTAL;
	record->etag = strdup("\"abc\"");
	ranges_add(&record->here, start, end);
}

void
checkpoint(int64_t start, int64_t end)
{
	struct record record;

	fill_record(&record, start, end);
	part.recorded = true;
	assert_int_equal(partfile_checkpoint(&part, &record), 0);
	record_release(&record);
}

void
leave_part(void)
{
	create("x", false);
	put_bytes("0123456789", 0);
	checkpoint(0, 10);
	partfile_close(&part);
}

void
expect_marker(int64_t total)
{
	enum record_verdict verdict;
	struct record record;

	assert_int_equal(partfile_open_old(&part, folder, "x", &record,
	    &verdict), 0);
	assert_string_equal(record.url, own_url);
	assert_int_equal(record.total, total);
	assert_null(record.etag);
	assert_true(record_is_marker(&record));
	record_release(&record);
	partfile_close(&part);
}

void
expect_old(int error, enum record_verdict wanted)
{
	enum record_verdict verdict = (enum record_verdict)-1;
	struct record record;

	record_init(&record);
	assert_int_equal(partfile_open_old(&part, folder, "x", &record,
	    &verdict), error);
	assert_int_equal(verdict, wanted);
	assert_int_equal(part.fd >= 0, error == 0);
	record_release(&record);
}
