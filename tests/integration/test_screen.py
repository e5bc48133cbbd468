# SPDX-License-Identifier: MIT
"""When the command opens the full screen, and what it leaves behind.

Covers: a terminal gets the screen, and gives it back, leaving by itself when
all is done; what is over at once opens none; what was asked for less; why
there is none where it was asked for; Ctrl-C asks, twice stops; printed paths
come after the screen; without URLs it waits for them; what is shown for
each of stdin, stdout and stderr being a terminal or not, and each TERM.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

import pytest

ENTER, LEAVE = b'\x1b[?1049h', b'\x1b[?1049l'


class Screen:
    """haul with a terminal of its own for input and output."""

    def __init__(self, haul, *arguments, **env):
        self.raw = b''
        self.haul = haul
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ,
                    struct.pack('HHHH', 24, 80, 0, 0))
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        self.process = haul.start(
            *arguments, env={'TERM': 'xterm-256color', **env},
            stdout=slave, stderr=slave, stdin_fd=slave)

    def read(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.process.poll() is None:
            if select.select([self.master], [], [], 0.02)[0]:
                self.raw += os.read(self.master, 65536)

    def wait_for(self, text, seconds=10):
        until = time.monotonic() + seconds
        while text not in self.raw:
            assert time.monotonic() < until, self.raw[-2000:]
            assert self.process.poll() is None, self.raw[-2000:]
            self.read(0.1)

    def send(self, text):
        os.write(self.master, text)

    def finish(self, seconds=20):
        """Its status; what it wrote at last is read, its terminal checked."""
        until = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < until, 'still running'
            self.read(0.2)
        while select.select([self.master], [], [], 0.1)[0]:
            self.raw += os.read(self.master, 65536)
        assert termios.tcgetattr(self.slave) == self.before
        assert self.raw.count(ENTER) == self.raw.count(LEAVE)
        os.close(self.master)
        os.close(self.slave)
        return self.process.returncode

    @property
    def last(self):
        """What stands on the normal screen in the end."""
        last = self.raw.split(LEAVE)[-1].decode()
        return re.sub(r'\x1b(\[[0-9;?]*[a-z]|>)', '', last)


@pytest.fixture
def screen(haul):
    probe = Screen(haul, '--output=tui', '--max-conn=0', 'http://x.invalid/')
    probe.finish()
    if b'built without' in probe.raw:
        pytest.skip('built without the full screen')
    return lambda *arguments, **env: Screen(haul, *arguments, **env)


def test_the_screen_opens_and_leaves_by_itself(screen, haul, serve):
    shown = screen(serve('a.bin', size=400_000, rate=300_000))
    shown.wait_for(ENTER)
    assert shown.finish() == 0
    assert '1 file fetched' in shown.last
    assert haul.read('a.bin') == serve.data('a.bin')


def test_what_is_over_at_once_opens_none(screen, haul, serve):
    shown = screen(serve('a.bin', size=1000))
    assert shown.finish() == 0
    assert ENTER not in shown.raw and '1 file fetched' in shown.last


def test_what_has_failed_at_once_stays_to_be_seen(screen, serve):
    shown = screen(serve('gone.bin', status=404))
    # Not the sentence below the list: where another stood there before, only
    # what differs is written.
    shown.wait_for(b'FAIL')
    shown.read(0.5)
    shown.send(b'q')
    assert shown.finish() == 1
    assert '404' in shown.last


@pytest.mark.parametrize('option', [
    '--headless', '--output=bar', '--output=log', '--no-file-progress',
    '--no-progress', '--quiet', '--json'])
def test_who_asks_for_less_gets_less(option, screen, serve):
    shown = screen(option, serve('a.bin', size=100_000, rate=300_000))
    assert shown.finish() == 0
    assert ENTER not in shown.raw


@pytest.mark.parametrize('term,why', [
    ('dumb', 'dumb'), ('', 'TERM is not set'), ('no-such', 'not known here')])
def test_why_there_is_no_screen(term, why, screen, serve):
    shown = screen('--output=tui', serve('a.bin', size=100_000, rate=300_000),
                   TERM=term)
    assert shown.finish() == 0
    assert 'no full screen: ' in shown.last and why in shown.last
    assert ENTER not in shown.raw


def test_a_pipe_is_no_screen(haul, serve):
    result = haul('--output=tui', serve('a.bin'))
    assert result.rc == 0
    assert 'no full screen: ' in result.err


def test_capital_q_leaves_at_once(screen, serve):
    shown = screen(serve('a.bin', size=20_000_000, rate=1_000_000))
    shown.wait_for(b'a.bin')
    shown.read(0.3)
    shown.send(b'Q')
    assert shown.finish(5) == 3


def test_ctrl_c_asks_and_twice_stops(screen, serve):
    shown = screen(serve('a.bin', size=20_000_000, rate=1_000_000))
    shown.wait_for(b'a.bin')
    shown.process.send_signal(signal.SIGINT)
    shown.wait_for(b'Quit')
    shown.read(0.5)
    assert shown.process.poll() is None
    shown.process.send_signal(signal.SIGINT)
    assert shown.finish() == 3
    assert re.search(r'left +1 +1 partial', shown.last)
    assert 'Resume:  haul --resume' in shown.last


def test_paths_are_printed_after_the_screen(screen, haul, serve):
    shown = screen('--print-filenames',
                   serve('a.bin', size=400_000, rate=300_000),
                   serve('b.bin', size=1000))
    shown.wait_for(ENTER)
    assert shown.finish() == 0
    printed = [line for line in shown.last.splitlines()
               if line.endswith('.bin')]
    assert sorted(map(os.path.basename, printed)) == ['a.bin', 'b.bin']


def test_without_urls_it_waits_for_them(screen, haul, serve):
    shown = screen()
    shown.wait_for(b'No files yet')
    shown.read(1)
    assert shown.process.poll() is None
    shown.send(b'\x1b[200~' + serve('a.bin').encode() + b'\r\x1b[201~')
    shown.wait_for(b'Add URLs')
    shown.send(b'\x1b\r')
    shown.wait_for(b'All files are there')
    shown.send(b'q')
    assert shown.finish() == 0
    assert haul.read('a.bin') == serve.data('a.bin')


def chosen(text):
    """What shows the progress, by what it wrote."""
    return 'tui' if ENTER.decode() in text else \
        'bar' if 'Total ' in text else \
        'log' if re.search(r'^\d{4}-\S+Z END ', text, re.M) else 'nothing'


class Terminals:
    """haul with some of its three descriptors on a terminal."""

    def __init__(self, haul, which, *arguments, term):
        self.master, self.slave = pty.openpty()
        env = {'TERM': term} if term is not None else {}
        paths = [haul.home / name for name in ('out', 'err')]
        with open(paths[0], 'wb') as out, open(paths[1], 'wb') as err, \
                open(os.devnull, 'rb') as nothing:
            self.process = haul.start(
                *arguments, env=env,
                stdin_fd=self.slave if 'i' in which else nothing,
                stdout=self.slave if 'o' in which else out,
                stderr=self.slave if 'e' in which else err)
        self.text = self.read(20) + \
            ''.join(path.read_text() for path in paths)

    def read(self, seconds):
        """All that it writes; a screen that stays is left by q."""
        raw, until = b'', time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < until, raw[-2000:]
            if select.select([self.master], [], [], 0.05)[0]:
                raw += os.read(self.master, 65536)
            if b'No files yet' in raw:
                os.write(self.master, b'q')
        while select.select([self.master], [], [], 0.1)[0]:
            raw += os.read(self.master, 65536)
        os.close(self.master)
        os.close(self.slave)
        return raw.decode().replace('\r\n', '\n')


WHICH = ('', 'i', 'o', 'e', 'io', 'ie', 'oe', 'ioe')


@pytest.mark.parametrize('term', ('xterm', 'dumb', '', None, 'no-such'))
@pytest.mark.parametrize('which', WHICH)
def test_what_is_shown_where(which, term, screen, haul, serve):
    """The screen wants input and output; else what stderr is decides."""
    ran = Terminals(haul, which, serve('a.bin', size=250_000, rate=300_000),
                    term=term)
    assert ran.process.returncode == 0
    plain = 'bar' if 'e' in which and term in ('xterm', 'no-such') else 'log'
    there = which in ('io', 'ioe')
    assert chosen(ran.text) == ('tui' if there and term == 'xterm' else plain)
    # A line says why where a person would have had the screen but for TERM.
    assert ran.text.count('no full screen: ') == (there and term != 'xterm')
    assert haul.read('a.bin') == serve.data('a.bin')


@pytest.mark.parametrize('term', ('xterm', 'dumb', None, 'no-such'))
@pytest.mark.parametrize('which', WHICH)
def test_without_urls_only_the_screen_can_ask(which, term, screen, haul):
    ran = Terminals(haul, which, term=term)
    there = which in ('io', 'ioe')
    if there and term == 'xterm':
        assert ran.process.returncode == 0 and chosen(ran.text) == 'tui'
        return
    assert ran.process.returncode == 2
    assert ran.text.count('No URL was given') == 1
    assert ('no full screen: ' in ran.text) == there
    assert chosen(ran.text) == 'nothing'


@pytest.mark.parametrize('option', ('--headless', '--output=log', '--quiet',
                                    '--json', '--no-progress'))
def test_who_asks_for_no_screen_hears_of_none(option, screen, haul, serve):
    ran = Terminals(haul, 'ioe', option, serve('a.bin'), term='dumb')
    assert ran.process.returncode == 0
    assert 'full screen' not in ran.text
