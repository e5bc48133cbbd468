/* SPDX-License-Identifier: MIT
 *
 * Views are made when they are asked for and kept until something changes, so
 * that a million items cost a test what they would cost the engine.
 */
#include "config.h"

#include "ui-queue.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "present/memory.h"
#include "present/text.h"
#include "ui/list/list-internal.h"
#include "ui/screen/glyph.h"
#include "ui/screen/term.h"

#define FAKE_VIEWS 24

/* Ids of a view, in order, and by place in the queue how many of its items
 * stand before. */
struct fake_view {
	struct haul_view view;
	uint64_t changes;
	haul_id *ids;
	uint32_t *before;
	uint32_t *ranks;                /* by id, plus one; not by queue */
	size_t count;
	uint64_t used;
};

struct fake fake;
static struct fake_view fake_views[FAKE_VIEWS];
static uint64_t fake_uses;
static pthread_mutex_t fake_lock = PTHREAD_MUTEX_INITIALIZER;
static char fake_text[4096 * TEXT_UNIT_SIZE];

void
fake_start(size_t count)
{
	size_t i;

	memset(&fake, 0, sizeof fake);
	fake.count = count;
	fake.items = memory_zero((count + 1) * sizeof *fake.items);
	fake.queue = memory_zero((count + 1) * sizeof *fake.queue);
	for (i = 0; i < count; i++) {
		snprintf(fake.items[i].name, sizeof fake.items[i].name,
		    "file-%zu.dat", i + 1);
		snprintf(fake.items[i].host, sizeof fake.items[i].host,
		    "host%zu.example", i % 3);
		fake.items[i].size_bytes = 1000000 + (int64_t)i;
		fake.items[i].place = i;
		fake.queue[i] = i + 1;
	}
	fake.ui.haul = fake.ui.context.haul = (struct haul *)&fake;
	fake.ui.now_ms = 100000;
	fake.ui.second = 100;
	fake.ui.totals.changes = 1;
	fake.ui.totals.files = count;
	grid_init(&fake.ui.grid, 24, 80);
	fake_changed();
}

/* The list first: it may still be at work. */
void
fake_stop(void)
{
	size_t i;

	list_free(fake.ui.list);
	fake.ui.list = NULL;
	for (i = 0; i < FAKE_VIEWS; i++) {
		free(fake_views[i].ids);
		free(fake_views[i].before);
		free(fake_views[i].ranks);
	}
	memset(fake_views, 0, sizeof fake_views);
	grid_release(&fake.ui.grid);
	free(fake.items);
	free(fake.queue);
}

void
fake_changed(void)
{
	pthread_mutex_lock(&fake_lock);
	fake.ui.totals.changes++;
	pthread_mutex_unlock(&fake_lock);
}

struct fake_item *
fake_item(haul_id id)
{
	return &fake.items[id - 1];
}

int64_t
fake_epoch_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void
fake_set(haul_id id, enum haul_state state)
{
	struct fake_item *item = fake_item(id);

	pthread_mutex_lock(&fake_lock);
	item->state = state;
	item->ended_ms = 0;
	if (HAUL_IN(state) & HAUL_IN_ENDED)
		item->ended_ms = fake_epoch_ms();
	fake.ui.totals.changes++;
	pthread_mutex_unlock(&fake_lock);
}

void
fake_move(haul_id id, size_t place)
{
	size_t i, from = fake_item(id)->place;

	pthread_mutex_lock(&fake_lock);
	memmove(&fake.queue[from], &fake.queue[from + 1],
	    (fake.count - from - 1) * sizeof *fake.queue);
	memmove(&fake.queue[place + 1], &fake.queue[place],
	    (fake.count - place - 1) * sizeof *fake.queue);
	fake.queue[place] = id;
	for (i = 0; i < fake.count; i++)
		fake_item(fake.queue[i])->place = i;
	fake.ui.totals.changes++;
	pthread_mutex_unlock(&fake_lock);
}

void
fake_pass(int64_t ms)
{
	fake.ui.now_ms += ms;
	fake.ui.second = (uint64_t)fake.ui.now_ms / 1000;
}

/* ---- views ---- */

static int
fake_compare(const void *a, const void *b)
{
	const struct fake_item *one = fake_item(*(const haul_id *)a);
	const struct fake_item *other = fake_item(*(const haul_id *)b);

	if (one->ended_ms != other->ended_ms)
		return one->ended_ms < other->ended_ms ? -1 : 1;
	return one->elapsed_ms > other->elapsed_ms ? -1 :
	    one->elapsed_ms < other->elapsed_ms;
}

static void
fake_turn_round(struct fake_view *view)
{
	size_t i;
	haul_id id;

	for (i = 0; i < view->count / 2; i++) {
		id = view->ids[i];
		view->ids[i] = view->ids[view->count - 1 - i];
		view->ids[view->count - 1 - i] = id;
	}
}

static void
fake_make_view(struct fake_view *view, const struct haul_view *wanted)
{
	size_t i;

	view->view = *wanted;
	view->changes = fake.ui.totals.changes;
	view->ids = memory_resize(view->ids, fake.count + 1,
	    sizeof *view->ids);
	view->before = memory_resize(view->before, fake.count + 1,
	    sizeof *view->before);
	view->ranks = memory_resize(view->ranks, fake.count + 1,
	    sizeof *view->ranks);
	view->count = 0;
	for (i = 0; i < fake.count; i++) {
		view->before[i] = (uint32_t)view->count;
		view->ranks[fake.queue[i]] = 0;
		if (wanted->states & HAUL_IN_ALL &
		    HAUL_IN(fake_item(fake.queue[i])->state))
			view->ids[view->count++] = fake.queue[i];
	}
	view->before[fake.count] = (uint32_t)view->count;
	if (wanted->order != HAUL_ORDER_QUEUE)
		qsort(view->ids, view->count, sizeof *view->ids,
		    fake_compare);
	if (wanted->reverse)
		fake_turn_round(view);
	for (i = 0; i < view->count; i++)
		view->ranks[view->ids[i]] = (uint32_t)i + 1;
}

static struct fake_view *
fake_view(const struct haul_view *wanted)
{
	struct fake_view *oldest = &fake_views[0];
	size_t i;

	fake.calls++;
	for (i = 0; i < FAKE_VIEWS; i++) {
		if (fake_views[i].changes == fake.ui.totals.changes &&
		    fake_views[i].view.states == wanted->states &&
		    fake_views[i].view.order == wanted->order &&
		    fake_views[i].view.reverse == wanted->reverse) {
			fake_views[i].used = ++fake_uses;
			return &fake_views[i];
		}
		if (fake_views[i].used < oldest->used)
			oldest = &fake_views[i];
	}
	fake_make_view(oldest, wanted);
	oldest->used = ++fake_uses;
	return oldest;
}

static void
fake_copy(haul_id id, struct haul_row *row)
{
	const struct fake_item *item = fake_item(id);

	memset(row, 0, sizeof *row);
	row->id = id;
	row->state = item->state;
	row->cause = item->cause;
	row->http_status = item->http_status;
	row->size_bytes = item->size_bytes;
	row->got_bytes = item->state == HAUL_STATE_DONE ? item->size_bytes :
	    item->got_bytes;
	row->speed_bps = item->speed_bps;
	row->ended_ms = item->ended_ms;
	row->elapsed_ms = item->elapsed_ms;
	memcpy(row->name, item->name, sizeof item->name);
	memcpy(row->host, item->host, sizeof item->host);
	fake.rows++;
}

/* ---- haul.h ---- */

uint64_t
haul_count(struct haul *haul, const struct haul_view *wanted)
{
	uint64_t count;

	(void)haul;
	pthread_mutex_lock(&fake_lock);
	count = fake_view(wanted)->count;
	pthread_mutex_unlock(&fake_lock);
	return count;
}

size_t
haul_rows(struct haul *haul, const struct haul_view *wanted, uint64_t first,
    struct haul_row *rows, size_t max)
{
	struct fake_view *view;
	size_t count = 0;

	(void)haul;
	pthread_mutex_lock(&fake_lock);
	view = fake_view(wanted);
	for (; count < max && first + count < view->count; count++)
		fake_copy(view->ids[first + count], &rows[count]);
	pthread_mutex_unlock(&fake_lock);
	return count;
}

bool
haul_rank(struct haul *haul, const struct haul_view *wanted, haul_id id,
    uint64_t *rank)
{
	struct fake_view *view;
	bool found;

	(void)haul;
	*rank = 0;
	if (id == 0 || id > fake.count)
		return false;
	pthread_mutex_lock(&fake_lock);
	view = fake_view(wanted);
	found = view->ranks[id] != 0;
	if (found)
		*rank = view->ranks[id] - 1;
	else if (wanted->order == HAUL_ORDER_QUEUE)
		*rank = view->before[fake_item(id)->place];
	pthread_mutex_unlock(&fake_lock);
	return found;
}

bool
haul_row(struct haul *haul, haul_id id, struct haul_row *row)
{
	(void)haul;
	if (id == 0 || id > fake.count)
		return false;
	pthread_mutex_lock(&fake_lock);
	fake_copy(id, row);
	pthread_mutex_unlock(&fake_lock);
	return true;
}

struct haul_item *
haul_item(struct haul *haul, haul_id id)
{
	struct haul_item *item = memory_zero(sizeof *item);

	(void)haul;
	item->id = id;
	item->url = memory_format("https://%s/%s", fake_item(id)->host,
	    fake_item(id)->name);
	return item;
}

void
haul_item_free(struct haul_item *item)
{
	if (item != NULL)
		free(item->url);
	free(item);
}

size_t
haul_segments(struct haul *haul, haul_id id, struct haul_range *ranges,
    size_t max)
{
	(void)haul;
	if (max == 0 || fake_item(id)->got_bytes == 0)
		return 0;
	ranges[0].start = 0;
	ranges[0].end = fake_item(id)->got_bytes;
	return 1;
}

bool
haul_get(struct haul *haul, haul_id id, const char *name, char *text,
    size_t size)
{
	(void)haul;
	(void)id;
	snprintf(text, size, "%s", strcmp(name, "limit-rate") == 0 &&
	    fake.limit[0] != '\0' ? fake.limit :
	    strcmp(name, "max-conn") == 0 ? "8" : "0");
	return true;
}

/* ---- the interface's own ---- */

void
ui_say(struct ui *ui, enum grid_style style, const char *format, ...)
{
	va_list values;

	(void)ui;
	(void)style;
	va_start(values, format);
	vsnprintf(fake.said, sizeof fake.said, format, values);
	va_end(values);
}

bool
ui_is_telling(const struct ui *ui)
{
	(void)ui;
	return fake.telling;
}

const struct glyph_set *
ui_glyphs(const struct ui *ui)
{
	return glyph_set((ui->context.text_flags & TEXT_ASCII) != 0);
}

unsigned
ui_flags(const struct ui *ui)
{
	return ui->context.text_flags;
}

bool
term_can_reverse(const struct term *term)
{
	(void)term;
	return false;
}

const char *
fake_line(int row)
{
	const struct grid *grid = &fake.ui.grid;
	size_t used = 0, length;
	int i, cells = 0;

	for (i = 0; i < grid->columns; i++) {
		const struct grid_cell *cell =
		    &grid->cells[row * grid->columns + i];

		length = strlen(cell->text);
		memcpy(fake_text + used, cell->text, length);
		used += length;
		cells += cell->width;
	}
	if (cells != grid->columns)
		abort();
	while (used > 0 && fake_text[used - 1] == ' ')
		used--;
	fake_text[used] = '\0';
	return fake_text;
}

/* ---- a list of it ---- */

void
fake_begin(size_t count)
{
	fake_start(count);
	fake.ui.list = list_new(&fake.ui);
}

void
fake_draw(void)
{
	struct grid_area area = grid_part(grid_all(&fake.ui.grid),
	    FAKE_TOP - 1, 0, FAKE_ROWS + 1, fake.ui.grid.columns);

	grid_clear(&fake.ui.grid);
	list_draw(fake.ui.list, area);
}

void
fake_act(enum action action)
{
	if (list_act(fake.ui.list, action) & UI_PASS)
		abort();
	fake_draw();
}

int
fake_selected_line(void)
{
	int row, line = -1;

	for (row = 0; row < FAKE_ROWS; row++) {
		if (fake_line(FAKE_TOP + row)[0] != '>')
			continue;
		if (line >= 0)
			abort();
		line = row;
	}
	return line;
}

const char *
fake_name_at(int line)
{
	const struct list *list = fake.ui.list;

	if ((size_t)line >= list->line_count || list->lines[line].id == 0)
		return "";
	return fake_item(list->lines[line].id)->name;
}

unsigned
fake_any(unsigned below)
{
	static uint64_t seed = 5;

	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % below;
}
