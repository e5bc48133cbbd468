# SPDX-License-Identifier: MIT
"""T24: the exit statuses, by the full screen and without, from one table.

Not here: 70 (nothing makes the program contradict itself) and 130, which the
third Ctrl-C brings only if the second was not obeyed yet
(tests/integration/test_command.py).
"""

import re
import signal

import pytest

KEPT, GOOD, GONE, LONG = "/kept.bin", "/good.bin", "/gone.bin", "/long.bin"

# name: (status, arguments, paths, what is done to it meanwhile)
TABLE = {
    "all-there": (0, (), (GOOD,), None),
    "skipped": (0, (), (KEPT,), None),
    "one-failed": (1, ("--retries=0",), (GOOD, GONE), None),
    "wrong-option": (2, ("--no-such-option",), (GOOD,), None),
    "wrong-value": (2, ("--max-conn=many",), (GOOD,), None),
    "wrong-url": (2, (), ("nonsense://x",), None),
    "stopped": (3, (), (LONG,), signal.SIGINT),
    "stopped-and-failed": (3, ("--retries=0",), (LONG, GONE), signal.SIGINT),
    "no-permission": (4, ("-d", "/proc/none"), (GOOD,), None),
    "too-many-failures": (6, ("--retries=0", "--max-failures=1"),
                          (GONE, LONG), None),
    "hang-up": (129, (), (LONG,), signal.SIGHUP),
    "quit-signal": (131, (), (LONG,), signal.SIGQUIT),
    "terminated": (143, (), (LONG,), signal.SIGTERM),
}


def serve(server):
    server.add(KEPT, size=1000)
    server.add(GOOD, size=300_000, rate=1_000_000)
    server.add(GONE, status=404)
    server.add(LONG, size=100_000_000, rate=500_000)


def start(haul, server, output, arguments, paths, **more):
    return haul(f"--output={output}", *arguments,
                *(server.url(path) if path.startswith("/") else path
                  for path in paths), **more)


def runs(shown, output):
    shown.wait_for("?Help" if output == "tui" else "long.bin")
    shown.wait_for(lambda: re.search(r"[1-9][\d.]*K/s|M/s", shown.text()))


def leave(shown, failed):
    """The full screen stays when something has failed, to be looked at."""
    if failed:
        shown.wait_for("5 Failed 1")
        shown.wait_for("2 Active 0")
        shown.send("q")


@pytest.mark.parametrize("output", ("tui", "bar"))
@pytest.mark.parametrize("name", TABLE)
def test_t24_status(haul, server, name, output):
    status, arguments, paths, number = TABLE[name]
    serve(server)
    (haul.folder / "kept.bin").write_bytes(b"old")
    shown = start(haul, server, output, arguments, paths)
    if number:
        runs(shown, output)
        shown.signal(number)
        if output == "tui" and number == signal.SIGINT:
            shown.wait_for("Quit?")
            shown.signal(number)
    elif output == "tui":
        leave(shown, name in ("one-failed", "no-permission"))
    # Without a screen to give back, SIGQUIT is the system's: it ends it at
    # once, with a core; shells call that 131 as well.
    ended = -signal.SIGQUIT if number == signal.SIGQUIT and \
        output == "bar" else status
    assert shown.wait() == ended, shown.text()
    assert not shown.terminal_is_restored()


@pytest.mark.parametrize("output", ("tui", "bar"))
def test_t24_status_of_a_second_one_on_the_same_run(haul, server, output):
    serve(server)
    store = {"HAUL_NO_STORE": None, "XDG_STATE_HOME": str(haul.folder)}
    first = start(haul, server, output, (), (LONG,), env=store)
    runs(first, output)
    second = haul(f"--output={output}", "--resume=1", env=store)
    assert second.wait() == 5, second.text()
    assert not second.terminal_is_restored()
    first.signal(signal.SIGTERM)
    assert first.wait() == 143
