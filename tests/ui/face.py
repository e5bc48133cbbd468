# SPDX-License-Identifier: MIT
"""Runs haul's face on a pty, as a person at a terminal would.

Replay   haul-replay: the same command on an engine that plays a script, whose
         virtual clock passes in step() alone, so that what is on the screen
         is certain
Face     any program on a pty, the real haul for one
"""

import errno
import fcntl
import json
import os
import re
import select
import signal
import socket
import struct
import subprocess
import termios
import time

import pyte

import terminal

KEYS = {
    "Up": "\x1bOA", "Down": "\x1bOB", "Right": "\x1bOC", "Left": "\x1bOD",
    "Home": "\x1bOH", "End": "\x1bOF", "PgUp": "\x1b[5~", "PgDn": "\x1b[6~",
    "Ins": "\x1b[2~", "Del": "\x1b[3~", "BackTab": "\x1b[Z", "Enter": "\r",
    "Tab": "\t", "Esc": "\x1b", "Space": " ", "Backspace": "\x7f",
    "A-Enter": "\x1b\r", "S-F3": "\x1b[1;2R",
    "F1": "\x1bOP", "F2": "\x1bOQ", "F3": "\x1bOR", "F4": "\x1bOS",
    "F5": "\x1b[15~", "F6": "\x1b[17~", "F7": "\x1b[18~", "F8": "\x1b[19~",
    "F9": "\x1b[20~", "F10": "\x1b[21~", "F11": "\x1b[23~",
    "F12": "\x1b[24~",
}
PATIENCE = 15           # seconds until something counts as never coming
SETTLE = 0.012          # a pty passes on what was written a moment later


def key_bytes(key):
    if key in KEYS:
        return KEYS[key].encode()
    if re.fullmatch(r"C-.", key):
        return bytes([ord(key[2].upper()) ^ 0x40])
    return key.encode()


class Face:
    """A program on a pty of so many rows and columns."""

    def __init__(self, command, folder, rows=24, columns=80, env=None,
                 stderr=None):
        self.rows, self.columns = rows, columns
        self.folder = folder
        self.master, self.slave = os.openpty()
        self.set_size(rows, columns)
        self.before = termios.tcgetattr(self.slave)
        self.screen = terminal.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        self.reading = True
        self.process = subprocess.Popen(
            command, cwd=folder, stdin=self.slave, stdout=self.slave,
            stderr=self.slave if stderr is None else stderr,
            env=environment(folder, env), preexec_fn=self.take_terminal)

    def take_terminal(self):
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    def set_size(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ,
                    struct.pack("HHHH", rows, columns, 0, 0))

    # -- from the program

    def read_some(self, seconds):
        """Reads what comes within the time; whether anything did."""
        if self.master is None or not self.reading or \
                not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            data = b""
        self.raw += data
        self.stream.feed(data)
        return bool(data)

    def settle(self, seconds=SETTLE):
        while self.read_some(seconds):
            pass

    def pump(self, seconds):
        """Reads for so long."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.read_some(min(left, 0.05))

    def wait_for(self, condition, seconds=PATIENCE):
        """Reads until words are on the screen, or a condition holds."""
        holds = condition if callable(condition) else \
            lambda: condition in self.screen.text()
        until = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < until, \
                f"never came: {condition}\n{self.screen.text()}"
            self.read_some(0.05)

    def text(self):
        return self.screen.text()

    # -- to the program

    def send(self, data):
        """Types bytes, reading meanwhile: neither side may be stuck."""
        data = data if isinstance(data, bytes) else data.encode()
        until = time.monotonic() + PATIENCE
        while data:
            assert time.monotonic() < until, "the program reads nothing"
            ready = select.select([self.master], [self.master], [], 0.2)
            if ready[0]:
                self.read_some(0)
            if ready[1]:
                data = data[os.write(self.master, data[:1024]):]

    def resize(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.screen.resize(rows, columns)
        self.set_size(rows, columns)

    def signal(self, number):
        self.process.send_signal(number)

    # -- its end

    def wait(self, seconds=PATIENCE):
        """Its status, having read all it wrote."""
        until = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < until, \
                f"it does not end\n{self.screen.text()}"
            self.read_some(0.02)
        self.settle()
        return self.process.returncode

    def terminal_is_restored(self):
        """What is not as it was before, by name; empty if all is."""
        after = termios.tcgetattr(self.slave)
        wrong = [name for name, was, now in zip(
            ("iflag", "oflag", "cflag", "lflag", "ispeed", "ospeed", "cc"),
            self.before, after) if was != now]
        modes = self.screen.private
        wrong += [name for name, on in (
            ("alternate screen", terminal.ALTERNATE in modes),
            ("mouse", bool(terminal.MOUSE & modes)),
            ("paste", terminal.PASTE in modes),
            ("cursor", self.screen.cursor.hidden)) if on]
        return wrong

    def close(self):
        if self.process.poll() is None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait(5)
        for fd in (self.master, self.slave):
            if fd is not None:
                os.close(fd)
        self.master = self.slave = None


class Replay(Face):
    """haul-replay with its line: time passes in step() alone."""

    count = 0

    def __init__(self, program, folder, script, rows=24, columns=80, env=None,
                 arguments=(), **more):
        path = folder / "script"
        path.write_text("".join(json.dumps(line) + "\n" for line in script))
        Replay.count += 1
        name = f"haul-replay-{os.getpid()}-{Replay.count}"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind("\0" + name)
        self.listener.listen(1)
        self.line = None
        self.answers = b""
        super().__init__(
            [program, *arguments], folder, rows, columns,
            {"HAUL_REPLAY": str(path), "HAUL_REPLAY_LINE": name,
             **(env or {})}, **more)

    def connect(self):
        until = time.monotonic() + PATIENCE
        while not select.select([self.listener], [], [], 0.01)[0]:
            self.read_some(0)
            assert time.monotonic() < until and \
                self.process.poll() is None, self.screen.text()
        self.line = self.listener.accept()[0]

    def ask(self, command):
        """The answer to a command, reading the screen meanwhile."""
        if self.line is None:
            self.connect()
        self.line.sendall(command.encode() + b"\n")
        until = time.monotonic() + PATIENCE
        while b"\n" not in self.answers:
            assert time.monotonic() < until, \
                f"no answer to {command}\n{self.screen.text()}"
            fds = [self.line] + [self.master] * self.reading
            ready = select.select(fds, [], [], 0.2)[0]
            if self.master in ready:
                self.read_some(0)
            if self.line in ready:
                got = self.line.recv(65536)
                assert got, f"it has ended\n{self.screen.text()}"
                self.answers += got
        answer, self.answers = self.answers.split(b"\n", 1)
        return answer.decode()

    def step(self, ms=0, quiet=True):
        """Lets time pass; then all that it brought is on the screen."""
        answer = self.ask(f"step {ms}")
        self.settle()
        assert answer == "ok" or not quiet, "it does not come to rest"

    def open(self, ms=200):
        """Until the first frame is there."""
        until = time.monotonic() + PATIENCE
        while self.stats()["frames"] == 0:
            assert time.monotonic() < until, self.screen.text()
            self.step(0)
        self.step(ms)
        return self

    def rest(self):
        """Until threads that no clock wakes (an index, say) are done."""
        same = 0
        while same < 3:
            before = len(self.raw)
            time.sleep(SETTLE)
            self.step(0)
            same = same + 1 if len(self.raw) == before else 0

    def do(self, **line):
        assert self.ask("do " + json.dumps(line)) == "ok"

    def press(self, *keys, ms=50):
        for key in keys:
            self.send(key_bytes(key))
            time.sleep(SETTLE)
            self.step(ms)

    def type(self, text):
        self.send(text)
        time.sleep(SETTLE)
        self.step(50)

    def paste(self, text):
        self.type(b"\x1b[200~" + (text if isinstance(text, bytes)
                                  else text.encode()) + b"\x1b[201~")

    def click(self, row, column, button=0):
        """As terminals tell it in mode 1006; from 0."""
        self.type(f"\x1b[<{button};{column + 1};{row + 1}M"
                  f"\x1b[<{button};{column + 1};{row + 1}m")

    def wheel(self, row, column, down=True):
        self.click(row, column, 65 if down else 64)

    def change_size(self, rows, columns):
        self.resize(rows, columns)
        time.sleep(SETTLE)
        self.step(50)

    def stats(self):
        return json.loads(self.ask("stats"))

    def calls(self):
        return json.loads(self.ask("calls"))

    def states(self):
        """[(id, state)] in the order of the queue."""
        return [tuple(pair) for pair in json.loads(self.ask("states"))]

    def leave(self, *keys):
        """Presses keys that end it; its status."""
        self.send(b"".join(key_bytes(key) for key in keys))
        time.sleep(SETTLE)
        try:
            self.ask("step 100")
            self.ask("run")
        except (AssertionError, OSError):
            pass                    # it has ended already
        return self.wait()

    def close(self):
        super().close()
        self.listener.close()
        if self.line:
            self.line.close()


def environment(folder, more=None):
    """A clean one; a name whose value is None is taken out."""
    values = {"HOME": str(folder), "LC_ALL": "C.UTF-8", "TZ": "UTC",
              "PATH": "/usr/bin:/bin", "TERM": "xterm-256color",
              "no_proxy": "*", "HAUL_NO_STORE": "yes",
              "XDG_CONFIG_DIRS": str(folder / "xdg")}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS",
                 "TSAN_OPTIONS", "LD_LIBRARY_PATH"):
        if name in os.environ:
            values[name] = os.environ[name]
    values.update(more or {})
    return {name: value for name, value in values.items()
            if value is not None}
