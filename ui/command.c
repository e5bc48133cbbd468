/* SPDX-License-Identifier: MIT
 *
 * The ":" line, by a table of verbs.
 */
#include "config.h"

#include "command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/text.h"
#include "prompt.h"
#include "ui/dialog/dialog.h"
#include "ui/list/list.h"
#include "ui/pane/pane.h"

struct command_row {
	const char *name;
	const char *arguments;          /* to be shown, untranslated */
	bool (*run)(struct ui *, const char *rest, char *why, size_t size);
};

static bool
command_fail(char *why, size_t size, const char *text)
{
	snprintf(why, size, "%s", text);
	return false;
}

/* ---- verbs ---- */

static bool
command_add(struct ui *ui, const char *rest, char *why, size_t size)
{
	(void)why;
	(void)size;
	add_open(ui, *rest != '\0' ? rest : NULL);
	return true;
}

static bool
command_addfile(struct ui *ui, const char *rest, char *why, size_t size)
{
	if (*rest == '\0')
		return command_fail(why, size, _("which file?"));
	acts_read_list(ui, rest);
	return true;
}

static const char *
command_export_path(const char *rest)
{
	if (strncmp(rest, "failed", 6) == 0 &&
	    (rest[6] == ' ' || rest[6] == '\0'))
		rest += 6 + strspn(rest + 6, " ");
	return rest;
}

static bool
command_export(struct ui *ui, const char *rest, char *why, size_t size)
{
	char *path = acts_path(command_export_path(rest));

	(void)why;
	(void)size;
	/* It says itself how it went. */
	export_failed(ui, *path != '\0' ? path : NULL);
	free(path);
	return true;
}

static bool
command_filter(struct ui *ui, const char *rest, char *why, size_t size)
{
	return list_filter(ui->list, rest, why, size);
}

static bool
command_find(struct ui *ui, const char *rest, char *why, size_t size)
{
	if (*rest == '\0')
		return command_fail(why, size, _("find what?"));
	list_find(ui->list, rest, 1);   /* it says itself if there is none */
	return true;
}

static bool
command_goto(struct ui *ui, const char *rest, char *why, size_t size)
{
	const struct haul_view view = { HAUL_IN_ALL, HAUL_ORDER_QUEUE,
		false };
	struct haul_row row;
	uint64_t rank = strtoull(rest, NULL, 10);

	if (rank == 0 || haul_rows(ui->haul, &view, rank - 1, &row, 1) != 1)
		return command_fail(why, size, _("no such place"));
	list_show_tab(ui->list, LIST_ALL);
	list_select(ui->list, row.id);
	return true;
}

static bool
command_limit(struct ui *ui, const char *rest, char *why, size_t size)
{
	return live_set(ui, LIVE_LIMIT, 0, rest, why, size);
}

static bool
command_messages(struct ui *ui, const char *rest, char *why, size_t size)
{
	(void)rest;
	(void)why;
	(void)size;
	pane_show(ui->pane, PANE_LOG);
	return true;
}

static bool
command_pause_or_resume(struct ui *ui, const char *rest, bool pause,
    char *why, size_t size)
{
	haul_id *ids = NULL;
	size_t count;

	if (strcmp(rest, "all") == 0) {
		acts_hold(ui, pause);
		return true;
	}
	if (*rest != '\0')
		return command_fail(why, size,
		    _("\"all\", or nothing for what is selected"));
	count = list_targets(ui->list, &ids);
	acts_pause(ui, ids, count, pause);
	free(ids);
	return true;
}

static bool
command_pause(struct ui *ui, const char *rest, char *why, size_t size)
{
	return command_pause_or_resume(ui, rest, true, why, size);
}

static bool
command_resume(struct ui *ui, const char *rest, char *why, size_t size)
{
	return command_pause_or_resume(ui, rest, false, why, size);
}

static bool
command_quit(struct ui *ui, const char *rest, char *why, size_t size)
{
	(void)why;
	(void)size;
	if (strcmp(rest, "now") == 0)
		ui_wish(ui, UI_WISH_QUIT, NULL);
	else
		quit_open(ui);
	return true;
}

static bool
command_redraw(struct ui *ui, const char *rest, char *why, size_t size)
{
	(void)rest;
	(void)why;
	(void)size;
	ui_act(ui, ACTION_REDRAW);
	return true;
}

/* A status, or the name of a cause. */
static bool
command_read_cause(const char *text, struct retry_wanted *wanted)
{
	enum haul_cause cause;
	char *end;
	long status = strtol(text, &end, 10);

	if (end != text && *end == '\0' && status > 0 && status < 1000) {
		wanted->http_status = (int)status;
		wanted->cause = HAUL_CAUSE_HTTP;
		wanted->any_cause = false;
		return true;
	}
	for (cause = HAUL_CAUSE_NONE + 1; cause < HAUL_CAUSE_COUNT; cause++)
		if (strcmp(haul_cause_name(cause), text) == 0) {
			wanted->cause = cause;
			wanted->any_cause = false;
			return true;
		}
	return false;
}

bool
command_read_wanted(char *text, struct retry_wanted *wanted)
{
	char *word, *end;

	memset(wanted, 0, sizeof *wanted);
	wanted->any_cause = true;
	for (word = text + strspn(text, " "); *word != '\0'; word = end) {
		end = word + strcspn(word, " ");
		if (*end != '\0')
			*end++ = '\0';
		end += strspn(end, " ");
		if (strncmp(word, "host:", 5) == 0 && word[5] != '\0')
			wanted->host = word + 5;
		else if (strncmp(word, "cause:", 6) == 0) {
			if (!command_read_cause(word + 6, wanted))
				return false;
		} else if (strcmp(word, "failed") != 0 &&
		    strcmp(word, "all") != 0) {
			return false;
		}
	}
	return true;
}

static bool
command_retry(struct ui *ui, const char *rest, char *why, size_t size)
{
	struct retry_wanted wanted;
	char *words = memory_string(rest);
	bool good = command_read_wanted(words, &wanted);

	if (!good)
		command_fail(why, size,
		    _("failed, cause:503 or cause:dns, host:NAME"));
	else if (*rest == '\0')
		ui_act(ui, ACTION_RETRY);
	else
		retry_failed(ui, &wanted);
	free(words);
	return good;
}

static bool
command_set_one(struct ui *ui, const char *word, char *why, size_t size)
{
	const char *equals = strchr(word, '=');
	enum live_setting setting;
	haul_id id = 0;
	char name[TEXT_ROOM(32)];

	setting = equals == NULL ? LIVE_COUNT :
	    live_find(word, (size_t)(equals - word));
	if (setting == LIVE_COUNT) {
		text_safe(name, sizeof name, word, strcspn(word, "="), 32,
		    ui_flags(ui));
		snprintf(why, size, _("no setting \"%s\""), name);
		return false;
	}
	if (setting == LIVE_LIMIT_FILE)
		id = list_selected(ui->list);
	if (setting == LIVE_LIMIT_FILE && id == 0)
		return command_fail(why, size, _("nothing is selected"));
	return live_set(ui, setting, id, equals + 1, why, size);
}

static bool
command_set(struct ui *ui, const char *rest, char *why, size_t size)
{
	char *words, *word, *end;
	bool good = true;

	if (*rest == '\0') {
		settings_open(ui);
		return true;
	}
	words = memory_string(rest);
	for (word = words; *word != '\0' && good; word = end) {
		end = word + strcspn(word, " ");
		if (*end != '\0')
			*end++ = '\0';
		end += strspn(end, " ");
		good = command_set_one(ui, word, why, size);
	}
	free(words);
	return good;
}

static bool
command_sort(struct ui *ui, const char *rest, char *why, size_t size)
{
	int count = LIST_SORTS - (list_tab(ui->list) != LIST_ACTIVE), i;
	bool reverse = *rest == '-';
	char words[192];

	if (*rest == '\0') {
		sortmenu_open(ui);
		return true;
	}
	for (i = 0; i < count; i++)
		if (strcmp(sort_name((enum list_sort)i), rest +
		    reverse) == 0) {
			list_set_sort(ui->list, (enum list_sort)i, reverse);
			return true;
		}
	snprintf(words, sizeof words, _("%s (beginning: in 2 Active); - "
	    "reverses"), "queue name size progress speed eta state finished "
	    "host");
	return command_fail(why, size, words);
}

static bool
command_tag(struct ui *ui, const char *rest, char *why, size_t size)
{
	return list_tag(ui->list, rest, why, size);
}

static const struct command_row command_rows[COMMAND_ACTION] = {
	[COMMAND_ADD] = { "add", "URL", command_add },
	[COMMAND_ADDFILE] = { "addfile", "FILE", command_addfile },
	[COMMAND_EXPORT] = { "export", "failed FILE", command_export },
	[COMMAND_FILTER] = { "filter", "WORDS host: state: size>1G ext: "
	    "cause:", command_filter },
	[COMMAND_FIND] = { "find", "TEXT", command_find },
	[COMMAND_GOTO] = { "goto", "NUMBER", command_goto },
	[COMMAND_LIMIT] = { "limit", "5M | off", command_limit },
	[COMMAND_MESSAGES] = { "messages", "", command_messages },
	[COMMAND_PAUSE] = { "pause", "[all]", command_pause },
	[COMMAND_QUIT] = { "quit", "[now]", command_quit },
	[COMMAND_REDRAW] = { "redraw", "", command_redraw },
	[COMMAND_RESUME] = { "resume", "[all]", command_resume },
	[COMMAND_RETRY] = { "retry", "failed cause:503 host:NAME",
	    command_retry },
	[COMMAND_SET] = { "set", "files= splits= host= total= limit= tries= "
	    "delay=", command_set },
	[COMMAND_SORT] = { "sort", "[-]queue name size progress speed eta "
	    "state finished host", command_sort },
	[COMMAND_TAG] = { "tag", "FILTER", command_tag },
};

/* ---- the line ---- */

static const char *
command_start(const char *line)
{
	line += strspn(line, " ");
	if (*line == ':')
		line += 1 + strspn(line + 1, " ");
	return line;
}

/* The verb that is this word, or the only one that begins with it. */
static enum command_verb
command_find_verb(const char *word, size_t length)
{
	enum command_verb verb, found = COMMAND_NONE;

	for (verb = 0; verb < COMMAND_ACTION; verb++) {
		if (strncmp(command_rows[verb].name, word, length) != 0)
			continue;
		if (command_rows[verb].name[length] == '\0')
			return verb;
		found = found == COMMAND_NONE ? verb : COMMAND_ACTION;
	}
	return found == COMMAND_ACTION ? COMMAND_NONE : found;
}

enum command_verb
command_parse(const char *line, const char **rest, enum action *action)
{
	const char *word = command_start(line);
	size_t length = strcspn(word, " ");
	enum command_verb verb;

	*rest = word + length + strspn(word + length, " ");
	*action = ACTION_NONE;
	if (length == 0)
		return COMMAND_NONE;
	verb = command_find_verb(word, length);
	if (verb != COMMAND_NONE && command_rows[verb].name[length] == '\0')
		return verb;
	*action = action_find(word, length);
	if (*action != ACTION_NONE)
		return COMMAND_ACTION;
	return verb;
}

bool
command_run(struct ui *ui, const char *line, char *why, size_t size)
{
	const char *rest;
	enum action action;
	enum command_verb verb = command_parse(line, &rest, &action);

	*why = '\0';
	if (verb == COMMAND_NONE)
		return command_fail(why, size, _("no such command"));
	if (verb == COMMAND_ACTION) {
		/* The command line is closed first: the action may open
		 * another line. */
		prompt_close(ui);
		ui_act(ui, action);
		return true;
	}
	return command_rows[verb].run(ui, rest, why, size);
}

/* ---- help while typing ---- */

bool
command_usage(size_t n, char *text, size_t size)
{
	if (n >= COMMAND_ACTION)
		return false;
	snprintf(text, size, ":%s %s", command_rows[n].name,
	    command_rows[n].arguments);
	return true;
}

/* The n-th name, of verbs and then of actions; NULL after the last. */
static const char *
command_name(size_t n)
{
	if (n < COMMAND_ACTION)
		return command_rows[n].name;
	n -= COMMAND_ACTION;
	return n + 1 < ACTION_COUNT ? action_rows[n + 1].name : NULL;
}

char *
command_complete(const char *line)
{
	const char *word = command_start(line), *name, *first = NULL;
	size_t length = strlen(word), common = 0, n, matches = 0;

	if (strchr(word, ' ') != NULL)
		return memory_string(line);
	for (n = 0; (name = command_name(n)) != NULL; n++) {
		if (strncmp(name, word, length) != 0)
			continue;
		if (matches++ == 0) {
			first = name;
			common = strlen(name);
		}
		while (strncmp(first, name, common) != 0)
			common--;
	}
	if (matches == 0)
		return memory_string(line);
	return memory_format("%.*s%s", (int)common, first,
	    matches == 1 ? " " : "");
}

const char *
command_path(const char *line)
{
	const char *rest;
	enum action action;
	enum command_verb verb = command_parse(line, &rest, &action);

	/* The verb itself is still being typed. */
	if (rest == line || rest[-1] != ' ')
		return NULL;
	if (verb == COMMAND_EXPORT)
		return command_export_path(rest);
	return verb == COMMAND_ADDFILE ? rest : NULL;
}

void
command_hint(const char *line, char *text, size_t size)
{
	const char *word = command_start(line), *name, *rest;
	size_t length = strcspn(word, " "), n, used = 0;
	enum action action;
	enum command_verb verb = command_parse(line, &rest, &action);

	*text = '\0';
	if (verb < COMMAND_ACTION && word[length] == ' ') {
		snprintf(text, size, "%s", command_rows[verb].arguments);
		return;
	}
	if (verb == COMMAND_ACTION) {
		snprintf(text, size, "%s", _(action_rows[action].help));
		return;
	}
	for (n = 0; length > 0 && (name = command_name(n)) != NULL &&
	    used < 40; n++)
		if (strncmp(name, word, length) == 0)
			used += (size_t)snprintf(text + used, size - used,
			    "%s%s", used > 0 ? " " : "", name);
}
