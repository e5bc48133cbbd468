# SPDX-License-Identifier: MIT
"""Behaviours covered, all under valgrind's memcheck:

- every unit test runs without a memory error or a definite leak
- so does the command: many small files, a large file in parts, failures with
  retries, a redirect, a digest, a resume, a hostile answer, a usage error
"""
import os
import pathlib
import shutil
import subprocess

import pytest

from built import sanitizers
from conftest import program

VALGRIND = shutil.which('valgrind')
BUILD = pathlib.Path(os.environ.get('HAUL_BUILDDIR', '.'))
UNIT = BUILD / 'tests' / 'unit'
ERROR = 97

pytestmark = [
    pytest.mark.skipif(VALGRIND is None, reason='valgrind is not installed'),
    pytest.mark.skipif(bool(sanitizers(program('HAUL', 'haul'))),
                       reason='valgrind and a sanitizer exclude each other'),
]


def memcheck(*command, cwd=None, stdin=None):
    """Runs command; the exit status is its own unless memory was misused."""
    result = subprocess.run(
        [VALGRIND, '-q', f'--error-exitcode={ERROR}', '--leak-check=full',
         '--errors-for-leak-kinds=definite', '--child-silent-after-fork=yes',
         *map(str, command)],
        cwd=cwd, stdin=stdin, capture_output=True, timeout=150,
        env={'PATH': os.environ['PATH'], 'HOME': str(cwd or '/nonexistent'),
             'XDG_STATE_HOME': str(cwd or '/nonexistent'),
             'HAUL_NO_CONFIG': 'yes',
             'LC_ALL': 'C.UTF-8', 'CMOCKA_MESSAGE_OUTPUT': 'TAP',
             'HAUL_UNIT_ITEMS': '50'})
    assert result.returncode != ERROR, result.stderr.decode(errors='replace')
    return result


def unit_programs():
    if not UNIT.is_dir():
        return []
    return sorted(p.name for p in UNIT.iterdir()
                  if p.is_file() and os.access(p, os.X_OK) and not p.suffix
                  and p.read_bytes()[:4] == b'\x7fELF')


@pytest.mark.parametrize('name', unit_programs())
def test_a_unit_test_misuses_no_memory(name, tmp_path):
    # disk counts on threads running side by side, which valgrind prevents.
    result = memcheck(UNIT / name, cwd=tmp_path)
    if name != 'disk':
        assert result.returncode == 0, result.stdout.decode()


def test_the_command_misuses_no_memory(haul, serve):
    urls = [serve(f'small-{i}.bin', size=1000 + i) for i in range(40)]
    urls += [serve('large.bin', size=3_000_000),
             serve('gone.bin', status=404),
             serve('late.bin', turns=({'status': 503},)),
             serve('moved.bin', redirect=serve.path('small-1.bin')),
             serve('named.bin', disposition='attachment; filename="../x y"')]
    result = memcheck(haul.program, '-q', '--retry-delay=50ms', '-n', '8',
                      '--min-split-size=64K', '--checksum=server', *urls,
                      cwd=haul.folder)
    assert result.returncode == 1, result.stderr
    assert (haul.folder / 'large.bin').stat().st_size == 3_000_000


def test_a_resume_misuses_no_memory(haul, serve):
    url = serve('cut.bin', size=2_500_000,
                turns=({'stop_after': 1_200_000, 'ending': 'reset'},))
    result = memcheck(haul.program, '--json', '--retry-delay=50ms', url,
                      cwd=haul.folder)
    assert result.returncode == 0, result.stderr
    assert (haul.folder / 'cut.bin').stat().st_size == 2_500_000


def test_wrong_usage_misuses_no_memory(haul):
    result = memcheck(haul.program, '--max-conn=many', 'gopher://x/',
                      cwd=haul.folder)
    assert result.returncode == 2
