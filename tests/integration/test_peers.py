# SPDX-License-Identifier: MIT
"""The comparison with other programs (tests/peers/run), of haul alone.

- the table says right where the bytes are, and failed where they cannot be
- it sees wrong bytes, no file, and a file of an unfinished download
"""

import os
import pathlib
import re
import subprocess

import pytest

from conftest import program

RUN = pathlib.Path(__file__).resolve().parent.parent / 'peers' / 'run'


def verdicts(haul, *only):
    """What the table says of each case."""
    done = subprocess.run(
        [os.environ.get('PYTHON3') or 'python3', RUN, '--programs', 'haul',
         '--only', *only], text=True, capture_output=True, timeout=100,
        env={**os.environ, 'HAUL': str(haul)})
    assert done.returncode == 0, done
    rows = re.findall(r'^\| (.*?) \| (.*?) \|$', done.stdout, re.M)
    cases = rows[:[words for words, _ in rows].index('in all')]
    assert cases, done
    return {words: verdict for words, verdict in cases if verdict != 'haul'}


def test_haul_is_right_or_fails():
    seen = verdicts(program('HAUL', 'haul'), 'FTP', 'small file', '404',
                    'nothing changed', 'changed and longer')
    assert len(seen) > 12, seen
    failed = {words for words, verdict in seen.items() if verdict == 'failed'}
    assert failed == {
        '404', 'the file is gone (404)', 'SIZE is less than what comes',
        'SIZE is more than what comes', 'the same, whose answer is 404'}, seen
    assert {v for w, v in seen.items() if w not in failed} == {'right'}, seen


@pytest.mark.parametrize('script,verdict', [
    ('printf wrong >small', '**WRONG**'),
    (':', '**exit 0, no file**'),
    ('printf some >small; exit 1', 'failed, bad file'),
    ('printf some >small.part; exit 1', 'failed'),
])
def test_what_others_do_wrong_is_seen(script, verdict, tmp_path):
    fake = tmp_path / 'fake'
    fake.write_text(f'#!/bin/sh\n[ "$1" = --version ] || {{ {script}; }}\n')
    fake.chmod(0o755)
    assert verdicts(fake, 'small file') == {'small file': verdict}
