# SPDX-License-Identifier: MIT
"""haul alone on a terminal: what an earlier run has left is offered.

By the replayed engine: what the offer looks like, on any screen, and what each
key asks for. By the real one: order and pauses come back, what failed is
retried or stays listed, a run that somebody works on is left to him, forgotten
ones are gone, and leaving the offer loses nothing.
"""

import re
import signal
import sqlite3

import pytest

import face
import scenes
import terminal

STORE = {"HAUL_NO_STORE": None}
RUNS = (
    {"run": 7, "left": 2, "pid": 4711, "dir": "/data/now", "got": 3840,
     "started": scenes.EPOCH - 60_000},
    {"run": 5, "left": 698, "paused": 3, "failed": 12,
     "dir": "/data/sun/世界地図", "got": 13_300_000_000,
     "started": scenes.EPOCH - 9_000_000, "ended": scenes.EPOCH - 7_000_000},
    {"run": 2, "left": 1, "lacking": 1, "dir": "/tmp/\x1b[31mevil",
     "started": scenes.EPOCH - 400_000_000,
     "ended": scenes.EPOCH - 200_000_000},
    {"run": 1, "left": 5, "dir": "/data/old",
     "started": scenes.EPOCH - 900_000_000},
)


@pytest.fixture
def offer(replay):
    def start(rows=24, columns=80, runs=RUNS, env=None):
        return replay([scenes.virtual(), *runs], rows, columns,
                      env={**STORE, **(env or {})}).open()
    return start


def asked(shown):
    return [call for call in shown.calls()
            if call.startswith(("load", "forget"))]


@pytest.mark.parametrize("charset", ("utf8", "ascii"))
@pytest.mark.parametrize("rows,columns", ((24, 80), (40, 120), (10, 40)))
def test_golden(offer, golden, rows, columns, charset):
    shown = offer(rows, columns,
                  env={"LC_ALL": "C"} if charset == "ascii" else None)
    assert shown.text().isascii() or charset == "utf8"
    golden(f"offer-{columns}x{rows}-{charset}",
           terminal.dump_text(shown.screen))


def test_any_size_and_the_chosen_run_whole(offer):
    shown = offer()
    for rows, columns in [(24, columns) for columns in range(1, 90, 7)] + \
            [(rows, 40) for rows in range(1, 24)] + [(60, 200), (2, 3)]:
        shown.change_size(rows, columns)
        assert not shown.screen.scrolled
        for row in shown.screen.rows():
            assert terminal.width(row) == columns
    shown.change_size(8, 40)
    for key, words in (("1", "working on it"), ("4", "[x] Forget"),
                       ("2", "[x] Forget"), ("3", "[x] Forget")):
        shown.press(key)
        assert re.search(rf"^> {key} ", shown.text(), re.M), shown.text()
        assert words in shown.text().split(f"> {key} ")[1], shown.text()


def test_nothing_is_offered_without_runs_or_with_files(offer, replay):
    assert "Unfinished" not in offer(runs=()).text()
    shown = replay([scenes.virtual(), *RUNS, scenes.file("a.bin")],
                   env=STORE).open()
    assert "Unfinished" not in shown.text()
    shown = replay([scenes.virtual(), *RUNS], env=STORE,
                   arguments=["http://archive.example.org/a"])
    shown.step(500)
    assert "Unfinished" not in shown.text()


@pytest.mark.parametrize("keys,wanted", (
    (("Enter",), "load 5 which=5"), (("r",), "load 5 which=7"),
    (("j", "Enter"), "load 2 which=5"), (("4", "Enter"), "load 1 which=5"),
    (("Up", "Up", "Up", "Enter"), "load 1 which=5"),
    (("4", "x", "y"), "forget 1"), (("Down", "x", "Tab", "Enter"),
                                    "forget 2")))
def test_keys(offer, keys, wanted):
    shown = offer()
    shown.press(*keys, ms=100)
    assert asked(shown) == [wanted]


@pytest.mark.parametrize("keys", (
    ("Esc",), ("e",), ("q",), ("G", "Up", "Up", "Enter"), ("x", "Enter", "e"),
    ("x", "Esc", "e"), ("1", "Enter", "r", "x", "e"), ("9", "e")))
def test_starting_empty_asks_for_nothing(offer, keys):
    shown = offer()
    shown.press(*keys, ms=100)
    assert asked(shown) == []
    assert "Unfinished" not in shown.text()
    assert "No files yet" in shown.text()


def test_the_chosen_run_fills_the_list(offer):
    shown = offer()
    shown.press("2", "Enter", ms=300)
    assert "698" in shown.screen.row(1) and "Unfinished" not in shown.text()
    assert [state for _, state in shown.states()].count(1) == 3   # paused
    shown.press("l")
    assert "RUN " in shown.text(), shown.text()


def test_a_click_chooses_a_second_goes_on(offer):
    shown = offer()
    row = shown.screen.row_of("/data/old")
    shown.click(row, 20)
    row = shown.screen.row_of("/data/old")
    assert asked(shown) == [] and "> 4" in shown.screen.row(row)
    shown.click(row + 1, 20)
    shown.step(200)
    assert asked(shown) == ["load 1 which=5"]


def test_what_was_forgotten_is_offered_no_more(offer):
    shown = offer()
    shown.press("4", "x", "y", ms=200)
    assert "/data/old" not in shown.text() and "Unfinished" in shown.text()
    shown.press("2", "x", "y", ms=200)
    shown.press("2", "x", "y", ms=200)
    assert "/data/now" in shown.text() and "/data/sun" not in shown.text()


def test_the_last_one_forgotten_closes_it(offer):
    shown = offer(runs=RUNS[3:])
    shown.press("x", "y", ms=200)
    assert "Unfinished" not in shown.text()


def test_one_that_was_taken_meanwhile_names_its_process(offer):
    shown = offer(runs=({**RUNS[3], "run": 5, "taken": True}, RUNS[3]))
    shown.press("Enter", ms=300)
    assert "process 4711 is working on it" in shown.text()
    assert "run 5 is being worked on by process 4711" in shown.text()
    assert re.search("> 2 ", shown.text()), shown.text()


def test_many_runs_are_cut(offer):
    shown = offer(40, 80, runs=[{"run": 100 - n, "left": n + 1} for n in
                                range(30)])
    shown.press("G", "Up")
    shown.change_size(60, 80)
    assert "Older ones: haul --history" in shown.text()
    assert "20 files left" in shown.text()
    assert "21 files left" not in shown.text()


def test_accessible_words_and_cursor(offer):
    ascii_runs = [{**run, "dir": f"/data/{run['run']}"} for run in RUNS]
    shown = offer(runs=ascii_runs, env={"HAUL_ACCESSIBLE": "1"})
    shown.step(2500)
    text = shown.text()
    assert text.isascii() and "Unfinished runs" in text
    assert not re.search(r"\|.*\||--+|\+-", text), text
    for key, run in (("4", 1), ("1", 7), ("e", None)):
        shown.press(key)
        shown.step(2500)
        if run:
            row = shown.screen.row(shown.screen.cursor.y)
            assert f"/data/{run}" in row, shown.text()
            assert not shown.screen.cursor.hidden
    assert "Unfinished" not in shown.text()


# ---- the real engine ------------------------------------------------------

@pytest.fixture
def alone(haul, server):
    """Starts haul with a store of its own."""
    env = {"HAUL_NO_STORE": None, "XDG_STATE_HOME": str(haul.folder / "state")}

    def start(*arguments, **more):
        return haul(*arguments, env=env, **more)
    start.database = haul.folder / "state" / "haul" / "queue.db"
    return start


def in_store(alone, condition):
    """Whether something is written down."""
    try:
        with sqlite3.connect(f"file:{alone.database}?mode=ro", uri=True,
                             timeout=5) as base:
            return base.execute(condition).fetchone()[0]
    except sqlite3.OperationalError:
        return None


def kill(shown):
    shown.signal(signal.SIGKILL)
    shown.wait()


def left_behind(alone, server, haul, count=4):
    """A run with a file that is fetched, others waiting, killed."""
    server.add("/first.bin", size=3_000_000, rate=300_000)
    for n in range(count):
        server.add(f"/f{n}.bin", size=40_000 + n)
    shown = alone("--max-conn=1", "--max-splits=1", "-d", "got",
                  server.url("/first.bin"),
                  *(server.url(f"/f{n}.bin") for n in range(count)))
    shown.wait_for("?Help")
    shown.wait_for(lambda: "GET" in shown.screen.row(
        shown.screen.row_of("first.bin")))
    shown.pump(1.0)                     # recorded within a third of it
    return shown


def order(shown):
    return re.findall(r"(first|f\d)\.bin", shown.text())


def test_order_and_pauses_come_back_after_a_kill(alone, server, haul):
    shown = left_behind(alone, server, haul)
    shown.send("G]]")                   # f3 before f1 and f2 ...
    shown.wait_for(lambda: order(shown) ==
                   ["first", "f0", "f3", "f1", "f2"])
    shown.send("Gp")                    # ... and f2 waits
    shown.wait_for("PAUS")
    shown.pump(1.0)                     # recorded within a third of it
    kill(shown)
    shown = alone()
    shown.wait_for("Unfinished runs")
    shown.wait_for("5 files left (1 paused)")
    assert "cut off" in shown.text() and "/got" in shown.text()
    shown.send("\r")
    shown.wait_for(lambda: order(shown) ==
                   ["first", "f0", "f3", "f1", "f2"])
    assert "PAUS" in shown.screen.row(shown.screen.row_of("f2.bin"))
    shown.wait_for("4 Done 4", 30)
    assert "PAUS" in shown.text()
    folder = haul.folder / "got"
    assert (folder / "first.bin").read_bytes() == \
        server.content("/first.bin").read()
    assert not (folder / "f2.bin").exists()
    # Not from the start, and not in a run of its own.
    assert server.bytes_sent("/first.bin") < 3_000_000 * 1.5
    shown.send("q")
    shown.wait_for("Quit?")
    shown.send("q")
    assert shown.wait() == 3
    assert in_store(alone, "select count(*) from runs") == 1


def test_leaving_the_offer_keeps_the_run(alone, server, haul):
    kill(left_behind(alone, server, haul))
    for _ in range(2):
        shown = alone()
        shown.wait_for("Unfinished runs")
        shown.send("\x1b")
        shown.wait_for("haul --resume goes on")
        shown.send("q")
        assert shown.wait() == 0
    assert alone("--resume", "--headless").wait() == 0
    assert (haul.folder / "got" / "f3.bin").exists()
    shown = alone()
    shown.wait_for("No files yet")
    shown.pump(0.3)
    assert "Unfinished" not in shown.text()


@pytest.mark.parametrize("retry", (False, True))
def test_what_failed_is_listed_or_retried(alone, server, haul, retry):
    server.add("/bad.bin", size=500, turns=({"status": 404},) * 9)
    server.add("/slow.bin", size=2_000_000, rate=400_000)
    shown = alone("-d", "got", "--retries=0", server.url("/bad.bin"),
                  server.url("/slow.bin"))
    shown.wait_for("5 Failed 1")
    shown.pump(0.7)
    kill(shown)
    server.add("/bad.bin", size=500)
    shown = alone()
    shown.wait_for("1 file left, 1 failed")
    shown.send("r" if retry else "\r")
    if retry:
        shown.wait_for("4 Done 2", 30)
    else:
        shown.wait_for("4 Done 1", 30)
        assert "5 Failed 1" in shown.text()
    shown.send("q")
    assert shown.wait() == (0 if retry else 1)
    assert (haul.folder / "got" / "bad.bin").exists() == retry


def test_a_run_that_is_alive_is_left_to_its_process(alone, server, haul):
    first = left_behind(alone, server, haul)
    second = alone()
    second.wait_for(f"process {first.process.pid} is working on it")
    second.send("1\rrx")
    second.pump(0.5)
    assert "Unfinished runs" in second.text() and "Forget this" not in \
        second.text()
    second.send("eq")
    assert second.wait() == 0
    kill(first)


def test_a_forgotten_run_is_gone_its_bytes_are_not(alone, server, haul):
    kill(left_behind(alone, server, haul))
    shown = alone()
    shown.wait_for("Unfinished runs")
    shown.send("x")
    shown.wait_for("Forget this run?")
    shown.send("y")
    shown.wait_for(lambda: "Unfinished" not in shown.text() and
                   "Forget" not in shown.text())
    shown.send("q")
    assert shown.wait() == 0
    assert in_store(alone, "select count(*) from runs") == 0
    assert (haul.folder / "got" / "first.bin.part").exists()


def test_no_store_offers_nothing(alone, server, haul):
    kill(left_behind(alone, server, haul))
    shown = alone("--no-store")
    shown.wait_for("No files yet")
    shown.pump(0.3)
    assert "Unfinished" not in shown.text()
