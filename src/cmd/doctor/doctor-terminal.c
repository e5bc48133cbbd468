/* SPDX-License-Identifier: MIT
 *
 * See doctor-internal.h: what is said, and where it is shown.
 */
#include "config.h"

#include "doctor-internal.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd/output/face.h"
#include "cmd/output/output.h"
#include "present/i18n.h"
#include "present/memory.h"
#if defined(HAVE_TUI) && HAVE_TUI
#include "ui/screen/terminfo.h"
#endif

#define DOCTOR_ROWS_FEW 10              /* less shows hardly a list */
#define DOCTOR_COLUMNS_FEW 40

/* ---- locale ---- */

static const char *
doctor_set_value(const struct doctor_case *of, const char *name)
{
	const char *value = of->get(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

/* The variable that says what a category is, and its value in *value; NULL:
 * none does. */
static const char *
doctor_locale_variable(const struct doctor_case *of, const char *category,
    const char **value)
{
	const char *const names[] = { "LC_ALL", category, "LANG" };
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++) {
		*value = doctor_set_value(of, names[i]);
		if (*value != NULL)
			return names[i];
	}
	return NULL;
}

/* False if the variable names none that is installed. */
static bool
doctor_check_category(const struct doctor_case *of, const char *category,
    int mask, struct doctor_finding *finding)
{
	const char *value, *name = doctor_locale_variable(of, category,
	    &value);
	locale_t locale;

	if (name == NULL)
		return true;
	locale = newlocale(mask, value, (locale_t)0);
	if (locale != (locale_t)0) {
		freelocale(locale);
		return true;
	}
	doctor_say(finding, DOCTOR_WRONG, memory_format("%s=%s", name, value),
	    memory_format(_("This system has no locale '%s', so haul takes "
	    "'C': English and ASCII. Install it (locale-gen), or set %s to "
	    "one that 'locale -a' lists."), value, name));
	return false;
}

#if defined(ENABLE_NLS) && ENABLE_NLS
/* The language that texts are in: of the catalogue's head, or NULL. */
static char *
doctor_language(void)
{
	static const char none[] = "", field[] = "\nLanguage: ";
	const char *head = gettext(none), *at = strstr(head, field);

	if (at == NULL)
		return NULL;
	at += sizeof field - 1;
	return memory_bytes(at, strcspn(at, "\n"));
}

static bool
doctor_is_english(const char *language)
{
	return strncmp(language, "en", 2) == 0 || strcmp(language, "C") == 0 ||
	    strncmp(language, "C.", 2) == 0 || strcmp(language, "POSIX") == 0;
}

/* LANGUAGE counts before the locale, and is a list. */
static void
doctor_check_language(const struct doctor_case *of,
    struct doctor_finding *finding)
{
	const char *wanted = doctor_set_value(of, "LANGUAGE"), *value;
	char *language = doctor_language(), *code;

	if (doctor_locale_variable(of, "LC_MESSAGES", &value) == NULL)
		value = "C";
	if (wanted == NULL || doctor_is_english(value))
		wanted = value;
	code = memory_bytes(wanted, strcspn(wanted, "_.@:"));
	if (language != NULL)
		doctor_say(finding, DOCTOR_OK, memory_format(_("texts: %s"),
		    language), NULL);
	else if (!doctor_is_english(wanted))
		doctor_say(finding, DOCTOR_NOTE, memory_string(_("texts: "
		    "English")), memory_format(_("There is no translation to "
		    "'%s' in %s: haul has none, or it is not installed."),
		    code, bindtextdomain(PACKAGE, NULL)));
	free(language);
	free(code);
}
#else
static void
doctor_check_language(const struct doctor_case *of,
    struct doctor_finding *finding)
{
	(void)of;
	(void)finding;
}
#endif

/* ASCII has a name there that nobody knows. */
static const char *
doctor_codeset(void)
{
	const char *codeset = nl_langinfo(CODESET);

	return strncmp(codeset, "ANSI_X3.4", 9) == 0 ? "ASCII" : codeset;
}

void
doctor_check_locale(const struct doctor_case *of,
    struct doctor_finding *finding)
{
	const char *codeset = doctor_codeset(), *value;
	const char *name = doctor_locale_variable(of, "LC_CTYPE", &value);

	if (!doctor_check_category(of, "LC_CTYPE", LC_CTYPE_MASK, finding) ||
	    !doctor_check_category(of, "LC_MESSAGES", LC_MESSAGES_MASK,
	    finding))
		return;
	doctor_say(finding, DOCTOR_OK, memory_string(name != NULL ? value :
	    "C"), NULL);
	if (strcmp(codeset, "UTF-8") != 0) {
		doctor_say(finding, DOCTOR_NOTE, memory_string(codeset),
		    memory_string(_("Not UTF-8: haul draws with ASCII, and "
		    "shows other letters as '?'. Set LANG to a UTF-8 locale, "
		    "such as C.UTF-8, or use --utf8.")));
		return;
	}
	doctor_say(finding, DOCTOR_OK, memory_string(codeset), NULL);
	doctor_check_language(of, finding);
}

/* ---- terminal ---- */

static void
doctor_check_size(struct doctor_finding *finding)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		return;
	if (size.ws_row == 0 || size.ws_col == 0) {
		doctor_say(finding, DOCTOR_NOTE, memory_string(_("size "
		    "unknown")), memory_string(_("Tell it by 'stty rows 24 "
		    "cols 80', or as large as it is.")));
		return;
	}
	doctor_say(finding, DOCTOR_OK, memory_format("%dx%d", size.ws_col,
	    size.ws_row), NULL);
	if (size.ws_row < DOCTOR_ROWS_FEW || size.ws_col < DOCTOR_COLUMNS_FEW)
		doctor_say(finding, DOCTOR_NOTE, NULL, memory_string(_("So "
		    "small a window has no room for bars and details; 80x24 "
		    "shows all.")));
}

#if defined(HAVE_TUI) && HAVE_TUI
static void
doctor_check_entry(const char *term, struct doctor_finding *finding)
{
	int colours;
	bool moves;

	if (!terminfo_look(STDOUT_FILENO, &colours, &moves)) {
		doctor_say(finding, DOCTOR_WRONG, NULL, memory_format(_("This "
		    "system does not know the terminal '%s', so there is no "
		    "full screen. Install its description (ncurses-term), or "
		    "set TERM to one that 'toe -a' lists, such as xterm."),
		    term));
		return;
	}
	if (!moves)
		doctor_say(finding, DOCTOR_NOTE, NULL, memory_format(_("The "
		    "terminal '%s' cannot move its cursor, so there is no "
		    "full screen."), term));
	doctor_say(finding, DOCTOR_OK, colours > 0 ? memory_format(ngettext(
	    "%d colour", "%d colours", (unsigned long)colours), colours) :
	    memory_string(_("no colours")), NULL);
}
#else
static void
doctor_check_entry(const char *term, struct doctor_finding *finding)
{
	(void)term;
	(void)finding;
}
#endif

/* A multiplexer is a terminal of its own kind: who takes it for another one
 * draws what it does not understand. */
static void
doctor_check_multiplexer(const struct doctor_case *of, const char *term,
    struct doctor_finding *finding)
{
	bool tmux = doctor_set_value(of, "TMUX") != NULL;
	bool screen = doctor_set_value(of, "STY") != NULL;

	if ((!tmux && !screen) || strncmp(term, "screen", 6) == 0 ||
	    strncmp(term, "tmux", 4) == 0)
		return;
	doctor_say(finding, DOCTOR_NOTE, memory_string(tmux ? "tmux" :
	    "screen"), memory_format(_("Within %s TERM should be '%s', or "
	    "keys and colours can be wrong; see where your shell or its "
	    "configuration sets it."), tmux ? "tmux" : "screen", tmux ?
	    "tmux-256color" : "screen-256color"));
}

void
doctor_check_terminal(const struct doctor_case *of,
    struct doctor_finding *finding)
{
	const char *term = doctor_set_value(of, "TERM");
	bool here = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);

	if (term == NULL) {
		doctor_say(finding, here ? DOCTOR_WRONG : DOCTOR_OK,
		    memory_string(_("TERM is not set")), here ?
		    memory_string(_("Set it to what the terminal is, such as "
		    "xterm-256color; there is no full screen without.")) :
		    NULL);
	} else {
		doctor_say(finding, DOCTOR_OK, memory_string(term), NULL);
		doctor_check_entry(term, finding);
		doctor_check_multiplexer(of, term, finding);
	}
	doctor_say(finding, DOCTOR_OK, memory_string(output_is_ascii(
	    of->settings) ? "ASCII" : "UTF-8"), NULL);
	if (here)
		doctor_check_size(finding);
	else
		doctor_say(finding, DOCTOR_OK, memory_string(_("input or "
		    "output is not a terminal")), NULL);
}
