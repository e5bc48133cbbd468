# SPDX-License-Identifier: MIT
"""Runs one command, measures it, and compares what it made."""

import concurrent.futures
import dataclasses
import os
import select
import shutil
import signal
import subprocess
import time

BLOCK = 1 << 20


class Trouble(Exception):
    """Something that makes measuring pointless; the text is for a person."""


@dataclasses.dataclass
class Sample:
    """One run of one command."""
    command: list
    wall: float = 0.0           # seconds
    user: float = 0.0
    sys: float = 0.0
    rss_kib: int = 0            # never below the size of this Python, which
                                # the kernel counts until the exec
    voluntary: int = 0          # context switches
    involuntary: int = 0
    status: int = 0             # exit status, -N for signal N
    timed_out: bool = False
    problem: str = ""           # why the run does not count, if it does not
    relay: str = ""             # what the relay had seen at its end

    @property
    def cpu(self):
        return self.user + self.sys


def environment(home):
    """One that holds nothing of the user's settings and proxies."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": home,
        "XDG_STATE_HOME": os.path.join(home, "state"),
        "HAUL_NO_CONFIG": "yes",
        "TMPDIR": home,
        "LANG": "C.UTF-8",
    }


def start(command, **settings):
    """Starts a command in a session of its own, so that all of it can be
    ended at once; with no input unless the settings say otherwise."""
    settings.setdefault("stdin", subprocess.DEVNULL)
    try:
        return subprocess.Popen(command, start_new_session=True, **settings)
    except OSError as error:
        raise Trouble(f"cannot run {command[0]}: {error.strerror}") from error


def end_session(process, which=signal.SIGKILL):
    try:
        os.killpg(process.pid, which)
    except ProcessLookupError:
        pass


def run(command, *, timeout, cwd, env, log):
    """Measures one run; its output goes to the file `log`."""
    sample = Sample(command=[str(word) for word in command])
    with open(log, "wb") as output:
        began = time.monotonic()
        process = start(sample.command, cwd=cwd, env=env, stdout=output,
                        stderr=output)
        handle = os.pidfd_open(process.pid)
        try:
            ended = select.select([handle], [], [], timeout)[0]
        finally:
            # Also when we are told to stop: nothing is left running.
            if not select.select([handle], [], [], 0)[0]:
                end_session(process)
            os.close(handle)
            _, status, usage = os.wait4(process.pid, 0)
        sample.wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    end_session(process)
    sample.status = process.returncode
    sample.timed_out = not ended
    sample.user = usage.ru_utime
    sample.sys = usage.ru_stime
    sample.rss_kib = usage.ru_maxrss
    sample.voluntary = usage.ru_nvcsw
    sample.involuntary = usage.ru_nivcsw
    if sample.timed_out:
        sample.problem = f"not done after {timeout} s"
    elif sample.status != 0:
        sample.problem = f"exit status {sample.status}: {last_words(log)}"
    return sample


def last_words(path):
    """The end of a log, to say why a command failed."""
    with open(path, "rb") as log:
        log.seek(max(0, os.path.getsize(path) - 300))
        text = log.read().decode("utf-8", "replace").strip()
    return " / ".join(text.splitlines()[-3:]) or "(said nothing)"


def empty_directory(path):
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)


def _same_stretch(made, wanted, start_at, end_at):
    """Compares [start_at, end_at) of two files of the same size."""
    with open(made, "rb") as left, open(wanted, "rb") as right:
        offset = start_at
        while offset < end_at:
            size = min(BLOCK, end_at - offset)
            if os.pread(left.fileno(), size, offset) != \
                    os.pread(right.fileno(), size, offset):
                return f"{made}: wrong bytes in the {size} from {offset}"
            offset += size
    return ""


def _same_files(pairs):
    for made, wanted in pairs:
        if os.path.getsize(made) != os.path.getsize(wanted):
            return (f"{made}: {os.path.getsize(made)} bytes instead of "
                    f"{os.path.getsize(wanted)}")
        problem = _same_stretch(made, wanted, 0, os.path.getsize(wanted))
        if problem:
            return problem
    return ""


def compare(directory, wanted, jobs):
    """Compares a directory with the files that should be in it, byte by byte,
    by `jobs` threads. Returns "" or the first difference. Too many files (a
    left-over part or control file) is a difference too."""
    there = set(os.listdir(directory))
    names = {os.path.basename(path): path for path in wanted}
    if there != set(names):
        missing = sorted(set(names) - there)
        extra = sorted(there - set(names))
        return (f"{len(missing)} files missing {missing[:3]}, "
                f"{len(extra)} too many {extra[:3]}")
    pairs = [(os.path.join(directory, name), path)
             for name, path in names.items()]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        if len(pairs) != 1:
            found = pool.map(_same_files,
                             [pairs[i::jobs] for i in range(jobs)])
            return next((text for text in found if text), "")
        made, source = pairs[0]
        size = os.path.getsize(source)
        if os.path.getsize(made) != size:
            return f"{made}: {os.path.getsize(made)} bytes, not {size}"
        edges = [size * i // jobs for i in range(jobs + 1)]
        found = pool.map(_same_stretch, [made] * jobs, [source] * jobs,
                         edges[:-1], edges[1:])
        return next((text for text in found if text), "")
