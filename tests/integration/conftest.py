# SPDX-License-Identifier: MIT
"""Fixtures of the integration tests.

haul        runs the command under test (environment HAUL, else the build)
api         runs a subcommand of programs/api.c
serve       a path of the misbehaving server for this test alone
catalogue   the misbehaving server with its whole CATALOGUE
nginx, vsftpd, vsftpd_secret, vsftpd_tls, squid, sshd, balancer, authority
            real peers (services.py)

A peer that is not there is an error with CI set, else a loud skip.
"""

import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

import pytest

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
sys.path.insert(0, str(HERE.parent / 'server'))
sys.dont_write_bytecode = True

import misbehaving      # noqa: E402
import services         # noqa: E402

TIMEOUT = 30            # seconds a run may take before it counts as hung
SCHEMA = SOURCE / 'src/cmd/output/haul-json.schema.json'


def pytest_configure():
    # SIGTERM is to end the services as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def program(variable, default):
    build = pathlib.Path(os.environ.get('HAUL_BUILDDIR') or SOURCE / 'build')
    path = os.path.abspath(os.environ.get(variable) or build / default)
    if not os.access(path, os.X_OK):
        pytest.fail(f'{variable}: there is no program {path}')
    return path


def name_servers_answer():
    try:
        socket.getaddrinfo('no-such-host.invalid', 80)
    except socket.gaierror as error:
        return error.errno != socket.EAI_AGAIN
    return True


# Without one an unknown name is no answer, but a network that is waited for.
needs_name_server = pytest.mark.skipif(
    not name_servers_answer(), reason='no name server answers here')


# ---- the command ----------------------------------------------------------

def read_records(text):
    """The lines of --json, each checked against the schema that ships."""
    assert text == '' or text.endswith('\n'), 'the last line is not ended'
    records = [json.loads(line) for line in text.splitlines()]
    validator = json_validator()
    for line, record in zip(text.splitlines(), records):
        assert len(line) < 65536
        problems = [error.message for error in validator.iter_errors(record)]
        assert not problems, f'{line}\n{problems}'
    return records


def json_validator(cache=[]):
    if not cache:
        import jsonschema
        schema = json.loads(SCHEMA.read_text())
        kind = jsonschema.validators.validator_for(schema)
        kind.check_schema(schema)
        cache.append(kind(schema))
    return cache[0]


class Result:
    """What a run left: exit code, output, and the records of --json."""

    def __init__(self, command, rc, out, err, seconds):
        self.command, self.rc, self.seconds = command, rc, seconds
        self.out_bytes, self.err_bytes = out, err
        self.out = out.decode('utf-8', 'replace')
        self.err = err.decode('utf-8', 'replace')

    def __repr__(self):
        return (f'{" ".join(self.command)}\nexit {self.rc} after '
                f'{self.seconds:.1f} s\n--- stdout\n{self.out[-4000:]}'
                f'\n--- stderr\n{self.err[-4000:]}')

    @property
    def records(self):
        return read_records(self.out)

    def events(self, kind):
        return [r for r in self.records if r['ev'] == kind]

    @property
    def failure(self):
        """The only fail record."""
        fails = self.events('fail')
        assert len(fails) == 1, self
        return fails[0]


class Haul:
    """Runs the command in a folder of its own with a clean environment."""

    def __init__(self, folder):
        self.program = program('HAUL', 'haul')
        self.folder = folder / 'files'
        self.home = folder / 'home'
        self.folder.mkdir()
        self.home.mkdir()
        self.running = []
        self.environment = {
            'HOME': str(self.home), 'LC_ALL': 'C.UTF-8', 'TZ': 'UTC',
            'XDG_STATE_HOME': str(self.home / 'state'),
            'XDG_CONFIG_DIRS': str(self.home / 'xdg'),
            'PATH': '/usr/bin:/bin', 'TMPDIR': str(folder)}
        for name in ('ASAN_OPTIONS', 'UBSAN_OPTIONS', 'LSAN_OPTIONS',
                     'TSAN_OPTIONS', 'LD_LIBRARY_PATH'):
            if name in os.environ:
                self.environment[name] = os.environ[name]

    def start(self, *arguments, **more):
        """The running process; wait for it with finish()."""
        return self.start_program(self.program, *arguments, **more)

    def start_program(self, name, *arguments, env=None, stdin=None,
                      stdin_fd=None, under=(), **more):
        pipes = {'stdout': subprocess.PIPE, 'stderr': subprocess.PIPE}
        process = subprocess.Popen(
            [*under, name, *map(os.fspath, arguments)],
            cwd=self.folder,
            stdin=stdin_fd if stdin_fd is not None else
            subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            env={**self.environment, **(env or {})}, start_new_session=True,
            **{**pipes, **more})
        process.began = time.monotonic()
        self.running.append(process)
        return process

    def finish(self, process, stdin=None, timeout=TIMEOUT):
        try:
            out, err = process.communicate(stdin, timeout)
        except subprocess.TimeoutExpired:
            self.end(process)
            out, err = process.communicate(None, 5)
            pytest.fail(f'still running after {timeout} s: ' + repr(Result(
                process.args, None, out or b'', err or b'', timeout)))
        return Result(process.args, process.returncode, out or b'',
                      err or b'', time.monotonic() - process.began)

    def __call__(self, *arguments, stdin=None, timeout=TIMEOUT, **more):
        if isinstance(stdin, str):
            stdin = stdin.encode()
        process = self.start(*arguments, stdin=stdin, **more)
        return self.finish(process, stdin, timeout)

    def traced(self, options, *arguments, **more):
        """start() under strace with those options; LeakSanitizer is left out,
        which cannot work there."""
        program = shutil.which('strace')
        if program is None:
            pytest.skip('strace is not installed')
        leaks = ':'.join(filter(None, (
            self.environment.get('ASAN_OPTIONS'), 'detect_leaks=0')))
        return self.start(*arguments, under=(program, *options),
                          env={'ASAN_OPTIONS': leaks}, **more)

    def json(self, *arguments, **more):
        result = self('--json', *arguments, **more)
        assert result.records[-1]['ev'] == 'end', result
        assert result.records[-1]['exit'] == result.rc, result
        return result

    def end(self, process):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def end_all(self):
        for process in self.running:
            if process.poll() is None:
                self.end(process)
                process.wait(5)
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe:
                    pipe.close()

    def names(self):
        """All files below the folder, by their relative names."""
        return sorted(os.path.relpath(os.path.join(at, name), self.folder)
                      for at, _, names in os.walk(self.folder)
                      for name in names)

    def read(self, name):
        return (self.folder / name).read_bytes()

    def write(self, name, data):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path


@pytest.fixture
def haul(tmp_path):
    runner = Haul(tmp_path)
    yield runner
    runner.end_all()


# ---- the library ----------------------------------------------------------

class Api:
    """Runs a subcommand of programs/api.c; its lines, split at tabs."""

    def __init__(self, haul):
        self.program = program('HAUL_API',
                                        'tests/integration/programs/api')
        self.haul = haul

    def __call__(self, *arguments, rc=0):
        process = subprocess.run(
            [self.program, *map(os.fspath, arguments)], timeout=40,
            capture_output=True, cwd=self.haul.folder,
            env=self.haul.environment, text=True)
        assert process.returncode == rc, process
        return [line.split('\t') for line in process.stdout.splitlines()]


def of_kind(lines, kind):
    return [line[1:] for line in lines if line[0] == kind]


@pytest.fixture
def api(haul):
    return Api(haul)


# ---- the misbehaving server -----------------------------------------------

@pytest.fixture(scope='session')
def catalogue():
    server = misbehaving.Server(misbehaving.CATALOGUE)
    yield server
    server.stop()


@pytest.fixture(scope='session')
def plain_server():
    server = misbehaving.Server()
    yield server
    server.stop()


@pytest.fixture(scope='session')
def tls_server(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.cert, authority.key)
    server = misbehaving.Server(tls=context)
    yield server
    server.stop()


class Serve:
    """Paths of a server below a folder that is this test's own."""

    def __init__(self, server, number):
        self.server, self.prefix = server, f'/{number}/'

    def __call__(self, name, **fields):
        return self.server.add(self.prefix + name, **fields)

    def path(self, name):
        return self.prefix + name

    def url(self, name, **more):
        return self.server.url(self.prefix + name, **more)

    def data(self, name):
        return self.server.content(self.prefix + name).read()

    def changed_data(self, name):
        return self.server.changed_content(self.prefix + name).read()

    def requests(self, name=None, method=None):
        if name is not None:
            return self.server.requests(self.prefix + name, method)
        return [r for r in self.server.requests(method=method)
                if r.path.startswith(self.prefix)]

    def sent(self, name):
        return self.server.bytes_sent(self.prefix + name)

    def wait_for_bytes(self, name, count):
        path = self.prefix + name
        assert self.server.wait_until(
            lambda: self.server.bytes_sent(path) >= count), 'no bytes came'


@pytest.fixture
def serve(plain_server, counter=[0]):
    counter[0] += 1
    return Serve(plain_server, counter[0])


@pytest.fixture
def serve_tls(tls_server, counter=[0]):
    counter[0] += 1
    return Serve(tls_server, counter[0])


# ---- real peers -----------------------------------------------------------

@pytest.fixture(scope='session')
def shared_folder():
    """One that servers which give up root can enter as well."""
    folder = tempfile.mkdtemp(prefix='haul-test-')
    os.chmod(folder, 0o755)
    yield pathlib.Path(folder)
    shutil.rmtree(folder, ignore_errors=True)


def peer(make, *arguments):
    """A service, or a skip nobody can overlook."""
    try:
        return make(*arguments)
    except services.Missing as reason:
        if os.environ.get('CI'):
            pytest.fail(str(reason))
        print(f'\n*** SKIPPED FOR WANT OF A PEER: {reason} ***',
              file=sys.__stderr__)
        pytest.skip(str(reason))


def running(kind, folder, name, *arguments):
    (folder / name).mkdir()
    service = peer(kind, str(folder / name), *arguments)
    yield service
    service.stop()


@pytest.fixture(scope='session')
def authority(shared_folder):
    (shared_folder / 'ca').mkdir()
    return peer(services.Authority, str(shared_folder / 'ca'))


@pytest.fixture(scope='session')
def nginx(shared_folder, authority):
    yield from running(services.Nginx, shared_folder, 'nginx', authority)


@pytest.fixture(scope='session')
def vsftpd(shared_folder):
    yield from running(services.Vsftpd, shared_folder, 'vsftpd')


@pytest.fixture(scope='session')
def vsftpd_tls(shared_folder, authority):
    yield from running(services.Vsftpd, shared_folder, 'vsftpd-tls', None,
                       authority)


@pytest.fixture(scope='session')
def vsftpd_secret(shared_folder):
    yield from running(services.Vsftpd, shared_folder, 'vsftpd-secret',
                       'open sesame')


@pytest.fixture(scope='session')
def squid(shared_folder):
    yield from running(services.Squid, shared_folder, 'squid')


@pytest.fixture(scope='session')
def sshd(shared_folder):
    yield from running(services.Sshd, shared_folder, 'sshd')


@pytest.fixture(scope='session')
def balancer(shared_folder):
    yield from running(services.Balancer, shared_folder, 'balancer')
