# SPDX-License-Identifier: MIT
"""A FIFO that is read for ever (--forever).

- lines are begun as they come, with their options, also of a writer that
  stays; a line that its writer did not end is one; the next writer's lines
  count from 1 again
- what is given again is skipped when it is there, and fetched once while it
  is under way; what failed is tried again
- failures are told as they come, wrong lines too, and end nothing
- waiting costs nothing
- SIGTERM keeps the part, and the same command goes on with it; so it does
  with the queue of one that was killed; with no other run
- one process for a FIFO; what is none is told; where others write lines they
  are not trusted
- engines come and go, sums and notifications stay right, memory is given back
- a bell and a notification whenever nothing is left
"""

import os
import re
import signal
import stat
import time

import pytest

from cases import QUICK
from test_notify import notes, rings        # noqa: F401
from test_outputs import Terminal

MANY = 20_000 if os.environ.get('HAUL_TESTS') == 'long' else 1_200


class Queue:
    """haul on a FIFO."""

    def __init__(self, haul, *arguments, start=True, **more):
        self.haul = haul
        self.path = haul.folder.parent / 'queue'
        if not self.path.exists():
            os.mkfifo(self.path)
        self.arguments = ('-i', self.path, '--forever', *arguments)
        if start:
            self.start(**more)

    def start(self, **more):
        self.log = open(self.haul.folder.parent / 'log', 'wb')
        self.process = self.haul.start(*self.arguments, stderr=self.log,
                                       **more)

    def write(self, text):
        with open(self.path, 'w') as fifo:
            fifo.write(text)

    @property
    def err(self):
        return (self.haul.folder.parent / 'log').read_text()

    def wait_for(self, condition, seconds=15):
        holds = condition if callable(condition) else \
            lambda: condition in self.err
        until = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < until, (condition, self.err[-3000:])
            assert self.process.poll() is None, self.err[-3000:]
            time.sleep(0.02)

    def wait_for_file(self, name):
        self.wait_for(lambda: name in self.haul.names())

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.haul.finish(self.process).rc


@pytest.fixture
def queue(haul):
    return lambda *arguments, **more: Queue(haul, *arguments, **more)


# ---- lines ----------------------------------------------------------------

def test_lines_are_begun_as_they_come(queue, haul, serve):
    q = queue()
    q.write(serve('a.bin') + '\n' + serve('b.bin') + '\n  out=c.bin\n')
    q.wait_for_file('c.bin')
    q.wait_for_file('a.bin')
    # Not ended, and yet a line.
    q.write(serve('d.bin'))
    q.wait_for_file('d.bin')
    q.write(serve('e.bin') + '\n  out=f.bin')
    q.wait_for_file('f.bin')
    assert haul.names() == ['a.bin', 'c.bin', 'd.bin', 'f.bin']
    assert q.stop() == 143


def test_a_writer_may_stay(queue, haul, serve):
    q = queue()
    with open(q.path, 'w') as fifo:
        def say(text):
            fifo.write(text)
            fifo.flush()
        say(serve('a.bin') + '\n')
        q.wait_for_file('a.bin')
        # Options in a piece of their own, and a line in two.
        say(serve('b.bin') + '\n')
        say('  out=c.bin\n')
        q.wait_for_file('c.bin')
        url = serve('d.bin')
        say(url[:-5])
        time.sleep(0.4)
        say(url[-5:] + '\n')
        q.wait_for_file('d.bin')
        # Too late for the item; not for the queue.
        time.sleep(0.3)
        say('  out=e.bin\n' + serve('f.bin') + '\n')
        q.wait_for_file('f.bin')
    assert "queue:5: the option 'out' belongs to no URL" in q.err
    assert haul.names() == ['a.bin', 'c.bin', 'd.bin', 'f.bin']


def test_wrong_lines_are_told_and_end_nothing(queue, serve):
    q = queue()
    q.write('# well\nhttp//no\n' + serve('a.bin') + '\n')
    q.wait_for_file('a.bin')
    q.write('nonsense\n\x00\n')
    q.wait_for(lambda: q.err.count('NUL') == 1)
    assert len(re.findall(r'/queue:2: ', q.err)) == 2
    assert len(re.findall(r'/queue:1: ', q.err)) == 1
    q.write(serve('b.bin') + '\n')
    q.wait_for_file('b.bin')
    assert q.stop() == 143


@pytest.mark.parametrize('mode,owner,trusted', [
    (0o600, None, True), (0o622, None, False),
    pytest.param(0o600, 65534, False, marks=pytest.mark.skipif(
        os.geteuid() != 0, reason='needs root'))])
def test_lines_that_others_can_write_are_not_trusted(
        mode, owner, trusted, queue, haul, serve):
    """Who was first to make /tmp/queue may not say where files go."""
    q = queue(start=False)
    q.path.chmod(mode)
    if owner is not None:
        os.chown(q.path, owner, -1)
    q.start()
    where = haul.folder / 'elsewhere'
    q.write(f'{serve("a.bin")}\n  dir={where}\n{serve("b.bin")}\n')
    q.wait_for_file('b.bin')
    assert q.stop() == 143
    assert (where / 'a.bin').exists() == trusted, q.err
    assert ('--untrusted-lists' in q.err) != trusted, q.err


def test_other_lists_and_arguments_come_first(queue, haul, serve):
    haul.write('list', serve('a.bin') + '\n')
    q = queue(start=False)
    q.arguments = (serve('b.bin'), '-i', 'list', *q.arguments)
    q.start()
    q.wait_for_file('a.bin')
    q.wait_for_file('b.bin')
    q.write(serve('c.bin') + '\n')
    q.wait_for_file('c.bin')


def test_standard_input_may_be_the_fifo(queue, haul, serve):
    q = queue(start=False)
    fd = os.open(q.path, os.O_RDONLY | os.O_NONBLOCK)
    q.arguments = ('-i', '-', '--forever')
    q.start(stdin_fd=fd)
    os.close(fd)
    for name in ('a.bin', 'b.bin'):
        q.write(serve(name))
        q.wait_for_file(name)


# ---- what is given again, and failures ------------------------------------

def test_what_is_given_again(queue, haul, serve):
    q = queue('-n', '1', *QUICK)
    slow = serve('slow.bin', size=400_000, rate=400_000)
    q.write(slow + '\n')
    serve.wait_for_bytes('slow.bin', 1000)
    q.write(slow + '\n')
    q.wait_for('1 URL was given before')
    q.wait_for_file('slow.bin')
    q.wait_for(' DONE ')
    q.write(slow + '\n')
    q.wait_for(' SKIP ')
    os.unlink(haul.folder / 'slow.bin')
    q.write(slow + '\n')
    q.wait_for_file('slow.bin')
    assert haul.names() == ['slow.bin']
    bad = serve('bad.bin', turns=({'status': 404},))
    q.write(bad + '\n')
    q.wait_for(' FAIL ')
    q.write(bad + '\n')
    q.wait_for_file('bad.bin')
    # While others run it is the same but for the words.
    q.write(serve('long.bin', size=400_000, rate=200_000) + '\n' + bad + '\n')
    q.wait_for(lambda: q.err.count('given before') == 2)
    q.wait_for_file('long.bin')
    assert haul.names() == ['bad.bin', 'long.bin', 'slow.bin']


@pytest.mark.parametrize('quiet', (False, True))
def test_failures_are_told_as_they_come(quiet, queue, serve):
    q = queue(*QUICK, *['-q'] * quiet)
    for name in ('a.bin', 'b.bin'):
        url = serve(name, status=404)
        q.write(url + '\n')
        q.wait_for(f'{url}\tHTTP 404' if quiet else f' url={url}')
    assert q.stop() == 143
    assert q.err.count(url) == 1
    if quiet:
        assert len(q.err.splitlines()) == 3, q.err


# ---- waiting --------------------------------------------------------------

def switches(pid):
    """How often its threads gave the processor away."""
    folder = f'/proc/{pid}/task'
    texts = [open(f'{folder}/{task}/status').read()
             for task in os.listdir(folder)]
    return sum(int(n) for text in texts for n in re.findall(
        r'ctxt_switches:\s+(\d+)', text))


@pytest.mark.parametrize('output', ('log', 'bar'))
def test_waiting_costs_nothing(output, queue, haul, serve):
    q = queue(start=False)
    shown = Terminal(haul, 80, 24, *q.arguments, f'--output={output}')
    for name in ('a.bin', 'b.bin'):
        q.write(serve(name) + '\n')
        until = time.monotonic() + 10
        while name not in haul.names():
            assert time.monotonic() < until
            shown.read(0.1)
    shown.read(3)
    before = switches(shown.process.pid)
    shown.read(2)
    assert switches(shown.process.pid) - before <= 2
    shown.process.send_signal(signal.SIGTERM)
    assert shown.finish().rc == 143


# ---- its end, and the next start ------------------------------------------

def test_the_next_start_goes_on(queue, haul, serve):
    q = queue('-n', '1')
    first = serve('a.bin', size=2_000_000, rate=800_000)
    q.write(first + '\n' + serve('b.bin') + '\n  out=c.bin\n')
    serve.wait_for_bytes('a.bin', 600_000)
    assert q.stop() == 143
    assert 'haul: stopped; 2 files are left. Run the same command' in q.err
    assert 'a.bin.part' in haul.names()
    q.start()
    q.wait_for_file('c.bin')
    assert 'going on with run 1' in q.err
    assert haul.read('a.bin') == serve.data('a.bin')
    assert serve.sent('a.bin') < 2_600_000
    # With nothing left it goes on with nothing.
    assert q.stop() == 143
    q.start()
    q.write(serve('d.bin') + '\n')
    q.wait_for_file('d.bin')
    assert 'going on' not in q.err and 'nothing is left' not in q.err


def test_one_that_was_killed_goes_on_with_its_queue(queue, haul, serve):
    q = queue('-n', '1', *QUICK)
    q.write(serve('bad.bin', status=404) + '\n' + serve(
        'a.bin', size=900_000, rate=300_000) + '\n' + ''.join(
        serve(f'{n}.bin') + '\n' for n in range(20)))
    serve.wait_for_bytes('a.bin', 300_000)
    time.sleep(0.5)
    q.process.kill()
    q.process.wait(5)
    q.start()
    q.wait_for_file('19.bin')
    assert haul.read('a.bin') == serve.data('a.bin')
    # What had failed was told.
    assert 'bad.bin' not in q.err


def test_no_other_run_is_gone_on_with(queue, haul, serve):
    url = serve('other.bin', size=2_000_000, rate=400_000)
    process = haul.start(url)
    serve.wait_for_bytes('other.bin', 200_000)
    process.send_signal(signal.SIGINT)
    haul.finish(process)
    sent = serve.sent('other.bin')
    q = queue()
    q.write(serve('a.bin') + '\n')
    q.wait_for_file('a.bin')
    assert serve.sent('other.bin') == sent
    q.stop()
    # Nor by others with one of its.
    assert haul('--history').out.count('\n') == 2
    store, = re.findall(r"recorded in '(.*)'", q.err)
    assert stat.S_IMODE(os.stat(store).st_mode) == 0o600
    assert 'complete' in haul('--history', f'--store={store}').out


@pytest.mark.parametrize('number,status', [
    (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 3)])
def test_signals_end_it(number, status, queue, haul):
    q = queue()
    q.wait_for('waiting for URLs')
    assert q.stop(number) == status


# ---- what cannot be -------------------------------------------------------

def test_one_process_for_a_fifo(queue, haul, serve):
    q = queue()
    q.wait_for('waiting for URLs')
    other = haul(*q.arguments, '--no-store')
    assert other.rc == 5 and other.out == ''
    assert other.err == f"haul: --forever: another process reads '{q.path}'.\n"
    q.write(serve('a.bin') + '\n')
    q.wait_for_file('a.bin')
    q.process.kill()
    q.process.wait(5)
    q.start()
    q.write(serve('b.bin') + '\n')
    q.wait_for_file('b.bin')


def test_what_is_no_fifo(haul):
    haul.write('list', 'http://127.0.0.1:1/a\n')
    for name in ('list', '.', '/dev/null'):
        result = haul('--forever', '-i', name)
        assert result.rc == 2 and 'is no FIFO; mkfifo' in result.err, result
    result = haul('--forever', '-i', '-', stdin='http://127.0.0.1:1/a\n')
    assert result.rc == 2 and "'-' is no FIFO" in result.err
    assert haul('--forever', '-i', 'gone').rc == 2
    for arguments in ([], ['http://127.0.0.1:1/a']):
        result = haul('--forever', *arguments)
        assert result.rc == 2 and 'name a FIFO' in result.err
    os.mkfifo(haul.folder / 'fifo')
    result = haul('--forever', '-i', 'fifo', '--resume')
    assert result.rc == 2 and 'leave --resume' in result.err


# ---- weeks ----------------------------------------------------------------

def memory(pid):
    with open(f'/proc/{pid}/status') as file:
        return int(re.search(r'VmRSS:\s+(\d+)', file.read()).group(1))


def test_memory_is_given_back(queue, haul, nginx):
    """Many small files: each engine has a part of them."""
    with open(os.path.join(nginx.root, 'small.bin'), 'w') as file:
        file.write('x' * 100)
    q = queue('-q', '--fsync=never')
    (haul.folder / 'old').mkdir()
    known = []
    for lot in range(4):
        first = lot * MANY
        q.write(''.join(f'{nginx.url("/small.bin")}\n  out={n}.bin\n'
                        for n in range(first, first + MANY)))
        q.wait_for(lambda: len(os.listdir(haul.folder)) >= MANY + 1, 120)
        q.wait_for(lambda: not any('.part' in name for name in
                                   os.listdir(haul.folder)))
        for name in os.listdir(haul.folder):
            if name != 'old':
                os.unlink(haul.folder / name)
        time.sleep(0.5)
        known.append(memory(q.process.pid))
    # 40,000 items are 10 MB.
    assert known[3] - known[1] < 6_000, known
    assert q.stop() == 143
    store, = (haul.home / 'state/haul').glob('forever-*.db')
    runs = re.findall(r'^ +\d+ .*complete', haul(
        '--history', f'--store={store}').out, re.M)
    assert len(runs) >= 4


def test_sums_are_of_all_engines(queue, haul, serve, nginx, notes):  # noqa
    with open(os.path.join(nginx.root, 'small.bin'), 'w') as file:
        file.write('x' * 100)
    q = queue(*QUICK, '--notify')
    for lot in range(3):
        q.write(''.join(f'{nginx.url("/small.bin")}\n  out={lot}-{n}.bin\n'
                        for n in range(1100)) +
                serve(f'bad{lot}.bin', status=404))
        q.wait_for(lambda: len(notes()) == lot + 1)
        # One is shown after another, whatever their order here.
        assert sorted(note[2] for note in notes()) == \
            ['haul: 1 file failed'] * (lot + 1)
        assert sum(note[3].split('\n')[-1] == f'bad{lot}.bin: HTTP 404 Not '
                   'Found' for note in notes()) == 1
    assert all('1,100 files fetched\n' in note[3] for note in notes())
    assert q.stop() == 143
    assert 'haul: 3,300 files fetched, 322 KiB' in q.err


def test_the_bell_rings_when_nothing_is_left(queue, haul, serve):
    q = queue(start=False)
    shown = Terminal(haul, 80, 24, *q.arguments, '--bell')
    for n in (1, 2, 3):
        q.write(serve(f'{n}.bin') + '\n')
        until = time.monotonic() + 10
        while rings(shown.raw) < n:
            assert time.monotonic() < until
            shown.read(0.1)
    shown.process.send_signal(signal.SIGTERM)
    assert shown.finish().rc == 143
    assert rings(shown.raw) == 3
    assert '3 files fetched' in '\n'.join(shown.lines())
