/* SPDX-License-Identifier: MIT
 *
 * conf: lines and their parts, however blanks, quotes, comments and ends of
 * lines stand; every mistake told with its line and what was meant; lists that
 * add up over files; sections of hosts, keys, colours; who wins of default,
 * system, user, environment and command line, and that --show-config says so
 * without secrets; a value saved among lines that stay as they are.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cmd/arguments.h"
#include "cmd/conf/conf-internal.h"
#include "cmd/conf/conf-line.h"
#include "cmd/conf/environment.h"
#include "present/memory.h"
#include "ui/action.h"
#include "ui/screen/input.h"
#include "ui/screen/look.h"

static struct settings settings;
static struct conf *conf;
static char told[8192];

/* ---- lines ---- */

/* The text's lines as "entry NAME=VALUE;", "section NAME:VALUE;" ... */
static const char *
lines_of(const char *text, size_t length)
{
	static const char *const kinds[] = { "empty", "section", "entry",
		"bad" };
	static char out[4096];
	const char *end = text + length;
	struct conf_line line;
	size_t used = 0, whole = 0;

	*out = '\0';
	while (conf_next_line(&text, end, &line)) {
		whole += line.size;
		used += (size_t)snprintf(out + used, sizeof out - used, "%s",
		    kinds[line.kind]);
		if (line.kind == CONF_ENTRY || line.kind == CONF_SECTION)
			used += (size_t)snprintf(out + used,
			    sizeof out - used, " %.*s", (int)line.name_length,
			    line.name);
		if (line.value != NULL && line.kind != CONF_BAD)
			used += (size_t)snprintf(out + used,
			    sizeof out - used, "=%.*s",
			    (int)line.value_length, line.value);
		used += (size_t)snprintf(out + used, sizeof out - used, ";");
		assert_true(used < sizeof out);
	}
	assert_int_equal(whole, length);        /* no byte is lost */
	return out;
}

#define assert_lines(text, wanted) \
	assert_string_equal(lines_of(text, sizeof (text) - 1), wanted)

static void
lines_are_taken_apart(void **state)
{
	(void)state;
	assert_lines("", "");
	assert_lines("\n", "empty;");
	assert_lines("# a = b\n ; c = d\n \t\r\n", "empty;empty;empty;");
	assert_lines("a=b", "entry a=b;");
	assert_lines("  a \t=  b c \r\nd =\nquiet\n",
	    "entry a=b c;entry d=;entry quiet;");
	assert_lines("user = me:a#b;c = d", "entry user=me:a#b;c = d;");
	assert_lines("\xef\xbb\xbfx = y\n", "entry x=y;");
	assert_lines("= x\n", "entry =x;");
}

static void
quotes_keep_blanks(void **state)
{
	(void)state;
	assert_lines("a = \" b \"\n", "entry a= b ;");
	assert_lines("a = \"\"\n", "entry a=;");
	assert_lines("a = b \"c\"\n", "entry a=b \"c\";");
	assert_lines("a = \"b\n", "bad;");
	assert_lines("a = \"b\" c\n", "bad;");
	assert_lines("a = \"\n", "bad;");
}

static void
sections_may_have_a_name(void **state)
{
	(void)state;
	assert_lines("[keys]\n", "section keys;");
	assert_lines(" [ keys ] \n", "section keys;");
	assert_lines("[host \"a.org\"]\n[host\"b\"]\n",
	    "section host=a.org;section host=b;");
	assert_lines("[host \"\"]\n", "section host=;");
	assert_lines("[keys\n[\n[]\n[host a]\n[host \"a]\n[a] b\n",
	    "bad;bad;bad;bad;bad;bad;");
}

/* ---- reading ---- */

static void
take_sentence(const char *sentence, void *user)
{
	size_t used = strlen(told);

	(void)user;
	snprintf(told + used, sizeof told - used, "%s\n", sentence);
}

static size_t
read_more(const char *text, size_t length, enum settings_source source,
    bool open)
{
	struct conf_reader reader = {
		.conf = conf, .settings = &settings, .source = source,
		.path = "F", .shown = (char *)(uintptr_t)"F",
		.open_to_others = open, .tell = take_sentence,
	};

	conf_take_text(&reader, text, length);
	return reader.mistakes;
}

static void
start_anew(void)
{
	conf_free(conf);
	settings_release(&settings);
	conf = conf_new();
	settings_init(&settings);
	*told = '\0';
}

/* Reads a user's file; how many mistakes it has. */
static size_t
read_text(const char *text)
{
	start_anew();
	return read_more(text, strlen(text), SETTINGS_SOURCE_USER, false);
}

#define assert_told(text, wanted) do { \
	assert_int_equal(read_text(text), 1); \
	assert_string_equal(told, wanted "\n"); \
} while (0)

static void
values_are_set_as_by_the_command_line(void **state)
{
	(void)state;
	assert_int_equal(read_text("max-conn = 8\nlimit-rate = 2M\nquiet\n"
	    "si = yes\nbell=no\noverwrite\nuser-agent = \" x \"\n"
	    "timeout = 500ms\n"), 0);
	assert_string_equal(told, "");
	assert_int_equal(settings.values[SETTINGS_MAX_CONN], 8);
	assert_int_equal(settings.values[SETTINGS_LIMIT_RATE], 2097152);
	assert_int_equal(settings.values[SETTINGS_QUIET], 1);
	assert_int_equal(settings.values[SETTINGS_SI], 1);
	assert_int_equal(settings.values[SETTINGS_BELL], 0);
	assert_int_equal(settings.values[SETTINGS_OVERWRITE], 1);
	assert_string_equal(settings.texts[SETTINGS_USER_AGENT], " x ");
	assert_int_equal(settings.values[SETTINGS_TIMEOUT], 500);
}

static void
mistakes_are_told_with_their_line(void **state)
{
	(void)state;
	assert_told("\n# x\nmax-con = 8\n", "F:3: there is no option "
	    "'max-con'; did you mean 'max-conn'?");
	assert_told("wibble = 8\n", "F:1: there is no option 'wibble'.");
	/* What the file cannot have is not what was meant. */
	assert_told("resum = 8\n", "F:1: there is no option 'resum'.");
	assert_told("resume = 8\n", "F:1: 'resume' is for the command line "
	    "alone.");
	assert_told("max-conn 8\n", "F:1: 'max-conn 8' is neither NAME = "
	    "VALUE nor [SECTION].");
	assert_told("max-conn\n", "F:1: 'max-conn' is neither NAME = VALUE "
	    "nor [SECTION].");
	assert_told("max-conn = 8\nmax-conn = 9\n", "F:2: the option "
	    "'max-conn' was given before, in line 1.");
	assert_told("max-conn = 0\n", "F:1: '0' is out of range; it must "
	    "be from 1 to 10000.");
	assert_told("[wibble]\nmax-conn = 0\n", "F:1: there is no section "
	    "[wibble].");
	assert_told("[wibble\nmax-conn = 0\n", "F:1: a bracket or a quote is "
	    "not closed in '[wibble'.");
	assert_told("= 3\n", "F:1: there is no option ''.");
	/* What may be a password is not repeated. */
	assert_told("proxy http://u:w@h\n", "F:1: 'proxy ...' is neither "
	    "NAME = VALUE nor [SECTION].");
	assert_told("http://u:w@h\n", "F:1: 'http:...' is neither NAME = "
	    "VALUE nor [SECTION].");
	assert_told("  user = \":w\n", "F:1: a bracket or a quote is not "
	    "closed in 'user = ...'.");
	assert_told("max-conn = \"8\n", "F:1: a bracket or a quote is not "
	    "closed in 'max-conn = \"8'.");
	assert_told("header = Authorization Bearer w\n", "F:1: "
	    "'Authorization ...' is not a header; write 'Name: value', in "
	    "one line.");
	/* Nothing in it acts on a terminal. */
	assert_told("\033[31m = 3\n", "F:1: there is no option '?[31m'.");
}

static void
all_mistakes_are_told_but_not_without_end(void **state)
{
	char text[2048] = "";
	size_t i, lines = 0;

	(void)state;
	assert_int_equal(read_text("a b\nmax-conn = 7\nc d\n"), 2);
	assert_non_null(strstr(told, "F:1: "));
	assert_non_null(strstr(told, "F:3: "));
	assert_int_equal(settings.values[SETTINGS_MAX_CONN], 7);
	for (i = 0; i < 100; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text),
		    "no-way = 3\n");
	assert_int_equal(read_text(text), 100);
	for (i = 0; told[i] != '\0'; i++)
		lines += told[i] == '\n';
	assert_int_equal(lines, 21);
	assert_non_null(strstr(told, "Further mistakes"));
}

static void
a_nul_byte_is_no_text(void **state)
{
	(void)state;
	start_anew();
	assert_int_equal(read_more("max-conn = 8\0 9\nquiet\n", 22,
	    SETTINGS_SOURCE_USER, false), 1);
	assert_non_null(strstr(told, "F:1: the line holds a NUL byte"));
	assert_int_equal(settings.values[SETTINGS_QUIET], 1);
}

static void
a_home_stands_for_its_sign(void **state)
{
	(void)state;
	setenv("HOME", "/h", 1);
	assert_int_equal(read_text("directory = ~/d\nuser-agent = ~/x\n"), 0);
	assert_string_equal(settings.texts[SETTINGS_DIRECTORY], "/h/d");
	assert_string_equal(settings.texts[SETTINGS_USER_AGENT], "~/x");
	assert_int_equal(read_text("directory = ~\n"), 0);
	assert_string_equal(settings.texts[SETTINGS_DIRECTORY], "/h");
	assert_int_equal(read_text("directory = ~joe/d\n"), 0);
	assert_string_equal(settings.texts[SETTINGS_DIRECTORY], "~joe/d");
}

static void
a_secret_that_others_can_read_is_told_once(void **state)
{
	static const char text[] = "header = X-Colour: red\nuser = a:b\n"
	    "header = Authorization: zz\n";

	(void)state;
	start_anew();
	assert_int_equal(read_more(text, sizeof text - 1,
	    SETTINGS_SOURCE_USER, true), 0);
	assert_string_equal(told, "F:2: 'user' has a secret, and others can "
	    "read this file; make it yours alone (chmod 600).\n");
	assert_int_equal(read_text(text), 0);
	assert_string_equal(told, "");
}

/* ---- what is shown ---- */

/* What --show-config prints; to be freed. */
static char *
shown(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	conf_show(conf, &settings, file);
	assert_int_equal(fclose(file), 0);
	return text;
}

static void
assert_shown(const char *text, const char *line)
{
	if (strstr(text, line) == NULL)
		fail_msg("'%s' is not in\n%s", line, text);
}

/* ---- hosts ---- */

static void
mistakes_about_hosts_are_told(void **state)
{
	(void)state;
	assert_told("[hots \"x\"]\n", "F:1: there is no section [hots]; did "
	    "you mean [host]?");
	assert_told("[host]\nretries = x\n", "F:1: [host] needs a host's name "
	    "in quotes: [host \"example.org\"].");
	assert_told("[host \"a b\"]\nretries = x\n", "F:1: 'a b' is not a "
	    "host: write \"example.org\", \"*.example.org\" for all below "
	    "it, or \"https://example.org:8443\".");
	assert_told("[host \"a\"]\nmax-conn = 3\n", "F:2: 'max-conn' is for "
	    "all hosts together; it stands before the first section.");
	assert_told("[host \"a\"]\nretries = x\n", "F:2: 'x' is not a "
	    "number; it must be from 0 to 1000000.");
	assert_told("[host \"a\"]\nretries = 1\nretries = 2\n", "F:3: the "
	    "option 'retries' was given before, in line 2.");
	assert_told("[host \"a\"]\nretris = 1\n", "F:2: there is no option "
	    "'retris'; did you mean 'retries'?");
}

/* What an item of a URL has of an option, when all was read. */
static const char *
value_of(const char *url, const char *name)
{
	static char text[256];
	struct haul_request request = { .url = url };
	struct haul *haul;
	haul_id id;

	assert_int_equal(haul_new(settings.options, &haul, NULL), HAUL_OK);
	assert_int_equal(haul_add(haul, &request, &id, NULL), HAUL_OK);
	assert_true(haul_get(haul, id, name, text, sizeof text));
	haul_free(haul);
	return text;
}

static void
a_host_has_values_of_its_own(void **state)
{
	static const char system[] = "[host \"a.org\"]\nretries = 7\n"
	    "timeout = 7\nheader = X: 1\n";
	static const char user[] = "retries = 9\n[host \"A.org\"]\n"
	    "timeout = 8\nheader = Y: 2\nheader = Z: 3\ndisable-range\n"
	    "max-splits = 2\n";
	struct haul_error error;

	(void)state;
	start_anew();
	assert_int_equal(read_more(system, sizeof system - 1,
	    SETTINGS_SOURCE_SYSTEM, false), 0);
	assert_int_equal(read_more(user, sizeof user - 1,
	    SETTINGS_SOURCE_USER, false), 0);
	settings_from(&settings, SETTINGS_SOURCE_COMMAND_LINE, NULL);
	assert_int_equal(settings_set(&settings, SETTINGS_MAX_SPLITS, "6",
	    &error), HAUL_OK);
	assert_int_equal(settings_set(&settings, SETTINGS_HEADER, "y: 5",
	    &error), HAUL_OK);
	conf_apply(conf, &settings);
	assert_string_equal(value_of("http://a.org/", "retries"), "7");
	assert_string_equal(value_of("http://a.org/", "timeout"), "8");
	assert_string_equal(value_of("http://b.org/", "retries"), "9");
	assert_string_equal(value_of("http://b.org/", "timeout"), "90");
	assert_string_equal(value_of("http://a.org/", "disable-range"),
	    "yes");
	/* The command line wins, by headers' names too. */
	assert_string_equal(value_of("http://a.org/", "max-splits"), "6");
	assert_string_equal(value_of("http://a.org/", "header"),
	    "y: 5\nX: 1\nZ: 3");
}

/* ---- keys ---- */

#if defined(HAVE_TUI) && HAVE_TUI
static void
mistakes_about_keys_are_told(void **state)
{
	(void)state;
	assert_told("[keyss]\n", "F:1: there is no section [keyss]; did you "
	    "mean [keys]?");
	assert_told("[keys \"x\"]\nx = y\n", "F:1: [keys] takes no name in "
	    "quotes.");
	assert_told("[keys]\npaus = p\n", "F:2: there is no action 'paus'; "
	    "did you mean 'pause'?");
	assert_told("[keys]\nwibble = p\n", "F:2: there is no action "
	    "'wibble'; haul-keys(7) lists them.");
	assert_told("[keys]\npause = PgDwn\n", "F:2: there is no key 'PgDwn'; "
	    "did you mean 'PgDn'?");
	assert_told("[keys]\npause = x qq\n", "F:2: there is no key 'qq'; a "
	    "key is a character, C-a to C-z, F1 to F12, or a name such as "
	    "PgDn.");
	assert_told("[keys]\npause = C-z\n", "F:2: C-z is the terminal's own "
	    "and cannot be bound.");
	assert_told("[keys]\npause = x\nedit = y x\n", "F:3: the key 'x' is "
	    "that of 'pause' already.");
	assert_told("[keys]\npause\n", "F:2: 'pause' needs its keys: pause = "
	    "p.");
	action_bind_as_table();
}

static void
keys_of_the_user_win_over_the_systems(void **state)
{
	static const char system[] = "[keys]\npause = x F5\nedit = y\n";
	static const char user[] = "[keys]\nedit = F5\tz\nlog =\n";
	char *text;

	(void)state;
	start_anew();
	assert_int_equal(read_more(system, sizeof system - 1,
	    SETTINGS_SOURCE_SYSTEM, false), 0);
	assert_int_equal(read_more(user, sizeof user - 1,
	    SETTINGS_SOURCE_USER, false), 0);
	assert_int_equal(action_of_key('x'), ACTION_PAUSE);
	assert_int_equal(action_of_key('z'), ACTION_EDIT);
	assert_int_equal(action_key(ACTION_EDIT, 0), INPUT_F1 + 4);
	assert_int_equal(action_of_key('y'), ACTION_COPY_URL);
	assert_int_equal(action_of_key('l'), ACTION_NONE);
	text = shown();
	assert_shown(text, "\n\n[keys]\npause = x F5  ");
	assert_shown(text, "\nedit = F5 z                             "
	    "# user file F:2\nlog =  ");
	free(text);
	action_bind_as_table();
}

static void
colours_are_read_and_their_mistakes_told(void **state)
{
	(void)state;
	assert_told("[colours]\nfial = red\n", "F:2: there is no 'fial' to "
	    "colour; did you mean 'fail'?");
	assert_told("[colors]\nwibble = red\n", "F:2: there is no 'wibble' to "
	    "colour; haul.conf(5) lists what there is.");
	assert_told("[colours]\nfail = rde\n", "F:2: there is no colour "
	    "'rde'; did you mean 'red'?");
	assert_told("[colours]\nfail = red 256\n", "F:2: '256' is not "
	    "possible here; write one colour (a name, or 0 to 255), or "
	    "default, and bold or underline.");
	assert_told("[colours]\nfail = red green\n", "F:2: 'green' is not "
	    "possible here; write one colour (a name, or 0 to 255), or "
	    "default, and bold or underline.");
	assert_told("[colours]\nfail\n", "F:2: 'fail' needs a colour: fail = "
	    "cyan bold.");
	assert_int_equal(read_text("[colours]\nfail = 200\n[colors]\n"
	    "done = bold\n"), 0);
	assert_int_equal(look_of(TERM_SCHEME_DEFAULT, 256, STYLE_FAIL).colour,
	    200);
	look_set(STYLE_FAIL, NULL);
	look_set(STYLE_DONE, NULL);
}
#endif

/* ---- saving ---- */

/* What a text becomes when max-conn is 9. */
static void
assert_changed(const char *before, const char *after)
{
	size_t size = strlen(before);
	char *text = conf_change_text(memory_bytes(before, size), &size,
	    "max-conn", "9");

	assert_string_equal(text, after);
	assert_int_equal(size, strlen(after));
	/* Once more changes nothing, but the value. */
	text = conf_change_text(text, &size, "max-conn", "9");
	assert_string_equal(text, after);
	free(text);
}

static void
a_change_leaves_all_else_as_it_is(void **state)
{
	(void)state;
	assert_changed("", "max-conn = 9\n");
	assert_changed("# mine\n  max-conn\t=  8  \n; end\n",
	    "# mine\n  max-conn\t=  9  \n; end\n");
	assert_changed("max-conn=8", "max-conn=9");
	assert_changed("max-conn = 8\r\nx = y\r\n",
	    "max-conn = 9\r\nx = y\r\n");
	assert_changed("max-conn =\n", "max-conn =9\n");
	assert_changed("max-conn\n", "max-conn = 9\n");
	assert_changed("max-conn = \"8\"\n", "max-conn = \"9\"\n");
	assert_changed("max-conn-x = 1\n", "max-conn-x = 1\nmax-conn = 9\n");
	assert_changed("a = b", "a = b\nmax-conn = 9\n");
	/* A section's entry of that name is another. */
	assert_changed("a = b\n\n# of h\n[host \"h\"]\nmax-conn = 1\n",
	    "a = b\nmax-conn = 9\n\n# of h\n[host \"h\"]\nmax-conn = 1\n");
	assert_changed("# all\n\n# of h\n[wibble]\nx\n",
	    "# all\n\nmax-conn = 9\n\n# of h\n[wibble]\nx\n");
	assert_changed("[keys]\n", "max-conn = 9\n\n[keys]\n");
	assert_changed("a = b\n[keys]\n", "a = b\nmax-conn = 9\n\n[keys]\n");
	assert_changed("# only\n# words\n",
	    "# only\n# words\nmax-conn = 9\n");
}

/* ---- who wins ---- */

static const char *
variable(const char *name)
{
	return strcmp(name, "HAUL_RETRIES") == 0 ? "40" :
	    strcmp(name, "HAUL_MAX_SPLITS") == 0 ? "41" : NULL;
}

static void
read_everything(void)
{
	static const char system[] = "max-conn = 20\nretries = 21\n"
	    "fps = 22\nheader = A: system\nmax-splits = 23\nipv6 = yes\n";
	static const char user[] = "max-conn = 30\nretries = 31\n"
	    "header = B: user\nuser = me:pass\nmax-splits = 33\n"
	    "proxy = u:p@host:1\n[host \"a.org\"]\nuser = x:pass\n"
	    "retries = 3\n";
	static char *words[] = { (char *)(uintptr_t)"haul",
		(char *)(uintptr_t)"-s42", (char *)(uintptr_t)"-4",
		(char *)(uintptr_t)"-HAuth: x",
		(char *)(uintptr_t)"http://h/", NULL };
	struct arguments arguments = { .urls = NULL };
	char why[1024] = "";

	start_anew();
	assert_int_equal(read_more(system, sizeof system - 1,
	    SETTINGS_SOURCE_SYSTEM, false), 0);
	assert_int_equal(read_more(user, sizeof user - 1,
	    SETTINGS_SOURCE_USER, false), 0);
	assert_true(environment_read(&settings, variable, why, sizeof why));
	assert_true(arguments_read(&arguments, &settings, 5, words, why,
	    sizeof why));
	arguments_release(&arguments);
}

static void
the_nearest_source_wins(void **state)
{
	char headers[256];
	struct haul *haul;

	(void)state;
	read_everything();
	assert_int_equal(settings.values[SETTINGS_TIMEOUT], 90000);
	assert_int_equal(settings.values[SETTINGS_FPS], 22);
	assert_int_equal(settings.values[SETTINGS_MAX_CONN], 30);
	assert_int_equal(settings.values[SETTINGS_RETRIES], 40);
	assert_int_equal(settings.values[SETTINGS_MAX_SPLITS], 42);
	/* It is no mistake that a file said otherwise. */
	assert_int_equal(settings.values[SETTINGS_IPV4], 1);
	assert_int_equal(settings.values[SETTINGS_IPV6], 0);
	assert_int_equal(haul_new(settings.options, &haul, NULL), HAUL_OK);
	assert_true(haul_get(haul, 0, "header", headers, sizeof headers));
	assert_string_equal(headers, "A: system\nB: user\nAuth: x");
	assert_true(haul_get(haul, 0, "max-splits", headers, sizeof headers));
	assert_string_equal(headers, "42");
	haul_free(haul);
}

static void
each_value_is_shown_with_its_source(void **state)
{
	char *text;

	(void)state;
	read_everything();
	text = shown();
	assert_shown(text, "timeout = 90                            "
	    "# default\n");
	assert_shown(text, "\nfps = 22                                "
	    "# system file F:3\n");
	assert_shown(text, "\nmax-conn = 30                           "
	    "# user file F:1\n");
	assert_shown(text, "\nretries = 40                            "
	    "# environment HAUL_RETRIES\n");
	assert_shown(text, "\nmax-splits = 42                         "
	    "# command line\n");
	assert_shown(text, "\nheader = A: system  ");
	assert_shown(text, "\nheader = B: user  ");
	assert_shown(text, "\nheader = Auth: ***  ");
	assert_shown(text, "\nuser = me:***  ");
	assert_shown(text, "\nproxy = ***@host:1  ");
	assert_shown(text, "\n\n[host \"a.org\"]\nuser = x:***"
	    "                            # user file F:8\nretries = 3  ");
	assert_null(strstr(text, "pass"));
	assert_null(strstr(text, "resume"));
	free(text);
}

static void
an_empty_list_forgets_what_was_before(void **state)
{
	char *text;

	(void)state;
	assert_int_equal(read_text("header = A: 1\nheader =\n"
	    "header = B: 2\n"), 0);
	text = shown();
	assert_null(strstr(text, "A: 1"));
	assert_shown(text, "\nheader = B: 2");
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_taken_apart),
		cmocka_unit_test(quotes_keep_blanks),
		cmocka_unit_test(sections_may_have_a_name),
		cmocka_unit_test(values_are_set_as_by_the_command_line),
		cmocka_unit_test(mistakes_are_told_with_their_line),
		cmocka_unit_test(all_mistakes_are_told_but_not_without_end),
		cmocka_unit_test(a_nul_byte_is_no_text),
		cmocka_unit_test(a_home_stands_for_its_sign),
		cmocka_unit_test(a_secret_that_others_can_read_is_told_once),
#if defined(HAVE_TUI) && HAVE_TUI
		cmocka_unit_test(mistakes_about_keys_are_told),
		cmocka_unit_test(keys_of_the_user_win_over_the_systems),
		cmocka_unit_test(colours_are_read_and_their_mistakes_told),
#endif
		cmocka_unit_test(mistakes_about_hosts_are_told),
		cmocka_unit_test(a_host_has_values_of_its_own),
		cmocka_unit_test(a_change_leaves_all_else_as_it_is),
		cmocka_unit_test(the_nearest_source_wins),
		cmocka_unit_test(each_value_is_shown_with_its_source),
		cmocka_unit_test(an_empty_list_forgets_what_was_before),
	};
	int failed;

	alarm(20);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	conf_free(conf);
	settings_release(&settings);
	return failed;
}
