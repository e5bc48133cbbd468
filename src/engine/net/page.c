/* SPDX-License-Identifier: MIT
 *
 * See page.h. Only suffixes that nobody gives a page are told: "v2" or "php"
 * say nothing.
 */
#include "config.h"

#include "page.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

bool
page_is_type(const char *content_type)
{
	static const char *const types[] = {
		"text/html", "application/xhtml+xml",
	};
	size_t i, length;

	if (content_type == NULL)
		return false;
	length = strcspn(content_type, "; \t");
	for (i = 0; i < sizeof types / sizeof *types; i++)
		if (length == strlen(types[i]) &&
		    strncasecmp(content_type, types[i], length) == 0)
			return true;
	return false;
}

bool
page_is_not_named(const char *url)
{
	static const char suffixes[] =
	    " 7z apk avi bin bmp bz2 cab cdf csv dat deb dmg exe fit fits flac "
	    "fts fz gif grb grib grib2 gz h5 hdf hdf5 he5 img iso jar jp2 jpeg "
	    "jpg lz4 m4a mkv mov mp3 mp4 msi nc nc4 netcdf npy npz ogg parquet "
	    "pdf pkg png rar rpm tar tbz tgz tif tiff txz wav webm webp whl "
	    "xz zip zst ";
	const char *start = strstr(url, "://"), *end, *dot;
	char wanted[10] = " ";
	size_t length;

	start = strchr(start != NULL ? start + 3 : url, '/');
	if (start == NULL)
		return false;
	end = start + strcspn(start, "?#");
	for (dot = end; dot > start && dot[-1] != '.' && dot[-1] != '/'; dot--)
		;
	length = (size_t)(end - dot);
	if (dot == start || dot[-1] != '.' || length == 0 ||
	    length > sizeof wanted - 3)
		return false;
	memcpy(wanted + 1, dot, length);
	memcpy(wanted + 1 + length, " ", 2);
	return strcasestr(suffixes, wanted) != NULL;
}
