# SPDX-License-Identifier: MIT
"""Behaviours covered: runs on the disk.

- after kill -9 at any moment, --resume from any directory ends with every file
  whole, once, under its name; what was fetched is not fetched again
- names that the run gave, numbered ones too, are kept
- bytes of a large file are gone on with; a run can be gone on with many times
- what is paused stays so, and is told of in the end
- --retry-failed takes what failed, with its options and attempts, by cause
  too, and ends with 0 when all is good; what failed stays listed until then
- a second haul on a run ends with 5 and names the first; stale locks do not
  count; a run that somebody works on is passed over
- no secret is in any file; what needs one says so, and takes it again
- --history, on a terminal the last runs, --forget; a run whose rest the same
  command has fetched later is listed as finished by that, and is not gone on
  with; complete runs are forgotten that are older than 90 days and not among
  the newest 100
- the same command again asks nobody for what a run has fetched and is there,
  and does not wait for its host with it; what is gone, or was named by its
  answer, is asked for
- a damaged store is put aside, a newer one refused, so is one that others can
  write to; and no place for a store
  is no reason not to fetch; one of an earlier haul is read and goes on
- a store that another program has locked, or whose disk is full, is told of in
  the end; --forget waits for those that write
- --no-store and --discard leave nothing
- --fsync: batch syncs file systems, file each file and folder, never nothing
- what a host bears is known to the next run
- the summary says how to go on
"""
import os
import re
import signal
import sqlite3
import subprocess
import threading
import time

import pytest

from conftest import Haul

K = 1000
M = 1000 * K
FSYNCS = {'batch': 'syncfs', 'file': 'fsync'}


@pytest.fixture
def store(haul):
    return haul.home / 'state' / 'haul' / 'queue.db'


def rows(store, query, *values):
    with sqlite3.connect(store) as database:
        return database.execute(query, values).fetchall()


def packed(bytes):
    """What a row of `added` or `ended` holds, with the means to read it."""
    at, last = 0, {}

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = bytes[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def signed():
        value = number()
        return value >> 1 if value % 2 == 0 else -(value + 1 >> 1)

    def text(kind):
        nonlocal at
        shared, length = number(), number()
        last[kind] = last.get(kind, b'')[:shared] + bytes[at:at + length]
        at += length
        return last[kind].decode()

    def plain():
        nonlocal at
        length = number()
        at += length
        return bytes[at - length:at]
    return (lambda: at < len(bytes)), number, signed, text, plain


def added_items(database):
    for key, count, urls in database.execute(
            'SELECT id, count, urls FROM added'):
        more, _, _, text, _ = packed(urls)
        for i in range(count):
            yield key + i, {'state': 0, 'url': text('url')}
        assert not more()


def ended_items(database):
    for key, items in database.execute('SELECT id, items FROM ended'):
        more, number, signed, text, plain = packed(items)
        began = 0
        while more():
            key += number()
            item = {'state': number(), 'flags': number(), 'status': number(),
                    'attempts': number(), 'size': signed()}
            item['got'] = item['size'] + signed()
            item['started'] = began = began + signed()
            item['ended'] = began + signed()
            item['elapsed'] = signed()
            for kind in ('path', 'etag', 'modified'):
                item[kind] = text(kind)
            item['sums'] = plain() if item['flags'] >> 32 else None
            item['flags'] &= (1 << 32) - 1
            yield key, item


def items(store):
    """All that are in it, as they are in it."""
    found = {}
    with sqlite3.connect(store) as database:
        database.execute('BEGIN')
        for source in (added_items, ended_items):
            for key, item in source(database):
                found.setdefault(key, {}).update(item)
        database.row_factory = sqlite3.Row
        for row in database.execute('SELECT * FROM items'):
            found[row['id']] = {**dict(row), 'state': row['state'] or 0}
    return [found[key] for key in sorted(found)]


def states(store):
    return [item['state'] for item in items(store)]


def wait_until(what, seconds=10):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, 'it did not come'
        time.sleep(0.02)


def recorded(store, count):
    """Whether so many items are in it."""
    def look():
        try:
            return len(items(store)) >= count
        except sqlite3.OperationalError:
            return False
    return look


def kill(haul, process):
    process.send_signal(signal.SIGKILL)
    process.wait(10)


def elsewhere(haul):
    """The same user in another directory."""
    folder = haul.folder.parent / 'elsewhere'
    folder.mkdir(exist_ok=True)
    return folder


def resume(haul, *arguments, **more):
    return haul(*arguments, cwd=elsewhere(haul), **more)


@pytest.fixture(autouse=True)
def anywhere(monkeypatch):
    """start() may be told another working directory."""
    start = Haul.start

    def start_at(self, *arguments, cwd=None, **more):
        if cwd is None:
            return start(self, *arguments, **more)
        folder, self.folder = self.folder, cwd
        try:
            return start(self, *arguments, **more)
        finally:
            self.folder = folder
    monkeypatch.setattr(Haul, 'start', start_at)


# ---- kill -9 --------------------------------------------------------------

def test_after_kill_9_the_rest_is_fetched_and_nothing_twice(
        haul, serve, store):
    names = [f'{i:03}.bin' for i in range(120)]
    urls = [serve(name, size=20 * K, delay=0.02) for name in names]
    process = haul.start('-q', '-n', '2', '-d', 'down', *urls)
    wait_until(recorded(store, 120))
    wait_until(lambda: len(serve.requests()) > 40)
    time.sleep(0.5)
    kill(haul, process)
    done = [item for item in items(store) if item['state'] == 2]
    assert 5 <= len(done) < 120
    for item in done:
        name = item['url'].rsplit('/', 1)[1]
        assert item['path'] == str(haul.folder / 'down' / name)
        assert item['size'] == item['got'] == 20 * K
        assert item['ended'] > item['started'] > 0
    before = {name: len(serve.requests(name, 'GET')) for name in names}
    result = resume(haul, '-q', '--resume')
    assert result.rc == 0, result
    assert haul.names() == [f'down/{name}' for name in names]
    for name in names:
        assert haul.read(f'down/{name}') == serve.data(name)
    for name in (item['url'].rsplit('/', 1)[1] for item in items(store)):
        assert len(serve.requests(name)) >= 1
    again = [n for n in names if before[n] and
             len(serve.requests(n, 'GET')) > before[n]]
    # Those that ran when it died; the rest was there and was kept.
    assert len(again) <= 4
    assert set(states(store)) <= {2, 3}
    assert len(states(store)) == 120
    assert resume(haul, '--resume', '--output=none').rc == 0


@pytest.mark.parametrize('number', range(4))
def test_killed_at_any_moment_it_ends_whole(haul, serve, store, number):
    names = [f'{i}.bin' for i in range(30)]
    urls = [serve(name, size=60 * K, rate=600 * K) for name in names]
    process = haul.start('-q', '-d', 'down', '--min-split-size=16K', *urls)
    # One that was never recorded was not begun long ago either.
    wait_until(recorded(store, 30))
    for turn in range(3):
        time.sleep(0.03 + 0.11 * number + 0.07 * turn)
        kill(haul, process)
        process = haul.start('-q', '--resume', cwd=elsewhere(haul))
    result = haul.finish(process)
    assert result.rc == 0, result
    for name in names:
        assert haul.read(f'down/{name}') == serve.data(name)
    assert [n for n in haul.names() if not n.endswith('.bin')] == []
    assert len(haul.names()) == 30


def test_bytes_of_a_large_file_are_gone_on_with(haul, serve, store):
    url = serve('large.bin', size=6000 * K, rate=2000 * K)
    process = haul.start('-q', '-s', '1', url)
    serve.wait_for_bytes('large.bin', 3500 * K)
    kill(haul, process)
    result = resume(haul, '--json', '--resume')
    assert result.rc == 0, result
    assert haul.read('large.bin') == serve.data('large.bin')
    assert serve.sent('large.bin') < 9000 * K
    assert result.events('done')[0]['path'] == str(haul.folder / 'large.bin')


def test_names_of_the_run_are_kept(haul, serve, store):
    """The second of two namesakes must not be taken for the first."""
    one = serve('1/x.bin', size=10 * K)
    two = serve('2/x.bin', size=600 * K, rate=200 * K)
    three = serve('3/x.bin', size=10 * K)
    process = haul.start('-q', '-n', '1', one, two, three)
    wait_until(lambda: len(serve.requests('2/x.bin')) > 0)
    wait_until(lambda: states(store).count(2) == 1)
    kill(haul, process)
    assert resume(haul, '-q', '--resume').rc == 0
    assert haul.names() == ['x.1.bin', 'x.2.bin', 'x.bin'] or \
        haul.names() == ['x.bin', 'x.bin.1', 'x.bin.2'], haul.names()
    files = sorted(haul.read(name) for name in haul.names())
    assert files == sorted(serve.data(f'{i}/x.bin') for i in (1, 2, 3))


def test_a_stop_goes_on_too_and_the_summary_says_how(haul, serve):
    urls = [serve(f'{i}.bin', size=600 * K, rate=300 * K) for i in range(3)]
    process = haul.start('--output=log', '-n', '1', '-d', 'down', *urls)
    serve.wait_for_bytes('0.bin', 100 * K)
    process.send_signal(signal.SIGINT)
    result = haul.finish(process)
    assert result.rc == 3
    assert 'haul: stopped; 3 files are left.\nResume: haul --resume\n' in \
        result.err
    result = resume(haul, '--output=log', '--resume')
    assert result.rc == 0
    assert 'going on with run 1: files to fetch: 3' in result.err
    for i in range(3):
        assert haul.read(f'down/{i}.bin') == serve.data(f'{i}.bin')


def test_options_of_the_run_hold_and_new_ones_win(haul, serve, store):
    url = serve('a.bin', size=900 * K, rate=300 * K)
    process = haul.start('-q', '-H', 'X-Note: kept', '-A', 'first/1',
                         '-d', 'down', url)
    wait_until(lambda: len(serve.requests('a.bin')) > 0)
    wait_until(recorded(store, 1))
    kill(haul, process)
    more = serve('b.bin', size=K)
    assert resume(haul, '-q', '--resume', '-A', 'second/2', '-d', 'new',
                  more).rc == 0
    last = serve.requests('a.bin')[-1]
    assert last.headers['x-note'] == 'kept'
    assert last.headers['user-agent'] == 'second/2'
    assert haul.read('down/a.bin') == serve.data('a.bin')
    assert (elsewhere(haul) / 'new' / 'b.bin').exists()


# ---- the same command, where something else has changed -------------------

@pytest.mark.parametrize('ending', ['mirror', 'order', 'splits', 'one'])
def test_a_part_serves_whatever_else_has_changed(ending, haul, serve):
    """Another mirror answers, the first one is named last, more or fewer
    connections: what is here of the file is not asked for again."""
    size = 4 * M
    urls = [serve(f'{name}.bin', size=size, seed='same', rate=2 * M)
            for name in ('a', 'b')]
    haul.write('list', '\t'.join(urls) + '\n  out=x.bin\n')
    process = haul.start('-q', '-s', '2', '--min-split-size=256K', '-i',
                         'list')
    serve.wait_for_bytes('a.bin', 2 * M)
    time.sleep(0.3)     # what has arrived is noted
    kill(haul, process)
    more = []
    if ending == 'mirror':
        serve('a.bin', status=503)
    elif ending == 'order':
        haul.write('list', '\t'.join(reversed(urls)) + '\n  out=x.bin\n')
    else:
        more = ['-s', '8' if ending == 'splits' else '1']
    sent = serve.sent('a.bin') + serve.sent('b.bin')
    result = haul('-q', '--retry-delay=50ms', '--min-split-size=256K', *more,
                  '-i', 'list')
    assert result.rc == 0, result
    assert haul.read('x.bin') == serve.data('b.bin')
    assert haul.names() == ['list', 'x.bin']
    # What was on its way at the kill, and the bytes that prove a mirror's.
    assert serve.sent('a.bin') + serve.sent('b.bin') - sent < size - 1 * M


def test_a_part_is_no_use_where_ranges_are_gone_and_does_no_harm(haul, serve):
    url = serve('a.bin', size=4 * M, rate=2 * M)
    process = haul.start('-q', '-s', '2', '--min-split-size=256K', url)
    serve.wait_for_bytes('a.bin', 2 * M)
    kill(haul, process)
    serve('a.bin', size=4 * M, ranges='ignored', advertise=False)
    result = haul('-q', url)
    assert result.rc == 0, result
    assert haul.read('a.bin') == serve.data('a.bin')
    assert haul.names() == ['a.bin']


# ---- retry ----------------------------------------------------------------

def test_what_is_paused_stays_so_and_is_told_of(haul, serve, store):
    """As it was paused in the full screen."""
    slow = serve('a.bin', size=2 * M, rate=400 * K)
    paused = serve('b.bin', size=K)
    process = haul.start('-q', '-n', '1', slow, paused)
    wait_until(recorded(store, 2))
    kill(haul, process)
    with sqlite3.connect(store) as database:
        database.execute('INSERT OR REPLACE INTO items (id, state, url) '
                         'VALUES (?, 1, ?)', ((1 << 32) + 2, paused))
    serve('a.bin', size=2 * M)
    result = haul('-q', '--resume')
    assert result.rc == 3, result
    assert '1 paused file is left' in result.err
    assert haul.names() == ['a.bin']
    assert states(store) == [2, 1]


def test_what_failed_is_tried_again_with_all_it_had(haul, serve, store):
    good = serve('good.bin', size=K)
    broken = serve('broken.bin', size=90 * K, turns=(
        {'status': 503}, {'status': 503}, {'status': 503}))
    gone = serve('gone.bin', status=404)
    haul.write('list.txt', f'{good}\n{broken}\n  out=mine.bin\n'
               f'  header=X-Own: 1\n{gone}\n')
    first = haul('--output=log', '--retries=1', '--retry-delay=50ms', '-d',
                 'down', '-i', 'list.txt')
    assert first.rc == 1
    assert 'Retry:  haul --retry-failed\n' in first.err
    result = resume(haul, '--json', '--retry-failed=http')
    assert result.rc == 1           # the other one is gone for good
    assert haul.read('down/mine.bin') == serve.data('broken.bin')
    assert serve.requests('broken.bin')[-1].headers['x-own'] == '1'
    assert len(serve.requests('good.bin')) == 1
    tries = rows(store, 'SELECT number, attempts.status FROM attempts '
                 'JOIN items ON items.id = item WHERE items.url LIKE '
                 '"%broken%" ORDER BY number')
    assert tries == [(1, 503), (2, 503), (3, 503)]
    shown = haul('--history=1').out
    assert 'failed' in shown and 'gone.bin' in shown
    assert 'HTTP 404' in shown and 'broken' not in shown
    # Listed as failed by --resume, though nothing is to be fetched.
    serve('gone.bin', size=2 * K)
    assert haul('-q', '--retry-failed=dns').rc == 0
    assert haul('-q', '--retry-failed').rc == 0
    assert haul.read('down/gone.bin') == serve.data('gone.bin')
    assert states(store) == [2, 2, 2]


def test_what_failed_stays_listed_when_a_run_is_gone_on_with(haul, serve):
    gone = serve('gone.bin', status=404)
    slow = serve('slow.bin', size=600 * K, rate=400 * K)
    process = haul.start('-q', gone, slow)
    serve.wait_for_bytes('slow.bin', 100 * K)
    time.sleep(0.5)
    kill(haul, process)
    result = haul('--output=log', '--resume')
    assert result.rc == 1
    assert 'failed before: 1' in result.err
    assert len(serve.requests('gone.bin')) == 1
    assert re.search(r'gone\.bin\tHTTP 404', result.err)
    assert haul.read('slow.bin') == serve.data('slow.bin')


# ---- two of them ----------------------------------------------------------

def test_a_second_haul_on_a_run_names_the_first(haul, serve, store):
    url = serve('a.bin', size=3000 * K, rate=500 * K)
    process = haul.start('-q', url)
    wait_until(recorded(store, 1))
    for arguments in (('--resume',), ('--resume=1',), ('--forget=1',)):
        result = haul(*arguments)
        assert result.rc == 5, result
        assert f'process {process.pid}' in result.err
    assert f'process {process.pid}' in haul('--history').out
    kill(haul, process)
    assert 'process' not in haul('--history').out
    assert haul('-q', '--resume=1').rc == 0
    assert haul.read('a.bin') == serve.data('a.bin')


def test_one_that_works_is_passed_over(haul, serve, store):
    slow = serve('slow.bin', size=3000 * K, rate=500 * K)
    other = serve('other.bin', size=600 * K, rate=300 * K)
    first = haul.start('-q', other)
    serve.wait_for_bytes('other.bin', 50 * K)
    wait_until(recorded(store, 1))
    kill(haul, first)
    second = haul.start('-q', slow)
    wait_until(recorded(store, 2))
    assert haul('-q', '--resume').rc == 0
    assert haul.read('other.bin') == serve.data('other.bin')
    assert second.poll() is None
    kill(haul, second)


# ---- secrets --------------------------------------------------------------

def all_bytes(folder):
    return b''.join(p.read_bytes() for p in folder.rglob('*') if p.is_file())


def test_no_secret_is_in_any_file(haul, serve, store):
    word = 'verysecret'
    part = serve('part.bin', size=8000 * K, rate=1500 * K)
    urls = [serve('a.bin', size=K).replace('://', f'://me:{word}@'),
            part + f'?x=1&X-Amz-Signature={word}#access_token={word}',
            serve('fail.bin', status=404) + f'?token={word}']
    haul.write('../list', f'{serve("b.bin", size=K)}\n'
               f'  header=Cookie: {word}\n  user=me:{word}\n')
    process = haul.start('-q', '-s', '1', '-H', f'X-Api-Key: {word}', '-x',
                         f'http://me:{word}@127.0.0.1:9', '--noproxy', '*',
                         '-e', f'http://a/?sig={word}', '-i', '../list',
                         *urls)
    serve.wait_for_bytes('part.bin', 4000 * K)
    time.sleep(0.6)
    kill(haul, process)
    os.unlink(haul.folder / '../list')
    assert 'part.bin.part.haul' in haul.names()
    for folder in (haul.folder, store.parent):
        assert word.encode() not in all_bytes(folder)
    assert b'X-Amz-Signature=***' in all_bytes(store.parent)


def test_what_needs_a_secret_asks_for_it(haul, serve, store):
    signed = serve('s.bin', size=3000 * K, rate=700 * K)
    slow = serve('w.bin', size=900 * K, rate=300 * K)
    process = haul.start('-q', '-s', '1', signed + '?Signature=one', slow)
    serve.wait_for_bytes('s.bin', 1500 * K)
    wait_until(recorded(store, 2))
    kill(haul, process)
    result = haul('--output=log', '--resume')
    assert result.rc == 1
    assert 'a secret is needed that was not recorded: signature in the ' \
        'URL' in result.err
    assert 'haul --resume, with the whole URL' in result.err
    assert haul.read('w.bin') == serve.data('w.bin')
    sent = serve.sent('s.bin')
    result = haul('-q', '--resume', signed + '?Signature=two')
    assert result.rc == 0, result
    assert haul.read('s.bin') == serve.data('s.bin')
    assert serve.sent('s.bin') - sent < 2900 * K     # went on
    assert haul.names() == ['s.bin', 'w.bin']
    assert serve.requests('s.bin')[-1].target.endswith('Signature=two')


def test_a_run_with_a_secret_option_wants_it_again(haul, serve, store):
    url = serve('a.bin', size=900 * K, rate=300 * K)
    process = haul.start('-q', '-H', 'Authorization: Bearer x', url)
    wait_until(recorded(store, 1))
    wait_until(lambda: len(serve.requests('a.bin')) > 0)
    kill(haul, process)
    result = haul('--resume')
    assert result.rc == 2
    assert '--header Authorization' in result.err
    assert haul('-q', '--resume', '-H', 'Authorization: Bearer y').rc == 0
    assert serve.requests('a.bin')[-1].headers['authorization'] == 'Bearer y'
    assert haul.read('a.bin') == serve.data('a.bin')


# ---- the list of runs -----------------------------------------------------

def test_runs_are_listed_and_forgotten(haul, serve, store):
    assert 'no run is recorded' in haul('--history').err
    haul('-q', '-d', 'down', serve('a.bin', size=K), serve('b', status=404))
    haul('-q', serve('c.bin', size=K))
    result = haul('--history')
    assert result.rc == 0
    head, second, first = result.out.splitlines()
    assert head.split()[:3] == ['RUN', 'STARTED', 'DONE']
    assert second.split()[0] == '2' and 'complete' in second
    assert first.split()[0] == '1' and 'with failures' in first
    assert str(haul.folder / 'down') in first
    assert haul('--forget', '1').rc == 0
    assert haul('--forget', '1').rc == 2
    assert haul('--history=1').rc == 2
    assert len(haul('--history').out.splitlines()) == 2
    assert haul('--resume=7').rc == 2
    assert 'no run 7' in haul('--resume=7').err


def on_terminal(haul, *arguments):
    """The lines that it prints on a terminal."""
    master, slave = os.openpty()
    process = haul.start(*arguments, stdout=slave)
    os.close(slave)
    text = b''
    try:
        while more := os.read(master, 65536):
            text += more
    except OSError:             # it has ended
        pass
    os.close(master)
    assert haul.finish(process).rc == 0
    return text.decode().splitlines()


def test_a_terminal_gets_the_last_runs_and_how_to_see_all(haul, serve, store):
    assert haul('-q', serve('a.bin', size=K)).rc == 0

    def add(*numbers, state=2):
        with sqlite3.connect(store) as database:
            for i in numbers:
                database.execute(
                    'INSERT INTO runs (id, started, ended, directory) '
                    'VALUES (?,?,?,?)', (i, i * 1000, i * 1000, '/data'))
                database.execute('INSERT INTO items (id, state, url) VALUES '
                                 '(?,?,?)', ((i << 32) + 1, state, 'ftp://x'))

    def numbers(lines):
        return [int(line.split()[0]) for line in lines[1:]]

    add(*range(2, 22))
    assert numbers(on_terminal(haul, '--history')) == [*range(21, 0, -1)]
    add(22, state=0)
    add(*range(23, 44))
    *lines, end = on_terminal(haul, '--history')
    assert numbers(lines) == [*range(43, 23, -1)]
    assert end == '23 older runs, 1 of them unfinished: haul --history=all'
    whole = [*range(43, 0, -1)]
    assert numbers(on_terminal(haul, '--history=all')) == whole
    assert numbers(haul('--history').out.splitlines()) == whole
    assert numbers(haul('--history=all').out.splitlines()) == whole
    assert haul('--forget=22').rc == 0
    assert on_terminal(haul, '--history')[-1] == \
        '22 older runs: haul --history=all'


def states_of_runs(haul):
    """By number."""
    return {int(line.split()[0]): line for line in
            haul('--history').out.splitlines()[1:]}


def start_and_kill(haul, serve, urls, *more):
    process = haul.start('-q', '-n', '1', '-d', 'down', *more, *urls)
    wait_until(lambda: len(serve.requests()) >= 2)
    time.sleep(0.5)
    kill(haul, process)


def test_what_the_same_command_fetched_later_is_finished(haul, serve):
    urls = [serve(f'{i}.bin', size=200 * K, rate=300 * K) for i in range(4)]
    start_and_kill(haul, serve, urls)
    # Others first: fewer files, other ones, in another place.
    for other in ((urls[:3], 'down'), (urls[::-1], 'down'), (urls, 'up')):
        assert haul('-q', '-d', other[1], *other[0]).rc == 0
        assert 'unfinished' in states_of_runs(haul)[1]
    assert haul('-q', '-d', 'down', *urls).rc == 0
    assert 'finished by run 5' not in states_of_runs(haul)[1]   # not -n 1
    assert haul('-q', '-n', '1', '-d', 'down', *urls).rc == 0
    runs = states_of_runs(haul)
    assert 'finished by run 6' in runs[1]
    assert all('complete' in runs[i] for i in range(2, 7))
    result = haul('--resume')
    assert result.rc == 0 and 'nothing is left' in result.err
    # It is there all the same.
    assert haul('-q', '--resume=1').rc == 0
    assert 'complete' in states_of_runs(haul)[1]


def test_what_the_same_command_left_is_not_finished(haul, serve):
    urls = [serve(f'{i}.bin', size=200 * K, rate=300 * K) for i in range(3)]
    urls.append(serve('gone.bin', turns=({'status': 404}, {}), size=K))
    start_and_kill(haul, serve, urls)
    assert haul('-q', '-n', '1', '-d', 'down', *urls).rc == 1
    runs = states_of_runs(haul)
    assert 'unfinished' in runs[1] and 'with failures' in runs[2]
    assert haul('-q', '--retry-failed').rc == 0
    runs = states_of_runs(haul)
    assert 'finished by run 2' in runs[1] and 'complete' in runs[2]


# ---- what is there --------------------------------------------------------

def skipped(result):
    return sorted(r['path'] for r in result.events('skip'))


def test_what_a_run_has_fetched_is_not_asked_for_again(haul, serve):
    urls = [serve(name, size=K, on_head={'delay': 1.0})
            for name in (*[f'{i}.bin' for i in range(70)],
                         'other/0.bin')]        # its name is taken
    listed = haul.write('list', ''.join(
        f'{url}\n' + (f' out=sub/{i}.out\n' if i % 2 else '')
        for i, url in enumerate(urls)))
    assert haul('-q', '-d', 'down', '-i', listed).rc == 0
    (haul.folder / 'down' / '4.bin').unlink()
    before = len(serve.requests())
    result = haul.json('-d', 'down', '-i', listed)
    assert result.rc == 0 and len(skipped(result)) == 70
    asked = {r.path.rsplit('/', 1)[1] for r in serve.requests()[before:]}
    # The namesake may be the other's; the first ones, five at once, may be asked
    # for before what is past is known.
    assert {'4.bin'} < asked <= {f'{i}.bin' for i in range(0, 12, 2)}
    assert haul.read('down/4.bin') == serve.data('4.bin')


def test_what_is_there_does_not_wait_for_its_host(haul, serve):
    names = [f'{i}.bin' for i in range(100)]
    urls = [serve(name, size=K, on_head={'delay': 1.0}) for name in names]
    slow = serve('slow.bin', size=300 * K, rate=100 * K)
    assert haul('-q', *urls).rc == 0
    result = haul.json('-n', '1', '--max-host-conn=1', slow, *urls)
    assert result.rc == 0 and result.seconds < 20
    assert skipped(result) == sorted(names)
    # All of them while the first one ran, which came whole all the same.
    kinds = [r['ev'] for r in result.records if r['ev'] in ('skip', 'done')]
    assert kinds == ['skip'] * 100 + ['done']
    assert haul.read('slow.bin') == serve.data('slow.bin')


def test_what_an_answer_named_is_asked_for_again(haul, serve):
    latest = serve('latest', size=K, turns=(
        {'disposition': 'attachment; filename="v1"'},),
        then={'disposition': 'attachment; filename="v2"'})
    other = serve('other.bin', size=K)
    assert haul('-q', latest, other).rc == 0
    haul.write('latest', 'mine')
    assert haul('-q', latest, other).rc == 0
    assert haul.names() == ['latest', 'other.bin', 'v1', 'v2']
    assert haul.read('latest') == b'mine'


def test_what_is_there_but_wanted_otherwise_is_fetched(haul, serve):
    urls = [serve(f'{i}.bin', size=K) for i in range(2)]
    assert haul('-q', *urls).rc == 0
    for option, names in (('always', 2), ('unique', 4)):
        result = haul.json(f'--overwrite={option}', *urls)
        assert len(result.events('done')) == 2
        assert len(haul.names()) == names


def test_old_complete_runs_are_forgotten(haul, serve, store):
    url = serve('a.bin', size=K)
    assert haul('-q', url).rc == 0
    day = 86400 * 1000
    now = int(time.time() * 1000)
    with sqlite3.connect(store) as database:
        database.execute('DELETE FROM runs')
        # All complete, one a day, the first ones 150 days ago. Three lack a
        # file, or never ended.
        for i in range(1, 151):
            when = now - (150 - i) * day
            ended = None if i == 7 else when
            database.execute(
                'INSERT INTO runs (id, started, ended, directory) VALUES '
                '(?,?,?,?)', (i, when, ended, '/data'))
            state = {3: None, 5: 4}.get(i, 2)
            database.execute('INSERT INTO items (id, state, url) VALUES '
                             '(?,?,?)', ((i << 32) + 1, state, url))
        database.execute('UPDATE runs SET ended = ? WHERE id = 9', (now,))
    # Each process has 50 ms for it, and forgets one at least.
    for more in range(1, 51):
        assert haul('-q', '--overwrite', url).rc == 0
        left = [number for number, in rows(store, 'SELECT id FROM runs')]
        if left[4] > 50:
            break
    # The newest hundred, the three, one that was gone on with today.
    assert left == [3, 5, 7, 9, *range(left[4], 151 + more)]
    assert 51 <= left[4] <= 51 + more
    kept = {key >> 32 for key, in rows(store, 'SELECT id FROM items')}
    assert kept <= set(left)


@pytest.mark.parametrize('arguments, words', [
    (('--resume=x',), 'not the number of a run'),
    (('--forget=0',), 'not the number of a run'),
    (('--history=-1',), 'not the number of a run'),
    (('--retry-failed=weather',), 'no cause'),
    (('--resume', '--no-store'), 'leave --no-store'),
    (('--forget',), 'a value is needed'),
])
def test_wrong_words_are_told(haul, arguments, words):
    result = haul(*arguments)
    assert result.rc == 2
    assert words in result.err


# ---- places and states of the store ---------------------------------------

def test_a_damaged_store_is_put_aside(haul, serve, store):
    store.parent.mkdir(parents=True)
    store.write_bytes(b'\0garbage' * 1000)
    result = haul('--output=log', serve('a.bin', size=K))
    assert result.rc == 0
    assert 'set aside as queue.db.damaged-N' in result.err
    aside = store.with_name('queue.db.damaged-1')
    assert aside.read_bytes() == b'\0garbage' * 1000
    assert states(store) == [2]


def test_going_on_from_a_damaged_store_says_what_to_do(haul, serve, store):
    haul('-q', serve('a.bin', size=K))
    with sqlite3.connect(store) as database:
        database.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    bytes = store.read_bytes()
    store.write_bytes(bytes[:4096] + b'\xff' * (len(bytes) - 4096))
    result = haul('-q', '--resume')
    assert result.rc == 4, result
    assert 'is damaged; the next run' in result.err
    assert haul('-q', serve('b.bin', size=K)).rc == 0
    assert store.with_name('queue.db.damaged-1').exists()
    assert haul('-q', '--resume').rc == 0


def test_a_newer_store_is_refused(haul, serve, store):
    url = serve('a.bin', size=K)
    haul('-q', url)
    with sqlite3.connect(store) as database:
        database.execute('PRAGMA user_version = 99')
    result = haul('-q', '--overwrite', url)
    assert result.rc == 4
    assert 'written by a newer haul' in result.err
    assert rows(store, 'PRAGMA user_version') == [(99,)]
    assert len(items(store)) == 1
    assert haul('-q', '--no-store', '--overwrite', url).rc == 0


def test_a_store_that_all_can_write_decides_no_paths(haul, serve, store):
    url = serve('a.bin', size=K)
    haul('-q', url)
    store.parent.chmod(0o777)
    result = haul('-q', '--resume')
    assert result.rc == 4, result
    assert 'all may write to it' in result.err
    result = haul('-q', '--overwrite', url)
    assert result.rc == 0, result
    assert 'this run is not recorded' in result.err
    assert len(items(store)) == 1
    store.parent.chmod(0o700)
    assert haul('-q', '--overwrite', url).rc == 0
    assert len(items(store)) == 2


EARLIER = """
CREATE TABLE runs (id INTEGER PRIMARY KEY AUTOINCREMENT, started, ended, pid,
    boot, directory, options, needs);
CREATE TABLE items (id INTEGER PRIMARY KEY, state, flags, url, mirrors, name,
    dir, options, needs, path, kept, cause, status, curl, errno, message, size,
    got, attempts, etag, modified, started, ended, elapsed);
CREATE TABLE attempts (item, number, time, got, url, cause, status, curl,
    errno, message, PRIMARY KEY (item, number)) WITHOUT ROWID;
CREATE TABLE moves (run, n, seq, before, count, PRIMARY KEY (run, n))
    WITHOUT ROWID;
CREATE TABLE hosts (origin PRIMARY KEY, cap, time) WITHOUT ROWID;
PRAGMA application_id = 1751217516;
PRAGMA user_version = 1;
"""


def test_a_store_of_an_earlier_haul_goes_on(haul, serve, store):
    urls = [serve(f'{i}.bin', size=K) for i in range(3)]
    store.parent.mkdir(parents=True)
    down = str(haul.folder / 'down')
    with sqlite3.connect(store) as database:
        database.executescript(EARLIER)
        database.execute('INSERT INTO runs (started, directory) '
                         'VALUES (1700000000000, ?)', (down,))
        for i, (url, state) in enumerate(zip(urls, (2, None, 1))):
            database.execute(
                'INSERT INTO items (id, state, url, path, size, got) '
                'VALUES (?,?,?,?,?,?)', ((1 << 32) + i + 1, state, url,
                                         f'{down}/{i}.bin', K, K))
    line = haul('--history').out.splitlines()[1].split()
    assert line[0] == '1' and line[3:6] == ['1', '0', '2'], line
    assert rows(store, 'PRAGMA user_version') == [(3,)]
    process = haul.start('-q', '--resume', cwd=elsewhere(haul))
    wait_until(lambda: states(store) == [2, 2, 1])
    kill(haul, process)
    assert haul.names() == ['down/1.bin']
    assert len(serve.requests('0.bin')) == len(serve.requests('2.bin')) == 0
    assert haul('-q', '-d', 'down', urls[2]).rc == 0
    assert states(store) == [2, 2, 1, 2]


def test_without_a_place_it_fetches_all_the_same(haul, serve):
    url = serve('a.bin', size=K)
    result = haul('-q', url, env={'XDG_STATE_HOME': '/proc/none'})
    assert result.rc == 0
    assert 'this run is not recorded' in result.err
    assert haul('-q', '--store=/proc/none/x', '--overwrite', url).rc == 4
    assert haul('-q', '--overwrite', url, env={
        'XDG_STATE_HOME': 'relative', 'HOME': ''}).err == ''
    result = haul('--resume', env={'XDG_STATE_HOME': '', 'HOME': ''})
    assert result.rc == 4
    assert 'no place for a store' in result.err


def lock(store):
    """As another program may have it in the middle of a change."""
    database = sqlite3.connect(store, isolation_level=None,
                               check_same_thread=False)
    database.execute('BEGIN IMMEDIATE')
    return database


def test_what_another_program_keeps_from_being_recorded_is_told(
        haul, serve, store):
    haul('-q', serve('a.bin', size=K))
    other = lock(store)
    result = haul('-q', serve('b.bin', size=K))
    other.close()
    assert result.rc == 0, result
    assert haul.names() == ['a.bin', 'b.bin']
    assert 'could not be recorded' in result.err
    assert len(items(store)) == 1


def test_forget_waits_for_those_that_write(haul, serve, store):
    haul('-q', serve('a.bin', size=K))
    other = lock(store)
    timer = threading.Timer(1, other.close)
    timer.start()
    result = haul('--forget=1')
    timer.join()
    assert result.rc == 0, result
    assert 'no run is recorded' in haul('--history').err


def test_it_is_recorded_where_it_should_be_or_nowhere(haul, serve, store):
    url = serve('a.bin', size=K)
    for arguments in (('--no-store',), ('--discard',)):
        assert haul('-q', *arguments, url).rc == 0
    assert not store.parent.exists()
    assert haul('-q', '--store', 'own.db', '--overwrite', url).rc == 0
    assert (haul.folder / 'own.db').exists()
    assert not store.parent.exists()
    assert haul('-q', '--overwrite', url, env={
        'XDG_STATE_HOME': '', 'HOME': str(haul.home)}).rc == 0
    assert (haul.home / '.local/state/haul/queue.db').exists()
    assert haul('-q', '--overwrite', url).rc == 0
    assert store.exists()


@pytest.mark.parametrize('options', (
    '--help', '--version', '--history', '--history=1', '--verify -v'))
def test_a_list_that_cannot_be_written_is_told(haul, serve, options):
    options = options.split()
    haul('-q', '--retries=0', serve('gone.bin', status=404),
         serve('a.bin', size=K))
    with open('/dev/full', 'wb') as full:
        result = haul(*options, stdout=full)
    assert result.rc == 4, result
    assert 'standard output cannot be written: ' in result.err
    # But whoever closes a pipe has seen enough of it.
    reader, pipe = os.pipe()
    os.close(reader)
    with open(pipe, 'wb') as closed:
        result = haul(*options, stdout=closed)
    assert result.rc == 0, result
    assert 'cannot be written' not in result.err


def test_the_command_line_wins_over_variables_about_the_store(
        haul, serve, store):
    url = serve('a.bin', size=K)
    env = {'HAUL_NO_STORE': '1'}
    assert haul('-q', '--store=own.db', url, env=env).rc == 0
    assert states(haul.folder / 'own.db') == [2]
    assert '1' in haul('--history', '--store=own.db', env=env).out
    result = haul('--history', '--no-store', '--store=own.db', env=env)
    assert result.rc == 0, result
    env = {'HAUL_STORE': str(haul.folder / 'other.db')}
    assert haul('-q', '--no-store', '--overwrite', url, env=env).rc == 0
    assert not (haul.folder / 'other.db').exists()
    assert not store.parent.exists()
    haul('-q', '--retries=0', serve('gone.bin', status=404))
    result = haul('--retry-failed', env={'HAUL_NO_STORE': '1'})
    assert result.rc == 1, result
    assert len(serve.requests('gone.bin')) == 2


# ---- fsync ----------------------------------------------------------------

@pytest.mark.parametrize('policy', ('batch', 'file', 'never'))
def test_when_the_disk_has_it(haul, serve, store, policy):
    url = serve('a.bin', size=100 * K)
    log = haul.folder.parent / 'strace'
    result = haul.finish(haul.traced(
        ('-f', '-y', '-o', log, '-e',
         'trace=fsync,fdatasync,syncfs,linkat,renameat,renameat2'),
        '-q', f'--fsync={policy}', url))
    assert result.rc == 0, result
    calls = [line for line in log.read_text().splitlines()
             if 'state/haul' not in line]
    named = next(i for i, line in enumerate(calls)
                 if re.search(r'(linkat|renameat2?)\(', line))
    synced = [i for i, line in enumerate(calls)
              if re.search(r'(syncfs|fsync|fdatasync)\(', line)]
    assert any('syncfs(' in calls[i] for i in synced) == (policy == 'batch')
    if policy == 'batch':
        assert any(i > named for i in synced)
    elif policy == 'file':
        assert any(i < named for i in synced)
        assert any(i > named for i in synced)
    else:
        assert synced == []
    assert states(store) == [2]


def test_what_has_another_path_by_now_is_synced_all_the_same(
        haul, serve, store):
    log = haul.folder.parent / 'strace'
    haul.write('../list', f'{serve("a.bin", size=K)}\n  dir=here\n' +
               serve('slow.bin', size=4000 * K, rate=1000 * K) + '\n')
    process = haul.traced(('-f', '-qq', '-e', 'trace=syncfs,sync', '-o', log),
                          '-q', '-i', '../list')
    until = time.monotonic() + 20
    while not (haul.folder / 'here' / 'a.bin').exists():
        assert time.monotonic() < until
        time.sleep(0.002)
    (haul.folder / 'here').rename(haul.folder / 'there')
    while b'sync' not in log.read_bytes():
        assert time.monotonic() < until
        time.sleep(0.02)
    # Not for the other file.
    assert (haul.folder / 'slow.bin.part').exists()
    assert haul.finish(process).rc == 0


# ---- hosts ----------------------------------------------------------------

def test_what_a_host_bears_is_known_to_the_next_run(haul, serve, store):
    crowd = (2, {'status': 503, 'rate': 0})
    url = serve('a.bin', size=2000 * K, rate=1000 * K, crowd=crowd)
    assert haul('-q', '--min-split-size=64K', '-s', '6', url).rc == 0
    origin, cap = rows(store, 'SELECT origin, cap FROM hosts')[0]
    assert origin in url and 1 <= cap <= 4
    refused = sum(r.status == 503 for r in serve.requests('a.bin'))
    assert refused > 0
    assert haul('-q', '--overwrite', '--min-split-size=64K', '-s', '6',
                url).rc == 0
    again = sum(r.status == 503 for r in serve.requests('a.bin')) - refused
    assert again <= refused


def test_resume_says_what_takes_on_what_failed(haul, serve):
    assert haul('-q', '--retries=0', serve('none.bin', status=404)).rc == 1
    result = haul('--resume')
    assert result.rc == 0, result
    assert "'haul --retry-failed' tries again what failed" in result.err
    assert haul('-q', serve('a.bin')).rc == 0
    result = haul('--resume')
    assert 'nothing is left to go on with.' in result.err, result
