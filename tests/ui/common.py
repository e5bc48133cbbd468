# SPDX-License-Identifier: MIT
"""Where things are, and whether all of it is to be run."""

import os
import pathlib

import pytest

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
LONG = os.environ.get("HAUL_TESTS") == "long"


def program(variable, default):
    build = pathlib.Path(os.environ.get("HAUL_BUILDDIR") or SOURCE / "build")
    path = os.path.abspath(os.environ.get(variable) or build / default)
    if not os.access(path, os.X_OK):
        pytest.fail(f"{variable}: there is no program {path}")
    return path
