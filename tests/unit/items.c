/* SPDX-License-Identifier: MIT
 *
 * See items.h.
 */
#include "config.h"

#include "items.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "engine/disk/folder.h"

struct model *model;
struct folder *folder;
static struct folders *folders;

int
items_setup(void **state)
{
	(void)state;
	model = model_new();
	folders = folders_new();
	folder = folders_open(folders, "/tmp");
	return model == NULL || folder == NULL ? -1 : 0;
}

int
items_teardown(void **state)
{
	(void)state;
	model_free(model);
	folders_free(folders);
	return 0;
}

haul_id
items_add(const char *url)
{
	struct haul_request request = { .url = url };

	return model_add(model, &request, NULL);
}

void
items_add_many(size_t count)
{
	char url[64];
	size_t i;

	for (i = 0; i < count; i++) {
		snprintf(url, sizeof url, "http://a.example/%zu", i + 1);
		assert_int_equal(items_add(url), i + 1);
	}
}

void
items_move(haul_id id, enum haul_state to)
{
	model_set_state(model, id, to);
}

struct haul_totals
items_totals(void)
{
	struct haul_totals now;

	model_copy_totals(model, &now);
	return now;
}

void
items_wait_ms(int ms)
{
	poll(NULL, 0, ms);
}
