# SPDX-License-Identifier: MIT
"""What comes in from persons and from servers.

T10  names of any bytes: nothing but what is ours reaches the terminal
T11  escapes in headers, reasons, redirects and errors
T16  pastes
T18  every key of the table is in the help, and every one does something
"""

import random
import re
import sys
import unicodedata

import pytest

import scenes
from common import LONG, SOURCE

# What haul and ncurses may write, all of it.
ALLOWED = re.compile(
    rb"\x1b\[[0-9;]*[A-HJKLMPSTXZ@abcdfghlmrst]"
    rb"|\x1b\[\?[0-9;]*[hlsr]"
    rb"|\x1b\[\?[0-9;]*\$p"
    rb"|\x1b\[>[0-9;]*[mcuq]"
    rb"|\x1b\[!p"
    rb"|\x1b[=>78M]"
    rb"|\x1b[()][0AB]"
    rb"|\x1b\]0;[ -~]*(?:\x07|\x1b\\)"
    rb"|\x1b\]2;[ -~]*(?:\x07|\x1b\\)"
    rb"|\x1b\]52;[a-z]*;[A-Za-z0-9+/=]*(?:\x07|\x1b\\)"
    rb"|[\r\n\x08\x0e\x0f]")
OURS = set("·█▏▎▍▌▋▊▉▇▆▅▄▃▂▁░▒▓▶○◌◆‖↻✓✗−⋯…≥─│┌┐└┘├┤−")
BAD = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def check_output(raw):
    left = ALLOWED.sub(b"", bytes(raw))
    text = left.decode("utf-8")         # strictly
    bad = {f"U+{ord(character):04X}" for character in text
           if unicodedata.category(character) in BAD}
    assert not bad, f"reached the terminal: {sorted(bad)}"


def codes():
    every = [code for code in range(1, sys.maxunicode + 1)
             if not 0xD800 <= code <= 0xDFFF and chr(code) != "/"]
    if LONG:
        return every
    sharp = [code for code in every if unicodedata.category(chr(code)) in
             ("Cc", "Cf", "Zl", "Zp", "Mn", "Me") or code in
             (0xAD, 0x115F, 0x1160, 0x3164, 0xFFA0, 0xE000, 0xFFFF)]
    return sharp + random.Random(1).sample(every, 1000)


def raw_names():
    some = codes()
    for at in range(0, len(some), 16):
        yield "".join(map(chr, some[at:at + 16])).encode()
    chance = random.Random(2)
    for _ in range(500 if LONG else 60):
        yield bytes(byte for byte in chance.randbytes(40)
                    if byte not in (0, 0x2F)) or b"x"
    yield from (b"\xc2\x9b31m", b"\x9b31m", b"\xed\xa0\x80", b"\xf5\x80",
                b"\xc0\xaf", b"\xff" * 20, "\u202egpj.exe".encode(),
                b"\x1b]52;c;aGk=\x07", b"\x1b[2J\x1b[H", b"\x1bP1$r\x1b\\",
                b"\x0e\x0f\x08\x07", b"a" * 250)


@pytest.mark.parametrize("charset", ("C.UTF-8", "C"))
def test_t10_names_of_any_bytes(replay, charset):
    script = [scenes.virtual()] + [
        scenes.file("", "failed", raw=name.hex(), cause="http", status=404,
                    attempt=1) for name in raw_names()]
    shown = replay(script, 60, 120, env={"LC_ALL": charset}).open()
    shown.press("g")
    pages = len(script) // 50 + 2
    for page in range(pages):
        shown.press("PgDn")
        if page % 8 == 0:
            shown.press("Enter", "w", "Esc", "Esc")
    shown.press("5")
    for _ in range(4):
        shown.press("PgDn")
    assert shown.process.poll() is None
    check_output(shown.raw)


def test_t10_a_name_is_shown_exactly_in_its_details(replay):
    script = [scenes.virtual(), scenes.file(
        scenes.EVIL, "active", size=scenes.M, got=1, **scenes.one(1))]
    shown = replay(script, 40, 120).open()
    shown.press("Enter")
    assert "evil?[31mname?txt.exe" in shown.text()
    assert r"\x1b[31mname\u202etxt.exe" in shown.text(), shown.text()
    check_output(shown.raw)


ESC = "\x1b]52;c;aGF1bA==\x07\x1b[31m\x9b1m\u202e"


@pytest.mark.parametrize("what", (
    dict(message="Could not resolve host: " + ESC, cause="dns"),
    dict(server=ESC, cause="http", status=500),
    dict(etag=f'"{ESC}"', modified=ESC, cause="http", status=500),
    dict(final_url="https://example.org/" + ESC, cause="http", status=500),
    dict(path="/data/" + ESC, url="https://example.org/" + ESC,
         cause="disk_perm"),
), ids=("message", "server", "etag", "redirect", "path"))
def test_t11_escapes_from_servers(replay, what):
    history = [scenes.attempt(9, what["cause"], what.get("status", 0),
                              message=what.get("message", ESC), url=ESC)]
    script = [scenes.virtual(), scenes.file(
        "file.bin", "failed", attempt=1, history=history, **what)]
    shown = replay(script, 40, 120).open()
    shown.press("g", "Enter", "w", "Esc", "Esc", "l", "5", "y", "Y", "e")
    shown.step(3000)
    check_output(shown.raw)


def test_t11_a_real_server(haul, server):
    reason = b"HTTP/1.1 404 \x1b]52;c;aGk=\x07No\x9b31m\r\n" \
        b"Content-Length: 0\r\nServer: \x1b[2J\r\n\r\n"
    server.add("/a", raw=reason)
    server.add("/b", redirect="http://127.0.0.1:1/\x1b[31mx")
    server.add("/c", size=10, disposition='attachment; filename="\x1b[2Jx"',
               headers=(("Server", "\x1b]0;owned\x07"),))
    shown = haul("--retries=0", server.url("/a"), server.url("/b"),
                 server.url("/c"), rows=40, columns=120)
    shown.wait_for("5 Failed 2")
    for key in ("5", "\r", "l", "1", "\r"):
        shown.send(key)
        shown.pump(0.2)
    check_output(shown.raw)
    assert b"owned" not in shown.raw


# ---- T16 ------------------------------------------------------------------

URLS = "".join(f"https://example.org/{name}.bin\n" for name in "abc")


def test_t16_a_paste_opens_add(replay):
    shown = replay(scenes.small()).open()
    shown.calls()
    shown.paste(URLS)
    assert "Add URLs" in shown.text()
    for name in "abc":
        assert f"https://example.org/{name}.bin" in shown.text()
    assert not shown.calls(), "nothing is done before it is confirmed"
    shown.press("A-Enter")
    added = [call for call in shown.calls() if call.startswith("add")]
    assert [call.split()[1] for call in added] == URLS.split()


def test_t16_a_paste_of_very_many_lines_gets_no_form(replay):
    shown = replay(scenes.small()).open()
    shown.paste("\r" * 100_001)
    assert "Read as a list?" in shown.text(), shown.text()
    assert "Add URLs" not in shown.text()


def test_t16_a_paste_is_never_keys(replay):
    shown = replay(scenes.small()).open()
    shown.calls()
    shown.paste("qQxXDp\x1b[3~\x03\x1a\r\n")
    assert shown.process.poll() is None
    assert not shown.calls()


def test_t16_an_end_inside_a_paste_does_not_break_out(replay):
    shown = replay(scenes.small()).open()
    shown.calls()
    shown.paste("https://example.org/x\n\x1b[201~Q")
    shown.step(500)
    # What a terminal that does not filter lets out is keys; a dialog takes
    # them as text, and nothing is lost.
    assert shown.process.poll() is None
    assert "stop" not in shown.calls()


def test_t16_a_paste_into_a_field_is_text(replay):
    shown = replay(scenes.small()).open()
    shown.press("\\")
    shown.paste("wait\nQ\x07\x1b[A")
    shown.step(300)
    assert shown.process.poll() is None
    assert "wait" in shown.screen.row(22), shown.text()
    assert "Add URLs" not in shown.text()


def test_t16_a_mebibyte(replay):
    shown = replay(scenes.small()).open()
    line = "https://example.org/" + "x" * 80 + "\n"
    shown.paste(line * ((1 << 20) // len(line)))
    shown.step(2000, quiet=False)
    assert shown.process.poll() is None
    assert "Add" in shown.text(), shown.text()
    shown.press("Esc", "Esc")
    assert "haul" in shown.screen.row(0)


# ---- T18 ------------------------------------------------------------------

NAMES = {"C": "Ctrl", "A": "Alt", "S": "Shift"}


def actions():
    """(id, keys, help) of every row of the table."""
    text = (SOURCE / "ui" / "action.def").read_text()
    text = text[text.index("*/"):]
    rows = re.findall(r'UI_ACTION\((\w+), "([^"]*)", "((?:\\.|[^"\\])*)", '
                      r'\w+,\s*N_\("((?:\\.|[^"\\])*)"\)\)', text)
    assert len(rows) == text.count("UI_ACTION(")
    return [(id, keys.replace("\\\\", "\\").split(), words)
            for id, _, keys, words in rows]


def help_pages(shown):
    shown.press("?")
    assert "Help" in shown.text()
    pages = [shown.text()]
    while True:
        shown.press("PgDn")
        if shown.text() == pages[-1]:
            return pages
        pages.append(shown.text())


def shown_keys(key):
    """The ways in which help may write a key."""
    found = re.fullmatch(r"([CAS])-(.+)", key)
    if not found:
        return {key, {"BackTab": "Shift-Tab"}.get(key, key)}
    modifier, rest = NAMES[found.group(1)], found.group(2)
    return {f"{modifier}-{rest}", f"{modifier}-{rest.upper()}", key}


def test_t18_every_key_is_in_the_help(replay):
    shown = replay(scenes.small(), 40, 120).open()
    words = " ".join(help_pages(shown)).split()
    missing = [(id, key) for id, keys, _ in actions() for key in keys
               if not shown_keys(key) & set(words)]
    assert not missing, f"{missing}\n{shown.text()}"


def test_t18_every_help_sentence_is_shown(replay):
    shown = replay(scenes.small(), 60, 100).open()
    text = " ".join(" ".join(help_pages(shown)).replace("│", " ").split())
    missing = [words for _, _, words in actions()
               if not all(word in text for word in words.split())]
    assert not missing, missing


@pytest.mark.parametrize("id,keys,words", actions(),
                         ids=[row[0] for row in actions()])
def test_t18_every_key_does_the_same(replay, id, keys, words):
    """All keys of an action bring the same screen."""
    if id in ("QUIT_NOW", "QUIT", "DRAIN"):
        pytest.skip("ends the program: test_terminal.py")
    screens = {}
    for key in keys:
        shown = replay(scenes.sample(2)).open()
        shown.step(3000)
        shown.press("j", "j")
        shown.press(key)
        screens[key] = shown.text()
        assert shown.process.poll() is None
        shown.close()
    assert len(set(screens.values())) == 1, "\n".join(
        f"{key}:\n{text}" for key, text in screens.items())
