/* SPDX-License-Identifier: MIT
 *
 * Marks the text that a person reads. _() translates where it stands, N_()
 * only marks (tables are translated when they are read). Without NLS both
 * leave the text as it is.
 */
#ifndef HAUL_PRESENT_I18N_H
#define HAUL_PRESENT_I18N_H

#if defined(ENABLE_NLS) && ENABLE_NLS
#include <libintl.h>
#define _(text) gettext(text)
#else
#define _(text) (text)
#define ngettext(one, many, count) i18n_choose((one), (many), (count))

/* A function: of two formats that are alike the compiler knows neither. */
static inline const char *__attribute__((format_arg(1), format_arg(2)))
i18n_choose(const char *one, const char *many, unsigned long count)
{
	return count == 1 ? one : many;
}
#endif
#define N_(text) text

#endif
