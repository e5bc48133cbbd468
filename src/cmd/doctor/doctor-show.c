/* SPDX-License-Identifier: MIT
 *
 * See doctor-internal.h: how findings are shown. Three columns, state, what,
 * and what was found, with the advice below. What is worth a look comes last,
 * and what is wrong behind it: all of it together is longer than a screen.
 */
#include "config.h"

#include "doctor-internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd/output/json.h"
#include "cmd/output/output.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/text.h"

#define DOCTOR_COLUMNS 80
#define DOCTOR_COLUMNS_MIN 40

/* One that is shown in the end. */
struct doctor_held {
	char *label;
	struct doctor_finding finding;
};

struct doctor_show {
	bool json, ascii;
	bool quiet;                     /* what is OK is not told */
	bool coloured, safe;            /* safe: for the colour-blind */
	int columns, state_cells, label_cells;
	int64_t seq;
	uint64_t counts[DOCTOR_STATES];
	char *names[DOCTOR_STATES];     /* of those, by commas */
	struct doctor_held *held;
	size_t held_count;
};

static const char *const doctor_state_names[DOCTOR_STATES] = {
	"ok", "note", "wrong"
};

static const char *
doctor_state_word(enum doctor_state state)
{
	switch (state) {
	case DOCTOR_NOTE:
		return _("note");
	case DOCTOR_WRONG:
		return _("WRONG");
	case DOCTOR_OK:
	case DOCTOR_STATES:
		break;
	}
	return _("OK");
}

static const char *
doctor_state_colour(const struct doctor_show *show, enum doctor_state state)
{
	if (!show->coloured || state == DOCTOR_OK)
		return "";
	if (state == DOCTOR_NOTE)
		return show->safe ? "\033[4m" : "\033[33m";
	return show->safe ? "\033[1m" : "\033[1;31m";
}

/* As wide as the terminal, but no wider than is read with ease. */
static int
doctor_columns(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0 ||
	    size.ws_col > DOCTOR_COLUMNS)
		return DOCTOR_COLUMNS;
	return size.ws_col < DOCTOR_COLUMNS_MIN ? DOCTOR_COLUMNS_MIN :
	    size.ws_col;
}

static bool
doctor_wants_colour(const struct settings *settings)
{
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && (none == NULL || *none == '\0') &&
	    term != NULL && *term != '\0' && strcmp(term, "dumb") != 0 &&
	    settings->values[SETTINGS_COLOR] != SETTINGS_COLOR_NEVER;
}

struct doctor_show *
doctor_show_new(const struct settings *settings)
{
	struct doctor_show *show = memory_zero(sizeof *show);
	int state, cells;

	show->json =
	    settings->values[SETTINGS_OUTPUT] == SETTINGS_OUTPUT_JSON;
	show->ascii = output_is_ascii(settings);
	show->quiet = settings->values[SETTINGS_QUIET] != 0;
	show->coloured = doctor_wants_colour(settings);
	show->safe = settings->values[SETTINGS_COLOR] == SETTINGS_COLOR_SAFE;
	show->columns = doctor_columns();
	for (state = 0; state < DOCTOR_STATES; state++) {
		cells = text_width(doctor_state_word(
		    (enum doctor_state)state));
		if (cells > show->state_cells)
			show->state_cells = cells;
	}
	return show;
}

/* Text in rows that begin at `indent`, where the cursor stands. A word that is
 * too long for a row goes on in the next. */
static void
doctor_print_rows(const struct doctor_show *show, const char *text, int indent)
{
	int width = show->columns - 1 - indent;
	size_t length;

	for (;;) {
		length = text_row(text, width);
		if (length <= strspn(text, " "))
			length = text_fit(text, width, NULL);
		if (length == 0)
			length = strlen(text);
		printf("%.*s\n", (int)length, text);
		text += length;
		text += strspn(text, " ");
		if (*text == '\0')
			return;
		printf("%*s", indent, "");
	}
}

/* What is not ASCII in it where only that can be shown. */
static char *
doctor_shown(const struct doctor_show *show, const char *text)
{
	size_t room = TEXT_ROOM(strlen(text));
	char *shown = memory_resize(NULL, room, 1);

	text_safe(shown, room, text, strlen(text), -1,
	    show->ascii ? TEXT_ASCII : 0);
	return shown;
}

static void
doctor_print(const struct doctor_show *show, const char *label,
    const struct doctor_finding *finding)
{
	const char *word = doctor_state_word(finding->state);
	const char *colour = doctor_state_colour(show, finding->state);
	char *found = doctor_shown(show, finding->found != NULL ?
	    finding->found : "");
	char *advice = doctor_shown(show, finding->advice != NULL ?
	    finding->advice : "");
	int indent = show->state_cells + 2 + show->label_cells + 2;

	printf("%s%s%s%*s%s%*s", colour, word, *colour != '\0' ? "\033[m" :
	    "", show->state_cells - text_width(word) + 2, "", label,
	    show->label_cells - text_width(label) + 2, "");
	doctor_print_rows(show, found, indent);
	if (*advice != '\0') {
		printf("%*s", indent, "");
		doctor_print_rows(show, advice, indent);
	}
	free(found);
	free(advice);
}

static void
doctor_hold(struct doctor_show *show, const char *label,
    const struct doctor_finding *finding)
{
	struct doctor_held *held;

	show->held = memory_resize(show->held, show->held_count + 1,
	    sizeof *show->held);
	held = &show->held[show->held_count++];
	held->label = memory_string(label);
	held->finding.state = finding->state;
	held->finding.found = memory_string(finding->found);
	held->finding.advice = memory_string(finding->advice);
}

static void
doctor_put_line(char *line, size_t length)
{
	if (line != NULL)
		fwrite(line, 1, length, stdout);
	free(line);
}

void
doctor_show_finding(struct doctor_show *show, const char *name,
    const char *label, int label_cells, const struct doctor_finding *finding)
{
	char *line;
	size_t length;

	show->counts[finding->state]++;
	if (show->json) {
		line = json_finding_line(show->seq++, name,
		    doctor_state_names[finding->state], finding->found,
		    finding->advice, &length);
		doctor_put_line(line, length);
		return;
	}
	show->label_cells = label_cells;
	doctor_list(&show->names[finding->state], memory_string(label));
	if (finding->state != DOCTOR_OK)
		doctor_hold(show, label, finding);
	else if (!show->quiet)
		doctor_print(show, label, finding);
	/* What may hang comes later. */
	(void)fflush(stdout);
}

/* Those of a state, which are then gone. */
static void
doctor_print_held(struct doctor_show *show, enum doctor_state state)
{
	struct doctor_held *held = show->held;

	for (; held < show->held + show->held_count; held++) {
		if (held->label == NULL || held->finding.state != state)
			continue;
		doctor_print(show, held->label, &held->finding);
		free(held->label);
		held->label = NULL;
		doctor_release(&held->finding);
	}
}

static void
doctor_sum_up(const struct doctor_show *show)
{
	char *text;

	putchar('\n');
	if (show->names[DOCTOR_WRONG] != NULL &&
	    show->names[DOCTOR_NOTE] != NULL)
		text = memory_format(_("Wrong: %s. Worth a look: %s."),
		    show->names[DOCTOR_WRONG], show->names[DOCTOR_NOTE]);
	else if (show->names[DOCTOR_WRONG] != NULL)
		text = memory_format(_("Wrong: %s."),
		    show->names[DOCTOR_WRONG]);
	else if (show->names[DOCTOR_NOTE] != NULL)
		text = memory_format(_("Nothing is wrong. Worth a look: %s."),
		    show->names[DOCTOR_NOTE]);
	else
		text = memory_string(_("Nothing is wrong."));
	doctor_print_rows(show, text, 0);
	free(text);
}

void
doctor_show_end(struct doctor_show *show)
{
	size_t length;
	char *line;
	int state;

	if (show->json) {
		line = json_diagnosis_line(show->seq,
		    show->counts[DOCTOR_OK], show->counts[DOCTOR_NOTE],
		    show->counts[DOCTOR_WRONG], &length);
		doctor_put_line(line, length);
	} else {
		if (!show->quiet && show->held_count > 0)
			putchar('\n');
		doctor_print_held(show, DOCTOR_NOTE);
		doctor_print_held(show, DOCTOR_WRONG);
		if (!show->quiet)
			doctor_sum_up(show);
	}
	free(show->held);
	for (state = 0; state < DOCTOR_STATES; state++)
		free(show->names[state]);
	free(show);
}
