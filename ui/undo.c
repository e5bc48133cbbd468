/* SPDX-License-Identifier: MIT
 *
 * Undo by ids: what has changed since does not matter, an item that is gone
 * or has gone on is passed over.
 */
#include "config.h"

#include "undo.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "acts.h"
#include "batch.h"
#include "live.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/units.h"
#include "ui/list/list.h"

struct undo_step {
	haul_id id;
	uint64_t number;
	char *text;
};

struct undo_entry {
	enum undo_kind kind;
	struct undo_step *steps;
	size_t count, room;
};

struct undo {
	struct undo_entry entries[UNDO_DEPTH];  /* the oldest first */
	size_t count;
	struct undo_entry open;         /* between begin and end */
};

struct undo *
undo_new(struct ui *ui)
{
	(void)ui;
	return memory_zero(sizeof(struct undo));
}

static void
undo_release(struct undo_entry *entry)
{
	size_t i;

	for (i = 0; i < entry->count; i++)
		free(entry->steps[i].text);
	free(entry->steps);
	memset(entry, 0, sizeof *entry);
}

void
undo_free(struct undo *undo)
{
	if (undo == NULL)
		return;
	while (undo->count > 0)
		undo_release(&undo->entries[--undo->count]);
	undo_release(&undo->open);
	free(undo);
}

size_t
undo_count(const struct undo *undo)
{
	return undo->count;
}

struct undo_entry *
undo_begin(struct undo *undo, enum undo_kind kind)
{
	undo_release(&undo->open);
	undo->open.kind = kind;
	return &undo->open;
}

void
undo_add(struct undo_entry *entry, haul_id id, uint64_t number,
    const char *text)
{
	if (entry->count == entry->room) {
		entry->room = entry->room * 2 + 4;
		entry->steps = memory_resize(entry->steps, entry->room,
		    sizeof *entry->steps);
	}
	entry->steps[entry->count++] = (struct undo_step){ id, number,
	    memory_string(text) };
}

void
undo_end(struct undo *undo)
{
	if (undo->open.count == 0)
		return;
	if (undo->count == UNDO_DEPTH) {
		undo_release(&undo->entries[0]);
		undo->count--;
		memmove(undo->entries, undo->entries + 1,
		    undo->count * sizeof *undo->entries);
	}
	undo->entries[undo->count++] = undo->open;
	memset(&undo->open, 0, sizeof undo->open);
}

/* ---- taking back ---- */

static enum haul_result
undo_setting(struct haul *haul, const struct undo_step *step)
{
	const char *equals = strchr(step->text, '=');
	char *name = memory_bytes(step->text, (size_t)(equals - step->text));
	struct haul_error error;
	enum haul_result result;

	result = step->id == 0 ? haul_set(haul, name, equals + 1, &error) :
	    live_set_option(haul, step->id, name, equals + 1, &error);
	free(name);
	return result;
}

static enum haul_result
undo_step(struct haul *haul, enum undo_kind kind, const struct undo_step *step)
{
	struct haul_error error;

	switch (kind) {
	case UNDO_REMOVE:
		return haul_restore(haul, step->id);
	case UNDO_PAUSE:
		return step->number ? haul_resume(haul, step->id) :
		    haul_pause(haul, step->id);
	case UNDO_HOLD:
		return haul_hold(haul, (enum haul_hold)step->number);
	case UNDO_EDIT:
		return step->number == UNDO_EDIT_OPTION ?
		    undo_setting(haul, step) :
		    haul_edit(haul, step->id, step->text, true, &error);
	case UNDO_MOVE:
		return haul_move(haul, step->id, step->number);
	case UNDO_SETTING:
		return undo_setting(haul, step);
	}
	return HAUL_ESTATE;
}

static void
undo_tell(struct ui *ui, const struct undo_entry *entry, size_t done)
{
	char count[UNITS_SIZE], *setting;

	units_count(count, sizeof count, done);
	if (done == 0) {
		ui_say(ui, STYLE_ERROR, "%s", _("cannot be undone any more"));
		return;
	}
	switch (entry->kind) {
	case UNDO_REMOVE:
		ui_say(ui, STYLE_TEXT, ngettext("undone: %s file is back",
		    "undone: %s files are back", done), count);
		break;
	case UNDO_PAUSE:
		ui_say(ui, STYLE_TEXT, entry->steps[0].number ?
		    ngettext("undone: %s file resumed",
		    "undone: %s files resumed", done) :
		    ngettext("undone: %s file paused",
		    "undone: %s files paused", done), count);
		break;
	case UNDO_HOLD:
		ui_say(ui, STYLE_TEXT, "%s", entry->steps[0].number ==
		    HAUL_HOLD_NOTHING ? _("undone: all go on") :
		    _("undone: all paused"));
		break;
	case UNDO_EDIT:
		if (entry->steps[0].number == UNDO_EDIT_OPTION) {
			ui_say(ui, STYLE_TEXT, "%s",
			    _("undone: what was edited"));
			break;
		}
		ui_say(ui, STYLE_TEXT, ngettext("undone: the URL of %s file",
		    "undone: the URLs of %s files", done), count);
		break;
	case UNDO_MOVE:
		ui_say(ui, STYLE_TEXT, "%s",
		    _("undone: moved in the queue"));
		break;
	case UNDO_SETTING:
		setting = live_described(entry->steps[0].text);
		/* TRANSLATORS: a setting, "Connections per file: 5" */
		ui_say(ui, STYLE_TEXT, _("undone: %s"), setting);
		free(setting);
		break;
	}
}

/* Last first. */
static bool
undo_batch_step(struct ui *ui, void *data, size_t index)
{
	struct undo_entry *entry = data;

	return undo_step(ui->haul, entry->kind,
	    &entry->steps[entry->count - 1 - index]) == HAUL_OK;
}

static void
undo_batch_done(struct ui *ui, void *data, size_t worked)
{
	struct undo_entry *entry = data;

	undo_tell(ui, entry, worked);
	if (worked > 0)
		acts_start(ui);
	/* What is back is what one wants to see. */
	if (worked > 0 && entry->kind == UNDO_REMOVE)
		list_select(ui->list, entry->steps[0].id);
	undo_release(entry);
	free(entry);
}

bool
undo_last(struct ui *ui)
{
	struct undo *undo = ui->undo;
	struct undo_entry *entry;
	struct batch_job job = { 0, undo_batch_step, undo_batch_done, NULL };

	/* What is not done yet need not be undone. */
	batch_cancel(ui);
	if (undo->count == 0) {
		ui_say(ui, STYLE_TEXT, "%s", _("nothing to undo"));
		return false;
	}
	entry = memory_zero(sizeof *entry);
	*entry = undo->entries[--undo->count];
	job.count = entry->count;
	job.data = entry;
	batch_run(ui, &job);
	return true;
}
