/* SPDX-License-Identifier: MIT
 *
 * The command line by getopt_long(), whose tables are built from options.def.
 * Its own messages are off: they name neither the value nor what would be
 * right. A switch may be taken back by a value (--no-progress=no), because
 * the environment can set it.
 */
#include "config.h"

#include "arguments.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/output/output.h"
#include "cmd/run/repair.h"
#include "cmd/run/resume.h"
#include "history.h"
#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/text.h"
#include "verify.h"

/* Codes of long options for getopt_long(), above all letters. */
#define ARGUMENTS_LONG 1000

#define ARGUMENTS_COLUMNS 80
#define ARGUMENTS_INDENT 29

/* The help in its order: a group's title, or an option. */
static const struct {
	const char *title;
	enum settings_id id;
} arguments_help_rows[] = {
#define HAUL_OPTION_GROUP(title) { title, SETTINGS_COUNT },
#define HAUL_OPTION(id, name, letter, type, min, max, def, scope, env, \
    parfive, arg, help) { NULL, SETTINGS_##id },
#include "options.def"
#undef HAUL_OPTION
};

struct arguments_tables {
	struct option longs[SETTINGS_COUNT + 1];
	char shorts[2 + 2 * SETTINGS_COUNT];
};

static void
arguments_build(struct arguments_tables *tables)
{
	const struct settings_row *row;
	size_t used = 0;
	int id;

	memset(tables, 0, sizeof *tables);
	tables->shorts[used++] = ':';
	for (id = 0; id < SETTINGS_COUNT; id++) {
		row = &settings_rows[id];
		tables->longs[id].name = row->name;
		tables->longs[id].has_arg =
		    settings_can_be_bare((enum settings_id)id) ?
		    optional_argument : required_argument;
		tables->longs[id].val = ARGUMENTS_LONG + id;
		if (row->letter == 0)
			continue;
		tables->shorts[used++] = (char)row->letter;
		if (!settings_can_be_bare((enum settings_id)id))
			tables->shorts[used++] = ':';
	}
}

static enum settings_id
arguments_id(int code)
{
	int id;

	if (code >= ARGUMENTS_LONG)
		return (enum settings_id)(code - ARGUMENTS_LONG);
	for (id = 0; id < SETTINGS_COUNT; id++)
		if (settings_rows[id].letter == code)
			break;
	return (enum settings_id)id;
}

/* The option as the user may write it: "--max-conn" or "-n". */
static void
arguments_name(char *name, size_t size, int code)
{
	if (code >= ARGUMENTS_LONG)
		snprintf(name, size, "--%s",
		    settings_rows[code - ARGUMENTS_LONG].name);
	else
		snprintf(name, size, "-%c", code);
}

/* Lists the options that begin as the given one; returns how many. */
static size_t
arguments_candidates(const char *option, char *list, size_t size)
{
	size_t length = strcspn(option, "="), used = 0, found = 0;
	int id;

	*list = '\0';
	for (id = 0; id < SETTINGS_COUNT; id++) {
		if (strncmp(settings_rows[id].name, option, length) != 0)
			continue;
		if (used < size)
			used += (size_t)snprintf(list + used, size - used,
			    "%s--%s", found > 0 ? ", " : "",
			    settings_rows[id].name);
		found++;
	}
	return found;
}

/* The long option that was meant, with one dash or two; SETTINGS_COUNT if
 * none comes near. */
static enum settings_id
arguments_meant(const char *option)
{
	option += strspn(option, "-");
	return settings_nearest(option, strcspn(option, "="), false);
}

/* What the fingers know from curl, wget and aria2. */
static const struct {
	char letter;
	enum settings_id meant;         /* SETTINGS_COUNT: nothing is needed */
	const char *why;
} arguments_habits[] = {
	{ 'c', SETTINGS_COUNT, N_("haul goes on where it was by itself") },
	{ 'C', SETTINGS_COUNT, N_("haul goes on where it was by itself") },
	{ 'L', SETTINGS_COUNT, N_("haul follows redirects by itself") },
	{ 'O', SETTINGS_OUT, NULL },
	{ 'P', SETTINGS_DIRECTORY, NULL },
	{ 'j', SETTINGS_MAX_CONN, NULL },
};

/* False if it is none of them. */
static bool
arguments_habit(char *why, size_t size, int letter)
{
	enum settings_id meant;
	size_t i;

	for (i = 0; i < sizeof arguments_habits / sizeof *arguments_habits; i++)
		if (arguments_habits[i].letter == letter)
			break;
	if (i == sizeof arguments_habits / sizeof *arguments_habits)
		return false;
	meant = arguments_habits[i].meant;
	if (meant != SETTINGS_COUNT)
		snprintf(why, size, _("There is no option '-%c'; did you mean "
		    "--%s?"), letter, settings_rows[meant].name);
	else
		snprintf(why, size, _("There is no option '-%c': %s."), letter,
		    _(arguments_habits[i].why));
	return true;
}

/* A letter that is none: in a word of letters, or in a long option that lacks
 * a dash. */
static void
arguments_unknown_letter(char *why, size_t size, char *const *words)
{
	char shown[128], letter[] = { (char)optopt, '\0' };
	enum settings_id meant = SETTINGS_COUNT;
	int i;

	/* getopt() stands at the word or behind it. */
	for (i = 0; i < 2 && meant == SETTINGS_COUNT; i++)
		if (words[-i] != NULL && words[-i][0] == '-' &&
		    words[-i][1] != '-' && strlen(words[-i]) > 2)
			meant = arguments_meant(words[-i]);
	text_safe(shown, sizeof shown, letter, 1, -1, TEXT_ASCII);
	if (meant != SETTINGS_COUNT)
		snprintf(why, size, _("There is no option '-%s'; did you mean "
		    "--%s?"), shown, settings_rows[meant].name);
	else if (!arguments_habit(why, size, optopt))
		snprintf(why, size, _("There is no option '-%s'."), shown);
}

static void
arguments_unknown_name(char *why, size_t size, const char *option)
{
	enum settings_id meant = arguments_meant(option);
	char shown[128], list[512];

	text_safe(shown, sizeof shown, option, strlen(option), 60, 0);
	if (strncmp(option, "--", 2) == 0 &&
	    arguments_candidates(option + 2, list, sizeof list) > 1)
		snprintf(why, size, _("'%s' is ambiguous; it could be one of: "
		    "%s."), shown, list);
	else if (meant != SETTINGS_COUNT)
		snprintf(why, size, _("There is no option '%s'; did you mean "
		    "--%s?"), shown, settings_rows[meant].name);
	else
		snprintf(why, size, _("There is no option '%s'."), shown);
}

/* Options that contradict another: what stands earlier on the line, or in a
 * source that is further away, gives way. Not so HAUL_SINGLE_DOWNLOAD and
 * HAUL_DISABLE_RANGE, which hold for whatever -n and -s say, as with
 * parfive. */
static const struct {
	enum settings_id id;
	int64_t value;                  /* of `id`: when it is a contradiction;
	                                   texts are 0 */
	enum settings_id other;
	int64_t gives_way;              /* that value of `other`, for the
	                                   default */
	bool is_mistake;                /* if both stand on one line: it is
	                                   told elsewhere */
} arguments_opposites[] = {
	{ SETTINGS_STORE, 0, SETTINGS_NO_STORE, 1, false },
	{ SETTINGS_RESUME, 0, SETTINGS_NO_STORE, 1, true },
	{ SETTINGS_RETRY_FAILED, 0, SETTINGS_NO_STORE, 1, true },
	{ SETTINGS_HISTORY, 0, SETTINGS_NO_STORE, 1, true },
	{ SETTINGS_FORGET, 0, SETTINGS_NO_STORE, 1, true },
	{ SETTINGS_VERIFY, 0, SETTINGS_NO_STORE, 1, true },
	{ SETTINGS_REPAIR, 0, SETTINGS_NO_STORE, 1, true },
	{ SETTINGS_OUTPUT, SETTINGS_OUTPUT_TUI, SETTINGS_HEADLESS, 1, false },
	{ SETTINGS_OUTPUT, SETTINGS_OUTPUT_TUI, SETTINGS_NO_PROGRESS, 1,
	    false },
	{ SETTINGS_OUTPUT, SETTINGS_OUTPUT_BAR, SETTINGS_NO_PROGRESS, 1,
	    false },
	{ SETTINGS_OUTPUT, SETTINGS_OUTPUT_LOG, SETTINGS_NO_PROGRESS, 1,
	    false },
	{ SETTINGS_NO_FILE_PROGRESS, 1, SETTINGS_OUTPUT, SETTINGS_OUTPUT_TUI,
	    false },
	{ SETTINGS_UTF8, 1, SETTINGS_ASCII, 1, false },
	{ SETTINGS_IPV4, 1, SETTINGS_IPV6, 1, true },
	{ SETTINGS_IPV6, 1, SETTINGS_IPV4, 1, true },
};

static void
arguments_settle_opposites(struct settings *settings)
{
	const struct settings_entry *entry, *against;
	bool same, gives_way;
	size_t i, n = sizeof arguments_opposites / sizeof *arguments_opposites;

	for (i = 0; i < n; i++) {
		entry = settings_last(settings, arguments_opposites[i].id);
		against = settings_last(settings,
		    arguments_opposites[i].other);
		if (entry == NULL || against == NULL ||
		    settings->values[entry->id] !=
		    arguments_opposites[i].value ||
		    settings->values[against->id] !=
		    arguments_opposites[i].gives_way)
			continue;
		same = entry->source == against->source;
		gives_way = same ? entry > against &&
		    entry->source == SETTINGS_SOURCE_COMMAND_LINE &&
		    !arguments_opposites[i].is_mistake :
		    entry->source > against->source;
		if (gives_way)
			settings_reset(settings, against->id, entry);
	}
}

bool
arguments_scan(struct settings *settings, int argc, char **argv, char *why,
    size_t size)
{
	struct arguments_tables tables;
	int code;
	struct haul_error error;
	char name[64];

	arguments_build(&tables);
	settings_from(settings, SETTINGS_SOURCE_COMMAND_LINE, NULL);
	opterr = 0;
	optind = 0;     /* also resets what getopt keeps of an earlier line */
	while ((code = getopt_long(argc, argv, tables.shorts, tables.longs,
	    NULL)) != -1) {
		if (code == '?') {
			if (optopt != 0)
				arguments_unknown_letter(why, size,
				    argv + optind);
			else
				arguments_unknown_name(why, size,
				    argv[optind - 1]);
			return false;
		}
		if (code == ':') {
			arguments_name(name, sizeof name, optopt);
			snprintf(why, size, _("%s: a value is needed."), name);
			return false;
		}
		if (settings_set(settings, arguments_id(code), optarg,
		    &error) == HAUL_OK)
			continue;
		arguments_name(name, sizeof name, code);
		sentence_complaint(why, size, name, &error, 0);
		return false;
	}
	arguments_settle_opposites(settings);
	return true;
}

/* Splits --out into directory and name: on his own command line a user may
 * name any place, while the engine lets no name leave its directory. */
static bool
arguments_split_out(struct arguments *arguments,
    const struct settings *settings, char *why, size_t size)
{
	const char *out = settings->texts[SETTINGS_OUT];
	const char *dir = settings->texts[SETTINGS_DIRECTORY];
	const char *slash, *name;

	if (out == NULL)
		return true;
	if (*out == '\0') {
		snprintf(why, size, "%s", _("--out: the name is empty; give a "
		    "file name, or leave the option out."));
		return false;
	}
	if (strcmp(out, "-") == 0) {
		snprintf(why, size, _("--out: writing to standard output is "
		    "not possible, since the parts of a file arrive in any "
		    "order; give a file name."));
		return false;
	}
	slash = strrchr(out, '/');
	name = slash != NULL ? slash + 1 : out;
	if (*name == '\0' || strcmp(name, ".") == 0 ||
	    strcmp(name, "..") == 0) {
		snprintf(why, size, _("--out: '%s' names a directory; choose "
		    "the directory by --directory."), out);
		return false;
	}
	arguments->out_name = memory_string(name);
	if (slash == NULL)
		return true;
	if (*out == '/' || dir == NULL || *dir == '\0')
		arguments->out_dir = memory_bytes(out,
		    (size_t)(name - out));
	else
		arguments->out_dir = memory_format("%s/%.*s", dir,
		    (int)(name - out), out);
	return true;
}

static size_t
arguments_count_stdin(const struct settings *settings)
{
	size_t i, count = 0;

	for (i = 0; i < settings->list_count; i++)
		count += strcmp(settings->lists[i], "-") == 0;
	return count;
}

static bool
arguments_check_run(const struct settings *settings, enum settings_id id,
    char *why, size_t size)
{
	const char *text = settings->texts[id];
	char shown[128];
	uint64_t run;

	if (text == NULL || (resume_read_run(text, &run) && (run != 0 ||
	    settings_can_be_bare(id))))
		return true;
	text_safe(shown, sizeof shown, text, strlen(text), 60, 0);
	snprintf(why, size, _("--%s: '%s' is not the number of a run; 'haul "
	    "--history' lists them."), settings_rows[id].name, shown);
	return false;
}

static bool
arguments_check_history(const struct settings *settings, char *why,
    size_t size)
{
	const char *text = settings->texts[SETTINGS_HISTORY];

	return (text != NULL && history_is_of_all(text)) ||
	    arguments_check_run(settings, SETTINGS_HISTORY, why, size);
}

/* The options about earlier runs. */
static bool
arguments_check_store(const struct settings *settings, char *why,
    size_t size)
{
	const char *cause = settings->texts[SETTINGS_RETRY_FAILED];
	enum haul_cause known;
	char shown[128];

	if (!arguments_check_run(settings, SETTINGS_RESUME, why, size) ||
	    !arguments_check_history(settings, why, size) ||
	    !arguments_check_run(settings, SETTINGS_VERIFY, why, size) ||
	    !arguments_check_run(settings, SETTINGS_REPAIR, why, size) ||
	    !arguments_check_run(settings, SETTINGS_FORGET, why, size))
		return false;
	if (cause != NULL && !resume_read_cause(cause, &known)) {
		text_safe(shown, sizeof shown, cause, strlen(cause), 60, 0);
		snprintf(why, size, _("--retry-failed: there is no cause "
		    "'%s'; it is one of those that --json tells, such as "
		    "dns, connect, timeout, http."), shown);
		return false;
	}
	if (repair_is_wanted(settings) && (resume_is_wanted(settings) ||
	    verify_is_wanted(settings) || settings->list_count > 0)) {
		snprintf(why, size, "%s", _("--repair takes names of files, "
		    "and neither --resume, --retry-failed, --verify nor "
		    "--input-file."));
		return false;
	}
	if (resume_is_wanted(settings) &&
	    (settings->values[SETTINGS_NO_STORE] != 0 ||
	    settings->values[SETTINGS_DISCARD] != 0)) {
		snprintf(why, size, "%s", _("--resume and --retry-failed need "
		    "the store; leave --no-store and --discard out."));
		return false;
	}
	return true;
}

void
arguments_lack_url(char *why, size_t size, const char *no_screen)
{
	if (no_screen != NULL)
		snprintf(why, size, _("No URL was given; name one, or a list "
		    "of them by --input-file (no full screen: %s)."),
		    _(no_screen));
	else
		snprintf(why, size, "%s", _("No URL was given; name one, or "
		    "a list of them by --input-file."));
}

static bool
arguments_check(struct arguments *arguments, const struct settings *settings,
    char *why, size_t size)
{
	const char *not_possible;

	if (!arguments_check_store(settings, why, size))
		return false;
	if (settings->values[SETTINGS_FOREVER] != 0 &&
	    (settings->list_count == 0 || resume_is_wanted(settings))) {
		snprintf(why, size, "%s", settings->list_count == 0 ?
		    _("--forever: name a FIFO by --input-file.") :
		    _("--forever goes on with what is unfinished by itself; "
		    "leave --resume and --retry-failed out."));
		return false;
	}
	/* A screen needs no URL to begin with. */
	if (arguments->url_count == 0 && settings->list_count == 0 &&
	    !resume_is_wanted(settings) && !history_is_wanted(settings) &&
	    !verify_is_wanted(settings) && !repair_is_wanted(settings) &&
	    output_choose(settings, &not_possible) != SETTINGS_OUTPUT_TUI) {
		arguments_lack_url(why, size, not_possible);
		return false;
	}
	if (arguments_count_stdin(settings) > 1) {
		snprintf(why, size, "%s", _("--input-file: '-' was given "
		    "twice, but standard input can be read only once."));
		return false;
	}
	if (!arguments_split_out(arguments, settings, why, size))
		return false;
	if (arguments->out_name != NULL &&
	    (arguments->url_count != 1 || settings->list_count > 0)) {
		snprintf(why, size, "%s", _("--out names one file, so exactly "
		    "one URL is possible; use 'out=' in a list "
		    "(--input-file) for several."));
		return false;
	}
	if (settings->has_digest && (arguments->url_count != 1 ||
	    settings->list_count > 0)) {
		snprintf(why, size, "%s", _("--checksum is that of one file, "
		    "so exactly one URL is possible; use 'checksum=' in a "
		    "list (--input-file) for several."));
		return false;
	}
	if (settings->values[SETTINGS_IPV4] != 0 &&
	    settings->values[SETTINGS_IPV6] != 0) {
		snprintf(why, size, "%s", _("--ipv4 and --ipv6 exclude each "
		    "other; choose one of them."));
		return false;
	}
	if (settings->values[SETTINGS_OUTPUT] == SETTINGS_OUTPUT_JSON &&
	    settings->values[SETTINGS_PRINT_FILENAMES] != 0) {
		snprintf(why, size, "%s", _("--print-filenames and JSON both "
		    "write to standard output; choose one of them."));
		return false;
	}
	return true;
}

bool
arguments_read(struct arguments *arguments, struct settings *settings,
    int argc, char **argv, char *why, size_t why_size)
{
	memset(arguments, 0, sizeof *arguments);
	if (!arguments_scan(settings, argc, argv, why, why_size))
		return false;
	arguments->urls = argv + optind;
	arguments->url_count = (size_t)(argc - optind);
	if (settings->values[SETTINGS_HELP] != 0 ||
	    settings->values[SETTINGS_VERSION] != 0 ||
	    settings->values[SETTINGS_SHOW_CONFIG] != 0 ||
	    settings->values[SETTINGS_DOCTOR] != 0)
		return true;
	return arguments_check(arguments, settings, why, why_size);
}

void
arguments_release(struct arguments *arguments)
{
	free(arguments->out_dir);
	free(arguments->out_name);
	memset(arguments, 0, sizeof *arguments);
}

/* Prints text in rows; the cursor stands at `column`, further rows begin at
 * `indent`. A word that is too long for a row has one of its own. */
static void
arguments_wrap(FILE *file, const char *text, int column, int indent)
{
	size_t length;

	for (;;) {
		length = text_row(text, ARGUMENTS_COLUMNS - column);
		if (length == 0)
			length = strcspn(text, " ");
		fprintf(file, "%.*s\n", (int)length, text);
		text += length;
		text += strspn(text, " ");
		if (*text == '\0')
			return;
		fprintf(file, "%*s", indent, "");
		column = indent;
	}
}

/* "  -n, --max-conn=N", returning its cells. */
static int
arguments_print_name(FILE *file, enum settings_id id)
{
	const struct settings_row *row = &settings_rows[id];
	bool bare = settings_can_be_bare(id);
	int column;

	if (row->letter != 0)
		column = fprintf(file, "  -%c, --%s", row->letter, row->name);
	else
		column = fprintf(file, "      --%s", row->name);
	if (row->type == SETTINGS_TYPE_CHOICE)
		column += fprintf(file, bare ? "[=%s]" : "=%s", row->arg);
	else if (!bare)
		column += fprintf(file, "=%s", row->arg);
	else if (row->type == SETTINGS_TYPE_TEXT)
		column += fprintf(file, "[=%s]", row->arg);
	return column;
}

static void
arguments_print_option(FILE *file, enum settings_id id)
{
	const struct settings_row *row = &settings_rows[id];
	char *help;
	int column = arguments_print_name(file, id);

	if (column + 2 > ARGUMENTS_INDENT) {
		fputc('\n', file);
		column = 0;
	}
	fprintf(file, "%*s", ARGUMENTS_INDENT - column, "");
	if (row->fallback == NULL) {
		arguments_wrap(file, _(row->help), ARGUMENTS_INDENT,
		    ARGUMENTS_INDENT);
		return;
	}
	help = memory_format(_("%s (default: %s)"), _(row->help),
	    row->fallback);
	arguments_wrap(file, help, ARGUMENTS_INDENT, ARGUMENTS_INDENT);
	free(help);
}

void
arguments_help(FILE *file)
{
	size_t i, count = sizeof arguments_help_rows /
	    sizeof *arguments_help_rows;

	fputs(_("Usage: haul [OPTION]... [URL]...\n"
	    "       haul [OPTION]... -i FILE\n"
	    "       haul [OPTION]... --resume\n"
	    "       haul [OPTION]... --verify [FILE]...\n"
	    "       haul [OPTION]... --repair [FILE]...\n"), file);
	arguments_wrap(file, _("Fetches many files in parallel, each over "
	    "several connections, whole or not at all."), 0, 0);
	for (i = 0; i < count; i++) {
		if (arguments_help_rows[i].title != NULL)
			fprintf(file, "\n%s\n",
			    _(arguments_help_rows[i].title));
		else
			arguments_print_option(file,
			    arguments_help_rows[i].id);
	}
	fputc('\n', file);
	arguments_wrap(file, _("Sizes take K, M, G and T (powers of 1024); "
	    "times are seconds, or take ms, s, m and h. A switch is taken "
	    "back by =no. Options can be set by a configuration file too, see "
	    "haul.conf(5), and many by the environment: HAUL_MAX_CONN for "
	    "--max-conn."), 0, 0);
	arguments_wrap(file, _("Exit status: 0 all files are there, 1 some "
	    "failed, 2 wrong usage, 3 stopped and can go on, 4 no space or "
	    "no permission, 5 another haul works on that run, 6 "
	    "--max-failures reached."), 0, 0);
}
