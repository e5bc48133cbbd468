# SPDX-License-Identifier: MIT
"""haul --doctor: each thing is broken here, and told, with what to do.

- all is well: every check is ok, exit 0, in time, without network, and nothing
  is other than before; 80 columns, colours on a terminal alone
- locale, terminal, certificates, clock, proxies
- directories: a file in their place, read-only, full, of memory, not there;
  a disk that does not answer is not waited for, and nothing is left on it
- the store: damaged in its head and within, newer, foreign, open to others, in
  use, with a log; it is never changed
- limits, configuration, environment, logins, helpers
- --json: the records of the schema, one for each check
"""

import itertools
import os
import pathlib
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import time

import pexpect
import pytest

from conftest import SOURCE, read_records
from disks import loud_skip, small_disk

K = 1024
STATES = ('ok', 'note', 'wrong')

# Valid for two days of January 2001.
EXPIRED = """-----BEGIN CERTIFICATE-----
MIIBbTCCAROgAwIBAgIURXH1SPE9nkSr4EIQcCsAv4CDJUMwCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBeDAeFw0wMTAxMDEwMDAwMDBaFw0wMTAxMDMwMDAwMDBaMAwx
CjAIBgNVBAMMAXgwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAS8plB7EOxTlW8w
gcACVMObm017JG7w0mrxOlZPJvCxcbAkoPe66BR8SkdTotFeT13RpW2wgwpK8Ba4
o67I722To1MwUTAdBgNVHQ4EFgQUgbKLfRPhg2P1gr9DLRICSaCGqhgwHwYDVR0j
BBgwFoAUgbKLfRPhg2P1gr9DLRICSaCGqhgwDwYDVR0TAQH/BAUwAwEB/zAKBggq
hkjOPQQDAgNIADBFAiEA2u7hHgJGg5jGFDdMSukg2DUq4aT/n2FEjSlBxYhkEssC
IEubO+DDiWyvdCrSoTrGcej+jfV8erCpTCTPWuFLjOxp
-----END CERTIFICATE-----
"""


class Report:
    """The findings of a --doctor --json, by check."""

    def __init__(self, result):
        self.result = result
        records = read_records(result.out)
        # strace speaks of its own delays.
        assert [line for line in result.err.splitlines()
                if 'strace: ' not in line] == [], result
        self.findings = {r['check']: r for r in records[:-1]}
        assert len(self.findings) == len(records) - 1
        last = records[-1]
        assert last['ev'] == 'diagnosis'
        for state in STATES:
            assert last[state] == len(self.of(state)), result
        assert result.rc == (1 if last['wrong'] else 0), result

    def of(self, state):
        return {name for name, r in self.findings.items()
                if r['state'] == state}

    def __call__(self, check, state, found='', advice=None):
        """The finding is so, and no other check is worse than ok."""
        r = self.findings[check]
        assert r['state'] == state, r
        assert found in (r['found'] or ''), r
        assert advice is None or advice in (r['advice'] or ''), r
        assert state == 'ok' or r['advice'], r
        return self

    def only(self, check, *rest, **more):
        self(check, *rest, **more)
        worse = {check} if rest[0] != 'ok' else set()
        assert self.of('wrong') | self.of('note') == worse, self.findings


@pytest.fixture
def doctor(haul):
    def run(*arguments, **more):
        return Report(haul('--doctor', '--json', *arguments, **more))
    return run


@pytest.fixture
def store(haul):
    return haul.home / 'state' / 'haul' / 'queue.db'


def every_file(haul):
    """name -> what stands there, of all that a haul here could touch."""
    found = {}
    for top in (haul.folder, haul.home):
        for at, dirs, names in os.walk(top):
            for name in (*dirs, *names):
                path = pathlib.Path(at, name)
                st = path.lstat()
                found[path] = (st.st_mode, st.st_ino, path.read_bytes()
                               if path.is_file() else None)
    return found


# ---- all is well ----------------------------------------------------------

def test_nothing_is_wrong_and_nothing_changes(haul, doctor, serve):
    haul('-q', serve('a.bin', size=K))
    before = every_file(haul)
    report = doctor()
    assert report.of('wrong') == report.of('note') == set(), report.findings
    assert report.result.seconds < 2
    assert every_file(haul) == before
    report('haul', 'ok', '0.1.0')('libcurl', 'ok', 'https')
    report('directory', 'ok', str(haul.folder))('store', 'ok', '1 run')
    report('locale', 'ok', 'UTF-8')('certificates', 'ok', '(')


def test_it_uses_no_network(haul):
    haul.environment['https_proxy'] = 'http://proxy.example:3128'
    process = haul.traced(['-f', '-qq', '-e', 'trace=%network', '-o', 'calls'],
                          '--doctor')
    assert haul.finish(process).rc == 0
    calls = haul.read('calls').decode()
    assert 'AF_INET' not in calls and 'NETLINK' not in calls, calls


def test_for_people_it_fits_80_columns(haul):
    result = haul('--doctor', '-d', 'x' * 100)
    assert result.rc == 0 and result.err == '', result
    lines = result.out.splitlines()
    assert max(map(len, lines)) < 80
    assert lines[0] == 'OK     haul             0.1.0'
    assert lines[-2:] == ['', 'Nothing is wrong.']
    assert '\033' not in result.out


def test_what_is_wrong_comes_last(haul):
    result = haul('--doctor', '-d', '/proc', env={
        'https_proxy': 'gopher://x', 'HAUL_MAXCONN': '3', 'LC_ALL': 'C'})
    assert result.rc == 1
    rows = re.findall(r'^(\w+) +([a-z]+(?: [a-z]+)?)  ', result.out, re.M)
    assert len(rows) == 18 and rows[-4:] == [
        ('note', 'locale'), ('note', 'environment'), ('WRONG', 'proxies'),
        ('WRONG', 'directory')], rows
    assert {state for state, _ in rows[:-4]} == {'OK'}
    assert result.out.endswith(
        'Wrong: proxies, directory. Worth a look: locale, environment.\n')


def on_a_terminal(haul, *arguments, env=None, columns=80):
    child = pexpect.spawn(
        haul.program, ['--doctor', *arguments], cwd=str(haul.folder),
        env={**haul.environment, 'TERM': 'xterm-256color', **(env or {})},
        dimensions=(24, columns), timeout=20, encoding='utf-8')
    child.expect(pexpect.EOF)
    child.close()
    return child.before.replace('\r', ''), child.exitstatus


def test_on_a_terminal_it_has_colours_and_its_size(haul):
    (haul.folder / 'file').write_text('')
    text, status = on_a_terminal(haul, '-d', 'file')
    assert status == 1
    assert '\033[1;31mWRONG\033[m' in text
    assert re.search(r'terminal +xterm-256color, 256 colours, UTF-8, 80x24\n',
                     text), text
    assert text.endswith('\n\nWrong: directory.\n')
    for more in ({'env': {'NO_COLOR': '1'}}, {'env': {'TERM': 'dumb'}}):
        assert '\033' not in on_a_terminal(haul, '-d', 'file', **more)[0]
    assert '\033' not in on_a_terminal(haul, '-d', 'file', '--color=never')[0]
    text, _ = on_a_terminal(haul, '-d', 'file', '--color=safe')
    assert '\033[1mWRONG\033[m' in text and '31m' not in text


def test_a_narrow_terminal_is_noted_and_fits(haul):
    text, status = on_a_terminal(haul, env={'NO_COLOR': '1'}, columns=39)
    assert status == 0
    assert max(map(len, text.split('\n'))) <= 40
    assert 'has no room' in re.sub(r'\s+', ' ', text)


# ---- locale and terminal --------------------------------------------------

def test_a_locale_that_is_not_there(haul, doctor):
    env = {'LC_ALL': '', 'LANG': 'xx_YY.UTF-8'}
    doctor(env=env).only('locale', 'wrong', 'LANG=xx_YY.UTF-8', 'locale-gen')
    doctor(env={**env, 'LC_ALL': 'qq'}).only('locale', 'wrong', 'LC_ALL=qq')
    result = haul('--doctor', env=env)
    assert result.rc == 1
    assert result.out.endswith('\nWrong: locale.\n')


def test_a_locale_without_utf8(doctor):
    doctor(env={'LC_ALL': 'C'}).only('locale', 'note', 'C, ASCII', '--utf8')
    doctor(env={'LC_ALL': '', 'LC_CTYPE': '', 'LANG': ''}).only(
        'locale', 'note', 'ASCII')


def test_a_terminal_that_nobody_knows(doctor):
    doctor(env={'TERM': 'nonsense'}).only(
        'terminal', 'wrong', 'nonsense', "'nonsense'")
    doctor(env={'TERM': 'vt100'}).only('terminal', 'ok', 'no colours')
    doctor(env={'TERM': ''}).only('terminal', 'ok', 'TERM is not set')


def test_on_a_terminal_term_must_be_set(haul):
    text, status = on_a_terminal(haul, env={'TERM': ''})
    assert status == 1 and 'Set it to what the terminal is' in text


@pytest.mark.parametrize('variable, term, wanted', [
    ('TMUX', 'xterm', 'tmux-256color'), ('STY', 'xterm', 'screen-256color'),
    ('TMUX', 'screen', None), ('STY', 'screen', None)])
def test_within_a_multiplexer(doctor, variable, term, wanted):
    report = doctor(env={variable: 'x', 'TERM': term})
    if wanted:
        report.only('terminal', 'note', term, f"'{wanted}'")
    else:
        report('terminal', 'ok', term)


# ---- network --------------------------------------------------------------

def authorities():
    return pathlib.Path('/etc/ssl/certs/ca-certificates.crt').read_text()


def test_certificates(haul, doctor):
    haul.write('expired.pem', EXPIRED)
    haul.write('none.pem', '# nothing\n')
    haul.write('torn.pem', EXPIRED[:300])
    haul.write('garbled.pem', EXPIRED.replace('MIIBbTCC', 'MIIBbTC!'))
    haul.write('both.pem', EXPIRED + authorities())
    doctor('--cacert=expired.pem').only('certificates', 'wrong',
                                        'none is valid, of 1', 'ca-certif')
    doctor(env={'HAUL_CACERT': 'none.pem'}).only(
        'certificates', 'wrong', 'none.pem: no certificate')
    for name in ('torn.pem', 'garbled.pem'):
        doctor('--cacert', name).only('certificates', 'wrong', 'none is valid')
    doctor('--cacert=both.pem').only('certificates', 'ok', 'both.pem (')
    haul.write('half.pem', authorities() + EXPIRED[:300])
    doctor('--cacert=half.pem').only('certificates', 'note', 'half.pem',
                                     'Make the file half.pem anew')


def test_a_file_of_certificates_that_is_missing(haul, doctor):
    doctor(env={'HAUL_CACERT': 'nothing.pem'}).only(
        'environment', 'wrong', 'HAUL_CACERT', "'nothing.pem' cannot be read")
    result = haul('--doctor', '--cacert=nothing.pem')
    assert result.rc == 2 and result.out == '', result


@pytest.mark.parametrize('name', ['SSL_CERT_FILE', 'CURL_CA_BUNDLE',
                                  'SSL_CERT_DIR'])
def test_what_libcurl_does_not_read_is_told(haul, doctor, name):
    haul.write('expired.pem', EXPIRED)
    for value in ('/nothing', 'expired.pem'):
        doctor(env={name: value}).only('certificates', 'note',
                                       f'{name}={value}', 'HAUL_CACERT')
    for value in ('/etc/ssl/certs/ca-certificates.crt', '/etc/ssl/certs'):
        doctor(env={name: value}).only('certificates', 'ok', '/etc/ssl')
    haul.write('own.pem', authorities())
    doctor('--cacert=own.pem', env={name: '/nothing'}).only(
        'certificates', 'ok', 'own.pem')


def test_certificates_that_nobody_verifies(doctor):
    doctor('-k').only('certificates', 'note', '--insecure', 'anybody')


def test_a_clock_before_the_building_of_haul(haul, doctor, tmp_path):
    """Its file is as old as it: here one of the next year."""
    haul.program = shutil.copy(haul.program, tmp_path / 'haul')
    doctor().only('clock', 'ok', time.strftime('%Y-'))
    later = time.time() + 366 * 86400
    os.utime(haul.program, (later, later))
    doctor().only('clock', 'wrong', time.strftime('%Y-'), 'set the clock')
    os.utime(haul.program, (time.time() - 25 * 366 * 86400,) * 2)
    doctor().only('clock', 'note', advice='see whether')


def test_proxies(doctor):
    doctor(env={'https_proxy': 'http://u:secret@proxy.example:3128'}).only(
        'proxies', 'ok', 'https_proxy=http://***@proxy.example:3128')
    for name in ('http_proxy', 'HTTPS_PROXY', 'all_proxy'):
        doctor(env={name: 'http://proxy.example:99999'}).only(
            'proxies', 'wrong', f'{name}=', f'{name}: ')
    report = doctor(env={'ftp_proxy': 'gopher://u:secret@proxy.example'})
    report.only('proxies', 'wrong', 'ftp_proxy=')
    assert 'secret' not in report.result.out
    report = doctor(env={'no_proxy': 'http://u:secret@a.example'})
    report.only('proxies', 'note', 'no_proxy=')
    assert 'secret' not in report.result.out
    doctor(env={'no_proxy': 'localhost,.example.org'}).only('proxies', 'ok')
    for value in ('*.example.org', 'http://a.example', 'a.example;b.example'):
        doctor(env={'NO_PROXY': value}).only('proxies', 'note', value,
                                             'by commas')


# ---- places ---------------------------------------------------------------

def test_a_file_in_the_place_of_the_directory(haul, doctor):
    haul.write('file', 'x')
    doctor('-d', 'file').only('directory', 'wrong', 'Not a directory',
                              '--directory')
    doctor('-d', 'file/below').only('directory', 'wrong', 'Not a directory')
    assert haul.names() == ['file'] and haul.read('file') == b'x'


def test_a_directory_that_will_be_made(haul, doctor):
    for name in ('a/b/c', str(haul.folder / 'a/b/'), 'a//b'):
        doctor('-d', name).only('directory', 'ok', 'not there yet')
    assert os.listdir(haul.folder) == []


def test_a_place_where_nothing_can_be_made(doctor):
    doctor('-d', '/proc').only('directory', 'wrong', 'no file can be made',
                               'Choose another place by --directory')
    report = doctor(env={'XDG_STATE_HOME': '/proc/none'})
    report('state', 'wrong', 'no file can be made', '--store')
    assert report.of('wrong') == {'state'}
    doctor(env={'XDG_STATE_HOME': '', 'HOME': ''}).only(
        'state', 'wrong', 'no place', 'Set HOME')


def test_without_a_store_none_is_looked_at(doctor):
    env = {'XDG_STATE_HOME': '/proc/none'}
    for option in ('--no-store', '--discard'):
        report = doctor(option, env=env)
        assert not report.of('wrong') | report.of('note')
        report('state', 'ok', 'not recorded')('store', 'ok', 'not recorded')


@pytest.fixture
def disk(haul):
    with small_disk(haul, 'size=8m,nr_inodes=100,mode=777') as path:
        yield path


def test_a_small_disk_in_memory_then_full_then_read_only(disk, doctor):
    doctor('-d', disk).only('directory', 'note', 'tmpfs, 8.00 MiB free',
                            'That is memory')
    doctor('-d', disk)('directory', 'note', 'more files', 'df -i')
    fill = disk / 'fill'
    fill.write_bytes(bytes(8 << 20))
    doctor('-d', disk).only('directory', 'wrong', 'No space left on device',
                            'Make room there')
    fill.unlink()
    subprocess.run(['mount', '-o', 'remount,ro', disk], check=True)
    doctor('-d', disk).only('directory', 'wrong', 'Read-only file system')


def test_a_disk_without_a_file_left(disk, doctor):
    for i in range(200):
        try:
            (disk / str(i)).write_bytes(b'')
        except OSError:
            break
    doctor('-d', disk).only('directory', 'wrong', 'room for 0 more files')


def test_a_disk_that_does_not_answer(haul):
    """Every sync takes eight seconds, and strace waits for its end."""
    process = haul.traced(
        ['-f', '-qq', '-e', 'trace=fdatasync', '-e',
         'inject=fdatasync:delay_enter=8000000', '-o', '/dev/null'],
        '--doctor', '--json')
    lines = iter(process.stdout.readline, b'')
    out = b''.join(itertools.takewhile(lambda line: b'diagnosis' not in line,
                                       lines)).decode()
    assert time.monotonic() - process.began < 4
    states = {r['check']: r['state'] for r in read_records(out)}
    # On a slow machine the second one is let off with a note.
    assert states.pop('directory') == 'wrong'
    assert states.pop('state') in ('wrong', 'note')
    assert set(states.values()) == {'ok'}, out
    assert out.count('no answer in time') == out.count('slow or gone') == 2
    assert haul.names() == []
    haul.end(process)


def poked(haul, magic, *arguments):
    """As if every file system were of that kind."""
    value = magic.to_bytes(8, 'little').hex()
    process = haul.traced(
        ['-f', '-qq', '-e', 'trace=statfs', '-e',
         f'inject=statfs:poke_exit=@arg2={value}', '-o', '/dev/null'],
        '--doctor', '--json', *arguments)
    result = haul.finish(process)
    if 'poke_exit' in result.err:
        loud_skip('this strace pokes not: ' + result.err)
    return Report(result)


def test_kinds_of_file_systems(haul):
    poked(haul, 0xef53).only('directory', 'ok', ', ext4, ')
    poked(haul, 0x123456)('directory', 'ok', ', 0x123456, ')
    poked(haul, 0x4d44)('directory', 'note', ', vfat, ', '4 GiB')
    report = poked(haul, 0x6969)
    report.only('state', 'note', ', nfs, ', 'network file system')
    report('directory', 'ok', ', nfs, ')


def test_a_file_system_without_locks(haul):
    process = haul.traced(
        ['-f', '-qq', '-e', 'trace=flock', '-e', 'inject=flock:error=ENOSYS',
         '-o', '/dev/null'], '--doctor', '--json', '--no-store')
    Report(haul.finish(process)).only('directory', 'wrong',
                                      'no file can be made', '-o flock')
    assert haul.names() == []


def test_locks_that_do_not_hold(haul):
    process = haul.traced(
        ['-f', '-qq', '-e', 'trace=flock', '-e', 'inject=flock:retval=0',
         '-o', '/dev/null'], '--doctor', '--json', '--no-store')
    Report(haul.finish(process)).only('directory', 'note', 'no locks',
                                      'two hauls')


def test_a_slow_disk(haul):
    process = haul.traced(
        ['-f', '-qq', '-e', 'trace=fdatasync', '-e',
         'inject=fdatasync:delay_enter=400000', '-o', '/dev/null'],
        '--doctor', '--json', '--no-store')
    Report(haul.finish(process)).only('directory', 'note', 'a sync takes 0.',
                                      '--fsync=never')


# ---- the store ------------------------------------------------------------

@pytest.fixture
def record(haul, serve, store):
    """A run that is recorded; the store's bytes."""
    haul('-q', *[serve(f'{i}.bin', size=K) for i in range(200)])
    return store.read_bytes()


def test_a_damaged_store(haul, doctor, store, record):
    for damaged in (b'\0garbage' * 1000, record[:4096] + b'\xff' * 4096 +
                    record[8192:], record[:len(record) // 2],
                    # ... which nothing but a look at all pages sees.
                    record[:-4096] + b'\xff' * 4096):
        store.write_bytes(damaged)
        doctor().only('store', 'wrong', 'damaged', 'puts it aside')
        assert store.read_bytes() == damaged
        assert os.listdir(store.parent) == [store.name]


def test_a_database_that_is_not_hauls(doctor, store):
    store.parent.mkdir(parents=True)
    with sqlite3.connect(store) as database:
        database.execute('CREATE TABLE songs (name)')
    store.chmod(0o600)
    doctor().only('store', 'wrong', "not haul's")


def test_a_store_of_a_newer_haul(doctor, store, record):
    database = sqlite3.connect(store)
    database.execute('PRAGMA user_version = 99')
    database.close()
    doctor().only('store', 'wrong', str(store), 'written by a newer haul')


def test_a_store_of_others(doctor, store, record):
    store.parent.chmod(0o777)
    doctor().only('store', 'wrong', str(store), 'somebody else')
    store.parent.chmod(0o700)
    store.chmod(0o644)
    doctor().only('store', 'note', 'mode 644', 'chmod 600')


def test_a_strange_name_of_a_store(haul, doctor, record, store):
    name = haul.folder / 'a ?mode=rwc&x#%41.db'
    shutil.copy(store, name)
    doctor('--store', name).only('store', 'ok', '1 run')
    doctor('--store', '/' + str(name)).only('store', 'ok', '1 run')
    assert haul.names() == sorted([name.name, *[f'{i}.bin' for i in
                                                range(200)]])


def test_a_store_in_use_and_one_whose_run_was_killed(haul, doctor, serve,
                                                     store):
    process = haul.start('-q', '--limit-rate=20K', serve('a.bin',
                                                         size=1 << 20))
    until = time.monotonic() + 15
    while '1 run' not in doctor().findings['store']['found']:
        assert time.monotonic() < until
        time.sleep(0.1)
    doctor().only('store', 'ok', f'in use by process {process.pid}')
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    log = store.with_name('queue.db-wal')
    assert log.stat().st_size > 0
    before = {name: data for name, data in every_file(haul).items()
              if not name.name.endswith('-shm')}
    report = doctor()
    report.only('store', 'ok', '1 run')
    assert 'in use' not in report.findings['store']['found']
    assert {name: data for name, data in every_file(haul).items()
            if not name.name.endswith('-shm')} == before
    assert haul('-q', '--resume', '--limit-rate=0').rc == 0


# ---- settings -------------------------------------------------------------

def limited(which, value):
    return {'preexec_fn': lambda: resource.setrlimit(which, (value, value))}


def test_few_descriptors(doctor):
    doctor(**limited(resource.RLIMIT_NOFILE, 12)).only(
        'descriptors', 'wrong', '12; 25 connections', 'ulimit -n')
    doctor(**limited(resource.RLIMIT_NOFILE, 40)).only(
        'descriptors', 'note', '40; 25 connections', 'needs 59 open files')
    doctor('-n1', '-s1', **limited(resource.RLIMIT_NOFILE, 40)).only(
        'descriptors', 'ok', '40; 1 connection at most')
    doctor('-n100', **limited(resource.RLIMIT_NOFILE, 256)).only(
        'descriptors', 'note', '500 connections')


def test_limits(doctor):
    doctor(**limited(resource.RLIMIT_FSIZE, 1 << 20)).only(
        'limits', 'note', 'files of 1.00 MiB', 'ulimit -f')
    doctor(**limited(resource.RLIMIT_FSIZE, 1 << 40)).only(
        'limits', 'ok', 'files of 1.00 TiB')


def user_file(haul, text, mode=0o600):
    path = haul.home / '.config/haul/config'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def test_configuration(haul, doctor):
    path = user_file(haul, 'max-conn = 3\n')
    doctor().only('configuration', 'ok', str(path))
    user_file(haul, '\nmax-con = 3\nretries = x\n')
    report = doctor()
    report.only('configuration', 'wrong', str(path), f'{path}:2: there is no '
                "option 'max-con'; did you mean 'max-conn'?")
    report('configuration', 'wrong', advice=f'{path}:3:')
    doctor('--no-config').only('configuration', 'ok', 'no file')
    user_file(haul, 'user = me:secret\n', 0o644)
    report = doctor()
    report.only('configuration', 'note', str(path), 'chmod 600')
    assert 'secret@' not in report.result.out and 'me:' not in \
        report.result.out
    user_file(haul, '', 0o666)
    doctor().only('configuration', 'wrong', advice='others can write it')


def test_what_a_configuration_says_is_looked_at(haul, doctor):
    haul.write('file', '')
    user_file(haul, 'directory = file\nmax-conn = 7\n')
    report = doctor()
    report.only('directory', 'wrong', 'Not a directory')
    report('descriptors', 'ok', '35 connections')


def test_environment(doctor, haul):
    doctor(env={'HAUL_MAX_CONN': '7'}).only('environment', 'ok',
                                            'HAUL_MAX_CONN')
    doctor(env={'HAUL_MAX_CONN': 'many'}).only(
        'environment', 'wrong', 'HAUL_MAX_CONN', "'many' is not a number")
    doctor(env={'HAUL_MAXCONN': '7'}).only(
        'environment', 'note', 'HAUL_MAXCONN', 'did you mean HAUL_MAX_CONN?')
    for name in ('HAUL_LIBRARY', 'PARFIVE_HIDE_PROGRESS', 'HAUL_HIDE_PROGESS',
                 'PARFIVE_X'):
        doctor(env={name: '1'}).only('environment', 'ok')
    # Otherwise it is as it ever was.
    env = {'HAUL_MAX_CONN': 'many'}
    result = haul('--help', env=env)
    assert result.rc == 2 and 'HAUL_MAX_CONN' in result.err
    result = haul('--doctor', '--max-conn=few', env=env)
    assert result.rc == 2 and 'HAUL_MAX_CONN' in result.err, result


def test_logins(haul, doctor):
    path = haul.home / '.netrc'
    path.write_text('machine a login b password c\n')
    path.chmod(0o600)
    doctor().only('logins', 'ok', str(path))
    path.chmod(0o640)
    doctor().only('logins', 'note', 'mode 640', 'chmod 600')


def test_helpers(doctor, haul):
    doctor().only('helpers', 'ok', 'none')
    env = {'HAUL_NOTIFY': 'yes', 'PATH': str(haul.home)}
    doctor(env=env).only('helpers', 'note', 'no notify-send', 'libnotify-bin')
    (haul.home / 'notify-send').write_text('#!/bin/sh\nexit 9\n')
    (haul.home / 'notify-send').chmod(0o755)
    doctor(env=env).only('helpers', 'ok', 'notify-send')


def test_quiet_tells_what_is_not_ok(haul):
    assert haul('--doctor', '-q').out == ''
    haul.write('file', '')
    result = haul('--doctor', '-q', '-k', '-d', 'file')
    assert result.rc == 1
    assert re.findall(r'^(\w+) +(\w+) ', result.out, re.M) == [
        ('note', 'certificates'), ('WRONG', 'directory')], result


def test_help_wins_and_urls_do_not_matter(haul, doctor):
    assert haul('--doctor', '--help').out.startswith('Usage')
    doctor('http://127.0.0.1:1/a')
    assert haul.names() == []


def test_version_names_the_libraries(haul):
    lines = haul('--version').out.splitlines()
    assert lines[0] == 'haul 0.1.0' and len(lines) == 2
    for name in ('libcurl/', 'libev/', 'SQLite/', 'ncurses ', 'SSL/'):
        assert name in lines[1]


def test_the_schema_has_every_check(doctor):
    table = (SOURCE / 'src/cmd/doctor/doctor.c').read_text()
    wanted = re.findall(r'^\t\{ "(\w+)", ', table, re.M)
    assert len(wanted) > 10
    assert list(doctor().findings) == wanted
