# SPDX-License-Identifier: MIT
"""The real haul and the terminal it was given.

T08  a terminal stopped with Ctrl-S
T09  a terminal that drains slowly
T12  the terminal is given back, however it ends
T13  Ctrl-Z, fg and bg
T28  the terminal goes away

doc/face-tests.md says where the others are.
"""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

import built
import face
import scenes
import terminal
from common import LONG, SOURCE

RATE = 1_000_000         # bytes a second of one connection


def large(server, count=2, size=200_000_000, rate=RATE):
    """URLs of files that take a while."""
    for n in range(count):
        server.add(f"/large-{n}.bin", size=size, rate=rate)
    return [server.url(f"/large-{n}.bin") for n in range(count)]


def bytes_sent(server):
    return sum(state.sent for state in server.states.values())


def opened(haul, *arguments, **more):
    shown = haul(*arguments, **more)
    shown.wait_for("?Help")
    return shown


def threads(shown):
    """The thread ids, by name."""
    base = f"/proc/{shown.process.pid}/task"
    return {task: open(f"{base}/{task}/comm").read().strip()
            for task in os.listdir(base)}


# ---- T08, T09 -------------------------------------------------------------

# What rates come of it, to the percent, is the matter of `figures held`: here
# it counts that all arrives while the terminal takes nothing.

def test_t08_a_stopped_terminal_costs_nothing(replay):
    """Neither frames nor processor time of the thread that draws them."""
    shown = replay(scenes.queue(2000, scenes.real, active=64))
    shown.wait_for("[1 All")
    shown.pump(1)
    shown.send("\x13")                          # Ctrl-S
    shown.pump(0.5)
    before = shown.stats()
    shown.pump(10 if LONG else 2)
    after = shown.stats()
    assert after["frames"] == before["frames"]
    assert after["cpu_us"] - before["cpu_us"] < (250_000 if LONG else 50_000)
    shown.send("\x11")                          # Ctrl-Q
    shown.wait_for(lambda: shown.stats()["frames"] > after["frames"])


def test_t08_a_stopped_terminal_stops_nothing(haul, server):
    server.add("/endless", size=200_000_000, rate=RATE)
    shown = opened(haul, "--max-splits=1", server.url("/endless"),
                   *large(server, size=2_500_000))
    shown.send("\x13")                          # Ctrl-S
    shown.pump(0.5)
    size = len(shown.raw)
    assert server.wait_until(lambda: all(
        (haul.folder / f"large-{n}.bin").exists() for n in (0, 1)), 60)
    shown.pump(10 if LONG else 1)
    assert len(shown.raw) == size, "it was not stopped"
    shown.send("\x11")                          # Ctrl-Q
    shown.wait_for("4 Done 2")
    shown.send("Q")
    assert shown.wait() == 3
    assert not shown.terminal_is_restored()


def test_t08_sigterm_while_stopped(haul, server):
    shown = opened(haul, *large(server))
    shown.send("\x13")
    shown.pump(1)
    began = time.monotonic()
    shown.signal(signal.SIGTERM)
    assert shown.wait() == 128 + signal.SIGTERM
    assert time.monotonic() - began < (3 if LONG else 12)
    assert not shown.terminal_is_restored()


def drain(shown, condition, rate, seconds=60):
    """Reads so many bytes a second until something holds."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, shown.text()
        data = os.read(shown.master, rate // 20)
        shown.raw += data
        shown.stream.feed(data)
        time.sleep(0.05)


def test_t09_a_slow_terminal_slows_nothing(haul, server):
    """It takes a few hundred bytes while all of it arrives."""
    server.add("/endless", size=200_000_000, rate=RATE)
    shown = opened(haul, "--max-splits=1", server.url("/endless"),
                   *large(server, size=4_000_000))
    size = len(shown.raw)
    drain(shown, lambda: all((haul.folder / f"large-{n}.bin").exists()
                             for n in (0, 1)), 300)
    assert len(shown.raw) - size < 20_000
    shown.send("Q")
    assert shown.wait() == 3


# ---- T12 ------------------------------------------------------------------

ENDS = {signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGQUIT: 131}


@pytest.mark.parametrize("number", ENDS, ids=lambda number: number.name)
def test_t12_signals(haul, server, number):
    shown = opened(haul, *large(server))
    shown.pump(0.3)
    shown.signal(number)
    assert shown.wait() == ENDS[number]
    assert not shown.terminal_is_restored()


@pytest.mark.parametrize("number", (
    signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL,
    signal.SIGABRT), ids=lambda number: number.name)
def test_t12_crashes_in_every_thread(haul, server, number):
    urls = large(server)
    first = opened(haul, *urls)
    count = len(threads(first))
    first.close()
    assert count >= 3
    for index in range(count if LONG or number == signal.SIGSEGV else 1):
        shown = opened(haul, *urls)
        shown.pump(0.2)
        tasks = [task for task in sorted(map(int, threads(shown)))
                 if not is_the_sanitizers(shown, task)]
        # kill() lets any thread take it; a thread's own is tgkill().
        tgkill(shown.process.pid, tasks[index % len(tasks)], number)
        assert shown.wait() == -number
        assert not shown.terminal_is_restored(), f"in thread {index}"
        assert "crashed" in shown.text(), shown.text()
        shown.close()


def test_t12_no_thread_blocks_the_signals_of_a_crash(haul, server):
    """Blocked, they end the program without its handler. With a store and a
    list that is sorted, which have threads of their own."""
    store = {"HAUL_NO_STORE": None, "XDG_STATE_HOME": str(haul.folder)}
    (haul.folder / "list").write_text("".join(
        server.url(f"/{n}\n") for n in range(3000)))
    shown = opened(haul, "--max-conn=2", *large(server), "-i", "list",
                   env=store)
    shown.wait_for("All 3,002")
    before = len(threads(shown))
    shown.send(">n")
    assert server.wait_until(lambda: len(threads(shown)) > before)
    faults = sum(1 << number - 1 for number in (
        signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL,
        signal.SIGABRT))
    ours = [task for task in threads(shown)
            if not is_the_sanitizers(shown, task)]
    assert len(ours) >= 4
    assert [task for task in ours if blocked(shown, task) & faults] == []
    shown.send("Q")
    assert shown.wait() == 3


def blocked(shown, task):
    """The signals that a thread does not hear of, as bits."""
    with open(f"/proc/{shown.process.pid}/task/{task}/status") as status:
        return int(re.search(r"SigBlk:\s*(\w+)", status.read()).group(1), 16)


def is_the_sanitizers(shown, task):
    """ThreadSanitizer has a thread of its own in a program, which hears no
    signal; all of ours hear of crashes."""
    return blocked(shown, task) & 1 << signal.SIGSEGV - 1 and \
        "tsan" in built.sanitizers(f"/proc/{shown.process.pid}/exe")


def tgkill(pid, task, number):
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.syscall(234, pid, task, int(number)) == 0


@pytest.mark.parametrize("keys", (["Q"], ["q", "\r"], ["\x03", "\x03"],
                                  [":quit\r", "\r"]))
def test_t12_keys_that_leave(haul, server, keys):
    shown = opened(haul, *large(server))
    for key in keys:
        shown.send(key)
        shown.pump(0.3)
    assert shown.wait() == 3
    assert not shown.terminal_is_restored()
    assert "stopped" in shown.text()


def test_t12_it_leaves_by_itself_when_all_is_done(haul, server):
    server.add("/small", size=300_000, rate=300_000)
    shown = haul(server.url("/small"))
    assert shown.wait() == 0
    assert not shown.terminal_is_restored()
    assert b"\x1b[?1049h" in shown.raw, "the face was not opened"
    assert "1 file" in shown.text()


def test_t12_it_stays_when_something_failed(haul, server):
    server.add("/gone", status=404)
    shown = opened(haul, server.url("/gone"))
    shown.wait_for("5 Failed 1")
    shown.pump(1.5)
    assert shown.process.poll() is None
    shown.send("q")
    assert shown.wait() == 1
    assert not shown.terminal_is_restored()


def test_t12_drain_leaves_after_the_active(haul, server):
    server.add("/a", size=600_000, rate=400_000)
    server.add("/b", size=600_000, rate=400_000)
    shown = opened(haul, "--max-conn=1", "--max-splits=1", server.url("/a"),
                   server.url("/b"))
    shown.wait_for("2 Active 1")
    shown.send("D")
    assert shown.wait() == 3
    assert (haul.folder / "a").exists() and not (haul.folder / "b").exists()
    assert not shown.terminal_is_restored()


# ---- T13 ------------------------------------------------------------------

SHELL = ["/bin/bash", "--norc", "--noprofile", "-i"]


def in_shell(haul, *arguments):
    """haul as a job of a shell on the pty."""
    shown = haul(program=SHELL, env={"PS1": "$ ", "HISTFILE": "/dev/null"})
    shown.pump(0.5)
    shown.send(haul.path + " " + " ".join(arguments) + "\n")
    shown.wait_for("?Help")
    return shown


def test_t13_suspend_and_foreground(haul, server):
    shown = in_shell(haul, *large(server))
    shown.send("\x1a")
    shown.wait_for("Stopped")
    assert terminal.ALTERNATE not in shown.screen.private
    assert not terminal.MOUSE & shown.screen.private
    assert not shown.screen.cursor.hidden
    shown.send("fg\n")
    shown.wait_for("?Help")
    assert terminal.ALTERNATE in shown.screen.private
    shown.send("Q")
    shown.wait_for("stopped")


def test_t13_background_writes_nothing_and_goes_on(haul, server):
    shown = in_shell(haul, *large(server))
    shown.send("\x1a")
    shown.wait_for("Stopped")
    shown.send("bg\n")
    shown.pump(0.7)
    size, before = len(shown.raw), bytes_sent(server)
    shown.pump(2.5)
    assert len(shown.raw) == size, bytes(shown.raw[size:])
    assert bytes_sent(server) > before, "nothing is fetched in the background"
    shown.send("fg\n")
    shown.wait_for("?Help")
    shown.send("Q")
    shown.wait_for("stopped")
    assert terminal.ALTERNATE not in shown.screen.private


# ---- T28 ------------------------------------------------------------------

def test_t28_the_terminal_goes_away(haul, server):
    server.add("/file", size=4_000_000, rate=1_000_000)
    shown = opened(haul, "--max-splits=1", server.url("/file"))
    assert server.wait_until(lambda: bytes_sent(server) > 1_000_000)
    shown.pump(0.2)
    for fd in (shown.master, shown.slave):
        os.close(fd)
    shown.master = shown.slave = None
    assert shown.process.wait(5) == 128 + signal.SIGHUP
    again = subprocess.run([haul.path, "-q", server.url("/file")],
                           cwd=haul.folder, timeout=20,
                           env={"PATH": "/usr/bin:/bin", "no_proxy": "*"})
    assert again.returncode == 0
    assert bytes_sent(server) < 6_000_000, "nothing was kept"
    assert (haul.folder / "file").read_bytes() == \
        server.content("/file").read()


def test_t28_what_it_had_can_be_gone_on_with_by_resume(haul, server):
    """The run is saved when the terminal goes, its edits included."""
    server.add("/file", size=4_000_000, rate=1_000_000)
    server.add("/later", size=1000)
    store = {"HAUL_NO_STORE": None, "XDG_STATE_HOME": str(haul.folder)}
    shown = opened(haul, "--max-splits=1", "--max-conn=1",
                   server.url("/file"), server.url("/wrong"), env=store)
    assert server.wait_until(lambda: bytes_sent(server) > 1_000_000)
    shown.send("Gx")                    # not wanted, but another one is
    shown.send(b"\x1b[200~" + server.url("/later").encode() + b"\x1b[201~")
    shown.wait_for("Add URLs")
    shown.send(b"\x1b\r")
    shown.wait_for("3 Queued 1")
    shown.pump(0.5)
    for fd in (shown.master, shown.slave):
        os.close(fd)
    shown.master = shown.slave = None
    assert shown.process.wait(5) == 128 + signal.SIGHUP
    again = subprocess.run([haul.path, "-q", "--resume"], cwd="/", timeout=20,
                           env=face.environment(haul.folder, store))
    assert again.returncode == 0
    assert {path.name for path in haul.folder.iterdir()} >= {"file", "later"}
    assert not server.requests("/wrong")
    assert (haul.folder / "file").read_bytes() == \
        server.content("/file").read()


def test_t28_under_nohup_it_goes_on(haul, server):
    server.add("/file", size=2_000_000, rate=1_000_000)
    shown = opened(haul, "--max-splits=1", server.url("/file"),
                   program=["/usr/bin/env", "bash", "-c",
                            'trap "" HUP; exec "$0" "$@"', haul.path])
    shown.pump(0.3)
    for fd in (shown.master, shown.slave):
        os.close(fd)
    shown.master = shown.slave = None
    assert shown.process.wait(10) == 0
    assert (haul.folder / "file").stat().st_size == 2_000_000


# ---- the demonstration ----------------------------------------------------

def test_demonstration_failures_arrive_when_retried(haul):
    shown = haul(program=[sys.executable, SOURCE / "tests/demo/demo"],
                 env={"HAUL": haul.path, "HAUL_DEMO_PACE": "8",
                      "TMPDIR": str(haul.folder)})
    shown.wait_for("5 Failed 3", 60)
    shown.wait_for("2 Active 0", 60)
    shown.send("5")
    shown.pump(0.3)
    shown.send("*")                 # tagged ones are retried in any case
    shown.pump(0.3)
    shown.send("r")
    shown.wait_for("5 Failed 0", 60)
    shown.wait_for("2 Active 0", 60)
    shown.send("q")
    assert shown.wait() == 0
    assert "43 of 43 files are there" in shown.text()
