/* SPDX-License-Identifier: MIT
 *
 * link.c:
 * - terminals that take links are known by what they say of themselves, others
 *   not, nor those in screen or an old tmux, whatever is around these
 * - --hyperlinks has the last word, and screen readers hear no addresses
 * - an address has no byte that could end or be an escape; secrets and what is
 *   no page of the web have none
 */
#include "config.h"

#include "cmd/output/link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define TIME_LIMIT_S 60

/* "NAME=value NAME=value" */
static const char *environment;

static const char *
get(const char *name)
{
	static char value[64];
	const char *at = environment;
	size_t length = strlen(name);

	for (; *at != '\0'; at += strcspn(at, " "), at += strspn(at, " "))
		if (strncmp(at, name, length) == 0 && at[length] == '=') {
			snprintf(value, sizeof value, "%.*s",
			    (int)strcspn(at + length + 1, " "),
			    at + length + 1);
			return value;
		}
	return NULL;
}

static bool
wanted(const char *variables, int64_t choice, bool accessible)
{
	struct settings settings;
	bool is;

	settings_init(&settings);
	settings.values[SETTINGS_HYPERLINKS] = choice;
	settings.values[SETTINGS_ACCESSIBLE] = accessible;
	environment = variables;
	is = link_is_wanted(&settings, get);
	settings_release(&settings);
	return is;
}

static void
test_known(void **state)
{
	static const char *const known[] = {
		"TERM=xterm-256color VTE_VERSION=7003",
		"TERM=xterm-256color VTE_VERSION=5001",
		"TERM=xterm-kitty", "TERM=xterm KITTY_WINDOW_ID=1",
		"TERM=foot", "TERM=foot-direct", "TERM=alacritty",
		"TERM=xterm WEZTERM_PANE=0", "TERM=xterm WT_SESSION=x",
		"TERM=xterm TERM_PROGRAM=WezTerm",
		"TERM=xterm TERM_PROGRAM=iTerm.app TERM_PROGRAM_VERSION=3.4.1",
		"TERM=xterm TERM_PROGRAM=vscode TERM_PROGRAM_VERSION=1.105.0",
		"TERM=xterm KONSOLE_VERSION=220401",
		"TERM=tmux-256color TMUX=x TERM_PROGRAM=tmux "
		    "TERM_PROGRAM_VERSION=3.4",
		"TERM=screen TMUX=x TERM_PROGRAM=tmux "
		    "TERM_PROGRAM_VERSION=next-3.6",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof known / sizeof *known; i++)
		if (!wanted(known[i], SETTINGS_HYPERLINKS_AUTO, false))
			fail_msg("not known: %s", known[i]);
}

static void
test_unknown(void **state)
{
	static const char *const unknown[] = {
		"", "TERM=", "TERM=xterm", "TERM=xterm-256color",
		"TERM=linux WT_SESSION=x", "TERM=dumb VTE_VERSION=7003",
		"TERM=vt220 KITTY_WINDOW_ID=1", "VTE_VERSION=7003",
		"TERM=screen-256color VTE_VERSION=7003",
		"TERM=xterm STY=1 VTE_VERSION=7003",
		"TERM=xterm VTE_VERSION=5000", "TERM=xterm VTE_VERSION=",
		"TERM=xterm TERM_PROGRAM=Apple_Terminal",
		"TERM=xterm TERM_PROGRAM=iTerm.app TERM_PROGRAM_VERSION=3.0.9",
		"TERM=xterm TERM_PROGRAM=iTerm.app",
		"TERM=xterm KONSOLE_VERSION=200801",
		"TERM=tmux-256color TMUX=x VTE_VERSION=7003",
		("TERM=tmux-256color TMUX=x TERM_PROGRAM=tmux "
		    "TERM_PROGRAM_VERSION=3.3a WT_SESSION=x"),
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof unknown / sizeof *unknown; i++)
		if (wanted(unknown[i], SETTINGS_HYPERLINKS_AUTO, false))
			fail_msg("known: %s", unknown[i]);
}

static void
test_option(void **state)
{
	(void)state;
	assert_true(wanted("TERM=linux", SETTINGS_HYPERLINKS_ALWAYS, true));
	assert_false(wanted("TERM=foot", SETTINGS_HYPERLINKS_NEVER, false));
	assert_false(wanted("TERM=foot", SETTINGS_HYPERLINKS_AUTO, true));
}

static void
test_url(void **state)
{
	static const struct {
		const char *url, *link;
	} rows[] = {
		{ "https://example.org/a;b?c=d#e%20", NULL },
		{ "HTTP://example.org/\xc3\xa9 x",
		    "HTTP://example.org/%C3%A9%20x" },
		{ "http://x/\033]8;;\a\\\x7f\x9c",
		    "http://x/%1B]8;;%07\\%7F%9C" },
		{ "ftp://example.org/a", "" },
		{ "sftp://example.org/a", "" },
		{ "javascript:alert(1)", "" },
		{ "file:///etc/passwd", "" },
		{ "https://me:secret@example.org/a", "" },
		{ "https://me@example.org/a", "" },
		{ "https://example.org/a?X-Amz-Signature=secret", "" },
	};
	char longest[2100] = "http://x/", *link;
	const char *should;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		link = link_of_url(rows[i].url);
		should = rows[i].link != NULL ? rows[i].link : rows[i].url;
		if (*should == '\0')
			assert_null(link);
		else
			assert_string_equal(link, should);
		free(link);
	}
	memset(longest + strlen(longest), 'a', 1980);
	link = link_of_url(longest);
	assert_non_null(link);
	free(link);
	memset(longest + strlen(longest), ' ', 11);
	assert_null(link_of_url(longest));
	memset(longest, 'a', sizeof longest - 1);
	memcpy(longest, "http://x/", 9);
	assert_null(link_of_url(longest));
}

static void
test_file(void **state)
{
	char folder[] = "/tmp/haul-link.XXXXXX", name[128], *link, *end;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(name, sizeof name, "%s/\033]8;;x\a #%%?\xff\xc3\xa9", folder);
	assert_int_equal(mkdir(name, 0700), 0);
	link = link_of_file(name);
	assert_non_null(link);
	assert_memory_equal(link, "file://", 7);
	end = strstr(link, "/tmp/");
	assert_non_null(end);
	assert_true(end > link + 7);            /* the host's name */
	assert_string_equal(strrchr(end, '/'),
	    "/%1B%5D8%3B%3Bx%07%20%23%25%3F%FF%C3%A9");
	for (end = link; *end != '\0'; end++)
		assert_true(*end > ' ' && *end < 0x7f);
	free(link);
	assert_int_equal(rmdir(name), 0);
	assert_null(link_of_file(name));
	assert_int_equal(rmdir(folder), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "terminals that take links are known", test_known, NULL,
		    NULL, NULL },
		{ "others are not", test_unknown, NULL, NULL, NULL },
		{ "the option has the last word", test_option, NULL, NULL,
		    NULL },
		{ "pages have an address, without harm or secrets", test_url,
		    NULL, NULL, NULL },
		{ "files have one on this machine", test_file, NULL, NULL,
		    NULL },
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
