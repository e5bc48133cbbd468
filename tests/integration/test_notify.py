# SPDX-License-Identifier: MIT
"""That all has ended, told to whoever does not look.

- --notify begins notify-send once, with the counts, what failed and why; no
  name is an option, markup or an escape in it
- it gets no descriptor of ours, no signal mask, and a session of its own
- one that hangs, fails or is missing delays nothing, fails nothing
- none for who stopped the run, nor where nothing was done
- on the screen it comes when all has ended, and not once more at its end
- --bell rings a terminal once, with the screen and without, and no pipe
- by the environment and the configuration as by the option
"""

import json
import os
import re
import signal
import time

import pytest

from cases import QUICK
from test_outputs import Terminal
from test_screen import screen      # noqa: F401

# $NOTES/note.PID has its arguments, each ended by NUL.
PROGRAM = """#!/bin/sh
for word in "$@"; do printf '%s\\0' "$word"; done > "$NOTES/new.$$"
mv "$NOTES/new.$$" "$NOTES/note.$$"
"""


@pytest.fixture
def notes(haul):
    folder = haul.home / 'notes'
    (haul.home / 'bin').mkdir()
    folder.mkdir()
    haul.environment['PATH'] = f'{haul.home}/bin:/usr/bin:/bin'
    haul.environment['NOTES'] = str(folder)
    install(haul, PROGRAM)

    def read():
        return [path.read_text().split('\0')[:-1]
                for path in sorted(folder.glob('note.*'))]
    return read


def install(haul, text):
    path = haul.home / 'bin/notify-send'
    path.write_text(text)
    path.chmod(0o755)


def one(notes):
    told = notes()
    assert len(told) == 1, told
    assert told[0][:2] == ['--app-name=haul', '--'] and len(told[0]) == 4
    return told[0][2:]


def test_what_went_well_is_one_notification(haul, serve, notes):
    result = haul('--notify', *(serve(f'{n}.bin') for n in range(3)))
    assert result.rc == 0, result
    assert one(notes) == ['haul: 3 files fetched', '']
    # All is there: the same command has nothing to do, and says so.
    (haul.home / 'notes' / 'x').touch()
    for path in (haul.home / 'notes').iterdir():
        path.unlink()
    assert haul('--notify', *(serve(f'{n}.bin') for n in range(3))).rc == 0
    assert one(notes) == ['haul: 3 files were already there', '']


def test_failures_are_counted_and_some_are_named(haul, serve, notes):
    urls = [serve('good.bin'), *(serve(f'bad{n}.bin', status=404)
                                 for n in range(5))]
    result = haul('--notify', '-n', '1', *QUICK, *urls)
    assert result.rc == 1
    title, body = one(notes)
    assert title == 'haul: 5 files failed'
    assert body.split('\n') == [
        '1 file fetched', 'bad0.bin: HTTP 404 Not Found',
        'bad1.bin: HTTP 404 Not Found', 'bad2.bin: HTTP 404 Not Found',
        '... and 2 more']


def test_a_name_is_text_alone(haul, serve, notes):
    name = '--icon=<b>x&amp;\u202e\\033[0m\\n.bin'
    assert haul('--notify', *QUICK, '--out=' + name,
                serve('a', status=404)).rc == 1
    title, body = one(notes)
    assert title == 'haul: 1 file failed'
    assert body.startswith('--icon=&lt;b&gt;x&amp;amp;'), body
    assert '<' not in body and '>' not in body
    # notify-send reads C escapes; each backslash is one of two.
    assert re.fullmatch(r'(?:[^\\]|\\\\)*', body) and '\\' in body
    assert all(c.isprintable() for c in body)
    assert '\u202e' not in body


FACTS = """#!/usr/bin/python3 -SE
import json, os
fds = {}
for fd in os.listdir('/proc/self/fd'):
    try:
        fds[fd] = os.readlink(f'/proc/self/fd/{fd}')
    except OSError:
        pass            # what listdir() had open
with open('/proc/self/status') as file:
    masks = dict(line.split(':') for line in file if line.startswith('Sig'))
with open(os.environ['NOTES'] + '/new', 'w') as file:
    json.dump([fds, os.getsid(0) == os.getpid(), int(masks['SigBlk'], 16),
               int(masks['SigIgn'], 16)], file)
os.rename(os.environ['NOTES'] + '/new', os.environ['NOTES'] + '/facts')
"""


def test_it_inherits_nothing_of_ours(haul, serve, notes):
    install(haul, FACTS)
    leak = os.open('/dev/zero', os.O_RDONLY)
    os.set_inheritable(leak, True)
    process = haul.start('--notify', serve('a.bin'), pass_fds=(leak,))
    os.close(leak)
    assert haul.finish(process).rc == 0
    path = haul.home / 'notes/facts'
    until = time.monotonic() + 5
    while not path.exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    fds, leads, blocked, ignored = json.loads(path.read_text())
    assert fds == {str(fd): '/dev/null' for fd in range(3)} and leads
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP,
                   signal.SIGWINCH, signal.SIGCHLD):
        assert not blocked >> number - 1 & 1, hex(blocked)
    # Python ignores SIGPIPE itself.
    assert not ignored >> signal.SIGCHLD - 1 & 1


def test_one_that_hangs_delays_only_for_a_moment(haul, serve, notes):
    install(haul, '#!/bin/sh\necho $$ > "$NOTES/pid"\nexec sleep 30\n')
    try:
        result = haul('--notify', serve('a.bin'))
        assert result.rc == 0 and result.seconds < 5, result
        assert 'notif' not in result.err
    finally:
        os.kill(int((haul.home / 'notes/pid').read_text()), signal.SIGKILL)


@pytest.mark.parametrize('text', ['#!/bin/sh\nexit 3\n', '#!/no/such/sh\n',
                                  '\x7fELF no program'])
def test_one_that_fails_fails_nothing(text, haul, serve, notes):
    install(haul, text)
    result = haul('--notify', serve('a.bin'))
    assert result.rc == 0 and haul.read('a.bin') == serve.data('a.bin')


def test_where_there_is_none_a_line_says_so(haul, serve, notes):
    os.unlink(haul.home / 'bin/notify-send')
    haul.environment['PATH'] = str(haul.home / 'bin')
    result = haul('--notify', serve('a.bin'))
    assert result.rc == 0
    lines = [line for line in result.err.split('\n') if 'notify' in line]
    assert lines == ['haul: --notify: there is no notify-send; no '
                     'notification will be shown.']
    assert result.err.startswith(lines[0])
    # One in the directory that things are fetched into is none.
    haul.environment['PATH'] = f'.::files:{haul.home}/bin'
    install(haul, PROGRAM)
    os.rename(haul.home / 'bin/notify-send', haul.folder / 'notify-send')
    assert lines[0] in haul('--notify', serve('b.bin')).err
    assert notes() == []


@pytest.mark.parametrize('number', (signal.SIGINT, signal.SIGTERM))
def test_none_for_who_stopped_it(number, haul, serve, notes):
    process = haul.start('--notify', serve('a.bin', size=3_000_000,
                                           rate=300_000))
    serve.wait_for_bytes('a.bin', 100_000)
    process.send_signal(number)
    assert haul.finish(process).rc != 0
    assert notes() == []


def test_it_can_be_set_elsewhere(haul, serve, notes):
    assert haul(serve('a.bin'), env={'HAUL_NOTIFY': 'yes'}).rc == 0
    assert len(notes()) == 1
    path = haul.home / '.config/haul/config'
    path.parent.mkdir(parents=True)
    path.write_text('notify\n')
    assert haul(serve('b.bin')).rc == 0
    assert len(notes()) == 2
    assert haul('--notify=no', serve('c.bin')).rc == 0
    assert haul('--verify').rc == 0
    assert len(notes()) == 2


# ---- with the screen ------------------------------------------------------

def wait_for_notes(notes, count, shown):
    until = time.monotonic() + 10
    while len(notes()) < count:
        assert time.monotonic() < until, shown.raw[-500:]
        shown.read(0.1)


def zombies(pid):
    found = []
    for entry in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{entry}/stat') as file:
                fields = file.read().rsplit(') ', 1)[1].split()
        except OSError:
            continue
        if fields[0] == 'Z' and int(fields[1]) == pid:
            found.append(entry)
    return found


def test_on_the_screen_it_comes_when_all_has_ended(screen, haul,  # noqa: F811
                                                   serve, notes):
    url = serve('gone.bin', turns=({'status': 503},) * 20)
    shown = screen('--notify', *QUICK, url)
    wait_for_notes(notes, 1, shown)
    assert shown.process.poll() is None
    assert one(notes)[0] == 'haul: 1 file failed'
    until = time.monotonic() + 5
    while zombies(shown.process.pid):
        assert time.monotonic() < until
        shown.read(0.05)
    # Retried it ends anew, and is told anew; its end alone is not.
    shown.send(b'R')
    wait_for_notes(notes, 2, shown)
    shown.read(0.3)
    shown.send(b'q')
    assert shown.finish() == 1
    assert len(notes()) == 2


def test_the_screen_that_leaves_by_itself_tells_once(screen,  # noqa: F811
                                                     haul, serve, notes):
    shown = screen('--notify', serve('a.bin', size=400_000, rate=400_000))
    shown.wait_for(b'\x1b[?1049h')
    assert shown.finish() == 0
    assert one(notes)[0] == 'haul: 1 file fetched'


# ---- the bell -------------------------------------------------------------

def rings(raw):
    """Bells that end no sequence."""
    return re.sub(rb'\x1b\][^\x07\x1b]*\x07', b'', raw).count(b'\a')


@pytest.mark.parametrize('output', ('bar', 'log', 'none', 'json'))
def test_the_bell_without_a_screen(output, haul, serve):
    shown = Terminal(haul, 80, 24, f'--output={output}', '--bell',
                     serve('a.bin'), serve('b.bin'))
    assert shown.finish().rc == 0
    assert rings(shown.raw) == 1
    shown = Terminal(haul, 80, 24, f'--output={output}', serve('c.bin'))
    shown.finish()
    assert rings(shown.raw) == 0


def test_no_bell_into_pipes(haul, serve):
    for output in ('bar', 'log', 'json', 'none'):
        result = haul(f'--output={output}', '--bell', serve('a.bin'))
        assert b'\a' not in result.out_bytes + result.err_bytes
    result = haul('--bell', '--print-filenames', serve('a.bin'))
    assert result.out_bytes == b'a.bin\n'


def test_no_bell_for_who_stopped_it(haul, serve):
    shown = Terminal(haul, 80, 24, '--headless', '--bell', serve(
        'a.bin', size=3_000_000, rate=300_000))
    serve.wait_for_bytes('a.bin', 100_000)
    shown.process.send_signal(signal.SIGINT)
    assert shown.finish().rc == 3
    assert rings(shown.raw) == 0


@pytest.mark.parametrize('size', (1000, 400_000))
def test_the_bell_with_the_screen(size, screen, serve):     # noqa: F811
    shown = screen('--bell', serve('a.bin', size=size, rate=400_000))
    assert shown.finish() == 0
    assert rings(shown.raw) == 1
