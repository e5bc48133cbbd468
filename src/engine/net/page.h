/* SPDX-License-Identifier: MIT
 *
 * A web page where a file was asked for: what networks that want a login, and
 * servers that want one, send with status 200. Pure.
 */
#ifndef HAUL_ENGINE_PAGE_H
#define HAUL_ENGINE_PAGE_H

#include <stdbool.h>

/* Whether a Content-Type (may be NULL) is that of a page. */
bool page_is_type(const char *content_type);

/* Whether what a URL names by its last suffix can be no page: an archive, an
 * image, data ... */
bool page_is_not_named(const char *url);

#endif
