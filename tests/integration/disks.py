# SPDX-License-Identifier: MIT
"""Small file systems of a test's own, for which it needs to be root."""

import contextlib
import subprocess
import sys

import pytest


def loud_skip(reason):
    print(f'\n*** SKIPPED: {reason} ***', file=sys.__stderr__)
    pytest.skip(reason)


@contextlib.contextmanager
def small_disk(haul, options):
    """A folder of the run's, in memory."""
    path = haul.folder / 'disk'
    path.mkdir()
    done = subprocess.run(['mount', '-t', 'tmpfs', '-o', options, 'haul-test',
                           path], capture_output=True)
    if done.returncode:
        loud_skip('no file system can be mounted: ' +
                  done.stderr.decode().strip())
    yield path
    haul.end_all()
    subprocess.run(['umount', '-l', path], check=True)
