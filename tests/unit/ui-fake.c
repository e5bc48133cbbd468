/* SPDX-License-Identifier: MIT
 *
 * See ui-fake.h. What it says of the engine is what haul.h says; how the
 * engine does it is not its matter.
 */
#include "config.h"

#include "ui-fake.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "present/memory.h"
#include "ui/acts.h"
#include "ui/batch.h"
#include "ui/dialog/dialog.h"
#include "ui/message.h"
#include "ui/pane/pane.h"
#include "ui/prompt.h"
#include "ui/saving.h"
#include "ui/undo.h"

#define FAKE_MADE_UP 1000000

struct fake fake;

static struct {
	const char *name;
	char value[32];
	int64_t least, most;
} fake_options[] = {
	{ "max-conn", "", 1, 10000 }, { "max-splits", "", 1, 256 },
	{ "max-host-conn", "", 0, 10000 }, { "max-total-conn", "", 0, 10000 },
	{ "limit-rate", "", 0, INT64_MAX },
	{ "limit-rate-file", "", 0, INT64_MAX },
	{ "retries", "", 0, 1000000 }, { "retry-delay", "", 0, 3600 },
	{ "directory", "", 0, 0 },
};

static const char *const fake_values[] = { "8", "4", "16", "64", "0", "0",
	"5", "1", "/data/sun" };

static void
fake_wish(void *user, enum ui_wish wish, const char *text)
{
	(void)user;
	fake.wish = wish;
	fake.wishes++;
	snprintf(fake.wished, sizeof fake.wished, "%s", text == NULL ? "" :
	    text);
}

int
fake_setup(void **state)
{
	size_t i;

	(void)state;
	memset(&fake, 0, sizeof fake);
	for (i = 0; i < sizeof fake_options / sizeof *fake_options; i++)
		snprintf(fake_options[i].value, sizeof fake_options[i].value,
		    "%s", fake_values[i]);
	fake.ui.context.wish = fake_wish;
	fake.running = true;
	fake.ui.mouse = true;
	grid_init(&fake.ui.grid, 24, 80);
	fake.ui.undo = undo_new(&fake.ui);
	fake.ui.saving = saving_new(&fake.ui);
	fake.ui.pane = pane_new(&fake.ui);
	fake.ui.messages = messages_new(&fake.ui);
	return 0;
}

int
fake_teardown(void **state)
{
	(void)state;
	batch_cancel(&fake.ui);
	dialog_close_all(&fake.ui);
	prompt_close(&fake.ui);
	saving_free(fake.ui.saving);
	undo_free(fake.ui.undo);
	pane_free(fake.ui.pane);
	messages_free(fake.ui.messages);
	grid_release(&fake.ui.grid);
	return 0;
}

struct fake_item *
fake_add(enum haul_state state, const char *host, int64_t size_bytes,
    int64_t got_bytes)
{
	struct fake_item *item = &fake.items[fake.count++];

	memset(item, 0, sizeof *item);
	item->id = fake.count;
	item->state = state;
	item->host = host;
	item->size_bytes = size_bytes;
	item->got_bytes = got_bytes;
	item->resumable = true;
	snprintf(item->url, sizeof item->url, "https://%s/file%zu.bin", host,
	    fake.count);
	return item;
}

struct fake_item *
fake_fail(enum haul_cause cause, int http_status, const char *host)
{
	struct fake_item *item = fake_add(HAUL_STATE_FAILED, host, -1, 0);

	item->cause = cause;
	item->http_status = http_status;
	item->attempts = 1;
	return item;
}

struct fake_item *
fake_find(haul_id id)
{
	size_t i;

	for (i = 0; i < fake.count; i++)
		if (fake.items[i].id == id)
			return &fake.items[i];
	return NULL;
}

/* ---- looking ---- */

static void
fake_fill_row(const struct fake_item *item, struct haul_row *row)
{
	const char *name = strrchr(item->path != NULL ? item->path :
	    item->url, '/');

	memset(row, 0, sizeof *row);
	row->id = item->id;
	row->state = item->state;
	row->cause = item->cause;
	row->http_status = item->http_status;
	row->size_bytes = item->size_bytes;
	row->got_bytes = item->got_bytes;
	row->resumable = item->resumable;
	row->wait = item->wait;
	row->wait_cap = item->wait_cap;
	row->wait_ms = item->wait_ms;
	snprintf(row->host, sizeof row->host, "%s", item->host);
	snprintf(row->name, sizeof row->name, "%s", name + 1);
}

/* Failures made up by number: two causes, three hosts. */
static void
fake_make_up(uint64_t n, struct haul_row *row)
{
	memset(row, 0, sizeof *row);
	row->id = FAKE_MADE_UP + n;
	row->state = HAUL_STATE_FAILED;
	row->cause = n % 4 == 0 ? HAUL_CAUSE_HTTP : HAUL_CAUSE_DNS;
	row->http_status = n % 4 == 0 ? 503 : 0;
	snprintf(row->host, sizeof row->host, "h%" PRIu64 ".example",
	    n % 3);
}

size_t
haul_rows(struct haul *haul, const struct haul_view *view, uint64_t first,
    struct haul_row *rows, size_t max)
{
	uint64_t rank = 0;
	size_t i, copied = 0;

	(void)haul;
	for (i = 0; i < fake.count && copied < max; i++) {
		if (!(view->states & HAUL_IN(fake.items[i].state)))
			continue;
		if (rank++ >= first)
			fake_fill_row(&fake.items[i], &rows[copied++]);
	}
	if (view->states & HAUL_IN(HAUL_STATE_FAILED))
		for (i = first > rank ? first - rank : 0;
		    i < fake.failures && copied < max; i++)
			fake_make_up(i, &rows[copied++]);
	fake.rows_asked += copied;
	return copied;
}

uint64_t
haul_count(struct haul *haul, const struct haul_view *view)
{
	uint64_t count = 0;
	size_t i;

	(void)haul;
	for (i = 0; i < fake.count; i++)
		count += (view->states & HAUL_IN(fake.items[i].state)) != 0;
	return count;
}

bool
haul_rank(struct haul *haul, const struct haul_view *view, haul_id id,
    uint64_t *rank)
{
	size_t i;

	(void)haul;
	for (i = 0, *rank = 0; i < fake.count; i++) {
		if (fake.items[i].id == id)
			return (view->states &
			    HAUL_IN(fake.items[i].state)) != 0;
		*rank += (view->states & HAUL_IN(fake.items[i].state)) != 0;
	}
	return false;
}

bool
haul_row(struct haul *haul, haul_id id, struct haul_row *row)
{
	const struct fake_item *item = fake_find(id);

	(void)haul;
	if (item != NULL)
		fake_fill_row(item, row);
	else if (id >= FAKE_MADE_UP && id < FAKE_MADE_UP + fake.failures)
		fake_make_up(id - FAKE_MADE_UP, row);
	else
		return false;
	return true;
}

struct haul_item *
haul_item(struct haul *haul, haul_id id)
{
	const struct fake_item *from = fake_find(id);
	struct haul_item *item;

	(void)haul;
	if (from == NULL)
		return NULL;
	item = memory_zero(sizeof *item);
	item->id = id;
	item->state = from->state;
	item->cause = from->cause;
	item->http_status = from->http_status;
	item->size_bytes = from->size_bytes;
	item->got_bytes = from->got_bytes;
	item->attempts = from->attempts;
	item->resumable = from->resumable;
	item->attempt_started_ms = from->state == HAUL_STATE_ACTIVE ? 1000 : 0;
	item->connect_ms = item->tls_ms = item->first_byte_ms = -1;
	item->added_rank = (int64_t)id;
	item->url = memory_string(from->url);
	item->path = memory_string(from->path);
	item->message = memory_string(from->message);
	item->etag = memory_string(from->etag);
	item->history_count = from->history_count;
	item->history = memory_resize(NULL, 8, sizeof *item->history);
	memcpy(item->history, from->history, sizeof from->history);
	return item;
}

void
haul_item_free(struct haul_item *item)
{
	if (item == NULL)
		return;
	free(item->url);
	free(item->path);
	free(item->message);
	free(item->etag);
	free(item->history);
	free(item);
}

void
haul_totals(struct haul *haul, struct haul_totals *totals)
{
	size_t i;

	(void)haul;
	memset(totals, 0, sizeof *totals);
	for (i = 0; i < fake.count; i++) {
		enum haul_state state = fake.items[i].state;

		totals->files += state != HAUL_STATE_REMOVED;
		totals->queued += state == HAUL_STATE_QUEUED;
		totals->paused += state == HAUL_STATE_PAUSED;
		totals->waiting += state == HAUL_STATE_WAITING;
		totals->failed += state == HAUL_STATE_FAILED;
		totals->done += state == HAUL_STATE_DONE;
		totals->active += state == HAUL_STATE_ACTIVE ||
		    state == HAUL_STATE_CONNECTING ||
		    state == HAUL_STATE_VERIFYING;
	}
	totals->failed += fake.failures;
	totals->files += fake.failures;
	totals->hold = fake.hold;
	totals->running = fake.running;
	totals->changes = fake.changes;
}

size_t
haul_segments(struct haul *haul, haul_id id, struct haul_range *ranges,
    size_t max)
{
	const struct fake_item *item = fake_find(id);

	(void)haul;
	if (item == NULL || item->got_bytes == 0 || max == 0)
		return 0;
	ranges[0] = (struct haul_range){ 0, item->got_bytes };
	return 1;
}

size_t
haul_connections(struct haul *haul, haul_id id,
    struct haul_connection *connections, size_t max)
{
	const struct fake_item *item = fake_find(id);

	(void)haul;
	if (item == NULL || item->state != HAUL_STATE_ACTIVE || max == 0)
		return 0;
	memset(connections, 0, sizeof *connections);
	connections->end = item->size_bytes;
	connections->got_bytes = item->got_bytes;
	connections->http_version = 20;
	connections->receiving = true;
	snprintf(connections->address, sizeof connections->address,
	    "192.0.2.7:443");
	return 1;
}

/* ---- changing ---- */

static enum haul_result
fake_change(haul_id id, unsigned from, enum haul_state to)
{
	struct fake_item *item = fake_find(id);

	if (item == NULL)
		return HAUL_ENOENT;
	if (!(HAUL_IN(item->state) & from))
		return HAUL_ESTATE;
	item->state = to;
	return HAUL_OK;
}

enum haul_result
haul_pause(struct haul *haul, haul_id id)
{
	(void)haul;
	return fake_change(id, HAUL_IN_ALL & ~HAUL_IN_ENDED,
	    HAUL_STATE_PAUSED);
}

enum haul_result
haul_resume(struct haul *haul, haul_id id)
{
	(void)haul;
	return fake_change(id, HAUL_IN(HAUL_STATE_PAUSED),
	    HAUL_STATE_QUEUED);
}

enum haul_result
haul_retry(struct haul *haul, haul_id id)
{
	enum haul_result result = fake_change(id, HAUL_IN(HAUL_STATE_FAILED),
	    HAUL_STATE_QUEUED);

	(void)haul;
	if (result == HAUL_OK)
		fake_find(id)->retries++;
	return id >= FAKE_MADE_UP ? HAUL_OK : result;
}

size_t
haul_retry_failed(struct haul *haul)
{
	size_t i, count = fake.failures;

	for (i = 0; i < fake.count; i++)
		count += haul_retry(haul, fake.items[i].id) == HAUL_OK;
	fake.failures = 0;
	return count;
}

enum haul_result
haul_remove(struct haul *haul, haul_id id, bool delete_data)
{
	struct fake_item *item = fake_find(id);

	(void)haul;
	if (item == NULL)
		return HAUL_ENOENT;
	item->before = item->state;
	item->data_deleted = delete_data;
	item->state = HAUL_STATE_REMOVED;
	return HAUL_OK;
}

enum haul_result
haul_restore(struct haul *haul, haul_id id)
{
	struct fake_item *item = fake_find(id);

	(void)haul;
	return item == NULL ? HAUL_ENOENT : fake_change(id,
	    HAUL_IN(HAUL_STATE_REMOVED), item->before);
}

enum haul_result
haul_move(struct haul *haul, haul_id id, haul_id before)
{
	struct fake_item moved, *item = fake_find(id), *at;

	(void)haul;
	if (item == NULL)
		return HAUL_ENOENT;
	if (id == before)
		return HAUL_OK;
	moved = *item;
	memmove(item, item + 1, (size_t)(fake.items + fake.count - item - 1) *
	    sizeof *item);
	at = before == HAUL_FIRST ? fake.items : fake_find(before);
	if (at == NULL)
		at = fake.items + fake.count - 1;
	memmove(at + 1, at, (size_t)(fake.items + fake.count - 1 - at) *
	    sizeof *at);
	*at = moved;
	return HAUL_OK;
}

static enum haul_result
fake_check(const char *url, struct haul_error *error)
{
	enum haul_complaint complaint = HAUL_COMPLAINT_NONE;

	if (strstr(url, "://") == NULL)
		complaint = HAUL_COMPLAINT_BAD_URL;
	else if (strncmp(url, "http", 4) != 0)
		complaint = HAUL_COMPLAINT_BAD_SCHEME;
	if (complaint == HAUL_COMPLAINT_NONE)
		return HAUL_OK;
	memset(error, 0, sizeof *error);
	error->result = HAUL_EUSAGE;
	error->complaint = complaint;
	snprintf(error->value, sizeof error->value, "%s", url);
	return HAUL_EUSAGE;
}

enum haul_result
haul_edit(struct haul *haul, haul_id id, const char *url, bool keep,
    struct haul_error *error)
{
	struct fake_item *item = fake_find(id);

	(void)haul;
	if (item == NULL)
		return HAUL_ENOENT;
	if (fake_check(url, error) != HAUL_OK)
		return HAUL_EUSAGE;
	snprintf(item->url, sizeof item->url, "%s", url);
	item->keep = keep;
	return HAUL_OK;
}

enum haul_result
haul_check(struct haul *haul, const struct haul_request *request,
    struct haul_error *error)
{
	(void)haul;
	return fake_check(request->url, error);
}

enum haul_result
haul_add(struct haul *haul, const struct haul_request *request, haul_id *id,
    struct haul_error *error)
{
	struct fake_item *item;

	(void)haul;
	if (fake_check(request->url, error) != HAUL_OK)
		return HAUL_EUSAGE;
	item = fake_add(request->paused ? HAUL_STATE_PAUSED :
	    HAUL_STATE_QUEUED, "added.example", -1, 0);
	snprintf(item->url, sizeof item->url, "%s", request->url);
	*id = item->id;
	return HAUL_OK;
}

bool
haul_store_records(struct haul *haul)
{
	(void)haul;
	return fake.recorded;
}

enum haul_result
haul_hold(struct haul *haul, enum haul_hold hold)
{
	(void)haul;
	fake.hold = hold;
	return HAUL_OK;
}

enum haul_result
haul_start(struct haul *haul)
{
	(void)haul;
	fake.starts++;
	fake.running = true;
	return HAUL_OK;
}

/* An item's own option, or NULL. */
static char *
fake_own(haul_id id, const char *name)
{
	struct fake_item *item = id == 0 ? NULL : fake_find(id);

	if (item == NULL)
		return NULL;
	return strcmp(name, "checksum") == 0 ? item->checksum :
	    strcmp(name, "user") == 0 ? item->login :
	    strcmp(name, "on-change") == 0 ? item->on_change : NULL;
}

bool
haul_get(struct haul *haul, haul_id id, const char *name, char *text,
    size_t size)
{
	size_t i;

	(void)haul;
	*text = '\0';
	if (fake_own(id, name) != NULL) {
		snprintf(text, size, "%s", fake_own(id, name));
		return true;
	}
	for (i = 0; i < sizeof fake_options / sizeof *fake_options; i++)
		if (strcmp(fake_options[i].name, name) == 0) {
			snprintf(text, size, "%s", fake_options[i].value);
			return true;
		}
	return false;
}

enum haul_result
haul_set(struct haul *haul, const char *name, const char *value,
    struct haul_error *error)
{
	char *end;
	int64_t number = strtoll(value, &end, 10);
	size_t i;

	(void)haul;
	for (i = 0; i < sizeof fake_options / sizeof *fake_options; i++)
		if (strcmp(fake_options[i].name, name) == 0)
			break;
	memset(error, 0, sizeof *error);
	error->result = HAUL_EUSAGE;
	snprintf(error->value, sizeof error->value, "%s", value);
	if (end == value || (*end != '\0' && fake_options[i].most !=
	    INT64_MAX))
		error->complaint = HAUL_COMPLAINT_NOT_A_NUMBER;
	else if (number < fake_options[i].least ||
	    number > fake_options[i].most)
		error->complaint = HAUL_COMPLAINT_OUT_OF_RANGE;
	if (error->complaint != HAUL_COMPLAINT_NONE)
		return HAUL_EUSAGE;
	snprintf(fake_options[i].value, sizeof fake_options[i].value, "%s",
	    value);
	return HAUL_OK;
}

enum haul_result
haul_set_item(struct haul *haul, haul_id id, const char *name,
    const char *value, struct haul_error *error)
{
	char *own = fake_own(id, name);

	if (own == NULL)
		return haul_set(haul, name, value, error);
	memset(error, 0, sizeof *error);
	if (own == fake_find(id)->on_change) {
		snprintf(own, sizeof fake_find(id)->on_change, "%s", value);
	} else if (own == fake_find(id)->login || *value == '\0') {
		snprintf(own, sizeof fake_find(id)->login, "%s", value);
	} else if (strchr(value, '=') == NULL) {
		error->complaint = HAUL_COMPLAINT_BAD_CHECKSUM;
		return HAUL_EUSAGE;
	} else {
		snprintf(own + strlen(own), sizeof fake_find(id)->checksum -
		    strlen(own), "%s%s", *own != '\0' ? "\n" : "", value);
	}
	return HAUL_OK;
}

/* ---- the list ---- */

unsigned
list_act(struct list *list, enum action action)
{
	(void)list;
	fake.last_act = action;
	return UI_REDRAW;
}

haul_id
list_selected(struct list *list)
{
	(void)list;
	return fake.selected;
}

size_t
list_targets(struct list *list, haul_id **ids)
{
	size_t count = fake.tagged_count > 0 ? fake.tagged_count :
	    fake.selected != 0;

	(void)list;
	*ids = memory_resize(NULL, count, sizeof **ids);
	if (fake.tagged_count > 0)
		memcpy(*ids, fake.tagged, count * sizeof **ids);
	else if (count > 0)
		**ids = fake.selected;
	return count;
}

size_t
list_tagged(struct list *list)
{
	(void)list;
	return fake.tagged_count;
}

void
list_select(struct list *list, haul_id id)
{
	(void)list;
	fake.selected = id;
}

enum list_tab
list_tab(struct list *list)
{
	(void)list;
	return fake.tab;
}

void
list_show_tab(struct list *list, enum list_tab tab)
{
	(void)list;
	fake.tab = tab;
}

bool
list_filter(struct list *list, const char *expression, char *why, size_t size)
{
	(void)list;
	if (strchr(expression, '(') != NULL) {
		snprintf(why, size, "bad filter");
		return false;
	}
	snprintf(fake.filter, sizeof fake.filter, "%s", expression);
	return true;
}

const char *
list_filter_text(struct list *list)
{
	(void)list;
	return fake.filter;
}

void
list_filter_status(struct list *list, char *out, size_t size)
{
	(void)list;
	snprintf(out, size, "41 of 1,204");
}

bool
list_find(struct list *list, const char *text, int direction)
{
	(void)list;
	(void)direction;
	snprintf(fake.found, sizeof fake.found, "%s", text);
	return strstr(text, "none") == NULL;
}

int
list_find_percent(struct list *list)
{
	(void)list;
	return -1;
}

bool
list_tag(struct list *list, const char *expression, char *why, size_t size)
{
	(void)list;
	snprintf(fake.tagging, sizeof fake.tagging, "%s", expression);
	if (strchr(expression, '(') != NULL)
		snprintf(why, size, "bad filter");
	return strchr(expression, '(') == NULL;
}

void
list_set_sort(struct list *list, enum list_sort sort, bool reverse)
{
	(void)list;
	fake.sort = sort;
	fake.reverse = reverse;
}

enum list_sort
list_sort_of_all(struct list *list, bool *reverse)
{
	return list_sort(list, reverse);
}

enum list_sort
list_sort(struct list *list, bool *reverse)
{
	(void)list;
	*reverse = fake.reverse;
	return fake.sort;
}

void
list_set_group(struct list *list, const struct list_group *group)
{
	(void)list;
	fake.grouped = group != NULL;
	if (group != NULL)
		fake.group = *group;
}

/* ---- the rest of the face ---- */

unsigned
ui_act(struct ui *ui, enum action action)
{
	return acts_do(ui, action);
}

unsigned
ui_flags(const struct ui *ui)
{
	return ui->context.text_flags;
}

bool
ui_has_work(const struct ui *ui)
{
	return ui->totals.queued + ui->totals.active > 0;
}

void
ui_wish(struct ui *ui, enum ui_wish wish, const char *text)
{
	ui->context.wish(ui->context.user, wish, text);
}

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
term_copy(struct term *term, const char *text, size_t length)
{
	(void)term;
	snprintf(fake.copied, sizeof fake.copied, "%.*s", (int)length, text);
	return fake.clipboard;
}

bool
term_can_reverse(const struct term *term)
{
	(void)term;
	return false;
}

void
term_set_mouse(struct term *term, bool on)
{
	(void)term;
	(void)on;
}

void
term_set_scheme(struct term *term, enum term_scheme scheme)
{
	(void)term;
	(void)scheme;
}

/* ---- input and output ---- */

static unsigned
fake_input(const struct input *input)
{
	return fake.ui.dialog != NULL ? dialog_input(&fake.ui, input) :
	    prompt_input(&fake.ui, input);
}

unsigned
fake_key(uint32_t key)
{
	struct input input = { .kind = INPUT_KEY, .key = key };

	return fake_input(&input);
}

void
fake_type(const char *text)
{
	for (; *text != '\0'; text++)
		fake_key((unsigned char)*text);
}

unsigned
fake_paste(const char *text)
{
	struct input input = { .kind = INPUT_PASTE };
	unsigned reaction;

	input.paste = memory_string(text);
	input.paste_length = strlen(text);
	reaction = fake_input(&input);
	free(input.paste);
	return reaction;
}

unsigned
fake_click(int row, int column)
{
	struct input input = { .kind = INPUT_CLICK, .row = row,
	    .column = column };

	return fake_input(&input);
}

const char *
fake_dump(void)
{
	static char text[300 * (8 * 300 + 1)];
	const struct grid *grid = &fake.ui.grid;
	size_t used = 0, end;
	int row, column, cells;

	for (row = 0; row < grid->rows; row++) {
		end = used;
		for (column = 0, cells = 0; column < grid->columns;
		    column++) {
			const struct grid_cell *cell = &grid->cells[row *
			    grid->columns + column];

			cells += cell->width;
			used += (size_t)snprintf(text + used, sizeof text -
			    used, "%s", cell->text);
			if (strcmp(cell->text, " ") != 0 && cell->width > 0)
				end = used;
		}
		assert_int_equal(cells, grid->columns);
		used = end;
		text[used++] = '\n';
	}
	text[used] = '\0';
	return text;
}

const char *
fake_screen(int rows, int columns)
{
	grid_resize(&fake.ui.grid, rows, columns);
	dialog_draw(&fake.ui, grid_all(&fake.ui.grid));
	return fake_dump();
}
