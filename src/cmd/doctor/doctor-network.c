/* SPDX-License-Identifier: MIT
 *
 * See doctor-internal.h: what a connection needs that can be seen without one.
 */
#include "config.h"

#include "doctor-internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "present/i18n.h"
#include "present/memory.h"
#include "present/sentence.h"
#include "present/text.h"
#include "present/units.h"

/* ---- certificates ---- */

static char *
doctor_advise_authorities(void)
{
	return memory_string(_("Install the system's certificates "
	    "(ca-certificates), or name a file of them by --cacert."));
}

/* The file of --cacert, its kin in configuration and environment, or libcurl's
 * own. */
static void
doctor_check_authorities(const struct doctor_case *of, const char *path,
    struct doctor_finding *finding)
{
	struct haul_certificates certificates;
	char count[UNITS_SIZE], *words;
	uint64_t useless;

	haul_certificates(path, of->now_ms, &certificates);
	useless = certificates.broken + certificates.expired +
	    certificates.early;
	units_count(count, sizeof count, certificates.count);
	if (certificates.sys_errno != 0) {
		words = doctor_words(certificates.sys_errno);
		doctor_say(finding, DOCTOR_WRONG, memory_format("%s: %s",
		    path, words), doctor_advise_authorities());
		free(words);
	} else if (certificates.count == 0) {
		doctor_say(finding, DOCTOR_WRONG, memory_format(_("%s: no "
		    "certificate"), path), doctor_advise_authorities());
	} else if (useless == certificates.count) {
		doctor_say(finding, DOCTOR_WRONG, memory_format(_("%s: none "
		    "is valid, of %s"), path, count),
		    doctor_advise_authorities());
	} else {
		doctor_say(finding, DOCTOR_OK, memory_format("%s (%s)", path,
		    count), NULL);
		if (certificates.broken > 0)
			doctor_say(finding, DOCTOR_NOTE, memory_string(
			    _("what follows cannot be read")),
			    memory_format(_("Make the file %s anew: one of "
			    "its certificates is damaged."), path));
	}
}

/* What others obey and libcurl does not leads to long searches. One of them is
 * enough. */
static void
doctor_check_ignored(const struct doctor_case *of,
    struct doctor_finding *finding)
{
	const char *const used[] = { of->libraries.ca_file,
	    of->libraries.ca_dir };
	static const char *const names[] = {
		"SSL_CERT_FILE", "CURL_CA_BUNDLE", "SSL_CERT_DIR" };
	bool told = false;
	const char *value;
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names && !told; i++) {
		value = of->get(names[i]);
		told = value != NULL && *value != '\0' &&
		    (used[0] == NULL || strcmp(used[0], value) != 0) &&
		    (used[1] == NULL || strcmp(used[1], value) != 0);
		if (told)
			doctor_say(finding, DOCTOR_NOTE, memory_format("%s=%s",
			    names[i], value), memory_format(_("haul's "
			    "libcurl does not read %s; set HAUL_CACERT to a "
			    "file of certificates, or give it by --cacert."),
			    names[i]));
	}
}

void
doctor_check_certificates(const struct doctor_case *of,
    struct doctor_finding *finding)
{
	const char *own = of->settings->texts[SETTINGS_CACERT];
	const char *file = of->libraries.ca_file, *dir = of->libraries.ca_dir;
	bool has_own = own != NULL && *own != '\0';

	if (of->libraries.tls == NULL)
		return;
	if (has_own)
		file = own;
	if (of->settings->values[SETTINGS_INSECURE] != 0)
		doctor_say(finding, DOCTOR_NOTE, memory_string("--insecure"),
		    memory_string(_("Certificates are not verified: anybody "
		    "on the way can read and change what is fetched.")));
	if (file != NULL)
		doctor_check_authorities(of, file, finding);
	else if (dir != NULL)
		doctor_check_authorities(of, dir, finding);
	else
		doctor_say(finding, DOCTOR_WRONG, memory_string(_("libcurl "
		    "knows no place of certificates")),
		    doctor_advise_authorities());
	/* Whoever named a file knows that it counts. */
	if (!has_own)
		doctor_check_ignored(of, finding);
}

/* ---- proxies ---- */

static const struct doctor_proxy {
	const char *name, *other;       /* the second is read where the first
	                                   is not set */
} doctor_proxies[] = {
	{ "http_proxy", "HTTP_PROXY" },
	{ "https_proxy", "HTTPS_PROXY" },
	{ "ftp_proxy", "FTP_PROXY" },
	{ "all_proxy", "ALL_PROXY" },
};

/* The value, and the name that it has; NULL: none. */
static const char *
doctor_find_proxy(const struct doctor_case *of, const char **name,
    const char *other)
{
	const char *value = of->get(*name);

	if (value != NULL)
		return value;
	*name = other;
	return of->get(other);
}

/* Without user and password. */
static char *
doctor_hide_login(const char *proxy)
{
	const char *at = strrchr(proxy, '@'), *start = strstr(proxy, "://");

	if (at == NULL)
		return memory_string(proxy);
	start = start != NULL && start < at ? start + 3 : proxy;
	return memory_format("%.*s***%s", (int)(start - proxy), proxy, at);
}

static void
doctor_check_proxy(const char *name, const char *value,
    struct doctor_finding *finding)
{
	struct haul_options *options = haul_options_new();
	char sentence[SENTENCE_SIZE] = "", *shown = doctor_hide_login(value);
	struct haul_error error;

	if (haul_options_set(options, "proxy", value, &error) != HAUL_OK) {
		snprintf(error.value, sizeof error.value, "%s", shown);
		sentence_complaint(sentence, sizeof sentence, name, &error, 0);
	}
	doctor_say(finding, *sentence != '\0' ? DOCTOR_WRONG : DOCTOR_OK,
	    memory_format("%s=%s", name, shown), *sentence != '\0' ?
	    memory_string(sentence) : NULL);
	haul_options_free(options);
	free(shown);
}

/* Hosts and domains by commas. Curl takes blanks too, but neither patterns nor
 * URLs; whoever writes those has the proxy asked after all. */
static void
doctor_check_exceptions(const char *name, const char *value,
    struct doctor_finding *finding)
{
	bool pattern = strchr(value, '*') != NULL && strcmp(value, "*") != 0;
	bool strange = strpbrk(value, ";") != NULL ||
	    strstr(value, "://") != NULL;
	char *shown = doctor_hide_login(value);

	doctor_say(finding, pattern || strange ? DOCTOR_NOTE : DOCTOR_OK,
	    memory_format("%s=%s", name, shown), pattern || strange ?
	    memory_format(_("%s takes names of hosts and domains by commas, "
	    "such as 'localhost,example.org', without '*' and '://'."),
	    name) : NULL);
	free(shown);
}

void
doctor_check_proxies(const struct doctor_case *of,
    struct doctor_finding *finding)
{
	const char *name, *value = of->settings->texts[SETTINGS_PROXY];
	size_t i, n = sizeof doctor_proxies / sizeof *doctor_proxies;

	/* The option was checked when it was read. */
	if (value != NULL && *value != '\0') {
		doctor_check_proxy("--proxy", value, finding);
	} else {
		for (i = 0; i < n; i++) {
			name = doctor_proxies[i].name;
			value = doctor_find_proxy(of, &name,
			    doctor_proxies[i].other);
			if (value != NULL && *value != '\0')
				doctor_check_proxy(name, value, finding);
		}
	}
	name = "no_proxy";
	value = doctor_find_proxy(of, &name, "NO_PROXY");
	if (value != NULL && *value != '\0')
		doctor_check_exceptions(name, value, finding);
	if (finding->found == NULL)
		doctor_say(finding, DOCTOR_OK, memory_string(_("none")), NULL);
}

/* ---- names ---- */

/* Adds the servers that the resolver's configuration names; how many. */
static size_t
doctor_read_servers(FILE *file, struct doctor_finding *finding)
{
	char line[512], *at;
	size_t count = 0;

	while (fgets(line, sizeof line, file) != NULL) {
		if (strncmp(line, "nameserver", 10) != 0 ||
		    strspn(line + 10, " \t") == 0)
			continue;
		at = line + 10 + strspn(line + 10, " \t");
		at[strcspn(at, " \t\r\n#;")] = '\0';
		if (*at == '\0')
			continue;
		doctor_say(finding, DOCTOR_OK, memory_string(at), NULL);
		count++;
	}
	return count;
}

void
doctor_check_names(const struct doctor_case *of, struct doctor_finding *finding)
{
	FILE *file = fopen(of->resolver, "re");
	char *words = file == NULL ? doctor_words(errno) : NULL;
	size_t count = file != NULL ? doctor_read_servers(file, finding) : 0;

	if (file != NULL)
		fclose(file);
	if (words != NULL)
		doctor_say(finding, DOCTOR_NOTE, memory_format("%s: %s",
		    of->resolver, words), NULL);
	else if (count == 0)
		doctor_say(finding, DOCTOR_NOTE, memory_format(_("%s: none"),
		    of->resolver), NULL);
	if (count == 0)
		doctor_say(finding, DOCTOR_NOTE, NULL, memory_format(_("Names "
		    "of hosts are asked of this machine alone; if they are "
		    "not found, connect to the network, or name a server in "
		    "%s."), of->resolver));
	free(words);
}
