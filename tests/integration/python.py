# SPDX-License-Identifier: MIT
"""The Python package of bindings/ for the tests, with the library that was
just built. Skipped where there is none, or where it can only be loaded by a
program that was built with the same sanitizer."""

import os
import pathlib
import subprocess
import sys
import textwrap

import pytest

import built
import conftest

PACKAGE = conftest.SOURCE / 'bindings' / 'python'


def library():
    build = pathlib.Path(os.environ.get('HAUL_BUILDDIR') or
                         conftest.SOURCE / 'build')
    found = build / '.libs' / 'libhaul.so.0'
    if not found.exists():
        pytest.skip('haul was built without a shared library')
    if built.sanitizers(found):
        pytest.skip('the library has a sanitizer, Python has not')
    return found


def set_up():
    """Makes `import haul` work in this process."""
    os.environ['HAUL_LIBRARY'] = os.fspath(library())
    if os.fspath(PACKAGE) not in sys.path:
        sys.path.insert(0, os.fspath(PACKAGE))


class Program:
    """Runs a program text in a Python of its own."""

    def __init__(self, haul):
        self.haul = haul
        haul.program = sys.executable
        haul.environment.update(
            PYTHONPATH=os.fspath(PACKAGE), HAUL_LIBRARY=os.fspath(library()),
            PYTHONDONTWRITEBYTECODE='1')

    def start(self, text, *arguments, **more):
        return self.haul.start('-W', 'error', '-c', textwrap.dedent(text),
                               *arguments, **more)

    def __call__(self, text, *arguments, **more):
        return self.haul.finish(self.start(text, *arguments, **more))


def open_descriptors():
    return len(os.listdir('/proc/self/fd'))


def run(*command):
    return subprocess.run(command, check=True, capture_output=True,
                          text=True, timeout=60).stdout
