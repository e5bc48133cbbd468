# SPDX-License-Identifier: MIT
"""What the list shows of what the engine, the real one, says of a file.

a queued file has the name it will get, to look at and to find
a skipped file has the size of what is there, and the totals count it
a list file is completed, read, and complained of without the option
a long paste is offered as a list, and read
a file that changed on the server: r fetches it anew, x keeps its part
"""

import pytest

import scenes

SIZE = 100_000
ROWS, COLUMNS = 24, 120


def opened(haul, *arguments):
    shown = haul(*arguments, rows=ROWS, columns=COLUMNS)
    shown.wait_for("[1 All")
    return shown


def row_of(shown, name):
    return next((row for row in shown.screen.rows() if name in row), "")


def test_a_queued_file_has_the_name_it_will_get(haul, server):
    server.add("/slow", size=10_000_000, rate=10_000)
    server.add("/a/pr%C3%A9lude%2F1%20.flac", size=SIZE)
    shown = opened(haul, "-n1", server.url("/slow"),
                   server.url("/a/pr%C3%A9lude%2F1%20.flac"),
                   server.url("/a/pr%C3%A9lude.flac?x=SECRET"))
    shown.wait_for("WAIT prélude.flac ")
    assert "WAIT 1 .flac " in shown.text()
    assert "SECRET" not in shown.text()
    shown.send("/prél\r")
    shown.wait_for(lambda: row_of(shown, "prélude.flac").startswith(">"))
    shown.send("\r")
    shown.wait_for("Details: prélude.flac")
    shown.send("q\\1 .f")
    shown.wait_for("1 of 3")
    assert "prélude.flac" not in shown.text()


def test_a_skipped_file_has_the_size_of_what_is_there(haul, server):
    server.add("/new", size=SIZE, rate=SIZE // 2)
    server.add("/old", size=3 * SIZE)
    (haul.folder / "old").write_bytes(bytes(2 * scenes.M))
    shown = opened(haul, server.url("/new"), server.url("/old"))
    shown.send("j")                         # a key: it stays when all is done
    shown.wait_for("4 Done 1")
    assert row_of(shown, "SKIP old").split().count("2.00M") == 2, shown.text()
    assert " of 2.10M" in shown.screen.row(0), shown.text()
    assert "of files" not in shown.screen.row(0)
    shown.wait_for("4 Done 2")
    assert "100%" in shown.screen.row(0)
    assert "2.10M of 2.10M" in shown.screen.row(0), shown.text()


def test_a_list_file_is_completed_and_read(haul, server):
    server.add("/new", size=SIZE, rate=SIZE // 20)
    (haul.folder / "files.txt").write_text(server.url("/new") + "\n")
    shown = opened(haul)
    shown.send("bnone\r")
    shown.wait_for("'none' cannot be read: No such file")
    assert "--input-file" not in shown.text()
    shown.send("bfi\t\r")
    shown.wait_for("GET  new")


@pytest.mark.parametrize("arguments, locale, name, drawn", (
    (["--utf8"], "C", "grün.bin", True), ([], "C", "gr?n.bin", False),
    (["--ascii"], "C.UTF-8", "gr?n.bin", False)))
def test_utf8_is_drawn_where_it_is_asked_for(
        haul, server, arguments, locale, name, drawn):
    server.add("/gr%C3%BCn.bin", size=SIZE, rate=SIZE // 20)
    shown = haul(*arguments, server.url("/gr%C3%BCn.bin"), rows=ROWS,
                 columns=COLUMNS, env={"LC_ALL": locale})
    shown.wait_for(name)
    assert ("·" in shown.text()) == drawn, shown.text()


def test_as_many_lists_are_read_as_are_named(haul, server):
    lines = []
    for number in range(150):
        (haul.folder / f"list-{number}").write_text(
            server.url(f"/gone-{number}") + "\n")
        lines.append(f"@list-{number}")
    shown = opened(haul, "--retries=0")
    shown.send("\x1b[200~" + "\n".join(lines) + "\x1b[201~")
    shown.wait_for("Add URLs")
    shown.send("\x1b\r")
    shown.wait_for("5 Failed 150")


def test_a_long_paste_is_read_as_a_list(haul, server):
    """With Return as line ends, as terminals send them."""
    names = ["first", "middle", "last"]
    for name in names:
        server.add(f"/{name}", size=1000)
    filling = ("# " + 70 * "x" + "\r") * 65_000
    urls = [server.url(f"/{name}") for name in names]
    shown = opened(haul)
    shown.send("\x1b[200~" + filling.join(url + "\r\n  max-splits=1\r"
                                          for url in urls) + "\x1b[201~")
    shown.wait_for("MiB were pasted")
    shown.send("y")
    shown.wait_for("4 Done 3")
    assert {path.name for path in haul.folder.iterdir()} >= set(names)
    shown.send("\x1b[200~" + filling + filling + "nonsense\r\x1b[201~")
    shown.wait_for("MiB were pasted")
    shown.send("y")
    shown.wait_for("paste:130001")
    shown.send("\x1b[200~" + filling + filling + urls[0] + "\r"
               "  dir=../elsewhere\r\x1b[201~")
    shown.wait_for("MiB were pasted")
    shown.send("y")
    shown.wait_for("paste:130002: an untrusted list has no dir")
    assert not (haul.folder.parent / "elsewhere").exists()


CHANGED = 4_000_000


def asked(haul, server):
    """A file that changed since a part of it was fetched, and failed; what is
    here of it."""
    part = haul.folder / "f.bin.part"
    url = server.add("/f.bin", size=CHANGED, rate=1_500_000)
    first = opened(haul, "--max-splits=1", url)
    first.wait_for(lambda: (haul.folder / "f.bin.part.haul").exists() and
                   part.stat().st_size > 1_200_000)
    first.send("Q")
    first.wait()
    server.add("/f.bin", size=CHANGED + 4, seed="new", rate=1_500_000,
               modified="Fri, 10 May 2024 00:00:00 GMT")
    server.add("/other", size=10_000_000, rate=50_000)
    shown = opened(haul, "--max-splits=1", "--on-change=ask", url,
                   server.url("/other"))
    shown.wait_for("5 Failed 1")
    assert "[1 All" in shown.text() and "─ " not in shown.text(), \
        "nothing opens by itself"
    shown.send("5")
    shown.wait_for("changed on the server")
    shown.wait_for("r fetches the file as it is now, from its first byte; x")
    shown.wait_for("changed | not tried again")
    return shown, part, part.read_bytes()


def test_r_fetches_what_changed_anew(haul, server):
    shown, part, old = asked(haul, server)
    shown.send("R")
    shown.wait_for("1 file has changed and would lose its part")
    assert part.read_bytes() == old
    shown.send("r")
    shown.wait_for("from its first byte; its old part gives way")
    shown.wait_for("4 Done 1")
    new = haul.folder / "f.bin"
    assert new.read_bytes() == server.content("/f.bin").read()
    assert not part.exists() and \
        not (haul.folder / "f.bin.part.changed").exists()


def test_x_keeps_the_part_of_what_changed(haul, server):
    shown, part, old = asked(haul, server)
    shown.send("x")
    shown.wait_for("5 Failed 0")
    shown.send("Q")
    shown.wait()
    assert part.read_bytes() == old
