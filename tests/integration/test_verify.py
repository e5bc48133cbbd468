# SPDX-License-Identifier: MIT
"""Behaviours covered: sums of what was fetched, and --verify.

- each finished file has the sums of its blocks in the store: in one piece, in
  parts, gone on with after a kill, of unknown size, small
- --verify finds just the blocks that were damaged, truncated, appended to, lost
  files, and tells what was written to since it was fetched from what decayed
- a digest that was given is compared; without sums and digest it says unknown
- which files: of the last run, of a run, those named; the newest record counts
- lines, JSON, exit status
"""
import hashlib
import os
import random
import sqlite3

import pytest

from test_resume import items

K = 1000
MIB = 1 << 20


def crc(data, table=[]):
    """CRC-32C from 0, not inverted."""
    if not table:
        for i in range(256):
            for _ in range(8):
                i = i >> 1 ^ (0x82f63b78 if i & 1 else 0)
            table.append(i)
    value = 0
    for byte in data:
        value = value >> 8 ^ table[(value ^ byte) & 255]
    return value


def sums(data):
    return b'\x01\x14' + b''.join(
        crc(data[at:at + MIB]).to_bytes(4, 'little')
        for at in range(0, len(data), MIB))


@pytest.fixture
def store(haul):
    return haul.home / 'state' / 'haul' / 'queue.db'


def recorded(store):
    return {item['path'].rsplit('/', 1)[-1]: item['sums']
            for item in items(store)}


# ---- what is recorded -----------------------------------------------------

def test_each_finished_file_has_its_sums(haul, serve, store):
    urls = [serve('small.bin', size=70 * K),
            serve('large.bin', size=2500 * K),
            serve('parts.bin', size=2500 * K, rate=4000 * K),
            serve('unknown.bin', size=90 * K, framing='chunked'),
            serve('long.bin', size=1200 * K, framing='chunked'),
            serve('empty.bin', size=0)]
    result = haul('--min-split-size=64K', *urls)
    assert result.rc == 0, result
    found = recorded(store)
    for name in ('small.bin', 'large.bin', 'parts.bin', 'unknown.bin',
                 'long.bin'):
        assert found[name] == sums(serve.data(name)), name
    assert found['empty.bin'] is None


def test_what_was_gone_on_with_has_its_sums(haul, serve, store):
    url = serve('a.bin', size=3000 * K, rate=1500 * K)
    process = haul.start('--headless', '-s1', url)
    serve.wait_for_bytes('a.bin', 1800 * K)
    process.kill()
    haul.finish(process)
    result = haul('--resume')
    assert result.rc == 0, result
    assert serve.sent('a.bin') < 4000 * K
    assert recorded(store)['a.bin'] == sums(serve.data('a.bin'))


# ---- --verify -------------------------------------------------------------

def damage(path, change):
    """As decay would: the times stay."""
    times = os.stat(path)
    data = bytearray(path.read_bytes())
    data = change(data) or data
    path.write_bytes(data)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def flip(*places):
    def change(data):
        for place in places:
            data[place] ^= 1 << place % 8
    return change


def checks(result):
    """What was told of each file, and of all."""
    records = result.records
    assert [r['seq'] for r in records] == list(range(len(records)))
    assert records[-1]['ev'] == 'checked', result
    found = {os.path.basename(r['path']): r for r in records[:-1]}
    assert len(found) == len(records) - 1
    return found, records[-1]


def blocks_of(*places, size):
    ranges = []
    for block in sorted({place // MIB for place in places}):
        start, end = block * MIB, min((block + 1) * MIB, size)
        if ranges and ranges[-1][1] == start:
            ranges[-1][1] = end
        else:
            ranges.append([start, end])
    return ranges


def test_damage_is_found_to_the_block(haul, serve):
    size = 64 * MIB + 777
    places = [random.randrange(size) for _ in range(5)] + [0, size - 1]
    url = serve('a.bin', size=size)
    assert haul(url).rc == 0
    result = haul('--verify', '--json', timeout=60)
    assert result.rc == 0, result
    found, all_ = checks(result)
    assert found['a.bin']['check'] == 'good'
    assert found['a.bin']['blocks'] == 65 and all_['read'] == size
    damage(haul.folder / 'a.bin', flip(*places))
    result = haul('--verify', '--json')
    assert result.rc == 1, result
    found, all_ = checks(result)
    assert found['a.bin']['check'] == 'bad'
    assert found['a.bin']['differs'] == blocks_of(*places, size=size)
    assert (all_['good'], all_['bad']) == (0, 1)


def test_each_kind_of_damage_has_its_word(haul, serve):
    size = 2500 * K
    names = ('good', 'short', 'long', 'gone', 'edited', 'touched', 'empty',
             'folder')
    urls = [serve(name, size=0 if name == 'empty' else size)
            for name in names]
    assert haul(*urls).rc == 0
    damage(haul.folder / 'short', lambda data: data[:MIB + 5])
    damage(haul.folder / 'long', lambda data: data + b'more')
    (haul.folder / 'gone').unlink()
    data = bytearray(haul.read('edited'))
    data[0] ^= 1
    (haul.folder / 'edited').write_bytes(data)
    later = os.stat(haul.folder / 'edited').st_mtime + 60
    for name in ('edited', 'touched'):
        os.utime(haul.folder / name, (later, later))
    (haul.folder / 'folder').unlink()
    (haul.folder / 'folder').mkdir()
    result = haul('--verify', '--json')
    assert result.rc == 1, result
    found, all_ = checks(result)
    assert {name: found[name]['check'] for name in names} == {
        'good': 'good', 'short': 'bad', 'long': 'bad', 'gone': 'missing',
        'edited': 'changed', 'touched': 'good', 'empty': 'good',
        'folder': 'unreadable'}
    assert found['short']['differs'] == [[MIB, size]]
    assert found['short']['found'] == MIB + 5
    assert found['long']['differs'] == [] and \
        found['long']['found'] == size + 4
    assert found['gone']['found'] is None
    assert found['edited']['differs'] == [[0, MIB]]
    result = haul('--verify')
    assert result.rc == 1 and len(result.out.splitlines()) == 5, result
    for words in (f'bad\t{haul.folder}/short', f'{MIB}-{size}', 'missing',
                  f'changed\t{haul.folder}/edited', 'Is a directory'):
        assert words in result.out, result
    assert '3 good, 2 bad, 1 changed, 1 missing, 1 unreadable' in result.err
    assert haul('--verify', '-q', 'good', 'empty').rc == 0


def test_a_given_digest_counts(haul, serve, store):
    url = serve('a.bin', size=300 * K)
    digest = hashlib.sha256(serve.data('a.bin')).hexdigest()
    (haul.folder / 'list').write_text(f'{url}\n checksum=sha256={digest}\n')
    assert haul('-i', 'list').rc == 0
    assert haul('--verify').rc == 0
    with sqlite3.connect(store) as database:
        cursor = database.execute('UPDATE items SET sums = NULL')
        assert cursor.rowcount == 1
    assert haul('--verify').rc == 0
    damage(haul.folder / 'a.bin', flip(99))
    result = haul('--verify', '--json')
    found, _ = checks(result)
    assert result.rc == 1 and found['a.bin']['check'] == 'bad'
    assert found['a.bin']['digest_differs'] is True


def test_what_has_neither_is_unknown(haul, serve, store):
    assert haul('--no-store', serve('a.bin', size=K)).rc == 0
    assert haul(serve('b.bin', size=K)).rc == 0
    result = haul('--verify', '--json', 'a.bin', 'b.bin', 'none')
    found, all_ = checks(result)
    assert result.rc == 1 and all_['unknown'] == 1 and all_['missing'] == 1
    assert found['a.bin']['check'] == 'unknown'
    assert found['a.bin']['url'] is None
    assert found['none']['check'] == 'missing'


def test_which_files_are_checked(haul, serve):
    first, second = (serve(name, size=K) for name in ('a.bin', 'b.bin'))
    assert haul('-d', 'down', first).rc == 0
    assert haul('-d', 'down', second).rc == 0
    assert set(checks(haul('--verify', '--json'))[0]) == {'b.bin'}
    assert set(checks(haul('--verify=1', '--json'))[0]) == {'a.bin'}
    found, _ = checks(haul('--verify', '--json', './down//a.bin',
                           haul.folder / 'down' / 'b.bin'))
    assert {n: r['run'] for n, r in found.items()} == {'a.bin': 1,
                                                       'b.bin': 2}
    # Fetched anew by another run: the record of the first is void.
    other = serve('other', size=2 * K)
    assert haul('-d', 'down', '-o', 'a.bin', '--overwrite', other).rc == 0
    for arguments in (('--verify=1',), ('--verify', 'down/a.bin')):
        result = haul('--json', *arguments)
        assert result.rc == 0, result
        assert checks(result)[0]['a.bin']['run'] == 3
    assert haul('--verify=9').rc == 2
    assert haul('--verify=x').rc == 2


def test_without_a_store_there_is_nothing_to_check(haul, store):
    result = haul('--verify')
    assert result.rc == 2 and 'no finished file' in result.err, result
    assert not store.exists()
