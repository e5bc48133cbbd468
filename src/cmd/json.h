/* SPDX-License-Identifier: MIT
 *
 * The run as JSON, one object a line on stdout, for programs. The records are
 * those of haul-json.schema.json.
 */
#ifndef HAUL_CMD_JSON_H
#define HAUL_CMD_JSON_H

#include "output.h"

#define JSON_LINE_MAX 65536

extern const struct output_ops json_ops;

#endif
