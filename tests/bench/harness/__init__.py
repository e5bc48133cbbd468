# SPDX-License-Identifier: MIT
"""The measuring of haul: see ../README.md."""
