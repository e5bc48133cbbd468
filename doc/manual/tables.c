/* SPDX-License-Identifier: MIT
 *
 * The parts of the manual and the completions that follow from tables:
 *
 *     tables options|environment|conf|keys|colours    mdoc, see mdoc(7)
 *     tables records SCHEMA                 mdoc
 *     tables bash|zsh|fish                  completions
 *
 * It runs while haul is built, and is not installed.
 */
#include <ctype.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define TABLES_LINE 78

enum tables_type { SWITCH, COUNT, SIZE, DURATION, TEXT, CHOICE, LIST };
enum tables_scope { ENGINE, ITEM, COMMAND };

#define N_(text) text

static const struct option_row {
	const char *group;              /* its title, and nothing else */
	const char *name;
	char letter;
	enum tables_type type;
	long long min;
	const char *fallback;
	enum tables_scope scope;
	const char *env, *parfive, *arg, *help;
} tables_options[] = {
#define HAUL_OPTION_GROUP(title) { .group = title },
#define HAUL_OPTION(id, name, letter, type, min, max, def, scope, env, \
    parfive, arg, help) \
	{ NULL, name, letter, type, min, def, scope, env, parfive, arg, help },
#include "options.def"
#undef HAUL_OPTION
};

#define TABLES_OPTIONS (sizeof tables_options / sizeof *tables_options)

enum tables_group { MOVE, VIEW, ACT, SET, MORE };

static const char *const tables_groups[] = {
	"Moving", "Views", "Files", "Settings", "More",
};

static const struct key_row {
	const char *name, *keys;
	enum tables_group group;
	const char *help;
} tables_keys[] = {
#define UI_ACTION(id, name, keys, group, help) { name, keys, group, help },
#include "ui/action.def"
#undef UI_ACTION
};

#define TABLES_KEYS (sizeof tables_keys / sizeof *tables_keys)

/* ---- mdoc ---- */

/* A word as mdoc takes it: no request, no escape. */
static void
mdoc_word(const char *word, size_t length)
{
	if (length > 0 && (*word == '.' || *word == '\''))
		fputs("\\&", stdout);
	for (; length > 0; word++, length--) {
		if (*word == '\\')
			fputs("\\e", stdout);
		else
			putchar(*word);
	}
}

static bool
mdoc_ends_sentence(const char *word, size_t length)
{
	return length > 1 && strchr(".!?", word[length - 1]) != NULL;
}

/* Text in lines; a sentence begins on one of its own. */
static void
mdoc_text(const char *text)
{
	size_t length, column = 0;
	bool ended = false;

	for (; *text != '\0'; text += length) {
		text += strspn(text, " ");
		length = strcspn(text, " ");
		if (length == 0)
			break;
		if (column > 0 && (ended || column + 1 + length >
		    TABLES_LINE)) {
			putchar('\n');
			column = 0;
		} else if (column > 0) {
			putchar(' ');
			column++;
		}
		mdoc_word(text, length);
		column += length;
		ended = mdoc_ends_sentence(text, length);
	}
	putchar('\n');
}

/* The help's phrase as a sentence. */
static void
mdoc_sentence(const char *phrase)
{
	char text[1024];
	size_t length;

	snprintf(text, sizeof text - 1, "%s", phrase);
	*text = (char)toupper((unsigned char)*text);
	length = strlen(text);
	if (length > 0 && strchr(".!?", text[length - 1]) == NULL)
		memcpy(text + length, ".", 2);
	mdoc_text(text);
}

static bool
option_can_be_bare(const struct option_row *row)
{
	return row->type == SWITCH || ((row->type == TEXT) && row->min == 1) ||
	    (row->type == CHOICE && row->min >= 0);
}

static void
mdoc_option(const struct option_row *row)
{
	const char *arg = row->arg;

	fputs(".It ", stdout);
	if (row->letter != 0)
		printf("Fl %c , ", row->letter);
	printf("Fl -%s", row->name);
	if (row->type != SWITCH && option_can_be_bare(row))
		printf(" Ns Oo = Ns Ar %s Oc", arg);
	else if (row->type != SWITCH)
		printf(" Ns = Ns Ar %s", arg);
	putchar('\n');
	mdoc_sentence(row->help);
	if (row->fallback != NULL) {
		fputs("The default is ", stdout);
		mdoc_word(row->fallback, strlen(row->fallback));
		puts(".");
	}
	if (row->type == LIST)
		puts("May be given several times.");
}

static int
tables_print_options(void)
{
	const struct option_row *row = tables_options;
	bool open = false;
	size_t i;

	for (i = 0; i < TABLES_OPTIONS; i++, row++) {
		if (row->group == NULL) {
			mdoc_option(row);
			continue;
		}
		if (open)
			puts(".El");
		open = true;
		printf(".Ss %.*s\n.Bl -tag -width Ds\n",
		    (int)strlen(row->group) - 1, row->group);
	}
	puts(".El");
	return 0;
}

static int
tables_print_environment(void)
{
	const struct option_row *row = tables_options;
	size_t i;

	for (i = 0; i < TABLES_OPTIONS; i++, row++) {
		if (row->group != NULL ||
		    (row->env == NULL && row->parfive == NULL))
			continue;
		if (row->env != NULL)
			printf(".It Ev %s", row->env);
		if (row->parfive != NULL)
			printf("%s%s", row->env != NULL ? " , Ev " :
			    ".It Ev ", row->parfive);
		printf("\nAs\n.Fl -%s .\n", row->name);
	}
	return 0;
}

static bool
option_is_among(const struct option_row *row, const char *const *names,
    size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(names[i], row->name) == 0)
			return true;
	return false;
}

/* Whether a configuration can have it. */
static bool
option_is_of_conf(const struct option_row *row)
{
	static const char *const never[] = {
#define CONF_NEVER(name) name,
#include "conf.def"
	};

	return !option_is_among(row, never, sizeof never / sizeof *never);
}

static void
mdoc_conf_option(const struct option_row *row)
{
	const char *arg = row->type == SWITCH ? "yes|no" : row->arg;

	printf(".It Cm %s No = Ar %s\n", row->name, arg);
	mdoc_sentence(row->help);
	if (row->fallback != NULL) {
		fputs("The default is ", stdout);
		mdoc_word(row->fallback, strlen(row->fallback));
		puts(".");
	}
	if (row->type == LIST)
		puts("May be given several times; empty, it takes back those "
		    "before.");
}

static int
tables_print_conf(void)
{
	const struct option_row *row = tables_options, *group = NULL;
	bool open = false;
	size_t i;

	for (i = 0; i < TABLES_OPTIONS; i++, row++) {
		if (row->group != NULL) {
			group = row;
			continue;
		}
		if (!option_is_of_conf(row))
			continue;
		if (group != NULL)
			printf("%s.Ss %.*s\n.Bl -tag -width Ds\n",
			    open ? ".El\n" : "",
			    (int)strlen(group->group) - 1, group->group);
		open = true;
		group = NULL;
		mdoc_conf_option(row);
	}
	puts(".El");
	return 0;
}

/* "C-x" as "Ctrl-X", and so on; the names of action.def otherwise. */
static void
mdoc_key(const char *key, size_t length)
{
	if (length > 2 && memcmp(key, "C-", 2) == 0) {
		printf("Ctrl-%c", toupper((unsigned char)key[2]));
		return;
	}
	if (length > 2 && memcmp(key, "S-", 2) == 0) {
		fputs("Shift-", stdout);
		key += 2;
		length -= 2;
	}
	if (length == 1 && ispunct((unsigned char)*key))
		fputs("\\&", stdout);
	mdoc_word(key, length);
}

static void
mdoc_action(const struct key_row *row)
{
	const char *keys = row->keys;
	size_t length;

	fputs(".It ", stdout);
	while (*keys != '\0') {
		length = strcspn(keys, " ");
		fputs("Ic ", stdout);
		mdoc_key(keys, length);
		keys += length;
		keys += strspn(keys, " ");
		if (*keys != '\0')
			fputs(" , ", stdout);
	}
	printf("\n.Pq Cm %s\n", row->name);
	mdoc_sentence(row->help);
}

static int
tables_print_keys(void)
{
	size_t group, i;

	for (group = 0; group < sizeof tables_groups / sizeof *tables_groups;
	    group++) {
		printf(".Ss %s\n.Bl -tag -width Ds\n", tables_groups[group]);
		for (i = 0; i < TABLES_KEYS; i++)
			if (tables_keys[i].group == group)
				mdoc_action(&tables_keys[i]);
		puts(".El");
	}
	return 0;
}

static int
tables_print_colours(void)
{
	static const char *const looks[][2] = {
#define UI_LOOK(style, name, few, many, safe, flags, help) { name, help },
#include "ui/screen/look.def"
#undef UI_LOOK
	};
	size_t i;

	for (i = 0; i < sizeof looks / sizeof *looks; i++) {
		printf(".It Cm %s\n", looks[i][0]);
		mdoc_sentence(looks[i][1]);
	}
	return 0;
}

/* ---- the records of --json ---- */

static const char *
schema_text(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

/* "integer or null"; words that can be named are strings. */
static void
schema_print_type(const json_t *field)
{
	const json_t *type = json_object_get(field, "type"), *one;
	size_t i;

	if (json_is_string(type))
		fputs(json_string_value(type), stdout);
	json_array_foreach(type, i, one)
		printf("%s%s", i > 0 ? " or " : "", json_string_value(one));
	if (type == NULL)
		fputs("string", stdout);
}

/* "One of good, bad or missing.", "haul." where there is one word. */
static void
schema_print_words(const json_t *field)
{
	const json_t *words = json_object_get(field, "enum"), *word;
	size_t count = json_array_size(words), i;

	if (*schema_text(field, "const") != '\0')
		printf(".Cm %s .\n", schema_text(field, "const"));
	json_array_foreach(words, i, word)
		printf("%s%s%s", i > 0 ? i + 1 < count ? " , " : " No or Cm " :
		    count > 1 ? "One of\n.Cm " : ".Cm ",
		    json_string_value(word), i + 1 < count ? "" : " .\n");
}

static void
schema_print_fields(const json_t *properties, const char *prefix)
{
	const char *name;
	json_t *field, *inner;

	json_object_foreach((json_t *)properties, name, field) {
		printf(".It Cm %s%s Pq ", prefix, name);
		schema_print_type(field);
		putchar('\n');
		if (*schema_text(field, "description") != '\0')
			mdoc_sentence(schema_text(field, "description"));
		schema_print_words(field);
		inner = json_object_get(field, "properties");
		if (inner != NULL && *prefix == '\0') {
			puts(".Bl -tag -width Ds -compact");
			schema_print_fields(inner, name[0] ? "." : "");
			puts(".El");
		}
	}
}

static void
schema_print_record(const json_t *rule)
{
	const json_t *of = json_object_get(json_object_get(json_object_get(
	    json_object_get(rule, "if"), "properties"), "ev"), "const");
	const json_t *then = json_object_get(rule, "then");

	if (of == NULL)
		return;
	printf(".Ss %s\n", json_string_value(of));
	if (*schema_text(then, "description") != '\0')
		mdoc_sentence(schema_text(then, "description"));
	puts(".Bl -tag -width Ds -compact");
	schema_print_fields(json_object_get(then, "properties"), "");
	puts(".El");
}

static int
tables_print_records(const char *path)
{
	json_error_t error;
	json_t *schema = json_load_file(path, 0, &error), *rule;
	size_t i;

	if (schema == NULL) {
		fprintf(stderr, "tables: %s: %s\n", path, error.text);
		return 1;
	}
	json_array_foreach(json_object_get(schema, "allOf"), i, rule)
		schema_print_record(rule);
	json_decref(schema);
	return 0;
}

/* ---- completions ---- */

/* What an argument is: files, directories, the choices, or anything. */
static bool
option_takes_file(const struct option_row *row)
{
	return row->arg != NULL && strcmp(row->arg, "FILE") == 0;
}

static bool
option_takes_directory(const struct option_row *row)
{
	return row->arg != NULL && strcmp(row->arg, "DIR") == 0;
}

/* The choices with blanks between them. */
static void
option_print_choices(const struct option_row *row)
{
	const char *c;

	for (c = row->arg; *c != '\0'; c++)
		putchar(*c == '|' ? ' ' : *c);
}

static void
bash_print_case(const struct option_row *row)
{
	printf("\t--%s", row->name);
	if (row->letter != 0)
		printf("|-%c", row->letter);
	fputs(")\n", stdout);
	if (row->type == CHOICE) {
		fputs("\t\tCOMPREPLY=($(compgen -W \"", stdout);
		option_print_choices(row);
		puts("\" -- \"$word\"))");
	} else if (option_takes_directory(row)) {
		puts("\t\tcompopt -o filenames 2>/dev/null\n"
		    "\t\tmapfile -t COMPREPLY < <(compgen -d -- \"$word\")");
	} else if (option_takes_file(row)) {
		puts("\t\tcompopt -o filenames 2>/dev/null\n"
		    "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$word\")");
	}
	puts("\t\treturn 0 ;;");
}

static int
tables_print_bash(void)
{
	const struct option_row *row = tables_options;
	size_t i;

	puts("# bash completion for haul; made from its table of options.\n"
	    "_haul()\n{\n"
	    "\tlocal word=${COMP_WORDS[COMP_CWORD]} option=\n"
	    "\tCOMPREPLY=()\n"
	    "\t# bash parts words at '=' as well.\n"
	    "\tif [[ $word == = ]]; then\n"
	    "\t\toption=${COMP_WORDS[COMP_CWORD-1]} word=\n"
	    "\telif ((COMP_CWORD > 2)) &&\n"
	    "\t    [[ ${COMP_WORDS[COMP_CWORD-1]} == = ]]; then\n"
	    "\t\toption=${COMP_WORDS[COMP_CWORD-2]}\n"
	    "\telif ((COMP_CWORD > 1)); then\n"
	    "\t\toption=${COMP_WORDS[COMP_CWORD-1]}\n"
	    "\t\tcase $option in\n"
	    "\t\t# Their argument is never a word of its own.");
	fputs("\t\t", stdout);
	for (i = 0; i < TABLES_OPTIONS; i++, row++)
		if (row->group == NULL && option_can_be_bare(row)) {
			printf("--%s|", row->name);
			if (row->letter != 0)
				printf("-%c|", row->letter);
		}
	puts("-) option= ;;\n\t\tesac\n\tfi\n\tcase $option in");
	for (row = tables_options, i = 0; i < TABLES_OPTIONS; i++, row++)
		if (row->group == NULL && row->type != SWITCH)
			bash_print_case(row);
	puts("\tesac\n\tif [[ $word == -* ]]; then\n"
	    "\t\tcompopt -o nospace 2>/dev/null\n"
	    "\t\tCOMPREPLY=($(compgen -W \"");
	for (row = tables_options, i = 0; i < TABLES_OPTIONS; i++, row++)
		if (row->group == NULL)
			printf("--%s%s\n", row->name, row->type != SWITCH &&
			    !option_can_be_bare(row) ? "=" : "");
	puts("\" -- \"$word\"))\n"
	    "\t\t[[ ${COMPREPLY[0]} == *= ]] || compopt +o nospace "
	    "2>/dev/null\n"
	    "\tfi\n}\ncomplete -o default -F _haul haul");
	return 0;
}

/* Help for a list of choices: without what zsh or fish would take as theirs. */
static void
shell_print_help(const char *help, const char *quoted)
{
	for (; *help != '\0'; help++) {
		if (*help == '\'')
			fputs("'\\''", stdout);
		else if (strchr(quoted, *help) != NULL)
			printf("\\%c", *help);
		else
			putchar(*help);
	}
}

static void
zsh_print_option(const struct option_row *row)
{
	const char *equals = row->type == SWITCH ? "" :
	    option_can_be_bare(row) ? "=-" : "=";

	fputs("\t'", stdout);
	if (row->type == LIST)
		fputs("*", stdout);
	else if (row->letter != 0)
		printf("(-%c --%s)", row->letter, row->name);
	if (row->letter != 0)
		printf("'{-%c%s,--%s%s}'", row->letter, row->type == SWITCH ?
		    "" : "+", row->name, equals);
	else
		printf("--%s%s", row->name, equals);
	putchar('[');
	shell_print_help(row->help, "[]\\");
	putchar(']');
	if (row->type != SWITCH) {
		printf("%s", option_can_be_bare(row) ? "::" : ":");
		shell_print_help(row->type == CHOICE ? row->name : row->arg,
		    ":\\");
		putchar(':');
	}
	if (row->type == CHOICE) {
		putchar('(');
		option_print_choices(row);
		putchar(')');
	} else if (option_takes_directory(row)) {
		fputs("_directories", stdout);
	} else if (option_takes_file(row)) {
		fputs("_files", stdout);
	}
	puts("' \\");
}

static int
tables_print_zsh(void)
{
	size_t i;

	puts("#compdef haul\n"
	    "# zsh completion for haul; made from its table of options.\n"
	    "_arguments -s -S \\");
	for (i = 0; i < TABLES_OPTIONS; i++)
		if (tables_options[i].group == NULL)
			zsh_print_option(&tables_options[i]);
	puts("\t'*:URL or file:_alternative \"urls:URL:_urls\" "
	    "\"files:file:_files\"'");
	return 0;
}

static int
tables_print_fish(void)
{
	const struct option_row *row = tables_options;
	size_t i;

	puts("# fish completion for haul; made from its table of options.");
	for (i = 0; i < TABLES_OPTIONS; i++, row++) {
		if (row->group != NULL)
			continue;
		printf("complete -c haul -l %s", row->name);
		if (row->letter != 0)
			printf(" -s %c", row->letter);
		if (row->type == CHOICE) {
			fputs(option_can_be_bare(row) ? " -f -a '" :
			    " -x -a '", stdout);
			option_print_choices(row);
			putchar('\'');
		} else if (option_takes_directory(row)) {
			fputs(" -x -a '(__fish_complete_directories)'",
			    stdout);
		} else if (option_takes_file(row)) {
			fputs(" -r -F", stdout);
		} else if (row->type != SWITCH && !option_can_be_bare(row)) {
			fputs(" -x", stdout);
		}
		fputs(" -d '", stdout);
		shell_print_help(row->help, "\\");
		puts("'");
	}
	return 0;
}

/* ---- */

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*print)(void);
	} tables[] = {
		{ "options", tables_print_options },
		{ "environment", tables_print_environment },
		{ "conf", tables_print_conf },
		{ "keys", tables_print_keys },
		{ "colours", tables_print_colours },
		{ "bash", tables_print_bash },
		{ "zsh", tables_print_zsh },
		{ "fish", tables_print_fish },
	};
	size_t i;

	if (argc == 3 && strcmp(argv[1], "records") == 0)
		return tables_print_records(argv[2]);
	for (i = 0; argc == 2 && i < sizeof tables / sizeof *tables; i++)
		if (strcmp(argv[1], tables[i].name) == 0)
			return tables[i].print();
	fputs("usage: tables options|environment|conf|keys|colours\n"
	    "       tables bash|zsh|fish\n"
	    "       tables records SCHEMA\n", stderr);
	return 2;
}
