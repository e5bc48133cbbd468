/* SPDX-License-Identifier: MIT
 *
 * The list of failed items as a file that somebody has asked for: with whole
 * URLs, so that it serves to fetch them by other means.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acts.h"
#include "present/failedlist.h"
#include "present/i18n.h"
#include "present/text.h"
#include "present/units.h"

static void
export_tell(struct ui *ui, const char *name, int error, size_t written)
{
	char count[UNITS_SIZE], words[128], shown[TEXT_ROOM(60)];

	text_safe(shown, sizeof shown, name, strlen(name), 60, ui_flags(ui));
	units_count(count, sizeof count, written);
	if (error == 0)
		ui_say(ui, STYLE_TEXT, ngettext("%s failed file written to %s",
		    "%s failed files written to %s", written), count, shown);
	else
		ui_say(ui, STYLE_ERROR, _("%s cannot be written: %s"), shown,
		    strerror_r(error, words, sizeof words));
}

bool
export_failed(struct ui *ui, const char *path)
{
	char here[FAILEDLIST_NAME_SIZE];
	haul_id *ids;
	size_t written = 0, failed = acts_failed_of_host(ui, NULL, &ids);
	bool done = false;

	if (failed == 0) {
		ui_say(ui, STYLE_TEXT, "%s", _("nothing has failed"));
	} else {
		done = path != NULL ? failedlist_write(ui->haul, ids, failed,
		    path, false, &written) : failedlist_write_here(ui->haul,
		    ids, failed, false, here, &written);
		export_tell(ui, path != NULL ? path : here, done ? 0 : errno,
		    written);
	}
	free(ids);
	return done;
}
