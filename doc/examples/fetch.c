/* SPDX-License-Identifier: MIT
 *
 * usage: fetch DIRECTORY URL...
 *
 * The least that is polite: options, a queue, a run, and what became of each
 * file. libhaul(3) shows it.
 */
#include <haul.h>
#include <signal.h>
#include <stdio.h>

static struct haul *
engine_for(const char *directory)
{
	struct haul_options *options = haul_options_new();
	struct haul *haul = NULL;
	struct haul_error error;

	if (haul_options_set(options, "directory", directory, &error) ||
	    haul_options_set(options, "retries", "3", &error) ||
	    haul_new(options, &haul, &error))
		fprintf(stderr, "no engine: %s '%s'\n", error.option,
		    error.value);
	haul_options_free(options);
	return haul;
}

static void
tell(struct haul *haul)
{
	struct haul_results *results = haul_results(haul);
	size_t i;

	for (i = 0; i < results->count; i++)
		printf("%s: %s\n", results->urls[i], results->paths[i]);
	for (i = 0; i < results->error_count; i++)
		fprintf(stderr, "%s: %s: %s\n", results->errors[i].url,
		    haul_cause_name(results->errors[i].cause),
		    results->errors[i].message);
	haul_results_free(results);
}

int
main(int argc, char **argv)
{
	struct haul *haul = argc > 2 ? engine_for(argv[1]) : NULL;
	enum haul_result result;
	int i;

	if (haul == NULL)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	for (i = 2; i < argc; i++) {
		struct haul_request request = { .url = argv[i] };

		if (haul_add(haul, &request, NULL, NULL) != HAUL_OK)
			fprintf(stderr, "%s: not a URL for haul\n", argv[i]);
	}
	result = haul_run(haul);
	tell(haul);
	haul_free(haul);
	return result == HAUL_OK ? 0 : 1;
}
