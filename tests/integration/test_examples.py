# SPDX-License-Identifier: MIT
"""The programs under doc/examples do what they show.

Each of them: fetches bit-exact and mixed with failures, lists every item
exactly once, runs callbacks on the caller's thread (it asserts that itself),
tells by its exit status how it went, and refuses what is no URL. blocking
sends its header and cookie, uses names from its function, compares a
checksum, and tries what may pass once more. The loops serve their other
descriptors while a slow file comes. face draws on a terminal what runs, and
does what its keys say. What doc/library.md shows is a program.

make builds the programs; where they are missing this is an error with CI set,
else a loud skip.
"""

import hashlib
import os
import pathlib
import re
import select
import shlex
import subprocess
import sys
import termios
import time

import pytest

import conftest

LOOPS = ('poll-loop', 'libev-loop', 'glib-loop')
NAMES = ('blocking', 'face', *LOOPS)
SLOW = {'size': 300_000, 'rate': 200_000}       # some 1.5 s, one connection


class Example:
    """Runs one program; its output as lists of fields."""

    def __init__(self, haul, name):
        build = pathlib.Path(os.environ.get('HAUL_BUILDDIR') or
                             conftest.SOURCE / 'build')
        self.program = build / 'doc' / 'examples' / name
        self.haul = haul
        if name == 'glib-loop' and subprocess.run(
                ['pkg-config', '--exists', 'glib-2.0']).returncode:
            pytest.skip('no GLib here (Debian: libglib2.0-dev)')
        if not os.access(self.program, os.X_OK):
            reason = f'{self.program} is not built'
            if os.environ.get('CI'):
                pytest.fail(reason)
            print(f'\n*** SKIPPED: {reason} ***', file=sys.__stderr__)
            pytest.skip(reason)
        haul.program = os.fspath(self.program)

    def __call__(self, *arguments, **more):
        return self.read(self.haul(*arguments, **more))

    @staticmethod
    def read(result):
        result.files = [tuple(line.split('\t'))
                        for line in result.out.splitlines()]
        lines = [line.split('\t') for line in result.err.splitlines()]
        result.failures = [tuple(line) for line in lines if len(line) == 3]
        result.remarks = [line[0] for line in lines if len(line) == 1]
        assert len(result.failures) + len(result.remarks) == len(lines), result
        return result


@pytest.fixture(params=NAMES)
def example(request, haul):
    return Example(haul, request.param)


@pytest.fixture(params=LOOPS)
def loop(request, haul):
    return Example(haul, request.param)


@pytest.fixture
def blocking(haul):
    return Example(haul, 'blocking')


def mixed(serve):
    """Good files and one that is not there."""
    good = {name: serve(name, **fields) for name, fields in {
        'small.bin': {'size': 1000},
        'empty.bin': {'size': 0},
        'large.bin': {'size': 6_000_000, 'rate': 8_000_000},
        'chunked.bin': {'size': 200_000, 'framing': 'chunked'},
        'plain.bin': {'size': 300_000, 'ranges': 'ignored',
                      'advertise': False},
    }.items()}
    return good, serve('gone.bin', status=404)


# ---- all of them ------------------------------------------------------------

def test_every_file_is_exact_and_every_item_listed_once(example, serve):
    good, gone = mixed(serve)
    result = example('out', *good.values(), gone)
    assert result.rc == 1, result
    assert sorted(url for _, url in result.files) == sorted(good.values())
    for path, url in result.files:
        name = url.rsplit('/', 1)[1]
        assert path.startswith('out/') and path.endswith('/' + name)
        assert example.haul.read(path) == serve.data(name), name
    [(url, cause, message)] = result.failures
    assert (url, cause) == (gone, 'http') and '404' in message
    assert len(example.haul.names()) == len(good), 'something was left over'


def test_many_files_end_once_each(example, serve):
    urls = [serve(f'{n}.bin', size=100 + n) for n in range(150)]
    urls += [serve(f'gone-{n}.bin', status=410) for n in range(10)]
    result = example('.', *urls)
    assert result.rc == 1, result
    assert sorted(url for _, url in result.files) == sorted(urls[:150])
    assert sorted(f[0] for f in result.failures) == sorted(urls[150:])


def test_all_good_is_exit_0(example, serve):
    result = example('.', serve('one.bin'))
    assert (result.rc, len(result.files), result.failures) == (0, 1, [])


def test_a_file_that_is_there_is_listed_and_kept(example, serve):
    url = serve('one.bin', content_type='')
    example.haul.write('one.bin', 'mine')
    result = example('.', url)
    assert result.rc == 0 and result.files == [('one.bin', url)], result
    assert example.haul.read('one.bin') == b'mine'


@pytest.mark.parametrize('arguments', [
    (), ('.',), ('.', 'nonsense'), ('.', 'gopher://127.0.0.1/a')])
def test_wrong_arguments_are_exit_2(example, arguments):
    result = example(*arguments)
    assert result.rc == 2 and result.out == '' and result.err != '', result


# ---- blocking -------------------------------------------------------------

def test_blocking_calls_back_once_for_each_end(blocking, serve):
    good, gone = mixed(serve)
    result = blocking('out', *good.values(), gone)
    assert sorted(result.remarks) == sorted(
        f'ended: {url}' for url in (*good.values(), gone))


def test_blocking_lists_in_the_order_of_the_requests(blocking, serve):
    urls = [serve('slow.bin', delay=0.5), serve('quick.bin')]
    assert [url for _, url in blocking('.', *urls).files] == urls


def test_blocking_uses_its_header_cookie_and_name_function(blocking, serve):
    urls = [serve('a.bin', content_type='image/png'),
            serve('b.bin', content_type='../../x')]
    result = blocking('out', *urls)
    assert result.files == [('out/image/a.bin', urls[0]),
                            ('out/b.bin', urls[1])]
    for name in ('a.bin', 'b.bin'):
        for request in serve.requests(name):
            assert request.headers['x-example'] == 'blocking'
            assert request.headers['cookie'] == 'visited=yes'


def test_blocking_compares_the_checksum_of_its_item(blocking, serve):
    urls = [serve(name) for name in ('right.bin', 'wrong.bin', 'free.bin')]
    right = hashlib.sha256(serve.data('right.bin')).hexdigest()
    result = blocking('.', urls[0], 'sha256=' + right,
                      urls[1], 'sha256=' + right, urls[2])
    assert result.rc == 1, result
    assert [url for _, url in result.files] == [urls[0], urls[2]]
    assert [f[:2] for f in result.failures] == [(urls[1], 'checksum')]
    assert not [n for n in blocking.haul.names() if 'wrong' in n]


def test_blocking_refuses_a_bad_checksum(blocking, serve):
    result = blocking('.', serve('a.bin'), 'sha256=12')
    assert result.rc == 2 and 'checksum' in result.err, result


def test_blocking_tries_once_more_what_may_pass(blocking, serve):
    """Each run makes two tries of a file that answers 500."""
    url = serve('late.bin', turns=({'status': 500},) * 2)
    gone = serve('gone.bin', status=404)
    result = blocking('.', url, gone)
    assert [u for _, u in result.files] == [url], result
    assert [f[0] for f in result.failures] == [gone]
    assert result.remarks.count(f'ended: {url}') == 2
    assert result.remarks.count(f'ended: {gone}') == 1
    assert len(serve.requests('gone.bin')) == 1


# ---- the loops ------------------------------------------------------------

def test_a_loop_serves_its_other_descriptors_meanwhile(loop, serve):
    url = serve('slow.bin', **SLOW)
    result = loop('.', url)
    assert result.rc == 0, result
    assert loop.haul.read('slow.bin') == serve.data('slow.bin')
    got = [int(re.match(r'\d+ of 1 files, (\d+) bytes', line)[1])
           for line in result.remarks]
    assert len(got) >= 0.6 * result.seconds / 0.1, 'the timer was kept waiting'
    assert got == sorted(got)
    assert len({n for n in got if 0 < n < SLOW['size']}) >= 3, got


def test_poll_loop_shows_each_running_file(haul, serve):
    poll_loop = Example(haul, 'poll-loop')
    urls = [serve(f'{n}.bin', **SLOW) for n in range(2)]
    result = poll_loop('.', *urls)
    size = SLOW['size']
    assert any(re.search(rf'; #1 \d+/{size} #2 \d+/{size}$', line)
               for line in result.remarks), result


def test_libev_loop_takes_urls_from_its_input(haul, serve):
    libev_loop = Example(haul, 'libev-loop')
    first, second = serve('first.bin', **SLOW), serve('second.bin')
    process = haul.start('.', first, stdin=True)
    serve.wait_for_bytes('first.bin', 100_000)
    process.stdin.write(second.encode() + b'\n')
    process.stdin.flush()
    serve.wait_for_bytes('second.bin', 1)
    assert serve.sent('first.bin') < SLOW['size'], 'it waited for the first'
    result = libev_loop.read(haul.finish(process))
    assert result.rc == 0, result
    assert [url for _, url in result.files] == [second, first]
    assert haul.read('second.bin') == serve.data('second.bin')


# ---- the face -------------------------------------------------------------

class Screen:
    """face in a terminal in memory; text is all that it wrote."""

    def __init__(self, haul, *arguments):
        Example(haul, 'face')
        self.main, terminal = os.openpty()
        self.text, self.haul = '', haul
        self.process = haul.start(*arguments, stdin_fd=terminal,
                                  stderr=terminal)
        os.close(terminal)

    def read_until(self, pattern):
        until = time.monotonic() + 10
        while not re.search(pattern, self.text):
            ready, _, _ = select.select([self.main], [], [],
                                        until - time.monotonic())
            assert ready, f'{pattern} did not come:\n{self.text[-2000:]}'
            try:
                chunk = os.read(self.main, 4096)
            except OSError:         # the other side is closed
                chunk = b''
            assert chunk, f'it ended without {pattern}:\n{self.text[-2000:]}'
            self.text += chunk.decode()

    def press(self, key):
        self.text = ''
        os.write(self.main, key.encode())

    def end(self):
        out, _ = self.process.communicate(timeout=10)
        flags = termios.tcgetattr(self.main)[3]
        os.close(self.main)
        assert flags & termios.ECHO and flags & termios.ICANON
        return self.process.returncode, out.decode()


def test_face_draws_what_runs(haul, serve):
    url = serve('slow.bin', **SLOW)
    screen = Screen(haul, '.', url, serve('gone.bin', status=404))
    screen.read_until(r'\[#{5,15}\.{5,15}\] +[1-9]\d* KiB/s slow')
    screen.read_until('1 of 2 files, 1 failed')
    screen.read_until('gone.bin\thttp\t')
    rc, out = screen.end()
    assert (rc, out.split('\t')[1]) == (1, url + '\n')


def test_face_pauses_retries_and_quits(haul, serve):
    url = serve('slow.bin', size=2_000_000, rate=300_000)
    late = serve('late.bin', turns=({'status': 404},))
    screen = Screen(haul, '.', url, late)
    screen.read_until('#.* slow.bin')
    screen.press('p')
    screen.read_until('paused')
    sent = serve.sent('slow.bin')
    screen.press('r')
    screen.read_until(' 0 failed')
    screen.press('p')
    screen.read_until('1 of 2 files, 0 failed.* MiB;')
    assert serve.server.wait_until(lambda: serve.sent('slow.bin') > sent)
    screen.press('q')
    rc, out = screen.end()
    assert (rc, out.split('\t')[1]) == (1, late + '\n')
    assert 'slow.bin' not in haul.names()


# ---- the least ------------------------------------------------------------

def test_fetch_tells_what_became_of_each_file(haul, serve):
    Example(haul, 'fetch')
    good, gone = serve('a.bin'), serve('gone.bin', status=404)
    result = haul('out', good, gone, 'gopher://x/y')
    assert result.rc == 1, result
    assert result.out == f'{good}: out/a.bin\n'
    assert result.err.splitlines()[0] == 'gopher://x/y: not a URL for haul'
    assert result.err.splitlines()[1].startswith(f'{gone}: http: HTTP 404')
    assert haul.read('out/a.bin') == serve.data('a.bin')
    assert haul('out', good).rc == 0
    assert haul('out').rc == 2


# ---- the tutorial ---------------------------------------------------------

def library_page():
    text = (conftest.SOURCE / 'doc' / 'library.md').read_text()
    return '\n'.join(re.findall(r'^```c\n(.*?)^```$', text, re.S | re.M))


def test_the_tutorial_is_a_program(haul, serve):
    build = pathlib.Path(os.environ.get('HAUL_BUILDDIR') or
                         conftest.SOURCE / 'build') / '.libs'
    if not (build / 'libhaul.so').exists():
        pytest.skip('haul was built without a shared library')
    source = haul.write('tutorial.c', library_page())
    compiler = shlex.split(os.environ.get('CC') or 'cc')
    flags = shlex.split(os.environ.get('HAUL_BUILD_CFLAGS') or '-Wall')
    subprocess.run(
        [*compiler, *flags, '-I', conftest.SOURCE / 'src', '-o',
         haul.folder / 'tutorial', source, '-L', build, '-lhaul',
         f'-Wl,-rpath,{build}'], check=True, timeout=60)
    haul.program = os.fspath(haul.folder / 'tutorial')
    urls = [serve('a.bin'), serve('gone.bin', status=404),
            serve('late.bin', turns=({'status': 500},))]
    result = haul('out', *urls, 'gopher://x/y')
    assert result.rc == 1, result
    assert set(result.out.splitlines()) == {'out/a.bin', 'out/late.bin'}
    assert 'not queued: gopher://x/y' in result.err
    assert f'{urls[1]}: http (' in result.err
    assert 'file 3: try 1 failed' in result.err
    assert haul.read('out/late.bin') == serve.data('late.bin')
