# SPDX-License-Identifier: MIT
"""Over a slow line: what is sent waits for the terminal's answers (CSI 5 n).

T09  keys reach the screen within three seconds at 300 bytes a second

The line is in memory and its time is the replay's, so nothing here depends on
the machine.
"""

import fcntl
import struct
import termios
import time

import pytest

import face
import scenes

REMOTE = {"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}
ASK, ANSWER = b"\x1b[5n", b"\x1b[0n"
STEP = 100              # ms


class Line:
    """Between a replayed haul and its terminal: passes on so many bytes a
    second, and the terminal's answers back (in parts, if wished)."""

    def __init__(self, shown, rate, parts=(ANSWER,)):
        self.shown, self.rate, self.parts = shown, rate, parts
        self.queue, self.back = bytearray(), []
        self.asked = self.longest = self.now = 0
        self.credit = 0.0
        self.terminal, shown.stream = shown.stream, self

    def feed(self, data):
        self.queue += data
        self.longest = max(self.longest, len(self.queue))

    def step(self, ms):
        until = self.now + ms
        while self.now < until:
            self.shown.step(STEP, quiet=False)
            self.now += STEP
            self.carry(self.rate * STEP / 1000)

    def carry(self, room):
        self.credit = min(self.credit + room, room + len(self.queue))
        count = int(self.credit)
        # A question counts when all of it has passed.
        at = self.queue.rfind(ASK, 0, count + len(ASK) - 1)
        if at >= 0 and at < count < at + len(ASK):
            count = at
        data = bytes(self.queue[:count])
        del self.queue[:count]
        self.credit -= count
        self.terminal.feed(data)
        self.asked += data.count(ASK)
        self.back += self.parts * data.count(ASK)
        if self.back:
            self.shown.send(self.back.pop(0))

    def open(self, ms):
        until = time.monotonic() + face.PATIENCE
        while self.shown.stats()["frames"] == 0:
            assert time.monotonic() < until
            self.shown.step(0)
        self.step(ms)
        return self

    def until(self, holds, ms):
        """How long it takes."""
        began = self.now
        while not holds():
            assert self.now < began + ms, self.shown.text()
            self.step(STEP)
        return self.now - began


def selected(shown):
    return next((row for row, text in enumerate(shown.screen.rows())
                 if row > 2 and text.startswith(">")), None)


def key_time(line):
    """From a key to the row that it selects, at the worst of some times."""
    shown, worst = line.shown, 0
    for turn in range(6):
        line.step(300 + 700 * turn % 1100)
        before = selected(shown)
        shown.send("k" if turn % 2 else "j")
        worst = max(worst, line.until(lambda: selected(shown) != before,
                                      60_000))
    return worst


def busy(replay, rate, *arguments, **more):
    shown = replay(scenes.queue(2000, active=16), env=REMOTE,
                   arguments=arguments)
    line = Line(shown, rate, **more).open(15_000)
    shown.send("g")
    line.step(10_000)
    return line


def test_t09_keys_at_300_bytes_a_second(replay):
    line = busy(replay, 300)
    line.longest = 0
    assert key_time(line) <= 3000
    assert line.longest <= 1200, "it is seconds ahead of the terminal"


def test_t09_without_questions_keys_come_later(replay):
    """What the test above would say if nothing were paced."""
    line = busy(replay, 300, "--no-osc")
    assert line.asked == 0
    assert len(line.queue) > 3 * 300


def test_all_of_the_screen_comes_in_turn(replay):
    """Rows that were left out are sent by and by, though nothing changes."""
    shown = replay(scenes.queue(500, state="paused"), env=REMOTE)
    line = Line(shown, 300).open(15_000)
    shown.send("G")
    line.step(15_000)
    at_last = shown.text()
    shown.send("\x0c")
    line.step(20_000)
    assert shown.text() == at_last
    assert "file_000499" in at_last
    size = len(shown.raw)
    line.step(5_000)
    assert len(shown.raw) == size, "it asks though nothing is shown"


def test_a_quick_line_is_not_held_up(replay):
    """Each frame is answered at once, so each is due when it always was."""
    shown = replay(scenes.queue(2000, active=8), env=REMOTE)
    line = Line(shown, 1_000_000).open(5000)
    before = shown.stats()["frames"]
    line.step(5000)
    assert shown.stats()["frames"] - before >= 10
    shown.send("G")
    assert line.until(lambda: "file_001991" in shown.text(), 5000) <= 500


def test_one_that_never_answers_is_asked_no_more(replay):
    shown = replay(scenes.queue(2000, active=8), env=REMOTE)
    line = Line(shown, 1_000_000, parts=()).open(4000)
    asked, before = line.asked, shown.stats()["frames"]
    assert asked > 0
    line.step(5000)
    assert line.asked == asked
    assert shown.stats()["frames"] - before >= 10


@pytest.mark.parametrize("cut", (1, 2, 3))
def test_answers_in_parts_are_no_keys(replay, cut):
    shown = replay(scenes.queue(200, active=8), env=REMOTE)
    line = Line(shown, 1_000_000,
                parts=(ANSWER[:cut], b"", b"", b"", b"", b"", b"",
                       ANSWER[cut:])).open(1000)
    shown.calls()
    line.step(10_000)
    assert line.asked >= 3, "it does not go on"
    assert not shown.calls()
    assert "[1 All" in shown.text() and "0n" not in shown.text()


def test_near_terminals_are_asked_nothing(replay):
    shown = replay(scenes.queue(200, active=8)).open(5000)
    assert ASK not in shown.raw
    shown = replay(scenes.queue(200, active=8), env=REMOTE,
                   arguments=["--no-osc"]).open(5000)
    assert ASK not in shown.raw


def test_the_shell_gets_no_answer(haul, server):
    """A question is on its way when it leaves: the answer is waited for."""
    server.add("/large", size=50_000_000, rate=1_000_000)
    shown = haul(server.url("/large"), env=REMOTE)
    shown.wait_for("?Help")
    answered = 0
    until = time.monotonic() + 2
    while time.monotonic() < until:
        shown.read_some(0.05)
        answered = answer(shown, answered)
    shown.wait_for(lambda: bytes(shown.raw).count(ASK) > answered)
    shown.send("Q")
    time.sleep(0.3)                 # as far away as that
    shown.settle()
    answer(shown, answered)
    assert shown.wait() == 3
    # What is left for whoever reads next; by lines it would not be told.
    attributes = termios.tcgetattr(shown.slave)
    attributes[3] &= ~termios.ICANON
    termios.tcsetattr(shown.slave, termios.TCSANOW, attributes)
    left = fcntl.ioctl(shown.slave, termios.FIONREAD, b"\0" * 4)
    assert struct.unpack("i", left)[0] == 0


def answer(shown, answered):
    asked = bytes(shown.raw).count(ASK)
    if asked > answered:
        shown.send(ANSWER * (asked - answered))
    return asked
