/* SPDX-License-Identifier: MIT
 *
 * The plain log: one event a line, for files and pipes.
 */
#ifndef HAUL_CMD_LOG_H
#define HAUL_CMD_LOG_H

#include "output.h"

extern const struct output_ops log_ops;

#endif
