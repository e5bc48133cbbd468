# SPDX-License-Identifier: MIT
"""The world a run takes place in: data, a web server, relays, and our own
programs. All of it lives in one directory that is removed at the end, and
nothing outlives the harness."""

import concurrent.futures
import ctypes
import dataclasses
import os
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from . import measure
from .measure import Trouble

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAMS = {
    "floor-http": ["floor-http.c", "floor.c"],
    "floor-tls": ["floor-tls.c", "floor.c", "-lssl", "-lcrypto"],
    "floor-files": ["floor-files.c", "floor.c"],
    "relay": ["relay.c", "floor.c"],
}

NGINX = """
daemon off;
worker_processes 1;
pid {run}/nginx.pid;
error_log {run}/nginx.log warn;
{user}
events {{ worker_connections 4096; }}
http {{
    access_log off;
    default_type application/octet-stream;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    client_body_temp_path {run}/body;
    proxy_temp_path {run}/proxy;
    fastcgi_temp_path {run}/fastcgi;
    uwsgi_temp_path {run}/uwsgi;
    scgi_temp_path {run}/scgi;
    ssl_certificate {run}/cert.pem;
    ssl_certificate_key {run}/key.pem;
    server {{
        listen 127.0.0.1:{http};
        listen 127.0.0.1:{https} ssl;
        root {data};
    }}
}}
"""


@dataclasses.dataclass(frozen=True)
class Sizes:
    big: int                    # bytes of the one big file
    mid: int                    # bytes of the file that is paced
    small_count: int
    small_size: int
    few_count: int              # files for the slow peers
    trip_count: int             # files at a round trip each
    cost_count: int             # files to count calls and instructions with
    url_count: int
    rate_bps: int
    rate_seconds: int


FULL = Sizes(big=2 << 30, mid=100 << 20, small_count=10000, small_size=16384,
             few_count=2000, trip_count=1000, cost_count=1000,
             url_count=1000000, rate_bps=10000000, rate_seconds=10)
QUICK = Sizes(big=64 << 20, mid=10 << 20, small_count=300, small_size=16384,
              few_count=50, trip_count=100, cost_count=50,
              url_count=20000, rate_bps=10000000, rate_seconds=2)

RATE_FILES = 20


def die_with_parent():
    """In the child: the kernel ends it if this harness is killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def real_program(path):
    """libtool's build-tree program is a shell script around the real one:
    measuring that would measure the shell. Returns program and the library
    path it needs."""
    directory, name = os.path.split(os.path.abspath(path))
    with open(path, "rb") as program:
        script = program.read(2) == b"#!"
    real = os.path.join(directory, ".libs", name)
    if script and os.path.exists(real):
        return real, os.path.dirname(real)
    return os.path.abspath(path), None


class World:
    """Used as a context: made on entry, gone on exit."""

    def __init__(self, parent, sizes, haul, build, jobs, say):
        self.sizes = sizes
        self.build = build
        self.jobs = jobs
        self.say = say
        self.haul, libraries = real_program(haul) if haul else (None, None)
        self.nginx = None
        try:
            self.directory = tempfile.mkdtemp(prefix="haul-bench.",
                                              dir=parent)
        except OSError as error:
            raise Trouble(f"--dir {parent}: {error.strerror}") from error
        self.data = os.path.join(self.directory, "data")
        self.out = os.path.join(self.directory, "out")
        self.run = os.path.join(self.directory, "run")
        self.programs = {}
        for path in (self.data, self.out, self.run):
            os.mkdir(path)
        self.env = measure.environment(self.run)
        if libraries:
            self.env["LD_LIBRARY_PATH"] = libraries

    def __enter__(self):
        try:
            self._find_programs()
            self._make_certificate()
            self._start_nginx()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *unused):
        if self.nginx is not None:
            self.nginx.terminate()
            try:
                self.nginx.wait(10)
            except subprocess.TimeoutExpired:
                measure.end_session(self.nginx)
                self.nginx.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    # ---- our own programs -------------------------------------------------

    def _find_programs(self):
        for name, sources in PROGRAMS.items():
            built = os.path.join(self.build or "", "tests", "bench", name)
            if not self.build or not os.access(built, os.X_OK):
                built = self._compile(name, sources)
            self.programs[name] = built

    def _compile(self, name, sources):
        config = os.path.join(self.run, "config.h")
        with open(config, "w", encoding="ascii") as file:
            file.write("#define _GNU_SOURCE 1\n"
                       "#define _FILE_OFFSET_BITS 64\n")
        built = os.path.join(self.run, name)
        self.say(f"compiling {name}")
        command = shlex.split(os.environ.get("CC", "cc"))
        command += ["-std=gnu11", "-O2", "-I" + self.run, "-o", built]
        command += [word if word.startswith("-") else os.path.join(HERE, word)
                    for word in sources]
        done = subprocess.run(command, capture_output=True, text=True,
                              timeout=60, check=False)
        if done.returncode != 0:
            raise Trouble(f"{name} does not compile:\n{done.stderr}")
        return built

    # ---- the data ---------------------------------------------------------

    def path(self, name):
        return os.path.join(self.data, name)

    def files(self, kind):
        """The names (below the data directory) of one kind of data; made at
        the first call."""
        sizes = self.sizes
        total = sizes.rate_bps * sizes.rate_seconds
        plans = {
            "big": (["big"], sizes.big),
            "mid": (["mid"], sizes.mid),
            "small": ([f"small/{i:06d}" for i in range(sizes.small_count)],
                      sizes.small_size),
            "rate-one": (["rate/all"], total),
            "rate-many": ([f"rate/{i:02d}" for i in range(RATE_FILES)],
                          total // RATE_FILES),
        }
        names, size = plans[kind]
        if not os.path.exists(self.path(names[-1])):
            self._make(names, size)
        return names

    def _make(self, names, size):
        free = shutil.disk_usage(self.data).free
        # Once to be served, once to be written, and something to spare.
        if free < 2 * len(names) * size + (256 << 20):
            raise Trouble(
                f"{self.directory}: {free >> 20} MiB free do not hold "
                f"{len(names) * size >> 20} MiB twice; give another "
                "place with --dir, or --quick")
        self.say(f"making {len(names)} x {size} bytes")
        os.makedirs(os.path.dirname(self.path(names[0])), exist_ok=True)
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            list(pool.map(lambda name: self._make_one(name, size), names))

    def _make_one(self, name, size):
        """Every block differs from every other, so that one written to a
        wrong place is found."""
        with open(self.path(name), "wb") as file:
            left = size
            while left > 0:
                left -= file.write(os.urandom(min(left, 1 << 20)))

    # ---- the server -------------------------------------------------------

    def _make_certificate(self):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", "/CN=127.0.0.1", "-addext",
             "subjectAltName=IP:127.0.0.1", "-keyout",
             os.path.join(self.run, "key.pem"), "-out",
             os.path.join(self.run, "cert.pem")],
            check=True, capture_output=True, timeout=60)

    def _start_nginx(self):
        program = shutil.which("nginx", path=os.environ.get("PATH", "") +
                               ":/usr/sbin:/sbin")
        if program is None:
            raise Trouble("nginx is needed (package nginx-light)")
        for _ in range(3):
            self.http_port, self.https_port = free_port(), free_port()
            if self._try_nginx(program):
                return
        with open(os.path.join(self.run, "nginx.err"), encoding="utf-8",
                  errors="replace") as log:
            raise Trouble("nginx does not start:\n" + log.read())

    def _try_nginx(self, program):
        config = os.path.join(self.run, "nginx.conf")
        with open(config, "w", encoding="ascii") as file:
            file.write(NGINX.format(
                run=self.run, data=self.data, http=self.http_port,
                https=self.https_port,
                user="user root;" if os.geteuid() == 0 else ""))
        with open(os.path.join(self.run, "nginx.err"), "wb") as errors:
            self.nginx = measure.start(
                [program, "-p", self.run, "-c", config], stderr=errors,
                stdout=errors, env=self.env, preexec_fn=die_with_parent)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and self.nginx.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.https_port),
                                         1).close()
                return True
            except OSError:
                time.sleep(0.02)
        measure.end_session(self.nginx)
        self.nginx.wait()
        self.nginx = None
        return False

    def base_url(self, scheme, port=None):
        if port is None:
            port = self.http_port if scheme == "http" else self.https_port
        return f"{scheme}://127.0.0.1:{port}"

    # ---- relays -----------------------------------------------------------

    def start_relay(self, options):
        return Relay(self, options)


class Relay:
    """A fresh relay for one run, so that its connections count from one."""

    def __init__(self, world, options):
        command = [world.programs["relay"], "--to",
                   f"127.0.0.1:{world.http_port}", *map(str, options)]
        self.process = measure.start(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, preexec_fn=die_with_parent)
        line = self.process.stdout.readline()
        if not line.strip().isdigit():
            self.stop()
            raise Trouble("the relay does not start")
        self.port = int(line)

    def stop(self):
        """Ends it; returns what it says it has seen."""
        try:
            said, _ = self.process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            measure.end_session(self.process)
            said, _ = self.process.communicate()
        return said.strip()
