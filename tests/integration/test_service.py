# SPDX-License-Identifier: MIT
"""The unit for systemd's managers of users, without one.

- systemd-analyze finds no fault in it
- its commands make the FIFO once, fetch what is written to it, and end with a
  status that counts as success; a second one is not tried again and again
- nothing that haul does is forbidden by the unit: system calls, families of
  addresses, memory that can be written and executed
- make install puts it below the prefix, with the place of the command
"""

import configparser
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import time

import pytest

from conftest import SOURCE


class Unit:
    def __init__(self, haul):
        self.haul = haul
        self.text = (SOURCE / 'src/haul.service.in').read_text().replace(
            '@bindir@/haul', haul.program)
        parser = configparser.ConfigParser(
            strict=False, interpolation=None, comment_prefixes='#')
        parser.optionxform = str
        parser.read_string(self.text.replace('\\\n', ''))
        self.service = parser['Service']
        self.runtime = haul.home / 'run'
        # RuntimeDirectory=
        (self.runtime / self.service['RuntimeDirectory']).mkdir(parents=True)
        self.fifo = self.runtime / 'haul/queue'

    def words(self, name):
        text = self.service[name].replace('$$', '$')
        return [word.replace('%t', str(self.runtime))
                for word in shlex.split(text)]

    def prepare(self):
        subprocess.run(self.words('ExecStartPre'), check=True, timeout=10,
                       env=self.haul.environment)

    def start(self, **more):
        """In the home directory, as WorkingDirectory= has it."""
        assert self.service['WorkingDirectory'] == '~'
        return self.haul.start_program(*self.words('ExecStart'), **more)

    def fetch(self, process, serve, name):
        until = time.monotonic() + 15
        with open(self.fifo, 'w') as fifo:
            fifo.write(serve(os.path.basename(name)) + '\n')
        while name not in self.haul.names():
            assert time.monotonic() < until and process.poll() is None
            time.sleep(0.02)


@pytest.fixture
def unit(haul):
    return Unit(haul)


def test_systemd_finds_no_fault(unit, haul):
    tool = shutil.which('systemd-analyze')
    if tool is None:
        pytest.skip('systemd-analyze is not installed')
    path = haul.home / 'haul.service'
    path.write_text(unit.text)
    unit.runtime.chmod(0o700)
    result = subprocess.run(
        [tool, '--user', '--man=no', 'verify', path], timeout=60, text=True,
        capture_output=True, env={**haul.environment,
                                  'XDG_RUNTIME_DIR': str(unit.runtime)})
    assert result.returncode == 0 and result.stderr == '', result


@pytest.fixture
def at_home(haul):
    """Where the manager of the user begins it."""
    haul.folder = haul.home
    return haul


def test_downloads_are_where_downloads_are(unit, at_home, serve):
    unit.prepare()
    process = unit.start()
    unit.fetch(process, serve, 'a.bin')
    process.kill()
    process.wait(5)
    (at_home.home / 'Downloads').mkdir()
    process = unit.start()
    unit.fetch(process, serve, 'Downloads/b.bin')
    process.kill()
    process.wait(5)
    # As a desktop in another language has it.
    (at_home.home / 'bin').mkdir()
    at_home.write('bin/xdg-user-dir', '#!/bin/sh\necho "$HOME/T\u00e9l\u00e9"\n')
    os.chmod(at_home.home / 'bin/xdg-user-dir', 0o755)
    (at_home.home / 'T\u00e9l\u00e9').mkdir()
    process = unit.start(env={'PATH': f'{at_home.home}/bin:/usr/bin:/bin'})
    unit.fetch(process, serve, 'T\u00e9l\u00e9/c.bin')


def test_its_commands_do_what_it_says(unit, at_home, serve):
    haul = at_home
    unit.prepare()
    unit.prepare()
    assert oct(unit.fifo.stat().st_mode) == '0o10600'
    process = unit.start()
    unit.fetch(process, serve, 'a.bin')
    second = haul.finish(unit.start())
    assert str(second.rc) in unit.service['RestartPreventExitStatus'].split()
    process.send_signal(signal.SIGTERM)
    result = haul.finish(process)
    assert str(result.rc) in unit.service['SuccessExitStatus'].split()
    assert ' DONE ' in result.err and '\x1b' not in result.err
    # It cannot start with a wrong configuration, now or in half a minute.
    wrong = haul.finish(unit.start(env={'HAUL_MAX_CONN': 'lots'}))
    assert str(wrong.rc) in unit.service['RestartPreventExitStatus'].split()


def allowed(names):
    """The system calls of a filter."""
    calls, names = set(), [*names, '@default']
    while names:
        name = names.pop()
        if not name.startswith('@'):
            calls.add(name)
            continue
        text = subprocess.run(
            ['systemd-analyze', 'syscall-filter', name], timeout=60,
            capture_output=True, text=True, check=True).stdout
        names += re.findall(r'^    ([@a-z0-9_-]+)$', text, re.M)
    return calls


def test_nothing_that_it_does_is_forbidden(unit, at_home, serve):
    haul = at_home
    if shutil.which('systemd-analyze') is None:
        pytest.skip('systemd-analyze is not installed')
    strace = shutil.which('strace')
    if strace is None:
        pytest.skip('strace is not installed')
    unit.prepare()
    trace = haul.home / 'trace'
    process = unit.start(under=(strace, '-f', '-qq', '-o', trace),
                         env={'ASAN_OPTIONS': 'detect_leaks=0'})
    unit.fetch(process, serve, 'a.bin')
    for line in (serve('big.bin', size=3_000_000, rate=4_000_000),
                 serve('gone.bin', status=404),
                 'http://localhost:1/refused', 'http://x.invalid/'):
        with open(unit.fifo, 'w') as fifo:
            fifo.write(line + '\n')
    time.sleep(2.5)
    with open(f'/proc/{process.pid}/task/{process.pid}/children') as file:
        os.kill(int(file.read().split()[0]), signal.SIGTERM)
    haul.finish(process)
    text = trace.read_text()
    # The shell-less start itself is the manager's.
    calls = set(re.findall(r'^\d+ +([a-z0-9_]+)\(', text, re.M))
    assert {'recvfrom', 'pwrite64', 'socket'} <= calls
    assert calls - allowed(unit.service['SystemCallFilter'].split()) == set()
    families = set(re.findall(r' socket\((AF_[A-Z0-9]+)', text))
    assert families <= set(unit.service['RestrictAddressFamilies'].split())
    assert not re.search(r'mmap\([^)]*PROT_WRITE\|PROT_EXEC', text)
    assert not re.search(r'mprotect\([^)]*PROT_EXEC', text)


def test_it_is_installed_below_the_prefix(tmp_path):
    build = pathlib.Path(os.environ.get('HAUL_BUILDDIR') or SOURCE / 'build')
    made = (build / 'Makefile').read_text()
    if not re.search(r'^nodist_systemduserunit_DATA = src/', made, re.M):
        pytest.skip('configured without')
    assert re.search(r'^systemduserunitdir = (\$\{prefix\}|/)', made, re.M)
    subprocess.run(['make', '-s', f'DESTDIR={tmp_path}',
                    'systemduserunitdir=/units',
                    'install-nodist_systemduserunitDATA'], cwd=build,
                   check=True, capture_output=True, timeout=120)
    text = (tmp_path / 'units/haul.service').read_text()
    bindir, = re.findall(r'^\t(/.*)/haul ', text, re.M)
    prefix, = re.findall(r'^prefix = (.*)$', made, re.M)
    assert bindir == f'{prefix}/bin' and '@bindir' not in text
