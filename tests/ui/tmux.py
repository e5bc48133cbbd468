# SPDX-License-Identifier: MIT
"""tmux, a terminal of another make than pyte, on a socket of its own."""

import os
import shutil
import subprocess
import time

TMUX = shutil.which("tmux")
PATIENCE = 15           # seconds until something counts as never coming


class Tmux:
    """A server with one session of so many rows and columns, in which a shell
    waits."""

    count = 0

    def __init__(self, folder, rows=24, columns=80, term="tmux-256color",
                 env=None):
        Tmux.count += 1
        self.folder = folder
        self.name = f"haul-test-{os.getpid()}-{Tmux.count}"
        config = folder / "tmux.conf"
        config.write_text(f"set -g default-terminal {term}\n"
                          "set -g status off\nset -s escape-time 10\n"
                          "set -g mouse on\nset -g set-clipboard on\n")
        values = {"PATH": "/usr/bin:/bin", "PS1": "$ ", "TERM": term,
                  "LC_ALL": "C.UTF-8", **(env or {})}
        self.run("-f", str(config), "new-session", "-d", "-x", str(columns),
                 "-y", str(rows), "-s", "t", "-c", str(folder), "env", "-i",
                 *(f"{name}={value}" for name, value in values.items()),
                 "bash", "--norc", "--noprofile")
        self.run("set", "-g", "window-size", "manual")

    def run(self, *arguments):
        return subprocess.run(
            [TMUX, "-L", self.name, *arguments], capture_output=True,
            text=True, timeout=20, env={**os.environ, "LC_ALL": "C.UTF-8",
                                        "TMUX_TMPDIR": str(self.folder)})

    def keys(self, *keys):
        self.run("send-keys", "-t", "t", *keys)

    def type(self, text):
        self.run("send-keys", "-t", "t", "-l", text)

    def text(self, *more):
        shown = self.run("capture-pane", "-t", "t", "-p", *more).stdout
        return shown.rstrip("\n")

    def rows(self):
        return self.text().split("\n")

    def format(self, words):
        return self.run("display", "-t", "t", "-p", words).stdout.strip()

    def wait_for(self, condition, seconds=PATIENCE):
        """Until words are on the screen, or a condition holds of its text."""
        holds = condition if callable(condition) else \
            lambda text: condition in text
        until = time.monotonic() + seconds
        while not holds(text := self.text()):
            assert time.monotonic() < until, \
                f"never came: {condition}\n{text}"
            time.sleep(0.05)
        return text

    def stop(self):
        self.run("kill-server")
