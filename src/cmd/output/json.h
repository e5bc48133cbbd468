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

/* Records of --verify: of a file, and of all in the end. malloc()ed lines, NULL
 * if there is no memory. */
char *json_check_line(int64_t seq, const struct haul_checked *,
    size_t *length);
char *json_checked_line(int64_t seq, const uint64_t counts[HAUL_CHECK_COUNT],
    uint64_t skipped, int64_t read_bytes, size_t *length);

/* Records of --doctor: of a check, and how many there were of each state. The
 * same lines. */
char *json_finding_line(int64_t seq, const char *check, const char *state,
    const char *found, const char *advice, size_t *length);
char *json_diagnosis_line(int64_t seq, uint64_t ok, uint64_t note,
    uint64_t wrong, size_t *length);

#endif
