# SPDX-License-Identifier: MIT
"""What the configuration does to the screen.

- keys: bound otherwise, in what they do, in the key bar, the help, the tabs
  and the hints; a key that lost its action does nothing
- colours: on the screen as they are written, none in the scheme without
"""

import pytest

import scenes
import terminal

QUEUED, PAUSED = 0, 1
FILES = [scenes.file(f"f{n}.bin", "queued", size=1000) for n in range(3)]


@pytest.fixture
def configured(replay, tmp_path):
    """Starts the face with a configuration."""
    def start(text, script=FILES, **more):
        path = tmp_path / "config"
        path.write_text(text)
        path.chmod(0o600)
        return replay([scenes.virtual(), *script],
                      arguments=(f"--config={path}",), **more).open()
    return start


def test_keys_do_what_they_are_bound_to(configured):
    face = configured("[keys]\npause = z F5\nretry = r\nfailed = v\n"
                      "help = H\n", columns=120)
    bar = face.screen.display[-1]
    assert "zPause" in bar and "HHelp" in bar and "pPause" not in bar
    assert " v Failed 0 " in face.text() and "1 All 3" in face.text()
    face.press("p")
    assert [state for _, state in face.states()] == [QUEUED] * 3
    face.press("z")
    assert [state for _, state in face.states()][0] == PAUSED
    face.press("F5")
    assert [state for _, state in face.states()][0] == QUEUED
    face.press("v")
    assert "Nothing has failed." in face.text()
    face.press("H")
    face.press("/")
    face.type("pause or resume")
    rows = [row for row in face.text().split("\n") if "pause or resume" in row]
    assert any(row.split("pause")[0].split()[-2:] == ["z", "F5"]
               for row in rows), rows


def test_hints_name_the_keys_that_are_bound(configured):
    face = configured("[keys]\nadd = c\nremove = K\ncollapse =\n"
                      "list-previous =\nfreeze = C-t\n", [])
    assert "c adds URLs, b adds a list of them" in face.text()
    face.press("d")
    assert "d is not bound here: K removes, Enter shows details" in \
        face.text()
    face.press("C-t")
    assert "Ctrl-T again." in face.text()


def test_dialogs_keep_their_own_keys(configured):
    face = configured("[keys]\nsettings = v\nnext = s\n")
    face.press("v")
    assert "Settings (live)" in face.text()
    face.press("q")
    assert "Settings (live)" not in face.text()


def test_an_action_without_keys_has_its_name(configured):
    face = configured("[keys]\npause =\n", columns=120)
    face.press("p")
    assert [state for _, state in face.states()] == [QUEUED] * 3
    face.press(":")
    face.type("pause")
    face.press("Enter")
    assert [state for _, state in face.states()][0] == PAUSED


COLOURS = "[colours]\nfail = 200 underline\ndone = yellow\ntitle = default\n"


def looks(face, words):
    """The look of the words where they stand first."""
    row, column = face.screen.find(words)
    return terminal.paint(list(face.screen.cells(row))[column])


@pytest.mark.parametrize("variables, fail, done, title", [
    ({}, "ff00d7 bold underscore", "brown", "bold"),
    ({"TERM": "xterm"}, "red bold underscore", "brown", "bold"),
    ({"NO_COLOR": "1"}, "bold underscore", "", "bold"),
])
def test_colours_are_as_they_are_written(configured, variables, fail, done,
                                         title):
    face = configured(COLOURS, [
        scenes.file("q.bin", "queued"),             # selected
        scenes.file("f.bin", "failed", cause="http", status=404, attempt=1),
        scenes.file("d.bin", "done", size=10, got=10)], env=variables)
    assert [looks(face, words) for words in ("FAIL ", "DONE", "haul")] == \
        [fail, done, title]
