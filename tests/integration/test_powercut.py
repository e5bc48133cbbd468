# SPDX-License-Identifier: MIT
"""A power cut at any operation (FAILURES 12, 16 to 18, promise 3).

haul runs under powercut/shim.c, which writes down all that is done to the
target directory and kills it before some operation; powercut/cut.py then
leaves of the directory what a file system owes, and of the rest what the dice
say. After each cut:

- the final name holds nothing, the old file or the whole new one
- what a record says that is on the disk for certain is not fetched again
- what a note says does not count: the boot is another
- the next run ends with the right bytes and leaves nothing else
- neither --resume nor the same command takes a file for one that was there that
  may have got its name just before the cut, and its bytes never; one that is
  older, or came after the next start, was recorded as done or is of another
  URL or directory, is kept

HAUL_TESTS=long makes 200 cuts instead of a few, HAUL_POWERCUTS=N so many;
HAUL_SEED names the dice of a failure.
"""

import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import time
import uuid

import pytest

from built import sanitizers
from conftest import program
from test_proof import noted, ranges_of

TESTS = pathlib.Path(__file__).resolve().parent.parent
CUTS = int(os.environ.get('HAUL_POWERCUTS') or
           (200 if os.environ.get('HAUL_TESTS') == 'long' else 10))
SEED = int(os.environ.get('HAUL_SEED', 1))
SIZE = 20_000_000
RATE = ('--limit-rate=16M', '--max-splits=3', '--min-split-size=1M',
        '--retry-delay=50ms')
DONE = 2                                # an item's state, as the store has it
WRITES = SIZE // (16 * 1024)            # operations of a run, about

if 'asan' in sanitizers(program('HAUL', 'haul')):
    pytest.skip('the sanitizer must be loaded first',
                allow_module_level=True)

import sys                      # noqa: E402
sys.path.insert(0, str(TESTS / 'powercut'))
import cut                      # noqa: E402


@pytest.fixture(scope='session')
def shim(tmp_path_factory):
    path = tmp_path_factory.mktemp('shim') / 'shim.so'
    subprocess.run([*os.environ.get('CC', 'cc').split(), '-shared', '-fPIC',
                    '-O2', '-o', str(path),
                    str(TESTS / 'powercut' / 'shim.c'), '-ldl'], check=True,
                   timeout=60)
    return path


class Power:
    """Runs haul until the power goes."""

    def __init__(self, haul, shim, folder):
        self.haul, self.shim, self.log = haul, shim, folder / 'log'
        self.boot = folder / 'boot'

        self.boot.write_text(f'{uuid.uuid4()}\n')

    def run(self, at, *arguments, same_boot=False):
        """The model of the directory, and the result; rc -9: cut."""
        self.log.unlink(missing_ok=True)
        if not same_boot:
            self.boot.write_text(f'{uuid.uuid4()}\n')
        model = cut.Directory(self.haul.folder)
        result = self.haul('--json', *arguments, env={
            'LD_PRELOAD': str(self.shim), 'POWERCUT_AT': str(at),
            'POWERCUT_DIR': str(self.haul.folder),
            'POWERCUT_LOG': str(self.log), 'POWERCUT_BOOT': str(self.boot)})
        if self.log.exists():
            model.read(self.log)
        return model, result


def certain(model, name):
    """Ranges of the record that is on the disk whatever happens, if no later
    one may have taken its place."""
    text = model.certain(name + '.part.haul')
    return ranges_of(text.decode()) if text else []


def asked_of(requests, owed):
    """Those that ask for bytes of these ranges."""
    return [r.range for r in requests
            for start, end in owed
            for first, last in [r.range or (0, SIZE)]
            if first < end and (last is None or last >= start)]


def clear(haul):
    for name in haul.names():
        (haul.folder / name).unlink()


@pytest.mark.parametrize('old', [None, b'the old file'], ids=['new', 'old'])
def test_after_a_power_cut_the_same_command_goes_on(
        old, haul, serve, shim, tmp_path):
    dice = random.Random(SEED)
    power = Power(haul, shim, tmp_path)
    url = serve('f.bin', size=SIZE)
    data, command = serve.data('f.bin'), (*RATE, '--overwrite=always', url)
    resumed = 0
    for number in range((CUTS + 1) // 2):
        clear(haul)
        if old:
            haul.write('f.bin', old)
        where = f'HAUL_SEED={SEED}, cut {number}'
        while True:
            at = dice.randint(1, WRITES)
            model, result = power.run(at, *command)
            if result.rc == 0:
                break
            assert result.rc == -9, result
            owed = certain(model, 'f.bin')
            model.cut(dice)
            names = haul.names()
            there = haul.read('f.bin') if 'f.bin' in names else None
            assert there in (old, data), (where, at)
            before = len(serve.requests('f.bin'))
            if there == data or dice.random() < .5:
                continue
            result = haul.json(*command)
            assert result.rc == 0, (where, at, result)
            assert haul.read('f.bin') == data, (where, at)
            assert not asked_of(serve.requests('f.bin')[before:], owed), \
                (where, at, owed)
            resumed += owed != []
            break
        assert haul.read('f.bin') == data, (where, at)
        assert all(n == 'f.bin' or '.part.old' in n for n in haul.names()), \
            (where, at, haul.names())
    # On a busy machine a few cuts may all come before the first checkpoint.
    assert resumed > 0 or CUTS < 20


def test_after_a_power_cut_another_object_is_not_mixed_in(
        haul, serve, shim, tmp_path):
    """The file changes on the server between the cuts."""
    dice = random.Random(SEED + 1)
    power = Power(haul, shim, tmp_path)
    for number in range((CUTS + 2) // 3):
        clear(haul)
        where = f'HAUL_SEED={SEED}, cut {number}'
        for turn in range(3):
            url = serve('f.bin', size=SIZE, seed=f'{number}-{turn}')
            at = dice.randint(1, WRITES) if turn < 2 else 0
            model, result = power.run(at, *RATE, '--overwrite=always', url)
            if result.rc == 0:
                assert haul.read('f.bin') == serve.data('f.bin'), (where, at)
                break
            assert result.rc == -9, result
            model.cut(dice)
            assert 'f.bin' not in haul.names(), (where, at)


@pytest.mark.parametrize('same_boot', [False, True],
                         ids=['another boot', 'the same boot'])
def test_what_was_not_synced_counts_in_the_same_boot_only(
        same_boot, haul, serve, shim, tmp_path):
    """The worst of cuts: the note is there, and what it tells of is not. In
    the same boot that cannot be, so haul would go on and be wrong: what the
    boot's name is for, and that these tests can fail."""
    power = Power(haul, shim, tmp_path)
    command = (*RATE, serve('f.bin', size=SIZE))
    model, result = power.run(WRITES * 3 // 4, *command)
    assert result.rc == -9
    note = noted(haul, 'f.bin')
    assert sum(end - start for start, end in note) > \
        sum(end - start for start, end in certain(model, 'f.bin'))
    model.lose('f.bin.part')
    result = power.run(0, *command, same_boot=same_boot)[1]
    assert result.rc == 0, result
    right = haul.read('f.bin') == serve.data('f.bin')
    assert right != same_boot
    assert haul.names() == ['f.bin']


@pytest.mark.parametrize('resume', [True, False],
                         ids=['--resume', 'the same command'])
def test_a_name_without_its_bytes_is_not_kept(
        resume, haul, serve, shim, tmp_path):
    """Small files have their names before their bytes are synced."""
    power = Power(haul, shim, tmp_path)
    store = tmp_path / 'queue.db'
    names = ['before.bin', 'torn.bin', 'whole.bin', 'after.bin', 'done.bin']
    kept = ['before.bin', 'after.bin', 'done.bin']
    urls = [serve(name, size=5000) for name in names]
    slow = serve('slow.bin', size=2_000_000, rate=200_000)
    haul.write('before.bin', b'the user\'s')
    process = haul.start('-q', f'--store={store}', '-n', '6', slow, *urls[1:3],
                         env={'LD_PRELOAD': str(shim),
                              'POWERCUT_BOOT': str(power.boot)})
    until = time.monotonic() + 20
    while not {'torn.bin', 'whole.bin'} <= set(haul.names()):
        assert time.monotonic() < until
        time.sleep(0.01)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGKILL)
    haul.finish(process)
    # As it is for a third of a second: names that the store knows nothing of.
    with sqlite3.connect(store) as database:
        (first,), = database.execute('SELECT id FROM runs')
        database.execute('DELETE FROM items')
        database.execute('DELETE FROM added')
        database.execute('DELETE FROM ended')
        for number, url in enumerate([slow, *urls]):
            database.execute(
                'INSERT INTO items (id, url, state) VALUES (?, ?, ?)',
                ((first << 32) + number + 1, url,
                 DONE if 'done.bin' in url else 0))
    haul.write('torn.bin', bytes(5000))
    haul.write('done.bin', b'the user\'s')
    haul.write('other.bin', b'the user\'s')
    beside = tmp_path / 'beside'
    beside.mkdir()
    (beside / 'torn.bin').write_bytes(b'the user\'s')
    time.sleep(0.05)
    power.boot.write_text(f'{uuid.uuid4()}\n')
    time.sleep(0.05)
    haul.write('after.bin', b'the user\'s')
    power.run(0, f'--store={store}', '-d', str(beside), urls[1],
              same_boot=True)
    assert (beside / 'torn.bin').read_bytes() == b'the user\'s'
    again = (['--resume'] if resume else
             ['-n', '6', slow, *urls, serve('other.bin')])
    result = power.run(0, f'--store={store}', *again, same_boot=True)[1]
    assert result.rc == 0, result
    for name in ('torn.bin', 'whole.bin', 'slow.bin'):
        assert haul.read(name) == serve.data(name), name
    for name in (*kept, 'other.bin'):
        assert haul.read(name) == b'the user\'s', name
    fetched = serve.sent('torn.bin')
    power.run(0, f'--store={store}', urls[1], same_boot=True)
    assert serve.sent('torn.bin') == fetched


def test_the_shim_sees_what_is_not_synced(haul, serve, shim, tmp_path):
    """That the test can fail: without its syncs nothing is owed."""
    power = Power(haul, shim, tmp_path)
    url = serve('f.bin', size=SIZE)
    model, result = power.run(WRITES * 3 // 4, *RATE, url)
    assert result.rc == -9
    assert model.certain('f.bin.part.haul'), 'no checkpoint before the cut'
    model.pending, model.names = [], {}
    assert certain(model, 'f.bin') == []
    owed = cut.File(b'')
    owed.add(0, b'x' * 10)
    assert owed.base == b''
    owed.synced(1)
    assert owed.base == b'x' * 10
