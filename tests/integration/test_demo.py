# SPDX-License-Identifier: MIT
"""The demonstration (tests/demo), at eight times its pace: what it offers
arrives, and what is to fail fails. With the interface: tests/ui.
"""

import os
import subprocess
import sys

from conftest import SOURCE, program

DEMO = SOURCE / 'tests' / 'demo' / 'demo'
FAIL = ('aia_20240508_304_0000.fits', 'lasco_c2_20240508_0512.fts.gz',
        'gencode.v46.annotation.gtf.gz')


def test_the_demonstration(tmp_path):
    run = subprocess.run(
        [sys.executable, DEMO, '--headless'], text=True, timeout=100,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, 'HAUL': program('HAUL', 'haul'),
             'HAUL_DEMO_PACE': '8', 'TMPDIR': str(tmp_path)})
    assert run.returncode == 0, run.stdout
    after = run.stdout[run.stdout.index('What came of it'):]
    assert '40 of 43 files are there, each byte as it was sent' in after
    for name in FAIL:
        assert f'not there           {name}' in after
    assert 'NOT AS IT WAS SENT' not in after
    assert not list(tmp_path.iterdir()), 'it left something behind'
