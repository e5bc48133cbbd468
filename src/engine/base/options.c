/* SPDX-License-Identifier: MIT
 *
 * One parser for each type of value, one row for each option. Whatever can be
 * known to be wrong is refused here, when it is said, and not an hour later
 * when its file's turn comes.
 */
#include "config.h"

#include "options.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "alloc.h"
#include "digest.h"
#include "hostset.h"

enum option_type {
	OPTION_SWITCH,
	OPTION_COUNTED,
	OPTION_SIZE,
	OPTION_DURATION,
	OPTION_TEXT,
	OPTION_CHOICE,
	OPTION_LIST,
};

#define OPTION_TYPE_SWITCH OPTION_SWITCH
#define OPTION_TYPE_COUNT OPTION_COUNTED
#define OPTION_TYPE_SIZE OPTION_SIZE
#define OPTION_TYPE_DURATION OPTION_DURATION
#define OPTION_TYPE_TEXT OPTION_TEXT
#define OPTION_TYPE_CHOICE OPTION_CHOICE
#define OPTION_TYPE_LIST OPTION_LIST

static const struct option_row {
	const char *name;
	enum option_type type;
	unsigned scope;
	int64_t min, max;
	const char *fallback;           /* the default, as text */
	const char *arg;                /* the choices */
} option_table[OPTION_COUNT] = {
#define HAUL_OPTION(ID, name, letter, type, min, max, def, scope, env, \
    parfive, arg, help) \
	[OPTION_##ID] = { name, OPTION_TYPE_##type, OPTION_SCOPE_##scope, \
	    min, max, def, arg },
#include "options.def"
#undef HAUL_OPTION
};

struct option_list {
	char **text;
	size_t count;
};

union option_value {
	int64_t number;
	char *text;
	struct option_list list;
};

struct options {
	atomic_uint refs;
	bool given[OPTION_COUNT];       /* value[i] was set */
	bool yields[OPTION_COUNT];      /* ... as somebody's default */
	union option_value value[OPTION_COUNT];
	struct hostset *hosts;          /* of an engine: what items of some
	                                   host take; or NULL */
	haul_name_fn name_fn;
	haul_easy_fn easy_fn;
	haul_done_fn done_fn;
	void *name_user, *easy_user, *done_user;
};

struct haul_options {
	struct options *set;
};

/* ---- errors ---- */

enum haul_result
options_complain(struct haul_error *error, enum haul_complaint complaint,
    const char *option, const char *value)
{
	if (error != NULL) {
		memset(error, 0, sizeof *error);
		error->result = HAUL_EUSAGE;
		error->complaint = complaint;
		snprintf(error->option, sizeof error->option, "%s", option);
		snprintf(error->value, sizeof error->value, "%s", value);
	}
	return HAUL_EUSAGE;
}

static enum haul_result
option_out_of_range(struct haul_error *error, const struct option_row *row,
    const char *value)
{
	options_complain(error, HAUL_COMPLAINT_OUT_OF_RANGE, row->name, value);
	if (error != NULL) {
		error->min = row->min;
		error->max = row->max;
	}
	return HAUL_EUSAGE;
}

/* ---- values from text ---- */

/* A decimal number with an optional fraction, times a unit found in the
 * table behind it. The result is exact to the unit's resolution. */
struct option_unit {
	const char *name;
	int64_t factor;
};

static const struct option_unit option_size_units[] = {
	{ "", 1 }, { "b", 1 },
	{ "k", 1LL << 10 }, { "kb", 1LL << 10 }, { "kib", 1LL << 10 },
	{ "m", 1LL << 20 }, { "mb", 1LL << 20 }, { "mib", 1LL << 20 },
	{ "g", 1LL << 30 }, { "gb", 1LL << 30 }, { "gib", 1LL << 30 },
	{ "t", 1LL << 40 }, { "tb", 1LL << 40 }, { "tib", 1LL << 40 },
	{ NULL, 0 }
};

static const struct option_unit option_duration_units[] = {
	{ "", 1000 }, { "s", 1000 }, { "ms", 1 }, { "m", 60000 },
	{ "h", 3600000 }, { "d", 86400000 },
	{ NULL, 0 }
};

static const struct option_unit option_count_units[] = {
	{ "", 1 }, { NULL, 0 }
};

/* Not strtod(): its decimal point is the locale's. */
static bool
option_parse_number(const char *text, const struct option_unit *units,
    int64_t *number)
{
	int64_t value = 0, scale = 1;
	const char *p = text;

	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, *p - '0', &value))
			value = INT64_MAX;
	if (p == text)
		return false;
	if (*p == '.') {
		for (p++; *p >= '0' && *p <= '9' && scale < 1000 &&
		    value < INT64_MAX / 10; p++) {
			scale *= 10;
			value = value * 10 + (*p - '0');
		}
		p += strspn(p, "0123456789");
	}
	for (; units->name != NULL; units++)
		if (strcasecmp(p, units->name) == 0)
			break;
	if (units->name == NULL || (scale > 1 && units->factor == 1))
		return false;
	/* What is too large to count with its fraction, goes without. */
	if (!__builtin_mul_overflow(value, units->factor, number))
		*number /= scale;
	else if (__builtin_mul_overflow(value / scale, units->factor, number))
		*number = INT64_MAX;
	return true;
}

static bool
option_parse_switch(const char *text, int64_t *number)
{
	static const char *const words[2][4] = {
		{ "no", "false", "0", "off" }, { "yes", "true", "1", "on" },
	};
	int on, i;

	for (on = 0; on < 2; on++)
		for (i = 0; i < 4; i++)
			if (strcasecmp(text, words[on][i]) == 0) {
				*number = on;
				return true;
			}
	return false;
}

/* The index of text among "a|b|c", or of what yes and no stand for; -1 if it is
 * none of them. */
static int64_t
option_find_choice(const struct option_row *row, const char *text)
{
	const char *choices = row->arg;
	size_t length = strlen(text), n;
	int64_t i, on;

	for (i = 0;; i++) {
		n = strcspn(choices, "|");
		if (n == length && strncasecmp(choices, text, n) == 0)
			return i;
		if (choices[n] == '\0')
			break;
		choices += n + 1;
	}
	if (row->min >= 0 && option_parse_switch(text, &on))
		return on ? row->min : 0;
	return -1;
}

static const struct option_unit *
option_units(enum option_type type)
{
	return type == OPTION_SIZE ? option_size_units :
	    type == OPTION_DURATION ? option_duration_units :
	    option_count_units;
}

static enum haul_result
option_parse_value(const struct option_row *row, const char *text,
    int64_t *number, struct haul_error *error)
{
	if (row->type == OPTION_SWITCH) {
		if (option_parse_switch(text, number))
			return HAUL_OK;
		return options_complain(error, HAUL_COMPLAINT_NOT_A_SWITCH,
		    row->name, text);
	}
	if (row->type == OPTION_CHOICE) {
		*number = option_find_choice(row, text);
		if (*number >= 0)
			return HAUL_OK;
		options_complain(error, HAUL_COMPLAINT_NOT_A_CHOICE, row->name,
		    text);
		if (error != NULL)
			snprintf(error->expected, sizeof error->expected,
			    "%s", row->arg);
		return HAUL_EUSAGE;
	}
	if (!option_parse_number(text, option_units(row->type), number))
		return options_complain(error, HAUL_COMPLAINT_NOT_A_NUMBER,
		    row->name, text);
	if (*number < row->min || *number > row->max)
		return option_out_of_range(error, row, text);
	return HAUL_OK;
}

/* ---- entries that have a form of their own ---- */

static bool
option_header_is_good(const char *text)
{
	static const char token[] = "!#$%&'*+-.^_`|~0123456789"
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t name = strspn(text, token);

	if (name == 0 || (text[name] != ':' && text[name] != ';'))
		return false;
	return strpbrk(text, "\r\n") == NULL;
}

static enum haul_result
option_check_checksum(const char *text, struct haul_error *error)
{
	struct digest digest;
	size_t hex = 0;
	enum haul_complaint complaint;

	if (strcmp(text, "server") == 0)
		return HAUL_OK;
	complaint = digest_parse(text, &digest, &hex);
	if (complaint == HAUL_COMPLAINT_NONE)
		return HAUL_OK;
	options_complain(error, complaint, "checksum", text);
	if (error != NULL && complaint == HAUL_COMPLAINT_CHECKSUM_LENGTH)
		snprintf(error->expected, sizeof error->expected, "%zu", hex);
	return HAUL_EUSAGE;
}

/* A file has one digest of each algorithm. The same one twice is no harm. */
static enum haul_result
option_check_other_checksums(const struct option_list *list, const char *text,
    struct haul_error *error)
{
	struct digest digest, other;
	size_t i, hex;

	if (digest_parse(text, &digest, &hex) != HAUL_COMPLAINT_NONE)
		return HAUL_OK;         /* "server" */
	for (i = 0; i < list->count; i++) {
		if (digest_parse(list->text[i], &other, &hex) !=
		    HAUL_COMPLAINT_NONE ||
		    strcmp(digest.name, other.name) != 0 ||
		    digest_equal(&digest, &other))
			continue;
		options_complain(error, HAUL_COMPLAINT_CONFLICT, "checksum",
		    text);
		if (error != NULL)
			snprintf(error->expected, sizeof error->expected,
			    "%s", list->text[i]);
		return HAUL_EUSAGE;
	}
	return HAUL_OK;
}

static enum haul_complaint
option_check_proxy_port(const char *port)
{
	size_t digits = strspn(port, "0123456789");

	if (port[digits] != '\0' && port[digits] != '/')
		return HAUL_COMPLAINT_PROXY_PORT;
	if (digits == 0 || digits > 5 || strtol(port, NULL, 10) < 1 ||
	    strtol(port, NULL, 10) > 65535)
		return HAUL_COMPLAINT_PROXY_PORT;
	return HAUL_COMPLAINT_NONE;
}

/* [SCHEME://][USER:PASSWORD@]HOST[:PORT] */
static enum haul_complaint
option_check_proxy(const char *text)
{
	static const char *const schemes[] = {
		"http", "https", "socks4", "socks4a", "socks5", "socks5h",
	};
	const char *host = strstr(text, "://"), *at;
	size_t i, length;

	/* -x16 is how others are asked for 16 connections. */
	if (text[strspn(text, "0123456789")] == '\0')
		return HAUL_COMPLAINT_PROXY_HOST;
	for (i = 0; host != NULL && i < 6; i++)
		if (strlen(schemes[i]) == (size_t)(host - text) &&
		    strncasecmp(schemes[i], text, strlen(schemes[i])) == 0)
			break;
	if (i == 6)
		return HAUL_COMPLAINT_PROXY_SCHEME;
	host = host != NULL ? host + 3 : text;
	at = strrchr(host, '@');
	host = at != NULL ? at + 1 : host;
	length = *host == '[' ? strcspn(host, "]/") : strcspn(host, ":/");
	for (i = 0; i < length; i++)
		if ((unsigned char)host[i] <= ' ' || host[i] == 0x7f)
			return HAUL_COMPLAINT_PROXY_HOST;
	if (length == 0 || (*host == '[' && (host[length] != ']' ||
	    length == 1)))
		return HAUL_COMPLAINT_PROXY_HOST;
	host += length + (*host == '[');
	return *host == ':' ? option_check_proxy_port(host + 1) :
	    *host == '\0' || *host == '/' ? HAUL_COMPLAINT_NONE :
	    HAUL_COMPLAINT_PROXY_HOST;
}

static enum haul_result
option_check_entry(enum option_id id, const union option_value *value,
    const char *text, struct haul_error *error)
{
	enum haul_complaint complaint = HAUL_COMPLAINT_NONE;
	enum haul_result result;

	if (id == OPTION_CHECKSUM) {
		result = option_check_checksum(text, error);
		return result != HAUL_OK ? result :
		    option_check_other_checksums(&value->list, text, error);
	}
	if (id == OPTION_HEADER && !option_header_is_good(text))
		complaint = HAUL_COMPLAINT_BAD_HEADER;
	if (id == OPTION_PROXY)
		complaint = option_check_proxy(text);
	return complaint == HAUL_COMPLAINT_NONE ? HAUL_OK :
	    options_complain(error, complaint, option_table[id].name, text);
}

/* ---- a set ---- */

struct options *
options_new(void)
{
	struct options *set = alloc_zero(sizeof *set);

	atomic_init(&set->refs, 1);
	return set;
}

struct options *
options_ref(struct options *set)
{
	if (set != NULL)
		atomic_fetch_add(&set->refs, 1);
	return set;
}

static void
option_release(enum option_id id, union option_value *value)
{
	size_t i;

	if (option_table[id].type == OPTION_TEXT)
		free(value->text);
	if (option_table[id].type == OPTION_LIST) {
		for (i = 0; i < value->list.count; i++)
			free(value->list.text[i]);
		free(value->list.text);
	}
	memset(value, 0, sizeof *value);
}

void
options_unref(struct options *set)
{
	int id;

	if (set == NULL || atomic_fetch_sub(&set->refs, 1) > 1)
		return;
	for (id = 0; id < OPTION_COUNT; id++)
		option_release((enum option_id)id, &set->value[id]);
	hostset_unref(set->hosts);
	free(set);
}

static void
option_append(struct option_list *list, const char *text)
{
	list->text = alloc_resize(list->text, list->count + 1,
	    sizeof *list->text);
	list->text[list->count++] = alloc_string(text);
}

static void
option_copy(enum option_id id, union option_value *to,
    const union option_value *from)
{
	size_t i;

	if (option_table[id].type == OPTION_TEXT) {
		to->text = alloc_string(from->text);
	} else if (option_table[id].type == OPTION_LIST) {
		memset(to, 0, sizeof *to);
		for (i = 0; i < from->list.count; i++)
			option_append(&to->list, from->list.text[i]);
	} else {
		to->number = from->number;
	}
}

struct options *
options_clone(const struct options *from)
{
	struct options *set = options_new();
	int id;

	if (from == NULL)
		return set;
	*set = *from;
	atomic_init(&set->refs, 1);
	set->hosts = hostset_ref(from->hosts);
	for (id = 0; id < OPTION_COUNT; id++)
		option_copy((enum option_id)id, &set->value[id],
		    &from->value[id]);
	return set;
}

static enum haul_result
option_store_text(struct options *set, enum option_id id, const char *text,
    struct haul_error *error)
{
	union option_value *value = &set->value[id];
	bool is_text = option_table[id].type == OPTION_TEXT;
	enum haul_result result = HAUL_OK;

	if (*text != '\0')
		result = option_check_entry(id, value, text, error);
	if (result != HAUL_OK)
		return result;
	if (is_text || *text == '\0')
		option_release(id, value);
	if (is_text)
		value->text = alloc_string(text);
	else if (*text != '\0')
		option_append(&value->list, text);
	return HAUL_OK;
}

static enum option_id
option_by_name(const char *name)
{
	int id;

	for (id = 0; id < OPTION_COUNT; id++)
		if (strcmp(option_table[id].name, name) == 0)
			break;
	return (enum option_id)id;
}

enum haul_result
haul_option_read(const char *name, const char *value, int64_t *number,
    struct haul_error *error)
{
	enum option_id id = option_by_name(name);

	if (id == OPTION_COUNT)
		return options_complain(error, HAUL_COMPLAINT_UNKNOWN_OPTION,
		    name, value);
	*number = 0;
	if (option_table[id].type == OPTION_TEXT ||
	    option_table[id].type == OPTION_LIST)
		return HAUL_OK;
	return option_parse_value(&option_table[id], value, number, error);
}

enum haul_result
options_set(struct options *set, const char *name, const char *text,
    unsigned scopes, struct haul_error *error)
{
	const struct option_row *row;
	enum haul_result result;
	int64_t number = 0;
	enum option_id id = option_by_name(name);

	if (id == OPTION_COUNT || !(option_table[id].scope & scopes))
		return options_complain(error, id == OPTION_COUNT ?
		    HAUL_COMPLAINT_UNKNOWN_OPTION :
		    HAUL_COMPLAINT_WRONG_SCOPE, name, text);
	row = &option_table[id];
	if (row->type == OPTION_TEXT || row->type == OPTION_LIST) {
		result = option_store_text(set, id, text, error);
	} else {
		result = option_parse_value(row, text, &number, error);
		if (result == HAUL_OK)
			set->value[id].number = number;
	}
	if (result == HAUL_OK) {
		set->given[id] = true;
		set->yields[id] = false;
	}
	return result;
}

bool
options_is_of_item(const char *name)
{
	int id;

	for (id = 0; id < OPTION_COUNT; id++)
		if (strcmp(option_table[id].name, name) == 0)
			return option_table[id].scope == OPTION_SCOPE_ITEM;
	return false;
}

bool
options_are_for_item(const struct options *set, const char **name)
{
	int id;

	for (id = 0; id < OPTION_COUNT; id++) {
		if (!set->given[id] ||
		    option_table[id].scope == OPTION_SCOPE_ITEM)
			continue;
		*name = option_table[id].name;
		return false;
	}
	return true;
}

bool
options_is_given(const struct options *set, enum option_id id)
{
	return set != NULL && id < OPTION_COUNT && set->given[id] &&
	    !set->yields[id];
}

bool
options_is_named(const struct options *set, const char *name)
{
	return options_is_given(set, option_by_name(name));
}

void
options_fill_defaults(struct options *set)
{
	int id;

	for (id = 0; id < OPTION_COUNT; id++) {
		const struct option_row *row = &option_table[id];

		if (row->fallback == NULL || set->given[id])
			continue;
		if (options_set(set, row->name, row->fallback, ~0U, NULL) !=
		    HAUL_OK)
			abort();        /* options.def contradicts itself */
	}
}

/* ---- reading ---- */

static const union option_value *
option_find(struct options_pair pair, enum option_id id)
{
	if (pair.item != NULL && pair.item->given[id])
		return &pair.item->value[id];
	if (pair.host != NULL && pair.host->given[id])
		return &pair.host->value[id];
	if (pair.engine != NULL && pair.engine->given[id])
		return &pair.engine->value[id];
	return NULL;
}

int64_t
options_number(struct options_pair pair, enum option_id id)
{
	const union option_value *value = option_find(pair, id);

	return value != NULL ? value->number : 0;
}

const char *
options_text(struct options_pair pair, enum option_id id)
{
	const union option_value *value = option_find(pair, id);

	if (value == NULL)
		return NULL;
	return value->text != NULL && *value->text ? value->text : NULL;
}

static void
option_each(const struct options *set, enum option_id id,
    void (*fn)(const char *, void *), void *user)
{
	size_t i;

	if (set == NULL)
		return;
	for (i = 0; i < set->value[id].list.count; i++)
		fn(set->value[id].list.text[i], user);
}

void
options_each(struct options_pair pair, enum option_id id,
    void (*fn)(const char *, void *), void *user)
{
	option_each(pair.engine, id, fn, user);
	option_each(pair.host, id, fn, user);
	option_each(pair.item, id, fn, user);
}

bool
options_has(struct options_pair pair, enum option_id id)
{
	return (pair.item != NULL && pair.item->value[id].list.count > 0) ||
	    (pair.host != NULL && pair.host->value[id].list.count > 0) ||
	    (pair.engine != NULL && pair.engine->value[id].list.count > 0);
}

/* In the largest unit that says it exactly. */
static void
option_format_size(int64_t bytes, char *text, size_t size)
{
	static const char units[] = "\0KMGT";
	size_t unit = 0;

	while (bytes != 0 && bytes % 1024 == 0 && unit + 2 < sizeof units) {
		bytes /= 1024;
		unit++;
	}
	snprintf(text, size, "%lld%.1s", (long long)bytes, units + unit);
}

static void
option_format_duration(int64_t ms, char *text, size_t size)
{
	bool whole = ms % 1000 == 0;

	snprintf(text, size, "%lld%s", (long long)(whole ? ms / 1000 : ms),
	    whole ? "" : "ms");
}

static void
option_format_choice(const char *choices, int64_t index, char *text,
    size_t size)
{
	while (index-- > 0)
		choices += strcspn(choices, "|") + 1;
	snprintf(text, size, "%.*s", (int)strcspn(choices, "|"), choices);
}

struct option_text {
	char *text;
	size_t size;
};

static void
option_format_entry(const char *entry, void *user)
{
	struct option_text *to = user;
	int n = snprintf(to->text, to->size, "%s\n", entry);
	size_t used = n < 0 ? 0 : (size_t)n;

	if (used > to->size)
		used = to->size;
	to->text += used;
	to->size -= used;
}

bool
options_format(struct options_pair pair, const char *name, char *text,
    size_t size)
{
	struct option_text rest = { text, size };
	const struct option_row *row = option_table;
	const char *value;
	int id;

	for (id = 0; id < OPTION_COUNT; id++, row++)
		if (strcmp(row->name, name) == 0)
			break;
	if (id == OPTION_COUNT || size == 0 ||
	    row->scope == OPTION_SCOPE_COMMAND)
		return false;
	*text = '\0';
	switch (row->type) {
	case OPTION_SWITCH:
		snprintf(text, size, "%s", options_number(pair,
		    (enum option_id)id) ? "yes" : "no");
		break;
	case OPTION_CHOICE:
		option_format_choice(row->arg, options_number(pair,
		    (enum option_id)id), text, size);
		break;
	case OPTION_TEXT:
		value = options_text(pair, (enum option_id)id);
		snprintf(text, size, "%s", value ? value : "");
		break;
	case OPTION_LIST:
		options_each(pair, (enum option_id)id, option_format_entry,
		    &rest);
		if (rest.text > text && rest.text[-1] == '\n')
			rest.text[-1] = '\0';
		break;
	case OPTION_SIZE:
		option_format_size(options_number(pair, (enum option_id)id),
		    text, size);
		break;
	case OPTION_DURATION:
		option_format_duration(options_number(pair,
		    (enum option_id)id), text, size);
		break;
	case OPTION_COUNTED:
		snprintf(text, size, "%lld", (long long)options_number(pair,
		    (enum option_id)id));
		break;
	}
	return true;
}

haul_name_fn
options_name_fn(struct options_pair pair, void **user)
{
	const struct options *set = pair.item != NULL &&
	    pair.item->name_fn != NULL ? pair.item : pair.engine;

	*user = set ? set->name_user : NULL;
	return set ? set->name_fn : NULL;
}

haul_easy_fn
options_easy_fn(struct options_pair pair, void **user)
{
	const struct options *set = pair.item != NULL &&
	    pair.item->easy_fn != NULL ? pair.item : pair.engine;

	*user = set ? set->easy_user : NULL;
	return set ? set->easy_fn : NULL;
}

haul_done_fn
options_done_fn(struct options_pair pair, void **user)
{
	const struct options *set = pair.item != NULL &&
	    pair.item->done_fn != NULL ? pair.item : pair.engine;

	*user = set ? set->done_user : NULL;
	return set ? set->done_fn : NULL;
}

/* ---- the public object ---- */

struct haul_options *
haul_options_new(void)
{
	struct haul_options *options = alloc_zero(sizeof *options);

	options->set = options_new();
	return options;
}

struct haul_options *
haul_options_copy(const struct haul_options *from)
{
	struct haul_options *options = alloc_zero(sizeof *options);

	options->set = options_ref(from->set);
	return options;
}

void
haul_options_free(struct haul_options *options)
{
	if (options == NULL)
		return;
	options_unref(options->set);
	free(options);
}

struct options *
options_peek(const struct haul_options *options)
{
	return options ? options->set : NULL;
}

/* Before a change: what others share must not change under them. */
static struct options *
options_own(struct haul_options *options)
{
	struct options *mine;

	if (atomic_load(&options->set->refs) > 1) {
		mine = options_clone(options->set);
		options_unref(options->set);
		options->set = mine;
	}
	return options->set;
}

enum haul_result
haul_options_set(struct haul_options *options, const char *name,
    const char *value, struct haul_error *error)
{
	return options_set(options_own(options), name, value,
	    OPTION_SCOPE_ITEM | OPTION_SCOPE_ENGINE, error);
}

const struct options *
options_of_host(const struct options *set, const char *url)
{
	return hostset_find(set->hosts, url);
}

/* Whether items of a host may have all of it. */
static bool
options_are_for_host(const struct options *set, const char **name)
{
	int id;

	for (id = 0; id < OPTION_COUNT; id++) {
		if (!set->given[id] || id == OPTION_MAX_HOST_CONN ||
		    option_table[id].scope == OPTION_SCOPE_ITEM)
			continue;
		*name = option_table[id].name;
		return false;
	}
	return true;
}

enum haul_result
haul_options_for_host(struct haul_options *options, const char *host,
    const struct haul_options *of_host, struct haul_error *error)
{
	const char *name;
	struct options *set, *copy;

	if (!hostset_is_pattern(host))
		return options_complain(error, HAUL_COMPLAINT_BAD_URL, "host",
		    host);
	if (!options_are_for_host(of_host->set, &name))
		return options_complain(error, HAUL_COMPLAINT_WRONG_SCOPE,
		    name, "");
	/* A copy: one that held itself would never be freed. */
	copy = options_clone(of_host->set);
	set = options_own(options);
	set->hosts = hostset_add(set->hosts, host, copy);
	options_unref(copy);
	return HAUL_OK;
}

void
haul_options_yield(struct haul_options *options, const char *name)
{
	enum option_id id = option_by_name(name);

	if (id < OPTION_COUNT)
		options_own(options)->yields[id] = true;
}

void
haul_options_on_name(struct haul_options *options, haul_name_fn fn,
    void *user)
{
	struct options *set = options_own(options);

	set->name_fn = fn;
	set->name_user = user;
}

void
haul_options_on_easy(struct haul_options *options, haul_easy_fn fn,
    void *user)
{
	struct options *set = options_own(options);

	set->easy_fn = fn;
	set->easy_user = user;
}

void
haul_options_on_done(struct haul_options *options, haul_done_fn fn,
    void *user)
{
	struct options *set = options_own(options);

	set->done_fn = fn;
	set->done_user = user;
}
