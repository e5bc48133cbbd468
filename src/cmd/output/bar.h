/* SPDX-License-Identifier: MIT
 *
 * The progress bars of a terminal: a line for each running file and one for
 * all, redrawn in place; events scroll above them.
 */
#ifndef HAUL_CMD_BAR_H
#define HAUL_CMD_BAR_H

#include "output.h"

extern const struct output_ops bar_ops;

#endif
