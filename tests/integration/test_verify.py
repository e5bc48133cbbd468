# SPDX-License-Identifier: MIT
"""Behaviours covered: sums of what was fetched, --verify and --repair.

- each finished file has the sums of its blocks in the store: in one piece, in
  parts, gone on with after a kill, of unknown size, small
- --verify finds just the blocks that were damaged, truncated, appended to, lost
  files, and tells what was written to since it was fetched from what decayed
- a digest that was given is compared; without sums and digest it says unknown
- which files: of the last run, of a run, those named; the newest record counts
- lines, JSON, exit status; what the run found there already is told
- --repair fetches the damaged blocks and no more, keeps mode and time, and
  replaces the file only by what it was: not if it was edited, the server has
  another file (whatever its validators say), or haul is killed at any time
- servers without ranges; small and lost files; secrets are asked for
"""
import hashlib
import os
import pathlib
import random
import sqlite3
import time

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


@pytest.mark.parametrize('same_command', [False, True])
def test_what_was_gone_on_with_has_its_sums(same_command, haul, serve, store):
    url = serve('a.bin', size=3000 * K, rate=1500 * K)
    process = haul.start('--headless', '-s1', url)
    serve.wait_for_bytes('a.bin', 1800 * K)
    process.kill()
    haul.finish(process)
    result = haul('-q', '--print-filenames',
                  *([url] if same_command else ['--resume']))
    assert result.rc == 0, result
    assert os.path.basename(result.out.strip()) == 'a.bin', result
    assert serve.sent('a.bin') < 4000 * K
    assert recorded(store)['a.bin'] == sums(serve.data('a.bin'))
    assert list(checks(haul('--verify', '--json'))[0]) == ['a.bin']


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


def test_what_the_run_found_there_already_is_not_passed_over_in_silence(
        haul, serve):
    urls = [serve(f'{i}.bin', size=K) for i in range(4)]
    assert haul('-q', *urls[:3]).rc == 0
    result = haul('--verify')
    assert '3 good' in result.err and 'already' not in result.err
    assert haul('-q', *urls).rc == 0
    result = haul('--verify')
    assert result.rc == 0 and '1 good' in result.err, result
    assert '3 more files were there already' in result.err
    assert checks(haul('--verify', '--json'))[1]['skipped'] == 3
    # Of a run that fetched nothing, and of files that are named.
    assert haul('-q', *urls).rc == 0
    result = haul('--verify=3')
    assert result.rc == 0 and '4 more files' in result.err
    result = haul('--verify', '0.bin')
    assert '1 good' in result.err and 'already' not in result.err
    assert haul('--verify', '-q').err == ''


def test_without_a_store_there_is_nothing_to_check(haul, store):
    result = haul('--verify')
    assert result.rc == 2 and 'no finished file' in result.err, result
    assert not store.exists()


# ---- --repair -------------------------------------------------------------

def fill(path, size, seed):
    """A file that is old enough for its date to prove something."""
    data = random.Random(seed).randbytes(size)
    path.write_bytes(data)
    os.utime(path, (1700000000, 1700000000))
    return data


def bytes_sent(nginx, name, since):
    lines = [line for line in nginx.log()[since:] if name in line]
    return sum(int(line.split('"')[2].split()[1]) for line in lines)


@pytest.fixture
def file(nginx, haul, tmp_path):
    """A file on nginx: its URL, bytes, and how many were sent meanwhile."""
    class File:
        name = f'verify-{tmp_path.name}.bin'
        size = 64 * MIB + 777
        path = None

        def __init__(self):
            self.path = pathlib.Path(nginx.root) / self.name
            self.data = fill(self.path, self.size, self.name)
            self.url = nginx.url(f'/{self.name}')
            self.here = haul.folder / self.name

        def begin(self):
            self.since = len(nginx.log())

        def sent(self):
            return bytes_sent(nginx, self.name, self.since)

        def is_whole(self):
            return self.here.read_bytes() == self.data and \
                [n for n in haul.names() if '.part' in n] == []
    file = File()
    yield file
    file.path.unlink(missing_ok=True)


def test_repair_fetches_what_is_damaged_and_no_more(haul, file):
    assert haul(file.url).rc == 0
    os.chmod(file.here, 0o640)
    rng = random.Random(7)
    for turn in range(3):
        places = [rng.randrange(file.size) for _ in range(4)]
        damage(file.here, flip(*places))
        before = os.stat(file.here)
        file.begin()
        result = haul('--repair')
        assert result.rc == 0, result
        assert file.is_whole()
        damaged = sum(end - start for start, end in
                      blocks_of(*places, size=file.size))
        assert damaged <= file.sent() <= damaged + MIB, result
        after = os.stat(file.here)
        assert (after.st_mode, after.st_mtime_ns) == \
            (before.st_mode, before.st_mtime_ns)
        assert haul('--verify').rc == 0
    file.begin()
    result = haul('--repair')
    assert result.rc == 0 and file.sent() == 0, result


def test_repair_of_what_was_cut_grown_or_removed(haul, file):
    assert haul(file.url).rc == 0
    for change, most in ((lambda d: d[:60 * MIB + 9], 6 * MIB),
                         (lambda d: d + b'more', 0), (None, 65 * MIB)):
        if change:
            damage(file.here, change)
        else:
            file.here.unlink()
        file.begin()
        result = haul('--repair', file.name)
        assert result.rc == 0 and file.is_whole(), result
        assert file.sent() <= most, result


def test_repair_leaves_edits_alone(haul, file):
    assert haul(file.url).rc == 0
    edited = b'!' + file.data[1:]
    file.here.write_bytes(edited)
    os.utime(file.here, (2000000000, 2000000000))
    result = haul('--repair')
    assert result.rc == 1 and '--overwrite=always' in result.err, result
    assert file.here.read_bytes() == edited
    assert haul('--repair', '--overwrite').rc == 0
    assert file.is_whole()


@pytest.mark.parametrize('same_size', (True, False))
def test_repair_when_the_server_has_another_file(haul, file, same_size):
    assert haul(file.url).rc == 0
    fill(file.path, file.size - (0 if same_size else 5), 'other')
    os.utime(file.path, (1710000000, 1710000000))
    damage(file.here, flip(3 * MIB))
    bad = file.here.read_bytes()
    result = haul('--repair', '--json')
    assert result.rc == 1 and result.failure['cause'] == 'changed', result
    assert file.here.read_bytes() == bad
    assert haul.names() == [file.name]


def test_repair_checks_what_comes_where_the_date_lies(haul, file):
    """The same size, date and ETag, and other bytes."""
    assert haul(file.url).rc == 0
    fill(file.path, file.size, 'other')
    damage(file.here, flip(3 * MIB))
    bad = file.here.read_bytes()
    result = haul('--repair', '--json')
    assert result.rc == 1 and result.failure['cause'] == 'changed', result
    assert file.here.read_bytes() == bad
    assert haul.names() == [file.name]


def test_repair_where_the_server_has_no_ranges(haul, file, nginx):
    assert haul(nginx.url(f'/noranges/{file.name}')).rc == 0
    damage(file.here, flip(9, 40 * MIB))
    assert haul('--repair').rc == 0
    assert file.is_whole()
    fill(file.path, file.size, 'other')
    damage(file.here, flip(9))
    bad = file.here.read_bytes()
    result = haul('--repair', '--json')
    assert result.rc == 1 and result.failure['cause'] == 'changed', result
    assert file.here.read_bytes() == bad


def test_repair_after_kill_9(haul, file):
    assert haul(file.url).rc == 0
    damage(file.here, lambda data: data[:4 * MIB] +
           bytes(len(data) - 4 * MIB))
    bad = file.here.read_bytes()
    for pause in (0.02, 0.1, 0.3, 1.5, 3):
        process = haul.start('--repair', '--limit-rate=8M')
        time.sleep(pause)
        process.kill()
        haul.finish(process)
        assert file.here.read_bytes() == bad
    file.begin()
    result = haul('--repair')
    assert result.rc == 0 and file.is_whole(), result
    # What a killed one had brought was not fetched again.
    assert file.sent() < 55 * MIB
    assert haul('--verify').rc == 0


def test_repair_asks_for_secrets(haul, file, nginx):
    url = nginx.url(f'/hidden/{file.name}', user='user:secret')
    assert haul(url).rc == 0
    signed = haul('-d', 'signed', f'{file.url}?X-Amz-Signature=abc')
    assert signed.rc == 0, signed
    damage(file.here, flip(7))
    result = haul('--repair', file.name)
    assert result.rc == 1 and '--user' in result.err, result
    assert haul('--repair', '--user=user:secret', file.name).rc == 0
    assert file.is_whole()
    there = haul.folder / 'signed' / file.name
    damage(there, flip(7))
    result = haul('--repair', there)
    assert result.rc == 1 and 'signature' in result.err, result


@pytest.mark.parametrize('kind', ('ftp', 'sftp'))
def test_repair_over_ftp_and_sftp(haul, request, kind):
    server = request.getfixturevalue('vsftpd' if kind == 'ftp' else 'sshd')
    login = ()
    if kind == 'sftp':
        server.introduce(haul.home)
        login = (f'--user={server.user}:',)
    path = pathlib.Path(server.root) / f'verify-{kind}.bin'
    data = fill(path, 6 * MIB + 1, kind)
    assert haul(server.url(f'/{path.name}')).rc == 0
    here = haul.folder / path.name
    damage(here, flip(4 * MIB + 5))
    result = haul('--repair', *login)
    assert result.rc == 0 and here.read_bytes() == data, result
    assert haul.names() == [path.name]
    fill(path, 6 * MIB + 1, 'other')
    damage(here, flip(4 * MIB + 5))
    bad = here.read_bytes()
    result = haul('--repair', '--json', *login)
    assert result.rc == 1 and result.failure['cause'] == 'changed', result
    assert here.read_bytes() == bad
    path.unlink()


def test_repair_of_small_files(haul, serve):
    urls = [serve(f'{i}.bin', size=(i + 1) * 30 * K) for i in range(4)]
    assert haul(*urls).rc == 0
    damage(haul.folder / '0.bin', flip(100))
    (haul.folder / '2.bin').unlink()
    result = haul('--repair')
    assert result.rc == 0, result
    assert haul.names() == [f'{i}.bin' for i in range(4)]
    for i in range(4):
        assert haul.read(f'{i}.bin') == serve.data(f'{i}.bin')
        assert len(serve.requests(f'{i}.bin')) == (2 if i % 2 == 0 else 1)


def test_repair_says_what_it_cannot(haul, serve):
    assert haul('--no-store', serve('a.bin', size=K)).rc == 0
    assert haul(serve('b.bin', size=K)).rc == 0
    result = haul('--repair', 'a.bin', 'b.bin')
    assert result.rc == 1 and 'nothing is recorded' in result.err, result
    assert haul('--repair=x').rc == haul('--repair', '--resume').rc == 2
