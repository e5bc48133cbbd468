# SPDX-License-Identifier: MIT
"""haul in the languages of po/: nothing overflows, nothing essential is cut,
keys stay what they are, and numbers are the locale's for people alone.

Each language has a locale of its own here, made by localedef, and its
catalogue from the build; without either the tests are left out.
"""

import gettext
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

import terminal
from common import SOURCE, program
from test_screens import VIEWS, check_screen, show

BUILD = pathlib.Path(os.environ.get("HAUL_BUILDDIR") or SOURCE / "build")
CATALOGUES = BUILD / "tests/locale"
LANGUAGES = [word for line in (SOURCE / "po/LINGUAS").read_text().split("\n")
             if not line.startswith("#") for word in line.split()]
LOCALES = {"de": "de_DE", "es": "es_ES", "fr": "fr_FR", "ja": "ja_JP"}
# Those of others have the language's own name (zh_CN).

# What must be on the screen as a whole, wrapped or not.
WORDS = {
    "settings": [
        "Settings (live)", "Files at once", "Connections per file",
        "Connections per host", "Total connections", "Rate limit, all",
        "Rate limit, this file", "Retries per file", "Retry wait",
        "Frame rate", "Colour", "Glyphs", "Mouse", "[edit]", "off",
        "+ - change   Enter edit   u undo   w save   Esc close"],
    "sort": [
        "Sort by", "queue order", "name", "size", "progress", "speed",
        "time left", "state, then queue", "finished / failed time", "host"],
    "quit": [
        "Quit?", "Quit now", "Go back",
        "Partial files are kept; the same command resumes them."],
    "add": [
        "Add URLs", "Save in", "Splits", "Start", "Position", "now", "end",
        "next", "Cancel", "Enter: new line   Tab: next field   "
        "Alt-Enter: add   Esc: cancel"],
    "edit": [
        "Edit and retry", "Old", "New", "Checksum", "Login",
        "Enter: save and retry", "Tab: next field", "Esc: cancel"],
    "details": [
        "State", "Final", "File", "Server"],
    "failed": [
        "Cause", "Advice", "File", "Kept", "Attempts", "not tried again"],
}
HEADS = {"main": ["STATE", "NAME", "PROGRESS", "SIZE", "ETA"],
         "failed": ["STATE", "NAME", "CAUSE", "TRY", "WHEN"]}
STATES = ["WAIT", "PAUS", "CONN", "GET", "VRFY", "RTRY", "DONE", "FAIL"]
SIZES = ((24, 80), (10, 40), (40, 120))


@pytest.fixture(scope="session")
def locales(tmp_path_factory):
    """The environment for a language."""
    folder, made = tmp_path_factory.mktemp("locales"), {}
    folder.chmod(0o755)

    def environment(language):
        if not (CATALOGUES / language).is_dir():
            pytest.skip(f"no catalogue in {CATALOGUES}: built without NLS")
        if shutil.which("localedef") is None or \
                not os.path.isdir("/usr/share/i18n/locales"):
            pytest.skip("no sources of locales (Debian: locales)")
        if language not in made:
            name = LOCALES.get(language, language)
            made[language] = name + ".UTF-8"
            subprocess.run(["localedef", "-i", name, "-f", "UTF-8",
                            folder / made[language]], check=True, timeout=60,
                           capture_output=True)
        return {"LOCPATH": str(folder), "LC_ALL": made[language],
                "LANGUAGE": None}
    return environment


def texts(language):
    catalogue = gettext.translation("haul", CATALOGUES, [language])
    return catalogue.gettext


def squeezed(text):
    return re.sub(r"\s", "", text)


def dialog_text(shown):
    """What stands in the frame, or all where there is none."""
    rows = []
    for row in shown.screen.rows():
        inside = re.search(r"│(.*)│", row) or \
            re.search(r"[┌](.*)[┐]", row)
        if inside:
            rows.append(inside.group(1))
    return squeezed("\n".join(rows) or shown.text())


def cells_of(row):
    """The text by cells: what a wide character covers is NUL."""
    return "".join(c + "\0" * (terminal.width(c) - 1) for c in row)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", VIEWS)
def test_every_view_fits(replay, locales, language, name):
    _, shown = texts(language), None
    for rows, columns in SIZES:
        if shown is None:
            shown = show(replay, name, rows, columns, env=locales(language))
        else:
            shown.change_size(rows, columns)
            shown.rest()
        check_screen(shown)
        if columns < 80:
            continue
        seen = dialog_text(shown)
        for word in WORDS.get(name, ()):
            assert squeezed(_(word)) in seen, \
                f"{_(word)!r} is not there as a whole:\n{shown.text()}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rows,columns", ((24, 80), (40, 120)))
def test_columns_stand_under_their_names(replay, locales, language, rows,
                                         columns):
    _ = texts(language)
    shown = show(replay, "main", rows, columns, env=locales(language))
    at = next(n for n, row in enumerate(shown.screen.rows())
              if f" {_('NAME')} " in row)
    head = shown.screen.row(at)
    for word in HEADS["main"]:
        assert re.search(rf"(^|\s){re.escape(_(word))}(\s|$)", head), head
    head, rows = cells_of(head), [
        cells_of(row) for row in shown.screen.rows()[at + 1:]
        if re.match(r"[> ][* ][✓✗▶↻◆◌○‖] ", row)]
    assert len(rows) > 10
    name, bar = (head.index(cells_of(_(word)).rstrip("\0"))
                 for word in ("NAME", "PROGRESS"))
    for row in rows:
        assert row[4:name].split()[0] in [cells_of(_(word))
                                          for word in STATES], row
        assert row[name - 1] == " " != row[name], row
        assert row[bar - 1] in " \0", row
        if "%" in row:
            assert row[head.index("%")] == "%", row
        if row[2] == "▶":
            assert row[head.index("/s") + 1] in "KMG", row


@pytest.mark.parametrize("language", LANGUAGES)
def test_heads_of_the_failed(replay, locales, language):
    _ = texts(language)
    shown = show(replay, "failed", 24, 80, env=locales(language))
    head = next(row for row in shown.screen.rows() if f" {_('NAME')} " in row)
    for word in HEADS["failed"]:
        assert re.search(rf"(^|\s){re.escape(_(word))}(\s|$)", head), head


@pytest.mark.parametrize("language", LANGUAGES)
def test_tabs_and_keys(replay, locales, language):
    _ = texts(language)
    for rows, columns in SIZES:
        shown = show(replay, "main", rows, columns, env=locales(language))
        tabs = shown.screen.row(1)
        if columns < 80:
            words = ("all", "act", "q", "ok", "FAIL")
            counts = ("1204", "8", "698", "486", "12")
        else:
            words = ("All", "Active", "Queued", "Done", "Failed")
            counts = (r"1\D?204", "8", "698", "486", "12")
        for word, number in zip(words, counts):
            assert re.search(rf"{re.escape(_(word))} {number}\b", tabs), tabs
        if columns < 80:
            continue
        foot = shown.screen.row(rows - 1)
        for key, word in (("?", "Help"), ("a", "Add"), ("p", "Pause"),
                          ("r", "Retry"), ("q", "Quit")):
            assert f"{key}{_(word)} " in foot + " ", foot
    shown = show(replay, "quit", 40, 120, env=locales(language))
    for key in ("[q]", "[d]", "[Esc]"):
        assert key in shown.text()
    shown.press("d")
    shown.wait_for(lambda: _("DRAINING") in shown.text())


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_key_is_not_is_told_whole(replay, locales, language):
    shown = show(replay, "main", 24, 80, env=locales(language))
    for key in ("t", "d", "F5"):
        shown.press(key)
        shown.rest()
        row = shown.screen.row(22).rstrip()
        assert row.startswith(key) and not row.endswith("…"), row


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_has_every_word(replay, locales, language):
    """What does not fit on the screen is reached by turning pages."""
    _ = texts(language)
    shown = show(replay, "help", 24, 80, env=locales(language))
    seen = dialog_text(shown)
    assert squeezed(_("Help   / search   Esc close")) in seen
    for words in ("MOVE", "first", "SET"):
        while squeezed(_(words)) not in seen:
            before = seen
            shown.press("j")
            seen = dialog_text(shown)
            assert seen != before, f"{_(words)}: {shown.text()}"


# ---- the real command --------------------------------------------------------

def run(folder, env, *arguments):
    values = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "TZ": "UTC",
              "no_proxy": "*", "XDG_STATE_HOME": str(folder / "state"),
              "XDG_CONFIG_DIRS": str(folder / "none"),
              **{name: value for name, value in env.items()
                 if value is not None}}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH"):
        if name in os.environ:
            values[name] = os.environ[name]
    return subprocess.run(
        [program("HAUL_SPEAKING", "tests/ui/haul-speaking"), *arguments],
        cwd=folder, env=values, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=30)


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_of_the_command(tmp_path, locales, language):
    english = run(tmp_path, {"LC_ALL": "C.UTF-8"}, "--help").stdout
    here = run(tmp_path, locales(language), "--help").stdout
    assert here != english
    for line in here.split("\n"):
        assert terminal.width(line) <= 80, line
    options = re.compile(r"^ {2,6}(?:-\w, )?--[\w-]+", re.M)
    assert options.findall(here) == options.findall(english)
    # Nothing was lost where there are no blanks to end a row at.
    assert squeezed(texts(language)("Exit status: 0 all files are there, 1 "
                    "some failed, 2 wrong usage, 3 stopped and can go on, 4 "
                    "no space or no permission, 5 another haul works on that "
                    "run, 6 --max-failures reached.")) in squeezed(here)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_doctor_speaks_and_fits(tmp_path, locales, language):
    """Its columns stand where the widest word has room, and what it says of a
    row begins where the row's own text does."""
    _ = texts(language)
    (tmp_path / "file").write_text("")
    shown = run(tmp_path, {**locales(language), "HAUL_MAXCONN": "3",
                           "https_proxy": "gopher://x"},
                "--doctor", "-k", "-d", "file", "-n", "9999").stdout
    lines = shown.rstrip("\n").split("\n")
    for line in lines:
        assert terminal.width(line) < 80, line
    column = cells_of(lines[0]).index("0.1.0")
    for line in lines:
        cells = cells_of(line)
        assert not line or cells[column - 1:column] == " " or \
            cells.startswith(cells_of(_("Wrong: %s. Worth a look: %s.")
                                      .partition("%")[0])) or \
            line == lines[-1], line
    words = squeezed(shown)
    for text in ("OK", "note", "WRONG", "certificates", "store directory",
                 "Certificates are not verified: anybody on the way can read "
                 "and change what is fetched."):
        assert squeezed(_(text)) in words, text
    assert shown.count("\n") > 25 and "texts" not in shown


def test_ascii_has_no_other_letters(tmp_path, locales):
    german = run(tmp_path, locales("de"), "--ascii", "--help").stdout
    assert german.isascii() and "Lädt" not in german
    assert "L?dt" not in german and german.startswith("Aufruf: haul")
    japanese = run(tmp_path, locales("ja"), "--ascii", "--help").stdout
    assert japanese == run(tmp_path, {"LC_ALL": "C"}, "--help").stdout


def test_german_tells_what_failed(tmp_path, locales, server):
    server.add("/whole.bin", size=3_000_000)
    german = locales("de")
    done = run(tmp_path, german, server.url("/whole.bin"))
    assert done.returncode == 0
    assert re.search(r"haul: 1 Datei geladen, 2,86 MiB in [\d,]+s "
                     r"\([\d,]+ [KMG]iB/s\)", done.stderr), done.stderr
    failed = run(tmp_path, german, server.url("/none.bin"))
    assert failed.returncode == 1
    assert "fehlgeschlagen" in failed.stderr
    assert "HTTP 404" in failed.stderr
    assert "Die Datei gibt es dort nicht. Die URL prüfen." in \
        " ".join(failed.stderr.split()), failed.stderr
    wrong = run(tmp_path, german, "--no-such-option")
    assert wrong.returncode == 2
    assert "Es gibt keine Option „--no-such-option“" in wrong.stderr
    assert "„haul --help“ zeigt mehr." in wrong.stderr
    history = run(tmp_path, german, "--history")
    assert re.search(r"^LAUF  BEGONNEN +OK  FEHLER   OFFEN", history.stdout)


def test_german_has_the_engines_own_words(tmp_path, locales, server):
    server.add("/loop.bin", redirect="/loop.bin")
    failed = run(tmp_path, locales("de"), server.url("/loop.bin"))
    told = " ".join(failed.stderr.split())
    assert "mehr als 20-mal weitergeleitet" in told, told
    # What is written down stays as it is for programs.
    log = run(tmp_path, locales("de"), "--output=log", "--no-store",
              server.url("/loop.bin")).stderr
    assert re.search(r' FAIL .*"redirected more than 20 times"', log), log


def test_german_has_what_the_engine_names_in_its_words(tmp_path, locales,
                                                       server):
    server.add("/cut.bin", size=50_000, stop_after=40_000, ending="close")
    server.add("/stall.bin", size=50_000, stop_after=40_000, ending="stall")
    for name, words in (
            ("/cut.bin", "die Verbindung endete 10000 Byte zu früh"),
            ("/stall.bin", r"\d,\d s lang kam kein Byte")):
        failed = run(tmp_path, locales("de"), "--retries=0", "--timeout=1",
                     server.url(name))
        told = " ".join(failed.stderr.split())
        assert re.search(words, told), failed.stderr


def texts_of(call):
    """Of a ternary each; what differs is %s, as in a catalogue."""
    texts = [""]
    for piece in re.findall(r'"[^"]*"|[?:]', call):
        if piece in "?:":
            texts.append("")
        else:
            texts[-1] += piece[1:-1]
    return [re.sub(r"%[dlu]+(\.%d)?", "%s", text) for text in texts if text]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_engine_says_of_failures_is_translated(locales, language):
    """But what a program's own naming function does, which the command has
    not, what a person did, and what a server or the system says."""
    own = ("cancelled", "the naming function")
    said = {"%s", "%s: %s", "HTTP %s%s%s", "FTP %s%s%s", " ", ""}
    locales(language)
    seen = 0
    for path in (SOURCE / "src/engine").glob("**/*.c"):
        for call in re.findall(
                r"(?:failure_set|answer_fail|change_fail|network_doubt|snprintf\("
                r"(?:\w+(?:->|\.))*failure(?:->|\.)text,)\(?(.*?)\);",
                path.read_text(), re.S):
            for text in texts_of(call):
                if text in said or text.startswith(own):
                    continue
                seen += 1
                assert texts(language)(text) != text, (path.name, text)
    assert seen > 25, "not many; is this still how they are told?"


def test_german_checks_what_is_here(tmp_path, locales, server):
    server.add("/a.bin", size=3_000_000)
    server.add("/b.bin", size=1_000_000)
    german = locales("de")
    run(tmp_path, german, server.url("/a.bin"), server.url("/b.bin"))
    with open(tmp_path / "a.bin", "ab") as file:
        file.write(b"more")
    (tmp_path / "b.bin").unlink()
    checked = run(tmp_path, german, "--verify")
    assert "sie hat 3.000.004 Bytes, geladen wurden 3.000.000" in \
        checked.stdout, checked.stdout
    assert re.search(r"^haul: 1 .*, 1 fehlt; [\d,]+ MiB gelesen\.",
                     checked.stderr, re.M), checked.stderr
    history = run(tmp_path, german, "--history")
    assert re.search(r"^ +\d+  \d\d\.\d\d\.\d{4} \d\d:\d\d ",
                     history.stdout, re.M), history.stdout


@pytest.mark.parametrize("output", ("json", "log"))
def test_programs_read_the_same_in_every_language(tmp_path, locales, server,
                                                  output):
    server.add("/whole.bin", size=3_000_000)
    shapes = []
    for n, env in enumerate(({"LC_ALL": "C.UTF-8"}, locales("de"))):
        folder = tmp_path / str(n)
        folder.mkdir()
        ended = run(folder, env, f"--output={output}", "--max-failures=9",
                    "--retry-delay=1.5s", "--limit-rate=90.5M",
                    server.url("/whole.bin"), server.url("/none.bin"))
        assert ended.returncode == 1
        if output == "json":
            lines = [json.loads(line) for line in ended.stdout.split("\n")
                     if line]
            shapes.append(sorted({(line["ev"], *sorted(line))
                                  for line in lines
                                  if line["ev"] in ("done", "fail", "end")}))
        else:
            lines = re.findall(r"^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z ([A-Z]+"
                               r" .*)", ended.stderr, re.M)
            for line in lines:
                assert not re.search(r"=\d+[.,]\d", line.split(" url=")[0])
            shapes.append(sorted({re.sub(r"=(\S+)", "", line)
                                  for line in lines if line[:4] != "TOTA"}))
    assert shapes[0] and shapes[0] == shapes[1]


def test_configuration_has_no_decimal_comma(tmp_path, locales):
    shown = run(tmp_path, locales("de"), "--show-config",
                "--retry-delay=1.5s", "--limit-rate=90.5M")
    assert re.search(r"^retry-delay = 1\.5s? ", shown.stdout, re.M), \
        shown.stdout
    assert re.search(r"^limit-rate = 90\.5M ", shown.stdout, re.M)
    assert "Befehlszeile" in shown.stdout
