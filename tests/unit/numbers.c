/* SPDX-License-Identifier: MIT
 *
 * numbers.c:
 * - a free name is left as it is
 * - a taken one gets 1, 2, 3 ..., each name counted for itself
 * - an item that asks again gets the number it has
 * - a number that was given back goes to the next who asks
 * - what is taken for a strict item only is left to the others
 * - thousands of one name ask about as many names as they are, also where
 *   each second one gives its number back, or the first one does so each time
 * - where no number is free there is no name
 */
#include "config.h"

#include "engine/base/numbers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/base/names.h"

#define TIME_LIMIT_S 60
#define MANY 8000

/* Who has which name, and which names stand there. */
static struct names claims, standing;
static struct numbers numbers;
static haul_id asking;
static bool asking_strictly;
static size_t asked;

static int
setup(void **state)
{
	(void)state;
	asked = 0;
	asking_strictly = false;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	names_release(&claims);
	names_release(&standing);
	numbers_release(&numbers);
	return 0;
}

static bool
is_free(const char *name, void *user)
{
	const uint32_t *holder = names_find(&claims, names_hash(name));

	assert_ptr_equal(user, &asking);
	asked++;
	if (asking_strictly && names_has(&standing, names_hash(name)))
		return false;
	return holder == NULL || *holder == 0 || *holder == asking;
}

static char *
choose(const char *name, haul_id id)
{
	char *chosen;

	asking = id;
	chosen = numbers_choose(&numbers, name, id, asking_strictly, is_free,
	    &asking);
	if (chosen != NULL)
		*names_value(&claims, names_hash(chosen)) = (uint32_t)id;
	return chosen;
}

static void
expect(const char *name, haul_id id, const char *wanted)
{
	char *chosen = choose(name, id);

	assert_string_equal(chosen, wanted);
	free(chosen);
}

static void
give_back(const char *name)
{
	*names_value(&claims, names_hash(name)) = 0;
	numbers_give_back(&numbers, name);
}

static void
test_order(void **state)
{
	(void)state;
	expect("a.fits.gz", 1, "a.fits.gz");
	expect("a.fits.gz", 2, "a.1.fits.gz");
	expect("b", 3, "b");
	expect("a.fits.gz", 4, "a.2.fits.gz");
	expect("b", 5, "b.1");
	expect("b.2", 6, "b.2");
	expect("b", 7, "b.3");
	expect("b.2", 8, "b.1.2");
}

static void
test_again(void **state)
{
	(void)state;
	expect("a", 1, "a");
	expect("a", 2, "a.1");
	expect("a", 3, "a.2");
	expect("a", 4, "a.3");
	expect("a", 3, "a.2");
	expect("a", 1, "a");
	expect("a", 2, "a.1");
	expect("a", 5, "a.4");
}

static void
test_given_back(void **state)
{
	(void)state;
	expect("a", 1, "a");
	expect("a", 2, "a.1");
	expect("a", 3, "a.2");
	expect("a", 4, "a.3");
	give_back("a.1");
	expect("a", 5, "a.1");
	expect("a", 5, "a.1");
	expect("a", 6, "a.4");
	give_back("a.4");
	expect("a", 7, "a.4");
	give_back("a");
	expect("a", 8, "a");
	give_back("a.77");              /* was never had */
	expect("a", 9, "a.5");
}

static void
test_strict(void **state)
{
	(void)state;
	names_add(&standing, names_hash("a"));
	names_add(&standing, names_hash("a.1"));
	asking_strictly = true;
	expect("a", 1, "a.2");
	asking_strictly = false;
	expect("a", 2, "a");
	expect("a", 3, "a.1");
	expect("a", 4, "a.3");
	asking_strictly = true;
	expect("a", 5, "a.4");
}

static void
test_many(void **state)
{
	char wanted[32];
	haul_id id;

	(void)state;
	for (id = 0; id < MANY; id++) {
		snprintf(wanted, sizeof wanted, id ? "get.%d.php" :
		    "get.php", (int)id);
		expect("get.php", id + 1, wanted);
	}
	assert_in_range(asked, MANY, 2 * MANY);
	/* Each once more, as after a failure. */
	asked = 0;
	for (id = 0; id < MANY; id++) {
		snprintf(wanted, sizeof wanted, id ? "get.%d.php" :
		    "get.php", (int)id);
		expect("get.php", id + 1, wanted);
	}
	assert_in_range(asked, MANY, 2 * MANY);
}

/* As where some answers have a name of their own, and items are removed. */
static void
test_many_given_back(void **state)
{
	char *chosen;
	haul_id id;

	(void)state;
	for (id = 1; id <= MANY; id++) {
		chosen = choose("get.php", id);
		assert_non_null(chosen);
		if (id % 3 == 0)
			give_back(chosen);
		else if (id % 10 == 0)
			give_back("get.1.php");
		free(chosen);
	}
	assert_in_range(asked, MANY, 4 * MANY);
}

static bool
is_never_free(const char *name, void *user)
{
	size_t *count = user;

	(void)name;
	++*count;
	return false;
}

static void
test_none(void **state)
{
	size_t count = 0;

	(void)state;
	/* Where everything takes its time: these are millions. */
	if (getenv("HAUL_UNIT_ITEMS") != NULL)
		skip();
	assert_null(numbers_choose(&numbers, "a", 1, false, is_never_free,
	    &count));
	assert_in_range(count, 1000000, 10000000);
	count = 0;
	assert_null(numbers_choose(&numbers, "a", 2, false, is_never_free,
	    &count));
	assert_in_range(count, 1, 10);  /* that is known by now */
}

#define TEST(name, function) \
	{ name, function, setup, teardown, NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("each name is counted for itself", test_order),
		TEST("who asks again gets what he has", test_again),
		TEST("what was given back is next", test_given_back),
		TEST("what is taken for one is free for another",
		    test_strict),
		TEST("many of one name ask about as many", test_many),
		TEST("so they do where numbers are given back",
		    test_many_given_back),
		TEST("where none is free there is none", test_none),
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("numbers", tests, NULL, NULL);
}
