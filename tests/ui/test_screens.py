# SPDX-License-Identifier: MIT
"""What is on the screen, against golden screens and rules.

T01  every view and dialog, at three sizes, UTF-8 and ASCII
T02  every width and height: no crash, no row that is wider, its columns
T03  resizes while keys come
T14  terminals and colours of all kinds
T15  nothing is said by colour alone
T26  columns stand where they stand, whatever the names hold
T27  accessible mode
"""

import random
import re

import pytest

import face
import scenes
import terminal
from common import LONG

ASCII = {"LC_ALL": "C"}
HISTORY = 70            # seconds of graph before the screen is looked at

# name: (keys that lead there, what must be seen)
VIEWS = {
    "main": ((), "FOLLOW"),
    "details": (("j", "j", "j", "F", "Enter"), "Details:"),
    "active": (("2",), "Active"),
    "failed": (("5",), "by cause"),
    "add": (("a", "=https://archive.example.org/a.fits",
             "Enter", "=htp://typo.example.org/c.fits"), "Add URLs"),
    "filter": (("\\", "=131"), "filter"),
    "find": (("/", "=iris"), "iris"),
    "sort": ((">",), "Sort by"),
    "settings": (("s",), "Settings"),
    "quit": (("q",), "Quit"),
    "edit": (("5", "j", "e"), "Edit and retry"),
    "help": (("?",), "Help"),
    "log": (("l",), "Log"),
    "fulltext": (("w",), "https://"),
    "tagged": (("j", "Space", "Space"), "*"),
}
SHAPES = [(name, rows, columns, charset) for name in VIEWS
          for rows, columns in ((24, 80), (40, 120), (10, 40))
          for charset in ("utf8", "ascii")]
SHAPES += [("main", 4, 19, "utf8"), ("main", 4, 19, "ascii"),
           ("main", 50, 170, "utf8"), ("details", 50, 170, "utf8"),
           ("failed", 50, 170, "utf8")]


def walk(shown, keys):
    """Presses keys; "=text" is typed."""
    for key in keys:
        if key.startswith("=") and len(key) > 1:
            shown.type(key[1:])
        else:
            shown.press(key)


def show(replay, name, rows, columns, env=None):
    shown = replay(scenes.sample(HISTORY), rows, columns, env=env,
                   arguments=["--max-conn=8", "--max-splits=4"]).open(0)
    shown.step(1000 * HISTORY + 500 - shown.stats()["now_ms"])
    walk(shown, VIEWS[name][0])
    shown.rest()
    return shown


@pytest.mark.parametrize("name,rows,columns,charset", SHAPES)
def test_t01_golden(replay, golden, name, rows, columns, charset):
    shown = show(replay, name, rows, columns,
                 env=ASCII if charset == "ascii" else None)
    text = shown.text()
    if rows > 10:
        words = VIEWS[name][1]
        assert words in text, f"{words} is not on the screen:\n{text}"
    if charset == "ascii":
        assert text.isascii()
    golden(f"{name}-{columns}x{rows}-{charset}",
           terminal.dump_text(shown.screen))


@pytest.mark.parametrize("name", ("main", "details", "failed", "settings"))
@pytest.mark.parametrize("colours", ("256", "8", "mono"))
def test_t01_golden_attributes(replay, golden, name, colours):
    env = {"256": None, "8": {"TERM": "xterm"}, "mono": {"NO_COLOR": "1"}}
    shown = show(replay, name, 24, 80, env=env[colours])
    golden(f"{name}-80x24-paint-{colours}", terminal.dump_paint(shown.screen))


# ---- T02, T03 -------------------------------------------------------------

# Heads of columns, and the width from which they are there (table 1.2).
COLUMNS = (("NAME", 20), ("%", 20), ("PROGRESS", 40), ("/s", 30),
           ("SIZE", 50), ("ETA", 60), ("STATE", 80), ("RECVD", 90),
           ("CONN", 100), ("TRY", 120), ("HOST", 140))


def check_screen(shown):
    assert shown.process.poll() is None, shown.text()
    assert not shown.screen.scrolled, "the screen scrolled"
    for row in shown.screen.rows():
        assert terminal.width(row) == shown.columns, row


def check_columns(shown):
    head = shown.screen.row(3)
    for word, least in COLUMNS:
        assert (f" {word}" in head or head.startswith(word)) == \
            (shown.columns >= least), f"{word} at {shown.columns}: {head}"


def sizes_to_try():
    if LONG:
        return [(rows, columns) for columns in range(1, 201)
                for rows in range(1, 61)]
    some = [(24, columns) for columns in range(1, 201, 3)]
    some += [(rows, 80) for rows in range(1, 61, 2)]
    some += [(1, 1), (1, 200), (60, 1), (2, 2), (3, 19), (5, 20), (14, 200)]
    return some


@pytest.mark.parametrize("pane", ("none", "details", "dialog"))
def test_t02_every_size(replay, pane):
    shown = replay(scenes.sample(2)).open()
    walk(shown, {"none": (), "details": ("Enter",), "dialog": ("s",)}[pane])
    for rows, columns in sizes_to_try():
        shown.change_size(rows, columns)
        check_screen(shown)
    shown.change_size(24, 80)
    assert "haul" in shown.screen.row(0)


def test_t02_columns_by_width(replay):
    shown = replay(scenes.sample(2)).open()
    widths = sorted({least + by for _, least in COLUMNS for by in (-1, 0)})
    for columns in (columns for columns in widths if columns >= 20):
        shown.change_size(24, columns)
        check_columns(shown)


SAFE_KEYS = ("j k g G PgUp PgDn 1 2 3 4 5 Tab BackTab F Space U i I Enter Esc "
             "l ? s > # O C-w Left Right 0 $ n Z w C-e C-y Home End").split()


@pytest.mark.parametrize("seed", range(3 if not LONG else 40))
def test_t03_resizes_while_keys_come(replay, seed):
    chance = random.Random(seed)
    shown = replay(scenes.sample(2)).open()
    for _ in range(60):
        if chance.random() < 0.4:
            shown.change_size(chance.randint(1, 60), chance.randint(1, 200))
        else:
            shown.press(chance.choice(SAFE_KEYS))
        check_screen(shown)
    shown.press("Esc", "Esc", "Esc")
    shown.change_size(30, 100)
    before = terminal.dump_text(shown.screen)
    shown.press("C-l")
    assert terminal.dump_text(shown.screen) == before, \
        "drawn anew it is another screen"


# ---- T14, T15 -------------------------------------------------------------

COLOUR = re.compile(rb"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9\d|10\d)[;m]")
STATES = {"done.bin": "DONE", "skipped.bin": "SKIP", "get.bin": "GET",
          "verify.bin": "VRFY", "connect.bin": "CONN", "retry.bin": "RTRY",
          "failed.bin": "FAIL", "wait.bin": "WAIT", "paused.bin": "PAUS"}


@pytest.mark.parametrize("env", (
    {"NO_COLOR": "1"}, {"TERM": "vt100"}, {"TERM": "xterm-mono"}),
    ids=lambda env: "-".join(env.values()))
def test_t14_no_colours(replay, env):
    shown = replay(scenes.small(), env=env).open()
    shown.wait_for("GET")
    assert not COLOUR.search(bytes(shown.raw))


@pytest.mark.parametrize("term", ("xterm-256color", "xterm", "linux", "screen",
                                  "screen-256color", "tmux-256color",
                                  "rxvt"))
def test_t14_colours(replay, term):
    shown = replay(scenes.small(), env={"TERM": term}).open()
    shown.wait_for("GET")
    assert COLOUR.search(bytes(shown.raw))
    assert shown.text().isascii() == (term == "linux")


def test_t14_an_empty_no_color_is_none(replay):
    shown = replay(scenes.small(), env={"NO_COLOR": ""}).open()
    assert COLOUR.search(bytes(shown.raw))


@pytest.mark.parametrize("term", ("dumb", None, "no-such-terminal"))
def test_t14_a_terminal_that_cannot(haul, server, term):
    server.add("/file", size=100)
    shown = haul(server.url("/file"), env={"TERM": term})
    assert shown.wait() == 0
    assert terminal.ALTERNATE not in shown.screen.private
    assert b"\x1b[?1049h" not in shown.raw
    assert "1 file" in shown.text()


@pytest.mark.parametrize("charset", ("utf8", "ascii"))
def test_t15_states_are_told_apart_without_colour(replay, charset):
    env = {"NO_COLOR": "1", **(ASCII if charset == "ascii" else {})}
    shown = replay(scenes.small(), env=env).open()
    shown.press("g")
    seen = {}
    for name, word in STATES.items():
        row = shown.screen.row(shown.screen.row_of(name))
        glyph = row[2]
        assert row[4:8].strip() == word
        seen[glyph] = name
    assert len(seen) == len(STATES), f"glyphs are shared: {seen}"


def test_t15_selection_tag_and_focus_are_told_without_colour(replay):
    shown = replay(scenes.small(), 40, 100, env={"NO_COLOR": "1"}).open()
    shown.press("g", "Space")
    first = shown.screen.row_of("done.bin")
    assert shown.screen.row(first)[:2].strip(">") == "*" or \
        shown.screen.row(first)[1] == "*"
    shown.press("g")
    assert shown.screen.row(first)[0] == ">"
    shown.press("Enter")
    quiet = terminal.dump_text(shown.screen)
    shown.press("Enter")
    assert terminal.dump_text(shown.screen) != quiet, "focus is not told"


# ---- T26, T27 -------------------------------------------------------------

NAMES = ("plain.bin", "世界地図.tif", "e\u0301te\u0301.txt", "ｆｕｌｌ.bin",
         "a\u0308\u0323\u0331\u0302x.bin", "한국어 파일.txt", "emoji🙂.png",
         "שלום.txt", "عربى.txt", "x" * 300, "é" * 120, "漢" * 80)


@pytest.mark.parametrize("columns", (80, 81, 120, 47))
def test_t26_columns_align(replay, columns):
    script = [scenes.virtual()] + [
        scenes.file(name, "active", size=10 * scenes.M, got=5 * scenes.M,
                    **scenes.one(1)) for name in NAMES]
    shown = replay(script, 24, columns).open()
    places = set()
    for row in range(4, shown.rows):
        cells = shown.screen.cells(row)
        text = [cell.data for cell in cells]
        for at in range(len(text) - 3):
            if "".join(text[at:at + 3]) == "50%":
                places.add(at)
        check_screen(shown)
    assert len(places) == 1, f"at {places}\n{shown.text()}"


SPEAKS = {"HAUL_ACCESSIBLE": "1"}


def spoken():
    """The sample, its names of plain letters."""
    return [{**line, "item": line["item"].encode("ascii", "replace").decode()}
            if "item" in line else line for line in scenes.sample(5)]


@pytest.mark.parametrize("name", VIEWS)
def test_t27_words_alone(replay, name):
    """No sign, no bar, no frame; the cursor is where things happen."""
    shown = replay(spoken(), env=SPEAKS).open()
    shown.step(6000)
    for key in VIEWS[name][0]:
        walk(shown, [key])
        shown.step(2500)
    text = shown.text()
    assert text.isascii(), text
    assert not re.search(r"[#=]{3}|\.{4}|\|.*\||--+|\+-", text), text
    assert not shown.screen.cursor.hidden
    row = shown.screen.row(shown.screen.cursor.y)
    assert row.strip(), f"the cursor is on nothing: {text}"


def test_t27_states_are_words(replay):
    shown = replay(scenes.small(), env=SPEAKS).open()
    shown.step(2500)
    for name, word in STATES.items():
        row = shown.screen.row(shown.screen.row_of(name))
        assert re.search(rf"\b{word}\b", row), row


def test_t27_no_more_than_a_frame_in_two_seconds(replay):
    shown = replay(scenes.sample(5), env=SPEAKS).open()
    shown.step(6000)
    before = shown.stats()["frames"]
    for at in range(20):
        shown.do(speed=(at + 1) * scenes.M)
        shown.step(500)
    assert 3 <= shown.stats()["frames"] - before <= 6


def test_t27_nothing_is_written_when_no_text_changes(replay):
    shown = replay(scenes.queue(50, state="paused"), env=SPEAKS).open()
    shown.step(10_000)
    size = len(shown.raw)
    shown.step(60_000)
    assert len(shown.raw) == size
