/* SPDX-License-Identifier: MIT
 *
 * The event log. It shows the newest line until it is scrolled; then it stays
 * where it is, whatever is logged, until its end is reached again.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "pane-internal.h"
#include "present/i18n.h"
#include "present/text.h"
#include "present/units.h"
#include "ui/message.h"

/* The number behind the last line shown, within those that are kept. */
static uint64_t
logpane_end(const struct pane *pane)
{
	const struct messages *messages = pane->ui->messages;
	uint64_t total = messages_total(messages);
	uint64_t oldest = total - messages_log_count(messages);
	uint64_t end = pane->log_end == 0 || pane->log_end > total ? total :
	    pane->log_end;
	uint64_t least = oldest + (uint64_t)(pane->log_rows > 0 ?
	    pane->log_rows : 1);

	if (least > total)
		least = total;
	return end < least ? least : end;
}

static void
logpane_draw_line(const struct pane *pane, struct grid_area area, int row,
    size_t number)
{
	struct message_entry entry;
	char clock[PANE_CLOCK_SIZE];
	const char *word;
	int at;

	if (!messages_log(pane->ui->messages, number, &entry))
		return;
	pane_clock(clock, sizeof clock, (int64_t)entry.at * 1000);
	at = 1 + grid_put(area, row, 1, -1, clock, STYLE_QUIET, 0) + 1;
	word = _(entry.word);
	grid_put(area, row, at, -1, word, entry.style, 0);
	at += text_width(word) > 4 ? text_width(word) + 1 : 5;
	grid_put_cut(area, row, at, entry.text, STYLE_TEXT,
	    ui_flags(pane->ui));
}

void
logpane_draw(struct pane *pane, struct grid_area area)
{
	const struct messages *messages = pane->ui->messages;
	uint64_t total = messages_total(messages), end;
	size_t kept = messages_log_count(messages), first;
	char count[UNITS_SIZE], words[96];
	int row;

	pane->log_rows = area.rows - 1;
	end = logpane_end(pane);
	units_count(count, sizeof count, total);
	snprintf(words, sizeof words, end < total ? _("%s lines  End newest  "
	    "Esc close") : ngettext("%s line  Esc close", "%s lines  Esc "
	    "close", total), count);
	pane_rule(pane, area, _("Log"), words,
	    pane->ui->focus_pane && !pane_on_groups(pane));
	/* Numbers among those that are kept. */
	end -= total - kept;
	first = end > (uint64_t)(area.rows - 1) ? (size_t)end -
	    (size_t)(area.rows - 1) : 0;
	for (row = 1; row < area.rows && first + (size_t)row - 1 < end; row++)
		logpane_draw_line(pane, area, row, first + (size_t)row - 1);
}

unsigned
logpane_scroll(struct pane *pane, int lines)
{
	uint64_t total = messages_total(pane->ui->messages);
	uint64_t end = logpane_end(pane);

	if (lines < 0)
		end = end > (uint64_t)-lines ? end - (uint64_t)-lines : 1;
	else
		end += (uint64_t)lines;
	pane->log_end = end >= total ? 0 : end;
	pane->log_end = pane->log_end == 0 ? 0 : logpane_end(pane);
	return UI_REDRAW;
}
