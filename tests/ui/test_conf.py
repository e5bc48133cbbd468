# SPDX-License-Identifier: MIT
"""What the configuration does to the screen.

- keys: bound otherwise, in what they do, in the key bar, the help, the tabs
  and the hints; a key that lost its action does nothing
- settings saved from the dialog: read again, among lines that stay as they
  are, with the file's mode and links; what cannot be saved is told
- colours: on the screen as they are written, none in the scheme without
"""

import pathlib
import re

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
    assert "d is not bound: K removes, Enter shows details" in \
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


# ---- saving ---------------------------------------------------------------

def save(face, *keys):
    """Opens the settings, presses keys, saves, and closes them."""
    face.press("s", *keys, "w", "Esc")
    face.rest()


def test_settings_are_saved_and_read_again(replay, tmp_path):
    face = replay([scenes.virtual(), *FILES]).open()
    path = pathlib.Path(face.folder) / ".config/haul/config"
    save(face, "+", "+", "k", "Space")
    assert "Saved in ~/.config/haul/config." in face.text()
    assert path.read_text() == "max-conn = 7\nmouse = no\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    again = replay([scenes.virtual(), *FILES],
                   env={"HAUL_CONFIG": str(path)}).open()
    again.press("s")
    assert " ".join(again.text().split()).count("Files at once 7 [- +]") == 1
    assert "Mouse                    [ ]" in again.text()


def test_the_order_is_saved_and_taken_again(replay):
    """That of all files, whichever view is shown."""
    face = replay([scenes.virtual(), *FILES]).open()
    path = pathlib.Path(face.folder) / ".config/haul/config"
    face.press(":")
    face.type("sort -name")
    face.press("Enter", "3")
    face.press(":")
    face.type("sort size")
    face.press("Enter")
    save(face)
    assert path.exists(), face.text()
    assert path.read_text() == "sort = name\nsort-reverse = yes\n"
    env = {"HAUL_CONFIG": str(path)}
    again = replay([scenes.virtual(), *FILES], env=env).open()
    names = re.findall(r"WAIT +(\S+)", again.text())
    assert len(names) == 3 and names == sorted(names, reverse=True), names
    save(again)
    assert "Nothing was changed here." in again.text()
    again.press(":")
    again.type("sort queue")
    again.press("Enter")
    save(again)
    assert path.read_text() == "sort = queue\nsort-reverse = no\n"
    told = replay([scenes.virtual(), *FILES], env=env,
                   arguments=["--sort=size", "--sort-reverse"]).open()
    assert "size" in told.screen.display[1], told.text()


def test_saving_keeps_what_is_written_by_hand(configured, tmp_path):
    text = "# mine\n\nmax-conn=3 \nbell\n\n# keys\n[keys]\nedit = e\n"
    (tmp_path / "real").mkdir()
    face = configured(text)
    path = tmp_path / "config"
    path.rename(tmp_path / "real/haul")
    path.symlink_to("real/haul")
    (tmp_path / "real/haul").chmod(0o640)
    save(face, "+")
    assert path.is_symlink()
    assert path.read_text() == text.replace("=3", "=4")
    assert path.stat().st_mode & 0o777 == 0o640
    assert list((tmp_path / "real").iterdir()) == [tmp_path / "real/haul"]
    path.write_text(text + "[wibble]\n")
    save(face, "+")
    assert path.read_text() == text.replace("=3", "=5") + "[wibble]\n"


def test_what_cannot_be_saved_is_told(configured, tmp_path):
    face = configured("max-conn = 3\n")
    path = tmp_path / "config"
    path.chmod(0o666)
    save(face, "+")
    assert "Not saved: others can write it (mode 666)" in face.text()
    assert path.read_text() == "max-conn = 3\n"
    path.chmod(0o600)
    save(face)
    assert path.read_text() == "max-conn = 4\n"
    path.unlink()
    path.mkdir()
    save(face)
    assert "Not saved: it is no regular file. (" in face.text()


def test_a_place_that_takes_no_file_is_told(replay):
    face = replay([scenes.virtual(), *FILES],
                  env={"XDG_CONFIG_HOME": "/proc/none"}).open()
    save(face, "+")
    assert "Not saved: it cannot be written: No such file or directory. (" in \
        face.text()


def test_without_a_configuration_nothing_is_saved(replay):
    face = replay([scenes.virtual(), *FILES],
                  arguments=("--no-config",)).open()
    save(face)
    assert "Nothing was changed here" in face.text()
    save(face, "+")
    assert "Not saved: no configuration is in use" in face.text()
