/* SPDX-License-Identifier: MIT
 *
 * Safe local names from what servers, URLs and callers offer. Pure.
 *
 * A safe name is one component: not empty, not "." or "..", without '/', NUL
 * or control bytes (C0, DEL, and C1 in UTF-8), not starting with '.', '-' or
 * '~', at most FILENAME_LIMIT bytes, cut at a UTF-8 boundary with its
 * suffixes kept; nor does it end in one of haul's own (".part" and its kin: an
 * underscore is added). Bytes that are not UTF-8 are kept as they are. Bidi and
 * other format characters are taken out: they make a name lie.
 * Results are malloc()ed, NULL where there is nothing usable.
 */
#ifndef HAUL_ENGINE_FILENAME_H
#define HAUL_ENGINE_FILENAME_H

#include <stdbool.h>
#include <stddef.h>

/* NAME_MAX less room for ".part.haul", its temporary and a number. */
#define FILENAME_LIMIT 230

/* The name in a Content-Disposition value (RFC 6266, RFC 8187): filename*
 * wins if its charset and escapes are right, else filename; token or quoted,
 * backslash escapes, percent escapes decoded in a plain filename as browsers
 * do, trailing ';' and raw UTF-8 or Latin-1 tolerated; folders (either slash)
 * are dropped. */
char *filename_from_disposition(const char *value);

/* The last segment of the URL's path, decoded once, then made safe; a
 * decoded slash is a folder and dropped. NULL if the path has no such
 * segment ("http://host/", ".../dir/"). */
char *filename_from_url(const char *url);

/* The same for looking at, cut to size: most URLs cost no memory. False where
 * there would be no name. */
bool filename_preview(const char *url, char *out, size_t size);

/* What to call a file that nothing names: "index.html", "download" ... by
 * Content-Type (may be NULL). */
char *filename_default(const char *content_type);

/* Makes one component safe; NULL if nothing is left. */
char *filename_make_safe(const char *bytes, size_t length);

/* Whether a caller's name may be used: relative, no empty, "." or ".."
 * component, no control bytes, every component at most FILENAME_LIMIT. It may
 * have folders. */
bool filename_is_usable(const char *name);

/* name with number n before all suffixes of its last component:
 * a.fits.gz -> a.1.fits.gz, data -> data.1; folders stay. */
char *filename_numbered(const char *name, unsigned n);

/* The name that filename_numbered() made this one of, and its n; NULL if it
 * made none like it. malloc()ed. */
char *filename_unnumbered(const char *name, unsigned *n);

#endif
