# SPDX-License-Identifier: MIT
"""What is counted rather than timed: system calls, instructions, memory."""

import os
import re
import select
import shutil
import signal
import socket
import subprocess
import time

from . import measure, tools
from .measure import Trouble

TIMEOUT = 120


# ---- system calls and instructions a file ---------------------------------

def _traced(world, prefix, row, names):
    """Runs a row's command under a tracer; its output must be right too."""
    measure.empty_directory(world.out)
    # To make a store is no matter of a file: either run does it, or neither.
    shutil.rmtree(world.env["XDG_STATE_HOME"], ignore_errors=True)
    job = tools.Job(world, names, world.base_url("http"))
    log = os.path.join(world.run, "trace.log")
    command = [*prefix, *row.command(job)]
    sample = measure.run(command, timeout=TIMEOUT, cwd=world.run,
                         env=world.env, log=log)
    if not sample.problem:
        sample.problem = measure.compare(
            world.out, [world.path(name) for name in names], world.jobs)
    if sample.problem:
        raise Trouble(f"{row.name}: {sample.problem}")


def read_calls(path):
    """{call: count} from the table `strace -c` writes, "total" included."""
    calls = {}
    with open(path, encoding="utf-8") as table:
        for line in table:
            words = line.split()
            # % time, seconds, usecs/call, calls, [errors,] name
            if len(words) in (5, 6) and words[3].isdigit():
                calls[words[-1]] = int(words[3])
    if "total" not in calls:
        raise Trouble(f"no total in strace's table {path}")
    return calls


def read_instructions(path):
    """Sum over the program's runs in a file of callgrind."""
    with open(path, encoding="utf-8", errors="replace") as profile:
        found = re.findall(r"^(?:summary|totals): (\d+)", profile.read(),
                           re.MULTILINE)
    if not found:
        raise Trouble(f"no totals in {path}")
    return int(found[-1])


def _calls(world, row, names):
    path = os.path.join(world.run, "strace.txt")
    _traced(world, ["strace", "-f", "-qq", "-c", "-o", path], row, names)
    return read_calls(path)


def _instructions(world, row, names):
    path = os.path.join(world.run, "callgrind.out")
    if os.path.exists(path):
        os.unlink(path)
    _traced(world, ["valgrind", "-q", "--tool=callgrind",
                    "--callgrind-out-file=" + path], row, names)
    return read_instructions(path)


def cost(world, results, rows):
    """Of many files less those of one: what start-up costs is not a file's
    cost."""
    names = world.files("small")[:world.sizes.cost_count]
    more = len(names) - 1
    for row in rows:
        try:
            if shutil.which("strace"):
                many = _calls(world, row, names)
                one = _calls(world, row, names[:1])
                for title, call in (("system calls", "total"),
                                    ("rt_sigaction", "rt_sigaction")):
                    results.figures[f"{row.name}: {title} a file"] = \
                        (many.get(call, 0) - one.get(call, 0)) / more
            if shutil.which("valgrind"):
                results.figures[f"{row.name}: instructions a file"] = \
                    (_instructions(world, row, names) -
                     _instructions(world, row, names[:1])) / more
        except Trouble as trouble:
            results.notes.append(f"FAILED: {trouble}")


# ---- a list of a million --------------------------------------------------

class Silent:
    """A server that takes connections and requests, and never answers."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.open = []

    def close(self):
        for connection in [self.listener, *self.open]:
            connection.close()

    def poll(self, seconds):
        """True if a request has come in."""
        ready = select.select([self.listener, *self.open], [], [],
                              seconds)[0]
        heard = False
        for connection in ready:
            if connection is self.listener:
                self.open.append(connection.accept()[0])
                continue
            try:
                data = connection.recv(65536)
            except OSError:
                data = b""
            heard = heard or data.startswith(b"GET ")
            if not data:
                self.open.remove(connection)
                connection.close()
        return heard


def _peak_bytes(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    raise Trouble("the program ended too early")


def _settled_peak(server, process):
    """The peak once it has not grown for a second: the list is read in."""
    peak, since = 0, time.monotonic()
    deadline = since + 30
    while time.monotonic() < min(since + 1, deadline):
        server.poll(0.05)
        now = _peak_bytes(process.pid)
        if now > peak:
            peak, since = now, time.monotonic()
    return peak


def _stop(process):
    """As Ctrl-C does; returns how long it took."""
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        pass
    measure.end_session(process)
    process.wait()
    return time.monotonic() - began


def _hold(world, count):
    """Starts haul on a list of `count` URLs. Returns the seconds to its first
    request, its peak memory, the bytes of URLs, and the seconds it took to
    stop."""
    server = Silent()
    measure.empty_directory(world.out)
    job = tools.Job(world, [f"some/path/file-{i:07d}.fits"
                            for i in range(count)],
                    f"http://127.0.0.1:{server.port}")
    path = job.list()
    command = [world.haul, "-q", "--output=none", "-d", world.out, "-i", path]
    log = open(os.path.join(world.run, "million.log"), "wb")
    began = time.monotonic()
    process = measure.start(command, cwd=world.run, env=world.env,
                            stdout=log, stderr=log)
    try:
        while not server.poll(0.05):
            if process.poll() is not None or time.monotonic() > began + 60:
                raise Trouble("no request came: " +
                              measure.last_words(log.name))
        first = time.monotonic() - began
        peak = _settled_peak(server, process)
        stop = _stop(process)
    finally:
        measure.end_session(process)
        process.wait()
        log.close()
        server.close()
    return first, peak, sum(map(len, job.urls)), stop


def million(world, results, rows):
    del rows
    if world.haul is None:
        results.notes.append("not measured: no haul")
        return
    count = world.sizes.url_count
    try:
        _, little, _, _ = _hold(world, 1)
        first, peak, text, stop = _hold(world, count)
    except Trouble as trouble:
        results.notes.append(f"FAILED: {trouble}")
        return
    results.figures.update({
        "seconds to the first request": first,
        "peak memory with one URL, MiB": little / 2 ** 20,
        "peak memory with the list, MiB": peak / 2 ** 20,
        "bytes of a URL": text / count,
        "bytes an item beyond its URL": (peak - little - text) / (count - 1),
        "seconds to stop after SIGINT": stop,
    })
