# SPDX-License-Identifier: MIT
"""The face in a real terminal of another make: tmux, on a socket of its own.

What pyte may get wrong, tmux gets right: what is compared here is what tmux
shows, where its cursor is, and what it has back when haul is gone.
"""

import json
import os
import re
import shlex
import signal
import socket
import time

import pytest

import face
import scenes
import terminal
import tmux as tmux_room
from common import program

pytestmark = pytest.mark.skipif(not tmux_room.TMUX,
                                reason="tmux is missing")


class Tmux(tmux_room.Tmux):
    """Its shell starts haul-replay, whose time passes in step() alone."""

    line, answers = None, b""

    def start(self, script, *arguments, env=None):
        """haul-replay as the shell's job."""
        path = self.folder / "script"
        path.write_text("".join(json.dumps(line) + "\n" for line in script))
        listener = socket.socket(socket.AF_UNIX)
        listener.bind("\0" + self.name)
        listener.listen(1)
        values = face.environment(self.folder, {
            "HAUL_REPLAY": str(path), "HAUL_REPLAY_LINE": self.name,
            **(env or {})})
        del values["TERM"]
        words = [f"{key}={shlex.quote(value)}"
                 for key, value in values.items()]
        self.keys(" ".join([*words, program(
            "HAUL_REPLAY_PROGRAM", "tests/ui/haul-replay"), *arguments]),
            "Enter")
        listener.settimeout(face.PATIENCE)
        self.line = listener.accept()[0]
        listener.close()
        self.wait_for("All")
        self.step(200)
        return self

    def step(self, ms=50):
        time.sleep(0.03)
        self.line.sendall(f"step {ms}\n".encode())
        while b"\n" not in self.answers:
            self.answers += self.line.recv(4096)
        self.answers = self.answers.split(b"\n", 1)[1]
        time.sleep(0.05)

    def press(self, *keys):
        for key in keys:
            self.keys(key)
            self.step()

    def leave(self, key):
        self.keys(key)
        try:
            self.line.sendall(b"step 100\nrun\n")
        except OSError:
            pass                    # it has ended already

    def stop(self):
        if self.line:
            self.line.close()
        super().stop()


@pytest.fixture
def tmux(tmp_path):
    running = []

    def start(**more):
        folder = tmp_path / f"tmux-{len(running)}"
        folder.mkdir()
        running.append(Tmux(folder, **more))
        return running[-1]

    yield start
    for one in running:
        one.stop()


def trimmed(text):
    return [row.rstrip() for row in text.split("\n")]


def test_tmux_shows_what_pyte_shows(tmux, replay):
    other = replay(scenes.sample(3)).open()
    shown = tmux().start(scenes.sample(3))
    other.step(4000)
    shown.step(4000)
    wanted = [row.rstrip() for row in other.screen.rows()]
    assert trimmed(shown.text()) == trimmed("\n".join(wanted).rstrip())


def test_tmux_keys_and_details(tmux):
    shown = tmux(rows=40, columns=120).start(scenes.sample(2))
    shown.press("Down", "Down", "Enter")
    assert "Details:" in shown.text()
    shown.press("Escape")
    time.sleep(0.1)
    shown.step()
    assert "Details:" not in shown.text()


def test_tmux_cursor_rests_on_the_selected_row(tmux):
    shown = tmux().start(scenes.small())
    shown.press("g", "j", "j")
    row = next(number for number, text in enumerate(shown.rows())
               if text.startswith(">"))
    assert shown.format("#{cursor_y},#{cursor_x}") == f"{row},0"


def test_tmux_resize(tmux):
    shown = tmux().start(scenes.sample(2))
    for columns, rows in ((120, 40), (40, 10), (20, 5), (80, 24)):
        shown.run("resize-window", "-t", "t", "-x", str(columns), "-y",
                  str(rows))
        time.sleep(0.4)                 # tmux lets resizes gather
        shown.step(100)
        assert all(terminal.width(row) <= columns for row in shown.rows())
    assert "haul" in shown.rows()[0] and "FOLLOW" in shown.text()


def test_tmux_alternate_screen_is_left(tmux):
    shown = tmux()
    shown.keys("echo before-it", "Enter")
    shown.start(scenes.small())
    assert shown.format("#{alternate_on}") == "1"
    shown.leave("Q")
    shown.wait_for("before-it")
    shown.wait_for("stopped")
    assert shown.format("#{alternate_on}") == "0"
    assert shown.format("#{mouse_any_flag}#{mouse_button_flag}"
                        "#{mouse_standard_flag}") == "000"
    assert shown.format("#{cursor_flag}") == "1"


def test_tmux_mouse_mode_is_on(tmux):
    shown = tmux().start(scenes.small())
    assert "1" in shown.format("#{mouse_standard_flag}#{mouse_button_flag}"
                               "#{mouse_any_flag}")
    assert shown.format("#{mouse_sgr_flag}") == "1"


def test_tmux_paste(tmux):
    shown = tmux().start(scenes.small())
    shown.run("set-buffer", "https://example.org/a\nhttps://example.org/b\n")
    shown.run("paste-buffer", "-p", "-t", "t")
    shown.step(200)
    assert "Add URLs" in shown.text()
    assert "https://example.org/b" in shown.text()


def test_tmux_clipboard(tmux):
    """tmux takes OSC 52 into a buffer."""
    shown = tmux().start(scenes.small())
    shown.press("g", "y")
    time.sleep(0.2)
    assert "example.org/done.bin" in shown.run("show-buffer").stdout


def test_tmux_colours_and_reverse(tmux):
    shown = tmux().start(scenes.small())
    shown.press("g")
    text = shown.text("-e")
    row = next(row for row in text.split("\n") if "done.bin" in row)
    assert re.search(r"\x1b\[[0-9;]*7[;m]", row), repr(row)
    assert re.search(r"\x1b\[[0-9;]*3[1-7m]", text)


@pytest.mark.parametrize("term", ("screen", "screen-256color",
                                  "xterm-256color"))
def test_tmux_other_terms(tmux, term):
    shown = tmux(term=term).start(scenes.small())
    assert "▶ GET" in shown.text()
    shown.press("5")
    assert "[5 Failed" in shown.text()


def test_tmux_wide_names_align(tmux):
    script = [scenes.virtual()] + [
        scenes.file(name, "active", size=100, got=50, **scenes.one(1))
        for name in ("plain.bin", "世界地図.tif", "한국어.txt",
                     "e\u0301te\u0301.txt", "ｆ.bin", "นี้.txt")]
    shown = tmux().start(script)
    places = {terminal.width(row[:row.index(" 50%")])
              for row in shown.rows() if " 50%" in row and
              not row.startswith("haul")}
    assert len(places) == 1, shown.text()


def test_tmux_answers_what_is_asked_over_ssh(tmux, replay):
    """The screen is the same, and no answer is left for the shell."""
    other = replay(scenes.sample(3)).open()
    shown = tmux(env={"PS1": "ready$ "}).start(
        scenes.sample(3), env={"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"})
    other.step(4000)
    shown.step(4000)
    shown.step(1000)
    other.step(1000)
    wanted = [row.rstrip() for row in other.screen.rows()]
    assert trimmed(shown.text()) == trimmed("\n".join(wanted).rstrip())
    shown.leave("Q")
    shown.wait_for("stopped")
    shown.wait_for("ready$")
    time.sleep(0.3)
    assert shown.rows()[-1].endswith("ready$"), shown.text()


def test_tmux_crash_gives_it_back(tmux):
    shown = tmux().start(scenes.small())
    pid = shown.format("#{pane_pid}")
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        os.kill(int(children.read().split()[-1]), signal.SIGSEGV)
    shown.wait_for("crashed")
    assert shown.format("#{alternate_on}") == "0"
    shown.keys("echo still-$((40+2))", "Enter")
    shown.wait_for("still-42")
