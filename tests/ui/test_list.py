# SPDX-License-Identifier: MIT
"""The list: what it costs, and what stands still.

T04  a million files: what a frame may touch
T05  the selection is an item, whatever changes
T06  follow shows all that is active, and its folds count the rest
T07  a burst of failures moves nothing
T17  the mouse
T19  undo
T20  a dialog acts on what it was opened for
T25  nothing is written when nothing changes
"""

import re

import pytest

import scenes
import terminal
from common import LONG

MILLION = 1_000_000
DONE, FAILED = 6, 8             # of enum haul_state
ROWS = 24


def selected(shown):
    """The text of the selected row: the one marked in column 0."""
    rows = [row for row in shown.screen.rows()[2:-2] if row.startswith(">")]
    return rows[0] if rows else None


def selected_name(shown):
    row = selected(shown)
    found = row and re.search(r"\w+_\d+\.bin", row)
    return found.group() if found else None


def selected_line(shown):
    return next(number for number, row in enumerate(shown.screen.rows())
                if number > 1 and row.startswith(">"))


# ---- T04 ------------------------------------------------------------------

def test_t04_a_million_files(replay):
    shown = replay(scenes.queue(MILLION, active=64)).open()
    shown.step(1000)
    for keys in ((), ("j",), ("G",), ("PgUp",), ("2",), ("3", "G"), ("1", "F"),
                 ("Enter",), ("C-d",)):
        shown.press(*keys)
        shown.stats()
        shown.step(1000)
        stats = shown.stats()
        bound = ROWS + ROWS + min(64, ROWS) + 64
        assert stats["items_max"] <= bound, f"after {keys}: {stats}"
        assert stats["calls_max"] <= 4 * bound, f"after {keys}: {stats}"


def test_t04_bytes_of_a_frame(replay):
    shown = replay(scenes.queue(10_000, active=64)).open()
    shown.step(3000)
    frames, size = shown.stats()["frames"], len(shown.raw)
    shown.step(5000)
    frames = shown.stats()["frames"] - frames
    assert frames >= 5
    assert (len(shown.raw) - size) / frames <= 1536
    size = len(shown.raw)
    shown.press("3")            # all rows are others
    assert len(shown.raw) - size <= 6144


def test_find_and_tag_go_on_to_the_end(replay):
    shown = replay(scenes.queue(300_000, active=8)).open()
    shown.step(1000)
    shown.press("/")
    shown.type("_299990.")
    shown.rest()
    shown.press("Enter")
    assert "_299990." in selected(shown), shown.text()
    shown.send(":tag _2999\r")
    shown.rest()
    shown.step(200)
    assert "92 files tagged" in shown.text(), shown.text()


# ---- T05 ------------------------------------------------------------------

CHANGES = 10_000 if LONG else 2_000


@pytest.mark.parametrize("order", ("q", "n", "s", "h", "t", "p", "v", "e",
                                   "f"))
def test_t05_selection_stays_in_every_order(replay, order):
    shown = replay(scenes.queue(3000, active=20)).open()
    shown.press(">", order)
    if "Sort by" in shown.text():
        shown.press("Enter")
    shown.press("g", "PgDn", "j", "j")
    name = selected_name(shown)
    assert name, shown.text()
    shown.do(churn="random", rate=1000, until=10 ** 9)
    for _ in range(CHANGES // 1000):
        shown.step(1000)
        assert selected_name(shown) == name, shown.text()


@pytest.mark.parametrize("tab", "23")
def test_t05_what_leaves_a_view_leaves_the_selection_on_its_line(replay, tab):
    shown = replay(scenes.queue(60, active=8)).open()
    shown.press(tab, "g", "j", "j")
    name, line = selected_name(shown), selected_line(shown)
    number = int(re.search(r"\d+", name).group())
    id = number + 1 if name.startswith("active") else number + 8 + 1
    rows = shown.screen.rows()
    after = re.search(r"\w+_\d+\.bin", rows[line + 1]).group()
    shown.do(id=id, state="done")
    shown.step(1000)
    assert name not in "".join(shown.screen.rows()[2:-2])
    assert selected_line(shown) == line
    assert selected_name(shown) == after
    assert "Done" in shown.screen.row(ROWS - 2)


def test_t05_the_last_of_a_view_gives_the_one_before(replay):
    shown = replay(scenes.queue(10, active=3)).open()
    shown.press("2", "G")
    assert selected_name(shown) == "active_000002.bin"
    shown.do(id=3, state="done")
    shown.step(1000)
    assert selected_name(shown) == "active_000001.bin"


# ---- T06 ------------------------------------------------------------------

def folded(shown):
    """How many files the folds stand for."""
    total = 0
    for row in shown.screen.rows()[3:-2]:
        if "⋯" in row:
            total += sum(int(number.replace(",", ""))
                         for number in re.findall(r"[\d,]*\d", row))
    return total


def listed(shown):
    return sum(bool(re.search(r"\w\.\w+ ", row)) and "⋯" not in row
               for row in shown.screen.rows()[4:-2])


def test_t06_follow_shows_all_active(replay):
    shown = replay(scenes.queue(5000, active=9)).open()
    shown.do(churn="random", rate=300, until=20_000)
    for _ in range(20):
        shown.step(1000)
        states = shown.states()
        active = [id for id, state in states if state in (2, 3, 4, 5)]
        if len(active) <= 12:
            for id in active:
                name = f"active_{id - 1:06}" if id <= 9 else \
                    f"file_{id - 10:06}"
                assert name in shown.text(), shown.text()
        assert folded(shown) + listed(shown) == len(
            [1 for _, state in states if state != 9]), shown.text()


def test_t06_more_active_than_rows(replay):
    shown = replay(scenes.queue(300, active=100)).open()
    text = shown.text()
    assert "more active" in text
    assert "active_000000" in text and "active_000099" in text
    assert folded(shown) + listed(shown) == 300, text


def test_t06_movement_unfolds_on_the_same_line(replay):
    shown = replay(scenes.queue(500, active=5)).open()
    assert "FOLLOW" in shown.text() and "⋯" in shown.text()
    name, line = selected_name(shown), selected_line(shown)
    shown.press("j")
    assert "FOLLOW" not in shown.screen.row(1)
    assert "⋯" not in shown.text()
    assert shown.screen.find(name)[0] in (line, line - 1)
    shown.press("F")
    assert "FOLLOW" in shown.screen.row(1)


# ---- T07 ------------------------------------------------------------------

def test_t07_a_burst_of_failures_moves_nothing(replay):
    shown = replay(scenes.queue(40_000, active=5)).open()
    shown.press("j", "j", "j", "Enter")
    name, line = selected_name(shown), selected_line(shown)
    rows = [row for row in range(3, 10)]
    before = [shown.screen.row(row)[9:30] for row in rows]
    shown.do(churn="fail", rate=10_000, until=10 ** 9)
    told = set()
    for _ in range(20):
        shown.step(100)
        told.add(shown.screen.row(ROWS - 2).strip())
        assert selected_name(shown) == name
        assert selected_line(shown) == line
        assert [shown.screen.row(row)[9:30] for row in rows] == before
    assert "Details:" in shown.text()
    assert "[1 All" in shown.screen.row(1)
    assert len(told - {""}) <= 3 * 2 + 1, told
    assert any("failed in the last" in words for words in told), told


def test_t07_a_dialog_stays_open(replay):
    shown = replay(scenes.queue(20_000, active=5)).open()
    shown.press("a")
    shown.type("https://example.org/one")
    shown.do(churn="fail", rate=10_000, until=10 ** 9)
    shown.step(1000)
    shown.type("/two")
    assert "https://example.org/one/two" in shown.text()


# ---- T17 ------------------------------------------------------------------

def test_t17_clicks_select_and_open(replay):
    shown = replay(scenes.small()).open()
    row, column = shown.screen.find("wait.bin")
    shown.click(row, column)
    assert "wait.bin" in selected(shown)
    assert "Details:" not in shown.text()
    row, column = shown.screen.find("wait.bin")
    shown.click(row, column)
    assert "Details:" in shown.text()


def click_on(shown, words):
    row, column = shown.screen.find(words)
    shown.click(row, column)


def test_t17_clicks_on_a_dialogs_answers(replay):
    """The first chooses, the second is the answer."""
    shown = replay(scenes.small()).open()
    shown.press("q")
    click_on(shown, "[d] Finish")
    assert "> [d] Finish" in shown.text()
    click_on(shown, "[d] Finish")
    assert "Quit?" not in shown.text()
    assert "hold 1" in shown.calls(), "it does not finish what is active"
    shown.press("q")
    click_on(shown, "[Esc] Go back")
    assert "Quit?" not in shown.text() and shown.process.poll() is None


def test_t17_clicks_in_menu_and_settings(replay):
    shown = replay(scenes.small()).open()
    shown.press(">")
    click_on(shown, "s  size")
    click_on(shown, "s  size") if "Sort by" in shown.text() else None
    assert "size" in shown.screen.row(1), shown.text()
    shown.press("s")
    shown.calls()
    click_on(shown, "+]")
    assert any(call.startswith("set max-conn 6") for call in shown.calls())


def test_t17_clicks_on_a_group_of_failures(replay):
    shown = replay(scenes.sample(2)).open()
    shown.step(3000)
    shown.press("5")
    click_on(shown, "host not found    ")
    shown.rest()
    click_on(shown, "host not found    ")
    shown.rest()
    text = shown.text()
    assert "readme.txt" in text and "_131_" not in text, text


def test_the_groups_of_failures_are_reached_and_say_their_keys(replay):
    shown = replay(scenes.sample(2)).open()
    shown.step(3000)
    shown.press("5")
    assert "Ctrl-WGroups" in shown.screen.row(23)
    for word in "RRetry-group", "jScroll", "RRetry-all":
        shown.press("C-w")
        assert word in shown.screen.row(23), shown.text()
    # Enter goes to the pane below, wherever the focus was at last.
    shown.press("Enter")
    assert "jScroll" in shown.screen.row(23)
    shown.press("C-w", "C-w", "Enter")
    shown.rest()
    assert "EscBack" in shown.screen.row(23)
    assert "one group shown" in shown.text()


@pytest.mark.parametrize("word,tab", (("2 Active", "[2 Active"),
                                      ("4 Done", "[4 Done"),
                                      ("5 Failed", "[5 Failed")))
def test_t17_clicks_on_tabs(replay, word, tab):
    shown = replay(scenes.small()).open()
    row, column = shown.screen.find(word)
    assert row == 1
    shown.click(row, column + 1)
    assert tab in shown.screen.row(1)


def test_t17_clicks_on_column_heads_sort(replay):
    shown = replay(scenes.queue(100)).open()
    shown.press("g")
    row, column = shown.screen.find("NAME")
    shown.click(row, column)
    shown.step(500)
    assert "name" in shown.screen.row(1).lower()
    first = shown.screen.row(row + 1)
    shown.click(row, column)
    shown.step(500)
    shown.press("g")
    assert shown.screen.row(row + 1) != first


def test_t17_clicks_on_the_key_bar(replay):
    shown = replay(scenes.small()).open()
    row, column = shown.screen.find("?Help")
    shown.click(row, column + 2)
    assert "search" in shown.text() or "MOVE" in shown.text()


def test_t17_the_wheel_scrolls(replay):
    shown = replay(scenes.queue(1000)).open()
    shown.press("g")
    row = 10
    before = shown.screen.row(row)
    shown.wheel(row, 20)
    assert shown.screen.row(row - 3)[2:] == before[2:]


def test_t17_the_wheel_scrolls_what_is_under_it(replay):
    shown = replay(scenes.sample(2), 24, 80).open()
    shown.step(3000)
    shown.press("5")
    row, column = shown.screen.find("  host not found   ")
    shown.rest()
    shown.wheel(row, column)
    assert shown.screen.row(row).startswith(">"), shown.text()
    shown.wheel(row, column, down=False)
    assert shown.screen.row(row - 1).startswith(">"), shown.text()
    shown.press("1", "?")
    help_row = shown.screen.row(10)
    shown.wheel(12, 20)
    assert shown.screen.row(7) == help_row
    shown.press("Esc", "j", "j", "l")
    log = shown.screen.find("Log")[0]
    before = selected(shown)
    shown.wheel(log + 2, 20, down=False)
    assert before and selected(shown) == before


@pytest.mark.parametrize("key", ("t", "d", "F5", "F9"))
def test_keys_of_other_programs_get_a_hint(replay, key):
    shown = replay(scenes.small()).open()
    shown.calls()
    shown.press(key)
    row = shown.screen.row(ROWS - 2)
    assert re.match(rf"{key} is not bound( here)?: ", row), row
    assert not shown.calls()


def test_t17_nothing_destructive_on_one_click(replay):
    shown = replay(scenes.small()).open()
    found = shown.screen.find("xRemove") or shown.screen.find("Remove")
    shown.calls()
    if found:
        shown.click(*found)
    assert not [call for call in shown.calls() if call.startswith("remove")
                and "data=1" in call]


def test_t17_mouse_off_is_off(replay):
    shown = replay(scenes.small()).open()
    assert terminal.MOUSE & shown.screen.private
    shown.press("m")
    assert not terminal.MOUSE & shown.screen.private


def test_t17_without_a_mouse_no_mode_is_sent(replay):
    shown = replay(scenes.small(), arguments=["--mouse=no"]).open()
    shown.step(500)
    for mode in (b"1000", b"1002", b"1003", b"1006"):
        assert b"\x1b[?" + mode not in shown.raw
        assert b";" + mode + b"h" not in shown.raw


# ---- T19, T20 -------------------------------------------------------------

@pytest.mark.parametrize("key,does,undone", (
    ("x", "remove 8 data=0", "restore 8"),
    ("p", "pause 8", "resume 8"),
    ("[", "move 8", "move 8"),
    ("+", "set max-conn 6", "set max-conn 5"),
    ("}", "set max-splits 6", "set max-splits 5"),
))
def test_t19_undo(replay, key, does, undone):
    shown = replay(scenes.small()).open()
    shown.press("g")
    while "wait.bin" not in selected(shown):
        shown.press("j")
    before = shown.states()
    shown.calls()
    shown.press(key)
    assert any(call.startswith(does) for call in shown.calls()), key
    shown.press("u")
    assert any(call.startswith(undone) for call in shown.calls()), key
    assert shown.states() == before


def test_t19_undo_is_deep_and_says_its_end(replay):
    shown = replay(scenes.queue(30)).open()
    shown.press("g")
    before = shown.states()
    for _ in range(10):
        shown.press("x")
    assert sum(state == 9 for _, state in shown.states()) == 10
    for _ in range(10):
        shown.press("u")
    assert shown.states() == before
    shown.calls()
    shown.press("u")
    assert not shown.calls()


def test_t20_a_dialog_acts_on_its_item(replay):
    shown = replay(scenes.sample(2)).open()
    shown.step(3000)
    shown.press("5", "j", "e")
    assert "Edit and retry" in shown.text()
    for id in (485, 486, 487):
        shown.do(id=id, state="queued")
    shown.do(churn="fail", rate=100, until=10 ** 9)
    shown.step(2000)
    old = re.search(r"Old +(\S+)", shown.text()).group(1)
    states = dict(shown.states())
    shown.calls()
    shown.type("x")
    shown.press("Enter")
    edits = [call for call in shown.calls() if call.startswith("edit")]
    assert len(edits) == 1, shown.text()
    id = int(edits[0].split()[1])
    assert id in states
    assert edits[0].split()[2].startswith(old.rstrip("…~")[:40])


def test_t20_confirmation_binds_its_items(replay):
    shown = replay(scenes.queue(50, active=2)).open()
    shown.press("g", "j", "j", "j", "j")
    name = selected_name(shown)
    id = int(re.search(r"\d+", name).group()) + 2 + 1
    shown.press("X")
    shown.do(churn="finish", rate=20, until=10 ** 9)
    shown.step(1000)
    shown.calls()
    shown.press("y")
    calls = shown.calls()
    assert f"remove {id} data=1" in calls, f"{calls}\n{shown.text()}"


def test_what_was_asked_for_is_told_though_the_row_moves(replay):
    shown = replay([scenes.virtual()] + [
        scenes.file(f"file_{n}.bin", "failed", cause="dns", attempt=1)
        for n in range(3)]).open()
    shown.step(6000)
    shown.press("5", "j", "R")
    shown.step(500)
    assert "trying 3 files again" in shown.screen.row(ROWS - 2), shown.text()


def test_no_pane_tells_of_nothing(replay):
    shown = replay([scenes.virtual(), scenes.file(
        "file.bin", "failed", cause="dns", attempt=1)]).open()
    shown.press("5")
    assert "Why: file.bin" in shown.text()
    shown.do(id=1, state="active")
    shown.step(1000)
    assert "Nothing has failed" in shown.text()
    assert "Details" not in shown.text() and "Why" not in shown.text()
    shown.do(id=1, state="failed", cause="dns")
    shown.step(1000)
    assert "Why: file.bin" in shown.text(), shown.text()


# ---- T25 ------------------------------------------------------------------

def test_t25_nothing_is_written_when_nothing_changes(replay):
    shown = replay(scenes.queue(500, state="paused")).open()
    shown.step(10_000)          # messages of the start go
    size = len(shown.raw)
    shown.step(60_000)
    assert len(shown.raw) == size, bytes(shown.raw[size:size + 200])


# ---- filter ---------------------------------------------------------------

def test_filter_is_counted_in_the_tabs_though_nothing_runs(replay):
    script = [scenes.virtual()] + [
        scenes.file(f"{name}_%03d.bin", state, count=count, size=scenes.M)
        for name, state, count in (("a", "done", 40), ("b", "paused", 30),
                                   ("c", "failed", 20))]
    shown = replay(script).open()
    shown.press("\\")
    shown.type("_00")
    shown.rest()
    assert "[1 All 30]" in shown.screen.row(1), shown.text()
    assert "4 Done 10" in shown.screen.row(1)
    assert "30 of 90" in shown.screen.row(ROWS - 2)


def test_filter_leaves_no_room_while_rows_are_hidden_above(replay):
    shown = replay(scenes.queue(300)).open()
    shown.press("g", "PgDn", "PgDn", "j", "j", "j")
    shown.press("\\")
    shown.type("00003")
    shown.rest()
    for number in range(30, 40):
        assert f"file_{number:06}" in shown.text(), shown.text()
