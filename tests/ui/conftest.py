# SPDX-License-Identifier: MIT
"""Fixtures of the face's tests.

replay(script, ...)   the face on an engine that plays a script (face.Replay)
haul(*arguments)      the real haul on a pty (face.Face), in a folder
server                the misbehaving server of the integration tests
golden(name, text)    compares with golden/NAME.txt; with --update writes it

Long variants run with HAUL_TESTS=long.
"""

import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "server")]
sys.dont_write_bytecode = True

pytest.importorskip("pyte")     # Debian: python3-pyte

import face             # noqa: E402
import misbehaving      # noqa: E402
from common import program  # noqa: E402

GOLDEN = HERE / "golden"


def pytest_addoption(parser):
    parser.addoption("--update", action="store_true",
                     help="write the golden screens anew")


@pytest.fixture
def replay(tmp_path):
    running = []

    def start(script, rows=24, columns=80, **more):
        folder = tmp_path / str(len(running))
        folder.mkdir()
        running.append(face.Replay(program("HAUL_REPLAY_PROGRAM",
                                           "tests/ui/haul-replay"),
                                   folder, script, rows, columns, **more))
        return running[-1]

    yield start
    for one in running:
        one.close()


class Real:
    """Starts the real haul, each time in the same folder."""

    def __init__(self, folder):
        self.folder = folder
        self.running = []

    def __call__(self, *arguments, program=None, **more):
        command = program or [self.path]
        self.running.append(face.Face([*command, *map(str, arguments)],
                                      self.folder, **more))
        return self.running[-1]

    @property
    def path(self):
        return program("HAUL", "haul")


@pytest.fixture
def haul(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    real = Real(folder)
    yield real
    for one in real.running:
        one.close()


@pytest.fixture
def server():
    running = misbehaving.Server()
    yield running
    running.stop()


@pytest.fixture
def golden(request):
    def compare(name, text):
        path = GOLDEN / (name + ".txt")
        if request.config.getoption("--update"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return
        assert path.exists(), f"no golden {name}: run with --update\n{text}"
        wanted = path.read_text(encoding="utf-8")
        assert text == wanted, \
            f"{name} is\n{text}\nbut should be\n{wanted}"
    return compare
